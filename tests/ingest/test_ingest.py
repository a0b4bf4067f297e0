"""What ingest takes in, and what follows from it."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import bot.ingest.decider
import bot.ingest.ingest
from bot.clock import SteppedClock
from bot.election.case_file import CaseFile, VerdictStatus
from bot.election.claims import Basis, ClaimContent, ClaimState
from bot.election.control import NOC, Control, Outcome
from bot.election.decide_council import Decision, decide
from bot.election.parties import Parties, WireParty
from bot.election.policy import Policy
from bot.election.reports import (
    CouncilResult,
    Nominations,
    PartyNominations,
    PartySeats,
    WardReport,
    WireCouncil,
)
from bot.errors import is_of_the_machine
from bot.feeds.feed import Fetch
from bot.ingest.ingest import Ingest
from bot.store.errors import StoreError
from bot.store.opening import open_for_reading
from bot.store.reader import Reader
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from tests.support.small_night import (
    AFTER_CLOSE,
    ALMANAC,
    NIGHT,
    POLLS_CLOSE,
    council_nominations,
    council_result,
    document,
    fetch,
    state_of_parties,
    ward_report,
)

HULL_TO_LD = council_result("KHL", {"LD": 29, "Lab": 27, "Ind": 1}, won={"LD": 12, "Lab": 7})
CRAWLEY = council_result("CRA", {"Lab": 18, "Con": 17, "Vac": 1}, winner="Lab")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "night.db"


@asynccontextmanager
async def at_work(path: Path, **how: object) -> AsyncIterator[tuple[Ingest, Reader]]:
    async with Writer(path) as writer:
        ingest = Ingest(writer, ALMANAC, SteppedClock(AFTER_CLOSE), **how)  # type: ignore[arg-type]
        with Reader(path, ALMANAC) as reader:
            yield ingest, reader


async def test_a_result_becomes_a_standing_and_a_claim(path: Path) -> None:
    async with at_work(path) as (ingest, reader):
        filing = await ingest.file(fetch(document(HULL_TO_LD)))
        hull = reader.council(NIGHT, "KHL")
    assert filing.counts == {VerdictStatus.ACCEPTED: 1, VerdictStatus.DUPLICATE: 0}
    assert [(c.subject.code, c.version.version) for c in filing.claims] == [("KHL", 1)]
    assert hull is not None
    assert hull.before == Control("Lab")
    assert hull.declared is not None
    assert hull.declared.after == Control("LD")
    assert hull.declared.outcome is Outcome.GAIN
    assert hull.declared.now == {"LD": 29, "Lab": 27, "Ind": 1}
    assert hull.declared.won == {"LD": 12, "Lab": 7}
    assert hull.declared.declared_at == AFTER_CLOSE
    assert hull.declared.source.revision == 1


async def test_a_correction_makes_the_next_version_and_the_old_revision_no_more(path: Path) -> None:
    corrected = council_result("KHL", {"LD": 28, "Lab": 28, "Ind": 1}, revision=2)
    later = AFTER_CLOSE + timedelta(minutes=20)
    async with at_work(path) as (ingest, reader):
        await ingest.file(fetch(document(HULL_TO_LD)))
        filing = await ingest.file(fetch(document(corrected, at=later)))
        late_copy = await ingest.file(fetch(document(HULL_TO_LD, name="again.xml")))
        hull = reader.council(NIGHT, "KHL")
        counts = reader.documents().counts
    (claim,) = filing.claims
    assert claim.version.state is ClaimState.CORRECTED
    assert claim.version.content is not None
    assert claim.version.content.after == NOC
    assert late_copy.counts[VerdictStatus.DUPLICATE] == 1
    assert not late_copy.claims
    assert counts == {
        VerdictStatus.ACCEPTED: 1,
        VerdictStatus.SUPERSEDED: 1,
        VerdictStatus.DUPLICATE: 1,
    }
    assert hull is not None
    assert hull.declared is not None
    assert (hull.declared.version, hull.declared.declared_at) == (2, AFTER_CLOSE)


async def test_two_revisions_in_one_fetch_make_one_claim(path: Path) -> None:
    corrected = council_result("KHL", {"LD": 28, "Lab": 28, "Ind": 1}, revision=2)
    async with at_work(path) as (ingest, _):
        filing = await ingest.file(fetch(document(corrected), document(HULL_TO_LD)))
    assert filing.counts[VerdictStatus.SUPERSEDED] == 1
    (claim,) = filing.claims
    assert (claim.version.version, claim.version.state) == (1, ClaimState.DECLARED)


async def test_a_document_that_came_before_is_a_duplicate_and_not_filed_again(path: Path) -> None:
    readings = (document(HULL_TO_LD), document(name="broken.xml", faults=("It breaks off.",)))
    async with at_work(path) as (ingest, reader):
        first = await ingest.file(fetch(*readings))
        second = await ingest.file(fetch(*readings))
        documents = reader.documents()
    assert first.counts[VerdictStatus.REJECTED] == 1
    assert second.counts == {VerdictStatus.DUPLICATE: 2}
    assert sorted(second.repeated) == sorted(reading.name for reading in readings)
    assert not second.documents
    assert documents.counts == {VerdictStatus.ACCEPTED: 1, VerdictStatus.REJECTED: 1}
    assert documents.rejected[0].document == "broken.xml"


async def test_test_material_touches_no_table_but_reports(path: Path) -> None:
    test = council_result("KHL", {"LD": 29, "Lab": 28}, test=True, sitting="Nobody's Party")
    async with at_work(path) as (ingest, reader):
        filing = await ingest.file(fetch(document(test)))
        hull = reader.council(NIGHT, "KHL")
        rows = await ingest._writer.transact(
            lambda tx: [tx.rows(f"SELECT * FROM {t}") for t in ("standings", "wire_names")]
        )
    assert filing.counts[VerdictStatus.REJECTED] == 1
    assert "test material" in filing.problems[0].reasons[0]
    assert hull is not None
    assert hull.declared is None
    assert rows == [[], []]


async def test_test_material_counts_where_it_is_allowed(path: Path) -> None:
    test = council_result("KHL", {"LD": 29, "Lab": 28}, test=True)
    early = document(test, at=POLLS_CLOSE - timedelta(days=3))
    async with at_work(path, policy=Policy(allow_test=True)) as (ingest, _):
        filing = await ingest.file(fetch(early))
    assert [claim.subject.code for claim in filing.claims] == ["KHL"]


def _tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every table's rows."""
    with closing(open_for_reading(path)) as db:
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = [name for (name,) in names if not name.startswith("_")]
        return {name: list(map(tuple, db.execute(f"SELECT * FROM {name}"))) for name in names}


