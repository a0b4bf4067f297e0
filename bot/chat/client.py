"""The Discord client.

It has no privileged intent, receives the content only of messages that mention it or are sent to it
directly, and pings nobody unless a post says so. `bot.chat.connection` keeps one connected.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from typing import TYPE_CHECKING, Any

import discord
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.shard import Shard

from bot.chat import answer_buttons, calming, following, free_text
from bot.chat.auto_defer import defer_when_late
from bot.chat.components import Component, Form, take_form
from bot.chat.discord_patches import OneLineErrors, drop_unreadable_events
from bot.chat.failures import answer_failure, tell
from bot.chat.illustrator import Illustrator
from bot.chat.interaction import Interaction
from bot.chat.questions import CannotAnswer, Command
from bot.chat.services import Services
from bot.delivery.discord_errors import FAILURES
from bot.delivery.http import watch
from bot.delivery.traffic import Traffic

if TYPE_CHECKING:
    from bot.chat.connection import Connection

log = logging.getLogger(__name__)

EXTENSIONS = (
    "cogs.council",
    "cogs.party",
    "cogs.night",
    "cogs.boards",
    "cogs.ballots",
    "cogs.votes",
    "cogs.alerts",
    "cogs.watch",
    "cogs.desk",
    "cogs.privacy",
    "cogs.setup",
    "cogs.help",
)
COMPONENTS = (
    *answer_buttons.COMPONENTS,
    *calming.COMPONENTS,
    *following.COMPONENTS,
    *free_text.COMPONENTS,
)
"""The buttons and menus that belong to no one cog."""

# The bot does not use voice.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

logging.getLogger("discord.shard").addFilter(OneLineErrors())

GUILDS_WITHIN = 0.5
"""Seconds without a further server after which the bot counts as ready; discord.py waits two."""
_STARTS_AGAIN = "The bot is restarting: run the command again in a moment."
_CONNECTS_WITHIN = 60.0
"""Seconds allowed for opening a gateway connection."""
_MOST_DOUBLINGS = 6
"""discord.py waits up to 2**10 seconds before it reconnects a shard, too long during a night."""


class Tree(app_commands.CommandTree["ElectionNight"]):
    """The slash commands; every failure is answered."""

    async def _call(self, interaction: Interaction) -> None:
        try:
            if not self.client.has_commands:  # discord.py removes them before it disconnects
                raise CannotAnswer(_STARTS_AGAIN)
            await super()._call(interaction)
        except app_commands.AppCommandError:
            raise
        except Exception as error:  # discord.py would lose it in a task
            await answer_failure(interaction, error)

    async def on_error(
        self,
        interaction: Interaction,
        error: app_commands.AppCommandError,
        /,
    ) -> None:
        """Answer *error* with a sentence."""
        await answer_failure(interaction, error)


class _Shard(Shard):
    """A shard that waits for its turn before it begins a new session."""

    _client: ElectionNight

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._backoff._max = _MOST_DOUBLINGS

    async def reidentify(self, exc: ReconnectWebSocket) -> None:
        """Resume the session, or begin a new one where it was lost."""
        if exc.resume:
            await self._client.resume_session(self.id)
        else:
            await self._client.begin_session(self.id)
        await super().reidentify(exc)

    async def reconnect(self) -> None:
        """Begin a new session after a failure."""
        await self._client.begin_session(self.id)
        await super().reconnect()


class ElectionNight(commands.AutoShardedBot):
    """The Discord client: slash commands, buttons and messages, answered from `services`."""

    def __init__(self, services: Services, connection: Connection | None = None) -> None:
        self._host = connection
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
            guild_ready_timeout=GUILDS_WITHIN,
        )
        self.services = services
        watch(self.http, services.alerts.traffic if services.alerts else Traffic())
        self.illustrator = Illustrator(services.picture_renderer)
        self.loaded: set[str] = set()
        """The extensions that are loaded."""
        self.components: list[type[Component]] = [*COMPONENTS]
        """The kinds of buttons and menus; a cog adds its own."""
        self.forms: list[type[Form]] = [*free_text.FORMS]
        drop_unreadable_events(self._connection.parsers)

    @property
    def has_commands(self) -> bool:
        """Whether it has all commands: not before its cogs are loaded, and not once it closes."""
        return self.loaded.issuperset(EXTENSIONS)

    async def close(self) -> None:
        """Close the connection and remove the commands."""
        self.loaded.clear()
        await super().close()

    def _get_state(self, **options: Any) -> Any:
        if self._host is not None:
            self.http = self._host.http
        return super()._get_state(**options)

    async def setup_hook(self) -> None:
        """Load the cogs and register the buttons and menus of earlier messages.

        May be called again if Discord failed half-way through.
        """
        await load_cogs(self)
        self.add_dynamic_items(*self.components)

    async def launch_shards(self) -> None:
        """Begin a session for each shard that Discord recommends, at the gateway it names."""
        if self._host is not None:
            where = await self._host.where()
            self.shard_count = where.shards
            DiscordWebSocket.DEFAULT_GATEWAY = where.url
        await super().launch_shards()

    async def launch_shard(
        self, gateway: yarl.URL, shard_id: int, *, initial: bool = False
    ) -> None:
        """Begin a shard's session, and raise whatever fails: the connection tries again.

        discord.py's own method retries every five seconds, one stack frame deeper each time, even
        when Discord refuses for good.
        """
        await self.begin_session(shard_id)
        opening = DiscordWebSocket.from_client(
            self, initial=initial, gateway=gateway, shard_id=shard_id
        )
        socket = await asyncio.wait_for(opening, _CONNECTS_WITHIN)
        inside: dict[str, Any] = vars(self)
        shard = _Shard(socket, self, inside["_AutoShardedClient__queue"].put_nowait)
        inside["_AutoShardedClient__shards"][shard_id] = shard
        shard.launch()

    @property
    def sockets(self) -> list[DiscordWebSocket]:
        """The gateway connections of all shards."""
        shards: dict[int, Shard] = vars(self)["_AutoShardedClient__shards"]
        return [shard.ws for shard in shards.values()]

    async def begin_session(self, shard: int) -> None:
        """Wait for the turn to begin a session."""
        if self._host is not None:
            await self._host.begin_session(shard)

    async def resume_session(self, shard: int) -> None:
        """Wait for the turn to resume one."""
        if self._host is not None:
            await self._host.resume_session(shard)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait: the turn was taken before the connection was opened."""

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Pass an event on; from here on an interaction is deferred if its answer takes long."""
        if event == "interaction":
            defer_when_late(args[0])
        super().dispatch(event, *args, **kwargs)

    def mention(self, command: Command) -> str:
        """Return a command as a clickable mention, or its name if it has no id yet."""
        name = command.qualified_name
        ids = {} if self._host is None else self._host.command_ids
        number = ids.get((command.root_parent or command).name)
        return f"`/{name}`" if number is None else f"</{name}:{number}>"

    async def on_ready(self) -> None:
        """Log that the bot is ready; this happens again after each lost session."""
        log.info("Ready as %s in %d servers", self.user, len(self.guilds))

    async def on_message(self, message: discord.Message, /) -> None:
        """Answer a message that mentions the bot or is sent to it directly."""
        try:
            await free_text.answer_message(self, message)
        except FAILURES as refusal:
            log.warning("A message in channel %d stays unanswered: %s", message.channel.id, refusal)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer forms, and buttons that only an older version of the bot knew.

        `bot.chat.auto_defer` answers what nobody else does, such as an unknown form.
        """
        data: Any = interaction.data or {}
        custom_id = str(data.get("custom_id", ""))
        if interaction.type is discord.InteractionType.modal_submit:
            await take_form(self.forms, interaction)
        elif interaction.type is discord.InteractionType.component and not any(
            c.__discord_ui_compiled_template__.fullmatch(custom_id) for c in self.components
        ):
            await tell(
                interaction,
                "This button belongs to an older version of the bot: ask again with a command, "
                "`/help` lists them.",
            )


async def load_cogs(client: ElectionNight) -> None:
    """Load every cog that is not loaded yet.

    `load_extension` would import each module again for every client, which blocks the event loop
    for a third of a second, and closing one client would unload the modules of the next.
    """
    for extension in EXTENSIONS:
        if extension not in client.loaded:
            await importlib.import_module(extension).setup(client)
            client.loaded.add(extension)
