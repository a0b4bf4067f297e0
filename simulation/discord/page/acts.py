"""What a person does on the page: each act is one of `People`, or of the night's controls."""

import math
import re
from collections.abc import Awaitable, Callable
from itertools import count

from simulation.discord import availability
from simulation.discord.commands import GROUPING, CommandRegistry
from simulation.discord.errors import JSON, DiscordError, Refused
from simulation.discord.interactions import Reply
from simulation.discord.page.controls import ControlRefused, NightControls
from simulation.discord.page.requests import Request, chosen_values, option_values
from simulation.discord.page.views import Viewer
from simulation.discord.people import People
from simulation.discord.permissions import Permission
from simulation.discord.posting import MOST_CONTENT
from simulation.discord.world import Channel, Message, World

_MENTION = re.compile(r"<@[!&]?\d+>|@everyone|@here")
_THINKS_AT_MOST = 900.0
"""Seconds that a deferred reply may take: the lifetime of its token."""


class Acts:
    """The acts of one person on the page."""

    def __init__(
        self,
        world: World,
        people: People,
        registry: CommandRegistry,
        viewer: Viewer,
        controls: NightControls | None,
    ) -> None:
        self._world = world
        self._people = people
        self._registry = registry
        self._viewer = viewer
        self._controls = controls
        self._modals: dict[str, Reply] = {}
        self._numbers = count(1)
        self._acts: dict[str, Callable[[Request], Awaitable[JSON]]] = {
            "history": self._history,
            "pins": self._pins,
            "commands": self._commands,
            "say": self._say,
            "slash": self._slash,
            "autocomplete": self._autocomplete,
            "press": self._press,
            "select": self._select,
            "submit": self._submit,
            "dismiss": self._dismiss,
            "pause": self._pause,
            "resume": self._resume,
            "speed": self._speed,
            "jump": self._jump,
            "inject": self._inject,
        }

    async def do(self, name: str, request: Request) -> JSON:
        """Carry out a request of the page and return its result; raises Refused."""
        act = self._acts.get(name)
        if act is None:
            raise Refused("The page asked for something that cannot be done.")
        try:
            return await act(request)
        except ControlRefused as refusal:
            raise Refused(str(refusal)) from None
        except DiscordError as error:
            raise Refused(f"Discord refuses this: {error.body['message']}.") from None

    # Reading.

    async def _history(self, request: Request) -> JSON:
        return self._viewer.history(self._channel(request), request.optional_id("before"))

    async def _pins(self, request: Request) -> JSON:
        return {"messages": [self._viewer.message(each) for each in self._channel(request).pins]}

    async def _commands(self, request: Request) -> JSON:
        channel = self._channel(request)
        guild = channel.guild
        known = self._registry.all(guild.id) if guild and guild.bot_member else []
        own = {command["name"] for command in known}
        known += [each for each in self._registry.all(None) if each["name"] not in own]
        return {
            "commands": [
                leaf
                for command in known
                if self._may_use(command, channel)
                for leaf in _leaves(command, command["name"], command["id"])
            ]
        }

    def _may_use(self, command: JSON, channel: Channel) -> bool:
        try:
            availability.check(command, command["name"], self._viewer.user, channel)
        except Refused:
            return False
        return True

    # Acting as the person.

    async def _say(self, request: Request) -> JSON:
        channel, content = self._channel(request), request.text("content")
        if not content.strip():
            raise Refused("There is nothing in the message.")
        if len(content) > MOST_CONTENT:
            raise Refused(f"A message has at most {MOST_CONTENT:,} characters.")
        content, hint = self._asked(channel, self._mentioned(content))
        message = self._people.say(self._viewer.user, channel, content)
        return {"message": str(message.id)} | hint

    def _mentioned(self, content: str) -> str:
        """Return *content* with "@" and the bot's name replaced by a mention, as a client does."""
        bot = self._world.bot
        name = re.compile(rf"@{re.escape(bot.name)}(?!\w)", re.IGNORECASE)
        return name.sub(f"<@{bot.id}>", content)

    def _asked(self, channel: Channel, content: str) -> tuple[str, JSON]:
        """Return *content* as a question to the bot, and a hint that says so.

        Discord shows a bot what mentions it, and no other message in a server. On this page there
        is nobody else to talk to: plain words there are taken for a question to the bot.
        """
        bot = self._world.bot
        sees = Permission.VIEW_CHANNEL in channel.permissions_of(bot)
        if channel.guild is None or not sees or _MENTION.search(content):
            return content, {}
        hint = f"Sent to @{bot.name}. On Discord, mention it: a bot sees nothing else in a server."
        return f"<@{bot.id}> {content}", {"hint": hint}

    async def _slash(self, request: Request) -> JSON:
        channel, command = self._channel(request), request.text("command")
        given = option_values(
            self._world, channel, self._options(channel, command), request.mapping("options")
        )
        reply = await self._people.slash(
            self._viewer.user, channel, command, given, within=_THINKS_AT_MOST
        )
        return self._told(reply)

    async def _autocomplete(self, request: Request) -> JSON:
        channel, command = self._channel(request), request.text("command")
        given = option_values(
            self._world, channel, self._options(channel, command), request.mapping("options")
        )
        choices = await self._people.autocomplete(
            self._viewer.user,
            channel,
            command,
            request.text("option"),
            request.text("typed"),
            options=given,
        )
        return {"choices": [{"name": each.name, "value": each.value} for each in choices]}

    def _options(self, channel: Channel, path: str) -> list[JSON]:
        """Return a command's options; `People` refuses unknown names."""
        name, *steps = path.split()[:3] or [""]
        guild = channel.guild
        node = self._registry.find(name, guild.id if guild and guild.bot_member else None) or {}
        for step in steps:
            options = node.get("options") or []
            node = next((each for each in options if each["name"] == step), {})
        return node.get("options") or []

    async def _press(self, request: Request) -> JSON:
        message, custom_id = self._message(request), request.text("component")
        user = self._viewer.user
        return self._told(
            await self._people.press(user, message, custom_id, within=_THINKS_AT_MOST)
        )

    async def _select(self, request: Request) -> JSON:
        message, custom_id = self._message(request), request.text("component")
        values = chosen_values(self._world, message, custom_id, request.texts("values"))
        reply = await self._people.select(
            self._viewer.user, message, custom_id, values, within=_THINKS_AT_MOST
        )
        return self._told(reply)

    async def _submit(self, request: Request) -> JSON:
        opened = self._modals.get(request.text("modal"))
        if opened is None:
            raise Refused("That form is no longer open. Open it again.")
        values = {name: str(value) for name, value in request.mapping("values").items()}
        reply = await self._people.submit_modal(
            self._viewer.user, opened, values, within=_THINKS_AT_MOST
        )
        if reply.failure is None:
            self._modals.pop(request.text("modal"), None)
        return self._told(reply)

    async def _dismiss(self, request: Request) -> JSON:
        message = self._message(request)
        if not message.ephemeral:
            raise Refused("Only a private reply can be dismissed.")
        self._viewer.dismiss(message)
        return {}

    def _told(self, reply: Reply) -> JSON:
        """Return a failure or a modal; messages come as events."""
        if reply.failure is not None:
            return {"failure": f"{reply.failure}."}
        if reply.modal is None:
            return {}
        key = str(next(self._numbers))
        self._modals[key] = reply
        return {"modal": reply.modal | {"key": key}}

    # The night.

    async def _pause(self, request: Request) -> JSON:
        await self._night.pause()
        return {}

    async def _resume(self, request: Request) -> JSON:
        await self._night.resume()
        return {}

    async def _speed(self, request: Request) -> JSON:
        speed = request.number("speed")
        if speed is not None and not speed > 0:
            raise Refused("A night runs at a speed above nought, or is paused.")
        await self._night.set_speed(math.inf if speed is None else float(speed))
        return {}

    async def _jump(self, request: Request) -> JSON:
        offered = {jump.at.isoformat(): jump.at for jump in self._night.jumps}
        to = offered.get(request.text("to"))
        if to is None:
            raise Refused("The night has no such moment to jump to.")
        await self._night.jump(to)
        return {}

    async def _inject(self, request: Request) -> JSON:
        key = request.text("key")
        if key not in {each.key for each in self._night.injections}:
            raise Refused("There is nothing of that name to inject.")
        await self._night.inject(key)
        return {}

    @property
    def _night(self) -> NightControls:
        if self._controls is None:
            raise Refused("There is no night to control here.")
        return self._controls

    # Objects named in requests.

    def _channel(self, request: Request) -> Channel:
        channel = self._world.channels.get(request.id("channel"))
        if channel is None or not channel.permissions_of(self._viewer.user):
            raise Refused("That channel is gone, or not for you to see.")
        return channel

    def _message(self, request: Request) -> Message:
        message = self._channel(request).log.get(request.id("message"))
        if message is None or message.deleted_at is not None or not self._viewer.sees(message):
            raise Refused("The message is gone.")
        return message


def _leaves(node: JSON, path: str, command_id: str) -> list[JSON]:
    """Return what a person can type: the command itself, or each of its subcommands."""
    options = node.get("options") or []
    parts = [option for option in options if option["type"] in GROUPING]
    if parts:
        return [
            leaf for part in parts for leaf in _leaves(part, f"{path} {part['name']}", command_id)
        ]
    return [
        {
            "id": command_id,
            "path": path,
            "description": node["description"],
            "options": options,
        }
    ]
