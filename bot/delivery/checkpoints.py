"""The moments at which a killed process leaves unfinished work."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Checkpoint(StrEnum):
    """Moments in the life of a message; tests kill the process at each."""

    COMMITTED = "claims committed, not yet expanded"
    EXPANDING = "a batch of deliveries written, not yet committed"
    EXPANDED = "a batch of deliveries committed"
    RELEASED = "what was held is to be told, not yet sealed"
    SEALED = "a post committed, not yet sent"
    SENT = "Discord has answered, the receipt is not yet recorded"
    RECORDED = "the receipt is recorded"
    THREAD_OPENING = "a thread is about to be asked for"
    THREAD_OPENED = "Discord has made a thread, which is not yet recorded"
    THREAD_RECORDED = "a thread is recorded, its message not yet sent"
    MID_BURST = "a post is recorded and more waits for the same destination"
    EDITING = "an edit is about to be sent"
    EDITED = "Discord has edited, which is not yet recorded"
    EDIT_RECORDED = "the edit is recorded"

    BOARD_PUT = "a board is asked for, its message not yet sealed"
    BOARD_PINNED = "Discord has pinned a board, which is not yet recorded"


Pass = Callable[[Checkpoint], None]
"""Called at every checkpoint."""


def unwatched(_: Checkpoint) -> None:
    """Do nothing at a checkpoint."""
