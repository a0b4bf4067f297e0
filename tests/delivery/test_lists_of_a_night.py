"""A list, and what it says, belongs to its night: it is offered and makes news on no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.cards.notices import notice_card
from bot.delivery.watch_lists import Keeper, KnownLists
from bot.election.alert_kinds import MilestoneKind
from bot.election.almanac import CouncilList, ListedCouncil
from bot.election.claims import Milestone
from bot.election.milestones import milestones
from bot.election.stories import stories
from bot.store.writer import Writer
from tests.cards.nights import HULL, NIGHT
from tests.support.tables import shipped

LATER = date(2026, 5, 7)
_OLD = CouncilList("old", "Old ones", "", (ListedCouncil("KHL", "It was so."),), True, NIGHT)
_ALWAYS = CouncilList("ever", "Any night", "", (ListedCouncil("WSM"),))
ALMANAC = replace(shipped(), lists={"old": _OLD, "ever": _ALWAYS})


def test_a_list_is_of_its_night_and_one_without_a_night_of_all() -> None:
    assert ALMANAC.lists_of(NIGHT) == [_OLD, _ALWAYS]
    assert ALMANAC.lists_of(LATER) == [_ALWAYS]
    assert ALMANAC.flagships(NIGHT) == {"KHL"}
    assert ALMANAC.flagships(LATER) == set()


@pytest.mark.parametrize(("night", "is_news"), [(NIGHT, True), (LATER, False)])
def test_a_flagship_is_news_on_the_night_of_its_list_alone(night: date, is_news: bool) -> None:
    hull = replace(HULL, night=night)
    found = milestones([hull], ALMANAC).values()
    assert any(one and one.milestone is MilestoneKind.FLAGSHIP for one in found) is is_news
    [story] = [one for one in stories([hull], ALMANAC) if "KHL" in one.councils]
    assert ("flagship" in story.basis) is is_news


@pytest.mark.parametrize(("night", "tells"), [(NIGHT, True), (LATER, False)])
def test_a_list_s_line_is_told_on_its_night_alone(night: date, tells: bool) -> None:
    hull = Milestone(MilestoneKind.FLAGSHIP, "KHL", "LD")
    at = HULL.declared.declared_at if HULL.declared else None
    assert at is not None
    card = notice_card(hull, ALMANAC, {}, reference="ref", made_at=at, night=night)
    assert ("It was so." in card.to_text()) is tells


async def test_only_the_night_s_lists_are_offered(tmp_path: Path) -> None:
    async with Writer(tmp_path / "night.db") as writer:
        lists, me = KnownLists(writer.reads, ALMANAC), Keeper(None, 1)
        assert [one.value for one in lists.all(me, NIGHT)] == ["old", "ever"]
        assert [one.value for one in lists.all(me, LATER)] == ["ever"]
        assert lists.find(me, "Old ones").night == NIGHT


def test_every_shipped_list_is_of_a_night() -> None:
    almanac = shipped()
    assert {one.night for one in almanac.lists.values()} == set(almanac.nights)
