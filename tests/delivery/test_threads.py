"""Alerts in threads and forums: each made once, closed after the night, and no alert is lost."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import discord
import pytest

from bot.cards.card import Card
from bot.clock import SteppedClock
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.delivery.threads import thread_name
from bot.election.alert_kinds import Topic
from bot.election.calm import Calm
from bot.store.erasure import kept_of_guild
from bot.store.opening import open_for_reading
from bot.store.rebuild import rebuild
from bot.store.threads import Grouping
from bot.store.writer import Writer
from simulation.discord import Channel, Event, Guild, Moment, Permission, Sandbox
from simulation.discord.routes import threads as sandbox_threads
from simulation.discord.routes.threads import close_thread
from simulation.discord.threads import Tag
from tests.delivery.conftest import FAST, IMPATIENT, AlertsWith, Tell, all_titles, at_work, place
from tests.delivery.desk import ALMANAC, Desk, News, gain
from tests.election.build import NIGHT
from tests.support.sandbox import running

pytestmark = pytest.mark.usefixtures("quietly")

CREATE = ("POST", "/channels/*/threads")
HASTY = replace(IMPATIENT, settles=0.05)
WANDSWORTH = "Labour gain Wandsworth from Conservatives"
BARNET = "Labour gain Barnet from Conservatives"
CARDIFF = "Labour gain Cardiff from Conservatives"
DAY = f"{NIGHT.day} {NIGHT:%B %Y}"


@pytest.fixture
async def alerts(alerts_with: AlertsWith, writer: Writer, tmp_path: Path) -> AsyncIterator[Alerts]:
    async with alerts_with(patience=HASTY) as alerts:
        yield alerts
        await alerts.drained()
    await writer.transact(lambda tx: None)
    assert rebuild(tmp_path / "night.sqlite").differences == ()


@pytest.fixture
async def forum(guild: Guild, subscriptions: Subscriptions) -> Channel:
    """A forum in which every change of hands is told."""
    made = guild.add_channel("councils", "forum", tags=["Labour", "Conservatives"])
    await subscriptions.add(Destination(made.id, guild.id, is_forum=True), Topic.ALL, by=1)
    return made


async def chosen(subscriptions: Subscriptions, channel: Channel, grouping: Grouping) -> None:
    await subscriptions.choose_threads(place(channel), grouping)


def told(channel: Channel) -> dict[str, list[str]]:
    """What stands in a channel's threads, by their names."""
    return {thread.name: all_titles(thread) for thread in channel.threads}


@pytest.mark.parametrize(
    ("grouping", "where"),
    [
        (Grouping.NIGHT, {"": [WANDSWORTH, CARDIFF]}),
        (Grouping.REGION, {": London": [WANDSWORTH], ": Wales": [CARDIFF]}),
        (Grouping.PARTY, {": Labour": [WANDSWORTH, CARDIFF]}),
        (Grouping.COUNCIL, {": Wandsworth": [WANDSWORTH], ": Cardiff": [CARDIFF]}),
    ],
)
async def test_each_grouping_has_its_threads(
    grouping: Grouping,
    where: dict[str, list[str]],
    followed: Channel,
    subscriptions: Subscriptions,
    tell: Tell,
) -> None:
    await chosen(subscriptions, followed, grouping)
    await tell(gain("WND"), gain("CRF"))
    assert told(followed) == {f"Elections of {DAY}{name}": said for name, said in where.items()}
    assert all_titles(followed) == []


async def test_a_thread_is_made_when_its_first_alert_is_due_and_once(
    followed: Channel, subscriptions: Subscriptions, tell: Tell, sandbox: Sandbox
) -> None:
    await chosen(subscriptions, followed, Grouping.REGION)
    assert followed.threads == []
    await tell(gain("WND"))
    await tell(gain("BNE"))
    assert told(followed) == {f"Elections of {DAY}: London": [WANDSWORTH, BARNET]}
    asked = [each.route for each in sandbox.requests if each.method == "POST"]
    assert asked.count("/channels/{channel_id}/threads") == 1


