"""From a result in PA's folder to the message in the channel, beside a bare fetch and post."""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path

import aiohttp

from bot.delivery.subscriptions import Destination
from bot.election.alert_kinds import Topic
from simulation.discord import Channel, Event, Message
from tests.bench.measures import Figure, milliseconds
from tests.bench.stage import Stage, publications, staged
from tests.feeds.site import Site, serving
from tests.feeds.test_folders import PaSite

_TARGET = 0.010


async def reaching_chat(folder: Path) -> list[Figure]:
    """Measure the results that change hands, each alone; the wait for a poll is left out."""
    async with serving() as site, staged(folder, pa_url=str(site.url / "pa")) as stage:
        channel = stage.guild.add_channel("results")
        plain = stage.guild.add_channel("bare")
        here = Destination(channel.id, stage.guild.id)
        await stage.app.subscriptions.add(here, Topic.ALL, "", by=stage.reader.id)
        pa = PaSite(site)
        documents = [(one.name, one.body.decode()) for one in publications()]
        for name, body in documents:
            if "nomination" in name.casefold():
                pa.put(name, body)
        await stage.app.poll_once()
        await stage.app.poll_once()
        taken: list[float] = []
        bare: list[float] = []
        arrived: list[float] = []

        def note(event: Event) -> None:
            message = event.subject
            if isinstance(message, Message) and message.channel is channel:
                arrived.append(time.perf_counter())

        stage.sandbox.world.listen(note)
        async with aiohttp.ClientSession() as http:
            for name, body in documents:
                if "result" not in name.casefold():
                    continue
                arrived.clear()
                pa.put(name, body)
                began = time.perf_counter()
                await stage.app.poll_once()
                await stage.app.alerts.drained()
                if arrived:
                    taken.append(arrived[0] - began)
                    bare.append(await _bare(http, stage, site, name, plain))
    ours, theirs = statistics.median(taken), statistics.median(bare)
    return [
        Figure(
            f"feed to chat, {len(taken)} results",
            milliseconds(ours),
            f"{milliseconds(theirs)} for a bare fetch and post",
            f"{milliseconds(ours - theirs)} more",
            f"at most {milliseconds(_TARGET)}",
            ours - theirs <= _TARGET,
        )
    ]


async def _bare(
    http: aiohttp.ClientSession, stage: Stage, site: Site, name: str, channel: Channel
) -> float:
    """Fetch what a poll must fetch, and post one embed of the same kind."""
    began = time.perf_counter()
    for path in (".timestamp", "", name):
        async with http.get(site.url / "pa" / path) as answer:
            body = await answer.read()
    embed = {"title": name, "description": body[:400].decode("utf-8", "replace")}
    url = f"{stage.sandbox.api_base}/channels/{channel.id}/messages"
    headers = {"Authorization": f"Bot {stage.sandbox.token}"}
    async with http.post(url, json={"embeds": [embed]}, headers=headers) as answer:
        await answer.read()
        assert answer.status == 200
    await asyncio.sleep(0)
    return time.perf_counter() - began
