"""Democracy Club's ballots: ward-level results that volunteers enter, open data under CC BY 4.0.

One page of `/api/next/ballots/` is a document. Taken in are ballots for councils (`local.…`),
mayors (`mayor.…`), the Northern Ireland Assembly (`nia.…`) and referendums (`ref.…`); those for
parliaments are counted as not followed.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from bot.election.parties import WireParty
from bot.election.reports import (
    BallotKind,
    BallotReport,
    Candidate,
    NotFollowed,
    VotingSystem,
    WardReport,
    WireCouncil,
)
from bot.feeds import markers
from bot.feeds.faults import DocumentFault, Doubts
from bot.feeds.fields import Fields, an_object, flag, items, optional_number, optional_text, text
from bot.feeds.parsed import Common, Parsed
from bot.feeds.values import MOST_PEOPLE, MOST_SEATS_IN_A_WARD, clipped, day, moment, shown

FORMAT = "Democracy Club JSON"

_LOCAL_ELECTION = re.compile(r"\s+local elections?$", re.IGNORECASE)
_KINDS = {
    "mayor": BallotKind.MAYOR,
    "nia": BallotKind.ASSEMBLY,
    "ref": BallotKind.REFERENDUM,
}
"""The ballots that are followed beside the councils', by how their ids begin."""
_SYSTEMS = {
    "fptp": VotingSystem.PLURALITY,
    "sv": VotingSystem.SUPPLEMENTARY,
    "stv": VotingSystem.STV,
}
"""The voting systems of ballots that are followed; a list's or a mixed one is of no such ballot."""
_OTHER_ELECTIONS = {
    "europarl": "European Parliament",
    "gla": "London Assembly",
    "mayor": "Mayors",
    "naw": "Senedd",
    "nia": "Northern Ireland Assembly",
    "parl": "UK Parliament",
    "pcc": "Police and crime commissioners",
    "ref": "Referendums",
    "senedd": "Senedd",
    "sp": "Scottish Parliament",
}
_BALLOT_ID = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII)


def is_page(value: object) -> bool:
    """Return whether a JSON value is a page of ballots, a bare list of them, or one ballot."""
    if isinstance(value, list):
        return bool(value) and isinstance(value[0], dict) and "ballot_paper_id" in value[0]
    return isinstance(value, dict) and ("ballot_paper_id" in value or "results" in value)


