"""Questions and answers, which slash commands, buttons and the terminal share.

A question is a command with its options, written as `/night changes party:Lab kind:gain`. A look-up
keeps the method that answers it in its `extras`, so that `ask` serves the slash command, the button
that turns a page, and the terminal.
"""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.cards.card import Card, Page, one_message
from bot.delivery.watch_lists import NOBODY, Keeper
from bot.election.alert_kinds import Topic
from bot.election.almanac import LONDON
from bot.election.ballots import Ballot
from bot.election.nights import is_past
from bot.election.reports import BallotKind
from bot.pictures.picture import Picture
from bot.wording.phrases import day, day_and_time
from bot.wording.text import escape

if TYPE_CHECKING:
    from bot.chat.services import Services

LONGEST_OPTION = 100
"""What a reader types is cut to this; no name is longer."""

_NEAR = 0.7
"""How similar a command's name has to be to what was typed to be offered."""
ANSWERED_BY = "answered_by"
EXAMPLE = "example"
FOR_ADMINS = "for_admins"
NIGHT = "night"
PUBLIC = "public"
"""The option that only makes sense in chat."""
SHOW = "show"
HOW_WE_KNOW = "how"
"""The option, and its value, that ask how an answer is known instead of what it is."""
_MOST_SUGGESTIONS = 5
_DATED_THROUGHOUT = frozenset({"history"})
"""Commands whose answers are lists of years anyway."""

ASKED_BY = {
    BallotKind.MAYOR: ("mayor", "area"),
    BallotKind.REFERENDUM: ("referendum", "area"),
    BallotKind.ASSEMBLY: ("constituency", "name"),
}
"""The command and the option that ask about a ballot of each kind but by-elections."""

Command = app_commands.Command[Any, ..., Any]
Compose = Callable[[], Picture | None]
"""Makes a picture from facts it already holds, None if there is nothing to show."""


class CannotAnswer(app_commands.AppCommandError):
    """A question that cannot be answered as it was put; its text says why and what to do next."""


@dataclass(frozen=True, slots=True)
class Question:
    """A command by its full name ("night changes") and its options by name."""

    command: str
    options: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        options = "".join(f" {name}:{value}" for name, value in self.options.items())
        return f"/{self.command}{options}"


def question_about(ballot: Ballot, night: date | None = None) -> Question:
    """Return the question about one ballot, on a *night* or the one that is followed."""
    if ballot.kind is BallotKind.WARD:
        options = {"council": ballot.council or "", "ward": by_election_name(ballot.area)}
        command = "ward"
    else:
        command, option = ASKED_BY[ballot.kind]
        options = {option: ballot.code}
    return Question(command, options) if night is None else question_of(command, night, **options)


def by_election_name(area: str) -> str:
    """Return what a ward's by-election is called among the ballots of its council."""
    return f"{area} (by-election)"


def question_of(command: str, night: date, **options: str | None) -> Question:
    """Return the question that a *command* asks about a *night*, with the options given."""
    given = {name: value for name, value in options.items() if value is not None}
    return Question(command, {**given, "night": night.isoformat()})


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: whether in a server, as one of its admins, as the desk.

    `keeper` says whose watch lists they see there.
    """

    in_server: bool = False
    is_admin: bool = False
    is_desk: bool = False
    keeper: Keeper = NOBODY


@dataclass(frozen=True, slots=True)
class Followable:
    """What can be followed: a topic with its value, and what a button calls it."""

    topic: Topic
    value: str = ""
    name: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.topic}:{self.value}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of an answer, its cards cut to one message.

    `about` can be followed. `suggestions` are labels of buttons with their questions, `menu` those
    of a menu; `in_parts` is False if no filter applies. `compose` makes the picture of the first
    card; with `only_drawn` the card's text is what the picture shows, and is removed once that is
    there. With `sources` the same question can be asked with `show:how`, see `how_we_know`.
    """

    question: Question
    cards: tuple[Card, ...]
    page: int = 1
    pages: int = 1
    about: Followable | None = None
    suggestions: tuple[tuple[str, Question], ...] = ()
    menu: tuple[tuple[str, Question], ...] = ()
    in_parts: bool = True
    compose: Compose | None = None
    only_drawn: bool = False
    sources: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "cards", one_message(self.cards))

    @classmethod
    def of_page(cls, question: Question, page: Page, **more: Any) -> Answer:
        """Return a page of a list as an answer."""
        return cls(question, (page.card,), page.number, page.pages, **more)


