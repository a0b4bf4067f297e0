"""The night's stories, in the order of their importance.

A story's score is the sum of its basis, a few counted facts, so that the order can be explained and
tested. Nothing here is a forecast: only results in force make stories.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.election.almanac import Almanac, CitedFact, CitedKind
from bot.election.assembly import assembly_of
from bot.election.ballots import BallotStanding
from bot.election.control import Outcome
from bot.election.councils import Council
from bot.election.history import Tenure, tenure_of
from bot.election.movers import net_seats
from bot.election.reports import BallotKind
from bot.election.standings import CouncilStanding, Declared
from bot.election.tally import PartyLine, state_of_parties

_POINTS_PER_NET_COUNCIL = 10
_MOST_IMPORTANT = 3
"""This many of a party's councils raise the score of its story, by…"""
_IMPORTANCE_DIVISOR = 3
"""…their own scores divided by this, so that a few councils' story leads over each of them."""
_NET_SEATS_PER_POINT = 5
_SEATS_PER_POINT = 10
_MAJORITY_SEATS_PER_POINT = 2
_FIRST_ELECTION = 5
_FLAGSHIP = 30
_NEVER_BEFORE = 20
_TO_ANOTHER_PARTY = 5
_REFERENDUM = 45
_MAYOR_CHANGES_PARTY = 40
_ASSEMBLY = 60
_ASSEMBLY_SEATS_PER_POINT = 2
_NEW_LARGEST_PARTY = 60


class StoryKind(StrEnum):
    """What a story is about; of two with the same score, the kind listed first leads."""

    PARTY_DOWN = "a party loses councils"
    PARTY_UP = "a party gains councils"
    COUNCIL = "a council changes hands"
    ASSEMBLY = "seats of the Assembly"
    REFERENDUM = "a referendum is decided"
    MAYOR = "a mayor's post changes party"
    FIRST_ELECTION = "a new council's first election"
    STANDING_STILL = "a council stays as it was"


_KINDS = tuple(StoryKind)


@dataclass(frozen=True, slots=True)
class Lens:
    """What stories are limited to: a party's code, a nation, a region or a council's code.

    Raises `ValueError` for more than one of them.
    """

    party: str | None = None
    nation: str | None = None
    region: str | None = None
    council: str | None = None

    def __post_init__(self) -> None:
        if sum(one is not None for one in self._all) > 1:
            raise ValueError(f"one lens at a time: {self}")

    @property
    def _all(self) -> tuple[str | None, ...]:
        return (self.party, self.nation, self.region, self.council)

    @property
    def is_whole_night(self) -> bool:
        """Whether stories are not limited."""
        return not any(self._all)

    def shows(self, council: Council) -> bool:
        """Whether a council is in the place; for a party, every council is."""
        return (
            self.nation in (None, council.nation)
            and self.region in (None, council.region)
            and self.council in (None, council.code)
        )

    def councils(self, standings: Iterable[CouncilStanding]) -> list[CouncilStanding]:
        """Return the councils in the place; for a party, all councils."""
        return [one for one in standings if self.shows(one.council)]

    def ballots(self, ballots: Iterable[BallotStanding]) -> list[BallotStanding]:
        """Return the ballots in the place; for a party, all ballots."""
        return [
            one
            for one in ballots
            if self.nation in (None, one.ballot.nation)
            and self.region in (None, one.ballot.region)
            and self.council in (None, one.ballot.council)
        ]


WHOLE_NIGHT = Lens()


@dataclass(frozen=True, slots=True)
class Story:
    """One story: its councils, the most important first, and what its score is made of.

    `party` is the party that lost or gained (for a council, its new holder, None for no overall
    control) or that leads in the Assembly; `loser` is the party that it replaced or overtook.
    `net` is a party's net change of councils. `tenure` says how long the loser had held the
    council, and `cited` is an older fact that goes further. `ballot` is a ballot's code.
    """

    kind: StoryKind
    party: str | None
    councils: tuple[str, ...]
    basis: Mapping[str, int] = field(hash=False)
    net: int = 0
    tenure: Tenure | None = None
    cited: CitedFact | None = None
    ballot: str | None = None
    loser: str | None = None

    @property
    def score(self) -> int:
        """The story's importance: the sum of its basis."""
        return sum(self.basis.values())

    @property
    def parties(self) -> frozenset[str]:
        """The codes of the parties that the story is about."""
        return frozenset(filter(None, (self.party, self.loser)))


