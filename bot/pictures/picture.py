"""A picture: its drawing, and the same as text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from bot.election.ballots import BallotStanding
from bot.election.standings import CouncilStanding, Source
from bot.wording.night import NightView
from bot.wording.phrases import day, in_words, signed
from bot.wording.sources import sources_named
from bot.wording.text import bounded, plain

LONGEST_ALT = 1_024
"""Discord's limit for the description of an attachment."""
ROOM_FOR_NAMES = LONGEST_ALT - 160
"""Lists of names are cut here to leave room for what follows them."""
_KEPT = ("name", "title", "svg", "alt", "width", "height", "large")


@dataclass(frozen=True, slots=True)
class Field:
    """A rectangle of a picture, in pixels from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """How wide it is."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """How high it is."""
        return self.bottom - self.top

    def overlaps(self, other: Field) -> bool:
        """Whether it and another cover the same place."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Box(Field):
    """The field that a text covers.

    `ink` and `ground` are the colours of the text and beneath it. A text `on_scale` labels an axis.
    """

    text: str
    ink: str
    ground: str
    on_scale: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG, `width` by `height` pixels; `alt` says the same as text.

    `name` is the file's, without its extension; `boxes` are those of all texts. A `large` one is
    opened on purpose, others are read in a channel. Raises `ValueError` if `alt` is blank.
    """

    name: str
    title: str
    svg: str
    alt: str
    width: int
    height: int
    boxes: tuple[Box, ...]
    large: bool = False

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise ValueError(f"the picture {self.name} says nothing in words")
        object.__setattr__(self, "alt", bounded(self.alt, LONGEST_ALT))

    @property
    def words(self) -> str:
        """The text without the title."""
        return self.alt.removeprefix(self.title).lstrip(":. ")

    @property
    def state(self) -> str:
        """A hash of the drawing: pictures of the same state look the same."""
        return sha256(self.svg.encode()).hexdigest()

    def to_json(self) -> str:
        """Return what is needed to draw it again."""
        kept = {name: getattr(self, name) for name in _KEPT}
        return json.dumps(kept, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Picture:
        """Return the picture written by `to_json`, without its boxes."""
        return cls(**json.loads(text), boxes=())

    @property
    def file_name(self) -> str:
        """Its file name in Discord, which depends on its state."""
        return f"{self.name}-{self.state[:10]}.png"


def joined(*sentences: str) -> str:
    """Return the non-empty sentences as one text."""
    return " ".join(filter(None, sentences))


_NOT_IN_NAMES = re.compile(r"[^0-9a-z]+")


def change_in_figures(change: int) -> str:
    """Return a change as figures alone: +3, −11, ±0."""
    return signed(change) if change else "±0"


_COMMON = ("No ", "Only ", "The ", "Too ")
"""The first words of findings that are no names."""


def in_place(view: NightView, finding: str) -> str:
    """Return a finding after a lens's place, "Wales: Labour up 5 seats", or without one alone."""
    if not view.place:
        return finding
    lower = finding.startswith(_COMMON)
    return f"{plain(view.place)}: {finding[0].lower() + finding[1:] if lower else finding}"


def slug_of(view: NightView) -> str:
    """Return a lens's place for file names: "-east-of-england"."""
    place = view.lens.nation or view.lens.region
    return f"-{slug(place)}" if place else ""


def slug(text: str) -> str:
    """Return a text in lower case, figures and hyphens for file names."""
    return _NOT_IN_NAMES.sub("-", text.casefold()).strip("-")[:60] or "other"


def night_and_sources(standings: Iterable[CouncilStanding | BallotStanding]) -> str:
    """Return the night and the sources in sentences, as pictures are passed on alone."""
    return joined(*(f"{one}." for one in _night_and_sources(standings)))


def imprint_of(standings: Iterable[CouncilStanding | BallotStanding], *more: str) -> str:
    """Return the night, the sources and *more* as one short line."""
    return " · ".join(filter(None, (*_night_and_sources(standings), *more)))


def imprint_from(night: date, feeds: Iterable[str]) -> str:
    """Return a night and its sources as one short line."""
    return " · ".join(_in_words([night], feeds))


def _night_and_sources(standings: Iterable[CouncilStanding | BallotStanding]) -> list[str]:
    every = list(standings)
    nights = sorted({one.night for one in every})
    sources = (one.source if isinstance(one, BallotStanding) else _source_of(one) for one in every)
    return _in_words(nights, {one.feed for one in sources if one is not None})


def _in_words(nights: Sequence[date], feeds: Iterable[str]) -> list[str]:
    named = plain(sources_named(feeds))
    elections = f"Elections of {in_words([day(night) for night in nights])}" if nights else ""
    return [one for one in (elections, named) if one]


def _source_of(one: CouncilStanding) -> Source | None:
    return None if one.declared is None else one.declared.source
