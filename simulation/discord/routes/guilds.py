"""Guilds as the bot reads them."""

from simulation.discord import payloads
from simulation.discord.errors import unknown
from simulation.discord.rest import Answered, Call, Route
from simulation.discord.routes.access import guild_of
from simulation.discord.world import World


class GuildRoutes:
    """Serves /guilds/{guild_id} and what is below it."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("GET", "/guilds/{guild_id}", self._guild),
            Route("GET", "/guilds/{guild_id}/roles", self._roles),
            Route("GET", "/guilds/{guild_id}/members/{user_id}", self._member),
        ]

    def _guild(self, call: Call) -> Answered:
        guild = guild_of(self._world, call)
        counts = {}
        if call.query.get("with_counts") in ("true", "1", "True"):
            members = len(guild.members)
            counts = {"approximate_member_count": members, "approximate_presence_count": members}
        return Answered(payloads.guild(guild) | counts)

    def _roles(self, call: Call) -> Answered:
        return Answered(
            [payloads.role(each) for each in guild_of(self._world, call).roles.values()]
        )

    def _member(self, call: Call) -> Answered:
        guild = guild_of(self._world, call)
        member = guild.members.get(
            self._world.bot.id if call.params["user_id"] == "@me" else call.snowflake("user_id")
        )
        if member is None:
            raise unknown("Member")
        return Answered(payloads.member(member))
