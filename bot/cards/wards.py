"""The cards of wards: one ward with its candidates, and all wards of a council."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.ballots import candidate_line, winners_colour
from bot.cards.card import Card, Field, Page, part_of, place_of
from bot.election.almanac import EarlierPoll, WardSeat
from bot.election.councils import Council
from bot.election.parties import Parties
from bot.election.reports import WardReport
from bot.election.seats import Composition
from bot.election.standings import Source
from bot.election.stv import quota
from bot.election.votes import Votes, ward_votes
from bot.election.ward_outcomes import (
    SeatOutcome,
    is_transferable,
    told_courses,
    ward_outcome,
    winners_by_party,
)
from bot.wording.ballots import are_independents, seats_sentence, share_in_brackets, turnout_words
from bot.wording.phrases import (
    count,
    count_wards,
    in_words,
    name_of,
    number,
    one_of,
    party_name,
    sentence_case,
)
from bot.wording.sources import FeedAges, as_of, feed_name
from bot.wording.text import clock_time, escape
from bot.wording.votes import change_lines, ward_margin

_SILENT = ("not declared", "not reported")
_BASELINE = "Gains and holds since these seats were last fought, excluding by-elections"


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward of a council on a night: from our table, and by the report in force.

    `code` identifies it in questions: its GSS code, else its name. At least one of `seat` and
    `report` is set. `fills_too` marks a by-election that is part of the council's election,
    `council_declared` a ward of a council that has declared as a whole, with or without it.
    `earlier` are its votes when it was last fought, if it is the same.
    """

    name: str
    code: str
    council: Council
    seat: WardSeat | None = None
    report: WardReport | None = None
    source: Source | None = None
    fills_too: bool = False
    council_declared: bool = False
    earlier: EarlierPoll | None = None

    def __post_init__(self) -> None:
        if self.seat is None and self.report is None:
            raise ValueError(f"nothing is known of the ward {self.name}")

    @property
    def is_declared(self) -> bool:
        """Whether all its seats have winners."""
        return self.report is not None and self.report.declared

    def outcome(self, parties: Parties) -> SeatOutcome | None:
        """Return who gained and held its seats, None if that is not known."""
        if self.report is None:
            return None
        return ward_outcome(self.report, self.seat.previous if self.seat else None, parties)


