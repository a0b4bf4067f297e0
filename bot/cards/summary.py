"""The summary of a night, partial or final, as a newsroom writes it: facts, foremost first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from bot.cards.card import LONGEST_LIST, Card, Field, one_message
from bot.cards.summary_ballots import ballot_fields
from bot.election.almanac import Almanac
from bot.election.ballots import BallotStanding
from bot.election.baselines import growth
from bot.election.control import Control, Outcome, majority_base
from bot.election.councils import Council
from bot.election.facts import council_facts
from bot.election.parties import VACANT, Parties, PartyKind
from bot.election.reports import BallotKind
from bot.election.standings import CouncilStanding, DeskNote
from bot.election.superlatives import inexact_parties, night_facts
from bot.election.tally import PartyLine, StateOfParties, state_of_night
from bot.wording.article import Article, article
from bot.wording.councils import declared_sentence, seats_of_holder
from bot.wording.facts import night_fact_lines, telling_lines
from bot.wording.figures import (
    councils_words,
    declared_of,
    left_out_words,
    line_words,
    seats_won_words,
    since,
)
from bot.wording.marks import NOC_MARK, Marks
from bot.wording.night import NightView
from bot.wording.phrases import (
    NO_OVERALL_CONTROL,
    count,
    day,
    day_and_time,
    holder_of,
    in_words,
    members,
    name_of,
    number,
    party_colour,
    sentence_case,
    signed,
)
from bot.wording.sources import note_lines
from bot.wording.text import listed

_PAUSED = "**Alerts paused: the results below may be under review.**"


def summary_cards(
    view: NightView,
    *,
    reconciled: bool,
    notes: Sequence[tuple[Council, DeskNote]] = (),
    paused: bool = False,
    reference: str = "",
    correction: bool = False,
    edition: str = "",
    unlike: Iterable[str] = (),
) -> tuple[Card, ...]:
    """Return the cards of one message: the article, then the tables that it rests on.

    It is called final only if every council and ballot has declared, nothing is unconfirmed or held
    for checking, and the wire's state of parties agrees with ours (*reconciled*). *correction*
    marks a new version of a wrong one, *paused* that the desk holds alerts back. An *edition* is
    named; its headline is none of *unlike* if there is something else to say. Other ballots and the
    desk's *notes* stand apart and are in no total.
    """
    lens, parties = view.lens, view.parties
    final = reconciled and is_settled(view.standings, view.almanac, view.ballots_seen)
    marks = _marks_of(view.state, parties)
    fields: Iterable[Field] = state_fields(view, marks)
    if lens.council is not None:
        fields = (field for one in view.councils for field in _council_fields(one, parties, marks))
    told = article(view, reconciled=reconciled, unlike=unlike)
    lead = _article_card(view, told, edition=edition, final=final and lens.is_whole_night)
    lead = replace(lead, fields=tuple(fields))
    if correction:
        lead = replace(lead, title=f"CORRECTION: {lead.title}")
    if paused:
        lead = replace(lead, description=f"{_PAUSED}\n{lead.description}")
    of_all = view.is_counting and lens.party is None
    notes = [(council, note) for council, note in notes if lens.shows(council)]
    cards = [
        lead,
        _changes_card(view, marks) if lens.council is None else None,
        _facts_card(view) if of_all else None,
        _decided_card(view, marks) if view.ballots and view.now >= view.polls_close else None,
        _notes_card(notes, parties) if of_all else None,
    ]
    kept = [replace(card, reference=reference) for card in cards if card is not None]
    kept[-1] = replace(kept[-1], footer=view.footer)
    return one_message(kept)


def _article_card(
    view: NightView, told: Article, *, edition: str = "", final: bool = False
) -> Card:
    return Card(
        title=f"{view.shown}: {told.headline}" if _needs_place(view) else told.headline,
        description="\n\n".join([_dateline(view, edition=edition, final=final), *told.paragraphs]),
        colour=leading_colour(view),
    )


def _needs_place(view: NightView) -> bool:
    """Whether the headline alone does not say what it is limited to."""
    return bool(view.place)


def _dateline(view: NightView, *, edition: str = "", final: bool = False) -> str:
    """Return which night and hour it tells of, and how far the count is."""
    parts = ["Elections" if view.night is None else f"Elections of {day(view.night)}"]
    parts += [edition] if edition and not final else []
    parts.append("final" if final else day_and_time(view.now))
    told = view.standings or view.ballots_seen or not view.state.total_known
    if told and view.lens.council is None and (view.night is None or view.now >= view.polls_close):
        parts.append(view.how_far)
    first, *rest = parts
    return " · ".join([f"**{first}**", *rest])


def headline_card(view: NightView, *, notes: Sequence[tuple[Council, DeskNote]] = ()) -> Card:
    """Return the running headline and the article's first paragraph, with the desk's *notes*.

    Only notes on the one council that is looked at are shown.
    """
    told = article(view)
    basis = _basis(view) if view.moves and " seat" in told.lead else ""
    lead = " ".join(filter(None, (told.lead, basis)))
    card = _article_card(view, Article(told.headline, (lead,) if lead else ()))
    shown = [note for council, note in notes if council.code == view.lens.council]
    if shown and (view.night is None or view.now >= view.polls_close):
        lines = [f"Also: {line}" for line in note_lines(shown, view.parties)]
        card = replace(card, description="\n".join([card.description, *lines]))
    return replace(card, footer=view.footer)


def is_settled(
    standings: Sequence[CouncilStanding],
    almanac: Almanac,
    ballots: Sequence[BallotStanding] = (),
) -> bool:
    """Return whether everything has declared and nothing waits for the desk."""
    open_still = any(
        one.awaiting_desk or (one.declared is not None and not one.declared.confirmed)
        for one in standings
    )
    # By-elections of wards are in no total, and some are put off.
    others = [one for one in ballots if one.ballot.kind is not BallotKind.WARD]
    if open_still or not all(one.is_declared and not one.awaiting_desk for one in others):
        return False
    if not standings and others:
        # Only a night that our tables know to be without councils is over with its contests.
        known = almanac.nights.get(others[0].night)
        return known is not None and bool(known.ballots) and not known.total
    # The state of the night comes last: it is expensive and rarely needed.
    return state_of_night(standings, almanac).is_complete


def leading_colour(view: NightView) -> int:
    """Return the colour of the lens's party, else of the party that moved most councils."""
    lines = [line for line in view.state.parties if line.party != VACANT]
    leading = max(lines, key=lambda line: abs(line.council_change), default=None)
    code = leading.party if leading else None
    return party_colour(view.lens.party or code, view.parties)


