"""A damaged file: how it is known, and the sentence that says what to do.

SQLite finds damage only where it reads. So the whole file is looked through at the start, now and
then while the bot runs, and when an error of SQLite's makes one suspect it.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from pathlib import Path

from bot.store.errors import DamagedError
from bot.store.opening import explained, read_only_uri, refuse_empty

_SUSPICIOUS = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR}
"""Primary result codes of which the file itself may be the reason."""
_PRIMARY = 0xFF
_LOOKS = 3
"""An error of the disk that passes is none of the file: so often it is read."""
_LOOKS_EVERY = 60.0
_BETWEEN_TRIES = 1.0


def is_suspicious(error: BaseException) -> bool:
    """Return whether an error, or what it arose from, may come from a damaged file."""
    found: BaseException | None = error
    while found is not None:
        code = getattr(found, "sqlite_errorcode", None)
        if code is not None and code & _PRIMARY in _SUSPICIOUS:
            return True
        found = found.__cause__ or found.__context__
    return False


def refuse_damaged(path: Path, *, pause: float = _BETWEEN_TRIES) -> None:
    """Look through a whole file. Raises `DamagedError`, also where no try can read it.

    A file that is not there, or is locked, is not looked at: opening it says so. An empty file and
    a folder are a `StoreError`.
    """
    refuse_empty(path)
    for left in reversed(range(_LOOKS)):
        try:
            with contextlib.closing(
                sqlite3.connect(read_only_uri(path), uri=True, isolation_level=None)
            ) as db:
                (sound,) = db.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.Error as error:
            if not is_suspicious(error):
                return
            sound = str(error)
            if isinstance(explained(path, error), DamagedError) or not left:
                raise damaged(path, sound) from error
            time.sleep(pause)
        else:
            if sound != "ok":
                raise damaged(path, sound.replace("\n", ": "))
            return


def damaged(path: Path, what: str) -> DamagedError:
    """Return what to say of a damaged file; *what* is how SQLite says it."""
    return DamagedError(f"{path} is damaged ({what}). {what_to_do(path)}")


def what_to_do(path: Path) -> str:
    """Return in sentences how what a damaged file holds is saved."""
    return (
        f"`election-night rebuild --db {path} --into FILE` saves what can be read of it, and "
        "`election-night restore` puts that, or a copy, in its place: nothing is posted twice."
    )


class DamageWatch:
    """Looks at a file that is in use, every minute and when it is suspected."""

    def __init__(self, path: Path, *, every: float = _LOOKS_EVERY) -> None:
        self._path = path
        self._every = every
        self._suspected = asyncio.Event()

    def suspect(self, error: BaseException) -> None:
        """Have the file looked at now if an error may come from it."""
        if is_suspicious(error):
            self._suspected.set()

    async def run(self) -> None:
        """Watch until cancelled. Raises `DamagedError`."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._suspected.wait(), self._every)
            self._suspected.clear()
            await asyncio.to_thread(refuse_damaged, self._path)
