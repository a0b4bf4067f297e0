"""What a reader means by a name, and what to offer as they type it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date

from bot.cards.wards import Ward
from bot.chat.questions import CannotAnswer
from bot.chat.services import Services
from bot.election.almanac import Almanac
from bot.election.ballots import Ballot
from bot.election.councils import Council
from bot.election.headlines import Lens
from bot.election.parties import NOC_NAME, Party, PartyKind, folded
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding
from bot.wording.phrases import in_words, name_of
from bot.wording.text import escape

_MOST_NEAR = 3
_SEATS = re.compile(r"(?P<party>.*\S)\s+(?P<seats>\d{1,4})")


def council_named(services: Services, name: str, on: date) -> Council:
    """Return the council that a reader asks about, a slip of the pen taken for what comes near.

    One that a feed alone knows goes by its exact name. Raises `CannotAnswer` with what comes near.
    """
    stranger = council_on_the_wire(name, services.reader.councils(on))
    if stranger is not None:
        return stranger
    found = services.almanac.councils.find(name, on)
    if found.council is None:
        raise _no_such("council", name, [name_of(council) for council in found.suggestions])
    return found.council


def council_on_the_wire(name: str, standings: Iterable[CouncilStanding]) -> Council | None:
    """Return a council that a feed alone knows, by its exact name or its code."""
    wanted = folded(name)
    strangers = _strangers(standings)
    return next((c for c in strangers if wanted in (folded(c.name), folded(c.code))), None)


def council_meant(services: Services, name: str, on: date) -> Council:
    """Return the council that is meant where nothing may be guessed: what is done lasts.

    Only exact names and codes count, also those of a council that a feed alone knows. Raises
    `CannotAnswer` with what comes near.
    """
    council = council_on_the_wire(name, services.reader.councils(on))
    council = council or services.almanac.councils.resolve(name, on)
    if council.known or services.reader.council(on, council.code) is not None:
        return council
    found = services.almanac.councils.find(name, on)
    near = (found.council,) if found.council else found.suggestions
    raise _no_such("council", name, [name_of(one) for one in near])


def _strangers(standings: Iterable[CouncilStanding]) -> list[Council]:
    """Return the councils that a feed alone knows."""
    return [one.council for one in standings if not one.council.known]


def councils_like(services: Services, typed: str, on: date) -> dict[str, str]:
    """Return names and codes of councils for what was *typed*, those that vote first."""
    voting = {one.council.code for one in services.reader.councils(on)}
    strangers = _strangers(services.reader.councils(on))
    near = [one for one in strangers if folded(typed) in folded(one.name)]
    near += services.almanac.councils.complete(typed, on, limit=50)
    near.sort(key=lambda council: council.code not in voting)
    return {council.name: council.code for council in near}


def ballot_named(ballots: Iterable[Ballot], what: str, name: str) -> Ballot:
    """Return the contest that a reader means, of *contests*, as a *what* ("mayor").

    Raises `CannotAnswer` with what comes near.
    """
    known = list(ballots)
    wanted = folded(name)
    exact = [one for one in known if wanted in map(folded, _names_of(one))]
    near = exact or [one for one in known if any(wanted in folded(n) for n in _names_of(one))]
    if len(near) == 1:
        return near[0]
    names = [one.name for one in near[:3]] or _near(name, (c.area for c in known))
    raise _no_such(what, name, [escape(one) for one in names])


def ballots_like(ballots: Iterable[Ballot], typed: str) -> dict[str, str]:
    """Return names and codes of the contests one of whose names contains *typed*."""
    wanted = folded(typed)
    return {
        one.name: one.code
        for one in ballots
        if any(wanted in folded(name) for name in _names_of(one))
    }


def _names_of(ballot: Ballot) -> tuple[str, ...]:
    return (ballot.code, ballot.name, ballot.area, ballot.gss or "", *ballot.aliases)


def ward_named(council: Council, wards: Iterable[Ward], name: str) -> Ward:
    """Return the ward of a council that a reader means, by its code or its name.

    Raises `CannotAnswer` with what comes near.
    """
    known = list(wards)
    wanted = folded(name)
    exact = [one for one in known if wanted in (folded(one.code), folded(one.name))]
    near = exact or [one for one in known if wanted in folded(one.name)]
    if len(near) == 1:
        return near[0]
    names = [one.name for one in near[:3]] or _near(name, (one.name for one in known))
    raise _no_such(f"ward of {name_of(council)}", name, [escape(one) for one in names])


def wards_like(wards: Iterable[Ward], typed: str) -> dict[str, str]:
    """Return names and codes of the wards whose name contains *typed*."""
    wanted = folded(typed)
    return {one.name: one.code for one in wards if wanted in folded(one.name)}


def party_named(almanac: Almanac, name: str) -> Party:
    """Return the party that a reader means. Raises `CannotAnswer` with what comes near."""
    if folded(name) in ("noc", folded(NOC_NAME)):
        raise CannotAnswer(
            "No overall control is no party: /night changes kind:lost to no overall control "
            "names the councils that went to it."
        )
    found = almanac.parties.find(name)
    if found is not None and found.kind is not PartyKind.VACANT:
        return found
    near = _near(name, (party.name for party in _parties(almanac)))
    raise _no_such("party", name, [escape(one) for one in near])


def parties_like(almanac: Almanac, typed: str) -> dict[str, str]:
    """Return names and codes of the parties whose name or abbreviation contains *typed*."""
    wanted = folded(typed)
    return {
        party.name: party.code
        for party in _parties(almanac)
        if any(wanted in folded(n) for n in (party.name, party.full_name, party.abbreviation))
    }


def seats_named(almanac: Almanac, text: str) -> Composition:
    """Return seats typed as "LD 29, Lab 27, Ind 1". Raises `CannotAnswer` for what is none."""
    seats: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        match = _SEATS.fullmatch(part)
        if match is None:
            raise CannotAnswer(
                f"“{escape(part)}” is no party with its seats: write them as LD 29, Lab 27, Ind 1."
            )
        name = match["party"].strip()
        party = almanac.parties.find(name) or party_named(almanac, name)
        if party.code in seats:
            raise CannotAnswer(f"{escape(party.name)} is named twice: give each party once.")
        seats[party.code] = int(match["seats"])
    try:
        composition = Composition(seats)
    except ValueError as error:
        raise CannotAnswer(
            f"Those seats cannot be: {escape(str(error))}. Check them and try again."
        ) from None
    if not composition.filled:
        raise CannotAnswer("That gives nobody a seat: write seats as LD 29, Lab 27, Ind 1.")
    return composition


def place_named(places: Mapping[str, str], what: str, name: str) -> str:
    """Return the region or nation (*what*) that a reader means, of *places*, as we spell it."""
    for place in places:
        if folded(place) == folded(name):
            return place
    raise _no_such(what, name, [escape(one) for one in _near(name, places)])


def kind_named(kinds: Mapping[str, str], what: str, name: str) -> str:
    """Return the kind that a reader means, of *kinds* by their values, by its value or its words.

    Raises `CannotAnswer` with the words of all.
    """
    wanted = folded(name)
    exact = [kind for kind, words in kinds.items() if wanted in (folded(kind), folded(words))]
    near = exact or [kind for kind, words in kinds.items() if wanted in folded(words)]
    if len(near) == 1:
        return near[0]
    raise CannotAnswer(
        f"There is no kind of {what} “{escape(name)}”. Choose one of these: "
        f"{in_words(list(kinds.values()), 'or')}."
    )


def places_like(places: Iterable[str], typed: str) -> dict[str, str]:
    """Return those of *places* whose name contains *typed*."""
    return {name: name for name in places if folded(typed) in folded(name)}


def lens_named(
    services: Services,
    on: date,
    *,
    party: str | None = None,
    nation: str | None = None,
    region: str | None = None,
    council: str | None = None,
) -> Lens:
    """Return whose news is asked for.

    Raises `CannotAnswer` for names that mean nothing, and for more than one of them.
    """
    found = {
        "party": party and party_named(services.almanac_of(on), party).code,
        "nation": nation and place_named(nations(services, on, ballots=True), "nation", nation),
        "region": region and place_named(regions(services, on, ballots=True), "region", region),
        "council": council and council_named(services, council, on).code,
    }
    given = {name: value for name, value in found.items() if value}
    if len(given) > 1:
        raise CannotAnswer("Choose one filter: a party, a nation, a region or a council.")
    return Lens(**given)


def options_of(lens: Lens) -> dict[str, str]:
    """Return the options that ask for what a lens shows."""
    return {name: value for name, value in asdict(lens).items() if value is not None}


def regions(services: Services, on: date, *, ballots: bool = False) -> dict[str, str]:
    """Return the regions in which councils vote, or anything with *contests*, by name.

    A place is its council's, whoever knows the council: our tables or the wire. Where no table
    says who votes on a night, it may be any council.
    """
    return _places(one.region for one in _voting(services, on, ballots))


def nations(services: Services, on: date, *, ballots: bool = False) -> dict[str, str]:
    """Return the nations in which councils vote, or anything with *contests*, by name."""
    return _places(one.nation for one in _voting(services, on, ballots))


def followed_region(services: Services, on: date, name: str) -> str:
    """Return the region that a reader means to follow: any, for nights to come are followed too.

    Raises `CannotAnswer` with what comes near.
    """
    every = _places(one.region for one in (*_living(services, on), *_voting(services, on)))
    return place_named(every, "region", name)


def followed_nation(services: Services, on: date, name: str) -> str:
    """Return the nation that a reader means to follow. Raises `CannotAnswer` as for a region."""
    every = _places(one.nation for one in (*_living(services, on), *_voting(services, on)))
    return place_named(every, "nation", name)


def _voting(services: Services, on: date, ballots: bool = False) -> Iterable[Council | Ballot]:
    yield from (one.council for one in services.reader.councils(on))
    if not services.almanac.night(on).elections:
        yield from _living(services, on)
    if ballots:
        yield from (one.ballot for one in services.reader.ballots(on))


def _living(services: Services, on: date) -> Iterable[Council]:
    return services.almanac.councils.living(on)


def _places(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in sorted(set(names)) if name}


def _parties(almanac: Almanac) -> Iterable[Party]:
    return (party for party in almanac.parties.rows if party.kind is not PartyKind.VACANT)


def _near(name: str, names: Iterable[str]) -> list[str]:
    known = {folded(one): one for one in names}
    longer = [known[one] for one in known if folded(name) in one][:_MOST_NEAR]
    if folded(name) and longer:
        return longer
    found = difflib.get_close_matches(folded(name), known, n=_MOST_NEAR, cutoff=0.7)
    return [known[one] for one in found]


def _no_such(what: str, name: str, near: list[str]) -> CannotAnswer:
    hint = f"Did you mean {in_words(near, 'or')}?" if near else "Choose one as you type its name."
    return CannotAnswer(f"There is no {what} “{escape(name)}” here. {hint}")
