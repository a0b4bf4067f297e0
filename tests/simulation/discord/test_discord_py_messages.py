"""discord.py against the sandbox: messages in channels and direct channels."""

from __future__ import annotations

import io

import discord
import pytest

from simulation.discord import Permission, Pings, Sandbox
from tests.simulation.discord.conftest import Newsroom, QuickBot


def text_channel(bot: QuickBot, newsroom: Newsroom) -> discord.TextChannel:
    channel = bot.get_channel(newsroom.channel.id)
    assert isinstance(channel, discord.TextChannel)
    return channel


async def test_a_message_is_posted_edited_and_deleted(newsroom: Newsroom, online: QuickBot) -> None:
    channel = text_channel(online, newsroom)
    posted = await channel.send("first", embed=discord.Embed(title="Hull", colour=0xFAA61A))
    await posted.edit(content="second", embed=discord.Embed(title="Hull, corrected"))
    message = newsroom.channel.messages[0]
    assert message.content == "second"
    assert message.embeds[0]["title"] == "Hull, corrected"
    assert [(old.content, old.embeds[0]["title"]) for old in message.versions] == [
        ("first", "Hull")
    ]
    await posted.delete()
    assert newsroom.channel.messages == []
    assert newsroom.channel.deleted == [message]
    with pytest.raises(discord.NotFound) as refused:
        await posted.edit(content="third")
    assert refused.value.code == 10008


async def test_history_is_read_in_pages_and_shows_no_nonce(
    newsroom: Newsroom, online: QuickBot, sandbox: Sandbox
) -> None:
    channel = text_channel(online, newsroom)
    sent = [await channel.send(str(number), nonce=f"n{number}") for number in range(7)]
    assert sent[0].nonce == "n0"
    newest = [message.content async for message in channel.history(limit=3)]
    after = [m.content async for m in channel.history(after=sent[4], oldest_first=True)]
    before = [m.content async for m in channel.history(before=sent[2])]
    around = [m.content async for m in channel.history(around=sent[3], limit=3)]
    assert newest == ["6", "5", "4"]
    assert after == ["5", "6"]
    assert before == ["1", "0"]
    assert sorted(around) == ["2", "3", "4"]
    reads = [each for each in sandbox.requests if each.method == "GET"]
    assert all("nonce" not in message for message in reads[-1].response)


async def test_the_same_nonce_makes_one_message(newsroom: Newsroom, online: QuickBot) -> None:
    channel = text_channel(online, newsroom)
    first = await channel.send("Hull", nonce="hull-1")
    again = await channel.send("Hull", nonce="hull-1")
    other = await channel.send("Hull", nonce="hull-2")
    assert first.id == again.id
    assert [message.id for message in newsroom.channel.messages] == [first.id, other.id]


async def test_only_who_may_be_pinged_is_pinged(newsroom: Newsroom, online: QuickBot) -> None:
    channel, guild = text_channel(online, newsroom), newsroom.guild
    guild.change_role(
        guild.everyone, permissions=Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES
    )
    open_role = guild.add_role("watchers", mentionable=True)
    closed_role = guild.add_role("staff")
    text = f"@everyone <@&{open_role.id}> <@&{closed_role.id}> <@{newsroom.reader.id}>"
    await channel.send(text)
    await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
    await channel.send(
        text, allowed_mentions=discord.AllowedMentions(roles=[discord.Object(open_role.id)])
    )
    edited = await channel.send("quiet")
    await edited.edit(content=text)
    everything, nobody, one_role, by_edit = (m.pinged for m in newsroom.channel.messages)
    assert everything == Pings(frozenset({newsroom.reader.id}), frozenset({open_role.id}))
    assert not nobody
    assert one_role == Pings(
        frozenset({newsroom.reader.id}), frozenset({open_role.id}), everyone=False
    )
    assert not by_edit
    guild.change_role(
        guild.everyone, permissions=guild.everyone.permissions | Permission.MENTION_EVERYONE
    )
    await channel.send(text)
    loud = newsroom.channel.messages[-1].pinged
    assert loud.everyone
    assert loud.roles == {open_role.id, closed_role.id}


async def test_an_announcement_is_published_once(newsroom: Newsroom, online: QuickBot) -> None:
    news = newsroom.guild.add_channel("news", "announcement")
    channel = await online.fetch_channel(news.id)
    assert isinstance(channel, discord.TextChannel)
    posted = await channel.send("Labour gain Westminster")
    await posted.publish()
    assert news.messages[0].crossposted
    with pytest.raises(discord.HTTPException) as again:
        await posted.publish()
    assert again.value.code == 40033
    plain = await text_channel(online, newsroom).send("here")
    with pytest.raises(discord.HTTPException) as wrong:
        await plain.publish()
    assert wrong.value.code == 50024


