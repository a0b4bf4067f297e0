"""The language of the newsroom: numbers, parties and what became of a council, in sentences.

British newspaper style: parties take plural verbs ("Labour gain Hull"). Whatever stands for several
parties at once (independents, residents' associations) is never written as if it were one party.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.cards.card import GREY
from bot.cards.text import ago, at, clock_time, escape
from bot.election.almanac import LONDON
from bot.election.claims import ClaimContent
from bot.election.control import NOC, Control, Outcome, majority_base, majority_of, seats_behind
from bot.election.councils import Council
from bot.election.parties import INDEPENDENT, VACANT, Parties, Party, WireParty
from bot.election.seats import Composition
from bot.election.tenure import Start, Tenure

NO_OVERALL_CONTROL = "no overall control"
NOC_COLOUR = GREY

_NO_LONGER_LATE = timedelta(days=1)
"""After that a council is not late: the night is over, and the date is told."""

_MINUS = "\N{MINUS SIGN}"
_MOST_LEVEL = 4
"""As many parties with the same number of seats are named."""
_MEMBERS = {
    "Con": "Conservatives",
    "LD": "Liberal Democrats",
    "Green": "Greens",
    "GPNI": "Greens (Northern Ireland)",
    "SNP": "SNP",
    "DUP": "DUP",
    "UUP": "Ulster Unionists",
    "RA": "residents' associations",
    INDEPENDENT: "independents and others",
}
_ONE = {
    "DUP": "DUP",
    "UUP": "Ulster Unionist",
    "GPNI": "Green",
    "SNP": "SNP",
    "RA": "residents' association",
    INDEPENDENT: "independent",
}
_WITH_ARTICLE = frozenset({"Con", "LD", "Green", "GPNI", "SNP", "DUP", "UUP", "SDLP"})
_HEADLINES = {
    Outcome.GAIN: "{after} gain {council} from {before}",
    Outcome.GAIN_FROM_NOC: "{after} gain {council} from {before}",
    Outcome.LOSS_TO_NOC: "{before} lose {council} to {after}",
    Outcome.HOLD: "{after} hold {council}",
    Outcome.STAYS_NOC: "{council} stays under {after}",
    Outcome.FIRST_ELECTION: "First election: {after} win {council}",
}


def number(value: float) -> str:
    """Return a whole number: 1,078; a negative one has a real minus sign, parts are rounded off."""
    return f"{round(value):,}".replace("-", _MINUS)


def signed(change: int) -> str:
    """Return a change: +3, −11, or "no change"."""
    return f"{'+' if change > 0 else ''}{number(change)}" if change else "no change"


def change_between(least: int, most: int) -> str:
    """Return a change that may not be known to the seat: "+24", "+22 to +24"."""
    if least == most:
        return signed(least)
    return f"{signed(least) if least else '0'} to {signed(most) if most else '0'}"


def count(value: int, thing: str, things: str | None = None) -> str:
    """Return a counted thing: "no councils", "1 council", "2 councils"."""
    many = things or thing + "s"
    if value == 0:
        return f"no {many}"
    return f"{number(value)} {thing if value == 1 else many}"


def sentence_case(text: str) -> str:
    """Return *text* with its first letter a capital."""
    return text[:1].upper() + text[1:]


def possessive(name: str) -> str:
    """Return "Labour's", or "the Conservatives'"."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def in_words(items: Sequence[str], joint: str = "and") -> str:
    """Return "Hull", "Hull and Leeds" or "Hull, Leeds and Barnet"."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + f" {joint} " + items[-1]


def name_of(council: Council) -> str:
    """Return a council's name, safe to show."""
    return escape(council.name) or "a council without a name"


def members(party: Party) -> str:
    """Return a party as headlines name it: "Labour", "Conservatives", "independents and others"."""
    return _MEMBERS.get(party.code) or escape(party.name) or "a party without a name"


def one_of(party: Party) -> str:
    """Return what one person or one seat of a party is: "Conservative", "DUP", "independent"."""
    return _ONE.get(party.code) or escape(party.name) or "of a party without a name"


