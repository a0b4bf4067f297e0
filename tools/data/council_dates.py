"""When councils began and ended, and what took over, where the register does not say so.

The register's days of June 2005 are those on which rows were entered. Here are the days on which
bodies were first elected and took office, from the Acts and orders that made them.
"""

from __future__ import annotations

Row = dict[str, str]

REGISTER_ENTERED = ("2005-05", "2005-06")
"""Months in which the register's first rows were entered, not a council's first day."""

CREATED = {
    # The register's type: first elected, in office from.
    "CTY": ("", "1974-04-01"),  # Local Government Act 1972
    "NMD": ("", "1974-04-01"),
    "MD": ("", "1974-04-01"),
    "LBO": ("1964-05-07", "1965-04-01"),  # London Government Act 1963
    "SCO": ("1995-04-06", "1996-04-01"),  # Local Government etc. (Scotland) Act 1994
    "WPA": ("1995-05-04", "1996-04-01"),  # Local Government (Wales) Act 1994
    "NID": ("2014-05-22", "2015-04-01"),  # Local Government Act (Northern Ireland) 2014
}

FIRST_ELECTED = {
    "2019-04-01": "2019-05-02",
    "2020-04-01": "2021-05-06",  # Coronavirus Act 2020: from May 2020
    "2021-04-01": "2021-05-06",
    "2023-04-01": "2022-05-05",
}
"""By the day on which new English councils took office, when they were first elected."""

ORDINARY_DAYS = {1995: "1995-05-04", 1996: "1996-05-02", 1997: "1997-05-01", 2008: "2008-05-01"}
"""Days on which councils were elected that took office a year later."""

FIRST_ELECTED_ALONE = {"CBF": "2009-06-04"}

OFFICE_FROM_SURREY = "2027-04-01"
SURREY_ELECTED = "2026-05-07"
SUCCESSORS_OF_SURREY = {
    # The Surrey (Structural Changes) Order 2026.
    "ESY": ("Elmbridge", "Epsom and Ewell", "Mole Valley", "Reigate and Banstead", "Tandridge"),
    "WSY": ("Guildford", "Runnymede", "Spelthorne", "Surrey Heath", "Waverley", "Woking"),
}
_SURREYS = {"ESY": ("East Surrey", "E06000067"), "WSY": ("West Surrey", "E06000068")}

NORTHERN_IRELAND = {
    # Local Government (Boundaries) Act (Northern Ireland) 2008, by the names of the register.
    "ABC": ("Armagh City", "Banbridge", "Craigavon"),
    "AND": ("Ards", "North Down"),
    "ANN": ("Antrim", "Newtownabbey"),
    "CCG": ("Ballymoney", "Coleraine", "Limavady", "Moyle"),
    "DRS": ("Derry", "Strabane"),
    "FMO": ("Fermanagh", "Omagh"),
    "LBC": ("Castlereagh", "Lisburn"),
    "MEA": ("Ballymena", "Carrickfergus", "Larne"),
    "MUL": ("Cookstown", "Dungannon and South Tyrone", "Magherafelt"),
    "NMD": ("Down", "Newry and Mourne"),
}


ISLANDS = {
    # Local Government (Scotland) Act 1973; the Act of 1994 left them as they were.
    code: ("1974-05-07", "1975-05-16")
    for code in ("ELS", "ORK", "ZET")
}


def dated(registry: dict[str, Row]) -> dict[str, Row]:
    """Return the register with what is legislated for since, and with the successors it lacks."""
    rows = {code: dict(row) for code, row in registry.items()}
    county = next(row for row in rows.values() if row["official-name"] == "Surrey County Council")
    for code, (name, gss) in _SURREYS.items():
        rows[code] = dict.fromkeys(county, "") | {
            "local-authority-code": code,
            "official-name": f"{name} Council",
            "nice-name": name,
            "gss-code": gss,
            "start-date": OFFICE_FROM_SURREY,
            "nation": county["nation"],
            "region": county["region"],
            "local-authority-type": "UA",
        }
    by_name = {row["nice-name"].strip(): row for row in rows.values() if not row["end-date"]}
    for code, names in SUCCESSORS_OF_SURREY.items():
        for name in names:
            by_name[name] |= {"end-date": OFFICE_FROM_SURREY, "replaced-by": code}
    county |= {"end-date": OFFICE_FROM_SURREY, "replaced-by": ",".join(_SURREYS)}
    before = {row["nice-name"].strip(): row for row in rows.values() if row["end-date"]}
    for code, names in NORTHERN_IRELAND.items():
        for name in names:
            before[name]["replaced-by"] = code
    return rows


def ended(row: Row) -> str:
    """Return the first day on which a council is no more: the register has the last one, or this."""
    day = row["end-date"]
    return day[:5] + "04-01" if day.endswith("-03-31") else day


def began(row: Row, first_year: int | None) -> tuple[str, str]:
    """Return when a council was first elected and took office; blank where that is not known.

    *first_year* is the first that our history has of it, None while the history is not yet read.
    A council that it has from before its register's date was a district or county of the same name
    until then; nothing is said of its beginning.
    """
    code, kind, starts = row["local-authority-code"], row["local-authority-type"], row["start-date"]
    if code in _SURREYS:
        return SURREY_ELECTED, starts
    if starts in FIRST_ELECTED:
        return FIRST_ELECTED[starts], starts
    if first_year is None:
        return "", ""
    if code in ISLANDS:
        return ISLANDS[code]
    if kind in CREATED:
        created = CREATED[kind]
        return created if _begins_by(first_year, created[1]) else ("", "")
    if starts.startswith(REGISTER_ENTERED) or not _begins_by(first_year, starts):
        return "", ""
    return FIRST_ELECTED_ALONE.get(code) or ORDINARY_DAYS.get(first_year, ""), starts


def _begins_by(first_year: int, starts: str) -> bool:
    """Whether our history has a council from its first election on, not from long before."""
    return bool(starts) and first_year >= int(starts[:4]) - 1
