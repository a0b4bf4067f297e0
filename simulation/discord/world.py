"""The world of the sandbox: users, guilds, roles, channels and their messages.

Everything here can be changed from outside (a test, the chat page); each change is published
as an event, which the gateway passes to the sessions entitled to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from simulation.discord import permissions
from simulation.discord.errors import JSON
from simulation.discord.permissions import Overwrite, OverwriteKind, Permission
from simulation.discord.snowflakes import Snowflakes, created_at
from simulation.discord.threads import Tag, ThreadState


class ChannelKind(IntEnum):
    """Discord's channel types, as far as the sandbox has them."""

    TEXT = 0
    DIRECT = 1
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    FORUM = 15


KIND_BY_NAME = {
    "text": ChannelKind.TEXT,
    "announcement": ChannelKind.ANNOUNCEMENT,
    "forum": ChannelKind.FORUM,
}


@dataclass(eq=False, slots=True)
class User:
    """A person or the bot. `app_installed`: the bot is installed to this account."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-GB"
    accepts_direct_messages: bool = True
    app_installed: bool = False


@dataclass(eq=False, slots=True)
class Role:
    """A role of one guild; the role with the guild's own id is @everyone."""

    id: int
    name: str
    permissions: Permission
    mentionable: bool = False
    position: int = 0
    bot_id: int | None = None


@dataclass(eq=False, slots=True)
class Member:
    """A user in a guild, with the roles given to them (@everyone is not listed)."""

    user: User
    joined_at: datetime
    roles: list[Role] = field(default_factory=list)
    nick: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that was uploaded with a message; `description` is its alt text."""

    id: int
    channel_id: int
    filename: str
    content_type: str
    content: bytes
    description: str | None = None
    embedded: bool = False


@dataclass(frozen=True, slots=True)
class Pings:
    """Whom a message really notified when it was posted: user ids, role ids, @everyone."""

    users: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    everyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.users or self.roles or self.everyone)

    def __or__(self, other: Pings) -> Pings:
        return Pings(
            self.users | other.users,
            self.roles | other.roles,
            self.everyone or other.everyone,
        )


@dataclass(frozen=True, slots=True)
class Version:
    """A message's contents as they stood until `until`, when an edit replaced them."""

    content: str
    embeds: list[JSON]
    components: list[JSON]
    attachments: list[Attachment]
    until: datetime


@dataclass(eq=False, slots=True)
class Message:
    """A message with its history: `versions` before its edits, `deleted_at` once deleted.

    `visible_to` is set on an ephemeral message, which only that user sees. `loading` is a
    deferred reply still showing "thinking…". `nonce` is what its sender gave. `command` is the
    slash command that it replies to. `thread`: it only says that this thread was started.
    """

    id: int
    channel: Channel
    author: User
    content: str = ""
    embeds: list[JSON] = field(default_factory=list)
    components: list[JSON] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    mentions: Pings = field(default_factory=Pings)
    pinged: Pings = field(default_factory=Pings)
    nonce: str | int | None = None
    tts: bool = False
    pinned_at: datetime | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    interaction: JSON | None = None
    visible_to: User | None = None
    by_webhook: bool = False
    command: str | None = None
    reference: JSON | None = None
    thread: Channel | None = None
    versions: list[Version] = field(default_factory=list)

    CROSSPOSTED = 1 << 0
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7

    @property
    def created_at(self) -> datetime:
        """When it was posted."""
        return created_at(self.id)

    @property
    def ephemeral(self) -> bool:
        """Whether only one user sees it."""
        return self.visible_to is not None

    @property
    def loading(self) -> bool:
        """Whether it is a deferred reply that has not been filled yet."""
        return bool(self.flags & Message.LOADING)

    @property
    def crossposted(self) -> bool:
        """Whether it has been published to the followers of its announcement channel."""
        return bool(self.flags & Message.CROSSPOSTED)

    def keep_version(self, now: datetime) -> None:
        """Remember the contents as they are, before an edit made at `now`."""
        self.versions.append(
            Version(self.content, self.embeds, self.components, self.attachments, now)
        )
        self.edited_at = now


