"""Scotland's wards, where the vote is transferable: who stood, and the votes after each count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from bot.election.parties import folded
from tools.data.councils import name_of
from tools.data.night_2022 import POLLING_DAY, SCOTTISH_PARTIES, Night
from tools.data.parties import PARTIES
from tools.data.sources import Row
from tools.data.wards import slug
from tools.data.writing import Cell

WARD_COLUMNS = "ward,code,name,gss,seats_up,electorate,turnout,valid,rejected,quota,status,note"
CANDIDATE_COLUMNS = "ward,name,party,party_name,votes,elected"

_MOST_COUNTS = 13
_CODE_OF_NAME = {
    folded(name): party.code
    for party in PARTIES
    for name in (party.name, party.full_name, *party.aliases)
}


class Scotland:
    """The wards of Scotland by council and name."""

    def __init__(self, night: Night) -> None:
        self._night = night

    @cached_property
    def _wards(self) -> dict[tuple[str, str], list[Row]]:
        codes = {
            row["name"]: row["la_code"]
            for row in self._night.sources.derived
            if row["nation"] == "Scotland"
        } | {"Comhairle nan Eilean Siar": "ELS"}
        found: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self._night.sources.scotland:
            found[codes[row["council_name"]], row["ward_name"].strip()].append(row)
        return dict(sorted(found.items()))

    def _key(self, code: str, name: str) -> str:
        registry = self._night.sources.registry[code]
        return f"local.{slug(registry['gov-uk-slug'] or name_of(registry))}.{slug(name)}.{POLLING_DAY}"

    def ward_rows(self) -> Iterator[dict[str, Cell]]:
        """Yield a row a ward; figures that the source leaves blank stay blank."""
        for (code, name), candidates in self._wards.items():
            first = candidates[0]
            seats, elected = int(first["seats"]), sum(row["elected"] == "1" for row in candidates)
            contested = first["contested"] == "1" and len(candidates) > seats
            poll, electorate = first["total_poll"], first["electorate"]
            yield {
                "ward": self._key(code, name),
                "code": code,
                "name": name,
                "gss": first["map_ward_id"],
                "seats_up": seats,
                "electorate": _whole(electorate),
                "turnout": f"{100 * float(poll) / float(electorate):.1f}"
                if contested and _whole(poll) and _whole(electorate)
                else "",
                "valid": _whole(first["valid_poll"]) if contested else None,
                "rejected": _whole(first["rejected"]) if contested else None,
                "quota": _whole(first["quota"]) if contested else None,
                "status": "contested" if contested else "uncontested",
                "note": "" if elected == seats else f"{seats - elected} of its seats unfilled",
            }

    def candidate_rows(self) -> Iterator[dict[str, Cell]]:
        """Yield a row a candidate; `votes` are those after each count, up to the one of going out."""
        for (code, name), candidates in self._wards.items():
            first = candidates[0]
            contested = first["contested"] == "1" and len(candidates) > int(first["seats"])
            for row in candidates:
                yield {
                    "ward": self._key(code, name),
                    "name": row["name"].strip(),
                    "party": _party(row["party_name"]),
                    "party_name": row["party_name"],
                    "votes": _votes(row) if contested else (),
                    "elected": row["elected"] == "1",
                }


def _party(name: str) -> str:
    return SCOTTISH_PARTIES.get(name) or _CODE_OF_NAME.get(folded(name), "Ind")


def _votes(row: Row) -> tuple[str, ...]:
    """Return the votes after each count, as many decimals as tell them apart."""
    votes = [row["first_prefs"]]
    for count in range(2, _MOST_COUNTS + 1):
        votes.append(row[f"total_votes{count:02}"])
    while votes and not votes[-1]:
        votes.pop()
    out = row["status"] in ("Excluded", "Eliminated") and row["occurred_on_count"]
    kept = votes[: int(out)] if out else votes
    return tuple(_shown(one) for one in kept)


def _shown(votes: str) -> str:
    """Return votes to two decimals, blank where the source has no number ("462.466.26")."""
    try:
        return f"{float(votes):.2f}".rstrip("0").rstrip(".")
    except ValueError:
        return ""


def _whole(text: str) -> int | None:
    return int(float(text)) if text.strip() else None
