"""Buttons, menus and forms that nobody was offered: ids of others, ids of nothing, replays.

`test_rights.py` walks every command and control; here are the single rules, and what was reported.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.chat import auto_defer
from bot.chat.questions import CannotAnswer
from bot.chat.rights import Posted, channel_here, role_here
from bot.delivery.subscriptions import (
    MOST_IN_A_PLACE,
    MOST_IN_A_SERVER,
    Destination,
    SubscriptionError,
    Subscriptions,
)
from bot.delivery.watch_lists import Keeper, WatchLists
from bot.election.alert_kinds import Topic
from bot.election.stories import WHOLE_NIGHT
from bot.store.boards import BoardEnded, BoardPut, BoardTurned
from bot.store.calm import CalmSet
from bot.store.desk import DeskActed
from bot.store.destinations import NotTheirs, Subscribed, Unsubscribed, Welcomed
from bot.store.erasure import GuildErased, PersonErased
from bot.store.pausing import DestinationPaused, DestinationResumed
from bot.store.rebuild import rebuild
from bot.store.watch_lists import ListChanged, ListMade, ListRemoved, ListShared
from simulation.discord import Channel, Guild, Permission, Reply, Sandbox
from simulation.discord import components as kinds
from tests.cogs.chat import Chat, words
from tests.election.build import NIGHT
from tests.support import forged

JSON = dict[str, Any]
BY_PEOPLE = (
    Subscribed,
    Unsubscribed,
    CalmSet,
    DestinationPaused,
    DestinationResumed,
    BoardPut,
    BoardTurned,
    BoardEnded,
    ListMade,
    ListChanged,
    ListShared,
    ListRemoved,
    GuildErased,
    PersonErased,
    Welcomed,
    DeskActed,
)
"""What people do, as the journal has it."""
SECRET = "Marginals [free](https://evil.example) @everyone"
BROKEN = "went wrong on our side"


class Other:
    """Another server, with a channel, a role, a list and a subscription of its own."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.guild: Guild = chat.sandbox.add_guild("Other")
        self.channel: Channel = self.guild.add_channel("secret")
        self.role = self.guild.add_role("Alerts", mentionable=True)
        self.list = ""
        self.subscription = 0

    async def furnish(self) -> None:
        keeper = Keeper(self.guild.id, self.guild.owner.id)
        lists, subscriptions = lists_of(self.chat), subscriptions_of(self.chat)
        await lists.create(keeper, SECRET)
        made = await lists.put(keeper, SECRET, ["KHL"])
        self.list = made.value
        here = Destination(self.channel.id, self.guild.id)
        added = await subscriptions.add(here, Topic.ALL, by=self.guild.owner.id)
        self.subscription = added.subscription.id


def lists_of(chat: Chat) -> WatchLists:
    lists = chat.house.services.lists
    assert isinstance(lists, WatchLists)
    return lists


def subscriptions_of(chat: Chat) -> Subscriptions:
    subscriptions = chat.house.services.subscriptions
    assert subscriptions is not None
    return subscriptions


@pytest.fixture
async def other(chat: Chat) -> AsyncIterator[Other]:
    other = Other(chat)
    await other.furnish()
    yield other


def journal(chat: Chat) -> int:
    """Return how much people have done; what follows by itself is not counted."""
    (number,) = chat.house.writer.reads.execute(
        "SELECT count(*) FROM journal WHERE kind IN (SELECT value FROM json_each(?))",
        (json.dumps([one.kind for one in BY_PEOPLE]),),
    ).fetchone()
    return int(number)


async def press(chat: Chat, custom_id: str, **how: Any) -> str:
    """Press a forged button as the reader in the server's channel, unless told otherwise."""
    by, at = how.pop("by", chat.reader), how.pop("at", chat.channel)
    return told(await forged.pressed(chat.sandbox, by, at, custom_id, **how))


def told(reply: Reply) -> str:
    assert reply.failure is None
    said = "\n".join([words(reply), *map(words, reply.followups)])
    assert BROKEN not in said
    return said


