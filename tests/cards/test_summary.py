from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.card import MESSAGE_CARDS, MESSAGE_CHARACTERS
from bot.cards.summary import summary_cards
from bot.election.almanac import LONDON
from bot.election.baselines import Baseline
from bot.election.control import NOC
from bot.election.councils import Council
from bot.election.standings import CouncilStanding, Held
from bot.wording.night import NightView
from bot.wording.sources import FeedAges
from tests.cards.nights import ALMANAC, AT_0232, COUNCILS, HULL, PA, a_night, seats, standing

AT_1730 = datetime(2022, 5, 6, 17, 30, tzinfo=LONDON)


def text_of(cards) -> str:
    return "\n\n".join(card.to_text() for card in cards)


def summary(standings, now=AT_1730, reconciled=True, **more) -> str:
    seen = {name: more.pop(name) for name in ("ballots", "lens", "feeds") if name in more}
    view = NightView(standings, ALMANAC, now, **seen)
    return text_of(summary_cards(view, reconciled=reconciled, **more))


def test_a_partial_summary(snapshot):
    assert summary(a_night(), feeds=FeedAges(AT_1730), reference="ref S1") == snapshot


def test_a_final_summary(snapshot):
    assert summary([*a_night()[:-1]], reference="ref S2") == snapshot


def test_what_is_expected_on_another_day_says_which():
    def expected_in(hours):
        last = replace(a_night()[-1], expected_at=AT_1730 + timedelta(hours=hours))
        return summary([*a_night()[:-1], last])

    assert "Expected next: Bolton at 06:30 on Saturday 7 May." in expected_in(13)
    assert "Expected next: Bolton at 04:30 on Saturday 7 May." in expected_in(11)
    assert "Expected next: Bolton at 00:30." in expected_in(7)


def test_an_early_summary_leads_with_the_council(snapshot):
    early = [HULL, *(CouncilStanding(HULL.night, one.council) for one in a_night()[1:])]
    assert summary(early, now=AT_0232 + timedelta(minutes=5)) == snapshot


def test_before_polls_close_nothing_is_said_of_results(snapshot):
    waiting = [replace(one, declared=None) for one in a_night()]
    assert summary(waiting, now=datetime(2022, 5, 5, 12, tzinfo=LONDON)) == snapshot


def test_only_a_finished_settled_and_reconciled_night_is_final():
    night = a_night()[:-1]
    held = Held(1, PA, ("why",))
    assert " · final · " in summary(night)
    assert " · final · " not in summary(night, reconciled=False)
    assert "The totals are still being checked." in summary(night, reconciled=False)
    assert " · final · " not in summary([replace(night[0], awaiting_desk=(held,)), *night[1:]])
    assert " · final · " not in summary(a_night())


def test_a_night_that_no_table_of_ours_knows_is_final_only_by_the_wires_count():
    later = [replace(one, night=date(2023, 5, 4)) for one in a_night()[:-1]]
    now = datetime(2023, 5, 5, 17, 30, tzinfo=LONDON)

    def told(total: int) -> str:
        almanac = ALMANAC.told(date(2023, 5, 4), total)
        return text_of(summary_cards(NightView(later, almanac, now), reconciled=True))

    declared = len(later)
    assert " · final · " not in told(0)
    assert f"{declared} councils declared, of how many is not known" in told(0)
    assert "How many councils vote on this night is not known." in told(0)
    assert " · final · " not in told(230)
    assert f"{declared} of 230 councils declared" in told(230)
    assert f"{230 - declared} councils are still to declare; of {230 - declared} nothing" in told(
        230
    )
    assert " · final · " in told(declared)


def test_a_held_result_is_named_as_held():
    night = a_night()
    night[-1] = replace(night[-1], awaiting_desk=(Held(1, PA, ("why",)),))
    assert "Held for checks and not counted: Bolton." in summary(night)
    assert "Expected next" not in summary(night)


def test_a_corrected_summary_says_so():
    assert summary(a_night(), correction=True).startswith("CORRECTION: Conservatives down 4")


def test_a_sum_over_two_baselines_is_since_before_the_election():
    night = a_night()
    assert night[1].declared is not None
    other = replace(night[1].declared, baseline=Baseline.WIRES)
    night[1] = replace(night[1], declared=other)
    told = summary(night)
    assert "Seat change since before the election" in told


def test_changes_of_seats_and_notional_ones_are_never_added_up():
    night = a_night()
    assert night[1].declared is not None
    other = replace(night[1].declared, baseline=Baseline.LAST_ELECTION)
    night[1] = replace(night[1], declared=other)
    assert "Seat changes since" not in summary(night)


def test_a_night_without_changes_says_so():
    held = next(one for one in a_night() if one.council.code == "SND")
    assert summary([held]).startswith("Labour hold Sunderland\n")
    other = standing("BOL", NOC, seats("Lab 30 Con 30"))
    assert summary([held, other]).startswith("No council changes hands, 2 of 2 declared\n")


def leading(*night: CouncilStanding) -> str:
    """Return the headline and the first paragraph."""
    (told, *_) = summary_cards(NightView(night, ALMANAC, AT_1730), reconciled=True)
    return "\n".join([told.title, *told.description.split("\n\n")[1:2]])


