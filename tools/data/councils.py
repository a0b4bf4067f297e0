"""The councils: every principal authority that exists, existed since 1973 or is legislated for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType

from bot.election.parties import folded
from tools.data.council_dates import began, dated, ended
from tools.data.former_councils import former_councils
from tools.data.former_councils import name_of as name_of_former
from tools.data.former_names import former_names
from tools.data.sources import Row, Sources
from tools.data.writing import Cell

COLUMNS = (
    "code,gss,name,official_name,nation,region,type,seats,elected,starts,ends,successors,aliases,"
    "former_gss"
)

WIRE_TYPES = {
    "CTY": "County",
    "MD": "Metro",
    "NMD": "Non-Met",
    "UA": "Unitary",
    "LBO": "London",
    "CC": "London",
    "SCO": "Scotland",
    "WPA": "Wales",
    "NID": "NI",
}
"""The register's types in the wire's words; what is not here is no principal authority."""

NAMES = {
    "ABE": "Aberdeen",
    "BKM": "Buckinghamshire County Council",
    "BST": "Bristol",
    "DND": "Dundee",
    "DOR": "Dorset County Council",
    "DST": "Dorset",
    "EDH": "Edinburgh",
    "ELS": "Na h-Eileanan Siar",
    "GLG": "Glasgow",
    "LIC": "Lincoln",
    "NYK": "North Yorkshire County Council",
    "RCT": "Rhondda Cynon Taf",
    "SCB": "Scottish Borders",
    "SHN": "St Helens",
    "SOM": "Somerset County Council",
    "VGL": "Vale of Glamorgan",
}
"""Names as a newsroom writes them, where the register's are long, or shared with a successor."""

IN_ITS_OTHER_LANGUAGE = {
    # Welsh; those that the register has are not repeated.
    "AGY": ("ynys môn", "sir ynys môn"),
    "CMN": ("sir gâr", "caerfyrddin"),
    "NTL": ("castell-nedd port talbot",),
    "PEM": ("sir penfro",),
    "SWA": ("dinas a sir abertawe",),
    # Gaelic, as the councils and the Scottish Parliament write them.
    "ABD": ("siorrachd obar dheathain",),
    "ABE": ("obar dheathain",),
    "AGB": ("earra-ghàidheal agus bòd",),
    "ANS": ("aonghas",),
    "CLK": ("siorrachd chlach mhanann",),
    "DGY": ("dùn phrìs agus gall-ghaidhealaibh",),
    "DND": ("dùn dè",),
    "EAY": ("siorrachd àir an ear",),
    "EDH": ("dùn èideann",),
    "EDU": ("siorrachd dhùn bhreatann an ear",),
    "ELN": ("lodainn an ear",),
    "ERW": ("siorrachd rinn friù an ear",),
    "FAL": ("an eaglais bhreac",),
    "FIF": ("fìobha",),
    "GLG": ("glaschu",),
    "HLD": ("a' ghàidhealtachd", "comhairle na gàidhealtachd"),
    "IVC": ("inbhir chluaidh",),
    "MLN": ("meadhan lodainn",),
    "MRY": ("moireibh",),
    "NAY": ("siorrachd àir a tuath",),
    "NLK": ("siorrachd lannraig a tuath",),
    "ORK": ("àrcaibh",),
    "PKN": ("peairt agus ceann rois",),
    "RFW": ("siorrachd rinn friù",),
    "SAY": ("siorrachd àir a deas",),
    "SCB": ("crìochan na h-alba",),
    "SLK": ("siorrachd lannraig a deas",),
    "STG": ("sruighlea",),
    "WDU": ("siorrachd dhùn bhreatann an iar",),
    "WLN": ("lodainn an iar",),
    "ZET": ("sealtainn",),
    # Cornish, Irish.
    "BFS": ("béal feirste",),
    "CON": ("kernow",),
    "DRS": ("doire agus an srath bán", "derry and strabane"),
}
"""Names in the language that a council has beside English, in which it publishes too."""

MORE_ALIASES = {
    "BST": ("bristol",),
    "KHL": (
        "hull",
        "hull city council",
        "kingston-upon-hull",
        "kingston upon hull city council",
    ),
    "HMF": ("hammersmith",),
    "KEC": ("kensington",),
    "NYE": ("north yorkshire", "north yorkshire council"),
    "SBU": ("south buckinghamshire",),
    "SMT": ("somerset", "somerset council"),
    "SWT": ("taunton",),
    "TAU": ("taunton",),
    "WAF": ("westmorland", "westmorland & furness"),
    "ELS": ("na h-eileanan an iar", "western isles", "western isles council"),
    "GLG": ("glasgow",),
    "EDH": ("edinburgh",),
    "SOS": ("southend", "southend on sea"),
    "NET": ("newcastle-upon-tyne", "newcastle city council"),
    "RIC": ("richmond upon thames", "richmond-upon-thames"),
    "BKM": ("buckinghamshire",),
    "DOR": ("dorset",),
    "BPC": ("bcp", "bcp council", "bournemouth christchurch and poole"),
    "ABC": ("armagh city banbridge and craigavon",),
}


OTHER_GSS = {"BNS": "E08000038", "SHF": "E08000039"}
"""Codes that newer sources use and the register has not: boundaries changed in 2025."""


