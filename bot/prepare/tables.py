"""The tables of a prepared night, as cells: few columns, each of which a person can read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from bot.election.almanac import LONDON, POLLS_CLOSE, Almanac
from bot.election.ballots import Ballot
from bot.election.reports import BallotKind, WardReport
from bot.prepare.plan import Plan
from bot.prepare.told import Gathered, KnownBallot

_POLLS_OPEN = time(7, 0)
"""Representation of the People Act 1983, schedule 1, rule 1."""
_PREPARED = {BallotKind.MAYOR: "mayor", BallotKind.ASSEMBLY: "assembly"}
"""The ballots beside the wards' that get a row, and how their codes begin."""

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns, those of them that tell one row from another, and its rows.

    `one_row` says that it has one row, which nobody can take out.
    """

    columns: tuple[str, ...]
    key: tuple[str, ...]
    rows: Sequence[Cells] = ()
    one_row: bool = False


TABLES: Mapping[str, Table] = {
    "night.csv": Table(("night", "name", "polls_open", "polls_close"), ("night",), one_row=True),
    "councils.csv": Table(
        ("code", "wire_name", "wire_type", "proportion", "seats", "seats_up", "boundary_change",
         "new_council", "predecessors", "sitting", "sitting_source", "baseline"),
        ("code",),
    ),
    "nominations.csv": Table(
        ("code", "party", "seats_held", "seats_offered", "unopposed", "candidates"),
        ("code", "party"),
    ),
    "wards.csv": Table(("ballot_id", "code", "name", "gss", "seats_up", "status"), ("ballot_id",)),
    "last_votes.csv": Table(("ward", "fought_on", "party", "votes"), ("ward", "party")),
    "by_elections.csv": Table(
        ("ballot_id", "code", "name", "gss", "seats", "sitting"), ("ballot_id",)
    ),
    "ballots.csv": Table(
        ("code", "kind", "name", "area", "gss", "nation", "region", "system", "council", "seats",
         "sitting", "sitting_name", "sitting_source"),
        ("code",),
    ),
    "expected.csv": Table(("code", "expected_at"), ("code",)),
    "watch_list.csv": Table(("council", "why", "flagship"), ("council",)),
}  # fmt: skip
"""The files of a prepared night's folder."""


def tables_of(gathered: Gathered, plans: Sequence[Plan], almanac: Almanac) -> dict[str, Table]:
    """Return every table of a night, with its rows in the order of their keys."""
    night = gathered.night
    rows = {
        "night.csv": [_night(night)],
        "councils.csv": [_council(plan, almanac) for plan in plans if plan.votes],
        "nominations.csv": [row for plan in plans for row in _nominations(plan)],
        "wards.csv": [row for plan in plans for row in _wards(plan)],
        "last_votes.csv": [
            {"ward": ward, "fought_on": on.isoformat(), "party": party, "votes": str(votes)}
            for ward, on, party, votes in gathered.last_votes
        ],
        "by_elections.csv": list(_by_elections(gathered, plans)),
        "ballots.csv": [
            _ballot(one, gathered, almanac)
            for one in gathered.other_ballots
            if one.report.kind in _PREPARED
        ],
        "expected.csv": [
            {"code": plan.code, "expected_at": plan.facts.expected_at.isoformat(timespec="minutes")}
            for plan in plans
            if plan.facts.expected_at is not None
        ],
        "watch_list.csv": [
            {"council": plan.code, "why": plan.facts.note, "flagship": _flag(plan.facts.flagship)}
            for plan in plans
            if plan.facts.note or plan.facts.flagship
        ],
    }
    return {
        name: replace(table, rows=_in_order(rows[name], table.key))
        for name, table in TABLES.items()
    }


def _in_order(rows: Iterable[Cells], key: Sequence[str]) -> list[Cells]:
    return sorted(rows, key=lambda row: tuple(row[column] for column in key))


def _night(night: date) -> Cells:
    open_at, close_at = (
        datetime.combine(night, at, LONDON).isoformat(timespec="minutes")
        for at in (_POLLS_OPEN, POLLS_CLOSE)
    )
    return {
        "night": night.isoformat(),
        "name": f"Elections, {night.day} {night:%B %Y}",
        "polls_open": open_at,
        "polls_close": close_at,
    }


def _flag(value: bool | None) -> str:
    return "true" if value else "false"


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _council(plan: Plan, almanac: Almanac) -> Cells:
    facts = plan.facts
    before = [one.code for one in almanac.councils.rows if plan.code in one.successors]
    return {
        "code": plan.code,
        "wire_name": facts.name,
        "wire_type": facts.type or almanac.councils.get(plan.code).type,
        "proportion": facts.proportion.value if facts.proportion else "",
        "seats": _number(facts.size),
        "seats_up": _number(facts.seats_up),
        "boundary_change": _flag(facts.boundary_change),
        "new_council": _flag(facts.new_council),
        "predecessors": "|".join(sorted(before)) if facts.new_council else "",
        "sitting": facts.control or "",
        "sitting_source": _source(plan) if facts.control else "",
        "baseline": facts.baseline.code if facts.baseline else "",
    }


