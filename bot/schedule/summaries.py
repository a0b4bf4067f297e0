"""When a night's summaries are due, and what they say."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial

from bot.cards.summary import is_settled, summary_cards
from bot.chat.services import Services
from bot.clock import LONDON
from bot.delivery.service import Alerts
from bot.election.ballots import BallotStanding
from bot.election.claims import ClaimState
from bot.election.councils import Council
from bot.election.reports import BallotKind
from bot.election.standings import CouncilStanding, Declared, DeskNote
from bot.jobs import Job
from bot.pictures.hexmap import map_picture
from bot.store.summaries import Edition
from bot.wording.article import article
from bot.wording.night import NightView

_CHECKS_EVERY = 30.0
"""Simulated seconds between two checks; a summary is due to the minute."""
_LASTS = timedelta(hours=5)
"""A bot that starts later than this after an edition's hour posts it no more."""


class SummaryJob:
    """Posts each edition of the summary once when it is due, and edits it when results change.

    The *midnight*, *breakfast* and *lunchtime* editions are due at their hours on the day after
    polling and always describe that hour: they are edited only if something in them was wrong. One
    of an hour by which nothing had declared is left out: it would have no news, and what declares
    later is the next one's. The *final* edition is due when everything has declared and nothing
    waits for the desk, or at its hour two days after polling, by which counts have ended; after
    that it follows the results.
    """

    def __init__(self, services: Services, alerts: Alerts) -> None:
        self._services = services
        self._alerts = alerts
        self._told: dict[Edition, str] = {}

    async def run(self) -> None:
        """Check until cancelled."""
        tick = partial(self._services.clock.sleep, _CHECKS_EVERY)
        await Job("The summary could not be made", self.look, tick).run()

    async def look(self) -> None:
        """Post the editions that are due, and edit those that have changed."""
        night = self._services.newest_night
        for edition, reason in self.due(night, self._services.clock.now()).items():
            await self.post(night, reason, edition)

    def hours(self, night: date) -> dict[Edition, datetime]:
        """Return the hours of the editions on the day after polling, in order of time."""
        settings = self._services.settings
        hours = {
            Edition.MIDNIGHT: settings.midnight_hour,
            Edition.BREAKFAST: settings.morning_hour,
            Edition.LUNCHTIME: settings.lunchtime_hour,
        }
        moments = {edition: _at(night, 1, hour) for edition, hour in hours.items()}
        return dict(sorted(moments.items(), key=lambda one: one[1]))

    def due(self, night: date, now: datetime) -> dict[Edition, str]:
        """Return the editions that are due, or were posted and need checking, with the reason."""
        standings = self._services.reader.councils(night)
        found: dict[Edition, str] = {}
        ballots = self._services.reader.ballots(night)
        if not _is_news(standings, ballots, now):
            return found
        settled = is_settled(standings, self._services.almanac_of(night), ballots)
        if settled:
            found[Edition.FINAL] = "everything has declared"
        elif self.is_over(night, now, settled=settled):
            last = self._services.settings.summary_hour
            found[Edition.FINAL] = f"it is past {last:02}:00, two days after polling"
        hours = self.hours(night)
        for edition, hour in hours.items():
            later = min((other for other in hours.values() if other > hour), default=hour + _LASTS)
            in_time = hour <= now < min(later, hour + _LASTS) and not settled
            if (in_time and _is_news(standings, ballots, hour)) or self._alerts.posted_summary(
                night, edition
            ):
                found[edition] = f"it was {hour:%H:%M} on the day after polling"
        return found

    def is_over(self, night: date, now: datetime, *, settled: bool) -> bool:
        """Return whether a night is over: everything is *settled*, or its last hour has passed."""
        return settled or now >= _at(night, 2, self._services.settings.summary_hour)

    async def post(self, night: date, reason: str, edition: Edition = Edition.FINAL) -> bool:
        """Post or edit an edition; return whether it says anything new."""
        services = self._services
        standings: Sequence[CouncilStanding] = services.reader.councils(night)
        ballots: Sequence[BallotStanding] = services.reader.ballots(night)
        notes = services.reader.desk_notes(night)
        posted = self._alerts.posted_summary(night, edition)
        now = services.clock.now()
        if edition is not Edition.FINAL:
            now = posted[1] if posted else now
            standings = as_it_was(standings, now)
            ballots = ballots_as_they_were(ballots, now)
            notes = [(council, note) for council, note in notes if note.at <= now]
        before = posted[0] if posted else ""
        told, kept = self._results(
            night, standings, ballots, notes, edition, before=_codes_in(before)
        )
        if _hashes(told) in (_hashes(self._told.get(edition, "")), _hashes(before)):
            return False
        # What is only completed or added was not wrong; what was corrected once stays marked so.
        wrong = before.endswith(_CORRECTED) or [kept] != before.split()[:1]
        correction = bool(before) and edition is not Edition.FINAL and wrong
        view = NightView(standings, services.almanac_of(night), now, ballots)
        cards = summary_cards(
            view,
            reconciled=services.is_reconciled(night),
            notes=notes,
            paused=services.reader.desk_pause() is not None,
            correction=correction,
            edition="" if edition is Edition.FINAL else edition.label,
            unlike=self._headlines_before(night, edition, standings, ballots),
        )
        # Measuring a map's texts takes a moment, so it runs off the event loop.
        picture = await asyncio.to_thread(map_picture, view)
        written = await self._alerts.post_summary(
            night,
            cards,
            reason,
            edition,
            f"{told}{_CORRECTED}" if correction else told,
            picture=picture,
        )
        self._told[edition] = told
        return written

    def _headlines_before(
        self,
        night: date,
        edition: Edition,
        standings: Sequence[CouncilStanding],
        ballots: Sequence[BallotStanding],
    ) -> list[str]:
        """Return the headlines of the earlier editions that were posted, in order of time."""
        hours = self.hours(night)
        found: list[str] = []
        for other, hour in hours.items():
            posted = self._alerts.posted_summary(night, other)
            if other is edition or posted is None or hour >= hours.get(edition, posted[1] + _LASTS):
                continue
            then = NightView(
                as_it_was(standings, posted[1]),
                self._services.almanac_of(night),
                posted[1],
                ballots_as_they_were(ballots, posted[1]),
            )
            found.append(article(then, unlike=found).headline)
        return found

    def _results(
        self,
        night: date,
        standings: Sequence[CouncilStanding],
        ballots: Sequence[BallotStanding],
        notes: Sequence[tuple[Council, DeskNote]],
        edition: Edition,
        *,
        before: Collection[str] | None,
    ) -> tuple[str, str]:
        """Return an edition's content, and a hash of what of it may have been wrong *before*.

        The content is two hashes, of what may be wrong and of all, and the codes of what declared.
        What may be wrong stays the same where claims are only completed, and where a result is
        added that the desk released later.
        """
        declared = {one.council.code: one.declared for one in standings if one.declared}
        items: dict[str, object] = {
            code: (code, _version_without_completion(one), one.after.holder, one.now)
            for code, one in declared.items()
        }
        items |= {
            one.ballot.code: (one.ballot.code, one.version, one.report and one.report.winners)
            for one in ballots
            if one.is_declared
        }
        rest: list[object] = [note for _, note in notes]
        if edition is Edition.FINAL:
            rest += [
                self._services.is_reconciled(night),
                self._services.reader.told_total(night),
                [one.council.code for one in standings if one.awaiting_desk],
                self._services.reader.desk_pause() is not None,
            ]
        told = [*items.values(), *rest]
        known = [item for code, item in items.items() if before is None or code in before]
        versions = [one.version for one in declared.values()]
        hashes = f"{_hash(told)} {_hash([told, versions])}"
        return f"{hashes} {','.join(items)}", _hash([*known, *rest])


