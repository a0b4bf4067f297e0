"""The records of councils, wards and ballots that the database stores, made from decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.election.almanac import Almanac, CouncilElection
from bot.election.baselines import Baseline, baseline_of
from bot.election.case_file import BallotCase, CouncilCase, Filed, VerdictStatus
from bot.election.claims import Basis, ClaimState, ClaimVersion
from bot.election.control import Control, Outcome
from bot.election.decide_ballot import BallotDecision
from bot.election.decide_council import Decision
from bot.election.parties import VACANT, Parties
from bot.election.reports import BallotKind, Proportion, SourceKind, WardReport, WireCouncil
from bot.election.seats import Composition
from bot.election.standings import PriorSource, Source, Voice
from bot.election.views import CouncilView
from bot.election.ward_outcomes import winners_by_party
from bot.election.wards import differs_from_filed

_EVER_ACCEPTED = (VerdictStatus.ACCEPTED, VerdictStatus.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class SeatsRecord:
    """A party's seats on a council; None for a figure that is not given."""

    party: str
    held: int | None = None
    offered: int | None = None
    unopposed: int | None = None
    candidates: int | None = None
    won: int | None = None
    now: int | None = None
    change: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilRecord:
    """A council as stored, with its seats in the order of the party codes."""

    name: str
    votes: bool
    proportion: Proportion | None = None
    new_council: bool = False
    boundary_change: bool = False
    seats_up: int | None = None
    before: Control | None = None
    before_source: PriorSource | None = None
    before_year: int | None = None
    after: Control | None = None
    outcome: Outcome | None = None
    basis: Basis | None = None
    by_desk: bool = False
    confirmed: bool = True
    source: Source | None = None
    voices: tuple[Voice, ...] = ()
    differences: tuple[str, ...] = ()
    lacking: str | None = None
    total: int | None = None
    baseline: Baseline | None = None
    declared_at: datetime | None = None
    nominations_id: int | None = None
    report_id: int | None = None
    version: int | None = None
    state: ClaimState | None = None
    seats: tuple[SeatsRecord, ...] = ()

    def column(self, name: str) -> Composition | None:
        """Return one column of the seats, None if it has no figures."""
        said = {row.party: getattr(row, name) for row in self.seats}
        told = {party: seats for party, seats in said.items() if seats is not None}
        return Composition(told) if told else None

    @property
    def changes(self) -> dict[str, int] | None:
        """The signed changes from the baseline, None if they are not given."""
        if self.baseline is None:
            return None
        return {row.party: row.change for row in self.seats if row.change}


@dataclass(frozen=True, slots=True, kw_only=True)
class WardRecord:
    """A ward as stored, from its report in force.

    `told` is the report if it is not exactly what came in, as when it is made of statements about
    single winners, of which `report_id` is the last. It is None otherwise.
    """

    ballot: str
    name: str
    gss: str | None
    seats: int
    declared: bool
    counts: bool
    by_election: bool
    vacant: int
    won: dict[str, int]
    report_id: int
    told: WardReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotRecord:
    """A ballot as stored: of a mayor, a constituency or a referendum, or a ward's by-election.

    `council` is the code of the by-election's council, None for any other ballot.
    """

    kind: BallotKind
    name: str
    council: str | None
    area: str
    elected: tuple[str, ...]
    declared: bool
    confirmed: bool
    by_desk: bool
    differences: tuple[str, ...]
    source: Source | None
    report_id: int | None
    declared_at: datetime | None
    version: int | None
    state: ClaimState | None


def council_record(
    case: CouncilCase,
    decision: Decision,
    claim: ClaimVersion[Any] | None,
    stored: CouncilRecord | None,
    almanac: Almanac,
) -> CouncilRecord:
    """Return the record of a council."""
    nominations, election, lead = decision.nominations, case.election, decision.result
    descriptions = _descriptions(case, decision)
    content = decision.content
    proportion = next((one.proportion for one in descriptions if one.proportion), None)
    new_council = any(one.new_council for one in descriptions)
    boundary_change = any(one.boundary_change for one in descriptions)
    seats_up = election.seats_up if election else None
    # If the whole council is elected, nominations give the seats of the outgoing council, or none.
    anew = new_council or boundary_change or proportion is Proportion.ALL
    if nominations is not None and not anew:
        seats_up = sum(line.seats_offered for line in nominations.report.parties)
    return CouncilRecord(
        # An unknown council keeps the first spelling of its name, which its code does not have.
        name=case.council.name if case.council.known or not stored else stored.name,
        votes=election is not None
        or nominations is not None
        or (lead is not None and lead.basis is not Basis.BY_ELECTION)
        or any(counts_tonight(filed.report) for filed in decision.wards.values()),
        proportion=proportion,
        new_council=new_council,
        boundary_change=boundary_change,
        seats_up=seats_up,
        before=decision.prior.control,
        before_source=decision.prior.source,
        before_year=decision.prior.year,
        after=content.after if content else None,
        outcome=content.outcome if content else None,
        basis=lead.basis if lead else None,
        by_desk=lead.by_desk if lead else False,
        confirmed=decision.claimable,
        source=lead.source if lead else None,
        voices=decision.voices,
        differences=decision.differences,
        lacking=decision.lacking if decision.stuck else None,
        total=lead.now.total if lead else None,
        baseline=_baseline(lead, case),
        declared_at=_declared_at(case, decision, stored) if content else None,
        nominations_id=nominations.id if nominations else None,
        report_id=decision.in_force,
        version=claim.version if claim else None,
        state=claim.state if claim else None,
        seats=_seats(decision, almanac.parties),
    )


