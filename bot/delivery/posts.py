"""Posts: waiting deliveries to a destination become one message, sealed before it is sent."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from bot.cards.card import MESSAGE_CARDS, MESSAGE_CHARACTERS, MESSAGE_CONTENT, length_of
from bot.delivery.buttons import how_we_know_buttons
from bot.delivery.calm import SUPPRESS_NOTIFICATIONS, is_silent
from bot.delivery.lists import held_by, late_line, list_embed
from bot.delivery.matching import Urgency, content_of, content_told, is_still_followed
from bot.delivery.render import Embed, Renderer
from bot.delivery.sending import Post, as_text, with_nonce
from bot.delivery.subscriptions import Destination
from bot.delivery.threads import Room, number_of, room_of
from bot.election.claims import SEPARATOR
from bot.errors import is_of_the_machine
from bot.store import deliveries, outbox, pausing, posts, service_notices
from bot.store.calm import Gathered, calm_of, gathered_of
from bot.store.codec import Row
from bot.store.deliveries import DeliveriesQueued, DeliveryKind, DeliveryState, NewDelivery
from bot.store.pausing import PostReturned
from bot.store.posts import DeliveryDropped, PostFailed, PostSealed
from bot.store.service_notices import DeskChannel
from bot.store.summaries import is_followed_by_another
from bot.store.writer import Transaction
from bot.wording.text import shortened

log = logging.getLogger(__name__)
Thread = Room | int | None
T = TypeVar("T")

_MOST_LATE = 3_500
"""Characters in a list of late deliveries; leaves room, as corrected lines may be longer."""
_LISTED_FROM = 4
"""So many alerts that came together are a list; fewer are their cards in one message."""
_IN_A_GROUP = 26
"""The characters of a hold in a list that groups them by who holds: a name and its comma."""
_LONGEST_NEWS = 400
_PING = 25
"""The most characters of a role's mention, with the space before it."""
_MOST_ROLES = (MESSAGE_CONTENT - _LONGEST_NEWS - len(" and 9 more")) // _PING


def sealed_post(tx: Transaction, destination: int) -> Post | None:
    """Return the sealed post to *destination* that has no receipt: it may have arrived."""
    row = posts.sealed_for(tx.db.conn, destination)
    if row is None:
        return None
    return Post.of(row, deliveries.deliveries_of(tx.db.conn, row["id"]), late=bool(row["late"]))


def seal(
    tx: Transaction,
    renderer: Renderer,
    destination: int,
    *,
    at: datetime,
    after: int,
    desk: DeskChannel | None = None,
) -> Post | None:
    """Seal the next message to *destination*, with as many deliveries as one message can hold.

    *at* is simulated time, *after* the newest message known there. Corrections come first, then
    changes of hands, then the rest. Returns None if nothing waits. The *desk* is told of
    deliveries that cannot be rendered.
    """
    renderer.learn_names(tx.db.conn)  # lists and the names of threads say them too
    if to_list := _next_list(tx, destination):
        return _seal_list(tx, renderer, to_list, at, after, desk=desk) or seal(
            tx, renderer, destination, at=at, after=after, desk=desk
        )
    chosen: list[Row] = []
    embeds: list[Embed] = []
    room = MESSAGE_CHARACTERS
    waiting = deliveries.waiting(tx.db.conn, destination, MESSAGE_CARDS)
    thread: Thread = None
    for row in waiting:
        goes_to = room_of(tx, renderer.almanac, row)
        if chosen and goes_to != thread:
            continue
        if chosen and (_is_alone(row) or _is_notice(row) is not _is_notice(chosen[0])):
            break
        ours = _embeds_of(tx, renderer, row, at, desk)
        if ours is None:
            continue
        room -= _most_length(ours)
        if chosen and (room < 0 or len(embeds) + len(ours) > MESSAGE_CARDS):
            break
        chosen.append(row)
        thread = goes_to
        embeds += ours
        if _is_alone(row):
            break
    if chosen:
        return _sealed(tx, renderer, chosen, embeds, at=at, after=after, thread=thread)
    # All of them were dropped; more may wait.
    if not waiting:
        return None
    return seal(tx, renderer, destination, at=at, after=after, desk=desk)


