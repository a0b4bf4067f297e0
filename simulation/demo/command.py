"""`demo`: the night of 5 May 2022 in a Discord of its own, with the real client and real feeds."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import sys
from collections.abc import AsyncIterator, Collection, Coroutine, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.almanac.tables import load_almanac
from bot.app import App, opened
from bot.chat.questions import CannotAnswer
from bot.chat.services import running
from bot.chat.terminal import answer_at_terminal
from bot.cli import arguments
from bot.cli.output import nobody_reads, say
from bot.cli.overview import Account
from bot.cli.progress import Progress
from bot.cli.replay_files import demo_file, make_room_for_replay, mark_replayed, refuse_to_replace
from bot.cli.stopping import told_to_stop
from bot.cli.typed import lines_typed
from bot.clock import Clock, ScaledClock, SteppedClock
from bot.election.almanac import Almanac
from bot.settings import Settings
from bot.store.opening import open_for_writing
from simulation.demo.controls import ReplayControls
from simulation.demo.replay import Replay
from simulation.demo.servers import READ_ALOUD, Chat, message_in_words
from simulation.discord import Event, Limits, Message, Sandbox
from simulation.wire.night import Night
from simulation.wire.server import Rehearsal

NIGHT = "2022-05-05"
SPEED = 120.0
"""An hour of the night in half a minute: a newcomer sees a council change hands within one."""
PORT = 5522
"""Where the page stands if nothing else does: the same address each time, the night's date."""
DESK_WAITS = timedelta(hours=4)
"""How long of the night a visitor has to act as the desk before its recorded ruling is taken."""
_LEAD_TIME = timedelta(minutes=1)
_OPENS_BEFORE = timedelta(minutes=5)
"""The page opens so long before the first result: nobody wants to watch two empty hours."""
_WAIT_AT_MOST = timedelta(days=1)
"""How long after its last news a replay may be told to go on."""


