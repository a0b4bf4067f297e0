"""Democracy Club's pages and other sources of made-up nights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.clock import LONDON, RealClock

NIGHT = date(2027, 5, 6)


class InTheSpring(RealClock):
    """The clock three weeks before the night, whenever the tests are run."""

    def now(self) -> datetime:
        return datetime(NIGHT.year, NIGHT.month, NIGHT.day, 12, tzinfo=LONDON) - timedelta(weeks=3)


EC_IDS = {
    "Labour": "PP53",
    "Conservative": "PP52",
    "Liberal Democrat": "PP90",
    "Reform UK": "PP7931",
}


def slug(name: str) -> str:
    return "-".join(name.casefold().replace("'", "").replace("&", "").split())


def ballot(
    council: str,
    ward: str,
    seats: int = 1,
    won: Sequence[str] = (),
    *,
    night: date = NIGHT,
    by: bool = False,
    stood: Sequence[str] = ("Labour", "Conservative"),
    **more: Any,
) -> dict[str, Any]:
    """Return a ballot of a ward; *won* are the winners' parties, those with most votes first."""
    name = f"local.{slug(council)}.{slug(ward)}.{'by.' if by else ''}{night}"
    parties = [*won, *(() if won else stood)]
    return {
        "ballot_paper_id": name,
        "election": {
            "election_id": f"local.{slug(council)}.{night}",
            "name": f"{council} local election",
            "election_date": night.isoformat(),
        },
        "post": {"id": slug(ward), "label": ward, "slug": slug(ward)},
        "winner_count": seats,
        "cancelled": False,
        "uncontested": False,
        "voting_system": "FPTP",
        "replaces": None,
        "replaced_by": None,
        "last_updated": "2027-04-20T12:00:00+01:00",
        "candidacies": [
            {
                "elected": True if won else None,
                "party": {"ec_id": EC_IDS.get(party), "name": party},
                "party_name": party,
                "person": {"id": number, "name": f"Person {number}"},
                "result": {"elected": True, "num_ballots": 900 - 10 * number} if won else None,
            }
            for number, party in enumerate(parties)
        ],
        "results": None,
        **more,
    }


def mayor(place: str, won: str = "", *, night: date = NIGHT, **more: Any) -> dict[str, Any]:
    """Return the ballot of a mayor's post."""
    one = ballot(place, place, 1, [won] if won else [], night=night)
    election = {**one["election"], "name": f"Mayor of {place}"}
    return {**one, "ballot_paper_id": f"mayor.{slug(place)}.{night}", "election": election, **more}


def page(ballots: Sequence[object], following: str | None = None) -> str:
    """Return a page of the list of ballots."""
    told = {"count": len(ballots), "next": following, "previous": None, "results": list(ballots)}
    return json.dumps(told)


def save(path: Path, text: str) -> str:
    """Write a file and return its path as an operator gives it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def thirds(
    council: str, wards: int, parties: Sequence[str], night: date, **more: Any
) -> list[dict[str, Any]]:
    """Return a year's results of a council by thirds; a party a ward, over and over."""
    return [
        ballot(council, f"Ward {n}", 1, [parties[n % len(parties)]], night=night, **more)
        for n in range(wards)
    ]
