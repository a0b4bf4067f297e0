"""What is stored about people and servers, and its deletion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.cards.card import Card, Field
from bot.wording.phrases import count, in_words
from bot.wording.text import escape, listed

_SHOWN = 700
"""The most characters of a list; the attached file has everything."""

_NAMES = {
    "subscriptions": ("subscription", "subscriptions"),
    "deliveries": ("delivery", "deliveries"),
    "posts": ("message that was sent", "messages that were sent"),
    "lists": ("watch list", "watch lists"),
    "boards": ("board", "boards"),
    "welcomes": ("welcome", "welcomes"),
    "subscriptions_made_for_servers": ("subscription", "subscriptions"),
    "lists_made_for_servers": ("watch list", "watch lists"),
    "boards_made_for_servers": ("board", "boards"),
}
_MADE_FOR_SERVERS = tuple(kind for kind in _NAMES if kind.endswith("_made_for_servers"))
_TOLD = tuple(kind for kind in _NAMES if kind not in _MADE_FOR_SERVERS)
"""The kinds of rows reported to people, in this order."""

_KEPT_OF_PEOPLE = (
    "What you follow by direct message, with your Discord number to send it to. The alerts sent to "
    "you: when, as which messages, and why any failed. Your watch lists.\n"
    "Your number is also kept with anything you set up for a server. Actions by the desk, and "
    "attempts to act as the desk, are in its log with name and number."
)
_KEPT_OF_SERVERS = (
    "Its number. What its channels follow, which role is pinged, and who set it up. The alerts "
    "posted in each channel: when, and as which messages. Its watch lists. Its boards and the "
    "welcome: in which channel, as which message, and who put up a board."
)
_WHY = (
    "To send each alert once, to correct or strike it if it was wrong, and to explain with "
    "`/alerts why` why it was sent. Nothing else."
)
_NEVER = (
    "What people write, what they ask the bot, who is a member, e-mail addresses. Nothing is "
    "shared with anybody. To answer, the bot reads its own commands and buttons, messages that "
    "mention it and direct messages to it; Discord shows it the text of no others."
)
_HOW_LONG = (
    "Until you delete it. What is kept about a server is deleted when the bot is removed from it. "
    "Deleting also clears the bot's journal, except for a server's bare channel and message "
    "numbers, which stay without the server's own. The desk's log stays, because it records who "
    "decided what readers were told. Messages already sent stay in Discord. The program's own log "
    "may contain a number if a message to it failed; the bot's operator decides how long logs and "
    "copies of the database are kept."
)
_DELETING = (
    "`/mydata show` shows what is kept about you, with a file to download; `/mydata delete` "
    "deletes it. In a server its admins have `/mydata show-server` and `/mydata delete-server`."
)


def privacy_card() -> Card:
    """Return what is stored about people and servers, why, how long, and how to delete it."""
    return Card(
        "What is kept about you, and how to delete it",
        "Only what is needed to send alerts, and only once somebody has asked for them. Looking "
        "something up leaves nothing behind.",
        (
            Field("About you", _KEPT_OF_PEOPLE),
            Field("About a server", _KEPT_OF_SERVERS),
            Field("Why", _WHY),
            Field("What is never kept", _NEVER),
            Field("How long", _HOW_LONG),
            Field("See it and delete it", _DELETING),
        ),
    )


def kept_card(
    whose: str,
    totals: Mapping[str, int],
    followed: Sequence[str],
    lists: Sequence[str],
    now: datetime,
) -> Card:
    """Return what is stored about *whose* ("you", "this server").

    *totals* are the numbers of rows by kind, *followed* describes subscriptions, and *lists* are
    the names of watch lists.
    """
    fields = []
    if followed:
        fields.append(Field(f"Followed ({len(followed)})", listed(followed, _SHOWN)))
    if lists:
        names = [f"“{escape(name)}”" for name in lists]
        fields.append(Field(f"Watch lists ({len(lists)})", listed(names, _SHOWN, ", ")))
    lines = [f"{one}." for one in _counted(totals, ("deliveries", "posts", "boards", "welcomes"))]
    if made := _counted(totals, _MADE_FOR_SERVERS):
        lines.append(f"Set up for servers: {in_words(made)}.")
    if said := totals.get("desk_log"):
        lines.append(f"The desk's log: {count(said, 'entry', 'entries')}.")
    if journal := totals.get("journal"):
        entries = count(journal, "entry", "entries")
        lines.append(f"The journal: {entries} with the number.")
    if lines:
        fields.append(Field("Also kept", "\n".join(lines)))
    if not fields:
        return Card(f"Nothing is kept about {whose}", "`/privacy` says what would be, and why.")
    return Card(
        f"What is kept about {whose}",
        "The file lists it row by row, the newest 500 of each kind.",
        tuple(fields),
        timestamp=now,
    )


def asking_card(whose: str, totals: Mapping[str, int]) -> Card:
    """Return the question before the data of *whose* is deleted."""
    gone = in_words(_counted(totals, _TOLD))
    lines = [
        f"That is {gone}." if gone else "No subscription and no list.",
        "Alerts stop at once.",
        *(["Its boards are no longer updated."] if totals.get("boards") else []),
        "This cannot be undone.",
        *_staying(totals),
    ]
    return Card(f"Delete what is kept about {whose}?", " ".join(lines))


def deleted_card(whose: str, totals: Mapping[str, int]) -> Card:
    """Return what was deleted of *whose*, and what was not."""
    gone = in_words(_counted(totals, _TOLD)) or "what little there was"
    lines = [f"Gone: {gone}, from the tables and from the journal.", *_staying(totals)]
    return Card(f"Deleted: what was kept about {whose}", " ".join(lines))


def _counted(totals: Mapping[str, int], kinds: Iterable[str]) -> list[str]:
    return [count(totals[kind], *_NAMES[kind]) for kind in kinds if totals.get(kind)]


def _staying(totals: Mapping[str, int]) -> list[str]:
    """Return what is kept and why, for a person named in it."""
    lines = []
    if any(totals.get(kind) for kind in _MADE_FOR_SERVERS):
        lines.append("What was set up for servers stays, without the name of who did it.")
    if totals.get("desk_log"):
        lines.append("The desk's log stays, because it records who decided what readers were told.")
    return lines
