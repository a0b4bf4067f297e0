"""Whom a message mentions, and whom it may.

Source: Discord's documentation, "Message", allowed mentions object.
"""

import re

from simulation.discord.errors import JSON, FormProblems
from simulation.discord.permissions import Permission
from simulation.discord.world import Channel, Pings, User

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")
_KINDS = ("roles", "users", "everyone")
_MOST_IDS = 100


def check(allowed: object, problems: FormProblems) -> None:
    """Note in `problems` what is wrong with an `allowed_mentions` object."""
    if allowed is None:
        return
    path = ("allowed_mentions",)
    fields = problems.model(path, allowed)
    parse = fields.get("parse") or []
    problems.items((*path, "parse"), parse, str, len(_KINDS))
    for index, kind in enumerate(parse if isinstance(parse, list) else []):
        if kind not in _KINDS:
            problems.add(
                (*path, "parse", index), "BASE_TYPE_CHOICES", f"Value must be one of {_KINDS}."
            )
    for kind in ("roles", "users"):
        ids = fields.get(kind) or []
        problems.items((*path, kind), ids, str | int, _MOST_IDS)
        if isinstance(ids, list) and not all(str(each).isdigit() for each in ids):
            problems.add((*path, kind), "NUMBER_TYPE_COERCE", "Not a list of snowflakes.")
        if ids and isinstance(parse, list) and kind in parse:
            problems.add(
                path,
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
            )


def find(text: str, allowed: JSON | None, channel: Channel, author: User) -> Pings:
    """Return whom `text`, posted by `author` in `channel`, pings.

    A mention counts when `allowed` (None: everything) lets it; a role's, when anybody may
    mention the role or the author may mention everyone; a user's, when they can see the channel.
    """
    users = {int(user) for user in _USER.findall(text)} & channel.world.users.keys()
    seeing = {
        user
        for user in users
        if Permission.VIEW_CHANNEL in channel.permissions_of(channel.world.users[user])
    }
    roles = {int(role) for role in _ROLE.findall(text)}
    may_ping_all = Permission.MENTION_EVERYONE in channel.permissions_of(author)
    known = channel.guild.roles if channel.guild else {}
    mentionable = {role for role in roles & known.keys() if may_ping_all or known[role].mentionable}
    in_guild = channel.guild is not None
    return Pings(
        users=frozenset(_permitted(seeing, "users", allowed)),
        roles=frozenset(_permitted(mentionable, "roles", allowed)),
        everyone=in_guild
        and may_ping_all
        and _parses("everyone", allowed)
        and bool(_EVERYONE.search(text)),
    )


def _parses(kind: str, allowed: JSON | None) -> bool:
    return allowed is None or kind in (allowed.get("parse") or [])


def _permitted(found: set[int], kind: str, allowed: JSON | None) -> set[int]:
    if allowed is None or _parses(kind, allowed):
        return found
    return found & {int(each) for each in allowed.get(kind) or []}