def some_of(seats: int, party: Party) -> str:
    """Return a number of a party's seats as people: "1 Conservative", "2 DUP", "3 independents"."""
    many = "independents" if party.code == INDEPENDENT else members(party)
    return count(seats, one_of(party), many)


def affiliation(wire: WireParty, parties: Parties) -> str:
    """Return a candidate's party as lists have it; an independent keeps the wire's own word."""
    party = parties.resolve(wire)
    if party.code == INDEPENDENT:
        return "Independent" if "/" in wire.name or not wire.name else escape(wire.name)
    return sentence_case(one_of(party))


def the_members(party: Party) -> str:
    """Return a party as sentences name it: "Labour", "the Conservatives", "Plaid Cymru"."""
    return f"the {members(party)}" if party.code in _WITH_ARTICLE else members(party)


def holder_of(control: Control, parties: Parties) -> str:
    """Return who controls: "the Conservatives", or "no overall control"."""
    return (
        NO_OVERALL_CONTROL if control.holder is None else the_members(parties.get(control.holder))
    )


def colour_of(control: Control | None, parties: Parties) -> int:
    """Return a controlling party's colour; grey for no overall control and where none is known."""
    if control is None or control.holder is None:
        return NOC_COLOUR
    return int(parties.get(control.holder).colour.removeprefix("#"), 16)


def outcome_sentence(
    council: Council, content: ClaimContent, parties: Parties, now: Composition | None = None
) -> str:
    """Return what became of *council* as a headline, without a full stop.

    "Liberal Democrats gain Kingston upon Hull from Labour", "Conservatives lose Worcester to no
    overall control", "First election: Labour win Cumberland". *now* gives the figures that are
    told where several parties or independents together hold the majority.
    """
    after = content.after.holder and parties.get(content.after.holder)
    if after and not after.is_one_party:
        return sentence_case(_joint_outcome(council, content, parties, now, after))
    return sentence_case(_outcome(council, content, parties))


def _outcome(council: Council, content: ClaimContent, parties: Parties) -> str:
    """Return the headline of a council that one party controls now, or nobody."""
    name = name_of(council)
    before = content.before and content.before.holder and parties.get(content.before.holder)
    if content.before is None and content.after.is_noc:
        return f"First election: {NO_OVERALL_CONTROL} in {name}"
    if content.after.is_noc and before and not before.is_one_party:
        return f"{name} goes from {members(before)} to {NO_OVERALL_CONTROL}"
    return _HEADLINES[content.outcome].format(
        council=name,
        before=_headline_name(content.before or NOC, parties),
        after=_headline_name(content.after, parties),
    )


def _headline_name(control: Control, parties: Parties) -> str:
    return NO_OVERALL_CONTROL if control.holder is None else members(parties.get(control.holder))


def _joint_outcome(
    council: Council,
    content: ClaimContent,
    parties: Parties,
    now: Composition | None,
    after: Party,
) -> str:
    """Return the headline of a council where several together have more than half."""
    name = name_of(council)
    majority = _joint_majority(after, now, parties)
    if content.before is None:
        return f"First election: in {name} {majority}"
    if content.before.holder is None:
        return f"{name} leaves {NO_OVERALL_CONTROL}; {majority}"
    before = parties.get(content.before.holder)
    if content.outcome is Outcome.HOLD:
        return f"{name} stays with {members(after)}; {majority}"
    if not before.is_one_party:
        return f"{name} goes from {members(before)} to {members(after)}; {majority}"
    return f"{members(before)} lose {name}; {majority}"


def _joint_majority(party: Party, now: Composition | None, parties: Parties) -> str:
    if now is None:
        return f"{members(party)} together hold more than half, no one party has a majority"
    held = seats_of_holder(Control(party.code), now, parties)
    return f"{members(party)} hold {held}, no one party has a majority"


