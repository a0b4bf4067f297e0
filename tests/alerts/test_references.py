"""References stand for deliveries, both ways."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.references import delivery_of, reference_of


@given(st.integers(1, 1 << 40))
def test_a_reference_leads_back_to_its_delivery(delivery: int) -> None:
    reference = reference_of(delivery)
    assert re.fullmatch(r"EN-[0-9A-HJKMNP-TV-Z]{5,}", reference)
    assert delivery_of(reference) == delivery
    assert delivery_of(f" {reference.lower().replace('0', 'o').replace('1', 'l')} ") == delivery


def test_the_first_million_are_different_and_short() -> None:
    found = {reference_of(delivery) for delivery in range(1, 1_000_000, 7)}
    assert len(found) == len(range(1, 1_000_000, 7))
    assert {len(each) for each in found} == {8}


def test_what_is_no_reference_stands_for_nothing() -> None:
    assert [delivery_of(text) for text in ("", "EN-", "EN-7K3 Q2", "Hull?")] == [None] * 4


def test_a_reference_beyond_what_a_table_can_number_stands_for_nothing() -> None:
    assert delivery_of(reference_of(2**63 - 1)) == 2**63 - 1
    assert delivery_of(reference_of(2**63)) is None
    assert delivery_of("EN-" + "Z" * 20) is None
