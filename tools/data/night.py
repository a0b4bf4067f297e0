"""The night's councils: who sat on the eve, who defended what, who sits now."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from tools.data.councils import name_of, wire_type_of
from tools.data.parties import CODE_OF_HANDBOOK
from tools.data.sources import Row, Sources, WardKey, number
from tools.data.writing import Cell

COUNCIL_COLUMNS = (
    "code,wire_name,wire_type,proportion,seats,seats_up,boundary_change,new_council,"
    "predecessors,sitting,sitting_source,sitting_note,baseline,baseline_source"
)
NOMINATION_COLUMNS = "code,party,seats_held,seats_offered,unopposed,candidates"
COMPOSITION_COLUMNS = "code,party,won,now,change"
ADJUSTMENT_COLUMNS = "code,party,field,from,to,why"

PARTIES = ("Lab", "Con", "LD", "Green", "SNP", "PC", "Asp", "Ind", "Vac")
"""The parties of the council tables, in their order; all others are counted under Ind."""

DERIVED = {
    "Con": "con",
    "Lab": "lab",
    "LD": "ld",
    "Green": "grn",
    "SNP": "snp",
    "PC": "pc",
    "Ind": "oth",
}
"""Our codes and the derived table's."""

SCOTTISH_PARTIES = {
    "Labour Party": "Lab",
    "Conservative and Unionist Party": "Con",
    "Liberal Democrats": "LD",
    "Scottish Green Party": "Green",
    "Scottish National Party (SNP)": "SNP",
}
LEAP_PARTIES = {"C": "Con", "Lab": "Lab", "LD": "LD", "Grn": "Green", "SNP": "SNP", "PC": "PC"}

SNAPSHOT = "snapshot:2021-05-06"
"""Open Council Data's compositions of 2021 are of after that May's elections, of no exact day."""
ELECTION_OF_2017 = "2017-05-04"

COUNTERMANDED = {
    # Polls put off after a candidate's death; the handbook has their later results.
    ("RDB", "mayfield"): "poll held on 26 May 2022",
    ("KTT", "new malden village"): "poll held on 23 June 2022",
    ("NTL", "port talbot"): "poll held later",
}

PROPORTIONS = {"EXE": ("third", "17 of 39 seats: a third and by-elections")}

SITTING = {
    "BAI": (
        "Con",
        "cited",
        "PA's list and the BBC report a Conservative hold; Open Council Data's snapshot of 2021,"
        " taken after defections, has 20 of 42",
    ),
}

NAMES_IN_THE_PA_LIST = {"AGY": "Isle of Anglesey", "VGL": "Vale of Glamorgan"}
"""Where the papers that printed PA's list changed its capitals."""


@dataclass
class CouncilNight:
    """One council's night, party by party (codes of `PARTIES`)."""

    row: Row
    won: Counter[str] = field(default_factory=Counter)
    candidates: Counter[str] = field(default_factory=Counter)
    unopposed: Counter[str] = field(default_factory=Counter)
    vacant_by_countermand: int = 0
    now: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    offered: Counter[str] = field(default_factory=Counter)
    proportion: str = ""
    boundary_change: bool = False
    adjustments: list[dict[str, Cell]] = field(default_factory=list)
    fitted: bool = False
    cited_eve: str = ""

    @property
    def code(self) -> str:
        """The council's three-letter code."""
        return self.row["la_code"]

    @property
    def is_new(self) -> bool:
        """Whether the council was elected for the first time."""
        return self.row["new_council"] == "Yes"

    @property
    def seats_up(self) -> int:
        """Seats to be filled, polls put off included."""
        return number(self.row["seats_contested"])

    @property
    def size(self) -> int:
        """The council's seats as of the night, vacancies included."""
        return number(self.row["after_total"])

    @property
    def baseline(self) -> str:
        """What the seats held before are (`bot.election.baselines`): blank for a new council."""
        if self.is_new:
            return ""
        if self.cited_eve:
            return "eve"
        day = SNAPSHOT if self.row["nation"] == "England" else f"election:{ELECTION_OF_2017}"
        return f"{day}:updated" if self.fitted else day

    @property
    def baseline_source(self) -> str:
        """Who tells the seats held before."""
        if self.is_new:
            return ""
        if self.cited_eve:
            return self.cited_eve
        return "open-council-data-2021" if self.row["nation"] == "England" else "cbp-2017"

    def adjust(self, party: str, field_name: str, to: int, why: str) -> None:
        """Set a figure of the eve by *party*, and record why; nothing happens if it is so."""
        figures = self.held if field_name == "seats_held" else self.offered
        if (was := figures[party]) == to:
            return
        figures[party] = to
        self.adjustments.append(
            {
                "code": self.code,
                "party": party,
                "field": field_name,
                "from": was,
                "to": to,
                "why": why,
            }
        )


