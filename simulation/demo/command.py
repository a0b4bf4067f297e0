"""`demo`: a recorded night in a Discord of its own, with the real client and real feeds."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.almanac.tables import load_almanac
from bot.app import App, opened
from bot.chat.services import running
from bot.cli import arguments
from bot.cli.overview import Overview
from bot.cli.replay_files import demo_file, make_room_for_replay, mark_replayed, refuse_to_replace
from bot.cli.stopping import told_to_stop
from bot.cli.terminal import nobody_reads, say
from bot.clock import Clock, ScaledClock, SteppedClock
from bot.election.almanac import Almanac
from bot.settings import Settings
from bot.store.opening import open_for_writing
from bot.wording.phrases import day
from simulation.demo.controls import ReplayControls
from simulation.demo.replay import Replay
from simulation.demo.servers import DemoServers, prompts_for
from simulation.demo.show import Show, answer_questions
from simulation.discord import Limits, Sandbox
from simulation.wire.night import Night, most_fully_recorded
from simulation.wire.server import Rehearsal, port_of

SPEED = 120.0
"""An hour of the night in half a minute: a newcomer sees a council change hands within one."""
DESK_WAITS = timedelta(hours=4)
"""How long of the night a visitor has to act as the desk before its recorded ruling is taken."""
_LEAD_TIME = timedelta(minutes=1)
_OPENS_BEFORE = timedelta(minutes=5)
"""The page opens so long before the first result, not two empty hours before it."""
_WAIT_AT_MOST = timedelta(days=1)
"""How long after its last news a replay may be told to go on."""


class Options(argparse.Namespace):
    """What the command line says.

    `night` None is the one of which most is recorded. `speed` None goes from event to event.
    `tables` is a folder with the tables of the night to replay, None: the shipped ones.
    """

    speed: float | None
    night: str | None
    until: datetime | None
    headless: bool
    json: bool
    tables: Path | None
    port: int | None
    db: Path | None

    @property
    def stays(self) -> bool:
        """Whether there is a page, and the demo stays up after the night's end."""
        return not (self.headless or self.json)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--night",
        metavar="DATE",
        help="the recorded night's polling day; without it the night of which most is recorded",
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=SPEED,
        metavar="N",
        help="times as fast as the night (%(default)g), or max: from event to event",
    )
    parser.add_argument(
        "--until",
        type=arguments.moment,
        metavar="TIME",
        help="stop there: a date and time as in YYYY-MM-DDTHH:MM (London)",
    )
    parser.add_argument(
        "--headless",
        action="store_true",
        help="no page: print the channel as text, and end when the replay has ended",
    )
    parser.add_argument(
        "--port",
        type=arguments.port,
        help="where the chat page is (made from the night's date, or a free one if that is taken)",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the final state as the last line, and end"
    )
    parser.add_argument(
        "--tables", type=Path, metavar="FOLDER", help="a changed copy of the shipped tables"
    )


def _speed(text: str) -> float | None:
    return None if text == "max" else arguments.number(text)


def main(given: argparse.Namespace, settings: Settings) -> int:
    """Run the command; return the exit status."""
    if given.db is None:
        settings = settings.model_copy(update={"database": demo_file(settings.database)})
    return asyncio.run(demo(Options(**vars(given)), settings, load_almanac()))


