"""When each thing was said: the script of the replay, and what was expected beforehand.

Every row tells its basis. *Observed*: reported with this time. *Expected*: PA's estimate from
before the night. *Modelled*: reckoned here by a stated rule, for want of either or because what
was reported rules the estimate out. Nothing is random.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tools.data.councils import name_of
from tools.data.night import Night
from tools.data.wards import Ward, Wards, party_of, same_ward
from tools.data.writing import Cell

COLUMNS = "at,event,code,ward_id,basis,source"
EXPECTED_COLUMNS = "code,expected_at,source"
DESK_COLUMNS = "at,action,code,revision,control,who,why"
NIGHT_COLUMNS = "night,name,polls_open,polls_close,source_note"

_EVENTS = ("nominations", "ward", "result")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"2022-05-{text}+01:00")


NOMINATIONS_FROM, NOMINATIONS_MINUTES = _at("05T18:00"), 120
FIRST_WARD = _at("05T23:00")
FIRST_DAYTIME_RESULT, DAYTIME_STEP = _at("06T12:00"), timedelta(minutes=10)
WARD_WINDOW = timedelta(minutes=89)
MINUTE = timedelta(minutes=1)

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

Told = tuple[datetime, str, str]
"""A time, its basis and its source."""

Times = dict[int, Told]
"""When wards declared, by ward number."""


def result_times(night: Night) -> dict[str, Told]:
    """Return each council's time of declaration with its basis and source."""
    times = {code: (_at(at), basis, source) for code, (at, basis, source) in RESULTS.items()}
    for row in night.sources.expected:
        if row["expected_at"]:
            at = datetime.fromisoformat(row["expected_at"])
            times.setdefault(row["la_code"], (at, "expected", row["source"]))
    registry = night.sources.registry
    untimed = sorted(night.councils.keys() - times.keys(), key=lambda c: name_of(registry[c]))
    for place, code in enumerate(untimed):
        at = FIRST_DAYTIME_RESULT + place * DAYTIME_STEP
        why = "daytime count without a time: every 10 minutes from noon, by name"
        times[code] = (at, "modelled", why)
    return times


def timetable_rows(wards: Wards) -> list[dict[str, Cell]]:
    """Return the script of the replay in the order of time."""
    results = result_times(wards.night)
    nominations = _nomination_times(results)
    rows: list[dict[str, Cell]] = []

    def say(event: str, code: str, told: Told, ward: int | None = None) -> None:
        at, basis, source = told
        rows.append(
            {
                "at": _text(at),
                "event": event,
                "code": code,
                "ward_id": ward,
                "basis": basis,
                "source": source,
            }
        )

    by_council: dict[str, list[Ward]] = defaultdict(list)
    for ward in wards.all:
        by_council[ward.code].append(ward)
        if ward.status == "uncontested":
            at, source = nominations[ward.code], "returned unopposed, known with the nominations"
            say("ward", ward.code, (at, "modelled", source), ward.id)
    for code, told in results.items():
        when = "every council between 18:00 and 20:00, by code"
        say("nominations", code, (nominations[code], "modelled", when))
        contested = [ward for ward in by_council[code] if ward.status == "contested"]
        for ward_id, ward_told in _ward_times(code, contested, told[0], wards.night).items():
            say("ward", code, ward_told, ward_id)
        say("result", code, told)
    return sorted(
        rows,
        key=lambda row: (
            str(row["at"]),
            _EVENTS.index(str(row["event"])),
            str(row["code"]),
            row["ward_id"] or 0,
        ),
    )


def _nomination_times(codes: Iterable[str]) -> dict[str, datetime]:
    ordered = sorted(codes)
    return {
        code: NOMINATIONS_FROM + (place * NOMINATIONS_MINUTES // len(ordered)) * MINUTE
        for place, code in enumerate(ordered)
    }


def _spread(wards: Sequence[Ward], first: datetime, last: datetime, why: str) -> Times:
    """Return times evenly from *first* to *last*, rounded down to the minute, in name order."""
    minutes, steps = (last - first) // MINUTE, max(len(wards) - 1, 1)
    return {
        ward.id: (last - (len(wards) - 1 - place) * minutes // steps * MINUTE, "modelled", why)
        for place, ward in enumerate(wards)
    }


def _ward_times(code: str, wards: list[Ward], result: datetime, night: Night) -> Times:
    """Return when each contested ward of a council declared, the last before the result."""
    special = {"KHL": _hull, "CBD": _cumberland, "COV": _coventry, "BNE": _barnet}
    if code in special:
        return special[code](wards, result, night)
    return _before(wards, result)


def _before(wards: Sequence[Ward], result: datetime) -> Times:
    last = result - MINUTE
    why = "spread over the 90 minutes before the result, in name order"
    return _spread(wards, max(last - WARD_WINDOW, FIRST_WARD), last, why)


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
    return times | _spread(untimed, first + MINUTE, last, why)


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
    return times | _spread(between, _at("06T00:52"), result - MINUTE, why)


def _coventry(wards: list[Ward], result: datetime, night: Night) -> Times:
    """Return Coventry's times: Labour's majority was certain after 2 of 18 seats, at 01:58."""
    labour = [ward for ward in wards if _winners(ward)["Lab"]][:2]
    why = (
        "Labour's majority was certain at 01:58 after two seats (BBC live 61320291); which: by name"
    )
    early = _spread(labour, CERTAIN_IN_COVENTRY - 5 * MINUTE, CERTAIN_IN_COVENTRY, why)
    return early | _before([ward for ward in wards if ward.id not in early], result)


def _barnet(wards: list[Ward], result: datetime, night: Night) -> Times:
    """Return Barnet's times: a Labour gain was reported at 06:28, one ward left at 07:33."""
    why = "all but one by 06:28, when the gain was reported, over 90 minutes; the last after 07:33"
    known = _at("06T06:28")
    times = _spread(wards[:-1], known - WARD_WINDOW, known, why)
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
            "at": _text(_at("06T07:30")),
            "action": "note",
            "code": "RUT",
            "control": "NOC",
            "who": "desk (recorded)",
            "why": "The leader of the council has left the Conservative group. No election: news report"
            " of the night.",
        },
        {
            "at": _text(at + 6 * MINUTE),
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
            "source_note": "200 councils of England, Scotland and Wales",
        }
    ]


def _text(at: datetime) -> str:
    return at.isoformat(timespec="minutes")
