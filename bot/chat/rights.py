"""Who may do what, checked at the moment of use.

Nothing that comes back from Discord with a command, a button, a menu or a form is trusted: who
acts, where, and every id of a channel, a role or a thing is checked here again. Admins (Manage
Server) decide about a server's channels, people about their own direct messages, and members with
the desk's role, in its server, about the desk. `docs/rights.md` has the table of all commands and
components.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

import discord

from bot.chat.interaction import Interaction
from bot.chat.questions import CannotAnswer, Viewer
from bot.delivery.refusals import ATTACHING, PINNING, POSTING
from bot.delivery.subscriptions import Destination
from bot.delivery.watch_lists import Keeper
from bot.numbers import kept_number
from bot.wording.phrases import in_words

POSTABLE = (discord.ChannelType.text, discord.ChannelType.news)
"""The kinds of channel that a message can be posted to."""
FOLLOWABLE = (*POSTABLE, discord.ChannelType.forum)
"""Those that alerts can be posted to: in a forum as posts."""


class Posted(Enum):
    """What is to be posted in a channel, in words, and the kinds of channel that it can be in."""

    ALERTS = ("Alerts are", FOLLOWABLE, "text and announcement channels and forums")
    BOARDS = ("Boards are", POSTABLE, "text and announcement channels")


_BY_DIRECT_MESSAGE = "`/alerts subscribe` without a channel tells you by direct message."
_STARTING = "The bot has only just started: try again in a moment."
_NO_NUMBER = "There is nothing of that number here: choose one that Discord offers as you type."
_NO_CHANNEL = (
    "There is no such channel in this server that the bot knows of. Choose one that Discord "
    "offers; one that is hidden from the bot needs View Channel for it first."
)
_NO_ROLE = "That role is gone, or is not this server's: choose another, or none."
NEVER_EVERYONE = "The bot never pings everyone: choose a role that people take for themselves."
_NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
"""The history is read to find a message that was in flight when the bot stopped."""
_IN_FORUMS = {**_NEEDED, "send_messages_in_threads": "Send Messages in Threads"}
_FOR_THREADS = {**_IN_FORUMS, "create_public_threads": "Create Public Threads"}
INVITED_WITH = (
    POSTING | ATTACHING | PINNING | discord.Permissions(**dict.fromkeys(_FOR_THREADS, True))
)
"""All that the bot makes use of. It needs no Mention Everyone if anyone may mention the role."""
_SCOPES = ("bot", "applications.commands")


def number_in(text: str) -> int:
    """Return an id from outside. Raises `CannotAnswer` for one that cannot be stored."""
    number = kept_number(text)
    if number is None:
        raise CannotAnswer(_NO_NUMBER)
    return number


def is_admin(interaction: Interaction) -> bool:
    """Tell whether the person who acts is an admin of this server."""
    return (
        interaction.guild_id is not None
        and interaction.is_guild_integration()
        and interaction.permissions.manage_guild
    )


def is_desk(interaction: Interaction) -> bool:
    """Tell whether the person who acts has the desk's role now, and acts in its server."""
    settings, user = interaction.client.services.settings, interaction.user
    return (
        settings.desk_role is not None
        and settings.desk_guild is not None
        and interaction.guild_id == settings.desk_guild
        and isinstance(user, discord.Member)
        and user.get_role(settings.desk_role) is not None
    )


def viewer_of(interaction: Interaction) -> Viewer:
    """Return the person who acts, as the viewer of an answer."""
    return Viewer(
        in_server=interaction.guild_id is not None,
        is_admin=is_admin(interaction),
        is_desk=is_desk(interaction),
        keeper=keeper_of(interaction),
    )


def keeper_of(interaction: Interaction) -> Keeper:
    """Return whose watch lists apply: the server's, in direct messages their own."""
    return Keeper(interaction.guild_id, interaction.user.id)


def admin_keeper(interaction: Interaction) -> Keeper:
    """Return whose watch lists the person who acts may change.

    Raises `CannotAnswer` in a server of which they are not an admin.
    """
    if interaction.guild_id is not None and not is_admin(interaction):
        raise CannotAnswer(
            "Only members with Manage Server keep this server's lists. In a direct message to the "
            "bot you can keep your own."
        )
    return keeper_of(interaction)


def guild_of_admin(interaction: Interaction, instead: str = _BY_DIRECT_MESSAGE) -> discord.Guild:
    """Return the server of which the person who acts is an admin.

    Raises `CannotAnswer`, which says what can be done *instead*.
    """
    guild = interaction.guild
    reason = None
    if guild is None:
        reason = "A channel can be chosen in its own server only."
    elif not interaction.is_guild_integration():
        reason = "The bot is not a member of this server: one of its admins can invite it."
    elif not is_admin(interaction):
        reason = "Only members with Manage Server decide what is posted in this server's channels."
    if guild is None or reason is not None:
        raise CannotAnswer(" ".join(filter(None, (reason, instead))))
    return guild


