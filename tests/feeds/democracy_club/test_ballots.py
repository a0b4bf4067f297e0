"""Democracy Club's ballots."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.election.parties import WireParty
from bot.election.reports import BallotKind, BallotReport, VotingSystem, WardReport
from tests.feeds.documents import reading

CANDIDACIES = [
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
]
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
    "candidacies": CANDIDACIES,
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
    others = ["parl.x.2022-05-05", "pcc.y.by.2022-05-05", "parl.x.by.2022-05-05"]
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


IDS = {
    "local.leeds.headingley.by.2027-05-06": "ward",
    "local.city-of-london.aldgate.2027-05-06": "ward",
    "mayor.london.2028-05-04": "mayor",
    "mayor.greater-manchester-ca.by.2026-07-30": "mayor",
    "nia.belfast-east.2027-05-06": "assembly",
    "ref.bristol.2022-05-05": "referendum",
    "parl.hull-east.2029-05-03": "UK Parliament",
    "parl.makerfield.by.2026-06-18": "UK Parliament, by-elections",
    "sp.c.cunninghame-north.2026-05-07": "Scottish Parliament",
    "sp.r.west-scotland.2026-05-07": "Scottish Parliament",
    "sp.c.cunninghame-north.by.2027-05-06": "Scottish Parliament, by-elections",
    "senedd.c.arfon.2021-05-06": "Senedd",
    "senedd.r.north-wales.2021-05-06": "Senedd",
    "senedd.bangor-conwy-mon.2026-05-07": "Senedd",
    "naw.c.arfon.2016-05-05": "Senedd",
    "gla.a.2028-05-04": "London Assembly",
    "gla.c.barnet-and-camden.2028-05-04": "London Assembly",
    "pcc.humberside.2024-05-02": "Police and crime commissioners",
    "europarl.london.2019-05-23": "European Parliament",
    "jury.leeds.2027-05-06": "elections of the kind jury",
}


@pytest.mark.parametrize(("ballot_id", "kind"), IDS.items())
def test_ids_of_every_kind_are_followed_or_counted(ballot_id: str, kind: str) -> None:
    found = reading(page(BALLOT | {"ballot_paper_id": ballot_id, "voting_system": None}))
    assert found.faults == ()
    told = [one.kind.value for one in found.reports if isinstance(one, BallotReport)]
    assert [*told, *(one.kind for one in found.not_followed)] == [kind]


@pytest.mark.parametrize(
    ("said", "system"),
    [
        ("sv", VotingSystem.SUPPLEMENTARY),
        ({"slug": "sv", "name": "Supplementary Vote"}, VotingSystem.SUPPLEMENTARY),
        ("FPTP", VotingSystem.PLURALITY),
        ("AMS", None),
        ("", None),
        (None, None),
        (7, None),
        ({"name": "x"}, None),
    ],
)
def test_the_voting_system_is_a_slug_or_has_one(said: object, system: VotingSystem | None) -> None:
    changed = {"ballot_paper_id": "mayor.hull.2027-05-06", "voting_system": said}
    found = reading(page(BALLOT | changed))
    [report] = found.reports
    assert isinstance(report, BallotReport)
    assert report.system is system


def test_who_stands_alone_is_elected_once_the_list_is_final() -> None:
    nobody_said = [{**one, "elected": None, "result": None} for one in CANDIDACIES]
    alone = {"candidacies": nobody_said[:1], "uncontested": True, "cancelled": True}
    report = ward(**alone, candidates_locked=True)
    assert report.declared and not report.put_off
    assert not ward(**alone, candidates_locked=False).declared
    assert not ward(**alone).declared
    denied = [{**nobody_said[0], "elected": False}]
    assert not ward(**{**alone, "candidacies": denied}, candidates_locked=True).declared
    two = {**alone, "candidacies": nobody_said}
    assert not ward(**two, candidates_locked=True).declared
    vacant = ward(**alone, candidates_locked=True, winner_count=2)
    assert vacant.declared and vacant.vacant == 1


def test_a_ward_for_which_nobody_stands_is_polled_later() -> None:
    report = ward(uncontested=True, cancelled=True, candidacies=[], candidates_locked=True)
    assert report.put_off
    assert report.vacant == 1
    assert not report.declared
