"""Pictures as PNG, drawn off the event loop and cached by state.

A separate process draws them (docs/pictures.md has the measurements).
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bot.pictures.lettering import font_files
from bot.pictures.picture import Picture
from bot.pictures.render_process import RenderError, RenderProcess

MOST_BYTES = 10 * 1024 * 1024
"""Discord's limit for attachments in servers without boosts."""
KEPT = 64

_log = logging.getLogger(__name__)


class PictureError(Exception):
    """A picture could not be drawn; it is logged, and the answer goes without it."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture with its PNG."""

    picture: Picture
    png: bytes


class PictureRenderer:
    """Draws pictures one at a time and caches the latest. For use on one event loop."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._drawn: OrderedDict[str, asyncio.Future[bytes]] = OrderedDict()
        self._hands = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._process = RenderProcess(font_files())
        self._closed = False

    async def png(self, picture: Picture) -> bytes:
        """Return a picture as PNG; concurrent requests for the same picture share one drawing.

        Raises `PictureError` if it cannot be drawn or exceeds Discord's size limit.
        """
        state = picture.state
        drawing = self._drawn.get(state)
        if drawing is None:
            loop = asyncio.get_running_loop()
            try:
                drawing = loop.run_in_executor(self._hands, self.draw, picture)
            except RuntimeError as closed:
                raise PictureError("no picture is drawn any more: the bot is stopping") from closed
            self._drawn[state] = drawing
            drawing.add_done_callback(lambda done: self._forget_a_failure(state, done))
            while len(self._drawn) > self._kept:
                self._drawn.popitem(last=False)
        else:
            self._drawn.move_to_end(state)
        # Shielded: cancelling one waiter must not cancel the drawing for the others.
        return await asyncio.shield(drawing)

    async def drawn(self, compose: Callable[[], Picture | None]) -> Drawing | None:
        """Return the picture that *compose* makes, with its PNG; None if it makes none.

        *compose* runs off the event loop too. Raises `PictureError` as `png` does, and if *compose*
        fails.
        """
        loop = asyncio.get_running_loop()
        try:
            picture = await loop.run_in_executor(self._hands, compose)
        except Exception as error:
            _log.exception("A picture was not composed")
            raise PictureError("a picture could not be composed") from error
        return None if picture is None else Drawing(picture, await self.png(picture))

    def draw(self, picture: Picture) -> bytes:
        """Return a picture as PNG, drawn in this thread. Raises `PictureError`, which is logged."""
        try:
            png = self._process.draw(picture.svg)
        except RenderError as error:
            if not self._closed:
                _log.exception("The picture %s was not drawn", picture.name)
            raise PictureError(f"the picture {picture.name} could not be drawn") from error
        if len(png) > MOST_BYTES:
            _log.error("The picture %s has %d bytes, too many to send", picture.name, len(png))
            raise PictureError(f"the picture {picture.name} is too large to send")
        return png

    def _forget_a_failure(self, state: str, done: asyncio.Future[bytes]) -> None:
        """Remove a failed drawing from the cache, so that it is tried again."""
        if done.cancelled() or done.exception() is not None:
            self._drawn.pop(state, None)

    def forget(self) -> None:
        """Empty the cache."""
        self._drawn.clear()

    def close(self) -> None:
        """Stop drawing; a drawing in progress fails."""
        self._closed = True
        self._hands.shutdown(wait=False, cancel_futures=True)
        self._process.close()
