"""The page in a real browser: markdown, commands, forms, people, the night, a restart."""

from __future__ import annotations

import asyncio
import re
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from zlib import compress, crc32

import discord
import pytest
from playwright.async_api import Page, Route, expect

from simulation.discord import Limits, Sandbox
from simulation.discord.page.views import Persona, Prompt
from simulation.discord.routes.threads import close_thread, start_thread
from tests.simulation.discord.conftest import QuickBot
from tests.simulation.discord.page.conftest import NIGHT, Scene, furnish
from tests.support.browser import check, windows

Opener = Callable[..., Awaitable[Page]]


@pytest.fixture
async def opened() -> AsyncIterator[Opener]:
    """Opens the page as a person; what is wrong in the browser fails."""
    async with windows() as browser:

        async def open_page(scene: Scene, persona: str = "reader", **options: Any) -> Page:
            page = await browser.open(scene.address, f"?as={persona}", **options)
            await expect(page.get_by_role("heading", name="#results")).to_be_visible()
            return page

        yield open_page


def message_box(page: Page) -> Any:
    return page.get_by_role("combobox", name="Message #results")


def last_message(page: Page) -> Any:
    return page.get_by_role("article").last


MARKDOWN = [
    ("**bold** and *leaning*", "<p><strong>bold</strong> and <em>leaning</em></p>"),
    ("__under__ ~~struck~~", "<p><u>under</u> <s>struck</s></p>"),
    ("***both***", "<p><strong><em>both</em></strong></p>"),
    ("`a *b* <c>`", "<p><code>a *b* &lt;c&gt;</code></p>"),
    ("```\n<b>&\n```", '<pre tabindex="0"><code>&lt;b&gt;&amp;</code></pre>'),
    ("snake_case_name", "<p>snake_case_name</p>"),
    (r"\*not\* \_so\_ \<@5\>", "<p>*not* _so_ &lt;@5&gt;</p>"),
    ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
    ("> quoted\nnot", "<blockquote><p>quoted</p></blockquote><p>not</p>"),
    ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
    ("1. a\n2. b", '<ol start="1"><li>a</li><li>b</li></ol>'),
    ("- a\n  - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    ("## Title", '<p class="heading heading-2" role="heading" aria-level="2">Title</p>'),
    ("-# small", '<p class="subtext">small</p>'),
    ("a\nb", "<p>a<br>b</p>"),
    ("<@7> <@&8> <#9>", "@Robin @Desk #results"),
    ("</night latest:5>", '<button type="button" class="mention">/night latest</button>'),
    ("<t:1651795200:t>", "01:00"),
    ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
    ("[x](https://a.example)", 'href="https://a.example/"'),
    ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
    ("**<script>x</script>**", "<strong>&lt;script&gt;x&lt;/script&gt;</strong>"),
    ('https://a.example/"onclick="x', 'href="https://a.example/%22onclick=%22x" target'),
]


RELATIVE = {173: "in 3 hours", -130: "2 hours ago", -59.7: "1 hour ago", 12: "in 12 minutes"}
"""Minutes from now, and what the page says of them."""


async def test_relative_times_are_rounded_to_the_nearest(scene: Scene, opened: Opener) -> None:
    page = await opened(scene)
    shown = await page.evaluate(
        """async (minutes) => {
            const { now, relative } = await import("/page/time.js");
            const at = now().getTime();
            return minutes.map((each) => relative(new Date(at + each * 60000)));
        }""",
        [*RELATIVE],
    )
    assert shown == [*RELATIVE.values()]


async def test_markdown_becomes_elements_and_never_html(scene: Scene, opened: Opener) -> None:
    page = await opened(scene)
    for text, expected in MARKDOWN:
        html = await page.evaluate(
            """async (text) => {
                const { markdown } = await import("/page/markdown.js");
                const names = { user: () => "Robin", role: () => "Desk", channel: () => "results" };
                const box = document.createElement("div");
                box.append(markdown(text, names));
                return [box.innerHTML, box.textContent];
            }""",
            text,
        )
        assert expected in html[0] or expected in html[1], (text, html)


async def test_what_people_write_stays_text(scene: Scene, opened: Opener) -> None:
    page = await opened(scene)
    evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    scene.sandbox.say(scene.admin, scene.results, evil)
    await expect(last_message(page)).to_contain_text(evil)
    assert await page.evaluate("window.hacked") is None
    assert await page.locator("#log script").count() == 0


async def test_a_council_is_asked_for_by_keyboard_alone(
    scene: Scene, bot: QuickBot, opened: Opener
) -> None:
    page = await opened(scene)
    await page.keyboard.press("/")
    await page.keyboard.type("cou")
    await expect(page.get_by_role("option", name="/council")).to_have_attribute(
        "aria-selected", "true"
    )
    await page.keyboard.press("Enter")
    field = page.get_by_role("combobox", name="name (required)")
    await expect(field).to_be_focused()
    await page.keyboard.type("hu")
    await expect(page.get_by_role("listbox").get_by_role("option")).to_have_text(["Hull"])
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(field).to_have_value("Hull")
    await page.keyboard.press("Enter")
    await expect(last_message(page)).to_contain_text("HULL: Labour hold")
    await expect(last_message(page)).to_contain_text("Robin used /council")
    await expect(last_message(page).get_by_role("time")).to_have_text("22:58")
    await expect(message_box(page)).to_be_focused()
    await page.get_by_role("button", name="Follow Hull").focus()
    await page.keyboard.press("Enter")
    private = last_message(page)
    await expect(private).to_contain_text("Followed.")
    await expect(private).to_contain_text("Only you can see this")
    await private.get_by_role("button", name="Dismiss").click()
    await expect(page.get_by_text("Followed.")).to_have_count(0)


@pytest.mark.parametrize("typed", ["/council Hull", "/council name:Hull", "/COUNCIL  Hull "])
async def test_a_command_can_be_typed_whole(
    scene: Scene, bot: QuickBot, opened: Opener, typed: str
) -> None:
    page = await opened(scene)
    await message_box(page).fill(typed)
    await page.keyboard.press("Enter")
    await expect(last_message(page)).to_contain_text("Hull: Labour hold")
    await expect(message_box(page)).to_have_value("")


async def test_what_is_wrong_is_said_in_a_sentence(
    scene: Scene, bot: QuickBot, opened: Opener
) -> None:
    page = await opened(scene)
    alert = page.locator("#composer").get_by_role("alert")
    await message_box(page).fill("/cuoncil Hull")
    await page.keyboard.press("Enter")
    await expect(alert).to_contain_text("There is no command /cuoncil for you here.")
    await message_box(page).fill("/night latest please")
    await page.keyboard.press("Enter")
    await expect(alert).to_contain_text("takes nothing more: “please” is left over.")
    await message_box(page).fill("/greet @Nobody")
    await page.keyboard.press("Enter")
    await expect(alert).to_have_text("There is no @Nobody to choose for who.")
    await message_box(page).fill("/council")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("group", name="/council")).to_be_visible()
    await page.get_by_role("button", name="Send").click()
    await expect(alert).to_have_text("The option name is required.")
    suggested = page.get_by_role("listbox").get_by_role("option")
    await expect(suggested).to_have_text(["Hull", "Hartlepool"])
    await page.keyboard.press("Escape")
    await expect(suggested).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("group", name="/council")).to_be_hidden()


