"""The process is killed, with SIGKILL, and started again: a board is one message, up to date."""

from __future__ import annotations

import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from bot.delivery.checkpoints import Checkpoint
from bot.store.rebuild import rebuild
from simulation.discord import Permission, Sandbox
from simulation.discord.routes import channels as sandbox_channels
from tests.boards.killed_board import Orders
from tests.support.forking import forks


@pytest.mark.parametrize("nonce_memory", [60.0, 0.0], ids=["nonce", "history"])
async def test_killed_at_every_named_point(
    nonce_memory: float,
    sandbox: Sandbox,
    night_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Settled by the nonce and, where Discord has forgotten it, by the channel's history."""
    monkeypatch.setattr(sandbox_channels, "NONCE_SECONDS", nonce_memory)
    database = Path(shutil.copy(night_file, tmp_path / "night.sqlite"))
    guild = sandbox.add_guild("Gazette", bot_permissions=Permission.PIN_MESSAGES)
    channel = guild.add_channel("board")
    orders = Orders(
        str(database), sandbox.api_base, sandbox.token, channel.id, guild.id, nonce_memory
    )

    async with forks("tests.boards.killed_board") as processes:
        for checkpoint in _POINTS:
            killed = await processes.run(replace(orders, die_at=checkpoint).to_json())
            assert killed == -signal.SIGKILL, f"the point {checkpoint.name} was never passed"
            assert len(channel.messages) == (checkpoint not in _BEFORE)
        assert await processes.run(orders.to_json()) == 0
    (message,) = channel.messages
    assert message.pinned_at is not None
    assert "4 of 200 councils declared" in message.embeds[0]["title"]
    assert message.attachments
    assert rebuild(database).differences == ()


_BEFORE = (Checkpoint.BOARD_PUT, Checkpoint.SEALED)
_POINTS = (
    *_BEFORE,
    Checkpoint.SENT,
    Checkpoint.RECORDED,
    Checkpoint.BOARD_PINNED,
    Checkpoint.EDITING,
    Checkpoint.EDITED,
)