async def save(chat: Chat, how: str, channel: int, *wishes: str, role: int | None = None) -> str:
    roles = [] if role is None else [role]
    rows = [
        forged.menu(f"setup-what:{channel}", marked=wishes),
        forged.menu(f"setup-role:{channel}", kinds.ROLE_SELECT, marked=roles),
        forged.button(f"setup-{how}:{channel}"),
    ]
    message = forged.placed(chat.sandbox, chat.channel, rows, seen_by=chat.admin)
    return await press(chat, f"setup-{how}:{channel}", by=chat.admin, message=message)


@pytest.mark.parametrize("how", ["anyway", "save"])
async def test_saving_sets_up_no_channel_of_another_server_and_no_person(
    chat: Chat, other: Other, how: str
) -> None:
    await subscriptions_of(chat).add(Destination(chat.reader.id), Topic.ALL, by=chat.reader.id)
    before = journal(chat)
    for number in (other.channel.id, chat.reader.id, chat.guild.id, 7, 2**64):
        said = await save(chat, how, number, "all:", "summary:", role=other.role.id)
        assert "no such channel" in said or "nothing of that number" in said
    assert journal(chat) == before
    assert not other.channel.messages
    (mine,) = subscriptions_of(chat).of_user(chat.reader.id)
    assert mine.paused is None


@pytest.mark.parametrize("how", ["anyway", "save"])
async def test_saving_pings_no_role_but_one_of_this_server_that_people_can_have(
    chat: Chat, other: Other, how: str
) -> None:
    bots = next(role for role in chat.guild.roles.values() if role.bot_id is not None)
    before = journal(chat)
    for role in (chat.guild.id, other.guild.id, other.role.id, bots.id, chat.reader.id):
        await save(chat, how, chat.channel.id, "all:", role=role)
        choose = {"kind": kinds.ROLE_SELECT, "values": [str(role)]}
        await press(chat, f"setup-role:{chat.channel.id}", by=chat.admin, **choose)
    assert journal(chat) == before
    assert not chat.channel.messages or not any(m.mentions.roles for m in chat.channel.messages)


async def test_save_anyway_still_saves_what_was_offered_where_the_bot_may_not_post(
    chat: Chat,
) -> None:
    hidden = chat.guild.add_channel("hidden")
    hidden.set_permissions(chat.guild.everyone, deny=Permission.SEND_MESSAGES)
    said = await save(chat, "anyway", hidden.id, "all:", "zzz:", "list:4711")
    assert "Send Messages" in said
    (one,) = subscriptions_of(chat).of_guild(chat.guild.id)
    assert (one.topic, one.destination.id) == (Topic.ALL, hidden.id)


async def test_a_wish_that_no_menu_offers_is_none(chat: Chat, other: Other) -> None:
    values = [f"list:{other.list}", "zzz:1", "council:NOPE", ""]
    said = await press(chat, f"setup-what:{chat.channel.id}", by=chat.admin, values=values)
    assert "Marginals" not in said
    await save(chat, "anyway", chat.channel.id, "all:", *values[:3])
    (one,) = subscriptions_of(chat).of_guild(chat.guild.id)
    assert one.topic is Topic.ALL


@pytest.mark.parametrize("place", ["server", "direct"])
async def test_no_button_menu_form_or_message_shows_the_list_of_another_server(
    chat: Chat, other: Other, place: str
) -> None:
    at = chat.channel if place == "server" else chat.sandbox.direct_channel(chat.reader)
    for asked in (f"/watch show name:{other.list}", "/watch show name:Marginals"):
        for how in ({}, {"private": False}):
            assert "Marginals" not in await press(chat, f"ask:1:{asked}", at=at, **how)
        assert "Marginals" not in await press(chat, "pick", at=at, values=[asked])
        assert "Marginals" not in await press(
            chat, "filter:x:/watch show", at=at, values=[f"name:{other.list}"]
        )
        filled = await forged.filled_in(chat.sandbox, chat.reader, at, "find-name", {"name": asked})
        assert "Marginals" not in told(filled)
    direct = chat.sandbox.direct_channel(chat.reader)
    chat.sandbox.say(chat.reader, direct, f"/watch show name:{other.list}")
    await chat.sandbox.wait_for(
        lambda: direct.messages and direct.messages[-1].author is chat.sandbox.bot
    )
    assert "no such list" in words(direct.messages[-1])


