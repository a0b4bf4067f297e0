"""One made-up council's night, written in each of the formats that come in.

A ward is the descriptions of the parties of its winners, one a seat; a loser stands beside them. A
description may come with an Electoral Commission id, as `Named("Reform UK", "PP7931")`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

NIGHT = "2024-05-02"
"""A Thursday of which no table of ours knows anything."""
COUNCIL = "Bexley"

Documents = dict[str, str]
Seats = Mapping[str, int]


class Named(NamedTuple):
    """A party as a document names it."""

    name: str
    ec_id: str | None = None


Wards = Mapping[str, Sequence[str | Named]]


def _named(party: str | Named) -> Named:
    return party if isinstance(party, Named) else Named(party)


def nominations(
    held: Seats, *, offered: Seats | None = None, council: str = COUNCIL, date: str = NIGHT
) -> Documents:
    """Return PA's nominations: all seats are up, unless *offered* says which are."""
    lines = "".join(
        f"<Party name={quoteattr(name)} seatsHeld='{seats}' "
        f"seatsOffered='{(offered or held).get(name, 0)}' unopposedReturns='0' candidates='5'/>"
        for name, seats in held.items()
    )
    proportion = "all" if offered is None else "third"
    return {
        f"0_nominations_{council}.xml": f"<LocalElectionNominations><Election date='{date}'>"
        f"<Council name={quoteattr(council)} type='London' proportion='{proportion}'>{lines}"
        "</Council></Election></LocalElectionNominations>"
    }


def pa_result(
    now: Seats,
    *,
    winner: str,
    sitting: str,
    said: str,
    revision: int = 1,
    council: str = COUNCIL,
) -> Documents:
    """Return PA's result as XML."""
    root = _control(winner, sitting, said)
    parties = "".join(
        f"<Party name={quoteattr(name)} seats='{seats}'/>" for name, seats in now.items()
    )
    attributes = " ".join(f"{key[1:]}={quoteattr(text)}" for key, text in root.items())
    return {
        f"result_{council}_{revision}.xml": f"<LocalElectionResult revision='{revision}'>"
        f"<Election date='{NIGHT}'><Council name={quoteattr(council)} {attributes}>"
        f"<ElectedCouncillors>{parties}</ElectedCouncillors><NewCouncil>{parties}</NewCouncil>"
        "</Council></Election></LocalElectionResult>"
    }


def pa_result_json(
    now: Seats,
    *,
    winner: str,
    sitting: str,
    said: str,
    revision: int = 1,
    council: str = COUNCIL,
) -> Documents:
    """Return the same as JSON."""
    parties = {"Party": [{"@name": name, "@seats": str(seats)} for name, seats in now.items()]}
    described = {
        "@name": council,
        **_control(winner, sitting, said),
        "ElectedCouncillors": parties,
        "NewCouncil": parties,
    }
    result = {
        "LocalElectionResult": {
            "@revision": str(revision),
            "Election": {"@date": NIGHT, "Council": described},
        }
    }
    return {f"result_{council}_{revision}.json": json.dumps(result)}


def _control(winner: str, sitting: str, said: str) -> dict[str, str]:
    return {
        "@type": "London",
        "@proportion": "all",
        "@winningParty": winner,
        "@sittingParty": sitting,
        "@gainOrHold": said,
    }


def modern_gov(wards: Wards, *, council: str = COUNCIL, night: str = NIGHT) -> Documents:
    """Return Modern.Gov's page of an election."""
    day = "/".join(reversed(night.split("-")))
    candidates, areas = [], []
    for number, (ward, winners) in enumerate(wards.items(), 1):
        for place, party in enumerate((*winners, "Green Party")):
            candidates.append(
                f"<candidate><electionareaid>{number}</electionareaid>"
                f"<areatitle>{escape(ward)}</areatitle>"
                f"<candidatename>Person {number}-{place}</candidatename>"
                f"<numvotes>{900 - 10 * place}</numvotes>"
                f"<politicalpartytitle>{escape(_named(party).name)}</politicalpartytitle>"
                f"<votedatetime>{day}, 23:12</votedatetime>"
                f"<iselected>{place < len(winners)}</iselected></candidate>"
            )
        areas.append(
            f"<electionarea><electionareaid>{number}</electionareaid>"
            f"<title>{escape(ward)}</title><electorate>5000</electorate>"
            f"<numballotpapersissued>2000</numballotpapersissued>"
            f"<numseats>{len(winners)}</numseats><status>Published</status></electionarea>"
        )
    return {
        f"modern_gov_{council}_9_{night}.xml": "<?xml version='1.0' encoding='utf-8'?>"
        f"<election><candidatecount>{len(candidates)}</candidatecount><electionid>9</electionid>"
        "<title>Borough Council Elections</title><electiontype>Local</electiontype>"
        f"<candidates>{''.join(candidates)}</candidates>"
        f"<electionareas>{''.join(areas)}</electionareas></election>"
    }


