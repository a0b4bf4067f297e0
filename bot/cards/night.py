"""Lists of the night: changes of hands, latest results, what declares next, watch lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.card import Page, page_of
from bot.election.assembly import assembly_of
from bot.election.ballots import BallotStanding
from bot.election.control import Outcome
from bot.election.councils import Council
from bot.election.parties import Parties, Party
from bot.election.reports import BallotKind
from bot.election.standings import CouncilStanding, Declared
from bot.election.tally import by_nation
from bot.wording.ballots import result_of_ballot
from bot.wording.councils import declared_sentence, most_seats, seats_of_holder
from bot.wording.figures import before_not_known_words, declared_of
from bot.wording.night import NightView
from bot.wording.phrases import (
    before_the_night,
    count,
    expected_words,
    holder_in_lists,
    in_words,
    members,
    name_of,
    number,
    party_colour,
    sentence_case,
    weekday,
)
from bot.wording.sources import FeedAges, as_of
from bot.wording.text import at, escape

CHANGES = frozenset({Outcome.GAIN, Outcome.GAIN_FROM_NOC, Outcome.LOSS_TO_NOC})


def changes_card(
    view: NightView,
    *,
    party: Party | None = None,
    outcomes: Collection[Outcome] = CHANGES,
    page: int = 1,
) -> Page:
    """Return results of these *outcomes*, newest first; for a *party* its gains and losses."""
    if not view.councils and not view.by_election_changes and not view.lens.is_whole_night:
        return _none_there(view)
    found = [
        (standing, declared)
        for standing, declared in newest_first((*view.councils, *view.by_election_changes))
        if declared.outcome in outcomes and _concerns(party, standing, declared)
    ]
    lead = ", ".join(filter(None, ("" if party is None else members(party), view.place)))
    things = ("council has changed hands", "councils have changed hands")
    if party is not None:
        things = ("council gained or lost", "councils gained or lost")
    if not CHANGES.issuperset(outcomes):
        things = ("result", "results")
    how_many = sentence_case(count(len(found), *things))
    lines = result_lines(found, view.parties)
    unknown = sum(
        declared.outcome is Outcome.BEFORE_NOT_KNOWN
        for standing, declared in newest_first(view.councils)
        if _concerns(party, standing, declared)
    )
    if unknown and CHANGES.issuperset(outcomes):
        lines.append(f"{sentence_case(before_not_known_words(unknown))}.")
    return page_of(
        f"{lead and f'{lead}: '}{how_many}{', ' if view.councils else ': '}"
        f"{view.how_far.replace(' councils ', ' ')}",
        lines,
        page,
        empty="None so far.",
        colour=party_colour(None if party is None else party.code, view.parties),
        footer=view.footer,
    )


def latest_card(view: NightView, *, page: int = 1) -> Page:
    """Return all results in force, newest first: of ballots, if no council votes on the night."""
    if not (
        view.councils or view.lens.is_whole_night or (view.ballots_seen and not view.standings)
    ):
        return _none_there(view)
    lines = result_lines(newest_first(view.councils), view.parties)
    return page_of(
        f"Latest results{_where(view)}: {view.how_far}",
        lines if view.standings else _by_day(_results_of_ballots(view)),
        page,
        empty="Nothing declared yet.",
        footer=view.footer,
    )


def _results_of_ballots(view: NightView) -> list[tuple[datetime, str]]:
    """Return the results of ballots with their times, newest first."""
    found = [
        (one.declared_at, result)
        for one in view.ballots_seen
        if one.declared_at and (result := result_of_ballot(one, view.parties))
    ]
    return sorted(found, key=lambda told: told[0], reverse=True)


def next_card(view: NightView, *, page: int = 1) -> Page:
    """Return the timetable: each nation's count, and what is still to declare.

    Councils and ballots share one list: late ones, then by expected time. Results held for checking
    are listed apart, and those without a published time are counted.
    """
    now, state = view.now, view.state
    councils = [_waiting(one) for one in view.councils if one.declared is None]
    others = [_waiting_ballot(one) for one in view.ballots_seen if not one.is_declared]
    waiting = sorted((*councils, *others), key=lambda one: (one.expected_at or now, one.name))
    timed = [(one.expected_at, one) for one in waiting if one.expected_at and not one.held]
    late = [(expected, one) for expected, one in timed if expected < now]
    lines = [
        *_counts(view),
        *_headed("Held for checking", [one.name for one in waiting if one.held]),
        *_headed("Late", [f"{one.name}, {expected_words(at_, now)}" for at_, one in late]),
        *_by_day((expected, one.name) for expected, one in timed if expected >= now),
    ]
    for things, each in (("council", councils), ("other contest", others)):
        if untimed := sum(one.expected_at is None and not one.held for one in each):
            lines.append(f"{sentence_case(count(untimed, things))} with no published time.")
    if unheard := state.total - len(view.councils):
        lines.append(f"{sentence_case(count(unheard, 'more council'))} not known by name yet.")
    left = [f"{number(state.total - state.declared)} of {count(state.total, 'council')}"]
    if not state.total_known:
        left = [declared_of(state)] if state.total or not others else []
    elif not state.total:
        left = []
    if others:
        left.append(count(len(others), "other contest" if left else "contest"))
    declared = "Every council" if state.is_complete else "Every council known so far"
    return page_of(
        f"Still to declare{_where(view)}: {', '.join(left) or 'nothing'}",
        lines,
        page,
        empty=f"{declared} has declared." if view.councils else _nothing_left(view),
        footer=as_of(now, view.feeds),
    )


def _nothing_left(view: NightView) -> str:
    if not view.standings and not view.ballots:
        return "The councils that vote on this night are not known yet."
    return (
        "Everything has declared." if view.lens.is_whole_night else "Nothing left to declare there."
    )


def _none_there(view: NightView) -> Page:
    elsewhere = "Other contests: `/contests`."
    title = f"No council votes in {view.place}"
    return page_of(title, [], 1, empty=elsewhere, footer=view.footer)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What is still to declare, by the name that readers see."""

    name: str
    expected_at: datetime | None
    held: bool


