"""Case files as the store has them: every report about a council or a ballot on a night."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from bot.election.almanac import Almanac
from bot.election.ballots import Ballot
from bot.election.case_file import (
    BallotCase,
    CouncilCase,
    Filed,
    Verdict,
    VerdictStatus,
    council_case,
)
from bot.election.councils import Council
from bot.election.policy import USUAL, Policy
from bot.election.reports import SourceKind
from bot.election.standings import Source
from bot.store.codec import column, rows
from bot.store.desk import names_in_force, say_in_force
from bot.store.readings import reading_of
from bot.store.reports import decode


def load_council_case(
    db: sqlite3.Connection,
    night: date,
    council: Council,
    almanac: Almanac,
    *,
    policy: Policy = USUAL,
    arrived: Iterable[Filed[Any]] = (),
) -> CouncilCase:
    """Return a council's case file, with reports that have just *arrived*."""
    filed, recorded = _filed(db, night, "council", council.code)
    rulings, words = say_in_force(db, night.isoformat(), council.code)
    filed += arrived
    return council_case(
        council,
        night,
        filed,
        almanac,
        strangers=() if council.known or not filed else _strangers(db, night, council, filed[0].id),
        overrides=words,
        rulings=tuple(rulings),
        recorded=recorded,
        party_names=names_in_force(db),
        policy=policy,
    )


def _strangers(db: sqlite3.Connection, night: date, council: Council, first: int) -> list[str]:
    """Return the names of the other unknown councils of which a report came before the *first*."""
    return column(
        db,
        "SELECT DISTINCT w.name FROM reports AS r "
        "JOIN wire_names AS w ON w.what = 'council' AND w.code = r.council "
        "WHERE r.night = ? AND r.council != ? AND r.id < ? AND r.considered ORDER BY w.name",
        night.isoformat(),
        council.code,
        first,
    )


def load_ballot_case(
    db: sqlite3.Connection,
    night: date,
    ballot: Ballot,
    almanac: Almanac,
    *,
    policy: Policy = USUAL,
    arrived: Iterable[Filed[Any]] = (),
) -> BallotCase:
    """Return a ballot's case file, with reports that have just *arrived*."""
    filed, recorded = _filed(db, night, "ballot", ballot.code)
    rulings, _ = say_in_force(db, night.isoformat(), ballot.code)
    known = almanac.night(night)
    return BallotCase(
        ballot=ballot,
        known=ballot.code in known.ballots,
        night=known,
        filed=(*filed, *arrived),
        rulings=tuple(rulings),
        recorded=recorded,
        party_names=names_in_force(db),
        policy=policy,
    )


def _filed(
    db: sqlite3.Connection, night: date, column: str, code: str
) -> tuple[list[Filed[Any]], dict[int, Verdict]]:
    """Return what was not turned away, with the verdict that is recorded of each report."""
    found = rows(
        db,
        "SELECT r.*, d.feed, d.name, d.received_at, d.source, d.settled "  # noqa: S608
        "FROM reports AS r JOIN readings AS d ON d.id = r.reading_id "
        f"WHERE r.night = ? AND r.{column} = ? AND r.considered ORDER BY r.id",
        night.isoformat(),
        code,
    )
    recorded = {
        one["id"]: Verdict(
            VerdictStatus(one["verdict"]),
            _sentences(one["reasons"]),
            _sentences(one["warnings"]),
        )
        for one in found
    }
    return [filed_of(one) for one in found], recorded


def _sentences(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(json.loads(text))


def filed_of(report: sqlite3.Row) -> Filed[Any]:
    """Return a stored report with the source that its document names."""
    at = datetime.fromisoformat(report["received_at"])
    kind = SourceKind(report["source"])
    return Filed(
        id=report["id"],
        report=decode(report["kind"], report["data"]),
        content=report["content"],
        source=Source(report["feed"], report["name"], report["revision"], at, kind),
        settled=bool(report["settled"]),
        reading=reading_of(report["id"]),
    )
