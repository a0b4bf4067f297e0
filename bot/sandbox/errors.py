"""The answers with which Discord refuses, by their codes.

Source: Discord's documentation, "Opcodes and Status Codes": JSON error codes.
"""

from typing import Any

JSON = dict[str, Any]


class DiscordError(Exception):
    """A request that Discord refuses: an HTTP status, Discord's own code and its sentence."""

    def __init__(self, status: int, code: int, message: str, *, errors: JSON | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.body: JSON = {"message": message, "code": code}
        if errors is not None:
            self.body["errors"] = errors


class Refused(Exception):  # noqa: N818 - reads as what happened, not as a fault of the program
    """What a person tried is not possible in Discord's client; says why, as a sentence."""


class FormProblems:
    """Collects what is wrong with a body, in the tree in which Discord reports it."""

    def __init__(self) -> None:
        self._tree: JSON = {}

    def add(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        """Note that the value at `path` breaks the rule `code`."""
        node = self._tree
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def length(self, path: tuple[str | int, ...], value: object, least: int, most: int) -> None:
        """Note a text (or list) at `path` that is missing, of the wrong type, or out of bounds."""
        if not isinstance(value, str | list):
            self.add(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif not least <= len(value) <= most:
            self.add(
                path,
                "BASE_TYPE_BAD_LENGTH",
                f"Must be between {least} and {most} in length.",
            )

    def raise_if_any(self) -> None:
        """Raise 400/50035 with everything collected, or return."""
        if self._tree:
            raise DiscordError(400, 50035, "Invalid Form Body", errors=self._tree)


def invalid_form(path: tuple[str | int, ...], code: str, message: str) -> DiscordError:
    """Return the refusal of a body with one thing wrong."""
    problems = FormProblems()
    problems.add(path, code, message)
    return DiscordError(400, 50035, "Invalid Form Body", errors=problems._tree)


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
