"""What the desk sees: a report that is held, with the reasons and what confirming it would make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.cards.card import Card, Field
from bot.cards.figures import seats_in_line, seats_lines, source_words
from bot.cards.text import at, escape, listed
from bot.cards.words import name_of, outcome_sentence, sentence_case
from bot.election.claims import ClaimContent
from bot.election.councils import Council
from bot.election.parties import Parties
from bot.election.seats import Composition
from bot.election.standings import Held

_LONGEST_REASON = 300
_LONGEST_LIST = 1_000


def held_card(
    council: Council,
    kind: str,
    held: Held,
    parties: Parties,
    *,
    content: ClaimContent | None,
    now: Composition | None,
    told: bool,
    proposed_by: str | None = None,
) -> Card:
    """Return a held report of a *kind* ("result", "ward") as the desk decides about it.

    *content*, *now* and *told* are what would be claimed if it were confirmed, with which seats,
    and whether anybody would hear of it. *proposed_by* has confirmed it first.
    """
    fields = [Field("If confirmed", _consequence(council, content, now, parties, told=told))]
    if proposed_by is not None:
        fields.append(
            Field("Confirmed by", f"{escape(proposed_by)}: a second member has to confirm it too.")
        )
    reasons = [f"• {escape(reason, _LONGEST_REASON)}" for reason in held.reasons]
    document = f"{escape(held.source.document)} · {source_words(held.source)}"
    return Card(
        title=f"{name_of(council)}: a {kind} is held",
        description=f"{listed(reasons, _LONGEST_LIST) or '• no reason is given'}\n{document}",
        fields=tuple(fields),
        footer=f"Report {held.report_id}",
    )


def _consequence(
    council: Council,
    content: ClaimContent | None,
    now: Composition | None,
    parties: Parties,
    *,
    told: bool,
) -> str:
    if content is None:
        return "It counts, and the council has no result yet."
    sentence = outcome_sentence(council, content, parties, now)
    line = f"{'To be announced' if told else 'Nothing new to announce'}: **{sentence}**"
    return f"{line}\n{seats_in_line(seats_lines(now, parties))}" if now else line


def pause_banner(since: datetime) -> str:
    """Return that the desk has paused all alerts."""
    return f"**All alerts are paused** by the desk since {at(since)}. What comes in follows later."


def waiting_lines(
    differing: Sequence[tuple[Council, Sequence[str]]],
    unreconciled: Sequence[str],
    unknown: Mapping[str, Sequence[str]],
) -> list[str]:
    """Return a line for all that waits besides held reports.

    *differing* are councils whose sources differ, *unreconciled* differences from the wire's state
    of parties, *unknown* the names of "parties" and "councils" that no table of ours knows.
    """
    lines = [
        f"**{name_of(council)}**: {escape(sentence, _LONGEST_REASON)}"
        for council, sentences in differing
        for sentence in sentences
    ]
    lines += [
        f"**State of parties**: {escape(sentence, _LONGEST_REASON)} (`/desk explain`)"
        for sentence in unreconciled
    ]
    lines += [
        f"**{sentence_case(what)} that our tables do not know**: "
        + listed([escape(name) for name in names], _LONGEST_LIST, ", ")
        for what, names in unknown.items()
        if names
    ]
    return lines