async def test_ones_own_list_is_shown_to_a_direct_message_that_asks_for_it(chat: Chat) -> None:
    lists = lists_of(chat)
    await lists.create(Keeper(None, chat.reader.id), "Mine")
    await lists.put(Keeper(None, chat.reader.id), "Mine", ["KHL"])
    direct = chat.sandbox.direct_channel(chat.reader)
    for asked in ("/watch show Mine", "/watch show name:Mine"):
        said = len(direct.messages)
        chat.sandbox.say(chat.reader, direct, asked)
        await chat.sandbox.wait_for(lambda said=said: len(direct.messages) == said + 2)
        assert "Mine: 1 of 1 council declared" in words(direct.messages[-1])


async def test_what_is_followed_by_a_button_is_what_its_words_mean(chat: Chat) -> None:
    for asked in ("council:khl", "council:Kingston upon Hull", "party:labour", "region:LONDON"):
        assert "following" in (await press(chat, f"follow:me:{asked}", private=False)).lower()
    followed = subscriptions_of(chat).of_user(chat.reader.id)
    assert {one.value for one in followed} == {"KHL", "Lab", "London"}


async def test_a_list_is_followed_by_nobody_whom_it_is_not_shared_with(
    chat: Chat, other: Other
) -> None:
    before = journal(chat)
    for value in (other.list, SECRET, "4711", str(2**63), "9" * 60):
        await press(chat, f"follow:me:list:{value}")
        await press(chat, f"follow:here:list:{value}", by=chat.admin)
    assert journal(chat) == before


async def test_a_button_of_a_shared_list_works_until_it_is_shared_no_more(
    chat: Chat, other: Other
) -> None:
    keeper, lists = Keeper(other.guild.id, other.guild.owner.id), lists_of(chat)
    await lists.share(keeper, SECRET)
    assert "Kingston upon Hull" in await press(chat, f"ask:1:/watch show name:{other.list}")
    assert "Following" in await press(chat, f"follow:me:list:{other.list}", private=False)
    await lists.share(keeper, SECRET, shared=False)
    assert "no such list" in await press(chat, f"ask:1:/watch show name:{other.list}")
    assert "No longer following" in await press(
        chat, f"unfollow:me:list:{other.list}", private=False
    )


@pytest.mark.parametrize(
    "asked",
    [
        "council:NOPE",
        "party:Whigs",
        "region:Narnia",
        "nation:Narnia",
        "contest:mayor.nowhere",
        "contests:zzz",
        "milestones:zzz",
        "all:x",
        "summary:x",
        "reminders:x",
        "zzz:x",
    ],
)
async def test_what_there_is_not_is_answered_and_not_followed(chat: Chat, asked: str) -> None:
    before = journal(chat)
    assert "/help" in await press(chat, f"follow:me:{asked}")
    await press(chat, f"follow:here:{asked}", by=chat.admin)
    assert journal(chat) == before


