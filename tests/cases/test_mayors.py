"""Mayors on PA's wire: votes at the party, nominations, rushes that take back a result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.desk import Editor
from bot.election.ballots import BallotStanding
from bot.election.case_file import VerdictStatus
from bot.election.claims import BallotDeclared, ClaimState
from bot.feeds.elements import Element
from bot.ingest.filing import Filing
from bot.store.reader import Reader
from simulation.wire.forms import as_json, as_xml
from tests.cases.support import Json, Room, ingest_with, shipped, taken_in

KNOWN = (date(2022, 5, 5), "Watford")
UNKNOWN = (date(2023, 5, 4), "Saltmarsh and Fen")
"""No table of ours knows this night, nor that anybody is elected there."""
TWO_ROUNDS = (date(2018, 5, 3), "Saltmarsh and Fen")
"""The supplementary vote was the law, and no table says that it was used."""

NAMES = {
    "LD": ("Liberal Democrat", "Alpha"),
    "C": ("Conservative", "Beta"),
    "Lab": ("Labour", "Gamma"),
    "SMF": ("Saltmarsh First", "Delta"),
}
VOTES = {"LD": 14_200, "C": 6_600, "Lab": 3_300}
EDITOR = Editor("Edda", 5)
Place = tuple[date, str]
Rounds = dict[str, tuple[int, ...] | int]


def document(
    kind: str,
    place: Place = UNKNOWN,
    *,
    winner: str | None = "LD",
    revision: int = 1,
    votes: Rounds | None = None,
    sitting: str | None = "LD",
    votes_at: str = "Party",
    **said: str,
) -> Element:
    """Return a document of PA's; *votes_at* tells whether they stand at the party or candidate."""
    night, area = place
    rows = []
    for short in votes or VOTES:
        counts = (votes or VOTES)[short]
        rounds = (counts,) if isinstance(counts, int) else counts
        given = dict(zip(("votes", "secondRoundVotes"), map(str, rounds), strict=False))
        given = given if kind == "Result" else {}
        name, surname = NAMES[short]
        party = {"name": name, "abbreviation": short, **(given if votes_at == "Party" else {})}
        elected = {"elected": "*"} if short == winner and kind in ("Rush", "Result") else {}
        attributes = {"firstName": "Example", "surname": surname, **elected}
        attributes |= given if votes_at == "Candidate" else {}
        rows.append(Element("Candidate", attributes, [Element("Party", party)]))
    about = {"name": area, "electorate": "71887"}
    if kind == "Result":
        about |= {"winningParty": winner or "", "sittingParty": sitting or ""}
    elif kind == "Rush":
        for role, short in (("winning", winner), ("sitting", sitting)):
            if short:
                about[f"{role}PartyName"] = NAMES[short][0]
                about[f"{role}PartyAbbreviation"] = short
    if kind in ("Rush", "Result") and sitting:
        about["gainOrHold"] = "hold" if winner == sitting else "gain"
    ballot = Element("Constituency", {**about, **said}, rows)
    election = {"name": "Mayoral Elections", "date": f"{night}", "type": "M"}
    return Element(
        f"FirstPastThePost{kind}",
        {"revision": f"{revision}"},
        [Element("Election", election, [ballot])],
    )


def told_of(*documents: Element, form: Callable[[Element], bytes] = as_xml) -> Json:
    """Return the account of documents that come in together."""
    return taken_in({f"{number}.xml": form(one) for number, one in enumerate(documents)})


def elected(told: Json) -> list[tuple[str, str, list[int]]]:
    return [(e["name"], e["party"], e["votes"]) for c in told["contests"] for e in c["elected"]]


# --- 03: votes at the party, winningParty and sittingParty


@pytest.mark.parametrize("form", [as_xml, as_json])
@pytest.mark.parametrize(
    ("place", "votes_at"), [(KNOWN, "Party"), (UNKNOWN, "Party"), (UNKNOWN, "Candidate")]
)
def test_votes_are_read_where_they_stand(
    place: Place, votes_at: str, form: Callable[[Element], bytes]
) -> None:
    told = told_of(
        document("Nominations", place), document("Result", place, votes_at=votes_at), form=form
    )
    mayors = [one for one in told["contests"] if one["contest"].endswith(place[1])]
    assert [one["elected"] for one in mayors] == [
        [{"name": "Example Alpha", "party": "Liberal Democrat", "votes": [14_200]}]
    ]
    assert (told["held"], told["rejected"]) == ([], [])


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (document("Result", KNOWN, winner="C", sitting="C"), "6600 votes, another has 14200"),
        (document("Result", KNOWN, winner="Lab", sitting=None), "3300 votes, another has 14200"),
        (
            document("Result", KNOWN, winningParty="C"),
            "Example Alpha (LD) is called elected, and C won",
        ),
        (document("Result", KNOWN, sittingParty="C"), "it calls that a hold"),
        (document("Result", KNOWN, gainOrHold="gain"), "it calls that a gain"),
        (
            document(
                "Result", KNOWN, winner="Lab", votes={"LD": (40, 55), "C": (35, 45), "Lab": 25}
            ),
            "was not in the last round",
        ),
        (
            document("Result", KNOWN, winner="C", votes={"LD": (40, 55), "C": (35, 45), "Lab": 25}),
            "45 votes, another has 55",
        ),
    ],
)
async def test_a_winner_that_the_votes_or_the_parties_deny_is_held(
    tmp_path: Path, wrong: Element, why: str
) -> None:
    async with ingest_with(tmp_path) as room:
        filing = await room.file({"result.xml": as_xml(wrong)})
    (problem,) = filing.problems
    assert problem.status is VerdictStatus.HELD
    assert why in "; ".join(problem.reasons)


