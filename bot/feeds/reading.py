"""One fetched document to one `Reading`: finds the format by the content, and never raises."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from bot.election.reports import Reading, SourceKind
from bot.feeds import democracy_club, pa_json, pa_xml, safe_json
from bot.feeds.faults import DocumentFault
from bot.feeds.pa import Parsed
from bot.feeds.tree import clipped

MOST_BYTES = 16 * 1024 * 1024
"""More than the whole night in one document."""

KEPT_BYTES = 64 * 1024
"""How much of an over-size document is kept."""

UNKNOWN_FORMAT = "unknown"

_HTML = re.compile(
    rb"^\W*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_TITLE = re.compile(rb"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
_START = re.compile(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\x00]*(.)", re.DOTALL)


def read(
    feed: str, name: str, body: bytes, received_at: datetime, *, max_bytes: int = MOST_BYTES
) -> Reading:
    """Return what stands in a document called *name* that came from *feed*.

    Never raises: what cannot be read is a fault of the reading, in a sentence.
    """
    sha256 = hashlib.sha256(body).hexdigest()
    if len(body) > max_bytes:
        return unreadable(feed, name, body, received_at, fault=too_large(max_bytes), sha256=sha256)
    try:
        form, parsed = _parsed(body, name)
    except DocumentFault as fault:
        return unreadable(feed, name, body, received_at, fault=str(fault), sha256=sha256)
    return Reading(
        feed=feed,
        name=name,
        sha256=sha256,
        body=body,
        received_at=received_at,
        format=form,
        reports=parsed.reports,
        faults=parsed.faults,
        passed_over=parsed.passed_over,
    )


def unreadable(
    feed: str, name: str, body: bytes, received_at: datetime, *, fault: str, sha256: str
) -> Reading:
    """Return the reading of a document that could not be read at all, its body cut short."""
    return Reading(
        feed=feed,
        name=name,
        sha256=sha256,
        body=body[:KEPT_BYTES],
        received_at=received_at,
        format=UNKNOWN_FORMAT,
        faults=(fault,),
    )


def too_large(max_bytes: int) -> str:
    """Return the fault of a document that is over the bound."""
    return (
        f"The document is larger than {max_bytes:,} bytes, as no election document is: check that"
        " it is the right file."
    )


def _parsed(body: bytes, name: str) -> tuple[str, Parsed]:
    start = _START.match(body)
    first = start[1] if start else b""
    if not body.strip():
        raise DocumentFault("The document is empty: fetch it again, or ask its sender for it.")
    if _HTML.match(body[:4096]):
        title = _TITLE.search(body[:65536])
        called = f" ({clipped(title[1].decode('utf-8', 'replace').strip())})" if title else ""
        raise DocumentFault(
            f"The document is a web page{called}, no results: the server probably had an error, so"
            " fetch it again and check the feed's address."
        )
    if first == b"<":
        return pa_xml.FORMAT, pa_xml.parse(body, name)
    if first in (b"{", b"["):
        return _parsed_json(safe_json.parse(body), name)
    raise DocumentFault(
        "The document is neither XML nor JSON, in which results come: check that it is the right"
        " file."
    )


def _parsed_json(value: object, name: str) -> tuple[str, Parsed]:
    if democracy_club.is_page(value):
        return democracy_club.FORMAT, democracy_club.parse(value, name)
    if pa_json.is_document(value) or isinstance(value, list):
        return pa_json.FORMAT, pa_json.parse(value, name)
    raise DocumentFault(
        "The JSON is no document of a feed that this version takes in: PA's local elections or"
        " Democracy Club's ballots. Check that it is the right file."
    )


def source_of(form: str) -> SourceKind:
    """Return who speaks in a format."""
    return SourceKind.DEMOCRACY_CLUB if form.startswith("democracy") else SourceKind.PA
