"""Cards of the night's lists: changes of hands, the latest results, what declares next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.card import Page, page_of
from bot.election.almanac import Almanac
from bot.election.assembly import assembly_of
from bot.election.ballots import BallotStanding
from bot.election.claims import ClaimContent
from bot.election.control import Control, Outcome
from bot.election.headlines import WHOLE_NIGHT, Lens
from bot.election.parties import Parties, Party
from bot.election.reports import BallotKind
from bot.election.standings import CouncilStanding, Declared
from bot.election.tally import by_nation
from bot.wording.councils import most_seats, outcome_sentence, seats_of_holder
from bot.wording.figures import declared_of
from bot.wording.headline import state_through
from bot.wording.phrases import (
    colour_of,
    count,
    expected_words,
    in_words,
    members,
    name_of,
    number,
    sentence_case,
    weekday,
)
from bot.wording.sources import FeedAges, as_of
from bot.wording.text import at, escape

CHANGES = frozenset({Outcome.GAIN, Outcome.GAIN_FROM_NOC, Outcome.LOSS_TO_NOC})


def changes_card(
    standings: Sequence[CouncilStanding],
    almanac: Almanac,
    now: datetime,
    *,
    party: Party | None = None,
    outcomes: Collection[Outcome] = CHANGES,
    lens: Lens = WHOLE_NIGHT,
    page: int = 1,
    feeds: FeedAges | None = None,
) -> Page:
    """Return the results of these *outcomes*, newest first; a *party* has its gains and losses.

    A *lens* shows the councils of a place alone.
    """
    seen = lens.councils(standings)
    if not seen and not lens.is_whole_night:
        return _none_there(lens, now, feeds)
    found = [
        (standing, declared)
        for standing, declared in newest_first(seen)
        if declared.outcome in outcomes and _concerns(party, standing, declared)
    ]
    whose = "" if party is None else f", {members(party)}"
    whose += _where(lens)
    things = ("change of hands", "changes of hands")
    if not CHANGES.issuperset(outcomes):
        things = ("result", "results")
    state = state_through(lens, standings, almanac)
    return page_of(
        f"{sentence_case(count(len(found), *things))}{whose}: {declared_of(state)}",
        result_lines(found, almanac.parties),
        page,
        empty="None so far.",
        colour=colour_of(Control(party.code) if party else None, almanac.parties),
        footer=as_of(now, feeds, seen),
    )


def latest_card(
    standings: Sequence[CouncilStanding],
    almanac: Almanac,
    now: datetime,
    *,
    lens: Lens = WHOLE_NIGHT,
    page: int = 1,
    feeds: FeedAges | None = None,
) -> Page:
    """Return every result in force, newest first; a *lens* shows those of a place alone."""
    seen = lens.councils(standings)
    if not seen and not lens.is_whole_night:
        return _none_there(lens, now, feeds)
    state = state_through(lens, standings, almanac)
    return page_of(
        f"Latest results{_where(lens)}: {declared_of(state)}",
        result_lines(newest_first(seen), almanac.parties),
        page,
        empty="No council has declared yet.",
        footer=as_of(now, feeds, seen),
    )


def next_card(
    standings: Sequence[CouncilStanding],
    almanac: Almanac,
    now: datetime,
    *,
    ballots: Sequence[BallotStanding] = (),
    lens: Lens = WHOLE_NIGHT,
    page: int = 1,
    feeds: FeedAges | None = None,
) -> Page:
    """Return the timetable: when each nation counts and how far it is, and what is to declare.

    Councils and contests stand together: late ones, then by expected time, day by day. Results
    that are held for checking are told apart; what has no published time is counted, each kind by
    itself. A *lens* shows a place alone.
    """
    seen = lens.councils(standings)
    state = state_through(lens, standings, almanac)
    councils = [_waiting(one) for one in seen if one.declared is None]
    others = [_waiting_ballot(one) for one in lens.ballots(ballots) if not one.is_declared]
    waiting = sorted((*councils, *others), key=lambda one: (one.expected_at or now, one.name))
    timed = [(one.expected_at, one) for one in waiting if one.expected_at and not one.held]
    late = [(expected, one) for expected, one in timed if expected < now]
    lines = [
        *_counts(standings, ballots, almanac, now, lens),
        *_headed("Held for checking", [one.name for one in waiting if one.held]),
        *_headed("Late", [f"{one.name}, {expected_words(at_, now)}" for at_, one in late]),
        *_by_day((expected, one.name) for expected, one in timed if expected >= now),
    ]
    for things, each in (("council", councils), ("other contest", others)):
        if untimed := sum(one.expected_at is None and not one.held for one in each):
            lines.append(f"{sentence_case(count(untimed, things))} with no published time.")
    if unheard := state.total - len(seen):
        lines.append(f"{sentence_case(count(unheard, 'more council'))}, not heard of yet.")
    left = [f"{number(state.total - state.declared)} of {count(state.total, 'council')}"]
    if not state.total_known:
        left = [declared_of(state)] if state.total or not others else []
    elif not state.total:
        left = []
    if others:
        left.append(count(len(others), "other contest" if left else "contest"))
    declared = "Every council" if state.is_complete else "Every council that we have heard of"
    return page_of(
        f"Still to declare{_where(lens)}: {', '.join(left) or 'nothing'}",
        lines,
        page,
        empty=f"{declared} has declared." if seen else _nothing_left(lens, standings, ballots),
        footer=as_of(now, feeds),
    )


def _nothing_left(
    lens: Lens, standings: Sequence[CouncilStanding], ballots: Sequence[BallotStanding]
) -> str:
    if standings or ballots:
        return "Nothing is left there." if not lens.is_whole_night else "Everything has declared."
    return "Which councils vote on this night is not known yet: nominations or a result will say."


def _none_there(lens: Lens, now: datetime, feeds: FeedAges | None) -> Page:
    place = escape(lens.nation or lens.region or "")
    elsewhere = "`/contests` has what else is decided."
    return page_of(f"No council votes in {place}", [], 1, empty=elsewhere, footer=as_of(now, feeds))


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What is still to declare, by the name that readers see."""

    name: str
    expected_at: datetime | None
    held: bool


