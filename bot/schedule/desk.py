"""The desk's channel is told of what is newly held, once, and of its end.

That is every report, and every council whose result its reports together leave open: a dispute, a
party that nobody knows, control that hangs on vacant seats.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

import discord

from bot.cards.card import Card
from bot.cards.desk import result_sentence, waiting_card
from bot.chat.components import view_of
from bot.chat.connection import Connection
from bot.chat.held_reports import HELD_ON_A_PAGE, held_buttons, held_cards, reports_under, told_card
from bot.chat.services import Services, running
from bot.delivery.refusals import READING, RefusalVerifier
from bot.delivery.rest import JSON, Gone, Refused
from bot.delivery.subscriptions import Destination
from bot.desk import Desk
from bot.election.claims import ClaimContent
from bot.jobs import Job
from bot.store.desk import CouncilToTell, DeskShown, DeskTold, DeskToldOfCouncil
from bot.store.reader import HeldReport

log = logging.getLogger(__name__)

_LOOKS_EVERY = 5.0
"""Seconds of the night between two looks: the desk decides in minutes."""


class DeskJob:
    """Posts what is newly held, with the queue's buttons, in the channel that the settings name.

    What was posted is written down after Discord has it. If that is lost in between, it is looked
    for in the channel before it is posted again.
    """

    def __init__(self, services: Services, desk: Desk, connection: Connection) -> None:
        self._services = services
        self._desk = desk
        self._connection = connection

    async def run(self) -> None:
        """Look until cancelled; where no channel is set, do nothing."""
        if self._services.settings.desk_channel is None:
            return
        await self._connection.logged_in.wait()
        await self._connection.ready()
        if self._channel() is None:
            log.warning(
                "The desk's server has no text channel as ELECTION_NIGHT_DESK_CHANNEL names it: "
                "nothing is posted there. `/desk queue` shows what waits."
            )
        tick = partial(self._services.clock.sleep, _LOOKS_EVERY)
        await Job("The desk's channel could not be told", self.look, tick).run()

    async def look(self) -> None:
        """Post what is held and was not posted yet, and renew what was posted and is decided.

        One message that cannot be written, sent or edited now keeps no other waiting. What went
        wrong is raised afterwards.
        """
        services, channel = self._services, self._channel()
        faults: list[Exception] = []
        for step in (
            *(partial(self._post_held, channel, night) for night in services.nights_at_the_desk),
            *(partial(self._renew, *told) for told in services.reader.desk_messages_behind()),
            *(
                partial(self._tell, channel, council)
                for council in services.reader.councils_to_tell()
                if council.message is not None or council.night in services.nights_at_the_desk
            ),
        ):
            try:
                await step()
            except Exception as fault:  # a bad card is that message's too
                faults.append(fault)
        if len(faults) > 1:
            raise ExceptionGroup("messages to the desk failed", faults)
        if faults:
            raise faults[0]

    async def _post_held(self, channel: discord.TextChannel | None, night: date) -> None:
        reader = self._services.reader
        while channel is not None and (shown := reader.untold(night, HELD_ON_A_PAGE)):
            await self._post(channel, shown)

    async def _post(self, channel: discord.TextChannel, shown: Sequence[HeldReport]) -> None:
        cards = await held_cards(self._desk, self._services, shown)
        body = {"embeds": [card.to_embed_dict() for card in cards], "components": _buttons(shown)}
        first = shown[0].held.report_id
        number = await self._send(channel, body, f"desk-{first}", _confirm_id(first))
        # It may be one of before, which showed less.
        message = await channel.fetch_message(number)
        told = [DeskTold(one, channel.id, number) for one in reports_under(message)]
        await self._desk.record(told)

    async def _send(
        self, channel: discord.TextChannel, body: dict[str, Any], nonce: str, reference: str
    ) -> int:
        """Post a message once and return its id; *reference* is what only it has."""
        look = self._look()
        payload = {
            **body,
            "allowed_mentions": {"parse": []},
            "nonce": nonce,
            "enforce_nonce": True,
        }
        after = max(self._services.reader.newest_desk_message(channel.id), channel.id)
        await look.rest.turn()
        return await look.once(
            Destination(channel.id, channel.guild.id),
            lambda: look.rest.send_once(channel.id, payload, reference, after, is_new=False),
        )

    async def _edit(
        self, channel: int, message: int, embeds: Sequence[JSON], buttons: Sequence[JSON] | None
    ) -> None:
        """Edit a message; where a second look shows that it cannot be, say so in the log."""
        look = self._look()
        await look.rest.turn()
        try:
            await look.once(
                Destination(channel, self._services.settings.desk_guild),
                lambda: look.rest.edit(channel, message, embeds, buttons),
                needs=READING,
                message=(channel, message),
            )
        except (Refused, Gone) as refusal:
            # Its buttons are of no use to anybody there.
            log.warning("A message in the desk's channel cannot be edited (%s)", refusal)

    async def _renew(self, channel: int, number: int) -> None:
        """Let a message say what was decided, and have the buttons of what is held alone."""
        found = self._services.reader.desk_message(number)
        held = [one.report for one in found if one.is_held]
        asking = iter(await held_cards(self._desk, self._services, held))
        cards = [next(asking) if one.is_held else told_card(one) for one in found]
        embeds = [card.to_embed_dict() for card in cards]
        await self._edit(channel, number, embeds, _buttons(held))
        await self._desk.record(
            [DeskShown(one.report.held.report_id, one.is_held) for one in found]
        )

    async def _tell(self, channel: discord.TextChannel | None, one: CouncilToTell) -> None:
        """Post once what a council waits for; that message says too what became of it."""
        card = self._waiting_card(one)
        if one.message is not None:
            place, number = one.message
            await self._edit(place, number, [card.to_embed_dict()], None)
        elif channel is not None:
            place = channel.id
            about = f"{one.night} {one.council}".encode()
            nonce = f"desk-{hashlib.sha256(about).hexdigest()[:16]}"
            number = await self._send(
                channel, {"embeds": [card.to_embed_dict()]}, nonce, card.title
            )
        else:
            return
        told = DeskToldOfCouncil(one.night, one.council, place, number, one.said)
        await self._desk.record([told])

    def _look(self) -> RefusalVerifier:
        return running(self._services.alerts).second_look(self._connection)

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


def _buttons(shown: Sequence[HeldReport]) -> list[JSON]:
    return view_of(held_buttons(shown)).to_components()


def _confirm_id(report: int) -> str:
    return f"desk:confirm:{report}"
