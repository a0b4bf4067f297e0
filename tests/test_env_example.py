"""`.env.example` has every setting, with its default, meaning and allowed values.

`python -m tests.test_env_example` makes it.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from bot.setting_files import load_settings
from bot.settings import Settings, allowed, shown, variable

EXAMPLE = Path(__file__).parents[1] / ".env.example"
_ELSEWHERE = {"home"}
"""Cannot be set in a file, since it says where the file is."""
_INTRODUCTION = """\
# Every setting of Election Night. Copy this file to .env in the folder in which you run it (or in
# the one that --home names), take the # away from what you set, and keep it to yourself:
# chmod 600 .env. docs/operating.md says more; `election-night doctor` checks it.
"""


def example() -> str:
    """Return the file's text; only the token is not commented out, and it is empty."""
    parts = [_INTRODUCTION]
    defaults = Settings.model_construct()
    for name, field in Settings.model_fields.items():
        if name in _ELSEWHERE:
            continue
        meaning = f"{field.description} It is {allowed(field)}."
        about = textwrap.fill(meaning, 98, initial_indent="# ", subsequent_indent="# ")
        said = shown(defaults, name)
        value = "" if said == "not set" else said
        mark = "" if name == "token" else "# "
        parts.append(f"{about}\n{mark}{variable(name)}={value}\n")
    return "\n".join(parts)


def test_it_has_every_setting_as_it_is() -> None:
    assert EXAMPLE.read_text() == example()


@pytest.mark.parametrize("mark", ["# ", ""])
def test_it_can_be_used_as_it_is_and_says_the_defaults(
    mark: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With or without the # before each setting."""
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.chdir(tmp_path)
    text = EXAMPLE.read_text().replace("# ELECTION_NIGHT_", f"{mark}ELECTION_NIGHT_")
    Path(".env").write_text(text)
    assert load_settings() == Settings()


if __name__ == "__main__":
    EXAMPLE.write_text(example())
