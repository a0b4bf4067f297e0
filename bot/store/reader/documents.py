"""What came in: documents, the feeds that brought them, and the wire's states of parties."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import cast

from bot.election.almanac import Almanac
from bot.election.case_file import VerdictStatus
from bot.election.reports import StateOfPartiesReport
from bot.store.codec import column, read, rows, value
from bot.store.reader.names import NameReader
from bot.store.reports import ReportKind, decode

_EVERY_STATE = 1 << 30


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """How a feed stands in the database.

    `fetched_at` is the last fetch that was committed, `changed_at` the last that brought a
    document, `seeded_at` when a first fill was taken in silently.
    """

    name: str
    first_fetched_at: datetime
    fetched_at: datetime
    changed_at: datetime | None
    caught_up: bool
    trouble: str | None
    seeded_at: datetime | None


@dataclass(frozen=True, slots=True)
class ToldState:
    """A state of parties as the wire told it."""

    document: str
    received_at: datetime
    report: StateOfPartiesReport


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """A document, or one report in it, that is held or rejected."""

    document: str
    council: str | None
    reasons: tuple[str, ...]

    @property
    def reason(self) -> str:
        """All reasons in one text."""
        return "; ".join(self.reasons)


@dataclass(frozen=True, slots=True)
class Documents:
    """What became of all documents: each report once, and each fault as one rejection."""

    counts: Counter[VerdictStatus] = field(default_factory=Counter)
    held: tuple[ProblemDocument, ...] = ()
    rejected: tuple[ProblemDocument, ...] = ()
    warned: tuple[ProblemDocument, ...] = ()


class DocumentReader(NameReader):
    """Reads what came in, and what became of it."""

    def __init__(self, path: Path | str, almanac: Almanac) -> None:
        super().__init__(path, almanac)
        self._told_totals: dict[date, tuple[int, int]] = {}
        """By night: the number of the last report of a state of parties, and the total then."""

    def feeds(self) -> list[FeedStatus]:
        """Return every feed that was ever fetched, by name."""
        found = rows(self._db, "SELECT * FROM feeds ORDER BY name")
        return [read(FeedStatus, row) for row in found]

    def feed_state(self, name: str) -> dict[str, object] | None:
        """Return what a feed had to remember at its last commit, None for a new one."""
        state = value(self._db, "SELECT state FROM feeds WHERE name = ?", name)
        return None if state is None else cast("dict[str, object]", json.loads(state))

    def not_followed(self, night: date | None = None) -> dict[str, int]:
        """Return how much has come in of each kind that is not followed.

        It is of a *night*, or of all; what does not say of which it is counts for each.
        """
        found = rows(
            self._db,
            "SELECT kind, count(DISTINCT what) FROM not_followed "
            "WHERE :night IS NULL OR night IN ('', :night) GROUP BY kind ORDER BY kind",
            night=night and night.isoformat(),
        )
        return dict(map(tuple, found))

    def unreadable(self, since: date) -> tuple[int, str] | None:
        """Return how many documents since a day have faults still, and the last one's; else None.

        A document of the same name that came later and has none has mended the earlier one.
        """
        found = rows(
            self._db,
            "SELECT d.name, d.faults FROM readings AS d "
            "WHERE d.faults != '[]' AND d.received_at >= ? "
            "AND d.id = (SELECT max(o.id) FROM readings AS o "
            "WHERE o.feed = d.feed AND o.name = d.name) ORDER BY d.id DESC",
            since.isoformat(),
        )
        if not found:
            return None
        document, faults = found[0]
        return len(found), f"{document}: {json.loads(faults)[0]}"

    def states_of_parties(self, night: date) -> list[ToldState]:
        """Return the wire's states of parties, the one after most results last."""
        return self._states_of_parties(night, _EVERY_STATE)

    def last_states_of_parties(self, night: date) -> list[ToldState]:
        """Return the wire's last state of parties of each region that it has one of, and of all."""
        return self._states_of_parties(night, 1)

    def _states_of_parties(self, night: date, of_each_region: int) -> list[ToldState]:
        found = rows(
            self._db,
            "SELECT name AS document, received_at, data FROM ("
            "SELECT d.name, d.received_at, r.data, r.id, "
            "json_extract(r.data, '$.results') AS results, row_number() OVER ("
            "PARTITION BY lower(json_extract(r.data, '$.region')) "
            "ORDER BY json_extract(r.data, '$.results') DESC, r.id DESC) AS place "
            "FROM reports AS r JOIN readings AS d ON d.id = r.reading_id "
            "WHERE r.night = ? AND r.council IS NULL AND r.kind = 'state' "
            "AND r.verdict = 'accepted') WHERE place <= ? ORDER BY results, id",
            night.isoformat(),
            of_each_region,
        )
        states = []
        for row in found:
            report = cast(StateOfPartiesReport, decode(ReportKind.STATE_OF_PARTIES, row["data"]))
            states.append(read(ToldState, row, report=report))
        return states

    def told_total(self, night: date) -> int:
        """Return the most councils that the wire's states of parties have of a night, else 0."""
        states = "FROM reports WHERE night = ? AND council IS NULL AND kind = 'state'"
        last = value(self._db, f"SELECT max(id) {states}", night.isoformat())
        known, total = self._told_totals.get(night, (None, 0))
        if known != last:
            most = f"SELECT max(json_extract(data, '$.total_councils')) {states}"
            total = value(self._db, f"{most} AND verdict = 'accepted'", night.isoformat()) or 0
            self._told_totals[night] = (last, total)
        return total

    def documents(self, readings: Collection[int] | None = None) -> Documents:
        """Return what became of every document, or of the *readings* with these ids."""
        wanted = None if readings is None else json.dumps(sorted(readings))
        chosen = "(:wanted IS NULL OR d.id IN (SELECT value FROM json_each(:wanted)))"
        counts: Counter[VerdictStatus] = Counter()
        problems: dict[VerdictStatus, list[ProblemDocument]] = defaultdict(list)
        for row in rows(
            self._db,
            f"SELECT d.name, r.council, c.name AS ballot, r.verdict, r.reasons, r.warnings "  # noqa: S608
            "FROM readings AS d JOIN reports AS r ON r.reading_id = d.id "
            "LEFT JOIN ballots AS c ON c.night = r.night AND c.ballot = r.ballot "
            f"WHERE {chosen} ORDER BY r.id",
            wanted=wanted,
        ):
            status = VerdictStatus(row["verdict"])
            counts[status] += 1
            warned = status is VerdictStatus.ACCEPTED and row["warnings"] != "[]"
            if warned or status in (VerdictStatus.HELD, VerdictStatus.REJECTED):
                about = self.council_name(row["council"]) if row["council"] else row["ballot"]
                said = tuple(json.loads(row["warnings" if warned else "reasons"]))
                problems[status].append(ProblemDocument(row["name"], about, said))
        for name, faults in rows(
            self._db,
            f"SELECT d.name, d.faults FROM readings AS d "  # noqa: S608
            f"WHERE d.faults != '[]' AND {chosen} ORDER BY d.id",
            wanted=wanted,
        ):
            found = [ProblemDocument(name, None, (fault,)) for fault in json.loads(faults)]
            counts[VerdictStatus.REJECTED] += len(found)
            problems[VerdictStatus.REJECTED] += found
        return Documents(
            counts=counts,
            held=tuple(problems[VerdictStatus.HELD]),
            rejected=tuple(problems[VerdictStatus.REJECTED]),
            warned=tuple(problems[VerdictStatus.ACCEPTED]),
        )

    def last_readings(self, feed: str, names: Collection[str]) -> set[int]:
        """Return the ids of the last documents that a *feed* brought under each of *names*."""
        last = (
            "SELECT max(id) FROM readings WHERE feed = ? "
            "AND name IN (SELECT value FROM json_each(?)) GROUP BY name"
        )
        return set(column(self._db, last, feed, json.dumps(sorted(names))))
