"""Names that only the wire knows, and reports as the desk has said whose names they use."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from bot.election.councils import Council, Councils, as_the_wire_says
from bot.election.parties import Parties, WireParty
from bot.election.reports import BallotReport
from bot.store.codec import insert, row_of, rows, value
from bot.store.journal import Entry


@dataclass(frozen=True, slots=True)
class WireNameLearnt(Entry, kind="wire-name-learnt"):
    """The wire named a party or a council that is in none of our tables, or a council's type."""

    what: str
    code: str
    name: str

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the name."""
        insert(db, "wire_names", {**row_of(self), "first_seen": at}, verb="INSERT OR IGNORE")


def wire_name(db: sqlite3.Connection, what: str, code: str) -> str | None:
    """Return the name that the wire gave to a party or a council, or a council's type."""
    name: str | None = value(
        db, "SELECT name FROM wire_names WHERE what = ? AND code = ?", what, code
    )
    return name


_PARTIES = "SELECT code, name FROM wire_names WHERE what = 'party' ORDER BY first_seen, code"


def party_names(db: sqlite3.Connection) -> dict[str, str]:
    """Return the names that the wire gave to parties that no table knows, by their codes.

    The first seen come first.
    """
    return {one["code"]: one["name"] for one in rows(db, _PARTIES)}


def council_of(db: sqlite3.Connection, councils: Councils, code: str) -> Council:
    """Return the council of a *code*; of one that only the wire knows, what the wire says of it."""
    council = councils.get(code)
    if council.known:
        return council
    name = wire_name(db, "council", code) or council.name
    return as_the_wire_says(council, name, wire_name(db, "type", code) or "")


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
