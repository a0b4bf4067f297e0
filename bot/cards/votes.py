"""The cards of votes: of a council, of a night, and its closest and safest results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.cards.card import Card, Field, Page, page_of
from bot.election.councils import Council
from bot.election.parties import Parties
from bot.election.vote_changes import CloseCall
from bot.election.votes import Margin, Share, Votes
from bot.wording.marks import Marks
from bot.wording.phrases import (
    GREY,
    count,
    count_wards,
    day,
    in_words,
    name_of,
    number,
    party_colour,
    party_name,
    sentence_case,
)
from bot.wording.sources import FeedAges, as_of, sources_named
from bot.wording.votes import (
    close_call_words,
    margin_line,
    share_line,
    share_words,
    since_years,
    swing_words,
    turnout_line,
)

_MOST_PARTIES = 8
_FEWEST_PER_CENT = 0.5
"""Parties below it are added up in one line."""
_MOST_NAMED = 3
_MOST_LISTED = 100
_MANY = 150
"""No council has so many wards: then they are of several, and not all of all."""


@dataclass(frozen=True, slots=True)
class CouncilVotes:
    """A council with its votes, and how few would have changed it."""

    council: Council
    votes: Votes
    call: CloseCall | None


def votes_card(
    one: CouncilVotes, parties: Parties, now: datetime, *, feeds: FeedAges | None = None
) -> Card:
    """Return the votes of a council: shares, turnout, swing, how close it was."""
    votes = one.votes
    fields: list[Field] = []
    colour = GREY
    if not votes.is_enough:
        title, lines = _few(votes, one.council)
    else:
        title = _most_votes(votes, one.council, parties)
        lines = [*_share_lines(votes, parties), "", *_about(votes, parties, one.council)]
        colour = party_colour(votes.shares[0].party, parties)
        fields = [
            Field.of("How close", _close_lines(one, parties)),
            Field("All votes", _plain_line(votes, parties)),
        ]
    return Card(
        title=title,
        description="\n".join(lines),
        fields=tuple(field for field in fields if field.value),
        colour=colour,
        footer=_footer(votes, now, feeds),
    )


def no_election_card(
    council: Council, night: date, now: datetime, *, feeds: FeedAges | None = None
) -> Card:
    """Return the answer about a council of which nothing was up in a *night*."""
    return Card(
        title=f"{name_of(council)}: no council election on {day(night)}", footer=as_of(now, feeds)
    )


def night_votes_card(
    councils: Sequence[CouncilVotes],
    votes: Votes,
    total: int,
    parties: Parties,
    now: datetime,
    *,
    place: str = "",
    feeds: FeedAges | None = None,
) -> Card:
    """Return the *votes* of all *councils* of a night whose votes are all known, of *total*."""
    where = f"{place}: votes" if place else "Votes"
    title = f"{where} known in {number(len(councils))} of {count(total, 'council')}"
    if not councils:
        return Card(
            title=title,
            description="A council counts here once the votes of all its wards are known.",
            footer=as_of(now, feeds),
        )
    first = [one for one in votes.shares if parties.get(one.party).is_one_party][:2]
    title += (
        f": {', '.join(f'{party_name(one.party, parties)} {one.per_cent:.1f}%' for one in first)}"
    )
    lines = [
        *_share_lines(votes, parties),
        "",
        "Only where votes are known, not the whole country: nothing is projected.",
        *_about(votes, parties),
    ]
    named = {one.council.code: name_of(one.council) for one in councils}
    closest = [margin_line(one, parties, named[one.council]) for one in votes.margins[:_MOST_NAMED]]
    calls = [_call_line(one, parties) for one in by_call(councils)[:_MOST_NAMED]]
    return Card(
        title=title,
        description="\n".join(lines),
        fields=tuple(
            Field.of(heading, found)
            for heading, found in (("Closest wards", closest), ("Closest councils", calls))
            if found
        ),
        colour=party_colour(votes.shares[0].party, parties) if votes.shares else GREY,
        footer=_footer(votes, now, feeds),
    )


def margins_card(
    margins: Sequence[Margin],
    councils: Sequence[CouncilVotes],
    kind: str,
    parties: Parties,
    now: datetime,
    *,
    page: int = 1,
    feeds: FeedAges | None = None,
) -> Page:
    """Return a page of *margins* in their order, the first as the title of its *kind* alone."""
    polls = sum(one.votes.polls for one in councils)
    known = sum(one.votes.known for one in councils)
    named = {one.council.code: name_of(one.council) for one in councils}
    lines = [margin_line(one, parties, named[one.council]) for one in margins[:_MOST_LISTED]]
    label = sentence_case(kind)
    title = f"{label}: not known"
    if margins:
        title = margin_line(margins[0], parties, named[margins[0].council], label=label)
    if len(named) == 1:  # the title alone names the council
        lines = [margin_line(one, parties) for one in margins[:_MOST_LISTED]]
        if not lines:
            missing = "no ward majorities" if known else f"{kind} not known"
            title = f"{named.popitem()[1]}: {missing}"
    wards = count_wards(polls, *(one.council for one in councils))
    told = f"Votes known in {number(known)} of {wards}"
    if alone := sum(one.votes.within_a_party for one in councils):
        told += f"; not listed: {number(alone)} where the last seat was between two of one party"
    return page_of(
        title,
        lines[1:] or lines,
        page,
        empty="Councillors are elected by single transferable vote: no ward has a majority."
        if known
        else "No votes are known yet.",
        footer=f"{told} · {as_of(now, feeds)}",
    )


def calls_card(
    councils: Sequence[CouncilVotes],
    parties: Parties,
    now: datetime,
    *,
    page: int = 1,
    feeds: FeedAges | None = None,
) -> Page:
    """Return a page of the councils that the fewest votes would have changed."""
    lines = [_call_line(one, parties) for one in by_call(councils)]
    return page_of(
        f"Closest council, {lines[0]}" if lines else "Closest councils: none known",
        lines,
        page,
        empty="A council is compared once it has declared and all its votes are known. "
        "Where the vote is transferable it cannot be.",
        footer=as_of(now, feeds),
    )


def by_call(councils: Sequence[CouncilVotes]) -> list[CouncilVotes]:
    """Return the councils of which it is known how few votes would have changed them."""
    found = [(one.call.votes, one.council.name, one) for one in councils if one.call is not None]
    return [one for *_, one in sorted(found, key=lambda each: each[:2])]


def _call_line(one: CouncilVotes, parties: Parties) -> str:
    said = close_call_words(one.call, parties) if one.call else ""
    return f"{name_of(one.council)}: {said[:1].lower()}{said[1:]}"


def _few(votes: Votes, council: Council) -> tuple[str, list[str]]:
    """Return a title and lines while fewer votes are known than are shown."""
    name = name_of(council)
    if not votes.polls and votes.uncontested:
        wards = count_wards(votes.uncontested, council)
        return f"{name}: no poll", [f"Elected unopposed in {wards}."]
    said = "Shares appear once the votes of half of the wards are known."
    if not votes.known:
        return f"{name}: votes not known", [said]
    told = f"{number(votes.known)} of {count_wards(votes.polls, council)}"
    if not votes.is_whole:  # how many there are is not known
        told = count_wards(votes.known, council)
    return f"{name}: votes known in {told}", [said]


def _most_votes(votes: Votes, council: Council, parties: Parties) -> str:
    largest, name = votes.largest, name_of(council)
    if largest is None:
        return f"{name}: votes of {_wards(votes, council)}"
    where = "" if votes.is_complete else f" in {_wards(votes, council)}"
    share = f"{largest.per_cent:.1f}%{where}"
    if largest != votes.shares[0]:  # candidates of no party have more, each their own
        return f"{name}: {party_name(largest.party, parties)} largest party by votes, {share}"
    level = [one for one in votes.shares if one.votes == largest.votes]
    if len(level) > 1:
        who = in_words([party_name(one.party, parties) for one in level])
        return f"{name}: {who} level on votes, {share} each"
    verb = "won" if votes.is_complete else "have"
    return f"{name}: {party_name(largest.party, parties)} {verb} most votes, {share}"


def _wards(votes: Votes, *councils: Council) -> str:
    every = count_wards(votes.polls, *councils)
    if votes.is_complete:
        if votes.polls == 2:
            return every.replace("2", "both")
        return f"all {every}" if 2 < votes.polls < _MANY else every
    return f"{number(votes.known)} of {every}"


def _share_lines(votes: Votes, parties: Parties) -> list[str]:
    shown = shown_shares(votes)
    marks = Marks.among((one.party for one in shown), parties)
    lines = [f"{marks.of(parties.get(one.party))} {share_line(one, parties)}" for one in shown]
    rest = [one for one in votes.shares if one not in shown and one.votes]
    if len(rest) == 1:
        lines.append(f"{marks.of(parties.get(rest[0].party))} {share_line(rest[0], parties)}")
    elif rest:
        together = f"{sum(one.per_cent for one in rest):.1f}%"
        lines.append(f"{count(len(rest), 'other party', 'other parties')} {together}")
    return lines


def shown_shares(votes: Votes) -> list[Share]:
    """Return the shares that are told one by one, the largest first."""
    standing = [one for one in votes.shares if one.per_cent >= _FEWEST_PER_CENT][:_MOST_PARTIES]
    gone = [o for o in votes.shares if not o.votes and (o.change or 0) <= -_FEWEST_PER_CENT]
    return standing + gone


def _about(votes: Votes, parties: Parties, *councils: Council) -> list[str]:
    """Return the lines on how shares are counted and compared, on turnout and swing."""
    said = [sentence_case(f"{votes.method}, {_wards(votes, *councils)}.")]
    if votes.compared:
        same = len(votes.compared)
        where = (
            ""
            if same == votes.known
            else f" in the {count_wards(same, *councils)} that can be compared"
        )
        some = any(one.change is None for one in votes.shares)
        but = ", not known for independents and local parties" if some else ""
        said.append(f"Changes {since_years(votes.fought_on)}{where}{but}.")
    if votes.uncontested:
        said.append(f"{sentence_case(count_wards(votes.uncontested, *councils))} had no poll.")
    lines = [" ".join(said)]
    if (turnout := turnout_line(votes)) is not None:
        lines.append(f"{turnout}.")
    if votes.swing is not None:
        lines.append(f"{swing_words(votes.swing, votes.fought_on, parties)}.")
    return lines


def _close_lines(one: CouncilVotes, parties: Parties) -> list[str]:
    lines = []
    if one.call is not None and one.call.is_news:
        lines.append(f"{close_call_words(one.call, parties)}.")
    margins = one.votes.margins
    if margins:
        lines.append(margin_line(margins[0], parties, label="Closest"))
    if len(margins) > 1:
        biggest = max(margins, key=lambda margin: margin.votes)
        lines.append(margin_line(biggest, parties, label="Biggest majority"))
    return lines


def _plain_line(votes: Votes, parties: Parties) -> str:
    """Return the shares of all votes added up; empty where they are the same."""
    plain = {one.party: f"{one.per_cent:.1f}" for one in votes.plain_shares}
    if plain == {one.party: f"{one.per_cent:.1f}" for one in votes.shares if one.votes}:
        return ""
    told = [
        f"{party_name(one.party, parties)} {share_words(one.per_cent)}"
        for one in votes.plain_shares[:_MOST_PARTIES]
        if one.per_cent >= _FEWEST_PER_CENT
    ]
    return ", ".join(told)


def _footer(votes: Votes, now: datetime, feeds: FeedAges | None) -> str:
    """Return the sources of the votes, the time and the age of the feeds."""
    return " · ".join(filter(None, (sources_named(votes.feeds), as_of(now, feeds))))
