"""The neutral tree that both forms of the wire, XML and JSON, are brought to.

An element knows its name, its attributes, its children and, where it has none of these, its text:
PA's documents are made of attributes, the others' of elements. The accessors check what they hand
out and name the place in the fault otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.election.parties import folded
from bot.feeds.faults import DocumentFault

DEEPEST = 24
"""Nesting beyond this is no document of any feed."""

LONGEST_TEXT = 200
"""More characters than any name on the wire has."""

_PLAIN_TEXT = re.compile(rf"(?=.{{1,{LONGEST_TEXT}}}$)[!-~]+(?: [!-~]+)*", re.ASCII)
"""Text that needs no second look, as nearly all of the wire's is."""

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}


@dataclass(slots=True)
class Element:
    """One element of a document."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    content: str = ""

    @property
    def label(self) -> str:
        """What the element is called in a fault: its name, and whom or what it is about."""
        about = self.attributes.get("name")
        return f"{self.name} {clipped(about)}" if about else self.name

    def all(self, name: str) -> Iterator[Element]:
        """Return the children of a *name*, in the document's order."""
        return (child for child in self.children if child.name == name)

    def child(self, name: str) -> Element | None:
        """Return the first child of a *name*, or None."""
        return next(self.all(name), None)

    def inner(self, name: str) -> str | None:
        """Return the text of the child of a *name*, None where it is absent or blank.

        Raises `DocumentFault` where it is no text that could be shown, or stands there twice.
        """
        contents = [child.content for child in self.all(name) if child.content]
        if len(contents) > 1:
            raise DocumentFault(f"its {name} stands there twice.")
        return shown(contents[0], f"its {name}") if contents else None

    def inner_text(self, name: str) -> str:
        """Return the text of the child of a *name*; raises `DocumentFault` where there is none."""
        value = self.inner(name)
        if value is None:
            raise DocumentFault(f"its {name} is missing.")
        return value

    def inner_number(self, name: str, most: int) -> int | None:
        """Return a child's text as a whole number from 0 to *most*, None where it has none.

        Raises `DocumentFault` for anything else.
        """
        value = self.inner(name)
        return None if value is None else whole_number(value, f"its {name}", 0, most)

    def inner_flag(self, name: str) -> bool:
        """Return whether a child's text says yes; absent means no.

        Raises `DocumentFault` where it says neither.
        """
        value = self.inner(name) or ""
        if value.casefold() not in _FLAGS:
            raise DocumentFault(f"its {name} is {clipped(value)}, neither true nor false.")
        return _FLAGS[value.casefold()]

    def optional_text(self, attribute: str) -> str | None:
        """Return an attribute's text, None where it is absent or empty.

        Raises `DocumentFault` where it is no text that could be shown.
        """
        value = self.attributes.get(attribute)
        if value is None or _PLAIN_TEXT.fullmatch(value):
            return value
        if not value.strip():
            return None
        return shown(value, f"the {attribute} of {self.label}")

    def text(self, attribute: str) -> str:
        """Return an attribute's text; raises `DocumentFault` where there is none."""
        value = self.optional_text(attribute)
        if value is None:
            raise DocumentFault(f"{self.label} has no {attribute}.")
        return value

    def number(self, attribute: str, least: int, most: int) -> int:
        """Return an attribute as a whole number from *least* to *most*, "+3" included.

        Raises `DocumentFault` for anything else.
        """
        value = self.text(attribute)
        number = _bounded(value, least, most)
        if number is None:
            raise DocumentFault(
                f"the {attribute} of {self.label} is {_not_a_number(value, least, most)}"
            )
        return number

    def flag(self, attribute: str) -> bool:
        """Return whether an attribute says yes; absent means no.

        Raises `DocumentFault` where it says neither.
        """
        value = self.attributes.get(attribute)
        if value is None:
            return False
        try:
            return _FLAGS[value.strip().casefold()]
        except KeyError:
            raise DocumentFault(
                f"the {attribute} of {self.label} is {clipped(value)}, neither true nor false."
            ) from None

    def day(self, attribute: str) -> date:
        """Return an attribute as a date (YYYY-MM-DD); raises `DocumentFault` for anything else."""
        return day(self.text(attribute), f"the {attribute} of {self.label}")


def shown(value: str, what: str) -> str:
    """Return *value* with its white space made single, checked to be text that can be shown.

    Raises `DocumentFault` for control characters, broken Unicode and more than `LONGEST_TEXT`.
    """
    text = " ".join(value.split())
    if len(text) > LONGEST_TEXT:
        raise DocumentFault(
            f"{what} has {len(text)} characters; no name is longer than {LONGEST_TEXT}."
        )
    if not text.isascii() or not text.isprintable():
        for character in text:
            if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn"):
                raise DocumentFault(
                    f"{what} holds a character that is no text (U+{ord(character):04X})."
                )
    return text


def whole_number(value: str, what: str, least: int, most: int) -> int:
    """Return *value* as a whole number from *least* to *most*; raises `DocumentFault`."""
    number = _bounded(value, least, most)
    if number is None:
        raise DocumentFault(f"{what} is {_not_a_number(value, least, most)}")
    return number


def _bounded(value: str, least: int, most: int) -> int | None:
    number = int(value) if _WHOLE_NUMBER.fullmatch(value) else None
    return number if number is not None and least <= number <= most else None


def _not_a_number(value: str, least: int, most: int) -> str:
    return f"{clipped(value)}; a whole number from {least} to {most} belongs there."


def day(value: str, what: str) -> date:
    """Return *value* as a date (YYYY-MM-DD); raises `DocumentFault`."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise DocumentFault(f"{what} is {clipped(value)}, no date (YYYY-MM-DD).") from None


def moment(value: str, what: str) -> datetime:
    """Return *value* as an aware time (ISO 8601, with its zone); raises `DocumentFault`."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 1970 < found.year < 9999:
        raise DocumentFault(f"{what} is {clipped(value)}, no time with its zone.")
    return found


def clipped(value: str) -> str:
    """Return *value* quoted, short enough to stand in a sentence."""
    return repr(value if len(value) <= 40 else value[:40] + "…")


def slug(name: str) -> str:
    """Return a name as a part of an id: "Kingston upon Hull" is "kingston-upon-hull"."""
    return "-".join(folded(name).split())
