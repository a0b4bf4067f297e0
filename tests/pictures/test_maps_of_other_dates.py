"""Maps of nights that nobody recorded: other dates, other sets of councils, any results."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from bot.election.almanac import Almanac
from bot.election.control import NOC, Control
from bot.election.councils import Council
from bot.election.standings import CouncilStanding
from bot.election.stories import Lens
from bot.pictures.hexmap import map_picture
from bot.wording.night import NightView
from tests.cards.nights import AT_0232, standing
from tests.pictures.checks import check, check_in_chat, texts_of
from tests.support.tables import shipped

NIGHTS = (date(2019, 5, 2), date(2024, 5, 2), date(2027, 5, 6), date(2031, 5, 1))
PARTIES = ("Lab", "Con", "LD", "Green", "Reform", "SNP", "PC", "Ind", "Asp")


def made_up(council: Council, night: date, chance: random.Random) -> CouncilStanding:
    """Return a council that has declared any result, or none."""
    before = chance.choice([NOC, *map(Control, PARTIES)])
    now = None
    if chance.random() < 0.7:
        now = {code: chance.randint(1, 40) for code in chance.sample(PARTIES, 3)}
    return replace(standing("KHL", before, now), council=council, night=night)


def voting(night: date, almanac: Almanac, of: str) -> list[CouncilStanding]:
    """Return standings of the councils of a date: of all kinds, of counties, or of one nation."""
    chance = random.Random(f"{night}{of}")
    here = [one for one in almanac.councils.rows if one.exists(night)]
    if of == "counties":
        here = [one for one in here if one.type == "County"]
    elif of == "some of all":
        here = [one for one in here if chance.random() < 0.5]
    else:
        here = [one for one in here if one.nation == of]
    return [made_up(one, night, chance) for one in here]


@pytest.mark.parametrize("of", ["some of all", "counties", "Wales", "Scotland", "Northern Ireland"])
@pytest.mark.parametrize("night", NIGHTS)
def test_maps_of_other_dates_are_read_in_a_channel(night: date, of: str) -> None:
    almanac = shipped()
    standings = voting(night, almanac, of)
    assert standings
    places = {Lens()}
    places |= {Lens(nation=one.council.nation) for one in standings}
    places |= {Lens(region=one.council.region) for one in standings if one.council.region}
    for lens in places:
        view = NightView(standings, almanac, AT_0232, lens=lens)
        for large in (False, True):
            picture = map_picture(view, large=large)
            assert picture is not None
            (check if large else check_in_chat)(picture)
        if lens.is_whole_night and of == "some of all":
            assert "England" in texts_of(picture) or large
