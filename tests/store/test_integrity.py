"""A damaged file is known as that, in a sentence, and what can be read of it is saved."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import DAMAGED, UNUSABLE, main
from bot.clock import SteppedClock
from bot.ingest.ingest import Ingest
from bot.store.errors import DamagedError, StoreError
from bot.store.integrity import IntegrityMonitor, refuse_damaged, suggests_damage
from bot.store.opening import open_for_reading, open_for_writing
from bot.store.rebuild import rebuild
from bot.store.salvage import salvage
from bot.store.sqlite_pages import rows_in
from bot.store.writer import Writer
from tests.store.test_rebuild import AFTER_CLOSE, ALMANAC, DOCUMENTS, end_of, take_in
from tests.support.small_night import council_result, document, fetch

PAGE = 4096


def silently(done: int, total: int) -> None:
    """Say nothing of the progress."""


@pytest.fixture(autouse=True)
def small_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    for command in ("ask", "doctor", "ingest", "rebuild", "run"):
        monkeypatch.setattr(f"bot.cli.{command}.load_almanac", lambda **_: ALMANAC)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "night.sqlite"
    asyncio.run(take_in(path, [DOCUMENTS[n : n + 1] for n in range(len(DOCUMENTS))], confirm=True))
    with closing(open_for_writing(path)) as db:
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def path(sound: Path, tmp_path: Path) -> Path:
    path = tmp_path / "night.sqlite"
    shutil.copy(sound, path)
    return path


def pages_of(path: Path, table: str) -> list[int]:
    """Return the pages of a table or an index, its root first."""
    with closing(sqlite3.connect(path)) as db:
        (root,) = db.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
    data = path.read_bytes()
    start = (root - 1) * PAGE
    if data[start] not in (0x05, 0x02):
        return [root]
    cells = int.from_bytes(data[start + 3 : start + 5])
    places = [int.from_bytes(data[start + 12 + 2 * n :][:2]) for n in range(cells)]
    children = [int.from_bytes(data[start + place :][:4]) for place in places]
    return [root, *children, int.from_bytes(data[start + 8 : start + 12])]


def zero(path: Path, *numbers: int) -> None:
    with path.open("r+b") as file:
        for number in numbers:
            file.seek((number - 1) * PAGE)
            file.write(bytes(PAGE))


Spoil = Callable[[Path], None]


def leaf_of_journal(path: Path) -> None:
    zero(path, pages_of(path, "journal")[2])


def last_leaf_of_journal(path: Path) -> None:
    zero(path, pages_of(path, "journal")[-1])


def root_of_journal(path: Path) -> None:
    zero(path, pages_of(path, "journal")[0])


def first_page(path: Path) -> None:
    zero(path, 1)


def derived_table(path: Path) -> None:
    zero(path, pages_of(path, "standings")[0])


def index(path: Path) -> None:
    zero(path, pages_of(path, "reports_council")[0])


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 8 * PAGE)


def text_file(path: Path) -> None:
    path.write_text("The results follow.\n" * 1000)


ALL: list[Spoil] = [
    leaf_of_journal,
    last_leaf_of_journal,
    root_of_journal,
    first_page,
    derived_table,
    index,
    truncated,
    text_file,
]


@pytest.mark.parametrize("spoil", ALL)
def test_a_damaged_file_is_found_at_the_start(spoil: Spoil, path: Path) -> None:
    refuse_damaged(path, pause=0)
    spoil(path)
    with pytest.raises(DamagedError, match=r"rebuild --db .* --into FILE"):
        refuse_damaged(path, pause=0)


@pytest.mark.parametrize(
    "spoil",
    [leaf_of_journal, first_page, index, text_file, lambda path: (path.unlink(), path.mkdir())],
)
@pytest.mark.parametrize("command", [["ask", "/council Hull"], ["run"], ["doctor"], ["rebuild"]])
def test_no_command_breaks_off_with_a_traceback(
    command: list[str],
    spoil: Spoil,
    path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ELECTION_NIGHT_TOKEN", "token")
    monkeypatch.setenv("ELECTION_NIGHT_DISCORD_API", "http://127.0.0.1:9/api/v10")
    spoil(path)
    status = main([*command, "--db", str(path)])
    said = capsys.readouterr()
    text = said.out + said.err
    assert "Traceback" not in text
    if command == ["run"]:
        assert status == (UNUSABLE if path.is_dir() else DAMAGED)
    if command != ["ask", "/council Hull"]:
        assert status in (1, UNUSABLE, DAMAGED)
        assert str(path) in text


@pytest.mark.parametrize("spoil", [derived_table, index])
def test_what_follows_from_the_journal_is_derived_again_without_any_loss(
    spoil: Spoil, sound: Path, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(path)
    fresh = tmp_path / "fresh.sqlite"
    assert main(["rebuild", "--db", str(path), "--into", str(fresh)]) == 0
    said = capsys.readouterr().out
    assert "is damaged" in said
    assert "Nothing is lost." in said
    assert f"election-night restore {fresh}" in said
    assert end_of(fresh) == end_of(sound)
    assert rebuild(fresh).differences == ()


def entries_of(path: Path) -> list[tuple[object, ...]]:
    with closing(open_for_reading(path)) as db:
        return [tuple(row) for row in db.execute("SELECT * FROM journal ORDER BY seq")]


@pytest.mark.parametrize("spoil", [root_of_journal, first_page])
def test_a_page_above_the_entries_loses_none_of_them(
    spoil: Spoil, sound: Path, path: Path, tmp_path: Path
) -> None:
    spoil(path)
    saved = salvage(path, tmp_path / "fresh.sqlite", silently)
    assert (saved.lost, saved.left_out) == (0, 0)
    assert entries_of(tmp_path / "fresh.sqlite")[: saved.entries] == entries_of(sound)


@pytest.mark.parametrize("spoil", [leaf_of_journal, last_leaf_of_journal, truncated])
def test_what_is_lost_is_counted_and_the_rest_is_saved(
    spoil: Spoil, sound: Path, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(path)
    fresh = tmp_path / "fresh.sqlite"
    assert main(["rebuild", "--db", str(path)]) == 1
    assert "can be saved" in capsys.readouterr().out
    assert main(["rebuild", "--db", str(path), "--into", str(fresh)]) == 1
    said = capsys.readouterr().out
    assert ("lost" in said) or ("came last is not known" in said)
    whole, kept = entries_of(sound), entries_of(fresh)
    assert kept[-1][2] == "copy-restored"
    assert 0 < len(kept) - 1 < len(whole)
    assert set(kept[:-1]) < set(whole)
    assert rebuild(fresh).differences == ()
    with closing(open_for_reading(fresh)) as db:
        assert {state for (state,) in db.execute("SELECT state FROM feeds")} <= {"{}"}


async def test_what_was_lost_comes_again_and_the_night_ends_the_same(
    sound: Path, path: Path, tmp_path: Path
) -> None:
    leaf_of_journal(path)
    fresh = tmp_path / "fresh.sqlite"
    salvage(path, fresh, silently)
    await take_in(fresh, [DOCUMENTS], confirm=True)
    assert end_of(fresh)["claims"] == end_of(sound)["claims"]
    assert end_of(fresh)["states"] == end_of(sound)["states"]


@pytest.mark.parametrize("data", ["{", "[]", "{}", b"\xff", None, '{"kind": 1}'])
def test_an_entry_that_is_none_costs_itself_alone(
    data: object, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SQLite finds nothing wrong with it."""
    entries = len(entries_of(path))
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute("UPDATE OR IGNORE journal SET data = ? WHERE seq = 20", (data or "null",))
        db.commit()
    into = tmp_path / "saved.sqlite"
    assert main(["rebuild", "--db", str(path), "--into", str(into)]) == 1
    said = capsys.readouterr().out
    assert "Entry 20 of the journal" in said
    assert "1 entry is lost" in said or "cannot be applied without what is lost" in said
    assert entries > len(entries_of(into)) - 1 >= entries - 8
    assert rebuild(into).differences == ()


