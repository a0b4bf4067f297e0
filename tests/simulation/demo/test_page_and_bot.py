"""The demo's page with several people at it, and when the bot or all of it is started again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.support.browser import Windows, windows
from tests.support.demo_process import ADDRESS, Demo, demo, free_port
from tests.support.night_at_hand import small_tables

expect.set_options(timeout=30_000)  # a slow machine may take its time

HULL = "Lib Dems gain Kingston upon Hull from Labour"


@pytest.fixture
async def browser() -> AsyncIterator[Windows]:
    async with windows() as opened:
        yield opened


def last(page: Page) -> Locator:
    return page.get_by_role("article").last


async def ask(page: Page, command: str) -> None:
    await page.get_by_role("combobox", name="Message #talk").fill(command)
    await page.keyboard.press("Enter")


async def choose(page: Page, button: str, option: str) -> None:
    await page.get_by_role("button", name=button).click()
    await page.get_by_role("option", name=option).first.click()


async def at_half_past_two(browser: Windows, started: Demo) -> Page:
    """Open #talk as the reader, and let the night stand still just before Hull declares."""
    page = await browser.open(await started.says(ADDRESS), "?as=reader&in=Election Night/talk")
    await expect(page.get_by_role("heading", name="#talk")).to_be_visible()
    night = page.get_by_role("group", name="The night")
    await night.get_by_role("button", name="Pause").click()
    await expect(night.get_by_role("button", name="Run on")).to_be_visible()
    await choose(page, "Jump to…", "02:30")
    await expect(night).to_contain_text("02:30:05")
    return page


async def test_controls_and_private_replies_live_on_when_the_bot_was_started_again(
    tmp_path: Path, browser: Windows
) -> None:
    async with demo(tmp_path, "--port=0", tables=small_tables(tmp_path)) as started:
        page = await at_half_past_two(browser, started)
        await ask(page, "/council Worcester")
        await expect(last(page)).to_contain_text("Only you can see this")
        await ask(page, "/party Labour public:yes")
        public = last(page)
        await expect(public.get_by_role("button", name="Follow Labour")).to_be_visible()
        await choose(page, "Inject…", "Restart the bot")
        notice = page.get_by_role("status")
        await expect(notice).to_contain_text("Election Night is not connected")
        await expect(notice).to_have_text("")
        private = page.get_by_role("article").filter(has_text="Worcester")
        await private.get_by_role("button", name="Wards").click()
        await expect(private).to_contain_text("wards declared")
        await expect(private).to_contain_text("Only you can see this")
        await page.get_by_role("button", name="Follow Labour").click()
        await expect(last(page)).to_contain_text("Following gains and losses of Labour")
        await page.get_by_role("combobox", name="Message #talk").fill("/council hul")
        suggested = page.get_by_role("listbox").get_by_role("option")
        await expect(suggested.first).to_have_text("Kingston upon Hull")
        assert "Traceback" not in started.printed


async def test_the_page_shows_the_new_night_when_the_demo_was_killed_and_started_again(
    tmp_path: Path, browser: Windows
) -> None:
    tables, port = small_tables(tmp_path), f"--port={free_port()}"
    async with demo(tmp_path, port, tables=tables) as started:
        page = await at_half_past_two(browser, started)
        await ask(page, "/council Worcester")
        await expect(last(page)).to_contain_text("no overall control")
        await ask(page, "Who will it be?")
        await expect(last(page)).to_contain_text("No council found for “Who will it be?”")
        await page.get_by_role("combobox", name="Message #talk").fill("Half a sent")
        started.process.kill()
        await expect(page.get_by_role("status")).to_have_text("Reconnecting…")
        await expect(page.get_by_role("article")).to_have_count(4)  # to read on in
    async with demo(tmp_path, port, tables=tables) as again:
        await again.says(ADDRESS)
        night = page.get_by_role("group", name="The night")
        await expect(page.get_by_role("status")).to_have_text("")
        await expect(night.get_by_role("button", name="Pause")).to_be_visible()
        await expect(page.get_by_role("article")).to_have_count(1)  # the welcome
        await expect(page.get_by_role("heading", name="#talk")).to_be_visible()
        await expect(night).to_contain_text("1 of 200 councils declared, no changes of hands")
        box = page.get_by_role("combobox", name="Message #talk")
        await expect(box).to_have_value("Half a sent")
        await ask(page, "/council Worcester")
        await expect(last(page)).to_contain_text("Conservatives")
        await expect(page.get_by_role("article")).to_have_count(2)
        assert "Traceback" not in again.printed


