"""What is sent in place of results is named, with what to do, in one sentence."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

import pytest

from bot.feeds.formats import UNKNOWN_FORMAT
from tests.feeds.documents import HULL, reading


def zipped(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


def tarred() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo("Local_result_Hull_1.xml")
        entry.size = len(HULL)
        archive.addfile(entry, io.BytesIO(HULL.encode()))
    return packed.getvalue()


ODS = "application/vnd.oasis.opendocument.spreadsheet"
CSV = "council,party,seats_now\nHull,Labour,27\n"


@pytest.mark.parametrize(
    ("body", "what", "then"),
    [
        (zipped(detail=HULL), "a zip archive", "unpack it"),
        (zipped(), "a zip archive", "unpack it"),
        (zipped(mimetype=ODS, content="<x/>"), "an OpenDocument sheet", "as CSV"),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), "OpenDocument file", "as XML"),
        (zipped(xl__workbook="<x/>"), "an Excel workbook (.xlsx)", "as CSV"),
        (zipped(word__document="<x/>"), "a Word document (.docx)", "as XML, JSON"),
        (gzip.compress(HULL.encode()), "gzip, without its Content-Encoding", "unpack it"),
        (b"BZh91AY&SY", "packed by bzip2", "unpack it"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive", "unpack it"),
        (tarred(), "a tar archive", "unpack it"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF", "as XML, JSON"),
        (b"{\\rtf1\\ansi Hull}", "a word processor's document (RTF)", "as XML, JSON"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "an old Microsoft Office", "as CSV"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "an image (JPEG)", "as XML, JSON"),
        (b"GIF89a\1\0\1\0", "an image (GIF)", "as XML, JSON"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "an image (WebP)", "as XML, JSON"),
        (b'<?xml version="1.0"?>\n<svg xmlns="x"/>', "an image (SVG)", "as XML, JSON"),
        (b"SQLite format 3\0" + bytes(84), "an SQLite database", "as XML, JSON"),
        ("\ufeff<html><title>Log in</title>".encode("utf-16-le"), "web page ('Log in')", "address"),
        (b"<script>location='/login'</script>", "a web page", "the feed's address"),
        (b"<center><h1>502 Bad Gateway</h1></center>", "a web page", "the feed's address"),
        (b"From: desk@example.org\nSubject: Hull\n\nLabour 27", "an e-mail", "what is attached"),
        (b'callback({"results": []});', "JSON wrapped in one", "ask for the JSON itself"),
        (b"Server too busy\n", "text that begins 'Server too busy'", "the right file"),
        (b"name,seats\nHull,57\n", "text that begins 'name,seats'", "council, party and seats_now"),
        ("Zu viele Anfragen".encode("utf-16"), "text that begins 'Zu viele", "right file"),
        (bytes(range(1, 9)) * 40, "of no kind that is known here", "as XML, JSON"),
        ('{"results": []}'.encode("utf-16"), "UTF-8, as JSON has to be, but in UTF-16", "UTF-8"),
        (CSV.encode("utf-16"), "UTF-8", "CSV"),
    ],
)
def test_what_is_no_document_is_named_with_the_next_step(body: bytes, what: str, then: str) -> None:
    found = reading(body)
    assert (found.reports, found.format) == ((), UNKNOWN_FORMAT)
    [fault] = found.faults
    assert what in fault
    assert then in fault
    assert "\n" not in fault


def test_a_document_is_taken_for_nothing_else() -> None:
    assert len(reading(HULL).reports) == 1
    assert reading(HULL.encode("utf-8-sig")).faults == ()
    assert len(reading(CSV, "desk_sheet_2022-05-05.csv").reports) == 1
