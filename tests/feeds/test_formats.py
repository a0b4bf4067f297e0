"""Whose word a document is."""

from __future__ import annotations

import pytest

from bot.election.reports import SourceKind
from bot.feeds.formats import SOURCES, UNKNOWN_FORMAT, read, source_of
from tests.feeds.documents import RECEIVED
from tests.feeds.test_mutations import SOUND


def test_every_format_has_its_source() -> None:
    formats = {read("x", name, body, RECEIVED).format for name, body in SOUND.items()}
    assert formats == set(SOURCES)
    assert {source_of(form) for form in formats} == set(SourceKind) - {SourceKind.DESK}


def test_two_formats_of_one_source_are_one_source() -> None:
    assert source_of("PA XML") is source_of("PA JSON") is SourceKind.PA
    club = SourceKind.DEMOCRACY_CLUB
    assert source_of("Democracy Club JSON") is source_of("Democracy Club Atom") is club


def test_what_could_not_be_read_is_nobody_s_word() -> None:
    with pytest.raises(KeyError):
        source_of(UNKNOWN_FORMAT)
