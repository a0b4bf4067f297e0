"""Descriptions that ballot papers, councils' lists and wires really use, and whom they mean."""

from __future__ import annotations

import pytest

from bot.almanac.tables import Tables
from bot.election.parties import Parties, WireParty

PARTIES = Parties(Tables().parties)
UNKNOWN = None

DESCRIPTIONS = {
    "Con": """
        Conservative and Unionist Party
        Conservative Party
        Conservative Party Candidate
        The Conservative Party Candidate
        The Conservative Party
        Conservatives
        Conservative
        Local Conservatives
        The Local Conservatives
        Local Conservative
        Local Conservative Party Candidate
        Conservative & Unionist Party
        Conservative and Unionist
        Conservative Candidate
        Scottish Conservative and Unionist Party
        Scottish Conservative and Unionist
        Scottish Conservatives
        Scottish Conservative & Unionist Party
        Scottish Conservatives and Unionists
        Welsh Conservative Party Candidate
        Welsh Conservatives
        Welsh Conservative Party
        Welsh Conservative Party Candidate / Ymgeisydd Plaid Geidwadol Cymru
        Ceidwadwyr Cymreig / Welsh Conservatives
        Ceidwadwyr Cymreig
        Plaid Geidwadol Cymru
        Northern Ireland Conservatives
        NI Conservatives
        London Conservatives
        The Conservative and Unionist Party
        CONSERVATIVE PARTY CANDIDATE
        Conservatives - Putting People First
        Conservative Party Candidate (Local Conservatives)
        Scottish Conservative and Unionist Party - No to Indyref2
    """,
    "Lab": """
        Labour Party
        The Labour Party
        Labour
        Labour Party Candidate
        The Labour Party Candidate
        The Labour Party  Candidate
        Labour and Co-operative Party
        Labour & Co-operative Party
        Labour & Cooperative Party
        Labour and Cooperative Party
        Labour Co-operative
        Labour and Co-operative
        Labour and Co-operative Party Candidate
        Labour and Co-operative Candidate
        Labour Co-op
        Labour/Co-operative
        Labour / Co-operative Party
        Labour Co-operative Party
        Labour (Co-op)
        Co-operative Party
        Scottish Labour
        Scottish Labour Party
        Scottish Labour Party Candidate
        Scottish Labour and Co-operative Party
        Scottish Labour and Co-operative
        Scottish Co-operative Party
        Welsh Labour
        Welsh Labour Party
        Welsh Labour/Llafur Cymru
        Welsh Labour / Llafur Cymru
        Llafur Cymru / Welsh Labour
        Llafur Cymru
        Llafur
        Welsh Labour and Co-operative Party / Llafur a'r Blaid Gydweithredol Cymru
        Welsh Labour and Co-operative Party
        Plaid Lafur Cymru
        Welsh Labour Candidate / Ymgeisydd Llafur Cymru
        London Labour
        Local Labour
        Labour Party (Welsh Labour/Llafur Cymru)
        The Labour Party - For the many, not the few
        Your Local Labour Candidate
    """,
    "LD": """
        Liberal Democrats
        Liberal Democrat
        The Liberal Democrats
        The Liberal Democrat Candidate
        Liberal Democrat Candidate
        Liberal Democrats (Focus Team)
        Liberal Democrat Focus Team
        Liberal Democrat Focus
        Liberal Democrats - To stop Brexit
        Liberal Democrats To Stop Brexit
        Lib Dem
        Lib Dems
        LibDem
        Local Liberal Democrats
        London Liberal Democrats
        Scottish Liberal Democrats
        Scottish Liberal Democrat
        Welsh Liberal Democrats
        Welsh Liberal Democrats / Democratiaid Rhyddfrydol Cymru
        Democratiaid Rhyddfrydol Cymru
        Welsh Liberal Democrats - Democratiaid Rhyddfrydol Cymru
        Liberal Democrat Party
        The Liberal Democrat Party
    """,
    "Green": """
        Green Party
        The Green Party
        Green
        Greens
        Green Party Candidate
        The Green Party Candidate
        Green Party of England and Wales
        Green Party of England & Wales
        Wales Green Party
        Wales Green Party / Plaid Werdd Cymru
        Wales Green Party/Plaid Werdd Cymru
        Plaid Werdd Cymru
        Scottish Green Party
        Scottish Greens
        Green Party - Stop HS2
        Green Party Stop Fracking Now
        Green Party: For the Common Good
        The Green Party - Say No to Racism
        Scottish Greens - Think Global Act Local
        Local Greens
        London Green Party
    """,
    "PC": """
        Plaid Cymru
        Plaid Cymru - The Party of Wales
        Plaid Cymru – The Party of Wales
        Plaid Cymru The Party of Wales
        Plaid Cymru/The Party of Wales
        Plaid Cymru Candidate
        Plaid
        The Party of Wales
        PLAID CYMRU
    """,
    "SNP": """
        Scottish National Party
        Scottish National Party (SNP)
        SNP
        Scottish National Party (S.N.P.)
        Scottish National Party Candidate
        SNP - Scottish National Party
        SNP Scottish National Party
    """,
    "Reform": """
        Reform UK
        Reform
        REFORM UK
        Reform UK Candidate
        Reform UK - The Brexit Party
        Reform UK: Changing Politics for Good
        Reform UK Party
        The Brexit Party
        Brexit Party
        Reform UK Scotland
        Reform UK Wales
        Reform UK - London
    """,
    "UKIP": """
        UK Independence Party (UKIP)
        UK Independence Party (UK I P)
        UK Independence Party
        UKIP
        UKIP Scotland
        UKIP Wales
        UK Independence Party (UKIP) Candidate
        The UK Independence Party
    """,
    "TUSC": """
        Trade Unionist and Socialist Coalition
        Trade Unionist & Socialist Coalition
        Trade Unionists and Socialists Against Cuts
        TUSC
        Trade Union and Socialist Coalition
    """,
    "DUP": """
        Democratic Unionist Party - D.U.P.
        Democratic Unionist Party
        DUP
        D.U.P.
        Democratic Unionist Party (DUP)
    """,
    "SF": """
        Sinn Féin
        Sinn Fein
        SINN FÉIN
        Sinn Fé́in
    """,
    "SDLP": """
        SDLP (Social Democratic & Labour Party)
        SDLP
        Social Democratic and Labour Party
        Social Democratic & Labour Party (SDLP)
    """,
    "UUP": """
        Ulster Unionist Party
        Ulster Unionist
        Ulster Unionists
        Ulster Unionist Party (UUP)
    """,
    "All": """
        Alliance - Alliance Party of Northern Ireland
        Alliance Party
        The Alliance Party of Northern Ireland
        Alliance
    """,
    "TUV": """
        Traditional Unionist Voice - TUV
        Traditional Unionist Voice
        TUV
        Traditional Unionist Voice (TUV)
    """,
    "GPNI": """
        Green Party Northern Ireland
        Northern Ireland Green Party
        Green Party in Northern Ireland
    """,
    "Ind": """
        Independent
        Independent Candidate
        The Independent
        Annibynnol
        Annibynnol / Independent
        Independent / Annibynnol
        Independent/Other
        Independents
        No description
        independent candidate
        Independent (Annibynnol)
        Ymgeisydd Annibynnol
        (no description)
        No party listed
        Non-party
    """,
}

