"""What is worked out once of a thing that never changes, however often it is asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def remembered(most: int) -> Callable[[Callable[[T], R]], Callable[[T], R]]:
    """Return a decorator for a pure function of one immutable thing, known by its identity.

    It is for things that are dear to compare or to hash. The results of as many as *most* are kept,
    with the things themselves, so that no other thing can come to have the identity of one.
    """

    def of(function: Callable[[T], R]) -> Callable[[T], R]:
        kept: dict[int, tuple[T, R]] = {}

        @functools.wraps(function)
        def remembering(thing: T) -> R:
            found = kept.get(id(thing))
            if found is not None and found[0] is thing:
                return found[1]
            result = function(thing)
            if len(kept) >= most:
                kept.clear()
            kept[id(thing)] = (thing, result)
            return result

        return remembering

    return of
