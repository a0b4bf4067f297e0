"""PA's local elections wire as XML: one document a file."""

from __future__ import annotations

from bot.feeds import pa, safe_xml

FORMAT = "PA XML"


def parse(body: bytes, name: str) -> pa.Parsed:
    """Return what stands in an XML document called *name*; raises `DocumentFault`."""
    return pa.documents([safe_xml.parse(body)], name)
