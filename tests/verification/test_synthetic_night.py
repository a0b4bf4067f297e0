"""A whole night that no table knows, in every format: every council right, every fault held."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.cli.ingest import ingest
from bot.clock import SteppedClock
from bot.store.reader import Reader
from simulation.wire.forms import as_value, as_xml
from tests.verification import pa_night, ward_night
from tests.verification.at_work import after_close, almanac
from tests.verification.pa_night import PaNight, Told
from tests.verification.synthetic import NIGHT, TrueCouncil, night_of

COUNCILS = night_of(150, seed=1)


def ingested(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Take a folder in as the command does; return its account, with how long it took."""
    clock = SteppedClock(after_close(NIGHT))
    database = folder.parent / "night.sqlite"
    started = time.perf_counter()
    asyncio.run(ingest([folder], db=database, almanac=almanac(), as_json=True, clock=clock))
    account: dict[str, Any] = json.loads(capsys.readouterr().out)
    account["seconds"] = time.perf_counter() - started
    return account


def controls(folder: Path) -> dict[str, tuple[str | None, str | None]]:
    """Return who had and has each council that is declared, by its name."""
    with Reader(folder.parent / "night.sqlite", almanac()) as reader:
        return {
            one.council.code: (one.before.holder if one.before else None, one.declared.after.holder)
            for one in reader.councils(NIGHT)
            if one.declared is not None and one.declared.version is not None
        }


def truth(councils: list[TrueCouncil]) -> dict[str, tuple[str | None, str | None]]:
    resolve = almanac().councils.resolve
    return {
        resolve(one.name, NIGHT).code: (None if one.new else one.sitting, one.winner)
        for one in councils
    }


def code(council: str | None) -> str:
    return almanac().councils.resolve(council or "", NIGHT).code


