"""The state of parties: the national table, and the same for a nation or a region."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.election.almanac import Almanac
from bot.election.baselines import growth
from bot.election.control import Outcome
from bot.election.standings import CouncilStanding, Declared


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A party's line; `party` is None for no overall control.

    `councils` counts those that the party controls now, `council_change` the net change among
    councils whose control before is known, `first_elections` the new councils that it has won, and
    `before_not_known` those of which nothing says who controlled them before. `seat_change`
    leaves out new councils and those without changes. `seats_given` is False if no source says who
    won seats.
    """

    party: str | None
    councils: int = 0
    council_change: int = 0
    first_elections: int = 0
    seats_won: int = 0
    seat_change: int = 0
    before_not_known: int = 0
    seats_given: bool = True

    @property
    def of_the_same(self) -> int:
        """How many councils it controls now of those that `council_change` is counted over."""
        return self.councils - self.first_elections - self.before_not_known


@dataclass(frozen=True, slots=True)
class StateOfParties:
    """The table over the councils that have declared, out of all that vote.

    If `total_known` is False, `total` only counts the councils that are known to vote.
    `without_changes` counts the declared councils that `seat_change` leaves out, `without_won`
    those whose source does not say who won seats. `resized` councils together have `growth` seats
    more than before, which is what the changes of all parties and vacant seats add up to.
    """

    declared: int
    total: int
    parties: tuple[PartyLine, ...]
    noc: PartyLine
    without_changes: int
    without_won: int = 0
    total_known: bool = True
    resized: int = 0
    growth: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether every council that votes is known and has declared."""
        return self.total_known and 0 < self.total == self.declared

    def line(self, party: str) -> PartyLine:
        """Return the line of a party, an empty one if it has none."""
        for line in self.parties:
            if line.party == party:
                return line
        return PartyLine(party)


@dataclass(slots=True)
class _Sums:
    councils: int = 0
    council_change: int = 0
    first_elections: int = 0
    before_not_known: int = 0
    seats_won: int = 0
    seat_change: int = 0

    def line(self, party: str | None) -> PartyLine:
        return PartyLine(
            party,
            self.councils,
            self.council_change,
            self.first_elections,
            self.seats_won,
            self.seat_change,
            self.before_not_known,
        )


@dataclass(slots=True)
class _Tally:
    sums: defaultdict[str | None, _Sums] = field(default_factory=lambda: defaultdict(_Sums))
    declared: int = 0
    without_changes: int = 0
    without_won: int = 0
    resized: int = 0
    growth: int = 0

    def add(self, standing: CouncilStanding, declared: Declared) -> None:
        self.declared += 1
        self.without_won += declared.won is None
        after = self.sums[declared.after.holder]
        after.councils += 1
        if declared.outcome is Outcome.FIRST_ELECTION:
            after.first_elections += 1
        elif declared.outcome is Outcome.BEFORE_NOT_KNOWN:
            after.before_not_known += 1
        elif standing.before is not None:
            after.council_change += 1
            self.sums[standing.before.holder].council_change -= 1
        for party, seats in (declared.won or {}).items():
            self.sums[party].seats_won += seats
        if declared.counted_changes is None:
            self.without_changes += 1
            return
        larger = growth(declared.counted_changes, declared.baseline)
        self.resized += bool(larger)
        self.growth += larger
        for party, change in declared.counted_changes.items():
            self.sums[party].seat_change += change


def state_of_parties(standings: Iterable[CouncilStanding]) -> StateOfParties:
    """Return the state of parties over *standings*, one for each council that votes."""
    everyone = list(standings)
    tally = _Tally()
    for standing in everyone:
        if standing.declared is not None:
            tally.add(standing, standing.declared)
    given = not tally.declared or tally.without_won < tally.declared
    noc = tally.sums.pop(None, _Sums()).line(None)
    lines = [
        replace(sums.line(party), seats_given=given)
        for party, sums in tally.sums.items()
        if party is not None
    ]
    lines.sort(key=lambda line: (-line.councils, -line.seats_won, line.party or ""))
    return StateOfParties(
        declared=tally.declared,
        total=len(everyone),
        parties=tuple(lines),
        noc=noc,
        without_changes=tally.without_changes,
        without_won=tally.without_won,
        resized=tally.resized,
        growth=tally.growth,
    )


def state_of_night(standings: Sequence[CouncilStanding], almanac: Almanac) -> StateOfParties:
    """Return the state of parties over all *standings* of one night.

    Its total is at least the number of councils in our tables and the wire's. It is not known if
    neither gives one, or without any council.
    """
    state = state_of_parties(standings)
    if not standings:
        return replace(state, total_known=False)
    total = almanac.night(standings[0].night).total
    return replace(state, total=max(state.total, total or 0), total_known=total is not None)


def all_are_known(standings: Sequence[CouncilStanding], almanac: Almanac) -> bool:
    """Whether *standings*, all of one night, cover every council that votes on it."""
    state = state_of_night(standings, almanac)
    return state.total_known and state.total == len(standings)


def by_nation(standings: Iterable[CouncilStanding]) -> dict[str, StateOfParties]:
    """Return the state of parties of each nation, by its name."""
    return _grouped(standings, lambda standing: standing.council.nation)


def by_region(standings: Iterable[CouncilStanding]) -> dict[str, StateOfParties]:
    """Return the state of parties of each region, by its name."""
    return _grouped(standings, lambda standing: standing.council.region)


def _grouped(
    standings: Iterable[CouncilStanding], group: Callable[[CouncilStanding], str]
) -> dict[str, StateOfParties]:
    groups: defaultdict[str, list[CouncilStanding]] = defaultdict(list)
    for standing in standings:
        groups[group(standing)].append(standing)
    return {name: state_of_parties(groups[name]) for name in sorted(groups)}
