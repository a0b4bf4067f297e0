"""The ballots beside the councils: mayors, the Assembly's constituencies, Bristol's referendum.

Votes that no source gives stay blank; nothing is reckoned back from shares.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from tools.data.parties import PARTIES
from tools.data.sources import Row, Sources
from tools.data.wards import slug
from tools.data.writing import Cell

COLUMNS = (
    "code,kind,name,area,gss,nation,region,system,council,seats,electorate,valid,spoilt,turnout,"
    "quota,question,counts,sitting,sitting_name,sitting_source,note,source"
)
CANDIDATE_COLUMNS = "ballot,name,party,party_name,votes,elected,sitting,consequence,headline"
TIMETABLE_COLUMNS = "at,ballot,event,count,basis,source"
ASSEMBLY_BEFORE_COLUMNS = "party,seats,first_preference_share,source"

_NI = "Northern Ireland"
_ELECTIONS_NI = "ElectionsNI; Electoral Office for Northern Ireland"

_PARTIES = {
    "Conservative": "Con",
    "Labour": "Lab",
    "Liberal Democrat": "LD",
    "Green": "Green",
    "Aspire": "Asp",
    "TUSC": "TUSC",
    "Democratic Unionist Party": "DUP",
    "Sinn Fein": "SF",
    "Alliance Party": "All",
    "Ulster Unionist Party": "UUP",
    "Social Democratic and Labour Party": "SDLP",
    "Traditional Unionist Voice": "TUV",
    "People Before Profit Alliance": "PBP",
    "Green Party": "GPNI",
    "Progressive Unionist Party": "PUP",
    "Aontu": "Aon",
    "Conservative and Unionist Party": "Con",
}
"""Our codes of the sources' names; who is in none of our tables stands as Ind, with its name."""
_FULL_NAMES = {party.code: party.full_name for party in PARTIES}
"""What a party is called in full: the source's "Green Party" is Northern Ireland's own."""

_MAYORS = {
    "Croydon": ("CRY", "London", "07T02:30", "reported on 7 May (swlondoner)"),
    "Hackney": ("HCK", "London", "06T15:30", "daytime count; no time published"),
    "Lewisham": ("LEW", "London", "06T15:00", "daytime count; no time published"),
    "Newham": ("NWM", "London", "06T17:00", "daytime count; no time published"),
    "Tower Hamlets": ("TWH", "London", "06T14:00", "reported on 6 May (eastlondonadvertiser)"),
    "Watford": ("WAT", "East of England", "06T04:30", "overnight count; no time published"),
    "South Yorkshire": (None, "Yorkshire and The Humber", "06T18:30", "reported in the evening"),
}
_SITTING = {
    # Croydon elects a mayor for the first time: nobody held the post.
    "Hackney": ("Lab", "Philip Glanville", "hackneygazette 2022-05-06: the Labour mayor re-elected"),
    "Lewisham": ("Lab", "Damien Egan", "BBC uk-england-london-44003878: elected in May 2018"),
    "Newham": ("Lab", "Rokhsana Fiaz", "newhamrecorder 2022-05-07: the incumbent re-elected"),
    "South Yorkshire": ("Lab", "Dan Jarvis", "yorkshirelive 2022-05-05: he does not stand again"),
    "Tower Hamlets": ("Lab", "John Biggs", "eastlondonadvertiser 2022-05-06: the incumbent"),
    "Watford": ("LD", "Peter Taylor", "BBC uk-england-beds-bucks-herts-61351145: re-elected"),
}
"""Who held each post on the eve, with the news report that says so."""
_COMPLETE = {"Croydon", "Lewisham", "Watford"}
"""The mayors of whom the sources have every candidate and vote."""
_RUSH_BEFORE = timedelta(minutes=4)

_FIRST_COUNTS = datetime.fromisoformat("2022-05-06T13:00+01:00")
_BETWEEN_FIRST_COUNTS = timedelta(minutes=14)
_FIRST_FULL = datetime.fromisoformat("2022-05-06T19:00+01:00")
_LAST_FULL = datetime.fromisoformat("2022-05-07T21:00+01:00")
_MODELLED = (
    "counts from Friday's midday on; the constituencies end between Friday 19:00 and Saturday 21:00,"
    " those with the fewest counts first; no source has the times"
)

