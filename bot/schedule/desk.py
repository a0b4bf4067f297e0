"""Messages in the desk's channel: what is newly held, once each, and what became of it.

They are about held reports, and about councils whose reports leave the result open: a dispute, an
unknown party, control that depends on vacant seats.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from bot.cards.card import Card
from bot.cards.desk import result_sentence, waiting_card
from bot.chat.components import view_of
from bot.chat.connection import Connection
from bot.chat.held_reports import (
    HELD_ON_A_PAGE,
    held_buttons,
    held_cards,
    together_lines,
    told_card,
)
from bot.chat.services import Services, running
from bot.delivery.refusals import READING
from bot.delivery.rest import JSON, Gone, Refused, Unsendable
from bot.delivery.sending import Post, Sender
from bot.delivery.subscriptions import Destination
from bot.desk import Desk
from bot.election.claims import ClaimContent
from bot.jobs import Job
from bot.store.desk import CouncilToTell, DeskShown, DeskTold, DeskToldOfCouncil
from bot.store.journal import Entry
from bot.store.posts import PostFailed, Purpose
from bot.store.reader import HeldReport

log = logging.getLogger(__name__)

_CHECKS_EVERY = 5.0
"""Simulated seconds between two checks; the desk takes minutes to decide."""


class DeskJob:
    """Posts what is newly held, with buttons, in the channel that the settings name.

    Like every message of the bot, each is sealed before it is sent.
    """

    def __init__(self, services: Services, desk: Desk, connection: Connection) -> None:
        self._services = services
        self._desk = desk
        self._connection = connection

    async def run(self) -> None:
        """Check until cancelled; return at once if no channel is set."""
        if self._services.settings.desk_channel is None:
            return
        await self._connection.logged_in.wait()
        await self._connection.ready()
        if self._place() is None:
            log.warning(
                "The desk's server has no text channel as ELECTION_NIGHT_DESK_CHANNEL names it: "
                "nothing is posted there. `/desk queue` shows what waits."
            )
        tick = partial(self._services.clock.sleep, _CHECKS_EVERY)
        await Job("The desk's channel could not be told", self.look, tick).run()

    async def look(self) -> None:
        """Post what is newly held, and edit the messages about what was decided.

        A message that fails delays no other; the exceptions are raised at the end.
        """
        services, place = self._services, self._place()
        faults: list[Exception] = []
        for step in (
            *(partial(self._send, post, place) for post in self._sender().unsent(Purpose.DESK)),
            *(partial(self._post_held, place, night) for night in services.nights_at_the_desk),
            *(partial(self._update, post) for post in services.reader.desk_messages_behind()),
            *(
                partial(self._tell_of_council, place, council)
                for council in services.reader.councils_to_tell()
                if council.post_id is not None or council.night in services.nights_at_the_desk
            ),
        ):
            try:
                await step()
            except Exception as fault:  # an unreadable card affects only its own message
                faults.append(fault)
        if len(faults) > 1:
            raise ExceptionGroup("messages to the desk failed", faults)
        if faults:
            raise faults[0]

    async def _post_held(self, place: Destination | None, night: date) -> None:
        reader = self._services.reader
        while place is not None and (shown := reader.untold(night, HELD_ON_A_PAGE)):
            cards = await held_cards(self._desk, self._services, shown)
            if together := together_lines(self._services, least=HELD_ON_A_PAGE + 1):
                cards.append(Card("Several held for the same reason", "\n".join(together)))
            reports = tuple(one.held.report_id for one in shown)
            told = partial(DeskTold, reports=reports)
            await self._post(place, cards, _confirm_id(reports[0]), told, _buttons(shown))

    async def _post(
        self,
        place: Destination,
        cards: Sequence[Card],
        reference: str,
        told: Callable[[int], Entry],
        buttons: Sequence[JSON] = (),
    ) -> None:
        """Post a message once; *reference* is unique to it, *told* makes its entry."""
        body = {"embeds": [card.to_embed_dict() for card in cards], "components": list(buttons)}
        post = await self._sender().seal(place, body, reference, Purpose.DESK, told)
        await self._send(post, place)

    async def _send(self, post: Post, place: Destination | None) -> None:
        """Send a sealed message; if it fails for good, a new one is posted at the next check.

        Until the gateway has reported the channel it waits, as it may have arrived already.
        """
        sender = self._sender()
        if place is None:
            return
        try:
            if place != post.place:
                raise Unsendable("the desk has another channel")
            await sender.rest.turn()
            await sender.send(post, sender.verifier.once)
        except Unsendable as fault:
            log.warning("Post %d to the desk cannot be sent: %s", post.id, fault)
            await sender.record(post.id, PostFailed(post.id, str(fault)))
            if place == post.place:
                raise

    async def _edit(
        self, number: int, cards: Sequence[Card], shown: Entry, buttons: Sequence[JSON] | None
    ) -> None:
        """Edit a message; log a verified refusal."""
        sender = self._sender()
        sent = sender.sent(number)
        embeds = [card.to_embed_dict() for card in cards]
        await sender.rest.turn()
        try:
            await sender.verifier.once(
                sent.place,
                lambda: sender.rest.edit(*sent.message, embeds, buttons),
                needs=READING,
                message=sent.message,
            )
        except (Refused, Gone) as refusal:
            # Nobody can use its buttons any more.
            log.warning("A message in the desk's channel cannot be edited (%s)", refusal)
        await sender.record(number, shown)

    async def _update(self, number: int) -> None:
        """Edit a message to show what was decided, with buttons only for what is still held."""
        found = self._services.reader.desk_message(number)
        held = [one.report for one in found if one.is_held]
        asking = iter(await held_cards(self._desk, self._services, held))
        cards = [next(asking) if one.is_held else told_card(one) for one in found]
        shown = DeskShown(number, tuple(one.held.report_id for one in held))
        await self._edit(number, cards, shown, _buttons(held))

    async def _tell_of_council(self, place: Destination | None, one: CouncilToTell) -> None:
        """Post what a council waits for, or edit that message to say what became of it."""
        card = self._waiting_card(one)
        told = partial(DeskToldOfCouncil, one.night, one.council, said=one.said)
        if one.post_id is not None:
            await self._edit(one.post_id, [card], told(one.post_id), None)
        elif place is not None:
            await self._post(place, [card], card.title, told)

    def _sender(self) -> Sender:
        return running(self._services.alerts).sender(self._connection)

    def _waiting_card(self, one: CouncilToTell) -> Card:
        reader, parties = self._services.reader, self._services.almanac.parties
        council, standing = reader.council_of(one.council), reader.council(one.night, one.council)
        sentence = None
        if standing is not None and (found := standing.declared) is not None:
            content = ClaimContent(standing.before, found.after, found.outcome)
            sentence = result_sentence(council, content, parties, found.now)
        return waiting_card(council, one.said, sentence)

    def _place(self) -> Destination | None:
        """Return the desk's channel, None if the desk's server has no such channel."""
        settings = self._services.settings
        rest = running(self._services.alerts).rest(self._connection)
        return rest.text_channel(settings.desk_channel, settings.desk_guild)


def _buttons(shown: Sequence[HeldReport]) -> list[JSON]:
    return view_of(held_buttons(shown)).to_components()


def _confirm_id(report: int) -> str:
    return f"desk:confirm:{report}"
