"""Held reports as the desk's queue and channel show them."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.cards.card import Card
from bot.cards.desk import decided_card, held_card
from bot.chat.components import Item, button
from bot.chat.services import Services
from bot.desk import Desk
from bot.store.reader import HeldReport, ToldReport

HELD_ON_A_PAGE = 4
"""Each has a row of buttons, and a message has five rows; the fifth turns the page."""
_STYLES = {"confirm": discord.ButtonStyle.success, "reject": discord.ButtonStyle.danger}


async def held_cards(desk: Desk, services: Services, shown: Sequence[HeldReport]) -> list[Card]:
    """Return the cards of held reports, each with what confirming it would announce."""
    foreseen = await desk.foresee([one.held.report_id for one in shown])
    cards = []
    for one in shown:
        ahead = foreseen[one.held.report_id]
        cards.append(
            held_card(
                one.subject,
                one.kind,
                one.held,
                services.named.parties,
                content=ahead.content,
                now=ahead.now,
                told=ahead.told,
                proposed_by=ahead.proposed_by,
            )
        )
    return cards


def held_buttons(shown: Sequence[HeldReport]) -> list[Item]:
    """Return the Confirm and Reject buttons of held reports, a row for each."""
    return [
        button(
            f"{action.capitalize()} {one.subject.name}",
            f"desk:{action}:{one.held.report_id}",
            style,
            row=row,
        )
        for row, one in enumerate(shown)
        for action, style in _STYLES.items()
    ]


def told_card(one: ToldReport) -> Card:
    """Return what the desk's channel shows of a report that was decided."""
    report, by = one.report, one.decided
    return decided_card(
        report.subject,
        report.held.report_id,
        action=by.action.value if by else None,
        who=by.who if by else "",
        why=by.why if by else "",
        when=by.at if by else None,
    )
