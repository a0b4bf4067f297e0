"""PA's local elections wire: what its documents mean, whichever form they came in.

XML is read into this tree as it stands; `json_form` makes the same tree of JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from bot.election.parties import WireParty
from bot.election.reports import (
    CouncilResult,
    GainOrHold,
    Nominations,
    NotFollowed,
    PartyNominations,
    PartySeats,
    PartyState,
    Proportion,
    Report,
    StateOfPartiesReport,
    WireCouncil,
)
from bot.election.seats import MOST_SEATS
from bot.feeds import markers
from bot.feeds.elements import Element
from bot.feeds.faults import DocumentFault
from bot.feeds.pa import ballots
from bot.feeds.parsed import Parsed
from bot.feeds.values import clipped

FORMAT = "PA XML"

_MOST_COUNCILS = 1_000
_MOST_CANDIDATES = 10_000
_MOST_REVISIONS = 1_000
_MOST_SEATS_IN_ALL = 100_000

_NOC = {"noc", "n.o.c.", "no overall control", "no overall majority", "hung"}
_NOTHING = {"", "-", "all", "n/a", "na", "none", "null", "unknown"}
"""What stands in the place of a party or a region where the sender has none to name."""
_PROPORTIONS = {proportion.value: proportion for proportion in Proportion}


def is_known(kind: str) -> bool:
    """Return whether a document's root name is one of PA's, taken in or passed over."""
    return kind in _KINDS or kind in ballots.KINDS or kind in ballots.PASSED_OVER


def parse(roots: Iterable[Element], name: str) -> Parsed:
    """Return the reports and faults of PA documents that came in one file called *name*.

    A faulty document, or a faulty council of one that has several, loses only itself.
    """
    reports: list[Report] = []
    faults: list[str] = []
    not_followed: list[NotFollowed] = []
    test = markers.is_test_file(name)
    for root in roots:
        try:
            if (strange := ballots.not_followed(root)) or (strange := _of_no_council(root)):
                not_followed += strange
                continue
            parts = list(_parts(root))
        except DocumentFault as fault:
            faults.append(str(fault))
            continue
        for part in parts:
            try:
                reports.append(part.report(test))
            except DocumentFault as fault:
                about = "" if part.subject is root else f" for {part.subject.label}"
                faults.append(f"{root.name}{about}: {fault} Ask the sender for a correction.")
    return Parsed(tuple(reports), tuple(faults), tuple(not_followed))


@dataclass(frozen=True, slots=True)
class _Part:
    """One report's share of a document: the root, its election, and what is reported on.

    The subject is a council or a contest; for a state of parties it is the root itself.
    """

    root: Element
    election: Element
    subject: Element
    read: Callable[[_Part, bool], Report]

    def report(self, test: bool) -> Report:
        marked = test or any(
            markers.is_test_election(element.attributes.get("name"))
            for element in (self.root, self.election)
        )
        return self.read(self, marked)


def _parts(root: Element) -> Iterator[_Part]:
    if (read_contest := ballots.KINDS.get(root.name)) is not None:
        for election, contest in ballots.contests_of(root):
            yield _Part(root, election, contest, partial(_contest, read_contest))
        return
    if root.name not in _KINDS:
        raise DocumentFault(
            f"{clipped(root.name)} is no kind of document that this version knows: it takes in"
            " nominations, results and states of parties of councils, mayors and referendums."
        )
    by_council, read = _KINDS[root.name]
    elections = list(root.all("Election"))
    if not elections:
        raise DocumentFault(f"{root.name} has no Election: ask the sender for it again.")
    for election in elections:
        if not by_council:
            yield _Part(root, election, root, read)
            continue
        councils = list(election.all("Council"))
        if not councils:
            raise DocumentFault(f"{root.name} names no Council: ask the sender for it again.")
        for council in councils:
            yield _Part(root, election, council, read)


def _of_no_council(root: Element) -> list[NotFollowed]:
    """Return what a document of a kind that no version knows is about, where it is an election's.

    One that names itself after local elections is a fault: nothing of theirs may be passed over.
    """
    if root.name in _KINDS or root.name in ballots.KINDS or root.name.startswith("Local"):
        return []
    return [
        NotFollowed(
            election.optional_text("name") or f"documents of the kind {clipped(root.name)}",
            f"{clipped(root.name)} {ballots.areas_in(election)}",
            _night_of(election),
        )
        for election in root.all("Election")
        if "date" in election.attributes
    ]


def _contest(read: ballots.Reader, part: _Part, test: bool) -> Report:
    return read(part.root, part.election, part.subject, test)


def _nominations(part: _Part, test: bool) -> Nominations:
    council = part.subject
    parties = tuple(
        PartyNominations(
            party=_party(party),
            seats_held=party.number("seatsHeld", 0, MOST_SEATS),
            seats_offered=party.number("seatsOffered", 0, MOST_SEATS),
            unopposed=_optional_count(party, "unopposedReturns", MOST_SEATS) or 0,
            candidates=_optional_count(party, "candidates", _MOST_CANDIDATES),
        )
        for party in council.all("Party")
    )
    if not parties:
        raise DocumentFault("it names no Party.")
    return Nominations(
        night=_night(part), council=_wire_council(council), parties=parties, test=test
    )


def _result(part: _Part, test: bool) -> CouncilResult:
    council = part.subject
    composition = _seats(council, "NewCouncil", "seats", 0)
    if not composition:
        raise DocumentFault(
            "it has no NewCouncil with the council's parties, so who controls it cannot be known."
        )
    sitting = _named(council, "sittingParty")
    return CouncilResult(
        night=_night(part),
        council=_wire_council(council),
        revision=part.root.number("revision", 0, _MOST_REVISIONS),
        winner=_party_in_control(council.text("winningParty")),
        sitting=None if sitting is None else _party_in_control(sitting),
        sitting_given=sitting is not None,
        gain_or_hold=_gain_or_hold(council.optional_text("gainOrHold")),
        # Every election elects somebody: an empty block says as little as none.
        elected=_seats(council, "ElectedCouncillors", "seats", 0) or None,
        changes=_seats(council, "Changes", "change", -MOST_SEATS),
        composition=composition,
        test=test,
    )


def _state_of_parties(part: _Part, test: bool) -> StateOfPartiesReport:
    block = part.subject.child("Parties")
    if block is None or not block.children:
        raise DocumentFault("it has no Parties.")
    included = part.subject.child("CouncilsIncluded")
    return StateOfPartiesReport(
        night=_night(part),
        results=part.root.number("numberOfResults", 0, _MOST_COUNCILS),
        total_councils=part.root.number("totalNumberOfCouncils", 0, _MOST_COUNCILS),
        parties=tuple(_party_state(party) for party in block.all("Party")),
        included=tuple(map(_wire_council, included.all("Council"))) if included else (),
        region=_named(part.root, "region"),
        test=test,
    )


_KINDS: dict[str, tuple[bool, Callable[[_Part, bool], Report]]] = {
    "LocalElectionNominations": (True, _nominations),
    "LocalElectionResult": (True, _result),
    "LocalStateOfParties": (False, _state_of_parties),
}
"""The kinds taken in: whether each council of one makes a report, and how it is read."""


def _night(part: _Part) -> date:
    return _night_of(part.election)


def _night_of(election: Element) -> date:
    return election.day("date")


def _wire_council(council: Element) -> WireCouncil:
    proportion = council.optional_text("proportion")
    return WireCouncil(
        name=council.text("name"),
        type=council.optional_text("type"),
        # A share that we do not know yet is no reason to lose a result.
        proportion=_PROPORTIONS.get((proportion or "").casefold()),
        boundary_change=_marked(council, "boundaryChange"),
        new_council=_marked(council, "newCouncil"),
    )


def _party(party: Element) -> WireParty:
    name = party.text("name")
    if name.casefold() in _NOC:
        raise DocumentFault("it gives seats to no overall control, which is no party.")
    return WireParty(name=name, abbreviation=party.optional_text("abbreviation"))


def _party_in_control(text: str) -> WireParty | None:
    return None if text.casefold() in _NOC else WireParty(name=text)


def _party_state(party: Element) -> PartyState:
    is_noc = _party_in_control(party.text("name")) is None
    return PartyState(
        party=None if is_noc else _party(party),
        councils=party.number("totalCouncils", 0, _MOST_COUNCILS),
        council_change=party.number("changeInControl", -_MOST_COUNCILS, _MOST_COUNCILS),
        seats_won=party.number("seatsWon", 0, _MOST_SEATS_IN_ALL),
        seat_change=party.number("netChangeInSeats", -_MOST_SEATS_IN_ALL, _MOST_SEATS_IN_ALL),
    )


def _seats(
    council: Element, block: str, attribute: str, least: int
) -> tuple[PartySeats, ...] | None:
    """Return a block's numbers by party: None where there is no such block."""
    elements = list(council.all(block))
    if not elements:
        return None
    if len(elements) > 1:
        raise DocumentFault(f"it has {block} {len(elements)} times, and which counts is not said.")
    (element,) = elements
    return tuple(
        PartySeats(_party(party), party.number(attribute, least, MOST_SEATS))
        for party in element.all("Party")
    )


def _gain_or_hold(word: str | None) -> GainOrHold | None:
    """Return the outcome; None for a word that is none of the wire's: the rules say what then."""
    return next((known for known in GainOrHold if known == (word or "").strip()), None)


def _named(element: Element, attribute: str) -> str | None:
    """Return whom or what an attribute names; None where it is absent or names nothing.

    A state of parties of the whole carries `region="All"` on the real wire.
    """
    name = element.optional_text(attribute)
    return None if name is None or name.strip().casefold() in _NOTHING else name


def _marked(council: Element, attribute: str) -> bool:
    """Return whether an attribute says yes; raises `DocumentFault` for what says neither."""
    return _named(council, attribute) is not None and council.flag(attribute)


def _optional_count(party: Element, attribute: str, most: int) -> int | None:
    """Return a number that nothing hangs on, None where it is not given or is none."""
    try:
        return party.number(attribute, 0, most)
    except DocumentFault:
        return None
