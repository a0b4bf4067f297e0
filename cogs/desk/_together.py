"""Confirming together what is held for one reason alone: the preview, with Confirm and Cancel.

The preview keeps which reports it is about and what each would claim. When it is confirmed, what
would claim something else by then, or waits no longer, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import discord

from bot.cards.card import LONGEST_LIST, Card, Field
from bot.cards.desk import subject_name
from bot.chat.components import Component, answer_privately, button, view_of
from bot.chat.held_reports import held_for_one_reason
from bot.chat.interaction import Interaction
from bot.chat.questions import CannotAnswer
from bot.chat.rights import number_in
from bot.desk import Desk, DoneTogether, Editor
from bot.desk_bulk import Expected
from bot.election.parties import Parties
from bot.wording.figures import seats_in_line, seats_lines
from bot.wording.phrases import count, sentence_case
from bot.wording.text import bounded, escape, listed, plain
from cogs.desk._preview import PreviewButton, embed_shown
from cogs.desk._queue import LONGEST_WHY, claim_words, desk_of

MOST_TOGETHER = 20
_LONGEST_LINES = 3_600
"""What all lines of a preview may have, of the 4,096 characters of a description."""
_LONGEST_LINE = 600
_LINE = re.compile(r"`(?P<report>\d{1,19})` .+")
_RULE = re.compile(r"Held for: (?P<rule>.+)")
_WHY, _LEFT_OUT, _MORE = "Why", "Left out", "More of them"
_LOST = "This preview has expired: run the command again."


async def preview(interaction: Interaction, rule: str, why: str) -> None:
    """Show what confirming all that a *rule* alone holds would claim, with the buttons.

    Raises `CannotAnswer` if it holds nothing.
    """
    desk, _ = await desk_of(interaction)
    services = interaction.client.services
    held = held_for_one_reason(services).get(rule, [])
    if not held:
        raise CannotAnswer(
            f"Nothing is held for “{escape(rule)}” alone. Pick a reason from the list."
        )
    found = await desk.foresee_together(rule, [one.held.report_id for one in held[:MOST_TOGETHER]])
    lines = _lines(found.would, services.named.parties)
    fields = [Field(_WHY, escape(why, LONGEST_WHY))]
    if found.left_out:
        fields.append(Field(_LEFT_OUT, _left_out(found.left_out)))
    if (more := len(held) - len(lines) - len(found.left_out)) > 0:
        then = "run the command again after these"
        fields.append(Field(_MORE, f"{sentence_case(count(more, 'report'))} more: {then}."))
    if not lines:
        await answer_privately(
            interaction, Card("Nothing can be confirmed together", "", tuple(fields))
        )
        return
    card = Card(
        f"Confirm {count(len(lines), 'report')} held for one reason?",
        "\n".join(lines),
        tuple(fields),
        footer=f"Held for: {rule}",
    )
    buttons = [
        button("Confirm all", "desk-together:confirm", discord.ButtonStyle.success),
        button("Cancel", "desk-together:cancel"),
    ]
    await answer_privately(interaction, card, view=view_of(buttons))


def _lines(would: Sequence[Expected], parties: Parties) -> list[str]:
    """Return a line for each report, as many as a message can show."""
    lines: list[str] = []
    for one in would:
        line = _line(one, parties)
        if sum(map(len, lines)) + len(lines) + len(line) > _LONGEST_LINES:
            break
        lines.append(line)
    return lines


def _line(one: Expected, parties: Parties) -> str:
    """Return what confirming a report would claim; the same if and only if it is the same."""
    said = " ".join(claim_words(claim, parties) for claim in one.claims)
    said = said or f"{subject_name(one.subject)}: nothing new to announce."
    if one.now is not None:
        said += f" {seats_in_line(seats_lines(one.now, parties))}"
    return bounded(f"`{one.report}` {said}", _LONGEST_LINE)


def _left_out(why: Mapping[int, str]) -> str:
    by_reason: dict[str, list[int]] = {}
    for report, reason in why.items():
        by_reason.setdefault(reason, []).append(report)
    return listed(
        [
            f"{', '.join(map(str, reports))}: {escape(reason, LONGEST_WHY)}"
            for reason, reports in by_reason.items()
        ],
        LONGEST_LIST,
    )


class TogetherButton(PreviewButton, template=r"desk-together:(?P<action>confirm|cancel)"):
    """Confirms what the preview shows, or cancels it."""

    if_cancelled = "Nothing was confirmed."

    async def agreed(self, interaction: Interaction, desk: Desk, by: Editor) -> None:
        """Confirm what still waits and would claim what is shown."""
        embed = embed_shown(interaction)
        rule = _RULE.fullmatch(embed.footer.text or "")
        shown = _shown(embed)
        why = next((plain(one.value or "") for one in embed.fields if one.name == _WHY), "")
        if rule is None or not shown or not why:
            raise CannotAnswer(_LOST)
        parties = interaction.client.services.named.parties
        done = await desk.confirm_together(
            rule["rule"], shown, by, why, lambda one: _line(one, parties) == shown[one.report]
        )
        await interaction.response.edit_message(view=None)
        await answer_privately(interaction, _done_card(done, parties))


def _shown(embed: discord.Embed) -> dict[int, str]:
    """Return the lines of a preview by their reports. Raises `CannotAnswer` for a number too large.

    More than a preview shows is nothing of ours.
    """
    matches = map(_LINE.fullmatch, (embed.description or "").split("\n"))
    shown = {number_in(match["report"]): match[0] for match in matches if match is not None}
    return shown if len(shown) <= MOST_TOGETHER else {}


def _done_card(together: DoneTogether, parties: Parties) -> Card:
    """Return what was done, what was announced, and what was left out."""
    proposed = [one for one in together.done.values() if one.proposed]
    done = [one for one in together.done.values() if not one.proposed]
    title = f"{sentence_case(count(len(done), 'report'))} confirmed"
    lines = [claim_words(claim, parties) for one in done for claim in one.claims]
    if proposed:
        if not done:
            title = f"{sentence_case(count(len(proposed), 'report'))} proposed"
        lines.append(
            f"{sentence_case(count(len(proposed), 'report'))} proposed: a second member of "
            "the desk must confirm them too, with the same command."
        )
    fields = []
    if together.done:
        numbers = sorted(one.number for one in together.done.values())
        said = f"{', '.join(map(str, numbers))}: `/desk undo` reverses each"
        fields.append(Field("Actions", said))
    if together.left_out:
        fields.append(Field(_LEFT_OUT, _left_out(together.left_out)))
    description = listed(lines, _LONGEST_LINES) or "Nothing new to announce."
    return Card(title, description, tuple(fields))


COMPONENTS: tuple[type[Component], ...] = (TogetherButton,)
