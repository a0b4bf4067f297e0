"""The running headline: the biggest story of the night and what goes with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.election.almanac import Almanac, CitedFact, CitedKind
from bot.election.assembly import assembly_of
from bot.election.ballots import BallotStanding
from bot.election.parties import Parties
from bot.election.reports import BallotKind
from bot.election.standings import CouncilStanding
from bot.election.stories import Story, StoryKind, stories
from bot.wording.ballots import chosen_sentence, holder_before, holds_seats, result_of_ballot
from bot.wording.councils import declared_sentence, since_when
from bot.wording.figures import declared_of, than
from bot.wording.night import NightView
from bot.wording.phrases import (
    NO_OVERALL_CONTROL,
    count,
    holder_of,
    in_words,
    members,
    name_of,
    number,
    sentence_case,
    the_party,
)
from bot.wording.text import clock_time, escape

_FOREMOST = 3
"""The most councils named in the lead."""
_MOST_STORIES = 4
_MOST_MOVERS = 5
_ASSEMBLY_PARTIES = 5


def headline(view: NightView) -> list[str]:
    """Return one to five sentences on what a view shows of its night.

    Before polls close they say only what was known before the night.
    """
    if not view.councils and not view.ballots_seen:
        return [_nobody_votes(view)]
    if view.now < view.polls_close:
        return [f"{sentence_case(_vote(view))}; polls close at {clock_time(view.polls_close)}."]
    ranked = stories(view.standings, view.almanac, view.ballots, view.lens)
    told = [sentence for story in _told(ranked) for sentence in _sentences(story, ranked, view)]
    told = [*_beginning(view, ranked), *told, *_by_elections(view)]
    return told or ["Nothing has been declared yet."]


def _vote(view: NightView) -> str:
    """Return "200 councils vote", "Barnet votes"."""
    if view.is_of_by_elections:
        wards = sum(one.ballot.kind is BallotKind.WARD for one in view.ballots_seen)
        return f"{count(wards, 'by-election')} {'is' if wards == 1 else 'are'} held"
    if not view.state.total_known:
        return "which councils vote is not in our tables"
    if view.lens.council is not None and view.councils:
        return f"{name_of(view.councils[0].council)} votes"
    return f"{count(view.state.total, 'council')} {'votes' if view.state.total == 1 else 'vote'}"


def _nobody_votes(view: NightView) -> str:
    """Return that nothing is voted on there, or that nothing has come in yet."""
    where = view.shown if view.lens.council is not None else ""
    if view.standings or view.ballots:
        return f"{where} has no election on this night." if where else "No council there votes."
    there = where and f" for {where}"
    return f"Nothing has come in{there} yet: which councils vote is not known."


def _beginning(view: NightView, ranked: Sequence[Story]) -> list[str]:
    """Return what precedes the stories: how a party stands, or that nothing changed hands."""
    state, lens = view.state, view.lens
    if not view.councils:
        return []
    if not state.declared:
        if lens.council is not None:
            return [f"{name_of(view.councils[0].council)} has not declared."]
        return [f"No council has declared yet; {_vote(view)}."]
    if lens.party is not None:
        line = state.line(lens.party)
        has_any = bool(line.councils or line.council_change or line.seats_won or line.seat_change)
        only_elsewhere = bool(ranked) and not has_any
        return [] if only_elsewhere else [_party_stands(view, lens.party)]
    if any(story.councils and story.ballot is None for story in ranked):
        return []
    return [f"No council has changed hands: {declared_of(state)}."]


def _by_elections(view: NightView) -> list[str]:
    """Return what by-elections have changed, and on a night without councils how many are held."""
    changed = [f"{declared_sentence(one, view.parties)}." for one in view.by_election_changes]
    if view.standings:
        return changed
    told = [
        (one, result)
        for one in view.ballots_seen
        if one.ballot.kind is BallotKind.WARD and (result := result_of_ballot(one, view.parties))
    ]
    held = sum(holds_seats(one, view.parties) for one, _ in told)
    news = [f"{result}." for one, result in told if not holds_seats(one, view.parties)]
    holds = count(held, "by-election is a hold", "by-elections are holds")
    return [*changed, *news[:_MOST_STORIES], *([f"{sentence_case(holds)}."] if held else [])]


def _party_stands(view: NightView, party: str) -> str:
    """Return "Labour control 37 councils and have won 1,226 seats: 75 of 200 … declared."."""
    line = view.state.line(party)
    who = sentence_case(the_party(party, view.parties))
    seats = f" and have won {count(line.seats_won, 'seat')}" if line.seats_given else ""
    return f"{who} control {count(line.councils, 'council')}{seats}: {declared_of(view.state)}."


def _told(ranked: Sequence[Story]) -> list[Story]:
    """Return the lead, its counterpart, and the biggest stories that those do not include."""
    if not ranked:
        return []
    first = ranked[0]
    told = [first]
    other_side = [
        one for one in ranked[1:] if (one.net * first.net < 0 if first.net else abs(one.net) > 1)
    ]
    told += other_side[:1]
    for story in ranked[1:]:
        known = {code for one in told if one.ballot is None for code in one.councils}
        fresh = story.ballot is not None or not known.issuperset(story.councils)
        fresh = fresh or story.kind is StoryKind.ASSEMBLY
        if story.kind is StoryKind.SEATS:
            fresh = all(one.kind is not StoryKind.SEATS for one in told)
        if fresh and len(told) < _MOST_STORIES and story not in told and not story.net:
            told.append(story)
    return told


def _sentences(story: Story, ranked: Sequence[Story], view: NightView) -> list[str]:
    """Return a story in sentences; a leading party's story names its foremost councils."""
    parties = view.parties
    if story.net:
        sentences = [_party_sentence(story, parties)]
        if story is ranked[0]:
            of_council = {one.councils[0]: one for one in ranked if one.kind is StoryKind.COUNCIL}
            foremost = [of_council[code] for code in story.councils if code in of_council]
            if foremost:
                sentences.append(_foremost_sentence(story, foremost[:_FOREMOST], view.almanac))
        return sentences
    match story.kind:
        case StoryKind.SEATS:
            movers = [one for one in ranked if one.kind is StoryKind.SEATS]
            movers.sort(key=lambda one: -abs(one.seats))
            return [_seats_sentence(movers[:_MOST_MOVERS], parties)]
        case StoryKind.ASSEMBLY:
            return [_assembly_sentence(view.ballots, view.almanac)]
        case StoryKind.REFERENDUM | StoryKind.MAYOR:
            (ballot,) = (one for one in view.ballots if one.ballot.code == story.ballot)
            return [_ballot_sentence(story, ballot, parties)]
    (council,) = (one for one in view.standings if one.council.code == story.councils[0])
    if story.kind is StoryKind.STANDING_STILL:
        return [f"{declared_sentence(council, parties)}."]
    return [_council_sentence(story, council, view.almanac)]


