"""Milestones in channels: certain results are asked for by themselves, no change is told twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.clock import SteppedClock
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Subscriptions
from bot.election.alert_kinds import EVERY, MilestoneKind, Topic
from bot.election.claims import Milestone
from bot.store.claims import claim_notices
from bot.store.writer import Transaction, Writer
from simulation.discord import Channel, Guild
from tests.delivery.conftest import all_titles, place
from tests.delivery.desk import Desk, gain, say
from tests.election.build import NIGHT

FLAGSHIP = Milestone(MilestoneKind.FLAGSHIP, "WND", "Lab")
FIRST = Milestone(MilestoneKind.FIRST_IN_DECADES, "WND", "Lab", NIGHT.year)
NET = Milestone(MilestoneKind.NET_SEATS, party="Con", figure=-50)
CERTAIN = Milestone(MilestoneKind.CERTAIN, "WND", "Lab")
GAIN = "Labour gain Wandsworth from Conservatives"

Claim = Callable[..., Awaitable[None]]


@pytest.fixture
def claim(writer: Writer, clock: SteppedClock, alerts: Alerts) -> Claim:
    """Claims milestones in one transaction and has them told."""

    async def claim(*milestones: Milestone) -> None:
        wanted = {one.key: one for one in milestones}
        await writer.transact(lambda tx: claim_notices(tx, NIGHT, wanted, clock.now()))
        await alerts.drained()

    return claim


async def test_certain_results_are_no_part_of_every_milestone(
    claim: Claim, subscriptions: Subscriptions, guild: Guild
) -> None:
    every, certain = guild.add_channel("every"), guild.add_channel("certain")
    await subscriptions.add(place(every), Topic.MILESTONES, EVERY, by=1)
    await subscriptions.add(place(certain), Topic.MILESTONES, MilestoneKind.CERTAIN, by=1)
    await claim(CERTAIN, NET)
    assert all_titles(certain) == ["Labour certain to win Wandsworth"]
    assert all_titles(every) == ["Conservative net seat losses pass 50"]


async def test_a_change_of_hands_is_one_milestone_however_many_kinds_it_is_of(
    claim: Claim, subscriptions: Subscriptions, channel: Channel
) -> None:
    await subscriptions.add(place(channel), Topic.MILESTONES, EVERY, by=1)
    await claim(FLAGSHIP, FIRST, NET)
    assert len([title for title in all_titles(channel) if "Wandsworth" in title]) == 1
    assert len(all_titles(channel)) == 2


@pytest.mark.parametrize("together", [True, False])
async def test_where_the_change_itself_is_told_its_milestones_are_not(
    together: bool, claim: Claim, alerts: Alerts, desk: Desk, subscriptions: Subscriptions,
    channel: Channel, guild: Guild, writer: Writer, clock: SteppedClock,
) -> None:  # fmt: skip
    """Whether both are expanded in one batch or one after the other."""
    other = guild.add_channel("milestones")
    for topic, value in ((Topic.COUNCIL, "WND"), (Topic.MILESTONES, EVERY)):
        await subscriptions.add(place(channel), topic, value, by=1)
    await subscriptions.add(place(other), Topic.MILESTONES, MilestoneKind.FIRST_IN_DECADES, by=1)
    if together:

        def work(tx: Transaction) -> None:
            say(tx, gain("WND"), clock)
            wanted = {one.key: one for one in (FLAGSHIP, FIRST, NET)}
            claim_notices(tx, NIGHT, wanted, clock.now())

        await writer.transact(work)
    else:
        await desk.says(gain("WND"))
        await alerts.drained()
        await claim(FLAGSHIP, FIRST, NET)
    await alerts.drained()
    assert all_titles(channel) == [GAIN, "Conservative net seat losses pass 50"]
    assert len(all_titles(other)) == 1
    assert "Wandsworth" in all_titles(other)[0]


async def test_a_digest_names_a_council_once(
    alerts: Alerts, subscriptions: Subscriptions, channel: Channel, writer: Writer,
    clock: SteppedClock,
) -> None:  # fmt: skip
    await subscriptions.add(place(channel), Topic.ALL, by=1)

    def work(tx: Transaction) -> None:
        say(tx, gain("WND"), clock, seeded=True)
        wanted = {one.key: one for one in (FLAGSHIP, FIRST, NET)}
        claim_notices(tx, NIGHT, wanted, clock.now(), seeded=True)

    await writer.transact(work)
    await alerts.drained()
    (message,) = channel.messages
    told = message.embeds[0]["description"]
    assert told.count("Wandsworth") == 1
    assert GAIN in told
