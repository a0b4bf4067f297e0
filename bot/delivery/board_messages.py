"""Board messages: each is sent once and edited as the night goes.

Each board is served by itself, one request at a time, so that a slow channel delays no other.
Changes in quick succession are one edit, to the last state.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.cards.card import Card
from bot.delivery.boards import Board, Boards
from bot.delivery.checkpoints import Checkpoint
from bot.delivery.discord_errors import AGAIN
from bot.delivery.refusals import PINNING, SHOWN
from bot.delivery.rest import (
    Attached,
    Gone,
    NoChannel,
    Refused,
    Unreachable,
    Unsendable,
)
from bot.delivery.sending import Post, Sender, Sent
from bot.delivery.traffic import Pace
from bot.errors import is_of_the_machine
from bot.pictures.picture import Picture
from bot.pictures.renderer import Drawing, PictureError, PictureRenderer
from bot.store.boards import (
    BoardEnded,
    BoardPinned,
    BoardPosted,
    BoardShown,
    has_ended,
)
from bot.store.posts import Purpose

log = logging.getLogger(__name__)

_OLD = timedelta(hours=1)
_MOST_FAULTS = 3
"""After so many faults of our own in a row a board is paused, so that somebody is told."""
_DRAWN_WITHIN = 10.0
"""Real seconds that an edit waits for its picture."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """Real seconds between two edits of a board.

    Discord takes 5 edits in 5 seconds of a channel, and of messages older than an hour 3 in 20
    (community's measurements): the rest is for the corrections of alerts. After a fault of our own
    a board waits for `faulty` seconds.
    """

    young: float = 5.0
    old: float = 20.0
    faulty: float = 30.0

    def after_edit(self, age: timedelta | None) -> float:
        """Return the seconds after an edit in which a message of an age is edited no more.

        One whose age is not known counts as old.
        """
        return self.young if age is not None and age < _OLD else self.old


@dataclass(frozen=True, slots=True)
class Showing:
    """What a board is to show: cards for one message, and what makes its picture.

    `told` is a hash of what they say, without the time that they say it at; a message whose
    own time is not within `dated_within` is to show it anew.
    """

    cards: tuple[Card, ...]
    told: str
    compose: Callable[[], Picture | None] | None = None
    dated_within: tuple[datetime, datetime] | None = None

    def is_shown_by(self, board: Board) -> bool:
        """Whether a board's message needs no edit for it."""
        if board.told != self.told or board.told_at is None:
            return False
        if self.dated_within is None:
            return True
        since, until = self.dated_within
        return since <= board.told_at <= until


class BoardPosts:
    """Brings boards' messages to what *show* returns.

    *pace* is the boards' own, besides the one that all requests share.
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
        self._rests_until: dict[int, float] = {}
        self._faults = Counter[int]()
        """How many faults of our own in a row a board has met."""

    async def serve(self, number: int) -> None:
        """Send, pin and edit a board's message as is due; nothing while the desk holds all back.

        Raises nothing.
        """
        try:
            await self._serve(number)
        except Exception:  # the store fails us: neither other boards nor the alerts may end with it
            log.exception("The board %d cannot be kept; it is tried again later", number)
            self._rest_for(number, self._tempo.faulty)

    async def _serve(self, number: int) -> None:
        delay = self._rest.delay()
        while (board := self._boards.find(number)) and board.goes_on and not self._boards.held:
            if (left := self._left(board)) > 0:
                await asyncio.sleep(left)
                continue
            try:
                if not await self._step(board):
                    return
                delay.reset()
                self._faults.pop(number, None)
            except Unreachable as fault:
                wait = self._rest.wait_after(fault, delay)
                self._rest_for(number, max(wait, self._tempo.young))
            except Exception as refusal:
                await self._give_up(board, refusal)

    def _left(self, board: Board) -> float:
        """Return the seconds until an edit; a board of an earlier run counts as just edited."""
        until = self._rests_until.get(board.id)
        if until is None and board.message is not None and board.told is not None:
            until = self._began + self._tempo.after_edit(self._rest.age_of(board.message))
        return 0.0 if until is None else until - asyncio.get_running_loop().time()

    def _rest_for(self, number: int, seconds: float) -> None:
        self._rests_until[number] = asyncio.get_running_loop().time() + seconds

    async def _step(self, board: Board) -> bool:
        """Make the next request for a board; return whether there may be another."""
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
        """Send the first words; the picture comes with the first edit, so that they never wait."""
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
            {"embeds": [card.to_embed_dict() for card in showing.cards]},
            board.reference,
            Purpose.BOARD,
            partial(BoardPosted, board.id),
            unless=partial(has_ended, number=board.id),
        )

    async def _pin(self, board: Board, message: int) -> None:
        """Pin the message where that is allowed; it is as good without."""
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
        """Edit the message to the present state; a board that ends is edited for the last time."""
        drawing = await self._drawn(showing)
        self._passed(Checkpoint.EDITING)
        await self._pace.take()
        picture, attachment = await self._sender.edit_with_picture(
            Sent(board.place, (board.channel, message)),
            [card.to_embed_dict() for card in showing.cards],
            _ways_to_attach(board, drawing),
            self._verifier.once,
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
        self._rest_for(board.id, self._tempo.after_edit(self._rest.age_of(message)))

    async def _unpin(self, board: Board, message: int) -> None:
        await self._turn()
        try:
            await self._rest.unpin(board.channel, message)
        except (Refused, Unsendable, Gone) as refusal:
            log.info("The board in %d is not unpinned: %s", board.channel, refusal)

    async def _drawn(self, showing: Showing) -> Drawing | None:
        """Return the picture; None where there is none, or it cannot be had in time."""
        if self._picture_renderer is None or showing.compose is None:
            return None
        try:
            async with asyncio.timeout(_DRAWN_WITHIN):
                return await self._picture_renderer.drawn(showing.compose)
        except (PictureError, TimeoutError) as fault:
            log.warning("A board goes without its picture: %s", fault or "it takes too long")
            return None

    async def _turn(self) -> None:
        await self._pace.take()
        await self._rest.turn()

    async def _give_up(self, board: Board, refusal: Exception) -> None:
        """Pause a board that its channel refuses, end one that is gone.

        After a fault of our own it stays as it is; after several in a row it is paused too.
        """
        number, reason = board.id, str(refusal).replace(AGAIN, "give /night board there again")
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
                # What it shows next may be taken again.
                await self._pause(board, reason, by_trial=True)
            case _:
                log.error("The board in %d stays as it is", board.channel, exc_info=refusal)
                self._rest_for(number, self._tempo.faulty)
                if not is_of_the_machine(refusal):
                    self._faults[number] += 1
                if self._faults[number] >= _MOST_FAULTS:
                    reason = f"A fault of the bot itself is in the way ({refusal!r:.200})."
                    await self._pause(board, reason, by_trial=True)

    async def _pause(self, board: Board, reason: str, *, by_trial: bool) -> None:
        log.warning("The board in %d is paused: %s", board.channel, reason)
        self._faults.pop(board.id, None)
        await self._boards.pause(board.id, reason, by_trial=by_trial)


def _ways_to_attach(board: Board, drawing: Drawing | None) -> Iterator[Attached | None]:
    """Yield how a picture is shown: the one that is attached, the drawn one anew, none at all."""
    if drawing is not None:
        name, alt = drawing.picture.file_name, drawing.picture.alt
        if board.picture == name and board.attachment is not None:
            yield Attached(name, alt, board.attachment)
        yield Attached(name, alt, content=drawing.png)
    yield None