def _assembly_sentence(ballots: Iterable[BallotStanding], almanac: Almanac) -> str:
    """Return "In the Northern Ireland Assembly 40 of 90 seats are filled: Sinn Féin 15, …"."""
    state, parties = assembly_of(ballots, almanac), almanac.parties
    told = [
        f"{members(parties.get(line.party))} {number(line.seats)}"
        for line in state.lines[:_ASSEMBLY_PARTIES]
        if line.seats
    ]
    filled = f"{number(state.filled)} of {number(state.seats)} seats are filled: {in_words(told)}."
    if state.settled is None:
        return f"In the Northern Ireland Assembly {filled}"
    who, verb = sentence_case(the_party(state.settled, parties)), "are"
    if state.overtaken is not None:
        verb = f"overtake {the_party(state.overtaken.party, parties)} as"
    return f"{who} {verb} the largest party in the Northern Ireland Assembly; {filled}"


def _ballot_sentence(story: Story, standing: BallotStanding, parties: Parties) -> str:
    """Return who was elected and gained from whom, or the answer chosen and what follows."""
    report, ballot = standing.report, standing.ballot
    if report is None:
        raise ValueError(f"{ballot.name} has no result to write about")
    chosen = report.winners[0]
    if story.kind is StoryKind.MAYOR:
        losers = holder_before(parties.get(story.loser or ""))
        gain = f"{the_party(story.party, parties)} gain from {losers}"
        return f"{escape(ballot.name)}: {escape(chosen.name)} is elected, {gain}."
    votes = sorted((one.votes[-1] or 0 for one in report.candidates if one.votes), reverse=True)
    by = f", {' to '.join(number(one) for one in votes)}" if len(votes) == 2 else ""
    follows = [one.consequence for one in ballot.answers if one.text == chosen.name]
    then = f" {escape(follows[0], 200).rstrip('.')}." if follows and follows[0] else ""
    return f"{chosen_sentence(ballot, chosen.name)}{by}.{then}"


