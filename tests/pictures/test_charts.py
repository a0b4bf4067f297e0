"""What the title and the label of a chart leave no doubt about, on nights made for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.election.control import NOC
from bot.election.councils import Council
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding
from bot.election.stories import Lens
from bot.pictures.flows import seats_flow_picture
from bot.pictures.night import state_picture
from bot.pictures.party import party_picture
from bot.pictures.picture import Picture
from bot.pictures.progress import progress_picture
from bot.pictures.timeline import timeline_picture
from bot.wording.night import NightView
from tests.cards.nights import ALMANAC, AT_0232, NIGHT, standing
from tests.pictures.checks import check_in_chat, texts_of

HELD = {"Lab": 30, "Con": 30, "LD": 30, "Green": 30}
LONG = "Yorkshire and The Humber"


def view_of(*night: CouncilStanding, lens: Lens | None = None) -> NightView:
    almanac = ALMANAC.told(NIGHT, len(night))
    return NightView(list(night), almanac, AT_0232, lens=lens or Lens())


def moved(changes: Mapping[str, int], hour: int = 0) -> CouncilStanding:
    now = {party: seats + changes.get(party, 0) for party, seats in HELD.items()}
    at = AT_0232 + timedelta(hours=hour)
    return standing("KHL", NOC, now, held=HELD, won=now, at=at)


def drawn(picture: Picture | None) -> Picture:
    assert picture is not None
    return check_in_chat(picture)


@pytest.mark.parametrize(
    ("fall", "title"),
    [
        (-15, r"Lib Dems overtake Labour at \d\d:32, now up 32 seats"),
        (-29, "Conservatives down 35 seats, Lib Dems up 32"),
    ],
)
def test_who_overtakes_is_the_title_unless_another_fell_further(fall: int, title: str) -> None:
    night = [moved({"Lab": 6, "LD": 1}), moved({"LD": 1}, 1)]
    night += [moved({"LD": 29, "Con": fall}, 2), moved({"LD": 1, "Con": -6}, 3)]
    assert re.fullmatch(title, drawn(timeline_picture(view_of(*night))).title)


def test_few_seats_that_can_be_followed_are_not_the_flow_of_all() -> None:
    clear, unclear = moved({"Lab": -4, "LD": 4}), moved({"Lab": -6, "Con": -6, "LD": 6, "Green": 6})
    assert seats_flow_picture(view_of(clear, unclear)) is not None
    assert seats_flow_picture(view_of(clear, unclear, unclear)) is None


def test_the_small_flows_that_are_joined_are_named_in_words() -> None:
    pairs = [("Con", "LD", 30), ("Lab", "Green", 30), ("LD", "PC", 1), ("Green", "SNP", 2)]
    night = []
    for loser, taker, seats in [*pairs, ("Con", "Lab", 1)]:
        held = dict.fromkeys(("Lab", "Con", "LD", "Green", "SNP", "PC"), 35)
        now = held | {loser: 35 - seats, taker: 35 + seats}
        night.append(standing("KHL", NOC, now, held=held, won=now))
    words = drawn(seats_flow_picture(view_of(*night))).alt
    assert "other parties 4 (SNP 2, Labour 1, Plaid Cymru 1)" in words
    assert "From other parties (3: Greens 2, Lib Dems 1): " in words


def test_those_without_a_curve_are_told_too_so_that_the_sum_is_whole() -> None:
    night = [moved({"Lab": -30, "Con": 30}, hour) for hour in range(8)]
    night.append(moved({"LD": 1, "Green": 1, "Con": -2}, 9))
    words = drawn(timeline_picture(view_of(*night))).alt
    told = [int(change.replace("\N{MINUS SIGN}", "-")) for change in re.findall(r"[+−]\d+", words)]
    assert sum(told) == 0


def test_seats_are_told_by_their_number_whoever_has_most_councils() -> None:
    many = standing("KHL", NOC, {"Con": 28, "Lab": 29}, held={"Con": 30, "Lab": 27})
    few = standing("BOL", "Lab", {"Lab": 3, "Con": 2}, held={"Lab": 3, "Con": 2})
    won = replace(many.declared, won=Composition({"Con": 28, "Lab": 20})) if many.declared else None
    words = drawn(state_picture(view_of(replace(many, declared=won), few))).alt
    assert re.search(r"Councils: Labour 2 .*Seats won: Conservatives 28 .*Labour 20", words), words


def test_the_label_of_the_state_is_whole_in_every_place() -> None:
    council = Council("KHL", "Hull", nation="England", region=LONG)
    night = [replace(moved({"Lab": 1, "Con": -1}), council=council) for _ in range(10)]
    texts = texts_of(drawn(state_picture(view_of(*night, lens=Lens(region=LONG)))))
    assert "10 of 10 councils declared · line: before the election" in texts
    texts = texts_of(drawn(state_picture(view_of(*night))))
    assert "10 of 10 councils declared · line: before the election" in texts


def test_a_label_that_is_too_long_for_one_line_has_two() -> None:
    council = Council("KHL", "Hull", nation="England", region=LONG)
    night = [replace(moved({"Lab": 1, "Con": -1}, hour), council=council) for hour in range(10)]
    texts = texts_of(drawn(timeline_picture(view_of(*night, lens=Lens(region=LONG)))))
    assert not any("…" in text for text in texts)
    assert "Net seats since before the election · 10 of 10 councils declared" in (" ".join(texts))


def test_vacant_seats_have_no_picture_of_a_party() -> None:
    now = {"Lab": 30, "Con": 18, "Vac": 12}
    view = view_of(standing("KHL", "Lab", now, held={"Lab": 30, "Con": 30}, won=now))
    assert party_picture(view.parties.get("Con"), view) is not None
    assert party_picture(view.parties.get("Vac"), view) is None


def test_a_holder_without_room_for_its_letters_has_its_symbol() -> None:
    one, other = {"Lab": 20, "Con": 10}, {"Con": 20, "Lab": 10}
    night = [standing("KHL", "Lab", one) for _ in range(30)]
    night += [standing("KHL", "Con", other) for _ in range(3)]
    picture = drawn(progress_picture(view_of(*night)))
    assert "Con" not in texts_of(picture)
    blue = view_of(*night).parties.get("Con").colour.upper()
    assert f'fill="{blue}"' in picture.svg
    assert "<circle" in picture.svg, "the dot of the Conservatives"
