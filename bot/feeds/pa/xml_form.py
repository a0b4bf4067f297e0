"""PA's local elections wire as XML: one document a file."""

from __future__ import annotations

from bot.feeds.elements import Element
from bot.feeds.pa import documents as pa
from bot.feeds.parsed import Parsed

FORMAT = "PA XML"


def parse(root: Element, name: str) -> Parsed:
    """Return what stands under the *root* of an XML document called *name*."""
    return pa.documents([root], name)
