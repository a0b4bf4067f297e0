"""Faults caused in the middle of a night: each injection rewrites the rest of the script.

What was wrong is corrected later, so that the final state is always correct.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.almanac.recorded_nights import WardStatus
from simulation.wire.democracy_club import BallotVersion, Winners
from simulation.wire.faults import wrong
from simulation.wire.script import Outage, ResultEvent, Script

STARTS_AFTER = timedelta(seconds=1)
"""Published files cannot be changed, so that an injection begins later."""
_PUT_RIGHT_AFTER = timedelta(minutes=20)
"""Longer than `bot.delivery.debounce` takes two changes for one flicker."""
_TAKEN_BACK_AFTER = timedelta(minutes=6)
"""Long enough for the winners, which are fetched each minute, to arrive."""
_TRUE_NO_SOONER_THAN = _TAKEN_BACK_AFTER + timedelta(minutes=15)
_OUT_FOR = timedelta(minutes=5)
_WIRE = "/pa"


class NothingToInject(Exception):  # noqa: N818 - a refusal, not an error
    """There is nothing yet, or nothing left, to apply it to; the message says so."""


@dataclass(frozen=True, slots=True)
class Injected:
    """The new script, what happens in a sentence, and until when."""

    script: Script
    told: str
    until: datetime


def correction(script: Script, now: datetime) -> Injected:
    """The wire corrects a council that has declared, so that control changes; later it is right.

    The last change of hands is taken, else the last result; one whose control hangs on seats that
    were won tonight. Raises `NothingToInject`.
    """
    mistaken = [
        event
        for event in _told(script, now)
        if event.code not in script.night.ruled_by_desk
        and wrong(event.figures).winner != event.figures.winner
    ]
    if not mistaken:
        raise NothingToInject(
            "No council has declared that could be corrected. Wait for a result, or jump to one."
        )
    event = max(mistaken, key=lambda event: (_changes_hands(event), event.at))
    false = replace(
        event,
        at=now + STARTS_AFTER,
        revision=event.revision + 1,
        figures=wrong(event.figures),
        copy=False,
        cut=False,
    )
    right = replace(
        false, at=false.at + _PUT_RIGHT_AFTER, revision=event.revision + 2, figures=event.figures
    )
    return Injected(
        replace(script, results=(*script.results, false, right)),
        f"The wire corrects {_name(event)} wrongly and puts it right after 20 minutes.",
        right.at,
    )


def retraction(script: Script, now: datetime) -> Injected:
    """All winners of a council are entered before anything was counted there, and taken back.

    The next council is taken that would change hands, else the next one; its own result comes at
    its own time. Raises `NothingToInject`.
    """
    if now < script.night.tables.night.polls_close:
        raise NothingToInject("Nothing is declared before polls close: jump to the first result.")
    begins = now + STARTS_AFTER
    winners: defaultdict[str, list[BallotVersion]] = defaultdict(list)
    for version in script.ballots:
        ward = script.night.wards[version.ward]
        if version.winners is Winners.RIGHT and ward.status is WardStatus.CONTESTED:
            winners[ward.code].append(version)
    waiting = [
        event
        for event in script.results
        if (versions := winners.get(event.code))
        and min(version.at for version in versions) > now + _TRUE_NO_SOONER_THAN
        and event.at > now + _TRUE_NO_SOONER_THAN
        and event.code not in script.night.ruled_by_desk
    ]
    if not waiting:
        raise NothingToInject(
            "Every council that tells its wards has begun to tell them: nothing is left to enter "
            "too early. A correction can still be injected."
        )
    event = min(waiting, key=lambda event: (not _changes_hands(event), event.at))
    taken_back = begins + _TAKEN_BACK_AFTER
    early = [
        replace(version, at=at, winners=said)
        for version in winners[event.code]
        for at, said in ((begins, Winners.RIGHT), (taken_back, Winners.UNKNOWN))
    ]
    return Injected(
        replace(script, ballots=(*script.ballots, *early)),
        f"The winners of {_name(event)} are entered by mistake and taken back after 6 minutes.",
        taken_back,
    )


def broken(script: Script, now: datetime) -> Injected:
    """The file of the last result is written again and served half. Raises `NothingToInject`."""
    event = _last(script, now)
    again = replace(event, at=now + STARTS_AFTER, cut=True)
    return Injected(
        replace(script, results=(*script.results, again)),
        f"The file of {_name(event)} is served half; in 2 minutes it is whole again.",
        again.at + script.finished_after,
    )


def duplicate(script: Script, now: datetime) -> Injected:
    """The last result comes again as another file. Raises `NothingToInject`."""
    event = _last(script, now)
    again = replace(event, at=now + STARTS_AFTER, copy=True, cut=False)
    return Injected(
        replace(script, results=(*script.results, again)),
        f"The result of {_name(event)} came a second time, as another file.",
        again.at,
    )


def outage(script: Script, now: datetime) -> Injected:
    """The wire's server answers 503 for five minutes. Raises `NothingToInject` during another."""
    begins = now + STARTS_AFTER
    if script.outage_at(begins, _WIRE) is not None:
        raise NothingToInject("The wire is out already: wait until it is back.")
    out = Outage(begins, begins + _OUT_FOR, hangs=False, under=_WIRE)
    return Injected(
        replace(script, outages=(*script.outages, out)),
        "The wire is out for 5 minutes; what it would have told comes after that.",
        out.end,
    )


Injector = Callable[[Script, datetime], Injected]


def _told(script: Script, now: datetime) -> Iterator[ResultEvent]:
    """Yield the last result of each council whose results have all appeared."""
    latest: dict[str, ResultEvent] = {}
    for event in script.results:
        present = latest.get(event.code)
        if present is None or (event.revision, event.at) > (present.revision, present.at):
            latest[event.code] = event
    return (event for event in latest.values() if event.at <= now)


def _last(script: Script, now: datetime) -> ResultEvent:
    told = list(_told(script, now))
    if not told:
        raise NothingToInject(
            "No council has declared yet. Wait for a result, or jump to the first one."
        )
    return max(told, key=lambda event: event.at)


def _changes_hands(event: ResultEvent) -> bool:
    figures = event.figures
    return not figures.council.new_council and figures.winner != figures.sitting


def _name(event: ResultEvent) -> str:
    return event.figures.council.wire_name
