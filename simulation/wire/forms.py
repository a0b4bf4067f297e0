"""The two forms of a PA document: XML, and the JSON that xmltodict makes of it."""

from __future__ import annotations

import html
import json

from bot.feeds.elements import Element

_DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>\n"


def as_xml(root: Element) -> bytes:
    """Return a document as XML in UTF-8."""
    lines: list[str] = []
    _write(root, "", lines)
    return (_DECLARATION + "\n".join(lines) + "\n").encode()


def _write(element: Element, indent: str, lines: list[str]) -> None:
    attributes = "".join(
        f' {name}="{html.escape(value)}"' for name, value in element.attributes.items()
    )
    if not element.children:
        lines.append(f"{indent}<{element.name}{attributes}/>")
        return
    lines.append(f"{indent}<{element.name}{attributes}>")
    for child in element.children:
        _write(child, indent + "  ", lines)
    lines.append(f"{indent}</{element.name}>")


def as_json(root: Element) -> bytes:
    """Return a document as JSON."""
    return json.dumps({root.name: as_value(root)}, ensure_ascii=False).encode()


def as_value(element: Element) -> dict[str, object] | None:
    """Return an element the way that xmltodict does: a single child bare, an empty block null."""
    value: dict[str, object] = {f"@{name}": text for name, text in element.attributes.items()}
    for child in element.children:
        inner = as_value(child)
        present = value.get(child.name, ...)
        if present is ...:
            value[child.name] = inner
        elif isinstance(present, list):
            present.append(inner)
        else:
            value[child.name] = [present, inner]
    return value or None
