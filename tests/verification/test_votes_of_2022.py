"""The votes of every council of 5 May 2022, as the bot has them and as the raw sources give them.

`docs/votes-of-2022.md` is written from here (`python -m tests.verification.test_votes_of_2022`,
with the file of a replayed night to use instead of replaying it) and compared with what is
computed, where the sources are at hand.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from bot.election.standings import CouncilStanding
from bot.election.votes import Votes
from bot.store.reader import Reader
from tests.support.moments import NIGHT
from tests.support.sources import WITH_SOURCES
from tests.support.tables import shipped
from tests.support.whole_night import whole_night
from tests.verification.published import page_of, row_of
from tests.verification.raw_votes import (
    GROUPS,
    OTHERS,
    RawVotes,
    papers_above_votes,
    raw_votes,
)

pytestmark = [pytest.mark.night, pytest.mark.timeout(400), WITH_SOURCES]

DOC = Path(__file__).parents[2] / "docs" / "votes-of-2022.md"
COLUMNS = (
    "wards with a poll",
    "share of the vote",
    "all votes",
    "turnout",
    "electorate",
    "change, of wards",
    "closest, biggest majority",
)
_PUT_RIGHT = "a candidate whose party the handbook miscodes is put right in the bot's table"
_MISCODED = {"RCH", "CAY", "POW", "NTL", "FLN", "RCT"}
INTRODUCTION = """\
# The votes of 5 May 2022, council by council

What the bot answers at the end of the replayed night, beside the same figures reckoned from the raw
sources by another way (`tests/verification/raw_votes.py`: no code and no table of the bot). A test
replays the night, compares every cell and writes this page anew
(`ELECTION_SOURCES=… python -m tests.verification.test_votes_of_2022`).

- *Share of the vote*: the handbook of the Elections Centre and the Commons Library marks the votes
  that count; the bot counts each party's best-placed candidate where a ward fills several seats,
  and everybody where it fills one. In Scotland both count first preferences.
- *All votes*: the plain sum.
- *Turnout*: the wards' turnout in the handbook, weighted by their electorates. In most wards it
  counts rejected ballot papers too: it is {papers:.1f} points above valid votes in the median ward
  of one seat. In {below} of {single} such wards it is over a point below them, which cannot be; the
  bot keeps the handbook's figure. The furthest below: {worst}.
- *Change*: in points since 2017 or 2018, in the wards that have the same code and name, of how many
  wards; nothing where they are fewer than half.
- *Majorities*: the last elected over the first not elected, where they are of different parties, or
  independents. None in Scotland, where the vote is transferable.

**{differing} of {rows} councils differ**, {cells} cells of {all_cells}. A cell that differs has the
bot's figure first and the source's in brackets; the last column says why.
"""


@dataclass(frozen=True)
class Row:
    """A council's cells; how many differ, and why."""

    name: str
    cells: list[str]
    differing: list[str]
    reasons: list[str]

    def __str__(self) -> str:
        return row_of((self.name, *self.cells, "; ".join(self.reasons)))


def shares(sums: Mapping[str, int]) -> str:
    """Return shares in one fixed form."""
    total = sum(sums.values())
    shown = [(one, 100 * sums[one] / total) for one in (*GROUPS, OTHERS) if sums.get(one)]
    return ", ".join(f"{one} {share:.1f}" for one, share in shown)


def change(now: Mapping[str, int], then: Mapping[str, int], compared: int, polls: int) -> str:
    """Return changes in points of the parties that one can compare; none of too few wards."""
    if not compared or 2 * compared < polls:
        return ""
    before, after = sum(then.values()), sum(now.values())
    moved = [
        (one, 100 * now.get(one, 0) / after - 100 * then.get(one, 0) / before)
        for one in GROUPS
        if now.get(one) or then.get(one)
    ]
    return ", ".join(f"{one} {points:+.1f}" for one, points in moved) + f" ({compared})"


