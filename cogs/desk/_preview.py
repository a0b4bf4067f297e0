"""The preview of what the desk is about to publish, with Publish and Cancel.

It says what would be announced and what looks odd. The draft is kept in the preview itself, so that
it can be published after a restart, and is checked again then: the night has gone on.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar

import discord

from bot.cards.card import Card, Field
from bot.chat.components import Component, answer_privately, button, view_of
from bot.chat.interaction import Interaction
from bot.chat.lookups import council_declared, council_meant, party_named
from bot.chat.questions import CannotAnswer
from bot.chat.rights import number_in
from bot.desk import Desk, Done, Editor
from bot.election.almanac import Almanac
from bot.election.claims import ClaimContent
from bot.election.control import Control as Holder
from bot.election.councils import Council
from bot.election.parties import Parties
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding
from bot.store.desk import DeskAction
from bot.wording.councils import outcome_sentence
from bot.wording.figures import seats_in_line, seats_lines
from bot.wording.phrases import holder_of, name_of, party_name, sentence_case
from bot.wording.text import escape, listed, plain
from cogs.desk._queue import LONGEST_WHY, claim_words, desk_of, say_done

if TYPE_CHECKING:
    from bot.chat.services import Services

_TITLES = {
    DeskAction.RESULT: "Publish this result",
    DeskAction.CORRECT: "Publish this correction",
    DeskAction.RETRACT: "Withdraw the result",
    DeskAction.NAME: "Identify a party",
    DeskAction.UNDO: "Undo",
}
_DONE = {
    DeskAction.RESULT: "Result published",
    DeskAction.CORRECT: "Correction published",
    DeskAction.RETRACT: "Result withdrawn",
    DeskAction.NAME: "Party identified",
    DeskAction.UNDO: "Undone",
}
_WHY, _SEATS, _FOLLOWS, _ODD = "Why", "Seats", "What will be announced", "Check this first"
_IN_FORCE, _BEFORE = "Now", "Previously"
_SEEN = (_IN_FORCE, _FOLLOWS, _ODD)
"""The fields that must be unchanged when it is published."""
_WHOSE, _OF_ITS_OWN = "Party meant", "A party of its own"
_LONGEST_LIST = 1_000
_NOTHING = "Nothing new to announce."
_NONE, _FROM = "-", " from "
_REMEMBERED = re.compile(
    r"(?P<action>result|correct|retract|name|undo) · (?P<night>\d{4}-\d\d-\d\d) · "
    r"(?P<control>[^·]+) · (?P<about>.+)"
)
_NOT_YET = "Not published yet. Only you can see this."
_SEATS_TYPED = re.compile(r"(?P<party>.*\S)\s+(?P<seats>\d{1,4})")
_CHANGED = "Results have changed since: check again."
_LOST = "This preview has expired: run the command again."


@dataclass(frozen=True, slots=True)
class Draft:
    """What a member of the desk is about to publish.

    An undo has the action's `number` in place of a council; naming a party has the name, and under
    `control` the party, None for a party of its own.
    """

    action: DeskAction
    night: date
    why: str
    council: Council | None = None
    control: Holder | None = None
    seats: Composition | None = None
    before: Holder | None = None
    number: int = 0
    named: str = ""

    async def say(self, desk: Desk, by: Editor, *, preview: bool) -> Done:
        """Publish it, or with *preview* only return what would follow. Raises `DeskError`."""
        if self.named:
            party = self.control.holder if self.control else None
            return await desk.name(self.named, party, by, self.why, preview=preview)
        if self.council is None:
            return await desk.undo(self.number, by, self.why, preview=preview)
        return await desk.say(
            self.action,
            self.night,
            self.council,
            by,
            self.why,
            control=self.control,
            seats=self.seats,
            before=self.before,
            preview=preview,
        )

    @property
    def about(self) -> str:
        """What it is about, for a title."""
        if self.named:
            return f"“{escape(self.named)}”"
        return f"action {self.number}" if self.council is None else name_of(self.council)

    @property
    def remembered(self) -> str:
        """The draft as the preview's footer keeps it; seats and reason are in fields."""
        control = _code_of(self.control)
        if self.before is not None:
            control += f"{_FROM}{_code_of(self.before)}"
        about = str(self.number)
        if self.council is not None:  # the code of one that no table knows is made of its name
            about = self.council.code if self.council.known else self.council.name
        about = self.named or about
        return f"{self.action.value} · {self.night.isoformat()} · {control} · {about}"


async def preview(interaction: Interaction, draft: Draft) -> None:
    """Show what a draft would do, with the buttons. Raises `CannotAnswer` and `DeskError`."""
    desk, by = await desk_of(interaction)
    would = await draft.say(desk, by, preview=True)
    card = _preview_card(interaction.client.services, draft, would)
    view = view_of(
        [
            button("Publish", "desk-word:publish", discord.ButtonStyle.success),
            button("Cancel", "desk-word:cancel"),
        ]
    )
    await answer_privately(interaction, card, view=view)


def _preview_card(services: Services, draft: Draft, would: Done, said: str = _NOT_YET) -> Card:
    """Return what is in force, what a draft *would* do, and the reason."""
    parties = services.almanac_of(draft.night).parties
    claims = [claim_words(claim, parties) for claim in would.claims] or [_NOTHING]
    fields = [Field(_FOLLOWS, listed(claims, _LONGEST_LIST))]
    if draft.council is not None:
        standing = services.reader.council(draft.night, draft.council.code)
        fields.insert(0, Field(_IN_FORCE, _in_force(standing, parties)))
    if draft.named:
        holder = draft.control.holder if draft.control else None
        whose = _OF_ITS_OWN if holder is None else party_name(holder, parties)
        fields.insert(0, Field(_WHOSE, whose))
    if draft.before is not None:
        fields.append(Field(_BEFORE, sentence_case(holder_of(draft.before, parties))))
    if draft.seats is not None:
        fields.append(Field(_SEATS, ", ".join(f"{code} {n}" for code, n in draft.seats.items())))
    fields.append(Field(_WHY, escape(draft.why, LONGEST_WHY)))
    if would.warnings:
        odd = [f"• {escape(one, LONGEST_WHY)}" for one in would.warnings]
        fields.append(Field(_ODD, "\n".join(odd)))
    return Card(
        f"{_TITLES[draft.action]}: {draft.about}?", said, tuple(fields), footer=draft.remembered
    )


