"""What is built is what runs: the wheel carries the tables, the cogs and nothing of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bot.almanac.tables import data_folder
from tests.support.wheel import built_wheel, install

ROOT = Path(__file__).resolve().parent.parent
NIGHT = "2024-05-02"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheel(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_has_the_tables_and_the_cogs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shipped = {f"bot/data/{p.relative_to(data_folder())}" for p in data_folder().rglob("*.csv")}
    assert shipped <= names
    assert "bot/data/LICENSE.md" in names
    assert {"cogs/council/__init__.py", "bot/__main__.py"} <= names
    assert not any(name.startswith(("tests/", "tools/")) for name in names)


def test_the_wheel_runs_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """Every path that docs/operating.md names is there, in the home, wherever it is run."""
    program = tmp_path / "venv" / "bin" / "election-night"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    install(wheel, tmp_path / "venv")
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    clean = {name: value for name, value in os.environ.items() if "ELECTION_NIGHT" not in name}
    clean.pop("PYTHONPATH", None)

    def run(*given: str, cwd: Path = elsewhere, **environment: str) -> str:
        done = subprocess.run(
            [str(program), *given],
            cwd=cwd,
            env={**clean, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout + done.stderr

    where = run("doctor", cwd=home)
    assert f"{home / '.env'} is not there." in where
    assert f"{home / 'election-night.toml'} is not there." in where
    assert "They hold" in where
    (home / ".env").write_text("ELECTION_NIGHT_PACE=20\nELECTION_NIGHT_NIGHTS=nights\n")
    for told in (
        run("doctor", "--home", str(home)),
        run("--home", "../home", "doctor"),
        run("doctor", ELECTION_NIGHT_HOME=str(home)),
    ):
        assert "ELECTION_NIGHT_PACE = 20.0, from .env" in told
        assert "/home/nights, from .env" in told
    sheet = elsewhere / f"desk_sheet_{NIGHT}.csv"
    sheet.write_text("council,party,seats_now,before\nAldermoor,Lab,30,Con\nAldermoor,Con,20,\n")
    told = run("ingest", sheet.name, "--home", str(home))
    assert "Aldermoor" in told, told
    assert (home / "var" / "election-night.sqlite").is_file()
    assert "Labour gain Aldermoor from Conservatives" in run(
        "ask", f"/council name:Aldermoor night:{NIGHT}", "--home", str(home)
    )
    assert "Aldermoor" in run("ingest", sheet.name, "--db", "mine.sqlite", "--home", str(home))
    assert {path.name.partition("-")[0] for path in elsewhere.glob("*.sqlite*")} >= {"mine.sqlite"}
    assert not (elsewhere / "var").exists()


def test_the_locks_pin_by_hash_and_name_no_index() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        lines = lock.read_text().splitlines()
        pins = [line for line in lines if "==" in line]
        assert pins
        assert all(line.rstrip().endswith("\\") for line in pins), lock
        assert not any("index" in line and line.startswith("-") for line in lines), lock
        assert not any("://" in line for line in lines), lock
