"""Windows of Chromium, driven by Playwright, and what may be wrong with a page in them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from tests.support.chromium import MISSING, chromium, installed

_GONE = ("WebSocket connection to", "net::ERR_CONNECTION_", "net::ERR_EMPTY_RESPONSE")
"""What a console says of a server that is not there: the page is to come back from that."""


class Windows:
    """Opens windows of one browser, each with nothing from the others.

    `wrong` is what their consoles say, and what they ask of anything but the page's own address.
    That its server is gone, and a socket or a picture with it, is no fault of the page.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.wrong: list[str] = []

    async def open(
        self, address: str, query: str = "", *, width: int = 1100, height: int = 800, **options: Any
    ) -> Page:
        """Open the page at an address."""
        context = await self._browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        page = await context.new_page()
        here = (address, address.replace("http", "ws", 1))
        page.on("console", lambda said: self._said(said.text) if said.type != "log" else None)
        page.on("pageerror", lambda error: self._said(str(error)))
        page.on(
            "request", lambda asked: None if asked.url.startswith(here) else self._said(asked.url)
        )
        await page.goto(address + query)
        return page

    def _said(self, text: str) -> None:
        if not any(gone in text for gone in _GONE):
            self.wrong.append(text)


@asynccontextmanager
async def windows() -> AsyncIterator[Windows]:
    """Open a browser; at the end fail for all that was wrong in its windows.

    Skips the test where there is no browser on this machine.
    """
    path = await asyncio.to_thread(installed)
    if path is None:
        pytest.skip(MISSING)
    async with chromium(path) as browser:
        opened = Windows(browser)
        yield opened
    assert opened.wrong == [], opened.wrong


async def check(page: Page) -> None:
    """Fail for what keeps anybody from using the page."""
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
