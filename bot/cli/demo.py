"""`demo`: the night of 5 May 2022 in a Discord of its own, with the real client and real feeds."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.app import App, opened
from bot.chat.questions import CannotAnswer
from bot.chat.terminal import answer_at_terminal
from bot.cli.account import Account
from bot.cli.chat import Chat, message_in_words
from bot.cli.progress import Progress
from bot.cli.replay import Replay
from bot.cli.replayed import make_room_for_replay, mark_replayed
from bot.cli.typed import lines_typed
from bot.clock import Clock, ScaledClock, SteppedClock
from bot.election.almanac import Almanac
from bot.rehearsal.night import Night
from bot.rehearsal.server import Rehearsal
from bot.sandbox import Event, Limits, Message, Sandbox
from bot.settings import Settings
from bot.store.opening import open_for_writing

NIGHT = "2022-05-05"
_LEAD_TIME = timedelta(minutes=1)
_WAIT_AT_MOST = timedelta(days=1)
"""How long after its last news a replay may be told to go on."""


@dataclass(frozen=True)
class Options:
    """What the command line says.

    `speed` is how many times as fast as the night the replay runs, None: from event to event.
    `folder` holds the tables of the night to replay, None: the shipped ones.
    """

    speed: float | None
    until: datetime | None = None
    headless: bool = False
    as_json: bool = False
    folder: Path | None = None


async def demo(options: Options, settings: Settings, almanac: Almanac) -> int:
    """Replay the night, show it, and stay for questions unless *headless*.

    Returns 0, or 2 for a time to stop at that is not the night's.

    Raises `StoreError`, `TablesError` and `ClientStopped`.
    """
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
    clock: Clock = (
        SteppedClock(start) if options.speed is None else ScaledClock(start, options.speed)
    )
    if (kept := make_room_for_replay(settings.database, start)) is not None:
        print(f"{settings.database} was no demo's: it is kept as {kept}.", file=sys.stderr)  # noqa: T201
    # In a Discord of one's own the full speed need not wait for limits that count in real time.
    limits = Limits.none() if options.speed is None else Limits.discord()
    async with Sandbox(limits=limits) as sandbox, Rehearsal(night, clock) as rehearsal:
        pointed = _pointed_at(settings, sandbox, rehearsal)
        async with opened(pointed, almanac, clock) as app, _connected(app):
            chat = Chat.furnished(sandbox)
            await chat.subscribe(app.subscriptions)
            show = _Show(app, clock, chat, silent=options.as_json)
            with show.following(sandbox):
                try:
                    await Replay(app, rehearsal, clock, options.until, show.progress).run()
                finally:
                    if isinstance(clock, ScaledClock):
                        clock.stop()
                    await asyncio.to_thread(_mark, settings.database, clock)
                await app.watch.post(app.services.newest_night, "the replay has ended")
                await app.alerts.drained()
            if options.as_json:
                state = await _final_state(app, chat)
                print(json.dumps(state, ensure_ascii=False))  # noqa: T201
            elif not options.headless and sys.stdin.isatty():
                await _stay_for_questions(app)
    return 0


def _mark(database: Path, clock: Clock) -> None:
    with contextlib.closing(open_for_writing(database)) as db:
        mark_replayed(db.conn, clock.now())


def _pointed_at(settings: Settings, sandbox: Sandbox, rehearsal: Rehearsal) -> Settings:
    """Return the settings of a bot that knows no other Discord and no other feeds than these."""
    return settings.model_copy(
        update={
            "token": SecretStr(sandbox.token),
            "discord_api": sandbox.api_base,
            "pa_folders": (),
            "pa_urls": (rehearsal.pa_url,),
            "pa_json_urls": (),
            "democracy_club_url": rehearsal.dc_url,
            "nist_urls": (rehearsal.counts_url,),
        }
    )


@contextlib.asynccontextmanager
async def _connected(app: App) -> AsyncIterator[None]:
    """Keep the bot connected inside; raises what stops it."""
    async with asyncio.TaskGroup() as tasks:
        delivering = tasks.create_task(app.deliver())
        await app.client.logged_in.wait()
        await app.client.wait_until_ready()
        yield
        delivering.cancel()


class _Show:
    """Shows the replay: messages as they come on standard output, progress on standard error."""

    def __init__(self, app: App, clock: Clock, chat: Chat, *, silent: bool) -> None:
        self._app = app
        self._clock = clock
        self._chat = chat
        self._silent = silent
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

    def progress(self) -> None:
        """Say how far the night is."""
        standings = self._app.services.reader.councils(self._app.services.newest_night)
        declared = sum(standing.is_declared for standing in standings)
        posts = sum(len(channel.messages) for channel in self._chat.places)
        self._line.say(
            f"{self._clock.now():%A %H:%M}  {declared} of {len(standings)} councils declared, "
            f"{posts} posts"
        )

    def _on_event(self, event: Event) -> None:
        message = event.subject
        if self._silent or not isinstance(message, Message):
            return
        if event.name not in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            return
        if self._chat.is_read_aloud(message) and _says_something_new(message):
            self._line.clear()
            edited = ", edited" if event.name == "MESSAGE_UPDATE" else ""
            stamp = f"{self._clock.now():%a %H:%M} #{message.channel.name}{edited}"
            print(f"── {stamp}\n{message_in_words(message)}\n", flush=True)  # noqa: T201


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


async def _stay_for_questions(app: App) -> None:
    print("Ask on: /council Hull, /night changes, /party Labour… An empty line ends it.")  # noqa: T201
    print("> ", end="", flush=True)  # noqa: T201
    async for line in lines_typed(sys.stdin.fileno()):
        if not line.strip():
            break
        try:
            print(await answer_at_terminal(app.services, line) + "\n")  # noqa: T201
        except CannotAnswer as refusal:
            print(refusal)  # noqa: T201
        print("> ", end="", flush=True)  # noqa: T201
