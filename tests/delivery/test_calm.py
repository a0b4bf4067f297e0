"""Calm: levels, quiet hours, silent posts, pings, joined posts and hidden results, on Discord."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from bot.cards.card import Card
from bot.cards.spoilers import HIDDEN_ALT, hidden
from bot.clock import SteppedClock
from bot.delivery.calm import SUPPRESS_NOTIFICATIONS
from bot.delivery.lists import MORNING_TITLE
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.election.alert_kinds import Level, Topic
from bot.election.calm import Calm, Sort
from bot.pictures.picture import Picture
from bot.pictures.renderer import PictureRenderer
from bot.store.names import WireNameLearnt
from bot.store.rebuild import rebuild
from bot.store.summaries import Edition
from bot.store.writer import Writer
from simulation.discord import Channel, Guild, Message, Sandbox
from tests.delivery.conftest import AlertsWith, Tell, all_titles, place, titles
from tests.delivery.desk import NIGHT, Desk, gain, hold, withdrawn

LABOUR = "Labour gain Wandsworth from Conservatives"
HULL = "Lib Dems gain Kingston upon Hull from Labour"
QUIET = Calm(quiet_from="23:00", quiet_until="06:30")
"""The tests begin at 22:00."""
PICTURE = Picture(
    "map",
    "Who controls the councils",
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>',
    "Who controls the councils: 146 of 146 declared.",
    40,
    30,
    (),
)


def is_silent(message: Message) -> bool:
    return bool(message.flags & SUPPRESS_NOTIFICATIONS)


@pytest.fixture
async def told(subscriptions: Subscriptions, channel: Channel) -> Channel:
    await subscriptions.add(place(channel), Topic.ALL, by=1)
    return channel


async def _at(clock: SteppedClock, alerts: Alerts, hour: int, minute: int = 0) -> None:
    """Go to an hour of the night after the tests' beginning."""
    now = clock.now()
    then = now.replace(hour=hour, minute=minute)
    await clock.move_to(then if then > now else then + timedelta(days=1))
    await alerts.drained()


# Levels.


@pytest.mark.parametrize(
    ("level", "told"),
    [
        (Level.EVERYTHING, {"WND", "BNE"}),
        (Level.CHANGES, {"WND"}),
        (None, {"WND"}),
        (Level.HEADLINES, set()),
    ],
)
async def test_a_level_decides_what_is_told(
    subscriptions: Subscriptions,
    channel: Channel,
    tell: Tell,
    clock: SteppedClock,
    alerts: Alerts,
    level: Level | None,
    told: set[str],
) -> None:
    await subscriptions.add(place(channel), Topic.ALL, level=level, by=1)
    await tell(gain("WND"), hold("BNE"))
    await _at(clock, alerts, 23)
    names = {"Wandsworth": "WND", "Barnet": "BNE"}
    found = {names[name] for name in names for title in all_titles(channel) if name in title}
    assert found == told


async def test_whoever_was_told_is_corrected_whatever_the_level_is_by_then(
    subscriptions: Subscriptions, told: Channel, tell: Tell
) -> None:
    await tell(gain("WND"))
    await subscriptions.add(place(told), Topic.ALL, level=Level.HEADLINES, by=1)
    await tell(gain("WND", after="LD"))
    assert all_titles(told)[-1].startswith("CORRECTION: Lib Dems gain Wandsworth")


# Quiet hours.


async def test_what_comes_in_quiet_hours_is_one_message_in_the_morning(
    subscriptions: Subscriptions,
    told: Channel,
    tell: Tell,
    clock: SteppedClock,
    alerts: Alerts,
    desk: Desk,
    writer: Writer,
) -> None:
    """It says what holds in the morning: what was withdrawn is not there, what changed is once."""
    await subscriptions.set_calm(place(told), QUIET)
    await tell(gain("WND"))
    assert titles(told) == [[LABOUR]]
    await _at(clock, alerts, 23, 30)
    await tell(gain("BNE"), gain("KHL", "Lab", "LD"), gain("CRF"))
    await _at(clock, alerts, 0, 30)
    await tell(gain("BNE", after="LD"), withdrawn("CRF"))
    assert titles(told) == [[LABOUR]]
    assert (await alerts.counts()).lost == 0
    await _at(clock, alerts, 6, 29)
    assert len(told.messages) == 1
    await _at(clock, alerts, 6, 30)
    assert titles(told) == [[LABOUR], [MORNING_TITLE]]
    lines = told.messages[1].embeds[0]["description"].splitlines()
    assert sorted(line.partition(": ")[2] for line in lines) == [
        "Lib Dems gain Barnet from Conservatives",
        HULL,
    ]
    assert not is_silent(told.messages[1])
    await tell(withdrawn("BNE"))
    assert "withdrawn" in told.messages[1].embeds[0]["description"]
    assert all_titles(told)[-1].startswith("RETRACTION")
    assert rebuild(writer.path).differences == ()