# --- the state of parties


def state_fields(view: NightView, marks: Marks | None = None) -> Sequence[Field]:
    """Return the state of parties, or the lens's party alone; nothing before a result.

    Net seats are left out for parties whose changes are not known exactly.
    """
    state, parties, only, baseline = view.state, view.parties, view.lens.party, view.baseline
    marks = marks or _marks_of(state, parties)
    inexact: Collection[str | None] = inexact_parties(view.councils, parties)
    shown, small = _shown(state, parties)
    if only is not None:
        shown, small = [state.line(only)], PartyLine(None)
    if not state.declared or (only is not None and not _says_anything(shown[0])):
        return ()
    lines = []
    for one in shown:
        party = parties.get(one.party or "")
        told = line_words(one, None if one.party in inexact else baseline)
        lines.append(f"{marks.of(party)} **{sentence_case(members(party))}** {told}")
    if only is None and (state.noc.councils or state.noc.council_change):
        name = f"{NOC_MARK} **{sentence_case(NO_OVERALL_CONTROL)}**"
        lines.append(f"{name} {councils_words(state.noc)}")
    if small.seats_won:
        lines.append(f"**Smaller parties** {seats_won_words(small, None if inexact else baseline)}")
    basis = _basis(view)
    listing = listed(lines, LONGEST_LIST - len(basis))
    text = "\n".join(filter(None, (listing, basis)))
    return (Field(f"Councils and seats won, {declared_of(state)}", text),)


def _basis(view: NightView) -> str:
    """Return what the changes of seats are counted from, "" where there are none."""
    baseline = view.baseline
    return "" if baseline is None else f"Seat {since(baseline)}{left_out_words(view.state)}."


def _marks_of(state: StateOfParties, parties: Parties) -> Marks:
    codes = [line.party for line in state.parties if line.party != VACANT]
    return Marks.among((code for code in codes if code is not None), parties)


def _council_fields(standing: CouncilStanding, parties: Parties, marks: Marks) -> list[Field]:
    """Return the seats of a council that has declared, with coloured marks."""
    declared = standing.declared
    if declared is None or not declared.now:
        return []
    changes, now = declared.counted_changes, declared.now
    net = growth(changes, declared.baseline)
    lines = []
    for code in dict.fromkeys((*now, *(changes or ()))):
        change = None if changes is None else changes.get(code, 0)
        shown = "" if change is None or (net and not change) else f" ({signed(change)})"
        party = parties.get(code)
        name = sentence_case(members(party))
        if code == VACANT:
            name, shown = "Vacant", f" ({signed(change)})" if change else ""
        lines.append(f"{marks.of(party)} **{name}** {number(now.get(code, 0))}{shown}")
    heading = f"Seats, {number(now.total)} in all"
    if majority_base(declared.after, now) < now.total:
        heading += f", {seats_of_holder(declared.after, now, parties)}"
    if net:
        heading += f" ({signed(net)})"
    if changes is not None:
        heading += f", {since(declared.baseline)}"
    return [Field.of(heading, lines)]