@dataclass(eq=False, slots=True)
class Channel:
    """A guild's channel, a thread of one, or a direct channel between `recipients`.

    `tags` are those that a forum offers for its posts.
    """

    world: World
    id: int
    name: str
    kind: ChannelKind
    guild: Guild | None = None
    recipients: tuple[User, ...] = ()
    topic: str | None = None
    position: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    log: dict[int, Message] = field(default_factory=dict)
    last_pin_at: datetime | None = None
    thread: ThreadState | None = None
    tags: list[Tag] = field(default_factory=list)

    @property
    def threads(self) -> list[Channel]:
        """The threads of this channel, or the posts of this forum, oldest first."""
        known = self.world.channels.values()
        return [each for each in known if each.thread is not None and each.thread.parent is self]

    @property
    def messages(self) -> list[Message]:
        """The messages, oldest first, without ephemeral and deleted ones."""
        return [m for m in self.log.values() if m.deleted_at is None and not m.ephemeral]

    @property
    def deleted(self) -> list[Message]:
        """The messages that were posted here and deleted since."""
        return [m for m in self.log.values() if m.deleted_at is not None]

    @property
    def pins(self) -> list[Message]:
        """The pinned messages, the last pinned first."""
        pinned = [(m.pinned_at, m) for m in self.messages if m.pinned_at is not None]
        return [m for _, m in sorted(pinned, key=lambda pin: pin[0], reverse=True)]

    @property
    def last_message_id(self) -> int | None:
        """The newest message's id, deleted or not, as Discord has it."""
        return next((m.id for m in reversed(self.log.values()) if not m.ephemeral), None)

    def permissions_of(self, user: User) -> Permission:
        """Return what `user` may do here; nothing outside the guild or the conversation."""
        if self.guild is None:
            talks = user in self.recipients
            return permissions.IN_DIRECT_MESSAGES if talks else Permission.NONE
        member = self.guild.members.get(user.id)
        if member is None:
            return Permission.NONE
        of = self if self.thread is None else self.thread.parent
        return permissions.in_channel(
            self.guild.permissions_of(user),
            of.overwrites.values(),
            guild_id=self.guild.id,
            role_ids=frozenset(role.id for role in member.roles),
            member_id=user.id,
            in_thread=self.thread is not None,
        )

    def set_permissions(
        self,
        target: Role | User,
        *,
        allow: Permission = Permission.NONE,
        deny: Permission = Permission.NONE,
    ) -> None:
        """Replace the overwrite for a role or a user; nothing allowed or denied removes it."""
        self.overwrites.pop(target.id, None)
        if allow or deny:
            kind = OverwriteKind.ROLE if isinstance(target, Role) else OverwriteKind.MEMBER
            self.overwrites[target.id] = Overwrite(target.id, kind, allow, deny)
        self.world.publish("CHANNEL_UPDATE", self)

    def rename(self, name: str) -> None:
        """Give the channel another name."""
        self.name = name
        self.world.publish("CHANNEL_UPDATE" if self.thread is None else "THREAD_UPDATE", self)

    def delete(self) -> None:
        """Delete the channel with everything in it."""
        for thread in self.threads:
            thread.delete()
        del self.world.channels[self.id]
        if self.guild is not None:
            self.guild.channels.pop(self.id, None)
        self.world.publish("CHANNEL_DELETE" if self.thread is None else "THREAD_DELETE", self)


