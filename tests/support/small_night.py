"""A night of a few invented facts about real councils, and documents for it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.election.almanac import Almanac, CouncilElection, NightAlmanac
from bot.election.control import NOC, Control
from bot.election.councils import Council, Councils
from bot.election.parties import WireParty
from bot.election.reports import (
    Candidate,
    CouncilResult,
    GainOrHold,
    Nominations,
    PartyNominations,
    PartyState,
    Proportion,
    Reading,
    Report,
    StateOfPartiesReport,
    WardReport,
    WireCouncil,
)
from bot.feeds.feed import Fetch
from tests.election.build import NIGHT, PARTIES, POLLS_CLOSE, lines, wire

COUNCILS = Councils(
    [
        Council("KHL", "Kingston upon Hull", gss="E06000010", seats=57, aliases=("hull",)),
        Council("WOR", "Worcester", gss="E07000237", seats=35),
        Council("CRA", "Crawley", gss="E07000226", seats=36),
        Council("BDG", "Barking and Dagenham", gss="E09000002", seats=51),
        Council("WTH", "Worthing", gss="E07000229", seats=37),
    ]
)
SITTING = {"KHL": "Lab", "WOR": "Con", "CRA": None, "BDG": "Lab", "WTH": "Con"}
ALMANAC = Almanac(
    parties=PARTIES,
    councils=COUNCILS,
    nights={
        NIGHT: NightAlmanac(
            NIGHT,
            "local elections",
            {
                code: CouncilElection(
                    council=code,
                    proportion=Proportion.THIRD,
                    seats=COUNCILS.get(code).seats or 0,
                    seats_up=19,
                    new_council=False,
                    boundary_change=False,
                    sitting=Control(SITTING[code]) if SITTING[code] else NOC,
                    expected_at=POLLS_CLOSE + timedelta(hours=5),
                )
                for code in ("KHL", "WOR", "CRA", "BDG")
            },
        )
    },
)
AFTER_CLOSE = POLLS_CLOSE + timedelta(hours=4)


def council_result(
    code: str,
    now: Mapping[str, int],
    *,
    revision: int = 1,
    winner: str | None = "",
    sitting: str | None = "",
    test: bool = False,
    name: str | None = None,
    won: Mapping[str, int] | None = None,
    changes: Mapping[str, int] | None = None,
) -> CouncilResult:
    """A council's result that is sound unless told otherwise."""
    most = max(now, key=lambda party: now[party])
    if winner == "":
        winner = most if 2 * now[most] > sum(now.values()) else None
    if sitting == "":
        sitting = SITTING.get(code)
    if winner == sitting:
        said = GainOrHold.NO_CHANGE
    else:
        said = GainOrHold.LOSE_TO_NOC if winner is None else GainOrHold.GAIN
    return CouncilResult(
        night=NIGHT,
        council=WireCouncil(name or COUNCILS.get(code).name, proportion=Proportion.THIRD),
        revision=revision,
        winner=wire(winner),
        sitting=wire(sitting),
        gain_or_hold=said,
        elected=lines(won if won is not None else {most: 10}),
        changes=lines(changes if changes is not None else {}),
        composition=lines(now),
        test=test,
    )


def council_nominations(code: str, held: Mapping[str, int], name: str | None = None) -> Nominations:
    return Nominations(
        NIGHT,
        WireCouncil(name or COUNCILS.get(code).name),
        tuple(PartyNominations(WireParty(party), n, n // 3, 0, 19) for party, n in held.items()),
    )


def ward_report(
    code: str,
    ward: str,
    elected: Mapping[str, bool | None],
    *,
    minute: int = 0,
    seats: int = 1,
    cancelled: bool = False,
    by_election: bool = False,
) -> WardReport:
    """A ward whose candidates, one a party, are elected, not, or not known."""
    return WardReport(
        night=NIGHT,
        ballot_id=f"local.{code.casefold()}.{ward.casefold()}.{NIGHT}",
        council=WireCouncil(COUNCILS.get(code).name),
        area=ward,
        gss=None,
        seats=seats,
        cancelled=cancelled,
        uncontested=False,
        by_election=by_election,
        replaced_by=None,
        updated_at=AFTER_CLOSE.astimezone(UTC) + timedelta(minutes=minute),
        candidates=tuple(
            Candidate(
                f"{party} Candidate", WireParty(party), () if won is None else (100 - place,), won
            )
            for place, (party, won) in enumerate(elected.items())
        ),
    )


def state_of_parties(results: int, councils: int = 1) -> StateOfPartiesReport:
    line = PartyState(WireParty("Lab"), councils, 0, 10, 0)
    return StateOfPartiesReport(NIGHT, results, 4, (line,), ())


_FORMATS: dict[type | None, str] = {WardReport: "Democracy Club JSON"}


def document(
    *reports: Report,
    name: str | None = None,
    feed: str = "pa",
    at: datetime = AFTER_CLOSE,
    faults: tuple[str, ...] = (),
) -> Reading:
    """A document with *reports*, whose bytes and name follow from what it says."""
    body = repr((reports, faults)).encode()
    sha256 = hashlib.sha256(body).hexdigest()
    return Reading(
        feed=feed,
        name=name or f"{type(reports[0]).__name__}_{sha256[:8]}.xml",
        sha256=sha256,
        body=body,
        received_at=at,
        format=_FORMATS.get(type(reports[0]) if reports else None, "PA XML"),
        reports=reports,
        faults=faults,
    )


def fetch(*readings: Reading, feed: str = "pa", complete: bool = True, **state: object) -> Fetch:
    return Fetch(feed, readings, state, complete=complete)
