"""The Discord client: what it may see, what it says to failures, how it stays connected.

It has no privileged intent, reads messages only where they are meant for it, mentions nobody unless
a post names whom, and answers from the store's reader. `run_client` keeps it going where Discord is
not there at the start.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.alerts.http import watch
from bot.alerts.traffic import Traffic
from bot.chat import boards, controls, deskroom, deskword, heard, privacy, welcome, wizard
from bot.chat.answering import reply
from bot.chat.failures import answer_failure, tell
from bot.chat.forms import texts_of
from bot.chat.illustrating import Illustrator
from bot.chat.questions import Command
from bot.chat.rights import viewer_of
from bot.chat.services import Services

log = logging.getLogger(__name__)

EXTENSIONS = (
    "cogs.council",
    "cogs.party",
    "cogs.night",
    "cogs.wards",
    "cogs.history",
    "cogs.contests",
    "cogs.alerts",
    "cogs.watch",
    "cogs.desk",
    "cogs.privacy",
    "cogs.setup",
    "cogs.help",
)
CONTROLS = (
    *controls.CONTROLS,
    *boards.CONTROLS,
    *deskroom.CONTROLS,
    *deskword.CONTROLS,
    *privacy.CONTROLS,
    *welcome.CONTROLS,
    *wizard.CONTROLS,
)

# The bot has no voice, so what voice would need is no warning's worth.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

_GUILDS_COME_WITHIN = 0.5
"""Seconds between two servers of a start before the bot counts as ready; discord.py waits two."""
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0

_CLOSE_CODES = {
    4004: "Discord refuses the token: set ELECTION_NIGHT_TOKEN to the one that the developer "
    "portal shows, or make a new one there.",
    4010: "Discord refuses the shard that the bot named: start it again.",
    4011: "Discord asks for more shards than were named: start the bot again.",
    4012: "Discord no longer speaks this version of its gateway: update discord.py.",
    4013: "Discord does not know the intents that were asked for: update discord.py.",
    4014: "Discord refuses an intent that the bot did not ask for itself: the bot needs the "
    "no privileged intent; start this version unchanged.",
}


class ClientStopped(Exception):  # noqa: N818 - an end, not an error of the program
    """The client cannot go on by itself; its text says why and how to mend it."""


class Tree(app_commands.CommandTree["ElectionNight"]):
    """The bot's slash commands: every failure is answered."""

    async def on_error(
        self,
        interaction: discord.Interaction[ElectionNight],
        error: app_commands.AppCommandError,
        /,
    ) -> None:
        """Answer *error* with a sentence."""
        await answer_failure(interaction, error)


