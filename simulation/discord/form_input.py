"""What people fill in: a command's options, a menu's choices, a modal's texts.

Everything that the client would not let them fill in raises Refused.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from simulation.discord import components, payloads
from simulation.discord.commands import OptionType
from simulation.discord.errors import JSON, Refused
from simulation.discord.world import Channel, Role, User

_LONGEST_QUOTE = 60
Value = str | int | float | bool | Channel | Role | User
Options = Mapping[str, Value]

_PLAIN: dict[OptionType, type | tuple[type, ...]] = {
    OptionType.STRING: str,
    OptionType.INTEGER: int,
    OptionType.BOOLEAN: bool,
    OptionType.NUMBER: (int, float),
}
OBJECTS: dict[int, tuple[type, ...]] = {
    OptionType.USER: (User,),
    OptionType.CHANNEL: (Channel,),
    OptionType.ROLE: (Role,),
    OptionType.MENTIONABLE: (User, Role),
}
SELECTED: dict[int, tuple[type, ...]] = {
    components.USER_SELECT: (User,),
    components.ROLE_SELECT: (Role,),
    components.MENTIONABLE_SELECT: (User, Role),
    components.CHANNEL_SELECT: (Channel,),
}


def option_of(node: JSON, name: str) -> JSON:
    """Return a command's (or subcommand's) option by its name."""
    for option in node.get("options") or []:
        if option["name"] == name:
            found: JSON = option
            return found
    raise Refused(f"/{node['name']} has no {name}.")


class Filling:
    """What `user` fills in in `channel`; `resolved` collects what the values refer to."""

    def __init__(self, user: User, channel: Channel) -> None:
        self._user = user
        self._channel = channel
        self.resolved: JSON = {}

    def options(self, leaf: JSON, given: Options, *, complete: bool = True) -> list[JSON]:
        """Return a command's options with their values; `complete`: nothing required is missing."""
        for name in given:
            option_of(leaf, name)
        filled = []
        for option in leaf.get("options") or []:
            name = option["name"]
            if name in given:
                value = self._value(option, given[name])
                filled.append({"name": name, "type": option["type"], "value": value})
            elif complete and option.get("required"):
                raise Refused(f"The option {name} is required.")
        return filled

    def selected(self, menu: JSON, values: Sequence[Value]) -> list[str]:
        """Return the values chosen from a menu."""
        if menu["type"] not in components.SELECTS:
            raise Refused(f"{menu['custom_id']} is not a menu.")
        if not menu["min_values"] <= len(values) <= menu["max_values"]:
            raise Refused(
                f"Choose between {menu['min_values']} and {menu['max_values']} of the options."
            )
        if menu["type"] == components.STRING_SELECT:
            offered = {option["value"] for option in menu["options"]}
            if unknown := [str(value) for value in values if value not in offered]:
                raise Refused(f"The menu does not offer {_quoted(', '.join(unknown))}.")
            return [str(value) for value in values]
        if not all(isinstance(value, SELECTED[menu["type"]]) for value in values):
            raise Refused("The menu does not offer this kind of thing.")
        for value in values:
            self._check_offered(menu, value)
        return [self._resolve(value) for value in values]

    def _check_offered(self, menu: JSON, value: Value) -> None:
        """Refuse roles and channels of another server, and channels of another kind."""
        guild = self._channel.guild
        if isinstance(value, Channel):
            kinds = menu.get("channel_types")
            offered = value.guild is guild and (not kinds or value.kind in kinds)
        elif isinstance(value, Role):
            offered = guild is not None and guild.roles.get(value.id) is value
        else:
            return
        if not offered:
            raise Refused(f"The menu does not offer {value.name}.")

    def _value(self, option: JSON, value: Value) -> Any:
        kind = OptionType(option["type"])
        if isinstance(value, Channel | Role | User):
            if not isinstance(value, OBJECTS.get(kind, ())):
                raise _wrong_kind(option, kind)
            self._check_channel(option, value)
            return self._resolve(value)
        wrong_bool = isinstance(value, bool) and kind is not OptionType.BOOLEAN
        if wrong_bool or not isinstance(value, _PLAIN.get(kind, ())):
            raise _wrong_kind(option, kind)
        _check_bounds(option, value)
        return value

    def _check_channel(self, option: JSON, value: Channel | Role | User) -> None:
        if not isinstance(value, Channel):
            return
        allowed = option.get("channel_types")
        if value.guild is not self._channel.guild or (allowed and value.kind not in allowed):
            raise Refused(f"#{value.name} cannot be chosen for {option['name']}.")

    def _resolve(self, value: Value) -> str:
        if isinstance(value, User):
            self._resolve_user(value)
        elif isinstance(value, Role):
            self._add("roles", value, payloads.role(value))
        elif isinstance(value, Channel):
            self._add("channels", value, payloads.interaction_channel(value, self._user))
        else:
            raise Refused(f"{value!r} is neither a user nor a role nor a channel.")
        return str(value.id)

    def _resolve_user(self, user: User) -> None:
        self._add("users", user, payloads.user(user))
        guild = self._channel.guild
        if guild is not None and user.id in guild.members:
            member = payloads.interaction_member(guild.members[user.id], self._channel)
            del member["user"]
            self._add("members", user, member)

    def _add(self, kind: str, value: Channel | Role | User, payload: JSON) -> None:
        self.resolved.setdefault(kind, {})[str(value.id)] = payload


def _wrong_kind(option: JSON, kind: OptionType) -> Refused:
    return Refused(f"The option {option['name']} wants a {kind.name.lower()}.")


def _check_bounds(option: JSON, value: str | float) -> None:
    name = option["name"]
    choices = option.get("choices")
    if choices and value not in [choice["value"] for choice in choices]:
        raise Refused(f"{name} cannot be {_quoted(value)}: choose one of those that are offered.")
    measure = len(value) if isinstance(value, str) else value
    if isinstance(value, str):
        least, most = option.get("min_length", 0), option.get("max_length", 6_000)
    else:
        least, most = option.get("min_value", measure), option.get("max_value", measure)
    if not least <= measure <= most:
        what = f"has {measure:,} characters" if isinstance(value, str) else f"is {_quoted(value)}"
        raise Refused(f"{name} {what}: give it {least:,} to {most:,}.")


def _quoted(value: object) -> str:
    """Return a value in quotation marks, cut to fit in a line."""
    text = str(value)
    return f"“{text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + '…'}”"


def modal_row(row: JSON, values: Mapping[str, str]) -> JSON:
    """Return a modal's row, label or text with what was typed into it (by `custom_id`)."""
    shell: JSON = {"type": row["type"], "id": row.get("id", 0)}
    if "component" in row:
        return shell | {"component": _typed(row["component"], values)}
    if "components" in row:
        return shell | {"components": [_typed(each, values) for each in row["components"]]}
    return shell


def _typed(text: JSON, values: Mapping[str, str]) -> JSON:
    name = text["custom_id"]
    if text["type"] != components.TEXT_INPUT:
        raise Refused("In the sandbox a modal can only be filled in with texts.")
    value = values.get(name, text.get("value") or "")
    if not value and text.get("required", True):
        raise Refused(f"{name} is required.")
    least, most = text.get("min_length") or 0, text.get("max_length") or 4_000
    if value and not least <= len(value) <= most:
        raise Refused(f"{name} wants {least} to {most} characters.")
    return {"type": text["type"], "id": text.get("id", 0), "custom_id": name, "value": value}