async def test_a_correction_goes_where_the_alert_is_whichever_party_it_is_about(
    followed: Channel, subscriptions: Subscriptions, tell: Tell
) -> None:
    await chosen(subscriptions, followed, Grouping.PARTY)
    await tell(gain("WND"))
    await tell(gain("WND", after="LD"))
    (thread,) = followed.threads
    assert [title.partition(":")[0] for title in all_titles(thread)] == ["WITHDRAWN", "CORRECTION"]


@pytest.mark.parametrize("how", ["answer lost", "server error"])
async def test_a_lost_answer_never_makes_two_threads(
    how: str, followed: Channel, subscriptions: Subscriptions, tell: Tell, sandbox: Sandbox
) -> None:
    await chosen(subscriptions, followed, Grouping.NIGHT)
    if how == "answer lost":
        sandbox.faults.drop_answer_after_applying(*CREATE)
    else:
        page, done = "<html>Bad gateway</html>", Moment.AFTER_APPLYING
        sandbox.faults.answer(*CREATE, 502, page, moment=done)
    await tell(gain("WND"))
    assert told(followed) == {f"Elections of {DAY}": [WANDSWORTH]}


async def test_a_lost_answer_never_makes_two_posts_in_a_forum(
    forum: Channel, tell: Tell, sandbox: Sandbox
) -> None:
    """The first alert is in the post that was made: it is not sent again."""
    sandbox.faults.drop_answer_after_applying(*CREATE)
    await tell(gain("WND"))
    assert told(forum) == {f"Wandsworth: elections of {DAY}": [WANDSWORTH]}


async def test_a_thread_of_an_earlier_file_is_found_by_its_name_also_archived(
    followed: Channel, subscriptions: Subscriptions, tell: Tell, guild: Guild, sandbox: Sandbox
) -> None:
    stranger = sandbox.add_user("Ann")
    guild.add_member(stranger)
    sandbox_threads.start_thread(followed, f"Elections of {DAY}", stranger)
    ours = sandbox_threads.start_thread(followed, f"Elections of {DAY}", sandbox.bot)
    close_thread(ours)
    await chosen(subscriptions, followed, Grouping.NIGHT)
    await tell(gain("WND"))
    assert all_titles(ours) == [WANDSWORTH]
    assert len(followed.threads) == 2


async def test_a_forum_has_a_post_for_each_council_with_the_winners_tag(
    forum: Channel, tell: Tell
) -> None:
    await tell(gain("WND"), gain("CRF"))
    await tell(gain("WND", after="LD"))
    wandsworth = next(each for each in forum.threads if each.name.startswith("Wandsworth"))
    assert wandsworth.messages[0].id == wandsworth.id
    assert wandsworth.thread is not None
    assert wandsworth.thread.tags == ()  # none of the forum's is the Lib Dems'
    assert [title.partition(":")[0] for title in all_titles(wandsworth)] == [
        "WITHDRAWN",
        "CORRECTION",
    ]
    assert len(forum.threads) == 2


async def test_a_forums_tag_is_who_holds_the_council_now_and_other_tags_stay(
    forum: Channel, tell: Tell, clock: SteppedClock
) -> None:
    labour, conservatives = (tag.id for tag in forum.tags)
    forum.tags.append(Tag(1, "London"))
    await tell(News("WND", "Lab", "Con"))
    (post,) = forum.threads
    assert post.thread is not None
    assert post.thread.tags == (conservatives,)
    post.thread.tags = (1, conservatives)
    for after, tag in (("Lab", labour), ("NOC", None), (None, None), ("Con", conservatives)):
        await clock.move_to(clock.now() + timedelta(hours=1))
        await tell(News("WND", "LD" if after else None, after))
        assert set(post.thread.tags) == {1, tag} - {None}


