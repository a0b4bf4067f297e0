"""The demo's own Discord: its server, who asked for what, and its channels as text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.alerts.matching import EVERY
from bot.alerts.subscriptions import Destination, Subscriptions, Topic
from bot.cards.text import plain
from bot.sandbox import Channel, Guild, Message, Permission, Sandbox, User

_BOT_MAY = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
)
_REFERENCE = re.compile(r"\bEN-[0-9A-Z]{5,}\b")

_CHANNELS = (
    ("changes-of-hands", Topic.ALL, ""),
    ("labour", Topic.PARTY, "Lab"),
    ("conservatives", Topic.PARTY, "Con"),
    ("liberal-democrats", Topic.PARTY, "LD"),
    ("london", Topic.REGION, "London"),
    ("wales", Topic.NATION, "Wales"),
    ("hull", Topic.COUNCIL, "KHL"),
    ("councils-of-the-night", Topic.LIST, "night-of-2022"),
    ("mayors-and-more", Topic.CONTESTS, EVERY),
    ("milestones", Topic.MILESTONES, EVERY),
    ("summary", Topic.SUMMARY, ""),
)
_READ_ALOUD = ("changes-of-hands", "summary")
"""The channels that a terminal shows; the others repeat what stands in the first."""


@dataclass(frozen=True)
class Chat:
    """A server with a channel for each kind of alert, and a reader who follows Hull directly."""

    guild: Guild
    admin: User
    reader: User
    channels: tuple[Channel, ...]
    direct: Channel

    @classmethod
    def furnished(cls, sandbox: Sandbox) -> Chat:
        """Make the server with its people and channels."""
        admin, reader = sandbox.add_user("Ada"), sandbox.add_user("Robin")
        guild = sandbox.add_guild("Election Night", owner=admin, bot_permissions=_BOT_MAY)
        guild.add_member(reader)
        channels = tuple(guild.add_channel(name) for name, _, _ in _CHANNELS)
        return cls(guild, admin, reader, channels, sandbox.direct_channel(reader))

    async def subscribe(self, subscriptions: Subscriptions) -> None:
        """Ask for what each channel is named after."""
        for channel, (_, topic, value) in zip(self.channels, _CHANNELS, strict=True):
            here = Destination(channel.id, self.guild.id)
            await subscriptions.add(here, topic, value, by=self.admin.id)
        reader = Destination(self.reader.id)
        await subscriptions.add(reader, Topic.COUNCIL, "KHL", by=self.reader.id)

    @property
    def places(self) -> tuple[Channel, ...]:
        """Every channel that the bot posts in."""
        return (*self.channels, self.direct)

    def is_read_aloud(self, message: Message) -> bool:
        """Whether a terminal shows a message."""
        return message.channel.name in _READ_ALOUD

    def repeated(self) -> int:
        """Return how many embeds stand in a channel more than once, by their references."""
        return sum(
            times - 1
            for channel in self.places
            for times in Counter(_references(channel.messages)).values()
        )

    def standing(self) -> int:
        """Return how many embeds with a reference stand in the channels."""
        return sum(len(set(_references(channel.messages))) for channel in self.places)


def _references(messages: Iterable[Message]) -> Iterable[str]:
    """Yield the references of each message; a summary's embeds share one."""
    for message in messages:
        footers = (embed.get("footer", {}).get("text", "") for embed in message.embeds)
        yield from {found for footer in footers for found in _REFERENCE.findall(footer)[-1:]}


def message_in_words(message: Message) -> str:
    """Return a message as plain text: its content, then each embed as a block."""
    blocks = [plain(message.content)] if message.content else []
    for embed in message.embeds:
        lines = [embed.get("title", ""), embed.get("description", "")]
        lines += [f"{one['name']}: {one['value']}" for one in embed.get("fields", ())]
        blocks.append("\n".join(plain(line) for line in lines if line))
    return "\n".join(blocks)
