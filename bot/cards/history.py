"""A council's history: who controlled it, since when, and its seats year by year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from bot.cards.card import Page, page_of
from bot.election.almanac import Almanac, AsElected, CitedFact, CitedKind, YearOfControl
from bot.election.control import Control
from bot.election.councils import Council
from bot.election.history import (
    Tenure,
    changes_of_control,
    history_before,
)
from bot.election.parties import INDEPENDENT, NOC_CODE, VACANT, Parties
from bot.election.standings import CouncilStanding
from bot.wording.councils import (
    beginning_lines,
    ending_lines,
    former_name_lines,
    past_of_change,
    predecessors_of,
    since_when,
    tenure_lines,
    what_is_not_known,
)
from bot.wording.phrases import (
    NO_OVERALL_CONTROL,
    colour_of,
    day,
    holder_of,
    in_words,
    members,
    name_of,
    number,
    sentence_case,
    the_party,
)
from bot.wording.sources import FeedAges, as_of
from bot.wording.text import escape

SOURCE = "Open Council Data UK (CC BY-SA 4.0), each May"
_MOST_CHANGES = 5
_IN_LINES = {VACANT: "vacant", INDEPENDENT: "others"}

_ODD = 2
"""A council's size changes and changes back by no more seats than this."""


def history_card(
    standing: CouncilStanding,
    almanac: Almanac,
    now: datetime,
    *,
    page: int = 1,
    feeds: FeedAges | None = None,
    last: CouncilStanding | None = None,
) -> Page:
    """Return who has controlled a council, the changes, and its seats after each May.

    *last* is its standing after the last earlier night on which it declared here.
    """
    council, night = standing.council, standing.night
    history = history_before(almanac.history.get(council.code, ()), night)[::-1]
    control = standing.declared.after if standing.declared else standing.before
    if control is None and last is not None and last.declared is not None:
        control = last.declared.after
    if control is None and history:
        control = history[0].control
    replaced = predecessors_of(council, night, almanac)
    lines = [
        *_tonight(standing, almanac),
        *(_tonight(last, almanac) if last is not None else ()),
        *([f"A new council, which replaces {replaced}."] if replaced else ()),
        *former_name_lines(council, night, almanac),
        *beginning_lines(council, night),
        *([] if replaced else _replaced_line(council, night, almanac)),
        *ending_lines(council, night, almanac),
        *(
            _cited_line(fact, almanac.parties)
            for fact in almanac.cited.get(council.code, ())
            if fact.night <= night
        ),
        *_changes(council, history, night, almanac, told=_is_as_before(standing)),
        *_years(history, almanac.parties),
    ]
    source = f"{_source(history)} · " if history else ""
    return page_of(
        f"{name_of(council)}: who has controlled it",
        lines,
        page,
        empty="Our table has no year of it.",
        colour=colour_of(control, almanac.parties),
        footer=source + as_of(now, feeds),
    )


def _source(history: Sequence[YearOfControl]) -> str:
    """Return where the years come from, and which is the last; the newest is first in *history*."""
    elected = [one.elected.on for one in history if one.elected]
    last = next((o.year for o in history if not o.elected or o.taken_by != o.elected.on), None)
    snapshots = f"{SOURCE} to {last}" if last else ""
    results = f"results of {day(elected[0])}" if elected else ""
    return f"Source: {', '.join(filter(None, (snapshots, results)))}"


def _replaced_line(council: Council, night: date, almanac: Almanac) -> list[str]:
    """Return which councils one took over from when it took office, if our table says so."""
    before = in_words([name_of(one) for one in almanac.councils.predecessors(council)])
    if not before or council.starts is None or council.starts > night:
        return []
    return [f"It took over from {before} on {day(council.starts)}."]


def _tonight(standing: CouncilStanding, almanac: Almanac) -> list[str]:
    council, declared, before = standing.council, standing.declared, standing.before
    on, parties = day(standing.night), almanac.parties
    lasting = []
    if before is not None:
        lasting = tenure_lines(council, before, standing.night, almanac, still=True)
    if declared is None:
        if before is None:
            return []
        return lasting or [f"Before {on}: **{holder_of(before, parties)}**."]
    line = f"{on}: **{holder_of(declared.after, parties)}**"
    if before is None:
        said = (
            ", a first election"
            if standing.new_council
            else f"; {what_is_not_known(declared.after, parties)}"
        )
        return [f"{line}{said}."]
    if before == declared.after:
        return [f"{line}, as before.", *lasting]
    past = past_of_change(council, before, declared.after, standing.night, almanac)
    return [f"{line}; previously {holder_of(before, parties)}.", *past]


