"""What a party that no table knows looks like."""

from __future__ import annotations

import math
from itertools import combinations, islice

from hypothesis import given
from hypothesis import strategies as st

from bot.election.parties import Parties, Party, PartyKind, WireParty, letters_of
from bot.election.party_identity import given_colour, oklab, possible_letters
from bot.pictures.colours import contrast
from bot.pictures.party_colours import Palette
from tests.support.tables import shipped

NAMES = st.lists(
    st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=40),
    min_size=1,
    max_size=12,
    unique=True,
)


def named(*names: str) -> Parties:
    return shipped().parties.named({f"wire:{name.casefold()}": name for name in names})


def colours_of(parties: Parties, *names: str) -> list[str]:
    return [parties.get(f"wire:{name.casefold()}").colour for name in names]


def test_an_unknown_party_has_one_colour_and_letters_wherever_it_is_met() -> None:
    parties = shipped().parties
    met = parties.resolve(WireParty("Save Elmsea", "SE", None))
    assert not met.known
    assert parties.get(met.code).colour == met.colour == named("Save Elmsea").get(met.code).colour
    assert met.letters == named("Save Elmsea").get(met.code).letters == "SE"
    assert met.colour == Parties(parties.rows).get(met.code).colour, "the same after a restart"


def test_it_keeps_them_when_others_become_known() -> None:
    first, then = named("Save Elmsea"), named("Save Elmsea", "Some Elms", "Seven Elms", "Aa Bb")
    code = "wire:save elmsea"
    assert (first.get(code).colour, first.get(code).letters) == (
        then.get(code).colour,
        then.get(code).letters,
    )
    assert then.get("wire:some elms").letters not in ("SE", then.get("wire:seven elms").letters)


@given(NAMES)
def test_no_two_look_alike_nor_like_a_known_one(names: list[str]) -> None:
    names = list({name.casefold(): name for name in names}.values())
    parties = named(*names)
    found = [parties.get(f"wire:{name.casefold()}") for name in names]
    known = [party for party in parties.rows if party.kind is not PartyKind.VACANT]
    wide = [party.colour for party in known if party.kind is not PartyKind.LOCAL]
    for party in found:
        assert contrast(party.colour, "#FFFFFF") >= 3
        assert contrast(party.colour, "#313338") >= 3, "Discord's dark background"
        assert min(math.dist(oklab(party.colour), oklab(other)) for other in wide) > 0.05
        assert party.colour not in {one.colour for one in known}
        assert party.letters not in {letters for one in known for letters in letters_of(one)}
    for one, other in combinations(found, 2):
        assert math.dist(oklab(one.colour), oklab(other.colour)) > 0.04, (one.name, other.name)
        assert one.letters != other.letters


def test_its_letters_are_no_known_partys_even_where_that_one_is_not_shown() -> None:
    code = "wire:save northern peak"
    palette = Palette(shipped().parties, [code])
    assert palette.letters(code) not in ("SNP", "–", "NOC")


def test_a_picture_shows_the_letters_that_a_party_has() -> None:
    parties = named("Some Elms", "Save Elmsea")
    first = Palette(parties, ["wire:save elmsea"]).letters("wire:save elmsea")
    both = Palette(parties, ["Lab", "wire:save elmsea", "wire:some elms"])
    assert first == both.letters("wire:save elmsea") != both.letters("wire:some elms")


def test_a_party_that_the_desk_named_looks_as_before() -> None:
    parties = shipped().parties
    code = "wire:save elmsea"
    told = parties.told({"save elmsea": code})
    assert told.get(code).known
    assert told.get(code).colour == parties.get(code).colour


def test_colours_run_out_late_and_never_fail() -> None:
    taken: tuple[str, ...] = ()
    for turn in range(60):
        taken = (*taken, given_colour(f"party {turn}", ("#E4003B", "#0087DC"), taken))
    assert len({*taken}) == 60


def test_letters_have_no_digits_and_never_end() -> None:
    found = list(islice(possible_letters("Ward 6 First", "W6F"), 200))
    assert found[:3] == ["W6F", "WF", "Ward"], "a party's own abbreviation is kept"
    assert len({*found}) > 190
    assert all(0 < len(one) <= 4 for one in found)


def test_the_table_names_the_short_form_of_some() -> None:
    reform = shipped().parties.get("Reform")
    assert letters_of(reform) == ("Ref",)
    assert letters_of(Party("XYZ", "Xenon Yard Zone", "Xenon Y. Z.")) == ("XYZ", "Xeno")
