"""Discord's own schema as a judge of what passes between a client and the sandbox."""

from __future__ import annotations

import copy
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from simulation.discord import Exchange

JSON = dict[str, Any]

_EMBED_CHARACTERS = 6_000
_BOT_CONTENT = 2_000
_FILE = "attachment://"
_PARAMETER = re.compile(r"\{[^}]+\}")
_RELAXED_SNOWFLAKE: JSON = {
    "anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^(0|[1-9][0-9]*)$"}]
}


_BOOLEAN: JSON = {"type": ["boolean", "null"]}
_BEYOND_THE_FILE: dict[str, JSON] = {
    # Documented under "Application Commands", absent from the file.
    "ApplicationCommandCreateRequest": {"nsfw": _BOOLEAN},
    "ApplicationCommandUpdateRequest": {"nsfw": _BOOLEAN},
    "ApplicationCommandPatchRequestPartial": {"nsfw": _BOOLEAN},
    # Sent by discord.py with every embed, every edit and every file kept; ignored by Discord.
    "RichEmbed": {"flags": {"type": "integer"}},
    "MessageAttachmentRequest": dict.fromkeys(
        ("content_type", "proxy_url", "size", "spoiler", "url", "width", "height"), True
    ),
    "BaseCreateMessageCreateRequest": {"tts": _BOOLEAN},
    "CreateForumThreadRequest": {"type": {"type": "integer"}},
    "MessageEditRequestPartial": {"tts": _BOOLEAN},
    "IncomingWebhookUpdateRequestPartial": {"tts": _BOOLEAN},
    "IncomingWebhookUpdateForInteractionCallbackRequestPartial": {"tts": _BOOLEAN},
}


class ExchangeChecker:
    """Checks exchanges; `violations` says in a line each what Discord's schema does not allow.

    Requests that were refused are checked for their answer's shape only: tests send broken ones
    on purpose.
    """

    def __init__(self, path: Path) -> None:
        self._schemas = _load(path)
        self.violations: list[str] = []
        self.checked = 0

    def __call__(self, exchange: Exchange) -> None:
        """Check one exchange."""
        self.checked += 1
        operation = self._schemas.operation(exchange.method, exchange.route)
        if operation is None:
            if exchange.status != 404:
                self._note(exchange, "has a route that Discord does not have")
            return
        if exchange.status in range(200, 300) and exchange.request is not None:
            self._check_request(exchange, operation)
        self._check_response(exchange, operation)

    def _check_request(self, exchange: Exchange, operation: JSON) -> None:
        schema = _content(operation.get("requestBody", {}))
        if schema is None:
            self._note(exchange, "has a body where Discord takes none")
            return
        for error in self._schemas.errors(schema, exchange.request, request=True):
            self._note(exchange, f"request {error}")
        for each in _messages_in(exchange.request):
            for error in _unwritten_rules(each):
                self._note(exchange, f"request {error}")

    def _check_response(self, exchange: Exchange, operation: JSON) -> None:
        if isinstance(exchange.response, str):
            return  # a page of whoever stands before Discord
        if exchange.status not in range(200, 300):
            if exchange.status in range(400, 500) and "message" not in exchange.response:
                self._note(exchange, "is refused without a message")
            return
        answer = operation["responses"].get(str(exchange.status))
        if answer is None:
            self._note(exchange, "is answered with a status that Discord does not use")
            return
        schema = _content(answer)
        if schema is None:
            if exchange.response is not None:
                self._note(exchange, "is answered with a body where Discord sends none")
            return
        for error in self._schemas.errors(schema, exchange.response, request=False):
            self._note(exchange, f"response {error}")

    def _note(self, exchange: Exchange, what: str) -> None:
        self.violations.append(f"{exchange.method} {exchange.path} {exchange.status}: {what}")


