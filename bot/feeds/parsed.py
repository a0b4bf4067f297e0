"""What the reader of a format returns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypedDict

from bot.election.reports import Candidate, NotFollowed, Report, WardReport


@dataclass(frozen=True, slots=True)
class Parsed:
    """The contents of a document; `unsaid` counts what says nothing yet."""

    reports: tuple[Report, ...] = ()
    faults: tuple[str, ...] = ()
    not_followed: tuple[NotFollowed, ...] = ()
    unsaid: int = 0


class Common(TypedDict):
    """The fields that wards and all other ballots are read into alike."""

    night: date
    area: str
    gss: str | None
    seats: int
    candidates: tuple[Candidate, ...]
    updated_at: datetime | None
    electorate: int | None
    turnout: float | None
    spoilt: int | None
    source: str | None
    test: bool
    doubts: tuple[str, ...]


def each_once(
    reports: Iterable[WardReport], thing: Callable[[WardReport], Hashable]
) -> list[WardReport]:
    """Return the reports of a document, equal copies of one *thing* once.

    Copies that differ are all returned, marked as rivals of each other: none of them is believed.
    """
    copies: defaultdict[Hashable, list[WardReport]] = defaultdict(list)
    for report in reports:
        told = copies[thing(report)]
        if all(replace(report, ballot_id=one.ballot_id) != one for one in told):
            told.append(report)
    return [replace(report, rival=len(told) > 1) for told in copies.values() for report in told]
