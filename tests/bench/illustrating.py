"""An answer's picture beside a constant file put into a constant answer; and the loop meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.feeds.feed import Fetch
from simulation.discord import Channel
from tests.bench.measures import Figure, medians, milliseconds, watching_the_loop
from tests.bench.stage import CONSTANT_PICTURE, Stage, readings, staged, written

_TIMES = 30
_LONGEST_STALL = 0.050


async def illustrating(folder: Path) -> list[Figure]:
    """Measure `/council Hull` and `/night map` until their picture stands, the night being over."""
    async with staged(folder) as stage:
        await stage.app.ingest.file(Fetch("pa", tuple(readings(written(folder))), {}))
        channel = stage.guild.add_channel("questions")
        council = _asking(stage, channel, "council", {"name": "Hull"})
        whole = _asking(stage, channel, "night map", {})
        constant = _asking(stage, channel, CONSTANT_PICTURE, {})
        await medians(2, council, whole, constant)
        again = await medians(_TIMES, council, whole, constant)
        async with watching_the_loop() as stalls:
            anew = await medians(
                _TIMES, _forgetting(stage, council), _forgetting(stage, whole), constant
            )
    figures = [
        _figure(f"the picture of {what}, {when}", measured, baseline)
        for when, (*both, baseline) in (("drawn before", again), ("drawn anew", anew))
        for what, measured in zip(("/council Hull", "/night map"), both, strict=True)
    ]
    return [
        *figures,
        Figure(
            "the event loop's longest stall while pictures are drawn",
            milliseconds(stalls.longest),
            "0 ms for a loop that is free",
            f"{milliseconds(stalls.longest)} more",
            f"at most {milliseconds(_LONGEST_STALL)}",
            stalls.longest <= _LONGEST_STALL,
        ),
    ]


def _asking(
    stage: Stage, channel: Channel, command: str, options: dict[str, str]
) -> Callable[[], Awaitable[None]]:
    """Return how a question is asked, until its answer has its picture."""

    async def ask() -> None:
        reply = await stage.sandbox.slash(stage.reader, channel, command, dict(options))
        await stage.sandbox.wait_for(lambda: reply.message.attachments)

    return ask


def _forgetting(stage: Stage, ask: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """Return how a question is asked whose picture no longer is at hand."""

    async def forget_and_ask() -> None:
        assert stage.app.services.picture_renderer is not None
        stage.app.services.picture_renderer.forget()
        await ask()

    return forget_and_ask


def _figure(what: str, measured: float, baseline: float) -> Figure:
    return Figure(
        what,
        milliseconds(measured),
        f"{milliseconds(baseline)} for a constant picture drawn before",
        f"{measured / baseline:.2f} times",
        "none",
        True,
    )
