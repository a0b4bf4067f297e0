"""The first sentences of a summary: the biggest story of the night, then what goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards.text import clock_time
from bot.cards.words import (
    NO_OVERALL_CONTROL,
    count,
    declared_of,
    holder_of,
    name_of,
    number,
    outcome_sentence,
    sentence_case,
    since_when,
    the_members,
)
from bot.election.almanac import Almanac
from bot.election.claims import ClaimContent
from bot.election.headlines import Story, StoryKind, stories
from bot.election.parties import Parties
from bot.election.standings import CouncilStanding
from bot.election.tally import state_of_parties


def lead(standings: Sequence[CouncilStanding], almanac: Almanac, now: datetime) -> list[str]:
    """Return one to three sentences; before polls close only what is known before the night."""
    state = state_of_parties(standings)
    if not standings:
        return ["No council votes."]
    closing = almanac.night(standings[0].night).polls_close
    vote = f"{count(state.total, 'council')} {'votes' if state.total == 1 else 'vote'}"
    if now < closing:
        return [f"{vote}; polls close at {clock_time(closing)}."]
    if not state.declared:
        return [f"No council has declared yet; {vote}."]
    ranked = stories(standings, almanac)
    if not ranked:
        return [f"No council has changed hands: {declared_of(state)}."]
    by_code = {standing.council.code: standing for standing in standings}
    return [_sentence(story, by_code, almanac.parties) for story in _told(ranked)]


def _told(ranked: Sequence[Story]) -> list[Story]:
    """Return the lead and what belongs beside it: the foremost council, the other side's story."""
    first = ranked[0]
    told = [first]
    if first.kind in (StoryKind.PARTY_DOWN, StoryKind.PARTY_UP):
        told += [one for one in ranked if one.councils == first.councils[:1]][:1]
        others = [one for one in ranked if one.net * first.net < 0]
    else:
        others = [one for one in ranked if abs(one.net) > 1]
    return told + others[:1]


def _sentence(story: Story, standings: dict[str, CouncilStanding], parties: Parties) -> str:
    if story.kind in (StoryKind.PARTY_DOWN, StoryKind.PARTY_UP):
        return _party_sentence(story, parties)
    return _council_sentence(story, standings[story.councils[0]], parties)


def _party_sentence(story: Story, parties: Parties) -> str:
    """Return "The Conservatives have lost 13 councils and gained 2, a net loss of 11."."""
    who = sentence_case(the_members(parties.get(story.party or "")))
    named = len(story.councils)
    down = story.kind is StoryKind.PARTY_DOWN
    verbs, net = (("lost", "gained"), "loss") if down else (("gained", "lost"), "gain")
    text = f"{who} have {verbs[0]} {count(named, 'council')}"
    other = named - abs(story.net)
    if not other:
        return f"{text} and {verbs[1]} none."
    return f"{text} and {verbs[1]} {number(other)}, a net {net} of {number(abs(story.net))}."


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
