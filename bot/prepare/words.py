"""What was prepared, in words: council by council, then in all."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from bot.election.almanac import Almanac, NightAlmanac
from bot.election.control import Control
from bot.election.declarable import not_from_wards
from bot.election.parties import Parties
from bot.election.reports import Proportion
from bot.election.seats import Composition
from bot.prepare.folder import Merged
from bot.prepare.gather import Prepared
from bot.prepare.plan import Plan
from bot.wording.phrases import count, holder_of, in_words, sentence_case

_UP = {
    Proportion.ALL: "all of them up",
    Proportion.HALF: "{} of them up (by halves)",
    Proportion.THIRD: "{} of them up (by thirds)",
    None: "{} of them up",
}
_MOST_NAMED = 12
_NUMBER = re.compile(r"\d+")


def council_by_council(prepared: Prepared, night: NightAlmanac, almanac: Almanac) -> Iterator[str]:
    """Yield a paragraph for each council: what is known, assumed and missing."""
    for plan in sorted(prepared.plans, key=lambda one: one.name):
        lines = [f"{plan.name}: {_known(plan, almanac.parties)}"]
        for called, found in (
            ("assumed", plan.assumed),
            ("missing", plan.missing),
            ("differ", plan.differences),
        ):
            lines += [f"  {called}: {one}." for one in found]
        if plan.code in night.elections and (why := not_from_wards(night, plan.code, almanac)):
            lines.append(f"  not from wards alone: {why}.")
        yield "\n".join(lines)


def _known(plan: Plan, parties: Parties) -> str:
    facts = plan.facts
    parts = []
    if not plan.votes:
        areas = ", ".join(one.area for one in plan.wards)
        parts.append(f"{count(len(plan.wards), 'by-election')} ({areas})")
    if facts.new_council:
        parts.append("first election")
    if facts.size is not None and not plan.votes:
        parts.append(f"{facts.size} seats ({plan.sources['size']})")
    elif facts.size is not None:
        up = _UP[facts.proportion].format(facts.seats_up or "an unknown number")
        source = f" ({plan.sources['size']})" if "size" in plan.sources else ""
        parts.append(f"{facts.size} seats{source}, {up}")
    elif facts.seats_up:
        parts.append(f"{facts.seats_up} seats up")
    ordinary = [one for one in plan.wards if not one.by_election]
    if ordinary:
        off = sum(one.put_off for one in ordinary)
        put_off = f", {off} put off" if off else ""
        parts.append(f"{count(len(ordinary), 'ward')}{put_off}")
    if facts.boundary_change:
        parts.append("new boundaries")
    if facts.before is not None:
        day = f", {facts.as_of:%B %Y}" if facts.as_of else ""
        source = f"{plan.sources['before']}{day}"
        parts.append(f"before: {_seats(facts.before, parties)} ({source})")
    if facts.control is not None:
        control = Control.from_code(facts.control)
        name = holder_of(control, parties)
        parts.append(name if control.is_noc else f"controlled by {name}")
    if facts.offered is not None:
        parts.append(f"up: {_seats(facts.offered, parties)} ({plan.sources['offered']})")
    if facts.expected_at is not None:
        parts.append(f"expected {facts.expected_at:%H:%M on %d %B}")
    return "; ".join(parts) + "." if parts else "nothing is known but its name."


def _seats(seats: Composition, parties: Parties) -> str:
    return ", ".join(f"{parties.get(code).name} {number}" for code, number in seats.items())


def in_all(
    prepared: Prepared, night: NightAlmanac, merged: Merged, almanac: Almanac
) -> Iterator[str]:
    """Yield what can be declared and from what, and everything that somebody should look at."""
    gathered = prepared.gathered
    yield from _declarable(prepared, night, almanac)
    by_elections = sum(
        one.ward is not None and one.ward.by_election
        for wards in gathered.wards.values()
        for one in wards
    )
    others = [
        count(number, *words)
        for number, words in (
            (sum(one.kind == "mayor" for one in night.ballots.values()), ("mayor",)),
            (sum(one.kind == "assembly" for one in night.ballots.values()),
             ("constituency", "constituencies")),
            (by_elections, ("by-election of a ward", "by-elections of wards")),
        )
        if number
    ]  # fmt: skip
    if others:
        yield f"Besides: {', '.join(others)}."
    if gathered.not_followed:
        kinds = (f"{kind} {number}" for kind, number in sorted(gathered.not_followed.items()))
        yield f"Ballots that are not followed: {', '.join(kinds)}."
    unknown = [
        plan.name + _meant(plan.name, almanac, gathered.night)
        for plan in prepared.plans
        if plan.code.startswith("wire:")
    ]
    if unknown:
        yield (
            f"In none of our tables: {', '.join(unknown)}. Their results count all the same, under"
            " the names that the feeds give them."
        )
    held = {code for plan in prepared.plans for code in (plan.facts.before or ())}
    if strangers := [
        one.name for code in sorted(held) if not (one := almanac.parties.get(code)).known
    ]:
        yield f"Parties with seats that no table knows: {', '.join(strangers)}."
    for fault in dict.fromkeys(gathered.faults):
        yield f"Look at this: {fault}"
    if gone := [f"{count(number, 'row')} of {name}"
                for name, number in merged.gone.items()]:  # fmt: skip
        yield (
            f"Look at this: no source has {in_words(gone)} any more, and they are taken out. Was a"
            " source left out? Then give all of them again."
        )
    for conflict in merged.conflicts:
        yield f"Changed by hand and by the sources: {conflict}."
    if merged.kept:
        stay = "stays" if merged.kept == 1 else "stay"
        yield f"{count(merged.kept, 'change')} made by hand {stay}."


def _declarable(prepared: Prepared, night: NightAlmanac, almanac: Almanac) -> Iterator[str]:
    """Yield how many councils can be declared from what, why others not, and the next step."""
    names = {plan.code: plan.name for plan in prepared.plans}
    why = not_from_wards_alone(night, almanac)
    total, wards = len(night.elections), len(night.elections) - len(why)
    said = (
        f"{wards} can be declared from wards alone, {total} from PA, {total} from a sheet."
        if total
        else "no council votes by these tables."
    )
    yield sentence_case(f"{count(total, 'council')}: {said}")
    yield from reasons(why, lambda code: names.get(code, code))
    if why:
        yield (
            "  For these: give the polling day on which the seats that are up were last filled"
            " after --earlier, or say in the newsroom's sheet who holds them (seats_before,"
            " seats_up) and the council's size; or enter their results in the desk sheet."
        )


def _meant(name: str, almanac: Almanac, night: date) -> str:
    """Return which council may be meant by a name that none has, nothing where none comes near."""
    near = almanac.councils.find(name, night).council
    return f" (is {near.name} meant?)" if near is not None else ""


def not_from_wards_alone(night: NightAlmanac, almanac: Almanac) -> dict[str, str]:
    """Return by code why councils of a night will not be decided by wards alone."""
    found = {code: not_from_wards(night, code, almanac) for code in night.elections}
    return {code: why for code, why in found.items() if why is not None}


def loose_ends(night: NightAlmanac, almanac: Almanac) -> Iterator[tuple[str, str]]:
    """Yield what in a night's tables does not fit together, each with what to do about it."""
    unknown = [
        code
        for code in night.elections
        if not code.startswith("wire:") and not almanac.councils.get(code).known
    ]
    if unknown:
        yield (
            f"councils.csv has {listed_names(unknown)}, which no council has as its code.",
            "Mend the code, as data/councils.csv has it: no result will be of that row.",
        )
    if strays := [code for code in night.wards if code not in night.elections]:
        names = listed_names(almanac.councils.get(code).name for code in strays)
        yield (
            f"wards.csv has wards of {names}, which councils.csv does not have.",
            "Put the council in, or take its wards out.",
        )
    for code, election in night.elections.items():
        if election.before is None or election.boundary_change or election.seats is None:
            continue
        if election.before.total != election.seats:
            yield (
                f"{almanac.councils.get(code).name} has {election.seats} seats, and its composition"
                f" before has {election.before.total}.",
                "Mend councils.csv or nominations.csv; vacant seats are of the party Vac.",
            )


def reasons(why: Mapping[str, str], name: Callable[[str], str]) -> Iterator[str]:
    """Yield each reason once, with the councils that it keeps from being decided by wards.

    Reasons that differ in their numbers alone are one, and the councils have the numbers.
    """
    together: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for code, reason in why.items():
        together[_NUMBER.sub("…", reason)][name(code)] = reason
    for kind, councils in sorted(together.items(), key=lambda item: (-len(item[1]), item[0])):
        if len(set(councils.values())) == 1:
            reason, named = next(iter(councils.values())), list(councils)
        else:
            reason = kind
            named = [
                f"{one} ({', '.join(_NUMBER.findall(said))})" for one, said in councils.items()
            ]
        yield f"  Not from wards alone, since {reason}: {listed_names(named)}."


def listed_names(names: Iterable[str]) -> str:
    """Return names in alphabetical order, twelve at most, and how many more there are."""
    every = sorted(names)
    more = len(every) - _MOST_NAMED
    return ", ".join(every[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
