"""What the handbook has wrong of six councils' winners, and why we say otherwise.

Compositions (CBP-9545), Open Council Data and local news agree against it in each of them. Which
ward it was follows from who held the seat before (LEAP, 2017), or from later reports of the ward.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.election.parties import folded


@dataclass(frozen=True)
class Correction:
    """A candidate whose party is put right, or who `changes_places_with` another, votes and all."""

    gss: str
    ward: str
    candidate: str
    party: str
    why: str
    changes_places_with: str = ""


CORRECTIONS = (
    Correction(
        "E08000005",
        "Hopwood Hall",
        "Wardle C.",
        "LAB",
        "Labour has 42 seats by CBP and Open Council Data; two others of Labour won this ward",
    ),
    Correction(
        "W06000018",
        "Nelson",
        "Miles N.",
        "CON",
        "Labour has 45 seats and the Conservatives none by CBP and Open Council Data: two"
        " candidates of one surname stand in each other's place",
        changes_places_with="Miles B.",
    ),
    Correction(
        "W06000023",
        "Rhiwcynon",
        "Jones A.",
        "PC",
        "Plaid Cymru has 3 seats by CBP and Open Council Data; the by-election of June 2024 (local"
        " news) followed Heulwen Hulme, an independent, so it was she who had won",
        changes_places_with="Hulme H.",
    ),
    Correction(
        "W06000012",
        "Gwynfi & Croeserw",
        "Jones S.",
        "LAB",
        "Labour has 25 seats by CBP and Open Council Data; Scott Jones was Labour's in 2017 (LEAP)",
    ),
    Correction(
        "W06000005",
        "Leeswood",
        "Hughes R.",
        "IND",
        "Labour has 31 seats by CBP and Open Council Data; Ray Hughes was an independent in 2017"
        " (LEAP)",
    ),
    Correction(
        "W06000016",
        "Treherbert",
        "Jones W.",
        "IND",
        "no Liberal Democrat sits by CBP and Open Council Data, and one more among the others",
    ),
)

_PERSON = ("Candidate name", "Candidate gender", "Incumbent", "Party ID", "Party name", "Party group")


def corrected(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the handbook's candidates with what is known to be wrong put right.

    Raises `ValueError` where a correction does not find its candidate: then the source is another.
    """
    found = [dict(row) for row in rows]
    for one in CORRECTIONS:
        ward = {
            row["Candidate name"].strip(): row
            for row in found
            if row["Local authority code"] == one.gss
            and folded(row["Ward name"]) == folded(one.ward)
        }
        names = [one.candidate, *([one.changes_places_with] if one.changes_places_with else [])]
        if missing := [name for name in names if name not in ward]:
            raise ValueError(f"{one.ward} has no candidate {', '.join(missing)} to put right")
        if one.changes_places_with:
            _exchange(ward[one.candidate], ward[one.changes_places_with])
        else:
            ward[one.candidate]["Party name"] = one.party
    return found


def _exchange(one: dict[str, str], other: dict[str, str]) -> None:
    """Let two candidates of a ward change places: each has the other's votes and seat."""
    persons: list[Mapping[str, str]] = [{key: row[key] for key in _PERSON} for row in (one, other)]
    one.update(persons[1])
    other.update(persons[0])
