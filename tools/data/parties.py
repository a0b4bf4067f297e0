"""The parties: who they are, what colour they use, and every name that a wire gives them."""

from __future__ import annotations

from typing import NamedTuple

from tools.data.writing import Cell

COLUMNS = "code,name,full_name,abbreviation,kind,ec_ids,colour,aliases"


class PartyFact(NamedTuple):
    """A party. *handbook* holds the abbreviations that the handbook's sheets use for it."""

    code: str
    name: str
    full_name: str
    abbreviation: str
    kind: str
    colour: str
    handbook: tuple[str, ...] = ()
    ec_ids: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


def _named(
    code: str, name: str, colour: str = "#6B7280", *handbook: str, ec: str | None = None
) -> PartyFact:
    """Return a local party that its councils call by one name only."""
    ids = () if ec is None else (ec,)
    return PartyFact(code, name, name, code, "local", colour, handbook or (code,), ids)


PARTIES: tuple[PartyFact, ...] = (
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
        "Asp",
        "Aspire",
        "Aspire",
        "Asp",
        "local",
        "#FF6600",
        ("ASP",),
        (),
        ("Aspire Party",),
    ),
    PartyFact(
        "CIIP",
        "Canvey Island Independent Party",
        "Canvey Island Independent Party",
        "CIIP",
        "local",
        "#C9A227",
        ("CIIP",),
        (),
        ("Canvey Island Independent", "Canvey Island Independents"),
    ),
    PartyFact(
        "PIP",
        "People's Independent Party",
        "People's Independent Party",
        "PIP",
        "local",
        "#7B3F98",
        ("PIP",),
        (),
        ("The People's Independent Party", "Peoples Independent Party"),
    ),
    _named("AIAR", "Ashtead Independent"),
    _named("BDI", "Basingstoke & Deane Independents", "#6B7280", "B&D IND"),
    _named("BPI", "Burnley & Padiham Independents Group", "#6B7280", "BP IND"),
    _named("CCH", "Community Campaign Hart"),
    _named("CM", "Chislehurst Matters"),
    _named("FIP", "Failsworth Independent Party"),
    _named("GSI", "Garforth & Swillington Independents Party", "#6B7280", "G & S IND"),
    _named("Gwlad", "Gwlad", "#6B7280", "GWLAD"),
    _named("HIU", "Hartlepool Independent Union"),
    _named("INet", "Independent Network", "#6B7280", "IND NET", "INDN"),
    _named("IRes", "Independent Residents", "#6B7280", "I RES"),
    _named("KIRG", "Kingston Independent Residents Group"),
    _named("LFI", "Llantwit First Independents", "#6B7280", "LLAN FIRST IND"),
    _named("Lib", "Liberal Party", "#EB7A43", "LIB", ec="PP54"),
    _named("MBI", "Morley Borough Independents"),
    _named("MIP", "Middleton Independents Party"),
    _named("OneK", "One Kearsley", "#6B7280", "OK"),
    _named("OWL", "Our West Lancashire"),
    _named("PABAG", "People Against Bureaucracy"),
    _named("PortI", "Portsmouth Independents", "#6B7280", "PORT IND"),
    _named("Propel", "Propel", "#6B7280", "PROP"),
    _named("RadF", "Radcliffe First", "#6B7280", "RAD FIRST"),
    _named("RosF", "Rossendale First", "#6B7280", "Rossendale FIRST"),
    _named("SDP", "Social Democratic Party", "#004C81", ec="PP243"),
    _named("StNI", "St Neots Independent Group", "#6B7280", "STN IND"),
    _named("TWA", "Tunbridge Wells Alliance", ec="PP6711"),
    _named("Upl", "Uplands", "#6B7280", "UP"),
    _named("WalS", "Walton Society", "#6B7280", "WALSOC", ec="PP75"),
    _named("WerF", "Werrington First", "#6B7280", "WERR FIRST"),
    _named("BUP", "British Unionist Party"),
    _named("Rubb", "The Rubbish Party"),
    _named("WDCP", "West Dunbartonshire Community Party"),
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
            "aliases": party.aliases,
        }
        for party in PARTIES
    ]
