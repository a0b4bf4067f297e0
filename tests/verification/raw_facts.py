"""Facts of each council of 5 May 2022, reckoned from the raw sources by another way than the bot's.

Nothing of the bot, of its tables or of the script that makes them is used: only files and sums.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

Row = dict[str, str]

GROUPS = ("Con", "Lab", "LD", "Green", "SNP", "PC", "others", "vacant")
_DERIVED = {"Con": "con", "Lab": "lab", "LD": "ld", "Green": "grn", "SNP": "snp", "PC": "pc"}
LEAP = {"C": "Con", "Lab": "Lab", "LD": "LD", "Grn": "Green", "SNP": "SNP", "PC": "PC"}
_HANDBOOK = {"CON": "Con", "LAB": "Lab", "LD": "LD", "GREEN": "Green", "PC": "PC", "ASP": "Aspire"}
SCOTTISH = {
    "Labour Party": "Lab",
    "Conservative and Unionist Party": "Con",
    "Liberal Democrats": "LD",
    "Scottish Green Party": "Green",
    "Scottish National Party (SNP)": "SNP",
}
PUT_OFF = {"Mayfield", "New Malden Village", "Port Talbot"}
_FULL_YEARS = range(1973, 2022)


@dataclass(frozen=True, slots=True)
class Facts:
    """A council's facts as text, so that two ways to them can be compared."""

    before: str
    now: str
    change: str
    since: str
    most_votes: str
    turnout: str


def seats_text(seats: Counter[str], sign: bool = False) -> str:
    """Return seats, or changes, in one fixed form."""
    form = "+d" if sign else "d"
    return ", ".join(f"{one} {seats[one]:{form}}" for one in GROUPS if seats[one]) or "none"


