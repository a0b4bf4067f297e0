"""Subscriptions: which destination follows what."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.clock import Clock
from bot.election.alert_kinds import KINDS, Level, Topic
from bot.election.calm import Calm
from bot.store import destinations, erasure, outbox, pausing, threads
from bot.store.calm import CalmSet, calm_of, has_chosen
from bot.store.codec import Row, read
from bot.store.destinations import Subscribed, Unsubscribed, Welcomed, check_owner, is_welcomed
from bot.store.erasure import StoredData
from bot.store.opening import open_once_more
from bot.store.threads import Grouping, ThreadsChosen
from bot.store.writer import Transaction, Writer

MOST_IN_A_PLACE, MOST_IN_A_SERVER = 100, 500
"""The most that a channel or person can follow, and all channels of a server together."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where alerts go: a channel of a guild or, without a guild, a user's direct messages."""

    id: int
    guild_id: int | None = None
    is_forum: bool = field(default=False, compare=False)
    """Whether it is known to be a forum, in which alerts are posts."""

    @property
    def is_direct(self) -> bool:
        """Whether it is a user's direct messages."""
        return self.guild_id is None


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a destination follows; claims up to `after_outbox` are older and not told.

    `value` is for example a council's code or a region's name, or empty. `paused` is why the
    destination is paused, `failed` why the last failed message there failed, at `failed_at` in
    simulated time. `threads`: what has a thread of its own there.
    """

    id: int
    destination: Destination
    topic: Topic
    value: str
    role: int | None
    created_by: int
    created_at: datetime
    after_outbox: int
    level: Level = Level.EVERYTHING
    paused: str | None = None
    failed: str | None = None
    failed_at: datetime | None = None
    threads: Grouping | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a destination asks to follow."""

    topic: Topic
    value: str = ""
    role: int | None = None
    level: Level | None = None
    """None: the usual one of the topic, or what it is already."""

    def check(self, destination: Destination) -> None:
        """Raise `ValueError` for a topic, value or role that is not possible there."""
        if self.topic.takes_value is not bool(self.value):
            raise ValueError(f"{self.topic} takes {'a' if self.topic.takes_value else 'no'} value")
        if self.topic in KINDS and self.value not in KINDS[self.topic]:
            raise ValueError(f"{self.value!r} is no kind of {self.topic}")
        if self.level is not None and not self.topic.has_levels:
            raise ValueError(f"{self.topic} has no levels")
        if self.role is not None and destination.is_direct:
            raise ValueError("there are no roles in a direct message")


class SubscriptionError(Exception):
    """Something cannot be followed; the message is a sentence for the user."""


class Change(StrEnum):
    """The result of asking for a topic."""

    ADDED = "added"
    ROLE_CHANGED = "role changed"
    LEVEL_CHANGED = "level changed"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Added:
    """The subscription, what was changed, and whether a paused destination was resumed."""

    subscription: Subscription
    change: Change
    resumed: bool


