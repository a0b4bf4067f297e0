"""The command line: `election-night`, also `python -m bot`."""

from __future__ import annotations

import argparse
import difflib
import importlib
import io
import os
import signal
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import MachineFault, OperatorError, first_of

if TYPE_CHECKING:
    from bot.settings import Settings

UNUSABLE = 2
"""The exit status for arguments, settings or files that cannot be used."""
DAMAGED = 3
"""The exit status for a damaged database: starting again does not help."""
_REFUSALS = (OperatorError, MachineFault, OSError, sqlite3.Error)
"""Errors that end in a sentence; any other is a fault of the program."""

_COMMANDS = {
    "demo": ("simulation.demo.command", "replay a recorded night in a Discord of its own"),
    "run": ("bot.cli.run", "the bot on Discord with the configured feeds"),
    "prepare": ("bot.cli.prepare", "make or renew the tables of a night to come"),
    "rehearse": ("simulation.rehearse", "serve a recorded night as live feeds over HTTP"),
    "ingest": ("bot.cli.ingest", "read files or folders of wire documents"),
    "ask": ("bot.cli.ask", 'answer one question: "/council Hull"'),
    "doctor": ("bot.cli.doctor", "what is wrong with the set-up and how to mend it"),
    "retake": ("bot.cli.retake", "take again what a fault of the program turned away"),
    "restore": ("bot.cli.restore", "put a copy of the database back, safely"),
    "rebuild": ("bot.cli.rebuild", "derive every table again from the journal and compare"),
}
"""Each command's module and help.

A module has `add_arguments(parser)` and `main(arguments, settings)`, which returns the exit status.
It is imported only when its command is given: the heavy imports would slow down the others.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    _tolerate_limited_output()
    settings: Settings | None = None
    try:
        given = parser().parse_args(
            arguments, argparse.Namespace(db=None, home=None, verbose=False)
        )
        from bot.cli.logs import configure_logging
        from bot.setting_files import load_settings

        said = {"home": given.home, "database": given.db}
        settings = load_settings(**{name: path for name, path in said.items() if path is not None})
        configure_logging(settings, given.verbose)
        status: int = given.main(given, settings)
        sys.stdout.flush()  # raises here, where a closed pipe is handled
        return status
    except ExceptionGroup as group:  # from concurrent tasks
        refusals, _ = group.split(_REFUSALS)
        if refusals is None:
            raise
        from bot.store.errors import DamagedError

        # A damaged file decides the exit status, whatever else went wrong beside it.
        return _refuse(first_of(refusals.subgroup(DamagedError) or refusals), settings)
    except _REFUSALS as refusal:
        return _refuse(refusal, settings)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _refuse(refusal: BaseException, settings: Settings | None) -> int:
    """Say in a sentence why a command cannot be carried out; return the exit status."""
    from bot.cli.refusals import in_a_sentence
    from bot.cli.terminal import discard_output
    from bot.redaction import redacted
    from bot.store.errors import DamagedError
    from bot.store.opening import explained

    if isinstance(refusal, BrokenPipeError):  # the reader has had enough, as `head` has
        discard_output()
        return 0
    if isinstance(refusal, sqlite3.Error) and settings is not None:
        refusal = explained(settings.database, refusal)
    sentence = in_a_sentence(refusal) if isinstance(refusal, OSError) else str(refusal)
    print(redacted(sentence), file=sys.stderr)
    return DAMAGED if isinstance(refusal, DamagedError) else UNUSABLE


def _tolerate_limited_output() -> None:
    """Let output go nowhere where it is closed, and show "?" for characters it cannot encode."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # as after `>&-`
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - open until the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


class _Parser(argparse.ArgumentParser):
    """Answers an unknown command with those whose names are similar."""

    def _check_value(self, action: argparse.Action, value: str) -> None:
        if isinstance(action, argparse._SubParsersAction) and value not in action.choices:
            near = difflib.get_close_matches(value, action.choices, n=2, cutoff=0.7)
            meant = f"Is {' or '.join(near)} meant? " if near else ""
            raise argparse.ArgumentError(
                None, f"There is no command {value}. {meant}There are: {', '.join(action.choices)}."
            )
        super()._check_value(action, value)


class _CommandParser(argparse.ArgumentParser):
    """Imports the command's module when it has to parse the command's arguments."""

    module = ""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse them after the module has declared them."""
        self.load()
        return super().parse_known_args(args, namespace)

    def load(self) -> None:
        """Declare the command's arguments."""
        handler = signal.getsignal(signal.SIGINT)
        if handler is signal.default_int_handler:  # else Ctrl+C is ignored, as under nohup
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # no traceback from the middle of imports
        command = importlib.import_module(self.module)
        signal.signal(signal.SIGINT, handler)
        command.add_arguments(self)
        self.set_defaults(main=command.main)


class _Version(argparse.Action):
    """Prints the version, and looks for it only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from bot.version import PROGRAM

        print(f"{parser.prog} {PROGRAM}")
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    # These stand before or after the command; without a default, the parser of the command does
    # not overwrite what stands before it.
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument(
        "--db", type=Path, metavar="FILE", help="the database, instead of the one in the settings"
    )
    common.add_argument(
        "--home",
        type=Path,
        metavar="FOLDER",
        help="where .env, election-night.toml and var/ are, instead of the current folder",
    )
    common.add_argument("-v", "--verbose", action="store_true", help="log more")
    whole = _Parser(
        prog="election-night",
        description="A Discord bot that follows a UK election night.",
        parents=[common],
    )
    whole.add_argument(
        "--version", action=_Version, nargs=0, help="show program's version number and exit"
    )
    commands: Any = whole.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_CommandParser
    )
    for name, (module, explained) in _COMMANDS.items():
        command = commands.add_parser(name, parents=[common], help=explained)
        command.module = module
    return whole


if __name__ == "__main__":
    sys.exit(main())
