"""What the demo shows at the terminal: messages, progress, and answers to what is typed."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Collection, Iterator

from bot.app import App
from bot.chat.questions import CannotAnswer
from bot.chat.terminal import answer_at_terminal
from bot.cli.terminal import Progress, lines_typed, say
from bot.clock import Clock
from simulation.demo.replay import Replay
from simulation.demo.servers import DemoServers, message_in_words
from simulation.discord import Event, Message, Sandbox


class Show:
    """Prints messages of the *aloud* channels on standard output, progress on standard error."""

    def __init__(
        self, app: App, clock: Clock, servers: DemoServers, aloud: Collection[str]
    ) -> None:
        self._app = app
        self._clock = clock
        self._servers = servers
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
        """Clear the progress line, so that something else can be printed."""
        self._line.clear()

    def progress(self) -> None:
        """Show how far the night is."""
        standings = self._app.services.reader.councils(self._app.services.newest_night)
        declared = sum(standing.is_declared for standing in standings)
        self._line.say(
            f"{self._clock.now():%A %H:%M}  {declared} of {len(standings)} councils declared, "
            f"{self._servers.posts()} posts"
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
    """Return whether a message is new, or an edit has changed a title."""
    if not message.versions:
        return True
    before = [embed.get("title") for embed in message.versions[-1].embeds]
    return before != [embed.get("title") for embed in message.embeds]


async def answer_questions(app: App, replay: Replay, show: Show) -> None:
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


async def _ask_when_over(replay: Replay, show: Show) -> None:
    while not replay.ended:  # noqa: ASYNC110 - it may end, go on, and end again
        await asyncio.sleep(0.5)
    show.quiet()
    say(
        f"The night is over, the page stays. Ask on: /council {replay.rehearsal.night.example}, "
        "/night changes, /party Labour… An empty line ends it."
    )
    print("> ", end="", flush=True)  # noqa: T201
