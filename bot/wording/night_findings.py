"""What a night's pictures find, as titles: "Lib Dems up 146 seats, Conservatives down 402"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.election.flows import Counted, Flow, Flows
from bot.election.parties import Parties
from bot.election.tally import PartyLine, StateOfParties
from bot.wording.councils import Moves
from bot.wording.phrases import (
    NO_OVERALL_CONTROL,
    count,
    in_words,
    members,
    number,
    sentence_case,
    up_or_down,
)
from bot.wording.text import plain, shortened

_LONGEST_NAME = 28
"""The most characters of a party's name in a title."""
_MOST_LEVEL = 2
"""The most parties with equal changes that a title names."""


def named(code: str | None, parties: Parties) -> str:
    """Return a holder as in headlines: "Labour", "no overall control"."""
    if code is None:
        return NO_OVERALL_CONTROL
    return shortened(plain(members(parties.get(code))), _LONGEST_NAME)


def control_found(state: StateOfParties, parties: Parties) -> str:
    """Return who controls the most councils: "Labour control the most councils, 74 (up 4)".

    Where more than half are hung, that is the news. A change is told only where it is known who
    controlled all of them before.
    """
    most = max((line.councils for line in state.parties), default=0)
    first = [line for line in state.parties if line.councils == most]
    if not most:
        councils = f"{number(state.declared)} of {count(state.declared, 'council')}"
        return f"No party wins a majority in {councils} declared"
    hung = state.noc.councils
    if hung * 2 > state.declared:
        councils = f"{number(hung)} of {count(state.declared, 'council')} hung"
        known = state.noc.of_the_same and not state.noc.before_not_known
        return f"{councils}, {_change(state.noc.council_change)}" if known else councils
    if len(first) > 2:
        one_each = len(lines_of_parties(first, parties)) == len(first)
        who = f"{number(len(first))} {'parties' if one_each else 'holders'}"
        return f"{who} level on {count(most, 'council')} each"
    names = [named(line.party, parties) for line in first]
    if len(first) == 2:
        return sentence_case(f"{in_words(names)} level on {count(most, 'council')} each")
    [line] = first
    together = "" if parties.get(line.party or "").is_one_party else " together"
    most_of = "the most councils"
    if most == state.declared:
        most_of = "all councils" if state.is_complete else "all councils declared"
    if state.declared == 1:
        which = "the only council" if state.is_complete else "the first council declared"
        return sentence_case(f"{names[0]}{together} control {which}")
    # With first elections among them they are more, though nothing has changed.
    unchanged = bool(line.council_change) or not line.first_elections
    known = line.of_the_same and not line.before_not_known and unchanged
    change = f" ({_change(line.council_change)})" if known else ""
    return sentence_case(f"{names[0]}{together} control {most_of}, {number(most)}{change}")


def _change(change: int) -> str:
    if not change:
        return "unchanged"
    return f"{up_or_down(change)} {number(abs(change))}"


def movers_found(moved: Mapping[str, int], thing: str, parties: Parties) -> str:
    """Return who is up and who is down most, all that are level: "Labour up 4, Greens down 1".

    *moved* gives the net change of each party in *thing*s.
    """
    ranked = sorted((one for one in moved.items() if one[1]), key=lambda one: (-one[1], one[0]))
    if not ranked:
        return f"No party is up or down a {thing} net"
    ends = [ranked[0][1]] if ranked[0][1] > 0 else []
    ends += [ranked[-1][1]] if ranked[-1][1] < 0 else []
    ends.sort(key=lambda change: -abs(change))
    told: list[str] = []
    for change in ends:
        level = [named(code, parties) for code, moved_by in ranked if moved_by == change]
        who = in_words(level) if len(level) <= _MOST_LEVEL else f"{number(len(level))} parties"
        many = number(abs(change)) if told else count(abs(change), thing)
        told.append(f"{who} {up_or_down(change)} {many}{' each' if len(level) > 1 else ''}")
    return sentence_case(", ".join(told))


