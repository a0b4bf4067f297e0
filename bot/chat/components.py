"""What every button and menu has in common: it is answered, and looks at what it remembers."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import discord

from bot.chat.auto_defer import claim
from bot.chat.failures import answer_failure
from bot.chat.questions import CannotAnswer
from bot.chat.rights import number_in

if TYPE_CHECKING:
    from bot.chat.client import ElectionNight

    Interaction = discord.Interaction[ElectionNight]
else:
    Interaction = discord.Interaction

LONGEST_CUSTOM_ID = 100
LONGEST_LABEL = 80
LONGEST_OPTION_LABEL = 100
_PRIVATE = (
    "This button works under the private answer that it came with: give the command again, "
    "`/help` lists them."
)


class Control(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"(?!)"):
    """A button or menu whose failures are answered like a command's.

    What its custom id remembers is no more than what somebody might have typed: `pressed` looks at
    who acts, and at every number, through `bot.chat.rights`.
    """

    in_private: ClassVar[bool] = False
    """Whether it belongs under an answer that one person sees, which it changes."""
    _numbers: Sequence[str] = ()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button is for; answer where it fails."""
        claim(interaction)
        try:
            for text in self._numbers:
                number_in(text)
            message = interaction.message
            if self.in_private and not (message and message.flags.ephemeral):
                raise CannotAnswer(_PRIVATE)
            await self.pressed(interaction)
        except Exception as error:
            await answer_failure(interaction, error)

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Return the button that was pressed."""
        pressed = cls.remembered(match)
        pressed._numbers = [one for one in match.groupdict().values() if one and one.isdecimal()]
        return pressed

    @classmethod
    @abstractmethod
    def remembered(cls, match: re.Match[str]) -> Self:
        """Return the button by what its custom id remembers."""

    @abstractmethod
    async def pressed(self, interaction: Interaction) -> None:
        """Do what the button is for."""


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
