"""Democracy Club's ballots: ward-level results that volunteers enter, open data under CC BY 4.0.

One page of `/api/next/ballots/` is a document. Only ballots for councils (`local.…`) are taken in;
those for mayors, assemblies and parliaments are counted as passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import cast

from bot.election.parties import WireParty
from bot.election.reports import Candidate, WardReport, WireCouncil
from bot.feeds import markers
from bot.feeds.faults import DocumentFault
from bot.feeds.pa import Parsed
from bot.feeds.tree import clipped, day, shown, whole_number

FORMAT = "Democracy Club JSON"
ATTRIBUTION = "Ward results: Democracy Club and its volunteers, CC BY 4.0"

_MOST_SEATS_IN_A_WARD = 100
_MOST_PEOPLE = 100_000_000
_LOCAL_ELECTION = re.compile(r"\s+local elections?$", re.IGNORECASE)
_BALLOT_ID = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII)

Fields = Mapping[str, object]


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
    reports: list[WardReport] = []
    faults: list[str] = []
    passed_over = 0
    test = markers.in_file_name(name)
    for number, ballot in enumerate(ballots_of(value), start=1):
        label = f"Ballot {number}"
        try:
            fields = _object(ballot, "the ballot")
            ballot_id = _ballot_id(_text(fields, "ballot_paper_id"))
            label = f"Ballot {ballot_id}"
            if ballot_id.startswith("local."):
                reports.append(_ward(fields, ballot_id, test))
            else:
                passed_over += 1
        except DocumentFault as fault:
            faults.append(f"{label}: {fault} It will be read again once its editors correct it.")
    return Parsed(tuple(reports), tuple(faults), passed_over)


def _ward(ballot: Fields, ballot_id: str, test: bool) -> WardReport:
    election = _object(ballot.get("election"), "its election")
    post = _object(ballot.get("post"), "its post")
    results = _object(ballot.get("results") or {}, "its results")
    gss = _optional_text(post, "id") or ""
    seats = _optional_number(ballot, "winner_count", _MOST_SEATS_IN_A_WARD)
    if not seats:
        raise DocumentFault("its winner_count is missing.")
    candidates = tuple(
        _candidate(_object(item, "a candidacy")) for item in _list(ballot, "candidacies")
    )
    election_name = _optional_text(election, "name")
    return WardReport(
        night=_night(election, ballot_id),
        ballot_id=ballot_id,
        council=WireCouncil(name=_council_name(election_name, ballot_id)),
        ward=_text(post, "label"),
        ward_gss=gss.removeprefix("gss:") if gss.startswith("gss:") else None,
        seats=seats,
        cancelled=_flag(ballot, "cancelled"),
        uncontested=_flag(ballot, "uncontested"),
        by_election=".by." in ballot_id,
        replaced_by=_other_ballot(ballot, "replaced_by"),
        replaces=_other_ballot(ballot, "replaces"),
        updated_at=updated_at(ballot),
        candidates=candidates,
        electorate=_optional_number(results, "total_electorate", _MOST_PEOPLE),
        turnout=_percentage(results, "turnout_percentage"),
        spoilt=_optional_number(results, "num_spoilt_ballots", _MOST_PEOPLE),
        source=_source(results),
        test=test
        or markers.in_election_name(election_name)
        or any(markers.in_surname(candidate.name) for candidate in candidates),
    )


def updated_at(ballot: Fields) -> datetime:
    """Return when a ballot was last changed, which is its revision; raises `DocumentFault`."""
    text = _text(ballot, "last_updated")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 1970 < moment.year < 9999:
        raise DocumentFault(f"its last_updated is {clipped(text)}, no time with its zone.")
    return moment


def _candidate(candidacy: Fields) -> Candidate:
    person = _object(candidacy.get("person") or {}, "a candidacy's person")
    result = _object(candidacy.get("result") or {}, "a candidacy's result")
    elected = candidacy.get("elected")
    if elected is None:
        elected = result.get("elected")
    if not (elected is None or isinstance(elected, bool)):
        raise DocumentFault(f"a candidacy's elected is {clipped(str(elected))}, no yes or no.")
    return Candidate(
        name=_text(person, "name"),
        party=_party(candidacy),
        votes=_optional_number(result, "num_ballots", _MOST_PEOPLE),
        elected=elected,
    )


def _party(candidacy: Fields) -> WireParty:
    party = _object(candidacy.get("party") or {}, "a candidacy's party")
    name = _optional_text(candidacy, "party_name") or _optional_text(party, "name")
    ec_id = _optional_text(party, "ec_id")
    if name is None and ec_id is None:
        raise DocumentFault("a candidacy has no party.")
    return WireParty(name=name or "", ec_id=ec_id)


def _council_name(election_name: str | None, ballot_id: str) -> str:
    """Return the council of an election: "Hull" of "Hull local election", or of its ballot's id."""
    name, found = _LOCAL_ELECTION.subn("", election_name or "")
    return name if found and name else ballot_id.split(".")[1].replace("-", " ").title()


def _night(election: Fields, ballot_id: str) -> date:
    text = _optional_text(election, "election_date") or ballot_id.rpartition(".")[2]
    return day(text, "its election_date")


def _ballot_id(text: str) -> str:
    if not _BALLOT_ID.fullmatch(text):
        raise DocumentFault(f"its ballot_paper_id is {clipped(text)}, which is none.")
    return text


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


def _object(value: object, what: str) -> Fields:
    if not isinstance(value, dict):
        raise DocumentFault(f"{what} is missing or no object.")
    return value


def _list(fields: Fields, key: str) -> list[object]:
    value = fields.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise DocumentFault(f"its {key} is no list.")
    return value


def _text(fields: Fields, key: str) -> str:
    value = _optional_text(fields, key)
    if value is None:
        raise DocumentFault(f"its {key} is missing.")
    return value


def _optional_text(fields: Fields, key: str) -> str | None:
    value = fields.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise DocumentFault(f"its {key} is {clipped(str(value))}, no text.")
    return shown(value, f"its {key}") or None


def _flag(fields: Fields, key: str) -> bool:
    value = fields.get(key)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise DocumentFault(f"its {key} is {clipped(str(value))}, no yes or no.")


def _optional_number(fields: Fields, key: str, most: int) -> int | None:
    value = fields.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise DocumentFault(f"its {key} is {clipped(str(value))}, no whole number.")
    return whole_number(str(value), f"its {key}", 0, most)
