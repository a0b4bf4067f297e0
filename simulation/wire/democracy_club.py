"""Composes Democracy Club's ballots of a night, page by page."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.almanac.recorded_nights import CandidateRow, WardRow, WardStatus
from bot.election.parties import INDEPENDENT
from simulation.wire.night import Night

_PERSONS_A_WARD = 1_000
_BEFORE = timedelta(seconds=1)


class Winners(Enum):
    """What a version of a ballot says of its winners."""

    UNKNOWN = "unknown"
    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class BallotVersion:
    """A ballot as it stands from a moment on."""

    at: datetime
    ward: int
    winners: Winners

    @property
    def last_updated(self) -> datetime:
        """When it was entered: just before the moment, no two at the same instant."""
        return self.at - _BEFORE + timedelta(microseconds=self.ward)


class Ballots:
    """The ballots endpoint: what it answers at a moment of the night."""

    def __init__(self, night: Night, versions: Iterable[BallotVersion]) -> None:
        self._night = night
        self._versions = sorted(versions, key=lambda version: version.last_updated)
        self._times = [version.last_updated for version in self._versions]
        self._made: dict[BallotVersion, dict[str, object]] = {}

    def page(
        self, now: datetime, since: datetime | None, number: int, size: int
    ) -> tuple[int, list[dict[str, object]]]:
        """Return how many ballots have changed from *since* to *now*, and page *number* of them.

        They are ordered by their last change, the newest last.
        """
        start = bisect_left(self._times, since) if since else 0
        end = bisect_right(self._times, now)
        latest = {version.ward: version for version in self._versions[start:end]}
        current = sorted(latest.values(), key=lambda version: version.last_updated)
        return len(current), [
            self._shown(version) for version in current[(number - 1) * size : number * size]
        ]

    def last_change(self, now: datetime) -> datetime | None:
        """Return when something last changed, None where nothing is there yet."""
        end = bisect_right(self._times, now)
        return self._times[end - 1] if end else None

    def _shown(self, version: BallotVersion) -> dict[str, object]:
        """Return a ballot, composed once: pollers fetch the newest again and again."""
        if version not in self._made:
            self._made[version] = self._ballot(version)
        return self._made[version]

    def _ballot(self, version: BallotVersion) -> dict[str, object]:
        ward = self._night.wards[version.ward]
        candidates = self._night.candidates.get(ward.ward_id, ())
        declared = version.winners is not Winners.UNKNOWN
        elected = _elected(candidates, version.winners)
        council_slug = ward.ballot_id.split(".")[1]
        slug = ward.ballot_id.split(".")[2]
        council = self._night.councils[ward.code]
        return {
            "ballot_paper_id": ward.ballot_id,
            "election": {
                "election_id": f"local.{council_slug}.{self._night.date}",
                "name": f"{council.wire_name} local election",
                "election_date": self._night.date,
            },
            "post": {
                "id": f"gss:{ward.gss}" if ward.gss else f"{council_slug}:{slug}",
                "label": ward.name,
                "slug": slug,
            },
            "winner_count": ward.seats_up,
            "cancelled": ward.status in (WardStatus.COUNTERMANDED, WardStatus.UNCONTESTED),
            "uncontested": ward.status is WardStatus.UNCONTESTED,
            "voting_system": {"slug": "FPTP"},
            "replaces": None,
            "replaced_by": None,
            "last_updated": version.last_updated.isoformat(),
            "candidacies": [
                self._candidacy(ward, number, row, elected[number], declared)
                for number, row in enumerate(candidates)
            ],
            "results": _results(ward) if declared and ward.status is WardStatus.CONTESTED else None,
        }

    def _candidacy(
        self, ward: WardRow, number: int, row: CandidateRow, elected: bool | None, declared: bool
    ) -> dict[str, object]:
        return {
            "elected": elected,
            "party": {"ec_id": self._ec_id(row), "name": row.party_name},
            "party_name": row.party_name,
            "person": {"id": ward.ward_id * _PERSONS_A_WARD + number, "name": row.name},
            "result": {"elected": elected, "num_ballots": row.votes}
            if declared and row.votes is not None
            else None,
        }

    def _ec_id(self, row: CandidateRow) -> str | None:
        """Return a party's id, None if our tables have none."""
        if row.party == INDEPENDENT and row.party_name != "Independent":
            return None
        ids = self._night.parties[row.party].ec_ids
        return ids[0] if ids else None


def _elected(candidates: tuple[CandidateRow, ...], winners: Winners) -> list[bool | None]:
    """Return who is elected; if wrong, the first loser replaces the first winner."""
    if winners is Winners.UNKNOWN:
        return [None] * len(candidates)
    right = [candidate.elected for candidate in candidates]
    if winners is Winners.RIGHT or False not in right or True not in right:
        return right
    wrong = list(right)
    wrong[right.index(True)], wrong[right.index(False)] = False, True
    return wrong


def _results(ward: WardRow) -> dict[str, object]:
    turned_out = (
        round(ward.electorate * ward.turnout / 100)
        if ward.electorate is not None and ward.turnout is not None
        else None
    )
    return {
        "num_turnout_reported": turned_out,
        "turnout_percentage": ward.turnout,
        "num_spoilt_ballots": None,
        "source": "the council's site",
        "total_electorate": ward.electorate,
    }
