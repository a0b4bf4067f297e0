"""The single transferable vote: by hand, and the real counts of the Assembly."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from pathlib import Path

import pytest

from bot.almanac.recorded_nights import WardStatus
from bot.almanac.tables import load_night
from bot.election.parties import WireParty, folded
from bot.election.reports import Candidate
from bot.election.stv import courses, quota


def test_the_quota_is_the_least_that_no_more_than_the_seats_can_reach() -> None:
    assert quota(100, 4) == 21
    assert 4 * quota(100, 4) <= 100 < 5 * quota(100, 4)
    assert quota(0, 1) == 1
    with pytest.raises(ValueError, match="one seat"):
        quota(10, 0)


def test_a_count_by_hand() -> None:
    standing = [
        Candidate("Ada", None, (40, 34, 34), True),
        Candidate("Ben", None, (30, 33.5, 41), True),
        Candidate("Cleo", None, (20, 21.5), False),
        Candidate("Dan", None, (10, 11, 25), False),
    ]
    found = {one.name: (one.elected_at, one.excluded_at) for one in courses(standing, 2)}
    assert found == {
        "Ada": (1, None),
        "Ben": (3, None),
        "Cleo": (None, 2),
        "Dan": (None, None),
    }


def test_who_is_elected_without_the_quota_is_elected_at_the_last_count() -> None:
    standing = [
        Candidate("Ada", None, (40, 40), True),
        Candidate("Ben", None, (25, 26), True),
        Candidate("Cleo", None, (24,), False),
    ]
    assert courses(standing, 2)[1].elected_at == 2


def test_a_ward_s_candidates_are_taken_too_and_without_votes_nothing_is_said() -> None:
    party = WireParty("Lab")
    known = Candidate("Ada", party, (9,), True)
    assert courses([known], 1)[0].elected_at == 1
    unknown = Candidate("Ada", party, elected=True)
    assert courses([unknown], 1)[0].elected_at is None


def test_the_assembly_s_counts_are_those_of_its_officers() -> None:
    sources = os.environ.get("ELECTION_SOURCES")
    if not sources:
        pytest.skip("ELECTION_SOURCES does not point at the sources")
    said = {}
    with (Path(sources) / "ni_2022/ni_assembly_2022_counts.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            if row["Status"]:
                name = folded(f"{row['Firstname']} {row['Surname']}")
                place = row["constituency_slug"].replace("-and-", "-")
                said[place, name] = (row["Status"], int(row["Occurred_On_Count"]))
    night = load_night("2022-05-05")
    counts = {row.code: row.counts for row in night.ballots}
    standing = defaultdict(list)
    for one in night.ballot_candidates:
        if one.ballot.startswith("assembly."):
            standing[one.ballot].append(Candidate(one.name, None, one.counted, one.elected))
    elected = excluded = 0
    for code, candidates in standing.items():
        for course in courses(candidates, 5):
            place = code.removeprefix("assembly.").replace("-and-", "-")
            status, at = said[place, folded(course.name)]
            if status == "Elected":
                elected += course.elected_at == at
            elif at < counts[code]:
                excluded += course.excluded_at == at
    # The last to go out is not excluded any more: the count ends with them.
    assert (elected, excluded) == (90, 239 - 90 - 18)


def test_scotland_s_counts_are_those_of_the_source() -> None:
    sources = os.environ.get("ELECTION_SOURCES")
    if not sources:
        pytest.skip("ELECTION_SOURCES does not point at the sources")
    path = Path(sources) / "results_2022/scotland-2022-stv-indylive.csv"
    with path.open(encoding="utf-8-sig") as file:
        said = {
            (row["map_ward_id"], row["name"].strip()): row["occurred_on_count"]
            for row in csv.DictReader(file)
            if row["status"] == "Elected"
        }
    night = load_night("2022-05-05")
    standing = defaultdict(list)
    for one in night.stv_candidates:
        standing[one.ward].append(Candidate(one.name, None, one.counted, one.elected))
    agreeing = 0
    for ward in night.stv_wards:
        if ward.status is WardStatus.CONTESTED:
            for course in courses(standing[ward.ward], ward.seats_up, ward.valid):
                if course.elected and (ward.gss, course.name) in said:
                    assert str(course.elected_at) == said[ward.gss, course.name], course
                    agreeing += 1
    assert agreeing == 1_111
