"""The desk's channel is told of what is newly held, once, and of its end.

That is every report, and every council whose result its reports together leave open: a dispute, a
party that nobody knows, control that hangs on vacant seats.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence

import discord

from bot.alerts.answers import About, answer_to
from bot.cards.card import Card
from bot.cards.desk import result_sentence, waiting_card
from bot.chat.connection import Connection
from bot.chat.deskroom import HELD_ON_A_PAGE, held_cards, reports_under, told_card
from bot.chat.services import Services
from bot.desk import Desk
from bot.election.claims import ClaimContent
from bot.loops import keep_on
from bot.store.desk import CouncilToTell
from bot.store.reader import HeldReport

log = logging.getLogger(__name__)

_LOOKS_EVERY = 5.0
"""Seconds of the night between two looks: the desk decides in minutes."""
_NOT_TO_BE_EDITED = (About.DESTINATION, About.MESSAGE)


class DeskWatch:
    """Posts what is newly held, with the queue's buttons, in the channel that the settings name.

    What was posted is written down after Discord has it. If that is lost in between, the same
    message is asked for again by its nonce, which Discord remembers for some minutes.
    """

    def __init__(self, services: Services, desk: Desk, connection: Connection) -> None:
        self._services = services
        self._desk = desk
        self._connection = connection

    async def run(self) -> None:
        """Watch until cancelled; where no channel is set, do nothing."""
        if self._services.settings.desk_channel is None:
            return
        await self._connection.logged_in.wait()
        await self._connection.ready()
        if self._channel() is None:
            log.warning(
                "The desk's server has no text channel as ELECTION_NIGHT_DESK_CHANNEL names it: "
                "nothing is posted there. `/desk queue` shows what waits."
            )
        await keep_on("The desk's channel could not be told", self.look, self._a_while)

    async def _a_while(self) -> None:
        await self._services.clock.sleep(_LOOKS_EVERY)

    async def look(self) -> None:
        """Post what is held and was not posted yet, and renew what was posted and is decided."""
        services = self._services
        channel = self._channel()
        for night in services.nights_at_the_desk:
            while channel is not None and (shown := services.reader.untold(night, HELD_ON_A_PAGE)):
                await self._post(channel, shown)
        for place, number in services.reader.desk_messages_behind():
            await self._renew(place, number)
        for council in services.reader.councils_to_tell():
            if council.message is not None or council.night in services.nights_at_the_desk:
                await self._tell(channel, council)

    async def _post(self, channel: discord.TextChannel, shown: Sequence[HeldReport]) -> None:
        view = discord.ui.View(timeout=None)
        cards = await held_cards(self._desk, self._services, shown, view)
        message = await channel.send(
            embeds=[card.to_embed() for card in cards],
            view=view,
            nonce=f"desk-{shown[0].held.report_id}",
        )
        await self._desk.told(reports_under(message), channel.id, message.id)

    async def _renew(self, channel: int, number: int) -> None:
        """Let a message say what was decided, and have the buttons of what is held alone."""
        found = self._services.reader.desk_message(number)
        view = discord.ui.View(timeout=None)
        held = [one.report for one in found if one.is_held]
        asking = iter(await held_cards(self._desk, self._services, held, view))
        embeds = [(next(asking) if one.is_held else told_card(one)).to_embed() for one in found]
        message = self._connection.client.get_partial_messageable(channel).get_partial_message(
            number
        )
        try:
            await message.edit(embeds=embeds, view=view)
        except discord.HTTPException as refusal:
            if answer_to(refusal).about not in _NOT_TO_BE_EDITED:
                raise
            # It is gone, or the bot may not see it: its buttons are of no use to anybody there.
            log.warning("A message in the desk's channel cannot be edited (%s)", refusal)
        await self._desk.shown({one.report.held.report_id: one.is_held for one in found})

    async def _tell(self, channel: discord.TextChannel | None, one: CouncilToTell) -> None:
        """Post once what a council waits for; that message says too what became of it."""
        embed = self._waiting_card(one).to_embed()
        if one.message is not None:
            place, number = one.message
            message = self._connection.client.get_partial_messageable(place).get_partial_message(
                number
            )
            try:
                await message.edit(embed=embed)
            except discord.HTTPException as refusal:
                if answer_to(refusal).about not in _NOT_TO_BE_EDITED:
                    raise
                log.warning("A message in the desk's channel cannot be edited (%s)", refusal)
            await self._desk.told_of_council(one, place, number)
        elif channel is not None:
            about = f"{one.night} {one.council}".encode()
            nonce = f"desk-{hashlib.sha256(about).hexdigest()[:16]}"
            posted = await channel.send(embed=embed, nonce=nonce)
            await self._desk.told_of_council(one, channel.id, posted.id)

    def _waiting_card(self, one: CouncilToTell) -> Card:
        reader, parties = self._services.reader, self._services.almanac.parties
        council, standing = reader.council_of(one.council), reader.council(one.night, one.council)
        sentence = None
        if standing is not None and (found := standing.declared) is not None:
            content = ClaimContent(standing.before, found.after, found.outcome)
            sentence = result_sentence(council, content, parties, found.now)
        return waiting_card(council, one.said, sentence)

    def _channel(self) -> discord.TextChannel | None:
        """Return the desk's channel, None where the desk's own server has none such."""
        settings = self._services.settings
        guild = self._connection.client.get_guild(settings.desk_guild or 0)
        channel = guild.get_channel(settings.desk_channel or 0) if guild else None
        return channel if isinstance(channel, discord.TextChannel) else None
