"""The bot in a sandbox, with a small night of five councils behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.app import desk_room
from bot.chat.client import ElectionNight
from bot.chat.connection import Connection
from bot.chat.services import Services
from bot.clock import LONDON, SteppedClock
from bot.delivery.boards import Boards
from bot.delivery.resuming import ResumeDelays
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Subscriptions, Welcomes
from bot.delivery.traffic import Patience
from bot.delivery.watch_lists import WatchLists
from bot.desk import Desk
from bot.election.reports import CouncilResult, GainOrHold, Nominations, WireCouncil
from bot.ingest.ingest import Ingest
from bot.pictures.renderer import PictureRenderer
from bot.settings import Settings
from bot.store.reader import Reader
from bot.store.writer import Writer
from simulation.discord import Channel, Guild, Message, Reply, Sandbox, User
from tests.election.build import NIGHT, lines, wire
from tests.support.connections import quick_connection
from tests.support.small_night import council_nominations, document, fetch, ward_report
from tests.support.tables import shipped as almanac

NOW = datetime(2022, 5, 6, 2, 40, tzinfo=LONDON)
DECLARED = datetime(2022, 5, 6, 2, 32, tzinfo=LONDON)


def _nominated(name: str, held: Mapping[str, int]) -> Nominations:
    return council_nominations("", held, name)


def result_of(
    name: str,
    now: Mapping[str, int],
    changes: Mapping[str, int],
    won: Mapping[str, int],
    *,
    winner: str | None,
    sitting: str | None,
    new: bool = False,
) -> CouncilResult:
    said = GainOrHold.LOSE_TO_NOC if winner is None else GainOrHold.GAIN
    return CouncilResult(
        night=NIGHT,
        council=WireCouncil(name, new_council=new),
        revision=1,
        winner=wire(winner),
        sitting=wire(sitting),
        gain_or_hold=said,
        elected=lines(won),
        changes=lines(changes),
        composition=lines(now),
    )


NOMINATIONS = (
    _nominated("Kingston-upon-Hull", {"Lab": 30, "LD": 26, "Ind": 1}),
    _nominated("Worcester", {"Con": 19, "Lab": 12, "Green": 3, "LD": 1}),
    _nominated("Sunderland", {"Lab": 43, "Con": 18, "LD": 12, "UKIP": 2}),
    _nominated("Crawley", {"Lab": 17, "Con": 17, "Ind": 1, "Vac": 1}),
)
RESULTS = (
    result_of(
        "Kingston-upon-Hull",
        {"LD": 29, "Lab": 27, "Ind": 1},
        {"LD": 3, "Lab": -3},
        {"LD": 10, "Lab": 9},
        winner="LD",
        sitting="Lab",
    ),
    result_of(
        "Worcester",
        {"Con": 16, "Lab": 12, "Green": 6, "LD": 1},
        {"Con": -3, "Green": 3},
        {"Lab": 4, "Con": 4, "Green": 3},
        winner=None,
        sitting="Con",
    ),
    result_of(
        "Cumberland",
        {"Lab": 30, "Con": 7, "LD": 4, "Ind": 3, "Green": 2},
        {"Lab": 30, "Con": 7, "LD": 4, "Ind": 3, "Green": 2},
        {"Lab": 30, "Con": 7, "LD": 4, "Ind": 3, "Green": 2},
        winner="Lab",
        sitting=None,
        new=True,
    ),
    result_of(
        "Crawley",
        {"Lab": 18, "Con": 17, "Vac": 1},
        {"Lab": 1},
        {"Lab": 7, "Con": 5},
        winner="Lab",
        sitting=None,
    ),
)
HULL = RESULTS[0]
LEVEL = replace(
    HULL,
    revision=2,
    composition=(
        replace(HULL.composition[0], seats=28),
        replace(HULL.composition[1], seats=28),
        HULL.composition[2],
    ),
    winner=None,
    gain_or_hold=GainOrHold.LOSE_TO_NOC,
)
"""A correction of Hull's: nobody has a majority."""
_UNCOUNTED = ward_report("KHL", "Fulwell", {"LD": None, "Con": None})
WARDS = tuple(
    replace(ward, council=WireCouncil("Sunderland"))
    for ward in (
        ward_report("KHL", "Barnes", {"LD": True, "Con": False}),
        ward_report("KHL", "Castle", {"Lab": True, "Con": False}),
        replace(
            _UNCOUNTED,
            candidates=tuple(replace(one, votes=()) for one in _UNCOUNTED.candidates),
        ),
    )
)


async def bring_in(ingest: Ingest) -> None:
    """Let the small night come in, as one fetch of each feed."""
    await ingest.file(
        fetch(*(document(report, at=DECLARED) for report in (*NOMINATIONS, *RESULTS)))
    )
    wards = (document(ward, feed="democracy_club", at=DECLARED) for ward in WARDS)
    await ingest.file(fetch(*wards, feed="democracy_club"))


