"""What people do in Discord's client: type commands, press buttons, fill in modals, write.

A person can only do what the client lets them; anything else raises Refused.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox import components, payloads, posting
from bot.sandbox.bodies import Body
from bot.sandbox.commands import GROUPING, CommandRegistry, OptionType
from bot.sandbox.errors import Refused
from bot.sandbox.gateway import Gateway
from bot.sandbox.interactions import Choice, Interaction, Interactions, Kind, Reply
from bot.sandbox.permissions import IN_DIRECT_MESSAGES, Permission
from bot.sandbox.world import Channel, Guild, Message, Role, User, World

JSON = dict[str, Any]
Value = str | int | float | bool | Channel | Role | User
Options = Mapping[str, Value]

DEFERRED_SECONDS = 10.0
IN_GUILD, IN_BOT_DM, IN_PRIVATE_CHANNEL = 0, 1, 2
_PLAIN: dict[OptionType, type | tuple[type, ...]] = {
    OptionType.STRING: str,
    OptionType.INTEGER: int,
    OptionType.BOOLEAN: bool,
    OptionType.NUMBER: (int, float),
}
_OBJECTS = {
    OptionType.USER: (User,),
    OptionType.CHANNEL: (Channel,),
    OptionType.ROLE: (Role,),
    OptionType.MENTIONABLE: (User, Role),
}
_SELECTED = {
    components.USER_SELECT: (User,),
    components.ROLE_SELECT: (Role,),
    components.MENTIONABLE_SELECT: (User, Role),
    components.CHANNEL_SELECT: (Channel,),
}


class People:
    """The hands of every user of the sandbox."""

    def __init__(
        self,
        world: World,
        gateway: Gateway,
        interactions: Interactions,
        registry: CommandRegistry,
    ) -> None:
        self._world = world
        self._gateway = gateway
        self._interactions = interactions
        self._registry = registry

    def say(self, user: User, channel: Channel, content: str) -> Message:
        """Write a message."""
        if Permission.SEND_MESSAGES not in channel.permissions_of(user):
            raise Refused(f"You do not have permission to send messages in #{channel.name}.")
        draft = posting.read_draft(Body({"content": content}))
        return posting.post(draft, channel, user, self._interactions.cdn)

    async def slash(
        self,
        user: User,
        channel: Channel,
        command: str,
        options: Options | None = None,
        *,
        within: float = DEFERRED_SECONDS,
    ) -> Reply:
        """Use a slash command ("council", or "night summary") and wait for the reply.

        `options` maps names to values: text, numbers, booleans, or the channel, role or user
        itself. A deferred reply is waited for `within` seconds; what the person sees when the
        bot does not answer is in the reply's `failure`.
        """
        registered, leaf, groups = self._command(user, channel, command)
        resolved: JSON = {}
        given = self._options(leaf, options or {}, resolved, channel, user)
        data = _command_data(registered, groups, given, resolved)
        interaction = self._open(
            Kind.COMMAND, user, channel, data, owners=self._owners(user, channel, registered)
        )
        return await self._interactions.wait(interaction, within)

    async def autocomplete(
        self,
        user: User,
        channel: Channel,
        command: str,
        option: str,
        typed: str,
        *,
        options: Options | None = None,
    ) -> list[Choice]:
        """Type into an option that has autocomplete and return the suggestions.

        `options` are those filled in already. Raises Refused if the suggestions do not come.
        """
        registered, leaf, groups = self._command(user, channel, command)
        wanted = _option(leaf, option)
        if not wanted.get("autocomplete"):
            raise Refused(f"The option {option} has no autocomplete.")
        resolved: JSON = {}
        given = self._options(leaf, options or {}, resolved, channel, user, complete=False)
        given.append({"name": option, "type": wanted["type"], "value": typed, "focused": True})
        data = _command_data(registered, groups, given, resolved)
        interaction = self._open(
            Kind.AUTOCOMPLETE, user, channel, data, owners=self._owners(user, channel, registered)
        )
        reply = await self._interactions.wait(interaction, 0)
        if reply.failure:
            raise Refused("Loading options failed.")
        return interaction.choices

    async def press(
        self, user: User, message: Message, custom_id: str, *, within: float = DEFERRED_SECONDS
    ) -> Reply:
        """Press a button and wait for what comes of it."""
        button = _component(user, message, custom_id)
        if button["type"] != components.BUTTON:
            raise Refused(f"{custom_id} is not a button.")
        data = {"component_type": button["type"], "custom_id": custom_id, "id": button["id"]}
        interaction = self._open(Kind.COMPONENT, user, message.channel, data, source=message)
        return await self._interactions.wait(interaction, within)

    async def select(
        self,
        user: User,
        message: Message,
        custom_id: str,
        values: Sequence[Value],
        *,
        within: float = DEFERRED_SECONDS,
    ) -> Reply:
        """Choose from a menu (values of its options, or users, roles, channels) and wait."""
        menu = _component(user, message, custom_id)
        resolved: JSON = {}
        data: JSON = {
            "component_type": menu["type"],
            "custom_id": custom_id,
            "id": menu["id"],
            "values": self._selected(menu, values, resolved, message.channel, user),
        }
        if resolved:
            data["resolved"] = resolved
        interaction = self._open(Kind.COMPONENT, user, message.channel, data, source=message)
        return await self._interactions.wait(interaction, within)

    async def submit_modal(
        self,
        user: User,
        reply: Reply,
        values: Mapping[str, str],
        *,
        within: float = DEFERRED_SECONDS,
    ) -> Reply:
        """Fill in the modal that `reply` opened (texts by `custom_id`), submit it and wait."""
        if reply.modal is None:
            raise Refused("No modal is open.")
        origin = reply.interaction
        filled = [_filled(row, values) for row in reply.modal["components"]]
        data = {"custom_id": reply.modal["custom_id"], "components": filled}
        interaction = self._open(
            Kind.MODAL,
            user,
            origin.channel,
            data,
            source=origin.source,
            origin=origin,
            owners=origin.metadata["authorizing_integration_owners"],
        )
        return await self._interactions.wait(interaction, within)

    # Commands and their options.

    def _command(
        self, user: User, channel: Channel, path: str
    ) -> tuple[JSON, JSON, list[tuple[str, int]]]:
        """Return the registered command, the (sub)command at `path`, and the steps to it."""
        name, *steps = path.removeprefix("/").split()
        guild = channel.guild
        registered = self._registry.find(name, guild.id if guild and guild.bot_member else None)
        if registered is None or not self._offered(registered, user, channel):
            raise Refused(f"There is no command /{name} here.")
        self._check_permission(registered, user, channel)
        node, groups = registered, []
        for step in steps:
            node = _option(node, step)
            if node["type"] not in GROUPING:
                raise Refused(f"/{path} is not a command.")
            groups.append((step, int(node["type"])))
        if any(option["type"] in GROUPING for option in node.get("options") or []):
            raise Refused(f"/{path} is not a command by itself: choose one of its parts.")
        return registered, node, groups

    def _offered(self, command: JSON, user: User, channel: Channel) -> bool:
        if not channel.permissions_of(user):
            return False
        contexts = command.get("contexts")
        context = self._context(channel)
        in_contexts = context in contexts if contexts else self._by_default(command, context)
        return in_contexts and bool(self._owners(user, channel, command))

    @staticmethod
    def _by_default(command: JSON, context: int) -> bool:
        return context == IN_GUILD or (context == IN_BOT_DM and command.get("dm_permission", False))

    def _context(self, channel: Channel) -> int:
        if channel.guild is not None:
            return IN_GUILD
        return IN_BOT_DM if self._world.bot in channel.recipients else IN_PRIVATE_CHANNEL

    def _owners(self, user: User, channel: Channel, command: JSON | None = None) -> JSON:
        """Return by which installations (0: the guild's, 1: the user's) the command is there."""
        types = (command or {}).get("integration_types", [0, 1])
        owners: JSON = {}
        context = self._context(channel)
        if 0 in types and context != IN_PRIVATE_CHANNEL:
            if channel.guild is None and self._world.share_a_guild(user):
                owners["0"] = "0"
            elif channel.guild is not None and channel.guild.bot_member is not None:
                owners["0"] = str(channel.guild.id)
        if 1 in types and user.app_installed:
            owners["1"] = str(user.id)
        return owners

    @staticmethod
    def _check_permission(command: JSON, user: User, channel: Channel) -> None:
        if channel.guild is None:
            return
        granted = channel.permissions_of(user)
        needed = command.get("default_member_permissions")
        if Permission.USE_APPLICATION_COMMANDS not in granted:
            raise Refused(f"You do not have permission to use commands in #{channel.name}.")
        if Permission.ADMINISTRATOR in granted or needed is None:
            return
        if int(needed) == 0 or int(needed) & ~int(granted):
            raise Refused(f"You do not have permission to use /{command['name']}.")

    def _options(
        self,
        leaf: JSON,
        given: Options,
        resolved: JSON,
        channel: Channel,
        user: User,
        *,
        complete: bool = True,
    ) -> list[JSON]:
        declared = leaf.get("options") or []
        for name in given:
            _option(leaf, name)
        if complete:
            for option in declared:
                if option.get("required") and option["name"] not in given:
                    raise Refused(f"The option {option['name']} is required.")
        return [
            {
                "name": option["name"],
                "type": option["type"],
                "value": self._value(option, given[option["name"]], resolved, channel, user),
            }
            for option in declared
            if option["name"] in given
        ]

    def _value(
        self, option: JSON, value: Value, resolved: JSON, channel: Channel, user: User
    ) -> Any:
        kind = OptionType(option["type"])
        if kind in _OBJECTS:
            if not isinstance(value, _OBJECTS[kind]):
                raise Refused(f"The option {option['name']} wants a {kind.name.lower()}.")
            if isinstance(value, Channel):
                allowed = option.get("channel_types")
                if value.guild is not channel.guild or (allowed and value.kind not in allowed):
                    raise Refused(f"#{value.name} cannot be chosen for {option['name']}.")
            return self._resolve(value, resolved, channel, user)
        wrong_bool = isinstance(value, bool) and kind is not OptionType.BOOLEAN
        if (
            isinstance(value, Channel | Role | User)
            or wrong_bool
            or not isinstance(value, _PLAIN[kind])
        ):
            raise Refused(f"The option {option['name']} wants a {kind.name.lower()}.")
        _check_bounds(option, value)
        return value

    def _resolve(self, value: Value, resolved: JSON, channel: Channel, user: User) -> str:
        """Add a user, role or channel to the interaction's resolved data; returns its id."""
        guild = channel.guild
        if isinstance(value, User):
            resolved.setdefault("users", {})[str(value.id)] = payloads.user(value)
            if guild and value.id in guild.members:
                member = payloads.member(guild.members[value.id], with_user=False)
                member["permissions"] = payloads.permission_text(channel.permissions_of(value))
                resolved.setdefault("members", {})[str(value.id)] = member
            return str(value.id)
        if isinstance(value, Role):
            resolved.setdefault("roles", {})[str(value.id)] = payloads.role(value)
            return str(value.id)
        if isinstance(value, Channel):
            resolved.setdefault("channels", {})[str(value.id)] = self._partial(value, user)
            return str(value.id)
        raise Refused(f"{value!r} is neither a user nor a role nor a channel.")

    def _selected(
        self, menu: JSON, values: Sequence[Value], resolved: JSON, channel: Channel, user: User
    ) -> list[str]:
        if menu["type"] not in components.SELECTS:
            raise Refused(f"{menu['custom_id']} is not a menu.")
        if not menu["min_values"] <= len(values) <= menu["max_values"]:
            raise Refused(
                f"Choose between {menu['min_values']} and {menu['max_values']} of the options."
            )
        if menu["type"] == components.STRING_SELECT:
            offered = {option["value"] for option in menu["options"]}
            if unknown := [str(value) for value in values if value not in offered]:
                raise Refused(f"The menu does not offer {', '.join(unknown)}.")
            return [str(value) for value in values]
        if not all(isinstance(value, _SELECTED[menu["type"]]) for value in values):
            raise Refused("The menu does not offer this kind of thing.")
        return [self._resolve(value, resolved, channel, user) for value in values]

    # The interaction itself.

    def _open(
        self,
        kind: Kind,
        user: User,
        channel: Channel,
        data: JSON,
        *,
        source: Message | None = None,
        origin: Interaction | None = None,
        owners: JSON | None = None,
    ) -> Interaction:
        owners = owners or self._owners(user, channel)
        metadata: JSON = {
            "user": payloads.user(user),
            "authorizing_integration_owners": owners,
        }
        if kind is Kind.COMPONENT and source is not None:
            metadata["interacted_message_id"] = str(source.id)
        if origin is not None:
            metadata["triggering_interaction_metadata"] = origin.metadata
        external = "0" not in owners and channel.guild is not None
        granted = channel.permissions_of(user)
        interaction = self._interactions.open(
            kind,
            user,
            channel,
            metadata,
            source=source,
            only_ephemeral=external and Permission.USE_EXTERNAL_APPS not in granted,
        )
        payload = self._payload(interaction, data, owners)
        self._gateway.dispatch("INTERACTION_CREATE", channel.guild, payload)
        return interaction

    def _payload(self, interaction: Interaction, data: JSON, owners: JSON) -> JSON:
        channel, user, guild = interaction.channel, interaction.user, interaction.channel.guild
        bot_there = guild is None or guild.bot_member is not None
        app = channel.permissions_of(self._world.bot) if bot_there and guild else IN_DIRECT_MESSAGES
        payload: JSON = {
            "id": str(interaction.id),
            "application_id": str(self._world.bot.id),
            "type": int(interaction.kind),
            "data": data,
            "token": interaction.token,
            "version": 1,
            "channel_id": str(channel.id),
            "channel": self._partial(channel, user),
            "app_permissions": payloads.permission_text(app),
            "locale": user.locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": owners,
            "context": self._context(channel),
            "attachment_size_limit": payloads.ATTACHMENT_LIMIT,
        }
        if guild is None:
            payload["user"] = payloads.user(user)
        else:
            payload |= _guild_part(guild, user, channel)
        if interaction.source is not None:
            payload["message"] = payloads.message(interaction.source, self._interactions.cdn)
        return payload

    def _partial(self, channel: Channel, user: User) -> JSON:
        granted = payloads.permission_text(channel.permissions_of(user))
        return payloads.channel(channel, seen_by=self._world.bot) | {"permissions": granted}


