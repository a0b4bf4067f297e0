"""The demo's servers: their people, channels and subscriptions, and messages as text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.almanac.recorded_nights import DemoChannelRow, DemoPlace
from bot.chat.client import ElectionNight
from bot.chat.welcome import welcome
from bot.delivery.boards import Boards
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.election.alert_kinds import Topic
from bot.election.stories import WHOLE_NIGHT
from bot.wording.text import plain
from simulation.discord import Channel, Guild, Message, Permission, Role, Sandbox, User
from simulation.discord.page.views import Persona, Prompt
from simulation.wire.night import Night

_BOT_MAY = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.PIN_MESSAGES
)
_REFERENCE = re.compile(r"\bEN-[0-9A-Z]{5,}\b")

_ANNOUNCEMENTS = "announcements"
_OF_ANY_NIGHT = (
    DemoChannelRow(
        place=DemoPlace.CHANNEL,
        name="changes-of-hands",
        topic=Topic.ALL,
        about="Each council that changes hands, when it does",
    ),
    DemoChannelRow(
        place=DemoPlace.CHANNEL,
        name="summary",
        topic=Topic.SUMMARY,
        about="The night in the morning, and when it is over",
    ),
)
"""What is followed on a night whose tables do not say."""
_READ_ALOUD = (Topic.ALL, Topic.SUMMARY)
"""What the terminal shows: the other channels repeat it."""


def prompts_for(night: Night) -> tuple[Prompt, ...]:
    """Return what the page offers a newcomer to press."""
    example = night.example
    first = (Prompt(f"How is {example}?", example),) if example else ()
    return (
        *first,
        Prompt("Headline", "/night headline"),
        Prompt("What changed?", "/night changes"),
        Prompt("What’s next?", "/night next"),
        Prompt("Help", "/help"),
    )


@dataclass(frozen=True)
class DemoServers:
    """A server with a channel for whatever is followed, and a reader who follows some directly.

    The desk has a server of its own: two editors with its role, and the channel in which they learn
    of held reports.
    """

    guild: Guild
    admin: User
    reader: User
    followed: tuple[DemoChannelRow, ...]
    channels: tuple[Channel, ...]
    announcements: Channel
    board: Channel
    talk: Channel
    direct: Channel
    newsroom: Guild
    desk: Role
    editors: tuple[User, ...]
    desk_channel: Channel

    @classmethod
    def furnished(cls, sandbox: Sandbox, night: Night | None = None) -> DemoServers:
        """Create the servers with their people and channels.

        What is followed stands in the night's tables; without that there is a channel each for
        changes of hands and for summaries.
        """
        followed = (night.tables.demo_channels if night else ()) or _OF_ANY_NIGHT
        example = f" {night.example}" if night else ""
        admin, reader = sandbox.add_user("Ada"), sandbox.add_user("Robin")
        guild = sandbox.add_guild("Election Night", owner=admin, bot_permissions=_BOT_MAY)
        guild.add_member(reader)
        first, *others = _in(DemoPlace.CHANNEL, followed)
        top = guild.add_channel(first.name, topic=first.about)
        board = guild.add_channel("board", topic="How the night stands, in one message")
        channels = (top, *(guild.add_channel(row.name, topic=row.about) for row in others))
        announcements = guild.add_channel(
            _ANNOUNCEMENTS, "announcement", topic="The biggest news, published to other servers"
        )
        talk = guild.add_channel(
            "talk",
            topic=f"Ask here: a council’s name{example and ', as in' + example}, or / for commands",
        )
        chief, *editors = (sandbox.add_user(name) for name in ("Nadia", "Dana", "Kit"))
        newsroom = sandbox.add_guild("The newsroom", owner=chief, bot_permissions=_BOT_MAY)
        desk = newsroom.add_role("Desk", mentionable=True)
        for editor in editors:
            newsroom.add_member(editor, [desk])
        return cls(
            guild=guild,
            admin=admin,
            reader=reader,
            followed=followed,
            channels=channels,
            announcements=announcements,
            board=board,
            talk=talk,
            direct=sandbox.direct_channel(reader),
            newsroom=newsroom,
            desk=desk,
            editors=tuple(editors),
            desk_channel=newsroom.add_channel("held-results", topic="What waits for the desk"),
        )

    @property
    def people(self) -> tuple[Persona, ...]:
        """Whom a visitor of the page can act as."""
        dana, kit = self.editors
        follows = ", ".join(row.name for row in _in(DemoPlace.READER, self.followed))
        return (
            Persona("reader", self.reader, f"Reader: follows {follows}" if follows else "Reader"),
            Persona("admin", self.admin, "Admin of the server"),
            Persona("desk", dana, "Editor at the desk"),
            Persona("desk-2", kit, "Second editor at the desk"),
        )

    async def subscribe(self, subscriptions: Subscriptions) -> None:
        """Subscribe each channel to what it is named after."""
        public = Destination(self.announcements.id, self.guild.id)
        for row in _in(DemoPlace.ANNOUNCEMENTS, self.followed):
            await subscriptions.add(public, row.topic, row.value, by=self.admin.id)
        named = _in(DemoPlace.CHANNEL, self.followed)
        for channel, row in zip(self.channels, named, strict=True):
            here = Destination(channel.id, self.guild.id)
            await subscriptions.add(here, row.topic, row.value, by=self.admin.id)
        reader = Destination(self.reader.id)
        for row in _in(DemoPlace.READER, self.followed):
            await subscriptions.add(reader, row.topic, row.value, by=self.reader.id)

    @property
    def read_aloud(self) -> tuple[str, ...]:
        """The channels that the terminal shows."""
        return tuple(
            row.name for row in _in(DemoPlace.CHANNEL, self.followed) if row.topic in _READ_ALOUD
        )

    async def put_up_board(self, boards: Boards, night: date) -> None:
        """Put up the night's board in its channel."""
        here, by = self.board.id, self.admin.id
        await boards.put(here, self.guild.id, night, WHOLE_NIGHT, by=by)

    async def welcome(self, client: ElectionNight) -> None:
        """Post the bot's welcome in every channel where it can be asked."""
        for channel in (self.talk, *self.channels):
            posted = [] if channel is self.talk else [channel.topic or ""]
            await welcome(client, channel.id, self.guild.id, posted)

    def posts(self) -> int:
        """Return how many messages there are, without boards."""
        every = (message for channel in self.places for message in channel.messages)
        return sum(message.pinned_at is None for message in every)

    @property
    def places(self) -> tuple[Channel, ...]:
        """Every channel that the bot posts alerts in."""
        return (self.announcements, *self.channels, self.direct)

    def repeated(self) -> int:
        """Return how many embeds repeat another in their channel, by their references."""
        return sum(
            times - 1
            for channel in self.places
            for times in Counter(_references(channel.messages)).values()
        )

    def standing(self) -> int:
        """Return how many embeds with a reference are in the channels."""
        return sum(len(set(_references(channel.messages))) for channel in self.places)


def _in(place: DemoPlace, followed: Iterable[DemoChannelRow]) -> list[DemoChannelRow]:
    return [row for row in followed if row.place is place]


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
