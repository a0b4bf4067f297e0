"""A web site on loopback that answers what a test tells it to."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from yarl import URL

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site:
    """Its pages by path: a body, or a function that answers; everything asked is kept."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | str | Answering] = {}
        self.asked: list[str] = []
        self.requests: list[web.Request] = []
        self.url = URL()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        self.requests.append(request)
        page = self.pages.get(request.path)
        if page is None:
            return web.Response(status=404)
        if callable(page):
            return await page(request)
        return conditional(request, page.encode() if isinstance(page, str) else page)

    def fails(self, path: str, status: int, **headers: str) -> None:
        """Let a path answer with an error."""

        async def failing(request: web.Request) -> web.StreamResponse:
            return web.Response(status=status, headers=headers)

        self.pages[path] = failing


def conditional(request: web.Request, body: bytes) -> web.Response:
    etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304)
    return web.Response(body=body, headers={"ETag": etag})


@asynccontextmanager
async def serving() -> AsyncIterator[Site]:
    """Return a site that is up."""
    site = Site()
    app = web.Application()
    app.router.add_route("GET", "/{path:.*}", site.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.url = URL.build(scheme="http", host="127.0.0.1", port=runner.addresses[0][1])
    try:
        yield site
    finally:
        await runner.cleanup()
