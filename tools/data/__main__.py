"""Makes every table: `python -m tools.data SOURCES_DIR [OUT_DIR]`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from bot.election.councils import Council, Councils
from tools.data import (
    cited,
    comparison,
    ballots,
    councils,
    election_years,
    hexes,
    history,
    last_fought,
    watch_lists,
    night,
    parties,
    scotland,
    timetable,
    wards,
)
from tools.data.sources import Sources
from tools.data.writing import Cell, write_table

CHECKOUT_DATA = Path(__file__).resolve().parents[2] / "data"


Table = tuple[str, Iterable[Mapping[str, Cell]]]
"""A table's columns and rows."""


def build(sources_folder: Path, out: Path) -> dict[str, int]:
    """Write every table under *out* and return the number of rows of each."""
    sources = Sources(sources_folder)
    night_2022 = night.Night(sources)
    tables = _of_no_night(sources, night_2022)
    for name, table in _of_the_night(sources, night_2022).items():
        tables[f"nights/2022-05-05/{name}"] = table
    return {
        f"{name}.csv": write_table(out / f"{name}.csv", columns, rows)
        for name, (columns, rows) in tables.items()
    }


def _of_no_night(sources: Sources, night_2022: night.Night) -> dict[str, Table]:
    known = _councils(councils.council_rows(sources))
    past = history.history_rows(sources, known)
    listed = councils.council_rows(sources, history.sizes(past))
    elected = history.elected_rows(sources, known)
    return {
        "parties": (parties.COLUMNS, parties.party_rows()),
        "councils": (councils.COLUMNS, listed),
        "control_history": (history.COLUMNS, history.with_elected(past, elected)),
        "election_years": (election_years.COLUMNS, election_years.election_year_rows(sources, known)),
        "hexes": (hexes.COLUMNS, hexes.hex_rows(sources)),
        "cited_facts": (cited.COLUMNS, cited.cited_rows()),
        "watch_lists": (watch_lists.COLUMNS, watch_lists.list_rows(listed, night_2022.councils)),
    }


def _councils(rows: Iterable[Mapping[str, Cell]]) -> Councils:
    """Return the councils of the table, to find those that a source names."""
    days = ("elected", "starts", "ends")
    return Councils(
        Council(**{**row, **{day: date.fromisoformat(row[day]) if row[day] else None for day in days}})
        for row in rows
    )


def _of_the_night(sources: Sources, night_2022: night.Night) -> dict[str, Table]:
    wards_2022 = wards.Wards(night_2022)
    scotland_2022 = scotland.Scotland(night_2022)
    ballots_2022 = ballots.Ballots(sources)
    fought = last_fought.last_fought_rows(sources, wards_2022, scotland_2022)
    return {
        "ballots": (ballots.COLUMNS, ballots_2022.rows()),
        "ballot_candidates": (ballots.CANDIDATE_COLUMNS, ballots_2022.candidate_rows()),
        "ballot_timetable": (ballots.TIMETABLE_COLUMNS, ballots_2022.timetable_rows()),
        "assembly_before": (ballots.ASSEMBLY_BEFORE_COLUMNS, ballots.assembly_before_rows()),
        "counts_begin": (watch_lists.COUNTS_COLUMNS, watch_lists.counts_begin_rows()),
        "night": (timetable.NIGHT_COLUMNS, timetable.night_rows()),
        "councils": (night.COUNCIL_COLUMNS, night.council_night_rows(night_2022)),
        "nominations": (night.NOMINATION_COLUMNS, night.nomination_rows(night_2022)),
        "adjustments": (night.ADJUSTMENT_COLUMNS, night.adjustment_rows(night_2022)),
        "composition": (night.COMPOSITION_COLUMNS, night.composition_rows(night_2022)),
        "wards": (wards.WARD_COLUMNS, wards_2022.rows()),
        "candidates": (wards.CANDIDATE_COLUMNS, wards_2022.candidate_rows()),
        "stv_wards": (scotland.WARD_COLUMNS, scotland_2022.ward_rows()),
        "stv_candidates": (scotland.CANDIDATE_COLUMNS, scotland_2022.candidate_rows()),
        "last_fought": (last_fought.COLUMNS, fought),
        "timetable": (timetable.COLUMNS, timetable.timetable_rows(wards_2022)),
        "expected": (timetable.EXPECTED_COLUMNS, timetable.expected_rows(night_2022)),
        "desk": (timetable.DESK_COLUMNS, timetable.desk_rows(night_2022)),
    }


def main() -> None:
    """Read the arguments, make the tables and say what was made."""
    parser = argparse.ArgumentParser(prog="python -m tools.data", description=__doc__)
    parser.add_argument("sources", type=Path, help="the folder of sources")
    parser.add_argument("out", type=Path, nargs="?", default=CHECKOUT_DATA, help="where to write")
    arguments = parser.parse_args()
    if not (arguments.sources / "results_2022").is_dir():
        parser.error(f"{arguments.sources} does not hold the sources (no results_2022 in it)")
    for name, rows in build(arguments.sources, arguments.out).items():
        print(f"{rows:6} rows  {name}")
    found = comparison.differences(night.Night(Sources(arguments.sources)))
    faults = comparison.unexplained(found)
    print(f"{len(found):6} figures differ in another source, {len(faults)} without a reason")
    for fault in faults:
        print(f"        {fault}")
    if faults:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
