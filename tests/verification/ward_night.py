"""The synthetic night as those tell it who know wards only, with the traps of such formats."""

from __future__ import annotations

import html
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tests.verification.at_work import after_close
from tests.verification.synthetic import NIGHT, PARTIES, VACANT, TrueCouncil, Ward

COUNTED = after_close(NIGHT, 100).astimezone(UTC)
_LOSER = "Green"


@dataclass(frozen=True)
class Ballot:
    """A ballot as it stands at a moment; its winners are unknown while `winners` is None."""

    council: str
    ward: Ward
    winners: tuple[str, ...] | None
    minute: int = 0
    ballot_id: str = ""
    replaced_by: str | None = None
    replaces: str | None = None
    test: bool = False

    @property
    def id(self) -> str:
        return self.ballot_id or f"local.{slug(self.council)}.{slug(self.ward.name)}.{NIGHT}"

    @property
    def updated(self) -> datetime:
        return COUNTED + timedelta(minutes=self.minute)

    @property
    def candidates(self) -> list[tuple[str, str, bool | None]]:
        """Name, party and whether elected; somebody loses everywhere."""
        parties = [*self.ward.winners, _LOSER] if self.winners is None else [*self.winners, _LOSER]
        surname = "Bloggs-Test" if self.test else "Bloggs"
        return [
            (
                f"{party_name(code)} {number} {surname}",
                code,
                None if self.winners is None else number < len(self.winners),
            )
            for number, code in enumerate(parties)
        ]


@dataclass
class WardNight:
    """Versions of ballots in order of arrival, and what is to be held, by ballot."""

    arriving: list[Ballot] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    tests: int = 0


def slug(name: str) -> str:
    return "-".join(name.casefold().replace("&", " ").replace(".", " ").split())


def party_name(code: str) -> str:
    return PARTIES[code].other_name


def night(councils: Sequence[TrueCouncil], seed: int) -> WardNight:
    """Return all ballots of *councils*: unknown on the eve, declared later, some more than once."""
    rng = random.Random(seed)
    night = WardNight()
    number = 0
    for council in councils:
        for ward in council.wards:
            right = Ballot(council.name, ward, ward.winners, minute=10)
            night.arriving.append(replace(right, winners=None, minute=-600))
            night.arriving += [right] if ward.cancelled else _trapped(right, number % 40, night)
            number += 1
    stranger = replace(night.arriving[1], council="Nowhere-on-Sea")
    night.held[stranger.id] = "neither our tables nor the night's nominations know a council"
    night.arriving.append(stranger)
    rng.shuffle(night.arriving)
    return night


def _trapped(right: Ballot, trap: int, night: WardNight) -> list[Ballot]:
    """Return the versions of one ballot after the eve, the right one among them."""
    wrong = tuple("LD" if code != "LD" else "Lab" for code in right.winners or ())
    if trap == 1:  # a correction
        return [right, replace(right, winners=wrong, minute=5)]
    if trap == 2:  # the same on two pages
        return [right, right]
    if trap == 3:
        night.held[right.id] = "winners for"
        return [right, replace(right, winners=(*wrong, *wrong), minute=20)]
    if trap == 4:  # a by-election for a seat that is not part of tonight's
        by = right.id.replace(str(NIGHT), f"by.{NIGHT}")
        return [right, replace(right, ballot_id=by, winners=wrong)]
    if trap == 5:
        night.tests += 1
        return [right, replace(right, winners=wrong, minute=30, test=True)]
    if trap == 6:  # a replaced ballot, updated after the one that takes its place
        new = right.id.replace(slug(right.ward.name), slug(right.ward.name) + "-2")
        old = replace(right, winners=None, minute=40, replaced_by=new)
        return [old, replace(right, ballot_id=new, replaces=right.id)]
    return [right]


def pages(night: WardNight) -> Iterable[tuple[str, str]]:
    """Yield Democracy Club's pages: a hundred ballots each, one of no kind of ours on every one."""
    for number, start in enumerate(range(0, len(night.arriving), 99), start=1):
        ballots = [_dc_ballot(ballot) for ballot in night.arriving[start : start + 99]]
        ballots.append({**ballots[0], "ballot_paper_id": f"pcc.hertfordshire.{NIGHT}"})
        page = {"count": len(night.arriving), "next": None, "previous": None, "results": ballots}
        yield f"ballots_{number:03}.json", json.dumps(page)


