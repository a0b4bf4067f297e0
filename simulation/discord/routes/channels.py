"""Channels and their messages.

Source: Discord's documentation, "Channel" and "Message".
"""

import time
from datetime import datetime

from simulation.discord import payloads, posting
from simulation.discord.bodies import Body
from simulation.discord.errors import (
    JSON,
    DiscordError,
    invalid_form,
    missing_access,
    missing_permissions,
    unknown,
    wrong_channel_type,
)
from simulation.discord.permissions import Permission
from simulation.discord.rest import NO_CONTENT, Answered, Call, Route, snowflake
from simulation.discord.routes.threads import archived, channel_in_path, open_for
from simulation.discord.world import Channel, ChannelKind, Message, World

NONCE_SECONDS = 300.0
"""How long a nonce is remembered; Discord says "the past few minutes"."""
MOST_PINS = 250
_CHANNEL = "/channels/{channel_id}"
_MESSAGES = _CHANNEL + "/messages"
_MESSAGE = _MESSAGES + "/{message_id}"
_PINS = _MESSAGES + "/pins"


class ChannelRoutes:
    """Serves /channels/{channel_id}."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_nonce: dict[tuple[int, str], tuple[float, Message]] = {}

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("GET", _CHANNEL, self._get_channel),
            Route("GET", _MESSAGES, self._history, "messages-read"),
            Route("POST", _MESSAGES, self._create, "message-create"),
            Route("GET", _PINS, self._pins),
            Route("PUT", _PINS + "/{message_id}", self._pin, "pin"),
            Route("DELETE", _PINS + "/{message_id}", self._unpin, "pin"),
            Route("GET", _MESSAGE, self._get, "messages-read"),
            Route("PATCH", _MESSAGE, self._edit, "message-edit"),
            Route("DELETE", _MESSAGE, self._delete, "message-delete"),
            Route("POST", _MESSAGE + "/crosspost", self._crosspost, "crosspost"),
        ]

    def _channel(self, call: Call) -> Channel:
        """Return the channel in the path; raises 404/10003 or 403/50001."""
        channel, _ = channel_in_path(self._world, call)
        return channel

    def _require(self, channel: Channel, needed: Permission) -> None:
        """Raise 403/50001 if the bot cannot see the channel, 403/50013 if it lacks `needed`."""
        granted = channel.permissions_of(self._world.bot)
        if Permission.VIEW_CHANNEL not in granted:
            raise missing_access()
        if needed not in granted:
            raise missing_permissions()

    # The channel itself.

    def _get_channel(self, call: Call) -> Answered:
        return Answered(payloads.channel(self._channel(call), seen_by=self._world.bot))

    # Reading messages.

    def _history(self, call: Call) -> Answered:
        channel = self._channel(call)
        limit = _limit(call, 50, 100)
        given = [key for key in ("around", "before", "after") if key in call.query]
        if len(given) > 1:
            raise invalid_form((given[1],), "BASE_TYPE_INVALID", f"{given} exclude each other.")
        if Permission.READ_MESSAGE_HISTORY not in channel.permissions_of(self._world.bot):
            return Answered([])
        messages = channel.messages
        if given:
            messages = _cut(messages, given[0], snowflake((given[0],), call.query[given[0]]), limit)
        return Answered([payloads.message(each) for each in reversed(messages[-limit:])])

    def _get(self, call: Call) -> Answered:
        channel = self._channel(call)
        self._require(channel, Permission.READ_MESSAGE_HISTORY)
        return Answered(payloads.message(_message_of(channel, call)))

    # Writing messages.

    def _create(self, call: Call) -> Answered:
        channel, bot = self._channel(call), self._world.bot
        draft = posting.read_draft(call.body)
        self._may_post(channel, call.body)
        reference = self._reference(channel, call.body.fields.get("message_reference"))
        known = self._known(channel, draft.nonce) if self._enforces(call.body) else None
        if known is None:
            open_for(channel)
            known = posting.post(draft, channel, bot, reference=reference)
            if draft.nonce is not None:
                self._by_nonce[channel.id, str(draft.nonce)] = (time.monotonic(), known)
        return Answered(payloads.message(known, with_nonce=True))

    def _reference(self, channel: Channel, sent: object) -> JSON | None:
        if not isinstance(sent, dict):
            return None
        original = channel.log.get(snowflake(("message_reference",), sent.get("message_id")))
        if original is None or original.deleted_at is not None or original.ephemeral:
            if sent.get("fail_if_not_exists", True):
                raise invalid_form(
                    ("message_reference",), "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message"
                )
            return None
        reference = {
            "type": 0,
            "channel_id": str(channel.id),
            "message_id": str(original.id),
        }
        return reference | {"guild_id": str(channel.guild.id)} if channel.guild else reference

    @staticmethod
    def _enforces(body: Body) -> bool:
        return bool(body.fields.get("enforce_nonce"))

    def _known(self, channel: Channel, nonce: str | int | None) -> Message | None:
        """Return the message that was posted here with this nonce in the past few minutes."""
        forgotten = time.monotonic() - NONCE_SECONDS
        for key, (posted, _) in tuple(self._by_nonce.items()):
            if posted >= forgotten:
                break
            del self._by_nonce[key]
        found = self._by_nonce.get((channel.id, str(nonce)))
        return found[1] if found else None

    def _may_post(self, channel: Channel, body: Body) -> None:
        if channel.guild is None:
            self._may_write_to(channel)
        if channel.kind is ChannelKind.FORUM:
            raise DiscordError(400, 50008, "Cannot send messages in a non-text channel")
        needed = Permission.SEND_MESSAGES
        if body.fields.get("embeds"):
            needed |= Permission.EMBED_LINKS
        if body.files:
            needed |= Permission.ATTACH_FILES
        if body.fields.get("message_reference"):
            needed |= Permission.READ_MESSAGE_HISTORY
        self._require(channel, needed)

    def _may_write_to(self, channel: Channel) -> None:
        for user in channel.recipients:
            if user is self._world.bot:
                continue
            if not user.accepts_direct_messages:
                raise DiscordError(403, 50007, "Cannot send messages to this user")
            if not user.app_installed and not self._world.share_a_guild(user):
                raise DiscordError(
                    403,
                    50278,
                    "Cannot send messages to this user due to having no mutual guilds",
                )

    def _edit(self, call: Call) -> Answered:
        channel = self._channel(call)
        message = _message_of(channel, call)
        if message.author is not self._world.bot:
            raise DiscordError(403, 50005, "Cannot edit a message authored by another user")
        if channel.thread is not None and channel.thread.archived:
            raise archived()
        if call.body.files:
            self._require(channel, Permission.ATTACH_FILES)
        posting.edit(message, posting.read_draft(call.body, editing=message))
        return Answered(payloads.message(message))

    def _delete(self, call: Call) -> Answered:
        channel = self._channel(call)
        message = _message_of(channel, call)
        if message.author is not self._world.bot:
            if channel.guild is None:
                raise missing_permissions()
            self._require(channel, Permission.MANAGE_MESSAGES)
        message.deleted_at = self._world.now()
        self._world.publish("MESSAGE_DELETE", message)
        return NO_CONTENT

    def _crosspost(self, call: Call) -> Answered:
        channel = self._channel(call)
        if channel.kind is not ChannelKind.ANNOUNCEMENT:
            raise wrong_channel_type()
        message = _message_of(channel, call)
        own = message.author is self._world.bot
        needed = Permission.SEND_MESSAGES if own else Permission.MANAGE_MESSAGES
        self._require(channel, needed)
        if message.crossposted:
            raise DiscordError(400, 40033, "This message has already been crossposted")
        message.flags |= Message.CROSSPOSTED
        self._world.publish("MESSAGE_UPDATE", message)
        return Answered(payloads.message(message))

    # Pins.

    def _pins(self, call: Call) -> Answered:
        pins, limit = self._channel(call).pins, _limit(call, 50, 50)
        if "before" in call.query:
            before = datetime.fromisoformat(call.query["before"])
            pins = [each for each in pins if each.pinned_at and each.pinned_at < before]
        items = [
            {"pinned_at": payloads.timestamp(each.pinned_at), "message": payloads.message(each)}
            for each in pins[:limit]
        ]
        return Answered({"items": items, "has_more": len(pins) > limit})

    def _pin(self, call: Call) -> Answered:
        channel = self._channel(call)
        self._require(channel, Permission.PIN_MESSAGES)
        message = _message_of(channel, call)
        if len(channel.pins) >= MOST_PINS:
            raise DiscordError(400, 30003, f"Maximum number of pins reached ({MOST_PINS})")
        message.pinned_at = channel.last_pin_at = self._world.now()
        self._world.publish("CHANNEL_PINS_UPDATE", channel)
        return NO_CONTENT

    def _unpin(self, call: Call) -> Answered:
        channel = self._channel(call)
        self._require(channel, Permission.PIN_MESSAGES)
        message = _message_of(channel, call)
        if message.pinned_at is None:
            raise unknown("Message")
        message.pinned_at = None
        self._world.publish("CHANNEL_PINS_UPDATE", channel)
        return NO_CONTENT


def _message_of(channel: Channel, call: Call) -> Message:
    """Return the message in the path; ephemeral ones are not to be found. Raises 404/10008."""
    message = channel.log.get(call.snowflake("message_id"))
    if message is None or message.deleted_at is not None or message.ephemeral:
        raise unknown("Message")
    return message


def _limit(call: Call, usual: int, most: int) -> int:
    given = call.query.get("limit", str(usual))
    if not given.isdigit() or not 1 <= int(given) <= most:
        raise invalid_form(
            ("limit",), "NUMBER_TYPE_MAX", f"int value should be between 1 and {most}."
        )
    return int(given)


def _cut(messages: list[Message], side: str, anchor: int, limit: int) -> list[Message]:
    older = [each for each in messages if each.id < anchor]
    newer = [each for each in messages if each.id > anchor]
    if side == "before":
        return older
    if side == "after":
        return newer[:limit]
    half = limit // 2
    itself = [each for each in messages if each.id == anchor]
    return older[len(older) - min(half, len(older)) :] + itself + newer[: max(1, half)]
