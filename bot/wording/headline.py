"""The night's headline: its finding in a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bot.election.assembly import assembly_of
from bot.election.ballots import BallotStanding
from bot.election.history import Start, Tenure, years_of
from bot.election.movers import Mover
from bot.election.parties import Parties
from bot.election.reports import BallotKind
from bot.election.standings import CouncilStanding
from bot.election.stories import Story, StoryKind
from bot.wording.ballots import chosen_sentence, holder_before, holds_seats, result_of_ballot
from bot.wording.councils import declared_sentence
from bot.wording.night import NightView
from bot.wording.phrases import (
    count,
    in_words,
    members,
    name_of,
    number,
    party_name,
    sentence_case,
    up_or_down,
)
from bot.wording.stories import ballot_of_story, standing_of
from bot.wording.text import clock_time, escape

_MOST_STORIES = 6
_MOST_NAMED = 2
_LEAST_YEARS = 10
"""A shorter time of control makes no headline."""
_SECOND = 4
"""Of several movers the next is in the headline if it moved a fourth of what the first did."""
_LONGEST = 110
"""Characters of a headline; one with more is told with fewer councils."""
_EXACT = (Start.ELECTION, Start.FIRST_ELECTION)


def headlines(view: NightView) -> list[str]:
    """Return the headlines of what a view shows of its night, the best first, without full stops.

    The others say something else of the same night. Before polls close there is only what was known
    before.
    """
    if not view.councils and not view.ballots_seen and not view.by_election_changes:
        return [_nobody_votes(view)]
    if view.now < view.polls_close:
        return [f"{sentence_case(vote_words(view))}, polls close at {clock_time(view.polls_close)}"]
    found = dict.fromkeys(filter(None, _found(view)))
    return [*found] or ["Nothing has been declared"]


def vote_words(view: NightView) -> str:
    """Return "200 councils vote", "Barnet votes"."""
    if view.is_of_by_elections:
        wards = sum(one.ballot.kind is BallotKind.WARD for one in view.ballots_seen)
        return f"{count(wards, 'by-election')} {'is' if wards == 1 else 'are'} held"
    if not view.state.total_known:
        return "which councils vote is not known"
    if view.lens.council is not None and view.councils:
        return f"{name_of(view.councils[0].council)} votes"
    return f"{count(view.state.total, 'council')} {'votes' if view.state.total == 1 else 'vote'}"


def _nobody_votes(view: NightView) -> str:
    where = view.shown if view.lens.council is not None else ""
    if view.standings or view.ballots:
        return f"{where} has no election on this night" if where else "No council there votes"
    return f"Nothing has come in{where and f' for {where}'} yet"


def _found(view: NightView) -> Iterator[str]:
    """Yield the headlines that a night has, the most important first."""
    if view.lens.party is not None:
        yield _of_party(view, view.lens.party)
        return
    for story in view.stories[:_MOST_STORIES]:
        yield from _of_parties(story, view) if story.net else [_of_story(story, view)]
    if not any(story.councils and story.ballot is None for story in view.stories):
        yield from _of_standing_still(view)
    yield from _of_by_elections(view)


# --- parties


def _of_party(view: NightView, party: str) -> str:
    """Return "Labour up 4 councils and 138 seats", or what the party has."""
    who, line = party_name(party, view.parties), view.state.line(party)
    mover = view.moves.get(party)
    if mover is not None and (mover.councils or mover.seats):
        return f"{who} {moved_words(mover)}"
    every = line.seats_given and not view.state.without_won
    won = f"{count(line.seats_won, 'seat')} won" if every else ""
    if not view.state.declared:
        return "No council has declared"
    return f"{who}: {' and '.join(filter(None, (count(line.councils, 'council'), won)))}"


def moved_words(mover: Mover) -> str:
    """Return "down 11 councils and 402 seats", "up 4 councils but down 20 seats"."""
    councils, seats = mover.councils, mover.seats
    parts = []
    if councils:
        parts.append(f"{up_or_down(councils)} {count(abs(councils), 'council')}")
    if seats:
        way = "" if councils * seats > 0 else f"{up_or_down(seats)} "
        parts.append(f"{way}{count(abs(seats), 'seat')}")
    return f" {'but' if councils * seats < 0 else 'and'} ".join(parts)


def _of_parties(story: Story, view: NightView) -> Iterator[str]:
    """Yield the headlines about the party that moved most; while councils come in, their names."""
    who = party_name(story.party, view.parties)
    mover = view.moves[story.party or ""]
    councils = f"{who} {up_or_down(story.net)} {count(abs(story.net), 'council')}"
    rest = [one for one in view.movers if one.party != story.party]
    second = next((one for one in rest if _SECOND * one.weight >= mover.weight), None)
    forms = []
    if second is not None and abs(second.councils) > 1:
        other = count(abs(second.councils), "council") if second.councils * story.net > 0 else ""
        other = other or number(abs(second.councils))
        moved = f"{party_name(second.party, view.parties)} {up_or_down(second.councils)}"
        forms.append(f"{councils}, {moved} {other}")
    elif second is not None and second.seats:
        forms.append(f"{councils}, {party_name(second.party, view.parties)} {moved_words(second)}")
    if mover.seats:
        forms.append(f"{who} {moved_words(mover)}")
    early = 2 * view.state.declared < view.state.total
    named = _with_names(story, view, councils)
    yield from (named, *forms) if early else (*forms, named)
    yield councils


def _with_names(story: Story, view: NightView, councils: str) -> str:
    """Return "… down 5 councils as Labour take Westminster and Wandsworth"."""
    of_council = {s.councils[0]: s for s in view.stories if s.kind is StoryKind.COUNCIL}
    own = [of_council[code] for code in story.councils if code in of_council]
    if not own:
        return ""
    first = own[0]
    same = [one for one in own if (one.party, one.loser) == (first.party, first.loser)]
    names = [name_of(standing_of(one, view.standings).council) for one in same[:_MOST_NAMED]]
    named = [in_words(names), names[0]]
    if story.net > 0:
        said = [f"{councils}, taking {each}" for each in named]
    elif first.party is None:
        said = [f"{councils}, losing {each} to no overall control" for each in named]
    elif not view.parties.get(first.party).is_one_party:
        said = [f"{councils}, losing {each}" for each in named]
    else:
        winner = party_name(first.party, view.parties)
        said = [f"{councils} as {winner} take {each}" for each in named]
    return next((one for one in said if len(one) <= _LONGEST), councils)


# --- a council or a ballot


def _of_story(story: Story, view: NightView) -> str:
    match story.kind:
        case StoryKind.ASSEMBLY:
            return _of_assembly(view)
        case StoryKind.REFERENDUM:
            return _of_referendum(ballot_of_story(story, view.ballots))
        case StoryKind.MAYOR:
            return _of_mayor(story, ballot_of_story(story, view.ballots), view.parties)
    standing = standing_of(story, view.standings)
    return (
        f"{declared_sentence(standing, view.parties)}{_after_years(story.tenure, standing.night)}"
    )


def _of_referendum(standing: BallotStanding) -> str:
    report = standing.report
    return chosen_sentence(standing.ballot, report.winners[0].name) if report else ""


def _after_years(lasted: Tenure | None, night: date) -> str:
    """Return " after 44 years" where that is known and long."""
    if lasted is None or lasted.holder.holder is None or lasted.start not in _EXACT:
        return ""
    years = years_of(lasted, night)
    return f" after {count(years, 'year')}" if years >= _LEAST_YEARS else ""


def _of_mayor(story: Story, standing: BallotStanding, parties: Parties) -> str:
    party, post = parties.get(story.party or ""), escape(standing.ballot.name)
    if not party.is_one_party:
        elected = escape(standing.report.winners[0].name) if standing.report else ""
        return f"{elected}, {members(party)}, elected {post}"
    before = parties.get(story.loser or "")
    loser = members(before) if before.is_one_party else holder_before(before)
    return f"{party_name(story.party, parties)} gain {post} from {loser}"


def _of_assembly(view: NightView) -> str:
    state, parties = assembly_of(view.ballots, view.almanac), view.parties
    if state.settled is None:
        filled = f"{number(state.filled)} of {number(state.seats)}"
        return f"{filled} Northern Ireland Assembly seats filled"
    who = party_name(state.settled, parties)
    if state.overtaken is not None:
        other = members(parties.get(state.overtaken.party))
        return f"{who} overtake {other} as largest party in Northern Ireland Assembly"
    return f"{who} largest party in Northern Ireland Assembly"


# --- nothing changed


def _of_standing_still(view: NightView) -> Iterator[str]:
    """Yield what there is to say where no council is known to have changed hands."""
    declared = [one for one in view.councils if one.declared is not None]
    if view.councils and not declared:
        if view.lens.council is not None:
            yield f"{name_of(view.councils[0].council)} has not declared"
        elif not view.stories:
            yield "No council has declared"
        return
    if len(declared) == 1:
        yield declared_sentence(declared[0], view.parties)
    elif declared:
        yield _no_change(declared, view)
        yield from (f"{party_name(m.party, view.parties)} {moved_words(m)}" for m in view.movers)
    yield _of_contests(view)


def _no_change(declared: Sequence[CouncilStanding], view: NightView) -> str:
    known = [one for one in declared if one.before is not None]
    if not known:
        most = max(view.state.parties, key=lambda line: line.councils, default=None)
        of = f"of {count(len(declared), 'council')} declared"
        if most is None or not most.councils:
            return f"No party wins a majority on any {of}"
        together = "" if view.parties.get(most.party or "").is_one_party else " together"
        who = f"{party_name(most.party, view.parties)}{together}"
        return f"{who} control {number(most.councils)} {of}"
    still = "no council changes hands"
    if len(known) < len(declared):
        still = "no council is known to have changed hands"
    if not view.movers:
        of = f" of {number(view.state.total)}" if view.state.total_known else ""
        if view.state.is_complete:
            return f"{sentence_case(still)}, {number(len(declared))}{of} declared"
        still = still.replace("changes hands", "has changed hands")
        return f"{sentence_case(still)} after {number(len(declared))}{of}"
    mover = view.movers[0]
    still += "" if view.state.is_complete else " so far"
    return f"{party_name(mover.party, view.parties)} {moved_words(mover)}, {still}"


def _of_contests(view: NightView) -> str:
    """Return what became of mayors and the like where none of them changed party."""
    told = [one for one in view.ballots_seen if result_of_ballot(one, view.parties)]
    mayors = [one for one in told if one.ballot.kind is BallotKind.MAYOR]
    if len(mayors) == 1:
        return _result(mayors[0], view.parties)
    if mayors and all(holds_seats(one, view.parties) for one in mayors):
        return f"No mayor changes party, {number(len(mayors))} declared"
    if mayors:
        return f"{number(len(mayors))} mayors elected"
    return ""


def _of_by_elections(view: NightView) -> Iterator[str]:
    """Yield what by-elections have changed; that all are holds only where no council votes."""
    yield from (declared_sentence(one, view.parties) for one in view.by_election_changes)
    if view.standings:
        return
    wards = [one for one in view.ballots_seen if one.ballot.kind is BallotKind.WARD]
    told = [one for one in wards if result_of_ballot(one, view.parties)]
    news = [one for one in told if not holds_seats(one, view.parties)]
    yield from (_result(one, view.parties) for one in news)
    if len(told) == 1 and not news:
        yield _result(told[0], view.parties)
    elif any(one.ballot.sitting is None for one in told):
        yield f"{count(len(told), 'by-election')} declared"
    elif told:
        holds = len(told) - len(news)
        verb = "is a hold" if holds == 1 else "are holds"
        yield f"{number(holds)} of {count(len(told), 'by-election')} {verb}"


def _result(standing: BallotStanding, parties: Parties) -> str:
    return sentence_case(result_of_ballot(standing, parties) or "")
