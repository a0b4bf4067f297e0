"""What people do in Discord's client: use commands, press buttons, fill in modals, write.

A person can only do what the client lets them; anything else raises Refused.
"""

from collections.abc import Mapping, Sequence

from simulation.discord import availability, components, payloads, posting
from simulation.discord.bodies import Body
from simulation.discord.commands import GROUPING, CommandRegistry
from simulation.discord.errors import JSON, Refused
from simulation.discord.form_input import Filling, Options, Value, modal_row, option_of
from simulation.discord.gateway import Gateway
from simulation.discord.interactions import Choice, Interaction, Interactions, Kind, Reply
from simulation.discord.permissions import IN_DIRECT_MESSAGES, Permission
from simulation.discord.routes.threads import open_for
from simulation.discord.world import Channel, ChannelKind, Message, User, World

DEFERRED_SECONDS = 10.0


class People:
    """What every user of the sandbox can do."""

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
        if channel.kind is ChannelKind.FORUM:
            raise Refused("In a forum you write in its posts.")
        open_for(channel)
        draft = posting.read_draft(Body({"content": content}))
        return posting.post(draft, channel, user)

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
        registered, leaf, steps = self._command(user, channel, command)
        filling = Filling(user, channel)
        given = filling.options(leaf, options or {})
        data = _command_data(registered, steps, given, filling.resolved)
        owners = availability.owners(user, channel, registered)
        interaction = self._open(Kind.COMMAND, user, channel, data, owners, command=command)
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
        registered, leaf, steps = self._command(user, channel, command)
        wanted = option_of(leaf, option)
        if not wanted.get("autocomplete"):
            raise Refused(f"The option {option} has no autocomplete.")
        filling = Filling(user, channel)
        given = filling.options(leaf, options or {}, complete=False)
        given.append({"name": option, "type": wanted["type"], "value": typed, "focused": True})
        data = _command_data(registered, steps, given, filling.resolved)
        owners = availability.owners(user, channel, registered)
        interaction = self._open(Kind.AUTOCOMPLETE, user, channel, data, owners)
        reply = await self._interactions.wait(interaction, 0)
        if reply.failure:
            raise Refused("Loading options failed.")
        return interaction.choices

    async def press(
        self, user: User, message: Message, custom_id: str, *, within: float = DEFERRED_SECONDS
    ) -> Reply:
        """Press a button and wait for the result."""
        button = _component(user, message, custom_id)
        if button["type"] != components.BUTTON:
            raise Refused(f"{custom_id} is not a button.")
        return await self._use(user, message, button, {}, within)

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
        filling = Filling(user, message.channel)
        chosen: JSON = {"values": filling.selected(menu, values)}
        if filling.resolved:
            chosen["resolved"] = filling.resolved
        return await self._use(user, message, menu, chosen, within)

    async def submit_modal(
        self,
        user: User,
        reply: Reply,
        values: Mapping[str, str],
        *,
        within: float = DEFERRED_SECONDS,
    ) -> Reply:
        """Fill in the modal that `reply` opened (texts by `custom_id`), submit it and wait."""
        origin, modal = reply.interaction, reply.modal
        if modal is None:
            raise Refused("No modal is open.")
        filled = [modal_row(row, values) for row in modal["components"]]
        interaction = self._open(
            Kind.MODAL,
            user,
            origin.channel,
            {"custom_id": modal["custom_id"], "components": filled},
            origin.metadata["authorizing_integration_owners"],
            source=origin.source,
            about={"triggering_interaction_metadata": origin.metadata},
        )
        return await self._interactions.wait(interaction, within)

    async def forge(
        self,
        kind: Kind,
        user: User,
        channel: Channel,
        data: JSON,
        *,
        source: Message | None = None,
        within: float = DEFERRED_SECONDS,
    ) -> Reply:
        """Send an interaction unchecked, as a modified client would, and wait.

        `data` is what Discord would put together itself: of a component its `custom_id`,
        `component_type` and `values`; of a modal its `custom_id` and `components`.
        """
        owners = availability.owners(user, channel)
        about: JSON = {} if source is None else {"interacted_message_id": str(source.id)}
        if kind is Kind.MODAL:  # as if a button of that message had opened it
            opened: JSON = {
                "id": str(self._world.ids.next()),
                "type": int(Kind.COMPONENT),
                "user": payloads.user(user),
                "authorizing_integration_owners": owners,
                "interacted_message_id": str(source.id if source else self._world.ids.next()),
            }
            about = {"triggering_interaction_metadata": opened}
        interaction = self._open(kind, user, channel, data, owners, source=source, about=about)
        return await self._interactions.wait(interaction, within)

    def _command(
        self, user: User, channel: Channel, path: str
    ) -> tuple[JSON, JSON, list[tuple[str, int]]]:
        """Return the registered command, the (sub)command at `path`, and the steps to it."""
        name, *names = path.removeprefix("/").split() or [""]
        guild = channel.guild
        known = self._registry.find(name, guild.id if guild and guild.bot_member else None)
        registered = availability.check(known, name, user, channel)
        node, steps = registered, []
        for step in names:
            node = option_of(node, step)
            if node["type"] not in GROUPING:
                raise Refused(f"/{path} is not a command.")
            steps.append((step, int(node["type"])))
        if any(option["type"] in GROUPING for option in node.get("options") or []):
            raise Refused(f"/{path} is not a command by itself: choose one of its parts.")
        return registered, node, steps

    async def _use(
        self, user: User, message: Message, component: JSON, chosen: JSON, within: float
    ) -> Reply:
        data: JSON = {
            "component_type": component["type"],
            "custom_id": component["custom_id"],
            "id": component["id"],
        }
        interaction = self._open(
            Kind.COMPONENT,
            user,
            message.channel,
            data | chosen,
            availability.owners(user, message.channel),
            source=message,
            about={"interacted_message_id": str(message.id)},
        )
        return await self._interactions.wait(interaction, within)

    def _open(
        self,
        kind: Kind,
        user: User,
        channel: Channel,
        data: JSON,
        owners: JSON,
        *,
        source: Message | None = None,
        about: JSON | None = None,
        command: str | None = None,
    ) -> Interaction:
        external = channel.guild is not None and str(availability.BY_GUILD) not in owners
        may_be_seen = Permission.USE_EXTERNAL_APPS in channel.permissions_of(user)
        interaction = self._interactions.open(
            kind,
            user,
            channel,
            {
                "user": payloads.user(user),
                "authorizing_integration_owners": owners,
                **(about or {}),
            },
            source=source,
            only_ephemeral=external and not may_be_seen,
            command=command,
        )
        payload = self._payload(interaction, data, owners)
        self._gateway.dispatch("INTERACTION_CREATE", channel.guild, payload)
        return interaction

    def _payload(self, interaction: Interaction, data: JSON, owners: JSON) -> JSON:
        channel, user = interaction.channel, interaction.user
        bot, guild = self._world.bot, channel.guild
        there = bot in channel.recipients if guild is None else guild.bot_member is not None
        granted = channel.permissions_of(bot) if there else IN_DIRECT_MESSAGES
        payload: JSON = {
            "id": str(interaction.id),
            "application_id": str(bot.id),
            "type": int(interaction.kind),
            "data": data,
            "token": interaction.token,
            "version": 1,
            "channel_id": str(channel.id),
            "channel": payloads.interaction_channel(channel, user),
            "app_permissions": payloads.permission_text(granted),
            "locale": user.locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": owners,
            "context": availability.context(channel),
            "attachment_size_limit": payloads.ATTACHMENT_LIMIT,
        }
        if guild is None:
            payload["user"] = payloads.user(user)
        else:
            payload |= {
                "guild_id": str(guild.id),
                "guild": {"id": str(guild.id), "locale": payloads.LOCALE, "features": []},
                "guild_locale": payloads.LOCALE,
                "member": payloads.interaction_member(guild.members[user.id], channel),
            }
        if interaction.source is not None:
            payload["message"] = payloads.message(interaction.source)
        return payload


def _command_data(
    registered: JSON, steps: list[tuple[str, int]], given: list[JSON], resolved: JSON
) -> JSON:
    options = given
    for name, kind in reversed(steps):
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
