"""How faults of the machine stand in the log: in a line, for a traceback mends no full disk."""

from __future__ import annotations

import logging
import sqlite3

from bot.machine import MachineFault, is_of_the_machine

_FAULTS = (MachineFault, OSError, MemoryError, sqlite3.Error)
"""What says by itself what happened; others may arise from these, and are faults of ours."""


class MachineFaultsInALine(logging.Filter):
    """Lets every record through; of a fault of the machine with its sentence, and no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record where it tells of such a fault."""
        error = _first(record.exc_info[1]) if record.exc_info else None
        if isinstance(error, _FAULTS) and is_of_the_machine(error):
            told = str(error) or type(error).__name__
            record.msg, record.args = f"{record.getMessage()}: {told}", ()
            record.exc_info = record.exc_text = None
        return True


def _first(error: BaseException | None) -> BaseException | None:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
