"""Whose a database is: a replay's, which the next one may replace, or one that is left alone."""

from __future__ import annotations

import contextlib
import re
import shlex
import shutil
import socket
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.cli.replay_files import (
    demo_file,
    is_replayed,
    make_room_for_replay,
    mark_replayed,
    replayed_until,
)
from bot.store.errors import StoreError
from bot.store.opening import lock_for_writing, open_for_reading, open_for_writing
from tests.feeds.documents import HULL
from tests.support.night_at_hand import small_tables

START = datetime(2022, 5, 5, 21, 0, tzinfo=UTC)
LATER = datetime(2022, 5, 6, 8, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The file of a replay."""
    path = tmp_path / "night.sqlite"
    make_room_for_replay(path, START)
    return path


@pytest.fixture
def live(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The file that documents were taken into, as it stands by the settings."""
    document, path = tmp_path / "hull.xml", tmp_path / "var" / "election-night.sqlite"
    document.write_text(HULL, encoding="utf-8")
    main(["ingest", str(document), "--db", str(path)])
    capsys.readouterr()
    return path


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def left_at(path: Path) -> datetime | None:
    with contextlib.closing(open_for_reading(path)) as connection:
        return replayed_until(connection)


def files_of(folder: Path) -> dict[str, bytes]:
    """Return what is in the databases of a folder; what SQLite keeps beside them holds nothing."""
    return {found.name: found.read_bytes() for found in folder.glob("*.sqlite")}


def test_a_replay_knows_how_far_it_is(database: Path) -> None:
    assert left_at(database) == START
    with contextlib.closing(open_for_writing(database)) as db:
        mark_replayed(db.conn, LATER)
    assert left_at(database) == LATER


def test_a_replay_takes_the_place_of_a_replay_and_of_what_waits_in_its_log(
    database: Path, tmp_path: Path
) -> None:
    killed = tmp_path / "killed"
    killed.mkdir()
    with contextlib.closing(open_for_writing(database)) as db:
        mark_replayed(db.conn, LATER)
        for found in tmp_path.glob("night.sqlite*"):  # as a kill leaves them
            shutil.copy(found, killed)
    assert (killed / "night.sqlite-wal").stat().st_size
    make_room_for_replay(killed / "night.sqlite", START)
    assert left_at(killed / "night.sqlite") == START
    assert not (killed / "night.sqlite.new").exists()


@pytest.mark.parametrize("version", [0, 7])
def test_a_replay_replaces_no_other_program_s_file(tmp_path: Path, version: int) -> None:
    path = tmp_path / "other.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE mine (a)")
        other.execute(f"PRAGMA user_version = {version}")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is no demo's file"):
        make_room_for_replay(path, START)
    assert path.read_bytes() == before


