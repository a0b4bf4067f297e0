"""A claim is completed once it is known who had control before: nobody is told twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import SteppedClock
from bot.delivery.debounce import FLAPPING_WITHIN
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Subscriptions
from bot.election.alert_kinds import Topic
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from simulation.discord import Channel, Guild, Sandbox
from tests.delivery.conftest import Tell, all_titles, place
from tests.delivery.desk import Desk, News, before_unknown, gain, hold, withdrawn

UNKNOWN = "Labour control Wandsworth; who controlled it before is not known"
GAIN = "Labour gain Wandsworth from Conservatives"
HOLD = "Labour hold Wandsworth"
FIRST = "First election: Labour win Wandsworth"


async def check_rebuilt(writer: Writer) -> None:
    assert rebuild(writer.path).differences == ()


@pytest.mark.parametrize(
    ("known", "title"),
    [(gain("WND"), GAIN), (hold("WND"), HOLD), (News("WND", None, "Lab"), FIRST)],
)
async def test_what_was_told_is_edited_and_nothing_more_is_sent(
    known: News, title: str, tell: Tell, followed: Channel, writer: Writer
) -> None:
    await tell(before_unknown("WND"))
    assert all_titles(followed) == [UNKNOWN]
    await tell(known)
    (message,) = followed.messages
    assert all_titles(followed) == [title]
    assert "CORRECTION" not in str(message.embeds) and "Stands after all" not in str(message.embeds)
    assert len(message.versions) == 1
    await check_rebuilt(writer)


async def test_who_is_concerned_only_now_is_alerted_once(
    tell: Tell, subscriptions: Subscriptions, guild: Guild
) -> None:
    """The loser's followers; those who follow only holds of the council were told at first."""
    loser, winner, council = (guild.add_channel(name) for name in "abc")
    await subscriptions.add(place(loser), Topic.PARTY, "Con", by=1)
    await subscriptions.add(place(winner), Topic.PARTY, "Lab", by=1)
    await subscriptions.add(place(council), Topic.COUNCIL, "WND", by=1)
    await tell(before_unknown("WND"))
    assert not loser.messages
    await tell(gain("WND"))
    assert all_titles(loser) == all_titles(winner) == all_titles(council) == [GAIN]


async def test_where_it_was_a_hold_after_all_nobody_else_hears_of_it(
    tell: Tell, subscriptions: Subscriptions, guild: Guild
) -> None:
    early, late = guild.add_channel("early"), guild.add_channel("late")
    await subscriptions.add(place(early), Topic.ALL, by=1)
    await tell(before_unknown("WND"))
    await subscriptions.add(place(late), Topic.ALL, by=1)
    await tell(hold("WND"))
    assert (all_titles(early), all_titles(late)) == ([HOLD], [])


async def test_what_still_waited_is_told_complete(
    desk: Desk, alerts: Alerts, subscriptions: Subscriptions, guild: Guild, sandbox: Sandbox
) -> None:
    """A hold is none of the business of who follows changes of hands."""
    channel = guild.add_channel("slow")
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    under_way = sandbox.faults.hold("POST", "/channels/*/messages")
    await desk.says(gain("BNE"))
    await under_way.reached.wait()
    await desk.says(before_unknown("WND"), before_unknown("KHL"))
    await desk.says(gain("WND"), hold("KHL"))
    await sandbox.wait_for(lambda: not alerts._behind())
    under_way.release()
    await alerts.drained()
    assert all_titles(channel) == ["Labour gain Barnet from Conservatives", GAIN]


async def test_what_completes_while_the_message_is_under_way_is_shown_by_an_edit(
    desk: Desk, alerts: Alerts, followed: Channel, sandbox: Sandbox
) -> None:
    under_way = sandbox.faults.hold("POST", "/channels/*/messages")
    await desk.says(before_unknown("WND"))
    await under_way.reached.wait()
    await desk.says(gain("WND"))
    await sandbox.wait_for(lambda: not alerts._behind())
    under_way.release()
    await alerts.drained()
    assert all_titles(followed) == [GAIN]


async def test_a_completed_claim_that_was_wrong_is_corrected_as_it_was_shown(
    tell: Tell, followed: Channel
) -> None:
    await tell(before_unknown("WND"))
    await tell(gain("WND"))
    await tell(gain("WND", "LD", "Lab"))
    first, correction = followed.messages
    assert first.embeds[0]["title"].startswith("WITHDRAWN: ")
    assert correction.embeds[0]["title"] == ("CORRECTION: Labour gain Wandsworth from Lib Dems")
    assert f"We had reported: {GAIN}." in correction.embeds[0]["description"]


async def test_who_had_control_may_be_unknown_again(tell: Tell, followed: Channel) -> None:
    """The source of it was withdrawn: that it was a gain is not known, so it is corrected."""
    await tell(gain("WND"))
    await tell(before_unknown("WND"))
    assert all_titles(followed)[1] == f"CORRECTION: {UNKNOWN}"


async def test_a_withdrawn_claim_that_comes_back_complete_is_told_again(
    tell: Tell, followed: Channel, clock: SteppedClock
) -> None:
    await tell(before_unknown("WND"))
    await tell(withdrawn("WND"))
    await clock.move_to(clock.now() + FLAPPING_WITHIN)
    await tell(gain("WND"))
    struck, retraction, again = all_titles(followed)
    assert struck.startswith("WITHDRAWN: ") and again == GAIN, retraction


async def test_a_completion_is_no_change_that_makes_the_next_one_flap(
    tell: Tell, followed: Channel, clock: SteppedClock
) -> None:
    await tell(before_unknown("WND"))
    await tell(gain("WND"))
    await clock.move_to(clock.now() + timedelta(minutes=1))
    await tell(gain("WND", "Con", "LD"))
    assert all_titles(followed)[1] == ("CORRECTION: Lib Dems gain Wandsworth from Conservatives")


async def test_a_digest_that_told_it_is_edited(
    desk: Desk, alerts: Alerts, followed: Channel
) -> None:
    await desk.says(before_unknown("WND"), gain("BNE"), seeded=True)
    await alerts.drained()
    (digest,) = followed.messages
    assert UNKNOWN in digest.embeds[0]["description"]
    await desk.says(gain("WND"))
    await alerts.drained()
    assert len(followed.messages) == 1
    assert GAIN in followed.messages[0].embeds[0]["description"]
    assert UNKNOWN not in followed.messages[0].embeds[0]["description"]


async def test_new_seats_reach_the_message_that_was_completed(
    desk: Desk, tell: Tell, followed: Channel, alerts: Alerts
) -> None:
    await tell(before_unknown("WND"))
    await tell(gain("WND"))
    await desk.rests_on("WND", {"Lab": 41, "Con": 17})
    await alerts.drained()
    (message,) = followed.messages
    assert "Labour 41" in str(message.embeds) and all_titles(followed) == [GAIN]
