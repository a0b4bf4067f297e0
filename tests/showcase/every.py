"""All pictures of the recorded nights, as wide as a phone, a channel and the page show them.

Each is written by itself, and many together on sheets, to be looked at as an editor would.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.cards.votes import CouncilVotes, night_votes_card, votes_card
from bot.clock import LONDON
from bot.election.stories import Lens
from bot.election.votes import together
from bot.pictures.assembly import assembly_picture
from bot.pictures.ballots import ballot_picture
from bot.pictures.canvas import BOX
from bot.pictures.council import council_picture
from bot.pictures.flows import councils_flow_picture, seats_flow_picture
from bot.pictures.hexmap import map_picture
from bot.pictures.night import gains_picture, state_picture
from bot.pictures.party import party_picture
from bot.pictures.picture import Picture
from bot.pictures.progress import progress_picture
from bot.pictures.renderer import PictureRenderer
from bot.pictures.timeline import timeline_picture
from bot.pictures.votes import votes_picture
from bot.store.reader import Reader
from bot.wording.night import NightView
from tests.support.moments import NIGHT
from tests.support.tables import shipped
from tests.support.whole_night import WholeNight, whole_night, whole_night_of

LATER = date(2026, 5, 7)
OUT = Path(__file__).parents[2] / "build" / "pictures"
PHONE = 320
END = "at the end"
HOURS = {"friday 02.30": 26.5, "friday 09.00": 33, "friday 15.00": 39}
"""Moments before the end, in hours from the midnight that began the polling day."""
WITH_PLACES = ("friday 09.00", END)
"""The moments at which each nation and region is drawn as well."""

_CHARTS = (
    state_picture,
    gains_picture,
    councils_flow_picture,
    seats_flow_picture,
    timeline_picture,
)
_ON_A_SHEET, _COLUMNS, _GAP = 24, 4, 8
_ROOT = re.compile(r'<svg ([^>]*?)width="\d+" height="\d+"')
_DARK = "#313338"
"""What a channel is in front of, in the client's dark colours."""


Job = tuple[Path, Picture]


@dataclass(frozen=True)
class Drawn:
    """A picture with where it belongs: the moment, and the group of its sheet."""

    moment: str
    group: str
    picture: Picture


def recorded() -> dict[date, WholeNight]:
    """Return the recorded nights, each replayed once in a process."""
    return {NIGHT: whole_night(), LATER: whole_night_of(LATER)}


def pictures_of(on: date, database: Path) -> Iterator[Drawn]:
    """Yield the pictures of a replayed night at its end and at some moments before."""
    with Reader(database, shipped()) as reader:
        almanac = shipped().told(on, reader.told_total(on))
        almanac = replace(almanac, parties=reader.parties(on))
        standings, ballots = reader.councils(on), reader.ballots(on)
        last = max(one.declared.declared_at for one in standings if one.declared)
        view = NightView(standings, almanac, last + timedelta(hours=1), ballots)
        midnight = datetime(on.year, on.month, on.day, tzinfo=LONDON)
        for name, hours in HOURS.items():
            yield from of_a_moment(name, at_moment(view, midnight + timedelta(hours=hours)))
        yield from of_a_moment(END, view)
        for council in standings:
            if (picture := council_picture(council, almanac)) is not None:
                yield Drawn(END, "councils", picture)
        yield from _of_votes(on, reader, view)


def at_moment(view: NightView, moment: datetime) -> NightView:
    """Return the night as it stood: later results are taken away."""
    standings = [
        one if one.declared and one.declared.declared_at <= moment else replace(one, declared=None)
        for one in view.standings
    ]
    ballots = [
        one if one.declared_at and one.declared_at <= moment else replace(one, report=None)
        for one in view.ballots
    ]
    return NightView(standings, view.almanac, moment, ballots)


def of_a_moment(moment: str, view: NightView) -> Iterator[Drawn]:
    """Yield the pictures of the night, of its places, parties and ballots."""
    nations = sorted({one.council.nation for one in view.standings})
    regions = sorted({one.council.region for one in view.standings} - {*nations})
    places = [Lens(nation=name) for name in nations] + [Lens(region=name) for name in regions]
    lenses = places if moment in WITH_PLACES else []
    views = [
        view,
        *(
            NightView(view.standings, view.almanac, view.now, view.ballots, lens=lens)
            for lens in lenses
        ),
    ]
    found: list[tuple[str, Picture | None]] = [("night", progress_picture(view))]
    for seen in views:
        group = "night" if seen is view else "places"
        found.append((group, map_picture(seen)))
        found += [(group, draw(seen)) for draw in _CHARTS]
    found += [("parties", party_picture(party, view)) for party in view.parties.rows]
    found.append(("ballots", assembly_picture(view.ballots, view.almanac)))
    found += [("ballots", ballot_picture(one, view.almanac)) for one in view.ballots]
    for group, picture in found:
        if picture is not None:
            yield Drawn(moment, group, picture)


