"""Held reports as the desk's queue and channel show them."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.cards.card import Card
from bot.cards.desk import decided_card, held_card
from bot.chat.components import Item, button
from bot.chat.services import Services
from bot.desk import Desk
from bot.election.case_file import CONTRADICTION
from bot.store.reader import HeldReport, ToldReport
from bot.wording.phrases import number

HELD_ON_A_PAGE = 4
"""Each has a row of buttons, and a message has five rows; the fifth turns the page."""
_STYLES = {"confirm": discord.ButtonStyle.success, "reject": discord.ButtonStyle.danger}


def held_now(services: Services) -> list[HeldReport]:
    """Return all held reports that the desk is shown, those of the newest night first."""
    newest = services.newest_night
    nights = [newest, *(night for night in services.nights_at_the_desk if night != newest)]
    return [one for night in nights for one in services.reader.held(night)]


def held_for_one_reason(services: Services) -> dict[str, list[HeldReport]]:
    """Return the held reports that only one rule holds, by its name, the most frequent first.

    Those that contradict each other are left out, since one of them has to be chosen.
    """
    by_rule: dict[str, list[HeldReport]] = {}
    for one in held_now(services):
        rules = set(one.held.held_by)
        if len(rules) == 1 and CONTRADICTION not in rules:
            by_rule.setdefault(rules.pop(), []).append(one)
    return dict(sorted(by_rule.items(), key=lambda item: -len(item[1])))


def together_lines(services: Services, *, least: int = 2) -> list[str]:
    """Return a line for each reason that alone holds at least so many reports."""
    return [
        f"**{number(len(held))}** held for one reason alone, {rule}: `/desk confirm` previews "
        "them and confirms them together."
        for rule, held in held_for_one_reason(services).items()
        if len(held) >= least
    ]


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
