"""Hooks into discord.py's HTTP client through which all requests to Discord pass.

Made for discord.py 2.7 (`discord.http.HTTPClient`). Every request has a deadline and is counted,
including answers to people; the bot's own requests wait for the shared back-off. Answers that
discord.py cannot read, and pages in place of Discord's JSON, become connection errors.
"""

from __future__ import annotations

import asyncio
import json
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
from aiohttp.tracing import (
    TraceRequestEndParams,
    TraceRequestExceptionParams,
    TraceRequestStartParams,
)
from discord.http import HTTPClient, Ratelimit, Route

from bot.delivery.discord_errors import About, counts_as_invalid, meaning_of
from bot.delivery.traffic import RequestsHeld, Traffic

_JSON = "application/json"
_LONGEST_LIMIT = 7200.0
"""Seconds: a channel's publications are limited by the hour."""
_FOR_SOMEBODY = ("/interactions/", "/webhooks/")
"""Parts of the paths of answers to people."""
_ATTEMPTS = ContextVar[list[bool] | None]("attempts of a request that is made once", default=None)


class UnreadableAnswer(aiohttp.ClientError):
    """The answer is not Discord's, or discord.py cannot read it."""


class Watch:
    """Watches the requests of one client; all clients share `traffic`."""

    def __init__(self, http: HTTPClient, traffic: Traffic) -> None:
        self.traffic = traffic
        self._http = http
        self._plain = http.request

    def trace(self) -> aiohttp.TraceConfig:
        """Return the hooks that aiohttp calls for every request."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._on_start)
        trace.on_request_end.append(self._on_end)
        trace.on_request_exception.append(self._on_exception)
        return trace

    async def request(self, route: Route, **options: Any) -> Any:
        """Make a request as `HTTPClient.request` does."""
        traffic = self.traffic
        await traffic.backoff.over()
        began = asyncio.get_running_loop().time()
        has_nonce = "nonce" in (options.get("json") or ())
        # discord.py would repeat it after an answer that does not say whether it was done.
        is_made_once = route.method == "POST" and route.path.endswith("/threads")
        _ATTEMPTS.set([] if is_made_once else None)
        try:
            # discord.py itself waits and retries; Discord may forget the nonce meanwhile.
            async with asyncio.timeout(traffic.patience.nonce_leaves_within if has_nonce else None):
                answer = await self._plain(route, timeout=self._deadline(), **options)
            if isinstance(answer, str) and answer:
                raise UnreadableAnswer(f"a page in place of an answer: {answer!r:.80}")
        except discord.HTTPException as error:
            answer = meaning_of(error)
            if answer.about is About.EVERYWHERE:
                traffic.backoff.failed(began, answer.after)
            else:
                traffic.backoff.answered()
            raise
        except RequestsHeld as held:
            traffic.backoff.hold(held.after)
            raise
        except (aiohttp.ClientError, OSError):
            traffic.backoff.failed(began)
            raise
        except discord.DiscordException:
            raise
        except Exception as error:  # any error of discord.py's in reading an answer
            traffic.backoff.failed(began)
            raise UnreadableAnswer(f"discord.py fails at the answer: {error!r}") from error
        traffic.backoff.answered()
        return answer

    async def _on_start(
        self,
        session: aiohttp.ClientSession,
        context: SimpleNamespace,
        asked: TraceRequestStartParams,
    ) -> None:
        attempts = _ATTEMPTS.get()
        if attempts:
            raise UnreadableAnswer("it may have been done, and has no nonce to be repeated with")
        if attempts is not None:
            attempts.append(True)
        # Answers to people use the same session but not `HTTPClient.request`.
        session._timeout = self._deadline()
        is_gateway = asked.url.scheme in ("ws", "wss")
        for_somebody = any(part in asked.url.path for part in _FOR_SOMEBODY)
        self.traffic.invalid.begin(for_somebody=is_gateway or for_somebody)

    async def _on_end(
        self, session: aiohttp.ClientSession, context: SimpleNamespace, ended: TraceRequestEndParams
    ) -> None:
        answer = ended.response
        context.ended = True
        self.traffic.invalid.end(invalid=counts_as_invalid(answer.status, answer.headers))
        if answer.status < 300 and answer.headers.get("Content-Type") == _JSON:
            self.traffic.clock.heard(answer.headers.get("Date"))
        if answer.status == 429:
            (_ATTEMPTS.get() or []).clear()  # it was not done
            self._limited(await answer.read())

    async def _on_exception(
        self,
        session: aiohttp.ClientSession,
        context: SimpleNamespace,
        failed: TraceRequestExceptionParams,
    ) -> None:
        if not hasattr(context, "ended"):
            self.traffic.invalid.end(invalid=False)

    def _deadline(self) -> aiohttp.ClientTimeout:
        """Return the deadline of a request; discord.py sets none, and aiohttp's is five minutes."""
        return aiohttp.ClientTimeout(total=self.traffic.patience.deadline)

    def _limited(self, body: bytes) -> None:
        """Replace discord.py's global lock with a `GlobalLimit` before it is closed.

        Raises `UnreadableAnswer` for a limit that is negative, too long or no number.
        """
        try:
            said = json.loads(body)
            seconds, is_global = said["retry_after"], said.get("global")
        except (ValueError, TypeError, LookupError, AttributeError):
            return  # a page: discord.py raises an error for it
        if not isinstance(seconds, int | float) or not 0 <= seconds <= _LONGEST_LIMIT:
            raise UnreadableAnswer(f"a limit of {seconds!r:.20} seconds")
        if not is_global:
            return
        limit = self._http._global_over
        if not isinstance(limit, GlobalLimit):
            limit = self._http._global_over = GlobalLimit()
        limit.lasts(seconds)
        self.traffic.backoff.hold(seconds)


