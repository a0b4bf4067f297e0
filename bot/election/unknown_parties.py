"""Parties that are in none of our tables, and whether they could decide who controls a council."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.election.control import Control
from bot.election.parties import INDEPENDENT, VACANT, Parties, PartyKind
from bot.election.party_names import looks_like
from bot.election.reports import Nominations
from bot.election.seats import Composition

_ANOTHER_PARTY = "another party"
"""A placeholder for a known party that has no seat under its own name."""


def strangers_that_decide(
    seats: Composition,
    parties: Parties,
    control: Callable[[Composition], Control],
    nominations: Nominations | None = None,
) -> tuple[str, ...]:
    """Return the codes of unknown parties that could change the *control* of a council.

    An unknown name may mean a party of its own, one of the others under another name, or a party
    that has no other seat. It never means the bucket, which the document names separately. A name
    that the *nominations* list beside the other parties means none of them, and only matters if it
    has control.
    """
    strangers = tuple(code for code in seats if not parties.get(code).known)
    if not strangers:
        return ()
    listed = _listed_apart(nominations, parties) if nominations is not None else frozenset()
    unknown = tuple(code for code in strangers if code not in listed)
    holder = control(seats).holder
    if holder is not None and holder in listed:
        return (holder, *unknown)
    if not unknown:
        return ()
    known = [(code, number) for code, number in seats.items() if code not in unknown]
    unknown_seats = sum(seats[code] for code in unknown)
    takers = {code for code, _ in known} - {VACANT, INDEPENDENT} | {_ANOTHER_PARTY}
    possible = {control(Composition([*known, (taker, unknown_seats)])) for taker in takers}
    return unknown if possible != {control(seats)} else ()


def may_be_one_majority(strangers: Iterable[str], seats: Composition, parties: Parties) -> bool:
    """Whether unknown parties could have a majority, together with a local party they may be."""
    local = [
        number
        for code, number in seats.items()
        if (party := parties.get(code)).known and party.kind is PartyKind.LOCAL
    ]
    unknown_seats = sum(seats.get(code, 0) for code in strangers)
    return 2 * (unknown_seats + max(local, default=0)) > seats.total


def _listed_apart(nominations: Nominations, parties: Parties) -> frozenset[str]:
    """Return the unknown parties in nominations whose name does not resemble an unlisted party's.

    If "Real Conservatives" are listed beside the Conservatives, they are a different party.
    """
    codes = {parties.resolve(line.party).code for line in nominations.parties}
    left_out = [one for one in parties.rows if one.is_in_many_places and one.code not in codes]
    names = [name for one in left_out for name in (one.name, one.full_name, *one.aliases)]
    return frozenset(
        code
        for code in codes
        if not parties.get(code).known
        and not any(looks_like(parties.get(code).name, name) for name in names)
    )


def who_are(strangers: tuple[str, ...], parties: Parties) -> str:
    """Return a sentence that asks the desk about unknown parties."""
    names = ", ".join(parties.get(code).name for code in strangers)
    one = len(strangers) == 1
    return (
        f"our tables do not know {names}, and {'it' if one else 'they'} could decide who controls "
        f"the council: the desk says which party {'it is' if one else 'they are'}"
    )
