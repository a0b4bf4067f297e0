"""What is said of failures that no test of a command meets."""

from __future__ import annotations

import discord
import pytest
from discord import app_commands

from bot.chat.failures import sentence_for


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (app_commands.NoPrivateMessage(), "This works in a server's channel only"),
        (app_commands.CheckFailure("no"), "You may not use this here."),
        (
            app_commands.TransformerError(
                "*x*", discord.AppCommandOptionType.string, app_commands.Transformer()
            ),
            "“\\*x\\*” cannot be used here: choose one of the values",
        ),
    ],
)
def test_each_failure_has_its_sentence(error: app_commands.AppCommandError, sentence: str) -> None:
    assert sentence in str(sentence_for(error))


def test_a_fault_of_ours_has_none() -> None:
    assert sentence_for(RuntimeError("a detail")) is None
