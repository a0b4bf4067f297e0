"""Alerts: from claims in the store to messages for those who subscribed to them."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from bot.cards.card import Card, one_message
from bot.clock import Clock
from bot.delivery.batches import Batch, expand_summaries, follow_evidence, release_held
from bot.delivery.checkpoints import Checkpoint, Pass, unwatched
from bot.delivery.courier import Courier
from bot.delivery.debounce import settled_flapping, settles_at
from bot.delivery.expansion import expand, expand_debounced
from bot.delivery.history import Asker, History, history_of, last_posted
from bot.delivery.references import LONGEST
from bot.delivery.refusals import OPENING, POSTING_IN_FORUM, SHOWN, RefusalVerifier
from bot.delivery.render import Renderer
from bot.delivery.rest import Gone, Online, Refused, Rest, Unsendable
from bot.delivery.resuming import ResumeDelays, Resumer
from bot.delivery.sending import Sender
from bot.delivery.subscriptions import Destination
from bot.delivery.thread_posts import IN_THREADS_LACKING
from bot.delivery.traffic import Pace, Patience, Traffic
from bot.election.almanac import Almanac
from bot.election.claims import Notice
from bot.election.councils import Council
from bot.jobs import Job
from bot.pictures.picture import Picture
from bot.pictures.renderer import PictureRenderer
from bot.store import calm, desk, edits, outbox, pausing, summaries, threads
from bot.store import deliveries as store
from bot.store.claims import notice_of
from bot.store.codec import Row
from bot.store.deliveries import DeliveryState
from bot.store.service_notices import DeskChannel
from bot.store.summaries import Edition, SummaryWritten
from bot.store.writer import Transaction, Writer

log = logging.getLogger(__name__)

PACE = 45.0
"""Requests per second; Discord's limit over all routes is 50."""
_BOARDS_SHARE = 0.1
_TEST_TAKES = 10.0
"""The most real seconds that a user waits for a test message."""
_CHECKS_EVERY = 15.0
"""Simulated seconds between two checks whether a flapping claim has settled."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the queued deliveries.

    `refused`: the destination is paused; they are told when it is resumed. `replaced`: a newer
    version replaced them before they were sent. `lost`: none of these, nor sent.
    """

    sent: int
    refused: int
    replaced: int
    lost: int


