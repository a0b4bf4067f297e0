"""Composes the documents of a night's contests: PA's, and the NIST report after each count.

PA's wire names the winner first and gives one round of votes. The counting officers' own reports,
one a count, are in NIST's format, as are the wards of Scottish councils.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.almanac.recorded_nights import (
    BallotCandidateRow,
    BallotEvent,
    BallotTimeRow,
    StvCandidateRow,
)
from bot.almanac.rows import BallotRow
from bot.election.reports import BallotKind
from bot.feeds.elements import Element
from simulation.wire.night import Night

_OFFICES = {BallotKind.MAYOR: "Mayor", BallotKind.ASSEMBLY: "Northern Ireland Assembly"}
_ISSUER = "The returning officer"

Json = dict[str, object]


@dataclass(frozen=True)
class _Counted:
    """A contest as a NIST report has it; each candidate's votes are those after each count."""

    name: str
    district: Json
    seats: int
    candidates: Sequence[tuple[BallotCandidateRow | StvCandidateRow, bool]]
    """Each with whether they are elected by now."""
    counts: int | None = None
    """How many counts there have been; None: all of them."""


@dataclass(frozen=True)
class ContestDocuments:
    """The documents of a night's contests."""

    night: Night

    @cached_property
    def _rows(self) -> Mapping[str, BallotRow]:
        return {row.code: row for row in self.night.tables.ballots}

    @cached_property
    def _contestants(self) -> Mapping[str, list[BallotCandidateRow]]:
        found: defaultdict[str, list[BallotCandidateRow]] = defaultdict(list)
        for row in self.night.tables.ballot_candidates:
            found[row.ballot].append(row)
        return found

    @cached_property
    def _stv_candidates(self) -> Mapping[str, list[StvCandidateRow]]:
        found: defaultdict[str, list[StvCandidateRow]] = defaultdict(list)
        for row in self.night.tables.stv_candidates:
            found[row.ward].append(row)
        return found

    @property
    def times(self) -> tuple[BallotTimeRow, ...]:
        """When each contest is reported on."""
        return self.night.tables.ballot_times

    # PA's documents.

    def wire_name(self, time: BallotTimeRow) -> str | None:
        """Return the name of PA's document at a time, None where PA says nothing then."""
        row = self._rows[time.ballot]
        area = row.area.replace(" ", "_")
        if row.kind is BallotKind.REFERENDUM:
            return f"Referendum_totals_{area}_1.xml"
        if row.kind is BallotKind.MAYOR:
            word = "rush" if time.event is BallotEvent.RUSH else "result"
            return f"Mayor_{word}_{area}_1.xml"
        return None

    def wire(self, time: BallotTimeRow) -> Element:
        """Return PA's document at a time."""
        row = self._rows[time.ballot]
        if row.kind is BallotKind.REFERENDUM:
            return self._running_totals(row)
        return self._single_post(row, rush=time.event is BallotEvent.RUSH)

    def _single_post(self, row: BallotRow, *, rush: bool) -> Element:
        contest = Element(
            "Constituency",
            {"name": row.area, "paStyleMessageText": ""},
            [_candidate(one, with_votes=not rush) for one in self._contestants[row.code]],
        )
        said = {"name": "Mayoral Elections", "date": self.night.date, "type": "M"}
        root = "FirstPastThePostRush" if rush else "FirstPastThePostResult"
        return Element(root, {"revision": "1"}, [Element("Election", said, [contest])])

    def _running_totals(self, row: BallotRow) -> Element:
        answers = [Element("Answer", _answer(one)) for one in self._contestants[row.code]]
        said = {
            "name": row.area,
            "question": row.question,
            "electorate": str(row.electorate),
            "totalVotes": str(row.valid),
            "spoiltBallots": str(row.spoilt),
            "percentageTurnout": f"{row.turnout:.2f}",
        }
        election = {"name": "Referendum", "date": self.night.date}
        referendum = Element("Referendum", said, answers)
        return Element(
            "RunningTotals", {"revision": "1"}, [Element("Election", election, [referendum])]
        )

    # Reports in NIST's format.

    def counted(self) -> Iterator[tuple[datetime, str, Json]]:
        """Yield each report of a count: when it goes out, the name of its file, and its content."""
        for time in self.times:
            row = self._rows[time.ballot]
            if row.kind is BallotKind.REFERENDUM or time.event is BallotEvent.RUSH:
                continue
            if not any(one.votes for one in self._contestants[row.code]):
                continue
            upto = time.count or row.counts
            yield time.at, f"{row.code}-{upto}.json", self._report_after(row, upto, time.at)

    def _report_after(self, row: BallotRow, upto: int, at: datetime) -> Json:
        """Return a contest's report after a number of its counts."""
        standing = self._contestants[row.code]
        elected = _elected_by(standing, row, upto)
        district = _district("constituency", row.area, row.gss, row.electorate, row.turnout)
        candidates = [(one, one.name in elected) for one in standing]
        return self._report(
            row.name,
            _OFFICES[row.kind],
            [_Counted(row.name, district, row.seats, candidates, upto)],
            at,
            complete=upto == row.counts,
        )

    def wards(self, code: str, at: datetime) -> Json | None:
        """Return all wards of a Scottish council, count by count; None for any other council."""
        wards = [
            _Counted(
                row.name,
                _district("ward", row.name, row.gss, row.electorate, row.turnout),
                row.seats_up,
                [(one, one.elected) for one in self._stv_candidates[row.ward]],
            )
            for row in self.night.tables.stv_wards
            if row.code == code
        ]
        if not wards:
            return None
        council: Json = {
            "@id": "council",
            "Type": "other",
            "OtherType": "council",
            "Name": self.night.councils[code].wire_name,
            "ComposingGpUnitIds": [f"w{n}" for n, _ in enumerate(wards)],
        }
        return self._report(
            "Council election", "Councillor", wards, at, complete=True, whole=council
        )

    def _report(
        self,
        name: str,
        office: str,
        contests: Sequence[_Counted],
        at: datetime,
        *,
        complete: bool,
        whole: Json | None = None,
    ) -> Json:
        """Return an election's report; *whole* is the area that its contests' districts make up."""
        names = dict.fromkeys(one.party_name for each in contests for one, _ in each.candidates)
        parties = {party: f"p{n}" for n, party in enumerate(names)}
        scope = {} if whole is None else {"ElectionScopeId": whole["@id"]}
        return {
            "@type": "ElectionResults.ElectionReport",
            "Format": "summary-contest",
            "Status": "unofficial-complete" if complete else "unofficial-partial",
            "GeneratedDate": at.isoformat(),
            "Issuer": _ISSUER,
            "GpUnit": [
                *([] if whole is None else [whole]),
                *({"@id": f"w{n}", **each.district} for n, each in enumerate(contests)),
            ],
            "Party": [{"@id": key, "Name": party} for party, key in parties.items()],
            "Office": [{"@id": "office", "Name": office}],
            "Election": [
                {
                    "Name": name,
                    "Type": "general",
                    "StartDate": self.night.date,
                    "EndDate": self.night.date,
                    **scope,
                    "Candidate": [
                        {
                            "@id": f"c{n}-{m}",
                            "BallotName": one.name,
                            "PartyId": parties[one.party_name],
                            **({"PostElectionStatus": "winner"} if elected else {}),
                        }
                        for n, each in enumerate(contests)
                        for m, (one, elected) in enumerate(each.candidates)
                    ],
                    "Contest": [_contest(n, each) for n, each in enumerate(contests)],
                }
            ],
        }


