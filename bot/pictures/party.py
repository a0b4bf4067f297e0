"""A party's picture: its councils and seats beside what they were, its gains and losses by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.election.parties import VACANT, Parties, Party
from bot.election.superlatives import inexact_parties
from bot.election.tally import PartyLine, StateOfParties, state_of_night
from bot.pictures.canvas import FOOT, HIGH, HIGHEST, LABEL, MARGIN, RIGHT, ROOM, Canvas
from bot.pictures.colours import FAINT, outline_of
from bot.pictures.lettering import lines_of
from bot.pictures.party_colours import Palette
from bot.pictures.picture import Picture, imprint_of, joined, night_and_sources, slug
from bot.pictures.rows import Measure, Rows, draw_measures
from bot.wording.councils import Moves
from bot.wording.figures import (
    basis_told,
    common_baseline,
    counted_from,
    declared_of,
    excluded,
)
from bot.wording.night import NightView
from bot.wording.night_findings import named, party_found
from bot.wording.phrases import count, number, sentence_case
from bot.wording.text import between, plain

_FIRST = 300
"""Where the bars begin."""
_ROW, _MOST_ROW = 56, 84
_LINE = 42
_FEWEST_SEATS = 10
"""A party without a council and with fewer seats has no picture."""
_FEW = 4
"""With fewer groups of councils the bars have more room."""
_PATCH = 20
_NO_MOVES = "No council gained or lost"


def party_picture(party: Party, view: NightView) -> Picture | None:
    """Return how *party* does over all councils that vote.

    None before any has declared, or for a party without a council and with few seats: they are told
    in words. Vacant seats are no party.
    """
    if party.code == VACANT:
        return None
    standings, state = view.standings, state_of_night(view.standings, view.almanac)
    line, baseline = state.line(party.code), common_baseline(standings)
    if party.code in inexact_parties(standings, view.parties):
        baseline = None
    before = line.of_the_same - line.council_change
    moved = abs(line.seat_change) if baseline else 0
    if not (before or line.councils or max(line.seats_won, moved) >= _FEWEST_SEATS):
        return None
    palette = Palette(view.parties, [party.code])
    moves = Moves.of(party, standings)
    seats = line.seat_change if baseline and line.seats_given else None
    name = palette.name(party.code)
    finding = party_found(
        name, line, moves, seats, all_won=not state.without_won, done=state.is_complete
    )
    label = _label(state, line, counted_from(baseline) if baseline else "")
    canvas = Canvas()
    y = canvas.headline(finding, label) + 8
    rows = _measures(line, before, seats)
    groups = _groups(moves, palette.fill(party.code), view.parties)
    y, told = _draw_rows(canvas, y, rows, palette.fill(party.code), roomy=len(groups) < _FEW)
    y, texts = _draw_groups(canvas, y + 14, groups)
    height = min(HIGHEST, max(HIGH, y + FOOT))
    imprint = imprint_of(standings, excluded(state) if baseline else "")
    canvas.imprint(height, imprint, source=night_and_sources(standings))
    basis = basis_told(baseline, state, label) if baseline else ""
    alt = joined(f"{finding}. {label}.", f"{told}.", *(f"{text}." for text in texts), basis)
    return canvas.finished(f"party-{slug(party.name)}", height, alt)


def _label(state: StateOfParties, line: PartyLine, since_when: str) -> str:
    new = line.councils - line.of_the_same
    total = f"{count(line.councils, 'council')} in all" if new else ""
    return sentence_case(" · ".join(filter(None, (declared_of(state), since_when, total))))


def _measures(line: PartyLine, before: int, seats: int | None) -> list[tuple[str, Measure]]:
    """Return the rows: councils that add up from before to now, new ones apart, and seats."""
    rows = []
    if before or line.of_the_same:
        rows.append(("Councils", Measure(line.of_the_same, before, line.council_change)))
    for name, many in (
        ("New councils", line.first_elections),
        ("Before unknown", line.before_not_known),
    ):
        if many:
            rows.append((name, Measure(many)))
    if line.seats_given and (line.seats_won or seats):
        held = None if seats is None else max(0, line.seats_won - seats)
        rows.append(("Seats won", Measure(line.seats_won, held, seats)))
    return rows


def _draw_rows(
    canvas: Canvas, y: float, rows: Sequence[tuple[str, Measure]], fill: str, *, roomy: bool
) -> tuple[float, str]:
    """Draw the rows; return the lowest y used, and the same as text."""
    row = _MOST_ROW if roomy else _ROW
    told = []
    councils = [one for name, one in rows if name != "Seats won"]
    most = max((one.reach for one in councils), default=0)
    for place, (name, one) in enumerate(rows):
        grid = Rows(y + place * row, row)
        canvas.text((MARGIN, grid.base(0)), name, size=LABEL, room=_FIRST - MARGIN - 12)
        # Councils share a scale; seats have their own.
        of = one.reach if name == "Seats won" else most
        draw_measures(canvas, grid, _FIRST, RIGHT, [(one, fill)], most=of)
        figure, change = one.words
        was = "" if one.before is None else f", {number(one.before)} before"
        told.append(f"{name} {figure}{f' ({change})' if change else ''}{was}")
    return y + len(rows) * row, ". ".join(told)


@dataclass(frozen=True)
class _Group:
    """Councils gained from, or lost to, one holder."""

    words: str
    names: Sequence[str]
    fill: str

    def text(self, shown: int) -> str:
        """Return the group with so many of its names."""
        names = between(self.names).join(self.names[:shown])
        more = len(self.names) - shown
        return f"{self.words}: {names}{f' and {number(more)} more' if more else ''}"

    def within(self, lines: int) -> tuple[str, int]:
        """Return its text with as many names as fit *lines*, and how many lines those are."""
        for shown in range(len(self.names), 0, -1):
            text = self.text(shown)
            needed = len(lines_of(text, ROOM - _PATCH - 14, LABEL))
            if needed <= lines or shown == 1:
                break
        return text, min(needed, lines)


def _groups(moves: Moves, fill: str, parties: Parties) -> list[_Group]:
    """Return gains, losses and first elections by the other holder, the largest first."""
    found: list[_Group] = []
    for verb, joint, moved in (("Gained", "from", moves.gains), ("Lost", "to", moves.losses)):
        others: defaultdict[str | None, list[str]] = defaultdict(list)
        for name, other in moved:
            others[other.holder].append(plain(name))
        found += [
            _Group(
                f"{verb} {number(len(names))} {joint} {named(code, parties)}",
                names,
                fill if verb == "Gained" else Palette(parties, [code]).fill(code),
            )
            for code, names in others.items()
        ]
    found.sort(key=lambda group: -len(group.names))
    for words, names in (
        ("Won at a first election", moves.firsts),
        ("Control, previously not known", moves.unknown),
    ):
        if names:
            found.append(_Group(f"{words}", [plain(name) for name in names], fill))
    return found


def _draw_groups(canvas: Canvas, y: float, groups: Sequence[_Group]) -> tuple[float, list[str]]:
    """Write the groups as far as they fit; return the lowest y used, and their texts."""
    if not groups:
        canvas.text((MARGIN, y + LABEL), _NO_MOVES, size=LABEL, fill=FAINT)
        return y + _LINE, [_NO_MOVES]
    lines = int((HIGHEST - FOOT - y) / _LINE)
    shown = groups if len(groups) <= lines else groups[: lines - 1]
    texts = []
    for place, group in enumerate(shown):
        text, needed = group.within(lines - (len(shown) - place - 1))
        canvas.rect((MARGIN, y + 7), _PATCH, 30, group.fill, stroke=outline_of(group.fill))
        at = (MARGIN + _PATCH + 14, y + LABEL)
        canvas.paragraph(at, text, ROOM - _PATCH - 14, size=LABEL, most_lines=needed)
        texts.append(text)
        y += needed * _LINE
        lines -= needed
    if rest := groups[len(shown) :]:
        words = f"and {count(sum(len(group.names) for group in rest), 'more council')}"
        canvas.text((MARGIN, y + LABEL), words, size=LABEL, fill=FAINT)
        texts.append(words)
        y += _LINE
    return y, texts
