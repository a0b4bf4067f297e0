"""Journal entries: everything that came from outside or was decided, in order.

An entry is a frozen dataclass that can be written as JSON and that knows how to write its rows.
`apply` is deterministic: time, ids and verdicts are in the entry, so that replaying the journal
gives the same tables on any machine.
"""

from __future__ import annotations

import functools
import sqlite3
from abc import ABC, abstractmethod
from datetime import datetime
from typing import ClassVar, Self

from pydantic import TypeAdapter

_KINDS: dict[str, type[Entry]] = {}


class Entry(ABC):
    """One thing that happened: a frozen dataclass, `class Pinned(Entry, kind="pinned")`."""

    kind: ClassVar[str]

    def __init_subclass__(cls, kind: str = "") -> None:
        if kind:  # a dataclass with slots makes its class twice: the second time without arguments
            cls.kind = kind
        _KINDS[cls.kind] = cls

    @abstractmethod
    def apply(self, db: sqlite3.Connection, seq: int, at: datetime) -> None:
        """Write the rows that follow from this entry, inside the open transaction.

        *seq* is the entry's number in the journal and *at* the night's time of its writing.
        """

    def to_json(self) -> str:
        """Return the entry as one JSON object."""
        return _adapter(type(self)).dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the entry that `to_json` wrote."""
        return _adapter(cls).validate_json(text)  # type: ignore[return-value]


@functools.cache
def _adapter(cls: type[Entry]) -> TypeAdapter[Entry]:
    return TypeAdapter(cls)


def entry_of(kind: str, text: str) -> Entry:
    """Return the entry of a *kind* from its JSON.

    Raises `ValueError` for a kind that this version does not know.
    """
    try:
        cls = _KINDS[kind]
    except KeyError:
        raise ValueError(
            f"the journal has an entry of kind {kind!r}, which this version does not know: "
            "open the file with the version that wrote it, or a newer one"
        ) from None
    return cls.from_json(text)
