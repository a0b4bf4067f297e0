"""Buttons under an answer. All of their state is in themselves, so they outlive a restart.

`ask:2:/night latest` asks a question and shows a page of its answer. `pick` is a menu, whose
options are questions; `filter:party:/night changes` asks its question with the option that is
chosen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.chat.components import (
    LONGEST_CUSTOM_ID,
    LONGEST_LABEL,
    LONGEST_OPTION_LABEL,
    Control,
    one_chosen_in,
)
from bot.chat.dated import dated
from bot.chat.filters import Filter, filters_of
from bot.chat.follow_buttons import FollowButton, is_followed
from bot.chat.questions import Answer, ask, command_of, parse
from bot.chat.rights import is_admin, viewer_of

if TYPE_CHECKING:
    from bot.chat.client import ElectionNight

    Interaction = discord.Interaction[ElectionNight]
else:
    Interaction = discord.Interaction

_MOST_OPTIONS = 25
_EVERYTHING = "-"
_MOST_SUGGESTIONS = 5


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
    def remembered(cls, match: re.Match[str]) -> Self:
        """Return the button by what its custom id remembers."""
        return cls("", int(match["page"]), match["question"])

    async def pressed(self, interaction: Interaction) -> None:
        """Turn the page of the presser's own answer; answer others in private."""
        await _show(interaction, self.question, self.page)


class PickMenu(Control, template=r"pick"):
    """Asks the question that is chosen: each option's value is one."""

    def __init__(self, offered: Sequence[tuple[str, str]] = ()) -> None:
        menu: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="pick",
            placeholder="Open one of these",
            options=[
                discord.SelectOption(label=label[:LONGEST_OPTION_LABEL], value=question)
                for label, question in offered
            ],
            row=3,
        )
        super().__init__(menu)

    @classmethod
    def remembered(cls, match: re.Match[str]) -> Self:
        """Return the menu; what it offered comes with the choice."""
        return cls()

    async def pressed(self, interaction: Interaction) -> None:
        """Answer what is chosen in place of the chooser's own answer, to others in private."""
        question = one_chosen_in(interaction)
        await _show(interaction, question, 1)


class FilterMenu(Control, template=r"filter:(?P<what>[a-z]+):(?P<question>/.+)"):
    """Asks a question of a part: the option that is chosen, or of everything again."""

    def __init__(self, what: str, question: str, offered: Sequence[discord.SelectOption]) -> None:
        self.question = question
        menu: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=f"filter:{what}:{question}",
            placeholder=f"Only one {what}",
            options=[*offered],
        )
        super().__init__(menu)

    @classmethod
    def of(cls, offer: Filter) -> Self:
        """Return the menu of a filter, with the present choice marked."""
        options = ((offer.everything, _EVERYTHING), *offer.offered)
        chosen = _EVERYTHING if offer.chosen == "" else offer.chosen
        return cls(
            offer.what,
            str(offer.base),
            [
                discord.SelectOption(
                    label=label[:LONGEST_OPTION_LABEL], value=value, default=value == chosen
                )
                for label, value in options
            ],
        )

    @classmethod
    def remembered(cls, match: re.Match[str]) -> Self:
        """Return the menu by its question; what it offered comes with the choice."""
        return cls(match["what"], match["question"], ())

    async def pressed(self, interaction: Interaction) -> None:
        """Ask in place of the chooser's own answer; answer others in private."""
        option = one_chosen_in(interaction)
        of_all = option == _EVERYTHING
        await _show(interaction, self.question if of_all else f"{self.question} {option}", 1)


CONTROLS: tuple[type[Control], ...] = (AskButton, PickMenu, FilterMenu)


def controls_of(answer: Answer, interaction: Interaction, *, private: bool) -> discord.ui.View:
    """Return the buttons under an answer; a *private* one knows what its reader follows."""
    here = (interaction.channel_id or 0) if is_admin(interaction) else None
    return controls_for(
        answer, interaction.client, interaction.user.id, channel=here, private=private
    )


def controls_for(
    answer: Answer,
    client: ElectionNight,
    user: int,
    *,
    channel: int | None = None,
    private: bool = False,
) -> discord.ui.View:
    """Return the buttons under an answer to a *user*, and for the admin of a *channel*."""
    view = discord.ui.View(timeout=None)
    page, last = answer.page, answer.pages
    if last > 1:
        back, on = max(page - 1, 1), min(page + 1, last)
        for label, other in (("Previous page", back), (f"Next page ({page} of {last})", on)):
            _add(view, AskButton(label, other, str(answer.question), enabled=other != page))
    if answer.about is not None:
        places = [("me", user, answer.about.name)]
        if channel is not None:
            places.append(("here", channel, "in this channel"))
        for place, number, name in places:
            follows = private and is_followed(client, number, answer.about)
            topic, value = answer.about.topic, answer.about.value
            _add(view, FollowButton(name, place, topic, value, follows=follows))
    for label, further in answer.suggestions[:_MOST_SUGGESTIONS]:
        _add(view, AskButton(label, 1, str(further), row=2))
    offered = {str(q): label for label, q in answer.menu if len(str(q)) <= LONGEST_CUSTOM_ID}
    if offered:
        shown = [(label, question) for question, label in offered.items()]
        view.add_item(PickMenu(shown[:_MOST_OPTIONS]))
    for offer in filters_under(answer, client):
        _add(view, FilterMenu.of(offer))
    return view


def filters_under(answer: Answer, client: ElectionNight) -> list[Filter]:
    """Return the filters under an answer: none where it has a menu of its own."""
    if answer.menu or not answer.in_parts:
        return []
    return filters_of(command_of(client.tree, answer.question), answer.question, client.services)


async def _show(interaction: Interaction, question: str, page: int) -> None:
    illustrator, message = interaction.client.illustrator, interaction.message
    if message is None or not _is_own(interaction):
        answer, embeds, view = await _asked(interaction, question, page, private=True)
        sent = await interaction.response.send_message(embeds=embeds, view=view, ephemeral=True)
        number = sent.message_id
    else:
        # Two presses at once: their answers could overtake each other on the way.
        async with illustrator.turn_of(message.id):
            private = message.flags.ephemeral
            answer, embeds, view = await _asked(interaction, question, page, private=private)
            illustrator.give_up(message.id)
            await interaction.response.edit_message(embeds=embeds, view=view, attachments=[])
        number = message.id
    await illustrator.illustrate(interaction, answer, number)


async def _asked(
    interaction: Interaction, question: str, page: int, *, private: bool
) -> tuple[Answer, list[discord.Embed], discord.ui.View]:
    """Return the answer to a question of who pressed, its embeds and its controls."""
    tree = interaction.client.tree
    answer = dated(
        await ask(tree, parse(tree, question), page, viewer_of(interaction)),
        interaction.client.services,
    )
    embeds = [card.to_embed() for card in answer.cards]
    return answer, embeds, controls_of(answer, interaction, private=private)


def _add(view: discord.ui.View, control: Control) -> None:
    """Add a control, unless what it would have to remember is too long for Discord or is there."""
    there = [item.custom_id for item in view.children if isinstance(item, Control)]
    if len(control.custom_id) <= LONGEST_CUSTOM_ID and control.custom_id not in there:
        view.add_item(control)


def _is_own(interaction: Interaction) -> bool:
    """Tell whether the answer that the button is under was given to the one who presses it."""
    message = interaction.message
    if message is None or message.flags.ephemeral:
        return True
    asked = message.interaction_metadata
    return asked is not None and asked.user.id == interaction.user.id
