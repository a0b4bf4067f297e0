"""What a map has no place for is named on the picture with who controls it, and counted."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from bot.election.almanac import Almanac, Hex, HexLayout, NightAlmanac
from bot.election.control import NOC
from bot.election.councils import Council
from bot.election.standings import CouncilStanding
from bot.election.stories import WHOLE_NIGHT, Lens
from bot.pictures.hexmap import map_picture
from bot.pictures.picture import Picture
from bot.wording.night import NightView
from bot.wording.phrases import name_of
from tests.cards.nights import ALMANAC, AT_0232, HULL, a_night, seats, standing
from tests.pictures.checks import check, check_in_chat, hexagons_of, texts_of

LATER = date(2031, 5, 1)


def with_hexes(*codes: str) -> Almanac:
    cells = {code: Hex(place, 0) for place, code in enumerate(codes)}
    return replace(ALMANAC, layouts=(HexLayout(0, cells),))


def drawn(night: list[CouncilStanding], almanac: Almanac, lens: Lens = WHOLE_NIGHT) -> Picture:
    view = NightView(night, almanac, AT_0232, lens=lens)
    in_chat, picture = map_picture(view), map_picture(view, large=True)
    assert in_chat is not None
    assert picture is not None
    assert check_in_chat(in_chat).alt == picture.alt
    return check(picture)


def only_the_wires(name: str, one: CouncilStanding) -> CouncilStanding:
    """Return a standing as it is for a council that no table knows."""
    return replace(one, night=LATER, council=Council(f"wire:{name}", name, known=False))


def unknown_night(councils: int) -> list[CouncilStanding]:
    kinds = [HULL, standing("WOR", "Con", seats("Con 16 Lab 13 Green 6")), standing("BOL", NOC)]
    return [
        only_the_wires(f"Fenland {chr(97 + n // 26)}{chr(97 + n % 26)}", kinds[n % 3])
        for n in range(councils)
    ]


def test_a_council_that_is_not_on_the_map_is_named_with_its_control() -> None:
    night = a_night()
    picture = drawn(night, with_hexes(*(one.council.code for one in night if one is not HULL)))
    texts = texts_of(picture)
    assert {"Not on the map 1", "Kingston upon Hull"} <= set(texts)
    place = texts.index("Kingston upon Hull")
    assert "Lab→LD" in texts[place - 1 : place + 2]
    assert "Not on the map 1: Kingston upon Hull (Lib Dems)." in picture.alt


def test_the_key_adds_up_to_what_the_title_says() -> None:
    night = a_night()
    everyone = drawn(night, with_hexes(*(one.council.code for one in night)))
    some = drawn(night, with_hexes("KHL", "BOL"))
    assert "8 of 9 declared" in " ".join(texts_of(some))
    for holder in ("Labour", "Lib Dems", "Aspire", "No overall control"):
        (whole,) = (figure for figure in _figures(everyone, holder))
        assert [whole] == _figures(some, holder)
    assert "Not on the map" not in " ".join(texts_of(everyone))


def _figures(picture: Picture, holder: str) -> list[str]:
    """Return what the words say that a holder has."""
    told = picture.alt.partition(". ")[2].partition(".")[0].replace(" and ", ", ")
    parts = [part.casefold() for part in re.split("[,;] ", told)]
    name = f"{holder.casefold()} "
    return [part.removeprefix(name) for part in parts if part.startswith(name)][:1]


@pytest.mark.parametrize("councils", [1, 40, 200])
def test_a_night_that_no_table_knows_has_all_its_councils_named(councils: int) -> None:
    night = unknown_night(councils)
    almanac = replace(with_hexes("KHL", "WSM"), nights={LATER: NightAlmanac(LATER, "elections")})
    picture = drawn(night, almanac)
    texts = set(texts_of(picture))
    assert {one.council.name for one in night} <= texts
    assert f"Not on the map {councils}" in texts
    assert all(one.radius < 20 for one in hexagons_of(picture)), "only the key has hexagons"
    assert "Each hexagon" not in " ".join(texts)


def test_more_councils_than_a_sheet_names_are_counted_by_who_controls_them() -> None:
    picture = drawn(unknown_night(300), with_hexes("KHL"))
    said = "Without a name here: Lib Dems 20, No overall control 20 and not declared 20."
    assert said in " ".join(texts_of(picture))
    assert said in picture.alt


def test_a_place_that_the_map_lacks_is_told_by_its_councils() -> None:
    night = [replace(one, council=replace(one.council, region="Islands")) for one in a_night()[:3]]
    picture = drawn(night, with_hexes("SND"), Lens(region="Islands"))
    assert {one.council.name for one in night} <= set(texts_of(picture))
    nowhere = NightView(night, with_hexes("SND"), AT_0232, lens=Lens(region="Atlantis"))
    assert map_picture(nowhere) is None


@pytest.mark.parametrize("councils", [1, 2, 3])
def test_few_councils_of_a_place_are_large_and_named_with_their_control(councils: int) -> None:
    night = [replace(one, council=replace(one.council, region="Fens")) for one in a_night()]
    view = NightView(night[:councils], ALMANAC, AT_0232, lens=Lens(region="Fens"))
    picture = map_picture(view)
    assert picture is not None
    found = hexagons_of(check_in_chat(picture))
    assert len(found) == councils
    assert all(one.radius > 50 for one in found)
    assert {name_of(one.council) for one in night[:councils]} <= set(texts_of(picture))
