"""What the desk does and what its channel was told: entries, and what of them is in force.

An action is never changed; another one can undo it, and then it no longer counts.
"""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.election.case_file import Override, Ruling, RulingAction
from bot.election.party_names import spelt
from bot.election.seats import Composition
from bot.store.claims import control_from
from bot.store.codec import Row, insert, read, row, row_of, rows, update, value
from bot.store.journal import Entry


class DeskAction(StrEnum):
    """An action of the desk, or one refused to somebody who is not the desk."""

    PROPOSE = "propose"
    """The first of two people would confirm a report."""
    CONFIRM = "confirm"
    REJECT = "reject"
    RESULT = "result"
    CORRECT = "correct"
    RETRACT = "retract"
    NOTE = "note"
    NAME = "name"
    """Whose a party's name is that no table knows."""
    EXPLAIN = "explain"
    PAUSE = "pause"
    RESUME = "resume"
    UNDO = "undo"
    REFUSED = "refused"
    """Somebody who is not the desk tried to act as if."""


WORDS = (DeskAction.RESULT, DeskAction.CORRECT, DeskAction.RETRACT)
"""The desk's own word of a council."""
_RULINGS = (DeskAction.CONFIRM, DeskAction.REJECT)
DECIDING = (*_RULINGS, *WORDS)
"""Actions after which a council is decided about again."""
UNDOABLE = (
    *DECIDING,
    DeskAction.PROPOSE,
    DeskAction.NOTE,
    DeskAction.NAME,
    DeskAction.EXPLAIN,
)


@dataclass(frozen=True, slots=True)
class DeskActed(Entry, kind="desk-acted"):
    """The desk did something; what follows for a council is the next entry.

    `person` is Discord's id of *who*, None for the command line. `refers_to` is the number of the
    action that this one takes back, or of the proposal that it carries out. `why` is the text of
    a note. `before` is who controlled the council before the night. `named` is a party's name,
    `control` then the code of the party whose name it is.
    """

    action: DeskAction
    who: str
    why: str
    person: int | None = None
    night: date | None = None
    council: str | None = None
    report_id: int | None = None
    control: str | None = None
    seats: dict[str, int] | None = None
    explains: tuple[str, ...] = ()
    refers_to: int | None = None
    named: str | None = None
    before: str | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the action, and mark the one that it takes back."""
        insert(db, "desk_actions", {"id": seq, "at": at, **row_of(self)})
        if self.action is DeskAction.UNDO:
            update(db, "desk_actions", {"id": self.refers_to}, undone_by=seq)


@dataclass(frozen=True, slots=True)
class DeskTold(Entry, kind="desk-told"):
    """A message tells the desk which reports are held; each has its buttons there."""

    post: int
    reports: tuple[int, ...]

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write it down."""
        for report in self.reports:
            told = {"report_id": report, "post_id": self.post, "held": True}
            insert(db, "desk_told", told, verb="INSERT OR REPLACE")


@dataclass(frozen=True, slots=True)
class DeskShown(Entry, kind="desk-shown"):
    """The desk's message shows now which of its reports are held; the others are decided."""

    post: int
    held: tuple[int, ...]

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write which."""
        db.execute(
            "UPDATE desk_told SET held = report_id IN (SELECT value FROM json_each(?)) "
            "WHERE post_id = ?",
            (json.dumps(self.held), self.post),
        )


@dataclass(frozen=True, slots=True)
class DeskToldOfCouncil(Entry, kind="desk-told-of-council"):
    """A message tells the desk why a council waits (`said`); empty: it no longer does."""

    night: date
    council: str
    post_id: int
    said: tuple[str, ...]

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write down what the message says now."""
        insert(db, "desk_told_councils", row_of(self), verb="INSERT OR REPLACE")


@dataclass(frozen=True, slots=True)
class CouncilToTell:
    """What a council waits for the desk to decide, where the desk's channel was told otherwise.

    `said` is empty where it waits for nothing. `post_id` is the message that tells of
    it, None before there is one.
    """

    night: date
    council: str
    said: tuple[str, ...]
    post_id: int | None


@dataclass(frozen=True, slots=True)
class DeskRecord:
    """An action as the log shows it; `council` is a code, `undone_by` another action's number."""

    id: int
    at: datetime
    action: DeskAction
    who: str
    person: int | None
    why: str
    night: date | None
    council: str | None
    report_id: int | None
    control: str | None
    seats: Composition | None
    refers_to: int | None
    undone_by: int | None
    named: str | None
    before: str | None


