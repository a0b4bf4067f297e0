"""Permissions and the rules by which roles and overwrites add up.

Source: Discord's documentation, "Permissions": permission hierarchy, overwrites and
implicit permissions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, IntFlag


class Permission(IntFlag):
    """The permission bits that the sandbox knows."""

    NONE = 0
    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EXTERNAL_APPS = 1 << 50
    PIN_MESSAGES = 1 << 51


ALL = Permission(sum(Permission))

EVERYONE_BY_DEFAULT = (
    Permission.CREATE_INSTANT_INVITE
    | Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_TTS_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.MENTION_EVERYONE
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.CHANGE_NICKNAME
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.USE_EXTERNAL_APPS
)
"""What a new server gives to @everyone; pinging everyone is among it."""

IN_DIRECT_MESSAGES = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.MENTION_EVERYONE
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.USE_EXTERNAL_APPS
    | Permission.PIN_MESSAGES
)

_NEED_SENDING = (
    Permission.MENTION_EVERYONE
    | Permission.SEND_TTS_MESSAGES
    | Permission.ATTACH_FILES
    | Permission.EMBED_LINKS
)


class OverwriteKind(IntEnum):
    """Whom an overwrite is for."""

    ROLE = 0
    MEMBER = 1


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What one channel grants or takes away from one role or member."""

    target_id: int
    kind: OverwriteKind
    allow: Permission = Permission.NONE
    deny: Permission = Permission.NONE


def in_guild(*, owner: bool, everyone: Permission, roles: Iterable[Permission]) -> Permission:
    """Return a member's permissions before any channel's overwrites."""
    granted = everyone
    for role in roles:
        granted |= role
    return ALL if owner or Permission.ADMINISTRATOR in granted else granted


def in_channel(
    base: Permission,
    overwrites: Iterable[Overwrite],
    *,
    guild_id: int,
    role_ids: frozenset[int],
    member_id: int,
    in_thread: bool = False,
) -> Permission:
    """Return a member's permissions in a channel.

    `base` is what `in_guild` gave. Overwrites count in Discord's order: @everyone (whose id is
    the guild's), then all of the member's roles together, then the member's own. In a thread the
    permission to send is that of sending in threads.
    """
    if Permission.ADMINISTRATOR in base:
        return ALL
    by_target = {overwrite.target_id: overwrite for overwrite in overwrites}
    granted = _apply(base, [by_target[guild_id]] if guild_id in by_target else [])
    granted = _apply(granted, [by_target[role] for role in role_ids if role in by_target])
    granted = _apply(granted, [by_target[member_id]] if member_id in by_target else [])
    if in_thread:
        sends = Permission.SEND_MESSAGES_IN_THREADS in granted
        granted = granted & ~Permission.SEND_MESSAGES
        granted |= Permission.SEND_MESSAGES if sends else Permission.NONE
    return _without_implied(granted)


def _apply(granted: Permission, overwrites: list[Overwrite]) -> Permission:
    denied = allowed = Permission.NONE
    for overwrite in overwrites:
        denied |= overwrite.deny
        allowed |= overwrite.allow
    return granted & ~denied | allowed


def _without_implied(granted: Permission) -> Permission:
    if Permission.VIEW_CHANNEL not in granted:
        return Permission.NONE
    if Permission.SEND_MESSAGES not in granted:
        return granted & ~_NEED_SENDING
    return granted
