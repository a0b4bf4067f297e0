"""A small, made-up almanac for the tests of cards, and short ways to make standings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.election.almanac import LONDON, Almanac, CouncilElection, NightAlmanac, YearOfControl
from bot.election.baselines import Baseline
from bot.election.claims import Basis, ClaimState
from bot.election.control import NOC, Control, control_of, outcome_of
from bot.election.councils import Council, Councils
from bot.election.parties import Parties, Party, PartyKind
from bot.election.reports import Proportion
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding, Declared, PriorSource, Source
from tests.support.tables import shipped

NIGHT = date(2022, 5, 5)
AT_0232 = datetime(2022, 5, 6, 2, 32, tzinfo=LONDON)
PA = Source("pa", "Local_result_1.xml", 1, datetime(2022, 5, 6, 2, 33, tzinfo=LONDON))


def _called(code: str, abbreviation: str | None = None) -> Party:
    """Return a party of the tables, without the names that only documents use."""
    party = shipped().parties.get(code)
    return replace(
        party, abbreviation=abbreviation or party.abbreviation, full_name="", ec_ids=(), aliases=()
    )


PARTIES = Parties(
    (
        Party("Lab", "Labour", "Lab", colour="#E4003B"),
        _called("Con", "C"),
        _called("LD"),
        _called("Green"),
        Party("PC", "Plaid Cymru", "PC", colour="#005B54"),
        _called("SNP"),
        Party("Asp", "Aspire", "Asp", PartyKind.LOCAL, colour="#FF6600"),
        _called("Ind"),
        Party("Vac", "Vacant", "Vac", PartyKind.VACANT),
    )
)
ENDED = Council(
    "CAR",
    "Carlisle",
    "E07000028",
    nation="England",
    region="North West",
    seats=39,
    ends=date(2022, 4, 1),
    successors=("CMD",),
)
COUNCILS = Councils(
    (
        *(
            Council(code, name, nation="England", region=region, seats=seats)
            for code, name, region, seats in (
                ("KHL", "Kingston upon Hull", "Yorkshire and The Humber", 57),
                ("WSM", "Westminster", "London", 54),
                ("TOW", "Tower Hamlets", "London", 45),
                ("WOR", "Worcester", "West Midlands", 35),
                ("SND", "Sunderland", "North East", 75),
                ("BOL", "Bolton", "North West", 60),
                ("CAS", "Castle Point", "East of England", 41),
                ("CMD", "Cumberland", "North West", 46),
            )
        ),
        Council("MON", "Monmouthshire", nation="Wales", region="Wales", seats=46),
        ENDED,
    )
)


def years(holder: str | None, first: int, last: int) -> tuple[YearOfControl, ...]:
    seats = Composition({holder or "Ind": 10})
    return tuple(YearOfControl(year, seats, Control(holder)) for year in range(first, last + 1))


ALMANAC = Almanac(
    PARTIES,
    COUNCILS,
    nights={
        NIGHT: NightAlmanac(
            NIGHT,
            "local elections",
            {"KHL": CouncilElection("KHL", Proportion.THIRD, 57, 19, False, False, Control("Lab"))},
        )
    },
    history={
        "KHL": (*years("LD", 2007, 2010), *years("Lab", 2011, 2021)),
        "WSM": years("Con", 1973, 2021),
        "WOR": (*years(None, 1999, 2018), *years("Con", 2019, 2021)),
        "CAR": (*years("Lab", 2012, 2018), *years(None, 2019, 2021)),
    },
)


def standing(
    code: str,
    before: str | Control | None = None,
    now: Mapping[str, int] | None = None,
    *,
    held: Mapping[str, int] | None = None,
    won: Mapping[str, int] | None = None,
    at: datetime = AT_0232,
    new: bool = False,
    **more: Any,
) -> CouncilStanding:
    """Return a standing; *before* is a party code or NOC, *now* declares it."""
    prior = (
        None
        if new or before is None
        else before
        if isinstance(before, Control)
        else Control(before)
    )
    eve = Composition(held) if held else None
    declared = None
    if now is not None:
        after = control_of(Composition(now))
        changes = Composition(now).changes_from(eve) if eve else None
        declared = Declared(
            after=after,
            outcome=outcome_of(prior, after, new_council=new),
            won=Composition(won) if won else None,
            now=Composition(now),
            changes=changes,
            baseline=Baseline.EVE_OF_POLL,
            declared_at=at,
            basis=Basis.RESULT,
            source=PA,
            version=1,
            state=ClaimState.DECLARED,
        )
    return CouncilStanding(
        night=NIGHT,
        council=COUNCILS.get(code),
        proportion=more.pop("proportion", Proportion.THIRD),
        new_council=new,
        before=prior,
        before_source=PriorSource.WIRE if prior else None,
        held=eve,
        declared=declared,
        **more,
    )


HULL = standing(
    "KHL",
    "Lab",
    {"LD": 29, "Lab": 27, "Ind": 1},
    held={"Lab": 29, "LD": 26, "Ind": 2},
    won={"LD": 12, "Lab": 7},
    seats_up=19,
)


def seats(text: str) -> dict[str, int]:
    """Return "Lab 31 Con 23" as seats by party."""
    words = text.split()
    return {party: int(number) for party, number in zip(words[::2], words[1::2], strict=True)}


_NIGHT = (
    # council, hour, before, seats on the eve, seats now, seats won
    ("WSM", 4, "Con", "Con 41 Lab 13", "Lab 31 Con 23", "Lab 31 Con 23"),
    ("WOR", 3, "Con", "Con 19 Lab 12 Green 4", "Con 16 Lab 13 Green 6", "Con 4 Lab 5 Green 3"),
    ("SND", 1, "Lab", "Lab 43 Con 18 LD 14", "Lab 42 Con 18 LD 15", "Lab 15 Con 6 LD 5"),
    ("TOW", 15, "Lab", "Lab 42 Con 3", "Asp 24 Lab 19 Con 2", "Asp 24 Lab 19 Con 2"),
    ("CAS", 14, "Con", "Con 23 Ind 18", "Ind 26 Con 15", "Ind 10 Con 4"),
    ("MON", 17, "Con", "Con 25 Lab 16 Ind 5", "Lab 22 Con 18 Ind 6", "Lab 22 Con 18 Ind 6"),
)


def a_night() -> list[CouncilStanding]:
    """Return a made-up night with every outcome, and one council still to come."""
    declared = [
        standing(code, before, seats(now), held=seats(eve), won=seats(won), at=_hour(hour))
        for code, hour, before, eve, now, won in _NIGHT
    ]
    new = seats("Lab 30 Con 16")
    return [
        HULL,
        *declared,
        standing("CMD", None, new, won=new, new=True, at=_hour(16)),
        standing("BOL", NOC, held=seats("Con 20 Lab 20 Ind 20"), expected_at=_hour(18)),
    ]


def _hour(hour: int) -> datetime:
    return AT_0232.replace(hour=hour)
