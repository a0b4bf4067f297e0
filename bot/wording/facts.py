"""Facts in words: why a number matters, and what the fact was computed from."""

from __future__ import annotations

from collections.abc import Sequence

from bot.election.almanac import Almanac
from bot.election.baselines import Baseline
from bot.election.control import Control
from bot.election.facts import (
    CouldNotChange,
    Fact,
    LargestShort,
    LastTime,
    Lot,
    Majority,
    SettledEarly,
    Sweep,
    Turnout,
    VoteShare,
)
from bot.election.parties import Parties
from bot.election.superlatives import NotCompared, SeatMove
from bot.wording.figures import counted_from
from bot.wording.phrases import (
    NO_OVERALL_CONTROL,
    change_between,
    count,
    day,
    in_words,
    name_of,
    number,
    possessive,
    sentence_case,
    the_members,
)
from bot.wording.text import escape

_MOST = 3
_TELLING = 8
"""Below that weight a fact only repeats what the card says anyway."""


def why_it_matters(facts: Sequence[Fact], parties: Parties) -> list[str]:
    """Return the foremost of a council's *facts*, a line each with what it is computed from."""
    return [
        f"{fact_sentence(fact, parties).removesuffix('.')} ({basis_words(fact)})."
        for fact in _telling(facts)
    ]


def telling_lines(facts: Sequence[Fact], almanac: Almanac) -> list[str]:
    """Return the foremost of a council's *facts*, a sentence a line."""
    return [fact_sentence(fact, almanac.parties) for fact in _telling(facts)]


def _telling(facts: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.weight >= _TELLING][:_MOST]


def night_fact_lines(facts: Sequence[Fact], almanac: Almanac) -> list[str]:
    """Return the facts of a night, a line each, with the council that each is of.

    Moves that are level share a line.
    """
    level: dict[tuple[Baseline, bool], list[SeatMove]] = {}
    for fact in facts:
        if isinstance(fact, SeatMove):
            level.setdefault((fact.baseline, fact.change > 0), []).append(fact)
    lines = [_biggest(moves, almanac) for moves in level.values()]
    others = (fact for fact in facts if not isinstance(fact, SeatMove))
    return lines + [_of_council(fact, almanac) for fact in others]


def _biggest(moves: Sequence[SeatMove], almanac: Almanac) -> str:
    """Return "Biggest gain of seats by a party since …: Labour in Barnet (+18)."."""
    what = "gain" if moves[0].change > 0 else "loss"
    named = [_move(move, almanac) for move in moves[:_MOST]]
    if len(moves) > len(named):
        named.append(f"{number(len(moves) - len(named))} more")
    counted = counted_from(moves[0].baseline)
    return f"Biggest {what} of seats by a party {counted}: {in_words(named)}."


def _move(move: SeatMove, almanac: Almanac) -> str:
    """Return "Labour in Barnet (+18, on new boundaries)"."""
    place = name_of(almanac.councils.get(move.council))
    redrawn = ", on new boundaries" if move.redrawn else ""
    seats = f"{change_between(move.change, move.up_to)}{redrawn}"
    return f"{the_members(almanac.parties.get(move.party))} in {place} ({seats})"


def _not_compared(fact: NotCompared, almanac: Almanac) -> str:
    """Return what the moves leave out, each with its reason: councils, and parties."""
    left_out = []
    if fact.councils:
        left_out.append(f"{count(fact.councils, 'council')} (new, or changes not known)")
    if fact.otherwise:
        left_out.append(f"{count(fact.otherwise, 'council')} counted from something else")
    if fact.unclear:
        moves = [_move(move, almanac) for move in fact.unclear[:_MOST]]
        if (more := len(fact.unclear) - _MOST) > 0:
            moves.append(f"{number(more)} more")
        left_out.append(f"{in_words(moves)} (a party's seats before are among the others)")
    return f"Left out of the biggest: {'; '.join(left_out)}."


def _of_council(fact: Fact, almanac: Almanac) -> str:
    if isinstance(fact, NotCompared):
        return _not_compared(fact, almanac)
    council, parties = name_of(almanac.councils.get(fact.council)), almanac.parties
    match fact:
        case Sweep(party=party, seats=seats):
            who = sentence_case(the_members(parties.get(party)))
            return f"{who} hold all {number(seats)} seats of {council}."
    return f"{council}: {fact_sentence(fact, parties)}"


def basis_words(fact: Fact) -> str:
    """Return what a fact is computed from: "from the seats of the result"."""
    return f"from {fact.basis}"


def fact_sentence(fact: Fact, parties: Parties) -> str:  # noqa: PLR0911 - one a kind of fact
    """Return a fact of a council as a sentence. Raises `TypeError` for one that has no words."""
    match fact:
        case Majority(party=party, ahead=ahead, seats=seats, total=total):
            who = sentence_case(the_members(parties.get(party)))
            narrow = f"{number(seats)} of {number(total)} seats"
            return f"{who} have a majority of {number(ahead)}: {narrow}."
        case LargestShort(party=party, seats=seats, total=total, short=short):
            who = sentence_case(the_members(parties.get(party)))
            held = f"{number(seats)} of {number(total)}"
            return f"{who} are the largest party with {held}, {count(short, 'seat')} short."
        case Sweep(party=party, seats=seats, whole_council=whole):
            who = sentence_case(the_members(parties.get(party)))
            verb = "hold every seat" if whole else "won every seat that was up"
            return f"{who} {verb}, all {number(seats)}."
        case CouldNotChange(control=control, up=up, total=total):
            few = f"only {number(up)} of {number(total)} seats were up"
            return f"{_stay(control, parties)} could not change tonight: {few}."
        case SettledEarly(control=control, wards=wards, of_wards=of_wards):
            after = f"after {number(wards)} of {count(of_wards, 'ward')}"
            return f"{_stay(control, parties)} was certain {after}."
        case Lot(ward=ward, votes=votes, winner=winner, loser=loser):
            over = " over ".join(the_members(parties.get(code)) for code in (winner, loser))
            return f"{escape(ward)} was decided by lot, {over} ({count(votes, 'vote')} each)."
        case LastTime(party=party, won=won, then=then, fought_on=fought_on):
            who = sentence_case(the_members(parties.get(party)))
            before = f"{number(then)} when these seats were last fought, on {day(fought_on)}"
            return f"{who} won {number(won)}, against {before}."
        case Turnout(per_cent=per_cent):
            return f"Turnout {per_cent:.1f}%{_in_wards(fact.wards, fact.of_wards)}."
        case VoteShare(party=party, per_cent=per_cent, method=method):
            who = sentence_case(the_members(parties.get(party)))
            share = f"{per_cent:.1f}% of the vote{_in_wards(fact.wards, fact.of_wards)}"
            return f"{who} had most votes: {share}, counting {method}."
    raise TypeError(f"no words for {type(fact).__name__}")


def _stay(control: Control, parties: Parties) -> str:
    if control.holder is None:
        return sentence_case(NO_OVERALL_CONTROL)
    party = parties.get(control.holder)
    if not party.is_one_party:
        return "The control of independents and others"
    return sentence_case(f"{possessive(the_members(party))} majority")


def _in_wards(wards: int, of_wards: int) -> str:
    return "" if wards == of_wards else f" in {number(wards)} of {count(of_wards, 'ward')}"
