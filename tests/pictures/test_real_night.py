"""Every picture of the night of 5 May 2022, at 1, 2 and 200 councils and at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.election.stories import Lens
from bot.pictures.assembly import assembly_picture
from bot.pictures.ballots import ballot_picture
from bot.pictures.colours import NO_ELECTION, PAPER
from bot.pictures.council import council_picture
from bot.pictures.flows import councils_flow_picture, seats_flow_picture
from bot.pictures.hexmap import map_picture
from bot.pictures.night import gains_picture, state_picture
from bot.pictures.party import party_picture
from bot.pictures.picture import Picture
from bot.pictures.progress import progress_picture
from bot.pictures.renderer import PictureRenderer
from bot.pictures.timeline import timeline_picture
from bot.wording.night import NightView
from tests.cards.nights import AT_0232
from tests.pictures.checks import (
    beside,
    check,
    check_in_chat,
    check_png,
    figures_in,
    hexagons_of,
    texts_of,
)
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


def in_chat(picture: Picture | None) -> Picture:
    assert picture is not None
    return check_in_chat(picture)


@pytest.mark.parametrize("declared", [0, 1, 2, 71, 200])
def test_the_night_is_drawn_at_any_time(declared: int, renderer: PictureRenderer) -> None:
    views = [view_after(declared, lens) for lens in PLACES]
    whole = views[0]
    for view in views:
        check_in_chat(given(map_picture(view)))
    pictures = [map_picture(view, large=True) for view in views]
    pictures += [progress_picture(whole)]
    assert None not in pictures
    for make in (state_picture, gains_picture, councils_flow_picture, seats_flow_picture):
        pictures += [in_chat(picture) for view in views if (picture := make(view)) is not None]
    for picture in (
        *(timeline_picture(view) for view in views),
        *(party_picture(party, whole) for party in whole.parties.rows),
    ):
        pictures += [in_chat(picture)] if picture is not None else []
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
    view = view_after(200)
    large, in_chat = given(map_picture(view, large=True)), given(map_picture(view))
    for picture in (large, in_chat):
        assert picture.title == "Conservatives down 11 councils, Labour up 4"
        assert "Control of councils: 200 of 200 declared" in texts_of(picture)
        assert "Not declared" not in texts_of(picture)
        assert "Pale: no election." in " ".join(texts_of(picture))
        changed = re.findall("changed hands ([0-9]+)", picture.alt)
        assert beside(picture, "Changed hands")[-2:] == ["Changed hands", *changed]
    for name, figures in {
        "Labour": ["74", "+4"],
        "Conservatives": ["35", "−11"],
        "Lib Dems": ["16", "+3"],
        "Plaid Cymru": ["4", "+3"],
        "Hung": ["64"],
    }.items():
        for picture in (in_chat, *([large] if name != "Hung" else [])):
            row = beside(picture, name)
            assert row[row.index(name) + 1 :][: len(figures)] == figures
    for one in view.standings:
        if one.declared and one.declared.outcome.changes_hands:
            assert one.council.name in large.alt
    assert {"England", "Scotland", "Wales", "London"} <= set(texts_of(in_chat))


@pytest.mark.parametrize(
    ("place", "title"),
    [
        (Lens(), "Labour take Wandsworth after 44 years"),
        (Lens(region="London"), "Labour take Wandsworth after 44 years"),
        (Lens(nation="Scotland"), "Scotland: first councils expected about 12:30"),
    ],
)
def test_a_map_s_title_is_the_news_of_its_place(place: Lens, title: str) -> None:
    standings, almanac = after(71)
    last = max(one.declared.declared_at for one in standings if one.declared)
    assert given(map_picture(NightView(standings, almanac, last, lens=place))).title == title


def test_scotland_tells_the_largest_party_of_its_hung_councils() -> None:
    picture = given(map_picture(view_after(200, Lens(nation="Scotland"))))
    row = beside(picture, "Hung, SNP largest")
    assert row[row.index("Hung, SNP largest") + 1] == "20"
    assert "SNP largest in 20, Conservatives in 5, Labour in 2" in picture.alt
    assert beside(picture, "West Dunbartonshire")[-1] == "Hung→Lab"


def test_london_names_who_took_what_from_whom() -> None:
    picture = given(map_picture(view_after(200, Lens(region="London"))))
    for name, words in {
        "Barnet": "Con→Lab",
        "Croydon": "Lab→Hung",
        "Tower Hamlets": "Lab→Asp",
    }.items():
        assert beside(picture, name)[-2:] == [name, words]
    assert " Conservatives lose Barnet, Wandsworth and Westminster to Labour. " in picture.alt


def test_the_map_after_one_council() -> None:
    picture = given(map_picture(view_after(1), large=True))
    assert "Control of councils: 1 of 200 declared" in texts_of(picture)
    assert beside(picture, "Not declared")[-1] == "199"
    cells = hexagons_of(picture)[:350]
    assert sum(cell.fill == PAPER for cell in cells) == 199
    assert sum(cell.fill == NO_ELECTION for cell in cells) == 150


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
        shown = " ".join(texts_of(given(map_picture(view))))
        assert "Pale: not heard of." in shown
        assert "no election" not in shown
    assert progress_picture(NightView(heard, unknown, AT_0232)) is None


def test_the_map_grows_no_smaller_as_the_night_goes() -> None:
    pictures = [given(map_picture(view_after(declared))) for declared in (0, 15, 71, 200)]
    sizes = [hexagons_of(check_in_chat(picture))[0].radius for picture in pictures]
    assert max(sizes) < min(sizes) * 1.1


def test_a_region_has_the_names_of_its_councils() -> None:
    picture = given(map_picture(view_after(200, Lens(region="London")), large=True))
    words = " ".join(texts_of(picture))
    standings, _ = after(200)
    london = [one.council.name for one in standings if one.council.region == "London"]
    assert len(london) == 32
    for name in london:
        assert all(word in words for word in name.split()), name
    assert not any("…" in text for text in texts_of(picture))


def test_a_long_name_is_broken_and_not_cut() -> None:
    texts = texts_of(given(map_picture(view_after(200, Lens(nation="Scotland")), large=True)))
    assert texts[texts.index("Clackmannan-") + 1] == "shire"
    assert "Stirling" in texts
    assert not any("…" in text for text in texts)


def test_no_place_no_map() -> None:
    assert map_picture(view_after(200, Lens(region="Atlantis"))) is None


def test_the_state_of_the_parties_at_the_end() -> None:
    picture = in_chat(state_picture(view_after(200)))
    texts = texts_of(picture)
    assert picture.title == "Labour control the most councils, 74 (up 4)"
    assert beside(picture, "Labour")[1:] == ["74", "+4", "3,074", "+138"]
    assert texts.index("Councils") < texts.index("Seats won")
    assert "Labour 74 (+4), Conservatives 35 (−11), " in picture.alt
    assert all(
        texts.count(name) == 1 for name in ("Labour", "Conservatives", "Greens") if name in texts
    )


def test_gains_and_losses_at_the_end() -> None:
    picture = in_chat(gains_picture(view_after(200)))
    assert picture.title.startswith("Conservatives down 402 seats, ")
    assert beside(picture, "Conservatives") == ["Conservatives", "−11", "−402"]
    assert beside(picture, "Labour") == ["Labour", "+4", "+138"]


def test_who_took_what_from_whom() -> None:
    councils = in_chat(councils_flow_picture(view_after(200)))
    assert councils.title == "Conservatives lose 6 councils to no overall control"
    assert "33 changed hands, 200 of 200 councils declared" in texts_of(councils)
    assert beside(councils, "Conservatives")[:2] == ["Conservatives", "13"]
    seats = in_chat(seats_flow_picture(view_after(200)))
    assert seats.title == "Labour take 98 seats from Conservatives"
    assert "In the 2,021 of 3,962 wards whose former holder is known" in texts_of(seats)
    assert councils_flow_picture(view_after(1)) is None


def test_the_curves_end_at_the_net_seats() -> None:
    picture = in_chat(timeline_picture(view_after(200)))
    state = given(state_picture(view_after(200)))
    for name in ("Labour", "Conservatives", "Greens"):
        [net] = re.findall(rf"{name} ([+−]\d+)", picture.alt)
        assert beside(picture, name)[-2:] == [name, net], "named at its end"
        assert re.search(rf"{name} [\d,]+ \({re.escape(net)}\)", state.alt)
    assert picture.title == "Conservatives down 402 seats, Lib Dems up 146"


def test_empty_hours_are_squeezed_and_the_axis_has_round_times() -> None:
    def times(declared: int) -> set[str]:
        texts = texts_of(in_chat(timeline_picture(view_after(declared))))
        return {text for text in texts if re.fullmatch(r"\d\d:\d\d|Fri|Sat", text)}

    assert {"00:00", "12:00", "17:00", "Fri", "Sat"} <= times(200)
    assert all(text.endswith(":00") for text in times(200) if ":" in text)
    assert times(2) == {"00:05", "00:10", "00:15", "00:20", "00:25", "Fri"}


def test_progress_counts_every_region() -> None:
    picture = in_chat(progress_picture(view_after(71)))
    shares = [text for text in texts_of(picture) if re.fullmatch(r"\d+ of \d+", text)]
    assert len(shares) == 12, "England, its nine regions, Scotland and Wales"
    nations = [share for share in shares if share.split()[2] in ("146", "32", "22")]
    assert sum(int(share.split()[0]) for share in shares[:1] + shares[-2:]) == 71
    assert len(nations) >= 3
    full = in_chat(progress_picture(view_after(200)))
    assert full.title == "All 200 councils declared, 33 changed hands"
    assert beside(full, "London") == ["London", "Lab 21", "Con", "6"]


def test_labours_picture() -> None:
    view = view_after(200)
    picture = in_chat(party_picture(view.parties.get("Lab"), view))
    assert picture.title == "Labour gain 11 councils and lose 7"
    assert beside(picture, "Councils") == ["Councils", "73", "+4"]
    assert beside(picture, "New councils") == ["New councils", "1"]
    assert "74 councils in all" in picture.alt
    assert "Councils 73 (+4), 69 before. New councils 1. Seats won 3,074 (+138)" in picture.alt
    assert "Lost 4 to no overall control: Croydon, Hastings, Hyndburn, Neath Port Talbot." in (
        picture.alt
    )
    assert " more" not in picture.alt


def test_a_party_without_a_council_is_told_by_its_seats() -> None:
    view = view_after(200)
    picture = in_chat(party_picture(view.parties.get("Green"), view))
    assert picture.title == "Greens gain 82 seats, control no council"
    assert beside(picture, "Seats won") == ["Seats won", "159", "+82"]
    assert "No council gained or lost" in texts_of(picture)
    assert "Councils" not in texts_of(picture)


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
    assert "mayor.newham" not in drawn, "only the winner's votes are known"
    assert not any(code.startswith("assembly") for code in drawn)
    for picture in drawn.values():
        check_in_chat(picture)
        assert "control" not in picture.alt.casefold()
    croydon = drawn["mayor.croydon"]
    assert croydon.title == "Jason Perry wins Croydon by 589"
    assert "Jason Perry, Conservative 33,413 (34.8%) → 38,612 (50.4%)" in croydon.alt
    assert {"38,612 (50.4%)", "33,413 (34.8%) →", "31,352 (32.7%) →"} <= set(texts_of(croydon))
    bristol = drawn["referendum.bristol"]
    assert bristol.title == "Bristol votes to scrap its mayor"
    assert beside(bristol, "56,113 (59.3%)") == ["Committee system", "56,113 (59.3%)"]
    assert " ".join(texts_of(bristol)).casefold().count("turnout") == 1
    lewisham = drawn["mayor.lewisham"]
    assert lewisham.title == "Damien Egan wins Lewisham by 28,979"
    assert "Labour 39,966 (58.1%)" in lewisham.alt
