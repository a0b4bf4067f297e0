"""No superlative of a summary contradicts the bot's own cards, and what is left out is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.alerts import AlertFacts, alert_card
from bot.cards.board import Phase, board_cards
from bot.cards.council import council_card
from bot.cards.how_we_know import how_a_council_is_known
from bot.cards.party import party_card
from bot.cards.summary import summary_cards
from bot.election.almanac import LONDON
from bot.election.baselines import Baseline
from bot.election.claims import ClaimContent, ClaimState
from bot.election.control import Control, outcome_of
from bot.election.parties import INDEPENDENT
from bot.election.standings import CouncilStanding
from bot.election.stories import WHOLE_NIGHT
from bot.election.superlatives import (
    NotCompared,
    SeatMove,
    change_range,
    inexact_parties,
    night_facts,
    range_of_change,
)
from bot.pictures.night import state_picture
from bot.pictures.party import party_picture
from bot.wording.facts import night_fact_lines
from bot.wording.night import NightView
from bot.wording.phrases import members, sentence_case, the_members
from tests.cards.nights import ALMANAC, COUNCILS, PARTIES, a_night, seats, standing
from tests.pictures.checks import check
from tests.support.tables import shipped

NOW = datetime(2022, 5, 7, 22, 0, tzinfo=LONDON)
_BIGGEST = re.compile(r"Biggest (gain|loss) in one council: (.+), counted (since .+)\.")
_CHANGE = re.compile(r"([+\N{MINUS SIGN}]?\d+)(?: to ([+\N{MINUS SIGN}]?\d+))?")
_SWEPT = re.compile(r"(.+) hold all (\d+) seats of (.+)\.")


def lines_of(night: Sequence[CouncilStanding]) -> list[str]:
    return night_fact_lines(night_facts(night, ALMANAC), ALMANAC)


def moved(code: str, held: str, now: str, **more: object) -> CouncilStanding:
    return standing(code, "Lab", seats(now), held=seats(held), **more)  # type: ignore[arg-type]


def against(baseline: Baseline, one: CouncilStanding) -> CouncilStanding:
    assert one.declared is not None
    return replace(one, declared=replace(one.declared, baseline=baseline))


def test_councils_on_new_boundaries_are_compared_and_marked() -> None:
    night = [
        moved("BOL", "Lab 31 Con 29", "Lab 36 Con 24"),
        moved("WSM", "Con 38 Lab 23 LD 2", "Lab 41 Con 22", boundary_change=True),
        moved("KHL", "Con 33 Lab 26 LD 1", "Lab 35 Con 22 LD 1"),
    ]
    assert lines_of(night) == [
        "Biggest gain in one council: "
        "Labour in Westminster (+18, on new boundaries), "
        "counted since before the election.",
        "Biggest loss in one council: "
        "the Conservatives in Westminster (−16, on new boundaries), "
        "counted since before the election.",
    ]


def test_a_council_of_another_size_is_compared_and_marked() -> None:
    night = [
        moved("KHL", "Con 33 Lab 26 LD 1", "Lab 35 Con 22 LD 1"),
        moved("BOL", "Lab 3", "LD 3"),
    ]
    assert "the Conservatives in Kingston upon Hull (−11, on new boundaries)" in lines_of(night)[1]


def test_moves_that_are_level_stand_together() -> None:
    night = [
        moved("KHL", "Lab 30 LD 27", "Lab 25 LD 32"),
        moved("BOL", "Lab 30 Green 30", "Lab 25 Green 35"),
    ]
    assert lines_of(night) == [
        "Biggest gain in one council: "
        "the Greens in Bolton (+5) and the Liberal Democrats in Kingston upon Hull (+5), "
        "counted since before the election.",
        "Biggest loss in one council: "
        "Labour in Bolton and Kingston upon Hull (−5 each), "
        "counted since before the election.",
    ]


def test_moves_of_two_baselines_are_never_compared() -> None:
    night = [
        moved("KHL", "Lab 57", "LD 30 Lab 27"),
        moved("WOR", "Lab 35", "LD 10 Lab 25"),
        against(Baseline.LAST_ELECTION, moved("BOL", "Lab 59 LD 1", "LD 31 Lab 29")),
    ]
    gains = [line for line in lines_of(night) if "gain" in line]
    assert gains == [
        "Biggest gain in one council: "
        "the Liberal Democrats in Kingston upon Hull (+30), "
        "counted since before the election.",
        "Biggest gain in one council: "
        "the Liberal Democrats in Bolton (+30), "
        "counted since the last election (notional).",
    ]


def test_what_is_left_out_is_said_beside_it() -> None:
    new = seats("Lab 40 Con 6")
    cumberland = standing("CMD", None, new, new=True)
    night = [moved("KHL", "Lab 30 LD 27", "Lab 25 LD 32"), cumberland]
    assert lines_of(night)[2] == "Excludes 1 council with no earlier seats to compare."
    assert len(lines_of(night[:1])) == 2


@pytest.mark.parametrize(
    ("held", "now", "said", "before"),
    [
        ("Lab 41 Ind 2 Con 2", "Asp 24 Lab 19 Con 2", "(at least +22)", "0 to 2 before"),
        ("Lab 41 Con 4", "Asp 24 Lab 19 Con 2", "(+24)", "0 before"),
        ("Lab 40 Asp 2 Ind 1 Con 2", "Asp 24 Lab 19 Con 2", "(+22)", "2 before"),
    ],
)
def test_a_party_that_may_sit_among_the_others_before_has_no_exact_change(
    held: str, now: str, said: str, before: str
) -> None:
    one = moved("TOW", held, now)
    assert f"Aspire in Tower Hamlets {said}" in lines_of([one])[0]
    assert f"Aspire 24 {said}\n" in council_card(one, ALMANAC, NOW).to_text()
    text = how_a_council_is_known(one, ALMANAC, NOW).to_text()
    changed = said.replace("at least +22", "+22 to +24")
    assert f"Aspire 24 {changed}, {before}" in text
    assert ("Independents and others 0 (−2 to 0), 0 to 2 before" in text) == ("to" in changed)
    assert one.declared is not None
    alert = AlertFacts(
        night=one.night,
        council=one.council,
        version=1,
        state=ClaimState.DECLARED,
        content=ClaimContent.of(Control("Lab"), Control("Asp")),
        now=one.declared.now,
        changes=one.declared.counted_changes,
        baseline=one.declared.baseline,
    )
    assert f"Aspire 24 {said}" in alert_card(alert, ALMANAC, reference="ref").to_text()


@pytest.mark.parametrize(
    ("party", "held", "between"),
    [
        ("WPB", "Lab 41 Ind 2 Con 2", (1, 3)),  # as many as the others had may have been its own
        ("WPB", "Lab 43 Con 2", (3, 3)),
        ("WPB", "Lab 41 Ind 2 WPB 1 Con 1", (2, 2)),
        ("Ind", "Lab 41 Ind 2 Con 2", (-2, 0)),
        ("Reform", "Lab 41 Ind 2 Con 2", (2, 2)),  # has a column in every table
    ],
)
def test_so_may_a_national_party_without_a_column_in_the_tables(
    party: str, held: str, between: tuple[int, int]
) -> None:
    now = seats("Lab 38 WPB 3 Reform 2 Con 2")
    known = shipped().parties
    assert range_of_change(party, seats(held), now, Baseline.EVE_OF_POLL, known) == between


def test_net_seats_of_a_party_that_are_not_exact_are_told_nowhere() -> None:
    """What the summary calls +22 to +24 is no +24 in its table, on its card or its picture."""
    won = seats("Asp 24 Lab 19 Con 2")
    one = moved("TOW", "Lab 41 Ind 2 Con 2", "Asp 24 Lab 19 Con 2", won=won)
    summary = "\n".join(
        c.to_text() for c in summary_cards(NightView([one], ALMANAC, NOW), reconciled=True)
    )
    assert "Aspire 1 council (+1) · 24 seats\n" in summary
    party = party_card(PARTIES.get("Asp"), NightView([one], ALMANAC, NOW)).to_text()
    board = "\n".join(
        card.to_text()
        for card in board_cards(
            NightView([one], ALMANAC, NOW, lens=WHOLE_NIGHT), phase=Phase.OVER, reconciled=True
        )
    )
    view = NightView([one], ALMANAC, NOW)
    pictures = [party_picture(PARTIES.get("Asp"), view), state_picture(view)]
    told = [party, board, *(check(picture).alt for picture in pictures if picture)]
    assert len(told) == 4
    for text in told:
        assert "+24" not in text
        assert "24" in text
    exact = moved("TOW", "Lab 43 Con 2", "Asp 24 Lab 19 Con 2", won=won)
    assert "+24" in party_card(PARTIES.get("Asp"), NightView([exact], ALMANAC, NOW)).to_text()


def test_the_others_may_have_been_the_local_party_s() -> None:
    one = moved("TOW", "Lab 41 Ind 3 Con 1", "Asp 24 Lab 19 Ind 1 Con 1")
    assert change_range(one, "Ind", -2, PARTIES) == (-2, 1)
    assert "independents and others" in inexact_words([one])
    named_before = moved("TOW", "Lab 41 Ind 3 Asp 1", "Asp 24 Lab 20 Ind 1")
    assert change_range(named_before, "Ind", -2, PARTIES) == (-2, -2)
    nobody_local = moved("TOW", "Lab 41 Ind 3 Con 1", "Lab 43 Ind 1 Con 1")
    assert change_range(nobody_local, "Ind", -2, PARTIES) == (-2, -2)


def inexact_words(night: list[CouncilStanding]) -> str:
    return ", ".join(members(PARTIES.get(code)) for code in inexact_parties(night, PARTIES))


def test_parties_that_tables_name_and_changes_of_the_wire_are_exact() -> None:
    one = moved("TOW", "Lab 41 Ind 2 Con 2", "Green 24 Lab 19 Con 2")
    assert "the Greens in Tower Hamlets (+24)" in lines_of([one])[0]
    wires = against(Baseline.WIRES, moved("TOW", "Lab 41 Ind 2 Con 2", "Asp 24 Lab 19 Con 2"))
    assert "Aspire in Tower Hamlets (+24)" in lines_of([wires])[0]


def test_an_inexact_change_that_could_be_the_biggest_is_named() -> None:
    night = [
        moved("TOW", "Lab 25 Ind 20", "Asp 24 Lab 21"),
        moved("KHL", "Lab 38 LD 19", "Lab 28 LD 29"),
    ]
    lines = lines_of(night)
    assert "the Liberal Democrats in Kingston upon Hull (+10)" in lines[0]
    assert lines[2] == (
        "Excludes Aspire in Tower Hamlets (at least +4) "
        "(a party's seats before are among the others)."
    )


def test_the_facts_of_a_night_are_those_of_one_party_and_of_councils_that_were_there() -> None:
    found = night_facts(a_night(), ALMANAC)
    moves = [fact for fact in found if isinstance(fact, SeatMove)]
    assert [(one.council, one.party, one.change) for one in moves] == [
        ("TOW", "Asp", 24),
        ("TOW", "Lab", -23),
    ]
    (left_out,) = [fact for fact in found if isinstance(fact, NotCompared)]
    assert left_out.councils == 1


_PARTY = st.sampled_from(
    ["Lab", "Con", "LD", "Green", "PC", "Asp", "wire:Fen Tigers", "Ind", "Vac"]
)
_SEATS = st.dictionaries(_PARTY, st.integers(1, 40), min_size=1, max_size=5).filter(
    lambda found: set(found) != {"Vac"}
)


@st.composite
def a_council(draw: st.DrawFn, code: str) -> CouncilStanding:
    """A council with any seats before and now: new, redrawn, of another size or baseline."""
    new = draw(st.integers(0, 5)) == 0
    held = draw(st.one_of(st.none(), _SEATS, _SEATS))
    now = draw(_SEATS)
    before = None if new else draw(st.sampled_from(["Lab", "Con", "LD"]))
    one = standing(code, before, now, held=held, won=now, new=new)
    one = replace(one, boundary_change=draw(st.booleans()))
    assert one.declared is not None
    baseline = draw(st.sampled_from([Baseline.EVE_OF_POLL, Baseline.WIRES, Baseline.LAST_ELECTION]))
    declared = replace(one.declared, baseline=baseline)
    if draw(st.integers(0, 7)) == 0:
        declared = replace(declared, outcome=outcome_of(one.before, declared.after), changes=None)
    return replace(one, declared=declared)


@st.composite
def made_up_nights(draw: st.DrawFn) -> list[CouncilStanding]:
    codes = [one.code for one in COUNCILS.rows if one.ends is None]
    chosen = draw(st.lists(st.sampled_from(codes), min_size=1, max_size=7, unique=True))
    return [draw(a_council(code)) for code in chosen]


@given(made_up_nights())
def test_every_superlative_holds_against_all_cards(night: list[CouncilStanding]) -> None:
    cards = {one.council.name: council_card(one, ALMANAC, NOW) for one in night}
    fields = {name: card.fields[0] for name, card in cards.items()}
    in_full = {one.council.name: how_a_council_is_known(one, ALMANAC, NOW) for one in night}
    moves = [fact for fact in night_facts(night, ALMANAC) if isinstance(fact, SeatMove)]
    summary = "\n".join(
        card.to_text() for card in summary_cards(NightView(night, ALMANAC, NOW), reconciled=True)
    )
    assert len(_BIGGEST.findall(summary)) <= len(moves)
    for fact in moves:
        shown = [
            change
            for one in night
            if one.declared and one.declared.baseline.family == fact.baseline
            for line in in_full[one.council.name].to_text().splitlines()
            if _is_one_party(line)
            for change in _changes(line)
        ]
        gains = fact.change > 0
        certain = [int(least) if gains else int(most) for least, most in shown]
        assert fact.change == (max if gains else min)(certain)
    for who, number, where in _SWEPT.findall(summary):
        held = fields[where].value.splitlines()
        short = {sentence_case(the_members(one)): members(one) for one in PARTIES.rows}
        name = sentence_case(short.get(who, who.removeprefix("The ")))
        assert re.match(rf"{re.escape(name)} {number}\b", held[0])
        assert not [line for line in held[1:] if re.match(r"[^\d]+ [1-9]", line.split(",")[0])]
    without = sum(one.declared is None or one.declared.counted_changes is None for one in night)
    if "Biggest" in summary:
        assert ("Excludes " in summary) >= (without > 0)


def _changes(text: str) -> list[tuple[str, str]]:
    """Return the changes in brackets, each as what it is at least and at most."""
    found = []
    for inside in re.findall(r"\(([^)]*)\)", text):
        match = _CHANGE.match(inside)
        if match is not None:
            least, most = (
                part.replace("\N{MINUS SIGN}", "-") for part in (match[1], match[2] or match[1])
            )
            found.append((least, most))
    return found


def _is_one_party(line: str) -> bool:
    bucket = sentence_case(members(PARTIES.get(INDEPENDENT)))
    return not line.startswith((bucket, "Vacant"))


@given(made_up_nights())
def test_what_is_certain_of_a_change_lies_between_its_bounds(night: list[CouncilStanding]) -> None:
    for one in night:
        if one.declared is None or one.held is None or one.declared.changes is None:
            continue
        others = one.held.get("Ind", 0)
        for party, change in one.declared.changes.items():
            least, most = change_range(one, party, change, PARTIES)
            if party == "Ind":
                assert least == change <= most <= change + others
                continue
            assert most == change
            assert change - others <= least <= change
            if party in one.held:
                assert least == change


def test_seats_that_add_up_to_a_whole_are_those_of_the_card() -> None:
    everything = standing("KHL", "Lab", seats("Lab 57"), won=seats("Lab 57"))
    assert lines_of([everything]) == ["Labour hold all 57 seats of Kingston upon Hull."]


def test_a_handful_counted_from_something_else_is_left_out_and_named_so() -> None:
    codes = ("SND", "WOR", "CAS", "TOW", "HRW", "BOL", "WSM", "CRY", "BNE", "WND", "LDS")
    several = [moved(code, "Lab 30 Con 20", "Lab 32 Con 18") for code in codes]
    apart = against(Baseline.WIRES, moved("KHL", "Lab 40 LD 17", "LD 30 Lab 27"))
    told = night_fact_lines(night_facts([*several, apart], ALMANAC), ALMANAC)
    assert not any("Kingston upon Hull" in line for line in told)
    assert "Excludes 1 council whose changes are counted from another election." in told
