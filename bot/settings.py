"""Every setting, with its default, its meaning and its allowed values.

`bot.setting_files` says where they come from: the environment, `.env` or `election-night.toml`.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    SecretStr,
    TypeAdapter,
    ValidationError,
)
from pydantic.fields import FieldInfo

from bot.election.policy import ClaimsNeed
from bot.errors import OperatorError
from bot.redaction import redacted

PREFIX = "ELECTION_NIGHT_"
_URL: TypeAdapter[AnyHttpUrl] = TypeAdapter(AnyHttpUrl)
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*", re.ASCII)
_VERSIONED = re.compile(r"/v\d+$")
_KEY = re.compile(r"[!-~]+")

# Validators raise `ValueError` with the value at fault, which the error message quotes.


def _separated(value: object) -> object:
    """Return the parts of a comma-separated text, or of a list, without empty ones."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        return value
    parts = (part.strip() if isinstance(part, str) else part for part in value)
    return tuple(part for part in parts if part != "")


def _address(text: str) -> str:
    """Return a web address without its closing slash."""
    try:
        return str(_URL.validate_python(text)).rstrip("/")
    except ValidationError:
        raise ValueError(text) from None


def _address_or_folder(text: str) -> str:
    """Return a web address; a closing slash, which marks a folder, stays."""
    return _address(text) + "/" * text.endswith("/")


def _council_and_address(text: str) -> str:
    """Return "Hull=https://…" without spaces around the =."""
    council, _, url = text.partition("=")
    if not council.strip() or "://" in council:
        raise ValueError(text)
    return f"{council.strip()}={_address(url.strip())}"


def _host(text: str) -> str:
    """Return the name of a host in lower case; one label, as "com", would be too many hosts."""
    if not _HOST.fullmatch(host := text.strip().casefold()):
        raise ValueError(text)
    return host


def _versioned_address(text: str) -> str:
    if not _VERSIONED.search(address := _address(text)):
        raise ValueError(text)
    return address


def _path(path: Path) -> Path:
    """Return a path with its `~` expanded."""
    try:
        if "\0" not in str(path):
            return path.expanduser()
    except RuntimeError:  # nobody has that home
        pass
    raise ValueError(path)


def _file(path: Path) -> Path:
    if not path.name:  # "." and "/" name no file
        raise ValueError(path)
    return _path(path)


