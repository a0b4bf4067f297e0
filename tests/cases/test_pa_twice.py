"""One thing twice in one PA document: equal copies count once, differing ones hold."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.desk import Editor
from bot.store.reader import Reader
from tests.cases.support import Json, ingest_with, shipped, taken_in

NIGHT = date(2018, 5, 3)
EDITOR = Editor("Edda", 5)
Fields = dict[str, Any]


def council(root: str, inner: Fields, **attributes: str) -> Fields:
    about = {f"@{name}": value for name, value in attributes.items()}
    voting = {"@name": "Brackwater", "@proportion": "third", **about, **inner}
    election = {"@date": f"{NIGHT}", "Council": voting}
    revision = {"@revision": "1"} if root.endswith("Result") else {}
    return {root: {**revision, "Election": election}}


def nominations(labour: int = 9) -> Fields:
    lines = [
        {"@name": name, "@seatsHeld": f"{held}", "@seatsOffered": "3", "@candidates": "9"}
        for name, held in (("Labour", labour), ("Conservative", 18 - labour))
    ]
    return council("LocalElectionNominations", {"Party": lines})


def result(labour: int = 11) -> Fields:
    seats = {"Labour": labour, "Conservative": 18 - labour}
    winner = "Labour" if labour > 9 else "Conservative" if labour < 9 else "NOC"
    lines = [{"@name": name, "@seats": f"{number}"} for name, number in seats.items()]
    said = {"winningParty": winner, "sittingParty": "NOC"}
    said["gainOrHold"] = "no change" if winner == "NOC" else "gain"
    return council("LocalElectionResult", {"NewCouncil": {"Party": lines}}, **said)


def mayor(root: str, *surnames: str, votes: int = 5) -> Fields:
    rows = [
        {
            "@surname": name,
            "@elected": "*" if name == surnames[0] and root.endswith("Result") else "",
            "Party": {"@name": "Labour", "@votes": f"{votes - number}"},
        }
        for number, name in enumerate(surnames)
    ]
    seat = {"@name": "Fen", "Candidate": rows}
    election = {"@date": f"{NIGHT}", "@type": "M", "Constituency": seat}
    return {root: {"@revision": "1", "Election": election}}


def account(*documents: Fields, file: str = "all.json") -> Json:
    return taken_in({file: json.dumps(documents)})


@pytest.mark.parametrize(
    ("documents", "copies"),
    [
        ((nominations(), result(), result()), 1),
        ((nominations(), nominations(), result()), 1),
        ((result(), nominations(), result(), nominations()), 2),
    ],
)
def test_equal_copies_count_once(documents: tuple[Fields, ...], copies: int) -> None:
    told = account(*documents)
    assert (told["held"], told["duplicates"], told["councils"]["declared"]) == ([], copies, 1)


@pytest.mark.parametrize(
    "documents",
    [(nominations(), result(11), result(8)), (nominations(), result(8), result(11))],
)
def test_results_that_differ_in_one_document_are_both_held_in_whatever_order(
    documents: tuple[Fields, ...],
) -> None:
    told = account(*documents)
    assert [one["council"] for one in told["held"]] == ["Brackwater"] * 2
    assert "its document says it twice, and otherwise" in told["held"][0]["reasons"]
    assert (told["councils"]["declared"], told["alerts"]) == (0, [])


def test_nominations_that_differ_in_one_document_are_both_held_and_introduce_nobody() -> None:
    told = account(nominations(9), nominations(10), result())
    assert len(told["held"]) == 3
    assert told["councils"]["declared"] == 0


def test_in_two_documents_the_later_nominations_count() -> None:
    told = taken_in({"1.json": json.dumps([nominations(9)]), "2.json": json.dumps(nominations(10))})
    assert (told["held"], told["superseded"], told["accepted"]) == ([], 1, 1)


@pytest.mark.parametrize("root", ["FirstPastThePostNominations", "FirstPastThePostResult"])
def test_a_mayor_s_documents_are_held_likewise(root: str) -> None:
    named = mayor("FirstPastThePostNominations", "Alpha", "Beta")
    others = [mayor(root, "Alpha", "Beta", "Gamma"), mayor(root, "Beta", "Alpha", "Delta")]
    told = account(*others) if root.endswith("Nominations") else account(named, *others)
    assert len(told["held"]) == 2
    assert not any(one["declared"] for one in told["contests"])


async def test_the_desk_says_which_of_two_counts(tmp_path: Path) -> None:
    async with ingest_with(tmp_path) as room:
        await room.file({"all.json": json.dumps([nominations(), result(11), result(8)])})
        with Reader(room.db, shipped()) as reader:
            first, second = reader.held(NIGHT)
        await room.desk.confirm(second.held.report_id, EDITOR, "asked the sender")
        told = room.account()
    assert told["councils"]["declared"] == 1
    assert told["held"] == []
    assert first.held.report_id < second.held.report_id
    assert [alert["to"] for alert in told["alerts"]] == ["Conservative"]
