"""Democracy Club's ballots."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.election.parties import WireParty
from bot.election.reports import BallotKind, BallotReport, WardReport
from tests.feeds.documents import reading

BALLOT: dict[str, object] = {
    "ballot_paper_id": "local.hull.avenue.2022-05-05",
    "election": {
        "election_id": "local.hull.2022-05-05",
        "name": "Hull local election",
        "election_date": "2022-05-05",
    },
    "post": {"id": "gss:E05011535", "label": "Avenue", "slug": "avenue"},
    "winner_count": 1,
    "cancelled": False,
    "uncontested": False,
    "voting_system": {"slug": "FPTP"},
    "replaces": None,
    "replaced_by": None,
    "last_updated": "2022-05-06T01:52:10.120000+01:00",
    "candidacies": [
        {
            "elected": True,
            "party": {"ec_id": "PP90", "name": "Liberal Democrats"},
            "party_name": "Liberal Democrats",
            "person": {"id": 1, "name": "Example Alpha"},
            "result": {"elected": True, "num_ballots": 1650},
        },
        {
            "elected": None,
            "party": {"ec_id": "ynmp-party:2", "name": "Independent"},
            "party_name": "Independent",
            "person": {"id": 2, "name": "Example Beta"},
            "result": None,
        },
    ],
    "results": {
        "num_turnout_reported": 3301,
        "turnout_percentage": 33.4,
        "num_spoilt_ballots": 12,
        "source": "the council's site",
        "total_electorate": 9880,
    },
}


def page(*ballots: object) -> str:
    return json.dumps(
        {"count": len(ballots), "next": None, "previous": None, "results": list(ballots)}
    )


PAGE = page(BALLOT)


def ward(**changed: object) -> WardReport:
    found = reading(page(BALLOT | changed), "ballots.json")
    assert found.faults == ()
    [report] = found.reports
    assert isinstance(report, WardReport)
    return report


def test_a_ballot() -> None:
    report = ward()
    assert report.night.isoformat() == "2022-05-05"
    assert report.council.name == "Hull"
    assert (report.area, report.gss, report.seats) == ("Avenue", "E05011535", 1)
    assert report.updated_at == datetime(2022, 5, 6, 0, 52, 10, 120000, tzinfo=UTC)
    assert (report.electorate, report.turnout, report.spoilt) == (9880, 33.4, 12)
    winner, other = report.candidates
    assert winner.party == WireParty("Liberal Democrats", ec_id="PP90")
    assert (winner.first_preferences, winner.elected) == (1650, True)
    assert (other.first_preferences, other.elected) == (None, None)
    assert report.declared
    assert not report.by_election
    assert not report.test


def test_a_ballot_without_results() -> None:
    report = ward(results=None, candidacies=[])
    assert report.candidates == ()
    assert (report.electorate, report.turnout, report.source) == (None, None, None)
    assert not report.declared


def test_by_elections_cancelled_and_replaced_ballots_are_told_apart() -> None:
    assert ward(ballot_paper_id="local.hull.avenue.by.2022-05-05").by_election
    assert ward(cancelled=True).cancelled
    report = ward(replaced_by="local.hull.new.2022-05-05", replaces=["local.hull.old.2022-05-05"])
    assert report.replaced_by == "local.hull.new.2022-05-05"
    assert report.replaces == "local.hull.old.2022-05-05"


def test_no_poll_for_lack_of_opponents_is_not_a_cancelled_one() -> None:
    report = ward(cancelled=True, uncontested=True)
    assert report.uncontested
    assert not report.cancelled


def test_other_elections_are_passed_over() -> None:
    others = ["parl.x.2022-05-05", "mayor.y.by.2022-05-05", "parl.x.by.2022-05-05"]
    ballots = [BALLOT | {"ballot_paper_id": ballot_id} for ballot_id in others]
    found = reading(page(BALLOT, *ballots))
    assert found.passed_over == 3
    assert len(found.reports) == 1
    assert found.faults == ()


def test_a_council_without_an_election_s_name_is_called_as_its_ballot_is() -> None:
    election = {"name": "Elections 2022", "election_date": "2022-05-05"}
    report = ward(ballot_paper_id="local.west-oxfordshire.x.2022-05-05", election=election)
    assert report.council.name == "West Oxfordshire"


def test_a_candidate_named_so_marks_a_test() -> None:
    candidacy = {
        "elected": None,
        "party_name": "Labour Party",
        "person": {"name": "Example AlphaTest"},
    }
    assert ward(candidacies=[candidacy]).test


def test_a_page_s_form_may_be_a_bare_ballot_or_a_list() -> None:
    assert reading(json.dumps(BALLOT)).reports == reading(json.dumps([BALLOT])).reports
    assert len(reading(json.dumps(BALLOT)).reports) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"winner_count": 101}, "a whole number from 0 to 100"),
        ({"winner_count": True}, "no whole number"),
        ({"last_updated": "2022-05-06T01:52:10"}, "no time with its zone"),
        ({"last_updated": "yesterday"}, "no time with its zone"),
        ({"election": None}, "its election is missing"),
        ({"candidacies": {}}, "no list"),
        ({"candidacies": [{"person": {"name": "A"}, "party_name": "B", "elected": 1}]}, "elected"),
        ({"cancelled": "no"}, "no yes or no"),
        ({"ballot_paper_id": "local hull"}, "which is none"),
        ({"replaced_by": 7}, "no ballot"),
    ],
)
def test_a_faulty_ballot_loses_only_itself(changed: dict[str, object], words: str) -> None:
    found = reading(page(BALLOT | changed, BALLOT))
    assert len(found.reports) == 1
    [fault] = found.faults
    assert fault.startswith("Ballot ")
    assert words in fault


@pytest.mark.parametrize(
    ("ballot_id", "kind"),
    [
        ("mayor.croydon.2022-05-05", BallotKind.MAYOR),
        ("nia.belfast-east.2022-05-05", BallotKind.ASSEMBLY),
        ("ref.bristol.2022-05-05", BallotKind.REFERENDUM),
    ],
)
def test_mayors_constituencies_and_referendums_are_contests(
    ballot_id: str, kind: BallotKind
) -> None:
    found = reading(page(BALLOT | {"ballot_paper_id": ballot_id}))
    [report] = found.reports
    assert isinstance(report, BallotReport)
    assert (report.kind, report.area) == (kind, BALLOT["post"]["label"])
    assert report.updated_at is not None
    assert all((one.party is None) is (kind is BallotKind.REFERENDUM) for one in report.candidates)
    assert len(report.winners) == sum(bool(c["elected"]) for c in BALLOT["candidacies"])
