"""The destinations that a claim's version concerns, batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.store.deliveries import Row


@dataclass(slots=True)
class Hearer:
    """A destination: the roles of its matching subscriptions by id, and what it was told before.

    `matched` tells whether any subscription matches; `history` is oldest first.
    """

    guild_id: int | None
    roles: dict[int, int] = field(default_factory=dict)
    matched: bool = False
    history: list[Row] = field(default_factory=list)


class Audience:
    """Those whom a claim's version concerns, gathered from several queries, each by destination.

    A query that was cut off knows nothing beyond its last destination, so nobody beyond the
    first such `bound` is told yet.
    """

    def __init__(self) -> None:
        self._hearers: dict[int, Hearer] = {}
        self.bound: int | None = None

    def add_matches(self, rows: Sequence[Row], limit: int) -> None:
        """Add the subscribers to one topic."""
        for row in rows:
            each = self._of(row)
            each.matched = True
            if row["role"] is not None:
                each.roles[row["id"]] = row["role"]
        self._cut(rows, cut=len(rows) == limit)

    def add_history(self, rows: Sequence[Row], limit: int) -> None:
        """Add those who were told of earlier versions, or were to be."""
        for row in rows:
            self._of(row).history.append(row)
        self._cut(rows, cut=len({row["destination"] for row in rows}) == limit)

    def up_to_bound(self, limit: int) -> list[tuple[int, Hearer]]:
        """Return at most *limit* destinations in order, none beyond the bound."""
        found = sorted(
            item for item in self._hearers.items() if self.bound is None or item[0] <= self.bound
        )
        if len(found) > limit:
            found = found[:limit]
            self.bound = found[-1][0]
        return found

    def _of(self, row: Row) -> Hearer:
        return self._hearers.setdefault(row["destination"], Hearer(row["guild_id"]))

    def _cut(self, rows: Sequence[Row], *, cut: bool) -> None:
        if cut:
            last = rows[-1]["destination"]
            self.bound = last if self.bound is None else min(self.bound, last)