async def demo(options: Options, settings: Settings, almanac: Almanac) -> int:
    """Replay the night and show it; with a page to it, stay up until told to end.

    Returns 0, 2 for a time to stop at outside the night, or 130 if it was told to stop before a
    night without a page was over. The database of the settings is replaced once the tables and the
    port are known to be usable.

    Raises `StoreError`, `TablesError`, `ClientStopped`, and `OSError` for a port that is taken.
    """
    refuse_to_replace(settings.database)
    night = Night.load(options.night or most_fully_recorded(options.tables), options.tables)
    night.must_be_recorded()
    start = min(row.at for row in night.timetable) - _LEAD_TIME
    end = max(row.at for row in night.timetable) + _WAIT_AT_MOST
    if options.until is not None and not start < options.until <= end:
        print(  # noqa: T201
            f"The replay cannot stop there: the night goes from {start:%Y-%m-%dT%H:%M} to "
            f"{end:%Y-%m-%dT%H:%M}. Give a time between them.",
            file=sys.stderr,
        )
        return 2
    stopped = told_to_stop()
    replay = _stay if options.stays else _run_through
    await replay(options, settings, almanac, night, start, stopped=stopped)
    asked_by = "--demo" if options.db is None else f"--db {options.db}"
    if settings.home != Path():
        asked_by += f" --home {settings.home}"
    print(  # noqa: T201
        "The night is kept. Ask about it: "
        f'election-night ask {asked_by} "/council {night.example}"',
        file=sys.stderr,
    )
    return 130 if stopped.is_set() and not options.stays else 0


async def _run_through(
    options: Options,
    settings: Settings,
    almanac: Almanac,
    night: Night,
    start: datetime,
    *,
    stopped: asyncio.Event,
) -> None:
    """Replay the night without a page, to its end or until told to stop."""
    clock = SteppedClock(start) if options.speed is None else ScaledClock(start, options.speed)
    # At full speed nothing need wait for Discord's limits, which count in real time.
    limits = Limits.none() if options.speed is None else Limits.discord()
    async with (
        Sandbox(options.port or 0, limits=limits) as sandbox,
        Rehearsal(night, clock) as rehearsal,
    ):
        servers = DemoServers.furnished(sandbox, night)
        pointed = pointed_at(settings, sandbox, rehearsal, servers)
        make_room_for_replay(settings.database, start)
        async with opened(pointed, almanac, clock) as app, connected(app):
            await _subscribe(app, servers, night)
            show = Show(app, clock, servers, () if options.json else servers.read_aloud)
            replay = Replay(app, rehearsal, clock, options.until, show.progress)
            with show.following(sandbox), _marked_at_end(settings.database, clock):
                if not await _while_wanted(replay.run(), stopped):
                    return
            if options.json:
                say(json.dumps(await _final_state(app, servers), ensure_ascii=False))


async def _stay(
    options: Options,
    settings: Settings,
    almanac: Almanac,
    night: Night,
    start: datetime,
    *,
    stopped: asyncio.Event,
) -> None:
    """Replay the night behind a page, from shortly before its first result on, until told to stop.

    Everything before that is taken in at once.
    """
    eve = night.tables.night.polls_close - _LEAD_TIME
    opens = min(event.at for event in night.timetable if event.event == "result") - _OPENS_BEFORE
    if options.until is not None:
        eve, opens = min(eve, options.until), min(opens, options.until)
    clock = ScaledClock(eve, SPEED if options.speed is None else options.speed)
    clock.pause()
    async with contextlib.AsyncExitStack() as stack:
        sandbox = await _with_a_page(stack, options.port, night)
        rehearsal = await stack.enter_async_context(Rehearsal(night, clock))
        servers = DemoServers.furnished(sandbox, night)
        pointed = pointed_at(settings, sandbox, rehearsal, servers)
        make_room_for_replay(settings.database, start)
        app = await stack.enter_async_context(opened(pointed, almanac, clock))
        show = Show(app, clock, servers, servers.read_aloud)
        replay = Replay(app, rehearsal, clock, options.until, show.progress, desk_waits=DESK_WAITS)
        controls = ReplayControls(replay, app.services, app.connection.restart, since=opens)
        address = sandbox.open_page(controls, servers.people, prompts_for(night))
        await stack.enter_async_context(connected(app))
        await _subscribe(app, servers, night)
        await servers.welcome(app.client)
        say(
            f"The night of {day(night.polling_day)} is on at {address}\n"
            "Open it in a browser: ask, follow, act as the desk, jump and break things. "
            "Ctrl+C ends it."
        )
        stack.enter_context(_marked_at_end(settings.database, clock))
        stack.enter_context(show.following(sandbox))
        async with asyncio.TaskGroup() as tasks:
            playing = tasks.create_task(_play(replay, controls, opens, options.speed is None))
            if sys.stdin.isatty():
                await _while_wanted(answer_questions(app, replay, show), stopped)
            else:
                await _while_wanted(asyncio.Event().wait(), stopped)
            playing.cancel()
            await controls.close()


