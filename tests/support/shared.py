"""What is dear to make, made once in a run of the tests, however many processes it has."""

from __future__ import annotations

import fcntl
import os
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

FOLDER = "TESTS_SHARED_FOLDER"
"""Names the folder that the processes of one run have in common."""


def shared_folder() -> Path | None:
    """Return a new folder that lasts as long as the run, None outside of one."""
    folder = os.environ.get(FOLDER)
    return None if folder is None else Path(tempfile.mkdtemp(dir=folder))


def made_once(name: str, make: Callable[[], T]) -> T:
    """Return what *make* makes; one process makes it, and the others take what it made."""
    folder = os.environ.get(FOLDER)
    if folder is None:
        return make()
    kept = Path(folder) / name
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make()))
        found: T = pickle.loads(kept.read_bytes())
    return found
