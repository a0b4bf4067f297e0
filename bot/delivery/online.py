"""What posting needs of whoever is connected to Discord."""

from __future__ import annotations

from typing import Any, Protocol

from discord.abc import Snowflake
from discord.http import HTTPClient


class Online(Protocol):
    """A connection to Discord: one client, or what outlives one client after another."""

    @property
    def http(self) -> HTTPClient:
        """Discord's REST, logged in."""

    @property
    def user(self) -> Snowflake | None:
        """The bot's own account."""

    def is_ready(self) -> bool:
        """Whether the gateway has told of the servers."""

    def get_guild(self, number: int, /) -> Any:
        """Return a server as the gateway has told of it, None where it has not."""

    def get_channel(self, number: int, /) -> Any:
        """Return a channel as the gateway has told of it, None where it has not."""
