"""What is judged again is judged by the policy that it was judged by: nothing differs of itself."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.clock import SteppedClock
from bot.desk import Desk, Editor
from bot.election.policy import USUAL, ClaimsNeed, Policy
from bot.election.reports import Reading
from bot.ingest.ingest import Ingest
from bot.ingest.rejudge import rejudge
from bot.store.opening import open_for_reading
from bot.store.policies import policy_at
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from tests.support.contests import ALMANAC_WITH_BALLOTS, mayor_report
from tests.support.small_night import (
    AFTER_CLOSE,
    council_nominations,
    council_result,
    document,
    fetch,
    ward_report,
)

RESULT = council_result("KHL", {"LD": 29, "Lab": 27, "Ind": 1}, won={"LD": 12, "Lab": 7})
FETCHES: Sequence[Reading] = (
    document(RESULT),
    # These would unseat the result: on a live night they wait.
    document(council_nominations("KHL", {"Lab": 31, "LD": 29})),
    document(council_result("WOR", {"Con": 18, "Lab": 17}, test=True)),
    document(council_result("WOR", {"Con": 18, "Lab": 17}, revision=None)),
    document(ward_report("BDG", "Abbey", {"Lab": True})),
    document(mayor_report(revision=None)),
    document(mayor_report("Lab", revision=2)),
)
POLICIES = [
    Policy(allow_test, need, wait, settles)
    for allow_test, need, wait, settles in itertools.product(
        (False, True), ClaimsNeed, (False, True), (False, True)
    )
]


async def take_in(path: Path, documents: Sequence[Reading], policy: Policy) -> None:
    clock = SteppedClock(AFTER_CLOSE)
    async with Writer(path) as writer:
        ingest = Ingest(writer, ALMANAC_WITH_BALLOTS, clock, policy=policy)
        for one in documents:
            await ingest.file(fetch(one))


@pytest.mark.parametrize("policy", POLICIES, ids=str)
async def test_whatever_the_policy_was_judging_again_by_it_says_the_same(
    tmp_path: Path, policy: Policy
) -> None:
    path = tmp_path / "night.db"
    await take_in(path, FETCHES, policy)
    assert rejudge(path, ALMANAC_WITH_BALLOTS) == ()
    assert rebuild(path).differences == ()


async def test_each_council_is_judged_by_the_policy_of_its_last_decision(tmp_path: Path) -> None:
    path = tmp_path / "night.db"
    live = Policy(late_nominations_wait=True, claims_need=ClaimsNeed.TWO_SOURCES)
    await take_in(path, FETCHES[:2], live)
    await take_in(path, FETCHES[3:], Policy(settles=True))
    assert rejudge(path, ALMANAC_WITH_BALLOTS) == ()
    with contextlib.closing(open_for_reading(path)) as connection:
        seqs = [seq for (seq,) in connection.execute("SELECT seq FROM policies ORDER BY seq")]
        assert [policy_at(connection, seq) for seq in seqs] == [live, Policy(settles=True)]
        assert policy_at(connection, seqs[0] - 1) == USUAL
        assert policy_at(connection) == Policy(settles=True)


async def test_a_policy_is_written_down_once_and_again_where_the_desk_acts_by_another(
    tmp_path: Path,
) -> None:
    path = tmp_path / "night.db"
    await take_in(path, FETCHES[:1], USUAL)
    await take_in(path, FETCHES[1:2], USUAL)
    strict = Policy(claims_need=ClaimsNeed.TWO_SOURCES)
    clock = SteppedClock(AFTER_CLOSE)
    async with Writer(path) as writer:
        ingest = Ingest(writer, ALMANAC_WITH_BALLOTS, clock, policy=strict)
        desk = Desk(writer, ingest, ALMANAC_WITH_BALLOTS, clock)
        held = await ingest.find_held("KHL")
        assert held is not None
        await desk.confirm(held.report_id, Editor("Ada"), "as announced")
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM policies").fetchone() == (2,)
    assert rejudge(path, ALMANAC_WITH_BALLOTS) == ()
