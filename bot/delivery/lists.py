"""Messages that list deliveries, each in a line that says what holds now.

What came while a destination was paused, while its people slept, or within the same minutes.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.cards.card import DESCRIPTION, Card
from bot.delivery.matching import content_of
from bot.election.alert_kinds import AlertKind
from bot.election.almanac import Almanac
from bot.election.claims import ClaimContent
from bot.store import outbox
from bot.store.calm import Gathered
from bot.store.codec import Row
from bot.store.deliveries import DeliveryKind
from bot.store.names import council_of
from bot.wording.phrases import count, members, name_of, sentence_case
from bot.wording.text import clock_time, listed

Embed = dict[str, Any]
LATE_TITLE = "What came while the bot could not post here"
MORNING_TITLE = "While you slept"
_TOGETHER = re.compile(r"\d+ results, \d\d:\d\d")


class Words(Protocol):
    """What puts claims into words: the renderer."""

    @property
    def almanac(self) -> Almanac:
        """The almanac, with the names of parties known only from the wire."""
        ...

    def sentence(self, db: sqlite3.Connection, claim: Row) -> str | None:
        """Return a claim's version as a sentence, None for a retraction."""
        ...

    def summary(self, db: sqlite3.Connection, delivery: Row) -> list[Embed]:
        """Return a summary's embeds."""
        ...


def late_line(words: Words, db: sqlite3.Connection, delivery: Row) -> str:
    """Return one line that says what holds now of what is told late or in a list."""
    if delivery["kind"] == DeliveryKind.SUMMARY:
        title = words.summary(db, delivery)[0]["title"]
        return f"**{title}** (`/night summary` has all of it)"
    latest = claim_in_force(db, delivery)
    said = words.sentence(db, latest)
    if said is None:
        told = outbox.claim(db, delivery["outbox"])
        before = words.sentence(db, told) if told is not None else None
        said = f"withdrawn: ~~{before}~~" if before else f"withdrawn: {delivery['council']}"
    elif delivery["kind"] == DeliveryKind.CORRECTION:
        said = f"corrected: {said}"
    return f"{clock_time(datetime.fromisoformat(latest['made_at']))}: {said}"


def list_embed(words: Words, db: sqlite3.Connection, deliveries: Sequence[Row]) -> Embed:
    """Return one embed that lists late or gathered *deliveries* as they hold now."""
    card = Card(
        title=_title_of_list(deliveries),
        description=listed(_lines(words, db, deliveries), DESCRIPTION),
        reference=deliveries[0]["reference"],
    )
    return card.to_embed_dict()


def _lines(words: Words, db: sqlite3.Connection, deliveries: Sequence[Row]) -> list[str]:
    """Return the lines of a list; where it was gathered, holds come last, by who holds."""
    lines: list[str] = []
    held: dict[str, list[str]] = {}
    for row in deliveries:
        holder = held_by(words, db, row)
        if holder is None:
            lines.append(late_line(words, db, row))
        else:
            council = council_of(db, words.almanac.councils, row["council"])
            held.setdefault(holder, []).append(name_of(council))
    return [*lines, *(f"{who}: {', '.join(names)}" for who, names in sorted(held.items()))]


def held_by(words: Words, db: sqlite3.Connection, delivery: Row) -> str | None:
    """Return "Labour hold" for a hold in a list that was gathered, None for anything else."""
    if not _is_gathered(delivery) or delivery["kind"] != DeliveryKind.ALERT:
        return None
    content = content_of(claim_in_force(db, delivery))
    if not isinstance(content, ClaimContent) or content.alert_kind is not AlertKind.HOLD:
        return None
    holder = content.after.holder
    if holder is None:
        return "Still no overall control"
    return sentence_case(f"{members(words.almanac.parties.get(holder))} hold")


def claim_in_force(db: sqlite3.Connection, delivery: Row) -> Row:
    """Return the latest version of a delivery's claim."""
    latest = outbox.latest_version(db, delivery["night"], delivery["council"])
    if latest is None:
        raise ValueError(f"delivery {delivery['id']} is of a claim that is not there")
    return latest


def is_title_of_list(title: str) -> bool:
    """Return whether an embed's title is that of a list; its reference is of the first alone."""
    return title in (LATE_TITLE, MORNING_TITLE) or _TOGETHER.match(title) is not None


def _is_gathered(delivery: Row) -> bool:
    return delivery["gathered"] is not None and not delivery["late"]


def _title_of_list(deliveries: Sequence[Row]) -> str:
    """Return the title of a list; it says no result."""
    if not all(map(_is_gathered, deliveries)):
        return LATE_TITLE
    if any(row["gathered"] == Gathered.MORNING for row in deliveries):
        return MORNING_TITLE
    times = sorted(datetime.fromisoformat(row["queued_at"]) for row in deliveries)
    first, last = (clock_time(times[number]) for number in (0, -1))
    return f"{count(len(deliveries), 'result')}, {first if first == last else f'{first} to {last}'}"