def _waiting(one: CouncilStanding) -> _Waiting:
    return _Waiting(name_of(one.council), one.expected_at, bool(one.awaiting_desk))


def _waiting_ballot(one: BallotStanding) -> _Waiting:
    suffix = " (Assembly)" if one.ballot.kind is BallotKind.ASSEMBLY else ""
    name = escape(one.ballot.name) + suffix
    return _Waiting(name, one.ballot.expected_at, bool(one.awaiting_desk))


def _counts(view: NightView) -> list[str]:
    """Return "Wales has been counting since 09:00 on Friday 6 May: …", a line for each nation."""
    lens = view.lens
    if not lens.is_whole_night and lens.nation is None:
        return []
    nations = by_nation(view.standings)
    nights = {one.night for one in view.standings} | {one.night for one in view.ballots}
    begin = sorted(
        (moment, nation)
        for night in nights
        for nation, moment in view.almanac.night(night).counts_begin.items()
        if lens.nation in (None, nation)
    )
    lines = []
    for moment, nation in begin:
        when = f"{at(moment)} on {weekday(moment)}"
        if moment > view.now:
            lines.append(f"{escape(nation)} starts counting at {when}.")
            continue
        told = []
        if (state := nations.get(nation)) is not None and not state.is_complete:
            told.append(declared_of(state))
        there = [one for one in view.ballots if one.ballot.nation == nation]
        assembly = assembly_of(there, view.almanac)
        if assembly.filled < assembly.seats:
            seats = count(assembly.seats, "seat")
            told.append(f"{number(assembly.filled)} of {seats} of the Assembly filled")
        if told:
            lines.append(f"{escape(nation)} has been counting since {when}: {in_words(told)}.")
    return lines


def _where(view: NightView) -> str:
    return f", {view.place}" if view.place else ""


def newest_first(standings: Iterable[CouncilStanding]) -> list[tuple[CouncilStanding, Declared]]:
    """Return the councils that have declared with their results, newest first."""
    declared = [(one, one.declared) for one in standings if one.declared is not None]
    declared.sort(key=lambda pair: pair[0].council.name)
    return sorted(declared, key=lambda pair: pair[1].declared_at, reverse=True)


def _concerns(party: Party | None, standing: CouncilStanding, declared: Declared) -> bool:
    holders = (standing.before and standing.before.holder, declared.after.holder)
    return party is None or party.code in holders


def result_lines(found: Iterable[tuple[CouncilStanding, Declared]], parties: Parties) -> list[str]:
    """Return a line for each result with its time, under a heading for each day."""
    return _by_day((result.declared_at, _line(one, result, parties)) for one, result in found)


def _line(standing: CouncilStanding, declared: Declared, parties: Parties) -> str:
    sentence, holder = declared_sentence(standing, parties), declared.after.holder
    if holder is None:
        return f"{sentence}. {most_seats(declared.now, parties)}" if declared.now else sentence
    if not parties.get(holder).is_one_party:
        return sentence
    return f"{sentence}, {seats_of_holder(declared.after, declared.now, parties)}"


def _headed(heading: str, lines: Sequence[str]) -> list[str]:
    return [f"**{heading} ({number(len(lines))})**", *lines] if lines else []


def _by_day(timed: Iterable[tuple[datetime, str]]) -> list[str]:
    """Return lines with their times, under a heading for each day."""
    lines: list[str] = []
    heading = ""
    for moment, text in timed:
        if (of_day := f"**{weekday(moment)}**") != heading:
            lines.append(heading := of_day)
        lines.append(f"{at(moment)} {text}")
    return lines


def watch_list_card(
    name: str,
    councils: Sequence[tuple[Council, CouncilStanding | None]],
    why: Mapping[str, str],
    parties: Parties,
    *,
    now: datetime,
    about: str = "",
    shared: str | None = None,
    page: int = 1,
    feeds: FeedAges | None = None,
    known: bool = True,
) -> Page:
    """Return the standings of a watch list; *why* gives the reason for each council's code.

    A council that does not vote has no standing; unless it is *known* which councils vote, it is
    only said that nothing has come in.
    """
    voting = [one for _, one in councils if one is not None]
    declared = sum(one.is_declared for one in voting)
    title = f"{escape(name)}: {number(declared)} of {count(len(voting), 'council')} declared"
    lines = [escape(about, 300)] if about else []
    for council, standing in councils:
        line = _watched(council, standing, parties, now, known=known)
        reason = why.get(council.code)
        lines.append(f"{line} {before_the_night(reason)}" if reason else line)
    footer = as_of(now, feeds, voting)
    if shared:
        footer = f"Shared as {shared} · {footer}"
    return page_of(title, lines, page, empty="No councils on it yet.", footer=footer)


def _watched(
    council: Council,
    standing: CouncilStanding | None,
    parties: Parties,
    now: datetime,
    *,
    known: bool,
) -> str:
    name = name_of(council)
    if standing is None:
        says = " has no council election on this night." if known else " has not declared."
        return f"**{name}**{says}"
    if standing.declared is not None:
        return f"**{declared_sentence(standing, parties)}**."
    before = standing.before and f" ({holder_in_lists(standing.before, parties)} before)"
    when = standing.expected_at
    expected = "" if when is None else f", {expected_words(when, now)}"
    return sentence_case(f"{name}{before or ''} has not declared{expected}.")
