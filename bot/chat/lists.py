"""Watch lists as readers name them."""

from __future__ import annotations

from bot.chat.questions import CannotAnswer
from bot.chat.services import Services, running
from bot.delivery.watch_lists import Keeper, ListError, WatchList, WatchLists


def lists_here(services: Services) -> WatchLists:
    """Return the lists, to be changed. Raises `CannotAnswer` where this process keeps none."""
    return running(services.lists if isinstance(services.lists, WatchLists) else None)


def list_named(services: Services, keeper: Keeper, name: str) -> WatchList:
    """Return the list that somebody means. Raises `CannotAnswer` with what there is."""
    try:
        return running(services.lists).find(keeper, name)
    except ListError as fault:
        raise CannotAnswer(str(fault)) from None
