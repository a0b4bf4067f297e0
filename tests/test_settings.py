"""Settings: where they come from, what a wrong one says, and that the documentation lists them."""

import logging
import re
from datetime import date
from pathlib import Path

import pytest

from bot.setting_files import files_read, load_settings, where_set
from bot.settings import PREFIX, SettingError, Settings, allowed, shown, variable

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


@pytest.mark.parametrize("said", ["option", "environment"])
def test_the_home_is_where_files_are_and_relative_paths_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str
) -> None:
    home = tmp_path / "srv"
    home.mkdir()
    (home / ".env").write_text("ELECTION_NIGHT_PACE=20\nELECTION_NIGHT_NIGHTS=nights\n")
    (home / "election-night.toml").write_text('pa_folders = ["in", "/srv/pa", "~/pa"]\n')
    Path(".env").write_text("ELECTION_NIGHT_PACE=10\n")
    monkeypatch.setenv("HOME", "/home/operator")
    if said == "environment":
        monkeypatch.setenv("ELECTION_NIGHT_HOME", "srv")
    given: dict[str, Path] = {"home": Path("srv")} if said == "option" else {}
    settings = load_settings(**given)
    assert (settings.pace, settings.nights) == (20, Path("srv/nights"))
    assert settings.pa_folders == (Path("srv/in"), Path("/srv/pa"), Path("/home/operator/pa"))
    assert settings.database == Path("srv/var/election-night.sqlite")
    assert where_set(settings.home)["pace"] == ".env"
    assert next(iter(files_read(settings.home)))[0] == home / ".env"
    assert load_settings(database=Path("x.sqlite"), **given).database == Path("x.sqlite")


def test_without_a_home_it_is_the_current_folder() -> None:
    Path(".env").write_text("ELECTION_NIGHT_NIGHTS=nights\n")
    settings = load_settings()
    assert (settings.home, settings.nights) == (Path(), Path("nights"))
    assert settings.database == Path("var/election-night.sqlite")


def test_the_home_cannot_be_said_in_a_file_that_is_looked_for_there() -> None:
    Path(".env").write_text("ELECTION_NIGHT_HOME=/srv\n")
    with pytest.raises(SettingError, match=r"in \.env comes too late .* give --home"):
        load_settings()


def test_a_home_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingError, match=r"There is no folder nowhere \(--home\): make it"):
        load_settings(home=Path("nowhere"))
    monkeypatch.setenv("ELECTION_NIGHT_HOME", "nowhere")
    with pytest.raises(SettingError, match=r"nowhere \(ELECTION_NIGHT_HOME in the environment\)"):
        load_settings()


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
        ("PACE", "51", "PACE ('51') in the environment cannot be used: it must be a number from"),
        ("SUMMARY_HOUR", "24", "it must be a whole number from 0 to 23."),
        ("NIGHT", "May", "cannot be used: it must be a date as YYYY-MM-DD."),
        ("CLOCK", "ftp://x", "it must be an address that begins with http:// or https://."),
        ("DISCORD_API", "https://discord.com/api", "with its version, as https://discord.com/api/"),
        ("DISCORD_API", "http://127.0.0.1:3000", "with its version, as https://discord.com/api/v"),
        ("PA_URLS", "http://a.example,nowhere", "('nowhere') in the environment cannot be used"),
        ("MODERN_GOV_URLS", "http://a.example/?l=1", "it must be a council, = and an address"),
        ("MODERN_GOV_URLS", "Hull=nowhere", "it must be a council, = and an address"),
        ("LOG_LEVEL", "loud", "it must be debug, info, warning or error."),
        ("DESK_GUILD", "9223372036854775808", "it must be the number that Discord shows."),
        ("DATABASE", "~nobody-here/x", "it must be the path of a file."),
        ("DATABASE", "/", "it must be the path of a file."),
        ("XYZ", "1", "Take it out; `election-night doctor` then lists all settings."),
        ("PACES", "1", "There is no setting ELECTION_NIGHT_PACES (in the environment). Is ELECT"),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    said = _refusal(monkeypatch, name, value)
    assert sentence in said
    assert "\n" not in said
    assert f"{PREFIX}{name}" in said


def test_a_misspelt_setting_is_named_as_it_is_written_where_it_stands() -> None:
    Path(".env").write_text("ELECTION_NIGHT_TOKENS=1\n")
    with pytest.raises(SettingError, match=r"TOKENS \(in \.env\)\. Is ELECTION_NIGHT_TOKEN meant"):
        load_settings()
    Path(".env").unlink()
    for written in ("tokens", "ELECTION_NIGHT_TOKEN", "Token"):
        Path("election-night.toml").write_text(f"{written} = 1\n")
        with pytest.raises(SettingError) as refused:
            load_settings()
        assert str(refused.value) == (
            f"There is no setting {written} (in election-night.toml). Is token meant?"
        )


def test_every_fault_is_told_at_once_with_its_place_and_the_name_that_it_has_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ELECTION_NIGHT_PACE", "0")
    Path(".env").write_text("ELECTION_NIGHT_NIHGT=2022-05-05\nELECTION_NIGHT_MORNING_HOUR=24\n")
    Path("election-night.toml").write_text("summary_hour = 24\npaces = 3\npace = 99\n")
    with pytest.raises(SettingError) as refused:
        load_settings()
    assert sorted(str(refused.value).splitlines()) == [
        "ELECTION_NIGHT_MORNING_HOUR ('24') in .env cannot be used: it must be a whole number from "
        "0 to 23.",
        "ELECTION_NIGHT_PACE ('0') in the environment cannot be used: it must be a number from 1 "
        "to 50.",
        "There is no setting ELECTION_NIGHT_NIHGT (in .env). Is ELECTION_NIGHT_NIGHT meant?",
        "There is no setting paces (in election-night.toml). Is pace meant?",
        "summary_hour ('24') in election-night.toml cannot be used: it must be a whole number from "
        "0 to 23.",
    ]