async def test_pinning_needs_its_own_permission(newsroom: Newsroom, online: QuickBot) -> None:
    channel = text_channel(online, newsroom)
    posted = await channel.send("pin me")
    with pytest.raises(discord.Forbidden) as refused:
        await posted.pin()
    assert refused.value.code == 50013
    newsroom.channel.set_permissions(newsroom.guild.world.bot, allow=Permission.PIN_MESSAGES)
    await posted.pin()
    pins = [pin.id async for pin in channel.pins()]
    assert pins == [posted.id]
    assert [pin.id for pin in newsroom.channel.pins] == [posted.id]
    await posted.unpin()
    assert newsroom.channel.pins == []


async def test_a_direct_message_goes_where_it_is_wanted(
    sandbox: Sandbox, newsroom: Newsroom, online: QuickBot
) -> None:
    user = await online.fetch_user(newsroom.reader.id)
    await user.send("Hull has changed hands")
    assert [m.content for m in sandbox.direct_channel(newsroom.reader).messages] == [
        "Hull has changed hands"
    ]
    newsroom.reader.accepts_direct_messages = False
    with pytest.raises(discord.Forbidden) as closed:
        await user.send("again")
    assert closed.value.code == 50007
    stranger = await online.fetch_user(sandbox.add_user("Stranger").id)
    with pytest.raises(discord.Forbidden) as apart:
        await stranger.send("hello")
    assert apart.value.code == 50278


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        (Permission.VIEW_CHANNEL, 50001),
        (Permission.SEND_MESSAGES, 50013),
        (Permission.EMBED_LINKS, 50013),
    ],
)
async def test_what_the_bot_may_not_do_is_refused(
    newsroom: Newsroom, online: QuickBot, missing: Permission, code: int
) -> None:
    channel = text_channel(online, newsroom)
    newsroom.channel.set_permissions(newsroom.guild.world.bot, deny=missing)
    with pytest.raises(discord.Forbidden) as refused:
        await channel.send(embed=discord.Embed(title="Hull"))
    assert refused.value.code == code
    assert newsroom.channel.messages == []


async def test_channels_and_guilds_that_are_gone(newsroom: Newsroom, online: QuickBot) -> None:
    channel = text_channel(online, newsroom)
    newsroom.channel.delete()
    with pytest.raises(discord.NotFound) as gone:
        await channel.send("anybody?")
    assert gone.value.code == 10003
    other = newsroom.guild.add_channel("other")
    partial = online.get_partial_messageable(other.id)
    newsroom.guild.remove_bot()
    with pytest.raises(discord.Forbidden) as removed:
        await partial.send("anybody?")
    assert removed.value.code == 50001


async def test_a_reply_refers_to_its_message_and_pings_its_author_unless_told_not_to(
    sandbox: Sandbox, newsroom: Newsroom, online: QuickBot
) -> None:
    channel = text_channel(online, newsroom)
    said = sandbox.say(newsroom.reader, newsroom.channel, "Hull?")
    answer = await channel.get_partial_message(said.id).reply("Liberal Democrat")
    assert answer.reference is not None
    assert answer.reference.message_id == said.id
    quiet = await channel.get_partial_message(said.id).reply("again", mention_author=False)
    pinged = [newsroom.channel.log[each.id].pinged.users for each in (answer, quiet)]
    assert pinged == [{newsroom.reader.id}, set()]


async def test_guilds_are_read_over_rest(
    sandbox: Sandbox, newsroom: Newsroom, online: QuickBot
) -> None:
    role = newsroom.guild.add_role("watchers")
    fetched = await online.fetch_guild(newsroom.guild.id)
    assert fetched.approximate_member_count == len(newsroom.guild.members)
    assert role.id in [each.id for each in await fetched.fetch_roles()]
    member = await fetched.fetch_member(newsroom.reader.id)
    assert member.name == "Ann"
    others = [sandbox.add_guild(f"Guild {number}").id for number in range(3)]
    listed = [guild.id async for guild in online.fetch_guilds(limit=None)]
    assert listed == [newsroom.guild.id, *others]
    with pytest.raises(discord.NotFound):
        await online.fetch_guild(1)


async def test_an_edit_keeps_adds_and_removes_files(newsroom: Newsroom, online: QuickBot) -> None:
    channel = text_channel(online, newsroom)
    posted = await channel.send("x", file=discord.File(io.BytesIO(b"1"), "one.txt"))
    second = discord.File(io.BytesIO(b"2"), "two.txt", description="Two")
    await posted.edit(content="y")
    await posted.add_files(second)
    message = newsroom.channel.messages[0]
    assert [each.filename for each in message.attachments] == ["one.txt", "two.txt"]
    await posted.edit(attachments=[])
    assert message.attachments == []
    assert [len(version.attachments) for version in message.versions] == [1, 1, 2]
