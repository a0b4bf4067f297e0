"""What buttons, menus and forms have in common.

All of their state is in their custom ids, so that they work after a restart. A button or menu is
handled by the subclass of `Component` whose template matches its custom id, a form by that of
`Form`.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

import discord
from discord.ui.select import BaseSelect

from bot.cards.card import Card, one_message
from bot.chat.auto_defer import claim
from bot.chat.failures import answer_failure
from bot.chat.interaction import Interaction
from bot.chat.questions import CannotAnswer
from bot.chat.rights import number_in

Item = discord.ui.Button[Any] | BaseSelect[Any]

LONGEST_CUSTOM_ID = 100
LONGEST_OPTION_LABEL = 100
LONGEST_LABEL = 80
_PRIVATE = (
    "This button works under the private answer that it came with: run the command again, "
    "`/help` lists them."
)


class Component(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"(?!)"):
    """A kind of button or menu.

    Its custom id is no more trusted than what somebody types: `pressed` checks who acts, and every
    id, through `bot.chat.rights`.
    """

    in_private: ClassVar[bool] = False
    """Whether it works only under a private answer, which it edits."""

    def __init__(self, item: discord.ui.Item[Any]) -> None:
        super().__init__(item)
        match = self.template.fullmatch(self.custom_id)
        self.given: dict[str, str] = match.groupdict("") if match else {}
        """The parts of its custom id."""

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Return the component that was pressed."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Handle a press; tell the reader if it fails."""
        claim(interaction)
        try:
            for text in self.given.values():
                if text.isdecimal():
                    number_in(text)
            message = interaction.message
            if self.in_private and not (message and message.flags.ephemeral):
                raise CannotAnswer(_PRIVATE)
            await self.pressed(interaction)
        except Exception as error:
            await answer_failure(interaction, error)

    @abstractmethod
    async def pressed(self, interaction: Interaction) -> None:
        """Handle a press."""


def button(
    label: str,
    custom_id: str,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    *,
    row: int | None = None,
    enabled: bool = True,
) -> Item:
    """Return a button, its label cut to Discord's limit."""
    return discord.ui.Button(
        label=label[:LONGEST_LABEL], custom_id=custom_id, style=style, row=row, disabled=not enabled
    )


def view_of(items: Iterable[Item]) -> discord.ui.View:
    """Return the buttons and menus of a message.

    The view is stopped so that discord.py keeps nothing of it: handling a press needs the custom id
    alone.
    """
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view


async def answer_privately(
    interaction: Interaction, *cards: Card, view: discord.ui.View | None = None, **more: Any
) -> None:
    """Send *cards* to the person who acts alone, whether or not a response was begun."""
    begun = interaction.response.is_done()
    send: Any = interaction.followup.send if begun else interaction.response.send_message
    if view is not None:
        more["view"] = view
    embeds = [card.to_embed() for card in one_message(cards)]
    await send(embeds=embeds, ephemeral=True, **more)


def page_buttons(prefix: str, page: int, pages: int) -> list[Item]:
    """Return the buttons that turn a page; their custom ids are *prefix* and the page's number."""
    before = [button("Previous page", f"{prefix}:{page - 1}", row=4)] if page > 1 else []
    after = [button("Next page", f"{prefix}:{page + 1}", row=4)] if page < pages else []
    return before + after


class Form(discord.ui.Modal):
    """A form that asks for one text."""

    template: ClassVar[re.Pattern[str]]
    """What its custom ids match."""

    def __init__(
        self, title: str, custom_id: str, label: str, hint: str, text: discord.ui.TextInput[Any]
    ) -> None:
        super().__init__(title=title, custom_id=custom_id, timeout=None)
        self.add_item(discord.ui.Label(text=label, description=hint, component=text))

    @staticmethod
    @abstractmethod
    async def submitted(interaction: Interaction, given: Mapping[str, str], text: str) -> None:
        """Handle the *text*; *given* are the parts of the custom id."""


async def take_form(forms: Iterable[type[Form]], interaction: Interaction) -> None:
    """Hand what was filled in to the one of *forms* whose template matches, if any."""
    data: Any = interaction.data or {}
    for form in forms:
        if (match := form.template.fullmatch(str(data.get("custom_id", "")))) is not None:
            claim(interaction)
            try:
                text = next(iter(texts_of(data.get("components", ())).values()), "")
                await form.submitted(interaction, match.groupdict(""), text)
            except Exception as error:
                await answer_failure(interaction, error)


def texts_of(components: Iterable[Any]) -> dict[str, str]:
    """Return the texts typed into a form, by custom id; they are nested in rows or labels."""
    found: dict[str, str] = {}
    for component in components:
        if "value" in component:
            found[component["custom_id"]] = component["value"]
        inside = [component["component"]] if "component" in component else []
        found |= texts_of([*component.get("components", ()), *inside])
    return found


def chosen_in(interaction: Interaction) -> list[str]:
    """Return the values chosen in a menu, none for a button."""
    data: Any = interaction.data or {}
    return [str(value) for value in data.get("values", ())]


def one_chosen_in(interaction: Interaction) -> str:
    """Return the one value chosen in a menu. Raises `CannotAnswer` for none or more."""
    chosen = chosen_in(interaction)
    if len(chosen) != 1:
        raise CannotAnswer("Choose one of what the menu offers.")
    return chosen[0]
