"""Refusals are verified before they are believed, as a single answer from Discord may be wrong.

Every request about a place passes here: posts, edits, pins, boards, welcomes, the desk's messages.
A refusal is raised only once a check of the place or the message confirms it; until then the
request counts as failed and is tried again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import discord

from bot.delivery.rest import Gone, Refused, Rest, Unreachable, Unsendable
from bot.delivery.subscriptions import Destination

log = logging.getLogger(__name__)
T = TypeVar("T")

READING = discord.Permissions(view_channel=True)
"""The permissions that an edit of the bot's own message needs…"""
POSTING = discord.Permissions(view_channel=True, send_messages=True, embed_links=True)
"""…and those of a new message."""
OPENING = POSTING | discord.Permissions(create_public_threads=True, send_messages_in_threads=True)
"""Those of a thread and its messages; in a forum Send Messages is enough to begin a post."""
POSTING_IN_FORUM = POSTING | discord.Permissions(send_messages_in_threads=True)
ATTACHING = READING | discord.Permissions(embed_links=True, attach_files=True)
PINNING = READING | discord.Permissions(pin_messages=True)

SHOWN = {10003, 10004, 50001, 50008, 50013, 50083, 160005}
"""Discord's codes that a check of the channel can confirm; for others only an attempt can."""
_CHECKS_BELIEVED = 3
"""This many confirmed refusals in a row are believed, or one if the gateway shows the same."""
_OUTAGE_TIME = 180.0
"""Discord is at fault if, within this many real seconds, requests are refused…"""
_OUTAGE_PLACES = 5
"""…in at least this many destinations…"""
_OUTAGE_SERVERS = 3
"""…of at least this many servers."""
_BELIEVED_AFTER = 1_800.0
"""Real seconds after which a constant refusal is believed whatever a check says: otherwise nobody
would be told of it."""

_FORGOTTEN = 600.0
"""Real seconds without a refusal after which earlier ones no longer count."""

_NO_REASON = "Discord has taken nothing here for half an hour, though it does elsewhere."


@dataclass(slots=True)
class _Doubt:
    """Refusals since `since` without a success; the last `looks` checks confirmed `what`."""

    since: float
    last: float
    looks: int = 0
    what: object = None

    def agrees(self, what: object, *, looked: bool) -> bool:
        """Count a refusal that a check confirmed (*looked*) or not; return whether to believe it.

        The count restarts if the refusal is of another kind, or the last one is long ago.
        """
        now = _now()
        if now - self.last >= _FORGOTTEN:
            self.since, self.looks = now, 0
        self.last = now
        before, self.what = self.what, what
        self.looks = (self.looks if what == before else 0) + 1 if looked else 0
        return self.looks >= _CHECKS_BELIEVED or now - self.since >= _BELIEVED_AFTER


@dataclass(slots=True)
class _RecentAnswers:
    """Which places have refused or accepted lately: if many refuse, Discord is at fault."""

    refusing: dict[int, tuple[float, float, int]] = field(default_factory=dict)
    """By destination: its first and last refusal, and its server (a person's own id)."""
    answering: dict[int, float] = field(default_factory=dict)

    def answers(self, place: Destination, now: float) -> None:
        self.refusing.pop(place.id, None)
        self.answering[place.id] = now

    def refuses(self, place: Destination, now: float) -> None:
        self.refusing = {n: one for n, one in self.refusing.items() if now - one[1] < _OUTAGE_TIME}
        self.answering = {n: at for n, at in self.answering.items() if now - at < _OUTAGE_TIME}
        first = self.refusing.get(place.id, (now, now, 0))[0]
        self.refusing[place.id] = (first, now, place.guild_id or place.id)

    def is_everywhere(self, place: Destination, now: float) -> bool:
        """Return whether so many places refuse that a refusal says nothing about *place*."""
        servers = {server for _, _, server in self.refusing.values()}
        first = self.refusing[place.id][0]
        return (
            len(self.refusing) >= _OUTAGE_PLACES
            and len(servers) >= _OUTAGE_SERVERS
            and len(self.refusing) > len(self.answering)
            and now - first < _BELIEVED_AFTER
        )


