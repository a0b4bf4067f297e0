"""A site that states winners, for the tests of its feed."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from tests.feeds.democracy_club.test_winners import entry, feed
from tests.feeds.documents import RECEIVED
from tests.feeds.site import Site, conditional

PATH = "/results/all.atom"
PAGE_SIZE = 3


class WinnersSite:
    """The feed: entries by number, the newest first, three a page, with links between pages."""

    def __init__(self, site: Site) -> None:
        site.pages[PATH] = self._answer
        self.site = site
        self.entries: list[str] = []
        self.pages_allowed = 1000
        self.linked = True

    def state(self, *numbers: int, **changed: str | None) -> None:
        for number in numbers:
            at = (RECEIVED + timedelta(seconds=number)).isoformat()
            self.entries.insert(0, entry(number, **({"updated": at} | changed)))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if len(self.site.asked) > self.pages_allowed:
            return web.Response(status=429, headers={"Retry-After": "6"})
        number = int(request.query["page"])
        shown = self.entries[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        if not shown and number > 1:
            return web.Response(status=404)
        has_more = number * PAGE_SIZE < len(self.entries)
        links = '<link rel="first" href="x"/>' + '<link rel="next" href="x"/>' * has_more
        return conditional(request, feed(*shown, links=links if self.linked else "").encode())
