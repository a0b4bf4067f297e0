"""What became of the Northern Ireland Assembly, in a headline."""

from __future__ import annotations

from bot.election.assembly import AssemblyState
from bot.election.parties import Parties
from bot.wording.phrases import count, in_words, members, number, sentence_case

ASSEMBLY = "Northern Ireland Assembly"
_MOST_LEVEL = 3


def assembly_headline(state: AssemblyState, parties: Parties) -> str:
    """Return the news of the Assembly: "Sinn Féin overtake DUP as largest Assembly party".

    Until another party cannot overtake it, the party with most seats only leads.
    """
    if not state.leaders:
        return f"{ASSEMBLY}: no seats filled yet"
    named = [members(parties.get(code)) for code in state.leaders]
    most = max(line.seats for line in state.lines if line.party == state.leaders[0])
    if len(named) > 1:
        more = len(named) - _MOST_LEVEL
        shown = [*named[:_MOST_LEVEL], *([f"{number(more)} more"] if more > 0 else [])]
        return sentence_case(f"{in_words(shown)} level on {count(most, 'seat')}")
    who = sentence_case(named[0])
    if state.settled is None:
        return f"{who} lead Assembly count with {count(most, 'seat')}"
    certain = "" if state.filled == state.seats else "certain to "
    if state.overtaken is not None:
        loser = members(parties.get(state.overtaken.party))
        return f"{who} {certain}overtake {loser} as largest Assembly party"
    before = state.largest_before
    if before is not None and before.party == state.settled:
        return f"{who} {certain}remain largest Assembly party"
    return f"{who} {certain and 'certain to be '}largest Assembly party"


def assembly_progress(state: AssemblyState) -> str:
    """Return how far the count has got: "40 of 90 seats filled, 5 of 18 constituencies declared".

    "90 seats in 18 constituencies" once every seat is filled.
    """
    if state.filled == state.seats and state.declared == state.constituencies:
        where = count(state.constituencies, "constituency", "constituencies")
        return f"{count(state.seats, 'seat')} in {where}"
    filled = f"{number(state.filled)} of {count(state.seats, 'seat')} filled"
    return f"{filled}, {constituencies_of(state.declared, state)} declared"


def constituencies_of(some: int, state: AssemblyState) -> str:
    """Return "5 of 18 constituencies"."""
    return f"{number(some)} of {count(state.constituencies, 'constituency', 'constituencies')}"
