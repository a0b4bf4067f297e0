"""The tables, as numbered migrations: each a file of SQL in `migrations/`, applied once, in order.

A migration that was released is frozen: files made by it are in people's hands.
"""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database, Migrations

FOLDER = Path(__file__).with_name("migrations")

migrations = Migrations("election-night")


def _register(path: Path) -> None:
    @migrations(name=path.stem)
    def run(db: Database) -> None:
        db.executescript(path.read_text(encoding="utf-8"))


for _path in sorted(FOLDER.glob("*.sql")):
    _register(_path)
