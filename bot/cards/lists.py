"""Cards that are lists, page by page, and cards that are one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.cards.card import DESCRIPTION, GREY, Card
from bot.cards.text import paged

T = TypeVar("T")

_LINES = 20
"""Lines of a page: about as much as a phone shows without scrolling for long."""


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
    """Return a page of *lines*, the nearest there is to *page*; *empty* where there are none."""
    chunks = (lines[first : first + _LINES] for first in range(0, len(lines), _LINES))
    texts = [text for chunk in chunks for text in paged(chunk, DESCRIPTION)] or [empty]
    number = min(max(page, 1), len(texts))
    place = "" if len(texts) == 1 else f"Page {number} of {len(texts)} · "
    card = Card(title, texts[number - 1], colour=colour, footer=place + footer)
    return Page(card, number, len(texts))


def notice_card(sentence: str, next_step: str = "") -> Card:
    """Return an answer of one sentence and, where there is one, what to do next."""
    return Card(sentence, next_step)


def part_of(items: Sequence[T], page: int) -> tuple[Sequence[T], int, int]:
    """Return the *items* of a page, the nearest there is to *page*, its number and how many."""
    pages = max(1, -(-len(items) // _LINES))
    number = min(max(page, 1), pages)
    return items[(number - 1) * _LINES : number * _LINES], number, pages
