"""A fault of the machine is a line in the log, a fault of ours its traceback."""

from __future__ import annotations

import errno
import io
import logging

import pytest

from bot.cli.logs import WithoutMachineTracebacks
from bot.store.errors import StoreError


@pytest.mark.parametrize(
    ("fault", "lines"),
    [
        (StoreError("There is no room for night.sqlite."), 1),
        (ExceptionGroup("", [StoreError("There is no room for night.sqlite.")]), 1),
        (OSError(errno.EMFILE, "Too many open files"), 1),
        (MemoryError(), 1),
        (ValueError("a fault of ours"), 4),
    ],
)
def test_a_fault_of_the_machine_is_one_line(fault: Exception, lines: int) -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(WithoutMachineTracebacks())
    log = logging.Logger("test")
    log.addHandler(handler)
    try:
        raise fault
    except Exception:
        log.exception("What %s brought could not be taken in", "pa")
    told = out.getvalue()
    assert told.startswith("What pa brought could not be taken in")
    assert min(told.count("\n"), 4) == lines
    if isinstance(fault, StoreError):
        assert told == f"What pa brought could not be taken in: {fault}\n"
