"""Facts older than the table of control, each with the source that states it."""

from __future__ import annotations

from tools.data.writing import Cell

COLUMNS = "council,night,kind,party,year,source"
_REPORT = "news report of the night"

_FACTS = (
    ("WND", "2022-05-05", "since", "Con", 1978, f"{_REPORT}; our table has it from 1978 too"),
    ("WSM", "2022-05-05", "never since", "Lab", 1964, f"{_REPORT}: the council's creation"),
)


def cited_rows() -> list[dict[str, Cell]]:
    """Return what was true on the eve of a night and no table of ours can show."""
    return [dict(zip(COLUMNS.split(","), fact, strict=True)) for fact in _FACTS]
