"""A night in 2031 that no table lists, as PA's wire sends it in every legal form.

230 councils, real and invented, in three nations; parties and mayors that only the wire introduces;
documents of two parliaments. Each optional attribute comes present, absent, empty and in its other
spellings.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from bot.feeds.elements import Element
from simulation.wire.forms import as_xml
from tests.verification import pa_night
from tests.verification.pa_night import element
from tests.verification.synthetic import TrueCouncil, majority, night_of

NIGHT = date(2031, 5, 1)
COUNCILS = 230
_ELSEWHERE = {
    "Wales": ("Cardiff", "Newport", "Swansea", "Gwynedd", "Conwy", "Powys"),
    "Scotland": ("Fife", "Angus", "Moray", "Falkirk", "Highland", "Dundee City"),
}
_YES, _NO = ("true", "1", "yes", "True"), ("false", "0", "", None)
_OPTIONAL = {
    "paId": ("7", "", None),
    "unopposedReturns": ("0", "", None),
    "candidates": ("7", "", None),
}
"""The values that mean the same, by attribute; None leaves the attribute out."""
MAYORS = ("Elmsea", "Cold Ashby", "Watford", "Greater Brackwater", "Tees & Dunholme", "Farrowdale")
PARLIAMENT_DOCUMENTS = 200


@dataclass(frozen=True)
class TrueMayor:
    """A mayor's contest: who is elected, of which party, and the party that held the post."""

    area: str
    winner: str
    party: str
    votes: tuple[int, int]
    sitting: str


@dataclass(frozen=True)
class UnlistedNight:
    """What is true of the night, and its documents by file name, batch by batch."""

    councils: tuple[TrueCouncil, ...]
    mayors: tuple[TrueMayor, ...]
    before_close: dict[str, bytes] = field(default_factory=dict)
    batches: list[dict[str, bytes]] = field(default_factory=list)
    at_the_end: dict[str, bytes] = field(default_factory=dict)
    corrected: frozenset[str] = frozenset()

    @property
    def changed(self) -> tuple[TrueCouncil, ...]:
        """The councils that change hands or are elected for the first time."""
        return tuple(one for one in self.councils if one.new or one.winner != one.sitting)


@cache
def unlisted_night(seed: int = 7) -> UnlistedNight:
    """Return the night; the same for the same seed."""
    rng = random.Random(seed)
    councils = tuple(_councils(seed))
    mayors = tuple(_mayors(rng))
    night = UnlistedNight(councils, mayors, batches=[{} for _ in range(6)])
    corrected: set[str] = set()
    for number, council in enumerate(councils):
        file = _file(council.name)
        night.before_close[f"Local_nominations_{file}.xml"] = _written(
            pa_night.nominations(council, rng), rng
        )
        batch = number % 5
        name = f"Local_result_{file}"
        if number % 20 == 4:  # wrong first, right in a later batch
            wrong = _wrongly(council)
            night.batches[batch][f"{name}_1.xml"] = _written(pa_night.result(wrong, 1, rng), rng)
            night.batches[5][f"{name}_2.xml"] = _written(pa_night.result(council, 2, rng), rng)
            if wrong.winner != council.winner:
                corrected.add(council.name)
        else:
            night.batches[batch][f"{name}_1.xml"] = _written(pa_night.result(council, 1, rng), rng)
    for number, mayor in enumerate(mayors):
        file = _file(mayor.area)
        stage = _mayor_document
        night.before_close[f"Mayor_nominations_{file}_1.xml"] = as_xml(
            stage(mayor, "FirstPastThePostNominations", rng)
        )
        night.batches[number % 3][f"Mayor_rush_{file}_1.xml"] = as_xml(
            stage(mayor, "FirstPastThePostRush", rng)
        )
        night.batches[number % 3 + 1][f"Mayor_result_{file}_1.xml"] = as_xml(
            stage(mayor, "FirstPastThePostResult", rng)
        )
    for number in range(PARLIAMENT_DOCUMENTS):
        name, body = _parliament_document(number)
        night.batches[number % 5][name] = body
    night.at_the_end.update(_states(councils, rng))
    return replace(night, corrected=frozenset(corrected))


def nations(night: UnlistedNight) -> dict[str, list[TrueCouncil]]:
    """Return the councils of each nation; the invented ones are England's."""
    found: dict[str, list[TrueCouncil]] = {"England": [], "Wales": [], "Scotland": []}
    for council in night.councils:
        found[nation_of(council.name)].append(council)
    return found


def nation_of(council: str) -> str:
    """Return the nation of a council by its name."""
    return next((n for n, names in _ELSEWHERE.items() if council in names), "England")


def _councils(seed: int) -> Iterator[TrueCouncil]:
    elsewhere = [name for names in _ELSEWHERE.values() for name in names]
    seen: set[str] = set()
    for council in night_of(COUNCILS, seed):
        name = council.name
        if name in seen and elsewhere:
            name = elsewhere.pop()
        while name in seen:
            name = f"North {name}" if "North" not in name else name.replace("North", "South")
        seen.add(name)
        yield replace(council, name=name)


def _wrongly(council: TrueCouncil) -> TrueCouncil:
    """Return the council with another winner: as a first revision may have it."""
    for seats in range(2, council.size):
        other = council.with_seats_moved(seats)
        if majority(other.now) != council.winner and min(other.won.values()) >= 0:
            return other
    return council.with_seats_moved(1)


