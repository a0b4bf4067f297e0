"""After a copy of the database was restored: what is in a channel already is not sent again.

A copy lacks what was posted after it was made, whether `restore` put it back or somebody copied the
file. Before the first post to a channel in each run, the messages that are newer than the last
recorded one are read, unless Discord says that there are none. The bot's own among them are
recorded (`unrecorded_embeds`), and waiting deliveries are compared with them by reference.
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from discord.utils import snowflake_time, time_snowflake

from bot.delivery.lists import is_title_of_list
from bot.delivery.matching import Urgency
from bot.delivery.references import reference_in
from bot.delivery.render import DIGEST_TITLE
from bot.delivery.rest import JSON, PAGE, Rest
from bot.delivery.subscriptions import Destination
from bot.delivery.threads import own_threads
from bot.store import deliveries, outbox, threads, unrecorded
from bot.store.codec import Row
from bot.store.deliveries import CLAIM, DeliveryKind
from bot.store.posts import Purpose, last_receipt, sealed_for
from bot.store.references import delivery_reference, says_as, without_words
from bot.store.unrecorded import (
    HistoryCompared,
    MessageFound,
    UnrecordedContradicted,
    UnrecordedEmbed,
    UnrecordedMatched,
)
from bot.store.writer import Transaction

log = logging.getLogger(__name__)

_PAGES_OF_ORIGINAL = 3
"""Pages of a hundred messages that are read if nothing shows that the file is a copy."""
_VERSIONS_AHEAD = 30
"""How many later versions of a claim may have been told since the copy was made."""
_MOST_WAITING = 10_000
_DAY = 24 * 3600 * 1000 << 22
"""By how much the ids of messages grow in a day."""
_PUBLISHED_FLAG = 1
"""The flag of a message that was published to other servers.
https://discord.com/developers/docs/resources/message#message-object-message-flags"""
_KEPT = ("title", "description", "url", "color", "timestamp", "footer", "fields", "author")
_MARKED = re.compile(r"^WITHDRAWN: ~~(?P<struck>.*)~~$|^CORRECTION: (?P<corrected>.*)$", re.DOTALL)


async def newer_messages(
    rest: Rest, reads: sqlite3.Connection, destination: Destination
) -> list[JSON]:
    """Return the bot's messages that are newer than the last recorded one, oldest first.

    After a restore also those of the day before the copy that were edited since. Raises what
    `Rest` raises.
    """
    restored_after = unrecorded.unknown_after(reads, destination.id)
    # A board's or the desk's message may be newer than alerts that the file does not know of.
    receipt = last_receipt(reads, destination.id, Purpose.DELIVERIES)
    bound = _message_id(receipt) if restored_after is None else restored_after
    found: list[JSON] = []
    is_copy = restored_after is not None
    in_threads = await _threads_of(rest, reads, destination, is_copy=is_copy)
    if in_threads is None or not in_threads.is_forum:
        place = await rest.channel_of(
            destination,
            None if receipt is None or not destination.is_direct else receipt["channel_id"],
        )
        newest = rest.newest_in(place)
        if is_copy or newest is None or newest > bound:
            found += await _newer_in(rest, place, bound, is_copy=is_copy)
    for thread, newest in in_threads.newest.items() if in_threads else ():
        if is_copy or newest > bound:
            found += await _newer_in(rest, thread, bound, is_copy=is_copy)
    return sorted(found, key=lambda message: int(message["id"]))


@dataclass(frozen=True, slots=True)
class _Threads:
    """A destination's threads with their newest messages, and whether it is a forum."""

    newest: dict[int, int]
    is_forum: bool


async def _threads_of(
    rest: Rest, reads: sqlite3.Connection, destination: Destination, *, is_copy: bool
) -> _Threads | None:
    """Return the bot's threads in a channel that uses them, or that a copy may not know to."""
    if destination.is_direct or not (is_copy or threads.uses_threads(reads, destination.id)):
        return None
    newest = {
        int(one["id"]): int(one.get("last_message_id") or one["id"])
        for one in await own_threads(rest, destination)
    }
    return _Threads(newest, threads.grouping_of(reads, destination.id)[1])


