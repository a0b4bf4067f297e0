"""Calm on the page: quiet in the night, one message in the morning, hidden, without a push."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.support.browser import check, windows
from tests.support.demo_process import ADDRESS, demo
from tests.support.night_at_hand import small_tables

HULL = "Lib Dems gain Kingston upon Hull from Labour"
SOON, LONG = 30_000.0, 120_000.0


@asynccontextmanager
async def _paused_in_talk(folder: Path) -> AsyncIterator[Page]:
    """An admin's page of a demo that waits; what it printed in the end has no traceback."""
    expect.set_options(timeout=SOON)
    async with (
        demo(folder, "--port=0", tables=small_tables(folder)) as started,
        windows() as browser,
    ):
        page = await browser.open(await started.says(ADDRESS), "?as=admin&in=Election Night/talk")
        await expect(page.get_by_role("heading", name="#talk")).to_be_visible()
        night = page.get_by_role("group", name="The night")
        await night.get_by_role("button", name="Pause").click()
        await expect(night.get_by_role("button", name="Run on")).to_be_visible()
        yield page
        assert "Traceback" not in started.printed


async def _choose(page: Page, within: Locator, button: str, option: str) -> None:
    await within.get_by_role("button", name=button).click()
    await page.get_by_role("option", name=option).first.click()


async def _jump(page: Page, to: str, reached: str) -> None:
    night = page.get_by_role("group", name="The night")
    await night.get_by_role("button", name="Jump to…").click()
    await page.get_by_role("option", name=to).first.click()
    await expect(night).to_contain_text(reached, timeout=LONG)


async def test_a_channel_is_quiet_at_night_and_hides_results_until_they_are_pressed(
    tmp_path: Path,
) -> None:
    async with _paused_in_talk(tmp_path) as page:
        await page.get_by_role("combobox", name="Message #talk").fill("/setup")
        await page.keyboard.press("Enter")
        wizard = page.get_by_role("article").filter(has_text="Only you can see this").last
        await _choose(page, wizard, "Choose a channel", "talk")
        await expect(wizard).to_contain_text("Alerts joined for 20 minutes")
        await wizard.get_by_role("button", name="Test and save").click()
        await expect(wizard).to_contain_text("will now get alerts")
        await wizard.get_by_role("button", name="Quiet hours and pings").click()
        await _choose(page, wizard, "No quiet hours", "Quiet from 00:00 to 06:30")
        await expect(wizard).to_contain_text("“While you slept”")
        await wizard.get_by_role("button", name="Hide results").click()
        await expect(wizard).to_contain_text("behind spoiler marks")
        await check(page)

        await _jump(page, "06:00", "06:00:05")
        changes = page.get_by_role("button", name="changes-of-hands, ")
        await expect(changes).to_be_visible(timeout=LONG)
        morning = page.get_by_role("article").filter(
            has=page.get_by_role("heading", name="While you slept")
        )
        await expect(morning).to_have_count(0)
        await _jump(page, "Morning", "09:00:05")
        await expect(morning).to_have_count(1, timeout=LONG)
        await expect(morning.get_by_text(HULL)).not_to_be_visible()
        await morning.get_by_role("button", name="Show the spoiler").first.click()
        await expect(morning.get_by_text(HULL)).to_be_visible()
        await check(page)


async def test_a_post_without_a_push_says_so(tmp_path: Path) -> None:
    async with _paused_in_talk(tmp_path) as page:
        box = page.get_by_role("combobox", name="Message #talk")
        await box.fill("/alerts subscribe topic:council which:Hull channel:#talk")
        await page.keyboard.press("Enter")
        reply = page.get_by_role("article").last
        await expect(reply).to_contain_text("Alerts will appear in")
        await reply.get_by_role("button", name="Quiet hours and pings").click()
        await reply.get_by_role("button", name="Post without a push").click()
        await page.get_by_role("option", name="No push: changes of hands").click()
        await page.get_by_role("button", name="Done").click()
        await expect(reply).to_contain_text("Without a push")
        await expect(reply).to_contain_text("Changes of hands.")
        await _jump(page, "06:00", "06:00:05")
        told = page.get_by_role("article").filter(has=page.get_by_role("heading", name=HULL))
        await expect(told).to_have_count(1, timeout=LONG)
        await expect(told).to_contain_text("Silent")
