"""Where a code and a name mean two different wards, or councils, the desk is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.desk import Editor
from bot.store.reader import Reader
from tests.cases.oakmere import (
    AS_IT_WAS,
    MODERN_GOV,
    NAMES,
    NIGHT,
    NOMINATIONS,
    almanac,
    area,
    areas,
    atom,
    ballot,
    ballots,
    code,
    entry,
    labelled,
    modern_gov,
    nist,
    page,
    told,
    won,
)
from tests.cases.support import Documents, Json, ingest_with

EDITOR = Editor("Mo", 1)
ABBEY_AS_BROOK = labelled(0, "Abbey", code(1))
"""Abbey's own result, with the code of Brook."""
HARBOUR_AS_BROOK = labelled(5, "Harbour", code(1), ballot_paper_id=f"local.oakmere.harbour.{NIGHT}")
"""A ward that our table does not have, with the code of Brook, and later than Brook's own."""
DELL_BY_ELMS_ID = ballot(3, ballot_paper_id=f"local.oakmere.elm.{NIGHT}")


def reasons(account: Json) -> list[str]:
    return [reason for held in account["held"] for reason in held["reasons"]]


def identifier(value: str) -> list[dict[str, str]]:
    return [{"Type": "national-level", "Value": value}]


@pytest.mark.parametrize(
    ("documents", "what"),
    [
        ({"1.json": page(*ballots(ward0=ABBEY_AS_BROOK))}, "its code is that of Brook"),
        ({"1.json": page(*ballots(ward5=labelled(5, NAMES[5], code(0))))}, "that of Abbey"),
        (
            {"1.json": page(*ballots(ward2=labelled(2, "Castle", "E05090201")))},
            "its code is that of another council's ward",
        ),
        ({"1.json": page(*ballots(ward3=DELL_BY_ELMS_ID))}, "its id is that of Elm"),
        (
            {"1.json": nist(units={0: {"ExternalIdentifier": identifier(code(1))}})},
            "its code is that of Brook, its name that of Abbey",
        ),
        (
            {"1.json": page(*ballots(ward5=HARBOUR_AS_BROOK))},
            "its code is that of Brook, and our table has no ward Harbour",
        ),
        (
            {"all.atom": atom(*(entry(n, gss=code(1) if n == 0 else None) for n in range(6)))},
            "its code is that of Brook, its name that of Abbey",
        ),
    ],
    ids=["Democracy Club", "of a name with &", "another's", "the id", "NIST", "no name", "Atom"],
)  # fmt: skip
def test_a_ward_with_the_code_of_another_is_held_and_neither_is_counted_twice(
    documents: Documents, what: str
) -> None:
    account = told(documents)
    (reason,) = reasons(account)
    assert what in reason
    assert "confirming counts it as" in reason
    assert account["councils"]["declared"] == 0


def test_what_another_source_has_of_both_wards_makes_the_council_once() -> None:
    account = told(
        {"1.json": page(*ballots(ward0=ABBEY_AS_BROOK)), MODERN_GOV: modern_gov(area(0))}
    )
    assert len(account["held"]) == 1
    assert account["councils"]["declared"] == 1
    assert won(account) == AS_IT_WAS


def test_a_ward_that_takes_anothers_place_never_stands_for_the_one_that_is_missing() -> None:
    without_brook = [ABBEY_AS_BROOK, *(ballot(n) for n in range(2, 6))]
    account = told({"1.json": page(*without_brook), MODERN_GOV: modern_gov(area(0))})
    assert len(account["held"]) == 1
    assert account["councils"]["declared"] == 0


@pytest.mark.parametrize("confirms", [True, False])
async def test_the_desk_says_which_ward_it_is_and_the_council_declares(
    tmp_path: Path, confirms: bool
) -> None:
    async with ingest_with(tmp_path, almanac=almanac()) as room:
        await room.file({"0.xml": NOMINATIONS})
        await room.file({"1.json": page(*ballots(ward0=ABBEY_AS_BROOK))})
        with Reader(room.db, room.almanac) as reader:
            (held,) = reader.held(NIGHT)
        act = room.desk.confirm if confirms else room.desk.reject
        await act(held.held.report_id, EDITOR, "seen at the count")
        account = room.account()
    assert account["councils"]["declared"] == confirms
    assert won(account) == (AS_IT_WAS if confirms else {})


