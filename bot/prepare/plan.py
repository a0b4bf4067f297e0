"""One council of a night: what counts of what the sources say, and what is assumed or missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.election.almanac import Almanac
from bot.election.baselines import Baseline, BaselineKind
from bot.election.control import Control
from bot.election.councils import Council
from bot.election.history import ordinary_day
from bot.election.parties import INDEPENDENT, VACANT, Parties, PartyKind
from bot.election.reports import Proportion, WardReport
from bot.election.seats import Composition
from bot.prepare.holders import Holders
from bot.prepare.told import Teller, Told, by_precedence, controlled_by
from bot.wording.phrases import holder_of

_SHARES = {Proportion.ALL: 1.0, Proportion.HALF: 0.5, Proportion.THIRD: 1 / 3}
_SCALARS = {
    "size": "seats",
    "seats_up": "seats that are up",
    "control": "control before",
    "proportion": "proportion",
}
_ALL_OUT = 0.75
"""From this share of the seats on, the whole council is taken to be elected."""


@dataclass(slots=True)
class Plan:
    """What is known of a council before the night; one that does not vote has by-elections only.

    `facts` is what counts; its parts come from the tellers in `sources`. `assumed` and `missing`
    are phrases, `differences` sentences; so is `unused`, of compositions that are too old.
    """

    code: str
    name: str
    facts: Told
    wards: Sequence[WardReport]
    votes: bool = True
    sources: dict[str, Teller] = field(default_factory=dict)
    assumed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    @property
    def seats_in_wards(self) -> int:
        """The seats of the wards' ordinary ballots, those put off included."""
        return sum(one.seats for one in self.wards if not one.by_election)

    @property
    def all_up(self) -> bool:
        """Whether the whole council is elected."""
        facts = self.facts
        return bool(
            facts.new_council or facts.boundary_change or facts.proportion is Proportion.ALL
        )


def plan_of(
    council: Council,
    told: Iterable[Told],
    wards: Sequence[WardReport],
    holders: Holders,
    *,
    almanac: Almanac,
    night: date,
) -> Plan:
    """Return what counts for a council of what was *told* of it, by the order of `Teller`."""
    every = by_precedence(told)
    says = any(one.teller in (Teller.SHEET, Teller.PA) for one in every)
    votes = says or not wards or not all(one.by_election for one in wards)
    plan = Plan(council.code, council.name, Told(teller=Teller.COUNCILS), wards, votes)
    every = [_without_old_seats(one, plan, council, almanac, night) for one in every]
    _take_scalars(plan, every, almanac.parties)
    new = plan.facts.new_council
    if new is None and council.is_first_elected(night):
        plan.facts = replace(plan.facts, new_council=True)
        plan.sources["new_council"] = Teller.COUNCILS
    if plan.facts.size is None and not plan.facts.new_council and (size := size_told(every)):
        plan.facts = replace(plan.facts, size=size)
        plan.sources["size"] = next(one.teller for one in every if one.before)
    _settle_size(plan, every)
    _settle_before(plan, every, holders, almanac.parties)
    if plan.all_up or not plan.votes:
        plan.facts = replace(plan.facts, offered=None)
    else:
        _settle_offered(plan, every, holders, almanac.parties)
    _say_what_is_missing(plan, holders)
    return plan


def size_told(told: Iterable[Told]) -> int | None:
    """Return the size that counts; the sum of a composition only where nobody tells the size."""
    every = by_precedence(told)
    sizes = (one.size for one in every if one.size)
    return next(sizes, None) or next((one.before.total for one in every if one.before), None)


def _without_old_seats(
    one: Told, plan: Plan, council: Council, almanac: Almanac, night: date
) -> Told:
    """Return what was told without a composition that an election may have changed since."""
    if one.as_of is None or one.before is None:
        return one
    between = range(one.as_of.year, night.year + 1)
    since = (year for year in between if one.as_of < ordinary_day(year) < night)
    if not any(almanac.election_years.may_have_voted(council, year) for year in since):
        return one
    plan.unused.append(
        f"composition: that of {one.teller} is of {one.as_of:%B %Y}, and there may have been an"
        " election since; it is not used"
    )
    return replace(one, before=None, control=None, baseline=None)