async def test_a_council_that_a_party_lost_to_nobody_has_no_tag_of_it(
    forum: Channel, tell: Tell
) -> None:
    await tell(News("WND", "Lab", "NOC"))
    assert [each.thread and each.thread.tags for each in forum.threads] == [()]


async def test_where_results_are_hidden_no_tag_and_no_name_of_a_thread_tells_one(
    forum: Channel, followed: Channel, subscriptions: Subscriptions, tell: Tell
) -> None:
    await chosen(subscriptions, followed, Grouping.PARTY)
    for each in (forum, followed):
        await subscriptions.set_calm(place(each), Calm(spoilers=True))
    await tell(gain("WND"))
    (post,), (thread,) = forum.threads, followed.threads
    assert post.thread is not None
    assert post.thread.tags == ()
    assert [post.name, thread.name] == [f"Wandsworth: elections of {DAY}", f"Elections of {DAY}"]


async def the_end(alerts: Alerts) -> None:
    await alerts.post_summary(NIGHT, [Card("The night in full", "Labour gain two.")], "over")
    await alerts.drained()


async def test_threads_close_after_the_final_summary_and_a_correction_opens_its_own(
    followed: Channel, subscriptions: Subscriptions, tell: Tell, alerts: Alerts
) -> None:
    await subscriptions.add(place(followed), Topic.SUMMARY, by=1)
    await chosen(subscriptions, followed, Grouping.REGION)
    await tell(gain("WND"), gain("CRF"))
    await the_end(alerts)
    assert all_titles(followed) == ["The night in full"]
    london, wales = followed.threads
    assert [each.thread and each.thread.archived for each in (london, wales)] == [True, True]
    await tell(gain("WND", after="LD"))
    assert [each.thread and each.thread.archived for each in (london, wales)] == [False, True]
    assert all_titles(london)[0].startswith("WITHDRAWN")


async def test_an_edit_opens_an_archived_thread(
    followed: Channel,
    subscriptions: Subscriptions,
    tell: Tell,
    alerts: Alerts,
    desk: Desk,
) -> None:
    await chosen(subscriptions, followed, Grouping.NIGHT)
    await tell(gain("WND"))
    await the_end(alerts)
    await desk.rests_on("WND", {"Lab": 41, "Con": 17})
    await alerts.drained()
    (message,) = followed.threads[0].messages
    assert "41" in str(message.embeds)


LACKING = "Create Public Threads"


