"""The rows of a damaged SQLite file, read page by page.

SQLite reaches a row through the pages above it in a tree: where one of those is damaged, no row
below it is found. Here each leaf page is read by itself, or its newer copy in the write-ahead log.
https://www.sqlite.org/fileformat2.html
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from pathlib import Path

Value = None | int | float | str | bytes
_MAGIC = b"SQLite format 3\0"
_USUAL_PAGE = 4096
_HEADER = 100
_LEAF_OF_TABLE = 0x0D
_LOG_HEADER, _FRAME_HEADER = 32, 24
_LOG_MAGIC = 0x377F0682
"""With its last bit set, checksums are of big-endian words."""
_FIRST_TEXT, _FIRST_BLOB = 13, 12
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_FLOAT, _ZERO, _ONE = 7, 8, 9


def rows_in(path: Path) -> Iterator[tuple[int, tuple[Value, ...]]]:
    """Yield each row of every table with its number, as far as it can be read; in no order."""
    pages = _Pages(path)
    for number in pages.numbers():
        yield from _rows_of(pages, number)


class _Pages:
    """The pages of a file as they were committed last."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        self.size = _USUAL_PAGE
        reserved = 0
        if self._data.startswith(_MAGIC):
            (said,) = struct.unpack_from(">H", self._data, 16)
            said = 65_536 if said == 1 else said
            if said >= 512 and said & (said - 1) == 0:
                self.size, reserved = said, self._data[20]
        self.usable = self.size - reserved
        self._newer: dict[int, bytes] = {}
        with contextlib.suppress(OSError, struct.error):
            self._newer = _committed(Path(f"{path}-wal").read_bytes(), self.size)

    def numbers(self) -> Iterator[int]:
        last = len(self._data) // self.size
        yield from range(1, last + 1)
        yield from (number for number in self._newer if number > last)

    def page(self, number: int) -> bytes:
        start = (number - 1) * self.size
        return self._newer.get(number) or self._data[start : start + self.size]


def _committed(log: bytes, size: int) -> dict[int, bytes]:
    """Return the newest copy of each page in a log, up to its last sound commit."""
    magic, _, _, _, *salts = struct.unpack_from(">6I", log)
    if magic & ~1 != _LOG_MAGIC:
        return {}
    words = ">" if magic & 1 else "<"
    total = _checksum(log[:24], (0, 0), words)
    committed: dict[int, bytes] = {}
    since: dict[int, bytes] = {}
    for start in range(_LOG_HEADER, len(log) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size):
        number, commit, *rest = struct.unpack_from(">6I", log, start)
        page = log[start + _FRAME_HEADER : start + _FRAME_HEADER + size]
        total = _checksum(page, _checksum(log[start : start + 8], total, words), words)
        if rest != [*salts, *total]:
            break
        since[number] = page
        if commit:
            committed |= since
            since = {}
    return committed


def _checksum(data: bytes, total: tuple[int, int], words: str) -> tuple[int, int]:
    one, two = total
    numbers = struct.unpack(f"{words}{len(data) // 4}I", data)
    for first, second in zip(numbers[::2], numbers[1::2], strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two


def _rows_of(pages: _Pages, number: int) -> Iterator[tuple[int, tuple[Value, ...]]]:
    page = pages.page(number)
    head = _HEADER if number == 1 else 0
    if len(page) < pages.size or page[head] != _LEAF_OF_TABLE:
        return
    (cells,) = struct.unpack_from(">H", page, head + 3)
    for place in range(head + 8, min(head + 8 + 2 * cells, len(page) - 1), 2):
        (start,) = struct.unpack_from(">H", page, place)
        with contextlib.suppress(IndexError, ValueError, struct.error):
            length, at = _varint(page, start)
            row, at = _varint(page, at)
            yield row, _values(_payload(pages, page, at, length))


def _payload(pages: _Pages, page: bytes, at: int, length: int) -> bytes:
    """Return a row's bytes, those on other pages too."""
    usable = pages.usable
    if length <= usable - 35:
        return page[at : at + length]
    least = (usable - 12) * 32 // 255 - 23
    here = least + (length - least) % (usable - 4)
    here = here if here <= usable - 35 else least
    found = bytearray(page[at : at + here])
    (following,) = struct.unpack_from(">I", page, at + here)
    seen: set[int] = set()
    while following and len(found) < length and following not in seen:
        seen.add(following)
        other = pages.page(following)
        (following,) = struct.unpack_from(">I", other)
        found += other[4:usable]
    if len(found) < length:
        raise ValueError("a row is not all there")
    return bytes(found[:length])


def _values(payload: bytes) -> tuple[Value, ...]:
    size, at = _varint(payload, 0)
    body, values = size, list[Value]()
    while at < size:
        kind, at = _varint(payload, at)
        value, width = _value(kind, payload, body)
        values.append(value)
        body += width
    if at != size or body != len(payload):
        raise ValueError("this is no row")
    return tuple(values)


def _value(kind: int, payload: bytes, at: int) -> tuple[Value, int]:
    """Return a value of a serial type and how many bytes it takes."""
    if kind in _INTEGERS:
        width = _INTEGERS[kind]
        return int.from_bytes(payload[at : at + width], signed=True), width
    if kind == _FLOAT:
        (number,) = struct.unpack_from(">d", payload, at)
        return number, 8
    if kind in (_ZERO, _ONE):
        return kind - _ZERO, 0
    if kind >= _FIRST_BLOB:
        width = (kind - _FIRST_BLOB) // 2
        part = payload[at : at + width]
        return (part.decode() if kind % 2 else part), width
    if kind == 0:
        return None, 0
    raise ValueError("there is no such type")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = 0
    for place in range(at, at + 8):
        number = number << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return number, place + 1
    return number << 8 | data[at + 8], at + 9
