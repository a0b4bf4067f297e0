"""How a council's result is known is behind a button, wherever the answer stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.questions import CannotAnswer
from bot.chat.terminal import answer_at_terminal
from bot.delivery.buttons import how_we_know_buttons
from bot.election.reports import CouncilResult, WireCouncil
from bot.store.deliveries import CLAIM, DeliveryKind
from tests.cogs.chat import HULL, Chat, House, words
from tests.support.small_night import council_nominations, document, fetch
from tests.support.tables import shipped


async def test_the_button_tells_how_it_is_known_and_leads_back(chat: Chat) -> None:
    reply = await chat.ask("council", name="Hull")
    assert "revision" not in words(reply)
    known = await chat.press(reply, "How we know")
    assert known.message is reply.message
    said = words(known)
    assert said.startswith("How we know: Kingston upon Hull")
    assert "Result: PA, revision 1, received" in said
    assert "Previously: **Labour**, as reported with the result." in said
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


async def _says(chat: Chat, result: CouncilResult) -> None:
    await chat.house.ingest.file(fetch(document(result)))
    alerts = chat.house.services.alerts
    assert alerts is not None
    await alerts.drained()


async def test_an_alert_has_the_button_too_also_after_a_restart(
    chat: Chat,
) -> None:
    subscribed = {"topic": "all", "channel": chat.channel}
    await chat.ask("alerts subscribe", chat.admin, **subscribed)
    eve = council_nominations("", {"Lab": 29, "LD": 26, "Ind": 2}, "Wessex")
    await chat.house.ingest.file(fetch(document(eve)))
    await _says(chat, replace(HULL, council=WireCouncil("Wessex")))
    *_, message = chat.channel.messages
    ((button,),) = (row["components"] for row in message.components)
    assert button["label"] == "How we know"
    await chat.restart()
    pressed = await chat.sandbox.press(chat.reader, message, button["custom_id"])
    assert pressed.ephemeral
    assert pressed.message is not message
    assert "How we know: Wessex" in words(pressed)
    assert "revision 1" in words(pressed)


def _row(council: str, kind: DeliveryKind = DeliveryKind.ALERT) -> dict[str, object]:
    return {"subject": CLAIM, "kind": kind, "council": council, "night": "2022-05-05"}


def test_a_post_of_several_councils_has_a_button_for_each_and_a_notice_has_none() -> None:
    councils = shipped().councils
    (row,) = how_we_know_buttons([_row("KHL"), _row("WOR"), _row("KHL")], councils)
    labels = [button["label"] for button in row["components"]]
    assert labels == ["How we know: Kingston upon Hull", f"How we know: {councils.get('WOR').name}"]
    (row,) = how_we_know_buttons([_row("wire:Wessex")], councils)
    assert row["components"][0]["custom_id"] == (
        "ask:1:/council name:wire:Wessex night:2022-05-05 show:how"
    )
    for none in ([_row("milestone:net:Con:250")], [_row("wire:" + "W" * 100)], []):
        assert how_we_know_buttons(none, councils) == []
    many = [_row(code) for code in ("KHL", "WOR", "BOL", "WSM", "CRY", "BNE")]
    assert how_we_know_buttons(many, councils) == []