def _shown(state: StateOfParties, parties: Parties) -> tuple[list[PartyLine], PartyLine]:
    """Return the lines to show, and the total of local parties that moved no council."""
    shown: list[PartyLine] = []
    small: list[PartyLine] = []
    for line in state.parties:
        party = parties.get(line.party or "")
        if party.code == VACANT:
            continue
        minor = party.kind is PartyKind.LOCAL and not (line.councils or line.council_change)
        (small if minor or not _says_anything(line) else shown).append(line)
    seats_won = sum(line.seats_won for line in small)
    seat_change = sum(line.seat_change for line in small)
    return shown, PartyLine(None, seats_won=seats_won, seat_change=seat_change)


def _says_anything(line: PartyLine) -> bool:
    return bool(line.councils or line.council_change or line.seats_won or line.seat_change)


# --- who gained and who lost


def _changes_card(view: NightView, marks: Marks) -> Card | None:
    """Return which councils changed hands; for a party's lens only its own."""
    by_holder: defaultdict[str | None, list[CouncilStanding]] = defaultdict(list)
    firsts, unknown, parties, only = [], [], view.parties, view.lens.party
    for one in sorted(view.councils, key=lambda one: one.council.name):
        if one.declared is None:
            continue
        after, before = one.declared.after.holder, one.before and one.before.holder
        if only is not None and only not in (before, after):
            continue
        if one.declared.outcome.changes_hands:
            by_holder[after].append(one)
        if one.declared.outcome is Outcome.FIRST_ELECTION:
            mark = marks.of(None if after is None else parties.get(after))
            sentence = declared_sentence(one, parties).removeprefix("First election: ")
            firsts.append(f"{mark} {sentence_case(sentence)}")
        if one.declared.outcome is Outcome.BEFORE_NOT_KNOWN:
            mark = marks.of(None if after is None else parties.get(after))
            sentence, _, _ = declared_sentence(one, parties).rpartition("; ")
            unknown.append(f"{mark} {sentence}")

    def rank(code: str | None) -> tuple[bool, bool, int, bool, str]:
        """Parties first, most gains first; no overall control last."""
        if code is None:
            return (True, True, 0, False, "")
        party, gained = parties.get(code), -len(by_holder[code])
        return (False, not party.is_one_party, gained, party.kind is PartyKind.LOCAL, party.name)

    fields = [
        _gained_field(code, by_holder[code], parties, marks) for code in sorted(by_holder, key=rank)
    ]
    if firsts:
        fields.append(Field.of(f"First elections ({number(len(firsts))})", firsts))
    if unknown:
        heading = f"Who controlled it before is not known ({number(len(unknown))})"
        fields.append(Field.of(heading, unknown))
    if not fields:
        return None
    changed = sum(map(len, by_holder.values()))
    hands = count(changed, "council has changed hands", "councils have changed hands")
    title = sentence_case(hands) if changed else "First elections"
    if not (changed or firsts):
        title = "No council is known to have changed hands"
    return Card(title, fields=tuple(fields))


def _gained_field(
    code: str | None, standings: Sequence[CouncilStanding], parties: Parties, marks: Marks
) -> Field:
    """Return what a party gained, or was lost to no overall control, by loser."""
    by_loser: defaultdict[str | None, list[str]] = defaultdict(list)
    for one in standings:
        by_loser[one.before.holder if one.before else None].append(name_of(one.council))
    losers = sorted(by_loser, key=lambda loser: (-len(by_loser[loser]), loser or ""))
    word = "by" if code is None else "from"
    lines = [
        f"{word} {holder_of(Control(loser), parties)}: {in_words(by_loser[loser])}"
        for loser in losers
    ]
    gained = number(len(standings))
    if code is None:
        return Field.of(f"{NOC_MARK} Lost to {NO_OVERALL_CONTROL} ({gained})", lines)
    party = parties.get(code)
    title = f"{sentence_case(members(party))} take control ({gained})"
    if party.is_one_party:
        title = f"{sentence_case(members(party))} gain {gained}"
    return Field.of(f"{marks.of(party)} {title}", lines)


# --- beside the numbers


def _facts_card(view: NightView) -> Card | None:
    lines = night_fact_lines(night_facts(view.councils, view.almanac), view.almanac)
    if view.lens.council is not None:
        found = [fact for one in view.councils for fact in council_facts(one, view.almanac)]
        lines = telling_lines(found, view.parties)
    # What was left out stands last, and is not cut off where a night has several baselines.
    return Card("Notable", listed(lines, 2 * LONGEST_LIST)) if lines else None


def _decided_card(view: NightView, marks: Marks) -> Card | None:
    fields = ballot_fields(view.ballots_seen, view.almanac, view.lens.party, marks)
    return Card("Also decided", fields=tuple(fields)) if fields else None


def _notes_card(notes: Sequence[tuple[Council, DeskNote]], parties: Parties) -> Card | None:
    lines = [
        f"**{name_of(council)}** {line}"
        for council, note in notes
        for line in note_lines([note], parties)
    ]
    title = "Also (not counted in totals)"
    return Card(title, listed(lines, LONGEST_LIST)) if lines else None
