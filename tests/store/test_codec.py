"""What is stored is read as it was, whatever its type; a patch says what changed and no more."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.codec import (
    column,
    delete,
    exists,
    insert,
    insert_all,
    merge_patch,
    read,
    row,
    row_of,
    rows,
    update,
    value,
)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Part:
    name: str
    at: datetime


@dataclass(frozen=True)
class Thing:
    id: int
    name: str | None
    colour: Colour
    is_old: bool
    day: date
    at: datetime | None
    counts: dict[str, int]
    parts: tuple[Part, ...] | None


PART = Part("lid", datetime(2022, 5, 6, 2, 3, tzinfo=UTC))
ONE = Thing(1, "box", Colour.RED, True, date(2022, 5, 5), PART.at, {"Lab": 3}, (PART,))
OTHER = Thing(2, None, Colour.BLUE, False, date(2022, 5, 5), None, {}, None)


@pytest.fixture
def db() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    names = ", ".join(row_of(ONE))
    connection.execute(f"CREATE TABLE things ({names.replace('id', 'id PRIMARY KEY', 1)})")
    return connection


def test_what_is_inserted_is_read_as_it_was(db: sqlite3.Connection) -> None:
    insert_all(db, "things", map(row_of, (ONE, OTHER)))
    found = rows(db, "SELECT * FROM things ORDER BY id")
    assert [read(Thing, each) for each in found] == [ONE, OTHER]
    assert read(Thing, found[0], name="chest").name == "chest"
    assert tuple(found[0])[2:6] == ("red", 1, "2022-05-05", "2022-05-06T02:03:00+00:00")


def test_rows_are_changed_found_and_deleted_by_their_columns(db: sqlite3.Connection) -> None:
    insert_all(db, "things", map(row_of, (ONE, OTHER)))
    update(db, "things", {"colour": Colour.BLUE}, name="bag", counts={"Con": 1})
    assert value(db, "SELECT counts FROM things WHERE name = ?", "bag") == '{"Con":1}'
    insert(db, "things", row_of(ONE), verb="INSERT OR IGNORE")
    assert column(db, "SELECT id FROM things WHERE id < :most ORDER BY id", most=9) == [1, 2]
    delete(db, "things", name="bag", is_old=False)
    assert not exists(db, "SELECT 1 FROM things WHERE id = 2")
    assert row(db, "SELECT * FROM things WHERE id = 2") is None
    assert value(db, "SELECT id FROM things WHERE id = 2") is None


VALUES = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=8,
)
STATES = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


@given(STATES, STATES)
def test_a_patch_turns_one_into_the_other(old: dict[str, object], new: dict[str, object]) -> None:
    db = sqlite3.connect(":memory:")
    patch = merge_patch(old, new)
    patched = value(db, "SELECT json_patch(?, ?)", json.dumps(old), json.dumps(patch))
    assert json.loads(patched) == new
    assert not merge_patch(new, new)


def test_one_more_file_does_not_repeat_the_others_and_null_is_none() -> None:
    old = {"stamp": "1", "gone": None, "files": {"a": "1", "b": "2"}}
    new = {"stamp": "1", "new": None, "files": {"a": "1", "c": "3"}}
    assert merge_patch(old, new) == {"files": {"b": None, "c": "3"}}
    assert merge_patch({"gone": 1}, {"gone": None}) == {"gone": None}
