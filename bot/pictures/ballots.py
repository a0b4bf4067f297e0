"""A mayor's rounds and a referendum's answers as bars."""

from __future__ import annotations

from collections.abc import Sequence

from bot.election.almanac import Almanac
from bot.election.ballots import BallotStanding
from bot.election.parties import INDEPENDENT, Parties
from bot.election.reports import BallotKind, BallotReport, Candidate, VotingSystem
from bot.pictures.bars import Bar, draw_bars
from bot.pictures.canvas import HEADING, MARGIN, RIGHT, ROOM, Canvas
from bot.pictures.colours import EDGE, FAINT, FILLED, INK, NOC_FILL, PAPER
from bot.pictures.lettering import Weight
from bot.pictures.party_colours import LONGEST_NAME, Palette, labelled
from bot.pictures.picture import Picture, joined, night_and_sources, slug
from bot.wording.ballots import result_of_ballot
from bot.wording.phrases import number
from bot.wording.text import escape, plain, shortened

_MOST_CANDIDATES = 6
_LONGEST_PERSON = 34
_ANSWERS = (("A", FILLED), ("B", NOC_FILL), ("C", "#7A5C00"), ("D", "#8FB8DE"))
"""The letters and colours of answers, unlike those of parties."""
_SPLIT = 92


def ballot_picture(standing: BallotStanding, almanac: Almanac) -> Picture | None:
    """Return a decided mayoral election or referendum; None before, or without known votes."""
    report, ballot, parties = standing.report, standing.ballot, almanac.parties
    result = result_of_ballot(standing, parties)
    if report is None or result is None or ballot.kind is BallotKind.ASSEMBLY:
        return None
    if not any(one.first_preferences for one in report.candidates):
        return None
    told = []
    if report.turnout is not None:
        told.append(f"Turnout {report.turnout:.1f}%")
    if report.valid:
        told.append(f"{number(report.valid)} valid votes")
    if electorate := report.electorate or ballot.electorate:
        told.append(f"{number(electorate)} may vote")
    canvas, title, beneath = Canvas(), plain(result), ", ".join(told)
    y = canvas.head(title, beneath)
    if ballot.kind is BallotKind.REFERENDUM:
        y, note, words = _answers(canvas, y + 36, report)
    else:
        two_rounds = ballot.system is VotingSystem.SUPPLEMENTARY
        y, note, words = _rounds(canvas, y + 20, report, parties, two_rounds=two_rounds)
    height = canvas.foot(y, note, source=night_and_sources([standing]))
    alt = joined(f"{title}.", f"{beneath}." if beneath else "", words)
    return canvas.finished(slug(ballot.code), height, alt)


def _ordered(report: BallotReport) -> list[Candidate]:
    told = (one for one in report.candidates if one.first_preferences is not None)
    return sorted(told, key=lambda one: -(one.first_preferences or 0))


def _votes(one: Candidate, count: int) -> int:
    return int(one.votes[count] or 0) if len(one.votes) > count else 0


def _share(votes: float, total: int | None) -> str:
    """Return a percentage; empty if the total is not known or cannot be right."""
    return f"{100 * votes / total:.1f}%" if total and votes <= total else ""


def _with_share(votes: int, share: str) -> str:
    return f"{number(votes)} ({share})" if share else number(votes)


def _person(one: Candidate) -> str:
    return shortened(plain(escape(one.name)), _LONGEST_PERSON) or "?"


# --- mayors


def _code(one: Candidate, parties: Parties) -> str:
    return parties.resolve(one.party).code if one.party else INDEPENDENT


def _party_name(one: Candidate, parties: Parties) -> str:
    """Return the party of a candidate; a single independent is not "independents"."""
    if one.party is None:
        return "no party"
    party = parties.resolve(one.party)
    name = "Independent" if party.code == INDEPENDENT else plain(escape(party.name))
    return shortened(name, LONGEST_NAME)


