"""The fields of a JSON object, checked as they are handed out.

A missing field may be null too. Whatever is not what it should be is a `DocumentFault` that names
the field.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.feeds.faults import DocumentFault
from bot.feeds.values import clipped, shown, whole_number

Fields = Mapping[str, object]


def an_object(value: object, what: str) -> Fields:
    """Return *value* as an object's fields; *what* names it in the fault."""
    if not isinstance(value, dict):
        raise DocumentFault(f"{what} is missing or no object.")
    return value


def items(fields: Fields, key: str) -> list[object]:
    """Return a list, empty where the field is missing."""
    value = fields.get(key)
    if value is not None and not isinstance(value, list):
        raise DocumentFault(f"its {key} is no list.")
    return value or []


def text(fields: Fields, key: str) -> str:
    """Return a text that can be shown and is not empty."""
    if (value := optional_text(fields, key)) is None:
        raise DocumentFault(f"its {key} is missing.")
    return value


def optional_text(fields: Fields, key: str) -> str | None:
    """Return a text that can be shown, None where it is missing or empty."""
    value = fields.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise DocumentFault(f"its {key} is {clipped(str(value))}, no text.")
    return shown(value, f"its {key}") or None


def flag(fields: Fields, key: str) -> bool:
    """Return a yes or no; missing means no."""
    value = fields.get(key)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise DocumentFault(f"its {key} is {clipped(str(value))}, no yes or no.")


def optional_number(fields: Fields, key: str, most: int) -> int | None:
    """Return a whole number from 0 to *most*, None where it is missing."""
    value = fields.get(key)
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise DocumentFault(f"its {key} is {clipped(str(value))}, no whole number.")
    return whole_number(str(value), f"its {key}", 0, most)
