"""A council's picture: its chamber with the line of a majority, and a bar of the seats before."""

from __future__ import annotations

from bot.election.almanac import Almanac
from bot.election.control import Outcome, majority_base, majority_of, seats_behind
from bot.election.parties import VACANT, Parties
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding, Declared
from bot.pictures.canvas import HIGH, LABEL, ROOM, Canvas
from bot.pictures.hemicycle import Chamber, Label, Told, described, seats_before, told_in_words
from bot.pictures.lettering import width_of
from bot.pictures.party_colours import Palette
from bot.pictures.picture import (
    Picture,
    change_in_figures,
    imprint_of,
    night_and_sources,
    slug,
)
from bot.wording.councils import SeatsTable
from bot.wording.figures import since
from bot.wording.findings import council_finding, majority_words
from bot.wording.phrases import count, number, sentence_case
from bot.wording.text import plain

_JOINT = " · "


def council_picture(standing: CouncilStanding, almanac: Almanac) -> Picture | None:
    """Return a declared council's picture; None before, or without known seats."""
    declared, parties = standing.declared, almanac.parties
    if declared is None or not declared.now.total:
        return None
    now, table = declared.now, SeatsTable.of(standing, declared, parties)
    counted = majority_base(declared.after, now)
    held = standing.before and standing.before.holder
    codes = (row.code for row in table.rows)
    palette = Palette(parties, (*codes, *(table.before or ()), *now))
    changes = {
        row.code: row.change[0]
        for row in table.rows
        if row.change is not None and row.change[0] == row.change[1] and row.code != VACANT
    }
    title, canvas = plain(council_finding(standing, almanac)), Canvas()
    basis = since(declared.baseline) if changes else ""
    ahead = majority_words(declared, parties)
    parts = ["" if ahead in title else ahead]
    if declared.outcome is Outcome.GAIN and held and palette.name(held) not in title:
        parts.append(f"from {palette.name(held)}")
    lead = sentence_case(", ".join(filter(None, parts)))
    if declared.after.is_noc and now.largest and parties.get(now.largest).is_one_party:
        lead = f"{palette.name(now.largest)} largest party"
    well = f"{number(_most(declared, parties))} of {number(counted)}"
    filled = f"{well} filled seats" if counted < now.total else ""
    beneath = _beneath(now, filled or lead, basis, counts_vacant=not filled)
    y = canvas.headline(title, beneath)
    labels = {
        code: Label(palette.name(code), _figures(now.get(code, 0), changes.get(code)))
        for code in dict.fromkeys((*now, *changes))
    }
    needed = f"{number(majority_of(counted))} needed"
    chamber = Chamber(now, palette, y + 8, table.before is not None, counted)
    groups = chamber.draw(canvas, labels, majority=needed, well=well)
    past: Told | str = table.size and f"{table.size}."
    if table.before is not None:
        redrawn = standing.boundary_change and not standing.new_council
        past = seats_before(canvas, _when(table, redrawn=redrawn), table.before, palette)
    canvas.imprint(HIGH, imprint_of([standing]), source=night_and_sources([standing]))
    told = told_in_words(labels, groups, now)
    alt = described(f"{title}.", told, f"{beneath}.", f"{filled or well}, {needed}.", past)
    return canvas.finished(f"council-{slug(standing.council.code)}", HIGH, alt)


def _figures(seats: int, change: int | None) -> str:
    return number(seats) if change is None else f"{number(seats)} ({change_in_figures(change)})"


def _beneath(now: Composition, lead: str, basis: str, *, counts_vacant: bool) -> str:
    """Return the line below the title: who leads, vacant seats, what changes are counted from."""
    vacant = f"{number(now.vacant)} of {count(now.total, 'seat')} vacant" if now.vacant else ""
    if not counts_vacant:
        vacant = f"{number(now.vacant)} vacant, not counted"
    told = [*filter(None, (lead, vacant)), sentence_case(basis) if basis else "Seats by party"]
    if lead and counts_vacant and width_of(_JOINT.join(told), LABEL) > ROOM:
        del told[0]
    return _JOINT.join(told)


def _most(declared: Declared, parties: Parties) -> int:
    """Return the seats of the holder, or the most that a party has."""
    if declared.after.holder is not None:
        return seats_behind(declared.after, declared.now, parties)
    return max(declared.now.without_vacant().values(), default=0)


def _when(table: SeatsTable, *, redrawn: bool) -> str:
    """Return "Before", and what keeps its seats from being compared with those now."""
    resized = table.before and table.before.total != sum(row.now for row in table.rows)
    whys = [count(table.before.total, "seat") if table.before and resized else ""]
    whys.append("old boundaries" if redrawn else "")
    why = ", ".join(filter(None, whys))
    return f"Before ({why})" if why else "Before"
