"""The start of the command `election-night`: Ctrl+C while the program is loaded ends it quietly."""

from __future__ import annotations

import signal


def main() -> int:
    """Load the program and run one command; return its exit status."""
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:  # else Ctrl+C is ignored, as under nohup
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from bot.__main__ import main as command

    signal.signal(signal.SIGINT, handler)
    return command()
