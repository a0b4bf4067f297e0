"""`make bench` runs and says what it compares; how fast anything is, no test asks."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench import answering, illustrating, taking_in
from tests.bench.stage import publications


def test_each_figure_stands_beside_its_baseline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(taking_in, "_TIMES", 1)
    monkeypatch.setattr(answering, "_TIMES", 2)
    monkeypatch.setattr(illustrating, "_TIMES", 1)
    monkeypatch.setattr(sys, "argv", ["bench", "answer", "pictures", "ingest"])
    monkeypatch.chdir(tmp_path)
    bench.main()
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["measured", "baseline", "compared", "target"]
    assert [line.split("  ")[0] for line in lines] == [
        "/council Hull, at rest",
        "/council Hull, at rest",
        "/council Hull, during ingest",
        "/council Hull, during ingest",
        "the picture of /council Hull, drawn before",
        "the picture of /night map, drawn before",
        "the picture of /council Hull, drawn anew",
        "the picture of /night map, drawn anew",
        "the event loop's longest stall while pictures are drawn",
        f"ingest of {len(publications())} documents",
    ]
    assert all("for " in line for line in lines)
    assert sum("at most" in line for line in lines) == 6


def test_a_strange_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "magic"])
    with pytest.raises(SystemExit):
        bench.main()
    assert (
        "there is no magic: choose from answer, pictures, chat, fan-out, ingest"
        in capsys.readouterr().err
    )
