"""Fetching politely: one request at a time per host, bounded in size and time.

Whatever goes wrong is a `FeedUnavailable` with a sentence.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
import zlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Self

import aiohttp
from yarl import URL

from bot.clock import Clock
from bot.election.reports import Reading
from bot.feeds.feed import FeedUnavailable, Validators, off_the_loop
from bot.feeds.formats import MOST_BYTES, read
from bot.feeds.hints import UNSAID, Hints
from bot.redaction import shown_url

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 3
_LONGEST_WAIT_ASKED = 3600.0
_MOST_SEEN = 4096
_NOTHING = Validators()
_USER_AGENT = "election-night (a Discord bot that follows election results)"


@dataclass(frozen=True, slots=True)
class Response:
    """A server's response; `body` is None where nothing has changed since the copy that we have.

    A body over the bound ends one byte beyond it. `trouble` says what is wrong with a response that
    can be used all the same.
    """

    body: bytes | None
    validators: Validators
    trouble: str | None = None


@dataclass(slots=True)
class _Seen:
    """The last answer of an address that was a document, and when it came (monotonic seconds)."""

    at: float
    validators: Validators | None = None
    sha256: str = ""
    lies: bool = False


class PoliteClient:
    """An HTTP client for feeds, shared by all of them. An async context manager.

    *timeout* bounds one request in real seconds, *max_bytes* its unpacked body. *keys* has the
    Authorization header for each origin that wants one; no other server is sent it. For *trust*
    seconds a server that says that nothing has changed is believed; then the document itself is
    fetched, because an ETag or a time may stay while the document changes.
    """

    def __init__(
        self,
        *,
        timeout: float = 20.0,
        max_bytes: int = MOST_BYTES,
        keys: Mapping[URL, str] | None = None,
        trust: float = 300.0,
        may_redirect_to: Collection[str] = (),
    ) -> None:
        self.max_bytes = max_bytes
        self._elsewhere = may_redirect_to
        self._trust = trust
        self._seen: dict[str, _Seen] = {}
        self._timeout = timeout
        self._keys = keys or {}
        self._session: aiohttp.ClientSession | None = None
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            auto_decompress=False,
            headers={"User-Agent": _USER_AGENT, "Accept-Encoding": "gzip"},
            timeout=aiohttp.ClientTimeout(total=None),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(self, url: URL, known: Validators = _NOTHING) -> Response:
        """Return what stands at *url*, if it has changed since the *known* copy.

        The same copy may come again once *trust* has run out. Raises `FeedUnavailable` for anything
        but a document, "not modified" or a redirect that is allowed.
        """
        async with self._turns[url.host or ""]:
            try:
                async with asyncio.timeout(self._timeout):
                    return self._checked(url, await self._get(url, self._condition(url, known)))
            except TimeoutError:
                raise FeedUnavailable(
                    f"{shown_url(url)} did not answer within {self._timeout:g} seconds."
                ) from None
            except (aiohttp.ClientError, OSError) as error:
                raise FeedUnavailable(
                    f"{shown_url(url)} could not be reached ({type(error).__name__})."
                ) from error

    def _condition(self, url: URL, known: Validators) -> Validators:
        """Return the validators to send: none where the server is not trusted."""
        seen = self._seen.setdefault(str(url), _Seen(time.monotonic()))
        while len(self._seen) > _MOST_SEEN:
            del self._seen[next(iter(self._seen))]
        is_believed = not seen.lies and time.monotonic() - seen.at < self._trust
        return known if is_believed else _NOTHING

    def _checked(self, url: URL, answer: Response) -> Response:
        """Remember the response, and whether the validators stayed while the document changed."""
        seen = self._seen.get(str(url))
        if seen is None:
            return answer
        if answer.body is not None:
            sha256 = hashlib.sha256(answer.body).hexdigest()
            same = answer.validators.headers() and answer.validators == seen.validators
            lies = seen.lies or bool(same and sha256 != seen.sha256)
            seen = _Seen(time.monotonic(), answer.validators, sha256, lies)
            self._seen[str(url)] = seen
        if not seen.lies:
            return answer
        told = (
            f"{shown_url(url)} has changed while its ETag and Last-Modified have not: from now on"
            " it is fetched whole each time."
        )
        return replace(answer, trouble=told)

    async def _get(self, url: URL, known: Validators) -> Response:
        if self._session is None:
            raise RuntimeError("the client is used outside its context")
        target = url
        for _ in range(_MOST_REDIRECTS + 1):
            headers = {**known.headers(), **self._authorization(target)}
            async with self._session.get(
                target, headers=headers, allow_redirects=False
            ) as response:
                if response.status in _REDIRECTS:
                    target = self._redirected(url, target, response.headers.get("Location"))
                    continue
                return await self._answer(url, response, known)
        raise FeedUnavailable(f"{shown_url(url)} redirects without end.", only_this=True)

    def _authorization(self, url: URL) -> dict[str, str]:
        """Return the header with the key of an address; one with a user name has that instead."""
        key = None if url.user or url.password else self._keys.get(url.origin())
        return {} if key is None else {"Authorization": key}

    def _redirected(self, url: URL, target: URL, location: str | None) -> URL:
        try:
            further = target.join(URL(location or ""))
            near = url.origin() == further.origin()
        except ValueError:
            further, near = target, False
        if location and (near or (further.scheme == "https" and self._may_go_to(further))):
            return further
        raise FeedUnavailable(
            f"{shown_url(url)} redirects to another scheme or host"
            f"{f' ({further.host})' if further.host != url.host else ''}, which is not followed:"
            " check the feed's address. If the host is right, name it in"
            " ELECTION_NIGHT_REDIRECT_HOSTS.",
            only_this=True,
        )

    def _may_go_to(self, target: URL) -> bool:
        host = (target.host or "").casefold()
        return any(host == one or host.endswith(f".{one}") for one in self._elsewhere)

    async def _answer(
        self, url: URL, response: aiohttp.ClientResponse, known: Validators
    ) -> Response:
        if response.status == 304 and known.headers():
            return Response(None, known)
        if response.status != 200:
            refused = response.status in (401, 403) and self._authorization(url)
            raise FeedUnavailable(
                f"{shown_url(url)} answered {response.status} {response.reason or ''}".rstrip()
                + (": it may not accept the key that it was sent." if refused else "."),
                retry_after=_retry_after(
                    response.headers.get("Retry-After"), response.headers.get("Date")
                ),
                only_this=response.status not in (429, 502, 503, 504),
                status=response.status,
            )
        return Response(
            body=await self._body(url, response),
            validators=Validators(
                response.headers.get("ETag"),
                _past(response.headers.get("Last-Modified"), response.headers.get("Date")),
            ),
        )

    async def _body(self, url: URL, response: aiohttp.ClientResponse) -> bytes:
        """Return the body, unpacked, cut one byte beyond the bound."""
        bound = self.max_bytes + 1
        coding = response.headers.get("Content-Encoding", "identity").strip().casefold()
        if coding not in ("identity", "gzip", "x-gzip", ""):
            raise FeedUnavailable(
                f"{shown_url(url)} answered in the coding {coding!r}, which was not asked for.",
                only_this=True,
            )
        unpack = zlib.decompressobj(wbits=31) if "gzip" in coding else None
        body = bytearray()
        try:
            async for chunk in response.content.iter_any():
                body += unpack.decompress(chunk, bound - len(body)) if unpack else chunk
                if len(body) >= bound:
                    response.close()
                    break
        except zlib.error:
            raise FeedUnavailable(
                f"{shown_url(url)} answered with broken gzip.", only_this=True
            ) from None
        if unpack and len(body) < bound and not unpack.eof:
            raise FeedUnavailable(f"{shown_url(url)} broke off its answer.", only_this=True)
        return bytes(body[:bound])


class WebFeed:
    """What every feed over HTTP has: a *name*, and a *client* that asks at *url*."""

    def __init__(self, name: str, url: str, client: PoliteClient, clock: Clock) -> None:
        self.name = name
        self._url = URL(url)
        self._client = client
        self._clock = clock

    async def _read(self, body: bytes, name: str, known: Hints = UNSAID) -> Reading:
        """Return the reading of a document called *name*, made in a thread where it is large."""
        now, max_bytes = self._clock.now(), self._client.max_bytes
        take = partial(read, self.name, name, known=known, max_bytes=max_bytes)
        return await off_the_loop(body, lambda body: take(body, now))


def _past(modified: str | None, answered: str | None) -> str | None:
    """Return a `Last-Modified` that can be relied on, which is before the response's `Date`.

    With one in the future the server would say for ever that nothing has changed since (RFC 9110,
    8.8.2 and 13.1.3); and what was written in this second may be written again within it.
    """
    when, now = _http_date(modified), _http_date(answered) or datetime.now(UTC)
    return modified if when is not None and when < now else None


def _http_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _retry_after(text: str | None, answered: str | None) -> float | None:
    """Return the seconds that a server asks us to wait: a number, or a date by its own clock."""
    if text is None:
        return None
    if text.strip().isascii() and text.strip().isdigit():
        return min(float(text), _LONGEST_WAIT_ASKED)
    moment = _http_date(text)
    if moment is None:
        return None
    seconds = (moment - (_http_date(answered) or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_WAIT_ASKED)
