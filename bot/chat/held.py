"""A held report as a message shows it, in the desk's queue and in its channel."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.cards.card import Card
from bot.cards.desk import decided_card, held_card
from bot.chat.components import LONGEST_LABEL
from bot.chat.services import Services
from bot.desk import Desk
from bot.store.reader import HeldReport, ToldReport

HELD_ON_A_PAGE = 4
"""Each has a row of buttons, and a message has five rows."""
_STYLES = {"confirm": discord.ButtonStyle.success, "reject": discord.ButtonStyle.danger}


async def held_cards(
    desk: Desk, services: Services, shown: Sequence[HeldReport], view: discord.ui.View
) -> list[Card]:
    """Return the cards of held reports; their buttons go into *view*, a row each."""
    foreseen = await desk.foresee([one.held.report_id for one in shown])
    cards = []
    for row, one in enumerate(shown):
        ahead, name = foreseen[one.held.report_id], one.subject.name
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
        for action, style in _STYLES.items():
            label = f"{action.capitalize()} {name}"[:LONGEST_LABEL]
            number = f"desk:{action}:{one.held.report_id}"
            view.add_item(discord.ui.Button(label=label, custom_id=number, style=style, row=row))
    return cards


def told_card(one: ToldReport) -> Card:
    """Return what stands in the desk's channel of a report that is decided."""
    report, by = one.report, one.decided
    return decided_card(
        report.subject,
        report.held.report_id,
        action=by.action.value if by else None,
        who=by.who if by else "",
        why=by.why if by else "",
        when=by.at if by else None,
    )


def reports_under(message: discord.Message) -> list[int]:
    """Return the reports that a message's buttons decide about."""
    buttons = (
        button.custom_id or ""
        for row in message.components
        if isinstance(row, discord.ActionRow)
        for button in row.children
    )
    return [int(one.split(":")[2]) for one in buttons if one.startswith("desk:confirm:")]
