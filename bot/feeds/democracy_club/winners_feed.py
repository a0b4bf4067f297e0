"""Following Democracy Club's winners: its Atom feed, page by page until an entry is known."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree import ElementTree

from yarl import URL

from bot.clock import LONDON
from bot.feeds import safe_xml
from bot.feeds.democracy_club import winners
from bot.feeds.democracy_club.pages import CLOCKS_MAY_DIFFER, PagedFeed, Walk, repeats_itself
from bot.feeds.elements import Element
from bot.feeds.faults import DocumentFault, bugs_as_faults
from bot.feeds.feed import FeedUnavailable, Remembered, State, Validators, sentences
from bot.feeds.values import moment
from bot.redaction import shown_url

_FULL_PAGE = 300
"""Entries on a page; only as many newest ones have to be remembered to know where we were."""

_PAGING = {"next", "previous", "first", "last"}


@dataclass(frozen=True, slots=True)
class _Page:
    """A page: its entries by a short hash of their ids, and whether more pages follow."""

    root: Element
    entries: dict[str, Element]
    has_more: bool

    def reaches_before(self, night: date) -> bool:
        """Return whether everything on the page is older than the polling day."""
        times = [_stated_at(entry) for entry in self.entries.values()]
        return all(at is not None and at.astimezone(LONDON).date() < night for at in times)

    def ahead_of(self, now: datetime) -> list[str]:
        """Return the entries stamped later than *now*, by their short hashes."""
        return [
            key
            for key, entry in self.entries.items()
            if (at := _stated_at(entry)) is not None and at > now + CLOCKS_MAY_DIFFER
        ]


class _State(Remembered):
    """`known` are the newest entries; `until` are those at which the walk back ends.

    `again`: the next fetch looks at every page once more.
    """

    page: int = 1
    again: bool = False
    trouble: str | None = None
    known: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    asked: Validators = Validators()
    fault: str | None = None


class DemocracyClubWinners(PagedFeed):
    """The statements about winners of one polling day, from the newest entry back."""

    def walk(self, state: State) -> Walk:
        """Return a walk that begins with *state*."""
        return _Walk(self._url, self._night, _State.model_validate(state), self._clock.now())


class _Walk(Walk):
    """From the newest entry back to those that the last walk had."""

    most_pages = 60

    def __init__(self, feed: URL, night: date, known: _State, now: datetime) -> None:
        super().__init__(known.fault)
        self._feed = feed
        self._night = night
        self._now = now
        self._known = known
        self._page = known.page
        is_new = known.page == 1 and not known.again
        self._newest: dict[str, None] = {} if is_new else dict.fromkeys(known.known)
        self._until = known.known if is_new else known.until
        self._asked = known.asked
        self._seen: set[str] = set()
        self._ahead: dict[str, None] = {}
        self._again = self._unchanged = False

    def request(self) -> tuple[URL, Validators, str]:
        validators = self._asked if self._page == 1 else Validators()
        url = self._feed.update_query(page=str(self._page))
        return url, validators, f"winners {self._night}, page {self._page}"

    def take(self, body: bytes, validators: Validators) -> bytes | None:
        page = _page(body)
        fresh = [
            entry
            for key, entry in page.entries.items()
            if key not in self._newest and key not in self._until and self._is_ours(entry)
        ]
        self._go_on(page, validators)
        if not fresh or len(fresh) == len(page.entries):
            return body if fresh else None
        return _only(page, fresh)

    def _is_ours(self, entry: Element) -> bool:
        """Return whether an entry is of our night, or too faulty to say."""
        try:
            slug = entry.inner("election_slug") or ""
            said = entry.inner("election_date") or slug.rpartition(".")[2]
            return date.fromisoformat(said) == self._night
        except (DocumentFault, ValueError):
            return True

    def _go_on(self, page: _Page, validators: Validators) -> None:
        if page.entries and page.entries.keys() <= self._seen:
            # The server sent it in place of another page.
            self._page, self._again, self._asked = 1, True, Validators()
            self.troubles.append(repeats_itself(shown_url(self._feed)))
            self.is_over = True
            return
        if self._page == 1:
            self._asked = validators
        self._newest.update(dict.fromkeys(page.entries))
        self._seen.update(page.entries)
        self._page += 1
        ahead = page.ahead_of(self._now)
        self._ahead.update(dict.fromkeys(ahead))
        is_known = not (page.entries.keys() - ahead).isdisjoint(self._until)
        if not page.has_more or is_known or page.reaches_before(self._night):
            self._finish()

    def _finish(self) -> None:
        """Let the next walk begin at the first page."""
        self._newest.update(dict.fromkeys(self._until))
        self._until, self._page, self.is_over = (), 1, True

    def pass_by(self) -> None:
        self._unchanged = self.is_over = True

    def ends_at(self, refusal: FeedUnavailable) -> bool:
        if refusal.status != 404 or self._page == 1:
            return False
        self._finish()
        return True

    def trouble(self) -> str | None:
        if self._unchanged:
            return sentences([self._known.trouble, *self.troubles])
        if not self._ahead:
            return sentences(self.troubles)
        some = f"{len(self._ahead)} entr{'ies are' if len(self._ahead) > 1 else 'y is'}"
        return sentences(
            [
                *self.troubles,
                f"{shown_url(self._feed)} is wrong about the time: {some} stamped later than now."
                " What they say is taken, and the entries below are still asked for.",
            ]
        )

    def state(self) -> State:
        if self._unchanged:
            return self._known.as_state()
        return _State(
            page=self._page,
            again=self._again,
            trouble=self.trouble(),
            known=(*self._newest, *self._until)[:_FULL_PAGE],
            until=self._until,
            asked=self._asked,
            fault=self.fault,
        ).as_state()


@bugs_as_faults()
def _page(body: bytes) -> _Page:
    root = safe_xml.parse(body)
    if root.name != winners.ROOT:
        raise DocumentFault("The document is no Atom feed: check the feed's address.")
    entries = {_key(entry.inner("id") or repr(entry)): entry for entry in winners.entries_of(root)}
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
