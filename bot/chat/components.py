"""What buttons, menus and forms have in common.

A message's buttons and menus are plain; all of their state is in their custom ids, so that they
outlive a restart. Who handles one is the subclass of `Component` whose template its custom id fits.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

import discord

from bot.cards.card import Card, one_message
from bot.chat.auto_defer import claim
from bot.chat.failures import answer_failure
from bot.chat.interaction import Interaction
from bot.chat.questions import CannotAnswer
from bot.chat.rights import number_in

Item = discord.ui.Item[Any]

LONGEST_CUSTOM_ID = 100
LONGEST_OPTION_LABEL = 100
LONGEST_LABEL = 80
_PRIVATE = (
    "This button works under the private answer that it came with: give the command again, "
    "`/help` lists them."
)


class Component(discord.ui.DynamicItem[Item], template=r"(?!)"):
    """A kind of button or menu whose failures are answered like a command's.

    What its custom id says is no more than what somebody might have typed: `pressed` checks who
    acts, and every number, through `bot.chat.rights`.
    """

    in_private: ClassVar[bool] = False
    """Whether it belongs under an answer that one person sees, which it changes."""

    def __init__(self, item: Item) -> None:
        super().__init__(item)
        match = self.template.fullmatch(self.custom_id)
        self.given: dict[str, str] = match.groupdict("") if match else {}
        """The parts of its custom id."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: Item, match: re.Match[str], /
    ) -> Self:
        """Return the component that was pressed."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what it is for; answer where it fails."""
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
        """Do what it is for."""


def button(
    label: str,
    custom_id: str,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    *,
    row: int | None = None,
    enabled: bool = True,
) -> Item:
    """Return a button; its label is cut to what Discord takes."""
    return discord.ui.Button(
        label=label[:LONGEST_LABEL], custom_id=custom_id, style=style, row=row, disabled=not enabled
    )


def view_of(items: Iterable[Item]) -> discord.ui.View:
    """Return the buttons and menus of a message.

    discord.py is to keep nothing of them, as pressing one needs nothing but its custom id.
    """
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view


async def answer_privately(
    interaction: Interaction, *cards: Card, view: discord.ui.View | None = None, **more: Any
) -> None:
    """Show *cards* to who acts alone, whether or not an answer was already begun."""
    begun = interaction.response.is_done()
    send: Any = interaction.followup.send if begun else interaction.response.send_message
    if view is not None:
        more["view"] = view
    embeds = [card.to_embed() for card in one_message(cards)]
    await send(embeds=embeds, ephemeral=True, **more)


def page_buttons(prefix: str, page: int, pages: int) -> list[Item]:
    """Return the buttons that turn a page, whose custom ids are *prefix* and the page's number."""
    before = [button("Previous page", f"{prefix}:{page - 1}", row=4)] if page > 1 else []
    after = [button("Next page", f"{prefix}:{page + 1}", row=4)] if page < pages else []
    return before + after


class Form(discord.ui.Modal):
    """A form that asks for one text. Whichever process is told of its answer can take it."""

    template: ClassVar[re.Pattern[str]]
    """What the custom ids of this kind of form look like."""

    def __init__(
        self, title: str, custom_id: str, label: str, hint: str, text: discord.ui.TextInput[Any]
    ) -> None:
        super().__init__(title=title, custom_id=custom_id, timeout=None)
        self.add_item(discord.ui.Label(text=label, description=hint, component=text))

    @staticmethod
    @abstractmethod
    async def submitted(interaction: Interaction, given: Mapping[str, str], text: str) -> None:
        """Do what the form is for, with the *text* and what its custom id says."""


async def take_form(forms: Iterable[type[Form]], interaction: Interaction) -> None:
    """Let the one of *forms* whose template fits take what was filled in, if there is one."""
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
    """Return what was typed into a form, by custom id; texts lie in rows or labels."""
    found: dict[str, str] = {}
    for component in components:
        if "value" in component:
            found[component["custom_id"]] = component["value"]
        inside = [component["component"]] if "component" in component else []
        found |= texts_of([*component.get("components", ()), *inside])
    return found


def chosen_in(interaction: Interaction) -> list[str]:
    """Return what was chosen in a menu, nothing where a button was pressed."""
    data: Any = interaction.data or {}
    return [str(value) for value in data.get("values", ())]


def one_chosen_in(interaction: Interaction) -> str:
    """Return the one thing that was chosen in a menu. Raises `CannotAnswer` for none or more."""
    chosen = chosen_in(interaction)
    if len(chosen) != 1:
        raise CannotAnswer("Choose one of what the menu offers.")
    return chosen[0]
