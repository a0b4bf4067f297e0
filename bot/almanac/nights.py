"""The nights that are known: those shipped, and those in the operator's folder, read live.

Each folder in it is one night, called by its date, with the same tables as a shipped one. It may be
made or changed while the bot runs. One that is broken is named in a sentence and stops nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.almanac.csv_rows import TablesError
from bot.election.almanac import NightAlmanac

_Signature = tuple[tuple[str, int, int], ...]
"""The names, times and sizes of a folder's tables, which change when one of them does."""

_STAYS = "the night stays as it was read before until then"


@dataclass(frozen=True, slots=True)
class _Folder:
    """A night's folder as it was read last; *known* is None if it never could be read.

    *tables* are the files that *known* was read from.
    """

    signature: _Signature
    known: NightAlmanac | None
    tables: frozenset[str] = frozenset()
    fault: str | None = None


class Nights(Mapping[date, NightAlmanac]):
    """The nights by date. A night in the *folder* takes the place of a shipped one of its date.

    *read* reads the folder of one night and raises `TablesError`. `faults` says in sentences which
    folders cannot be used, and why.
    """

    def __init__(
        self,
        shipped: Mapping[date, NightAlmanac],
        folder: Path | None,
        read: Callable[[Path], NightAlmanac],
    ) -> None:
        self.folder = folder
        self._read_night = read
        self._shipped = dict(shipped)
        self._folders: dict[str, _Folder] = {}
        self._changing: dict[str, _Signature] = {}
        self._fault: str | None = None
        self._nights = self._shipped
        if folder is not None:
            self._renewed(folder, settled=True)

    def __getitem__(self, night: date) -> NightAlmanac:
        return self._nights[night]

    def __iter__(self) -> Iterator[date]:
        return iter(self._nights)

    def __len__(self) -> int:
        return len(self._nights)

    @property
    def faults(self) -> tuple[str, ...]:
        """Which folders cannot be used as they are, and why, in sentences."""
        of_folders = (one.fault for _, one in sorted(self._folders.items()))
        return tuple(filter(None, (self._fault, *of_folders)))

    def renew(self, in_force: Collection[date] = ()) -> frozenset[date]:
        """Read again what has changed, and return the nights that differ now.

        A folder counts once its files have stayed the same from one call to the next, so that none
        is taken while it is being written. A changed one that cannot be read, or that has lost a
        table, leaves the night as it was; so does one that is gone while reports of its night are
        *in_force*: a claim is not withdrawn for a file that was moved. Not to be called from two
        threads at once.
        """
        if self.folder is None:
            return frozenset()
        return self._renewed(self.folder, settled=False, in_force=in_force)

    def _renewed(
        self, folder: Path, *, settled: bool, in_force: Collection[date] = ()
    ) -> frozenset[date]:
        try:
            found = _folders(folder)
        except FileNotFoundError:
            self._fault = (
                f"There is no folder of nights {folder.absolute()}: `election-night prepare` makes"
                " it, unless ELECTION_NIGHT_NIGHTS should name another. What was read of it before"
                " stays."
            )
            return frozenset()
        except OSError as error:
            reason = (error.strerror or "it failed").casefold()
            self._fault = (
                f"The folder of nights, {folder}, cannot be read ({reason}): make it, or set"
                " ELECTION_NIGHT_NIGHTS to another. What was read of it before stays."
            )
            return frozenset()
        self._fault = None
        folders = dict(self._folders)
        changing: dict[str, _Signature] = {}
        for name in sorted(found.keys() | folders.keys()):
            signature, old = found.get(name, ()), folders.get(name)
            if old is not None and old.signature == signature:
                continue
            if not settled and self._changing.get(name) != signature:
                changing[name] = signature
            elif signature:
                folders[name] = self._read_folder(folder / name, signature, old)
            elif old is not None and old.known is not None and old.known.night in in_force:
                told = f"{folder / name} is gone, and results of that night are in"
                folders[name] = replace(old, signature=signature, fault=f"{told}; {_STAYS}.")
            else:
                del folders[name]
        prepared = {one.known.night: one.known for one in folders.values() if one.known}
        nights = self._shipped | prepared
        before = self._nights
        self._folders, self._changing, self._nights = folders, changing, nights
        every = before.keys() | nights.keys()
        return frozenset(night for night in every if before.get(night) != nights.get(night))

    def _read_folder(self, path: Path, signature: _Signature, old: _Folder | None) -> _Folder:
        try:
            tables = frozenset(name for name, *_ in signature)
            if lost := sorted(old.tables - tables) if old is not None else ():
                raise TablesError(f"{path} has no {', '.join(lost)} any more: put it back")
            known = replace(self._read_night(path), prepared=True)
            if path.name != known.night.isoformat():
                raise TablesError(
                    f"{path} says in its night.csv that it is of {known.night}: give the folder"
                    " that name, or mend the date"
                )
        except (TablesError, OSError) as error:
            told = str(error) if isinstance(error, TablesError) else f"{path}: {error.strerror}"
            before = old.known if old is not None else None
            stays = _STAYS if before else "it is left out until then"
            tables = old.tables if old is not None else frozenset()
            return _Folder(signature, before, tables, f"{told.rstrip('.')}; {stays}.")
        return _Folder(signature, known, tables)


def _folders(folder: Path) -> dict[str, _Signature]:
    """Return the folders that have tables, with what these look like from outside."""
    found: dict[str, _Signature] = {}
    for path in folder.iterdir():
        if path.name.startswith(".") or not path.is_dir():
            continue
        tables = [(one.name, one.stat()) for one in sorted(path.glob("*.csv"))]
        if tables:
            found[path.name] = tuple((name, of.st_mtime_ns, of.st_size) for name, of in tables)
    return found
