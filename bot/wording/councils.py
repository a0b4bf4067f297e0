"""What became of a council, in sentences: outcome, majority, seats, how long control lasted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.election.almanac import Almanac, CitedKind
from bot.election.claims import ClaimContent
from bot.election.control import (
    NOC,
    Control,
    Outcome,
    majority_base,
    majority_of,
    majority_over_others,
    seats_behind,
)
from bot.election.councils import Council
from bot.election.history import Start, Tenure, first_since, tenure_of
from bot.election.milestones import DECADES
from bot.election.parties import Parties, Party
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding, Declared, PriorSource
from bot.election.superlatives import change_range
from bot.wording.phrases import (
    NO_OVERALL_CONTROL,
    count,
    day,
    holder_in_lists,
    holder_of,
    in_words,
    members,
    name_of,
    number,
    possessive,
    sentence_case,
    the_party,
)
from bot.wording.text import escape

_MOST_LEVEL = 4
"""The most parties named that are level."""
_ELECTION_MONTH = 5
_HEADLINES = {
    Outcome.GAIN: "{after} gain {council} from {before}",
    Outcome.GAIN_FROM_NOC: "{after} gain {council} from {before}",
    Outcome.LOSS_TO_NOC: "{before} lose {council} to {after}",
    Outcome.HOLD: "{after} hold {council}",
    Outcome.STAYS_NOC: "{council} stays under {after}",
    Outcome.FIRST_ELECTION: "First election: {after} win {council}",
    Outcome.BEFORE_NOT_KNOWN: "{after} control {council}; {unknown}",
}
BEFORE_NOT_KNOWN = "who controlled it before is not known"
_CHANGE_NOT_KNOWN = "whether it changed hands is not known"
"""Said of independents and of a local party: one source may count the party among them."""


def what_is_not_known(after: Control, parties: Parties) -> str:
    """Return what is not known of a council where no source tells what changed."""
    party = None if after.holder is None else parties.get(after.holder)
    is_national = party is None or party.is_in_many_places
    return BEFORE_NOT_KNOWN if is_national else _CHANGE_NOT_KNOWN


def outcome_sentence(
    council: Council, content: ClaimContent, parties: Parties, now: Composition | None = None
) -> str:
    """Return what became of *council* as a headline, without a full stop.

    "Liberal Democrats gain Kingston upon Hull from Labour", "Conservatives lose Worcester to no
    overall control", "First election: Labour win Cumberland", "Labour control Kingston upon Hull;
    who controlled it before is not known". *now* supplies the figures given when
    several parties or independents together hold the majority.
    """
    after = content.after.holder and parties.get(content.after.holder)
    if after and not after.is_one_party:
        return sentence_case(_joint_outcome(council, content, parties, now, after))
    return sentence_case(_outcome(council, content, parties))


def declared_sentence(standing: CouncilStanding, parties: Parties) -> str:
    """Return the result in force of a council that has declared, as a headline."""
    declared = standing.declared
    if declared is None:
        raise ValueError(f"{standing.council.name} has no result to write about")
    content = ClaimContent(standing.before, declared.after, declared.outcome)
    return outcome_sentence(standing.council, content, parties, declared.now)


def _outcome(council: Council, content: ClaimContent, parties: Parties) -> str:
    name = name_of(council)
    before = content.before and content.before.holder and parties.get(content.before.holder)
    if content.before is None and content.after.is_noc:
        if content.outcome is Outcome.BEFORE_NOT_KNOWN:
            return f"{NO_OVERALL_CONTROL} in {name}; {BEFORE_NOT_KNOWN}"
        return f"First election: {NO_OVERALL_CONTROL} in {name}"
    if content.after.is_noc and before and not before.is_one_party:
        return f"{name} goes from {members(before)} to {NO_OVERALL_CONTROL}"
    return _HEADLINES[content.outcome].format(
        council=name,
        before=holder_in_lists(content.before or NOC, parties),
        after=holder_in_lists(content.after, parties),
        unknown=what_is_not_known(content.after, parties),
    )


def _joint_outcome(
    council: Council,
    content: ClaimContent,
    parties: Parties,
    now: Composition | None,
    after: Party,
) -> str:
    """Return the headline of a council where several together hold a majority."""
    name = name_of(council)
    majority = _joint_majority(after, now, parties)
    if content.outcome is Outcome.BEFORE_NOT_KNOWN:
        return f"in {name} {majority}; {_CHANGE_NOT_KNOWN}"
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
    """Return the holder's seats and its majority, or the largest party if nobody has one.

    "**35 of 58** seats, a majority of 12", "**18 of 35 filled seats** (36 in all)", "Labour
    largest party: 27 of 57, 29 needed", "Together **26 of 41** seats, 21 needed for a majority".
    """
    needed, seats = majority_of(now.total), "seat" if now.total == 1 else "seats"
    if after.holder is None:
        most = max(now.without_vacant().values(), default=0)
        what_for = "" if most < needed else " for a majority"
        return f"{most_seats(now, parties)}, {number(needed)} needed{what_for}"
    held = f"**{seats_of_holder(after, now, parties)}**"
    if majority_base(after, now) < now.total:
        return f"{held} ({number(now.total)} in all)"
    if not parties.get(after.holder).is_one_party:
        return f"Together {held} {seats}, {number(needed)} needed for a majority"
    ahead = majority_over_others(after.holder, now)
    return f"{held} {seats}" + (f", a majority of {number(ahead)}" if ahead > 0 else "")


def seats_of_holder(after: Control, now: Composition, parties: Parties) -> str:
    """Return the holder's seats out of those that decided control: "35 of 58".

    "18 of 35 filled seats" if only the filled seats give a majority and the desk has confirmed it.
    """
    of_what = majority_base(after, now)
    filled = " filled seats" if of_what < now.total else ""
    return f"{number(seats_behind(after, now, parties))} of {number(of_what)}{filled}"


def certain_sentence(council: str, control: Control, parties: Parties) -> str:
    """Return what is certain of a council before its result, as a headline.

    "Labour certain to win Leeds", "Leeds will be hung"; *council* is its name, escaped.
    """
    if control.holder is None:
        return f"{council} will be hung"
    party = parties.get(control.holder)
    if not party.is_one_party:
        return (
            f"{sentence_case(members(party))} together certain to hold more than half of {council}"
        )
    return f"{sentence_case(members(party))} certain to win {council}"


def most_seats(now: Composition, parties: Parties) -> str:
    """Return who has most seats: "Labour largest party: 27 of 57", or who is level."""
    held = now.without_vacant()
    most = max(held.values(), default=0)
    leaders = [parties.get(code) for code, seats in held.items() if seats == most]
    of_total = f"{number(most)} of {number(now.total)}"
    if len(leaders) == 1 and not leaders[0].is_one_party:
        return f"{sentence_case(members(leaders[0]))} together {of_total}"
    if len(leaders) == 1:
        return f"{sentence_case(members(leaders[0]))} largest party: {of_total}"
    if not leaders:
        return "Nobody has a seat"
    singles = [members(one) for one in leaders if one.is_one_party]
    several = [f"{members(one)} together" for one in leaders if not one.is_one_party]
    named = singles[:_MOST_LEVEL]
    if len(singles) > len(named):
        named.append(f"{number(len(singles) - len(named))} more")
    level = f"level with {in_words(several)}" if several else "level"
    return f"{sentence_case(in_words(named))} {level}: {of_total} each"


def size_line(now: int, before: int | None, *, redrawn: bool) -> str:
    """Return "58 seats, previously 60: boundaries were redrawn"; empty if nothing changed."""
    why = "boundaries were redrawn" if redrawn else ""
    if before is None or before == now:
        return sentence_case(why)
    return ": ".join(filter(None, (f"{count(now, 'seat')}, previously {number(before)}", why)))


def resized_line(standing: CouncilStanding) -> str:
    """Return how the size of a council changed before its election, if it did."""
    if standing.size is None or not standing.held or standing.new_council:
        return ""
    resized = size_line(standing.size, standing.held.total, redrawn=standing.boundary_change)
    return f"{resized}." if resized else ""


@dataclass(frozen=True, slots=True)
class SeatsRow:
    """A party's seats on a council; `change` is the least and the most it can be."""

    code: str
    now: int
    before: int | None
    change: tuple[int, int] | None

    def before_in_words(self) -> str:
        """Return "29 before", or "0 to 4 before" where the change is a range; "" if not known."""
        if self.before is None:
            return ""
        least, most = self.change or (0, 0)
        if least == most:
            return f"{number(self.before)} before"
        return f"{number(self.now - most)} to {number(self.now - least)} before"


