"""What the bot builds on in discord.py that discord.py does not document, and may change any day.

Where a test fails after `make lock` has taken another version: read the function in the new
discord.py beside the module that is named here, mend that module if it has to be, and write the
new digest here. The bot is installed with no version that was not read so: `pyproject.toml`.
"""

from __future__ import annotations

import hashlib
import inspect
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands, gateway, http, interactions, shard, state
from discord.backoff import ExponentialBackoff
from discord.ui import view

ROOT = Path(__file__).resolve().parents[1]

READ: dict[str, tuple[tuple[Any, str, str], ...]] = {
    "bot/delivery/http.py": (
        (http.HTTPClient, "__init__", "e6cbdde2aaa3"),
        (http.HTTPClient, "request", "02f1209000b1"),
        (http.HTTPClient, "get_ratelimit", "122ea56c598a"),
        (http.Ratelimit, "__aexit__", "8625479102a5"),
    ),
    "bot/delivery/rest.py": (
        (http.MultipartParameters, "__exit__", "6d618deb113c"),
        (http.HTTPClient, "send_message", "4faf38fca9fc"),
    ),
    "bot/chat/client.py": (
        (discord.Client, "__init__", "bc137ad0ca45"),
        (discord.Client, "login", "4a1e0bf3c589"),
        (discord.Client, "_async_setup_hook", "0b392347a5b7"),
        (discord.AutoShardedClient, "_get_state", "570083b1bd99"),
        (discord.AutoShardedClient, "connect", "52280e53c2e9"),
        (discord.AutoShardedClient, "launch_shards", "a65898ed1353"),
        (discord.AutoShardedClient, "launch_shard", "122ec0d76793"),
        (shard.Shard, "__init__", "db28c903d157"),
        (shard.Shard, "_handle_disconnect", "3d2e20321dce"),
        (shard.Shard, "reidentify", "d018e505806f"),
        (shard.Shard, "reconnect", "786f83b129f2"),
        (app_commands.CommandTree, "_from_interaction", "45267f3964f5"),
        (app_commands.CommandTree, "_call", "8f82c1cd4a8b"),
        (ExponentialBackoff, "delay", "2ca61fd51fd5"),
        (gateway.DiscordWebSocket, "from_client", "25ac637bdad3"),
    ),
    "bot/chat/connection.py": (
        (discord.AutoShardedClient, "close", "463ccdae1c50"),
        (discord.Client, "is_ready", "8c879873f26d"),
        (gateway.DiscordWebSocket, "received_message", "62c9f5ec6596"),
    ),
    "bot/chat/commands.py": (
        (app_commands.commands, "_extract_parameters_from_callback", "5928220edc86"),
        (app_commands.commands, "is_inside_class", "a1d144e7626c"),
    ),
    "bot/chat/components.py": (
        (view.ViewStore, "schedule_dynamic_item_call", "24def18ea507"),
        (view.BaseView, "stop", "b752cab88df8"),
    ),
    "bot/chat/discord_patches.py": (
        (http.HTTPClient, "static_login", "44c522c43913"),
        (http.HTTPClient, "close", "9b8143158960"),
        (http.HTTPClient, "ws_connect", "f4c1be5e34c3"),
        (state.ConnectionState, "__init__", "b1227e859a2e"),
        (shard.Shard, "worker", "91adedc27783"),
    ),
    "bot/chat/auto_defer.py": (
        (discord.InteractionResponse, "__init__", "a92661179128"),
        (discord.InteractionResponse, "is_done", "1410c16710f4"),
        (discord.InteractionResponse, "defer", "1b61260a6f21"),
        (discord.InteractionResponse, "send_message", "d3d11270d838"),
        (discord.InteractionResponse, "edit_message", "0f6393e359d1"),
        (discord.InteractionResponse, "send_modal", "82c13a5a8a10"),
        (discord.InteractionResponse, "autocomplete", "cde7970fcc50"),
        (interactions.InteractionCallbackResponse, "__init__", "ab1cdc5f585b"),
        (view.BaseView, "stop", "b752cab88df8"),
    ),
}


def digest_of(function: Callable[..., Any]) -> str:
    """Return a digest of a function's source."""
    source = inspect.getsource(inspect.unwrap(function))
    return hashlib.sha256(source.encode()).hexdigest()[:12]


@pytest.mark.parametrize(
    ("module", "owner", "name", "digest"),
    [(module, *read) for module, several in READ.items() for read in several],
    ids=lambda given: given if isinstance(given, str) else getattr(given, "__name__", ""),
)
def test_what_is_not_documented_is_as_it_was_read(
    module: str, owner: Any, name: str, digest: str
) -> None:
    now = digest_of(getattr(owner, name))
    assert now == digest, (
        f"discord.py {discord.__version__}: {owner.__name__}.{name} is not what {module} was "
        f"written against. Read both, mend {module}, then write {now} in {Path(__file__).name}."
    )


def test_no_version_is_installed_that_was_not_read() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (wanted,) = (one for one in project["dependencies"] if one.startswith("discord.py"))
    major, minor, _ = discord.__version__.split(".")
    assert wanted == f"discord.py>={discord.__version__},<{major}.{int(minor) + 1}"
