"""`/night board`: a message in a channel that shows the state of the night."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.cards.card import Card
from bot.cards.desk import pause_banner
from bot.chat.client import ElectionNight
from bot.chat.commands import command
from bot.chat.components import Component, answer_privately, button, view_of
from bot.chat.interaction import Interaction
from bot.chat.lookups import lens_named
from bot.chat.options import CouncilsNation, CouncilsRegion, PostableChannel
from bot.chat.questions import CannotAnswer
from bot.chat.rights import Posted, granted_channel, is_admin
from bot.chat.services import running
from bot.delivery.boards import Board, Put
from bot.election.stories import Lens
from bot.wording.text import escape, listed


def board_command() -> app_commands.Command[app_commands.Group, ..., None]:
    """Return the command, which one client adds to its group `/night`."""

    @command(for_admins=True, channel="Channel for the board; this one if left out")
    async def board(
        interaction: Interaction,
        channel: PostableChannel | None = None,
        nation: CouncilsNation | None = None,
        region: CouncilsRegion | None = None,
    ) -> None:
        """One message in a channel that shows the night as it goes."""
        services, on = interaction.client.services, interaction.client.services.newest_night
        lens = lens_named(services, on, nation=nation, region=region)
        if not lens.councils(services.reader.councils(on)):
            raise CannotAnswer("No council votes there. Choose another place, or leave it out.")
        await put_board(interaction, channel or interaction.channel, lens)

    return board


_TITLES = {
    Put.ADDED: "Board added",
    Put.TURNED: "Board now shows another place",
    Put.RESUMED: "Board resumed",
    Put.NOTHING: "Board already there",
}
_NOT_PINNED = (
    "The bot cannot pin it. Give it Pin Messages in the channel's settings and run this again, "
    "or pin it yourself."
)
_LONGEST_REASON = 300
_LONGEST_LIST = 1_000


async def put_board(
    interaction: Interaction, channel: discord.abc.Snowflake | None, lens: Lens
) -> None:
    """Put up a board in a channel, or change the lens of the one it has; confirm it in private.

    Raises `CannotAnswer` if the person who acts is no admin, or the bot cannot post there.
    """
    services = interaction.client.services
    boards = running(services.boards)
    destination, granted = granted_channel(interaction, channel, Posted.BOARDS)
    guild = running(destination.guild_id)
    before = boards.within(destination.id)
    board, done = await boards.put(
        destination.id, guild, services.newest_night, lens, by=interaction.user.id
    )
    if done is Put.ENDING:
        raise CannotAnswer("The board there is ending. Try again in a moment.")
    paused = services.reader.desk_pause()
    steps = [
        pause_banner(paused.at) if paused else "",
        f"In <#{board.channel}>{_link(board)}: {_shows(board)}, in one message that follows "
        "the results to the end of the night.",
        "" if granted.pin_messages else _NOT_PINNED,
        _history(before, done),
        _others([one for one in boards.of_guild(guild) if one.id != board.id]),
    ]
    end = button("End the board", f"board-end:{board.id}", discord.ButtonStyle.danger)
    card = Card(_TITLES[done], "\n".join(filter(None, steps)))
    await answer_privately(interaction, card, view=view_of([end]))


class EndBoardButton(Component, template=r"board-end:(?P<number>\d{1,20})"):
    """Ends a board of the server of which one is an admin."""

    in_private = True

    async def pressed(self, interaction: Interaction) -> None:
        """End it, and confirm that in the same message."""
        boards = running(interaction.client.services.boards)
        if interaction.guild_id is None or not is_admin(interaction):
            raise CannotAnswer("Ending a board needs Manage Server. Ask an admin of this server.")
        ended = await boards.end(int(self.given["number"]), interaction.guild_id)
        if ended is None:
            raise CannotAnswer(
                "That board has ended already, or is another server’s. Add one with `/night board`."
            )
        card = Card(
            "Board ended",
            f"Its message in <#{ended.channel}> stays and says so. You may delete it. "
            "Add another with `/night board`.",
        )
        await interaction.response.edit_message(embed=card.to_embed(), view=None)


COMPONENTS: tuple[type[Component], ...] = (EndBoardButton,)


def _shows(board: Board) -> str:
    return f"how {escape(board.lens.nation or board.lens.region or 'the night')} stands"


def _link(board: Board) -> str:
    if board.message is None:
        return ""
    return (
        f" ([open it](https://discord.com/channels/{board.guild}/{board.channel}/{board.message}))"
    )


def _history(before: Board | None, done: Put) -> str:
    """Return why the previous board, or this one, had stopped."""
    if before is not None and done is Put.ADDED and before.ending:
        return f"The previous board ended: {escape(before.ending, _LONGEST_REASON)}"
    if before is not None and before.paused:
        return f"It was paused: {escape(before.paused, _LONGEST_REASON)}"
    return ""


def _others(boards: list[Board]) -> str:
    """Return the server's other boards, and why any are paused."""
    lines = [
        f"<#{one.channel}>{_link(one)}: {_shows(one)}"
        + (f". **Paused**: {escape(one.paused, _LONGEST_REASON)}" if one.paused else "")
        for one in boards
        if not one.ended
    ]
    return f"**Other boards of this server**\n{listed(lines, _LONGEST_LIST)}" if lines else ""


async def setup(client: ElectionNight) -> None:
    """Add the cog."""
    client.components.extend(COMPONENTS)
    night: Any = client.tree.get_command("night")  # the group is there: its cog is loaded earlier
    night.add_command(board_command())
