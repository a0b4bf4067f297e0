"""A Discord on loopback, true enough for unchanged client libraries.

It serves the gateway (v10, JSON, plain or zlib-stream), the REST API and attachments on
127.0.0.1, lets a program act as the people in it, and refuses what Discord refuses. It imports
nothing of the project.

It has no threads, voice, reactions, polls, stickers, emoji, followers of announcements, other
webhooks, context menus or audit log; media in layouts are given back as they came, and a modal
takes texts only.
"""

from bot.sandbox.errors import Refused
from bot.sandbox.faults import Faults, Hold, Moment
from bot.sandbox.interactions import Choice, Reply
from bot.sandbox.limits import Limits, Window
from bot.sandbox.permissions import Overwrite, Permission
from bot.sandbox.rest import Exchange
from bot.sandbox.server import Sandbox
from bot.sandbox.sessions import Close, Intent
from bot.sandbox.world import (
    Attachment,
    Channel,
    Event,
    Guild,
    Member,
    Message,
    Pings,
    Role,
    User,
    World,
)

__all__ = [
    "Attachment",
    "Channel",
    "Choice",
    "Close",
    "Event",
    "Exchange",
    "Faults",
    "Guild",
    "Hold",
    "Intent",
    "Limits",
    "Member",
    "Message",
    "Moment",
    "Overwrite",
    "Permission",
    "Pings",
    "Refused",
    "Reply",
    "Role",
    "Sandbox",
    "User",
    "Window",
    "World",
]
