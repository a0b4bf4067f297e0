"""The architecture's page names every package and module that stands alone, and nothing else."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ("bot", "cogs", "simulation")


def modules() -> list[Path]:
    return sorted(path for package in HOUSE for path in (ROOT / package).rglob("*.py"))


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
