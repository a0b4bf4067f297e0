"""Posts in threads: a thread is opened when its first post is due, and archived after the night.

Where Discord refuses a thread, what is for it goes to the channel, and the admin is told. A forum
has nothing else: it is paused as any channel that refuses, and a post that is gone is begun anew.
"""

from __future__ import annotations

import logging
from functools import partial

from bot.clock import Clock
from bot.delivery.checkpoints import Checkpoint
from bot.delivery.discord_errors import THREAD_LOCKED
from bot.delivery.refusals import OPENING, POSTING_IN_FORUM, READING
from bot.delivery.render import Renderer
from bot.delivery.rest import Gone, NoChannel, Refused, Unsendable
from bot.delivery.sending import Post, Sender
from bot.delivery.subscriptions import Destination
from bot.delivery.threads import ThreadOpener, own_threads, tags_told
from bot.store import deliveries, pausing, service_notices, threads
from bot.store.codec import Row
from bot.store.deliveries import CLAIM
from bot.store.journal import Entry
from bot.store.service_notices import DeskChannel
from bot.store.threads import ThreadClosed, ThreadGivenUp, ThreadOpened
from bot.store.writer import Transaction

log = logging.getLogger(__name__)

_NO_ACCESS = {50001, 50013}
"""Discord's codes for a permission that the bot lacks, in every thread of a channel."""
_DELETED = "The thread was deleted."
IN_THREADS_LACKING = (
    "The bot may not write in threads here. Give it the permissions Create Public Threads and Send "
    "Messages in Threads in this channel, then choose threads again in `/setup`."
)


class _ThreadRefused(Exception):  # noqa: N818 - an answer from Discord
    """Discord lets the bot not open a thread (`opening`), or not write in it."""

    def __init__(self, refusal: Refused, *, opening: bool) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal
        self.is_gone = isinstance(refusal, NoChannel) and not opening
        self.is_locked = refusal.code == THREAD_LOCKED and not opening
        self.is_of_all = opening or refusal.code in _NO_ACCESS

    @property
    def sentence(self) -> str:
        """Why, and what an admin can do."""
        if self.is_gone:
            return _DELETED
        return IN_THREADS_LACKING if self.refusal.code in _NO_ACCESS else str(self.refusal)


