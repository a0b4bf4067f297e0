"""The journal alone gives every table again; order and repetition of documents change no end."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import SteppedClock
from bot.desk import Desk, Editor
from bot.election.case_file import RulingAction
from bot.election.reports import Reading
from bot.ingest.ingest import Ingest
from bot.ingest.rejudge import rejudge
from bot.store.errors import StoreError
from bot.store.opening import open_for_reading, open_for_writing
from bot.store.reader import Reader
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from tests.support.small_night import (
    AFTER_CLOSE,
    ALMANAC,
    NIGHT,
    council_nominations,
    council_result,
    document,
    fetch,
    state_of_parties,
    ward_report,
)

CRAWLEY = council_result("CRA", {"Lab": 18, "Con": 17, "Vac": 1}, winner="Lab")
DOCUMENTS = (
    document(council_nominations("KHL", {"Lab": 29, "LD": 26, "Ind": 1, "Vac": 1})),
    document(council_result("KHL", {"LD": 28, "Lab": 28, "Ind": 1})),
    document(council_result("KHL", {"LD": 29, "Lab": 27, "Ind": 1}, revision=2)),
    document(council_nominations("WOR", {"Con": 19, "Lab": 16})),
    document(council_result("WOR", {"Con": 17, "Lab": 16, "Green": 2})),
    document(council_result("WOR", {"Con": 17, "Lab": 16}, winner=None, revision=2)),
    document(CRAWLEY),
    document(council_result("BDG", {"Lab": 51}), state_of_parties(3)),
    document(council_result("BDG", {"Lab": 50, "Con": 1}, test=True)),
    document(council_result("", {"Wessex First": 9}, name="Wessex", sitting=None)),
    document(ward_report("KHL", "Avenue", {"LD": True, "Lab": False}, minute=3)),
    document(ward_report("KHL", "Avenue", {"LD": None, "Lab": None}, minute=1)),
    document(ward_report("KHL", "Boulevard", {"Fish Party": True}), state_of_parties(2)),
    document(name="broken.xml", faults=("It breaks off.",)),
)


async def take_in(path: Path, batches: Sequence[Sequence[Reading]], *, confirm: bool) -> None:
    async with Writer(path) as writer:
        ingest = Ingest(writer, ALMANAC, SteppedClock(AFTER_CLOSE))
        for number, batch in enumerate(batches):
            await ingest.file(fetch(*batch, cursor=number, files={"last": number}))
        if confirm and (held := await ingest.find_held("CRA")) is not None:
            desk = Desk(writer, ingest, ALMANAC, SteppedClock(AFTER_CLOSE))
            await desk.rule(held.report_id, RulingAction.CONFIRM, Editor("Ada"), "as announced")


def end_of(path: Path) -> dict[str, Any]:
    """Where a night ended, without what tells only the way there: ids, versions and times."""
    with Reader(path, ALMANAC) as reader:
        claims = {
            claim.council: claim.version.content
            for claim in reader.claims(NIGHT)  # the last version of each stays
        }
        return {
            "councils": [
                (
                    standing.council.code,
                    standing.before,
                    standing.held,
                    standing.declared
                    and (
                        standing.declared.after,
                        standing.declared.outcome,
                        standing.declared.now,
                        standing.declared.won,
                        standing.declared.changes,
                        standing.declared.by_desk,
                    ),
                    [(ward.name, ward.declared, ward.won) for ward in standing.wards],
                    [held.reasons for held in standing.awaiting_desk],
                )
                for standing in reader.councils(NIGHT)
            ],
            "claims": {code: content for code, content in claims.items() if content},
            "held": sorted((h.subject.name, h.held.reasons) for h in reader.held(NIGHT)),
            "states": [told.report for told in reader.states_of_parties(NIGHT)],
            "names": (reader.party_name("wire:Fish Party"), reader.council_name("wire:Wessex")),
        }


def verdicts(path: Path) -> dict[str, int]:
    with Reader(path, ALMANAC) as reader:
        return {
            status: n for status, n in reader.documents().counts.items() if status != "duplicate"
        }


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, int]]:
    path = tmp_path_factory.mktemp("in order") / "night.db"
    asyncio.run(take_in(path, [DOCUMENTS], confirm=True))
    return end_of(path), verdicts(path)


@settings(max_examples=15)
@given(data=st.data())
def test_any_order_and_repetition_ends_the_same_and_is_rebuilt(
    expected: tuple[dict[str, Any], dict[str, int]], data: st.DataObject
) -> None:
    repeated = data.draw(st.lists(st.sampled_from(DOCUMENTS), max_size=6))
    copies = [replace(reading, name=f"copy {n}") for n, reading in enumerate(repeated)]
    with_reports = [copy for copy in copies if copy.reports]
    order = data.draw(st.permutations([*DOCUMENTS, *repeated, *with_reports]))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(order) - 1), max_size=5)))
    batches = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "night.db"
        asyncio.run(take_in(path, batches, confirm=True))
        assert end_of(path) == expected[0]
        assert verdicts(path).keys() == expected[1].keys()
        accepted = {s: n for s, n in verdicts(path).items() if s in ("accepted", "held")}
        assert accepted == {s: n for s, n in expected[1].items() if s in ("accepted", "held")}
        assert rebuild(path).differences == ()
        assert rejudge(path, ALMANAC) == ()


@given(order=st.permutations(DOCUMENTS))
@settings(max_examples=8)
def test_the_order_within_one_fetch_leaves_no_trace_at_all(order: list[Reading]) -> None:
    dumps = []
    for batch in (DOCUMENTS, order):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "night.db"
            asyncio.run(take_in(path, [batch], confirm=False))
            connection = open_for_reading(path)
            dumps.append(connection.execute("SELECT * FROM journal ORDER BY seq").fetchall())
            connection.close()
    assert list(map(tuple, dumps[0])) == list(map(tuple, dumps[1]))


def test_rebuilding_into_a_file_gives_a_file_that_answers_the_same(tmp_path: Path) -> None:
    path, fresh = tmp_path / "night.db", tmp_path / "fresh.db"
    asyncio.run(take_in(path, [DOCUMENTS], confirm=True))
    steps: list[tuple[int, int]] = []
    rebuilt = rebuild(path, fresh, progress=lambda done, total: steps.append((done, total)))
    assert rebuilt.differences == ()
    assert steps[-1] == (rebuilt.entries, rebuilt.entries)
    assert end_of(fresh) == end_of(path)
    with pytest.raises(StoreError, match="exists already"):
        rebuild(path, fresh)


def test_what_does_not_follow_from_the_journal_is_named(tmp_path: Path) -> None:
    path = tmp_path / "night.db"
    asyncio.run(take_in(path, [DOCUMENTS], confirm=False))
    db = open_for_writing(path)
    db.conn.execute("UPDATE standings SET after = 'Con' WHERE council = 'KHL'")
    db.conn.execute("DELETE FROM claims WHERE council = 'BDG'")
    db.close()
    assert rebuild(path).differences == (
        "claims: rows that follow from the journal and are not in the file: 1.",
        "standings: rows in the file that do not follow from the journal: 1.",
        "standings: rows that follow from the journal and are not in the file: 1.",
    )


def test_an_entry_that_cannot_be_applied_is_named(tmp_path: Path) -> None:
    path = tmp_path / "night.db"
    asyncio.run(take_in(path, [DOCUMENTS[:1]], confirm=False))
    db = open_for_writing(path)
    db.conn.execute("INSERT INTO journal VALUES (99, '2022-05-06T03:00:00+01:00', 'magic', '{}')")
    db.close()
    with pytest.raises(StoreError, match=r"Entry 99 of the journal \(magic\)"):
        rebuild(path)


def test_rejudging_tells_what_other_tables_would_make_of_it_and_changes_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "night.db"
    late = [replace(one, received_at=AFTER_CLOSE + timedelta(hours=1)) for one in DOCUMENTS]
    asyncio.run(take_in(path, [late], confirm=False))
    before = end_of(path)
    elections = ALMANAC.night(NIGHT).elections
    renewed = replace(elections["BDG"], new_council=True)
    other = replace(
        ALMANAC,
        nights={
            NIGHT: replace(ALMANAC.night(NIGHT), elections={**elections, "BDG": renewed}),
        },
    )
    said = rejudge(path, other)
    assert (
        "Barking and Dagenham: claimed is Lab (hold); today it would be Lab (first election)."
        in said
    )
    assert end_of(path) == before
