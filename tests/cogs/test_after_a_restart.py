"""Every kind of control works after a restart: a new kind needs its way here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.chat import answer_buttons, calming, free_text, welcome
from bot.chat.components import Component
from bot.chat.following import FollowButton
from bot.delivery.subscriptions import Destination
from bot.election.alert_kinds import Topic
from bot.election.parties import WireParty
from cogs.alerts._subscriptions import SubscriptionsButton, UnfollowButton
from cogs.boards import EndBoardButton
from cogs.desk._preview import DraftButton
from cogs.desk._queue import DecideButton, QueueButton
from cogs.desk._together import TogetherButton
from cogs.privacy import ForgetButton
from cogs.setup._threads import ThreadsMenu
from cogs.setup._wizard import ChannelMenu, RoleMenu, SaveButton, SetupButton, TopicMenu
from simulation.discord import Message, Reply, Sandbox, components
from tests.cogs.chat import RESULTS, Chat, words
from tests.cogs.test_desk import Office
from tests.support.small_night import document, fetch


@dataclass
class Place:
    """The chat and its desk, and what there is to see in it."""

    chat: Chat
    office: Office

    async def followed(self) -> None:
        """Let the reader follow what fills more than a page."""
        chat = self.chat
        subscriptions = chat.house.services.subscriptions
        assert subscriptions is not None
        for party in chat.house.services.almanac.parties.rows[:12]:
            reader = Destination(chat.reader.id)
            await subscriptions.add(reader, Topic.PARTY, party.code, by=chat.reader.id)

    async def list_(self) -> Reply:
        await self.followed()
        return await self.chat.ask("alerts list")

    async def asked_before_deleting(self) -> Reply:
        await self.followed()
        return await self.chat.ask("mydata delete")

    async def setup(self) -> Reply:
        """Return the wizard's second step."""
        chat = self.chat
        reply = await chat.ask("setup", chat.admin)
        return await chat.sandbox.select(chat.admin, reply.message, "setup-channel", [chat.channel])

    async def quiet(self) -> Reply:
        await self.followed()
        return await self.chat.ask("alerts quiet")

    async def quiet_channel(self) -> Reply:
        return await self.chat.ask("alerts quiet", self.chat.admin, channel=self.chat.channel)

    async def saved(self) -> Reply:
        """Return the wizard's last step."""
        reply = await self.setup()
        await self.chat.press(reply, "Test and save", by=self.chat.admin)
        await self.chat.sandbox.wait_for(lambda: "Posting a test" not in words(reply))
        return reply

    async def word(self) -> Reply:
        """Return what the desk is shown before it publishes."""
        seats = "LD 28, Lab 28, Ind 1"
        return await self.office.desk(
            "correct", council="Hull", control="NOC", seats=seats, why="said so"
        )

    async def together(self) -> Reply:
        """Return what the desk is shown before it confirms all that is held for one reason."""
        return await self.office.desk(
            "confirm", reason="control hangs on vacant seats", why="said so"
        )

    async def welcome(self) -> Message:
        """Return the welcome of the chat's channel."""
        chat = self.chat
        await chat.client.wait_until_ready()
        await welcome.welcome(chat.client, chat.channel.id, chat.guild.id)
        return chat.channel.messages[-1]

    async def queue(self) -> Reply:
        """Return the desk's queue, which has two pages."""
        hull = RESULTS[0]
        stranger = replace(hull.composition[2], party=WireParty("Fish Party"))
        fishy = replace(hull, revision=2, composition=(*hull.composition[:2], stranger))
        await self.chat.house.ingest.file(fetch(document(fishy)))
        return await self.office.desk("queue")


@dataclass(frozen=True)
class Way:
    """Where a control stands, by what its custom id begins, and what its use says."""

    shown: Callable[[Place], Awaitable[Reply | Message]]
    begins: str
    says: str


