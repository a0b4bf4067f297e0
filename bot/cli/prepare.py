"""`prepare`: makes or renews a night's folder from ballots, compositions and the sheet."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from bot.almanac.tables import NightTables, load_almanac
from bot.cli.arguments import day
from bot.cli.replay_files import database_meant
from bot.clock import RealClock
from bot.election.almanac import Almanac
from bot.election.nights import is_past
from bot.prepare import folder as folders
from bot.prepare import words
from bot.prepare.documents import PrepareError, is_address
from bot.prepare.gather import Asked, LastResult, gather
from bot.prepare.sheet import COLUMNS
from bot.prepare.tables import tables_of
from bot.prepare.told import Teller
from bot.settings import SettingError, Settings, variable
from bot.sources import client_of
from bot.store.reader import Reader

_PA = "pa"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("night", type=day, metavar="NIGHT", help="the polling day, YYYY-MM-DD")
    many: dict[str, Any] = {
        "nargs": "+",
        "action": "extend",
        "default": [],
        "metavar": "FROM",
    }
    parser.add_argument(
        "--ballots", **many,
        help="Democracy Club's ballots: its address, or files (pages of JSON, or CSV); without it, "
        "the address in the settings",
    )  # fmt: skip
    parser.add_argument(
        "--earlier", **many,
        help="its ballots of earlier elections with their winners, which tell who holds the seats "
        "that are up: files, or polling days to ask its address for",
    )  # fmt: skip
    parser.add_argument(
        "--compositions", **many,
        help="files in Open Council Data's form: compositions by year, or councillors",
    )  # fmt: skip
    parser.add_argument("--sheet", **many, help=f"the newsroom's sheet as CSV: {COLUMNS}")
    parser.add_argument(
        "--from", dest="wire", **many,
        help="the wire's nominations: a folder or an address, or PA for those in the settings",
    )  # fmt: skip
    parser.add_argument(
        "--into",
        type=Path,
        metavar="FOLDER",
        help="where to write, instead of the folder of nights",
    )
    parser.add_argument(
        "--demo", action="store_true", help="the last night from the file of the demo"
    )
    parser.epilog = (
        "Where sources differ, the one further up counts and the difference is listed: what was "
        f"changed by hand, then {', '.join(Teller)}."
    )


def main(given: argparse.Namespace, settings: Settings) -> int:
    """Run the command; return the exit status."""
    settings = settings.model_copy(update={"database": database_meant(given, settings)})
    almanac = load_almanac(prepared=settings.nights)
    return asyncio.run(
        prepare(
            given.night, asked_of(given, settings), folder_of(given, settings), settings, almanac
        )
    )


async def prepare(
    night: date, asked: Asked, folder: Path, settings: Settings, almanac: Almanac
) -> int:
    """Write a night's folder and print what is known of it.

    Return 0, or 1 where something should be looked at. Raises `PrepareError` and `TablesError`.
    """
    clock = RealClock()
    options = options_of(asked)
    folders.same_sources(folder, options)
    with _last_results(settings, almanac, night) as last_result:
        prepared = await gather(
            asked, night, almanac, clock, last_result, client=client_of(settings)
        )
    if not (prepared.plans or prepared.gathered.other_ballots):
        faults = prepared.gathered.faults
        found = "".join(f" {fault}" for fault in (*faults[:2], *faults[2:][-1:]))
        raise PrepareError(
            f"Nobody votes on {night} by these sources, so nothing is written: check the date, or"
            f" run this again once Democracy Club has its ballots.{found}"
        )
    if is_past(night, clock.now()):
        prepared.gathered.faults.append(f"{night} is over: is another year meant?")
    tables = tables_of(prepared.gathered, prepared.plans, almanac)
    merged = folders.merge(folder, tables)
    folders.write(folder, merged, tables, options)
    written = NightTables(folder, almanac.parties).almanac(almanac.councils, almanac.voting_systems)
    for paragraph in words.council_by_council(prepared, written, almanac):
        print(paragraph)  # noqa: T201
    print()  # noqa: T201
    for line in words.in_all(prepared, written, merged, almanac):
        print(line)  # noqa: T201
    odd = list(words.loose_ends(written, almanac))
    for said, to_do in odd:
        print(f"Look at this: {said} {to_do}")  # noqa: T201
    print(f"Written to {folder}; run this again whenever a source has news.")  # noqa: T201
    looked_at = prepared.gathered.faults or merged.conflicts or merged.gone.total() or odd
    return 1 if looked_at else 0


def asked_of(given: argparse.Namespace, settings: Settings) -> Asked:
    """Return the sources that are named on the command line, else those of the settings."""
    wire = [said for said in given.wire if said.casefold() != _PA]
    as_json: list[str] = []
    if len(wire) < len(given.wire):
        wire += [*map(str, settings.pa_folders), *settings.pa_urls]
        as_json += settings.pa_json_urls
        if not (wire or as_json):
            raise PrepareError(
                f"No feed of PA's is set: set {variable('pa_urls')} or {variable('pa_folders')}, or"
                " give the folder or the address after --from."
            )
    ballots = list(given.ballots)
    site = settings.democracy_club_url
    if not (ballots or given.wire) and site is not None:
        ballots = [site]
    if not (ballots or wire or as_json or given.sheet):
        raise PrepareError(
            "Nothing says who votes: give --ballots with Democracy Club's address or its files, or"
            f" --from with PA's nominations, or set {variable('democracy_club_url')}."
        )
    return Asked(
        ballots=ballots,
        earlier=given.earlier,
        compositions=given.compositions,
        sheet=given.sheet,
        wire=wire,
        wire_json=as_json,
        site=next((one for one in ballots if is_address(one)), site),
    )


def options_of(asked: Asked) -> list[str]:
    """Return the options by which sources are named, those of the settings included."""
    named = {
        "--ballots": asked.ballots,
        "--earlier": asked.earlier,
        "--compositions": asked.compositions,
        "--sheet": asked.sheet,
        "--from": [*asked.wire, *asked.wire_json],
    }
    return [option for option, sources in named.items() if sources]


def folder_of(given: argparse.Namespace, settings: Settings) -> Path:
    """Return the night's folder; raises `SettingError` where nothing says where it is."""
    nights: Path | None = given.into or settings.nights
    if nights is None:
        raise SettingError(
            f"Where do prepared nights go? Set {variable('nights')} to a folder of your own, which"
            " the bot reads too, or give --into FOLDER."
        )
    return Path(nights).expanduser() / str(given.night)


@contextmanager
def _last_results(settings: Settings, almanac: Almanac, night: date) -> Iterator[LastResult]:
    """Yield how a council stood after the last night in the database, if there is one."""
    if not settings.database.exists():
        yield lambda code: None
        return
    with Reader(settings.database, almanac) as reader:
        yield lambda code: reader.last_result(code, night)
