"""What `doctor` finds on the machine: the files of settings, and the disk of the database."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.cli.findings import Finding
from bot.setting_files import ENVIRONMENT, files_read, where_set
from bot.settings import Settings, variable

_ROOM = 500 * 1024 * 1024
"""What a night may take: its file, its log of writes, and a copy."""


def machine_findings(settings: Settings) -> Iterator[Finding]:
    """Yield which files were read, who else may read them, and whether there is room."""
    yield from _files()
    folder = next(one for one in settings.database.absolute().parents if one.exists())
    yield from _writable(settings.database, folder)
    free = shutil.disk_usage(folder).free
    yield Finding(
        "disk",
        free >= _ROOM,
        f"{folder} has {free // 1024**2} MiB of room.",
        "" if free >= _ROOM else f"A night may take {_ROOM // 1024**2} MiB: make some.",
    )


def _files() -> Iterator[Finding]:
    places = list(where_set().values())
    set_there = _so_many(places.count(ENVIRONMENT))
    yield Finding("settings", True, f"{set_there} set in the environment.")
    for file, there in files_read():
        if not there:
            why = "is a folder: nothing is read from it" if file.is_dir() else "is not there"
            yield Finding("settings", True, f"{file} {why}.")
            continue
        there_set = places.count(file.name)
        yield Finding("settings", True, f"{file} was read; {_so_many(there_set).lower()} from it.")
        if where_set().get("token") == file.name and file.stat().st_mode & stat.S_IROTH:
            yield Finding(
                "settings", False, f"Everybody on this machine may read {file}, with the token.",
                f"Keep it to yourself: chmod 600 {file}",
            )  # fmt: skip


def _so_many(settings: int) -> str:
    return {0: "None is", 1: "1 is"}.get(settings, f"{settings} are")


def _writable(database: Path, folder: Path) -> Iterator[Finding]:
    """Yield that the database cannot be written to where that is so."""
    closed = [one for one in (folder, database) if one.exists() and not os.access(one, os.W_OK)]
    for one in closed:
        yield Finding(
            "database", False, f"This user may not write to {one}.",
            f"Give it the right to, or set {variable('database')} to another place.",
        )  # fmt: skip
