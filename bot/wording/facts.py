"""Facts in words: the key facts of a result, and what each was computed from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.election.almanac import Almanac
from bot.election.baselines import Baseline, BaselineKind
from bot.election.control import Control
from bot.election.facts import (
    CouldNotChange,
    Fact,
    FewVotes,
    LargestShort,
    LastTime,
    Lot,
    Majority,
    SettledEarly,
    Sweep,
    Turnout,
    VoteShare,
    VoteSwing,
)
from bot.election.parties import Parties
from bot.election.superlatives import NotCompared, SeatMove
from bot.wording.figures import counted_from
from bot.wording.phrases import (
    NO_OVERALL_CONTROL,
    change_at_least,
    count,
    day,
    in_words,
    name_of,
    number,
    party_name,
    possessive,
    sentence_case,
    the_members,
    the_party,
)
from bot.wording.text import escape
from bot.wording.votes import close_call_words, moved_words, swing_words

_MOST = 3
_MOST_KEY_FACTS = 2
_COUNTED_BY = {
    BaselineKind.WIRE: " by the reports' own count",
    BaselineKind.SHEET: " by our newsroom's count",
}
_SAME_WARDS = " in the same wards"
"""Where a change is not over all wards whose votes are known."""
_TELLING = 8
"""Facts of less weight only repeat what the card says anyway."""


def key_facts(facts: Sequence[Fact], parties: Parties) -> list[str]:
    """Return the two most telling *facts* that no majority line says."""
    others = [fact for fact in _telling(facts) if not isinstance(fact, Majority | LargestShort)]
    return [fact_sentence(fact, parties) for fact in others[:_MOST_KEY_FACTS]]


def facts_with_basis(facts: Sequence[Fact], parties: Parties) -> list[str]:
    """Return a council's most telling *facts*, each with what it was computed from."""
    return [
        _with_basis(fact_sentence(fact, parties), fact.basis) for fact in _telling(facts)[:_MOST]
    ]


def _with_basis(sentence: str, basis: str) -> str:
    """Return "Turnout 41.2% (from …)."; what is in brackets at its end shares them."""
    told = sentence.removesuffix(".")
    if told.endswith(")"):
        return f"{told.removesuffix(')')}, from {basis})."
    return f"{told} (from {basis})."


def telling_lines(facts: Sequence[Fact], parties: Parties) -> list[str]:
    """Return a council's most telling *facts*, one sentence each."""
    return [fact_sentence(fact, parties) for fact in _telling(facts)[:_MOST]]


def _telling(facts: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.weight >= _TELLING]


def night_fact_lines(facts: Sequence[Fact], almanac: Almanac) -> list[str]:
    """Return the facts of a night, each with its council; equal moves share a line."""
    level: dict[tuple[Baseline, bool], list[SeatMove]] = {}
    for fact in facts:
        if isinstance(fact, SeatMove):
            level.setdefault((fact.baseline, fact.change > 0), []).append(fact)
    words = Counter(counted_from(baseline) for baseline, gains in level if gains)
    lines = [
        _biggest(moves, almanac, told_apart=words[counted_from(baseline)] > 1)
        for (baseline, _), moves in level.items()
    ]
    others = (fact for fact in facts if not isinstance(fact, SeatMove))
    return lines + [_of_council(fact, almanac) for fact in others]


def _biggest(moves: Sequence[SeatMove], almanac: Almanac, *, told_apart: bool) -> str:
    """Return "Biggest gain in one council: Labour in Barnet (+18), counted since …"."""
    what = "gain" if moves[0].change > 0 else "loss"
    counted = counted_from(moves[0].baseline)
    if told_apart:  # two ways to count from the same moment are not compared
        counted += _COUNTED_BY.get(moves[0].baseline.kind, "")
    return f"Biggest {what} in one council: {_moves(moves, almanac)}, counted {counted}."


def _moves(moves: Sequence[SeatMove], almanac: Almanac) -> str:
    """Return "Labour in Barnet and Hull (+18 each, on new boundaries) and 2 more"."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for move in moves[:_MOST]:
        alike.setdefault(_move_of(move), []).append(name_of(almanac.councils.get(move.council)))
    named = []
    for (party, seats, redrawn), places in alike.items():
        told = f"{seats}{' each' if len(places) > 1 else ''}{redrawn}"
        named.append(f"{the_party(party, almanac.parties)} in {in_words(places)} ({told})")
    if (more := len(moves) - _MOST) > 0:
        named.append(f"{number(more)} more")
    return in_words(named)


def _move_of(move: SeatMove) -> tuple[str, str, str]:
    """Return a move's party, its seats and what to add to them: those alike are told together."""
    redrawn = ", on new boundaries" if move.redrawn else ""
    return move.party, change_at_least(move.change, move.up_to), redrawn


