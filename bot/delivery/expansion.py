"""Expansion: from the outbox to deliveries. Who is told of a claim's version, and as what.

Each batch moves a stored cursor, so that a process that stops at any moment resumes there.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.delivery.batches import BATCH, Batch, Queued, queued_of, unique_in_order
from bot.delivery.calm import calmly
from bot.delivery.debounce import is_flapping, settled_flapping
from bot.delivery.matching import (
    Audience,
    Heard,
    Recipient,
    Told,
    Urgency,
    claim_topics,
    content_of,
    content_told,
    is_hold,
    level_and_topics,
    lists_holding,
    urgency_of,
)
from bot.election.alert_kinds import AlertKind, Level
from bot.election.almanac import Almanac
from bot.election.claims import ClaimContent, ClaimState, Due, same_news
from bot.errors import is_of_the_machine
from bot.store import (
    deliveries,
    destinations,
    edits,
    outbox,
    pausing,
    service_notices,
)
from bot.store.claims import notice_of
from bot.store.codec import Row
from bot.store.deliveries import (
    Cursor,
    DebouncedQueued,
    DeliveriesQueued,
    DeliveryKind,
    DeliveryState,
    NewDelivery,
)
from bot.store.posts import is_list
from bot.store.service_notices import ClaimPassedOver, DeskChannel
from bot.store.writer import Transaction

log = logging.getLogger(__name__)

_MOST_CLAIMS = 200
_SEEN = (DeliveryState.SEALED, DeliveryState.SENT)
_UNSENT = (DeliveryState.HELD, DeliveryState.WAITING)


@dataclass(slots=True)
class _Draft:
    """A batch in the making."""

    cursor: Cursor
    deliveries: list[NewDelivery] = field(default_factory=list)
    replaced: list[int] = field(default_factory=list)
    debounced: list[int] = field(default_factory=list)
    outdated: dict[int, int] = field(default_factory=dict)
    """Posts whose messages no longer hold, with their destinations."""
    passed_over: dict[int, str] = field(default_factory=dict)
    """By outbox number: claims that a fault, given here, keeps from being told to everybody."""

    @property
    def room(self) -> int:
        return BATCH - len(self.deliveries) - len(self.replaced) - len(self.outdated)

    def hides_the_history_of(self, claim: Row) -> bool:
        """Return whether this batch tells an earlier version, which the tables lack until then."""
        others = _same_news(claim)
        if any(new.council in others for new in self.deliveries):
            return True
        return claim["version"] > 1 and any(
            new.council in ("", claim["council"]) for new in self.deliveries
        )


@contextmanager
def _passing_over(draft: _Draft, claim: Row) -> Iterator[None]:
    """Pass over a claim that a fault of the program keeps from being told.

    Otherwise it would block every later claim.
    """
    try:
        yield
    except Exception as error:
        if is_of_the_machine(error):
            raise
        log.exception("Claim %d of %s cannot be told", claim["outbox"], claim["council"])
        draft.passed_over[claim["outbox"]] = repr(error)


def _same_news(claim: Row) -> tuple[str, ...]:
    """Return the keys of other claims that tell the same news as a milestone."""
    notice = notice_of(claim) if claim["of_notice"] else None
    return () if notice is None else same_news(notice, date.fromisoformat(claim["night"]))


def expand(
    tx: Transaction, almanac: Almanac, at: datetime, desk: DeskChannel | None = None
) -> Batch:
    """Queue the next batch of deliveries and move the cursor; tell the *desk* of failures."""
    db = tx.db.conn
    draft = _Draft(deliveries.cursor(db))
    start = draft.cursor
    for _ in range(_MOST_CLAIMS):
        claims = outbox.claims_after(db, draft.cursor.outbox, 1)
        if not claims or draft.room <= 0 or draft.hides_the_history_of(claims[0]):
            break
        (claim,) = claims
        understood = False
        with _passing_over(draft, claim):
            if claim["seeded"] and claim["version"] == 1:
                _expand_seeded(tx, draft, almanac, claim)
            else:
                _expand_claim(tx, draft, almanac, claim, at)
            understood = True
        if not understood:
            draft.cursor = Cursor(claim["outbox"])
    queued: tuple[Queued, ...] = ()
    if draft.cursor != start:
        first = deliveries.next_delivery_id(db)
        entry = DeliveriesQueued(
            first,
            tuple(draft.deliveries),
            tuple(draft.replaced),
            draft.cursor,
            tuple(draft.debounced),
            tuple(draft.outdated),
        )
        tx.append(entry, at)
        queued = queued_of(first, draft.deliveries)
    _tell_the_desk(tx, draft, desk, at)
    finished = draft.cursor.outbox == outbox.newest_outbox(db)
    return Batch(queued, draft.cursor.outbox, finished, tuple(set(draft.outdated.values())))


def _tell_the_desk(tx: Transaction, draft: _Draft, desk: DeskChannel | None, at: datetime) -> None:
    """Record the claims that were passed over; the *desk* is told once of each."""
    for number, reason in draft.passed_over.items():
        is_told = service_notices.is_told_of_claim(tx.db.conn, number)
        told = None if is_told else pausing.notice_target(tx.db.conn, None, desk)
        tx.append(ClaimPassedOver(number, reason, told), at)


def expand_debounced(
    tx: Transaction, almanac: Almanac, at: datetime, desk: DeskChannel | None = None
) -> Batch:
    """Queue the next batch of deliveries of flapping claims that have settled."""
    db = tx.db.conn
    due = settled_flapping(db, at)
    if not due:
        return Batch((), 0, finished=True)
    row = due[0]
    draft = _Draft(Cursor(row["outbox"], row["expanded_to"]))
    bound = None
    if not row["outdated"]:
        with _passing_over(draft, row):
            bound = _tell_destinations(tx, draft, almanac, row, still=True, at=at)
    first = deliveries.next_delivery_id(db)
    entry = DebouncedQueued(
        row["outbox"],
        first,
        tuple(draft.deliveries),
        tuple(draft.replaced),
        bound or 0,
        complete=bound is None,
    )
    tx.append(entry, at)
    _tell_the_desk(tx, draft, desk, at)
    finished = bound is None and len(due) == 1
    return Batch(queued_of(first, draft.deliveries), 0, finished)


def _expand_claim(
    tx: Transaction, draft: _Draft, almanac: Almanac, claim: Row, at: datetime
) -> None:
    if _is_too_late(tx, claim, at):
        draft.cursor = Cursor(claim["outbox"])
        return
    if not claim["of_notice"]:
        # A reminder is of no use after the declaration.
        draft.replaced += deliveries.waiting_reminders(tx.db.conn, claim["night"], claim["council"])
    flapping = is_flapping(tx.db.conn, claim)
    bound = _tell_destinations(tx, draft, almanac, claim, still=not flapping, at=at)
    if bound is not None:
        draft.cursor = Cursor(draft.cursor.outbox, bound)
        return
    draft.cursor = Cursor(claim["outbox"])
    if flapping:
        draft.debounced.append(claim["outbox"])


def _is_too_late(tx: Transaction, claim: Row, at: datetime) -> bool:
    """Return whether a claim is a reminder whose time has passed or council has declared."""
    notice = content_of(claim)
    if not isinstance(notice, Due):
        return False
    declared = outbox.has_declared(tx.db.conn, claim["night"], notice.council)
    return declared or at >= notice.expected_at


def _tell_destinations(
    tx: Transaction, draft: _Draft, almanac: Almanac, claim: Row, *, still: bool, at: datetime
) -> int | None:
    """Tell a claim's version to destinations after the draft's cursor, as many as have room.

    Returns the last of them, None if no more are left. Unless the claim is *still*, those who saw
    another version are left out.
    """
    db, limit = tx.db.conn, draft.room
    content = content_of(claim)
    level, heard = level_and_topics(tx, almanac, claim, content)
    after = draft.cursor.destination
    audience = Audience()
    if isinstance(content, Due):
        lists = lists_holding(tx, almanac, claim["night"], content.council)
        rows = destinations.reminded(
            db, content.council, lists, older_than=claim["outbox"], after=after, limit=limit
        )
        audience.add_matches(rows, limit)
    audience.add_subscribers(db, heard, older_than=claim["outbox"], after=after, limit=limit)
    if claim["version"] > 1:
        night, council = claim["night"], claim["council"]
        first = outbox.claim_version(db, night, council, 1)
        if first is not None and first["seeded"] and _is_told_in_a_digest(content_of(first)):
            digests = deliveries.digests_of(db, night, first["outbox"], after=after, limit=limit)
            audience.add_history(digests, limit)
        audience.add_history(
            deliveries.of_claim(db, night, council, after=after, limit=limit), limit
        )
    for destination, each in audience.up_to_bound(limit):
        with _passing_over(draft, claim):
            _tell(tx, draft, claim, destination, each, still=still, at=at, level=level)
    return audience.bound


def _tell(
    tx: Transaction,
    draft: _Draft,
    claim: Row,
    destination: int,
    told: Recipient,
    *,
    still: bool,
    at: datetime,
    level: Level,
) -> None:
    """Queue what one destination is told of a claim's version, if anything.

    A destination that was told another version gets a correction, even if no subscription matches
    any more. A version that still waits is replaced. One that was told the same gets nothing, nor
    does one that was told what this version completes: its message is edited.
    Until the claim is *still*, a correction only replaces a waiting delivery. If nothing is
    queued, messages that no longer hold are marked for editing.
    """
    if any(row["outbox"] == claim["outbox"] for row in told.history):
        return  # told while the claim flapped
    waiting = [
        row["id"]
        for row in told.history
        if row["state"] in _UNSENT and row["kind"] != DeliveryKind.DIGEST
    ]
    draft.replaced += waiting
    may_wait = not told.named and is_hold(content_of(claim))
    new = _new_delivery(tx, claim, destination, told, at_once=still or bool(waiting))
    if new is not None:
        draft.deliveries.append(calmly(tx.db.conn, new, level, at, may_wait=may_wait))
    else:
        posts = _outdated(tx, claim, told.history)
        draft.outdated |= dict.fromkeys(posts, destination)


def _new_delivery(
    tx: Transaction, claim: Row, destination: int, told: Recipient, *, at_once: bool
) -> NewDelivery | None:
    """Return one destination's delivery of a claim's version, None for nothing new."""
    content = content_of(claim)
    seen = next((row for row in reversed(told.history) if row["state"] in _SEEN), None)
    said = content_told(tx, seen, claim["council"]) if seen is not None else None
    if seen is not None and (said == content or not at_once):
        return None
    if said is not None and seen is not None:
        kind = DeliveryKind.CORRECTION if content else DeliveryKind.RETRACTION
        roles, urgency, corrects = tuple(json.loads(seen["roles"])), Urgency.CORRECTION, seen["id"]
    elif content is not None and told.matched:
        if not told.history and _was_told_otherwise(tx, claim, destination):
            return None
        kind, corrects = DeliveryKind.ALERT, None if seen is None else seen["id"]
        roles, urgency = unique_in_order(told.roles), urgency_of(content)
    else:
        return None
    return NewDelivery(
        destination=destination,
        guild_id=told.guild_id,
        kind=kind,
        outbox=claim["outbox"],
        night=claim["night"],
        council=claim["council"],
        version=claim["version"],
        urgency=urgency,
        roles=roles,
        corrects=corrects,
    )


def _was_told_otherwise(tx: Transaction, claim: Row, destination: int) -> bool:
    """Return whether the news of a milestone was told there by another claim."""
    others = _same_news(claim)
    return any(deliveries.is_told(tx.db.conn, claim["night"], key, destination) for key in others)


def _outdated(tx: Transaction, claim: Row, history: Sequence[Row]) -> list[int]:
    """Return the posts of a *history* to edit, none if all show what holds.

    Those that told what this version completes say less than it.
    """
    db, content = tx.db.conn, content_of(claim)
    posted = [row for row in history if row["state"] in _SEEN]
    if claim["state"] != ClaimState.COMPLETED and all(
        not row["struck"]
        and row["kind"] != DeliveryKind.DIGEST
        and not is_list(db, row["post_id"])
        and content_told(tx, row, claim["council"]) == content
        and not edits.is_edit_pending(db, row["post_id"])
        for row in posted
    ):
        return []
    return [row["post_id"] for row in posted]


def _is_told_in_a_digest(content: Told | None) -> bool:
    """Return whether a digest names the claim; councils that were held are only counted."""
    if isinstance(content, ClaimContent):
        return content.alert_kind is not AlertKind.HOLD
    return content is not None


def _expand_seeded(tx: Transaction, draft: _Draft, almanac: Almanac, first: Row) -> None:
    """Queue one digest of a feed's backlog for each destination that follows any of it."""
    db, limit, after = tx.db.conn, draft.room, draft.cursor.destination
    run = _seeded_run(tx, first, draft.cursor.until)
    heard: Heard = {}
    for claim in run:
        content = content_of(claim)
        if content is not None:
            for topic, levels in claim_topics(tx, almanac, claim, content).items():
                heard[topic] = heard.get(topic, frozenset()) | levels
    audience = Audience()
    audience.add_subscribers(db, heard, older_than=first["outbox"], after=after, limit=limit)
    last = run[-1]["outbox"]
    draft.deliveries += [
        NewDelivery(
            destination=destination,
            guild_id=each.guild_id,
            kind=DeliveryKind.DIGEST,
            outbox=last,
            night=first["night"],
            council="",
            version=first["outbox"],
            urgency=Urgency.OTHER,
        )
        for destination, each in audience.up_to_bound(limit)
    ]
    if audience.bound is None:
        draft.cursor = Cursor(last)
    else:
        draft.cursor = Cursor(draft.cursor.outbox, audience.bound, last)


def _seeded_run(tx: Transaction, first: Row, until: int) -> list[Row]:
    """Return the seeded claims of one night from *first* on, up to *until* if given."""
    run: list[Row] = []
    for claim in outbox.claims_after(tx.db.conn, first["outbox"] - 1, _LONGEST_RUN):
        ours = claim["seeded"] and claim["version"] == 1 and claim["night"] == first["night"]
        if not ours or (until and claim["outbox"] > until):
            break
        run.append(claim)
    return run


_LONGEST_RUN = 2_000
