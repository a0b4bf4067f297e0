"""What the desk does, and what follows: at once, by itself, and after a rebuild."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.doctor import desk_findings
from bot.clock import SteppedClock
from bot.desk import Desk, Editor
from bot.desk_checks import DeskError
from bot.election.ballot_checks import BALLOT_CHECKS
from bot.election.case_file import RulingAction
from bot.election.checks import CHECKS
from bot.election.claims import Basis, ClaimState
from bot.election.control import NOC, Control, Outcome
from bot.election.councils import Council
from bot.election.reports import Report
from bot.election.seats import Composition
from bot.election.ward_checks import WARD_CHECKS
from bot.feeds.feed import Fetch
from bot.feeds.formats import read
from bot.ingest.ingest import Ingest
from bot.settings import Settings
from bot.store.desk import DeskAction, DeskTold
from bot.store.opening import open_for_reading
from bot.store.posts import PostSealed, Purpose
from bot.store.reader import Reader
from bot.store.rebuild import rebuild
from bot.store.writer import Transaction, Writer
from cogs.desk._cog import DeskCog
from tests.support.small_night import (
    AFTER_CLOSE,
    ALMANAC,
    COUNCILS,
    NIGHT,
    council_result,
    document,
    fetch,
    state_of_parties,
)

ADA, BEN = Editor("Ada", 1), Editor("Ben", 2)
HULL, WORCESTER, CRAWLEY = (COUNCILS.get(code) for code in ("KHL", "WOR", "CRA"))
HULL_TO_LD = council_result("KHL", {"LD": 29, "Lab": 27, "Ind": 1}, won={"LD": 12, "Lab": 7})
CRAWLEY_HELD = council_result("CRA", {"Lab": 18, "Con": 17, "Vac": 1}, winner="Lab")
LABOUR, LIBERALS = Control("Lab"), Control("LD")


@dataclass
class House:
    """A newsroom and its desk over one file."""

    path: Path
    clock: SteppedClock
    ingest: Ingest
    desk: Desk
    two: Desk
    reader: Reader

    async def hears(self, *reports: Report) -> None:
        """Let reports come in a minute after the last."""
        await self.clock.move_to(self.clock.now() + timedelta(minutes=1))
        at = self.clock.now()
        await self.ingest.file(fetch(*(document(report, at=at) for report in reports)))
        await self.clock.move_to(at + timedelta(minutes=1))

    async def held(self, code: str) -> int:
        found = await self.ingest.find_held(code)
        assert found is not None
        return found.report_id

    def control(self, code: str) -> Control | None:
        standing = self.reader.council(NIGHT, code)
        return standing.declared.after if standing and standing.declared else None

    def states(self, code: str) -> list[ClaimState]:
        claims = self.reader.claims(NIGHT)
        return [claim.version.state for claim in claims if claim.council == code]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    path = tmp_path / "night.db"
    clock = SteppedClock(AFTER_CLOSE)
    async with Writer(path) as writer:
        with Reader(path, ALMANAC) as reader:
            ingest = Ingest(writer, ALMANAC, clock)
            desk = Desk(writer, ingest, ALMANAC, clock)
            two = Desk(writer, ingest, ALMANAC, clock, two_persons=True)
            yield House(path, clock, ingest, desk, two, reader)
    assert rebuild(path).differences == ()


async def test_the_desk_releases_what_the_rules_hold(house: House) -> None:
    await house.hears(CRAWLEY_HELD)
    report = await house.held("CRA")
    waiting = house.reader.council(NIGHT, "CRA")
    assert waiting is not None
    assert waiting.declared is None
    assert waiting.awaiting_desk[0].report_id == report
    foreseen = (await house.desk.foresee([report]))[report]
    assert foreseen.told
    assert foreseen.content is not None
    assert foreseen.content.after == LABOUR
    assert house.control("CRA") is None
    done = await house.desk.confirm(report, ADA, "the leader sat")
    assert [claim.subject.code for claim in done.claims] == ["CRA"]
    crawley = house.reader.council(NIGHT, "CRA")
    assert crawley is not None
    assert crawley.declared is not None
    assert crawley.declared.by_desk
    assert crawley.declared.after == LABOUR
    assert not crawley.awaiting_desk
    with pytest.raises(DeskError, match="the report is accepted"):
        await house.desk.confirm(report, BEN, "me too")
    with pytest.raises(DeskError, match="the report is accepted"):
        await house.desk.reject(report, BEN, "no")


async def test_what_was_believed_is_rejected_and_its_claim_is_retracted(house: House) -> None:
    await house.hears(HULL_TO_LD)
    hull = house.reader.council(NIGHT, "KHL")
    assert hull is not None
    report = await house.ingest._writer.transact(
        lambda tx: tx.rows("SELECT max(id) FROM reports")[0][0]
    )
    await house.desk.rule(report, RulingAction.REJECT, ADA, "wrong council")
    assert house.states("KHL") == [ClaimState.DECLARED, ClaimState.RETRACTED]
    assert house.control("KHL") is None


@pytest.mark.parametrize("unknown", [None, 77])
async def test_the_desk_is_told_what_it_cannot_decide(house: House, unknown: int | None) -> None:
    await house.hears(state_of_parties(1))
    (last,) = await house.ingest._writer.transact(
        lambda tx: tx.rows("SELECT max(id) FROM reports")[0]
    )
    number = unknown or last
    with pytest.raises(DeskError, match=r"decides nothing|no report 77"):
        await house.desk.rule(number, RulingAction.CONFIRM, ADA, "why not")
    assert not house.reader.claims(NIGHT)
    assert house.reader.desk_log(9) == []


async def test_two_different_people_confirm_where_that_is_asked_for(house: House) -> None:
    await house.hears(CRAWLEY_HELD)
    report = await house.held("CRA")
    first = await house.two.confirm(report, ADA, "the leader sat")
    assert first.proposed
    assert house.control("CRA") is None
    assert (await house.desk.foresee([report]))[report].proposed_by == "Ada"
    with pytest.raises(DeskError, match="A second member"):
        await house.two.confirm(report, Editor("Ada, renamed", ADA.id), "again")
    second = await house.two.confirm(report, BEN, "I heard it too")
    assert not second.proposed
    assert house.control("CRA") == LABOUR
    confirmed, proposed = house.reader.desk_log(9)
    assert (proposed.action, proposed.who) == (DeskAction.PROPOSE, "Ada")
    assert (confirmed.action, confirmed.who) == (DeskAction.CONFIRM, "Ben")
    assert confirmed.refers_to == proposed.id


async def test_a_proposal_that_is_carried_out_or_taken_back_is_open_no_more(house: House) -> None:
    await house.hears(CRAWLEY_HELD)
    report = await house.held("CRA")
    first = await house.two.confirm(report, ADA, "the leader sat")
    await house.two.undo(first.number, ADA, "not so sure")
    assert (await house.two.confirm(report, BEN, "it is right")).proposed
    done = await house.two.confirm(report, ADA, "it is")
    await house.two.undo(done.number, BEN, "the recount")
    assert (await house.two.confirm(report, BEN, "after all")).proposed


async def test_a_rejection_ends_the_proposal_before_it(house: House) -> None:
    await house.hears(CRAWLEY_HELD)
    report = await house.held("CRA")
    await house.two.confirm(report, ADA, "the leader sat")
    rejected = await house.two.reject(report, ADA, "it was another hall")
    await house.two.undo(rejected.number, ADA, "it is ours to decide")
    assert (await house.desk.foresee([report]))[report].proposed_by is None
    assert (await house.two.confirm(report, BEN, "I heard it")).proposed
    assert house.control("CRA") is None


async def test_the_same_refusal_is_written_down_once_a_minute(house: House) -> None:
    eve = Editor("Eve", 3)
    for _ in range(5):
        await house.desk.refused(eve, "/desk pause")
    await house.desk.refused(eve, "/desk log")
    await house.desk.refused(BEN, "/desk pause")
    assert [one.times for one in house.reader.desk_refusals(9)] == [1, 1, 1]
    await house.clock.move_to(house.clock.now() + timedelta(minutes=1))
    await house.desk.refused(eve, "/desk pause")
    first, *_ = house.reader.desk_refusals(9)
    assert (first.last.who, first.times) == ("Eve", 2)
    await house.clock.move_to(house.clock.now() + timedelta(hours=1))
    await house.desk.refused(eve, "/desk pause")
    assert [one.times for one in house.reader.desk_refusals(1)] == [1]
    assert house.reader.desk_log(9) == []


async def heard(
    house: House, council: Council, control: Control, seats: dict[str, int], why: str = "heard"
) -> None:
    """Let the desk say a council's result, seats and all."""
    await house.desk.say(
        DeskAction.RESULT, NIGHT, council, ADA, why, control=control, seats=Composition(seats)
    )


