"""Following, as readers and admins do it, and what keeps them apart."""

from __future__ import annotations

import asyncio
import threading

import pytest

from bot.election.alert_kinds import Topic
from bot.store.rebuild import rebuild
from simulation.discord import Channel, Permission, Reply, Role, User
from tests.cogs.chat import LEVEL, Chat, buttons, words
from tests.election.build import NIGHT
from tests.support.small_night import document, fetch


async def _followed(chat: Chat) -> list[tuple[Topic, str, int]]:
    subscriptions = chat.house.services.subscriptions
    assert subscriptions is not None
    found = [
        *subscriptions.of_guild(chat.guild.id),
        *subscriptions.of_user(chat.reader.id),
    ]
    return [(each.topic, each.value, each.destination.id) for each in found]


async def _correct_hull(chat: Chat) -> None:
    """Let a correction of Hull come in and be told."""
    filed = await chat.house.ingest.file(fetch(document(LEVEL)))
    assert len(filed.claims) == 1
    alerts = chat.house.services.alerts
    assert alerts is not None
    await alerts.drained()


async def test_an_admin_follows_everything_for_a_channel_and_it_comes(chat: Chat) -> None:
    role = chat.guild.add_role("Election alerts", mentionable=True)
    reply = await chat.ask(
        "alerts subscribe", chat.admin, topic="all", channel=chat.channel, role=role
    )
    said = words(reply)
    assert "Following every change of hands and first election." in said
    assert f"Alerts will appear in <#{chat.channel.id}>, pinging <@&{role.id}>." in said
    assert reply.ephemeral
    assert await _followed(chat) == [(Topic.ALL, "", chat.channel.id)]


@pytest.mark.parametrize(
    ("topic", "which", "value"),
    [
        ("party", "lib dem", "LD"),
        ("council", "hull", "KHL"),
        ("region", "yorkshire and the humber", "Yorkshire and The Humber"),
        ("nation", "wales", "Wales"),
        ("summary", None, ""),
    ],
)
async def test_anyone_follows_by_direct_message(
    chat: Chat, topic: str, which: str | None, value: str
) -> None:
    given = {"which": which} if which else {}
    direct = chat.sandbox.direct_channel(chat.reader)
    reply = await chat.ask("alerts subscribe", at=direct, topic=topic, **given)
    assert "Alerts will appear in your direct messages" in words(reply)
    assert await _followed(chat) == [(Topic(topic), value, chat.reader.id)]
    again = await chat.ask("alerts subscribe", topic=topic, **given)
    assert "Already following" in words(again)


@pytest.mark.parametrize(
    ("topic", "which", "sentence"),
    [
        ("council", None, "Choose a council in `which`."),
        ("council", "Huul", "No council called “Huul”. Did you mean Kingston upon Hull?"),
        ("party", "Labor", "Did you mean Labour?"),
        ("region", "Yorkshire", "No region called “Yorkshire”."),
        ("nation", "Ingland", "Did you mean England?"),
    ],
)
async def test_what_cannot_be_followed_says_why(
    chat: Chat, topic: str, which: str | None, sentence: str
) -> None:
    given = {"which": which} if which else {}
    assert sentence in words(await chat.ask("alerts subscribe", topic=topic, **given))
    assert await _followed(chat) == []


async def test_the_choices_of_which_follow_the_topic(chat: Chat) -> None:
    async def offered(topic: str, typed: str) -> list[object]:
        choices = await chat.sandbox.autocomplete(
            chat.reader,
            chat.channel,
            "alerts subscribe",
            "which",
            typed,
            options={"topic": topic},
        )
        return [choice.value for choice in choices]

    assert (await offered("council", "hull"))[0] == "KHL"
    assert await offered("party", "plaid") == ["PC"]
    assert await offered("nation", "") == ["England", "Scotland", "Wales"]
    assert await offered("region", "humber") == ["Yorkshire and The Humber"]
    assert await offered("all", "x") == []


