"""Board messages: each is sent once and edited during the night.

Each board is served independently, one request at a time, so that a slow channel delays no other.
Changes in quick succession become one edit, to the last state.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.cards.card import Card
from bot.cards.spoilers import hidden
from bot.delivery.boards import Board, Boards
from bot.delivery.checkpoints import Checkpoint
from bot.delivery.discord_errors import AGAIN
from bot.delivery.refusals import PINNING, SHOWN
from bot.delivery.rest import Attached, Gone, NoChannel, Refused, Unreachable, Unsendable
from bot.delivery.sending import Post, Sender, Sent
from bot.delivery.traffic import Pace
from bot.errors import is_of_the_machine
from bot.pictures.picture import Picture
from bot.pictures.renderer import Drawing, PictureError, PictureRenderer
from bot.store.boards import BoardEnded, BoardPinned, BoardPosted, BoardShown, has_ended
from bot.store.calm import calm_of
from bot.store.posts import Purpose

log = logging.getLogger(__name__)

_OLD = timedelta(hours=1)
_MOST_FAULTS = 3
"""After this many faults of the bot's own in a row a board is paused, and somebody is told."""
_DRAWN_WITHIN = 10.0
"""Real seconds that an edit waits for its picture."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """Real seconds between two edits of a board.

    Discord allows 5 edits in 5 seconds in a channel, and 3 in 20 seconds of messages older than an
    hour (measured by others); most of them are left to corrections of alerts. After a fault of the
    bot's own a board waits for `faulty` seconds.
    """

    young: float = 5.0
    old: float = 20.0
    faulty: float = 30.0

    def after_edit(self, age: timedelta | None) -> float:
        """Return the seconds to wait after an edit of a message of an *age*.

        A message of unknown age counts as old.
        """
        return self.young if age is not None and age < _OLD else self.old


@dataclass(frozen=True, slots=True)
class Showing:
    """What a board should show: the cards of one message, and a function that makes its picture.

    `told` is a hash of the content without its time. A message whose time is not within
    `dated_within` is edited even if the hash is the same.
    """

    cards: tuple[Card, ...]
    told: str
    compose: Callable[[], Picture | None] | None = None
    dated_within: tuple[datetime, datetime] | None = None

    def is_shown_by(self, board: Board) -> bool:
        """Whether a board's message shows this already."""
        if board.told != self.told or board.told_at is None:
            return False
        if self.dated_within is None:
            return True
        since, until = self.dated_within
        return since <= board.told_at <= until


