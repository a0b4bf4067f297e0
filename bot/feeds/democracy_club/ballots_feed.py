"""Following Democracy Club's ballots: what has changed since the newest change that we have.

The cursor is a time stamped by the server: it is never later than now, and each fetch begins
somewhat before it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from pydantic import BaseModel, Field
from yarl import URL

from bot.feeds import safe_json
from bot.feeds.democracy_club import ballots
from bot.feeds.democracy_club.pages import CLOCKS_MAY_DIFFER, PagedFeed, Walk, repeats_itself
from bot.feeds.faults import DocumentFault, bugs_as_faults
from bot.feeds.feed import Remembered, State, Validators, sentences
from bot.feeds.values import clipped
from bot.redaction import shown_url

_ENDPOINT = "api/next/ballots"
_INSTANT = timedelta(microseconds=1)

_CHUNK = 200
"""The most ballots in an answer to a query by `last_updated`, which the API does not page: what it
leaves out is asked for by the time of the last one."""
_BEFORE_ANY = timedelta(days=3_650)
"""No ballot was last changed earlier than this before its polling day."""

_OVERLAP = timedelta(minutes=10)
"""How far before the newest change each fetch begins: a ballot may appear later than its stamp,
because of a cache, a replicated database or a slow transaction."""


@dataclass(frozen=True, slots=True)
class _Ballot:
    """A ballot as a page has it; `key` is of its content, `at` is None where it has no time."""

    value: object
    key: str
    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class _Page:
    value: object
    ballots: tuple[_Ballot, ...]
    has_more: bool

    @property
    def times(self) -> list[datetime]:
        return [ballot.at for ballot in self.ballots if ballot.at]


class _Place(BaseModel, frozen=True):
    """A page of the ballots changed since a moment.

    Pages are counted up `by_number` where the server ignores the moment.
    """

    since: datetime | None = None
    page: int = 1
    by_number: bool = False


class _State(Remembered):
    """What the fetches so far have found.

    `taken` are the ballots of the overlap, by a hash of their content, with their time and id;
    `walk` are the pages of the last fetch by address, each with where it went on; `rest` is where
    that fetch began and where it broke off.
    """

    cursor: datetime | None = None
    taken: dict[str, tuple[datetime | None, str]] = Field(default_factory=dict)
    walk: dict[str, tuple[Validators, _Place | None]] = Field(default_factory=dict)
    repeats: bool = False
    heedless: bool = False
    fault: str | None = None
    rest: tuple[datetime | None, _Place] | None = None


class DemocracyClubBallots(PagedFeed):
    """The ballots of one polling day, by `last_updated`.

    The pages are ordered by their last change, so the next page is asked for by the time of the
    last ballot on this one: page numbers move when a ballot changes between two requests.
    """

    def walk(self, state: State) -> Walk:
        """Return a walk that begins with *state*."""
        known = _State.model_validate(state)
        return _Walk(self._url / _ENDPOINT / "", self._night, known, self._clock.now())


class _Walk(Walk):
    """It resumes where the last fetch broke off, else it begins some time before the cursor."""

    def __init__(self, endpoint: URL, night: date, known: _State, now: datetime) -> None:
        super().__init__(known.fault)
        self._endpoint = endpoint
        self._night = night
        self._now = now
        self._cursor = min(known.cursor, now) if known.cursor else None
        self._known = known
        self._taken = dict(known.taken)
        self._walk: dict[str, tuple[Validators, _Place | None]] = {}
        self._seen: set[str] = set()
        self._repeats, self._heedless = known.repeats, known.heedless
        if known.rest is None:
            self._from = self._cursor - _OVERLAP if self._cursor else None
            # Without a moment the API orders by id, and its pages shift as ballots are added.
            first = datetime.combine(night, time(), UTC) - _BEFORE_ANY
            self._place = _Place(since=self._from or first)
        else:
            # Page numbers may have shifted since, so the page before is fetched again.
            self._from, place = known.rest
            self._place = place.model_copy(update={"page": max(1, place.page - 1)})

    @property
    def _url(self) -> URL:
        query = {"election_date": self._night.isoformat(), "page": str(self._place.page)}
        if self._place.since is not None:
            # An instant earlier: the server's "since" may or may not include the moment itself.
            query["last_updated"] = (self._place.since - _INSTANT).isoformat()
        return self._endpoint.update_query(query)

    def request(self) -> tuple[URL, Validators, str]:
        url = self._url
        validators, _ = self._known.walk.get(str(url), (Validators(), None))
        since = url.query.get("last_updated", "the beginning")
        return url, validators, f"ballots {self._night} since {since}, page {self._place.page}"

    def take(self, body: bytes, validators: Validators) -> bytes | None:
        page = _page(body)
        fresh = [
            ballot.value
            for ballot in page.ballots
            if ballot.key not in self._taken
            and (ballot.at is None or self._from is None or ballot.at >= self._from)
        ]
        keys = {ballot.key for ballot in page.ballots}
        has_news = bool(keys - self._seen)
        self._seen |= keys
        self._taken |= {ballot.key: (ballot.at, ballot.name) for ballot in page.ballots}
        believed = [at for at in page.times if at <= self._now]
        self._cursor = max([*believed, *filter(None, [self._cursor])], default=None)
        if not self._walk:
            self._repeats = self._heedless = False
        self._go_on(validators, self._behind(page, has_news))
        if not fresh or len(fresh) == len(page.ballots):
            return body if fresh else None
        kept = page.value | {"results": fresh} if isinstance(page.value, dict) else fresh
        return json.dumps(kept).encode()

    def _behind(self, page: _Page, has_news: bool) -> _Place | None:
        """Return the place after a page, None at the end.

        After a further page on which everything was seen in this fetch, every ballot is looked at:
        more have the same time than the server tells at once. There is no place after such a page
        then either: the server answers the same whatever is asked.
        """
        place = self._place
        if place.since and any(at < place.since - _INSTANT for at in page.times):
            self._heedless = True
            place = place.model_copy(update={"by_number": True})
        if not page.has_more and (place.since is None or len(page.ballots) < _CHUNK):
            return None
        if not has_news and place.page > 1:
            if not page.has_more:
                self._seen.clear()
                return _Place(by_number=True)
            self._repeats = True
            return None
        newest = max(page.times, default=place.since)
        is_ascending = page.times == sorted(page.times)
        if is_ascending and newest != place.since and not place.by_number:
            return _Place(since=newest)
        return place.model_copy(update={"page": place.page + 1})

    def pass_by(self) -> None:
        self._go_on(*self._known.walk[str(self._url)])

    def _go_on(self, validators: Validators, further: _Place | None) -> None:
        self._walk[str(self._url)] = validators, further
        self.is_over = further is None
        self._place = further or self._place

    def trouble(self) -> str | None:
        server = shown_url(self._endpoint)
        found = list(self.troubles)
        if self._repeats:
            found.append(repeats_itself(server))
        elif self._heedless:
            found.append(
                f"{server} answers with ballots from before the time that was asked for: a cache"
                " before it probably ignores the query."
            )
        latest = self._now + CLOCKS_MAY_DIFFER
        ahead = sorted((at, name) for at, name in self._taken.values() if at and at > latest)
        if ahead:
            at, name = ahead[-1]
            found.append(
                f"{len(ahead)} ballot{'s are' if len(ahead) > 1 else ' is'} stamped later than now,"
                f" {clipped(name)} with {at.isoformat()}: it is taken, and what changes before that"
                " is still asked for."
            )
        return sentences(found)

    def state(self) -> State:
        since = self._cursor - _OVERLAP if self._cursor else None
        return _State(
            cursor=self._cursor,
            taken={
                key: (at, name)
                for key, (at, name) in self._taken.items()
                if not (at and since and at < since)
            },
            walk=self._walk,
            repeats=self._repeats,
            heedless=self._heedless,
            fault=self.fault,
            rest=None if self.is_over else (self._from, self._place),
        ).as_state()


@bugs_as_faults()
def _page(body: bytes) -> _Page:
    value = safe_json.parse(body)
    found = tuple(map(_ballot, ballots.ballots_of(value)))
    return _Page(value, found, isinstance(value, dict) and bool(value.get("next")))


def _ballot(value: object) -> _Ballot:
    key = hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]
    if not isinstance(value, dict):
        return _Ballot(value, key, "", None)
    name = str(value.get("ballot_paper_id"))[:80]
    try:
        with bugs_as_faults():
            return _Ballot(value, key, name, ballots.updated_at(value))
    except DocumentFault:
        return _Ballot(value, key, name, None)
