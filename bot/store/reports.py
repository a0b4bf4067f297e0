"""Reports as text: one JSON form each, and the hash of what a report says."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, cast

from pydantic import TypeAdapter

from bot.election.reports import (
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


_KINDS: dict[type[Any], ReportKind] = {
    Nominations: ReportKind.NOMINATIONS,
    CouncilResult: ReportKind.RESULT,
    StateOfPartiesReport: ReportKind.STATE_OF_PARTIES,
    WardReport: ReportKind.WARD,
    WinnerStatement: ReportKind.STATEMENT,
}
_ADAPTERS: dict[ReportKind, TypeAdapter[Any]] = {
    kind: TypeAdapter(cls) for cls, kind in _KINDS.items()
}


def kind_of(report: Report) -> ReportKind:
    """Return what sort of message a report is."""
    return _KINDS[type(report)]


def encode(report: Report) -> str:
    """Return a report as one JSON object."""
    return _ADAPTERS[kind_of(report)].dump_json(report).decode()


def decode(kind: str, text: str) -> Report:
    """Return the report that `encode` wrote."""
    return cast(Report, _ADAPTERS[ReportKind(kind)].validate_json(text))


def content_of(report: Report, encoded: str) -> str:
    """Return the hash of what a report says; the order of a result's lines says nothing."""
    if isinstance(report, CouncilResult):
        encoded = encode(
            dataclasses.replace(
                report,
                elected=_ordered(report.elected),
                changes=_ordered(report.changes),
                composition=_ordered(report.composition) or (),
            )
        )
    return hashlib.sha256(encoded.encode()).hexdigest()[:32]


def _ordered(lines: Iterable[PartySeats] | None) -> tuple[PartySeats, ...] | None:
    if lines is None:
        return None
    return tuple(sorted(lines, key=lambda line: (line.party.label, line.party.name, line.seats)))
