"""Untrusted JSON, parsed safely into plain values."""

from __future__ import annotations

import json
import math
from typing import Never

from bot.feeds.faults import DocumentFault
from bot.feeds.unsupported_files import is_utf_16
from bot.feeds.values import clipped

_LONGEST_NUMBER = 20


def parse(body: bytes) -> object:
    """Return the value of a JSON document.

    Raises `DocumentFault` for another character set than UTF-8, for broken or bottomlessly nested
    JSON, for a name that stands twice in one object, and for numbers that are none (NaN) or huge.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        found = ", but in UTF-16" if is_utf_16(body) else ""
        raise DocumentFault(
            f"The document is not in the character set UTF-8, as JSON has to be{found}: ask the"
            " sender for it in UTF-8."
        ) from None
    try:
        value: object = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refused_constant,
            parse_int=_whole,
            parse_float=_fraction,
        )
    except RecursionError:
        raise DocumentFault(
            "The JSON is nested bottomlessly, as no election document is: ask the sender for it"
            " again."
        ) from None
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
            raise DocumentFault(
                f"The JSON breaks off in line {error.lineno}: it was probably fetched while it was"
                " being written, so fetch it again."
            ) from None
        raise DocumentFault(
            f"The JSON is not well formed in line {error.lineno}, column {error.colno}: ask the"
            " sender for it again."
        ) from None
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise DocumentFault(
            f"The JSON says {clipped(twice)} twice in one object, so which is meant is not known:"
            " ask the sender for it again."
        )
    return values


def _refused_constant(name: str) -> Never:
    raise DocumentFault(f"The JSON has {name} where a number belongs: ask the sender for it again.")


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise DocumentFault(
            f"The JSON has a number of {len(digits)} digits: ask the sender for it again."
        )
    return int(digits)


def _fraction(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise DocumentFault(
            f"The JSON has the number {clipped(digits)}, which is too large: ask the sender for it"
            " again."
        )
    return number
