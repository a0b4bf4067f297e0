"""Whose a place is: a channel belongs to one server for good, and a person to themselves."""

from __future__ import annotations

import sqlite3

_KNOWN = """
    SELECT guild_id FROM destinations WHERE id = :place
    UNION ALL SELECT guild_id FROM boards WHERE channel_id = :place
    UNION ALL SELECT guild_id FROM welcomes WHERE channel_id = :place
"""


class NotTheirs(Exception):  # noqa: N818 - a refusal, not an error of the program
    """A place is another's; the message is a sentence for who asked."""


def check_owner(db: sqlite3.Connection, place: int, guild: int | None) -> None:
    """Raise `NotTheirs` where a channel, or without a *guild* a person, is known as another's."""
    if any(owner != guild for (owner,) in db.execute(_KNOWN, {"place": place})):
        raise NotTheirs("That channel is another server's: choose one of this server.")
