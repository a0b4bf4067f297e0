"""The night as an article: a headline and up to four short paragraphs.

The first tells what the biggest movers gained and lost, the second what that comes to and where it
happened, the third what else was decided, the last what is still to come.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.election.ballots import BallotStanding
from bot.election.control import Outcome
from bot.election.movers import Mover
from bot.election.reports import BallotKind, WardReport
from bot.election.standings import CouncilStanding
from bot.election.stories import StoryKind
from bot.election.tally import by_nation
from bot.wording.ballots import holds_seats, result_of_ballot
from bot.wording.councils import declared_sentence, majority_line
from bot.wording.figures import declared_of
from bot.wording.headline import headlines, moved_words
from bot.wording.night import NightView
from bot.wording.phrases import (
    affiliation,
    count,
    in_words,
    name_of,
    number,
    on_another_day,
    sentence_case,
    the_party,
)
from bot.wording.stories import first_elections_sentence, flow_sentences, story_sentence
from bot.wording.text import at, escape, listed

_MOST_MOVERS = 6
_MOST_COUNCILS = 6
_MOST_SENTENCES = 4
"""On where councils changed hands."""
_MOST_CONTROL = 3
_MOST_FIRSTS = 8
_MOST_CONTESTS = 4
_MOST_NAMES = 6
_NEXT = 3
_LONGEST_NAMES = 300
_LONGEST_PARAGRAPH = 400
"""Characters of what a night comes to, if something can be left out."""
_FEW = 4
"""So few councils are told one by one, and need no sum of who controls them."""

CONTESTS = {
    BallotKind.MAYOR: ("mayor", "mayors"),
    BallotKind.REFERENDUM: ("referendum", "referendums"),
    BallotKind.ASSEMBLY: (
        "Northern Ireland Assembly constituency",
        "Northern Ireland Assembly constituencies",
    ),
    BallotKind.WARD: ("by-election", "by-elections"),
}


@dataclass(frozen=True, slots=True)
class Article:
    """A headline without a full stop, and the paragraphs below it; the first may stand alone."""

    headline: str
    paragraphs: tuple[str, ...]

    @property
    def lead(self) -> str:
        """The first paragraph, empty if the headline has said it all."""
        return self.paragraphs[0] if self.paragraphs else ""


def article(view: NightView, *, reconciled: bool = True, unlike: Iterable[str] = ()) -> Article:
    """Return what a view shows of its night, as a newsroom writes it.

    The headline is none of *unlike* if there is something else to say. Before polls close it says
    only what was known before. *reconciled* is whether nothing is open about the totals.
    """
    found = headlines(view)
    taken = set(map(_without_figures, unlike))
    headline = next((one for one in found if _without_figures(one) not in taken), found[0])
    if not view.councils and not view.ballots_seen and not view.by_election_changes:
        return Article(headline, ())
    if view.now < view.polls_close:
        contests = contests_to_come(view)
        told = [f"Also to be decided: {contests}."] if contests and view.councils else []
        told += _expected(view.councils, view.now)
        return Article(headline, (" ".join(told),) if told else ())
    lead = _lead(view)
    where = _where(view, lead)
    if view.movers and view.stories and view.stories[0].net:
        lead, where = lead + where[:1], where[1:]
    paragraphs = (
        lead,
        _what_it_comes_to(view, where),
        _contests(view),
        still_to_come(view, reconciled=reconciled),
    )
    texts = [" ".join(one for one in each if one != f"{headline}.") for each in paragraphs]
    return Article(headline, tuple(filter(None, map(str.strip, texts))))


def _what_it_comes_to(view: NightView, where: Sequence[str]) -> list[str]:
    """Return who controls how many councils, *where* control changed, and first elections.

    What the tables below say is left out while it is too long: first the sums, then the last
    councils.
    """
    sums, where, firsts = _control(view), list(where), _firsts(view)
    if len(" ".join((*sums, *where, *firsts))) > _LONGEST_PARAGRAPH and len(sums) > 1:
        del sums[0]
    while len(where) > 1 and len(" ".join((*sums, *where, *firsts))) > _LONGEST_PARAGRAPH:
        del where[-1]
    return [*sums, *where, *firsts]


def _without_figures(headline: str) -> str:
    """Return what a headline says apart from its numbers: two that differ in these are alike."""
    return re.sub(r"\d[\d,]*", "", headline)


# --- what moved


def _lead(view: NightView) -> list[str]:
    """Return the biggest story and the parties that moved most."""
    if view.lens.party is not None:
        return _of_party(view, view.lens.party)
    told = []
    first = view.stories[0] if view.stories else None
    if first is not None and not first.net:
        told.append(story_sentence(first, view))
    if view.movers:
        told += _moved(view.movers[:_MOST_MOVERS], view, in_full=not told)
    if not view.state.declared:
        return [*told, *_by_elections(view)] if not view.councils else told
    declared = [one for one in view.councils if one.declared is not None]
    if len(declared) == 1 and (first is None or first.ballot is None):
        return [
            *(told or [f"{declared_sentence(declared[0], view.parties)}."]),
            _seats(declared[0], view),
        ]
    if not any(one.councils and one.ballot is None for one in view.stories):
        told += _standing_still(view)
    return told + (_by_elections(view) if not view.councils else [])


def _seats(standing: CouncilStanding, view: NightView) -> str:
    """Return what a council's seats make of it: "**35 of 58** seats, a majority of 12."."""
    result = standing.declared
    holder = result and result.after.holder
    if holder and not view.parties.get(holder).is_one_party:
        return ""  # the sentence has told their seats
    line = majority_line(result.after, result.now, view.parties) if result and result.now else ""
    return line and f"{line}."


