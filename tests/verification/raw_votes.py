"""Votes of each council of 5 May 2022, reckoned from the raw sources by another way than the bot's.

Nothing of the bot, of its tables or of the script that makes them is used: only files and sums. For
a share of the vote the handbook says itself which candidates count ("Vote effective").
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tests.verification.raw_facts import LEAP, PUT_OFF, SCOTTISH, RawSources, Row, plain

GROUPS = ("Con", "Lab", "LD", "Green", "SNP", "PC")
OTHERS = "others"
_HANDBOOK = {"CON": "Con", "LAB": "Lab", "LD": "LD", "GREEN": "Green", "PC": "PC"}


@dataclass
class RawVotes:
    """A council's sums: votes by group that count for shares, all votes, electors and who voted.

    `judged` are wards where the handbook counts other candidates than the rule: in a ward of one
    seat everybody, in one of several the best of each party.
    """

    polls: int = 0
    effective: Counter[str] = field(default_factory=Counter)
    plain: Counter[str] = field(default_factory=Counter)
    electors: int = 0
    voted: float = 0.0
    closest: int | None = None
    biggest: int | None = None
    judged: list[str] = field(default_factory=list)
    now: Counter[str] = field(default_factory=Counter)
    then: Counter[str] = field(default_factory=Counter)
    compared: int = 0


def raw_votes(folder: Path) -> dict[str, RawVotes]:
    """Return the votes of every council by its code."""
    sources = RawSources(folder)
    found: defaultdict[str, RawVotes] = defaultdict(RawVotes)
    last = _last_contests(folder)
    new = {code for code, row in sources.councils.items() if row["new_council"] == "Yes"}
    wards: defaultdict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in sources.rows("results_2022/leh2022_candidates.csv"):
        name = row["Ward name"].strip()
        if name not in PUT_OFF:
            code = sources.code_of_gss[row["Local authority code"]]
            wards[code, row["Ward code"], name.casefold()].append(row)
    for (code, gss, name), candidates in wards.items():
        _add(
            found[code],
            name,
            candidates,
            last.get((gss, _begins(name))) if code not in new else None,
        )
    for row in sources.rows("results_2022/leh2022_wards.csv"):
        if row["Turnout (%)"] in ("", "NA", "0") or row["Ward name"].strip() in PUT_OFF:
            continue
        council = found[sources.code_of_gss[row["Local authority code"]]]
        council.electors += int(row["Electorate"])
        council.voted += int(row["Electorate"]) * float(row["Turnout (%)"]) / 100
    _add_scotland(sources, found, last)
    return dict(found)


def _add(council: RawVotes, name: str, candidates: list[Row], last: Counter[str] | None) -> None:
    """Add a ward of England or Wales, if there was a poll."""
    if not any(int(row["Votes"]) for row in candidates):
        return
    council.polls += 1
    effective: Counter[str] = Counter()
    by_rule: defaultdict[str, list[int]] = defaultdict(list)
    for row in candidates:
        group, votes = _HANDBOOK.get(row["Party name"], OTHERS), int(row["Votes"])
        council.plain[group] += votes
        by_rule[row["Party name"]].append(votes)
        if row["Vote effective"] == "1":
            effective[group] += votes
    seats = int(candidates[0]["Vacancies"])
    ruled = sum(sum(one) if seats == 1 else max(one) for one in by_rule.values())
    if ruled != effective.total():
        council.judged.append(name)
    council.effective += effective
    if last:
        council.now += effective
        council.then += last
        council.compared += 1
    won = [row for row in candidates if row["Elected"] == "1"]
    lost = [row for row in candidates if row["Elected"] != "1"]
    if lost:
        first, second = min(won, key=_votes), max(lost, key=_votes)
        if first["Party name"] != second["Party name"] or first["Party name"] == "IND":
            _margin(council, _votes(first) - _votes(second))


def _margin(council: RawVotes, votes: int) -> None:
    council.closest = votes if council.closest is None else min(council.closest, votes)
    council.biggest = votes if council.biggest is None else max(council.biggest, votes)


def _votes(row: Row) -> int:
    return int(row["Votes"])


def _add_scotland(
    sources: RawSources,
    found: defaultdict[str, RawVotes],
    last: dict[tuple[str, str], Counter[str]],
) -> None:
    """Add first preferences of the wards of Scotland."""
    wards: defaultdict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in sources.rows("results_2022/scotland-2022-stv-indylive.csv"):
        code = sources.code_of_name[plain(row["council_name"])]
        wards[code, row["map_ward_id"], row["ward_name"].strip()].append(row)
    for (code, gss, name), rows in wards.items():
        council, first = found[code], rows[0]
        if first["contested"] != "1" or len(rows) <= int(first["seats"]):
            continue
        council.polls += 1
        if any(not row["first_prefs"] for row in rows):
            continue
        votes: Counter[str] = Counter()
        for row in rows:
            votes[SCOTTISH.get(row["party_name"], OTHERS)] += int(float(row["first_prefs"]))
        council.effective += votes
        council.plain += votes
        if before := last.get((gss, _begins(name))):
            council.now += votes
            council.then += before
            council.compared += 1
        if first["electorate"] and first["total_poll"]:
            council.electors += int(float(first["electorate"]))
            council.voted += int(float(first["total_poll"]))


def papers_above_votes(folder: Path) -> dict[str, float]:
    """Return by how many points turnout is above valid votes, in each ward of one seat."""
    return {
        f"{row['Ward name'].strip()} ({row['Local authority name']})": float(row["Turnout (%)"])
        - 100 * int(row["Total votes"]) / int(row["Electorate"])
        for row in RawSources(folder).rows("results_2022/leh2022_wards.csv")
        if row["Vacancies"] == "1" and row["Turnout (%)"] not in ("", "NA", "0")
    }


def _last_contests(folder: Path) -> dict[tuple[str, str], Counter[str]]:
    """Return the votes of the last contests by ward's code and name, as they count for shares."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for year in ("2017-05-04", "2018-05-03"):
        wards: defaultdict[tuple[str, str], list[list[str]]] = defaultdict(list)
        path = folder / "prior_results" / f"leap-{year}.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                wards[row[3], _begins(row[2])].append(row)
        for ward, rows in wards.items():
            if any(not row[6].isdigit() for row in rows):
                continue
            several = sum(row[7] == "1" for row in rows) > 1 and not ward[0].startswith("S")
            parties: defaultdict[str, list[int]] = defaultdict(list)
            for row in rows:
                parties[row[5]].append(int(row[6]))
            votes: Counter[str] = Counter()
            for party, numbers in parties.items():
                votes[LEAP.get(party, OTHERS)] += max(numbers) if several else sum(numbers)
            if votes.total():
                found[ward] = votes
    return found


def _begins(name: str) -> str:
    """Return how a ward's name begins: sources spell the rest in several ways."""
    return "".join(
        one for one in name.casefold().replace("&", "and") if one.isalnum() or one == " "
    )[:5]
