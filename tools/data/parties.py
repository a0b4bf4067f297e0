"""The parties: who they are, what colour they use, and every name that a wire gives them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from bot.election.party_identity import given_colour
from tools.data.writing import Cell

_LOCAL = Path(__file__).with_name("local_parties.csv")
"""`known_from` is the source that has it with a seat; "register" is the Electoral Commission's."""

COLUMNS = "code,name,full_name,abbreviation,kind,ec_ids,colour,letters,short,members,one,article,aliases"


class PartyFact(NamedTuple):
    """A party. *handbook* holds the abbreviations that the handbook's sheets use for it."""

    code: str
    name: str
    full_name: str
    abbreviation: str
    kind: str
    colour: str = ""
    handbook: tuple[str, ...] = ()
    ec_ids: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


_GREAT_BRITAIN: tuple[PartyFact, ...] = (
    PartyFact(
        "Lab",
        "Labour",
        "Labour Party",
        "Lab",
        "party",
        "#E4003B",
        ("LAB",),
        ("PP53", "PP119", "joint-party:53-119"),
        (
            "Co-operative Party",
            "Cooperative Party",
            "Lab/Co-op",
            "Labour/Co-op",
            "Labour/Co-operative",
            "Labour/Cooperative",
            "Labour/Co-operative Party",
            "Llafur",
            "Plaid Lafur",
            "Y Blaid Lafur",
            "Llafur a'r Blaid Gydweithredol",
            "Blaid Lafur a'r Blaid Gydweithredol",
        ),
    ),
    PartyFact(
        "Con",
        "Conservative",
        "Conservative and Unionist Party",
        "C",
        "party",
        "#0087DC",
        ("CON",),
        ("PP52",),
        (
            "Conservatives",
            "Conservatives and Unionists",
            "Northern Ireland Conservatives",
            "NI Conservatives",
            "Tory",
            "Tories",
            "Con",
            "Cons",
            "Ceidwadwyr",
            "Plaid Geidwadol",
            "Y Blaid Geidwadol",
        ),
    ),
    PartyFact(
        "LD",
        "Liberal Democrat",
        "Liberal Democrats",
        "LD",
        "party",
        "#FAA61A",
        ("LD",),
        ("PP90",),
        (
            "Lib Dem",
            "Lib Dems",
            "LDem",
            "LibDem",
            "Libdems",
            "Liberal Democrats To Stop Brexit",
            "Democratiaid Rhyddfrydol",
            "Y Democratiaid Rhyddfrydol",
        ),
    ),
    PartyFact(
        "Green",
        "Green",
        "Green Party",
        "Green",
        "party",
        "#02A95B",
        ("GREEN",),
        ("PP63", "PP130"),
        (
            "Grn",
            "Greens",
            "Green Party Stop Fracking Now",
            "Green Party of England and Wales",
            "Green Party England and Wales",
            "Plaid Werdd",
            "Y Blaid Werdd",
        ),
    ),
    PartyFact(
        "PC",
        "Plaid Cymru",
        "Plaid Cymru - The Party of Wales",
        "PC",
        "party",
        "#005B54",
        ("PC",),
        ("PP77",),
        ("Plaid", "The Party of Wales", "Plaid Cymru The Party of Wales"),
    ),
    PartyFact(
        "SNP",
        "Scottish National Party",
        "Scottish National Party (SNP)",
        "SNP",
        "party",
        "#FDF38E",
        ("SNP",),
        ("PP102",),
        ("Scottish Nationalist", "Scottish National", "SNP Scottish National Party"),
    ),
    PartyFact(
        "Reform",
        "Reform UK",
        "Reform UK",
        "Reform",
        "party",
        "#12B6CF",
        ("REF",),
        ("PP7931",),
        ("Reform", "RefUK", "Ref", "REF UK", "Brexit Party", "The Brexit Party"),
    ),
    PartyFact(
        "UKIP",
        "UKIP",
        "UK Independence Party",
        "UKIP",
        "party",
        "#70147A",
        ("UKIP",),
        ("PP85",),
        (
            "United Kingdom Independence Party",
            "UK Independence Party (UKIP)",
            "UK Independence",
            "UK Independent Party",
            "UK Independence Party (UK I P)",
        ),
    ),
    PartyFact(
        "TUSC",
        "TUSC",
        "Trade Unionist and Socialist Coalition",
        "TUSC",
        "party",
        "#B71C5A",
        ("TUSC",),
        ("PP804",),
        (
            "Trade Union and Socialist Coalition",
            "Trade Unionists and Socialist Coalition",
            "Trade Unionists and Socialists Coalition",
            "Trade Unionists and Socialists Against Cuts",
        ),
    ),
    PartyFact(
        "RA",
        "Residents' Association",
        "Residents' Association",
        "RA",
        "bucket",
        "#4B8B6F",
        ("RES",),
        (),
        (
            "Residents",
            "Residents Association",
            "Residents' Associations",
            "Residents Associations",
            "Ratepayers",
            "Res",
        ),
    ),
    PartyFact(
        "WPB",
        "Workers Party",
        "Workers Party of Britain",
        "WPB",
        "party",
        "#780021",
        ("WPB", "WP"),
        ("PP11382",),
        ("The Workers Party", "Workers Party GB", "Workers Party of Great Britain"),
    ),
    PartyFact(
        "YourP",
        "Your Party",
        "Your Party",
        "Your",
        "party",
        aliases=("Your Party UK",),
    ),
    PartyFact(
        "Alba",
        "Alba",
        "Alba Party",
        "Alba",
        "party",
        "#005EB8",
        (),
        ("PP12700",),
        ("Alba Party for Independence",),
    ),
    PartyFact(
        "Yorks",
        "Yorkshire Party",
        "Yorkshire Party",
        "YP",
        "party",
        "#00AEEF",
        ("YORKS",),
        ("PP2055",),
        ("The Yorkshire Party",),
    ),
)
"""Parties that stand across England, Scotland or Wales, and the bucket of residents."""

