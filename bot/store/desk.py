"""What the desk does: one kind of entry for the journal, and the queries of those who look back.

An action stays as it is for ever; another one can take it back, and then it no longer counts.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.election.case import DeskWord, Ruling, RulingAction
from bot.election.party_names import spelt
from bot.election.seats import Composition
from bot.election.standings import DeskNote
from bot.store.journal import Entry
from bot.store.results import control_from

Row = sqlite3.Row


class DeskAction(StrEnum):
    """What the desk can do, and what somebody else tried to."""

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
class DeskActed(Entry, kind="desk"):
    """The desk did something; what follows for a council is the next entry.

    `person` is Discord's id of *who*, None for the command line. `refers_to` is the number of the
    action that this one takes back, or of the proposal that it carries out. `why` is the text of
    a note. `named` is a party's name, `control` then the code of the party whose name it is.
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

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the action, and mark the one that it takes back."""
        db.execute(
            f"INSERT INTO desk_actions VALUES ({', '.join('?' * 15)})",  # noqa: S608
            (
                seq,
                at.isoformat(),
                self.action.value,
                self.who,
                self.person,
                self.why,
                self.night and self.night.isoformat(),
                self.council,
                self.report_id,
                self.control,
                None if self.seats is None else json.dumps(self.seats),
                json.dumps(self.explains, ensure_ascii=False),
                self.refers_to,
                None,
                self.named,
            ),
        )
        if self.action is DeskAction.UNDO:
            db.execute("UPDATE desk_actions SET undone_by = ? WHERE id = ?", (seq, self.refers_to))


@dataclass(frozen=True, slots=True)
class DeskTold(Entry, kind="desk told"):
    """The desk's channel was told that a report is held."""

    report_id: int
    channel_id: int
    message_id: int

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write it down."""
        db.execute(
            "INSERT OR IGNORE INTO desk_told VALUES (?, ?, ?, 1)",
            (self.report_id, self.channel_id, self.message_id),
        )


@dataclass(frozen=True, slots=True)
class DeskShown(Entry, kind="desk shown"):
    """The desk's message on a report shows now whether it is held, with its buttons, or decided."""

    report_id: int
    held: bool

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write which."""
        db.execute("UPDATE desk_told SET held = ? WHERE report_id = ?", (self.held, self.report_id))


@dataclass(frozen=True, slots=True)
class DeskToldOfCouncil(Entry, kind="desk told of council"):
    """The desk's channel was told what a council waits for; by no sentence, that this is over."""

    night: date
    council: str
    channel_id: int
    message_id: int
    said: tuple[str, ...]

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write down what the message says now."""
        db.execute(
            "INSERT OR REPLACE INTO desk_told_councils VALUES (?, ?, ?, ?, ?)",
            (
                self.night.isoformat(),
                self.council,
                self.channel_id,
                self.message_id,
                json.dumps(self.said),
            ),
        )


@dataclass(frozen=True, slots=True)
class CouncilToTell:
    """What a council waits for the desk for, where its channel was told something else.

    No sentence: it waits for nothing.

    `message` is the channel and id of the message posted of it, None before there is one.
    """

    night: date
    council: str
    said: tuple[str, ...]
    message: tuple[int, int] | None


def councils_to_tell(db: sqlite3.Connection) -> list[CouncilToTell]:
    """Return the councils of which the desk's channel is to be told something else than it was."""
    return [
        CouncilToTell(
            date.fromisoformat(night),
            council,
            tuple(json.loads(waits)),
            None if message is None else (channel, message),
        )
        for night, council, waits, channel, message in db.execute(
            "SELECT s.night, s.council, COALESCE(w.differences, '[]') AS waits, t.channel_id, "
            "t.message_id FROM standings AS s "
            "LEFT JOIN waiting_councils AS w USING (night, council) "
            "LEFT JOIN desk_told_councils AS t USING (night, council) "
            "WHERE waits != COALESCE(t.said, '[]') ORDER BY s.night, s.name"
        )
    ]


