"""The welcome: a pinned message with buttons that says how to ask.

It is posted once in a channel in which the bot is set up, and the journal records that, so that
neither a restart nor a second set-up posts another.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord

from bot.cards.card import Card, Field
from bot.chat.answer_buttons import ask_button
from bot.chat.components import button, view_of
from bot.delivery.discord_errors import FAILURES
from bot.wording.phrases import sentence_case
from bot.wording.text import listed

if TYPE_CHECKING:
    from bot.chat.client import ElectionNight

log = logging.getLogger(__name__)

_ASKS = (
    ("What’s the headline?", "/night headline"),
    ("What changed hands?", "/night changes"),
    ("Latest results", "/night latest"),
    ("What declares next?", "/night next"),
)
_LONGEST_LIST = 1_000


def welcome_card(client: ElectionNight, posted: Sequence[str] = ()) -> Card:
    """Return how to ask; *posted* is what the channel is told without asking."""
    me = client.user.mention if client.user else "the bot"
    lines = [
        "Press a button below: only you see the answer.",
        f"Or write to me with a council’s name: {me} Hull. In a direct message the name is enough.",
        "Or type / and choose a command: `/council Hull`. `/help` lists them all.",
    ]
    fields = []
    if posted:
        words = listed([f"• {sentence_case(one)}" for one in posted], _LONGEST_LIST)
        fields = [Field("Posted here as it happens", words)]
    return Card("Election results: ask here", "\n".join(lines), tuple(fields))


def welcome_view() -> discord.ui.View:
    """Return the buttons that ask."""
    find = button("Find a council", "find", discord.ButtonStyle.primary)
    return view_of([find, *(ask_button(label, question) for label, question in _ASKS)])


async def welcome(
    client: ElectionNight, channel: int, guild: int, posted: Sequence[str] = ()
) -> bool:
    """Post and pin the welcome in a channel that has none; return whether it was posted.

    If Discord refuses, that is logged: the set-up is complete without it.
    """
    welcomes = client.services.welcomes
    if welcomes is None or welcomes.stands_in(channel):
        return False
    place = client.get_partial_messageable(channel, guild_id=guild)
    try:
        # The nonce: if we are killed before it is written down, Discord gives the same message.
        message = await place.send(
            embed=welcome_card(client, posted).to_embed(),
            view=welcome_view(),
            nonce=f"welcome-{channel % 10**15}",
        )
    except FAILURES as refusal:
        log.warning("The welcome could not be posted in channel %d: %s", channel, refusal)
        return False
    await welcomes.note(channel, guild, message.id)
    try:
        await message.pin()
    except FAILURES as refusal:
        log.info("The welcome in channel %d is not pinned: %s", channel, refusal)
    return True
