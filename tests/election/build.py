"""Small hand-made councils, results and case files for the tests of the rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from bot.election.almanac import LONDON, CouncilElection, NightAlmanac
from bot.election.case_file import CouncilCase, Filed
from bot.election.control import Control
from bot.election.councils import Council
from bot.election.parties import Parties, Party, PartyKind, WireParty
from bot.election.reports import (
    CouncilResult,
    GainOrHold,
    Nominations,
    PartyNominations,
    PartySeats,
    Proportion,
    WireCouncil,
)
from bot.election.standings import Source

NIGHT = date(2022, 5, 5)
POLLS_CLOSE = datetime(2022, 5, 5, 22, 0, tzinfo=LONDON)

PARTIES = Parties(
    [
        Party("Lab", "Labour", "Lab", ec_ids=("PP53",), aliases=("Labour Party",)),
        Party(
            "Con",
            "Conservative",
            "Con",
            ec_ids=("PP52",),
            aliases=("C",),
            members="Conservatives",
            article=True,
        ),
        Party(
            "LD",
            "Liberal Democrat",
            "LD",
            ec_ids=("PP90",),
            aliases=("Liberal Democrats",),
            short="Lib Dems",
            members="Liberal Democrats",
            one="Lib Dem",
            article=True,
        ),
        Party(
            "Green",
            "Green",
            "Green",
            aliases=("Green Party", "Grn"),
            members="Greens",
            article=True,
        ),
        Party("UKIP", "UKIP", "UKIP", aliases=("UK Independence Party",)),
        Party("Asp", "Aspire", "Asp", PartyKind.LOCAL),
        Party(
            "Ind",
            "Independent/Other",
            "Ind",
            PartyKind.BUCKET,
            members="independents and others",
            one="independent",
        ),
        Party("Vac", "Vacant", "Vac", PartyKind.VACANT),
    ]
)

HULL = Council("KHL", "Kingston upon Hull", gss="E06000010", seats=57, aliases=("hull",))
UNKNOWN = Council("wire:Wessex", "Wessex", known=False)


def lines(seats: Mapping[str, int]) -> tuple[PartySeats, ...]:
    return tuple(PartySeats(WireParty(code), number) for code, number in seats.items())


def wire(code: str | None) -> WireParty | None:
    return None if code is None else WireParty(code)


def result(
    now: Mapping[str, int],
    winner: str | None,
    said: GainOrHold | None = GainOrHold.NO_CHANGE,
    *,
    sitting: str | None = None,
    sitting_given: bool = True,
    revision: int = 1,
    won: Mapping[str, int] | None = None,
    changes: Mapping[str, int] | None = None,
    council: WireCouncil | None = None,
    test: bool = False,
) -> CouncilResult:
    return CouncilResult(
        night=NIGHT,
        council=council or WireCouncil("Hull", proportion=Proportion.THIRD),
        revision=revision,
        winner=wire(winner),
        sitting=wire(sitting),
        gain_or_hold=said,
        elected=None if won is None else lines(won),
        changes=None if changes is None else lines(changes),
        composition=lines(now),
        sitting_given=sitting_given,
        test=test,
    )


def nominations(held: Mapping[str, int], *, unopposed: int = 0, offered: int = 1) -> Nominations:
    return Nominations(
        NIGHT,
        WireCouncil("Hull"),
        tuple(
            PartyNominations(WireParty(code), number, offered, unopposed, 3)
            for code, number in held.items()
        ),
    )


def filed(
    report: CouncilResult, number: int = 1, *, minutes_after_close: int = 240
) -> Filed[CouncilResult]:
    received = POLLS_CLOSE + timedelta(minutes=minutes_after_close)
    source = Source("pa", f"document {number}", report.revision, received)
    return Filed(number, report, content=repr(report), source=source)


def case(
    *reports: CouncilResult | Filed[CouncilResult],
    held: Mapping[str, int] | None = None,
    council: Council = HULL,
    election: CouncilElection | None = None,
    **more: object,
) -> CouncilCase:
    results = tuple(
        report if isinstance(report, Filed) else filed(report, number)
        for number, report in enumerate(reports, 1)
    )
    return CouncilCase(
        council=council,
        night=NightAlmanac(NIGHT, "local elections"),
        election=election,
        nominated=None if held is None else nominations(held),
        results=results,
        **more,  # type: ignore[arg-type]
    )


def election(sitting: str | None = "Lab", **changed: object) -> CouncilElection:
    facts: dict[str, object] = {
        "council": "KHL",
        "proportion": Proportion.THIRD,
        "seats": 57,
        "seats_up": 19,
        "new_council": False,
        "boundary_change": False,
        "sitting": Control(sitting),
    }
    return CouncilElection(**(facts | changed))  # type: ignore[arg-type]
