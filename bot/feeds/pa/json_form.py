"""PA's local elections wire as JSON, as xmltodict makes it from the XML.

Attributes have `@` before their names and every value is a string; a single child stands bare, of
several there is a list; an empty block is null. A file holds one document or an array of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.feeds.elements import DEEPEST, Element
from bot.feeds.faults import DocumentFault
from bot.feeds.pa import documents
from bot.feeds.parsed import Parsed
from bot.feeds.values import clipped

FORMAT = "PA JSON"


def is_document(value: object) -> bool:
    """Return whether a JSON value is one of PA's documents, or has the form of one."""
    return isinstance(value, dict) and any(
        documents.is_known(key) or (isinstance(inner, dict) and "Election" in inner)
        for key, inner in value.items()
    )


def parse(value: object) -> Parsed:
    """Return what stands in a JSON value: a document or an array of them."""
    parsed = Parsed()
    values = value if isinstance(value, list) else [value]
    for number, document in enumerate(values, start=1):
        try:
            found = documents.parse(_roots(document))
        except DocumentFault as fault:
            found = Parsed(faults=[str(fault)])
        parsed.reports += found.reports
        parsed.not_followed += found.not_followed
        place = f"Document {number} of {len(values)}: " if isinstance(value, list) else ""
        parsed.faults += [place + fault for fault in found.faults]
    return parsed


def _roots(document: object) -> list[Element]:
    if not isinstance(document, dict) or not document:
        raise DocumentFault(
            "A PA document is an object under the name of its kind, and this is none: ask the"
            " sender for it again."
        )
    return [root for kind, value in document.items() for root in _elements(kind, value, 1)]


def _elements(name: str, value: object, depth: int) -> Iterator[Element]:
    """Return the elements that stand under *name*: one, or each of a list."""
    if depth > DEEPEST:
        raise DocumentFault(
            f"The JSON nests more than {DEEPEST} elements, as no election document does: ask the"
            " sender for it again."
        )
    for item in value if isinstance(value, list) else [value]:
        if item is None or isinstance(item, str):
            yield Element(name)
        elif isinstance(item, dict):
            yield _element(name, item, depth)
        else:
            raise DocumentFault(
                f"{clipped(name)} is {clipped(str(item))} where an element belongs: ask the sender"
                " for it again."
            )


def _element(name: str, item: dict[str, object], depth: int) -> Element:
    element = Element(name, attributes := {})
    for key, value in item.items():
        if not key.startswith("@"):
            element.children.extend(_elements(key, value, depth + 1))
        elif value is not None:
            attributes[key[1:]] = _attribute(name, key, value)
    return element


def _attribute(name: str, key: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    raise DocumentFault(
        f"{clipped(key)} of {clipped(name)} is no text: ask the sender for it again."
    )