_NORTHERN_IRELAND_AND_BUCKETS: tuple[PartyFact, ...] = (
    PartyFact(
        "DUP",
        "Democratic Unionist Party",
        "Democratic Unionist Party - D.U.P.",
        "DUP",
        "party",
        "#D46A4C",
        (),
        ("PP70",),
        ("Democratic Unionist", "Democratic Unionists", "D.U.P."),
    ),
    PartyFact(
        "SF", "Sinn Féin", "Sinn Féin", "SF", "party", "#326760", (), ("PP39",), ("Sinn Fein",)
    ),
    PartyFact(
        "SDLP",
        "SDLP",
        "Social Democratic & Labour Party",
        "SDLP",
        "party",
        "#2AA82C",
        (),
        ("PP55",),
        (
            "Social Democratic and Labour Party",
            "SDLP (Social Democratic & Labour Party)",
        ),
    ),
    PartyFact(
        "UUP",
        "Ulster Unionist Party",
        "Ulster Unionist Party",
        "UUP",
        "party",
        "#48A5EE",
        (),
        ("PP83",),
        ("Ulster Unionist", "Ulster Unionists"),
    ),
    PartyFact(
        "All",
        "Alliance",
        "Alliance - Alliance Party of Northern Ireland",
        "All",
        "party",
        "#F6CB2F",
        (),
        ("PP103",),
        ("Alliance Party", "Alliance Party of Northern Ireland", "APNI"),
    ),
    PartyFact(
        "TUV",
        "TUV",
        "Traditional Unionist Voice - TUV",
        "TUV",
        "party",
        "#0C3A6A",
        (),
        ("PP680",),
        ("Traditional Unionist Voice",),
    ),
    PartyFact(
        "PBP",
        "People Before Profit",
        "People Before Profit Alliance",
        "PBP",
        "party",
        "#E91D50",
        (),
        ("PP773",),
        ("PBPA",),
    ),
    PartyFact(
        "GPNI",
        "Green Party Northern Ireland",
        "Green Party Northern Ireland",
        "GPNI",
        "party",
        "#8DC63F",
        (),
        ("PP305",),
        ("Green Party in Northern Ireland", "Green (NI)", "Northern Ireland Green Party"),
    ),
    PartyFact(
        "PUP",
        "Progressive Unionist Party",
        "Progressive Unionist Party of Northern Ireland",
        "PUP",
        "party",
        "#2B45A2",
    ),
    PartyFact("Aon", "Aontú", "Aontú", "Aon", "party", "#44532A", (), (), ("Aontu",)),
    PartyFact(
        "Ind",
        "Independent/Other",
        "Independent",
        "Ind",
        "bucket",
        "#8A8D91",
        ("IND", "ND"),
        ("ynmp-party:2",),
        (
            "Independents",
            "Independent and Other",
            "Independent & Other",
            "Independents and others",
            "Ind/Other",
            "Other",
            "Others",
            "Oth",
            "No description",
            "(no description)",
            "No party description",
            "No party listed",
            "None specified",
            "Non-party",
            "Annibynnol",
            "Annibynwyr",
        ),
    ),
    PartyFact(
        "Vac", "Vacant", "Vacant", "Vac", "vacant", "#D1D5DB", (), (), ("Vacancy", "Vacancies")
    ),
)



