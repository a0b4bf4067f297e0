"""Where a code and a name mean two different mayors or constituencies, the desk is asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.desk import Editor
from bot.store.reader import Reader
from tests.cases.support import Json, ingest_with, taken_in

Form = Callable[[str, str], dict[str, str]]
NIGHT = "2022-05-05"
WATFORD, CROYDON, NOBODYS = "E07000103", "E09000008", "E07999999"


def of_democracy_club(area: str, code: str) -> dict[str, str]:
    candidacies = [
        {
            "elected": place == 0,
            "party": {"ec_id": party, "name": party},
            "party_name": party,
            "person": {"id": place, "name": name},
            "result": {"elected": place == 0, "num_ballots": 9000 - place},
        }
        for place, (name, party) in enumerate((("Alex Alpha", "PP90"), ("Bo Beta", "PP52")))
    ]
    ballot = {
        "ballot_paper_id": f"mayor.somewhere.{NIGHT}",
        "election": {"election_id": f"mayor.{NIGHT}", "name": "Mayor", "election_date": NIGHT},
        "post": {"id": f"gss:{code}", "label": area, "slug": "x"},
        "winner_count": 1,
        "cancelled": False,
        "uncontested": False,
        "last_updated": "2022-05-06T03:10:00+01:00",
        "candidacies": candidacies,
        "results": {},
    }
    return {"ballots.json": json.dumps({"count": 1, "next": None, "results": [ballot]})}


def of_nist(area: str, code: str) -> dict[str, str]:
    report = {
        "@type": "ElectionResults.ElectionReport",
        "Status": "certified",
        "GeneratedDate": "2022-05-06T03:10:00+01:00",
        "GpUnit": [
            {
                "@id": "area",
                "Type": "borough",
                "Name": area,
                "ExternalIdentifier": [{"Type": "national-level", "Value": code}],
            }
        ],
        "Party": [{"@id": "LD", "Name": "Liberal Democrats"}],
        "Office": [{"@id": "office", "Name": "Mayor"}],
        "Election": [
            {
                "StartDate": NIGHT,
                "Name": "Mayors",
                "Candidate": [
                    {
                        "@id": "alex",
                        "BallotName": "Alex Alpha",
                        "PartyId": "LD",
                        "PostElectionStatus": "winner",
                    }
                ],
                "Contest": [
                    {
                        "@id": "contest",
                        "@type": "ElectionResults.CandidateContest",
                        "Name": "The mayor",
                        "OfficeIds": ["office"],
                        "ElectionDistrictId": "area",
                        "NumberElected": 1,
                        "ContestSelection": [{"@id": "s", "CandidateIds": ["alex"]}],
                    }
                ],
            }
        ],
    }
    return {"nist.json": json.dumps(report)}


FORMATS: list[Form] = [of_democracy_club, of_nist]


def elected_in(account: Json) -> list[str]:
    return [one["contest"] for one in account["contests"] if one["elected"]]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("area", "code", "what"),
    [
        ("Watford", CROYDON, "its code is that of Croydon, its name that of Watford"),
        ("Mayor of Watford", CROYDON, "its code is that of Croydon, its name that of Watford"),
        ("Saltmarsh", CROYDON, "its code is that of Croydon, its name “Saltmarsh”"),
    ],
)
def test_a_mayor_with_the_code_of_another_is_held_and_neither_is_told(
    form: Form, area: str, code: str, what: str
) -> None:
    account = taken_in(form(area, code))
    (held,) = account["held"]
    assert what in "; ".join(held["reasons"])
    assert elected_in(account) == []
    assert account["alerts"] == []


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("area", "code"),
    [
        ("Watford", WATFORD),
        ("Watford", NOBODYS),
        ("The Mayor for Watford", WATFORD),
        ("Watford Borough", WATFORD),
    ],
)
def test_one_area_spelt_in_two_ways_is_one(form: Form, area: str, code: str) -> None:
    account = taken_in(form(area, code))
    assert account["held"] == []
    assert len(elected_in(account)) == 1


@pytest.mark.parametrize("confirms", [True, False])
async def test_the_desk_says_which_mayor_it_is(tmp_path: Path, confirms: bool) -> None:
    async with ingest_with(tmp_path) as room:
        await room.file(of_democracy_club("Watford", CROYDON))
        with Reader(room.db, room.almanac) as reader:
            (held,) = reader.held(date.fromisoformat(NIGHT))
        act = room.desk.confirm if confirms else room.desk.reject
        await act(held.held.report_id, Editor("Mo", 1), "seen at the count")
        found = elected_in(room.account())
    assert len(found) == confirms
    assert all("Watford" in one for one in found)
