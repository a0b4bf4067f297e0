"""The shipped parties: everybody who won a seat has a name of their own."""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

from tests.support.sources import WITH_SOURCES

from bot.election.parties import INDEPENDENT, PartyKind, WireParty
from bot.pictures.party_colours import Palette
from tests.support.tables import shipped

WINNERS = """\
Arise
Ashtead Independents
Aspire
Basingstoke & Deane Independents
Brentford, Isleworth, Heston & Hounslow Independents
Camden People's Alliance
Chislehurst Matters
Community Campaign (Hart)
Edgeley Community Association
Farnham Residents
Garforth and Swillington Independents Party
Great Yarmouth First
Harold Wood Hill Park Residents Association
Havering Residents Association
Hornchurch Residents Association
Horwich & Blackrod First Independents
Independent Loughton Residents Association
Independent Network
Independents for Tunbridge Wells
Kingston Independent Residents Group
Local Alliance
Lydiate and Maghull Community Independents
Merton Park Ward Independent Residents
Morley Borough Independents
Newham Independents Party
Newton-le-Willows Independents
Nork & Tattenhams Residents' Associations
Our West Lancashire
Peterborough First
Radcliffe First
Rainhill Independents
Redbridge Independents
Residents Associations of Epsom and Ewell
Residents for Guildford and Villages
Residents for Uttlesford
Runnymede Independent Residents' Group
Social Democratic Party
The All In Party
The Molesey Residents Association
The Oldham Group Party
The People's Independent Party
Tunbridge Wells Alliance
Upminster and Cranham Residents Association
Walsall Community Independents Party
Whitehill & Bordon Community Party
Workers Party of Britain
Your Bradford Independent group
"""
"""Who won seats on 7 May 2026 beside the parties that stand everywhere, as Democracy Club has it."""


def test_everybody_who_won_a_seat_is_a_party_of_its_own() -> None:
    parties = shipped().parties
    found = {name: parties.resolve(WireParty(name)) for name in WINNERS.splitlines()}
    assert [name for name, party in found.items() if not party.known] == []
    assert [name for name, party in found.items() if not party.is_one_party] == []
    assert [code for code, n in Counter(p.code for p in found.values()).items() if n > 1] == []


@WITH_SOURCES
def test_the_source_names_nobody_else() -> None:
    sources = Path(os.environ["ELECTION_SOURCES"])
    with (sources / "results_2026" / "seats_won_2026.csv").open(encoding="utf-8") as file:
        names = {row["party"] for row in csv.DictReader(file) if int(row["seats_won"] or 0)}
    parties = shipped().parties
    found = {name: parties.resolve(WireParty(name)) for name in names}
    assert {name for name, party in found.items() if party.code == INDEPENDENT} == {"Independent"}
    assert len({party.code for party in found.values()}) == len(names) == 53
    assert all(party.known for party in found.values())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Reform UK", "Reform"),
        ("The Brexit Party", "Reform"),
        ("Reform Derby", "RefD"),
        ("Your Party", "YourP"),
        ("Your Bradford Independent group", "YourBI"),
        ("Workers Party", "WPB"),
        ("Alba Party", "Alba"),
        ("Alliance", "All"),
        ("All In", "AllIn"),
        ("The Yorkshire Party", "Yorks"),
        ("Portsmouth Independents Party", "PortI"),
    ],
)
def test_names_that_are_near_to_each_other_are_kept_apart(name: str, code: str) -> None:
    assert shipped().parties.resolve(WireParty(name)).code == code


def test_no_two_parties_have_the_same_colour_or_id() -> None:
    rows = [party for party in shipped().parties.rows if party.kind is not PartyKind.VACANT]
    ids = [one for party in rows for one in party.ec_ids]
    for many in (Counter(party.colour.upper() for party in rows), Counter(ids)):
        assert [one for one, n in many.items() if n > 1] == []
    grey = shipped().parties.get(INDEPENDENT).colour
    assert all(party.colour != grey for party in rows if party.kind is PartyKind.LOCAL)


def test_letters_of_local_parties_are_short_and_their_own() -> None:
    rows = [party for party in shipped().parties.rows if party.kind is PartyKind.LOCAL]
    palette = Palette(shipped().parties, [party.code for party in rows])
    letters = [palette.letters(party.code) for party in rows]
    assert len({*letters}) == len(letters)
