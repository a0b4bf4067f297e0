"""Questions in plain words: a message that mentions the bot, a direct message, or a form.

No privileged intent is needed: Discord sends the content of messages that mention the bot and of
direct messages to it, and of no others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import discord

from bot.cards.card import MESSAGE_CONTENT
from bot.chat.answer_buttons import buttons_for
from bot.chat.commands import reply
from bot.chat.components import Component, Form
from bot.chat.failures import failure_message
from bot.chat.interaction import Interaction
from bot.chat.lookups import Kind, any_place, council_on_the_wire
from bot.chat.questions import (
    LONGEST_OPTION,
    Answer,
    CannotAnswer,
    Question,
    Viewer,
    ask,
    dated,
    parse,
    question_about,
)
from bot.chat.rights import viewer_of
from bot.chat.services import Services
from bot.chat.welcome import welcome_card, welcome_view
from bot.delivery.watch_lists import Keeper
from bot.election.parties import Parties, PartyKind, folded
from bot.election.reports import BallotKind
from bot.wording.text import shortened

if TYPE_CHECKING:
    from bot.chat.client import ElectionNight

_KEYWORDS = {
    "help": "help",
    "headline": "night headline",
    "headlines": "night headline",
    "winning": "night headline",
    "winner": "night headline",
    "won": "night headline",
    "wins": "night headline",
    "ahead": "night headline",
    "leading": "night headline",
    "happening": "night headline",
    "summary": "night summary",
    "results": "night latest",
    "latest": "night latest",
    "changes": "night changes",
    "changed": "night changes",
    "next": "night next",
    "map": "night map",
    "chart": "night chart",
    "vote": "votes",
    "votes": "votes",
    "turnout": "votes",
    "swing": "votes",
}
_MENTION = re.compile(r"<@[!&]?\d+>")
_AROUND = "?!.,;:\"'“”‘’()…"
_POSSESSIVE = re.compile(r"['’]s$")
_MOST_WORDS = 40
_LONGEST_NAME = 6
"""Words of the longest name that is looked for."""
_LONGEST_CODE = 3
_WORDS_OF_A_NAME = 4
"""Up to this many words are taken for a misspelt name."""


async def answer_message(client: ElectionNight, message: discord.Message) -> None:
    """Answer a direct message, or one that mentions the bot.

    A reply to one of the bot's messages mentions it automatically: it is answered only if it names
    something.
    """
    me = client.user
    if me is None or message.author.bot or message.webhook_id is not None:
        return
    named = any(one.id == me.id for one in message.mentions)
    if message.guild is not None and not named:
        return
    text = " ".join(_MENTION.sub(" ", message.content).split())
    meant = message.guild is None or f"<@{me.id}>" in message.content.replace("!", "")
    question = question_in(text, client.services)
    if question is None and not text.startswith("/") and not meant:
        return
    if question is None and not text:
        await message.reply(embed=welcome_card(client).to_embed(), view=welcome_view())
        return
    try:
        answer = await answer_to_text(client, text, _viewer(message))
    except Exception as error:  # a reader is always answered
        sentence = failure_message(error, "A message", client.services)
        await message.reply(shortened(sentence, MESSAGE_CONTENT))
        return
    view = buttons_for(answer, client, message.author.id)
    sent = await message.reply(embeds=[card.to_embed() for card in answer.cards], view=view)
    await client.illustrator.illustrate(sent, answer, sent.id)


def _viewer(message: discord.Message) -> Viewer:
    """Return the author; a message does not say what they may do in the server."""
    guild = message.guild.id if message.guild is not None else None
    return Viewer(in_server=guild is not None, keeper=Keeper(guild, message.author.id))


async def answer_to_text(client: ElectionNight, text: str, viewer: Viewer | None = None) -> Answer:
    """Return the answer to what a reader wrote. Raises `CannotAnswer`."""
    question = question_asked(client, text)
    answer = await ask(client.tree, question, viewer=viewer or Viewer())
    return dated(answer, client.services)


def question_asked(client: ElectionNight, text: str) -> Question:
    """Return the question that a reader means who wrote to the bot. Raises `CannotAnswer`.

    Among words that name nothing a keyword tells what is asked: "Who is winning?". A few other
    words are taken for a misspelt council.
    """
    if text.startswith("/"):
        return parse(client.tree, text)
    found = question_in(text, client.services) or _by_keyword(_words_of(text))
    if found is None and len(text.split()) > _WORDS_OF_A_NAME:
        raise CannotAnswer(
            "I found no council, party or mayor in that. Write the name alone, as in Hull; "
            "`/help` lists what you can ask."
        )
    return found or Question("council", {"name": text[:LONGEST_OPTION]})


class FindButton(Component, template=r"find"):
    """Asks for a name in a form, and answers in private."""

    async def pressed(self, interaction: Interaction) -> None:
        """Ask for the name."""
        await interaction.response.send_modal(FindModal())


class FindModal(Form):
    """Asks for a name."""

    template = re.compile("find-name")

    def __init__(self) -> None:
        super().__init__(
            "Find a council",
            "find-name",
            "Name",
            "A council, a party or a mayor.",
            discord.ui.TextInput(custom_id="name", max_length=LONGEST_OPTION, placeholder="Hull"),
        )

    @staticmethod
    async def submitted(interaction: Interaction, given: Mapping[str, str], text: str) -> None:
        """Answer the question that the name asks."""
        answer = await answer_to_text(interaction.client, text, viewer_of(interaction))
        await reply(interaction, answer, public=False)


COMPONENTS: tuple[type[Component], ...] = (FindButton,)
FORMS: tuple[type[Form], ...] = (FindModal,)


def question_in(text: str, services: Services) -> Question | None:
    """Return the question about the council, ballot, party or place that *text* names, else None.

    The longest name counts, and of several the first: "How is Kingston upon Hull?". A keyword alone
    asks for that answer: "headline".
    """
    words = _words_of(text)
    if len(words) == 1 and (asked := _by_keyword(words)) is not None:
        return asked
    kinds = {kind for kind in BallotKind if kind.value in map(str.lower, words)}
    parties = services.almanac_of(services.newest_night).parties if words else None
    places = _places(words, services) if words else {}
    for span in _spans(words):
        alone = span == " ".join(words)
        question = _named(span, kinds, services, alone=alone)
        if question is None and parties is not None:
            question = _of_party(span, parties, alone=alone)
        question = question or places.get(folded(span))
        if question is not None:
            return question
    return None


def _words_of(text: str) -> list[str]:
    words = [_POSSESSIVE.sub("", word.strip(_AROUND)) for word in text.split()[:_MOST_WORDS]]
    return [word for word in words if word]


def _by_keyword(words: list[str]) -> Question | None:
    """Return the question that the first keyword among *words* asks."""
    asked = (_KEYWORDS[word] for word in map(str.lower, words) if word in _KEYWORDS)
    command = next(asked, None)
    return None if command is None else Question(command)


def _spans(words: list[str]) -> Iterator[str]:
    """Yield the runs of words that may be a name, the longest first."""
    for length in range(min(len(words), _LONGEST_NAME), 0, -1):
        for first in range(len(words) - length + 1):
            yield " ".join(words[first : first + length])


def _may_be_a_name(text: str, *, alone: bool) -> bool:
    """Return whether words may be a name: among others "all" is a word, "ALL" a code."""
    return alone or text.isupper() or any(len(word) > _LONGEST_CODE for word in text.split())


def _named(
    name: str, kinds: set[BallotKind], services: Services, *, alone: bool
) -> Question | None:
    """Return the question about what has exactly this name; ballots of *kinds* come first.

    Among other words a code, or anything of three letters, has to be in capitals.
    """
    on, wanted = services.newest_night, folded(name)
    codes_count = alone or name.isupper()
    if not _may_be_a_name(name, alone=alone):
        return None
    ballots = [one.ballot for one in services.reader.ballots(on)]
    called = [c for c in ballots if wanted in map(folded, (c.name, c.area, *c.aliases))]
    for ballot in called:
        if ballot.kind in kinds:
            return question_about(ballot)
    stranger = council_on_the_wire(services, name, on)
    council = stranger or services.almanac.councils.resolve(name, on)
    by_code = wanted == folded(council.code) and wanted != folded(council.name)
    if (stranger or council.known) and (codes_count or not by_code):
        return Question("council", {"name": council.code})
    if called:
        return question_about(called[0])
    return None


def _places(words: list[str], services: Services) -> dict[str, Question]:
    """Return the questions about nations and regions by name: the headline, or a keyword's."""
    asked = _by_keyword(words)
    command = asked.command if asked is not None and asked.command != "help" else "night headline"
    kinds: tuple[Kind, ...] = ("nation", "region")
    found: dict[str, Question] = {}
    for kind in kinds:
        for place in any_place(services, services.newest_night, kind):
            found.setdefault(folded(place), Question(command, {kind: place}))
    return found


def _of_party(name: str, parties: Parties, *, alone: bool) -> Question | None:
    """Return the question about the party of this name, ours or the night's own."""
    if not _may_be_a_name(name, alone=alone):
        return None
    party = parties.find(name)
    if party is None or party.kind is PartyKind.VACANT:
        return None
    return Question("party", {"name": party.code})
