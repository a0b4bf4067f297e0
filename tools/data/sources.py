"""The sources: where each file lies, how it is encoded, how its rows are read."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from bot.election.parties import folded
from tools.data.council_dates import dated
from tools.data.corrections import corrected

Row = dict[str, str]


HexCell = dict[str, object]
"""A cell of a hex layout: its place, and what else the layout says of it."""


class WardKey(NamedTuple):
    """What tells wards apart in the handbook: the code alone is given twice, the name varies."""

    gss: str
    ward_gss: str
    name: str


def plain(text: str) -> str:
    """Return handbook text with its apostrophe mended (UTF-8 read as cp1252) and single spaces."""
    return " ".join(text.replace("â€™", "’").split())


REGISTER_PUT_RIGHT = {
    # The districts of both are in the East Midlands, in the register too.
    "DBY": {"region": "East Midlands"},
    "LIN": {"region": "East Midlands"},
    "FOR": {"county-la": "SFK"},  # Forest Heath; what took over from it is in Suffolk
}
"""What mySociety's register has wrong: a county's region, a district's county."""


@dataclass(frozen=True)
class Sources:
    """A folder of sources, laid out as its README says."""

    folder: Path

    def rows(self, path: str, encoding: str = "utf-8-sig") -> list[Row]:
        """Return the rows of one CSV file under the folder."""
        with (self.folder / path).open(encoding=encoding, newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def derived(self) -> list[Row]:
        """The 200 councils that voted, before and after."""
        return self.rows("derived/councils_2022.csv")

    @cached_property
    def registry(self) -> dict[str, Row]:
        """The authorities of mySociety's register by their code, put right."""
        rows = self.rows("lookups/uk_local_authorities_future.csv")
        return {
            code: row | REGISTER_PUT_RIGHT.get(code, {})
            for row in rows
            for code in [row["local-authority-code"]]
        }

    @cached_property
    def aliases(self) -> list[tuple[str, str]]:
        """Every alias of mySociety's lookup, with its code."""
        rows = self.rows("lookups/lookup_name_to_registry.csv")
        return [(row["la-name"], row["local-authority-code"]) for row in rows]

    @cached_property
    def candidates(self) -> dict[WardKey, list[Row]]:
        """The candidates of England and Wales by ward, in the handbook's order, put right.

        Ward names are mended and compared without case, so that both sheets agree.
        """
        found: dict[WardKey, list[Row]] = defaultdict(list)
        for row in corrected(self.rows("results_2022/leh2022_candidates.csv")):
            found[_ward_key(row)].append(row)
        return dict(found)

    @cached_property
    def wards(self) -> dict[WardKey, Row]:
        """The wards contested in England and Wales."""
        return {_ward_key(row): row for row in self.rows("results_2022/leh2022_wards.csv")}

    @cached_property
    def scotland(self) -> list[Row]:
        """The candidates of Scotland."""
        return self.rows("results_2022/scotland-2022-stv-indylive.csv")

    @cached_property
    def history(self) -> list[Row]:
        """Seats by council and year, both files, oldest columns first; 2016 to the newest."""
        old = self.rows("control_history/history1973-2015.csv", encoding="cp1252")
        return [*old, *self.rows("control_history/history2016-2026.csv")]

    @cached_property
    def won_2026(self) -> dict[str, list[Row]]:
        """Seats won on 7 May 2026 by council and party, as elected."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("results_2026/seats_won_2026.csv"):
            found[row["council"]].append(row)
        return dict(found)

    @cached_property
    def recent_history(self) -> dict[tuple[str, int], Row]:
        """Seats from 2016 on by council's code and year, of the councils that have a code."""
        found = {}
        for row in self.rows("control_history/history2016-2026.csv"):
            if code := self._code_of_name.get(_spelt(row["authority"])):
                found[code, int(row["year"])] = row
        return found

    @cached_property
    def _code_of_name(self) -> dict[str, str]:
        existing = {_spelt(row["nice-name"]): code for code, row in dated(self.registry).items()}
        return existing | {_spelt(name): code for name, code in self.aliases}

    def code_called(self, name: str) -> str:
        """Return the code of the council of a name; raises `ValueError` for a name nobody has."""
        if code := self._code_of_name.get(_spelt(name)):
            return code
        raise ValueError(f"no council of the sources is called {name}")

    @cached_property
    def wards_2026(self) -> list[Row]:
        """The ballots of May 2026."""
        return self.rows("results_2026/wards_2026.csv")

    @cached_property
    def cited_eves(self) -> list[Row]:
        """Seats on the eve and changes of some councils, as reported."""
        return self.rows("facts_2022/eves_cited.csv")

    @cached_property
    def expected(self) -> list[Row]:
        """When each council was expected to declare."""
        return self.rows("timing_2022/expected_declarations_2022.csv")

    @cached_property
    def hull_wards(self) -> list[Row]:
        """When Hull's wards declared."""
        return self.rows("timing_2022/hull_ward_declarations_2022.csv")

    def leap(self, year: str) -> list[list[str]]:
        """Return the candidates of an earlier year; columns as in the folder's PROVENANCE."""
        [path] = sorted((self.folder / "prior_results").glob(f"leap-{year}-*.csv"))
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))

    @cached_property
    def hexes(self) -> dict[str, HexCell]:
        """The hex layout of 2023 by GSS code."""
        return self.layout("uk-local-authority-districts-2023")

    def layout(self, name: str) -> dict[str, HexCell]:
        """Return the cells of a hex layout by its own codes."""
        path = self.folder / "lookups" / f"{name}.hexjson"
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["layout"] != "odd-r":
            raise ValueError(f"{path} is laid out as {document['layout']}, not odd-r")
        cells: dict[str, HexCell] = document["hexes"]
        return cells


def _ward_key(row: Row) -> WardKey:
    return WardKey(row["Local authority code"], row["Ward code"], folded(plain(row["Ward name"])))


def _spelt(name: str) -> str:
    """Return a council's name without what sources write in two ways."""
    return folded(name.strip()).replace(" and ", " ")


def number(text: str) -> int:
    """Return a count from a source's cell, where an empty cell is none."""
    return int(text or 0)
