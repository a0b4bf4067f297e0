"""A council's picture on any night: its finding, its chamber, the seats before, in a channel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.almanac import Almanac, CitedFact, CitedKind
from bot.election.control import NOC, Control, Outcome
from bot.election.parties import PartyKind
from bot.election.standings import CouncilStanding
from bot.pictures.council import council_picture
from bot.pictures.picture import Picture
from bot.wording.findings import council_finding
from tests.cards.nights import ALMANAC, HULL, NIGHT, PARTIES, seats, standing, years
from tests.pictures.checks import beside, check_in_chat, figures_in, shapes_of, texts_of
from tests.pictures.nights import any_parties

CODES = [party.code for party in PARTIES.rows if party.kind is not PartyKind.VACANT]


def drawn(one: CouncilStanding, almanac: Almanac = ALMANAC) -> Picture:
    picture = council_picture(one, almanac)
    assert picture is not None
    return check_in_chat(picture)


@st.composite
def any_chamber(draw: st.DrawFn) -> tuple[CouncilStanding, Almanac]:
    """A council of 1 to 150 seats and 1 to 15 parties, some seats vacant, before and now."""
    parties = draw(any_parties())
    codes = [party.code for party in parties.rows if party.kind is not PartyKind.VACANT]
    size = draw(st.integers(1, 150))

    def filled() -> dict[str, int]:
        here = draw(st.lists(st.sampled_from(codes), min_size=1, max_size=15, unique=True))
        cuts = sorted(draw(st.lists(st.integers(0, size), max_size=len(here) - 1)))
        held = [high - low for low, high in zip([0, *cuts], [*cuts, size], strict=True)]
        found = dict(zip(here, held, strict=False))
        if size > 3 and draw(st.booleans()):
            found["Vac"] = draw(st.integers(1, 3))
        return found

    held = filled() if draw(st.booleans()) else None
    before = draw(st.one_of(st.none(), st.sampled_from([NOC, *map(Control, codes)])))
    one = standing("KHL", before, filled(), held=held, boundary_change=draw(st.booleans()))
    return one, replace(ALMANAC, parties=parties)


@given(any_chamber())
def test_any_chamber_is_read_in_a_channel(made: tuple[CouncilStanding, Almanac]) -> None:
    one, almanac = made
    picture = drawn(one, almanac)
    assert one.declared is not None
    circles = re.findall(r'<circle [^>]*r="[^"]+"[^>]*>', picture.svg)
    assert len(circles) >= one.declared.now.total
    largest = max(one.declared.now.without_vacant().values(), default=0)
    assert str(largest) in figures_in(picture.alt)


def seats_under_text(picture: Picture) -> list[tuple[str, object]]:
    """Return each text that a seat touches, with the seat."""
    found: list[tuple[str, object]] = []
    for shape in shapes_of(picture):
        if not shape.tag.endswith("circle"):
            continue
        x, y, radius = (float(shape.attrib[name]) for name in ("cx", "cy", "r"))
        for box in picture.boxes:
            across = max(box.left - x, 0.0, x - box.right)
            down = max(box.top + 6 - y, 0.0, y - box.bottom + 6)
            if (across**2 + down**2) ** 0.5 < radius:
                found.append((box.text, shape.attrib))
    return found


@given(any_chamber())
def test_no_seat_is_under_a_text(made: tuple[CouncilStanding, Almanac]) -> None:
    assert seats_under_text(drawn(*made)) == []


CONTROLLED = (*years("Lab", 1974, 1977), *years("Con", 1978, 2021))


@pytest.mark.parametrize(
    ("before", "now", "history", "finding"),
    [
        ("Con", "Lab 35 Con 22", CONTROLLED, "Labour take Sunderland after 44 years"),
        ("Con", "Lab 35 Con 22", CONTROLLED[4:], "Labour take Sunderland after at least 44 years"),
        ("Con", "Lab 35 Con 22", (), "Labour gain Sunderland, majority of 13"),
        ("Con", "Lab 35 Con 22", years("Con", 2019, 2021), "majority of 13"),
        ("Con", "Lab 20 Con 19 LD 1", CONTROLLED, "Conservatives lose Sunderland after"),
        (None, "Lab 35 Con 22", years(None, 1999, 2021), "years of no overall control"),
        (None, "Lab 20 Con 20", years(None, 1999, 2021), "stays under no overall control"),
        ("Lab", "Lab 30 Con 27", (), "Labour hold Sunderland, majority of 3"),
        ("Con", "Ind 30 Con 27", CONTROLLED, "no one party has a majority"),
        ("Ind", "Ind 30 Con 27", (), "stays with independents and others, no one party has a"),
    ],
)
def test_the_title_is_the_finding(
    before: str | None, now: str, history: tuple[object, ...], finding: str
) -> None:
    prior = NOC if before is None else Control(before)
    one = standing("SND", prior, seats(now))
    almanac = replace(ALMANAC, history={"SND": history}, election_years=None)  # type: ignore[arg-type]
    assert finding in council_finding(one, almanac)
    assert drawn(one, almanac).title == council_finding(one, almanac)


def test_a_first_time_since_the_creation_is_the_finding() -> None:
    fact = CitedFact("SND", NIGHT, CitedKind.NEVER_SINCE, "Lab", 1964, "")
    one = standing("SND", "Con", seats("Lab 35 Con 22"))
    almanac = replace(ALMANAC, cited={"SND": (fact,)})
    assert council_finding(one, almanac) == "Labour take Sunderland for the first time"


def test_a_majority_is_told_once() -> None:
    picture = drawn(HULL)
    assert " ".join(texts_of(picture)).casefold().count("majority of 1") == 1
    assert {"29 of 57", "29 needed"} <= set(texts_of(picture))


@pytest.mark.parametrize(
    ("now", "beneath", "well"),
    [
        ("Lab 20 Con 14 Vac 2", "2 of 36 seats vacant", "20 of 36"),
        ("Lab 18 Con 17 Vac 1", "1 of 36 seats vacant", "18 of 36"),
    ],
)
def test_vacant_seats_are_drawn_and_told(now: str, beneath: str, well: str) -> None:
    picture = drawn(standing("KHL", "Con", seats(now)))
    assert beneath in picture.alt
    assert well in texts_of(picture)
    vacant = re.findall(r"<circle [^>]*stroke-dasharray", picture.svg)
    assert len(vacant) == seats(now)["Vac"] + ("Vacant" in " ".join(texts_of(picture)))


def test_a_majority_of_the_filled_seats_says_so() -> None:
    one = standing("KHL", "Con", seats("Lab 18 Con 17 Vac 1"))
    assert one.declared is not None
    ruled = replace(one.declared, after=Control("Lab"), outcome=Outcome.GAIN)
    picture = drawn(replace(one, declared=ruled))
    assert {"18 of 35", "18 needed"} <= set(texts_of(picture))
    assert "18 of 35 filled seats · 1 vacant, not counted" in picture.alt
    assert "majority of" not in picture.alt.casefold()


@pytest.mark.parametrize(
    ("held", "redrawn", "says"),
    [
        (seats("Con 33 Lab 26 Ind 1"), True, "Before (60 seats, old boundaries): Conservatives 33"),
        (seats("Con 33 Lab 26 Ind 1"), False, "Before (60 seats): Conservatives 33, Labour 26"),
        (seats("Con 32 Lab 26"), True, "Before (old boundaries): Conservatives 32 and Labour 26"),
        (seats("Con 32 Lab 26"), False, "Before: Conservatives 32 and Labour 26"),
    ],
)
def test_the_seats_before_say_what_keeps_them_from_being_compared(
    held: Mapping[str, int], redrawn: bool, says: str
) -> None:
    one = standing("KHL", "Con", seats("Lab 35 Con 22 Ind 1"), held=held, boundary_change=redrawn)
    picture = drawn(one)
    assert says in picture.alt
    assert any(text.startswith(says) for text in texts_of(picture))


@pytest.mark.parametrize(
    ("now", "says"),
    [
        ("Lab 20 Con 15 LD 10", "Labour largest party"),
        ("Lab 20 Con 20 LD 10", ""),
        ("Ind 20 Con 15 LD 10", ""),
        ("Lab 30 Con 15", ""),
    ],
)
def test_where_nobody_has_a_majority_the_largest_party_is_told(now: str, says: str) -> None:
    picture = drawn(standing("KHL", "Con", seats(now)))
    assert ("largest party" in picture.alt) == bool(says)
    assert says in picture.alt


def test_who_lost_a_council_is_told_where_the_title_does_not() -> None:
    picture = drawn(standing("SND", "Con", seats("Lab 35 Con 22"), held=seats("Con 40 Lab 17")))
    assert picture.title == "Labour gain Sunderland, majority of 13"
    assert any(text.startswith("From Conservatives") for text in texts_of(picture))


def lines_of_labels(picture: Picture, words: str) -> list[str]:
    """Return the texts that stand on the line of *words*."""
    return [text for text in beside(picture, words) if not text.endswith("needed")]


def test_a_party_keeps_its_label_in_letters_before_it_is_one_of_more() -> None:
    held = {"Lab": 40, "Con": 16, "Ind": 15, "LD": 12, "Green": 11, "PC": 4, "SNP": 3}
    picture = drawn(standing("KHL", "Lab", held, held=held))
    texts = texts_of(picture)
    assert not any("more:" in text for text in texts)
    for letters, figures in (("PC", "4 (±0)"), ("SNP", "3 (±0)")):
        assert lines_of_labels(picture, letters)[-2:] == [letters, figures]


def test_a_label_of_one_line_has_its_figures_bold_and_its_name_not() -> None:
    picture = drawn(standing("KHL", "Lab", {"Lab": 20, "Green": 3}))
    for words, weight in (("Greens", 400), ("3", 700), ("Labour", 400), ("20", 700)):
        assert re.search(rf'font-weight="{weight}"[^>]*>{words}</text>', picture.svg), words


def test_a_party_that_no_table_has_is_told_by_its_name() -> None:
    held = {"Lab": 22, "wire:Your Party": 10, "Con": 9, "LD": 8, "Ind": 6, "PC": 5}
    now = {**held, "wire:Your Party": 11, "Lab": 21}
    picture = drawn(standing("KHL", NOC, now, held=held))
    assert any("Your" in text for text in texts_of(picture))
    assert not any(text.startswith("You") and " " not in text for text in texts_of(picture))
