"""A picture: its drawing, and the same in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from bot.election.ballots import BallotStanding
from bot.election.headlines import Lens
from bot.election.standings import CouncilStanding, Source
from bot.wording.phrases import day, in_words, signed
from bot.wording.sources import feed_name
from bot.wording.text import bounded, escape, plain

LONGEST_ALT = 1_024
"""Discord takes no longer description of an attachment."""
ROOM_FOR_NAMES = LONGEST_ALT - 160
"""Lists of names end here, so that what follows them has room."""
_KEPT = ("name", "title", "svg", "alt", "width", "height")


@dataclass(frozen=True, slots=True)
class Box:
    """The place that a text takes on a picture, in pixels from its upper left corner.

    `ink` and `ground` are the colours of its letters and of what lies beneath. A text `on_scale`
    names a step of an axis, not a figure of the night.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    ink: str
    ground: str
    on_scale: bool = False

    def overlaps(self, other: Box) -> bool:
        """Whether two texts would touch."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG, `width` by `height` pixels; `alt` says the same in plain words.

    `name` is the file's, without its ending; `title` stands at its head. `boxes` are the places of
    all its texts. Raises `ValueError` for one that says nothing in words.
    """

    name: str
    title: str
    svg: str
    alt: str
    width: int
    height: int
    boxes: tuple[Box, ...]

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise ValueError(f"the picture {self.name} says nothing in words")
        object.__setattr__(self, "alt", bounded(self.alt, LONGEST_ALT))

    @property
    def words(self) -> str:
        """What it says beneath its title."""
        return self.alt.removeprefix(self.title).lstrip(":. ")

    @property
    def state(self) -> str:
        """What the picture shows, as a hash: two of one state look the same."""
        return sha256(self.svg.encode()).hexdigest()

    def to_json(self) -> str:
        """Return what it takes to draw it again."""
        kept = {name: getattr(self, name) for name in _KEPT}
        return json.dumps(kept, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Picture:
        """Return the picture that `to_json` wrote, without the places of its texts."""
        return cls(**json.loads(text), boxes=())

    @property
    def file_name(self) -> str:
        """The name of its file in chat, another one for another state."""
        return f"{self.name}-{self.state[:10]}.png"


def joined(*sentences: str) -> str:
    """Return the sentences that there are as one text."""
    return " ".join(filter(None, sentences))


_NOT_IN_NAMES = re.compile(r"[^0-9a-z]+")


def change_in_figures(change: int) -> str:
    """Return a change as figures alone: +3, −11, ±0."""
    return signed(change) if change else "±0"


def of_place(lens: Lens) -> str:
    """Return what a title says of a lens's place: ", Wales"."""
    place = lens.nation or lens.region
    return f", {plain(escape(place))}" if place else ""


def slug_of(lens: Lens) -> str:
    """Return what the name of a picture's file says of a lens's place: "-east-of-england"."""
    place = lens.nation or lens.region
    return f"-{slug(place)}" if place else ""


def slug(text: str) -> str:
    """Return a text in small letters, figures and hyphens, fit for the name of a file."""
    return _NOT_IN_NAMES.sub("-", text.casefold()).strip("-")[:60] or "other"


def night_and_sources(standings: Iterable[CouncilStanding | BallotStanding]) -> str:
    """Return which night's elections these are, and whose results: a picture is passed on."""
    every = list(standings)
    nights = sorted({one.night for one in every})
    feeds = {source.feed for one in every if (source := _source_of(one)) is not None}
    names = sorted({plain(feed_name(feed)) for feed in feeds})
    told = [f"Elections of {in_words([day(night) for night in nights])}."] if nights else []
    label = "Source" if len(names) == 1 else "Sources"
    return joined(*told, f"{label}: {in_words(names)}." if names else "")


def _source_of(one: CouncilStanding | BallotStanding) -> Source | None:
    if isinstance(one, BallotStanding):
        return one.source
    return None if one.declared is None else one.declared.source
