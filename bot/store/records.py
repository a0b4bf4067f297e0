"""What a judgement makes the tables say of a council, beside what they say already."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime

from bot.election.almanac import Almanac, CouncilElection
from bot.election.baselines import Baseline, baseline_of
from bot.election.case import Filed, VerdictStatus
from bot.election.claims import Basis, ClaimContent, ClaimState, ClaimVersion
from bot.election.control import Outcome
from bot.election.decide import Outturn
from bot.election.parties import VACANT, Parties
from bot.election.reports import Proportion, WardReport, WireCouncil
from bot.election.standings import PriorSource
from bot.election.ward_outcomes import winners_by_party
from bot.election.wards import differs_from_filed
from bot.store.cases import Judgement, Papers
from bot.store.reports import encode
from bot.store.results import (
    SOURCE,
    VOICES,
    ClaimRecord,
    SeatsRecord,
    StandingRecord,
    WardRecord,
    control_code,
    control_from,
)

_SEATS_COLUMNS = tuple(field.name for field in fields(SeatsRecord))
_BELIEVED = (VerdictStatus.ACCEPTED, VerdictStatus.SUPERSEDED)


def stored_standing(
    connection: sqlite3.Connection, night: str, council: str
) -> StandingRecord | None:
    """Return what the tables say of a council now, None where they say nothing."""
    row = connection.execute(
        "SELECT name, votes, proportion, new_council, boundary_change, seats_up, before, "
        "before_source, after, outcome, basis, by_desk, confirmed, source, voices, differences, "
        "total, baseline, declared_at, "
        "nominations_id, report_id, version, state, lacking FROM standings "
        "WHERE night = ? AND council = ?",
        (night, council),
    ).fetchone()
    if row is None:
        return None
    return StandingRecord(
        name=row[0],
        votes=bool(row[1]),
        proportion=row[2] and Proportion(row[2]),
        new_council=bool(row[3]),
        boundary_change=bool(row[4]),
        seats_up=row[5],
        before=row[6],
        before_source=row[7] and PriorSource(row[7]),
        after=row[8],
        outcome=row[9] and Outcome(row[9]),
        basis=row[10] and Basis(row[10]),
        by_desk=bool(row[11]),
        confirmed=bool(row[12]),
        source=row[13] and SOURCE.validate_json(row[13]),
        voices=VOICES.validate_json(row[14]),
        differences=tuple(json.loads(row[15])),
        total=row[16],
        baseline=row[17] and Baseline.from_code(row[17]),
        declared_at=row[18] and datetime.fromisoformat(row[18]),
        nominations_id=row[19],
        report_id=row[20],
        version=row[21],
        state=row[22] and ClaimState(row[22]),
        lacking=row[23],
        seats=tuple(
            SeatsRecord(*seats)
            for seats in connection.execute(
                f"SELECT {', '.join(_SEATS_COLUMNS)} FROM standing_seats "  # noqa: S608
                "WHERE night = ? AND council = ? ORDER BY party",
                (night, council),
            )
        ),
    )


def latest_claim(
    connection: sqlite3.Connection, night: str, council: str
) -> ClaimVersion[ClaimContent] | None:
    """Return the newest version of a council's claim, None where nothing was ever claimed."""
    row = connection.execute(
        "SELECT version, state, before, after, outcome FROM claims "
        "WHERE night = ? AND council = ? ORDER BY version DESC LIMIT 1",
        (night, council),
    ).fetchone()
    return row and ClaimVersion(row[0], ClaimState(row[1]), content_from(*row[2:]))


def content_from(before: str | None, after: str | None, outcome: str | None) -> ClaimContent | None:
    """Return a claim's content from its columns, None for a retraction."""
    control = control_from(after)
    if outcome is None or control is None:
        return None
    return ClaimContent(control_from(before), control, Outcome(outcome))