def nights_waiting(db: sqlite3.Connection) -> list[date]:
    """Return the nights of which a report is held or a council waits, the first one first."""
    found = db.execute(
        "SELECT night FROM reports WHERE verdict = 'held' "
        "UNION SELECT night FROM waiting_councils ORDER BY night"
    )
    return [date.fromisoformat(night) for (night,) in found]


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


@dataclass(frozen=True, slots=True)
class Refusals:
    """What somebody was refused within one hour of the clock: the last time, and how often."""

    last: DeskRecord
    times: int


def say_in_force(
    db: sqlite3.Connection, night: str, council: str
) -> tuple[list[Ruling], list[DeskWord]]:
    """Return what the desk has decided and said of a council and not taken back."""
    rulings: list[Ruling] = []
    words: list[DeskWord] = []
    for number, at, action, who, why, report, control, seats in db.execute(
        "SELECT id, at, action, who, why, report_id, control, seats FROM desk_actions "
        "WHERE night = ? AND council = ? AND undone_by IS NULL ORDER BY id",
        (night, council),
    ):
        moment = datetime.fromisoformat(at)
        if action in _RULINGS:
            rulings.append(Ruling(report, RulingAction(action), who, why, moment, number))
        elif action in WORDS:
            composition = None if seats is None else Composition(json.loads(seats))
            words.append(DeskWord(number, moment, who, why, control_from(control), composition))
    return rulings, words


def names_in_force(db: sqlite3.Connection) -> dict[str, str]:
    """Return the codes of the parties whose names the desk has said, by the name as it is spelt."""
    rows = db.execute(
        "SELECT named, control FROM desk_actions "
        "WHERE action = 'name' AND undone_by IS NULL ORDER BY id"
    )
    return {spelt(named): code for named, code in rows}


def reports_with(db: sqlite3.Connection, name: str) -> list[tuple[date, str]]:
    """Return the nights and codes of all councils and contests of which a report may use a *name*.

    They are found by its longest word: it may be written in another case, or with other spaces.
    """
    words = [word for word in re.split(r"[^A-Za-z]+", name) if word]
    longest = max(words, key=len, default="")
    rows = db.execute(
        "SELECT DISTINCT night, COALESCE(ballot, council) FROM reports WHERE considered "
        "AND COALESCE(ballot, council) IS NOT NULL AND data LIKE ? ORDER BY 1, 2",
        (f"%{longest}%",),
    )
    return [(date.fromisoformat(night), code) for night, code in rows]


def notes(db: sqlite3.Connection, night: str) -> Iterator[tuple[str, DeskNote]]:
    """Yield the desk's notes of a night with their councils' codes, the first one first."""
    for number, at, council, text, control, seats in db.execute(
        "SELECT id, at, council, why, control, seats FROM desk_actions "
        "WHERE night = ? AND action = 'note' AND undone_by IS NULL ORDER BY id",
        (night,),
    ):
        composition = None if seats is None else Composition(json.loads(seats))
        moment = datetime.fromisoformat(at)
        yield council, DeskNote(number, moment, text, control_from(control), composition)


def explained(db: sqlite3.Connection, night: str) -> frozenset[str]:
    """Return the differences from the wire's state of parties that the desk has explained."""
    rows = db.execute(
        "SELECT explains FROM desk_actions "
        "WHERE night = ? AND action = 'explain' AND undone_by IS NULL",
        (night,),
    )
    return frozenset(sentence for (text,) in rows for sentence in json.loads(text))


def action(db: sqlite3.Connection, number: int) -> DeskRecord | None:
    """Return an action by its number."""
    row = db.execute("SELECT * FROM desk_actions WHERE id = ?", (number,)).fetchone()
    return row and _record(row)


def log(db: sqlite3.Connection, limit: int) -> list[DeskRecord]:
    """Return the desk's last actions, the last one first; what was refused is no action of it."""
    rows = db.execute(
        "SELECT * FROM desk_actions WHERE action <> 'refused' ORDER BY id DESC LIMIT ?", (limit,)
    )
    return [_record(row) for row in rows]


