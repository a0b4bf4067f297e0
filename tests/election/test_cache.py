"""What is worked out once is worked out for that very thing, and forgotten in time."""

from __future__ import annotations

from bot.election.cache import remembered
from bot.election.parties import WireParty
from tests.election.build import PARTIES


class Counted:
    """A function that counts how often it is called."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, thing: list[int]) -> int:
        self.calls += 1
        return sum(thing)


def test_one_thing_is_worked_out_once_and_an_equal_one_by_itself() -> None:
    counted = Counted()
    total = remembered(10)(counted)
    one, equal = [1, 2], [1, 2]
    assert (total(one), total(one), counted.calls) == (3, 3, 1)
    assert (total(equal), counted.calls) == (3, 2)


def test_no_thing_is_taken_for_one_that_is_gone() -> None:
    total = remembered(5)(sum)
    for number in range(200):
        assert total([number]) == number


def test_no_more_is_kept_than_was_asked_for() -> None:
    counted = Counted()
    total = remembered(2)(counted)
    things = [[number] for number in range(3)]
    assert [total(thing) for thing in things] == [0, 1, 2]
    assert (total(things[0]), counted.calls) == (0, 4)


def test_parties_that_share_a_name_are_told_apart_by_all_that_the_wire_says() -> None:
    named = [
        WireParty("Labour Party"),
        WireParty("Labour Party", ec_id="PP52"),
        WireParty("Labour Party", "Con"),
        WireParty("Cottingham First"),
        WireParty("Cottingham First", "CF"),
    ]
    first = [PARTIES.resolve(wire) for wire in named]
    assert [PARTIES.resolve(wire) for wire in named] == first
    assert [party.code for party in first[:3]] == ["Lab", "Con", "Lab"]
    assert [party.abbreviation for party in first[3:]] == ["Cottingham First", "CF"]


def test_parties_with_the_same_strangers_are_the_same_and_with_others_are_not() -> None:
    stranger, other = WireParty("Cottingham First", "CF"), WireParty("Hessle Together", "HT")
    wider = PARTIES.knowing([stranger])
    assert wider is PARTIES.knowing([stranger, WireParty("Labour Party", "Lab")])
    assert wider is not PARTIES.knowing([other])
    assert wider.resolve(WireParty("CF")).name == "Cottingham First"
    assert PARTIES.knowing([other]).resolve(WireParty("HT")).name == "Hessle Together"
    assert PARTIES.knowing([WireParty("Labour Party", "Lab")]) is PARTIES
