"""PA's documents: what they say, in both forms, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given

from bot.election.parties import WireParty
from bot.election.reports import (
    CouncilResult,
    GainOrHold,
    Nominations,
    PartyNominations,
    PartySeats,
    PartyState,
    Proportion,
    StateOfPartiesReport,
    WireCouncil,
)
from bot.feeds import safe_xml
from bot.feeds.elements import Element
from simulation.wire.forms import as_json, as_value, as_xml
from tests.feeds.documents import HULL, NOMINATIONS, STATE, reading, results


def result_of(document: str, name: str = "Local_result_Hull_1.xml") -> CouncilResult:
    read = reading(document, name)
    assert read.faults == ()
    [report] = read.reports
    assert isinstance(report, CouncilResult)
    return report


def test_a_result() -> None:
    result = result_of(HULL)
    assert result.night.isoformat() == "2022-05-05"
    assert result.council == WireCouncil("Kingston-upon-Hull", "Unitary", Proportion.THIRD)
    assert (result.revision, result.gain_or_hold) == (1, GainOrHold.GAIN)
    assert (result.winner, result.sitting) == (WireParty("LD"), WireParty("Lab"))
    assert result.elected == (PartySeats(WireParty("LD"), 10), PartySeats(WireParty("Lab"), 9))
    assert result.changes == (PartySeats(WireParty("LD"), 3), PartySeats(WireParty("Lab"), -3))
    assert [seats.seats for seats in result.composition] == [29, 27, 1]
    assert not result.test


@pytest.mark.parametrize("word", ["NOC", "noc", "No Overall Control", "no overall control"])
def test_no_overall_control_is_no_party(word: str) -> None:
    document = HULL.replace("winningParty='LD'", f"winningParty='{word}'")
    result = result_of(document.replace("sittingParty='Lab'", f"sittingParty='{word}'"))
    assert result.winner is None
    assert result.sitting is None
    assert result.sitting_given


def test_a_sitting_party_that_is_left_out_is_not_no_overall_control() -> None:
    result = result_of(HULL.replace(" sittingParty='Lab'", ""))
    assert result.sitting is None
    assert not result.sitting_given


def test_a_block_that_is_missing_is_not_an_empty_one() -> None:
    root = safe_xml.parse(HULL.encode())
    council = root.children[0].children[0]
    elected, changes, composition = council.children
    elected.children = changes.children = []
    for blocks, read_as in (([elected, changes, composition], ()), ([composition], None)):
        council.children = blocks
        for body in (as_xml(root), as_json(root)):
            [result] = reading(body).reports
            assert isinstance(result, CouncilResult)
            assert result.elected is None
            assert result.changes == read_as


def test_nominations_of_several_councils() -> None:
    read = reading(NOMINATIONS, "Local_nominations.xml")
    hull, wandsworth = read.reports
    assert isinstance(hull, Nominations)
    assert isinstance(wandsworth, Nominations)
    assert hull.parties == (
        PartyNominations(WireParty("Labour", "Lab"), 30, 10, 1, 19),
        PartyNominations(WireParty("Vacant"), 1, 1, 0, None),
    )
    assert wandsworth.council.boundary_change
    assert wandsworth.council.proportion is Proportion.ALL


def test_a_faulty_council_loses_only_itself() -> None:
    read = reading(NOMINATIONS.replace("seatsHeld='30'", "seatsHeld='-30'"))
    [report] = read.reports
    assert isinstance(report, Nominations)
    assert report.council.name == "Wandsworth"
    assert read.faults == (
        "LocalElectionNominations for Council 'Hull': the seatsHeld of Party 'Labour' is '-30'; a"
        " whole number from 0 to 1000 belongs there. Ask the sender for a correction.",
    )


def test_a_state_of_parties() -> None:
    [state] = reading(STATE, "Local_SOP_1.xml").reports
    assert isinstance(state, StateOfPartiesReport)
    assert (state.results, state.total_councils, state.region) == (1, 146, None)
    assert state.parties == (
        PartyState(WireParty("Liberal Democrat", "LD"), 1, 1, 10, 3),
        PartyState(None, 0, -1, 0, 0),
    )
    assert [council.name for council in state.included] == ["Hull"]


def test_a_state_of_parties_of_a_region() -> None:
    document = STATE.replace("numberOfResults", "region='London' numberOfResults")
    [state] = reading(document).reports
    assert isinstance(state, StateOfPartiesReport)
    assert state.region == "London"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("winningParty='LD'", "", "has no winningParty"),
        ("revision='1'", "", "has no revision"),
        ("revision='1'", "revision='1e3'", "the revision of LocalElectionResult is '1e3'"),
        ("seats='29'", "seats='1001'", "the seats of Party 'LD' is '1001'"),
        ("seats='29'", "seats='٢٩'", "the seats of Party 'LD' is '٢٩'"),
        ("seats='29'", "seats='" + "9" * 150 + "'", "belongs there"),
        ("change='+3'", "change='-1001'", "the change of Party 'LD' is '-1001'"),
        ("date='2022-05-05'", "date='5 May'", "no date"),
        ("<Party name='LD' paId='803' seats='29'/>", "<Party seats='29'/>", "Party has no name"),
        ("name='Ind'", "name='NOC'", "no overall control, which is no party"),
        ("name='Ind'", f"name='{'x' * 201}'", "201 characters"),
        ("proportion='third'", "newCouncil='maybe'", "neither true nor false"),
        ("NewCouncil", "Council", "has no NewCouncil"),
    ],
)
def test_what_is_refused(old: str, new: str, fault: str) -> None:
    assert old in HULL
    read = reading(HULL.replace(old, new))
    assert read.reports == ()
    [sentence] = read.faults
    assert fault in sentence
    assert "Ask the sender" in sentence


@pytest.mark.parametrize(
    ("name", "is_test"),
    [
        ("Local_result_Test_Hull_1.xml", True),
        ("Test_Local_result_Hull_1.xml", True),
        ("Local_result_Hull_1_Test.xml", True),
        ("Local_result_Test_Valley_1.xml", False),
        ("Local_result_Test_Test_Valley_1.xml", True),
        ("Local_result_Testwood_1.xml", False),
        ("Test/Local_result_Hull_1.xml", False),
    ],
)
def test_a_file_name_marks_a_test(name: str, is_test: bool) -> None:
    assert result_of(HULL, name).test is is_test


@pytest.mark.parametrize(
    ("election", "is_test"),
    [
        ("Local Elections Test", True),
        ("LocalTest", True),
        ("Latest", False),
        ("Test Valley", False),
    ],
)
def test_an_election_s_name_marks_a_test(election: str, is_test: bool) -> None:
    document = HULL.replace("<Election ", f"<Election name='{election}' ")
    assert result_of(document).test is is_test


def test_an_array_loses_only_its_faulty_documents() -> None:
    good = as_value(safe_xml.parse(HULL.encode()))
    documents = [{"LocalElectionResult": good}, {"LocalElectionResult": None}, 7, {"Recount": {}}]
    read = reading(json.dumps(documents), "local_results.json")
    assert len(read.reports) == 1
    assert [fault.partition(":")[0] for fault in read.faults] == [
        "Document 2 of 4",
        "Document 3 of 4",
        "Document 4 of 4",
    ]
    assert read.fault is not None
    assert "Document 4" in read.fault


@given(results())
def test_both_forms_read_the_same(document: Element) -> None:
    from_xml, from_json = reading(as_xml(document)), reading(as_json(document))
    assert from_xml.faults == from_json.faults == ()
    assert from_xml.reports == from_json.reports
    assert len(from_xml.reports) == 1


def test_revisions_in_an_array_keep_their_numbers() -> None:
    roots = [safe_xml.parse(HULL.replace("'1'", f"'{n}'", 1).encode()) for n in (2, 1)]
    roots = [
        replace(root, attributes={"revision": number})
        for root, number in zip(roots, "21", strict=True)
    ]
    body = json.dumps([{root.name: as_value(root)} for root in roots])
    found = [
        report.revision for report in reading(body).reports if isinstance(report, CouncilResult)
    ]
    assert found == [2, 1]


@pytest.mark.parametrize("word", ["gainOrHold='Gain'", "gainOrHold='hold'", ""])
def test_an_outcome_in_other_words_is_none_and_the_rules_decide(word: str) -> None:
    (result,) = reading(HULL.replace("gainOrHold='gain'", word)).reports
    assert isinstance(result, CouncilResult)
    assert result.gain_or_hold is None


@pytest.mark.parametrize("nobody", ["None", "N/A", "-", "unknown"])
def test_a_word_for_nobody_is_no_sitting_party(nobody: str) -> None:
    (result,) = reading(HULL.replace("sittingParty='Lab'", f"sittingParty='{nobody}'")).reports
    assert isinstance(result, CouncilResult)
    assert (result.sitting, result.sitting_given) == (None, False)


@pytest.mark.parametrize("word", ["NOC", "no overall control", "No Overall Majority", "Hung"])
def test_no_overall_control_has_many_names(word: str) -> None:
    (result,) = reading(HULL.replace("sittingParty='Lab'", f"sittingParty='{word}'")).reports
    assert isinstance(result, CouncilResult)
    assert (result.sitting, result.sitting_given) == (None, True)
