"""What the reader of a format returns."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypedDict

from bot.election.reports import Candidate, NotFollowed, Report, WardReport


@dataclass(slots=True)
class Parsed:
    """The contents of a document; `unsaid` counts what says nothing yet."""

    reports: list[Report] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    not_followed: list[NotFollowed] = field(default_factory=list)
    unsaid: int = 0

    def add(self, found: Report | NotFollowed) -> None:
        """Add a report, or what is not followed."""
        if isinstance(found, NotFollowed):
            self.not_followed.append(found)
        else:
            self.reports.append(found)

    def keep_once(self, thing: Callable[[WardReport], Hashable]) -> Parsed:
        """Drop equal copies of wards that are the same *thing*, and return this.

        Copies that differ stay, marked as rivals of each other: none of them is believed.
        """
        copies: dict[Hashable, list[WardReport]] = {}
        others: list[Report] = []
        for report in self.reports:
            if not isinstance(report, WardReport):
                others.append(report)
                continue
            known = copies.setdefault(thing(report), [])
            if all(replace(report, ballot_id=one.ballot_id) != one for one in known):
                known.append(report)
        self.reports = [
            replace(one, rival=len(known) > 1) for known in copies.values() for one in known
        ]
        self.reports += others
        return self


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
