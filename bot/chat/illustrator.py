"""Adds pictures to answers.

The words are sent first: an answer never waits for its picture, and stands without it if it cannot
be drawn or attached.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

import discord

from bot.cards.card import Card, one_message
from bot.chat.auto_defer import edit_of_answer
from bot.chat.questions import Answer, Compose
from bot.delivery.discord_errors import FAILURES
from bot.pictures.renderer import Drawing, PictureError, PictureRenderer

log = logging.getLogger(__name__)

_Edit = Callable[..., Awaitable[Any]]

_PATIENCE = 2.0
"""Seconds without the picture after which the answer says that it is being drawn."""
_STILL_DRAWING = "The picture is being drawn"
_NOT_DRAWN = "The picture could not be drawn: the words say the same"


class Illustrator:
    """Adds pictures to answers that were sent; without a *picture_renderer* there are none."""

    def __init__(self, picture_renderer: PictureRenderer | None) -> None:
        self._picture_renderer = picture_renderer
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def turn_of(self, message: int) -> asyncio.Lock:
        """Return the lock for editing a message, so that it ends up showing the last press."""
        return self._turns.setdefault(message, asyncio.Lock())

    async def illustrate(
        self,
        given: discord.Interaction[Any] | discord.Message,
        answer: Answer,
        message: int | None,
    ) -> None:
        """Add the picture to an *answer* just sent as *message*, and wait for it.

        *given* is the interaction that was answered, or the message itself. A failure is logged,
        not raised.
        """
        if message is None:
            return
        # Of two presses at once, both are answered before either has a picture.
        self.give_up(message)
        if self._picture_renderer is None or answer.compose is None:
            return
        task = asyncio.create_task(
            _illustrate(self._picture_renderer, _edit_of(given), answer, answer.compose)
        )
        self._under_way[message] = task
        try:
            await asyncio.wait({task})
            if not task.cancelled():
                task.result()
        finally:
            task.cancel()
            if self._under_way.get(message) is task:
                del self._under_way[message]

    def give_up(self, message: int) -> None:
        """Cancel the picture of a message that is to show something else."""
        if (task := self._under_way.pop(message, None)) is not None:
            task.cancel()


async def _illustrate(
    picture_renderer: PictureRenderer, edit: _Edit, answer: Answer, compose: Compose
) -> None:
    drawing = asyncio.create_task(picture_renderer.drawn(compose))
    try:
        await asyncio.wait({drawing}, timeout=_PATIENCE)
        waited = not drawing.done()
        if waited:
            await _show(edit, _noted(answer.cards, _STILL_DRAWING))
        drawn = await drawing
        if drawn is not None or waited:
            first, *rest = answer.cards
            if answer.only_drawn and drawn is not None:
                # The words are the picture's alt text now.
                first = replace(first, description="")
            await _show(edit, (first, *rest), drawn)
    except PictureError:
        await _show(edit, _noted(answer.cards, _NOT_DRAWN))
    finally:
        drawing.cancel()


def _edit_of(given: discord.Interaction[Any] | discord.Message) -> _Edit:
    return given.edit if isinstance(given, discord.Message) else edit_of_answer(given)


async def _show(edit: _Edit, cards: Sequence[Card], drawn: Drawing | None = None) -> None:
    """Edit the answer to show *cards*, the first with the picture; log it if that fails."""
    first, *rest = cards
    files = [] if drawn is None else [file_of(drawn)]
    image = "" if drawn is None else drawn.picture.file_name
    embeds = [card.to_embed() for card in one_message((replace(first, image=image), *rest))]
    try:
        await edit(embeds=embeds, attachments=files)
    except FAILURES as error:
        log.warning("An answer stays without its picture: %s", error)


def file_of(drawn: Drawing) -> discord.File:
    """Return a drawing as an attachment with its alt text."""
    picture = drawn.picture
    return discord.File(io.BytesIO(drawn.png), picture.file_name, description=picture.alt)


def _noted(cards: Sequence[Card], note: str) -> Sequence[Card]:
    first, *rest = cards
    footer = " · ".join(filter(None, (note, first.footer)))
    return (replace(first, footer=footer), *rest)
