"""Feeds that are a folder of documents, on disk or over HTTP."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from pydantic import BaseModel, Field

from bot.clock import Clock
from bot.election.reports import Reading
from bot.feeds import listing
from bot.feeds.faults import DocumentFault
from bot.feeds.feed import (
    FeedUnavailable,
    Fetch,
    Remembered,
    State,
    Validators,
    off_the_loop,
    sentences,
)
from bot.feeds.files import documents_in, read_file
from bot.feeds.http import PoliteClient, WebFeed
from bot.redaction import shown_url

_STAMP = ".timestamp"
_MINUTE = timedelta(minutes=1)


class _Copy(BaseModel, frozen=True):
    """What is remembered of a file: what the listing said of it, and of which copy since when.

    A copy is *settled* once it was found the same a minute later: a listing's times may be no finer
    than a minute, so until then a file may be rewritten under the same time and size.
    """

    mark: str = ""
    validators: Validators = Validators()
    sha256: str = ""
    since: datetime | None = None

    @property
    def settled(self) -> bool:
        return bool(self.mark) and not self.sha256

    def seen_again(self, mark: str, now: datetime) -> _Copy:
        """Return what to remember after the same content was found again under a *mark*."""
        if not mark or mark != self.mark or self.since is None:
            return self.model_copy(update={"mark": mark, "since": now})
        age = now - self.since
        if age < timedelta():
            return self.model_copy(update={"since": now})
        return _Copy(mark=mark) if age >= _MINUTE else self


class _Stamp(BaseModel, frozen=True):
    """What is remembered of a folder's `.timestamp`.

    It is `frozen` once it was found unchanged although files had changed: from then on the listing
    is fetched each time.
    """

    validators: Validators = Validators()
    sha256: str = ""
    frozen: bool = False


class _HttpState(Remembered):
    stamp: _Stamp = _Stamp()
    listing: Validators = Validators()
    files: dict[str, _Copy] = Field(default_factory=dict)


class HttpFolder(WebFeed):
    """A folder over HTTP, such as PA's wire.

    `.timestamp` is fetched first, and only if it has changed the listing, and then the files that
    are new or changed.
    """

    def __init__(self, name: str, url: str, client: PoliteClient, clock: Clock) -> None:
        super().__init__(name, url if url.endswith("/") else url + "/", client, clock)

    async def fetch(self, state: State) -> Fetch:
        """Return the documents that are new or changed; raises `FeedUnavailable`."""
        known = _HttpState.model_validate(state)
        troubles: list[str | None] = []
        stamp = await self._stamp(known.stamp, troubles)
        if stamp is None and not known.stamp.frozen:
            return Fetch(self.name, (), state, trouble=sentences(troubles))
        stamp = stamp or known.stamp
        marks, listed = await self._listing(known, troubles)
        if known.files and not marks:
            troubles.append(
                f"{shown_url(self._url)} lists no document any more, where it had"
                f" {len(known.files)}: check the folder."
            )
            return Fetch(self.name, (), state, trouble=sentences(troubles))
        has_moved = any(known.files.get(name, _Copy()).mark != mark for name, mark in marks.items())
        if has_moved and known.stamp.validators.headers() and stamp.sha256 == known.stamp.sha256:
            stamp = stamp.model_copy(update={"frozen": True})
        if stamp.frozen:
            troubles.append(
                f"{shown_url(self._url / _STAMP)} did not move when files did: it is not relied on."
            )
        fresh = _HttpState(stamp=stamp, listing=listed, files=known.files)
        return await self._files(fresh, marks, troubles)

    async def _stamp(self, known: _Stamp, troubles: list[str | None]) -> _Stamp | None:
        """Return the `.timestamp`, None where it has not moved since the *known* one."""
        try:
            answer = await self._client.get(self._url / _STAMP, known.validators)
        except FeedUnavailable as trouble:
            if trouble.only_this:
                return _Stamp()  # A folder without a stamp: the listing is fetched each time.
            raise
        troubles.append(answer.trouble)
        if answer.body is None:
            return None
        sha256 = hashlib.sha256(answer.body).hexdigest()[:16]
        return _Stamp(validators=answer.validators, sha256=sha256, frozen=known.frozen)

    async def _listing(
        self, known: _HttpState, troubles: list[str | None]
    ) -> tuple[dict[str, str], Validators]:
        answer = await self._client.get(self._url, known.listing)
        troubles.append(answer.trouble)
        if answer.body is None:
            return {name: copy.mark for name, copy in known.files.items()}, known.listing
        try:
            parse = partial(listing.parse, url=self._url)
            return await off_the_loop(answer.body, parse), answer.validators
        except DocumentFault as fault:
            raise FeedUnavailable(str(fault)) from None

    async def _files(
        self, known: _HttpState, marks: Mapping[str, str], troubles: list[str | None]
    ) -> Fetch:
        readings: list[Reading] = []
        files = {name: copy for name, copy in known.files.items() if name in marks}
        refused: FeedUnavailable | None = None
        for name, mark in marks.items():
            copy = files.get(name, _Copy())
            if copy.settled and copy.mark == mark:
                continue
            try:
                reading, files[name] = await self._file(name, mark, copy, troubles)
            except FeedUnavailable as refusal:
                refused = refusal
                if refusal.only_this:
                    continue
                break
            if reading is not None:
                readings.append(reading)
        if refused is not None and not refused.only_this and not readings:
            raise refused
        fresh = known.model_copy(update={"files": files})
        if refused is not None:
            # What is missing is fetched next time, whether or not the stamp changes.
            stamp = known.stamp.model_copy(update={"validators": Validators()})
            fresh = fresh.model_copy(update={"stamp": stamp, "listing": Validators()})
        return Fetch(
            self.name,
            tuple(readings),
            fresh.as_state(),
            complete=refused is None or refused.only_this,
            trouble=sentences([str(refused) if refused else None, *troubles]),
            retry_after=refused.retry_after if refused else None,
        )

    async def _file(
        self, name: str, mark: str, copy: _Copy, troubles: list[str | None]
    ) -> tuple[Reading | None, _Copy]:
        """Return a file's reading, None if it is the copy that we have, and what to remember."""
        answer = await self._client.get(self._url / name, copy.validators)
        troubles.append(answer.trouble)
        now = self._clock.now()
        if answer.body is None:
            return None, copy.seen_again(mark, now)
        reading = await self._read(answer.body, name)
        sha256 = reading.sha256[:16]
        if sha256 == copy.sha256:
            same = copy.model_copy(update={"validators": answer.validators})
            return None, same.seen_again(mark, now)
        return reading, _Copy(mark=mark, validators=answer.validators, sha256=sha256, since=now)


