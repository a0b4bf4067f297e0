"""Which version of the program this is."""

from __future__ import annotations

from importlib.metadata import version

PROGRAM = version("election-night")
