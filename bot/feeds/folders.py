"""PA's folder of documents, on disk or over HTTP, and its JSON form at one address."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import cast

from yarl import URL

from bot.clock import Clock
from bot.election.reports import Reading
from bot.feeds import listing, safe_json
from bot.feeds.faults import DocumentFault
from bot.feeds.feed import Fetch, State, beside_the_loop, sentences
from bot.feeds.files import documents_in, read_file
from bot.feeds.http import FeedUnavailable, PoliteClient, Validators
from bot.feeds.reading import read
from bot.redaction import shown_url

_STAMP = ".timestamp"
_NOTHING = Validators()


_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Copy:
    """What is remembered of a file: what the listing said of it, and of which copy since when.

    A copy is *settled* once it was found the same a minute later: a listing's times may be no finer
    than that, so a file may be written once more under the same time and size until then.
    """

    mark: str
    validators: Validators = _NOTHING
    sha256: str = ""
    since: datetime | None = None

    @property
    def settled(self) -> bool:
        return bool(self.mark) and not self.sha256

    def seen_again(self, mark: str, now: datetime) -> _Copy:
        """Return what to remember after the same content was found again under a *mark*."""
        if not mark or mark != self.mark or self.since is None:
            return replace(self, mark=mark, since=now)
        age = now - self.since
        if age < timedelta():
            return replace(self, since=now)
        return _Copy(mark) if age >= _MINUTE else self

    def to_state(self) -> object:
        if self.settled:
            return self.mark
        since = self.since and self.since.isoformat()
        return [self.mark, self.sha256, self.validators.etag, self.validators.modified, since]

    @classmethod
    def from_state(cls, value: object) -> _Copy:
        if isinstance(value, str):
            return cls(value)
        mark, sha256, etag, modified, since = cast("list[str]", value)
        moment = datetime.fromisoformat(since) if since else None
        return cls(mark, Validators(etag, modified), sha256, moment)


_UNSEEN = _Copy("")


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What is remembered of a folder's `.timestamp`.

    It is `frozen` once it was found as it had been while the files under it were not: from then on
    the listing is looked at each time.
    """

    validators: Validators = _NOTHING
    sha256: str = ""
    frozen: bool = False

    def to_state(self) -> list[object]:
        return [self.validators.etag, self.validators.modified, self.sha256, self.frozen]

    @classmethod
    def from_state(cls, value: object) -> _Stamp:
        if not value:
            return cls()
        etag, modified, sha256, frozen = cast("tuple[str | None, str | None, str, bool]", value)
        return cls(Validators(etag, modified), sha256, frozen)


class PaHttpFolder:
    """PA's folder over HTTP.

    `.timestamp` is asked for first, on condition that it has moved; then the listing; then only
    the files that are new or changed.
    """

    def __init__(self, name: str, url: str, client: PoliteClient, clock: Clock) -> None:
        self.name = name
        self._url = URL(url if url.endswith("/") else url + "/")
        self._client = client
        self._clock = clock

    async def fetch(self, state: State) -> Fetch:
        """Return the documents that are new or changed; raises `FeedUnavailable`."""
        heard: list[str | None] = []
        before = _Stamp.from_state(state.get("stamp"))
        stamp = await self._stamp(before, heard)
        if stamp is None and not before.frozen:
            return Fetch(self.name, (), state, trouble=sentences(heard))
        stamp = stamp or before
        known = {
            name: _Copy.from_state(value)
            for name, value in cast("Mapping[str, object]", state.get("files", {})).items()
        }
        validators = Validators.from_state(state.get("listing"))
        marks, listed = await self._listing(known, validators, heard)
        if known and not marks:
            heard.append(
                f"{shown_url(self._url)} lists no document any more, where it had {len(known)}:"
                " check the folder."
            )
            return Fetch(self.name, (), state, trouble=sentences(heard))
        has_moved = any(known.get(name, _UNSEEN).mark != mark for name, mark in marks.items())
        if has_moved and before.validators.headers() and stamp.sha256 == before.sha256:
            stamp = replace(stamp, frozen=True)
        if stamp.frozen:
            heard.append(
                f"{shown_url(self._url / _STAMP)} did not move when files did: it is not relied on."
            )
        return await self._files(known, marks, stamp, listed, heard)

    async def _stamp(self, known: _Stamp, heard: list[str | None]) -> _Stamp | None:
        """Return the `.timestamp`, None where it has not moved since the *known* one."""
        try:
            answer = await self._client.get(self._url / _STAMP, known.validators)
        except FeedUnavailable as trouble:
            if trouble.only_this:
                return _Stamp()  # A folder without a stamp: its listing has to do.
            raise
        heard.append(answer.trouble)
        if answer.body is None:
            return None
        return _Stamp(answer.validators, _hash(answer.body), known.frozen)

    async def _listing(
        self, known: Mapping[str, _Copy], validators: Validators, heard: list[str | None]
    ) -> tuple[dict[str, str], Validators]:
        answer = await self._client.get(self._url, validators)
        heard.append(answer.trouble)
        if answer.body is None:
            return {name: copy.mark for name, copy in known.items()}, validators
        try:
            parse = partial(listing.parse, url=self._url)
            return await beside_the_loop(answer.body, parse), answer.validators
        except DocumentFault as fault:
            raise FeedUnavailable(str(fault)) from None

    async def _files(
        self,
        known: Mapping[str, _Copy],
        marks: Mapping[str, str],
        stamp: _Stamp,
        listed: Validators,
        heard: list[str | None],
    ) -> Fetch:
        readings: list[Reading] = []
        files = {name: copy for name, copy in known.items() if name in marks}
        trouble: FeedUnavailable | None = None
        for name, mark in marks.items():
            copy = known.get(name, _UNSEEN)
            if copy.settled and copy.mark == mark:
                continue
            try:
                reading, files[name] = await self._file(name, mark, copy, heard)
            except FeedUnavailable as refusal:
                trouble = refusal
                if refusal.only_this:
                    continue
                break
            if reading is not None:
                readings.append(reading)
        if trouble is not None and not trouble.only_this and not readings:
            raise trouble
        return Fetch(
            self.name,
            tuple(readings),
            {
                # What is still owed is asked for again, whether or not the stamp moves.
                "stamp": (replace(stamp, validators=_NOTHING) if trouble else stamp).to_state(),
                "listing": (_NOTHING if trouble else listed).to_state(),
                "files": {name: copy.to_state() for name, copy in files.items()},
            },
            complete=trouble is None or trouble.only_this,
            trouble=sentences([str(trouble) if trouble else None, *heard]),
            retry_after=trouble.retry_after if trouble else None,
        )

    async def _file(
        self, name: str, mark: str, copy: _Copy, heard: list[str | None]
    ) -> tuple[Reading | None, _Copy]:
        """Return a file's reading, None if it is the copy that we have, and what to remember."""
        answer = await self._client.get(self._url / name, copy.validators)
        heard.append(answer.trouble)
        now = self._clock.now()
        if answer.body is None:
            return None, copy.seen_again(mark, now)
        reading = await beside_the_loop(answer.body, partial(self._read, name))
        fresh = _Copy(mark, answer.validators, reading.sha256[:16], now)
        if fresh.sha256 == copy.sha256:
            return None, replace(copy, validators=fresh.validators).seen_again(mark, now)
        return reading, fresh

    def _read(self, name: str, body: bytes) -> Reading:
        max_bytes = self._client.max_bytes
        return read(self.name, name, body, self._clock.now(), max_bytes=max_bytes)


