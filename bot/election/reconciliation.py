"""Our table against the wire's, party by party."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.election.control import Outcome
from bot.election.councils import Council, Councils
from bot.election.parties import NOC_NAME, VACANT, Parties, folded
from bot.election.reports import SourceKind, StateOfPartiesReport
from bot.election.standings import CouncilStanding


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What the comparison gave; `differences` are sentences.

    Where the message does not say which councils it counts, and we have another number of
    results, the two are not `comparable`, and nothing is said to differ.
    """

    results: int
    comparable: bool
    differences: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether the two tables were compared and are the same."""
        return self.comparable and not self.differences


_FIGURES = ("councils", "net councils", "seats won", "net seats")


def reconcile(
    message: StateOfPartiesReport,
    standings: Sequence[CouncilStanding],
    parties: Parties,
    councils: Councils,
) -> Reconciliation:
    """Compare a state of parties with our own tally over the same councils.

    The councils are those that the message lists, else all that have declared in its region, if
    they are as many as its results. The tally speaks the wire's convention: a new council is a
    gain from no overall control, and changes count wherever the wire gave them.
    """
    if message.region is not None:
        standings = [one for one in standings if _lies_in(one.council, message.region)]
    declared = {s.council.code: s for s in standings if s.is_declared}
    if message.included:
        codes = [councils.resolve(council.name, message.night).code for council in message.included]
        missing = [councils.get(code).name for code in codes if code not in declared]
        if missing:
            counted = f"counted there, not in force here: {', '.join(sorted(missing))}"
            return Reconciliation(message.results, True, (counted,))
        ours = _tally(declared[code] for code in dict.fromkeys(codes))
    elif len(declared) == message.results:
        ours = _tally(declared.values())
    else:
        return Reconciliation(message.results, False, ())
    theirs: dict[str | None, tuple[int, ...]] = defaultdict(lambda: (0, 0, 0, 0))
    for line in message.parties:
        code = None if line.party is None else parties.resolve(line.party).code
        figures = (line.councils, line.council_change, line.seats_won, line.seat_change)
        theirs[code] = tuple(a + b for a, b in zip(theirs[code], figures, strict=True))
    differences = [
        f"{NOC_NAME if code is None else parties.get(code).name}: "
        f"{figure} {their} on the wire, {our} here"
        for code in sorted({*ours, *theirs} - {VACANT}, key=lambda code: code or "")
        for figure, our, their in zip(_FIGURES, ours[code], theirs[code], strict=True)
        if our != their
    ]
    return Reconciliation(message.results, True, tuple(differences))


def differences_from(
    messages: Sequence[StateOfPartiesReport],
    standings: Sequence[CouncilStanding],
    parties: Parties,
    councils: Councils,
) -> tuple[str, ...]:
    """Return in sentences what keeps a night from agreeing with the wire's last tables.

    *messages* are the last of each region and of the whole. Once every council has declared, a
    table that cannot be compared is a difference too, and so is one that never came where the wire
    has told results; before that the wire only lags. Where no result came from the wire there is
    nothing to compare with.
    """
    complete = all(standing.is_declared for standing in standings)
    if complete and not messages and any(map(_told_by_wire, standings)):
        return ("the wire has sent no state of parties",)
    found: list[str] = []
    for message in messages:
        place = "" if message.region is None else f"{message.region}: "
        compared = reconcile(message, standings, parties, councils)
        found += [f"{place}{sentence}" for sentence in compared.differences]
        if complete and not compared.comparable:
            found.append(
                f"{place}the wire's last state of parties has {message.results} results, which "
                "are not as many as are in force here"
            )
    return tuple(found)


def _told_by_wire(standing: CouncilStanding) -> bool:
    declared = standing.declared
    return declared is not None and any(one.kind is SourceKind.PA for one in declared.voices)


def _lies_in(council: Council, place: str) -> bool:
    """Whether a council is in a region or a nation, by the wire's name for it."""
    return folded(place) in (folded(council.region), folded(council.nation))


def _tally(standings: Iterable[CouncilStanding]) -> defaultdict[str | None, list[int]]:
    """Return councils, net councils, seats won and net seats as the wire counts them."""
    table: defaultdict[str | None, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for standing in standings:
        if (declared := standing.declared) is None:
            continue
        before = standing.before.holder if standing.before is not None else None
        after = declared.after.holder
        table[after][0] += 1
        if declared.outcome is Outcome.FIRST_ELECTION or before != after:
            table[after][1] += 1
            table[before][1] -= 1
        for party, seats in (declared.won or {}).items():
            table[party][2] += seats
        for party, change in (declared.changes or {}).items():
            table[party][3] += change
    return table
