"""Every picture of the night of 5 May 2022, at 1, 2 and 200 councils and at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.election.stories import Lens
from bot.pictures.assembly import assembly_picture
from bot.pictures.ballots import ballot_picture
from bot.pictures.council import council_picture
from bot.pictures.hexmap import map_picture
from bot.pictures.night import progress_picture, state_picture
from bot.pictures.party import party_picture
from bot.pictures.picture import Picture
from bot.pictures.renderer import PictureRenderer
from bot.pictures.timeline import timeline_picture
from bot.wording.night import NightView
from tests.cards.nights import AT_0232
from tests.pictures.checks import beside, check, check_in_chat, check_png, figures_in, texts_of
from tests.pictures.nights import END, after, view_after
from tests.support.whole_night import moments

pytestmark = [pytest.mark.night, pytest.mark.timeout(400)]

MEGABYTE = 1024 * 1024
PLACES = (
    Lens(),
    *(Lens(nation=nation) for nation in ("England", "Scotland", "Wales")),
    *(Lens(region=region) for region in ("London", "North West", "East of England", "South East")),
)


@pytest.fixture(scope="module")
def renderer() -> Iterator[PictureRenderer]:
    renderer = PictureRenderer()
    yield renderer
    renderer.close()


def given(picture: Picture | None) -> Picture:
    assert picture is not None
    return check(picture)


@pytest.mark.parametrize("declared", [0, 1, 2, 71, 200])
def test_the_night_is_drawn_at_any_time(declared: int, renderer: PictureRenderer) -> None:
    views = [view_after(declared, lens) for lens in PLACES]
    whole = views[0]
    pictures = [map_picture(view) for view in views]
    pictures += [progress_picture(whole)]
    assert None not in pictures
    for make in (state_picture, timeline_picture):
        pictures += [make(view) for view in views]
    pictures += [party_picture(party, whole) for party in whole.parties.rows]
    drawn = [check(picture) for picture in pictures if picture is not None]
    for picture in (drawn[0], drawn[-1]):
        check_png(picture, renderer, at_most=MEGABYTE)
    expected = {0: 0, 1: 0}.get(declared, 1)
    assert sum(one.name == "timeline" for one in drawn) == expected
    assert sum(one.name == "state" for one in drawn) == min(declared, 1)


def test_every_council_of_the_night_is_drawn() -> None:
    standings, almanac = after(200)
    for standing in standings:
        picture = given(council_picture(standing, almanac))
        check_in_chat(picture)
        assert standing.declared is not None
        assert {str(seats) for seats in standing.declared.now.values()} <= figures_in(picture.alt)


def test_hull_before_and_after() -> None:
    standings, almanac = after(200)
    [hull] = [one for one in standings if one.council.code == "KHL"]
    picture = given(council_picture(hull, almanac))
    assert picture.title == "Lib Dems take Kingston upon Hull after 11 years"
    assert {"29 of 57", "29 needed", "Labour", "27 (−3)"} <= set(texts_of(picture))
    assert "Lib Dems 29 (+3)" in picture.alt
    assert "Labour 27 (−3)" in picture.alt
    assert "Before: Labour 30" in picture.alt
    assert "Majority of 1" in picture.alt


def test_the_map_at_the_end_counts_what_the_night_did() -> None:
    picture = given(map_picture(view_after(200)))
    shown = set(texts_of(picture))
    assert {"No election", "200 of 200 councils declared."} <= shown
    for name, councils in {
        "Labour": "74",
        "Conservatives": "35",
        "Lib Dems": "16",
        "Plaid Cymru": "4",
        "SNP": "1",
        "Aspire": "1",
        "No overall control": "64",
    }.items():
        assert beside(picture, name)[-2:] == [name, councils]
    changed = [text for text in shown if text.startswith("Changed hands")]
    assert picture.alt.count(",") > 30
    assert changed == [f"Changed hands {re.findall('changed hands ([0-9]+)', picture.alt)[0]}"]
    assert not any(text.startswith("Not declared") for text in shown)


def test_the_map_after_one_council() -> None:
    picture = given(map_picture(view_after(1)))
    assert {"1 of 200 councils declared.", "Not declared 199", "No election"} <= set(
        texts_of(picture)
    )
    assert picture.svg.count("<polygon") == 361
    assert picture.svg.count("stroke-dasharray") == 199 + 1


@pytest.mark.parametrize("told", [0, 100])
def test_on_a_night_of_no_table_nothing_is_said_of_councils_that_were_not_heard_of(
    told: int,
) -> None:
    standings, almanac = after(71)
    heard = [one for one in standings if one.declared]
    unknown = replace(almanac, nights={})
    if told:
        unknown = unknown.told(heard[0].night, told)
    for lens in (Lens(), Lens(region="North West")):
        view = NightView(heard, unknown, AT_0232, lens=lens)
        shown = texts_of(given(map_picture(view)))
        assert "Not heard of" in shown
        assert "No election" not in shown
    assert progress_picture(NightView(heard, unknown, AT_0232)) is None


def test_the_table_lies_at_sea_and_the_map_grows_no_smaller_as_the_night_goes() -> None:
    pictures = [given(map_picture(view_after(declared))) for declared in (1, 2, 71, 200)]
    assert len({picture.height for picture in pictures}) == 1
    [labour] = [box for box in pictures[-1].boxes if box.text == "Labour"]
    assert labour.bottom < pictures[-1].height / 3


def test_a_region_has_the_names_of_its_councils() -> None:
    picture = given(map_picture(view_after(200, Lens(region="London"))))
    words = " ".join(texts_of(picture))
    standings, _ = after(200)
    london = [one.council.name for one in standings if one.council.region == "London"]
    assert len(london) == 32
    for name in london:
        assert all(word in words for word in name.split()), name
    assert not any("…" in text for text in texts_of(picture))


def test_a_long_name_is_broken_and_not_cut() -> None:
    texts = texts_of(given(map_picture(view_after(200, Lens(nation="Scotland")))))
    assert texts[texts.index("Clackmannan-") + 1] == "shire"
    assert "Stirling" in texts
    assert not any("…" in text for text in texts)


def test_no_place_no_map() -> None:
    assert map_picture(view_after(200, Lens(region="Atlantis"))) is None


def test_the_state_of_the_parties_at_the_end() -> None:
    picture = given(state_picture(view_after(200)))
    texts = texts_of(picture)
    assert "74" in beside(picture, "Lab")
    assert texts.index("Councils") < texts.index("Seats won")
    assert "Labour 74 (+4), Conservatives 35 (−11), Lib Dems 16 (+3)" in picture.alt
    figures = picture.alt.partition("Changes since")[0]
    seats = [int(n.replace(",", "")) for n in re.findall(r"[a-z] ([\d,]+) \(", figures)]
    won = seats[seats.index(64) + 1 :]
    assert won == sorted(won, reverse=True)


def test_the_curves_end_at_the_net_seats() -> None:
    picture = given(timeline_picture(view_after(200)))
    state = given(state_picture(view_after(200)))
    for name in ("Labour", "Conservatives", "Lib Dems", "Greens"):
        [net] = re.findall(rf"{name} ([+−]\d+)", picture.alt)
        assert net in texts_of(picture)
        assert re.search(rf"{name} [\d,]+ \({re.escape(net)}\)", state.alt)


def test_the_curves_have_hours_and_names() -> None:
    texts = texts_of(given(timeline_picture(view_after(200))))
    first = texts.index("06:00")
    assert texts[first : first + 7] == ["06:00", "Fri", "12:00", "18:00", "00:00", "Sat", "06:00"]
    assert any(text.startswith("LD Lib Dems, Lab Labour, ") for text in texts)
    assert {"00:04", "00:29"} <= set(texts_of(given(timeline_picture(view_after(2)))))


def test_progress_counts_every_region() -> None:
    picture = given(progress_picture(view_after(71)))
    shares = [text for text in texts_of(picture) if re.fullmatch(r"\d+ of \d+", text)]
    assert len(shares) == 11
    assert sum(int(share.split()[0]) for share in shares) == 71
    assert sum(int(share.split()[2]) for share in shares) == 200


def test_labours_picture() -> None:
    view = view_after(200)
    picture = given(party_picture(view.parties.get("Lab"), view))
    assert "Labour: 74 councils (+4)" in picture.alt
    assert {"Gained 11", "Lost 7", "69", "73", "1", "At first elections"} <= set(texts_of(picture))
    assert "Croydon to No overall control" in picture.alt
    assert beside(picture, "Kingston upon Hull")[-1] == "LD"


def test_a_party_without_a_council_is_told_by_its_seats() -> None:
    view = view_after(200)
    picture = given(party_picture(view.parties.get("Green"), view))
    assert picture.title == "Greens: 159 seats won, no council"
    assert {"159 seats won, net change +82", "Grn", "No council gained or lost."} <= set(
        texts_of(picture)
    )
    assert not any(text.startswith("Before") for text in texts_of(picture))
    assert "No council gained or lost." in picture.alt


@pytest.mark.parametrize("moment", ["Friday 17:00", "Friday 22:00", END])
def test_the_assembly_as_it_is_counted(moment: str) -> None:
    now = moments()[moment]
    picture = given(assembly_picture(now.ballots, now.almanac))
    assert "control" not in picture.alt.casefold()
    assert not any("control" in text.casefold() for text in texts_of(picture))
    check_in_chat(picture)
    assert "46 for a majority" in texts_of(picture)
    if moment == END:
        assert picture.title == "Sinn Féin overtake DUP as largest Assembly party"
        assert {"Alliance", "17 (+9), 13.5%"} <= set(texts_of(picture))
    else:
        assert picture.title.startswith("Sinn Féin lead Assembly count")
        assert re.search(r"\d+ of 90 seats filled, \d+ of 18 constituencies declared", picture.alt)
        assert not any("(+" in text for text in texts_of(picture))


def test_no_assembly_before_its_count() -> None:
    now = moments()["Friday 04:00"]
    assert assembly_picture(now.ballots, now.almanac) is None


def test_mayors_and_the_referendum() -> None:
    now = moments()[END]
    drawn = {
        one.ballot.code: check(picture)
        for one in now.ballots
        if (picture := ballot_picture(one, now.almanac)) is not None
    }
    assert "mayor.hackney" not in drawn, "no votes are known"
    assert not any(code.startswith("assembly") for code in drawn)
    assert all("control" not in picture.alt.casefold() for picture in drawn.values())
    croydon = drawn["mayor.croydon"]
    assert "Jason Perry (Conservative) 38,612 (50.4%), elected; 5,199 transferred" in croydon.alt
    assert {"Second round", "First preferences", "38,612", "38,023"} <= set(texts_of(croydon))
    bristol = drawn["referendum.bristol"]
    assert beside(bristol, "56,113") == ["A", "Committee system, chosen", "56,113", "59.3%"]
    assert "Turnout 28.6%" in bristol.alt
    newham = drawn["mayor.newham"]
    assert "%" not in newham.alt, "a share of the one candidate that the report names is none"
