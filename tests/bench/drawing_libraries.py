"""What libraries cost that could draw the pictures: run it where they are installed.

    python tests/bench/drawing_libraries.py FOLDER FONTS

FOLDER holds pictures as SVG (`python -m tests.showcase FOLDER`), FONTS the typeface's files. Needs
nothing of this project: each library that is installed draws in a process of its own, one after the
other, round and round, so that all have the same machine. docs/pictures.md says what came of it.
"""

from __future__ import annotations

import importlib.metadata
import io
import json
import math
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROUNDS, TIMES = 3, 5
DRAWN = {"svg2png-py": "svg2png_py", "resvg-py": "resvg_py", "CairoSVG": "cairosvg"}
"""Those that take SVG, by the modules that are imported."""
BY_HAND = {"Pillow": "PIL", "matplotlib": "matplotlib"}
"""Those that would have to draw by their own commands: a map of hexagons with their letters."""
HEXAGONS = [(x, y) for y in range(19) for x in range(19)]
WIDE, HIGH, RADIUS = 1_800, 2_612, 50

Draw = Callable[[str], bytes]


def svg2png_py(fonts: Path) -> Draw:
    import svg2png_py as library

    database = library.FontDatabase()
    for path in sorted(fonts.glob("*.ttf")):
        database.load_font_file(str(path))
    return lambda svg: bytes(library.svg_to_png(svg, database))


def resvg_py(fonts: Path) -> Draw:
    import resvg_py as library

    files = [str(path) for path in sorted(fonts.glob("*.ttf"))]
    return lambda svg: bytes(
        library.svg_to_bytes(svg_string=svg, font_files=files, skip_system_fonts=True)
    )


def cairosvg(fonts: Path) -> Draw:
    import cairosvg as library

    return lambda svg: bytes(library.svg2png(bytestring=svg.encode()))


def pil(fonts: Path) -> Draw:
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.truetype(str(fonts / "SourceSansPro-Bold.ttf"), 40)

    def draw(_: str) -> bytes:
        # It does not smooth edges: drawn at twice the size, then made smaller.
        image = Image.new("RGB", (2 * WIDE, 2 * HIGH), "white")
        pen = ImageDraw.Draw(image)
        for middle in HEXAGONS:
            pen.polygon(
                [(2 * x, 2 * y) for x, y in corners(middle)], fill="#E4003B", outline="#777"
            )
        image = image.resize((WIDE, HIGH))
        pen = ImageDraw.Draw(image)
        for x, y in HEXAGONS:
            pen.text(place(x, y), "Lab", fill="white", font=font, anchor="mm")
        out = io.BytesIO()
        image.save(out, "PNG")
        return out.getvalue()

    return draw


def matplotlib(fonts: Path) -> Draw:
    from matplotlib.collections import PolyCollection
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    font = FontProperties(fname=fonts / "SourceSansPro-Bold.ttf", size=20)

    def draw(_: str) -> bytes:
        figure = Figure(figsize=(WIDE / 100, HIGH / 100), dpi=100)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, WIDE)
        axes.set_ylim(HIGH, 0)
        shapes = [corners(middle) for middle in HEXAGONS]
        axes.add_collection(PolyCollection(shapes, facecolor="#E4003B", edgecolor="#777"))
        for x, y in HEXAGONS:
            at = place(x, y)
            axes.text(*at, "Lab", color="white", fontproperties=font, ha="center", va="center")
        out = io.BytesIO()
        figure.savefig(out, format="png")
        return out.getvalue()

    return draw


def place(x: int, y: int) -> tuple[float, float]:
    """Return the middle of a hexagon."""
    return (60 + (x + y % 2 / 2) * RADIUS * math.sqrt(3), 300 + y * RADIUS * 1.5)


def corners(middle: tuple[int, int]) -> list[tuple[float, float]]:
    """Return a hexagon's corners."""
    x, y = place(*middle)
    turns = (turn * math.pi / 3 for turn in range(6))
    return [(x + RADIUS * math.sin(a), y + RADIUS * math.cos(a)) for a in turns]


def longest_wait(draw: Callable[[], object]) -> float:
    """Return for how long another thread that wants to run had to wait while one drew."""
    waits: list[float] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            before = time.perf_counter()
            time.sleep(0.001)
            waits.append(time.perf_counter() - before - 0.001)

    watcher = threading.Thread(target=watch)
    watcher.start()
    draw()
    done.set()
    watcher.join()
    return max(waits)


def measured(module: str, folder: Path, fonts: Path) -> dict[str, Any]:
    """Import a library, draw with it and return what it cost, in seconds and bytes."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    draw = MAKERS[module](fonts)
    ready = time.perf_counter() - start
    pictures = {path.stem: path.read_text() for path in sorted(folder.glob("*.svg"))}
    if module in BY_HAND.values():
        pictures = {"map": ""}
    start = time.perf_counter()
    draw(pictures["map"])
    first = time.perf_counter() - start
    took: dict[str, list[float]] = {}
    for _ in range(TIMES):
        for name, svg in pictures.items():
            start = time.thread_time()
            draw(svg)
            took.setdefault(name, []).append(time.thread_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "ready": ready,
        "first": first,
        "lag": statistics.median(longest_wait(lambda: draw(pictures["map"])) for _ in range(3)),
        "memory": (peak - before) * 1024,
        "png": len(draw(pictures["map"])),
        **took,
    }


MAKERS = {
    "svg2png_py": svg2png_py,
    "resvg_py": resvg_py,
    "cairosvg": cairosvg,
    "PIL": pil,
    "matplotlib": matplotlib,
}


def main() -> None:
    """Print a table of the libraries that are installed; with a module's name, measure that one."""
    folder, fonts = Path(sys.argv[1]), Path(sys.argv[2])
    if len(sys.argv) > 3:
        print(json.dumps(measured(sys.argv[3], folder, fonts)))
        return
    found: dict[str, list[dict[str, Any]]] = {}
    for _ in range(ROUNDS):
        for name, module in {**DRAWN, **BY_HAND}.items():
            try:
                importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                continue
            run = subprocess.run(
                [sys.executable, __file__, str(folder), str(fonts), module],
                capture_output=True,
                check=True,
            )
            found.setdefault(name, []).append(json.loads(run.stdout))
    for name, runs in found.items():
        print(f"{name} {importlib.metadata.version(name)}")
        for key in runs[0]:
            values = [run[key] for run in runs]
            if isinstance(values[0], list):
                each = [value for run in values for value in run]
                print(f"  {key:10} {statistics.median(each) * 1e3:8.0f} ms of processor")
            elif key in ("memory", "png"):
                print(f"  {key:10} {statistics.median(values) / 1e3:8,.0f} kB")
            else:
                print(f"  {key:10} {statistics.median(values) * 1e3:8.0f} ms")


if __name__ == "__main__":
    main()
