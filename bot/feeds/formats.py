"""The formats, and whose word a document in each of them is."""

from __future__ import annotations

from bot.election.reports import SourceKind
from bot.feeds import modern_gov, nist
from bot.feeds import sheet as desk_sheet
from bot.feeds.democracy_club import ballots as democracy_club
from bot.feeds.democracy_club import winners as democracy_club_atom
from bot.feeds.pa import json_form as pa_json
from bot.feeds.pa import xml_form as pa_xml

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