def _next_list(tx: Transaction, destination: int) -> list[Row]:
    """Return what is told in one list next: what is late, or else what is gathered.

    Few that came together keep their cards.
    """
    if late := pausing.late_of(tx.db.conn, destination):
        return late
    rows = gathered_of(tx.db.conn, destination)
    first = [row for row in rows if row["gathered"] == rows[0]["gathered"]]
    together = first and first[0]["gathered"] == Gathered.TOGETHER
    return [] if together and len(first) < _LISTED_FROM else first


def _seal_list(
    tx: Transaction,
    renderer: Renderer,
    to_list: Sequence[Row],
    at: datetime,
    after: int,
    *,
    desk: DeskChannel | None,
) -> Post | None:
    """Seal one message that lists late or gathered deliveries, as many as there is room for."""
    chosen: list[Row] = []
    room = _MOST_LATE
    thread: Thread = None
    for row in to_list:
        goes_to = room_of(tx, renderer.almanac, row)
        if chosen and goes_to != thread:
            continue
        if _is_late_reminder(tx, row, at) or _is_moot(tx, renderer, row, at):
            continue
        if _is_out_of_date(tx, row, at):
            continue
        line = _worded(tx, row, at, desk, lambda row: late_line(renderer, tx.db.conn, row))
        if line is None:
            continue
        room -= _IN_A_GROUP if held_by(renderer, tx.db.conn, row) else len(line) + 1
        if chosen and room < 0:
            break
        chosen.append(row)
        thread = goes_to
    if not chosen:
        return None
    embeds = [list_embed(renderer, tx.db.conn, chosen)]
    return _sealed(tx, renderer, chosen, embeds, at=at, after=after, thread=thread, digest=True)


def _sealed(
    tx: Transaction,
    renderer: Renderer,
    chosen: Sequence[Row],
    embeds: Sequence[Embed],
    *,
    at: datetime,
    after: int,
    thread: Thread,
    digest: bool = False,
) -> Post:
    """Write the entry of a message; in a list of what is late only corrections ping.

    Where spoilers are wanted the message shows the embeds hidden.
    """
    pinging = [
        row
        for row in chosen
        if (not digest and row["gathered"] != Gathered.MORNING)
        or row["urgency"] == Urgency.CORRECTION
        or (row["gathered"] == Gathered.TOGETHER and not row["late"])
    ]
    said = None
    calm = calm_of(tx.db.conn, chosen[0]["destination"])
    if calm.spoilers and not _is_notice(chosen[0]):
        said = json.dumps(embeds, ensure_ascii=False)
        embeds = renderer.hidden(tx.db.conn, chosen, embeds, is_list=digest)
    payload = _payload(embeds, pinging, always=said is not None)
    if not digest and said is None:
        buttons = how_we_know_buttons(chosen, renderer.almanac.councils)
        payload.update({"components": buttons} if buttons else {})
    if is_silent(tx, calm, chosen, at):
        payload["flags"] = SUPPRESS_NOTIFICATIONS
    entry = PostSealed(
        destination=chosen[0]["destination"],
        guild_id=chosen[0]["guild_id"],
        nonce=payload["nonce"],
        payload=as_text(payload),
        deliveries=tuple(row["id"] for row in chosen),
        urgency=chosen[0]["urgency"],
        after=after,
        digest=digest,
        said=said,
        thread=number_of(tx, thread, chosen[0], at),
    )
    return Post(
        id=tx.append(entry, at),
        place=Destination(entry.destination, entry.guild_id),
        payload=payload,
        reference=chosen[0]["reference"],
        after=after,
        is_new=True,
        thread=entry.thread,
    )


def give_back(tx: Transaction, post: int, at: datetime, *, alone: bool = False) -> None:
    """Let the deliveries of a post that never arrived wait again, each *alone* if so wanted.

    While the post was under way its deliveries counted as seen. If a claim has changed meanwhile,
    its delivery is dropped, and the correction tells what holds.
    """
    db = tx.db.conn
    turned = [row for row in deliveries.deliveries_of(db, post) if _has_turned(tx, row)]
    tx.append(PostReturned(post, alone, tuple(row["id"] for row in turned)), at)
    for row in turned:
        if (owed := _owed(tx, row)) is not None:
            first = deliveries.next_delivery_id(db)
            tx.append(DeliveriesQueued(first, (owed,), (), deliveries.cursor(db)), at)


