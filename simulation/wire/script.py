"""The script of a night: which documents appear when.

It is made in two steps. *Events* are what happens: nominations are published, a council declares, a
ballot is entered; faults rewrite these. From them follow the *publications*, the files in PA's
folder, with a state of parties after each change of the results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial

from bot.almanac.recorded_nights import TimetableEvent, TimetableRow, WardStatus
from bot.feeds.elements import Element
from simulation.wire import pa
from simulation.wire.contests import ContestDocuments, as_bytes
from simulation.wire.democracy_club import BallotVersion, Winners
from simulation.wire.forms import as_json, as_xml
from simulation.wire.night import Figures, Night

_WARDS_BEFORE = timedelta(minutes=3)
"""How long before its result a Scottish council's wards appear: no source has their times."""


@dataclass(frozen=True, slots=True)
class ResultEvent:
    """A council's result goes out; a `copy` is a second file with the same content.

    A `cut` one is served while it is still being written, and whole a little later.
    """

    at: datetime
    code: str
    revision: int
    figures: Figures
    copy: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Outage:
    """The servers answer 503 from `start` to `end`, or not at all where they hang.

    `under` is the path of those that do; every path without one.
    """

    start: datetime
    end: datetime
    hangs: bool
    under: str = "/"


@dataclass(frozen=True)
class Publication:
    """A file that appears in the folder, or takes the place of one of the same name.

    A `cut` one is served only up to its middle: it is still being written.
    """

    at: datetime
    name: str
    compose: Callable[[], Element]
    cut: bool = False

    @cached_property
    def body(self) -> bytes:
        """The file's content: XML."""
        body = as_xml(self.compose())
        return body[: len(body) // 2] if self.cut else body

    @cached_property
    def json(self) -> bytes:
        """The document's JSON form."""
        return as_json(self.compose())


@dataclass(frozen=True)
class Count:
    """A counting officer's report that appears in their folder."""

    at: datetime
    name: str
    body: bytes


@dataclass(frozen=True)
class Script:
    """The events of a night, and the faults of its feeds."""

    night: Night
    nominations: tuple[TimetableRow, ...]
    results: tuple[ResultEvent, ...]
    ballots: tuple[BallotVersion, ...]
    outages: tuple[Outage, ...] = ()
    finished_after: timedelta = field(default=timedelta(minutes=2))

    @classmethod
    def of(cls, night: Night) -> Script:
        """Return the script of a night on which nothing goes wrong."""
        by_event: dict[TimetableEvent, list[TimetableRow]] = {kind: [] for kind in TimetableEvent}
        for row in night.timetable:
            by_event[row.event].append(row)
        nominations = by_event[TimetableEvent.NOMINATIONS]
        return cls(
            night=night,
            nominations=tuple(nominations),
            results=tuple(
                ResultEvent(row.at, row.code, 1, night.figures[row.code])
                for row in by_event[TimetableEvent.RESULT]
            ),
            ballots=tuple(
                _ballots(night, nominations, by_event[TimetableEvent.WARD]),
            ),
        )

    @cached_property
    def publications(self) -> tuple[Publication, ...]:
        """The files of PA's folder, in the order in which they appear."""
        composer = pa.Composer(self.night)
        found: list[Publication] = [
            Publication(
                row.at,
                pa.file_name("nominations", self.night.councils[row.code].wire_name),
                partial(composer.nominations, row.code),
            )
            for row in self.nominations
        ]
        in_force: dict[str, ResultEvent] = {}
        for event in sorted(self.results, key=lambda event: event.at):
            found += self._files_of(composer, event)
            present = in_force.get(event.code)
            if event.copy or (present is not None and present.revision >= event.revision):
                continue
            in_force[event.code] = event
            found += self._tables_after(composer, event, in_force)
        documents = ContestDocuments(self.night)
        for time in documents.times:
            if (name := documents.wire_name(time)) is not None:
                found.append(Publication(time.at, name, partial(documents.wire, time)))
        return tuple(sorted(found, key=lambda publication: publication.at))

    @cached_property
    def counts(self) -> tuple[Count, ...]:
        """The counting officers' reports, in the order in which they appear."""
        documents = ContestDocuments(self.night)
        found = [Count(at, name, as_bytes(report)) for at, name, report in documents.counted()]
        for event in self.results:
            at = event.at - _WARDS_BEFORE
            report = documents.wards(event.code, at) if event.revision == 1 else None
            if report is not None:
                found.append(Count(at, f"wards-{event.code}.json", as_bytes(report)))
        return tuple(sorted(found, key=lambda count: (count.at, count.name)))

    @cached_property
    def moments(self) -> tuple[datetime, ...]:
        """Every moment at which something changes, in order."""
        return tuple(
            sorted(
                {publication.at for publication in self.publications}
                | {count.at for count in self.counts}
                | {version.at for version in self.ballots}
                | {moment for outage in self.outages for moment in (outage.start, outage.end)}
            )
        )

    def outage_at(self, moment: datetime, path: str = "/") -> Outage | None:
        """Return the outage of *path* at a moment."""
        return next(
            (
                out
                for out in self.outages
                if out.start <= moment < out.end and path.startswith(out.under)
            ),
            None,
        )

    def _tables_after(
        self, composer: pa.Composer, event: ResultEvent, in_force: Mapping[str, ResultEvent]
    ) -> Iterator[Publication]:
        """Yield the states of parties after a result: of all, and its region's if there are any."""
        region = self.night.regions.get(event.code) if self.night.comes_as_array else None
        for place in (None, region) if region else (None,):
            declared = tuple(
                one.figures
                for code, one in in_force.items()
                if place in (None, self.night.regions.get(code))
            )
            name = str(len(declared)) if place is None else f"{place} {len(declared)}"
            compose = partial(composer.state_of_parties, declared, place)
            yield Publication(event.at, pa.file_name("SOP", name), compose)

    def _files_of(self, composer: pa.Composer, event: ResultEvent) -> Iterator[Publication]:
        """Yield a result's file, preceded by half of it if it is cut."""
        suffix = f"_{event.revision}" + ("_copy" if event.copy else "")
        name = pa.file_name("result", event.figures.council.wire_name, suffix)
        compose = partial(composer.result, event.figures, event.revision)
        whole_at = event.at
        if event.cut:
            yield Publication(event.at, name, compose, cut=True)
            whole_at += self.finished_after
        yield Publication(whole_at, name, compose)


def _ballots(
    night: Night, nominations: Iterable[TimetableRow], wards: Iterable[TimetableRow]
) -> Iterator[BallotVersion]:
    """Return every ballot without its winners on the eve, and with them once it is declared.

    Those returned unopposed have their winners on the eve; a countermanded poll never has any.
    """
    opened = {row.code: row.at for row in nominations}
    for ward in night.wards.values():
        unopposed = ward.status is WardStatus.UNCONTESTED
        winners = Winners.RIGHT if unopposed else Winners.UNKNOWN
        yield BallotVersion(opened[ward.code], ward.ward_id, winners)
    for row in wards:
        if row.ward_id is not None and night.wards[row.ward_id].status is WardStatus.CONTESTED:
            yield BallotVersion(row.at, row.ward_id, Winners.RIGHT)
