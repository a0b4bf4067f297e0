"""Messages of ours that the file has no record of: posted after the copy that was restored.

A copy of the file knows nothing of what was posted since it was made. What is found in a channel
is written down as it stands there, and belongs to the delivery that tells the same, once there is
one: that is not sent again. Nothing else goes by a copy's numbers: those that were given out since
are skipped.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.election.claims import ClaimState
from bot.store import outbox
from bot.store.codec import Row, column, delete, insert, insert_all, row_of, rows, update, value
from bot.store.deliveries import DeliveryKind, skip_numbers
from bot.store.edits import request_edits_of, request_edits_of_same_claims
from bot.store.journal import Entry
from bot.store.posts import mark_corrected
from bot.store.references import says
from bot.store.writer import Transaction

_SPARE = timedelta(days=1)
"""By less the clock that wrote the first entry was wrong."""
_MATTERS = timedelta(days=7)
_DISCORD_BEGAN = datetime(2015, 1, 1, tzinfo=UTC)
"""Messages are numbered by milliseconds from here on, times 2^22.
https://discord.com/developers/docs/reference#snowflakes"""
SKIPPED = 1_000_000
"""Numbers that may have been given out since a copy was made, of the journal and of deliveries."""


@dataclass(frozen=True, slots=True)
class CopyRestored(Entry, kind="copy-restored"):
    """The file is a restored copy from here on: channels may have newer messages of ours.

    What the copy does not know of is newer than the message `after`. `seen_at` is real time: when
    it was restored or, where nobody said so, when that was seen. `lacking`: entries before it are
    lost, so the feeds are asked for all their documents again.
    """

    after: int
    seen_at: datetime
    lacking: bool = False

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write it down; the next deliveries have numbers that nothing had since the copy."""
        if self.lacking:
            db.execute("UPDATE feeds SET state = '{}'")
        insert(db, "restores", {"id": seq, **row_of(self, "lacking")})
        skip_numbers(db, SKIPPED)


@dataclass(frozen=True, slots=True)
class HistoryCompared(Entry, kind="history-compared"):
    """The history of a destination was compared with what the file knew after a restore.

    `edited` are the posts whose messages were edited meanwhile: they may show what holds no more.
    """

    destination: int
    restore: int
    edited: tuple[int, ...] = ()

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write it down, and have those messages edited to what the tables say."""
        request_edits_of(db, self.edited)
        update(db, "destinations", {"id": self.destination}, compared=self.restore)


def mark_restored(
    tx: Transaction, at: datetime, *, after: int | None = None, lacking: bool = False
) -> None:
    """Mark the open file as a copy that was restored; the journal goes on behind a gap.

    *after* is a message that is older than all it does not know of; without it, the newest that it
    knows. Where it knows none, the file is younger than all of them, by a day to spare: nobody
    reads what a busy channel said in years.
    """
    if after is None:
        after = value(tx.db.conn, "SELECT max(message_id) FROM posts")
    after = int(after or _before_the_first_entry(tx))
    tx.append(CopyRestored(after, datetime.now(UTC), lacking), at, skipping=SKIPPED)


