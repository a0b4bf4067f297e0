"""NIST SP 1500-100 as JSON."""

from __future__ import annotations

import copy
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.parties import WireParty
from bot.election.reports import Reading, WardReport
from bot.feeds import nist
from tests.feeds.documents import reading

Document = dict[str, Any]


def words(text: str) -> Document:
    """Return an `InternationalizedText`."""
    strings = [
        {"@type": "ElectionResults.LanguageString", "Language": "cy", "Content": "Rhywbeth"},
        {"@type": "ElectionResults.LanguageString", "Language": "en", "Content": text},
    ]
    return {"@type": "ElectionResults.InternationalizedText", "Text": strings}


def selection(number: int, votes: int) -> Document:
    counts = [
        {"@type": "ElectionResults.VoteCounts", "Type": "absentee", "Count": 7, "GpUnitId": "w1"},
        {"@type": "ElectionResults.VoteCounts", "Type": "total", "Count": 3, "GpUnitId": "part"},
        {"@type": "ElectionResults.VoteCounts", "Type": "total", "Count": votes, "GpUnitId": "w1"},
    ]
    return {
        "@id": f"s{number}",
        "@type": "ElectionResults.CandidateSelection",
        "CandidateIds": [f"c{number}"],
        "VoteCounts": counts,
    }


REPORT: Document = {
    "@type": "ElectionResults.ElectionReport",
    "Format": "summary-contest",
    "Status": "unofficial-complete",
    "SequenceStart": 1,
    "SequenceEnd": 1,
    "IsTest": False,
    "GeneratedDate": "2022-05-06T01:52:10+01:00",
    "Issuer": "Hull City Council",
    "GpUnit": [
        {
            "@id": "hull",
            "@type": "ElectionResults.ReportingUnit",
            "Type": "city-council",
            "Name": words("Kingston upon Hull"),
            "ComposingGpUnitIds": ["w1"],
        },
        {
            "@id": "w1",
            "@type": "ElectionResults.ReportingUnit",
            "Type": "ward",
            "Name": words("Avenue"),
            "VotersRegistered": 9880,
            "VotersParticipated": 3301,
            "ExternalIdentifier": [
                {"Type": "local-level", "Value": "AV"},
                {"Type": "other", "OtherType": "gss", "Value": "E05011535"},
            ],
        },
    ],
    "Party": [
        {
            "@id": "ld",
            "Name": words("Liberal Democrats"),
            "Abbreviation": words("LD"),
            "ExternalIdentifier": [{"Type": "other", "Value": "PP90"}],
        }
    ],
    "Office": [
        {"@id": "seat", "Name": words("Councillor")},
        {"@id": "m", "Name": words("Mayor")},
        {"@id": "p", "Name": words("Police and Crime Commissioner")},
    ],
    "Election": [
        {
            "@type": "ElectionResults.Election",
            "Name": words("Local elections"),
            "Type": "general",
            "StartDate": "2022-05-05",
            "EndDate": "2022-05-05",
            "ElectionScopeId": "hull",
            "Candidate": [
                {
                    "@id": "c1",
                    "BallotName": words("Example Alpha"),
                    "PartyId": "ld",
                    "PostElectionStatus": "winner",
                },
                {"@id": "c2", "BallotName": words("Example Beta")},
            ],
            "Contest": [
                {
                    "@id": "contest-1",
                    "@type": "ElectionResults.CandidateContest",
                    "Name": "Avenue",
                    "ElectionDistrictId": "w1",
                    "NumberElected": 1,
                    "VotesAllowed": 1,
                    "OfficeIds": ["seat"],
                    "ContestSelection": [selection(1, 1650), selection(2, 1212)],
                }
            ],
        }
    ],
}


def changed(path: str, value: object, document: Document = REPORT) -> Document:
    """Return the report with a value put in a place like `Election.0.Contest.0.Name`."""
    report = copy.deepcopy(document)
    place: Any = report
    *way, last = path.split(".")
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    if isinstance(place, list):
        place[int(last) :] = [value]
    else:
        place[last] = value
    return report


def taken(document: Document, name: str = "report.json") -> Reading:
    return reading(json.dumps(document), name)


def ward(document: Document, name: str = "report.json") -> WardReport:
    found = taken(document, name)
    assert found.faults == ()
    [report] = found.reports
    assert isinstance(report, WardReport)
    return report


CONTEST = "Election.0.Contest.0"
SECOND = "Election.0.Contest.1"