def standing_record(
    papers: Papers,
    judgement: Judgement,
    claim: ClaimVersion[ClaimContent] | None,
    stored: StandingRecord | None,
    almanac: Almanac,
) -> StandingRecord:
    """Return what the tables are to say of a council."""
    decision, nominations = judgement.decision, judgement.nominations
    election = almanac.night(papers.night).elections.get(papers.council.code)
    wire = _wire_council(papers, judgement)
    outturn, content = decision.result, decision.content
    proportion = (wire.proportion if wire else None) or (election.proportion if election else None)
    new_council = _either("new_council", wire, election)
    boundary_change = _either("boundary_change", wire, election)
    seats_up = election.seats_up if election else None
    # Where the whole council is elected anew, nominations count the seats of the old one, or none.
    anew = new_council or boundary_change or proportion is Proportion.ALL
    if nominations is not None and not anew:
        seats_up = sum(line.seats_offered for line in nominations.report.parties)
    return StandingRecord(
        # What an unknown council was called first: its code does not say how it is written.
        name=papers.council.name if papers.council.known or not stored else stored.name,
        votes=election is not None
        or nominations is not None
        or outturn is not None
        or any(counts_tonight(filed.report) for filed in judgement.wards.values()),
        proportion=proportion,
        new_council=new_council,
        boundary_change=boundary_change,
        seats_up=seats_up,
        before=control_code(decision.before),
        before_source=decision.before_source,
        after=control_code(content.after) if content else None,
        outcome=content.outcome if content else None,
        basis=outturn.basis if outturn else None,
        by_desk=outturn.by_desk if outturn else False,
        confirmed=decision.claimable,
        source=outturn.source if outturn else None,
        voices=decision.voices,
        differences=decision.differences,
        lacking=decision.lacking if decision.stuck else None,
        total=outturn.now.total if outturn else None,
        baseline=_baseline(outturn, election),
        declared_at=_declared_at(papers, judgement, stored) if content else None,
        nominations_id=nominations.id if nominations else None,
        report_id=decision.in_force,
        version=claim.version if claim else None,
        state=claim.state if claim else None,
        seats=_seats(judgement, almanac.parties),
    )


def ward_records(
    wards: Iterable[tuple[str, Filed[WardReport]]],
    parties: Parties,
    counted_too: frozenset[str] = frozenset(),
) -> tuple[WardRecord, ...]:
    """Return the rows of the wards, given by key with the report in force of each.

    *counted_too* are the keys of by-elections that are part of the council's election.
    """
    return tuple(
        WardRecord(
            ballot=key,
            name=ward.area,
            gss=ward.gss,
            seats=ward.seats,
            declared=ward.declared,
            counts=counts_tonight(ward) or key in counted_too,
            by_election=ward.by_election,
            vacant=0 if ward.by_election and key not in counted_too else ward.vacant,
            won=dict(winners_by_party([ward], parties)),
            report_id=filed.id,
            data=encode(ward) if differs_from_filed(ward) else None,
        )
        for key, filed in wards
        for ward in (filed.report,)
    )


def counts_tonight(ward: WardReport) -> bool:
    """Return whether a ballot is part of its council's election tonight."""
    return not (ward.cancelled or ward.replaced_by or ward.by_election)


def claim_record(
    version: ClaimVersion[ClaimContent],
    judgement: Judgement,
    standing: StandingRecord,
    *,
    seeded: bool,
) -> ClaimRecord:
    """Return a claim's new version with what it rests on."""
    outturn = judgement.decision.result
    return ClaimRecord(
        version=version,
        basis=standing.basis,
        declared_at=standing.declared_at,
        seeded=seeded,
        by_desk=standing.by_desk,
        report_id=standing.report_id,
        won=None if outturn is None or outturn.won is None else dict(outturn.won),
        now=None if outturn is None else dict(outturn.now),
    )