OTHERS = (
    "Scottish Socialist Party",
    "Socialist Labour Party",
    "National Party",
    "Scottish Alliance",
    "Harlow Alliance",
    "Independent Party",
    "Local Independents",
    "Independent Labour",
    "Independent Conservative",
    "Independent (Conservative)",
    "Conservative (Independent)",
    "Independent - Save our Hospital",
    "Green Independents",
    "Labour / Wessex First",
    "Scottish Family Party",
    "Scottish Unionist Party",
    "Communist Party of Britain",
    "Reform and Renewal",
    "Local",
    "Party",
    "Candidate",
    "/",
)
"""Names that have a known party's word in them and are not its own."""


def code_of(name: str, ec_id: str | None = None) -> str | None:
    """Return the code of the party that is meant, None where our tables do not know it."""
    party = PARTIES.resolve(WireParty(name, None, ec_id))
    return party.code if party.known else None


def test_the_descriptions_of_parties_that_stand_in_many_places_are_theirs() -> None:
    described = {
        line.strip(): code
        for code, lines in DESCRIPTIONS.items()
        for line in lines.strip().splitlines()
    }
    assert len(described) > 200
    wrong = {name: code_of(name) for name, code in described.items() if code_of(name) != code}
    assert wrong == {}


@pytest.mark.parametrize(
    "change", [str.upper, str.lower, lambda name: f"  {name} ".replace(" ", "  ")]
)
def test_case_and_spaces_make_no_other_party(change: object) -> None:
    assert callable(change)
    for code, lines in DESCRIPTIONS.items():
        for line in lines.strip().splitlines():
            assert code_of(change(line.strip())) == code


@pytest.mark.parametrize("name", OTHERS)
def test_a_name_with_a_known_partys_word_in_it_is_not_that_party(name: str) -> None:
    assert code_of(name) is UNKNOWN


@pytest.mark.parametrize(
    ("ec_id", "code"),
    [
        ("PP52", "Con"),
        ("party:53", "Lab"),
        ("pp 63", "Green"),
        ("joint-party:53-119", "Lab"),
        ("joint-party:119-53", "Lab"),
        ("PP119", "Lab"),
        ("ynmp-party:2", "Ind"),
        ("PP7931", "Reform"),
        ("joint-party:52-90", "LD"),  # two parties at once: the name decides
        ("PP99999", "LD"),
        (None, "LD"),
    ],
)
def test_the_electoral_commissions_id_decides_before_the_name(ec_id: str | None, code: str) -> None:
    assert code_of("Liberal Democrats", ec_id) == code


def test_a_name_that_only_says_that_there_is_no_party_is_told_from_a_group_s() -> None:
    """A candidate with no description is called an independent, a group's candidate as it is."""
    names = [line.strip() for line in DESCRIPTIONS["Ind"].strip().splitlines()]
    assert [name for name in names if not PARTIES.is_of_no_party(name)] == []
    assert [
        name
        for name in OTHERS
        if "Independent" in name and "/" not in name and PARTIES.is_of_no_party(name)
    ] == []
    assert not PARTIES.is_of_no_party("Boston Independent")
