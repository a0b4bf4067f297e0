"""The bot for tests: the small night, brought in once, of which each test has a copy.

`night_file` is its database, which nobody changes, `database` a copy, `house` the bot's parts on a
copy, and `chat` the bot connected to a sandbox, with a channel and people in it.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from simulation.discord import Sandbox
from tests.cogs.chat import Chat, House, bring_in, open_house
from tests.support.shared import made_once, shared_folder


@pytest.fixture(scope="session")
def night_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    async def fill(path: Path) -> None:
        async with open_house(path) as house:
            await bring_in(house.ingest)

    def made() -> Path:
        path = (shared_folder() or tmp_path_factory.mktemp("night")) / "night.sqlite"
        asyncio.run(fill(path))
        return path

    return made_once("small-night", made)


@pytest.fixture
def database(night_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(night_file, tmp_path / "night.sqlite"))


@pytest.fixture
async def house(database: Path) -> AsyncIterator[House]:
    async with open_house(database) as opened:
        yield opened


@pytest.fixture
async def chat(sandbox: Sandbox, database: Path) -> AsyncIterator[Chat]:
    chat = Chat(sandbox, database)
    await chat.start()
    yield chat
    await chat.stop()
