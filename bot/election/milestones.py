"""Milestones of the night, derived from the standings of the councils."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from bot.election.alert_kinds import MilestoneKind
from bot.election.almanac import Almanac, CitedKind
from bot.election.cache import remembered
from bot.election.claims import ClaimState, Milestone
from bot.election.control import Control
from bot.election.councils import Council
from bot.election.facts import could_not_change
from bot.election.history import first_since, tenure_of
from bot.election.outlook import outlook
from bot.election.parties import PartyKind
from bot.election.standings import CouncilStanding, Declared
from bot.election.superlatives import change_range

FIGURES = (50, 100, 250, 500)
"""The round figures of net seats, up or down, that are milestones, the lowest first."""
DECADES = 20
"""The fewest years after which a change is the first in decades."""

Claimed = tuple[CouncilStanding, Declared]


def milestones(
    standings: Sequence[CouncilStanding], almanac: Almanac, told: Collection[Milestone] = ()
) -> dict[str, Milestone | None]:
    """Return the milestones that hold by their keys, with None for each of *told* that does not.

    *standings* has one for each council that votes on the night; only claimed results count. Later
    results take no milestone back: net seats are counted in the order of declaration, so a figure
    stays passed unless a council counted before it is corrected, or one that came in earlier is
    released late. Certain control is only announced before the declaration, and stands if it proves
    right.
    """
    claimed = [
        (standing, standing.declared)
        for standing in standings
        if standing.declared is not None
        and standing.declared.version is not None
        and standing.declared.state is not ClaimState.RETRACTED
    ]
    claimed.sort(key=lambda each: (each[1].declared_at, each[0].council.code))
    holding = {
        milestone.key: milestone
        for milestone in (
            *_half_declared(standings, claimed, almanac),
            *_net_seats(claimed, almanac),
            *_changes_of_hands(claimed, almanac),
            *_certain_control(standings, told, almanac),
        )
    }
    return {**dict.fromkeys(milestone.key for milestone in told), **holding}


def _half_declared(
    standings: Sequence[CouncilStanding], claimed: Sequence[Claimed], almanac: Almanac
) -> Iterator[Milestone]:
    """Yield the milestone that half have declared, if it is known how many vote."""
    total = almanac.night(standings[0].night).total if standings else None
    if total is None:
        return
    half = (max(total, len(standings)) + 1) // 2
    if len(claimed) >= half:
        yield Milestone(MilestoneKind.HALF_DECLARED, figure=half)


def _net_seats(claimed: Iterable[Claimed], almanac: Almanac) -> Iterator[Milestone]:
    """Yield the figures that each party has passed; independents together are not a party.

    Changes counted from different baselines are never added up, and those of a party that may have
    been counted among the others before are left out.
    """
    net: defaultdict[tuple[str, str], int] = defaultdict(int)
    passed: set[tuple[str, str, int]] = set()
    for standing, declared in claimed:
        if declared.counted_changes is None or not declared.baseline.of_seats:
            continue
        since = declared.baseline.family.code
        for code, change in declared.counted_changes.items():
            if change_range(standing, code, change, almanac.parties) != (change, change):
                continue  # its seats before may be among the others'
            total = net[code, since] = net[code, since] + change
            for figure in FIGURES:
                if abs(total) < figure:
                    break
                signed = figure if total > 0 else -figure
                if (code, since, signed) in passed:
                    continue
                passed.add((code, since, signed))
                if almanac.parties.get(code).kind not in (PartyKind.BUCKET, PartyKind.VACANT):
                    yield Milestone(MilestoneKind.NET_SEATS, party=code, figure=signed, since=since)


def _changes_of_hands(claimed: Sequence[Claimed], almanac: Almanac) -> Iterator[Milestone]:
    """Yield changes of hands that are in a flagship council or the first in decades."""
    flagships = almanac.flagships(claimed[0][0].night) if claimed else set()
    for standing, declared in claimed:
        if not declared.outcome.changes_hands:
            continue
        code, party = standing.council.code, declared.after.holder
        if code in flagships:
            yield Milestone(MilestoneKind.FLAGSHIP, code, party)
        if is_first_in_decades(
            standing.council, standing.night, standing.before, declared.after, almanac
        ):
            yield Milestone(MilestoneKind.FIRST_IN_DECADES, code, party, standing.night.year)


def is_first_in_decades(
    council: Council, night: date, before: Control | None, after: Control, almanac: Almanac
) -> bool:
    """Whether the loser had had control for decades, or the winner had been without it for decades.

    Both our table of control and cited facts, which go further back, are used.
    """
    code, year = council.code, night.year
    for fact in almanac.cited.get(code, ()):
        if fact.kind is CitedKind.BY_DEFECTIONS:
            if (fact.night, fact.party) == (night, after.holder):
                return False
            continue
        subject = after if fact.kind is CitedKind.NEVER_SINCE else before
        if (
            fact.night == night
            and subject is not None
            and subject.holder == fact.party
            and year - fact.year >= DECADES
        ):
            return True
    history = almanac.history.get(code, ())
    if before is not None and before.holder is not None:
        held = tenure_of(council, before, night, almanac)
        if held is not None and year - held.since >= DECADES:
            return True
    first = first_since(history, after, night)
    return first is not None and year - first.year >= DECADES


@remembered(2_048)
def _has_declared_ward(standing: CouncilStanding) -> bool:
    return any(ward.declared for ward in standing.wards)


def _certain_control(
    standings: Iterable[CouncilStanding], told: Collection[Milestone], almanac: Almanac
) -> Iterator[Milestone]:
    """Yield control that no ward still to come can change, and earlier ones that proved right.

    While a result is shown but not claimed, nothing is announced or taken back.
    """
    told_of: defaultdict[str, list[Milestone]] = defaultdict(list)
    for milestone in told:
        if milestone.milestone is MilestoneKind.CERTAIN and milestone.council is not None:
            told_of[milestone.council].append(milestone)
    for standing in standings:
        code, declared = standing.council.code, standing.declared
        if declared is not None:
            for each in told_of.get(code, ()):
                if declared.version is None or declared.after.holder == each.party:
                    yield each
            continue
        if code not in told_of and not _has_declared_ward(standing):
            continue  # saves the work for most councils during most of the night
        ahead = outlook(standing)
        if ahead is None or ahead.secured is None or could_not_change(standing) is not None:
            continue
        holder = ahead.secured.holder
        if holder is not None and not almanac.parties.get(holder).is_one_party:
            continue  # several together neither win a council nor leave it hung
        certain = Milestone(MilestoneKind.CERTAIN, code, holder)
        if 0 < ahead.wards_declared < ahead.wards_total or certain in told:
            yield certain
