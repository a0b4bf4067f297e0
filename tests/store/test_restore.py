"""A copy is put back in its place safely, or nothing is changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from discord.utils import snowflake_time

from bot.__main__ import main
from bot.store.errors import StoreError
from bot.store.opening import lock_for_writing, open_for_reading, open_for_writing
from bot.store.rebuild import rebuild
from bot.store.restore import examined
from bot.store.unrecorded import SKIPPED
from bot.store.writer import Writer
from tests.delivery.desk import START
from tests.store.test_writer import fetched


async def _add(path: Path, *feeds: str) -> None:
    async with Writer(path) as writer:
        for feed in feeds:
            await writer.transact(lambda tx, feed=feed: tx.append(fetched(feed), START))


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A database of three entries; its copy beside it has one."""
    path = tmp_path / "night.sqlite"
    await _add(path, "pa")
    shutil.copy(path, tmp_path / "copy.sqlite")
    await _add(path, "pa-2", "pa-3")
    return path


@pytest.fixture
def copy(path: Path) -> Path:
    return path.with_name("copy.sqlite")


def _feeds(path: Path) -> list[str]:
    with closing(open_for_reading(path)) as db:
        return [name for (name,) in db.execute("SELECT name FROM feeds ORDER BY name")]


def _restore(path: Path, copy: Path, *options: str) -> int:
    return main(["restore", str(copy), "--db", str(path), *options])


def _files(path: Path) -> set[str]:
    """Return the files there, but what SQLite keeps beside one while it is read."""
    return {each.name for each in path.parent.iterdir() if each.name[-4:] not in ("-wal", "-shm")}


