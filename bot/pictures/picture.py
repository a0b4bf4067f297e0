"""A picture: its drawing, and the same in words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

from bot.cards.text import bounded

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
