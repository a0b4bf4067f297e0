"""An answer beside a command that replies with a constant, at rest and while a night comes in."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

from bot.election.reports import Reading
from bot.feeds.feed import Fetch
from simulation.discord import Message
from tests.bench.measures import Figure, medians, milliseconds
from tests.bench.stage import CONSTANT, CONSTANT_CARD, Stage, readings, staged, written

_TIMES = 150
_TARGET = 1.25


async def answering(folder: Path) -> list[Figure]:
    """Measure `/council Hull` until its words stand."""
    documents = readings(written(folder))
    first = [one for one in documents if "nominations" in one.name or "Hull" in one.name]
    rest = [one for one in documents if one not in first]
    async with staged(folder) as stage:
        await stage.app.ingest.file(Fetch("pa", tuple(first), {}))
        at_rest = await _compared(stage, "at rest")
        with _coming_in(stage, rest):
            meanwhile = await _compared(stage, "during ingest")
    return [*at_rest, *meanwhile]


@contextlib.contextmanager
def _coming_in(stage: Stage, documents: list[Reading]) -> Iterator[None]:
    """Let documents come in one after another, as fast as they can be filed, again and again."""

    async def file() -> None:
        for turn in range(1_000):
            for document in documents:
                feed = f"pa-{turn + 2}"  # of another feed, so that each is looked at again
                await stage.app.ingest.file(Fetch(feed, (document,), {}))

    task = asyncio.create_task(file())
    try:
        yield
        if task.done():
            task.result()
    finally:
        task.cancel()


async def _compared(stage: Stage, when: str) -> list[Figure]:
    channel = stage.guild.add_channel("questions")
    illustrated: list[Message] = []

    async def ask() -> None:
        reply = await stage.sandbox.slash(stage.reader, channel, "council", {"name": "Hull"})
        assert reply.embeds[0]["title"].startswith("Lib Dems gain Kingston upon Hull")
        illustrated.append(reply.message)

    async def settle() -> None:
        # The words are the answer; the picture that follows is measured for itself.
        await stage.sandbox.wait_for(lambda: all(message.attachments for message in illustrated))
        illustrated.clear()

    async def text() -> None:
        await stage.sandbox.slash(stage.reader, channel, CONSTANT)

    async def card() -> None:
        await stage.sandbox.slash(stage.reader, channel, CONSTANT_CARD)

    await medians(10, ask, text, card, settle=settle)
    answer, *baselines = await medians(_TIMES, ask, text, card, settle=settle)
    return [
        Figure(
            f"/council Hull, {when}",
            milliseconds(answer),
            f"{milliseconds(baseline)} for {constant}",
            f"{answer / baseline:.2f} times",
            f"at most {_TARGET}",
            answer <= _TARGET * baseline,
        )
        for constant, baseline in zip(
            ("a constant line", "a constant card with buttons"), baselines, strict=True
        )
    ]
