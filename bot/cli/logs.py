"""The log on standard error, without secrets; faults of the machine in one line each."""

from __future__ import annotations

import logging
import sqlite3
import sys
from types import TracebackType

from pydantic import SecretStr

from bot.errors import MachineFault, first_of, is_of_the_machine
from bot.redaction import RedactingFormatter
from bot.settings import Settings
from bot.version import PROGRAM

_FAULTS = (MachineFault, OSError, MemoryError, sqlite3.Error)
"""Errors whose message says what happened; another that arose from one is a fault of ours."""


def configure_logging(settings: Settings, verbose: bool) -> None:
    """Log to standard error as the settings say, everything with *verbose*."""
    level = logging.DEBUG if verbose else logging.getLevelName(settings.log_level.upper())
    secrets = (value for _, value in settings if isinstance(value, SecretStr))
    known = tuple(secret.get_secret_value() for secret in secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        RedactingFormatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", known)
    )
    if not verbose:
        handler.addFilter(WithoutMachineTracebacks())
    logging.basicConfig(level=level, handlers=[handler])
    sys.excepthook = _log_unexpected
    for chatty in ("discord", "aiohttp", "asyncio", "fontTools"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))


class WithoutMachineTracebacks(logging.Filter):
    """Replaces the traceback of a fault of the machine by its message: no code is at fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through."""
        raised = record.exc_info[1] if record.exc_info else None
        error = raised and first_of(raised)
        if isinstance(error, _FAULTS) and is_of_the_machine(error):
            told = str(error) or type(error).__name__
            record.msg, record.args = f"{record.getMessage()}: {told}", ()
            record.exc_info = record.exc_text = None
        return True


def _log_unexpected(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Log the traceback that ends the program, which Python itself would print with secrets."""
    logging.getLogger("bot").critical(
        "Election Night %s broke off", PROGRAM, exc_info=(kind, error, trace)
    )
