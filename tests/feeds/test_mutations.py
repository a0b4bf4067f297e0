"""Whatever happened to a document of any format on its way: reports, or faults that say what."""

from __future__ import annotations

import json

import pytest

from bot.election.reports import CouncilResult, Reading
from bot.election.seats import MOST_SEATS
from bot.feeds import safe_xml
from bot.feeds import sheet as desk_sheet
from bot.feeds.formats import SOURCES, UNKNOWN_FORMAT, read
from simulation.wire.forms import as_json
from tests.feeds.democracy_club.test_ballots import PAGE
from tests.feeds.democracy_club.test_winners import FEED
from tests.feeds.documents import HULL, NOMINATIONS, RECEIVED, STATE
from tests.feeds.test_modern_gov import ELECTION
from tests.feeds.test_nist import REPORT
from tests.feeds.test_sheet import SHEET
from tests.support.mutations import mutants

SOUND = {
    "Local_result_Hull_1.xml": HULL.encode(),
    "Local_nominations.xml": NOMINATIONS.encode(),
    "Local_SOP_1.xml": STATE.encode(),
    "results.json": as_json(safe_xml.parse(HULL.encode())),
    "ballots.json": PAGE.encode(),
    "all.atom": FEED.encode(),
    "modern_gov_Hull_397.xml": ELECTION.encode(),
    "report.json": json.dumps(REPORT).encode(),
    "desk_sheet_2022-05-05.csv": SHEET.encode(),
}


def judged(name: str, body: bytes) -> Reading:
    """Return what is read in a document that may be anything, once it is known to be bounded."""
    found = read("feed", name, body, RECEIVED)
    assert found.format in (*SOURCES, UNKNOWN_FORMAT)
    assert all(len(fault) < 600 and fault.endswith(".") for fault in found.faults), found.faults
    for report in found.reports:
        assert len(getattr(report, "council", report).__repr__()) < 2000
        if isinstance(report, CouncilResult):
            assert report.composition
            assert all(0 <= line.seats <= MOST_SEATS for line in report.composition)
    return found


def is_empty_on_purpose(body: bytes) -> bool:
    """Return whether a mutant is a sound list of nothing."""
    try:
        value = json.loads(body)
    except ValueError:
        no_rows = desk_sheet.is_sheet(body) and len(body.splitlines()) == 1
        return no_rows or (b"<feed" in body and b"<entry" not in body)
    return value == [] or (isinstance(value, dict) and not value.get("results", True))


def test_the_documents_are_sound() -> None:
    for name, body in SOUND.items():
        found = judged(name, body)
        assert found.reports, name
        assert not found.faults, name


@pytest.mark.parametrize("name", SOUND)
def test_a_mutated_document_gives_reports_or_a_named_fault(name: str) -> None:
    for body in mutants(SOUND[name], 400, name):
        found = judged(name, body)
        assert found.reports or found.faults or found.passed_over or is_empty_on_purpose(body)


@pytest.mark.soak
@pytest.mark.parametrize("name", SOUND)
def test_ten_thousand_mutated_documents_of_each_kind(name: str) -> None:
    for body in mutants(SOUND[name], 10_000, f"soak {name}"):
        found = judged(name, body)
        assert found.reports or found.faults or found.passed_over or is_empty_on_purpose(body)
