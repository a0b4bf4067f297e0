"""The commands that the bot has registered, and what Discord accepts as one.

Source: Discord's documentation, "Application Commands".
"""

import re
from collections.abc import Iterator
from enum import IntEnum

from simulation.discord.errors import JSON, DiscordError, FormProblems, Path
from simulation.discord.world import World

CHAT_INPUT = 1
MOST_COMMANDS = 100
MOST_CHARACTERS = 8_000
_NAME = re.compile(r"[-_'\w]{1,32}")


class OptionType(IntEnum):
    """The types of a command's options."""

    SUB_COMMAND = 1
    SUB_COMMAND_GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


GROUPING = (OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP)
_NESTED_IN: dict[int | None, frozenset[int]] = {
    None: frozenset(OptionType),
    OptionType.SUB_COMMAND_GROUP: frozenset({OptionType.SUB_COMMAND}),
    OptionType.SUB_COMMAND: frozenset(OptionType) - frozenset(GROUPING),
}


class CommandRegistry:
    """The registered commands: global ones (scope None) and those of single guilds."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._scopes: dict[int | None, dict[int, JSON]] = {}

    def all(self, scope: int | None) -> list[JSON]:
        """Return the commands of a scope in the order of their registration."""
        return list(self._scopes.get(scope, {}).values())

    def find(self, name: str, guild_id: int | None) -> JSON | None:
        """Return the slash command that a user in a guild sees by this name: a guild's first."""
        scopes = [guild_id, None] if guild_id is not None else [None]
        for scope in scopes:
            for command in self.all(scope):
                if command["name"] == name:
                    return command
        return None

    def replace(self, scope: int | None, sent: object) -> list[JSON]:
        """Replace every command of a scope; those known by name keep their ids."""
        if not isinstance(sent, list):
            raise DiscordError(400, 50109, "The request body contains invalid JSON.")
        if len(sent) > MOST_COMMANDS:
            raise DiscordError(
                400, 30032, f"Maximum number of application commands reached ({MOST_COMMANDS})."
            )
        problems = FormProblems()
        for index, command in problems.objects((), sent, 0, MOST_COMMANDS):
            check(command, (index,), problems)
        problems.raise_if_any()
        names = [command["name"] for command in sent]
        for index, name in enumerate(names):
            if name in names[:index]:
                problems.add(
                    (index,),
                    "APPLICATION_COMMANDS_DUPLICATE_NAME",
                    "Application command names must be unique",
                )
        problems.raise_if_any()
        known = {command["name"]: int(command["id"]) for command in self.all(scope)}
        stored = [self._stored(scope, command, known.get(command["name"])) for command in sent]
        self._scopes[scope] = {int(command["id"]): command for command in stored}
        return stored

    def _stored(self, scope: int | None, sent: JSON, known_id: int | None) -> JSON:
        ids = self._world.ids
        command: JSON = {
            "id": str(known_id or ids.next()),
            "application_id": str(self._world.bot.id),
            "version": str(ids.next()),
            "type": CHAT_INPUT,
            "name": sent["name"],
            "name_localizations": sent.get("name_localizations"),
            "description": sent.get("description") or "",
            "description_localizations": sent.get("description_localizations"),
            "default_member_permissions": _text(sent.get("default_member_permissions")),
            "nsfw": bool(sent.get("nsfw")),
        }
        if sent.get("options"):
            command["options"] = [_stored_option(option) for option in sent["options"]]
        if scope is not None:
            return command | {"guild_id": str(scope)}
        contexts = sent.get("contexts")
        return command | {
            "contexts": contexts,
            "integration_types": sent.get("integration_types") or [0],
            "dm_permission": 1 in contexts if contexts else sent.get("dm_permission") is not False,
        }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _stored_option(option: JSON) -> JSON:
    stored = {key: value for key, value in option.items() if value is not None}
    if "options" in stored:
        stored["options"] = [_stored_option(each) for each in _objects(stored["options"])]
    return stored


def check(command: JSON, path: Path, problems: FormProblems) -> None:
    """Note in `problems` what is wrong with a command."""
    if command.get("type") not in (None, CHAT_INPUT):
        problems.add((*path, "type"), "NOT_IN_THE_SANDBOX", "The sandbox has slash commands only.")
    permissions = command.get("default_member_permissions")
    if permissions is not None and not str(permissions).isdigit():
        problems.add(
            (*path, "default_member_permissions"),
            "NUMBER_TYPE_COERCE",
            "Permissions must be a number.",
        )
    for key in ("contexts", "integration_types"):
        if command.get(key) is not None:
            problems.items((*path, key), command[key], int, 3)
    _check_name(command, path, problems)
    problems.text((*path, "description"), command.get("description"), 1, 100)
    _check_options(command.get("options") or [], None, (*path, "options"), problems)
    if sum(_characters(command)) > MOST_CHARACTERS:
        problems.add(
            path,
            "APPLICATION_COMMAND_TOO_LARGE",
            f"Command exceeds maximum size ({MOST_CHARACTERS})",
        )


def _characters(node: JSON) -> Iterator[int]:
    yield len(str(node.get("name") or "")) + len(str(node.get("description") or ""))
    for choice in _objects(node.get("choices")):
        yield len(str(choice.get("name") or "")) + len(str(choice.get("value") or ""))
    for option in _objects(node.get("options")):
        yield from _characters(option)


def _objects(value: object) -> list[JSON]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _check_name(node: JSON, path: Path, problems: FormProblems) -> None:
    name = node.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name != name.lower():
        problems.add(
            (*path, "name"),
            "APPLICATION_COMMAND_INVALID_NAME",
            "Command name is invalid",
        )


def _check_options(options: object, parent: int | None, path: Path, problems: FormProblems) -> None:
    optional_seen = False
    names: set[str] = set()
    for index, option in problems.objects(path, options, 0, 25):
        inner = (*path, index)
        _check_name(option, inner, problems)
        problems.text((*inner, "description"), option.get("description"), 1, 100)
        kind = option.get("type")
        if not isinstance(kind, int) or kind not in _NESTED_IN[parent]:
            problems.add(
                (*inner, "type"),
                "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                "Sub-command and sub-command group option types are mutually exclusive to others",
            )
            continue
        if str(option.get("name")) in names:
            problems.add(
                (*inner, "name"),
                "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                "Option name already exists",
            )
        names.add(str(option.get("name")))
        if option.get("required") and optional_seen:
            problems.add(
                inner,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen |= not option.get("required")
        if kind in GROUPING:
            _check_options(option.get("options") or [], kind, (*inner, "options"), problems)
        _check_choices(option, inner, problems)


def _check_choices(option: JSON, path: Path, problems: FormProblems) -> None:
    choices = problems.objects((*path, "choices"), option.get("choices") or [], 0, 25)
    if choices and option.get("autocomplete"):
        problems.add(
            path,
            "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE",
            "Choices and autocomplete are mutually exclusive",
        )
    for index, choice in choices:
        inner = (*path, "choices", index)
        problems.text((*inner, "name"), choice.get("name"), 1, 100)
        if option["type"] == OptionType.STRING:
            problems.text((*inner, "value"), choice.get("value"), 1, 100)
    for key in ("min_length", "max_length"):
        if option.get(key) is not None:
            problems.number((*path, key), option[key], 0, 6_000)
