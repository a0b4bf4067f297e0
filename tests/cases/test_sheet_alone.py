"""A council of which nothing but the newsroom's sheet knows: it is declared, and nobody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.election.almanac import Almanac, CouncilElection, NightAlmanac
from bot.election.baselines import Baseline
from bot.election.control import NOC
from bot.election.councils import Council, Councils
from bot.election.reports import Proportion
from bot.store.reader import Reader
from bot.wording.figures import baseline_sentence, since
from tests.cases.support import Json, change_of, ingest_with, taken_in
from tests.election.build import PARTIES

NIGHT = date(2021, 5, 6)
ALMANAC = Almanac(
    PARTIES,
    Councils(
        [
            Council("WRL", "Wirral", seats=66),
            Council("FEN", "Fenland", ends=date(2020, 4, 1), successors=("WRL",)),
            Council("OAK", "Oakmere"),
        ]
    ),
)
HEADER = "council,party,seats_won,seats_now,control,before,size,seats_before\n"


def told(*rows: str, almanac: Almanac = ALMANAC) -> Json:
    body = HEADER + "".join(f"{row}\n" for row in rows)
    # A file is settled: a second fetch of a published sheet confirms it in the same way.
    return taken_in({f"desk_sheet_{NIGHT}.csv": body}, almanac=almanac)


def of(council: str, lab: int, con: int, *, size: str = "", before: str = "Con") -> list[str]:
    return [
        f"{council},Lab,9,{lab},,{before},{size},20",
        f"{council},Con,3,{con},,,,30",
    ]


@pytest.mark.parametrize("council", ["Newshire", "Oakmere", "Wirral"])
@pytest.mark.parametrize(
    ("before", "outcome"), [("Con", "gain"), ("NOC", "gain from NOC"), ("Lab", None)]
)
def test_a_council_of_no_table_s_night_is_declared(
    council: str, before: str, outcome: str | None
) -> None:
    found = told(*of(council, 40, 26, before=before))
    assert found["held"] == []
    assert found["councils"]["declared"] == 1
    change = change_of(found, council)
    assert (change or {}).get("outcome") == outcome


@pytest.mark.parametrize("name", ["Wirrall", "Wiral Council", "The Borough of Wirrel", "Fenland"])
def test_a_name_that_is_a_slip_or_that_of_a_predecessor_waits_for_the_desk(name: str) -> None:
    found = told(*of(name, 40, 26))
    [held] = found["held"]
    assert any("Wirral may be meant" in reason for reason in held["reasons"])
    assert found["councils"]["declared"] == 0


@pytest.mark.parametrize("name", ["Fenmarsh", "Fenmarsch"])
def test_a_council_that_several_followed_waits_for_the_desk(name: str) -> None:
    ended = Council("FNM", "Fenmarsh", ends=date(2020, 4, 1), successors=("WRL", "OAK"))
    almanac = replace(ALMANAC, councils=Councils([*ALMANAC.councils.rows, ended]))
    [held] = told(*of(name, 40, 26), almanac=almanac)["held"]
    assert any("Wirral or Oakmere may be meant" in reason for reason in held["reasons"])


def test_of_two_spellings_of_an_unknown_council_the_second_waits() -> None:
    found = told(*of("Newshire", 40, 26), *of("Nwshire", 9, 8))
    assert [held["council"] for held in found["held"]] == ["Nwshire"]
    assert found["councils"]["declared"] == 1
    # "Council" makes no other name: here one council has two results, and neither counts.
    twice = told(*of("Newshire", 40, 26), *of("Newshire Council", 41, 25))
    assert len(twice["held"]) == 2 and twice["councils"]["declared"] == 0
    both = told(*of("Newshire", 40, 26), *of("Eastmoor", 41, 25))
    assert both["held"] == []


def test_a_council_that_the_night_s_table_leaves_out_waits_for_the_desk() -> None:
    """It may be another one's row, and a sheet has no preview."""
    votes = CouncilElection("OAK", Proportion.ALL, 18, 18, False, False, NOC)
    night = NightAlmanac(NIGHT, "local elections", {"OAK": votes})
    almanac = replace(ALMANAC, nights={NIGHT: night})
    [held] = told(*of("Wirral", 40, 26), almanac=almanac)["held"]
    assert "have Wirral voting" in held["reasons"][0]
    assert told(*of("Newshire", 40, 26), almanac=almanac)["held"] == []


async def test_changes_by_the_sheet_are_not_called_the_wire_s(tmp_path: Path) -> None:
    body = HEADER + "Newshire,Lab,9,30,,Con,50,25\nNewshire,Con,3,20,,,,25\n"
    async with ingest_with(tmp_path, almanac=ALMANAC) as room:
        await room.file({f"desk_sheet_{NIGHT}.csv": body})
        with Reader(room.db, ALMANAC) as reader:
            standing = reader.council(NIGHT, "wire:Newshire")
    assert standing is not None
    assert standing.declared is not None
    assert standing.declared.counted_changes == {"Lab": 5, "Con": -5}
    assert standing.declared.baseline == Baseline.SHEETS
    assert since(standing.declared.baseline) == "change since before the election"
    assert baseline_sentence(standing.declared.baseline) == (
        "Counted from the seats just before the election, as our newsroom counts them."
    )


def test_the_size_of_a_council_that_only_the_sheet_has_voting_is_its_own() -> None:
    found = told(*of("Wirral", 30, 20))
    [held] = found["held"]
    assert "say so in the column size" in held["reasons"][0]
    assert told(*of("Wirral", 30, 20, size="50"))["held"] == []


@pytest.mark.parametrize(
    ("size", "holds"), [("51", False), ("49", True), ("61", True), ("", False)]
)
def test_seats_do_not_exceed_the_size_nor_miss_those_that_could_decide(
    size: str, holds: bool
) -> None:
    assert bool(told(*of("Newshire", 30, 20, size=size))["held"]) is holds
