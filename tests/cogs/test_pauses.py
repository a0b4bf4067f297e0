"""A place that is paused comes back by itself, and who can mend it is told, once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import SteppedClock
from bot.delivery.service import Alerts
from bot.delivery.subscriptions import Destination
from bot.election.alert_kinds import Topic
from bot.store.rebuild import rebuild
from simulation.discord import Channel, Permission, Sandbox, User
from tests.cogs.chat import Chat, words
from tests.cogs.test_why import HULL, LEVEL
from tests.support.small_night import document, fetch

POST = ("POST", "/channels/*/messages")
NO_FORM = {"message": "Invalid Form Body", "code": 50035}
PAUSED, GOES_ON = "Alerts paused", "Alerts resumed"


@pytest.fixture(autouse=True)
def quietly(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


class Places(Chat):
    """The chat with a desk, whose admin follows everything for the channel."""

    def __init__(self, sandbox: Sandbox, path: Path) -> None:
        super().__init__(sandbox, path)
        newsroom = sandbox.add_guild("Newsroom")
        self.desk = newsroom.add_channel("desk")
        role = newsroom.add_role("desk")
        self.settings = {
            "desk_guild": newsroom.id,
            "desk_role": role.id,
            "desk_channel": self.desk.id,
        }
        self._said = 0

    @property
    def alerts(self) -> Alerts:
        alerts = self.house.services.alerts
        assert alerts is not None
        return alerts

    @property
    def admins_messages(self) -> Channel:
        return self.sandbox.direct_channel(self.admin)

    async def follow(self, by: User | None = None) -> None:
        """Follow everything, for the channel or by direct message."""
        place = Destination(by.id) if by else Destination(self.channel.id, self.guild.id)
        subscriptions = self.house.services.subscriptions
        assert subscriptions is not None
        await subscriptions.add(place, Topic.ALL, by=(by or self.admin).id)

    async def says(self) -> None:
        """Let something be told."""
        self._said += 1
        result = LEVEL if self._said % 2 else replace(HULL, revision=self._said + 1)
        await self.house.ingest.file(fetch(document(replace(result, revision=self._said + 1))))
        await self.alerts.drained()
        clock = self.house.services.clock
        assert isinstance(clock, SteppedClock)
        await clock.move_to(clock.now() + timedelta(minutes=11))

    async def paused(self, deny: Permission = Permission.SEND_MESSAGES) -> None:
        """Let an alert be refused in the channel."""
        await self.follow()
        self.channel.set_permissions(self.sandbox.bot, deny=deny)
        await self.says()
        assert self.reason() is not None

    def reason(self, person: User | None = None) -> str | None:
        """Why the channel, or a person, is paused."""
        subscriptions = self.house.services.subscriptions
        assert subscriptions is not None
        if person is not None:
            return subscriptions.of_user(person.id)[0].paused
        return subscriptions.of_guild(self.guild.id)[0].paused

    async def comes_back(self, channel: Channel | None = None) -> None:
        """Wait until a channel has a message."""
        await self.sandbox.wait_for(lambda: (channel or self.channel).messages)
        await self.alerts.drained()


def titles(channel: Channel) -> list[str]:
    return [embed["title"] for message in channel.messages for embed in message.embeds]


@pytest.fixture
async def chat(sandbox: Sandbox, database: Path) -> AsyncIterator[Places]:
    chat = Places(sandbox, database)
    await chat.start()
    await chat.connection.ready()
    try:
        yield chat
    finally:
        await chat.stop()
    assert rebuild(chat.path).differences == ()


async def test_the_admin_is_told_once_when_their_channel_pauses_and_when_it_goes_on(
    chat: Places,
) -> None:
    await chat.paused()
    await chat.says()
    (message,) = chat.admins_messages.messages
    said = words(message)
    assert PAUSED in said
    assert f"<#{chat.channel.id}>" in said
    assert "Give it the permissions Send Messages" in said
    assert chat.desk.messages == []
    chat.channel.set_permissions(chat.sandbox.bot)
    await chat.comes_back()
    await chat.sandbox.wait_for(lambda: GOES_ON in titles(chat.admins_messages))
    assert len(chat.admins_messages.messages) == 1


async def test_a_channel_comes_back_when_its_permissions_change(chat: Places) -> None:
    await chat.paused()
    chat.channel.set_permissions(chat.sandbox.bot, allow=Permission.SEND_MESSAGES)
    await chat.comes_back()
    assert chat.reason() is None
    assert len(chat.channel.messages) == 1


async def test_a_channel_comes_back_when_a_role_changes(chat: Places) -> None:
    everyone = chat.guild.everyone
    granted = everyone.permissions
    chat.guild.change_role(everyone, permissions=granted & ~Permission.SEND_MESSAGES)
    await chat.follow()
    await chat.says()
    assert chat.reason() is not None
    chat.guild.change_role(everyone, permissions=granted)
    await chat.comes_back()


async def test_a_channel_comes_back_when_the_bot_is_given_a_role(chat: Places) -> None:
    everyone = chat.guild.everyone
    granted = everyone.permissions
    chat.guild.change_role(everyone, permissions=granted & ~Permission.SEND_MESSAGES)
    await chat.follow()
    await chat.says()
    writers = chat.guild.add_role("writers", permissions=Permission.SEND_MESSAGES)
    member = chat.guild.bot_member
    assert member is not None
    chat.guild.add_member(chat.sandbox.bot, [*member.roles, writers])
    await chat.comes_back()


async def test_a_change_that_does_not_let_the_bot_post_resumes_nothing(chat: Places) -> None:
    await chat.paused()
    asked = len(chat.sandbox.requests)
    chat.channel.rename("other")
    await asyncio.sleep(0.2)
    assert chat.reason() is not None
    assert len(chat.sandbox.requests) == asked, "the gateway shows that it may not"


async def test_what_was_mended_while_the_bot_was_off_comes_back_after_a_start(
    chat: Places,
) -> None:
    await chat.paused()
    await chat.stop()
    chat.channel.set_permissions(chat.sandbox.bot)
    await chat.start()
    await chat.comes_back()
    assert chat.reason() is None


async def test_an_admin_who_cannot_be_written_to_leaves_it_to_the_desk(chat: Places) -> None:
    chat.admin.accepts_direct_messages = False
    await chat.paused()
    await chat.comes_back(chat.desk)
    assert titles(chat.desk) == [PAUSED]
    assert chat.admins_messages.messages == []
    await chat.says()
    assert titles(chat.desk) == [PAUSED]


async def test_a_person_who_closes_their_messages_is_told_of_to_the_desk(chat: Places) -> None:
    await chat.follow(by=chat.reader)
    chat.reader.accepts_direct_messages = False
    await chat.says()
    await chat.comes_back(chat.desk)
    assert f"direct messages to <@{chat.reader.id}>" in words(chat.desk.messages[0])


async def test_a_person_is_tried_again_rarely_and_told_of_once(
    sandbox: Sandbox, database: Path
) -> None:
    chat = Places(sandbox, database)
    chat.settings["returns_after"] = 0.05
    await chat.start()
    try:
        await chat.follow(by=chat.reader)
        chat.reader.accepts_direct_messages = False
        await chat.says()
        await chat.comes_back(chat.desk)
        tries = len(chat.sandbox.requests)
        await chat.sandbox.wait_for(lambda: len(chat.sandbox.requests) > tries)
        await chat.sandbox.wait_for(lambda: chat.reason(chat.reader) is not None)
        assert titles(chat.desk) == [PAUSED]
        chat.reader.accepts_direct_messages = True
        await chat.comes_back(chat.sandbox.direct_channel(chat.reader))
        await chat.sandbox.wait_for(lambda: titles(chat.desk) == [GOES_ON])
        assert len(chat.sandbox.direct_channel(chat.reader).messages) == 1
    finally:
        await chat.stop()
    assert rebuild(chat.path).differences == ()


async def test_a_message_that_discord_does_not_take_is_shown_to_its_admin_and_the_desk(
    chat: Places,
) -> None:
    await chat.follow()
    chat.sandbox.faults.answer(*POST, 400, NO_FORM, times=3)
    await chat.says()
    await chat.comes_back(chat.desk)
    said = words(chat.desk.messages[0])
    assert "A message was not posted" in said
    assert "Invalid Form Body" in said
    assert chat.reason() is None
    listed = words(await chat.ask("alerts list", chat.admin))
    assert "**A message failed**" in listed
    assert "Invalid Form Body" in listed
    why = words(await chat.ask("alerts why", chat.admin, council="Hull"))
    assert "not sent, EN-" in why
    assert "Invalid Form Body" in why


async def test_trouble_counts_as_no_alert(chat: Places) -> None:
    await chat.paused()
    counts = await chat.alerts.counts()
    assert (counts.sent, counts.refused, counts.lost) == (0, 1, 0)


async def test_the_desk_s_server_can_be_forgotten_after_it_was_told(chat: Places) -> None:
    chat.admin.accepts_direct_messages = False
    await chat.paused()
    await chat.comes_back(chat.desk)
    subscriptions = chat.house.services.subscriptions
    assert subscriptions is not None and chat.desk.guild is not None
    await subscriptions.erase_guild(chat.desk.guild.id)
    await subscriptions.erase_person(chat.admin.id)


async def test_a_gateway_that_shows_no_permission_makes_one_look_enough(chat: Places) -> None:
    await chat.paused()
    posts = [
        one for one in chat.sandbox.requests if one.path.endswith(f"{chat.channel.id}/messages")
    ]
    assert [one.status for one in posts] == [403]