async def test_a_channel_is_for_who_manages_the_server(chat: Chat) -> None:
    reply = await chat.ask("alerts subscribe", topic="all", channel=chat.channel)
    assert "Only members with Manage Server decide" in words(reply)
    editor = chat.sandbox.add_user("Eva")
    chat.guild.add_member(
        editor, [chat.guild.add_role("Editors", permissions=Permission.MANAGE_GUILD)]
    )
    reply = await chat.ask("alerts subscribe", editor, topic="all", channel=chat.channel)
    assert "Following every change" in words(reply)


async def test_in_direct_messages_an_admin_has_only_their_own(chat: Chat) -> None:
    await chat.ask("alerts subscribe", chat.admin, topic="all", channel=chat.channel)
    listed = await chat.ask("alerts list", chat.admin)
    (number,) = (custom_id.split(":")[1] for custom_id in buttons(listed).values())
    direct = chat.sandbox.direct_channel(chat.admin)
    assert "No alerts" in words(await chat.ask("alerts list", chat.admin, direct))
    refused = await chat.ask("alerts remove", chat.admin, direct, subscription=number)
    assert "not yours to end" in words(refused)


async def test_where_the_bot_is_not_a_member_there_are_direct_messages(chat: Chat) -> None:
    traveller = chat.sandbox.add_user("Tom", app_installed=True)
    elsewhere = chat.sandbox.add_guild("Elsewhere", owner=traveller, bot_permissions=None)
    talk = elsewhere.add_channel("talk")
    refused = await chat.ask("alerts subscribe", traveller, talk, topic="all", channel=talk)
    assert "The bot is not a member of this server" in words(refused)
    done = await chat.ask("alerts subscribe", traveller, talk, topic="all")
    assert "Alerts will appear in your direct messages" in words(done)


async def test_what_the_bot_lacks_in_a_channel_is_named_precisely(chat: Chat) -> None:
    async def subscribe(channel: Channel) -> str:
        return words(await chat.ask("alerts subscribe", chat.admin, topic="all", channel=channel))

    silent = chat.guild.add_channel("silent", deny_bot=Permission.EMBED_LINKS)
    assert f"The bot lacks Embed Links in <#{silent.id}>." in await subscribe(silent)
    hidden = chat.guild.add_channel("hidden", deny_bot=Permission.VIEW_CHANNEL)
    assert "The bot lacks View Channel, Send Messages, Embed Links" in await subscribe(hidden)
    assert await _followed(chat) == []
    silent.set_permissions(chat.sandbox.bot, allow=Permission.EMBED_LINKS)
    assert "Following every change" in await subscribe(silent)


async def test_a_role_that_cannot_be_mentioned_is_refused(chat: Chat) -> None:
    chat.guild.change_role(chat.guild.everyone, permissions=_without_mentions(chat))
    role = chat.guild.add_role("Quiet")

    async def subscribe(**given: object) -> str:
        return words(await chat.ask("alerts subscribe", chat.admin, topic="all", **given))

    said = await subscribe(channel=chat.channel, role=role)
    assert f"The bot may not mention <@&{role.id}>" in said
    said = await subscribe(channel=chat.channel, role=chat.guild.everyone)
    assert "The bot never pings everyone" in said
    assert "choose the channel too" in await subscribe(role=role)
    assert await _followed(chat) == []


def _without_mentions(chat: Chat) -> Permission:
    return chat.guild.everyone.permissions & ~Permission.MENTION_EVERYONE