def _not_compared(fact: NotCompared, almanac: Almanac) -> str:
    """Return which moves were left out of the comparison, and why."""
    left_out = []
    if fact.councils:
        left_out.append(f"{count(fact.councils, 'council')} with no earlier seats to compare")
    if fact.otherwise:
        other = number(fact.otherwise) if left_out else count(fact.otherwise, "council")
        left_out.append(f"{other} whose changes are counted from another election")
    if fact.unclear:
        moves = _moves(fact.unclear, almanac)
        left_out.append(f"{moves} (a party's seats before are among the others)")
    return f"Excludes {', and '.join(left_out)}."


def _of_council(fact: Fact, almanac: Almanac) -> str:
    if isinstance(fact, NotCompared):
        return _not_compared(fact, almanac)
    council, parties = name_of(almanac.councils.get(fact.council)), almanac.parties
    if isinstance(fact, Sweep):
        who = sentence_case(the_party(fact.party, parties))
        return f"{who} hold all {number(fact.seats)} seats of {council}."
    return f"{council}: {fact_sentence(fact, parties)}"


def _swept(fact: Sweep) -> str:
    """Return "hold all 54 seats", "won both seats that were up"."""
    verb = "hold" if fact.whole_council else "won"
    if fact.seats == 1:
        return f"{verb} the only seat{'' if fact.whole_council else ' that was up'}"
    every = "both" if fact.seats == 2 else f"all {number(fact.seats)}"
    return f"{verb} {every} seats{'' if fact.whole_council else ' that were up'}"


def fact_sentence(fact: Fact, parties: Parties) -> str:  # noqa: PLR0911 - one a kind of fact
    """Return a fact of a council as a sentence. Raises `TypeError` for an unknown kind."""
    party = getattr(fact, "party", None)
    who = sentence_case(the_party(party, parties)) if party else ""
    match fact:
        case Majority():
            held = f"{number(fact.seats)} of {number(fact.total)} seats"
            return f"{who} have a majority of {number(fact.ahead)}: {held}."
        case LargestShort():
            held = f"{number(fact.seats)} of {number(fact.total)}"
            return f"{who} are the largest party with {held}, {count(fact.short, 'seat')} short."
        case Sweep():
            return f"{who} {_swept(fact)}."
        case CouldNotChange():
            few = f"With only {number(fact.up)} of {number(fact.total)} seats up"
            if fact.control.holder is None:
                return f"{few}, no party could win control."
            return f"{few}, {the_party(fact.control.holder, parties)} could not lose control."
        case SettledEarly():
            after = f"after {number(fact.wards)} of {count(fact.of_wards, 'ward')}"
            return f"{sentence_case(_stay(fact.control, parties))} was certain {after}."
        case Lot():
            over = " over ".join(the_party(code, parties) for code in (fact.winner, fact.loser))
            votes = f"{count(fact.votes, 'vote')} each"
            return f"{escape(fact.ward)} was decided by lot, {over} ({votes})."
        case LastTime():
            before = f"{number(fact.then)} when these seats were last fought"
            won = count(fact.won, "seat")
            return f"{who} won {won}, against {before}, on {day(fact.fought_on)}."
        case Turnout():
            of_wards = _in_wards(fact)
            return f"Turnout {fact.per_cent:.1f}%{f' ({of_wards})' if of_wards else ''}."
        case VoteShare():
            moved = moved_words(fact.change, fact.fought_on)
            moved += _SAME_WARDS if moved and not fact.everywhere else ""
            share = f"{fact.per_cent:.1f}%{moved}"
            how = ", ".join(filter(None, (fact.method, _in_wards(fact))))
            short = party_name(fact.party, parties)
            verb = "won" if fact.wards == fact.of_wards else "have"
            return f"{short} {verb} most votes: {share} ({how})."
        case VoteSwing():
            where = "" if fact.everywhere else _SAME_WARDS
            return f"{swing_words(fact.swing, fact.fought_on, parties)}{where}."
        case FewVotes():
            return f"{close_call_words(fact.call, parties)}."
    raise TypeError(f"no words for {type(fact).__name__}")


def _stay(control: Control, parties: Parties) -> str:
    if control.holder is None:
        return NO_OVERALL_CONTROL
    party = parties.get(control.holder)
    if not party.is_one_party:
        return "the control of independents and others"
    return f"{possessive(the_members(party))} majority"


def _in_wards(fact: Turnout | VoteShare) -> str:
    if fact.wards == fact.of_wards:
        return ""
    return f"{number(fact.wards)} of {count(fact.of_wards, 'ward')}"
