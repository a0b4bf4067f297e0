"""The tree that XML, and PA's JSON made of XML, is brought to.

An element knows its name, its attributes, its children and, where it has none of these, its text:
PA's documents are made of attributes, the others' of elements. What an accessor hands out is
checked; otherwise it raises a `DocumentFault` that names the place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.feeds.faults import DocumentFault
from bot.feeds.values import LONGEST_TEXT, clipped, day, shown, whole_number

DEEPEST = 24
"""No document of any feed nests deeper."""

_PLAIN_TEXT = re.compile(rf"(?=.{{1,{LONGEST_TEXT}}}$)[!-~]+(?: [!-~]+)*", re.ASCII)
"""Text that needs no further check, as nearly all on the wire."""

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
        """Return the first child of a *name*."""
        return next(self.all(name), None)

    def inner(self, name: str) -> str | None:
        """Return the text of the child of a *name*, None where it is absent or blank."""
        contents = [child.content for child in self.all(name) if child.content]
        if len(contents) > 1:
            raise DocumentFault(f"its {name} appears twice.")
        return shown(contents[0], f"its {name}") if contents else None

    def inner_text(self, name: str) -> str:
        """Return the text of the child of a *name*."""
        if (value := self.inner(name)) is None:
            raise DocumentFault(f"its {name} is missing.")
        return value

    def inner_flag(self, name: str) -> bool:
        """Return whether a child's text says yes; absent means no."""
        return _flag(self.inner(name) or "", f"its {name}")

    def optional_text(self, attribute: str) -> str | None:
        """Return an attribute's text, None where it is absent or empty."""
        value = self.attributes.get(attribute)
        if value is None or _PLAIN_TEXT.fullmatch(value):
            return value
        return shown(value, f"the {attribute} of {self.label}") or None

    def text(self, attribute: str) -> str:
        """Return an attribute's text."""
        if (value := self.optional_text(attribute)) is None:
            raise DocumentFault(f"{self.label} has no {attribute}.")
        return value

    def number(self, attribute: str, least: int, most: int) -> int:
        """Return an attribute as a whole number from *least* to *most*, "+3" included."""
        return whole_number(self.text(attribute), f"the {attribute} of {self.label}", least, most)

    def flag(self, attribute: str) -> bool:
        """Return whether an attribute says yes; absent means no."""
        return _flag(self.attributes.get(attribute, ""), f"the {attribute} of {self.label}")

    def day(self, attribute: str) -> date:
        """Return an attribute as a date (YYYY-MM-DD)."""
        return day(self.text(attribute), f"the {attribute} of {self.label}")


def _flag(value: str, what: str) -> bool:
    try:
        return _FLAGS[value.strip().casefold()]
    except KeyError:
        raise DocumentFault(f"{what} is {clipped(value)}, neither true nor false.") from None
