"""Secrets kept out of what is shown: addresses' user names, passwords and queries, and tokens.

`redacted` takes them out of any text. It is used wherever an address is shown to people, and on
every line of the log, tracebacks included.
"""

from __future__ import annotations

import logging
import re

from yarl import URL

HIDDEN = "…"
"""What replaces a secret."""

_ADDRESS = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]{1,9}://)(?P<rest>[^\s\"'<>`]+)", re.I)
_HOST_ALONE = re.compile(r"(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?(?:[/?#]|[^\w@]*$)", re.I)
_QUERY = re.compile(r"(?P<mark>[?#]).*?(?=[.,;:!)\]}]*$)")
_WEBHOOK = re.compile(r"(?P<kept>/(?:webhooks|interactions)/\d+/)[\w%.~-]+")
_BOT_TOKEN = re.compile(r"\b[A-Za-z0-9_-]{18,40}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{25,}")
_AUTHORIZATION = re.compile(r"(?P<kept>\b(?:Bot|Bearer|Basic|Token)\s+)[A-Za-z0-9_.+/=~-]{16,}")


def redacted(text: str) -> str:
    """Return *text* with "…" for every secret of a known form.

    In addresses that is everything before an @ and after a ?, and the token of a webhook or an
    interaction; elsewhere a bot's token and the content of an Authorization header.
    """
    text = _ADDRESS.sub(_address, text)
    text = _WEBHOOK.sub(rf"\g<kept>{HIDDEN}", text)
    text = _AUTHORIZATION.sub(rf"\g<kept>{HIDDEN}", text)
    return _BOT_TOKEN.sub(HIDDEN, text)


def shown_url(url: URL) -> str:
    """Return an address without what could be secret in it: user, password, query."""
    return redacted(str(url.with_user(None).with_query(None).with_fragment(None)))


class RedactingFormatter(logging.Formatter):
    """Formats log records, with tracebacks, without secrets, nor *known* ones of any form."""

    def __init__(self, pattern: str, known: tuple[str, ...] = ()) -> None:
        super().__init__(pattern)
        self._known = tuple(filter(None, known))

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = super().format(record)
        for secret in self._known:
            line = line.replace(secret, HIDDEN)
        return redacted(line)


def redacted_address(text: str) -> str:
    """Return addresses separated by commas without their secrets, even where they lack https://."""
    return ",".join(
        redacted(one) if "://" in one else _without_secrets(one) for one in text.split(",")
    )


def _address(match: re.Match[str]) -> str:
    return match["scheme"] + _without_secrets(match["rest"])


def _without_secrets(rest: str) -> str:
    """Return an address, without its scheme, without its secrets.

    Where the host is unclear everything before the last @ goes: a password may contain an unescaped
    / or ?.
    """
    if "@" in rest and not _HOST_ALONE.match(rest):
        rest = f"{HIDDEN}@{rest.rpartition('@')[2]}"
    return _QUERY.sub(rf"\g<mark>{HIDDEN}", rest, count=1)