def _dc_ballot(ballot: Ballot) -> dict[str, object]:
    ward = ballot.ward
    return {
        "ballot_paper_id": ballot.id,
        "election": {
            "election_id": f"local.{slug(ballot.council)}.{NIGHT}",
            "name": f"{ballot.council} local election",
            "election_date": str(NIGHT),
        },
        "post": {"id": f"gss:{ward.gss}", "label": ward.name, "slug": slug(ward.name)},
        "winner_count": ward.seats,
        "cancelled": ward.cancelled,
        "uncontested": False,
        "voting_system": {"slug": "FPTP"},
        "replaces": ballot.replaces,
        "replaced_by": ballot.replaced_by,
        "last_updated": ballot.updated.isoformat(),
        "candidacies": [
            {
                "elected": elected,
                "party": {"ec_id": PARTIES[code].ec_id, "name": party_name(code)},
                "party_name": party_name(code),
                "person": {"id": number, "name": name},
                "result": None,
            }
            for number, (name, code, elected) in enumerate(ballot.candidates)
        ],
        "results": None,
    }


def entries(night: WardNight) -> Iterable[tuple[str, str]]:
    """Yield pages of Democracy Club's Atom feed: a winner each; a wrong one is taken back first."""
    told: list[str] = []
    for ballot in night.arriving:
        for person, (name, code, elected) in enumerate(ballot.candidates):
            if not elected or ballot.replaced_by:
                continue
            stated = ballot.updated
            told.append(_entry(ballot, f"{ballot.id}-{person}", name, code, stated, False))
            if ballot.minute == 5:
                back = stated + timedelta(minutes=2)
                told.append(_entry(ballot, f"{ballot.id}-{person}", name, code, back, True))
    for number, start in enumerate(range(0, len(told), 290), start=1):
        body = "".join(told[start : start + 300])  # the pages overlap, as they do when they move
        yield (
            f"winners_{number:03}.atom",
            f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Winners</title>{body}</feed>',
        )


def _entry(
    ballot: Ballot, person: str, name: str, code: str, stated: datetime, retraction: bool
) -> str:
    party = html.escape(party_name(code))
    fields = {
        "id": f"{person}-{stated.timestamp():.0f}-{retraction:d}-{code}",
        "title": f"{html.escape(name)} ({party}) won in {html.escape(ballot.ward.name)}",
        "updated": stated.isoformat(),
        "retraction": int(retraction),
        "election_slug": f"local.{slug(ballot.council)}."
        + ("by." if ".by." in ballot.id else "")
        + f"{NIGHT}",
        "election_name": f"{html.escape(ballot.council)} local election",
        "election_date": NIGHT,
        "post_id": f"gss:{ballot.ward.gss}",
        "post_name": html.escape(ballot.ward.name),
        "winner_person_id": f"{person}-{code}",
        "winner_person_name": html.escape(name),
        "winner_party_id": PARTIES[code].ec_id,
        "winner_party_name": party,
        "information_source": "the count",
    }
    return (
        "<entry>" + "".join(f"<{key}>{value}</{key}>" for key, value in fields.items()) + "</entry>"
    )


def modern_gov(councils: Sequence[TrueCouncil]) -> Iterable[tuple[str, str]]:
    """Yield each council's own site, looked at twice: an area may have changed by then."""
    for number, council in enumerate(councils):
        wrong = ("LD",) * council.wards[0].seats if number % 5 == 0 else council.wards[0].winners
        first = (replace(council.wards[0], winners=wrong), *council.wards[1:])
        name = council.name.replace("&", "and")
        for look, wards in enumerate((first, council.wards)):
            yield f"modern_gov_{name}_{397 + look}_{NIGHT}.xml", _site(wards)
    yield f"modern_gov_Test_{councils[0].name}_399_{NIGHT}.xml", _site(first)


def _site(wards: Sequence[Ward]) -> str:
    candidates, areas = [], []
    for ward in wards:
        standing = [*((code, True) for code in ward.winners), (_LOSER, False)]
        candidates += [
            f"<candidate><areatitle>{html.escape(ward.name)}</areatitle>"
            f"<candidatename>{html.escape(party_name(code))} {number}</candidatename>"
            f"<numvotes>{900 - number}</numvotes>"
            f"<politicalpartytitle>{html.escape(party_name(code))} Candidate</politicalpartytitle>"
            f"<iselected>{elected}</iselected></candidate>"
            for number, (code, elected) in enumerate(standing)
        ]
        status = "Countermanded" if ward.cancelled else "Published"
        areas.append(
            f"<electionarea><title>{html.escape(ward.name)}</title><numseats>{ward.seats}</numseats>"
            f"<status>{status}</status><electorate>0</electorate>"
            "<numballotpapersissued>0</numballotpapersissued></electionarea>"
        )
    return (
        f"<election><title>Local elections</title><candidates>{''.join(candidates)}</candidates>"
        f"<electionareas>{''.join(areas)}</electionareas></election>"
    )


