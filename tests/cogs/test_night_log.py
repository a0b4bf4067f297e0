"""What the log says at level info: each result, claim and post, once."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest

from bot.schedule.night_log import NightLog
from tests.cogs.chat import RESULTS, Chat
from tests.cogs.test_alerts import _correct_hull
from tests.support.small_night import document, fetch


@pytest.fixture(autouse=True)
def _at_info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot.schedule.night_log")


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage() for record in caplog.records if record.name == "bot.schedule.night_log"
    ]


async def test_each_result_each_claim_and_each_post_is_logged_once(
    chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    nightlog = NightLog(chat.house.writer, chat.house.services.reader)
    assert not nightlog.look()
    assert logged(caplog) == []  # what was there is nothing new
    await chat.ask("alerts subscribe", chat.admin, topic="all", channel=chat.channel)
    await _correct_hull(chat)
    nightlog.look()
    nightlog.look()
    result, claim, posted = logged(caplog)
    assert result.startswith("Result of Kingston upon Hull: accepted (")
    assert claim == "Claim corrected: Kingston upon Hull, loss to NOC: Lab to NOC, version 2"
    (message,) = chat.channel.messages
    assert posted.startswith("Posted EN-")
    assert posted.endswith(f"in channel {chat.channel.id}, message {message.id}")


async def test_what_is_held_is_logged_with_its_reasons(
    chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    nightlog = NightLog(chat.house.writer, chat.house.services.reader)
    wrong = replace(RESULTS[0], revision=7, winner=RESULTS[0].sitting)
    await chat.house.ingest.file(fetch(document(wrong)))
    nightlog.look()
    (line,) = logged(caplog)
    assert line.startswith("Result of Kingston upon Hull: held, ")


async def test_it_runs_with_every_commit(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    nightlog = NightLog(chat.house.writer, chat.house.services.reader)
    running = asyncio.create_task(nightlog.run())
    try:
        await _correct_hull(chat)
        await chat.sandbox.wait_for(lambda: len(logged(caplog)) == 2)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