async def test_a_name_that_comes_near_is_counted_as_that_ward_once_the_desk_confirms(
    tmp_path: Path,
) -> None:
    twice_escaped = area(5, title="Ferry &amp; Quay")
    async with ingest_with(tmp_path, almanac=almanac()) as room:
        await room.file({"0.xml": NOMINATIONS, MODERN_GOV: modern_gov(*areas(ward5=twice_escaped))})
        with Reader(room.db, room.almanac) as reader:
            (held,) = reader.held(NIGHT)
        assert "Confirming counts it as Ferry & Quay" in held.held.reasons[0]
        await room.desk.confirm(held.held.report_id, EDITOR, "as on the notice")
        account = room.account()
    assert won(account) == AS_IT_WAS


@pytest.mark.parametrize(
    "documents",
    [
        {"1.json": page(*ballots(ward0=ABBEY_AS_BROOK))},
        {"1.json": nist(units={0: {"ExternalIdentifier": identifier(code(1))}})},
        {
            "1.json": page(*ballots()),
            "2.json": nist([0], units={0: {"ExternalIdentifier": identifier(code(1))}}),
        },
        {"all.atom": atom(*(entry(n, gss=code(1) if n == 0 else None) for n in range(6)))},
    ],
    ids=["Democracy Club", "NIST", "two sources", "Atom"],
)
def test_on_a_night_without_a_table_one_code_of_two_names_is_held(documents: Documents) -> None:
    account = told(documents, known=almanac(with_wards=False))
    asked = ("its code is given to Abbey and to Brook", "two codes are given to it")
    assert account["held"]
    assert all(any(one in reason for one in asked) for reason in reasons(account))
    assert account["councils"]["declared"] == 0


def test_on_a_night_without_a_table_a_name_alone_is_the_ward_that_has_it_with_a_code() -> None:
    known = almanac(with_wards=False)
    account = told({"1.json": page(*ballots()), MODERN_GOV: modern_gov(*areas())}, known=known)
    assert account["held"] == []
    assert won(account) == AS_IT_WAS


def test_on_a_night_without_a_table_two_spellings_of_two_sources_are_one_ward() -> None:
    account = told(
        {
            "1.json": page(*ballots()),
            "2.json": nist(units={5: {"Name": "Ferry and Quay"}}),
        },
        known=almanac(with_wards=False),
    )
    assert account["held"] == []
    assert won(account) == AS_IT_WAS


SALTLEYS_ID = f"local.saltley-vale.abbey.{NIGHT}"
OF_SALTLEY = {
    "election_id": f"local.saltley-vale.{NIGHT}",
    "name": "Oakmere local election",
    "election_date": f"{NIGHT}",
}
ABBEY_BY_SALTLEYS_ID = ballot(0, ballot_paper_id=SALTLEYS_ID, election=OF_SALTLEY)


@pytest.mark.parametrize(
    "documents",
    [
        {"1.json": page(*ballots(ward0=ABBEY_BY_SALTLEYS_ID))},
        {
            "all.atom": atom(
                entry(0, election_slug=f"local.saltley-vale.{NIGHT}"),
                *(entry(n) for n in range(1, 6)),
            )
        },
        {"1.json": nist(council={"ExternalIdentifier": identifier("E07000902")})},
    ],
    ids=["Democracy Club", "Atom", "NIST"],
)  # fmt: skip
def test_a_councils_code_that_is_anothers_is_held(documents: Documents) -> None:
    account = told(documents)
    assert "its council's code is that of Saltley Vale, its name that of Oakmere" in " ".join(
        reasons(account)
    )
    assert account["councils"]["declared"] == 0


def test_another_spelling_of_the_council_in_its_code_is_no_other_council() -> None:
    account = told({"1.json": nist(council={"ExternalIdentifier": identifier("E07000901")})})
    assert account["held"] == []
    assert won(account) == AS_IT_WAS
