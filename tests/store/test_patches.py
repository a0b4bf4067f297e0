"""A patch says what changed, and nothing more."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.store.patches import Patch, difference, patched

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=8,
)
STATES = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


@given(STATES, STATES)
def test_a_patch_turns_one_into_the_other(old: dict[str, object], new: dict[str, object]) -> None:
    patch = difference(old, new)
    kept = TypeAdapter(Patch).validate_json(TypeAdapter(Patch).dump_json(patch))
    assert patched(old, kept) == new
    assert not difference(new, new)


def test_one_more_file_does_not_repeat_the_others() -> None:
    old: dict[str, object] = {"stamp": "1", "files": {"a": "1", "b": "2"}}
    new: dict[str, object] = {"stamp": "1", "files": {"a": "1", "b": "2", "c": "3"}}
    assert difference(old, new) == Patch(into={"files": Patch(put={"c": "3"})})
