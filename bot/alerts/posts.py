"""Posts: what waits for a destination becomes one message, frozen before it is sent."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.alerts.references import reference_of
from bot.alerts.wording import Embed, Wording
from bot.cards.card import MESSAGE_CARDS, MESSAGE_CHARACTERS, MESSAGE_CONTENT, length_of
from bot.cards.text import shortened
from bot.machine import is_of_the_machine
from bot.store import delivery, posts
from bot.store.delivery import DeliveryDropped, DeliveryKind, DeliveryState, Row
from bot.store.posts import PostSealed
from bot.store.writer import Transaction

log = logging.getLogger(__name__)

NONCE_BYTES = 15
"""20 characters of the 25 that Discord takes."""
_LONGEST_NEWS = 400
_PING = 25
"""A role's mention has so many characters at most, with the space before it."""
_MOST_ROLES = (MESSAGE_CONTENT - _LONGEST_NEWS - len(" and 9 more")) // _PING


@dataclass(frozen=True, slots=True)
class Post:
    """One sealed message: `payload` is the body that is sent and, where needed, sent again."""

    id: int
    destination: int
    guild_id: int | None
    payload: dict[str, Any]
    references: tuple[str, ...]
    sealed_at: datetime

    @classmethod
    def of(cls, row: Row, deliveries: Sequence[Row]) -> Post:
        """Return the post of a row and its deliveries."""
        return cls(
            id=row["id"],
            destination=row["destination"],
            guild_id=row["guild_id"],
            payload=json.loads(row["payload"]),
            references=tuple(reference_of(each["id"]) for each in deliveries),
            sealed_at=datetime.fromisoformat(row["sealed_at"]),
        )


def sealed_posts(tx: Transaction) -> list[Post]:
    """Return the posts that may or may not have arrived: sealed, and without a receipt."""
    db = tx.db.conn
    return [Post.of(row, delivery.deliveries_of(db, row["id"])) for row in posts.all_sealed(db)]


def seal(
    tx: Transaction, wording: Wording, destination: int, *, at: datetime, sealed_at: datetime
) -> Post | None:
    """Freeze the next message to *destination*: as much of what waits as one message takes.

    *at* is the night's time, *sealed_at* the real time. Corrections stand first, then changes of
    hands, then the rest. Returns None when nothing waits.
    """
    chosen: list[Row] = []
    embeds: list[Embed] = []
    room = MESSAGE_CHARACTERS
    for row in delivery.waiting(tx.db.conn, destination, MESSAGE_CARDS):
        if chosen and _is_summary(row):
            break
        ours = _embeds_of(tx, wording, row, at)
        if ours is None:
            continue
        room -= _most_length(ours)
        if chosen and (room < 0 or len(embeds) + len(ours) > MESSAGE_CARDS):
            break
        chosen.append(row)
        embeds += ours
        if _is_summary(row):
            break
    if not chosen:
        return None
    payload = _payload(embeds, chosen)
    entry = PostSealed(
        destination=destination,
        guild_id=chosen[0]["guild_id"],
        nonce=payload["nonce"],
        payload=json.dumps(payload, ensure_ascii=False, separators=(",", ":")),
        deliveries=tuple(row["id"] for row in chosen),
        urgency=chosen[0]["urgency"],
        sealed_at=sealed_at,
    )
    return Post(
        id=tx.append(entry, at),
        destination=destination,
        guild_id=entry.guild_id,
        payload=payload,
        references=tuple(reference_of(row["id"]) for row in chosen),
        sealed_at=sealed_at,
    )


def _is_summary(row: Row) -> bool:
    return bool(row["kind"] == DeliveryKind.SUMMARY)


def _embeds_of(tx: Transaction, wording: Wording, row: Row, at: datetime) -> list[Embed] | None:
    """Return a delivery's embeds; drop it where it has nothing to say or cannot be worded."""
    db = tx.db.conn
    if row["kind"] == DeliveryKind.RETRACTION:
        wrong = delivery.delivery(db, row["corrects"])
        if wrong is None or wrong["state"] != DeliveryState.SENT:
            reason = "What it withdraws was never sent."
            tx.append(DeliveryDropped(row["id"], DeliveryState.REPLACED, reason), at)
            return None
    try:
        return wording.embeds(db, row)
    except Exception as error:  # one bad row must not stop all others
        if is_of_the_machine(error):
            raise
        log.exception("Delivery %d cannot be put into words", row["id"])
        reason = f"It could not be put into words: {error}"
        tx.append(DeliveryDropped(row["id"], DeliveryState.FAILED, reason), at)
        return None


def _most_length(embeds: Sequence[Embed]) -> int:
    """Return the length of a delivery's embeds, or of what they become when they are struck."""
    struck = sum(2 * len(each["title"]) + 350 for each in embeds if len(embeds) == 1)
    return max(length_of(embeds), min(struck, MESSAGE_CHARACTERS // MESSAGE_CARDS))


def _payload(embeds: Sequence[Embed], rows: Sequence[Row]) -> dict[str, Any]:
    """Return the message's body. The news stands before the pings: push previews are cut."""
    every = dict.fromkeys(role for row in rows for role in json.loads(row["roles"]))
    roles = list(every)[:_MOST_ROLES]
    payload: dict[str, Any] = {
        "embeds": list(embeds),
        "allowed_mentions": {"parse": [], "roles": [str(role) for role in roles]},
        "nonce": secrets.token_urlsafe(NONCE_BYTES),
        "enforce_nonce": True,
    }
    if roles:
        more = f" and {len(embeds) - 1} more" if len(embeds) > 1 else ""
        news = shortened(embeds[0]["title"], _LONGEST_NEWS)
        payload["content"] = f"{news}{more} {' '.join(f'<@&{role}>' for role in roles)}"
    return payload