def test_a_file_may_begin_with_a_byte_order_mark() -> None:
    Path(".env").write_text("ELECTION_NIGHT_PACE=20\n", encoding="utf-8-sig")
    Path("election-night.toml").write_text("summary_hour = 8\n", encoding="utf-8-sig")
    assert (load_settings().pace, load_settings().summary_hour) == (20, 8)


def test_a_path_that_no_file_can_have_is_refused() -> None:
    Path("election-night.toml").write_text('database = "\\u0000"\npa_folders = "a,b\\u0000"\n')
    with pytest.raises(SettingError) as refused:
        load_settings()
    assert [line.split()[0] for line in str(refused.value).splitlines()] == [
        "database",
        "pa_folders",
    ]


def test_a_section_in_the_toml_file_is_told_as_that() -> None:
    Path("election-night.toml").write_text("[election-night]\npace = 20\n")
    with pytest.raises(SettingError) as refused:
        load_settings()
    assert str(refused.value) == (
        "Settings stand in no section: take [election-night] out of election-night.toml."
    )


def test_what_is_wrong_with_an_option_is_told_of_the_option() -> None:
    with pytest.raises(SettingError, match=r"^--db \('\.'\) in the command line cannot be used"):
        load_settings(database=Path())


def test_a_line_that_cannot_be_read_is_told_once_and_the_others_are_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    Path(".env").write_text('OTHER="x\nELECTION_NIGHT_PACE=20\n')
    assert load_settings().pace == 20
    assert caplog.text == ""


@pytest.mark.parametrize("empty", ["", "  ", ","])
def test_an_empty_setting_is_not_set(monkeypatch: pytest.MonkeyPatch, empty: str) -> None:
    defaults = load_settings()
    toml = [f'{name} = "{empty}"' for name in Settings.model_fields]
    Path("election-night.toml").write_text("\n".join(toml))
    Path(".env").write_text(
        "\n".join(f'{variable(name)}="{empty}"' for name in Settings.model_fields)
    )
    assert load_settings() == defaults
    for name in Settings.model_fields:
        monkeypatch.setenv(variable(name), empty)
    assert load_settings() == defaults
    assert where_set() == {}


def test_an_empty_variable_leaves_the_setting_to_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELECTION_NIGHT_PACE", "")
    Path("election-night.toml").write_text('pace = 10\npa_urls = ["", " http://a.example "]\n')
    settings = load_settings()
    assert (settings.pace, settings.pa_urls) == (10, ("http://a.example",))
    assert where_set()["pace"] == "election-night.toml"


def test_a_home_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/operator")
    monkeypatch.setenv("ELECTION_NIGHT_DATABASE", "~/night.sqlite")
    monkeypatch.setenv("ELECTION_NIGHT_PA_FOLDERS", "~/pa, ~")
    settings = load_settings()
    assert settings.database == Path("/home/operator/night.sqlite")
    assert settings.pa_folders == (Path("/home/operator/pa"), Path("/home/operator"))
    assert load_settings(database=Path("~/x")).database == Path("/home/operator/x")


def test_what_a_container_platform_injects_does_not_stop_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {
        "SERVICE_HOST": "10.0.0.1",
        "SERVICE_PORT": "5522",
        "SERVICE_PORT_HTTP": "5522",
        "PORT": "tcp://10.0.0.1:5522",
        "PORT_5522_TCP": "tcp://10.0.0.1:5522",
        "PORT_5522_TCP_PROTO": "tcp",
        "PORT_5522_TCP_PORT": "5522",
        "PORT_5522_TCP_ADDR": "10.0.0.1",
        "REDIS_SERVICE_HOST": "10.0.0.2",
        "REDIS_PORT": "udp://10.0.0.2:6379",
        "DB_NAME": "/bot/db",
        "DB_ENV_PATH": "/bin",
    }.items():
        monkeypatch.setenv(PREFIX + name, value)
    load_settings()


def test_a_port_that_the_operator_sets_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no setting ELECTION_NIGHT_PORT" in _refusal(monkeypatch, "PORT", "5522")


def test_what_a_platform_injects_stands_in_no_file() -> None:
    Path(".env").write_text("ELECTION_NIGHT_SERVICE_HOST=10.0.0.1\n")
    with pytest.raises(SettingError, match="no setting ELECTION_NIGHT_SERVICE_HOST"):
        load_settings()


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("election-night.toml", b"pace =\n", "election-night.toml cannot be read: "),
        (
            "election-night.toml",
            b'token = "\xe9"\n',
            "election-night.toml cannot be read: it is no",
        ),
        (".env", b"ELECTION_NIGHT_TOKEN=\xe9\n", ".env cannot be read: it is not in UTF-8."),
        (".env", b"A=1\nELECTION_NIGHT_PACE 4=\n", "Line 2 of .env cannot be read: write it as"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(file: str, content: bytes, sentence: str) -> None:
    Path(file).write_bytes(content)
    with pytest.raises(SettingError) as refused:
        load_settings()
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_folder_in_a_file_s_place_is_named() -> None:
    Path("election-night.toml").mkdir()
    with pytest.raises(SettingError, match=r"election-night\.toml cannot be read \(is a directory"):
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
