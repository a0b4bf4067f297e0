"""Progress is said to whoever looks, and ends no work where nobody does."""

from __future__ import annotations

import io

import pytest

from bot.cli import progress


class Unread(io.StringIO):
    def flush(self) -> None:
        raise BrokenPipeError


@pytest.mark.parametrize("on_screen", [True, False])
def test_nobody_reading_the_progress_ends_no_work(
    on_screen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Unread()
    monkeypatch.setattr(out, "isatty", lambda: on_screen)
    line = progress.Progress(out)
    monkeypatch.setattr(progress.time, "monotonic", lambda: line._began + 60)
    line.say("100 of 200")
    line.clear()
    assert "100 of 200" in out.getvalue()