def test_a_ward() -> None:
    assert taken(REPORT).format == nist.FORMAT
    report = ward(REPORT)
    assert (report.night, report.council.name) == (date(2022, 5, 5), "Kingston upon Hull")
    assert report.ballot_id == "nist.kingston-upon-hull.avenue"
    assert (report.area, report.gss, report.seats) == ("Avenue", "E05011535", 1)
    assert (report.electorate, report.turnout, report.source) == (9880, 33.41, "Hull City Council")
    winner, loser = report.candidates
    assert winner.party == WireParty("Liberal Democrats", "LD", "PP90")
    assert (winner.name, winner.first_preferences, winner.elected) == ("Example Alpha", 1650, True)
    assert (loser.party.name, loser.first_preferences, loser.elected) == (
        "Independent",
        1212,
        False,
    )
    assert report.declared
    assert not (report.test or report.by_election or report.uncontested)


def test_later_reports_are_later_whatever_their_moment_has_in_common() -> None:
    moment = datetime(2022, 5, 6, 0, 52, 10, tzinfo=UTC)
    statuses = (
        "pre-election",
        "unofficial-partial",
        "unofficial-complete",
        "certified",
        "recount",
        "correction",
    )
    times = [ward(changed("Status", status)).updated_at for status in statuses]
    assert times == sorted(time for time in times if time)
    assert len(set(times)) == len(times)
    assert all(time and timedelta(0) < time - moment < timedelta(milliseconds=1) for time in times)
    second = ward(changed("SequenceEnd", 2, changed("SequenceStart", 2))).updated_at
    assert second is not None
    assert times[2] is not None
    assert times[3] is not None
    assert times[2] < second < times[3]
    later = ward(changed("GeneratedDate", "2022-05-06T01:52:10.001+01:00")).updated_at
    assert later is not None
    assert times[-1] is not None
    assert times[-1] < later


@pytest.mark.parametrize(
    ("status", "elected"),
    [("winner", True), ("projected-winner", None), ("defeated", False), ("runoff", None)],
)
def test_a_projected_winner_is_not_a_winner(status: str, elected: bool | None) -> None:
    report = ward(changed("Election.0.Candidate.0.PostElectionStatus", status))
    assert report.candidates[0].elected is elected
    assert report.candidates[1].elected is (False if status == "winner" else None)


def test_before_the_election_nobody_has_won() -> None:
    report = ward(changed("Status", "pre-election"))
    assert [(one.votes, one.elected) for one in report.candidates] == [((), None)] * 2


def test_seats() -> None:
    assert ward(changed(f"{CONTEST}.NumberElected", None)).seats == 1
    by_transfers = changed(f"{CONTEST}.VoteVariation", "rcv")
    assert ward(by_transfers).seats == 1
    [fault] = taken(changed(f"{CONTEST}.NumberElected", None, by_transfers)).faults
    assert "NumberElected is missing" in fault


def test_votes_are_those_of_the_whole_ward() -> None:
    counts = f"{CONTEST}.ContestSelection.0.VoteCounts"
    assert ward(changed(counts, [{"Type": "total", "Count": 5.0}])).candidates[0].votes == (5,)
    parts = [{"Type": "total", "Count": 5, "GpUnitId": "part"}]
    assert ward(changed(counts, parts)).candidates[0].votes == ()


def test_a_ward_without_a_code_is_known_by_its_name() -> None:
    report = ward(changed("GpUnit.1.ExternalIdentifier", []))
    assert report.gss is None
    assert report.ballot_id == "nist.kingston-upon-hull.avenue"


def test_what_is_no_ward_s_contest_is_passed_over() -> None:
    others: list[Document] = [
        {"@id": "q", "@type": "ElectionResults.PartyContest", "Name": "A list"},
        REPORT["Election"][0]["Contest"][0] | {"@id": "m", "OfficeIds": ["p"]},
        REPORT["Election"][0]["Contest"][0] | {"@id": "all", "ElectionDistrictId": "hull"},
    ]
    contests = REPORT["Election"][0]["Contest"] + others
    found = taken(changed("Election.0.Contest", contests))
    assert (len(found.reports), found.passed_over, found.faults) == (1, 3, ())


def test_by_elections_are_told_apart() -> None:
    report = ward(changed(f"{CONTEST}.Name", "Avenue by-election"))
    assert report.by_election
    assert report.ballot_id.endswith(".by")
    assert ward(changed("Election.0.Type", "special")).by_election


