"""Our state of parties compared with the wire's, party by party."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.election.control import Outcome
from bot.election.councils import Council, Councils
from bot.election.parties import INDEPENDENT, NOC_NAME, VACANT, Parties, folded
from bot.election.reports import SourceKind, StateOfPartiesReport
from bot.election.standings import CouncilStanding


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The result of a comparison; `differences` are sentences.

    The tables are `comparable` if they are known to count the same councils. If not, there are no
    differences and `why` gives the reason; `unplaced` is set if the reason is that councils cannot
    be assigned to the region, which later results cannot change.
    """

    results: int
    comparable: bool
    differences: tuple[str, ...]
    why: str = ""
    unplaced: bool = False

    @property
    def agrees(self) -> bool:
        """Whether the two tables could be compared and are equal."""
        return self.comparable and not self.differences


_NET_COUNCILS = "net councils"
_FIGURES = ("councils", _NET_COUNCILS, "seats won", "net seats")
_MOST_NAMED = 10


def reconcile(
    message: StateOfPartiesReport,
    standings: Sequence[CouncilStanding],
    parties: Parties,
    councils: Councils,
) -> Reconciliation:
    """Compare a state of parties with our own tally over the same councils.

    The councils are those that the message lists, or else all that have declared in its region if
    their number is that of its results. If some councils may or may not be in the region, the
    tables agree if they are equal either with or without them, and otherwise are not comparable.
    The tally follows the wire's convention: a new council is a gain from no overall control, and
    changes count wherever the wire gives them. The net change of councils is not compared while
    nothing says who controlled one of them before.
    """
    declared = {s.council.code: s for s in standings if s.is_declared}
    if message.included:
        codes = [
            councils.resolve(council.name, message.night, council.type).code
            for council in message.included
        ]
        missing = [councils.get(code).name for code in codes if code not in declared]
        if missing:
            counted = f"PA counts {', '.join(sorted(missing))}; ours is held or not in"
            return Reconciliation(message.results, True, (counted,))
        ours = [declared[code] for code in dict.fromkeys(codes)]
        return Reconciliation(message.results, True, _differences(message, ours, parties))
    return _by_region(message, standings, parties, councils)


def _by_region(
    message: StateOfPartiesReport,
    standings: Sequence[CouncilStanding],
    parties: Parties,
    councils: Councils,
) -> Reconciliation:
    region, here = message.region, [one for one in standings if one.is_declared]
    unplaced: list[CouncilStanding] = []
    if region is not None:
        known = (*councils.rows, *(one.council for one in standings))
        if not any(_is_in(council, region) for council in known):
            why = "no council in our tables is in a region or nation of that name"
            return Reconciliation(message.results, False, (), why, unplaced=True)
        unplaced = [one for one in here if _may_be_in(one.council, region, known)]
        here = [one for one in here if _is_in(one.council, region)]
    for ours in (here, [*here, *unplaced]):
        if len(ours) == message.results:
            differences = _differences(message, ours, parties)
            if not (differences and unplaced):
                return Reconciliation(message.results, True, differences)
    if unplaced:
        names = sorted(one.council.name for one in unplaced)
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        why = f"it is not known which of these are there: {', '.join(names[:_MOST_NAMED])}{more}"
        return Reconciliation(message.results, False, (), why, unplaced=True)
    why = f"it counts {_results(message.results)}, we have {len(here)}"
    return Reconciliation(message.results, False, (), why)


def _differences(
    message: StateOfPartiesReport, standings: Iterable[CouncilStanding], parties: Parties
) -> tuple[str, ...]:
    """Return sentences, party by party, on where a table differs from that of *standings*."""
    table = _tally(standings)
    unknown = any(_before_is_not_known(one) for one in standings)
    theirs: dict[str | None, tuple[int, ...]] = defaultdict(lambda: (0, 0, 0, 0))
    for line in message.parties:
        code = None if line.party is None else parties.resolve(line.party).code
        figures = (line.councils, line.council_change, line.seats_won, line.seat_change)
        theirs[code] = tuple(a + b for a, b in zip(theirs[code], figures, strict=True))
    ours = _by_listed_parties(table, theirs)
    return tuple(
        f"{NOC_NAME if code is None else parties.get(code).name}: "
        f"{figure} {_figure(their)} by PA, {_figure(our)} by our count"
        for code in sorted({*ours, *theirs} - {VACANT}, key=lambda code: code or "")
        for figure, our, their in zip(_FIGURES, ours[code], theirs[code], strict=True)
        if our != their and not (unknown and figure == _NET_COUNCILS)
    )