def channel_here(
    interaction: Interaction, guild: discord.Guild, number: int, what: Posted = Posted.ALERTS
) -> int:
    """Return the id of a channel of this server in which *what* can be posted.

    Raises `CannotAnswer` for a channel of another server or of another kind, and for a person.
    """
    if guild.unavailable:
        raise CannotAnswer(_STARTING)
    here: Any = guild.get_channel(number)
    if here is None and number == interaction.channel_id:
        here = interaction.channel
    if here is None and guild.get_thread(number) is None:
        raise CannotAnswer(_NO_CHANNEL)
    words, kinds, kinds_in_words = what.value
    if here is None or here.type not in kinds:
        raise CannotAnswer(f"{words} posted in {kinds_in_words}: choose one.")
    return number


def destination_here(
    interaction: Interaction, guild: discord.Guild, number: int, what: Posted = Posted.ALERTS
) -> Destination:
    """Return a channel of this server as a destination. Raises as `channel_here` does."""
    channel_here(interaction, guild, number, what)
    known: Any = guild.get_channel(number)
    is_forum = known is not None and known.type is discord.ChannelType.forum
    return Destination(number, guild.id, is_forum)


def role_here(guild: discord.Guild, number: int) -> discord.Role:
    """Return a role of this server that people can have, mentionable or not.

    Raises `CannotAnswer` for @everyone, an app's role and a role of another server.
    """
    if guild.unavailable:
        raise CannotAnswer(_STARTING)
    role = guild.get_role(number)
    reason = _NO_ROLE if role is None else unpingable(role, discord.Permissions.all())
    if role is None or reason is not None:
        raise CannotAnswer(reason or _NO_ROLE)
    return role


def granted_to(interaction: Interaction, guild: discord.Guild, channel: int) -> discord.Permissions:
    """Return the bot's permissions in a channel, none in one it does not know."""
    if channel == interaction.channel_id:
        return interaction.app_permissions
    known = guild.get_channel(channel)
    return discord.Permissions.none() if known is None else known.permissions_for(guild.me)


def granted_channel(
    interaction: Interaction,
    channel: discord.abc.Snowflake | None,
    what: Posted,
    instead: str = "",
    role: discord.Role | None = None,
) -> tuple[Destination, discord.Permissions]:
    """Return a channel of this server as a destination, and the bot's permissions there.

    Raises `CannotAnswer` as `channel_destination` does, and where *what* cannot be posted.
    """
    guild = guild_of_admin(interaction, instead)
    found = destination_here(interaction, guild, channel.id if channel else 0, what)
    granted = granted_to(interaction, guild, found.id)
    missing = missing_in(f"<#{found.id}>", granted, forum=found.is_forum)
    unheard = unpingable(role_here(guild, role.id), granted) if role is not None else None
    if missing or unheard:
        raise CannotAnswer(" ".join(filter(None, (missing, unheard))))
    return found, granted


def channel_destination(
    interaction: Interaction,
    channel: discord.abc.Snowflake | None,
    role: discord.Role | None = None,
    *,
    instead: str = _BY_DIRECT_MESSAGE,
) -> Destination:
    """Return a channel of this server as a destination.

    Raises `CannotAnswer` if the person who acts is no admin, with what they can do *instead*, and
    if the bot cannot post there or ping *role*, with what is missing.
    """
    return granted_channel(interaction, channel, Posted.ALERTS, instead, role)[0]


# What the bot needs in a channel to post there.


def lacking(
    granted: discord.Permissions, *, forum: bool = False, threads: bool = False
) -> list[str]:
    """Return the names of the permissions that the bot needs and lacks, in a forum or *threads*."""
    needed = _FOR_THREADS if threads else _IN_FORUMS if forum else _NEEDED
    return [label for name, label in needed.items() if not getattr(granted, name)]


def invitation(application: int | str) -> str:
    """Return the address by which an admin invites the bot with the permissions that it uses."""
    return discord.utils.oauth_url(application, permissions=INVITED_WITH, scopes=_SCOPES)


def missing_in(
    place: str, granted: discord.Permissions, *, forum: bool = False, threads: bool = False
) -> str | None:
    """Return which permissions the bot lacks in *place* and what to do, or None."""
    missing = lacking(granted, forum=forum, threads=threads)
    if not missing:
        return None
    return (
        f"The bot lacks {in_words(missing)} in {place}. Give it that in the channel's settings, "
        "under Permissions, then try again."
    )


def granted_in(granted: discord.Permissions) -> str:
    """Return what is said if the bot has all permissions it needs."""
    said = f"The bot has all that it needs there: {in_words([*_NEEDED.values()])}."
    if not granted.pin_messages:
        said += " Without Pin Messages a board there is not pinned; nothing else needs it."
    return said


def unpingable(role: discord.Role, granted: discord.Permissions) -> str | None:
    """Return why the bot cannot ping *role* and what to do, or None."""
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
