"""A made-up council of six wards, one seat each up on a made-up night, in every ward format.

Labour hold 8 of the 18 seats and defend 3, the Conservatives hold 10 and defend 3. By `WINNERS`
Labour take one from the Conservatives and the council is 9 to 9.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from bot.election.almanac import Almanac, CouncilElection, NightAlmanac, WardSeat
from bot.election.control import Control
from bot.election.councils import Council, Councils
from bot.election.reports import Proportion
from tests.cases.support import Documents, Json, shipped, taken_in

Fields = dict[str, Any]

NIGHT = date(2023, 5, 4)
OAKMERE = Council("OKM", "Oakmere", gss="E07000901", seats=18)
SALTLEY = Council("SLT", "Saltley Vale", gss="E07000902", seats=12)
NAMES = ("Abbey", "Brook", "Castle", "Dell", "Elm", "Ferry & Quay")
WINNERS = ("Lab", "Lab", "Lab", "Lab", "Con", "Con")
PARTY_NAMES = {"Lab": "Labour Party", "Con": "Conservative and Unionist Party", "Green": "Green"}
NOMINATIONS = f"""<LocalElectionNominations><Election date='{NIGHT}'>
<Council name='Oakmere' type='Non-Met' proportion='third'>
<Party name='Labour' abbreviation='Lab' seatsHeld='8' seatsOffered='3' unopposedReturns='0'
 candidates='6'/>
<Party name='Conservative' abbreviation='C' seatsHeld='10' seatsOffered='3' unopposedReturns='0'
 candidates='6'/>
<Party name='Green' abbreviation='Green' seatsHeld='0' seatsOffered='0' unopposedReturns='0'
 candidates='6'/>
</Council></Election></LocalElectionNominations>"""


def code(number: int) -> str:
    """Return the GSS code of a ward by its place in `NAMES`."""
    return f"E0509010{number}"


def key(number: int) -> str:
    """Return a ward's ballot id at Democracy Club."""
    slug = NAMES[number].lower().replace(" & ", "-and-")
    return f"local.oakmere.{slug}.{NIGHT}"


TABLE = tuple(WardSeat(key(n), name, code(n), 1) for n, name in enumerate(NAMES))
ELSEWHERE = (WardSeat(f"local.saltley-vale.upton.{NIGHT}", "Upton", "E05090201", 1),)


def _election(council: str, seats: int, up: int) -> CouncilElection:
    return CouncilElection(
        council, Proportion.THIRD, seats, up, False, False, sitting=Control("Con")
    )


def almanac(*, with_wards: bool = True) -> Almanac:
    """Return tables of the night, *with_wards* or as where no table lists them."""
    elections = {"OKM": _election("OKM", 18, 6), "SLT": _election("SLT", 12, 4)}
    wards = {"OKM": TABLE, "SLT": ELSEWHERE} if with_wards else {}
    night = NightAlmanac(NIGHT, "local elections", elections, wards)
    return Almanac(shipped().parties, Councils((OAKMERE, SALTLEY)), {NIGHT: night})


def with_seats(number: int, seats: int) -> Almanac:
    """Return tables in which one ward fills *seats*."""
    known = almanac()
    table = [replace(one, seats=seats) if n == number else one for n, one in enumerate(TABLE)]
    night = replace(known.night(NIGHT), wards={"OKM": table, "SLT": ELSEWHERE})
    return replace(known, nights={NIGHT: night})


def standing(number: int, winner: str, *others: str) -> list[tuple[str, str, int, bool]]:
    """Return who stands in a ward: name, party, votes and whether they are elected."""
    losers = others or tuple(party for party in PARTY_NAMES if party != winner)
    votes = (900 - 10 * number, 500, 120, 60)
    return [
        (f"Person {number}-{n}", party, votes[n], n == 0)
        for n, party in enumerate((winner, *losers))
    ]


# --- Democracy Club -----------------------------------------------------------------------


