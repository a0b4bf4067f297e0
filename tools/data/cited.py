"""Facts older than the table of control, each with the source that states it."""

from __future__ import annotations

from tools.data.writing import Cell

COLUMNS = "council,night,kind,party,year,source,month"
_NIGHT = "2022-05-05"
_REPORT = "news report of the night"

_FACTS = (
    ("WND", _NIGHT, "since", "Con", 1978, f"{_REPORT}; our records agree", ""),
    ("WSM", _NIGHT, "never since", "Lab", 1964, f"{_REPORT}: the council's creation", ""),
    ("DND", _NIGHT, "since", "NOC", 2017, "the election of 2017: the SNP 14 of 29 seats", 5),
    ("HAV", _NIGHT, "since", "NOC", 2014, "the election of 2014: nobody had a majority", 5),
    ("KIR", _NIGHT, "since", "NOC", 2020, "local press: Labour lost their majority then", 11),
    ("HRW", _NIGHT, "since", "Lab", 2014, "the election of 2014, after no overall control", 5),
    ("NEC", _NIGHT, "by defections", "Con", 2021, "Stoke Sentinel: retained control", ""),
)


def cited_rows() -> list[dict[str, Cell]]:
    """Return what was true on the eve of a night and no table of ours can show."""
    return [dict(zip(COLUMNS.split(","), fact, strict=True)) for fact in _FACTS]