def test_the_council_is_the_nearest_whole_or_the_election_s_scope() -> None:
    county = {"@id": "county", "Type": "county", "Name": "Exampleshire"}
    above = changed("GpUnit.2", county | {"ComposingGpUnitIds": ["hull"]})
    assert ward(above).council.name == "Kingston upon Hull"
    beside = changed("GpUnit.2", county | {"ComposingGpUnitIds": ["w1"]})
    assert ward(beside).council.name == "Kingston upon Hull"
    assert ward(changed("Election.0.ElectionScopeId", "county", beside)).council.name == (
        "Exampleshire"
    )
    [fault] = taken(changed("Election.0.ElectionScopeId", None, beside)).faults
    assert "part of 'Kingston upon Hull' and 'Exampleshire'" in fault
    loose = changed("GpUnit.0.ComposingGpUnitIds", [])
    assert ward(loose).council.name == "Kingston upon Hull"
    [fault] = taken(changed("Election.0.ElectionScopeId", None, loose)).faults
    assert "no GpUnit says" in fault
    other = {"Type": "other", "OtherType": "district council", "Name": "North"}
    document = changed("GpUnit.0", REPORT["GpUnit"][0] | other)
    document["GpUnit"].append(REPORT["GpUnit"][1])
    assert ward(document).council.name == "North"


def test_places_that_make_up_each_other_are_no_trap() -> None:
    document = changed("GpUnit.0.Type", "state")
    document["GpUnit"][1]["ComposingGpUnitIds"] = ["hull"]
    document["Election"][0]["ElectionScopeId"] = None
    [fault] = taken(document).faults
    assert "no GpUnit says" in fault


@pytest.mark.parametrize(
    "document",
    [
        changed("IsTest", True),
        changed("Election.0.Name", "Local elections Test"),
        changed(f"{CONTEST}.Name", "Avenue Test"),
        changed("Election.0.Candidate.0.BallotName", "Example AlphaTest"),
    ],
)
def test_test_material_is_marked(document: Document) -> None:
    assert ward(document).test


def test_a_file_s_name_marks_a_test() -> None:
    assert ward(REPORT, "report_Test.json").test


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("ElectionDistrictId", None, "ElectionDistrictId is missing"),
        ("ElectionDistrictId", "w9", "GpUnit 'w9' is not described"),
        ("NumberElected", -1, "a whole number from 0 to 100"),
        ("NumberElected", True, "no whole number"),
        ("ContestSelection", {}, "no list"),
        ("ContestSelection", [{"CandidateIds": ["c9"]}], "candidate 'c9' is not described"),
        ("ContestSelection", [{"CandidateIds": [9]}], "which is no id"),
        ("ContestSelection", [{"CandidateIds": ["c1"]}] * 2, "candidate 'c1' stands in it twice"),
        (
            "ContestSelection",
            [{"CandidateIds": ["c2"], "EndorsementPartyIds": ["x"]}],
            "party 'x' is not described",
        ),
        (
            "ContestSelection",
            [{"CandidateIds": ["c1"], "VoteCounts": [{"Type": "total", "Count": 1.5}]}],
            "no whole number",
        ),
    ],
)
def test_a_faulty_contest_loses_only_itself(path: str, value: object, said: str) -> None:
    contest = REPORT["Election"][0]["Contest"][0] | {"@id": "bad", path: value}
    found = taken(changed(SECOND, contest))
    assert len(found.reports) == 1
    [fault] = found.faults
    assert fault.startswith("Contest 'bad': ")
    assert said in fault


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("Status", "final", "which is none of pre-election"),
        ("Status", None, "its Status is missing"),
        ("GeneratedDate", "2022-05-06T01:52:10", "no time with its zone"),
        ("SequenceStart", 2, "SequenceStart is 2, its SequenceEnd 1"),
        ("IsTest", "no", "no yes or no"),
        ("GpUnit.2", REPORT["GpUnit"][0], "the @id 'hull' appears twice"),
        ("Party", ["ld"], "no object"),
        ("Election.0.StartDate", "May", "no date"),
        ("Election.0.Contest", [], "has no contest"),
        ("Election.0.Contest", ["x"], "a contest is missing or no object"),
        ("Election", None, "has no contest"),
    ],
)
def test_a_report_that_cannot_be_read_at_all(path: str, value: object, said: str) -> None:
    found = taken(changed(path, value))
    assert found.reports == ()
    assert said in (found.fault or "")


def test_the_form_in_xml_is_told_from_the_one_that_is_needed() -> None:
    [fault] = reading("<ElectionReport xmlns='http://itl.nist.gov/ns/voting/1500-100/v2'/>").faults
    assert "ask its issuer for the JSON" in fault


def places(value: Any, path: str = "") -> list[str]:
    """Return the path of everything in a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    return [
        place
        for key, inner in inside
        for here in [f"{path}.{key}".strip(".")]
        for place in [here, *(places(inner, here) if isinstance(inner, dict | list) else [])]
    ]


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(places(REPORT)), _ANYTHING)
def test_anything_in_any_place_gives_a_reading(path: str, value: object) -> None:
    found = taken(changed(path, value))
    assert found.reports or found.faults or found.passed_over
    assert all(fault.endswith(".") for fault in found.faults)
