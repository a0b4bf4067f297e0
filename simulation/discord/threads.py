"""What makes a channel a thread: where it is, whose it is, and whether it is archived.

Source: Discord's documentation, "Threads", and "Channel": forums.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.discord.world import Channel, User

AUTO_ARCHIVE = (60, 1_440, 4_320, 10_080)
"""The minutes without a message after which a thread may be archived by itself."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that a forum offers for its posts."""

    id: int
    name: str


@dataclass(eq=False, slots=True)
class ThreadState:
    """What a thread has besides a channel's own; `archive_at` is when it was last archived or not.

    An archived thread is reopened by whoever writes in it, unless it is locked.
    """

    parent: Channel
    owner: User
    archive_at: datetime
    auto_archive: int
    archived: bool = False
    locked: bool = False
    tags: tuple[int, ...] = ()

    def change(self, archived: bool, locked: bool | None, now: datetime) -> None:
        """Archive or reopen it, and lock or unlock it."""
        if archived is not self.archived:
            self.archived, self.archive_at = archived, now
        if locked is not None:
            self.locked = locked
