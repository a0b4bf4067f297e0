"""What the command line refuses before it does anything, and what it survives."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.store.errors import DamagedError, StoreError
from bot.store.opening import open_for_writing
from tests.feeds.documents import HULL


@pytest.mark.parametrize("port", ["99999", "-1", "http"])
def test_a_port_is_a_port(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["rehearse", "2022-05-05", f"--port={port}"])
    assert refused.value.code == 2
    assert "is not a port from 0 to 65535" in capsys.readouterr().err


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


@pytest.mark.parametrize("command", [["doctor"], ["ask", "/help"]])
def test_nobody_who_reads_the_output_is_no_fault(command: list[str], tmp_path: Path) -> None:
    document = tmp_path / "hull.xml"
    document.write_text(HULL, encoding="utf-8")
    main(["ingest", str(document), "--db", str(tmp_path / "night.sqlite")])
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "--db", "night.sqlite", *command],
        cwd=tmp_path, stdout=writes, stderr=subprocess.PIPE, timeout=60, check=False,
    )  # fmt: skip
    os.close(writes)
    assert done.returncode in (0, 1)
    assert done.stderr == b""


def test_output_that_is_closed_from_the_start_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "night.sqlite"
    open_for_writing(database).close()
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["ask", "/help", "--db", str(database)]) == 0
    sys.stdout.close()


def test_help_loads_none_of_the_heavy_libraries() -> None:
    program = (
        "import contextlib, sys\n"
        "from bot.__main__ import main\n"
        "with contextlib.suppress(SystemExit):\n"
        "    main(['--help'])\n"
        "print(sorted({'aiohttp', 'discord', 'pydantic', 'sqlite_utils', 'simulation'} "
        "& sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("usage: election-night")
    assert done.stdout.endswith("\n[]\n")


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert re.fullmatch(r"election-night \d+\.\d+\S*\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    "arguments",
    [
        ["-v", "--db", "night.sqlite", "ask", "/help"],
        ["ask", "-v", "--db", "night.sqlite", "/help"],
        ["-v", "ask", "--db", "night.sqlite", "/help"],
    ],
)
def test_what_every_command_takes_stands_before_it_or_behind_it(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    monkeypatch.setattr("bot.cli.ask.main", lambda given, settings: heard.append(settings) or 0)
    monkeypatch.setattr(
        "bot.cli.logs.configure_logging", lambda settings, verbose: heard.append(verbose)
    )
    assert main(arguments) == 0
    verbose, settings = heard
    assert (verbose, settings.database) == (True, Path("night.sqlite"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("rehaerse", "There is no command rehaerse. Is rehearse meant? There are: demo, run, "),
        ("foo", "There is no command foo. There are: demo, run, "),
    ],
)
def test_a_command_that_is_none_is_told_with_what_comes_near(
    typed: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([typed])
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "The disk is full: there is no room for night.sqlite."),
        (errno.EACCES, "This user may not open night.sqlite: "),
        (errno.EISDIR, "night.sqlite is a folder: name a file in it."),
        (errno.EEXIST, "A file stands at night.sqlite, where a folder is needed"),
        (errno.EMFILE, "This process may open no more files"),
        (errno.EIO, "Input/output error: check the path"),
    ],
)
def test_what_the_system_refuses_is_a_sentence_with_a_next_step(
    number: int, sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object) -> int:
        raise OSError(number, os.strerror(number), "night.sqlite")

    monkeypatch.setattr("bot.cli.ask.main", refused)
    assert main(["ask", "/help"]) == 2
    told = capsys.readouterr().err
    assert told.startswith(sentence)
    assert told.count("\n") == 1


def test_of_two_files_the_one_that_is_made_is_what_has_no_room(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space", "copy.sqlite", None, "night.sqlite")

    monkeypatch.setattr("bot.cli.restore.main", refused)
    assert main(["restore", "copy.sqlite"]) == 2
    assert "no room for night.sqlite" in capsys.readouterr().err


def test_what_refuses_a_part_that_ran_beside_others_is_a_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object) -> int:
        inner = ExceptionGroup("", [StoreError("There is no room."), ValueError("and so on")])
        raise ExceptionGroup("", [inner])

    monkeypatch.setattr("bot.cli.ask.main", refused)
    assert main(["ask", "/help"]) == 2
    assert capsys.readouterr().err == "There is no room.\n"


def test_a_damaged_file_decides_the_exit_status_whatever_failed_beside_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refused(*_: object) -> int:
        raise ExceptionGroup("", [StoreError("Busy."), DamagedError(tmp_path, "malformed")])

    monkeypatch.setattr("bot.cli.ask.main", refused)
    assert main(["ask", "/help"]) == 3


def test_a_fault_of_the_program_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise ExceptionGroup("", [ValueError("a fault")])

    monkeypatch.setattr("bot.cli.ask.main", broken)
    with pytest.raises(ExceptionGroup):
        main(["ask", "/help"])


def test_a_folder_is_no_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = tmp_path / "hull.xml"
    document.write_text(HULL, encoding="utf-8")
    for command in (["ask", "/help"], ["rebuild"], ["ingest", str(document)], ["demo"]):
        assert main([*command, "--db", str(tmp_path)]) == 2, command
        assert f"{tmp_path} is a folder: name a file in it" in capsys.readouterr().err