def _of_votes(on: date, reader: Reader, view: NightView) -> Iterator[Drawn]:
    """Yield the shares of the vote of the night and of each council that gives them."""
    votes = {one.council: reader.votes(on, one.council.code) for one in view.standings}
    each = [CouncilVotes(council, one, None) for council, one in votes.items()]
    known = [one for one in each if one.votes.is_complete]
    whole = together((one.votes for one in known), view.parties)
    card = night_votes_card(known, whole, len(each), view.parties, view.now)
    titles = [(card.title, whole)]
    titles += [(votes_card(one, view.parties, view.now).title, one.votes) for one in each]
    for title, one in titles:
        if (picture := votes_picture(title, one, view.parties, on)) is not None:
            yield Drawn(END, "votes", picture)


# --- writing


def write_all(nights: dict[date, Path], out: Path = OUT) -> int:
    """Write all pictures and sheets of *nights*, by date their databases; return how many."""
    shutil.rmtree(out, ignore_errors=True)
    written = 0
    for on, database in nights.items():
        jobs: list[Job] = []
        sheets: dict[tuple[str, str], list[Picture]] = {}
        for drawn in pictures_of(on, database):
            name = f"{drawn.moment} {drawn.picture.name}.png".replace(" ", "-")
            for width, sized in widths(drawn.picture).items():
                jobs.append((out / f"{on}" / width / name, sized))
            sheets.setdefault((drawn.group, drawn.moment), []).append(drawn.picture)
            written += 1
        for (group, moment), pictures in sheets.items():
            for first in range(0, len(pictures), _ON_A_SHEET):
                part = f"-{first // _ON_A_SHEET + 1}" if len(pictures) > _ON_A_SHEET else ""
                for width in ("phone", "channel"):
                    name = f"{group} {moment} {width}{part}.png".replace(" ", "-")
                    sheet = sheet_of(pictures[first : first + _ON_A_SHEET], width)
                    jobs.append((out / f"{on}" / name, sheet))
        hands = os.cpu_count() or 1
        with ThreadPoolExecutor(hands) as pool:
            list(pool.map(_draw, (jobs[hand::hands] for hand in range(hands))))
    return written


def _draw(jobs: Iterable[Job]) -> None:
    """Draw pictures into their files, with a renderer of one's own."""
    renderer = PictureRenderer()
    for path, picture in jobs:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(renderer.draw(picture))
    renderer.close()


def widths(picture: Picture) -> dict[str, Picture]:
    """Return a picture as a phone, a channel and the page at full width show it."""
    channel = min(BOX[0] / picture.width, BOX[1] / picture.height)
    return {
        "full": picture,
        "channel": scaled(picture, channel),
        "phone": scaled(picture, PHONE / picture.width),
    }


def scaled(picture: Picture, by: float) -> Picture:
    """Return a picture at another size."""
    width, height = round(picture.width * by), round(picture.height * by)
    svg = _ROOT.sub(rf'<svg \1width="{width}" height="{height}"', picture.svg, count=1)
    return replace(picture, svg=svg, width=width, height=height)


def sheet_of(pictures: Sequence[Picture], width: str) -> Picture:
    """Return many pictures on one sheet, each as a phone or a channel shows it."""
    shown = [widths(one)[width] for one in pictures]
    columns = min(_COLUMNS, len(shown))
    wide = max(one.width for one in shown)
    y, parts = _GAP, []
    for first in range(0, len(shown), columns):
        row = shown[first : first + columns]
        for place, one in enumerate(row):
            x = _GAP + place * (wide + _GAP)
            parts.append(one.svg.replace("<svg ", f'<svg x="{x}" y="{y}" ', 1))
        y += max(one.height for one in row) + _GAP
    right = columns * (wide + _GAP) + _GAP
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{right}" height="{y}"'
        f' viewBox="0 0 {right} {y}"><rect width="{right}" height="{y}" fill="{_DARK}"/>'
        f"{''.join(parts)}</svg>"
    )
    return Picture("sheet", "A sheet", svg, "Pictures", right, y, (), large=True)
