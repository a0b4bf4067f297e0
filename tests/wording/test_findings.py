"""The title of a picture of several councils: what it finds, true at any moment of any night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given

from bot.election.almanac import Almanac, NightAlmanac
from bot.election.control import NOC, Control
from bot.election.councils import Council
from bot.election.history import YearOfControl
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding
from bot.election.stories import Lens
from bot.election.tally import state_of_parties
from bot.wording.findings import council_finding, finding_of
from bot.wording.night import NightView
from bot.wording.phrases import members, sentence_case
from tests.cards.nights import ALMANAC, AT_0232, NIGHT, standing
from tests.pictures.nights import any_night


def council(place: int, before: object, now: dict[str, int] | None = None) -> CouncilStanding:
    one = standing("KHL", before, now)  # type: ignore[arg-type]
    return replace(one, council=Council(f"C{place}", f"Elm{chr(97 + place)}ton", region="West"))


HELD = council(1, "Lab", {"Lab": 6})


def found(
    here: Sequence[CouncilStanding], now: datetime = AT_0232, lens: Lens | None = None
) -> str:
    return finding_of(NightView(here, ALMANAC, now, lens=lens or Lens()))


def losses(many: int, gained: int = 0) -> list[CouncilStanding]:
    """Labour lose some councils to nobody, and gain others from nobody."""
    lost = [council(n, "Lab", {"Lab": 5, "Con": 5}) for n in range(many)]
    return [*lost, *(council(many + n, NOC, {"Lab": 6, "Con": 5}) for n in range(gained))]


@pytest.mark.parametrize(
    ("night", "title"),
    [
        (losses(3), "Labour lose 3 councils"),
        (losses(5, 1), "Labour down 4 councils"),
        (
            [*losses(4), *(council(9 + n, NOC, {"Con": 6, "Lab": 5}) for n in range(3))],
            "Labour lose 4 councils, Conservatives gain 3",
        ),
        (
            [council(1, "Lab", {"Lab": 6}), council(2, "Con")],
            "No change of control in the first council",
        ),
        (
            [council(1, "Lab", {"Lab": 6}), council(2, NOC, {"Lab": 1, "Con": 1})],
            "No council changes hands",
        ),
        ([council(1, None, {"Lab": 6}), council(2, "Con")], "1 council declared"),
    ],
)
def test_what_a_night_brought(night: list[CouncilStanding], title: str) -> None:
    assert found(night) == title


@pytest.mark.parametrize(
    ("earlier", "title"),
    [
        (Control("LD"), "Lib Dems take Hull after 12 years"),  # they come back
        (Control("Con"), "Lib Dems take Hull after 12 years of Labour control"),
        (NOC, "Lib Dems take Hull after 12 years of Labour control"),
    ],
)
def test_what_ended_is_told_unless_who_had_it_before_comes_back(
    earlier: Control, title: str
) -> None:
    years = [YearOfControl(2008 + n, Composition({"Lab": 1}), earlier) for n in range(2)]
    years += [YearOfControl(2010 + n, Composition({"Lab": 1}), Control("Lab")) for n in range(12)]
    almanac = replace(ALMANAC, history={"KHL": tuple(years)}, cited={})
    one = standing("KHL", "Lab", {"LD": 6})
    one = replace(one, council=replace(one.council, name="Hull"))
    assert council_finding(one, almanac) == title


def test_while_councils_are_not_heard_of_none_is_said_to_change_hands() -> None:
    almanac = replace(ALMANAC, nights={NIGHT: NightAlmanac(NIGHT, "a night", told_total=3)})
    view = NightView([HELD], almanac, AT_0232)
    assert finding_of(view) == "No change of control in the first council"


def test_before_a_result_it_says_when_the_first_is_expected() -> None:
    waiting = council(1, "Lab")
    assert found([waiting]) == "No council has declared"

    def expected(*hours: int) -> list[CouncilStanding]:
        return [replace(waiting, expected_at=AT_0232 + timedelta(hours=each)) for each in hours]

    assert found(expected(1)) == "First council expected about 03:32"
    assert found(expected(3, 2)) == "First councils expected about 04:32"
    assert found(expected(20, 30)) == "First councils expected on Friday 6 May"
    assert found(expected(-3, -1)) == "No council has declared", "late councils are not promised"
    assert (
        found(expected(-3, 2), lens=Lens(region="West"))
        == "West: first councils expected about 04:32"
    )


@given(any_night())
def test_no_party_is_said_to_have_lost_more_or_less_than_it_did(
    night: tuple[list[CouncilStanding], Almanac],
) -> None:
    standings, almanac = night
    title = finding_of(NightView(standings, almanac, AT_0232))
    assert title
    named = [one.council.name for one in standings]
    assert not title.endswith(".") or any(name.endswith(".") for name in named)
    lines = {
        sentence_case(members(almanac.parties.get(line.party or ""))): line.council_change
        for line in state_of_parties(standings).parties
    }
    for verb, sign in (("lose", -1), ("down", -1), ("gain", 1), ("up", 1)):
        who, said, many = title.partition(f" {verb} ")
        if said and who in lines and many.split(" ")[0].isdigit():
            assert lines[who] == sign * int(many.split(" ")[0])
