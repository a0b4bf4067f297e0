"""Where each council stands on the hex map."""

from __future__ import annotations

from tools.data.councils import listed
from tools.data.sources import Sources
from tools.data.writing import Cell

COLUMNS = "code,q,r"


def hex_rows(sources: Sources) -> list[dict[str, Cell]]:
    """Return the 2023 layout by council code (odd rows are shoved right: "odd-r")."""
    code_of = {
        gss: row["local-authority-code"]
        for row in listed(sources)
        for gss in (row["gss-code"], *row["former-gss-codes"].split(","))
    }
    rows: list[dict[str, Cell]] = [
        {"code": code_of[gss], "q": int(str(cell["q"])), "r": int(str(cell["r"]))}
        for gss, cell in sources.hexes.items()
    ]
    return sorted(rows, key=lambda row: str(row["code"]))
