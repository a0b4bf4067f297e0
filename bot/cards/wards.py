"""The cards of wards: one ward with its candidates, and all wards of a council."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.card import Card, Field, Page, part_of
from bot.election.almanac import WardSeat
from bot.election.councils import Council
from bot.election.facts import lots
from bot.election.parties import Parties
from bot.election.reports import Candidate, WardReport
from bot.election.standings import Source
from bot.election.stv import quota
from bot.election.ward_outcomes import (
    SeatOutcome,
    is_transferable,
    told_courses,
    ward_outcome,
    winners_by_party,
)
from bot.wording.ballots import seats_sentence
from bot.wording.figures import seats_in_line, seats_lines
from bot.wording.phrases import (
    GREY,
    affiliation,
    count,
    name_of,
    number,
    one_of,
    sentence_case,
    the_members,
)
from bot.wording.sources import FeedAges, as_of, source_words
from bot.wording.text import escape, listed

_LONGEST_LIST = 1_000
_BASELINE = "Gains and holds since these seats were last fought, by-elections since left aside"


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward of a council on a night: as our table has it, and by the report in force.

    `code` is what a question names it by: its GSS code where it has one, else its name. At least
    one of `seat` and `report` is there. `fills_too` is set for a by-election that is part of the
    council's election.
    """

    name: str
    code: str
    council: Council
    seat: WardSeat | None = None
    report: WardReport | None = None
    source: Source | None = None
    fills_too: bool = False

    def __post_init__(self) -> None:
        if self.seat is None and self.report is None:
            raise ValueError(f"nothing is known of the ward {self.name}")

    @property
    def is_declared(self) -> bool:
        """Whether every seat of it has its winner."""
        return self.report is not None and self.report.declared


def ward_card(
    ward: Ward, parties: Parties, now: datetime, *, feeds: FeedAges | None = None
) -> Card:
    """Return all that is known of a ward."""
    report = ward.report
    fields: list[Field] = []
    if report is not None and report.candidates:
        lines = _candidate_lines(ward, report, parties)
        fields.append(Field("Candidates", listed(lines, _LONGEST_LIST)))
    if ward.source is not None:
        fields.append(Field("Who says so", f"{source_words(ward.source)}."))
    place = f"{escape(ward.name)}, {name_of(ward.council)}"
    return Card(
        title=f"{place}: {_state(ward, parties)}",
        description="\n".join(_description(ward, parties)),
        fields=tuple(fields),
        colour=_colour(ward, parties),
        footer=as_of(now, feeds) + _against([ward], parties),
    )


def wards_card(
    council: Council,
    wards: Sequence[Ward],
    parties: Parties,
    now: datetime,
    *,
    page: int = 1,
    feeds: FeedAges | None = None,
) -> tuple[Page, Sequence[Ward]]:
    """Return a page of a council's *wards*, and the wards that are on it."""
    shown, at, pages = part_of(wards, page)
    declared = sum(ward.is_declared for ward in wards)
    place = "" if pages == 1 else f"Page {at} of {pages} · "
    things = "ward" if len(wards) == 1 else "wards"
    told = f"{number(declared)} of {number(len(wards))} {things} declared"
    card = Card(
        title=f"{name_of(council)}: {told if wards else 'no ward of it is known'}",
        description="\n".join(f"{escape(w.name)}: {_state(w, parties)}" for w in shown),
        footer=place + as_of(now, feeds) + _against(shown, parties),
    )
    return Page(card, at, pages), shown


def _against(wards: Sequence[Ward], parties: Parties) -> str:
    """Return what gains and holds are counted from, where any is told."""
    told = any(_outcome(ward, parties) is not None for ward in wards)
    return f" · {_BASELINE}" if told else ""


def _outcome(ward: Ward, parties: Parties) -> SeatOutcome | None:
    if ward.report is None:
        return None
    return ward_outcome(ward.report, ward.seat.previous if ward.seat else None, parties)


