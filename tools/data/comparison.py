"""Every council of the tables beside each independent source; what differs needs a reason.

The reasons stand in `explained_differences.csv`, a line a figure. A difference without a line, and
a line whose difference is gone, make the comparison fail.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.data import night_2026
from tools.data.night import CouncilNight
from tools.data.night_2022 import DERIVED, Night
from tools.data.parties import CODE_OF_HANDBOOK
from tools.data.sources import number

EXPLAINED = Path(__file__).with_name("explained_differences.csv")
_COMPARED = ("Lab", "Con", "LD", "Green", "SNP", "PC")
"""Parties that all sources tell apart; whoever else sits is counted under other names in each."""
_WITHOUT_GREENS = tuple(party for party in _COMPARED if party != "Green")


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """A figure of a council in which a source differs from our table."""

    code: str
    what: str
    source: str
    party: str
    ours: int
    theirs: int


def differences(night: Night, later: night_2026.Night) -> list[Difference]:
    """Return every figure in which an independent source differs from the tables of the nights."""
    found: list[Difference] = []
    for source in (_handbook, _cbp, _open_council_data, _cited):
        found += source(night)
    return sorted([*found, *_summer_of_2026(later)])


def unexplained(found: Iterable[Difference], explained: Path = EXPLAINED) -> list[str]:
    """Return in sentences which differences have no reason, and which reasons no difference."""
    with explained.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    reasons = {
        Difference(
            row["code"],
            row["what"],
            row["source"],
            row["party"],
            int(row["ours"]),
            int(row["theirs"]),
        ): row["why"].strip()
        for row in rows
    }
    differing = set(found)
    faults = [
        f"{one.code}, {one.what}, {one.party}: {one.ours} in our tables, {one.theirs} in"
        f" {one.source}, and no line says why"
        for one in sorted(differing)
        if not reasons.get(one)
    ]
    return faults + [
        f"{one.code}, {one.what}, {one.party}: the line on {one.source} explains nothing any more"
        for one in sorted(reasons.keys() - differing)
    ]


def _compare(
    council: CouncilNight,
    what: str,
    source: str,
    ours: Counter[str],
    theirs: dict[str, int],
) -> Iterator[Difference]:
    for party, seats in theirs.items():
        if ours[party] != seats:
            yield Difference(council.code, what, source, party, ours[party], seats)


def _handbook(night: Night) -> Iterator[Difference]:
    """Compare seats won with the handbook as published, and with IndyLive's winners."""
    won: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in night.sources.rows("results_2022/leh2022_candidates.csv"):
        if row["Elected"] == "1":
            code = night.code_of_gss[row["Local authority code"]]
            won[code][CODE_OF_HANDBOOK.get(row["Party name"], "Ind")] += 1
    for code, council in night.councils.items():
        if code in won:
            theirs = {party: won[code][party] for party in _COMPARED}
            yield from _compare(council, "won", "the handbook", council.won, theirs)


def _cbp(night: Night) -> Iterator[Difference]:
    """Compare the composition after, and before in Scotland and Wales, with CBP-9545's."""
    for council in night.councils.values():
        row = council.row
        # It has no column for Greens in Scotland and Wales.
        parties = _COMPARED if row["nation"] == "England" else _WITHOUT_GREENS
        after = {party: number(row[f"after_{DERIVED[party]}"]) for party in parties}
        yield from _compare(council, "now", "CBP-9545", council.now, after)
        if row["nation"] != "England":
            before = {party: number(row[f"before_{DERIVED[party]}"]) for party in parties}
            yield from _compare(council, "before", "CBP-9545", council.held, before)


def _open_council_data(night: Night) -> Iterator[Difference]:
    """Compare with Open Council Data: before with 2021 in England, now with 2022."""
    rows = night.sources.recent_history
    for code, council in night.councils.items():
        if not council.is_new and council.row["nation"] == "England":
            theirs = _seats(rows[code, 2021])
            yield from _compare(council, "before", "Open Council Data 2021", council.held, theirs)
        if (code, 2022) in rows:
            theirs = _seats(rows[code, 2022])
            yield from _compare(council, "now", "Open Council Data 2022", council.now, theirs)


def _summer_of_2026(night: night_2026.Night) -> Iterator[Difference]:
    """Compare the councils that were elected as a whole with the snapshot of that summer."""
    for code, council in night.councils.items():
        if council.proportion == "all":
            row = night.sources.recent_history[code, night_2026.POLLING_DAY.year]
            theirs = {party: number(row[key]) for party, key in night_2026.IN_THE_SOURCE.items()}
            yield from _compare(council, "now", "Open Council Data 2026", council.now, theirs)


def _seats(row: dict[str, str]) -> dict[str, int]:
    columns = {"Lab": "lab", "Con": "con", "LD": "ld", "Green": "green", "SNP": "snp", "PC": "pc"}
    return {party: number(row[column]) for party, column in columns.items()}


def _cited(night: Night) -> Iterator[Difference]:
    """Compare seats before, and changes, with what was reported of some councils."""
    names = {council.row["name"]: council for council in night.councils.values()}
    for row in night.sources.cited_eves:
        council, party = names[row["council"]], {"Aspire": "Asp"}.get(row["party"], row["party"])
        held, now = council.held[party], council.now[party]
        if row["seats_on_the_eve"] and held != number(row["seats_on_the_eve"]):
            theirs = number(row["seats_on_the_eve"])
            yield Difference(council.code, "before", "the cited eve", party, held, theirs)
        if row["change_as_reported"] and now - held != int(row["change_as_reported"]):
            theirs = int(row["change_as_reported"])
            yield Difference(council.code, "change", "the cited change", party, now - held, theirs)

