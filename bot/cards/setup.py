"""The texts of the set-up wizard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.card import LONGEST_LIST, Card, Field
from bot.wording.phrases import sentence_case
from bot.wording.text import listed

_NOTHING = "Nothing yet."
_NEXT = (
    "`/night latest` shows the newest results and `/council` any council. `/alerts list` shows "
    "everything posted here, with a button to end each, and `/alerts why` explains why something "
    "was or was not posted. Run `/setup` again to change this."
)


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving changed, each in words: new, unchanged and ended subscriptions."""

    added: Sequence[str] = ()
    kept: Sequence[str] = ()
    ended: Sequence[str] = ()

    @property
    def posted(self) -> list[str]:
        """Everything that is posted from now on."""
        return [*self.added, *self.kept]


def where_card(posted: Sequence[str]) -> Card:
    """Return the first question; *posted* has a line for each subscription of the server."""
    return Card(
        "Set up: where should alerts be posted?",
        "Choose a text or announcement channel below, or a forum. Nothing is posted until you "
        "have chosen what. Only you can see this.",
        (Field("Posted so far", _lines(posted)),),
    )


def what_card(
    place: str,
    chosen: Sequence[str],
    *,
    present: Sequence[str],
    beyond: Sequence[str],
    missing: str | None,
    granted: str,
    roles: str,
    calm: str,
) -> Card:
    """Return the second question, for a *place*.

    *present* is what is posted there now, *beyond* what the menus do not offer. *missing* says
    which permissions the bot lacks and how to grant them, *granted* that it lacks none. *roles*
    says whom alerts ping, *calm* how loudly the place is told.
    """
    fields = [Field("Permissions", missing or granted)]
    if present:
        fields.append(Field("Posted there now", _lines(present)))
    fields.append(Field("To be posted there", _lines(chosen)))
    if beyond:
        fields.append(Field("Also posted there, unchanged", _lines(beyond)))
    fields += [Field("Role to ping", roles), Field("How loudly", calm)]
    return Card(
        "Set up: what should be posted there?",
        f"For {place}. Choose from the menus, and a role to ping if you like, or press **Test and "
        "save** as it is: it posts a test message, and saves once that has arrived.",
        tuple(fields),
    )


def testing_card(place: str) -> Card:
    """Return what is shown while the test message is on its way."""
    return Card("Posting a test…", f"On its way to {place}.")


def unsaved_card(card: Card, problem: str) -> Card:
    """Return the second question again, not saved because of a *problem*."""
    return Card(
        "Not saved yet: something is missing",
        f"{problem}\n\n**Test and save** looks again. **Save anyway** keeps the choice all the "
        "same: what cannot be posted until then is not sent later.",
        tuple(field for field in card.fields if field.name != "Permissions"),
    )


def saved_card(
    place: str,
    saved: Saved,
    *,
    missing: str | None,
    tested: bool,
    publishes: bool,
    forum: bool = False,
) -> Card:
    """Return what was saved for a *place*; *missing* is what the bot still lacks there."""
    title, lines = "Set up", [f"{place} will now get alerts."]
    if not saved.posted:
        title, lines = "Nothing is posted there", [f"{place} gets no alerts."]
    elif missing:
        title = "Saved, but something is missing"
        lines = [missing, "What cannot be posted until then is not sent later."]
    if tested:
        lines.append("The test message arrived.")
    if forum and saved.posted:
        lines.append(
            "It is a forum: each council has a post of its own, made with its first alert."
        )
    elif saved.posted:
        lines.append("Choose below whether alerts appear in the channel itself or in threads.")
    if publishes and saved.posted:
        lines.append(
            "It is an announcement channel: what is posted there is published to the servers that "
            "follow it, at most ten times an hour."
        )
    named = (("New", saved.added), ("As before", saved.kept), ("No more", saved.ended))
    fields = [Field(name, _lines(words)) for name, words in named if words]
    return Card(title, " ".join(lines), (*fields, Field("What next", _NEXT)))


def _lines(words: Sequence[str]) -> str:
    return listed([f"• {sentence_case(one)}" for one in words], LONGEST_LIST) or _NOTHING
