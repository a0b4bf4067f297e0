"""How many messages a place gets in a recorded night, by what it follows and how loudly it is told.

A night that was replayed to its end is told once more, from its claims in their order: the real
expansion, the real lists, the real sealing, with a stepped clock and no Discord.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import LONDON
from bot.delivery.batches import expand_summaries, release_held
from bot.delivery.calm import SUPPRESS_NOTIFICATIONS
from bot.delivery.debounce import settles_at
from bot.delivery.expansion import expand, expand_debounced
from bot.delivery.posts import seal
from bot.delivery.render import Renderer
from bot.election.alert_kinds import EVERY, Level, MilestoneKind, Topic
from bot.election.almanac import Almanac
from bot.election.calm import FOR_SERVERS, Calm
from bot.store import outbox
from bot.store.calm import CalmSet, next_due
from bot.store.codec import Row
from bot.store.destinations import Subscribed
from bot.store.opening import open_for_writing
from bot.store.posts import PostSent
from bot.store.writer import Transaction
from tests.support.tables import shipped

GUILD, ADMIN = 7, 9
_TOLD = ("edits", "unrecorded_embeds", "deliveries", "posts", "calm", "subscriptions", "debounced")


@dataclass(frozen=True)
class Way:
    """What a channel follows, on which level, and how it is told."""

    name: str
    follows: tuple[tuple[Topic, str, Level | None], ...]
    calm: Calm


def _whole(level: Level | None = None) -> tuple[tuple[Topic, str, Level | None], ...]:
    return ((Topic.ALL, "", level), (Topic.SUMMARY, "", level))


_QUIET = Calm(quiet_from="00:00", quiet_until="06:30")
DEFAULT = "A server that presses on in `/setup`"
WAYS = (
    Way(DEFAULT, _whole(), FOR_SERVERS),
    Way(
        "… and quiet from 00:00 to 06:30",
        _whole(),
        replace(FOR_SERVERS, quiet_from="00:00", quiet_until="06:30"),
    ),
    Way("Everything, holds joined", _whole(Level.EVERYTHING), Calm()),
    Way("Everything, all joined for 15 minutes", _whole(Level.EVERYTHING), Calm(together=15)),
    Way("Changes, each at once", _whole(Level.CHANGES), Calm()),
    Way("Changes, quiet from 00:00 to 06:30", _whole(Level.CHANGES), _QUIET),
    Way("Headlines, each at once", _whole(Level.HEADLINES), Calm()),
    Way("Headlines, quiet from 00:00 to 06:30", _whole(Level.HEADLINES), _QUIET),
)
KINDS = Way(
    "everything there is",
    (
        (Topic.ALL, "", Level.EVERYTHING),
        (Topic.SUMMARY, "", Level.EVERYTHING),
        (Topic.CONTESTS, EVERY, None),
        (Topic.MILESTONES, EVERY, None),
        (Topic.MILESTONES, MilestoneKind.CERTAIN.value, None),
    ),
    Calm(),
)
"""A channel that is told of each kind, to count them."""


@dataclass(frozen=True)
class Message:
    """One message: its deliveries' kinds and what they are about, and whether it pushes."""

    kinds: tuple[str, ...]
    is_list: bool
    silent: bool
    title: str


