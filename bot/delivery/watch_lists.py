"""Watch lists: made by a server's admins or a person, shared by a code, followed as a whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.clock import Clock
from bot.delivery.references import LIST, reference_of
from bot.election.almanac import Almanac
from bot.election.parties import folded
from bot.numbers import kept_number
from bot.store import watch_lists as store
from bot.store.watch_lists import ListChanged, ListMade, ListRemoved, ListShared
from bot.store.writer import Transaction, Writer
from bot.wording.text import escape, listed

MOST_LISTS = 25
MOST_COUNCILS = 100
LONGEST_NAME = 50
_LONGEST_LIST = 500


class ListError(Exception):
    """A list cannot be made, found or changed; the message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """The owner of lists: a server or, without one, a person."""

    guild_id: int | None
    person: int


NOBODY = Keeper(None, 0)
"""An owner without lists, for an unknown user."""


@dataclass(frozen=True, slots=True)
class WatchList:
    """A list; `value` is its value for the topic `list`.

    Shipped lists have a `night` and a reason for each council (`why`). `shared` is the code by
    which others find the list; `ours` says whether the user may change it.
    """

    value: str
    name: str
    councils: tuple[str, ...]
    about: str = ""
    why: tuple[tuple[str, str], ...] = ()
    shared: str | None = None
    ours: bool = False
    night: date | None = None

    def reason(self, council: str) -> str:
        """Return why a council is on the list, empty if no reason is given."""
        return dict(self.why).get(council, "")


class KnownLists:
    """Finds the shipped lists and those in the database."""

    def __init__(self, db: sqlite3.Connection, almanac: Almanac) -> None:
        self._db = db
        self._almanac = almanac

    def all(self, keeper: Keeper, night: date | None = None) -> list[WatchList]:
        """Return the shipped lists, only those of *night* if given, and the keeper's own."""
        mine = store.lists_of(self._db, keeper.guild_id, keeper.person)
        shipped = [
            one for one in self._shipped() if None in (night, one.night) or one.night == night
        ]
        return [*shipped, *(self._of_row(row["id"], keeper) for row in mine)]

    def find(self, keeper: Keeper, name: str) -> WatchList:
        """Return the list that *name* means: shipped, the keeper's own, or shared by that code.

        Raises `ListError`, which names the existing lists.
        """
        known = self.all(keeper)
        wanted = folded(name)
        for one in known:
            if wanted == folded(one.name) or name.strip() == one.value:
                return one
        shared = store.list_by_word(self._db, name.strip().upper())
        if shared is None and (number := kept_number(name)) is not None:
            shared = store.list_by_id(self._db, number)  # the form in which buttons name a list
        if shared is not None and shared["shared"] is not None:
            return self._of_row(shared["id"], keeper)
        names = listed([f"“{escape(one.name)}”" for one in known], _LONGEST_LIST, ", ")
        raise ListError(f"There is no such list here. There is: {names}.")

    def by_value(self, value: str) -> WatchList | None:
        """Return the list with a subscription's *value*, None if it was deleted."""
        for one in self._shipped():
            if one.value == value:
                return one
        number = kept_number(value)
        if number is None or store.list_by_id(self._db, number) is None:
            return None
        return self._of_row(number, None)

    def _of_row(self, number: int, keeper: Keeper | None) -> WatchList:
        row = store.list_by_id(self._db, number)
        if row is None:
            raise ListError("That list is gone.")
        if keeper is None:
            ours = False
        elif row["guild_id"] is None:
            ours = keeper.guild_id is None and row["owner"] == keeper.person
        else:
            ours = row["guild_id"] == keeper.guild_id
        return WatchList(
            value=str(number),
            name=row["name"],
            councils=tuple(store.councils_of(self._db, number)),
            shared=row["shared"],
            ours=ours,
        )

    def _shipped(self) -> list[WatchList]:
        return [
            WatchList(
                value=one.code,
                name=one.name,
                councils=tuple(each.council for each in one.councils),
                about=one.about,
                why=tuple((each.council, each.why) for each in one.councils),
                night=one.night,
            )
            for one in self._almanac.lists_of()
        ]

    def _shipped_names(self) -> list[str]:
        return [one.name for one in self._almanac.lists_of()]