def _first(plan: Plan, every: Sequence[Told], name: str) -> object:
    for one in every:
        value = getattr(one, name)
        if value not in (None, "", {}):
            plan.sources[name] = one.teller
            return value
    return None


def _take_scalars(plan: Plan, every: Sequence[Told], parties: Parties) -> None:
    """Take each simple fact from the first that tells it, and note who tells another."""
    names = ("size", "seats_up", "control", "proportion", "boundary_change", "new_council",
             "expected_at", "note", "candidates", "unopposed", "type")  # fmt: skip
    taken = {name: _first(plan, every, name) for name in names}
    taken = {name: value for name, value in taken.items() if value is not None}
    flagship = any(one.flagship for one in every)
    named = next((one.name for one in every if one.name and one.teller is Teller.PA), "")
    plan.facts = replace(plan.facts, flagship=flagship, name=named or plan.name, **taken)  # type: ignore[arg-type]
    if taken.get("new_council"):
        return  # an older body's figures are not this one's
    for name, called in _SCALARS.items():
        for one in every:
            value, chosen = getattr(one, name), taken.get(name)
            redrawn = name in ("size", "seats_up") and taken.get("boundary_change")
            if value is None or value == chosen or redrawn or one.teller is Teller.COUNCILS:
                continue
            said, other = (_shown(each, name, parties) for each in (chosen, value))
            plan.differences.append(
                f"{called}: {plan.sources[name]} {_has(plan.sources[name])} {said}, {one.teller}"
                f" {_has(one.teller)} {other}"
            )


def _has(teller: Teller) -> str:
    several = teller in (Teller.PA, Teller.BALLOTS, Teller.EARLIER)
    return "have" if several else "has"


def _shown(value: object, name: str, parties: Parties) -> str:
    if name == "control":
        return holder_of(Control.from_code(str(value)), parties)
    return str(value)


def _settle_size(plan: Plan, every: Sequence[Told]) -> None:
    """Decide on the number of seats and which share of them is up, with the wards' own seats."""
    facts, up = plan.facts, plan.seats_in_wards
    new, redrawn = bool(facts.new_council), bool(facts.boundary_change)
    size, seats_up = facts.size, facts.seats_up or up or None
    if size and up > size and facts.boundary_change is None and not new:
        redrawn = True
        plan.assumed.append(
            f"its boundaries have changed, since {up} seats are up and {size} are known of"
        )
    if new or redrawn:
        # Other sources speak of the body, or of the seats, that were before.
        size = next((one.size for one in every if one.teller is Teller.SHEET), None)
        if size is None and up:
            size = up
            plan.sources["size"] = Teller.BALLOTS
            plan.assumed.append(f"it has {up} seats, those of the wards that vote")
        seats_up = size
    proportion = facts.proportion
    if new or redrawn:
        proportion = Proportion.ALL
    elif proportion is None and size and (up or facts.seats_up):
        seats = up or facts.seats_up or 0
        share = seats / size
        proportion = min(_SHARES, key=lambda one: abs(_SHARES[one] - share))
        if proportion is Proportion.ALL and share < _ALL_OUT:
            proportion = Proportion.HALF
        if proportion is Proportion.ALL and seats != size:
            plan.missing.append(
                f"why {seats} seats are up of {size}: a ward is missing, or its size has changed"
                " (then say its size in the sheet)"
            )
        plan.sources["proportion"] = Teller.BALLOTS
    plan.facts = replace(
        facts,
        size=size,
        proportion=proportion,
        new_council=new,
        boundary_change=redrawn,
        seats_up=seats_up,
    )


