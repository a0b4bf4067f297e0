"""Faults of feeds: each rewrites the script of a night, whose final state is always correct.

The councils and wards that a fault affects are drawn from a seed, so that it can be repeated.
Councils with a recorded ruling of the desk are left alone, for the ruling is on a revision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from random import Random

from bot.almanac.recorded_nights import WardStatus
from bot.election.parties import VACANT
from simulation.wire.democracy_club import BallotVersion, Winners
from simulation.wire.night import Figures, PartyFigures
from simulation.wire.script import Outage, ResultEvent, Script


class Fault(StrEnum):
    """A way in which a feed misbehaves."""

    OUT_OF_ORDER = "out-of-order"
    DUPLICATE = "duplicate"
    FLIP_FLOP = "flip-flop"
    TRUNCATED = "truncated"
    OUTAGE = "outage"
    CORRECTION = "correction"
    RETRACTION = "retraction"


_SHARE = 0.06
"""The share of the councils (or wards) that a fault affects."""

_SOON = timedelta(minutes=1)
_LATER = timedelta(minutes=7)
_MUCH_LATER = timedelta(minutes=25)


def with_faults(script: Script, faults: Iterable[Fault], seed: int = 0) -> Script:
    """Return the script of a night on which *faults* happen.

    No council suffers two faults of its revisions.
    """
    random = Random(seed)
    councils = sorted({event.code for event in script.results} - script.night.ruled_by_desk)
    random.shuffle(councils)
    share = max(1, round(len(councils) * _SHARE))
    # Each fault draws its councils whether or not the others happen, so that one more fault does
    # not change the others.
    wanted = set(faults)
    for number, fault in enumerate(Fault):
        drawn = set(councils[number * share : (number + 1) * share])
        if fault in wanted:
            script = _FAULTS[fault](script, drawn, Random(seed * len(Fault) + number))
    return script


def _out_of_order(script: Script, councils: set[str], random: Random) -> Script:
    """A superseded revision arrives after the one that corrected it."""
    return _rewritten(
        script,
        councils,
        lambda event: [
            replace(event, revision=2),
            replace(event, at=event.at + _LATER, figures=wrong(event.figures)),
        ],
    )


def _duplicate(script: Script, councils: set[str], random: Random) -> Script:
    """The same document comes again under another file name."""
    return _rewritten(
        script,
        councils,
        lambda event: [event, replace(event, at=event.at + _SOON, copy=True)],
    )


def _flip_flop(script: Script, councils: set[str], random: Random) -> Script:
    """Revisions contradict each other: wrong, right, wrong, right."""
    return _rewritten(
        script,
        councils,
        lambda event: [
            replace(
                event,
                at=event.at + step * _SOON,
                revision=step + 1,
                figures=event.figures if step % 2 else wrong(event.figures),
            )
            for step in range(4)
        ],
    )


def _truncated(script: Script, councils: set[str], random: Random) -> Script:
    """A file is served while it is still being written."""
    return _rewritten(script, councils, lambda event: [replace(event, cut=True)])


def _outage(script: Script, councils: set[str], random: Random) -> Script:
    """The servers fail for some minutes: once with an error, once without a word."""
    times = sorted(event.at for event in script.results)
    starts = (times[len(times) // 3], times[2 * len(times) // 3])
    outages = tuple(
        Outage(start, start + _LATER, hangs)
        for start, hangs in zip(starts, (False, True), strict=True)
    )
    return replace(script, outages=script.outages + outages)


def _correction(script: Script, councils: set[str], random: Random) -> Script:
    """The first revision has control wrong; the second puts it right."""
    return _rewritten(
        script,
        councils,
        lambda event: [
            replace(event, figures=wrong(event.figures)),
            replace(event, at=event.at + _LATER, revision=2),
        ],
    )


def _retraction(script: Script, councils: set[str], random: Random) -> Script:
    """A ward's winners are entered wrongly, withdrawn, and entered again."""
    wards = sorted(
        ward.ward_id
        for ward in script.night.wards.values()
        if ward.status is WardStatus.CONTESTED and ward.code not in script.night.ruled_by_desk
    )
    drawn = set(random.sample(wards, max(1, round(len(wards) * _SHARE / 4))) if wards else ())
    versions: list[BallotVersion] = []
    for version in script.ballots:
        if version.ward in drawn and version.winners is Winners.RIGHT:
            versions += [
                replace(version, winners=Winners.WRONG),
                replace(version, at=version.at + _LATER, winners=Winners.UNKNOWN),
                replace(version, at=version.at + _MUCH_LATER),
            ]
        else:
            versions.append(version)
    return replace(script, ballots=tuple(versions))


_FAULTS: dict[Fault, Callable[[Script, set[str], Random], Script]] = {
    Fault.OUT_OF_ORDER: _out_of_order,
    Fault.DUPLICATE: _duplicate,
    Fault.FLIP_FLOP: _flip_flop,
    Fault.TRUNCATED: _truncated,
    Fault.OUTAGE: _outage,
    Fault.CORRECTION: _correction,
    Fault.RETRACTION: _retraction,
}


def _rewritten(
    script: Script, councils: set[str], rewrite: Callable[[ResultEvent], list[ResultEvent]]
) -> Script:
    """Return the script with the results of *councils* rewritten."""
    results: list[ResultEvent] = []
    for event in script.results:
        results += rewrite(event) if event.code in councils else [event]
    return replace(script, results=tuple(results))


def wrong(figures: Figures) -> Figures:
    """Return wrong figures that add up: some seats of the largest party go to the second.

    As many go as change control, if the party won so many tonight.
    """
    ranked = sorted(
        (party for party in figures.parties if party.party != VACANT), key=lambda p: -p.now
    )
    if len(ranked) < 2:
        return figures
    first, second = ranked[:2]
    moved = figures
    for seats in range(1, first.won + 1):
        shifts = {first.party: -seats, second.party: seats}
        parties = tuple(_shifted(party, shifts.get(party.party, 0)) for party in figures.parties)
        moved = replace(figures, parties=parties)
        if moved.winner != figures.winner:
            break
    return moved


def _shifted(party: PartyFigures, seats: int) -> PartyFigures:
    """Return a party's figures with so many more seats won tonight."""
    change = None if party.change is None else party.change + seats
    return replace(party, won=party.won + seats, now=party.now + seats, change=change)
