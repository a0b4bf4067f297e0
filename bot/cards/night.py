"""Cards of the night's lists: changes of hands, the latest results, what declares next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from bot.cards.figures import (
    Heard,
    as_of,
    declared_of,
)
from bot.cards.lists import Page, page_of
from bot.cards.text import at
from bot.cards.words import (
    colour_of,
    count,
    expected_words,
    members,
    name_of,
    number,
    outcome_sentence,
    sentence_case,
    weekday,
)
from bot.election.almanac import Almanac
from bot.election.claims import ClaimContent
from bot.election.control import Control, Outcome
from bot.election.parties import Parties, Party
from bot.election.standings import CouncilStanding, Declared
from bot.election.tally import state_of_night

CHANGES = frozenset({Outcome.GAIN, Outcome.GAIN_FROM_NOC, Outcome.LOSS_TO_NOC})


def changes_card(
    standings: Sequence[CouncilStanding],
    almanac: Almanac,
    now: datetime,
    *,
    party: Party | None = None,
    outcomes: Collection[Outcome] = CHANGES,
    page: int = 1,
    heard: Heard | None = None,
) -> Page:
    """Return the results of these *outcomes*, newest first; a *party* has its gains and losses."""
    found = [
        (standing, declared)
        for standing, declared in _newest_first(standings)
        if declared.outcome in outcomes and _concerns(party, standing, declared)
    ]
    whose = "" if party is None else f", {members(party)}"
    things = ("change of hands", "changes of hands")
    if not CHANGES.issuperset(outcomes):
        things = ("result", "results")
    state = state_of_night(standings, almanac)
    return page_of(
        f"{sentence_case(count(len(found), *things))}{whose}: {declared_of(state)}",
        _lines(found, almanac.parties),
        page,
        empty="None so far.",
        colour=colour_of(Control(party.code) if party else None, almanac.parties),
        footer=as_of(now, heard, standings),
    )


def latest_card(
    standings: Sequence[CouncilStanding],
    almanac: Almanac,
    now: datetime,
    *,
    page: int = 1,
    heard: Heard | None = None,
) -> Page:
    """Return every result in force, newest first."""
    state = state_of_night(standings, almanac)
    return page_of(
        f"Latest results: {declared_of(state)}",
        _lines(_newest_first(standings), almanac.parties),
        page,
        empty="No council has declared yet.",
        footer=as_of(now, heard, standings),
    )


def next_card(
    standings: Sequence[CouncilStanding],
    almanac: Almanac,
    now: datetime,
    *,
    page: int = 1,
    heard: Heard | None = None,
) -> Page:
    """Return the councils still to declare: late ones, then by expected time, day by day.

    Results that are held for checking are told apart, councils with no published time are
    counted.
    """
    to_come = [standing for standing in standings if standing.declared is None]
    held = [standing for standing in to_come if standing.awaiting_desk]
    timed = sorted(
        (one.expected_at, one.council.name, one)
        for one in to_come
        if one.expected_at is not None and one not in held
    )
    late = [(expected, one) for expected, _, one in timed if expected < now]
    coming = [(expected, one) for expected, _, one in timed if expected >= now]
    lines = [
        *_headed("Held for checking", [name_of(one.council) for one in held]),
        *_headed("Late", [_late_line(one, expected, now) for expected, one in late]),
        *_by_day((expected, name_of(one.council)) for expected, one in coming),
    ]
    if untimed := len(to_come) - len(held) - len(timed):
        lines.append(f"{count(untimed, 'council')} with no published time.")
    state = state_of_night(standings, almanac)
    if unheard := state.total - len(standings):
        lines.append(f"{sentence_case(count(unheard, 'more council'))}, not heard of yet.")
    declared = "Every council" if state.is_complete else "Every council that we have heard of"
    left = f"{number(state.total - state.declared)} of {count(state.total, 'council')}"
    return page_of(
        f"Still to declare: {left if state.total_known else declared_of(state)}",
        lines,
        page,
        empty=f"{declared} has declared.",
        footer=as_of(now, heard),
    )


def _newest_first(
    standings: Iterable[CouncilStanding],
) -> list[tuple[CouncilStanding, Declared]]:
    declared = [(one, one.declared) for one in standings if one.declared is not None]
    declared.sort(key=lambda pair: pair[0].council.name)
    return sorted(declared, key=lambda pair: pair[1].declared_at, reverse=True)


def _concerns(party: Party | None, standing: CouncilStanding, declared: Declared) -> bool:
    holders = (standing.before and standing.before.holder, declared.after.holder)
    return party is None or party.code in holders


def _lines(found: Iterable[tuple[CouncilStanding, Declared]], parties: Parties) -> list[str]:
    return _by_day((result.declared_at, _line(one, result, parties)) for one, result in found)


def _line(standing: CouncilStanding, declared: Declared, parties: Parties) -> str:
    """Return a result in one line: its sentence and the holder's seats."""
    content = ClaimContent(standing.before, declared.after, declared.outcome)
    sentence = outcome_sentence(standing.council, content, parties, declared.now)
    holder = declared.after.holder
    if holder is None or not parties.get(holder).is_one_party:
        return sentence
    held, total, filled = declared.now.get(holder, 0), declared.now.total, declared.now.filled
    if 2 * held <= total:
        return f"{sentence}, {number(held)} of the {number(filled)} filled seats"
    return f"{sentence}, {number(held)} of {number(total)}"


def _headed(heading: str, lines: Sequence[str]) -> list[str]:
    return [f"**{heading} ({number(len(lines))})**", *lines] if lines else []


def _late_line(standing: CouncilStanding, expected: datetime, now: datetime) -> str:
    return f"{name_of(standing.council)}, {expected_words(expected, now)}"


def _by_day(timed: Iterable[tuple[datetime, str]]) -> list[str]:
    """Return lines with their times, each day under its heading."""
    lines: list[str] = []
    heading = ""
    for moment, text in timed:
        if (of_day := f"**{weekday(moment)}**") != heading:
            lines.append(heading := of_day)
        lines.append(f"{at(moment)} {text}")
    return lines
