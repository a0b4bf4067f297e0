"""What the reports on a council's wards give together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.election.almanac import CouncilElection, WardSeat
from bot.election.checks import held_of
from bot.election.control import Control, control_of
from bot.election.parties import INDEPENDENT, VACANT, Parties, PartyKind, folded
from bot.election.places import listed
from bot.election.reports import Candidate, Nominations, Proportion, WardReport, WinnerStatement
from bot.election.seats import Composition, seats_without
from bot.election.unknown_parties import may_be_one_majority, strangers_that_decide, who_are
from bot.election.ward_outcomes import winners_by_party

SEATS_NOT_TOLD = "it does not tell its seats"
_STATEMENTS = "statements."
_NO_WARDS = "no ward has been heard of"
_MOST_NAMED = 3
"""The most wards that a sentence names."""
_ANY_OTHER = "any other party"


def told_by_statements(ward: WardReport) -> bool:
    """Whether a ward's report is made from statements about single winners."""
    return ward.ballot_id.startswith(_STATEMENTS)


def differs_from_filed(ward: WardReport) -> bool:
    """Whether a report in force differs from what came in: put together, or with seats added."""
    added = any(doubt.startswith(SEATS_NOT_TOLD) for doubt in ward.doubts)
    return added or told_by_statements(ward)


def report_from(statements: Iterable[WinnerStatement], seats: int) -> WardReport:
    """Return the report that the statements about single winners of one ward make.

    The latest statement about a person counts. Raises `ValueError` without a statement.
    """
    latest: dict[str, WinnerStatement] = {}
    for statement in sorted(statements, key=lambda one: (one.stated_at, one.retraction)):
        latest[statement.person] = statement
    if not latest:
        raise ValueError("a ward cannot be told from no statement")
    last = max(latest.values(), key=lambda one: one.stated_at)
    return WardReport(
        night=last.night,
        ballot_id=f"{_STATEMENTS}{folded(last.council.name)}.{last.gss or last.area}",
        council=last.council,
        area=last.area or last.gss or "",
        gss=last.gss,
        seats=seats,
        by_election=last.by_election,
        updated_at=last.stated_at,
        candidates=tuple(
            Candidate(one.person, one.party, elected=not one.retraction) for one in latest.values()
        ),
        source=last.source,
        test=last.test,
    )


@dataclass(frozen=True, slots=True)
class WardsTold:
    """What the ward reports of one source, or of several together, give for a council.

    `missing` is a sentence that says why the wards do not make a whole council yet; `now`, the
    council afterwards, is then None. `waits` is set if the only reason is that wards are still to
    come. `counted_too` holds the ward keys of by-elections that fill seats of the election. `joint`
    are the parties that the wire would count together in its bucket: independents, and local
    parties that it does not list. `strangers` are unknown parties that could decide control;
    `nameless_majority` is set if they may have a majority. `changes` are counted from the seats
    held at nominations, and None if the council's size or boundaries have changed since.
    """

    declared: int
    total: int
    won: Composition
    now: Composition | None
    missing: str | None
    changes: Mapping[str, int] | None = None
    joint: frozenset[str] = frozenset()
    strangers: tuple[str, ...] = ()
    nameless_majority: bool = False
    waits: bool = False
    counted_too: frozenset[str] = frozenset()

    @property
    def control(self) -> Control | None:
        """Who controls the council by its wards; None while that is open.

        It is also None, for the desk to decide, if all seats and filled seats give different
        answers.
        """
        if self.now is None or self.hangs_on_vacancies:
            return None
        return _control_with(self.now, self.joint)

    @property
    def hangs_on_vacancies(self) -> bool:
        """Whether only vacant seats keep a party from a majority."""
        if self.now is None:
            return False
        filled = _control_with(self.now.without_vacant(), self.joint)
        return _control_with(self.now, self.joint) != filled


