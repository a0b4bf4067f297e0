"""A night that is prepared and not yet held, with results that are made up to rehearse on.

Every council elects whom it had; in each third one the largest party loses so many seats to the
second that control changes, if they were up. Wards elect as many of each party as their council
does. A council of which neither size nor the seats that stay are known is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

from bot.almanac.csv_rows import TablesError
from bot.almanac.recorded_nights import (
    CandidateRow,
    TimeBasis,
    TimetableEvent,
    TimetableRow,
    WardRow,
    WardStatus,
)
from bot.almanac.rows import NightCouncilRow, NominationRow
from bot.almanac.tables import NightTables, load_almanac
from bot.election.almanac import Almanac, CouncilElection, NightAlmanac
from bot.election.control import Control, control_of
from bot.election.parties import VACANT, Party, PartyKind
from bot.election.reports import Proportion
from bot.election.seats import Composition
from simulation.wire.faults import wrong
from simulation.wire.night import Figures, Night, PartyFigures

_FIRST_RESULT = timedelta(hours=2)
"""How long after polls close the first council declares, where no time is expected."""
_BETWEEN_RESULTS = timedelta(minutes=4)
_WARDS_FROM, _WARDS_TO = timedelta(minutes=60), timedelta(minutes=1)
_NOMINATIONS_BEFORE = timedelta(hours=3)
_EVERY_THIRD = 3
_AT_A_FIRST_ELECTION = 3
"""How many parties share a council of which nothing is known before."""
_SOURCE = "made up for a rehearsal"


@dataclass(frozen=True)
class _Elected:
    """A council's made-up result."""

    council: NightCouncilRow
    before: Composition | None
    staying: Composition
    figures: Figures


def night_to_rehearse(night: str, folder: Path | None, prepared: Path | None) -> Night:
    """Return a recorded night, or a prepared one with made-up results.

    *prepared* is the operator's folder of nights. Raises `TablesError` for a night in neither
    folder, and for one of which too little is known.
    """
    of_operator = None if prepared is None else prepared / night
    if of_operator is None or not (of_operator / "night.csv").is_file():
        try:
            found = Night.load(night, folder)
        except TablesError as fault:
            raise TablesError(
                f"{fault} A night of your own has its tables in the folder that"
                " ELECTION_NIGHT_NIGHTS names: `election-night prepare` makes them."
            ) from None
        if found.timetable:
            return found
        tables = found.tables
    else:
        tables = NightTables(of_operator)
    invented = made_up(tables, load_almanac(folder, prepared=prepared))
    if not invented.councils:
        raise TablesError(
            f"Nothing can be rehearsed with what {tables.folder} says: no council in it has a size "
            "and the seats that are not up. `election-night doctor` says what each one lacks."
        )
    return invented


def made_up(tables: NightTables, almanac: Almanac) -> Night:
    """Return a prepared night with made-up results; without councils if too little is known."""
    known = almanac.night(tables.night.night)
    parties = {party.code: party for party in almanac.parties.rows}
    named = {row.code: row for row in tables.councils}
    elected: dict[str, _Elected] = {}
    for code, election in sorted(known.elections.items()):
        council = almanac.councils.get(code)
        row = replace(
            named[code],
            wire_name=named[code].wire_name or council.name,
            wire_type=named[code].wire_type or council.type,
        )
        if (one := _elect(row, election, known, parties)) is not None:
            elected[code] = one
    held_before = [code for code, one in elected.items() if one.before is not None]
    for code in held_before[_EVERY_THIRD - 1 :: _EVERY_THIRD]:
        one = elected[code]
        elected[code] = replace(one, figures=wrong(one.figures))
    wards = [ward for code in elected for ward in _wards(code, tables, known)]
    numbered = {n: replace(ward, ward_id=n) for n, ward in enumerate(wards, 1)}
    return Night(
        tables=tables,
        parties=parties,
        regions={council.code: council.region for council in almanac.councils.rows},
        councils={code: one.council for code, one in elected.items()},
        nominations={code: _nominations(one) for code, one in elected.items()},
        figures={code: one.figures for code, one in elected.items()},
        wards=numbered,
        candidates=_candidates(elected, numbered, parties),
        timetable=tuple(_timetable(elected, numbered, known)),
        is_made_up=True,
    )


def _elect(
    row: NightCouncilRow,
    election: CouncilElection,
    known: NightAlmanac,
    parties: Mapping[str, Party],
) -> _Elected | None:
    """Return a council that elects whom it had, None if too little is known of it."""
    staying = Composition() if election.all_up else election.staying
    size = election.seats or (election.before.total if election.before else None)
    if staying is None or not size or size <= staying.total:
        return None
    wards = [ward.seats for ward in known.wards.get(row.code, ()) if not ward.put_off]
    to_fill = min(sum(wards) or size, size - staying.total)
    before = None if election.new_council else election.before
    won = _as_before(before, staying, to_fill, parties)
    now = Composition([*staying.items(), *won.items(), (VACANT, size - staying.total - to_fill)])
    sitting = election.sitting or (control_of(before) if before else None)
    council = replace(
        row,
        seats=size,
        proportion=Proportion.ALL if election.all_up else row.proportion or Proportion.THIRD,
        sitting=None if election.new_council else _code(sitting),
    )
    return _Elected(council, before, staying, _figures(council, before, won, now))


