"""Following Democracy Club's ballots: what has changed since the newest change that we have."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from yarl import URL

from bot.clock import Clock
from bot.election.reports import Reading
from bot.feeds import democracy_club, safe_json
from bot.feeds.faults import DocumentFault
from bot.feeds.fetching import Fetch, State, beside_the_loop
from bot.feeds.http import FeedUnavailable, PoliteClient, Validators
from bot.feeds.reading import read

_ENDPOINT = "api/next/ballots"
_MOST_PAGES = 500
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of ballots: each with its id and time, None for one that has none."""

    value: object
    ballots: tuple[tuple[object, str, datetime | None], ...]
    has_more: bool

    @property
    def ascending(self) -> bool:
        times = [at for _, _, at in self.ballots if at]
        return times == sorted(times)


class DemocracyClubBallots:
    """The ballots of one polling day, by `last_updated`.

    *url* is the base address of the site. The pages are ordered by their last change, so
    the next page is asked for by the time of the last ballot on this one: page numbers move under
    our feet when a ballot changes between two requests.
    """

    def __init__(
        self, name: str, url: str, night: date, client: PoliteClient, clock: Clock
    ) -> None:
        self.name = name
        self._url = URL(url) / _ENDPOINT / ""
        self._night = night
        self._client = client
        self._clock = clock

    async def fetch(self, state: State) -> Fetch:
        """Return the pages of ballots that have changed; raises `FeedUnavailable`."""
        run = _Run(state)
        readings: list[Reading] = []
        trouble: str | None = None
        retry_after: float | None = None
        for _ in range(_MOST_PAGES):
            url = self._url.update_query(run.query(self._night))
            try:
                answer = await self._client.get(url, run.validators(url))
            except FeedUnavailable as refusal:
                if not readings:
                    raise
                trouble, retry_after = str(refusal), refusal.retry_after
                break
            if answer.body is None:
                return Fetch(self.name, (), state)
            try:
                page = await beside_the_loop(answer.body, _page)
            except DocumentFault as fault:
                trouble = str(fault)
                reading = await self._read(answer.body, url)
                if run.is_new_fault(reading.sha256):
                    readings.append(reading)
                break
            fresh = run.fresh(page)
            if fresh:
                readings.append(await self._read(_only(page, fresh, answer.body), url))
            run.take(page, url, answer.validators)
            if not page.has_more:
                return Fetch(self.name, tuple(readings), run.state())
        return Fetch(
            self.name,
            tuple(readings),
            run.state(),
            complete=False,
            trouble=trouble,
            retry_after=retry_after,
        )

    async def _read(self, body: bytes, url: URL) -> Reading:
        since = url.query.get("last_updated", "the beginning")
        name = f"ballots {self._night} since {since}, page {url.query['page']}"
        now, max_bytes = self._clock.now(), self._client.max_bytes
        return await beside_the_loop(
            body, lambda body: read(self.name, name, body, now, max_bytes=max_bytes)
        )


class _Run:
    """Where one asking stands in the order of changes; made of a state and turned into the next."""

    def __init__(self, state: State) -> None:
        cursor = cast("str | None", state.get("cursor"))
        self._cursor = datetime.fromisoformat(cursor) if cursor else None
        self._oldest = self._cursor
        self._taken: set[tuple[str, datetime | None]] = {
            (ballot_id, self._cursor) for ballot_id in cast("list[str]", state.get("at_cursor", []))
        }
        self._page = 1
        self._asked = cast("list[str | None]", state.get("asked", [None, None, None]))
        self._fault = cast("str | None", state.get("fault"))

    def query(self, night: date) -> dict[str, str]:
        query = {"election_date": night.isoformat(), "page": str(self._page)}
        if self._cursor is not None:
            # An instant earlier, so that "since" may or may not include the moment itself.
            query["last_updated"] = (self._cursor - _INSTANT).isoformat()
        return query

    def validators(self, url: URL) -> Validators:
        asked, etag, modified = self._asked
        return Validators(etag, modified) if asked == str(url) else Validators()

    def is_new_fault(self, sha256: str) -> bool:
        is_new = sha256 != self._fault
        self._fault = sha256
        return is_new

    def fresh(self, page: _Page) -> list[object]:
        """Return the ballots of a page that were not taken before."""
        return [
            ballot
            for ballot, ballot_id, at in page.ballots
            if (ballot_id, at) not in self._taken
            and (at is None or self._oldest is None or at >= self._oldest)
        ]

    def take(self, page: _Page, url: URL, validators: Validators) -> None:
        """Go on behind a page."""
        before = self._cursor
        self._taken |= {(ballot_id, at) for _, ballot_id, at in page.ballots if at}
        self._cursor = max((at for _, at in self._taken if at), default=None)
        self._asked = [str(url), validators.etag, validators.modified]
        self._page = 1 if self._cursor != before and page.ascending else self._page + 1

    def state(self) -> dict[str, object]:
        """Return what the next asking begins with."""
        return {
            "cursor": self._cursor.isoformat() if self._cursor else None,
            "at_cursor": sorted(ballot_id for ballot_id, at in self._taken if at == self._cursor),
            "asked": self._asked,
            "fault": self._fault,
        }


def _page(body: bytes) -> _Page:
    value = safe_json.parse(body)
    ballots = tuple((ballot, *_id_and_time(ballot)) for ballot in democracy_club.ballots_of(value))
    return _Page(value, ballots, isinstance(value, dict) and bool(value.get("next")))


def _id_and_time(ballot: object) -> tuple[str, datetime | None]:
    if not isinstance(ballot, dict):
        return "", None
    try:
        return str(ballot.get("ballot_paper_id")), democracy_club.updated_at(ballot)
    except DocumentFault:
        return "", None


def _only(page: _Page, fresh: list[object], body: bytes) -> bytes:
    """Return a page with none but the *fresh* ballots on it."""
    if len(fresh) == len(page.ballots):
        return body
    return json.dumps({**cast("dict[str, object]", page.value), "results": fresh}).encode()