def _is_news(
    standings: Sequence[CouncilStanding], ballots: Sequence[BallotStanding], moment: datetime
) -> bool:
    """Return whether anything had declared by a *moment* that an edition would tell.

    By-elections of wards alone make no summary.
    """
    return any(one.is_declared for one in as_it_was(standings, moment)) or any(
        one.is_declared and one.ballot.kind is not BallotKind.WARD
        for one in ballots_as_they_were(ballots, moment)
    )


_CORRECTED = " corrected"


def _hashes(told: str) -> list[str]:
    """Return the hashes of an edition's content."""
    return told.split()[:2]


def _codes_in(told: str) -> Collection[str] | None:
    """Return the codes of what an edition told; None for one that a former build wrote."""
    parts = told.removesuffix(_CORRECTED).split()
    return parts[2].split(",") if len(parts) > len(_hashes(told)) else None


def _hash(told: object) -> str:
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _version_without_completion(declared: Declared) -> int | None:
    if declared.version is None or declared.state is not ClaimState.COMPLETED:
        return declared.version
    return declared.version - 1


def as_it_was(
    standings: Sequence[CouncilStanding], moment: datetime
) -> tuple[CouncilStanding, ...]:
    """Return *standings* without the results and held reports that came after *moment*.

    Results declared by then are taken as known now; so an edition gets corrected.
    """
    return tuple(_as_it_was(one, moment) for one in standings)


def _as_it_was(standing: CouncilStanding, moment: datetime) -> CouncilStanding:
    declared = standing.declared
    if declared is not None and declared.declared_at > moment:
        declared = None
    held = tuple(one for one in standing.awaiting_desk if one.source.received_at <= moment)
    if declared is standing.declared and held == standing.awaiting_desk:
        return standing
    return replace(standing, declared=declared, awaiting_desk=held)


def ballots_as_they_were(
    ballots: Sequence[BallotStanding], moment: datetime
) -> tuple[BallotStanding, ...]:
    """Return *ballots* without the reports that came after *moment*, as `as_it_was` does."""
    return tuple(
        one if _arrived_by(one, moment) else replace(one, report=None, awaiting_desk=())
        for one in ballots
    )


def _arrived_by(ballot: BallotStanding, moment: datetime) -> bool:
    if ballot.declared_at is not None:
        return ballot.declared_at <= moment
    return ballot.source is None or ballot.source.received_at <= moment


def _at(night: date, days: int, hour: int) -> datetime:
    return datetime.combine(night + timedelta(days=days), time(hour), LONDON)
