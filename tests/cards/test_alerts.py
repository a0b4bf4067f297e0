from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.cards.alerts import AlertFacts, alert_card, standing_card, struck_card
from bot.election.claims import Basis, ClaimContent, ClaimState
from bot.election.control import NOC, Control
from bot.election.reports import SourceKind
from bot.election.seats import Composition
from tests.cards.nights import ALMANAC, AT_0232, COUNCILS, HULL, NIGHT, PA

GAIN = ClaimContent.of(Control("Lab"), Control("LD"))
assert HULL.declared is not None
HULL_FACTS = AlertFacts(
    night=NIGHT,
    council=HULL.council,
    version=1,
    state=ClaimState.DECLARED,
    content=GAIN,
    before=Control("Lab"),
    now=HULL.declared.now,
    won=HULL.declared.won,
    changes=HULL.declared.changes,
    declared_at=AT_0232,
    source=PA,
)


def test_an_alert_says_everything_in_words(snapshot):
    assert alert_card(HULL_FACTS, ALMANAC, reference="ref K7Q2").to_text() == snapshot


def test_an_alert_as_an_embed(snapshot):
    assert alert_card(HULL_FACTS, ALMANAC, reference="ref K7Q2").to_embed_dict() == snapshot


def test_a_correction_says_what_was_wrong(snapshot):
    facts = replace(
        HULL_FACTS,
        version=2,
        state=ClaimState.CORRECTED,
        content=ClaimContent.of(Control("Lab"), NOC),
        previous=GAIN,
        now=Composition({"LD": 28, "Lab": 28, "Ind": 1}),
        changes={"LD": 2, "Lab": -1, "Ind": -1},
        by_desk=True,
    )
    assert alert_card(facts, ALMANAC, reference="ref 2").to_text() == snapshot


def test_who_had_control_is_told_with_the_year_where_only_the_history_says_it():
    text = alert_card(replace(HULL_FACTS, before_year=2021), ALMANAC, reference="r").to_text()
    assert "Previously: Labour, in May 2021." in text
    opened = replace(HULL_FACTS, content=ClaimContent.of(None, Control("LD")), before=None)
    card = alert_card(opened, ALMANAC, reference="r")
    unknown = "who controlled it before is not known"
    assert card.title == f"Lib Dems control Kingston upon Hull; {unknown}"
    assert "Previously" not in card.to_text() and "controlled it since" not in card.to_text()


def test_those_who_never_saw_the_wrong_claim_get_an_ordinary_alert():
    facts = replace(HULL_FACTS, state=ClaimState.CORRECTED, previous=None)
    assert not alert_card(facts, ALMANAC, reference="r").title.startswith("CORRECTION")


def test_a_retraction_says_what_is_known_now(snapshot):
    facts = replace(
        HULL_FACTS,
        version=2,
        state=ClaimState.RETRACTED,
        content=None,
        previous=GAIN,
        now=None,
        won=None,
        changes=None,
        declared_at=None,
    )
    assert alert_card(facts, ALMANAC, reference="ref 3").to_text() == snapshot


def test_a_result_from_wards_or_our_newsroom_says_so():
    by_wards = alert_card(replace(HULL_FACTS, basis=Basis.WARDS), ALMANAC, reference="r")
    by_desk = alert_card(replace(HULL_FACTS, by_desk=True), ALMANAC, reference="r")
    assert by_wards.footer == "Declared 02:32 · Source: PA, from all wards"
    assert by_desk.footer == "Declared 02:32 · Source: PA"
    entered = replace(HULL_FACTS, source=replace(PA, feed="desk", kind=SourceKind.DESK))
    footer = alert_card(entered, ALMANAC, reference="r").footer
    assert footer == "Declared 02:32 · Source: our newsroom"


def test_several_together_are_not_one_party(snapshot):
    facts = replace(
        HULL_FACTS,
        council=COUNCILS.get("CAS"),
        content=ClaimContent.of(Control("Con"), Control("Ind")),
        now=Composition({"Ind": 26, "Con": 15}),
        won=None,
        changes={"Ind": 3, "Con": -3},
    )
    assert alert_card(facts, ALMANAC, reference="ref 4").to_text() == snapshot


def test_a_struck_card_keeps_its_reference_and_says_what_holds():
    wrong = alert_card(HULL_FACTS, ALMANAC, reference="ref 1")
    struck = struck_card(wrong, "Labour hold Kingston upon Hull")
    assert struck.title == "WITHDRAWN: ~~Lib Dems gain Kingston upon Hull from Labour~~"
    assert struck.description == "This was wrong. Labour hold Kingston upon Hull."
    assert struck.footer_text.endswith("ref 1")
    assert struck_card(wrong, None).description == "We will update."


def test_a_card_that_holds_again_says_since_when():
    card = alert_card(HULL_FACTS, ALMANAC, reference="ref 1")
    again = standing_card(card, datetime(2024, 5, 3, 2, 58, tzinfo=UTC))
    assert again.title == card.title
    assert again.description == f"**Stands after all, 03:58.**\n{card.description}"


def test_content_and_state_must_agree():
    with pytest.raises(ValueError, match="retraction"):
        replace(HULL_FACTS, content=None)
