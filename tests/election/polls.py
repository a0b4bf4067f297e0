"""Made-up polls of wards, and the votes that they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.election.almanac import EarlierPoll, NightAlmanac, WardSeat
from bot.election.councils import Council
from bot.election.parties import WireParty
from bot.election.reports import Candidate, WardReport, WireCouncil
from bot.election.votes import Votes, votes_of
from tests.cards.nights import ALMANAC, NIGHT, PARTIES

Stand = Mapping[str, tuple[int | None, bool]]
"""By candidate ("Lab", "Lab 2"): the votes, None if not known, and whether elected."""
HULL = ALMANAC.councils.get("KHL")
SCOTTISH = Council("GLG", "Glasgow", nation="Scotland", region="Scotland", seats=85)


def ward(stand: Stand, name: str = "Drypool", **more: object) -> WardReport:
    """Return a ward with as many seats as are elected."""
    fields: dict[str, object] = {
        "electorate": 1_000,
        "turnout": 40.0,
        "seats": sum(won for _, won in stand.values()),
        **more,
    }
    return WardReport(
        night=NIGHT,
        ballot_id=f"local.hull.{name}",
        council=WireCouncil("Hull"),
        area=name,
        gss=None,
        candidates=tuple(
            Candidate(who, WireParty(who.split()[0]), () if number is None else (number,), won)
            for who, (number, won) in stand.items()
        ),
        **fields,  # type: ignore[arg-type]
    )


def votes(
    *wards: WardReport,
    council: Council = HULL,
    before: Mapping[str, Mapping[str, int]] | None = None,
    listed: int = 0,
    new_council: bool = False,
    fought_on: date = date(2018, 5, 3),
    seats_up: int | None = 0,
) -> Votes:
    """Return the votes of a council; *listed* wards of our table have not been heard of.

    *before* are the votes by party at the last contest, by the ward's name.
    """
    night = NightAlmanac(
        NIGHT,
        "a night",
        wards={council.code: [WardSeat(f"w{n}", f"Ward {n}", None, 1) for n in range(listed)]},
        last_votes={ward: EarlierPoll(fought_on, of) for ward, of in (before or {}).items()},
    )
    return votes_of(
        council,
        {one.area: one for one in wards},
        night,
        PARTIES,
        new_council=new_council,
        seats_up=seats_up,
    )


def polled(stand: Stand, **more: object) -> Votes:
    """Return the votes of a council of one ward."""
    return votes(replace(ward(stand), **more))  # type: ignore[arg-type]