class RefusalVerifier:
    """Makes requests about places and verifies refusals."""

    def __init__(self, rest: Rest) -> None:
        self.rest = rest
        self._recent = _RecentAnswers()
        self._doubts: dict[tuple[int, int, int], _Doubt] = {}

    async def insist(
        self,
        place: Destination,
        attempt: Callable[[], Awaitable[T]],
        *,
        needs: discord.Permissions = POSTING,
        message: tuple[int, int] | None = None,
    ) -> T:
        """Repeat *attempt* until it succeeds or a refusal is confirmed; return its result.

        Raises `Refused`, `Gone` and `Unsendable` as `once` does.
        """
        delay, began = self.rest.delay(), _now()
        while True:
            try:
                return await self.once(place, attempt, needs=needs, message=message)
            except Unreachable as fault:
                if fault.everywhere and self._is_here_alone(began):
                    raise Refused(f"{_NO_REASON} It answers: {fault}", code=0) from fault
                wait = self.rest.wait_after(fault, delay)
            await asyncio.sleep(wait)
            await self.rest.turn()

    def _is_here_alone(self, began: float) -> bool:
        """Return whether only requests here have failed, for half an hour since *began*."""
        return min(_now() - began, self.rest.discord_well_for()) >= _BELIEVED_AFTER

    async def once(
        self,
        place: Destination,
        attempt: Callable[[], Awaitable[T]],
        *,
        needs: discord.Permissions = POSTING,
        message: tuple[int, int] | None = None,
    ) -> T:
        """Make one *attempt*, which needs the permissions *needs*; return its result.

        *message* is the channel and id of the message that it is about. Raises `Refused`, `Gone`
        and `Unsendable` if they are confirmed, `Unreachable` if it should be tried again.
        """
        key = (place.id, 0 if message is None else message[1], needs.value)
        try:
            done = await attempt()
        except (Refused, Gone, Unsendable) as refusal:
            if isinstance(refusal, Unsendable) and refusal.code is None:
                raise  # it breaks a limit and was not sent
            found = await self._checked(place, refusal, needs, message)
            doubt = self._doubts.setdefault(key, _Doubt(_now(), _now()))
            believed = doubt.agrees(_kind_of(refusal), looked=found is not None)
            if isinstance(found, Refused):
                self._check_for_outage(place, found)
                believed |= self.shows_gateway(place, needs) is False
            if not believed:
                says = "says otherwise" if found is None else "agrees so far"
                raise Unreachable(f"{refusal} A second look {says}.") from refusal
            del self._doubts[key]
            raise (found or refusal) from refusal
        self._doubts.pop(key, None)
        self._recent.answers(place, _now())
        return done

    async def is_open(self, place: Destination, needs: discord.Permissions = POSTING) -> bool:
        """Return whether a check shows that the bot may post in a place; False for a person.

        If the gateway shows that it may not, no request is made.
        """
        if place.is_direct or self.shows_gateway(place, needs) is False:
            return False
        try:
            closed, _ = await self._check_channel(place, needs)
        except Unreachable:
            return False
        return not closed

    def shows_gateway(self, place: Destination, needs: discord.Permissions) -> bool | None:
        """Return whether the gateway shows the permissions *needs*; None if it cannot tell."""
        client = self.rest.client
        if place.guild_id is None or not client.is_ready():
            return None
        guild: discord.Guild | None = client.get_guild(place.guild_id)
        if guild is None:
            return False
        if guild.unavailable or guild.me is None:
            return None
        channel = guild.get_channel_or_thread(place.id)
        if channel is None or guild.me.is_timed_out():
            return False
        if isinstance(channel, discord.Thread):
            needs, parent = in_thread(needs), channel.parent
            return parent is not None and parent.permissions_for(guild.me) >= needs
        return channel.permissions_for(guild.me) >= needs

    def _check_for_outage(self, place: Destination, refusal: Refused) -> None:
        """Raise `Unreachable` if so many places refuse at once that Discord is at fault."""
        now = _now()
        self._recent.refuses(place, now)
        if self._recent.is_everywhere(place, now):
            many = len(self._recent.refusing)
            raise Unreachable(f"{many} places refuse at once: {refusal}") from refusal

    async def _checked(
        self,
        place: Destination,
        refusal: Refused | Gone | Unsendable,
        needs: discord.Permissions,
        message: tuple[int, int] | None,
    ) -> Refused | Gone | Unsendable | None:
        """Return the refusal that a check of the place or message confirms, None if it does not.

        If no check can tell, that is *refusal* itself. Raises `Unreachable`.
        """
        match refusal:
            case Gone() if message is not None:
                return await self._check_message(message, refusal)
            case Refused() if place.is_direct:
                return refusal
            case Refused():
                closed, found = await self._check_channel(place, needs)
                if closed:
                    return found or refusal
                return None if refusal.code in SHOWN else refusal
        return refusal

    async def _check_message(self, message: tuple[int, int], gone: Gone) -> Gone | None:
        try:
            await self.rest.ask(lambda: self.rest.client.http.get_message(*message))
        except Gone as confirmed:
            return confirmed
        except (Refused, Unsendable):
            return gone  # the bot may not read the message
        return None

    async def _check_channel(
        self, place: Destination, needs: discord.Permissions
    ) -> tuple[bool, Refused | None]:
        """Return whether *needs* are lacking in a channel, and Discord's refusal if any."""
        http, guild = self.rest.client.http, place.guild_id
        try:
            channel = await self.rest.ask(lambda: http.get_channel(place.id))
            if not takes_messages(channel):
                return True, None
            if guild is None:
                return False, None
            if "thread_metadata" in channel:
                needs, parent = in_thread(needs), channel["parent_id"]
                channel = await self.rest.ask(lambda: http.get_channel(parent))
            roles = await self.rest.ask(lambda: http.get_roles(guild))
            me = await self.rest.ask(lambda: http.get_member(guild, self._me()))
            granted = granted_in(channel, roles, me, guild)
        except Refused as refusal:
            return True, refusal
        except (Gone, Unsendable) as odd:
            raise Unreachable(f"a look at the channel brought: {odd}") from odd
        except (AttributeError, KeyError, TypeError, ValueError) as odd:
            raise Unreachable(f"a look at the channel brought nothing to read: {odd!r}") from odd
        return not granted >= needs, None

    def _me(self) -> int:
        user = self.rest.client.user
        if user is None:
            raise Unreachable("the client is not logged in")
        return user.id