async def test_people_are_options_and_mentions(scene: Scene, bot: QuickBot, opened: Opener) -> None:
    page = await opened(scene)
    await message_box(page).fill("/greet @ad")
    await page.get_by_role("option", name="@Ada").click()
    await page.keyboard.press("Enter")
    await expect(last_message(page)).to_contain_text("Good evening, @Ada")


async def test_a_form_and_a_menu_are_filled_in(scene: Scene, bot: QuickBot, opened: Opener) -> None:
    page = await opened(scene, "desk")
    await message_box(page).fill("/council Crawley")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Confirm…").click()
    form = page.get_by_role("dialog", name="Confirm Crawley")
    await form.get_by_role("button", name="Submit").click()
    await expect(form).to_be_visible()
    await form.get_by_role("textbox", name="Why (required)").fill("Rung up")
    await page.keyboard.press("Enter")
    await expect(form).to_be_hidden()
    await expect(last_message(page)).to_contain_text("Confirmed: Rung up")
    await page.get_by_role("button", name="Choose").click()
    await expect(page.get_by_role("listbox", name="Choose")).to_be_focused()
    await page.keyboard.type("n")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Posts go to #newsroom.")).to_be_visible()
    await expect(page.get_by_text("(edited)")).to_be_visible()


async def test_a_menu_shows_what_is_chosen_in_it_already(
    scene: Scene, bot: QuickBot, opened: Opener
) -> None:
    view = discord.ui.View(timeout=None)
    chosen = [discord.Object(scene.results.id)]
    view.add_item(discord.ui.ChannelSelect(custom_id="where", default_values=chosen, max_values=2))
    channel = bot.get_partial_messageable(scene.results.id)
    await channel.send("Where to?", view=view)
    page = await opened(scene, "admin")
    await page.get_by_role("button", name="#results").last.click()
    option = page.get_by_role("listbox", name="Choose").get_by_role("option", selected=True)
    await expect(option).to_have_text("#results")


