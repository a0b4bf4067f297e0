"""When a new session may begin: never more often than Discord allows."""

from __future__ import annotations

import pytest

from bot.chat.sessions import Allowance, SessionStarts

DAY = 86_400.0


class Discord:
    """Counts the sessions of a day that begin by the test's own clock."""

    def __init__(self, total: int = 1_000) -> None:
        self.now = 0.0
        self.total = total
        self.begun: list[float] = []
        self.starts = SessionStarts(now=lambda: self.now, sleep=self._sleep)
        self.silent = False

    async def _sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds

    async def _ask(self) -> Allowance | None:
        if self.silent:
            return None
        today = [at for at in self.begun if at // DAY == self.now // DAY]
        return Allowance(self.total, self.total - len(today), DAY - self.now % DAY)

    async def begin(self, shard: int = 0) -> float:
        """Begin a session and return how long it had to wait."""
        asked = self.now
        await self.starts.turn(shard, self._ask)
        self.begun.append(self.now)
        return self.now - asked


async def test_the_first_session_and_one_after_a_long_one_begin_at_once() -> None:
    discord = Discord()
    assert await discord.begin() == 0
    discord.now += 3_600
    assert await discord.begin() == 0


async def test_shards_begin_five_seconds_apart_without_a_back_off() -> None:
    discord = Discord()
    assert [await discord.begin(shard) for shard in range(6)] == [0, 5, 5, 5, 5, 5]


async def test_sessions_that_end_at_once_wait_longer_and_longer() -> None:
    discord = Discord()
    waits = [await discord.begin() for _ in range(12)]
    assert waits[:2] == [0, 5]
    for wait, least in zip(waits[2:], [10, 20, 40, 80, 160, *[300] * 5], strict=True):
        assert least <= wait <= 1.25 * least


@pytest.mark.parametrize("lasting", [0.0, 30.0, 400.0])
@pytest.mark.parametrize("total", [1_000, 40])
async def test_a_storm_of_days_never_begins_more_sessions_than_a_day_has(
    lasting: float, total: int
) -> None:
    discord = Discord(total)
    while discord.now < 3 * DAY:
        await discord.begin()
        discord.now += lasting
    for day in range(3):
        assert sum(at // DAY == day for at in discord.begun) <= total
    assert discord.begun[-1] > 2 * DAY


async def test_resuming_that_fails_at_once_waits_longer_and_longer() -> None:
    discord = Discord()
    waits = []
    for _ in range(10):
        asked = discord.now
        await discord.starts.resume(0)
        waits.append(discord.now - asked)
    assert waits[:2] == [0, 0]
    for wait, least in zip(waits[2:], [1, 2, 4, 8, 16, 32, 60, 60], strict=True):
        assert least <= wait <= 1.25 * least
    discord.now += 3_600
    await discord.starts.resume(0)
    assert discord.now - asked >= 3_600


async def test_where_discord_does_not_say_the_back_off_holds_alone() -> None:
    discord = Discord()
    discord.silent = True
    while discord.now < DAY:
        await discord.begin()
    assert len(discord.begun) < 400


def test_a_limit_is_read_as_discord_writes_it() -> None:
    told = {"total": 1_000, "remaining": 7, "reset_after": 14_400_000, "max_concurrency": 1}
    assert Allowance.told(told) == Allowance(1_000, 7, 14_400.0)
