"""The tables beside each independent source: nothing differs without a line that says why."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from tests.support.sources import WITH_SOURCES

from bot.almanac.tables import load_night
from tools.data import night_2026
from tools.data.comparison import Difference, differences, unexplained
from tools.data.night_2022 import Night
from tools.data.sources import Sources
from tools.data.wards import Wards

FOUND = Difference("OAK", "now", "another source", "Lab", 20, 21)


def lines(path: Path, *rows: tuple[Difference, str]) -> Path:
    """A file of reasons."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["code", "what", "source", "party", "ours", "theirs", "why"])
        for one, why in rows:
            writer.writerow([one.code, one.what, one.source, one.party, one.ours, one.theirs, why])
    return path


@WITH_SOURCES
def test_every_council_agrees_with_each_source_or_a_line_says_why() -> None:
    night = Night(Sources(Path(os.environ["ELECTION_SOURCES"])))
    later = night_2026.Night(night.sources, Wards(night))
    assert unexplained(differences(night, later)) == []


def test_a_difference_without_a_reason_is_named(tmp_path: Path) -> None:
    [fault] = unexplained([FOUND], lines(tmp_path / "reasons.csv"))
    assert fault == "OAK, now, Lab: 20 in our tables, 21 in another source, and no line says why"
    assert unexplained([FOUND], lines(tmp_path / "reasons.csv", (FOUND, " "))) == [fault]


def test_a_difference_with_its_reason_is_no_fault(tmp_path: Path) -> None:
    assert unexplained([FOUND], lines(tmp_path / "reasons.csv", (FOUND, "a later poll"))) == []


def test_a_reason_of_other_figures_explains_nothing(tmp_path: Path) -> None:
    other = Difference("OAK", "now", "another source", "Lab", 20, 22)
    faults = unexplained([FOUND], lines(tmp_path / "reasons.csv", (other, "a later poll")))
    assert [("no line says why" in one, "nothing any more" in one) for one in faults] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("council", "party", "now", "change"),
    [
        ("RCH", "Lab", 42, -3),
        ("CAY", "Lab", 45, -5),
        ("POW", "PC", 3, 1),
        ("NTL", "Lab", 25, -18),
        ("FLN", "Lab", 31, -3),
        ("GLG", "Green", 10, 3),
        ("SLK", "Lab", 24, 2),
        ("PEM", "Con", 11, -1),
        ("PLY", "Con", 24, 2),
        ("HAS", "Lab", 15, -3),
    ],
)
def test_figures_that_sources_agree_on_are_in_the_tables(
    council: str, party: str, now: int, change: int
) -> None:
    [row] = [
        one
        for one in load_night("2022-05-05").composition
        if (one.code, one.party) == (council, party)
    ]
    assert (row.now, row.change) == (now, change)


def test_polls_held_later_are_cancelled_on_the_night_and_their_seats_vacant() -> None:
    tables = load_night("2022-05-05")
    later = {(row.code, row.name) for row in tables.wards if row.status == "countermanded"}
    assert later == {
        ("RDB", "Mayfield"),
        ("KTT", "New Malden Village"),
        ("NTL", "Port Talbot"),
    }
    vacant = {row.code: row.now for row in tables.composition if row.party == "Vac"}
    assert (vacant["RDB"], vacant["KTT"], vacant["NTL"]) == (3, 3, 2)
