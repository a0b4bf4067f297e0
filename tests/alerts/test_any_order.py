"""Whatever is declared, corrected, subscribed and sent in whatever order: the end is right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.expansion import content_of, expand, expand_restless
from bot.alerts.matching import wishes_met
from bot.alerts.posts import seal
from bot.alerts.stillness import STILL
from bot.alerts.subscriptions import Topic
from bot.alerts.wording import Wording
from bot.clock import SteppedClock
from bot.election.claims import ClaimContent
from bot.store import delivery as store
from bot.store.delivery import DestinationPaused, DestinationResumed, PostSent, Row, Subscribed
from bot.store.opening import IN_MEMORY, open_for_writing
from bot.store.writer import Transaction
from tests.alerts.desk import ALMANAC, START, News, content, say

COUNCILS = ("WND", "CRF")
DESTINATIONS = (1, 2, 3)
WISHES = (
    (Topic.ALL, ""),
    (Topic.PARTY, "Lab"),
    (Topic.PARTY, "LD"),
    (Topic.COUNCIL, "WND"),
    (Topic.NATION, "Wales"),
)

councils = st.sampled_from(COUNCILS)
destinations = st.sampled_from(DESTINATIONS)
steps = st.one_of(
    st.tuples(st.just("say"), councils, st.sampled_from(["Con", "Lab", "LD", "NOC", None])),
    st.tuples(st.just("subscribe"), destinations, st.sampled_from(WISHES)),
    st.tuples(st.just("expand")),
    st.tuples(st.just("seal"), destinations),
    st.tuples(st.just("arrive"), destinations),
    st.tuples(st.just("pause"), destinations),
    st.tuples(st.just("wait"), st.sampled_from([1, 4, 5, 9, 10, 60])),
)


class Channels:
    """Destinations without a Discord: what is sealed arrives when it is told to."""

    def __init__(self) -> None:
        self.db = open_for_writing(IN_MEMORY)
        self.tx = Transaction(self.db)
        self.wording = Wording(ALMANAC)
        self.paused: set[int] = set()
        self.at = START

    def wait(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    def say(self, council: str, after: str | None) -> None:
        news = News(council, "Con", after)
        if content(news) != self.latest(council):
            say(self.tx, news, SteppedClock(self.at))

    def subscribe(self, destination: int, wish: tuple[Topic, str]) -> None:
        newest = store.newest_outbox(self.db.conn)
        self.tx.append(Subscribed(destination, 7, *wish, None, 1, newest), START)

    def expand(self) -> None:
        for step in (expand, expand_restless):
            while not step(self.tx, ALMANAC, self.at).finished:
                pass

    def seal(self, destination: int) -> None:
        if not self.sealed(destination):
            now = datetime.now(UTC)
            seal(self.tx, self.wording, destination, at=self.at, sealed_at=now)

    def arrive(self, destination: int) -> None:
        for post in self.sealed(destination):
            self.tx.append(PostSent(post["id"], destination, post["id"], datetime.now(UTC)), START)

    def pause(self, destination: int) -> None:
        """Refuse what waits for a moment."""
        self.tx.append(DestinationPaused(destination, "closed"), START)
        self.tx.append(DestinationResumed(destination), START)
        self.paused.add(destination)

    def sealed(self, destination: int) -> list[Row]:
        return [p for p in store.all_sealed(self.db.conn) if p["destination"] == destination]

    def latest(self, council: str) -> ClaimContent | None:
        rows = self.tx.rows(
            "SELECT * FROM claims WHERE council = ? ORDER BY version DESC LIMIT 1", (council,)
        )
        return content_of(rows[0]) if rows else None

    def told(self, destination: int, council: str) -> list[Row]:
        return self.tx.rows(
            """
            SELECT d.*, c.outcome FROM deliveries AS d JOIN claims AS c ON c.outbox = d.outbox
            WHERE d.destination = ? AND d.council = ? AND d.state = 'sent'
            ORDER BY d.post_id, d.position
            """,
            (destination, council),
        )

    def wants(self, destination: int, council: str) -> bool:
        """Tell whether a subscription older than the latest claim's version matches it."""
        latest = self.latest(council)
        wishes = wishes_met(latest, council, ALMANAC.councils) if latest else ()
        (row,) = self.tx.rows("SELECT MAX(outbox) FROM claims WHERE council = ?", (council,))
        return any(
            (each["topic"], each["value"]) in wishes and each["after_outbox"] < row[0]
            for each in store.subscription_rows(self.db.conn, destination=destination)
        )

    def check(self, destination: int, council: str) -> None:
        told = self.told(destination, council)
        versions = [row["version"] for row in told]
        assert versions == sorted(set(versions))
        latest = self.latest(council)
        last = self.said(told[-1]) if told else None
        if self.wants(destination, council) and destination not in self.paused:
            assert last == latest
        if last is not None and destination not in self.paused:
            assert last == latest
        for row, after in pairwise(told):
            assert self.said(row) != self.said(after)
            assert row["corrected_by"] == after["id"]
            assert (after["kind"] == "alert") is (self.said(row) is None)
        assert all(row["kind"] == "alert" for row in told[:1])
        assert sum(row["corrected_by"] is None for row in told) == bool(told)
        assert len(told) <= 2 + (self.at - START) / STILL

    def said(self, row: Row) -> ClaimContent | None:
        claim = store.claim(self.db.conn, row["outbox"])
        assert claim is not None
        return content_of(claim)


@given(st.lists(steps, max_size=40))
def test_the_last_word_is_right_and_every_wrong_one_is_struck(acts: list[tuple[str, ...]]) -> None:
    channels = Channels()
    try:
        for act, *arguments in acts:
            getattr(channels, act)(*arguments)
        channels.wait(10)
        channels.expand()
        for destination in DESTINATIONS:
            for _ in range(3):
                channels.arrive(destination)
                channels.seal(destination)
            assert not store.waiting(channels.db.conn, destination, 1)
            for council in COUNCILS:
                channels.check(destination, council)
    finally:
        channels.db.close()
