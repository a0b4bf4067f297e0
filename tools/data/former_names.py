"""Names that councils had before: each until the day from which it has another."""

from __future__ import annotations

from tools.data.writing import Cell

COLUMNS = "council,name,until,source"

_RENAMED_ITSELF = "change of name under the Local Government Act 1972, section 74"
_WELSH = "Local Government (Wales) Act 1994: named there, and renamed on its second day"

_FORMER = (
    ("CGN", "Cardiganshire", "1996-04-02", _WELSH),
    ("CWY", "Aberconwy and Colwyn", "1996-04-02", _WELSH),
    ("DEB", "West Derbyshire", "1987-01-01", _RENAMED_ITSELF),
    ("EDO", "Wimborne", "1988-01-01", _RENAMED_ITSELF),
    ("ELS", "Western Isles", "1998-01-01", "Local Government (Gaelic Names) (Scotland) Act 1997"),
    ("GWN", "Caernarfonshire and Merionethshire", "1996-04-02", _WELSH),
    ("SHE", "Shepway", "2018-04-01", _RENAMED_ITSELF),
    ("SWD", "Thamesdown", "1997-04-01", _RENAMED_ITSELF),
    ("TFW", "The Wrekin", "1998-04-01", _RENAMED_ITSELF),
    ("WBK", "Newbury", "1998-04-01", "the Berkshire (Structural Change) Order 1996"),
)


def former_names() -> dict[str, str]:
    """Return the former names by council."""
    return {code: name for code, name, _, _ in _FORMER}


def former_name_rows() -> list[dict[str, Cell]]:
    """Return a row a name."""
    return [dict(zip(COLUMNS.split(","), row, strict=True)) for row in _FORMER]