def how_we_know(question: Question, card: Card) -> Answer:
    """Return the answer that the button **How we know** opens, with a button back to *question*.

    To give a command that button: let it take `show: Show | None = None` (from
    `bot.chat.options`), return `how_we_know(question, how_we_know_card(…))` where `show` is set,
    and the ordinary `Answer(question, …, sources=True)` where it is not.
    """
    asked = sources_of(question)
    return Answer(asked, (card,), suggestions=(("Back", question),), in_parts=False)


def further_of(answer: Answer) -> list[tuple[str, Question]]:
    """Return the further questions under an answer by label, **How we know** last."""
    further = list(answer.suggestions[: _MOST_SUGGESTIONS - answer.sources])
    if answer.sources:
        further.append(("How we know", sources_of(answer.question)))
    return further


def sources_of(question: Question) -> Question:
    """Return the question how the answer to *question* is known."""
    return replace(question, options={**question.options, SHOW: HOW_WE_KNOW})


def is_for_admins(command: Command) -> bool:
    """Tell whether a command serves a server's admins alone."""
    needed = command.default_permissions or (
        command.root_parent and command.root_parent.default_permissions
    )
    return bool(command.extras.get(FOR_ADMINS) or needed)


def example_of(command: Command) -> Question | None:
    """Return an example of a command as a question, None if it has none."""
    if ANSWERED_BY not in command.extras:
        return None
    required = [parameter for parameter in command.parameters if parameter.required]
    options = {p.display_name: p.choices[0].name for p in required if p.choices}
    if example := command.extras.get(EXAMPLE):
        options[_first_option(command)] = example
    complete = len(options) >= len(required)
    return Question(command.qualified_name, options) if complete else None


def commands_of(tree: app_commands.CommandTree[Any], guild: int | None = None) -> Iterator[Command]:
    """Return every global command, or those of a *guild* alone, sorted by its full name."""
    where = None if guild is None else discord.Object(guild)
    found = [c for c in tree.walk_commands(guild=where) if isinstance(c, app_commands.Command)]
    yield from sorted(found, key=lambda command: command.qualified_name)


def parse(tree: app_commands.CommandTree[Any], text: str) -> Question:
    """Parse a question: "/council Hull", "/night changes party:Labour". Raises `CannotAnswer`.

    Words before the first `option:` belong to the first required option, else to the first;
    quotation marks around a value are dropped.
    """
    words = text.strip().removeprefix("/").split()
    command = _command(tree, words)
    rest = " ".join(words[len(command.qualified_name.split()) :])
    names = [parameter.display_name for parameter in command.parameters]
    starts = rf"(?:^|(?<=\s))({'|'.join(map(re.escape, names))}):" if names else r"(?!)"
    first, *pairs = re.split(starts, rest)
    options = dict(zip(pairs[::2], map(_unquoted, pairs[1::2]), strict=True))
    if first.strip():
        options = {_first_option(command): _unquoted(first), **options}
    return Question(command.qualified_name, options)


async def ask(
    tree: app_commands.CommandTree[Any],
    question: Question,
    page: int = 1,
    viewer: Viewer | None = None,
) -> Answer:
    """Return a page of the answer to *question* by *viewer*. Raises `CannotAnswer`."""
    command = command_of(tree, question)
    answer: Callable[..., Awaitable[Answer]] | None = command.extras.get(ANSWERED_BY)
    if answer is None:
        raise CannotAnswer(
            f"/{command.qualified_name} belongs to a chat: run it in Discord, not here."
        )
    more: dict[str, Any] = {"page": page} if page > 1 else {}
    if "viewer" in inspect.signature(answer).parameters:
        more["viewer"] = viewer
    return await answer(command.binding, **_values(command, question.options), **more)


