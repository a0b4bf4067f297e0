"""Contests on their way in: verdicts, standings, claims, the desk, the journal and the alerts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from bot.clock import SteppedClock
from bot.desk import Desk, Editor
from bot.election.ballots import Ballot
from bot.election.case_file import RulingAction, VerdictStatus
from bot.election.claims import BallotDeclared, ClaimState, Elected, LargestParty
from bot.election.parties import WireParty, code_of_name
from bot.election.reports import Candidate, GainOrHold, Reading
from bot.ingest.filing import Filing
from bot.ingest.ingest import Ingest
from bot.ingest.rejudge import rejudge
from bot.store.claims import claim_notices
from bot.store.reader import Reader
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from tests.support.contests import (
    ALMANAC_WITH_BALLOTS,
    constituency_report,
    mayor_report,
    referendum_report,
)
from tests.support.small_night import AFTER_CLOSE, NIGHT, POLLS_CLOSE, document, fetch

EDITOR = Editor("Edda", 5)


@dataclass
class House:
    path: Path
    writer: Writer
    ingest: Ingest
    desk: Desk
    reader: Reader

    async def file(self, *readings: Reading, feed: str = "pa") -> Filing:
        return await self.ingest.file(fetch(*readings, feed=feed))

    def told(self) -> list[tuple[int, ClaimState, tuple[str, ...]]]:
        return [
            (
                one.version.version,
                one.version.state,
                tuple(e.name for e in one.version.content.elected)
                if isinstance(one.version.content, BallotDeclared)
                else (),
            )
            for one in self.reader.notices(NIGHT)
        ]


@asynccontextmanager
async def at_work(path: Path) -> AsyncIterator[House]:
    clock = SteppedClock(AFTER_CLOSE)
    async with Writer(path) as writer:
        ingest = Ingest(writer, ALMANAC_WITH_BALLOTS, clock)
        desk = Desk(writer, ingest, ALMANAC_WITH_BALLOTS, clock)
        with Reader(path, ALMANAC_WITH_BALLOTS) as reader:
            yield House(path, writer, ingest, desk, reader)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with at_work(tmp_path / "night.db") as house:
        yield house


def nist(*reports: object) -> Reading:
    return replace(document(*reports), feed="nist", format="NIST SP 1500-100 JSON")  # type: ignore[arg-type]


async def test_every_contest_of_the_tables_stands_before_anything_comes_in(house: House) -> None:
    standings = house.reader.ballots(NIGHT)
    assert [one.ballot.code for one in standings] == [
        "assembly.belfast-east",
        "mayor.croydon",
        "referendum.bristol",
    ]
    assert not any(one.is_declared for one in standings)


async def test_a_mayor_becomes_a_standing_and_a_claim(house: House) -> None:
    filing = await house.file(document(mayor_report()))
    assert filing.counts[VerdictStatus.ACCEPTED] == 1
    standing = house.reader.ballot(NIGHT, "mayor.croydon")
    assert standing is not None
    assert standing.is_declared
    assert standing.declared_at == AFTER_CLOSE
    assert (standing.version, standing.state) == (1, ClaimState.DECLARED)
    (claimed,) = house.reader.notices(NIGHT)
    assert claimed.key == "contest:mayor.croydon"
    assert claimed.version.content == BallotDeclared(
        "mayor.croydon", standing.ballot.kind, (Elected("Jason Perry", "Con"),), "Lab"
    )
    assert house.reader.claims(NIGHT) == []


async def test_a_rush_is_followed_by_its_result_and_told_once(house: House) -> None:
    rush = mayor_report(rush=True, revision=2)
    bare = tuple(replace(one, votes=()) for one in rush.candidates)
    await house.file(document(replace(rush, candidates=bare)))
    assert house.told() == [(1, ClaimState.DECLARED, ("Jason Perry",))]
    await house.file(document(mayor_report(revision=1)))
    assert len(house.told()) == 1
    standing = house.reader.ballot(NIGHT, "mayor.croydon")
    assert standing is not None and standing.report is not None
    assert standing.report.counts == 2


async def test_another_winner_is_a_correction_and_none_a_retraction(house: House) -> None:
    await house.file(document(mayor_report()))
    await house.file(document(mayor_report("Lab", revision=2)))
    await house.file(document(mayor_report("Lab", revision=3, recount=True)))
    assert house.told() == [
        (1, ClaimState.DECLARED, ("Jason Perry",)),
        (2, ClaimState.CORRECTED, ("Val Shawcross",)),
        (3, ClaimState.RETRACTED, ()),
    ]


async def test_a_lower_revision_that_comes_late_changes_nothing(house: House) -> None:
    await house.file(document(mayor_report("Lab", revision=2)))
    await house.file(document(mayor_report("Con", revision=1)))
    assert house.told() == [(1, ClaimState.DECLARED, ("Val Shawcross",))]


async def test_two_sources_that_agree_tell_once_and_show_the_fuller_count(house: House) -> None:
    first_round = mayor_report()
    fewer = tuple(replace(one, votes=one.votes[:1]) for one in first_round.candidates)
    await house.file(document(replace(first_round, candidates=fewer)))
    fuller = mayor_report(revision=None, updated_at=AFTER_CLOSE.astimezone(UTC))
    renamed = tuple(replace(o, name=o.name.replace("Jason", "J")) for o in fuller.candidates)
    await house.file(nist(replace(fuller, candidates=renamed)), feed="nist")
    standing = house.reader.ballot(NIGHT, "mayor.croydon")
    assert standing is not None and standing.report is not None
    assert standing.report.counts == 2
    assert house.told() == [(1, ClaimState.DECLARED, ("Jason Perry",))]


async def test_two_sources_that_differ_are_told_by_nobody_until_the_desk_rules(
    house: House,
) -> None:
    await house.file(nist(mayor_report("Lab", revision=None, updated_at=AFTER_CLOSE)), feed="nist")
    assert len(house.told()) == 1
    await house.file(document(mayor_report("Con")))
    assert house.told() == [(1, ClaimState.DECLARED, ("Val Shawcross",))]
    (report,) = (await house.writer.transact(lambda tx: tx.rows("SELECT max(id) FROM reports")))[0]
    await house.desk.rule(report, RulingAction.CONFIRM, EDITOR, "the officer's own page")
    assert house.told()[1:] == [(2, ClaimState.CORRECTED, ("Jason Perry",))]


@pytest.mark.parametrize(
    ("report", "why"),
    [
        (mayor_report(area="Nowhere"), "neither our tables"),
        (mayor_report(seats=2), "fills 2"),
        (
            mayor_report(sitting=WireParty("Con"), gain_or_hold=GainOrHold.GAIN),
            "calls that a gain",
        ),
        (
            mayor_report(
                candidates=(
                    Candidate("A", WireParty("Con"), (10,), elected=True),
                    Candidate("B", WireParty("Lab"), (11,), elected=False),
                )
            ),
            "another has 11",
        ),
        (referendum_report(400_000), "more than the 332028"),
        (
            replace(
                referendum_report(),
                candidates=(Candidate("Burgomaster", None, (5,), elected=True),),
            ),
            "has no answer",
        ),
        (
            mayor_report(
                candidates=(Candidate("A", WireParty("Con"), (10,), elected=True, excluded_at=1),)
            ),
            "elected and excluded",
        ),
        (
            mayor_report(
                candidates=(
                    Candidate("A", WireParty("Con"), elected=True),
                    Candidate("B", WireParty("Lab"), elected=True),
                )
            ),
            "names 2 elected for 1",
        ),
    ],
)
async def test_what_cannot_be_is_held_with_its_reason(
    house: House, report: object, why: str
) -> None:
    filing = await house.file(document(report))  # type: ignore[arg-type]
    assert [problem.status for problem in filing.problems] == [VerdictStatus.HELD]
    assert why in " ".join(filing.problems[0].reasons)
    assert house.told() == []


async def test_nothing_counts_before_polls_close(house: House) -> None:
    early = POLLS_CLOSE - timedelta(hours=1)
    filing = await house.file(document(mayor_report(), at=early))
    assert filing.counts[VerdictStatus.HELD] == 1


async def test_the_desk_releases_a_held_contest_and_takes_it_back(house: House) -> None:
    tampered = mayor_report(sitting=WireParty("Con"), gain_or_hold=GainOrHold.GAIN)
    await house.file(document(tampered))
    (held,) = house.reader.queue(NIGHT).held
    assert isinstance(held.subject, Ballot)
    ahead = (await house.desk.foresee([held.held.report_id]))[held.held.report_id]
    assert isinstance(ahead.content, BallotDeclared)
    assert ahead.told
    done = await house.desk.confirm(held.held.report_id, EDITOR, "seen on the board")
    assert house.told() == [(1, ClaimState.DECLARED, ("Jason Perry",))]
    assert house.reader.queue(NIGHT).held == ()
    await house.desk.undo(done.number, EDITOR, "the wrong board")
    assert house.told()[1:] == [(2, ClaimState.RETRACTED, ())]
    assert len(house.reader.queue(NIGHT).held) == 1


async def test_a_constituency_is_claimed_when_all_its_seats_are_filled(house: House) -> None:
    at = AFTER_CLOSE.astimezone(UTC)
    await house.file(nist(constituency_report("SF", "DUP", updated_at=at)), feed="nist")
    assert house.told() == []
    standing = house.reader.ballot(NIGHT, "assembly.belfast-east")
    assert standing is not None and standing.report is not None
    assert len(standing.report.winners) == 2
    all_five = constituency_report(
        "SF", "DUP", "All", "All", "UUP", updated_at=at + timedelta(minutes=9)
    )
    await house.file(nist(all_five), feed="nist")
    assert len(house.told()) == 1


async def test_the_journal_gives_the_same_tables_and_verdicts_again(house: House) -> None:
    await house.file(document(mayor_report()), document(referendum_report()))
    await house.file(document(mayor_report("Lab", revision=2)))
    wanted = {"assembly:largest": LargestParty("SF")}
    await house.writer.transact(lambda tx: claim_notices(tx, NIGHT, wanted, AFTER_CLOSE))
    assert rebuild(house.path).differences == ()
    assert rejudge(house.path, ALMANAC_WITH_BALLOTS) == ()


async def test_a_notice_is_claimed_once_corrected_and_taken_back(house: House) -> None:
    async def claim(party: str | None) -> list[int]:
        notice = LargestParty(party) if party else None
        return await house.writer.transact(
            lambda tx: claim_notices(tx, NIGHT, {"assembly:largest": notice}, AFTER_CLOSE)
        )

    assert await claim(None) == []
    assert len(await claim("SF")) == 1
    assert await claim("SF") == []
    assert len(await claim("DUP")) == 1
    assert len(await claim(None)) == 1
    assert await claim(None) == []
    states = [one.version.state for one in house.reader.notices(NIGHT)]
    assert states == [ClaimState.DECLARED, ClaimState.CORRECTED, ClaimState.RETRACTED]


async def test_a_party_that_only_a_ballot_names_keeps_its_spelling(house: House) -> None:
    await house.file(nist(constituency_report("The Zest Party (NI)", "DUP")))
    zest = house.reader.named_parties.get(code_of_name("The Zest Party (NI)"))
    assert zest.name == "The Zest Party (NI)"
