"""A mayor's rounds and a referendum's answers in bars."""

from __future__ import annotations

from collections.abc import Sequence

from bot.election.almanac import Almanac
from bot.election.ballots import BallotStanding, VotingSystem
from bot.election.notices import BallotDeclared, Elected
from bot.election.parties import INDEPENDENT, Parties
from bot.election.reports import BallotKind, BallotReport, Candidate
from bot.pictures.bars import Bar, draw_bars
from bot.pictures.canvas import HEADING, MARGIN, RIGHT, ROOM, SMALL, Canvas
from bot.pictures.colours import EDGE, FAINT, FILLED, INK, NOC_FILL, PAPER, ink_on
from bot.pictures.lettering import Weight
from bot.pictures.palette import LONGEST_NAME, Palette, labelled
from bot.pictures.picture import Picture, night_and_sources, slug
from bot.wording.ballots import ballot_sentence
from bot.wording.phrases import number
from bot.wording.text import escape, plain, shortened

_MOST_CANDIDATES = 6
_LONGEST_PERSON = 34
_ANSWERS = (("A", FILLED), ("B", NOC_FILL), ("C", "#7A5C00"), ("D", "#8FB8DE"))
"""The letters and colours of answers, which are no party's."""
_SPLIT = 92


def ballot_picture(standing: BallotStanding, almanac: Almanac) -> Picture | None:
    """Return a mayor's election or a referendum that is decided; None before.

    None too for a constituency of the Assembly, and where no votes are known.
    """
    report, ballot = standing.report, standing.ballot
    if report is None or not standing.is_declared or report.recount:
        return None
    if ballot.kind is BallotKind.ASSEMBLY or not any(
        one.first_preferences for one in report.candidates
    ):
        return None
    drawn = _Contest(standing, report, almanac.parties)
    return drawn.referendum() if ballot.kind is BallotKind.REFERENDUM else drawn.mayor()


