"""What every test shares."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.shared import FOLDER

pytest_plugins = ("tests.support.sandbox", "tests.support.bot")

settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60
)
settings.register_profile("thorough", parent=settings.get_profile("default"), max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


_WHOLE = frozenset({"bench", "verification", "test_any_night_in_chat.py"})
"""Where the whole bot is put to work, again and again."""
_IN_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30
"""Bytes that the files of a run may take."""


def pytest_configure(config: pytest.Config) -> None:
    """Give the processes of a run a folder in common, and all of them quick temporary files."""
    if FOLDER not in os.environ:
        _keep_files_in_memory()
        folder = tempfile.TemporaryDirectory(prefix="election-night-tests-")
        os.environ[FOLDER] = folder.name
        config.add_cleanup(folder.cleanup)


def _keep_files_in_memory() -> None:
    """Let temporary files, also those of processes, be in memory where the machine has a place.

    Every commit waits for its disk, and a run makes tens of thousands of them.
    """
    if "TMPDIR" in os.environ or not os.access(_IN_MEMORY, os.W_OK):
        return
    if shutil.disk_usage(_IN_MEMORY).free >= _ROOM:
        os.environ["TMPDIR"] = str(_IN_MEMORY)
        tempfile.tempdir = None  # it is chosen anew


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what is imported by now, and come by less often."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long runs out unless they are asked for by their marker.

    Whole nights are not traced: what they pass through is covered by the tests of its parts.
    """
    for item in items:
        whole = item.get_closest_marker("night") or _WHOLE.intersection(item.path.parts)
        if whole and config.pluginmanager.hasplugin("_cov"):
            item.add_marker("no_cover")
    if config.option.markexpr:
        return
    long = ("soak", "chaos")
    chosen = [item for item in items if not any(map(item.get_closest_marker, long))]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the very end how much was not tested, and why."""
    reasons = Counter(report.longrepr[2] for report in terminalreporter.stats.get("skipped", ()))
    for reason, number in reasons.most_common():
        terminalreporter.write_line(
            f"Not tested: {number} tests, {reason.removeprefix('Skipped: ')}", yellow=True
        )


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where nothing may be skipped, a skipped test is a failed run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not os.environ.get("TESTS_MUST_NOT_SKIP") or reporter is None:
        return
    if skipped := reporter.stats.get("skipped"):
        reporter.write_line(f"{len(skipped)} tests were skipped where none may be", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