async def test_the_list_shows_what_one_may_end_and_why_it_is_paused(chat: Chat) -> None:
    await chat.ask("alerts subscribe", chat.admin, topic="all", channel=chat.channel)
    await chat.ask("alerts subscribe", topic="party", which="Labour")
    own = words(await chat.ask("alerts list"))
    assert "1. Gains and losses of Labour → your direct messages" in own
    assert "every change" not in own.lower()
    chat.channel.set_permissions(chat.sandbox.bot, deny=Permission.SEND_MESSAGES)
    await _correct_hull(chat)
    seen = words(await chat.ask("alerts list", chat.admin))
    assert f"→ <#{chat.channel.id}>. **Paused**: The bot may not write here." in seen
    refused = await chat.ask("alerts test", chat.admin, channel=chat.channel)
    assert "The bot lacks Send Messages" in words(refused)
    chat.channel.set_permissions(chat.sandbox.bot)
    tested = await chat.ask("alerts test", chat.admin, channel=chat.channel)
    assert f"It is in <#{chat.channel.id}>. Alerts" in words(tested)
    assert "Paused" not in words(await chat.ask("alerts list", chat.admin))
    titles = [message.embeds[0]["title"] for message in chat.channel.messages if message.embeds]
    assert sum("This is only a test" in title for title in titles) == 1


async def test_a_long_list_has_pages_that_turn_also_after_a_restart(chat: Chat) -> None:
    elections = list(chat.house.services.almanac.night(NIGHT).elections)
    for code in elections[:23]:
        await chat.ask("alerts subscribe", topic="council", which=code)
    listed = await chat.ask("alerts list")
    assert "Alerts (23)" in words(listed)
    assert "Page 1 of 3" in words(listed)
    await chat.restart()
    last = await chat.press(await chat.press(listed, "Next page"), "Next page")
    assert "23. The result in" in words(last)
    assert [label.split(":")[0] for label in buttons(last)] == [
        "Unfollow 21",
        "Unfollow 22",
        "Unfollow 23",
        "Previous page",
    ]


async def test_another_role_takes_the_first_ones_place(chat: Chat) -> None:
    first, second = (chat.guild.add_role(name, mentionable=True) for name in ("One", "Two"))

    async def subscribe(role: Role) -> str:
        return words(
            await chat.ask(
                "alerts subscribe", chat.admin, topic="all", channel=chat.channel, role=role
            )
        )

    await subscribe(first)
    assert "Still following every change of hands" in await subscribe(second)
    listed = words(await chat.ask("alerts list", chat.admin))
    assert listed.count("<@&") == 1
    assert f"pinging <@&{second.id}>" in listed


async def test_to_subscribe_again_takes_up_a_paused_destination(chat: Chat) -> None:
    await chat.ask("alerts subscribe", topic="region", which="Yorkshire and The Humber")
    chat.reader.accepts_direct_messages = False
    await _correct_hull(chat)
    listed = words(await chat.ask("alerts list"))
    assert "Changes of hands in Yorkshire and The Humber" in listed
    assert "**Paused**: Discord does not let the bot write to this user." in listed
    again = await chat.ask("alerts subscribe", topic="summary")
    assert "Alerts there had been paused and have resumed." in words(again)


async def test_an_empty_list_says_how_to_begin(chat: Chat) -> None:
    reply = await chat.ask("alerts list")
    assert "`/alerts subscribe` starts" in words(reply)
    assert buttons(reply) == {}


async def test_a_test_by_direct_message_says_why_it_fails(chat: Chat) -> None:
    direct = chat.sandbox.direct_channel(chat.reader)
    assert "It is in your direct messages. Alerts" in words(
        await chat.ask("alerts test", direct=True)
    )
    assert len(direct.messages) == 1
    chat.reader.accepts_direct_messages = False
    said = words(await chat.ask("alerts test", direct=True))
    assert "The test did not reach your direct messages. Discord does not let the bot" in said