def _owed(tx: Transaction, row: Row) -> NewDelivery | None:
    """Return a correction of what was told before *row*, None if nothing is to be corrected.

    The destination seemed to have seen *row*, so the expansion queued no correction for it.
    """
    db, destination = tx.db.conn, row["destination"]
    latest = outbox.latest_version(db, row["night"], row["council"])
    wrong = deliveries.what_it_corrects(db, row)
    if latest is None or wrong is None or deliveries.is_to_be_told(db, latest, destination):
        return None
    said, holds = content_told(tx, wrong, row["council"]), content_of(latest)
    if said is None or said == holds:
        return None
    return NewDelivery(
        destination=destination,
        guild_id=row["guild_id"],
        kind=DeliveryKind.CORRECTION if holds else DeliveryKind.RETRACTION,
        outbox=latest["outbox"],
        night=row["night"],
        council=row["council"],
        version=latest["version"],
        urgency=Urgency.CORRECTION,
        roles=tuple(_roles_of(wrong)),
        corrects=wrong["id"],
    )


def _has_turned(tx: Transaction, row: Row) -> bool:
    """Whether a delivery's claim has changed since, or a newer delivery of it waits."""
    if row["subject"] != deliveries.CLAIM:
        return False
    db = tx.db.conn
    told, holds = (
        outbox.claim_told(db, row, row["council"]),
        outbox.latest_version(db, row["night"], row["council"]),
    )
    if told is None or holds is None:
        return False
    return deliveries.is_newer_waiting(db, row) or content_of(told) != content_of(holds)


def _is_alone(row: Row) -> bool:
    """Whether a delivery is sent in a message of its own."""
    return bool(row["kind"] == DeliveryKind.SUMMARY or row["alone"])


def _is_notice(row: Row) -> bool:
    return bool(row["kind"] == DeliveryKind.SERVICE_NOTICE)


def _is_late_reminder(tx: Transaction, row: Row, at: datetime) -> bool:
    """Drop a delivery that is a reminder, as it is late; return whether it was one."""
    if not row["council"].startswith(f"due{SEPARATOR}"):
        return False
    reason = "It came too late to be a reminder."
    tx.append(DeliveryDropped(row["id"], DeliveryState.REPLACED, reason), at)
    return True


def _is_out_of_date(tx: Transaction, row: Row, at: datetime) -> bool:
    """Drop a held summary after which another was written; return whether it was dropped."""
    if row["kind"] != DeliveryKind.SUMMARY or not is_followed_by_another(tx.db.conn, row):
        return False
    reason = "A later edition takes its place."
    tx.append(DeliveryDropped(row["id"], DeliveryState.REPLACED, reason), at)
    return True


def _is_moot(tx: Transaction, renderer: Renderer, row: Row, at: datetime) -> bool:
    """Drop a delivery that is of no use any more; return whether it was dropped.

    It corrects nothing that was sent, is about a pause that is over, or is no longer followed.
    """
    if row["kind"] in (DeliveryKind.CORRECTION, DeliveryKind.RETRACTION):
        wrong = deliveries.what_it_corrects(tx.db.conn, row)
        is_retraction = row["kind"] == DeliveryKind.RETRACTION
        if wrong is None and is_retraction:
            reason = "What it withdraws was never sent."
        elif wrong is not None and _says_the_same(tx, wrong, row):
            reason = "It says what was told here last."
        else:
            return False
    elif _is_notice(row) and not row["outbox"]:
        place = service_notices.paused_place(tx.db.conn, row["version"])
        if place is not None and place["reason"] is not None:
            return False
        reason = "The pause was over before it could be told."
    elif not is_still_followed(tx, renderer.almanac, row):
        reason = "Nothing that is followed here is about it any more."
    else:
        return False
    tx.append(DeliveryDropped(row["id"], DeliveryState.REPLACED, reason), at)
    return True


def _says_the_same(tx: Transaction, told: Row, row: Row) -> bool:
    council = row["council"]
    return content_told(tx, told, council) == content_told(tx, row, council)