def _of_party(view: NightView, party: str) -> list[str]:
    line, mover = view.state.line(party), view.moves.get(party)
    who = sentence_case(the_party(party, view.parties))
    if not view.state.declared:
        return []
    told = [] if mover is None or not _has_moved(mover) else [_first(mover, view)]
    has_any = line.councils or line.seats_won or told
    if not has_any and view.stories:
        return [story_sentence(one, view) for one in view.stories[:1] if not one.net]
    every = line.seats_given and not view.state.without_won
    seats = f" and have won {count(line.seats_won, 'seat')}" if every else ""
    they = "They" if told else who
    return [*told, f"{they} control {count(line.councils, 'council')}{seats}."]


def _has_moved(mover: Mover) -> bool:
    return bool(mover.gained or mover.lost or mover.seats)


def _moved(told: Sequence[Mover], view: NightView, *, in_full: bool) -> list[str]:
    """Return "Labour are up 4 councils and …"; the first party *in_full*, if that is asked for.

    In full it is "The Conservatives have lost 13 councils and gained 2, and …".
    """
    rest = told[1:] if in_full else told
    sentences = [_first(told[0], view)] if in_full else []
    if rest:
        are, *others = [
            f"{the_party(one.party, view.parties)}{verb} {moved_words(one)}"
            for one, verb in zip(rest, [" are", *[""] * len(rest)], strict=False)
        ]
        sentences.append(f"{sentence_case(in_words([are, *others]))}.")
    return sentences


def _first(mover: Mover, view: NightView) -> str:
    """Return "The Conservatives have lost 13 councils and gained 2, and have 402 fewer seats."."""
    who = sentence_case(the_party(mover.party, view.parties))
    way = "more" if mover.seats > 0 else "fewer"
    seats = count(abs(mover.seats), f"{way} seat")
    if not mover.gained and not mover.lost:
        return f"{who} have {seats}."
    lost, gained = ("lost", mover.lost), ("gained", mover.gained)
    (verb, many), (other, fewer) = (lost, gained) if mover.councils < 0 else (gained, lost)
    councils = f"{verb} {count(many, 'council')} and {other} {number(fewer) if fewer else 'none'}"
    return f"{who} have {councils}{f', and have {seats}' if mover.seats else ''}."


def _standing_still(view: NightView) -> list[str]:
    """Return that no council changed hands, as far as that is known."""
    declared = [one for one in view.councils if one.declared is not None]
    unknown = sum(
        one.declared.outcome is Outcome.BEFORE_NOT_KNOWN for one in declared if one.declared
    )
    if not unknown:
        return []  # the headline says so
    if unknown == len(declared):
        return [f"Who controlled them before is not known: {declared_of(view.state)}."]
    who = count(unknown, "council")
    return [f"No council is known to have changed hands; of {who} the control before is not known."]


# --- where, and what it comes to


def _where(view: NightView, lead: Sequence[str]) -> list[str]:
    """Return sentences on the foremost councils that changed hands, and on how many went so.

    A council that the *lead* tells of is not told again.
    """
    every = [one for one in view.stories if one.kind is StoryKind.COUNCIL]
    first = view.stories[0] if view.stories else None
    if view.lens.council is not None or first is None:
        return []
    chosen = every[:_MOST_COUNCILS]
    for mover in view.movers:
        best = next((one for one in every if one.party == mover.party), None)
        if mover.councils > 1 and best is not None:
            chosen.insert(_MOST_SENTENCES - 1, best)
    led_by = first if not first.net and story_sentence(first, view) in lead else None
    others = [one for one in every if one is not led_by]
    chosen = [one for one in chosen if one is not led_by]
    return flow_sentences(chosen, others, view, _MOST_SENTENCES, led_by=led_by)


