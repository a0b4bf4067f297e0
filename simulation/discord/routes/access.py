"""Finding what a request names, as far as the bot may see it."""

from simulation.discord.errors import missing_access, missing_permissions, unknown
from simulation.discord.permissions import Permission
from simulation.discord.rest import Call
from simulation.discord.world import Channel, Guild, Message, World


def channel_of(world: World, call: Call) -> Channel:
    """Return the channel in the path; raises 404/10003 or 403/50001."""
    channel = world.channels.get(call.snowflake("channel_id"))
    if channel is None:
        raise unknown("Channel")
    require(world, channel, Permission.VIEW_CHANNEL)
    return channel


def require(world: World, channel: Channel, needed: Permission) -> None:
    """Raise 403/50001 if the bot cannot see the channel, 403/50013 if it lacks `needed`."""
    granted = channel.permissions_of(world.bot)
    if Permission.VIEW_CHANNEL not in granted:
        raise missing_access()
    if needed not in granted:
        raise missing_permissions()


def message_of(channel: Channel, call: Call) -> Message:
    """Return the message in the path; ephemeral ones are not to be found. Raises 404/10008."""
    message = channel.log.get(call.snowflake("message_id"))
    if message is None or message.deleted_at is not None or message.ephemeral:
        raise unknown("Message")
    return message


def guild_of(world: World, call: Call) -> Guild:
    """Return the guild in the path; raises 404/10004 if the bot is not in it."""
    guild = world.guilds.get(call.snowflake("guild_id"))
    if guild is None or guild.bot_member is None:
        raise unknown("Guild")
    return guild
