"""The courier: takes posts to Discord, each once, whatever happens on the way.

One message at most is under way to a destination. A post is committed before it is sent and resent
as it is: with the nonce that Discord remembers or, when that may be forgotten, after a look whether
its reference stands in the channel already.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import discord

from bot.clock import Clock
from bot.delivery.checkpoints import Checkpoint, Pass, unwatched
from bot.delivery.expansion import Queued
from bot.delivery.matching import Urgency
from bot.delivery.posts import fail, give_back, give_up, seal, sealed_post
from bot.delivery.queues import DestinationQueue, SerialTasks
from bot.delivery.refusals import POSTING, READING, SHOWN
from bot.delivery.render import Embed, Renderer, Shown
from bot.delivery.rest import Attached, Gone, Refused, Unsendable
from bot.delivery.restored import match_waiting, newer_messages, write_down
from bot.delivery.sending import Post, Sender, Sent
from bot.delivery.subscriptions import Destination
from bot.delivery.traffic import Pace
from bot.errors import is_of_the_machine
from bot.jobs import RetryDelay, until_done
from bot.pictures.picture import Picture
from bot.pictures.renderer import PictureError, PictureRenderer
from bot.store import deliveries, edits, pausing, posts, service_notices
from bot.store.codec import Row
from bot.store.edits import PostEdited
from bot.store.posts import PostPublished, PostSent
from bot.store.service_notices import DeskChannel
from bot.store.unrecorded import last_restore, to_compare, unknown_after
from bot.store.writer import Transaction, Writer

log = logging.getLogger(__name__)
T = TypeVar("T")

_HOUR = timedelta(hours=1)
_A_MOMENT = timedelta(minutes=1)
"""By how much two correct clocks may differ."""
_UNTIL_READY = timedelta(seconds=10)
"""After which the gateway is asked again whether it has told of the channels."""
_PUBLICATIONS = 10
"""What an announcement channel takes in an hour (community's measurement)…"""
_FOR_CORRECTIONS = 2
"""…and how many of these are kept for corrections."""
_DRAWN_AGAIN_AFTER = (1.0, 5.0, 20.0)
"""Real seconds after which a picture is drawn again that a fault of the machine prevented."""
_LAST = (9, 0)
"""The rank of a destination whose history alone is to be compared, after a restore."""
_MOST_FAULTS = 6
"""After so many faults of our own in serving a destination, what is at fault is given up."""
_FIRST = (-1, 0)
"""The rank of a post that may have arrived already, which is settled before anything else."""


def _named(fault: Exception) -> str:
    return f"A fault of the bot itself is in the way ({fault!r:.200}); the log names it."


class Courier:
    """Sends what waits, corrections first, at a pace that Discord accepts.

    *clock* may be simulated; Discord's own limits and memory go by real time.
    """

    def __init__(
        self,
        writer: Writer,
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
        self._writer = writer
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
        """How many faults of our own editing or publishing a post has met."""
        self._delay = delay
        self._edits = SerialTasks(self._edit_all, on_progress, delay)
        self._publications = SerialTasks(self._publish_all, delay=delay)
        self.resumed = 0
        """The number of the last resumption that was taken up."""
        self._tasks: asyncio.TaskGroup | None = None
        self._taken_up = False
        self._goes = asyncio.Event()
        self._goes.set()

    @property
    def idle(self) -> bool:
        """Whether it runs and nothing is left to send or to edit; publications may still wait.

        While it is held, what waits is nothing to do.
        """
        return self._taken_up and not (self._edits or (self._queue and self._goes.is_set()))

    def hold(self, held: bool) -> None:
        """Send, edit and publish nothing more while *held*; what is under way arrives."""
        if held:
            self._goes.clear()
        elif not self._goes.is_set():
            self._goes.set()
            if self._tasks is not None:
                self._see_to_posted(self._tasks)

    def add(self, queued: Iterable[Queued]) -> None:
        """Put destinations in the queue that something was queued for."""
        for each in queued:
            self._queue.add(each.destination, (each.urgency, each.delivery))

    async def run(self, sender: Sender, reads: sqlite3.Connection) -> None:
        """Carry until cancelled. Begins with what an earlier run left."""
        self._sender, self._verifier, self._rest = sender, sender.verifier, sender.rest
        self._commit, self._reads = sender.commit, reads
        try:
            async with asyncio.TaskGroup() as self._tasks:
                self._take_up(self._tasks)
                self._taken_up = True
                self._on_progress()
                while True:
                    await self._queue.wait()
                    await self._goes.wait()
                    await self._pace.take()
                    if not self._goes.is_set():
                        continue
                    destination = self._queue.take()
                    if destination is not None:
                        self._tasks.create_task(self._serve(destination, self._tasks))
        finally:
            self._tasks, self._taken_up = None, False

    def edit_wanted(self) -> None:
        """Have every edit made that is wanted and not yet made; a later run does what is left."""
        if self._tasks is not None:
            self.edit(row["destination"] for row in edits.pending_edits(self._reads))

    def edit(self, destinations: Iterable[int]) -> None:
        """Have the edits made that are wanted of the messages in *destinations*."""
        if self._tasks is not None:
            for destination in destinations:
                self._edits.call(destination, self._tasks)

    def take_up_resumed(self) -> None:
        """Put in the queue what was resumed since this was called last, and who is to be told."""
        for number, destination in pausing.resumed_after(self._reads, self.resumed):
            self.resumed = number
            self._queue.add(destination, _FIRST)
            self.edit([destination])
        self.edit(service_notices.to_be_edited(self._reads))
        for destination in service_notices.to_be_told(self._reads):
            self._queue.add(destination, (Urgency.OTHER, 0))

    def _take_up(self, tasks: asyncio.TaskGroup) -> None:
        """Put in the queue what the tables say is still to be done."""
        self.resumed = pausing.last_resumption(self._reads)
        for destination in posts.all_sealed(self._reads):
            self._queue.add(destination, _FIRST)
        for row in deliveries.all_waiting(self._reads):
            self._queue.add(row["destination"], (row["urgency"], row["id"]))
        for destination in to_compare(self._reads):
            self._queue.add(destination, _LAST)
        self._see_to_posted(tasks)

    def _see_to_posted(self, tasks: asyncio.TaskGroup) -> None:
        """Have what was posted edited and published where that is still to be done."""
        self.edit_wanted()
        for destination in posts.all_unpublished(self._reads, *self._last_hour):
            self._publications.call(destination, tasks)

    async def _serve(self, destination: int, tasks: asyncio.TaskGroup) -> None:
        """Deliver one post to a destination; what goes wrong there is tried again, and its own."""
        faults, delay = list[Exception](), self._delay()

        async def attempt() -> None:
            if len(faults) >= _MOST_FAULTS:
                await self._give_up(destination, _named(faults[-1]))
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
        """Let what has been met with faults of our own again and again fail, so that people see it.

        Of what stands in a place already nothing more is asked then; else it is a message.
        """
        log.error("Destination %d is not served what meets a fault again and again", destination)
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
                self.edit([destination])  # what was dropped may have left a message to strike
                return
            self._passed(Checkpoint.SEALED)
        if post.late:
            await self._settle(post)
        else:
            await self._deliver(post, tasks)
        if edits.pending_edits(self._reads, destination):
            self._edits.call(destination, tasks)
        if more := deliveries.waiting(self._reads, destination, 1):
            self._passed(Checkpoint.MID_BURST)
            self._queue.add(destination, (more[0]["urgency"], more[0]["id"]))

    async def _compare_history(self, destination: int) -> bool:
        """Write down what stands in a place and the file knows nothing of, once in a run.

        Returns False for a place that refuses to be read: it is paused, and compared before
        anything is sealed for it once it is resumed.
        """
        row = pausing.destination_row(self._reads, destination)
        if row is not None:
            place = Destination(destination, row["guild_id"])
            try:
                while not await self._compare(place):
                    # Only now it is known to be a copy: every place is looked at as a copy's.
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

    async def _compare(self, place: Destination) -> bool:
        """Compare a place's history; return False where it is to be done for one more restore."""
        restore = last_restore(self._reads)
        newer = await self._verifier.insist(
            place, lambda: newer_messages(self._rest, self._reads, place), needs=READING
        )
        if newer or unknown_after(self._reads, place.id) is not None:
            await self._commit(lambda tx: write_down(tx, place, newer, restore, self._clock.now()))
        return last_restore(self._reads) == restore

    def _seal(self, tx: Transaction, destination: int, after: int) -> Post | None:
        """Seal the next post, unless one has come to light that goes before it.

        Of a paused place none does: it may have been resumed since that was asked.
        """
        if sealed := sealed_post(tx, destination):
            return sealed
        match_waiting(tx, destination, self._clock.now())
        now = self._clock.now()
        return seal(tx, self._renderer, destination, at=now, after=after, desk=self._desk)

    async def _deliver(self, post: Post, tasks: asyncio.TaskGroup) -> None:
        """Send a post until it has arrived or is refused, and record which."""
        try:
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
        """Pause a destination that refuses; what is due to it waits until it is resumed."""
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

    async def _settle(self, post: Post) -> None:
        """Record whether a post from before a long pause arrived then; what did not waits again."""
        place = post.place
        try:
            channel = await self._verifier.insist(place, lambda: self._sender.channel_of(place))
            found = await self._verifier.insist(
                place, lambda: self._rest.find(channel, post.reference, post.after)
            )
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
        """Make the edits that are wanted of a destination's messages, until held."""
        while wanted := edits.pending_edits(self._reads, destination):
            for row in wanted:
                await self._pace.take()
                if not self._goes.is_set():
                    return
                await self._edit(row["post_id"], row["requested"])

    async def _edit(self, number: int, revision: int) -> None:
        """Let a post's message show what the tables say now."""
        reason: str | None = None
        struck: tuple[int, ...] = ()
        refusal: Refused | None = None
        try:
            sent, shown = self._edited(number)
            embeds, struck = shown.embeds, shown.struck
            picture = posts.picture_of(self._reads, number)
            self._passed(Checkpoint.EDITING)
            if picture is None:
                await self._asked_of(sent, READING, lambda: self._rest.edit(*sent.message, embeds))
            else:
                await self._edit_summary(sent, embeds, picture)
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
        """Write down what became of an edit; a place is paused for its *refusal*.

        So somebody hears of it, and the edit is made when the place is taken up again.
        """
        post = posts.post(tx.db.conn, edited.post)
        if post is None:
            return
        tx.append(edited, self._clock.now())
        if refusal is not None:
            self._write_paused(tx, post["destination"], refusal)

    def _given_up(self, post: int, fault: Exception) -> str:
        """Return why a post is not edited or published; until it has met many, raise a *fault*.

        One of the machine passes by itself.
        """
        if not is_of_the_machine(fault):
            self._faults[post] += 1
        if self._faults[post] < _MOST_FAULTS:
            raise fault
        del self._faults[post]
        log.error("Post %d is left as it is", post, exc_info=fault)
        return _named(fault)

    async def _edit_summary(self, sent: Sent, embeds: Sequence[Embed], picture: str) -> None:
        """Let a summary's message show its picture; a place that takes no files has the words."""
        drawn = await self._drawn(Picture.from_json(picture)) if picture else None
        ways = (None,) if drawn is None else (drawn, None)
        await self._sender.edit_with_picture(sent, embeds, ways, self._verifier.insist)

    async def _asked_of(
        self, sent: Sent, needs: discord.Permissions, attempt: Callable[[], Awaitable[T]]
    ) -> T:
        """Return what is asked of a message that was sent, as `RefusalVerifier.insist` does."""
        return await self._verifier.insist(sent.place, attempt, needs=needs, message=sent.message)

    async def _drawn(self, picture: Picture) -> Attached | None:
        """Return a picture as PNG; None where it cannot be drawn, also not after a while."""
        if self._picture_renderer is None:
            return None
        for wait in (*_DRAWN_AGAIN_AFTER, None):
            try:
                png = await self._picture_renderer.png(picture)
            except PictureError as error:  # which is logged
                if wait is None or not is_of_the_machine(error):
                    break
                await asyncio.sleep(wait)
            else:
                return Attached(picture.file_name, picture.alt, content=png)
        return None

    def _edited(self, number: int) -> tuple[Sent, Shown]:
        """Return a post's message, and what it is to show."""
        post = posts.post(self._reads, number)
        if post is None:
            raise Gone("The post was forgotten.")
        try:
            shown = self._renderer.edited(self._reads, post)
        except Exception as error:  # one bad row must not stop all others
            if is_of_the_machine(error):
                raise
            log.exception("Post %d cannot be put into words again", number)
            raise Unsendable(f"It could not be put into words: {error}") from error
        return Sent.of(post), shown

    async def _publish_all(self, destination: int) -> None:
        """Publish an announcement channel's posts, corrections first, as its hour allows.

        What is older than an hour is news no more. While held it publishes nothing.
        """
        if not self._rest.is_announcement(destination):
            if not self._rest.client.is_ready():
                # The kind of the channel is not known yet: posts leave before the gateway tells.
                self._publish_later(destination, self._rest.now() + _UNTIL_READY)
            return
        while self._goes.is_set() and (
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
        """When the hour begins and ends that publications are counted in.

        What has a later time was written by a clock that was wrong, and is old.
        """
        now = self._rest.now()
        return now - _HOUR, now + _A_MOMENT

    def _publish_later(self, destination: int, moment: datetime) -> None:
        """Come back to a channel when its hour allows more; a correction may come before."""

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
            await self._asked_of(sent, POSTING, lambda: self._rest.publish(*sent.message))
        except (Refused, Unsendable, Gone) as fault:
            log.warning("Post %d cannot be published: %s", post["id"], fault)
            reason = str(fault)
        except Exception as fault:
            reason = self._given_up(post["id"], fault)
        await self._sender.record(post["id"], PostPublished(post["id"], self._rest.now(), reason))
