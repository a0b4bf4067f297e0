"""Parties that no table of ours knows: whether who they are could decide who controls a council."""

from __future__ import annotations

from collections.abc import Callable

from bot.election.control import Control
from bot.election.parties import INDEPENDENT, VACANT, Parties
from bot.election.seats import Composition

_ANOTHER = "another party"
"""Stands for a known party that has no seat under its own name."""


def strangers_that_decide(
    seats: Composition, parties: Parties, control: Callable[[Composition], Control]
) -> tuple[str, ...]:
    """Return the codes of unknown parties that could change what *control* gives of *seats*.

    An unknown name may be a party of its own, one of the others under another name, or a party
    that has no other seat. It is never the bucket of a document that names the two apart.
    """
    unknown = tuple(code for code in seats if not parties.get(code).known)
    if not unknown:
        return ()
    known = [(code, number) for code, number in seats.items() if code not in unknown]
    theirs = sum(seats[code] for code in unknown)
    takers = {code for code, _ in known} - {VACANT, INDEPENDENT} | {_ANOTHER}
    possible = {control(Composition([*known, (taker, theirs)])) for taker in takers}
    return unknown if possible != {control(seats)} else ()


def who_are(strangers: tuple[str, ...], parties: Parties) -> str:
    """Return in a sentence what the desk is asked about unknown parties."""
    names = ", ".join(parties.get(code).name for code in strangers)
    one = len(strangers) == 1
    return (
        f"our tables do not know {names}, and {'it' if one else 'they'} could decide who controls "
        f"the council: the desk says which party {'it is' if one else 'they are'}"
    )
