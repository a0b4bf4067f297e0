"""Who controlled a council before a night, and who says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from bot.election.almanac import CouncilElection, YearOfControl
from bot.election.case_file import CouncilCase
from bot.election.checks import held_of
from bot.election.claims import ClaimContent
from bot.election.control import Control, control_of, control_of_filled
from bot.election.parties import INDEPENDENT, Parties, PartyKind
from bot.election.reports import SourceKind
from bot.election.revisions import JudgedResult
from bot.election.seats import Composition
from bot.election.standings import PriorSource
from bot.election.ward_outcomes import may_be_same

_SAYING_SO = {SourceKind.PA: PriorSource.WIRE, SourceKind.SHEET: PriorSource.SHEET}
"""The sources of results that may say who had control, in the order in which they are believed."""


@dataclass(frozen=True, slots=True)
class Prior:
    """Who controlled a council before the night; None where nothing says so, or it is new.

    `year` is given where the control history says it: that was after the May of that year.
    """

    control: Control | None = None
    source: PriorSource | None = None
    year: int | None = None
    new_council: bool = False

    def content_with(self, after: Control) -> ClaimContent:
        """Return the content of a claim that *after* controls the council now."""
        return ClaimContent.of(self.control, after, new_council=self.new_council)

    def beside(self, after: Control, parties: Parties) -> Prior:
        """Return this as far as it tells whether *after* is a change.

        It does not where one of the two is the bucket of independents and others, and the other a
        local party that may be in it.
        """
        before = self.control
        if before is None or before.holder is None or after.holder is None or before == after:
            return self
        return Prior() if may_be_same(before.holder, after.holder, parties) else self


def prior_of(
    case: CouncilCase, results: Mapping[SourceKind, JudgedResult], parties: Parties
) -> Prior:
    """Return who controlled a council before, by the first of these that says so.

    They are the desk's override, the sitting party in the wire's result and in the sheet's once it
    is settled, the night's table, the seats held at nominations unless control depended on vacant
    ones, and the control history. Where the first only says that it was in the bucket of
    independents and others, the first that names a local party says more.
    """
    if _is_new(case, results.values()):
        return Prior(new_council=True)
    told = list(_told(case, results, parties))
    first = told[0] if told else Prior()
    if first.control == Control(INDEPENDENT):
        named = (one for one in told if one.control and _is_local(one.control, parties))
        return next(named, first)
    return first


def _told(
    case: CouncilCase, results: Mapping[SourceKind, JudgedResult], parties: Parties
) -> Iterator[Prior]:
    """Yield who controlled a council before by each that says so, the foremost first."""
    if case.override is not None and case.override.before is not None:
        yield Prior(case.override.before, PriorSource.DESK)
    for kind, source in _SAYING_SO.items():
        told = results.get(kind)
        if told is not None and told.settled and told.filed.report.sitting_given:
            sitting = told.facts.sitting
            yield Prior(Control(sitting.code if sitting else None), source)
    yield from _by_table(case.election)
    nominations = case.nominated
    held = held_of(nominations, parties) if nominations is not None else Composition()
    if held.filled and control_of(held) == control_of_filled(held):
        yield Prior(control_of(held), PriorSource.NOMINATIONS)
    yield from _by_history(case.last_known)


def _by_table(election: CouncilElection | None) -> Iterator[Prior]:
    if election is not None and election.sitting is not None:
        yield Prior(election.sitting, PriorSource.SHIPPED)


def _by_history(last_known: YearOfControl | None) -> Iterator[Prior]:
    if last_known is not None:
        yield Prior(last_known.control, PriorSource.HISTORY, last_known.year)


def _is_local(control: Control, parties: Parties) -> bool:
    return control.holder is not None and parties.get(control.holder).kind is PartyKind.LOCAL


def prior_by_tables(election: CouncilElection | None, last_known: YearOfControl | None) -> Prior:
    """Return who controlled a council before, by the night's table or else the control history."""
    if election is not None and election.new_council:
        return Prior(new_council=True)
    return next(chain(_by_table(election), _by_history(last_known)), Prior())


def _is_new(case: CouncilCase, results: Iterable[JudgedResult]) -> bool:
    nominated = case.nominated.council if case.nominated else None
    described = (nominated, case.election, *(one.filed.report.council for one in results))
    return any(one is not None and one.new_council for one in described)
