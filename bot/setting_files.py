"""Where settings come from: the environment, `.env` and `election-night.toml`, in this order.

Names are those of the environment; the TOML file has them without the prefix and in lower case. An
empty one is not set. All errors are reported together. The files are looked for in the home, a
folder that `--home` or the environment names (else the current one); relative paths start there.

The library pydantic-settings merges such sources too, but reports neither the source of a value nor
a misspelt variable in the environment.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.redaction import redacted_address
from bot.settings import PREFIX, SettingError, Settings, allowed, variable

ENVIRONMENT = "the environment"
COMMAND_LINE = "the command line"
ENV_FILE = ".env"
TOML_FILE = "election-night.toml"
HOME = variable("home")

_INJECTED = re.compile(
    r"(\w+_)?("
    r"SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?|NAME|ENV_\w+)"
)
"""What Kubernetes sets in other containers for each Service, and Docker for each link."""
_INJECTED_PORT = re.compile(r"(\w+_)?PORT")
_SOCKET = re.compile(r"(tcp|udp|sctp)://")


@dataclass(frozen=True, slots=True)
class _Source:
    """One source of settings: its values by the names that it uses."""

    name: str
    values: Mapping[str, object]

    def written(self, field: str) -> str:
        """Return the name of a setting in this source."""
        if self.name == COMMAND_LINE:
            return {"database": "--db"}.get(field, f"--{field}")
        return field if self.name == TOML_FILE else variable(field)

    def field(self, name: str) -> str:
        """Return the setting that a name in this source means, whether it exists or not."""
        return name if self.name == TOML_FILE else name.upper().removeprefix(PREFIX).lower()


def load_settings(**given: Any) -> Settings:
    """Return the settings; *given*, from the command line, override the environment.

    Relative paths in *given* start from the current folder, all others from the home. Raises
    `SettingError` with a sentence for each setting that is unusable or does not exist, never with
    the value of a secret.
    """
    faults: list[str] = []
    sources = [_Source(COMMAND_LINE, given), *_sources(faults, given.get("home"))]
    faults += (told for source in sources[1:] for told in _unknown(source))
    found = _found(sources)
    try:
        settings = Settings.model_validate({field: value for field, (value, _) in found.items()})
    except ValidationError as error:
        faults += (_sentence(fault, found) for fault in error.errors())
    if faults:
        raise SettingError("\n".join(faults))
    return settings.model_copy(update=_paths_from_home(settings, given))


def where_set(home: Path | None = None) -> dict[str, str]:
    """Return the source of each setting that is set, with the files in *home*."""
    return {field: source.name for field, (_, source) in _found(_sources([], home)).items()}


def files_read(home: Path | None = None) -> Iterator[tuple[Path, bool]]:
    """Yield the absolute path of each settings file in *home*, and whether it exists."""
    for name in (ENV_FILE, TOML_FILE):
        path = (home or Path()) / name
        yield path.absolute(), path.is_file()


def _paths_from_home(settings: Settings, given: Mapping[str, object]) -> dict[str, object]:
    """Return the settings that are paths, with relative ones from the home; not those *given*."""
    found: dict[str, object] = {}
    for field in Settings.model_fields.keys() - {"home"} - given.keys():
        value = getattr(settings, field)
        if isinstance(value, Path):
            found[field] = settings.home / value
        elif isinstance(value, tuple) and value and isinstance(value[0], Path):
            found[field] = tuple(settings.home / path for path in value)
    return found


def _home(environment: Mapping[str, object], given: Path | None, faults: list[str]) -> Path:
    """Return the folder of the settings files; if there is none, that is added to *faults*."""
    said = next((value for name, value in environment.items() if name.upper() == HOME), None)
    home = given or (Path(str(said).strip()) if said and not _is_empty(said) else Path())
    with contextlib.suppress(RuntimeError):  # nobody has that home: the setting's own check says so
        home = home.expanduser()
    if not home.is_dir():
        where = "--home" if given else f"{HOME} in {ENVIRONMENT}"
        faults.append(f"There is no folder {home} ({where}): make it, or name another one.")
    return home


def _sources(faults: list[str], given: Path | None) -> list[_Source]:
    """Return the sources, the first of which wins; what cannot be read is added to *faults*.

    *given* is the home by the command line.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if _is_ours(name) and not _is_injected(name.upper().removeprefix(PREFIX), value)
    }
    home = _home(environment, given, faults)
    return [
        _Source(ENVIRONMENT, environment),
        _Source(ENV_FILE, _env_file(home, faults)),
        _Source(TOML_FILE, _toml_file(home, faults)),
    ]


