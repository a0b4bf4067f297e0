"""Interactions that no honest client would send: components that the bot never put there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulation.discord import Channel, Message, Reply, Sandbox, User, payloads, posting
from simulation.discord import components as kinds
from simulation.discord.bodies import Body
from simulation.discord.commands import OptionType
from simulation.discord.interactions import Kind

JSON = dict[str, Any]


def placed(
    sandbox: Sandbox,
    channel: Channel,
    components: Sequence[JSON],
    *,
    seen_by: User | None = None,
    embeds: Sequence[JSON] = (),
) -> Message:
    """Put a message of the bot's with any components into a channel, private where *seen_by*."""
    body = Body({"content": "-", "components": [*components], "embeds": [*embeds]})
    message = posting.post(posting.read_draft(body), channel, sandbox.bot, visible_to=seen_by)
    if seen_by is not None:
        message.flags |= Message.EPHEMERAL
    return message


def button(custom_id: str) -> JSON:
    """Return a row with a button."""
    return {"type": kinds.ACTION_ROW, "components": [
        {"type": kinds.BUTTON, "style": 2, "label": "-", "custom_id": custom_id}
    ]}  # fmt: skip


def menu(
    custom_id: str, kind: int = kinds.STRING_SELECT, *, marked: Sequence[str | int] = ()
) -> JSON:
    """Return a row with a menu, in which some of what it offers is *marked*."""
    one: JSON = {"type": kind, "custom_id": custom_id, "max_values": max(len(marked), 1)}
    if kind == kinds.STRING_SELECT:
        options = [{"label": each, "value": each, "default": True} for each in marked]
        one["options"] = options or [{"label": "-", "value": "-"}]
    elif marked:
        one["default_values"] = [{"id": str(each), "type": "role"} for each in marked]
    return {"type": kinds.ACTION_ROW, "components": [one]}


async def pressed(
    sandbox: Sandbox,
    user: User,
    channel: Channel,
    custom_id: str,
    *,
    values: Sequence[str] | None = None,
    kind: int = kinds.STRING_SELECT,
    private: bool = True,
    message: Message | None = None,
    resolved: JSON | None = None,
) -> Reply:
    """Press a forged button, or with *values* choose them from a forged menu of a *kind*.

    It is under a message of the bot's own, which is made for it where none is given.
    """
    row = button(custom_id) if values is None else menu(custom_id, kind)
    message = message or placed(sandbox, channel, [row], seen_by=user if private else None)
    data: JSON = {"custom_id": custom_id, "component_type": kinds.BUTTON}
    if values is not None:
        data |= {"component_type": kind, "values": [*values]}
        if resolved:
            data["resolved"] = resolved
    return await sandbox.forge(Kind.COMPONENT, user, channel, data, source=message)


async def filled_in(
    sandbox: Sandbox,
    user: User,
    channel: Channel,
    custom_id: str,
    texts: Mapping[str, str],
    *,
    message: Message | None = None,
) -> Reply:
    """Submit a forged modal."""
    rows = [
        {"type": kinds.LABEL, "component": {
            "type": kinds.TEXT_INPUT, "custom_id": name, "value": text
        }}
        for name, text in texts.items()
    ]  # fmt: skip
    data: JSON = {"custom_id": custom_id, "components": rows}
    return await sandbox.forge(Kind.MODAL, user, channel, data, source=message)


async def commanded(
    sandbox: Sandbox,
    user: User,
    place: Channel,
    path: str,
    *,
    guild: int | None = None,
    **options: Any,
) -> Reply:
    """Give a slash command that the client would not offer, with whatever options.

    A channel, a role or a user stands for its id, as Discord resolves it. *guild* is the one that
    the command is registered for, where it is not for all.
    """
    registered, leaf, steps = _registered(sandbox, path, guild)
    kinds_of = {one["name"]: int(one["type"]) for one in leaf.get("options", ())}
    given: list[JSON] = []
    resolved: JSON = {}
    for option, value in options.items():
        kind = OptionType(kinds_of[option])
        if kind is OptionType.CHANNEL:
            found = {"id": str(value.id), "name": "x", "type": 0, "permissions": "0"}
            resolved.setdefault("channels", {})[str(value.id)] = found
        elif kind is OptionType.ROLE:
            resolved.setdefault("roles", {})[str(value.id)] = payloads.role(value)
        raw = str(value.id) if kind in (OptionType.CHANNEL, OptionType.ROLE) else value
        given.append({"name": option, "type": int(kind), "value": raw})
    data = _given(registered, steps, given)
    if resolved:
        data["resolved"] = resolved
    return await sandbox.forge(Kind.COMMAND, user, place, data)


def completing(sandbox: Sandbox, path: str, guild: int) -> list[str]:
    """Return the options of a command that offer something as one types."""
    _, leaf, _ = _registered(sandbox, path, guild)
    return [one["name"] for one in leaf.get("options", ()) if one.get("autocomplete")]


async def completed(
    sandbox: Sandbox,
    user: User,
    place: Channel,
    path: str,
    option: str,
    *,
    guild: int,
    filled: Mapping[str, str],
) -> list[str]:
    """Begin an option of a command that the client would not offer; return what is offered."""
    registered, leaf, steps = _registered(sandbox, path, guild)
    (kind,) = (int(one["type"]) for one in leaf["options"] if one["name"] == option)
    given = [
        *({"name": name, "type": 3, "value": value} for name, value in filled.items()),
        {"name": option, "type": kind, "value": "", "focused": True},
    ]
    data = _given(registered, steps, given)
    reply = await sandbox.forge(Kind.AUTOCOMPLETE, user, place, data)
    assert reply.failure is None, f"/{path} {option}: {reply.failure}"
    return [one.name for one in reply.interaction.choices]


def _registered(sandbox: Sandbox, path: str, guild: int | None) -> tuple[JSON, JSON, Sequence[str]]:
    """Return a command as it is registered, the part of it that *path* names, and the way there."""
    name, *steps = path.split()
    leaf = registered = sandbox.registry.find(name, guild) or {}
    for step in steps:
        leaf = next(one for one in leaf["options"] if one["name"] == step)
    return registered, leaf, steps


def _given(registered: JSON, steps: Sequence[str], given: list[JSON]) -> JSON:
    for step in reversed(steps):
        given = [{"name": step, "type": 1, "options": given}]
    data: JSON = {"id": registered["id"], "name": registered["name"], "type": 1, "options": given}
    if "guild_id" in registered:
        data["guild_id"] = registered["guild_id"]
    return data