def _mayors(rng: random.Random) -> Iterator[TrueMayor]:
    parties = ("Labour", "Conservative", "Liberal Democrat", "Wessex First", "Independent")
    for number, area in enumerate(MAYORS):
        lost = rng.randint(9_000, 20_000)
        yield TrueMayor(
            area=area,
            winner=f"Ellis Winner{number}",
            party=parties[number % len(parties)],
            votes=(lost + rng.randint(1, 4_000), lost),
            sitting=parties[(number + number % 2) % len(parties)],
        )


def _mayor_document(mayor: TrueMayor, root: str, rng: random.Random) -> Element:
    elected, with_votes = root != "FirstPastThePostNominations", root == "FirstPastThePostResult"
    on_party = rng.random() < 0.5
    candidates = []
    people = ((mayor.winner, mayor.party), ("Robin Second", _another(mayor.party)))
    for place, (name, party) in enumerate(people):
        first, surname = name.split()
        votes = {"votes": str(mayor.votes[place])} if with_votes else {}
        candidate = element(
            "Candidate",
            element("Party", name=party, **(votes if on_party else {})),
            firstName=first,
            surname=surname,
            **({} if on_party else votes),
        )
        if elected and place == 0:
            candidate.attributes = {**candidate.attributes, "elected": "*"}
        candidates.append(candidate)
    said = {}
    if elected:
        held = mayor.party == mayor.sitting
        said = {
            "gainOrHold": "hold" if held else "gain",
            "winningPartyName": mayor.party,
            "sittingPartyName": mayor.sitting,
        }
    area = element("Constituency", *candidates, name=mayor.area, **said)
    election = element("Election", area, date=NIGHT, type="M", name="Mayoral Elections")
    return element(root, election, revision=1)


def _another(party: str) -> str:
    return "Conservative" if party != "Conservative" else "Labour"


def _parliament_document(number: int) -> tuple[str, bytes]:
    """Return a result of a parliament's constituency: nothing that this product follows."""
    kind, label, name = (
        ("S", "Holyrood", "Scottish Parliament"),
        ("W", "Senedd", "Senedd"),
    )[number % 2]
    seat = f"{label} Constituency {number}"
    candidate = element(
        "Candidate", element("Party", name="Labour", votes=9), firstName="A", surname="Member"
    )
    candidate.attributes = {**candidate.attributes, "elected": "*"}
    area = element("Constituency", candidate, name=seat)
    root = ("FirstPastThePostResult", "Recount")[number % 10 == 7]
    named = {} if number % 10 == 3 else {"name": name}
    election = element("Election", area, date=NIGHT, type=kind, **named)
    document = element(root, election, revision=1)
    return f"{label}_result_{number}_1.xml", as_xml(document)


def _states(councils: Sequence[TrueCouncil], rng: random.Random) -> dict[str, bytes]:
    """Return states of parties: the whole in each way of saying so, the nations, and one riddle."""
    wholes = {"absent": None, "empty": "", "All": "All", "ALL": "ALL", "all": " all "}
    night = UnlistedNight(tuple(councils), ())
    files: dict[str, bytes] = {}
    for label, region in wholes.items():
        files[f"Local_SOP_{len(councils)}_{label}.xml"] = _state(councils, region, rng)
    for nation, there in nations(night).items():
        files[f"Local_SOP_{nation}_{len(there)}.xml"] = _state(there, nation, rng)
    files["Local_SOP_Atlantis_3.xml"] = _state(councils[:3], "Atlantis", rng)
    return files


def _state(councils: Sequence[TrueCouncil], region: str | None, rng: random.Random) -> bytes:
    root = pa_night.state_of_parties(councils, len(councils))
    if region is not None:
        root.attributes = {**root.attributes, "region": region}
    if rng.random() < 0.3:  # the list of councils is optional
        root.children = [one for one in root.children if one.name != "CouncilsIncluded"]
    return _written(root, rng)


def _written(root: Element, rng: random.Random) -> bytes:
    """Return a document as XML on this night's date, its optional attributes in a legal form."""
    _vary(root, rng)
    return as_xml(root)


def _vary(one: Element, rng: random.Random) -> None:
    attributes = dict(one.attributes)
    if one.name == "Election":
        attributes["date"] = NIGHT.isoformat()
    for name, values in _OPTIONAL.items():
        if name in attributes:
            _put(attributes, name, rng.choice(values))
    if one.name == "Council" and "type" in attributes:
        nation = nation_of(attributes["name"])
        kind = "Unitary" if nation == "England" else nation
        _put(attributes, "type", rng.choice((kind, "", None)))
    if one.name == "Council":
        for flag in ("boundaryChange", "newCouncil"):
            _put(attributes, flag, rng.choice(_YES if attributes.get(flag) == "true" else _NO))
        if attributes.get("proportion") == "all":
            _put(attributes, "proportion", rng.choice(("all", "All")))
    one.attributes = attributes
    for child in one.children:
        _vary(child, rng)


def _put(attributes: dict[str, str], name: str, value: str | None) -> None:
    if value is None:
        attributes.pop(name, None)
    else:
        attributes[name] = value


def _file(name: str) -> str:
    return name.replace(" ", "_").replace("-", "_").replace("&", "_")