def _waiting(one: CouncilStanding) -> _Waiting:
    return _Waiting(name_of(one.council), one.expected_at, bool(one.awaiting_desk))


def _waiting_ballot(one: BallotStanding) -> _Waiting:
    ballot = one.ballot
    name = escape(ballot.name)
    if ballot.kind is BallotKind.ASSEMBLY:
        name += " (Assembly)"
    return _Waiting(name, ballot.expected_at, bool(one.awaiting_desk))


def _counts(
    standings: Iterable[CouncilStanding],
    ballots: Sequence[BallotStanding],
    almanac: Almanac,
    now: datetime,
    lens: Lens,
) -> list[str]:
    """Return when each nation begins to count or, where it has begun and not ended, how far it is.

    "Wales has been counting since 09:00 on Friday 6 May: 3 of 22 councils declared."
    """
    if not lens.is_whole_night and lens.nation is None:
        return []
    nations = by_nation(standings)
    nights = {one.night for one in standings} | {one.night for one in ballots}
    begin = sorted(
        (moment, nation)
        for night in nights
        for nation, moment in almanac.night(night).counts_begin.items()
        if lens.nation in (None, nation)
    )
    lines = []
    for moment, nation in begin:
        when = f"{at(moment)} on {weekday(moment)}"
        if moment > now:
            lines.append(f"{escape(nation)} begins to count at {when}.")
            continue
        told = []
        if (state := nations.get(nation)) is not None and not state.is_complete:
            told.append(declared_of(state))
        there = [one for one in ballots if one.ballot.nation == nation]
        assembly = assembly_of(there, almanac)
        if assembly.filled < assembly.seats:
            seats = count(assembly.seats, "seat")
            told.append(f"{number(assembly.filled)} of {seats} of the Assembly filled")
        if told:
            lines.append(f"{escape(nation)} has been counting since {when}: {in_words(told)}.")
    return lines


def _where(lens: Lens) -> str:
    """Return what a title says of the place: ", London"."""
    place = lens.nation or lens.region
    return f", {escape(place)}" if place else ""


def newest_first(
    standings: Iterable[CouncilStanding],
) -> list[tuple[CouncilStanding, Declared]]:
    """Return the councils that have declared with their results, the newest first."""
    declared = [(one, one.declared) for one in standings if one.declared is not None]
    declared.sort(key=lambda pair: pair[0].council.name)
    return sorted(declared, key=lambda pair: pair[1].declared_at, reverse=True)


def _concerns(party: Party | None, standing: CouncilStanding, declared: Declared) -> bool:
    holders = (standing.before and standing.before.holder, declared.after.holder)
    return party is None or party.code in holders


def result_lines(found: Iterable[tuple[CouncilStanding, Declared]], parties: Parties) -> list[str]:
    """Return results in a line each with its time, each day under its heading."""
    return _by_day((result.declared_at, _line(one, result, parties)) for one, result in found)


def _line(standing: CouncilStanding, declared: Declared, parties: Parties) -> str:
    """Return a result in one line: its sentence and the holder's seats."""
    content = ClaimContent(standing.before, declared.after, declared.outcome)
    sentence = outcome_sentence(standing.council, content, parties, declared.now)
    holder = declared.after.holder
    if holder is None:
        return f"{sentence}. {most_seats(declared.now, parties)}" if declared.now else sentence
    if not parties.get(holder).is_one_party:
        return sentence
    return f"{sentence}, {seats_of_holder(declared.after, declared.now, parties)}"


def _headed(heading: str, lines: Sequence[str]) -> list[str]:
    return [f"**{heading} ({number(len(lines))})**", *lines] if lines else []


def _by_day(timed: Iterable[tuple[datetime, str]]) -> list[str]:
    """Return lines with their times, each day under its heading."""
    lines: list[str] = []
    heading = ""
    for moment, text in timed:
        if (of_day := f"**{weekday(moment)}**") != heading:
            lines.append(heading := of_day)
        lines.append(f"{at(moment)} {text}")
    return lines
