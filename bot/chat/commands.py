"""How slash commands are declared, and answered: in private unless asked otherwise.

A look-up is one method: its parameters are the command's options, the first paragraph of its
docstring is what Discord shows, and what it returns is sent with its buttons and its picture.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from discord import app_commands

from bot.chat.answer_buttons import buttons_of
from bot.chat.interaction import Interaction
from bot.chat.questions import ANSWERED_BY, EXAMPLE, FOR_ADMINS, PUBLIC, Answer, dated
from bot.chat.rights import viewer_of

T = TypeVar("T")
Command = app_commands.Command[Any, ..., None]
Choices = list[app_commands.Choice[str]]
Offer = Callable[[Interaction, str], Mapping[str, str]]
"""Returns values by their labels for what was typed."""

_MOST_CHOICES = 25
_LONGEST_CHOICE = 100
_FOR_THE_ANSWER_ALONE = ("self", "page", "viewer")
_PUBLIC_HINT = "Show the answer to everybody in the channel"


class Option(app_commands.Transformer[Any]):
    """An option of text: the hint beside it, how long it may be, and its only values if any."""

    def __init__(
        self,
        hint: str,
        *,
        shortest: int | None = None,
        longest: int | None = None,
        choices: Mapping[str, str] | None = None,
    ) -> None:
        self.hint = hint
        self._length = (shortest or (longest and 1), longest)
        self._choices = choices

    @property
    def min_value(self) -> int | None:
        """The least length."""
        return self._length[0]

    @property
    def max_value(self) -> int | None:
        """The greatest length."""
        return self._length[1]

    @property
    def choices(self) -> list[app_commands.Choice[str | int | float]] | None:
        """The values by what Discord shows, None where any can be typed."""
        if self._choices is None:
            return None
        return [app_commands.Choice(name=name, value=v) for name, v in self._choices.items()]

    async def transform(self, interaction: Interaction, value: Any, /) -> Any:
        """Return what was given as it is: it may come from a button or the terminal too."""
        return value


class OfferedOption(Option):
    """An option for which something is offered as people type."""

    def __init__(self, hint: str, offer: Offer, *, longest: int | None = None) -> None:
        super().__init__(hint, longest=longest)
        self._offer = offer

    async def autocomplete(  # type: ignore[override] # discord.py's allows for numbers
        self, interaction: Interaction, value: str, /
    ) -> Choices:
        """Offer what comes near, as much as Discord shows."""
        return choices(self._offer(interaction, value))


def choices(offered: Mapping[str, str]) -> Choices:
    """Return values by their labels as autocomplete's choices, as many as Discord shows."""
    return [
        app_commands.Choice(name=label[:_LONGEST_CHOICE], value=value[:_LONGEST_CHOICE])
        for label, value in list(offered.items())[:_MOST_CHOICES]
    ]


def everywhere(command: T) -> T:
    """Let a command be given in servers, direct messages and by people's own installs."""
    contexts = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    return contexts(app_commands.allowed_installs(guilds=True, users=True)(command))


def look_up(
    example: str = "", *, name: str = "", **hints: str
) -> Callable[[Callable[..., Awaitable[Answer]]], Command]:
    """Make a look-up of the method that answers it: for chat, buttons and the terminal.

    *hints* say what options are for that are no `Option`, or are for something else here. The
    method may have a `page` and a `viewer` beside its options. A command that needs an option has
    an *example* of it ("Hull"), which help lets people press.
    """

    def made(method: Callable[..., Awaitable[Answer]]) -> Command:
        taken = inspect.signature(method, eval_str=True).parameters

        async def callback(
            cog: Any, interaction: Interaction, *, public: bool = False, **given: Any
        ) -> None:
            if "viewer" in taken:
                given["viewer"] = viewer_of(interaction)
            answer = dated(await method(cog, **given), interaction.client.services)
            await reply(interaction, answer, public=public)

        own = inspect.signature(callback).parameters
        options = [
            one.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for one in taken.values()
            if one.name not in _FOR_THE_ANSWER_ALONE
        ]
        public = own["public"].replace(annotation=bool)
        signature = inspect.Signature([own["cog"], own["interaction"], *options, public])
        callback.__signature__ = signature  # type: ignore[attr-defined]
        callback.__qualname__ = method.__qualname__
        app_commands.describe(**{**_hints(options), PUBLIC: _PUBLIC_HINT, **hints})(callback)
        return everywhere(
            app_commands.Command(
                name=name or method.__name__,
                description=_description(method),
                callback=callback,
                extras={ANSWERED_BY: method, EXAMPLE: example},
            )
        )

    return made


def command(
    *, name: str = "", for_admins: bool = False, **hints: str
) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of the method that carries it out; *hints* as for `look_up`."""

    def made(method: Callable[..., Any]) -> Command:
        options = inspect.signature(method, eval_str=True).parameters.values()
        described = {**_hints(options), **hints}
        if described:
            app_commands.describe(**described)(method)
        return app_commands.Command(
            name=name or method.__name__,
            description=_description(method),
            callback=method,
            extras={FOR_ADMINS: True} if for_admins else {},
        )

    return made


def _hints(options: Any) -> dict[str, str]:
    return {
        one.name: option.hint
        for one in options
        for option in (one.annotation, *getattr(one.annotation, "__args__", ()))
        if isinstance(option, Option)
    }


def _description(method: Callable[..., Any]) -> str:
    return " ".join((inspect.getdoc(method) or "").partition("\n\n")[0].split())


async def reply(interaction: Interaction, answer: Answer, *, public: bool) -> None:
    """Send *answer* with the buttons that go with it, and its picture when it is drawn."""
    sent = await interaction.response.send_message(
        embeds=[card.to_embed() for card in answer.cards],
        view=buttons_of(answer, interaction, private=not public),
        ephemeral=not public,
    )
    await interaction.client.illustrator.illustrate(interaction, answer, sent.message_id)
