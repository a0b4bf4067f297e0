"""Figures in words: seats and changes, and the state of parties.

Every change says what it is counted from; a sum over several baselines names them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.election.baselines import Baseline, BaselineKind, growth, merged
from bot.election.parties import VACANT, Parties, PartyKind
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding
from bot.election.superlatives import range_of_change
from bot.election.tally import PartyLine, StateOfParties
from bot.wording.phrases import (
    change_at_least,
    count,
    in_words,
    number,
    party_name,
    sentence_case,
    signed,
)


def seats_lines(
    seats: Composition,
    parties: Parties,
    changes: Mapping[str, int] | None = None,
    baseline: Baseline | None = None,
) -> list[str]:
    """Return a line for each party, largest first: "Labour 27 (−2)", vacant seats last.

    A party that lost its last seat keeps a line. If the *changes* show that the council's size
    changed, the total has a line; a wire's own changes may then lack a party, so that none is
    marked "no change".
    """
    gone = [code for code in changes or () if code not in seats and code != VACANT]
    net = growth(changes, baseline)
    every = not net or baseline not in (None, Baseline.WIRES)
    rows: list[tuple[str, int, tuple[int, int] | None]] = []
    for code in (*seats, *gone):
        change = None
        if changes is not None and (changes.get(code) or (code != VACANT and every)):
            change = _change(code, seats, changes, parties, baseline)
        rows.append((code, seats.get(code, 0), change))
    lines = party_lines(rows, parties)
    return [*lines, f"Total {number(seats.total)} ({signed(net)})"] if net else lines


def party_lines(
    rows: Sequence[tuple[str, int, tuple[int, int] | None]], parties: Parties
) -> list[str]:
    """Return a line for each party of its seats and the least and most that its change can be.

    Where it is not known which of several parties had the seats before, the change is told of them
    together, which is exact; those of them that have no seat now are left out.
    """
    inexact = {row[0]: row[1:] for row in rows if row[2] is not None and row[2][0] != row[2][1]}
    ranges = [change for seats, change in inexact.values() if seats and change]
    together = len(ranges) > 1 or any(least <= 0 <= most for least, most in ranges)
    lines = []
    for code, seats, change in rows:
        if code in inexact and ranges and not seats:
            continue
        unclear = change is None or (code in inexact and together)
        shown = "" if unclear or change is None else f" ({change_at_least(*change)})"
        lines.append(f"{party_name(code, parties)} {number(seats)}{shown}")
    if together:
        net = sum(
            change[0] if parties.get(code).kind is PartyKind.BUCKET else change[1]
            for code, (_, change) in inexact.items()
            if change is not None
        )
        lines.append(f"Change for independents and smaller parties together: {signed(net)}")
    return lines


def _change(
    code: str,
    seats: Composition,
    changes: Mapping[str, int],
    parties: Parties,
    baseline: Baseline | None,
) -> tuple[int, int]:
    change = changes.get(code, 0)
    if baseline is None or code == VACANT:
        return change, change
    before = {each: seats.get(each, 0) - changes.get(each, 0) for each in (*seats, *changes)}
    return range_of_change(code, before, seats, baseline, parties)


def seats_in_line(lines: Iterable[str]) -> str:
    """Return seat lines joined: "Liberal Democrats 29 · Labour 27"."""
    return " · ".join(lines)


def counted_from(baseline: Baseline) -> str:
    """Return what a change is counted from: "since" a year, or a month and year.

    "since before the election" where a source counts, or a sum has several starting points: which
    they are is told by `baseline_sentence`.
    """
    return f"since {_moment(baseline)}"


def than(baseline: Baseline) -> str:
    """Return what a figure is compared with: "than in" a year, "than before the election"."""
    preposition = (
        "in " if baseline.on and not baseline.updated else "at " if not baseline.of_seats else ""
    )
    return f"than {preposition}{_moment(baseline)}"


def since(baseline: Baseline) -> str:
    """Return what changes are counted from: "change since" a month, a year, or the election."""
    return f"change {counted_from(baseline)}"


def _moment(baseline: Baseline) -> str:
    if baseline.updated:  # no longer what was held or won on its day
        return "before the election"
    match baseline.kind:
        case BaselineKind.NOTIONAL:
            return "the last election (notional)"
        case BaselineKind.SNAPSHOT:
            return f"{baseline.on:%B %Y}"
        case BaselineKind.ELECTION:
            return f"{baseline.on:%Y}"
    return "before the election"


def baseline_sentence(baseline: Baseline) -> str:
    """Return what changes are counted from and by whom, for those who want to know exactly.

    For several it says in how many councils each is.
    """
    if not baseline.parts:
        return f"Counted from {_seats_before(baseline)}."
    (first, councils), *others = baseline.parts
    named = [
        f"{_seats_before(first)} ({count(councils, 'council')})",
        *(f"{_seats_before(one)} ({number(many)})" for one, many in others),
    ]
    return f"Counted from {in_words(named)}."


def _seats_before(baseline: Baseline) -> str:
    match baseline.kind:
        case BaselineKind.WIRE:
            words = "the seats just before the election, as the source of the result counts them"
        case BaselineKind.SHEET:
            words = "the seats just before the election, as our newsroom counts them"
        case BaselineKind.NOTIONAL:
            words = "the last election's result, recalculated on the new boundaries"
        case BaselineKind.SNAPSHOT:
            words = f"the seats held in {baseline.on:%B %Y}"
        case BaselineKind.ELECTION:
            words = f"the seats won in {baseline.on:%Y}"
        case _:
            words = "the seats just before the election, from a published list"
    return f"{words}, with some later changes" if baseline.updated else words


def declared_of(state: StateOfParties) -> str:
    """Return how many councils have declared: "75 of 200 councils declared"."""
    if not state.total:
        return "nothing has come in yet"
    if not state.total_known:
        return f"{count(state.declared, 'council')} declared, of how many is not known"
    councils = "council" if state.total == 1 else "councils"
    return f"{number(state.declared)} of {number(state.total)} {councils} declared"


def common_baseline(standings: Iterable[CouncilStanding]) -> Baseline | None:
    """Return what all seat changes together are counted from, None if none is known."""
    return merged(
        one.declared.baseline
        for one in standings
        if one.declared and one.declared.counted_changes is not None
    )


def councils_words(line: PartyLine) -> str:
    """Return a party's councils: "65 councils (+4), 1 of them at a first election"."""
    firsts, councils = line.first_elections, count(line.councils, "council")
    if firsts and firsts == line.councils and not line.council_change:
        return f"{councils}, at {'a first election' if firsts == 1 else 'first elections'}"
    text = f"{councils} ({signed(line.council_change)})"
    if firsts:
        text += f", {number(firsts)} of them at a first election"
    if line.before_not_known:
        text += f", {number(line.before_not_known)} of which it is not known who had them before"
    return text