def listed(sources: Sources) -> list[Row]:
    """Return the authorities of the register that our table lists, by code."""
    return [
        row
        for _, row in sorted(dated(sources.registry).items())
        if row["local-authority-type"] in WIRE_TYPES
    ]


def name_of(row: Row) -> str:
    """Return the name that readers see."""
    return NAMES.get(row["local-authority-code"], row["nice-name"].strip())


def wire_type_of(row: Row) -> str:
    """Return the wire's word for an authority's type."""
    return WIRE_TYPES[row["local-authority-type"]]


def gss_of(sources: Sources, row: Row) -> str:
    """Return the GSS code in force in the layout of 2023, else the register's."""
    known = [row["gss-code"], *_codes(row["former-gss-codes"])]
    return next((code for code in known if code in sources.hexes), row["gss-code"])


def council_rows(
    sources: Sources, history: Mapping[str, Mapping[int, int]] = MappingProxyType({})
) -> list[dict[str, Cell]]:
    """Return the rows of the councils' table. *history*: sizes by code and year."""
    registry = dated(sources.registry)
    rows = listed(sources)
    aliases = _aliases(sources, rows)
    found = []
    for row in rows:
        code, gss = row["local-authority-code"], gss_of(sources, row)
        sizes = history.get(code, {})
        elected, starts = began(row, min(sizes, default=None))
        others = (row["gss-code"], *_codes(row["former-gss-codes"]), OTHER_GSS.get(code, ""))
        found.append(
            {
                "code": code,
                "gss": gss,
                "name": name_of(row),
                "official_name": " ".join(row["official-name"].split()),
                "nation": row["nation"],
                "region": region_of(registry, row),
                "type": wire_type_of(row),
                "seats": sizes[max(sizes)] if sizes and not _is_past(row) else None,
                "elected": elected,
                "starts": starts,
                "ends": ended(row),
                "successors": tuple(_codes(row["replaced-by"])),
                "aliases": tuple(aliases[code]),
                "former_gss": tuple(g for g in others if g and g != gss),
            }
        )
    return [*found, *_former_rows(registry)]


def _former_rows(registry: Mapping[str, Row]) -> list[dict[str, Cell]]:
    """Return the rows of the councils that ended before the register begins."""
    rows: list[dict[str, Cell]] = []
    for one in sorted(former_councils(), key=lambda one: one.code):
        row = dict.fromkeys(COLUMNS.split(","), "") | {
            "code": one.code,
            "name": name_of_former(one),
            "nation": one.nation,
            "region": registry[one.successors[0]]["region"],
            "type": one.type,
            "ends": one.ends,
            "successors": one.successors,
        }
        if one.name != row["name"] and folded(one.name).replace(" & ", " and ") != folded(
            str(row["name"])
        ):
            row["aliases"] = (folded(one.name),)
        rows.append(row)
    return rows


def _is_past(row: Row) -> bool:
    """Whether a council is no more in the register, which has the past and what is planned."""
    return row["current-authority"] == "False"


def _codes(cell: str) -> list[str]:
    return [code.strip() for code in cell.split(",") if code.strip()]


def region_of(registry: Mapping[str, Row], row: Row) -> str:
    """Return the region; the register leaves it out for authorities that ended: a successor's."""
    while not row["region"]:
        row = registry[_codes(row["replaced-by"])[0]]
    return row["region"]


def _aliases(sources: Sources, rows: list[Row]) -> dict[str, list[str]]:
    """Return each council's aliases, lower case, none of which names two councils at one time.

    A name that several claim goes to each of them that was in office when no other was; of those
    in office together, to the one whose own name it is, or else to nobody.
    """
    by_code, formerly = {row["local-authority-code"]: row for row in rows}, former_names()
    claims: dict[str, dict[str, str]] = defaultdict(dict)

    def claim(code: str, name: str) -> None:
        if code in by_code and (form := folded(name.strip())):
            claims[form].setdefault(code, " ".join(name.lower().split()))

    for row in rows:
        code = row["local-authority-code"]
        more = [*MORE_ALIASES.get(code, ()), *IN_ITS_OTHER_LANGUAGE.get(code, ())]
        more += [formerly[code]] if code in formerly else []
        for name in (*more, name_of(row), row["official-name"]):
            claim(code, name)
        if row["gov-uk-slug"] and not row["end-date"]:
            claim(code, row["gov-uk-slug"])
    for name, code in sources.aliases:
        claim(code, name)

    def is_own(code: str, form: str) -> bool:
        return form in (folded(name_of(by_code[code])), folded(by_code[code]["official-name"]))

    aliases: dict[str, list[str]] = {code: [] for code in by_code}
    for form, claimants in claims.items():
        for code in claimants:
            rivals = [one for one in claimants if one != code and _meet(by_code[one], by_code[code])]
            if rivals and (not is_own(code, form) or any(is_own(one, form) for one in rivals)):
                continue
            if not is_own(code, form) or claimants[code] in MORE_ALIASES.get(code, ()):
                aliases[code].append(claimants[code])
    return {code: sorted(names) for code, names in aliases.items()}


def _meet(one: Row, other: Row) -> bool:
    """Whether two councils were in office at the same time."""
    return one["start-date"] < (ended(other) or "9999") and other["start-date"] < (
        ended(one) or "9999"
    )
