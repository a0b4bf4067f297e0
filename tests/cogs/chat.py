"""The bot in a sandbox, with a small night in its store."""

from datetime import datetime
from typing import Any

from bot.clock import LONDON, SteppedClock
from bot.services import Services
from bot.settings import Settings
from bot.tables import load_almanac


def services_for(api: str, reader: Any = None, subscriptions: Any = None) -> Services:
    return Services(
        Settings(discord_api=api),
        SteppedClock(datetime(2022, 5, 6, 2, 40, tzinfo=LONDON)),
        load_almanac(),
        reader,
        subscriptions,
    )
