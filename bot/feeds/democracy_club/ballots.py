"""Democracy Club's ballots: ward-level results that volunteers enter, open data under CC BY 4.0.

One page of `/api/next/ballots/` is a document. Taken in are ballots for councils (`local.…`),
mayors (`mayor.…`), the Northern Ireland Assembly (`nia.…`) and referendums (`ref.…`); those for
parliaments are counted as passed over.
"""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from datetime import date, datetime
from typing import cast

from bot.election.parties import WireParty
from bot.election.reports import (
    BallotKind,
    BallotReport,
    Candidate,
    NotFollowed,
    WardReport,
    WireCouncil,
)
from bot.feeds import markers
from bot.feeds.faults import DocumentFault, Doubts
from bot.feeds.fields import Fields, an_object, flag, items, optional_number, optional_text, text
from bot.feeds.parsed import Parsed, each_once
from bot.feeds.values import MOST_PEOPLE, MOST_SEATS_IN_A_WARD, clipped, day, moment, shown

FORMAT = "Democracy Club JSON"

_LOCAL_ELECTION = re.compile(r"\s+local elections?$", re.IGNORECASE)
_CONTESTS = {
    "mayor": BallotKind.MAYOR,
    "nia": BallotKind.ASSEMBLY,
    "ref": BallotKind.REFERENDUM,
}
"""The contests by how their ballots' ids begin."""
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


def parse(value: object, name: str) -> Parsed:
    """Return the ward reports on a page called *name*; raises `DocumentFault`.

    A faulty ballot loses only itself.
    """
    reports: list[WardReport | BallotReport] = []
    faults: list[str] = []
    not_followed: list[NotFollowed] = []
    test = markers.is_test_file(name)
    for number, ballot in enumerate(ballots_of(value), start=1):
        label = f"Ballot {number}"
        try:
            fields = an_object(ballot, "the ballot")
            ballot_id = _ballot_id(text(fields, "ballot_paper_id"))
            label = f"Ballot {ballot_id}"
            if ballot_id.startswith("local."):
                reports.append(_ward(fields, ballot_id, test))
            elif ".by." not in ballot_id and (kind := _CONTESTS.get(ballot_id.split(".")[0])):
                reports.append(_contest(fields, ballot_id, kind, test))
            else:
                not_followed.append(not_followed_of(ballot_id))
        except DocumentFault as fault:
            faults.append(f"{label}: {fault} It will be read again once its editors correct it.")
    wards = each_once(
        (one for one in reports if isinstance(one, WardReport)),
        lambda one: (one.ballot_id, one.updated_at),
    )
    others = [one for one in reports if not isinstance(one, WardReport)]
    return Parsed((*wards, *others), tuple(faults), tuple(not_followed))


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


def _ward(ballot: Fields, ballot_id: str, test: bool) -> WardReport:
    election = an_object(ballot.get("election"), "its election")
    post = an_object(ballot.get("post"), "its post")
    results = an_object(ballot.get("results") or {}, "its results")
    gss = optional_text(post, "id") or ""
    doubts = Doubts()
    candidates = tuple(_candidates(ballot, doubts))
    election_name = optional_text(election, "name")
    uncontested = flag(ballot, "uncontested")
    return WardReport(
        night=_night(election, ballot_id),
        ballot_id=ballot_id,
        council=wire_council(election_name, ballot_id),
        area=text(post, "label"),
        gss=gss.removeprefix("gss:") if gss.startswith("gss:") else None,
        seats=optional_number(ballot, "winner_count", MOST_SEATS_IN_A_WARD) or 0,
        cancelled=flag(ballot, "cancelled") and not uncontested,
        uncontested=uncontested,
        by_election=".by." in ballot_id,
        replaced_by=_other_ballot(ballot, "replaced_by"),
        replaces=_other_ballot(ballot, "replaces"),
        updated_at=updated_at(ballot),
        candidates=candidates,
        electorate=doubts.take(lambda: optional_number(results, "total_electorate", MOST_PEOPLE)),
        turnout=doubts.take(lambda: _percentage(results, "turnout_percentage")),
        spoilt=doubts.take(lambda: optional_number(results, "num_spoilt_ballots", MOST_PEOPLE)),
        source=_source(results),
        test=test
        or markers.is_test_election(election_name)
        or any(markers.is_test_surname(candidate.name) for candidate in candidates),
        doubts=tuple(doubts),
    )


def _contest(ballot: Fields, ballot_id: str, kind: BallotKind, test: bool) -> BallotReport:
    """Return a ballot for a single post, a constituency or a referendum."""
    election = an_object(ballot.get("election"), "its election")
    post = an_object(ballot.get("post"), "its post")
    results = an_object(ballot.get("results") or {}, "its results")
    gss = optional_text(post, "id") or ""
    seats = optional_number(ballot, "winner_count", MOST_SEATS_IN_A_WARD)
    if not seats:
        raise DocumentFault("its winner_count is missing.")
    doubts = Doubts()
    needs_party = kind is not BallotKind.REFERENDUM
    candidates = _candidates(ballot, doubts, needs_party=needs_party)
    elected = sum(bool(one.elected) for one in candidates)
    election_name = optional_text(election, "name")
    cancelled = flag(ballot, "cancelled") or _other_ballot(ballot, "replaced_by") is not None
    return BallotReport(
        night=_night(election, ballot_id),
        kind=kind,
        area=text(post, "label"),
        gss=gss.removeprefix("gss:") if gss.startswith("gss:") else None,
        seats=seats,
        candidates=tuple(
            replace(one, votes=(), elected=None) if cancelled else one for one in candidates
        ),
        complete=elected == seats and not cancelled,
        updated_at=updated_at(ballot),
        electorate=doubts.take(lambda: optional_number(results, "total_electorate", MOST_PEOPLE)),
        turnout=doubts.take(lambda: _percentage(results, "turnout_percentage")),
        spoilt=doubts.take(lambda: optional_number(results, "num_spoilt_ballots", MOST_PEOPLE)),
        source=_source(results),
        test=test
        or markers.is_test_election(election_name)
        or any(markers.is_test_surname(one.name) for one in candidates),
        doubts=tuple(doubts),
    )


def updated_at(ballot: Fields) -> datetime:
    """Return when a ballot was last changed, which is its revision; raises `DocumentFault`."""
    return moment(text(ballot, "last_updated"), "its last_updated")


def _candidates(ballot: Fields, doubts: Doubts, *, needs_party: bool = True) -> list[Candidate]:
    """Return who stands; of who is not elected a faulty line is left out, and noted."""
    found = []
    for item in items(ballot, "candidacies"):
        candidacy = an_object(item, "a candidacy")
        if _elected(candidacy):
            found.append(_candidate(candidacy, doubts, needs_party=needs_party))
            continue
        read = functools.partial(_candidate, candidacy, doubts, needs_party=needs_party)
        if one := doubts.take(read, "somebody who is not elected"):
            found.append(one)
    return found


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
    votes = doubts.take(lambda: optional_number(result, "num_ballots", MOST_PEOPLE), clipped(name))
    return Candidate(
        name=name,
        party=_party(candidacy) if needs_party else None,
        votes=() if votes is None else (votes,),
        elected=_elected(candidacy),
    )


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


def _night(election: Fields, ballot_id: str) -> date:
    said = optional_text(election, "election_date")
    return day(said or ballot_id.rpartition(".")[2], "its election_date")


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
    """Return where the result was found, cut to what can be shown: volunteers write freely here."""
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
