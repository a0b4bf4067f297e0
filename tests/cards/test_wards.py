"""The cards of wards."""

from __future__ import annotations

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.cards.wards import Ward, ward_card, wards_card
from bot.election.almanac import WardSeat
from bot.election.councils import Council
from bot.election.reports import Candidate, WardReport
from bot.election.seats import Composition
from tests.cards.nights import AT_0232, COUNCILS, PA, PARTIES
from tests.election.build import wire
from tests.support.small_night import ward_report

HULL = COUNCILS.get("KHL")
ABERDEEN = Council("ABE", "Aberdeen", nation="Scotland")


def seat(seats: int, previous: dict[str, int] | None) -> WardSeat:
    before = Composition(previous) if previous else None
    return WardSeat("avenue", "Avenue", "E05", seats, before)


def polled(*candidates: tuple[str, str, int | None, bool], seats: int = 1) -> WardReport:
    return replace(
        ward_report("KHL", "Avenue", {"Lab": True}),
        seats=seats,
        electorate=9_000,
        turnout=24.66,
        spoilt=1,
        candidates=tuple(
            Candidate(name, wire(party), () if votes is None else (votes,), elected)
            for name, party, votes, elected in candidates
        ),
    )


TWO = polled(
    ("Ann *A*", "Lab", 900, True),
    ("Ben", "Con", 850, True),
    ("Cat", "LD", 850, False),
    seats=2,
)


def text_of(report: WardReport | None, before: WardSeat | None, council: Council = HULL) -> str:
    return ward_card(Ward("Avenue", "E05", council, before, report, PA), PARTIES, AT_0232).to_text()


def test_a_ward_with_a_gain_a_hold_and_a_lot(snapshot: SnapshotAssertion) -> None:
    assert text_of(TWO, seat(2, {"Con": 2})) == snapshot


def test_where_the_boundaries_moved_nothing_is_gained() -> None:
    text = text_of(TWO, seat(2, None))
    assert text.startswith("Avenue, Kingston upon Hull: Conservatives win 1, Labour 1")
    assert "gain" not in text
    assert "hold" not in text
    assert "last fought" not in text


def test_a_transferable_vote_tells_the_count_of_each(snapshot: SnapshotAssertion) -> None:
    votes = {"Ann": (True, (400, 334)), "Ben": (True, (250, 320.5)), "Cat": (False, (200, 310))}
    candidates = tuple(
        Candidate(name, wire("SNP"), counts, elected) for name, (elected, counts) in votes.items()
    )
    report = replace(TWO, candidates=candidates)
    assert text_of(report, None, ABERDEEN) == snapshot


def test_a_tie_is_no_lot_where_votes_are_transferred() -> None:
    assert "by lot" in text_of(TWO, None)
    assert "by lot" not in text_of(TWO, None, ABERDEEN)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (replace(TWO, uncontested=True), "Uncontested: no more stood than there are seats"),
        (replace(TWO, cancelled=True), "The poll was countermanded or called off"),
        (replace(TWO, by_election=True), "A by-election: it counts for no total of the night."),
        (polled(("Ann", "Lab", None, True)), "Who is elected is told; not all votes are known."),
        (None, "1 seat to fill; nothing has come in yet."),
    ],
)
def test_every_state_of_a_ward_is_said(report: WardReport | None, said: str) -> None:
    assert said in text_of(report, seat(1, {"Con": 1}))


def test_the_uncontested_have_no_votes_and_no_shares() -> None:
    unopposed = replace(
        polled(("Ann", "Lab", 0, True)), uncontested=True, turnout=None, spoilt=None
    )
    text = text_of(unopposed, None)
    assert "Ann (Labour): elected unopposed" in text
    assert "%" not in text


def test_all_wards_of_a_council_in_pages() -> None:
    wards = [
        Ward(f"Ward {n}", f"Ward {n}", HULL, seat(1, {"Con": 1}), TWO if n == 0 else None, PA)
        for n in range(21)
    ]
    first, shown = wards_card(HULL, wards, PARTIES, AT_0232)
    assert first.card.title == "Kingston upon Hull: 1 of 21 wards declared"
    assert (first.pages, len(shown)) == (2, 20)
    assert "\nNot declared: Ward 1, Ward 2, " in first.card.description
    last, rest = wards_card(HULL, wards, PARTIES, AT_0232, page=2)
    assert [ward.name for ward in rest] == ["Ward 20"]
    assert last.card.footer.startswith("Page 2 of 2 · As of")
    none, _ = wards_card(HULL, [], PARTIES, AT_0232)
    assert none.card.title == "Kingston upon Hull: no ward of it is known"


def test_a_ward_of_a_council_that_has_declared_as_a_whole_is_not_called_undeclared() -> None:
    silent = Ward("Avenue", "Avenue", HULL, seat(1, {}), council_declared=True)
    told = Ward("Drypool", "Drypool", HULL, seat(1, {"Con": 1}), TWO, PA)
    card = wards_card(HULL, [silent, told], PARTIES, AT_0232)[0].card
    assert card.title == "Kingston upon Hull: council declared, 1 of 2 wards reported"
    assert "\nNot reported: Avenue" in card.description
    assert "not declared" not in card.to_text() + ward_card(silent, PARTIES, AT_0232).to_text()
    every = wards_card(HULL, [told], PARTIES, AT_0232)[0].card
    assert every.title == "Kingston upon Hull: 1 of 1 ward declared"


def test_wards_of_which_nothing_is_known_are_one_line_on_one_page() -> None:
    wards = [Ward(f"Ward {n}", f"Ward {n}", HULL, seat(1, {})) for n in range(31)]
    page, shown = wards_card(HULL, wards, PARTIES, AT_0232)
    assert (page.pages, len(shown)) == (1, 31)
    assert page.card.description.endswith("Ward 29 and Ward 30")


def test_a_county_has_divisions() -> None:
    kent = replace(HULL, name="Kent", type="County")
    wards = [Ward("Malling", "Malling", kent, seat(1, {}))]
    assert wards_card(kent, wards, PARTIES, AT_0232)[0].card.title == (
        "Kent: 0 of 1 division declared"
    )


def test_a_ward_needs_something_that_is_known() -> None:
    with pytest.raises(ValueError, match="nothing is known of the ward Avenue"):
        Ward("Avenue", "E05", HULL)
