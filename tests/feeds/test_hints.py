"""What a file's name says of the document in it."""

from __future__ import annotations

import pytest

from bot.feeds.hints import Hints, from_name


@pytest.mark.parametrize(
    ("name", "council", "night"),
    [
        ("modern_gov_Hull_397.xml", "Hull", None),
        ("modern_gov_Kingston_upon_Hull_397.xml", "Kingston upon Hull", None),
        ("modern_gov_Basingstoke___Deane_12.xml", "Basingstoke Deane", None),
        ("ModernGov-Hull.xml", "Hull", None),
        ("modern_gov_Hull_397_2022-05-05.xml", "Hull", "2022-05-05"),
        ("modern_gov_Hull_Test_397.xml", "Hull", None),
        ("modern_gov_Test_Valley_3.xml", "Test Valley", None),
        ("night/2022-05-05/Hull/397.xml", "Hull", "2022-05-05"),
        ("modern_gov_Hull/397.xml", "Hull", None),
        ("Hull/2022-05-05/397.xml", "Hull", "2022-05-05"),
        ("modern_gov/397.xml", None, None),
        ("modern_gov.xml", None, None),
        ("397.xml", None, None),
        ("desk_sheet_2022-05-05.csv", None, "2022-05-05"),
        ("desk_sheet_2022-13-05.csv", None, None),
        ("", None, None),
    ],
)
def test_a_name(name: str, council: str | None, night: str | None) -> None:
    found = from_name(name)
    assert found.council == council
    assert (found.night and found.night.isoformat()) == night


def test_hints_complete_each_other() -> None:
    said = from_name("modern_gov_Hull_2022-05-05.xml")
    assert Hints(council="Leeds").or_else(said) == Hints("Leeds", said.night)
    assert Hints().or_else(said) == said