def stories(
    standings: Iterable[CouncilStanding],
    almanac: Almanac,
    ballots: Iterable[BallotStanding] = (),
    lens: Lens = WHOLE_NIGHT,
) -> list[Story]:
    """Return the stories of the results in force within a *lens*, the most important first.

    Independents together are not one party and have no story. A party that gained or lost a single
    council has none beside that council's own. A council whose control did not change is a story
    only if the lens is that council.
    """
    everyone = lens.councils(standings)
    flagships = almanac.flagships(everyone[0].night) if everyone else set()
    declared = [(one, one.declared) for one in everyone if one.declared is not None]
    by_council = {
        one.council.code: _council_story(one, result, almanac, flagships)
        for one, result in declared
        if result.outcome.changes_hands or result.outcome is Outcome.FIRST_ELECTION
    }
    lines = [
        line
        for line in state_of_parties(everyone).parties
        if line.party and almanac.parties.get(line.party).is_one_party
    ]
    unchanged = [
        Story(
            StoryKind.STANDING_STILL,
            result.after.holder,
            (one.council.code,),
            {"seats": result.now.total // _SEATS_PER_POINT},
        )
        for one, result in declared
        if lens.council and one.council.code not in by_council
    ]
    found = [
        *_party_stories(lines, [one for one, _ in declared], by_council, almanac),
        *by_council.values(),
        *_ballot_stories(lens.ballots(ballots), almanac),
        *unchanged,
    ]
    if lens.party is not None:
        found = [story for story in found if lens.party in story.parties]
    return sorted(
        found,
        key=lambda story: (
            -story.score,
            _KINDS.index(story.kind),
            story.councils,
            story.ballot or "",
        ),
    )


def _party_stories(
    lines: Sequence[PartyLine],
    declared: Sequence[CouncilStanding],
    by_council: Mapping[str, Story],
    almanac: Almanac,
) -> list[Story]:
    """Return the stories of the parties that gained or lost more than one council."""
    changed = [one for one in declared if one.declared and one.declared.outcome.changes_hands]
    moved = net_seats(declared, almanac.parties)
    found = [
        _party_story(line, moved.get(line.party or "", 0), changed, by_council)
        for line in lines
        if line.council_change
    ]
    return [story for story in found if len(story.councils) > 1]


def _council_story(
    standing: CouncilStanding, declared: Declared, almanac: Almanac, flagships: set[str]
) -> Story:
    """Return a council's own story.

    Its score grows with the council's size and with the loser's tenure and majority, and for a
    flagship or a party's first control ever.
    """
    code = standing.council.code
    after = declared.after.holder
    basis = {"seats": declared.now.total // _SEATS_PER_POINT}
    if code in flagships:
        basis["flagship"] = _FLAGSHIP
    if standing.before is None:
        basis["first election"] = _FIRST_ELECTION
        return Story(StoryKind.FIRST_ELECTION, after, (code,), basis)
    held_for = None
    if standing.before.holder is not None:
        held_for = tenure_of(standing.council, standing.before, standing.night, almanac)
        basis["years of control"] = standing.night.year - held_for.since if held_for else 0
        basis["majority lost"] = _majority_lost(standing) // _MAJORITY_SEATS_PER_POINT
        if after is not None:
            basis["to another party"] = _TO_ANOTHER_PARTY
    cited = _cited(standing, declared, almanac)
    if cited is not None and cited.kind is CitedKind.NEVER_SINCE:
        basis["never before"] = _NEVER_BEFORE
    return Story(
        StoryKind.COUNCIL,
        after,
        (code,),
        basis,
        tenure=held_for,
        cited=cited,
        loser=standing.before.holder,
    )


def _cited(standing: CouncilStanding, declared: Declared, almanac: Almanac) -> CitedFact | None:
    """Return a cited fact that matters to the change: about the gainer, else about the loser."""
    holders = {
        CitedKind.NEVER_SINCE: declared.after.holder,
        CitedKind.SINCE: standing.before and standing.before.holder,
    }
    found = [
        fact
        for kind, holder in holders.items()
        for fact in almanac.cited.get(standing.council.code, ())
        if (fact.night, fact.kind, fact.party) == (standing.night, kind, holder)
    ]
    return found[0] if found else None


def _majority_lost(standing: CouncilStanding) -> int:
    """Return the loser's majority on the eve of poll: its seats less all others."""
    if standing.held is None or standing.before is None or standing.before.holder is None:
        return 0
    return max(0, 2 * standing.held.get(standing.before.holder, 0) - standing.held.total)


def _party_story(
    line: PartyLine,
    seats: int,
    changed: Iterable[CouncilStanding],
    by_council: Mapping[str, Story],
) -> Story:
    """Return a party's story with the councils that it lost if it is down, else gained."""
    down = line.council_change < 0
    codes = [
        standing.council.code
        for standing in changed
        if (_loser(standing) if down else _winner(standing)) == line.party
    ]
    codes.sort(key=lambda code: (-by_council[code].score, code))
    foremost = sum(by_council[code].score for code in codes[:_MOST_IMPORTANT])
    basis = {
        "net councils": abs(line.council_change) * _POINTS_PER_NET_COUNCIL,
        "changes": len(codes),
        "foremost councils": foremost // _IMPORTANCE_DIVISOR,
    }
    if abs(seats) >= _NET_SEATS_PER_POINT and (seats < 0) == down:
        basis["net seats"] = abs(seats) // _NET_SEATS_PER_POINT
    kind = StoryKind.PARTY_DOWN if down else StoryKind.PARTY_UP
    return Story(kind, line.party, tuple(codes), basis, net=line.council_change)


def _winner(standing: CouncilStanding) -> str | None:
    return standing.declared.after.holder if standing.declared else None


def _loser(standing: CouncilStanding) -> str | None:
    return standing.before.holder if standing.before else None


# --- ballots


def _ballot_stories(ballots: Sequence[BallotStanding], almanac: Almanac) -> list[Story]:
    """Return the stories of mayors' posts that change party, of referendums and of the Assembly."""
    found = []
    for one in ballots:
        if one.report is None or not one.is_declared:
            continue
        elected = one.report.winners[0]
        councils = (one.ballot.council,) if one.ballot.council else ()
        if one.ballot.kind is BallotKind.REFERENDUM:
            found.append(
                Story(
                    StoryKind.REFERENDUM,
                    None,
                    councils,
                    {"referendum": _REFERENDUM},
                    ballot=one.ballot.code,
                )
            )
        elif one.ballot.kind is BallotKind.MAYOR and elected.party is not None:
            after = almanac.parties.resolve(elected.party).code
            if one.ballot.sitting not in (None, after):
                found.append(
                    Story(
                        StoryKind.MAYOR,
                        after,
                        councils,
                        {"a mayor changes party": _MAYOR_CHANGES_PARTY},
                        ballot=one.ballot.code,
                        loser=one.ballot.sitting,
                    )
                )
    return found + _assembly_stories(ballots, almanac)


def _assembly_stories(ballots: Iterable[BallotStanding], almanac: Almanac) -> list[Story]:
    """Return the Assembly's story; a new largest party and the seats filled raise its score."""
    state = assembly_of(ballots, almanac)
    if not state.filled:
        return []
    basis = {"the Assembly": _ASSEMBLY, "seats": state.filled // _ASSEMBLY_SEATS_PER_POINT}
    overtaken = state.overtaken
    if overtaken is not None:
        basis["a new largest party"] = _NEW_LARGEST_PARTY
    leader = state.settled or (state.leaders[0] if len(state.leaders) == 1 else None)
    return [
        Story(StoryKind.ASSEMBLY, leader, (), basis, loser=overtaken.party if overtaken else None)
    ]