def democracy_club(
    wards: Wards, *, council: str = COUNCIL, at: str = "2024-05-03T03:12:00+01:00"
) -> Documents:
    """Return a page of Democracy Club's ballots."""
    slug = _slug(council)
    ballots = [
        {
            "ballot_paper_id": f"local.{slug}.{ward.casefold().replace(' ', '-')}.{NIGHT}",
            "election": {
                "election_id": f"local.{slug}.{NIGHT}",
                "name": f"{council} local election",
                "election_date": NIGHT,
            },
            "post": {"id": f"{slug}:{number}", "label": ward, "slug": ward.casefold()},
            "winner_count": len(winners),
            "cancelled": False,
            "uncontested": False,
            "replaces": None,
            "replaced_by": None,
            "last_updated": at,
            "candidacies": [
                _candidacy(100 * number + place, _named(party), place, place < len(winners))
                for place, party in enumerate((*winners, Named("Green Party", "PP63")))
            ],
            "results": {"source": "the council"},
        }
        for number, (ward, winners) in enumerate(wards.items(), 1)
    ]
    page = {"count": len(ballots), "next": None, "previous": None, "results": ballots}
    return {f"ballots_{slug}_{at[11:16].replace(':', '')}.json": json.dumps(page)}


def _slug(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return letters.replace(" ", "-")


def _candidacy(person: int, party: Named, place: int, elected: bool) -> dict[str, Any]:
    return {
        "elected": elected,
        "party": {"ec_id": party.ec_id, "name": party.name},
        "party_name": party.name,
        "person": {"id": person, "name": f"Person {person}"},
        "result": {"elected": elected, "num_ballots": 900 - 10 * place},
    }


def nist(wards: Wards, *, council: str = COUNCIL) -> Documents:
    """Return a report after NIST SP 1500-100."""
    parties = list(dict.fromkeys(_named(one).name for winners in wards.values() for one in winners))
    units: list[Any] = [
        {
            "@type": "ElectionResults.ReportingUnit",
            "@id": "council",
            "Type": "borough",
            "Name": _text(council),
            "ComposingGpUnitIds": [f"w{number}" for number, _ in enumerate(wards)],
        }
    ]
    candidates: list[Any] = []
    contests: list[Any] = []
    for number, (ward, winners) in enumerate(wards.items()):
        units.append({"@id": f"w{number}", "Type": "ward", "Name": _text(ward)})
        people = range(len(winners))
        candidates += [
            {
                "@id": f"c{number}.{place}",
                "BallotName": _text(f"Person {number}-{place}"),
                "PartyId": f"p{parties.index(_named(winners[place]).name)}",
                "PostElectionStatus": "winner",
            }
            for place in people
        ]
        contests.append(
            {
                "@id": f"contest{number}",
                "@type": "ElectionResults.CandidateContest",
                "Name": ward,
                "ElectionDistrictId": f"w{number}",
                "NumberElected": len(winners),
                "VotesAllowed": len(winners),
                "ContestSelection": [
                    {"@id": f"s{number}.{place}", "CandidateIds": [f"c{number}.{place}"]}
                    for place in people
                ],
            }
        )
    report = {
        "@type": "ElectionResults.ElectionReport",
        "Status": "unofficial-complete",
        "IsTest": False,
        "SequenceStart": 1,
        "SequenceEnd": 1,
        "GeneratedDate": f"{NIGHT}T23:40:00+01:00",
        "Issuer": "The council",
        "GpUnit": units,
        "Party": [{"@id": f"p{n}", "Name": _text(name)} for n, name in enumerate(parties)],
        "Election": [
            {
                "Name": _text("Local elections"),
                "StartDate": NIGHT,
                "EndDate": NIGHT,
                "Candidate": candidates,
                "Contest": contests,
            }
        ],
    }
    return {f"nist_{council}.json": json.dumps(report)}


def _text(words: str) -> dict[str, Any]:
    return {"Text": [{"Content": words, "Language": "en"}]}


def atom(wards: Wards, *, council: str = COUNCIL) -> Documents:
    """Return Democracy Club's feed of winners: a party is in the title, its id beside it."""
    slug = _slug(council)
    entries = [
        "<entry>"
        f"<title>{escape(f'Person {number}-{place} ({_named(party).name}) won in {ward}')}</title>"
        f"<id>https://example.org/#{number}-{place}</id>"
        f"<published>{NIGHT}T23:52:00+00:00</published><updated>{NIGHT}T23:52:00+00:00</updated>"
        f"<retraction>0</retraction><election_slug>local.{slug}.{NIGHT}</election_slug>"
        f"<election_date>{NIGHT}</election_date><post_id>{slug}:{number}</post_id>"
        f"<winner_person_id>{number}{place}</winner_person_id>"
        f"<winner_party_id>{_named(party).ec_id or ''}</winner_party_id>"
        "<information_source>the council</information_source></entry>"
        for number, (ward, winners) in enumerate(wards.items(), 1)
        for place, party in enumerate(winners)
    ]
    return {
        "winners.atom": '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>Election results (with extra data)</title>{''.join(entries)}</feed>"
    }


def desk_sheet(now: Seats, *, control: str = "", council: str = COUNCIL) -> Documents:
    """Return the desk sheet of a council."""
    rows = "".join(f'"{council}","{name}",{n},{n},{control},,\n' for name, n in now.items())
    header = "council,party,seats_won,seats_now,control,declared_at,note\n"
    return {f"desk_sheet_{NIGHT}.csv": header + rows}
