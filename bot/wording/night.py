"""A night as one answer or one message shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from bot.election.almanac import Almanac
from bot.election.ballots import BallotStanding
from bot.election.baselines import Baseline
from bot.election.movers import Mover, movers, moves
from bot.election.parties import Parties
from bot.election.reports import BallotKind
from bot.election.standings import CouncilStanding
from bot.election.stories import WHOLE_NIGHT, Lens, Story, stories
from bot.election.tally import StateOfParties, state_of_night, state_of_parties
from bot.wording.figures import common_baseline, declared_of
from bot.wording.phrases import count, members, name_of, number
from bot.wording.sources import FeedAges, as_of
from bot.wording.text import escape


@dataclass(frozen=True, eq=False)
class NightView:
    """The councils and other ballots of a night at a moment, seen through a lens.

    `standings` are the councils that vote, `changed_too` those where only by-elections are held and
    control has changed; `feeds` is reported in the footer.
    """

    standings: Sequence[CouncilStanding]
    almanac: Almanac
    now: datetime
    ballots: Sequence[BallotStanding] = ()
    lens: Lens = WHOLE_NIGHT
    feeds: FeedAges | None = None
    changed_too: Sequence[CouncilStanding] = ()

    @property
    def parties(self) -> Parties:
        """The parties of the almanac."""
        return self.almanac.parties

    @cached_property
    def councils(self) -> list[CouncilStanding]:
        """The councils that the lens shows."""
        return self.lens.councils(self.standings)

    @cached_property
    def by_election_changes(self) -> list[CouncilStanding]:
        """The councils that the lens shows whose control by-elections have changed."""
        return self.lens.councils(self.changed_too)

    @cached_property
    def ballots_seen(self) -> list[BallotStanding]:
        """The ballots that the lens shows."""
        return self.lens.ballots(self.ballots)

    @cached_property
    def state(self) -> StateOfParties:
        """The state of parties within the lens; for a party's lens, the whole night's."""
        if self.lens.is_whole_night or self.lens.party is not None:
            return state_of_night(self.standings, self.almanac)
        return state_of_parties(self.councils)

    @cached_property
    def stories(self) -> list[Story]:
        """The stories within the lens, the most important first."""
        return stories(self.standings, self.almanac, self.ballots, self.lens)

    @cached_property
    def moves(self) -> dict[str, Mover]:
        """What became of each party within the lens, the biggest move first."""
        return moves(self.councils, self.parties)

    @cached_property
    def movers(self) -> list[Mover]:
        """The parties that the results within the lens move most; none for one council alone."""
        return movers(self.moves.values()) if self.state.declared > 1 else []

    @cached_property
    def baseline(self) -> Baseline | None:
        """What the seat changes of the councils within the lens are counted from."""
        return common_baseline(self.councils)

    @property
    def night(self) -> date | None:
        """The night's date; None while neither a council nor a ballot is known."""
        nights = (*(one.night for one in self.standings[:1]), *(b.night for b in self.ballots[:1]))
        return next(iter(nights), None)

    @cached_property
    def polls_close(self) -> datetime:
        """When polls close; at least one council or ballot must be known."""
        if self.night is None:
            raise ValueError("nothing tells of which night this is")
        return self.almanac.night(self.night).polls_close

    @property
    def is_counting(self) -> bool:
        """Whether councils vote and polls have closed."""
        return bool(self.standings) and self.now >= self.polls_close

    @property
    def is_of_by_elections(self) -> bool:
        """Whether by-elections of wards are held, and no council is known to vote."""
        wards = (one for one in self.ballots if one.ballot.kind is BallotKind.WARD)
        return not self.standings and any(wards)

    @property
    def how_far(self) -> str:
        """How many councils, or other ballots if no council votes, have declared."""
        ballots = self.ballots_seen
        if self.councils or not ballots:
            return declared_of(self.state)
        declared = sum(one.is_declared for one in ballots)
        return f"{number(declared)} of {count(len(ballots), 'contest')} declared"

    @property
    def shown(self) -> str:
        """The subject of the lens: "Labour", "Wales", "Barnet"; empty for the whole night."""
        if self.lens.party is not None:
            return members(self.parties.get(self.lens.party))
        if self.lens.council is not None:
            return name_of(self.almanac.councils.get(self.lens.council))
        return self.place

    @property
    def place(self) -> str:
        """The nation or region of the lens, empty without one."""
        return escape(self.lens.nation or self.lens.region or "")

    @property
    def footer(self) -> str:
        """The time, the age of the feeds, and the sources of the results shown."""
        return as_of(self.now, self.feeds, self.councils)
