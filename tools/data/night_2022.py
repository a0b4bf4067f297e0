"""The councils of 5 May 2022: who sat on the eve, who defended what, who sits now."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from tools.data.night import CouncilNight, fit_the_eve
from tools.data.parties import CODE_OF_HANDBOOK
from tools.data.sources import Row, Sources, WardKey, number

POLLING_DAY = date(2022, 5, 5)

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
class CouncilOf2022(CouncilNight):
    """One council's night, with its row in the table that the sources derive."""

    row: Row = field(default_factory=dict)
    vacant_by_countermand: int = 0

    @classmethod
    def of(cls, row: Row) -> CouncilOf2022:
        """Return the council of a row, before anything is counted."""
        code, is_new = row["la_code"], row["new_council"] == "Yes"
        in_england = row["nation"] == "England"
        day = SNAPSHOT if in_england else f"election:{ELECTION_OF_2017}"
        source = "open-council-data-2021" if in_england else "cbp-2017"
        return cls(
            code=code,
            size=number(row["after_total"]),
            seats_up=number(row["seats_contested"]),
            is_new=is_new,
            counted_from="" if is_new else day,
            counted_from_source="" if is_new else source,
            cited_sitting=SITTING.get(code),
            row=row,
        )


@dataclass(frozen=True)
class Night:
    """Every council of the night, composed from the sources."""

    sources: Sources
    parties: tuple[str, ...] = PARTIES

    @cached_property
    def councils(self) -> dict[str, CouncilOf2022]:
        """The councils by their code."""
        nights = {row["la_code"]: CouncilOf2022.of(row) for row in self.sources.derived}
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

    @cached_property
    def wire_names(self) -> dict[str, str]:
        """The names that PA printed, where its list of expected times has them."""
        printed = {row["la_code"]: row["name_in_source"] for row in self.sources.expected}
        return printed | NAMES_IN_THE_PA_LIST

    def council_of_ward(self, key: WardKey) -> str:
        """Return the code of the council that a ward elects to."""
        return self.code_of_gss[key.gss]

    def _count_england_and_wales(self, nights: dict[str, CouncilOf2022]) -> None:
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

    def _count_scotland(self, nights: dict[str, CouncilOf2022]) -> None:
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

    def _shared_wards(self, nights: dict[str, CouncilOf2022]) -> dict[str, float]:
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

    def _eve(self, night: CouncilOf2022, shared: float) -> None:
        """Fill in who sat on the eve and what they defended."""
        if night.is_new:
            return
        night.held = Counter(
            {code: number(night.row[f"before_{key}"]) for code, key in DERIVED.items()}
        )
        if night.row["nation"] != "England":
            self._as_elected_in_2017(night)
        elif cited := self._cited_eve(night):
            told_by = "; ".join(dict.fromkeys(row["source"] for row in cited))
            night.counted_from, night.counted_from_source = "eve", told_by
            for party in PARTIES:
                seats = sum(
                    number(row["seats_on_the_eve"]) for row in cited if row["party"] == party
                )
                night.adjust(party, "seats_held", seats, f"the eve as cited: {told_by}")
        if night.proportion == "all":
            night.offered = Counter(night.held)
            return
        last_time = self._last_fought[night.code] if shared >= 0.5 else Counter()
        fit_the_eve(night, PARTIES, last_time)
        night.offered = Counter({p: night.held[p] - night.now[p] + night.won[p] for p in PARTIES})

    def _as_elected_in_2017(self, night: CouncilOf2022) -> None:
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

    def _cited_eve(self, night: CouncilOf2022) -> list[Row]:
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


def _proportion(night: CouncilOf2022) -> str:
    if night.code in PROPORTIONS:
        return PROPORTIONS[night.code][0]
    return night.row["seats_up_pattern_derived"]


def _boundaries_moved(night: CouncilOf2022, shared: float | None) -> bool:
    """Whether the council's size, or most of its wards' codes, are new since last fought."""
    if night.is_new or night.row["before_total"] != night.row["after_total"]:
        return True
    flagged = night.row["boundary_change"] == "Yes"
    if night.proportion == "all" and shared is not None:
        return shared < 0.5 or (flagged and shared < 1)
    return flagged


def _compose(night: CouncilOf2022) -> None:
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
