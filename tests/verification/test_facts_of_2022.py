"""The facts of every council of 5 May 2022, as the bot has them and as the raw sources give them.

`docs/facts-of-2022.md` is written from here (`python -m tests.verification.test_facts_of_2022`) and
compared with what is computed, where the sources are at hand.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import astuple, fields
from pathlib import Path

import pytest

from bot.election.almanac import Almanac
from bot.election.history import tenure_of
from bot.election.reports import WardReport
from bot.election.standings import CouncilStanding
from bot.election.votes import votes_of
from bot.wording.councils import since_when
from bot.wording.figures import counted_from
from tests.support.moments import END
from tests.support.sources import WITH_SOURCES
from tests.support.whole_night import moments
from tests.verification.raw_facts import GROUPS, Facts, RawSources, seats_text

pytestmark = [
    pytest.mark.night,
    pytest.mark.timeout(400),
    WITH_SOURCES,
]

DOC = Path(__file__).parents[2] / "docs" / "facts-of-2022.md"
_COLUMNS = tuple(field.name.replace("_", " ") for field in fields(Facts))
INTRODUCTION = """\
# The facts of 5 May 2022, council by council

What the bot answers at the end of the replayed night, beside the same facts reckoned from the raw
sources by another way (`tests/verification/raw_facts.py`: no code and no table of the bot). A test
replays the night, compares every cell and writes this page anew
(`ELECTION_SOURCES=… python -m tests.verification.test_facts_of_2022`).

**{differing} of {rows} rows differ from the raw sources**, {cells} cells of {all_cells}. A cell
that differs has the bot's figure first and the source's in brackets. They differ for these reasons:
- *before* and *change*: seats not up on the night show changes since the snapshot of May 2021,
  which are fitted in (`data/nights/2022-05-05/adjustments.csv`), or the whole eve is cited;
- *now*: none may differ;
- *since*: a cited moment goes before the snapshots, a change between two elections is told as
  "before", and the sitting party of Basildon is cited;
- *most votes*: six candidates whose party the handbook miscodes are put right in the bot's table;
  in wards of several seats independents are counted by their descriptions, which the source has
  in other forms (`docs/votes-of-2022.md` names the wards).
"""


def _grouped(seats: Mapping[str, int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for code, number in seats.items():
        group = "vacant" if code == "Vac" else code if code in GROUPS else "others"
        found[group] += number
    return found


def told(one: CouncilStanding, almanac: Almanac, ballots: list[WardReport]) -> tuple[Facts, str]:
    """Return what the bot has of a council, and what its changes are counted from."""
    declared, first = one.declared, one.new_council
    assert declared is not None, one.council.name
    lasted = one.before and tenure_of(one.council, one.before, one.night, almanac)
    since = ""
    if lasted:
        words = since_when(lasted).removeprefix("since ")
        holder = lasted.holder.holder or "NOC"
        since = f"{holder if holder in (*GROUPS, 'NOC') else 'others'} {words}"
    votes = votes_of(
        one.council,
        {ward.ballot_id: ward for ward in ballots},
        almanac.night(one.night),
        almanac.parties,
    )
    largest, voted = votes.largest, votes.turnout
    most = f"{_name(largest.party)} {largest.per_cent:.1f}%" if largest else ""
    found = Facts(
        before="a first election" if first else seats_text(_grouped(one.held or {})),
        now=seats_text(_grouped(declared.now)),
        change="a first election"
        if first
        else seats_text(_grouped(declared.counted_changes or {}), sign=True),
        since="a first election" if first else since,
        most_votes=most,
        turnout=f"{voted.per_cent:.1f}%" if voted else "",
    )
    return found, "" if first else counted_from(declared.baseline)


def _name(code: str) -> str:
    return {"Asp": "Aspire"}.get(code, code)


def _same(column: str, ours: str, theirs: str) -> bool:
    if column == "since":
        return re.sub("at least | at the latest|its first election in ", "", ours) == theirs
    return ours == theirs


def compared() -> list[tuple[str, str, list[str], int]]:
    """Return a council's name, what its changes are counted from, its cells, how many differ."""
    end = moments()[END]
    raw = RawSources(Path(os.environ["ELECTION_SOURCES"])).facts()
    rows = []
    for one in sorted(end.standings, key=lambda each: each.council.name):
        code = one.council.code
        ours, baseline = told(one, end.almanac, end.wards.get(code, []))
        cells, differing = [], 0
        for column, mine, theirs in zip(_COLUMNS, astuple(ours), astuple(raw[code]), strict=True):
            same = _same(column, mine, theirs)
            differing += not same
            cells.append(mine if same else f"{mine or '–'} [{theirs or '–'}]")
        rows.append((one.council.name, baseline, cells, differing))
    return rows


def page() -> str:
    """Return the whole page."""
    rows = compared()
    introduction = INTRODUCTION.format(
        differing=sum(1 for *_, number in rows if number),
        rows=len(rows),
        cells=sum(number for *_, number in rows),
        all_cells=len(rows) * len(_COLUMNS),
    )
    lines = [
        f"| council | {' | '.join(_COLUMNS)} | changes are counted |",
        f"| --- |{' --- |' * len(_COLUMNS)} --- |",
        *(f"| {name} | {' | '.join(cells)} | {since} |" for name, since, cells, _ in rows),
    ]
    return introduction + "\n" + "\n".join(lines) + "\n"


def test_the_fact_sheet_is_what_the_sources_and_the_bot_give() -> None:
    assert DOC.read_text(encoding="utf-8") == page()


def test_no_council_s_seats_now_differ_from_the_sources() -> None:
    now = _COLUMNS.index("now")
    assert [name for name, _, cells, _ in compared() if "[" in cells[now]] == []


if __name__ == "__main__":
    DOC.write_text(page(), encoding="utf-8")