class PreviewButton(Component, template=r"(?!)"):
    """Does what a preview shows, or cancels it; pressing removes the buttons."""

    in_private = True
    if_cancelled: ClassVar[str]

    async def pressed(self, interaction: Interaction) -> None:
        """Act once: of two presses at once, the second sees what the first has done."""
        number = interaction.message.id if interaction.message else interaction.id
        async with interaction.client.illustrator.turn_of(number):
            desk, by = await desk_of(interaction)
            if self.given["action"] == "cancel":
                card = Card("Cancelled", self.if_cancelled)
                await interaction.response.edit_message(embed=card.to_embed(), view=None)
            else:
                await self.agreed(interaction, desk, by)

    @abstractmethod
    async def agreed(self, interaction: Interaction, desk: Desk, by: Editor) -> None:
        """Do what the preview shows."""


class DraftButton(PreviewButton, template=r"desk-word:(?P<action>publish|cancel)"):
    """Publishes the draft, or cancels it."""

    if_cancelled = "Nothing was published."

    async def agreed(self, interaction: Interaction, desk: Desk, by: Editor) -> None:
        """Publish the draft, unless what it would announce has changed."""
        draft = _draft_in(interaction)
        would = await draft.say(desk, by, preview=True)
        now = _preview_card(interaction.client.services, draft, would, f"{_CHANGED} {_NOT_YET}")
        if _seen(now.to_embed()) != _seen(embed_shown(interaction)):
            await interaction.response.edit_message(embed=now.to_embed())
            return
        done = await draft.say(desk, by, preview=False)
        await interaction.response.edit_message(view=None)
        back = "" if draft.action is DeskAction.UNDO else None
        await say_done(interaction, f"{_DONE[draft.action]}: {draft.about}", done, back=back)


COMPONENTS: tuple[type[Component], ...] = (DraftButton,)


def _draft_in(interaction: Interaction) -> Draft:
    """Return the draft in the preview. Raises `CannotAnswer` if there is none."""
    services, embed = interaction.client.services, embed_shown(interaction)
    match = _REMEMBERED.fullmatch(embed.footer.text or "")
    if match is None:
        raise CannotAnswer(_LOST)
    fields = {field.name: plain(field.value or "") for field in embed.fields}
    action = DeskAction(match["action"])
    try:
        night = date.fromisoformat(match["night"])
    except ValueError:
        raise CannotAnswer(_LOST) from None
    why = fields.get(_WHY, "")
    if action is DeskAction.UNDO:
        return Draft(action, night, why, number=number_in(match["about"]))
    if action is DeskAction.NAME:
        holder = _holder(match["control"])
        return Draft(action, night, why, control=holder, named=match["about"])
    find = council_declared if action is DeskAction.RESULT else council_meant
    control, _, before = match["control"].partition(_FROM)
    return Draft(
        action,
        night,
        why,
        find(services, match["about"], night),
        _holder(control),
        seats_named(services.almanac_of(night), fields[_SEATS]) if _SEATS in fields else None,
        _holder(before) if before else None,
    )


def _in_force(standing: CouncilStanding | None, parties: Parties) -> str:
    if standing is None or standing.declared is None:
        return "Has not declared."
    declared = standing.declared
    content = ClaimContent(standing.before, declared.after, declared.outcome)
    sentence = outcome_sentence(standing.council, content, parties, declared.now)
    return f"{sentence}: {seats_in_line(seats_lines(declared.now, parties))}"


def embed_shown(interaction: Interaction) -> discord.Embed:
    """Return the preview whose button was pressed. Raises `CannotAnswer` if there is none."""
    message = interaction.message
    if message is None or not message.embeds:
        raise CannotAnswer(_LOST)
    return message.embeds[0]


def _seen(preview: discord.Embed) -> list[tuple[str | None, str]]:
    """Return the fields of a preview that the night may change."""
    return [(one.name, (one.value or "").strip()) for one in preview.fields if one.name in _SEEN]


def _code_of(control: Holder | None) -> str:
    return _NONE if control is None else control.code


def _holder(code: str) -> Holder | None:
    return None if code == _NONE else Holder.from_code(code)


def seats_named(almanac: Almanac, text: str) -> Composition:
    """Parse seats typed as "LD 29, Lab 27, Ind 1". Raises `CannotAnswer`."""
    seats: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        match = _SEATS_TYPED.fullmatch(part)
        if match is None:
            raise CannotAnswer(
                f"“{escape(part)}” is no party with its seats: write them as LD 29, Lab 27, Ind 1."
            )
        name = match["party"].strip()
        party = almanac.parties.find(name) or party_named(almanac, name)
        if party.code in seats:
            raise CannotAnswer(f"{escape(party.name)} is named twice: give each party once.")
        seats[party.code] = int(match["seats"])
    try:
        composition = Composition(seats)
    except ValueError as error:
        raise CannotAnswer(
            f"Those seats cannot be: {escape(str(error))}. Check them and try again."
        ) from None
    if not composition.filled:
        raise CannotAnswer("That gives nobody a seat: write seats as LD 29, Lab 27, Ind 1.")
    return composition
