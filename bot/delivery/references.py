"""References as people type them, those of boards and lists, and links to messages.

What a delivery's reference is made from is in `bot.store.references`.
"""

from __future__ import annotations

import re

from bot.store.codec import Row
from bot.store.references import LENGTH, LETTERS, PREFIX

_MISREAD = str.maketrans("ILO", "110")
BOARD = "BD-"
"""What a board's reference begins with; its number is the board's."""
LIST = "WL-"
"""What the word of a shared list begins with; its number is the list's."""
_SHORTEST = 5
_SPACE: int = len(LETTERS) ** _SHORTEST
_FACTOR = 20_544_717
"""Odd, so that no two numbers within the space become the same."""
LONGEST = len(PREFIX) + LENGTH
"""So many characters has the reference of a delivery."""
_REFERENCE = re.compile(rf"{PREFIX}[{LETTERS}]{{{LENGTH}}}$")


def reference_of(number: int, prefix: str) -> str:
    """Return the reference of what has a *number*: five letters, more beyond the 33 millionth.

    It is the number in other clothes: neighbouring numbers do not look alike.
    """
    round_, place = divmod(number, _SPACE)
    scattered = round_ * _SPACE + place * _FACTOR % _SPACE
    letters = ""
    while scattered:
        scattered, letter = divmod(scattered, len(LETTERS))
        letters = LETTERS[letter] + letters
    return prefix + letters.rjust(_SHORTEST, "0")


def message_link(row: Row) -> str:
    """Return the address of a message by its `guild_id`, `channel_id` and `message_id`."""
    guild = row["guild_id"] or "@me"
    return f"https://discord.com/channels/{guild}/{row['channel_id']}/{row['message_id']}"


def is_board(reference: str) -> bool:
    """Return whether a reference, however it was typed, is a board's."""
    return reference.strip().upper().startswith(BOARD)


def reference_meant(typed: str) -> str | None:
    """Return the reference of a delivery that was typed somehow; None if it is none."""
    letters = typed.strip().upper().removeprefix(PREFIX).translate(_MISREAD)
    meant = f"{PREFIX}{letters}"
    return meant if _REFERENCE.fullmatch(meant) else None


def reference_in(text: str) -> str | None:
    """Return the reference of a delivery that a footer's *text* ends in, if it does."""
    found = _REFERENCE.search(text)
    return None if found is None else found[0]
