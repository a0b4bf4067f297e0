"""Following Democracy Club's ballots: what has changed since the newest change that we have.

The cursor is a time that somebody else has stamped: it is never later than now, and each fetch
begins somewhat before it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

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

_OVERLAP = timedelta(minutes=10)
"""How far before the newest change each fetch begins: a ballot may be seen later than its stamp,
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
    value: object
    ballots: tuple[_Ballot, ...]
    has_more: bool

    @property
    def times(self) -> list[datetime]:
        return [ballot.at for ballot in self.ballots if ballot.at]


class _Place(BaseModel, frozen=True):
    """A page of the ballots changed since a moment.

    Pages are turned `by_number` where the server does not heed the moment.
    """

    since: datetime | None = None
    page: int = 1
    by_number: bool = False


class _Walked(BaseModel, frozen=True):
    """What the fetch before had of a page, and where it went on."""

    validators: Validators = Validators()
    further: _Place | None = None


class _Taken(BaseModel, frozen=True):
    at: datetime | None
    name: str


class _Rest(BaseModel, frozen=True):
    """Where a fetch that began with changes `since` a moment broke off."""

    since: datetime | None
    place: _Place


class _State(Remembered):
    """`taken` are the ballots of the overlap, by their content; `walk` are the pages by address."""

    cursor: datetime | None = None
    taken: dict[str, _Taken] = Field(default_factory=dict)
    walk: dict[str, _Walked] = Field(default_factory=dict)
    repeats: bool = False
    heedless: bool = False
    fault: str | None = None
    rest: _Rest | None = None


class DemocracyClubBallots(PagedFeed[_Page]):
    """The ballots of one polling day, by `last_updated`.

    The pages are ordered by their last change, so the next page is asked for by the time of the
    last ballot on this one: page numbers move when a ballot changes between two requests.
    """

    def walk(self, state: State) -> Walk[_Page]:
        """Return a walk that begins with *state*."""
        known = _State.model_validate(state)
        return _Walk(self._url / _ENDPOINT / "", self._night, known, self._clock.now())


class _Walk(Walk[_Page]):
    """It goes on where the fetch before broke off, else it begins some time before the cursor."""

    def __init__(self, endpoint: URL, night: date, known: _State, now: datetime) -> None:
        super().__init__(known.fault)
        self._endpoint = endpoint
        self._night = night
        self._now = now
        self._cursor = min(known.cursor, now) if known.cursor else None
        self._taken = dict(known.taken)
        self._walked = known.walk
        self._walk: dict[str, _Walked] = {}
        self._seen: set[str] = set()
        self._repeats, self._heedless = known.repeats, known.heedless
        if known.rest is None:
            self._from = self._cursor - _OVERLAP if self._cursor else None
            self._place = _Place(since=self._from)
        else:
            # Numbers may have moved since: the page before is asked for once more.
            self._from, place = known.rest.since, known.rest.place
            self._place = place.model_copy(update={"page": max(1, place.page - 1)})

    @property
    def url(self) -> URL:
        query = {"election_date": self._night.isoformat(), "page": str(self._place.page)}
        if self._place.since is not None:
            # An instant earlier, so that "since" may or may not include the moment itself.
            query["last_updated"] = (self._place.since - _INSTANT).isoformat()
        return self._endpoint.update_query(query)

    @property
    def called(self) -> str:
        since = self.url.query.get("last_updated", "the beginning")
        return f"ballots {self._night} since {since}, page {self._place.page}"

    @property
    def validators(self) -> Validators:
        return self._walked.get(str(self.url), _Walked()).validators

    @property
    def has_moved(self) -> bool:
        return bool(self._walk)

    def parse(self, body: bytes) -> _Page:
        return _page(body)

    def fresh(self, page: _Page, body: bytes) -> bytes | None:
        fresh = [
            ballot.value
            for ballot in page.ballots
            if ballot.key not in self._taken
            and (ballot.at is None or self._from is None or ballot.at >= self._from)
        ]
        if len(fresh) == len(page.ballots):
            return body if fresh else None
        kept = page.value | {"results": fresh} if isinstance(page.value, dict) else fresh
        return json.dumps(kept).encode() if fresh else None

    def take(self, page: _Page, validators: Validators) -> None:
        keys = {ballot.key for ballot in page.ballots}
        if not self._walk:
            self._repeats = self._heedless = False
        has_news = bool(keys - self._seen)
        self.fault = None
        self._seen |= keys
        self._taken |= {one.key: _Taken(at=one.at, name=one.name) for one in page.ballots}
        believed = [at for at in page.times if at <= self._now]
        self._cursor = max([*believed, *filter(None, [self._cursor])], default=None)
        self._go_on(validators, self._behind(page, has_news))

    def _behind(self, page: _Page, has_news: bool) -> _Place | None:
        """Return the place behind a page, None at the end.

        Nothing stands behind a further page on which all was seen in this fetch: the server answers
        the same whatever is asked.
        """
        place = self._place
        if place.since and any(at < place.since - _INSTANT for at in page.times):
            self._heedless = True
            place = place.model_copy(update={"by_number": True})
        if not page.has_more:
            return None
        if not has_news and place.page > 1:
            self._repeats = True
            return None
        newest = max(page.times, default=place.since)
        is_ascending = page.times == sorted(page.times)
        if is_ascending and newest != place.since and not place.by_number:
            return _Place(since=newest)
        return place.model_copy(update={"page": place.page + 1})

    def pass_by(self) -> None:
        walked = self._walked[str(self.url)]
        self._go_on(walked.validators, walked.further)

    def _go_on(self, validators: Validators, further: _Place | None) -> None:
        self._walk[str(self.url)] = _Walked(validators=validators, further=further)
        self.is_over = further is None
        self._place = further or self._place

    @property
    def trouble(self) -> str | None:
        """What is wrong with what the server answers, None where nothing is."""
        server = shown_url(self._endpoint)
        latest = self._now + CLOCKS_MAY_DIFFER
        ahead = sorted(
            (one.at, one.name) for one in self._taken.values() if one.at and one.at > latest
        )
        found = list(self.troubles)
        if self._repeats:
            found.append(repeats_itself(server))
        elif self._heedless:
            found.append(
                f"{server} answers with ballots from before the time that was asked for: a cache"
                " before it probably ignores the query."
            )
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
                key: one
                for key, one in self._taken.items()
                if not (one.at and since and one.at < since)
            },
            walk=self._walk,
            repeats=self._repeats,
            heedless=self._heedless,
            fault=self.fault,
            rest=None if self.is_over else _Rest(since=self._from, place=self._place),
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