@dataclass(frozen=True, slots=True)
class SeatsTable:
    """A council's seats before and now; parties that lost all their seats come last.

    A change that contradicts the seats before is left out. A new council has no seats before. If
    the council's size changed, a party's unchanged number is not called "no change".
    """

    rows: tuple[SeatsRow, ...]
    before: Composition | None
    size: str

    @classmethod
    def of(cls, standing: CouncilStanding, declared: Declared, parties: Parties) -> SeatsTable:
        """Return the seats of a council that has declared."""
        has_past = declared.baseline.of_seats and not standing.new_council
        before = standing.held if has_past and standing.held and standing.held.total else None
        now, changes = declared.now, declared.counted_changes
        resized = before is not None and before.total != now.total
        rows = []
        for code in dict.fromkeys((*now, *(changes or ()), *(before or ()))):
            held = None if before is None else before.get(code, 0)
            change = None if changes is None else changes.get(code, 0)
            agrees = held is None or held + (change or 0) == now.get(code, 0)
            known = None
            if change is not None and agrees and (change or not resized):
                known = change_range(standing, code, change, parties)
            rows.append(SeatsRow(code, now.get(code, 0), held, known))
        redrawn = standing.boundary_change and not standing.new_council
        size = size_line(now.total, None if before is None else before.total, redrawn=redrawn)
        return cls(tuple(rows), before, size)


