"""The card that tells an admin or the desk that something cannot be posted, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards.card import Card
from bot.cards.text import escape
from bot.cards.words import in_words

_LONGEST_REASON = 600


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a `place`, as Discord shows it; None where it is not known any more.

    `reason` says why and what to do, None once it is over. `references` are those of what a failed
    message told; without them a place is paused, or a `board` in it. `claim` is what was not told
    to all who follow it.
    """

    place: str | None
    reason: str | None
    board: bool = False
    references: tuple[str, ...] = ()
    claim: str | None = None


def trouble_card(trouble: Trouble) -> Card:
    """Return what is said of a trouble."""
    what = "The board is" if trouble.board else "Alerts are"
    goes_on = "The board goes on" if trouble.board else "Alerts go on"
    if trouble.claim is not None:
        return Card(
            "An alert was not told to all who follow it",
            f"{trouble.claim}: a fault of the bot itself is in the way, which the log names. What "
            "`/council` and `/night latest` show is not touched by it. Report the fault, and tell "
            "those who have to know.",
        )
    if trouble.place is None:
        return Card(goes_on, "The pause is over, or the place is not followed any more.")
    if trouble.reason is None:
        return Card(goes_on, f"In {trouble.place}.")
    reason = escape(trouble.reason, _LONGEST_REASON)
    if trouble.references:
        told = in_words(trouble.references)
        return Card(
            "A message was not posted",
            f"In {trouble.place}: {reason}\nIt told {told}; `/alerts why` says what that is.",
        )
    waits = "It goes on" if trouble.board else "What is due meanwhile waits, and comes"
    return Card(
        f"{what} paused",
        f"In {trouble.place}: {reason}\n{waits} as soon as the bot may post there again.",
    )
