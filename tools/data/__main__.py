"""Makes every table: `python -m tools.data SOURCES_DIR [OUT_DIR]`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from bot.election.councils import Council, Councils
from tools.data import (
    ballots,
    cited,
    comparison,
    councils,
    demo_channels,
    election_years,
    former_names,
    hexes,
    history,
    last_fought,
    last_votes,
    night,
    night_2022,
    night_2026,
    parties,
    scotland,
    timetable,
    timetable_2022,
    voting_systems,
    wards,
    watch_lists,
)
from tools.data.sources import Sources
from tools.data.writing import Cell, write_table

CHECKOUT_DATA = Path(__file__).resolve().parents[2] / "data"


Table = tuple[str, Iterable[Mapping[str, Cell]]]
"""A table's columns and rows."""


def build(sources_folder: Path, out: Path) -> dict[str, int]:
    """Write every table under *out* and return the number of rows of each."""
    sources = Sources(sources_folder)
    of_2022 = night_2022.Night(sources)
    wards_of_2022 = wards.Wards(of_2022)
    of_2026 = night_2026.Night(sources, wards_of_2022)
    tables = _of_no_night(sources, of_2022, of_2026)
    tables |= _in_folder(night_2022.POLLING_DAY, _of_2022(of_2022, wards_of_2022))
    tables |= _in_folder(night_2026.POLLING_DAY, _of_2026(of_2026, of_2022))
    return {
        f"{name}.csv": write_table(out / f"{name}.csv", columns, rows)
        for name, (columns, rows) in tables.items()
    }


def _in_folder(night: date, tables: Mapping[str, Table]) -> dict[str, Table]:
    return {f"nights/{night}/{name}": table for name, table in tables.items()}


def _of_no_night(
    sources: Sources, of_2022: night_2022.Night, of_2026: night_2026.Night
) -> dict[str, Table]:
    known = _councils(councils.council_rows(sources))
    past = history.history_rows(sources, known)
    listed = councils.council_rows(sources, history.sizes(past))
    elected = history.elected_rows(sources, known)
    lists = [
        *watch_lists.list_rows(watch_lists.OF_2022, listed, of_2022.councils),
        *watch_lists.list_rows(watch_lists.OF_2026, listed, of_2026.councils),
    ]
    return {
        "parties": (parties.COLUMNS, parties.party_rows()),
        "councils": (councils.COLUMNS, listed),
        "control_history": (history.COLUMNS, history.with_elected(past, elected)),
        "election_years": (election_years.COLUMNS, election_years.election_year_rows(sources, known)),
        "voting_systems": (
            voting_systems.COLUMNS,
            voting_systems.voting_system_rows(),
        ),
        "hexes": (hexes.COLUMNS, hexes.hex_rows(sources)),
        "former_names": (former_names.COLUMNS, former_names.former_name_rows()),
        "county_districts": (hexes.DISTRICT_COLUMNS, hexes.district_rows(sources)),
        "cited_facts": (cited.COLUMNS, cited.cited_rows()),
        "watch_lists": (watch_lists.COLUMNS, lists),
    }


def _councils(rows: Iterable[Mapping[str, Cell]]) -> Councils:
    """Return the councils of the table, to find those that a source names."""
    days = ("elected", "starts", "ends")
    return Councils(
        Council(**{**row, **{day: date.fromisoformat(row[day]) if row[day] else None for day in days}})
        for row in rows
    )


def _of_any(of_night: night.Night) -> dict[str, Table]:
    """Return the tables that are made alike for every night."""
    return {
        "councils": (night.COUNCIL_COLUMNS, night.council_night_rows(of_night)),
        "nominations": (night.NOMINATION_COLUMNS, night.nomination_rows(of_night)),
        "adjustments": (night.ADJUSTMENT_COLUMNS, night.adjustment_rows(of_night)),
        "composition": (night.COMPOSITION_COLUMNS, night.composition_rows(of_night)),
    }


def _of_2022(of_2022: night_2022.Night, wards_2022: wards.Wards) -> dict[str, Table]:
    scotland_2022 = scotland.Scotland(of_2022)
    ballots_2022 = ballots.Ballots(of_2022.sources)
    fought = last_fought.last_fought_rows(of_2022.sources, wards_2022, scotland_2022)
    votes = last_votes.last_vote_rows(of_2022.sources, wards_2022, scotland_2022)
    return _of_any(of_2022) | {
        "ballots": (ballots.COLUMNS, ballots_2022.rows()),
        "ballot_candidates": (ballots.CANDIDATE_COLUMNS, ballots_2022.candidate_rows()),
        "ballot_timetable": (ballots.TIMETABLE_COLUMNS, ballots_2022.timetable_rows()),
        "assembly_before": (ballots.ASSEMBLY_BEFORE_COLUMNS, ballots.assembly_before_rows()),
        "counts_begin": (watch_lists.COUNTS_COLUMNS, watch_lists.counts_begin_rows()),
        "night": (night.NIGHT_COLUMNS, timetable_2022.night_rows()),
        "wards": (wards.WARD_COLUMNS, wards_2022.rows()),
        "candidates": (wards.CANDIDATE_COLUMNS, wards_2022.candidate_rows()),
        "stv_wards": (scotland.WARD_COLUMNS, scotland_2022.ward_rows()),
        "stv_candidates": (scotland.CANDIDATE_COLUMNS, scotland_2022.candidate_rows()),
        "last_fought": (last_fought.COLUMNS, fought),
        "last_votes": (last_votes.COLUMNS, votes),
        "timetable": (timetable.COLUMNS, timetable_2022.timetable_rows(wards_2022)),
        "expected": (timetable_2022.EXPECTED_COLUMNS, timetable_2022.expected_rows(of_2022)),
        "desk": (timetable_2022.DESK_COLUMNS, timetable_2022.desk_rows(of_2022)),
        "demo_channels": (demo_channels.COLUMNS, demo_channels.channel_rows(demo_channels.OF_2022)),
    }


def _of_2026(of_2026: night_2026.Night, of_2022: night_2022.Night) -> dict[str, Table]:
    times = timetable_2022.result_times(of_2022)
    return _of_any(of_2026) | {
        "night": (night.NIGHT_COLUMNS, night_2026.night_rows()),
        "wards": (wards.WARD_COLUMNS, night_2026.ward_rows(of_2026)),
        "candidates": (wards.CANDIDATE_COLUMNS, night_2026.candidate_rows(of_2026)),
        "timetable": (timetable.COLUMNS, night_2026.timetable_rows(of_2026, times)),
        "demo_channels": (demo_channels.COLUMNS, demo_channels.channel_rows(demo_channels.OF_2026)),
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
    of_2022 = night_2022.Night(Sources(arguments.sources))
    of_2026 = night_2026.Night(of_2022.sources, wards.Wards(of_2022))
    found = comparison.differences(of_2022, of_2026)
    faults = comparison.unexplained(found)
    print(f"{len(found):6} figures differ in another source, {len(faults)} without a reason")
    for fault in faults:
        print(f"        {fault}")
    if faults:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
