"""`/setup`, through the sandbox: asked, checked, tested, saved, changed, after restarts too."""

from __future__ import annotations

from typing import Any

import pytest

from bot.delivery.subscriptions import Destination
from bot.election.alert_kinds import Topic
from simulation.discord import Channel, Permission, Refused, Reply, Role
from tests.cogs.chat import Chat, words

JSON = dict[str, Any]
EVERYTHING = "Every change of hands and first election"
SUMMARIES = "The summary, at breakfast and at the end"


def _menu(reply: Reply, name: str) -> JSON:
    """Return a menu of the wizard: what, party, place, role or channel."""
    (menu,) = (
        menu
        for row in reply.message.components
        for menu in row["components"]
        if menu["custom_id"].startswith(f"setup-{name}")
    )
    return dict(menu)


def _marked(reply: Reply, name: str) -> list[str]:
    menu = _menu(reply, name)
    marked = [each["label"] for each in menu.get("options", ()) if each.get("default")]
    return marked + [each["id"] for each in menu.get("default_values", ())]


async def _choose(chat: Chat, reply: Reply, name: str, *chosen: str | Channel | Role) -> Reply:
    """Choose from a menu as the admin does, options by their labels."""
    menu = _menu(reply, name)
    by_label = {option["label"]: option["value"] for option in menu.get("options", ())}
    values = [by_label[each] if isinstance(each, str) else each for each in chosen]
    return await chat.sandbox.select(chat.admin, reply.message, menu["custom_id"], values)


async def _begin(chat: Chat, channel: Channel | None = None) -> Reply:
    """Give `/setup` and choose the channel."""
    reply = await chat.ask("setup", chat.admin)
    return await _choose(chat, reply, "channel", channel or chat.channel)


async def _save(chat: Chat, reply: Reply, label: str = "Test and save") -> str:
    """Press the button, and return what stands there once it has done its work."""
    pressed = await chat.press(reply, label, by=chat.admin)
    await chat.sandbox.wait_for(lambda: "Posting a test" not in words(pressed))
    return words(pressed)


def _followed(chat: Chat) -> set[tuple[Topic, str, int, int | None]]:
    subscriptions = chat.house.services.subscriptions
    assert subscriptions is not None
    return {
        (each.topic, each.value, each.destination.id, each.role)
        for each in subscriptions.of_guild(chat.guild.id)
    }


async def test_an_admin_sets_a_channel_up_with_a_restart_before_every_step(chat: Chat) -> None:
    reply = await chat.ask("setup", chat.admin)
    assert reply.ephemeral
    assert "where should alerts be posted?" in words(reply)
    assert "Posted so far: Nothing yet." in words(reply)
    role = chat.guild.add_role("Election alerts", mentionable=True)
    await chat.restart()
    await _choose(chat, reply, "channel", chat.channel)
    assert f"For <#{chat.channel.id}>." in words(reply)
    assert "Permissions: The bot has all that it needs there: View Channel, Send" in words(reply)
    assert _marked(reply, "what") == [EVERYTHING, SUMMARIES]
    await chat.restart()
    await _choose(chat, reply, "party", "Gains and losses of Labour")
    await chat.restart()
    await _choose(chat, reply, "place", "The list “Councils of the night”")
    await chat.restart()
    await _choose(chat, reply, "role", role)
    assert _marked(reply, "party") == ["Gains and losses of Labour"]
    assert _marked(reply, "role") == [str(role.id)]
    assert f"Role to ping: <@&{role.id}>, with each of these." in words(reply)
    assert _followed(chat) == set()
    await chat.restart()
    said = await _save(chat, reply)
    assert "The test message arrived." in said
    assert f"• {EVERYTHING}, pinging <@&{role.id}>" in said
    await chat.sandbox.wait_for(lambda: len(chat.channel.messages) == 2)
    assert [message.embeds[0]["title"] for message in chat.channel.messages] == [
        "This is only a test",
        "Election results: ask here",
    ]
    assert not chat.channel.messages[0].pinged
    here = chat.channel.id
    assert _followed(chat) == {
        (Topic.ALL, "", here, role.id),
        (Topic.SUMMARY, "", here, role.id),
        (Topic.PARTY, "Lab", here, role.id),
        (Topic.LIST, "night-of-2022", here, role.id),
    }
    await chat.restart()
    await chat.press(reply, "Another channel", by=chat.admin)
    assert f"{EVERYTHING} → <#{here}>, pinging <@&{role.id}>" in words(reply)


