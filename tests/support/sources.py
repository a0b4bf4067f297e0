"""The published sources that the tables are made from, which are not part of the project."""

from __future__ import annotations

import os

import pytest

WITH_SOURCES = pytest.mark.skipif(
    not os.environ.get("ELECTION_SOURCES"),
    reason="ELECTION_SOURCES does not point at the sources, which are not part of the project",
)
"""Marks what compares with them; CI has them and fails where anything is skipped."""