def _control_with(now: Composition, joint: frozenset[str]) -> Control:
    """Return who has more than half: one party, or the *joint* parties together."""
    one = control_of(now)
    if not one.is_noc or not joint:
        return one
    rest = sum(seats for code, seats in now.items() if code in joint)
    return Control(INDEPENDENT) if 2 * rest > now.total else one


def told_by_wards(
    wards: Mapping[str, WardReport],
    *,
    table: Sequence[WardSeat],
    election: CouncilElection | None,
    nominations: Nominations | None,
    parties: Parties,
    apart: Mapping[str, tuple[WardReport, Composition | None]] | None = None,
) -> WardsTold:
    """Return what the reports in force on a council's wards, by ward key, give together.

    The council is whole when every ward in our table, or without one as many seats as are up, has
    its winners or is cancelled. Seats that are not up tonight stay as on the eve of poll, by the
    nominations or else the night's table; *apart* gives the by-elections that fill some of them, by
    ward key, with who held those seats.
    """
    apart = apart or {}
    # Longer than sixty lines: each step returns if it finds why the council is not whole.
    counting, merged = with_second_seats(wards, table)
    put_off = [seat for seat in table if seat.put_off and seat.key not in counting]
    told_tonight = [w for w in counting.values() if not (w.put_off or w.replaced_by)]
    told = WardsTold(
        declared=sum(ward.declared for ward in told_tonight),
        total=len(table) or len(counting),
        won=Composition(),
        now=None,
        missing=_missing_wards(counting, table, only_by_elections=bool(wards)),
        waits=True,
    )
    staying, expected, lacking = _staying(election, table, nominations, parties)
    vacant = sum(ward.vacant for ward in counting.values())
    vacant += sum(seat.seats for seat in put_off)
    rest = {
        key: ward
        for key, ward in wards.items()
        if ward.by_election and key not in merged and not ward.put_off and key not in apart
    }
    filled = sum(len(ward.winners) for ward in told_tonight)
    more = sum(one.seats for one in rest.values())
    more_are_up = expected - filled - vacant == more
    if not told.missing and (more_are_up or 0 < more <= staying.vacant):
        # The by-elections fill seats that are up beside the scheduled ballots', or stay vacant.
        told_tonight += rest.values()
        merged = merged | rest.keys()
        if not more_are_up:
            expected += more
            staying = Composition({**staying, VACANT: staying.vacant - more})
        if late := sorted(one.area for one in rest.values() if not one.declared):
            told = replace(told, missing=f"the by-election in {late[0]} has not declared")
        rest = {}
    won = winners_by_party(told_tonight, parties)
    told = replace(told, won=won, counted_too=merged)
    if told.missing:
        return told
    size = _size_of(election, nominations, parties)
    filling = list(apart.values())
    staying, uncertain = _after_by_elections(staying, filling, parties)
    lacking = lacking or uncertain
    staying = _with_vacancies_filled(staying, size, won.total + vacant, counting, table)
    now = Composition([*staying.items(), *won.items(), (VACANT, vacant)])
    if not table and won.total + vacant != expected:
        lacking = lacking or f"the wards have {_seats(won.total + vacant)}, {expected} are up"
    lacking = lacking or _wrong_size(now.total, size)
    if lacking:
        odd = _wrong_seats(counting, table)
        return replace(told, missing="; ".join(filter(None, (lacking, odd))), waits=False)
    joint = _joint_parties(now, _named(election, nominations, parties), parties)
    said_of = partial(
        _said_of, staying=staying, joint=joint, parties=parties, nominations=nominations
    )
    if area := _by_election_that_decides(now, [ward for ward, _ in filling], said_of):
        return replace(told, missing=f"the by-election in {area} has not declared")
    if nominations is None:
        uncertain = bucket_decides(now, staying, parties)
        uncertain = uncertain or _unlisted_decides(now, list(rest.values()), joint)
        if uncertain:
            return replace(told, missing=uncertain, waits=False)
    if strangers := _strangers(now, joint, parties, nominations):
        missing = who_are(strangers, parties)
        nameless = may_be_one_majority(strangers, now, parties)
        return replace(
            told, missing=missing, strangers=strangers, waits=False, nameless_majority=nameless
        )
    now = _as_one_bucket(now, staying, joint, _named(election, nominations, parties), parties)
    before = election.before if election else None
    held = before if nominations is None else held_of(nominations, parties)
    same_council = (
        held is not None
        and held.total == now.total
        and not _is_new_or_redrawn(election, nominations)
    )
    return replace(
        told,
        now=now,
        changes=now.changes_from(held) if held is not None and same_council else None,
        joint=joint,
        waits=False,
    )


