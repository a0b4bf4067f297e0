"""A cache for pure functions of one immutable object, keyed by the object's identity."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def remembered(most: int) -> Callable[[Callable[[T], R]], Callable[[T], R]]:
    """Return a decorator that caches at most *most* results, by the identity of the argument.

    It is for arguments that are expensive to compare or to hash. The arguments are kept as well, so
    that no other object can be given the identity of a cached one.
    """

    def decorator(function: Callable[[T], R]) -> Callable[[T], R]:
        kept: dict[int, tuple[T, R]] = {}

        @functools.wraps(function)
        def wrapper(thing: T) -> R:
            found = kept.get(id(thing))
            if found is not None and found[0] is thing:
                return found[1]
            result = function(thing)
            if len(kept) >= most:
                kept.clear()
            kept[id(thing)] = (thing, result)
            return result

        return wrapper

    return decorator