async def test_in_quiet_hours_a_correction_of_what_was_told_before_comes_at_once_and_silently(
    subscriptions: Subscriptions, told: Channel, tell: Tell, clock: SteppedClock, alerts: Alerts
) -> None:
    await subscriptions.set_calm(place(told), QUIET)
    await tell(gain("WND"))
    await _at(clock, alerts, 23, 30)
    await tell(gain("WND", after="LD"))
    first, second = told.messages
    assert first.embeds[0]["title"].startswith("WITHDRAWN")
    assert second.embeds[0]["title"].startswith("CORRECTION")
    assert (is_silent(first), is_silent(second)) == (False, True)
    await _at(clock, alerts, 6, 30)
    assert len(told.messages) == 2


async def test_of_the_editions_of_a_night_the_morning_names_the_last(
    subscriptions: Subscriptions, channel: Channel, clock: SteppedClock, alerts: Alerts
) -> None:
    await subscriptions.add(place(channel), Topic.SUMMARY, level=Level.EVERYTHING, by=1)
    await subscriptions.set_calm(place(channel), QUIET)
    await _at(clock, alerts, 23, 30)
    for edition, words in ((Edition.MIDNIGHT, "Early"), (Edition.BREAKFAST, "Labour gain most")):
        await alerts.post_summary(NIGHT, [Card(words, "Lead.")], "the hour has come", edition)
        await alerts.drained()
    assert channel.messages == []
    await _at(clock, alerts, 6, 30)
    ((title,),) = titles(channel)
    said = channel.messages[0].embeds[0]["description"]
    assert (title, "Labour gain most" in said, "Early" in said) == (MORNING_TITLE, True, False)


async def test_a_list_that_discord_does_not_take_is_told_one_by_one_and_pings_nobody(
    subscriptions: Subscriptions,
    sandbox: Sandbox,
    guild: Guild,
    channel: Channel,
    tell: Tell,
    clock: SteppedClock,
    alerts: Alerts,
) -> None:
    role = guild.add_role("Alerts", mentionable=True)
    await subscriptions.add(place(channel), Topic.ALL, role=role.id, by=1)
    await subscriptions.set_calm(place(channel), QUIET)
    await _at(clock, alerts, 23, 30)
    await tell(gain("WND"), gain("KHL", "Lab", "LD"))
    refusal = {"message": "Invalid Form Body", "code": 50035}
    sandbox.faults.answer("POST", "/channels/*/messages", 400, refusal, times=3)
    await _at(clock, alerts, 6, 30)
    assert sorted(titles(channel)) == [[LABOUR], [HULL]]
    assert [message.content for message in channel.messages] == ["", ""]
    assert (await alerts.counts()).lost == 0


async def test_the_mornings_list_that_comes_in_the_next_quiet_hours_makes_no_push(
    subscriptions: Subscriptions,
    told: Channel,
    desk: Desk,
    clock: SteppedClock,
    alerts_with: AlertsWith,
) -> None:
    """The bot was away in the morning."""
    await subscriptions.set_calm(place(told), QUIET)
    await clock.move_to(clock.now() + timedelta(hours=2))
    async with alerts_with() as alerts:
        await desk.says(gain("WND"))
        await alerts.drained()
    await clock.move_to(clock.now() + timedelta(hours=24))
    async with alerts_with() as alerts:
        await alerts.drained()
    (message,) = told.messages
    assert message.embeds[0]["title"] == MORNING_TITLE
    assert is_silent(message)


@pytest.mark.parametrize("minutes", range(0, 300, 15))
def test_quiet_hours_end_later_than_now_also_in_the_night_when_clocks_go_back(
    minutes: int,
) -> None:
    now = datetime(2026, 10, 24, 22, tzinfo=UTC) + timedelta(minutes=minutes)
    ends = Calm(quiet_from="23:00", quiet_until="01:30").quiet_ends(now)
    assert ends is None or ends.astimezone(UTC) > now


async def test_to_end_the_quiet_hours_lets_what_is_held_come_at_once(
    subscriptions: Subscriptions, told: Channel, tell: Tell, clock: SteppedClock, alerts: Alerts
) -> None:
    await subscriptions.set_calm(place(told), QUIET)
    await _at(clock, alerts, 23, 30)
    await tell(gain("WND"))
    assert told.messages == []
    await subscriptions.set_calm(place(told), Calm())
    await alerts.drained()
    assert titles(told) == [[MORNING_TITLE]]


