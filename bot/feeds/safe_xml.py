"""Untrusted XML, parsed safely into a tree.

Document types, entities and anything external are refused (defusedxml), the character set must be
the one that the document names, and nesting is bounded.
"""

from __future__ import annotations

import codecs
import re
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from bot.feeds.elements import DEEPEST, Element
from bot.feeds.faults import DocumentFault
from bot.feeds.unsupported_files import is_utf_16
from bot.feeds.values import clipped

_DECLARATION = re.compile(r"""\s*<\?xml[^>]*?\bencoding\s*=\s*["']([^"'>]*)["']""")
_CHARSETS = {"utf-8", "us-ascii", "ascii", "iso-8859-1", "windows-1252", "utf-16"}
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_MOST_ELEMENTS = 50_000
"""Ten times as many as the nominations of every council in the United Kingdom have."""

_BREAKS_OFF = {3, 4, 5, 6, 20}
"""Expat's codes for a document that ends before its end."""


def parse(body: bytes) -> Element:
    """Return the root element of an XML document; raises `DocumentFault`."""
    text = decoded(body)
    builder = _TreeBuilder()
    parser = XMLParser(target=builder, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(text)
        parser.close()
    except DefusedXmlException:
        raise DocumentFault(
            "The XML brings a document type (DTD) or entities of its own, which can hide harm, so"
            " it was not read: ask the sender for it without them."
        ) from None
    except ParseError as error:
        line = error.position[0]
        if error.code in _BREAKS_OFF:
            raise DocumentFault(
                f"The XML breaks off in line {line}: it was probably fetched while it was being"
                " written, so fetch it again."
            ) from None
        raise DocumentFault(
            f"The XML is not well formed in line {line}: ask the sender for it again."
        ) from None
    return builder.root


def decoded(body: bytes) -> str:
    """Return an XML document's text in the character set that it names; raises `DocumentFault`."""
    mark = next((mark for mark in _BYTE_ORDER_MARKS if body.startswith(mark)), None)
    marked = _BYTE_ORDER_MARKS[mark] if mark else None
    beginning = body[len(mark or b"") : 400].decode("latin-1")
    if marked == "utf-16":
        beginning = body[:400].decode("utf-16", "replace")
    declaration = _DECLARATION.match(beginning)
    named = declaration[1].casefold() if declaration else marked or "utf-8"
    if named not in _CHARSETS:
        raise DocumentFault(
            f"The XML names the character set {clipped(named)}, which is not taken in: ask the"
            " sender for UTF-8."
        )
    try:
        if (marked or "utf-8") != named and "utf-16" in (marked, named):
            raise UnicodeError
        return body.decode("utf-8-sig" if named == "utf-8" else named)
    except UnicodeError:
        found = ", but in UTF-16" if named != "utf-16" and is_utf_16(body) else ""
        raise DocumentFault(
            f"The document is not in the character set {named.upper()} as it says{found}: ask the"
            " sender for it in UTF-8."
        ) from None


class _TreeBuilder:
    """Builds `Element`s of the parser's events, within bounds of number and depth.

    Namespaces and text beside child elements are dropped.
    """

    def __init__(self) -> None:
        self.root = Element("")
        self._open: list[Element] = []
        self._text: list[str] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        element = Element(name.rpartition("}")[2], attributes)
        self._text.clear()
        self._count += 1
        if self._count > _MOST_ELEMENTS:
            raise DocumentFault(
                f"The XML has more than {_MOST_ELEMENTS:,} elements, as no election document has:"
                " check that it is the right file."
            )
        if len(self._open) >= DEEPEST:
            raise DocumentFault(
                f"The XML nests more than {DEEPEST} elements, as no election document does: ask"
                " the sender for it again."
            )
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, name: str) -> None:
        element = self._open.pop()
        if self._text and not element.children:
            element.content = "".join(self._text).strip()
        self._text.clear()

    def data(self, text: str) -> None:
        self._text.append(text)

    def close(self) -> None:
        """Every event has been taken."""
