"""A delivery's reference is of what it tells to whom, and is found however it is typed."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.references import BOARD, reference_in, reference_meant, reference_of
from bot.store.references import delivery_reference, says, says_as, without_words

NIGHT = "2022-05-05"


def of(council: str = "KHL", version: int = 1, *, said: str = "Lab", place: int = 7) -> str:
    return delivery_reference(place, NIGHT, council, "claim", version, said=said)


def test_a_delivery_that_is_queued_again_has_the_same_reference_and_no_other_has() -> None:
    assert of() == of()
    assert re.fullmatch(r"EN-[0-9A-HJKMNP-TV-Z]{8}", of())
    others = {of("WND"), of(version=2), of(place=8), of(said="LD")}
    assert len(others | {of()}) == 5


def test_a_reference_tells_whether_another_version_says_the_same() -> None:
    assert says_as(of(), of(version=3))
    assert not says_as(of(), of(said="LD"))
    assert says(of(), "Lab")
    assert without_words(of()) == without_words(of(said="LD")) != without_words(of(version=2))


@given(st.integers(1, 1 << 62), st.text())
def test_a_reference_is_meant_however_it_is_typed(place: int, said: str) -> None:
    reference = of(said=said, place=place)
    assert (
        reference_meant(f" {reference.lower().replace('0', 'o').replace('1', 'l')} ") == reference
    )
    assert reference_in(f"Declared 02:41 · {reference}") == reference


def test_what_is_no_reference_stands_for_nothing() -> None:
    typed = ("", "EN-", "EN-7K3 Q2M9X", "Hull?", "EN-7K3Q2", "EN-" + "Z" * 20)
    assert [reference_meant(text) for text in typed] == [None] * 6
    assert [reference_in(text) for text in ("BD-7K3Q2", "EN-7K3Q2M9X and more")] == [None] * 2


def test_the_numbers_of_boards_are_different_and_short() -> None:
    found = {reference_of(number, BOARD) for number in range(1, 1_000_000, 7)}
    assert len(found) == len(range(1, 1_000_000, 7))
    assert {len(each) for each in found} == {8}