@dataclass(frozen=True, slots=True)
class Refusals:
    """What somebody was refused within one hour of the clock: the last time, and how often."""

    last: DeskRecord
    times: int


def say_in_force(
    db: sqlite3.Connection, night: str, council: str
) -> tuple[list[Ruling], list[Override]]:
    """Return the desk's rulings and words on a council that are not undone."""
    rulings: list[Ruling] = []
    words: list[Override] = []
    for number, at, action, who, why, report, control, seats, before in db.execute(
        "SELECT id, at, action, who, why, report_id, control, seats, before FROM desk_actions "
        "WHERE night = ? AND council = ? AND undone_by IS NULL ORDER BY id",
        (night, council),
    ):
        moment = datetime.fromisoformat(at)
        if action in _RULINGS:
            rulings.append(Ruling(report, RulingAction(action), who, why, moment, number))
        elif action in WORDS:
            composition = None if seats is None else Composition(json.loads(seats))
            after, sat = control_from(control), control_from(before)
            words.append(Override(number, moment, who, why, after, composition, sat))
    return rulings, words


def names_in_force(db: sqlite3.Connection) -> dict[str, str]:
    """Return the codes of the parties whose names the desk has said, by the name as it is spelt."""
    said = rows(
        db,
        "SELECT named, control FROM desk_actions "
        "WHERE action = 'name' AND undone_by IS NULL ORDER BY id",
    )
    return {spelt(named): code for named, code in said}


def reports_with(db: sqlite3.Connection, name: str) -> list[tuple[date, str]]:
    """Return the nights and codes of all councils and ballots of which a report may use a *name*.

    They are found by its longest word: it may be written in another case, or with other spaces.
    """
    words = [word for word in re.split(r"[^A-Za-z]+", name) if word]
    longest = max(words, key=len, default="")
    found = rows(
        db,
        "SELECT DISTINCT night, COALESCE(ballot, council) FROM reports WHERE considered "
        "AND COALESCE(ballot, council) IS NOT NULL AND data LIKE ? ORDER BY 1, 2",
        f"%{longest}%",
    )
    return [(date.fromisoformat(night), code) for night, code in found]


def action(db: sqlite3.Connection, number: int) -> DeskRecord | None:
    """Return an action by its number."""
    return _record(row(db, "SELECT * FROM desk_actions WHERE id = ?", number))


def last_refused(db: sqlite3.Connection, person: int | None, tried: str) -> datetime | None:
    """Return when a person was last refused what they *tried*, None if never."""
    at = value(
        db,
        "SELECT at FROM desk_actions WHERE action = 'refused' AND person IS ? AND why = ? "
        "ORDER BY id DESC LIMIT 1",
        person,
        tried,
    )
    return at and datetime.fromisoformat(at)


def proposal(db: sqlite3.Connection, report: int) -> DeskRecord | None:
    """Return the open proposal to confirm a report: not carried out, taken back or ruled over.

    Any later ruling ends it, also one that is undone: what was decided meanwhile is thought over
    anew by two people.
    """
    found = row(
        db,
        "SELECT * FROM desk_actions AS p WHERE report_id = ? AND action = 'propose' "
        "AND NOT EXISTS (SELECT 1 FROM desk_actions AS a WHERE a.refers_to = p.id OR "
        "(a.id > p.id AND a.report_id = p.report_id AND a.action IN ('confirm', 'reject'))) "
        "ORDER BY id DESC LIMIT 1",
        report,
    )
    return _record(found)


def ruling(db: sqlite3.Connection, report: int) -> DeskRecord | None:
    """Return the action by which the desk has decided about a report, None where none stands."""
    found = row(
        db,
        "SELECT * FROM desk_actions WHERE report_id = ? AND action IN ('confirm', 'reject') "
        "AND undone_by IS NULL ORDER BY id DESC LIMIT 1",
        report,
    )
    return _record(found)


def pause(db: sqlite3.Connection) -> DeskRecord | None:
    """Return the action that pauses all alerts, None where they go on."""
    last = "SELECT * FROM desk_actions WHERE action IN ('pause', 'resume') ORDER BY id DESC LIMIT 1"
    found = _record(row(db, last))
    return found if found is not None and found.action is DeskAction.PAUSE else None


def _record(found: Row | None) -> DeskRecord | None:
    return None if found is None else read(DeskRecord, found)