def _local_parties() -> list[PartyFact]:
    """Return the local parties, in the order in which they were added."""
    with _LOCAL.open(encoding="utf-8", newline="") as file:
        return [
            PartyFact(
                code=row["code"],
                name=row["name"],
                full_name=row["full_name"] or row["name"],
                abbreviation=row["code"],
                kind="local",
                colour=row["colour"],
                handbook=_several(row["handbook"]),
                ec_ids=_several(row["ec_ids"]),
                aliases=_several(row["aliases"]),
            )
            for row in csv.DictReader(file)
        ]


def _several(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split("|")))


def _coloured(parties: list[PartyFact]) -> tuple[PartyFact, ...]:
    """Return *parties*, those without a colour of their own with one that differs from all."""
    wide = tuple(one.colour for one in parties if one.colour and one.kind != "local")
    local = tuple(one.colour for one in parties if one.colour and one.kind == "local")
    found: list[PartyFact] = []
    for party in parties:
        colour = party.colour
        if not colour and party.kind == "local":
            colour = given_colour(party.code, wide, local=local)
            local = (*local, colour)
        elif not colour:
            colour = given_colour(party.code, wide)
            wide = (*wide, colour)
        found.append(party._replace(colour=colour))
    return tuple(found)


PARTIES = _coloured([*_GREAT_BRITAIN, *_local_parties(), *_NORTHERN_IRELAND_AND_BUCKETS])
"""All parties, in the table's order."""

_LETTERS = {"Con": "Con", "Green": "Grn", "GPNI": "Grn", "Reform": "Ref"}
"""What pictures show where the abbreviation is too long or too short."""

_SHORT = {"LD": "Lib Dems", "UUP": "UUP", "PUP": "PUP"}
"""What newsrooms write in headlines and tables, where it is not the name of the members."""

_MEMBERS = {
    "Con": "Conservatives",
    "LD": "Liberal Democrats",
    "Green": "Greens",
    "GPNI": "Greens (Northern Ireland)",
    "SNP": "SNP",
    "DUP": "DUP",
    "UUP": "Ulster Unionists",
    "RA": "residents' associations",
    "Ind": "independents and others",
}
_ONE = {
    "LD": "Lib Dem",
    "DUP": "DUP",
    "UUP": "Ulster Unionist",
    "GPNI": "Green",
    "SNP": "SNP",
    "RA": "residents' association",
    "Ind": "independent",
}
_WITH_ARTICLE = frozenset({"Con", "LD", "Green", "GPNI", "SNP", "DUP", "UUP", "SDLP"})

CODE_OF_HANDBOOK = {key: party.code for party in PARTIES for key in party.handbook}

HANDBOOK_NAMES = {
    # The handbook has one abbreviation for two parties, or two for one, or a slip.
    "ND": "No description",
    "RES": "Residents Association",
    "TUSC": "Trade Unionist and Socialist Coalition",
    "UKIP": "UK Independence Party (UKIP)",
    "SOC": "Socialist Party of Great Britain",
    "WP": "Workers Party of Britain",
    "ADF": "Alliance for Democracy and Freedom",
}
"""The party's full name where the handbook's own list does not settle it."""


def party_rows() -> list[dict[str, Cell]]:
    """Return the rows of the parties' table."""
    return [
        {
            "code": party.code,
            "name": party.name,
            "full_name": party.full_name,
            "abbreviation": party.abbreviation,
            "kind": party.kind,
            "ec_ids": party.ec_ids,
            "colour": party.colour,
            "letters": _LETTERS.get(party.code),
            "short": _SHORT.get(party.code),
            "members": _MEMBERS.get(party.code),
            "one": _ONE.get(party.code),
            "article": party.code in _WITH_ARTICLE,
            "aliases": party.aliases,
        }
        for party in PARTIES
    ]
