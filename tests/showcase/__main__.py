"""`make pictures`: draws the pictures of the README again, and writes their words into it.

All pictures of the recorded nights go to `build/pictures`, to be looked at. With a folder, the
README's are written there as SVG instead, to measure with (docs/pictures.md).
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.showcase.every import OUT, recorded, write_all
from tests.showcase.page import photograph, screenshots
from tests.showcase.pictures import README, drawn, in_readme, with_block, write


def main() -> None:
    """Make the files and the README's block anew."""
    pictures = drawn()
    if len(sys.argv) > 1:
        for one in pictures:
            if one.picture is not None:
                Path(sys.argv[1], one.file_name).with_suffix(".svg").write_text(one.picture.svg)
        return
    write(pictures)
    written = write_all({on: night.database for on, night in recorded().items()})
    sys.stdout.write(f"{written} pictures in {OUT.relative_to(Path.cwd())}\n")
    asyncio.run(photograph())
    README.write_text(with_block(README.read_text(), in_readme([*screenshots(), *pictures])))


main()