@dataclass(frozen=True)
class Night:
    """Every council of the night, composed from the sources."""

    sources: Sources

    @cached_property
    def councils(self) -> dict[str, CouncilNight]:
        """The councils by their code."""
        nights = {row["la_code"]: CouncilNight(row) for row in self.sources.derived}
        self._count_england_and_wales(nights)
        self._count_scotland(nights)
        shared = self._shared_wards(nights)
        for night in nights.values():
            night.proportion = _proportion(night)
            night.boundary_change = _boundaries_moved(night, shared.get(night.code))
            _compose(night)
            self._eve(night, shared.get(night.code, 0.0))
        return dict(sorted(nights.items()))

    @cached_property
    def code_of_gss(self) -> dict[str, str]:
        """Council codes by the GSS code that the sources use."""
        return {
            gss: row["la_code"]
            for row in self.sources.derived
            for gss in (row["gss"], row["gss_in_cbp9545"])
        }

    def council_of_ward(self, key: WardKey) -> str:
        """Return the code of the council that a ward elects to."""
        return self.code_of_gss[key.gss]

    def _count_england_and_wales(self, nights: dict[str, CouncilNight]) -> None:
        for key, candidates in self.sources.candidates.items():
            night = nights[self.council_of_ward(key)]
            uncontested = is_uncontested(candidates)
            countermanded = (night.code, key.name) in COUNTERMANDED
            for candidate in candidates:
                party = council_party(CODE_OF_HANDBOOK.get(candidate["Party name"], "Ind"))
                night.candidates[party] += 1
                if candidate["Elected"] != "1":
                    continue
                if countermanded:
                    night.vacant_by_countermand += 1
                    continue
                night.won[party] += 1
                night.unopposed[party] += uncontested

    def _count_scotland(self, nights: dict[str, CouncilNight]) -> None:
        codes = {
            row["name"]: row["la_code"]
            for row in self.sources.derived
            if row["nation"] == "Scotland"
        } | {"Comhairle nan Eilean Siar": "ELS"}
        for row in self.sources.scotland:
            night = nights[codes[row["council_name"]]]
            party = SCOTTISH_PARTIES.get(row["party_name"], "Ind")
            elected = row["elected"] == "1"
            night.candidates[party] += 1
            night.won[party] += elected
            night.unopposed[party] += elected and row["contested"] != "1"

    def _shared_wards(self, nights: dict[str, CouncilNight]) -> dict[str, float]:
        """Return by council the share of tonight's ward codes that were fought in 2017 or 2018."""
        now: dict[str, set[str]] = defaultdict(set)
        for key in self.sources.candidates:
            now[self.council_of_ward(key)].add(key.ward_gss)
        codes = {night.row["name"]: code for code, night in nights.items()}
        for row in self.sources.scotland:
            code = codes.get(row["council_name"], "ELS")
            now[code].add(row["map_ward_id"])
        before = {row[3] for year in ("2017", "2018") for row in self.sources.leap(year)}
        last = set(self._last_fought)
        return {
            code: len(wards & before) / len(wards) for code, wards in now.items() if code in last
        }

    @cached_property
    def _last_fought(self) -> dict[str, Counter[str]]:
        """Seats won by council and party in 2017 and 2018; some have older codes in LEAP."""
        names = {row["name"]: row["la_code"] for row in self.sources.derived} | {"Glasgow": "GLG"}
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for year in ("2017", "2018"):
            for name, gss, _, _, _, party, _, elected in self.sources.leap(year):
                code = self.code_of_gss.get(gss) or names.get(name)
                if code and elected == "1":
                    found[code][LEAP_PARTIES.get(party, "Ind")] += 1
        return found

    def _eve(self, night: CouncilNight, shared: float) -> None:
        """Fill in who sat on the eve and what they defended."""
        if night.is_new:
            return
        night.held = Counter(
            {code: number(night.row[f"before_{key}"]) for code, key in DERIVED.items()}
        )
        if night.row["nation"] != "England":
            self._as_elected_in_2017(night)
        elif cited := self._cited_eve(night):
            night.cited_eve = "; ".join(dict.fromkeys(row["source"] for row in cited))
            for party in PARTIES:
                seats = sum(
                    number(row["seats_on_the_eve"]) for row in cited if row["party"] == party
                )
                night.adjust(party, "seats_held", seats, f"the eve as cited: {night.cited_eve}")
        if night.proportion == "all":
            night.offered = Counter(night.held)
            return
        last_time = self._last_fought[night.code] if shared >= 0.5 else Counter()
        _fit_the_eve(night, last_time)
        night.offered = Counter({p: night.held[p] - night.now[p] + night.won[p] for p in PARTIES})

    def _as_elected_in_2017(self, night: CouncilNight) -> None:
        """Put right where LEAP has other councillors elected in 2017 than CBP.

        CBP counts Greens with others, misses a ward that polled late (Merthyr Tydfil's Cyfarthfa)
        and has two councillors under another party.
        """
        elected = self._last_fought[night.code]
        if not elected:
            raise ValueError(f"{night.code}: nobody elected in 2017 is found")
        for party in PARTIES:
            why = "CBP has another figure; LEAP has the councillors elected in 2017 one by one"
            night.adjust(party, "seats_held", elected[party], why)

    def _cited_eve(self, night: CouncilNight) -> list[Row]:
        """Return the cited composition on the eve, nothing where not every seat is cited."""
        name = night.row["name"]
        cited = [row for row in self.sources.cited_eves if row["council"] == name]
        seats = sum(number(row["seats_on_the_eve"]) for row in cited)
        return cited if seats == number(night.row["before_total"]) else []