def _descriptions(case: CouncilCase, decision: Decision) -> list[WireCouncil | CouncilElection]:
    """Return the council's descriptions: by the result, else the nominations; then our table's."""
    of_result = [one.report.council for one in case.results if one.id == decision.in_force]
    nominated = [decision.nominations.report.council] if decision.nominations else []
    wire: list[WireCouncil | CouncilElection] = [*(of_result or nominated)]
    return [*wire, case.election] if case.election is not None else wire


def _baseline(lead: CouncilView | None, case: CouncilCase) -> Baseline | None:
    if lead is None or lead.changes is None:
        return None
    election = case.election
    before, named = (election.before, election.baseline) if election else (None, None)
    told_by = next((one.kind for one in case.results if one.id == lead.report_id), None)
    own = Baseline.SHEETS if told_by is SourceKind.SHEET else Baseline.WIRES
    return baseline_of(lead.now, lead.changes, before, named, own)


def _declared_at(case: CouncilCase, decision: Decision, stored: CouncilRecord | None) -> datetime:
    """Return when the council declared: when its first result came in, whatever changed since."""
    told = [
        filed.source.received_at
        for filed in case.results
        if decision.verdicts[filed.id].status in _EVER_ACCEPTED
    ]
    if stored is not None and stored.declared_at is not None:
        told.append(stored.declared_at)
    if decision.result is not None and decision.result.source is not None:
        told.append(decision.result.source.received_at)
    return min(told)


def _seats(decision: Decision, parties: Parties) -> tuple[SeatsRecord, ...]:
    sums: defaultdict[str, dict[str, int]] = defaultdict(dict)
    if decision.nominations is not None:
        lines = decision.nominations.report.parties
        # All are left out if one is missing: an unknown number must not count as none.
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
    if (lead := decision.result) is not None:
        given = {"now": lead.now, "won": lead.won, "change": lead.changes}
        for column, seats in given.items():
            if seats is not None:
                for code in {*lead.now, *seats}:
                    sums[code][column] = seats.get(code, 0)
    return tuple(SeatsRecord(party, **row) for party, row in sorted(sums.items()))


def counts_tonight(ward: WardReport) -> bool:
    """Whether a ballot is part of its council's election tonight."""
    return not (ward.cancelled or ward.replaced_by or ward.by_election)


def changed_wards(
    decision: Decision, stored: Mapping[str, WardRecord], parties: Parties, *, anew: bool
) -> tuple[WardRecord, ...]:
    """Return the wards that differ from what is *stored*.

    A ward whose report is unchanged is skipped, unless the report is put together from several or
    *anew* is set, because the desk may have assigned a party's name.
    """
    changed = []
    for key, filed in decision.wards.items():
        old, ward = stored.get(key), filed.report
        again = anew or ward.by_election or differs_from_filed(ward)
        if old is not None and old.report_id == filed.id and not again:
            continue
        record = _ward_record(key, filed, parties, counted_too=key in decision.counted_too)
        if record != old:
            changed.append(record)
    return tuple(changed)


def _ward_record(
    key: str, filed: Filed[WardReport], parties: Parties, *, counted_too: bool
) -> WardRecord:
    ward = filed.report
    return WardRecord(
        ballot=key,
        name=ward.area,
        gss=ward.gss,
        seats=ward.seats,
        declared=ward.declared,
        counts=counts_tonight(ward) or counted_too,
        by_election=ward.by_election,
        vacant=0 if ward.by_election and not counted_too else ward.vacant,
        won=dict(winners_by_party([ward], parties)),
        report_id=filed.id,
        told=ward if differs_from_filed(ward) else None,
    )


def ballot_record(
    case: BallotCase,
    decision: BallotDecision,
    claim: ClaimVersion[Any] | None,
    stored: BallotRecord | None,
) -> BallotRecord:
    """Return the record of a ballot."""
    report, content = decision.report, decision.content
    in_force = next((one for one in case.filed if one.id == decision.in_force), None)
    declared_at = None
    if content is not None:
        told = [one.source.received_at for one in case.filed if one.report.declared]
        declared_at = (stored and stored.declared_at) or min(told, default=None)
    return BallotRecord(
        kind=case.ballot.kind,
        name=case.ballot.name,
        council=case.ballot.council if case.ballot.kind is BallotKind.WARD else None,
        area=case.ballot.area,
        elected=tuple(one.name for one in report.winners) if report else (),
        declared=content is not None,
        confirmed=decision.claimable,
        by_desk=decision.by_desk,
        differences=decision.differences,
        source=in_force.source if in_force else None,
        report_id=decision.in_force,
        declared_at=declared_at,
        version=claim.version if claim else None,
        state=claim.state if claim else None,
    )