def before_not_known_words(councils: int) -> str:
    """Return what the changes of councils leave out, where there are such *councils*."""
    return f"who controlled {count(councils, 'council')} before is not known: no change counts them"


def seats_won_words(line: PartyLine, baseline: Baseline | None) -> str:
    """Return a party's seats won: "2,265 seats (+22)"; no change if it is not known."""
    if not line.seats_given:
        return "seats won not given"
    won = count(line.seats_won, "seat")
    return won if baseline is None else f"{won} ({signed(line.seat_change)})"


def line_words(line: PartyLine, baseline: Baseline | None) -> str:
    """Return a party's councils, if it has or lost any, and its seats."""
    seats = seats_won_words(line, baseline)
    if line.councils and not line.seats_given:
        return councils_words(line)
    if not (line.councils or line.council_change):
        return seats
    return f"{councils_words(line)} · {seats}"


def excluded(state: StateOfParties) -> str:
    """Return what seat changes leave out: "excludes 4 new councils", or nothing."""
    if not state.without_changes:
        return ""
    new = sum(line.first_elections for line in (*state.parties, state.noc))
    thing = "new council" if new == state.without_changes else "council"
    return f"excludes {count(state.without_changes, thing)}"


def excluded_and_why(state: StateOfParties) -> str:
    """Return "excludes 4 new councils", "excludes 2 councils that cannot be compared", or ""."""
    told = excluded(state)
    return told if not told or " new council" in told else f"{told} that cannot be compared"


def basis_told(baseline: Baseline, state: StateOfParties, told: str) -> str:
    """Return what seat changes are counted from and what they leave out, as a sentence.

    What they are counted from is left out where it has been *told*; empty if nothing remains.
    """
    left_out = left_out_words(state)
    if counted_from(baseline) in told:
        return f"{sentence_case(left_out.lstrip(',; '))}." if left_out else ""
    return f"{sentence_case(since(baseline))}{left_out}."


def _more_or_fewer(seats: int) -> str:
    """Return "42 fewer seats", "1 more seat", "no fewer seats"."""
    return count(abs(seats), "more seat" if seats > 0 else "fewer seat")


def left_out_words(state: StateOfParties) -> str:
    """Return what the seat changes leave out, as the end of a sentence."""
    left_out = f", {excluded_and_why(state)}" if state.without_changes else ""
    if 0 < state.without_won < state.declared:
        left_out += f"; {count(state.without_won, 'council')} did not say who won seats"
    if state.resized:
        resized = count(state.resized, "council")
        left_out += f"; {resized} changed in size, with {_more_or_fewer(state.growth)} in all"
    return left_out
