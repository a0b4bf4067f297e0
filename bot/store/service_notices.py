"""Trouble with a place, told to who can mend it: in the same way, and once, as all that is told.

A trouble is a delivery to an admin's direct messages or to the desk's channel. It names the entry
that it tells of: of a pause, of a board's pause, of a post that Discord did not take, of a delivery
that could not be made, or of a claim that nobody can make anything of.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.store.deliveries import DeliveryKind, NewDelivery, insert_deliveries
from bot.store.edits import request_edits
from bot.store.journal import Entry

Row = sqlite3.Row
_URGENCY = 2
"""As of all that is neither a correction nor a change of hands."""


@dataclass(frozen=True, slots=True)
class DeskChannel:
    """The desk's channel and its guild."""

    destination: int
    guild_id: int


class About(StrEnum):
    """What a trouble is about; its number stands in the delivery's `outbox`, this in `council`."""

    PLACE = ""
    """A pause, which has no number, or the post of that number."""
    DELIVERY = "delivery"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class NoticeTarget:
    """Where a trouble is told, as which delivery: to a user or, with a guild, in a channel."""

    delivery: int
    destination: int
    guild_id: int | None


@dataclass(frozen=True, slots=True)
class ClaimPassedOver(Entry, kind="claim-passed-over"):
    """A claim's version was not told to all whom it concerns, for a fault of our own.

    `tell` is who is told of it, if nobody was before.
    """

    outbox: int
    reason: str
    tell: NoticeTarget | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Have it told."""
        tell(db, self.tell, seq, at, of=About.CLAIM, number=self.outbox)


def tell(
    db: sqlite3.Connection,
    told: NoticeTarget | None,
    seq: int,
    at: datetime,
    *,
    of: About = About.PLACE,
    number: int = 0,
) -> None:
    """Queue the trouble of the entry *seq*, with the *number* of what it is about, if any."""
    if told is None:
        return
    _know(db, told.destination, told.guild_id)
    trouble = NewDelivery(
        destination=told.destination,
        guild_id=told.guild_id,
        kind=DeliveryKind.SERVICE_NOTICE,
        outbox=number,
        night="",
        council=of,
        version=seq,
        urgency=_URGENCY,
    )
    insert_deliveries(db, told.delivery, [trouble], at)


def move(db: sqlite3.Connection, destination: int, desk: DeskChannel) -> None:
    """Let the desk have the troubles that a *destination* was to be told and is not."""
    _know(db, desk.destination, desk.guild_id)
    ours = "kind = 'service' AND destination = ? AND state IN ('waiting', 'sealed')"
    db.execute(
        f"UPDATE posts SET state = 'returned' WHERE id IN "  # noqa: S608 - a text of our own
        f"(SELECT post_id FROM deliveries WHERE {ours})",
        (destination,),
    )
    db.execute(
        "UPDATE deliveries SET destination = ?, guild_id = ?, state = 'waiting', "  # noqa: S608
        f"post_id = NULL, position = NULL WHERE {ours}",
        (desk.destination, desk.guild_id, destination),
    )


def ended(db: sqlite3.Connection, pause: int | None) -> None:
    """Let the messages that tell of the pause number *pause* say that it is over."""
    query = (
        "SELECT post_id FROM deliveries "
        "WHERE kind = 'service' AND version = ? AND post_id IS NOT NULL"
    )
    request_edits(db, query, (pause,))


def _know(db: sqlite3.Connection, destination: int, guild_id: int | None) -> None:
    db.execute(
        "INSERT INTO destinations (id, guild_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (destination, guild_id),
    )


def is_told_of_claim(db: sqlite3.Connection, outbox: int) -> bool:
    """Return whether somebody is told that a claim's version was passed over."""
    found = db.execute(
        "SELECT 1 FROM deliveries WHERE kind = 'service' AND council = ? AND outbox = ?",
        (About.CLAIM, outbox),
    ).fetchone()
    return found is not None


def to_be_told(db: sqlite3.Connection) -> list[int]:
    """Return the destinations that wait for troubles and are not paused."""
    found: Iterable[tuple[int]] = db.execute(
        """
        SELECT DISTINCT destination FROM deliveries AS d
        JOIN destinations AS place ON place.id = destination
        WHERE kind = 'service' AND state = 'waiting' AND paused_at IS NULL
        """
    )
    return [destination for (destination,) in found]


def to_be_edited(db: sqlite3.Connection) -> list[int]:
    """Return the destinations with messages about troubles that are to be edited."""
    found: Iterable[tuple[int]] = db.execute(
        """
        SELECT DISTINCT e.destination FROM deliveries AS d JOIN edits AS e ON e.post_id = d.post_id
        WHERE d.kind = 'service' AND e.wanted > e.done
        """
    )
    return [destination for (destination,) in found]


def paused_place(db: sqlite3.Connection, pause: int) -> Row | None:
    """Return the place of a pause's number: `place`, `guild_id`, `board`, `reason` (None: over).

    None where it is not known any more, or was paused again since.
    """
    row: Row | None = db.execute(
        """
        SELECT id AS place, guild_id, 0 AS board, reason FROM destinations WHERE pause = :pause
        UNION ALL
        SELECT channel_id, guild_id, 1, paused FROM boards WHERE pause = :pause
        """,
        {"pause": pause},
    ).fetchone()
    return row


def subscriber_of(db: sqlite3.Connection, destination: int) -> int | None:
    """Return who subscribed a destination last; None where nobody is known to have."""
    row = db.execute(
        "SELECT created_by FROM subscriptions WHERE destination = ? AND created_by > 0 "
        "ORDER BY id DESC LIMIT 1",
        (destination,),
    ).fetchone()
    return None if row is None else int(row[0])