def _embeds_of(
    tx: Transaction, renderer: Renderer, row: Row, at: datetime, desk: DeskChannel | None
) -> list[Embed] | None:
    """Return a delivery's embeds; drop it if it is moot or cannot be rendered."""
    if _is_moot(tx, renderer, row, at):
        return None
    return _worded(tx, row, at, desk, lambda row: renderer.embeds(tx.db.conn, row))


def _worded(
    tx: Transaction, row: Row, at: datetime, desk: DeskChannel | None, words: Callable[[Row], T]
) -> T | None:
    """Return a delivery's *words*; drop the delivery if rendering fails.

    A fault of the machine is not the delivery's, and is raised.
    """
    try:
        _roles_of(row)
        return words(row)
    except Exception as error:  # one bad row must not block the others
        if is_of_the_machine(error):
            raise
        log.exception("Delivery %d cannot be rendered", row["id"])
        drop(tx, row, f"It could not be put into words: {error}", at, desk)
        return None


def drop(tx: Transaction, row: Row, reason: str, at: datetime, desk: DeskChannel | None) -> None:
    """Fail a waiting delivery for a fault of the bot's own; the *desk* is told."""
    told = None if _is_notice(row) else pausing.notice_target(tx.db.conn, None, desk)
    tx.append(DeliveryDropped(row["id"], DeliveryState.FAILED, reason, told), at)


def _most_length(embeds: Sequence[Embed]) -> int:
    """Return the length of a delivery's embeds, now or once they are struck if that is more."""
    struck = sum(2 * len(each["title"]) + 350 for each in embeds if len(embeds) == 1)
    return max(length_of(embeds), min(struck, MESSAGE_CHARACTERS // MESSAGE_CARDS))


def _roles_of(row: Row) -> list[int]:
    return list(json.loads(row["roles"]))


def _payload(
    embeds: Sequence[Embed], rows: Sequence[Row], *, always: bool = False
) -> dict[str, Any]:
    """Return the message's body. The news precedes the pings, as push previews are cut short.

    A preview shows the content: with *always* there is one, so that it shows nothing else.
    """
    every = dict.fromkeys(role for row in rows for role in _roles_of(row))
    roles = list(every)[:_MOST_ROLES]
    mentions = {"parse": [], "roles": [str(role) for role in roles]}
    payload = with_nonce({"embeds": list(embeds), "allowed_mentions": mentions})
    if roles or always:
        more = f" and {len(embeds) - 1} more" if len(embeds) > 1 else ""
        news = shortened(embeds[0]["title"], _LONGEST_NEWS)
        payload["content"] = f"{news}{more} {' '.join(f'<@&{role}>' for role in roles)}".rstrip()
    return payload


def fail(tx: Transaction, post: int, reason: str, at: datetime, desk: DeskChannel | None) -> None:
    """Record that a post cannot be sent; the *desk* is told.

    If it has several deliveries, each is sent again alone, so that only the faulty one fails; not
    those of a list of what is late.
    """
    db = tx.db.conn
    row = posts.post(db, post)
    if row is None:
        return  # it was erased meanwhile
    rows = deliveries.deliveries_of(db, post)
    if len(rows) > 1 and not any(each["late"] for each in rows):
        give_back(tx, post, at, alone=True)
        return
    is_news = any(each["kind"] != DeliveryKind.SERVICE_NOTICE for each in rows)
    told = pausing.notice_target(db, None, desk) if is_news else None
    tx.append(PostFailed(post, reason, told), at)


def give_up(
    tx: Transaction, destination: int, reason: str, at: datetime, desk: DeskChannel | None
) -> bool:
    """Fail what is next for a destination, because of repeated faults of the bot's own.

    That is the sealed post or, if none is sealed, the delivery that would come first in it.
    Returns whether there was any.
    """
    sealed = posts.sealed_for(tx.db.conn, destination)
    if sealed is not None:
        fail(tx, sealed["id"], reason, at, desk)
        return True
    first = _next_list(tx, destination) or deliveries.waiting(tx.db.conn, destination, 1)
    if first:
        drop(tx, first[0], reason, at, desk)
    return bool(first)
