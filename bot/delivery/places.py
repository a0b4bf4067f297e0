"""What a channel lets the bot do, worked out from what Discord's REST says of it.

discord.py works it out from what the gateway has told, which may be the very thing in doubt.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import discord

JSON = dict[str, Any]

_TAKES_MESSAGES = {0, 1, 2, 3, 5, 10, 11, 12, 13}
"""The types of channel that messages can be posted in: no categories, forums or directories."""
_TIMED_OUT = discord.Permissions(view_channel=True, read_message_history=True)


def takes_messages(channel: JSON) -> bool:
    """Whether a channel is of a kind that takes messages, and no thread that is closed."""
    thread = channel.get("thread_metadata") or {}
    if thread.get("archived") or thread.get("locked"):
        return False
    return channel.get("type") in _TAKES_MESSAGES


def granted_in(channel: JSON, roles: list[JSON], me: JSON, guild: int) -> discord.Permissions:
    """Return what a member may do in a channel.

    Source: Discord's documentation, "Permissions": @everyone's, the roles', then the channel's
    overwrites of @everyone, of the roles and of the member.
    """
    mine = {int(role) for role in me["roles"]} | {guild}
    base = discord.Permissions.none()
    for role in roles:
        if int(role["id"]) in mine:
            base |= discord.Permissions(int(role["permissions"]))
    if base.administrator:
        return discord.Permissions.all()
    user = int(me["user"]["id"])
    steps: list[list[JSON]] = [[], [], []]
    for overwrite in channel.get("permission_overwrites") or ():
        whose = int(overwrite["id"])
        if whose == guild:
            steps[0].append(overwrite)
        elif whose in mine:
            steps[1].append(overwrite)
        elif whose == user:
            steps[2].append(overwrite)
    value = base.value
    for step in steps:
        denied = allowed = 0
        for overwrite in step:
            denied |= int(overwrite["deny"])
            allowed |= int(overwrite["allow"])
        value = value & ~denied | allowed
    granted = discord.Permissions(value)
    if not granted.view_channel:
        return discord.Permissions.none()
    until = me.get("communication_disabled_until")
    if until is not None and datetime.fromisoformat(until) > datetime.now(UTC):
        granted &= _TIMED_OUT
    return granted