def _env_file(home: Path, faults: list[str]) -> dict[str, object]:
    """Return our settings in `.env`, which may have those of other programs too."""
    try:
        if not (home / ENV_FILE).is_file():
            return {}
        lines = list(parse_stream(io.StringIO(_text(home / ENV_FILE))))
    except (OSError, UnicodeDecodeError) as error:
        faults.append(_unreadable(ENV_FILE, error))
        return {}
    faults += (
        f"Line {line.original.line} of {ENV_FILE} cannot be read: write it as "
        f"{variable('pace')}=45."
        for line in lines
        if line.error and PREFIX in line.original.string.upper()
    )
    sound = "".join(line.original.string for line in lines if not line.error)
    written = dotenv_values(stream=io.StringIO(sound))
    return {name: value for name, value in written.items() if _is_ours(name)}


def _toml_file(home: Path, faults: list[str]) -> dict[str, object]:
    try:
        if not (home / TOML_FILE).exists():
            return {}
        return tomllib.loads(_text(home / TOML_FILE))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(_unreadable(TOML_FILE, error))
        return {}


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8-sig")  # some editors write a byte order mark


def _unreadable(file: str, error: Exception) -> str:
    """Return a sentence on a settings file that cannot be read."""
    if isinstance(error, UnicodeDecodeError):
        return f"{file} cannot be read: it is not in UTF-8. Save it in that."
    if isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
        return f"{file} cannot be read ({reason}): let this user read it, or move it away."
    return f"{file} cannot be read: {error}. Mend it there."


def _is_ours(name: str) -> bool:
    return name.upper().startswith(PREFIX)


def _is_injected(name: str, value: str) -> bool:
    """Return whether a container platform set a variable for a service called election-night."""
    if name.lower() in Settings.model_fields:
        return False
    injected = bool(_INJECTED.fullmatch(name))
    return injected or bool(_INJECTED_PORT.fullmatch(name) and _SOCKET.match(value))


def _unknown(source: _Source) -> Iterator[str]:
    """Yield a sentence for each name that is no setting."""
    for name, value in source.values.items():
        field = source.field(name)
        late = source.name in (ENV_FILE, TOML_FILE) and not _is_empty(value)
        if field == "home" and late:
            yield (
                f"{source.written(field)} in {source.name} comes too late to say where that file "
                f"is: give --home, or set {HOME} in the environment."
            )
        if field in Settings.model_fields:
            continue
        if isinstance(value, dict):
            yield f"Settings stand in no section: take [{name}] out of {source.name}."
            continue
        wanted = field.lower().removeprefix(PREFIX.lower())
        near = difflib.get_close_matches(wanted, Settings.model_fields, n=1)
        hint = (
            f"Is {source.written(near[0])} meant?"
            if near
            else "Take it out; `election-night doctor` then lists all settings."
        )
        yield f"There is no setting {name} (in {source.name}). {hint}"


def _found(sources: Iterable[_Source]) -> dict[str, tuple[object, _Source]]:
    """Return each setting with its value in the first of *sources* that sets it."""
    found: dict[str, tuple[object, _Source]] = {}
    for source in sources:
        for name, value in source.values.items():
            field = source.field(name)
            if field in Settings.model_fields and not _is_empty(value):
                found.setdefault(field, (value, source))
    return found


def _is_empty(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip(" \t\r\n,")
    return value is None or value in ([], {})


def _sentence(fault: ErrorDetails, found: Mapping[str, tuple[object, _Source]]) -> str:
    """Return a sentence on an unusable setting, by its name in its source."""
    name = str(fault["loc"][0])
    field, (value, source) = Settings.model_fields[name], found[name]
    if "ctx" in fault and isinstance(wrong := fault["ctx"].get("error"), ValueError):
        value = wrong.args[0] if wrong.args else value  # the one of several that is wrong
    shown = (
        "" if "SecretStr" in str(field.annotation) else f" ({redacted_address(str(value))[:80]!r})"
    )
    return (
        f"{source.written(name)}{shown} in {source.name} cannot be used: it must be "
        f"{allowed(field)}."
    )
