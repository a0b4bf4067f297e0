"""How damage to the database file is found.

SQLite finds damage only where it reads. So the whole file is checked at the start, every minute
while the bot runs, and when an error of SQLite suggests damage.
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
_BETWEEN_TRIES = 1.0
_LOOKS_EVERY = 60.0
_LOOKS_IN_USE = 30
_BETWEEN_LOOKS = 10.0
"""A disk that is away for minutes ends no bot that runs: it writes nothing meanwhile."""


def suggests_damage(error: BaseException) -> bool:
    """Return whether an error, or what it arose from, may come from a damaged file."""
    found: BaseException | None = error
    while found is not None:
        code = getattr(found, "sqlite_errorcode", None)
        if code is not None and code & _PRIMARY in _SUSPICIOUS:
            return True
        found = found.__cause__ or found.__context__
    return False


def refuse_damaged(path: Path, *, pause: float = _BETWEEN_TRIES) -> None:
    """Check a whole file. Raises `DamagedError`, also where it cannot be read in several tries.

    A missing or locked file is not checked: opening it says so. An empty file and a folder are a
    `StoreError`.
    """
    refuse_empty(path)
    for left in reversed(range(_LOOKS)):
        try:
            _look(path)
        except _CannotReadError as unread:
            if not left:
                raise DamagedError(path, str(unread)) from unread
            time.sleep(pause)
        else:
            return


class _CannotReadError(Exception):
    """The file cannot be read now, which may pass."""


def _look(path: Path) -> None:
    """Check a file once. Raises `DamagedError` and `_CannotReadError`."""
    try:
        with contextlib.closing(
            sqlite3.connect(read_only_uri(path), uri=True, isolation_level=None)
        ) as db:
            (sound,) = db.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        if not suggests_damage(error):
            return
        if isinstance(explained(path, error), DamagedError):
            raise DamagedError(path, str(error)) from error
        raise _CannotReadError(str(error)) from error
    if sound != "ok":
        raise DamagedError(path, sound.replace("\n", ": "))


def _look_in_use(path: Path) -> None:
    """Check a file that this process has open: somebody may have removed it."""
    try:
        if path.stat().st_size == 0:
            raise DamagedError(path, "it is empty")
    except OSError as error:
        raise _CannotReadError(error.strerror or str(error)) from error
    _look(path)


class IntegrityMonitor:
    """Checks a file in use every minute, and when an error suggests damage."""

    def __init__(
        self, path: Path, *, every: float = _LOOKS_EVERY, pause: float = _BETWEEN_LOOKS
    ) -> None:
        self._path = path
        self._every = every
        self._pause = pause
        self._suspected = asyncio.Event()

    def suspect(self, error: BaseException) -> None:
        """Have the file checked now if an error suggests damage."""
        if suggests_damage(error):
            self._suspected.set()

    async def run(self) -> None:
        """Check until cancelled. Raises `DamagedError`."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._suspected.wait(), self._every)
            self._suspected.clear()
            await self._look()

    async def _look(self) -> None:
        for left in reversed(range(_LOOKS_IN_USE)):
            try:
                await asyncio.to_thread(_look_in_use, self._path)
            except _CannotReadError as unread:
                if not left:
                    raise DamagedError(self._path, str(unread)) from unread
                await asyncio.sleep(self._pause)
            else:
                return