class WatchLists(KnownLists):
    """Also makes and changes lists; every change is journalled."""

    def __init__(self, writer: Writer, almanac: Almanac, clock: Clock) -> None:
        super().__init__(writer.reads, almanac)
        self._writer = writer
        self._clock = clock

    async def create(self, keeper: Keeper, name: str) -> WatchList:
        """Make an empty list. Raises `ListError` if the name is taken or there are too many."""
        wanted, key = " ".join(name.split())[:LONGEST_NAME], folded(name)
        if not any(letter.isalpha() for letter in key):
            raise ListError("A list needs a name with a letter in it.")

        def work(tx: Transaction) -> int:
            mine = store.lists_of(tx.db.conn, keeper.guild_id, keeper.person)
            if len(mine) >= MOST_LISTS:
                raise ListError(f"There are {MOST_LISTS} lists here: delete one first.")
            if any(row["key"] == key for row in mine) or key in map(folded, self._shipped_names()):
                raise ListError("There is a list of that name: choose another.")
            entry = ListMade(keeper.guild_id, keeper.person, wanted, key)
            return tx.append(entry, self._clock.now())

        return self._of_row(await self._writer.transact(work), keeper)

    async def put(self, keeper: Keeper, name: str, councils: Sequence[str]) -> WatchList:
        """Add councils to a list, each once. Raises `ListError`."""

        def work(tx: Transaction) -> int:
            row = self._own(tx.db.conn, keeper, name)
            now = store.councils_of(tx.db.conn, row["id"])
            wanted = tuple(dict.fromkeys((*now, *councils)))
            if len(wanted) > MOST_COUNCILS:
                raise ListError(f"A list holds {MOST_COUNCILS} councils: begin another.")
            if wanted != tuple(now):
                tx.append(ListChanged(row["id"], wanted), self._clock.now())
            return int(row["id"])

        return self._of_row(await self._writer.transact(work), keeper)

    async def take(self, keeper: Keeper, name: str, council: str) -> WatchList:
        """Remove a council from a list. Raises `ListError`."""

        def work(tx: Transaction) -> int:
            row = self._own(tx.db.conn, keeper, name)
            now = store.councils_of(tx.db.conn, row["id"])
            if council not in now:
                raise ListError("That council is not on the list.")
            left = tuple(code for code in now if code != council)
            tx.append(ListChanged(row["id"], left), self._clock.now())
            return int(row["id"])

        return self._of_row(await self._writer.transact(work), keeper)

    async def delete(self, keeper: Keeper, name: str) -> str:
        """Delete a list and the subscriptions to it; return its name. Raises `ListError`."""

        def work(tx: Transaction) -> str:
            row = self._own(tx.db.conn, keeper, name)
            tx.append(ListRemoved(row["id"]), self._clock.now())
            return str(row["name"])

        return await self._writer.transact(work)

    async def share(self, keeper: Keeper, name: str, *, shared: bool = True) -> WatchList:
        """Share a list by a code, or stop sharing it. Raises `ListError`."""

        def work(tx: Transaction) -> int:
            row = self._own(tx.db.conn, keeper, name)
            number = int(row["id"])
            word = reference_of(number, LIST) if shared else None
            if row["shared"] != word:
                tx.append(ListShared(number, word), self._clock.now())
            return number

        return self._of_row(await self._writer.transact(work), keeper)

    def _own(self, db: sqlite3.Connection, keeper: Keeper, name: str) -> sqlite3.Row:
        wanted = folded(name)
        for row in store.lists_of(db, keeper.guild_id, keeper.person):
            if wanted in (row["key"], str(row["id"])):
                return row
        raise ListError("There is no list of yours by that name; `/watch lists` shows them.")
