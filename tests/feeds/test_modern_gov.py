"""Modern.Gov's elections."""

from __future__ import annotations

from datetime import date

import pytest

from bot.election.reports import Reading, WardReport
from bot.feeds.formats import read
from bot.feeds.hints import Hints
from tests.feeds.documents import RECEIVED

NAME = "modern_gov_Kingston_upon_Hull_397.xml"


def candidate(area: str = "185", **changed: str) -> str:
    fields = {
        "electionareaid": area,
        "areatitle": "Avenue",
        "candidatename": "Example Alpha",
        "numvotes": "1650",
        "politicalpartytitle": "Liberal Democrat",
        "votedatetime": "06/05/2022, 01:52",
        "iselected": "True",
    } | changed
    return _element("candidate", fields)


def area(number: str = "185", **changed: str) -> str:
    fields = {
        "electionareaid": number,
        "title": "Avenue",
        "electorate": "9880",
        "numseats": "1",
        "numballotpapersissued": "3300",
        "spoiledvotes": "12",
        "status": "Published",
    } | changed
    return _element("electionarea", fields)


def _element(name: str, fields: dict[str, str]) -> str:
    return f"<{name}>{''.join(f'<{key}>{value}</{key}>' for key, value in fields.items())}</{name}>"


LOSER = candidate(
    candidatename="Example Beta",
    numvotes="1212",
    politicalpartytitle="Labour Party Candidate",
    iselected="False",
)


def election(candidates: str, areas: str, title: str = "Hull 2022", kind: str = "Local") -> str:
    return (
        f"<election><electionid>397</electionid><title>{title}</title>"
        f"<electiontype>{kind}</electiontype><candidates>{candidates}</candidates>"
        f"<electionareas>{areas}</electionareas></election>"
    )


ELECTION = election(candidate() + LOSER, area())


def taken(document: str, name: str = NAME, known: Hints = Hints()) -> Reading:  # noqa: B008
    return read("modern_gov", name, document.encode(), RECEIVED, known=known)


def ward(document: str, name: str = NAME, known: Hints = Hints()) -> WardReport:  # noqa: B008
    found = taken(document, name, known)
    assert found.faults == ()
    [report] = found.reports
    assert isinstance(report, WardReport)
    return report


def test_a_ward() -> None:
    report = ward(ELECTION)
    assert report.night == date(2022, 5, 5)
    assert report.council.name == "Kingston upon Hull"
    assert report.ballot_id == "modern_gov.kingston-upon-hull.185"
    assert (report.area, report.gss, report.seats) == ("Avenue", None, 1)
    assert report.updated_at is None
    assert (report.electorate, report.turnout, report.spoilt) == (9880, 33.4, 12)
    winner, loser = report.candidates
    assert (winner.first_preferences, winner.elected, winner.party.name) == (
        1650,
        True,
        "Liberal Democrat",
    )
    assert (loser.first_preferences, loser.elected, loser.party.name) == (
        1212,
        False,
        "Labour Party",
    )
    assert report.declared
    assert not (report.uncontested or report.cancelled or report.by_election or report.test)


def test_an_area_counts_once_it_is_published() -> None:
    report = ward(election(candidate() + LOSER, area(status="Counting")))
    assert [(one.votes, one.elected) for one in report.candidates] == [((), None)] * 2
    assert not report.declared
    assert report.spoilt is None


@pytest.mark.parametrize(("issued", "share"), [("0", None), ("", None), ("99999", None)])
def test_a_turnout_that_is_not_known(issued: str, share: float | None) -> None:
    assert ward(election(candidate(), area(numballotpapersissued=issued))).turnout is share


def test_unopposed_and_called_off() -> None:
    assert ward(election(candidate(numvotes="0"), area())).uncontested
    report = ward(election("", area(status="Postponed")), known=Hints(night=date(2022, 5, 5)))
    assert report.cancelled


def test_candidates_belong_to_their_area_and_who_has_no_party_is_independent() -> None:
    found = taken(
        election(
            candidate("1", politicalpartytitle="") + candidate("2", candidatename="Example Gamma"),
            area("1") + area("2", title="Beverley", numseats="2"),
        )
    )
    first, second = found.reports
    assert isinstance(first, WardReport)
    assert isinstance(second, WardReport)
    assert first.candidates[0].party.name == "Independent"
    assert (second.area, second.candidates[0].name) == ("Beverley", "Example Gamma")
    assert (first.declared, second.declared) == (True, False)


def test_the_council_s_name_comes_from_the_feed_before_the_file() -> None:
    assert ward(ELECTION, known=Hints(council="Leeds")).council.name == "Leeds"
    assert ward(ELECTION, "Leeds/397.xml").council.name == "Leeds"
    [fault] = taken(ELECTION, "397.xml").faults
    assert "call the file modern_gov_<council>_<id>.xml" in fault


def test_the_night_is_the_feed_s_or_the_thursday_of_the_votes() -> None:
    saturday = election(candidate(votedatetime="07/05/2022, 16:00"), area())
    assert ward(saturday).night == date(2022, 5, 5)
    undated = election(candidate(votedatetime="01/01/0001, 00:00"), area())
    assert ward(undated, "modern_gov_Hull_1_2022-05-05.xml").night == date(2022, 5, 5)
    [fault] = taken(undated).faults
    assert "put the date into the file's name" in fault


def test_the_votes_of_another_election_are_refused() -> None:
    [fault] = taken(ELECTION, known=Hints(night=date(2023, 5, 4))).faults
    assert "its votes are of 2022-05-06, the polling day is 2023-05-04" in fault
    found = taken(
        election(
            candidate("1") + candidate("2", votedatetime="07/05/2019, 01:00") + candidate("3"),
            area("1") + area("2") + area("3", title="Beverley"),
        )
    )
    assert len(found.reports) == 2
    assert "2019-05-07" in found.faults[0]


def test_other_elections_are_passed_over_and_by_elections_told_apart() -> None:
    found = taken(election(candidate(), area(), kind="Parish"))
    assert (found.reports, found.passed_over, found.faults) == ((), 1, ())
    assert ward(election(candidate(), area(), title="Avenue By-Election")).by_election


def test_test_material_is_marked() -> None:
    assert ward(ELECTION, "modern_gov_Hull_Test_397.xml").test
    assert ward(ELECTION, "modern_gov_Hull_Test_397.xml").council.name == "Hull"
    assert ward(election(candidate(), area(), title="Hull Test")).test
    assert ward(election(candidate(candidatename="Example AlphaTest"), area())).test
    assert not ward(ELECTION, "modern_gov_Test_Valley_12.xml").test


@pytest.mark.parametrize(
    ("candidates", "areas", "words"),
    [
        (candidate("2"), area("2", numseats="-1"), "a whole number from 0 to 100"),
        (candidate("2"), area("2", title=""), "title is missing"),
        (candidate("2", iselected="Maybe"), area("2"), "neither true nor false"),
        (candidate("2", candidatename=""), area("2"), "candidatename is missing"),
        (candidate("2"), "", "has candidates but is not described"),
        ("", "<electionarea/>", "neither a number nor a title"),
    ],
)
def test_a_faulty_area_loses_only_itself(candidates: str, areas: str, words: str) -> None:
    found = taken(election(candidate() + candidates, area() + areas))
    assert len(found.reports) == 1
    [fault] = found.faults
    assert words in fault


def test_an_election_without_areas() -> None:
    [fault] = taken("<election/>").faults
    assert "lElectionId" in fault
