"""Reading what a client sends: JSON, or a form with `payload_json` and files."""

import json
import mimetypes
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from simulation.discord.errors import JSON, DiscordError

MOST_BYTES = 25 * 1024 * 1024
"""Bytes that one request may have (Discord's documentation, "Uploading Files")."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: its name, its media type and its bytes."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Body:
    """A request's JSON (an object, a list, or None for nothing) and files by their number."""

    value: Any = None
    files: dict[int, Upload] = field(default_factory=dict)

    @property
    def fields(self) -> JSON:
        """The JSON as an object; raises 400/50109 if it is anything else."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise _not_json()
        return self.value


def _not_json() -> DiscordError:
    return DiscordError(400, 50109, "The request body contains invalid JSON.")


def _parse(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise _not_json() from None


async def read(request: web.Request) -> Body:
    """Read a request's body; raises DiscordError if it cannot be read."""
    try:
        if request.content_type.startswith("multipart/"):
            return await _read_form(request)
        text = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise DiscordError(413, 40005, "Request entity too large") from None
    return Body(_parse(text)) if text else Body()


async def _read_form(request: web.Request) -> Body:
    value: Any = None
    files: dict[int, Upload] = {}
    size = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise _not_json()
        content = bytes(await part.read(decode=True))
        size += len(content)
        if size > MOST_BYTES:
            raise DiscordError(413, 40005, "Request entity too large")
        name = part.name or ""
        if name == "payload_json":
            value = _parse(content)
        elif name.startswith("files[") and name[6:-1].isdigit():
            files[int(name[6:-1])] = Upload(part.filename or "unknown", _media_type(part), content)
    return Body(value, files)


def _media_type(part: BodyPartReader) -> str:
    """Return a file's media type by its name, as Discord does."""
    guessed, _ = mimetypes.guess_type(part.filename or "")
    return guessed or "application/octet-stream"
