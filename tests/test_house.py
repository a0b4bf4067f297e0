"""The shape of the code: nothing too long without a reason, and the architecture's page is true."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ("bot", "cogs", "simulation")
LINES_OF_A_FILE = 500
LINES_OF_A_FUNCTION = 60
REASON = re.compile(r"# Longer than [\w ]+: \w+")
"""A comment of this form excuses the length of the function, or of the file, that it stands in."""


def modules() -> list[Path]:
    return sorted(path for package in HOUSE for path in (ROOT / package).rglob("*.py"))


def too_long(path: Path) -> Iterator[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    name = path.relative_to(ROOT)
    if len(lines) > LINES_OF_A_FILE and not REASON.search("\n".join(lines[:3])):
        yield f"{name} has {len(lines)} lines"
    for node in ast.walk(ast.parse("\n".join(lines))):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        body = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        if length > LINES_OF_A_FUNCTION and not REASON.search(body):
            yield f"{name}: {node.name} has {length} lines"


def test_nothing_is_too_long_without_its_reason() -> None:
    assert [fault for path in modules() for fault in too_long(path)] == []


def test_what_is_too_long_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = "\n".join("    pass" for _ in range(LINES_OF_A_FUNCTION))
    (tmp_path / "long.py").write_text(f"def long():\n{body}\n")
    (tmp_path / "excused.py").write_text(
        f"def long():\n    # Longer than others: a table\n{body}\n"
    )
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    assert list(too_long(tmp_path / "long.py")) == ["long.py: long has 61 lines"]
    assert list(too_long(tmp_path / "excused.py")) == []


def test_every_package_and_module_is_on_the_architecture_s_page() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages = {path.parent.relative_to(ROOT) for path in modules() if path.name == "__init__.py"}
    alone = {path.relative_to(ROOT) for path in (ROOT / "bot").glob("[a-z]*.py")}
    named = set(re.findall(r"[\w/.]+", page))
    missing = {f"{one}/" for one in packages if len(one.parts) == 2 and f"{one}/" not in named}
    missing |= {str(one) for one in alone if str(one) not in named}
    assert missing == set()


def test_every_place_on_the_page_is_in_the_tree() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:bot|cogs|simulation|tests|tools|data|docs)/[\w/.]*)`", page)
    assert len(named) > 40
    assert [place for place in named if not (ROOT / place).exists()] == []