class Subscriptions:
    """Adds, removes and lists subscriptions; every change is journalled."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    async def add(
        self,
        destination: Destination,
        topic: Topic,
        value: str = "",
        *,
        role: int | None = None,
        level: Level | None = None,
        by: int,
    ) -> Added:
        """Subscribe *destination*, and resume it if it was paused.

        For an existing subscription only the role and the *level* are changed. Raises `NotTheirs`
        for another owner's destination, `SubscriptionError` if it follows too much already, and
        `ValueError` for a topic without its value or levels, an unknown kind, or a role in direct
        messages.
        """
        (added,) = await self.change(destination, [Asked(topic, value, role, level)], by=by)
        return added

    async def change(
        self,
        destination: Destination,
        asked: Sequence[Asked],
        *,
        ended: Sequence[int] = (),
        calm: Calm | None = None,
        by: int,
    ) -> list[Added]:
        """End subscriptions of a destination by id and add others: all or nothing.

        *calm* is how loudly it is told, where it has not chosen yet. Raises as `add` does.
        """
        for each in asked:
            each.check(destination)

        def work(tx: Transaction) -> list[Added]:
            check_owner(tx.db.conn, destination.id, destination.guild_id)
            for number in ended:
                row = destinations.subscription_row(tx.db.conn, number)
                if row is not None and row["destination"] == destination.id:
                    tx.append(Unsubscribed(number), self._clock.now())
            if calm is not None and not has_chosen(tx.db.conn, destination.id):
                self._write_calm(tx, destination, calm)
            return [self._add(tx, destination, each, by) for each in asked]

        return await self._writer.transact(work)

    def _add(self, tx: Transaction, destination: Destination, asked: Asked, by: int) -> Added:
        db, now, role = tx.db.conn, self._clock.now(), asked.role
        topic, value = asked.topic, asked.value
        same = destinations.same_subscription(db, destination.id, topic, value)
        if destination.is_forum and destination.guild_id is not None:
            _choose_threads(tx, destination, Grouping.COUNCIL, now)
        if same is None:
            _check_room(db, destination, 1)
        level = asked.level or (topic.usual_level if same is None else Level(same["level"]))
        change = _change(same, role, level)
        if change is not Change.NOTHING:
            after = outbox.newest_outbox(db)
            place = (destination.id, destination.guild_id)
            number = tx.append(Subscribed(*place, topic, value, role, by, after, level), now)
        paused = pausing.resume(tx, destination.id, now)
        found = destinations.subscription_row(db, number if same is None else same["id"])
        if found is None:
            raise RuntimeError("a subscription was added and is not there")
        return Added(subscription_of(found), change, paused)

    async def set_calm(self, destination: Destination, calm: Calm) -> None:
        """Set how loudly a destination is told. Raises `NotTheirs` for another owner's."""

        def work(tx: Transaction) -> None:
            check_owner(tx.db.conn, destination.id, destination.guild_id)
            self._write_calm(tx, destination, calm)

        await self._writer.transact(work)

    def _write_calm(self, tx: Transaction, destination: Destination, calm: Calm) -> None:
        now = self._clock.now()
        ends = calm.quiet_ends(now) or now
        tx.append(CalmSet(destination.id, destination.guild_id, calm, ends), now)

    def calm_of(self, destination: Destination) -> Calm:
        """Return how loudly a destination is told."""
        return calm_of(self._writer.reads, destination.id)

    def has_chosen(self, destination: Destination) -> bool:
        """Return whether a destination has said how loudly it is to be told."""
        return has_chosen(self._writer.reads, destination.id)

    async def choose_threads(self, destination: Destination, grouping: Grouping | None) -> None:
        """Let a channel's alerts go to threads from now on, or None: to the channel itself.

        Raises `NotTheirs` for another owner's destination.
        """

        def work(tx: Transaction) -> None:
            check_owner(tx.db.conn, destination.id, destination.guild_id)
            _choose_threads(tx, destination, grouping, self._clock.now())

        await self._writer.transact(work)

    def threads_of(self, destination: Destination) -> Grouping | None:
        """Return what has a thread of its own in a channel."""
        return threads.grouping_of(self._writer.reads, destination.id)[0]

    async def remove(
        self, number: int, *, guild_id: int | None = None, user_id: int | None = None
    ) -> Subscription | None:
        """End a subscription and return it; None if it is not the guild's or the user's.

        So admins can end only those of their server, users only their own.
        """

        def work(tx: Transaction) -> Subscription | None:
            row = destinations.subscription_row(tx.db.conn, number)
            if row is None:
                return None
            found = subscription_of(row)
            owned = (
                found.destination.id == user_id
                if found.destination.is_direct
                else found.destination.guild_id == guild_id
            )
            if not owned:
                return None
            tx.append(Unsubscribed(number), self._clock.now())
            return found

        return await self._writer.transact(work)

    def of_guild(self, guild_id: int) -> list[Subscription]:
        """Return a guild's subscriptions, by channel."""
        rows = destinations.subscription_rows(self._writer.reads, guild_id=guild_id)
        return [subscription_of(row) for row in rows]

    def of_user(self, user_id: int) -> list[Subscription]:
        """Return a user's own subscriptions."""
        rows = destinations.subscription_rows(self._writer.reads, destination=user_id)
        return [subscription_of(row) for row in rows]

    def number_of(self, destination: Destination, topic: Topic, value: str) -> int | None:
        """Return the id of a destination's subscription to a topic, None without one."""
        same = destinations.same_subscription(self._writer.reads, destination.id, topic, value)
        return None if same is None else int(same["id"])

    async def kept_of_guild(self, guild_id: int) -> StoredData:
        """Return everything stored about a guild."""
        return await self._looked_up(lambda db: erasure.kept_of_guild(db, guild_id))

    async def kept_of_person(self, person: int) -> StoredData:
        """Return everything stored about a person."""
        return await self._looked_up(lambda db: erasure.kept_of_person(db, person))

    async def erase_guild(self, guild_id: int) -> StoredData:
        """Delete everything stored about a guild, the journal included; return it.

        This is done when the bot was removed from it, or one of its admins asks.
        """
        return await self._writer.transact(
            lambda tx: erasure.erase_guild(tx, guild_id, self._clock.now())
        )

    async def erase_person(self, person: int) -> StoredData:
        """Delete everything stored about a person, the journal included; return it.

        Raises `StillSending` while a message to them is being sent.
        """
        return await self._writer.transact(
            lambda tx: erasure.erase_person(tx, person, self._clock.now())
        )

    async def _looked_up(self, look: Callable[[sqlite3.Connection], StoredData]) -> StoredData:
        """Run a slow query in a thread on its own connection, away from the event loop."""

        def work() -> StoredData:
            with contextlib.closing(open_once_more(self._writer.path)) as db:
                return look(db)

        return await asyncio.to_thread(work)


