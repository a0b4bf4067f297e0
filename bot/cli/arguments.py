"""Types of command-line arguments."""

from __future__ import annotations

import argparse
from datetime import date, datetime

from bot.clock import LONDON


def number(text: str) -> float:
    """Return a positive number."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0 and up to a million")
    return value


def port(text: str) -> int:
    """Return the number of a TCP port."""
    if not (text.isascii() and text.isdigit() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)


def day(text: str) -> date:
    """Return a date in ISO 8601."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date (YYYY-MM-DD)") from None


def moment(text: str) -> datetime:
    """Return a time in ISO 8601, in London where it names no zone."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time as YYYY-MM-DDTHH:MM") from None
    return value if value.tzinfo else value.replace(tzinfo=LONDON)
