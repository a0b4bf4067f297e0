"""Following Democracy Club's Atom feed: newest first, back to what we have.

An entry's time is not trusted: one in the future stays on top of the feed and says nothing of where
we were, and one that is too old does not end the way back.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from xml.etree import ElementTree

from yarl import URL

from bot.clock import LONDON, Clock
from bot.election.reports import Reading
from bot.feeds import safe_xml
from bot.feeds.democracy_club import winners as democracy_club_atom
from bot.feeds.elements import Element, moment
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

_MOST_PAGES = 60
_FULL_PAGE = 300
"""Entries on a page; only as many newest ones have to be remembered to know where we were."""

_PAGING = {"next", "previous", "first", "last"}


@dataclass(frozen=True, slots=True)
class _Page:
    """A page: its entries, each under a short hash of its id, and whether it goes on behind it."""

    root: Element
    entries: dict[str, Element]
    has_more: bool

    def reaches_before(self, night: date) -> bool:
        """Return whether all that stands on the page is older than the polling day."""
        if not self.entries:
            return True
        times = [_stated_at(entry) for entry in self.entries.values()]
        return all(at is not None and at.astimezone(LONDON).date() < night for at in times)

    def ahead_of(self, now: datetime) -> list[str]:
        """Return the entries stamped later than *now*, by their short hashes."""
        return [
            key
            for key, entry in self.entries.items()
            if (at := _stated_at(entry)) is not None and at > now + CLOCKS_MAY_DIFFER
        ]


class DemocracyClubWinners:
    """The statements about winners of one polling day.

    *url* is the address of the feed. Its pages are read from the first on until one has an entry
    that we have; an asking that breaks off goes on at that page the next time.
    """

    def __init__(
        self, name: str, url: str, night: date, client: PoliteClient, clock: Clock
    ) -> None:
        self.name = name
        self._url = URL(url)
        self._night = night
        self._client = client
        self._clock = clock

    async def fetch(self, state: State) -> Fetch:
        """Return the pages of entries that are new; raises `FeedUnavailable`."""
        sweep = _Sweep(state, self._clock.now(), shown_url(self._url))
        began_at = sweep.page
        readings: list[Reading] = []
        trouble: str | None = None
        retry_after: float | None = None
        for _ in range(_MOST_PAGES):
            url = self._url.update_query(page=str(sweep.page))
            try:
                answer = await self._client.get(url, sweep.validators)
            except FeedUnavailable as refusal:
                if refusal.status == 404 and sweep.page > 1:
                    sweep.finish()
                    return self._all_of(readings, sweep)
                if sweep.page == began_at:
                    raise
                trouble, retry_after = str(refusal), refusal.retry_after
                break
            if answer.body is None:
                found = sentences([cast("str | None", state.get("trouble")), answer.trouble])
                return Fetch(self.name, (), state, trouble=found)
            sweep.hear(answer.trouble)
            try:
                page = await beside_the_loop(answer.body, _page)
            except DocumentFault as fault:
                reading = await self._read(answer.body, sweep.page)
                trouble = reading.fault or str(fault)
                if sweep.is_new_fault(reading.sha256):
                    readings.append(reading)
                break
            fresh = [entry for entry in sweep.fresh(page) if self._is_ours(entry)]
            if fresh:
                body = answer.body if len(fresh) == len(page.entries) else _only(page, fresh)
                readings.append(await self._read(body, sweep.page))
            if sweep.repeats(page):
                sweep.begin_again()
                return self._all_of(readings, sweep)
            if sweep.take(page, answer.validators) or page.reaches_before(self._night):
                sweep.finish()
                return self._all_of(readings, sweep)
        return Fetch(
            self.name,
            tuple(readings),
            sweep.state(),
            complete=False,
            trouble=trouble or sweep.trouble,
            retry_after=retry_after,
        )

    def _all_of(self, readings: list[Reading], sweep: _Sweep) -> Fetch:
        return Fetch(self.name, tuple(readings), sweep.state(), trouble=sweep.trouble)

    def _is_ours(self, entry: Element) -> bool:
        """Return whether an entry is of our night, or too faulty to say."""
        try:
            slug = entry.inner("election_slug") or ""
            said = entry.inner("election_date") or slug.rpartition(".")[2]
            return date.fromisoformat(said) == self._night
        except (DocumentFault, ValueError):
            return True

    async def _read(self, body: bytes, page: int) -> Reading:
        name = f"winners {self._night}, page {page}"
        now, max_bytes = self._clock.now(), self._client.max_bytes
        return await beside_the_loop(
            body, lambda body: read(self.name, name, body, now, max_bytes=max_bytes)
        )


class _Sweep:
    """A way through the pages, from the newest entry back to those that a sweep before had."""

    def __init__(self, state: State, now: datetime, server: str) -> None:
        self._now = now
        self._server = server
        self.page = cast("int", state.get("page", 1))
        known = cast("list[str]", state.get("known", []))
        is_new = self.page == 1 and not state.get("again")
        self._newest: dict[str, None] = {} if is_new else dict.fromkeys(known)
        self._until = known if is_new else cast("list[str]", state.get("until", []))
        self._asked = Validators.from_state(state.get("asked"))
        self._fault = cast("str | None", state.get("fault"))
        self._seen: set[str] = set()
        self._ahead: dict[str, None] = {}
        self._heard: list[str | None] = []
        self._again = False

    @property
    def validators(self) -> Validators:
        """What makes the request conditional: only that for the first page is."""
        return self._asked if self.page == 1 else Validators()

    def is_new_fault(self, sha256: str) -> bool:
        is_new = sha256 != self._fault
        self._fault = sha256
        return is_new

    def fresh(self, page: _Page) -> list[Element]:
        """Return the entries of a page that were not taken before."""
        return [
            entry
            for key, entry in page.entries.items()
            if key not in self._newest and key not in self._until
        ]

    def hear(self, trouble: str | None) -> None:
        """Note what the server is in trouble with, if it is."""
        self._heard.append(trouble)

    def repeats(self, page: _Page) -> bool:
        """Return whether a further page has nothing that this asking has not seen before it."""
        return bool(page.entries) and page.entries.keys() <= self._seen

    def take(self, page: _Page, validators: Validators) -> bool:
        """Go on behind a page; return whether the sweep has come to what was known, or the end."""
        if self.page == 1:
            self._asked = validators
        self._newest.update(dict.fromkeys(page.entries))
        self._seen.update(page.entries)
        self._fault = None
        self.page += 1
        ahead = page.ahead_of(self._now)
        self._ahead.update(dict.fromkeys(ahead))
        return not page.has_more or not (page.entries.keys() - ahead).isdisjoint(self._until)

    def begin_again(self) -> None:
        """Let the next asking look at every page once more: one has stood in place of another."""
        self.page, self._again, self._asked = 1, True, Validators()
        self.hear(repeats_itself(self._server))

    def finish(self) -> None:
        """Let the next sweep begin at the first page."""
        self._newest.update(dict.fromkeys(self._until))
        self._until = []
        self.page = 1

    @property
    def trouble(self) -> str | None:
        """What is wrong with what the server answers, None where nothing is."""
        if not self._ahead:
            return sentences(self._heard)
        some = f"{len(self._ahead)} entr{'ies are' if len(self._ahead) > 1 else 'y is'}"
        return sentences(
            [
                *self._heard,
                f"{self._server} is wrong about the time: {some} stamped later than now. What they"
                " say is taken, and the entries below are still asked for.",
            ]
        )

    def state(self) -> dict[str, object]:
        """Return what the next asking begins with."""
        return {
            "page": self.page,
            "again": self._again,
            "trouble": self.trouble,
            "known": [*self._newest, *self._until][:_FULL_PAGE],
            "until": self._until,
            "asked": self._asked.to_state(),
            "fault": self._fault,
        }


@bugs_as_faults()
def _page(body: bytes) -> _Page:
    root = safe_xml.parse(body)
    if root.name != democracy_club_atom.ROOT:
        raise DocumentFault("The document is no Atom feed: check the feed's address.")
    entries = {
        _key(entry.inner("id") or repr(entry)): entry
        for entry in democracy_club_atom.entries_of(root)
    }
    links = {link.attributes.get("rel") for link in root.all("link")}
    paged = not links.isdisjoint(_PAGING)
    return _Page(root, entries, "next" in links if paged else len(entries) >= _FULL_PAGE)


def _stated_at(entry: Element) -> datetime | None:
    try:
        return moment(entry.inner("updated") or entry.inner_text("published"), "its updated")
    except DocumentFault:
        return None


def _key(entry_id: str) -> str:
    return hashlib.sha256(entry_id.encode()).hexdigest()[:10]


def _only(page: _Page, fresh: list[Element]) -> bytes:
    """Return a page with none but the *fresh* entries on it."""
    root = ElementTree.Element("feed", xmlns="http://www.w3.org/2005/Atom")
    for title in page.root.all("title"):
        ElementTree.SubElement(root, "title").text = title.content
    for entry in fresh:
        element = ElementTree.SubElement(root, "entry")
        for child in entry.children:
            ElementTree.SubElement(element, child.name).text = child.content
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return body