def _unlisted_decides(
    now: Composition, by_elections: Sequence[WardReport], joint: frozenset[str]
) -> str | None:
    """Return a sentence if by-elections that our table does not list could change who has control.

    Who held their seats is not known, and the council as it is told has them still.
    """
    seats = sum(ward.seats for ward in by_elections)
    for loser, held in now.items():
        moved = min(seats, held)
        for winner in {*now, _ANY_OTHER} - {loser, VACANT}:
            turned = Composition([*{**now, loser: held - moved}.items(), (winner, moved)])
            if _control_with(turned, joint) != _control_with(now, joint):
                area = min(ward.area for ward in by_elections)
                return (
                    f"the by-election in {area} could decide, and it is not known who held its seat"
                )
    return None


def with_second_seats(
    wards: Mapping[str, WardReport], table: Sequence[WardSeat]
) -> tuple[dict[str, WardReport], frozenset[str]]:
    """Return the wards of a council's election by key, and the keys of merged by-elections.

    If our table has more seats up in a ward than its ballot fills, and a by-election there on the
    same day fills the others, the two are merged.
    """
    counting = {key: ward for key, ward in wards.items() if not ward.by_election}
    seats = {seat.key: seat.seats for seat in table}
    merged = set()
    for key, extra in wards.items():
        seat = listed(extra.gss, extra.area, table) if extra.by_election else None
        own = counting.get(seat.key) if seat is not None and not extra.put_off else None
        if seat is None or own is None or own.put_off:
            continue
        if own.seats + extra.seats == seats[seat.key]:
            merged.add(key)
            counting[seat.key] = replace(
                own,
                seats=own.seats + extra.seats,
                candidates=(*own.candidates, *extra.candidates),
                uncontested=own.uncontested and extra.uncontested,
            )
    return counting, frozenset(merged)


def _missing_wards(
    counting: Mapping[str, WardReport], table: Sequence[WardSeat], *, only_by_elections: bool
) -> str | None:
    """Return a sentence on the wards that are still to come, None if there are none."""
    if not counting:
        return "only by-elections have been heard of" if only_by_elections else _NO_WARDS
    late = sorted(w.area for w in counting.values() if not (w.declared or w.put_off))
    unheard = sorted(ward.name for ward in table if ward.key not in counting and not ward.put_off)
    if late:
        told = "1 ward has" if len(late) == 1 else f"{len(late)} wards have"
        names = f" ({', '.join(late)})" if len(late) <= _MOST_NAMED and not unheard else ""
        return f"{told} not declared{names}"
    return f"nothing is heard of {', '.join(unheard[:_MOST_NAMED])}" if unheard else None


def _wrong_seats(counting: Mapping[str, WardReport], table: Sequence[WardSeat]) -> str | None:
    """Return which wards have a number of seats that differs from our table's."""
    odd = [
        f"{seat.name} is told with {_seats(counting[seat.key].seats)}, our table has {seat.seats}"
        for seat in table
        if seat.key in counting and counting[seat.key].seats != seat.seats
    ]
    return ", ".join(odd[:_MOST_NAMED]) or None


def _seats(number: int) -> str:
    return "1 seat" if number == 1 else f"{number} seats"


