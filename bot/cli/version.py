"""Which version of the program this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of


def version() -> str:
    """Return the version, as `pip` knows it."""
    try:
        return version_of("election-night")
    except PackageNotFoundError:
        return "unknown (it is not installed)"
