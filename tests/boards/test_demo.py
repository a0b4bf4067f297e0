"""The demo's board: a newcomer sees it move, restart with the bot, and end with the night."""

from __future__ import annotations

import json
from pathlib import Path

from bot.chat.services import running
from tests.support.night_at_hand import NIGHT, at, night_at_hand


async def test_the_demo_s_board_goes_through_the_night_in_one_message(tmp_path: Path) -> None:
    async with night_at_hand(tmp_path) as night:
        channel = night.chat.board

        def says(text: str) -> bool:
            return text in json.dumps([one.embeds for one in channel.messages], ensure_ascii=False)

        await night.chat.put_up_board(running(night.app.services.boards), NIGHT)
        await night.until(lambda: says("polls close at 22:00"))
        await night.controls.jump(at(6, 3))
        await night.until(lambda: says("Lib Dems gain Kingston upon Hull from Labour"))
        await night.app.connection.restart()
        await night.controls.jump(at(7, 20))
        await night.until(lambda: says("will appear here"), 40)
        (message,) = channel.messages
        assert message.pinned_at is not None
        assert message.attachments
        assert night.chat.repeated() == 0
