"""Interactions that no honest client would send: components that the bot never put there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox import Channel, Message, Reply, Sandbox, User, posting
from bot.sandbox import components as kinds
from bot.sandbox.bodies import Body
from bot.sandbox.interactions import Kind

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
    message = posting.post(posting.read_draft(body), channel, sandbox.bot, "", visible_to=seen_by)
    if seen_by is not None:
        message.flags |= Message.EPHEMERAL
    return message


def button(custom_id: str) -> JSON:
    """Return a row with a button."""
    return {"type": kinds.ACTION_ROW, "components": [
        {"type": kinds.BUTTON, "style": 2, "label": "-", "custom_id": custom_id}
    ]}  # fmt: skip


def menu(custom_id: str, kind: int = kinds.STRING_SELECT) -> JSON:
    """Return a row with a menu."""
    options = [{"label": "-", "value": "-"}] if kind == kinds.STRING_SELECT else None
    return {"type": kinds.ACTION_ROW, "components": [
        {"type": kind, "custom_id": custom_id, "options": options}
    ]}  # fmt: skip


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
