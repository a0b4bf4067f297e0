"""Wards and a council's past, as a reader has them in chat and at the terminal."""

from __future__ import annotations

import pytest

from bot.chat.components import LONGEST_CUSTOM_ID
from bot.chat.questions import CannotAnswer
from bot.chat.terminal import answer_at_terminal
from cogs.ballots._wards import ward_question, wards_of
from tests.cogs.chat import Chat, House, almanac, buttons, choose, menu_of, words
from tests.election.build import NIGHT


async def test_a_council_opens_its_wards_and_a_ward_after_a_restart(chat: Chat) -> None:
    reply = await chat.ask("council", name="Sunderland")
    await chat.restart()
    listed = await chat.press(reply, "Wards")
    assert listed.message is reply.message
    assert "Sunderland: 2 of 25 wards declared" in words(listed)
    assert "Barnes: Lib Dems gain from Conservatives" in words(listed)
    assert len(menu_of(listed)) == 20
    second = await chat.press(listed, "Next page")
    assert "Page 2 of 2" in words(second)
    assert len(menu_of(second)) == 5
    await chat.restart()
    ward = await choose(chat, await chat.press(second, "Previous page"), "Barnes")
    assert "Barnes, Sunderland: Lib Dems gain from Conservatives" in words(ward)
    assert "LD Candidate (Lib Dem): 100 (50.3%), **elected**" in words(ward)
    assert "Source: Democracy Club (CC BY 4.0), " in words(ward)
    back = await chat.press(ward, "All wards of Sunderland")
    assert "2 of 25 wards declared" in words(back)


async def test_both_options_complete_the_wards_of_the_chosen_council(chat: Chat) -> None:
    async def offered(option: str, typed: str, **given: str) -> list[str]:
        found = await chat.sandbox.autocomplete(
            chat.reader, chat.channel, "ward", option, typed, options=given
        )
        return [choice.name for choice in found]

    assert (await offered("council", "sunderl"))[0] == "Sunderland"
    assert await offered("ward", "barn", council="SND") == ["Barnes"]
    assert await offered("ward", "univ", council="Hull") == ["University"]
    assert await offered("ward", "x", council="Nowhere at all") == []
    assert await offered("ward", "x") == []


async def test_a_ward_is_asked_for_in_public_by_name(chat: Chat) -> None:
    reply = await chat.ask("ward", council="Sunderland", ward="fulwell", public=True)
    assert not reply.ephemeral
    assert "Fulwell, Sunderland: not declared" in words(reply)
    turned = await chat.press(reply, "All wards", by=chat.admin)
    assert turned.ephemeral
    assert turned.message is not reply.message


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("/ward Sunderland Barnes", "Barnes, Sunderland: "),
        ("/ward Hull University", "University, Kingston upon Hull: not reported"),
        ("/ward council:SND ward:castle", "Castle, Sunderland: "),
        ("/ward sunderland", "Sunderland: 2 of 25 wards declared"),
        ("/history Hull", "Kingston upon Hull: who has controlled it"),
    ],
)
async def test_the_terminal_takes_a_council_and_its_ward_together(
    house: House, asked: str, title: str
) -> None:
    assert (await answer_at_terminal(house.services, asked)).startswith(title)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("/ward Hull Universe", "No ward of Kingston upon Hull called “Universe”"),
        ("/ward Hulll Avenue", "No council called “Hulll Avenue”"),
        ("/ward council:SND ward:Washington", "Did you mean Washington"),
        ("/history Nowhereland", "No council called “Nowhereland”"),
    ],
)
async def test_what_is_no_ward_says_what_comes_near(house: House, asked: str, why: str) -> None:
    with pytest.raises(CannotAnswer) as refused:
        await answer_at_terminal(house.services, asked)
    assert why in str(refused.value)


async def test_every_ward_of_the_night_can_be_opened_by_a_button(house: House) -> None:
    councils = almanac().councils
    for code in almanac().night(NIGHT).elections:
        for ward in wards_of(house.services, NIGHT, councils.get(code)):
            assert len(str(ward_question(ward, NIGHT))) <= LONGEST_CUSTOM_ID, ward.name


async def test_the_past_of_a_council_in_pages_after_a_restart(chat: Chat) -> None:
    reply = await chat.ask("history", council="Hull")
    said = words(reply)
    assert "5 May 2022: **the Liberal Democrats**; previously Labour." in said
    assert "Labour had controlled it since 2011." in said
    assert "2011: from Lib Dems to Labour" in said
    assert "Open Council Data UK (CC BY-SA 4.0), each May" in said
    await chat.restart()
    assert "Page 2 of" in words(await chat.press(reply, "Next page"))


async def test_a_new_council_opens_the_past_of_its_predecessors(chat: Chat) -> None:
    reply = await chat.ask("history", council="Cumberland")
    assert "which replaces Allerdale, Carlisle, Cumbria County Council and Copeland" in words(reply)
    carlisle = await choose(chat, reply, "Carlisle")
    assert "when Cumberland takes over" in words(carlisle)
    assert "The last changes of control" in words(carlisle)
    assert "Cumberland" in menu_of(carlisle)


async def test_a_council_of_which_nothing_is_known_offers_neither(chat: Chat) -> None:
    assert "Wards" in buttons(await chat.ask("council", name="Hull"))
    rutland = buttons(await chat.ask("council", name="Kent"))
    assert "Wards" not in rutland
    assert "History" in rutland


async def test_the_timetable_is_of_a_place_and_has_the_contests(chat: Chat) -> None:
    whole = await chat.ask("night next")
    assert "other contests" in words(whole)
    assert "Scotland starts counting at" in words(whole)
    wales = words(await chat.ask("night next", nation="wales"))
    assert "Still to declare, Wales: 22 of 22 councils" in wales
    assert "England" not in wales
    belfast = words(await chat.ask("night next", nation="Northern Ireland"))
    assert "Still to declare, Northern Ireland: 18 contests" in belfast
    assert "no councils" not in belfast
    await chat.restart()
    assert "Page 2 of" in words(await chat.press(whole, "Next page"))


async def test_lists_are_of_a_region_or_a_nation(chat: Chat) -> None:
    humber = words(await chat.ask("night changes", region="Yorkshire and The Humber"))
    assert "Yorkshire and The Humber: 1 council has changed hands, 1 of " in humber
    assert "Crawley" not in humber
    assert "Worcester" not in words(await chat.ask("night latest", region="North West"))
    nobody = words(await chat.ask("night latest", nation="Northern Ireland"))
    assert "No council votes in Northern Ireland" in nobody
    wrong = words(await chat.ask("night changes", region="Humbr"))
    assert "No region called “Humbr”" in wrong
    offered = await chat.sandbox.autocomplete(
        chat.reader, chat.channel, "night next", "nation", "north"
    )
    assert [choice.value for choice in offered] == ["Northern Ireland"]


async def test_all_wards_of_a_council_are_drawn_as_a_strip(chat: Chat) -> None:
    reply = await chat.ask("ward", council="Sunderland")
    await chat.sandbox.wait_for(lambda: reply.message.attachments, within=30)
    (picture,) = reply.message.attachments
    assert "in Sunderland, 2 of 25 wards declared" in picture.description
