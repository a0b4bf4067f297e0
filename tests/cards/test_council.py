from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.cards.council import council_card, no_council_card
from bot.cards.how_we_know import how_a_council_is_known
from bot.election.almanac import LONDON, CouncilElection, NightAlmanac, YearOfControl
from bot.election.claims import Basis
from bot.election.control import NOC, Control, Outcome
from bot.election.councils import Council
from bot.election.reports import Proportion, SourceKind
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding, DeskNote, Held, Source, Voice, WardStanding
from bot.wording.sources import FeedAges
from tests.cards.nights import ALMANAC, AT_0232, COUNCILS, ENDED, HULL, NIGHT, PA, standing

NOW = AT_0232 + timedelta(minutes=8)
HEARD = FeedAges(NOW - timedelta(minutes=1))


def how(one: CouncilStanding) -> str:
    """Return what is behind the button of a council's card."""
    return how_a_council_is_known(one, ALMANAC, NOW).to_text()


def ward(number: int, won: dict[str, int] | None) -> WardStanding:
    seats = Composition(won or {})
    name = f"Ward {number}"
    return WardStanding(f"b{number}", name, None, 1, won is not None, True, seats, PA)


COUNTING = replace(
    HULL,
    declared=None,
    offered={"Lab": 9, "LD": 9, "Ind": 1},
    candidates={"Lab": 19, "LD": 19, "Ind": 2, "Con": 19},
    expected_at=AT_0232 - timedelta(minutes=30),
    wards=(
        *(ward(n, {"LD": 1}) for n in range(7)),
        ward(8, {"Lab": 1}),
        *(ward(n, None) for n in range(9, 20)),
    ),
)


def test_a_declared_council(snapshot):
    assert council_card(HULL, ALMANAC, NOW, feeds=HEARD).to_text() == snapshot


def test_a_declared_council_as_an_embed(snapshot):
    assert council_card(HULL, ALMANAC, NOW, feeds=HEARD).to_embed_dict() == snapshot


def test_a_council_that_is_counting(snapshot):
    assert council_card(COUNTING, ALMANAC, NOW, feeds=HEARD).to_text() == snapshot


def test_control_that_is_certain_before_the_result_is_labelled_so():
    won = (*(ward(n, {"LD": 1}) for n in range(12)), *(ward(n, None) for n in range(12, 19)))
    card = council_card(replace(COUNTING, wards=won), ALMANAC, NOW)
    assert card.title == "Lib Dems certain to win Kingston upon Hull, 7 wards to declare"
    assert "Remaining wards cannot change this." in card.description
    assert "Seats so far, 50 of 57" in [field.name for field in card.fields]


def test_nobody_can_get_a_majority_any_more():
    card = outlook_card({"Lab": 28, "LD": 28}, to_come=1, total=57, candidates={"Con": 1})
    assert card.title == "Kingston upon Hull will be hung, 1 ward to declare"
    assert "The remaining ward cannot change this." in card.description


def test_independents_together_are_certain_but_no_one_party():
    card = outlook_card({"Ind": 30, "LD": 20}, to_come=7, total=57, candidates={})
    assert card.title == (
        "Independents and others together certain to hold more than half of Kingston upon Hull, "
        "1 ward to declare"
    )


def test_who_cannot_get_a_majority_any_more():
    card = outlook_card(
        {"Lab": 26, "Con": 11, "Ind": 15}, to_come=5, total=57, candidates={"Lab": 5, "Con": 5}
    )
    assert card.fields[1].value == (
        "Labour need 3 of the 5 seats to come. The Conservatives cannot win a majority."
    )


def outlook_card(won: dict[str, int], *, to_come: int, total: int, candidates: dict[str, int]):
    """Return the card of an all-up council whose wards are declared so far."""
    counting = replace(
        COUNTING,
        proportion=Proportion.ALL,
        held=Composition({"Lab": total}),
        candidates={party: left + won.get(party, 0) for party, left in candidates.items()},
        wards=(
            replace(ward(1, won), seats=sum(won.values())),
            replace(ward(2, None), seats=to_come),
        ),
    )
    return council_card(counting, ALMANAC, NOW)


def test_a_majority_of_the_filled_seats_is_said_to_be_that():
    crawley = standing("BOL", "Lab", {"Lab": 18, "Con": 17, "Vac": 1}, held={"Lab": 17, "Con": 19})
    assert crawley.declared is not None
    released = replace(
        crawley.declared,
        after=Control("Lab"),
        outcome=Outcome.HOLD,
        basis=Basis.DESK,
        by_desk=True,
    )
    card = council_card(replace(crawley, declared=released), ALMANAC, NOW)
    assert "**18 of 35 filled seats** (36 in all)" in card.description
    assert "Vacant 1 (+1)" in card.to_text()
    known = how(replace(crawley, declared=released))
    assert known.count("Checked by our newsroom.") == 1
    assert "Vacant 1 (+1), 0 before" in known