def _is_as_before(standing: CouncilStanding) -> bool:
    """Whether the lines on the night say for how long who controls it has done so."""
    before, declared = standing.before, standing.declared
    return before is not None and (declared is None or declared.after == before)


def _cited_line(fact: CitedFact, parties: Parties) -> str:
    nobody = fact.party == NOC_CODE
    who = "It" if nobody else sentence_case(the_party(fact.party, parties))
    had = f"had been under {NO_OVERALL_CONTROL}" if nobody else "had controlled it"
    match fact.kind:
        case CitedKind.SINCE:
            said = f"{had} {since_when(Tenure(Control(None), fact.year, month=fact.month))}"
        case CitedKind.BY_DEFECTIONS:
            said = f"had a majority by changes of side since {fact.year}"
        case CitedKind.NEVER_SINCE:
            said = f"had never controlled it since it was created in {fact.year}"
    return f"Cited for {day(fact.night)}: {who} {said} ({escape(fact.source, 200)})."


def _changes(
    council: Council,
    history: Sequence[YearOfControl],
    night: date,
    almanac: Almanac,
    *,
    told: bool,
) -> list[str]:
    """Return the last changes, or that there was none unless how long it lasted is *told*."""
    if not history:
        return []
    parties, years = almanac.parties, almanac.election_years
    shown = changes_of_control(history, night)[:_MOST_CHANGES]
    if not shown:
        first = min(one.year for one in history)
        same = holder_of(history[0].control, parties)
        said = f"since records start in {first}"
        return [] if told else [f"No change of control {said}: {same}."]
    lines = ["**The last changes of control**" if len(shown) > 1 else "**The last change**"]
    for one in shown:
        # Without an election that year it changed at some time after the previous May.
        when = str(one.year) if years.may_have_voted(council, one.year) else f"by May {one.year}"
        if one.after_election:
            when = f"{one.year}, after the election"
        moved = f"from {_holder(one.before, parties)} to {_holder(one.after, parties)}"
        lines.append(f"{when}: {moved}")
    return lines


def _years(history: Sequence[YearOfControl], parties: Parties) -> list[str]:
    """Return the seats of each year, newest first; consecutive equal years share a line.

    Where a snapshot differs from what was elected in its year, both have a line. Seats that add up
    to another size than those of the years before and after are marked as the source's.
    """
    lines = ["**Seats in May of each year**"] if history else []
    runs = [
        [one for _, one in run]
        for _, run in groupby(
            enumerate(history),
            lambda each: (
                each[0] + each[1].year,
                each[1].control,
                each[1].seats,
                each[1].otherwise_elected,
            ),
        )
    ]
    sizes = [run[0].seats.total for run in runs]
    for place, same in enumerate(runs):
        first, last = same[-1].year, same[0].year
        when = str(last) if first == last else f"{first}–{last}"
        beside = sizes[max(0, place - 1) : place] + sizes[place + 1 : place + 2]
        odd = len(beside) == 2 and beside[0] == beside[1] and abs(sizes[place] - beside[0]) > _ODD
        sic = f" (so in the source, {number(sizes[place])} in all)" if odd else ""
        if elected := same[0].otherwise_elected:
            lines.append(f"{when}, later that year: {seats_line(same[0], parties)}{sic}")
            lines.append(f"{when}, as elected on {day(elected.on)}: {seats_line(elected, parties)}")
        else:
            lines.append(f"{when} {seats_line(same[0], parties)}{sic}")
    return lines


def seats_line(stated: YearOfControl | AsElected, parties: Parties) -> str:
    """Return control and the seats of each party: "Labour: Lab 30, Con 26, vacant 1".

    The others of a snapshot are not all independents: in older years the Greens are among them.
    """
    seats = ", ".join(
        f"{_IN_LINES.get(code) or escape(code)} {number(held)}"
        for code, held in stated.seats.items()
    )
    return f"{_holder(stated.control, parties)}: {seats}"


def _holder(control: Control, parties: Parties) -> str:
    """Return who controls in a list: "Labour", "no overall control"."""
    if control.holder is None:
        return NO_OVERALL_CONTROL
    return members(parties.get(control.holder))
