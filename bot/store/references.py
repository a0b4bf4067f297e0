"""The short reference that every embed of a delivery ends in: EN-7K3Q2M9X.

It is a hash of what is told to whom, not a number: a delivery that is queued again from a restored
copy of the database has the reference that is in the channel already, and no other delivery has
it. Its last letters are a hash of what the claim says, so that a message in a channel shows whether
another version says the same.
"""

from __future__ import annotations

import hashlib

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U to be misread."""
PREFIX = "EN-"
_OF_DELIVERY = 6
_OF_WORDS = 2
LENGTH = _OF_DELIVERY + _OF_WORDS
"""Letters behind the prefix."""


def delivery_reference(
    destination: int, night: str, council: str, subject: str, version: int, *, said: str
) -> str:
    """Return a delivery's reference: a hash of its unique key and of what is *said*."""
    delivery = f"{night}\n{council}\n{subject}\n{version}\n{destination}"
    return f"{PREFIX}{_hashed(delivery, _OF_DELIVERY)}{_hashed(said, _OF_WORDS)}"


def without_words(reference: str) -> str:
    """Return the part of a reference that does not depend on what is said."""
    return reference[:-_OF_WORDS]


def says(reference: str, said: str) -> bool:
    """Return whether a reference was made from what is *said*."""
    return reference.endswith(_hashed(said, _OF_WORDS))


def says_as(one: str, other: str) -> bool:
    """Return whether two references of one claim were made from the same content."""
    return one[-_OF_WORDS:] == other[-_OF_WORDS:]


def _hashed(text: str, letters: int) -> str:
    number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
    found = ""
    for _ in range(letters):
        number, place = divmod(number, len(LETTERS))
        found += LETTERS[place]
    return found
