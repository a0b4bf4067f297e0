"""The courier: sends, edits and publishes posts, one at a time for each destination.

How a post is sent exactly once is in `bot.delivery.sending`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import discord

from bot.clock import Clock
from bot.delivery.batches import Queued
from bot.delivery.checkpoints import Checkpoint, Pass, unwatched
from bot.delivery.matching import Urgency
from bot.delivery.posts import fail, give_back, give_up, seal, sealed_post
from bot.delivery.queues import DestinationQueue, SerialTasks
from bot.delivery.refusals import POSTING, READING, SHOWN
from bot.delivery.render import Embed, Renderer, Shown
from bot.delivery.rest import Attached, Gone, Refused, Unsendable
from bot.delivery.restored import match_waiting, newer_messages, write_down
from bot.delivery.sending import Post, Sender, Sent
from bot.delivery.subscriptions import Destination
from bot.delivery.thread_posts import ThreadPosts
from bot.delivery.traffic import Pace
from bot.errors import is_of_the_machine
from bot.jobs import RetryDelay, until_done
from bot.pictures.picture import Picture
from bot.pictures.renderer import PictureError, PictureRenderer
from bot.store import deliveries, edits, pausing, posts, service_notices, threads
from bot.store.codec import Row
from bot.store.edits import PostEdited
from bot.store.posts import PostPublished, PostSent
from bot.store.service_notices import DeskChannel
from bot.store.unrecorded import last_restore, to_compare, unknown_after
from bot.store.writer import Transaction

log = logging.getLogger(__name__)
T = TypeVar("T")

_HOUR = timedelta(hours=1)
_CLOCK_TOLERANCE = timedelta(minutes=1)
"""How much two correct clocks may differ."""
_UNTIL_READY = timedelta(seconds=10)
"""How often it is checked whether the gateway has reported the channels."""
_PUBLICATIONS = 10
"""Publications that Discord allows an announcement channel in an hour (measured by others)…"""
_FOR_CORRECTIONS = 2
"""…and how many of these are reserved for corrections."""
_DRAWN_AGAIN_AFTER = (1.0, 5.0, 20.0)
"""Real seconds before each new attempt to draw a picture after a fault of the machine."""
_LAST = (9, 0)
"""The rank of a destination where only the history is to be compared, after a restore."""
_MOST_FAULTS = 6
"""After this many faults of the bot's own in one destination, the message fails."""
_FIRST = (-1, 0)
"""The rank of a post that may have arrived already, which is settled before anything else."""


def _reason_for(fault: Exception) -> str:
    return f"A fault of the bot itself is in the way ({fault!r:.200}); the log names it."


