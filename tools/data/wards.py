"""The wards of England and Wales and everybody who stood in them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from bot.election.parties import folded
from tools.data.councils import name_of
from tools.data.night_2022 import COUNTERMANDED, POLLING_DAY, Night, is_uncontested
from tools.data.parties import CODE_OF_HANDBOOK, HANDBOOK_NAMES, PARTIES
from tools.data.sources import Row, WardKey, plain
from tools.data.writing import Cell

WARD_COLUMNS = "ward_id,ballot_id,code,name,gss,seats_up,electorate,turnout,status,note"
CANDIDATE_COLUMNS = "ward_id,name,party,party_name,votes,elected"

WARD_GSS = {
    # One code stands for two wards in the handbook; these are the ones missing from its sequences.
    ("RIC", "hampton wick"): "E05013780",
    ("TWH", "bethnal green west"): "E05009331",
    ("POW", "llanwddyn"): "W05001154",
}
WARD_NAMES = {
    # The name of a neighbour's part; the missing code stands where this name does in the alphabet,
    # and its councillor, returned unopposed, had the ward in 2017.
    ("POW", "llanwddyn"): "Llanrhaeadr-ym-Mochnant & Llansilin",
}

FULL_NAMES = {party.code: party.full_name for party in PARTIES}
"""What each party is called in full, by code."""


@dataclass(frozen=True)
class Ward:
    """A ward of the night: its number, its council's code and its candidates."""

    id: int
    code: str
    key: WardKey
    name: str
    candidates: list[Row]
    sheet: Row | None

    @property
    def status(self) -> str:
        """How the ward stood: contested, uncontested or countermanded."""
        if (self.code, self.key.name) in COUNTERMANDED:
            return "countermanded"
        return "uncontested" if is_uncontested(self.candidates) else "contested"


@dataclass(frozen=True)
class Wards:
    """The wards of the night, by council and name."""

    night: Night

    @cached_property
    def all(self) -> list[Ward]:
        """Every ward, numbered from 1."""
        sources = self.night.sources
        keys = sorted(sources.candidates, key=lambda key: (self.night.council_of_ward(key), key))
        keys.sort(key=lambda key: (self.night.council_of_ward(key), key.name))
        return [
            Ward(
                number,
                (code := self.night.council_of_ward(key)),
                key,
                WARD_NAMES.get((code, key.name))
                or _display_name(sources.candidates[key][0], sources.wards.get(key)),
                sources.candidates[key],
                sources.wards.get(key),
            )
            for number, key in enumerate(keys, start=1)
        ]

    def rows(self) -> list[dict[str, Cell]]:
        """Return the rows of the wards' table."""
        registry = self.night.sources.registry
        slugs = {
            code: slug(registry[code]["gov-uk-slug"] or name_of(registry[code]))
            for code in self.night.councils
        }
        return [
            {
                "ward_id": ward.id,
                "ballot_id": f"local.{slugs[ward.code]}.{slug(ward.name)}.{POLLING_DAY}",
                "code": ward.code,
                "name": ward.name,
                "gss": WARD_GSS.get((ward.code, ward.key.name), ward.key.ward_gss),
                "seats_up": int(ward.candidates[0]["Vacancies"]),
                "electorate": int(ward.sheet["Electorate"]) if ward.sheet else None,
                "turnout": _turnout(ward),
                "status": ward.status,
                "note": COUNTERMANDED.get((ward.code, ward.key.name)),
            }
            for ward in self.all
        ]

    def candidate_rows(self) -> list[dict[str, Cell]]:
        """Return the rows of the candidates' table; later polls' results are left out."""
        official = self._official_names
        return [
            {
                "ward_id": ward.id,
                "name": plain(candidate["Candidate name"]),
                "party": (party := party_of(candidate)),
                "party_name": official.get(candidate["Party name"], FULL_NAMES[party]),
                "votes": int(candidate["Votes"]) if ward.status == "contested" else None,
                "elected": None if ward.status == "countermanded" else candidate["Elected"] == "1",
            }
            for ward in self.all
            for candidate in ward.candidates
        ]

    @cached_property
    def _official_names(self) -> dict[str, str]:
        """Return the full names of parties that have no code of ours, by abbreviation."""
        rows = self.night.sources.rows("results_2022/leh2022_party_names.csv")
        names = {row["Party abbreviation"]: row["Party name"] for row in rows}
        ours = {"FIRST", *CODE_OF_HANDBOOK}
        return {short: name for short, name in names.items() if short not in ours} | HANDBOOK_NAMES


def party_of(candidate: Row) -> str:
    """Return our code of a candidate's party; parties that we do not list are Ind."""
    short = candidate["Party name"]
    local = f"{candidate['Local authority name']} {short}"
    return CODE_OF_HANDBOOK.get(local) or CODE_OF_HANDBOOK.get(short, "Ind")


def slug(name: str) -> str:
    """Return *name* as ballot ids write it: lower case, words joined by hyphens."""
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", text.replace("'", "").replace("&", " and ").lower()).strip(
        "-"
    )


def _display_name(candidate: Row, sheet: Row | None) -> str:
    """Return the ward's name; the sheets write a few in capitals, seldom the same ones."""
    names = [plain(row["Ward name"]) for row in (sheet, candidate) if row]
    return next((name for name in names if not name.isupper()), names[0].title())


def _turnout(ward: Ward) -> str:
    if ward.sheet is None or ward.status != "contested":
        return ""
    return ward.sheet["Turnout (%)"].replace("NA", "")


def same_ward(one: str, other: str) -> bool:
    """Whether two sources' names are of one ward ("&" and "and" alike)."""
    return folded(one).replace(" and ", " ") == folded(other).replace(" and ", " ")
