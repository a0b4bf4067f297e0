"""A card: one embed within Discord's limits, which also reads as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import discord

from bot.pictures.picture import Picture
from bot.wording.phrases import GREY, sentence_case
from bot.wording.sources import FeedAges, as_of
from bot.wording.text import bounded, escape, listed, paged, plain, shortened

# Discord's limits: https://discord.com/developers/docs/resources/message#embed-object-embed-limits
TITLE = 256
DESCRIPTION = 4_096
FIELDS = 25
FIELD_NAME = 256
FIELD_VALUE = 1_024
FOOTER = 2_048
MESSAGE_CHARACTERS = 6_000
MESSAGE_CARDS = 10
MESSAGE_CONTENT = 2_000
LONGEST_LIST = 1_000

_LEAST_WORTH_SHOWING = 40
_REFERENCE = 64
_JOINT = " · "


@dataclass(frozen=True, slots=True)
class Field:
    """A named part of a card."""

    name: str
    value: str

    @classmethod
    def of(cls, name: str, lines: Sequence[str], separator: str = "\n") -> Field:
        """Return a field of *lines*; those that do not fit are counted."""
        return cls(name, listed(lines, LONGEST_LIST, separator))


@dataclass(frozen=True, slots=True)
class Card:
    """One embed. Text that Discord would refuse is cut when the card is made.

    Texts are Discord markdown, and outside text in them must have been escaped; the footer, which
    Discord does not render, is made plain. The footer ends in `reference`, by which a message is
    found again; `image` is the file name of the attachment shown. Title, reference and footer take
    precedence over the description, and that over the fields.

    Raises ValueError for a blank title or a timestamp without a time zone.
    """

    title: str
    description: str = ""
    fields: tuple[Field, ...] = ()
    colour: int = GREY
    footer: str = ""
    reference: str = ""
    timestamp: datetime | None = None
    image: str = ""

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ValueError("a card needs a title")
        if self.timestamp is not None and self.timestamp.tzinfo is None:
            raise ValueError("a card's timestamp needs its time zone")
        self._fit("title", shortened(self.title, TITLE))
        self._fit("reference", shortened(self.reference, _REFERENCE))
        self._fit("footer", bounded(plain(self.footer), FOOTER - _REFERENCE - len(_JOINT)))
        self._fit("description", bounded(self.description, DESCRIPTION))
        for name, value in self._within(MESSAGE_CHARACTERS).items():
            self._fit(name, value)

    def _fit(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    @property
    def footer_text(self) -> str:
        """The footer with its reference."""
        return _JOINT.join(filter(None, (self.footer, self.reference)))

    @property
    def length(self) -> int:
        """The characters that count towards a message's limit."""
        parts = [self.title, self.description, self.footer_text]
        for field in self.fields:
            parts += (field.name, field.value)
        return sum(map(len, parts))

    def within(self, room: int) -> Card:
        """Return the card cut to *room* characters, which must take title and reference."""
        return self if self.length <= room else replace(self, **self._within(room))

    def _within(self, room: int) -> dict[str, Any]:
        room -= len(self.title) + len(self.reference)
        joint = len(_JOINT) if self.reference else 0
        footer = bounded(self.footer, room - joint)
        room -= len(footer) + (joint if footer else 0)
        description = bounded(self.description, room)
        fields = _fitted(self.fields, room - len(description))
        return {"footer": footer, "description": description, "fields": fields}

    def to_embed_dict(self) -> dict[str, Any]:
        """Return the card as Discord's embed object."""
        embed: dict[str, Any] = {"type": "rich", "title": self.title, "color": self.colour}
        if self.description:
            embed["description"] = self.description
        if self.fields:
            embed["fields"] = [
                {"name": field.name, "value": field.value, "inline": False} for field in self.fields
            ]
        if self.footer_text:
            embed["footer"] = {"text": self.footer_text}
        if self.timestamp is not None:
            embed["timestamp"] = self.timestamp.isoformat()
        if self.image:
            embed["image"] = {"url": f"attachment://{self.image}"}
        return embed

    def to_embed(self) -> discord.Embed:
        """Return the card as discord.py's embed."""
        return discord.Embed.from_dict(self.to_embed_dict())

    def to_text(self) -> str:
        """Return the card as plain text, times as HH:MM in Europe/London."""
        blocks = [self.title, self.description]
        for field in self.fields:
            gap = "\n" if "\n" in field.value else " "
            blocks.append(f"{field.name}:{gap}{field.value}")
        return "\n".join([*(plain(block) for block in blocks if block), self.footer_text]).rstrip()