class Alerts:
    """Expands committed claims into deliveries and delivers them, while `run` runs."""

    def __init__(
        self,
        writer: Writer,
        almanac: Almanac,
        clock: Clock,
        *,
        pace: float = PACE,
        patience: Patience | None = None,
        picture_renderer: PictureRenderer | None = None,
        desk: DeskChannel | None = None,
        resume_delays: ResumeDelays | None = None,
        passed: Pass = unwatched,
    ) -> None:
        self._writer = writer
        self._almanac = almanac
        self._clock = clock
        self._passed = passed
        self._expanded = 0
        self._expanding = False
        self._paused = self._stopped = False
        self.traffic = Traffic(patience)
        """Shared by all requests to Discord."""
        self._pace = Pace(pace, self.traffic.backoff)
        self.boards_pace = Pace(pace * _BOARDS_SHARE, self.traffic.backoff)
        """An additional limit for boards: however many there are, alerts get most turns."""
        self._rest: Rest | None = None
        self._verifier: RefusalVerifier | None = None
        self._progress = asyncio.Event()
        self._desk = desk
        self._resumer = Resumer(writer, clock, resume_delays)
        self._courier = Courier(
            Renderer(almanac),
            clock,
            pace=self._pace,
            picture_renderer=picture_renderer,
            desk=desk,
            passed=passed,
            delay=self.traffic.patience.delay,
            on_progress=self._tell_progress,
        )
        self._expansion = Job(
            "Alerts could not be expanded",
            self._expand_due,
            partial(clock.sleep, _CHECKS_EVERY),
            delay=self.traffic.patience.delay,
        )
        writer.on_commit(self._expansion.wake)

    async def run(self, client: Online) -> None:
        """Deliver through *client*, which is logged in, until cancelled.

        Begins with what an earlier run left. Discord's failures are handled; after any other
        exception it may be run again.
        """
        sender, verifier = self.sender(client), self.verifier(client)  # `test` may use them now
        cursor = await self._writer.transact(lambda tx: store.cursor(tx.db.conn))
        self._expanded = cursor.outbox
        self._hold_if_paused()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._courier.run(sender))
                tasks.create_task(self._expansion.run())
                tasks.create_task(self._resumer.run(verifier))
        finally:
            self._expanding = False

    def rest(self, client: Online) -> Rest:
        """Return the requests through *client*, with the shared pace."""
        if self._rest is None or self._rest.client is not client:
            self._rest = Rest(client, self._pace, traffic=self.traffic)
        return self._rest

    def verifier(self, client: Online) -> RefusalVerifier:
        """Return the verifier of refusals for *client*."""
        rest = self.rest(client)
        if self._verifier is None or self._verifier.rest is not rest:
            self._verifier = RefusalVerifier(rest)
        return self._verifier

    def sender(self, client: Online, passed: Pass | None = None) -> Sender:
        """Return a sender of messages through *client*."""
        return Sender(self._writer, self._clock, self.verifier(client), passed or self._passed)

    def places_changed(self, guild: int | None = None) -> None:
        """Check what is paused in a *guild*, or in all: the bot may be able to post there now."""
        self._resumer.look_at(guild)

    async def drained(self) -> None:
        """Wait until everything that is due now is expanded, delivered and edited.

        A flapping claim is not due until it has settled.
        """
        self._expansion.wake()
        while self._expanding or self._behind() or not self._courier.idle or self._resumed():
            self._progress.clear()
            await self._progress.wait()

    def next_due(self) -> datetime | None:
        """Return when the next flapping claim settles or held alert is due, None without any."""
        settling = map(settles_at, outbox.debounced(self._reads))
        return min(filter(None, [calm.next_due(self._reads), *settling]), default=None)

    async def post_summary(
        self,
        night: date,
        cards: Sequence[Card],
        reason: str,
        edition: Edition = Edition.FINAL,
        told: str = "",
        *,
        picture: Picture | None = None,
    ) -> bool:
        """Post an edition of the summary to its subscribers, or edit it if it was posted.

        Cards that do not fit into one message are left out; the *picture* is added to the first
        card after sending. *reason* says why it is due, *told* identifies the results in it.
        Returns False if nothing has changed since it was posted.
        """
        message = one_message(cards, longest_reference=LONGEST)
        embeds = json.dumps([card.to_embed_dict() for card in message], ensure_ascii=False)

        drawing = "" if picture is None else picture.to_json()

        def work(tx: Transaction) -> bool:
            posted = summaries.summary(tx.db.conn, night.isoformat(), edition)
            if posted is not None and (posted["embeds"], posted["picture"]) == (embeds, drawing):
                return False
            version = 1 if posted is None else posted["version"] + 1
            entry = SummaryWritten(
                night.isoformat(), edition, version, embeds, told, reason, drawing
            )
            tx.append(entry, self._clock.now())
            return True

        written = await self._writer.transact(work)
        self._hold_if_paused()
        self._courier.edit_wanted()
        return written

    def posted_summary(self, night: date, edition: Edition) -> tuple[str, datetime] | None:
        """Return what an edition tells and when it was written, None if it was not yet."""
        posted = summaries.summary(self._reads, night.isoformat(), edition)
        if posted is None:
            return None
        return posted["told"], datetime.fromisoformat(posted["written_at"])

    async def test(self, destination: Destination) -> str | None:
        """Post a test message; return None if it arrived, else a sentence that says why not.

        A paused destination that accepts it is resumed; one that refuses it is paused. Where alerts
        go to threads, the permissions for these are checked too; in a forum only they are.
        """
        rest, verifier = self._rest, self._verifier
        if rest is None or verifier is None:
            return "The bot is not connected to Discord yet. Try again in a moment."
        card = Card(
            title="This is only a test",
            description="Alerts will appear here. Nothing has been declared.",
        )
        payload = {"embeds": [card.to_embed_dict()], "allowed_mentions": {"parse": []}}

        grouping, is_forum = threads.grouping_of(self._reads, destination.id)
        is_forum = is_forum or destination.is_forum

        async def attempt() -> None:
            if is_forum:
                return  # a test would stay as a post: what the bot may do there is looked up
            channel = await rest.channel_of(destination)
            await self._pace.take()
            await rest.send(channel, payload)

        try:
            async with asyncio.timeout(_TEST_TAKES):
                await verifier.insist(destination, attempt)
        except Refused as refusal:
            reason, by_trial = str(refusal), refusal.code not in SHOWN
            await self._writer.transact(
                lambda tx: pausing.pause(
                    tx,
                    destination.id,
                    reason,
                    self._clock.now(),
                    desk=self._desk,
                    by_trial=by_trial,
                )
            )
            return reason
        except (Unsendable, Gone) as fault:
            return str(fault)
        except TimeoutError:
            return "Discord gives no clear answer at present. Try again in a moment."
        needs = POSTING_IN_FORUM if is_forum else OPENING
        if (is_forum or grouping) and not await verifier.is_open(destination, needs):
            return IN_THREADS_LACKING
        await self._writer.transact(
            lambda tx: pausing.resume(tx, destination.id, self._clock.now())
        )
        return None

    def history(
        self, night: date, council: Council, asker: Asker, *, only: int | None = None
    ) -> History:
        """Return what became of a council's claim in the asker's destinations, or in *only* one."""
        return history_of(self._reads, night, council, asker, self._almanac, only=only)

    def last_posted(self, asker: Asker) -> list[Row]:
        """Return the last deliveries sent to the asker's destinations, newest first."""
        return last_posted(self._reads, asker)

    def delivery(self, reference: str) -> Row | None:
        """Return a delivery by its reference."""
        return store.by_reference(self._reads, reference)

    def notice_told(self, delivery: Row) -> Notice | None:
        """Return the notice that a delivery told or retracted, None for any other delivery."""
        claim = outbox.claim(self._reads, delivery["outbox"])
        if claim is None or not claim["of_notice"]:
            return None
        versions = outbox.claim_versions(self._reads, claim["night"], claim["council"])
        told = [one for one in versions if one["version"] <= claim["version"]]
        return next((said for one in reversed(told) if (said := notice_of(one))), None)

    async def counts(self) -> Counts:
        """Return what became of all deliveries so far."""
        fates = await self._writer.transact(lambda tx: store.count_by_state(tx.db.conn))
        lost = (DeliveryState.WAITING, DeliveryState.SEALED, DeliveryState.FAILED)
        return Counts(
            sent=fates.get(DeliveryState.SENT, 0),
            refused=fates.get("paused", 0),
            replaced=fates.get(DeliveryState.REPLACED, 0),
            lost=sum(fates.get(state, 0) for state in lost),
        )

    async def _expand_due(self) -> None:
        try:
            self._hold_if_paused()
            self._courier.take_up_resumed()
            if self._behind():
                self._passed(Checkpoint.COMMITTED)
                self._expanding = True
                while not await self._expand_batch():
                    self._hold_if_paused()
                    if self._paused:
                        break
        finally:
            self._expanding = False
            self._tell_progress()

    async def _expand_batch(self) -> bool:
        """Expand a batch of each kind; return True if nothing is left."""

        def work(tx: Transaction) -> tuple[tuple[Batch, ...], tuple[tuple[int, ...], bool]]:
            now = self._clock.now()
            batches = (
                expand(tx, self._almanac, now, self._desk),
                expand_debounced(tx, self._almanac, now, self._desk),
                expand_summaries(tx, now),
                release_held(tx, now),
            )
            followed = follow_evidence(tx, now)
            self._passed(Checkpoint.EXPANDING)
            return batches, followed

        batches, (edited, all_edited) = await self._writer.transact(work)
        self._passed(Checkpoint.EXPANDED)
        if batches[-1].queued:
            self._passed(Checkpoint.RELEASED)
        self._expanded = batches[0].outbox
        for batch in batches:
            self._courier.add(batch.queued)
            self._courier.edit(batch.outdated)
        self._courier.edit(edited)
        return all_edited and all(batch.finished for batch in batches)

    def _behind(self) -> bool:
        """Return whether anything that is due is not expanded yet."""
        if self._paused:
            return False
        return (
            outbox.newest_outbox(self._reads) > self._expanded
            or bool(summaries.summaries_to_expand(self._reads))
            or bool(settled_flapping(self._reads, self._clock.now()))
            or bool(calm.held_due(self._reads, self._clock.now(), 1))
            or bool(edits.evidence_to_follow(self._reads))
        )

    def _resumed(self) -> bool:
        """Return whether destinations were resumed that the courier has not queued yet."""
        return pausing.last_resumption(self._reads) > self._courier.resumed

    def stop(self) -> None:
        """Stop sending, editing and publishing for good: the database cannot be trusted."""
        self._stopped = True
        self._courier.hold(True)

    def _hold_if_paused(self) -> None:
        """Hold everything back while the desk has paused all alerts."""
        self._paused = self._stopped or desk.pause(self._reads) is not None
        self._courier.hold(self._paused)

    @property
    def _reads(self) -> sqlite3.Connection:
        return self._writer.reads

    def _tell_progress(self) -> None:
        self._progress.set()
