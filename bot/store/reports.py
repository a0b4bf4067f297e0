"""Reports as text: one JSON form each, and the hash of what a report says."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Any, cast

from pydantic import TypeAdapter

from bot.election.parties import Parties, WireParty
from bot.election.reports import (
    BallotReport,
    CouncilResult,
    Nominations,
    PartySeats,
    Report,
    StateOfPartiesReport,
    WardReport,
    WinnerStatement,
)


class ReportKind(StrEnum):
    """What sort of message a report is."""

    NOMINATIONS = "nominations"
    RESULT = "result"
    STATE_OF_PARTIES = "state"
    WARD = "ward"
    STATEMENT = "statement"
    BALLOT = "ballot"
    """Of a mayor, a constituency or a referendum."""


_KINDS: dict[type[Any], ReportKind] = {
    Nominations: ReportKind.NOMINATIONS,
    CouncilResult: ReportKind.RESULT,
    StateOfPartiesReport: ReportKind.STATE_OF_PARTIES,
    WardReport: ReportKind.WARD,
    WinnerStatement: ReportKind.STATEMENT,
    BallotReport: ReportKind.BALLOT,
}
_ADAPTERS: dict[ReportKind, TypeAdapter[Any]] = {
    kind: TypeAdapter(cls) for cls, kind in _KINDS.items()
}


def kind_of(report: Report) -> ReportKind:
    """Return what sort of message a report is."""
    return _KINDS[type(report)]


def encode(report: Report) -> str:
    """Return a report as one JSON object."""
    return _ADAPTERS[kind_of(report)].dump_json(report, exclude_defaults=True).decode()


@lru_cache(maxsize=8_192)  # a council's reports are read again with each ward that comes in
def decode(kind: str, text: str) -> Report:
    """Return the report that `encode` wrote."""
    return cast(Report, _ADAPTERS[ReportKind(kind)].validate_json(text))


def content_of(report: Report, encoded: str, parties: Parties) -> str:
    """Return the hash of what a report says.

    Two results that name the same parties and the same seats say the same, in whatever spelling
    and order, and whether or not they write a zero.
    """
    if isinstance(report, CouncilResult):
        said = {
            "night": report.night.isoformat(),
            "revision": report.revision,
            "winner": _code(report.winner, parties) if report.winner_given else "not given",
            "sitting": _code(report.sitting, parties) if report.sitting_given else "not given",
            "gain_or_hold": report.gain_or_hold,
            "boundary_change": report.council.boundary_change,
            "new_council": report.council.new_council,
            "elected": _seats(report.elected, parties),
            "changes": _seats(report.changes, parties),
            "composition": _seats(report.composition, parties),
            "size": report.size,
            "note": report.note,
        }
        encoded = json.dumps(said, sort_keys=True)
    return hashlib.sha256(encoded.encode()).hexdigest()[:32]


def _code(party: WireParty | None, parties: Parties) -> str | None:
    return None if party is None else parties.resolve(party).code


def _seats(lines: Iterable[PartySeats] | None, parties: Parties) -> dict[str, int] | None:
    if lines is None:
        return None
    sums: Counter[str] = Counter()
    for line in lines:
        sums[parties.resolve(line.party).code] += line.seats
    return {code: seats for code, seats in sums.items() if seats}