_ASSEMBLY_2017 = (
    ("DUP", 28, "28.1"),
    ("SF", 27, "27.9"),
    ("SDLP", 12, "11.9"),
    ("UUP", 10, "12.9"),
    ("All", 8, "9.1"),
    ("GPNI", 2, ""),
    ("PBP", 1, ""),
    ("TUV", 1, ""),
    ("Ind", 1, ""),
)
"""The Assembly of 2 March 2017: seats and shares of first preferences, where a source has them."""


class Ballots:
    """Every ballot of the night, from the sources' rows."""

    def __init__(self, sources: Sources) -> None:
        self._mayors: defaultdict[str, list[Row]] = defaultdict(list)
        for row in sources.rows("mayors_referendum_2022/mayors_2022.csv"):
            self._mayors[row["contest"]].append(row)
        self._answers = sources.rows("mayors_referendum_2022/bristol_referendum_2022.csv")
        constituencies = sources.rows("ni_2022/ni_assembly_2022_constituencies.csv")
        self._constituencies = {row["constituency_number"]: row for row in constituencies}
        outgoing = sources.rows("ni_2022/ni_assembly_2022_candidates.csv")
        self._sitting = {row["candidate_id"] for row in outgoing if row["outgoing_member"]}
        counts: defaultdict[str, defaultdict[str, list[Row]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for row in sources.rows("ni_2022/ni_assembly_2022_counts.csv"):
            counts[row["Constituency_Number"]][row["Candidate_Id"]].append(row)
        self._counts = counts

    def rows(self) -> Iterator[dict[str, Cell]]:
        """Yield a row a ballot."""
        yield from self._mayor_rows()
        yield self._referendum_row()
        yield from self._constituency_rows()

    def _mayor_rows(self) -> Iterator[dict[str, Cell]]:
        for area, candidates in sorted(self._mayors.items()):
            council, region, _, _ = _MAYORS[area]
            sitting, sitting_name, sitting_source = _SITTING.get(area, ("", "", ""))
            rounds = 2 if any(row["final_round_total"] for row in candidates) else 1
            yield {
                "code": f"mayor.{slug(area)}",
                "kind": "mayor",
                "name": f"Mayor of {area}",
                "area": area,
                "gss": candidates[0]["gss"],
                "nation": "England",
                "region": region,
                "system": "supplementary vote",
                "council": council,
                "seats": 1,
                "counts": rounds,
                "sitting": sitting,
                "sitting_name": sitting_name,
                "sitting_source": sitting_source,
                "note": "" if area in _COMPLETE else _partial(candidates),
                "source": "; ".join(dict.fromkeys(row["source"] for row in candidates)),
            }

    def _referendum_row(self) -> dict[str, Cell]:
        answer = self._answers[0]
        return {
            "code": "referendum.bristol",
            "kind": "referendum",
            "name": "Bristol’s referendum",
            "area": "Bristol",
            "gss": "E06000023",
            "nation": "England",
            "region": "South West",
            "system": "first past the post",
            "council": "BST",
            "seats": 1,
            "electorate": int(answer["electorate"]),
            "valid": sum(int(row["votes"]) for row in self._answers),
            "spoilt": int(answer["spoiled"]),
            "turnout": answer["turnout_pct"],
            "question": "How the council is to be run: by a mayor or by committees",
            "counts": 1,
            "note": "the report’s total of ballots is 6 more than its votes and spoilt ballots",
            "source": answer["source"],
        }

    def _constituency_rows(self) -> Iterator[dict[str, Cell]]:
        for number, row in sorted(self._constituencies.items(), key=lambda item: int(item[0])):
            yield {
                "code": _constituency(row),
                "kind": "assembly",
                "name": row["constituency_name"],
                "area": row["constituency_name"],
                "nation": _NI,
                "region": _NI,
                "system": "single transferable vote",
                "seats": int(row["number_of_seats"]),
                "electorate": int(row["total_electorate"]),
                "valid": int(row["valid_poll"]),
                "spoilt": int(row["spoiled"]),
                "turnout": f"{100 * int(row['total_poll']) / int(row['total_electorate']):.2f}",
                "quota": int(row["quota"]),
                "counts": self._number_of_counts(number),
                "source": _ELECTIONS_NI,
            }

    def candidate_rows(self) -> Iterator[dict[str, Cell]]:
        """Yield a row a candidate or answer; `votes` are those after each count, joined by |."""
        for area, candidates in sorted(self._mayors.items()):
            for row in candidates:
                votes = (row["first_preferences"], row["final_round_total"])
                yield {
                    "ballot": f"mayor.{slug(area)}",
                    "name": row["candidate"],
                    "party": _PARTIES.get(row["party"], "Ind"),
                    "party_name": row["party"],
                    "votes": tuple(one for one in votes if one),
                    "elected": row["elected"] == "1",
                    "sitting": False,
                }
        most = max(int(row["votes"]) for row in self._answers)
        for row in self._answers:
            yield {
                "ballot": "referendum.bristol",
                "name": row["option"],
                "votes": (row["votes"],),
                "elected": int(row["votes"]) == most,
                "sitting": False,
                "consequence": _CONSEQUENCES[row["option"]],
                "headline": _HEADLINES[row["option"]],
            }
        for number, row in sorted(self._constituencies.items(), key=lambda item: int(item[0])):
            for candidate, counts in self._counts[number].items():
                counts.sort(key=lambda count: int(count["Count_Number"]))
                last = counts[-1]
                out_at = (
                    int(last["Occurred_On_Count"])
                    if last["Status"] in ("Excluded", "Eliminated")
                    else len(counts)
                )
                yield {
                    "ballot": _constituency(row),
                    "name": f"{last['Firstname']} {last['Surname']}",
                    "party": (party := _PARTIES.get(last["Party_Name"], "Ind")),
                    "party_name": _FULL_NAMES.get(party, last["Party_Name"])
                    if party != "Ind"
                    else last["Party_Name"],
                    "votes": tuple(count["Total_Votes"] for count in counts[:out_at]),
                    "elected": last["Status"] == "Elected",
                    "sitting": candidate in self._sitting,
                }

    def timetable_rows(self) -> list[dict[str, Cell]]:
        """Return when each ballot was told of, in the order of time."""
        rows: list[dict[str, Cell]] = []

        def say(at: datetime, ballot: str, event: str, count: int | None, why: str) -> None:
            basis = "observed" if ballot == "referendum.bristol" else "modelled"
            rows.append(
                {
                    "at": at.isoformat(timespec="minutes"),
                    "ballot": ballot,
                    "event": event,
                    "count": count,
                    "basis": basis,
                    "source": why,
                }
            )

        for area in self._mayors:
            _, _, text, why = _MAYORS[area]
            at = datetime.fromisoformat(f"2022-05-{text}+01:00")
            say(at - _RUSH_BEFORE, f"mayor.{slug(area)}", "rush", None, why)
            if any(row["first_preferences"] for row in self._mayors[area]):
                say(at, f"mayor.{slug(area)}", "result", None, why)
        at = datetime.fromisoformat("2022-05-06T03:30+01:00")
        say(at, "referendum.bristol", "result", None, "reported about 03:30 (bristolworld)")
        order = sorted(
            self._constituencies,
            key=lambda number: (
                self._number_of_counts(number),
                self._constituencies[number]["constituency_name"],
            ),
        )
        step = (_LAST_FULL - _FIRST_FULL) / (len(order) - 1)
        for place, number in enumerate(order):
            first = _FIRST_COUNTS + place * _BETWEEN_FIRST_COUNTS
            last = _FIRST_FULL + place * step
            counts = self._number_of_counts(number)
            for count in range(1, counts + 1):
                at = first + (last - first) * (count - 1) / max(1, counts - 1)
                whole = at.replace(second=0, microsecond=0)
                say(whole, _constituency(self._constituencies[number]), "count", count, _MODELLED)
        return sorted(rows, key=lambda row: (str(row["at"]), str(row["ballot"]), row["event"]))

    def _number_of_counts(self, number: str) -> int:
        return max(len(counts) for counts in self._counts[number].values())


_CONSEQUENCES = {
    "Committee system": "The post of mayor goes; committees run the council from May 2024.",
    "Mayor and cabinet": "The council goes on being run by a mayor.",
}
_HEADLINES = {
    "Committee system": "Bristol votes to scrap its mayor",
    "Mayor and cabinet": "Bristol votes to keep its mayor",
}


def assembly_before_rows() -> list[dict[str, Cell]]:
    """Return the Assembly before this one."""
    return [
        {
            "party": party,
            "seats": seats,
            "first_preference_share": share,
            "source": "the Assembly elected on 2 March 2017",
        }
        for party, seats, share in _ASSEMBLY_2017
    ]


def _constituency(row: Row) -> str:
    return f"assembly.{slug(row['constituency_name'])}"


def _partial(candidates: list[Row]) -> str:
    if not any(row["first_preferences"] for row in candidates):
        return "no source has the votes"
    return "not all candidates are in the source"