async def test_remove_offers_ones_own_and_ends_it(chat: Chat) -> None:
    await chat.ask("alerts subscribe", topic="council", which="Hull")
    await chat.ask("alerts subscribe", chat.admin, topic="all", channel=chat.channel)

    async def offered(by: User) -> dict[str, str | int | float]:
        choices = await chat.sandbox.autocomplete(
            by, chat.channel, "alerts remove", "subscription", ""
        )
        return {choice.name: choice.value for choice in choices}

    (own,) = (await offered(chat.reader)).items()
    assert own[0] == "1. the result in Kingston upon Hull, by direct message"
    (servers,) = (await offered(chat.admin)).items()
    assert servers[0].endswith("in #results")
    refused = await chat.ask("alerts remove", subscription=servers[1])
    assert "no longer followed, or not yours" in words(refused)
    assert "There is nothing of that number here" in words(
        await chat.ask("alerts remove", subscription="Hull")
    )
    ended = await chat.ask("alerts remove", subscription=own[1])
    assert "No longer following the result in Kingston upon Hull." in words(ended)
    assert await _followed(chat) == [(Topic.ALL, "", chat.channel.id)]


async def test_an_admin_of_another_server_touches_only_their_own(chat: Chat) -> None:
    await chat.ask("alerts subscribe", chat.admin, topic="all", channel=chat.channel)
    listed = await chat.ask("alerts list", chat.admin)
    (number,) = (custom_id.split(":")[1] for custom_id in buttons(listed).values())
    rival = chat.sandbox.add_guild("Rival")
    there = rival.add_channel("talk")
    assert "No alerts" in words(await chat.ask("alerts list", rival.owner, there))
    refused = await chat.ask("alerts remove", rival.owner, there, subscription=number)
    assert "not yours to end" in words(refused)
    chat.guild.add_member(rival.owner)
    as_a_guest = await chat.ask("alerts remove", rival.owner, subscription=number)
    assert "not yours to end" in words(as_a_guest)
    assert await _followed(chat) == [(Topic.ALL, "", chat.channel.id)]


async def test_a_readers_own_button_follows_and_unfollows_also_after_a_restart(
    chat: Chat,
) -> None:
    reply = await chat.ask("council", name="Hull")
    for _ in range(2):
        await chat.restart()
        followed = await chat.press(reply, "Follow Kingston upon Hull")
        assert "Following the result in Kingston upon Hull." in await _said_beside(chat, followed)
        assert await _followed(chat) == [(Topic.COUNCIL, "KHL", chat.reader.id)]
        await chat.restart()
        ended = await chat.press(reply, "Unfollow Kingston upon Hull")
        said = await _said_beside(chat, ended)
        assert "No longer following the result in Kingston upon Hull." in said
        assert await _followed(chat) == []
    assert "gain Kingston upon Hull" in words(reply)
    assert list(buttons(reply))[:3] == ["Follow Kingston upon Hull", "Wards", "Votes"]


async def _said_beside(chat: Chat, pressed: Reply) -> str:
    """Return what is said in private beside a button that was turned over."""
    await chat.sandbox.wait_for(lambda: pressed.followups)
    (beside,) = pressed.followups
    assert beside.ephemeral
    return str(beside.embeds)


async def test_a_new_answer_knows_what_its_reader_follows_and_a_public_one_does_not(
    chat: Chat,
) -> None:
    await chat.ask("alerts subscribe", topic="party", which="Labour")
    own = await chat.ask("party", name="Labour")
    assert "Unfollow Labour" in buttons(own)
    assert "Follow Labour" in buttons(await chat.ask("party", name="Labour", public=True))
    assert "Follow Labour" in buttons(await chat.ask("party", chat.admin, name="Labour"))
    await chat.ask("alerts remove", subscription=_number(await chat.ask("alerts list")))
    late = await chat.press(own, "Unfollow Labour")
    assert "That is no longer followed." in await _said_beside(chat, late)
    assert "Follow Labour" in buttons(own)


def _number(listed: Reply) -> str:
    (custom_id,) = buttons(listed).values()
    return custom_id.split(":")[1]


