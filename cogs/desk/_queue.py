"""The desk's queue, and who may act for the desk.

The desk is one role in one server. Both are checked in every interaction; everybody else is
refused, and that is logged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import discord

from bot.cards.card import Card, page_of
from bot.cards.desk import pause_banner, result_sentence, subject_name, waiting_lines
from bot.chat.components import Component, Form, Item, answer_privately, page_buttons, view_of
from bot.chat.failures import tell
from bot.chat.held_reports import (
    HELD_ON_A_PAGE,
    held_buttons,
    held_cards,
    held_now,
    together_lines,
)
from bot.chat.interaction import Interaction
from bot.chat.questions import CannotAnswer
from bot.chat.rights import is_desk, number_in
from bot.chat.services import Services, running
from bot.desk import Desk, Done, Editor
from bot.election.parties import Parties
from bot.ingest.filing import MadeClaim
from bot.store.reader import HeldReport
from bot.wording.phrases import count, sentence_case
from bot.wording.text import escape

SHORTEST_WHY, LONGEST_WHY = 3, 300

_OTHERS = "Also to check"
_NOT_THE_DESK = (
    "Only the desk may do this: members with its role, in its own server. "
    "This attempt has been logged."
)


async def desk_of(interaction: Interaction) -> tuple[Desk, Editor]:
    """Return the desk and the person who acts for it.

    Raises `CannotAnswer` for everybody else, and logs what they tried; also in the first moments
    after a start, while the roles of the desk's server are not known.
    """
    desk = running(interaction.client.services.desk)
    if interaction.guild is not None and interaction.guild.unavailable:
        raise CannotAnswer("The bot has only just started: try again in a moment.")
    by = Editor(interaction.user.name, interaction.user.id)
    if not is_desk(interaction):
        await desk.refused(by, _tried(interaction))
        raise CannotAnswer(_NOT_THE_DESK)
    return desk, by


def _tried(interaction: Interaction) -> str:
    """Return what somebody tried, without ids, so that the log counts repeated attempts."""
    data: Any = interaction.data or {}
    command = interaction.command
    pressed = re.sub(r":\d+$", "", str(data.get("custom_id", "a button")))
    what = f"/{command.qualified_name}" if command else pressed
    guild = interaction.guild_id
    return f"{what} in {'a direct message' if guild is None else f'server {guild}'}"


class DecideButton(Component, template=r"desk:(?P<action>confirm|reject):(?P<report>\d{1,19})"):
    """Asks why a held report is confirmed or rejected."""

    async def pressed(self, interaction: Interaction) -> None:
        """Ask for the reason; if the report was decided already, remove the buttons and say so."""
        await desk_of(interaction)
        action, report = self.given["action"], int(self.given["report"])
        if interaction.client.services.reader.is_held(report):
            await interaction.response.send_modal(ReasonModal(action, report))
            return
        await _without_buttons(interaction, report)
        await tell(interaction, "Already decided. `/desk log` shows by whom.")


class ReasonModal(Form):
    """Asks for the reason, and confirms or rejects the report."""

    template = re.compile(r"desk-reason:(?P<action>confirm|reject):(?P<report>\d{1,19})")

    def __init__(self, action: str, report: int) -> None:
        super().__init__(
            f"{action.capitalize()} this report",
            f"desk-reason:{action}:{report}",
            "Why",
            "Recorded in the desk's log.",
            discord.ui.TextInput(custom_id="why", min_length=SHORTEST_WHY, max_length=LONGEST_WHY),
        )

    @staticmethod
    async def submitted(interaction: Interaction, given: Mapping[str, str], text: str) -> None:
        """Confirm or reject the report."""
        desk, by = await desk_of(interaction)
        report = number_in(given["report"])
        if not SHORTEST_WHY <= len(text.strip()) <= LONGEST_WHY:
            raise CannotAnswer(
                f"Say why in {SHORTEST_WHY} to {LONGEST_WHY} characters: press the button again."
            )
        held = held_now(interaction.client.services)
        about = [subject_name(one.subject) for one in held if one.held.report_id == report]
        work = desk.confirm if given["action"] == "confirm" else desk.reject
        done = await work(report, by, text)
        if not done.proposed:
            await _without_buttons(interaction, report)
        await say_done(interaction, f"{about[0] if about else 'Report'} {given['action']}ed", done)


class QueueButton(Component, template=r"desk-queue:(?P<page>\d{1,4})"):
    """Shows a page of the queue."""

    in_private = True

    async def pressed(self, interaction: Interaction) -> None:
        """Turn the page."""
        desk, _ = await desk_of(interaction)
        services, page = interaction.client.services, int(self.given["page"])
        cards, view = await queue_page(desk, services, services.newest_night, page)
        embeds = [card.to_embed() for card in cards]
        await interaction.response.edit_message(embeds=embeds, view=view)


COMPONENTS: tuple[type[Component], ...] = (DecideButton, QueueButton)
FORMS: tuple[type[Form], ...] = (ReasonModal,)


async def _without_buttons(interaction: Interaction, report: int) -> None:
    """Remove the buttons of *report* from the message of the interaction, if any."""
    message = interaction.message
    if message is None:
        return
    view = discord.ui.View.from_message(message, timeout=None)
    for item in [*view.children]:
        if re.fullmatch(rf"desk:\w+:{report}", getattr(item, "custom_id", None) or ""):
            view.remove_item(item)
    view.stop()
    await interaction.response.edit_message(view=view)


async def say_done(
    interaction: Interaction, sentence: str, done: Done, *, back: str | None = None
) -> None:
    """Tell the person who acts what was done and what followed from it.

    *back* says how to reverse it if that is not `/desk undo`, "" if it cannot be reversed.
    """
    parties = interaction.client.services.named.parties
    if done.proposed:
        lines = ["A second member of the desk must confirm it too."]
    else:
        lines = [claim_words(claim, parties) for claim in done.claims]
    lines += [f"Check: {escape(warning, LONGEST_WHY)}." for warning in done.warnings]
    if back is None:
        back = f"`/desk undo action:{done.number}` reverses it"
    lines.append(f"Action {': '.join(filter(None, (str(done.number), back)))}.")
    card = Card(sentence, "\n".join(lines))
    await answer_privately(interaction, card)


def claim_words(claim: MadeClaim, parties: Parties) -> str:
    """Return what is announced for a new version of a claim."""
    content, subject = claim.version.content, claim.subject
    if content is None:
        return f"Withdrawn: {subject_name(subject)} has not declared."
    return f"{claim.version.state.capitalize()}: {result_sentence(subject, content, parties)}."


async def queue_page(
    desk: Desk, services: Services, night: date, page: int
) -> tuple[list[Card], discord.ui.View]:
    """Return a page of the queue: held reports first, each with its buttons."""
    queue = services.reader.queue(night)
    lines = waiting_lines(
        queue.differing,
        services.unreconciled(night),
        services.reader.wire_names(night),
        not_compared=services.not_compared(night),
        not_followed=services.reader.not_followed(),
        unreadable=services.reader.unreadable(night),
    )
    held = held_now(services)
    of_held = -(-len(held) // HELD_ON_A_PAGE)
    of_lines = page_of(_OTHERS, lines, 1, empty="").pages if lines else 0
    pages = max(1, of_held + of_lines)
    page = min(max(page, 1), pages)
    first = (page - 1) * HELD_ON_A_PAGE
    shown = held[first : first + HELD_ON_A_PAGE]
    buttons: list[Item] = []
    cards = [_head(services, held, lines, page, pages)]
    if shown:
        cards += await held_cards(desk, services, shown)
        buttons += held_buttons(shown)
    elif lines:
        cards.append(page_of(_OTHERS, lines, page - of_held, empty="").card)
    buttons += page_buttons("desk-queue", page, pages)
    return cards, view_of(buttons)


def _head(
    services: Services, held: Sequence[HeldReport], lines: Sequence[str], page: int, pages: int
) -> Card:
    text = [f"{count(len(lines), 'other item')} to check."] if lines else []
    text += together_lines(services)
    if (paused := services.reader.desk_pause()) is not None:
        text.append(pause_banner(paused.at))
    return Card(
        title=sentence_case(f"{count(len(held), 'report')} held")
        if held or lines
        else "Queue empty",
        description="\n".join(text),
        footer=f"Page {page} of {pages}" if pages > 1 else "",
    )