async def test_running_it_again_shows_what_is_and_ends_what_is_deselected(chat: Chat) -> None:
    for topic, which in (("all", None), ("council", "Hull"), ("nation", "Wales")):
        given = {"which": which} if which else {}
        await chat.ask("alerts subscribe", chat.admin, topic=topic, channel=chat.channel, **given)
    reply = await _begin(chat)
    assert _marked(reply, "what") == [EVERYTHING, "The result in Kingston upon Hull"]
    assert _marked(reply, "place") == ["Changes of hands in Wales"]
    await _choose(chat, reply, "what", EVERYTHING, SUMMARIES)
    said = await _save(chat, reply)
    assert f"New: \n• {SUMMARIES}".replace(" \n", " ") in said
    assert f"As before: • {EVERYTHING}\n• Changes of hands in Wales" in said
    assert "No more: • The result in Kingston upon Hull" in said
    assert {(topic, value) for topic, value, _, _ in _followed(chat)} == {
        (Topic.ALL, ""),
        (Topic.SUMMARY, ""),
        (Topic.NATION, "Wales"),
    }


async def test_everything_can_be_ended_where_the_bot_may_do_nothing(chat: Chat) -> None:
    await chat.ask("alerts subscribe", chat.admin, topic="all", channel=chat.channel)
    chat.channel.set_permissions(chat.sandbox.bot, deny=Permission.VIEW_CHANNEL)
    reply = await _begin(chat)
    await _choose(chat, reply, "what")
    said = await _save(chat, reply)
    assert "Nothing is posted there" in said
    assert f"No more: • {EVERYTHING}" in said
    assert _followed(chat) == set()
    assert chat.channel.messages == []


async def test_nothing_is_saved_while_permissions_lack_unless_the_admin_insists(
    chat: Chat,
) -> None:
    silent = chat.guild.add_channel("silent", deny_bot=Permission.EMBED_LINKS)
    reply = await _begin(chat, silent)
    lacking = f"The bot lacks Embed Links in <#{silent.id}>. Give it that in the channel's settings"
    assert lacking in words(reply)
    said = await _save(chat, reply)
    assert "Not saved yet: something is missing" in said
    assert lacking in said
    assert _followed(chat) == set()
    silent.set_permissions(chat.sandbox.bot, allow=Permission.EMBED_LINKS)
    assert "The test message arrived." in await _save(chat, reply)
    assert {value for _, _, value, _ in _followed(chat)} == {silent.id}
    other = chat.guild.add_channel("other", deny_bot=Permission.SEND_MESSAGES)
    reply = await _begin(chat, other)
    await _save(chat, reply)
    said = await _save(chat, reply, "Save anyway")
    assert "Saved, but something is missing" in said
    assert "The bot lacks Send Messages" in said
    assert (Topic.ALL, "", other.id, None) in _followed(chat)
    assert other.messages == []
    other.set_permissions(chat.sandbox.bot)
    await chat.press(reply, "Change this channel", by=chat.admin)
    assert "The test message arrived." in await _save(chat, reply)


async def test_a_test_that_discord_refuses_keeps_it_from_being_saved(chat: Chat) -> None:
    reply = await _begin(chat)
    chat.channel.delete()
    said = await _save(chat, reply)
    assert "Not saved yet" in said
    assert _followed(chat) == set()


async def test_a_role_that_cannot_be_pinged_is_warned_of_and_everyone_never_is(
    chat: Chat,
) -> None:
    everyone = chat.guild.everyone
    chat.guild.change_role(
        everyone, permissions=everyone.permissions & ~Permission.MENTION_EVERYONE
    )
    quiet = chat.guild.add_role("Quiet")
    reply = await _begin(chat)
    await _choose(chat, reply, "role", quiet)
    assert f"The bot may not mention <@&{quiet.id}>: let anyone mention it" in words(reply)
    assert "Not saved yet" in await _save(chat, reply)
    refused = await _choose(chat, reply, "role", everyone)
    assert "The bot never pings everyone" in words(refused)
    (own,) = (role for role in chat.guild.roles.values() if role.bot_id is not None)
    refused = await _choose(chat, reply, "role", own)
    assert "belongs to an app or to Discord" in words(refused)
    assert "choose a role that people take for themselves" in words(refused)
    await _choose(chat, reply, "role")
    assert "Role to ping: Nobody." in words(reply)
    assert "The test message arrived." in await _save(chat, reply)
    assert {role for *_, role in _followed(chat)} == {None}


async def test_roles_that_differ_stay_unless_one_is_chosen_for_all(chat: Chat) -> None:
    role, other = (chat.guild.add_role(name, mentionable=True) for name in ("Alerts", "Other"))
    await chat.ask("alerts subscribe", chat.admin, topic="all", channel=chat.channel, role=role)
    await chat.ask("alerts subscribe", chat.admin, topic="summary", channel=chat.channel)
    reply = await _begin(chat)
    assert "As now, each its own role." in words(reply)
    await _save(chat, reply)
    assert {role_id for *_, role_id in _followed(chat)} == {role.id, None}
    reply = await _begin(chat)
    await _choose(chat, reply, "role", other)
    await _save(chat, reply)
    assert {role_id for *_, role_id in _followed(chat)} == {other.id}


