"""A made-up night of 2027 without PA: prepared, followed by ballots and a sheet alone, and right.

40 councils (by thirds, by halves, all out, two new ones), three mayors and a by-election. What
each council has to be is computed here, from the made-up seats and winners.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.almanac.tables import load_almanac
from bot.clock import SteppedClock
from bot.election.almanac import Almanac
from bot.election.control import NOC, Control, Outcome, outcome_of
from bot.election.reports import BallotKind
from bot.feeds.feed import Fetch
from bot.feeds.formats import read
from bot.ingest.ingest import Ingest
from bot.store.reader import Reader
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from tests.prepare.pages import NIGHT, ballot, mayor, page, save
from tests.support.tables import shipped

CODES = {"Labour": "Lab", "Conservative": "Con", "Liberal Democrat": "LD", "Reform UK": "Reform"}
PARTIES = [*CODES]
MAYORS = ("Watford", "Bedford", "Mansfield")
BY_ELECTION = "Leeds"
SHEET = "council,party,seats_before,seats_up,size,before,boundary_change,new_council\n"
RESULTS = "council,party,seats_won,seats_now,control,declared_at,note,before,size\n"


@dataclass
class Made:
    """A made-up council: what it had, which seats are up, and who wins its wards."""

    name: str
    before: Counter[str]
    up: Counter[str]
    winners: list[str]
    new: bool = False
    boundary_change: bool = False
    by_sheet: bool = False
    now: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.now = self.before - self.up + Counter(self.winners)

    @property
    def sitting(self) -> Control | None:
        return None if self.new else control(self.before)

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.sitting, control(self.now), new_council=self.new)


def control(seats: Counter[str]) -> Control:
    total = sum(seats.values())
    return next((Control(CODES[p]) for p, n in seats.items() if 2 * n > total), NOC)


def councils(rng: random.Random) -> Iterator[Made]:
    """Yield 14 councils by thirds, 10 by halves, 14 all out (4 redrawn) and two new ones."""
    known = [one.name for one in shipped().councils.living(NIGHT) if one.type == "Non-Met"]
    names = rng.sample(sorted(set(known)), 38)
    for number, name in enumerate(names):
        share = 3 if number < 14 else 2 if number < 24 else 1
        seats = rng.randrange(8, 16) * share
        weights = [rng.choice((1, 2, 6)) for _ in PARTIES]
        held = rng.choices(PARTIES, weights, k=seats)
        up = held if share == 1 else rng.sample(held, seats // share)
        redrawn = share == 1 and number % 4 == 0
        many = len(up) + (2 if redrawn else 0)
        yield Made(
            name, Counter(held), Counter(up), rng.choices(PARTIES, weights[::-1], k=many),
            boundary_change=redrawn, by_sheet=number % 9 == 5,
        )  # fmt: skip
    for name in ("Aldermoor and the Vale", "Yarrowby"):
        yield Made(name, Counter(), Counter(), rng.choices(PARTIES, [5, 1, 1, 1], k=21), new=True)


def sheet_rows(made: Made) -> Iterator[str]:
    """Yield a council's rows of the newsroom's sheet, before the night."""
    about = f"{control(made.before).holder or 'NOC'},{'yes' if made.boundary_change else ''},"
    if made.new:
        yield f"{made.name},,,,{len(made.winners)},,,yes"
        return
    size = sum(made.now.values())
    for party in PARTIES:
        if made.before[party]:
            yield f"{made.name},{party},{made.before[party]},{made.up[party]},{size},{about}"


def result_rows(made: Made) -> Iterator[str]:
    """Yield a council's rows of the desk sheet, on the night."""
    won = Counter(made.winners)
    for party in PARTIES:
        yield f"{made.name},{party},{won[party]},{made.now[party]},,,,,"


@pytest.fixture(params=[1, 2, 3])
def night(request: pytest.FixtureRequest) -> list[Made]:
    return list(councils(random.Random(request.param)))


def test_every_council_of_a_prepared_night_is_right(
    night: list[Made],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ELECTION_NIGHT_NIGHTS", str(tmp_path / "nights"))
    monkeypatch.chdir(tmp_path)
    asked = save(tmp_path / "ballots.json", page(ballots(night, won=False)))
    rows = "".join(f"{row}\n" for made in night for row in sheet_rows(made))
    sheet = save(tmp_path / "newsroom.csv", SHEET + rows)
    status = main(["prepare", str(NIGHT), "--ballots", asked, "--sheet", sheet])
    said = capsys.readouterr()
    assert status == 0, said.out + said.err
    asyncio.run(followed(night, tmp_path))
    assert rebuild(tmp_path / "night.db").differences == ()


async def followed(night: list[Made], folder: Path) -> None:
    """Follow the prepared night by ballots and the sheet, and look at every council."""
    almanac = load_almanac(prepared=folder / "nights")
    clock = SteppedClock(almanac.night(NIGHT).polls_close + timedelta(hours=5))
    sheet = (row for made in night if made.by_sheet for row in result_rows(made))
    results = RESULTS + "".join(f"{row}\n" for row in sheet)
    async with Writer(folder / "night.db") as writer:
        ingest = Ingest(writer, almanac, clock)
        for feed, name, body in (
            ("democracy_club", "ballots.json", page(ballots(night, won=True))),
            ("desk_sheet", f"desk_sheet_{NIGHT}.csv", results),
            ("desk_sheet", f"desk_sheet_{NIGHT}.csv", results),  # a second fetch confirms it
        ):
            reading = read(feed, name, body.encode(), clock.now())
            assert reading.faults == ()
            await ingest.file(Fetch(feed, (reading,), {}))
            await clock.move_to(clock.now() + timedelta(minutes=1))
        with Reader(folder / "night.db", almanac) as reader:
            assert [one.held.reasons for one in reader.held(NIGHT)] == []
            for made in night:
                is_right(made, reader, almanac)
            assert len(reader.councils(NIGHT)) == len(night)
            kinds = Counter(
                one.ballot.kind for one in reader.ballots(NIGHT) if one.is_declared and one.version
            )
            assert kinds == {BallotKind.MAYOR: len(MAYORS), BallotKind.WARD: 1}


def is_right(made: Made, reader: Reader, almanac: Almanac) -> None:
    """Raise `AssertionError` unless a council is as it was computed here, and announced."""
    code = almanac.councils.resolve(made.name, NIGHT).code
    standing = reader.council(NIGHT, code)
    assert standing is not None, made.name
    assert standing.declared is not None, (made.name, standing.lacking)
    assert standing.declared.after == control(made.now), made
    assert standing.declared.outcome is made.outcome, made
    assert standing.declared.version == 1, made
    now = {CODES[party]: number for party, number in made.now.items() if number}
    assert dict(standing.declared.now) == now, made


def ballots(night: list[Made], *, won: bool) -> list[dict[str, Any]]:
    """Return the night's ballots as Democracy Club has them; with *won*, none of the sheet's."""
    told = [
        ballot(made.name, f"Ward {n}", 1, [winner] if won else ())
        for made in night
        if not (won and made.by_sheet)
        for n, winner in enumerate(made.winners)
    ]
    told += [mayor(place, "Labour" if won else "") for place in MAYORS]
    return [*told, ballot(BY_ELECTION, "Avenue", 1, ["Reform UK"] if won else (), by=True)]