def as_bytes(report: Json) -> bytes:
    """Return a report as it is served."""
    return json.dumps(report, ensure_ascii=False).encode()


def _candidate(one: BallotCandidateRow, *, with_votes: bool) -> Element:
    first, _, last = one.name.rpartition(" ")
    said = {"firstName": first, "surname": last}
    if one.elected:
        said["elected"] = "*"
    if with_votes and one.votes:
        said["votes"] = one.votes[0]
    return Element("Candidate", said, [Element("Party", {"name": one.party_name, "paId": "1"})])


def _answer(one: BallotCandidateRow) -> dict[str, str]:
    said = {"name": one.name, "votes": one.votes[0]}
    return said | ({"elected": "*"} if one.elected else {})


def _district(
    kind: str, name: str, gss: str | None, electorate: int | None, turnout: float | None
) -> Json:
    """Return the area in which a contest is held, without its number."""
    of_a_kind = {"Type": kind} if kind == "ward" else {"Type": "other", "OtherType": kind}
    district: Json = {**of_a_kind, "Name": name}
    if gss:
        district["ExternalIdentifier"] = [{"Type": "other", "OtherType": "gss", "Value": gss}]
    if electorate:
        district["VotersRegistered"] = electorate
    if electorate and turnout:
        district["VotersParticipated"] = round(electorate * turnout / 100)
    return district


def _contest(number: int, contest: _Counted) -> Json:
    return {
        "@id": f"contest{number}",
        "@type": "ElectionResults.CandidateContest",
        "Name": contest.name,
        "ElectionDistrictId": f"w{number}",
        "NumberElected": contest.seats,
        "VoteVariation": "rcv",
        "OfficeIds": ["office"],
        "ContestSelection": [
            {
                "@id": f"s{number}-{n}",
                "CandidateIds": [f"c{number}-{n}"],
                "VoteCounts": [
                    {"Type": "total", "Round": place, "Count": votes}
                    for place, votes in enumerate(one.counted[: contest.counts], 1)
                    if votes is not None
                ],
            }
            for n, (one, _) in enumerate(contest.candidates)
        ],
    }


def _elected_by(standing: Iterable[BallotCandidateRow], row: BallotRow, upto: int) -> set[str]:
    """Return who is elected after a number of counts: who has the quota, at the end all winners."""
    winners = [one for one in standing if one.elected]
    if upto == row.counts:
        return {one.name for one in winners}
    return {one.name for one in winners if row.quota and max(one.counted[:upto]) >= row.quota}
