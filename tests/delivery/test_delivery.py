"""From a claim to a message: discord.py against the sandbox, over real sockets."""

from __future__ import annotations

from bot.delivery.service import Alerts, Counts
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.election.alert_kinds import Topic
from simulation.discord import Channel, Guild, Sandbox
from tests.delivery.conftest import Store, place, references, titles
from tests.delivery.desk import MANY, Desk, News, gain, hold


async def test_a_change_of_hands_reaches_the_channel_that_asked(
    alerts: Alerts, desk: Desk, subscriptions: Subscriptions, channel: Channel, store: Store
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await desk.says(gain("KHL", "Lab", "LD"), hold("WND", "Con"))
    await alerts.drained()
    assert titles(channel) == [["Lib Dems gain Kingston upon Hull from Labour"]]
    (receipt,) = await store.rows("SELECT * FROM receipts")
    assert receipt["message_id"] == channel.messages[0].id
    assert (receipt["guild_id"], receipt["council"], receipt["version"]) == (
        channel.guild and channel.guild.id,
        "KHL",
        1,
    )
    assert await alerts.counts() == Counts(sent=1, refused=0, replaced=0, lost=0)


async def test_every_embed_ends_in_the_reference_of_its_delivery(
    alerts: Alerts, desk: Desk, subscriptions: Subscriptions, channel: Channel, store: Store
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await desk.says(gain("KHL"), gain("WND"))
    await alerts.drained()
    found = await store.rows("SELECT reference FROM deliveries ORDER BY id")
    assert references(channel.messages[0]) == [row["reference"] for row in found]


async def test_a_burst_makes_few_messages_and_the_most_urgent_come_first(
    alerts: Alerts, desk: Desk, subscriptions: Subscriptions, channel: Channel
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    first_elections = [News(council.code, None, "Lab") for council in MANY[:5]]
    gains = [gain(council.code) for council in MANY[5:25]]
    await desk.says(*first_elections, *gains)
    await alerts.drained()
    shown = titles(channel)
    assert [len(message) for message in shown] == [10, 10, 5]
    assert [title for message in shown[:2] for title in message] == [
        f"Labour gain {council.name} from Conservatives" for council in MANY[5:25]
    ]
    assert shown[2] == [f"First election: Labour win {council.name}" for council in MANY[:5]]


async def test_overlapping_subscriptions_make_one_message_that_pings_each_role_once(
    alerts: Alerts,
    desk: Desk,
    subscriptions: Subscriptions,
    guild: Guild,
    channel: Channel,
) -> None:
    roles = [guild.add_role(name, mentionable=True).id for name in ("labour", "london")]
    await subscriptions.add(place(channel), Topic.PARTY, "Lab", role=roles[0], by=1)
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await subscriptions.add(place(channel), Topic.REGION, "London", role=roles[1], by=1)
    await subscriptions.add(place(channel), Topic.PARTY, "Con", role=roles[0], by=1)
    await desk.says(gain("WND", "Con", "Lab"))
    await alerts.drained()
    (message,) = channel.messages
    pings = f"<@&{roles[0]}> <@&{roles[1]}>"
    assert message.content == f"Labour gain Wandsworth from Conservatives {pings}"
    assert message.pinged.roles == frozenset(roles)


async def test_a_follower_is_told_in_direct_messages(
    alerts: Alerts, desk: Desk, subscriptions: Subscriptions, guild: Guild, sandbox: Sandbox
) -> None:
    reader = sandbox.add_user("Ann")
    guild.add_member(reader)
    await subscriptions.add(Destination(reader.id), Topic.COUNCIL, "KHL", by=reader.id)
    await desk.says(hold("KHL", "Lab"))
    await alerts.drained()
    assert titles(sandbox.direct_channel(reader)) == [["Labour hold Kingston upon Hull"]]


async def test_who_subscribes_in_mid_night_gets_nothing_old(
    alerts: Alerts, desk: Desk, subscriptions: Subscriptions, channel: Channel
) -> None:
    await desk.says(gain("KHL"))
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await desk.says(gain("WND"))
    await alerts.drained()
    assert titles(channel) == [["Labour gain Wandsworth from Conservatives"]]


async def test_a_backlog_is_told_in_one_digest_and_not_as_alerts(
    alerts: Alerts, desk: Desk, subscriptions: Subscriptions, channel: Channel
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    await desk.says(gain("KHL"), hold("BNE"), News("CMA", None, "Lab"), seeded=True)
    await desk.says(gain("WND"))
    await alerts.drained()
    digest, alert = [embed for message in channel.messages for embed in message.embeds]
    if digest["title"].startswith("Labour"):
        digest, alert = alert, digest
    assert digest["title"] == "3 councils had declared when we began to follow"
    assert digest["description"].splitlines()[:2] == [
        "Labour gain Kingston upon Hull from Conservatives",
        "First election: Labour win Cumberland",
    ]
    assert alert["title"] == "Labour gain Wandsworth from Conservatives"
