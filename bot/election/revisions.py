"""Which of several nominations, results or ward reports about the same thing counts.

The highest revision counts, whatever the order of arrival. If two reports of one revision differ,
the first to arrive counts and the other is held unless the desk has confirmed it; if both are in
one document, both are held. In a format without revisions the last to arrive counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from bot.election.case_file import (
    CONTRADICTION,
    CaseFile,
    CouncilCase,
    Filed,
    Verdict,
    VerdictStatus,
)
from bot.election.checks import CHECKS, ResultFacts, facts_of
from bot.election.parties import Parties, folded
from bot.election.places import Place, Places, Told, by_election_names, seats_listed
from bot.election.reports import (
    BallotReport,
    CouncilResult,
    Nominations,
    SourceKind,
    WardReport,
    WinnerStatement,
)
from bot.election.standings import Source
from bot.election.ward_checks import WARD_CHECKS, WardFacts
from bot.election.wards import SEATS_NOT_TOLD, report_from, told_by_statements

R = TypeVar("R")
Verdicts = dict[int, Verdict]
_Poll = tuple[str, bool]

BY_ELECTION_KEY = ".by-election"
"""How the ward key of a by-election ends."""


N = TypeVar("N", Nominations, BallotReport)


def nominations_in_force(
    filed: Iterable[Filed[N]], case: CaseFile, verdicts: Verdicts
) -> Filed[N] | None:
    """Return the nominations that count: the highest revision, or the last to arrive without one.

    The verdict on each is added to *verdicts*. Two that differ in one document are both held.
    """
    current: Filed[N] | None = None
    looked_into = looked_into_of(filed, case, verdicts)
    verdicts.update(rivals_in_one_document(looked_into, case))
    for one in sorted(looked_into, key=_nominations_order):
        if one.id in verdicts:
            continue
        if current is not None and current.content == one.content:
            verdicts[one.id] = Verdict(VerdictStatus.DUPLICATE)
        else:
            if current is not None:
                verdicts[current.id] = Verdict(VerdictStatus.SUPERSEDED)
            verdicts[one.id] = Verdict(VerdictStatus.ACCEPTED)
            current = one
    return current


def _nominations_order(filed: Filed[N]) -> tuple[int, int]:
    report = filed.report
    return ((report.revision or 0) if isinstance(report, BallotReport) else 0, filed.id)


def looked_into_of(filed: Iterable[Filed[R]], case: CaseFile, verdicts: Verdicts) -> list[Filed[R]]:
    """Return the reports that are not rejected; verdicts on the others are added to *verdicts*."""
    filed = list(filed)
    refused = {one.id: verdict for one in filed if (verdict := case.refusal(one)) is not None}
    verdicts.update(refused)
    return [one for one in filed if one.id not in refused]


def rivals_in_one_document(filed: Sequence[Filed[R]], case: CaseFile) -> Verdicts:
    """Return the verdicts on reports about one thing that differ within one document.

    All are held, unless the desk has confirmed one: it supersedes the others.
    """
    by_document: defaultdict[tuple[Source, int], list[Filed[R]]] = defaultdict(list)
    for one in filed:
        by_document[one.source, one.reading].append(one)
    verdicts: Verdicts = {}
    for copies in by_document.values():
        if len({one.content for one in copies}) == 1:
            continue
        confirmed = [one for one in copies if case.confirms(one.id)]
        verdict = (
            Verdict(VerdictStatus.SUPERSEDED)
            if confirmed
            else Verdict(VerdictStatus.HELD, (_SAID_TWICE,), held_by=(CONTRADICTION,))
        )
        verdicts.update({one.id: verdict for one in copies if one not in confirmed[-1:]})
    return verdicts


_SAID_TWICE = "its document says it twice, and otherwise"
_NO_RIVAL = Verdict(VerdictStatus.ACCEPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Generic[R]):
    """A report that is not a duplicate, with the findings of the checks and the desk's ruling.

    `held_by` names the rule behind each of the reasons. `revision` orders it among the reports from
    its source about the same thing, and `called` names the revision in words. If any value of
    `foremost` is False, it counts only if no other does.
    """

    filed: Filed[R]
    reasons: tuple[str, ...]
    held_by: tuple[str, ...]
    warnings: tuple[str, ...]
    confirmed: bool
    revision: tuple[Any, ...]
    called: str
    foremost: tuple[bool, ...] = ()

    @property
    def believed(self) -> bool:
        """Whether the desk has confirmed it or no check holds it."""
        return self.confirmed or not self.reasons

    @property
    def by_desk(self) -> bool:
        """Whether the desk released what a check had held."""
        return self.confirmed and bool(self.reasons)

    @property
    def rank(self) -> tuple[Any, ...]:
        """The order in which reports count; within a revision, the desk's choice or the first."""
        return (self.foremost, self.revision, self.confirmed, -self.filed.id)

    def verdict(self, best: Judged[R] | None) -> Verdict:
        """Return the verdict on this report if *best* is the one in force."""
        if self is best:
            return Verdict(VerdictStatus.ACCEPTED, (), (*self.reasons, *self.warnings))
        reasons, held_by = self.reasons, self.held_by
        if best is not None:
            same = self.revision == best.revision
            replaced = self.revision < best.revision or (same and best.confirmed)
            if replaced or not all(self.foremost):
                return Verdict(VerdictStatus.SUPERSEDED, (), self.warnings)
            if same:
                contradiction = f"it says something else than the {self.called} before it"
                reasons, held_by = (contradiction, *reasons), (CONTRADICTION, *held_by)
        return Verdict(VerdictStatus.HELD, reasons, self.warnings, held_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedResult(Judged[CouncilResult]):
    """A council's result with the facts that its checks use."""

    facts: ResultFacts

    @property
    def settled(self) -> bool:
        """Whether no second fetch has to confirm it; the desk's word does too."""
        return self.filed.settled or self.confirmed


J = TypeVar("J", bound=Judged[Any])


def best_of(reports: Sequence[J], verdicts: Verdicts) -> J | None:
    """Return which report about one thing counts; the verdict on each is added to *verdicts*."""
    believed = [report for report in reports if report.believed]
    best = max(believed, key=lambda report: report.rank, default=None)
    verdicts.update((report.filed.id, report.verdict(best)) for report in reports)
    return best


def results_in_force(
    case: CouncilCase, parties: Parties
) -> tuple[Verdicts, dict[SourceKind, JudgedResult]]:
    """Return the verdicts on all results, and the result in force from each source."""
    verdicts: Verdicts = {}
    by_source: defaultdict[SourceKind, list[JudgedResult]] = defaultdict(list)
    looked_into = [filed for filed in case.results if case.refusal(filed) is None]
    rivals = rivals_in_one_document(looked_into, case)
    for filed in _first_copies(case, verdicts):
        facts = facts_of(filed, case, parties)
        found = CHECKS.findings(facts)
        # In a format without revisions it is the order of arrival.
        number = filed.id if filed.report.revision is None else filed.report.revision
        rival = rivals.get(filed.id, _NO_RIVAL)
        judged = JudgedResult(
            filed=filed,
            facts=facts,
            reasons=(*rival.reasons, *found.reasons),
            held_by=(*rival.held_by, *found.held_by),
            warnings=(*found.warnings, *filed.report.doubts),
            confirmed=case.confirms(filed.id),
            revision=(number,),
            called=f"revision {number} that came in",
        )
        by_source[filed.kind].append(judged)
    best = {kind: best_of(reports, verdicts) for kind, reports in by_source.items()}
    return verdicts, {kind: one for kind, one in best.items() if one is not None}


def _settled_by_repetition(
    filed: Iterable[Filed[R]], thing: Callable[[Filed[R]], Hashable]
) -> list[Filed[R]]:
    """Return reports in order of arrival, marked as settled if a later document repeats them.

    This is for sources without revisions. A report about a *thing* is settled once it is repeated
    without a different one in between.
    """
    ordered = sorted(filed, key=lambda one: one.id)
    last: dict[Hashable, Filed[R]] = {}
    repeated: set[int] = set()
    for one in ordered:
        before = last.get(thing(one))
        if before is None or before.content != one.content:
            last[thing(one)] = one
        elif one.source.received_at != before.source.received_at:  # not from the same fetch
            repeated.add(before.id)
    return [replace(one, settled=True) if one.id in repeated else one for one in ordered]


def _first_copies(case: CouncilCase, verdicts: Verdicts) -> Iterable[Filed[CouncilResult]]:
    """Yield the results to check; verdicts on rejected ones and duplicates go into *verdicts*.

    Without revisions, only a repetition of the last result is a duplicate; a return to an earlier
    one is a change.
    """
    seen: set[tuple[SourceKind, int, str]] = set()
    last: dict[SourceKind, str] = {}
    for filed in _settled_by_repetition(case.results, lambda filed: filed.kind):
        revision = filed.report.revision
        copies = (
            last.get(filed.kind) == filed.content
            if revision is None
            else (filed.kind, revision, filed.content) in seen
        )
        refused = case.refusal(filed)
        if refused is not None:
            verdicts[filed.id] = refused
        elif copies:
            verdicts[filed.id] = Verdict(VerdictStatus.DUPLICATE)
        else:
            yield filed
        if not (filed.report.test and refused is not None):
            last[filed.kind] = filed.content
            if revision is not None:
                seen.add((filed.kind, revision, filed.content))


@dataclass(slots=True)
class WardsInForce:
    """The verdict on each ward report and statement, and the reports by source and ward key."""

    verdicts: Verdicts = field(default_factory=dict)
    by_source: dict[SourceKind, dict[str, Filed[WardReport]]] = field(default_factory=dict)


def wards_in_force(case: CouncilCase) -> WardsInForce:
    """Return the verdicts on ward reports, and for each source and ward the report in force."""
    in_force = WardsInForce()
    judged: defaultdict[tuple[SourceKind, str], list[Judged[WardReport]]] = defaultdict(list)
    replaced = {one.report.replaces for one in case.wards if one.report.replaces}
    seen: set[tuple[SourceKind, str, datetime, str]] = set()
    last: dict[tuple[SourceKind, str], str] = {}
    places = _places_of(case)
    told = list(_reports_from_statements(case, places, in_force))
    keys = _ward_keys((*case.wards, *told), places, case)
    seats = {one.key: one.seats for one in places.wards}
    reports = _settled_by_repetition(case.wards, lambda filed: (filed.kind, keys[filed.id].key))
    arrival_times = _arrival_times(case.wards)
    for one in (*reports, *told):
        key = keys[one.id].key
        filed = _with_seats(one, seats.get(key, 0), case)
        ward = filed.report
        refused = case.refusal(filed)
        if refused is not None:
            in_force.verdicts[filed.id] = refused
            if ward.test:
                continue
        if ward.updated_at is None:
            copies = last.get((filed.kind, key)) == filed.content
        else:
            copies = (filed.kind, key, ward.updated_at, filed.content) in seen
            seen.add((filed.kind, key, ward.updated_at, filed.content))
        last[filed.kind, key] = filed.content
        if refused is not None:
            continue
        if copies:
            in_force.verdicts[filed.id] = Verdict(VerdictStatus.DUPLICATE)
        else:
            doubted, unplaced = keys[filed.id].doubted, keys[filed.id].unplaced
            found = WARD_CHECKS.findings(WardFacts(filed, case, doubted, unplaced))
            gone = ward.replaced_by is not None or ward.ballot_id in replaced
            update = _revision_of(filed, arrival_times)
            judged[filed.kind, key].append(
                Judged(
                    filed=filed,
                    reasons=found.reasons,
                    held_by=found.held_by,
                    warnings=found.warnings,
                    confirmed=case.confirms(filed.id),
                    revision=update,
                    called=f"update of {update[0]:%H:%M:%S}",
                    foremost=(not gone, not _is_partial(ward)),
                )
            )
    for (kind, key), about in judged.items():
        best = best_of(about, in_force.verdicts)
        if best is not None:
            in_force.by_source.setdefault(kind, {})[key] = best.filed
    return in_force


def _revision_of(
    filed: Filed[WardReport], arrival_times: Mapping[int, datetime]
) -> tuple[datetime, int]:
    """Return the time of a report's update; in a format without one, the order of arrival."""
    at = filed.report.updated_at
    return (
        (arrival_times.get(filed.id, filed.source.received_at), filed.id) if at is None else (at, 0)
    )


def _is_partial(ward: WardReport) -> bool:
    """Whether a report from single statements has only some of a ward's winners, and retracts none.

    It does not count against a report from the same source that has them all.
    """
    one_by_one = told_by_statements(ward) and not ward.declared
    return one_by_one and all(candidate.elected for candidate in ward.candidates)


def _arrival_times(reports: Iterable[Filed[WardReport]]) -> dict[int, datetime]:
    """Return when reports came in by id, with none later than a report that came in after it.

    Otherwise a report stamped while the clock was ahead would outrank all that followed.
    """
    arrival_times: dict[int, datetime] = {}
    earliest: datetime | None = None
    for filed in sorted(reports, key=lambda one: -one.id):
        received_at = filed.source.received_at
        earliest = received_at if earliest is None else min(earliest, received_at)
        arrival_times[filed.id] = earliest
    return arrival_times


def _with_seats(filed: Filed[WardReport], ours: int, case: CouncilCase) -> Filed[WardReport]:
    """Return a report with its number of seats filled in, if it gives none, from *ours* (or 0).

    Without a number in our table, a report that the desk has confirmed has a seat for each winner.
    """
    ward = filed.report
    if ward.seats:
        return filed
    if ours:
        seats, doubt = ours, f"{SEATS_NOT_TOLD}: {ours} by our table"
    elif case.confirms(filed.id):
        seats = max(1, len(ward.winners))
        doubt = f"{SEATS_NOT_TOLD}: {seats} by the desk"
    else:
        return filed
    return replace(filed, report=replace(ward, seats=seats, doubts=(*ward.doubts, doubt)))


def _places_of(case: CouncilCase) -> Places:
    """Return the council's wards from our table, or without one from its reports."""
    wards = (filed for filed in case.wards if not filed.report.test)
    statements = (filed for filed in case.statements if not filed.report.test)
    told = (
        *(Told.by(filed.kind, filed.report) for filed in wards if not filed.report.by_election),
        *(
            Told(filed.kind, filed.report.gss, filed.report.area)
            for filed in statements
            if filed.report.area and not filed.report.by_election
        ),
    )
    return Places(case.council.code, case.night, told)


def _reports_from_statements(
    case: CouncilCase, places: Places, found: WardsInForce
) -> Iterable[Filed[WardReport]]:
    """Yield a report per ward, made from the statements about single winners.

    It has the id of the ward's last statement. The last of several statements about one person
    supersedes the others.
    """
    by_ward: defaultdict[_Poll, list[Filed[WinnerStatement]]] = defaultdict(list)
    seen: set[tuple[SourceKind, str]] = set()
    for filed in sorted(case.statements, key=lambda filed: filed.id):
        refused = case.refusal(filed)
        if refused is not None:
            found.verdicts[filed.id] = refused
        elif (filed.kind, filed.content) in seen:
            found.verdicts[filed.id] = Verdict(VerdictStatus.DUPLICATE)
        elif asks := _questions_about(filed, places, case):
            unclear = (_UNCLEAR_PLACE,) * len(asks)
            found.verdicts[filed.id] = Verdict(VerdictStatus.HELD, asks, held_by=unclear)
        else:
            seen.add((filed.kind, filed.content))
            by_ward[_poll_of(filed.report, places)].append(filed)
    seats_by_ward = {_poll_of(ward.report, places): ward.report.seats for ward in case.wards}
    for ward, statements in by_ward.items():
        statements.sort(key=lambda filed: (filed.report.stated_at, filed.id))
        last = statements[-1]
        newest = {filed.report.person: filed.id for filed in statements}
        for filed in statements:
            counts = newest[filed.report.person] == filed.id
            status = VerdictStatus.ACCEPTED if counts else VerdictStatus.SUPERSEDED
            found.verdicts[filed.id] = Verdict(status)
        place = places.of(last.report.gss, last.report.area)
        listed = seats_listed(last.report, place, case.council.code, case.night)
        seats = listed or seats_by_ward.get(ward)
        # If the number of seats is unknown, one more than the winners keeps the ward undeclared.
        told = report_from((filed.report for filed in statements), seats or len(newest) + 1)
        if place and place.known:
            told = replace(told, area=place.known.name, gss=place.known.gss)
        yield Filed(last.id, told, last.content, last.source, last.settled, last.reading)


_UNCLEAR_PLACE = "ward or council not clear"


def _questions_about(
    filed: Filed[WinnerStatement], places: Places, case: CouncilCase
) -> tuple[str, ...]:
    """Return what the desk is asked about a statement's ward or council; nothing once confirmed."""
    if case.confirms(filed.id):
        return ()
    place = places.of(filed.report.gss, filed.report.area)
    doubt = _ward_question(place, filed.report.area) if place else None
    return tuple(filter(None, (doubt, case.misdirected.get(filed.id))))


def _ward_question(place: Place, name: str | None) -> str | None:
    """Return what the desk is asked if the code and the name mean different wards."""
    counted_as = place.known.name if place.known else name
    return place.doubt and f"{place.doubt}: confirming counts it as {counted_as}"


def _poll_of(report: WardReport | WinnerStatement, places: Places) -> _Poll:
    """Return the ward's key, and whether the report is about a by-election there."""
    place = places.of(report.gss, report.area)
    if place is None:
        return f"{report.gss} {folded(report.area or '')}", report.by_election
    return place.key, report.by_election


class _WardKey(NamedTuple):
    """A ward's key, and what the desk is asked if it is not clear which ward is meant."""

    key: str
    doubted: str | None = None
    unplaced: str | None = None


def _ward_keys(
    reports: Sequence[Filed[WardReport]], places: Places, case: CouncilCase
) -> dict[int, _WardKey]:
    """Return the ward of each report, by the report's id.

    Questions to the desk are worded so that confirming the report answers them.
    """
    found: dict[int, _WardKey] = {}
    unplaced: list[Filed[WardReport]] = []
    told = ((filed.id, filed.report) for filed in reports)
    by_elections = by_election_names(told, case.council.code, case.night)
    for filed in reports:
        ward = filed.report
        place = places.of(ward.gss, ward.area, ward.ballot_id)
        doubted = _ward_question(place, ward.area) if place else None
        if ward.by_election:
            where = place.key if place and place.known else by_elections[filed.id]
            found[filed.id] = _WardKey(f"{where}{BY_ELECTION_KEY}", doubted)
        elif place is not None:
            found[filed.id] = _WardKey(place.key, doubted)
        else:
            unplaced.append(filed)
    placed = {(filed.kind, found[filed.id].key) for filed in reports if filed.id in found}
    for filed in unplaced:
        ward = filed.report
        near = [one for one in places.nearest(ward.area) if (filed.kind, one.key) not in placed]
        ask = f"our table has no ward {ward.area} in {case.council.name}"
        if near:
            names = " or ".join(one.name for one in near)
            ask = f"{ask}: is it {names}? Confirming counts it as {near[0].name}"
        found[filed.id] = _WardKey(near[0].key if near else ward.ballot_id, unplaced=ask)
    return found
