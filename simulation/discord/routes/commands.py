"""Registration of application commands, global and in single guilds."""

from simulation.discord.commands import CommandRegistry
from simulation.discord.errors import missing_access, unknown
from simulation.discord.rest import Answered, Call, Route
from simulation.discord.world import World

_GLOBAL = "/applications/{application_id}/commands"
_OF_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


class CommandRoutes:
    """Serves the commands of the bot's application."""

    def __init__(self, world: World, registry: CommandRegistry) -> None:
        self._world = world
        self._registry = registry

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            route
            for path in (_GLOBAL, _OF_GUILD)
            for route in (Route("GET", path, self._list), Route("PUT", path, self._replace))
        ]

    def _scope(self, call: Call) -> int | None:
        if call.snowflake("application_id") != self._world.bot.id:
            raise unknown("Application")
        if "guild_id" not in call.params:
            return None
        guild = self._world.guilds.get(call.snowflake("guild_id"))
        if guild is None or guild.bot_member is None:
            raise missing_access()
        return guild.id

    def _list(self, call: Call) -> Answered:
        return Answered(self._registry.all(self._scope(call)))

    def _replace(self, call: Call) -> Answered:
        return Answered(self._registry.replace(self._scope(call), call.body.value))