def _settle_before(plan: Plan, every: Sequence[Told], holders: Holders, parties: Parties) -> None:
    """Decide on the composition before, which must have all seats of the council."""
    facts = plan.facts
    if facts.new_council:
        plan.facts = replace(facts, before=None, control=None, baseline=None)
        return
    if holders.before is not None:
        every = [*every, Told(teller=Teller.EARLIER, before=holders.before, as_of=holders.last)]
    usable: list[tuple[Told, Composition]] = []
    for one in every:
        if one.before is None:
            continue
        if one.before.total != facts.size and not facts.boundary_change:
            plan.differences.append(
                f"composition: that of {one.teller} has {one.before.total} seats, the council has"
                f" {facts.size if facts.size else 'an unknown number'}; it is not used"
            )
            continue
        if (before := _with_by_elections(one, holders, plan)) is not None:
            usable.append((one, before))
    by_sheet = plan.sources.get("control") is Teller.SHEET
    if not by_sheet:  # all others only tell it by their composition
        plan.facts = replace(plan.facts, control=None)
    if not usable:
        plan.differences += plan.unused
        return
    chosen, before = usable[0]
    for other, differing in usable[1:]:
        if odd := _difference(before, differing, parties):
            plan.differences.append(f"composition: {chosen.teller} and {other.teller}: {odd}")
    plan.sources["before"] = chosen.teller
    if not by_sheet:
        plan.sources["control"] = chosen.teller
    plan.facts = replace(
        plan.facts,
        before=before,
        control=facts.control if by_sheet else controlled_by(before),
        as_of=chosen.as_of,
        bucketed=chosen.bucketed,
        baseline=_baseline(chosen, before),
    )


def _baseline(chosen: Told, before: Composition) -> Baseline | None:
    if chosen.teller is Teller.EARLIER and chosen.as_of is not None:
        return Baseline(BaselineKind.SNAPSHOT, chosen.as_of)
    if chosen.baseline is not None and before != chosen.before:
        return replace(chosen.baseline, updated=True)
    return chosen.baseline


def _with_by_elections(one: Told, holders: Holders, plan: Plan) -> Composition | None:
    """Return a composition with the by-elections since; None where one cannot be counted in."""
    before = one.before
    if before is None or one.as_of is None or one.teller is Teller.EARLIER:
        return before
    seats = dict(before)
    for held in holders.held_since(one.as_of):
        if one.until is not None and held.on <= one.until:
            if held.lost != held.won:
                plan.assumed.append(
                    f"the by-election in {held.area} on {held.on} is in the composition of that"
                    f" year ({one.teller})"
                )
        elif held.lost is None and not plan.all_up:
            plan.differences.append(
                f"composition: that of {one.teller} is older than the by-election in {held.area}"
                f" on {held.on}, and who held that seat is not known; it is not used"
            )
            return None
        elif held.lost is not None and held.lost != held.won:
            lost = held.lost if held.lost in seats else INDEPENDENT
            seats[lost] = seats.get(lost, 0) - 1
            seats[held.won] = seats.get(held.won, 0) + 1
    return Composition(seats) if min(seats.values(), default=0) >= 0 else None


def _difference(ours: Composition, theirs: Composition, parties: Parties) -> str:
    odd = [
        f"{parties.get(code).name} {ours.get(code, 0)} and {theirs.get(code, 0)}"
        for code in sorted({*ours, *theirs})
        if ours.get(code, 0) != theirs.get(code, 0)
    ]
    return ", ".join(odd)