def watch(http: HTTPClient, traffic: Traffic) -> None:
    """Watch every request of *http*, even if it is logged in already.

    A second call only replaces the *traffic*.
    """
    watched: Watch | None = getattr(http.request, "__self__", None)
    if isinstance(watched, Watch):
        watched.traffic = traffic
        return
    watched = Watch(http, traffic)
    trace = watched.trace()
    http.http_trace = trace
    session: aiohttp.ClientSession = http._HTTPClient__session  # type: ignore[attr-defined]
    if session is not discord.utils.MISSING:
        trace.freeze()
        session.trace_configs.append(trace)
    http.request = watched.request  # type: ignore[method-assign]
    answer_promptly(http)


_SLACK = 0.05
"""Seconds by which a timer may come early."""


class PromptRatelimit(Ratelimit):
    """A rate limit that waits for an empty bucket in the background.

    In discord.py, the request that takes a bucket's last token returns its answer only when the
    bucket is full again: for a publication up to an hour later. A receipt cannot wait so long;
    here the next request waits instead.
    """

    async def __aexit__(self, *raised: Any) -> None:
        if self.remaining - self.outgoing >= 0:
            await super().__aexit__(*raised)
        else:
            # Without a reference the task may be garbage-collected before it ends.
            self._refill = asyncio.create_task(super().__aexit__(*raised))


class GlobalLimit(asyncio.Event):
    """Discord's limit over all routes, as a lock that opens by itself when the limit ends.

    discord.py clears its global lock, sleeps and sets it without `finally`: a request cancelled
    meanwhile would leave it closed for ever.
    """

    def __init__(self) -> None:
        super().__init__()
        self._until = 0.0
        self.set()

    def lasts(self, seconds: float) -> None:
        """Keep the lock closed for *seconds* from now; it is never shortened."""
        loop = asyncio.get_running_loop()
        self._until = max(self._until, loop.time() + seconds)
        loop.call_at(self._until, self.set)

    def set(self) -> None:
        """Open the lock if the limit is over; discord.py may call this too early."""
        if self._until <= asyncio.get_running_loop().time() + _SLACK:
            super().set()


def answer_promptly(http: HTTPClient) -> None:
    """Use `PromptRatelimit` in *http*; call this before its first request."""
    plain = http.get_ratelimit

    def prompt(key: str) -> Ratelimit:
        if key not in http._buckets:
            plain(key)  # this also removes old buckets
            http._buckets[key] = PromptRatelimit(http.max_ratelimit_timeout)
        return http._buckets[key]

    http.get_ratelimit = prompt  # type: ignore[method-assign]