def _firsts(view: NightView) -> list[str]:
    """Return who won first elections, unless the night leads with the only one."""
    first = view.stories[0] if view.stories else None
    firsts = [
        one
        for one in view.councils
        if one.declared is not None
        and one.declared.outcome is Outcome.FIRST_ELECTION
        and view.lens.party in (None, one.declared.after.holder)
        and (first is None or first.councils != (one.council.code,))
    ]
    some = 0 < len(firsts) <= _MOST_FIRSTS and view.lens.council is None
    return [first_elections_sentence(firsts, view.parties)] if some else []


def _control(view: NightView) -> list[str]:
    """Return "Labour control 74 of the 200 councils, …, while 64 have no overall control."."""
    state = view.state
    if state.declared <= _FEW or view.lens.party is not None:
        return []
    lines = [line for line in state.parties if line.councils and line.party]
    lines = [line for line in lines if view.parties.get(line.party or "").is_one_party]
    if not lines:
        all_hung = f"All {number(state.declared)} councils have no overall control."
        return [all_hung] if state.noc.councils == state.declared else []
    shown = lines[:_MOST_CONTROL]
    shown += [line for line in lines[_MOST_CONTROL:] if line.councils == shown[-1].councils]
    first, *rest = (
        f"{the_party(line.party, view.parties)}{'' if n else ' control'} {number(line.councils)}"
        for n, line in enumerate(shown)
    )
    of = f"of the {number(state.declared)} councils" + ("" if state.is_complete else " declared")
    noc = state.noc.councils
    hung = (
        f", while {number(noc)} {'has' if noc == 1 else 'have'} no overall control" if noc else ""
    )
    told = [f"{sentence_case(in_words([f'{first} {of}', *rest]))}{hung}."]
    loser = next((one for one in view.movers if one.councils <= -2), None)
    unknown = sum(line.before_not_known for line in (*state.parties, state.noc))
    if loser is not None and not unknown:
        kept, who = loser.defended - loser.lost, sentence_case(the_party(loser.party, view.parties))
        of, kept_of = count(loser.defended, "council"), number(kept) if kept else "none"
        told.append(
            f"{who} keep {kept_of} of the {of} they defended."
            if state.is_complete
            else f"{who} have kept {kept_of} of their {of} declared so far."
        )
    return told


# --- what else was decided


def _contests(view: NightView) -> list[str]:
    """Return the news of the Assembly, referendums, mayors and by-elections."""
    first = view.stories[0] if view.stories else None
    of_ballots = (StoryKind.ASSEMBLY, StoryKind.REFERENDUM, StoryKind.MAYOR)
    news = [one for one in view.stories if one.kind in of_ballots and one is not first]
    told = [story_sentence(one, view) for one in news[:_MOST_CONTESTS]]
    if view.lens.party is not None or not view.councils:
        return told + (_mayors(view) if view.lens.party is None else [])
    return [*told, *_mayors(view), *_by_elections(view)]


def _mayors(view: NightView) -> list[str]:
    """Return the mayors elected whose posts did not change party."""
    told = {one.ballot for one in view.stories}
    still = [
        one
        for one in view.ballots_seen
        if one.ballot.kind is BallotKind.MAYOR
        and one.ballot.code not in told
        and result_of_ballot(one, view.parties)
    ]
    holds = [one for one in still if holds_seats(one, view.parties)]
    others = [_elected(one, view) for one in still if one not in holds][:_MOST_CONTESTS]
    if len(holds) == 1:
        holder = sentence_case(the_party(holds[0].ballot.sitting, view.parties))
        return [*others, f"{holder} hold the {escape(holds[0].ballot.area)} mayoralty."]
    by = Counter(the_party(one.ballot.sitting, view.parties) for one in holds)
    if not by:
        return others
    (who, many), *rest = by.most_common()
    held = [f"{who} hold {count(many, 'mayoralty', 'mayoralties')}"]
    held += [f"{other} {number(fewer)}" for other, fewer in rest]
    return [*others, f"{sentence_case(in_words(held))}."]