def _guild_part(guild: Guild, user: User, channel: Channel) -> JSON:
    member = payloads.member(guild.members[user.id])
    member["permissions"] = payloads.permission_text(channel.permissions_of(user))
    return {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": payloads.LOCALE, "features": []},
        "guild_locale": payloads.LOCALE,
        "member": member,
    }


def _command_data(
    registered: JSON, groups: list[tuple[str, int]], given: list[JSON], resolved: JSON
) -> JSON:
    options = given
    for name, kind in reversed(groups):
        options = [{"name": name, "type": kind, "options": options}]
    data: JSON = {
        "id": registered["id"],
        "name": registered["name"],
        "type": registered["type"],
        "options": options,
    }
    if "guild_id" in registered:
        data["guild_id"] = registered["guild_id"]
    if resolved:
        data["resolved"] = resolved
    return data


def _option(node: JSON, name: str) -> JSON:
    for option in node.get("options") or []:
        if option["name"] == name:
            found: JSON = option
            return found
    raise Refused(f"/{node['name']} has no {name}.")


def _check_bounds(option: JSON, value: str | float) -> None:
    name = option["name"]
    choices = option.get("choices")
    if choices and value not in [choice["value"] for choice in choices]:
        raise Refused(f"{value!r} is not one of the choices of {name}.")
    measure = len(value) if isinstance(value, str) else value
    if isinstance(value, str):
        least, most = option.get("min_length", 0), option.get("max_length", 6_000)
    else:
        least, most = option.get("min_value", measure), option.get("max_value", measure)
    if not least <= measure <= most:
        raise Refused(f"{value!r} is out of the bounds of {name} ({least} to {most}).")