class _Contest:
    """A decided contest on its way to be drawn."""

    def __init__(self, standing: BallotStanding, report: BallotReport, parties: Parties) -> None:
        self.standing, self.report, self.parties = standing, report, parties
        self.ordered = sorted(
            (one for one in report.candidates if one.first_preferences is not None),
            key=lambda one: -(one.first_preferences or 0),
        )
        elected = tuple(Elected(one.name, self.code(one)) for one in report.winners)
        ballot = standing.ballot
        content = BallotDeclared(ballot.code, ballot.kind, elected, ballot.sitting)
        self.title = plain(ballot_sentence(ballot, content, parties))

    def code(self, one: Candidate) -> str | None:
        """Return the code of a candidate's party, None for who stands for none."""
        return self.parties.resolve(one.party).code if one.party else None

    def party_name(self, one: Candidate) -> str:
        """Return the party that a candidate stands for: one independent is not "independents"."""
        if one.party is None:
            return "no party"
        party = self.parties.resolve(one.party)
        name = "Independent" if party.code == INDEPENDENT else plain(escape(party.name))
        return shortened(name, LONGEST_NAME)

    @property
    def beneath(self) -> str:
        """What stands under the title: the turnout and the valid votes, as far as known."""
        parts = []
        if self.report.turnout is not None:
            parts.append(f"Turnout {self.report.turnout:.1f}%")
        if self.report.valid:
            parts.append(f"{number(self.report.valid)} valid votes")
        if electorate := self.report.electorate or self.standing.ballot.electorate:
            parts.append(f"{number(electorate)} may vote")
        return ", ".join(parts)

    def share(self, votes: float, total: int | None) -> str:
        """Return a share in per cent, nothing where the whole is not known or cannot be right."""
        return f"{100 * votes / total:.1f}%" if total and votes <= total else ""

    def finished(self, canvas: Canvas, y: float, told: Sequence[str], note: str = "") -> Picture:
        """Return the picture, its alt text of what its parts tell."""
        height = canvas.foot(y, note, source=night_and_sources([self.standing]))
        beneath = f"{self.beneath}." if self.beneath else ""
        alt = " ".join(filter(None, [f"{self.title}.", beneath, *told]))
        return canvas.finished(slug(self.standing.ballot.code), height, alt)

    def mayor(self) -> Picture:
        """Draw the rounds: the second above, for it decided."""
        canvas = Canvas()
        y = canvas.head(self.title, self.beneath) + 20
        palette = Palette(self.parties, [self.code(one) or INDEPENDENT for one in self.ordered])
        told, note = [], ""
        finalists = [one for one in self.ordered if len(one.votes) > 1 and one.votes[1]]
        two_rounds = (
            self.standing.ballot.system is VotingSystem.SUPPLEMENTARY and len(finalists) > 1
        )
        if two_rounds:
            finalists.sort(key=lambda one: -_votes(one, 1))
            y, words = self._round(canvas, y, finalists, palette, second=True)
            told.append(words)
            note = "Hatched: votes transferred from candidates who were out."
            y += 30
        y, words = self._round(canvas, y, self.ordered, palette, second=False, alone=not two_rounds)
        return self.finished(canvas, y + 6, [*told, words], note)

    def _round(
        self,
        canvas: Canvas,
        y: float,
        shown: Sequence[Candidate],
        palette: Palette,
        *,
        second: bool,
        alone: bool = False,
    ) -> tuple[float, str]:
        """Draw the bars of a round; return the lowest line used, and the same in words."""
        foremost, rest = shown[:_MOST_CANDIDATES], shown[_MOST_CANDIDATES:]
        # Reports may leave candidates out: their votes together are not the whole of a first round.
        total = sum(_votes(one, 1) for one in shown) if second else self.report.valid
        bars, told = [], []
        for one in foremost:
            code = self.code(one) or INDEPENDENT
            votes, first = _votes(one, int(second)), _votes(one, 0)
            share = self.share(votes, total)
            who = f"{_person(one)} ({self.party_name(one)})"
            moved = f"; {number(votes - first)} transferred" if second else ""
            elected = ", elected" if one.elected and (second or alone) else ""
            bars.append(
                Bar(
                    letters=palette.letters(code),
                    fill=palette.fill(code),
                    name=f"{who}{elected}{moved}",
                    value=votes,
                    figure=number(votes),
                    beside=share,
                    first=first if second else None,
                )
            )
            told.append(f"{who} {number(votes)}{f' ({share})' if share else ''}{elected}{moved}")
        heading = "Second round" if second else "Votes" if alone else "First preferences"
        y = draw_bars(canvas, y, heading, bars)
        if rest:
            words = f"{number(len(rest))} more: {number(sum(_votes(one, 0) for one in rest))}"
            canvas.text((MARGIN, y + 20), words, size=SMALL, fill=FAINT)
            told.append(words)
            y += 48
        return y, f"{heading}: {'; '.join(told)}."

    def referendum(self) -> Picture:
        """Draw one bar that the answers share, each with its votes, and the turnout."""
        canvas = Canvas()
        y = canvas.head(self.title, self.beneath) + 36
        answers = self.ordered[: len(_ANSWERS)]
        _shared_bar(canvas, y, [_votes(one, 0) for one in answers])
        y += _SPLIT + 70
        told = []
        for one, (letter, fill) in zip(answers, _ANSWERS, strict=False):
            votes = _votes(one, 0)
            share = self.share(votes, self.report.valid)
            labelled(canvas, (MARGIN, y - 30), letter, fill, edge=INK)
            name = f"{_person(one)}{', chosen' if one.elected else ''}"
            weight = Weight.SEMIBOLD if one.elected else Weight.REGULAR
            canvas.text((MARGIN + 100, y), name, room=ROOM - 460, weight=weight)
            canvas.text((RIGHT - 150, y), number(votes), weight=Weight.BOLD, anchor="end")
            canvas.text((RIGHT, y), share, anchor="end")
            told.append(f"{name}: {number(votes)}{f' ({share})' if share else ''}.")
            y += 62
        if self.report.turnout is not None:
            y = _turnout_bar(canvas, y + 4, self.report.turnout)
        return self.finished(canvas, y, told, "The ticks are at half of the votes.")


def _votes(one: Candidate, count: int) -> int:
    return int(one.votes[count] or 0) if len(one.votes) > count else 0


def _person(one: Candidate) -> str:
    return shortened(plain(escape(one.name)), _LONGEST_PERSON) or "?"


def _shared_bar(canvas: Canvas, y: float, votes: Sequence[int]) -> None:
    """Draw a bar that answers share, with the line of half of the votes."""
    x = float(MARGIN)
    for held, (letter, fill) in zip(votes, _ANSWERS, strict=False):
        wide = ROOM * held / sum(votes)
        canvas.rect((x, y), wide, _SPLIT, fill, stroke=INK)
        if wide > 2 * HEADING:
            canvas.text(
                (x + wide / 2, y + _SPLIT / 2 + 13),
                letter,
                size=HEADING,
                weight=Weight.BOLD,
                fill=ink_on(fill),
                on=fill,
                anchor="middle",
            )
        x += wide
    middle = MARGIN + ROOM / 2
    for top, bottom in ((y - 20, y), (y + _SPLIT, y + _SPLIT + 20)):
        canvas.line([(middle, top), (middle, bottom)], INK, 5)


def _turnout_bar(canvas: Canvas, y: float, turnout: float) -> float:
    """Draw how many of those who may vote did; return the lowest line used."""
    canvas.text((MARGIN, y + 24), f"Turnout {turnout:.1f}%", size=SMALL, fill=FAINT)
    canvas.rect((MARGIN, y + 38), ROOM, 24, PAPER, stroke=EDGE)
    canvas.rect((MARGIN, y + 38), ROOM * min(turnout, 100) / 100, 24, FAINT, stroke=FAINT)
    return y + 74
