"""Contests of a small night, and reports on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.election.ballots import Ballot, ReferendumAnswer
from bot.election.parties import WireParty
from bot.election.reports import BallotKind, BallotReport, Candidate, VotingSystem
from tests.support.small_night import ALMANAC, NIGHT

CROYDON = Ballot(
    code="mayor.croydon",
    kind=BallotKind.MAYOR,
    name="Mayor of Croydon",
    area="Croydon",
    nation="England",
    system=VotingSystem.SUPPLEMENTARY,
    region="London",
    gss="E09000008",
    sitting="Lab",
)
BRISTOL = Ballot(
    code="referendum.bristol",
    kind=BallotKind.REFERENDUM,
    name="Bristol referendum",
    area="Bristol",
    nation="England",
    system=VotingSystem.PLURALITY,
    electorate=332_028,
    question="How would you like Bristol City Council to be run?",
    answers=(
        ReferendumAnswer("Committee system", "The post of mayor ends in May 2024."),
        ReferendumAnswer("Mayor and cabinet", "Nothing changes."),
    ),
)
BELFAST_EAST = Ballot(
    code="assembly.belfast-east",
    kind=BallotKind.ASSEMBLY,
    name="Belfast East",
    area="Belfast East",
    nation="Northern Ireland",
    system=VotingSystem.STV,
    seats=5,
)
ALMANAC_WITH_BALLOTS = replace(
    ALMANAC,
    nights={
        NIGHT: replace(
            ALMANAC.night(NIGHT),
            ballots={one.code: one for one in (CROYDON, BRISTOL, BELFAST_EAST)},
        )
    },
)


def mayor_report(
    winner: str = "Con", *, revision: int | None = 1, **changed: object
) -> BallotReport:
    """Return Croydon's result: Perry (Con) and Shawcross (Lab), who of them *winner* says."""
    names = {"Con": "Jason Perry", "Lab": "Val Shawcross"}
    votes = {"Con": (33_413, 38_612), "Lab": (31_352, 38_023)}
    if winner == "Lab":
        votes = {"Con": votes["Lab"], "Lab": votes["Con"]}
    report = BallotReport(
        night=NIGHT,
        kind=BallotKind.MAYOR,
        area="Croydon",
        gss=None,
        seats=1,
        candidates=tuple(
            Candidate(names[code], WireParty(code), votes[code], elected=code == winner)
            for code in names
        ),
        complete=True,
        revision=revision,
    )
    return replace(report, **changed)  # type: ignore[arg-type]


def referendum_report(for_change: int = 56_113, against: int = 38_439) -> BallotReport:
    """Return Bristol's result."""
    votes = {"Committee system": for_change, "Mayor and cabinet": against}
    return BallotReport(
        night=NIGHT,
        kind=BallotKind.REFERENDUM,
        area="Bristol",
        gss=None,
        seats=1,
        candidates=tuple(
            Candidate(name, None, (number,), elected=number == max(votes.values()))
            for name, number in votes.items()
        ),
        complete=True,
        revision=1,
        turnout=28.59,
    )


def constituency_report(*elected: str, updated_at: datetime | None = None) -> BallotReport:
    """Return Belfast East with a candidate elected of each party in *elected*."""
    return BallotReport(
        night=NIGHT,
        kind=BallotKind.ASSEMBLY,
        area="Belfast East",
        gss=None,
        seats=5,
        candidates=tuple(
            Candidate(f"Person {place}", WireParty(party), (), elected=True)
            for place, party in enumerate(elected)
        ),
        complete=len(elected) == 5,
        updated_at=updated_at,
    )