async def test_a_result_of_the_desk_is_claimed_at_once(house: House) -> None:
    seats = Composition({"LD": 29, "Lab": 28})
    done = await house.desk.say(
        DeskAction.RESULT, NIGHT, HULL, ADA, "heard in the hall", control=LIBERALS, seats=seats
    )
    assert [claim.version.state for claim in done.claims] == [ClaimState.DECLARED]
    assert done.warnings == ()
    hull = house.reader.council(NIGHT, "KHL")
    assert hull is not None
    assert hull.declared is not None
    assert (hull.declared.now, hull.declared.basis) == (seats, Basis.DESK)
    with pytest.raises(DeskError, match="/desk correct"):
        await house.desk.say(DeskAction.RESULT, NIGHT, HULL, ADA, "again", control=NOC)


async def test_a_size_that_is_not_the_councils_is_refused(house: House) -> None:
    with pytest.raises(DeskError, match="add up to 56, but Kingston upon Hull has 57"):
        await heard(house, HULL, LIBERALS, {"LD": 29, "Lab": 27})
    assert house.reader.desk_log(9) == []


def _entries(path: Path) -> int:
    with closing(open_for_reading(path)) as db:
        (entries,) = db.execute("SELECT count(*) FROM journal").fetchone()
    return int(entries)