async def test_another_person_sees_what_is_theirs(
    scene: Scene, bot: QuickBot, opened: Opener
) -> None:
    page = await opened(scene)
    await message_box(page).fill("/council Hull")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Follow Hull").click()
    await expect(page.get_by_text("Followed.")).to_be_visible()
    places = page.get_by_role("navigation", name="Servers and channels")
    await expect(places.get_by_role("button", name="newsroom")).to_have_count(0)
    await page.get_by_role("button", name="Acting as Robin, Reader").click()
    await page.get_by_role("listbox", name="Act as").get_by_role("option", name="Dee").click()
    await expect(page.get_by_role("button", name="Acting as Dee, Desk")).to_be_visible()
    await expect(last_message(page)).to_contain_text("Hull: Labour hold")
    await expect(page.get_by_text("Followed.")).to_have_count(0)
    scene.sandbox.say(scene.desk, scene.newsroom, "Anything held?")
    scene.sandbox.say(scene.admin, scene.newsroom, f"Crawley is, <@{scene.desk.id}>")
    await places.get_by_role("button", name="newsroom, 1 unread, 1 to you").click()
    await expect(page.get_by_role("separator", name="New")).to_be_visible()
    await expect(last_message(page)).to_contain_text("Crawley is, @Dee")
    await expect(places.get_by_role("button", name="newsroom", exact=True)).to_be_visible()


async def test_edits_and_deletions_are_seen_live(
    scene: Scene, bot: QuickBot, opened: Opener
) -> None:
    place = bot.get_channel(scene.results.id)
    assert isinstance(place, discord.TextChannel)
    page = await opened(scene)
    embed = discord.Embed(title="Labour gain Barnet", colour=0xE4003B, description="From **Con**")
    embed.add_field(name="Seats", value="41 of 63").set_footer(text="PA")
    message = await place.send(embed=embed)
    await expect(
        last_message(page).get_by_role("heading", name="Labour gain Barnet")
    ).to_be_visible()
    bar = await page.locator(".embed").evaluate(
        "e => getComputedStyle(e, '::before').backgroundColor"
    )
    assert bar == "rgb(228, 0, 59)"
    announced = page.get_by_role("log", name="New messages")
    await expect(announced).to_have_text("Election Night: Labour gain Barnet")
    embed.title = "~~Labour gain Barnet~~"
    await message.edit(embed=embed)
    await expect(last_message(page).locator("s")).to_have_text("Labour gain Barnet")
    await expect(last_message(page)).to_contain_text("(edited)")
    await message.pin()
    await page.get_by_role("button", name="1 pinned").click()
    pinned = page.get_by_role("dialog", name="Pinned messages")
    await expect(pinned.get_by_role("article")).to_contain_text("Labour gain Barnet")
    await page.keyboard.press("Escape")
    await message.delete()
    await expect(page.get_by_role("article")).to_have_count(0)