class PaFolder:
    """PA's folder on disk, as an FTP mirror keeps it."""

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
        known = cast("Mapping[str, str]", state.get("files", {}))
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
                    reading = read_file(self.name, path, name, self._clock.now())
                except OSError as error:  # not the file's fault: it is read at the next look
                    trouble = _not_now(path, error)
                    if name in known:
                        files[name] = known[name]
                    continue
                readings.append(reading)
            files[name] = mark
        return Fetch(
            self.name,
            tuple(readings),
            {"files": files} if files != known else state,
            complete=trouble is None,
            trouble=trouble,
        )


class PaJsonArray:
    """PA's documents as one array of JSON at one address, each a reading of its own."""

    def __init__(self, name: str, url: str, client: PoliteClient, clock: Clock) -> None:
        self.name = name
        self._url = URL(url)
        self._client = client
        self._clock = clock

    async def fetch(self, state: State) -> Fetch:
        """Return the documents that the array did not have before; raises `FeedUnavailable`."""
        answer = await self._client.get(self._url, Validators.from_state(state.get("array")))
        if answer.body is None:
            return Fetch(self.name, (), state, trouble=answer.trouble)
        seen = frozenset(cast("list[str]", state.get("seen", [])))
        readings, still_seen = await beside_the_loop(answer.body, partial(self._news, seen))
        return Fetch(
            self.name,
            readings,
            {"array": answer.validators.to_state(), "seen": sorted(still_seen)},
            trouble=answer.trouble,
        )

    def _news(
        self, seen: frozenset[str], body: bytes
    ) -> tuple[tuple[Reading, ...], frozenset[str]]:
        """Return the readings of the documents not *seen* before, and what has been seen now."""
        documents = _split(body)
        if documents is None:
            # A broken answer takes nothing back of what was seen before it.
            named, kept = {_hash(body): (self._url.name, body)}, seen
        else:
            named, kept = {}, frozenset[str]()
            for number, document in enumerate(documents, start=1):
                named.setdefault(_hash(document), (f"{self._url.name} #{number}", document))
        max_bytes = self._client.max_bytes
        readings = tuple(
            read(self.name, name, document, self._clock.now(), max_bytes=max_bytes)
            for sha256, (name, document) in named.items()
            if sha256 not in seen
        )
        return readings, kept | named.keys()


def _hash(document: bytes) -> str:
    return hashlib.sha256(document).hexdigest()[:16]


def _split(body: bytes) -> list[bytes] | None:
    """Return each document of an array as JSON of its own, None for what is no array."""
    try:
        value = safe_json.parse(body)
    except DocumentFault:
        return None
    if not isinstance(value, list):
        return None
    return [json.dumps(document, separators=(",", ":")).encode() for document in value]


def _not_now(path: Path, error: OSError) -> str:
    """Return that a path cannot be read for a fault of the machine, as may pass by itself."""
    reason = (error.strerror or type(error).__name__).casefold()
    return f"{path} cannot be read at the moment ({reason}): it is tried again."


def _mark_on_disk(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return "unreadable"
    # A copy may keep the times of what it replaces; when its own inode changed, it cannot.
    return f"{status.st_mtime_ns} {status.st_ctime_ns} {status.st_size}"
