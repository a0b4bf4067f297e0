"""The tables that the product ships, read once for all tests of a process."""

from __future__ import annotations

from functools import cache

from bot.almanac.tables import load_almanac
from bot.election.almanac import Almanac


@cache
def shipped() -> Almanac:
    """Return the project's own tables. They take a second to read, and nothing changes them."""
    return load_almanac()
