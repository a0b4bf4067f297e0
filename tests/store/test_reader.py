"""What the reader answers, and what an answer costs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

import bot.desk
from bot.clock import SteppedClock
from bot.election.almanac import NightAlmanac
from bot.election.baselines import Baseline
from bot.election.case_file import RulingAction, VerdictStatus
from bot.election.control import NOC, Control, Outcome
from bot.election.parties import code_of_name
from bot.election.reports import Report
from bot.election.standings import PriorSource
from bot.ingest.ingest import Ingest
from bot.store.names import WireNameLearnt, party_names
from bot.store.reader import Reader
from bot.store.reports import ReportKind
from bot.store.writer import Writer
from tests.support.contests import referendum_report
from tests.support.small_night import (
    AFTER_CLOSE,
    ALMANAC,
    NIGHT,
    POLLS_CLOSE,
    council_nominations,
    council_result,
    document,
    fetch,
    state_of_parties,
    ward_report,
)

HULL = council_result("KHL", {"LD": 29, "Lab": 27, "Ind": 1}, changes={"LD": 3, "Lab": -3})
WORCESTER = council_result("WOR", {"Con": 17, "Lab": 18}, won={"Lab": 8, "Con": 4})


@dataclass
class Desk:
    ingest: Ingest
    writer: Writer
    reader: Reader
    path: Path

    async def says(self, *reports: Report, minutes: int = 0) -> None:
        at = AFTER_CLOSE + timedelta(minutes=minutes)
        await self.ingest.file(fetch(*(document(report, at=at) for report in reports)))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    path = tmp_path / "night.db"
    async with Writer(path) as writer:
        with Reader(path, ALMANAC) as reader:
            ingest = Ingest(writer, ALMANAC, SteppedClock(AFTER_CLOSE))
            yield Desk(ingest, writer, reader, path)


def queries(reader: Reader) -> list[str]:
    """The statements that the reader sends from now on."""
    sent: list[str] = []
    reader._db.set_trace_callback(sent.append)
    return sent


async def test_a_council_that_nothing_was_heard_of_is_known_by_the_tables(desk: Desk) -> None:
    worcester = desk.reader.council(NIGHT, "WOR")
    assert worcester is not None
    assert worcester.before == Control("Con")
    assert worcester.before_source is PriorSource.SHIPPED
    assert worcester.expected_at == POLLS_CLOSE + timedelta(hours=5)
    assert (worcester.seats_up, worcester.held, worcester.declared) == (19, None, None)
    assert desk.reader.council(NIGHT, "WTH") is None
    assert [one.council.code for one in desk.reader.councils(NIGHT)] == ["BDG", "CRA", "KHL", "WOR"]


async def test_nominations_are_the_baseline(desk: Desk) -> None:
    await desk.says(council_nominations("KHL", {"Lab": 30, "LD": 26, "Vac": 1}))
    hull = desk.reader.council(NIGHT, "KHL")
    assert hull is not None
    assert hull.held == {"Lab": 30, "LD": 26, "Vac": 1}
    assert hull.offered == {"Lab": 10, "LD": 8}
    assert hull.candidates == {"Lab": 19, "LD": 19, "Vac": 19}
    assert hull.seats_up == 18
    assert hull.size == 57


async def test_changes_have_their_baseline(desk: Desk) -> None:
    await desk.says(HULL, replace(WORCESTER, changes=None))
    hull, worcester = (desk.reader.council(NIGHT, code) for code in ("KHL", "WOR"))
    assert hull is not None
    assert worcester is not None
    assert hull.declared is not None
    assert hull.declared.changes == {"LD": 3, "Lab": -3}
    assert hull.declared.baseline == Baseline.WIRES
    assert worcester.declared is not None
    assert worcester.declared.changes is None


async def test_seats_won_that_nobody_gave_are_not_none_won(desk: Desk) -> None:
    await desk.says(replace(HULL, elected=None))
    hull = desk.reader.council(NIGHT, "KHL")
    assert hull is not None
    assert hull.declared is not None
    assert hull.declared.won is None


async def test_an_answer_costs_one_question_when_nothing_has_changed(desk: Desk) -> None:
    await desk.says(HULL, WORCESTER)
    desk.reader.councils(NIGHT)
    sent = queries(desk.reader)
    desk.reader.councils(NIGHT)
    desk.reader.council(NIGHT, "KHL")
    assert sent == ["PRAGMA data_version"] * 2


async def test_only_what_was_touched_is_read_again(desk: Desk) -> None:
    await desk.says(HULL, WORCESTER)
    before = desk.reader.council(NIGHT, "KHL")
    await desk.says(council_result("WOR", {"Con": 18, "Lab": 17}, revision=2))
    worcester = desk.reader.council(NIGHT, "WOR")
    assert worcester is not None
    assert worcester.declared is not None
    assert worcester.declared.version == 2
    assert desk.reader.council(NIGHT, "KHL") is before


async def test_a_commit_that_touches_no_council_reads_none_again(desk: Desk) -> None:
    await desk.says(HULL)
    councils = desk.reader.councils(NIGHT)
    await desk.says(state_of_parties(1))
    sent = queries(desk.reader)
    assert desk.reader.councils(NIGHT) is councils
    assert len([one for one in sent if one.startswith("SELECT")]) == 1


async def test_what_was_told_of_other_things_is_not_worked_out_again(desk: Desk) -> None:
    await desk.says(HULL, state_of_parties(1))
    ballots, total = desk.reader.ballots(NIGHT), desk.reader.told_total(NIGHT)
    await desk.says(ward_report("WOR", "Arboretum", {"Lab": True}))
    assert desk.reader.ballots(NIGHT) is ballots
    sent = queries(desk.reader)
    assert desk.reader.told_total(NIGHT) == total
    assert not any("json_extract" in one for one in sent)
    await desk.says(referendum_report())
    assert desk.reader.ballots(NIGHT) is not ballots
    # No table has it, so it waits for the desk.
    assert [len(one.awaiting_desk) for one in desk.reader.ballots(NIGHT)] == [1]
    await desk.says(replace(state_of_parties(2), total_councils=201))
    assert desk.reader.told_total(NIGHT) == 201 != total


async def test_a_second_reader_starts_where_the_first_has_come_to(desk: Desk) -> None:
    await desk.says(HULL, ward_report("WOR", "Arboretum", {"Lab": True}))
    with Reader(desk.path, ALMANAC) as other:
        assert other.councils(NIGHT) == desk.reader.councils(NIGHT)


async def test_the_newest_night_is_one_that_something_was_heard_of(desk: Desk) -> None:
    later = date(2023, 5, 4)
    nights = {**ALMANAC.nights, later: NightAlmanac(later, "local elections", {})}
    with Reader(desk.path, replace(ALMANAC, nights=nights)) as reader:
        assert reader.newest_night() == later
        await desk.says(HULL)
        assert reader.newest_night() == NIGHT
        assert reader.nights() == [later, NIGHT]
        await desk.says(replace(HULL, night=date(2222, 5, 5)))  # held: its night is not yet
        assert reader.newest_night() == NIGHT
    with Reader(desk.path, replace(ALMANAC, nights={})) as reader:
        assert reader.newest_night() == NIGHT


async def test_a_correction_leaves_when_a_council_declared(desk: Desk) -> None:
    await desk.says(WORCESTER, minutes=1)
    await desk.says(HULL, minutes=2)
    await desk.says(council_result("BDG", {"Lab": 51}), minutes=3)
    await desk.says(council_result("WOR", {"Con": 18, "Lab": 17}, revision=2), minutes=4)
    declared = {
        standing.declared.declared_at: standing.council.code
        for standing in desk.reader.councils(NIGHT)
        if standing.declared is not None
    }
    assert [declared[moment] for moment in sorted(declared)] == ["WOR", "KHL", "BDG"]


async def test_claims_come_in_the_order_of_the_outbox(desk: Desk) -> None:
    await desk.says(WORCESTER)
    (first,) = desk.reader.claims(NIGHT)
    await desk.says(HULL)
    await desk.says(council_result("WOR", {"Con": 18, "Lab": 17}, revision=2))
    later = desk.reader.claims(NIGHT, after_outbox=first.outbox)
    assert [(claim.council, claim.version.version) for claim in later] == [("KHL", 1), ("WOR", 2)]
    assert first.now == {"Lab": 18, "Con": 17}
    assert first.won == {"Lab": 8, "Con": 4}
    assert first.version.content is not None
    assert first.version.content.outcome is Outcome.GAIN
    assert (later[1].declared_at, later[1].made_at) == (AFTER_CLOSE, AFTER_CLOSE)


async def test_what_is_held_waits_in_the_order_of_arrival(desk: Desk) -> None:
    await desk.says(council_result("CRA", {"Lab": 18, "Con": 17, "Vac": 1}, winner="Lab"))
    await desk.says(council_result("", {"Lab": 2}, name="Wessex"))
    crawley, wessex = desk.reader.held(NIGHT)
    assert (crawley.subject.code, wessex.subject.name) == ("CRA", "Wessex")
    assert crawley.kind is ReportKind.RESULT
    assert crawley.held.source.revision == 1
    assert "desk's decision" in crawley.held.reasons[0]


async def test_documents_are_counted_at_their_end(desk: Desk) -> None:
    await desk.says(HULL)
    await desk.says(council_result("KHL", {"LD": 30, "Lab": 27}, revision=2))
    filing = await desk.ingest.file(
        fetch(
            document(name="page.html", faults=("The document is a web page.",)),
            document(council_result("CRA", {"Lab": 18, "Con": 17, "Vac": 1}, winner="Lab")),
        )
    )
    every = desk.reader.documents()
    assert every.counts == {
        VerdictStatus.ACCEPTED: 1,
        VerdictStatus.SUPERSEDED: 1,
        VerdictStatus.HELD: 1,
        VerdictStatus.REJECTED: 1,
    }
    assert every.held[0].council == "Crawley"
    assert every.rejected[0].reason == "The document is a web page."
    these = desk.reader.documents([number for _, number in filing.documents])
    assert these.counts == {VerdictStatus.HELD: 1, VerdictStatus.REJECTED: 1}


async def test_the_last_state_of_parties_is_that_after_most_results_of_each_region(
    desk: Desk,
) -> None:
    wales = replace(state_of_parties(1), region="Wales")
    await desk.says(state_of_parties(3), state_of_parties(1), wales)
    await desk.says(replace(wales, results=2), state_of_parties(2), minutes=1)
    last = [told.report for told in desk.reader.last_states_of_parties(NIGHT)]
    assert [(one.region, one.results) for one in last] == [("Wales", 2), (None, 3)]


async def test_feeds_and_their_state(desk: Desk) -> None:
    await desk.ingest.file(fetch(cursor=1, complete=False))
    await desk.ingest.file(fetch(document(HULL), files={"a": "1"}))
    (feed,) = desk.reader.feeds()
    assert (feed.name, feed.fetched_at, feed.changed_at) == ("pa", AFTER_CLOSE, AFTER_CLOSE)
    assert (feed.caught_up, feed.trouble, feed.seeded_at) == (True, None, None)
    assert desk.reader.feed_state("pa") == {"files": {"a": "1"}}
    assert desk.reader.feed_state("dc") is None


async def test_names_are_ours_or_the_wires(desk: Desk) -> None:
    await desk.says(ward_report("KHL", "Avenue", {"Fish Party": True}))
    assert desk.reader.party_name("Lab") == "Labour"
    assert desk.reader.party_name("wire:Fish Party") == "Fish Party"
    assert desk.reader.party_name("wire:Never Heard Of") == "Never Heard Of"
    assert desk.reader.council_name("KHL") == "Kingston upon Hull"


async def test_the_views_read_well_in_any_tool(desk: Desk) -> None:
    await desk.says(HULL, WORCESTER, council_result("BDG", {"Lab": 51}, won={"Lab": 51}))
    held = council_result("CRA", {"Lab": 18, "Con": 17, "Vac": 1}, winner="Lab")
    await desk.says(held)
    views = await desk.writer.transact(
        lambda tx: {
            view: [dict(row) for row in tx.rows(f"SELECT * FROM {view}")]
            for view in ("council_now", "changes_of_hands", "state_of_parties")
        }
    )
    councils = {row["council"]: row for row in views["council_now"]}
    assert councils["Kingston upon Hull"]["seats"] == "LD 29, Lab 27, Ind 1"
    assert councils["Kingston upon Hull"]["majority"] == 29
    assert (councils["Crawley"]["held"], councils["Crawley"]["controlled_now"]) == (1, None)
    assert [row["council"] for row in views["changes_of_hands"]] == [
        "Kingston upon Hull",
        "Worcester",
    ]
    parties = {row["party"]: row for row in views["state_of_parties"]}
    labour = parties["Lab"]
    assert (labour["councils"], labour["gained"], labour["lost"]) == (2, 1, 1)
    assert (labour["seats_won"], labour["seat_change"]) == (51 + 8, -3)
    assert parties["Con"]["lost"] == 1


async def test_a_retraction_takes_the_declaration_away(desk: Desk) -> None:
    split = council_result("CRA", {"Lab": 18, "Con": 17, "Vac": 1}, winner="Lab")
    await desk.says(split)
    held = await desk.ingest.find_held("CRA", 1, NIGHT)
    assert held is not None
    people = bot.desk.Desk(desk.writer, desk.ingest, ALMANAC, SteppedClock(AFTER_CLOSE))
    by = bot.desk.Editor("Ada")
    await people.rule(held.report_id, RulingAction.CONFIRM, by, "as announced")
    await people.rule(held.report_id, RulingAction.REJECT, by, "the leader denies it")
    crawley = desk.reader.council(NIGHT, "CRA")
    assert crawley is not None
    assert (crawley.declared, crawley.before) == (None, NOC)
    retracted = desk.reader.claims(NIGHT)[-1]
    assert (retracted.version.content, retracted.declared_at, retracted.now) == (None, None, None)


async def test_unknown_parties_come_in_the_order_in_which_they_were_first_seen(desk: Desk) -> None:
    # Their colours and letters follow from it, so that a newcomer takes nobody's.
    for turn, name in enumerate(("Zeal", "Moss First", "Ash")):
        learnt = WireNameLearnt("party", code_of_name(name), name)
        at = AFTER_CLOSE + timedelta(minutes=turn)
        await desk.writer.transact(lambda db, it=learnt, at=at: db.append(it, at))
    assert list(party_names(desk.reader.db).values()) == ["Zeal", "Moss First", "Ash"]
    zeal = desk.reader.named_parties.get(code_of_name("Zeal"))
    assert zeal == ALMANAC.parties.named({zeal.code: "Zeal"}).get(zeal.code)