def test_the_lead_of_a_falling_party_names_the_foremost_losses():
    fallen = [
        standing(code, "Con", seats("Lab 31 Con 23"))
        for code in ("WSM", "WOR", "SND", "BOL", "TOW", "CAS")
    ]
    won = standing("KHL", "Lab", seats("Con 30 Lab 27"))
    assert leading(*fallen, won) == (
        "Conservatives down 5 councils, Labour up 5\n"
        "The Conservatives have lost 6 councils and gained 1. Labour are up 5 councils. "
        "Labour gain 6 councils from the Conservatives, among them "
        "Westminster (Conservative since at least 1973) and Worcester (Conservative since 2019)."
    )


@pytest.mark.parametrize(
    ("night", "said"),
    [
        (
            standing("WOR", "Con", seats("Con 17 Lab 18 Green 1")),
            "Conservatives lose Worcester to no overall control\n"
            "The Conservatives lose Worcester to no overall control, "
            "having controlled it since 2019.",
        ),
        (
            standing("KHL", "Lab", seats("LD 30 Lab 27")),
            "Lib Dems gain Kingston upon Hull from Labour after 11 years\n"
            "The Liberal Democrats gain Kingston upon Hull from Labour, "
            "who had controlled it since 2011.",
        ),
        (
            standing("BOL", NOC, seats("Lab 31 Con 29")),
            "Labour gain Bolton from no overall control\n**31 of 60**",
        ),
        (
            standing("CAS", "Con", seats("Ind 26 Con 15")),
            "Conservatives lose Castle Point; independents and others hold 26 of 41, "
            "no one party has a majority\n"
            "The Conservatives lose Castle Point, where independents and others hold 26 of 41, "
            "no one party has a majority.",
        ),
        (
            standing("CMD", None, seats("Lab 30 Con 16"), new=True),
            "First election: Labour win Cumberland\nIn a first election, Labour win Cumberland.",
        ),
        (
            standing("CMD", None, seats("Lab 23 Con 23"), new=True),
            "First election: no overall control in Cumberland\n"
            "In a first election, no party wins Cumberland.",
        ),
    ],
)
def test_one_council_leads(night, said):
    assert leading(night).startswith(said)


def test_a_night_of_first_elections_alone_has_no_changes_of_hands():
    text = summary([standing("CMD", None, seats("Lab 30 Con 16"), new=True)])
    assert "First elections\nFirst elections (1): 🟥 Labour win Cumberland" in text


def test_who_had_a_council_before_may_not_be_known():
    text = summary([standing("CMD", None, seats("Lab 30 Con 16"))])
    assert "No council is known to have changed hands" in text
    assert "Who controlled it before is not known (1): 🟥 Labour control Cumberland" in text


def test_many_councils_to_come_are_counted_by_nation():
    waiting = [
        CouncilStanding(HULL.night, Council(f"C{n}", f"Council {n}", nation="Wales" if n else ""))
        for n in range(20)
    ]
    assert "1 in places not in our tables and 19 in Wales" in summary(waiting)


def test_every_card_ends_in_the_reference():
    cards = summary_cards(
        NightView(a_night(), ALMANAC, AT_1730), reconciled=True, reference="ref S1"
    )
    assert all(card.footer_text.endswith("ref S1") for card in cards)


PARTY = st.sampled_from(["Lab", "Con", "LD", "Green", "PC", "SNP", "Asp", "Ind", "wire:Save *Us*"])
SEATS_BY_PARTY = st.dictionaries(PARTY, st.integers(1, 60), min_size=1, max_size=6)
# A name may hold what must not be in our own words.
NAMES = st.text(min_size=1, max_size=90).filter(lambda name: "(-" not in name)
STANDINGS = st.lists(
    st.builds(
        standing,
        st.sampled_from([one.code for one in COUNCILS.rows]) | NAMES,
        PARTY | st.none(),
        st.none() | SEATS_BY_PARTY,
        held=st.none() | SEATS_BY_PARTY,
        won=st.none() | SEATS_BY_PARTY,
        new=st.booleans(),
        expected_at=st.none() | st.just(AT_1730),
    ),
    max_size=40,
    unique_by=lambda one: one.council.code,
)


@given(STANDINGS, st.booleans())
def test_any_night_fits_one_message(night, reconciled):
    cards = summary_cards(
        NightView(night, ALMANAC, AT_1730), reconciled=reconciled, reference="ref"
    )
    assert 1 <= len(cards) <= MESSAGE_CARDS
    assert sum(card.length for card in cards) <= MESSAGE_CHARACTERS
    for text in (card.to_text() for card in cards):
        for wrong in (" 1 councils", " 1 seats", "(-"):
            assert wrong not in text


def test_empty_seats_lead_no_summary():
    empty = standing("KHL", NOC, seats("Con 1 Lab 1 Vac 2"), won=seats("Con 1 Lab 1 Vac 2"))
    assert summary([empty]).startswith("Kingston upon Hull stays under no overall control\n")


@pytest.mark.parametrize(("minutes", "late"), [(0, False), (1, True), (600, True)])
def test_late_councils_are_told_apart(minutes, late):
    text = summary(a_night(), now=AT_0232.replace(hour=18) + timedelta(minutes=minutes))
    assert ("Overdue: Bolton" in text) is late
    assert ("Expected next: Bolton at 18:32" in text) is not late
