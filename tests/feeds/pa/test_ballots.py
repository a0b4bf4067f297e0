"""PA's documents on mayors and referendums, in both forms."""

from __future__ import annotations

import json
from datetime import date

import pytest

from bot.election.parties import WireParty
from bot.election.reports import (
    BallotKind,
    BallotReport,
    Candidate,
    GainOrHold,
    NotFollowed,
    Reading,
)
from bot.feeds.elements import Element
from simulation.wire.forms import as_json, as_xml
from tests.feeds.documents import reading


def candidate(name: str, party: str, **said: str) -> Element:
    first, _, last = name.partition(" ")
    return Element(
        "Candidate",
        {"paId": "1", "firstName": first, "surname": last, **said},
        [Element("Party", {"paId": "2", "name": party, "abbreviation": party[:3]})],
    )


def document(root: str, *candidates: Element, **said: str) -> Element:
    contest = Element(
        "Constituency",
        {
            "number": "6",
            "name": "Watford",
            "electorate": "71887",
            "gainOrHold": "hold",
            "sittingPartyAbbreviation": "LD",
            "sittingPartyName": "Liberal Democrat",
            **said,
        },
        list(candidates),
    )
    election = Element(
        "Election", {"name": "Mayoral", "date": "2022-05-05", "type": "M"}, [contest]
    )
    return Element(root, {"revision": "2"}, [election])


RUSH = document(
    "FirstPastThePostRush",
    candidate("Example Alpha", "Liberal Democrat", elected="*", previousSittingMember="*"),
    candidate("Example Beta", "Conservative"),
)
RESULT = document(
    "FirstPastThePostResult",
    candidate("Example Alpha", "Conservative", elected="*", votes="30", secondRoundVotes="52"),
    candidate("Example Beta", "Labour", votes="31", secondRoundVotes="48"),
    candidate("Example Gamma", "Green", votes="20"),
    percentageTurnout="31.5",
    totalVotes="81",
)
TOTALS = Element(
    "RunningTotals",
    {"revision": "1"},
    [
        Element(
            "Election",
            {"name": "Referendum", "date": "2022-05-05"},
            [
                Element(
                    "Referendum",
                    {"name": "Bristol", "question": "How?", "percentageTurnout": "28.59"},
                    [
                        Element("Answer", {"name": "Committee", "votes": "56113", "elected": "*"}),
                        Element("Answer", {"name": "Mayor", "votes": "38439"}),
                    ],
                )
            ],
        )
    ],
)


def both(root: Element) -> list[Reading]:
    return [reading(form(root).decode(), "Mayor_x.xml") for form in (as_xml, as_json)]


def only(root: Element) -> BallotReport:
    xml, as_in_json = both(root)
    assert xml.reports == as_in_json.reports
    assert (xml.faults, as_in_json.faults) == ((), ())
    [report] = xml.reports
    assert isinstance(report, BallotReport)
    return report


def test_a_rush_names_the_winner_and_has_no_votes() -> None:
    report = only(RUSH)
    assert (report.kind, report.area, report.rush, report.complete) == (
        BallotKind.MAYOR,
        "Watford",
        True,
        False,
    )
    assert (report.revision, report.gain_or_hold) == (2, GainOrHold.NO_CHANGE)
    assert report.sitting == WireParty("Liberal Democrat", "LD")
    assert report.candidates == (
        Candidate("Example Alpha", WireParty("Liberal Democrat", "Lib"), (), True, sitting=True),
        Candidate("Example Beta", WireParty("Conservative", "Con"), (), False),
    )


def test_a_result_has_both_rounds_of_those_who_were_in_them() -> None:
    report = only(RESULT)
    assert [one.votes for one in report.candidates] == [(30, 52), (31, 48), (20,)]
    assert [one.elected for one in report.candidates] == [True, False, False]
    assert (report.turnout, report.valid, report.complete, report.declared) == (
        31.5,
        81,
        True,
        True,
    )


def test_nominations_elect_nobody() -> None:
    report = only(document("FirstPastThePostNominations", candidate("A B", "Green")))
    assert (report.declared, report.candidates[0].elected) == (False, None)


