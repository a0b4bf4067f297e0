"""Defers an interaction that is not answered in time.

Discord waits three seconds for the first response. A command, button, menu or form that has none
after one second, because the machine is busy or the file is locked, is deferred; autocomplete
offers nothing rather than being late. Handlers need not know: what they send with
`interaction.response` then arrives as a follow-up or an edit.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import discord
from discord import InteractionType

from bot.chat.questions import CannotAnswer
from bot.delivery.discord_errors import ANSWERED_ALREADY, FAILURES, meaning_of

log = logging.getLogger(__name__)

DEFERS_AFTER = 1.0
"""Seconds without a response after which an interaction is deferred."""

_FOLLOW_UP = "answer"
_DEFERRED = discord.InteractionResponseType.deferred_channel_message
_UNKNOWN = (
    "This button or form cannot be used any more: ask again with a command, `/help` lists them."
)


class DeferringResponse(discord.InteractionResponse[Any]):
    """An interaction's response that defers itself if nobody responds in time."""

    def __init__(self, parent: discord.Interaction[Any]) -> None:
        super().__init__(parent)
        self._sending = asyncio.Lock()
        self._held = False
        self._may_be_held = False
        self._is_private = True
        self._holding: asyncio.Task[None] | None = None
        self.claimed = False
        """Whether a handler is about to respond."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(DEFERS_AFTER, self._begin_to_hold)

    def is_done(self) -> bool:
        """Whether there was a response other than our own deferral."""
        return super().is_done() and not self._held

    def _begin_to_hold(self) -> None:
        if not super().is_done():
            self._holding = asyncio.create_task(self._hold())

    async def _hold(self) -> None:
        """Defer; if no handler has claimed the interaction, say that it is unknown."""
        kind = self._parent.type
        if kind in (InteractionType.component, InteractionType.modal_submit) and not self.claimed:
            try:
                await self.send_message(_UNKNOWN, ephemeral=True)
            except FAILURES as error:
                log.warning("An interaction stays unanswered: %s", error)
            return
        async with self._sending:
            if super().is_done():
                return
            self._may_be_held = True
            try:
                if kind is InteractionType.autocomplete:
                    await super().autocomplete(())
                else:
                    self._is_private = not _asks_for_public(self._parent)
                    await super().defer(ephemeral=self._is_private, thinking=self._thinks)
                self._held = True
            except FAILURES as error:
                log.warning("Discord did not give an interaction more time: %s", error)

    async def _answer(
        self, first: Callable[[], Awaitable[Any]], late: Callable[[], Awaitable[Any]]
    ) -> Any:
        """Respond with *first*, or with its equivalent *late* if the interaction was deferred."""
        self._timer.cancel()
        async with self._sending:
            if not self._held:
                try:
                    return await first()
                except discord.HTTPException as error:
                    # The deferral arrived, though its response was lost.
                    if meaning_of(error).code != ANSWERED_ALREADY or not self._may_be_held:
                        raise
            self._held = False
            self._response_type = self._response_type or _DEFERRED
            return await late()

    @property
    def _thinks(self) -> bool:
        """Whether the deferral shows Discord's "thinking" message."""
        parent = self._parent
        return parent.type is InteractionType.application_command or parent.message is None

    async def send_message(self, content: Any = None, **parts: Any) -> Any:
        """Respond with a message."""
        say = super().send_message
        if isinstance(view := parts.get("view"), discord.ui.View):
            # Handling a press needs the custom id alone: discord.py would keep a private view,
            # and the client with it, for a quarter of an hour.
            view.stop()

        async def late() -> discord.InteractionCallbackResponse[Any]:
            return await self._follow_up(content, parts)

        return await self._answer(lambda: say(content, **parts), late)

    async def edit_message(self, **parts: Any) -> Any:
        """Respond by editing the component's message."""
        edit = super().edit_message

        async def late() -> None:
            await self._parent.edit_original_response(**parts)

        return await self._answer(lambda: edit(**parts), late)

    async def defer(self, *, ephemeral: bool = False, thinking: bool = False) -> Any:
        """Defer, unless that has happened already."""
        ask = super().defer

        async def late() -> None:
            self._held = True  # it is deferred already: the handler goes on as after a deferral

        return await self._answer(lambda: ask(ephemeral=ephemeral, thinking=thinking), late)

    async def send_modal(self, modal: discord.ui.Modal, /) -> Any:
        """Respond with a form. Raises `CannotAnswer` if it is too late for one."""
        ask = super().send_modal

        async def late() -> None:
            raise CannotAnswer("That took too long, and nothing was done: press it once more.")

        return await self._answer(lambda: ask(modal), late)

    async def autocomplete(self, choices: Iterable[Any]) -> None:
        """Respond with suggestions, unless it is too late."""
        suggest = super().autocomplete

        async def late() -> None:
            """Do nothing: the next letter asks again."""

        await self._answer(lambda: suggest([*choices]), late)

    async def _follow_up(
        self, content: Any, parts: dict[str, Any]
    ) -> discord.InteractionCallbackResponse[Any]:
        parent = self._parent
        is_thinking = self._thinks
        if is_thinking and self._is_private is not bool(parts.get("ephemeral")):
            # The first follow-up inherits the visibility of the deferral.
            await parent.delete_original_response()
            is_thinking = False
        if content is not None:
            parts = {"content": content, **parts}
        message = await parent.followup.send(wait=True, **parts)
        if not is_thinking:
            parent.extras[_FOLLOW_UP] = message
        return discord.InteractionCallbackResponse(
            data={
                "interaction": {
                    "id": parent.id,
                    "type": parent.type.value,
                    "response_message_id": message.id,
                }
            },
            parent=parent,
            state=parent._state,
            type=discord.InteractionResponseType.channel_message,
        )


def defer_when_late(interaction: discord.Interaction[Any]) -> None:
    """Let a new interaction defer itself if its handler takes too long."""
    interaction._cs_response = DeferringResponse(interaction)  # type: ignore[attr-defined]


def claim(interaction: discord.Interaction[Any]) -> None:
    """Mark an interaction as one that a handler is going to respond to."""
    response: Any = interaction.response
    response.claimed = True


def edit_of_answer(interaction: discord.Interaction[Any]) -> Callable[..., Awaitable[Any]]:
    """Return the method that edits the response to an interaction."""
    message: discord.WebhookMessage | None = interaction.extras.get(_FOLLOW_UP)
    return interaction.edit_original_response if message is None else message.edit


def _asks_for_public(interaction: discord.Interaction[Any]) -> bool:
    """Whether the option `public` of a look-up is set."""
    data: Any = interaction.data or {}
    found: list[Any] = [*data.get("options", ())]
    while found:
        option = found.pop()
        if option.get("name") == "public" and option.get("value") is True:
            return True
        found += option.get("options", ())
    return False
