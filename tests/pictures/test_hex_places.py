"""Where councils stand on the map: by the night's date, counties apart, and nobody left off."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.almanac import Almanac, CouncilElection, Hex, HexLayout, NightAlmanac
from bot.election.control import NOC
from bot.election.councils import Council, Councils
from bot.election.standings import CouncilStanding
from bot.election.stories import Lens
from bot.pictures.hex_places import Places, places_of
from bot.pictures.hexmap import map_picture
from bot.wording.night import NightView
from tests.cards.nights import ALMANAC, AT_0232, NIGHT, standing
from tests.pictures.checks import check, texts_of
from tests.support.tables import shipped

LATER = date(2031, 5, 1)
DISTRICTS = tuple(f"D{letter}" for letter in "ABCDEFGHI")
COUNTY = Council("SHR", "Somershire", nation="England", region="West", type="County")


def district(code: str, **more: object) -> Council:
    council = Council(code, f"District {code}", nation="England", region="West", type="Non-Met")
    return replace(council, **more)  # type: ignore[arg-type]


def world(*councils: Council, **more: object) -> Almanac:
    """Nine districts in a square, of which six lie in a county."""
    named = {one.code: one for one in (*map(district, DISTRICTS), COUNTY, *councils)}
    cells = {code: Hex(place % 3, place // 3) for place, code in enumerate(DISTRICTS)}
    almanac = replace(
        ALMANAC,
        councils=Councils(named.values()),
        layouts=(HexLayout(2000, cells),),
        county_districts={"SHR": DISTRICTS[:6]},
        nights={LATER: NightAlmanac(LATER, "elections")},
    )
    return replace(almanac, **more)  # type: ignore[arg-type]


def voting(*councils: Council) -> list[CouncilStanding]:
    def of(council: Council) -> CouncilStanding:
        return replace(standing("KHL", NOC, {"Lab": 30, "Con": 21}), council=council, night=LATER)

    return [of(council) for council in councils]


def placed(places: Places) -> dict[str, Hex]:
    return {spot.council.code: spot.hex for spot in places.every}


def above(places: Places) -> list[str]:
    return [spot.council.code for spot in places.above]


def words(night: list[CouncilStanding], almanac: Almanac, lens: Lens | None = None) -> list[str]:
    picture = map_picture(NightView(night, almanac, AT_0232, lens=lens or Lens()), large=True)
    assert picture is not None
    return texts_of(check(picture))


# The layout of a date


def test_the_layout_is_the_latest_that_is_no_newer_than_the_night() -> None:
    layouts = tuple(HexLayout(year, {str(year): Hex(0, 0)}) for year in (2023, 2030, 2040))
    almanac = replace(ALMANAC, layouts=layouts)
    for year, code in ((2022, "2023"), (2023, "2023"), (2029, "2023"), (2030, "2030")):
        assert [*almanac.layout(date(year, 5, 1))] == [code]
    assert replace(ALMANAC, layouts=()).layout(NIGHT) == {}


# The layer above


def test_a_county_that_votes_stands_above_its_districts() -> None:
    night, almanac = voting(COUNTY, district("DA")), world()
    places = places_of(night, almanac, LATER, None)
    assert above(places) == ["SHR"]
    assert len(places.districts) == 9
    texts = words(night, almanac)
    assert "County councils" in texts
    assert not [text for text in texts if text.startswith("Not on the map")]


def test_there_is_no_layer_where_none_of_its_councils_votes() -> None:
    assert above(places_of(voting(district("DA")), world(), LATER, None)) == []


def test_counties_that_do_not_vote_are_shown_beside_those_that_do() -> None:
    other = Council("OTH", "Othershire", nation="England", region="West", type="County")
    almanac = world(other, county_districts={"SHR": DISTRICTS[:5], "OTH": DISTRICTS[5:]})
    assert above(places_of(voting(COUNTY), almanac, LATER, None)) == ["OTH", "SHR"]
    gone = world(replace(other, ends=LATER), county_districts=almanac.county_districts)
    assert above(places_of(voting(COUNTY), gone, LATER, None)) == ["SHR"]


def test_new_councils_stand_above_the_districts_that_they_follow() -> None:
    new = Council("NEW", "West Somershire", nation="England", region="West", type="Unitary")
    ended = [district(code, ends=LATER, successors=("NEW",)) for code in DISTRICTS[:3]]
    night = voting(new)
    places = places_of(night, world(new, *ended), LATER, None)
    assert above(places) == ["NEW", "SHR"]
    assert [one.council.code for one in places.districts] == list(DISTRICTS[3:]), "they have ended"
    assert "County councils and new unitary councils" in words(night, world(new, *ended))


@pytest.mark.parametrize("whom", [DISTRICTS[6:], ("SHR",)])
def test_the_nights_table_says_whom_a_new_council_follows(whom: tuple[str, ...]) -> None:
    new = Council("wire:Elmshire", "Elmshire", type="Unitary", known=False)
    election = CouncilElection(new.code, None, None, None, True, False, None, predecessors=whom)
    nights = {LATER: NightAlmanac(LATER, "elections", {new.code: election})}
    places = places_of(voting(new), world(nights=nights), LATER, None)
    assert above(places) == ["SHR", "wire:Elmshire"]


def test_what_has_no_place_is_named() -> None:
    strange = Council("wire:Elmshire", "Elmshire", type="Unitary", known=False)
    texts = words(voting(COUNTY, strange), world())
    assert "Not on the map 1" in texts
    assert "Elmshire" in texts


def test_a_region_shows_its_part_of_both_layers() -> None:
    night = voting(COUNTY, district("DA"))
    elsewhere = Council("ELS", "Elsewhere", nation="Wales", region="Wales", type="Unitary")
    whole = placed(places_of(night, world(elsewhere), LATER, None))
    west = placed(places_of(night, world(elsewhere), LATER, "West"))
    assert west == whole
    assert places_of([], world(elsewhere), LATER, "Wales").every == []


@given(st.sets(st.sampled_from([*DISTRICTS, "SHR", "ONE", "TWO", "wire:Three"]), min_size=1))
def test_nobody_is_left_off_and_no_two_share_a_place(codes: set[str]) -> None:
    more = [Council(code, f"{code}shire", type="County") for code in ("ONE", "TWO")]
    more.append(Council("wire:Three", "Threeshire", known=False))
    almanac = world(*more, county_districts=dict.fromkeys(("SHR", "ONE", "TWO"), DISTRICTS[:4]))
    night = voting(*(almanac.councils.get(code) for code in sorted(codes)))
    places = places_of(night, almanac, LATER, None)
    for layer in (places.districts, places.above):
        assert [cell for cell, n in Counter(spot.hex for spot in layer).items() if n > 1] == []
    there = {spot.council.code for spot in places.every if spot.standing is not None}
    texts = words(night, almanac)
    for code in codes - there:
        assert almanac.councils.get(code).name in texts
    missing = len(codes - there)
    assert (f"Not on the map {missing}" in texts) == (missing > 0)


# The shipped tables on real dates


def names_above(night: date, *voters: str) -> set[str]:
    almanac = shipped()
    places = places_of(voting(*map(almanac.councils.get, voters)), almanac, night, None)
    return {spot.council.name for spot in places.above}


def test_counties_and_new_councils_by_date() -> None:
    before, after = date(2026, 5, 7), date(2027, 5, 6)
    assert {"Surrey", "East Surrey", "West Surrey"} <= names_above(before, "ESS")
    late = names_above(after, "ESS")
    assert {"East Surrey", "West Surrey", "Essex"} <= late
    assert "Surrey" not in late
    assert "Cumbria" not in late | names_above(before, "ESS")
    assert names_above(NIGHT, "KHL") == set()


def test_districts_that_have_ended_leave_the_map() -> None:
    almanac = shipped()
    hull = voting(almanac.councils.get("KHL"))

    def on(night: date) -> set[str]:
        return {spot.council.name for spot in places_of(hull, almanac, night, None).districts}

    assert "Elmbridge" in on(date(2026, 5, 7))
    assert "Elmbridge" not in on(date(2027, 5, 6))
    assert len(on(NIGHT)) == 361


def test_every_county_has_districts_with_a_place_while_it_is_in_office() -> None:
    almanac = shipped()
    night = date(2026, 5, 7)
    counties = [one for one in almanac.councils.rows if one.type == "County" and one.exists(night)]
    found = above(places_of(voting(*counties), almanac, night, None))
    assert {one.code for one in counties} <= {*found}
    assert len(counties) == 21
