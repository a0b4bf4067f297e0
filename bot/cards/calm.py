"""How loudly a place is told: in words, and as the page on which it is set."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.card import Card, Field
from bot.election.alert_kinds import Level
from bot.election.calm import USUAL, Calm, Sort
from bot.wording.phrases import count, in_words, sentence_case

LEVELS = {
    Level.EVERYTHING: "every result, holds too",
    Level.CHANGES: "changes of hands and first elections",
    Level.HEADLINES: "flagships, firsts in decades, the night's biggest",
}
SORTS = {
    Sort.CHANGES: "changes of hands",
    Sort.HOLDS: "holds",
    Sort.CONTESTS: "mayors, referendums, by-elections",
    Sort.MILESTONES: "milestones",
    Sort.REMINDERS: "reminders",
    Sort.SUMMARIES: "summaries",
    Sort.CORRECTIONS: "corrections",
}
PINGS = {
    Level.EVERYTHING: "any alert",
    Level.CHANGES: "changes of hands and above",
    Level.HEADLINES: "headlines alone",
}


def calm_words(calm: Calm) -> str:
    """Return in a few words how a place is told, empty for the usual way."""
    words = []
    if calm.quiet_from != calm.quiet_until:
        words.append(f"quiet {calm.quiet_from}–{calm.quiet_until}")
    if calm.together:
        words.append(f"alerts joined for {calm.together} minutes")
    if calm.pings is not USUAL.pings:
        words.append(f"pings for {PINGS[calm.pings]}")
    if calm.silent:
        words.append(f"no push for {_sorts(calm.silent)}")
    if calm.spoilers:
        words.append("results hidden")
    return ", ".join(words)


def _sorts(sorts: Sequence[Sort]) -> str:
    return in_words([SORTS[one] for one in Sort if one in sorts])


def calm_card(place: str, calm: Calm, levels: frozenset[Level], *, roles: bool) -> Card:
    """Return the page of a *place*; *levels* are those of what it follows, *roles* may be pinged.

    What is chosen there is saved at once.
    """
    quiet = "None: alerts come at any hour."
    if calm.quiet_from != calm.quiet_until:
        quiet = (
            f"{calm.quiet_from} to {calm.quiet_until} (London). Alerts due then arrive "
            f"at {calm.quiet_until} in one message, “While you slept”. A correction of anything "
            "already posted comes at once, without a push."
        )
    together = "No: each alert comes at once."
    if calm.together:
        together = (
            f"After a post, the alerts of the next {calm.together} minutes come in one message. "
            "Corrections never wait."
        )
    hidden = "No."
    if calm.spoilers:
        hidden = "Yes: behind spoiler marks, pictures too."
    fields = [
        Field("How much", _levels(levels)),
        Field("Quiet hours", quiet),
        Field("Without a push", sentence_case(_sorts(calm.silent) or "nothing") + "."),
    ]
    if roles:
        fields.append(Field("The role is pinged for", f"{sentence_case(PINGS[calm.pings])}."))
    fields += [Field("Alerts joined", together), Field("Results hidden", hidden)]
    return Card(
        "Quiet hours, pushes and pings",
        f"For {place}. Choices are saved at once.",
        tuple(fields),
    )


def _levels(levels: frozenset[Level]) -> str:
    if not levels:
        return "Nothing is followed there yet."
    if len(levels) > 1:
        return "Each alert has its own level: `/alerts list` shows them."
    (level,) = levels
    return f"{sentence_case(LEVELS[level])}."


def joined_label(minutes: int) -> str:
    """Return the label of the button that joins alerts for so many minutes, or stops that."""
    return f"Join alerts: {count(minutes, 'minute')}" if minutes else "Join alerts: no"
