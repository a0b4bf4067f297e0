"""The command line: `election-night`, also `python -m bot`."""

from __future__ import annotations

import argparse
import asyncio
import difflib
import io
import logging
import os
import sqlite3
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType

from bot.almanac.csv_rows import TablesError
from bot.almanac.tables import load_almanac
from bot.chat.connection import ClientStopped
from bot.cli.log_lines import MachineFaultsInALine
from bot.cli.output import give_up
from bot.cli.refusals import in_a_sentence
from bot.clock import LONDON
from bot.redaction import RedactingFormatter, redacted
from bot.setting_files import load_settings
from bot.settings import SettingError, Settings
from bot.store.errors import DamagedError, StoreError
from bot.store.opening import explained
from bot.version import PROGRAM
from simulation.wire.faults import Fault

UNUSABLE = 2
"""The exit status for arguments, settings or files that cannot be used."""
DAMAGED = 3
"""The exit status for a damaged database: to start again helps nothing."""
_REFUSALS = (SettingError, TablesError, StoreError, ClientStopped, OSError, sqlite3.Error)
"""What is told in a sentence; anything else is a fault of the program."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    _say_what_can_be_said()
    parser = _parser()
    given = parser.parse_args(arguments, argparse.Namespace(db=None, verbose=False))
    settings: Settings | None = None
    try:
        settings = load_settings(**({} if given.db is None else {"database": given.db}))
        _log(settings, given.verbose)
        status: int = given.run(given, settings)
        sys.stdout.flush()  # while it can still be told that nobody reads
        return status
    except ExceptionGroup as failures:  # of parts that ran beside each other
        refusals, _ = failures.split(_REFUSALS)
        if refusals is None:
            raise
        return _refused(_first(refusals), settings)
    except _REFUSALS as refusal:
        return _refused(refusal, settings)
    except KeyboardInterrupt:
        return 130


def _refused(refusal: Exception, settings: Settings | None) -> int:
    """Say in a sentence why a command cannot be carried out; return the exit status."""
    if isinstance(refusal, BrokenPipeError):
        give_up()  # nobody reads on: no fault
        return 0
    if isinstance(refusal, sqlite3.Error) and settings is not None:
        refusal = explained(settings.database, refusal)
    told = in_a_sentence(refusal) if isinstance(refusal, OSError) else str(refusal)
    print(redacted(told), file=sys.stderr)
    return DAMAGED if isinstance(refusal, DamagedError) else UNUSABLE


def _first(failures: ExceptionGroup[Exception]) -> Exception:
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, ExceptionGroup) else first


def _say_what_can_be_said() -> None:
    """Let a terminal that knows few characters show "?" for the others, and nothing break off."""
    for closed in ("stdout", "stderr"):
        if getattr(sys, closed) is None:  # as after `>&-`
            setattr(sys, closed, Path(os.devnull).open("w"))  # noqa: SIM115 - until the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


# Each command loads its modules only when it is the one: the rest of the program costs nothing.


def _demo(given: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.demo import Options, demo
    from bot.cli.replayed import demo_file

    if given.db is None:
        settings = settings.model_copy(update={"database": demo_file(settings.database)})
    options = Options(
        speed=given.speed,
        until=given.until,
        headless=given.headless,
        as_json=given.json,
        folder=given.tables,
        port=given.port,
        asked_by="--demo" if given.db is None else f"--db {given.db}",
    )
    return asyncio.run(demo(options, settings, load_almanac()))


def _live(given: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.run import run

    asyncio.run(run(settings, load_almanac()))
    return 0


def _rehearse(given: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.rehearse import rehearse

    serving = rehearse(
        given.night,
        speed=given.speed,
        faults=given.faults,
        seed=given.seed,
        port=given.port,
        folder=given.tables,
    )
    asyncio.run(serving)
    return 0


def _ingest(given: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.ingest import ingest

    reading = ingest(
        given.paths,
        db=settings.database,
        almanac=load_almanac(),
        allow_test=given.allow_test or settings.allow_test,
        as_json=given.json,
    )
    return asyncio.run(reading)


def _ask(given: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.ask import ask

    settings = _or_demo(given, settings)
    return asyncio.run(ask(" ".join(given.question), settings, load_almanac()))


def _or_demo(given: argparse.Namespace, settings: Settings) -> Settings:
    """Return the settings with the demo's file where that is meant, or is all that there is."""
    from bot.cli.replayed import demo_file

    live, demo = settings.database, demo_file(settings.database)
    if not given.demo:
        if given.db is not None or live.exists() or not demo.exists():
            return settings
        print(f"From the demo, {demo}: there is no {live}.", file=sys.stderr)
    elif not demo.exists():
        raise StoreError(f"There is no {demo} yet: `election-night demo` makes it.")
    return settings.model_copy(update={"database": demo})


