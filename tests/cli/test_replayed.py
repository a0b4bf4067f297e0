"""Whose a database is: a replay's, which the next one may remove, or one that is to be kept."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

import bot.cli.run
from bot.__main__ import main
from bot.cli.replayed import (
    make_room_for_live,
    make_room_for_replay,
    mark_replayed,
    replayed_until,
)
from bot.settings import Settings
from bot.store.errors import StoreError
from bot.store.opening import lock_for_writing, open_for_reading, open_for_writing
from bot.tables import load_almanac
from tests.feeds.documents import HULL

START = datetime(2022, 5, 5, 21, 0, tzinfo=UTC)
LATER = datetime(2022, 5, 6, 8, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The file of a replay."""
    path = tmp_path / "night.sqlite"
    assert make_room_for_replay(path, START) is None
    return path


def left_at(path: Path) -> datetime | None:
    with contextlib.closing(open_for_reading(path)) as connection:
        return replayed_until(connection)


def beside(path: Path) -> list[Path]:
    return [found for found in path.parent.glob("*.sqlite") if found != path]


def test_a_replay_knows_how_far_it_is(database: Path) -> None:
    assert left_at(database) == START
    with contextlib.closing(open_for_writing(database)) as db:
        mark_replayed(db.conn, LATER)
    assert left_at(database) == LATER


def test_a_replay_takes_the_place_of_a_replay(database: Path) -> None:
    assert make_room_for_replay(database, LATER) is None
    assert left_at(database) == LATER
    assert beside(database) == []


def test_a_replay_keeps_what_a_document_was_taken_into(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "hull.xml"
    document.write_text(HULL, encoding="utf-8")
    main(["ingest", str(document), "--db", str(database)])
    assert left_at(database) is None
    kept = make_room_for_replay(database, START)
    assert [kept] == beside(database)
    assert kept is not None
    with contextlib.closing(open_for_reading(kept)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM readings").fetchone()
    assert count == 1
    assert "1 document" in capsys.readouterr().out


def test_a_live_run_leaves_a_replay_alone(database: Path) -> None:
    kept = make_room_for_live(database)
    assert not database.exists()
    assert kept is not None
    assert left_at(kept) == START
    with contextlib.closing(open_for_writing(database)):
        pass
    assert make_room_for_live(database) is None
    assert database.exists()


async def test_run_makes_room(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_further(*arguments: object, **options: object) -> None:
        raise StoreError("no further")

    monkeypatch.setattr(bot.cli.run, "opened", no_further)
    settings = Settings(database=database, token=SecretStr("none"))
    with pytest.raises(StoreError, match="no further"):
        await bot.cli.run.run(settings, load_almanac())
    assert not database.exists()
    assert len(beside(database)) == 1


def test_nothing_is_moved_from_under_one_who_writes(database: Path) -> None:
    with contextlib.closing(lock_for_writing(database)):
        for make_room in (make_room_for_live, lambda path: make_room_for_replay(path, START)):
            with pytest.raises(StoreError, match="Another election-night"):
                make_room(database)
    assert left_at(database) == START
