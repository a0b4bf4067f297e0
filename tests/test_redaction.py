"""No secret of a known form is shown: in sentences, in `doctor`, in log lines and tracebacks."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.almanac.tables import load_almanac
from bot.redaction import RedactingFormatter, redacted
from bot.setting_files import load_settings
from bot.settings import SettingError, Settings, shown

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe." + "abcdefghijklmnopqrstuvwxyz0123456789"  # fmt: skip
FEED = "https://wire:Pa55/w0rd@feeds.example/nights?key=S3CRET&since=1"
WEBHOOK = f"https://discord.com/api/webhooks/123/{'hOok' * 12}"
SECRETS = ("wire:", "Pa55", "w0rd", "S3CRET", "hOok", TOKEN, "aW50ZXJh")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (FEED, "https://…@feeds.example/nights?…"),
        (f"The feed ({FEED}), and more.", "The feed (https://…@feeds.example/nights?…), and more."),
        (f"('{FEED}', 'https://b.example')", "('https://…@feeds.example/nights?…', 'https://b."),
        ("http://[::1]:80/x?key=S3CRET y", "http://[::1]:80/x?… y"),
        ("https://feeds.example/night#S3CRET", "https://feeds.example/night#…"),
        (f"Hull={FEED}", "Hull=https://…@feeds.example/nights?…"),
        (
            f"postgres://wire:Pa55@h/db {WEBHOOK}",
            "postgres://…@h/db https://discord.com/api/webhoo",
        ),
        ("POST /interactions/12/aW50ZXJhY3/callback", "POST /interactions/12/…/callback"),
        (f"Authorization: Bot {TOKEN}", "Authorization: Bot …"),
        (f"the token {TOKEN}, again", "the token …, again"),
    ],
)
def test_secrets_are_taken_out_of_any_text(text: str, kept: str) -> None:
    assert redacted(text).startswith(kept)
    assert not any(secret in redacted(text) for secret in SECRETS)


@pytest.mark.parametrize(
    "text",
    [
        "https://feeds.example/@elections/2022",
        "Hull: 29 of 57, 10:40. What next?",
        "EN-7K3Q2 a.b@c",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text


def test_the_log_has_no_secret_of_an_exception_or_an_argument() -> None:
    formatter = RedactingFormatter("%(levelname)s %(message)s", ("short-secret",))
    try:
        raise OSError(f"{FEED} answered; {TOKEN}; {WEBHOOK}")
    except OSError:
        fault = sys.exc_info()
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "%s: short-secret", (FEED,), fault)
    line = formatter.format(record)
    assert "Traceback" in line
    assert "feeds.example" in line
    assert not any(secret in line for secret in (*SECRETS, "short-secret"))


def test_a_fault_that_ends_the_program_tells_no_secret() -> None:
    program = (
        "from bot.cli.logs import configure_logging\n"
        "from bot.settings import Settings\n"
        f"configure_logging(Settings(token='{TOKEN}'), False)\n"
        f"raise KeyError('{FEED} {TOKEN} {WEBHOOK}')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "Traceback" in ended.stderr
    assert "feeds.example" in ended.stderr
    assert not any(secret in ended.stderr for secret in SECRETS)


def test_settings_are_shown_without_secrets() -> None:
    settings = Settings(
        token=TOKEN,
        pa_urls=("https://wire:Pa55@feeds.example/nights?key=S3CRET",),
        modern_gov_urls=("Hull=https://hull.example/x?key=S3CRET",),
        discord_api="https://wire:Pa55@proxy.example/api/v10",
    )
    for field in Settings.model_fields:
        assert not any(secret in shown(settings, field) for secret in SECRETS), field


@pytest.mark.parametrize(
    "given",
    [
        "wire:Pa55@feeds.example/x?key=S3CRET",
        "ftp://wire:Pa55@f/x",
        "https://feeds.example/x,wire:Pa55@feeds.example/x?key=S3CRET,y",
    ],
)
def test_a_setting_that_cannot_be_used_is_named_without_its_secret(given: str) -> None:
    with pytest.raises(SettingError) as refused:
        load_settings(pa_urls=given)
    assert not any(secret in str(refused.value) for secret in SECRETS)


def test_doctor_prints_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    load_almanac()
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "TOKEN": TOKEN,
        "DISCORD_API": "http://wire:Pa55@127.0.0.1:9/api/v10",
        "PA_URLS": "http://wire:Pa55@127.0.0.1:9/nights?key=S3CRET",
        "DEMOCRACY_CLUB_URL": "http://wire:Pa55@127.0.0.1:9/?key=S3CRET",
    }.items():
        monkeypatch.setenv(f"ELECTION_NIGHT_{name}", value)
    main(["doctor", "--db", str(tmp_path / "night.sqlite")])
    printed = capfd.readouterr()
    assert "127.0.0.1:9" in printed.out
    assert not any(secret in printed.out + printed.err for secret in SECRETS)