@pytest.mark.parametrize(
    ("deny", "words"),
    [
        (Permission.CREATE_PUBLIC_THREADS, LACKING),
        (Permission.SEND_MESSAGES_IN_THREADS, LACKING),
        (None, "1,000 open threads"),
    ],
)
async def test_where_threads_are_refused_alerts_go_to_the_channel_and_the_admin_is_told_once(
    deny: Permission | None,
    words: str,
    followed: Channel,
    subscriptions: Subscriptions,
    tell: Tell,
    sandbox: Sandbox,
    guild: Guild,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    admin = sandbox.add_user("Ada")
    guild.add_member(admin)
    await subscriptions.add(place(followed), Topic.ALL, role=None, by=admin.id)
    await subscriptions.add(place(followed), Topic.SUMMARY, by=admin.id)
    await chosen(subscriptions, followed, Grouping.COUNCIL)
    if deny is None:
        monkeypatch.setattr(sandbox_threads, "MOST_ACTIVE", 0)
    else:
        followed.set_permissions(sandbox.bot, deny=deny)
    await tell(gain("WND"), gain("CRF"))
    await tell(gain("BNE"))
    assert sorted(all_titles(followed)) == sorted([WANDSWORTH, CARDIFF, BARNET])
    assert [all_titles(each) for each in followed.threads] in ([], [[]])
    (notice,) = sandbox.direct_channel(admin).messages
    assert words in notice.embeds[0]["description"]
    assert "No alert is lost" in notice.embeds[0]["description"]

    # Choosing threads again tries again.
    monkeypatch.undo()
    followed.set_permissions(sandbox.bot)
    await chosen(subscriptions, followed, Grouping.COUNCIL)
    await tell(gain("KHL"))
    assert all_titles(followed.threads[-1]) == ["Labour gain Kingston upon Hull from Conservatives"]


@pytest.mark.parametrize("how", ["deleted", "locked"])
async def test_a_thread_that_is_gone_is_replaced_by_the_channel(
    how: str, followed: Channel, subscriptions: Subscriptions, tell: Tell
) -> None:
    await chosen(subscriptions, followed, Grouping.REGION)
    await tell(gain("WND"))
    if how == "deleted":
        followed.threads[0].delete()
    else:
        close_thread(followed.threads[0], locked=True)
    await tell(gain("BNE"))
    await tell(gain("CRF"))
    assert all_titles(followed) == [BARNET]
    assert all_titles(followed.threads[-1]) == [CARDIFF]


@pytest.mark.parametrize("how", ["deleted", "locked"])
async def test_a_forum_post_that_is_gone_is_begun_anew_and_no_other_is_kept_waiting(
    how: str, forum: Channel, tell: Tell
) -> None:
    await tell(gain("WND"))
    if how == "deleted":
        forum.threads[0].delete()
    else:
        close_thread(forum.threads[0], locked=True)
    await tell(gain("WND", after="LD"))
    await tell(gain("BNE"))
    corrected, other = forum.threads[-2:]
    assert all_titles(corrected)[0].startswith("CORRECTION")
    assert corrected.thread is not None
    assert corrected.thread.tags == ()  # not the tag of what was wrong
    assert all_titles(other) == [BARNET]


async def test_a_forum_that_refuses_is_paused_and_loses_nothing(
    forum: Channel, tell: Tell, alerts: Alerts, writer: Writer, subscriptions: Subscriptions
) -> None:
    bot = forum.world.bot
    forum.set_permissions(bot, deny=Permission.SEND_MESSAGES)
    await tell(gain("WND"))
    assert forum.threads == []
    forum.set_permissions(bot)
    assert await alerts.test(Destination(forum.id, forum.guild.id if forum.guild else None)) is None
    await alerts.drained()
    assert told(forum) == {f"Wandsworth: elections of {DAY}": [WANDSWORTH]}


async def test_threads_are_erased_and_exported_with_their_server(
    followed: Channel,
    subscriptions: Subscriptions,
    tell: Tell,
    guild: Guild,
    tmp_path: Path,
) -> None:
    await chosen(subscriptions, followed, Grouping.NIGHT)
    await tell(gain("WND"))
    kept = await subscriptions.kept_of_guild(guild.id)
    assert [row["name"] for row in kept.rows["threads"]] == [f"Elections of {DAY}"]
    await subscriptions.erase_guild(guild.id)
    db = open_for_reading(tmp_path / "night.sqlite")
    assert kept_of_guild(db, guild.id).totals == dict.fromkeys(kept.totals, 0)
    db.close()


async def test_the_gateway_shows_threads_to_the_client_that_delivers(
    followed: Channel,
    subscriptions: Subscriptions,
    writer: Writer,
    clock: SteppedClock,
    desk: Desk,
    sandbox: Sandbox,
) -> None:
    """Through a whole discord.py client with its cache of threads, permissions included."""
    await chosen(subscriptions, followed, Grouping.COUNCIL)
    client = discord.Client(intents=discord.Intents(guilds=True))
    async with running(client, sandbox):
        alerts = Alerts(writer, ALMANAC, clock, pace=FAST, patience=HASTY)
        async with at_work(alerts, client):
            await desk.says(gain("WND"))
            await alerts.drained()
            (thread,) = followed.threads
            await sandbox.wait_for(lambda: client.get_channel(thread.id))
            await desk.says(gain("WND", after="LD"))
            await alerts.drained()
            followed.set_permissions(sandbox.bot, deny=Permission.SEND_MESSAGES_IN_THREADS)
            await desk.says(gain("BNE"))
            await alerts.drained()
    assert len(all_titles(thread)) == 2
    assert all_titles(followed) == [BARNET]


async def test_a_restored_copy_finds_its_threads_and_repeats_nothing_in_them(
    followed: Channel,
    forum: Channel,
    subscriptions: Subscriptions,
    writer: Writer,
    clock: SteppedClock,
    desk: Desk,
    client: discord.Client,
    tmp_path: Path,
) -> None:
    """The copy knows of the choice, and neither of the threads nor of what is in them."""
    await chosen(subscriptions, followed, Grouping.REGION)
    copy = tmp_path / "copy.sqlite"
    with closing(sqlite3.connect(tmp_path / "night.sqlite")) as db:
        db.execute("VACUUM INTO ?", (str(copy),))
    alerts = Alerts(writer, ALMANAC, clock, pace=FAST, patience=HASTY)
    async with at_work(alerts, client):
        await desk.says(gain("WND"))
        await alerts.drained()
    before = {**told(followed), **told(forum)}
    async with Writer(copy) as restored:
        alerts = Alerts(restored, ALMANAC, clock, pace=FAST, patience=HASTY)
        async with at_work(alerts, client):
            await Desk(restored, clock).says(gain("WND"))
            await alerts.drained()
            assert {**told(followed), **told(forum)} == before
            await Desk(restored, clock).says(gain("WND", after="LD"), gain("BNE"))
            await alerts.drained()
    assert rebuild(copy).differences == ()
    assert [len(titles) for titles in told(followed).values()] == [3]
    assert {name.partition(":")[0]: len(titles) for name, titles in told(forum).items()} == {
        "Wandsworth": 2,
        "Barnet": 1,
    }
    assert all_titles(followed) == []


async def test_what_a_forum_missed_for_long_comes_late_in_its_posts(
    forum: Channel, tell: Tell, alerts: Alerts, clock: SteppedClock
) -> None:
    forum.set_permissions(forum.world.bot, deny=Permission.SEND_MESSAGES)
    await tell(gain("WND"))
    await clock.move_to(clock.now() + timedelta(hours=1))
    forum.set_permissions(forum.world.bot)
    assert await alerts.test(Destination(forum.id, forum.guild.id if forum.guild else None)) is None
    await alerts.drained()
    (post,) = forum.threads
    (message,) = post.messages
    assert "Wandsworth" in message.embeds[0]["description"]


async def test_an_alert_whose_answer_was_lost_is_not_repeated_where_its_thread_then_refuses(
    followed: Channel, subscriptions: Subscriptions, tell: Tell, sandbox: Sandbox
) -> None:
    await chosen(subscriptions, followed, Grouping.NIGHT)
    await tell(gain("WND"))
    (thread,) = followed.threads

    def refuse(event: Event) -> None:
        if event.name == "MESSAGE_CREATE" and event.subject.channel is thread:
            followed.set_permissions(sandbox.bot, deny=Permission.SEND_MESSAGES_IN_THREADS)

    sandbox.world.listen(refuse)
    sandbox.faults.drop_answer_after_applying("POST", "/channels/*/messages")
    await tell(gain("BNE"))
    assert all_titles(thread) == [WANDSWORTH, BARNET]
    assert all_titles(followed) == []


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Elections of 6 May 2027: Wales", "Elections of 6 May 2027: Wales"),
        (" New\nTown:\t elections  of 6 May 2027 ", "New Town: elections of 6 May 2027"),
        ("Llanfair " * 20, "Llanfair " * 10 + "Llanfair…"),
    ],
)
def test_a_thread_has_the_name_that_discord_keeps(title: str, name: str) -> None:
    assert thread_name(title) == name
    assert len(name) <= 100
