"""Journal entries: everything that came from outside or was decided, in order.

An entry is a frozen dataclass that can be written as JSON and that knows how to write its rows.
`apply` is deterministic: time, ids and verdicts are in the entry, so that replaying the journal
gives the same tables on any machine.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import sqlite3
from abc import ABC, abstractmethod
from datetime import datetime
from typing import ClassVar, Self

from pydantic import TypeAdapter

import bot.store

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

        *seq* is the entry's number in the journal, *at* the time of its writing (simulated in a
        replay).
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


@functools.cache
def _load_kinds() -> None:
    """Import every module of the store: each makes its kinds of entry known."""
    for module in pkgutil.iter_modules(bot.store.__path__):
        importlib.import_module(f"bot.store.{module.name}")


def entry_of(kind: str, text: str) -> Entry:
    """Return the entry of a *kind* from its JSON.

    Raises `ValueError` for a kind that this version does not know.
    """
    _load_kinds()
    try:
        cls = _KINDS[kind]
    except KeyError:
        raise ValueError(
            f"the journal has an entry of kind {kind!r}, which this version does not know: "
            "open the file with the version that wrote it, or a newer one"
        ) from None
    return cls.from_json(text)


def insert_entry(db: sqlite3.Connection, seq: int, at: str, kind: str, data: str) -> None:
    """Write one row of the journal, *at* a moment as ISO text."""
    db.execute(
        "INSERT INTO journal (seq, at, kind, data) VALUES (?, ?, ?, ?)", (seq, at, kind, data)
    )


def replay_entry(db: sqlite3.Connection, seq: int, at: str, kind: str, data: str) -> None:
    """Write an entry of another file's journal as it stands there, and the rows that follow.

    Raises whatever reading or applying the entry raises in this version.
    """
    insert_entry(db, seq, at, kind, data)
    entry_of(kind, data).apply(db, seq, datetime.fromisoformat(at))
