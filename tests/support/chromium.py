"""The browser of the page's tests; `python -m tests.support.chromium` fetches one if there is none.

Playwright's own installer comes first, then Debian's package where whoever runs this may install
packages. Where neither works, the tests that need a browser are skipped, and the run says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright
from playwright.sync_api import sync_playwright

MISSING = "no Chromium on this machine, and `make test` could not fetch one"
_PACKAGES = ("chromium", "fonts-noto-color-emoji")
"""The browser, and the coloured squares of the chat's marks."""
_PLAYWRIGHT = (sys.executable, "-m", "playwright", "install", "chromium")
_APT = (
    ("apt-get", "update", "-qq"),
    ("apt-get", "install", "-qq", "-y", "--no-install-recommends", *_PACKAGES),
)
_PATIENCE = 300


def installed() -> str | None:
    """Return the path of the machine's Chromium or, without one, of Playwright's; None for none."""
    machines = shutil.which("chromium") or shutil.which("chromium-browser")
    if machines is not None:
        return machines
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


@asynccontextmanager
async def chromium(path: str | None) -> AsyncIterator[Browser]:
    """Run the browser at a *path*; None is Playwright's own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


def fetch() -> None:
    """See to it that there is a browser, and say what was done."""
    if installed():
        return
    print("Fetching Chromium for the tests of the chat page (once)…", flush=True)
    failures = [_failure(_PLAYWRIGHT)]
    if failures[0] is None and not _starts():
        failures = ["Playwright's Chromium does not start: this machine lacks its libraries"]
    if failures[0] and shutil.which("apt-get"):
        if os.geteuid() == 0:
            failures.append(_failure(_APT[0]) or _failure(_APT[1]))
        else:
            failures.append(f"only root may run apt-get install {' '.join(_PACKAGES)}")
    if None not in failures:
        print("There is no browser: the tests that need one are skipped.")
        for why in failures:
            print(f"- {why}")


def _failure(command: Sequence[str]) -> str | None:
    """Run a command; return why it did not do its work, None if it did."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{' '.join(command)}: {error}"
    if done.returncode == 0:
        return None
    said = (done.stderr or done.stdout).strip().splitlines() or [f"status {done.returncode}"]
    why = next((line for line in said if "error" in line.casefold()), said[-1])
    return f"{' '.join(command)}: {why}"


def _starts() -> bool:
    path = installed()
    if path is None:
        return False
    command = [path, "--headless", "--no-sandbox", "--dump-dom", "about:blank"]
    return _failure(command) is None


if __name__ == "__main__":
    fetch()
