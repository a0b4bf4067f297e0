"""A night of nothing but by-elections, and pages of Democracy Club's about it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.election.almanac import Almanac, NightAlmanac
from bot.election.ballots import Ballot
from bot.election.by_elections import by_election_ballot
from bot.election.councils import Council, Councils
from bot.election.reports import Reading
from bot.election.seats import Composition
from bot.feeds.formats import read
from tests.support.small_night import ALMANAC

NIGHT = date(2027, 3, 11)
CLOSE = NightAlmanac(NIGHT, "by-elections").polls_close
LEEDS = Council(
    "LDS", "Leeds", nation="England", region="Yorkshire and The Humber", type="Metro", seats=99
)
KENT = Council("KEN", "Kent", nation="England", region="South East", type="County", seats=81)
NAMES = {
    "Lab": "Labour Party",
    "Con": "Conservative",
    "LD": "Liberal Democrats",
    "Ind": "Independent/Other",
    "Green": "Green Party",
}


def by_election(
    ward: str = "Xyz", sitting: str = "", *, council: Council = LEEDS, seats: int = 1
) -> dict[str, Ballot]:
    held = tuple(sitting.split())
    ballot = by_election_ballot(council, ward, gss=f"E0500{ward}", seats=seats, sitting=held)
    return {ballot_id(ward, council): ballot}


def ballot_id(ward: str, council: Council = LEEDS, by: str = ".by") -> str:
    return f"local.{council.name.lower()}.{ward.lower()}{by}.{NIGHT}"


def almanac(*by_elections: Mapping[str, Ballot], **seats_before: Mapping[str, int]) -> Almanac:
    listed = {key: one for each in by_elections for key, one in each.items()}
    night = NightAlmanac(
        NIGHT,
        "by-elections",
        ballots={one.code: one for one in listed.values()},
        by_elections=listed,
        seats_before={code: Composition(seats) for code, seats in seats_before.items()},
    )
    councils = Councils([*ALMANAC.councils.rows, LEEDS, KENT])
    return replace(ALMANAC, councils=councils, nights={NIGHT: night})


def ballot(
    ward: str = "Xyz",
    winners: str = "Lab",
    *,
    council: Council = LEEDS,
    others: str = "",
    seats: int | None = None,
    minute: int = 0,
    **changed: object,
) -> dict[str, object]:
    """Return a ballot of Democracy Club's; *winners* and *others* are parties in a row."""
    at: datetime = CLOSE + timedelta(hours=2, minutes=minute)
    elected, rest = winners.split(), others.split()
    return {
        "ballot_paper_id": ballot_id(ward, council),
        "election": {
            "election_id": f"local.{council.name.lower()}.{NIGHT}",
            "name": f"{council.name} local election",
            "election_date": str(NIGHT),
        },
        "post": {"id": f"gss:E0500{ward}", "label": ward, "slug": ward.lower()},
        "winner_count": seats or max(1, len(elected)),
        "cancelled": False,
        "candidates_locked": True,
        "replaces": None,
        "replaced_by": None,
        "last_updated": at.isoformat(),
        "candidacies": [
            _candidacy(number, party, elected=number < len(elected) if elected else None)
            for number, party in enumerate([*elected, *rest])
        ],
        "results": None,
        **changed,
    }


def _candidacy(number: int, party: str, *, elected: bool | None) -> dict[str, object]:
    return {
        "elected": elected,
        "party_name": NAMES.get(party, party),
        "person": {"id": number, "name": f"{party} Candidate {number}"},
        "result": None,
    }


def page(*ballots: object, minute: int = 0, name: str = "page", feed: str = "dc") -> Reading:
    body = json.dumps({"count": len(ballots), "next": None, "results": list(ballots)}).encode()
    at = CLOSE + timedelta(hours=2, minutes=minute)
    return replace(read(feed, f"{name} {minute}.json", body, at), feed=feed)


def titles(cards: Sequence[object]) -> list[str]:
    return [str(getattr(card, "title", card)) for card in cards]
