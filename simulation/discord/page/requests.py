"""The browser's requests, validated: they are text from outside."""

from collections.abc import Mapping
from typing import Any

from simulation.discord import components
from simulation.discord.commands import OptionType
from simulation.discord.errors import JSON, Refused
from simulation.discord.form_input import OBJECTS, SELECTED, Value
from simulation.discord.world import Channel, Message, Role, User, World


class Request:
    """One request of the page; every reading raises Refused for what is not there."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def text(self, key: str) -> str:
        """Return a text."""
        value = self._fields.get(key)
        if not isinstance(value, str):
            raise Refused(f"The page did not say which {key}.")
        return value

    def id(self, key: str) -> int:
        """Return an identifier."""
        return _id(self.text(key))

    def optional_id(self, key: str) -> int | None:
        """Return an identifier, None where there is none."""
        return None if self._fields.get(key) is None else self.id(key)

    def number(self, key: str) -> float | None:
        """Return a number, None where there is none."""
        value = self._fields.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refused(f"The page did not say which {key}.")
        return value

    def mapping(self, key: str) -> JSON:
        """Return names with values, none where there are none."""
        value = self._fields.get(key) or {}
        if not isinstance(value, dict):
            raise Refused(f"The page did not say which {key}.")
        return value

    def texts(self, key: str) -> list[str]:
        """Return a list of texts."""
        value = self._fields.get(key)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise Refused(f"The page did not say which {key}.")
        return value


def option_values(
    world: World, channel: Channel, options: list[JSON], given: Mapping[str, Any]
) -> dict[str, Value]:
    """Return a command's options with their values: for ids, the user, role or channel."""
    kinds = {option["name"]: option["type"] for option in options}
    values: dict[str, Value] = {}
    for name, value in given.items():
        among = OBJECTS.get(kinds.get(name, OptionType.STRING))
        if among is not None:
            values[name] = _thing(world, channel, among, str(value))
        elif isinstance(value, str | int | float):
            values[name] = value
        else:
            raise Refused(f"The option {name} has no such value.")
    return values


def chosen_values(world: World, message: Message, custom_id: str, chosen: list[str]) -> list[Value]:
    """Return what was chosen from a menu: for ids, the user, role or channel."""
    menu = components.find(message.components, custom_id) or {}
    among = SELECTED.get(menu.get("type", 0))
    if among is None:
        return list(chosen)
    return [_thing(world, message.channel, among, each) for each in chosen]


def _thing(world: World, channel: Channel, among: tuple[type, ...], text: str) -> Value:
    """Return the user, role or channel with an id, of those that a channel offers."""
    number, guild = _id(text), channel.guild
    found: Value | None = None
    if User in among:
        near = guild.members if guild else {user.id: user for user in channel.recipients}
        found = world.users.get(number) if number in near else None
    if Role in among and found is None and guild is not None:
        found = guild.roles.get(number)
    if Channel in among and guild is not None:
        found = guild.channels.get(number)
    if found is None:
        raise Refused("That is not to be found here.")
    return found


def _id(text: str) -> int:
    if not text.isdecimal() or len(text) > 19:
        raise Refused("The page named something that is not there.")
    return int(text)