def _party_sentence(story: Story, parties: Parties) -> str:
    """Return "The Conservatives have lost 13 councils and gained 2, a net loss of 11, …"."""
    who = sentence_case(the_party(story.party, parties))
    verbs, net = (("lost", "gained"), "loss") if story.net < 0 else (("gained", "lost"), "gain")
    text = f"{who} have {verbs[0]} {count(len(story.councils), 'council')}"
    other = len(story.councils) - abs(story.net)
    seats = f", with {_seats_words(story)}" if story.seats else ""
    if not other:
        return f"{text} and {verbs[1]} none{seats}."
    return f"{text} and {verbs[1]} {number(other)}, a net {net} of {number(abs(story.net))}{seats}."


def _seats_sentence(movers: Sequence[Story], parties: Parties) -> str:
    """Return "Labour have 21 seats more than … and the Greens 23 more."."""
    first, *rest = movers
    others = [
        f"{the_party(one.party, parties)} {number(abs(one.seats))} {_more(one)}" for one in rest
    ]
    lead = f"{sentence_case(the_party(first.party, parties))} have {_seats_words(first)}"
    return f"{in_words([lead, *others])}."


def _more(story: Story) -> str:
    return "more" if story.seats > 0 else "fewer"


def _seats_words(story: Story) -> str:
    against = f" {than(story.since)}" if story.since is not None else ""
    return f"{count(abs(story.seats), 'seat')} {_more(story)}{against}"


def _foremost_sentence(story: Story, foremost: Sequence[Story], almanac: Almanac) -> str:
    """Return "Among the losses: Westminster (Conservative since …) and Barnet."."""
    what = "losses" if story.net < 0 else "gains"
    intro = f"Among the {what}" if len(foremost) < len(story.councils) else f"The {what}"
    return f"{intro}: {in_words([_with_past(one, almanac) for one in foremost])}."


def _with_past(story: Story, almanac: Almanac) -> str:
    name = name_of(almanac.councils.get(story.councils[0]))
    past = story.tenure
    if story.cited is not None:
        return f"{name} ({_cited_words(story.cited, almanac.parties)})"
    if past is None or past.holder.holder is None:
        return name
    party = almanac.parties.get(past.holder.holder)
    if not party.is_one_party:
        return name
    return f"{name} ({escape(party.name)} {since_when(past)})"


def _cited_words(cited: CitedFact, parties: Parties) -> str:
    """Return "Labour for the first time since it was created in …"."""
    who = escape(parties.get(cited.party).name)
    if cited.kind is CitedKind.SINCE:
        return f"{who} since {cited.year}"
    return f"{who} for the first time since it was created in {cited.year}"


def _council_sentence(story: Story, standing: CouncilStanding, almanac: Almanac) -> str:
    """Return "Labour have gained Westminster from the Conservatives, who had controlled it…"."""
    declared, before, parties = standing.declared, standing.before, almanac.parties
    holders = [one.holder for one in (before, declared and declared.after) if one and one.holder]
    if declared is None or not all(parties.get(code).is_one_party for code in holders):
        return f"{declared_sentence(standing, parties)}."
    name = name_of(standing.council)
    after = holder_of(declared.after, parties)
    if before is None:
        if declared.after.is_noc:
            return f"The first election in {name} leaves it under {NO_OVERALL_CONTROL}."
        return f"{sentence_case(after)} have won the first election in {name}."
    loser = holder_of(before, parties)
    past = since_when(story.tenure) if story.tenure else ""
    if declared.after.is_noc:
        so_far = past and f", having controlled it {past}"
        return f"{sentence_case(loser)} have lost {name} to {after}{so_far}."
    so_far = past and f", who had controlled it {past}"
    if story.cited is not None and story.cited.kind is CitedKind.NEVER_SINCE:
        so_far += f": {_cited_words(story.cited, parties)}"
    return f"{sentence_case(after)} have gained {name} from {loser}{so_far}."