def _grouped(sums: Mapping[str, int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for code, votes in sums.items():
        found[code if code in GROUPS else OTHERS] += votes
    return found


def ours(votes: Votes) -> tuple[str, ...]:
    """Return the bot's cells."""
    polled, margins = votes.turnout, [one.votes for one in votes.margins]
    moves = {one.party: one.change for one in votes.shares if one.party in GROUPS}
    told = [f"{one} {moves[one]:+.1f}" for one in GROUPS if moves.get(one) is not None]
    return (
        str(votes.polls),
        shares(_grouped({one.party: one.votes for one in votes.shares})),
        shares(_grouped({one.party: one.votes for one in votes.plain_shares})),
        f"{polled.per_cent:.1f}%" if polled else "",
        f"{polled.electorate:,}" if polled else "",
        f"{', '.join(told)} ({len(votes.compared)})" if told else "",
        f"{min(margins):,}, {max(margins):,}" if margins else "",
    )


def theirs(raw: RawVotes) -> tuple[str, ...]:
    """Return the sources' cells."""
    stv = raw.closest is None
    return (
        str(raw.polls),
        shares(raw.effective),
        shares(raw.plain),
        f"{100 * raw.voted / raw.electors:.1f}%" if raw.electors else "",
        f"{raw.electors:,}" if raw.electors else "",
        change(raw.now, raw.then, raw.compared, raw.polls),
        "" if stv else f"{raw.closest:,}, {raw.biggest:,}",
    )


def compared(standing: CouncilStanding, votes: Votes, raw: RawVotes) -> Row:
    """Return a council's row."""
    cells, differing = [], []
    for column, mine, other in zip(COLUMNS, ours(votes), theirs(raw), strict=True):
        same = mine == other
        cells.append(mine if same else f"{mine or '–'} [{other or '–'}]")
        differing += [] if same else [column]
    return Row(standing.council.name, cells, differing, _reasons(standing, raw, differing))


def _reasons(standing: CouncilStanding, raw: RawVotes, differing: list[str]) -> list[str]:
    found = []
    if {"share of the vote", "change, of wards"} & {*differing} and raw.judged:
        wards = ", ".join(name.title() for name in raw.judged)
        found.append(f"the handbook counts independents in its own way in {wards}")
    if differing == ["turnout"] and standing.council.nation == "Scotland":
        found.append("the wards' turnouts are rounded to one decimal")
    if standing.council.code == "TWH" and differing == ["change, of wards"]:
        found.append("the handbook gives Bethnal Green West the code of Bethnal Green East")
    if standing.council.code in _MISCODED and differing:
        found.append(_PUT_RIGHT)
    return found


@cache
def rows(database: Path) -> list[Row]:
    """Return every council's row by name."""
    raw = raw_votes(Path(os.environ["ELECTION_SOURCES"]))
    with Reader(database, shipped()) as reader:
        return [
            compared(one, reader.votes(NIGHT, one.council.code), raw[one.council.code])
            for one in reader.councils(NIGHT)
        ]


def page(database: Path) -> str:
    """Return the whole page."""
    found = rows(database)
    above = papers_above_votes(Path(os.environ["ELECTION_SOURCES"]))
    single = sorted(above, key=lambda ward: above[ward])
    below = [ward for ward in single if above[ward] < -1]
    introduction = INTRODUCTION.format(
        papers=above[single[len(single) // 2]],
        below=len(below),
        single=f"{len(single):,}",
        worst=", ".join(below[:3]),
        differing=sum(bool(row.differing) for row in found),
        rows=len(found),
        cells=sum(len(row.differing) for row in found),
        all_cells=len(found) * len(COLUMNS),
    )
    return page_of(introduction, ("council", *COLUMNS, "why it differs"), found)


def test_every_council_s_votes_are_those_of_the_handbook_or_the_reason_is_said() -> None:
    found = rows(whole_night().database)
    assert len(found) == 200
    assert [(row.name, row.differing) for row in found if row.differing and not row.reasons] == []
    assert sum(bool(row.differing) for row in found) <= 23


def test_the_page_of_votes_is_what_the_sources_and_the_bot_give() -> None:
    assert DOC.read_text(encoding="utf-8") == page(whole_night().database)


if __name__ == "__main__":
    of = Path(sys.argv[1]) if len(sys.argv) > 1 else whole_night().database
    DOC.write_text(page(of), encoding="utf-8")