async def test_a_preview_leaves_nothing_in_the_journal(house: House) -> None:
    seats = Composition({"LD": 29, "Lab": 28})
    before = _entries(house.path)
    would = await house.desk.say(
        DeskAction.RESULT, NIGHT, HULL, ADA, "heard", control=LIBERALS, seats=seats, preview=True
    )
    assert [claim.version.state for claim in would.claims] == [ClaimState.DECLARED]
    assert _entries(house.path) == before
    assert house.reader.desk_log(9) == []


@pytest.mark.parametrize(
    ("control", "seats", "sentence"),
    [
        (NOC, {"LD": 29, "Lab": 28}, "Those seats give Liberal Democrat, not no overall control"),
        (LABOUR, {"LD": 28, "Lab": 28, "Ind": 1}, "give no overall control, not Labour"),
        (LABOUR, None, "say them with the option `seats`"),
    ],
)
async def test_seats_and_control_have_to_agree(
    house: House, control: Control, seats: dict[str, int] | None, sentence: str
) -> None:
    given = None if seats is None else Composition(seats)
    with pytest.raises(DeskError, match=sentence):
        await house.desk.say(
            DeskAction.RESULT, NIGHT, HULL, ADA, "heard", control=control, seats=given
        )
    assert house.control("KHL") is None
    assert house.reader.desk_log(9) == []


async def test_the_desk_may_go_by_filled_seats_and_call_independents_no_one_party(
    house: House,
) -> None:
    await heard(house, CRAWLEY, LABOUR, {"Lab": 18, "Con": 17, "Vac": 1}, why="as newsrooms count")
    await heard(house, WORCESTER, NOC, {"Ind": 20, "Con": 15}, why="no one party")
    assert (house.control("CRA"), house.control("WOR")) == (LABOUR, NOC)