def ballots_of(value: object) -> list[object]:
    """Return the ballots of a page, a list or a single one; raises `DocumentFault`."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and "ballot_paper_id" in value:
        return [value]
    results = value.get("results") if isinstance(value, dict) else None
    if not isinstance(results, list):
        raise DocumentFault(
            "The page has no list of ballots under 'results': check the address of the feed."
        )
    return results


def parse(value: object) -> Parsed:
    """Return the reports on a page; raises `DocumentFault`.

    A faulty ballot loses only itself.
    """
    parsed = Parsed()
    for number, ballot in enumerate(ballots_of(value), start=1):
        label = f"Ballot {number}"
        try:
            fields = an_object(ballot, "the ballot")
            ballot_id = _ballot_id(text(fields, "ballot_paper_id"))
            label = f"Ballot {ballot_id}"
            one = _Ballot(fields, ballot_id)
            if ballot_id.startswith("local."):
                parsed.add(one.ward())
            elif (kind := _KINDS.get(ballot_id.split(".")[0])) is not None:
                parsed.add(one.other(kind))
            else:
                parsed.add(not_followed_of(ballot_id))
        except DocumentFault as fault:
            parsed.faults.append(
                f"{label}: {fault} It will be read again once its editors correct it."
            )
    return parsed.keep_once(lambda one: (one.ballot_id, one.updated_at))


def not_followed_of(election_id: str) -> NotFollowed:
    """Return a ballot or an election that is not followed, by its id: "parl.a.2024-07-04"."""
    kind = election_id.partition(".")[0]
    name = _OTHER_ELECTIONS.get(kind, f"elections of the kind {kind}")
    if ".by." in election_id:
        name += ", by-elections"
    try:
        night = day(election_id.rpartition(".")[2], "its date")
    except DocumentFault:
        night = None
    return NotFollowed(name, election_id, night)


@dataclass(frozen=True, slots=True)
class _Ballot:
    fields: Fields
    id: str
    doubts: Doubts = field(default_factory=Doubts)

    def ward(self) -> WardReport:
        seats = optional_number(self.fields, "winner_count", MOST_SEATS_IN_A_WARD) or 0
        candidates = _candidates(self.fields, self.doubts)
        # Where nobody stands, there is no election: the poll is held later.
        uncontested = flag(self.fields, "uncontested") and bool(candidates)
        if uncontested:
            candidates = self._unopposed(candidates, seats)
        return WardReport(
            **self._common(seats, candidates),
            ballot_id=self.id,
            council=wire_council(optional_text(self._election(), "name"), self.id),
            cancelled=flag(self.fields, "cancelled") and not uncontested,
            uncontested=uncontested,
            by_election=".by." in self.id,
            replaced_by=_other_ballot(self.fields, "replaced_by"),
            replaces=_other_ballot(self.fields, "replaces"),
        )

    def _unopposed(self, candidates: tuple[Candidate, ...], seats: int) -> tuple[Candidate, ...]:
        """Return candidates as elected where no more stand than there are seats.

        Local Elections (Principal Areas) Rules 2006, rule 14. The list has to be final: editors
        have compared it with the official one and locked it.
        """
        is_final = flag(self.fields, "candidates_locked")
        denied = any(one.elected is False for one in candidates)
        if not is_final or denied or len(candidates) > seats:
            return candidates
        return tuple(replace(one, elected=True) for one in candidates)

    def other(self, kind: BallotKind) -> BallotReport:
        """Return a ballot for a single post, a constituency or a referendum."""
        seats = optional_number(self.fields, "winner_count", MOST_SEATS_IN_A_WARD)
        if not seats:
            raise DocumentFault("its winner_count is missing.")
        needs_party = kind is not BallotKind.REFERENDUM
        candidates = _candidates(self.fields, self.doubts, needs_party=needs_party)
        if flag(self.fields, "cancelled") or _other_ballot(self.fields, "replaced_by"):
            candidates = tuple(replace(one, votes=(), elected=None) for one in candidates)
        return BallotReport(
            **self._common(seats, candidates),
            kind=kind,
            system=_system(self.fields),
            complete=sum(bool(one.elected) for one in candidates) == seats,
        )

    def _common(self, seats: int, candidates: tuple[Candidate, ...]) -> Common:
        election, doubts = self._election(), self.doubts
        post = an_object(self.fields.get("post"), "its post")
        results = an_object(self.fields.get("results") or {}, "its results")
        gss = optional_text(post, "id") or ""
        said = optional_text(election, "election_date")
        return Common(
            night=day(said or self.id.rpartition(".")[2], "its election_date"),
            area=text(post, "label"),
            gss=gss.removeprefix("gss:") if gss.startswith("gss:") else None,
            seats=seats,
            candidates=candidates,
            updated_at=updated_at(self.fields),
            electorate=doubts.take(
                lambda: optional_number(results, "total_electorate", MOST_PEOPLE)
            ),
            turnout=doubts.take(lambda: _percentage(results, "turnout_percentage")),
            spoilt=doubts.take(lambda: optional_number(results, "num_spoilt_ballots", MOST_PEOPLE)),
            source=_source(results),
            test=markers.is_test_election(optional_text(election, "name")),
            doubts=tuple(doubts),
        )

    def _election(self) -> Fields:
        return an_object(self.fields.get("election"), "its election")


def _system(ballot: Fields) -> VotingSystem | None:
    """Return the voting system that a ballot names, by its slug or as an object with one."""
    said = ballot.get("voting_system")
    if isinstance(said, dict):
        said = said.get("slug")
    return _SYSTEMS.get(said.casefold()) if isinstance(said, str) else None


def updated_at(ballot: Fields) -> datetime:
    """Return when a ballot was last changed, which is its revision; raises `DocumentFault`."""
    return moment(text(ballot, "last_updated"), "its last_updated")


def _candidates(
    ballot: Fields, doubts: Doubts, *, needs_party: bool = True
) -> tuple[Candidate, ...]:
    """Return who stands; of who is not elected a faulty line is left out, and noted."""
    found = []
    for item in items(ballot, "candidacies"):
        candidacy = an_object(item, "a candidacy")
        read = functools.partial(_candidate, candidacy, doubts, needs_party=needs_party)
        if _elected(candidacy):
            found.append(read())
        elif one := doubts.take(read, "somebody who is not elected"):
            found.append(one)
    return tuple(found)


def _elected(candidacy: Fields) -> bool | None:
    """Return whether somebody is known to be elected, or not."""
    elected = candidacy.get("elected")
    if elected is None:
        elected = an_object(candidacy.get("result") or {}, "a candidacy's result").get("elected")
    if not (elected is None or isinstance(elected, bool)):
        raise DocumentFault(f"a candidacy's elected is {clipped(str(elected))}, no yes or no.")
    return elected


def _candidate(candidacy: Fields, doubts: Doubts, *, needs_party: bool) -> Candidate:
    person = an_object(candidacy.get("person") or {}, "a candidacy's person")
    result = an_object(candidacy.get("result") or {}, "a candidacy's result")
    name = text(person, "name")
    party = _party(candidacy) if needs_party else None
    votes = doubts.take(lambda: optional_number(result, "num_ballots", MOST_PEOPLE), clipped(name))
    return Candidate(name, party, () if votes is None else (votes,), _elected(candidacy))


def _party(candidacy: Fields) -> WireParty:
    party = an_object(candidacy.get("party") or {}, "a candidacy's party")
    name = optional_text(candidacy, "party_name") or optional_text(party, "name")
    ec_id = optional_text(party, "ec_id")
    if name is None and ec_id is None:
        raise DocumentFault("a candidacy has no party.")
    return WireParty(name=name or "", ec_id=ec_id)


def wire_council(election_name: str | None, election_id: str) -> WireCouncil:
    """Return the council of an election: "Hull" of "Hull local election", or of "local.hull.…".

    *election_id* is the election's or one of its ballots'.
    """
    name, found = _LOCAL_ELECTION.subn("", election_name or "")
    by_id = election_id.split(".")[1].replace("-", " ").title()
    return WireCouncil(name=name if found and name else by_id, code=by_id)


def _ballot_id(said: str) -> str:
    if not _BALLOT_ID.fullmatch(said):
        raise DocumentFault(f"its ballot_paper_id is {clipped(said)}, which is none.")
    return said


def _other_ballot(ballot: Fields, key: str) -> str | None:
    """Return the id of the ballot that this one replaces or is replaced by."""
    value = ballot.get(key)
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("ballot_paper_id")
    if value is None:
        return None
    if not isinstance(value, str):
        raise DocumentFault(f"its {key} is {clipped(str(value))}, no ballot.")
    return _ballot_id(value.rstrip("/").rpartition("/")[2])


def _source(results: Fields) -> str | None:
    """Return where the result was found, cut to length: volunteers enter free text here."""
    value = results.get("source")
    if not isinstance(value, str) or not value.strip():
        return None
    return shown(" ".join(value.split())[:200], "its source")


def _percentage(results: Fields, key: str) -> float | None:
    value = results.get(key)
    if value is None:
        return None
    try:
        number = float(cast("str", value))
    except (TypeError, ValueError):
        number = -1.0
    if isinstance(value, bool) or not 0 <= number <= 100:
        raise DocumentFault(f"its {key} is {clipped(str(value))}, no share of a hundred.")
    return number
