"""A night that runs faster than the wall, is paused, sped up and moved forward."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import ScaledClock, SteppedClock

START = datetime(2022, 5, 5, 21, 0, tzinfo=UTC)


@dataclass
class Wall:
    """A wall clock that is turned by hand."""

    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


async def is_over(waiting: asyncio.Task[None], within: float = 1.0) -> bool:
    done, _ = await asyncio.wait({waiting}, timeout=within)
    return waiting in done


async def test_a_night_that_is_stopped_stands_still() -> None:
    clock = ScaledClock(START, speed=3600)
    await asyncio.sleep(0.005)
    clock.stop()
    stood = clock.now()
    assert stood > START
    await asyncio.sleep(0.005)
    assert clock.now() == stood
    await asyncio.wait_for(clock.sleep(36), 1)


async def test_who_waits_when_the_night_is_stopped_wakes_as_well() -> None:
    clock = ScaledClock(START, speed=3600)
    waiting = asyncio.create_task(clock.sleep(72))
    await asyncio.sleep(0)
    clock.stop()
    assert await is_over(waiting)


async def test_a_stopped_night_goes_on_from_where_it_stood() -> None:
    wall = Wall()
    clock = ScaledClock(START, 10, wall)
    clock.stop()
    wall.seconds += 60
    clock.resume()
    assert clock.now() == START
    wall.seconds += 6
    assert clock.now() == START + timedelta(minutes=1)


async def test_a_night_goes_no_further_than_its_limit_however_late_it_is_asked() -> None:
    wall = Wall()
    clock = ScaledClock(START, 3600, wall)
    clock.limit = limit = START + timedelta(hours=5)
    wall.seconds += 7
    assert clock.now() == limit
    await clock.move_to(limit + timedelta(hours=1))
    clock.pause()
    clock.resume()
    assert clock.now() == limit
    clock.limit = None
    wall.seconds += 1
    assert clock.now() == limit + timedelta(hours=1)


@pytest.mark.parametrize("make", [lambda: ScaledClock(START, 1), lambda: SteppedClock(START)])
async def test_who_waits_a_minute_wakes_when_the_night_jumps_past_it(
    make: Callable[[], ScaledClock],
) -> None:
    clock = make()
    minute, hour = asyncio.create_task(clock.sleep(60)), asyncio.create_task(clock.sleep(3600))
    await asyncio.sleep(0)
    await clock.move_to(START + timedelta(seconds=50))
    assert not await is_over(minute, 0.02)
    await clock.move_to(START + timedelta(minutes=10))
    assert await is_over(minute)
    assert not await is_over(hour, 0.02)
    hour.cancel()


async def test_who_waits_in_a_paused_night_waits_until_it_goes_on() -> None:
    clock = ScaledClock(START, speed=6000)
    waiting = asyncio.create_task(clock.sleep(60))
    await asyncio.sleep(0)
    clock.pause()
    assert not await is_over(waiting, 0.05)
    clock.resume()
    assert await is_over(waiting)


async def test_a_wait_takes_the_speed_that_the_night_has_now() -> None:
    clock = ScaledClock(START, speed=1)
    waiting = asyncio.create_task(clock.sleep(60))
    await asyncio.sleep(0)
    assert not await is_over(waiting, 0.02)
    clock.run_at(60_000)
    assert await is_over(waiting)
    assert clock.now() >= START + timedelta(seconds=60)


def test_a_stepped_night_stands_where_it_starts() -> None:
    assert SteppedClock(START).now() == START


@pytest.mark.parametrize("seconds", [0, -1])
async def test_no_wait_is_still_a_chance_for_the_others(seconds: float) -> None:
    clock, heard = SteppedClock(START), asyncio.Event()
    asyncio.get_running_loop().call_soon(heard.set)
    await clock.sleep(seconds)
    assert heard.is_set()


@pytest.mark.parametrize("speed", [0, -1, float("inf"), float("nan")])
def test_a_speed_that_is_none(speed: float) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        ScaledClock(START, speed)
    clock = ScaledClock(START, 2)
    with pytest.raises(ValueError, match="must be positive"):
        clock.run_at(speed)
    assert clock.speed == 2


ACTS = st.one_of(
    st.sampled_from(["pause", "resume", "stop"]).map(lambda name: (name, 0.0)),
    # Thirty of them stay below a thousand years, which dates can hold.
    st.tuples(st.just("wall"), st.floats(0, 1e4)),
    st.tuples(st.just("run at"), st.floats(1e-3, 1e5)),
    st.tuples(st.just("move"), st.floats(-1e5, 1e5)),
)


@given(st.lists(ACTS, max_size=30))
def test_the_night_never_goes_back_and_is_where_it_was_moved(acts: list[tuple[str, float]]) -> None:
    wall = Wall()
    clock = ScaledClock(START, 1, wall)
    running = True

    async def play() -> None:
        nonlocal running
        times = [clock.now()]
        for act, amount in acts:
            match act:
                case "wall":
                    before = clock.now()
                    wall.seconds += amount
                    assert (clock.now() == before) or running
                case "run at":
                    clock.run_at(amount)
                case "move":
                    moment = times[-1] + timedelta(seconds=amount)
                    await clock.move_to(moment)
                    # To the microsecond: what happens at a moment has to have happened there.
                    assert clock.now() == max(moment, times[-1])
                case _:
                    getattr(clock, act)()
                    running = act == "resume"
            times.append(clock.now())
        assert all(earlier <= later for earlier, later in pairwise(times))

    asyncio.run(play())


@given(st.lists(st.floats(1e-2, 1e4), min_size=1, max_size=20), st.floats(0.1, 1e3))
def test_however_often_it_is_settled_the_night_is_as_long(
    stretches: list[float], speed: float
) -> None:
    wall = Wall(0.0)
    clock = ScaledClock(START, speed, wall)
    for stretch in stretches:
        wall.seconds += stretch
        clock.run_at(speed)
    gone = (clock.now() - START).total_seconds()
    assert gone == pytest.approx(sum(stretches) * speed, abs=1e-4)