def _rounds(
    canvas: Canvas, y: float, report: BallotReport, parties: Parties, *, two_rounds: bool
) -> tuple[float, str, str]:
    """Draw the rounds, the second one first; return the lowest y, a note, and the text."""
    ordered = _ordered(report)
    palette = Palette(parties, [_code(one, parties) for one in ordered])
    finalists = [one for one in ordered if len(one.votes) > 1 and one.votes[1]]
    if not two_rounds or len(finalists) < 2:
        y, words = _round(canvas, y, "Votes", ordered, palette, total=report.valid)
        return y + 6, "", words
    finalists.sort(key=lambda one: -_votes(one, 1))
    total = sum(_votes(one, 1) for one in finalists)
    y, second = _round(canvas, y, "Second round", finalists, palette, total=total)
    # Reports may leave candidates out, so their sum need not be the total of a first round.
    y, first = _round(canvas, y + 30, "First preferences", ordered, palette, total=report.valid)
    return y + 6, "Hatched: votes transferred from candidates who were out.", f"{second} {first}"


def _round(
    canvas: Canvas,
    y: float,
    heading: str,
    shown: Sequence[Candidate],
    palette: Palette,
    *,
    total: int | None,
) -> tuple[float, str]:
    """Draw the bars of a round; return the lowest y used, and the same as text."""
    second, decides = heading == "Second round", heading != "First preferences"
    foremost, rest = shown[:_MOST_CANDIDATES], shown[_MOST_CANDIDATES:]
    bars, told = [], []
    for one in foremost:
        code = _code(one, palette.parties)
        votes, first = _votes(one, int(second)), _votes(one, 0)
        share = _share(votes, total)
        who = f"{_person(one)} ({_party_name(one, palette.parties)})"
        moved = f"; {number(votes - first)} transferred" if second else ""
        elected = ", elected" if one.elected and decides else ""
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
        told.append(f"{who} {_with_share(votes, share)}{elected}{moved}")
    y = draw_bars(canvas, y, heading, bars)
    if rest:
        words = f"{number(len(rest))} more: {number(sum(_votes(one, 0) for one in rest))}"
        canvas.small((MARGIN, y + 20), words)
        told.append(words)
        y += 48
    return y, f"{heading}: {'; '.join(told)}."


# --- referendums


def _answers(canvas: Canvas, y: float, report: BallotReport) -> tuple[float, str, str]:
    """Draw one bar shared by the answers, their votes, and the turnout."""
    answers = _ordered(report)[: len(_ANSWERS)]
    _shared_bar(canvas, y, [_votes(one, 0) for one in answers])
    y += _SPLIT + 70
    told = []
    for one, (letter, fill) in zip(answers, _ANSWERS, strict=False):
        votes = _votes(one, 0)
        share = _share(votes, report.valid)
        labelled(canvas, (MARGIN, y - 30), letter, fill, edge=INK)
        name = f"{_person(one)}{', chosen' if one.elected else ''}"
        weight = Weight.SEMIBOLD if one.elected else Weight.REGULAR
        canvas.text((MARGIN + 100, y), name, room=ROOM - 460, weight=weight)
        canvas.text((RIGHT - 150, y), number(votes), weight=Weight.BOLD, anchor="end")
        canvas.text((RIGHT, y), share, anchor="end")
        told.append(f"{name}: {_with_share(votes, share)}.")
        y += 62
    if report.turnout is not None:
        canvas.small((MARGIN, y + 28), f"Turnout {report.turnout:.1f}%")
        canvas.rect((MARGIN, y + 42), ROOM, 24, PAPER, stroke=EDGE)
        wide = ROOM * min(report.turnout, 100) / 100
        canvas.rect((MARGIN, y + 42), wide, 24, FAINT, stroke=FAINT)
        y += 78
    return y, "The ticks are at half of the votes.", joined(*told)


def _shared_bar(canvas: Canvas, y: float, votes: Sequence[int]) -> None:
    """Draw a bar shared by the answers, with ticks at half of the votes."""
    x = float(MARGIN)
    for held, (letter, fill) in zip(votes, _ANSWERS, strict=False):
        wide = ROOM * held / sum(votes)
        canvas.rect((x, y), wide, _SPLIT, fill, stroke=INK)
        if wide > 2 * HEADING:
            at = (x + wide / 2, y + _SPLIT / 2 + 13)
            canvas.lettered(at, letter, HEADING, fill, Weight.BOLD)
        x += wide
    middle = MARGIN + ROOM / 2
    for top, bottom in ((y - 20, y), (y + _SPLIT, y + _SPLIT + 20)):
        canvas.line([(middle, top), (middle, bottom)], INK, 5)
