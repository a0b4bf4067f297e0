"""What is held for one reason alone, confirmed together: each report by a ruling of its own.

What confirming them would claim is found by doing it and undoing it, in the order of the reports:
two wards may complete a council only together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.desk_checks import DeskError
from bot.election.case_file import CONTRADICTION, Subject, VerdictStatus
from bot.election.councils import Council
from bot.election.seats import Composition
from bot.ingest.filing import MadeClaim
from bot.store.standings import stored_standing
from bot.store.writer import Transaction

_DECIDED = "it is decided already"
_OTHER_REASONS = "it is held for another reason too"
_CLASH = "of several reports only one can count: decide on them one by one"
_CHANGED = "it would claim something else than was shown"
_RIVALS = """
    SELECT 1 FROM reports AS this JOIN reports AS other USING (night, kind)
    WHERE this.id = ? AND other.id != this.id AND other.verdict = 'held'
    AND other.council IS this.council AND other.ballot IS this.ballot
    AND json_extract(other.data, '$.area') IS json_extract(this.data, '$.area') LIMIT 1
"""
"""Another report about the same thing that waits too: a later revision, or another source's."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What confirming a report claims, after those before it; `now` are a council's seats then."""

    report: int
    subject: Subject
    claims: tuple[MadeClaim, ...]
    now: Composition | None


@dataclass(frozen=True, slots=True)
class Together:
    """Reports to confirm together, and why others of those that were asked for are left out."""

    would: tuple[Expected, ...]
    left_out: Mapping[int, str]


Confirm = Callable[[Transaction, int], tuple[date, Subject, tuple[MadeClaim, ...]]]
"""Confirms a report; returns what it is about and the claims that follow."""


class _Tried(Exception):  # noqa: N818 - it rolls back what was tried, and is not an error
    """Carries what was found out of a savepoint that is undone."""

    def __init__(self, would: list[Expected], clashing: set[str]) -> None:
        super().__init__()
        self.would = would
        self.clashing = clashing


def foretell(tx: Transaction, rule: str, reports: Iterable[int], confirm: Confirm) -> Together:
    """Return what confirming *reports* that only a *rule* holds would claim; nothing is changed."""
    wanted = list(dict.fromkeys(reports))
    left_out = {report: why for report in wanted if (why := _why_not(tx, rule, report))}
    while True:
        tried = _try(tx, [report for report in wanted if report not in left_out], confirm)
        if not tried.clashing:
            return Together(tuple(tried.would), left_out)
        left_out |= {
            one.report: _CLASH for one in tried.would if one.subject.code in tried.clashing
        }
        left_out |= dict.fromkeys(_lost(wanted, left_out, tried.would), _CLASH)


def agreed(
    tx: Transaction,
    rule: str,
    reports: Iterable[int],
    confirm: Confirm,
    as_shown: Callable[[Expected], bool],
) -> Together:
    """Return which of *reports* to confirm: those that would still claim what was shown."""
    found = foretell(tx, rule, reports, confirm)
    left_out = dict(found.left_out)
    while changed := [one.report for one in found.would if not as_shown(one)]:
        left_out |= dict.fromkeys(changed, _CHANGED)
        rest = [one.report for one in found.would if one.report not in left_out]
        found = foretell(tx, rule, rest, confirm)
        left_out |= found.left_out
    return Together(found.would, left_out)


def _lost(
    wanted: Sequence[int], left_out: Mapping[int, str], would: Sequence[Expected]
) -> list[int]:
    kept = {one.report for one in would}
    return [report for report in wanted if report not in kept and report not in left_out]


def _why_not(tx: Transaction, rule: str, report: int) -> str | None:
    """Return why a report cannot be confirmed with the others, None if it can."""
    if rule == CONTRADICTION:
        raise DeskError(
            "Of reports that contradict each other one has to be chosen: `/desk queue`."
        )
    rows = tx.rows("SELECT verdict, held_by FROM reports WHERE id = ?", (report,))
    if not rows or rows[0][0] != VerdictStatus.HELD:
        return _DECIDED
    if set(json.loads(rows[0][1])) != {rule}:
        return _OTHER_REASONS
    return _CLASH if tx.rows(_RIVALS, (report,)) else None


def _try(tx: Transaction, reports: Sequence[int], confirm: Confirm) -> _Tried:
    """Confirm *reports* one after another and undo that.

    A report that another one of them replaces, or keeps from counting, clashes: who confirms both
    could not know which of them they confirm. All of that subject are left out then.
    """
    try:
        with tx.savepoint():
            would: list[Expected] = []
            clashing: set[str] = set()
            for report in reports:
                if _verdict(tx, report) != VerdictStatus.HELD:
                    clashing.add(_subject_code(tx, report))
                    continue
                night, subject, claims = confirm(tx, report)
                would.append(Expected(report, subject, claims, _seats_now(tx, night, subject)))
            clashing.update(
                one.subject.code
                for one in would
                if _verdict(tx, one.report) != VerdictStatus.ACCEPTED
            )
            raise _Tried(would, clashing)
    except _Tried as tried:
        return tried


def _verdict(tx: Transaction, report: int) -> str:
    return str(tx.rows("SELECT verdict FROM reports WHERE id = ?", (report,))[0][0])


def _subject_code(tx: Transaction, report: int) -> str:
    about = "SELECT COALESCE(ballot, council) FROM reports WHERE id = ?"
    return str(tx.rows(about, (report,))[0][0])


def _seats_now(tx: Transaction, night: date, subject: Subject) -> Composition | None:
    if not isinstance(subject, Council):
        return None
    standing = stored_standing(tx.db.conn, night.isoformat(), subject.code)
    if standing is None or not standing.total:
        return None
    return Composition((row.party, row.now) for row in standing.seats if row.now)
