"""The small night, brought in once; each test has a copy of its database."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from simulation.discord import Sandbox
from tests.cogs.chat import Chat, House, bring_in, open_house


@pytest.fixture(scope="session")
def night_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("night") / "night.sqlite"

    async def fill() -> None:
        async with open_house(path) as house:
            await bring_in(house.ingest)

    asyncio.run(fill())
    return path


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
