"""PA's local elections wire as XML: one document a file."""

from __future__ import annotations

from bot.feeds import pa
from bot.feeds.parsed import Parsed
from bot.feeds.tree import Element

FORMAT = "PA XML"


def parse(root: Element, name: str) -> Parsed:
    """Return what stands under the *root* of an XML document called *name*."""
    return pa.documents([root], name)
