"""Votes, turnouts and losers refuse nothing; who won, seats, parties and wards are asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.store.reader import Reader
from tests.cases.oakmere import (
    AS_IT_WAS,
    MODERN_GOV,
    NIGHT,
    NOMINATIONS,
    Fields,
    almanac,
    area,
    areas,
    ballot,
    ballots,
    contest,
    modern_gov,
    nist,
    page,
    told,
    won,
)
from tests.cases.support import Documents, Json, ingest_with


def warnings(account: Json) -> str:
    return " ".join(said for one in account["warnings"] for said in one["warnings"])


def with_votes(number: int, votes: object, *, of: int = 1) -> Fields:
    told_of = ballot(number)
    told_of["candidacies"][of]["result"]["num_ballots"] = votes
    return told_of


def with_loser(number: int, **changed: object) -> Fields:
    told_of = ballot(number)
    told_of["candidacies"][1] |= changed
    return told_of


def unmarked(number: int) -> Fields:
    told_of = ballot(number)
    for candidacy in told_of["candidacies"]:
        candidacy["elected"] = candidacy["result"]["elected"] = None
    return told_of


def results(**said: object) -> Fields:
    return ballot(0, results=said)


def registered(**said: object) -> dict[str, Any]:
    return {"units": {0: said}}


@pytest.mark.parametrize(
    ("documents", "warned"),
    [
        ({"1.json": page(*ballots(ward0=results(turnout_percentage=100.4)))}, "turnout"),
        ({"1.json": page(*ballots(ward0=results(turnout_percentage="-1")))}, "turnout"),
        ({"1.json": page(*ballots(ward0=results(num_spoilt_ballots=-1)))}, "num_spoilt_ballots"),
        ({"1.json": page(*ballots(ward0=results(total_electorate="many")))}, "total_electorate"),
        ({"1.json": page(*ballots(ward0=with_loser(0, person=None)))}, "name is missing"),
        ({"1.json": page(*ballots(ward0=with_loser(0, party=None, party_name=None)))}, "no party"),
        ({"1.json": page(*ballots(ward0=with_votes(0, "1,116")))}, "num_ballots is '1,116'"),
        ({"1.json": page(*ballots(ward0=with_votes(0, -1)))}, "num_ballots is '-1'"),
        ({"1.json": page(*ballots(ward0=with_votes(0, 10.5, of=0)))}, "num_ballots is '10.5'"),
        ({MODERN_GOV: modern_gov(*areas(ward0=area(0, numvotes="-1")))}, "numvotes is '-1'"),
        ({MODERN_GOV: modern_gov(*areas(ward0=area(0, numvotes="n/a")))}, "numvotes is 'n/a'"),
        ({MODERN_GOV: modern_gov(*areas(ward0=area(0, electorate="-1")))}, "electorate is '-1'"),
        ({MODERN_GOV: modern_gov(*areas(ward0=area(0, spoiledvotes="?")))}, "spoiledvotes"),
        ({"1.json": nist(**registered(VotersRegistered=-1))}, "VotersRegistered"),
        ({"1.json": nist(**registered(VotersRegistered=9, VotersParticipated="x"))}, "VotersPart"),
    ],
)
def test_what_decides_nothing_is_not_known_and_said(documents: Documents, warned: str) -> None:
    account = told(documents)
    assert (account["held"], account["rejected"]) == ([], [])
    assert won(account) == AS_IT_WAS
    assert warned in warnings(account)


@pytest.mark.parametrize(
    "documents",
    [
        {"1.json": page(*ballots(ward0=with_votes(0, 168.0)))},
        {MODERN_GOV: modern_gov(*areas(ward0=area(0, numvotes="1,231")))},
        {MODERN_GOV: modern_gov(*areas(ward0=area(0, electorate="4,000")))},
        {MODERN_GOV: modern_gov(*areas(ward0=area(0, votedatetime="soon")))},
    ],
)
def test_a_number_that_can_only_mean_one_thing_is_read(documents: Documents) -> None:
    account = told(documents)
    assert account["warnings"] == []
    assert won(account) == AS_IT_WAS


@pytest.mark.parametrize("changed", [{"person": None}, {"party": None, "party_name": None}])
def test_a_winner_who_is_not_told_refuses_the_ward(changed: dict[str, object]) -> None:
    told_of = ballot(0)
    told_of["candidacies"][0] |= changed
    account = told({"1.json": page(*ballots(ward0=told_of))})
    assert len(account["rejected"]) == 1
    assert account["councils"]["declared"] == 0


SHEET = "council,party,seats_won,seats_now,declared_at\nOakmere,Labour,4,9,{at}\n"
CONSERVATIVES = "Oakmere,Conservative,2,9,{at}\n"


def test_a_time_that_is_none_costs_no_council_of_the_desks_sheet_its_result() -> None:
    sheet = (SHEET + CONSERVATIVES).format(at="about two")
    account = told({f"desk_sheet_{NIGHT}.csv": sheet})
    assert (account["held"], account["rejected"]) == ([], [])
    assert won(account) == AS_IT_WAS
    assert "its declared_at is 'about two'" in warnings(account)


def test_a_row_of_the_desks_sheet_that_is_there_twice_counts_once() -> None:
    sheet = (SHEET + CONSERVATIVES * 2).format(at="02:10")
    assert won(told({f"desk_sheet_{NIGHT}.csv": sheet})) == AS_IT_WAS
    differing = (SHEET + CONSERVATIVES + CONSERVATIVES.replace("9", "8")).format(at="02:10")
    assert won(told({f"desk_sheet_{NIGHT}.csv": differing})) == {}


def test_a_mayors_turnout_that_cannot_be_read_is_a_warning_and_no_refusal() -> None:
    mayor = {
        **ballot(0, ballot_paper_id=f"mayor.oakmere.{NIGHT}", results={"turnout_percentage": -1}),
    }
    account = told({"1.json": page(mayor)})
    assert account["rejected"] == []


# --- seats ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "documents",
    [
        {"1.json": page(*ballots(ward0=ballot(0, winner_count=0)))},
        {"1.json": page(*ballots(ward0=ballot(0, winner_count=None)))},
        {MODERN_GOV: modern_gov(*(area(n, numseats="0") for n in range(6)))},
        {MODERN_GOV: modern_gov(*(area(n, numseats="") for n in range(6)))},
    ],
)
async def test_seats_that_are_not_told_are_our_tables(tmp_path: Path, documents: Documents) -> None:
    async with ingest_with(tmp_path, almanac=almanac()) as room:
        await room.file({"0.xml": NOMINATIONS, **documents})
        account = room.account()
        with Reader(room.db, room.almanac) as reader:
            wards = reader.wards(NIGHT, "OKM")
    assert won(account) == AS_IT_WAS
    assert "it does not tell its seats: 1 by our table" in warnings(account)
    assert {one.report.seats for one in wards} == {1}


def test_seats_that_nobody_tells_are_one_clear_question() -> None:
    documents = {"1.json": page(*ballots(ward0=ballot(0, winner_count=0)))}
    account = told(documents, known=almanac(with_wards=False))
    ((reason,),) = (held["reasons"] for held in account["held"])
    assert reason == "it does not tell how many seats are filled: confirming counts it as 1"


def test_an_area_that_is_refused_is_named_by_its_title() -> None:
    account = told({MODERN_GOV: modern_gov(*areas(ward1=area(1, iselected="Maybe")))})
    assert account["rejected"][0]["reason"].startswith("Area 'Brook': ")


# --- silent or late -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "documents",
    [
        {MODERN_GOV: modern_gov(*areas(ward0=area(0, iselected="False")))},
        {"1.json": page(*ballots(ward0=unmarked(0)))},
    ],
)
async def test_votes_without_anybody_marked_as_elected_are_told_to_the_desk(
    tmp_path: Path, documents: Documents
) -> None:
    async with ingest_with(tmp_path, almanac=almanac()) as room:
        await room.file({"0.xml": NOMINATIONS, **documents})
        with Reader(room.db, room.almanac) as reader:
            ((_, differing),) = reader.queue(NIGHT).differing
        assert "votes of Abbey are published, nobody is elected there" in differing
        assert "nobody is marked as elected" in warnings(room.account())


@pytest.mark.parametrize("edited", ["19/10/2023, 14:02", "05/05/2023, 01:00", "01/01/1970, 00:00"])
def test_a_page_that_is_edited_months_later_is_read(edited: str) -> None:
    document = modern_gov(*(area(n, votedatetime=edited) for n in range(6)))
    assert won(told({MODERN_GOV: document})) == AS_IT_WAS


@pytest.mark.parametrize("counted", ["03/05/2023, 09:00", "06/05/2022, 03:00", "03/05/2024, 03:00"])
def test_the_votes_of_another_years_election_are_refused(counted: str) -> None:
    document = modern_gov(*(area(n, votedatetime=counted) for n in range(6)))
    account = told({MODERN_GOV: document})
    assert len(account["rejected"]) == 6
    assert won(account) == {}


# --- copies ---------------------------------------------------------------------------------

EMPTY = {"ContestSelection": [{"@id": "s0-0", "CandidateIds": ["c0-0", "c0-1", "c0-2"]}]}


@pytest.mark.parametrize(
    "documents",
    [
        {"1.json": page(*ballots(), ballot(0))},
        {MODERN_GOV: modern_gov(*areas(), (area(0)[0], ""))},
        {MODERN_GOV: modern_gov(*areas(), area(0, electionareaid="99"))},
        {MODERN_GOV: modern_gov(*areas(ward0=(area(0)[0], area(0)[1] * 2)))},
        {"1.json": nist(contests=[contest(0, **{"@id": "k9"})])},
    ],
    ids=["ballot", "area", "area of another number", "candidates", "contest"],
)
def test_equal_copies_in_a_document_count_once(documents: Documents) -> None:
    account = told(documents)
    assert (account["held"], account["rejected"]) == ([], [])
    assert won(account) == AS_IT_WAS


@pytest.mark.parametrize(
    "documents",
    [
        {"1.json": page(*ballots(), ballot(0, "Con"))},
        {"1.json": page(ballot(0, "Con"), *ballots())},
        {MODERN_GOV: modern_gov(*areas(), area(0, "Con", electionareaid="99"))},
        {"1.json": nist(contests=[contest(0, **{"@id": "k9", **EMPTY})])},
    ],
    ids=["ballot", "ballot the other way round", "area", "contest"],
)
def test_of_copies_that_differ_none_counts_until_the_desk_says_which(documents: Documents) -> None:
    account = told(documents)
    assert len(account["held"]) == 2
    assert all("has it twice, and not the same" in one["reasons"][0] for one in account["held"])
    assert account["councils"]["declared"] == 0


def test_a_candidate_who_is_elected_in_one_row_and_not_in_another_refuses_the_area() -> None:
    described, candidates = area(0)
    contradicting = candidates.replace("<iselected>True", "<iselected>False")
    account = told({MODERN_GOV: modern_gov(*areas(ward0=(described, candidates + contradicting)))})
    assert "appears twice, elected and not elected" in account["rejected"][0]["reason"]
