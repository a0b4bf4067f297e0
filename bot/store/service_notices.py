"""Service notices: what the bot tells of its own troubles to those who can fix them, once.

A service notice is a delivery to an admin's direct messages or to the desk's channel. It names the
entry that it tells of: a pause of a destination or of a board, a post that Discord did not take, a
delivery that could not be made, or a claim that nobody can make anything of.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.store.codec import Row, column, exists, insert, row, value
from bot.store.deliveries import DeliveryKind, NewDelivery, insert_deliveries
from bot.store.edits import request_edits
from bot.store.journal import Entry

_URGENCY = 2
"""As of all that is neither a correction nor a change of hands."""


@dataclass(frozen=True, slots=True)
class DeskChannel:
    """The desk's channel and its guild."""

    destination: int
    guild_id: int


class About(StrEnum):
    """What a notice is about; its number stands in the delivery's `outbox`, this in `council`."""

    PLACE = ""
    """A pause, which has no number, or the post of that number."""
    DELIVERY = "delivery"
    CLAIM = "claim"
    THREAD = "thread"


@dataclass(frozen=True, slots=True)
class NoticeTarget:
    """Where a notice goes, as which delivery: to a user or, with a guild, to a channel."""

    delivery: int
    destination: int
    guild_id: int | None


@dataclass(frozen=True, slots=True)
class ClaimPassedOver(Entry, kind="claim-passed-over"):
    """A claim's version was not told to all whom it concerns, for a fault of our own.

    `notice` is who is told of it, if nobody was before.
    """

    outbox: int
    reason: str
    notice: NoticeTarget | None = None

    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Queue the notice."""
        queue_notice(db, self.notice, seq, at, about=About.CLAIM, number=self.outbox)


def queue_notice(
    db: sqlite3.Connection,
    target: NoticeTarget | None,
    seq: int,
    at: datetime,
    *,
    about: About = About.PLACE,
    number: int = 0,
) -> None:
    """Queue the notice of the entry *seq*, with the *number* of what it is about, if any."""
    if target is None:
        return
    _add_destination(db, target.destination, target.guild_id)
    notice = NewDelivery(
        destination=target.destination,
        guild_id=target.guild_id,
        kind=DeliveryKind.SERVICE_NOTICE,
        outbox=number,
        night="",
        council=about,
        version=seq,
        urgency=_URGENCY,
    )
    insert_deliveries(db, target.delivery, [notice], at)


def move_to_desk(db: sqlite3.Connection, destination: int, desk: DeskChannel) -> None:
    """Redirect the notices that wait for a *destination* to the desk."""
    _add_destination(db, desk.destination, desk.guild_id)
    pending = "kind = 'service' AND destination = :old AND state IN ('waiting', 'sealed')"
    names = {"old": destination, "new": desk.destination, "guild": desk.guild_id}
    db.execute(
        "UPDATE posts SET state = 'returned' WHERE id IN "  # noqa: S608 - a text of our own
        f"(SELECT post_id FROM deliveries WHERE {pending})",
        names,
    )
    db.execute(
        "UPDATE deliveries SET destination = :new, guild_id = :guild, state = 'waiting', "  # noqa: S608
        f"post_id = NULL, position = NULL WHERE {pending}",
        names,
    )


def edit_pause_notices(db: sqlite3.Connection, table: str, number: int) -> None:
    """Let the notices of the last pause of a row of `destinations` or `boards` say it is over."""
    pause = value(db, f"SELECT pause FROM {table} WHERE id = ?", number)  # noqa: S608
    request_edits(
        db,
        "SELECT post_id FROM deliveries "
        "WHERE kind = 'service' AND version = ? AND post_id IS NOT NULL",
        (pause,),
    )


def end_trial(db: sqlite3.Connection, table: str, number: int) -> None:
    """End the trial of a row of `destinations` or `boards`: Discord has taken something."""
    ended = f"UPDATE {table} SET trial = 0 WHERE id = ? AND trial RETURNING id"  # noqa: S608
    if column(db, ended, number):
        edit_pause_notices(db, table, number)


def _add_destination(db: sqlite3.Connection, destination: int, guild_id: int | None) -> None:
    known = {"id": destination, "guild_id": guild_id}
    insert(db, "destinations", known, then="ON CONFLICT DO NOTHING")


def is_told_of_claim(db: sqlite3.Connection, outbox: int) -> bool:
    """Return whether somebody is told that a claim's version was passed over."""
    return exists(
        db,
        "SELECT 1 FROM deliveries WHERE kind = 'service' AND council = ? AND outbox = ?",
        About.CLAIM,
        outbox,
    )


def to_be_told(db: sqlite3.Connection) -> list[int]:
    """Return the destinations that wait for notices and are not paused."""
    return column(
        db,
        """
        SELECT DISTINCT destination FROM deliveries AS d
        JOIN destinations AS place ON place.id = destination
        WHERE kind = 'service' AND state = 'waiting' AND paused_at IS NULL
        """,
    )


def to_be_edited(db: sqlite3.Connection) -> list[int]:
    """Return the destinations with notices that are to be edited."""
    return column(
        db,
        """
        SELECT DISTINCT e.destination FROM deliveries AS d JOIN edits AS e ON e.post_id = d.post_id
        WHERE d.kind = 'service' AND e.requested > e.done
        """,
    )


def paused_place(db: sqlite3.Connection, pause: int) -> Row | None:
    """Return the place of a pause's number: `place`, `guild_id`, `board`, `reason` (None: over).

    None where it is not known any more, or was paused again since.
    """
    return row(
        db,
        """
        SELECT id AS place, guild_id, 0 AS board, reason FROM destinations WHERE pause = :pause
        UNION ALL
        SELECT channel_id, guild_id, 1, paused FROM boards WHERE pause = :pause
        """,
        pause=pause,
    )


def subscriber_of(db: sqlite3.Connection, destination: int) -> int | None:
    """Return who subscribed a destination last; None where nobody is known to have."""
    found: int | None = value(
        db,
        "SELECT created_by FROM subscriptions WHERE destination = ? AND created_by > 0 "
        "ORDER BY id DESC LIMIT 1",
        destination,
    )
    return found
