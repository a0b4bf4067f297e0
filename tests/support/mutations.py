"""Documents that something happened to on their way: what a reader must survive.

`mutant` makes one of a sound document; the same seed makes the same ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random

_JUNK = [b"-", b"null", b"\xff\xfe", b"&x;", b"<", b'"', b"{}", b"\x00", b"\r", b",,,", b"=1+1"]
_NUMBERS = [
    b"-1",
    b"-99999999999999999999",
    b"99999999999999999999",
    b"0",
    b"",
    b"1e9",
    b"3.5",
    b"NaN",
]
_CHARSETS = ["utf-16", "utf-16-be", "utf-32", "cp1252", "cp500", "utf-7", "utf-8-sig"]

_NUMBER = re.compile(rb"\d+")
_VALUE = re.compile(rb"(?<=[\"'>,;])[^\"'<>,;{}\[\]\n]+(?=[\"'<,;\n])")
"""What stands in a document of any of our formats between the marks that separate its fields."""


def mutants(body: bytes, count: int, seed: str) -> Iterator[bytes]:
    """Yield *count* mutants of a sound document."""
    random = Random(seed)
    for _ in range(count):
        yield mutant(body, random)


def mutant(body: bytes, random: Random) -> bytes:
    """Return a document with one to four things gone wrong, each at a random place."""
    for _ in range(random.randint(1, 4)):
        body = random.choice(_KINDS)(body, random)
    return body


def _truncated(body: bytes, random: Random) -> bytes:
    return body[: _place(body, random)]


def _flipped(body: bytes, random: Random) -> bytes:
    changed = bytearray(body or b" ")
    changed[_place(changed, random)] ^= 1 << random.randrange(8)
    return bytes(changed)


def _cut(body: bytes, random: Random) -> bytes:
    place = _place(body, random)
    return body[:place] + body[place + random.randint(1, 60) :]


def _repeated(body: bytes, random: Random) -> bytes:
    place = _place(body, random)
    end = place + random.randint(1, 400)
    return body[:end] + body[place:end] + body[end:]


def _inserted(body: bytes, random: Random) -> bytes:
    place = _place(body, random)
    return body[:place] + random.choice(_JUNK) + body[place:]


def _renumbered(body: bytes, random: Random) -> bytes:
    return _replaced(body, _NUMBER, random.choice(_NUMBERS), random)


def _swapped(body: bytes, random: Random) -> bytes:
    """Return a document two of whose fields have changed places."""
    values = list(_VALUE.finditer(body))
    if len(values) < 2:
        return body
    one, other = sorted(random.sample(values, 2), key=lambda value: value.start())
    return b"".join(
        (
            body[: one.start()],
            other[0],
            body[one.end() : other.start()],
            one[0],
            body[other.end() :],
        )
    )


def _emptied(body: bytes, random: Random) -> bytes:
    return _replaced(body, _VALUE, b"", random)


def _foreign(body: bytes, random: Random) -> bytes:
    """Return a document in another character set than the one that it names."""
    return body.decode("utf-8", "replace").encode(random.choice(_CHARSETS), "replace")


def _replaced(body: bytes, pattern: re.Pattern[bytes], by: bytes, random: Random) -> bytes:
    found = list(pattern.finditer(body))
    if not found:
        return body
    one = random.choice(found)
    return body[: one.start()] + by + body[one.end() :]


def _place(body: bytes | bytearray, random: Random) -> int:
    return random.randrange(len(body) or 1)


_KINDS: list[Callable[[bytes, Random], bytes]] = [
    _truncated,
    _flipped,
    _flipped,
    _cut,
    _repeated,
    _inserted,
    _renumbered,
    _renumbered,
    _swapped,
    _swapped,
    _emptied,
    _foreign,
]