def _with_vacancies_filled(
    staying: Composition,
    size: int | None,
    told: int,
    counting: Mapping[str, WardReport],
    table: Sequence[WardSeat],
) -> Composition:
    """Return the seats that are not up without those vacant ones that are filled tonight after all.

    A seat that fell vacant late may be filled with the ward's own: its ballot then has more seats
    than our table. Only if such seats are all that is too many does that explain the difference.
    """
    seats = {seat.key: seat.seats for seat in table}
    more = sum(max(0, ward.seats - seats.get(key, ward.seats)) for key, ward in counting.items())
    surplus = 0 if size is None else staying.total + told - size
    if not 0 < surplus == more <= staying.vacant:
        return staying
    return Composition({**staying, VACANT: staying.vacant - surplus})


def _after_by_elections(
    staying: Composition,
    filling: Iterable[tuple[WardReport, Composition | None]],
    parties: Parties,
) -> tuple[Composition, str | None]:
    """Return the seats that are not up after by-elections, and why they are not certain, or None.

    Each by-election comes with the parties that held its seats; they are vacant until it declares,
    and stay so if it is put off.
    """
    for ward, sat in filling:
        rest = seats_without(staying, ward.seats, sat)
        if rest is None:
            return staying, f"who held the seat of the by-election in {ward.area} is not known"
        won = winners_by_party([ward], parties) if ward.declared else Composition()
        open_still = (VACANT, ward.seats - won.total)
        staying = Composition([*rest.items(), *won.items(), open_still])
    return staying, None


def _by_election_that_decides(
    now: Composition, filling: Iterable[WardReport], said_of: Callable[[Composition], object]
) -> str | None:
    """Return the first by-election whose open seats may decide what is *said of* the council."""
    late = [ward for ward in filling if not (ward.declared or ward.put_off)]
    if not late:
        return None
    seats = min(now.vacant, sum(ward.seats for ward in late))
    rest = Composition({**now, VACANT: now.vacant - seats})
    takers = {*now, VACANT, _ANY_OTHER}
    possible = {said_of(Composition([*rest.items(), (one, seats)])) for one in takers}
    return late[0].area if len(possible) > 1 else None


def _said_of(
    seats: Composition,
    *,
    staying: Composition,
    joint: frozenset[str],
    parties: Parties,
    nominations: Nominations | None,
) -> tuple[Control, Control, bool, bool]:
    """Return everything about a council's seats on which its claim depends."""
    return (
        _control_with(seats, joint),
        _control_with(seats.without_vacant(), joint),
        bool(_strangers(seats, joint, parties, nominations)),
        nominations is None and bucket_decides(seats, staying, parties) is not None,
    )


def _strangers(
    now: Composition, joint: frozenset[str], parties: Parties, nominations: Nominations | None
) -> tuple[str, ...]:
    control = partial(_control_with, joint=joint)
    return strangers_that_decide(now, parties, control, nominations)


def _size_of(
    election: CouncilElection | None, nominations: Nominations | None, parties: Parties
) -> int | None:
    """Return the number of all seats of the council, None if nothing says it.

    Nominations may leave out a vacant seat, which counts, so the larger size is the safe one.
    """
    sizes = []
    if nominations is not None and not _is_new_or_redrawn(election, nominations):
        sizes.append(held_of(nominations, parties).total)
    if election is not None and election.seats is not None:
        sizes.append(election.seats)
    return max(sizes, default=None)


def _wrong_size(total: int, size: int | None) -> str | None:
    """Return a sentence if the wards give a council of another size than it has."""
    if size is None:
        return "the number of the council's seats is not known"
    return None if size == total else f"the wards give {total} seats, the council has {size}"


def _is_new_or_redrawn(election: CouncilElection | None, nominations: Nominations | None) -> bool:
    described = (election, nominations.council if nominations else None)
    return any(one is not None and (one.boundary_change or one.new_council) for one in described)


