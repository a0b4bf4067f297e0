"""`rehearse NIGHT`: serves a night as live feeds, and prints the settings to follow it.

A recorded night is served as it was, one that is prepared with made-up results.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable
from pathlib import Path

from bot.cli.arguments import number, port
from bot.cli.terminal import say
from bot.clock import RealClock
from bot.settings import Settings, variable
from simulation.wire.faults import Fault
from simulation.wire.night import most_fully_recorded
from simulation.wire.server import Rehearsal, serve


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "night",
        nargs="?",
        metavar="NIGHT",
        help="its polling day as YYYY-MM-DD; without it the night of which most is recorded",
    )
    parser.add_argument(
        "--speed",
        type=number,
        default=1.0,
        metavar="N",
        help="times as fast as the night (%(default)g)",
    )
    parser.add_argument(
        "--faults",
        type=_faults,
        default=(),
        metavar="LIST",
        help="what goes wrong, separated by commas: " + ", ".join(Fault),
    )
    parser.add_argument("--seed", type=int, default=0, help="which councils the faults affect")
    parser.add_argument(
        "--port", type=port, help="where (made from the night's date); 0 takes a free one"
    )
    parser.add_argument("--tables", type=Path, metavar="FOLDER", help="a changed copy of data/")


def _faults(text: str) -> tuple[Fault, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in list(Fault)]:
        raise argparse.ArgumentTypeError(f"there is no {unknown[0]}; there are: {', '.join(Fault)}")
    return tuple(map(Fault, names))


def main(given: argparse.Namespace, settings: Settings) -> int:
    """Run the command; return the exit status."""
    night = given.night or most_fully_recorded(given.tables)
    serving = rehearse(
        night,
        speed=given.speed,
        faults=given.faults,
        seed=given.seed,
        port=given.port,
        folder=given.tables,
        prepared=settings.nights,
    )
    asyncio.run(serving)
    return 0


async def rehearse(
    night: str,
    *,
    speed: float,
    faults: Iterable[Fault],
    seed: int,
    port: int | None,
    folder: Path | None,
    prepared: Path | None = None,
) -> None:
    """Serve *night* until interrupted, and print the settings for a `run` beside it.

    The port is made from the night's date unless one is given.

    Raises `TablesError`, and `OSError` for a port that is taken.
    """

    async def on_ready(rehearsal: Rehearsal) -> None:
        say(env_file(rehearsal, night, prepared))

    await serve(
        night,
        speed=speed,
        faults=faults,
        seed=seed,
        port=port,
        folder=folder,
        prepared=prepared,
        on_ready=on_ready,
    )


def env_file(rehearsal: Rehearsal, night: str, prepared: Path | None = None) -> str:
    """Return a whole `.env` for a `run` beside the rehearsal; only the token is missing."""
    file = f"var/rehearsal-{RealClock().now():%Y%m%d-%H%M%S}.sqlite"
    settings = {
        "database": file,
        "night": night,
        "clock": rehearsal.clock_url,
        rehearsal.wire_setting: rehearsal.wire_url,
        "nist_urls": rehearsal.counts_url,
        "democracy_club_url": rehearsal.dc_url,
    }
    other = (
        f"The same as a folder of XML:\n# {variable('pa_urls')}={rehearsal.pa_url}"
        if rehearsal.night.comes_as_array
        else "The same as one array of JSON, instead of the XML:\n"
        f"# {variable('pa_json_urls')}={rehearsal.pa_json_url}"
    )
    if prepared is not None:
        settings["nights"] = str(prepared.resolve())
    about = f"The night of {night}"
    if rehearsal.night.is_made_up:
        voting, served = len(rehearsal.night.tables.councils), len(rehearsal.night.councils)
        about += f", with MADE-UP results for {served} of its {voting} councils"
        if served < voting:
            about += " (`doctor` says what is not known of the others)"
    lines = "\n".join(f"{variable(name)}={value}" for name, value in settings.items())
    return (
        f"# {about}, served at {rehearsal.clock.speed:g} times its speed; its clock "
        f"stands at {rehearsal.clock.now():%H:%M on %d %B %Y}.\n"
        "# This is a whole .env for `election-night run` beside it, in a folder of its own: add\n"
        "# the token of a bot to practise with. Ctrl+C here ends the night.\n"
        f"{variable('token')}=\n"
        f"{lines}\n"
        f"# {other}"
    )