def is_uncontested(candidates: list[Row]) -> bool:
    """Whether a ward had no more candidates than seats."""
    return len(candidates) <= int(candidates[0]["Vacancies"])


def council_party(code: str) -> str:
    """Return the party of the council tables under which a candidate's party is counted."""
    return code if code in PARTIES else "Ind"


def _proportion(night: CouncilNight) -> str:
    if night.code in PROPORTIONS:
        return PROPORTIONS[night.code][0]
    return night.row["seats_up_pattern_derived"]


def _boundaries_moved(night: CouncilNight, shared: float | None) -> bool:
    """Whether the council's size, or most of its wards' codes, are new since last fought."""
    if night.is_new or night.row["before_total"] != night.row["after_total"]:
        return True
    flagged = night.row["boundary_change"] == "Yes"
    if night.proportion == "all" and shared is not None:
        return shared < 0.5 or (flagged and shared < 1)
    return flagged


def _compose(night: CouncilNight) -> None:
    """Fill in the composition after the night: from the wards where all seats were up."""
    vacant = number(night.row["after_vacant"])
    if night.proportion == "all":
        night.now = Counter(night.won)
    else:
        night.now = Counter(
            {code: number(night.row[f"after_{key}"]) for code, key in DERIVED.items()}
        )
    night.now["Vac"] = vacant
    if (total := night.now.total()) != night.size:
        raise ValueError(f"{night.code}: {total} seats composed, {night.size} expected")
    if night.vacant_by_countermand and night.vacant_by_countermand != vacant:
        raise ValueError(f"{night.code}: polls put off do not explain {vacant} vacant seats")
    if night.proportion != "all" and any(night.now[p] < night.won[p] for p in PARTIES):
        raise ValueError(f"{night.code}: a party won more tonight than it has")