def _fitted(fields: Iterable[Field], room: int) -> tuple[Field, ...]:
    """Return the fields that have a name and a value and fit into *room* characters."""
    fitted: list[Field] = []
    for field in fields:
        name = shortened(field.name, FIELD_NAME)
        value = bounded(field.value, min(FIELD_VALUE, room - len(name)))
        whole = value == field.value.strip()
        if name and value and (whole or len(value) >= _LEAST_WORTH_SHOWING):
            fitted.append(Field(name, value))
            room -= len(name) + len(value)
    return tuple(fitted[:FIELDS])


def one_message(cards: Sequence[Card], *, longest_reference: int = 0) -> tuple[Card, ...]:
    """Return the first ten of *cards* cut to fit one message; short cards stay whole.

    If references are added later, room for one of the given length is kept in each.
    """
    message = list(cards[:MESSAGE_CARDS])
    room = MESSAGE_CHARACTERS
    if longest_reference:
        room -= len(message) * (len(_JOINT) + longest_reference)
    by_length = sorted(range(len(message)), key=lambda place: message[place].length)
    for done, place in enumerate(by_length):
        share = room // (len(message) - done)
        message[place] = message[place].within(share)
        room -= message[place].length
    return tuple(message)


def length_of(embeds: Iterable[Mapping[str, Any]]) -> int:
    """Return the characters of embed objects that count towards a message's limit."""
    total = 0
    for embed in embeds:
        texts = [embed.get("title", ""), embed.get("description", "")]
        texts.append(embed.get("footer", {}).get("text", ""))
        for field in embed.get("fields", ()):
            texts += [field["name"], field["value"]]
        total += sum(map(len, texts))
    return total


def broken_limit(message: Mapping[str, Any]) -> str | None:
    """Return which limit a message's body breaks, as a sentence; None if it breaks none."""
    embeds = message.get("embeds", ())
    if len(embeds) > MESSAGE_CARDS:
        return f"It has {len(embeds)} embeds, more than {MESSAGE_CARDS}."
    if (length := length_of(embeds)) > MESSAGE_CHARACTERS:
        return f"Its embeds have {length:,} characters, more than {MESSAGE_CHARACTERS:,}."
    if (length := len(message.get("content", ""))) > MESSAGE_CONTENT:
        return f"Its text has {length:,} characters, more than {MESSAGE_CONTENT:,}."
    return None


T = TypeVar("T")

_LINES = 20
"""Lines of a page: what fits a few screens of a phone."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `number` counts from 1 to `pages`."""

    card: Card
    number: int
    pages: int


def page_of(
    title: str,
    lines: Sequence[str],
    page: int,
    *,
    empty: str,
    colour: int = GREY,
    footer: str = "",
) -> Page:
    """Return the page of *lines* nearest to *page*; *empty* if there are no lines."""
    chunks = (lines[first : first + _LINES] for first in range(0, len(lines), _LINES))
    texts = [text for chunk in chunks for text in paged(chunk, DESCRIPTION)] or [empty]
    number, pages = min(max(page, 1), len(texts)), len(texts)
    card = Card(title, texts[number - 1], colour=colour, footer=place_of(number, pages) + footer)
    return Page(card, number, pages)


def place_of(page: int, pages: int) -> str:
    """Return "Page 2 of 3 · " to begin a footer; empty for a single page."""
    return "" if pages == 1 else f"Page {page} of {pages} · "


def part_of(items: Sequence[T], page: int) -> tuple[Sequence[T], int, int]:
    """Return the *items* of the page nearest to *page*, its number, and the number of pages."""
    pages = max(1, -(-len(items) // _LINES))
    number = min(max(page, 1), pages)
    return items[(number - 1) * _LINES : number * _LINES], number, pages


def picture_card(picture: Picture, now: datetime, feeds: FeedAges | None) -> Card:
    """Return the card of a *picture*: its text, the time and the age of the feeds."""
    return Card(
        title=escape(picture.title, TITLE),
        description=sentence_case(escape(picture.words, DESCRIPTION)),
        footer=as_of(now, feeds),
    )


def no_picture_card(
    reason: str, now: datetime, feeds: FeedAges | None, *, yet: bool = False
) -> Card:
    """Return the answer when there is nothing to draw, or nothing *yet*, with the *reason*."""
    title = "Nothing to draw yet" if yet else "Nothing to draw"
    return Card(title=title, description=reason, footer=as_of(now, feeds))
