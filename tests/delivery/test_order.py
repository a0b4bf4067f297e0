"""The courier's order among destinations, its shared commits and its pace."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from time import monotonic

from bot.cards.card import length_of
from bot.delivery.queues import DestinationQueue, GroupCommit, SerialTasks
from bot.delivery.render import _within_limit
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.delivery.traffic import Pace
from bot.election.alert_kinds import Topic
from bot.store import pausing
from bot.store.errors import StoreError
from bot.store.writer import Transaction, Writer
from tests.delivery.conftest import Store
from tests.delivery.desk import START, Desk, gain


def test_the_most_urgent_destination_goes_first() -> None:
    agenda = DestinationQueue()
    for destination, rank in ((1, (2, 1)), (2, (1, 2)), (3, (1, 1))):
        agenda.add(destination, rank)
    agenda.add(1, (0, 9))
    agenda.add(2, (2, 0))
    assert [agenda.take() for _ in range(4)] == [1, 3, 2, None]


def test_a_destination_that_is_served_is_not_handed_out_again() -> None:
    agenda = DestinationQueue()
    agenda.add(1, (1, 1))
    assert agenda.take() == 1
    agenda.add(1, (1, 2))
    assert agenda.take() is None
    assert agenda
    agenda.release(1)
    assert agenda.take() == 1
    agenda.release(1)
    assert not agenda


async def test_work_that_is_called_for_meanwhile_is_done_once_more() -> None:
    done: list[int] = []
    go = asyncio.Event()

    async def work(destination: int) -> None:
        await go.wait()
        done.append(destination)

    lanes = SerialTasks(work)
    async with asyncio.TaskGroup() as tasks:
        lanes.call(1, tasks)
        await asyncio.sleep(0)
        lanes.call(1, tasks)
        lanes.call(1, tasks)
        lanes.call(2, tasks)
        assert lanes
        go.set()
    assert sorted(done) == [1, 1, 2]
    assert not lanes


async def test_work_that_was_cancelled_before_it_began_can_be_called_for_again() -> None:
    """Delivery that breaks off is run again, and its edits are made then."""
    done: list[int] = []

    async def work(destination: int) -> None:
        done.append(destination)

    lanes = SerialTasks(work)
    with suppress(ExceptionGroup):
        async with asyncio.TaskGroup() as tasks:
            lanes.call(1, tasks)
            raise OSError
    assert done == []
    assert not lanes
    async with asyncio.TaskGroup() as tasks:
        lanes.call(1, tasks)
    assert done == [1]


async def test_work_that_fails_undoes_itself_and_not_its_neighbours(writer: Writer) -> None:
    commit = GroupCommit(writer)

    def write(tx: Transaction, number: int) -> int:
        tx.db.conn.execute("INSERT INTO destinations (id) VALUES (?)", (number,))
        if number == 2:
            raise LookupError("two")
        return number

    results = await asyncio.gather(
        *(commit(lambda tx, n=n: write(tx, n)) for n in (1, 2, 3)),  # type: ignore[misc]
        return_exceptions=True,
    )
    assert (results[0], results[2]) == (1, 3)
    assert isinstance(results[1], LookupError)
    rows = await writer.transact(lambda tx: tx.rows("SELECT id FROM destinations"))
    assert [row["id"] for row in rows] == [1, 3]


async def test_a_fault_of_the_machine_undoes_all_of_a_group(writer: Writer) -> None:
    """SQLite may have undone the transaction already, and with it what was written before."""
    commit = GroupCommit(writer)

    def write(tx: Transaction, number: int) -> int:
        tx.db.conn.execute("INSERT INTO destinations (id) VALUES (?)", (number,))
        if number == 2:
            tx.db.conn.execute("ROLLBACK")
            raise StoreError("There is no room.")
        return number

    results = await asyncio.gather(
        *(commit(lambda tx, n=n: write(tx, n)) for n in (1, 2, 3)),  # type: ignore[misc]
        return_exceptions=True,
    )
    assert all(isinstance(result, StoreError) for result in results)
    assert await writer.transact(lambda tx: tx.rows("SELECT id FROM destinations")) == []
    assert await commit(lambda tx: write(tx, 1)) == 1


async def test_the_pace_is_kept_after_a_pause_too() -> None:
    pace = Pace(200)
    await asyncio.sleep(0.05)
    began = monotonic()
    for _ in range(43):
        await pace.take()
    assert 0.19 <= monotonic() - began < 0.5


def test_an_edited_message_stays_within_its_limit() -> None:
    embeds = [{"title": "t" * 10, "description": letter * 2_500} for letter in "abc"]
    shown = _within_limit(embeds)
    assert length_of(shown) <= 6_000
    assert [each["title"] for each in shown] == ["t" * 10] * 3
    assert all(each["description"] for each in shown)


def test_an_edited_message_ends_no_line_in_mid_sentence() -> None:
    sentence = "Labour hold Elmsea, with 30 of its 57 seats."
    told = [" ".join([sentence] * 40), "\n".join([sentence] * 40)]
    shown = _within_limit([{"title": "t", "description": text} for text in told * 2])
    assert length_of(shown) <= 6_000
    for each in shown:
        *whole, last = re.split(r"\n|(?<=\.) ", each["description"])
        assert set(whole) == {sentence}
        assert re.fullmatch(rf"(?i)and \d+ more\.?|{re.escape(sentence)}", last)


async def test_what_never_arrived_is_not_corrected_but_told(
    writer: Writer, subscriptions: Subscriptions, desk: Desk, store: Store
) -> None:
    """Paused at the moment of the claim, resumed before it was corrected."""
    await subscriptions.add(Destination(1, 7), Topic.ALL, by=1)
    await writer.transact(lambda tx: pausing.pause(tx, 1, "closed", START))
    await desk.says(gain("WND"))
    await store.expand()
    await writer.transact(lambda tx: pausing.resume(tx, 1, START))
    await desk.says(gain("WND", "Con", "LD"))
    await store.expand()
    told = [
        (kind, version, state)
        for _, kind, _, version, state in await store.told()
        if kind != "service"
    ]
    assert told == [("alert", 1, "replaced"), ("alert", 2, "waiting")]
