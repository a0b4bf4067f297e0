"""Composes what the night's contests say on the wire: PA's documents, and NIST reports by count.

PA's wire names the winner first and has one round of votes; the counting officers' own reports, one
a count, are in NIST's format.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.almanac.recorded import ContestantRow, ContestEvent, ContestTimeRow, StvCandidateRow
from bot.almanac.rows import ContestRow
from bot.election.reports import BallotKind
from bot.feeds.elements import Element
from simulation.wire.night import Night

_OFFICES = {BallotKind.MAYOR: "Mayor", BallotKind.ASSEMBLY: "Northern Ireland Assembly"}
_ISSUER = "The returning officer"

Json = dict[str, object]


@dataclass(frozen=True)
class ContestDocuments:
    """The documents of a night's contests."""

    night: Night

    @cached_property
    def _rows(self) -> Mapping[str, ContestRow]:
        return {row.code: row for row in self.night.tables.contests}

    @cached_property
    def _contestants(self) -> Mapping[str, list[ContestantRow]]:
        found: defaultdict[str, list[ContestantRow]] = defaultdict(list)
        for row in self.night.tables.contestants:
            found[row.contest].append(row)
        return found

    @property
    def times(self) -> tuple[ContestTimeRow, ...]:
        """When something is said of a contest."""
        return self.night.tables.contest_times

    def wire_name(self, time: ContestTimeRow) -> str | None:
        """Return the name of PA's document at a time, None where PA says nothing then."""
        row = self._rows[time.contest]
        area = row.area.replace(" ", "_")
        if row.kind is BallotKind.REFERENDUM:
            return f"Referendum_totals_{area}_1.xml"
        if row.kind is BallotKind.MAYOR:
            word = "rush" if time.event is ContestEvent.RUSH else "result"
            return f"Mayor_{word}_{area}_1.xml"
        return None

    def wire(self, time: ContestTimeRow) -> Element:
        """Return PA's document at a time."""
        row = self._rows[time.contest]
        if row.kind is BallotKind.REFERENDUM:
            return self._running_totals(row)
        return self._single_post(row, rush=time.event is ContestEvent.RUSH)

    def _single_post(self, row: ContestRow, *, rush: bool) -> Element:
        contest = Element(
            "Constituency",
            {"name": row.area, "paStyleMessageText": ""},
            [self._candidate(one, with_votes=not rush) for one in self._contestants[row.code]],
        )
        election = Element(
            "Election",
            {"name": "Mayoral Elections", "date": self.night.date, "type": "M"},
            [contest],
        )
        root = "FirstPastThePostRush" if rush else "FirstPastThePostResult"
        return Element(root, {"revision": "1"}, [election])

    def _candidate(self, one: ContestantRow, *, with_votes: bool) -> Element:
        first, _, last = one.name.rpartition(" ")
        said = {"firstName": first, "surname": last}
        if one.elected:
            said["elected"] = "*"
        if with_votes and one.votes:
            said["votes"] = one.votes[0]
        return Element("Candidate", said, [Element("Party", {"name": one.party_name, "paId": "1"})])

    def _running_totals(self, row: ContestRow) -> Element:
        answers = [Element("Answer", _answer(one)) for one in self._contestants[row.code]]
        said = {
            "name": row.area,
            "question": row.question,
            "electorate": str(row.electorate),
            "totalVotes": str(row.valid),
            "spoiltBallots": str(row.spoilt),
            "percentageTurnout": f"{row.turnout:.2f}",
        }
        election = Element(
            "Election",
            {"name": "Referendum", "date": self.night.date},
            [Element("Referendum", said, answers)],
        )
        return Element("RunningTotals", {"revision": "1"}, [election])

    def counted(self) -> Iterator[tuple[datetime, str, Json]]:
        """Yield each report of a count: when it goes out, the name of its file, and its content."""
        for time in self.times:
            row = self._rows[time.contest]
            if row.kind is BallotKind.REFERENDUM or time.event is ContestEvent.RUSH:
                continue
            if not any(one.votes for one in self._contestants[row.code]):
                continue
            upto = time.count or row.counts
            yield time.at, f"{row.code}-{upto}.json", self._report(row, upto, time.at)

    def wards(self, code: str, at: datetime) -> Json | None:
        """Return all wards of a Scottish council, count by count; None for any other council."""
        rows = [row for row in self.night.tables.stv_wards if row.code == code]
        if not rows:
            return None
        names = dict.fromkeys(one.party_name for row in rows for one in self._standing_in(row.ward))
        parties = {name: f"p{n}" for n, name in enumerate(names)}
        units: list[Json] = [
            {
                "@id": "council",
                "Type": "other",
                "OtherType": "council",
                "Name": self.night.councils[code].wire_name,
                "ComposingGpUnitIds": [f"w{n}" for n, _ in enumerate(rows)],
            }
        ]
        candidates: list[Json] = []
        contests: list[Json] = []
        for n, row in enumerate(rows):
            unit: Json = {"@id": f"w{n}", "Type": "ward", "Name": row.name}
            unit["ExternalIdentifier"] = [{"Type": "other", "OtherType": "gss", "Value": row.gss}]
            if row.electorate:
                unit["VotersRegistered"] = row.electorate
            if row.electorate and row.turnout:
                unit["VotersParticipated"] = round(row.electorate * row.turnout / 100)
            units.append(unit)
            standing = self._standing_in(row.ward)
            candidates += [
                {
                    "@id": f"c{n}-{m}",
                    "BallotName": one.name,
                    "PartyId": parties[one.party_name],
                    **({"PostElectionStatus": "winner"} if one.elected else {}),
                }
                for m, one in enumerate(standing)
            ]
            contests.append(
                {
                    "@id": f"contest{n}",
                    "@type": "ElectionResults.CandidateContest",
                    "Name": row.name,
                    "ElectionDistrictId": f"w{n}",
                    "NumberElected": row.seats_up,
                    "VoteVariation": "rcv",
                    "OfficeIds": ["office"],
                    "ContestSelection": [
                        selection(f"{n}-{m}", one.counted) for m, one in enumerate(standing)
                    ],
                }
            )
        return {
            **self._head(at, complete=True),
            "GpUnit": units,
            "Party": [{"@id": key, "Name": name} for name, key in parties.items()],
            "Office": [{"@id": "office", "Name": "Councillor"}],
            "Election": [
                {
                    "Name": "Council election",
                    "Type": "general",
                    "StartDate": self.night.date,
                    "EndDate": self.night.date,
                    "ElectionScopeId": "council",
                    "Candidate": candidates,
                    "Contest": contests,
                }
            ],
        }

    def _standing_in(self, ward: str) -> list[StvCandidateRow]:
        return self._stv_candidates[ward]

    @cached_property
    def _stv_candidates(self) -> Mapping[str, list[StvCandidateRow]]:
        found: defaultdict[str, list[StvCandidateRow]] = defaultdict(list)
        for row in self.night.tables.stv_candidates:
            found[row.ward].append(row)
        return found

    def _head(self, at: datetime, *, complete: bool) -> Json:
        return {
            "@type": "ElectionResults.ElectionReport",
            "Format": "summary-contest",
            "Status": "unofficial-complete" if complete else "unofficial-partial",
            "GeneratedDate": at.isoformat(),
            "Issuer": _ISSUER,
        }

    def _report(self, row: ContestRow, upto: int, at: datetime) -> Json:
        """Return a contest after a number of its counts."""
        standing = self._contestants[row.code]
        elected = _elected_by(standing, row, upto)
        parties = {one.party_name: f"p{n}" for n, one in enumerate(standing)}
        unit: Json = {"@id": "area", "Type": "other", "OtherType": "constituency", "Name": row.area}
        if row.gss:
            unit["ExternalIdentifier"] = [{"Type": "other", "OtherType": "gss", "Value": row.gss}]
        if row.electorate:
            unit["VotersRegistered"] = row.electorate
        if row.electorate and row.turnout:
            unit["VotersParticipated"] = round(row.electorate * row.turnout / 100)
        return {
            **self._head(at, complete=upto == row.counts),
            "GpUnit": [unit],
            "Party": [{"@id": key, "Name": name} for name, key in parties.items()],
            "Office": [{"@id": "office", "Name": _OFFICES[row.kind]}],
            "Election": [
                {
                    "Name": row.name,
                    "Type": "general",
                    "StartDate": self.night.date,
                    "EndDate": self.night.date,
                    "Candidate": [
                        {
                            "@id": f"c{n}",
                            "BallotName": one.name,
                            "PartyId": parties[one.party_name],
                            **({"PostElectionStatus": "winner"} if one.name in elected else {}),
                        }
                        for n, one in enumerate(standing)
                    ],
                    "Contest": [
                        {
                            "@id": "contest",
                            "@type": "ElectionResults.CandidateContest",
                            "Name": row.name,
                            "ElectionDistrictId": "area",
                            "NumberElected": row.seats,
                            "VoteVariation": "rcv",
                            "OfficeIds": ["office"],
                            "ContestSelection": [
                                selection(str(n), one.counted[:upto])
                                for n, one in enumerate(standing)
                            ],
                        }
                    ],
                }
            ],
        }


def selection(number: str, votes: Iterable[int | float | None]) -> Json:
    """Return a candidate's votes after each count, as NIST's format has them."""
    return {
        "@id": f"s{number}",
        "CandidateIds": [f"c{number}"],
        "VoteCounts": [
            {"Type": "total", "Round": place, "Count": one}
            for place, one in enumerate(votes, 1)
            if one is not None
        ],
    }


def as_bytes(report: Json) -> bytes:
    """Return a report as it is served."""
    return json.dumps(report, ensure_ascii=False).encode()


def _answer(one: ContestantRow) -> dict[str, str]:
    said = {"name": one.name, "votes": one.votes[0]}
    return said | ({"elected": "*"} if one.elected else {})


def _elected_by(standing: Iterable[ContestantRow], row: ContestRow, upto: int) -> set[str]:
    """Return who is elected after a number of counts: who has the quota, at the end all winners."""
    winners = [one for one in standing if one.elected]
    if upto == row.counts:
        return {one.name for one in winners}
    return {one.name for one in winners if row.quota and max(one.counted[:upto]) >= row.quota}