async def test_an_announcement_channel_says_that_it_is_published(chat: Chat) -> None:
    news = chat.guild.add_channel("news", "announcement")
    said = await _save(chat, await _begin(chat, news))
    assert "It is an announcement channel" in said
    with pytest.raises(Refused, match="does not offer elsewhere"):
        await _begin(chat, chat.sandbox.add_guild("Courier").add_channel("elsewhere"))


async def test_the_wizard_is_for_who_manages_the_server_at_every_step(chat: Chat) -> None:
    with pytest.raises(Refused):
        await chat.ask("setup")
    with pytest.raises(Refused):
        await chat.ask("setup", chat.admin, chat.sandbox.direct_channel(chat.admin))
    role = chat.guild.add_role("Editors", permissions=Permission.MANAGE_GUILD)
    editor = chat.sandbox.add_user("Eva")
    chat.guild.add_member(editor, [role])
    reply = await chat.ask("setup", editor)
    chat.guild.change_role(role, permissions=Permission.NONE)
    refused = await chat.sandbox.select(editor, reply.message, "setup-channel", [chat.channel])
    assert "Only members with Manage Server decide" in words(refused)


async def test_what_no_menu_has_room_for_is_left_as_it_is_and_said(chat: Chat) -> None:
    subscriptions = chat.house.services.subscriptions
    assert subscriptions is not None
    services = chat.house.services
    codes = list(services.almanac.night(services.newest_night).elections)
    place = Destination(chat.channel.id, chat.guild.id)
    for code in codes[:30]:
        await subscriptions.add(place, Topic.COUNCIL, code, by=chat.admin.id)
    reply = await _begin(chat)
    assert len(_marked(reply, "what")) == 25
    assert "Also posted there, unchanged: • The result in" in words(reply)
    await _choose(chat, reply, "what")
    await _choose(chat, reply, "party", "Gains and losses of Labour")
    await _save(chat, reply)
    assert len(_followed(chat)) == 6


async def test_what_was_followed_while_the_wizard_stood_there_is_not_ended(chat: Chat) -> None:
    reply = await _begin(chat)
    await chat.ask(
        "alerts subscribe", chat.admin, topic="council", which="Hull", channel=chat.channel
    )
    said = await _save(chat, reply)
    assert "As before: • The result in Kingston upon Hull" in said
    assert (Topic.COUNCIL, "KHL", chat.channel.id, None) in _followed(chat)
    assert len(_followed(chat)) == 3


async def test_a_server_that_the_bot_joins_hears_nothing_unasked(chat: Chat) -> None:
    joined = chat.sandbox.add_guild("Courier")
    channel = joined.add_channel("general")
    await chat.sandbox.wait_for(lambda: chat.client.get_guild(joined.id))
    assert channel.messages == []


async def _saved(chat: Chat, channel: Channel | None = None) -> Reply:
    reply = await _begin(chat, channel)
    await _save(chat, reply)
    return reply


async def test_threads_are_chosen_last_and_their_permissions_checked_before_they_are_saved(
    chat: Chat,
) -> None:
    reply = await _saved(chat)
    assert _marked(reply, "threads") == ["In the channel itself"]
    chat.channel.set_permissions(chat.sandbox.bot, deny=Permission.CREATE_PUBLIC_THREADS)
    await chat.restart()
    refused = await _choose(chat, reply, "threads", "In a thread for each region")
    assert "Not saved: The bot lacks Create Public Threads" in words(refused)
    listed = await chat.ask("alerts list", chat.admin)
    assert "thread" not in words(listed)

    chat.channel.set_permissions(chat.sandbox.bot)
    done = await _choose(chat, reply, "threads", "In a thread for each region")
    assert f"Alerts for <#{chat.channel.id}> will now appear in a thread for each region" in words(
        done
    )
    listed = await chat.ask("alerts list", chat.admin)
    assert f"<#{chat.channel.id}>, in a thread for each region" in words(listed)
    assert "In a thread for each region" in _marked(await _saved(chat), "threads")


async def test_a_forum_is_set_up_without_a_test_message_and_listed_as_one(chat: Chat) -> None:
    forum = chat.guild.add_channel(
        "councils", "forum", deny_bot=Permission.SEND_MESSAGES_IN_THREADS
    )
    reply = await _begin(chat, forum)
    assert "Not saved yet" in await _save(chat, reply)
    assert "The bot lacks Send Messages in Threads" in words(reply)
    forum.set_permissions(chat.sandbox.bot)
    said = await _save(chat, reply)
    assert "It is a forum: each council has a post of its own" in said
    assert "test message" not in said
    assert forum.threads == []
    listed = await chat.ask("alerts list", chat.admin)
    assert f"<#{forum.id}>, a post for each council" in words(listed)
