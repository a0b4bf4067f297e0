"""Which voting system the law has for a ballot on a date."""

from __future__ import annotations

from datetime import date

import pytest

from bot.almanac.tables import load_almanac
from bot.election.ballots import VotingSystems, ballot_of
from bot.election.reports import BallotKind, VotingSystem

SUPPLEMENTARY, PLURALITY = VotingSystem.SUPPLEMENTARY, VotingSystem.PLURALITY
SHIPPED = load_almanac().voting_systems


@pytest.mark.parametrize(
    ("night", "system"),
    [
        (date(2002, 5, 2), SUPPLEMENTARY),
        (date(2022, 5, 5), SUPPLEMENTARY),
        (date(2023, 5, 3), SUPPLEMENTARY),
        (date(2023, 5, 4), PLURALITY),
        (date(2026, 5, 7), PLURALITY),
        (date(2026, 7, 30), SUPPLEMENTARY),  # Greater Manchester's by-election
        (date(2027, 5, 6), SUPPLEMENTARY),
    ],
)
def test_mayors_are_elected_by_the_law_of_the_date(night: date, system: VotingSystem) -> None:
    assert SHIPPED.on(night)[BallotKind.MAYOR] is system
    mayor = ballot_of("mayor.wire:Elmsea", {}, SHIPPED.on(night))
    assert mayor is not None and mayor.system is system


def test_a_later_change_takes_its_place_in_any_order() -> None:
    later = VotingSystems(
        {BallotKind.MAYOR: ((date(2040, 1, 1), PLURALITY), (date.min, SUPPLEMENTARY))}
    )
    assert later.on(date(2039, 12, 31)) == {BallotKind.MAYOR: SUPPLEMENTARY}
    assert later.on(date(2040, 1, 1)) == {BallotKind.MAYOR: PLURALITY}


def test_what_no_table_has_is_first_past_the_post() -> None:
    assert VotingSystems().on(date(2030, 5, 2)) == {}
    mayor = ballot_of("mayor.wire:Elmsea", {})
    assert mayor is not None and mayor.system is PLURALITY
