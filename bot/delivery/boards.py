"""Boards: channels that show the night in one message, managed by a server's admins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.clock import Clock
from bot.delivery.references import BOARD, reference_of
from bot.delivery.subscriptions import Destination
from bot.election.stories import Lens
from bot.store import boards as store
from bot.store import desk, pausing
from bot.store.boards import BoardEnded, BoardPaused, BoardPut, BoardTurned
from bot.store.codec import Row, read
from bot.store.destinations import check_owner
from bot.store.journal import Entry
from bot.store.service_notices import DeskChannel
from bot.store.writer import Transaction, Writer

BY_ADMIN = "An admin of the server ended it."


@dataclass(frozen=True, slots=True)
class Board:
    """A channel's board. `post` is None until its message is sealed, `message` until it is sent.

    `pinned` is None until pinning was tried. `told` is a hash of what the message shows, `told_at`
    the simulated time that it shows. `paused` says why the channel refuses it, `ending` why it is
    to end, `ended` whether that is done.
    """

    id: int
    channel: int
    guild: int
    night: date
    lens: Lens
    post: int | None
    message: int | None
    pinned: bool | None
    told: str | None
    told_at: datetime | None
    picture: str | None
    attachment: int | None
    paused: str | None
    ending: str | None
    ended: bool

    @classmethod
    def of(cls, row: Row) -> Board:
        """Return the board of a row."""
        return read(
            cls,
            row,
            channel=row["channel_id"],
            guild=row["guild_id"],
            lens=Lens(nation=row["nation"], region=row["region"]),
            post=row["post_id"],
            message=row["message_id"],
            attachment=row["attachment_id"],
        )

    @property
    def place(self) -> Destination:
        """The channel as a destination."""
        return Destination(self.channel, self.guild)

    @property
    def reference(self) -> str:
        """The reference in its message, by which the message is found."""
        return reference_of(self.id, BOARD)

    @property
    def goes_on(self) -> bool:
        """Whether its message may still be changed."""
        return not self.ended and self.paused is None

    @property
    def stands(self) -> bool:
        """Whether it is to be kept up to date: nobody has ended it."""
        return self.ending is None


class Put(StrEnum):
    """The result of asking for a board."""

    ADDED = "added"
    TURNED = "shows another place"
    RESUMED = "is tried again"
    NOTHING = "nothing"
    ENDING = "nothing, as the one there is just ending"


class Boards:
    """Puts up, changes, ends and finds boards; every change is journalled."""

    def __init__(self, writer: Writer, clock: Clock, desk: DeskChannel | None = None) -> None:
        self.clock = clock
        self._desk = desk
        self._writer = writer

    def on_commit(self, call: Callable[[], None]) -> None:
        """Make *call* after every commit, as what boards show may have changed."""
        self._writer.on_commit(call)

    async def put(
        self, channel: int, guild: int, night: date, lens: Lens, *, by: int
    ) -> tuple[Board, Put]:
        """Put up a board of a night in a channel; *lens* is a nation, a region or everything.

        If the channel has a board of that night, it is changed to the lens and resumed if paused;
        there are never two. One that is just ending is left alone. Raises `NotTheirs` for another
        guild's channel.
        """

        def work(tx: Transaction) -> tuple[Board, Put]:
            check_owner(tx.db.conn, channel, guild)
            now, row = self.clock.now(), store.board_in(tx.db.conn, channel)
            board = None if row is None else Board.of(row)
            if board is not None and not (board.stands or board.ended):
                return board, Put.ENDING
            if board is None or board.ended or board.night != night:
                entry = BoardPut(channel, guild, night.isoformat(), lens.nation, lens.region, by)
                return self._found(tx, tx.append(entry, now)), Put.ADDED
            done = Put.NOTHING
            if board.paused is not None or board.pinned is False:
                tx.append(BoardPaused(board.id, None), now)
                done = Put.NOTHING if board.paused is None else Put.RESUMED
            if board.lens != lens:
                tx.append(BoardTurned(board.id, lens.nation, lens.region), now)
                done = Put.TURNED
            return self._found(tx, board.id), done

        return await self._writer.transact(work)

    async def end(self, number: int, guild: int) -> Board | None:
        """End a board of a guild and return it; None if the guild has no such active board.

        The message is edited to say so as soon as possible.
        """

        def work(tx: Transaction) -> Board | None:
            row = store.board(tx.db.conn, number)
            board = None if row is None else Board.of(row)
            if board is None or board.guild != guild or not board.stands:
                return None
            done = board.post is None
            tx.append(BoardEnded(number, BY_ADMIN, done), self.clock.now())
            return board

        return await self._writer.transact(work)

    async def record(self, number: int, *entries: Entry) -> bool:
        """Record what became of a board; return False if it was ended or erased meanwhile."""

        def work(tx: Transaction) -> bool:
            row = store.board(tx.db.conn, number)
            if row is None or row["ended"]:
                return False
            for entry in entries:
                tx.append(entry, self.clock.now())
            return True

        return await self._writer.transact(work)

    async def pause(self, number: int, reason: str, *, by_trial: bool = False) -> None:
        """Pause a board that its channel refuses; tell whoever put it up, or else the desk.

        Nobody is told if alerts in the channel are paused too. *by_trial*: only another attempt
        can show whether the channel accepts it again.
        """

        def work(tx: Transaction) -> None:
            db = tx.db.conn
            row = store.board(db, number)
            if row is None or row["ended"]:
                return
            told, again = None, bool(row["trial"])
            if not again and not pausing.is_paused(db, row["channel_id"]):
                by = row["created_by"]
                told = pausing.notice_target(db, by if by > 0 else None, self._desk)
            entry = BoardPaused(number, reason, told, by_trial=by_trial, again=again)
            tx.append(entry, self.clock.now())

        await self._writer.transact(work)

    def find(self, number: int) -> Board | None:
        """Return a board."""
        row = store.board(self._writer.reads, number)
        return None if row is None else Board.of(row)

    def within(self, channel: int) -> Board | None:
        """Return the latest board of a channel, even if it has ended."""
        row = store.board_in(self._writer.reads, channel)
        return None if row is None else Board.of(row)

    def of_guild(self, guild: int) -> list[Board]:
        """Return a guild's boards, oldest first."""
        return [Board.of(row) for row in store.boards_of(self._writer.reads, guild)]

    def views(self) -> list[Row]:
        """Return the nights and lenses that boards show."""
        return store.views(self._writer.reads)

    def behind(
        self, view: Row, told: str, dated_within: tuple[datetime, datetime] | None
    ) -> list[int]:
        """Return the boards of a view that need an update; see `store.boards`."""
        return store.behind(self._writer.reads, view, told, dated_within)

    @property
    def held(self) -> bool:
        """Whether the desk has paused all messages."""
        return desk.pause(self._writer.reads) is not None

    @staticmethod
    def _found(tx: Transaction, number: int) -> Board:
        row = store.board(tx.db.conn, number)
        if row is None:
            raise RuntimeError("a board was put up and is not there")
        return Board.of(row)
