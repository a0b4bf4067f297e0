"""The councils: every principal authority of the night, and those that ended from 2019 on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from bot.election.parties import folded
from tools.data.sources import Row, Sources, number
from tools.data.writing import Cell

COLUMNS = (
    "code,gss,name,official_name,nation,region,type,seats,starts,ends,successors,aliases,former_gss"
)

NIGHT = "2022-05-05"
ENDED_FROM = "2019"

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
    "SMT": ("somerset", "somerset council"),
    "WAF": ("westmorland", "westmorland & furness"),
    "ELS": ("na h-eileanan an iar", "western isles", "western isles council"),
    "GLG": ("glasgow",),
    "EDH": ("edinburgh",),
    "SOS": ("southend", "southend on sea"),
    "NET": ("newcastle-upon-tyne", "newcastle city council"),
    "RIC": ("richmond upon thames", "richmond-upon-thames"),
    "BPC": ("bcp", "bcp council", "bournemouth christchurch and poole"),
    "ABC": ("armagh city banbridge and craigavon",),
}


def lives_on_the_night(row: Row) -> bool:
    """Whether an authority of the register existed, or was first elected, on the night."""
    ended = row["end-date"] and row["end-date"] <= NIGHT
    return not ended and (row["start-date"] <= NIGHT or row["start-date"] == "2023-04-01")


def listed(sources: Sources) -> list[Row]:
    """Return the authorities of the register that our table lists, by code."""
    return [
        row
        for code, row in sorted(sources.registry.items())
        if row["local-authority-type"] in WIRE_TYPES
        and (
            lives_on_the_night(row)
            or (row["nation"] == "England" and ENDED_FROM <= row["end-date"] <= NIGHT)
        )
    ]


def name_of(row: Row) -> str:
    """Return the name that readers see."""
    return NAMES.get(row["local-authority-code"], row["nice-name"])


def wire_type_of(row: Row) -> str:
    """Return the wire's word for an authority's type."""
    return WIRE_TYPES[row["local-authority-type"]]


def gss_of(sources: Sources, row: Row) -> str:
    """Return the GSS code in force in the layout of 2023, else the register's."""
    known = [row["gss-code"], *_codes(row["former-gss-codes"])]
    return next((code for code in known if code in sources.hexes), row["gss-code"])


def council_rows(sources: Sources, sizes: dict[str, int]) -> list[dict[str, Cell]]:
    """Return the rows of the councils' table. *sizes*: seats on the night by council code."""
    rows = listed(sources)
    voted = {row["la_code"] for row in sources.derived}
    aliases = _aliases(sources, rows, voted)
    return [
        {
            "code": (code := row["local-authority-code"]),
            "gss": (gss := gss_of(sources, row)),
            "name": name_of(row),
            "official_name": " ".join(row["official-name"].split()),
            "nation": row["nation"],
            "region": _region(sources, row),
            "type": wire_type_of(row),
            "seats": sizes.get(code),
            "starts": row["start-date"],
            "ends": row["end-date"],
            "successors": tuple(_codes(row["replaced-by"])),
            "aliases": tuple(aliases[code]),
            "former_gss": tuple(
                g for g in (row["gss-code"], *_codes(row["former-gss-codes"])) if g and g != gss
            ),
        }
        for row in rows
    ]


def sizes_on_the_night(sources: Sources, history: Iterable[dict[str, Cell]]) -> dict[str, int]:
    """Return each council's size: as elected that night, else as the history last has it."""
    alive = {row["local-authority-code"] for row in listed(sources) if lives_on_the_night(row)}
    last = {
        str(row["code"]): int(str(row["total"]))
        for row in history
        if row["year"] == 2021 and row["code"] in alive
    }
    return last | {row["la_code"]: number(row["after_total"]) for row in sources.derived}


def _codes(cell: str) -> list[str]:
    return [code.strip() for code in cell.split(",") if code.strip()]


def _region(sources: Sources, row: Row) -> str:
    """Return the region; the register leaves it out for authorities that ended: a successor's."""
    while not row["region"]:
        row = sources.registry[_codes(row["replaced-by"])[0]]
    return row["region"]


def _aliases(sources: Sources, rows: list[Row], voted: set[str]) -> dict[str, list[str]]:
    """Return each council's aliases, lower case, none of which names another council of the table.

    A name that several claim goes to the one that voted, else the one alive that night, else the
    one whose own name it is; where that does not settle it, to nobody.
    """
    by_code = {row["local-authority-code"]: row for row in rows}
    claims: dict[str, dict[str, str]] = defaultdict(dict)

    def claim(code: str, name: str) -> None:
        if code in by_code and (form := folded(name.strip())):
            claims[form].setdefault(code, " ".join(name.lower().split()))

    for row in rows:
        code = row["local-authority-code"]
        more = (*MORE_ALIASES.get(code, ()), *IN_ITS_OTHER_LANGUAGE.get(code, ()))
        for name in (*more, name_of(row), row["official-name"]):
            claim(code, name)
        if row["gov-uk-slug"] and not row["end-date"]:
            claim(code, row["gov-uk-slug"])
    for name, code in sources.aliases:
        claim(code, name)

    def rank(code: str, form: str) -> tuple[bool, bool, bool]:
        row = by_code[code]
        return (code in voted, lives_on_the_night(row), folded(name_of(row)) == form)

    aliases: dict[str, list[str]] = {code: [] for code in by_code}
    for form, claimants in claims.items():
        ranked = sorted(claimants, key=lambda code: rank(code, form), reverse=True)
        if len(ranked) > 1 and rank(ranked[0], form) == rank(ranked[1], form):
            continue
        owner = ranked[0]
        own = (folded(name_of(by_code[owner])), folded(by_code[owner]["official-name"]))
        if form not in own or claimants[owner] in MORE_ALIASES.get(owner, ()):
            aliases[owner].append(claimants[owner])
    return {code: sorted(names) for code, names in aliases.items()}
