"""A file that an earlier version made opens, is whole and goes on: no released version changes."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from bot.store.opening import open_for_reading, open_for_writing
from bot.store.rebuild import rebuild
from tests.store.stored_versions import VERSIONS, stored_file, unpack
from tests.store.test_rebuild import DOCUMENTS, end_of, take_in

ANEW = (
    "The schema or an entry differs from the stored file's. Of a version that is not released yet, "
    "make the file anew: python -m tests.store.stored_versions"
)


def test_every_version_of_the_schema_has_its_file() -> None:
    assert [version for version in VERSIONS if not stored_file(version).exists()] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_a_stored_file_opens_is_rebuilt_and_takes_more(version: str, tmp_path: Path) -> None:
    stored = unpack(version, tmp_path)
    open_for_writing(stored).close()
    assert rebuild(stored).differences == (), ANEW
    with contextlib.closing(open_for_reading(stored)) as db:
        assert db.execute("SELECT value FROM subscriptions").fetchall() != []
    fresh = tmp_path / "fresh.sqlite"
    asyncio.run(take_in(fresh, [DOCUMENTS], confirm=True))
    assert end_of(stored) == end_of(fresh), ANEW
    asyncio.run(take_in(stored, [DOCUMENTS[:2]], confirm=False))