def written(told: list[Told], folder: Path) -> None:
    """Write the files of PA's XML, in an order of their own, and what is no document at all."""
    folder.mkdir()
    for one in told:
        body = as_xml(one.root)
        (folder / f"{one.place:04}_{one.name}").write_bytes(body)
        if one.name == "Local_SOP_1.xml":
            (folder / "cut.xml").write_bytes(body[: len(body) // 2])
    (folder / "error.html").write_text("<!DOCTYPE html><title>502 Bad Gateway</title>")


def check_account(account: dict[str, Any], night: PaNight, *, broken: int) -> None:
    """Every document has the fate that it was made for, and no other has that fate."""
    expected = Counter(one.verdict for one in night.told)
    assert account["documents"] == len(night.told) + broken
    assert account["accepted"] == expected["accepted"]
    assert account["superseded"] == expected["superseded"]
    assert account["duplicates"] == expected["duplicate"]
    held = {code(one["council"]): "; ".join(one["reasons"]) for one in account["held"]}
    assert len(held) == len(account["held"]) == expected["held"]
    for one in night.fates("held"):
        assert one.reason in held[code(one.council)]
    assert len(account["rejected"]) == expected["rejected"] + expected["unreadable"] + broken
    told = "\n".join(f"{one['document']} {one['reason']}" for one in account["rejected"])
    assert told.count("test material") == expected["rejected"]
    assert told.count("the revision of LocalElectionResult is 'two'") == expected["unreadable"]


def check_states(account: dict[str, Any], councils: int) -> None:
    """Each state of parties agrees but the one that counts a superseded revision."""
    assert len(account["reconciliation"]) == 4
    lagging = [one for one in account["reconciliation"] if not one["agrees"]]
    assert [one["results"] for one in lagging] == [councils - 1]
    assert any("seats won" in difference for difference in lagging[0]["differences"])


def test_pa_as_xml(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    night = pa_night.night(COUNCILS, seed=2)
    written(night.told, tmp_path / "wire")
    account = ingested(tmp_path / "wire", capsys)
    assert controls(tmp_path / "wire") == truth(COUNCILS)
    assert account["councils"]["declared"] == len(COUNCILS)
    assert account["councils"]["total"] == night.introduced
    check_account(account, night, broken=2)
    check_states(account, len(COUNCILS))
    assert account["seconds"] < 20


def test_pa_as_one_array_of_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    night = pa_night.night(COUNCILS, seed=3)
    # In one file the name of each document is lost, and with it the mark of a test.
    night.told = [
        one
        for one in night.told
        if not one.name.startswith("Local_result_Test_") or one.verdict != "rejected"
    ]
    night.told.sort(key=lambda one: random.Random(one.name).random())
    array = [{one.root.name: as_value(one.root)} for one in night.told]
    folder = tmp_path / "wire"
    folder.mkdir()
    text = json.dumps(array)
    (folder / "local_2018.json").write_text(text)
    (folder / "local_2018_cut.json").write_text(text[: len(text) // 2])
    account = ingested(folder, capsys)
    assert controls(folder) == truth(COUNCILS)
    assert account["councils"]["total"] == night.introduced
    check_account(account, night, broken=1)
    check_states(account, len(COUNCILS))


def with_nominations(folder: Path, councils: list[TrueCouncil]) -> None:
    """Put PA's nominations beside the documents: what wards are counted against."""
    folder.mkdir()
    rng = random.Random(5)
    for number, council in enumerate(councils):
        body = as_xml(pa_night.nominations(council, rng))
        (folder / f"Local_nominations_{number:03}.xml").write_bytes(body)


def with_wards(
    folder: Path, documents: Iterable[tuple[str, str]], capsys: pytest.CaptureFixture[str]
) -> dict[str, Any]:
    with_nominations(folder, COUNCILS)
    for name, text in documents:
        (folder / name).write_text(text)
    return ingested(folder, capsys)


TOLD_BY_WARDS = [council for council in COUNCILS if council.told_by_wards]


def test_democracy_clubs_ballots(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    night = ward_night.night(COUNCILS, seed=4)
    account = with_wards(tmp_path / "wire", ward_night.pages(night), capsys)
    assert controls(tmp_path / "wire") == truth(TOLD_BY_WARDS)
    assert account["councils"]["total"] == len(COUNCILS)
    assert account["documents"] == len(COUNCILS) + len(night.arriving)
    reasons = Counter(" ".join(one["reasons"]) for one in account["held"])
    for part, number in Counter(night.held.values()).items():
        assert sum(n for reason, n in reasons.items() if part in reason) == number
    assert len(account["held"]) == len(night.held)
    assert len(account["rejected"]) == night.tests


def test_democracy_clubs_winners(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The Atom feed does not say how many seats a ward has: its ballots, before the night, do."""
    night = ward_night.night(COUNCILS, seed=5)
    known = {council.name for council in COUNCILS}
    night.arriving = [
        one
        for one in night.arriving
        if one.council in known and len(one.winners or ()) <= one.ward.seats
    ]
    eve = replace(night, arriving=[one for one in night.arriving if one.minute < 0])
    documents = [*ward_night.pages(eve), *ward_night.entries(night)]
    account = with_wards(tmp_path / "wire", documents, capsys)
    assert controls(tmp_path / "wire") == truth(TOLD_BY_WARDS)
    assert account["held"] == []


def test_councils_own_sites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account = with_wards(tmp_path / "wire", ward_night.modern_gov(COUNCILS), capsys)
    assert controls(tmp_path / "wire") == truth(TOLD_BY_WARDS)
    assert account["held"] == []
    assert len(account["rejected"]) == len(COUNCILS[-1].wards)


def test_nist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """NIST has no word for a cancelled poll: such councils are not whole in it."""
    whole = [one for one in TOLD_BY_WARDS if not any(ward.cancelled for ward in one.wards)]
    account = with_wards(tmp_path / "wire", ward_night.nist(COUNCILS), capsys)
    assert controls(tmp_path / "wire") == truth(whole)
    assert account["held"] == []


def test_the_desks_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account = with_wards(tmp_path / "wire", ward_night.sheets(COUNCILS), capsys)
    right = [one for n, one in enumerate(COUNCILS) if n % 10 != 1 or n % 3]
    found = controls(tmp_path / "wire")
    assert {key: found[key] for key in truth(right)} == truth(right)
    assert account["held"] == []
    assert len(account["rejected"]) == len(range(1, len(COUNCILS), 10))


def test_what_no_table_knows_and_what_is_lacking_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A council by wards without nominations is not claimed, and the account says why."""
    few = [COUNCILS[n] for n in (0, 8, 9, 104)]
    folder = tmp_path / "wire"
    with_nominations(folder, few[1:])
    for name, text in ward_night.modern_gov(few):
        (folder / name).write_text(text)
    stray = as_xml(pa_night.nominations(few[0], random.Random(1))).replace(
        b"2018-05-03", b"2031-05-01"
    )
    (folder / "stray.xml").write_bytes(stray)
    clock = SteppedClock(after_close(NIGHT))
    asyncio.run(ingest([folder], db=tmp_path / "n.sqlite", almanac=almanac(), clock=clock))
    told = capsys.readouterr().out
    assert f"{few[0].name}: there are no nominations, so the seats not up are not known" in told
    assert f"{few[2].name}: its boundaries are new, so the number of its seats is not known" in told
    assert f"Unknown to our tables, councils:\n  {few[3].name}\n" in told
    assert "Unknown to our tables, parties:\n" in told
    assert "Save Our Station" in told
    assert "1 of 4 councils declared." in told