def test_before_polls_close_nothing_forecasts(snapshot):
    noon = datetime(2022, 5, 5, 12, tzinfo=LONDON)
    assert council_card(COUNTING, ALMANAC, noon).to_text() == snapshot
    assert " need " not in council_card(COUNTING, ALMANAC, noon).to_text()


def test_a_held_result_is_told_but_not_claimed(snapshot):
    reason = "Lab 18 of 36 is more than half of the 35 filled seats"
    held = replace(
        COUNTING, wards=(), awaiting_desk=(Held(7, PA, (reason, "@everyone look at *this*")),)
    )
    card = council_card(held, ALMANAC, NOW, feeds=HEARD)
    assert card.to_text() == snapshot
    assert "@everyone" not in str(card.to_embed_dict())


def test_a_new_council_says_whom_it_replaces():
    night = NightAlmanac(
        NIGHT,
        "5 May 2022",
        {"CMD": CouncilElection("CMD", Proportion.ALL, 46, 46, True, False, None, ("CAR",))},
    )
    new = standing("CMD", None, {"Lab": 30, "Con": 16}, new=True)
    card = council_card(new, replace(ALMANAC, nights={NIGHT: night}), NOW)
    assert card.title == "First election: Labour win Cumberland"
    assert "It replaces Carlisle." in card.description


def test_a_council_without_an_election_tells_its_last_control(snapshot):
    quiet = CouncilStanding(NIGHT, COUNCILS.get("WSM"))
    assert council_card(quiet, ALMANAC, NOW).to_text() == snapshot


def test_before_a_night_it_has_no_election_and_afterwards_it_had_none():
    quiet = CouncilStanding(NIGHT, COUNCILS.get("WSM"))
    before = council_card(quiet, ALMANAC, NOW - timedelta(days=3))
    assert before.title == "Westminster has no council election on 5 May 2022"


def test_an_ended_council_points_to_its_successor(snapshot):
    assert council_card(CouncilStanding(NIGHT, ENDED), ALMANAC, NOW).to_text() == snapshot


def test_a_council_that_will_end_says_when():
    ending = replace(ENDED, ends=date(2023, 4, 1))
    card = council_card(CouncilStanding(NIGHT, ending), ALMANAC, NOW)
    assert "It is abolished on 1 April 2023, when Cumberland takes over" in card.description
    assert card.title == "Carlisle had no council election on 5 May 2022"


def test_a_council_that_no_table_knows():
    card = council_card(CouncilStanding(NIGHT, COUNCILS.get("wire:Atlantis")), ALMANAC, NOW)
    assert "Who controls it is not known." in card.description


def test_a_name_that_is_no_council_gets_suggestions():
    near = [COUNCILS.get("KHL"), COUNCILS.get("BOL")]
    assert no_council_card("Hul", near).description == (
        "Did you mean Kingston upon Hull or Bolton?"
    )
    assert "Try the name" in no_council_card("<@1>", []).description


@pytest.mark.parametrize(
    ("before", "now", "title"),
    [
        (NOC, {"Lab": 31, "Con": 29}, "Labour gain Bolton from no overall control"),
        ("Lab", {"Lab": 30, "Con": 30}, "Labour lose Bolton to no overall control"),
        (NOC, {"Lab": 30, "Con": 30}, "Bolton stays under no overall control"),
        (Control("Con"), {"Con": 31, "Lab": 29}, "Conservatives hold Bolton"),
    ],
)
def test_titles(before, now, title):
    assert council_card(standing("BOL", before, now), ALMANAC, NOW).title == title


def says(kind: SourceKind, control: Control | None, **more) -> Voice:
    return Voice(kind, control, control == Control("LD"), received_at=AT_0232, **more)


def test_how_a_result_is_known(snapshot):
    assert HULL.declared is not None
    voices = (
        says(SourceKind.PA, Control("LD"), revision=1),
        says(SourceKind.SHEET, Control("LD")),
        says(SourceKind.MODERN_GOV, NOC, wards=19, of_wards=19),
        says(SourceKind.DEMOCRACY_CLUB, Control("LD"), wards=19, of_wards=19),
        says(SourceKind.NIST, None, wards=7, of_wards=19),
    )
    declared = replace(HULL.declared, voices=voices)
    assert how(replace(HULL, declared=declared)) == snapshot


def test_what_is_not_confirmed_says_so_and_the_desks_own_word_too():
    assert HULL.declared is not None
    source = Source("desk", "the word of Ada", None, AT_0232, SourceKind.DESK)
    declared = replace(HULL.declared, source=source, basis=Basis.DESK, confirmed=False)
    one = replace(HULL, declared=declared)
    text = council_card(one, ALMANAC, NOW).to_text()
    assert "Not confirmed: one report so far." in text
    assert "Source: our newsroom" in text
    known = how(one)
    assert "Our newsroom, received 02:32. Reported by our newsroom." in known
    assert "Ada" not in text + known


