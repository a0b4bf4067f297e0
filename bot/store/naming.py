"""Reports as they are shown once the desk has said whose some names of parties are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from bot.election.parties import Parties, WireParty
from bot.election.reports import BallotReport

R = TypeVar("R", bound=BallotReport)


def as_said(report: R, parties: Parties, said: Mapping[str, str]) -> R:
    """Return a report in which the names that the desk has *said* are those of *parties*.

    A name that is a party of its own stays as it is written.
    """
    if not said:
        return report
    told = parties.told(said)

    def meant(wire: WireParty) -> WireParty:
        party = told.resolve(wire)
        if parties.resolve(wire).known or not parties.get(party.code).known:
            return wire
        return WireParty(party.name, party.abbreviation)

    candidates = (replace(one, party=one.party and meant(one.party)) for one in report.candidates)
    return replace(
        report,
        candidates=tuple(candidates),
        winner=report.winner and meant(report.winner),
        sitting=report.sitting and meant(report.sitting),
    )