@dataclass(frozen=True)
class RawSources:
    """The folder of sources."""

    folder: Path

    def rows(self, path: str, encoding: str = "utf-8-sig") -> list[Row]:
        """Return the rows of a file."""
        with (self.folder / path).open(encoding=encoding, newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def councils(self) -> dict[str, Row]:
        """The 200 councils by code."""
        return {row["la_code"]: row for row in self.rows("derived/councils_2022.csv")}

    def facts(self) -> dict[str, Facts]:
        """Return the facts of every council by its code."""
        now, before = self._now(), self._before()
        votes, turnout = self._votes_and_turnout()
        since = self._since()
        found = {}
        for code, row in self.councils.items():
            new = row["new_council"] == "Yes"
            change: Counter[str] = Counter()
            for group in GROUPS:
                change[group] = now[code][group] - before[code][group]
            found[code] = Facts(
                before="a first election" if new else seats_text(before[code]),
                now=seats_text(now[code]),
                change="a first election" if new else seats_text(change, sign=True),
                since="a first election" if new else since.get(code, ""),
                most_votes=votes.get(code, ""),
                turnout=turnout.get(code, ""),
            )
        return found

    @cached_property
    def code_of_gss(self) -> dict[str, str]:
        """The councils' codes by their GSS codes, old and new."""
        return {
            gss: code
            for code, row in self.councils.items()
            for gss in (row["gss"], row["gss_in_cbp9545"])
        }

    @cached_property
    def code_of_name(self) -> dict[str, str]:
        """The councils' codes by their names, without case and punctuation."""
        names = {plain(row["name"]): code for code, row in self.councils.items()}
        aliases = {
            plain(row["la-name"]): row["local-authority-code"]
            for row in self.rows("lookups/lookup_name_to_registry.csv")
        }
        return aliases | names | {plain("Comhairle nan Eilean Siar"): "ELS"}

    def _now(self) -> dict[str, Counter[str]]:
        """Return who sits after: by CBP; Greens of Scotland and Wales by their winners."""
        greens: Counter[str] = Counter()
        for row in self.rows("results_2022/leh2022_candidates.csv"):
            if row["Elected"] == "1" and row["Party name"] == "GREEN":
                greens[self.code_of_gss[row["Local authority code"]]] += 1
        for row in self.rows("results_2022/scotland-2022-stv-indylive.csv"):
            if row["elected"] == "1" and row["party_name"] == "Scottish Green Party":
                greens[self.code_of_name[plain(row["council_name"])]] += 1
        found = {}
        for code, row in self.councils.items():
            seats = Counter({one: int(row[f"after_{key}"] or 0) for one, key in _DERIVED.items()})
            seats["others"] = int(row["after_oth"] or 0)
            seats["vacant"] = int(row["after_vacant"] or 0)
            if row["nation"] != "England":
                seats["others"] -= greens[code] - seats["Green"]
                seats["Green"] = greens[code]
            found[code] = seats
        return found

    def _before(self) -> dict[str, Counter[str]]:
        """Return who sat after May 2021 in England, who was elected in 2017 elsewhere."""
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for code, year, row in self._history():
            if year == 2021 and self.councils.get(code, {}).get("nation") == "England":
                for one, key in {**_DERIVED, "Green": "green"}.items():
                    found[code][one] = int(row[key] or 0)
                found[code]["others"] = int(row["total"]) - found[code].total()
        path = self.folder / "prior_results" / "leap-2017-05-04.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            for name, gss, _, _, _, party, _, elected in csv.reader(file):
                code = self.code_of_gss.get(gss) or self.code_of_name.get(plain(name), "")
                elsewhere = self.councils.get(code, {}).get("nation") in ("Scotland", "Wales")
                if elsewhere and elected == "1":
                    found[code][LEAP.get(party, "others")] += 1
        return found

    def _history(self) -> list[tuple[str, int, Row]]:
        rows = self.rows("control_history/history1973-2015.csv", "cp1252")
        rows += self.rows("control_history/history2016-2026.csv")
        return [
            (self.code_of_name.get(plain(row["authority"]), ""), int(row["year"]), row)
            for row in rows
        ]

    def _since(self) -> dict[str, str]:
        """Return who has controlled each council without a break, and from which snapshot on."""
        controls: defaultdict[str, dict[int, str]] = defaultdict(dict)
        for code, year, row in self._history():
            if code in self.councils and year in _FULL_YEARS:
                controls[code][year] = self._control(self.councils[code]["nation"], row)
        found = {}
        for code, by_year in controls.items():
            if 2021 not in by_year:
                continue
            first = 2021
            while by_year.get(first - 1) == by_year[2021]:
                first -= 1
            found[code] = f"{by_year[2021]} {first}"
        return found

    @staticmethod
    def _control(nation: str, row: Row) -> str:
        nationalists = "PC" if nation == "Wales" else "SNP"
        nat = row["nat"] if "nat" in row else str(int(row["pc"] or 0) + int(row["snp"] or 0))
        seats = {"Con": row["con"], "Lab": row["lab"], "LD": row["ld"], nationalists: nat}
        numbers = {one: int(text or 0) for one, text in seats.items()}
        green = int(row.get("green") or 0)
        numbers |= {"Green": green, "others": int(row["total"]) - sum(numbers.values()) - green}
        return next((one for one, n in numbers.items() if 2 * n > int(row["total"])), "NOC")

    def _votes_and_turnout(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return the party with most votes (as the handbook counts shares) and the turnout."""
        best: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        contested: set[tuple[str, str]] = set()
        for row in self.rows("results_2022/leh2022_candidates.csv"):
            if row["Ward name"].strip() in PUT_OFF:
                continue
            ward = (self.code_of_gss[row["Local authority code"]], _ward(row))
            party, votes = _HANDBOOK.get(row["Party name"], row["Party name"]), int(row["Votes"])
            if row["Vote effective"] == "1":  # by the handbook, which has judged each ward
                best[ward][party] += votes
            if votes:
                contested.add(ward)
        for row in self.rows("results_2022/scotland-2022-stv-indylive.csv"):
            ward = (self.code_of_name[plain(row["council_name"])], row["ward_name"])
            if row["contested"] == "1" and row["first_prefs"]:
                party = SCOTTISH.get(row["party_name"], row["party_name"])
                best[ward][party] += int(float(row["first_prefs"]))
                contested.add(ward)
        sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for ward in contested:
            sums[ward[0]].update(best[ward])
        return (
            {code: _leader(sums[code]) for code in sums if _leader(sums[code])},
            self._turnout(),
        )

    def _turnout(self) -> dict[str, str]:
        voted: defaultdict[str, float] = defaultdict(float)
        electors: defaultdict[str, int] = defaultdict(int)
        for row in self.rows("results_2022/leh2022_wards.csv"):
            if row["Turnout (%)"] in ("", "NA", "0") or row["Ward name"].strip() in PUT_OFF:
                continue
            code = self.code_of_gss[row["Local authority code"]]
            voted[code] += int(row["Electorate"]) * float(row["Turnout (%)"]) / 100
            electors[code] += int(row["Electorate"])
        seen = set()
        for row in self.rows("results_2022/scotland-2022-stv-indylive.csv"):
            code = self.code_of_name[plain(row["council_name"])]
            if (code, row["ward_name"]) in seen or row["contested"] != "1":
                continue
            seen.add((code, row["ward_name"]))
            if row["total_poll"] and row["electorate"]:
                voted[code] += float(row["total_poll"])
                electors[code] += int(float(row["electorate"]))
        return {code: f"{100 * voted[code] / electors[code]:.1f}%" for code in electors}


def _leader(votes: Counter[str]) -> str:
    """Return the party with most votes and its share; independents together are no party."""
    total = votes.total()
    ranked = [(one, number) for one, number in votes.most_common() if not _is_bucket(one)]
    if not total or not ranked:
        return ""
    party, number = ranked[0]
    return f"{party} {100 * number / total:.1f}%"


def _is_bucket(party: str) -> bool:
    return party.upper() in ("IND", "INDEPENDENT", "RES", "NO DESCRIPTION", "ND")


def _ward(row: Row) -> str:
    return f"{row['Ward code']} {' '.join(row['Ward name'].split()).casefold()}"


def plain(name: str) -> str:
    return " ".join(name.strip().casefold().replace("&", "and").split())
