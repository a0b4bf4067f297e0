"""Buttons under an answer. All of their state is in themselves, so they outlive a restart.

`ask:2:/night changes kind:gain` asks a question and shows a page of its answer;
`follow:me:council:KHL` follows for the one who presses it, `follow:here:…` for the channel.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.failures import answer_failure
from bot.questions import Answer, ask, parse

if TYPE_CHECKING:
    from bot.client import ElectionNight

    Interaction = discord.Interaction[ElectionNight]
else:
    Interaction = discord.Interaction

LONGEST_CUSTOM_ID = 100
LONGEST_LABEL = 80
_MOST_SUGGESTIONS = 5


class Control(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"(?!)"):
    """A button whose failures are answered like a command's."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button is for; answer where it fails."""
        try:
            await self.pressed(interaction)
        except Exception as error:
            await answer_failure(interaction, error)

    async def pressed(self, interaction: Interaction) -> None:
        """Do what the button is for."""
        raise NotImplementedError


class AskButton(Control, template=r"ask:(?P<page>\d{1,4}):(?P<question>/.+)"):
    """Asks a question; shows one page of the answer."""

    def __init__(
        self, label: str, page: int, question: str, *, enabled: bool = True, row: int = 0
    ) -> None:
        self.page = page
        self.question = question
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label[:LONGEST_LABEL],
            custom_id=f"ask:{page}:{question}",
            disabled=not enabled,
            row=row,
        )
        super().__init__(button)

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Return the button that was pressed."""
        return cls("", int(match["page"]), match["question"])

    async def pressed(self, interaction: Interaction) -> None:
        """Turn the page of the presser's own answer; answer others in private."""
        tree = interaction.client.tree
        answer = await ask(tree, parse(tree, self.question))
        page, card = answer.page(self.page)
        view = controls_of(answer, interaction, page)
        if _is_own(interaction):
            await interaction.response.edit_message(embed=card.to_embed(), view=view)
        else:
            await interaction.response.send_message(
                embed=card.to_embed(), view=view, ephemeral=True
            )


CONTROLS: tuple[type[Control], ...] = (AskButton,)


def controls_of(answer: Answer, interaction: Interaction, page: int = 1) -> discord.ui.View:
    """Return the buttons under a page of *answer*."""
    view = discord.ui.View(timeout=None)
    question, last = str(answer.question), len(answer.pages)
    if last > 1:
        turn = (
            ("Previous page", max(page - 1, 1)),
            (f"Next page ({page} of {last})", min(page + 1, last)),
        )
        for label, other in turn:
            _add(view, AskButton(label, other, question, enabled=other != page))
    for label, further in answer.suggestions[:_MOST_SUGGESTIONS]:
        _add(view, AskButton(label, 1, str(further), row=2))
    return view


def _add(view: discord.ui.View, control: Control) -> None:
    """Add a button, unless what it would have to remember is longer than Discord lets it."""
    if len(control.custom_id) <= LONGEST_CUSTOM_ID:
        view.add_item(control)


def _is_own(interaction: Interaction) -> bool:
    """Tell whether the answer that the button is under was given to the one who presses it."""
    message = interaction.message
    if message is None or message.flags.ephemeral:
        return True
    asked = message.interaction_metadata
    return asked is not None and asked.user.id == interaction.user.id
