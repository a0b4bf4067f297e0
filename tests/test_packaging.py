"""What is built is what runs: the wheel carries the tables, the cogs and nothing of the tests."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from bot.almanac.tables import data_folder

ROOT = Path(__file__).resolve().parent.parent


def test_the_wheel_has_the_tables_and_the_cogs(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shipped = {f"bot/data/{p.relative_to(data_folder())}" for p in data_folder().rglob("*.csv")}
    assert shipped <= names
    assert "bot/data/LICENSE.md" in names
    assert {"cogs/council/__init__.py", "bot/__main__.py"} <= names
    assert not any(name.startswith(("tests/", "tools/")) for name in names)


def test_the_locks_pin_by_hash_and_name_no_index() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        lines = lock.read_text().splitlines()
        pins = [line for line in lines if "==" in line]
        assert pins
        assert all(line.rstrip().endswith("\\") for line in pins), lock
        assert not any("index" in line and line.startswith("-") for line in lines), lock
        assert not any("://" in line for line in lines), lock
