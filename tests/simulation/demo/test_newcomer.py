"""A newcomer's way through the night: `demo` as they start it, in the browser that they have.

The pictures of each step are left in `build/screenshots`.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.support.browser import check, windows
from tests.support.demo_process import ADDRESS, demo

PICTURES = Path(__file__).parents[3] / "build" / "screenshots"
SOON, WHOLE_NIGHT = 30_000.0, 240_000.0
"""Milliseconds that a slow machine may take to answer, and to jump."""
WORCESTER = "Conservatives lose Worcester to no overall control"
HULL = "Lib Dems gain Kingston upon Hull from Labour"
BARNET = "Labour gain Barnet from Conservatives"
CRAWLEY = "Labour gain Crawley from no overall control"


class Newcomer:
    """Somebody at the page, who keeps a picture of each step."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._steps = count(1)

    async def picture(self, name: str) -> None:
        await self.page.screenshot(path=PICTURES / f"{next(self._steps):02}-{name}.png")

    @property
    def night(self) -> Locator:
        return self.page.get_by_role("group", name="The night")

    @property
    def last(self) -> Locator:
        return self.page.get_by_role("article").last

    def told(self, title: str) -> Locator:
        return self.page.get_by_role("article").get_by_role("heading", name=title, exact=True)

    async def choose(self, button: str, option: str) -> None:
        """Open a list of the page's and take something from it."""
        await self.page.get_by_role("button", name=button).click()
        await self.page.get_by_role("option", name=option).first.click()

    async def jump(self, to: str, reached: str) -> None:
        await self.choose("Jump to…", to)
        await self.is_there(reached)

    async def is_there(self, reached: str) -> None:
        """Wait until the night's bar says so."""
        await expect(self.night).to_contain_text(reached, timeout=WHOLE_NIGHT)

    async def go_to(self, channel: str) -> None:
        places = self.page.get_by_role("navigation", name="Servers and channels")
        await places.get_by_role("button", name=channel).click()
        await expect(self.page.locator("h1")).to_contain_text(channel)

    async def act_as(self, name: str) -> None:
        await self.choose("Acting as", name)
        await expect(self.page.get_by_role("button", name=f"Acting as {name}")).to_be_visible()


@pytest.mark.timeout(600)  # it is the whole night, and others may be at work on the machine
async def test_a_newcomer_s_way_through_the_night(tmp_path: Path) -> None:
    expect.set_options(timeout=SOON)
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    async with demo(tmp_path, "--port=0") as started, windows() as browser:
        address = await started.says(ADDRESS)
        page = await browser.open(address, width=1280, color_scheme="dark")
        me = Newcomer(page)

        # A change of hands arrives, and is read out.
        await expect(page.get_by_role("heading", name="#changes-of-hands")).to_be_visible()
        await me.picture("the-night-begins")

        # The first screen has something to press, and takes a name.
        await me.last.get_by_role("button", name="What declares next?").click()
        await expect(me.last).to_contain_text("Still to declare")
        await expect(me.last).to_contain_text("Only you can see this")
        await me.last.get_by_role("button", name="Dismiss").click()
        await me.last.get_by_role("button", name="Find a council").click()
        form = page.get_by_role("dialog")
        await form.get_by_role("textbox", name="Name").fill("hull")
        await me.picture("a-name-is-asked-for")
        await check(page)
        await page.keyboard.press("Enter")
        await expect(me.last).to_contain_text("Kingston upon Hull")
        await me.last.get_by_role("button", name="Dismiss").click()
        await me.choose("Speed", "×600")
        await expect(me.told(WORCESTER)).to_be_visible(timeout=2 * SOON)
        announced = page.get_by_role("log", name="New messages")
        await expect(announced).to_contain_text(WORCESTER)
        await me.picture("a-change-of-hands")
        await check(page)
        await me.night.get_by_role("button", name="Pause").click()

        # Hull is asked for, by three letters of it.
        await me.jump("06:00", "06:00:05")
        await me.go_to("talk")
        await page.keyboard.type("Hull")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Sent to @Election Night.")).to_be_visible()
        await expect(me.told(HULL)).to_be_visible()
        await expect(page.get_by_text("(edited)")).to_have_count(0)
        await me.picture("a-mention-is-answered")
        await check(page)
        await page.keyboard.type("/council hul")
        suggested = page.get_by_role("listbox").get_by_role("option")
        await expect(suggested.first).to_have_text("Kingston upon Hull")
        await me.picture("suggestions")
        await check(page)
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await me.picture("a-command-as-a-form")
        await page.keyboard.press("Enter")
        await expect(me.told(HULL)).to_have_count(2)
        await expect(me.last).to_contain_text("29 of 57")
        await expect(me.last).to_contain_text("Only you can see this")
        await me.picture("hull")

        # A button under the answer; Labour are followed, and come as direct messages.
        await me.last.get_by_role("button", name="Wards").click()
        await expect(me.last).to_contain_text("Avenue")
        await me.picture("hulls-wards")
        await page.get_by_role("combobox", name="Message #talk").fill("/party Labour")
        await page.keyboard.press("Enter")
        await me.last.get_by_role("button", name="Follow Labour").click()
        await expect(me.last).to_contain_text("follow")
        await me.picture("labour-followed")
        await check(page)
        await me.jump("Crawley is held", "13:00:05")
        await me.go_to("Election Night")
        await expect(me.told(BARNET)).to_be_visible()
        await me.picture("direct-messages")

        # The desk confirms Crawley, and everybody hears of it.
        await me.act_as("Dana")
        await me.go_to("held-results")
        await me.picture("the-desk")
        await me.last.get_by_role("button", name="Confirm Crawley").click()
        form = page.get_by_role("dialog")
        await form.get_by_role("textbox", name="Why").fill("Labour hold 18 of the 35 filled seats.")
        await me.picture("the-desk-confirms")
        await check(page)
        await page.keyboard.press("Enter")
        await expect(form).to_be_hidden()
        await expect(page.get_by_role("article").last).to_contain_text(CRAWLEY)
        await me.act_as("Robin")
        await me.go_to("changes-of-hands")
        await expect(me.told(CRAWLEY)).to_be_visible()
        await me.picture("crawley-is-told")

        # The end; on the way there everything comes at once, in light and on a phone too.
        await me.choose("Jump to…", "The end")
        await expect(me.night).to_contain_text("on the way to 21:00 on Saturday")
        await page.emulate_media(color_scheme="light")
        await me.picture("on-the-way-in-light")
        await check(page)
        await page.set_viewport_size({"width": 390, "height": 780})
        await me.picture("on-the-way-on-a-phone")
        await check(page)
        await me.is_there("the night is over")
        await expect(me.night).to_contain_text("200 of 200 councils declared")
        await page.get_by_role("button", name="Channels").click()
        await me.go_to("summary")
        await expect(me.last).to_contain_text("200 of 200 councils declared")
        await me.picture("the-summary-on-a-phone")
        await page.set_viewport_size({"width": 1280, "height": 800})
        await me.go_to("summary")  # from its beginning again
        await me.picture("the-summary-in-light")
        await page.emulate_media(color_scheme="dark")
        await me.picture("the-summary")
        await check(page)
        assert "Traceback" not in started.printed