def test_a_referendum_s_answers_have_votes_and_no_party() -> None:
    report = only(TOTALS)
    assert report.kind is BallotKind.REFERENDUM
    assert (report.question, report.turnout) == ("How?", 28.59)
    assert report.candidates == (
        Candidate("Committee", None, (56_113,), True),
        Candidate("Mayor", None, (38_439,), False),
    )


def test_totals_without_a_chosen_answer_are_still_running() -> None:
    running = json.loads(as_json(TOTALS))
    for answer in running["RunningTotals"]["Election"]["Referendum"]["Answer"]:
        answer.pop("@elected", None)
    [report] = reading(json.dumps(running)).reports
    assert isinstance(report, BallotReport)
    assert (report.complete, report.declared) == (False, False)


def test_a_recount_is_no_result() -> None:
    report = only(document("Recount"))
    assert (report.recount, report.declared, report.candidates) == (True, False, ())


def test_sums_of_single_posts_are_passed_over_and_counted() -> None:
    found = reading(as_xml(document("FirstPastThePostStateOfParties")).decode())
    assert (found.reports, found.faults, found.passed_over) == ((), (), 1)


@pytest.mark.parametrize(
    ("root", "why"),
    [
        (document("FirstPastThePostRush", candidate("A B", "Green")), "names nobody elected"),
        (document("FirstPastThePostResult"), "names no Candidate"),
        (Element("RunningTotals", {}, []), "has no Election"),
        (
            Element("Recount", {}, [Element("Election", {"date": "2022-05-05"})]),
            "names no Constituency",
        ),
    ],
)
def test_what_cannot_be_read_is_said(root: Element, why: str) -> None:
    for found in both(root):
        assert found.reports == ()
        assert why in " ".join(found.faults)


@pytest.mark.parametrize("text", ["many", "", "-1", "All", "9" * 12])
def test_a_number_that_is_none_is_not_known_and_loses_no_winner(text: str) -> None:
    report = only(
        document(
            "FirstPastThePostResult",
            candidate("A B", "Green", votes=text, elected="*"),
            candidate("C D", "Labour", votes="1,234"),
            percentageTurnout=text,
            electorate=text,
        )
    )
    assert [one.votes for one in report.candidates] == [(), (1_234,)]
    assert [one.name for one in report.winners] == ["A B"]
    assert (report.turnout, report.electorate) == (None, None)


def test_a_proposition_has_the_answers_of_a_referendum() -> None:
    answers = TOTALS.children[0].children[0].children
    asked = Element("Proposition", {"number": "1", "question": "How?"}, answers)
    for place in (
        [
            Element(
                "Election", {"date": "2022-05-05"}, [Element("Referendum", {"name": "B"}, [asked])]
            )
        ],
        [Element("Referendum", {"name": "B"}, [asked])],
    ):
        report = only(Element("RunningTotals", {"revision": "1", "date": "2022-05-05"}, place))
        assert (report.question, report.area, report.declared) == ("How?", "B", True)
        assert [one.votes for one in report.candidates] == [(56_113,), (38_439,)]


@pytest.mark.parametrize("kind", ["G", "SP", "W"])
@pytest.mark.parametrize("root", [RUSH, RESULT, document("Recount")])
def test_a_parliament_s_constituency_is_told_by_its_type_and_not_followed(
    root: Element, kind: str
) -> None:
    (election,) = root.children
    typed = Element("Election", {**election.attributes, "type": kind}, election.children)
    for found in both(Element(root.name, root.attributes, [typed])):
        assert (found.reports, found.faults) == ((), ())
        assert found.not_followed == (
            NotFollowed(f"Mayoral (type {kind})", f"{root.name} 'Watford'", date(2022, 5, 5)),
        )


def test_an_unknown_kind_of_election_is_not_followed_and_a_local_one_is_a_fault() -> None:
    election = Element(
        "Election", {"name": "Scottish Parliament", "date": "2026-05-07"}, [Element("Region", {})]
    )
    for found in both(Element("RegionalListResult", {"revision": "1"}, [election])):
        assert [one.kind for one in found.not_followed] == ["Scottish Parliament"]
        assert found.faults == ()
    for found in both(Element("LocalElectionReslt", {"revision": "1"}, [election])):
        assert found.not_followed == ()
        assert len(found.faults) == 1


def test_a_candidate_called_test_marks_a_test() -> None:
    assert only(document("FirstPastThePostNominations", candidate("A BTest", "Green"))).test