async def test_what_a_channel_follows_is_ended_by_its_admins_alone(chat: Chat) -> None:
    await chat.ask(
        "alerts subscribe", chat.admin, topic="council", which="Hull", channel=chat.channel
    )
    reply = await chat.ask("council", chat.admin, name="Hull")
    assert list(buttons(reply))[:2] == ["Follow Kingston upon Hull", "Unfollow in this channel"]
    await chat.press(reply, "Unfollow in this channel", by=chat.admin)
    assert await _followed(chat) == []


async def test_the_button_of_a_confirmation_ends_what_it_confirms(chat: Chat) -> None:
    followed = await chat.ask("alerts subscribe", topic="council", which="Hull")
    await chat.restart()
    ended = await chat.press(followed, "Unfollow")
    assert "No longer following the result in Kingston upon Hull." in words(ended)
    assert await _followed(chat) == []
    twice = await chat.press(followed, "Unfollow")
    assert "no longer followed" in words(twice)


async def test_an_admin_follows_for_the_channel_by_a_button_that_others_cannot_use(
    chat: Chat,
) -> None:
    reply = await chat.ask("party", chat.admin, name="LD", public=True)
    refused = await chat.press(reply, "Follow in this channel", by=chat.reader)
    assert "Only members with Manage Server decide" in words(refused)
    done = await chat.press(reply, "Follow in this channel", by=chat.admin)
    assert f"Alerts will appear in <#{chat.channel.id}>" in words(done)
    assert await _followed(chat) == [(Topic.PARTY, "LD", chat.channel.id)]


async def test_the_list_ends_with_one_press(chat: Chat) -> None:
    await chat.ask("alerts subscribe", topic="council", which="Hull")
    listed = await chat.ask("alerts list")
    await chat.press(listed, "Unfollow 1: the result in Kingston upon Hull")
    assert await _followed(chat) == []


async def test_what_is_followed_is_told(chat: Chat) -> None:
    await chat.ask("alerts subscribe", topic="council", which="Hull")
    await _correct_hull(chat)
    (message,) = chat.sandbox.direct_channel(chat.reader).messages
    assert "Labour lose Kingston upon Hull to no overall control" in message.embeds[0]["title"]


async def test_the_list_and_its_offers_do_not_wait_for_the_writer(chat: Chat) -> None:
    await chat.ask("alerts subscribe", topic="council", which="Hull")
    busy = threading.Event()
    writing = asyncio.create_task(chat.house.writer.transact(lambda tx: busy.wait(10)))
    try:
        assert "Alerts (1)" in words(await chat.ask("alerts list"))
        offered = await chat.sandbox.autocomplete(
            chat.reader, chat.channel, "alerts remove", "subscription", ""
        )
        assert len(offered) == 1
        assert not writing.done()
    finally:
        busy.set()
        assert await writing


async def test_a_server_that_removes_the_bot_is_forgotten_and_one_that_is_out_is_not(
    chat: Chat,
) -> None:
    other = chat.sandbox.add_guild("Elsewhere")
    there = other.add_channel("talk")
    await chat.ask("alerts subscribe", other.owner, there, topic="all", channel=there)
    await chat.ask("alerts subscribe", chat.admin, topic="all", channel=chat.channel)
    subscriptions = chat.house.services.subscriptions
    assert subscriptions is not None
    outage = {"id": str(other.id), "unavailable": True}
    assert chat.sandbox.gateway_control.dispatch("GUILD_DELETE", other, outage)
    chat.guild.remove_bot()
    await chat.sandbox.wait_for(lambda: not subscriptions.of_guild(chat.guild.id))
    assert len(subscriptions.of_guild(other.id)) == 1
    assert rebuild(chat.path).differences == ()
    (named,) = await chat.house.writer.transact(
        lambda tx: tx.rows(
            "SELECT count(*) FROM journal WHERE instr(data, ?)", (str(chat.guild.id),)
        )
    )
    assert named[0] == 0
