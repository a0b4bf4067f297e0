"""Every interaction is answered in time: by its answer or, where that takes long, by a deferral.

Discord waits three seconds for the first answer. Where a command, a button, a menu or a form has
none after one second, because the machine is busy or the file is locked, more time is asked for in
its place; autocomplete offers nothing rather than being late. Whoever answers need not know: what
they say with `interaction.response` arrives as a follow-up or an edit then.
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

HOLDS_AFTER = 1.0
"""Seconds without an answer after which more time is asked for."""

_FOLLOW_UP = "answer"
_DEFERRED = discord.InteractionResponseType.deferred_channel_message
_UNKNOWN = (
    "This button or form cannot be used any more: ask again with a command, `/help` lists them."
)


class TimelyResponse(discord.InteractionResponse[Any]):
    """An interaction's response that is held open if nobody answers in time."""

    def __init__(self, parent: discord.Interaction[Any]) -> None:
        super().__init__(parent)
        self._sending = asyncio.Lock()
        self._held = False
        self._may_be_held = False
        self._is_private = True
        self._holding: asyncio.Task[None] | None = None
        self.claimed = False
        """Whether somebody is about to answer."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(HOLDS_AFTER, self._begin_to_hold)

    def is_done(self) -> bool:
        """Whether it was answered: not if more time was asked for only."""
        return super().is_done() and not self._held

    def _begin_to_hold(self) -> None:
        if not super().is_done():
            self._holding = asyncio.create_task(self._hold())

    async def _hold(self) -> None:
        """Ask for more time; where nobody is going to answer, say so."""
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
        """Answer with *first*, or with what says the same *late*, once more time was asked for."""
        self._timer.cancel()
        async with self._sending:
            if not self._held:
                try:
                    return await first()
                except discord.HTTPException as error:
                    # The deferral arrived, though Discord's answer to it did not.
                    if meaning_of(error).code != ANSWERED_ALREADY or not self._may_be_held:
                        raise
            self._held = False
            self._response_type = self._response_type or _DEFERRED
            return await late()

    @property
    def _thinks(self) -> bool:
        """Whether a deferral shows a message that is still to come."""
        parent = self._parent
        return parent.type is InteractionType.application_command or parent.message is None

    async def send_message(self, content: Any = None, **parts: Any) -> Any:
        """Answer with a message."""
        say = super().send_message
        if isinstance(view := parts.get("view"), discord.ui.View):
            # Its controls remember all that they need: discord.py would keep a private answer's,
            # and the client with them, for a quarter of an hour.
            view.stop()

        async def late() -> discord.InteractionCallbackResponse[Any]:
            return await self._follow_up(content, parts)

        return await self._answer(lambda: say(content, **parts), late)

    async def edit_message(self, **parts: Any) -> Any:
        """Answer by changing the message that the component is in."""
        edit = super().edit_message

        async def late() -> None:
            await self._parent.edit_original_response(**parts)

        return await self._answer(lambda: edit(**parts), late)

    async def defer(self, *, ephemeral: bool = False, thinking: bool = False) -> Any:
        """Ask for more time, if that was not done by itself."""
        ask = super().defer

        async def late() -> None:
            self._held = True  # what was asked for is there: whoever answers goes on as before

        return await self._answer(lambda: ask(ephemeral=ephemeral, thinking=thinking), late)

    async def send_modal(self, modal: discord.ui.Modal, /) -> Any:
        """Answer with a form. Raises `CannotAnswer` where it is too late for one."""
        ask = super().send_modal

        async def late() -> None:
            raise CannotAnswer("That took too long, and nothing was done: press it once more.")

        return await self._answer(lambda: ask(modal), late)

    async def autocomplete(self, choices: Iterable[Any]) -> None:
        """Answer with suggestions; too late for them, with nothing."""
        suggest = super().autocomplete

        async def late() -> None:
            """Nothing was suggested in time: the next letter asks again."""

        await self._answer(lambda: suggest([*choices]), late)

    async def _follow_up(
        self, content: Any, parts: dict[str, Any]
    ) -> discord.InteractionCallbackResponse[Any]:
        parent = self._parent
        is_thinking = self._thinks
        if is_thinking and self._is_private is not bool(parts.get("ephemeral")):
            # The first follow-up would be seen by those by whom the deferral is seen.
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


def answer_in_time(interaction: discord.Interaction[Any]) -> None:
    """Let an interaction that just came be answered in time, whoever answers it."""
    interaction._cs_response = TimelyResponse(interaction)  # type: ignore[attr-defined]


def claim(interaction: discord.Interaction[Any]) -> None:
    """Say that an interaction is about to be answered, however long it takes."""
    response: Any = interaction.response
    response.claimed = True


def edit_of_answer(interaction: discord.Interaction[Any]) -> Callable[..., Awaitable[Any]]:
    """Return what edits the answer that was given to an interaction."""
    message: discord.WebhookMessage | None = interaction.extras.get(_FOLLOW_UP)
    return interaction.edit_original_response if message is None else message.edit


def _asks_for_public(interaction: discord.Interaction[Any]) -> bool:
    """Whether an answer that all can see was asked for, as look-ups offer it."""
    data: Any = interaction.data or {}
    found: list[Any] = [*data.get("options", ())]
    while found:
        option = found.pop()
        if option.get("name") == "public" and option.get("value") is True:
            return True
        found += option.get("options", ())
    return False