async def test_a_person_has_quiet_hours_too(
    subscriptions: Subscriptions,
    sandbox: Sandbox,
    guild: Guild,
    tell: Tell,
    clock: SteppedClock,
    alerts: Alerts,
) -> None:
    reader = sandbox.add_user("Ann")
    guild.add_member(reader)
    await subscriptions.add(Destination(reader.id), Topic.ALL, by=reader.id)
    await subscriptions.set_calm(Destination(reader.id), QUIET)
    await _at(clock, alerts, 23, 30)
    await tell(gain("WND"))
    direct = sandbox.direct_channel(reader)
    assert direct.messages == []
    await _at(clock, alerts, 6, 30)
    assert titles(direct) == [[MORNING_TITLE]]


# Pushes and pings.


async def test_posts_of_a_silent_sort_make_no_push(
    subscriptions: Subscriptions, channel: Channel, tell: Tell
) -> None:
    for council in ("WND", "BNE"):
        await subscriptions.add(place(channel), Topic.COUNCIL, council, by=1)
    await subscriptions.set_calm(place(channel), Calm(silent=(Sort.HOLDS,)))
    await tell(gain("WND"))
    await tell(hold("BNE"))
    assert [is_silent(message) for message in channel.messages] == [False, True]


@pytest.mark.parametrize(("pings", "pinged"), [(Level.CHANGES, True), (Level.HEADLINES, False)])
async def test_a_role_is_pinged_from_a_level_on_and_the_alert_is_posted_anyway(
    subscriptions: Subscriptions, guild: Guild, channel: Channel, tell: Tell, pings: Level,
    *, pinged: bool,
) -> None:  # fmt: skip
    role = guild.add_role("Alerts", mentionable=True)
    await subscriptions.add(place(channel), Topic.ALL, role=role.id, by=1)
    await subscriptions.set_calm(place(channel), Calm(pings=pings))
    await tell(gain("WND"))
    (message,) = channel.messages
    assert message.embeds[0]["title"] == LABOUR
    assert (f"<@&{role.id}>" in message.content) is pinged


# Joined posts.


async def test_after_a_post_the_alerts_of_some_minutes_are_one_message_and_the_first_never_waits(
    subscriptions: Subscriptions, told: Channel, tell: Tell, clock: SteppedClock, alerts: Alerts
) -> None:
    await subscriptions.set_calm(place(told), Calm(together=10))
    await tell(gain("WND"))
    assert titles(told) == [[LABOUR]]
    for minute, council in enumerate(("M00", "M01", "M02", "M03"), 1):
        await _at(clock, alerts, 22, minute)
        await tell(gain(council))
    assert len(told.messages) == 1
    await _at(clock, alerts, 22, 10)
    assert titles(told)[1:] == [["4 results, 22:01 to 22:04"]]
    assert len(told.messages[1].embeds[0]["description"].splitlines()) == 4
    await _at(clock, alerts, 22, 12)
    await tell(gain("BNE"))
    assert len(told.messages) == 2
    await _at(clock, alerts, 22, 20)
    assert titles(told)[2:] == [["Labour gain Barnet from Conservatives"]]


async def test_few_that_are_joined_keep_their_cards(
    subscriptions: Subscriptions, told: Channel, tell: Tell, clock: SteppedClock, alerts: Alerts
) -> None:
    await subscriptions.set_calm(place(told), Calm(together=5))
    await tell(gain("WND"))
    await tell(gain("KHL", "Lab", "LD"))
    await tell(gain("BNE"))
    await _at(clock, alerts, 22, 5)
    assert titles(told) == [[LABOUR], [HULL, "Labour gain Barnet from Conservatives"]]


async def test_a_joined_alert_that_is_corrected_before_it_came_is_told_as_it_holds(
    subscriptions: Subscriptions, told: Channel, tell: Tell, clock: SteppedClock, alerts: Alerts
) -> None:
    await subscriptions.set_calm(place(told), Calm(together=10))
    await tell(gain("BNE"))
    await tell(gain("WND"))
    await tell(gain("WND", after="LD"))
    await _at(clock, alerts, 22, 10)
    assert titles(told)[1:] == [["Lib Dems gain Wandsworth from Conservatives"]]


# Hidden results.


