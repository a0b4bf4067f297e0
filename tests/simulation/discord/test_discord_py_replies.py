"""discord.py against the sandbox: commands, and every way of replying to them."""

from __future__ import annotations

import asyncio
import io

import discord
import pytest
from discord import app_commands

from simulation.discord import Choice, Limits, Permission, Refused, Sandbox
from tests.simulation.discord.conftest import Newsroom, QuickBot, settle
from tests.support.sandbox import running


def with_council(bot: QuickBot) -> None:
    @bot.tree.command(description="Who controls a council")
    async def council(interaction: discord.Interaction, name: str) -> None:
        await interaction.response.send_message(f"{name}: Liberal Democrat", ephemeral=True)

    @council.autocomplete("name")
    async def names(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        known = ("Hull", "Huntingdonshire", "Barnet")
        return [
            app_commands.Choice(name=each, value=each.lower())
            for each in known
            if each.lower().startswith(current)
        ]


async def test_a_command_is_registered_and_answered_ephemerally(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot
) -> None:
    with_council(bot)
    async with running(bot, sandbox):
        reply = await sandbox.slash(newsroom.reader, newsroom.channel, "council", {"name": "Hull"})
    assert reply.failure is None
    assert reply.content == "Hull: Liberal Democrat"
    assert reply.ephemeral
    assert newsroom.channel.messages == []


async def test_autocomplete_gives_the_bots_choices(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot
) -> None:
    with_council(bot)
    async with running(bot, sandbox):
        choices = await sandbox.autocomplete(
            newsroom.reader, newsroom.channel, "council", "name", "hu"
        )
    assert choices == [Choice("Hull", "hull"), Choice("Huntingdonshire", "huntingdonshire")]


async def test_a_deferred_reply_is_seen_once_it_is_edited(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot
) -> None:
    @bot.tree.command(description="The night so far")
    async def summary(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True)
        shown = newsroom.channel.messages[-1]
        assert shown.loading
        await interaction.edit_original_response(content="Labour gain Wandsworth")

    async with running(bot, sandbox):
        reply = await sandbox.slash(newsroom.reader, newsroom.channel, "summary")
    assert reply.deferred
    assert reply.content == "Labour gain Wandsworth"
    assert not reply.message.loading
    assert not reply.ephemeral


async def test_the_first_follow_up_to_a_deferred_reply_is_the_reply(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot
) -> None:
    @bot.tree.command(description="The night so far")
    async def summary(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send("first")
        second = await interaction.followup.send("second", wait=True)
        await second.edit(content="second, edited")
        third = await interaction.followup.send("third", wait=True)
        await third.delete()
        fetched = await interaction.original_response()
        await interaction.followup.send(f"after {fetched.content}", ephemeral=True)

    async with running(bot, sandbox):
        reply = await sandbox.slash(newsroom.reader, newsroom.channel, "summary")
        await sandbox.wait_for(lambda: len(reply.followups) == 3)
    assert reply.content == "first"
    assert reply.ephemeral
    second, third, fourth = reply.followups
    assert second.content == "second, edited"
    assert third.deleted_at is not None
    assert (fourth.content, fourth.ephemeral) == ("after first", True)


async def test_subcommands_and_options_of_every_type_arrive(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot
) -> None:
    alerts = app_commands.Group(name="alerts", description="Alerts")

    @alerts.command(description="Subscribe")
    async def subscribe(
        interaction: discord.Interaction,
        channel: discord.TextChannel,
        role: discord.Role,
        who: discord.Member,
        seats: int,
        share: float,
        quiet: bool,
    ) -> None:
        assert channel.id == newsroom.channel.id
        text = f"{channel.mention} {role.name} {who.name} {seats} {share} {quiet}"
        await interaction.response.send_message(text)

    bot.tree.add_command(alerts)
    role = newsroom.guild.add_role("Hull watchers", mentionable=True)
    async with running(bot, sandbox):
        reply = await sandbox.slash(
            newsroom.reader,
            newsroom.channel,
            "alerts subscribe",
            {
                "channel": newsroom.channel,
                "role": role,
                "who": newsroom.reader,
                "seats": 29,
                "share": 50.9,
                "quiet": True,
            },
        )
    expected = f"<#{newsroom.channel.id}> Hull watchers Ann 29 50.9 True"
    assert reply.content == expected


class Board(discord.ui.View):
    """Buttons and a menu that outlive the process."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Follow", custom_id="follow")
    async def follow(self, interaction: discord.Interaction, button: discord.ui.Button) -> None:
        await interaction.response.edit_message(content="followed", view=None)

    @discord.ui.button(label="More", custom_id="more")
    async def more(self, interaction: discord.Interaction, button: discord.ui.Button) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="more of it")

    @discord.ui.button(label="Note", custom_id="note")
    async def note(self, interaction: discord.Interaction, button: discord.ui.Button) -> None:
        await interaction.response.send_modal(Note())

    @discord.ui.select(
        custom_id="region",
        options=[discord.SelectOption(label="London"), discord.SelectOption(label="Wales")],
    )
    async def region(self, interaction: discord.Interaction, select: discord.ui.Select) -> None:
        await interaction.response.send_message(select.values[0], ephemeral=True)


class Note(discord.ui.Modal, title="Add a note"):
    """A modal with one text."""

    text = discord.ui.TextInput(label="Note", custom_id="text", max_length=20)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content=f"noted: {self.text.value}")


async def test_buttons_menus_and_modals(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot
) -> None:
    bot.add_view(Board())
    async with running(bot, sandbox):
        posted = await bot.get_partial_messageable(newsroom.channel.id).send("x", view=Board())
        message = newsroom.channel.log[posted.id]
        chosen = await sandbox.select(newsroom.reader, message, "region", ["Wales"])
        more = await sandbox.press(newsroom.reader, message, "more")
        await sandbox.wait_for(lambda: message.content == "more of it")
        opened = await sandbox.press(newsroom.reader, message, "note")
        noted = await sandbox.submit_modal(newsroom.reader, opened, {"text": "recount"})
        followed = await sandbox.press(newsroom.reader, message, "follow")
    assert (chosen.content, chosen.ephemeral) == ("Wales", True)
    assert more.deferred
    assert opened.modal is not None
    assert opened.modal["title"] == "Add a note"
    assert noted.message is followed.message is message
    assert message.content == "followed"
    assert message.components == []
    assert [version.content for version in message.versions] == [
        "x",
        "more of it",
        "noted: recount",
    ]


async def test_a_persistent_button_works_for_the_next_process(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot
) -> None:
    async with running(bot, sandbox):
        posted = await bot.get_partial_messageable(newsroom.channel.id).send("x", view=Board())
    message = newsroom.channel.log[posted.id]
    restarted = QuickBot()
    restarted.add_view(Board())
    async with running(restarted, sandbox):
        reply = await sandbox.press(newsroom.reader, message, "follow")
    assert reply.failure is None
    assert message.content == "followed"


async def test_a_file_comes_with_its_alt_text_and_can_be_read(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot
) -> None:
    @bot.tree.command(description="A chart")
    async def chart(interaction: discord.Interaction) -> None:
        picture = discord.File(io.BytesIO(b"png"), "seats.png", description="Seats by party")
        embed = discord.Embed(title="Seats").set_image(url="attachment://seats.png")
        await interaction.response.send_message(
            embed=embed, files=[picture, discord.File(io.BytesIO(b"a,b"), "seats.csv")]
        )

    async with running(bot, sandbox):
        reply = await sandbox.slash(newsroom.reader, newsroom.channel, "chart")
        fetched = await bot.get_channel(newsroom.channel.id).fetch_message(reply.message.id)
        table = await fetched.attachments[0].read()
        picture = await bot.http.get_from_cdn(fetched.embeds[0].image.url)
    assert [each.description for each in reply.message.attachments] == ["Seats by party", None]
    assert [each.filename for each in fetched.attachments] == ["seats.csv"]
    assert (table, picture) == (b"a,b", b"png")


async def test_what_is_too_late_is_a_failure_for_both_sides(newsroom: Newsroom) -> None:
    late: list[int] = []
    async with Sandbox(limits=Limits.none(), deadline=0.05) as sandbox:
        room = settle(sandbox)
        bot = QuickBot()

        @bot.tree.command(description="Slow")
        async def slow(interaction: discord.Interaction) -> None:
            await asyncio.sleep(0.1)
            try:
                await interaction.response.send_message("too late")
            except discord.NotFound as error:
                late.append(error.code)

        async with running(bot, sandbox):
            reply = await sandbox.slash(room.reader, room.channel, "slow")
            await sandbox.wait_for(lambda: late)
    assert reply.failure == "The application did not respond"
    assert late == [10062]
    with pytest.raises(LookupError, match="did not respond"):
        assert reply.message


async def test_a_second_answer_is_refused(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot
) -> None:
    codes: list[int] = []

    @bot.tree.command(description="Twice")
    async def twice(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("once")
        interaction.response._response_type = None
        try:
            await interaction.response.send_message("twice")
        except discord.HTTPException as error:
            codes.append(error.code)

    async with running(bot, sandbox):
        reply = await sandbox.slash(newsroom.reader, newsroom.channel, "twice")
        await sandbox.wait_for(lambda: codes)
    assert (codes, reply.content) == ([40060], "once")


async def test_the_token_of_an_interaction_ends(newsroom: Newsroom) -> None:
    codes: list[int] = []
    async with Sandbox(limits=Limits.none(), token_lifetime=0.05) as sandbox:
        room = settle(sandbox)
        bot = QuickBot()

        @bot.tree.command(description="Slow")
        async def slow(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("in time")
            await asyncio.sleep(0.1)
            try:
                await interaction.edit_original_response(content="much later")
            except discord.HTTPException as error:
                codes.append(error.code)

        async with running(bot, sandbox):
            await sandbox.slash(room.reader, room.channel, "slow")
            await sandbox.wait_for(lambda: codes)
    assert codes == [50027]


async def test_a_command_in_a_direct_channel_and_one_installed_by_the_user(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot
) -> None:
    @bot.tree.command(description="Anywhere")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def where(interaction: discord.Interaction) -> None:
        owners = interaction._integration_owners
        await interaction.response.send_message(
            f"guild={interaction.guild_id} dm={interaction.context.dm_channel} "
            f"private={interaction.context.private_channel} owners={sorted(owners)}"
        )

    elsewhere = sandbox.add_guild("Elsewhere", bot_permissions=None)
    traveller = sandbox.add_user("Tom", app_installed=True)
    elsewhere.add_member(traveller)
    far = elsewhere.add_channel("far")
    other = sandbox.add_user("Eve")
    async with running(bot, sandbox):
        in_dm = await sandbox.slash(
            newsroom.reader, sandbox.direct_channel(newsroom.reader), "where"
        )
        in_private = await sandbox.slash(
            traveller, sandbox.direct_channel(traveller, other), "where"
        )
        in_far = await sandbox.slash(traveller, far, "where")
        elsewhere.change_role(
            elsewhere.everyone,
            permissions=elsewhere.everyone.permissions & ~Permission.USE_EXTERNAL_APPS,
        )
        hushed = await sandbox.slash(traveller, far, "where")
        with pytest.raises(Refused, match="no command /where"):
            await sandbox.slash(other, sandbox.direct_channel(traveller, other), "where")
    assert in_dm.content == "guild=None dm=True private=False owners=[0]"
    assert in_private.content == "guild=None dm=False private=True owners=[1]"
    assert in_far.content == f"guild={elsewhere.id} dm=False private=False owners=[1]"
    assert (in_far.ephemeral, hushed.ephemeral) == (False, True)


class Pickers(discord.ui.View):
    """Menus of things that the server has."""

    @discord.ui.select(cls=discord.ui.RoleSelect, custom_id="role")
    async def role(self, interaction: discord.Interaction, menu: discord.ui.RoleSelect) -> None:
        await interaction.response.send_message(menu.values[0].name)

    @discord.ui.select(
        cls=discord.ui.ChannelSelect, custom_id="channel", channel_types=[discord.ChannelType.text]
    )
    async def channel(
        self, interaction: discord.Interaction, menu: discord.ui.ChannelSelect
    ) -> None:
        await interaction.response.send_message(menu.values[0].name)

    @discord.ui.select(cls=discord.ui.UserSelect, custom_id="user")
    async def user(self, interaction: discord.Interaction, menu: discord.ui.UserSelect) -> None:
        await interaction.response.send_message(menu.values[0].name)


async def test_menus_of_roles_channels_and_users(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot
) -> None:
    reader, role = newsroom.reader, newsroom.guild.add_role("watchers")
    async with running(bot, sandbox):
        posted = await bot.get_partial_messageable(newsroom.channel.id).send("x", view=Pickers())
        message = newsroom.channel.log[posted.id]
        replies = [
            await sandbox.select(reader, message, "role", [role]),
            await sandbox.select(reader, message, "channel", [newsroom.channel]),
            await sandbox.select(reader, message, "user", [reader]),
        ]
        with pytest.raises(Refused, match="kind of thing"):
            await sandbox.select(reader, message, "role", [reader])
        elsewhere = sandbox.add_guild("Courier")
        for menu, other in (
            ("role", elsewhere.add_role("strangers")),
            ("channel", elsewhere.add_channel("far")),
            ("channel", newsroom.guild.add_channel("news", "announcement")),
        ):
            with pytest.raises(Refused, match=f"does not offer {other.name}"):
                await sandbox.select(reader, message, menu, [other])
    assert [reply.content for reply in replies] == ["watchers", "results", "Ann"]


async def test_a_modal_is_filled_in_within_its_bounds(
    sandbox: Sandbox, newsroom: Newsroom, bot: QuickBot
) -> None:
    @bot.tree.command(description="A note")
    async def note(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Labelled())

    async with running(bot, sandbox):
        opened = await sandbox.slash(newsroom.reader, newsroom.channel, "note")
        with pytest.raises(Refused, match="required"):
            await sandbox.submit_modal(newsroom.reader, opened, {})
        with pytest.raises(Refused, match="characters"):
            await sandbox.submit_modal(newsroom.reader, opened, {"text": "x" * 21})
        noted = await sandbox.submit_modal(newsroom.reader, opened, {"text": "recount"})
        with pytest.raises(Refused, match="No modal"):
            await sandbox.submit_modal(newsroom.reader, noted, {"text": "again"})
    assert noted.content == "noted: recount"


class Labelled(discord.ui.Modal, title="Add a note"):
    """A modal of the newer make, with a label around its text."""

    text = discord.ui.Label(
        text="Note", component=discord.ui.TextInput(custom_id="text", max_length=20)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.text.component, discord.ui.TextInput)
        await interaction.response.send_message(f"noted: {self.text.component.value}")
