"""How a council's result is known is behind a button, wherever the answer stands."""

from __future__ import annotations

import pytest

from bot.chat.questions import CannotAnswer
from bot.chat.terminal import answer_at_terminal
from tests.cogs.chat import Chat, House, words


async def test_the_button_tells_how_it_is_known_and_leads_back(chat: Chat) -> None:
    reply = await chat.ask("council", name="Hull")
    assert "revision" not in words(reply)
    known = await chat.press(reply, "How we know")
    assert known.message is reply.message
    said = words(known)
    assert said.startswith("How we know: Kingston upon Hull")
    assert "Result: PA, revision 1, received" in said
    assert "Previously: **Labour**, according to" in said
    assert "Labour 27 (−3), 30 before, 9 won tonight" in said
    assert "Counted from the seats" in said
    back = await chat.press(known, "Back")
    assert "**29 of 57** seats, a majority of 1" in words(back)


async def test_it_works_in_direct_messages_and_after_a_restart(chat: Chat) -> None:
    direct = chat.sandbox.direct_channel(chat.reader)
    reply = await chat.ask("council", at=direct, name="Hull")
    await chat.restart()
    assert "received" in words(await chat.press(reply, "How we know"))


async def test_what_is_held_says_why_behind_the_button(chat: Chat) -> None:
    reply = await chat.ask("council", name="Crawley")
    assert "held for checks" in words(reply)
    known = words(await chat.press(reply, "How we know"))
    assert "Held for checks, not counted" in known
    assert "more than half of the" in known


async def test_a_council_without_news_says_that_nothing_has_come_in(chat: Chat) -> None:
    known = words(await chat.ask("council", name="Barnet", show="how"))
    assert "How we know: Barnet" in known
    assert "seats" in known


async def test_it_is_asked_at_the_terminal_too(house: House) -> None:
    said = await answer_at_terminal(house.services, "/council Hull show:how we know")
    assert "PA, revision 1, received" in said
    with pytest.raises(CannotAnswer, match="show cannot be “money”"):
        await answer_at_terminal(house.services, "/council Hull show:money")
