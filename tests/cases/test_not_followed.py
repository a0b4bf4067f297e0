"""What a feed brings and nobody follows is named, counted and not denied, in every format."""

from __future__ import annotations

import json
import logging
from datetime import date
from pathlib import Path

import pytest

from bot.cards.ballots import ballots_card
from bot.cards.desk import waiting_lines
from bot.clock import RealClock
from bot.feeds.formats import read
from bot.store.reader import Reader
from bot.store.rebuild import rebuild
from tests.cases.support import Documents, ingest_with, shipped

NIGHT = date(2026, 5, 7)


def holyrood(area: str, root: str = "FirstPastThePostResult", kind: str = "SP") -> str:
    return (
        f"<{root} revision='1'><Election name='Scottish Parliament' date='{NIGHT}' type='{kind}'>"
        f"<Constituency name='{area}'/></Election></{root}>"
    )


def ballots(*ids: str) -> str:
    return json.dumps({"results": [{"ballot_paper_id": one} for one in ids]})


def nist(office: str) -> str:
    contest = {"@type": "ElectionResults.CandidateContest", "@id": "c", "OfficeIds": ["o"]}
    report = {
        "@type": "ElectionResults.ElectionReport",
        "Status": "certified",
        "GeneratedDate": "2026-05-08T03:00:00+01:00",
        "Issuer": "Example",
        "Office": [{"@id": "o", "Name": {"Text": [{"Language": "en", "Content": office}]}}],
        "Election": [{"StartDate": f"{NIGHT}", "EndDate": f"{NIGHT}", "Contest": [contest]}],
    }
    return json.dumps(report)


PARISHES = """<election><title>Parishes</title><electiontype>Parish Council</electiontype>
<electionareas><electionarea><title>Ashby</title></electionarea><electionarea><title>Combe</title>
</electionarea></electionareas></election>"""
WINNER = f"""<feed xmlns='http://www.w3.org/2005/Atom'><title>Winners</title><entry>
<id>1</id><title>X won in Y</title><election_slug>sp.c.cunninghame.{NIGHT}</election_slug>
</entry></feed>"""
FORMATS: dict[str, tuple[Documents, dict[str, int]]] = {
    "PA XML": (
        {f"{n}.xml": holyrood(f"Seat {n}") for n in range(200)},
        {"Scottish Parliament (type SP)": 200},
    ),
    "PA JSON": (
        {
            "array.json": json.dumps(
                [
                    {
                        "FirstPastThePostRush": {
                            "Election": {
                                "@name": "Senedd",
                                "@date": f"{NIGHT}",
                                "@type": "W",
                                "Constituency": {"@name": f"Seat {n}"},
                            }
                        }
                    }
                    for n in range(3)
                ]
            )
        },
        {"Senedd (type W)": 3},
    ),
    "PA, kinds that nobody knows": (
        {"1.xml": holyrood("West", "RegionalListResult")},
        {"Scottish Parliament": 1},
    ),
    "Democracy Club": (
        {"1.json": ballots(f"sp.c.a.{NIGHT}", f"sp.c.b.{NIGHT}", f"pcc.kent.{NIGHT}")},
        {"Scottish Parliament": 2, "Police and crime commissioners": 1},
    ),
    "Democracy Club, what is new": (
        {"1.json": ballots(f"jury.a.{NIGHT}", f"pcc.fen.by.{NIGHT}")},
        {"elections of the kind jury": 1, "Police and crime commissioners, by-elections": 1},
    ),
    "Atom": ({"all.atom": WINNER}, {"Scottish Parliament": 1}),
    "Modern.Gov": ({"modern_gov_Hull_1.xml": PARISHES}, {"Parish Council": 2}),
    "NIST": ({"1.json": nist("Member of Parliament")}, {"Member of Parliament": 1}),
}


@pytest.mark.parametrize("name", FORMATS)
async def test_what_is_not_followed_is_named_and_counted_once_a_kind(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    documents, kinds = FORMATS[name]
    with caplog.at_level(logging.INFO, "bot"):
        async with ingest_with(tmp_path) as room:
            await room.file(documents)
            # Again in other bytes: nothing counts twice, and the log says it once.
            await room.file({one: f"{text}\n" for one, text in documents.items()})
            account = room.account()
    assert account["not_followed"] == kinds
    assert account["rejected"] == []
    said = [one.message for one in caplog.records if "not followed" in one.message]
    assert len(said) == len(kinds)
    with Reader(room.db, shipped()) as reader:
        shown, _ = ballots_card(
            (), shipped(), RealClock().now(), not_followed=reader.not_followed(NIGHT)
        )
        (line,) = waiting_lines((), (), {}, not_followed=reader.not_followed())
    assert "Only councils vote" not in shown.card.title
    for kind, many in kinds.items():
        assert f"{kind} ({many})" in line.replace("\\", "")
        assert f"{kind} ({many})" in shown.card.description.replace("\\", "")
    assert rebuild(room.db).differences == ()


async def test_a_document_that_cannot_be_read_stays_before_the_desk_until_it_is_mended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = holyrood("Seat", "LocalElectionReslt")
    with caplog.at_level(logging.INFO, "bot"):
        async with ingest_with(tmp_path) as room:
            await room.file({"1.xml": broken, "2.xml": "<html>"})
            with Reader(room.db, shipped()) as reader:
                (line,) = waiting_lines((), (), {}, unreadable=reader.unreadable(NIGHT))
                assert line.startswith("**2 documents could not be read in full**, the last: 2")
            await room.file({"1.xml": holyrood("Seat"), "2.xml": holyrood("Other")})
    with Reader(room.db, shipped()) as reader:
        assert reader.unreadable(NIGHT) is None
    assert len([one for one in caplog.records if one.message.startswith("cases, ")]) == 3


def test_a_sheet_s_row_without_a_figure_says_nothing_yet_and_is_no_kind_of_its_own() -> None:
    sheet = b"council,party,seats_won,seats_now,night\nHull,Labour,,,2022-05-05\n"
    found = read("sheet", "desk_sheet.csv", sheet, RealClock().now())
    assert (found.not_followed, found.unsaid, found.passed_over) == ((), 1, 1)
