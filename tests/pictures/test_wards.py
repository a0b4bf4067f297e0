"""The strip of a council's wards: findings, bands of one change, any number of wards and seats."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.parties import Parties, PartyKind
from bot.election.seats import Composition
from bot.pictures.picture import Picture
from bot.pictures.wards import WardCell, wards_picture
from tests.cards.nights import COUNCILS, NIGHT, PARTIES, seats
from tests.pictures.checks import check_in_chat, shapes_of, texts_of
from tests.pictures.nights import any_parties

HULL = COUNCILS.get("KHL")


def cell(now: str, before: str = "", name: str = "Avenue", vacant: int = 0) -> WardCell:
    won = Composition(seats(now)) if now else None
    total = (won.total if won else 1) + vacant
    return WardCell(name, total, won, Composition(seats(before)) if before else None, vacant)


def drawn(wards: list[WardCell], parties: Parties = PARTIES) -> Picture:
    picture = wards_picture(HULL, NIGHT, wards, parties, ["pa"])
    assert picture is not None
    return check_in_chat(picture)


@st.composite
def any_wards(draw: st.DrawFn) -> tuple[list[WardCell], Parties]:
    parties = draw(any_parties())
    codes = [party.code for party in parties.rows if party.kind is not PartyKind.VACANT]
    in_each = draw(st.integers(1, 6))
    won = st.lists(st.sampled_from(codes), min_size=1, max_size=in_each)
    made = []
    for place in range(draw(st.sampled_from((1, 2, 7, 19, 40, 69, 100, 130)))):
        now = Composition((code, 1) for code in draw(won))
        past = Composition((code, 1) for code in draw(won))
        state = draw(st.integers(0, 9))
        made.append(
            WardCell(
                f"Ward {'I' * (place % 9)}",
                in_each,
                None if state == 0 and place else now,
                None if state == 1 else past,
                in_each - now.total,
                put_off=state == 0 and place % 2 == 0,
            )
        )
    return made, parties


@given(any_wards())
def test_any_wards_are_read_in_a_channel(made: tuple[list[WardCell], Parties]) -> None:
    wards, parties = made
    picture = drawn(wards, parties)
    counts = [
        int(found) for found in re.findall(r": (\d+) \(", picture.alt.replace(picture.title, "", 1))
    ]
    if not picture.alt.rstrip().endswith("more."):
        assert sum(counts) == len(wards)


@pytest.mark.parametrize(
    ("wards", "finding"),
    [
        (["Lab 1|Con 1", "Lab 1|Lab 1"], "Labour take 1 ward from Conservatives in {}"),
        (["Lab 3|Con 2 Lab 1", "LD 1|LD 1"], "Labour take 2 seats from Conservatives in {}"),
        (["Lab 1|Con 1", "Lab 1|LD 1"], "Labour gain 2 wards in {}"),
        (["Lab 1|Con 1"] * 2 + ["LD 1|Lab 1"], "Labour gain 2 wards and lose 1 in {}"),
        (["Lab 1|Con 1", "LD 1|Con 1"], "Conservatives lose 2 wards in {}"),
        (["Ind 1|Con 1", "LD 1|LD 1"], "Conservatives lose 1 ward in {}"),
        (["Lab 1|LD 1", "LD 1|Lab 1"], "Seats change hands in both {} wards"),
        (["Lab 1|Lab 1", "LD 1|LD 1"], "No seat changes hands in 2 {} wards"),
        (
            ["Lab 1|Lab 1", "Lab 1|Lab 1", "LD 1|LD 1"],
            "Labour hold 2 of 3 {} wards, no seat changes hands",
        ),
        (
            ["Lab 1|Lab 1", "Lab 1|", "LD 1|LD 1"],
            "Labour win 2 of 3 {} wards, no seat is known to change hands",
        ),
        (["Lab 1|Lab 1", "|Lab 1"], "1 of 2 {} wards declared"),
        (
            ["Lab 1|Con 1", "|Lab 1"],
            "Labour take 1 ward from Conservatives in {}, 1 of 2 wards declared",
        ),
        (["Lab 3|", "Lab 2 Con 1|"], "Labour win every seat in 1 of 2 {} wards"),
        (["Lab 3|", "Lab 2|"], "Labour win every seat in both {} wards"),
        (["Lab 3|"] * 3, "Labour win every seat in all 3 {} wards"),
        (["Lab 3|"], "Labour win every seat in the only {} ward"),
        (["Lab 1|Con 1", "Con 1|LD 1"], "Seats change hands in both {} wards"),
        (["Lab 3|", "Con 3|"], "{}: 2 wards declared"),
        (["Ind 3|", "Ind 3|"], "{}: 2 wards declared"),
    ],
)
def test_the_title_is_the_finding(wards: list[str], finding: str) -> None:
    cells = [cell(*ward.split("|")) for ward in wards]
    assert drawn(cells).title == finding.format("Kingston upon Hull")


def test_wards_of_one_change_stand_together_with_their_change_in_words() -> None:
    wards = [cell("Lab 1", "Con 1", name) for name in ("Avenue", "Bricknell")]
    wards += [cell("LD 2 Lab 1", "Lab 3", "Drypool"), cell("Lab 1", "Lab 1", "Ings")]
    picture = drawn(wards)
    words = " ".join(texts_of(picture))
    assert "Conservatives → Labour: 2" in words
    assert "Labour → " in words
    assert "Conservatives → Labour: 2 (Avenue, Bricknell)." in picture.alt
    assert "Labour hold: 1 (Ings)." in picture.alt


@pytest.mark.parametrize("held", [0, 5, 30, 60])
def test_wards_that_changed_are_named_and_the_others_where_there_is_room(held: int) -> None:
    took = [cell("LD 1", "Lab 1", f"Bilton {chr(65 + place)}") for place in range(6)]
    kept = [cell("Lab 1", "Lab 1", f"Holderness {chr(65 + place)}") for place in range(held)]
    shown = {*texts_of(drawn([*took, *kept]))}
    assert {ward.name for ward in took} <= shown
    named = {ward.name for ward in kept} & shown
    assert len(named) == (0 if held > 30 else held)


def test_who_holds_and_who_wins_is_written_beside_their_wards() -> None:
    wards = [cell("Lab 1", "Lab 1"), cell("Con 1", "Con 1"), cell("Con 2"), cell("Lab 1 LD 1")]
    shown = {"Labour hold: 1", "Conservatives hold: 1", "Not comparable: 2"}
    assert shown <= set(texts_of(drawn(wards)))
    assert {"Conservatives: 1", "Others: 1"} <= set(texts_of(drawn(wards[2:])))


def test_a_ward_that_changed_has_the_seats_before_above_those_now() -> None:
    def heights(ward: WardCell) -> list[float]:
        return [
            float(one.attrib["height"])
            for one in shapes_of(drawn([ward]))
            if one.tag.endswith("rect")
        ]

    assert len(heights(cell("Lab 3", "Lab 3"))) == 3
    changed = heights(cell("Lab 3", "Con 2 Lab 1"))
    assert len(changed) == 6
    assert changed[:3] == [min(changed)] * 3


def test_changes_of_several_parties_are_not_said_to_be_from_one_to_another() -> None:
    picture = drawn([cell("Lab 1 LD 1", "Con 1 Green 1"), cell("Lab 2", "Con 1 LD 1")])
    assert "Changed: 2" in " ".join(texts_of(picture))
    assert "→" not in picture.alt


def test_seats_that_stay_vacant_and_polls_put_off_are_told_apart() -> None:
    put_off = WardCell("Ings", 1, None, None, put_off=True)
    picture = drawn([cell("Lab 2", "Lab 3", vacant=1), put_off])
    assert {"Election postponed: 1", "Labour: 1"} <= set(texts_of(picture))
    assert "Election postponed: 1 (Ings)." in picture.alt
    assert picture.svg.count("stroke-dasharray") == 2


def test_nothing_is_drawn_before_a_ward_has_declared() -> None:
    assert wards_picture(HULL, NIGHT, [cell("", "Lab 1")], PARTIES, []) is None
