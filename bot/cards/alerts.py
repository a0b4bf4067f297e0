"""The alert of a council's result, as one claim version tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.cards.card import TITLE, Card, Field
from bot.election.almanac import Almanac
from bot.election.baselines import Baseline
from bot.election.claims import Basis, ClaimContent, ClaimState
from bot.election.control import Control, Outcome
from bot.election.councils import Council
from bot.election.parties import Parties
from bot.election.seats import Composition
from bot.election.standings import Source
from bot.wording.councils import majority_line, outcome_sentence, past_of_change, previously
from bot.wording.figures import seats_lines, since
from bot.wording.phrases import colour_of, holder_of, name_of, sentence_case
from bot.wording.sources import feed_name
from bot.wording.text import clock_time, shortened


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """One version of a claim and its evidence, for one destination.

    `content` is None for a retraction. `previous` is what this destination was told before: with it
    a corrected claim is a CORRECTION, without it an ordinary alert. `told_earlier` means it was
    told this before `previous`. `before_year` is the year of the control history if only that says
    who had control before. `changes` are signed and counted from `baseline`.
    """

    night: date
    council: Council
    version: int
    state: ClaimState
    content: ClaimContent | None
    before: Control | None = None
    previous: ClaimContent | None = None
    now: Composition | None = None
    won: Composition | None = None
    changes: Mapping[str, int] | None = None
    baseline: Baseline = Baseline.WIRES
    declared_at: datetime | None = None
    source: Source | None = None
    basis: Basis = Basis.RESULT
    by_desk: bool = False
    before_year: int | None = None
    told_earlier: bool = False

    def __post_init__(self) -> None:
        if (self.content is None) is not (self.state is ClaimState.RETRACTED):
            raise ValueError("a retraction alone has no content")


def alert_card(facts: AlertFacts, almanac: Almanac, *, reference: str) -> Card:
    """Return the card of *facts*; its footer ends in *reference*.

    The title is the whole news. A correction says what was wrong, a retraction what is now known.
    """
    if facts.content is None:
        return _retraction(facts, almanac.parties, reference)
    sentence = outcome_sentence(facts.council, facts.content, almanac.parties, facts.now)
    corrects = facts.previous is not None and facts.state is ClaimState.CORRECTED
    return Card(
        title=f"CORRECTION: {sentence}" if corrects else sentence,
        description="\n".join(_description(facts, facts.content, almanac)),
        fields=_fields(facts, facts.content, almanac.parties),
        colour=colour_of(facts.content.after, almanac.parties),
        footer=_footer(facts),
        reference=reference,
        timestamp=facts.declared_at,
    )


def struck_card(wrong: Card, holds: str | None, *, retraction: bool = False) -> Card:
    """Return a card that no longer holds: struck through, with what *holds* instead.

    *holds* is a sentence, None if nothing is in force. The card keeps its reference. A *retraction*
    was not wrong: the result has been reported again.
    """
    now = "We will update."
    if holds is not None:
        now = f"{'Reported again:' if retraction else 'This was wrong.'} {holds}."
    return Card(
        title=f"WITHDRAWN: ~~{shortened(wrong.title, TITLE - 20)}~~",
        description=now,
        footer=wrong.footer,
        reference=wrong.reference,
        timestamp=wrong.timestamp,
    )


def standing_card(card: Card, since_when: datetime) -> Card:
    """Return a card that was struck and has held again since a moment."""
    first = f"**Stands after all, {clock_time(since_when)}.**"
    return replace(card, description=f"{first}\n{card.description}".rstrip())


def _description(facts: AlertFacts, content: ClaimContent, almanac: Almanac) -> list[str]:
    lines, parties, council = [], almanac.parties, facts.council
    if facts.previous is not None and facts.state is ClaimState.CORRECTED:
        lines.append(f"We had reported: {outcome_sentence(council, facts.previous, parties)}.")
    if facts.told_earlier:
        lines.append("Our earlier report stands after all.")
    lines += past_of_change(council, content.before, content.after, facts.night, almanac)[:1]
    if facts.before_year is not None and content.before is not None:
        lines.append(previously(content.before, facts.before_year, parties))
    if facts.now:
        lines.append(majority_line(content.after, facts.now, parties))
    return lines


def _fields(facts: AlertFacts, content: ClaimContent, parties: Parties) -> tuple[Field, ...]:
    fields = []
    changes = None if content.outcome is Outcome.FIRST_ELECTION else facts.changes
    if facts.now:
        name = "Seats" if changes is None else f"Seats, {since(facts.baseline)}"
        fields.append(Field.of(name, seats_lines(facts.now, parties, changes, facts.baseline)))
    return tuple(fields)


def _footer(facts: AlertFacts) -> str:
    parts = []
    if facts.declared_at is not None:
        parts.append(f"Declared {clock_time(facts.declared_at)}")
    if facts.source is not None:
        by_wards = ", from all wards" if facts.basis is Basis.WARDS else ""
        parts.append(f"Source: {feed_name(facts.source.feed)}{by_wards}")
    return " · ".join(parts)


def _retraction(facts: AlertFacts, parties: Parties, reference: str) -> Card:
    lines = []
    if facts.previous is not None:
        told = outcome_sentence(facts.council, facts.previous, parties)
        lines.append(f"We had reported: {told}. We will update.")
    if facts.before is not None:
        lines.append(f"Previously: {holder_of(facts.before, parties)}.")
    name = name_of(facts.council)
    return Card(
        title=sentence_case(f"RETRACTION: the result reported for {name} is withdrawn"),
        description="\n".join(lines),
        footer=_footer(facts),
        reference=reference,
    )
