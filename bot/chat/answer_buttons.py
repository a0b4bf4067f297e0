"""The buttons and menus under an answer, which ask further questions.

`ask:2:/night latest` asks a question and shows a page of its answer. `pick` is a menu, whose
options are questions; `filter:party:/night changes` asks its question with the option that is
chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord

from bot.chat.components import (
    LONGEST_CUSTOM_ID,
    LONGEST_OPTION_LABEL,
    Component,
    Item,
    button,
    one_chosen_in,
    view_of,
)
from bot.chat.filters import Filter, filters_of
from bot.chat.following import follow_button, is_followed
from bot.chat.interaction import Interaction
from bot.chat.questions import Answer, ask, command_of, dated, further_of, parse
from bot.chat.rights import is_admin, viewer_of

if TYPE_CHECKING:
    from bot.chat.client import ElectionNight

_MOST_OPTIONS = 25
_EVERYTHING = "-"


class AskButton(Component, template=r"ask:(?P<page>\d{1,4}):(?P<question>/.+)"):
    """Asks a question; shows one page of the answer."""

    async def pressed(self, interaction: Interaction) -> None:
        """Show it in the presser's own answer; answer others in private."""
        await _show(interaction, self.given["question"], int(self.given["page"]))


class PickMenu(Component, template=r"pick"):
    """Asks the question that is chosen: each option's value is one."""

    async def pressed(self, interaction: Interaction) -> None:
        """Answer what is chosen in place of the chooser's own answer, to others in private."""
        await _show(interaction, one_chosen_in(interaction))


class FilterMenu(Component, template=r"filter:(?P<what>[a-z]+):(?P<question>/.+)"):
    """Asks its question with the option that is chosen, or without any."""

    async def pressed(self, interaction: Interaction) -> None:
        """Ask in place of the chooser's own answer; answer others in private."""
        option, question = one_chosen_in(interaction), self.given["question"]
        await _show(interaction, question if option == _EVERYTHING else f"{question} {option}")


COMPONENTS: tuple[type[Component], ...] = (AskButton, PickMenu, FilterMenu)


def ask_button(
    label: str, question: str, page: int = 1, *, row: int = 0, enabled: bool = True
) -> Item:
    """Return the button that asks a question."""
    return button(label, f"ask:{page}:{question}", row=row, enabled=enabled)


def _menu(
    custom_id: str,
    hint: str,
    options: Sequence[tuple[str, str]],
    *,
    row: int | None = None,
    chosen: str | None = None,
) -> Item:
    return discord.ui.Select(
        custom_id=custom_id,
        placeholder=hint,
        options=[
            discord.SelectOption(
                label=label[:LONGEST_OPTION_LABEL], value=value, default=value == chosen
            )
            for label, value in options
        ],
        row=row,
    )


def filter_menu(offer: Filter) -> Item:
    """Return the menu of a filter, with the current choice marked."""
    return _menu(
        f"filter:{offer.what}:{offer.base}",
        f"Only one {offer.what}",
        ((offer.everything, _EVERYTHING), *offer.offered),
        chosen=_EVERYTHING if offer.chosen == "" else offer.chosen,
    )


def buttons_of(answer: Answer, interaction: Interaction, *, private: bool) -> discord.ui.View:
    """Return the buttons under an answer; a *private* one shows what its reader follows."""
    here = (interaction.channel_id or 0) if is_admin(interaction) else None
    return buttons_for(
        answer, interaction.client, interaction.user.id, channel=here, private=private
    )


def buttons_for(
    answer: Answer,
    client: ElectionNight,
    user: int,
    *,
    channel: int | None = None,
    private: bool = False,
) -> discord.ui.View:
    """Return the buttons under an answer to a *user*, and for the admin of a *channel*."""
    items = _page_turners(answer)
    if answer.about is not None:
        places = [("me", user, answer.about.name)]
        if channel is not None:
            places.append(("here", channel, "in this channel"))
        for place, number, name in places:
            follows = private and is_followed(client, number, answer.about)
            items.append(follow_button(name, place, answer.about, follows=follows))
    items += [ask_button(label, str(question), row=2) for label, question in further_of(answer)]
    offered = {str(q): label for label, q in answer.menu if len(str(q)) <= LONGEST_CUSTOM_ID}
    if offered:
        shown = [(label, question) for question, label in offered.items()][:_MOST_OPTIONS]
        items.append(_menu("pick", "Open one of these", shown, row=3))
    items += map(filter_menu, filters_under(answer, client))
    # Custom ids that are too long or repeated are left out.
    fitting: dict[str, Item] = {}
    for item in items:
        custom_id = item.custom_id or ""
        if len(custom_id) <= LONGEST_CUSTOM_ID:
            fitting.setdefault(custom_id, item)
    return view_of(fitting.values())


def _page_turners(answer: Answer) -> list[Item]:
    page, last, question = answer.page, answer.pages, str(answer.question)
    if last == 1:
        return []
    back, on = max(page - 1, 1), min(page + 1, last)
    return [
        ask_button("Previous page", question, back, enabled=back != page),
        ask_button(f"Next page ({page} of {last})", question, on, enabled=on != page),
    ]


def filters_under(answer: Answer, client: ElectionNight) -> list[Filter]:
    """Return the filters under an answer; none if it has a menu of its own."""
    if answer.menu or not answer.in_parts:
        return []
    return filters_of(command_of(client.tree, answer.question), answer.question, client.services)


async def _show(interaction: Interaction, question: str, page: int = 1) -> None:
    illustrator, message = interaction.client.illustrator, interaction.message
    if message is None or not _is_own(interaction):
        answer, embeds, view = await _asked(interaction, question, page, private=True)
        sent = await interaction.response.send_message(embeds=embeds, view=view, ephemeral=True)
        number = sent.message_id
    else:
        # The answers to two presses at once could overtake each other.
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
    """Return the answer to a question of who pressed, its embeds and its buttons."""
    tree = interaction.client.tree
    answer = await ask(tree, parse(tree, question), page, viewer_of(interaction))
    answer = dated(answer, interaction.client.services)
    embeds = [card.to_embed() for card in answer.cards]
    return answer, embeds, buttons_of(answer, interaction, private=private)


def _is_own(interaction: Interaction) -> bool:
    """Tell whether the button is under an answer to the person who presses it."""
    message = interaction.message
    if message is None or message.flags.ephemeral:
        return True
    asked = message.interaction_metadata
    return asked is not None and asked.user.id == interaction.user.id
