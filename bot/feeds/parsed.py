"""What a format's reader hands over."""

from __future__ import annotations

from dataclasses import dataclass

from bot.election.reports import Report


@dataclass(frozen=True, slots=True)
class Parsed:
    """What stands in a document: its reports, its faults, and what was passed over."""

    reports: tuple[Report, ...] = ()
    faults: tuple[str, ...] = ()
    passed_over: int = 0
