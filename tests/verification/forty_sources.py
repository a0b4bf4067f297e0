"""What the sources say of the night of 40 councils, before it and in it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from tests.prepare.pages import NIGHT
from tests.verification.forty_councils import NAMES, Council, Forty, Mayor, Ward
from tests.verification.synthetic import VACANT, majority
from tests.verification.ward_night import slug as plain_slug

LATER = date(2027, 6, 17)
"""To when polls are put off."""
_COOPERATIVE = ("Labour and Co-operative Party", "joint-party:53-119")
_TERMS = {
    "thirds": (date(2023, 5, 4), date(2024, 5, 2), date(2026, 5, 7)),
    "halves": (date(2023, 5, 4), date(2025, 5, 1)),
    "all out": (date(2023, 5, 4),),
}
_ENDS = (date(2028, 5, 4), date(2030, 5, 2))

# --- Democracy Club


def slug(name: str) -> str:
    """Return a name as ids have it."""
    return plain_slug(name.replace("'", ""))


def eve(night: Forty) -> list[dict[str, Any]]:
    """Return the ballots as they stand before the poll, ordinary and other."""
    found = [one for council in night.councils for one in _ballots(council)]
    found += [_mayor(one) for one in night.mayors]
    other = {**found[-1], "ballot_paper_id": f"pcc.wessex.{NIGHT}"}
    return [*found, other]


def declared(ballot: Mapping[str, Any], at: str) -> dict[str, Any] | None:
    """Return a ballot with its winners, None where it has none to come."""
    if ballot["cancelled"] or ballot["replaced_by"] or "won" not in ballot:
        return None
    left = Counter(ballot["won"])
    candidacies = []
    for one in ballot["candidacies"]:
        code = one["of"]
        elected = left[code] > 0
        left[code] -= elected
        candidacies.append({**one, "elected": elected})
    assert not +left, ballot
    return {**ballot, "candidacies": candidacies, "last_updated": at}


def _ballots(council: Council) -> Iterator[dict[str, Any]]:
    for ward in council.wards:
        if ward.seats:
            ballot = _ballot(council.name, ward, ward.won, ward.seats)
            if ward.fate == "put off":
                ballot |= {
                    "cancelled": True,
                    "replaced_by": f"local.later.poll.{LATER}",
                }
            if ward.fate == "uncontested":
                standing = [
                    {**one, "elected": None} for one in ballot["candidacies"] if one["wins"]
                ]
                ballot |= {"uncontested": True, "cancelled": True, "candidates_locked": True,
                           "candidacies": standing}  # fmt: skip
            if ward.fate == "replaced":
                new = ballot["ballot_paper_id"].replace(f".{NIGHT}", f"-2.{NIGHT}")
                yield {**ballot, "replaced_by": new, "cancelled": True}
                ballot |= {"ballot_paper_id": new, "replaces": ballot["ballot_paper_id"]}
            yield ballot
        if ward.apart:
            yield _ballot(council.name, ward, ward.filled, len(ward.vacated), by=True)


def _ballot(
    council: str,
    ward: Ward,
    won: Sequence[str],
    seats: int,
    *,
    by: bool = False,
    night: date = NIGHT,
) -> dict[str, Any]:
    losers = [code for code in ("Green", "Con", "Lab") if code not in won][:2] or ["Ind"]
    standing = [*((code, True) for code in won), *((code, False) for code in losers)]
    return {
        "ballot_paper_id": f"local.{slug(council)}.{slug(ward.name)}.{'by.' if by else ''}{night}",
        "election": {
            "election_id": f"local.{slug(council)}.{night}",
            "name": f"{council} local election",
            "election_date": night.isoformat(),
        },
        "post": {"id": f"gss:{ward.gss}", "label": ward.name, "slug": slug(ward.name)},
        "winner_count": seats,
        "cancelled": False,
        "uncontested": False,
        "voting_system": {"slug": "FPTP"},
        "replaces": None,
        "replaced_by": None,
        "last_updated": "2027-04-20T12:00:00+01:00",
        "candidacies": [
            _candidacy(code, wins, f"{ward.name} {'By ' if by else ''}Person {number}")
            for number, (code, wins) in enumerate(standing)
        ],
        "results": None,
        "won": list(won),
    }


def _candidacy(code: str, wins: bool, name: str) -> dict[str, Any]:
    party, ec_id = _COOPERATIVE if code == "Lab" and name.endswith("1") else NAMES[code]
    return {
        "elected": None,
        "party": {"ec_id": ec_id, "name": party},
        "party_name": party,
        "person": {"id": int(name.rpartition(" ")[2]), "name": name},
        "result": None,
        "of": code,
        "wins": wins,
    }


def _mayor(mayor: Mayor, night: date = NIGHT, won: str = "") -> dict[str, Any]:
    ward = Ward(mayor.area, "")
    ballot = _ballot(mayor.area, ward, (won or mayor.won,), 1, night=night)
    return ballot | {
        "ballot_paper_id": f"mayor.{slug(mayor.area)}.{night}",
        "election": {**ballot["election"], "name": f"Mayor of {mayor.area}"},
        "post": {"id": slug(mayor.area), "label": mayor.area, "slug": slug(mayor.area)},
    }


def earlier(night: Forty) -> list[dict[str, Any]]:
    """Return the ballots of earlier elections that tell who holds seats."""
    found = []
    for council in night.councils:
        if council.cycle == "by":
            found += [_past(council, ward, (*ward.stays, *ward.vacated), date(2023, 5, 4))
                      for ward in council.wards]  # fmt: skip
        if council.told not in ("earlier", "compositions") or council.cycle not in _TERMS:
            continue
        for ward in council.wards:
            if council.cycle == "all out":
                found.append(_past(council, ward, ward.up, date(2023, 5, 4)))
                continue
            for holder, day in zip((*ward.up, *ward.stays), _TERMS[council.cycle], strict=False):
                found.append(_past(council, ward, (holder,), day))
    for mayor in night.mayors:
        if mayor.sitting:
            day = date(2023, 5, 4)
            past = declared(_mayor(mayor, day, mayor.sitting), "2023-05-05T12:00:00+01:00")
            found.append(past or {})
    return found


def _past(council: Council, ward: Ward, won: Sequence[str], day: date) -> dict[str, Any]:
    ballot = _ballot(council.name, ward, won, len(won), night=day)
    return declared(ballot, f"{day}T23:00:00+01:00") or {}


# --- what tells of the eve


def councillors(night: Forty) -> str:
    """Return Open Council Data's list of councillors."""
    rows = [["Council", "Ward Name", "Councillor Name", "Next Election", "Party Name"]]
    for council in night.councils:
        if council.told != "councillors":
            continue
        if council.cycle == "redrawn":
            sit = [code for code, seats in council.old.items() for _ in range(seats)]
            rows += [[council.spelt, "Old", f"M {n}", str(NIGHT), NAMES[code][0]]
                     for n, code in enumerate(sit)]  # fmt: skip
            continue
        for ward in council.wards:
            due = [(code, NIGHT) for code in ward.up]
            later = (*ward.stays, *(VACANT for _ in ward.vacated))
            due += [(code, _ENDS[number % 2]) for number, code in enumerate(later)]
            rows += [[council.spelt, ward.name, f"M {n}", str(day), NAMES[code][0]]
                     for n, (code, day) in enumerate(due)]  # fmt: skip
    return _csv(rows)