def _fit_the_eve(night: CouncilNight, last_time: Counter[str]) -> None:
    """Move single seats on the eve between parties until nobody defends fewer than none.

    Seats not up are what a party has now less what it won tonight. Where the eve's composition
    gives a party fewer, somebody changed sides, or a seat fell vacant, after that snapshot. The
    seat is taken from the party that would defend most beyond what it won when these seats were
    last fought (2018, where the wards are the same); between equals, from the one defending
    fewest, the likeliest to be the same seat under another name. Who controls the
    council stays so, of all seats and of the filled ones.
    """
    total = night.held.total()
    sitting = control_of(night.held, total)
    not_up = {party: night.now[party] - night.won[party] for party in PARTIES}

    def defended(party: str) -> int:
        return night.held[party] - not_up[party]

    def may_give(party: str, to: str) -> bool:
        after = night.held - Counter({party: 1}) + Counter({to: 1})
        filled = total - after["Vac"]
        return defended(party) > 0 and sitting == control_of(after, total) == control_of(
            after, filled
        )

    why = "seats not up (now less won tonight) exceed the eve's composition"
    for party in PARTIES:
        while defended(party) < 0:
            donor = max(
                (p for p in PARTIES if may_give(p, party)),
                key=lambda p: (
                    defended(p) - last_time[p] if last_time else 0,
                    -defended(p),
                    -PARTIES.index(p),
                ),
            )
            night.fitted = True
            night.adjust(donor, "seats_held", night.held[donor] - 1, why)
            night.adjust(party, "seats_held", night.held[party] + 1, why)


def control_of(seats: Counter[str], total: int) -> str:
    """Return the party with more than half of all seats (vacant ones included), else NOC."""
    for party in PARTIES:
        if party != "Vac" and 2 * seats[party] > total:
            return party
    return "NOC"


def _sitting(night: CouncilNight) -> tuple[str, str, str]:
    """Return who controlled the council on the eve, by what source, and a note."""
    if night.is_new:
        return "", "", "first election"
    if night.code in SITTING:
        return SITTING[night.code]
    source = "open-council-data-2021" if night.row["nation"] == "England" else "cbp-2017"
    return control_of(night.held, night.held.total()), source, ""


def _wire_names(sources: Sources) -> dict[str, str]:
    """Return the names that PA printed, where its list of expected times has them."""
    printed = {row["la_code"]: row["name_in_source"] for row in sources.expected}
    return printed | NAMES_IN_THE_PA_LIST


def council_night_rows(night: Night) -> list[dict[str, Cell]]:
    """Return the rows of the night's councils."""
    registry, names = night.sources.registry, _wire_names(night.sources)
    rows: list[dict[str, Cell]] = []
    for code, council in night.councils.items():
        sitting, source, note = _sitting(council)
        plain_name = name_of(registry[code]).replace(" and ", " & ")
        rows.append(
            {
                "code": code,
                "wire_name": names.get(code, plain_name),
                "wire_type": wire_type_of(registry[code]),
                "proportion": council.proportion,
                "seats": council.size,
                "seats_up": council.seats_up,
                "boundary_change": council.boundary_change,
                "new_council": council.is_new,
                "predecessors": tuple(
                    old
                    for old, row in sorted(registry.items())
                    if council.is_new and code in row["replaced-by"].split(",")
                ),
                "sitting": sitting,
                "sitting_source": source,
                "sitting_note": note,
                "baseline": council.baseline,
                "baseline_source": council.baseline_source,
            }
        )
    return rows


def nomination_rows(night: Night) -> list[dict[str, Cell]]:
    """Return what each party held, defended and put up, council by council."""
    return [
        {
            "code": code,
            "party": party,
            "seats_held": council.held[party],
            "seats_offered": council.offered[party],
            "unopposed": council.unopposed[party],
            "candidates": council.candidates[party],
        }
        for code, council in night.councils.items()
        for party in PARTIES
        if council.held[party] or council.candidates[party]
    ]


def composition_rows(night: Night) -> list[dict[str, Cell]]:
    """Return what each party won and has now; a first election has no change to show."""
    return [
        {
            "code": code,
            "party": party,
            "won": council.won[party],
            "now": council.now[party],
            "change": None if council.is_new else council.now[party] - council.held[party],
        }
        for code, council in night.councils.items()
        for party in PARTIES
        if council.won[party] or council.now[party] or council.held[party]
    ]


def adjustment_rows(night: Night) -> list[dict[str, Cell]]:
    """Return every figure of the eve that was fitted, its last value against its first."""
    merged: dict[tuple[str, str, str], dict[str, Cell]] = {}
    for council in night.councils.values():
        for step in council.adjustments:
            key = (str(step["code"]), str(step["party"]), str(step["field"]))
            merged[key] = step | {"from": merged.get(key, step)["from"]}
    return [row for _, row in sorted(merged.items()) if row["from"] != row["to"]]