def test_a_demo_is_refused_a_live_file_and_leaves_it_as_it_is(
    live: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_of(live.parent)
    assert main(["demo", "--headless", "--db", str(live), "--speed", "max"]) == 2
    assert "is no demo's file" in capsys.readouterr().err
    assert files_of(live.parent) == before


def test_a_demo_s_file_is_in_the_home_and_the_question_that_it_names_is_answered_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small_tables(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(tmp_path)
    tables = ["--tables", str(tmp_path / "tables")]
    until = ["--until", "2022-05-06T00:30", "--speed", "max"]
    assert main(["--home", "home", "demo", "--headless", *tables, *until]) == 0
    assert (home / "var" / "election-night-demo.sqlite").is_file()
    (said,) = re.findall(r"election-night (ask .*)", capsys.readouterr().err)
    assert main(shlex.split(said)) == 0
    assert not (tmp_path / "var").exists()


def test_a_demo_has_a_file_of_its_own_and_ask_finds_either(
    live: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_of(live.parent)
    small_tables(tmp_path)
    until = ["--until", "2022-05-06T00:30", "--speed", "max"]
    assert main(["demo", "--headless", "--tables", str(tmp_path / "tables"), *until]) == 0
    assert "election-night ask --demo" in capsys.readouterr().err
    after = files_of(live.parent)
    assert {name: after[name] for name in before} == before
    assert is_replayed(demo_file(live))

    main(["ask", "/council Hull"])
    assert "From the demo" not in capsys.readouterr().err
    assert main(["ask", "--demo", "/council Hull"]) == 0
    of_the_demo = capsys.readouterr().out
    live.unlink()
    assert main(["ask", "/council Hull"]) == 0
    told = capsys.readouterr()
    assert told.out == of_the_demo
    assert told.err.startswith("From the demo, ")


def test_without_a_demo_s_file_ask_says_what_makes_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["ask", "--demo", "/council Hull"]) == 2
    assert "election-night-demo.sqlite yet: `election-night demo` makes it." in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("why", ["port", "tables"])
def test_nothing_is_replaced_before_all_else_has_succeeded(
    why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "var" / "election-night-demo.sqlite"
    make_room_for_replay(path, START)
    before = files_of(path.parent)
    small_tables(tmp_path)
    tables = tmp_path / ("tables" if why == "port" else "no-tables")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["demo", f"--port={port}", "--tables", str(tables)]) == 2
    told = capsys.readouterr().err
    assert (f"Port {port} is taken by another program: " in told) == (why == "port")
    assert files_of(path.parent) == before


def test_run_never_opens_a_replay_s_file(
    database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bot.cli.run.opened", pytest.fail)
    monkeypatch.setenv("ELECTION_NIGHT_TOKEN", "none")
    before = database.read_bytes()
    assert main(["run", "--db", str(database)]) == 2
    assert "which `run` leaves alone" in capsys.readouterr().err
    assert database.read_bytes() == before


@pytest.mark.parametrize("rehearses", [False, True])
def test_the_doctor_tells_of_a_file_that_run_would_refuse(
    database: Path,
    live: Path,
    rehearses: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if rehearses:
        monkeypatch.setenv("ELECTION_NIGHT_CLOCK", "http://127.0.0.1:1/clock")
    told = []
    for file in (database, live):
        main(["doctor", "--db", str(file)])
        told.append("leaves that alone" in capsys.readouterr().out)
    assert told == [not rehearses, rehearses]


def test_retake_leaves_a_replay_s_file_alone(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = database.read_bytes()
    assert main(["retake", "--db", str(database)]) == 2
    assert "which `retake` leaves alone" in capsys.readouterr().err
    assert database.read_bytes() == before


@pytest.mark.parametrize("rebuilt", [False, True])
def test_a_replay_s_file_is_put_in_no_live_file_s_place_nor_the_other_way(
    database: Path, live: Path, rebuilt: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    replays, missing = database, database.with_name("missing.sqlite")
    if rebuilt:
        replays = database.with_name("rebuilt.sqlite")
        assert main(["rebuild", "--db", str(database), "--into", str(replays)]) == 0
    before = live.read_bytes()
    for place in (live, missing):
        assert main(["restore", str(replays), "--yes", "--db", str(place)]) == 2
        assert f"is a demo's or a rehearsal's file, and no copy of {place}" in (
            capsys.readouterr().err
        )
    assert live.read_bytes() == before
    assert not missing.exists()
    assert main(["restore", str(live), "--yes", "--db", str(replays)]) == 2
    assert "which `restore` leaves alone" in capsys.readouterr().err
    assert left_at(replays) == START
    shutil.copy(replays, "copy.sqlite")
    assert main(["restore", "copy.sqlite", "--yes", "--db", str(replays)]) == 0
    assert left_at(replays) == START


def test_nothing_is_replaced_under_one_who_writes(database: Path) -> None:
    held = contextlib.closing(lock_for_writing(database))
    with held, pytest.raises(StoreError, match="Another election-night"):
        make_room_for_replay(database, LATER)
    assert left_at(database) == START


def test_a_replay_replaces_a_replay_s_file_of_another_build(database: Path) -> None:
    with contextlib.closing(sqlite3.connect(database)) as altered:
        altered.execute("ALTER TABLE claims ADD COLUMN more")
        altered.commit()
    with pytest.raises(StoreError, match="another build"):
        left_at(database)
    make_room_for_replay(database, LATER)
    assert left_at(database) == LATER
