"""The short reference that every embed ends in: EN-7K3Q2.

It is the delivery's number in other clothes, so that no table is needed to find one from the
other, and neighbouring numbers do not look alike.
"""

from __future__ import annotations

from bot.numbers import HIGHEST

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U to be misread."""
_MISREAD = str.maketrans("ILO", "110")
_PREFIX = "EN-"
BOARD = "BD-"
"""What a board's reference begins with; its number is the board's."""
_LENGTH = 5
_SPACE: int = len(_LETTERS) ** _LENGTH
_FACTOR = 20_544_717
"""Odd, so that multiplying by it within the space can be undone…"""
_UNDO: int = pow(_FACTOR, -1, _SPACE)
"""…by multiplying by this."""
LONGEST = len(_PREFIX) + 13
"""So many characters has the reference of a delivery with that number."""


def reference_of(delivery: int, prefix: str = _PREFIX) -> str:
    """Return a delivery's reference: five letters, more beyond the 33 millionth delivery."""
    round_, place = divmod(delivery, _SPACE)
    scattered = round_ * _SPACE + place * _FACTOR % _SPACE
    letters = ""
    while scattered:
        scattered, letter = divmod(scattered, len(_LETTERS))
        letters = _LETTERS[letter] + letters
    return prefix + letters.rjust(_LENGTH, "0")


def is_board(reference: str) -> bool:
    """Return whether a reference, however it was typed, is a board's."""
    return reference.strip().upper().startswith(BOARD)


def delivery_of(reference: str) -> int | None:
    """Return the delivery that a reference stands for, however it was typed; None if it is none."""
    letters = reference.strip().upper().removeprefix(_PREFIX).translate(_MISREAD)
    if not letters or any(letter not in _LETTERS for letter in letters):
        return None
    number = 0
    for letter in letters:
        number = number * len(_LETTERS) + _LETTERS.index(letter)
    round_, scattered = divmod(number, _SPACE)
    delivery = round_ * _SPACE + scattered * _UNDO % _SPACE
    return delivery if delivery <= HIGHEST else None