class DiskFolder:
    """A folder on disk, as an FTP mirror keeps it."""

    def __init__(self, name: str, path: Path, clock: Clock) -> None:
        self.name = name
        self._path = path
        self._clock = clock

    async def fetch(self, state: State) -> Fetch:
        """Return the documents that are new or changed; raises `FeedUnavailable`."""
        return await asyncio.to_thread(self._fetch, state)

    def _fetch(self, state: State) -> Fetch:
        if not self._path.is_dir():
            raise FeedUnavailable(f"There is no folder {self._path}.")
        known = _DiskState.model_validate(state).files
        try:
            paths = list(documents_in(self._path))
        except OSError as error:
            raise FeedUnavailable(_not_now(self._path, error)) from error
        files: dict[str, str] = {}
        readings: list[Reading] = []
        trouble: str | None = None
        for path in paths:
            name = path.relative_to(self._path).as_posix()
            mark = _mark_on_disk(path)
            if known.get(name) != mark:
                try:
                    readings.append(read_file(self.name, path, name, self._clock.now()))
                except OSError as error:  # Not the file's fault: it is read in the next fetch.
                    trouble = _not_now(path, error)
                    if name in known:
                        files[name] = known[name]
                    continue
            files[name] = mark
        return Fetch(
            self.name,
            tuple(readings),
            _DiskState(files=files).as_state() if files != known else state,
            complete=trouble is None,
            trouble=trouble,
        )


class _DiskState(Remembered):
    files: dict[str, str] = Field(default_factory=dict)


def _not_now(path: Path, error: OSError) -> str:
    """Return that a path cannot be read for a fault of the machine, which may pass by itself."""
    reason = (error.strerror or type(error).__name__).casefold()
    return f"{path} cannot be read at the moment ({reason}): it is tried again."


def _mark_on_disk(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return "unreadable"
    # A copy may keep the times of what it replaces; when its own inode changed, it cannot.
    return f"{status.st_mtime_ns} {status.st_ctime_ns} {status.st_size}"
