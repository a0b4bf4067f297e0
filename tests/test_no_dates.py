"""No module knows a year or a night's date: they stand in the tables of `data/`, and in tests."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
YEAR = re.compile(r"(?<![A-Za-z0-9.])(?:19|20)\d\d(?![A-Za-z0-9])")
"""Four digits as a year has them; `2_000` and `2048` that are no years are written otherwise."""
LAW = re.compile(
    r"\b(?:Act|Order|Rules|Regulations)\b(?: \([A-Z][\w ]+\))?,?\s+(?:19|20)\d\d", re.ASCII
)
"""Laws are called by the year in which they were made."""
NAMED = {
    "bot/feeds/values.py": ("1970",),  # where clocks that were never set begin
    "bot/feeds/modern_gov.py": ("1970",),
    "bot/cli/replay_files.py": ("1970",),
    "bot/store/unrecorded.py": ("2015",),  # Discord's ids count from that year
    "bot/delivery/traffic.py": ("2015",),
    "bot/pictures/canvas.py": ("2000",),  # the name space of SVG
    "bot/feeds/democracy_club/winners_feed.py": ("2005",),  # the name space of Atom
}
"""Years that are no night's and no table's, by the module that needs them."""


def modules() -> list[Path]:
    return sorted(
        path for room in ("bot", "cogs", "simulation") for path in (ROOT / room).rglob("*.py")
    )


def told(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and text of every number, string, docstring and comment."""
    kinds = {tokenize.NUMBER, tokenize.STRING, tokenize.COMMENT}
    kinds.add(getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING))
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type in kinds:
                yield token.start[0], token.string


def years_in(path: Path) -> list[str]:
    """Return where a module names a year that is not excepted."""
    excepted = NAMED.get(str(path.relative_to(ROOT)), ())
    return [
        f"{path.relative_to(ROOT)}:{line}: {year[0]}"
        for line, text in told(path)
        for year in YEAR.finditer(LAW.sub("", text))
        if year[0] not in excepted
    ]


def test_no_module_names_a_year_or_a_date() -> None:
    found = [one for path in modules() for one in years_in(path)]
    assert not found, "\n".join(found)


def test_every_exception_is_needed() -> None:
    for name, years in NAMED.items():
        said = " ".join(text for _, text in told(ROOT / name))
        assert all(re.search(rf"(?<!\d){year}(?!\d)", said) for year in years), name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("date(2022, 5, 5)", True),
        ('"2026-05-07"', True),
        ('"""As on 5 May 2022."""', True),
        ("# since 1973", True),
        ('f"elections of {day} 2027"', True),
        ('"""Representation of the People Act 1983, section 37."""', False),
        ('"""Electoral Law Act (Northern Ireland) 1962."""', False),
        ("limit = 2_000", False),
        ('"results_Hull_2022-05-05.xml"', True),
        ('"E06002022"', False),
    ],
)
def test_what_counts_as_a_year(text: str, found: bool) -> None:
    assert bool(YEAR.search(LAW.sub("", text))) is found
