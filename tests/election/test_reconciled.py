"""What keeps a night from agreeing with the wire's own table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.election.councils import Councils
from bot.election.reconciliation import differences_from
from bot.election.reports import SourceKind, StateOfPartiesReport
from bot.election.standings import CouncilStanding, Voice
from tests.cards.nights import ALMANAC, HULL, NIGHT, standing

STILL_TO_COME = standing("WOR", "Con")
NOT_YET = replace(HULL, declared=None)


def told(results: int, region: str | None = None) -> StateOfPartiesReport:
    """A table of the wire without a line."""
    return StateOfPartiesReport(NIGHT, results, 2, (), (), region=region)


def found(standings: Sequence[CouncilStanding], *messages: StateOfPartiesReport) -> tuple[str, ...]:
    councils: Councils = ALMANAC.councils
    return differences_from(messages, standings, ALMANAC.parties, councils)


def by_wire(one: CouncilStanding) -> CouncilStanding:
    assert one.declared is not None
    voice = Voice(SourceKind.PA, one.declared.after, True)
    return replace(one, declared=replace(one.declared, voices=(voice,)))


def test_a_table_that_never_came_is_missed_at_the_end_where_the_wire_has_told_results() -> None:
    assert found([by_wire(HULL)]) == ("the wire has sent no state of parties",)
    assert found([by_wire(HULL), STILL_TO_COME]) == ()
    assert found([HULL]) == ()


def test_a_table_that_lags_is_a_difference_at_the_end_only() -> None:
    assert found([HULL, STILL_TO_COME], told(7)) == ()
    (sentence,) = found([HULL], told(7))
    assert sentence.startswith("the wire's last state of parties has 7 results")


def test_a_table_that_can_be_compared_differs_at_once() -> None:
    differences = found([HULL, STILL_TO_COME], told(1))
    assert "Liberal Democrat: councils 0 on the wire, 1 here" in differences


def test_each_regions_table_is_compared_with_that_region() -> None:
    differences = found([HULL], told(1, "Yorkshire and The Humber"))
    assert "Yorkshire and The Humber: Liberal Democrat: councils 0 on the wire, 1 here" in (
        differences
    )
    assert found([HULL], told(0, "Wales")) == ()
