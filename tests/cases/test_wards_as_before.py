"""What was right about wards, and stays so: lots, winners too many, cleared results, odd forms."""

from __future__ import annotations

import codecs
from datetime import datetime
from pathlib import Path

import pytest

from bot.clock import LONDON
from bot.feeds.formats import read
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
    with_seats,
    won,
)
from tests.cases.support import ingest_with


def tied(number: int, winner: str, at: str) -> Fields:
    """Return a ballot with two on the same votes, one of them elected by lot."""
    told_of = ballot(number, winner, last_updated=f"2023-05-05T{at}:00+01:00")
    for candidacy in told_of["candidacies"][:2]:
        candidacy["result"]["num_ballots"] = 600
    return told_of


def test_a_lot_that_was_told_wrongly_first_is_put_right() -> None:
    first = page(*ballots(ward0=tied(0, "Con", "03:00")))
    account = told({"1.json": first, "2.json": page(tied(0, "Lab", "03:40"))})
    assert won(account) == AS_IT_WAS
    assert account["superseded"] == 1


@pytest.mark.parametrize("more", [1, 2])
def test_more_winners_than_seats_are_held(more: int) -> None:
    told_of = ballot(0)
    for candidacy in told_of["candidacies"][: 1 + more]:
        candidacy["elected"] = candidacy["result"]["elected"] = True
    account = told({"1.json": page(*ballots(ward0=told_of))})
    assert account["held"][0]["reasons"] == [f"it names {1 + more} winners for 1 seat"]
    assert account["councils"]["declared"] == 0


def test_more_areas_ticked_than_seats_are_held() -> None:
    account = told({MODERN_GOV: modern_gov(*areas(ward0=area(0, iselected="True")))})
    assert account["held"][0]["reasons"] == ["it names 3 winners for 1 seat"]


async def test_results_that_are_cleared_are_taken_back(tmp_path: Path) -> None:
    cleared = ballot(0, candidacies=[], results=None, last_updated="2023-05-05T06:00:00+01:00")
    async with ingest_with(tmp_path, almanac=almanac()) as room:
        await room.file({"0.xml": NOMINATIONS, "1.json": page(*ballots())})
        assert room.account()["councils"]["declared"] == 1
        await room.file({"2.json": page(cleared)})
        account = room.account()
    assert account["councils"]["declared"] == 0
    assert [one["kind"] for one in account["alerts"]][-1] == "retraction"


def test_polls_for_other_posts_on_the_page_are_in_no_councils_total() -> None:
    others = [
        ballot(0, "Con", ballot_paper_id=f"pcc.saltley.{NIGHT}"),
        ballot(0, "Con", ballot_paper_id=f"parl.oakmere.by.{NIGHT}"),
        ballot(0, "Con", ballot_paper_id=f"local.oakmere.abbey.by.{NIGHT}"),
    ]
    assert won(told({"1.json": page(*others, *ballots())})) == AS_IT_WAS


def test_a_name_that_was_escaped_twice_is_asked_about() -> None:
    account = told({MODERN_GOV: modern_gov(*areas(ward5=area(5, title="Ferry &amp; Quay")))})
    assert "is it Ferry & Quay?" in account["held"][0]["reasons"][0]
    assert account["councils"]["declared"] == 0


@pytest.mark.parametrize(
    ("generated", "read_so"),
    [
        ("2023-05-05T03:30:00 +01:00", True),
        ("2023-05-05 03:30:00+01:00", True),
        ("2023-05-05T02:30:00Z", True),
        ("2023-05-05T03:30:00", False),
        ("05/05/2023 03:30", False),
    ],
)
def test_a_report_says_its_zone_or_is_refused(generated: str, read_so: bool) -> None:
    account = told({"1.json": nist(generated=generated)})
    assert (won(account) == AS_IT_WAS) is read_so
    assert bool(account["rejected"]) is not read_so


@pytest.mark.parametrize("count", ["1,231", "many", True])
def test_a_count_that_is_no_number_refuses_the_contest_of_a_format_with_a_schema(
    count: object,
) -> None:
    report = nist()
    told_of = contest(0)
    votes = told_of["ContestSelection"][0]["VoteCounts"][0]["Count"]
    shown = f'"{count}"' if isinstance(count, str) else "true"
    account = told({"1.json": report.replace(f'"Count": {votes}}}', f'"Count": {shown}}}', 1)})
    assert "Contest 'k0'" in account["rejected"][0]["reason"]
    assert account["councils"]["declared"] == 0


def test_a_ward_of_two_seats_with_both_winners_counts_both() -> None:
    told_of = ballot(0, winner_count=2)
    told_of["candidacies"][1] |= {"elected": True, "result": {"elected": True, "num_ballots": 5}}
    account = told({"1.json": page(*ballots(ward0=told_of))}, known=with_seats(0, 2))
    assert account["held"] == []


_TEXT = modern_gov(*areas(ward0=area(0, title="Abbéy")))


@pytest.mark.parametrize(
    ("body", "readable"),
    [
        (codecs.BOM_UTF8 + _TEXT.encode(), True),
        (f"<?xml version='1.0' encoding='UTF-16'?>{_TEXT}".encode("utf-16"), True),
        (f"<?xml version='1.0' encoding='Windows-1252'?>{_TEXT}".encode("cp1252"), True),
        (_TEXT.encode("cp1252"), False),
        (f"<?xml version='1.0' encoding='UTF-8'?>{_TEXT}".encode("utf-16"), False),
        (_TEXT.encode()[40:], False),
    ],
    ids=["mark", "UTF-16", "Windows", "Windows undeclared", "UTF-16 as UTF-8", "cut at the start"],
)
def test_a_document_is_read_in_its_character_set_or_clearly_refused(
    body: bytes, readable: bool
) -> None:
    reading = read("test", MODERN_GOV, body, datetime.now(LONDON))
    assert bool(reading.reports) is readable
    if readable:
        assert any(getattr(one, "area", None) == "Abbéy" for one in reading.reports)
    else:
        assert len(reading.faults[0]) > 20
