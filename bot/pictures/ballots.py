"""A mayor's votes and a referendum's answers as bars: in a picture all bars have one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.election.almanac import Almanac
from bot.election.ballots import BallotStanding, valid_votes
from bot.election.parties import INDEPENDENT, Parties
from bot.election.reports import BallotKind, BallotReport, Candidate, VotingSystem
from bot.pictures.canvas import HIGH, LABEL, MARGIN, RIGHT, ROOM, Canvas, Point
from bot.pictures.colours import FAINT, FILLED, INK, NOC_FILL, PAPER, outline_of
from bot.pictures.hemicycle import seat
from bot.pictures.lettering import Weight, fitted, lines_within, width_of
from bot.pictures.party_colours import Palette
from bot.pictures.picture import Picture, imprint_of, joined, night_and_sources, slug
from bot.wording.ballots import mayor_headline, result_of_ballot, turnout_words
from bot.wording.phrases import in_words, number, one_of, sentence_case
from bot.wording.text import escape, plain, shortened

_LOWEST = 608
"""How low rows may reach: above the imprint."""
_ROW, _HIGHEST_ROW, _REST, _HEADING = 84, 132, 42, 40
_LEFT = MARGIN + 54
_SAMPLE = 18
_MOST_CANDIDATES = 5
_LONGEST_PERSON, _LONGEST_ANSWER = 50, 90
_MOST_ANSWERS = 4
_ANSWER_ROW, _ANSWER_BAR = 190, 44
_TO = " →"


def ballot_picture(standing: BallotStanding, almanac: Almanac) -> Picture | None:
    """Return a decided mayoral election or referendum; None before, or without known votes."""
    report, ballot, parties = standing.report, standing.ballot, almanac.parties
    result = result_of_ballot(standing, parties)
    if report is None or result is None or ballot.kind is BallotKind.ASSEMBLY:
        return None
    told = [one for one in report.candidates if one.first_preferences]
    if len(told) < (2 if ballot.kind is BallotKind.MAYOR else 1):
        return None  # one bar alone would show nothing
    title, label = result, escape(ballot.name)
    if ballot.kind is BallotKind.MAYOR:
        title, label = mayor_headline(standing, parties) or (title, label)
    turnout = turnout_words(report.turnout, report.electorate or ballot.electorate)
    parts = [*(() if title.startswith(label) else (label,)), *turnout]
    title, label = plain(title), plain(sentence_case(", ".join(parts or [label])))
    canvas = Canvas()
    y = canvas.headline(title, label) + 6
    if ballot.kind is BallotKind.REFERENDUM:
        words = _answers(canvas, y, report, valid_votes(ballot, report))
    else:
        words = _Mayor.of(standing, report, parties).draw(canvas, y)
    canvas.imprint(HIGH, imprint_of([standing]), source=night_and_sources([standing]))
    alt = joined(f"{title}.", f"{label}.", words)
    return canvas.finished(slug(ballot.code), HIGH, alt)


def _ordered(report: BallotReport) -> list[Candidate]:
    """Return those whose votes are known, who went further first, then by votes."""
    told = (one for one in report.candidates if one.first_preferences is not None)
    return sorted(told, key=lambda one: (not one.elected, -_last(one), -_first(one)))


def _first(one: Candidate) -> int:
    return int(one.first_preferences or 0)


def _last(one: Candidate) -> int:
    return next((int(votes) for votes in one.votes[1::-1] if votes), 0)


def _with_share(votes: float, total: float | None) -> str:
    """Return votes and their share, which is left out if the total cannot be right."""
    share = f" ({100 * votes / total:.1f}%)" if total and votes <= total else ""
    return f"{number(votes)}{share}"


@dataclass(frozen=True, slots=True)
class _Mayor:
    """The candidates of a mayoral election whose votes are known, and the votes of each round."""

    candidates: Sequence[Candidate]
    palette: Palette
    first_total: int | None
    second_total: int | None

    @classmethod
    def of(cls, standing: BallotStanding, report: BallotReport, parties: Parties) -> _Mayor:
        ordered = _ordered(report)
        finalists = [one for one in ordered if len(one.votes) > 1 and one.votes[1]]
        second = None
        if standing.ballot.system is VotingSystem.SUPPLEMENTARY and len(finalists) > 1:
            second = sum(map(_last, finalists))
        else:
            ordered.sort(key=lambda one: -_first(one))
        palette = Palette(parties, [_code(one, parties) for one in ordered])
        return cls(ordered, palette, valid_votes(standing.ballot, report), second)

    def draw(self, canvas: Canvas, y: float) -> str:
        """Draw a row for each candidate; return the same in words."""
        if self.second_total:
            words = f"first round{_TO} with transfers (hatched)"
            canvas.text((RIGHT, y + LABEL), words, size=LABEL, anchor="end")
            y += _HEADING
        most = max(map(self._votes, self.candidates))
        rows = min(_MOST_CANDIDATES, int((_LOWEST - y) // _ROW))
        if len(self.candidates) > rows:
            rows = min(rows, int((_LOWEST - y - _REST) // _ROW))
        left = _LOWEST - y - (_REST if len(self.candidates) > rows else 0)
        rows = min(rows, len(self.candidates))
        height, told = min(_HIGHEST_ROW, left / rows), []
        y += (left - height * rows) / 3
        for one in self.candidates[:rows]:
            told.append(self._row(canvas, y, height, one, most))
            y += height
        if rest := self.candidates[rows:]:
            words = f"{number(len(rest))} more: "
            words += _with_share(sum(map(_first, rest)), self.first_total)
            canvas.text((_LEFT, y + LABEL), words, size=LABEL)
            told.append(words)
        return f"{'. '.join(told)}."

    def _votes(self, one: Candidate) -> int:
        return _last(one) if self._is_in_second(one) else _first(one)

    def _is_in_second(self, one: Candidate) -> bool:
        return self.second_total is not None and len(one.votes) > 1 and bool(one.votes[1])

    def _row(self, canvas: Canvas, y: float, height: float, one: Candidate, most: int) -> str:
        """Draw a candidate's votes; return them in words."""
        code, votes = _code(one, self.palette.parties), self._votes(one)
        seat(canvas, (MARGIN + _SAMPLE, y + height / 2 - 2), _SAMPLE, self.palette, code)
        base, first, in_second = y + LABEL, "", self._is_in_second(one)
        total = self.second_total if in_second else self.first_total
        last = _with_share(votes, total)
        x = RIGHT - canvas.text((RIGHT, base), last, size=LABEL, weight=Weight.BOLD, anchor="end")
        if in_second:
            first = f"{_with_share(_first(one), self.first_total)}{_TO}"
            x -= 12 + canvas.text((x - 12, base), first, size=LABEL, anchor="end")
        weight = Weight.BOLD if one.elected else Weight.REGULAR
        party = f", {_party_name(one, self.palette.parties)}"
        room = x - _LEFT - 20
        name = fitted(_person(one), room - width_of(party, LABEL, weight), LABEL, weight)
        canvas.text((_LEFT, base), f"{name}{party}", size=LABEL, weight=weight, room=room)
        unit = (RIGHT - _LEFT) / most
        lengths = (unit * votes, unit * min(votes, _first(one)))
        _bar(canvas, (_LEFT, base + 12), lengths, height - 60, self.palette.fill(code))
        return " ".join(filter(None, (f"{_person(one)}{party}", first, last)))


