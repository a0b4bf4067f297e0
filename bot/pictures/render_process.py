"""A separate process that turns SVG into PNG.

If a drawing library blocks, takes long or crashes there, the bot goes on. This file also runs in
that process and imports nothing else of the project. It uses svg2png-py if that is installed,
else resvg-py: the same engine, slower, but available everywhere.
"""

from __future__ import annotations

import contextlib
import importlib
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, Any, cast

LIBRARIES = ("svg2png_py", "resvg_py")
"""The modules that can draw, the faster one first."""
_AT_MOST = 30.0
"""The most seconds that a drawing may take."""
_LENGTH = struct.Struct(">?I")
"""The header of each message: whether it is a success, and its length in bytes."""


class RenderError(Exception):
    """A drawing failed; the text says why."""


class RenderProcess:
    """Draws with the *fonts*, using the first of *libraries* that is installed.

    The process starts with the first drawing. To be used by one thread, and closed by any.
    """

    def __init__(self, fonts: Iterable[Path], libraries: Sequence[str] = LIBRARIES) -> None:
        self._arguments = [",".join(libraries), *map(str, fonts)]
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()
        self._closed = False

    def draw(self, svg: str) -> bytes:
        """Return a drawing as PNG. Raises `RenderError`; the next drawing starts a new process."""
        try:
            process = self._running()
        except OSError as error:
            raise RenderError("the process that draws cannot be started") from error
        overdue = threading.Timer(_AT_MOST, process.kill)
        overdue.start()
        try:
            _write(cast("IO[bytes]", process.stdin), svg.encode())
            well, answer = _read(cast("IO[bytes]", process.stdout))
        except (OSError, EOFError, ValueError) as error:
            self._end(process)
            raise RenderError("the process that draws has ended") from error
        finally:
            overdue.cancel()
        if not well:
            raise RenderError(answer.decode(errors="replace"))
        return answer

    def close(self) -> None:
        """End the process; a drawing in progress fails."""
        with self._starting:
            self._closed = True
        if self._process is not None:
            self._end(self._process)

    def _running(self) -> subprocess.Popen[bytes]:
        with self._starting:
            if self._closed:
                raise RenderError("nothing is drawn any more")
            if self._process is not None and self._process.poll() is not None:
                self._end(self._process)
                self._process = None
            if self._process is None:
                # -P: files beside this one must not be imported as libraries.
                self._process = subprocess.Popen(  # noqa: S603
                    [sys.executable, "-P", __file__, *self._arguments],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            return self._process

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _write(pipe: IO[bytes], message: bytes, *, well: bool = True) -> None:
    pipe.write(_LENGTH.pack(well, len(message)) + message)
    pipe.flush()


def _read(pipe: IO[bytes]) -> tuple[bool, bytes]:
    """Return the next message and whether it is a success. Raises `EOFError` if it is cut off."""
    well, length = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return well, _exactly(pipe, length)


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    found = pipe.read(length)
    if len(found) < length:
        raise EOFError
    return found


# --- in the process that draws


def _drawing(libraries: Sequence[str], fonts: Sequence[str]) -> Callable[[str], bytes]:
    """Return a function that draws with the first of *libraries* that is installed."""
    for name in libraries:
        try:
            library: Any = importlib.import_module(name)
        except ImportError:
            continue
        if name == "resvg_py":
            return lambda svg: bytes(
                library.svg_to_bytes(svg_string=svg, font_files=fonts, skip_system_fonts=True)
            )
        database = library.FontDatabase()
        for path in fonts:
            database.load_font_file(path)
        return lambda svg: bytes(library.svg_to_png(svg, database))
    raise ImportError(f"none of {', '.join(libraries)} is installed")


def main() -> None:
    """Draw each SVG from standard input as PNG to standard output until there is no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the bot, which ends this too
    libraries, *fonts = sys.argv[1:]
    draw = _drawing(libraries.split(","), fonts)
    asked, answered = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            _, svg = _read(asked)
        except EOFError:
            return
        try:
            png = draw(svg.decode())
        except BaseException as error:  # a panic in the library is not an Exception
            _write(answered, str(error).encode(), well=False)
        else:
            _write(answered, png)


if __name__ == "__main__":
    main()
