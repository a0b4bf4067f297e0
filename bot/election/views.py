"""A whole council as a source tells it: by its result, by its wards, or by the desk's word."""

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
    """A whole council as one source, all wards together or the desk tells it, by our party codes.

    `kinds` are the sources that tell it, `settled` whether it needs no second look.
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
    """Return a council as a result tells it. A released one speaks with its own winner."""
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
        settled=filed.settled or judged.confirmed,
    )


def named(view: CouncilView, wards: WardsTold, parties: Parties) -> CouncilView:
    """Name the one party that has the majority, where a result only knows the bucket.

    The wire counts local parties as "Independent/Other"; the wards show whether one of them alone
    has more than half (Aspire in Tower Hamlets, 2022). Its seats are taken out of the bucket; where
    they do not fit into it, wards and wire do not tell of the same seats, and nothing is named.
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
        now=_moved_out(view.now, alone.holder, theirs),
        won=view.won and _moved_out(view.won, alone.holder, wards.won.get(alone.holder, 0)),
        changes=changes,
    )


def _moved_out(seats: Composition, party: str, number: int) -> Composition:
    """Return *seats* with a *party* beside the bucket that it was counted in."""
    moved = min(number, seats.get(INDEPENDENT, 0))
    rest = {**seats, INDEPENDENT: seats.get(INDEPENDENT, 0) - moved}
    return Composition([*rest.items(), (party, moved)])


def same_control(one: Control, other: Control) -> bool:
    """Whether two sources say the same, one of which may call the bucket no overall control."""
    return one == other or {one.holder, other.holder} == {INDEPENDENT, None}


def views_of_wards(
    wards: WardsInForce,
    told: Mapping[SourceKind, WardsTold],
    together: Mapping[str, Filed[WardReport]],
    told_together: WardsTold,
) -> list[CouncilView]:
    """Return the council as all wards together tell it, then as each source alone does."""
    views = []
    if told_together.control is not None:
        # Only who tells the whole council alone says so; a piece of it is no second voice.
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
    """Return the council as the desk tells it, with the seats of a report where it gives none."""
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
    """Return in words who says that somebody controls the council."""
    holder = view.after.holder
    said = "no overall control" if holder is None else parties.get(holder).name
    return f"{', '.join(sorted(view.kinds)) or 'the wards together'} has {said}"
