"""Where a map's hexagons go, and what names are written in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.election.almanac import Hex
from bot.election.councils import Council
from bot.pictures.canvas import LABEL
from bot.pictures.hex_places import Spot
from bot.pictures.lettering import ASCENT, DESCENT, Weight, width_of
from bot.pictures.map_layout import Layout, label_fields, short_names, without_outliers
from bot.pictures.picture import Field

CELLS = st.sets(
    st.tuples(st.integers(-6, 6), st.integers(-9, 12)).map(lambda cell: Hex(*cell)),
    min_size=1,
    max_size=60,
)
SHEET = Field(48, 130, 700, 800)


def spots(cells: set[Hex]) -> list[Spot]:
    return [
        Spot(Council(f"{cell.q},{cell.r}", "Elm"), cell, None) for cell in sorted(cells, key=repr)
    ]


def test_a_council_is_called_as_people_would_shorten_it() -> None:
    names = [
        "Barnet",
        "Wandsworth",
        "Kensington and Chelsea",
        "Kingston upon Thames",
        "Isle of Anglesey",
        "East Lothian",
        "East Ayrshire",
        "St Albans",
        "Na h-Eileanan Siar",
    ]
    short = short_names(names, lambda name: len(name) <= 6)
    assert [short[name] for name in names] == [
        "Barnet",
        "Wand",
        "K&C",
        "King",
        "Angl",
        "E Lot",
        "E Ayr",
        "Albans",
        "Siar",
    ]


@given(st.sets(st.text("abcdefgh -&", min_size=1, max_size=20).filter(str.strip), max_size=30))
def test_no_two_councils_have_the_same_short_name(names: set[str]) -> None:
    short = short_names(sorted(names), lambda name: len(name) <= 4)
    assert short.keys() == names
    told = [one for one in short.values() if one]
    assert len({*told}) == len(told)
    assert all(len(one) <= 4 for one in told)


@given(CELLS)
def test_islands_move_without_covering_anybody(cells: set[Hex]) -> None:
    here = spots(cells)
    moved = without_outliers(here, cells)
    assert len({one.hex for one in moved}) == len(here)
    assert [one.council for one in moved] == [one.council for one in here]

    def high(those: list[Spot]) -> int:
        rows = [one.hex.r for one in those]
        return max(rows) - min(rows)

    assert high(moved) <= high(here)


def test_what_is_alone_because_its_neighbours_have_ended_stays() -> None:
    main, alone = {*(Hex(q, 0) for q in range(5)), *(Hex(0, r) for r in range(4))}, Hex(4, 8)
    here = spots({*main, alone})
    stayed = without_outliers(here, {*main, alone, Hex(4, 7)})
    assert [one.hex for one in stayed] == [one.hex for one in here]
    moved = without_outliers(here, {*main, alone})
    assert max(one.hex.r for one in moved) == 3


@given(CELLS, st.sampled_from((20.0, 60.0, 200.0)))
def test_hexagons_stay_in_their_field_and_names_off_them(cells: set[Hex], largest: float) -> None:
    layout = Layout.within(spots(cells), SHEET, largest)
    field = layout.field
    assert field.left >= SHEET.left - 0.01
    assert field.top >= SHEET.top - 0.01
    assert field.right <= SHEET.right + 0.01
    assert field.bottom <= SHEET.bottom + 0.01
    points = [point for point, _ in layout.places]
    found = label_fields({"Elmshire": points, "Oak": points[:1]}, layout, SHEET, LABEL)
    fields = []
    for name, (left, base) in found.items():
        wide = width_of(name, LABEL, Weight.SEMIBOLD)
        fields.append(Field(left, base - ASCENT * LABEL, left + wide, base + DESCENT * LABEL))
        assert layout.is_free(fields[-1], 0)
        assert SHEET.left <= left <= SHEET.right - wide
    assert not any(one.overlaps(two) for one in fields for two in fields if one is not two)


def test_a_small_cell_has_two_letters_before_it_has_none() -> None:
    names = ("Worcester", "Nuneaton", "Broxbourne", "Brentwood")
    assert short_names(names, lambda name: len(name) <= 2) == {
        "Worcester": "Wo",
        "Nuneaton": "Nu",
        "Brentwood": "Br",
        "Broxbourne": "",
    }
