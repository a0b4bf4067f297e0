"""The whole night through the command line, as a newcomer runs it."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.almanac.tables import load_night
from tests.support.night_at_hand import COUNCILS, small_tables
from tests.support.whole_night import moments
from tests.support.whole_night import whole_night as replayed

pytestmark = [pytest.mark.night, pytest.mark.timeout(400)]


def election_night(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=270,
        check=False,
    )


def replay(cwd: Path, *arguments: str) -> dict[str, Any]:
    done = election_night("demo", "--headless", "--speed", "max", "--json", *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    state: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return state


def changes(state: dict[str, Any], **wanted: str) -> set[str]:
    names = {key.rstrip("_"): value for key, value in wanted.items()}
    return {
        one["council"]
        for one in state["councils"]["changes_of_hands"]
        if all(one[key] == value for key, value in names.items())
    }


def party(state: dict[str, Any], name: str) -> dict[str, Any]:
    (line,) = (line for line in state["state_of_parties"] if line["party"] == name)
    return dict(line)


Asked = Callable[[str], str]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Asked:
    """Ask of the whole night as the command line does, and return what it prints."""
    monkeypatch.chdir(replayed().folder)

    def asked(question: str) -> str:
        main(["ask", question])
        return capsys.readouterr().out

    return asked


@pytest.fixture(scope="session")
def whole_night() -> tuple[Path, dict[str, Any]]:
    """The folder and the final state of the replay, which all processes of a run share."""
    night = replayed()
    return night.folder, night.state


def test_the_night_ends_as_it_did(whole_night: tuple[Path, dict[str, Any]]) -> None:
    _, state = whole_night
    england = state["nations"]["England"]
    assert (england["declared"], england["total"]) == (146, 146)
    councils, won = england["councils"], england["seats_won"]
    assert (councils["Labour"], councils["Conservative"]) == (65, 35)
    assert councils["Liberal Democrat"] == 16
    assert [won[name] for name in ("Conservative", "Labour", "Liberal Democrat", "Green")] == [
        1078, 2266, 712, 116,
    ]  # fmt: skip
    great_britain = {line["party"]: line["councils"] for line in state["state_of_parties"]}
    assert [great_britain[name] for name in ("Labour", "Conservative", "Liberal Democrat")] == [
        74, 35, 16,
    ]  # fmt: skip
    assert (great_britain["Plaid Cymru"], great_britain["Scottish National Party"]) == (4, 1)
    assert party(state, "Labour")["council_change"] == 4
    assert party(state, "Conservative")["council_change"] == -11
    assert party(state, "Liberal Democrat")["council_change"] == 3


def test_every_contest_is_decided_as_it_was(whole_night: tuple[Path, dict[str, Any]]) -> None:
    _, state = whole_night
    assert state["assembly"] == {
        "declared": 18,
        "total": 18,
        "filled": 90,
        "seats": {
            "Sinn Féin": 27, "Democratic Unionist Party": 25, "Alliance": 17,
            "Ulster Unionist Party": 9, "SDLP": 8, "Independent/Other": 2,
            "People Before Profit": 1, "TUV": 1,
        },
        "largest": "Sinn Féin",
    }  # fmt: skip
    contests = {one["contest"]: one for one in state["contests"]}
    assert len(contests) == 26
    assert all(one["declared"] for one in contests.values())
    (committees,) = contests["Bristol’s referendum"]["elected"]
    assert committees == {"name": "Committee system", "party": None, "votes": [56_113]}
    mayors = {
        name: (one["elected"][0]["name"], one["elected"][0]["party"])
        for name, one in contests.items()
        if one["kind"] == "mayor"
    }
    assert len(mayors) == 7
    assert mayors["Mayor of Croydon"] == ("Jason Perry", "Conservative")
    assert mayors["Mayor of South Yorkshire"] == ("Oliver Coppard", "Labour")


def test_the_assemblys_largest_party_is_announced_once_when_nobody_can_reach_it(
    whole_night: tuple[Path, dict[str, Any]],
) -> None:
    folder, _ = whole_night
    with closing(sqlite3.connect(folder / "var" / "election-night-demo.sqlite")) as db:
        claims = db.execute(
            "SELECT version, state FROM claims WHERE council = 'assembly:largest'"
        ).fetchall()
        told = db.execute(
            "SELECT destination, count(*) FROM deliveries "
            "WHERE council = 'assembly:largest' GROUP BY destination"
        ).fetchall()
    assert claims == [(1, "declared")]
    assert told
    assert all(times == 1 for _, times in told)


def test_croydons_mayor_is_shown_with_both_rounds(ask: Asked) -> None:
    croydon = ask("/mayor Croydon")
    for figures in ("33,413", "38,612", "31,352", "38,023"):
        assert figures in croydon
    bristol = ask("/referendum Bristol")
    for figures in ("56,113", "38,439", "28.6%"):
        assert figures in bristol
    assembly = ask("/assembly")
    assert "control" not in assembly.lower()
    assert "Sinn Féin 27" in assembly


def test_nothing_is_lost_and_nothing_repeated(whole_night: tuple[Path, dict[str, Any]]) -> None:
    _, state = whole_night
    assert state["deliveries"]["lost"] == state["deliveries"]["repeated"] == 0
    told_to_all = len(state["councils"]["changes_of_hands"]) + 4
    assert state["deliveries"]["sent"] > told_to_all
    assert len(state["alerts"]) == told_to_all
    firsts = {one["council"] for one in state["alerts"] if one["kind"] == "first election"}
    assert firsts == {"Cumberland", "North Yorkshire", "Somerset", "Westmorland and Furness"}


def test_every_state_of_parties_on_the_wire_agrees_with_ours(
    whole_night: tuple[Path, dict[str, Any]],
) -> None:
    _, state = whole_night
    disagreeing = [one for one in state["reconciliation"] if not one["agrees"]]
    assert len(state["reconciliation"]) == 200
    assert disagreeing == []


def test_questions_are_answered_from_the_replayed_night(
    whole_night: tuple[Path, dict[str, Any]], ask: Asked
) -> None:
    folder, _ = whole_night
    told = election_night("ask", "/council Hull", cwd=folder)
    assert told.returncode == 0, told.stderr
    assert "Lib Dems gain Kingston upon Hull from Labour" in told.stdout
    for figures in ("29 of 57", "Labour 27 (−3)", "How we know: /council name:KHL"):
        assert figures in told.stdout
    assert "2022" not in told.stdout.splitlines()[-1] or "May" in told.stdout
    assert "Checked by our newsroom." in ask("/council Crawley show:how")
    listed = ask("/watch show Councils of the night")
    assert "18 of 18 councils declared" in listed
    assert "Rutland has no council election on this night." in listed
    assert "Its leader has left his group." in listed
    hackney = ask("/mayor Hackney")
    assert "Labour hold" in hackney
    assert "unopposed" not in hackney
    nowhere = ask("/council Gotham")
    assert "No council found" in nowhere


def test_the_journal_alone_gives_every_table_again(
    whole_night: tuple[Path, dict[str, Any]],
) -> None:
    folder, _ = whole_night
    told = election_night("rebuild", "--rejudge", cwd=folder)
    assert told.returncode == 0, told.stdout
    assert "Every one is the same as in the file." in told.stdout
    assert "Today's rules would say the same of every report." in told.stdout


def test_the_morning_after() -> None:
    declared = {
        one.council.name: (one.before, one.declared)
        for one in moments()["Friday 09:00"].standings
        if one.declared is not None
    }
    assert len(declared) == 75
    changed = {
        name: (before.holder, now.after.holder)
        for name, (before, now) in declared.items()
        if before is not None and now.outcome.changes_hands
    }
    assert {name for name, (before, _) in changed.items() if before == "Con"} == {
        "Wandsworth", "Westminster", "Barnet", "Southampton", "Worcester", "West Oxfordshire",
    }  # fmt: skip
    assert not [name for name, (_, after) in changed.items() if after == "Con"]
    assert [name for name, (_, after) in changed.items() if after == "LD"] == ["Kingston upon Hull"]
    before, cumberland = declared["Cumberland"]
    assert (before, cumberland.after.holder, cumberland.version) == (None, "Lab", 1)
    assert "Basildon" not in changed


def test_a_replay_can_be_stopped_in_the_morning(tmp_path: Path) -> None:
    until = ("--until", "2022-05-06T09:00")
    state = replay(tmp_path, *until, "--tables", str(small_tables(tmp_path)))
    assert changes(state, from_="Conservative") == {"Southampton", "Worcester"}
    assert changes(state, to="Conservative") == set()
    (hull,) = (one for one in state["councils"]["changes_of_hands"] if one["gss"] == "E06000010")
    assert (hull["from"], hull["to"], hull["seats"], hull["total"]) == (
        "Labour", "Liberal Democrat", 29, 57,
    )  # fmt: skip
    assert changes(state, to="Liberal Democrat") == {"Kingston upon Hull"}
    assert state["councils"]["declared"] < len(COUNCILS)


def altered(table: Path, change: Callable[[list[dict[str, str]]], None]) -> None:
    """Let *change* alter the rows of a table."""
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    change(rows)
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_another_document_makes_another_night(tmp_path: Path) -> None:
    """One ward more for Labour in Hull, and everything that follows from it is otherwise."""
    same, tables = small_tables(tmp_path), tmp_path / "altered"
    shutil.copytree(same, tables)
    night = tables / "nights" / "2022-05-05"
    hull = {ward.ward_id for ward in load_night("2022-05-05").wards if ward.code == "KHL"}

    def one_ward_more(rows: list[dict[str, str]]) -> None:
        here = [row for row in rows if int(row["ward_id"]) in hull]
        lost = next(row for row in here if row["party"] == "LD" and row["elected"] == "true")
        won = next(r for r in here if r["party"] == "Lab" and r["ward_id"] == lost["ward_id"])
        lost["elected"], won["elected"] = won["elected"], lost["elected"]

    def one_seat_more(rows: list[dict[str, str]]) -> None:
        for row in rows:
            if row["code"] == "KHL" and row["party"] in ("LD", "Lab"):
                by = 1 if row["party"] == "Lab" else -1
                row.update({key: str(int(row[key]) + by) for key in ("won", "now", "change")})

    altered(night / "candidates.csv", one_ward_more)
    altered(night / "composition.csv", one_seat_more)
    until = ("--until", "2022-05-06T03:00")
    true = replay(tmp_path, *until, "--tables", str(same))
    other = replay(tmp_path, *until, "--tables", str(tables))
    (changed,) = (one for one in other["councils"]["changes_of_hands"] if one["gss"] == "E06000010")
    assert (changed["outcome"], changed["to"], changed["seats"]) == (
        "loss to NOC", "No overall control", 28,
    )  # fmt: skip
    assert changes(other, to="Liberal Democrat") == set()
    assert party(other, "Labour")["seats_won"] == party(true, "Labour")["seats_won"] + 1
    assert party(other, "Liberal Democrat")["councils"] == (
        party(true, "Liberal Democrat")["councils"] - 1
    )
    (alert,) = (one for one in other["alerts"] if one["council"] == "Kingston upon Hull")
    assert alert["to"] == "No overall control"
    summary = election_night("ask", "/night summary", cwd=tmp_path).stdout
    assert "by Labour: Kingston upon Hull" in summary