def refusals(db: sqlite3.Connection, limit: int) -> list[Refusals]:
    """Return who was refused what, the last first; the same within an hour of the clock is one."""
    rows = db.execute(
        "SELECT d.*, r.times FROM desk_actions AS d JOIN ("
        "SELECT max(id) AS last, count(*) AS times FROM desk_actions WHERE action = 'refused' "
        "GROUP BY person, why, substr(at, 1, 13) ORDER BY last DESC LIMIT ?"
        ") AS r ON d.id = r.last ORDER BY d.id DESC",
        (limit,),
    )
    return [Refusals(_record(row), row["times"]) for row in rows]


def last_refused(db: sqlite3.Connection, person: int | None, tried: str) -> datetime | None:
    """Return when a person was last refused what they *tried*, None if never."""
    row = db.execute(
        "SELECT at FROM desk_actions WHERE action = 'refused' AND person IS ? AND why = ? "
        "ORDER BY id DESC LIMIT 1",
        (person, tried),
    ).fetchone()
    return row and datetime.fromisoformat(row["at"])


def proposal(db: sqlite3.Connection, report: int) -> DeskRecord | None:
    """Return the open proposal to confirm a report: not carried out, taken back or ruled over.

    Any later ruling ends it, also one that is undone: what was decided meanwhile is thought over
    anew by two people.
    """
    row = db.execute(
        "SELECT * FROM desk_actions AS p WHERE report_id = ? AND action = 'propose' "
        "AND NOT EXISTS (SELECT 1 FROM desk_actions AS a WHERE a.refers_to = p.id OR "
        "(a.id > p.id AND a.report_id = p.report_id AND a.action IN ('confirm', 'reject'))) "
        "ORDER BY id DESC LIMIT 1",
        (report,),
    ).fetchone()
    return row and _record(row)


def ruling(db: sqlite3.Connection, report: int) -> DeskRecord | None:
    """Return the action by which the desk has decided about a report, None where none stands."""
    row = db.execute(
        "SELECT * FROM desk_actions WHERE report_id = ? AND action IN ('confirm', 'reject') "
        "AND undone_by IS NULL ORDER BY id DESC LIMIT 1",
        (report,),
    ).fetchone()
    return row and _record(row)


def newest_message(db: sqlite3.Connection, channel: int) -> int:
    """Return the newest message by which the desk was told something in a channel, 0 without."""
    (newest,) = db.execute(
        """
        SELECT MAX(message_id) FROM (
            SELECT channel_id, message_id FROM desk_told
            UNION ALL SELECT channel_id, message_id FROM desk_told_councils
        ) WHERE channel_id = ?
        """,
        (channel,),
    ).fetchone()
    return newest or 0


def messages_behind(db: sqlite3.Connection) -> list[tuple[int, int]]:
    """Return channel and id of the desk's messages that show as held what is not, or the reverse.

    Every kind of end counts: the desk's word, a later report, and an undo that holds it again.
    """
    return [
        (channel, message)
        for channel, message in db.execute(
            "SELECT DISTINCT t.channel_id, t.message_id FROM desk_told AS t "
            "JOIN reports AS r ON r.id = t.report_id "
            "WHERE t.held != (r.verdict = 'held') ORDER BY t.message_id"
        )
    ]


def pause(db: sqlite3.Connection) -> DeskRecord | None:
    """Return the action that pauses all alerts, None where they go on."""
    row = db.execute(
        "SELECT * FROM desk_actions WHERE action IN ('pause', 'resume') ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return _record(row) if row is not None and row["action"] == DeskAction.PAUSE else None


def _record(row: Row) -> DeskRecord:
    return DeskRecord(
        id=row["id"],
        at=datetime.fromisoformat(row["at"]),
        action=DeskAction(row["action"]),
        who=row["who"],
        person=row["person"],
        why=row["why"],
        night=row["night"] and date.fromisoformat(row["night"]),
        council=row["council"],
        report_id=row["report_id"],
        control=row["control"],
        seats=None if row["seats"] is None else Composition(json.loads(row["seats"])),
        refers_to=row["refers_to"],
        undone_by=row["undone_by"],
        named=row["named"],
    )
