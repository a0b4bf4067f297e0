"""What the bot needs in a channel to post there, and what of it is missing."""

from __future__ import annotations

import discord

from bot.wording.phrases import in_words

NEVER_EVERYONE = "The bot never pings everyone: choose a role that people take for themselves."
_NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
"""The last so that nothing is posted twice after a restart: a post in flight is looked for."""


def lacking(granted: discord.Permissions) -> list[str]:
    """Return which of the permissions that the bot needs are not granted, as Discord names them."""
    return [label for name, label in _NEEDED.items() if not getattr(granted, name)]


def missing_in(place: str, granted: discord.Permissions) -> str | None:
    """Return which permissions the bot lacks in *place* and how to mend it, or None."""
    missing = lacking(granted)
    if not missing:
        return None
    return (
        f"The bot lacks {in_words(missing)} in {place}. Give it that in the channel's settings, "
        "under Permissions, then try again."
    )


def granted_in(granted: discord.Permissions) -> str:
    """Return what is said where the bot has all that it needs."""
    said = f"The bot has all that it needs there: {in_words([*_NEEDED.values()])}."
    if not granted.pin_messages:
        said += " Without Pin Messages a board there is not pinned; nothing else needs it."
    return said


def unpingable(role: discord.Role, granted: discord.Permissions) -> str | None:
    """Return why the bot cannot ping *role* and how to mend it, or None."""
    if role.is_default():
        return NEVER_EVERYONE
    if role.managed:
        return (
            f"{role.mention} belongs to an app or to Discord, and nobody can take it: choose a "
            "role that people take for themselves."
        )
    if role.mentionable or granted.mention_everyone:
        return None
    return (
        f"The bot may not mention {role.mention}: let anyone mention it in the role's settings, "
        "or give the bot Mention Everyone in that channel, then try again."
    )
