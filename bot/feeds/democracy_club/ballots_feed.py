"""Following Democracy Club's ballots: what has changed since the newest change that we have.

The cursor is a time that somebody else has stamped, so it is not trusted: it is never later than
now, each asking begins somewhat before it, and a server that answers the same whatever is asked is
not asked on and on.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from yarl import URL

from bot.clock import Clock
from bot.election.reports import Reading
from bot.feeds import safe_json
from bot.feeds.democracy_club import ballots as democracy_club
from bot.feeds.elements import clipped
from bot.feeds.faults import DocumentFault, bugs_as_faults
from bot.feeds.feed import (
    CLOCKS_MAY_DIFFER,
    Fetch,
    State,
    beside_the_loop,
    repeats_itself,
    sentences,
)
from bot.feeds.http import FeedUnavailable, PoliteClient, Validators
from bot.feeds.reading import read
from bot.redaction import shown_url

_ENDPOINT = "api/next/ballots"
_MOST_PAGES = 500
_INSTANT = timedelta(microseconds=1)

_OVERLAP = timedelta(minutes=10)
"""How far before the newest change each asking begins: a ballot may be seen later than its stamp,
because of a cache, a copy of the database or a change that took its time."""


@dataclass(frozen=True, slots=True)
class _Ballot:
    """A ballot as a page has it; `key` is of its content, `at` is None where it has no time."""

    value: object
    key: str
    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of ballots."""

    value: object
    ballots: tuple[_Ballot, ...]
    has_more: bool

    @property
    def ascending(self) -> bool:
        times = [ballot.at for ballot in self.ballots if ballot.at]
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
        run = _Run(state, self._clock.now(), shown_url(self._url))
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
            run.hear(answer.trouble)
            if answer.body is None:
                run.pass_by(url)
            else:
                try:
                    page = await beside_the_loop(answer.body, _page)
                except DocumentFault:
                    reading = await self._read(answer.body, url)
                    trouble = reading.fault
                    if run.is_new_fault(reading.sha256):
                        readings.append(reading)
                    break
                fresh = run.fresh(page)
                if fresh:
                    readings.append(await self._read(_only(page, fresh, answer.body), url))
                run.take(page, url, answer.validators)
            if run.is_over:
                return Fetch(self.name, tuple(readings), run.state(), trouble=run.trouble)
        return Fetch(
            self.name,
            tuple(readings),
            run.state(),
            complete=False,
            trouble=trouble or run.trouble,
            retry_after=retry_after,
        )

    async def _read(self, body: bytes, url: URL) -> Reading:
        since = url.query.get("last_updated", "the beginning")
        name = f"ballots {self._night} since {since}, page {url.query['page']}"
        now, max_bytes = self._clock.now(), self._client.max_bytes
        return await beside_the_loop(
            body, lambda body: read(self.name, name, body, now, max_bytes=max_bytes)
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an asking stands: a page of the ballots changed since a moment.

    The pages are turned `by_number` where the server does not heed the moment.
    """

    since: datetime | None
    page: int = 1
    by_number: bool = False

    def to_state(self) -> list[object]:
        return [self.since.isoformat() if self.since else None, self.page, self.by_number]

    @classmethod
    def from_state(cls, value: object) -> _Place:
        since, page, by_number = cast("tuple[str | None, int, bool]", value)
        return cls(_moment(since), page, by_number)


class _Run:
    """Where one asking stands in the order of changes; made of a state and turned into the next.

    It goes on where the asking before broke off, else it begins some time before the cursor, which
    is the newest change that we have, but no later than *now*.
    """

    def __init__(self, state: State, now: datetime, server: str) -> None:
        self._now = now
        self._server = server
        cursor = _moment(cast("str | None", state.get("cursor")))
        self._cursor = min(cursor, now) if cursor else None
        self._taken = dict(cast("dict[str, list[str | None]]", state.get("taken", {})))
        self._walked = cast("dict[str, list[object]]", state.get("walk", {}))
        self._fault = cast("str | None", state.get("fault"))
        self._heard: dict[str, None] = {}
        self._walk: dict[str, list[object]] = {}
        self._seen: set[str] = set()
        self._repeats = bool(state.get("repeats"))
        self._heedless = bool(state.get("heedless"))
        self.is_over = False
        broken_off = cast("list[object] | None", state.get("broken_off"))
        if broken_off is None:
            self._from = self._cursor - _OVERLAP if self._cursor else None
            self._place = _Place(self._from)
        else:
            # Numbers may have moved since: the page before is looked at once more.
            place = _Place.from_state(broken_off[1])
            self._from = _moment(cast("str | None", broken_off[0]))
            self._place = _Place(place.since, max(1, place.page - 1), place.by_number)

    def query(self, night: date) -> dict[str, str]:
        query = {"election_date": night.isoformat(), "page": str(self._place.page)}
        if self._place.since is not None:
            # An instant earlier, so that "since" may or may not include the moment itself.
            query["last_updated"] = (self._place.since - _INSTANT).isoformat()
        return query

    def validators(self, url: URL) -> Validators:
        """Return what makes the request conditional: what the asking before had of the page."""
        etag, modified, *_ = self._walked.get(str(url), (None, None))
        return Validators(cast("str | None", etag), cast("str | None", modified))

    def hear(self, trouble: str | None) -> None:
        """Note what the server is in trouble with, if it is."""
        if trouble:
            self._heard[trouble] = None

    def is_new_fault(self, sha256: str) -> bool:
        is_new = sha256 != self._fault
        self._fault = sha256
        return is_new

    def fresh(self, page: _Page) -> list[object]:
        """Return the ballots of a page that were not taken before."""
        return [
            ballot.value
            for ballot in page.ballots
            if ballot.key not in self._taken
            and (ballot.at is None or self._from is None or ballot.at >= self._from)
        ]

    def pass_by(self, url: URL) -> None:
        """Go on behind a page that is as the asking before had it."""
        self._walk[str(url)] = row = self._walked[str(url)]
        self._go_on(_Place.from_state(row[2]) if row[2] else None)

    def take(self, page: _Page, url: URL, validators: Validators) -> None:
        """Go on behind a page.

        A further page on which all was seen in this asking is not behind anything: there is no end
        to come, as the server answers the same whatever is asked.
        """
        keys = {ballot.key for ballot in page.ballots}
        if not self._walk:
            self._repeats = self._heedless = False
        place, news = self._place, bool(keys - self._seen)
        self._seen |= keys
        self._taken |= {
            ballot.key: [ballot.at.isoformat() if ballot.at else None, ballot.name]
            for ballot in page.ballots
        }
        times = [ballot.at for ballot in page.ballots if ballot.at]
        believed = [at for at in times if at <= self._now]
        self._cursor = max([*believed, *filter(None, [self._cursor])], default=None)
        if place.since and any(at < place.since - _INSTANT for at in times):
            self._heedless = True
            place = _Place(place.since, place.page, by_number=True)
        further: _Place | None = None
        if page.has_more and not news and place.page > 1:
            self._repeats = True
        elif page.has_more:
            newest = max(times, default=place.since)
            if page.ascending and newest != place.since and not place.by_number:
                further = _Place(newest)
            else:
                further = _Place(place.since, place.page + 1, place.by_number)
        self._walk[str(url)] = [
            validators.etag,
            validators.modified,
            further.to_state() if further else None,
        ]
        self._go_on(further)

    def _go_on(self, further: _Place | None) -> None:
        self.is_over = further is None
        self._place = further or self._place

    @property
    def trouble(self) -> str | None:
        """What is wrong with what the server answers, None where nothing is."""
        latest = (self._now + CLOCKS_MAY_DIFFER).isoformat()
        ahead = sorted(
            (str(at), str(name)) for at, name in self._taken.values() if at and _later(at, latest)
        )
        found = list(self._heard)
        if self._repeats:
            found.append(repeats_itself(self._server))
        elif self._heedless:
            found.append(
                f"{self._server} answers with ballots from before the time that was asked for: a"
                " cache before it probably ignores the query."
            )
        if ahead:
            at, name = ahead[-1]
            found.append(
                f"{len(ahead)} ballot{'s are' if len(ahead) > 1 else ' is'} stamped later than now,"
                f" {clipped(name)} with {at}: it is taken, and what changes before that is still"
                " asked for."
            )
        return sentences(found)

    def state(self) -> dict[str, object]:
        """Return what the next asking begins with."""
        since = (self._cursor - _OVERLAP).isoformat() if self._cursor else None
        return {
            "cursor": self._cursor.isoformat() if self._cursor else None,
            "taken": {
                key: [at, name]
                for key, (at, name) in self._taken.items()
                if not (at and since and _later(since, at))
            },
            "walk": self._walk,
            "repeats": self._repeats,
            "heedless": self._heedless,
            "fault": self._fault,
            "broken_off": None
            if self.is_over
            else [self._from.isoformat() if self._from else None, self._place.to_state()],
        }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _later(one: str, other: str) -> bool:
    return datetime.fromisoformat(one) > datetime.fromisoformat(other)


@bugs_as_faults()
def _page(body: bytes) -> _Page:
    value = safe_json.parse(body)
    ballots = tuple(map(_ballot, democracy_club.ballots_of(value)))
    return _Page(value, ballots, isinstance(value, dict) and bool(value.get("next")))


def _ballot(value: object) -> _Ballot:
    key = hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]
    if not isinstance(value, dict):
        return _Ballot(value, key, "", None)
    name = str(value.get("ballot_paper_id"))[:80]
    try:
        with bugs_as_faults():
            return _Ballot(value, key, name, democracy_club.updated_at(value))
    except DocumentFault:
        return _Ballot(value, key, name, None)


def _only(page: _Page, fresh: list[object], body: bytes) -> bytes:
    """Return a page with none but the *fresh* ballots on it."""
    if len(fresh) == len(page.ballots):
        return body
    return json.dumps({**cast("dict[str, object]", page.value), "results": fresh}).encode()