def _staying(
    election: CouncilElection | None,
    table: Sequence[WardSeat],
    nominations: Nominations | None,
    parties: Parties,
) -> tuple[Composition, int, str | None]:
    """Return the seats that are not up, the number that are, and why this is not known, or None."""
    if nominations is None:
        return _staying_by_table(election, table)
    if election is None and _is_new_or_redrawn(election, nominations):
        return Composition(), 0, "its boundaries are new, so the number of its seats is not known"
    all_up = election is not None and election.all_up
    if all_up or nominations.council.proportion is Proportion.ALL:
        expected = election.seats_up if election else None
        if expected is None:
            expected = sum(line.seats_held for line in nominations.parties)
        return Composition(), expected, None
    staying: defaultdict[str, int] = defaultdict(int)
    for line in nominations.parties:
        staying[parties.resolve(line.party).code] += line.seats_held - line.seats_offered
    if any(seats < 0 for seats in staying.values()):
        return Composition(), 0, "more seats of a party are up than it holds"
    return Composition(staying), sum(p.seats_offered for p in nominations.parties), None


def _staying_by_table(
    election: CouncilElection | None, table: Sequence[WardSeat]
) -> tuple[Composition, int, str | None]:
    """Return the same by the night's table alone."""
    if election is None:
        return Composition(), 0, "there are no nominations, so the seats not up are not known"
    staying = Composition() if election.all_up else election.staying
    if staying is None:
        unknown = "there are no nominations, and our table does not say who holds the seats not up"
        return Composition(), 0, unknown
    expected = election.seats_up
    if expected is None:
        expected = sum(seat.seats for seat in table)
    return staying, expected, None


def _named(
    election: CouncilElection | None, nominations: Nominations | None, parties: Parties
) -> set[str]:
    """Return the parties that the nominations name, or else those that our table has seats of."""
    if nominations is not None:
        return {parties.resolve(line.party).code for line in nominations.parties}
    known = (election.staying, election.before) if election else ()
    return {code for seats in known if seats is not None for code in seats}


def _joint_parties(now: Composition, named: set[str], parties: Parties) -> frozenset[str]:
    """Return the parties whose seats count together if no single party has a majority.

    They are the bucket and the local parties that are not *named* beside it, so that the wards
    agree with the wire on a council where such parties have a majority between them (Castle
    Point). A party that stands across a nation is never included.
    """
    if INDEPENDENT not in named:
        return frozenset()
    local = (code for code in now if parties.get(code).kind is PartyKind.LOCAL)
    return frozenset({INDEPENDENT, *(code for code in local if code not in named)})


def _as_one_bucket(
    now: Composition, stay: Composition, joint: frozenset[str], named: set[str], parties: Parties
) -> Composition:
    """Return the seats with local parties in the bucket, where its seats not up may be theirs.

    Not where a local party is *named* in the table, nor one with a majority (Castle Point: of 26
    seats of two local parties 15 were not up).
    """
    told_apart = any(parties.get(code).kind is PartyKind.LOCAL for code in named)
    local = [code for code in joint if code in now and code != INDEPENDENT]
    if told_apart or not stay.get(INDEPENDENT) or any(2 * now[o] > now.total for o in local):
        return now
    return Composition((INDEPENDENT if code in local else code, n) for code, n in now.items())


def bucket_decides(now: Composition, staying: Composition, parties: Parties) -> str | None:
    """Return a sentence if seats that are not up could give a party a majority that it hides.

    Our table's bucket may have seats of small parties. Those of one that has its own line there are
    not in it.
    """
    hidden, half = staying.get(INDEPENDENT, 0), now.total / 2
    if not hidden:
        return None
    others = {code: seats for code, seats in now.items() if code not in (*staying, VACANT)}
    could = [code for code, seats in others.items() if seats <= half < seats + hidden]
    if not could and hidden <= half:
        return None
    whose = f"{parties.get(could[0]).name}'s" if could else "one party's"
    return (
        f"our table has {_seats(hidden)} of independents and others that are not up: if they are "
        f"{whose}, it has a majority"
    )