@pytest.fixture
def answered_soon(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody answers is answered soon; in the other tests of the sandbox it is not."""
    monkeypatch.setattr(auto_defer, "DEFERS_AFTER", 0.1)


@pytest.mark.usefixtures("answered_soon")
@pytest.mark.parametrize("form", ["nonsense", "desk-reason:confirm:1", "desk-reason:x:1", "find"])
async def test_a_form_that_the_bot_does_not_have_is_answered(chat: Chat, form: str) -> None:
    filled = await forged.filled_in(chat.sandbox, chat.reader, chat.channel, form, {"why": "me"})
    assert "ask again with a command" in told(filled)


@pytest.mark.usefixtures("answered_soon")
async def test_a_component_that_is_not_under_its_message_is_answered(chat: Chat) -> None:
    message = forged.placed(chat.sandbox, chat.channel, [forged.button("find")])
    said = await press(chat, "follow:me:council:KHL", message=message)
    assert "ask again with a command" in said
    assert subscriptions_of(chat).of_user(chat.reader.id) == []


@pytest.mark.parametrize("number", [2**63, 2**64, 10**19])
async def test_numbers_larger_than_the_file_keeps_are_answered(chat: Chat, number: int) -> None:
    before = journal(chat)
    for custom_id in (
        f"unfollow:{number}",
        f"board-end:{number}",
        f"setup-again:{number}",
        f"setup-anyway:{number}",
        f"setup-role:{number}",
        f"forget:server:{number}",
        f"follow:me:list:{number}",
        f"ask:1:/watch show name:{number}",
    ):
        await press(chat, custom_id, by=chat.admin)
    for options in ({"subscription": str(number)}, {"subscription": "9" * 5_000}):
        said = words(await chat.ask("alerts remove", chat.admin, **options))
        assert "nothing of that number" in said
    assert BROKEN not in words(await chat.ask("alerts why", reference=f"EN-{'Z' * 60}"))
    assert BROKEN not in words(await chat.ask("watch show", name=str(number)))
    assert journal(chat) == before


@pytest.mark.parametrize("page", [0, 9999])
async def test_a_page_that_there_is_not_is_the_nearest(chat: Chat, page: int) -> None:
    await subscriptions_of(chat).add(Destination(chat.reader.id), Topic.ALL, by=chat.reader.id)
    assert "Alerts (1)\n1. Every change" in await press(chat, f"subscriptions:{page}")
    assert "Kingston" in await press(chat, f"ask:{page}:/night latest")


async def test_deleting_what_is_gone_already_writes_nothing(chat: Chat) -> None:
    await subscriptions_of(chat).add(Destination(chat.reader.id), Topic.ALL, by=chat.reader.id)
    forget = f"forget:me:{chat.reader.id}"
    await press(chat, forget)
    await chat.sandbox.wait_for(lambda: not subscriptions_of(chat).of_user(chat.reader.id))
    before = journal(chat)
    for _ in range(3):
        await press(chat, forget)
    assert journal(chat) == before


async def test_a_button_that_changes_its_answer_changes_none_that_all_see(chat: Chat) -> None:
    await subscriptions_of(chat).add(Destination(chat.admin.id), Topic.ALL, by=chat.admin.id)
    here = chat.channel.id
    for custom_id in (
        "subscriptions:1",
        f"forget:me:{chat.admin.id}",
        f"forget:server:{chat.guild.id}",
        "board-end:1",
        "setup-channel",
        f"setup-again:{here}",
        f"setup-anyway:{here}",
    ):
        values = {"values": [str(here)]} if custom_id == "setup-channel" else {}
        values |= {"kind": kinds.CHANNEL_SELECT} if values else {}
        said = await press(chat, custom_id, by=chat.admin, private=False, **values)
        assert "private answer" in said
        assert chat.channel.messages[-1].content == "-"
    assert len(subscriptions_of(chat).of_user(chat.admin.id)) == 1


async def test_a_channel_option_of_another_server_is_none(chat: Chat, other: Other) -> None:
    before = journal(chat)
    for command, more in (
        ("alerts subscribe", {"topic": "all"}),
        ("alerts test", {}),
        ("watch follow", {"name": "Councils of the night"}),
        ("night board", {}),
    ):
        for channel in (other.channel, chat.reader):
            reply = await forged.commanded(
                chat.sandbox, chat.admin, chat.channel, command, channel=channel, **more
            )
            assert "no such channel" in told(reply)
    reply = await forged.commanded(
        chat.sandbox,
        chat.admin,
        chat.channel,
        "alerts subscribe",
        topic="all",
        channel=chat.channel,
        role=other.role,
    )
    assert "role is gone" in told(reply)
    assert journal(chat) == before


async def test_a_place_belongs_to_one_owner_and_rebuilds_so_after_the_bot_has_left(
    chat: Chat, other: Other
) -> None:
    subscriptions, boards = subscriptions_of(chat), chat.house.services.boards
    assert boards is not None
    person = chat.reader.id
    await subscriptions.add(Destination(person), Topic.ALL, by=person)
    await boards.put(other.channel.id, other.guild.id, NIGHT, WHOLE_NIGHT, by=1)
    before = journal(chat)
    for place, guild in (
        (other.channel.id, chat.guild.id),
        (person, chat.guild.id),
        (other.channel.id, None),
    ):
        with pytest.raises(NotTheirs):
            await subscriptions.add(Destination(place, guild), Topic.SUMMARY, by=1)
        if guild is not None:
            with pytest.raises(NotTheirs):
                await boards.put(place, guild, NIGHT, WHOLE_NIGHT, by=1)
    assert journal(chat) == before
    await subscriptions.erase_guild(other.guild.id)
    assert rebuild(chat.path).differences == ()
    assert [one.destination.id for one in subscriptions.of_user(person)] == [person]
    assert subscriptions.of_guild(other.guild.id) == []


async def test_what_a_place_and_a_server_can_follow_is_bounded(chat: Chat) -> None:
    subscriptions, services = subscriptions_of(chat), chat.house.services
    codes = [one.code for one in services.almanac.councils.rows][:MOST_IN_A_PLACE]
    mine = Destination(chat.reader.id)
    for code in codes:
        await subscriptions.add(mine, Topic.COUNCIL, code, by=1)
    said = await press(chat, "follow:me:party:Lab")
    assert f"{MOST_IN_A_PLACE} is the most" in said
    assert "/alerts list" in said
    assert (await subscriptions.add(mine, Topic.COUNCIL, codes[0], by=1)).subscription.id
    for channel in range(1, MOST_IN_A_SERVER // MOST_IN_A_PLACE + 1):
        for code in codes:
            await subscriptions.add(Destination(channel, chat.guild.id), Topic.COUNCIL, code, by=1)
    with pytest.raises(SubscriptionError, match=f"{MOST_IN_A_SERVER} is the most"):
        await subscriptions.add(Destination(99, chat.guild.id), Topic.ALL, by=1)
    assert "is the most" in await save(chat, "anyway", chat.channel.id, "all:", "summary:")


async def test_the_name_of_a_list_does_nothing_where_others_read_it(chat: Chat) -> None:
    name = "[free](https://evil.example) <@1>"
    await chat.ask("watch create", chat.admin, name=name)
    listed = words(await chat.ask("watch lists"))
    none = words(await chat.ask("watch show", name="nothing of the sort"))
    shown = words(await chat.ask("watch show", name=name))
    followed = words(await chat.ask("watch follow", name=name))
    for said in (listed, none, shown, followed):
        assert "free" in said
        assert "[free](" not in said
        assert "<@1>" not in said
        assert "https://" not in said


async def test_forged_presses_of_ever_other_numbers_do_not_fill_the_desks_log(chat: Chat) -> None:
    before = journal(chat)
    for number in range(1, 20):
        assert "Only the desk" in await press(chat, f"desk:confirm:{number}")
        assert "Only the desk" in await press(chat, f"desk:reject:{number}")
    assert journal(chat) - before == 2


_POSTED_IN = {
    Posted.BOARDS: (discord.ChannelType.text, discord.ChannelType.news),
    Posted.ALERTS: (discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum),
}


@pytest.mark.parametrize("what", _POSTED_IN)
@pytest.mark.parametrize("kind", [*discord.ChannelType])
def test_only_text_and_announcement_channels_are_posted_in_and_forums_with_alerts(
    kind: discord.ChannelType, what: Posted
) -> None:
    there: Any = SimpleNamespace(type=kind)
    guild: Any = SimpleNamespace(
        unavailable=False, get_channel=lambda _: there, get_thread=lambda _: None
    )
    for number, at in ((5, 6), (5, 5)):
        interaction: Any = SimpleNamespace(channel_id=at, channel=there)
        if kind in _POSTED_IN[what]:
            assert channel_here(interaction, guild, number, what) == number
        else:
            with pytest.raises(CannotAnswer, match="text and announcement channels"):
                channel_here(interaction, guild, number, what)


def test_nothing_is_decided_of_a_server_that_discord_has_not_told_yet() -> None:
    guild: Any = SimpleNamespace(unavailable=True)
    interaction: Any = SimpleNamespace(channel_id=5)
    with pytest.raises(CannotAnswer, match="only just started"):
        channel_here(interaction, guild, 5)
    with pytest.raises(CannotAnswer, match="only just started"):
        role_here(guild, 5)
