"""Settings: where they come from, what a wrong one says, and that the documentation lists them."""

import logging
import re
from datetime import date
from pathlib import Path

import pytest

from bot.settings import PREFIX, SettingError, Settings, allowed, load_settings, shown, variable

OPERATING = Path(__file__).parents[1] / "docs" / "operating.md"
SECRET = "a-token-that-nobody-may-see"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)


def _refusal(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> str:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingError) as refused:
        load_settings()
    return str(refused.value)


def test_every_setting_has_a_default_a_meaning_and_says_what_is_allowed() -> None:
    load_settings()
    for name, field in Settings.model_fields.items():
        assert (field.description or "").endswith("."), name
        assert allowed(field), name


def test_the_environment_goes_before_the_env_file_and_that_before_the_toml_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("election-night.toml").write_text(
        'pace = 10\nsummary_hour = 7\nlog_level = "error"\npa_urls = ["http://toml.example"]\n'
    )
    Path(".env").write_text("ELECTION_NIGHT_PACE=20\nELECTION_NIGHT_SUMMARY_HOUR=8\nOTHER=1\n")
    monkeypatch.setenv("ELECTION_NIGHT_PACE", "30")
    settings = load_settings(night=date(2022, 5, 5))
    assert (settings.pace, settings.summary_hour, settings.log_level) == (30, 8, "error")
    assert settings.pa_urls == ("http://toml.example",)
    assert settings.night == date(2022, 5, 5)


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELECTION_NIGHT_PA_URLS", "http://a.example/pa/, https://b.example")
    monkeypatch.setenv("ELECTION_NIGHT_PA_FOLDERS", "in, /srv/pa")
    monkeypatch.setenv("ELECTION_NIGHT_MODERN_GOV_URLS", "Hull = http://h.example/?lElectionId=3")
    monkeypatch.setenv("ELECTION_NIGHT_NIST_URLS", "http://n.example/all.json,http://n.example/in/")
    settings = load_settings()
    assert settings.nist_urls == ("http://n.example/all.json", "http://n.example/in/")
    assert settings.modern_gov_urls == ("Hull=http://h.example/?lElectionId=3",)
    assert settings.pa_urls == ("http://a.example/pa", "https://b.example")
    assert settings.pa_folders == (Path("in"), Path("/srv/pa"))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PACE", "51", "PACE ('51') cannot be used: it must be a number from 1 to 50."),
        ("SUMMARY_HOUR", "24", "it must be a whole number from 0 to 23."),
        ("NIGHT", "May", "NIGHT ('May') cannot be used: it must be a date such as 2022-05-05."),
        ("DISCORD_API", "ftp://x", "it must be an address that begins with http:// or https://."),
        ("PA_URLS", "http://a.example,nowhere", "it must be an address that begins with http"),
        ("MODERN_GOV_URLS", "http://a.example/?l=1", "it must be a council, = and an address"),
        ("MODERN_GOV_URLS", "Hull=nowhere", "it must be a council, = and an address"),
        ("LOG_LEVEL", "loud", "it must be debug, info, warning or error."),
        ("PACES", "1", "There is no setting ELECTION_NIGHT_PACES. Is ELECTION_NIGHT_PACE meant?"),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    said = _refusal(monkeypatch, name, value)
    assert sentence in said
    assert "\n" not in said
    assert f"{PREFIX}{name}" in said


def test_a_misspelt_setting_is_found_in_either_file() -> None:
    Path(".env").write_text("ELECTION_NIGHT_TOKENS=1\n")
    with pytest.raises(SettingError, match="Is ELECTION_NIGHT_TOKEN meant"):
        load_settings()
    Path(".env").unlink()
    Path("election-night.toml").write_text("tokens = 1\n")
    with pytest.raises(SettingError, match="Is ELECTION_NIGHT_TOKEN meant"):
        load_settings()


def test_a_broken_toml_file_is_named() -> None:
    Path("election-night.toml").write_text("pace =\n")
    with pytest.raises(SettingError, match=r"election-night\.toml"):
        load_settings()


def test_the_token_is_never_shown(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ELECTION_NIGHT_TOKEN", SECRET)
    settings = load_settings()
    logging.getLogger("test").warning("%s %r", settings, settings)
    assert settings.token is not None
    assert settings.token.get_secret_value() == SECRET
    assert shown(settings, "token") == "set"
    assert SECRET not in caplog.text + settings.model_dump_json()
    Path("election-night.toml").write_text(f'token = ["{SECRET}"]\n')
    monkeypatch.delenv("ELECTION_NIGHT_TOKEN")
    with pytest.raises(SettingError) as refused:
        load_settings()
    assert SECRET not in str(refused.value)


def test_the_documentation_lists_exactly_the_settings_with_their_defaults() -> None:
    rows = re.findall(
        r"^\| `(ELECTION_NIGHT_\w+)` \| (.*?) \| (.*?) \|$", OPERATING.read_text(), re.M
    )
    documented = {name: (default, meaning) for name, default, meaning in rows}
    defaults = Settings.model_construct()
    expected = {
        variable(name): (f"{shown(defaults, name)}", field.description)
        for name, field in Settings.model_fields.items()
    }
    assert documented == expected
