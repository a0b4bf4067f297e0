"""`/help`, made from the commands themselves: by subject, then command by command."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.card import FIELD_VALUE, Card, Field
from bot.cards.lists import page_of, part_of
from bot.cards.text import escape, listed, paged
from bot.cards.words import in_words
from bot.chat.answering import Choices, choices, lookup, reply
from bot.chat.client import ElectionNight
from bot.chat.questions import (
    LONGEST_OPTION,
    Answer,
    CannotAnswer,
    Command,
    Question,
    answered_by,
    commands_of,
    example_of,
)
from bot.election.parties import folded

_SUBJECTS = {
    "Councils": ("Council", "Wards", "History"),
    "Parties": ("Party",),
    "The night": ("Night", "Timetable"),
    "Mayors, the Assembly, referendums": ("Contests",),
    "Alerts": ("Setup", "Alerts", "Watch"),
    "What is kept of you": ("Privacy", "My data"),
}
"""The subjects and the cogs whose commands are about them, in the order of a newcomer's asking."""
_OTHERS = "Everything else"
_INTRODUCTION = (
    "Results of the night, council by council: who controls it, what changed and what is still to "
    "come. Press a button below, open a subject in the menu (or with `/help about:alerts`), or "
    "type / and a command. Answers are private unless you ask with `public`. Who manages a server "
    "begins with `/setup`."
)
_FIRST = (
    ("How is Hull?", Question("council", {"name": "Hull"})),
    ("What changed hands?", Question("night changes")),
    ("How does the night stand?", Question("night headline")),
    ("What declares next?", Question("night next")),
)
_BACK = ("All subjects", Question("help"))


class Help(commands.Cog):
    """Says what the bot can be asked."""

    def __init__(self, client: ElectionNight) -> None:
        self.client = client

    @app_commands.command(name="help", extras=answered_by("answer"))
    @app_commands.describe(
        about="A subject or a command", public="Show the answer to everybody in the channel"
    )
    @lookup
    async def help(
        self,
        interaction: discord.Interaction[ElectionNight],
        about: app_commands.Range[str, 1, LONGEST_OPTION] | None = None,
        public: bool = False,
    ) -> None:
        """What the bot can be asked, by subject and command by command."""
        await reply(interaction, await self.answer(about), public=public)

    @help.autocomplete("about")
    async def complete_about(
        self, interaction: discord.Interaction[ElectionNight], typed: str
    ) -> Choices:
        """Offer the subjects and the commands whose name contains what is typed."""
        wanted = folded(typed)
        return choices({name: name for name in self._names() if wanted in folded(name)})

    async def answer(self, about: str | None = None, page: int = 1) -> Answer:
        """Return all subjects, or a page of one, or one command. Raises `CannotAnswer`."""
        if about is None:
            return self._everything()
        wanted = folded(about)
        for subject, found in self._subjects().items():
            for command in found:
                if folded(command.qualified_name) == wanted:
                    return self._command(command, subject)
            roots = {folded(command.qualified_name.split()[0]) for command in found}
            if wanted == folded(subject) or wanted in roots:
                return self._subject(subject, found, page)
        near = difflib.get_close_matches(wanted, self._names(), n=3, cutoff=0.5)
        hint = f"Is it {in_words(near, 'or')}?" if near else "`/help` lists what there is."
        raise CannotAnswer(f"There is no help on “{escape(about)}”. {hint}")

    def _subjects(self) -> dict[str, list[Command]]:
        known: dict[str, list[Command]] = {}
        for command in commands_of(self.client.tree):
            known.setdefault(getattr(command.binding, "qualified_name", ""), []).append(command)
        found = {
            subject: [command for cog in cogs for command in known.pop(cog, ())]
            for subject, cogs in _SUBJECTS.items()
        }
        found[_OTHERS] = [command for others in known.values() for command in others]
        return {subject: commands for subject, commands in found.items() if commands}

    def _names(self) -> list[str]:
        subjects = self._subjects()
        return [*subjects, *(one.qualified_name for known in subjects.values() for one in known)]

    def _everything(self) -> Answer:
        subjects = self._subjects()
        fields = [
            Field(subject, listed([*map(self.client.mention, found)], FIELD_VALUE, " · "))
            for subject, found in subjects.items()
        ]
        card = Card("What you can ask", _INTRODUCTION, tuple(fields))
        menu = tuple((subject, _about(subject)) for subject in subjects)
        return Answer(Question("help"), (card,), suggestions=_FIRST, menu=menu)

    def _subject(self, subject: str, found: list[Command], page: int) -> Answer:
        lines = [f"{self.client.mention(each)}: {each.description}" for each in found]
        shown = page_of(subject, lines, page, empty="")
        here, _, _ = part_of(found, shown.number)
        return Answer(
            _about(subject),
            (shown.card,),
            shown.number,
            shown.pages,
            suggestions=(_BACK,),
            menu=tuple((f"/{each.qualified_name}", _about(each.qualified_name)) for each in here),
        )

    def _command(self, command: Command, subject: str) -> Answer:
        example = example_of(command)
        shown = f" For example: `{example}`." if example and example.options else ""
        fields = [
            Field("Options" if not number else "More options", text)
            for number, text in enumerate(paged([*_options(command)], FIELD_VALUE))
        ]
        card = Card(
            f"/{command.qualified_name}",
            f"{command.description}\n{self.client.mention(command)} begins it.{shown}",
            tuple(fields),
        )
        tries = [("Try it", example)] if example else []
        return Answer(
            _about(command.qualified_name),
            (card,),
            suggestions=(*tries, (f"More: {subject}", _about(subject)), _BACK),
        )


def _options(command: Command) -> Iterable[str]:
    """Return a line for each option: its name, what it is for, and what can be chosen."""
    for parameter in command.parameters:
        optional = "" if parameter.required else " (optional)"
        line = f"`{parameter.display_name}`{optional}: {parameter.description}."
        offered = "; ".join(choice.name for choice in parameter.choices)
        yield f"{line} One of: {offered}." if offered else line


def _about(name: str) -> Question:
    return Question("help", {"about": name})


async def setup(client: ElectionNight) -> None:
    """Add the cog."""
    await client.add_cog(Help(client))