async def test_an_override_pins_until_a_contradicting_revision_comes_to_the_queue(
    house: House,
) -> None:
    await house.hears(HULL_TO_LD)
    with pytest.raises(DeskError, match="`/desk result` enters a result"):
        await house.desk.say(DeskAction.CORRECT, NIGHT, WORCESTER, ADA, "?", control=NOC)
    done = await house.desk.say(
        DeskAction.CORRECT,
        NIGHT,
        HULL,
        ADA,
        "one seat was misread",
        control=NOC,
        seats=Composition({"LD": 28, "Lab": 28, "Ind": 1}),
    )
    assert [claim.version.state for claim in done.claims] == [ClaimState.CORRECTED]
    agreeing = council_result("KHL", {"LD": 28, "Lab": 28, "Ind": 1}, revision=2)
    contradicting = council_result("KHL", {"LD": 29, "Lab": 28}, revision=3)
    await house.hears(agreeing)
    assert house.reader.queue(NIGHT).held == ()
    await house.hears(contradicting)
    (held,) = house.reader.queue(NIGHT).held
    assert "it contradicts the desk's word of" in held.held.reasons[0]
    assert house.control("KHL") == NOC
    await house.desk.confirm(held.held.report_id, BEN, "the count was checked")
    assert house.control("KHL") == LIBERALS
    assert house.states("KHL") == [
        ClaimState.DECLARED,
        ClaimState.CORRECTED,
        ClaimState.CORRECTED,
    ]


async def test_seats_of_the_report_that_agreed_stay_under_the_desks_word(house: House) -> None:
    await house.hears(CRAWLEY_HELD)
    await house.desk.confirm(await house.held("CRA"), ADA, "so they say")
    agreeing = house.reader.council(NIGHT, "CRA")
    await house.desk.say(DeskAction.CORRECT, NIGHT, CRAWLEY, ADA, "pinned", control=LABOUR)
    await house.hears(council_result("CRA", {"Lab": 17, "Con": 19}, revision=2))
    pinned = house.reader.council(NIGHT, "CRA")
    assert agreeing is not None
    assert pinned is not None
    assert agreeing.declared is not None
    assert pinned.declared is not None
    assert pinned.declared.now == agreeing.declared.now
    assert len(pinned.awaiting_desk) == 1
    assert house.states("CRA") == [ClaimState.DECLARED]


async def test_what_the_desk_takes_back_is_retracted_and_undone_again(house: House) -> None:
    await house.hears(HULL_TO_LD)
    done = await house.desk.say(DeskAction.RETRACT, NIGHT, HULL, ADA, "the hall denies it")
    assert house.control("KHL") is None
    undone = await house.desk.undo(done.number, BEN, "the hall confirms it")
    assert house.control("KHL") == LIBERALS
    assert house.states("KHL") == [
        ClaimState.DECLARED,
        ClaimState.RETRACTED,
        ClaimState.DECLARED,
    ]
    with pytest.raises(DeskError, match=f"undone already, by action {undone.number}"):
        await house.desk.undo(done.number, ADA, "again")
    with pytest.raises(DeskError, match="cannot be undone"):
        await house.desk.undo(undone.number, ADA, "again")
    with pytest.raises(DeskError, match="no action 9999"):
        await house.desk.undo(9999, ADA, "what?")


async def test_a_word_that_is_undone_gives_way_to_the_one_before_it(house: House) -> None:
    said = {LIBERALS: {"LD": 29, "Lab": 28}, NOC: {"LD": 28, "Lab": 28, "Ind": 1}}
    await heard(house, HULL, LIBERALS, said[LIBERALS])
    second = await house.desk.say(
        DeskAction.CORRECT, NIGHT, HULL, ADA, "misheard", control=NOC, seats=Composition(said[NOC])
    )
    assert house.control("KHL") == NOC
    await house.desk.undo(second.number, ADA, "heard well")
    assert house.control("KHL") == LIBERALS


async def test_a_council_of_which_nothing_is_known_is_declared_and_undone(house: House) -> None:
    newshire = COUNCILS.resolve("Newshire", NIGHT)
    seats = Composition({"Lab": 30, "Con": 20, "Vac": 1})
    said: dict[str, Any] = {"control": LABOUR, "seats": seats, "before": NOC}
    shown = await house.desk.say(DeskAction.RESULT, NIGHT, newshire, ADA, "?", **said, preview=True)
    assert "check the spelling" in shown.warnings[0]
    assert house.reader.council(NIGHT, newshire.code) is None
    done = await house.desk.say(DeskAction.RESULT, NIGHT, newshire, ADA, "it says so", **said)
    standing = house.reader.council(NIGHT, newshire.code)
    assert standing is not None
    assert (standing.council.name, standing.before) == ("Newshire", NOC)
    assert standing.declared is not None
    assert standing.declared.outcome is Outcome.GAIN_FROM_NOC
    assert house.states(newshire.code) == [ClaimState.DECLARED]
    with pytest.raises(DeskError, match="has a result"):
        await house.desk.say(DeskAction.RESULT, NIGHT, newshire, BEN, "again", **said)
    said["before"] = LABOUR
    more = await house.desk.say(DeskAction.CORRECT, NIGHT, newshire, BEN, "a hold", **said)
    standing = house.reader.council(NIGHT, newshire.code)
    assert standing is not None
    assert standing.declared is not None
    assert standing.declared.outcome is Outcome.HOLD
    for number in (more.number, done.number):
        await house.desk.undo(number, BEN, "it was another night")
    assert house.states(newshire.code)[-1] is ClaimState.RETRACTED