def majority_line(after: Control, now: Composition, parties: Parties) -> str:
    """Return the holder's seats beside what a majority takes, or who has most where nobody has one.

    "**35 of 58** seats (majority 30), 12 more than all others together", "**18 of 35 filled seats**
    (36 in all)", "Labour largest party: 27 of 57, 29 needed".
    """
    needed = majority_of(now.total)
    if after.holder is None:
        most = max((seats for code, seats in now.items() if code != VACANT), default=0)
        target = f", {number(needed)} needed" if most < needed else f" (majority {number(needed)})"
        return most_seats(now, parties) + target
    held = f"**{seats_of_holder(after, now, parties)}**"
    if majority_base(after, now) < now.total:
        return f"{held} ({number(now.total)} in all)"
    line = f"{held} seats (majority {number(needed)})"
    if not parties.get(after.holder).is_one_party:
        return f"Together {line}"
    ahead = 2 * now.get(after.holder, 0) - now.total
    return f"{line}, {number(ahead)} more than all others together" if ahead > 0 else line


def seats_of_holder(after: Control, now: Composition, parties: Parties) -> str:
    """Return the holder's seats of those that decided: "35 of 58", or "18 of 35 filled seats".

    The filled ones decide where they alone give the holder a majority, and the desk has said so.
    """
    of_what = majority_base(after, now)
    filled = " filled seats" if of_what < now.total else ""
    return f"{number(seats_behind(after, now, parties))} of {number(of_what)}{filled}"


def most_seats(now: Composition, parties: Parties) -> str:
    """Return who has most seats: "Labour largest party: 27 of 57", or those that are level."""
    held = {code: seats for code, seats in now.items() if code != VACANT}
    most = max(held.values(), default=0)
    leaders = [parties.get(code) for code, seats in held.items() if seats == most]
    of_total = f"{number(most)} of {number(now.total)}"
    if len(leaders) == 1 and not leaders[0].is_one_party:
        return f"{sentence_case(members(leaders[0]))} together {of_total}"
    if len(leaders) == 1:
        return f"{sentence_case(members(leaders[0]))} largest party: {of_total}"
    named = [
        members(one) if one.is_one_party else f"{members(one)} together"
        for one in leaders[:_MOST_LEVEL]
    ]
    if len(leaders) > len(named):
        named.append(f"{number(len(leaders) - len(named))} more")
    if not named:
        return "Nobody has a seat"
    return f"{sentence_case(in_words(named))} level: {of_total} each"


def size_line(now: int, before: int | None, *, redrawn: bool) -> str:
    """Return what stands between the seats before and now, without a full stop, "" for nothing.

    "58 seats in all, 60 before: boundaries were redrawn".
    """
    why = "boundaries were redrawn" if redrawn else ""
    if before is None or before == now:
        return sentence_case(why)
    return ": ".join(filter(None, (f"{count(now, 'seat')} in all, {number(before)} before", why)))


def since_when(lasted: Tenure) -> str:
    """Return "since 2011", "since at least 1973", "since before May 2020"."""
    if lasted.month is not None:
        return f"since {date(lasted.since, lasted.month, 1):%B %Y}"
    match lasted.start:
        case Start.AT_LEAST:
            return f"since at least {lasted.since}"
        case Start.FIRST_ELECTION:
            return f"since its first election in {lasted.since}"
        case Start.BEFORE:
            return f"since before May {lasted.since}"
    return f"since {lasted.since}"


def tenure_sentence(lasted: Tenure, parties: Parties, *, still: bool = False) -> str:
    """Return how long control had lasted, without a full stop; *still* says that it lasts on."""
    had = "has" if still else "had"
    if lasted.holder.holder is None:
        return f"It {had} been under {NO_OVERALL_CONTROL} {since_when(lasted)}"
    have = "have" if still else "had"
    party = parties.get(lasted.holder.holder)
    return f"{sentence_case(the_members(party))} {have} controlled it {since_when(lasted)}"


def duration(span: timedelta) -> str:
    """Return a length of time, rounded to its largest unit: "5 minutes", "3 hours" of 2 h 53.

    What is under two hours is told in minutes, what is under two days in hours.
    """
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
    return f"expected about {ago(expected_at)}"


def day(date_of: date) -> str:
    """Return a date as "5 May 2022"."""
    return f"{date_of.day} {date_of:%B %Y}"