def ward_card(
    ward: Ward, parties: Parties, now: datetime, *, feeds: FeedAges | None = None
) -> Card:
    """Return everything known about a ward."""
    report = ward.report
    fields, won = [], Composition()
    if report is not None and report.candidates:
        fields.append(Field.of("Candidates", _candidate_lines(ward, report, parties)))
    source = ""
    if ward.source is not None:
        source = f"Source: {feed_name(ward.source.feed)}, {clock_time(ward.source.received_at)} · "
    if report is not None and report.declared:
        won = winners_by_party([report], parties)
    return Card(
        title=f"{escape(ward.name)}, {name_of(ward.council)}: {_state(ward, parties)}",
        description="\n".join(_description(ward, parties)),
        fields=tuple(fields),
        colour=winners_colour(won, parties),
        footer=source + as_of(now, feeds) + _against([ward], parties),
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
    """Return a page of a council's *wards*, and the wards on that page."""
    shown, at, pages = part_of(wards, page)
    if all(_state(ward, parties) in _SILENT for ward in wards):  # a line of names
        shown, at, pages = wards, 1, 1
    declared = sum(ward.is_declared for ward in wards)
    every = count_wards(len(wards), council)
    told = f"{number(declared)} of {every} declared"
    if declared < len(wards) and any(ward.council_declared for ward in wards):
        some = f"{number(declared)} of {every}" if declared else "its wards not yet"
        told = f"council declared, {some} reported"
    card = Card(
        title=f"{name_of(council)}: {told if wards else 'no ward of it is known'}",
        description="\n".join(_listed(shown, parties)),
        footer=place_of(at, pages) + as_of(now, feeds) + _against(shown, parties),
    )
    return Page(card, at, pages), shown


def _listed(wards: Sequence[Ward], parties: Parties) -> Iterator[str]:
    """Yield a line for each ward of which something is told, and one for all that are silent."""
    silent: dict[str, list[str]] = {}
    for ward in wards:
        state = _state(ward, parties)
        if state in _SILENT:
            silent.setdefault(state, []).append(escape(ward.name))
        else:
            yield f"{escape(ward.name)}: {state}"
    for state, names in silent.items():
        yield f"{sentence_case(state)}: {in_words(names)}"


def _against(wards: Sequence[Ward], parties: Parties) -> str:
    """Return the baseline of gains and holds, if any are shown."""
    told = any(ward.outcome(parties) is not None for ward in wards)
    return f" · {_BASELINE}" if told else ""


def _state(ward: Ward, parties: Parties) -> str:
    """Return the outcome of a ward: "Labour gain 1 from the Conservatives", "not declared".

    Nobody says that a ward of a council that has declared has not: no report of it came in.
    """
    report, silent = ward.report, _SILENT[ward.council_declared]
    if report is None:
        return silent
    if report.put_off:
        return "election postponed"
    if not report.declared:
        elected = len(report.winners)
        return f"{number(elected)} of {count(report.seats, 'seat')}" if elected else silent
    outcome = ward.outcome(parties)
    if outcome is not None:
        told = seats_sentence(outcome, parties, independents=are_independents(report, parties))
        return sentence_case(told) + (", unopposed" if report.uncontested else "")
    won = winners_by_party([report], parties)
    unopposed = " unopposed" if report.uncontested else ""
    if report.seats == 1:
        return f"{sentence_case(one_of(parties.get(next(iter(won)))))} elected{unopposed}"
    (first, seats), *others = won.items()
    lines = [f"{party_name(first, parties)} win {number(seats)}"]
    lines += [f"{party_name(code, parties)} {number(seats)}" for code, seats in others]
    empty = f", {count(report.vacant, 'seat')} vacant" if report.vacant else ""
    return f"{', '.join(lines)}{unopposed}{empty}"


def _description(ward: Ward, parties: Parties) -> list[str]:
    report = ward.report
    if report is None:
        seats = count(ward.seat.seats if ward.seat else 0, "seat")
        return [f"{sentence_case(seats)} to fill; nothing has come in yet."]
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
    facts = [count(report.seats, "seat"), *turnout_words(report.turnout, report.electorate)]
    if report.spoilt is not None:
        facts.append(f"{count(report.spoilt, 'ballot paper')} rejected")
    total, transferable = _all_votes(report), is_transferable(ward.council)
    if transferable and not report.uncontested and total is not None:
        facts.append(f"quota {number(quota(total, report.seats))} by the first preferences")
    lines.append(f"{sentence_case(', '.join(facts))}.")
    votes = ward_votes(ward.council, ward.code, report, parties, ward.earlier)
    if votes is not None:
        if votes.margin is not None:
            lines.append(f"{ward_margin(votes.margin, parties)}.")
        lines += change_lines(Votes(parties, (votes,), 1), parties)
    return lines


def _all_votes(report: WardReport) -> int | None:
    """Return the total of all votes, None unless every candidate's are known."""
    firsts = [one.first_preferences for one in report.candidates]
    votes = [one for one in firsts if one is not None]
    return sum(votes) if votes and len(votes) == len(firsts) else None


def _candidate_lines(ward: Ward, report: WardReport, parties: Parties) -> list[str]:
    """Return a line for each candidate, by votes, else the elected first."""
    transferable = is_transferable(ward.council)
    elected_at: list[int | None] = [None] * len(report.candidates)
    if transferable:
        elected_at = [one.elected_at for one in told_courses(report.candidates, report.seats)]
    total = _all_votes(report)
    lines = []
    for one, stage in sorted(
        zip(report.candidates, elected_at, strict=True),
        key=lambda pair: (-(pair[0].first_preferences or 0), not pair[0].elected),
    ):
        parts = []
        if (votes := one.first_preferences) is not None and not report.uncontested:
            first = " first preferences" if transferable else ""
            parts.append(f"{number(votes)}{first}{share_in_brackets(votes, total)}")
        if one.elected and not report.put_off:
            at = "" if stage is None else f" at count {number(stage)}"
            parts.append(f"**elected{' unopposed' if report.uncontested else ''}**{at}")
        lines.append(candidate_line(one, parties, *parts))
    return lines