def _component(user: User, message: Message, custom_id: str) -> JSON:
    if message.deleted_at is not None:
        raise Refused("The message is gone.")
    if message.ephemeral and message.visible_to is not user:
        raise Refused("Only the person who asked sees this message.")
    if not message.ephemeral and not message.channel.permissions_of(user):
        raise Refused(f"You cannot see #{message.channel.name}.")
    component = components.find(message.components, custom_id)
    if component is None:
        raise Refused(f"The message has no component {custom_id}.")
    if component.get("disabled"):
        raise Refused(f"{custom_id} is disabled.")
    return component


def _filled(row: JSON, values: Mapping[str, str]) -> JSON:
    """Return a modal's row or label with what was typed into it."""
    if row["type"] == components.TEXT_DISPLAY:
        return {"type": row["type"], "id": row.get("id", 0)}
    inputs = row.get("components") or [row["component"]]
    filled = [_typed(each, values) for each in inputs]
    shell: JSON = {"type": row["type"], "id": row.get("id", 0)}
    if "component" in row:
        return shell | {"component": filled[0]}
    return shell | {"components": filled}


def _typed(text: JSON, values: Mapping[str, str]) -> JSON:
    value = values.get(text["custom_id"], text.get("value") or "")
    if not value and text.get("required", True):
        raise Refused(f"{text['custom_id']} is required.")
    least, most = text.get("min_length") or 0, text.get("max_length") or 4_000
    if value and not least <= len(value) <= most:
        raise Refused(f"{text['custom_id']} wants {least} to {most} characters.")
    return {
        "type": text["type"],
        "id": text.get("id", 0),
        "custom_id": text["custom_id"],
        "value": value,
    }
