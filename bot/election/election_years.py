"""In which years councils have their ordinary elections, as far as our table tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.election.councils import Council


class YearKind(StrEnum):
    """What a year of the table is to the councils of its group."""

    HELD = "held"
    """All of the group are elected, and in no other year up to the group's last one."""
    NONE = "none"
    """None of the group is elected."""


@dataclass(frozen=True)
class ElectionYears:
    """Years by group: a council's nation or type, "" for every council."""

    held: Mapping[str, frozenset[int]] = field(default_factory=dict)
    none: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def may_have_voted(self, council: Council, year: int) -> bool:
        """Whether a council can have had its ordinary election in *year*.

        It can where the table does not say otherwise, as in years after its last one.
        """
        groups = ("", council.nation, council.type or "")
        if any(year in self.none.get(group, ()) for group in groups):
            return False
        known = next((self.held[group] for group in groups if group in self.held), None)
        return known is None or year in known or year > max(known)