async def _with_a_page(stack: contextlib.AsyncExitStack, port: int | None, night: Night) -> Sandbox:
    """Open the sandbox at a port, or at the night's own unless that is taken."""
    limits = Limits.none()  # they count in real time, and a jump goes as fast as it can
    if port is None:
        with contextlib.suppress(OSError):
            return await stack.enter_async_context(
                Sandbox(port_of(night.polling_day), limits=limits)
            )
    return await stack.enter_async_context(Sandbox(port or 0, limits=limits))


async def _subscribe(app: App, servers: DemoServers, night: Night) -> None:
    await servers.subscribe(app.subscriptions)
    await servers.put_up_board(running(app.services.boards), night.polling_day)


async def _play(
    replay: Replay, controls: ReplayControls, opens: datetime, at_full_speed: bool
) -> None:
    replay.resume()
    await replay.jump(opens)
    if at_full_speed and not replay.ended:
        await controls.set_speed(math.inf)
    await replay.stay()


async def _while_wanted(work: Coroutine[Any, Any, object], stopped: asyncio.Event) -> bool:
    """Do *work* until told to stop or nobody reads what is printed; return whether it was done."""
    doing = asyncio.create_task(work)
    waiting = [doing, *map(asyncio.create_task, (stopped.wait(), nobody_reads()))]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            doing.result()
        return doing.done()
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


@contextlib.contextmanager
def _marked_at_end(database: Path, clock: Clock) -> Iterator[None]:
    """Mark the database at the end with the simulated time."""
    try:
        yield
    finally:
        with contextlib.closing(open_for_writing(database)) as db:
            mark_replayed(db.conn, clock.now())


def pointed_at(
    settings: Settings, sandbox: Sandbox, rehearsal: Rehearsal, servers: DemoServers
) -> Settings:
    """Return settings with this Discord and these feeds, and no others."""
    without = dict.fromkeys(("clock", "democracy_club_atom_url"))
    empty = ("pa_folders", "pa_urls", "pa_json_urls", "modern_gov_urls", "desk_sheet_urls")
    return settings.model_copy(
        update={
            **without,
            **dict.fromkeys(empty, ()),
            "token": SecretStr(sandbox.token),
            "discord_api": sandbox.api_base,
            "night": rehearsal.night.polling_day,
            rehearsal.wire_setting: (rehearsal.wire_url,),
            "democracy_club_url": rehearsal.dc_url,
            "nist_urls": (rehearsal.counts_url,),
            "desk_guild": servers.newsroom.id,
            "desk_role": servers.desk.id,
            "desk_channel": servers.desk_channel.id,
            "desk_two_person": False,
        }
    )


@contextlib.asynccontextmanager
async def connected(app: App) -> AsyncIterator[None]:
    """Keep the bot connected; raises what stops it."""
    async with asyncio.TaskGroup() as tasks:
        delivering = tasks.create_task(app.deliver())
        await app.connection.ready()
        yield
        delivering.cancel()


async def _final_state(app: App, servers: DemoServers) -> dict[str, Any]:
    """Return the night's overview, with its nations and what became of the deliveries.

    A delivery is lost if it has no receipt, or has one and does not stand in its channel.
    """
    services = app.services
    overview = Overview(services.reader, services.almanac, services.newest_night)
    counts = await app.alerts.counts()
    not_there = max(0, counts.sent - servers.standing())
    return {
        **overview.to_json(),
        "nations": overview.nations(),
        "assembly": overview.assembly(),
        "deliveries": {
            "sent": counts.sent,
            "lost": counts.lost + not_there,
            "repeated": servers.repeated(),
        },
    }
