"""The one picture that goes with what is said of a night, or of a part of it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.election.almanac import Almanac
from bot.election.headlines import Lens
from bot.election.standings import CouncilStanding
from bot.pictures.council import council_picture
from bot.pictures.hexmap import map_picture
from bot.pictures.party import party_picture
from bot.pictures.picture import Picture


def picture_through(
    lens: Lens, standings: Sequence[CouncilStanding], almanac: Almanac
) -> Picture | None:
    """Return a party's or a council's own picture, else the map; None where it has none."""
    if lens.party is not None:
        return party_picture(almanac.parties.get(lens.party), standings, almanac)
    if lens.council is not None:
        seen = lens.councils(standings)
        return council_picture(seen[0], almanac) if seen else None
    return map_picture(standings, almanac, lens)