@dataclass(frozen=True, slots=True)
class Moves:
    """The councils that a party gained, lost or won at a first election, with the other holder.

    `unknown` are those that it controls and of which nobody knows who did before.
    """

    gains: Sequence[tuple[str, Control]]
    losses: Sequence[tuple[str, Control]]
    firsts: Sequence[str]
    unknown: Sequence[str] = ()

    @classmethod
    def of(cls, party: Party, standings: Iterable[CouncilStanding]) -> Moves:
        """Return those of a *party* among *standings*."""
        gains, losses, firsts, unknown = [], [], [], []
        for one in sorted(standings, key=lambda one: one.council.name):
            declared, before, name = one.declared, one.before, name_of(one.council)
            if declared is None:
                continue
            won = declared.after.holder == party.code
            if declared.outcome is Outcome.FIRST_ELECTION and won:
                firsts.append(name)
            elif declared.outcome is Outcome.BEFORE_NOT_KNOWN and won:
                unknown.append(name)
            elif declared.outcome.changes_hands and before is not None and won:
                gains.append((name, before))
            elif declared.outcome.changes_hands and before and before.holder == party.code:
                losses.append((name, declared.after))
        return cls(gains, losses, firsts, unknown)


def since_when(lasted: Tenure) -> str:
    """Return "since" or "since at least" and the year, with its month if that is no election's."""
    if lasted.month is not None and lasted.month != _ELECTION_MONTH:
        return f"since {date(lasted.since, lasted.month, 1):%B %Y}"
    match lasted.start:
        case Start.AT_LEAST:
            return f"since at least {lasted.since}"
        case Start.BEFORE:
            return f"since {lasted.since} at the latest"
        case Start.FIRST_ELECTION:
            return f"since its first election in {lasted.since}"
        case Start.AFTER_ELECTION:
            return f"since after the {lasted.since} election"
    return f"since {lasted.since}"


def tenure_sentence(lasted: Tenure, parties: Parties, *, still: bool = False) -> str:
    """Return how long control lasted, without a full stop; *still* if it continues."""
    nobody = lasted.holder.holder is None
    who = sentence_case(holder_of(lasted.holder, parties))
    if lasted.start is Start.AFTER_ELECTION and lasted.month is None:
        moved = f"It fell to {NO_OVERALL_CONTROL}" if nobody else f"{who} took control"
        return f"{moved} after the {lasted.since} election"
    had = ("has" if nobody else "have") if still else "had"
    if nobody:
        return f"It {had} been under {NO_OVERALL_CONTROL} {since_when(lasted)}"
    return f"{who} {had} controlled it {since_when(lasted)}"


def tenure_lines(
    council: Council, control: Control, night: date, almanac: Almanac, *, still: bool = False
) -> list[str]:
    """Return a sentence on how long *control* had lasted before *night*, if that is known."""
    lasted = tenure_of(council, control, night, almanac)
    return [f"{tenure_sentence(lasted, almanac.parties, still=still)}."] if lasted else []


_SAID_BY = {
    PriorSource.DESK: "according to our newsroom",
    PriorSource.WIRE: "as reported with the result",
    PriorSource.SHEET: "according to our newsroom's sheet",
    PriorSource.NOMINATIONS: "according to the seats held at nominations",
    PriorSource.SHIPPED: "according to our records of that day",
    PriorSource.HISTORY: "according to our records of control",
}


def previously_from(
    control: Control, source: PriorSource, year: int | None, parties: Parties
) -> str:
    """Return who had control and who says so: "**Labour**, according to our newsroom."

    The table of control says it of the May of a *year*.
    """
    said = f"**{holder_of(control, parties)}**, {_SAID_BY[source]}"
    return f"{said}." if year is None else f"{said}, after May {year}."


def previously(control: Control, year: int | None, parties: Parties) -> str:
    """Return "Previously: **Labour**."; the *year* is told if only our table of control says it."""
    when = "" if year is None else f", in May {year}"
    return f"Previously: **{holder_in_lists(control, parties)}**{when}."


def predecessors_of(council: Council, night: date, almanac: Almanac) -> str:
    """Return the names of the councils that a new council replaces, else an empty string.

    It is new on the night of its first election, and until it takes office.
    """
    election = almanac.night(night).elections.get(council.code)
    if election is not None and election.predecessors:
        replaced = [almanac.councils.get(code) for code in election.predecessors]
    elif council.is_first_elected(night) or council.awaits_office(night):
        replaced = list(almanac.councils.predecessors(council))
    else:
        replaced = []
    return in_words([_told_apart(one) for one in replaced])


