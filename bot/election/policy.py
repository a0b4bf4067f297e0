"""What an operator may set of the rules: one object, for deciding live and for deciding again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.election.reports import SourceKind


class ClaimsNeed(StrEnum):
    """What it takes to claim a council's control, and so to tell anybody."""

    ONE_SOURCE = "one source"
    WIRE = "the wire"
    TWO_SOURCES = "two sources"


@dataclass(frozen=True, slots=True)
class Policy:
    """How the rules are set.

    *allow_test* takes test material in as if it were real. *claims_need* is what it takes to claim
    a council's control. *late_nominations_wait* holds nominations that come in after a result in
    force and would unseat it: on a live night they are the likelier fault, and a true result is not
    taken back. *settles* believes a source without revisions at first sight: for files, which
    nobody will change.
    """

    allow_test: bool = False
    claims_need: ClaimsNeed = ClaimsNeed.ONE_SOURCE
    late_nominations_wait: bool = False
    settles: bool = False

    def supports(self, agreeing: Collection[SourceKind], *, settled: bool) -> bool:
        """Return whether what these sources agree in may be claimed.

        One is enough where it is *settled*: it has revisions, or has said the same twice.
        """
        if self.claims_need is ClaimsNeed.WIRE:
            return SourceKind.PA in agreeing
        if self.claims_need is ClaimsNeed.TWO_SOURCES:
            return len(agreeing) > 1
        return settled or len(agreeing) > 1


USUAL = Policy()
"""What holds where nothing is set."""