@dataclass(frozen=True)
class House:
    """The services over one database file."""

    services: Services
    ingest: Ingest
    writer: Writer


@asynccontextmanager
async def open_house(
    path: Path, api: str | None = None, *, returns_after: float = 3_600.0, **settings: Any
) -> AsyncIterator[House]:
    """Open the services on a database file; where it is new, nothing has come in."""
    clock = SteppedClock(NOW)
    chosen = Settings(discord_api=api, **{"night": NIGHT, **settings})
    async with Writer(path) as writer:
        with Reader(path, almanac()) as reader, closing(PictureRenderer()) as picture_renderer:
            ingest = Ingest(writer, almanac(), clock)
            services = Services(
                settings=chosen,
                clock=clock,
                almanac=almanac(),
                reader=reader,
                subscriptions=Subscriptions(writer, clock),
                alerts=Alerts(
                    writer,
                    almanac(),
                    clock,
                    patience=Patience(first=0.02, longest=0.5),
                    desk=desk_room(chosen),
                    resume_delays=ResumeDelays(settles=0.02, first=returns_after),
                ),
                desk=Desk(writer, ingest, almanac(), clock, two_persons=chosen.desk_two_person),
                lists=WatchLists(writer, almanac(), clock),
                picture_renderer=picture_renderer,
                boards=Boards(writer, clock, desk_room(chosen)),
                welcomes=Welcomes(writer, clock),
            )
            yield House(services, ingest, writer)


class Chat:
    """A server with its admin and a reader, and the bot, which can be started again."""

    def __init__(self, sandbox: Sandbox, path: Path) -> None:
        self.sandbox = sandbox
        self.path = path
        self.guild: Guild = sandbox.add_guild("Gazette")
        self.admin: User = self.guild.owner
        self.reader: User = sandbox.add_user("Ada")
        self.guild.add_member(self.reader)
        self.channel: Channel = self.guild.add_channel("results")
        self.settings: dict[str, Any] = {}
        self.house: House
        self.connection: Connection
        self._running: AsyncExitStack | None = None

    async def start(self) -> None:
        """Start the bot."""
        self._running = AsyncExitStack()
        opened = open_house(self.path, self.sandbox.api_base, **self.settings)
        self.house = await self._running.enter_async_context(opened)
        self.connection = quick_connection(self.house.services)
        online = asyncio.create_task(self.connection.run(self.sandbox.token))
        self._running.push_async_callback(asyncio.wait, [online])
        self._running.callback(online.cancel)
        await self.sandbox.wait_for(lambda: self.sandbox.gateway_control.connected == 1)
        alerts = self.house.services.alerts
        assert alerts is not None
        delivering = asyncio.create_task(alerts.run(self.connection))
        self._running.push_async_callback(asyncio.wait, [delivering])
        self._running.callback(delivering.cancel)

    @property
    def client(self) -> ElectionNight:
        """The present client."""
        return self.connection.client

    async def stop(self) -> None:
        """Stop the bot."""
        assert self._running is not None
        await self._running.aclose()

    async def restart(self) -> None:
        """Stop the bot and start another one on the same database."""
        await self.stop()
        await self.start()

    async def ask(
        self, command: str, by: User | None = None, at: Channel | None = None, **options: Any
    ) -> Reply:
        """Give a command, as the reader in the server's channel unless told otherwise."""
        return await self.sandbox.slash(by or self.reader, at or self.channel, command, options)

    async def press(self, reply: Reply, label: str, by: User | None = None) -> Reply:
        """Press the button under a reply whose label begins with *label*."""
        (custom_id,) = (i for text, i in buttons(reply).items() if text.startswith(label))
        return await self.sandbox.press(by or self.reader, reply.message, custom_id)


def buttons(reply: Reply) -> dict[str, str]:
    """Return the custom ids of a reply's buttons by their labels."""
    return {
        button["label"]: button["custom_id"]
        for row in reply.message.components
        for button in row["components"]
        if "label" in button
    }


def menu_of(reply: Reply) -> dict[str, str]:
    """Return the questions that a reply's menu offers by their labels; none without a menu."""
    return {
        option["label"]: option["value"]
        for row in reply.message.components
        for menu in row["components"]
        for option in menu.get("options", ())
    }


async def choose(chat: Chat, reply: Reply, label: str) -> Reply:
    """Choose what is labelled so from the menu under a reply, as the reader."""
    value = menu_of(reply)[label]
    return await chat.sandbox.select(chat.reader, reply.message, "pick", [value])


def words(reply: Reply | Message) -> str:
    """Return everything that a reply says."""
    parts = [reply.content]
    for embed in reply.embeds:
        parts += [embed.get("title", ""), embed.get("description", "")]
        parts += [f"{f['name']}: {f['value']}" for f in embed.get("fields", [])]
        parts.append(embed.get("footer", {}).get("text", ""))
    return "\n".join(filter(None, parts))