def ballot(number: int, winner: str | None = None, **changed: Any) -> Fields:
    """Return a ballot of Democracy Club's with its winner; *changed* replaces its fields."""
    candidacies = [
        {
            "elected": elected,
            "party": {"ec_id": None, "name": PARTY_NAMES[party]},
            "party_name": PARTY_NAMES[party],
            "person": {"id": 100 * number + n, "name": name},
            "result": {"elected": elected, "num_ballots": votes},
        }
        for n, (name, party, votes, elected) in enumerate(
            standing(number, winner or WINNERS[number])
        )
    ]
    return {
        "ballot_paper_id": key(number),
        "election": {
            "election_id": f"local.oakmere.{NIGHT}",
            "name": "Oakmere local election",
            "election_date": f"{NIGHT}",
        },
        "post": {"id": f"gss:{code(number)}", "label": NAMES[number], "slug": "x"},
        "winner_count": 1,
        "cancelled": False,
        "uncontested": False,
        "replaces": None,
        "replaced_by": None,
        "last_updated": f"2023-05-05T03:1{number}:00+01:00",
        "candidacies": candidacies,
        "results": {"turnout_percentage": 41.5, "num_spoilt_ballots": 3, "total_electorate": 4000},
        **changed,
    }


def labelled(number: int, label: str, gss: str | None = None, **changed: Any) -> Fields:
    """Return a ballot whose ward has another name, or code, than ours."""
    post = {"id": f"gss:{gss or code(number)}", "label": label, "slug": "x"}
    return ballot(number, post=post, **changed)


def page(*ballots: Fields) -> str:
    """Return a page of ballots."""
    return json.dumps({"count": len(ballots), "next": None, "results": list(ballots)})


def ballots(**changed: Fields) -> list[Fields]:
    """Return all six ballots; *changed* are by "ward0", "ward1" and so on."""
    return [changed.get(f"ward{n}") or ballot(n) for n in range(len(NAMES))]


# --- Democracy Club's winners -------------------------------------------------------------


def entry(number: int, *, gss: str | None = None, name: str | None = None, **said: str) -> str:
    """Return the statement of a ward's winner."""
    person, party, *_ = standing(number, WINNERS[number])[0]
    fields = {
        "retraction": "0",
        "election_slug": f"local.oakmere.{NIGHT}",
        "election_date": f"{NIGHT}",
        "election_name": "Oakmere local election",
        "post_id": f"gss:{gss or code(number)}",
        "post_name": name or NAMES[number],
        "winner_person_id": f"{100 * number}",
        "winner_person_name": person,
        "winner_party_id": "",
        "winner_party_name": PARTY_NAMES[party],
        **said,
    }
    inside = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in fields.items())
    moment = f"2023-05-05T02:1{number}:00+00:00"
    return (
        f"<entry><title>{person} won</title><id>https://example.org/#{number}</id>"
        f"<updated>{moment}</updated>{inside}</entry>"
    )


def atom(*entries: str) -> str:
    """Return a feed of winners."""
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Election results</title>'
        f"{''.join(entries)}</feed>"
    )


# --- Modern.Gov ---------------------------------------------------------------------------

MODERN_GOV = f"modern_gov_Oakmere_9_{NIGHT}.xml"


def area(number: int, winner: str | None = None, **changed: str) -> tuple[str, str]:
    """Return an area of Modern.Gov's and its candidates; *changed* replaces their elements."""
    title = changed.pop("title", NAMES[number])
    identity = changed.pop("electionareaid", str(number + 1))
    votes_of = changed.pop("numvotes", None)
    ticked = changed.pop("iselected", None)
    counted = changed.pop("votedatetime", "05/05/2023, 03:12")
    fields = {"numseats": "1", "status": "Published", "electorate": "4000", "spoiledvotes": "4"}
    fields |= {"numballotpapersissued": "1600", **changed}
    described = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in fields.items())
    candidates = "".join(
        f"<candidate><electionareaid>{identity}</electionareaid>"
        f"<areatitle>{escape(title)}</areatitle><candidatename>{name}</candidatename>"
        f"<numvotes>{votes_of if votes_of and elected else votes}</numvotes>"
        f"<politicalpartytitle>{PARTY_NAMES[party]}</politicalpartytitle>"
        f"<votedatetime>{counted}</votedatetime>"
        f"<iselected>{ticked or elected}</iselected></candidate>"
        for name, party, votes, elected in standing(number, winner or WINNERS[number])
    )
    return (
        f"<electionarea><electionareaid>{identity}</electionareaid>"
        f"<title>{escape(title)}</title>{described}</electionarea>",
        candidates,
    )


