"""The night of 5 May 2022: when each council and ward declared, and what was expected.

*Expected* is PA's estimate from before the night; a time is modelled for want of a report and an
estimate, or because what was reported rules the estimate out.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from tools.data import timetable
from tools.data.councils import name_of
from tools.data.night_2022 import POLLING_DAY, Night
from tools.data.timetable import MINUTE, WARD_WINDOW, Times, Told, spread
from tools.data.wards import Ward, Wards, party_of, same_ward
from tools.data.writing import Cell

EXPECTED_COLUMNS = "code,expected_at,source"
DESK_COLUMNS = "at,action,code,revision,control,who,why"

def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"2022-05-{text}+01:00")


RESULTS = {
    "SND": ("06T01:44", "observed", "Labour hold reported by 01:44 (BBC live 61235136)"),
    "NUN": ("06T02:15", "observed", "final result (BBC live 61320291)"),
    "CBD": ("06T02:40", "observed", "last ward and final figures (BBC live 61335753)"),
    "HAV": ("06T07:25", "observed", "no overall control reported (BBC live 61306363)"),
    "GOS": ("06T17:34", "observed", "Lib Dem gain reported (MailOnline live article-10786941)"),
    "KHL": ("06T02:34", "modelled", "two minutes after the last ward, 02:32 (news.hull.gov.uk)"),
    "BNE": (
        "06T07:45",
        "modelled",
        "PA expected 07:00; one ward was outstanding at 07:33 (BBC live), declared by 08:44 (LBC)",
    ),
    "WSM": (
        "06T07:00",
        "modelled",
        "PA expected 03:00; not declared at 06:28, declared by 07:13 (BBC live)",
    ),
    "CMD": ("06T05:00", "modelled", "overnight count without a time; declared before 06:00"),
    "WOX": ("06T05:30", "modelled", "overnight count without a time; declared before 06:00"),
    "RFW": ("06T15:00", "modelled", "no time published; Scotland counted on Friday afternoon"),
    "GLG": ("06T15:30", "modelled", "no time published; Scotland counted on Friday afternoon"),
}
"""Results whose time is known, or is not PA's estimate: time, basis and source."""

HULL_WARDS = {"St Andrew's & Docklands": "St Andrew's & Dockland"}
"""Wards that Hull's blog names otherwise than the handbook."""

CERTAIN_IN_COVENTRY = _at("06T01:58")

def result_times(night: Night) -> dict[str, Told]:
    """Return each council's time of declaration with its basis and source."""
    times = {code: (_at(at), basis, source) for code, (at, basis, source) in RESULTS.items()}
    for row in night.sources.expected:
        if row["expected_at"]:
            at = datetime.fromisoformat(row["expected_at"])
            times.setdefault(row["la_code"], (at, "expected", row["source"]))
    registry = night.sources.registry
    untimed = sorted(night.councils.keys() - times.keys(), key=lambda c: name_of(registry[c]))
    return times | timetable.daytime(POLLING_DAY, untimed)


def timetable_rows(wards: Wards) -> list[dict[str, Cell]]:
    """Return the script of the replay in the order of time."""

    def times(code: str, contested: list[Ward], result: datetime) -> Times:
        special = {"KHL": _hull, "CBD": _cumberland, "COV": _coventry, "BNE": _barnet}
        if code in special:
            return special[code](contested, result, wards.night)
        return timetable.before(POLLING_DAY, contested, result)

    results = result_times(wards.night)
    return timetable.script_rows(POLLING_DAY, results, wards.all, times)


def _hull(wards: list[Ward], result: datetime, night: Night) -> Times:
    """Return the times of Hull's own blog; the four wards without one fall between the others."""
    times: Times = {}
    for row in night.sources.hull_wards:
        name = HULL_WARDS.get(row["ward"], row["ward"])
        [ward] = [ward for ward in wards if same_ward(ward.name, name)]
        at = datetime.fromisoformat(row["declared_at"])
        times[ward.id] = (at, "observed", row["source"])
    untimed = [ward for ward in wards if ward.id not in times]
    first = min(at for at, _, _ in times.values())
    last = sorted(at for at, _, _ in times.values())[-2]
    why = "not timed; spread between the first ward and the last but one"
    return times | spread(untimed, first + MINUTE, last, why)


def _cumberland(wards: list[Ward], result: datetime, night: Night) -> Times:
    source = "BBC live 61335753"
    observed = {"Moss Bay and Moorclose": _at("06T00:50"), "Cockermouth South": result}
    times: Times = {
        ward.id: (observed[ward.name], "observed", source)
        for ward in wards
        if ward.name in observed
    }
    if len(times) != len(observed):
        raise ValueError("Cumberland's first or last ward is not among its wards")
    between = [ward for ward in wards if ward.id not in times]
    why = "spread between the first and the last ward, both observed"
    return times | spread(between, _at("06T00:52"), result - MINUTE, why)


def _coventry(wards: list[Ward], result: datetime, night: Night) -> Times:
    """Return Coventry's times: Labour's majority was certain after 2 of 18 seats, at 01:58."""
    labour = [ward for ward in wards if _winners(ward)["Lab"]][:2]
    why = (
        "Labour's majority was certain at 01:58 after two seats (BBC live 61320291); which: by name"
    )
    early = spread(labour, CERTAIN_IN_COVENTRY - 5 * MINUTE, CERTAIN_IN_COVENTRY, why)
    return early | timetable.before(POLLING_DAY, [ward for ward in wards if ward.id not in early], result)


def _barnet(wards: list[Ward], result: datetime, night: Night) -> Times:
    """Return Barnet's times: a Labour gain was reported at 06:28, one ward left at 07:33."""
    why = "all but one by 06:28, when the gain was reported, over 90 minutes; the last after 07:33"
    known = _at("06T06:28")
    times = spread(wards[:-1], known - WARD_WINDOW, known, why)
    return times | {wards[-1].id: (result - MINUTE, "modelled", why)}


def _winners(ward: Ward) -> Counter[str]:
    return Counter(party_of(row) for row in ward.candidates if row["Elected"] == "1")


def expected_rows(night: Night) -> list[dict[str, Cell]]:
    """Return what was published before the night, for councils with a time."""
    return [
        {"code": row["la_code"], "expected_at": row["expected_at"], "source": row["source"]}
        for row in sorted(night.sources.expected, key=lambda row: row["la_code"])
        if row["expected_at"]
    ]


def desk_rows(night: Night) -> list[dict[str, Cell]]:
    """Return what the desk did: its note on Rutland, and its decision on Crawley.

    When Rutland's leader left his group is not known to the hour: it stood in the morning's report.
    """
    at, _, _ = result_times(night)["CRW"]
    return [
        {
            "at": timetable.text(_at("06T07:30")),
            "action": "note",
            "code": "RUT",
            "control": "NOC",
            "who": "desk (recorded)",
            "why": "The leader of the council has left the Conservative group.",
        },
        {
            "at": timetable.text(at + 6 * MINUTE),
            "action": "confirm",
            "code": "CRW",
            "revision": 1,
            "who": "desk (recorded)",
            "why": "Labour hold 18 of the 35 filled seats, one of 36 is vacant;"
            " reported everywhere as Labour control.",
        }
    ]


def night_rows() -> list[dict[str, Cell]]:
    """Return the night itself."""
    return [
        {
            "night": "2022-05-05",
            "name": "Local elections, 5 May 2022",
            "polls_open": "2022-05-05T07:00+01:00",
            "polls_close": "2022-05-05T22:00+01:00",
            "wire": "folder",
            "source_note": "200 councils of England, Scotland and Wales",
        }
    ]