def _before_is_not_known(standing: CouncilStanding) -> bool:
    declared = standing.declared
    return declared is not None and declared.outcome is Outcome.BEFORE_NOT_KNOWN


def differences_from(
    messages: Sequence[StateOfPartiesReport],
    standings: Sequence[CouncilStanding],
    parties: Parties,
    councils: Councils,
) -> tuple[str, ...]:
    """Return sentences on how a night differs from the wire's last states of parties.

    *messages* are the last of each region and the last of all councils. Until every council has
    declared, the wire may only be behind; after that, a table that cannot be compared is a
    difference too, and so is a missing one if the wire has sent results. A regional table whose
    councils cannot be assigned is left to `not_comparable` if the table of all councils agrees.
    """
    complete = all(standing.is_declared for standing in standings)
    if complete and not messages and any(map(_has_wire_result, standings)):
        return ("PA has sent no state of parties",)
    found: list[str] = []
    for message, compared, excused in _compared(messages, standings, parties, councils):
        place = "" if message.region is None else f"{message.region}: "
        found += [f"{place}{sentence}" for sentence in compared.differences]
        if complete and not compared.comparable and not excused:
            found.append(
                f"{place}PA's last state of parties, of {_results(message.results)}, "
                f"cannot be compared: {compared.why}"
            )
    return tuple(found)


def not_comparable(
    messages: Sequence[StateOfPartiesReport],
    standings: Sequence[CouncilStanding],
    parties: Parties,
    councils: Councils,
) -> tuple[str, ...]:
    """Return sentences on which of the wire's last tables are not compared, and why.

    They are regional tables for which the table of all councils agrees.
    """
    return tuple(
        f"{message.region}: not compared, {compared.why}"
        for message, compared, excused in _compared(messages, standings, parties, councils)
        if excused
    )


def _compared(
    messages: Sequence[StateOfPartiesReport],
    standings: Sequence[CouncilStanding],
    parties: Parties,
    councils: Councils,
) -> list[tuple[StateOfPartiesReport, Reconciliation, bool]]:
    """Return each table, its comparison, and whether the table of all councils makes up for it."""
    compared = [(one, reconcile(one, standings, parties, councils)) for one in messages]
    whole = any(message.region is None and one.agrees for message, one in compared)
    return [(message, one, whole and one.unplaced) for message, one in compared]


def _by_listed_parties(
    ours: Mapping[str | None, Sequence[int]], theirs: Mapping[str | None, Sequence[int]]
) -> defaultdict[str | None, Sequence[int]]:
    """Return our table by the parties in the wire's, which counts all others in its bucket.

    Wards name local parties that the wire does not, so only the parties that it lists, and all
    others together, can be compared.
    """
    listed: defaultdict[str | None, Sequence[int]] = defaultdict(lambda: (0, 0, 0, 0))
    for party, figures in ours.items():
        own = party in theirs or party is None or INDEPENDENT not in theirs or party == VACANT
        code = party if own else INDEPENDENT
        listed[code] = tuple(a + b for a, b in zip(listed[code], figures, strict=True))
    return listed


def _has_wire_result(standing: CouncilStanding) -> bool:
    declared = standing.declared
    return declared is not None and any(one.kind is SourceKind.PA for one in declared.voices)


def _is_in(council: Council, place: str) -> bool:
    """Whether a council is in the region or nation that the wire calls *place*."""
    return folded(place) in (folded(council.region), folded(council.nation))


def _may_be_in(council: Council, place: str, known: Iterable[Council]) -> bool:
    """Whether it is not known if a council is in a region or nation."""
    if _is_in(council, place) or (council.nation and council.region):
        return False
    nations = {one.nation for one in known if _is_in(one, place)}
    return not council.nation or council.nation in nations


def _tally(standings: Iterable[CouncilStanding]) -> defaultdict[str | None, list[int]]:
    """Return councils, net councils, seats won and net seats as the wire counts them."""
    table: defaultdict[str | None, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for standing in standings:
        if (declared := standing.declared) is None:
            continue
        before = standing.before.holder if standing.before is not None else None
        after = declared.after.holder
        table[after][0] += 1
        known = declared.outcome is not Outcome.BEFORE_NOT_KNOWN
        if known and (declared.outcome is Outcome.FIRST_ELECTION or before != after):
            table[after][1] += 1
            table[before][1] -= 1
        for party, seats in (declared.won or {}).items():
            table[party][2] += seats
        for party, change in (declared.changes or {}).items():
            table[party][3] += change
    return table


def _figure(value: int) -> str:
    return f"{value:,}".replace("-", "\N{MINUS SIGN}")


def _results(number: int) -> str:
    return f"{number} result{'' if number == 1 else 's'}"
