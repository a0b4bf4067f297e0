"""`rehearse NIGHT`: a recorded night served as live feeds, and the settings that follow it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.cli.output import say
from bot.clock import RealClock
from bot.settings import variable
from simulation.wire.faults import Fault
from simulation.wire.server import Rehearsal, serve


async def rehearse(
    night: str, *, speed: float, faults: Iterable[Fault], seed: int, port: int, folder: Path | None
) -> None:
    """Serve *night* until interrupted, and print the settings of a `run` that follows it.

    Raises `TablesError`, and `OSError` for a port that is taken.
    """

    async def on_ready(rehearsal: Rehearsal) -> None:
        say(env_file(rehearsal, night))

    await serve(
        night, speed=speed, faults=faults, seed=seed, port=port, folder=folder, on_ready=on_ready
    )


def env_file(rehearsal: Rehearsal, night: str) -> str:
    """Return a whole `.env` for a `run` beside the rehearsal; only the token is missing."""
    file = f"var/rehearsal-{RealClock().now():%Y%m%d-%H%M%S}.sqlite"
    settings = {
        "database": file,
        "night": night,
        "clock": rehearsal.clock_url,
        "pa_urls": rehearsal.pa_url,
        "nist_urls": rehearsal.counts_url,
        "democracy_club_url": rehearsal.dc_url,
    }
    lines = "\n".join(f"{variable(name)}={value}" for name, value in settings.items())
    return (
        f"# The night of {night}, served at {rehearsal.clock.speed:g} times its speed; its clock "
        f"stands at {rehearsal.clock.now():%H:%M on %d %B %Y}.\n"
        "# This is a whole .env for `election-night run` beside it, in a folder of its own: add\n"
        "# the token of a bot to practise with. Ctrl+C here ends the night.\n"
        f"# {variable('token')}=\n"
        f"{lines}\n"
        "# The same as one array of JSON, instead of the XML:\n"
        f"# {variable('pa_json_urls')}={rehearsal.pa_json_url}"
    )