def test_the_desks_notes_stand_first_and_change_nothing_else():
    plainly = council_card(CouncilStanding(NIGHT, COUNCILS.get("WSM")), ALMANAC, NOW)
    notes = (
        DeskNote(1, AT_0232, "Two have *left*."),
        DeskNote(2, NOW, "They formed a group.", NOC, Composition({"Con": 26, "Ind": 28})),
    )
    noted = council_card(CouncilStanding(NIGHT, COUNCILS.get("WSM")), ALMANAC, NOW, notes=notes)
    told, *others = noted.fields
    assert tuple(others) == plainly.fields
    assert noted.title == plainly.title
    assert told.value.splitlines()[0].endswith(
        "They formed a group. Control now: **no overall control**. Independents and others 28 · "
        "Conservatives 26."
    )
    assert r"Two have \*left\*." in told.value


@pytest.mark.parametrize(
    ("certain", "candidates", "to_come", "said"),
    [
        (  # several together do not win a majority, though they may be the nearest of all
            {"Ind": 15, "Con": 14, "Lab": 10},
            {"Ind": 16, "Con": 16, "Lab": 16},
            16,
            "The Conservatives need 14 of the 16 seats to come.",
        ),
        (  # the nearest is not always who has most: they need not all have candidates
            {"Con": 20, "Asp": 19, "Ind": 2},
            {"Asp": 14, "Con": 3, "Ind": 14},
            14,
            "Aspire need 9 of the 14 seats to come. The Conservatives cannot win a majority.",
        ),
        (
            {"Ind": 27, "Lab": 27},
            {"Ind": 1, "Lab": 1},
            1,
            "Labour need 1 more seat.",
        ),
        (
            {"Ind": 2},
            {"Ind": 30, "Lab": 32, "Con": 32},
            32,
            "32 seats to come.",
        ),
    ],
)
def test_what_is_needed_names_whoever_is_nearest(certain, candidates, to_come, said):
    wards = (
        *(ward(n, {code: seats}) for n, (code, seats) in enumerate(certain.items())),
        *(ward(n + 50, None) for n in range(to_come)),
    )
    one = replace(
        COUNTING,
        council=replace(COUNTING.council, seats=sum(certain.values()) + to_come),
        proportion=Proportion.ALL,
        held=None,
        offered=None,
        candidates={code: n + certain.get(code, 0) for code, n in candidates.items()},
        wards=wards,
    )
    card = council_card(one, ALMANAC, NOW)
    assert said in card.to_text()


def test_a_local_party_that_is_counted_with_others_is_named_where_it_won():
    now = {"LD": 30, "Lab": 15, "Ind": 12}
    council = standing("KHL", NOC, now, held=now, won={"LD": 10, "Ind": 2, "Asp": 4, "Lab": 3})
    lines = how(council).splitlines()
    assert "Independents and others 12 (no change), 12 before, 6 won tonight (Aspire 4)" in lines
    contradictory = standing("KHL", NOC, now, held=now, won={"LD": 3, "Ind": 9, "Asp": 4})
    text = how(contradictory)
    assert "Independents and others 12 (no change), 12 before\n" in text


def test_two_councils_of_one_name_are_suggested_by_their_full_names() -> None:
    near = (
        Council("DCO", "Dunmore", type="County", official_name="Dunmore County Council"),
        Council("DDI", "Dunmore", type="Non-Met"),
        Council("DUN", "Dunmore Heath"),
    )
    assert no_council_card("Dunmore", near).description == (
        "Did you mean Dunmore County Council, Dunmore (Non-Met) or Dunmore Heath?"
    )


@pytest.mark.parametrize(
    ("taken_by", "seats", "told"),
    [
        (date(2022, 8, 31), {"Lab": 30, "LD": 27}, "Control after May 2022: Labour."),
        (date(2022, 8, 31), {"LD": 29, "Lab": 28}, None),  # nothing has changed since
        (None, {"Lab": 30, "LD": 27}, None),  # nobody knows whether it is later
    ],
)
def test_a_snapshot_that_differs_from_the_last_result_is_told_beside_it(taken_by, seats, told):
    last = standing("WOR", "Lab", {"LD": 29, "Lab": 28})
    later = CouncilStanding(date(2022, 11, 3), COUNCILS.get("WOR"))
    holder = Control(max(seats, key=seats.__getitem__))
    year = YearOfControl(2022, Composition(seats), holder, taken_by)
    almanac = replace(ALMANAC, history={"WOR": (year,)})
    text = council_card(later, almanac, NOW, last=last).to_text()
    assert "Last result, 5 May 2022: Lib Dems gain Worcester from Labour." in text
    assert ("Control after May 2022" in text) is (told is not None)
    if told:
        assert told in text
        assert "Seats after May 2022" in text and "Labour 30" in text


def test_who_has_enough_before_a_by_election_is_not_said_to_need_none() -> None:
    won = (*(ward(n, {"LD": 1}) for n in range(12)), *(ward(n, None) for n in range(12, 19)))
    extra = replace(ward(99, None), by_election=True, counts_tonight=False)
    card = council_card(replace(COUNTING, wards=(*won, extra)), ALMANAC, NOW)
    assert "certain" not in card.title
    assert "need 0" not in card.to_text()
