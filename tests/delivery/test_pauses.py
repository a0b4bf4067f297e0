"""A refusal is believed after a second look, and what waits for a paused place is told later."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import discord
import pytest

from bot.clock import SteppedClock
from bot.delivery import courier, refusals
from bot.delivery.expansion import expand
from bot.delivery.refusals import RefusalVerifier
from bot.delivery.rest import NoChannel, Refused, Rest, Unreachable, Unsendable
from bot.delivery.resuming import ResumeDelays, Resumer
from bot.delivery.service import Alerts, Counts
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.delivery.traffic import Pace
from bot.election.alert_kinds import Topic
from bot.store import pausing
from bot.store.boards import BoardPosted
from bot.store.posts import Purpose
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from simulation.discord import Channel, Guild, Permission, Sandbox
from tests.delivery.conftest import FAST, AlertsWith, Follow, Store, Tell, all_titles, place, titles
from tests.delivery.desk import MANY, Desk, gain, withdrawn

pytestmark = pytest.mark.usefixtures("quietly")

POST = ("POST", "/channels/*/messages")
GET = ("GET", "/channels/*")
PATCH = ("PATCH", "/channels/*/messages/*")
FORBIDDEN: dict[str, Any] = {"message": "Missing Permissions", "code": 50013}
UNKNOWN_CHANNEL: dict[str, Any] = {"message": "Unknown Channel", "code": 10003}
UNKNOWN_MESSAGE: dict[str, Any] = {"message": "Unknown Message", "code": 10008}
LATE = "What came while the bot could not post here"
WANDSWORTH = "Labour gain Wandsworth from Conservatives"
BARNET = "Labour gain Barnet from Conservatives"


async def check_rebuilt(writer: Writer) -> None:
    """Every table follows from the journal."""
    assert rebuild(writer.path).differences == ()


@pytest.mark.parametrize("code", [10003, 50001, 50013])
async def test_a_refusal_that_a_second_look_contradicts_only_delays(
    code: int, tell: Tell, subscriptions: Subscriptions, followed: Channel, sandbox: Sandbox
) -> None:
    refusal = {"message": "Refused", "code": code}
    sandbox.faults.answer(*POST, 404 if code == 10003 else 403, refusal, times=7)
    await tell(gain("WND"))
    assert all_titles(followed) == [WANDSWORTH]
    assert [each.paused for each in subscriptions.of_guild(place(followed).guild_id or 0)] == [None]


async def test_one_look_that_agrees_by_accident_pauses_nobody(
    tell: Tell, followed: Channel, sandbox: Sandbox
) -> None:
    sandbox.faults.answer(*POST, 403, FORBIDDEN, times=2)
    sandbox.faults.answer(*GET, 404, UNKNOWN_CHANNEL, times=2)
    await tell(gain("WND"))
    assert all_titles(followed) == [WANDSWORTH]


async def test_a_refusal_that_no_look_shows_is_told_once_however_often_it_is_tried_again(
    alerts_with: AlertsWith,
    writer: Writer,
    desk: Desk,
    subscriptions: Subscriptions,
    guild: Guild,
    channel: Channel,
    sandbox: Sandbox,
) -> None:
    admin = sandbox.add_user("Ann")
    guild.add_member(admin)
    await subscriptions.add(place(channel), Topic.ALL, by=admin.id)
    level = {"message": "Channel verification level is too high", "code": 50009}
    sandbox.faults.answer("POST", f"/channels/{channel.id}/messages", 403, level, times=9)
    soon = ResumeDelays(settles=0.0, first=0.05, longest=0.05)
    async with alerts_with(resume_delays=soon) as alerts:
        await desk.says(gain("WND"))
        await sandbox.wait_for(lambda: channel.messages)
        await alerts.drained()
    assert all_titles(channel) == [WANDSWORTH]
    assert all_titles(sandbox.direct_channel(admin)) == ["Alerts resumed"]
    await check_rebuilt(writer)


@pytest.mark.parametrize("by_trial", [False, True])
async def test_a_change_in_the_server_brings_back_only_what_a_look_can_show(
    by_trial: bool,
    writer: Writer,
    clock: SteppedClock,
    client: discord.Client,
    followed: Channel,
) -> None:
    """Else a busy server would have the same message refused every other second."""
    there = place(followed)
    await writer.transact(
        lambda tx: pausing.pause(tx, there.id, "It refuses.", clock.now(), by_trial=by_trial)
    )
    comeback = Resumer(writer, clock, ResumeDelays(settles=0.0))
    comeback.look_at(there.guild_id)
    await comeback._step(RefusalVerifier(Rest(client, Pace(FAST))))
    assert pausing.is_paused(writer.reads, there.id) is by_trial


async def test_a_board_s_message_ends_no_trial_of_its_channel_s_alerts(
    alerts: Alerts, writer: Writer, clock: SteppedClock, client: discord.Client, followed: Channel
) -> None:
    there = place(followed)
    await writer.transact(lambda tx: pausing.pause(tx, there.id, "It refuses.", clock.now()))
    await writer.transact(lambda tx: pausing.resume(tx, there.id, clock.now(), trial=True))
    sender = alerts.sender(client)
    body, told = {"embeds": [{"title": "Board"}]}, partial(BoardPosted, 1)
    board = await sender.seal(there, body, "BD-00001", Purpose.BOARD, told)
    await sender.send(board, sender.verifier.once)
    assert all_titles(followed) == ["Board"]
    known = pausing.destination_row(writer.reads, there.id)
    assert known is not None
    assert known["trial"]


@pytest.fixture
def look(client: discord.Client, monkeypatch: pytest.MonkeyPatch) -> RefusalVerifier:
    """A look that always agrees that a channel is gone."""

    async def agrees(*_: object) -> tuple[bool, None]:
        return True, None

    monkeypatch.setattr(RefusalVerifier, "_check_channel", agrees)
    return RefusalVerifier(Rest(client, Pace(FAST)))


async def _gone() -> int:
    raise NoChannel("The channel does not exist any more.", 10003)


async def _there() -> int:
    return 1


async def test_many_places_that_refuse_at_once_pause_nobody(look: RefusalVerifier) -> None:
    """As on days when Discord knows no channel any more for a while."""
    places = [Destination(100 + n, 10 + n) for n in range(6)]
    for _ in range(8):
        for each in places:
            with pytest.raises(Unreachable):
                await look.once(each, _gone)
    for each in places[1:]:
        assert await look.once(each, _there) == 1
    with pytest.raises(NoChannel):
        await look.once(places[0], _gone)


async def test_a_refusal_of_long_ago_confirms_none_of_now(
    look: RefusalVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked then may have given it up, as a test of a channel does after seconds."""
    now = 1_000.0
    monkeypatch.setattr(refusals, "_now", lambda: now)
    for now in (1_000.0, 1_001.0, 9_000.0):  # noqa: B007 - what the clock says
        with pytest.raises(Unreachable):
            await look.once(Destination(100, 10), _gone)


