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
_STEPS = (1, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1_440)
"""The minutes there may be between two labels."""
_NEAR = 200
"""A round time outside the axis by less than this part of it stands at its end."""


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
        """Return the places of round times that have room, with their hour, and day if it is new.

        Those nearest to the ends come first, then those beside squeezed hours, then the others.
        """
        wide = width_of("00:00", LABEL) + _BETWEEN
        found: list[datetime] = []
        for moment in self._wanted(wide):
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

    def _wanted(self, wide: float) -> list[datetime]:
        """Return the round times to label, those that matter most first; the ends if none is."""
        first, last = self.moments[0], self.moments[-1]
        step = self._step(wide)
        fine = min(step, 60)
        near = (last - first) / _NEAR
        beside = [_rounded(first, fine), _rounded(last, fine)]
        for one, later in zip(self.moments, self.moments[1:], strict=False):
            if later - one > _EMPTY:
                beside += [_rounded(later, fine), _rounded(one, fine)]
        beside += [beside[0] + timedelta(minutes=fine), beside[1] - timedelta(minutes=fine)]
        rounds = []
        moment = first.astimezone(LONDON).replace(hour=0, minute=0, second=0, microsecond=0)
        while moment <= last:
            if moment >= first:
                rounds.append(moment)
            moment += timedelta(minutes=step)
        found = [one for one in beside if first - near <= one <= last + near]
        found += [one for one in rounds if not self._is_squeezed(one)]
        return found or rounds or [first, last]

    def _step(self, wide: float) -> int:
        """Return the fewest minutes between labels *wide* apart where results are."""
        pairs = [*itertools.pairwise(zip(self.moments, self.places, strict=True))]
        filled = [one for one in pairs if one[1][0] - one[0][0] <= _EMPTY] or pairs
        minutes = sum((there[0] - here[0]) / timedelta(minutes=1) for here, there in filled)
        room = sum(there[1] - here[1] for here, there in filled)
        least = 60 if self.moments[-1] - self.moments[0] > _EMPTY else 1
        steps = [step for step in _STEPS if step >= least]
        return next((step for step in steps if step * room >= wide * minutes), steps[-1])

    def _is_squeezed(self, moment: datetime) -> bool:
        return any(
            one < moment < later and later - one > _EMPTY
            for one, later in zip(self.moments, self.moments[1:], strict=False)
        )


def _rounded(moment: datetime, minutes: int) -> datetime:
    """Return the time nearest to a moment that is a multiple of *minutes* in its hour."""
    local = moment.astimezone(LONDON)
    hour = local.replace(minute=0, second=0, microsecond=0)
    steps = round((local - hour) / timedelta(minutes=minutes))
    return hour + timedelta(minutes=minutes) * steps