def _change(same: Row | None, role: int | None, level: Level) -> Change:
    """Return what asking again for a subscription changes in it."""
    if same is None:
        return Change.ADDED
    if same["level"] != level:
        return Change.LEVEL_CHANGED
    return Change.NOTHING if same["role"] == role else Change.ROLE_CHANGED


def _choose_threads(
    tx: Transaction, destination: Destination, grouping: Grouping | None, at: datetime
) -> None:
    """Write the choice, unless it is the present one and nothing was refused."""
    db, place = tx.db.conn, destination.id
    chosen = (grouping, destination.is_forum)
    if destination.guild_id is None:
        raise ValueError("there are no threads in direct messages")
    if threads.grouping_of(db, place) != chosen or threads.is_given_up_in(db, place):
        tx.append(ThreadsChosen(place, destination.guild_id, *chosen), at)


def _check_room(db: sqlite3.Connection, destination: Destination, more: int) -> None:
    there, of_guild = destinations.count_subscriptions(db, destination.id, destination.guild_id)
    if there + more > MOST_IN_A_PLACE:
        raise SubscriptionError(
            f"{there} things are followed there already, and {MOST_IN_A_PLACE} is the most: end "
            "some first, `/alerts list` shows them. A watch list (`/watch create`) follows many "
            "councils as one."
        )
    if of_guild + more > MOST_IN_A_SERVER:
        raise SubscriptionError(
            f"The channels of this server follow {of_guild} things already, and "
            f"{MOST_IN_A_SERVER} is the most: end some first, `/alerts list` shows them."
        )


def subscription_of(row: Row) -> Subscription:
    """Return the subscription of a row, which includes its destination's `reason`."""
    place = Destination(row["destination"], row["guild_id"], bool(row["forum"]))
    return read(Subscription, row, destination=place, paused=row["reason"])


class Welcomes:
    """Records which channels have a welcome message."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    def stands_in(self, channel: int) -> bool:
        """Return whether a channel was welcomed, even if the message was deleted since."""
        return is_welcomed(self._writer.reads, channel)

    async def note(self, channel: int, guild: int, message: int) -> None:
        """Record that a guild's channel was welcomed."""
        now = self._clock.now()
        await self._writer.transact(lambda tx: tx.append(Welcomed(channel, guild, message), now))