async def test_what_is_not_known_of_before_is_completed_by_the_desk(house: House) -> None:
    newshire = COUNCILS.resolve("Newshire", NIGHT)
    said: dict[str, Any] = {"control": LABOUR, "seats": Composition({"Lab": 30, "Con": 20})}
    await house.desk.say(DeskAction.RESULT, NIGHT, newshire, ADA, "it says so", **said)
    standing = house.reader.council(NIGHT, newshire.code)
    assert standing is not None
    assert standing.declared is not None
    assert standing.declared.outcome is Outcome.BEFORE_NOT_KNOWN
    await house.desk.say(DeskAction.CORRECT, NIGHT, newshire, BEN, "?", **said, before=LABOUR)
    assert house.states(newshire.code) == [ClaimState.DECLARED, ClaimState.COMPLETED]


async def test_who_had_control_by_the_sheet_counts_once_the_sheet_is_settled(house: House) -> None:
    """What it says beside other sources must not correct a claim at the first fetch."""
    body = b"council,party,seats_now,before\nWorcester,Con,20,Lab\nWorcester,Lab,15,\n"
    for _ in range(2):
        at = house.clock.now()
        sheet = read("desk_sheet", f"desk_sheet_{NIGHT}.csv", body, at)
        await house.ingest.file(Fetch("desk_sheet", (sheet,), {}))
        await house.clock.move_to(at + timedelta(minutes=1))
        standing = house.reader.council(NIGHT, "WOR")
        assert standing is not None
        assert standing.before == (LABOUR if house.states("WOR") else Control("Con"))
    assert house.states("WOR") == [ClaimState.DECLARED]


async def test_a_council_that_no_table_has_voting_is_declared_with_a_warning(house: House) -> None:
    worthing = COUNCILS.get("WTH")
    said: dict[str, Any] = {
        "control": LABOUR,
        "seats": Composition({"Lab": 20, "Con": 17}),
        "before": NOC,
    }
    done = await house.desk.say(DeskAction.RESULT, NIGHT, worthing, ADA, "a recount", **said)
    assert "have Worthing voting" in done.warnings[0]
    assert house.control("WTH") == LABOUR


async def test_nobody_controlled_a_new_council_before(house: House) -> None:
    report = council_result("KHL", {"LD": 29, "Lab": 27, "Ind": 1})
    await house.hears(replace(report, council=replace(report.council, new_council=True)))
    with pytest.raises(DeskError, match="elected for the first time"):
        await house.desk.say(
            DeskAction.CORRECT, NIGHT, HULL, ADA, "?", control=LIBERALS, before=LABOUR
        )


async def test_a_note_is_shown_and_counts_in_no_total(house: House) -> None:
    worthing = COUNCILS.get("WTH")
    with pytest.raises(DeskError, match="No report gives the seats"):
        await house.desk.say(DeskAction.RESULT, NIGHT, worthing, ADA, "?", control=LABOUR)
    with pytest.raises(DeskError, match="Those seats give"):
        await house.desk.note(
            NIGHT, worthing, "?", ADA, control=NOC, seats=Composition({"Lab": 20, "Con": 17})
        )
    done = await house.desk.note(
        NIGHT,
        worthing,
        "Three councillors have left the Conservatives.",
        ADA,
        control=NOC,
        seats=Composition({"Con": 18, "Lab": 16, "Ind": 3}),
    )
    ((about, note),) = house.reader.desk_notes(NIGHT)
    assert about == worthing
    assert (note.text, note.control) == ("Three councillors have left the Conservatives.", NOC)
    assert note.seats == Composition({"Con": 18, "Lab": 16, "Ind": 3})
    assert house.reader.council(NIGHT, "WTH") is None
    assert not house.reader.claims(NIGHT)
    await house.desk.undo(done.number, ADA, "they are back")
    assert house.reader.desk_notes(NIGHT) == []


