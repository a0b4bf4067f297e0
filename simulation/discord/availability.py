"""Which commands the client offers: by place, by installation and by permission.

Source: Discord's documentation, "Application Commands": contexts and permissions.
"""

from simulation.discord.errors import JSON, Refused
from simulation.discord.permissions import Permission
from simulation.discord.world import Channel, User

IN_GUILD, IN_BOT_DM, IN_PRIVATE_CHANNEL = 0, 1, 2
BY_GUILD, BY_USER = 0, 1


def context(channel: Channel) -> int:
    """Return the kind of place that a channel is for the bot."""
    if channel.guild is not None:
        return IN_GUILD
    return IN_BOT_DM if channel.world.bot in channel.recipients else IN_PRIVATE_CHANNEL


def owners(user: User, channel: Channel, command: JSON | None = None) -> JSON:
    """Return the installations (of the guild, of the user) by which the bot can be used here.

    `command` leaves only those for which it is registered.
    """
    types = (command or {}).get("integration_types", [BY_GUILD, BY_USER])
    found: JSON = {}
    if BY_GUILD in types:
        if channel.guild is not None and channel.guild.bot_member is not None:
            found[str(BY_GUILD)] = str(channel.guild.id)
        elif context(channel) == IN_BOT_DM and channel.world.share_a_guild(user):
            found[str(BY_GUILD)] = "0"
    if BY_USER in types and user.app_installed:
        found[str(BY_USER)] = str(user.id)
    return found


def check(command: JSON | None, name: str, user: User, channel: Channel) -> JSON:
    """Return a command that `user` may use in `channel`; raises Refused if they may not."""
    if command is None or not _offered(command, user, channel):
        raise Refused(f"There is no command /{name} here.")
    if channel.guild is None:
        return command
    granted = channel.permissions_of(user)
    needed = command.get("default_member_permissions")
    if Permission.USE_APPLICATION_COMMANDS not in granted:
        raise Refused(f"You do not have permission to use commands in #{channel.name}.")
    if Permission.ADMINISTRATOR in granted or needed is None:
        return command
    if int(needed) == 0 or int(needed) & ~int(granted):
        raise Refused(f"You do not have permission to use /{name}.")
    return command


def _offered(command: JSON, user: User, channel: Channel) -> bool:
    if not channel.permissions_of(user) or not owners(user, channel, command):
        return False
    here, contexts = context(channel), command.get("contexts")
    if contexts:
        return here in contexts
    return here == IN_GUILD or (here == IN_BOT_DM and command.get("dm_permission", False))