def _state(ward: Ward, parties: Parties) -> str:
    """Return what became of a ward: "Labour gain 1 from the Conservatives", "to come"."""
    report = ward.report
    if report is None:
        return "not declared"
    if report.put_off:
        return "the poll is put off"
    if not report.declared:
        elected = len(report.winners)
        return f"{number(elected)} of {count(report.seats, 'seat')}" if elected else "not declared"
    outcome = _outcome(ward, parties)
    if outcome is not None:
        return seats_sentence(outcome, parties) + (", unopposed" if report.uncontested else "")
    won = winners_by_party([report], parties)
    what = "elected unopposed" if report.uncontested else "elected"
    if report.seats == 1:
        return f"{sentence_case(one_of(parties.get(next(iter(won)))))} {what}"
    empty = f", {count(report.vacant, 'seat')} vacant" if report.vacant else ""
    return f"{seats_in_line(seats_lines(won, parties))} {what}{empty}"


def _description(ward: Ward, parties: Parties) -> list[str]:
    report = ward.report
    seats = report.seats if report is not None else ward.seat.seats if ward.seat else 0
    if report is None:
        return [f"{sentence_case(count(seats, 'seat'))} to fill; nothing has come in yet."]
    lines = []
    if report.by_election:
        apart = "it counts for no total of the night"
        told = "it fills a seat of the council's election" if ward.fills_too else apart
        lines.append(f"A by-election: {told}.")
    if report.put_off:
        lines.append("The poll was countermanded or called off, and is held on another day.")
    elif report.uncontested:
        lines.append("Uncontested: no more stood than there are seats, and there was no poll.")
    elif report.declared and any(one.first_preferences is None for one in report.candidates):
        lines.append("Who is elected is told; not all votes are known.")
    facts = [f"{count(seats, 'seat')}"]
    if report.turnout is not None:
        facts.append(f"turnout {report.turnout:.1f}%")
    if report.electorate is not None:
        facts.append(f"electorate {number(report.electorate)}")
    if report.spoilt is not None:
        facts.append(f"{count(report.spoilt, 'ballot paper')} rejected")
    transferable = is_transferable(ward.council)
    if transferable and not report.uncontested and (needed := _quota(report)) is not None:
        facts.append(f"quota {number(needed)} by the first preferences")
    lines.append(f"{sentence_case(', '.join(facts))}.")
    if not transferable:
        for lot in lots(ward.council.code, [report], parties):
            who = " over ".join(the_members(parties.get(one)) for one in (lot.winner, lot.loser))
            lines.append(
                f"The last seat was decided by lot, {who}: {count(lot.votes, 'vote')} each."
            )
    return lines


def _quota(report: WardReport) -> int | None:
    """Return the quota, None where not every first preference is known."""
    votes = [one.first_preferences for one in report.candidates]
    if not votes or None in votes:
        return None
    return quota(sum(one or 0 for one in votes), report.seats)


def _candidate_lines(ward: Ward, report: WardReport, parties: Parties) -> list[str]:
    """Return a line a candidate: who is elected first where no votes are known, else by votes."""
    transferable = is_transferable(ward.council)
    stages: Sequence[int | None] = (None,) * len(report.candidates)
    if transferable:
        stages = [one.elected_at for one in told_courses(report.candidates, report.seats)]
    firsts = [one.first_preferences for one in report.candidates]
    total = 0 if None in firsts else sum(votes or 0 for votes in firsts)
    ordered = sorted(
        zip(report.candidates, stages, strict=True),
        key=lambda pair: (-(pair[0].first_preferences or 0), not pair[0].elected),
    )
    return [
        _candidate_line(
            one, stage, total, transferable=transferable, report=report, parties=parties
        )
        for one, stage in ordered
    ]


def _candidate_line(
    one: Candidate,
    stage: int | None,
    total: int,
    *,
    transferable: bool,
    report: WardReport,
    parties: Parties,
) -> str:
    parts = []
    if (votes := one.first_preferences) is not None and not report.uncontested:
        share = f" ({100 * votes / total:.1f}%)" if total else ""
        first = " first preferences" if transferable else ""
        parts.append(f"{number(votes)}{first}{share}")
    if one.elected and not report.put_off:
        at = "" if stage is None else f" at count {number(stage)}"
        unopposed = " unopposed" if report.uncontested else ""
        parts.append(f"**elected{unopposed}**{at}")
    told = f": {', '.join(parts)}" if parts else ""
    return (
        f"{escape(one.name)} ({affiliation(one.party, parties) if one.party else 'no party'}){told}"
    )


def _colour(ward: Ward, parties: Parties) -> int:
    if ward.report is None or not ward.is_declared:
        return GREY
    won = winners_by_party([ward.report], parties)
    return int(parties.get(next(iter(won))).colour[1:], 16) if len(won) == 1 else GREY