def png(width: int, height: int) -> bytes:
    """Return a picture of one colour."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc32(kind + body))

    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
            chunk(b"IDAT", compress((b"\0" + b"\x99" * width) * height)),
            chunk(b"IEND", b""),
        )
    )


CHAMBER = "Hull's chamber: Lib Dems 29 of 57, Labour 27, one independent."


async def test_images_keep_their_place_and_say_what_they_show(
    scene: Scene, bot: QuickBot, opened: Opener
) -> None:
    place = bot.get_channel(scene.results.id)
    assert isinstance(place, discord.TextChannel)
    page = await opened(scene)
    may_load = asyncio.Event()

    async def load_later(route: Route) -> None:
        await may_load.wait()
        await route.continue_()

    await page.route("**/attachments/**", load_later)
    embed = discord.Embed(title="Hull").set_image(url="attachment://hull.png")
    chamber = discord.File(BytesIO(png(1200, 675)), "hull.png", description=CHAMBER)
    await place.send(embed=embed, file=chamber)
    tall = discord.File(BytesIO(png(500, 1000)), "map.png", description="The map of councils")
    await place.send("Here it is.", file=tall)
    wide, high = page.get_by_role("img", name=CHAMBER), page.get_by_role("img", name="The map")
    before = [await picture.bounding_box() for picture in (wide, high)]
    may_load.set()
    loaded = "picture => picture.decode().then(() => picture.naturalWidth)"
    assert [await picture.evaluate(loaded) for picture in (wide, high)] == [1200, 500]
    assert before == [await picture.bounding_box() for picture in (wide, high)]
    shapes = [box and round(box["width"] / box["height"], 1) for box in before]
    assert shapes == [1.8, 0.5]
    sizes = [box and (box["width"], box["height"]) for box in before]
    assert sizes == [(400, 225), (175, 350)], "as large as Discord shows them"
    await check(page)
    embedded = page.get_by_role("article").filter(has=wide)
    await embedded.get_by_role("button", name="Enlarge the image").click()
    large = page.get_by_role("dialog", name="Image")
    opened_large = large.get_by_role("img", name=CHAMBER)
    await expect(opened_large).to_be_visible()
    box = await opened_large.bounding_box()
    assert box is not None
    assert box["width"] > 2 * 400
    await expect(large.locator("figcaption")).to_have_text(CHAMBER)
    await check(page)
    await page.keyboard.press("Escape")
    await expect(embedded.get_by_role("button", name="Enlarge the image")).to_be_focused()


async def test_an_answer_is_read_from_its_beginning(
    scene: Scene, bot: QuickBot, opened: Opener
) -> None:
    lines = "\n".join(f"Line {number}" for number in range(60))

    @bot.tree.command(description="A long answer, after some thought")
    async def long(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.edit_original_response(embed=discord.Embed(description=lines))

    await bot.tree.sync()
    page = await opened(scene)
    for number in range(30):
        scene.sandbox.say(scene.admin, scene.results, f"Said before: {number}.")
    await message_box(page).fill("/long")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Line 0", exact=False).first).to_be_in_viewport()
    await expect(page.get_by_text("Robin used")).to_be_in_viewport()
    scene.sandbox.say(scene.admin, scene.results, "And another.")
    await expect(page.get_by_role("button", name="1 new message")).to_be_visible()
    await expect(page.get_by_text("Robin used")).to_be_in_viewport()
    await message_box(page).fill("Thank you.")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Thank you.")).to_be_in_viewport()


async def test_the_night_is_controlled_from_its_bar(scene: Scene, opened: Opener) -> None:
    page = await opened(scene)
    night = page.get_by_role("group", name="The night")
    await expect(night).to_contain_text("22:58:00")
    await expect(night).to_contain_text("3 of 200 councils declared")
    await night.get_by_role("button", name="Pause").click()
    await expect(night.get_by_role("button", name="Run on")).to_be_visible()
    assert scene.night.paused
    await night.get_by_role("button", name="Speed: ×60").click()
    await page.get_by_role("option", name="×600", exact=False).first.click()
    await expect(night.get_by_role("button", name="Speed: ×600")).to_be_visible()
    await night.get_by_role("button", name="Jump to…").click()
    await page.get_by_role("option", name="Half past two").click()
    await expect(night).to_contain_text("02:30:00")
    await night.get_by_role("button", name="Jump to…").click()
    await expect(page.get_by_role("option", name="The first result")).to_have_attribute(
        "aria-disabled", "true"
    )
    await page.keyboard.press("Escape")
    await expect(night.get_by_role("button", name="Jump to…")).to_be_focused()
    await night.get_by_role("button", name="Inject…").click()
    await page.get_by_role("option", name="Outage").click()
    await expect(page.get_by_role("listbox")).to_have_count(0)
    await scene.sandbox.wait_for(lambda: scene.night.done == [("inject", "outage")])
    scene.night.run_on_by_another = True
    await night.get_by_role("button", name="Run on").click()
    await expect(page.locator("#alarm")).to_have_text("The night is running already.")


async def test_the_page_comes_back_when_the_sandbox_does(opened: Opener) -> None:
    async with Sandbox(limits=Limits.none()) as first:
        scene = furnish(first)
        page = await opened(scene, "admin")
        first.say(scene.reader, scene.results, "Before")
        await expect(last_message(page)).to_contain_text("Before")
        await message_box(page).fill("Half a sent")
        port = first.port
    await expect(page.get_by_role("status")).to_have_text("Reconnecting…")
    await page.keyboard.press("Enter")
    await expect(page.locator("#composer").get_by_role("alert")).to_contain_text("no connection")
    await expect(message_box(page)).to_have_value("Half a sent")
    async with Sandbox(port, limits=Limits.none()) as second:
        again = furnish(second)
        second.say(again.reader, again.results, "After")
        await expect(last_message(page)).to_contain_text("After", timeout=12_000)
        await expect(page.get_by_role("article")).to_have_count(1)
        await expect(page.get_by_role("button", name="Acting as Ada")).to_be_visible()
        await expect(page.get_by_role("status")).to_contain_text("is not connected")
        await message_box(page).press("Enter")
        await expect(last_message(page)).to_contain_text("Half a sent")


async def test_history_is_shown_from_its_end_and_further_back(scene: Scene, opened: Opener) -> None:
    for number in range(80):
        if number == 70:
            scene.night.now = NIGHT + timedelta(hours=4)
        scene.sandbox.say(scene.reader, scene.results, f"Line {number}.")
    page = await opened(scene)
    await expect(page.get_by_text("Line 79.")).to_be_in_viewport()
    await expect(page.get_by_role("article")).to_have_count(50)
    await expect(page.get_by_role("separator", name="Friday, 6 May 2022")).to_be_visible()
    await page.get_by_role("button", name="Show earlier messages").click()
    await expect(page.get_by_role("article")).to_have_count(80)
    await expect(page.get_by_text("This is where results begins.")).to_have_count(1)
    scene.sandbox.say(scene.admin, scene.results, "And another.")
    await page.get_by_role("button", name="1 new message").click()
    await expect(page.get_by_text("And another.")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_nothing_stands_in_the_way_of_anybody(
    scene: Scene, bot: QuickBot, opened: Opener, scheme: str
) -> None:
    page = await opened(scene, color_scheme=scheme)
    scene.sandbox.say(scene.admin, scene.results, f"`Hull`? <@{scene.reader.id}> ||Labour|| ~~x~~")
    for command in ("/council Hull", "/slow"):
        await message_box(page).fill(command)
        await page.keyboard.press("Enter")
    await expect(last_message(page)).to_contain_text("Done.")
    await page.get_by_role("button", name="Follow Hull").click()
    await expect(last_message(page)).to_contain_text("Only you can see this")
    await check(page)
    await message_box(page).fill("/co")
    await expect(page.get_by_role("option", name="/council")).to_be_visible()
    await check(page)
    await page.keyboard.press("Enter")
    await check(page)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Jump to…").click()
    await check(page)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Confirm…").click()
    await check(page)


async def test_it_fits_a_small_phone(scene: Scene, bot: QuickBot, opened: Opener) -> None:
    page = await opened(scene, width=320)
    await message_box(page).fill("/council Hull")
    await page.keyboard.press("Enter")
    await expect(last_message(page)).to_contain_text("Labour hold")
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide == 320
    places = page.get_by_role("navigation", name="Servers and channels")
    await expect(places).to_be_hidden()
    await page.get_by_role("button", name="Channels").click()
    await expect(places.get_by_role("button", name="results")).to_be_focused()
    await check(page)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="@Election Night")).to_be_visible()
    await expect(places).to_be_hidden()
    await expect(page).to_have_url(re.compile(r"as=reader&in=Direct"))


async def test_long_names_and_bursts_of_messages_keep_to_their_place(
    scene: Scene, opened: Opener
) -> None:
    name = "the-results-of-every-council-in-the-north-west-and-of-all-its-wards"
    scene.guild.add_channel(name, topic="All of them. " * 40)
    talker = scene.sandbox.add_user("Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch")
    scene.guild.add_member(talker)
    page = await opened(scene, width=320)
    for number in range(300):
        scene.sandbox.say(talker, scene.results, f"{'Aberystwyth' * 9} {number}.")
    await expect(last_message(page)).to_contain_text("Aberystwyth 299.")
    await expect(last_message(page)).to_be_in_viewport()
    announced = page.get_by_role("log", name="New messages")
    await expect(announced).to_contain_text("new messages. The last:")
    await page.get_by_role("button", name="Channels").click()
    await page.get_by_role("button", name=name).click()
    await expect(page.get_by_role("heading", name=f"#{name}")).to_be_visible()
    for width in (320, 1100):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        await check(page)


async def test_threads_stand_below_their_channel_and_close(scene: Scene, opened: Opener) -> None:
    thread = start_thread(scene.results, "Elections: Wales", scene.sandbox.bot)
    page = await opened(scene)
    places = page.get_by_role("navigation", name="Servers and channels")
    await expect(last_message(page)).to_contain_text("started a thread: Elections: Wales")
    await last_message(page).get_by_role("button", name="Elections: Wales").click()
    await expect(page.locator("h1")).to_have_text("Elections: Wales")
    await expect(page.locator("#channel-topic")).to_have_text("In #results")
    scene.sandbox.say(scene.admin, thread, "Newport")
    await expect(last_message(page)).to_contain_text("Newport")
    await check(page)
    await places.get_by_role("button", name="results").click()
    close_thread(thread)
    await expect(places.get_by_role("button", name="Elections: Wales")).to_have_count(0)
    scene.sandbox.say(scene.admin, thread, "Newport is corrected")
    await expect(places.get_by_role("button", name="Elections: Wales")).to_be_visible()


async def test_a_forum_shows_its_posts_with_their_tags(
    scene: Scene, bot: QuickBot, opened: Opener
) -> None:
    made = scene.guild.add_channel("councils", "forum", tags=["Labour"])
    await scene.sandbox.wait_for(lambda: bot.get_channel(made.id))
    forum = bot.get_channel(made.id)
    assert isinstance(forum, discord.ForumChannel)
    await forum.create_thread(name="Hull", content="Hold", applied_tags=[*forum.available_tags])
    page = await opened(scene)
    places = page.get_by_role("navigation", name="Servers and channels")
    await places.get_by_role("button", name="councils").click()
    posts = page.get_by_role("list", name="Posts in councils")
    await expect(posts).to_contain_text("Hull")
    await expect(posts).to_contain_text("Labour")
    await check(page)
    await posts.get_by_role("button", name="Hull").click()
    await expect(last_message(page)).to_contain_text("Hold")


async def test_a_newcomer_is_offered_what_to_press(sandbox: Sandbox) -> None:
    reader = sandbox.add_user("Robin")
    guild = sandbox.add_guild("Election Night")
    guild.add_member(reader)
    talk = guild.add_channel("talk")
    prompts = [Prompt("How is Hull?", "Hull")]
    address = sandbox.open_page(None, [Persona("reader", reader, "Reader")], prompts)
    async with windows() as browser:
        page = await browser.open(address)
        offered = page.get_by_role("group", name="Things to try")
        await expect(offered).to_contain_text("type a name")
        await check(page)
        await offered.get_by_role("button", name="How is Hull?").click()
        await expect(last_message(page)).to_contain_text("@Election Night Hull")
        assert talk.messages[-1].content == f"<@{sandbox.bot.id}> Hull"
        await offered.get_by_role("button", name="Put the suggestions away").click()
        await expect(offered).to_be_hidden()
