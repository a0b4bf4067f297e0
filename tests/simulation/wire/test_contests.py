"""What else was decided, as the rehearsal's feeds tell it: read back, it is what the tables say."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.election.reports import BallotKind, BallotReport, WardReport
from bot.feeds.formats import read
from simulation.wire.night import Night
from simulation.wire.script import Script


@pytest.fixture(scope="module")
def night() -> Night:
    return Night.load("2022-05-05")


def told(script: Script) -> list[tuple[datetime, BallotReport]]:
    files = [
        *((one.at, one.name, one.body) for one in script.publications if one.name[0] in "MR"),
        *((o.at, o.name, o.body) for o in script.counts if not o.name.startswith("wards-")),
    ]
    found = []
    for at, name, body in files:
        reading = read("pa", name, body, at)
        assert reading.faults == (), name
        for report in reading.reports:
            assert isinstance(report, BallotReport), name
            found.append((at, report))
    return found


def test_what_is_told_last_elects_whom_the_tables_say(night: Night) -> None:
    rows = {row.area: row for row in night.tables.ballots}
    last: dict[str, BallotReport] = {}
    for _, report in sorted(told(Script.of(night)), key=lambda pair: (pair[0], pair[1].counts)):
        last[f"{report.kind} {report.area}"] = report
    assert len(last) == 26
    for report in last.values():
        row = rows[report.area] if report.kind is not BallotKind.MAYOR else None
        assert report.declared, report.area
        elected = {one.name for one in report.winners}
        expected = {
            one.name
            for one in night.tables.ballot_candidates
            if one.elected
            and one.ballot.startswith(str(report.kind))
            and one.ballot.endswith("." + report.area.lower().replace(" ", "-"))
        }
        assert elected == expected, report.area
        if row is not None and row.kind is BallotKind.ASSEMBLY:
            assert report.counts == row.counts


def test_the_assembly_is_told_count_by_count(night: Night) -> None:
    counts = [
        (at, report) for at, report in told(Script.of(night)) if report.area == "Belfast East"
    ]
    counts.sort(key=lambda pair: pair[0])
    assert [report.counts for _, report in counts] == list(range(1, 11))
    assert [len(report.winners) for _, report in counts] == [2, 2, 2, 2, 2, 2, 2, 3, 3, 5]
    assert not counts[0][1].complete and counts[-1][1].complete


def test_a_mayor_s_winner_comes_before_the_votes(night: Night) -> None:
    croydon = [(at, one) for at, one in told(Script.of(night)) if one.area == "Croydon"]
    croydon.sort(key=lambda pair: (pair[0], pair[1].counts))
    assert [(one.rush, one.counts) for _, one in croydon] == [(True, 0), (False, 1), (False, 2)]


def test_scotland_s_wards_are_told_with_their_counts(night: Night) -> None:
    script = Script.of(night)
    files = [one for one in script.counts if one.name.startswith("wards-")]
    assert len(files) == 32
    told_wards = {}
    for one in files:
        reading = read("nist", one.name, one.body, one.at)
        assert reading.faults == (), one.name
        for report in reading.reports:
            assert isinstance(report, WardReport)
            told_wards[report.gss] = report
    assert len(told_wards) == 355
    assert sum(len(one.winners) for one in told_wards.values()) == 1_223
    assert sum(one.uncontested for one in told_wards.values()) == 8
    dyce = told_wards["S13002835"]
    crockett = next(one for one in dyce.candidates if one.name == "Barney Crockett")
    assert (crockett.first_preferences, len(crockett.votes), crockett.elected) == (1_174, 7, True)
