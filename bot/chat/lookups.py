"""What a reader means by a name, and what to offer as they type it.

`…_named` returns what is meant, and raises `CannotAnswer` with close matches; `…_like` returns
codes by name for what was typed.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Literal, Protocol, TypeVar

from bot.cards.wards import Ward
from bot.chat.questions import CannotAnswer, Followable
from bot.chat.services import Services, running
from bot.delivery.watch_lists import Keeper, ListError, WatchList
from bot.election.alert_kinds import Topic
from bot.election.almanac import Almanac
from bot.election.ballots import Ballot
from bot.election.councils import Council
from bot.election.parties import Party, PartyKind, folded, means_noc
from bot.election.stories import Lens
from bot.wording.councils import following_line, names_apart
from bot.wording.phrases import in_words, name_of
from bot.wording.text import escape


class _Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T")
N = TypeVar("N", bound=_Named)
Kind = Literal["nation", "region"]

_MOST_NEAR = 3
_SHORTEST_NEW_NAME = 3
"""Letters at least in the name of a council that nothing knows."""


# Councils.


def council_named(services: Services, name: str, on: date) -> Council:
    """Return the council that a reader asks about; a misspelling is corrected.

    A council that only a feed knows has to be named exactly.
    """
    stranger = council_on_the_wire(services, name, on)
    if stranger is not None:
        return stranger
    found = services.almanac.councils.find(name, on)
    if found.council is None and found.former is not None:
        followed = following_line(found.former, found.suggestions)
        names = in_words(list(map(name_of, found.suggestions)), "or")
        raise CannotAnswer(f"{followed} Choose {names}.")
    if found.council is None:
        raise _no_such("council", name, map(escape, names_apart(found.suggestions)))
    return found.council


def council_of_the_past(services: Services, name: str, on: date) -> Council:
    """Return the council whose past a reader asks about: one that is no more keeps its own."""
    former = services.almanac.councils.find(name, on).former
    if former is not None and council_on_the_wire(services, name, on) is None:
        return former
    return council_named(services, name, on)


def followable(council: Council, on: date) -> Followable | None:
    """Return a council as what can be followed, None if it is no more."""
    if council.has_ended(on):
        return None
    return Followable(Topic.COUNCIL, council.code, council.name)


def council_on_the_wire(services: Services, name: str, on: date) -> Council | None:
    """Return a council that only a feed knows, by its exact name or its code."""
    wanted = folded(name)
    strangers = _strangers(services, on)
    return next((c for c in strangers if wanted in (folded(c.name), folded(c.code))), None)


def council_meant(services: Services, name: str, on: date) -> Council:
    """Return the council that is meant, without guessing: what is done with it lasts.

    Only exact names and codes count, including those of a council that only a feed knows.
    """
    council = council_on_the_wire(services, name, on)
    council = council or services.almanac.councils.resolve(name, on)
    if council.known or services.reader.council(on, council.code) is not None:
        return council
    found = services.almanac.councils.find(name, on)
    near = (found.council,) if found.council else found.suggestions
    raise _no_such("council", name, map(name_of, near))


def council_declared(services: Services, name: str, on: date) -> Council:
    """Return the council that the desk declares, which may be one that nothing knows yet.

    Its name must then be near no other's: a slip must not make a second council.
    """
    name = " ".join(name.split())
    council = council_on_the_wire(services, name, on)
    council = council or services.almanac.councils.resolve(name, on)
    if council.known or services.reader.council(on, council.code) is not None:
        return council
    others = (one.name for one in _strangers(services, on))
    near = services.almanac.councils.misspelt(name, on, others)
    if near is not None:
        raise CannotAnswer(
            f"{_no_such('council', name, [escape(near)])} If it is another council, enter it in "
            "the desk sheet, and confirm it in `/desk queue`."
        )
    if sum(map(str.isalpha, name)) < _SHORTEST_NEW_NAME:
        raise _no_such("council", name, [])
    return council


def councils_like(services: Services, typed: str, on: date) -> dict[str, str]:
    """Return the councils that match, those that vote on the night first."""
    voting = {one.council.code for one in services.reader.councils(on)}
    near = [one for one in _strangers(services, on) if folded(typed) in folded(one.name)]
    near += services.almanac.councils.complete(typed, on, limit=50)
    near.sort(key=lambda council: council.code not in voting)
    codes = (council.code for council in near)
    return dict(zip(names_apart(near), codes, strict=True))


def _strangers(services: Services, on: date) -> list[Council]:
    councils = (one.council for one in services.reader.councils(on))
    return [council for council in councils if not council.known]


# What has a code and names: ballots, wards, kinds.


def ballot_named(ballots: Iterable[Ballot], what: str, name: str) -> Ballot:
    """Return the one of *ballots* that a reader means, as a *what* ("mayor")."""
    return _the_one(ballots, _names_of, lambda one: one.area, what, name)


def ballots_like(ballots: Iterable[Ballot], typed: str) -> dict[str, str]:
    """Return the ballots one of whose names contains *typed*."""
    near = _containing(ballots, _names_of, typed)
    return {one.name: one.code for one in near}


def _names_of(ballot: Ballot) -> tuple[str, ...]:
    return (ballot.code, ballot.name, ballot.area, ballot.gss or "", *ballot.aliases)


def ward_named(council: Council, wards: Iterable[Ward], name: str) -> Ward:
    """Return the ward of a council that a reader means, by its code or its name."""
    what = f"ward of {name_of(council)}"
    return _the_one(wards, lambda one: (one.code, one.name), lambda one: one.name, what, name)


def wards_like(wards: Iterable[Ward], typed: str) -> dict[str, str]:
    """Return the wards whose name contains *typed*."""
    return {one.name: one.code for one in _containing(wards, lambda one: (one.name,), typed)}


def kind_named(kinds: Mapping[str, str], what: str, name: str) -> str:
    """Return the value in *kinds* that a reader means, by itself or by its words."""
    found = _near_to(kinds, lambda kind: (kind, kinds[kind]), name)
    if len(found) == 1:
        return found[0]
    raise CannotAnswer(
        f"No kind of {what} called “{escape(name)}”. Choose one of these: "
        f"{in_words(list(kinds.values()), 'or')}."
    )


# Parties.


def party_named(almanac: Almanac, name: str) -> Party:
    """Return the party that a reader means."""
    if means_noc(name):
        raise CannotAnswer(
            "No overall control is no party: /night changes kind:lost to no overall control "
            "names the councils that went to it."
        )
    found = almanac.parties.find(name)
    if found is not None and found.kind is not PartyKind.VACANT:
        return found
    raise _no_such(
        "party", name, map(escape, _close(name, [one.name for one in _parties(almanac)]))
    )


def parties_like(almanac: Almanac, typed: str) -> dict[str, str]:
    """Return the parties whose name or abbreviation contains *typed*."""
    near = _containing(
        _parties(almanac), lambda one: (one.name, one.full_name, one.abbreviation), typed
    )
    return {party.name: party.code for party in near}


def _parties(almanac: Almanac) -> Iterable[Party]:
    return (party for party in almanac.parties.rows if party.kind is not PartyKind.VACANT)


# Places, and what an answer is asked of.


def places(services: Services, on: date, kind: Kind, *, ballots: bool = False) -> list[str]:
    """Return the nations or regions in which councils vote, or with *ballots* anything.

    They are those of the councils, whether our tables or only the wire know them. If no table says
    who votes on a night, any council may.
    """
    voting: list[Council | Ballot] = [one.council for one in services.reader.councils(on)]
    if not services.almanac.night(on).elections:
        voting += services.almanac.councils.living(on)
    if ballots:
        voting += [one.ballot for one in services.reader.ballots(on)]
    return sorted({getattr(one, kind) for one in voting} - {"", None})


def any_place(services: Services, on: date, kind: Kind) -> list[str]:
    """Return all nations or regions: they can be followed for later nights too."""
    living = {getattr(one, kind) for one in services.almanac.councils.living(on)}
    return sorted({*living, *places(services, on, kind)} - {"", None})


def place_named(known: Iterable[str], kind: Kind, name: str) -> str:
    """Return the one of the *known* places that a reader means, in our spelling."""
    known = list(known)
    for place in known:
        if folded(place) == folded(name):
            return place
    raise _no_such(kind, name, map(escape, _close(name, known)))


def lens_named(services: Services, on: date, **given: str | None) -> Lens:
    """Return the lens for a party, nation, region or council by its name.

    Raises `CannotAnswer` if more than one is given.
    """
    find: dict[str, Callable[[str], str]] = {
        "party": lambda name: party_named(services.almanac_of(on), name).code,
        "nation": lambda name: _place_of_night(services, on, "nation", name),
        "region": lambda name: _place_of_night(services, on, "region", name),
        "council": lambda name: council_named(services, name, on).code,
    }
    found = {what: find[what](name) for what, name in given.items() if name}
    if len(found) > 1:
        raise CannotAnswer("Choose one filter: a party, a nation, a region or a council.")
    return Lens(**found)


def _place_of_night(services: Services, on: date, kind: Kind, name: str) -> str:
    return place_named(places(services, on, kind, ballots=True), kind, name)


def options_of(lens: Lens) -> dict[str, str]:
    """Return a lens as the options of a command."""
    return {name: value for name, value in asdict(lens).items() if value is not None}


# Watch lists.


def list_named(services: Services, keeper: Keeper, name: str) -> WatchList:
    """Return the list that somebody means."""
    try:
        return running(services.lists).find(keeper, name)
    except ListError as fault:
        raise CannotAnswer(str(fault)) from None


# What they have in common.


def containing(names: Iterable[str], typed: str) -> dict[str, str]:
    """Return those of *names* that contain *typed*."""
    return {name: name for name in names if folded(typed) in folded(name)}


def _containing(things: Iterable[T], names: Callable[[T], Iterable[str]], typed: str) -> list[T]:
    wanted = folded(typed)
    return [one for one in things if any(wanted in folded(name) for name in names(one))]


def _near_to(things: Iterable[T], names: Callable[[T], Iterable[str]], name: str) -> list[T]:
    """Return the things with exactly this name, else those with it in one of their names."""
    known = list(things)
    exact = [one for one in known if folded(name) in map(folded, names(one))]
    return exact or _containing(known, names, name)


def _the_one(
    things: Iterable[N],
    names: Callable[[N], Iterable[str]],
    short: Callable[[N], str],
    what: str,
    name: str,
) -> N:
    """Return the one thing that is meant; a misspelling is compared with the *short* names."""
    known = list(things)
    found = _near_to(known, names, name)
    if len(found) == 1:
        return found[0]
    near = [one.name for one in found[:_MOST_NEAR]] or _close(name, map(short, known))
    raise _no_such(what, name, map(escape, near))


def _close(name: str, names: Iterable[str]) -> list[str]:
    known = {folded(one): one for one in names}
    longer = [known[one] for one in known if folded(name) in one][:_MOST_NEAR]
    if folded(name) and longer:
        return longer
    found = difflib.get_close_matches(folded(name), known, n=_MOST_NEAR, cutoff=0.7)
    return [known[one] for one in found]


def _no_such(what: str, name: str, near: Iterable[str]) -> CannotAnswer:
    found = list(near)
    hint = (
        f"Did you mean {in_words(found, 'or')}?"
        if found
        else "Start typing and pick from the list."
    )
    return CannotAnswer(f"No {what} called “{escape(name)}”. {hint}")
