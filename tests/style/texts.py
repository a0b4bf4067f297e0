"""Every text that a reader can be shown of a night: what was posted, and what is answered when."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.chat.client import ElectionNight, load_cogs
from bot.chat.questions import CannotAnswer, Question, ask, commands_of, example_of
from bot.chat.services import Services
from bot.clock import SteppedClock
from bot.delivery.watch_lists import KnownLists
from bot.election.almanac import Almanac
from bot.election.ballots import BallotStanding
from bot.election.standings import CouncilStanding
from bot.schedule.summaries import as_it_was, ballots_as_they_were
from bot.settings import Settings
from bot.store.opening import open_for_reading
from bot.store.reader import Reader
from bot.wording.text import plain
from tests.style.rules import Said
from tests.support.moments import Moment

_MENTION = re.compile(r"\s*<@&?\d+>")


class _AsItWas(Reader):
    """A night's file as it was at a moment: what came in later is left out.

    How councils and ballots stood may have been `kept`; else their wards are those of the end.
    """

    moment: datetime
    kept: Moment | None = None

    def councils(self, night: date) -> tuple[CouncilStanding, ...]:
        if self.kept is not None:
            return tuple(self.kept.standings)
        return as_it_was(super().councils(night), self.moment)

    def council(self, night: date, code: str) -> CouncilStanding | None:
        if self.kept is not None:
            found = (one for one in self.kept.standings if one.council.code == code)
            return next(found, None) or super().council(night, code)
        standing = super().council(night, code)
        return None if standing is None else as_it_was([standing], self.moment)[0]

    def ballots(self, night: date) -> tuple[BallotStanding, ...]:
        if self.kept is not None:
            return tuple(self.kept.ballots)
        return ballots_as_they_were(super().ballots(night), self.moment)

    def ballot(self, night: date, code: str) -> BallotStanding | None:
        found = (one for one in self.ballots(night) if one.ballot.code == code)
        return next(found, None) or super().ballot(night, code)


def posted(database: Path) -> Iterator[Said]:
    """Yield the texts of every message that was posted on a night."""
    with contextlib.closing(sqlite3.connect(database)) as db:
        rows = db.execute("SELECT id, purpose, payload FROM posts ORDER BY id").fetchall()
    for number, purpose, payload in rows:
        yield from _said_in(json.loads(payload), f"post {number} ({purpose})")


def _said_in(message: dict[str, Any], where: str, *, in_full: bool = False) -> Iterator[Said]:
    if message.get("content"):
        yield Said(_MENTION.sub("", plain(message["content"])), where)
    for embed in message.get("embeds", ()):
        title = plain(embed.get("title", ""))
        about = f"{where}: {title}"
        yield Said(title, about, is_title=True)
        yield Said(plain(embed.get("description", "")), about, in_full=in_full)
        for each in embed.get("fields", ()):
            yield Said(plain(each["name"]), about, is_title=True)
            yield Said(plain(each["value"]), about)
        yield Said(plain(embed.get("footer", {}).get("text", "")), about)


@dataclass(frozen=True)
class Shown:
    """What one question was answered with, and what its answer offers to ask."""

    question: Question
    cards: tuple[str, ...]
    said: tuple[Said, ...] = field(repr=False)
    offered: tuple[Question, ...] = ()


async def answers(
    database: Path,
    almanac: Almanac,
    night: date,
    moment: datetime,
    questions: Iterable[Question] = (),
    *,
    kept: Moment | None = None,
    pictures: bool = False,
) -> list[Shown]:
    """Return what is answered at a moment: to *questions*, every command's example, each council.

    *kept* is how the night stood then, if that was kept. Where an answer offers further questions,
    they are asked too.
    """
    with (
        _AsItWas(database, almanac) as reader,
        contextlib.closing(open_for_reading(database)) as db,
    ):
        reader.moment, reader.kept = moment, kept
        services = Services(
            settings=Settings(database=database, night=night),
            clock=SteppedClock(moment),
            almanac=almanac,
            reader=reader,
            lists=KnownLists(db, almanac),
        )
        client = ElectionNight(services)
        await load_cogs(client)
        waiting = deque([*questions, *_first_questions(client, services, night)])
        seen = set(map(str, waiting))
        shown = []
        while waiting:
            question = waiting.popleft()
            try:
                shown.append(await _shown(client, question, moment, pictures=pictures))
            except CannotAnswer as refusal:
                text = plain(str(refusal))
                shown.append(Shown(question, (text,), (Said(text, str(question)),)))
            for other in shown[-1].offered:
                if str(other) not in seen:
                    seen.add(str(other))
                    waiting.append(other)
    return shown


def _first_questions(client: ElectionNight, services: Services, night: date) -> Iterator[Question]:
    yield from filter(None, map(example_of, commands_of(client.tree)))
    for standing in services.reader.councils(night):
        yield Question("council", {"name": standing.council.code})
    for party in services.almanac.parties.rows[:-1]:
        yield Question("party", {"name": party.name})


async def _shown(
    client: ElectionNight, question: Question, moment: datetime, *, pictures: bool
) -> Shown:
    where = f"{question} at {moment:%a %H:%M}"
    first = await ask(client.tree, question)
    rest = [await ask(client.tree, question, page) for page in range(2, first.pages + 1)]
    texts, said = [], []
    for answer in (first, *rest):
        for card in answer.cards:
            texts.append(card.to_text())
            embeds = {"embeds": [card.to_embed_dict()]}
            said += _said_in(embeds, where, in_full=answer.only_drawn)
    said += [Said(plain(label), where) for label, _ in first.suggestions]
    if pictures and first.compose is not None and (drawn := first.compose()):
        said.append(Said(drawn.title, f"{where}, picture", is_title=True))
        said.append(Said(drawn.words, f"{where}, picture {drawn.title}", in_full=True))
        said += [Said(box.text, f"{where}, drawn") for box in drawn.boxes]
    offered = tuple(asked for _, asked in first.suggestions)
    return Shown(question, tuple(texts), tuple(said), offered)
