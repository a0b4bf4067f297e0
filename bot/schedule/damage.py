"""What the bot does when its database is found damaged: it tells the desk, and ends."""

from __future__ import annotations

import asyncio
import logging

from bot.chat.connection import Connection
from bot.delivery.service import Alerts
from bot.store.errors import DamagedError
from bot.store.integrity import IntegrityMonitor

log = logging.getLogger(__name__)

_TOLD_WITHIN = 10.0
"""The most real seconds spent on telling the desk."""
_SAID = (
    "The bot's database is damaged. Nothing more is posted, and the bot has stopped: its operator "
    "has to mend it, and finds in its log how."
)


class DamageJob:
    """Checks the database; if it is damaged, posting stops and the desk is told."""

    def __init__(
        self, damage: IntegrityMonitor, alerts: Alerts, connection: Connection, desk: int | None
    ) -> None:
        self._damage = damage
        self._alerts = alerts
        self._connection = connection
        self._desk = desk

    async def run(self) -> None:
        """Check until cancelled. Raises `DamagedError`, after telling the desk if possible."""
        try:
            await self._damage.run()
        except DamagedError as damage:
            self._alerts.stop()
            log.critical("%s", damage)
            await self._tell_desk()
            raise

    async def _tell_desk(self) -> None:
        if self._desk is None or not self._connection.logged_in.is_set():
            return
        try:
            async with asyncio.timeout(_TOLD_WITHIN):
                await self._alerts.rest(self._connection).send(self._desk, {"content": _SAID})
        except Exception as error:  # the bot ends whatever happens here
            log.error("The desk's channel could not be told: %s", error)
