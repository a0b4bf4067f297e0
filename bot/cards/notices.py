"""Alerts that are not about control of a council: ballots, milestones, reminders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from bot.cards.card import Card
from bot.election.alert_kinds import MilestoneKind
from bot.election.almanac import Almanac, CitedKind
from bot.election.ballots import Ballot, ballot_of
from bot.election.baselines import Baseline, BaselineKind
from bot.election.by_elections import by_election_ballot
from bot.election.claims import BallotDeclared, Due, LargestParty, Milestone, Notice
from bot.election.control import Control
from bot.election.history import first_since, history_before, ordinary_day, tenure
from bot.election.milestones import DECADES
from bot.election.reports import BallotReport
from bot.wording.ballots import ballot_sentence, votes_lines
from bot.wording.councils import certain_sentence, since_when
from bot.wording.figures import counted_from
from bot.wording.phrases import (
    NO_OVERALL_CONTROL,
    before_the_night,
    count,
    in_words,
    members,
    name_of,
    number,
    one_of,
    party_colour,
    party_name,
    sentence_case,
)
from bot.wording.text import at, escape, listed

_LONGEST_LIST = 1_500


def notice_title(notice: Notice, almanac: Almanac, ballots: Mapping[str, Ballot]) -> str:
    """Return the whole news of a notice in one sentence, without a full stop."""
    match notice:
        case BallotDeclared():
            return ballot_sentence(_ballot(notice, almanac, ballots), notice, almanac.parties)
        case LargestParty():
            who = party_name(notice.party, almanac.parties)
            return f"{who} certain to be largest Assembly party"
        case Due():
            council = name_of(almanac.councils.get(notice.council))
            return f"{council} is expected to declare at {at(notice.expected_at)}"
        case Milestone():
            return _milestone(notice, almanac)


def notice_card(
    notice: Notice | None,
    almanac: Almanac,
    ballots: Mapping[str, Ballot],
    *,
    reference: str,
    made_at: datetime,
    night: date | None = None,
    previous: Notice | None = None,
    report: BallotReport | None = None,
    seats: Mapping[str, int] | None = None,
    declared: int | None = None,
) -> Card:
    """Return the card of a notice; None withdraws the *previous* one.

    With *previous* it is a correction. *report* is the evidence of a ballot's result, *seats* are
    the Assembly's so far by party code, *declared* is how many councils had declared, and *night*
    selects the lists that apply.
    """
    before = "" if previous is None else notice_title(previous, almanac, ballots)
    if notice is None:
        return Card(
            title=f"RETRACTED: {before}" if before else "RETRACTED",
            description="Withdrawn; we will update.",
            reference=reference,
            timestamp=made_at,
        )
    title = notice_title(notice, almanac, ballots)
    lines = [f"We had reported: {before}."] if before else []
    match notice:
        case BallotDeclared():
            lines += _of_ballot(notice, report, _ballot(notice, almanac, ballots), almanac)
        case LargestParty():
            if seats:
                told = [
                    f"{members(almanac.parties.get(code))} {number(held)}"
                    for code, held in sorted(seats.items(), key=lambda item: -item[1])
                ]
                lines.append(f"{count(sum(seats.values()), 'seat')} filled: {in_words(told)}.")
            lines.append("No other party can win as many.")
        case Milestone(milestone=MilestoneKind.CERTAIN):
            lines.append("Not declared yet. Remaining wards cannot change this.")
        case Milestone(milestone=MilestoneKind.NET_SEATS | MilestoneKind.HALF_DECLARED):
            lines += _how_many(notice, declared, almanac, night)
        case Milestone(milestone=MilestoneKind.FLAGSHIP):
            lines += _why_listed(notice.council or "", almanac, night)
    return Card(
        title=f"CORRECTION: {title}" if before else title,
        description=listed(lines, _LONGEST_LIST),
        colour=party_colour(_party_of(notice), almanac.parties),
        reference=reference,
        timestamp=made_at,
    )


def _ballot(notice: BallotDeclared, almanac: Almanac, ballots: Mapping[str, Ballot]) -> Ballot:
    """Return the ballot that a result is of; raises `ValueError` where its code is of none."""
    ballot = ballot_of(notice.ballot, ballots)
    if ballot is None and notice.council is not None:
        council = almanac.councils.get(notice.council)
        seats = len(notice.elected)
        ballot = by_election_ballot(council, notice.area, code=notice.ballot, seats=seats)
    if ballot is None:
        raise ValueError(f"{notice.ballot} is no ballot")
    return ballot


def _baseline_of(notice: Milestone) -> Baseline | None:
    return Baseline.from_code(notice.since) if notice.since else None


def _how_many(
    notice: Milestone, declared: int | None, almanac: Almanac, night: date | None
) -> list[str]:
    """Return "78 of 200 councils declared.", without the total where it is not known.

    Where changes are counted since an earlier election, it is said of which councils.
    """
    total = len(almanac.night(night).elections) if night is not None else 0
    baseline, lines = _baseline_of(notice), []
    if baseline is not None and baseline.kind is BaselineKind.ELECTION and baseline.on:
        lines.append(f"In councils whose seats were last fought in {baseline.on.year}.")
    if declared:
        of = f"{number(declared)} of " if total else ""
        lines.append(f"{of}{count(total or declared, 'council')} declared.")
    return lines


def _of_ballot(
    notice: BallotDeclared, report: BallotReport | None, ballot: Ballot, almanac: Almanac
) -> list[str]:
    if report is None:
        return []
    chosen = {one.name for one in notice.elected}
    follows = [one.consequence for one in ballot.answers if one.text in chosen and one.consequence]
    return [
        *votes_lines(ballot, report, almanac.parties),
        *(f"What happens next: {escape(one, 300)}" for one in follows),
    ]


def _starting_point(notice: Milestone) -> str:
    """Return " since" and a date where that tells the figure from another of its kind."""
    baseline = _baseline_of(notice)
    dated = baseline is not None and (baseline.on or baseline.kind is BaselineKind.NOTIONAL)
    return f" {counted_from(baseline)}" if baseline and dated else ""


def _milestone(notice: Milestone, almanac: Almanac) -> str:
    figure = notice.figure or 0
    party = almanac.parties.get(notice.party) if notice.party else None
    if notice.council is None:
        if party is None:
            return "Half of councils have declared"
        way = "gains" if figure > 0 else "losses"
        who = sentence_case(one_of(party))
        return f"{who} net seat {way}{_starting_point(notice)} pass {number(abs(figure))}"
    council = name_of(almanac.councils.get(notice.council))
    who = sentence_case(members(party)) if party else ""
    if notice.milestone is MilestoneKind.CERTAIN:
        return certain_sentence(council, Control(notice.party), almanac.parties)
    since = ""
    if notice.milestone is MilestoneKind.FIRST_IN_DECADES:
        since = _since(notice, almanac)
    if who:
        return f"{who} take {council}{since}"
    return f"{council}{since}{',' if since else ''} falls to {NO_OVERALL_CONTROL}"


def _since(notice: Milestone, almanac: Almanac) -> str:
    """Return what makes it the first in decades, for example "their first majority since" a year.

    A cited fact takes precedence over the table of control. How long the winner was without it is
    true whoever had it just before; how long the table's last holder had it is told only otherwise.
    """
    code, year = notice.council or "", notice.figure or 0
    for fact in almanac.cited.get(code, ()):
        if (fact.night.year, fact.kind, fact.party) == (year, CitedKind.NEVER_SINCE, notice.party):
            return f", for the first time since it was created in {fact.year}"
    history, day = almanac.history.get(code, ()), ordinary_day(year)
    first = first_since(history, Control(notice.party), day)
    if first is not None and year - first.year >= DECADES:
        return f", their first majority since {'at least ' if first.at_least else ''}{first.year}"
    if known := history_before(history, day):
        council, years = almanac.councils.get(code), almanac.election_years
        held = tenure(history, known[-1].control, day, council, years=years)
        if held is not None and held.holder.holder is not None and year - held.since >= DECADES:
            return f", {escape(almanac.parties.get(held.holder.holder).name)} {since_when(held)}"
    return ", for the first time in decades"


def _why_listed(council: str, almanac: Almanac, night: date | None) -> list[str]:
    return [
        f"On the list “{escape(each.name)}”. {before_the_night(one.why)}"
        for each in almanac.lists_of(night)
        if each.flagships
        for one in each.councils
        if one.council == council and one.why
    ][:1]


def _party_of(notice: Notice) -> str | None:
    """Return the party of a notice, None if it concerns none or several."""
    match notice:
        case BallotDeclared():
            codes = {one.party for one in notice.elected}
            return codes.pop() if len(codes) == 1 else None
        case LargestParty() | Milestone():
            return notice.party
        case Due():
            return None