async def test_a_hidden_result_stands_in_nothing_but_its_spoiler(
    subscriptions: Subscriptions, guild: Guild, channel: Channel, tell: Tell
) -> None:
    role = guild.add_role("Alerts", mentionable=True)
    await subscriptions.add(place(channel), Topic.ALL, role=role.id, by=1)
    await subscriptions.set_calm(place(channel), Calm(spoilers=True))
    await tell(gain("WND"))
    (message,) = channel.messages
    (embed,) = message.embeds
    assert message.content == f"Wandsworth has declared <@&{role.id}>"
    assert embed["title"] == "Wandsworth has declared"
    assert LABOUR in embed["description"]
    assert embed["description"].startswith("||")
    assert embed["description"].endswith("||")
    shown = repr({**embed, "description": ""}) + message.content
    assert "Labour" not in shown
    assert "fields" not in embed
    await tell(gain("WND", after="LD"))
    first, second = (message.embeds[0] for message in channel.messages)
    assert first["title"] == "WITHDRAWN: Wandsworth has declared"
    assert second["title"] == "CORRECTION: Wandsworth has declared"
    assert "||" not in first["description"].strip("|")
    assert "Lib Dem" in second["description"]


async def test_a_hidden_retraction_says_that_it_is_one(
    subscriptions: Subscriptions, told: Channel, tell: Tell
) -> None:
    await subscriptions.set_calm(place(told), Calm(spoilers=True))
    await tell(gain("WND"))
    await tell(withdrawn("WND"))
    assert titles(told) == [
        ["WITHDRAWN: Wandsworth has declared"],
        ["RETRACTION: the result reported for Wandsworth is withdrawn"],
    ]


async def test_once_results_are_hidden_no_edit_of_an_earlier_message_gives_one_away(
    subscriptions: Subscriptions, told: Channel, tell: Tell
) -> None:
    await tell(gain("WND"))
    await subscriptions.set_calm(place(told), Calm(spoilers=True))
    await tell(gain("WND", after="LD"))
    first, second = (message.embeds[0] for message in told.messages)
    assert first["title"] == "WITHDRAWN: Wandsworth has declared"
    for embed in (first, second):
        assert embed["description"].startswith("||")
        assert "Lib Dem" not in repr({**embed, "description": ""})
    await subscriptions.set_calm(place(told), Calm())
    await tell(gain("WND"))
    assert told.messages[0].embeds[0]["title"].endswith(LABOUR)


def test_what_is_hidden_has_no_mark_within_that_ends_it() -> None:
    said = hidden({"title": "A|||B", "description": "C||||D"}, "E")["description"]
    assert said == "||**A|B**\nC|D||"


async def test_a_hidden_list_keeps_its_title_and_is_edited_hidden(
    subscriptions: Subscriptions, told: Channel, tell: Tell, clock: SteppedClock, alerts: Alerts
) -> None:
    await subscriptions.set_calm(
        place(told), Calm(quiet_from="23:00", quiet_until="06:30", spoilers=True)
    )
    await _at(clock, alerts, 23, 30)
    await tell(gain("WND"))
    await _at(clock, alerts, 6, 30)
    (message,) = told.messages
    assert (message.content, message.embeds[0]["title"]) == (MORNING_TITLE, MORNING_TITLE)
    assert LABOUR in message.embeds[0]["description"]
    await tell(gain("WND", after="LD"))
    description = message.embeds[0]["description"]
    assert "Lib Dems gain Wandsworth" in description
    assert description.startswith("||")
    assert description.endswith("||")


async def test_a_hidden_summary_has_its_picture_as_a_spoiler(
    subscriptions: Subscriptions, channel: Channel, alerts_with: AlertsWith
) -> None:
    await subscriptions.add(place(channel), Topic.SUMMARY, by=1)
    await subscriptions.set_calm(place(channel), Calm(spoilers=True))
    with closing(PictureRenderer()) as drawing:
        async with alerts_with(picture_renderer=drawing) as alerts:
            await alerts.post_summary(
                NIGHT, [Card("Labour gain most", "Lead.")], "the hour has come", picture=PICTURE
            )
            await alerts.drained()
    (message,) = channel.messages
    (picture,) = message.attachments
    assert picture.filename == f"SPOILER_{PICTURE.file_name}"
    assert picture.description == HIDDEN_ALT
    assert "image" not in message.embeds[0]
    assert message.embeds[0]["title"] == "Summary of the night"


async def test_a_list_names_a_party_as_the_wire_writes_it(
    subscriptions: Subscriptions,
    told: Channel,
    tell: Tell,
    clock: SteppedClock,
    alerts: Alerts,
    writer: Writer,
) -> None:
    """Also where the list is the first that a new process tells."""
    named = WireNameLearnt("party", "wire:sos elmsea", "SOS Elmsea")
    await writer.transact(lambda tx: tx.append(named, clock.now()))
    await subscriptions.set_calm(place(told), QUIET)
    await _at(clock, alerts, 23, 30)
    await tell(gain("BNE", after=named.code))
    await _at(clock, alerts, 6, 30)
    assert "SOS Elmsea gain Barnet" in told.messages[0].embeds[0]["description"]
