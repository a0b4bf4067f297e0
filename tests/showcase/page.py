"""Screenshots of the chat page as the night stands at 02:40 on Friday."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from tests.showcase.pictures import FOLDER, Shown
from tests.support.chromium import chromium, installed
from tests.support.night_at_hand import AtHand, at, night_at_hand

HULL = "Lib Dems gain Kingston upon Hull from Labour"
_PATIENCE = 30_000


def screenshots() -> list[Shown]:
    """Return the screenshots; they are made by `photograph`, which sees that they show this."""
    return [
        Shown(
            "page.png",
            "The chat page of <code>make demo</code>",
            "The chat page in the browser at 02:40: servers and channels on the left, the bar "
            f"of the night at the top, and in #changes-of-hands the alert “{HULL}”.",
        ),
        Shown(
            "phone.png",
            "The same on a phone: <code>/council Hull</code>",
            "The chat page on a phone: a private answer to /council Hull with the "
            f"picture of the chamber, headed “{HULL}”, and buttons for the wards, the history and "
            "the map.",
        ),
    ]


async def photograph() -> None:
    """Replay the night until 02:40 and take the screenshots. Raises where Chromium is missing."""
    with tempfile.TemporaryDirectory() as folder:
        path = await asyncio.to_thread(installed)
        async with night_at_hand(Path(folder), whole=True) as night, chromium(path) as browser:
            address = night.sandbox.open_page(night.controls, night.chat.people)
            await night.replay.jump(at(6, 2, 40))
            page = await _opened(browser, address, "changes-of-hands", 1_180, 860)
            await expect(page.get_by_text(HULL).last).to_be_visible(timeout=_PATIENCE)
            await _taken(page, "page.png")
            phone = await _opened(browser, address, "hull", 420, 860)
            await _ask_for_hull(night, phone)
            await _taken(phone, "phone.png")


async def _opened(browser: Browser, address: str, channel: str, width: int, height: int) -> Page:
    context = await browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce"
    )
    page = await context.new_page()
    await page.goto(f"{address}?as=reader&in=Election Night/{channel}")
    await expect(page.get_by_role("heading", name=f"#{channel}")).to_be_visible(timeout=_PATIENCE)
    return page


async def _ask_for_hull(night: AtHand, page: Page) -> None:
    """Ask for Hull as the reader, and wait until the answer stands there with its picture."""
    reply = await night.sandbox.slash(
        night.chat.reader, night.channel("hull"), "council", {"name": "Hull"}
    )
    await night.until(lambda: reply.message.attachments)
    answer = page.get_by_role("article").last
    await expect(answer.get_by_text(HULL).first).to_be_visible(timeout=_PATIENCE)
    chamber = answer.get_by_role("img").last
    await expect(chamber).to_be_visible(timeout=_PATIENCE)
    await page.get_by_role("button", name="To the newest").click()
    await expect(chamber).to_be_in_viewport(ratio=1)


async def _taken(page: Page, file_name: str) -> None:
    await page.wait_for_load_state("networkidle")
    await page.screenshot(path=FOLDER / file_name)
