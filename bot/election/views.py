"""Views: what a result, the wards or the desk's override says of a council as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.election.case_file import Filed, Override
from bot.election.claims import Basis
from bot.election.control import NOC, Control, control_of
from bot.election.parties import INDEPENDENT, Parties
from bot.election.reports import SourceKind, WardReport
from bot.election.revisions import JudgedResult, WardsInForce
from bot.election.seats import Composition
from bot.election.standings import Source
from bot.election.wards import WardsTold


@dataclass(frozen=True, slots=True)
class CouncilView:
    """A council as a whole according to one source, all wards together or the desk.

    `kinds` are the sources that say so; `settled` is False if a second fetch has to confirm it.
    """

    kinds: frozenset[SourceKind]
    after: Control
    won: Composition | None
    now: Composition
    changes: Mapping[str, int] | None
    basis: Basis
    by_desk: bool = False
    source: Source | None = None
    report_id: int | None = None
    settled: bool = True


def view_of_result(judged: JudgedResult) -> CouncilView:
    """Return the view of a result. If the desk released it, its own winner counts."""
    facts, filed = judged.facts, judged.filed
    if facts.report.winner_given and (judged.reasons or facts.winner is None):
        after = Control(facts.winner.code if facts.winner else None)
    else:
        after = control_of(facts.now)
    return CouncilView(
        kinds=frozenset({filed.kind}),
        after=after,
        won=facts.won,
        now=facts.now,
        changes=facts.changes,
        basis=Basis.DESK if judged.by_desk else Basis.RESULT,
        by_desk=judged.by_desk,
        source=filed.source,
        report_id=filed.id,
        settled=judged.settled,
    )


def named(view: CouncilView, wards: WardsTold, parties: Parties) -> CouncilView:
    """Name the party that has the majority by the wards, if a result only gives the bucket.

    The wire counts local parties as "Independent/Other"; the wards show whether one of them alone
    has more than half (as Aspire in Tower Hamlets). Its seats are then taken out of the bucket.
    If the bucket has fewer, the wards and the wire disagree, and the view is left as it is.
    """
    alone = wards.control
    if view.after.holder != INDEPENDENT or alone is None or alone.holder is None:
        return view
    theirs = 0 if wards.now is None else wards.now.get(alone.holder, 0)
    if not parties.get(alone.holder).is_one_party or theirs > view.now.get(INDEPENDENT, 0):
        return view
    changes = view.changes
    if changes is not None and wards.changes is not None:
        moved = wards.changes.get(alone.holder, 0)
        changes = {**changes, INDEPENDENT: changes.get(INDEPENDENT, 0) - moved, alone.holder: moved}
    return replace(
        view,
        after=alone,
        now=_taken_from_bucket(view.now, alone.holder, theirs),
        won=view.won and _taken_from_bucket(view.won, alone.holder, wards.won.get(alone.holder, 0)),
        changes=changes,
    )


def _taken_from_bucket(seats: Composition, party: str, number: int) -> Composition:
    """Return *seats* with a party's *number* of seats taken out of the bucket."""
    moved = min(number, seats.get(INDEPENDENT, 0))
    rest = {**seats, INDEPENDENT: seats.get(INDEPENDENT, 0) - moved}
    return Composition([*rest.items(), (party, moved)])


def same_control(one: Control, other: Control) -> bool:
    """Whether two controls are the same; the bucket and no overall control count as equal."""
    return one == other or {one.holder, other.holder} == {INDEPENDENT, None}


def views_of_wards(
    wards: WardsInForce,
    told: Mapping[SourceKind, WardsTold],
    together: Mapping[str, Filed[WardReport]],
    told_together: WardsTold,
) -> list[CouncilView]:
    """Return the view of all wards together, then those of single sources that differ from it."""
    views = []
    if told_together.control is not None:
        # A source agrees only if it has the whole council by itself.
        kinds = {kind for kind, one in told.items() if one.control == told_together.control}
        views.append(_view_of_wards(frozenset(kinds), told_together, together))
    for kind, one in sorted(told.items()):
        if one.control is not None and one.control != told_together.control:
            views.append(_view_of_wards(frozenset({kind}), one, wards.by_source[kind]))
    return views


def _view_of_wards(
    kinds: frozenset[SourceKind], told: WardsTold, reports: Mapping[str, Filed[WardReport]]
) -> CouncilView:
    last = max(reports.values(), key=lambda filed: (filed.source.received_at, filed.id))
    return CouncilView(
        kinds=kinds,
        after=told.control or NOC,
        won=told.won,
        now=told.now or Composition(),
        changes=told.changes,
        basis=Basis.WARDS,
        source=last.source,
        settled=all(filed.settled for filed in reports.values()),
    )


def view_of_desk(word: Override, views: Sequence[CouncilView]) -> list[CouncilView]:
    """Return the desk's view, with the seats of an agreeing report if the override gives none."""
    if word.control is None:
        return []
    agreeing = views[0] if views else None
    theirs = agreeing if word.seats is None else None
    return [
        CouncilView(
            kinds=frozenset({SourceKind.DESK}),
            after=word.control,
            won=theirs.won if theirs else None,
            now=word.seats or (agreeing.now if agreeing else Composition()),
            changes=theirs.changes if theirs else None,
            basis=Basis.DESK,
            by_desk=True,
            source=Source("desk", f"the word of {word.who}", None, word.at, SourceKind.DESK),
            report_id=agreeing.report_id if agreeing else None,
        )
    ]


def says(view: CouncilView, parties: Parties) -> str:
    """Return in words which sources say who controls the council."""
    holder = view.after.holder
    said = "no overall control" if holder is None else parties.get(holder).name
    return f"{', '.join(sorted(view.kinds)) or 'the wards together'} has {said}"
