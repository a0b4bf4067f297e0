"""The options that several commands share: their hints and what autocomplete offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypedDict

import discord
from discord import app_commands
from discord.app_commands import Transform

from bot.cards.calm import LEVELS
from bot.chat.commands import NameOption, Offer, OfferedOption, Option
from bot.chat.interaction import Interaction
from bot.chat.lookups import Kind, containing, councils_like, parties_like, places
from bot.chat.questions import HOW_WE_KNOW
from bot.chat.rights import FOLLOWABLE, POSTABLE, keeper_of
from bot.chat.services import Services


def of_newest_night(offer: Callable[[Services, str, date], Mapping[str, str]]) -> Offer:
    """Return an offer for the night that is followed."""

    def offered(interaction: Interaction, typed: str) -> Mapping[str, str]:
        services = interaction.client.services
        return offer(services, typed, services.newest_night)

    return offered


def _places(kind: Kind, *, ballots: bool = False) -> Offer:
    return of_newest_night(
        lambda services, typed, on: containing(places(services, on, kind, ballots=ballots), typed)
    )


def _nights(interaction: Interaction, typed: str) -> Mapping[str, str]:
    nights = interaction.client.services.reader.nights()  # the newest first
    return containing((night.isoformat() for night in nights), typed.strip())


def lists_offered(interaction: Interaction, typed: str, *, own: bool = False) -> Mapping[str, str]:
    """Return the watch lists that may be seen here; only those that may be changed if *own*."""
    services = interaction.client.services
    if services.lists is None:
        return {}
    known = services.lists.all(keeper_of(interaction), services.newest_night)
    return containing((one.name for one in known if one.ours or not own), typed)


_councils = of_newest_night(councils_like)
_parties = of_newest_night(lambda services, typed, on: parties_like(services.almanac_of(on), typed))

LevelChoice = Transform[
    str,
    Option(
        "How much of it; each kind of alert has its usual level",
        choices={f"{level}: {words}"[:100]: level.value for level, words in LEVELS.items()},
    ),
]
CouncilName = Transform[str, NameOption("The council's name, or its code", _councils)]
OneCouncil = Transform[str, OfferedOption("Only this council", _councils)]
PartyName = Transform[str, NameOption("The party's name or abbreviation", _parties)]
OneParty = Transform[str, OfferedOption("Only what concerns this party", _parties)]
OneNation = Transform[str, OfferedOption("Only this nation", _places("nation", ballots=True))]
OneRegion = Transform[str, OfferedOption("Only this region", _places("region", ballots=True))]
# For what shows councils alone.
CouncilsNation = Transform[str, OfferedOption("Only this nation", _places("nation"))]
CouncilsRegion = Transform[str, OfferedOption("Only this region", _places("region"))]
Night = Transform[
    str, OfferedOption("The polling date; the night that is followed without it", _nights)
]
Show = Transform[
    str, Option("How we know it, instead of the result", choices={"How we know": HOW_WE_KNOW})
]


class Place(TypedDict, total=False):
    """The options that limit an answer to a place."""

    nation: OneNation | None
    region: OneRegion | None


class CouncilsPlace(TypedDict, total=False):
    """The same for what shows councils alone."""

    nation: CouncilsNation | None
    region: CouncilsRegion | None


class Filters(TypedDict, total=False):
    """The options of which one limits an answer to a party, a place or a council."""

    party: OneParty | None
    nation: OneNation | None
    region: OneRegion | None
    council: OneCouncil | None


class _ChannelTransformer(app_commands.Transformer[Any]):
    """A channel of some kinds, also one that the bot cannot see."""

    def __init__(self, kinds: Sequence[discord.ChannelType]) -> None:
        self._kinds = kinds

    @property
    def type(self) -> discord.AppCommandOptionType:
        """The type of the option."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """The kinds of channel that can be posted to."""
        return [*self._kinds]

    async def transform(
        self, interaction: Interaction, value: Any, /
    ) -> app_commands.AppCommandChannel:
        """Return the channel as Discord described it."""
        channel: app_commands.AppCommandChannel = value
        return channel


PostableChannel = Transform[app_commands.AppCommandChannel, _ChannelTransformer(POSTABLE)]
FollowableChannel = Transform[app_commands.AppCommandChannel, _ChannelTransformer(FOLLOWABLE)]
"""Also a forum, in which alerts are posts."""