async def test_two_people_at_once_see_each_what_is_theirs(tmp_path: Path, browser: Windows) -> None:
    async with demo(tmp_path, "--port=0", tables=small_tables(tmp_path)) as started:
        robin = await at_half_past_two(browser, started)
        ada = await browser.open(robin.url.split("?")[0], "?as=admin&in=Election Night/talk")
        dana = await browser.open(robin.url.split("?")[0], "?as=desk")
        await expect(ada.get_by_role("heading", name="#talk")).to_be_visible()
        await asyncio.gather(ask(robin, "/council Hull"), ask(ada, "/council Worcester"))
        for page, theirs in ((robin, "Kingston upon Hull"), (ada, "Worcester")):
            await expect(page.get_by_role("article")).to_have_count(2)  # one is the welcome
            await expect(last(page)).to_contain_text(theirs)
            await expect(last(page)).to_contain_text("Only you can see this")
        await last(ada).get_by_role("button", name="Follow Worcester").click()
        await expect(last(ada)).to_contain_text("Following")
        await ask(robin, "Good evening!")
        await expect(last(ada)).to_contain_text("Good evening!")
        await expect(robin.get_by_role("article")).to_have_count(4)  # it is put to the bot

        # Robin follows Hull: they alone hear of it directly, everybody in the channels.
        await robin.get_by_role("button", name="Run on").click()
        direct = robin.get_by_role("button", name="Election Night, 1 unread")
        await expect(direct).to_be_visible()
        await direct.click()
        await expect(last(robin).get_by_role("heading", name=HULL)).to_be_visible()
        await expect(ada.get_by_role("button", name="changes-of-hands, 1 unread")).to_be_visible()
        await expect(ada.get_by_role("button", name="Election Night", exact=True)).to_be_visible()

        # The desk's channel is nobody else's, and the server of the others is not the desk's.
        for page, may_see, may_not in (
            (robin, "talk", "held-results"), (ada, "talk", "held-results"),
            (dana, "held-results", "talk"),
        ):  # fmt: skip
            places = page.get_by_role("navigation", name="Servers and channels")
            await expect(places.get_by_role("button", name=may_see)).to_have_count(1)
            await expect(places.get_by_role("button", name=may_not)).to_have_count(0)


async def test_an_admin_lets_alerts_go_to_threads_which_the_page_then_shows(
    tmp_path: Path, browser: Windows
) -> None:
    async with demo(tmp_path, "--port=0", tables=small_tables(tmp_path)) as started:
        robin = await at_half_past_two(browser, started)
        ada = await browser.open(robin.url.split("?")[0], "?as=admin&in=Election Night/talk")
        await expect(ada.get_by_role("heading", name="#talk")).to_be_visible()
        await ask(ada, "/setup")
        await choose(ada, "Choose a channel", "#changes-of-hands")
        await ada.get_by_role("button", name="Test and save").click()
        await choose(ada, "In the channel itself", "In a thread for each region")
        await expect(last(ada)).to_contain_text("will now appear in a thread for each region")
        await robin.get_by_role("button", name="Run on").click()
        places = robin.get_by_role("navigation", name="Servers and channels")
        thread = places.get_by_role("button", name="Elections of 5 May 2022: Yorkshire")
        await expect(thread).to_be_visible()
        await thread.click()
        await expect(robin.get_by_role("heading", name=HULL)).to_be_visible()
        await expect(robin.locator("#channel-topic")).to_have_text("In #changes-of-hands")
        assert "Traceback" not in started.printed
