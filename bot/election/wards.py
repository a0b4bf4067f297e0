"""A council told by its wards: which ward a report means, and what all of them together give."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.election.almanac import CouncilElection, WardSeat
from bot.election.control import Control, control_of, control_of_filled
from bot.election.parties import (
    INDEPENDENT,
    VACANT,
    Parties,
    PartyKind,
    folded,
)
from bot.election.reports import (
    Candidate,
    Nominations,
    Proportion,
    WardReport,
    WinnerStatement,
)
from bot.election.seats import Composition
from bot.election.verification import held_of

_STATEMENTS = "statements."


def told_by_statements(ward: WardReport) -> bool:
    """Return whether a ward's report is made of statements about single winners."""
    return ward.ballot_id.startswith(_STATEMENTS)


def report_from(statements: Iterable[WinnerStatement], seats: int) -> WardReport:
    """Return what statements about single winners of one ward come to.

    Of several about one person the latest counts; who was elected and not taken back is elected.
    Raises `ValueError` without a statement.
    """
    latest: dict[str, WinnerStatement] = {}
    for statement in sorted(statements, key=lambda one: (one.stated_at, one.retraction)):
        latest[statement.person] = statement
    if not latest:
        raise ValueError("a ward cannot be told from no statement")
    last = max(latest.values(), key=lambda one: one.stated_at)
    return WardReport(
        night=last.night,
        ballot_id=f"{_STATEMENTS}{folded(last.council.name)}.{last.ward_gss or last.ward}",
        council=last.council,
        ward=last.ward or last.ward_gss or "",
        ward_gss=last.ward_gss,
        seats=seats,
        cancelled=False,
        uncontested=False,
        by_election=last.by_election,
        replaced_by=None,
        updated_at=last.stated_at,
        candidates=tuple(
            Candidate(one.person, one.party, None, not one.retraction) for one in latest.values()
        ),
        source=last.source,
        test=last.test,
    )


@dataclass(frozen=True, slots=True)
class WardsTold:
    """What one source, or several together, tell of a council by its wards.

    `missing` says in a sentence why the wards do not make a whole council yet; then `now`, the
    council after, is None. Parties that the wire counts in its bucket are in it here too;
    `local_majority` names the one of them that has more than half alone. `changes` are counted
    from the eve of poll, None where the council was another then.
    """

    declared: int
    total: int
    won: Composition
    now: Composition | None
    missing: str | None
    changes: Mapping[str, int] | None = None
    local_majority: Control | None = None

    @property
    def control(self) -> Control | None:
        """Who controls the council by its wards; None where they leave it open.

        Where all seats and filled seats give different answers the desk decides, not the wards.
        """
        if self.now is None:
            return None
        by_all = control_of(self.now)
        if by_all != control_of_filled(self.now):
            return None
        if by_all.holder == INDEPENDENT and self.local_majority is not None:
            return self.local_majority
        return by_all

    @property
    def hangs_on_vacancies(self) -> bool:
        """Whether only the empty seats keep a party from a majority."""
        return self.now is not None and control_of(self.now) != control_of_filled(self.now)


def told_by_wards(
    wards: Mapping[str, WardReport],
    *,
    table: Sequence[WardSeat],
    election: CouncilElection | None,
    nominations: Nominations | None,
    parties: Parties,
) -> WardsTold:
    """Return what the reports in force of a council's wards, by ward key, come to.

    The council is whole when every ward of our table (without one: as many seats as are up) has
    its winners or is cancelled; what is not up tonight stays as it was on the eve.
    """
    counting = {key: ward for key, ward in wards.items() if not ward.by_election}
    held_tonight = [w for w in counting.values() if not (w.cancelled or w.replaced_by)]
    declared = [ward for ward in held_tonight if ward.declared]
    winners = Composition(
        (parties.resolve(winner.party).code, 1) for ward in held_tonight for winner in ward.winners
    )
    won = Composition((_as_on_the_wire(c, nominations, parties), n) for c, n in winners.items())
    total = len(table) or len(counting)
    told = WardsTold(len(declared), total, won, None, None)
    if missing := _unheard(counting, len(declared), table):
        return replace(told, missing=missing)
    cancelled = sum(ward.seats for ward in counting.values() if ward.cancelled)
    staying, expected, missing = _staying(election, nominations, parties)
    now = Composition([*staying.items(), *won.items(), (VACANT, cancelled)])
    if not table and won.total + cancelled != expected:
        missing = missing or f"the wards have {won.total + cancelled} seats, {expected} are up"
    missing = missing or _wrong_size(now.total, election, nominations, parties)
    if missing:
        return replace(told, missing=missing)
    alone = control_of(Composition([*staying.items(), *winners.items(), (VACANT, cancelled)]))
    local = alone.holder is not None and parties.get(alone.holder).kind is PartyKind.LOCAL
    held = None if nominations is None else held_of(nominations, parties)
    same_council = (
        held is not None and held.total == now.total and not _moved(election, nominations)
    )
    return replace(
        told,
        now=now,
        changes=now.changes_from(held) if held is not None and same_council else None,
        local_majority=alone if local else None,
    )


