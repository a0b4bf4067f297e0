"""What a format's reader hands over."""

from __future__ import annotations

from dataclasses import dataclass

from bot.election.reports import NotFollowed, Report


@dataclass(frozen=True, slots=True)
class Parsed:
    """What stands in a document: its reports, its faults, what is not followed.

    `unsaid` counts what says nothing yet.
    """

    reports: tuple[Report, ...] = ()
    faults: tuple[str, ...] = ()
    not_followed: tuple[NotFollowed, ...] = ()
    unsaid: int = 0
