"""References as people type them, references of boards and lists, and links to messages.

How a delivery's reference is made is in `bot.store.references`.
"""

from __future__ import annotations

import re

from bot.store.codec import Row
from bot.store.references import LENGTH, LETTERS, PREFIX

_MISREAD = str.maketrans("ILO", "110")
BOARD = "BD-"
"""The prefix of a board's reference, which encodes the board's id."""
LIST = "WL-"
"""The prefix of a shared list's code, which encodes the list's id."""
_SHORTEST = 5
_SPACE: int = len(LETTERS) ** _SHORTEST
_FACTOR = 20_544_717
"""Odd, so that no two numbers below `_SPACE` get the same reference."""
LONGEST = len(PREFIX) + LENGTH
"""The number of characters of a delivery's reference."""
_REFERENCE = re.compile(rf"{PREFIX}[{LETTERS}]{{{LENGTH}}}$")


def reference_of(number: int, prefix: str) -> str:
    """Return the reference of a *number*: five letters, more beyond 33 million.

    It only encodes the number, so that neighbouring numbers do not look alike.
    """
    round_, place = divmod(number, _SPACE)
    scattered = round_ * _SPACE + place * _FACTOR % _SPACE
    letters = ""
    while scattered:
        scattered, letter = divmod(scattered, len(LETTERS))
        letters = LETTERS[letter] + letters
    return prefix + letters.rjust(_SHORTEST, "0")


def message_link(row: Row) -> str:
    """Return the URL of a message from its `guild_id`, `channel_id` and `message_id`."""
    guild = row["guild_id"] or "@me"
    return f"https://discord.com/channels/{guild}/{row['channel_id']}/{row['message_id']}"


def is_board(reference: str) -> bool:
    """Return whether a typed reference is a board's."""
    return reference.strip().upper().startswith(BOARD)


def reference_meant(typed: str) -> str | None:
    """Return the delivery's reference that was *typed*, in any spelling; None if it is none."""
    letters = typed.strip().upper().removeprefix(PREFIX).translate(_MISREAD)
    meant = f"{PREFIX}{letters}"
    return meant if _REFERENCE.fullmatch(meant) else None


def reference_in(text: str) -> str | None:
    """Return the delivery's reference at the end of a footer's *text*, if there is one."""
    found = _REFERENCE.search(text)
    return None if found is None else found[0]