def _as_before(
    before: Composition | None, staying: Composition, to_fill: int, parties: Mapping[str, Party]
) -> Counter[str]:
    """Return whom the seats that are up elect: who held them, or equal shares where nobody did."""
    held = Counter({code: n - staying.get(code, 0) for code, n in (before or {}).items()})
    held = +Counter({code: n for code, n in held.items() if code != VACANT})
    if not held:
        some = (p.code for p in parties.values() if p.kind is PartyKind.PARTY)
        return Counter(islice(cycle(list(islice(some, _AT_A_FIRST_ELECTION))), to_fill))
    won: Counter[str] = Counter(dict(held))
    largest = held.most_common(1)[0][0]
    won[largest] += max(0, to_fill - won.total())
    while won.total() > to_fill:  # the council grows smaller: the largest lose first
        won[won.most_common(1)[0][0]] -= 1
    return +won


def _figures(
    council: NightCouncilRow, before: Composition | None, won: Counter[str], now: Composition
) -> Figures:
    codes = dict.fromkeys([*now, *won, *(before or ())])
    return Figures(
        council,
        tuple(
            PartyFigures(
                code,
                won[code],
                now.get(code, 0),
                None if before is None else now.get(code, 0) - before.get(code, 0),
            )
            for code in codes
        ),
    )


def _code(control: Control | None) -> str | None:
    return None if control is None else control.code


def _nominations(one: _Elected) -> tuple[NominationRow, ...]:
    code = one.council.code
    if one.before is None:
        standing = [party.party for party in one.figures.parties if party.party != VACANT]
        return tuple(
            NominationRow(code=code, party=party, seats_held=0, seats_offered=0)
            for party in standing
        )
    return tuple(
        NominationRow(
            code=code, party=party, seats_held=held, seats_offered=held - one.staying.get(party, 0)
        )
        for party, held in one.before.items()
    )


def _wards(code: str, tables: NightTables, known: NightAlmanac) -> Iterator[WardRow]:
    status = {row.ballot_id: row.status for row in tables.wards}
    for ward in known.wards.get(code, ()):
        yield WardRow(
            ballot_id=ward.key,
            code=code,
            name=ward.name,
            gss=ward.gss or "",
            seats_up=ward.seats,
            status=status.get(ward.key, WardStatus.CONTESTED),
        )


def _candidates(
    elected: Mapping[str, _Elected], wards: Mapping[int, WardRow], parties: Mapping[str, Party]
) -> dict[int, tuple[CandidateRow, ...]]:
    """Return the candidates of each ward: its winners, dealt out by party, and one who loses."""
    to_deal = {
        code: [p.party for p in one.figures.parties for _ in range(p.won)]
        for code, one in elected.items()
    }
    found = {}
    for number, ward in wards.items():
        if ward.status is WardStatus.COUNTERMANDED:
            continue
        hand = to_deal[ward.code]
        winners, hand[:] = hand[: ward.seats_up], hand[ward.seats_up :]
        others = (p.party for p in elected[ward.code].figures.parties if p.party != VACANT)
        loser = next((party for party in others if party not in winners), None)
        found[number] = tuple(_people(number, winners, loser, parties))
    return found


def _people(
    ward: int, winners: Sequence[str], loser: str | None, parties: Mapping[str, Party]
) -> Iterator[CandidateRow]:
    standing = [*((party, True) for party in winners), *([(loser, False)] if loser else [])]
    for place, (code, won) in enumerate(standing, 1):
        party = parties[code]
        yield CandidateRow(
            ward_id=ward,
            name=f"Made-up candidate {place}",
            party=code,
            party_name=party.full_name or party.name,
            elected=won,
        )


def _timetable(
    elected: Mapping[str, _Elected], wards: Mapping[int, WardRow], known: NightAlmanac
) -> Iterator[TimetableRow]:
    """Yield when each thing is said: councils when they are expected, else one after another."""

    def said(
        at: datetime, event: TimetableEvent, code: str, ward: int | None = None
    ) -> TimetableRow:
        return TimetableRow(at, event, code, ward, TimeBasis.MODELLED, _SOURCE)

    for place, code in enumerate(elected):
        yield said(known.polls_close - _NOMINATIONS_BEFORE, TimetableEvent.NOMINATIONS, code)
        next_one = known.polls_close + _FIRST_RESULT + place * _BETWEEN_RESULTS
        result = known.elections[code].expected_at or next_one
        yield said(result, TimetableEvent.RESULT, code)
        counted = [
            number
            for number, ward in wards.items()
            if ward.code == code and ward.status is WardStatus.CONTESTED
        ]
        step = (_WARDS_FROM - _WARDS_TO) / max(1, len(counted))
        for rank, ward in enumerate(counted):
            at = max(result - _WARDS_FROM + rank * step, known.polls_close + _WARDS_TO)
            yield said(at, TimetableEvent.WARD, code, ward)
