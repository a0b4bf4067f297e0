"""What the command line refuses before it does anything, and what it survives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.feeds.documents import HULL


@pytest.mark.parametrize("port", ["99999", "-1", "http"])
def test_a_port_is_a_port(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["rehearse", "2022-05-05", f"--port={port}"])
    assert refused.value.code == 2
    assert "is no port from 0 to 65535" in capsys.readouterr().err


@pytest.mark.parametrize("until", ["2022-05-05T12:00", "2022-05-20T12:00"])
def test_a_replay_stops_within_its_night(
    until: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = tmp_path / "night.sqlite"
    assert main(["demo", "--until", until, "--speed", "max", "--db", str(database)]) == 2
    told = capsys.readouterr().err
    assert "the night goes from 2022-05-05T" in told
    assert "Give a time between them." in told
    assert not database.exists()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_of_few_characters_gets_an_answer(encoding: str, tmp_path: Path) -> None:
    document, database = tmp_path / "hull.xml", tmp_path / "night.sqlite"
    document.write_text(HULL, encoding="utf-8")
    main(["ingest", str(document), "--db", str(database)])
    done = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "/council Hull", "--db", str(database)],
        env={"PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Labour 27 (?3)" in done.stdout.decode(encoding)