def _settle_offered(plan: Plan, every: Sequence[Told], holders: Holders, parties: Parties) -> None:
    """Decide on whose seats are up: by who says it, else by who won them last."""
    before = plan.facts.before
    direct = next((one for one in every if one.offered is not None), None)
    offered = direct.offered if direct is not None else holders.offered
    teller = direct.teller if direct is not None else Teller.EARLIER
    if offered is None:
        plan.missing += holders.doubts[:3] if holders.seats else ()
        return
    if before is None:
        plan.facts = replace(plan.facts, offered=offered)
        plan.sources["offered"] = teller
        return
    offered = _bucketed(offered, before, parties)
    up = plan.facts.seats_up
    lacking = (up or 0) - offered.total
    if 0 < lacking <= _vacancies_filled(offered, before, plan.wards):
        offered = Composition([*offered.items(), (VACANT, lacking)])
        filled = "a vacant seat is" if lacking == 1 else f"{lacking} vacant seats are"
        plan.assumed.append(f"{filled} filled beside those whose term ends")
    if up is not None and offered.total != up and not (direct and direct.seats_up == up):
        plan.differences.append(
            f"seats that are up: {plan.sources.get('seats_up', Teller.BALLOTS)} have {up}, by party"
            f" {teller} {_has(teller)} {offered.total}; who holds them is left open"
        )
        return
    if too_many := [code for code in offered if offered[code] > before.get(code, 0)]:
        named = parties.get(too_many[0]).name
        plan.differences.append(
            f"seats that are up: {offered[too_many[0]]} of {named} by {teller}, which holds"
            f" {before.get(too_many[0], 0)} by {plan.sources['before']}: somebody has changed"
            " party, so say in the sheet who holds the seats"
        )
        return
    if direct is None and holders.before is not None and holders.offered is not None:
        fought = _minus(holders.before, holders.offered)
        staying = _minus(before, offered)
        if odd := _difference(staying, _bucketed(fought, before, parties), parties):
            plan.differences.append(
                f"seats that are not up: by {plan.sources['before']} and by {teller}: {odd};"
                " somebody has changed party, so say in the sheet who holds the seats that are up"
            )
            return
    elif direct is None:
        plan.assumed.append("nobody whose seat is up has changed party since it was last fought")
    plan.facts = replace(plan.facts, offered=offered)
    plan.sources["offered"] = teller


def _vacancies_filled(
    offered: Composition, before: Composition, wards: Iterable[WardReport]
) -> int:
    """Return how many vacant seats may be filled beside those that are *offered*.

    Their term does not end tonight, so a list of councillors has them with the seats that stay.
    By-elections fill them, or ordinary ballots for more than one seat.
    """
    room = sum(one.seats if one.by_election else max(0, one.seats - 1) for one in wards)
    return min(room, before.vacant - offered.vacant)


def _minus(whole: Mapping[str, int], part: Mapping[str, int]) -> Composition:
    return Composition((code, seats - part.get(code, 0)) for code, seats in whole.items())


def _bucketed(seats: Composition, before: Composition, parties: Parties) -> Composition:
    """Return seats by the parties of *before*: small ones may be among its independents."""
    found: dict[str, int] = {}
    for code, number in seats.items():
        small = parties.get(code).kind is not PartyKind.PARTY and code not in before
        key = INDEPENDENT if small and INDEPENDENT in before else code
        found[key] = found.get(key, 0) + number
    return Composition(found)


def _say_what_is_missing(plan: Plan, holders: Holders) -> None:
    facts = plan.facts
    if plan.votes and not plan.all_up and holders.overdue:
        plan.missing.append(
            f"why {', '.join(holders.overdue[:3])} {'does' if len(holders.overdue) == 1 else 'do'}"
            " not vote, where terms end"
        )
    if facts.size is None:
        plan.missing.append("how many seats it has")
    if not plan.wards:
        plan.missing.append("which wards vote")
    if plan.code.startswith("wire:") and "new_council" not in plan.sources:
        plan.missing.append("whether this is its first election")
    if short := sorted(one.area for one in plan.wards if not one.seats):
        plan.missing.append(f"how many seats {', '.join(short[:3])} elect")
    if facts.new_council:
        return
    if facts.before is None:
        plan.missing.append("its composition before")
    if facts.control is None and plan.votes:
        plan.missing.append("who controlled it before")
    if plan.votes and not plan.all_up and facts.offered is None:
        plan.missing.append("who holds the seats that are up")
