"""The connection of a reader, and the names of councils and parties."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from bot.election.almanac import Almanac
from bot.election.councils import Council, as_the_wire_says
from bot.election.parties import Parties
from bot.store import desk
from bot.store.names import party_names, wire_name
from bot.store.opening import open_for_reading


class NameReader:
    """Reads the database file at *path*; a context manager.

    Raises `StoreError` where the file cannot be used.
    """

    def __init__(self, path: Path | str, almanac: Almanac) -> None:
        self._almanac = almanac
        self._db = open_for_reading(path)
        self._wire_names: dict[tuple[str, str], str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    @property
    def db(self) -> sqlite3.Connection:
        """The read-only connection, for look-ups that need more than the tables say."""
        return self._db

    def party_name(self, code: str) -> str:
        """Return a party's name, the wire's own for one that only the wire knows."""
        party = self._almanac.parties.get(code)
        return party.name if party.known else self._wire_name("party", code, party.name)

    def council_name(self, code: str) -> str:
        """Return a council's name, the wire's own for one that only the wire knows."""
        return self.council_of(code).name

    def council_of(self, code: str) -> Council:
        """Return the council of a *code*, also of one that only the wire knows."""
        council = self._almanac.councils.get(code)
        if council.known:
            return council
        name = self._wire_name("council", code, council.name)
        return as_the_wire_says(council, name, self._wire_name("type", code, ""))

    @property
    def named_parties(self) -> Parties:
        """Our parties; those that only documents know, of whatever night, go by their names."""
        return self._almanac.parties.named(party_names(self._db))

    def _names_said(self) -> dict[str, str]:
        """Return the codes of the parties whose names the desk has said, by the name."""
        return desk.names_in_force(self._db)

    def _wire_name(self, what: str, code: str, fallback: str) -> str:
        name = self._wire_names.get((what, code))
        if name is None:
            name = wire_name(self._db, what, code)
            if name is None:
                return fallback
            self._wire_names[what, code] = name
        return name

    @contextlib.contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        """Let several queries see one state of the database."""
        if self._db.in_transaction:  # a fault kept it from being ended
            self._db.rollback()
        self._db.execute("BEGIN")
        try:
            yield self._db
        finally:
            if self._db.in_transaction:  # some faults end it by themselves
                self._db.execute("COMMIT")
