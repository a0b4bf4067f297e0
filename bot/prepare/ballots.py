"""Democracy Club's ballots as documents: pages of JSON as fetched, or the CSV of candidates."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from bot.almanac.csv_rows import uniform
from bot.election.almanac import Almanac
from bot.election.reports import BallotReport
from bot.feeds import safe_json
from bot.feeds.democracy_club import ballots as wire
from bot.feeds.faults import DocumentFault
from bot.prepare.documents import Document, PrepareError, first, rows_of
from bot.prepare.told import Gathered, KnownBallot, Teller, Told

_YES = {"t", "true", "yes", "1"}
_UNSTAMPED = datetime.fromtimestamp(400 * 86_400, UTC).isoformat()
"""The CSV has no time of the last change; anything that has one is newer."""


def known_ballots(
    documents: Iterable[Document], faults: list[str], others: dict[str, int]
) -> dict[str, KnownBallot]:
    """Return the ballots in *documents* by id; of copies of one, the one changed last counts.

    What cannot be read is added to *faults* in sentences, what is not followed counted in *others*.
    A document that is none raises `PrepareError`.
    """
    found: dict[str, KnownBallot] = {}
    for document in documents:
        for item in _items(document):
            parsed = wire.parse([item])
            faults += [f"{document.name}: {fault}" for fault in parsed.faults]
            for one in parsed.not_followed:
                others[one.kind] = others.get(one.kind, 0) + 1
            for report in parsed.reports:
                if isinstance(report, BallotReport) and not report.test and isinstance(item, dict):
                    _keep(found, KnownBallot(str(item["ballot_paper_id"]), report), faults)
    return found


def _keep(found: dict[str, KnownBallot], ballot: KnownBallot, faults: list[str]) -> None:
    other = found.get(ballot.id)
    if other is None:
        found[ballot.id] = ballot
        return
    old, new = other.report.updated_at, ballot.report.updated_at
    if old == new and other.report != ballot.report:
        faults.append(
            f"{ballot.id} appears twice with the same time and different contents: the first is"
            " used."
        )
    elif old is not None and new is not None and new > old:
        found[ballot.id] = ballot


def _items(document: Document) -> list[object]:
    if not document.body.strip():
        raise PrepareError(f"{document.name} is empty: fetch it again.")
    if not document.is_json:
        return list(_from_csv(document))
    try:
        value = safe_json.parse(document.body)
        if wire.is_page(value) or value == []:
            return wire.ballots_of(value)
    except DocumentFault as fault:
        raise PrepareError(f"{document.name}: {fault}") from None
    raise PrepareError(f"{document.name} is not a page of Democracy Club's ballots.")


def _from_csv(document: Document) -> Iterator[object]:
    """Yield the ballots of a CSV with a row a candidate, in the form that a page has them."""
    ballots: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows_of(document, ["ballot_paper_id", "election_date", "seats_contested"]):
        ballots[row["ballot_paper_id"]].append(row)
    for ballot_id, rows in ballots.items():
        row = rows[0]
        council = first(row, "organisation_name")
        post, gss = first(row, "post_label", "division_name"), first(row, "gss")
        standing = [one for one in rows if first(one, "person_id", "person_name")]
        yield {
            "ballot_paper_id": ballot_id,
            "election": {
                "name": f"{council} local election" if council else None,
                "election_date": uniform(row["election_date"]),
            },
            "post": {"id": f"gss:{gss}" if gss else first(row, "post_id"), "label": post},
            "winner_count": row["seats_contested"] or None,
            "cancelled": first(row, "cancelled_poll").casefold() in _YES,
            "voting_system": first(row, "voting_system"),
            "last_updated": _UNSTAMPED,
            "candidacies": [_candidacy(one) for one in standing],
        }


def _candidacy(row: dict[str, str]) -> dict[str, object]:
    said = first(row, "elected").casefold()
    votes = first(row, "votes_cast")
    return {
        "person": {"id": row.get("person_id"), "name": first(row, "person_name", "name")},
        "party": {"ec_id": first(row, "party_id") or None},
        "party_name": first(row, "party_name") or None,
        "elected": said in _YES if said else None,
        "result": {"num_ballots": votes} if votes else None,
    }


def of_the_night(gathered: Gathered, ballots: Iterable[KnownBallot], almanac: Almanac) -> None:
    """Add the ballots of the night to what was *gathered*: wards by council, and the others.

    A ballot that is replaced by another one counts for nothing beside it.
    """
    tonight = [one for one in ballots if one.report.night == gathered.night]
    ids = {one.id for one in tonight}
    replaced = {one.ward.replaces for one in tonight if one.ward is not None}
    for one in sorted(tonight, key=lambda each: each.id):
        ward = one.ward
        if ward is None:
            gathered.other_ballots.append(one)
        elif ward.replaced_by not in ids and one.id not in replaced:
            council = almanac.councils.resolve(ward.council.name, gathered.night)
            if not council.known:
                gathered.names[council.code] = council.name
            gathered.wards[council.code].append(one)
    for code, wards in gathered.wards.items():
        gathered.told[code].append(_told(wards, almanac))


def _told(wards: list[KnownBallot], almanac: Almanac) -> Told:
    """Return what its ballots say of a council; by-elections fill seats that are up too."""
    reports = [one.ward for one in wards if one.ward is not None]
    standing: Counter[str] = Counter()
    unopposed: Counter[str] = Counter()
    for report in reports:
        for candidate in report.candidates:
            if candidate.party is not None:
                code = almanac.parties.resolve(candidate.party).code
                standing[code] += 1
                unopposed[code] += report.uncontested
    regular = [one for one in reports if not one.by_election]
    return Told(
        teller=Teller.BALLOTS,
        name=reports[0].council.name,
        seats_up=sum(one.seats for one in reports) if regular else None,
        candidates=standing,
        unopposed=+unopposed,
    )
