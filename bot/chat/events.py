"""What discord.py makes too much of: an event that it cannot read is logged by name and dropped.

discord.py (2.7.1, `Shard.worker`) ends the whole client over one field that an event does not have.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import aiohttp
import discord

log = logging.getLogger(__name__)

_MOST_TRACEBACKS = 20
"""Of each event: one that comes broken again and again is said in a line."""

NOT_OURS = (aiohttp.ClientError, OSError, discord.DiscordException)
"""What Discord or the network does: a line in the log says all of it."""

Parse = Callable[[Any], Any]


class InALine(logging.Filter):
    """Lets discord.py say in a line that a connection failed: it logs a traceback each time."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the traceback of a failure of the network away."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, NOT_OURS):
            record.msg, record.args = f"{record.getMessage()} ({error})", ()
            record.exc_info = None
        return True


def drop_what_cannot_be_read(parsers: dict[str, Parse]) -> None:
    """Let each of a client's *parsers*, by the names of events, outlive an event it cannot read."""
    for name, parse in parsers.items():
        parsers[name] = _outliving(name, parse)


def _outliving(name: str, parse: Parse) -> Parse:
    seen: set[str] = set()

    def read(data: Any) -> None:
        try:
            parse(data)
        except Exception as error:
            new = len(seen) < _MOST_TRACEBACKS and repr(error) not in seen
            seen.add(repr(error) if new else "")
            log.warning(
                "Discord's event %s cannot be read (%r): it is dropped",
                name,
                error,
                exc_info=error if new else None,
            )
            if name == "READY" and isinstance(data, dict) and data.get("guilds"):
                # Each server comes by itself too: without the list the session begins all the same.
                read({**data, "guilds": []})

    return read