@pytest.mark.parametrize(
    ("place", "winner", "votes", "believed"),
    [
        (KNOWN, "C", {"LD": 40, "C": 35, "Lab": 25}, True),
        (TWO_ROUNDS, "C", {"LD": 40, "C": 35, "Lab": 25}, True),
        (TWO_ROUNDS, "Lab", {"LD": 40, "C": 35, "Lab": 25}, False),
        (TWO_ROUNDS, "C", {"LD": 51, "C": 35, "Lab": 14}, False),
        (UNKNOWN, "C", {"LD": 40, "C": 35, "Lab": 25}, False),
        (UNKNOWN, "C", {"LD": 40, "C": 40, "Lab": 20}, True),
        (KNOWN, "C", {"LD": (40, 45), "C": (35, 55), "Lab": 25}, True),
    ],
)
def test_whoever_trails_in_the_first_round_wins_only_where_a_second_may_decide(
    place: Place, winner: str, votes: Rounds, believed: bool
) -> None:
    result = document("Result", place, winner=winner, votes=votes)
    told = told_of(document("Nominations", place, votes=votes), result)
    assert (len(elected(told)), len(told["held"])) == ((1, 0) if believed else (0, 1))


def test_a_party_that_nobody_knows_is_one_under_its_name_and_its_letters() -> None:
    votes: Rounds = {"SMF": 900, "Lab": 800}
    local = {"winner": "SMF", "sitting": "SMF", "votes": votes}
    told = told_of(document("Nominations", votes=votes), document("Result", **local))  # type: ignore[arg-type]
    assert elected(told) == [("Example Delta", "Saltmarsh First", [900])]


@pytest.mark.parametrize("place", [KNOWN, UNKNOWN])
def test_a_result_that_marks_nobody_is_asked_about_and_takes_no_rush_back(place: Place) -> None:
    nobody = document("Result", place, winner=None, winningParty="LD", gainOrHold="hold")
    told = told_of(document("Nominations", place), nobody)
    (held,) = told["held"]
    assert "marks nobody as elected and calls LD the winning party" in held["reasons"][0]
    later = document("Result", place, winner=None, revision=2)
    told = told_of(document("Nominations", place), document("Rush", place), later)
    assert [name for name, _, _ in elected(told)] == ["Example Alpha"]
    assert len(told["held"]) == 1


# --- 33: nominations, and mayors whom no table knows


@pytest.mark.parametrize(("named", "declared"), [(1, 1), (3, 1), (1, 3), (2, 2)])
@pytest.mark.parametrize("place", [KNOWN, UNKNOWN])
def test_nominations_are_never_rivals_of_a_result_whatever_their_revisions(
    place: Place, named: int, declared: int
) -> None:
    told = told_of(
        document("Nominations", place, revision=named),
        document("Rush", place, revision=declared),
        document("Result", place, revision=declared),
    )
    assert elected(told) == [("Example Alpha", "Liberal Democrat", [14_200])]
    assert (told["held"], told["accepted"], told["superseded"]) == ([], 2, 1)


async def test_the_last_nominations_count_and_hold_nothing(tmp_path: Path) -> None:
    fewer: Rounds = {"LD": 0, "C": 0}
    async with ingest_with(tmp_path) as room:
        for documents in (
            {"a.xml": as_xml(document("Nominations"))},
            {"b.xml": as_xml(document("Nominations", votes=fewer))},
        ):
            assert (await room.file(documents)).problems == ()
        assert len(standing(room).report.candidates) == 2  # type: ignore[union-attr]


async def test_a_mayor_whom_nothing_introduces_is_held_until_nominations_do(tmp_path: Path) -> None:
    async with ingest_with(tmp_path) as room:
        filing = await room.file({"result.xml": as_xml(document("Result"))})
        assert "neither our tables nor the wire's nominations" in why(filing)
        assert versions(room) == []
        await room.file({"nominations.xml": as_xml(document("Nominations"))})
        assert versions(room) == [(ClaimState.DECLARED, "Example Alpha")]
        assert standing(room).awaiting_desk == ()


async def test_test_material_introduces_nobody(tmp_path: Path) -> None:
    async with ingest_with(tmp_path) as room:
        await room.file(
            {
                "Mayor_nominations_Test.xml": as_xml(document("Nominations")),
                "result.xml": as_xml(document("Result")),
            }
        )
        assert versions(room) == []