class _Failing:
    """Calls *real*, and raises a fault at the calls that *when* counts."""

    def __init__(self, real: Callable[..., Any], fault: BaseException, when: range) -> None:
        self._real, self._fault, self._when = real, fault, when
        self._calls = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._calls += 1
        if self._calls in self._when:
            raise self._fault
        return self._real(*args, **kwargs)


MACHINE_FAULTS = (
    OSError(errno.EMFILE, "Too many open files"),
    MemoryError(),
    StoreError("There is no room."),
)


@pytest.mark.parametrize("fault", MACHINE_FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize(
    ("place", "name"),
    [
        (bot.ingest.decider, "decide"),
        (bot.ingest.ingest, "encode"),
        (bot.ingest.decider, "load_council_case"),
    ],
    ids=["deciding", "writing down", "reading back"],
)
async def test_a_fault_of_the_machine_is_no_verdict_and_the_fetch_is_asked_again(
    path: Path, monkeypatch: pytest.MonkeyPatch, place: Any, name: str, fault: BaseException
) -> None:
    def fetched() -> Fetch:
        worcester = document(council_result("WOR", {"Con": 17, "Lab": 18}))
        return fetch(
            document(HULL_TO_LD), worcester, document(name="b.xml", faults=("It is cut.",))
        )

    undisturbed = path.with_name("undisturbed.db")
    async with at_work(undisturbed) as (ingest, _):
        await ingest.file(fetched())
    real = getattr(place, name)
    async with at_work(path) as (ingest, reader):
        for call in (1, 2):
            monkeypatch.setattr(place, name, _Failing(real, fault, range(call, 99)))
            with pytest.raises(type(fault)):
                await ingest.file(fetched())
            assert reader.documents().counts.total() == 0
        monkeypatch.setattr(place, name, real)
        filing = await ingest.file(fetched())
    assert {claim.subject.code for claim in filing.claims} == {"KHL", "WOR"}
    assert _tables(path) == _tables(undisturbed)


@pytest.mark.parametrize(
    "broken",
    [
        council_result("KHL", {"LD": 30, "Lab": 27}, revision=1 << 70),
        council_result("KHL", {"LD": 1 << 70, "Lab": 27}),
        council_result("KHL", {"LD": 30, "Lab": 27}, name="\ud800"),
    ],
    ids=["revision", "seats", "name"],
)
async def test_a_report_that_the_store_cannot_hold_stops_no_feed(
    path: Path, broken: CouncilResult
) -> None:
    worcester = document(council_result("WOR", {"Con": 17, "Lab": 18}))
    async with at_work(path) as (ingest, _):
        filing = await ingest.file(fetch(document(broken, name="broken.xml"), worcester))
    assert [claim.subject.code for claim in filing.claims] == ["WOR"]
    assert [problem.document for problem in filing.problems] == ["broken.xml"]
    assert rebuild(path).differences == ()


async def test_one_council_that_cannot_be_decided_about_again_stops_no_feed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ward = replace(ward_report("KHL", "Avenue", {"LD": True, "Lab": False}), updated_at=None)
    worcester = document(council_result("WOR", {"Con": 17, "Lab": 18}))

    def fragile(case: CaseFile, parties: Parties) -> Decision:
        if any(filed.settled for filed in case.wards):
            raise ZeroDivisionError("seats")
        return decide(case, parties)

    async with at_work(path) as (ingest, _):
        await ingest.file(fetch(document(ward, name="avenue.xml")))
        monkeypatch.setattr(bot.ingest.decider, "decide", fragile)
        filing = await ingest.file(fetch(document(ward, name="avenue.xml"), worcester))
    assert [claim.subject.code for claim in filing.claims] == ["WOR"]


async def test_a_full_disk_leaves_nothing_half_written(path: Path) -> None:
    """SQLite itself undoes the transaction then: what is written after that would stay alone."""
    documents = [
        document(council_result(code, {"Con": 17, "Lab": 18}), name=f"{code}.xml")
        for code in ("WOR", "CRA", "BDG", "KHL")
    ]
    async with Writer(path) as writer:
        ingest = Ingest(writer, ALMANAC, SteppedClock(AFTER_CLOSE))
        await ingest.file(fetch(documents[0]))
        before = _tables(path)
        (pages,) = (await writer.transact(lambda tx: tx.rows("PRAGMA page_count")))[0]
        undone = 0
        for room in range(pages, pages + 50):
            limit = f"PRAGMA max_page_count = {room}"
            await writer.transact(lambda tx, limit=limit: tx.rows(limit))  # type: ignore[misc]
            try:
                filing = await ingest.file(fetch(*documents))
            except (StoreError, sqlite3.OperationalError) as fault:
                assert is_of_the_machine(fault)
                assert _tables(path) == before
                undone += 1
            else:
                break
    assert undone > 2
    assert filing.counts == {VerdictStatus.HELD: 3, VerdictStatus.DUPLICATE: 1}


async def test_a_report_that_breaks_is_kept_and_loses_none_of_its_neighbours(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = council_result("KHL", {"LD": 30, "Lab": 27}, revision=666)

    def fragile(case: CaseFile, parties: Parties) -> Decision:
        if any(filed.report.revision == 666 for filed in case.results):
            raise ZeroDivisionError("seats")
        return decide(case, parties)

    monkeypatch.setattr(bot.ingest.decider, "decide", fragile)
    readings = (
        document(broken, name="broken.xml"),
        document(HULL_TO_LD),
        document(council_result("WOR", {"Con": 17, "Lab": 18})),
    )
    async with at_work(path) as (ingest, reader):
        filing = await ingest.file(fetch(*readings))
        again = await ingest.file(
            fetch(document(council_result("KHL", {"LD": 29, "Lab": 28}, revision=2)))
        )
        documents = reader.documents()
    assert {claim.subject.code for claim in filing.claims} == {"KHL", "WOR"}
    assert [problem.document for problem in filing.problems] == ["broken.xml"]
    assert "ZeroDivisionError" in filing.problems[0].reasons[0]
    assert again.counts[VerdictStatus.ACCEPTED] == 1
    assert documents.counts[VerdictStatus.REJECTED] == 1


async def test_a_report_that_cannot_be_written_down_is_a_fault_of_its_document(path: Path) -> None:
    garbled = replace(CRAWLEY, council=WireCouncil("Craw\udc80ley"))
    async with at_work(path) as (ingest, _):
        filing = await ingest.file(fetch(document(garbled, HULL_TO_LD, name="both.json")))
    assert [claim.subject.code for claim in filing.claims] == ["KHL"]
    assert filing.counts[VerdictStatus.REJECTED] == 1
    assert filing.problems[0].document == "both.json"


async def test_nominations_can_change_the_verdict_on_a_result(path: Path) -> None:
    short = council_result("KHL", {"LD": 29, "Lab": 27})
    held_seats = {"Lab": 29, "LD": 27, "Ind": 4}
    async with at_work(path) as (ingest, reader):
        first = await ingest.file(fetch(document(short)))
        second = await ingest.file(fetch(document(council_nominations("KHL", held_seats))))
        hull = reader.council(NIGHT, "KHL")
    assert [claim.version.state for claim in first.claims] == [ClaimState.DECLARED]
    assert [claim.version.state for claim in second.claims] == [ClaimState.RETRACTED]
    assert hull is not None
    assert hull.held == held_seats
    assert hull.awaiting_desk


@pytest.mark.parametrize("live", [True, False])
async def test_late_nominations_take_no_result_back_on_a_live_night(path: Path, live: bool) -> None:
    of_another_size = council_nominations("KHL", {"Lab": 31, "LD": 29})
    async with at_work(path, policy=Policy(late_nominations_wait=live)) as (ingest, reader):
        await ingest.file(fetch(document(HULL_TO_LD)))
        filing = await ingest.file(fetch(document(of_another_size)))
        hull = reader.council(NIGHT, "KHL")
    assert hull is not None
    if live:
        assert hull.declared is not None
        assert filing.claims == ()
        assert filing.counts[VerdictStatus.HELD] == 1
        assert "came in after a result that they do not fit" in filing.problems[0].reasons[0]
    else:
        assert hull.declared is None


async def test_late_nominations_change_no_claim_of_the_wards_on_a_live_night(path: Path) -> None:
    moved = replace(
        HULLS_NOMINATIONS,
        parties=(
            PartyNominations(WireParty("Lab"), 31, 10, 0, 19),
            PartyNominations(WireParty("LD"), 26, 9, 0, 19),
        ),
    )
    wards = hulls_wards(labour=8, liberal=11)
    async with at_work(path, policy=Policy(late_nominations_wait=True)) as (ingest, reader):
        await ingest.file(fetch(document(HULLS_NOMINATIONS)))
        await ingest.file(fetch(*map(document, wards), feed="dc"))
        filing = await ingest.file(fetch(document(moved)))
        hull = reader.council(NIGHT, "KHL")
    assert filing.claims == ()
    assert filing.counts[VerdictStatus.HELD] == 1
    assert hull is not None
    assert hull.declared is not None
    assert hull.declared.after == Control("LD")


async def test_an_unknown_council_is_held_until_nominations_introduce_it(path: Path) -> None:
    wessex = council_result("", {"LD": 30, "Wessex First": 20}, name="Wessex", sitting=None)
    async with at_work(path) as (ingest, reader):
        first = await ingest.file(fetch(document(wessex)))
        before = [standing.council.name for standing in reader.councils(NIGHT)]
        waiting = reader.held(NIGHT)
        introduced = council_nominations("", {"LD": 25, "Wessex First": 25}, "Wessex")
        second = await ingest.file(fetch(document(introduced)))
        after = [standing.council.name for standing in reader.councils(NIGHT)]
        name = reader.party_name("wire:wessex first")
    assert [problem.council for problem in first.problems] == ["Wessex"]
    assert "Wessex" not in before
    assert [report.subject.code for report in waiting] == ["wire:Wessex"]
    assert [claim.subject.code for claim in second.claims] == ["wire:Wessex"]
    assert "Wessex" in after
    assert name == "Wessex First"


async def test_a_ward_follows_its_newest_update_and_its_council_waits(path: Path) -> None:
    counting = ward_report("KHL", "Avenue", {"LD": None, "Lab": None}, minute=1)
    declared = ward_report("KHL", "Avenue", {"LD": True, "Lab": False}, minute=9)
    async with at_work(path) as (ingest, reader):
        await ingest.file(fetch(document(declared, feed="dc"), feed="dc"))
        late = await ingest.file(fetch(document(counting, feed="dc"), feed="dc"))
        hull = reader.council(NIGHT, "KHL")
        (detail,) = reader.wards(NIGHT, "KHL")
    assert late.counts[VerdictStatus.SUPERSEDED] == 1
    assert hull is not None
    assert [(ward.name, ward.declared, dict(ward.won)) for ward in hull.wards] == [
        ("Avenue", True, {"LD": 1})
    ]
    assert detail.report.candidates[0].votes == (100,)


def hulls_wards(*, labour: int, liberal: int) -> list[WardReport]:
    winners = ["Lab"] * labour + ["LD"] * liberal
    return [
        ward_report("KHL", f"Ward {number}", {winner: True})
        for number, winner in enumerate(winners)
    ]


HULLS_NOMINATIONS = Nominations(
    NIGHT,
    WireCouncil("Kingston upon Hull"),
    (
        PartyNominations(WireParty("Lab"), 30, 10, 0, 19),
        PartyNominations(WireParty("LD"), 27, 9, 0, 19),
    ),
)


async def test_a_claim_can_rest_on_wards_alone(path: Path) -> None:
    *wards, last = hulls_wards(labour=8, liberal=11)
    first, later = AFTER_CLOSE, AFTER_CLOSE + timedelta(minutes=10)
    async with at_work(path) as (ingest, reader):
        await ingest.file(fetch(document(HULLS_NOMINATIONS)))
        await ingest.file(fetch(*(document(ward, at=first) for ward in wards), feed="dc"))
        counting = reader.council(NIGHT, "KHL")
        filing = await ingest.file(fetch(document(last, at=later), feed="dc"))
        hull = reader.council(NIGHT, "KHL")
    assert counting is not None
    assert counting.declared is None
    (claim,) = filing.claims
    assert claim.version.content == ClaimContent.of(Control("Lab"), Control("LD"))
    assert hull is not None
    assert hull.declared is not None
    assert hull.declared.now == {"LD": 29, "Lab": 28}
    assert hull.declared.changes == {"LD": 2, "Lab": -2}
    assert (hull.declared.basis, hull.declared.declared_at) == (Basis.WARDS, later)
    assert hull.declared.source.received_at == later


async def test_winners_before_polls_close_are_held(path: Path) -> None:
    ward = ward_report("KHL", "Avenue", {"LD": True})
    early = document(ward, at=POLLS_CLOSE - timedelta(hours=1))
    async with at_work(path) as (ingest, reader):
        filing = await ingest.file(fetch(early))
        hull = reader.council(NIGHT, "KHL")
    assert filing.counts[VerdictStatus.HELD] == 1
    assert hull is not None
    assert not hull.wards


async def test_a_ward_of_a_council_that_nothing_introduces_is_held(path: Path) -> None:
    ward = replace(ward_report("KHL", "Avenue", {"LD": True}), council=WireCouncil("Wessex"))
    async with at_work(path) as (ingest, reader):
        filing = await ingest.file(fetch(document(ward)))
        assert "wire:Wessex" not in [one.council.code for one in reader.councils(NIGHT)]
    assert filing.counts[VerdictStatus.HELD] == 1
    assert "Wessex" in filing.problems[0].reasons[0]


async def test_a_by_election_brings_no_council_into_the_night(path: Path) -> None:
    ward = ward_report("WTH", "Marine", {"Lab": True}, by_election=True)
    async with at_work(path) as (ingest, reader):
        await ingest.file(fetch(document(ward)))
        assert reader.council(NIGHT, "WTH") is None
        assert "WTH" not in [standing.council.code for standing in reader.councils(NIGHT)]


async def test_a_state_of_parties_is_kept_once_and_read_in_the_order_of_results(path: Path) -> None:
    late, early = state_of_parties(9), state_of_parties(2)
    async with at_work(path) as (ingest, reader):
        await ingest.file(fetch(document(late), document(early)))
        filing = await ingest.file(fetch(document(late, name="copy.xml")))
        told = reader.states_of_parties(NIGHT)
    assert filing.counts[VerdictStatus.DUPLICATE] == 1
    assert [state.report.results for state in told] == [2, 9]


async def test_the_first_fetch_of_a_live_feed_is_silent_and_the_next_is_not(path: Path) -> None:
    async with at_work(path, seed_backlog=True) as (ingest, reader):
        first = await ingest.file(fetch(document(HULL_TO_LD), cursor=1))
        second = await ingest.file(
            fetch(document(council_result("WOR", {"Con": 17, "Lab": 18})), cursor=2)
        )
        claims = reader.claims(NIGHT)
        (feed,) = reader.feeds()
        state = reader.feed_state("pa")
    assert (first.seeded, second.seeded) == (True, False)
    assert [claim.seeded for claim in claims] == [True, False]
    assert feed.seeded_at == AFTER_CLOSE
    assert state == {"cursor": 2}


async def test_a_backlog_that_breaks_off_is_silent_until_it_is_whole(path: Path) -> None:
    worcester = document(council_result("WOR", {"Con": 17, "Lab": 18}))
    barking = document(council_result("BDG", {"Lab": 51}))
    async with at_work(path, seed_backlog=True) as (ingest, reader):
        await ingest.file(fetch(document(HULL_TO_LD), complete=False))
        await ingest.file(fetch(worcester))
        await ingest.file(fetch(barking))
        assert [claim.seeded for claim in reader.claims(NIGHT)] == [True, True, False]


async def test_a_restart_never_seeds(path: Path) -> None:
    async with at_work(path, seed_backlog=True) as (ingest, _):
        await ingest.file(fetch(cursor=1))
    async with at_work(path, seed_backlog=True) as (ingest, reader):
        filing = await ingest.file(fetch(document(HULL_TO_LD), cursor=2))
        assert not filing.seeded
        assert [claim.seeded for claim in reader.claims(NIGHT)] == [False]


async def test_a_replay_from_the_beginning_seeds_nothing(path: Path) -> None:
    async with at_work(path) as (ingest, _):
        filing = await ingest.file(fetch(document(HULL_TO_LD)))
    assert not filing.seeded


async def test_another_spelling_of_the_same_seats_says_the_same(path: Path) -> None:
    spelt = replace(
        HULL_TO_LD,
        council=replace(HULL_TO_LD.council, name="hull"),
        winner=WireParty("Liberal Democrat", "LD"),
        composition=(*HULL_TO_LD.composition, PartySeats(WireParty("Con"), 0)),
    )
    async with at_work(path) as (ingest, _):
        filing = await ingest.file(fetch(document(HULL_TO_LD), document(spelt)))
    assert filing.counts[VerdictStatus.DUPLICATE] == 1
    assert filing.counts[VerdictStatus.HELD] == 0


async def test_lines_in_another_order_say_the_same(path: Path) -> None:
    turned = council_result("KHL", {"Ind": 1, "Lab": 27, "LD": 29}, won={"Lab": 7, "LD": 12})
    async with at_work(path) as (ingest, _):
        filing = await ingest.file(fetch(document(HULL_TO_LD), document(turned)))
    assert filing.counts[VerdictStatus.DUPLICATE] == 1
