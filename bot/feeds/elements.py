"""The neutral tree that both forms of the wire, XML and JSON, are brought to.

An element knows its name, its attributes, its children and, where it has none of these, its text:
PA's documents are made of attributes, the others' of elements. The accessors check what they hand
out and name the place in the fault otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.feeds.faults import DocumentFault
from bot.feeds.values import LONGEST_TEXT, clipped, day, shown, whole_number

DEEPEST = 24
"""Nesting beyond this is no document of any feed."""

_PLAIN_TEXT = re.compile(rf"(?=.{{1,{LONGEST_TEXT}}}$)[!-~]+(?: [!-~]+)*", re.ASCII)
"""Text that needs no second look, as nearly all of the wire's is."""

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
        return whole_number(value, f"the {attribute} of {self.label}", least, most)

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