async def _newer_in(rest: Rest, place: int, bound: int, *, is_copy: bool) -> list[JSON]:
    """Return the bot's messages in a channel or thread that are newer than *bound*.

    Of a copy also those of the day before that were edited since.
    """
    floor = max(0, bound - _DAY) if is_copy else bound
    found: list[JSON] = []
    before, pages = None, 0
    while is_copy or found or pages < _PAGES_OF_ORIGINAL:
        page = await rest.page(place, before)
        newer = [message for message in page if int(message["id"]) > floor]
        found += [
            message
            for message in newer
            if rest.is_ours(message)
            and _unrecorded_in(message)
            and (int(message["id"]) > bound or _edited_since(message, bound))
        ]
        if len(newer) < PAGE:
            break
        before, pages = min(int(message["id"]) for message in newer), pages + 1
    return found


def _edited_since(message: JSON, other: int) -> bool:
    """Return whether a message was edited after another was posted."""
    edited = message.get("edited_timestamp")
    return edited is not None and datetime.fromisoformat(edited) > snowflake_time(other)


def _message_id(receipt: Row | None) -> int:
    return 0 if receipt is None else int(receipt["message_id"])


def write_down(
    tx: Transaction,
    destination: Destination,
    messages: Sequence[JSON],
    restore: int,
    at: datetime,
) -> None:
    """Record those of the bot's *messages* that belong to no post in the database.

    They prove that the file is a copy, even if nobody said so. The history counts as compared if
    *restore*, for which it was read, is still the last restore.
    """
    db = tx.db.conn
    post = sealed_for(db, destination.id)
    under_way = deliveries.deliveries_of(db, post["id"]) if post is not None else []
    settled = {row["reference"] for row in under_way}
    last = _message_id(last_receipt(db, destination.id, Purpose.DELIVERIES))
    known = {
        int(message["id"]): found
        for message in messages
        if (found := unrecorded.post_of(db, destination.id, int(message["id"]))) is not None
    }
    unknown = [
        message
        for message in messages
        if int(message["id"]) not in known
        and not any(embed.reference in settled for embed in _unrecorded_in(message))
    ]
    if unknown and not _is_known_copy(db, unknown):
        log.warning(
            "Channel %d has messages of the bot that the database has no record of: it is "
            "an older copy. What was posted since is not posted again.",
            destination.id,
        )
        unrecorded.mark_restored(tx, at, after=last or _a_day_before(unknown[0]))
    claims = _claims_told(tx, destination.id) if unknown else {}
    for message in unknown:
        tx.append(_message_found(destination, message, claims), at)
    bound = unrecorded.unknown_after(db, destination.id)
    if bound is not None and unrecorded.last_restore(db) == restore:
        edited = tuple(
            known[number]
            for message in messages
            if (number := int(message["id"])) in known and _edited_since(message, bound)
        )
        tx.append(HistoryCompared(destination.id, restore, edited), at)


def _is_known_copy(db: sqlite3.Connection, unknown: Sequence[JSON]) -> bool:
    """Whether the file was marked as restored after all these messages were posted."""
    said = unrecorded.last_restored_at(db)
    return said is not None and all(_posted_at(message) < said for message in unknown)


def _posted_at(message: JSON) -> datetime:
    return snowflake_time(int(message["id"]))


def _a_day_before(message: JSON) -> int:
    return time_snowflake(_posted_at(message) - timedelta(days=1))


def _claims_told(tx: Transaction, destination: int) -> dict[str, tuple[str, str]]:
    """Return the claims that a destination was told of, by the beginning of their references.

    An unrecorded embed may contradict such a claim even if no delivery waits.
    """
    return {
        beginning: (claim["night"], claim["council"])
        for claim in unrecorded.claims_told(tx.db.conn, destination)
        for beginning in _beginnings(destination, claim)
    }


def _beginnings(destination: int, claim: Row) -> Iterable[str]:
    """Yield how the references of a claim's versions begin, later versions included."""
    for version in range(1, claim["version"] + _VERSIONS_AHEAD):
        night, council = claim["night"], claim["council"]
        yield without_words(
            delivery_reference(destination, night, council, CLAIM, version, said="")
        )


