"""The language of the newsroom: numbers, parties, dates and times.

British newspaper style: parties take plural verbs ("Labour gain Hull"). Several parties or
independents together (residents' associations) are never written as if they were one party.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.election.almanac import LONDON
from bot.election.control import Control
from bot.election.councils import Council
from bot.election.parties import INDEPENDENT, VACANT, Parties, Party, WireParty
from bot.wording.text import ago, at, between, clock_time, escape

NO_OVERALL_CONTROL = "no overall control"
GREY = 0x6B7280
"""The colour of no overall control, and of what has no colour."""

_SOON = timedelta(hours=8)
_LATER_TODAY = timedelta(hours=12)
_NO_LONGER_LATE = timedelta(days=1)
"""Later than this the expected date is given instead of the delay."""

MINUS = "\N{MINUS SIGN}"


def number(value: float) -> str:
    """Return a rounded number with separators and a real minus sign: 1,078, −11."""
    return f"{round(value):,}".replace("-", MINUS)


def signed(change: int) -> str:
    """Return a change: +3, −11, or "no change"."""
    return f"{'+' if change > 0 else ''}{number(change)}" if change else "no change"


def up_or_down(change: float) -> str:
    """Return the way of a change: "up" or "down"."""
    return "up" if change > 0 else "down"


def change_between(least: int, most: int) -> str:
    """Return a change that may not be known exactly, in full: "+24", "+22 to +24"."""
    if least == most:
        return signed(least)
    return f"{signed(least) if least else '0'} to {signed(most) if most else '0'}"


def change_at_least(least: int, most: int) -> str:
    """Return a change that may not be known exactly: "+24", "at least +22", "−3 to +2"."""
    if least == most or least * most <= 0:
        return change_between(least, most)
    return f"at least {signed(min(least, most, key=abs))}"


def count(value: int, thing: str, things: str | None = None) -> str:
    """Return a counted thing: "no councils", "1 council", "2 councils"."""
    many = things or thing + "s"
    if value == 0:
        return f"no {many}"
    return f"{number(value)} {thing if value == 1 else many}"


def sentence_case(text: str) -> str:
    """Return *text* with a capital first letter."""
    return text[:1].upper() + text[1:]


def possessive(name: str) -> str:
    """Return "Labour's", or "the Conservatives'"."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def in_words(items: Sequence[str], joint: str = "and") -> str:
    """Return "Hull", "Hull and Leeds" or "Hull, Leeds and Barnet".

    Where one of them holds the joint there is a comma before it: "Somerset, and Brighton and Hove".
    Three of which one holds a comma have semicolons between them.
    """
    if len(items) < 2:
        return "".join(items)
    stop, last = stops_in(items, joint)
    return stop.join(items[:-1]) + last + items[-1]


def stops_in(items: Sequence[str], joint: str = "and") -> tuple[str, str]:
    """Return what `in_words` puts between *items*, and what before the last one."""
    stop = between(items) if len(items) > 2 else ", "
    parted = any(f" {joint} " in item and item[0] != "“" for item in items)
    last = stop.rstrip() if parted or stop != ", " else ""
    return stop, f"{last} {joint} "


def before_the_night(why: str) -> str:
    """Return why a council was listed, which was written before its result was known."""
    return f"Before the night: {escape(why, 300)}"


def name_of(council: Council) -> str:
    """Return a council's name, escaped for Discord."""
    return escape(council.name) or "a council without a name"


def count_wards(many: int, *councils: Council) -> str:
    """Return "3 wards" of a council, or "3 divisions" of a county."""
    divisions = bool(councils) and all(one.is_county for one in councils)
    return count(many, "division" if divisions else "ward")


def members(party: Party) -> str:
    """Return a party as in headlines and tables: "Labour", "Conservatives", "Lib Dems"."""
    return party.short or _full_members(party)


def party_name(code: str | None, parties: Parties) -> str:
    """Return a party as rows, headlines and sentences begin with it; None is no overall control."""
    if code == VACANT:
        return "Vacant"
    return sentence_case(NO_OVERALL_CONTROL if code is None else members(parties.get(code)))