async def test_refusals_of_different_kinds_do_not_confirm_each_other(look: RefusalVerifier) -> None:
    """Else an accident while a channel is shut would give a message up."""

    async def not_taken() -> int:
        raise Unsendable("Discord does not take the message.", 50035)

    for _ in range(2):
        with pytest.raises(Unreachable):
            await look.once(Destination(100, 10), _gone)
    with pytest.raises(Unreachable):
        await look.once(Destination(100, 10), not_taken)


async def test_many_places_of_one_server_that_refuse_at_once_are_that_server_s(
    look: RefusalVerifier,
) -> None:
    places = [Destination(100 + n, 10) for n in range(6)]
    for _ in range(2):
        for each in places:
            with pytest.raises(Unreachable):
                await look.once(each, _gone)
    with pytest.raises(NoChannel):
        await look.once(places[0], _gone)


async def test_a_few_that_refuse_among_many_that_do_not_are_paused(
    tell: Tell, follow: Follow, alerts: Alerts, sandbox: Sandbox
) -> None:
    shut = [
        sandbox.add_guild(f"Shut {n}").add_channel("a", deny_bot=Permission.SEND_MESSAGES)
        for n in range(5)
    ]
    open_ = [sandbox.add_guild(f"Open {n}").add_channel("a") for n in range(6)]
    await follow(*shut, *open_)
    await tell(gain("WND"))
    assert Counter(len(each.messages) for each in open_) == {1: 6}
    assert await alerts.counts() == Counts(sent=6, refused=5, replaced=0, lost=0)


