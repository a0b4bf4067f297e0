"""One fetched document to one `Reading`: finds the format by the content, and never raises."""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import elapsed
from bot.election.reports import BallotReport, Reading, Report, SourceKind, WinnerStatement
from bot.errors import is_of_the_machine
from bot.feeds import hints, markers, modern_gov, nist, safe_json, safe_xml, sheet
from bot.feeds import unsupported_files as file_kinds
from bot.feeds.democracy_club import ballots, winners
from bot.feeds.elements import Element
from bot.feeds.faults import DocumentFault, broke_reading
from bot.feeds.hints import UNSAID, Hints
from bot.feeds.pa import documents, json_form
from bot.feeds.parsed import Parsed

_log = logging.getLogger(__name__)

MOST_BYTES = 16 * 1024 * 1024
"""More than a whole night in one document."""

_AHEAD = timedelta(days=1)
_TRIES = 5
_TRIED_FOR = 600.0
_failing: dict[str, tuple[int, float]] = {}
"""How often the machine failed at a document, and since when."""

KEPT_BYTES = 64 * 1024
"""How much of an over-size document is kept."""

UNKNOWN_FORMAT = "unknown"

SOURCES = {
    documents.FORMAT: SourceKind.PA,
    json_form.FORMAT: SourceKind.PA,
    ballots.FORMAT: SourceKind.DEMOCRACY_CLUB,
    winners.FORMAT: SourceKind.DEMOCRACY_CLUB,
    modern_gov.FORMAT: SourceKind.MODERN_GOV,
    nist.FORMAT: SourceKind.NIST,
    sheet.FORMAT: SourceKind.SHEET,
}
"""The source of each format. Formats are journalled: their names must not change."""

_START = re.compile(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\x00]*(.)", re.DOTALL)


def source_of(form: str) -> SourceKind:
    """Return whose word a report in a document of a format is.

    Raises `KeyError` for `UNKNOWN_FORMAT`: in what could not be read there is no report.
    """
    return SOURCES[form]


def read(
    feed: str,
    name: str,
    body: bytes,
    received_at: datetime,
    *,
    known: Hints = UNSAID,
    max_bytes: int = MOST_BYTES,
) -> Reading:
    """Return what stands in a document called *name* that came from *feed*.

    *known* is what the feed knows and the document may not say; the rest may be in the name. What
    cannot be read is a fault of the reading, in a sentence; so is a bug of ours, so that one
    document cannot stop its feed. Raises only faults of the machine, and those for ten minutes: one
    that lasts longer is caused by the document, which needs too much memory or the like.
    """
    sha256 = hashlib.sha256(body).hexdigest()
    if len(body) > max_bytes:
        return unreadable(feed, name, body, received_at, fault=too_large(max_bytes), sha256=sha256)
    try:
        form, parsed = _parsed(body, name, known)
    except DocumentFault as fault:
        return unreadable(feed, name, body, received_at, fault=str(fault), sha256=sha256)
    except Exception as error:
        if is_of_the_machine(error) and not _fails_always(sha256):
            raise
        _log.exception("%s, %s broke the program", feed, name)
        return replace(
            unreadable(feed, name, body, received_at, fault=broke_reading(error), sha256=sha256),
            body=body,
            council_known=known.council,
            night_known=known.night,
            broken=True,
        )
    _failing.pop(sha256, None)
    return Reading(
        feed=feed,
        name=name,
        sha256=sha256,
        body=body,
        received_at=received_at,
        format=form,
        reports=tuple(_finished(report, name, received_at) for report in parsed.reports),
        faults=tuple(parsed.faults),
        not_followed=tuple(parsed.not_followed),
        unsaid=parsed.unsaid,
        council_known=known.council,
        night_known=known.night,
    )


def _fails_always(sha256: str) -> bool:
    """Count a fault of the machine in reading a document; return whether it is the document's."""
    tries, first = _failing.pop(sha256, (0, elapsed()))
    if tries + 1 > _TRIES and elapsed() - first > _TRIED_FOR:
        return True
    _failing[sha256] = (tries + 1, first)
    return False


def _finished(report: Report, name: str, received_at: datetime) -> Report:
    """Return a report with what its document and its candidates mark as a test, and its time."""
    candidates = report.candidates if isinstance(report, BallotReport) else ()
    is_test = report.test or markers.is_test_file(name)
    if is_test or any(markers.is_test_surname(one.name) for one in candidates):
        report = replace(report, test=True)
    return _ordered(report, received_at)


def _ordered(report: Report, received_at: datetime) -> Report:
    """Return a report whose time, which is its revision, is no later than a day after it came.

    A report stamped far in the future would stand for ever, since every correction comes "before"
    it. It is ordered by when it came instead.
    """
    if isinstance(report, BallotReport):
        if report.updated_at is not None and report.updated_at > received_at + _AHEAD:
            return replace(report, updated_at=received_at)
    elif isinstance(report, WinnerStatement) and report.stated_at > received_at + _AHEAD:
        return replace(report, stated_at=received_at)
    return report


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


def _parsed(body: bytes, name: str, known: Hints) -> tuple[str, Parsed]:
    start = _START.match(body)
    first = start[1] if start else b""
    if not body.strip():
        raise DocumentFault("The document is empty: fetch it again, or ask its sender for it.")
    if (other := file_kinds.named(body)) is not None:
        raise DocumentFault(other)
    if first == b"<":
        return _parsed_xml(safe_xml.parse(body), name, known)
    if first in (b"{", b"["):
        return _parsed_json(safe_json.parse(body))
    if sheet.is_sheet(body):
        return sheet.FORMAT, sheet.parse(body, _hints(name, known))
    raise DocumentFault(file_kinds.described(body))


def _parsed_xml(root: Element, name: str, known: Hints) -> tuple[str, Parsed]:
    if root.name == winners.ROOT:
        return winners.FORMAT, winners.parse(root)
    if root.name == modern_gov.ROOT:
        return modern_gov.FORMAT, modern_gov.parse(root, _hints(name, known))
    if root.name == nist.ROOT:
        raise DocumentFault(
            "This is NIST SP 1500-100 as XML, which is not taken in: ask its issuer for the JSON."
        )
    return documents.FORMAT, documents.parse([root])


def _hints(name: str, known: Hints) -> Hints:
    return known.or_else(hints.from_name(name))


def _parsed_json(value: object) -> tuple[str, Parsed]:
    if nist.is_report(value):
        return nist.FORMAT, nist.parse(value)
    if ballots.is_page(value):
        return ballots.FORMAT, ballots.parse(value)
    if json_form.is_document(value) or isinstance(value, list):
        return json_form.FORMAT, json_form.parse(value)
    raise DocumentFault(
        "The JSON is no document of a feed that this version takes in: PA's local elections,"
        " Democracy Club's ballots or a NIST ElectionReport. Check that it is the right file."
    )