def shares_rows(
    canvas: Canvas, y: float, shares: Sequence[tuple[str, float, str]], palette: Palette
) -> str:
    """Draw a row for each of the foremost parties (code, votes, figures); return what is drawn."""
    shown = shares[:_MOST_CANDIDATES]
    height = (_LOWEST - y) / len(shown)
    most = max(votes for _, votes, _ in shown) or 1
    for code, votes, figures in shown:
        seat(canvas, (MARGIN + _SAMPLE, y + height / 2 - 2), _SAMPLE, palette, code)
        base = y + LABEL
        canvas.text((_LEFT, base), palette.name(code), size=LABEL)
        canvas.text((RIGHT, base), figures, size=LABEL, weight=Weight.BOLD, anchor="end")
        long = (RIGHT - _LEFT) * votes / most
        _bar(canvas, (_LEFT, base + 12), (long, long), height - 60, palette.fill(code))
        y += height
    return in_words([f"{palette.name(code)} {figures}" for code, _, figures in shown])


def _bar(
    canvas: Canvas, corner: Point, lengths: tuple[float, float], height: float, fill: str
) -> None:
    """Draw a bar of two *lengths*: the whole, and the solid part before the hatching."""
    (x, y), edge, (length, solid) = corner, outline_of(fill), lengths
    canvas.rect(corner, solid, height, fill, stroke=edge)
    if solid < length:
        canvas.rect((x + solid, y), length - solid, height, PAPER, stroke=edge)
        at = x + solid + 7
        while at + 4 < x + length:
            canvas.rect((at, y), 4, height, edge)
            at += 11


