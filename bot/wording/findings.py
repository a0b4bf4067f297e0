"""What councils' results mean, as the title of their picture: the news in a few words."""

from __future__ import annotations

from datetime import timedelta

from bot.election.almanac import Almanac, CitedKind
from bot.election.control import Control, Outcome, majority_base, majority_over_others
from bot.election.history import Start, Tenure, history_before, tenure_of, years_of
from bot.election.parties import Parties
from bot.election.standings import CouncilStanding, Declared
from bot.election.stories import Lens, Story, stories
from bot.wording.councils import declared_sentence
from bot.wording.night import NightView
from bot.wording.phrases import (
    NO_OVERALL_CONTROL,
    count,
    members,
    name_of,
    number,
    one_of,
    party_name,
    sentence_case,
    up_or_down,
    weekday,
)
from bot.wording.text import clock_time

_LONG = 10
"""From so many years on it is told how long control had lasted."""
_COUNCILS_WEIGH = 15
"""What a party's net council counts for, beside the scores of single councils."""
_SOON = timedelta(hours=12)


def council_finding(standing: CouncilStanding, almanac: Almanac) -> str:
    """Return the finding of a council that has declared.

    "Labour take Wandsworth after 44 years" where the history knows it, else "Labour gain Barnet,
    majority of 19". Where nobody or several together have a majority it is the result's headline.
    """
    declared, parties = standing.declared, almanac.parties
    headline = declared_sentence(standing, parties)
    holder = declared and declared.after.holder and parties.get(declared.after.holder)
    if declared is None:
        return headline
    if holder and not holder.is_one_party:
        stays = f"{name_of(standing.council)} stays with {members(holder)}"
        whole = f"{stays}, no one party has a majority"
        return whole if declared.outcome is Outcome.HOLD else headline
    if declared.outcome.changes_hands and (change := _change_of_hands(standing, almanac)):
        return change
    ahead = majority_words(declared, parties)
    if not ahead or not holder or declared.outcome is Outcome.BEFORE_NOT_KNOWN:
        return headline
    if declared.outcome.changes_hands:
        headline = f"{sentence_case(members(holder))} gain {name_of(standing.council)}"
    return f"{headline}, {ahead}"


def _change_of_hands(standing: CouncilStanding, almanac: Almanac) -> str:
    """Return what a change of hands ends or begins; empty if that is not known or not long."""
    declared, before, parties = standing.declared, standing.before, almanac.parties
    if declared is None or before is None:
        return ""
    name, code = name_of(standing.council), declared.after.holder
    after = "" if code is None else party_name(code, parties)
    for fact in almanac.cited.get(standing.council.code, ()):
        if (fact.night, fact.kind, fact.party) == (standing.night, CitedKind.NEVER_SINCE, code):
            return f"{after} take {name} for the first time"
    lasted = tenure_of(standing.council, before, standing.night, almanac)
    years = _years(lasted, standing) if lasted else ""
    if lasted is None or not years:
        return ""
    if after:
        # Who takes back what it had was away for so long; else it is told who had it instead.
        history = history_before(almanac.history.get(standing.council.code, ()), standing.night)
        earlier = [one.control for one in history if one.year < lasted.since]
        back = not before.is_noc and earlier and earlier[-1] == declared.after
        return f"{after} take {name} after {years}{'' if back else _of_control(before, parties)}"
    loser = parties.get(before.holder or "")
    lose = f"{sentence_case(members(loser))} lose {name} after {years}"
    return lose if loser.is_one_party else ""


def _of_control(control: Control, parties: Parties) -> str:
    """Return " of Conservative control", " of no overall control"."""
    if control.holder is None:
        return f" of {NO_OVERALL_CONTROL}"
    party = parties.get(control.holder)
    if party.is_one_party:
        return f" of {one_of(party)} control"
    return f" of control by {members(party)}"


def majority_words(declared: Declared, parties: Parties) -> str:
    """Return "majority of 12"; empty unless one party has more than half of all seats."""
    holder, now = declared.after.holder, declared.now
    if holder is None or not parties.get(holder).is_one_party:
        return ""
    ahead = majority_over_others(holder, now)
    if ahead <= 0 or majority_base(declared.after, now) < now.total:
        return ""
    return f"majority of {number(ahead)}"


def _years(lasted: Tenure, standing: CouncilStanding) -> str:
    """Return "44 years" or "at least 20 years"; empty if it was short or is not known."""
    if lasted.start is Start.AFTER_ELECTION:
        return ""
    years = years_of(lasted, standing.night)
    exact = lasted.month is not None or lasted.start in (Start.ELECTION, Start.FIRST_ELECTION)
    return f"{'' if exact else 'at least '}{number(years)} years" if years >= _LONG else ""


# --- several councils


def finding_of(view: NightView) -> str:
    """Return the foremost news on the councils of a view, without a full stop.

    "Labour take Wandsworth after 44 years", "Conservatives down 11 councils, Labour up 4", or when
    the first council is expected.
    """
    place = Lens(nation=view.lens.nation, region=view.lens.region)
    ranked = [one for one in stories(view.standings, view.almanac, (), place) if one.councils]
    if not ranked:
        return _at(view, _nothing_new(view) or _first(view))
    # A party's few councils are less news than the greatest of them.
    lead = max(ranked, key=lambda one: abs(one.net) * _COUNCILS_WEIGH or one.score)
    if not lead.net:
        [found] = [one for one in view.standings if one.council.code == lead.councils[0]]
        return council_finding(found, view.almanac)
    news = f"{_party(lead, view)} {count(abs(lead.net), 'council')}"
    other = next((one for one in ranked if one.net * lead.net < 0), None)
    if other is not None:
        news = f"{news}, {_party(other, view)} {number(abs(other.net))}"
    return _at(view, news)


def _at(view: NightView, news: str) -> str:
    """Return news with the view's place before it: "London: Labour gain 3 councils"."""
    return f"{view.place}: {news}" if view.place else sentence_case(news)


def _party(story: Story, view: NightView) -> str:
    """Return "Conservatives lose", or "Conservatives down" where they also gained some."""
    who = party_name(story.party or "", view.parties)
    if abs(story.net) == len(story.councils):
        return f"{who} {'lose' if story.net < 0 else 'gain'}"
    return f"{who} {up_or_down(story.net)}"


def _nothing_new(view: NightView) -> str:
    """Return that no council has changed hands, or how many have declared; empty before any."""
    results = [one.declared for one in view.councils if one.declared is not None]
    if not results:
        return ""
    if any(one.outcome is Outcome.BEFORE_NOT_KNOWN for one in results):
        return f"{count(len(results), 'council')} declared"
    if view.state.is_complete:
        return "no council changes hands"
    first = "council" if len(results) == 1 else f"{number(len(results))} councils"
    return f"no change of control in the first {first}"


def _first(view: NightView) -> str:
    """Return when the first council is expected, or that none has declared."""
    expected = [one.expected_at for one in view.councils if one.expected_at is not None]
    first = min((at for at in expected if at >= view.now), default=None)
    if first is None:
        return "no council has declared"
    soon = first - view.now < _SOON
    when = f"about {clock_time(first)}" if soon else f"on {weekday(first)}"
    return f"first {'council' if len(view.councils) == 1 else 'councils'} expected {when}"
