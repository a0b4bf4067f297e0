"""What one person sees of the world, as the page's JSON."""

from dataclasses import dataclass
from datetime import datetime

from simulation.discord import payloads
from simulation.discord.errors import JSON
from simulation.discord.permissions import Permission
from simulation.discord.world import Channel, ChannelKind, Guild, Message, User, Version, World

PAGE_OF_HISTORY = 50


@dataclass(frozen=True, slots=True)
class Persona:
    """A user that the page lets one act as.

    `key` names them in the page's address (`?as=desk`) and survives restarts; `description` is
    shown ("Reader", "Server admin").
    """

    key: str
    user: User
    description: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something for a newcomer to press: its label, and the text that it sends."""

    label: str
    text: str


class Viewer:
    """What one person sees. `times` holds simulated times by message id: (posted, edited)."""

    def __init__(
        self, world: World, user: User, times: dict[int, tuple[datetime, datetime | None]]
    ) -> None:
        self._world = world
        self.user = user
        self._times = times
        self._dismissed: set[int] = set()

    def sees(self, message: Message) -> bool:
        """Tell whether the person may see a message."""
        return (
            message.visible_to in (None, self.user)
            and bool(message.channel.permissions_of(self.user))
            and message.id not in self._dismissed
        )

    def dismiss(self, message: Message) -> None:
        """Stop showing a message that only this person sees."""
        self._dismissed.add(message.id)

    def places(self) -> JSON:
        """Return the servers and channels that the person may see."""
        guilds = [guild for guild in self._world.guilds.values() if self.user.id in guild.members]
        direct = [
            self._channel(channel)
            for channel in self._world.channels.values()
            if self.user in channel.recipients
        ]
        return {"guilds": [self._guild(guild) for guild in guilds], "direct": direct}

    def message(self, message: Message) -> JSON:
        """Return a message with what the page shows of it besides Discord's own payload."""
        posted, edited = self._times.get(message.id, (message.created_at, message.edited_at))
        ping = message.pinged
        roles: set[int] = set()
        if message.channel.guild is not None:
            member = message.channel.guild.members.get(self.user.id)
            roles = {role.id for role in member.roles} if member else set()
        return payloads.message(message, cdn="") | {
            "posted_at": posted.isoformat(),
            "edited_at": (edited or posted).isoformat() if _says_something_else(message) else None,
            "ephemeral": message.ephemeral,
            "loading": message.loading,
            "command": message.command,
            "pings_me": self.user.id in ping.users or ping.everyone or bool(ping.roles & roles),
        }

    def history(self, channel: Channel, before: int | None = None) -> JSON:
        """Return the newest messages of a channel, or those before one; `more`: there are older."""
        if Permission.READ_MESSAGE_HISTORY not in channel.permissions_of(self.user):
            return {"messages": [], "more": False, "pins": 0}
        seen = [
            message
            for message in channel.log.values()
            if message.deleted_at is None
            and self.sees(message)
            and (before is None or message.id < before)
        ]
        return {
            "messages": [self.message(message) for message in seen[-PAGE_OF_HISTORY:]],
            "more": len(seen) > PAGE_OF_HISTORY,
            "pins": len(channel.pins),
        }

    def _guild(self, guild: Guild) -> JSON:
        return {
            "id": str(guild.id),
            "name": guild.name,
            "channels": [
                self._channel(each)
                for channel in sorted(guild.channels.values(), key=lambda each: each.position)
                for each in (channel, *channel.threads)
                if each.permissions_of(self.user)
            ],
            "roles": [
                {"id": str(role.id), "name": role.name, "managed": role.bot_id is not None}
                for role in guild.roles.values()
            ],
            "members": [
                {"id": str(member.user.id), "name": member.user.name, "bot": member.user.bot}
                for member in guild.members.values()
            ],
        }

    def _channel(self, channel: Channel) -> JSON:
        others = [user for user in channel.recipients if user is not self.user]
        return {
            "id": str(channel.id),
            "kind": int(channel.kind),
            "name": ", ".join(user.name for user in others)
            if channel.kind is ChannelKind.DIRECT
            else channel.name,
            "topic": channel.topic,
            "tags": _tags(channel),
            "parent": None if channel.thread is None else str(channel.thread.parent.id),
            "archived": channel.thread is not None and channel.thread.archived,
            "locked": channel.thread is not None and channel.thread.locked,
            "people": [
                {"id": str(user.id), "name": user.name, "bot": user.bot}
                for user in channel.recipients
            ],
            "may_send": channel.kind is not ChannelKind.FORUM
            and Permission.SEND_MESSAGES in channel.permissions_of(self.user),
        }


def _tags(post: Channel) -> list[str]:
    """Return the names of a forum post's tags."""
    if post.thread is None:
        return []
    return [tag.name for tag in post.thread.parent.tags if tag.id in post.thread.tags]


def _says_something_else(message: Message) -> bool:
    """Tell whether an edit has changed a message's words: adding a picture does not count."""
    return any(
        _titles(version) != _titles(message)
        if message.attachments and not version.attachments
        else _words(version) != _words(message)
        for version in message.versions
    )


def _words(shown: Message | Version) -> tuple[object, ...]:
    """Return a message's text, without pictures and footers."""
    read = ("title", "description", "fields", "url")
    return (shown.content, *(tuple(embed.get(part) for part in read) for embed in shown.embeds))


def _titles(shown: Message | Version) -> tuple[object, ...]:
    """Return a message's headings: a picture may replace the text below them."""
    return (shown.content, *(embed.get("title") for embed in shown.embeds))
