"""The first sentences of a summary: the biggest story of the night, then what goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards.figures import (
    declared_of,
)
from bot.cards.text import clock_time, escape
from bot.cards.words import (
    NO_OVERALL_CONTROL,
    count,
    holder_of,
    in_words,
    name_of,
    number,
    outcome_sentence,
    sentence_case,
    since_when,
    the_members,
)
from bot.election.almanac import Almanac
from bot.election.claims import ClaimContent
from bot.election.headlines import Story, stories
from bot.election.parties import Parties
from bot.election.standings import CouncilStanding
from bot.election.tally import state_of_night

_FOREMOST = 3
"""As many councils are named in the lead."""


def lead(standings: Sequence[CouncilStanding], almanac: Almanac, now: datetime) -> list[str]:
    """Return one to three sentences; before polls close only what is known before the night."""
    if not standings:
        return ["No council votes."]
    closing = almanac.night(standings[0].night).polls_close
    state = state_of_night(standings, almanac)
    vote = f"{count(state.total, 'council')} {'votes' if state.total == 1 else 'vote'}"
    if not state.total_known:
        vote = "which councils vote is not in our tables"
    if now < closing:
        return [f"{sentence_case(vote)}; polls close at {clock_time(closing)}."]
    if not state.declared:
        return [f"No council has declared yet; {vote}."]
    ranked = stories(standings, almanac)
    if not ranked:
        return [f"No council has changed hands: {declared_of(state)}."]
    of_council = {one.councils[0]: one for one in ranked if not one.net}
    by_code = {standing.council.code: standing for standing in standings}
    sentences = []
    for story in _told(ranked):
        if story.net:
            sentences.append(_party_sentence(story, almanac.parties))
        else:
            sentences.append(_council_sentence(story, by_code[story.councils[0]], almanac.parties))
    if ranked[0].net:
        foremost = [of_council[code] for code in ranked[0].councils[:_FOREMOST]]
        sentences.insert(1, _foremost_sentence(ranked[0], foremost, almanac))
    return sentences


def _told(ranked: Sequence[Story]) -> list[Story]:
    """Return the lead and what belongs beside it: the other side's story, or a party's."""
    first = ranked[0]
    beside = [one for one in ranked if (one.net * first.net < 0 if first.net else abs(one.net) > 1)]
    return [first, *beside[:1]]


def _party_sentence(story: Story, parties: Parties) -> str:
    """Return "The Conservatives have lost 13 councils and gained 2, a net loss of 11."."""
    who = sentence_case(the_members(parties.get(story.party or "")))
    verbs, net = (("lost", "gained"), "loss") if story.net < 0 else (("gained", "lost"), "gain")
    text = f"{who} have {verbs[0]} {count(len(story.councils), 'council')}"
    other = len(story.councils) - abs(story.net)
    if not other:
        return f"{text} and {verbs[1]} none."
    return f"{text} and {verbs[1]} {number(other)}, a net {net} of {number(abs(story.net))}."


def _foremost_sentence(story: Story, foremost: Sequence[Story], almanac: Almanac) -> str:
    """Return "Among the losses: Westminster (Conservative since at least 1973) and Barnet."."""
    what = "losses" if story.net < 0 else "gains"
    intro = f"Among the {what}" if len(foremost) < len(story.councils) else f"The {what}"
    return f"{intro}: {in_words([_with_past(one, almanac) for one in foremost])}."


def _with_past(story: Story, almanac: Almanac) -> str:
    name = name_of(almanac.councils.get(story.councils[0]))
    past = story.tenure
    if past is None or past.holder.holder is None:
        return name
    party = almanac.parties.get(past.holder.holder)
    if not party.is_one_party:
        return name
    return f"{name} ({escape(party.name)} {since_when(past)})"


def _council_sentence(story: Story, standing: CouncilStanding, parties: Parties) -> str:
    """Return "Labour have gained Westminster from the Conservatives, who had controlled it…"."""
    declared, before = standing.declared, standing.before
    if declared is None:
        raise ValueError(f"{standing.council.name} has no result to write about")
    holders = [one.holder for one in (before, declared.after) if one and one.holder]
    if not all(parties.get(code).is_one_party for code in holders):
        content = ClaimContent(before, declared.after, declared.outcome)
        return outcome_sentence(standing.council, content, parties, declared.now) + "."
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
    return f"{sentence_case(after)} have gained {name} from {loser}{so_far}."