def test_it_says_what_it_would_do_and_does_nothing_before_yes(
    path: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = path.read_bytes()
    assert _restore(path, copy) == 1
    said = capsys.readouterr().out
    assert f"{copy} is sound: 1 entry in the journal, the last of 5 May 2022" in said
    assert "2 entries of that file are newer than the copy." in said
    assert "give the command again with --yes" in said
    assert path.read_bytes() == before
    assert _files(path) <= {"night.sqlite", "copy.sqlite", "night.sqlite.lock"}


def test_the_copy_takes_the_place_and_the_file_before_is_kept(
    path: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    original = copy.read_bytes()
    assert _restore(path, copy, "--yes") == 0
    assert "is kept as" in capsys.readouterr().out
    assert (_feeds(path), copy.read_bytes()) == (["pa"], original)
    (kept,) = path.parent.glob("night-*.sqlite")
    assert _feeds(kept) == ["pa", "pa-2", "pa-3"]
    with closing(open_for_reading(path)) as db:
        (seq, kind) = db.execute("SELECT max(seq), kind FROM journal").fetchone()
    assert (kind, seq) == ("copy-restored", 2 + SKIPPED)
    assert rebuild(path).differences == ()


async def test_what_stands_in_a_log_only_is_copied_and_kept_too(path: Path, copy: Path) -> None:
    """As a process that was killed leaves it."""
    with closing(sqlite3.connect(path)) as open_, closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM journal").fetchone()
        open_.execute("UPDATE feeds SET name = 'pa-9' WHERE name = 'pa-3'")
        open_.commit()
        killed = path.with_name("killed.sqlite")
        for suffix in ("", "-wal"):
            shutil.copy(f"{path}{suffix}", f"{killed}{suffix}")
    assert _restore(path, killed, "--yes") == 0
    assert not Path(f"{path}-wal").exists()
    assert _feeds(path) == ["pa", "pa-2", "pa-9"]


async def test_a_damaged_file_is_replaced_and_kept_with_its_log(
    path: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_bytes(b"<html>" * 5000)
    Path(f"{path}-wal").write_bytes(b"log")
    assert _restore(path, copy, "--yes") == 0
    said = capsys.readouterr().out
    assert "a file that cannot be read" in said
    assert "rebuild" in said
    assert not Path(f"{path}-wal").exists()
    assert _feeds(path) == ["pa"]
    (kept,) = path.parent.glob("night-*.sqlite")
    assert kept.read_bytes().startswith(b"<html>")
    assert Path(f"{kept}-wal").read_bytes() == b"log"


def test_a_copy_is_put_where_no_file_is(copy: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "night.sqlite"
    assert _restore(path, copy, "--yes") == 0
    assert _feeds(path) == ["pa"]


async def test_a_file_of_another_journal_is_named_as_that(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.sqlite"
    async with Writer(other) as writer:
        await writer.transact(lambda tx: tx.append(fetched("x"), START.replace(year=2023)))
    assert _restore(path, other) == 1
    assert "they have different journals" in capsys.readouterr().out


def _zeroed(path: Path) -> None:
    """Make nothing of a page in the middle."""
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(bytes(4096 * 4))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda copy: copy.unlink(), "There is no file"),
        (lambda copy: copy.write_text("hello " * 9000), "not a database): take another copy"),
        (lambda copy: os.truncate(copy, 4096 * 9), "is damaged (database disk image is malformed"),
        (_zeroed, "damaged"),
        (lambda copy: copy.write_bytes(b""), "is empty"),
        (lambda copy: (copy.unlink(), copy.mkdir()), "There is no file"),
    ],
)
def test_a_copy_that_cannot_be_used_changes_nothing(
    spoil: object,
    said: str,
    path: Path,
    copy: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spoil(copy)  # type: ignore[operator]
    before = path.read_bytes()
    assert _restore(path, copy, "--yes") in (2, 3)
    assert said in capsys.readouterr().err
    assert path.read_bytes() == before
    assert _files(path) <= {"night.sqlite", "copy.sqlite", "night.sqlite.lock"}


def test_a_database_in_use_and_the_database_itself_are_refused(path: Path, copy: Path) -> None:
    with (
        closing(lock_for_writing(path)),
        pytest.raises(StoreError, match="Another election-night"),
        examined(path, copy),
    ):
        pass
    with pytest.raises(StoreError, match="is the database itself"), examined(path, path):
        pass


def test_a_copy_of_another_build_is_refused(path: Path, copy: Path) -> None:
    with closing(open_for_writing(copy)) as db:
        db.conn.execute("ALTER TABLE feeds DROP COLUMN trouble")
    with (
        pytest.raises(StoreError, match=r"copy\.sqlite was made by another build"),
        examined(path, copy),
    ):
        pass


def _killed(path: Path) -> None:
    """Leave a log beside the file, as a process that was killed does."""
    with closing(sqlite3.connect(path)) as writing, closing(sqlite3.connect(path)) as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM journal").fetchone()
        writing.execute("DELETE FROM feeds")
        writing.commit()
        left = {each: Path(f"{path}{each}").read_bytes() for each in ("-wal", "-shm")}
    for each, body in left.items():
        Path(f"{path}{each}").write_bytes(body)


def test_the_log_of_a_file_that_was_removed_gets_not_into_the_copy(path: Path, copy: Path) -> None:
    _killed(path)
    path.unlink()
    assert _restore(path, copy, "--yes") == 0
    assert _feeds(path) == ["pa"]
    assert rebuild(path).differences == ()


def test_a_link_to_the_database_stays_one(path: Path, copy: Path, tmp_path: Path) -> None:
    link = tmp_path / "linked" / "link.sqlite"
    link.parent.mkdir()
    link.symlink_to(path)
    _killed(path)
    assert _restore(link, copy, "--yes") == 0
    assert link.is_symlink()
    assert _feeds(path) == ["pa"]
    (kept,) = path.parent.glob("night-*.sqlite")
    assert _feeds(kept) == []


async def test_a_newer_copy_over_an_older_one_gives_no_number_out_twice(
    path: Path, copy: Path, tmp_path: Path
) -> None:
    """Both would go on behind the same gap: an old button would mean something new."""
    newer = path.with_name("newer.sqlite")
    shutil.copy(path, newer)
    assert _restore(path, copy, "--yes") == 0
    await _add(path, *(f"pa-{number}" for number in range(4, 9)))
    with closing(open_for_reading(path)) as db:
        (given_out,) = db.execute("SELECT max(seq) FROM journal").fetchone()
    (kept,) = path.parent.glob("night-*.sqlite")
    kept.rename(tmp_path / "kept.sqlite")  # the second restore may be in the same second
    assert _restore(path, newer, "--yes") == 0
    with closing(open_for_writing(path)) as db:
        assert db.conn.execute("SELECT max(seq) FROM journal").fetchone()[0] > given_out
    assert rebuild(path).differences == ()


def test_a_copy_from_before_the_first_post_has_no_years_of_history_read(
    path: Path, copy: Path
) -> None:
    assert _restore(path, copy, "--yes") == 0
    with closing(open_for_reading(path)) as db:
        (after,) = db.execute("SELECT after FROM restores").fetchone()
    assert START - timedelta(days=2) < snowflake_time(after) < START
