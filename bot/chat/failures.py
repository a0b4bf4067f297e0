"""What a reader is told when something fails: a sentence and a next step."""

from __future__ import annotations

import logging
import secrets
import sqlite3
from typing import Any

import discord
from discord import app_commands

from bot.cards.card import MESSAGE_CONTENT
from bot.chat.questions import CannotAnswer
from bot.chat.services import Services
from bot.delivery.discord_errors import FAILURES, UNKNOWN_INTERACTION, About, meaning_of
from bot.delivery.subscriptions import SubscriptionError
from bot.delivery.watch_lists import ListError
from bot.desk_checks import DeskError
from bot.errors import is_of_the_machine
from bot.store.destinations import NotTheirs
from bot.store.errors import StoreError
from bot.wording.text import escape, plain, shortened

log = logging.getLogger(__name__)

_NOT_WRITTEN = (
    "The bot cannot write anything down just now, and nothing was changed. Try again in a moment; "
    "if it stays so, tell the bot's operator."
)
_NOT_READ = (
    "The bot cannot read its database just now. Try again in a moment; if it stays so, tell the "
    "bot's operator."
)
_CHANGED = (
    "This command has changed since your Discord last looked. Restart Discord (Ctrl+R), then run "
    "it again; `/help` lists every command."
)


def sentence_for(error: BaseException) -> str | None:
    """Return what to tell the reader about *error*, None if it is a bug."""
    cause = error.__cause__ if isinstance(error, app_commands.CommandInvokeError) else error
    said: str | None = None
    match cause:
        case CannotAnswer() | DeskError() | ListError() | SubscriptionError() | NotTheirs():
            said = str(cause)
        case StoreError():
            said = _NOT_WRITTEN
        case sqlite3.Error() if is_of_the_machine(cause):
            said = _NOT_READ
        case app_commands.NoPrivateMessage():
            said = "This works in a server's channel only: go to one and run it again there."
        case app_commands.MissingPermissions():
            needed = ", ".join(name.replace("_", " ") for name in cause.missing_permissions)
            said = f"You need the permission to {needed} in this server: ask one of its admins."
        case app_commands.CheckFailure():
            said = "You may not use this here. See `/help`."
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            said = _CHANGED
        case app_commands.TransformerError():
            said = (
                f"“{escape(str(cause.value))}” cannot be used here: choose one of the values "
                "that Discord offers as you type."
            )
        case discord.HTTPException() if meaning_of(cause).about is About.DESTINATION:
            said = (
                "Discord does not let the bot do this here: an admin can check its permissions "
                "with `/alerts test`."
            )
    return said


def failure_message(error: BaseException, asked: str, services: Services | None) -> str:
    """Return what to tell the reader; a bug is logged under a short reference.

    *asked* names what was asked for, for the log.
    """
    if services is not None and services.suspect is not None:
        services.suspect(error)
    cause, sentence = error.__cause__ or error, sentence_for(error)
    if isinstance(cause, StoreError | sqlite3.Error):
        log.warning("%s could not be done: %s", asked, cause)
    if sentence is not None:
        return sentence
    reference = secrets.token_hex(3)
    log.error("%s failed, reference %s", asked, reference, exc_info=error)
    return (
        f"Something went wrong on our side. Try again in a moment; if it stays so, tell the "
        f"bot's operator this reference: `{reference}`."
    )


async def answer_failure(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Tell the reader of *error* in private, whether or not a response was begun."""
    cause = error.__cause__ or error
    if isinstance(cause, discord.HTTPException) and meaning_of(cause).code == UNKNOWN_INTERACTION:
        log.warning(
            "An answer to %s came too late: Discord waits three seconds", _asked(interaction)
        )
        return
    services: Services | None = getattr(interaction.client, "services", None)
    sentence = failure_message(error, _asked(interaction), services)
    try:
        await tell(interaction, sentence)
    except FAILURES as unsaid:
        log.warning("%s: the reader could not be told (%s)", _asked(interaction), unsaid)


async def tell(interaction: discord.Interaction[Any], sentence: str) -> None:
    """Send *sentence* to the reader alone, whether or not a response was begun.

    Autocomplete cannot show a sentence, so it offers nothing.
    """
    sentence = shortened(sentence, MESSAGE_CONTENT)
    if interaction.type is discord.InteractionType.autocomplete:
        if not interaction.response.is_done():
            await interaction.response.autocomplete([])
    elif interaction.response.is_done():
        await interaction.followup.send(sentence, ephemeral=True)
    else:
        await interaction.response.send_message(sentence, ephemeral=True)


def _asked(interaction: discord.Interaction[Any]) -> str:
    """Return what was asked for, for the log."""
    if interaction.command is not None:
        return f"/{interaction.command.qualified_name}"
    data: Any = interaction.data or {}
    return plain(str(data.get("custom_id") or data.get("name") or "an interaction"))[:100]
