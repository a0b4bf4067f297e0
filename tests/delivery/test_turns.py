"""A claim that returns to what a post said: that post stands after all, and what lay between is
struck; each turn is heard once."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import discord
import pytest

from bot.clock import SteppedClock
from bot.delivery.debounce import DEBOUNCE, FLAPPING_WITHIN
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.election.alert_kinds import MilestoneKind, Topic
from bot.election.claims import BallotDeclared, Elected, Milestone
from bot.election.reports import BallotKind
from bot.store.claims import claim_notices
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from simulation.discord import Channel, Guild, Permission, Sandbox
from tests.delivery.conftest import FAST, IMPATIENT, Store, all_titles, at_work, place
from tests.delivery.desk import ALMANAC, Desk, gain, hold, withdrawn
from tests.election.build import NIGHT

LABOUR = "Labour gain Wandsworth from Conservatives"
LIBERALS = "Lib Dems gain Wandsworth from Conservatives"
RETRACTION = "RETRACTION: the result reported for Wandsworth is withdrawn"
LATER = FLAPPING_WITHIN + timedelta(minutes=1)


def struck(title: str) -> str:
    """A title as it is shown when it does not hold."""
    return f"WITHDRAWN: ~~{title}~~"


class Turns:
    """Lets claims turn, each time late enough to be told at once."""

    def __init__(self, alerts: Alerts, desk: Desk, clock: SteppedClock) -> None:
        self._alerts, self._desk, self._clock = alerts, desk, clock

    async def to(self, *winners: str | None) -> None:
        """Say of Wandsworth who gains it, in turn; None reverses it."""
        for winner in winners:
            await self._clock.move_to(self._clock.now() + LATER)
            await self._desk.says(gain("WND", "Con", winner) if winner else withdrawn("WND"))
            await self._alerts.drained()


@pytest.fixture
def turns(alerts: Alerts, desk: Desk, clock: SteppedClock) -> Turns:
    return Turns(alerts, desk, clock)


async def test_a_correction_taken_back_is_struck_and_the_first_report_stands(
    turns: Turns, subscriptions: Subscriptions, channel: Channel
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await turns.to("Lab", "LD", "Lab")
    assert all_titles(channel) == [
        LABOUR,
        struck(f"CORRECTION: {LIBERALS}"),
        f"CORRECTION: {LABOUR}",
    ]
    first, between, last = (message.embeds[0] for message in channel.messages)
    assert first["description"].startswith("**Stands after all, ")
    assert "wrong" not in first["description"]
    assert between["description"].startswith(f"This was wrong. {LABOUR}.")
    assert str(channel.messages[2].id) in between["description"]
    assert f"We had reported: {LIBERALS}." in last["description"]
    assert "Our earlier report stands after all." in last["description"]
    assert first["fields"] == channel.messages[0].versions[0].embeds[0]["fields"]


@pytest.mark.parametrize("rounds", [2, 3])
async def test_each_turn_is_heard_once_and_all_that_say_so_stand(
    rounds: int, turns: Turns, subscriptions: Subscriptions, channel: Channel
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await turns.to(*["Lab", "LD"] * rounds)
    titles = [LABOUR, *[f"CORRECTION: {LIBERALS}", f"CORRECTION: {LABOUR}"] * rounds][: 2 * rounds]
    assert all_titles(channel) == [
        title if LIBERALS in title else struck(title) for title in titles
    ]
    await turns.to("Lab")
    assert all_titles(channel) == [
        struck(title) if LIBERALS in title else title
        for title in [*titles, f"CORRECTION: {LABOUR}"]
    ]


async def test_a_result_withdrawn_and_restored_stands_and_its_retraction_is_struck(
    turns: Turns, subscriptions: Subscriptions, channel: Channel
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await turns.to("Lab", None)
    assert all_titles(channel) == [struck(LABOUR), RETRACTION]
    assert channel.messages[0].embeds[0]["description"].startswith("We will update.")
    await turns.to("Lab")
    assert all_titles(channel) == [LABOUR, struck(RETRACTION), LABOUR]
    assert channel.messages[1].embeds[0]["description"].startswith(f"Reported again: {LABOUR}.")
    await turns.to(None)
    assert all_titles(channel) == [struck(LABOUR), RETRACTION, struck(LABOUR), RETRACTION]


async def test_only_the_embed_that_turned_is_touched_in_a_post_of_several(
    alerts: Alerts, desk: Desk, subscriptions: Subscriptions, channel: Channel, clock: SteppedClock,
    turns: Turns,
) -> None:  # fmt: skip
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await desk.says(gain("BNE"), gain("WND"), gain("KHL"))
    await alerts.drained()
    sent = channel.messages[0].embeds
    await turns.to("LD")
    await desk.says(gain("KHL", "Con", "Green"))
    await alerts.drained()
    await turns.to("Lab")
    barnet, wandsworth, hull = channel.messages[0].embeds
    assert barnet == sent[0]
    assert wandsworth["title"] == LABOUR
    assert wandsworth["footer"] == sent[1]["footer"]
    assert hull["title"].startswith("WITHDRAWN")


async def test_direct_messages_and_announcement_channels_read_true_too(
    turns: Turns, subscriptions: Subscriptions, guild: Guild, sandbox: Sandbox
) -> None:
    reader = sandbox.add_user("Ann")
    guild.add_member(reader)
    news = guild.add_channel("news", "announcement")
    await subscriptions.add(Destination(reader.id), Topic.PARTY, "Lab", by=1)
    await subscriptions.add(place(news), Topic.ALL, by=1)
    await turns.to("Lab", "LD", "Lab")
    for channel in (sandbox.direct_channel(reader), news):
        assert all_titles(channel) == [
            LABOUR,
            struck(f"CORRECTION: {LIBERALS}"),
            f"CORRECTION: {LABOUR}",
        ]


async def test_an_edit_that_failed_meanwhile_leaves_nothing_untrue(
    turns: Turns, subscriptions: Subscriptions, channel: Channel, sandbox: Sandbox
) -> None:
    """The first report could not be struck; it holds again, and never said otherwise."""
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await turns.to("Lab")
    refused = {"message": "Invalid Form Body", "code": 50035}
    sandbox.faults.answer("PATCH", "/channels/*/messages/*", 400, refused, times=3)
    await turns.to("LD")
    assert all_titles(channel) == [LABOUR, f"CORRECTION: {LIBERALS}"]
    await turns.to("Lab")
    assert all_titles(channel) == [
        LABOUR,
        struck(f"CORRECTION: {LIBERALS}"),
        f"CORRECTION: {LABOUR}",
    ]
    assert "after all" not in channel.messages[0].embeds[0]["description"]


async def test_a_correction_that_is_refused_still_strikes_what_was_wrong(
    alerts: Alerts, turns: Turns, subscriptions: Subscriptions, channel: Channel, sandbox: Sandbox
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await turns.to("Lab")
    channel.set_permissions(sandbox.bot, deny=Permission.SEND_MESSAGES)
    await turns.to("LD")
    await alerts.drained()
    assert all_titles(channel) == [struck(LABOUR)]
    assert channel.messages[0].embeds[0]["description"] == f"This was wrong. {LIBERALS}."


async def test_a_digest_follows_every_turn_and_is_never_struck(
    alerts: Alerts, desk: Desk, turns: Turns, subscriptions: Subscriptions, channel: Channel
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await desk.says(gain("WND"), gain("BNE"), seeded=True)
    await alerts.drained()
    for winner, sentence in (("LD", LIBERALS), ("Lab", LABOUR), ("LD", LIBERALS)):
        await turns.to(winner)
        assert sentence in channel.messages[0].embeds[0]["description"]
    assert len(channel.messages) == 4


async def test_notices_turn_as_results_do(
    alerts: Alerts, writer: Writer, subscriptions: Subscriptions, channel: Channel,
    clock: SteppedClock,
) -> None:  # fmt: skip
    """A mayor corrected and restored, and a milestone taken back and reached again."""
    await subscriptions.add(place(channel), Topic.CONTESTS, "all", by=1)
    await subscriptions.add(place(channel), Topic.MILESTONES, "all", by=1)

    async def claim(key: str, notice: BallotDeclared | Milestone | None) -> None:
        await clock.move_to(clock.now() + LATER)
        await writer.transact(lambda tx: claim_notices(tx, NIGHT, {key: notice}, clock.now()))
        await alerts.drained()

    def mayor(name: str, party: str) -> BallotDeclared:
        return BallotDeclared("mayor.wire:Croydon", BallotKind.MAYOR, (Elected(name, party),))

    ann, bob = mayor("Ann Able", "Lab"), mayor("Bob Bold", "Con")
    for notice in (ann, bob, ann):
        await claim(ann.key, notice)
    first, between, last = all_titles(channel)
    assert not first.startswith(("WITHDRAWN", "CORRECTION"))
    assert between.startswith("WITHDRAWN: ~~CORRECTION: ")
    assert last == f"CORRECTION: {first}"
    net = Milestone(MilestoneKind.NET_SEATS, party="Con", figure=-50)
    for milestone in (net, None, net):
        await claim(net.key, milestone)
    lost, retracted, again = all_titles(channel)[3:]
    assert retracted.startswith("WITHDRAWN: ~~")
    assert lost == again
    assert not lost.startswith("WITHDRAWN")


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_turns_and_whenever_it_restarts_every_message_reads_true(
    seed: int, writer: Writer, desk: Desk, subscriptions: Subscriptions, guild: Guild,
    clock: SteppedClock, client: discord.Client, store: Store,
) -> None:  # fmt: skip
    """Alerts are stopped at random moments of their work and begun anew."""
    fate = random.Random(seed)
    channels = [guild.add_channel(name) for name in ("all", "labour", "wandsworth")]
    wishes = ((Topic.ALL, ""), (Topic.PARTY, "Lab"), (Topic.COUNCIL, "WND"))
    for channel, (topic, value) in zip(channels, wishes, strict=True):
        await subscriptions.add(place(channel), topic, value, by=1)
    said: str | None = None
    for _ in range(8):
        service = Alerts(writer, ALMANAC, clock, pace=FAST, patience=IMPATIENT)
        async with at_work(service, client):
            winner = fate.choice([each for each in ("Lab", "LD", "Con", None) if each != said])
            await desk.says(
                withdrawn("WND") if winner is None else
                hold("WND", "Con") if winner == "Con" else gain("WND", "Con", winner)
            )  # fmt: skip
            said = winner
            for _ in range(fate.choice([0, 1, 3, 10, 30])):
                await asyncio.sleep(0)
            if fate.random() < 0.5:
                await service.drained()
                _read_true(channels, said)
        await clock.move_to(clock.now() + fate.choice([timedelta(0), DEBOUNCE, LATER]))
    service = Alerts(writer, ALMANAC, clock, pace=FAST, patience=IMPATIENT)
    async with at_work(service, client):
        await clock.move_to(clock.now() + LATER)
        await service.drained()
    _read_true(channels, said)
    assert await store.rows("SELECT * FROM deliveries WHERE state IN ('waiting', 'sealed')") == []
    assert rebuild(writer.path).differences == ()


SENTENCES = {
    "Lab": LABOUR,
    "LD": LIBERALS,
    "Con": "Conservatives hold Wandsworth",
    None: RETRACTION,
}


def _read_true(channels: list[Channel], said: str | None) -> None:
    for channel in channels:
        for message in channel.messages:
            for embed in message.embeds:
                title = embed["title"].removeprefix("CORRECTION: ")
                assert title.startswith("WITHDRAWN") or title == SENTENCES[said]
                assert title != struck(SENTENCES[said])
                assert title != struck(f"CORRECTION: {SENTENCES[said]}")
