"""The settings that decisions depend on, for deciding live and for deciding again later."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.election.reports import SourceKind


class ClaimsNeed(StrEnum):
    """What is required to claim a council's control."""

    ONE_SOURCE = "one source"
    WIRE = "the wire"
    TWO_SOURCES = "two sources"


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings that decisions depend on.

    `allow_test` accepts test material as if it were real. `claims_need` is what is required to
    claim a council's control. `late_nominations_wait` holds nominations that come in after a result
    in force and would change it, since on a live night it is likelier that they are wrong.
    `settles` needs no second fetch for a source without revisions; it is for files, which do not
    change.
    """

    allow_test: bool = False
    claims_need: ClaimsNeed = ClaimsNeed.ONE_SOURCE
    late_nominations_wait: bool = False
    settles: bool = False

    def supports(self, agreeing: Collection[SourceKind], *, settled: bool) -> bool:
        """Whether what these sources agree on may be claimed.

        One is enough if it is *settled*: it has revisions or has said the same twice.
        """
        if self.claims_need is ClaimsNeed.WIRE:
            return SourceKind.PA in agreeing
        if self.claims_need is ClaimsNeed.TWO_SOURCES:
            return len(agreeing) > 1
        return settled or len(agreeing) > 1


USUAL = Policy()
"""The policy when nothing is set."""
