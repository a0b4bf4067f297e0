"""The answers with which Discord refuses, by their codes.

Source: Discord's documentation, "Opcodes and Status Codes": JSON error codes.
"""

from types import UnionType
from typing import Any

JSON = dict[str, Any]
Path = tuple[str | int, ...]


class DiscordError(Exception):
    """A request that Discord refuses: an HTTP status, Discord's own code and its sentence."""

    def __init__(self, status: int, code: int, message: str, *, errors: JSON | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.body: JSON = {"message": message, "code": code}
        if errors is not None:
            self.body["errors"] = errors


class Refused(Exception):  # noqa: N818 - an outcome, not a fault
    """Discord's client does not let a person do this; the message is a sentence."""


class FormProblems:
    """Collects the errors in a body, in the tree in which Discord reports them."""

    def __init__(self) -> None:
        self._tree: JSON = {}

    def add(self, path: Path, code: str, message: str) -> None:
        """Note that the value at `path` breaks the rule `code`."""
        node = self._tree
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def text(self, path: Path, value: object, least: int, most: int) -> None:
        """Note a text that is missing, of another type, or too short or long."""
        if value is None:
            self.add(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif not isinstance(value, str):
            self.add(path, "STRING_TYPE_CONVERT", "Could not interpret the value as string.")
        else:
            self._length(path, len(value), least, most)

    def number(self, path: Path, value: object, least: int, most: int) -> int:
        """Note a number that is missing, of another type, or out of bounds; returns one within."""
        if isinstance(value, bool) or not isinstance(value, int):
            self.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif not least <= value <= most:
            self.add(path, "NUMBER_TYPE_MAX", f"int value should be between {least} and {most}.")
        else:
            return value
        return least

    def objects(self, path: Path, value: object, least: int, most: int) -> list[tuple[int, JSON]]:
        """Return the objects of a list with their places; notes what is not one, and its length."""
        if not isinstance(value, list):
            self.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        self._length(path, len(value), least, most)
        for index, each in enumerate(value):
            if not isinstance(each, dict):
                self.add(
                    (*path, index),
                    "MODEL_TYPE_CONVERT",
                    "Only dictionaries may be used in a ModelType",
                )
        return [(index, each) for index, each in enumerate(value) if isinstance(each, dict)]

    def model(self, path: Path, value: object) -> JSON:
        """Return an object; notes what is not one, and returns an empty one for it."""
        if isinstance(value, dict):
            return value
        self.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return {}

    def items(
        self, path: Path, value: object, kind: type | UnionType, most: int, least: int = 0
    ) -> None:
        """Note a list that is none, too long, or has an item that is not of `kind`."""
        if not isinstance(value, list) or not all(isinstance(each, kind) for each in value):
            self.add(path, "LIST_TYPE_CONVERT", f"Must be a list of {kind}.")
        else:
            self._length(path, len(value), least, most)

    def _length(self, path: Path, length: int, least: int, most: int) -> None:
        if least == 0 and length > most:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        elif not least <= length <= most:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")

    def raise_if_any(self) -> None:
        """Raise 400/50035 with everything collected, or return."""
        if self._tree:
            raise self.refusal()

    def refusal(self) -> DiscordError:
        """Return the refusal that tells everything collected."""
        return DiscordError(400, 50035, "Invalid Form Body", errors=self._tree)


def invalid_form(path: Path, code: str, message: str) -> DiscordError:
    """Return the refusal of a body with one thing wrong."""
    problems = FormProblems()
    problems.add(path, code, message)
    return problems.refusal()


def unauthorised() -> DiscordError:
    """Return the refusal of a request without the bot's token."""
    return DiscordError(401, 0, "401: Unauthorized")


def unknown(what: str) -> DiscordError:
    """Return the refusal for a thing that does not exist, by its name in Discord's list."""
    codes = {
        "Application": 10002,
        "Channel": 10003,
        "Guild": 10004,
        "Member": 10007,
        "Message": 10008,
        "User": 10013,
        "Webhook": 10015,
        "interaction": 10062,
        "application command": 10063,
    }
    return DiscordError(404, codes[what], f"Unknown {what}")


def missing_access() -> DiscordError:
    """Return the refusal of a channel or guild that the bot cannot see."""
    return DiscordError(403, 50001, "Missing Access")


def missing_permissions() -> DiscordError:
    """Return the refusal of an act that the bot may see but not do."""
    return DiscordError(403, 50013, "Missing Permissions")


def wrong_channel_type() -> DiscordError:
    """Return the refusal of an act on a kind of channel that has no such thing."""
    return DiscordError(400, 50024, "Cannot execute action on this channel type")
