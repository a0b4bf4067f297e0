"""What a council's result means, as the title of its picture."""

from __future__ import annotations

from datetime import date

from bot.election.almanac import Almanac, CitedKind
from bot.election.control import Outcome, majority_base
from bot.election.history import Start, Tenure, tenure_of
from bot.election.parties import Parties
from bot.election.standings import CouncilStanding, Declared
from bot.wording.councils import declared_sentence
from bot.wording.phrases import NO_OVERALL_CONTROL, members, name_of, number, sentence_case

_LONG = 10
"""From so many years on it is told how long control had lasted."""


def council_finding(standing: CouncilStanding, almanac: Almanac) -> str:
    """Return the finding of a council that has declared.

    "Labour take Wandsworth after 44 years" where the history knows it, else "Labour gain Barnet,
    majority of 19". Where nobody or several together have a majority it is the result's headline.
    """
    declared, parties = standing.declared, almanac.parties
    headline = declared_sentence(standing, parties)
    holder = declared and declared.after.holder and parties.get(declared.after.holder)
    if declared is None or (holder and not holder.is_one_party):
        return headline
    if declared.outcome.changes_hands and (change := _change_of_hands(standing, almanac)):
        return change
    ahead = majority_words(declared, parties)
    if not ahead or not holder or declared.outcome is Outcome.BEFORE_NOT_KNOWN:
        return headline
    if declared.outcome.changes_hands:
        return f"{sentence_case(members(holder))} gain {name_of(standing.council)}, {ahead}"
    return f"{headline}, {ahead}"


def _change_of_hands(standing: CouncilStanding, almanac: Almanac) -> str:
    """Return what a change of hands ends or begins; empty if that is not known or not long."""
    declared, before, parties = standing.declared, standing.before, almanac.parties
    if declared is None or before is None:
        return ""
    name, code = name_of(standing.council), declared.after.holder
    after = "" if code is None else sentence_case(members(parties.get(code)))
    for fact in almanac.cited.get(standing.council.code, ()):
        if (fact.night, fact.kind, fact.party) == (standing.night, CitedKind.NEVER_SINCE, code):
            return f"{after} take {name} for the first time"
    lasted = tenure_of(standing.council, before, standing.night, almanac)
    years = _years(lasted, standing) if lasted else ""
    if not years:
        return ""
    if before.is_noc:
        return f"{after} take {name} after {years} of {NO_OVERALL_CONTROL}"
    loser = parties.get(before.holder or "")
    if after or not loser.is_one_party:
        return f"{after} take {name} after {years}" if after else ""
    return f"{sentence_case(members(loser))} lose {name} after {years}"


def majority_words(declared: Declared, parties: Parties) -> str:
    """Return "majority of 12"; empty unless one party has more than half of all seats."""
    holder, now = declared.after.holder, declared.now
    if holder is None or not parties.get(holder).is_one_party:
        return ""
    ahead = 2 * now.get(holder, 0) - now.total
    if ahead <= 0 or majority_base(declared.after, now) < now.total:
        return ""
    return f"majority of {number(ahead)}"


def _years(lasted: Tenure, standing: CouncilStanding) -> str:
    """Return "44 years" or "at least 20 years"; empty if it was short or is not known."""
    if lasted.start is Start.AFTER_ELECTION:
        return ""
    began = date(lasted.since, lasted.month or 5, 1)
    night = standing.night
    years = night.year - began.year - ((night.month, 1) < (began.month, began.day))
    exact = lasted.month is not None or lasted.start in (Start.ELECTION, Start.FIRST_ELECTION)
    return f"{'' if exact else 'at least '}{number(years)} years" if years >= _LONG else ""
