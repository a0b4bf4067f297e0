"""`/help`, made from the commands themselves: by subject, then command by command."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from discord.app_commands import Transform
from discord.ext import commands

from bot.cards.card import FIELD_VALUE, Card, Field, page_of, part_of
from bot.chat.client import ElectionNight
from bot.chat.commands import NameOption, look_up
from bot.chat.interaction import Interaction
from bot.chat.lookups import containing
from bot.chat.questions import (
    Answer,
    CannotAnswer,
    Command,
    Question,
    Viewer,
    commands_of,
    example_of,
    is_for_admins,
)
from bot.chat.rights import viewer_of
from bot.election.parties import folded
from bot.wording.phrases import in_words
from bot.wording.text import escape, listed, paged

_SUBJECTS = {
    "Councils": ("Council", "Wards", "Votes", "History"),
    "Parties": ("Party",),
    "The night": ("Night",),
    "Mayors, the Assembly, referendums": ("Contests",),
    "Alerts": ("Alerts", "Watch"),
    "Your data": ("Privacy", "My data"),
}
"""The subjects and the cogs whose commands are about them, in the order of a newcomer's asking."""
_OTHERS = "Everything else"
_ADMINS, _DESK = "For server admins", "For the desk"
_INTRODUCTION = (
    "Results of the night, council by council: who controls it, what changed and what is still to "
    "come. Press a button below, open a topic in the menu (or with `/help about:alerts`), or "
    "type / and a command. Answers are private unless you ask with `public`."
)
_FOR_ADMINS = "Server admins: start with `/setup`."
_FIRST = (
    ("How is Hull?", Question("council", {"name": "Hull"})),
    ("What changed hands?", Question("night changes")),
    ("What’s the headline?", Question("night headline")),
    ("What declares next?", Question("night next")),
)
_BACK = ("All subjects", Question("help"))


def _subjects(client: ElectionNight, viewer: Viewer) -> dict[str, list[Command]]:
    known: dict[str, list[Command]] = {}
    for_admins: list[Command] = []
    for command in commands_of(client.tree):
        if is_for_admins(command):
            for_admins.append(command)
        else:
            known.setdefault(_cog_of(command), []).append(command)
    found = {
        subject: [command for cog in cogs for command in known.pop(cog, ())]
        for subject, cogs in _SUBJECTS.items()
    }
    found[_OTHERS] = [command for others in known.values() for command in others]
    found[_ADMINS] = for_admins if viewer.is_admin else []
    desk = client.services.settings.desk_guild if viewer.is_desk else None
    found[_DESK] = [*commands_of(client.tree, desk)] if desk is not None else []
    return {subject: commands for subject, commands in found.items() if commands}


def _names(client: ElectionNight, viewer: Viewer) -> list[str]:
    subjects = _subjects(client, viewer)
    return [*subjects, *(one.qualified_name for known in subjects.values() for one in known)]


def _about(interaction: Interaction, typed: str) -> Mapping[str, str]:
    """Offer the subjects and the commands whose name contains what is typed."""
    return containing(_names(interaction.client, viewer_of(interaction)), typed)


About = Transform[str, NameOption("A subject or a command", _about)]


class Help(commands.Cog):
    """Says what the bot can be asked."""

    def __init__(self, client: ElectionNight) -> None:
        self.client = client

    @look_up()
    async def help(
        self, about: About | None = None, page: int = 1, viewer: Viewer | None = None
    ) -> Answer:
        """What the bot can be asked, by subject and command by command.

        Without a *viewer* it is what a server's admin may.
        """
        viewer = viewer or Viewer(in_server=True, is_admin=True)
        if about is None:
            return self._everything(viewer)
        wanted = folded(about)
        for subject, found in _subjects(self.client, viewer).items():
            for command in found:
                if folded(command.qualified_name) == wanted:
                    return self._command(command, subject)
            roots = {folded(command.qualified_name.split()[0]) for command in found}
            if wanted == folded(subject) or wanted in roots:
                return self._subject(subject, found, page)
        near = difflib.get_close_matches(wanted, _names(self.client, viewer), n=3, cutoff=0.5)
        hint = f"Did you mean {in_words(near, 'or')}?" if near else "See `/help`."
        raise CannotAnswer(f"No help on “{escape(about)}”. {hint}")

    def _everything(self, viewer: Viewer) -> Answer:
        subjects = _subjects(self.client, viewer)
        introduction = _INTRODUCTION
        if viewer.is_admin or not viewer.in_server:
            introduction += f" {_FOR_ADMINS}"
        fields = [
            Field(subject, listed([*map(self.client.mention, found)], FIELD_VALUE, " · "))
            for subject, found in subjects.items()
        ]
        card = Card("What you can ask", introduction, tuple(fields))
        menu = tuple((subject, _question_about(subject)) for subject in subjects)
        return Answer(Question("help"), (card,), suggestions=_FIRST, menu=menu)

    def _subject(self, subject: str, found: list[Command], page: int) -> Answer:
        lines = [f"{self.client.mention(each)}: {each.description}" for each in found]
        shown = page_of(subject, lines, page, empty="")
        here, _, _ = part_of(found, shown.number)
        return Answer(
            _question_about(subject),
            (shown.card,),
            shown.number,
            shown.pages,
            suggestions=(_BACK,),
            menu=tuple(
                (f"/{each.qualified_name}", _question_about(each.qualified_name)) for each in here
            ),
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
            f"{command.description}\n{self.client.mention(command)} starts it.{shown}",
            tuple(fields),
        )
        tries = [("Try it", example)] if example else []
        return Answer(
            _question_about(command.qualified_name),
            (card,),
            suggestions=(*tries, (f"More: {subject}", _question_about(subject)), _BACK),
        )


def _cog_of(command: Command) -> str:
    return getattr(command.binding, "qualified_name", "")


def _options(command: Command) -> Iterable[str]:
    """Return a line for each option: its name, what it is for, and what can be chosen."""
    for parameter in command.parameters:
        optional = "" if parameter.required else " (optional)"
        line = f"`{parameter.display_name}`{optional}: {parameter.description}."
        offered = "; ".join(choice.name for choice in parameter.choices)
        yield f"{line} One of: {offered}." if offered else line


def _question_about(name: str) -> Question:
    return Question("help", {"about": name})


async def setup(client: ElectionNight) -> None:
    """Add the cog."""
    await client.add_cog(Help(client))
