"""An axis of hours that squeezes those in which nothing was declared."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.election.almanac import LONDON
from bot.pictures.canvas import LABEL
from bot.pictures.lettering import width_of

_EMPTY = timedelta(hours=2, minutes=30)
"""A longer time without a result is squeezed, …"""
_SQUEEZED = 0.1
"""…to this part of the axis, …"""
_MOST_SQUEEZED = 0.4
"""…and all such times to no more than this."""
_BETWEEN = 14
_FEWEST_HOURS = (1, 2, 3, 4, 6, 12)
_MOST_LABELS = 9


@dataclass(frozen=True, slots=True)
class Hours:
    """The moments of results from `left` to `right`, with the places of each."""

    moments: tuple[datetime, ...]
    places: tuple[float, ...]
    left: float
    right: float

    @classmethod
    def of(cls, moments: Iterable[datetime], left: float, right: float) -> Hours:
        """Return the axis of several *moments*, the first and the last at its ends."""
        every = sorted(set(moments))
        gaps = [later - one for one, later in itertools.pairwise(every)]
        empty = sum(gap > _EMPTY for gap in gaps)
        filled = sum((gap for gap in gaps if gap <= _EMPTY), timedelta())
        # Where nothing but empty hours lies between results, they share the axis.
        squeezed = min(_SQUEEZED, _MOST_SQUEEZED / max(1, empty)) if filled else 1 / max(1, empty)
        room = (right - left) * (1 - squeezed * empty)
        x, places = left, [left]
        for gap in gaps:
            x += (right - left) * squeezed if gap > _EMPTY else room * (gap / filled)
            places.append(x)
        return cls(tuple(every), tuple(places), left, right)

    def x(self, moment: datetime) -> float:
        """Return the place of a moment on the axis."""
        steps = zip(self.moments, self.places, self.moments[1:], self.places[1:], strict=False)
        for start, left, end, right in steps:
            if moment <= end:
                return left + (right - left) * max(0.0, (moment - start) / (end - start))
        return self.places[-1]

    @property
    def breaks(self) -> list[tuple[float, float]]:
        """Where the squeezed hours begin and end."""
        steps = zip(self.moments, self.places, self.moments[1:], self.places[1:], strict=False)
        return [(left, right) for start, left, end, right in steps if end - start > _EMPTY]

    def labels(self) -> list[tuple[float, str, str]]:
        """Return the places of times that have room, each with its hour, and its day if it is new.

        The ends come first, then where squeezed hours begin and end, then round hours.
        """
        wide = width_of("00:00", LABEL) + _BETWEEN
        found: list[datetime] = []
        for moment in self._wanted():
            x = self.x(moment)
            if all(abs(x - self.x(other)) >= wide for other in found):
                found.append(moment)
        labels, day = [], ""
        for moment in sorted(found):
            local = moment.astimezone(LONDON)
            today = f"{local:%a}"
            labels.append((self.x(moment), f"{local:%H:%M}", "" if today == day else today))
            day = today
        return labels

    def _wanted(self) -> list[datetime]:
        """Return the moments to label, those that matter most first."""
        ends = [self.moments[0], self.moments[-1]]
        squeezed = []
        for one, later in zip(self.moments, self.moments[1:], strict=False):
            if later - one > _EMPTY:
                squeezed += [later, one]
        start = self.moments[0].astimezone(LONDON).replace(minute=0, second=0, microsecond=0)
        span = (self.moments[-1] - start) / timedelta(hours=1)
        each = next((step for step in _FEWEST_HOURS if span / step <= _MOST_LABELS), 24)
        rounds = []
        moment = start.replace(hour=0)
        while moment < self.moments[-1]:
            if moment > self.moments[0] and not self._is_squeezed(moment):
                rounds.append(moment)
            moment += timedelta(hours=each)
        return [*ends, *squeezed, *rounds]

    def _is_squeezed(self, moment: datetime) -> bool:
        return any(
            one < moment < later and later - one > _EMPTY
            for one, later in zip(self.moments, self.moments[1:], strict=False)
        )
