"""Documents on disk."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from bot.feeds.files import read_paths
from bot.feeds.formats import KEPT_BYTES
from tests.feeds.documents import HULL, NOMINATIONS, RECEIVED


def test_a_folder_is_read_in_order_whatever_stands_in_it(tmp_path: Path) -> None:
    (tmp_path / "b.xml").write_text(HULL)
    (tmp_path / ".timestamp").write_text("1651788000.5")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "n.xml").write_text(NOMINATIONS)
    (tmp_path / "a" / "round").symlink_to(tmp_path)
    (tmp_path / "broken.xml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.xml")
    found = list(read_paths("disk", [tmp_path], RECEIVED))
    assert [reading.name for reading in found] == ["b.xml", "broken.xml", "pipe.xml", "a/n.xml"]
    assert [len(reading.reports) for reading in found] == [1, 0, 0, 2]
    assert found[1].fault is not None
    assert "no such file" in found[1].fault
    assert found[2].fault is not None
    assert "no ordinary file" in found[2].fault


def test_what_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed.xml").write_text(HULL)
    (tmp_path / "folder").mkdir()
    (tmp_path / "open.xml").write_text(HULL)
    # Root may read everything, so the system's refusal is put in its mouth.
    forbid(monkeypatch, Path, "open", tmp_path / "closed.xml")
    forbid(monkeypatch, os, "scandir", tmp_path / "folder")
    found = {reading.name: reading for reading in read_paths("disk", [tmp_path], RECEIVED)}
    assert "permission denied" in (found["closed.xml"].fault or "")
    assert "could not be read" in (found["folder"].fault or "")
    assert len(found["open.xml"].reports) == 1


def test_a_fault_of_the_machine_says_nothing_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hull.xml").write_text(HULL)

    def exhausted(*args: Any, **kwargs: Any) -> Any:
        raise OSError(errno.ENFILE, "Too many open files in system")

    for owner, name in ((Path, "open"), (os, "scandir")):
        with monkeypatch.context() as passing:
            passing.setattr(owner, name, exhausted)
            with pytest.raises(OSError, match="Too many open files"):
                list(read_paths("disk", [tmp_path], RECEIVED))


def forbid(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, path: Path) -> None:
    real = getattr(owner, name)

    def refusing(asked: Any, *args: Any, **kwargs: Any) -> Any:
        if Path(asked) == path:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(asked, *args, **kwargs)

    monkeypatch.setattr(owner, name, refusing)


def test_a_huge_file_is_hashed_and_not_kept(tmp_path: Path) -> None:
    huge = tmp_path / "huge.xml"
    with huge.open("wb") as file:
        file.write(HULL.encode())
        file.truncate(30_000_000)
    [found] = read_paths("disk", [huge], RECEIVED, max_bytes=1_000_000)
    assert found.name == "huge.xml"
    assert len(found.body) == KEPT_BYTES
    assert found.sha256 == hashlib.sha256(huge.read_bytes()).hexdigest()
    assert "larger than 1,000,000 bytes" in (found.fault or "")


def test_a_path_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    [found] = read_paths("disk", [tmp_path / "gone.xml"], RECEIVED)
    assert "no such file" in (found.fault or "")
