"""Errors that end with a sentence for the operator, and faults of the machine told from others.

When memory, file descriptors or the disk run out, the report, message or card being processed is
not to blame. Code that would reject it because of an exception asks here first, and lets a fault of
the machine through, so that everything is rolled back and tried again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

_OF_THE_STATEMENT = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_TOOBIG,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_MISUSE,
    sqlite3.SQLITE_RANGE,
}
"""Primary result codes that blame the statement and its values: it would fail again."""
_PRIMARY = 0xFF

_OF_THREADS = (
    "can't start new thread",
    "cannot schedule new futures after",
    "Event loop is closed",
)
"""How messages of `RuntimeError` begin where threads ran out or were stopped."""


class OperatorError(Exception):
    """Something that the operator has to put right; the message is a sentence that says how."""


class MachineFault(Exception):  # noqa: N818 - a fault, as opposed to an error of ours
    """A fault of the machine that the bot itself detected; the message is a sentence."""


def first_of(error: BaseException) -> BaseException:
    """Return the first exception in a group, or in groups within it; any other as it is."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def is_of_the_machine(error: BaseException) -> bool:
    """Return whether an exception, or what it arose from, is a fault of the machine.

    That is one of the store (locked, full, damaged, unusable), of the operating system, of memory,
    or of threads that cannot start or were stopped. A `RecursionError` is not: the same input would
    cause it again.
    """
    return any(map(_is_one, _chain(error)))


def _is_one(error: BaseException) -> bool:
    match error:
        case MachineFault() | MemoryError() | OSError():
            return True
        case sqlite3.Error():
            # Without a code Python's module raised it, for bad values or a closed store.
            code = getattr(error, "sqlite_errorcode", None)
            of_the_machine = "closed" in str(error)
            return of_the_machine if code is None else code & _PRIMARY not in _OF_THE_STATEMENT
        case RuntimeError():
            return str(error).startswith(_OF_THREADS)
        case _:
            # An installed module that fails to load; a missing module is a fault of ours.
            return isinstance(error, ImportError) and not isinstance(error, ModuleNotFoundError)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what it arose from, as a traceback shows it."""
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
        if each.__cause__ is not None:
            waiting.append(each.__cause__)
        elif each.__context__ is not None and not each.__suppress_context__:
            waiting.append(each.__context__)
