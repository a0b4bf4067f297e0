"""What stands in channels and follows from nothing here: posted after the copy that was put back.

A copy of the file knows nothing of what was posted since it was made. What is found in a channel
is written down as it stands there, and belongs to the delivery that tells the same, once there is
one: that is not sent again. Nothing else goes by a copy's numbers: those that were given out since
are skipped.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.store.deliveries import DeliveryKind, skip_numbers
from bot.store.edits import request_edits, request_edits_of_same_claims
from bot.store.journal import Entry
from bot.store.writer import Transaction

Row = sqlite3.Row
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
    """From here on the file is a copy that was put back: channels may have newer messages of ours.

    What the copy does not know of is newer than the message `after`. `seen_at` is real time: when
    it was put back or, where nobody said so, when that was seen. `lacking`: entries before it are
    lost, so the feeds are asked for all their documents again.
    """

    after: int
    seen_at: datetime
    lacking: bool = False

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write it down; the next deliveries have numbers that nothing had since the copy."""
        if self.lacking:
            db.execute("UPDATE feeds SET state = '{}'")
        db.execute(
            "INSERT INTO restores VALUES (?, ?, ?)", (seq, self.after, self.seen_at.isoformat())
        )
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
        request_edits(db, "SELECT value FROM json_each(?)", (json.dumps(self.edited),))
        db.execute(
            "UPDATE destinations SET compared = ? WHERE id = ?", (self.restore, self.destination)
        )


def mark_restored(
    tx: Transaction, at: datetime, *, after: int | None = None, lacking: bool = False
) -> None:
    """Mark the open file as a copy that was put back; the journal goes on behind a gap.

    *after* is a message that is older than all it does not know of; without it, the newest that it
    knows. Where it knows none, the file is younger than all of them, by a day to spare: nobody
    reads what a busy channel said in years.
    """
    if after is None:
        (after,) = tx.db.conn.execute("SELECT max(message_id) FROM posts").fetchone()
    after = int(after or _before_the_first_entry(tx))
    tx.append(CopyRestored(after, datetime.now(UTC), lacking), at, skipping=SKIPPED)


