"""What happens when the database is found damaged while the bot runs: it says so, and ends."""

from __future__ import annotations

import asyncio
import logging

from bot.chat.connection import Connection
from bot.delivery.service import Alerts
from bot.store.errors import DamagedError
from bot.store.integrity import IntegrityMonitor

log = logging.getLogger(__name__)

_TOLD_WITHIN = 10.0
"""Real seconds for telling the desk."""
_SAID = (
    "The bot's database is damaged. Nothing more is posted, and the bot has stopped: its operator "
    "has to mend it, and finds in its log how."
)


class DamageJob:
    """Checks the file; where it is damaged, nothing more is posted and the desk is told."""

    def __init__(
        self, damage: IntegrityMonitor, alerts: Alerts, connection: Connection, desk: int | None
    ) -> None:
        self._damage = damage
        self._alerts = alerts
        self._connection = connection
        self._desk = desk

    async def run(self) -> None:
        """Check until cancelled. Raises `DamagedError`, when the desk was told if it can be."""
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
        except Exception as error:  # whatever it is, the bot ends now
            log.error("The desk's channel could not be told: %s", error)
