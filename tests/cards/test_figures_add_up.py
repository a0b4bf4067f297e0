"""Figures that stand beside each other add up; what stands between them has a line of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given

from bot.cards.alerts import AlertFacts, alert_card
from bot.cards.council import council_card
from bot.cards.how_we_know import how_a_council_is_known
from bot.cards.night import changes_card, latest_card
from bot.cards.summary import summary_cards
from bot.election.almanac import LONDON, Almanac
from bot.election.baselines import Baseline, BaselineKind
from bot.election.claims import ClaimContent, ClaimState
from bot.election.control import NOC, Control, Outcome, majority_base, outcome_of
from bot.election.parties import VACANT
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding
from bot.election.stories import Lens
from bot.election.tally import state_of_parties
from bot.pictures.council import council_picture
from bot.pictures.night import state_picture
from bot.pictures.party import party_picture
from bot.wording.councils import majority_line
from bot.wording.figures import left_out_words, seats_lines
from bot.wording.night import NightView
from tests.cards.nights import ALMANAC, NIGHT, PARTIES, seats, standing
from tests.pictures.checks import check, texts_of
from tests.pictures.nights import any_night

NOW = datetime(2022, 5, 6, 9, 0, tzinfo=LONDON)


def decided(code: str, now: str, after: Control, **more: object) -> CouncilStanding:
    """Return a council whose control the desk has decided."""
    one = standing(code, NOC, seats(now), **more)  # type: ignore[arg-type]
    assert one.declared is not None
    outcome = outcome_of(NOC, after)
    return replace(one, declared=replace(one.declared, after=after, outcome=outcome, by_desk=True))


@pytest.mark.parametrize(
    ("now", "holder", "said"),
    [
        ("Lab 18 Con 17 Vac 1", "Lab", "18 of 35 filled seats"),
        ("Asp 30 Con 20 LD 8 Vac 2", "Asp", "30 of 58 filled seats"),
        ("Ind 4 SNP 3 Vac 2", "Ind", "4 of 7 filled seats"),
    ],
)
def test_where_filled_seats_decide_words_and_picture_count_them_alone(
    now: str, holder: str, said: str
) -> None:
    one = decided("WOR", now, Control(holder))
    assert one.declared is not None
    content = ClaimContent.of(NOC, Control(holder))
    facts = AlertFacts(
        NIGHT, one.council, 1, ClaimState.DECLARED, content, now=one.declared.now, by_desk=True
    )
    picture = council_picture(one, ALMANAC)
    assert picture is not None
    check(picture)
    summary = summary_cards(
        NightView([one], ALMANAC, NOW, lens=Lens(council="WOR")), reconciled=True
    )
    told = [
        council_card(one, ALMANAC, NOW).to_text(),
        alert_card(facts, ALMANAC, reference="ref").to_text(),
        "\n".join(card.to_text() for card in summary),
        picture.alt,
        " ".join(texts_of(picture)),
    ]
    if PARTIES.get(holder).is_one_party:
        view = NightView([one], ALMANAC, NOW)
        told += [page(view).card.to_text() for page in (changes_card, latest_card)]
    total = one.declared.now.total
    for text in told:
        assert said in text
        assert f"of {total}" not in text
        assert f"majority {total // 2 + 1}" not in text
        assert f"takes {total // 2 + 1}" not in text


def test_the_line_of_the_picture_is_that_of_the_seats_that_decide() -> None:
    one = decided("WOR", "Lab 18 Con 17 Vac 1", Control("Lab"))
    picture = council_picture(one, ALMANAC)
    assert picture is not None
    assert {"18 of 35", "18 needed"} <= set(texts_of(picture))
    assert "18 of 35 filled seats · 1 vacant, not counted" in picture.alt
    open_still = decided("WOR", "Lab 18 Con 17 Vac 1", NOC)
    picture = council_picture(open_still, ALMANAC)
    assert picture is not None
    assert {"18 of 36", "19 needed"} <= set(texts_of(picture))
    assert "1 of 36 seats vacant" in picture.alt


@given(any_night())
def test_the_seats_that_decide_give_a_majority_or_there_is_no_control(
    night: tuple[list[CouncilStanding], Almanac],
) -> None:
    for one in night[0]:
        declared = one.declared
        if declared is None or declared.after.holder is None:
            continue
        base = majority_base(declared.after, declared.now)
        assert 2 * declared.now.get(declared.after.holder, 0) > base


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("Lab 27 Con 26 Green 4", "Labour largest party: 27 of 57"),
        ("Lab 15 Con 15 Green 5", "Conservatives and Labour level: 15 of 35 each"),
        ("Ind 12 Lab 11 Con 10", "Independents and others together 12 of 33"),
        ("Asp 5 Ind 5 Vac 1", "Aspire level with independents and others together: 5 of 11"),
        ("Vac 3", "Nobody has a seat"),
    ],
)
def test_without_control_the_largest_party_is_named(now: str, said: str) -> None:
    composition = Composition(seats(now))
    assert majority_line(NOC, composition, PARTIES).startswith(said)
    content = ClaimContent.of(Control("LD"), NOC)
    one = standing("WOR", "LD", seats(now))
    facts = AlertFacts(NIGHT, one.council, 1, ClaimState.DECLARED, content, now=composition)
    assert said in alert_card(facts, ALMANAC, reference="ref").to_text()
    assert said in council_card(one, ALMANAC, NOW).to_text()
    assert (
        said.split(" (", maxsplit=1)[0]
        in latest_card(NightView([one], ALMANAC, NOW)).card.to_text()
    )


def test_another_size_stands_between_the_seats_before_and_now() -> None:
    """Nobody stands unchanged on a council of another size."""
    smaller = standing(
        "MON",
        NOC,
        seats("PC 20 Ind 10 LD 7 Lab 1"),
        held=seats("PC 20 Ind 13 LD 8 Lab 1"),
        boundary_change=True,
    )
    text = council_card(smaller, ALMANAC, NOW).to_text()
    assert "Plaid Cymru 20\n" in text
    assert "38 seats, previously 42: boundaries were redrawn." in text
    assert "no change" not in text
    assert "Plaid Cymru 20, 20 before\n" in how_a_council_is_known(smaller, ALMANAC, NOW).to_text()
    picture = council_picture(smaller, ALMANAC)
    assert picture is not None
    check(picture)
    assert any(one.startswith("Before (42 seats, old boundaries):") for one in texts_of(picture))
    assert "Before (42 seats, old boundaries): Plaid Cymru 20, others 13" in picture.alt
    unannounced = replace(smaller, boundary_change=False)
    assert "38 seats, previously 42." in council_card(unannounced, ALMANAC, NOW).to_text()


def test_before_a_result_too_the_seats_before_are_told_from_the_size() -> None:
    waiting = standing("WSM", "Con", held=seats("Con 41 Lab 19"), boundary_change=True)
    text = council_card(waiting, ALMANAC, NOW).to_text()
    assert "28 needed for a majority" in text
    assert "54 seats (previously 60), " in text
    same = standing("WSM", "Con", held=seats("Con 41 Lab 13"))
    assert "in all" not in council_card(same, ALMANAC, NOW).to_text()


def test_new_boundaries_of_a_council_of_the_same_size_are_told() -> None:
    one = standing(
        "WSM", "Con", seats("Lab 31 Con 23"), held=seats("Con 41 Lab 13"), boundary_change=True
    )
    assert "Boundaries were redrawn." in council_card(one, ALMANAC, NOW).to_text()
    new = replace(one, new_council=True)
    assert "redrawn" not in council_card(new, ALMANAC, NOW).to_text()


@pytest.mark.parametrize(
    ("now", "changes", "last"),
    [
        ("Lab 35 Con 22 Ind 1", {"Lab": 9, "Con": -11}, "Total 58 (−2)"),
        ("PC 20 Ind 10 LD 7 Lab 1", {"Ind": -3, "LD": -1}, "Total 38 (−4)"),
        ("LD 29 Lab 27", {"LD": 3, "Lab": -2, "Ind": -1}, "Independents and others 0 (−1)"),
        ("Asp 3 Vac 1", {"Asp": -1, "Vac": 1}, "Vacant 1 (+1)"),
    ],
)
def test_changes_that_add_up_to_something_say_to_what(
    now: str, changes: dict[str, int], last: str
) -> None:
    lines = seats_lines(Composition(seats(now)), PARTIES, changes)
    assert lines[-1] == last
    assert any("no change" in line for line in lines) is False


@given(any_night())
def test_bars_of_councils_add_up(night: tuple[list[CouncilStanding], Almanac]) -> None:
    """What a party had, its net change and its first elections make what it has."""
    standings, almanac = night
    for party in almanac.parties.rows:
        picture = party_picture(party, NightView(standings, almanac, NOW))
        told = picture and re.search(r"Councils (\d+) \([^)]+\), (\d+) before", picture.alt)
        if picture is None or told is None:
            continue
        same, before = map(int, told.groups())
        mine = [one for one in standings if one.declared]
        firsts = sum(
            one.new_council and one.declared.after.holder == party.code
            for one in mine
            if one.declared
        )
        had = sum(one.before is not None and one.before.holder == party.code for one in mine)
        has = sum(one.declared.after.holder == party.code for one in mine if one.declared)
        unknown = sum(
            one.declared.after.holder == party.code
            for one in mine
            if one.declared and one.declared.outcome is Outcome.BEFORE_NOT_KNOWN
        )
        assert (before, same + firsts + unknown) == (had, has)
        shown = " ".join(texts_of(picture))
        assert ("New councils" in shown) == (firsts > 0)
        assert ("Before unknown" in shown) == (unknown > 0)


@given(any_night())
def test_rows_of_a_council_add_up_or_say_what_lies_between(
    night: tuple[list[CouncilStanding], Almanac],
) -> None:
    """The seats before, line by line, add up to all of them; a range has its true figure in it."""
    standings, almanac = night
    for one in standings:
        if one.declared is None or one.held is None or not one.declared.now.total:
            continue
        if "before" not in _seats_field(one, almanac):
            continue
        text = _seats_field(one, almanac)
        told = re.findall(r", (?:(\d+) to )?(\d+) before(?:, |\n|$)", text)
        least = sum(int(low or high) for low, high in told)
        before = one.held.total
        assert least <= before <= sum(int(high) for _, high in told)
        differs = one.declared.now.total != one.held.total
        assert (f", previously {before}." in text) == differs
        if VACANT in one.held:
            assert re.search(r"^Vacant ", text, re.MULTILINE)


def _seats_field(one: CouncilStanding, almanac: Almanac) -> str:
    fields = how_a_council_is_known(one, almanac, NOW).fields
    return "\n".join(field.value for field in fields if field.name in ("Seats in full", "Size"))


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, text
    return match[1]


def test_the_wires_changes_do_not_tell_a_councils_size() -> None:
    """A wire may leave parties and vacancies out: their sum is no size, and nobody's silence."""
    now = Composition(seats("Lab 35 Con 22 Ind 1"))
    lines = seats_lines(now, PARTIES, {"Lab": 9, "Con": -11}, Baseline.WIRES)
    assert lines == [
        "Labour 35 (+9)",
        "Conservatives 22 (−11)",
        "Independents and others 1 (no change)",
    ]
    since_may = Baseline(BaselineKind.SNAPSHOT, date(2021, 5, 6))
    assert "Total 58 (−2)" in seats_lines(now, PARTIES, {"Lab": 9, "Con": -11}, since_may)


@given(any_night())
def test_changes_of_all_parties_add_up_to_what_the_councils_have_grown_by(
    night: tuple[list[CouncilStanding], Almanac],
) -> None:
    state = state_of_parties(night[0])
    assert sum(line.seat_change for line in state.parties) == state.growth
    said = left_out_words(state)
    assert ("changed in size" in said) == (state.resized > 0)


def test_changes_that_do_not_add_up_to_nothing_say_that_councils_have_changed_in_size() -> None:
    told = (
        ("KHL", "Lab", "Lab 35 Con 22", "Con 33 Lab 27"),
        ("MON", NOC, "PC 20 Ind 18", "PC 20 Ind 22"),
        ("BOL", NOC, "Lab 31 Con 29", "Lab 30 Con 30"),
    )
    night = [
        standing(code, before, seats(now), held=seats(held), won=seats(now))
        for code, before, now, held in told
    ]
    said = "2 councils changed in size, with 7 fewer seats in all."
    cards = summary_cards(NightView(night, ALMANAC, NOW), reconciled=True)
    assert said in "\n".join(card.to_text() for card in cards)
    picture = state_picture(NightView(night, ALMANAC, NOW))
    assert picture is not None
    check(picture)
    assert said in picture.alt