def _person(one: Candidate) -> str:
    return shortened(plain(escape(one.name)), _LONGEST_PERSON) or "?"


def _code(one: Candidate, parties: Parties) -> str:
    return parties.resolve(one.party).code if one.party else INDEPENDENT


def _party_name(one: Candidate, parties: Parties) -> str:
    """Return the party of a candidate; a single independent is not "independents"."""
    if one.party is None:
        return "no party"
    party = parties.resolve(one.party)
    if party.code == INDEPENDENT:
        return "Independent"
    return shortened(sentence_case(plain(one_of(party))), _LONGEST_PERSON)


def _answers(canvas: Canvas, y: float, report: BallotReport, total: int | None) -> str:
    """Draw a bar for each answer, as a part of all votes; return the same in words."""
    answers = sorted(_ordered(report), key=lambda one: -_first(one))[:_MOST_ANSWERS]
    cast = max(total or 0, sum(map(_first, answers)))
    height = min(_ANSWER_ROW, (_LOWEST - y) / len(answers))
    bar = _ANSWER_BAR if len(answers) < 3 else _ANSWER_BAR * 0.7
    y += max(0.0, (_LOWEST - y - height * len(answers)) / 2)
    told = []
    for one in answers:
        words = _with_share(_first(one), total)
        bold = Weight.BOLD if one.elected else Weight.REGULAR
        room = ROOM - width_of(words, LABEL, Weight.BOLD) - 40
        name = shortened(plain(escape(one.name)), _LONGEST_ANSWER) or "?"
        most = max(1, int((height - bar - 16) // 41))
        lines = lines_within(name, room, LABEL, bold, most)
        base = y + LABEL
        for line in lines:
            canvas.text((MARGIN, base), line, size=LABEL, weight=bold)
            base += 41
        canvas.text((RIGHT, base - 41), words, size=LABEL, weight=Weight.BOLD, anchor="end")
        fill = FILLED if one.elected else NOC_FILL
        canvas.rect((MARGIN, base - 28), ROOM, bar, PAPER, stroke=outline_of(NOC_FILL))
        wide = ROOM * _first(one) / cast
        canvas.rect((MARGIN, base - 28), wide, bar, fill, stroke=INK)
        if len(answers) == 2:
            half = MARGIN + ROOM / 2
            canvas.line([(half, base - 34), (half, base - 22 + bar)], INK, 4)
            if one is answers[-1]:
                at = (half, base - 16 + bar + LABEL)
                canvas.text(at, "half", size=LABEL, fill=FAINT, anchor="middle", on_scale=True)
        told.append(f"{name}: {words}")
        y += height
    return f"{'. '.join(told)}."