class _Schemas:
    """The description's operations by method and path, with parameters' names forgotten."""

    def __init__(self, description: JSON) -> None:
        self._components = {
            False: description["components"],
            True: _strict(description["components"]),
        }
        self._operations = {
            (method.upper(), _PARAMETER.sub("{}", path)): operation
            for path, operations in description["paths"].items()
            for method, operation in operations.items()
            if method != "parameters"
        }
        self._validators: dict[tuple[bool, str], Any] = {}

    def operation(self, method: str, route: str) -> JSON | None:
        return self._operations.get((method, _PARAMETER.sub("{}", route)))

    def errors(self, schema: JSON, value: Any, *, request: bool) -> list[str]:
        key = request, json.dumps(schema)
        if key not in self._validators:
            root = _strict(schema) if request else schema
            self._validators[key] = jsonschema_rs.Draft202012Validator(
                {**root, "components": self._components[request]}
            )
        return [_described(error) for error in self._validators[key].iter_errors(value)]


def _described(error: Any) -> str:
    """Return where and what; of several forms that do not fit, the one that nearly does."""
    branches = getattr(error.kind, "context", None)
    if branches:
        return "; ".join(_described(inner) for inner in min(branches, key=_misfit))
    path = "/".join(str(step) for step in error.instance_path) or "the top"
    return f"at {path}: {error.message[:200]}"


def _misfit(branch: list[Any]) -> tuple[bool, int]:
    wrong_kind = any(
        any(sign in error.message for sign in ("was expected", "is not of type", "is not one of"))
        for error in branch
    )
    return wrong_kind, len(branch)


@lru_cache(maxsize=1)
def _load(path: Path) -> _Schemas:
    return _Schemas(json.loads(path.read_bytes()))


def _content(part: JSON) -> JSON | None:
    content = part.get("content", {}).get("application/json")
    return None if content is None else content["schema"]


def _strict(schema: Any) -> Any:
    """Return a schema in which unknown keys are errors and snowflakes may be numbers."""
    strict = copy.deepcopy(schema)
    _tighten(strict)
    if isinstance(strict, dict) and "SnowflakeType" in strict.get("schemas", {}):
        strict["schemas"]["SnowflakeType"] = _RELAXED_SNOWFLAKE
        for name, properties in _BEYOND_THE_FILE.items():
            strict["schemas"][name]["properties"].update(properties)
    return strict


def _tighten(node: Any) -> None:
    if isinstance(node, dict):
        if node.get("type") == "object" and "properties" in node:
            node.setdefault("additionalProperties", False)
        for child in node.values():
            _tighten(child)
    elif isinstance(node, list):
        for child in node:
            _tighten(child)


def _messages_in(body: Any) -> list[JSON]:
    if not isinstance(body, dict):
        return []
    inner = body.get("data")
    return [body, inner] if isinstance(inner, dict) else [body]


def _unwritten_rules(message: JSON) -> list[str]:
    """Return what is wrong by rules that the description does not hold."""
    errors = []
    embeds = message.get("embeds") or []
    if sum(_characters(embed) for embed in embeds) > _EMBED_CHARACTERS:
        errors.append("has more than 6,000 characters in its embeds")
    if len(message.get("content") or "") > _BOT_CONTENT:
        errors.append("has more than 2,000 characters of content")
    fields = [field for embed in embeds for field in embed.get("fields") or []]
    if any(not field["name"].strip() or not field["value"].strip() for field in fields):
        errors.append("has an empty field name or value")
    ids = _custom_ids(message.get("components") or [])
    if len(ids) != len(set(ids)):
        errors.append("has a custom_id twice")
    files = {each.get("filename") for each in message.get("attachments") or []}
    if not _files_shown(embeds) <= files:
        errors.append("shows a file that is not attached")
    return errors


def _characters(embed: JSON) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for field in embed.get("fields") or []:
        texts += [field["name"], field["value"]]
    return sum(len(text) for text in texts if text)


def _files_shown(embeds: list[JSON]) -> set[str]:
    urls = [(embed.get("image") or {}).get("url") or "" for embed in embeds]
    return {url.removeprefix(_FILE) for url in urls if url.startswith(_FILE)}


def _custom_ids(node: Any) -> list[str]:
    if isinstance(node, list):
        return [each for child in node for each in _custom_ids(child)]
    if not isinstance(node, dict):
        return []
    own = [node["custom_id"]] if node.get("custom_id") else []
    return own + [each for child in node.values() for each in _custom_ids(child)]
