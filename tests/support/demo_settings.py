"""What lets a bot run in the demo's servers."""

from __future__ import annotations

from pydantic import SecretStr

from bot.settings import Settings
from simulation.demo.servers import DemoServers
from simulation.discord import Sandbox


def at_home_in(chat: DemoServers, sandbox: Sandbox, settings: Settings) -> Settings:
    """Return settings with which the bot runs in the servers, at a pace tests can wait for."""
    return settings.model_copy(
        update={
            "token": SecretStr(sandbox.token),
            "discord_api": sandbox.api_base,
            "pace": 1_000.0,
            "desk_guild": chat.newsroom.id,
            "desk_role": chat.desk.id,
            "desk_channel": chat.desk_channel.id,
        }
    )
