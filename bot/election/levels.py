"""On which level an alert is: everything, changes or headlines."""

from __future__ import annotations

from datetime import date

from bot.election.alert_kinds import AlertKind, Level, MilestoneKind
from bot.election.almanac import Almanac
from bot.election.claims import BallotDeclared, ClaimContent, LargestParty, Milestone, Notice
from bot.election.councils import Council
from bot.election.milestones import is_first_in_decades
from bot.election.reports import BallotKind

_BIGGEST = 250
"""The round figures of net seats from which on one is among the night's biggest news."""


def level_of(
    content: ClaimContent | Notice, council: Council, night: date, almanac: Almanac
) -> Level:
    """Return the level of what is claimed of a *council* or of something else.

    A headline is a flagship that changes hands, a change that is the first in decades, a party's
    250 or more net seats, and an Assembly's largest party.
    """
    match content:
        case ClaimContent():
            return _level_of_control(content, council, night, almanac)
        case BallotDeclared():
            is_change = not content.holds and content.ballot_kind is not BallotKind.ASSEMBLY
            return Level.CHANGES if is_change else Level.EVERYTHING
        case LargestParty():
            return Level.HEADLINES
        case Milestone():
            return Level.HEADLINES if _is_big(content) else Level.EVERYTHING
    return Level.EVERYTHING


def _is_big(milestone: Milestone) -> bool:
    if milestone.milestone is MilestoneKind.NET_SEATS:
        return abs(milestone.figure or 0) >= _BIGGEST
    return milestone.milestone in (MilestoneKind.FLAGSHIP, MilestoneKind.FIRST_IN_DECADES)


def _level_of_control(
    content: ClaimContent, council: Council, night: date, almanac: Almanac
) -> Level:
    if content.alert_kind is AlertKind.HOLD:
        return Level.EVERYTHING
    if content.alert_kind is AlertKind.CHANGE_OF_HANDS and (
        council.code in almanac.flagships(night)
        or is_first_in_decades(council, night, content.before, content.after, almanac)
    ):
        return Level.HEADLINES
    return Level.CHANGES