def test_a_file_that_lacks_half_of_its_last_page_is_not_called_whole(path: Path) -> None:
    os.truncate(path, path.stat().st_size - PAGE // 2)
    assert not salvage(path, None, silently).whole


def test_nothing_is_saved_of_what_is_no_database(path: Path, tmp_path: Path) -> None:
    text_file(path)
    fresh = tmp_path / "fresh.sqlite"
    with pytest.raises(StoreError, match="Nothing of a journal can be read"):
        salvage(path, fresh, silently)
    assert not fresh.exists()


def test_another_builds_file_is_derived_anew_from_its_journal(
    sound: Path, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE feeds DROP COLUMN trouble")
    fresh = tmp_path / "fresh.sqlite"
    assert main(["rebuild", "--db", str(path), "--into", str(fresh)]) == 0
    assert "was made by another build" in capsys.readouterr().out
    assert end_of(fresh) == end_of(sound)


def test_pages_are_read_as_sqlite_reads_them_also_from_the_log(path: Path, tmp_path: Path) -> None:
    """As a killed process leaves them: long rows, long numbers, what is not committed."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE odd (a, b, c)")
        for power in range(64):
            number = (1 << power) - 1
            db.execute("INSERT INTO odd VALUES (?, ?, ?)", (number, -number, number / 7))
        for length in (0, 1, 489, 490, 4061, 4062, 4090, 9000, 70_000):
            db.execute("INSERT INTO odd VALUES (?, ?, NULL)", ("é" * length, b"\0" * length))
        expected = {(n, *row) for n, *row in db.execute("SELECT rowid, a, b, c FROM odd")}
        db.execute("BEGIN")
        db.executemany("INSERT INTO odd VALUES (?, 1, 1)", [("lost" * 9999,)] * 500)
        killed = tmp_path / "killed.sqlite"
        for suffix in ("", "-wal"):
            shutil.copy(f"{path}{suffix}", f"{killed}{suffix}")
    found = {(n, *row) for n, row in rows_in(killed)}
    assert expected <= found
    assert not any(row[1:] == ("lost" * 9999, 1, 1) for row in found)


@pytest.mark.parametrize("spoil", [leaf_of_journal, root_of_journal, index])
async def test_a_file_that_is_damaged_while_it_is_used_is_found(spoil: Spoil, path: Path) -> None:
    async with Writer(path) as writer:
        watch = IntegrityMonitor(path, every=0.01)
        watching = asyncio.create_task(watch.run())
        await asyncio.sleep(0.05)
        assert not watching.done()
        await writer.transact(lambda tx: tx.db.conn.execute("SELECT 1"))
        spoil(path)
        with pytest.raises(DamagedError):
            await asyncio.wait_for(watching, 5)


async def test_a_failing_transaction_has_the_file_looked_at_at_once(path: Path) -> None:
    leaf_of_journal(path)
    async with Writer(path) as writer:
        watch = IntegrityMonitor(path, every=3600)
        writer.on_failure(watch.suspect)
        watching = asyncio.create_task(watch.run())
        ingest = Ingest(writer, ALMANAC, SteppedClock(AFTER_CLOSE))
        with pytest.raises((StoreError, sqlite3.Error)):
            await ingest.file(fetch(document(council_result("KHL", {"LD": 30, "Lab": 27}))))
            await writer.transact(lambda tx: tx.rows("SELECT count(data) FROM journal"))
        with pytest.raises(DamagedError):
            await asyncio.wait_for(watching, 5)


def test_only_faults_of_the_file_are_suspicious(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError) as statement:
        sqlite3.connect(":memory:").execute("SELECT nothing")
    assert not suggests_damage(statement.value)
    (tmp_path / "no.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(sqlite3.DatabaseError) as garbage:
        sqlite3.connect(tmp_path / "no.db").execute("SELECT * FROM sqlite_master")
    wrapped = StoreError("It cannot be used.")
    wrapped.__cause__ = garbage.value
    assert suggests_damage(wrapped)


@pytest.mark.parametrize(("fails", "ends"), [(29, False), (30, True)])
async def test_a_disk_that_comes_back_within_minutes_ends_no_bot_that_runs(
    fails: int, ends: bool, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    connect = sqlite3.connect

    def failing(*given: Any, **options: Any) -> sqlite3.Connection:
        nonlocal looks
        looks += 1
        if looks <= fails:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error
        return connect(*given, **options)

    watch = IntegrityMonitor(path, every=3600, pause=0)
    monkeypatch.setattr("bot.store.integrity.sqlite3.connect", failing)
    if ends:
        with pytest.raises(DamagedError):
            await watch._look()
    else:
        await watch._look()
    assert looks == 30


@pytest.mark.parametrize("take_away", [Path.unlink, lambda path: os.truncate(path, 0)])
async def test_a_file_that_is_taken_away_beneath_the_bot_is_told(
    take_away: Callable[[Path], object], path: Path
) -> None:
    """What is written into it then would be lost with the process."""
    watch = IntegrityMonitor(path, pause=0)
    await watch._look()
    take_away(path)
    with pytest.raises(DamagedError):
        await watch._look()