StoredWard = tuple[int, int, int, str, str | None]
"""The report in force, its seats, whether it counts, and as JSON who won and what `data` holds."""


def stored_wards(connection: sqlite3.Connection, night: str, council: str) -> dict[str, StoredWard]:
    """Return what is stored of each ballot of a council."""
    rows = connection.execute(
        "SELECT ballot, report_id, seats, counts, won, data FROM wards "
        "WHERE night = ? AND council = ?",
        (night, council),
    )
    return {ballot: tuple(row) for ballot, *row in rows}


def changed_wards(
    wards: Mapping[str, Filed[WardReport]],
    stored: Mapping[str, StoredWard],
    parties: Parties,
    counted_too: frozenset[str] = frozenset(),
    *,
    anew: bool,
) -> tuple[WardRecord, ...]:
    """Return the rows of the wards that are not *stored* as they are.

    A report says the same for good; but what statements about single winners come to is under the
    id of the last of them, and more may be known of it later. With *anew* all are looked at: the
    desk may have said who a party is.
    """
    return tuple(
        record
        for key, filed in wards.items()
        for old in (stored.get(key),)
        if anew
        or old is None
        or old[0] != filed.id
        or filed.report.by_election
        or differs_from_filed(filed.report)
        for record in ward_records([(key, filed)], parties, counted_too)
        if old is None
        or (record.report_id, record.seats, record.counts, record.won, record.data)
        != (*old[:3], json.loads(old[3]), old[4])
    )


def _wire_council(papers: Papers, judgement: Judgement) -> WireCouncil | None:
    """Return how the wire describes the council: its result does before its nominations."""
    for filed in papers.results:
        if filed.id == judgement.decision.in_force:
            return filed.report.council
    return judgement.nominations.report.council if judgement.nominations else None


def _baseline(outturn: Outturn | None, election: CouncilElection | None) -> Baseline | None:
    if outturn is None or outturn.changes is None:
        return None
    before, named = (election.before, election.baseline) if election else (None, None)
    return baseline_of(outturn.now, outturn.changes, before, named)


def _either(trait: str, wire: WireCouncil | None, election: CouncilElection | None) -> bool:
    return any(getattr(one, trait) for one in (wire, election) if one is not None)


def _declared_at(papers: Papers, judgement: Judgement, stored: StandingRecord | None) -> datetime:
    """Return when the council declared: the first time that it was told, whatever changed since."""
    told = [
        filed.source.received_at
        for filed in papers.results
        if judgement.verdicts[filed.id].status in _BELIEVED
    ]
    if stored is not None and stored.declared_at is not None:
        told.append(stored.declared_at)
    outturn = judgement.decision.result
    if outturn is not None and outturn.source is not None:
        told.append(outturn.source.received_at)
    return min(told)


def _seats(judgement: Judgement, parties: Parties) -> tuple[SeatsRecord, ...]:
    sums: defaultdict[str, dict[str, int]] = defaultdict(dict)
    if judgement.nominations is not None:
        lines = judgement.nominations.report.parties
        # Where one party's number is not said, nobody can be said to have run out of candidates.
        all_said = all(
            line.candidates is not None
            for line in lines
            if parties.resolve(line.party).code != VACANT
        )
        for line in lines:
            row = sums[parties.resolve(line.party).code]
            for column, number in (
                ("held", line.seats_held),
                ("offered", line.seats_offered),
                ("unopposed", line.unopposed),
                ("candidates", (line.candidates or 0) if all_said else None),
            ):
                if number is not None:
                    row[column] = row.get(column, 0) + number
    if (outturn := judgement.decision.result) is not None:
        given = {"now": outturn.now, "won": outturn.won, "change": outturn.changes}
        for column, seats in given.items():
            if seats is not None:
                for code in {*outturn.now, *seats}:
                    sums[code][column] = seats.get(code, 0)
    return tuple(SeatsRecord(party, **row) for party, row in sorted(sums.items()))
