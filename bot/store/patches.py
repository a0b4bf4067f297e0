"""What changed between two JSON objects, so that the journal need not repeat the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast


@dataclass(frozen=True, slots=True)
class Patch:
    """Members to put, members to drop, and members that are objects changed in their inside."""

    put: dict[str, object] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    into: dict[str, Patch] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.put or self.drop or self.into)


def difference(old: Mapping[str, object], new: Mapping[str, object]) -> Patch:
    """Return what turns *old* into *new*; false where they are the same."""
    put: dict[str, object] = {}
    into: dict[str, Patch] = {}
    for name, value in new.items():
        before = old.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            if inside := difference(before, value):
                into[name] = inside
        elif name not in old or before != value:
            put[name] = value
    return Patch(put, tuple(name for name in old if name not in new), into)


def patched(old: Mapping[str, object], patch: Patch) -> dict[str, object]:
    """Return *old* as *patch* changes it."""
    new = {name: value for name, value in old.items() if name not in patch.drop} | patch.put
    for name, inside in patch.into.items():
        new[name] = patched(cast("dict[str, object]", new[name]), inside)
    return new