def _kind_of(refusal: Refused | Gone | Unsendable) -> object:
    """Return the kind of a refusal, by which consecutive ones are compared."""
    match refusal:
        case Refused():
            return Refused
        case Gone():
            return Gone
    return refusal.code


def _now() -> float:
    return asyncio.get_running_loop().time()


JSON = dict[str, Any]

_TAKES_MESSAGES = {0, 1, 2, 3, 5, 10, 11, 12, 13, 15, 16}
"""The channel types that accept messages, forums in their posts: no categories or directories."""
_TIMED_OUT = discord.Permissions(view_channel=True, read_message_history=True)


def takes_messages(channel: JSON) -> bool:
    """Return whether a channel accepts messages: its type does, and it is no locked thread."""
    thread = channel.get("thread_metadata") or {}
    if thread.get("locked"):
        return False
    return channel.get("type") in _TAKES_MESSAGES


def in_thread(needs: discord.Permissions) -> discord.Permissions:
    """Return the permissions that a thread's channel must grant where a channel needs *needs*."""
    if not needs.send_messages:
        return needs
    return discord.Permissions(
        needs.value & ~discord.Permissions(send_messages=True).value
    ) | discord.Permissions(send_messages_in_threads=True)


def granted_in(channel: JSON, roles: list[JSON], me: JSON, guild: int) -> discord.Permissions:
    """Return a member's permissions in a channel.

    Source: Discord's documentation, "Permissions": @everyone's, the roles', then the channel's
    overwrites of @everyone, of the roles and of the member.
    """
    mine = {int(role) for role in me["roles"]} | {guild}
    base = discord.Permissions.none()
    for role in roles:
        if int(role["id"]) in mine:
            base |= discord.Permissions(int(role["permissions"]))
    if base.administrator:
        return discord.Permissions.all()
    user = int(me["user"]["id"])
    steps: list[list[JSON]] = [[], [], []]
    for overwrite in channel.get("permission_overwrites") or ():
        whose = int(overwrite["id"])
        if whose == guild:
            steps[0].append(overwrite)
        elif whose in mine:
            steps[1].append(overwrite)
        elif whose == user:
            steps[2].append(overwrite)
    value = base.value
    for step in steps:
        denied = allowed = 0
        for overwrite in step:
            denied |= int(overwrite["deny"])
            allowed |= int(overwrite["allow"])
        value = value & ~denied | allowed
    granted = discord.Permissions(value)
    if not granted.view_channel:
        return discord.Permissions.none()
    until = me.get("communication_disabled_until")
    if until is not None and datetime.fromisoformat(until) > datetime.now(UTC):
        granted &= _TIMED_OUT
    return granted
