"""PA's local elections wire: what its documents mean, whichever form they came in.

XML is read into this tree as it stands; `json_form` makes the same tree of JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.election.parties import WireParty, means_noc
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

_LONGEST_LIST = 100
_MAYORS = "M"
"""The type of an election of mayors."""
_SUMS = "FirstPastThePostStateOfParties"
"""Sums of single posts: what they count is taken in one by one."""

Reader = Callable[[Element, Element, Element], Report]
"""Reads one report: the root, its election, and what it reports on."""

_NOTHING = {"", "-", "all", "n/a", "na", "none", "null", "unknown"}
"""What stands in the place of a party or a region where the sender has none to name."""
_PROPORTIONS = {proportion.value: proportion for proportion in Proportion}


def is_known(kind: str) -> bool:
    """Return whether a document's root name is one of PA's, taken in or not."""
    return kind in _KINDS or kind in ballots.KINDS or kind == _SUMS


def parse(roots: Iterable[Element]) -> Parsed:
    """Return the reports and faults of PA documents that came in one file.

    A faulty document, or a faulty council of one that has several, loses only itself.
    """
    parsed = Parsed()
    for root in roots:
        try:
            if strange := _not_followed(root):
                parsed.not_followed += strange
                continue
            read, subjects = _subjects(root)
        except DocumentFault as fault:
            parsed.faults.append(str(fault))
            continue
        for election, subject in subjects:
            names = (root.attributes.get("name"), election.attributes.get("name"))
            try:
                report = read(root, election, subject)
                is_test = any(map(markers.is_test_election, names))
                parsed.add(replace(report, test=True) if is_test else report)
            except DocumentFault as fault:
                about = "" if subject is root else f" for {subject.label}"
                said = f"{root.name}{about}: {fault} Ask the sender for a correction."
                parsed.faults.append(said)
    return parsed


def _subjects(root: Element) -> tuple[Reader, list[tuple[Element, Element]]]:
    """Return how a document is read, and each thing that it reports on behind its election.

    That is a council or a ballot; for a state of parties it is the root itself.
    """
    if root.name in ballots.KINDS:
        return ballots.KINDS[root.name], list(ballots.contests_of(root))
    if root.name not in _KINDS:
        raise DocumentFault(
            f"{clipped(root.name)} is no kind of document that this version knows: it takes in"
            " nominations, results and states of parties of councils, mayors and referendums."
        )
    read = _KINDS[root.name]
    elections = list(root.all("Election"))
    if not elections:
        raise DocumentFault(f"{root.name} has no Election: ask the sender for it again.")
    if read is _state_of_parties:
        return read, [(election, root) for election in elections]
    if not all(election.child("Council") for election in elections):
        raise DocumentFault(f"{root.name} names no Council: ask the sender for it again.")
    return read, [(one, council) for one in elections for council in one.all("Council")]


def _not_followed(root: Element) -> list[NotFollowed]:
    """Return the elections of a document that is sound, and of nothing that is followed.

    A document that names itself after local elections is read, or is a fault: nothing of theirs may
    be passed over.
    """
    if root.name in _KINDS or root.name.startswith("Local"):
        return []
    form = root.name if is_known(root.name) else clipped(root.name)
    return [
        NotFollowed(kind, f"{form} {_areas_in(election)}", election.day("date"))
        for election in root.all("Election")
        if (kind := _kind_not_followed(root, election)) is not None
    ]


def _kind_not_followed(root: Element, election: Element) -> str | None:
    """Return in words what an election is that is not followed, None for one that is.

    Not followed are single posts of any type but mayors', sums of single posts, and elections in a
    kind of document that no version knows.
    """
    name = election.optional_text("name")
    if not is_known(root.name):
        said = name or f"documents of the kind {clipped(root.name)}"
        return said if "date" in election.attributes else None
    kind = election.optional_text("type") or root.optional_text("type")
    if kind not in (None, _MAYORS) and root.name != ballots.TOTALS:
        return f"{name or 'elections'} (type {kind})"
    return f"{name or 'elections'}: sums of single posts" if root.name == _SUMS else None


def _areas_in(election: Element) -> str:
    names = (one.attributes.get("name", "") for one in election.children)
    return clipped(", ".join(filter(None, names))[:_LONGEST_LIST])


def _nominations(root: Element, election: Element, council: Element) -> Nominations:
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
    return Nominations(night=election.day("date"), council=_wire_council(council), parties=parties)


def _result(root: Element, election: Element, council: Element) -> CouncilResult:
    composition = _seats(council, "NewCouncil", "seats", 0)
    if not composition:
        raise DocumentFault(
            "it has no NewCouncil with the council's parties, so who controls it cannot be known."
        )
    sitting = _named(council, "sittingParty")
    return CouncilResult(
        night=election.day("date"),
        council=_wire_council(council),
        revision=root.number("revision", 0, _MOST_REVISIONS),
        winner=_party_in_control(council.text("winningParty")),
        sitting=None if sitting is None else _party_in_control(sitting),
        sitting_given=sitting is not None,
        gain_or_hold=_gain_or_hold(council.optional_text("gainOrHold")),
        # Every election elects somebody, so an empty block means the same as none.
        elected=_seats(council, "ElectedCouncillors", "seats", 0) or None,
        changes=_seats(council, "Changes", "change", -MOST_SEATS),
        composition=composition,
    )


def _state_of_parties(root: Element, election: Element, _: Element) -> StateOfPartiesReport:
    block = root.child("Parties")
    if block is None or not block.children:
        raise DocumentFault("it has no Parties.")
    included = root.child("CouncilsIncluded")
    return StateOfPartiesReport(
        night=election.day("date"),
        results=root.number("numberOfResults", 0, _MOST_COUNCILS),
        total_councils=root.number("totalNumberOfCouncils", 0, _MOST_COUNCILS),
        parties=tuple(_party_state(party) for party in block.all("Party")),
        included=tuple(map(_wire_council, included.all("Council"))) if included else (),
        region=_named(root, "region"),
    )


_KINDS: dict[str, Reader] = {
    "LocalElectionNominations": _nominations,
    "LocalElectionResult": _result,
    "LocalStateOfParties": _state_of_parties,
}


def _wire_council(council: Element) -> WireCouncil:
    proportion = council.optional_text("proportion")
    return WireCouncil(
        name=council.text("name"),
        type=council.optional_text("type"),
        # An unknown proportion is no reason to lose a result.
        proportion=_PROPORTIONS.get((proportion or "").casefold()),
        boundary_change=_marked(council, "boundaryChange"),
        new_council=_marked(council, "newCouncil"),
    )


def _party(party: Element) -> WireParty:
    name = party.text("name")
    if means_noc(name):
        raise DocumentFault("it gives seats to no overall control, which is no party.")
    return WireParty(name=name, abbreviation=party.optional_text("abbreviation"))


def _party_in_control(text: str) -> WireParty | None:
    return None if means_noc(text) else WireParty(name=text)


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
    """Return a number that decides nothing, None where it is missing or unreadable."""
    try:
        return party.number(attribute, 0, most)
    except DocumentFault:
        return None
