"""Scheduled jobs go on after a fault."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import cast
from unittest.mock import AsyncMock, Mock, sentinel

import aiohttp
import pytest

from bot.chat.services import Services
from bot.clock import SteppedClock
from bot.schedule.desk import DeskJob
from bot.schedule.summaries import SummaryJob
from bot.settings import Settings
from bot.store.reader import Reader
from bot.store.summaries import Edition
from bot.store.writer import Writer
from tests.support.small_night import AFTER_CLOSE, ALMANAC, NIGHT

FAULTS = [OSError("no route"), aiohttp.ClientError("reset"), TimeoutError(), ValueError("a card")]


class _Enough(BaseException):
    """Ends a job, as being cancelled does."""


async def _run_twice(job: DeskJob | SummaryJob, clock: SteppedClock, looks: AsyncMock) -> None:
    """Run a job whose first look fails, until its second."""
    running = asyncio.create_task(job.run())
    while looks.await_count < 1:
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    await clock.move_to(clock.now() + timedelta(minutes=1))
    with pytest.raises(_Enough):
        await running


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
@pytest.mark.parametrize("kind", [DeskJob, SummaryJob])
async def test_a_job_outlives_a_fault(
    kind: type[DeskJob | SummaryJob],
    fault: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = SteppedClock(AFTER_CLOSE)
    services = Services(
        Settings(desk_guild=1, desk_role=2, desk_channel=3), clock, ALMANAC, sentinel.reader
    )
    client = Mock(logged_in=AsyncMock(), ready=AsyncMock())
    job = (
        SummaryJob(services, sentinel.alerts)
        if kind is SummaryJob
        else DeskJob(services, sentinel.desk, client)
    )
    looks = AsyncMock(side_effect=[fault, _Enough])
    monkeypatch.setattr(kind, "look", looks)
    monkeypatch.setattr(DeskJob, "_place", lambda _: None)
    await _run_twice(job, clock, looks)
    assert looks.await_count == 2
    assert str(fault) in caplog.text
    assert "next try in" in caplog.text


async def test_a_summary_that_could_not_be_posted_is_posted_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SteppedClock(AFTER_CLOSE)
    alerts = Mock(
        post_summary=AsyncMock(side_effect=[OSError("the disk is full"), True]),
        posted_summary=Mock(return_value=None),
    )
    async with Writer(tmp_path / "night.db"):
        with Reader(tmp_path / "night.db", ALMANAC) as reader:
            services = Services(Settings(night=NIGHT), clock, ALMANAC, reader)
            job = SummaryJob(services, alerts)
            due = {Edition.FINAL: "the hour has come"}
            monkeypatch.setattr(job, "due", lambda *_: due)
            with pytest.raises(OSError, match="full"):
                await job.look()
            await job.look()
            await job.look()
    assert cast("AsyncMock", alerts.post_summary).await_count == 2


async def test_one_message_to_the_desk_that_fails_keeps_no_other_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader = Mock(
        desk_messages_behind=Mock(return_value=[1, 2, 3]),
        councils_to_tell=Mock(return_value=[]),
    )
    services = Mock(reader=reader, nights_at_the_desk=[])
    job = DeskJob(services, sentinel.desk, Mock())
    renewed: list[int] = []

    async def renew(message: int) -> None:
        if message != 2:
            raise KeyError("a card")
        renewed.append(message)

    monkeypatch.setattr(job, "_update", renew)
    monkeypatch.setattr(job, "_place", lambda: None)
    monkeypatch.setattr(job, "_sender", lambda: Mock(unsent=Mock(return_value=[])))
    with pytest.raises(ExceptionGroup):
        await job.look()
    assert renewed == [2]
