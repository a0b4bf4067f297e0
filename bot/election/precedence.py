"""Which of several nominations, and which of several reports of a ballot, counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.election.decision import (
    TEST_MATERIAL,
    Dossier,
    Filed,
    RulingAction,
    Verdict,
    VerdictStatus,
)
from bot.election.reports import Nominations, WardReport

REJECTED_BY_DESK = "the desk rejected it"


@dataclass(frozen=True, slots=True)
class NominationsInForce:
    """A verdict on each of a council's nominations, and the one that counts."""

    verdicts: Mapping[int, Verdict]
    in_force: Filed[Nominations] | None


@dataclass(frozen=True, slots=True)
class WardsInForce:
    """A verdict on each ward report, and the one that counts of each ballot, by ballot id."""

    verdicts: Mapping[int, Verdict]
    in_force: Mapping[str, Filed[WardReport]]


def nominations_in_force(
    filed: Iterable[Filed[Nominations]],
    rulings: Mapping[int, RulingAction],
    *,
    allow_test: bool = False,
) -> NominationsInForce:
    """Judge a council's nominations: they carry no revision, so the latest received counts."""
    verdicts: dict[int, Verdict] = {}
    current: Filed[Nominations] | None = None
    for one in sorted(filed, key=lambda one: one.id):
        if refused := _refused(one.report.test, rulings.get(one.id), allow_test):
            verdicts[one.id] = refused
        elif current is not None and current.content == one.content:
            verdicts[one.id] = Verdict(VerdictStatus.DUPLICATE)
        else:
            if current is not None:
                verdicts[current.id] = Verdict(VerdictStatus.SUPERSEDED)
            verdicts[one.id] = Verdict(VerdictStatus.ACCEPTED)
            current = one
    return NominationsInForce(verdicts, current)


def wards_in_force(dossier: Dossier) -> WardsInForce:
    """Judge every ward report of a dossier: of one ballot the last update believed counts.

    The order is that of `updated_at`, the feed's revision; of one update with two contents the
    first in stays and the other is held, unless the desk has confirmed it.
    """
    rulings = {ruling.report_id: ruling.action for ruling in dossier.rulings}
    verdicts: dict[int, Verdict] = {}
    judged: defaultdict[str, list[_JudgedWard]] = defaultdict(list)
    seen: set[tuple[str, datetime, str]] = set()
    for filed in sorted(dossier.wards, key=lambda filed: filed.id):
        copy = (filed.report.ballot_id, filed.report.updated_at, filed.content)
        ruling = rulings.get(filed.id)
        if refused := _refused(filed.report.test, ruling, dossier.allow_test):
            verdicts[filed.id] = refused
        elif copy in seen:
            verdicts[filed.id] = Verdict(VerdictStatus.DUPLICATE)
        else:
            confirmed = ruling is RulingAction.CONFIRM
            reasons = _ward_faults(filed, dossier)
            judged[filed.report.ballot_id].append(_JudgedWard(filed, reasons, confirmed))
        seen.add(copy)
    in_force: dict[str, Filed[WardReport]] = {}
    for ballot, reports in judged.items():
        believed = [ward for ward in reports if ward.confirmed or not ward.reasons]
        best = max(believed, key=lambda ward: ward.rank, default=None)
        if best is not None:
            in_force[ballot] = best.filed
        verdicts.update((ward.filed.id, _ward_verdict(ward, best)) for ward in reports)
    return WardsInForce(verdicts, in_force)


@dataclass(frozen=True, slots=True)
class _JudgedWard:
    filed: Filed[WardReport]
    reasons: tuple[str, ...]
    confirmed: bool

    @property
    def rank(self) -> tuple[datetime, bool, int]:
        return (self.filed.report.updated_at, self.confirmed, -self.filed.id)


def _refused(test: bool, ruling: RulingAction | None, allow_test: bool) -> Verdict | None:
    if test and not allow_test:
        return Verdict(VerdictStatus.REJECTED, (TEST_MATERIAL,))
    if ruling is RulingAction.REJECT:
        return Verdict(VerdictStatus.REJECTED, (REJECTED_BY_DESK,))
    return None


def _ward_faults(filed: Filed[WardReport], dossier: Dossier) -> tuple[str, ...]:
    ward, received_at = filed.report, filed.source.received_at
    polls_close = dossier.night.polls_close
    found = []
    if not dossier.council.known and dossier.nominations is None:
        found.append(
            "neither our tables nor the night's nominations know a council named "
            f"{dossier.council.name}"
        )
    if len(ward.winners) > ward.seats:
        found.append(f"it names {len(ward.winners)} winners for {ward.seats} seats")
    early = received_at < polls_close and not (ward.uncontested or ward.test)
    if early and ward.winners:
        found.append(
            f"winners came in at {received_at:%H:%M on %d %B %Y}, "
            f"before polls closed at {polls_close:%H:%M on %d %B %Y}"
        )
    return tuple(found)


def _ward_verdict(ward: _JudgedWard, best: _JudgedWard | None) -> Verdict:
    if best is None:
        return Verdict(VerdictStatus.HELD, ward.reasons)
    if ward is best:
        return Verdict(VerdictStatus.ACCEPTED, (), ward.reasons)
    updated_at, in_force = ward.filed.report.updated_at, best.filed.report.updated_at
    if updated_at < in_force or (updated_at == in_force and best.confirmed):
        return Verdict(VerdictStatus.SUPERSEDED)
    contradiction = f"it says something else than the update of {updated_at:%H:%M:%S} before it"
    reasons = (contradiction,) if updated_at == in_force else ()
    return Verdict(VerdictStatus.HELD, (*reasons, *ward.reasons))