def _unheard(
    counting: Mapping[str, WardReport], declared: int, table: Sequence[WardSeat]
) -> str | None:
    """Return in a sentence which wards are still to come, None where none is."""
    if not counting:
        return "no ward has been heard of"
    cancelled = sum(ward.cancelled and not ward.replaced_by for ward in counting.values())
    if undeclared := len(counting) - declared - cancelled:
        return (
            "1 ward has not declared"
            if undeclared == 1
            else f"{undeclared} wards have not declared"
        )
    unheard = sorted(ward.name for ward in table if ward.key not in counting)
    return f"nothing is heard of {', '.join(unheard[:3])}" if unheard else None


def _wrong_size(
    total: int, election: CouncilElection | None, nominations: Nominations | None, parties: Parties
) -> str | None:
    """Return what does not fit in a sentence where the wards give a council of another size."""
    sizes = set()
    if nominations is not None and not _moved(election, nominations):
        sizes.add(held_of(nominations, parties).total)
    if election is not None:
        sizes.add(election.seats)
    other = sorted(sizes - {total})
    return f"the wards give {total} seats, the council has {other[0]}" if other else None


def winners_of(
    ward: WardReport, nominations: Nominations | None, parties: Parties
) -> tuple[tuple[str, int], ...]:
    """Return how many winners each party has in a ward, as the wire would count them."""
    codes = (parties.resolve(winner.party).code for winner in ward.winners)
    return tuple(sorted(Counter(_as_on_the_wire(c, nominations, parties) for c in codes).items()))


def _moved(election: CouncilElection | None, nominations: Nominations | None) -> bool:
    """Whether the council is new, or its boundaries are."""
    described = (election, nominations.council if nominations else None)
    return any(one is not None and (one.boundary_change or one.new_council) for one in described)


def _staying(
    election: CouncilElection | None, nominations: Nominations | None, parties: Parties
) -> tuple[Composition, int, str | None]:
    """Return the seats that are not up, the number that are, and what is lacking to say so."""
    all_up = election is not None and (
        election.proportion is Proportion.ALL or election.new_council or election.boundary_change
    )
    if nominations is None:
        if election is not None and all_up:
            return Composition(), election.seats_up, None
        return Composition(), 0, "there are no nominations, so the seats not up are not known"
    if election is None and _moved(election, nominations):
        return Composition(), 0, "its boundaries are new, so the number of its seats is not known"
    if all_up or nominations.council.proportion is Proportion.ALL:
        expected = election.seats_up if election else sum(p.seats_held for p in nominations.parties)
        return Composition(), expected, None
    staying: defaultdict[str, int] = defaultdict(int)
    for line in nominations.parties:
        staying[parties.resolve(line.party).code] += line.seats_held - line.seats_offered
    if any(seats < 0 for seats in staying.values()):
        return Composition(), 0, "more seats of a party are up than it holds"
    return Composition(staying), sum(p.seats_offered for p in nominations.parties), None


def _as_on_the_wire(code: str, nominations: Nominations | None, parties: Parties) -> str:
    """Return whom the wire counts a winner under: those it does not name are in its bucket."""
    if nominations is None:
        return code
    named = {parties.resolve(line.party).code for line in nominations.parties}
    return INDEPENDENT if INDEPENDENT in named and code not in named else code
