"""Makes every table: `python -m tools.data SOURCES_DIR [OUT_DIR]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from tools.data import (
    cited,
    comparison,
    ballots,
    councils,
    election_years,
    hexes,
    history,
    last_fought,
    lists,
    night,
    parties,
    scotland,
    timetable,
    wards,
)
from tools.data.sources import Sources
from tools.data.writing import write_table

CHECKOUT_DATA = Path(__file__).resolve().parents[2] / "data"


def build(sources_folder: Path, out: Path) -> dict[str, int]:
    """Write every table under *out* and return the number of rows of each."""
    sources = Sources(sources_folder)
    the_night = night.Night(sources)
    the_wards = wards.Wards(the_night)
    the_ballots = ballots.Ballots(sources)
    the_north = scotland.Scotland(the_night)
    past = history.history_rows(sources)
    sizes = councils.sizes_on_the_night(sources, past)
    in_night = "nights/2022-05-05/"
    tables = {
        "parties.csv": (parties.COLUMNS, parties.party_rows()),
        "councils.csv": (councils.COLUMNS, councils.council_rows(sources, sizes)),
        "control_history.csv": (history.COLUMNS, past),
        "election_years.csv": (election_years.COLUMNS, election_years.election_year_rows()),
        "hexes.csv": (hexes.COLUMNS, hexes.hex_rows(sources)),
        "cited_facts.csv": (cited.COLUMNS, cited.cited_rows()),
        "lists.csv": (
            lists.COLUMNS,
            lists.list_rows(councils.council_rows(sources, sizes), the_night.councils),
        ),
        in_night + "ballots.csv": (ballots.COLUMNS, the_ballots.rows()),
        in_night + "ballot_candidates.csv": (
            ballots.CANDIDATE_COLUMNS,
            the_ballots.candidate_rows(),
        ),
        in_night + "ballot_timetable.csv": (
            ballots.TIMETABLE_COLUMNS,
            the_ballots.timetable_rows(),
        ),
        in_night + "assembly_before.csv": (
            ballots.ASSEMBLY_BEFORE_COLUMNS,
            ballots.assembly_before_rows(),
        ),
        in_night + "counts_begin.csv": (lists.COUNTS_COLUMNS, lists.counts_begin_rows()),
        in_night + "night.csv": (timetable.NIGHT_COLUMNS, timetable.night_rows()),
        in_night + "councils.csv": (night.COUNCIL_COLUMNS, night.council_night_rows(the_night)),
        in_night + "nominations.csv": (
            night.NOMINATION_COLUMNS,
            night.nomination_rows(the_night),
        ),
        in_night + "adjustments.csv": (
            night.ADJUSTMENT_COLUMNS,
            night.adjustment_rows(the_night),
        ),
        in_night + "composition.csv": (
            night.COMPOSITION_COLUMNS,
            night.composition_rows(the_night),
        ),
        in_night + "wards.csv": (wards.WARD_COLUMNS, the_wards.rows()),
        in_night + "candidates.csv": (wards.CANDIDATE_COLUMNS, the_wards.candidate_rows()),
        in_night + "stv_wards.csv": (scotland.WARD_COLUMNS, the_north.ward_rows()),
        in_night + "stv_candidates.csv": (
            scotland.CANDIDATE_COLUMNS,
            the_north.candidate_rows(),
        ),
        in_night + "last_fought.csv": (
            last_fought.COLUMNS,
            last_fought.last_fought_rows(sources, the_wards, the_north),
        ),
        in_night + "timetable.csv": (timetable.COLUMNS, timetable.timetable_rows(the_wards)),
        in_night + "expected.csv": (
            timetable.EXPECTED_COLUMNS,
            timetable.expected_rows(the_night),
        ),
        in_night + "desk.csv": (timetable.DESK_COLUMNS, timetable.desk_rows(the_night)),
    }
    return {
        name: write_table(out / name, columns, rows) for name, (columns, rows) in tables.items()
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