def nist(councils: Sequence[TrueCouncil]) -> Iterable[tuple[str, str]]:
    """Yield an ElectionReport a council; some are corrected, recounted, or come in two parts."""
    for number, council in enumerate(councils):
        wards = tuple(ward for ward in council.wards if not ward.cancelled)
        wrong = tuple(replace(ward, winners=("LD",) * ward.seats) for ward in wards)
        name = f"nist_{number:03}"
        if number % 4 == 0:  # the correction's file comes first
            yield f"{name}_a.json", _nist(council, wards, "correction", 30)
            yield f"{name}_b.json", _nist(council, wrong, "unofficial-complete", 10)
        elif number % 4 == 1:  # of one moment a recount counts for more than what was complete
            yield f"{name}_a.json", _nist(council, wrong, "unofficial-complete", 10)
            yield f"{name}_b.json", _nist(council, wards, "recount", 10)
        elif number % 4 == 2:
            yield f"{name}_a.json", _nist(council, wards, "unofficial-partial", 10, part=1)
            yield f"{name}_b.json", _nist(council, wards, "certified", 20)
        else:
            yield f"{name}_a.json", _nist(council, wards, "certified", 10)
            yield f"{name}_b.json", _nist(council, wrong, "certified", 20, test=True)


def _nist(
    council: TrueCouncil,
    wards: Sequence[Ward],
    status: str,
    minute: int,
    *,
    part: int = 0,
    test: bool = False,
) -> str:
    def text(words: str) -> dict[str, object]:
        return {"Text": [{"Language": "en", "Content": words}]}

    units: list[object] = [
        {
            "@id": "council",
            "Type": "other",
            "OtherType": "unitary authority",
            "Name": text(council.name),
            "ComposingGpUnitIds": [f"w{n}" for n, _ in enumerate(wards)],
        }
    ]
    candidates: list[object] = []
    contests: list[object] = []
    for n, ward in enumerate(wards):
        units.append(
            {
                "@id": f"w{n}",
                "Type": "ward",
                "Name": text(ward.name),
                "ExternalIdentifier": [{"Type": "other", "Value": ward.gss}],
            }
        )
        selections = []
        known = not part or n % 2 == part
        for place, code in enumerate([*ward.winners, _LOSER]):
            won = {"PostElectionStatus": "winner"} if known and place < ward.seats else {}
            candidates.append(
                {
                    "@id": f"c{n}.{place}",
                    "BallotName": text(f"{code} {place}"),
                    "PartyId": code,
                    **won,
                }
            )
            selections.append({"@id": f"s{n}.{place}", "CandidateIds": [f"c{n}.{place}"]})
        contests.append(
            {
                "@id": f"contest{n}",
                "@type": "ElectionResults.CandidateContest",
                "Name": ward.name,
                "ElectionDistrictId": f"w{n}",
                "NumberElected": ward.seats,
                "VotesAllowed": ward.seats,
                "ContestSelection": selections,
            }
        )
    report = {
        "@type": "ElectionResults.ElectionReport",
        "Status": status,
        "IsTest": test,
        "SequenceStart": 1,
        "SequenceEnd": 1,
        "GeneratedDate": (COUNTED + timedelta(minutes=minute)).isoformat(),
        "Issuer": "The council",
        "GpUnit": units,
        "Party": [
            {"@id": code, "Name": text(party.other_name), "Abbreviation": text(party.abbreviation)}
            for code, party in PARTIES.items()
            if code != VACANT
        ],
        "Election": [
            {
                "Name": text("Local elections"),
                "StartDate": str(NIGHT),
                "EndDate": str(NIGHT),
                "Candidate": candidates,
                "Contest": contests,
            }
        ],
    }
    return json.dumps(report)


def sheets(councils: Sequence[TrueCouncil]) -> Iterable[tuple[str, str]]:
    """Yield the desk's sheet as it was and as it is: rows have changed, one is broken."""
    header = "council,party,seats_won,seats_now,control,declared_at,note"
    before, now = [header], [header]
    for number, council in enumerate(councils):
        past = council.with_seats_moved(2) if number % 3 == 0 else council
        before += _rows(past, f"{NIGHT} 23:40")
        if number % 10 == 1:  # a cell that a formula broke: what was there before stays
            now.append(f'"{council.name}",Labour,#REF!,#REF!,,,')
        else:
            now += _rows(council, "")
    yield f"desk_sheet_{NIGHT}_1.csv", "\n".join(before) + "\n"
    yield f"desk_sheet_{NIGHT}_2.csv", "\n".join(now) + "\n"


def _rows(council: TrueCouncil, at: str) -> Iterable[str]:
    control = "NOC" if council.winner is None else PARTIES[council.winner].name
    for code, seats in council.now.items():
        won = council.won.get(code, 0)
        yield f'"{council.name}",{PARTIES[code].name},{won},{seats},{control},{at},'
