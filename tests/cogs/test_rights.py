"""The table of rights, cell by cell: as it is offered, forged, with others' things, and again.

Each row is one test, which walks who may act and where. Whoever sends it, nothing changes that is
not theirs, nothing is shown that is not theirs, and there is always an answer, which only they see.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
import pytest_asyncio

from bot.chat.components import Form
from bot.chat.questions import commands_of
from simulation.discord import Limits, Refused, Sandbox
from tests.cogs.chat import Chat
from tests.cogs.rights_table import COMMANDS, CONTROLS, FORMS, May, Right, Who, page
from tests.cogs.rights_uses import USES
from tests.cogs.rights_world import Actor, Of, Place, World
from tests.support import forged

DOC = Path(__file__).parents[2] / "docs" / "rights.md"
TABLE = (*COMMANDS, *CONTROLS, *FORMS)
_ON = {
    May.YES: (Of.SERVER,),
    May.OWN: (Of.OWN,),
    May.SERVER: (Of.SERVER,),
    May.BOTH: (Of.SERVER, Of.OWN),
    May.NO: (Of.SERVER,),
    May.ABSENT: (Of.SERVER,),
    May.NOTHING: (Of.SERVER,),
}
"""Whose things each cell is tried with first, and that it says something of."""
_NEVER = (May.NO, May.ABSENT)

in_one_world = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(night_file: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    path = shutil.copy(night_file, tmp_path_factory.mktemp("rights") / "night.sqlite")
    async with Sandbox(limits=Limits.none(), deadline=30.0) as sandbox:
        chat = Chat(sandbox, Path(path))
        world = World(chat)
        await chat.start()
        await chat.client.wait_until_ready()
        await world.furnish()
        yield world
        await chat.stop()


@in_one_world
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.key)
async def test_a_row_of_the_table_holds_for_everybody_everywhere(world: World, row: Right) -> None:
    for who in Who:
        actor = world.actor(who)
        may = row.may[who]
        if row in COMMANDS:
            await _offered(world, actor, row, absent=may is May.ABSENT)
        for of in _ON[may]:
            await _tried(world, actor, row, of, allowed=may not in _NEVER)
        if row.may[Who.STRANGER] is not May.NO:
            continue  # it names no thing of anybody's
        if may is May.OWN:
            await _tried(world, actor, row, Of.SERVER, allowed=False)
        if may is May.SERVER and row.may[Who.PERSON] is May.OWN:
            await _tried(world, actor, row, Of.OWN, allowed=False)
        for of in (Of.FOREIGN, Of.ANOTHER):
            await _tried(world, actor, row, of)


async def _tried(
    world: World, actor: Actor, row: Right, of: Of, *, allowed: bool | None = None
) -> None:
    """Use a row, then again as it was: a replay does no more than it did."""
    where = f"{row.key}: {actor.who}, {of.name}"
    use = await USES[row.key](world, actor, of)
    before, untouched = world.kept(), world.kept(without=actor)
    message = world.under(actor, use)
    for turn in ("first",) if row.may[Who.READER] is May.YES else ("first", "again"):
        seen = await world.use(actor, row.name, use, message)
        assert world.kept(without=actor) == untouched, f"{where}, {turn}: {seen.said}"
        assert not any(mark in seen.said for mark in world.hidden_from(actor)), (
            f"{where}: {seen.said}"
        )
        if turn == "first" and allowed is not None:
            assert seen.refused is not allowed, f"{where}: {seen.said}"
        if allowed is False:
            assert world.kept() == before, f"{where}, {turn}: {seen.said}"


async def _offered(world: World, actor: Actor, row: Right, *, absent: bool) -> None:
    """See whether Discord offers a command to somebody, whatever comes of it."""
    with pytest.raises(Refused) as refusal:  # at the latest for the option that there is not
        await world.sandbox.slash(actor.user, actor.channel, row.name, {"no-such": "x"})
    assert ("no-such" in str(refusal.value)) is not absent, f"{row.key}: {actor.who}"


@in_one_world
async def test_an_admin_of_a_server_without_the_bot_decides_nothing_there(world: World) -> None:
    """Who has the bot in their own account brings it along, as a reader."""
    traveller = world.sandbox.add_user("Tom", app_installed=True)
    guild = world.sandbox.add_guild("Elsewhere", owner=traveller, bot_permissions=None)
    place = Place(guild, guild.add_channel("results"), guild.add_role("Alerts", mentionable=True))
    actor = Actor(Who.READER, traveller, place.channel, None, place, world.other)
    for row in TABLE:
        if row.may[Who.READER] in _NEVER:
            use = await USES[row.key](world, actor, Of.FOREIGN)
            before = world.kept()
            seen = await world.use(actor, row.name, use, world.under(actor, use))
            assert seen.refused, f"{row.key}: {seen.said}"
            assert world.kept() == before, f"{row.key}: {seen.said}"


@in_one_world
async def test_what_is_offered_as_one_types_is_nothing_of_others(world: World) -> None:
    secrets = {"Fish Party"}  # a name that waits for the desk alone
    for who in Who:
        actor = world.actor(who)
        for row in {row.name: row for row in COMMANDS}.values():
            for option in forged.completing(world.sandbox, row.name, world.newsroom.guild.id):
                offered = await forged.completed(
                    world.sandbox,
                    actor.user,
                    actor.channel,
                    row.name,
                    option,
                    guild=world.newsroom.guild.id,
                    filled={"topic": "list"} if option == "which" else {},
                )
                hidden = {*world.hidden_from(actor), *(secrets if who is not Who.DESK else ())}
                shown = [one for one in offered if any(name in one for name in hidden)]
                assert not shown, f"/{row.name} {option}: {who}: {shown}"
                if who is Who.DESK and (row.name, option) == ("desk name", "name"):
                    assert offered == ["Fish Party"]


def test_every_row_has_a_way_to_be_tried_and_a_name_of_its_own() -> None:
    keys = [row.key for row in TABLE]
    assert sorted(keys) == sorted(set(keys))
    assert set(keys) == set(USES)
    assert all(set(row.may) == set(Who) for row in TABLE)


@in_one_world
async def test_every_command_is_in_the_table(world: World) -> None:
    client = world.chat.client
    desk = client.tree.walk_commands(guild=discord.Object(world.newsroom.guild.id))
    there = {one.qualified_name for one in commands_of(client.tree)}
    there |= {one.qualified_name for one in desk if isinstance(one, discord.app_commands.Command)}
    assert there == {row.name for row in COMMANDS}


@in_one_world
async def test_every_button_menu_and_form_is_in_the_table(world: World) -> None:
    assert {one.__name__ for one in world.chat.client.components} == {row.name for row in CONTROLS}
    assert {one.__name__ for one in Form.__subclasses__()} == {row.name for row in FORMS}


def test_the_page_of_rights_is_the_table() -> None:
    assert DOC.read_text() == page()


@in_one_world
async def test_a_role_that_was_taken_away_is_gone_at_the_next_press(world: World) -> None:
    actor = world.actor(Who.DESK)
    row = next(one for one in CONTROLS if one.name == "QueueButton")
    try:
        world.newsroom.guild.add_member(world.editor, [])
        await _tried(world, actor, row, Of.SERVER, allowed=False)
    finally:
        world.newsroom.guild.add_member(world.editor, [world.desk_role])
    await _tried(world, actor, row, Of.SERVER, allowed=True)


if __name__ == "__main__":
    DOC.write_text(page())