def _key(secret: SecretStr) -> SecretStr:
    """Return a key, which becomes part of a header and so has no spaces or line breaks."""
    if not _KEY.fullmatch(secret.get_secret_value()):
        raise ValueError
    return secret


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _folded(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


_WebAddress = Annotated[str, AfterValidator(_address)]
_Separated = BeforeValidator(_separated)
_WebAddresses = Annotated[tuple[_WebAddress, ...], _Separated]
_Paths = Annotated[tuple[Annotated[Path, AfterValidator(_path)], ...], _Separated]
_Seconds = Annotated[float, Field(ge=1, le=3600)]
_Hour = Annotated[int, Field(ge=0, le=23)]
_Id = Annotated[int, Field(gt=0, le=2**63 - 1)]


class SettingError(OperatorError):
    """Unusable settings; the message has one sentence a line for each."""


def _setting(default: Any, meaning: str, allowed: str, **limits: Any) -> Any:
    """Return a field; *allowed* describes its values for error messages and `doctor`."""
    extra: dict[str, JsonValue] = {"allowed": allowed}
    return Field(default, description=meaning, json_schema_extra=extra, **limits)


_WEB_ADDRESS = "an address that begins with http:// or https://"
_WEB_ADDRESSES = f"{_WEB_ADDRESS}, or several separated by commas"
_API_ADDRESS = "the address of Discord's API with its version, as https://discord.com/api/v10"
_HOUR = "a whole number from 0 to 23"
_SECONDS = "a number of seconds from 1 to 3600"


class Settings(BaseModel):
    """Everything that an operator can set."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True
    )

    home: Annotated[Path, AfterValidator(_path)] = _setting(
        Path(),
        "The folder in which `.env` and `election-night.toml` are looked for, and that relative "
        "paths in settings start from. The option `--home` says the same.",
        "the path of a folder",
    )
    token: Annotated[SecretStr | None, BeforeValidator(_stripped)] = _setting(
        None, "The bot's token, from Discord's developer portal.", "the token as Discord gave it"
    )
    database: Annotated[Path, AfterValidator(_file)] = _setting(
        Path("var/election-night.sqlite"),
        "The SQLite file; it and its folder are made where they are missing.",
        "the path of a file",
    )
    night: date | None = _setting(
        None,
        "The polling date that is followed, and questions are answered for. Without it: the "
        "prepared night that is running or comes next; else the feeds' own, or a shipped one.",
        "a date as YYYY-MM-DD",
    )
    nights: Annotated[Path, AfterValidator(_file)] | None = _setting(
        None,
        "The folder of the nights that were prepared, each a folder called by its date. They stand "
        "beside those that are shipped, and are taken up while the bot runs.",
        "the path of a folder",
    )
    pa_folders: _Paths = _setting(
        (),
        "Folders that the Press Association's documents are put into.",
        "the path of a folder, or several separated by commas",
    )
    pa_urls: _WebAddresses = _setting(
        (), "Web folders of the Press Association's XML documents.", _WEB_ADDRESSES
    )
    pa_json_urls: _WebAddresses = _setting(
        (), "Web folders of the Press Association's JSON documents.", _WEB_ADDRESSES
    )
    pa_interval: _Seconds = _setting(
        10.0, "Seconds between two requests to the Press Association's feeds.", _SECONDS
    )
    democracy_club_url: _WebAddress | None = _setting(
        None, "The base address of Democracy Club's results.", _WEB_ADDRESS
    )
    democracy_club_key: Annotated[
        Annotated[SecretStr, AfterValidator(_key)] | None, BeforeValidator(_stripped)
    ] = _setting(
        None,
        "Democracy Club's key, free on your profile page there. Without one it answers ten "
        "requests a minute. It is sent to the host of its base address alone.",
        "the key alone, without Token before it",
    )
    democracy_club_interval: _Seconds = _setting(
        60.0, "Seconds between two requests to Democracy Club's results.", _SECONDS
    )
    democracy_club_atom_url: _WebAddress | None = _setting(
        None, "The address of Democracy Club's Atom feed, /results/all.atom.", _WEB_ADDRESS
    )
    modern_gov_urls: Annotated[
        tuple[Annotated[str, AfterValidator(_council_and_address)], ...], _Separated
    ] = _setting(
        (),
        "Councils' own results, each as the council, = and the address of its Modern.Gov "
        "GetElectionResults?lElectionId=….",
        f"a council, = and {_WEB_ADDRESSES}",
    )
    nist_urls: Annotated[
        tuple[Annotated[str, AfterValidator(_address_or_folder)], ...], _Separated
    ] = _setting(
        (),
        "Results in NIST's common data format SP 1500-100 as JSON; one that ends in a slash is a "
        "folder of them.",
        _WEB_ADDRESSES,
    )
    desk_sheet_urls: _WebAddresses = _setting(
        (), "Spreadsheets of results, published as CSV.", _WEB_ADDRESSES
    )
    documents_interval: _Seconds = _setting(
        30.0, "Seconds between two requests to Modern.Gov, NIST and the sheets.", _SECONDS
    )
    redirect_hosts: Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], _Separated] = (
        _setting(
            (),
            "Hosts that the address of a feed or a sheet may redirect to over https, subdomains "
            "included; without it a redirect stays on its host. A sheet published by Google needs "
            "googleusercontent.com.",
            "the name of a host, or several separated by commas",
        )
    )
    allow_test: bool = _setting(
        False,
        "Take in documents that are marked as a test. They count as if they were real: "
        "for a rehearsal with a database of its own.",
        "true or false",
    )
    claims_need: ClaimsNeed = _setting(
        ClaimsNeed.ONE_SOURCE,
        "What it takes to claim a council's control and tell anybody: one source, the wire (the "
        "Press Association's result, though wards say the same before it), or two sources that "
        "agree.",
        "one source, the wire or two sources",
    )
    pace: float = _setting(
        45.0,
        "Posts and edits a second over all channels; Discord's own limit is 50.",
        "a number from 1 to 50",
        ge=1,
        le=50,
    )
    midnight_hour: _Hour = _setting(
        0,
        "The hour of the day after polling, in London, of the summary's midnight edition, for "
        "those who follow every one. An edition tells of its hour, and is left out if nothing has "
        "declared by then.",
        _HOUR,
    )
    morning_hour: _Hour = _setting(
        7,
        "The hour of the day after polling, in London, of the summary's breakfast edition.",
        _HOUR,
    )
    lunchtime_hour: _Hour = _setting(
        13,
        "The hour of the day after polling, in London, of the summary's lunchtime edition, for "
        "those who follow every one.",
        _HOUR,
    )
    summary_hour: _Hour = _setting(
        21,
        "The hour two days after polling, in London, of the final edition, even if "
        "something is still to declare: a count that begins on Thursday night goes on to Saturday.",
        _HOUR,
    )
    desk_guild: _Id | None = _setting(
        None, "The id of the server that the desk works in.", "the number that Discord shows"
    )
    desk_role: _Id | None = _setting(
        None, "The id of the role in it that makes a member the desk.", "a role's number"
    )
    desk_two_person: bool = _setting(
        False,
        "Release a held report only when two different members of the desk have confirmed it.",
        "true or false",
    )
    desk_channel: _Id | None = _setting(
        None,
        "The id of the desk's channel that is told of every report that is newly held, "
        "and of every council that waits.",
        "a channel's number",
    )
    discord_api: Annotated[str, AfterValidator(_versioned_address)] | None = _setting(
        None,
        "Another base of Discord's API: the sandbox, or a proxy that keeps rate limits. The "
        "gateway is asked for at this base.",
        _API_ADDRESS,
    )
    clock: _WebAddress | None = _setting(
        None,
        "Where `rehearse` tells its clock, which `run` then follows instead of the real time: "
        "for a rehearsal with a database of its own.",
        _WEB_ADDRESS,
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_folded)] = (
        _setting("info", "How much is logged.", "debug, info, warning or error")
    )

    @property
    def has_wire(self) -> bool:
        """Whether a feed of the Press Association's is set."""
        return bool(self.pa_folders or self.pa_urls or self.pa_json_urls)


def variable(field: str) -> str:
    """Return the name of a setting in the environment."""
    return PREFIX + field.upper()


def shown(settings: Settings, field: str) -> str:
    """Return a setting's value for display: a secret only as set or not set.

    Addresses come without their user names, passwords and queries.
    """
    value = getattr(settings, field)
    if value is None or value == ():
        return "not set"
    if isinstance(value, SecretStr):
        return "set"
    return redacted(", ".join(map(str, value)) if isinstance(value, tuple) else str(value))


def allowed(field: FieldInfo) -> str:
    """Return the description of a setting's allowed values."""
    extra = field.json_schema_extra
    return str(extra["allowed"]) if isinstance(extra, dict) else ""