class BoardPosts:
    """Makes boards' messages show what *show* returns.

    *pace* limits boards in addition to the pace that all requests share.
    """

    def __init__(
        self,
        boards: Boards,
        sender: Sender,
        show: Callable[[Board], Awaitable[Showing]],
        picture_renderer: PictureRenderer | None,
        *,
        pace: Pace,
        tempo: Tempo,
    ) -> None:
        self._boards = boards
        self._sender, self._verifier, self._rest = sender, sender.verifier, sender.rest
        self._passed = sender.passed
        self._show = show
        self._picture_renderer = picture_renderer
        self._pace = pace
        self._tempo = tempo
        self._began = asyncio.get_running_loop().time()
        self._waits_until: dict[int, float] = {}
        self._faults = Counter[int]()
        """By board: its number of faults of the bot's own in a row."""

    async def serve(self, number: int) -> None:
        """Send, pin and edit a board's message as needed; raises nothing.

        Does nothing while the desk has paused all messages.
        """
        try:
            await self._serve(number)
        except Exception:  # a failing store must not end other boards or the alerts
            log.exception("The board %d cannot be updated; it is tried again later", number)
            self._wait_for(number, self._tempo.faulty)

    async def _serve(self, number: int) -> None:
        delay = self._rest.delay()
        while (board := self._boards.find(number)) and board.goes_on and not self._boards.held:
            if (left := self._seconds_left(board)) > 0:
                await asyncio.sleep(left)
                continue
            try:
                if not await self._step(board):
                    return
                delay.reset()
                self._faults.pop(number, None)
            except Unreachable as fault:
                wait = self._rest.wait_after(fault, delay)
                self._wait_for(number, max(wait, self._tempo.young))
            except Exception as refusal:
                await self._give_up(board, refusal)

    def _seconds_left(self, board: Board) -> float:
        """Return the seconds until the next edit; after a restart a board counts as just edited."""
        until = self._waits_until.get(board.id)
        if until is None and board.message is not None and board.told is not None:
            until = self._began + self._tempo.after_edit(self._rest.age_of(board.message))
        return 0.0 if until is None else until - asyncio.get_running_loop().time()

    def _wait_for(self, number: int, seconds: float) -> None:
        self._waits_until[number] = asyncio.get_running_loop().time() + seconds

    async def _step(self, board: Board) -> bool:
        """Make the next request for a board; return whether another may follow."""
        if board.message is None:
            await self._send(board)
        elif board.pinned is None and board.stands:
            await self._pin(board, board.message)
        else:
            showing = await self._show(board)
            if board.stands and showing.is_shown_by(board):
                return False
            await self._edit(board, board.message, showing)
        return True

    async def _send(self, board: Board) -> None:
        """Send the message without its picture, which the first edit adds."""
        if board.post is None:
            self._passed(Checkpoint.BOARD_PUT)
            post = await self._sealed(board)
        else:
            post = self._sender.unsent_post(board.post)
        await self._turn()
        await self._sender.send(post, self._verifier.once)

    async def _sealed(self, board: Board) -> Post:
        showing = await self._show(board)
        return await self._sender.seal(
            board.place,
            {"embeds": self._embeds(board, showing)},
            board.reference,
            Purpose.BOARD,
            partial(BoardPosted, board.id),
            unless=partial(has_ended, number=board.id),
        )

    def _is_hidden(self, board: Board) -> bool:
        return calm_of(self._sender.reads, board.place.id).spoilers

    def _embeds(self, board: Board, showing: Showing) -> list[dict[str, Any]]:
        """Return what a board shows, behind spoiler marks where its channel wants no results."""
        embeds = [card.to_embed_dict() for card in showing.cards]
        if not self._is_hidden(board):
            return embeds
        return [hidden(each, "How the night stands") for each in embeds]

    async def _pin(self, board: Board, message: int) -> None:
        """Pin the message if that is allowed; a board also works without."""
        await self._turn()
        pinned = True
        try:
            await self._verifier.once(
                board.place,
                lambda: self._rest.pin(board.channel, message),
                needs=PINNING,
                message=(board.channel, message),
            )
        except (Refused, Unsendable) as refusal:
            log.info("The board in %d is not pinned: %s", board.channel, refusal)
            pinned = False
        self._passed(Checkpoint.BOARD_PINNED)
        await self._boards.record(board.id, BoardPinned(board.id, pinned))

    async def _edit(self, board: Board, message: int, showing: Showing) -> None:
        """Edit the message to the present state; a board that is ending is ended with it."""
        drawing = await self._drawn(showing)
        self._passed(Checkpoint.EDITING)
        await self._pace.take()
        picture, attachment = await self._sender.edit_with_picture(
            Sent(board.place, (board.channel, message)),
            self._embeds(board, showing),
            _pictures_to_try(board, drawing),
            self._verifier.once,
            hidden=self._is_hidden(board),
        )
        self._passed(Checkpoint.EDITED)
        if board.ending is None:
            name = None if picture is None else picture.file_name
            shown = BoardShown(board.id, showing.told, name, attachment)
            await self._boards.record(board.id, shown)
        else:
            if board.pinned:
                await self._unpin(board, message)
            await self._boards.record(board.id, BoardEnded(board.id, board.ending, done=True))
        self._wait_for(board.id, self._tempo.after_edit(self._rest.age_of(message)))

    async def _unpin(self, board: Board, message: int) -> None:
        await self._turn()
        try:
            await self._rest.unpin(board.channel, message)
        except (Refused, Unsendable, Gone) as refusal:
            log.info("The board in %d is not unpinned: %s", board.channel, refusal)

    async def _drawn(self, showing: Showing) -> Drawing | None:
        """Return the picture; None if there is none or it is not drawn in time."""
        if self._picture_renderer is None or showing.compose is None:
            return None
        try:
            async with asyncio.timeout(_DRAWN_WITHIN):
                return await self._picture_renderer.drawn(showing.compose)
        except (PictureError, TimeoutError) as fault:
            log.warning("A board is shown without its picture: %s", fault or "it takes too long")
            return None

    async def _turn(self) -> None:
        await self._pace.take()
        await self._rest.turn()

    async def _give_up(self, board: Board, refusal: Exception) -> None:
        """Pause a board that its channel refuses; end one whose message or channel is gone.

        A fault of the bot's own is tried again; several in a row pause the board.
        """
        number, reason = board.id, str(refusal).replace(AGAIN, "run /night board there again")
        match refusal:
            case Gone():
                # Whoever deleted it wants it gone.
                await self._boards.record(number, BoardEnded(number, reason, done=True))
            case NoChannel():
                reason = "The channel does not exist any more."
                await self._boards.record(number, BoardEnded(number, reason, done=True))
            case Refused() | Unsendable() if board.ending is not None:
                await self._boards.record(number, BoardEnded(number, board.ending, done=True))
            case Refused():
                await self._pause(board, reason, by_trial=refusal.code not in SHOWN)
            case Unsendable():
                # Discord may accept the next content.
                await self._pause(board, reason, by_trial=True)
            case _:
                log.error("The board in %d is left unchanged", board.channel, exc_info=refusal)
                self._wait_for(number, self._tempo.faulty)
                if not is_of_the_machine(refusal):
                    self._faults[number] += 1
                if self._faults[number] >= _MOST_FAULTS:
                    reason = f"A fault of the bot itself is in the way ({refusal!r:.200})."
                    await self._pause(board, reason, by_trial=True)

    async def _pause(self, board: Board, reason: str, *, by_trial: bool) -> None:
        log.warning("The board in %d is paused: %s", board.channel, reason)
        self._faults.pop(board.id, None)
        await self._boards.pause(board.id, reason, by_trial=by_trial)


def _pictures_to_try(board: Board, drawing: Drawing | None) -> Iterator[Attached | None]:
    """Yield the pictures to try: the attached one, a new upload, none."""
    if drawing is not None:
        name, alt = drawing.picture.file_name, drawing.picture.alt
        if board.picture == name and board.attachment is not None:
            yield Attached(name, alt, board.attachment)
        yield Attached(name, alt, content=drawing.png)
    yield None