@dataclass(frozen=True)
class Options:
    """What the command line says.

    `speed` is how many times as fast as the night the replay runs, None: from event to event.
    `folder` holds the tables of the night to replay, None: the shipped ones. `port` is where the
    sandbox listens, None: at `PORT`, or a free one where that is taken. `asked_by` is how `ask` is
    told of the file.
    """

    speed: float | None
    until: datetime | None = None
    headless: bool = False
    as_json: bool = False
    folder: Path | None = None
    port: int | None = None
    asked_by: str = "--demo"

    @property
    def stays(self) -> bool:
        """Whether there is a page, and the demo stays up after the night's end."""
        return not (self.headless or self.as_json)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
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
        help="stop there, e.g. 2022-05-06T09:00 (London)",
    )
    parser.add_argument(
        "--headless",
        action="store_true",
        help="no page: print the channel as text, and end when the replay has ended",
    )
    parser.add_argument(
        "--port",
        type=arguments.port,
        help="where the chat page is (5522, or a free one if that is taken)",
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
    options = Options(
        speed=given.speed,
        until=given.until,
        headless=given.headless,
        as_json=given.json,
        folder=given.tables,
        port=given.port,
        asked_by="--demo" if given.db is None else f"--db {given.db}",
    )
    return asyncio.run(demo(options, settings, load_almanac()))


async def demo(options: Options, settings: Settings, almanac: Almanac) -> int:
    """Replay the night and show it; with a page to it, stay up until told to end.

    Returns 0, 2 for a time to stop at that is not the night's, or 130 where it was told to end
    before a night without a page was over. The file of the settings becomes a new one, once all
    else that is needed is there: the tables, and the port.

    Raises `StoreError`, `TablesError`, `ClientStopped`, and `OSError` for a port that is taken.
    """
    refuse_to_replace(settings.database)
    night = Night.load(NIGHT, options.folder)
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
    if options.stays:
        await _stay(options, settings, almanac, night, start, stopped=stopped)
    else:
        await _run_through(options, settings, almanac, night, start, stopped=stopped)
    print(  # noqa: T201
        f'The night is kept. Ask about it: election-night ask {options.asked_by} "/council Hull"',
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
    # In a Discord of one's own the full speed need not wait for limits that count in real time.
    limits = Limits.none() if options.speed is None else Limits.discord()
    async with (
        Sandbox(options.port or 0, limits=limits) as sandbox,
        Rehearsal(night, clock) as rehearsal,
    ):
        chat = Chat.furnished(sandbox)
        pointed = pointed_at(settings, sandbox, rehearsal, chat)
        make_room_for_replay(settings.database, start)
        async with opened(pointed, almanac, clock) as app, connected(app):
            await chat.subscribe(app.subscriptions)
            await chat.put_up_board(running(app.services.boards), date.fromisoformat(NIGHT))
            aloud = () if options.as_json else READ_ALOUD
            show = _Show(app, clock, chat, aloud)
            replay = Replay(app, rehearsal, clock, options.until, show.progress)
            with show.following(sandbox), _marked_at_end(settings.database, clock):
                if not await _while_wanted(replay.run(), stopped):
                    return
            if options.as_json:
                state = await _final_state(app, chat)
                say(json.dumps(state, ensure_ascii=False))


async def _while_wanted(work: Coroutine[Any, Any, None], stopped: asyncio.Event) -> bool:
    """Do *work* until told to stop or nobody reads what is printed; return whether it was done."""
    doing = asyncio.create_task(work)
    waiting = [doing, *map(asyncio.create_task, (stopped.wait(), nobody_reads()))]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            doing.result()
        return doing.done()
    finally:
        await _ended(waiting)


async def _ended(tasks: Collection[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _stay(
    options: Options,
    settings: Settings,
    almanac: Almanac,
    night: Night,
    start: datetime,
    *,
    stopped: asyncio.Event,
) -> None:
    """Replay the night behind a page, from shortly before its first result on, until told to end.

    What was before that is taken in at once.
    """
    eve = night.tables.night.polls_close - _LEAD_TIME
    opens = min(event.at for event in night.timetable if event.event == "result") - _OPENS_BEFORE
    if options.until is not None:
        eve, opens = min(eve, options.until), min(opens, options.until)
    clock = ScaledClock(eve, SPEED if options.speed is None else options.speed)
    clock.pause()
    async with contextlib.AsyncExitStack() as stack:
        sandbox = await _with_a_page(stack, options.port)
        rehearsal = await stack.enter_async_context(Rehearsal(night, clock))
        chat = Chat.furnished(sandbox)
        pointed = pointed_at(settings, sandbox, rehearsal, chat)
        make_room_for_replay(settings.database, start)
        app = await stack.enter_async_context(opened(pointed, almanac, clock))
        show = _Show(app, clock, chat, READ_ALOUD)
        replay = Replay(app, rehearsal, clock, options.until, show.progress, desk_waits=DESK_WAITS)
        controls = ReplayControls(replay, app.services, app.connection.restart, since=opens)
        address = sandbox.open_page(controls, chat.people)
        await stack.enter_async_context(connected(app))
        await chat.subscribe(app.subscriptions)
        await chat.put_up_board(running(app.services.boards), date.fromisoformat(NIGHT))
        await chat.welcome(app.client)
        say(
            f"The night of 5 May 2022 is on at {address}\n"
            "Open it in a browser: ask, follow, act as the desk, jump and break things. "
            "Ctrl+C ends it."
        )
        stack.enter_context(_marked_at_end(settings.database, clock))
        stack.enter_context(show.following(sandbox))
        async with asyncio.TaskGroup() as tasks:
            playing = tasks.create_task(_play(replay, controls, opens, options.speed is None))
            await _told_to_end(app, replay, show, stopped)
            playing.cancel()
            await controls.close()


async def _with_a_page(stack: contextlib.AsyncExitStack, port: int | None) -> Sandbox:
    """Open the sandbox at a port, or where it always is unless that is taken."""
    limits = Limits.none()  # they count in real time, and a jump goes as fast as it can
    if port is None:
        with contextlib.suppress(OSError):
            return await stack.enter_async_context(Sandbox(PORT, limits=limits))
    return await stack.enter_async_context(Sandbox(port or 0, limits=limits))


async def _play(
    replay: Replay, controls: ReplayControls, opens: datetime, at_full_speed: bool
) -> None:
    replay.resume()
    await replay.jump(opens)
    if at_full_speed and not replay.ended:
        await controls.set_speed(math.inf)
    await replay.stay()


async def _told_to_end(app: App, replay: Replay, show: _Show, stopped: asyncio.Event) -> None:
    """Wait for a signal, for an empty line once the night is over, or until nobody reads on."""
    waiting: set[asyncio.Task[Any]] = {
        asyncio.create_task(stopped.wait()),
        asyncio.create_task(nobody_reads()),
    }
    if sys.stdin.isatty():
        waiting.add(asyncio.create_task(_answer_questions(app, replay, show)))
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _ended(waiting)


@contextlib.contextmanager
def _marked_at_end(database: Path, clock: Clock) -> Iterator[None]:
    """Mark the database at the end as a replay's that stands where the night does."""
    try:
        yield
    finally:
        with contextlib.closing(open_for_writing(database)) as db:
            mark_replayed(db.conn, clock.now())


def pointed_at(settings: Settings, sandbox: Sandbox, rehearsal: Rehearsal, chat: Chat) -> Settings:
    """Return the settings of a bot that knows no other Discord and no other feeds than these."""
    return settings.model_copy(
        update={
            "token": SecretStr(sandbox.token),
            "discord_api": sandbox.api_base,
            "night": date.fromisoformat(NIGHT),
            "clock": None,
            "pa_folders": (),
            "pa_urls": (rehearsal.pa_url,),
            "pa_json_urls": (),
            "democracy_club_url": rehearsal.dc_url,
            "democracy_club_atom_url": None,
            "modern_gov_urls": (),
            "nist_urls": (rehearsal.counts_url,),
            "desk_sheet_urls": (),
            "desk_guild": chat.ingest.id,
            "desk_role": chat.desk.id,
            "desk_channel": chat.desk_channel.id,
            "desk_two_person": False,
        }
    )


@contextlib.asynccontextmanager
async def connected(app: App) -> AsyncIterator[None]:
    """Keep the bot connected inside; raises what stops it."""
    async with asyncio.TaskGroup() as tasks:
        delivering = tasks.create_task(app.deliver())
        await app.connection.ready()
        yield
        delivering.cancel()


class _Show:
    """Shows the replay: messages as they come on standard output, progress on standard error.

    *aloud* are the channels whose messages are shown.
    """

    def __init__(self, app: App, clock: Clock, chat: Chat, aloud: Collection[str]) -> None:
        self._app = app
        self._clock = clock
        self._chat = chat
        self._aloud = aloud
        self._line = Progress()

    @contextlib.contextmanager
    def following(self, sandbox: Sandbox) -> Iterator[None]:
        """Print what is posted inside."""
        stop = sandbox.world.listen(self._on_event)
        try:
            yield
        finally:
            stop()
            self._line.clear()

    def quiet(self) -> None:
        """Take the progress away, so that something else can be printed."""
        self._line.clear()

    def progress(self) -> None:
        """Say how far the night is."""
        standings = self._app.services.reader.councils(self._app.services.newest_night)
        declared = sum(standing.is_declared for standing in standings)
        self._line.say(
            f"{self._clock.now():%A %H:%M}  {declared} of {len(standings)} councils declared, "
            f"{self._chat.posts()} posts"
        )

    def _on_event(self, event: Event) -> None:
        message = event.subject
        if event.name not in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            return
        if not isinstance(message, Message) or message.channel.name not in self._aloud:
            return
        if _says_something_new(message):
            self._line.clear()
            edited = ", edited" if event.name == "MESSAGE_UPDATE" else ""
            stamp = f"{self._clock.now():%a %H:%M} #{message.channel.name}{edited}"
            say(f"── {stamp}\n{message_in_words(message)}\n")


def _says_something_new(message: Message) -> bool:
    """Whether a message is new, or an edit of it has changed more than its small print."""
    if not message.versions:
        return True
    before = [embed.get("title") for embed in message.versions[-1].embeds]
    return before != [embed.get("title") for embed in message.embeds]


async def _final_state(app: App, chat: Chat) -> dict[str, Any]:
    """Return the account of the night, with its nations and what became of the deliveries.

    A delivery is lost if it has no receipt, or has one and does not stand in its channel.
    """
    services = app.services
    account = Account(services.reader, services.almanac, services.newest_night)
    counts = await app.alerts.counts()
    not_there = max(0, counts.sent - chat.standing())
    return {
        **account.to_json(),
        "nations": account.nations(),
        "assembly": account.assembly(),
        "deliveries": {
            "sent": counts.sent,
            "lost": counts.lost + not_there,
            "repeated": chat.repeated(),
        },
    }


async def _answer_questions(app: App, replay: Replay, show: _Show) -> None:
    """Answer what is typed, until an empty line comes when the night is over."""
    asking = asyncio.create_task(_ask_when_over(replay, show))
    try:
        async for line in lines_typed(sys.stdin.fileno()):
            show.quiet()
            if line.strip():
                try:
                    say(await answer_at_terminal(app.services, line) + "\n")
                except CannotAnswer as refusal:
                    say(str(refusal))
            elif replay.ended:
                return
            if replay.ended:
                print("> ", end="", flush=True)  # noqa: T201
        await asyncio.Event().wait()  # the terminal is gone: a signal ends it
    finally:
        asking.cancel()


async def _ask_when_over(replay: Replay, show: _Show) -> None:
    while not replay.ended:  # noqa: ASYNC110 - it may end, go on, and end again
        await asyncio.sleep(0.5)
    show.quiet()
    say(
        "The night is over, the page stays. Ask on: /council Hull, /night changes, "
        "/party Labour… An empty line ends it."
    )
    print("> ", end="", flush=True)  # noqa: T201
