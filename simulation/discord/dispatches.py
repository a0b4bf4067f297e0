"""The world's events as the gateway dispatches them: to which sessions, with which data.

Source: Discord's documentation, "Gateway", intents; "Gateway Events".
"""

from collections.abc import Callable

from simulation.discord import payloads
from simulation.discord.errors import JSON
from simulation.discord.sessions import Intent, Session
from simulation.discord.world import Channel, Event, Guild, Member, Message, Role


def render(event: Event, session: Session) -> JSON | None:
    """Return an event's data for a session, or None if the session does not receive it."""
    return _RENDERERS[event.name](session, event)


def guild_data(session: Session, guild: Guild) -> JSON:
    """Return GUILD_CREATE's data."""
    return payloads.gateway_guild(guild, all_members=Intent.GUILD_MEMBERS in session.intents)


def _guild(session: Session, event: Event) -> JSON | None:
    guild: Guild = event.subject
    if not session.covers(guild) or Intent.GUILDS not in session.intents:
        return None
    return guild_data(session, guild) if event.name == "GUILD_CREATE" else {"id": str(guild.id)}


def _channel(session: Session, event: Event) -> JSON | None:
    channel: Channel = event.subject
    if not _told_of(session, channel.guild, Intent.GUILDS):
        return None
    return payloads.channel(channel, seen_by=channel.world.bot)


def _thread(session: Session, event: Event) -> JSON | None:
    thread: Channel = event.subject
    bot = thread.world.bot
    state = thread.thread
    if not _told_of(session, thread.guild, Intent.GUILDS) or not thread.permissions_of(bot):
        return None
    if event.name == "THREAD_DELETE":
        parent = state.parent.id if state else 0
        return {"id": str(thread.id), "type": int(thread.kind), "parent_id": str(parent)} | (
            {"guild_id": str(thread.guild.id)} if thread.guild else {}
        )
    created = {"newly_created": True} if event.name == "THREAD_CREATE" else {}
    return payloads.channel(thread, seen_by=bot) | created


def _pins(session: Session, event: Event) -> JSON | None:
    channel: Channel = event.subject
    needed = Intent.DIRECT_MESSAGES if channel.guild is None else Intent.GUILDS
    if needed not in session.intents or not session.covers(channel.guild):
        return None
    return _place(channel) | {"last_pin_timestamp": payloads.timestamp(channel.last_pin_at)}


def _role(session: Session, event: Event) -> JSON | None:
    guild: Guild
    role: Role
    guild, role = event.subject
    if not _told_of(session, guild, Intent.GUILDS):
        return None
    if event.name == "GUILD_ROLE_DELETE":
        return {"guild_id": str(guild.id), "role_id": str(role.id)}
    return {"guild_id": str(guild.id), "role": payloads.role(role)}


def _member(session: Session, event: Event) -> JSON | None:
    guild: Guild
    member: Member
    guild, member = event.subject
    own = member.user is guild.world.bot
    if not _told_of(session, guild, Intent.GUILDS if own else Intent.GUILD_MEMBERS):
        return None
    if event.name == "GUILD_MEMBER_REMOVE":
        return {"guild_id": str(guild.id), "user": payloads.user(member.user)}
    return payloads.member(member) | {"guild_id": str(guild.id)}


def _message(session: Session, event: Event) -> JSON | None:
    message: Message = event.subject
    channel = message.channel
    if message.ephemeral or not _told_of_messages(session, channel):
        return None
    if event.name == "MESSAGE_DELETE":
        return {"id": str(message.id)} | _place(channel)
    data = payloads.message(message, with_nonce=event.name == "MESSAGE_CREATE")
    data |= _place(channel)
    author = channel.guild.members.get(message.author.id) if channel.guild else None
    if author is not None and not message.by_webhook:
        data["member"] = payloads.member(author, with_user=False)
    return data if _reads(session, message) else data | _WITHOUT_CONTENT


def _place(channel: Channel) -> JSON:
    place: JSON = {"channel_id": str(channel.id)}
    return place | {"guild_id": str(channel.guild.id)} if channel.guild else place


def _told_of(session: Session, guild: Guild | None, needed: Intent) -> bool:
    return (
        guild is not None
        and guild.bot_member is not None
        and session.covers(guild)
        and needed in session.intents
    )


def _told_of_messages(session: Session, channel: Channel) -> bool:
    needed = Intent.DIRECT_MESSAGES if channel.guild is None else Intent.GUILD_MESSAGES
    return (
        needed in session.intents
        and session.covers(channel.guild)
        and bool(channel.permissions_of(channel.world.bot))
    )


def _reads(session: Session, message: Message) -> bool:
    """Tell whether a session may read a message's contents."""
    bot = message.channel.world.bot
    return (
        Intent.MESSAGE_CONTENT in session.intents
        or message.author is bot
        or message.channel.guild is None
        or bot.id in message.mentions.users
    )


_WITHOUT_CONTENT: JSON = {"content": "", "embeds": [], "attachments": [], "components": []}

_RENDERERS: dict[str, Callable[[Session, Event], JSON | None]] = {
    **dict.fromkeys(("GUILD_CREATE", "GUILD_DELETE"), _guild),
    **dict.fromkeys(("CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"), _channel),
    **dict.fromkeys(("THREAD_CREATE", "THREAD_UPDATE", "THREAD_DELETE"), _thread),
    "CHANNEL_PINS_UPDATE": _pins,
    **dict.fromkeys(("GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE"), _role),
    **dict.fromkeys(("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE"), _member),
    **dict.fromkeys(("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"), _message),
}
