"""One change of hands to many channels: the share of the pace that is reached, and what is lost."""

from __future__ import annotations

import time
from pathlib import Path

from bot.delivery.subscriptions import Destination
from bot.election.alert_kinds import Topic
from bot.feeds.feed import Fetch
from simulation.discord import Exchange, Limits
from tests.bench.measures import Figure, milliseconds, watching_the_loop
from tests.bench.stage import readings, staged, written

_GUILDS, _CHANNELS_EACH = 5, 100
_LEAST_SHARE = 0.95
_LONGEST_STALL = 0.050


async def fanning_out(folder: Path) -> list[Figure]:
    """Measure 500 channels under Discord's own limits, while the rest of the night comes in."""
    documents = readings(written(folder))
    hull = next(i for i, one in enumerate(documents) if "result" in one.name and "Hull" in one.name)
    first = documents.pop(hull)
    posted: list[float] = []
    refused = 0

    def note(exchange: Exchange) -> None:
        nonlocal refused
        refused += exchange.status == 429
        if exchange.method == "POST" and exchange.route.endswith("/messages"):
            posted.append(time.perf_counter())

    async with staged(folder, limits=Limits.discord()) as stage:
        channels = []
        for number in range(_GUILDS):
            guild = stage.sandbox.add_guild(f"Gazette {number}")
            for place in range(_CHANNELS_EACH):
                channel = guild.add_channel(f"results-{place}")
                channels.append(channel)
                await stage.app.subscriptions.add(
                    Destination(channel.id, guild.id), Topic.COUNCIL, "KHL", by=guild.owner.id
                )
        stop = stage.sandbox.on_exchange(note)
        async with watching_the_loop() as stalls:
            await stage.app.ingest.file(Fetch("pa", (first,), {}))
            for document in documents:
                await stage.app.ingest.file(Fetch("pa", (document,), {}))
            await stage.app.alerts.drained()
        stop()
        pace = stage.app.services.settings.pace
        lost = sum(not channel.messages for channel in channels)
    reached = (len(posted) - 1) / (posted[-1] - posted[0])
    return [
        Figure(
            f"fan-out to {len(channels)} channels",
            f"{reached:.1f} posts a second",
            f"{pace:g} a second is the pace",
            f"{reached / pace:.0%}; {refused} × 429, {lost} lost",
            f"at least {_LEAST_SHARE:.0%}, none, none",
            reached >= _LEAST_SHARE * pace and not refused and not lost,
        ),
        Figure(
            "longest stall of the event loop",
            milliseconds(stalls.longest),
            "the sandbox is on the same loop",
            f"{sum(one > _LONGEST_STALL for one in stalls.found)} over the target",
            f"at most {milliseconds(_LONGEST_STALL)}",
            stalls.longest <= _LONGEST_STALL,
        ),
    ]