class Courier:
    """Sends waiting deliveries, corrections first, at a pace that Discord accepts.

    *clock* may be simulated; Discord's limits and its memory of nonces are in real time.
    """

    def __init__(
        self,
        renderer: Renderer,
        clock: Clock,
        *,
        pace: Pace,
        picture_renderer: PictureRenderer | None = None,
        desk: DeskChannel | None = None,
        passed: Pass = unwatched,
        delay: Callable[[], RetryDelay] = RetryDelay,
        on_progress: Callable[[], None] = lambda: None,
    ) -> None:
        self._renderer = renderer
        self._clock = clock
        self._pace = pace
        self._picture_renderer = picture_renderer
        self._desk = desk
        self._passed = passed
        self._on_progress = on_progress
        self._queue = DestinationQueue()
        self._compared: set[int] = set()
        self._faults = Counter[int]()
        """By post: how many faults of the bot's own prevented its edit or publication."""
        self._delay = delay
        self._edits = SerialTasks(self._edit_all, on_progress, delay)
        self._publications = SerialTasks(self._publish_all, delay=delay)
        self.resumed = 0
        """The number of the last resumption that was handled."""
        self._tasks: asyncio.TaskGroup | None = None
        self._started = False
        self._not_held = asyncio.Event()
        self._not_held.set()

    @property
    def idle(self) -> bool:
        """Whether it runs and has nothing to send or edit; publications may still wait.

        While it is held, waiting messages do not count.
        """
        return self._started and not (self._edits or (self._queue and self._not_held.is_set()))

    def hold(self, held: bool) -> None:
        """Start no sending, editing or publishing while *held*."""
        if held:
            self._not_held.clear()
        elif not self._not_held.is_set():
            self._not_held.set()
            if self._tasks is not None:
                self._edit_and_publish(self._tasks)

    def add(self, queued: Iterable[Queued]) -> None:
        """Queue the destinations of new deliveries."""
        for each in queued:
            self._queue.add(each.destination, (each.urgency, each.delivery))

    async def run(self, sender: Sender) -> None:
        """Work until cancelled, beginning with what an earlier run left."""
        self._sender, self._verifier, self._rest = sender, sender.verifier, sender.rest
        self._commit, self._reads = sender.commit, sender.reads
        self._threads = ThreadPosts(sender, self._clock, self._renderer, self._desk)
        try:
            async with asyncio.TaskGroup() as self._tasks:
                self._take_up(self._tasks)
                self._started = True
                self._on_progress()
                while True:
                    await self._queue.wait()
                    await self._not_held.wait()
                    await self._pace.take()
                    if not self._not_held.is_set():
                        continue
                    destination = self._queue.take()
                    if destination is not None:
                        self._tasks.create_task(self._serve(destination, self._tasks))
        finally:
            self._tasks, self._started = None, False

    def edit_wanted(self) -> None:
        """Start all pending edits; those that are not done are left to the next run."""
        if self._tasks is not None:
            self.edit(row["destination"] for row in edits.pending_edits(self._reads))

    def edit(self, destinations: Iterable[int]) -> None:
        """Start the pending edits of messages in *destinations*."""
        if self._tasks is not None:
            for destination in destinations:
                self._edits.call(destination, self._tasks)

    def take_up_resumed(self) -> None:
        """Queue destinations resumed since the last call, and those due a service notice."""
        for number, destination in pausing.resumed_after(self._reads, self.resumed):
            self.resumed = number
            self._queue.add(destination, _FIRST)
            self.edit([destination])
        self.edit(service_notices.to_be_edited(self._reads))
        for destination in service_notices.to_be_told(self._reads):
            self._queue.add(destination, (Urgency.OTHER, 0))
        for destination in threads.to_close(self._reads):
            self._queue.add(destination, _LAST)

    def _take_up(self, tasks: asyncio.TaskGroup) -> None:
        """Queue what the tables say is still to be done."""
        self.resumed = pausing.last_resumption(self._reads)
        for destination in posts.all_sealed(self._reads):
            self._queue.add(destination, _FIRST)
        for row in deliveries.all_waiting(self._reads):
            self._queue.add(row["destination"], (row["urgency"], row["id"]))
        for destination in to_compare(self._reads):
            self._queue.add(destination, _LAST)
        self._edit_and_publish(tasks)

    def _edit_and_publish(self, tasks: asyncio.TaskGroup) -> None:
        """Start the pending edits and publications of posted messages."""
        self.edit_wanted()
        for destination in posts.all_unpublished(self._reads, *self._last_hour):
            self._publications.call(destination, tasks)

    async def _serve(self, destination: int, tasks: asyncio.TaskGroup) -> None:
        """Serve a destination once; a failure is retried and affects no other destination."""
        faults, delay = list[Exception](), self._delay()

        async def attempt() -> None:
            if len(faults) >= _MOST_FAULTS:
                await self._give_up(destination, _reason_for(faults[-1]))
                faults.clear()
                delay.reset()
            try:
                await self._serve_once(destination, tasks)
            except Exception as fault:
                if not is_of_the_machine(fault):
                    faults.append(fault)
                raise

        try:
            await until_done(f"Destination {destination} could not be served", attempt, delay=delay)
        finally:
            self._queue.release(destination)
            self._on_progress()

    async def _give_up(self, destination: int, reason: str) -> None:
        """After repeated faults, fail the next message, or skip comparing the history.

        So people see that something failed, and later messages are sent.
        """
        log.error("Destination %d: what repeatedly meets a fault is given up", destination)
        if destination not in self._compared:
            self._compared.add(destination)
            return
        await self._commit(
            lambda tx: give_up(tx, destination, reason, self._clock.now(), self._desk)
        )

    async def _serve_once(self, destination: int, tasks: asyncio.TaskGroup) -> None:
        if destination not in self._compared and not await self._compare_history(destination):
            return
        post = await self._commit(lambda tx: sealed_post(tx, destination))
        if post is None:
            after = self._sender.named_before(destination)
            post = await self._commit(lambda tx: self._seal(tx, destination, after))
            if post is None:
                self.edit([destination])  # a dropped delivery may leave a message to strike
                await self._threads.close(destination)
                return
            self._passed(Checkpoint.SEALED)
        if post.late:
            await self._settle_late_post(post)
        else:
            await self._deliver(post, tasks)
        if edits.pending_edits(self._reads, destination):
            self._edits.call(destination, tasks)
        if more := deliveries.waiting(self._reads, destination, 1):
            self._passed(Checkpoint.MID_BURST)
            self._queue.add(destination, (more[0]["urgency"], more[0]["id"]))

    async def _compare_history(self, destination: int) -> bool:
        """Record the bot's messages in a destination that the database lacks, once in a run.

        Returns False if the destination refuses to be read: it is paused, and compared when it is
        resumed, before anything is sealed for it.
        """
        row = pausing.destination_row(self._reads, destination)
        if row is not None:
            place = Destination(destination, row["guild_id"])
            try:
                while not await self._compare_once(place):
                    # The file has just proved to be a copy: every destination is compared again.
                    self._compared.clear()
                    for each in to_compare(self._reads):
                        self._queue.add(each, _LAST)
            except Refused as refusal:
                await self._pause(destination, refusal)
                return False
            except (Unsendable, Gone) as refusal:
                log.info("The history of %d cannot be read: %s", destination, refusal)
        self._compared.add(destination)
        return True

    async def _compare_once(self, place: Destination) -> bool:
        """Compare a destination's history; return False if a restore was found meanwhile."""
        restore = last_restore(self._reads)
        newer = await self._verifier.insist(
            place, lambda: newer_messages(self._rest, self._reads, place), needs=READING
        )
        if newer or unknown_after(self._reads, place.id) is not None:
            await self._commit(lambda tx: write_down(tx, place, newer, restore, self._clock.now()))
        return last_restore(self._reads) == restore

    def _seal(self, tx: Transaction, destination: int, after: int) -> Post | None:
        """Seal the next post, or return the one that is sealed already.

        There may be one now if the destination was resumed after the caller looked.
        """
        if sealed := sealed_post(tx, destination):
            return sealed
        match_waiting(tx, destination, self._clock.now())
        now = self._clock.now()
        return seal(tx, self._renderer, destination, at=now, after=after, desk=self._desk)

    async def _deliver(self, post: Post, tasks: asyncio.TaskGroup) -> None:
        """Send a post until it has arrived or is refused; record the result."""
        try:
            if not await self._threads.send(post):
                await self._sender.send(post, self._verifier.insist)
        except Refused as refusal:
            await self._pause(post.place.id, refusal)
            return
        except (Unsendable, Gone) as fault:
            log.error("Post %d cannot be sent: %s", post.id, fault)
            reason = str(fault)
            await self._commit(lambda tx: fail(tx, post.id, reason, self._clock.now(), self._desk))
            return
        self._publications.call(post.place.id, tasks)

    async def _pause(self, destination: int, refusal: Refused | Unsendable | Gone) -> None:
        """Pause a destination that refuses; its deliveries wait until it is resumed."""
        log.warning("Destination %d is paused: %s", destination, refusal)
        await self._commit(lambda tx: self._write_paused(tx, destination, refusal))

    def _write_paused(
        self, tx: Transaction, destination: int, refusal: Refused | Unsendable | Gone
    ) -> None:
        pausing.pause(
            tx,
            destination,
            str(refusal),
            self._clock.now(),
            desk=self._desk,
            by_trial=refusal.code not in SHOWN,
        )

    async def _settle_late_post(self, post: Post) -> None:
        """Record whether a post from before a long pause has arrived; if not, it waits again."""
        place = post.place
        try:
            channel, found = await self._threads.arrived(post)
        except (Refused, Gone, Unsendable) as refusal:
            await self._pause(place.id, refusal)
            return
        if found is None:
            await self._commit(lambda tx: self._give_back(tx, post))
        else:
            await self._sender.record(post.id, PostSent(post.id, channel, found, self._rest.now()))

    def _give_back(self, tx: Transaction, post: Post) -> None:
        if posts.post(tx.db.conn, post.id) is not None:
            give_back(tx, post.id, self._clock.now())

    async def _edit_all(self, destination: int) -> None:
        """Make the pending edits of a destination's messages, until held."""
        while wanted := edits.pending_edits(self._reads, destination):
            for row in wanted:
                await self._pace.take()
                if not self._not_held.is_set():
                    return
                await self._edit(row["post_id"], row["requested"])

    async def _edit(self, number: int, revision: int) -> None:
        """Edit a post's message to show what the tables say now."""
        reason: str | None = None
        struck: tuple[int, ...] = ()
        refusal: Refused | None = None
        try:
            sent, shown = self._edited(number)
            embeds, struck = shown.embeds, shown.struck
            picture = posts.picture_of(self._reads, number)
            self._passed(Checkpoint.EDITING)
            if picture is None:
                await self._request(sent, READING, lambda: self._rest.edit(*sent.message, embeds))
            else:
                await self._edit_summary(sent, embeds, picture, hidden=shown.hidden)
        except (Refused, Unsendable, Gone) as fault:
            log.warning("Post %d cannot be edited: %s", number, fault)
            reason, struck = str(fault), ()
            if isinstance(fault, Refused):
                refusal = fault
        except Exception as fault:
            reason, struck = self._given_up(number, fault), ()
        self._passed(Checkpoint.EDITED)
        edited = PostEdited(number, revision, reason, struck)
        await self._commit(lambda tx: self._write_edited(tx, edited, refusal))
        self._passed(Checkpoint.EDIT_RECORDED)

    def _write_edited(self, tx: Transaction, edited: PostEdited, refusal: Refused | None) -> None:
        """Record what became of an edit; a *refusal* pauses the destination.

        So somebody is told, and the edit is made when the destination is resumed.
        """
        post = posts.post(tx.db.conn, edited.post)
        if post is None:
            return
        tx.append(edited, self._clock.now())
        # A thread that refuses says nothing of its channel.
        is_direct = post["guild_id"] is None
        if refusal is not None and (is_direct or post["channel_id"] == post["destination"]):
            self._write_paused(tx, post["destination"], refusal)

    def _given_up(self, post: int, fault: Exception) -> str:
        """Count a *fault* of a post's edit or publication; re-raise it until there are too many.

        Returns the reason for giving up. Faults of the machine are not counted: they pass.
        """
        if not is_of_the_machine(fault):
            self._faults[post] += 1
        if self._faults[post] < _MOST_FAULTS:
            raise fault
        del self._faults[post]
        log.error("Post %d is left unchanged", post, exc_info=fault)
        return _reason_for(fault)

    async def _edit_summary(
        self, sent: Sent, embeds: Sequence[Embed], picture: str, *, hidden: bool
    ) -> None:
        """Edit a summary's message to show its picture, or only the words if files are refused."""
        drawn = await self._drawn(Picture.from_json(picture)) if picture else None
        ways = (None,) if drawn is None else (drawn, None)
        await self._sender.edit_with_picture(
            sent, embeds, ways, self._verifier.insist, hidden=hidden
        )

    async def _request(
        self, sent: Sent, needs: discord.Permissions, attempt: Callable[[], Awaitable[T]]
    ) -> T:
        """Make a request about a sent message through `RefusalVerifier.insist`."""
        return await self._verifier.insist(sent.place, attempt, needs=needs, message=sent.message)

    async def _drawn(self, picture: Picture) -> Attached | None:
        """Return a picture as PNG, None if it cannot be drawn after several attempts."""
        if self._picture_renderer is None:
            return None
        for wait in (*_DRAWN_AGAIN_AFTER, None):
            try:
                png = await self._picture_renderer.png(picture)
            except PictureError as error:  # the renderer has logged it
                if wait is None or not is_of_the_machine(error):
                    break
                await asyncio.sleep(wait)
            else:
                return Attached(picture.file_name, picture.alt, content=png)
        return None

    def _edited(self, number: int) -> tuple[Sent, Shown]:
        """Return a post's message and what it should show."""
        post = self._sender.row(number)
        try:
            shown = self._renderer.edited(self._reads, post)
        except Exception as error:  # one bad row must not block the others
            if is_of_the_machine(error):
                raise
            log.exception("Post %d cannot be rendered again", number)
            raise Unsendable(f"It could not be put into words: {error}") from error
        return Sent.of(post), shown

    async def _publish_all(self, destination: int) -> None:
        """Publish an announcement channel's posts, corrections first, within its hourly limit.

        Posts older than an hour are not published; nor is anything while held.
        """
        if not self._rest.is_announcement(destination):
            if not self._rest.client.is_ready():
                # The gateway has not reported the channel's type yet.
                self._publish_later(destination, self._rest.now() + _UNTIL_READY)
            return
        while self._not_held.is_set() and (
            post := posts.unpublished(self._reads, destination, *self._last_hour)
        ):
            kept = 0 if post["urgency"] == Urgency.CORRECTION else _FOR_CORRECTIONS
            recent = posts.published_between(self._reads, destination, *self._last_hour)
            over = len(recent) - (_PUBLICATIONS - kept)
            if over >= 0:
                self._publish_later(destination, recent[over] + _HOUR)
                return
            await self._publish(post)

    @property
    def _last_hour(self) -> tuple[datetime, datetime]:
        """The start and end of the hour in which publications are counted.

        A later time was written by a wrong clock, and is not counted.
        """
        now = self._rest.now()
        return now - _HOUR, now + _CLOCK_TOLERANCE

    def _publish_later(self, destination: int, moment: datetime) -> None:
        """Try a channel again when its hourly limit allows; a correction may trigger it earlier."""

        def call() -> None:
            if self._tasks is not None:
                self._publications.call(destination, self._tasks)

        wait = (moment - self._rest.now()).total_seconds()
        asyncio.get_running_loop().call_later(max(1.0, wait), call)

    async def _publish(self, post: Row) -> None:
        sent = Sent.of(post)
        reason = None
        try:
            await self._pace.take()
            await self._request(sent, POSTING, lambda: self._rest.publish(*sent.message))
        except (Refused, Unsendable, Gone) as fault:
            log.warning("Post %d cannot be published: %s", post["id"], fault)
            reason = str(fault)
        except Exception as fault:
            reason = self._given_up(post["id"], fault)
        await self._sender.record(post["id"], PostPublished(post["id"], self._rest.now(), reason))
