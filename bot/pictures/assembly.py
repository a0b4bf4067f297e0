"""The Assembly's picture: its seats as they fill, the line of a majority, the seats before.

Nobody controls an Assembly, so the largest party is reported.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.election.almanac import Almanac
from bot.election.assembly import AssemblyLine, AssemblyState, assembly_of
from bot.election.ballots import BallotStanding
from bot.election.control import majority_of
from bot.election.parties import VACANT
from bot.election.reports import BallotKind
from bot.election.seats import Composition
from bot.pictures.ballots import shares_rows
from bot.pictures.canvas import HIGH, Canvas
from bot.pictures.hemicycle import Chamber, Label, Told, described, seats_before, told_in_words
from bot.pictures.party_colours import Palette
from bot.pictures.picture import (
    Picture,
    change_in_figures,
    imprint_of,
    joined,
    night_and_sources,
)
from bot.wording.assembly import (
    ASSEMBLY,
    assembly_headline,
    assembly_progress,
    constituencies_of,
)
from bot.wording.phrases import number
from bot.wording.text import plain


def assembly_picture(ballots: Sequence[BallotStanding], almanac: Almanac) -> Picture | None:
    """Return the Assembly's state from a night's *ballots*; None before any count."""
    ours = [one for one in ballots if one.ballot.kind is BallotKind.ASSEMBLY]
    state, parties = assembly_of(ours, almanac), almanac.parties
    if not (state.filled or state.counted):
        return None
    lines = [line for line in state.lines if line.seats or line.before or line.first_preferences]
    palette = Palette(parties, [line.party for line in lines])
    title, canvas = plain(assembly_headline(state, parties)), Canvas()
    complete = state.filled == state.seats
    told = assembly_progress(state)
    beneath = _beneath(state, lines) if complete else told
    if not state.filled:
        return _first_preferences(ours, state, lines, palette)
    y = canvas.headline(title, beneath)
    labels = {line.party: Label(palette.name(line.party), _figures(line)) for line in lines}
    open_still = state.seats - state.filled
    labels[VACANT] = Label("Not filled", number(open_still))
    before = Composition((line.party, line.before or 0) for line in lines)
    seats = Composition([*((line.party, line.seats) for line in lines), (VACANT, open_still)])
    chamber = Chamber(seats, palette, y + 8, has_before=bool(before))
    needed = f"{number(majority_of(state.seats))} for a majority"
    well = f"{number(state.filled)} of {number(state.seats)}" if not complete else ""
    groups = chamber.draw(canvas, labels, majority=needed, well=well or number(state.seats))
    past: Told | str = ""
    if before:
        past = seats_before(canvas, "Last Assembly", before, palette)
    canvas.imprint(HIGH, imprint_of(ours), source=night_and_sources(ours))
    basis = ""
    if state.counted:
        basis = f"Shares are of first preferences in {constituencies_of(state.counted, state)}."
    where = "" if ASSEMBLY in title else f"{ASSEMBLY}."
    here = {code: one for code, one in labels.items() if seats.get(code) or code in before}
    parts = told_in_words(here, groups, seats)
    alt = described(
        f"{title}.",
        where,
        f"{told}.",
        parts,
        f"{needed}.",
        basis,
        past,
    )
    return canvas.finished("assembly", HIGH, alt)


def _beneath(state: AssemblyState, lines: Sequence[AssemblyLine]) -> str:
    """Return what the figures of a complete Assembly are."""
    changed = any(line.change is not None for line in lines)
    told = f"Seats{', change since last election' if changed else ''}"
    return f"{told}, share of first preferences" if state.counted else told


def _first_preferences(
    ours: Sequence[BallotStanding],
    state: AssemblyState,
    lines: Sequence[AssemblyLine],
    palette: Palette,
) -> Picture:
    """Return what is known before any seat is filled: the first preferences of the parties."""
    foremost = sorted(lines, key=lambda line: -line.first_preferences)
    rows = [
        (one.party, one.first_preferences, f"{number(one.first_preferences)} ({one.share:.1f}%)")
        for one in foremost
        if one.share
    ]
    title = f"{palette.name(rows[0][0])} lead on first preferences, no seat filled yet"
    first = palette.parties.get(rows[0][0])
    if not first.is_one_party or (len(rows) > 1 and rows[0][1] == rows[1][1]):
        title = f"{ASSEMBLY}: no seat filled yet"
    label = f"First preferences in {constituencies_of(state.counted, state)}"
    canvas = Canvas()
    words = shares_rows(canvas, canvas.headline(title, label) + 10, rows, palette)
    canvas.imprint(HIGH, imprint_of(ours), source=night_and_sources(ours))
    alt = joined(f"{title}.", f"{ASSEMBLY}. {label}: {words}.")
    return canvas.finished("assembly", HIGH, alt)


def _figures(line: AssemblyLine) -> str:
    """Return "27 (±0), 29.0%": seats, their change, the share of first preferences."""
    change = "" if line.change is None else f" ({change_in_figures(line.change)})"
    share = "" if not line.share else f", {line.share:.1f}%"
    return f"{number(line.seats)}{change}{share}"
