"""What became of a claim in one server or in one person's direct messages.

Users see only their own destinations: admins the channels of their server, everybody their direct
messages.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from bot.delivery.debounce import is_the_desks, settles_at
from bot.delivery.matching import Heard, content_of, topics_of
from bot.delivery.references import message_link
from bot.delivery.subscriptions import Destination, Subscription, subscription_of
from bot.election.almanac import Almanac
from bot.election.claims import Basis, ClaimContent, ClaimState
from bot.election.councils import Council
from bot.election.levels import level_of
from bot.election.standings import Source
from bot.store import deliveries, desk, destinations, fates, outbox
from bot.store.calm import Gathered
from bot.store.claims import evidence_of
from bot.store.codec import Row, read
from bot.store.deliveries import DeliveryKind, DeliveryState

_MOST_PLACES = 20
_OFFERED = 25
"""The number of autocomplete choices that Discord shows."""


@dataclass(frozen=True, slots=True)
class Asker:
    """The user who asks and, if they are an admin there, the server they ask in."""

    user: int
    guild: int | None = None

    def may_see(self, destination: int, guild: int | None) -> bool:
        """Return whether the user may see a destination."""
        return destination == self.user if guild is None else guild == self.guild


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a claim: its content (None: withdrawn), when it was made and from what."""

    number: int
    outbox: int
    state: ClaimState
    content: ClaimContent | None
    made_at: datetime
    basis: Basis | None
    by_desk: bool
    seeded: bool
    source: Source | None


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one delivery. `link` leads to its message, once it is sent.

    `late`: it was sent in the list of what had waited while the destination was paused. `gathered`
    is why it is, or was, held for a list until `held_until`.
    `corrected_by` is the reference of its correction; `holds`: what it says is in force now;
    `edit_open`: its message has yet to be edited; `edit_failed`: why that failed.
    """

    reference: str
    kind: DeliveryKind
    version: int
    outbox: int
    state: DeliveryState
    reason: str | None
    queued_at: datetime
    link: str | None
    late: bool
    gathered: Gathered | None
    held_until: datetime | None
    corrected_by: str | None
    holds: bool
    edit_open: bool
    edit_failed: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """A destination with its subscriptions and its deliveries of the claim, oldest first.

    `matching` are the subscriptions that match the newest version, whenever they were made; `below`
    those that follow what it is about on a level on which it is not told.
    """

    destination: Destination
    paused_at: datetime | None
    reason: str | None
    subscriptions: tuple[Subscription, ...]
    matching: tuple[Subscription, ...]
    below: tuple[Subscription, ...]
    fates: tuple[Fate, ...]


@dataclass(frozen=True, slots=True)
class History:
    """A claim's versions, oldest first, and what became of them in each destination.

    `settles_at` is when a flapping claim is told; `expanded` is the last outbox number that was
    expanded; `paused_at` is when the desk paused all alerts.
    """

    versions: tuple[Version, ...]
    places: tuple[Place, ...]
    settles_at: datetime | None
    expanded: int
    paused_at: datetime | None


def history_of(
    db: sqlite3.Connection,
    night: date,
    council: Council,
    asker: Asker,
    almanac: Almanac,
    *,
    only: int | None = None,
) -> History:
    """Return what became of a council's claim in the asker's destinations, or in *only* one."""
    rows = outbox.claim_versions(db, night.isoformat(), council.code)
    pause = desk.pause(db)
    known = destinations.destinations_of(db, asker.guild, asker.user)
    return History(
        versions=tuple(_version(db, row) for row in rows),
        places=tuple(
            _place(db, row, rows, council, almanac)
            for row in known
            if only is None or row["id"] == only
        ),
        settles_at=next(
            (
                settles_at(row)
                for row in outbox.debounced(db)
                if rows and row["outbox"] == rows[-1]["outbox"]
            ),
            None,
        ),
        expanded=deliveries.cursor(db).outbox,
        paused_at=pause.at if pause else None,
    )


def last_posted(db: sqlite3.Connection, asker: Asker) -> list[Row]:
    """Return the last deliveries sent to the asker's destinations, newest first."""
    places = destinations.destinations_of(db, asker.guild, asker.user)[:_MOST_PLACES]
    found = [row for place in places for row in fates.last_posted(db, place["id"], _OFFERED)]
    return sorted(found, key=lambda row: -int(row["id"]))[:_OFFERED]


def _version(db: sqlite3.Connection, row: Row) -> Version:
    evidence = evidence_of(db, row["outbox"])
    return read(
        Version,
        row,
        number=row["version"],
        content=_council_content(row),
        by_desk=is_the_desks(db, row),
        seeded=bool(row["seeded"]) and row["version"] == 1,
        source=evidence.source if evidence else None,
    )


def _council_content(row: Row) -> ClaimContent | None:
    content = content_of(row)
    return content if isinstance(content, ClaimContent) else None


def _place(
    db: sqlite3.Connection, row: Row, claims: list[Row], council: Council, almanac: Almanac
) -> Place:
    destination = Destination(row["id"], row["guild_id"])
    found = [
        subscription_of(each)
        for each in destinations.subscription_rows(db, destination=destination.id)
    ]
    content = next((c for claim in reversed(claims) if (c := _council_content(claim))), None)
    heard: Heard = {}
    if content:
        level = level_of(content, council, date.fromisoformat(claims[0]["night"]), almanac)
        heard = topics_of(content, council, level)
    about = [each for each in found if (each.topic, each.value) in heard]
    return Place(
        destination=destination,
        paused_at=row["paused_at"] and datetime.fromisoformat(row["paused_at"]),
        reason=row["reason"],
        subscriptions=tuple(found),
        matching=tuple(each for each in about if each.level in heard[each.topic, each.value]),
        below=tuple(each for each in about if each.level not in heard[each.topic, each.value]),
        fates=tuple(_fates(fates.history_of(db, claims[0], row["id"]), claims)) if claims else (),
    )


def _fates(rows: Iterable[Row], claims: Sequence[Row]) -> Iterable[Fate]:
    in_force = content_of(claims[-1])
    holding = {claim["outbox"] for claim in claims if content_of(claim) == in_force}
    holding |= {
        one["outbox"]
        for one, following in pairwise(claims)
        if following["state"] == ClaimState.COMPLETED and following["outbox"] in holding
    }
    for row in rows:
        sent = row["state"] == DeliveryState.SENT
        yield read(
            Fate,
            row,
            link=message_link(row) if sent else None,
            late=sent and bool(row["late"]),
            corrected_by=row["corrected_by_reference"],
            holds=row["outbox"] in holding,
            edit_open=sent and (row["requested"] or 0) > (row["done"] or 0),
            edit_failed=row["edit_reason"],
        )
