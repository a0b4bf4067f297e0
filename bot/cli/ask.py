"""`ask`: one question at the terminal, answered by the same cogs as on Discord."""

from __future__ import annotations

from bot.clock import RealClock
from bot.election.almanac import Almanac
from bot.questions import CannotAnswer
from bot.services import Services
from bot.settings import Settings
from bot.store.reader import Reader
from bot.terminal import answer_at_terminal


async def ask(question: str, settings: Settings, almanac: Almanac) -> int:
    """Print the answer; return 0, or 2 for a question that cannot be answered as it was put.

    Raises `StoreError` where there is no database to answer from.
    """
    with Reader(settings.database, almanac) as reader:
        services = Services(settings=settings, clock=RealClock(), almanac=almanac, reader=reader)
        try:
            print(await answer_at_terminal(services, question))  # noqa: T201
        except CannotAnswer as refusal:
            print(refusal)  # noqa: T201
            return 2
    return 0