def overtaken_found(ahead: str, behind: str, when: str, seats: int, parties: Parties) -> str:
    """Return who overtook whom and *when*: "Lib Dems overtake Labour at 14:02, now up 146 seats".

    *seats* is what the one *ahead* is up by in the end, not at that time.
    """
    who = f"{named(ahead, parties)} overtake {named(behind, parties)}"
    return sentence_case(f"{who} at {when}, now up {count(seats, 'seat')}")


def flow_found(flows: Flows, parties: Parties) -> str:
    """Return the largest flow: "Labour take 98 seats from Conservatives".

    What came back is told with it where it is at least half as much.
    """
    thing = "council" if flows.counted is Counted.CONTROL else "seat"
    if not flows.moves:
        return f"No {thing} has changed hands"
    first = flows.moves[0]
    back = (one.many for one in flows.moves if (one.source, one.target) == first.pair[::-1])
    words, returned = _flow_words(first, thing, parties), next(back, 0)
    if returned * 2 < first.many:
        return words
    verb = "gain" if first.target is None else "lose"
    whom = "" if None in first.pair else " to them"
    return f"{words} and {verb} {number(returned)}{whom}"


def _flow_words(flow: Flow, thing: str, parties: Parties) -> str:
    many = count(flow.many, thing)
    source, target = named(flow.source, parties), named(flow.target, parties)
    if flow.target is None:
        return sentence_case(f"{source} lose {many} to {target}")
    verb = "gain" if flow.source is None else "take"
    return sentence_case(f"{target} {verb} {many} from {source}")


def count_found(state: StateOfParties, places: Mapping[str, StateOfParties], changed: int) -> str:
    """Return how far the count is: "114 councils still to declare, 20 of them in London"."""
    if state.is_complete:
        unknown = sum(line.before_not_known for line in (*state.parties, state.noc))
        known = " is known to have" if unknown else ""
        hands = f"none{known} changed hands" if not changed else f"{number(changed)} changed hands"
        declared = (
            "The only council has declared"
            if state.total == 1
            else (f"All {number(state.total)} councils declared")
        )
        return f"{declared}, {hands}"
    left = {name: one.total - one.declared for name, one in places.items()}
    text = f"{count(sum(left.values()), 'council')} still to declare"
    most = max(left.values(), default=0)
    first = [name for name, many in left.items() if many == most]
    if len(left) > 1 and len(first) == 1 and first[0] and most > 1:
        text += f", {number(most)} of them in {shortened(plain(first[0]), _LONGEST_NAME)}"
    return text


def party_found(
    name: str,
    line: PartyLine,
    moves: Moves,
    seats: int | None,
    *,
    all_won: bool = True,
    done: bool = True,
) -> str:
    """Return what became of a party: "Conservatives lose 13 councils and gain 2".

    *seats* is its net change of seats, None where that is not known. What it won is told where
    *all_won* is known, of every council that has declared. *done* is whether all have.
    """
    gained, lost = len(moves.gains), len(moves.losses)
    told = (
        [("gain", gained), ("lose", lost)] if gained >= lost else [("lose", lost), ("gain", gained)]
    )
    (verb, most), (other, fewer) = told
    if most:
        also = f" and {other} {number(fewer)}" if fewer else ""
        return f"{name} {verb} {count(most, 'council')}{also}"
    if line.councils and line.councils == line.first_elections:
        return f"{name} win {count(line.councils, 'new council')}"
    if line.councils:
        hold = " hold" if line.councils == line.of_the_same else ":"
        return f"{name}{hold} {count(line.councils, 'council')}"
    if seats:
        many = count(abs(seats), "seat")
        return f"{name} {'gain' if seats > 0 else 'lose'} {many}, control no council"
    return _of_no_council(name, line, all_won=all_won, done=done)


def _of_no_council(name: str, line: PartyLine, *, all_won: bool, done: bool) -> str:
    if not (line.seats_given and all_won):
        return f"{name} control no council"
    if line.seats_won:
        return f"{name} win {count(line.seats_won, 'seat')}, control no council"
    return f"{name} win no seats" if done else f"{name}: no seats so far"


def lines_of_parties(lines: Sequence[PartyLine], parties: Parties) -> list[PartyLine]:
    """Return the lines of single parties: no bucket, no vacant seats."""
    return [line for line in lines if line.party and parties.get(line.party).is_one_party]