def compositions(night: Forty) -> str:
    """Return Open Council Data's compositions by year; small parties are counted together."""
    columns = {"con": "Con", "lab": "Lab", "ld": "LD", "green": "Green", "ref": "Reform",
               "vacant": VACANT}  # fmt: skip
    rows = [["authority", "year", "total", *columns, "other"]]
    for council in night.councils:
        if council.told == "compositions":
            seats = council.as_elected
            named = [seats.get(code, 0) for code in columns.values()]
            total = sum(seats.values())
            rows.append([council.name, "2026", *map(str, (total, *named, total - sum(named)))])
    return _csv(rows)


def newsroom(night: Forty) -> str:
    """Return the newsroom's sheet for `prepare`."""
    columns = ("council", "party", "seats_before", "seats_up", "size", "before", "expected_at",
               "note", "flagship", "boundary_change", "new_council")  # fmt: skip
    rows = [list(columns)]

    def add(council: Council, **cells: object) -> None:
        told = {"council": council.spelt, **cells}
        rows.append([str(told.get(column, "")) for column in columns])

    for number, council in enumerate(night.councils):
        whole: dict[str, object] = {}
        if council.told in ("size", "earlier", "compositions", "sheet") and council.votes:
            whole["size"] = council.size
        if council.cycle == "redrawn":
            whole |= {"size": council.size, "boundary_change": "yes"}
        if council.cycle == "new":
            whole |= {"size": council.size, "new_council": "yes"}
        if number % 9 == 0 and council.votes:
            whole |= {"expected_at": "03:30", "flagship": "yes", "note": "One to watch"}
        if council.told == "sheet" and council.cycle != "new":
            up: Counter[str] = Counter(one for ward in council.wards for one in ward.up)
            up[VACANT] += sum(len(ward.vacated) for ward in council.wards)
            if council.cycle == "redrawn":
                up = Counter(council.old)
            for code, seats in council.before.items():
                add(council, party=NAMES[code][0], seats_before=seats, seats_up=up[code], **whole)
        elif whole:
            add(council, **whole)
    return _csv(rows)


def desk_sheet(councils: Iterable[Council]) -> str:
    """Return the desk's sheet with the results of some councils."""
    rows = [["council", "party", "seats_won", "seats_now", "control", "note", "before", "size",
             "seats_before"]]  # fmt: skip
    for council in councils:
        control, was = (NAMES[one][0] if (one := majority(seats)) else "NOC"
                        for seats in (council.now, council.before))  # fmt: skip
        for code in sorted({*council.now, *council.before}):
            seats = (council.now.get(code, 0), council.before.get(code, 0))
            won = council.won.get(code, 0)
            rows.append([council.spelt, NAMES[code][0], str(won), str(seats[0]), control, "",
                         was, str(council.size), str(seats[1])])  # fmt: skip
    return _csv(rows)


def _csv(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
