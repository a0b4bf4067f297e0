"""Documents on disk, read file by file: none is loaded beyond the bound, none stops the others."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from bot.election.reports import Reading
from bot.feeds.formats import KEPT_BYTES, MOST_BYTES, read, too_large, unreadable

_CHUNK = 1024 * 1024
_OF_THE_FILE = {
    errno.EACCES,
    errno.EISDIR,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.ENXIO,
    errno.EPERM,
}
"""Errors of one path; any other error is a fault of the machine."""


def read_paths(
    feed: str, paths: Iterable[Path], received_at: datetime, *, max_bytes: int = MOST_BYTES
) -> Iterator[Reading]:
    """Return a reading for every file that *paths* name or contain.

    Folders are walked in the order of names; symbolic links are followed once, names that begin
    with a dot are left out. A file in a folder is named by its path within it. A file that cannot
    be read makes a reading with a fault. Raises `OSError` for a fault of the machine.
    """
    for path in paths:
        for file in documents_in(path):
            name = _printable(file.relative_to(path).as_posix() if file != path else file.name)
            yield read_file(feed, file, name, received_at, max_bytes=max_bytes)


def documents_in(path: Path) -> Iterator[Path]:
    """Return *path* itself, or the files under it if it is a folder, sorted by name.

    A folder is entered once, however many links lead to it. One that may not be opened is returned
    itself, last, so that reading it gives the fault. Raises `OSError` for a fault of the machine.
    """
    if not path.is_dir():
        yield path
        return
    entered: set[str] = set()
    closed: list[OSError] = []
    for folder, folders, files in os.walk(path, onerror=closed.append, followlinks=True):
        real = os.path.realpath(folder)
        if real in entered:
            folders.clear()
            continue
        entered.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                yield Path(folder, name)
    for error in closed:
        _raise_of_the_machine(error)
    yield from sorted(Path(error.filename) for error in closed)


def read_file(
    feed: str, path: Path, name: str, received_at: datetime, *, max_bytes: int = MOST_BYTES
) -> Reading:
    """Return the reading of one file; of an over-size one only the beginning is kept.

    The hash of an over-size file is that of the whole, taken without loading it. Raises `OSError`
    for a fault of the machine, which says nothing about the file.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return _not_read(feed, name, received_at, "it is no ordinary file, or a closed folder")
        with path.open("rb") as file:
            body = file.read(max_bytes + 1)
            if len(body) <= max_bytes:
                return read(feed, name, body, received_at, max_bytes=max_bytes)
            digest = hashlib.sha256(body)
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        _raise_of_the_machine(error)
        return _not_read(feed, name, received_at, (error.strerror or "it failed").casefold())
    return unreadable(
        feed,
        name,
        body[:KEPT_BYTES],
        received_at,
        fault=too_large(max_bytes),
        sha256=digest.hexdigest(),
    )


def _raise_of_the_machine(error: OSError) -> None:
    if error.errno not in _OF_THE_FILE:
        raise error


def _not_read(feed: str, name: str, received_at: datetime, reason: str) -> Reading:
    return unreadable(
        feed,
        name,
        b"",
        received_at,
        fault=f"The file could not be read ({reason}): check that it exists and may be read.",
        sha256=hashlib.sha256(b"").hexdigest(),
    )


def _printable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "replace")
