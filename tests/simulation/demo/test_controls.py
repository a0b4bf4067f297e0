"""The control bar's hands on a replayed night: the real bot, its feeds and a Discord behind."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.election.case_file import VerdictStatus
from simulation.discord import Reply
from simulation.discord.page.controls import ControlRefused, NightControls
from tests.cogs.chat import buttons
from tests.support.night_at_hand import NIGHT, AtHand, at, night_at_hand

WORCESTER = "Conservatives lose Worcester to no overall control"
HULL = "Lib Dems gain Kingston upon Hull from Labour"
CRAWLEY = "Labour gain Crawley from no overall control"
SOUTHAMPTON = "Labour gain Southampton from Conservatives"


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[AtHand]:
    async with night_at_hand(tmp_path) as night:
        yield night


def documents(night: AtHand, status: VerdictStatus) -> int:
    return night.app.services.reader.documents().counts[status]


async def test_a_jump_tells_everything_in_its_order(night: AtHand) -> None:
    controls: NightControls = night.controls
    posted: list[tuple[datetime, str]] = []
    night.sandbox.world.listen(
        lambda event: (
            posted.append((night.replay.clock.now(), event.subject.embeds[0]["title"]))
            if event.name == "MESSAGE_CREATE" and event.subject.channel.name == "changes-of-hands"
            else None
        )
    )
    seen: list[str] = []

    async def watch() -> None:
        while True:
            seen.append(controls.state().status)
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(watch())
    await controls.jump(at(6, 5, 10))
    watching.cancel()
    assert night.titles() == [WORCESTER, HULL, SOUTHAMPTON]
    # Each is told at its own time: with its last ward, before the wire has the result.
    assert posted == [
        (at(6, 1, 29), WORCESTER), (at(6, 2, 32), HULL), (at(6, 4, 59), SOUTHAMPTON),
    ]  # fmt: skip
    on_the_way = [line for line in seen if line.endswith("on the way to 05:10 on Friday")]
    declared = [int(line.split(" of ")[0]) for line in on_the_way]
    assert declared == sorted(declared)
    assert set(declared) >= {0, 1, 2, 3}
    state = controls.state()
    assert state.status == "4 of 200 councils declared, 3 changes of hands"
    assert state.now >= at(6, 5, 10)
    counts = await night.app.alerts.counts()
    assert counts.lost == 0
    assert night.chat.repeated() == 0


async def test_the_night_never_goes_back_and_goes_to_one_place_at_a_time(night: AtHand) -> None:
    jumping = asyncio.create_task(night.controls.jump(at(6, 3)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(ControlRefused, match="on its way to 03:00 on Friday"):
        await night.controls.jump(at(6, 4))
    with pytest.raises(ControlRefused, match="on its way"):
        await night.controls.inject("duplicate")
    await jumping
    with pytest.raises(ControlRefused, match="already, and the night never goes back"):
        await night.controls.jump(at(6, 2))
    assert at(6, 3) <= night.controls.state().now < at(6, 3, 1)


async def test_a_jump_goes_on_when_nobody_waits_for_it_and_stops_where_it_is_paused(
    night: AtHand,
) -> None:
    jumping = asyncio.create_task(night.controls.jump(at(7, 12)))
    await night.until(lambda: night.control("HAL"))
    jumping.cancel()
    await night.until(lambda: night.control("WOC"))
    await night.controls.pause()
    await night.until(lambda: night.replay.heading_for is None)
    stood = night.controls.state()
    assert stood.paused
    assert stood.now < at(6, 12)
    await asyncio.sleep(0.1)
    assert night.controls.state().now == stood.now


async def test_as_fast_as_it_goes_until_another_speed_is_set(night: AtHand) -> None:
    await night.controls.set_speed(math.inf)
    assert night.controls.state().speed == math.inf
    assert not night.controls.state().paused
    await night.until(lambda: night.control("WOC"))
    await night.controls.set_speed(2)
    await night.until(lambda: night.replay.heading_for is None)
    state = night.controls.state()
    assert (state.speed, state.paused, state.ended) == (2, False, False)
    assert state.now < at(6, 12)
    later = night.controls.state().now
    await asyncio.sleep(0.05)
    assert night.controls.state().now > later


@pytest.mark.parametrize("speed", [0, -5, 1e9, math.nan])
async def test_a_speed_that_cannot_be(night: AtHand, speed: float) -> None:
    with pytest.raises(ControlRefused, match=r"from 0\.1 to 3600"):
        await night.controls.set_speed(speed)


async def test_a_paused_night_stands_and_goes_on_with_its_feeds(night: AtHand) -> None:
    await night.controls.jump(at(6, 2, 30))
    stood = night.controls.state().now
    await asyncio.sleep(0.1)
    assert night.controls.state().now == stood
    await night.controls.set_speed(600)
    await night.controls.resume()
    await night.until(lambda: HULL in night.titles())
    assert night.controls.state().now < at(6, 3)


async def test_what_is_worth_jumping_to(night: AtHand) -> None:
    jumps = night.controls.jumps
    assert [(jump.label, jump.at) for jump in jumps] == [
        ("Polls close", at(5, 22)),
        ("First result", at(6, 0, 4)),
        ("02:30", at(6, 2, 30)),
        ("06:00", at(6, 6)),
        ("Morning", at(6, 9)),
        ("Crawley is held", at(6, 13)),
        ("Friday afternoon", at(6, 15)),
        ("The end", at(7, 17)),
    ]
    assert all(earlier.at < later.at for earlier, later in pairwise(jumps))


async def test_a_corrected_result_is_struck_corrected_and_put_right(night: AtHand) -> None:
    await night.controls.jump(at(6, 3))
    assert night.titles("hull") == [HULL]
    await night.controls.inject("correction")
    assert night.control("KHL") == "NOC"
    struck, correction = night.titles("hull")
    assert HULL in struck
    assert struck != HULL
    assert correction.startswith("CORRECTION")
    assert "corrects Kingston-upon-Hull wrongly" in night.controls.state().status
    await night.controls.jump(at(6, 3, 30))
    assert night.control("KHL") == "LD"
    first, between, last = night.titles("hull")
    assert first == HULL  # which stands after all
    assert between == f"WITHDRAWN: ~~{correction}~~"
    assert last == f"CORRECTION: {HULL}"
    assert night.controls.state().status == "3 of 200 councils declared, 2 changes of hands"


async def test_winners_entered_too_early_are_told_and_retracted(night: AtHand) -> None:
    await night.controls.jump(at(6, 3))
    before = len(night.titles())
    await night.controls.inject("retraction")
    assert night.control("STH") == "Lab"
    assert night.titles()[-1] == SOUTHAMPTON
    await night.controls.jump(at(6, 3, 10))
    assert night.control("STH") is None
    assert len(night.titles()) == before + 2
    assert night.titles()[-1].startswith("RETRACTION: the result reported for Southampton")
    assert SOUTHAMPTON in night.titles()[-2] != SOUTHAMPTON
    await night.controls.jump(at(6, 5, 10))
    assert night.control("STH") == "Lab"
    assert night.titles()[-1] == SOUTHAMPTON


async def test_a_broken_document_is_rejected_and_what_was_told_stands(night: AtHand) -> None:
    await night.controls.jump(at(6, 3))
    told, rejected = night.titles(), night.app.services.reader.documents().rejected
    assert rejected == ()
    await night.controls.inject("broken")
    (problem,) = night.app.services.reader.documents().rejected
    assert "Kingston_upon_Hull" in problem.document
    await night.controls.jump(at(6, 3, 10))
    assert (night.titles(), night.control("KHL")) == (told, "LD")


async def test_a_document_that_comes_twice_is_told_once(night: AtHand) -> None:
    await night.controls.jump(at(6, 3))
    told, before = night.titles(), documents(night, VerdictStatus.DUPLICATE)
    await night.controls.inject("duplicate")
    assert documents(night, VerdictStatus.DUPLICATE) == before + 1
    assert night.titles() == told


async def test_while_the_wire_is_out_the_bot_knows_and_hears_it_all_afterwards(
    night: AtHand,
) -> None:
    await night.controls.jump(at(6, 2, 33))
    await night.controls.inject("outage")
    (wire, ballots, _) = (poller.health for poller in night.app.pollers)
    assert wire.trouble is not None
    assert "503" in wire.trouble
    assert ballots.trouble is None
    with pytest.raises(ControlRefused, match="out already"):
        await night.controls.inject("outage")
    await night.controls.jump(at(6, 2, 36))
    standing = night.app.services.reader.council(NIGHT, "KHL")
    assert standing is not None
    assert standing.declared is not None
    assert standing.declared.source.feed == "democracy_club"
    await night.controls.jump(at(6, 2, 40))
    assert night.app.pollers[0].health.trouble is None
    standing = night.app.services.reader.council(NIGHT, "KHL")
    assert standing is not None
    assert standing.declared is not None
    assert standing.declared.source.feed == "pa"


async def test_nothing_is_injected_where_there_is_nothing_to_do_it_to(night: AtHand) -> None:
    await night.controls.jump(at(5, 22, 30))
    for key in ("correction", "broken", "duplicate"):
        with pytest.raises(ControlRefused, match=r"jump to (one|the first one)\."):
            await night.controls.inject(key)
    with pytest.raises(ControlRefused, match="nothing of that name"):
        await night.controls.inject("earthquake")


def decided(night: AtHand) -> list[tuple[str, str]]:
    return [(one.who, str(one.action)) for one in night.app.services.reader.desk_log(10)]


async def test_the_visitor_decides_crawley_at_the_desk(night: AtHand) -> None:
    await night.controls.jump(at(6, 13))
    channel, dana = night.chat.desk_channel, night.chat.editors[0]
    await night.until(lambda: channel.messages)
    await night.controls.jump(at(6, 15))
    assert night.control("CRW") is None
    await night.until(lambda: len(channel.messages) == 2)
    asked, held = channel.messages  # the wards leave Crawley open before its result is held
    assert not asked.components
    (confirm,) = (
        button["custom_id"]
        for row in held.components
        for button in row["components"]
        if button.get("label", "").startswith("Confirm")
    )
    modal = await night.sandbox.press(dana, held, confirm)
    done: Reply = await night.sandbox.submit_modal(dana, modal, {"why": "Reported everywhere."})
    assert not done.failure
    await night.until(lambda: CRAWLEY in night.titles())
    await night.until(lambda: not held.components)
    await night.controls.jump(at(6, 18))
    assert decided(night) == [("Dana", "confirm")]
    assert night.titles().count(CRAWLEY) == 1


async def test_the_recorded_desk_decides_when_no_visitor_has(night: AtHand) -> None:
    await night.controls.jump(at(6, 17, 5))
    assert decided(night) == []
    assert night.control("CRW") is None
    await night.controls.jump(at(6, 18))
    assert decided(night) == [("desk (recorded)", "confirm")]
    assert night.titles()[-1] == CRAWLEY


async def test_after_the_end_the_page_stays_and_the_night_goes_on_for_an_injection(
    night: AtHand,
) -> None:
    await night.controls.jump(night.controls.jumps[-1].at)
    state, aspire = night.controls.state(), night.control("TWH")
    assert (state.ended, state.paused) == (True, False)
    assert state.status.endswith("the night is over")
    await night.until(lambda: night.words("summary"))
    summaries = len(night.channel("summary").messages)
    for act in (night.controls.pause, night.controls.resume):
        with pytest.raises(ControlRefused, match="The night is over"):
            await act()
    with pytest.raises(ControlRefused, match="nothing is left to enter too early"):
        await night.controls.inject("retraction")
    await night.controls.inject("correction")
    assert not night.controls.state().ended
    assert night.controls.state().now > state.now
    assert night.control("TWH") != aspire
    await night.controls.set_speed(3600)
    await night.until(lambda: night.controls.state().ended)
    assert night.controls.state().now >= state.now + timedelta(minutes=20)
    assert night.control("TWH") == aspire
    assert len(night.channel("summary").messages) == summaries
    counts = await night.app.alerts.counts()
    assert counts.lost == 0


async def test_it_stops_where_it_was_told_to(tmp_path: Path) -> None:
    async with night_at_hand(tmp_path, until=at(6, 2), speed=3600) as night:
        await night.controls.resume()
        await night.until(lambda: night.controls.state().ended)
        assert night.titles() == [WORCESTER]
        assert night.controls.jumps[-1].at == at(6, 2)


async def test_the_bot_comes_back_when_its_client_has_ended(night: AtHand) -> None:
    await night.controls.jump(at(6, 2, 30))
    first = night.app.client
    await night.controls.inject("restart")
    await night.until(lambda: night.app.client is not first and night.app.client.is_ready())
    await night.controls.jump(at(6, 3))
    assert night.titles() == [WORCESTER, HULL]
    reply = await night.sandbox.slash(
        night.chat.reader, night.channel("hull"), "council", {"name": "Hull"}
    )
    assert reply.failure is None
    assert "29 of 57" in str(reply.message.embeds)
    assert buttons(reply)
