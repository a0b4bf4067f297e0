"""A file that cannot be used is refused in a sentence with a next step."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.store import opening
from bot.store.errors import StoreError
from bot.store.opening import explained, lock_for_writing, open_for_reading, open_for_writing
from bot.store.schema import migrations

NOBODY = 65_534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a night?.db"


def test_a_new_file_is_made_and_read(path: Path) -> None:
    open_for_writing(path).close()
    connection = open_for_reading(path)
    assert connection.execute("SELECT count(*) FROM journal").fetchone()[0] == 0
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM journal")
    connection.close()


def test_what_opening_gives_is_durable_and_keeps_references(path: Path) -> None:
    db = open_for_writing(path)
    pragmas = ("journal_mode", "synchronous", "foreign_keys")
    values = [db.conn.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]
    assert values == ["wal", 2, 1]
    db.close()


def test_a_missing_file_cannot_be_read(path: Path) -> None:
    with pytest.raises(StoreError, match="There is no database"):
        open_for_reading(path)


@pytest.mark.parametrize("opened", [open_for_reading, open_for_writing])
def test_a_file_that_is_no_database(path: Path, opened: object) -> None:
    path.write_bytes(b"<html>Not found</html>" * 100)
    with pytest.raises(StoreError, match="is damaged"):
        opened(path)  # type: ignore[operator]


@pytest.mark.parametrize("opened", [open_for_reading, open_for_writing])
def test_another_programs_database(path: Path, opened: object) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="another program's database"):
        opened(path)  # type: ignore[operator]


@pytest.mark.parametrize("opened", [open_for_reading, open_for_writing])
def test_a_file_from_before_the_first_release(path: Path, opened: object) -> None:
    db = open_for_writing(path)
    db.conn.execute("UPDATE _sqlite_migrations SET name = 'm0001_journal'")
    db.close()
    with pytest.raises(StoreError, match="made by another build"):
        opened(path)  # type: ignore[operator]


@pytest.mark.parametrize("opened", [open_for_reading, open_for_writing])
def test_a_newer_versions_file(path: Path, opened: object) -> None:
    db = open_for_writing(path)
    db.conn.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
        "VALUES ('election-night', 'm9999_telepathy', '2030-01-01')"
    )
    db.close()
    with pytest.raises(StoreError, match="newer version"):
        opened(path)  # type: ignore[operator]


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Give this version one more migration when it is called."""
    known = (opening._our_schema, opening._names_of_ours)

    def release() -> None:
        monkeypatch.setattr(migrations, "_migrations", [*migrations._migrations])
        migrations(name="0002_mood")(_add_a_column)
        for each in known:
            each.cache_clear()

    yield release
    for each in known:
        each.cache_clear()


def _add_a_column(db: Database) -> None:
    db.executescript("ALTER TABLE claims ADD COLUMN mood TEXT")


def test_an_older_versions_file_is_brought_up_to_date_by_the_writer(
    path: Path, next_version: Callable[[], None]
) -> None:
    open_for_writing(path).close()
    next_version()
    with pytest.raises(StoreError, match="older version"):
        open_for_reading(path)
    open_for_writing(path).close()
    with contextlib.closing(open_for_reading(path)) as db:
        assert (
            "mood"
            in db.execute("SELECT sql FROM sqlite_master WHERE name = 'claims'").fetchone()[0]
        )


@pytest.mark.parametrize("opened", [open_for_reading, open_for_writing])
@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE feeds DROP COLUMN trouble",
        "ALTER TABLE claims ADD COLUMN mood TEXT",
        "DROP INDEX deliveries_waiting",
        "DROP VIEW council_now",
        "DROP TABLE boards",
    ],
)
def test_another_builds_file_is_refused_at_opening(path: Path, opened: object, change: str) -> None:
    db = open_for_writing(path)
    db.conn.execute(change)
    db.close()
    with pytest.raises(StoreError, match=r"another build .*rebuild --db .* --into"):
        opened(path)  # type: ignore[operator]


def test_what_an_operator_added_to_a_file_may_stay(path: Path) -> None:
    db = open_for_writing(path)
    db.conn.execute("CREATE VIEW mine AS SELECT count(*) FROM journal")
    db.conn.execute("ANALYZE")
    db.close()
    open_for_reading(path).close()
    open_for_writing(path).close()


@pytest.fixture
def fixed_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that may be read only; root, who may write everywhere, goes on as nobody."""
    folder = tmp_path / "fixed"
    folder.mkdir(mode=0o555)
    was_root = os.geteuid() == 0
    if was_root:
        os.seteuid(NOBODY)
    yield folder
    if was_root:
        os.seteuid(0)


def test_a_folder_that_may_not_be_written(fixed_folder: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        open_for_writing(fixed_folder / "night.db")


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "night.db"
    with pytest.raises(StoreError, match="check that its folder exists"):
        open_for_writing(path)
    with pytest.raises(StoreError, match="check that its folder exists"):
        lock_for_writing(path)


def test_a_file_that_cannot_be_made_leaves_no_empty_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        path.touch()
        Path(f"{path}-wal").touch()
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("bot.store.opening._prepared", full)
    for is_left in (False, True):
        if is_left:
            path.write_bytes(b"something of ours")
        with pytest.raises(StoreError, match="There is no room"):
            open_for_writing(path)
        assert path.exists() == is_left
        assert Path(f"{path}-wal").exists() == is_left


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("database is locked", "close that one"),
        ("attempt to write a readonly database", "check that its folder"),
        ("database or disk is full", "make some"),
        ("disk I/O error", "check the file and its disk"),
    ],
)
def test_what_sqlite_says_is_explained(path: Path, said: str, meant: str) -> None:
    error = explained(path, sqlite3.OperationalError(said))
    assert str(path) in str(error)
    assert meant in str(error)