def dated(answer: Answer, services: Services) -> Answer:
    """Return *answer*; if it is about a night long past, it begins with the date."""
    chosen = answer.question.options.get("night")
    if chosen is None or answer.question.command in _DATED_THROUGHOUT:
        return answer
    night = date.fromisoformat(chosen)
    if not is_past(night, services.clock.now()):
        return answer
    first, *others = answer.cards
    said = _said_of(night, services)
    first = replace(first, description="\n".join(filter(None, (said, first.description))))
    return replace(answer, cards=(first, *others))


def _said_of(night: date, services: Services) -> str:
    """Return of which day's elections an answer is, and as at which hour, in bold and plain."""
    said = f"**Elections of {day(night)}**"
    news = services.last_news(night)
    if news is None:
        said += ", of which no result is kept here"
    elif is_past(night, news):
        said += f", taken in on {day(news.astimezone(LONDON).date())}"
    else:
        said += f", as at {day_and_time(news)} {news.astimezone(LONDON).year}"
    if night == services.newest_night:
        said += ". Nothing later is known here yet"
    return f"{said}."


def command_of(tree: app_commands.CommandTree[Any], question: Question) -> Command:
    """Return the command of a question. Raises `CannotAnswer` if there is none."""
    names = question.command.split()
    found: Any = tree
    for name in names:
        found = found.get_command(name) if hasattr(found, "get_command") else None
    return found if isinstance(found, app_commands.Command) else _command(tree, names)


def _command(tree: app_commands.CommandTree[Any], words: list[str]) -> Command:
    folded = [word.casefold() for word in words]
    commands = {command.qualified_name: command for command in commands_of(tree)}
    for length in (2, 1):
        found = commands.get(" ".join(folded[:length]))
        if found is not None:
            return found
    near = _near(commands, folded)
    offered = ", ".join(f"/{name}" for name in near)
    if not words:
        raise CannotAnswer("Ask with a command, as in /council Hull. /help lists them all.")
    asked = escape(" ".join(words[:2]))
    hint = f"Try one of these: {offered}. " if near else ""
    raise CannotAnswer(f"There is no command “{asked}”. {hint}/help lists them all.")


def _near(commands: Iterable[str], words: list[str]) -> list[str]:
    """Return the commands close to what was typed: those of its group, else by spelling."""
    names, first = list(commands), " ".join(words[:1])
    # A second word may belong to the command or be what it asks about.
    for typed in (" ".join(words[:2]), first):
        of_group = [name for name in names if name.split()[0] == first]
        if near := of_group or difflib.get_close_matches(typed, names, n=3, cutoff=_NEAR):
            return near
    groups = difflib.get_close_matches(first, {name.split()[0] for name in names}, 1, _NEAR)
    return [name for name in names if name.split()[0] in groups]


def _first_option(command: Command) -> str:
    askable = [p for p in command.parameters if p.name != PUBLIC]
    for parameter in sorted(askable, key=lambda parameter: not parameter.required):
        return parameter.display_name
    raise CannotAnswer(f"/{command.qualified_name} takes no options: run it alone.")


def _unquoted(text: str) -> str:
    return text.strip().strip('"“”').strip()


def _values(command: Command, options: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for parameter in command.parameters:
        text = options.get(parameter.display_name)
        if parameter.name == PUBLIC:
            continue
        if text is None and parameter.required:
            raise CannotAnswer(
                f"/{command.qualified_name} needs {parameter.display_name}: "
                f"{parameter.description}."
            )
        if text is not None:
            values[parameter.name] = _value(parameter, text[:LONGEST_OPTION])
    return values


def _value(parameter: app_commands.Parameter, text: str) -> str | int | float:
    if parameter.choices:
        for choice in parameter.choices:
            if text.casefold() in (choice.name.casefold(), str(choice.value).casefold()):
                return choice.value
        offered = ", ".join(choice.name for choice in parameter.choices)
        raise CannotAnswer(
            f"{parameter.display_name} cannot be “{escape(text)}”: choose from {offered}."
        )
    return text