async def test_what_is_refused_for_long_is_believed_whatever_a_look_says(
    tell: Tell,
    follow: Follow,
    subscriptions: Subscriptions,
    channel: Channel,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else the channel would be silent, and nobody told."""
    monkeypatch.setattr(refusals, "_BELIEVED_AFTER", 0.2)
    await follow(channel)
    sandbox.faults.answer(*POST, 403, FORBIDDEN, times=1_000)
    await tell(gain("WND"))
    assert subscriptions.of_guild(place(channel).guild_id or 0)[0].paused is not None


async def test_a_single_unknown_message_ends_no_edit(
    tell: Tell, followed: Channel, sandbox: Sandbox
) -> None:
    await tell(gain("WND"))
    sandbox.faults.answer(*PATCH, 404, UNKNOWN_MESSAGE, times=5)
    await tell(gain("WND", "Con", "LD"))
    assert all_titles(followed)[0].startswith("WITHDRAWN: ~~")


async def test_a_place_that_refuses_an_edit_is_paused_and_the_edit_is_made_when_it_is_open_again(
    pause: Pause,
    tell: Tell,
    alerts: Alerts,
    desk: Desk,
    subscriptions: Subscriptions,
    followed: Channel,
    sandbox: Sandbox,
) -> None:
    await tell(gain("WND"))
    followed.set_permissions(sandbox.bot, deny=Permission.VIEW_CHANNEL)
    await desk.rests_on("WND", {"Lab": 35})
    await alerts.drained()
    assert subscriptions.of_guild(place(followed).guild_id or 0)[0].paused is not None
    assert await pause.ends() == []
    assert "35" in followed.messages[0].embeds[0]["description"]


async def test_a_surprise_with_one_channel_is_that_channel_s(
    tell: Tell, follow: Follow, guild: Guild, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd, plain = guild.add_channel("odd"), guild.add_channel("plain")
    await follow(odd, plain)
    send, surprises = Rest.send_once, iter([KeyError("id"), ValueError("odd"), TypeError("none")])

    async def surprising(rest: Rest, channel: int, *arguments: Any, **options: Any) -> int:
        if channel == odd.id and (surprise := next(surprises, None)) is not None:
            raise surprise
        return await send(rest, channel, *arguments, **options)

    monkeypatch.setattr(Rest, "send_once", surprising)
    await tell(gain("WND"))
    await tell(gain("BNE"))
    assert [all_titles(each) for each in (odd, plain)] == [[WANDSWORTH, BARNET]] * 2


async def test_a_surprise_with_an_edit_costs_no_other_message(
    tell: Tell, follow: Follow, guild: Guild, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels = [guild.add_channel(name) for name in "ab"]
    await follow(*channels)
    await tell(gain("WND"))
    edit, surprises = Rest.edit, iter([KeyError("id")] * 3)

    async def surprising(rest: Rest, *arguments: Any) -> None:
        if (surprise := next(surprises, None)) is not None:
            raise surprise
        await edit(rest, *arguments)

    monkeypatch.setattr(Rest, "edit", surprising)
    await tell(gain("WND", "Con", "LD"))
    for each in channels:
        first, correction = all_titles(each)
        assert first.startswith("WITHDRAWN") and correction.startswith("CORRECTION")


class Pause:
    """Shuts the channel in which all is told, and opens it again."""

    def __init__(self, alerts: Alerts, tell: Tell, channel: Channel, sandbox: Sandbox) -> None:
        self._alerts, self._tell = alerts, tell
        self._channel, self._bot = channel, sandbox.bot

    async def begins(self) -> None:
        """Let the first alert be refused."""
        self._channel.set_permissions(self._bot, deny=Permission.SEND_MESSAGES)
        await self._tell(gain("WND"))
        assert (await self._alerts.counts()).refused == 1

    async def ends(self) -> list[list[str]]:
        """Let the channel be taken up again; return the titles of what came after the test."""
        self._channel.set_permissions(self._bot)
        before = len(self._channel.messages)
        assert await self._alerts.test(place(self._channel)) is None
        await self._alerts.drained()
        return titles(self._channel)[before + 1 :]


@pytest.fixture
def pause(alerts: Alerts, tell: Tell, followed: Channel, sandbox: Sandbox) -> Pause:
    return Pause(alerts, tell, followed, sandbox)


async def test_what_is_fresh_after_a_pause_comes_as_it_is(
    pause: Pause, alerts: Alerts, desk: Desk, clock: SteppedClock
) -> None:
    await pause.begins()
    await clock.move_to(clock.now() + timedelta(minutes=5))
    await desk.says(gain("BNE"))
    assert await pause.ends() == [[WANDSWORTH], [BARNET]]
    assert await alerts.counts() == Counts(sent=2, refused=0, replaced=0, lost=0)


async def test_what_was_sealed_before_a_pause_goes_first_also_where_it_ends_at_that_moment(
    pause: Pause, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pause.begins()
    await desk.says(gain("BNE"))
    plain, answers = courier.sealed_post, iter([None])
    monkeypatch.setattr(courier, "sealed_post", lambda *of: next(answers, plain(*of)))
    assert await pause.ends() == [[WANDSWORTH], [BARNET]]


async def test_what_is_old_after_a_pause_comes_in_one_digest_and_nothing_is_lost(
    pause: Pause,
    tell: Tell,
    alerts: Alerts,
    desk: Desk,
    followed: Channel,
    clock: SteppedClock,
    writer: Writer,
) -> None:
    await pause.begins()
    await tell(*(gain(council.code) for council in MANY[:12]))
    await clock.move_to(clock.now() + timedelta(hours=1))
    await desk.says(gain("BNE"))
    assert await pause.ends() == [[LATE], [BARNET]]
    lines = followed.messages[1].embeds[0]["description"].splitlines()
    assert [line.partition(": ")[2] for line in lines] == [
        WANDSWORTH,
        *(f"Labour gain {council.name} from Conservatives" for council in MANY[:12]),
    ]
    assert await alerts.counts() == Counts(sent=14, refused=0, replaced=0, lost=0)
    await check_rebuilt(writer)


async def test_what_is_followed_no_more_when_a_pause_ends_is_not_told(
    pause: Pause,
    tell: Tell,
    alerts: Alerts,
    subscriptions: Subscriptions,
    channel: Channel,
    clock: SteppedClock,
) -> None:
    """A correction of what was told here is owed all the same."""
    there = place(channel)
    (everything,) = subscriptions.of_guild(there.guild_id or 0)
    await subscriptions.add(there, Topic.COUNCIL, "KHL", by=1)
    await tell(gain("CMA"))
    await pause.begins()
    await tell(gain("BNE"), gain("KHL"), gain("CMA", "Con", "LD"))
    await subscriptions.remove(everything.id, guild_id=there.guild_id)
    await clock.move_to(clock.now() + timedelta(hours=1))
    assert await pause.ends() == [[LATE]]
    lines = channel.messages[-1].embeds[0]["description"].splitlines()
    assert [line.partition(": ")[2] for line in lines] == [
        "Labour gain Kingston upon Hull from Conservatives",
        "corrected: Lib Dems gain Cumberland from Conservatives",
    ]
    assert await alerts.counts() == Counts(sent=3, refused=0, replaced=2, lost=0)


async def test_a_digest_takes_as_many_messages_as_it_needs(
    pause: Pause, tell: Tell, channel: Channel, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.posts._MOST_LATE", 400)
    await pause.begins()
    await tell(*(gain(council.code) for council in MANY[:20]))
    await clock.move_to(clock.now() + timedelta(hours=1))
    told = await pause.ends()
    assert len(told) > 1
    lines = [
        line
        for message in channel.messages[1:]
        for line in message.embeds[0]["description"].splitlines()
    ]
    assert len(lines) == len(set(lines)) == 21


async def test_what_a_digest_told_is_corrected_like_everything_else(
    pause: Pause, tell: Tell, followed: Channel, clock: SteppedClock, writer: Writer
) -> None:
    await pause.begins()
    await tell(gain("BNE"))
    await clock.move_to(clock.now() + timedelta(hours=1))
    await pause.ends()
    await tell(gain("WND", "Con", "LD"))
    await tell(withdrawn("BNE"))
    _, digest, correction, retraction = followed.messages
    first, second = digest.embeds[0]["description"].splitlines()
    assert first.endswith("Lib Dems gain Wandsworth from Conservatives")
    assert second.endswith(f"withdrawn: ~~{BARNET}~~")
    assert correction.embeds[0]["title"].startswith("CORRECTION: ")
    assert retraction.embeds[0]["title"].startswith("RETRACTION: ")
    await check_rebuilt(writer)


async def test_what_arrived_before_the_pause_is_found_and_not_told_again(
    pause: Pause,
    tell: Tell,
    alerts: Alerts,
    desk: Desk,
    followed: Channel,
    sandbox: Sandbox,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The answer was lost, and then the channel refused."""
    send = Rest.send_once
    answers = iter([Unreachable("lost"), *(Refused("It may not.", 50013) for _ in range(3))])

    async def answered(rest: Rest, *arguments: Any, **options: Any) -> int:
        answer = next(answers, None)
        if not isinstance(answer, Refused):
            message = await send(rest, *arguments, **options)
        if answer is not None:
            raise answer
        return message

    monkeypatch.setattr(Rest, "send_once", answered)
    sandbox.faults.answer(*GET, 403, {"message": "Missing Access", "code": 50001}, times=3)
    await tell(gain("WND"))
    assert (await alerts.counts()).refused == 1
    await clock.move_to(clock.now() + timedelta(hours=1))
    await desk.says(gain("BNE"))
    assert await pause.ends() == [[BARNET]]
    assert all_titles(followed).count(WANDSWORTH) == 1
    assert (await alerts.counts()).sent == 2


async def test_a_correction_that_waits_is_shown_where_the_message_can_be_edited(
    pause: Pause, tell: Tell, followed: Channel, clock: SteppedClock
) -> None:
    await tell(gain("BNE"))
    await pause.begins()
    await tell(gain("BNE", "Con", "LD"))
    assert all_titles(followed)[0].startswith("WITHDRAWN")
    await clock.move_to(clock.now() + timedelta(hours=1))
    assert await pause.ends() == [[LATE]]
    assert "corrected: Lib Dems gain Barnet" in str(followed.messages[2].embeds)


async def test_a_person_who_cannot_be_written_to_is_paused_only_when_that_comes_again(
    tell: Tell, subscriptions: Subscriptions, guild: Guild, sandbox: Sandbox
) -> None:
    reader = sandbox.add_user("Ann")
    guild.add_member(reader)
    await subscriptions.add(Destination(reader.id), Topic.ALL, by=reader.id)
    closed = {"message": "Cannot send messages to this user", "code": 50007}
    sandbox.faults.answer(*POST, 403, closed, times=2)
    await tell(gain("WND"))
    assert all_titles(sandbox.direct_channel(reader)) == [WANDSWORTH]
    reader.accepts_direct_messages = False
    await tell(gain("BNE"))
    assert subscriptions.of_user(reader.id)[0].paused is not None


async def test_the_view_of_what_failed_names_what_waits_for_a_paused_place(
    pause: Pause, store: Store
) -> None:
    await pause.begins()
    (row,) = await store.rows("SELECT council, state, reason FROM deliveries_failed")
    assert (row["council"], row["state"]) == ("WND", "sealed")
    assert "Give it the permissions Send Messages" in row["reason"]


async def test_a_claim_that_nobody_can_tell_keeps_back_none_after_it(
    alerts: Alerts, desk: Desk, followed: Channel
) -> None:
    await desk.says_nonsense("WND", gain("BNE"))
    await alerts.drained()
    assert all_titles(followed) == [BARNET]


async def test_a_surprise_in_expanding_stops_no_delivery_and_is_tried_again(
    tell: Tell, followed: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    surprises = iter([KeyError("row"), OSError("disk"), RuntimeError("odd")])

    def surprising(*arguments: Any) -> Any:
        if (surprise := next(surprises, None)) is not None:
            raise surprise
        return expand(*arguments)

    monkeypatch.setattr("bot.delivery.service.expand", surprising)
    await tell(gain("WND"))
    assert all_titles(followed) == [WANDSWORTH]


async def test_of_a_burst_that_discord_does_not_take_only_what_is_at_fault_fails(
    tell: Tell, alerts: Alerts, followed: Channel, monkeypatch: pytest.MonkeyPatch, writer: Writer
) -> None:
    send = Rest.send_once

    async def choosy(rest: Rest, number: int, payload: Any, *rest_of: Any, **options: Any) -> int:
        if any(embed["title"] == WANDSWORTH for embed in payload["embeds"]):
            raise Unsendable("Discord takes a link in the message to be harmful.", 240000)
        return await send(rest, number, payload, *rest_of, **options)

    monkeypatch.setattr(Rest, "send_once", choosy)
    await tell(gain("WND"), gain("BNE"), gain("KHL"))
    assert all_titles(followed) == [BARNET, "Labour gain Kingston upon Hull from Conservatives"]
    assert await alerts.counts() == Counts(sent=2, refused=0, replaced=0, lost=1)
    await check_rebuilt(writer)