def _source(plan: Plan) -> str:
    """Return who tells who controlled a council, and of which day where it is not the eve."""
    teller = plan.sources.get("control")
    as_of = plan.facts.as_of if teller == plan.sources.get("before") else None
    return f"{teller or ''}{f', {as_of:%B %Y}' if as_of else ''}"


def _nominations(plan: Plan) -> Iterable[Cells]:
    """Yield a row for each party that holds seats or stands, blank where seats are not known."""
    facts = plan.facts
    held, offered = facts.before, facts.offered
    if not plan.votes and held is None:
        return
    if plan.all_up and not facts.new_council:
        offered = held
    for party in sorted({*(held or ()), *(offered or ()), *facts.candidates}):
        yield {
            "code": plan.code,
            "party": party,
            "seats_held": _number(_seats(held, party, new=bool(facts.new_council))),
            "seats_offered": _number(_seats(offered, party, new=bool(facts.new_council))),
            "unopposed": str(facts.unopposed.get(party, 0)),
            "candidates": str(facts.candidates.get(party, 0)),
        }


def _seats(seats: Mapping[str, int] | None, party: str, *, new: bool) -> int | None:
    if seats is None:
        return 0 if new else None
    return seats.get(party, 0)


def _wards(plan: Plan) -> Iterable[Cells]:
    """Yield the wards of a council; a by-election in one of them fills its second vacancy."""
    extra = {id(one): _second_seat(one, plan.wards) for one in plan.wards if not one.by_election}
    for ward in plan.wards:
        if ward.by_election:
            continue
        also = extra[id(ward)]
        yield {
            "ballot_id": ward.ballot_id,
            "code": plan.code,
            "name": ward.area,
            "gss": ward.gss or "",
            "seats_up": str(ward.seats + (also.seats if also else 0)),
            "status": _status(ward),
        }


def _second_seat(ward: WardReport, wards: Iterable[WardReport]) -> WardReport | None:
    """Return the by-election in the same ward, None without one."""
    same = (one for one in wards if one.by_election and not one.put_off)
    return next((one for one in same if _place(one) == _place(ward)), None)


def _place(ward: WardReport) -> str:
    return ward.gss or ward.area.casefold()


def _status(ward: WardReport) -> str:
    if ward.put_off:
        return "countermanded"
    return "uncontested" if ward.uncontested else "contested"


def _by_elections(gathered: Gathered, plans: Sequence[Plan]) -> Iterable[Cells]:
    """Yield the by-elections, but those that fill a second seat of a ward that votes."""
    ordinary = {
        (plan.code, _place(one)) for plan in plans for one in plan.wards if not one.by_election
    }
    for code, ballots in gathered.wards.items():
        for ballot in ballots:
            ward = ballot.ward
            if ward is None or not ward.by_election or (code, _place(ward)) in ordinary:
                continue
            yield {
                "ballot_id": ward.ballot_id,
                "code": code,
                "name": ward.area,
                "gss": ward.gss or "",
                "seats": str(ward.seats or 1),
                "sitting": "|".join([gathered.sitting[ward.ballot_id]] * (ward.seats or 1))
                if ward.ballot_id in gathered.sitting
                else "",
            }


def _ballot(one: KnownBallot, gathered: Gathered, almanac: Almanac) -> Cells:
    """Return the row of a mayor's post or a constituency, named as on an earlier night."""
    report, night = one.report, gathered.night
    place = one.id.split(".")[1]
    code = f"{_PREPARED[report.kind]}.{place}"
    nights = sorted((date, tables) for date, tables in almanac.nights.items() if date < night)
    old: Ballot | None = next(
        (tables.ballots[code] for _, tables in reversed(nights) if code in tables.ballots), None
    )
    council = almanac.councils.resolve(report.area, night)
    of_council = report.kind is BallotKind.MAYOR and council.known
    named = report.area if report.kind is BallotKind.ASSEMBLY else f"Mayor of {report.area}"
    nation = "England" if report.kind is BallotKind.MAYOR else "Northern Ireland"
    return {
        "code": code,
        "kind": report.kind.value,
        "name": old.name if old else named,
        "area": report.area,
        "gss": report.gss or (council.gss or "" if of_council else ""),
        "nation": council.nation if of_council else nation,
        "region": (old.region if old else "") or (council.region if of_council else ""),
        "system": report.system.value if report.system else "",
        "council": council.code if of_council else (old.council or "" if old else ""),
        "seats": str(report.seats),
        "sitting": gathered.sitting.get(one.id, ""),
        "sitting_name": gathered.names.get(one.id, ""),
        "sitting_source": "earlier ballots" if one.id in gathered.sitting else "",
    }
