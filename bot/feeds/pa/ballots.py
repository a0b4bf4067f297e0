"""PA's documents on mayors and referendums: nominations, first words, results, recounts, totals.

A rush names the winner and comes first; a result has the votes, at the candidate or its `Party`.
`secondRoundVotes` are read where a supplementary vote went to a second round. Who is elected, for
which party, where and when may refuse a document; a number that is none is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from bot.election.parties import WireParty
from bot.election.reports import (
    BallotKind,
    BallotReport,
    Candidate,
    GainOrHold,
    NotFollowed,
)
from bot.feeds import markers
from bot.feeds.elements import Element
from bot.feeds.faults import DocumentFault
from bot.feeds.values import clipped, whole_number

_MOST_REVISIONS = 1_000
_MOST_VOTES = 100_000_000
_MAYORS = "M"
_NOMINATIONS = "FirstPastThePostNominations"
_RUSH = "FirstPastThePostRush"
_TOTALS = "RunningTotals"
_OUTCOMES = {"hold": GainOrHold.NO_CHANGE, "gain": GainOrHold.GAIN}
_ANSWERS = ("Answer", "Option", "Candidate")
_AREAS = ("Referendum", "Area", "Constituency")
_NOBODY = {"", "-", "all", "none", "n/a"}

Reader = Callable[[Element, Element, Element, bool], BallotReport]
"""Reads one contest: the root, its election, the contest, and whether it is a test."""

PASSED_OVER = frozenset({"FirstPastThePostStateOfParties"})
"""Sums of single posts: what they count is taken in one by one."""

_LONGEST_LIST = 100


def not_followed(root: Element) -> list[NotFollowed]:
    """Return the elections of a document that are not followed, none where it is a contest's.

    They are those of any type but mayors', also where it is a recount's, and sums of single posts.
    """
    if root.name not in KINDS and root.name not in PASSED_OVER:
        return []
    return [
        NotFollowed(
            f"{name} (type {kind})"
            if kind and kind != _MAYORS
            else f"{name}: sums of single posts",
            f"{root.name} {areas_in(election)}",
            _night(election),
        )
        for election in root.all("Election")
        for kind in (election.optional_text("type") or root.optional_text("type"),)
        for name in (election.optional_text("name") or "elections",)
        if root.name in PASSED_OVER or (kind and kind != _MAYORS and root.name != _TOTALS)
    ]


def areas_in(election: Element) -> str:
    """Return what an election's document is about, in one bounded text."""
    names = (one.attributes.get("name", "") for one in election.children)
    return clipped(", ".join(filter(None, names))[:_LONGEST_LIST])


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


def _first_past_the_post(
    root: Element, election: Element, contest: Element, test: bool
) -> BallotReport:
    nominations = root.name == _NOMINATIONS
    rush = root.name == _RUSH
    candidates = list(contest.all("Candidate"))
    contestants = tuple(_candidate(one, with_votes=not rush) for one in candidates)
    if not contestants:
        raise DocumentFault("it names no Candidate.")
    if nominations:
        contestants = tuple(replace(one, votes=(), elected=None) for one in contestants)
    elected = [one for one in contestants if one.elected]
    if rush and not elected:
        raise DocumentFault("it is the first word of a result and names nobody elected.")
    if elected:
        contestants = tuple(replace(one, elected=bool(one.elected)) for one in contestants)
    return BallotReport(
        night=_night(election),
        kind=BallotKind.MAYOR,
        area=contest.text("name"),
        gss=None,
        seats=1,
        candidates=contestants,
        complete=not (rush or nominations) and bool(elected),
        nominations=nominations,
        rush=rush,
        revision=_revision(root),
        gain_or_hold=_OUTCOMES.get((contest.optional_text("gainOrHold") or "").casefold()),
        winner=_party_in(contest, "winningParty"),
        sitting=_party_in(contest, "sittingParty"),
        electorate=_optional(contest, "electorate"),
        turnout=_share(contest, "percentageTurnout"),
        valid=_optional(contest, "totalVotes"),
        spoilt=_optional(contest, "spoiltBallots"),
        note=contest.optional_text("paStyleMessageText"),
        test=test or any(markers.is_test_surname(one.name) for one in contestants),
    )


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


def _recount(root: Element, election: Element, contest: Element, test: bool) -> BallotReport:
    return BallotReport(
        night=_night(election),
        kind=BallotKind.MAYOR,
        area=contest.text("name"),
        gss=None,
        seats=1,
        candidates=(),
        complete=False,
        recount=True,
        note=contest.optional_text("paStyleMessageText"),
        test=test,
    )


def _running_totals(root: Element, election: Element, contest: Element, test: bool) -> BallotReport:
    propositions = list(contest.all("Proposition"))
    if len(propositions) > 1:
        raise DocumentFault(
            f"it puts {len(propositions)} propositions, and one document is read as one question."
        )
    asked = propositions[0] if propositions else contest
    found = [one for name in _ANSWERS for one in asked.all(name)]
    answers = tuple(
        Candidate(
            name=one.text("name"),
            votes=() if (votes := _optional(one, "votes")) is None else (votes,),
            elected=True if one.attributes.get("elected") == "*" else None,
        )
        for one in found
    )
    if len(answers) < 2:
        raise DocumentFault("a referendum has two answers at least.")
    chosen = [one for one in answers if one.elected]
    if chosen:
        answers = tuple(replace(one, elected=bool(one.elected)) for one in answers)
    return BallotReport(
        night=_night(election),
        kind=BallotKind.REFERENDUM,
        area=contest.text("name"),
        gss=None,
        seats=1,
        candidates=answers,
        complete=bool(chosen),
        revision=_revision(root),
        question=asked.optional_text("question") or contest.optional_text("question"),
        electorate=_optional(contest, "electorate"),
        turnout=_share(contest, "percentageTurnout"),
        valid=_optional(contest, "totalVotes"),
        spoilt=_optional(contest, "spoiltBallots"),
        note=contest.optional_text("paStyleMessageText"),
        test=test,
    )


KINDS: Mapping[str, Reader] = {
    _NOMINATIONS: _first_past_the_post,
    _RUSH: _first_past_the_post,
    "FirstPastThePostResult": _first_past_the_post,
    "Recount": _recount,
    _TOTALS: _running_totals,
}


def _night(election: Element) -> date:
    return election.day("date")


def _optional(element: Element, attribute: str) -> int | None:
    """Return a number, with commas or without, None where it is not given or is none."""
    try:
        return whole_number(
            element.text(attribute).replace(",", ""), f"its {attribute}", 0, _MOST_VOTES
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