def _before_the_first_entry(tx: Transaction) -> int:
    """Return a message id from before the file's first entry, 0 for an empty file."""
    first = value(tx.db.conn, "SELECT at FROM journal ORDER BY seq LIMIT 1")
    if first is None:
        return 0
    since = datetime.fromisoformat(first) - _SPARE - _DISCORD_BEGAN
    return max(0, since // timedelta(milliseconds=1) << 22)


def unknown_after(db: sqlite3.Connection, destination: int) -> int | None:
    """Return a message that is older than all of a destination that a copy does not know of.

    None where no copy was restored since its history was compared last. What was told more than a
    week ago is of a night that is over: for that, nobody who subscribes today has to wait.
    """
    after: int | None = value(
        db,
        "SELECT min(after) FROM restores WHERE seen_at > ? AND id > "
        "coalesce((SELECT compared FROM destinations WHERE id = ?), 0)",
        (datetime.now(UTC) - _MATTERS).isoformat(),
        destination,
    )
    return after


def last_restore(db: sqlite3.Connection) -> int:
    """Return the number of the last time that a copy was restored, 0 for none."""
    return int(value(db, "SELECT coalesce(max(id), 0) FROM restores"))


def last_restored_at(db: sqlite3.Connection) -> datetime | None:
    """Return when the file was last known to be a restored copy, in real time."""
    seen_at = value(db, "SELECT max(seen_at) FROM restores")
    return None if seen_at is None else datetime.fromisoformat(seen_at)


def post_of(db: sqlite3.Connection, destination: int, message: int) -> int | None:
    """Return the post that a message in a destination is; None for one that the file lacks."""
    by_message = "SELECT id FROM posts WHERE destination = ? AND message_id = ?"
    post: int | None = value(db, by_message, destination, message)
    return post


def to_compare(db: sqlite3.Connection) -> list[int]:
    """Return the destinations with posts whose histories are still to be compared."""
    return column(
        db,
        "SELECT id FROM destinations WHERE compared < ? AND paused_at IS NULL AND EXISTS "
        "(SELECT 1 FROM posts WHERE destination = destinations.id AND message_id IS NOT NULL)",
        last_restore(db),
    )


@dataclass(frozen=True, slots=True)
class UnrecordedEmbed:
    """What an embed of a found message told under which reference; of which claim, if known."""

    position: int
    reference: str
    title: str
    night: str | None = None
    council: str | None = None


@dataclass(frozen=True, slots=True)
class MessageFound(Entry, kind="message-found"):
    """A message of ours was found in a channel that the file had no record of.

    `payload` is its body as Discord has it, `published` that other servers have it too.
    """

    destination: int
    guild_id: int | None
    channel_id: int
    message_id: int
    sent_at: datetime
    payload: str
    embeds: tuple[UnrecordedEmbed, ...]
    published: bool

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write a post that was sent, and what it tells."""
        place = {"destination": self.destination, "guild_id": self.guild_id}
        insert(
            db,
            "posts",
            {
                "id": seq,
                **row_of(self, "embeds", "published"),
                "nonce": f"found-{seq}",
                "urgency": 2,
                "digest": False,
                "state": "sent",
                "after_message": self.message_id - 1,
                "published_at": self.sent_at if self.published else None,
            },
        )
        found = [{"post_id": seq, **place, **row_of(embed)} for embed in self.embeds]
        insert_all(db, "unrecorded_embeds", found)
        if any(embed.council is not None for embed in self.embeds):
            request_edits_of(db, [seq])


@dataclass(frozen=True, slots=True)
class UnrecordedMatched(Entry, kind="unrecorded-matched"):
    """A waiting delivery was found in its channel: it counts as sent.

    `post` and `position` say where; `others` are the posts with more that tells of its claim.
    """

    delivery: int
    post: int
    position: int
    others: tuple[tuple[int, int], ...]

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Record the delivery as sent; its message, and the others, are to read true."""
        _note_claim(db, self.delivery, self.others)
        db.execute(
            """
            UPDATE deliveries SET state = 'sent', post_id = found.post_id,
                position = found.position, reference = found.reference
            FROM unrecorded_embeds AS found
            WHERE deliveries.id = ? AND found.post_id = ? AND found.position = ?
            """,
            (self.delivery, self.post, self.position),
        )
        delete(db, "unrecorded_embeds", post_id=self.post, position=self.position)
        mark_corrected(db, "id = ?", self.delivery)
        request_edits_of(db, [self.post])
        request_edits_of_same_claims(db, "new.id = ?", self.delivery)


@dataclass(frozen=True, slots=True)
class UnrecordedContradicted(Entry, kind="unrecorded-contradicted"):
    """A waiting delivery contradicts what its channel was told last: it becomes a correction.

    `becomes` is its kind now.
    """

    delivery: int
    becomes: DeliveryKind
    urgency: int
    embeds: tuple[tuple[int, int], ...]

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write what it is now, and have what stands in the channel edited."""
        _note_claim(db, self.delivery, self.embeds)
        now = {"kind": self.becomes, "urgency": self.urgency}
        update(db, "deliveries", {"id": self.delivery}, **now)


def _note_claim(db: sqlite3.Connection, delivery: int, embeds: tuple[tuple[int, int], ...]) -> None:
    """Write that embeds tell of a delivery's claim, and have their messages edited."""
    db.executemany(
        """
        UPDATE unrecorded_embeds SET night = told.night, council = told.council
        FROM (SELECT night, council FROM deliveries WHERE id = ?) AS told
        WHERE post_id = ? AND position = ?
        """,
        [(delivery, post, position) for post, position in embeds],
    )
    request_edits_of(db, sorted({post for post, _ in embeds}))


def claims_told(db: sqlite3.Connection, destination: int) -> list[Row]:
    """Return the claims that a destination was told of, each with its newest version."""
    return rows(
        db,
        """
        SELECT night, council, max(version) AS version FROM deliveries
        WHERE destination = ? AND subject = 'claim' GROUP BY night, council
        """,
        destination,
    )


_EMBEDS = """
    SELECT s.*, p.message_id FROM unrecorded_embeds AS s JOIN posts AS p ON p.id = s.post_id
"""


def unrecorded_in(db: sqlite3.Connection, destination: int) -> list[Row]:
    """Return the unrecorded embeds of a destination in the order in which they were posted."""
    of = f"{_EMBEDS} WHERE s.destination = ? ORDER BY p.message_id, s.position"
    return rows(db, of, destination)


def unrecorded_of_post(db: sqlite3.Connection, post: int) -> list[Row]:
    """Return the unrecorded embeds in a post's message whose claim is known."""
    of = f"{_EMBEDS} WHERE s.post_id = ? AND s.council <> '' ORDER BY s.position"
    return rows(db, of, post)


def told_last(db: sqlite3.Connection, delivery: Row) -> Row | None:
    """Return the last unrecorded embed in a delivery's destination that tells of its claim."""
    claim = delivery["night"], delivery["council"]
    for row in reversed(unrecorded_in(db, delivery["destination"])):
        if (row["night"], row["council"]) == claim:
            return row
    return None


def says_what_holds(db: sqlite3.Connection, reference: str, claim: Row) -> bool:
    """Return whether an embed with a *reference* says what a claim's version says or completes."""
    if says(reference, outbox.claim_content(db, claim["outbox"])):
        return True
    if claim["state"] != ClaimState.COMPLETED:
        return False
    before = outbox.claim_version(db, claim["night"], claim["council"], claim["version"] - 1)
    return before is not None and says(reference, outbox.claim_content(db, before["outbox"]))