def areas(**changed: tuple[str, str]) -> list[tuple[str, str]]:
    """Return all six areas; *changed* are by "ward0", "ward1" and so on."""
    return [changed.get(f"ward{n}") or area(n) for n in range(len(NAMES))]


def modern_gov(
    *told: tuple[str, str], title: str = "Borough Council Election", kind: str = "Local"
) -> str:
    """Return what a council's own site says of its areas."""
    return (
        f"<election><title>{escape(title)}</title><electiontype>{escape(kind)}</electiontype>"
        f"<candidates>{''.join(one for _, one in told)}</candidates>"
        f"<electionareas>{''.join(one for one, _ in told)}</electionareas></election>"
    )


# --- NIST ---------------------------------------------------------------------------------


def nist(
    numbers: Sequence[int] = range(len(NAMES)),
    *,
    units: Mapping[int, Fields] | None = None,
    contests: Sequence[Fields] = (),
    council: Fields | None = None,
    generated: str = "2023-05-05T03:30:00+01:00",
) -> str:
    """Return a report on wards; *units*, more *contests* and the *council* change what it says."""
    candidates, made = [], []
    for n in numbers:
        for c, (name, party, _, elected) in enumerate(standing(n, WINNERS[n])):
            status = "winner" if elected else "defeated"
            candidates.append(
                {
                    "@id": f"c{n}-{c}",
                    "BallotName": name,
                    "PartyId": party,
                    "PostElectionStatus": status,
                }
            )
        made.append(contest(n))
    wards = [
        {
            "@id": f"w{n}",
            "Type": "ward",
            "Name": NAMES[n],
            "ExternalIdentifier": [{"Type": "national-level", "Value": code(n)}],
            **((units or {}).get(n, {})),
        }
        for n in numbers
    ]
    whole = {
        "@id": "oakmere",
        "Type": "borough",
        "Name": "Oakmere",
        "ComposingGpUnitIds": [f"w{n}" for n in numbers],
        **(council or {}),
    }
    return json.dumps(
        {
            "@type": "ElectionResults.ElectionReport",
            "Status": "unofficial-complete",
            "GeneratedDate": generated,
            "Issuer": "Oakmere",
            "GpUnit": [*wards, whole],
            "Party": [{"@id": short, "Name": name} for short, name in PARTY_NAMES.items()],
            "Election": [
                {
                    "StartDate": f"{NIGHT}",
                    "Name": "Oakmere elections",
                    "ElectionScopeId": "oakmere",
                    "Candidate": candidates,
                    "Contest": [*made, *contests],
                }
            ],
        }
    )


def contest(number: int, **changed: Any) -> Fields:
    """Return a ward's contest; *changed* replaces its fields."""
    return {
        "@id": f"k{number}",
        "@type": "ElectionResults.CandidateContest",
        "Name": NAMES[number],
        "ElectionDistrictId": f"w{number}",
        "NumberElected": 1,
        "ContestSelection": [
            {
                "@id": f"s{number}-{c}",
                "CandidateIds": [f"c{number}-{c}"],
                "VoteCounts": [{"Type": "total", "GpUnitId": f"w{number}", "Count": votes}],
            }
            for c, (_, _, votes, _) in enumerate(standing(number, WINNERS[number]))
        ],
        **changed,
    }


# --- what became of it --------------------------------------------------------------------


def told(documents: Documents, *, known: Almanac | None = None) -> Json:
    """Return what `ingest --json` prints of *documents* after the night's nominations."""
    return taken_in({"0_nominations.xml": NOMINATIONS, **documents}, almanac=known or almanac())


def won(account: Json) -> dict[str, int]:
    """Return the seats won on the night by party, where councils have declared."""
    lines = account["state_of_parties"]
    return {line["party"]: line["seats_won"] for line in lines if line["seats_won"]}


AS_IT_WAS = {"Labour": 4, "Conservative": 2}
"""What is won by `WINNERS`."""
