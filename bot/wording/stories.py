"""The stories of a night in sentences: councils that changed hands, and other contests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.election.almanac import Almanac, CitedFact, CitedKind
from bot.election.assembly import AssemblyState, assembly_of
from bot.election.ballots import BallotStanding
from bot.election.control import Control
from bot.election.parties import Parties
from bot.election.standings import CouncilStanding
from bot.election.stories import Story, StoryKind
from bot.wording.ballots import chosen_sentence, holder_before
from bot.wording.councils import declared_sentence, since_when
from bot.wording.night import NightView
from bot.wording.phrases import (
    NO_OVERALL_CONTROL,
    holder_of,
    in_words,
    name_of,
    number,
    one_of,
    party_name,
    sentence_case,
    the_members,
    the_party,
)
from bot.wording.text import escape

_MOST_NAMED = 3
"""The most councils named in a sentence; further ones are counted."""
_MOST_AMONG = 2
"""The councils named of more than that."""
_ASSEMBLY_PARTIES = 5

Flow = tuple[str | None, str | None]
"""From whom to whom councils went: codes of parties, None for no overall control."""


def story_sentence(story: Story, view: NightView) -> str:
    """Return the story of a council, a ballot or the Assembly as a sentence.

    Raises `ValueError` for a party's, which `bot.wording.article` tells.
    """
    match story.kind:
        case StoryKind.ASSEMBLY:
            return assembly_sentence(assembly_of(view.ballots, view.almanac), view.parties)
        case StoryKind.REFERENDUM | StoryKind.MAYOR:
            return _ballot_sentence(story, ballot_of_story(story, view.ballots), view.parties)
        case StoryKind.PARTY_DOWN | StoryKind.PARTY_UP:
            raise ValueError("a party's story is more than a sentence")
    standing = standing_of(story, view.standings)
    if story.kind is StoryKind.STANDING_STILL:
        return f"{declared_sentence(standing, view.parties)}."
    return _council_sentence(story, standing, view.almanac)


def standing_of(story: Story, standings: Iterable[CouncilStanding]) -> CouncilStanding:
    """Return the council that a story is about."""
    (found,) = (one for one in standings if one.council.code == story.councils[0])
    return found


def ballot_of_story(story: Story, ballots: Iterable[BallotStanding]) -> BallotStanding:
    """Return the ballot that a story is about."""
    (found,) = (one for one in ballots if one.ballot.code == story.ballot)
    return found


def assembly_sentence(state: AssemblyState, parties: Parties) -> str:
    """Return "Sinn Féin are the largest party in the Northern Ireland Assembly: 27 of 90 …"."""
    lines = [line for line in state.lines[:_ASSEMBLY_PARTIES] if line.seats]
    seats = [f"{the_party(line.party, parties)} {number(line.seats)}" for line in lines]
    if state.settled is None:
        filled = f"{number(state.filled)} of {number(state.seats)} seats are filled"
        return f"In the Northern Ireland Assembly {filled}: {in_words(seats)}."
    who, verb = sentence_case(the_party(state.settled, parties)), "are"
    if state.overtaken is not None:
        verb = f"overtake {the_party(state.overtaken.party, parties)} as"
    largest = f"{who} {verb} the largest party in the Northern Ireland Assembly"
    if state.filled < state.seats:
        return f"{largest}, with {number(state.filled)} of {number(state.seats)} seats filled."
    theirs = in_words([number(lines[0].seats), *seats[1:]])
    return f"{largest}. Of its {number(state.seats)} seats they have {theirs}."


def _ballot_sentence(story: Story, standing: BallotStanding, parties: Parties) -> str:
    """Return who was elected and gained from whom, or the answer chosen and what follows."""
    report, ballot = standing.report, standing.ballot
    if report is None:
        raise ValueError(f"{ballot.name} has no result to write about")
    chosen = report.winners[0]
    if story.kind is StoryKind.MAYOR:
        party, losers = (
            parties.get(story.party or ""),
            holder_before(parties.get(story.loser or "")),
        )
        who = f"{escape(chosen.name)} ({sentence_case(one_of(party))})"
        if not party.is_one_party:
            return f"{who} is elected {escape(ballot.name)}, previously held by {losers}."
        return f"{who} is elected {escape(ballot.name)}, gaining the post from {losers}."
    votes = sorted((one.votes[-1] or 0 for one in report.candidates if one.votes), reverse=True)
    by = f", by {' to '.join(number(one) for one in votes)}" if len(votes) == 2 else ""
    follows = [one.consequence for one in ballot.answers if one.text == chosen.name]
    then = f" {escape(follows[0], 200).rstrip('.')}." if follows and follows[0] else ""
    return f"{chosen_sentence(ballot, chosen.name)}{by}.{then}"


# --- councils


def flow_of(story: Story) -> Flow:
    """Return from whom to whom the council of a story went."""
    return (story.loser, story.party)


def flow_sentences(
    chosen: Sequence[Story],
    every: Sequence[Story],
    view: NightView,
    most: int,
    *,
    led_by: Story | None,
) -> list[str]:
    """Return up to *most* sentences on the *chosen* councils and others that went the same way.

    A sentence names the foremost of *every* council with the same holders before and now, and says
    how many they are if it does not name all. The story that the article is *led_by*, if any, is
    not told again; what went the same way is told as "also".
    """
    by_flow: dict[object, list[Story]] = {}
    for story in chosen:
        if not _is_of_parties(story, view.parties):
            by_flow[story.councils] = [story]
        elif flow_of(story) not in by_flow:
            by_flow[flow_of(story)] = [one for one in every if flow_of(one) == flow_of(story)]
    sentences = []
    for told in [*by_flow.values()][:most]:
        also = (
            led_by is not None
            and led_by.kind is StoryKind.COUNCIL
            and flow_of(told[0]) == flow_of(led_by)
        )
        if not _is_of_parties(told[0], view.parties) or (len(told) == 1 and not also):
            sentences.append(story_sentence(told[0], view))
        else:
            sentences.append(_flow_sentence(told, view.almanac, also=also))
    return sentences


def _is_of_parties(story: Story, parties: Parties) -> bool:
    """Whether both holders are one party or no overall control."""
    return all(parties.get(code).is_one_party for code in flow_of(story) if code is not None)


def _flow_sentence(told: Sequence[Story], almanac: Almanac, *, also: bool) -> str:
    """Return "Labour gain 5 councils from the Conservatives, among them Westminster (…) and …"."""
    loser, winner = (Control(code) for code in flow_of(told[0]))
    before, after = (holder_of(one, almanac.parties) for one in (loser, winner))
    what, among = _with_pasts(told[:_MOST_NAMED], almanac), ""
    if len(told) > _MOST_NAMED:
        among = f", among them {_with_pasts(told[:_MOST_AMONG], almanac)}"
        what = f"{number(len(told))} councils"
    too = " also" if also else ""
    if winner.is_noc:
        return f"{sentence_case(before)}{too} lose {what} to {NO_OVERALL_CONTROL}{among}."
    return f"{sentence_case(after)}{too} gain {what} from {before}{among}."


def first_elections_sentence(firsts: Sequence[CouncilStanding], parties: Parties) -> str:
    """Return "In first elections, Labour win Cumberland and no party wins Somerset."."""
    by_winner: dict[str | None, list[str]] = {}
    for one in firsts:
        if one.declared is not None:
            by_winner.setdefault(one.declared.after.holder, []).append(name_of(one.council))
    told: list[str] = []
    for code, names in sorted(by_winner.items(), key=lambda one: one[0] is None):
        named = names[:_MOST_NAMED]
        if (more := len(names) - len(named)) > 0:
            named.append(f"{number(more)} more")
        where = in_words(named)
        party = None if code is None else parties.get(code)
        if party is not None and party.is_one_party:
            verb = "" if any(" win " in one for one in told) else " win"
            told.append(f"{the_members(party)}{verb} {where}")
        else:
            told.append(f"no party wins {where}")
    return f"In {'a first election' if len(firsts) == 1 else 'first elections'}, {in_words(told)}."


def _with_pasts(told: Sequence[Story], almanac: Almanac) -> str:
    """Return "Barnet and Wandsworth (held since …)"; what holds for all is said once."""
    names = [name_of(almanac.councils.get(one.councils[0])) for one in told]
    pasts = [_past(one, almanac.parties) for one in told]
    if len(told) > 1 and len(set(pasts)) == 1 and pasts[0]:
        return f"{in_words(names)} ({'both' if len(told) == 2 else 'all'} {pasts[0]})"
    each = zip(names, pasts, strict=True)
    return in_words([f"{name} ({past})" if past else name for name, past in each])


def _past(story: Story, parties: Parties) -> str:
    """Return "Labour since …", "for the first time since …", "" if it is not known.

    Of a council that its holder is said to lose it is "held since …".
    """
    past, cited = story.tenure, story.cited
    if cited is not None and cited.kind is CitedKind.NEVER_SINCE:
        return _first_since(cited)
    if story.loser is None:  # nobody held it
        return ""
    since = f"since {cited.year}" if cited is not None and cited.kind is CitedKind.SINCE else ""
    if not since and past:
        since = since_when(past)
    held = sentence_case(one_of(parties.get(story.loser))) if story.party else "held"
    return f"{held} {since}" if since else ""


def _first_since(cited: CitedFact) -> str:
    return f"for the first time since it was created in {cited.year}"


def _council_sentence(story: Story, standing: CouncilStanding, almanac: Almanac) -> str:
    """Return "Labour gain Westminster from the Conservatives, who had controlled it since …"."""
    declared, before, parties = standing.declared, standing.before, almanac.parties
    holders = [one.holder for one in (before, declared and declared.after) if one and one.holder]
    if declared is None or not all(parties.get(code).is_one_party for code in holders):
        return _joint_sentence(standing, parties)
    name = name_of(standing.council)
    after = holder_of(declared.after, parties)
    if before is None:
        return first_elections_sentence([standing], parties)
    loser = holder_of(before, parties)
    past = since_when(story.tenure) if story.tenure else ""
    if declared.after.is_noc:
        so_far = past and f", having controlled it {past}"
        return f"{sentence_case(loser)} lose {name} to {after}{so_far}."
    so_far = past and f", who had controlled it {past}"
    if story.cited is not None and story.cited.kind is CitedKind.NEVER_SINCE:
        so_far = f" {_first_since(story.cited)}"
    return f"{sentence_case(after)} gain {name} from {loser}{so_far}."


def _joint_sentence(standing: CouncilStanding, parties: Parties) -> str:
    """Return "The Conservatives lose Castle Point, where independents and others hold …"."""
    text = declared_sentence(standing, parties).replace("; ", ", where ", 1)
    for one in (standing.before, standing.declared and standing.declared.after):
        code = one.holder if one else None
        if code is not None and text.startswith(f"{(short := party_name(code, parties))} "):
            text = sentence_case(the_party(code, parties)) + text.removeprefix(short)
            break
    return f"{text}."
