"""Which subscriptions a claim's version concerns, and how urgent it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from bot.election.alert_kinds import EVERY, AlertKind, Level, MilestoneKind, Topic
from bot.election.almanac import Almanac
from bot.election.claims import BallotDeclared, ClaimContent, Due, LargestParty, Milestone, Notice
from bot.election.councils import Council
from bot.election.levels import level_of
from bot.election.reports import BallotKind
from bot.store import claims, destinations, outbox, watch_lists
from bot.store.claims import notice_of
from bot.store.codec import Row
from bot.store.deliveries import DeliveryKind
from bot.store.names import council_of
from bot.store.summaries import Edition
from bot.store.writer import Transaction

TopicValue = tuple[Topic, str]
Heard = dict[TopicValue, frozenset[Level]]
"""Who is told: subscriptions to these topics, on these levels."""
Told = ClaimContent | Notice
"""What a claim's version can say."""


class Urgency(IntEnum):
    """The order in which waiting deliveries are sent."""

    CORRECTION = 0
    CHANGE_OF_HANDS = 1
    OTHER = 2


def urgency_of(content: Told) -> Urgency:
    """Return how urgent an ordinary alert of *content* is."""
    if not isinstance(content, ClaimContent):
        return Urgency.OTHER
    changes = content.alert_kind is AlertKind.CHANGE_OF_HANDS
    return Urgency.CHANGE_OF_HANDS if changes else Urgency.OTHER


def is_hold(content: Told | None) -> bool:
    """Return whether nothing changes hands by what a claim says."""
    if isinstance(content, ClaimContent):
        return content.alert_kind is AlertKind.HOLD
    return isinstance(content, BallotDeclared) and content.holds


_NAMING = (Topic.COUNCIL, Topic.LIST, Topic.CONTEST, Topic.CONTESTS)
"""Topics that name what they are about: its result is told whatever it is."""


def topics_of(content: Told, council: Council, level: Level) -> Heard:
    """Return the topics whose subscribers are told of *content*, which is on a *level*.

    *council* is what the claim is about, also of a by-election; other notices name it themselves.
    Followers of a party are told of its gains, its losses and the first elections that it wins.
    """
    if isinstance(content, ClaimContent):
        met = _topics_of_council(content, council)
        return dict.fromkeys(met, level.heard_at)
    return _topics_of_notice(content, council, level)


def _topics_of_notice(notice: Notice, council: Council, level: Level) -> Heard:
    whole_night, every = (Topic.ALL, ""), frozenset(Level)
    heard: Heard = {}
    match notice:
        case BallotDeclared():
            heard[Topic.CONTEST, notice.ballot] = level.heard_at
            heard[Topic.CONTESTS, notice.ballot_kind.value] = level.heard_at
            heard[Topic.CONTESTS, EVERY] = level.heard_at
            heard[whole_night] = Level.EVERYTHING.heard_at
            if notice.council is not None:
                heard |= dict.fromkeys(_topics_of_by_election(notice, council), level.heard_at)
        case LargestParty():
            heard[Topic.CONTESTS, BallotKind.ASSEMBLY.value] = every
            heard[Topic.CONTESTS, EVERY] = every
            heard[whole_night] = _PASSED
        case Milestone():
            heard[Topic.MILESTONES, notice.milestone.value] = every
            if notice.milestone is MilestoneKind.CERTAIN:
                return heard  # not a result yet: only for those who chose it
            heard[Topic.MILESTONES, EVERY] = every
            heard[whole_night] = _PASSED & level.heard_at
            if notice.party is not None and notice.milestone is MilestoneKind.NET_SEATS:
                heard[Topic.PARTY, notice.party] = _PASSED & level.heard_at
        case Due():
            pass  # needs the council to be followed too: the expansion checks both
    return heard


_PASSED = frozenset({Level.EVERYTHING, Level.HEADLINES})
"""Who is told of what is passed in no one council; the changes that pass it tell the others."""


def _topics_of_by_election(notice: BallotDeclared, council: Council) -> Iterator[TopicValue]:
    yield Topic.COUNCIL, council.code
    for party in (notice.before, *(one.party for one in notice.elected)):
        if party is not None:
            yield Topic.PARTY, party
    if council.region:
        yield Topic.REGION, council.region


def _topics_of_council(content: ClaimContent, council: Council) -> Iterator[TopicValue]:
    yield Topic.COUNCIL, council.code
    yield Topic.ALL, ""
    for control in (content.before, content.after):
        if control is not None and control.holder is not None:
            yield Topic.PARTY, control.holder
    if council.region:
        yield Topic.REGION, council.region
    if council.nation:
        yield Topic.NATION, council.nation


@dataclass(slots=True)
class Recipient:
    """A destination: the roles of its matching subscriptions by id, and its earlier deliveries.

    `matched` says whether any subscription matches, `named` whether one names what it is about;
    `history` is oldest first.
    """

    guild_id: int | None
    roles: dict[int, int] = field(default_factory=dict)
    matched: bool = False
    named: bool = False
    history: list[Row] = field(default_factory=list)


