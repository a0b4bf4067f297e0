"""The documents that a night is prepared from: files, folders and addresses, as bytes."""

from __future__ import annotations

import asyncio
import csv
import io
import logging
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yarl import URL

from bot.almanac.csv_rows import column_named, delimiter_of
from bot.clock import Clock
from bot.errors import OperatorError
from bot.feeds import unsupported_files as file_kinds
from bot.feeds.democracy_club.ballots_feed import DemocracyClubBallots
from bot.feeds.feed import FeedUnavailable, State
from bot.feeds.files import documents_in
from bot.feeds.formats import MOST_BYTES, too_large
from bot.feeds.http import PoliteClient
from bot.redaction import shown_url

log = logging.getLogger(__name__)

_ENDPOINT = "/api/next/ballots"
_ASKED_TO_WAIT = 10
"""How often at most a server may ask to be left alone in the middle of its pages."""
_LONGEST_WAIT = 120.0


class PrepareError(OperatorError):
    """A source that was named cannot be had or read; says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document and how it is called in sentences."""

    name: str
    body: bytes

    @property
    def text(self) -> str:
        """The document as text; a spreadsheet may have saved it in a character set of Windows."""
        if file_kinds.is_utf_16(self.body):
            return self.body.decode("utf-16", "replace").removeprefix("\ufeff")
        try:
            return self.body.decode("utf-8-sig")
        except UnicodeDecodeError:
            return self.body.decode("cp1252", "replace")

    @property
    def is_json(self) -> bool:
        """Whether it begins as JSON does."""
        return self.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def is_address(said: str) -> bool:
    """Return whether *said* is a web address, not a path."""
    return re.match(r"https?://", said) is not None


def address_of(said: str) -> URL:
    """Return a web address; raises `PrepareError` for one that is none."""
    try:
        return URL(said)
    except ValueError:
        raise PrepareError(f"{said} is not a web address: check it, and run this again.") from None


def existing(said: str) -> Path:
    """Return the path of a file or a folder that is there; raises `PrepareError`."""
    path = Path(said).expanduser()
    if not path.exists():
        raise PrepareError(f"{path} is not there: check the path, and run this again.")
    return path


def documents_of(said: str) -> list[Document]:
    """Return the documents of a file or a folder; raises `PrepareError`."""
    path = existing(said)
    found = []
    for file in documents_in(path):
        try:
            body = file.read_bytes() if file.stat().st_size <= MOST_BYTES else None
        except OSError as error:
            why = (error.strerror or "it failed").casefold()
            raise PrepareError(f"{file} cannot be read ({why}).") from error
        if body is None:
            raise PrepareError(f"{file}: {too_large(MOST_BYTES)}")
        found.append(Document(file.name, body))
    if not found:
        raise PrepareError(f"There is no document in {path}.")
    return found


async def document_at(address: str, http: PoliteClient) -> Document:
    """Return the one document at an address; raises `PrepareError`."""
    url = address_of(address)
    try:
        answer = await http.get(url)
    except FeedUnavailable as refusal:
        raise PrepareError(str(refusal)) from refusal
    if answer.body is None or len(answer.body) > MOST_BYTES:
        raise PrepareError(f"{shown_url(url)}: {too_large(MOST_BYTES)}")
    return Document(shown_url(url), answer.body)


async def ballots_at(
    address: str, night: date, http: PoliteClient, clock: Clock
) -> AsyncIterator[Document]:
    """Yield Democracy Club's pages of a polling day, all of them.

    *address* is that of the site, of its list of ballots, or of one file. Raises `PrepareError`
    where a page cannot be had: with some of its wards a council would look smaller than it is.
    """
    site, found, _ = address.partition(_ENDPOINT)
    if not found and address_of(address).suffix:
        yield await document_at(address, http)
        return
    feed = DemocracyClubBallots("prepare", site, night, http, clock)
    state: State = {}
    for _ in range(_ASKED_TO_WAIT):
        try:
            fetch = await feed.fetch(state)
        except FeedUnavailable as refusal:
            if refusal.retry_after is None:
                raise PrepareError(str(refusal)) from refusal
            wait = refusal.retry_after
        else:
            for reading in fetch.readings:
                yield Document(f"{shown_url(URL(site))}, {reading.name}", reading.body)
            if fetch.complete:
                return
            if fetch.retry_after is None:
                raise PrepareError(
                    f"{fetch.trouble or 'The pages break off.'} Nothing is prepared from a part of"
                    " the ballots: run this again."
                )
            state, wait = fetch.state, fetch.retry_after
        wait = min(wait, _LONGEST_WAIT)
        log.warning(
            "%s asks to wait %.0f seconds before the next page, as Democracy Club does without a "
            "key; this goes on by itself.",
            shown_url(URL(site)),
            wait,
        )
        await asyncio.sleep(wait)
    raise PrepareError(f"{shown_url(URL(site))} asks to be left alone: run this again later.")


def rows_of(
    document: Document, columns: Sequence[str], once: Sequence[str] = ()
) -> list[dict[str, str]]:
    """Return the rows of a CSV by column, its header and cells without space around them.

    Column names are in small letters. Raises `PrepareError` where one of *columns* is missing,
    or one of *once* is there twice.
    """
    if (other := file_kinds.named(document.body)) is not None:
        raise PrepareError(f"{document.name}: {other}")
    text = document.text
    head = text.partition("\n")[0]
    try:
        reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=delimiter_of(head), strict=True
        )
        lines = [[cell.strip() for cell in line] for line in reader]
    except csv.Error as fault:
        raise PrepareError(f"{document.name} is not a CSV file: {fault}.") from None
    lines = [line for line in lines if any(line)]
    header = list(map(column_named, lines[0])) if lines else []
    if missing := [name for name in columns if name not in header]:
        raise PrepareError(
            f"{document.name} has no column {', '.join(missing)}: check that it is the right file."
        )
    if twice := [name for name in once if header.count(name) > 1]:
        raise PrepareError(
            f"{document.name} has the column {twice[0]} twice: take one of them out."
        )
    return [dict(zip(header, [*line, *[""] * len(header)], strict=False)) for line in lines[1:]]


def first(row: Mapping[str, str], *columns: str) -> str:
    """Return the first of some *columns* that is not blank, "" where all are."""
    return next((cell for name in columns if (cell := row.get(name, ""))), "")