# --- 34: a rush that takes back a result


@pytest.mark.parametrize("place", [KNOWN, UNKNOWN])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_a_later_rush_that_names_another_winner_withdraws_and_asks_the_desk(
    tmp_path: Path, place: Place, order: tuple[int, ...]
) -> None:
    told = [
        document("Rush", place),
        document("Result", place),
        document("Rush", place, winner="C", revision=2),
    ]
    async with ingest_with(tmp_path) as room:
        await room.file({"nominations.xml": as_xml(document("Nominations", place))})
        for number in order:
            await room.file({f"{number}.xml": as_xml(told[number])})
        assert versions(room)[-1] == (ClaimState.RETRACTED, None)
        seen = standing(room, place)
        assert not seen.is_declared
        assert sorted(one.source.document for one in seen.awaiting_desk) == ["1.xml", "2.xml"]


@pytest.mark.parametrize(
    ("last", "ends"),
    [
        (document("Result", winner="C", votes={"C": 9, "LD": 8}, revision=3), "Example Beta"),
        (document("Result", revision=3), "Example Alpha"),
        (document("Result", winner="C", votes={"C": 9, "LD": 8}, revision=2), "Example Beta"),
    ],
)
async def test_the_next_result_settles_it(tmp_path: Path, last: Element, ends: str) -> None:
    async with ingest_with(tmp_path) as room:
        await disputed(room)
        await room.file({"last.xml": as_xml(last)})
        assert versions(room)[-1][1] == ends
        assert standing(room).awaiting_desk == ()


@pytest.mark.parametrize(
    ("document_", "action", "ends"),
    [
        ("rush.xml", "confirm", "Example Beta"),
        ("rush.xml", "reject", "Example Alpha"),
        ("result.xml", "confirm", "Example Alpha"),
        ("result.xml", "reject", "Example Beta"),
    ],
)
async def test_the_desk_settles_it(tmp_path: Path, document_: str, action: str, ends: str) -> None:
    async with ingest_with(tmp_path) as room:
        await disputed(room)
        (held,) = [
            one.report_id
            for one in standing(room).awaiting_desk
            if one.source.document == document_
        ]
        await (room.desk.confirm if action == "confirm" else room.desk.reject)(
            held, EDITOR, "asked"
        )
        assert versions(room)[-1][1] == ends
        assert standing(room).awaiting_desk == ()


@pytest.mark.parametrize(
    "rush",
    [
        document("Rush", revision=2),
        document("Rush", winner="C", revision=1),
        document("Rush", winner="C", revision=0),
    ],
)
async def test_a_rush_of_the_same_winner_or_no_higher_revision_takes_nothing_back(
    tmp_path: Path, rush: Element
) -> None:
    async with ingest_with(tmp_path) as room:
        await room.file({"nominations.xml": as_xml(document("Nominations"))})
        await room.file({"result.xml": as_xml(document("Result"))})
        await room.file({"rush.xml": as_xml(rush)})
        assert versions(room) == [(ClaimState.DECLARED, "Example Alpha")]


async def test_what_the_desk_confirmed_before_is_disputed_by_what_comes_later(
    tmp_path: Path,
) -> None:
    async with ingest_with(tmp_path) as room:
        await room.file({"result.xml": as_xml(document("Result"))})
        (held,) = standing(room).awaiting_desk
        await room.desk.confirm(held.report_id, EDITOR, "known to us")
        assert versions(room)[-1] == (ClaimState.DECLARED, "Example Alpha")
        await room.file({"nominations.xml": as_xml(document("Nominations"))})
        await room.file({"rush.xml": as_xml(document("Rush", winner="C", revision=2))})
        assert versions(room)[-1] == (ClaimState.RETRACTED, None)


async def disputed(room: Room) -> None:
    for name, one in (
        ("nominations.xml", document("Nominations")),
        ("result.xml", document("Result")),
        ("rush.xml", document("Rush", winner="C", revision=2)),
    ):
        await room.file({name: as_xml(one)})
    assert versions(room)[-1] == (ClaimState.RETRACTED, None)


def versions(room: Room) -> list[tuple[ClaimState, str | None]]:
    """Return what was claimed of the one mayor, in order."""
    with Reader(room.db, shipped()) as reader:
        return [
            (
                one.version.state,
                one.version.content.elected[0].name
                if isinstance(one.version.content, BallotDeclared)
                else None,
            )
            for night in (UNKNOWN[0], KNOWN[0])
            for one in reader.notices(night)
        ]


def standing(room: Room, place: Place = UNKNOWN) -> BallotStanding:
    with Reader(room.db, shipped()) as reader:
        (found,) = [one for one in reader.ballots(place[0]) if one.ballot.area == place[1]]
        return found


def why(filing: Filing) -> str:
    return "; ".join(reason for problem in filing.problems for reason in problem.reasons)
