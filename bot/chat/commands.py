"""How slash commands are declared and answered.

A look-up is one method: its parameters are the command's options, the first paragraph of its
docstring is the command's description, and the answer it returns is sent with its buttons and its
picture, in private unless `public` is set.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar, get_type_hints

from discord import app_commands

from bot.chat.answer_buttons import buttons_of
from bot.chat.interaction import Interaction
from bot.chat.questions import (
    ANSWERED_BY,
    EXAMPLE,
    FOR_ADMINS,
    LONGEST_OPTION,
    NIGHT,
    PUBLIC,
    Answer,
    dated,
)
from bot.chat.rights import viewer_of

T = TypeVar("T")
Command = app_commands.Command[Any, ..., None]
Choices = list[app_commands.Choice[str]]
Offer = Callable[[Interaction, str], Mapping[str, str]]
"""Returns values by label for what was typed."""

_MOST_CHOICES = 25
_LONGEST_CHOICE = 100
_FOR_THE_ANSWER_ALONE = ("self", "page", "viewer")
_KEYWORD = inspect.Parameter.KEYWORD_ONLY
_PUBLIC_HINT = "Show the answer to everybody in the channel"


class Option(app_commands.Transformer[Any]):
    """A text option: its description, its length, and its choices if any."""

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
        """The least length, if any."""
        return self._length[0]

    @property
    def max_value(self) -> int | None:
        """The greatest length, if any."""
        return self._length[1]

    @property
    def choices(self) -> list[app_commands.Choice[str | int | float]] | None:
        """The only values there are, None if anything can be typed."""
        if self._choices is None:
            return None
        return [app_commands.Choice(name=name, value=v) for name, v in self._choices.items()]

    async def transform(self, interaction: Interaction, value: Any, /) -> Any:
        """Return the text unchanged: answers are given to buttons and the terminal too."""
        return value


class OfferedOption(Option):
    """A text option with autocomplete."""

    def __init__(self, hint: str, offer: Offer, *, longest: int | None = None) -> None:
        super().__init__(hint, longest=longest)
        self._offer = offer

    async def autocomplete(  # type: ignore[override] # discord.py's allows for numbers
        self, interaction: Interaction, value: str, /
    ) -> Choices:
        """Offer matches for what was typed."""
        return choices(self._offer(interaction, value))


class NameOption(OfferedOption):
    """The name of something, no longer than names are."""

    def __init__(self, hint: str, offer: Offer) -> None:
        super().__init__(hint, offer, longest=LONGEST_OPTION)


def choices(offered: Mapping[str, str]) -> Choices:
    """Return values by label as autocomplete choices, cut to Discord's limits."""
    return [
        app_commands.Choice(name=label[:_LONGEST_CHOICE], value=value[:_LONGEST_CHOICE])
        for label, value in list(offered.items())[:_MOST_CHOICES]
    ]


def everywhere(command: T) -> T:
    """Allow a command in servers, in direct messages and for user installs."""
    contexts = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    return contexts(app_commands.allowed_installs(guilds=True, users=True)(command))


def look_up(
    example: str = "", *, name: str = "", **hints: str
) -> Callable[[Callable[..., Awaitable[Answer]]], Command]:
    """Turn the method that answers a question into a slash command.

    *hints* describe options that are no `Option`, or override its hint. Besides options the method
    may take a `page` and a `viewer`. *example* is a value of the first option ("Hull"), for
    `/help`.
    """

    def made(method: Callable[..., Awaitable[Answer]]) -> Command:
        options = _options_of(method)
        has_viewer = "viewer" in inspect.signature(method).parameters

        async def callback(
            cog: Any, interaction: Interaction, *, public: bool = False, **given: Any
        ) -> None:
            if has_viewer:
                given["viewer"] = viewer_of(interaction)
            answer = dated(await method(cog, **given), interaction.client.services)
            await reply(interaction, answer, public=public)

        own = inspect.signature(callback).parameters
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
    """Turn the method that carries a command out into one; *hints* as for `look_up`."""

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


def _options_of(method: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the options that a method takes; those of an unpacked dict come before the night."""
    found: list[inspect.Parameter] = []
    for one in inspect.signature(method, eval_str=True).parameters.values():
        if one.kind is inspect.Parameter.VAR_KEYWORD:
            (options,) = one.annotation.__args__
            hints = get_type_hints(options, include_extras=True)
            at = next((n for n, other in enumerate(found) if other.name == NIGHT), len(found))
            found[at:at] = [
                inspect.Parameter(name, _KEYWORD, default=None, annotation=hint)
                for name, hint in hints.items()
            ]
        elif one.name not in _FOR_THE_ANSWER_ALONE:
            found.append(one.replace(kind=_KEYWORD))
    return found


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
    """Send *answer* with its buttons, and add its picture when it is drawn."""
    sent = await interaction.response.send_message(
        embeds=[card.to_embed() for card in answer.cards],
        view=buttons_of(answer, interaction, private=not public),
        ephemeral=not public,
    )
    await interaction.client.illustrator.illustrate(interaction, answer, sent.message_id)
