"""The documents cannot fall behind: what they name exists, and what exists is named."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.election.checks import CHECKS

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("data/*.md")])
COMMANDS = (
    "demo",
    "run",
    "prepare",
    "rehearse",
    "ingest",
    "ask",
    "doctor",
    "retake",
    "rebuild",
    "restore",
)


def text_of(name: str) -> str:
    return (ROOT / name).read_text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text())
    missing = [link for link in links if not (document.parent / link).exists()]
    assert missing == []


def test_the_readme_names_every_command() -> None:
    table = text_of("README.md").split("## The command line")[1]
    assert re.findall(r"^\| `([a-z]+)", table, re.MULTILINE) == list(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_explains_itself(command: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bot", command, "--help"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert f"election-night {command}" in told.stdout


def test_every_make_target_of_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    named = {
        target
        for document in DOCUMENTS
        for target in re.findall(r"(?:^|`)make ([a-z]+)", document.read_text(), re.MULTILINE)
    }
    assert named
    assert named <= targets


def test_the_desk_knows_every_check() -> None:
    desk = text_of("docs/desk.md")
    assert [check.name for check in CHECKS if f"| {check.name} |" not in desk] == []


def test_every_room_of_the_architecture_is_there() -> None:
    rooms = re.findall(
        r"^\| ((?:`[^`]+`(?: and [^|]+|, )?)+)", text_of("docs/architecture.md"), re.M
    )
    paths = [path for room in rooms for path in re.findall(r"`([^`]+)`", room)]
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