class ThreadPosts:
    """Sends posts in threads through one sender."""

    def __init__(
        self, sender: Sender, clock: Clock, renderer: Renderer, desk: DeskChannel | None
    ) -> None:
        self._sender = sender
        self._renderer = renderer
        self._rest = sender.rest
        self._insist = sender.verifier.insist
        self._clock = clock
        self._desk = desk
        self._opener = ThreadOpener(self._rest)

    async def send(self, post: Post) -> bool:
        """Send a sealed post in its thread and record its receipt.

        Returns False where it goes to the channel itself. Raises `Refused` for a forum, and
        otherwise as `Sender.send` does.
        """
        while (row := self._thread_of(post)) is not None:
            try:
                await self._send(post, row)
            except _ThreadRefused as refused:
                if row["forum"] and not (refused.is_gone or refused.is_locked):
                    raise refused.refusal from None
                log.warning("Thread %d is given up: %s", row["id"], refused)
                await self._sender.commit(partial(self._give_up, row=row, refused=refused))
            else:
                return True
        return False

    def _thread_of(self, post: Post) -> Row | None:
        row = None if post.thread is None else threads.thread(self._sender.reads, post.thread)
        return None if row is None or row["given_up"] is not None else row

    async def _send(self, post: Post, row: Row) -> None:
        channel, is_new = row["channel_id"], post.is_new
        if channel is None:
            channel, message, made = await self._open(post, row)
            opened = ThreadOpened(row["id"], channel)
            if message is not None:  # the first of a forum's post is in it already
                await self._sender.received(post, channel, message, opened)
                return
            await self._sender.record(post.id, opened)
            self._sender.passed(Checkpoint.THREAD_RECORDED)
            is_new = is_new and made
        sending = partial(
            self._rest.send_once, channel, post.payload, post.reference, post.after, is_new=is_new
        )
        try:
            message = await self._insist(Destination(channel, post.place.guild_id), sending)
        except Refused as refusal:
            found = await self._found_in(channel, post)
            if found is None:
                raise _ThreadRefused(refusal, opening=False) from refusal
            message = found
        if row["forum"]:
            await self._retag(post, row, channel)
        await self._sender.received(post, channel, message)

    async def _retag(self, post: Post, row: Row, thread: int) -> None:
        """Let a council's post in a forum have the tag of who holds the council now."""
        tags = self._tags(post, row)
        if tags is None:
            return
        tag, ever = tags
        place = Destination(thread, post.place.guild_id)
        tagging = partial(self._opener.retag, row, thread, tag, ever)
        try:
            await self._insist(place, tagging, needs=READING)
        except (Refused, Gone, Unsendable) as refusal:
            log.warning("Post %d of a forum keeps its tags: %s", thread, refusal)

    def _tags(self, post: Post, row: Row) -> tuple[str | None, frozenset[str]] | None:
        """Return what `tags_told` does of a thread's council; None where it is of none."""
        told = deliveries.deliveries_of(self._sender.reads, post.id)
        for one in told:
            if (one["subject"], one["council"]) == (CLAIM, row["about"]):
                return tags_told(self._sender.reads, self._renderer.almanac, one)
        return None

    async def _open(self, post: Post, row: Row) -> tuple[int, int | None, bool]:
        """Return what `ThreadOpener.open` returns."""
        self._sender.passed(Checkpoint.THREAD_OPENING)
        first, needs = (post.payload, POSTING_IN_FORUM) if row["forum"] else (None, OPENING)
        tags = self._tags(post, row)
        tag = row["tag"] if tags is None else tags[0]  # a post that is begun anew may have another
        opening = partial(self._opener.open, row, first, tag, is_new=post.is_new)
        try:
            opened = await self._insist(post.place, opening, needs=needs)
        except Refused as refusal:
            raise _ThreadRefused(refusal, opening=True) from refusal
        self._sender.passed(Checkpoint.THREAD_OPENED)
        return opened

    async def _found_in(self, thread: int, post: Post) -> int | None:
        """Return the message that a post is in a thread that now refuses, None if there is none."""
        try:
            return await self._rest.find(thread, post.reference, post.after)
        except (Refused, Gone, Unsendable):
            return None

    async def arrived(self, post: Post) -> tuple[int, int | None]:
        """Return where a post from before a pause is, in its thread or in the channel itself.

        The message is None if it is nowhere. Raises as `Sender.send` does.
        """
        place, row = post.place, self._thread_of(post)
        for thread in [] if row is None else await self._numbers_of(row, place):
            if (found := await self._found_in(thread, post)) is not None:
                return thread, found
        if row is not None and row["forum"]:
            return place.id, None
        channel = await self._insist(place, lambda: self._sender.channel_of(place))
        return channel, await self._insist(
            place, lambda: self._rest.find(channel, post.reference, post.after)
        )

    async def _numbers_of(self, row: Row, place: Destination) -> list[int]:
        """Return Discord's numbers of what may be a thread."""
        if row["channel_id"] is not None:
            return [row["channel_id"]]
        ours = await self._insist(place, lambda: own_threads(self._rest, place), needs=READING)
        return [int(one["id"]) for one in ours if one["name"] == row["name"]]

    def _give_up(self, tx: Transaction, row: Row, refused: _ThreadRefused) -> None:
        """Let what is for a thread go to its channel, and tell the admin once."""
        db, place = tx.db.conn, row["destination"]
        if row["forum"]:
            tx.append(ThreadGivenUp(row["id"], None), self._clock.now())
            return
        notice = None
        subscriber = service_notices.subscriber_of(db, place)
        if subscriber is not None and not threads.are_refused(db, place, row["night"]):
            notice = pausing.notice_target(db, subscriber, self._desk)
        given_up = ThreadGivenUp(row["id"], refused.sentence, refused.is_of_all, notice)
        tx.append(given_up, self._clock.now())

    async def close(self, destination: int) -> None:
        """Archive a destination's threads of nights that are over and fully told."""
        for row in threads.to_close_in(self._sender.reads, destination):
            place, archive = (
                Destination(row["channel_id"], row["guild_id"]),
                partial(self._rest.archive, row["channel_id"]),
            )
            try:
                await self._insist(place, archive, needs=READING)
            except (Refused, Gone, Unsendable) as refusal:
                log.info("Thread %d stays open: %s", row["id"], refusal)
            await self._sender.commit(partial(self._append, ThreadClosed(row["id"])))

    def _append(self, entry: Entry, tx: Transaction) -> None:
        tx.append(entry, self._clock.now())
