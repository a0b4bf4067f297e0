"""Giving up: what cannot be posted fails where people see it, and holds nothing else back."""

from __future__ import annotations

from datetime import datetime

from bot.delivery.posts import drop, give_back
from bot.store import deliveries as delivery
from bot.store import pausing, posts
from bot.store.deliveries import DeliveryKind
from bot.store.posts import PostFailed
from bot.store.service_notices import Room
from bot.store.writer import Transaction


def fail(tx: Transaction, post: int, reason: str, at: datetime, desk: Room | None) -> None:
    """Write down that a post cannot be sent, and have the *desk* told of it.

    One of several deliveries fails alone: the others are no worse for it.
    """
    db = tx.db.conn
    row = posts.post(db, post)
    if row is None:
        return  # it was forgotten meanwhile
    rows = delivery.deliveries_of(db, post)
    if len(rows) > 1 and not row["digest"]:
        give_back(tx, post, at, alone=True)
        return
    is_news = any(each["kind"] != DeliveryKind.TROUBLE for each in rows)
    told = pausing.teller(db, None, desk) if is_news else None
    tx.append(PostFailed(post, reason, told), at)


def give_up(
    tx: Transaction, destination: int, reason: str, at: datetime, desk: Room | None
) -> bool:
    """Give up what is served to a destination first, as a fault of our own is in its way.

    That is the sealed post or, before one is sealed, the delivery that would be in it first.
    Returns whether there was any.
    """
    sealed = posts.sealed_for(tx.db.conn, destination)
    if sealed is not None:
        fail(tx, sealed["id"], reason, at, desk)
        return True
    first = pausing.late_of(tx.db.conn, destination) or delivery.waiting(tx.db.conn, destination, 1)
    if first:
        drop(tx, first[0], reason, at, desk)
    return bool(first)