def _told_apart(council: Council) -> str:
    """Return a council's name; a county's in full, which its districts' area shares."""
    full = council.is_county and council.official_name
    return escape(full) if full else name_of(council)


def names_apart(councils: Iterable[Council]) -> list[str]:
    """Return councils' names, the full ones of those that share a plain name."""
    listed = list(councils)
    plain = Counter(one.name for one in listed)
    return [
        one.name if plain[one.name] == 1 else one.official_name or f"{one.name} ({one.type})"
        for one in listed
    ]


def former_name_lines(council: Council, night: date, almanac: Almanac) -> list[str]:
    """Return the name that a council had on a night, or before it, where it has another now."""
    former = almanac.former_names.get(council.code)
    if former is None:
        return []
    name, until = former.name, day(former.until)
    if former.until <= night:
        return [f"Until {until} it was called {name}."]
    return [f"It is called {name}; {name_of(council)} is its name from {until} on."]


def beginning_lines(council: Council, night: date) -> list[str]:
    """Return when a new council is first elected and when it takes office, if that is to come."""
    elected, starts = council.elected, council.starts
    if elected is not None and elected > night:
        then = f" and it takes office on {day(starts)}" if starts and starts > elected else ""
        return [f"Its first election is on {day(elected)}{then}."]
    if starts is not None and starts > night:
        return [f"It takes office on {day(starts)}; until then its predecessors remain in office."]
    return []


def ending_lines(council: Council, night: date, almanac: Almanac) -> list[str]:
    """Return when a council is abolished and which council takes over its area, if it is.

    Those that take over may be elected while it is still in office: both are named.
    """
    if council.ends is None:
        return []
    successors = [almanac.councils.get(code) for code in council.successors]
    heirs = in_words(list(map(name_of, successors)))
    if council.ends <= night:
        then = f"; its area now belongs to {heirs}" if heirs else ""
        return [f"It was abolished on {day(council.ends)}{then}."]
    then = f", when {heirs} {'takes' if len(successors) == 1 else 'take'} over" if heirs else ""
    lines = [f"It is abolished on {day(council.ends)}{then}."]
    waiting = [one for one in successors if one.awaits_office(night)]
    elected = next((one.elected for one in waiting if one.elected), None)
    if elected is not None:
        names = in_words(list(map(name_of, waiting)))
        take = "takes" if len(waiting) == 1 else "take"
        lines.append(
            f"It is in office until then; {names}, elected on {day(elected)}, {take} office then."
        )
    return lines


def following_line(former: Council, followed: Sequence[Council]) -> str:
    """Return that a council, asked for by its name, is no more, and who has its area now."""
    heirs = in_words(list(map(name_of, followed)))
    ended = f" on {day(former.ends)}" if former.ends else ""
    return f"{name_of(former)} was abolished{ended}; its area now belongs to {heirs}."


def past_of_change(
    council: Council, before: Control | None, after: Control, night: date, almanac: Almanac
) -> list[str]:
    """Return sentences on what a change of control ends and begins, the most telling first.

    A first majority is mentioned only after decades, and not if a cited fact says more.
    """
    if before is None or before == after:
        return []
    parties, sentences = almanac.parties, []
    cited = [fact for fact in almanac.cited.get(council.code, ()) if fact.night == night]
    first = first_since(almanac.history.get(council.code, ()), after, night)
    for fact in cited:
        if fact.party != after.holder:
            continue
        who = the_party(fact.party, parties)
        if fact.kind is CitedKind.NEVER_SINCE:
            sentences.append(
                f"{sentence_case(who)} control it for the first time since the council's creation "
                f"in {fact.year}."
            )
            first = None
        if fact.kind is CitedKind.BY_DEFECTIONS:
            sentences.append(
                f"Measured against the last election: {who} had already reached a majority through "
                f"defections in {fact.year}, and some sources call it a hold."
            )
            first = None
    if first is not None and (first.at_least or night.year - first.year >= DECADES):
        when = f"in records going back to {first.year}" if first.at_least else f"since {first.year}"
        whose = possessive(the_party(after.holder, parties))
        sentences.append(f"It is {whose} first majority there {when}.")
    since = [f for f in cited if f.kind is CitedKind.SINCE and f.party == before.holder]
    if since:  # cited facts go first: a newsroom thought them worth telling
        who = sentence_case(the_party(since[0].party, parties))
        cited_since = since_when(Tenure(before, since[0].year, month=since[0].month))
        return [f"{who} had controlled it {cited_since}.", *sentences]
    return sentences + tenure_lines(council, before, night, almanac)