@dataclass(eq=False, slots=True)
class Guild:
    """A server: its roles, members and channels by id. `bot_member` is None after a removal."""

    world: World
    id: int
    name: str
    owner: User
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)

    @property
    def everyone(self) -> Role:
        """The role that every member has."""
        return self.roles[self.id]

    @property
    def bot_member(self) -> Member | None:
        """The bot in this guild, if it is there."""
        return self.members.get(self.world.bot.id)

    def permissions_of(self, user: User) -> Permission:
        """Return what `user` may do in the guild, before any channel's overwrites."""
        member = self.members.get(user.id)
        if member is None:
            return Permission.NONE
        return permissions.in_guild(
            owner=user is self.owner,
            everyone=self.everyone.permissions,
            roles=(role.permissions for role in member.roles),
        )

    def add_channel(
        self,
        name: str,
        kind: str = "text",
        *,
        topic: str | None = None,
        deny_bot: Permission = Permission.NONE,
        tags: Iterable[str] = (),
    ) -> Channel:
        """Create a "text", "announcement" or "forum" channel; a forum offers `tags`.

        `deny_bot` takes permissions from the bot.
        """
        channel = Channel(
            self.world,
            self.world.ids.next(),
            name,
            KIND_BY_NAME[kind],
            guild=self,
            topic=topic,
            position=len(self.channels),
            tags=[Tag(self.world.ids.next(), tag) for tag in tags],
        )
        if deny_bot:
            bot = self.world.bot.id
            channel.overwrites[bot] = Overwrite(bot, OverwriteKind.MEMBER, deny=deny_bot)
        self.channels[channel.id] = channel
        self.world.channels[channel.id] = channel
        self.world.publish("CHANNEL_CREATE", channel)
        return channel

    def add_role(
        self,
        name: str,
        *,
        mentionable: bool = False,
        permissions: Permission = Permission.NONE,
    ) -> Role:
        """Create a role above those that there are."""
        role = Role(self.world.ids.next(), name, permissions, mentionable, position=len(self.roles))
        self.roles[role.id] = role
        self.world.publish("GUILD_ROLE_CREATE", (self, role))
        return role

    def change_role(
        self,
        role: Role,
        *,
        mentionable: bool | None = None,
        permissions: Permission | None = None,
    ) -> None:
        """Change what a role may do, or whether anybody may mention it."""
        if mentionable is not None:
            role.mentionable = mentionable
        if permissions is not None:
            role.permissions = permissions
        self.world.publish("GUILD_ROLE_UPDATE", (self, role))

    def remove_role(self, role: Role) -> None:
        """Delete a role and take it from its members."""
        del self.roles[role.id]
        for member in self.members.values():
            if role in member.roles:
                member.roles.remove(role)
        self.world.publish("GUILD_ROLE_DELETE", (self, role))

    def add_member(self, user: User, roles: Iterable[Role] = ()) -> Member:
        """Let a user join, or give a member who is there the `roles` given instead of theirs."""
        joined = user.id not in self.members
        member = self.members.setdefault(user.id, Member(user, self.world.now()))
        member.roles = list(roles)
        event = "GUILD_MEMBER_ADD" if joined else "GUILD_MEMBER_UPDATE"
        self.world.publish(event, (self, member))
        return member

    def remove_member(self, user: User) -> None:
        """Let a user leave (for the bot: `remove_bot`)."""
        member = self.members.pop(user.id)
        self.world.publish("GUILD_MEMBER_REMOVE", (self, member))

    def add_bot(self, granted: Permission) -> Member:
        """Install the bot, with a managed role of its own that grants what was asked for."""
        bot = self.world.bot
        role = Role(
            self.world.ids.next(), bot.name, granted, position=len(self.roles), bot_id=bot.id
        )
        self.roles[role.id] = role
        member = self.members[bot.id] = Member(bot, self.world.now(), [role])
        self.world.publish("GUILD_CREATE", self)
        return member

    def remove_bot(self) -> None:
        """Remove the bot and its role from the guild."""
        member = self.members.pop(self.world.bot.id)
        for role in [role for role in member.roles if role.bot_id is not None]:
            del self.roles[role.id]
        self.world.publish("GUILD_DELETE", self)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that changed: the name of its gateway event, and what it is about.

    The subject is a Message, a Channel, a Guild, or a pair (Guild, Role) or (Guild, Member). The
    names are the gateway's; MESSAGE_* come for ephemeral messages too, which no session receives.
    """

    name: str
    subject: Any


class World:
    """All users, guilds and channels, and the events of their changing."""

    def __init__(self, bot_name: str) -> None:
        self.ids = Snowflakes()
        self.cdn = ""
        """The origin under which attachments are read, once the sandbox listens."""
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.attachments: dict[int, Attachment] = {}
        self._direct: dict[frozenset[int], Channel] = {}
        self._listeners: list[Callable[[Event], None]] = []
        self.bot = self.add_user(bot_name, bot=True)

    def now(self) -> datetime:
        """Return the time (UTC)."""
        return datetime.now(UTC)

    def publish(self, name: str, subject: object) -> None:
        """Call every listener with a change, in the order of their registration."""
        event = Event(name, subject)
        for listener in tuple(self._listeners):
            listener(event)

    def listen(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` with every event from now on; returns what stops it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def add_user(self, name: str, *, bot: bool = False, app_installed: bool = False) -> User:
        """Create an account; `app_installed` installs the bot to it."""
        user = User(self.ids.next(), name, bot, app_installed=app_installed)
        self.users[user.id] = user
        return user

    def add_guild(
        self,
        name: str,
        *,
        owner: User | None = None,
        everyone: Permission = permissions.EVERYONE_BY_DEFAULT,
        bot_permissions: Permission | None = Permission.NONE,
    ) -> Guild:
        """Create a guild with the bot in it (not with `bot_permissions=None`).

        `bot_permissions` is what the bot's own role adds to @everyone's.
        """
        owner = owner or self.add_user(f"{name} owner")
        guild = Guild(self, self.ids.next(), name, owner)
        guild.roles[guild.id] = Role(guild.id, "@everyone", everyone)
        guild.members[owner.id] = Member(owner, self.now())
        self.guilds[guild.id] = guild
        if bot_permissions is not None:
            guild.add_bot(bot_permissions)
        return guild

    def direct_channel(self, *people: User) -> Channel:
        """Return the direct channel between exactly these users, opening it if need be."""
        between = frozenset(user.id for user in people)
        if between not in self._direct:
            name = ", ".join(user.name for user in people)
            channel = Channel(self, self.ids.next(), name, ChannelKind.DIRECT, recipients=people)
            self.channels[channel.id] = self._direct[between] = channel
        return self._direct[between]

    def share_a_guild(self, user: User) -> bool:
        """Tell whether the bot and `user` are in a guild together."""
        return any(
            user.id in guild.members and guild.bot_member is not None
            for guild in self.guilds.values()
        )
