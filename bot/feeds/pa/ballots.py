"""PA's documents on mayors and referendums: nominations, first words, results, recounts, totals.

A rush names the winner and comes first; a result has the votes, at the candidate or its `Party`.
`secondRoundVotes` are read where a supplementary vote went to a second round. Who is elected, for
which party, where and when may refuse a document; a number that is none is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from bot.election.parties import WireParty
from bot.election.reports import BallotKind, BallotReport, Candidate, GainOrHold
from bot.feeds.elements import Element
from bot.feeds.faults import DocumentFault
from bot.feeds.values import MOST_PEOPLE, clipped, whole_number

_MOST_REVISIONS = 1_000
_NOMINATIONS = "FirstPastThePostNominations"
_RUSH = "FirstPastThePostRush"
TOTALS = "RunningTotals"
_OUTCOMES = {"hold": GainOrHold.NO_CHANGE, "gain": GainOrHold.GAIN}
_ANSWERS = ("Answer", "Option", "Candidate")
_AREAS = ("Referendum", "Area", "Constituency")
_NOBODY = {"", "-", "all", "none", "n/a"}

Reader = Callable[[Element, Element, Element], BallotReport]
"""Reads one contest: the root, its election, and the contest."""


def contests_of(root: Element) -> Iterator[tuple[Element, Element]]:
    """Yield each contest of a document with its election; raises `DocumentFault` for none."""
    elections = list(root.all("Election"))
    if not elections and root.child("Referendum") is not None:
        elections = [root]
    if not elections:
        raise DocumentFault(f"{root.name} has no Election: ask the sender for it again.")
    for election in elections:
        found = [one for name in _AREAS for one in election.all(name)]
        if not found:
            raise DocumentFault(f"{root.name} names no Constituency: ask the sender for it again.")
        for one in found:
            yield election, one


def _first_past_the_post(root: Element, election: Element, contest: Element) -> BallotReport:
    nominations = root.name == _NOMINATIONS
    rush = root.name == _RUSH
    candidates = tuple(_candidate(one, with_votes=not rush) for one in contest.all("Candidate"))
    if not candidates:
        raise DocumentFault("it names no Candidate.")
    if nominations:
        candidates = tuple(replace(one, votes=(), elected=None) for one in candidates)
    has_winner = any(one.elected for one in candidates)
    if rush and not has_winner:
        raise DocumentFault("it is the first word of a result and names nobody elected.")
    return replace(
        _report(BallotKind.MAYOR, root, election, contest),
        candidates=_decided(candidates),
        complete=not (rush or nominations) and has_winner,
        nominations=nominations,
        rush=rush,
        gain_or_hold=_OUTCOMES.get((contest.optional_text("gainOrHold") or "").casefold()),
        winner=_party_in(contest, "winningParty"),
        sitting=_party_in(contest, "sittingParty"),
    )


def _recount(root: Element, election: Element, contest: Element) -> BallotReport:
    report = _report(BallotKind.MAYOR, root, election, contest)
    return replace(report, recount=True, revision=None)


def _running_totals(root: Element, election: Element, contest: Element) -> BallotReport:
    propositions = list(contest.all("Proposition"))
    if len(propositions) > 1:
        raise DocumentFault(
            f"it puts {len(propositions)} propositions, and one document is read as one question."
        )
    asked = propositions[0] if propositions else contest
    answers = tuple(
        Candidate(
            name=one.text("name"),
            votes=() if (votes := _optional(one, "votes")) is None else (votes,),
            elected=True if one.attributes.get("elected") == "*" else None,
        )
        for name in _ANSWERS
        for one in asked.all(name)
    )
    if len(answers) < 2:
        raise DocumentFault("a referendum has two answers at least.")
    return replace(
        _report(BallotKind.REFERENDUM, root, election, contest),
        candidates=_decided(answers),
        complete=any(one.elected for one in answers),
        question=asked.optional_text("question") or contest.optional_text("question"),
    )


def _report(kind: BallotKind, root: Element, election: Element, contest: Element) -> BallotReport:
    """Return what every document says alike."""
    return BallotReport(
        night=election.day("date"),
        kind=kind,
        area=contest.text("name"),
        gss=None,
        seats=1,
        candidates=(),
        revision=_revision(root),
        electorate=_optional(contest, "electorate"),
        turnout=_share(contest, "percentageTurnout"),
        valid=_optional(contest, "totalVotes"),
        spoilt=_optional(contest, "spoiltBallots"),
        note=contest.optional_text("paStyleMessageText"),
    )


def _decided(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Return candidates of whom all but the elected are known to have lost, once one is elected."""
    if not any(one.elected for one in candidates):
        return candidates
    return tuple(replace(one, elected=bool(one.elected)) for one in candidates)


def _candidate(candidate: Element, *, with_votes: bool) -> Candidate:
    names = (candidate.optional_text(part) for part in ("firstName", "surname"))
    name = " ".join(filter(None, names))
    if not name:
        raise DocumentFault("a Candidate has no name.")
    party = candidate.child("Party")
    if party is None:
        raise DocumentFault(f"{clipped(name)} has no Party.")
    rounds = [
        _optional(party if one in party.attributes else candidate, one)
        for one in ("votes", "secondRoundVotes")
    ]
    while rounds and rounds[-1] is None:
        rounds.pop()
    votes = tuple(rounds) if with_votes else ()
    return Candidate(
        name=name,
        party=WireParty(party.text("name"), party.optional_text("abbreviation")),
        votes=votes,
        elected=True if candidate.attributes.get("elected") == "*" else None,
        sitting=candidate.attributes.get("previousSittingMember") == "*",
    )


def _party_in(contest: Element, role: str) -> WireParty | None:
    """Return the party of a role: a rush has its name and abbreviation, a result one of both."""
    name = contest.optional_text(f"{role}Name")
    short = contest.optional_text(f"{role}Abbreviation")
    either = contest.optional_text(role)
    if (name or short or either or "").strip().casefold() in _NOBODY:
        return None
    return WireParty(name or either or short or "", short)


def _revision(root: Element) -> int | None:
    """Return a document's revision, None where it has none; raises `DocumentFault`."""
    if not (root.attributes.get("revision") or "").strip():
        return None
    return root.number("revision", 0, _MOST_REVISIONS)


KINDS: Mapping[str, Reader] = {
    _NOMINATIONS: _first_past_the_post,
    _RUSH: _first_past_the_post,
    "FirstPastThePostResult": _first_past_the_post,
    "Recount": _recount,
    TOTALS: _running_totals,
}


def _optional(element: Element, attribute: str) -> int | None:
    """Return a number, with commas or without, None where it is not given or is none."""
    try:
        return whole_number(
            element.text(attribute).replace(",", ""), f"its {attribute}", 0, MOST_PEOPLE
        )
    except DocumentFault:
        return None


def _share(element: Element, attribute: str) -> float | None:
    """Return a share of a hundred, None where it is not given or is none."""
    try:
        share = float(element.attributes.get(attribute) or "")
    except ValueError:
        return None
    return share if 0 <= share <= 100 else None
