"""Which stories the night has, and which of them leads.

Every story's score is the sum of its basis, a few counted facts, so the order can be read and
tested. Nothing here forecasts: only results in force make stories.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.election.almanac import Almanac, YearOfControl
from bot.election.control import Outcome
from bot.election.standings import CouncilStanding, Declared
from bot.election.tally import PartyLine, state_of_parties
from bot.election.tenure import Tenure, tenure

_POINTS_A_NET_COUNCIL = 10
"""A party's net councils outweigh a single council from about the sixth on…"""
_SEATS_A_POINT = 10
_MAJORITY_SEATS_A_POINT = 2
_FIRST_ELECTION = 5


class StoryKind(StrEnum):
    """What a story is about; of two that are as big, the earlier kind leads."""

    PARTY_DOWN = "a party loses councils"
    PARTY_UP = "a party gains councils"
    COUNCIL = "a council changes hands"
    FIRST_ELECTION = "a new council's first election"


_KINDS = tuple(StoryKind)


@dataclass(frozen=True, slots=True)
class Story:
    """One story: the councils in it, the foremost first, and what its score is made of.

    `party` is who lost or gained (the new holder of a council, None for no overall control).
    `net` is a party's net change of councils; `tenure` how long the loser had held the council.
    """

    kind: StoryKind
    party: str | None
    councils: tuple[str, ...]
    basis: Mapping[str, int] = field(hash=False)
    net: int = 0
    tenure: Tenure | None = None

    @property
    def score(self) -> int:
        """How big the story is: the sum of its basis."""
        return sum(self.basis.values())


def stories(standings: Iterable[CouncilStanding], almanac: Almanac) -> list[Story]:
    """Return the stories of the results in force, the biggest first.

    Only parties are said to rise and fall: independents together are not one. A party that gained
    or lost a single council has no story beside that council's own.
    """
    everyone = list(standings)
    by_council = {
        standing.council.code: _council_story(standing, standing.declared, almanac.history)
        for standing in everyone
        if standing.declared is not None
        and (
            standing.declared.outcome.changes_hands
            or standing.declared.outcome is Outcome.FIRST_ELECTION
        )
    }
    changed = [
        standing
        for standing in everyone
        if standing.declared is not None and standing.declared.outcome.changes_hands
    ]
    by_party = [
        _party_story(line, changed, by_council)
        for line in state_of_parties(everyone).parties
        if line.council_change and line.party and almanac.parties.get(line.party).is_one_party
    ]
    several = [story for story in by_party if len(story.councils) > 1]
    return sorted(
        (*several, *by_council.values()),
        key=lambda story: (-story.score, _KINDS.index(story.kind), story.councils),
    )


def _council_story(
    standing: CouncilStanding, declared: Declared, history: Mapping[str, Sequence[YearOfControl]]
) -> Story:
    """Return a council's own story: bigger with its size, its loser's tenure and majority."""
    code = standing.council.code
    basis = {"seats": declared.now.total // _SEATS_A_POINT}
    if standing.before is None:
        basis["first election"] = _FIRST_ELECTION
        return Story(StoryKind.FIRST_ELECTION, declared.after.holder, (code,), basis)
    held_for = None
    if standing.before.holder is not None:
        held_for = tenure(history.get(code, ()), standing.before, standing.night.year)
        basis["years of control"] = standing.night.year - held_for.since if held_for else 0
        basis["majority lost"] = _majority_lost(standing) // _MAJORITY_SEATS_A_POINT
    return Story(StoryKind.COUNCIL, declared.after.holder, (code,), basis, tenure=held_for)


def _majority_lost(standing: CouncilStanding) -> int:
    """Return by how many seats the loser had outnumbered all others on the eve."""
    if standing.held is None or standing.before is None or standing.before.holder is None:
        return 0
    return max(0, 2 * standing.held.get(standing.before.holder, 0) - standing.held.total)


def _party_story(
    line: PartyLine, changed: Iterable[CouncilStanding], by_council: Mapping[str, Story]
) -> Story:
    """Return a party's story with the councils that it lost, or gained where it is up."""
    down = line.council_change < 0
    codes = [
        standing.council.code
        for standing in changed
        if (_loser(standing) if down else _winner(standing)) == line.party
    ]
    codes.sort(key=lambda code: (-by_council[code].score, code))
    return Story(
        StoryKind.PARTY_DOWN if down else StoryKind.PARTY_UP,
        line.party,
        tuple(codes),
        {
            "net councils": abs(line.council_change) * _POINTS_A_NET_COUNCIL,
            "changes": len(codes),
        },
        net=line.council_change,
    )


def _winner(standing: CouncilStanding) -> str | None:
    return standing.declared.after.holder if standing.declared else None


def _loser(standing: CouncilStanding) -> str | None:
    return standing.before.holder if standing.before else None
