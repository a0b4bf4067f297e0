"""`/watch`: lists made, shown, shared and followed, through the sandbox."""

from __future__ import annotations

from bot.election.alert_kinds import Topic
from tests.cogs.chat import Chat, words


async def test_an_admin_makes_a_list_and_everybody_here_sees_it(chat: Chat) -> None:
    made = await chat.ask("watch create", chat.admin, name="Our  patch")
    assert "List “Our patch” created." in words(made)
    assert made.ephemeral
    for council in ("Hull", "Worcester", "Sunderland", "Rutland"):
        added = await chat.ask("watch add", chat.admin, name="our patch", council=council)
    assert "Rutland is on the list “Our patch”." in words(added)
    assert "It holds 4 councils." in words(added)
    shown = words(await chat.ask("watch show", name="Our patch"))
    assert "Our patch: 2 of 3 councils declared" in shown
    assert "Lib Dems gain Kingston upon Hull from Labour" in shown
    assert "Sunderland (Labour before) has not declared" in shown
    assert "**Rutland** has no council election on this night." in shown


async def test_a_reader_changes_no_list_of_the_server_and_keeps_their_own(chat: Chat) -> None:
    refused = await chat.ask("watch create", name="Mine")
    assert "Only members with Manage Server keep this server's lists" in words(refused)
    direct = chat.sandbox.direct_channel(chat.reader)
    await chat.ask("watch create", at=direct, name="Mine")
    await chat.ask("watch add", at=direct, name="Mine", council="Hull")
    assert "Mine: 1 of 1 council declared" in words(
        await chat.ask("watch show", at=direct, name="Mine")
    )
    elsewhere = words(await chat.ask("watch show", name="Mine"))
    assert "There is no such list here." in elsewhere
    assert "“Councils of the night”" in elsewhere


async def test_a_list_is_shared_by_its_word_and_no_more(chat: Chat) -> None:
    await chat.ask("watch create", chat.admin, name="Patch")
    await chat.ask("watch add", chat.admin, name="Patch", council="Hull")
    said = words(await chat.ask("watch share", chat.admin, name="Patch"))
    word = said.split("shared as ")[1].split(".")[0].strip("`")
    direct = chat.sandbox.direct_channel(chat.reader)
    assert "Patch: 1 of 1 council declared" in words(
        await chat.ask("watch show", at=direct, name=word)
    )
    changed = await chat.ask("watch add", at=direct, name=word, council="Crawley")
    assert "There is no list of yours by that name" in words(changed)
    await chat.ask("watch share", chat.admin, name="Patch", stop=True)
    gone = words(await chat.ask("watch show", at=direct, name=word))
    assert "There is no such list here." in gone


async def test_a_whole_list_is_followed_and_listed_by_its_name(chat: Chat) -> None:
    reply = await chat.ask(
        "watch follow", chat.admin, name="Councils of the night", channel=chat.channel
    )
    assert "Following the list “Councils of the night”." in words(reply)
    subscriptions = chat.house.services.subscriptions
    assert subscriptions is not None
    (followed,) = subscriptions.of_guild(chat.guild.id)
    assert (followed.topic, followed.value) == (Topic.LIST, "night-of-2022")
    shown = words(await chat.ask("alerts list", chat.admin))
    assert "The list “Councils of the night” →" in shown


async def test_the_shipped_list_says_why_and_turns_its_pages(chat: Chat) -> None:
    first = await chat.ask("watch show", name="Councils of the night")
    text = words(first)
    assert "Conservative since 1978; all its seats are up, on new boundaries." in text
    assert "Page 1 of 2" in text
    second = await chat.press(first, "Next page")
    assert "Page 2 of 2" in words(second)


async def test_a_type_of_council_is_shown_and_followed_as_a_list(chat: Chat) -> None:
    text = words(await chat.ask("watch show", name="metropolitan boroughs"))
    assert "The 33 metropolitan boroughs that vote on 5 May 2022." in text
    assert "Barnsley" in text
    assert "Kingston upon Hull" not in text
    followed = words(await chat.ask("watch follow", name="District councils"))
    assert "Following the list “District councils”." in followed


async def test_a_deleted_list_is_gone_and_followed_by_nobody(chat: Chat) -> None:
    await chat.ask("watch create", chat.admin, name="Patch")
    await chat.ask("watch follow", chat.admin, name="Patch", channel=chat.channel)
    assert "deleted" in words(await chat.ask("watch delete", chat.admin, name="patch"))
    assert "Nothing is followed" in words(await chat.ask("alerts list", chat.admin))
    assert "There is no such list" in words(await chat.ask("watch show", name="Patch"))


async def test_names_that_cannot_be_are_refused_in_a_sentence(chat: Chat) -> None:
    await chat.ask("watch create", chat.admin, name="Patch")
    again = await chat.ask("watch create", chat.admin, name="PATCH")
    assert "There is a list of that name: choose another." in words(again)
    nothing = await chat.ask("watch create", chat.admin, name="…")
    assert "A list needs a name with a letter in it." in words(nothing)
    absent = await chat.ask("watch remove", chat.admin, name="Patch", council="Hull")
    assert "That council is not on the list." in words(absent)


async def test_names_are_offered_where_they_can_be_used(chat: Chat) -> None:
    await chat.ask("watch create", chat.admin, name="Patch")
    offer = chat.sandbox.autocomplete
    shown = await offer(chat.reader, chat.channel, "watch show", "name", "")
    assert {one.name for one in shown} == {
        "Councils of the night",
        "District councils",
        "London boroughs",
        "Metropolitan boroughs",
        "Patch",
        "Unitary councils",
    }
    own = await offer(chat.admin, chat.channel, "watch add", "name", "pa")
    assert [one.name for one in own] == ["Patch"]


async def test_contests_milestones_and_reminders_can_be_followed(chat: Chat) -> None:
    for topic, which, said in (
        ("contest", "Croydon", "Following the result: Mayor of Croydon."),
        ("contests", "every mayor", "Following every mayor."),
        ("milestones", "every milestone", "Following every milestone in declared results."),
        ("reminders", None, "Following reminders before councils followed here are due."),
        ("list", "Councils of the night", "Following the list “Councils of the night”."),
    ):
        options = {"which": which} if which else {}
        reply = await chat.ask("alerts subscribe", topic=topic, **options)
        assert said in words(reply)
