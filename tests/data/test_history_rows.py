"""Rows of the history as the source has them are believed only if they agree with themselves."""

from __future__ import annotations

import pytest

from tests.support.tables import shipped
from tools.data.history import _snapshot

ROW = {
    "authority": "Crawley",
    "year": "1999",
    "total": "36",
    "con": "10",
    "lab": "20",
    "ld": "2",
    "other": "4",
    "nat": "0",
    "majority": "Lab",
    "plurality": "Lab",
}


@pytest.mark.parametrize("said", ["Con", "Con plurality", "Ind", "SNP plurality", "Other"])
def test_a_row_that_names_a_party_with_fewer_seats_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="Crawley 1999: by its seats"):
        _snapshot(ROW | {"plurality": said}, shipped().councils)


@pytest.mark.parametrize("said", ["Lab", "Lab plurality", "LAB Mayor", "NOC"])
def test_one_that_agrees_or_names_no_party_is_taken(said: str) -> None:
    assert _snapshot(ROW | {"plurality": said}, shipped().councils)["control"] == "Lab"


def test_a_party_whose_seats_are_told_apart_has_its_majority_by_name() -> None:
    recent = {key: cell for key, cell in ROW.items() if key != "plurality"}
    recent |= {"green": "1", "ukip": "19", "ref": "0", "pc": "0", "snp": "0"}
    row = _snapshot(recent | {"lab": "4", "majority": "Other"}, shipped().councils)
    assert (row["control"], row["local"], row["other"]) == ("UKIP", 19, 0)