class Audience:
    """The recipients of a claim's version, from several queries that are ordered by destination.

    A query that reached its limit lacks everything beyond its last destination, so nobody beyond
    the lowest such destination (`bound`) is told yet.
    """

    def __init__(self) -> None:
        self._recipients: dict[int, Recipient] = {}
        self.bound: int | None = None

    def add_matches(
        self,
        rows: Sequence[Row],
        limit: int,
        topic: Topic = Topic.ALL,
        made_before: int | None = None,
    ) -> None:
        """Add the subscribers to one topic, of subscriptions *made_before* an entry if given."""
        for row in rows:
            if made_before is not None and row["id"] >= made_before:
                continue
            each = self._of(row)
            each.matched = True
            each.named |= topic in _NAMING
            if row["role"] is not None:
                each.roles[row["id"]] = row["role"]
        self._cut(rows, cut=len(rows) == limit)

    def add_subscribers(
        self,
        db: sqlite3.Connection,
        heard: Heard,
        *,
        older_than: int,
        after: int,
        limit: int,
        made_before: int | None = None,
    ) -> None:
        """Add the subscribers to topics on their levels, of subscriptions *made_before* an entry.

        They are older than an outbox number, of destinations *after* one.
        """
        for (topic, value), levels in heard.items():
            for level in levels:
                rows = destinations.subscribers(
                    db, topic, value, level, older_than=older_than, after=after, limit=limit
                )
                self.add_matches(rows, limit, topic, made_before)

    def add_history(self, rows: Sequence[Row], limit: int) -> None:
        """Add those with deliveries of earlier versions, sent or waiting."""
        for row in rows:
            self._of(row).history.append(row)
        self._cut(rows, cut=len({row["destination"] for row in rows}) == limit)

    def up_to_bound(self, limit: int) -> list[tuple[int, Recipient]]:
        """Return at most *limit* destinations in order, none beyond `bound`."""
        found = sorted(
            item for item in self._recipients.items() if self.bound is None or item[0] <= self.bound
        )
        if len(found) > limit:
            found = found[:limit]
            self.bound = found[-1][0]
        return found

    def _of(self, row: Row) -> Recipient:
        return self._recipients.setdefault(row["destination"], Recipient(row["guild_id"]))

    def _cut(self, rows: Sequence[Row], *, cut: bool) -> None:
        if cut:
            last = rows[-1]["destination"]
            self.bound = last if self.bound is None else min(self.bound, last)


def content_of(claim: Row) -> Told | None:
    """Return what a claim's version says; None for a retraction."""
    return notice_of(claim) if claim["of_notice"] else claims.content_of(claim)


def lists_holding(tx: Transaction, almanac: Almanac, night: str, council: str) -> list[str]:
    """Return the lists that contain a council: the night's shipped ones and people's own."""
    shipped = [
        each.code
        for each in almanac.lists_of(date.fromisoformat(night))
        if any(one.council == council for one in each.councils)
    ]
    return [*shipped, *watch_lists.lists_holding(tx.db.conn, council)]


_FOR_EVERYBODY = frozenset({Edition.BREAKFAST, Edition.FINAL})


def summary_topics(edition: Edition) -> Heard:
    """Return who gets an edition: the night between two editions only if one wants everything."""
    if edition not in _FOR_EVERYBODY:
        return {(Topic.SUMMARY, ""): Level.EVERYTHING.heard_at}
    every = Level.HEADLINES.heard_at
    return {(Topic.SUMMARY, ""): every, (Topic.ALL, ""): frozenset({Level.HEADLINES})}


def _about(claim: Row, content: Told) -> str:
    """Return the council that a claim is about, a notice's key if there is none."""
    if isinstance(content, BallotDeclared) and content.council is not None:
        return content.council
    return str(claim["council"])


def claim_topics(tx: Transaction, almanac: Almanac, claim: Row, content: Told) -> Heard:
    """Return the topics whose subscribers are told of a claim, lists included."""
    return level_and_topics(tx, almanac, claim, content)[1]


def level_and_topics(
    tx: Transaction, almanac: Almanac, claim: Row, content: Told | None
) -> tuple[Level, Heard]:
    """Return a claim's level, and the topics whose subscribers are told of it, lists included.

    Of a retraction nobody is told for a topic.
    """
    if content is None:
        return Level.EVERYTHING, {}
    about = _about(claim, content)
    council = council_of(tx.db.conn, almanac.councils, about)
    level = level_of(content, council, date.fromisoformat(claim["night"]), almanac)
    met = topics_of(content, council, level)
    if claim["of_notice"] and about == claim["council"]:
        return level, met
    lists = lists_holding(tx, almanac, claim["night"], about)
    return level, met | {(Topic.LIST, each): level.heard_at for each in lists}


def is_still_followed(tx: Transaction, almanac: Almanac, row: Row) -> bool:
    """Whether a destination still follows what a waiting delivery is about.

    A correction or retraction is owed to whoever was told, whatever they follow.
    """
    followed = destinations.topics_of(tx.db.conn, row["destination"])
    match row["kind"]:
        case DeliveryKind.SUMMARY:
            edition = summary_topics(Edition(row["version"]))
            return any(followed.get(topic) in levels for topic, levels in edition.items())
        case DeliveryKind.DIGEST:
            return any(topic not in (Topic.SUMMARY, Topic.REMINDERS) for topic, _ in followed)
        case DeliveryKind.ALERT:
            claim = outbox.claim(tx.db.conn, row["outbox"])
            content = None if claim is None else content_of(claim)
            if claim is None or content is None:
                return True
            if isinstance(content, Due):
                lists = lists_holding(tx, almanac, claim["night"], content.council)
                about = {(Topic.COUNCIL, content.council), *((Topic.LIST, one) for one in lists)}
                return (Topic.REMINDERS, "") in followed and bool(followed.keys() & about)
            heard = claim_topics(tx, almanac, claim, content)
            return any(followed.get(topic) in levels for topic, levels in heard.items())
    return True


def content_told(tx: Transaction, seen: Row, council: str) -> Told | None:
    """Return what a delivery (or digest) said of a council; None if it was a retraction."""
    claim = outbox.claim_told(tx.db.conn, seen, council)
    return None if claim is None else content_of(claim)
