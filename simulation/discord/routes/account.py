"""The bot's account, its application with its commands, its guilds, and where the gateway is."""

from simulation.discord import payloads
from simulation.discord.commands import CommandRegistry
from simulation.discord.errors import JSON, DiscordError, missing_access, unknown
from simulation.discord.gateway import IDENTIFIES_A_DAY, Gateway
from simulation.discord.rest import Answered, Call, Route, snowflake
from simulation.discord.world import Guild, World

_DAY_MS = 86_400_000
_MOST_GUILDS = 200
_LAST_ID = (1 << 63) - 1
_COMMANDS = "/applications/{application_id}/commands"
_COMMANDS_OF_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


class AccountRoutes:
    """Serves /users, /applications, /oauth2, /guilds, /gateway."""

    def __init__(
        self, world: World, gateway: Gateway, registry: CommandRegistry, *, shards: int, flags: int
    ) -> None:
        self._world = world
        self._gateway = gateway
        self._registry = registry
        self._shards = shards
        self._flags = flags

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("GET", "/users/@me", self._me),
            Route("GET", "/users/@me/guilds", self._my_guilds),
            Route("POST", "/users/@me/channels", self._open_direct, "direct-channel"),
            Route("GET", "/users/{user_id}", self._user),
            Route("GET", "/oauth2/applications/@me", self._application),
            Route("GET", "/guilds/{guild_id}", self._guild),
            Route("GET", "/guilds/{guild_id}/roles", self._roles),
            Route("GET", "/guilds/{guild_id}/members/{user_id}", self._member),
            *(Route("GET", path, self._list_commands) for path in (_COMMANDS, _COMMANDS_OF_GUILD)),
            *(Route("PUT", path, self._set_commands) for path in (_COMMANDS, _COMMANDS_OF_GUILD)),
            Route("GET", "/gateway", self._where, with_token=True),
            Route("GET", "/gateway/bot", self._where_for_bot),
        ]

    def _me(self, call: Call) -> Answered:
        return Answered(payloads.own_user(self._world.bot))

    def _my_guilds(self, call: Call) -> Answered:
        after = snowflake(("after",), call.query.get("after", 0))
        before = snowflake(("before",), call.query.get("before", _LAST_ID))
        limit = snowflake(("limit",), call.query.get("limit", _MOST_GUILDS))
        found = [
            guild
            for guild in self._world.guilds.values()
            if guild.bot_member is not None and after < guild.id < before
        ]
        chosen = found[-limit:] if "before" in call.query else found[:limit]
        return Answered([self._own_guild(guild) for guild in chosen])

    def _own_guild(self, guild: Guild) -> JSON:
        return {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": payloads.permission_text(guild.permissions_of(self._world.bot)),
            "features": [],
            "approximate_member_count": len(guild.members),
            "approximate_presence_count": len(guild.members),
        }

    def _open_direct(self, call: Call) -> Answered:
        recipient = snowflake(("recipient_id",), call.body.fields.get("recipient_id"))
        user = self._world.users.get(recipient)
        if user is None or user is self._world.bot:
            raise DiscordError(400, 50033, "Invalid Recipient(s)")
        channel = self._world.direct_channel(self._world.bot, user)
        return Answered(payloads.channel(channel, seen_by=self._world.bot))

    def _user(self, call: Call) -> Answered:
        user = self._world.users.get(call.snowflake("user_id"))
        if user is None:
            raise unknown("User")
        return Answered(payloads.user(user))

    def _application(self, call: Call) -> Answered:
        return Answered(payloads.application(self._world, self._flags))

    # Guilds.

    def _guild_of(self, call: Call) -> Guild:
        """Return the guild in the path; raises 404/10004 if the bot is not in it."""
        guild = self._world.guilds.get(call.snowflake("guild_id"))
        if guild is None or guild.bot_member is None:
            raise unknown("Guild")
        return guild

    def _guild(self, call: Call) -> Answered:
        guild = self._guild_of(call)
        counts = {}
        if call.query.get("with_counts") in ("true", "1", "True"):
            members = len(guild.members)
            counts = {"approximate_member_count": members, "approximate_presence_count": members}
        return Answered(payloads.guild(guild) | counts)

    def _roles(self, call: Call) -> Answered:
        return Answered([payloads.role(each) for each in self._guild_of(call).roles.values()])

    def _member(self, call: Call) -> Answered:
        guild = self._guild_of(call)
        member = guild.members.get(
            self._world.bot.id if call.params["user_id"] == "@me" else call.snowflake("user_id")
        )
        if member is None:
            raise unknown("Member")
        return Answered(payloads.member(member))

    # Commands, of all guilds or one.

    def _scope(self, call: Call) -> int | None:
        if call.snowflake("application_id") != self._world.bot.id:
            raise unknown("Application")
        if "guild_id" not in call.params:
            return None
        guild = self._world.guilds.get(call.snowflake("guild_id"))
        if guild is None or guild.bot_member is None:
            raise missing_access()
        return guild.id

    def _list_commands(self, call: Call) -> Answered:
        return Answered(self._registry.all(self._scope(call)))

    def _set_commands(self, call: Call) -> Answered:
        return Answered(self._registry.replace(self._scope(call), call.body.value))

    # The gateway.

    def _where(self, call: Call) -> Answered:
        return Answered({"url": self._gateway.address})

    def _where_for_bot(self, call: Call) -> Answered:
        return Answered(
            {
                "url": self._gateway.address,
                "shards": self._shards,
                "session_start_limit": {
                    "total": IDENTIFIES_A_DAY,
                    "remaining": self._gateway.starts_left,
                    "reset_after": _DAY_MS,
                    "max_concurrency": 1,
                },
            }
        )
