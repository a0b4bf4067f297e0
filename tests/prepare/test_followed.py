"""A made-up night is prepared from ballots and a sheet, then followed by ballots alone.

Whatever was claimed has to be so in the world from which all of them were made; and what `prepare`
said could be declared has to be.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.almanac.tables import load_almanac
from bot.app import opened
from bot.clock import LONDON, SteppedClock
from bot.election.almanac import Almanac
from bot.election.control import control_of, control_of_filled
from bot.election.declarable import not_from_wards
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding
from bot.settings import Settings
from tests.feeds.site import serving
from tests.prepare.conftest import Prepare
from tests.prepare.pages import NIGHT, ballot, page, save

PARTIES = ("Labour", "Conservative", "Liberal Democrat", "Reform UK", "Green Party")
CODES = {"Labour": "Lab", "Conservative": "Con", "Liberal Democrat": "LD", "Reform UK": "Reform",
         "Green Party": "Green"}  # fmt: skip
COUNTING = datetime(2027, 5, 7, 3, 0, tzinfo=LONDON)


@dataclass
class Council:
    """A made-up council: how it is elected, and what each ward's seats are."""

    name: str
    cycle: str
    wards: int
    random: Random
    earlier: list[dict[str, Any]] = field(default_factory=list)
    tonight: list[dict[str, Any]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for number in range(self.wards):
            getattr(self, f"_{self.cycle}")(f"Ward {number}")

    @property
    def size(self) -> int:
        return sum(self.before.values()) or sum(self.after.values())

    def _pick(self, seats: int = 1) -> list[str]:
        favourite = PARTIES[len(self.name) % len(PARTIES)]
        return [self.random.choice((favourite, favourite, *PARTIES)) for _ in range(seats)]

    def _fought(self, ward: str, day: date, seats: int = 1, **more: Any) -> list[str]:
        won = self._pick(seats)
        self.earlier.append(ballot(self.name, ward, seats, won, night=day, **more))
        return won

    def _votes(self, ward: str, seats: int, up: Sequence[str], stay: Sequence[str]) -> None:
        """Let the seats that are *up* be fought, or the poll be put off."""
        if self.name.endswith(("3", "6", "9")):
            up, stay = self._listed(ward, up, NIGHT), self._listed(ward, stay, date(2028, 5, 4))
        self.before.update([*up, *stay])
        self.after.update(stay)
        if self.random.random() < 0.05:
            off = {"cancelled": True, "replaced_by": f"local.later.ward.{date(2027, 6, 17)}"}
            self.tonight.append(ballot(self.name, ward, seats, **off))
            self.results.append(ballot(self.name, ward, seats, **off))
            self.after["Vacant"] += seats
            return
        won = self._pick(seats)
        self.tonight.append(ballot(self.name, ward, seats))
        self.results.append(
            ballot(self.name, ward, seats, won, last_updated="2027-05-07T01:00:00+01:00")
        )
        self.after.update(won)

    def _listed(self, ward: str, seats: Sequence[str], until: date) -> list[str]:
        """Return who holds seats after some changed party or died, and list them."""
        now = []
        for seat in seats:
            fate = self.random.random()
            other = "Vacant" if fate > 0.97 else self.random.choice(PARTIES)
            now.append(other if fate > 0.9 else seat)
            self.members.append(f"{self.name},{ward},Member {fate},{until},{now[-1]}")
        return now

    def _thirds(self, ward: str) -> None:
        if self.random.random() < 0.3:  # the whole ward at once, on new boundaries
            lowest_last = self._fought(ward, date(2023, 5, 4), 3)
            seats = [lowest_last[2], lowest_last[1], lowest_last[0]]
            seats = [*seats[1:], *self._fought(ward, date(2024, 5, 2))]
            seats = [*seats[1:], *self._fought(ward, date(2026, 5, 7))]
        else:
            days = (date(2023, 5, 4), date(2024, 5, 2), date(2026, 5, 7))
            seats = [won for day in days for won in self._fought(ward, day)]
        if self.random.random() < 0.1:
            [won] = self._fought(ward, date(2026, 10, 1), by=True)
            seats[self.random.randrange(3)] = won
        self._votes(ward, 1, seats[:1], seats[1:])

    def _halves(self, ward: str) -> None:
        days = (date(2023, 5, 4), date(2025, 5, 1))
        up, stays = (self._fought(ward, day)[0] for day in days)
        self._votes(ward, 1, [up], [stays])

    def _all_out(self, ward: str) -> None:
        seats = self.random.choice((1, 2, 3))
        self._votes(ward, seats, self._fought(ward, date(2023, 5, 4), seats), [])

    def _first(self, ward: str) -> None:
        self._votes(ward, 3, [], [])


def a_world(seed: int) -> list[Council]:
    random = Random(seed)
    cycles = ["thirds"] * 16 + ["halves"] * 8 + ["all_out"] * 14 + ["first"] * 2
    return [
        Council(f"{'Elm' if n % 2 else 'Oak'}{'abcdefgh'[n % 8]}mere {n}", cycle,
                random.randrange(3, 12), random)
        for n, cycle in enumerate(cycles)
    ]  # fmt: skip


def sheet_of(world: Sequence[Council]) -> str:
    rows = [
        f"{one.name},,{'yes' if one.cycle == 'first' else ''}"
        if one.cycle == "first"
        else f"{one.name},{one.size},"
        for one in world
    ]
    return "council,size,new_council\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize("seed", range(3))
def test_every_claim_is_so_in_the_world_that_the_night_was_made_from(
    seed: int, prepare: Prepare, tmp_path: Path
) -> None:
    world = a_world(seed)
    ballots = [one for council in world for one in council.tonight]
    earlier = [one for council in world for one in council.earlier]
    members = [one for council in world for one in council.members]
    head = "Council,Ward Name,Councillor Name,Next Election,Party Name\n"
    run = prepare(
        "--compositions", save(tmp_path / "c.csv", head + "\n".join(members) + "\n"),
        "--ballots", save(tmp_path / "b.json", page(ballots)),
        "--earlier", save(tmp_path / "e.json", page(earlier)),
        "--sheet", save(tmp_path / "s.csv", sheet_of(world)),
    )  # fmt: skip
    assert run.status == 0, run.said
    almanac = load_almanac(prepared=tmp_path / "nights")
    standings = asyncio.run(followed(world, almanac, tmp_path))
    assert len(standings) == len(world) == 40
    declared = [check(council, standings[council.name], almanac) for council in world]
    assert sum(declared) >= 24, run.said


def check(council: Council, standing: CouncilStanding, almanac: Almanac) -> bool:
    """Compare what was claimed with the world; return whether anything was."""
    now = as_composition(council.after)
    if standing.declared is None:
        why = not_from_wards(almanac.nights[NIGHT], standing.council.code, almanac)
        hangs = control_of(now) != control_of_filled(now)
        assert why or hangs, (council.name, standing)
        return False
    assert standing.declared.now == now, council.name
    assert standing.declared.after == control_of(now), council.name
    if council.cycle == "first":
        assert standing.before is None
    elif standing.before is not None:
        assert standing.before == control_of(as_composition(council.before)), council.name
    return True


def as_composition(seats: Counter[str]) -> Composition:
    return Composition((CODES.get(party, "Vac"), number) for party, number in seats.items())


async def followed(
    world: Sequence[Council], almanac: Almanac, folder: Path
) -> dict[str, CouncilStanding]:
    """Follow the night by its ballots; return how each council stands in the end."""
    async with serving() as site:
        site.pages["/api/next/ballots/"] = page([one for each in world for one in each.results])
        settings = Settings(
            database=folder / "night.sqlite",
            nights=folder / "nights",
            democracy_club_url=str(site.url),
        )
        async with opened(settings, almanac, SteppedClock(COUNTING)) as app:
            await app.poll_once()
            return {one.council.name: one for one in app.services.reader.councils(NIGHT)}