def _message_found(
    destination: Destination, message: JSON, claims: Mapping[str, tuple[str, str]]
) -> MessageFound:
    embeds = [{key: embed[key] for key in _KEPT if key in embed} for embed in message["embeds"]]
    number = int(message["id"])
    return MessageFound(
        destination=destination.id,
        guild_id=destination.guild_id,
        channel_id=int(message["channel_id"]),
        message_id=number,
        sent_at=_posted_at(message),
        payload=json.dumps({"embeds": embeds}, ensure_ascii=False, separators=(",", ":")),
        embeds=tuple(
            replace(told, night=claim[0], council=claim[1])
            if (claim := claims.get(without_words(told.reference)))
            else told
            for told in _unrecorded_in(message)
        ),
        published=bool(message.get("flags", 0) & _PUBLISHED_FLAG),
    )


def _unrecorded_in(message: JSON) -> list[UnrecordedEmbed]:
    """Return the embeds that carry a reference, each reference once; late lists are left out."""
    found: dict[str, UnrecordedEmbed] = {}
    for position, embed in enumerate(message["embeds"]):
        reference = reference_in(str(embed.get("footer", {}).get("text", "")))
        title = str(embed.get("title", ""))
        if reference is not None and reference not in found and not is_title_of_list(title):
            if worded := _MARKED.match(title):
                title = worded["struck"] or worded["corrected"] or ""
                title = title.removeprefix("CORRECTION: ")
            found[reference] = UnrecordedEmbed(position, reference, title)
    return list(found.values())


def match_waiting(tx: Transaction, destination: int, at: datetime) -> None:
    """Record waiting deliveries as sent if they are in the channel already.

    A delivery that contradicts what the channel was told last becomes a correction.
    """
    db = tx.db.conn
    if not unrecorded.unrecorded_in(db, destination):
        return
    for row in deliveries.waiting(db, destination, _MOST_WAITING):
        ours = _of_same_claim(row, unrecorded.unrecorded_in(db, destination))
        if not ours:
            continue
        arrived = _matching_embed(db, row, ours)
        if arrived is not None:
            others = tuple(_place(each) for each in ours if each is not arrived)
            tx.append(UnrecordedMatched(row["id"], *_place(arrived), others), at)
        elif row["kind"] == DeliveryKind.ALERT or any(each["council"] is None for each in ours):
            becomes, urgency = DeliveryKind(row["kind"]), int(row["urgency"])
            if becomes is DeliveryKind.ALERT:
                becomes, urgency = DeliveryKind.CORRECTION, Urgency.CORRECTION
            places = tuple(_place(each) for each in ours)
            tx.append(UnrecordedContradicted(row["id"], becomes, urgency, places), at)


def _of_same_claim(row: Row, found: Sequence[Row]) -> list[Row]:
    """Return the embeds about the same claim as a delivery, in any version."""
    if row["subject"] != CLAIM:
        digest = row["kind"] == DeliveryKind.DIGEST
        return [
            embed
            for embed in found
            if embed["reference"] == row["reference"]
            or (digest and embed["title"].endswith(DIGEST_TITLE))
        ]
    claim = set(_beginnings(row["destination"], row))
    return [embed for embed in found if without_words(embed["reference"]) in claim]


def _matching_embed(db: sqlite3.Connection, row: Row, ours: Sequence[Row]) -> Row | None:
    """Return the embed that says what a delivery says: the same version, else the last embed.

    One that says what the delivery's version completes is no contradiction.
    """
    same = [embed for embed in ours if embed["reference"] == row["reference"]]
    if same:
        return same[-1]
    last = ours[-1]
    if row["subject"] != CLAIM or says_as(last["reference"], row["reference"]):
        return last
    claim = outbox.claim(db, row["outbox"])
    agrees = claim is not None and unrecorded.says_what_holds(db, last["reference"], claim)
    return last if agrees else None


def _place(embed: Row) -> tuple[int, int]:
    return int(embed["post_id"]), int(embed["position"])