WAYS: dict[type[Component], Way] = {
    answer_buttons.AskButton: Way(lambda p: p.chat.ask("night next"), "ask:2:", "Page 2 of"),
    answer_buttons.PickMenu: Way(
        lambda p: p.chat.ask("ward", council="Sunderland"), "pick", "Barnes, Sunderland"
    ),
    answer_buttons.FilterMenu: Way(
        lambda p: p.chat.ask("night changes"), "filter:place:", "changed hands"
    ),
    FollowButton: Way(
        lambda p: p.chat.ask("party", name="Labour", public=True),
        "follow:me:",
        "Following gains and losses of Labour.",
    ),
    UnfollowButton: Way(
        lambda p: p.chat.ask("alerts subscribe", topic="all"), "unfollow:", "No longer following"
    ),
    SubscriptionsButton: Way(Place.list_, "subscriptions:2", "Page 2 of 2"),
    EndBoardButton: Way(
        lambda p: p.chat.ask("night board", p.chat.admin), "board-end:", "Board ended"
    ),
    DecideButton: Way(Place.queue, "desk:confirm:", "Confirm this report"),
    DraftButton: Way(Place.word, "desk-word:publish", "Correction published"),
    TogetherButton: Way(Place.together, "desk-together:confirm", "1 report confirmed"),
    free_text.FindButton: Way(Place.welcome, "find", "Find a council"),
    QueueButton: Way(Place.queue, "desk-queue:2", "Page 2 of 2"),
    ForgetButton: Way(Place.asked_before_deleting, "forget:", "Deleted"),
    ChannelMenu: Way(
        lambda p: p.chat.ask("setup", p.chat.admin), "setup-channel", "what should be posted there?"
    ),
    TopicMenu: Way(Place.setup, "setup-party:", "Gains and losses of Labour"),
    RoleMenu: Way(Place.setup, "setup-role:", ", with each of these."),
    SaveButton: Way(Place.setup, "setup-save:", "The test message arrived."),
    SetupButton: Way(Place.setup, "setup-again:0", "where should alerts be posted?"),
    calming.OpenButton: Way(
        lambda p: p.chat.ask("alerts subscribe", topic="all"), "calm-open:0", "Quiet hours"
    ),
    calming.LevelMenu: Way(Place.quiet, "calm-level:0", "How much: Every result"),
    calming.QuietMenu: Way(Place.quiet, "calm-quiet:0", "Quiet hours: None"),
    calming.SilentMenu: Way(Place.quiet, "calm-silent:0", "Changes of hands"),
    calming.PingsMenu: Way(Place.quiet_channel, "calm-pings:", "Any alert"),
    calming.JoinedButton: Way(Place.quiet, "calm-joined:0:5", "the next 5 minutes"),
    calming.HiddenButton: Way(Place.quiet, "calm-hidden:0:on", "behind spoiler marks"),
    ThreadsMenu: Way(Place.saved, "setup-threads:", "Set up: no threads"),
}


@pytest.fixture
async def place(sandbox: Sandbox, database: Path) -> AsyncIterator[Place]:
    chat = Chat(sandbox, database)
    office = Office(chat)
    await chat.start()
    yield Place(chat, office)
    await chat.stop()


async def test_no_kind_of_component_is_forgotten(place: Place) -> None:
    assert set(WAYS) == set(place.chat.client.components)


@pytest.mark.parametrize("kind", WAYS, ids=lambda kind: kind.__name__)
async def test_a_component_of_before_works_after_a_restart(
    place: Place, kind: type[Component]
) -> None:
    way, chat = WAYS[kind], place.chat
    shown = await way.shown(place)
    user, message = (
        (shown.interaction.user, shown.message)
        if isinstance(shown, Reply)
        else (chat.reader, shown)
    )
    (control,) = (
        each
        for each in components.walk(message.components)
        if each.get("custom_id", "").startswith(way.begins)
    )
    assert kind.__discord_ui_compiled_template__.fullmatch(control["custom_id"])
    await chat.restart()
    custom_id = control["custom_id"]
    match control["type"]:
        case components.BUTTON:
            used = await chat.sandbox.press(user, message, custom_id)
        case components.STRING_SELECT:
            value = control["options"][0]["value"]
            used = await chat.sandbox.select(user, message, custom_id, [value])
        case components.CHANNEL_SELECT:
            used = await chat.sandbox.select(user, message, custom_id, [chat.channel])
        case components.ROLE_SELECT:
            role = chat.guild.add_role("Alerts", mentionable=True)
            used = await chat.sandbox.select(user, message, custom_id, [role])
    await chat.sandbox.wait_for(lambda: way.says in _said(used))


def _said(used: Reply) -> str:
    if used.modal:
        return str(used.modal["title"])
    return "\n".join(map(words, (used, *used.followups)))
