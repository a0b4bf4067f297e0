"""When a destination is told of an alert: at once, in the morning, or with others."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.delivery.matching import content_of
from bot.election.alert_kinds import AlertKind, Level
from bot.election.calm import HOLDS_TOGETHER, Calm, Sort
from bot.election.claims import BallotDeclared, ClaimContent, Due, LargestParty
from bot.store import outbox
from bot.store.calm import Gathered, calm_of, list_due, told_at
from bot.store.codec import Row
from bot.store.deliveries import DeliveryKind, NewDelivery
from bot.store.writer import Transaction

SUPPRESS_NOTIFICATIONS = 1 << 12
"""Discord's flag of a message that is there without a push."""


def calmly(
    db: sqlite3.Connection, new: NewDelivery, level: Level, at: datetime, *, may_wait: bool = False
) -> NewDelivery:
    """Return a new delivery as its destination wants to be told of what is on a *level*.

    *may_wait*: it is a hold, and no subscription names what it is about. A correction is never
    held: what is wrong must not stand until the morning.
    """
    if new.kind not in (DeliveryKind.ALERT, DeliveryKind.SUMMARY):
        return new
    calm = calm_of(db, new.destination)
    if level.rank < calm.pings.rank:
        new = replace(new, roles=())
    if (morning := calm.quiet_ends(at)) is not None:
        return replace(new, gathered=Gathered.MORNING, held_until=morning)
    if new.kind is DeliveryKind.SUMMARY:
        return new
    until = _list_for(db, new.destination, calm, at, may_wait=may_wait)
    if until is None:
        return new
    return replace(new, gathered=Gathered.TOGETHER, held_until=until)


def _list_for(
    db: sqlite3.Connection,
    destination: int,
    calm: Calm,
    at: datetime,
    *,
    may_wait: bool,
) -> datetime | None:
    """Return when the list is due that an alert waits for, None if it is told at once.

    Holds wait for each other. Of the rest the first is told at once; what follows within minutes
    is one list.
    """
    minutes = calm.together
    if may_wait:
        minutes = max(minutes, HOLDS_TOGETHER)
    if not minutes:
        return None
    if (due := list_due(db, destination)) is not None:
        return due
    if may_wait:
        return at + timedelta(minutes=minutes)
    last = told_at(db, destination)
    if last is None or at >= last + timedelta(minutes=minutes):
        return None
    return min(last, at) + timedelta(minutes=minutes)


_SORTS = {
    DeliveryKind.SUMMARY: Sort.SUMMARIES,
    DeliveryKind.DIGEST: Sort.SUMMARIES,
    DeliveryKind.CORRECTION: Sort.CORRECTIONS,
    DeliveryKind.RETRACTION: Sort.CORRECTIONS,
}


def is_silent(tx: Transaction, calm: Calm, rows: Sequence[Row], at: datetime) -> bool:
    """Whether deliveries are posted without a push: all their sorts are silent, or the hour is."""
    if calm.quiet_ends(at) is not None:
        return True
    return bool(calm.silent) and all(_sort_of(tx, row) in calm.silent for row in rows)


def _sort_of(tx: Transaction, row: Row) -> Sort | None:
    if row["kind"] != DeliveryKind.ALERT:
        return _SORTS.get(DeliveryKind(row["kind"]))
    claim = outbox.claim(tx.db.conn, row["outbox"])
    match None if claim is None else content_of(claim):
        case ClaimContent() as content:
            is_hold = content.alert_kind is AlertKind.HOLD
            return Sort.HOLDS if is_hold else Sort.CHANGES
        case BallotDeclared() | LargestParty():
            return Sort.CONTESTS
        case Due():
            return Sort.REMINDERS
    return Sort.MILESTONES