def one_of(party: Party) -> str:
    """Return one person or seat of a party: "Conservative", "Lib Dem", "independent"."""
    return party.one or escape(party.name) or "of a party without a name"


def some_of(seats: int, party: Party) -> str:
    """Return a number of people of a party: "1 Conservative", "2 DUP", "3 independents"."""
    many = "independents" if party.code == INDEPENDENT else members(party)
    return count(seats, one_of(party), many)


def affiliation(wire: WireParty, parties: Parties) -> str:
    """Return a candidate's party as in lists; an independent keeps the wire's own wording."""
    party = parties.resolve(wire)
    if party.code == INDEPENDENT:
        return "Independent" if parties.is_of_no_party(wire.name) else escape(wire.name)
    return sentence_case(one_of(party))


def the_members(party: Party) -> str:
    """Return a party as in sentences: "Labour", "the Liberal Democrats", "Plaid Cymru"."""
    return f"the {_full_members(party)}" if party.article else _full_members(party)


def _full_members(party: Party) -> str:
    return party.members or escape(party.name) or "a party without a name"


def the_party(code: str | None, parties: Parties) -> str:
    """Return a party by its code, as in sentences."""
    return the_members(parties.get(code or ""))


def holder_of(control: Control, parties: Parties) -> str:
    """Return who is in control: "the Conservatives", or "no overall control"."""
    return (
        NO_OVERALL_CONTROL if control.holder is None else the_members(parties.get(control.holder))
    )


def holder_in_lists(control: Control, parties: Parties) -> str:
    """Return who is in control, as in headlines and lists: "Labour", "no overall control"."""
    return NO_OVERALL_CONTROL if control.holder is None else members(parties.get(control.holder))


def party_colour(code: str | None, parties: Parties) -> int:
    """Return a party's colour; grey for None."""
    return GREY if code is None else int(parties.get(code).colour.removeprefix("#"), 16)


def colour_of(control: Control | None, parties: Parties) -> int:
    """Return the colour of the party in control; grey if there is none or it is not known."""
    return GREY if control is None else party_colour(control.holder, parties)


def duration(span: timedelta) -> str:
    """Return a length of time in one unit: "5 minutes"; from two hours in hours, then in days."""
    seconds = abs(span).total_seconds()
    if seconds < 60:
        return "under a minute"
    minutes, hours, days = (int(seconds / unit + 0.5) for unit in (60, 3_600, 86_400))
    if minutes < 120:
        return count(minutes, "minute")
    return count(hours, "hour") if hours < 48 else count(days, "day")


def weekday(moment: datetime) -> str:
    """Return the day of *moment* as "Friday 6 May", in Europe/London."""
    local = moment.astimezone(LONDON)
    return f"{local:%A} {local.day} {local:%B}"


def day_and_time(moment: datetime) -> str:
    """Return *moment* as "09:00 on Friday 6 May", in Europe/London."""
    return f"{clock_time(moment)} on {weekday(moment)}"


def expected_words(expected_at: datetime, now: datetime) -> str:
    """Return when a declaration is expected, or how late it is."""
    if now - expected_at > _NO_LONGER_LATE:
        return f"expected on {day(expected_at.astimezone(LONDON).date())}"
    if now > expected_at:
        return f"expected at {at(expected_at)}, {duration(now - expected_at)} late"
    if other_day := on_another_day(expected_at, now):
        return f"expected about {at(expected_at)}{other_day}"
    return f"expected about {ago(expected_at)}"


def on_another_day(when: datetime, now: datetime) -> str:
    """Return " on Saturday 7 May" if the time of day alone could be taken for another's."""
    today = when.astimezone(LONDON).date() == now.astimezone(LONDON).date()
    return f" on {weekday(when)}" if when - now > (_LATER_TODAY if today else _SOON) else ""


def day(date_of: date) -> str:
    """Return a date as its day, month and year, without a comma."""
    return f"{date_of.day} {date_of:%B %Y}"
