"""When each thing was said on a night: the script of its replay.

Every row tells its basis. *Observed*: reported with this time. *Expected*: an estimate from before
the night. *Modelled*: reckoned by a stated rule. Nothing is random.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from tools.data.writing import Cell

COLUMNS = "at,event,code,ward_id,basis,source"

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
WARD_WINDOW = timedelta(minutes=89)
DAYTIME_STEP = timedelta(minutes=10)
NOMINATIONS_MINUTES = 120

_EVENTS = ("nominations", "ward", "result")

Told = tuple[datetime, str, str]
"""A time, its basis and its source."""

Times = dict[int, Told]
"""When wards declared, by ward number."""


class Ward(Protocol):
    """A ward that votes, as the script needs it."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def code(self) -> str:
        """Its council's code."""

    @property
    def status(self) -> str:
        """How it stood: contested, uncontested or countermanded."""


def at(polling_day: date, hour: int, minute: int = 0, days: int = 0) -> datetime:
    """Return a time on polling day, or so many days after it, in London."""
    return datetime.combine(polling_day + timedelta(days=days), time(hour, minute), LONDON)


def text(moment: datetime) -> str:
    """Return a time as tables write it."""
    return moment.isoformat(timespec="minutes")


def script_rows(
    polling_day: date,
    results: Mapping[str, Told],
    wards: Iterable[Ward],
    ward_times: Callable[[str, list[Ward], datetime], Times],
) -> list[dict[str, Cell]]:
    """Return the script of a replay in the order of time.

    *results* are the times of declaration by council; *ward_times* returns when a council's
    contested wards declared, given its code and the time of its result. Only *wards* that declare
    are given.
    """
    nominations = nomination_times(polling_day, results)
    rows: list[dict[str, Cell]] = []

    def say(event: str, code: str, told: Told, ward: int | None = None) -> None:
        moment, basis, source = told
        rows.append(
            {
                "at": text(moment),
                "event": event,
                "code": code,
                "ward_id": ward,
                "basis": basis,
                "source": source,
            }
        )

    by_council: dict[str, list[Ward]] = defaultdict(list)
    for ward in wards:
        by_council[ward.code].append(ward)
        if ward.status == "uncontested":
            moment, source = nominations[ward.code], "returned unopposed, known with the nominations"
            say("ward", ward.code, (moment, "modelled", source), ward.id)
    for code, told in results.items():
        when = "every council between 18:00 and 20:00, by code"
        say("nominations", code, (nominations[code], "modelled", when))
        contested = [ward for ward in by_council[code] if ward.status == "contested"]
        for ward_id, ward_told in ward_times(code, contested, told[0]).items():
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


def nomination_times(polling_day: date, codes: Iterable[str]) -> dict[str, datetime]:
    """Return when each council's nominations are published: between 18:00 and 20:00, by code."""
    ordered = sorted(codes)
    first = at(polling_day, 18)
    return {
        code: first + (place * NOMINATIONS_MINUTES // len(ordered)) * MINUTE
        for place, code in enumerate(ordered)
    }


def daytime(polling_day: date, codes: Iterable[str]) -> dict[str, Told]:
    """Return times every 10 minutes from the next day's noon on, in the order of *codes*."""
    why = "daytime count without a time: every 10 minutes from noon, by name"
    first = at(polling_day, 12, days=1)
    return {
        code: (first + place * DAYTIME_STEP, "modelled", why) for place, code in enumerate(codes)
    }


def spread(wards: Sequence[Ward], first: datetime, last: datetime, why: str) -> Times:
    """Return times evenly from *first* to *last*, rounded down to the minute, in name order."""
    minutes, steps = (last - first) // MINUTE, max(len(wards) - 1, 1)
    return {
        ward.id: (last - (len(wards) - 1 - place) * minutes // steps * MINUTE, "modelled", why)
        for place, ward in enumerate(wards)
    }


def before(polling_day: date, wards: Sequence[Ward], result: datetime) -> Times:
    """Return times spread over the 90 minutes before a result, none before 23:00."""
    last = result - MINUTE
    why = "spread over the 90 minutes before the result, in name order"
    return spread(wards, max(last - WARD_WINDOW, at(polling_day, 23)), last, why)