def _before_the_first_entry(tx: Transaction) -> int:
    """Return a number that messages had before the file began, 0 for an empty one."""
    first = tx.rows("SELECT at FROM journal ORDER BY seq LIMIT 1")
    if not first:
        return 0
    since = datetime.fromisoformat(first[0]["at"]) - _SPARE - _DISCORD_BEGAN
    return max(0, since // timedelta(milliseconds=1) << 22)


def unknown_after(db: sqlite3.Connection, destination: int) -> int | None:
    """Return a message that is older than all of a destination that a copy does not know of.

    None where no copy was put back since its history was compared last. What was told more than a
    week ago is of a night that is over: for that, nobody who subscribes today has to wait.
    """
    (after,) = db.execute(
        "SELECT min(after) FROM restores WHERE seen_at > ? AND id > "
        "coalesce((SELECT compared FROM destinations WHERE id = ?), 0)",
        ((datetime.now(UTC) - _MATTERS).isoformat(), destination),
    ).fetchone()
    return None if after is None else int(after)


def last_restore(db: sqlite3.Connection) -> int:
    """Return the number of the last time that a copy was put back, 0 for none."""
    (number,) = db.execute("SELECT coalesce(max(id), 0) FROM restores").fetchone()
    return int(number)


def post_of(db: sqlite3.Connection, destination: int, message: int) -> int | None:
    """Return the post that a message in a destination is; None for one that the file lacks."""
    found = db.execute(
        "SELECT id FROM posts WHERE destination = ? AND message_id = ?", (destination, message)
    ).fetchone()
    return None if found is None else int(found[0])


def to_compare(db: sqlite3.Connection) -> list[int]:
    """Return the destinations with posts whose histories are still to be compared."""
    rows = db.execute(
        "SELECT id FROM destinations WHERE compared < ? AND paused_at IS NULL AND EXISTS "
        "(SELECT 1 FROM posts WHERE destination = destinations.id AND message_id IS NOT NULL)",
        (last_restore(db),),
    )
    return [int(number) for (number,) in rows]


def last_restored_at(db: sqlite3.Connection) -> datetime | None:
    """Return when the file was last known to be a copy that was put back, in real time."""
    (seen_at,) = db.execute("SELECT max(seen_at) FROM restores").fetchone()
    return None if seen_at is None else datetime.fromisoformat(seen_at)


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
    """A message of ours stands in a channel that the file knew nothing of.

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
        sent = self.sent_at.isoformat()
        db.execute(
            """
            INSERT INTO posts
                (id, destination, guild_id, nonce, payload, urgency, digest, state,
                 after_message, sent_at, channel_id, message_id, published_at)
            VALUES (?, ?, ?, ?, ?, 2, 0, 'sent', ?, ?, ?, ?, ?)
            """,
            (
                seq,
                self.destination,
                self.guild_id,
                f"found-{seq}",
                self.payload,
                self.message_id - 1,
                sent,
                self.channel_id,
                self.message_id,
                sent if self.published else None,
            ),
        )
        db.executemany(
            "INSERT INTO unrecorded_embeds VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    seq,
                    one.position,
                    self.destination,
                    self.guild_id,
                    one.reference,
                    one.title,
                    one.night,
                    one.council,
                )
                for one in self.embeds
            ],
        )
        if any(one.council is not None for one in self.embeds):
            request_edits(db, "SELECT ?", (seq,))


@dataclass(frozen=True, slots=True)
class UnrecordedMatched(Entry, kind="unrecorded-matched"):
    """A delivery that waits was found in its channel: it has arrived there, and is not sent.

    `post` and `position` say where; `others` are the posts with more that tells of its claim.
    """

    delivery: int
    post: int
    position: int
    others: tuple[tuple[int, int], ...]

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Record the delivery as sent; its message, and the others, are to read true."""
        _tell_of_claim(db, self.delivery, self.others)
        db.execute(
            """
            UPDATE deliveries SET state = 'sent', post_id = stray.post_id,
                position = stray.position, reference = stray.reference
            FROM unrecorded_embeds AS stray
            WHERE deliveries.id = ? AND stray.post_id = ? AND stray.position = ?
            """,
            (self.delivery, self.post, self.position),
        )
        db.execute(
            "DELETE FROM unrecorded_embeds WHERE post_id = ? AND position = ?",
            (self.post, self.position),
        )
        db.execute(
            """
            UPDATE deliveries SET corrected_by = new.id
            FROM (SELECT id, corrects FROM deliveries WHERE id = ?) AS new
            WHERE deliveries.id = new.corrects
            """,
            (self.delivery,),
        )
        request_edits(db, "SELECT ?", (self.post,))
        request_edits_of_same_claims(db, "new.id = ?", self.delivery)


@dataclass(frozen=True, slots=True)
class UnrecordedContradicted(Entry, kind="unrecorded-contradicted"):
    """A delivery that waits says otherwise than what its channel was told last: it corrects that.

    `becomes` is its kind now.
    """

    delivery: int
    becomes: DeliveryKind
    urgency: int
    embeds: tuple[tuple[int, int], ...]

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write what it is now, and have what stands in the channel edited."""
        _tell_of_claim(db, self.delivery, self.embeds)
        db.execute(
            "UPDATE deliveries SET kind = ?, urgency = ? WHERE id = ?",
            (self.becomes, self.urgency, self.delivery),
        )


def _tell_of_claim(
    db: sqlite3.Connection, delivery: int, embeds: tuple[tuple[int, int], ...]
) -> None:
    """Write which claim embeds tell of, a delivery's, and have their messages edited."""
    db.executemany(
        """
        UPDATE unrecorded_embeds SET night = told.night, council = told.council
        FROM (SELECT night, council FROM deliveries WHERE id = ?) AS told
        WHERE post_id = ? AND position = ?
        """,
        [(delivery, post, position) for post, position in embeds],
    )
    for post in sorted({post for post, _ in embeds}):
        request_edits(db, "SELECT ?", (post,))


def claims_told(db: sqlite3.Connection, destination: int) -> list[Row]:
    """Return the claims that a destination was told of, each with its newest version."""
    return db.execute(
        """
        SELECT night, council, max(version) AS version FROM deliveries
        WHERE destination = ? AND subject = 'claim' GROUP BY night, council
        """,
        (destination,),
    ).fetchall()


def unrecorded_in(db: sqlite3.Connection, destination: int) -> list[Row]:
    """Return the embeds of a destination in the order in which they were posted."""
    return db.execute(
        """
        SELECT s.*, p.message_id FROM unrecorded_embeds AS s JOIN posts AS p ON p.id = s.post_id
        WHERE s.destination = ? ORDER BY p.message_id, s.position
        """,
        (destination,),
    ).fetchall()


def unrecorded_of_post(db: sqlite3.Connection, post: int) -> list[Row]:
    """Return the embeds in a post's message whose claim is known."""
    return db.execute(
        """
        SELECT s.*, p.message_id FROM unrecorded_embeds AS s JOIN posts AS p ON p.id = s.post_id
        WHERE s.post_id = ? AND s.council <> '' ORDER BY s.position
        """,
        (post,),
    ).fetchall()


def told_last(db: sqlite3.Connection, delivery: Row) -> Row | None:
    """Return the last stray in a delivery's destination that tells of its claim."""
    claim = delivery["night"], delivery["council"]
    for row in reversed(unrecorded_in(db, delivery["destination"])):
        if (row["night"], row["council"]) == claim:
            return row
    return None