def messages_of(database: Path, ways: tuple[Way, ...]) -> dict[str, list[Message]]:
    """Return what each way's channel gets in the night of a finished *database*."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "night.sqlite"
        shutil.copy(database, copy)
        with closing(open_for_writing(copy)) as db:
            db.conn.execute("PRAGMA foreign_keys = OFF")
            db.conn.execute("BEGIN")
            night = _Night(Transaction(db), shipped(), ways)
            night.tell()
            return {way.name: night.messages(place) for place, way in enumerate(ways, 1)}


class _Night:
    def __init__(self, tx: Transaction, almanac: Almanac, ways: tuple[Way, ...]) -> None:
        self.tx, self.db, self.almanac = tx, tx.db.conn, almanac
        self.wording = Renderer(almanac)
        for table in _TOLD:
            self.db.execute(f"DELETE FROM {table}")
        self.db.execute("DELETE FROM destinations")
        self.db.execute("UPDATE expansion SET outbox = 0, destination = 0, until = 0")
        self.db.execute("UPDATE summaries SET complete = 0, expanded_to = 0")
        self.db.execute("UPDATE evidence SET to_follow = 0")
        for table in ("claims", "summaries"):
            self.db.execute(f"CREATE TEMP TABLE later_{table} AS SELECT * FROM {table}")
            self.db.execute(f"DELETE FROM {table}")
        self.ends = datetime.fromisoformat(
            self.db.execute("SELECT MAX(at) FROM journal").fetchone()[0]
        )
        self.places = range(1, len(ways) + 1)
        for place, way in zip(self.places, ways, strict=True):
            self._follow(place, way)

    def _follow(self, place: int, way: Way) -> None:
        begins = self._times()[0]
        self.tx.append(CalmSet(place, GUILD, way.calm, begins), begins)
        for topic, value, level in way.follows:
            chosen = level or topic.usual_level
            entry = Subscribed(place, GUILD, topic, value, None, ADMIN, 0, chosen)
            self.tx.append(entry, begins)
            self.db.execute("UPDATE subscriptions SET id = -id WHERE id > 0")

    def _times(self) -> list[datetime]:
        found = self.db.execute(
            "SELECT made_at FROM later_claims UNION SELECT written_at FROM later_summaries"
        )
        return sorted({datetime.fromisoformat(at) for (at,) in found})

    def tell(self) -> None:
        """Let everything happen again, each at its time."""
        for at in self._times():
            self._until(at)
            for table, when in (("claims", "made_at"), ("summaries", "written_at")):
                due = [
                    row["rowid"]
                    for row in self.db.execute(
                        f"SELECT rowid, {when} AS at FROM later_{table} ORDER BY rowid"
                    )
                    if datetime.fromisoformat(row["at"]) == at
                ]
                for number in due:
                    self.db.execute(
                        f"INSERT INTO {table} SELECT * FROM later_{table} WHERE rowid = ?",
                        (number,),
                    )
            self._deliver(at)
        self._until(self.ends + timedelta(days=1))

    def _until(self, at: datetime) -> None:
        """Deliver what becomes due before a moment."""
        while (due := self._next_due()) is not None and due < at:
            self._deliver(due)

    def _next_due(self) -> datetime | None:
        settling = [settles_at(row) for row in outbox.debounced(self.db)]
        held = next_due(self.db)
        return min([*settling, *([held] if held else [])], default=None)

    def _deliver(self, at: datetime) -> None:
        at = at.astimezone(LONDON)
        for step in (
            lambda: expand(self.tx, self.almanac, at).finished,
            lambda: expand_debounced(self.tx, self.almanac, at).finished,
            lambda: expand_summaries(self.tx, at).finished,
            lambda: release_held(self.tx, at).finished,
        ):
            while not step():
                pass
        for place in self.places:
            while post := seal(self.tx, self.wording, place, at=at, after=0):
                self.tx.append(PostSent(post.id, place, post.id, datetime.now(UTC)), at)

    def messages(self, place: int) -> list[Message]:
        """Return what came to a place, in order."""
        rows = self.tx.rows("SELECT * FROM posts WHERE destination = ? ORDER BY id", (place,))
        return [self._message(row) for row in rows]

    def _message(self, post: Row) -> Message:
        payload = json.loads(post["payload"])
        told = self.tx.rows("SELECT * FROM deliveries WHERE post_id = ?", (post["id"],))
        return Message(
            kinds=tuple(self._kind(row) for row in told),
            is_list=bool(post["digest"]),
            silent=bool(payload.get("flags", 0) & SUPPRESS_NOTIFICATIONS),
            title=payload["embeds"][0]["title"],
        )

    def _kind(self, delivery: Row) -> str:
        if delivery["kind"] != "alert":
            return str(delivery["kind"])
        (claim,) = self.tx.rows("SELECT * FROM claims WHERE outbox = ?", (delivery["outbox"],))
        if not claim["of_notice"]:
            return str(claim["outcome"])
        return ": ".join(claim["council"].split(":")[:2]).partition(".")[0]
