"""A Discord on loopback, true enough for unchanged client libraries.

It serves the gateway (v10, JSON, plain or zlib-stream), the REST API and attachments on
127.0.0.1, lets a program act as the people in it, and refuses what Discord refuses. It imports
nothing of the project.

It has what the bot and the chat page use, and no private threads, voice, reactions, polls,
stickers, emoji, layouts (components v2), followers of announcements, other webhooks, context menus
or audit log. A modal takes texts only, and no client can ask for a guild's members.
"""

from simulation.discord.errors import Refused
from simulation.discord.faults import Faults, Hold, Moment
from simulation.discord.interactions import Choice, Reply
from simulation.discord.limits import Limits, Window
from simulation.discord.permissions import Overwrite, Permission
from simulation.discord.rest import Exchange
from simulation.discord.server import Sandbox
from simulation.discord.sessions import Close, Intent
from simulation.discord.world import (
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
