"""Names the kind of a file that is no document of results, by its content."""

from __future__ import annotations

import codecs
import re

from bot.feeds.values import clipped

_UNPACK = "unpack it and send the documents in it"
_AS_CSV = "save the sheet as CSV in UTF-8 and send that"
_AS_DATA = "send the results as XML, JSON or a CSV sheet"

_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "gzip, without its Content-Encoding saying so", _UNPACK),
    (b"BZh", "packed by bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "packed by xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "packed by Zstandard", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"%PDF-", "a PDF", _AS_DATA),
    (b"{\\rtf", "a word processor's document (RTF)", _AS_DATA),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office file (.xls, .doc)", _AS_CSV),
    (b"\x89PNG", "an image (PNG)", _AS_DATA),
    (b"\xff\xd8\xff", "an image (JPEG)", _AS_DATA),
    (b"GIF8", "an image (GIF)", _AS_DATA),
    (b"II*\x00", "an image (TIFF)", _AS_DATA),
    (b"MM\x00*", "an image (TIFF)", _AS_DATA),
    (b"SQLite format 3\x00", "an SQLite database", _AS_DATA),
    (b"PAR1", "a Parquet file", _AS_DATA),
)
_IN_A_ZIP: tuple[tuple[bytes, str, str], ...] = (
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument sheet", _AS_CSV),
    (b"mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument file", _AS_DATA),
    (b"mimetypeapplication/epub", "an e-book (EPUB)", _AS_DATA),
    (b"xl/", "an Excel workbook (.xlsx)", _AS_CSV),
    (b"word/", "a Word document (.docx)", _AS_DATA),
    (b"ppt/", "a PowerPoint presentation (.pptx)", _AS_DATA),
    (b"", "a zip archive", _UNPACK),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_SVG = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<!doctype[^>]*>\s*)*<svg\b", re.I | re.S
)
_HTML = re.compile(
    r"\W*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|script"
    r"|style|div|table|center|font|h1|p|br)\b",
    re.IGNORECASE | re.DOTALL,
)
_TITLE = re.compile(r"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
_MAIL = re.compile(r"(?:From |(?:From|Received|Return-Path|MIME-Version|Delivered-To):)")
_SCRIPT = re.compile(r"\s*(?://|/\*|(?:var|let|const|function)\b|[\w.$]+\s*\(\s*[\[{])")


def named(body: bytes) -> str | None:
    """Return what a file is and what to do, in a sentence; None where it may be a document."""
    if (sentence := packed_or_binary(body)) is not None:
        return sentence
    text = beginning(body)
    if _SVG.match(text):
        return f"The file is an image (SVG), no document of results: {_AS_DATA}."
    if _HTML.match(text):
        title = _TITLE.search(text)
        called = f" ({clipped(title[1].strip())})" if title else ""
        return (
            f"The document is a web page{called}, no results: the server probably had an error, so"
            " fetch it again and check the feed's address. A spreadsheet has to be published as"
            " CSV."
        )
    return None


def described(body: bytes) -> str:
    """Return what a text is that is neither XML nor JSON nor a desk sheet, in a sentence."""
    text = beginning(body)
    if _MAIL.match(text):
        what, then = "an e-mail", "send what is attached to it as a file of its own"
    elif _SCRIPT.match(text):
        what, then = "a script, or JSON wrapped in one", "ask for the JSON itself"
    elif _is_binary(text):
        what, then = "no text, and of no kind that is known here", _AS_DATA
    else:
        line = next(filter(None, map(str.strip, text.splitlines())), "")
        what = f"text that begins {clipped(line)}"
        then = (
            "check that it is the right file. A desk sheet begins with the columns council, party"
            " and seats_now"
        )
    return (
        f"The file is {what}: neither XML nor JSON nor a desk sheet, in which results come, so"
        f" {then}."
    )


def beginning(body: bytes) -> str:
    """Return the beginning of a text in any encoding, with replacement characters where needed."""
    start = body[:8192]
    return start.decode(_utf_16(start) or "utf-8-sig", "replace")


def packed_or_binary(body: bytes) -> str | None:
    """Return what a binary file is and what to do, in a sentence; None for any other."""
    kind = _kind_by_its_mark(body)
    return f"The file is {kind[0]}, no document of results: {kind[1]}." if kind else None


def is_utf_16(body: bytes) -> bool:
    """Return whether text is in UTF-16, by its mark or by its every other byte."""
    return _utf_16(body) is not None


def _utf_16(body: bytes) -> str | None:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for nulls, encoding in ((body[1:64:2], "utf-16-le"), (body[:64:2], "utf-16-be")):
        if len(nulls) > 1 and not any(nulls):
            return encoding
    return None


def _kind_by_its_mark(body: bytes) -> tuple[str, str] | None:
    if body.startswith(_ZIP):
        return next((what, then) for mark, what, then in _IN_A_ZIP if mark in body)
    if body[257:262] == b"ustar":
        return "a tar archive", _UNPACK
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "an image (WebP)", _AS_DATA
    return next(((what, then) for start, what, then in _BEGINNINGS if body.startswith(start)), None)


def _is_binary(text: str) -> bool:
    odd = sum(
        character == "\ufffd" or (character < " " and character not in "\t\r\n\f")
        for character in text
    )
    return odd * 10 > len(text)
