"""The formats, and whose word a document in each of them is."""

from __future__ import annotations

from bot.election.reports import SourceKind
from bot.feeds import (
    democracy_club,
    democracy_club_atom,
    desk_sheet,
    modern_gov,
    nist,
    pa_json,
    pa_xml,
)

UNKNOWN_FORMAT = "unknown"

SOURCES = {
    pa_xml.FORMAT: SourceKind.PA,
    pa_json.FORMAT: SourceKind.PA,
    democracy_club.FORMAT: SourceKind.DEMOCRACY_CLUB,
    democracy_club_atom.FORMAT: SourceKind.DEMOCRACY_CLUB,
    modern_gov.FORMAT: SourceKind.MODERN_GOV,
    nist.FORMAT: SourceKind.NIST,
    desk_sheet.FORMAT: SourceKind.SHEET,
}
"""The source of every format that is taken in. Formats are journalled: their names are for good."""


def source_of(form: str) -> SourceKind:
    """Return whose word a report in a document of a format is.

    Raises `KeyError` for `UNKNOWN_FORMAT`: in what could not be read there is no report.
    """
    return SOURCES[form]
