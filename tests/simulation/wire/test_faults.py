"""What goes wrong in a night, and that it always ends true."""

from __future__ import annotations

from collections import defaultdict

import pytest

from bot.election.reports import StateOfPartiesReport
from bot.feeds.formats import read
from simulation.wire.democracy_club import Ballots
from simulation.wire.faults import Fault, with_faults
from simulation.wire.night import Night
from simulation.wire.script import ResultEvent, Script

SEEDS = (0, 7)


def changed(before: Script, after: Script) -> dict[str, list[ResultEvent]]:
    """Return the events of the councils that a fault befell, in the order of time."""
    found: defaultdict[str, list[ResultEvent]] = defaultdict(list)
    for event in sorted(set(after.results) - set(before.results), key=lambda event: event.at):
        found[event.code].append(event)
    return dict(found)


def state_at_the_end(script: Script) -> StateOfPartiesReport:
    last = [p for p in script.publications if p.name == "Local_SOP_200.xml"][-1]
    [state] = read("pa", last.name, last.body, last.at).reports
    assert isinstance(state, StateOfPartiesReport)
    return state


def ballots_at_the_end(script: Script) -> dict[object, dict[str, object]]:
    """Return the ballots by id, without when they were last changed."""
    _, rows = Ballots(script.night, script.ballots).page(script.moments[-1], None, 1, 10_000)
    return {row.pop("ballot_paper_id"): row | {"last_updated": None} for row in rows}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("fault", [*Fault, None])
def test_every_night_ends_true(script: Script, fault: Fault | None, seed: int) -> None:
    faults = list(Fault) if fault is None else [fault]
    after = with_faults(script, faults, seed)
    assert after != script
    assert after == with_faults(script, reversed(faults), seed)
    latest: dict[str, ResultEvent] = {}
    for event in after.results:
        if event.code not in latest or event.revision > latest[event.code].revision:
            latest[event.code] = event
    assert {code: event.figures for code, event in latest.items()} == dict(script.night.figures)
    bodies = {publication.name: publication for publication in after.publications}
    assert not any(publication.cut for publication in bodies.values())
    assert {line.party: line for line in state_at_the_end(after).parties} == {
        line.party: line for line in state_at_the_end(script).parties
    }
    assert after.outage_at(after.moments[-1]) is None
    assert ballots_at_the_end(after) == ballots_at_the_end(script)


def test_the_desk_s_councils_are_left_alone(night: Night, script: Script) -> None:
    after = with_faults(script, list(Fault))
    assert night.ruled_by_desk == {"CRW"}
    assert "CRW" not in changed(script, after)


def test_wrong_figures_add_up(script: Script) -> None:
    after = with_faults(script, [Fault.CORRECTION])
    wrong = [event for event in after.results if event.figures != script.night.figures[event.code]]
    assert len(wrong) == 12
    for event in wrong:
        true = script.night.figures[event.code]
        assert all(party.won >= 0 and party.now >= 0 for party in event.figures.parties)
        for party, truly in zip(event.figures.parties, true.parties, strict=True):
            assert party.now - party.won == truly.now - truly.won
            if truly.change is not None:
                assert party.change == truly.change + party.now - truly.now
        assert sum(party.now for party in event.figures.parties) == event.figures.council.seats
    flipped = [event for event in wrong if event.figures.winner != true_winner(script, event)]
    assert len(flipped) >= 8


def true_winner(script: Script, event: ResultEvent) -> str | None:
    return script.night.figures[event.code].winner


@pytest.mark.parametrize(
    ("fault", "revisions", "right"),
    [
        (Fault.CORRECTION, [1, 2], [False, True]),
        (Fault.OUT_OF_ORDER, [2, 1], [True, False]),
        (Fault.FLIP_FLOP, [1, 2, 3, 4], [False, True, False, True]),
    ],
)
def test_revisions(script: Script, fault: Fault, revisions: list[int], right: list[bool]) -> None:
    councils = {
        code: [event for event in with_faults(script, [fault]).results if event.code == code]
        for code in changed(script, with_faults(script, [fault]))
    }
    assert len(councils) == 12
    for code, events in councils.items():
        events.sort(key=lambda event: event.at)
        assert [event.revision for event in events] == revisions
        assert [event.figures == script.night.figures[code] for event in events] == right


def test_a_duplicate_is_the_same_document_under_another_name(script: Script) -> None:
    after = with_faults(script, [Fault.DUPLICATE])
    files = {publication.name: publication.body for publication in after.publications}
    copies = [name for name in files if name.endswith("_copy.xml")]
    assert len(copies) == 12
    for name in copies:
        assert files[name] == files[name.replace("_copy", "")]


def test_a_truncated_file_is_finished_later(script: Script) -> None:
    after = with_faults(script, [Fault.TRUNCATED])
    cut = [publication for publication in after.publications if publication.cut]
    assert len(cut) == 12
    for publication in cut:
        reading = read("pa", publication.name, publication.body, publication.at)
        assert "breaks off" in (reading.fault or "")
        [whole] = [p for p in after.publications if p.name == publication.name and not p.cut]
        assert whole.at > publication.at
        assert whole.body.startswith(publication.body)


def test_an_outage_is_once_loud_and_once_silent(script: Script) -> None:
    after = with_faults(script, [Fault.OUTAGE])
    assert [outage.hangs for outage in after.outages] == [False, True]
    for outage in after.outages:
        assert after.outage_at(outage.start) == outage
        assert after.outage_at(outage.end) is None
        assert {outage.start, outage.end} <= set(after.moments)


def test_a_retraction_takes_winners_back_before_the_right_ones(script: Script) -> None:
    after = with_faults(script, [Fault.RETRACTION])
    wrong = [version for version in after.ballots if version.winners.value == "wrong"]
    assert len(wrong) > 20
    ballots = Ballots(script.night, after.ballots)
    for version in wrong[:5]:
        versions = sorted((v for v in after.ballots if v.ward == version.ward), key=lambda v: v.at)
        assert [v.winners.value for v in versions] == ["unknown", "wrong", "unknown", "right"]
        elected = []
        for step in versions[1:]:
            rows = ballots.page(step.at, step.last_updated, 1, 10_000)[1]
            [row] = [r for r in rows if r["last_updated"] == step.last_updated.isoformat()]
            candidacies = row["candidacies"]
            assert isinstance(candidacies, list)
            elected.append([candidacy["elected"] for candidacy in candidacies])
        assert elected[0] != elected[2]
        assert elected[0].count(True) == elected[2].count(True)
        assert set(elected[1]) == {None}
