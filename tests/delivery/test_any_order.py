"""Whatever is declared, corrected, subscribed and sent in whatever order: the end is right."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.clock import SteppedClock
from bot.delivery.batches import BATCH, release_held
from bot.delivery.debounce import DEBOUNCE
from bot.delivery.expansion import expand, expand_debounced
from bot.delivery.lists import held_by, is_title_of_list
from bot.delivery.matching import content_of, topics_of
from bot.delivery.posts import give_back, seal
from bot.delivery.render import Embed, Renderer
from bot.election.alert_kinds import Level, Topic
from bot.election.calm import Calm
from bot.election.claims import ClaimContent
from bot.election.levels import level_of
from bot.store import deliveries as store
from bot.store import destinations as places
from bot.store import edits, outbox, pausing, posts
from bot.store.calm import CalmSet, Gathered
from bot.store.codec import Row
from bot.store.destinations import Subscribed
from bot.store.edits import PostEdited
from bot.store.opening import IN_MEMORY, open_for_writing
from bot.store.posts import PostSent
from bot.store.threads import Grouping, ThreadGivenUp, ThreadsChosen
from bot.store.writer import Transaction
from bot.wording.councils import outcome_sentence
from tests.delivery.desk import ALMANAC, START, News, content, say

COUNCILS = ("WND", "CRF")
DESTINATIONS = (1, 2, 3)
ADMIN = 9
"""Who is told of pauses: none of these."""
WISHES = (
    (Topic.ALL, ""),
    (Topic.PARTY, "Lab"),
    (Topic.PARTY, "LD"),
    (Topic.COUNCIL, "WND"),
    (Topic.NATION, "Wales"),
)

CALM = (
    Calm(),
    Calm(quiet_from="22:05", quiet_until="06:30"),
    Calm(together=10),
    Calm(quiet_from="23:00", quiet_until="23:30", together=5),
    Calm(together=5, spoilers=True),
)

councils = st.sampled_from(COUNCILS)
destinations = st.sampled_from(DESTINATIONS)
steps = st.one_of(
    st.tuples(
        st.just("say"),
        councils,
        st.sampled_from(["Con", "Lab", "LD", "NOC", None]),
        st.sampled_from(["Con", "", "", "LD"]),  # nobody knows, or a party
    ),
    st.tuples(st.just("subscribe"), destinations, st.sampled_from(WISHES), st.sampled_from(Level)),
    st.tuples(st.just("calm"), destinations, st.sampled_from(CALM)),
    st.tuples(st.just("threads"), destinations, st.sampled_from([*Grouping, None])),
    st.tuples(st.just("delete_threads"), destinations),
    st.tuples(st.just("expand")),
    st.tuples(st.just("seal"), destinations),
    st.tuples(st.just("arrive"), destinations),
    st.tuples(st.just("give_back"), destinations),
    st.tuples(st.sampled_from(["pause", "resume"]), destinations),
    st.tuples(st.just("wait"), st.sampled_from([1, 4, 5, 9, 10, 60])),
    st.tuples(st.just("edit"), destinations),
    st.tuples(st.just("record")),
    st.tuples(st.just("crash")),
    st.tuples(st.just("settle")),
)


class Channels:
    """Destinations without a Discord: what is sealed arrives when it is told to."""

    def __init__(self) -> None:
        self.db = open_for_writing(IN_MEMORY)
        self.db.conn.execute("BEGIN")
        self.tx = Transaction(self.db)
        self.wording = Renderer(ALMANAC)
        self.at = START
        self.messages: dict[int, list[Embed]] = {}
        self.unrecorded: list[PostEdited] = []
        self.levelled: dict[tuple[int, tuple[Topic, str]], int] = {}
        """By subscription: the newest claim when its level changed; what was before is past."""

    def wait(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    def say(self, council: str, after: str | None, before: str = "Con") -> None:
        news = News(council, before, after)
        if content(news) != self.latest(council):
            say(self.tx, news, SteppedClock(self.at))

    def subscribe(
        self, destination: int, wish: tuple[Topic, str], level: Level | None = None
    ) -> None:
        newest = outbox.newest_outbox(self.db.conn)
        level = level or wish[0].usual_level
        before = places.same_subscription(self.db.conn, destination, *wish)
        if before is not None and before["level"] != level:
            self.levelled[destination, wish] = newest
        self.tx.append(Subscribed(destination, 7, *wish, None, ADMIN, newest, level), START)

    def calm(self, destination: int, calm: Calm) -> None:
        ends = calm.quiet_ends(self.at) or self.at
        self.tx.append(CalmSet(destination, 7, calm, ends), self.at)

    def threads(self, destination: int, grouping: Grouping | None) -> None:
        self.tx.append(ThreadsChosen(destination, 7, grouping), self.at)

    def delete_threads(self, destination: int) -> None:
        """Let the threads that are there be gone."""
        there = "SELECT id FROM threads WHERE destination = ? AND given_up IS NULL"
        for (number,) in self.tx.rows(there, (destination,)):
            self.tx.append(ThreadGivenUp(number, "deleted"), self.at)

    def expand(self) -> None:
        for step in (expand, expand_debounced):
            while not step(self.tx, ALMANAC, self.at).finished:
                pass
        while not release_held(self.tx, self.at).finished:
            pass

    def seal(self, destination: int) -> None:
        if not self.sealed(destination):
            seal(self.tx, self.wording, destination, at=self.at, after=0)

    def arrive(self, destination: int) -> None:
        post = posts.sealed_for(self.db.conn, destination)
        if post is not None and post["late"]:
            give_back(self.tx, post["id"], self.at)
        elif post is not None:
            self.tx.append(PostSent(post["id"], destination, post["id"], datetime.now(UTC)), START)
            self.messages[post["id"]] = json.loads(post["payload"])["embeds"]

    def give_back(self, destination: int) -> None:
        """Let Discord not take what is sealed as one message."""
        post = posts.sealed_for(self.db.conn, destination)
        if post is not None:
            give_back(self.tx, post["id"], self.at, alone=True)

    def edit(self, destination: int) -> None:
        """Make the edits that are wanted; each is recorded later, unless a crash comes first."""
        for row in edits.pending_edits(self.db.conn, destination):
            post = posts.post(self.db.conn, row["post_id"])
            assert post is not None
            shown = self.wording.edited(self.db.conn, post)
            self.messages[post["id"]] = shown.embeds
            self.unrecorded.append(
                PostEdited(post["id"], row["requested"], None, tuple(shown.struck))
            )

    def record(self) -> None:
        for entry in self.unrecorded:
            self.tx.append(entry, self.at)
        self.unrecorded.clear()

    def crash(self) -> None:
        """Lose all that is not in the tables, as a process that is killed does."""
        self.unrecorded.clear()

    def refuse_edits(self, destination: int) -> None:
        """Let the edits that are wanted fail, and take the destination up again."""
        for row in edits.pending_edits(self.db.conn, destination):
            self.tx.append(PostEdited(row["post_id"], row["requested"], "closed"), self.at)
        pausing.pause(self.tx, destination, "closed", self.at)
        self.resume(destination)

    def settle(self) -> None:
        """Do all that is due now; after it every message reads true."""
        self.expand()
        self.record()
        for destination in DESTINATIONS:
            self.resume(destination)
            for _ in range(8):  # one for each thread
                self.arrive(destination)
                self.seal(destination)
            self.edit(destination)
            self.record()
            assert not store.waiting(self.db.conn, destination, 1)
            assert not edits.pending_edits(self.db.conn, destination)
        for number, embeds in self.messages.items():
            told = store.deliveries_of(self.db.conn, number)
            if is_title_of_list(embeds[0]["title"]):
                self.list_reads_true(told, embeds[0]["description"].splitlines())
                continue
            for delivery, embed in zip(told, embeds, strict=True):
                self.reads_true(delivery, embed)

    def reads_true(self, delivery: Row, embed: Embed) -> None:
        """Hold one embed against the claim in force: it says that, or is struck and says it.

        A hidden one says it in its description alone.
        """
        latest = self.latest(delivery["council"])
        said = self.said(delivery)
        council = ALMANAC.councils.get(delivery["council"])
        holds = latest and outcome_sentence(council, latest, ALMANAC.parties)
        if embed["title"].startswith("WITHDRAWN"):
            assert said != latest
            assert (holds or "We will update") in embed["description"]
        else:
            assert said == latest
            hidden = embed["description"].startswith("||")
            assert (holds or "RETRACTION") in embed["description" if hidden else "title"]
            if hidden:
                assert holds is None or holds not in repr({**embed, "description": ""})

    def list_reads_true(self, told: list[Row], lines: list[str]) -> None:
        """Hold a list against the claims in force: each is in a line, or in that of its holder."""
        for delivery in told:
            latest = self.latest(delivery["council"])
            council = ALMANAC.councils.get(delivery["council"])
            holds = latest and outcome_sentence(council, latest, ALMANAC.parties)
            here = [line for line in lines if council.name in line or council.code in line]
            assert len(here) == 1, (council, lines)
            if who := held_by(self.wording, self.db.conn, delivery):
                assert here[0].startswith(f"{who}: ")
            else:
                assert (holds or "withdrawn") in here[0]

    def pause(self, destination: int) -> None:
        """Let a destination refuse from now on."""
        pausing.pause(self.tx, destination, "closed", self.at)

    def resume(self, destination: int) -> None:
        """Take a destination up again: nothing that was due meanwhile is lost."""
        pausing.resume(self.tx, destination, self.at)

    def held(self, destination: int) -> list[Row]:
        held = "SELECT id FROM deliveries WHERE destination = ? AND state = 'held'"
        return self.tx.rows(held, (destination,))

    def sealed(self, destination: int) -> bool:
        return posts.sealed_for(self.db.conn, destination) is not None

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
        about = ALMANAC.councils.get(council)
        level = level_of(latest, about, START.date(), ALMANAC) if latest else Level.EVERYTHING
        wishes = topics_of(latest, about, level) if latest else {}
        (row,) = self.tx.rows("SELECT MAX(outbox) FROM claims WHERE council = ?", (council,))
        return any(
            each["level"] in wishes.get((each["topic"], each["value"]), ())
            and each["after_outbox"] < row[0]
            and self.levelled.get((destination, (each["topic"], each["value"])), 0) < row[0]
            for each in places.subscription_rows(self.db.conn, destination=destination)
        )

    def check(self, destination: int, council: str) -> None:
        told = self.told(destination, council)
        versions = [row["version"] for row in told]
        assert versions == sorted(set(versions))
        latest = self.latest(council)
        last = self.said(told[-1]) if told else None
        if self.wants(destination, council) or last is not None:
            assert last == latest
        for row, after in pairwise(told):
            assert self.said(row) != self.said(after)
            assert (after["kind"] == "alert") is (self.said(row) is None)
            if after["gathered"] != Gathered.MORNING:
                assert self.thread(row) == self.thread(after)
        assert all(row["kind"] == "alert" for row in told[:1])
        assert len(told) <= 2 + (self.at - START) / DEBOUNCE

    def thread(self, row: Row) -> int | None:
        post = posts.post(self.db.conn, row["post_id"])
        assert post is not None
        return post["thread"]

    def said(self, row: Row) -> ClaimContent | None:
        """Return what a delivery said, completed where its message is."""
        claim = outbox.claim_told(self.db.conn, row, row["council"])
        assert claim is not None
        return content_of(claim)


@settings(max_examples=60)
@given(st.lists(steps, max_size=40))
def test_every_message_reads_true_when_settled_and_the_last_word_is_right(
    acts: list[tuple[str, ...]],
) -> None:
    channels = Channels()
    try:
        for act, *arguments in acts:
            getattr(channels, act)(*arguments)
        channels.expand()  # what is held waits from now on
        channels.wait(20)
        for destination in DESTINATIONS:
            channels.calm(destination, Calm())
        channels.settle()
        for destination in DESTINATIONS:
            assert not channels.held(destination)
            for council in COUNCILS:
                channels.check(destination, council)
    finally:
        channels.db.close()


@pytest.mark.parametrize("before", ["Con", "Lab"])
def test_what_never_arrived_and_is_complete_now_is_told_complete(before: str) -> None:
    """Also where it proves to be a hold, which nobody else would be told of."""
    channels = Channels()
    channels.subscribe(1, (Topic.ALL, ""))
    channels.say("WND", "Lab", "")
    channels.expand()
    channels.seal(1)
    channels.say("WND", "Lab", before)
    channels.expand()
    channels.give_back(1)
    channels.settle()
    channels.check(1, "WND")
    assert [row["version"] for row in channels.told(1, "WND")] == [1]
    channels.db.close()


@pytest.mark.parametrize("now", ["LD", None])
def test_what_never_arrived_and_holds_no_more_is_not_told_after_what_holds(
    now: str | None,
) -> None:
    channels = Channels()
    channels.subscribe(1, (Topic.ALL, ""))
    channels.say("WND", "Lab")
    channels.expand()
    channels.seal(1)
    channels.say("WND", now)
    channels.expand()
    channels.give_back(1)
    channels.settle()
    channels.check(1, "WND")
    assert [row["version"] for row in channels.told(1, "WND")] == ([2] if now else [])
    channels.db.close()


@pytest.mark.parametrize(
    ("now", "versions"), [(None, [1, 3]), ("LD", [1, 3]), ("Lab", [1])], ids=str
)
def test_what_was_told_is_corrected_also_where_a_correction_between_never_arrived(
    now: str | None, versions: list[int]
) -> None:
    channels = Channels()
    channels.subscribe(1, (Topic.ALL, ""))
    channels.say("WND", "Lab")
    channels.settle()
    channels.wait(20)
    channels.say("WND", "NOC")
    channels.expand()
    channels.seal(1)
    channels.wait(20)
    channels.say("WND", now)
    channels.expand()
    channels.give_back(1)
    channels.settle()
    assert [row["version"] for row in channels.told(1, "WND")] == versions
    channels.check(1, "WND")
    channels.db.close()


def test_a_lost_retraction_is_made_up_for_where_what_holds_is_followed_no_more() -> None:
    channels = Channels()
    channels.subscribe(1, (Topic.PARTY, "Lab"))
    channels.say("WND", "Lab")
    channels.settle()
    channels.wait(20)
    channels.say("WND", None)
    channels.expand()
    channels.seal(1)
    channels.wait(20)
    channels.say("WND", "LD")
    channels.expand()
    channels.give_back(1)
    channels.settle()
    assert [row["version"] for row in channels.told(1, "WND")] == [1, 3]
    channels.check(1, "WND")
    channels.db.close()


half_done = st.lists(
    st.sampled_from(
        [
            ("expand",),
            ("seal", 1),
            ("arrive", 1),
            ("give_back", 1),
            ("edit", 1),
            ("record",),
            ("crash",),
            ("refuse_edits", 1),
            ("pause", 1),
            ("resume", 1),
        ]
    ),
    max_size=4,
)
turns = st.tuples(
    st.sampled_from(["Lab", "LD", "NOC", None]), st.sampled_from([0, 1, 6, 20]), half_done
)


# A list of what came late was sealed with a version that had no delivery of its own yet.
@example(
    [("Lab", 20, [("expand",)]), ("LD", 0, [("refuse_edits", 1), ("seal", 1)]), ("Lab", 0, [])],
    {0, 1},
)
@settings(max_examples=60)
@given(st.lists(turns, min_size=2, max_size=8), st.sets(st.sampled_from([1, 2, 3, 4, 5, 6])))
def test_however_often_a_claim_turns_every_message_reads_true_after_each_turn(
    turns: list[tuple[str | None, int, list[tuple[str, ...]]]], unsettled: set[int]
) -> None:
    """With crashes between, edits that fail, and turns that come before the last is told."""
    channels = Channels()
    try:
        channels.subscribe(1, (Topic.ALL, ""))
        channels.subscribe(2, (Topic.PARTY, "Lab"))
        for number, (winner, minutes, acts) in enumerate(turns):
            channels.say("WND", winner)
            for act, *arguments in acts:
                getattr(channels, act)(*arguments)
            channels.wait(minutes)
            if number not in unsettled:
                channels.settle()
        channels.wait(10)
        channels.settle()
        for destination in (1, 2):
            channels.check(destination, "WND")
    finally:
        channels.db.close()


def test_what_a_night_held_for_a_place_is_released_whole() -> None:
    channels = Channels()
    for destination in DESTINATIONS:
        channels.subscribe(destination, (Topic.ALL, ""), Level.EVERYTHING)
        channels.calm(destination, Calm(quiet_from="00:00", quiet_until="23:59"))
    for number in range(BATCH // len(DESTINATIONS) + 10):
        channels.say(f"council-{number}", "Lab")
    channels.expand()
    channels.wait(24 * 60)
    held = "SELECT destination, state, count(*) FROM deliveries GROUP BY destination, state"
    release_held(channels.tx, channels.at)
    states = [row[:2] for row in channels.db.conn.execute(held)]
    assert len({place for place, _ in states}) == len(states) == len(DESTINATIONS)
