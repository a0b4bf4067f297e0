"""The by-elections of a council's wards, on the council's card."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.card import Field
from bot.election.ballots import BallotStanding
from bot.election.parties import Parties
from bot.election.reports import WardReport
from bot.wording.ballots import result_of_ballot
from bot.wording.phrases import count, day, number
from bot.wording.text import escape


def by_elections_title(
    council: str, by_elections: Sequence[BallotStanding], parties: Parties
) -> str:
    """Return the news of a council (its name, escaped) in which only by-elections are held."""
    results = [result for one in by_elections if (result := result_of_ballot(one, parties))]
    if len(by_elections) == len(results) == 1:
        return results[0]
    how_many = count(len(by_elections), "by-election")
    if results:
        return f"{council}: {number(len(results))} of {how_many} declared"
    return f"{council}: {how_many} on {day(by_elections[0].night)}"


def by_election_fields(by_elections: Sequence[BallotStanding], parties: Parties) -> list[Field]:
    """Return what became of each by-election, nothing without any."""
    lines = [result_of_ballot(one, parties) or _to_come(one) for one in by_elections]
    return [Field.of("By-elections", lines)] if lines else []


def _to_come(standing: BallotStanding) -> str:
    report = standing.report
    put_off = isinstance(report, WardReport) and report.put_off
    return f"{escape(standing.ballot.name)}: {'election postponed' if put_off else 'to come'}"
