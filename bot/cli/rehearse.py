"""`rehearse NIGHT`: a recorded night served as live feeds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.rehearsal.faults import Fault
from bot.rehearsal.server import Rehearsal, serve


async def rehearse(
    night: str, *, speed: float, faults: Iterable[Fault], seed: int, port: int, folder: Path | None
) -> None:
    """Serve *night* until interrupted, and say where. Raises `TablesError` and `OSError`."""

    async def on_ready(rehearsal: Rehearsal) -> None:
        print(  # noqa: T201
            f"The night of {night} is served at {speed:g} times its speed.\n"
            f"  PA, a folder of XML:    {rehearsal.pa_url}\n"
            f"  PA, one array of JSON:  {rehearsal.pa_json_url}\n"
            f"  counts, NIST reports:   {rehearsal.counts_url}\n"
            f"  Democracy Club:         {rehearsal.dc_url}\n"
            f"Its clock stands at {rehearsal.clock.now():%H:%M on %A %d %B %Y}. Ctrl+C ends it.",
            flush=True,
        )

    await serve(
        night, speed=speed, faults=faults, seed=seed, port=port, folder=folder, on_ready=on_ready
    )