def _elected(standing: BallotStanding, view: NightView) -> str:
    """Return "Jason Perry (Conservative) is elected Mayor of Croydon."."""
    (chosen,) = standing.report.winners[:1] if standing.report else ()
    party = f" ({affiliation(chosen.party, view.parties)})" if chosen.party else ""
    return f"{escape(chosen.name)}{party} is elected {escape(standing.ballot.name)}."


def _result(standing: BallotStanding, view: NightView) -> str:
    return sentence_case(result_of_ballot(standing, view.parties) or "")


def _by_elections(view: NightView) -> list[str]:
    """Return what by-elections have changed, and on a night without councils how many are held."""
    changed = [f"{declared_sentence(one, view.parties)}." for one in view.by_election_changes]
    if view.standings:
        return changed
    told = [
        one
        for one in view.ballots_seen
        if one.ballot.kind is BallotKind.WARD and result_of_ballot(one, view.parties)
    ]
    news = [f"{_result(one, view)}." for one in told if not holds_seats(one, view.parties)]
    held = len(told) - len(news)
    holds = count(held, "by-election is a hold", "by-elections are holds")
    return [*changed, *news[:_MOST_CONTESTS], *([f"{sentence_case(holds)}."] if held else [])]


# --- what is still to come


def still_to_come(view: NightView, *, reconciled: bool = True) -> list[str]:
    """Return what is to be declared, when the next are expected, and what is held for checks."""
    if view.lens.party is not None:
        return []
    to_come = [one for one in view.councils if one.declared is None]
    told = []
    if view.lens.council is None:
        told += _undeclared(to_come, view)
    told += _expected(to_come, view.now)
    held = [name_of(one.council) for one in view.councils if one.awaiting_desk]
    held += [escape(one.ballot.name) for one in view.ballots_seen if one.awaiting_desk]
    if held:
        told.append(f"Held for checks and not counted: {listed(held, _LONGEST_NAMES, ', ')}.")
    if waiting := contests_to_come(view):
        told.append(f"Other contests to declare: {waiting}.")
    if not told and view.councils and not reconciled and view.lens.is_whole_night:
        told.append("The totals are still being checked.")
    return told


def _undeclared(to_come: Sequence[CouncilStanding], view: NightView) -> list[str]:
    unheard = view.state.total - len(view.councils)
    many = len(to_come) + unheard
    if not many:
        if view.councils and not view.state.total_known:
            return ["How many councils vote on this night is not known."]
        return []
    verb = "is" if many == 1 else "are"
    text = f"{sentence_case(count(many, 'council'))} {verb} still to declare"
    if unheard:
        return [f"{text}; of {number(unheard)} nothing has come in."]
    if many <= _MOST_NAMES:
        return [f"{text}: {in_words([name_of(one.council) for one in to_come])}."]
    nations = {
        nation or "places not in our tables": state.total - state.declared
        for nation, state in by_nation(view.councils).items()
        if state.total > state.declared
    }
    if view.place or len(nations) == 1:
        where = "" if view.place else f", all in {next(iter(nations))}"
        return [f"{text}{where}."]
    return [f"{text}: {in_words([f'{number(n)} in {where}' for where, n in nations.items()])}."]


def _expected(to_come: Sequence[CouncilStanding], now: datetime) -> list[str]:
    timed = [(one.expected_at, one) for one in to_come if one.expected_at and not one.awaiting_desk]
    timed.sort(key=lambda pair: (pair[0], pair[1].council.name))
    next_ones: dict[datetime, list[str]] = {}
    for when, one in [pair for pair in timed if pair[0] >= now][:_NEXT]:
        next_ones.setdefault(when, []).append(name_of(one.council))
    coming = [
        f"{in_words(names)} at {at(when)}{on_another_day(when, now)}"
        for when, names in next_ones.items()
    ]
    late = [name_of(one.council) for when, one in timed if when < now]
    told = [f"Expected next: {in_words(coming)}."] if coming else []
    if late:
        told.append(f"Overdue: {listed(late, _LONGEST_NAMES, ', ')}.")
    return told


def contests_to_come(view: NightView) -> str:
    """Return how many ballots of each kind are still to declare, "" if none are.

    By-elections of wards are left out where councils vote: the night does not wait for them.
    """
    open_still = [
        one.ballot.kind
        for one in view.ballots_seen
        if not one.is_declared
        and (one.ballot.kind is not BallotKind.WARD or view.is_of_by_elections)
        and not (isinstance(one.report, WardReport) and one.report.put_off)
    ]
    return in_words(
        [count(open_still.count(kind), *CONTESTS[kind]) for kind in CONTESTS if kind in open_still]
    )