async def test_differences_are_explained_until_that_is_undone(house: House) -> None:
    with pytest.raises(DeskError, match="nothing to explain"):
        await house.desk.explain(NIGHT, (), ADA, "?")
    done = await house.desk.explain(NIGHT, ("Labour: seats won 3 by PA, 2 here",), ADA, "lag")
    assert house.reader.explained(NIGHT) == {"Labour: seats won 3 by PA, 2 here"}
    await house.desk.undo(done.number, ADA, "no lag")
    assert house.reader.explained(NIGHT) == set()


async def test_alerts_are_paused_once_and_resumed_once(house: House) -> None:
    with pytest.raises(DeskError, match="not paused"):
        await house.desk.resume(ADA, "?")
    done = await house.desk.pause(ADA, "something is wrong")
    paused = house.reader.desk_pause()
    assert paused is not None
    assert (paused.who, paused.why) == ("Ada", "something is wrong")
    with pytest.raises(DeskError, match="Ada paused alerts"):
        await house.desk.pause(BEN, "?")
    with pytest.raises(DeskError, match="do the opposite"):
        await house.desk.undo(done.number, BEN, "?")
    await house.desk.resume(BEN, "it was nothing")
    assert house.reader.desk_pause() is None


async def test_who_is_not_the_desk_is_written_down(house: House) -> None:
    await house.desk.refused(Editor("Eve", 666), "/desk pause in server 7")
    (refused,) = house.reader.desk_refusals(9)
    record = refused.last
    assert (record.action, record.who, record.person) == (DeskAction.REFUSED, "Eve", 666)
    assert record.why == "/desk pause in server 7"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, []),
        ({"desk_guild": 1, "desk_role": 2}, [(True, "it is set up.")]),
        ({"desk_guild": 1}, [(False, "ELECTION_NIGHT_DESK_ROLE not set, so there is none.")]),
        (
            {"desk_channel": 3},
            [
                (
                    False,
                    "ELECTION_NIGHT_DESK_GUILD and ELECTION_NIGHT_DESK_ROLE not set, so there is "
                    "none.",
                )
            ],
        ),
    ],
)
def test_the_doctor_names_a_desk_that_is_half_set_up(
    settings: dict[str, int], said: list[tuple[bool, str]]
) -> None:
    findings = desk_findings(Settings(**settings))
    assert [(finding.well, finding.text) for finding in findings] == said


def test_the_documentation_has_every_check_with_what_it_does_and_why() -> None:
    text = (Path(__file__).parents[1] / "docs" / "desk.md").read_text()
    rows = re.findall(r"^\| ([^|]+) \| (holds|warns) \| ([^|]+) \|$", text, re.MULTILINE)
    every = (*CHECKS, *WARD_CHECKS, *BALLOT_CHECKS)
    assert rows == [(check.name, "holds" if check.holds else "warns", check.why) for check in every]


def test_the_documentation_has_every_command_of_the_desk() -> None:
    text = (Path(__file__).parents[1] / "docs" / "desk.md").read_text()
    commands = {command.name for command in DeskCog.__cog_app_commands__}
    assert commands <= set(re.findall(r"`/desk ([a-z]+)`", text))


async def test_what_waits_for_the_desk(house: House) -> None:
    await house.hears(CRAWLEY_HELD)
    queue = house.reader.queue(NIGHT)
    assert [one.subject.code for one in queue.held] == ["CRA"]
    assert queue.differing == ()
    (report,) = house.reader.untold(NIGHT, 5)

    def tell(tx: Transaction) -> None:
        now = house.clock.now()
        post = tx.append(PostSealed(5, 1, "nonce", "{}", (), 2, 0, purpose=Purpose.DESK), now)
        tx.append(DeskTold(post, (report.held.report_id,)), now)

    await house.desk._writer.transact(tell)
    assert house.reader.untold(NIGHT, 5) == []
