"""`run` beside a rehearsal: on the clock that `rehearse` serves, with a database of its own."""

from __future__ import annotations

import contextlib
import time
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp

from bot.cli.replay_files import left_at, mark_replayed
from bot.clock import LONDON, ScaledClock
from bot.settings import SettingError, variable
from bot.store.errors import StoreError
from bot.store.opening import open_for_writing

_TIMEOUT = aiohttp.ClientTimeout(total=10)


async def clock_told_at(url: str) -> ScaledClock:
    """Return a clock that agrees with the one that a rehearsal serves at *url*.

    Raises `SettingError` if there is none.
    """
    asked = time.monotonic()
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session, session.get(url) as answer:
            answer.raise_for_status()
            told = await answer.json()
        answered = time.monotonic()
        now, speed = datetime.fromisoformat(told["now"]), float(told["speed"])
        clock = ScaledClock(now.astimezone(LONDON), speed)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise SettingError(
            f"{variable('clock')} ({url}) does not answer ({error or type(error).__name__}): start "
            "`election-night rehearse` first, or take the setting out for a real night."
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise SettingError(
            f"{variable('clock')} ({url}) tells no clock ({error!r}): use the address that "
            "`election-night rehearse` prints."
        ) from None
    # The answer travelled for half of the time that the request took.
    await clock.move_to(now + timedelta(seconds=(answered - asked) / 2 * speed))
    return clock


def take_for_rehearsal(database: Path, now: datetime) -> None:
    """Mark *database*, created if missing, as a rehearsal's at simulated time *now*.

    Raises `StoreError` for a live file, and for that of a rehearsal that had gone further.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    if database.exists():
        until, ours = left_at(database), f"set {variable('database')}"
        if until is None:
            raise StoreError(
                f"{database} is a live file, which no rehearsal may touch: {ours} to a file of its "
                "own, as `rehearse` prints it."
            )
        if until > now:
            raise StoreError(
                f"{database} is of an earlier rehearsal, which has gone on to "
                f"{until.astimezone(LONDON):%H:%M on %d %B %Y}: remove it, or {ours} to another "
                "file."
            )
    with contextlib.closing(open_for_writing(database)) as db:
        mark_replayed(db.conn, now)