def _doctor(given: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.doctor import doctor

    return asyncio.run(doctor(settings, load_almanac()))


def _rebuild(given: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.rebuild import rebuild

    return rebuild(
        _or_demo(given, settings).database,
        load_almanac(),
        into=given.into,
        rejudge=given.rejudge,
    )


def _retake(given: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.retake import retake

    return asyncio.run(retake(settings, load_almanac()))


def _restore(given: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.restore import restore

    return restore(settings.database, given.copy, yes=given.yes)


class _Parser(argparse.ArgumentParser):
    """Says of a command that is none which ones come near."""

    def _check_value(self, action: argparse.Action, value: str) -> None:
        if isinstance(action, argparse._SubParsersAction) and value not in action.choices:
            near = difflib.get_close_matches(value, action.choices, n=2)
            meant = f"Is {' or '.join(near)} meant? " if near else ""
            raise argparse.ArgumentError(
                None, f"There is no command {value}. {meant}There are: {', '.join(action.choices)}."
            )
        super()._check_value(action, value)


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument(
        "--db", type=Path, metavar="FILE", help="the database, instead of the one in the settings"
    )
    common.add_argument("-v", "--verbose", action="store_true", help="log more")
    # Both stand before the command or behind it; what is not given behind it overrules nothing.
    parser = _Parser(
        prog="election-night",
        description="A Discord bot that follows a UK election night.",
        parents=[common],
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {PROGRAM}")
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=argparse.ArgumentParser
    )

    demo = commands.add_parser(
        "demo", parents=[common], help="replay the night of 5 May 2022 in a Discord of its own"
    )
    demo.set_defaults(run=_demo)
    demo.add_argument(
        "--speed",
        type=_speed,
        default=120.0,
        metavar="N",
        help="times as fast as the night (%(default)g), or max: from event to event",
    )
    demo.add_argument(
        "--until", type=_moment, metavar="TIME", help="stop there, e.g. 2022-05-06T09:00 (London)"
    )
    demo.add_argument(
        "--headless",
        action="store_true",
        help="no page: print the channel as text, and end when the replay has ended",
    )
    demo.add_argument(
        "--port", type=_port, help="where the chat page is (5522, or a free one if that is taken)"
    )
    demo.add_argument(
        "--json", action="store_true", help="print the final state as the last line, and end"
    )
    demo.add_argument(
        "--tables", type=Path, metavar="FOLDER", help="a changed copy of the shipped tables"
    )

    live = commands.add_parser(
        "run", parents=[common], help="the bot on Discord with the configured feeds"
    )
    live.set_defaults(run=_live)

    rehearse = commands.add_parser(
        "rehearse", parents=[common], help="serve a recorded night as live feeds over HTTP"
    )
    rehearse.set_defaults(run=_rehearse)
    rehearse.add_argument("night", help="2022-05-05")
    rehearse.add_argument(
        "--speed",
        type=_number,
        default=1.0,
        metavar="N",
        help="times as fast as the night (%(default)g)",
    )
    rehearse.add_argument(
        "--faults",
        type=_faults,
        default=(),
        metavar="LIST",
        help="what goes wrong, separated by commas: " + ", ".join(Fault),
    )
    rehearse.add_argument("--seed", type=int, default=0, help="which councils suffer the faults")
    rehearse.add_argument(
        "--port", type=_port, default=5523, help="where (%(default)s); 0 takes a free one"
    )
    rehearse.add_argument("--tables", type=Path, metavar="FOLDER", help="a changed copy of data/")

    ingest = commands.add_parser(
        "ingest", parents=[common], help="read files or folders of wire documents"
    )
    ingest.set_defaults(run=_ingest)
    ingest.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    ingest.add_argument("--json", action="store_true", help="print one JSON object")
    ingest.add_argument(
        "--allow-test", action="store_true", help="take in documents that are marked as test"
    )

    ask = commands.add_parser("ask", parents=[common], help='answer one question: "/council Hull"')
    ask.set_defaults(run=_ask)
    ask.add_argument("--demo", action="store_true", help="from the file of the demo")
    ask.add_argument("question", nargs="+", metavar="QUESTION")

    doctor = commands.add_parser(
        "doctor", parents=[common], help="what is wrong with the set-up and how to mend it"
    )
    doctor.set_defaults(run=_doctor)
    retake = commands.add_parser(
        "retake",
        parents=[common],
        help="take again what a fault of the program turned away",
    )
    retake.set_defaults(run=_retake)
    restore = commands.add_parser(
        "restore", parents=[common], help="put a copy of the database back, safely"
    )
    restore.set_defaults(run=_restore)
    restore.add_argument("copy", type=Path, metavar="COPY")
    restore.add_argument(
        "--yes", action="store_true", help="do it; without, only say what it would do"
    )
    rebuild = commands.add_parser(
        "rebuild", parents=[common], help="derive every table again from the journal and compare"
    )
    rebuild.set_defaults(run=_rebuild)
    rebuild.add_argument("--demo", action="store_true", help="the file of the demo")
    rebuild.add_argument("--into", type=Path, metavar="FILE", help="keep the new tables in a file")
    rebuild.add_argument(
        "--rejudge", action="store_true", help="also say what today's rules would say otherwise"
    )
    return parser


def _speed(text: str) -> float | None:
    return None if text == "max" else _number(text)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0 and up to a million")
    return number


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port from 0 to 65535")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 2022-05-06T09:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)


def _faults(text: str) -> tuple[Fault, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in list(Fault)]:
        raise argparse.ArgumentTypeError(f"there is no {unknown[0]}; there are: {', '.join(Fault)}")
    return tuple(map(Fault, names))


def _log(settings: Settings, verbose: bool) -> None:
    level = logging.DEBUG if verbose else logging.getLevelName(settings.log_level.upper())
    token = settings.token.get_secret_value() if settings.token else ""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        RedactingFormatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", (token,))
    )
    if not verbose:
        handler.addFilter(MachineFaultsInALine())
    logging.basicConfig(level=level, handlers=[handler])
    sys.excepthook = _log_what_nobody_expected
    for chatty in ("discord", "aiohttp", "asyncio", "fontTools"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))


def _log_what_nobody_expected(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Let a fault that ends the program end in the log, which has no secrets."""
    logging.getLogger("bot").critical(
        "Election Night %s broke off", PROGRAM, exc_info=(kind, error, trace)
    )


if __name__ == "__main__":
    sys.exit(main())