class ElectionNight(commands.AutoShardedBot):
    """The bot, as a user of the services that hold the night.

    It has slash commands and buttons, and answers who mentions it. The buttons keep their state in
    themselves, so that those of messages sent before a restart work after it.
    """

    def __init__(self, services: Services) -> None:
        super().__init__(
            command_prefix=(),
            help_command=None,
            tree_cls=Tree,
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            guild_ready_timeout=_GUILDS_COME_WITHIN,
        )
        self.services = services
        watch(self.http, services.alerts.traffic if services.alerts else Traffic())
        self.illustrator = Illustrator(services.studio)
        self._ids: dict[str, int] = {}
        self.logged_in = asyncio.Event()
        """Set once REST calls can be made; before that `wait_until_ready` raises."""

    async def setup_hook(self) -> None:
        """Load the cogs, take up the buttons of earlier messages, tell Discord the commands.

        May be called again where Discord failed half-way through.
        """
        await load_cogs(self)
        self.add_dynamic_items(*CONTROLS)
        self._ids = {command.name: command.id for command in await self.tree.sync()}
        await self._sync_desk()
        if self.services.settings.discord_api:
            # A new session would otherwise be opened at Discord's own gateway.
            _, gateway, _ = await self.http.get_bot_gateway()
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        self.logged_in.set()

    def mention(self, command: Command) -> str:
        """Return a command as Discord lets people press it, or by its name where it has no id."""
        name = command.qualified_name
        number = self._ids.get((command.root_parent or command).name)
        return f"`/{name}`" if number is None else f"</{name}:{number}>"

    async def _sync_desk(self) -> None:
        """Tell Discord the desk's commands, for its own server alone."""
        guild = self.services.settings.desk_guild
        if guild is None:
            return
        try:
            synced = await self.tree.sync(guild=discord.Object(guild))
            self._ids |= {command.name: command.id for command in synced}
        except discord.Forbidden:
            log.warning(
                "The desk's commands cannot be made: the bot is not in the server %d that "
                "ELECTION_NIGHT_DESK_GUILD names. Invite it there and start it again.",
                guild,
            )

    async def on_ready(self) -> None:
        """Say that the bot is there; this happens again after each lost session."""
        log.info("Ready as %s in %d servers", self.user, len(self.guilds))

    async def on_message(self, message: discord.Message, /) -> None:
        """Answer what mentions the bot or is written to it; all else comes without its content."""
        try:
            await heard.hear(self, message)
        except discord.HTTPException as refusal:
            log.warning("A message in channel %d stays unanswered: %s", message.channel.id, refusal)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the form of `FindButton`, and a button that no version knows any more."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self._find(interaction)
        if interaction.type is not discord.InteractionType.component:
            return
        data: Any = interaction.data or {}
        pressed = str(data.get("custom_id", ""))
        known = any(c.__discord_ui_compiled_template__.fullmatch(pressed) for c in CONTROLS)
        if not known or pressed not in _ids_under(interaction.message):
            await tell(
                interaction,
                "This button belongs to an older version of the bot: ask again with a command, "
                "`/help` lists them.",
            )

    async def _find(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a name that was filled in, also if the bot was started again meanwhile."""
        data: Any = interaction.data or {}
        if data.get("custom_id") != welcome.FIND_FORM:
            return
        try:
            name = texts_of(data.get("components", ())).get("name", "")
            answer = await heard.answer_to(self, name, viewer_of(interaction))
            await reply(interaction, answer, public=False)
        except Exception as error:
            await answer_failure(interaction, error)


def _ids_under(message: discord.Message | None) -> set[str | None]:
    """Return what can be pressed under a message; discord.py drops all else without a word."""
    return {
        item.custom_id
        for row in (message.components if message else ())
        if isinstance(row, discord.ActionRow)
        for item in row.children
    }


async def load_cogs(client: ElectionNight) -> None:
    """Load every cog that is not there yet; the terminal does it without Discord."""
    for extension in EXTENSIONS:
        if extension not in client.extensions:
            await client.load_extension(extension)


def use_discord_api(base: str | None) -> None:
    """Send all of this process's REST calls to another base than Discord's own, if one is given.

    The gateway is the one that `/gateway/bot` names there.
    """
    if base:
        Route.BASE = base.rstrip("/")


async def run_client(
    client: ElectionNight,
    token: str,
    *,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Run *client* until it is closed, waiting with back-off while Discord is not there.

    discord.py dies if REST is down at login or the gateway at the first connect
    (https://github.com/Rapptz/discord.py/issues/10520). Raises `ClientStopped` where waiting does
    not help.
    """
    use_discord_api(client.services.settings.discord_api)

    async def log_in() -> None:
        await client.http.close()
        client.http.connector = discord.utils.MISSING  # closed with the session of a failed login
        await client.login(token)

    try:
        await _persist("log in", log_in, pause)
        await _persist("connect", client.connect, pause)
    except discord.LoginFailure:
        raise ClientStopped(_CLOSE_CODES[4004]) from None
    except discord.PrivilegedIntentsRequired:
        raise ClientStopped(_CLOSE_CODES[4014]) from None
    except discord.ConnectionClosed as closed:
        reason = _CLOSE_CODES.get(closed.code, f"Discord closed the connection ({closed.code}).")
        raise ClientStopped(reason) from None
    finally:
        await client.close()


async def _persist(
    what: str, attempt: Callable[[], Awaitable[None]], pause: Callable[[float], Awaitable[None]]
) -> None:
    """Make *attempt* until it does not fail for want of Discord."""
    wait = _FIRST_PAUSE
    while True:
        try:
            return await attempt()
        except (aiohttp.ClientError, OSError, discord.GatewayNotFound, RecursionError) as error:
            failure: Exception = error
        except discord.HTTPException as error:
            if error.status < 500:
                raise
            failure = error
        log.warning("Cannot %s (%s): next attempt in about %.0f s", what, failure, wait)
        await pause(wait * random.uniform(0.75, 1.25))
        wait = min(2 * wait, _LONGEST_PAUSE)
