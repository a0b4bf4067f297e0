"""Sending: how every message of the bot gets to its channel, once.

A message is sealed, which commits its body and nonce; then it is sent, and its receipt recorded. A
sealed message without a receipt may have arrived. It is sent again unchanged, with the same nonce
or, once Discord may have forgotten that, after a search for its reference in the channel.
"""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from discord.utils import snowflake_time

from bot.clock import Clock
from bot.delivery.checkpoints import Checkpoint, Pass, unwatched
from bot.delivery.queues import GroupCommit
from bot.delivery.refusals import ATTACHING, READING, RefusalVerifier
from bot.delivery.rest import Attached, Gone, Refused, Unsendable
from bot.delivery.subscriptions import Destination
from bot.store import posts
from bot.store.codec import Row
from bot.store.journal import Entry
from bot.store.posts import PostSealed, PostSent, Purpose
from bot.store.writer import Transaction, Writer

log = logging.getLogger(__name__)
JSON = dict[str, Any]
_NONCE_BYTES = 15
"""They make 20 characters; Discord accepts 25."""


@dataclass(frozen=True, slots=True)
class Post:
    """A sealed message; `payload` is the body that is sent and, if necessary, sent again.

    If it has arrived, it is newer than the message `after` and contains `reference`. `is_new`: no
    attempt was made yet. `late`: it is from before a long pause and is not sent any more. `thread`:
    the thread of its place that it goes to.
    """

    id: int
    place: Destination
    payload: JSON
    reference: str
    after: int
    late: bool = False
    is_new: bool = False
    thread: int | None = None

    @classmethod
    def of(cls, row: Row, deliveries: Sequence[Row] = (), *, late: bool = False) -> Post:
        """Return the post of a row and its deliveries."""
        return cls(
            id=row["id"],
            place=Destination(row["destination"], row["guild_id"]),
            payload=json.loads(row["payload"]),
            reference=row["reference"] or deliveries[0]["reference"],
            after=row["after_message"],
            late=late,
            thread=row["thread"],
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was sent: the person, or a server's channel or thread, and its ids."""

    place: Destination
    message: tuple[int, int]

    @classmethod
    def of(cls, post: Row) -> Sent:
        """Return the sent message of a post's row."""
        guild, channel = post["guild_id"], post["channel_id"]
        place = Destination(post["destination"] if guild is None else channel, guild)
        return cls(place, (channel, post["message_id"]))


def with_nonce(body: JSON) -> JSON:
    """Return a message's body with a new nonce; by default it mentions nobody."""
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    return {"allowed_mentions": {"parse": []}, **body, "nonce": nonce, "enforce_nonce": True}


def as_text(payload: JSON) -> str:
    """Return a body as stored JSON."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


class Sender:
    """Seals, sends and records messages through one client."""

    def __init__(
        self, writer: Writer, clock: Clock, verifier: RefusalVerifier, passed: Pass = unwatched
    ) -> None:
        self.verifier = verifier
        self.rest = verifier.rest
        self.commit = GroupCommit(writer)
        self.passed = passed
        self.reads = writer.reads
        self._clock = clock

    async def seal(
        self,
        place: Destination,
        body: JSON,
        reference: str,
        purpose: Purpose,
        told: Callable[[int], Entry],
        *,
        unless: Callable[[sqlite3.Connection], bool] = lambda _: False,
    ) -> Post:
        """Seal a message without deliveries; *told* returns the entry that records its content.

        Raises `Gone` if *unless* says that the message is no longer wanted.
        """
        payload, after = with_nonce(body), self.named_before(place.id)
        sealed = PostSealed(
            destination=place.id,
            guild_id=place.guild_id,
            nonce=payload["nonce"],
            payload=as_text(payload),
            deliveries=(),
            urgency=2,
            after=after,
            purpose=purpose,
            reference=reference,
        )

        def work(tx: Transaction) -> int:
            if unless(tx.db.conn):
                raise Gone("It is no longer wanted.")
            now = self._clock.now()
            number = tx.append(sealed, now)
            tx.append(told(number), now)
            return number

        number = await self.commit(work)
        self.passed(Checkpoint.SEALED)
        return Post(number, place, payload, reference, after, is_new=True)

    def unsent(self, purpose: Purpose) -> list[Post]:
        """Return the sealed messages for a purpose that have no receipt."""
        return [Post.of(row) for row in posts.sealed_as(self.reads, purpose)]

    def unsent_post(self, number: int) -> Post:
        """Return a sealed message. Raises `Gone` if it was erased."""
        return Post.of(self.row(number))

    async def send(
        self,
        post: Post,
        ask: Callable[[Destination, Callable[[], Awaitable[tuple[int, int]]]], Awaitable[Any]],
    ) -> None:
        """Send a sealed message and record its receipt.

        *ask* is `RefusalVerifier.once` or `insist`; this raises what it raises.
        """
        channel, message = await ask(post.place, lambda: self._send(post))
        await self.received(post, channel, message)

    async def received(self, post: Post, channel: int, message: int, *also: Entry) -> None:
        """Record the receipt of a message, with *also* what came with it."""
        self.passed(Checkpoint.SENT)
        sent = PostSent(post.id, channel, message, snowflake_time(message))
        await self.record(post.id, *also, sent)
        self.passed(Checkpoint.RECORDED)

    async def _send(self, post: Post) -> tuple[int, int]:
        channel = await self.channel_of(post.place)
        message = await self.rest.send_once(
            channel, post.payload, post.reference, post.after, is_new=post.is_new
        )
        return channel, message

    async def channel_of(self, place: Destination) -> int:
        """Return the id of the channel to post in for a destination."""
        receipt = posts.last_receipt(self.reads, place.id)
        known = None if receipt is None else receipt["channel_id"]
        return await self.rest.channel_of(place, known)

    def named_before(self, destination: int) -> int:
        """Return a message that is older than the next one to a destination will be."""
        receipt = posts.last_receipt(self.reads, destination)
        if receipt is None:
            return self.rest.newest_named(destination)
        return self.rest.newest_named(receipt["channel_id"], receipt["message_id"])

    async def edit_with_picture(
        self,
        sent: Sent,
        embeds: Sequence[JSON],
        pictures: Iterable[Attached | None],
        ask: Callable[..., Awaitable[Any]],
        *,
        hidden: bool = False,
    ) -> tuple[Attached | None, int | None]:
        """Edit a message to show the first of *pictures* that Discord accepts, in its first embed.

        None stands for no picture. *hidden*: it stands beside the embeds, behind a spoiler mark, as
        Discord hides no embed's picture. Returns the picture and the id of its attachment. Raises
        what *ask* raises.
        """
        refused: Exception = ValueError("no way to show the message is given")
        for offered in pictures:
            picture = offered and offered.hidden if hidden else offered
            image = (
                not hidden and picture and {"image": {"url": f"attachment://{picture.file_name}"}}
            )
            shown = [{**embeds[0], **(image or {})}, *embeds[1:]]
            await self.rest.turn()
            try:
                return picture, await ask(
                    sent.place,
                    partial(self.rest.edit_with, *sent.message, shown, picture),
                    needs=READING if picture is None else ATTACHING,
                    message=sent.message,
                )
            except (Refused, Unsendable) as refusal:
                log.warning("Message %d cannot be edited in this way: %s", sent.message[1], refusal)
                refused = refusal
        raise refused

    def sent(self, number: int) -> Sent:
        """Return the sent message of a post. Raises `Gone` if it was erased."""
        return Sent.of(self.row(number))

    def row(self, number: int) -> Row:
        """Return the row of a post. Raises `Gone` if it was erased."""
        post = posts.post(self.reads, number)
        if post is None:
            raise Gone("The post was forgotten.")
        return post

    async def record(self, post: int, *entries: Entry) -> None:
        """Record what became of a post, unless it was erased meanwhile."""

        def work(tx: Transaction) -> None:
            if posts.post(tx.db.conn, post) is not None:
                for entry in entries:
                    tx.append(entry, self._clock.now())

        await self.commit(work)
