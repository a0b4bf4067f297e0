"""Requests to Discord's REST API through discord.py; errors become a few exceptions."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import aiohttp
import discord
from discord.abc import Snowflake
from discord.http import HTTPClient, MultipartParameters

from bot.cards.card import broken_limit
from bot.cards.spoilers import HIDDEN_ALT, SPOILER
from bot.delivery.discord_errors import (
    PUBLISHED_ALREADY,
    THREAD_ARCHIVED,
    UNKNOWN_CHANNEL,
    About,
    meaning_of,
)
from bot.delivery.http import watch
from bot.delivery.subscriptions import Destination
from bot.delivery.traffic import Pace, Patience, RequestsHeld, Traffic
from bot.jobs import RetryDelay

log = logging.getLogger(__name__)
T = TypeVar("T")
JSON = dict[str, Any]

PAGE = 100
"""Messages that Discord returns in one request."""
_ATTACHMENT = re.compile(r"/attachments/\d+/(\d+)/")
_CLOCK_SLACK = timedelta(minutes=1)
"""How much the clocks of Discord's machines may differ."""
_SLACK_IDS = int(_CLOCK_SLACK.total_seconds() * 1_000) << 22
"""The same in Discord's ids (snowflakes), which contain the time in milliseconds."""


class Refused(Exception):  # noqa: N818 - an answer from Discord, not an error of the program
    """Discord lets the bot do nothing here; the text tells an admin why and what to do.

    `code` is Discord's error code.
    """

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


class NoChannel(Refused):
    """The channel no longer exists."""


class Unsendable(Exception):  # noqa: N818
    """Discord will never accept this message; `code` is Discord's, None if it was not asked."""

    def __init__(self, sentence: str, code: int | None = None) -> None:
        super().__init__(sentence)
        self.code = code


class Gone(Exception):  # noqa: N818
    """The message no longer exists, or is not the bot's; `code` is Discord's."""

    def __init__(self, sentence: str, code: int | None = None) -> None:
        super().__init__(sentence)
        self.code = code


class Unreachable(Exception):  # noqa: N818
    """No answer, or an inconclusive one: try again, after at least `after` seconds.

    `everywhere`: it says nothing about the channel or message of the request.
    """

    def __init__(self, reason: str, *, everywhere: bool = False, after: float = 0.0) -> None:
        super().__init__(reason)
        self.everywhere = everywhere
        self.after = after


@dataclass(frozen=True, slots=True)
class Attached:
    """A message's picture: attached already (`id`), or to be uploaded (`id` 0 and `content`)."""

    file_name: str
    alt: str
    id: int = 0
    content: bytes | None = None

    @property
    def hidden(self) -> Attached:
        """The same behind a spoiler mark, with words that say no result."""
        name = f"{SPOILER}{self.file_name.removeprefix(SPOILER)}"
        return replace(self, file_name=name, alt=HIDDEN_ALT)


class Rest:
    """Requests to Discord's REST API.

    Methods that send, publish, edit or pin make one request, for which the caller first waits for
    the pace; the others wait for it themselves. All raise `Refused`, `Unsendable`, `Gone` or
    `Unreachable`; after `Unreachable` Discord may have done what was asked.
    """

    def __init__(
        self,
        client: Online,
        pace: Pace,
        patience: Patience | None = None,
        traffic: Traffic | None = None,
    ) -> None:
        self.client = client
        self._pace = pace
        self._traffic = traffic or Traffic(patience)
        self._patience = self._traffic.patience
        self._direct: dict[int, int] = {}
        self._absent: dict[str, float] = {}
        """By nonce: when, in the event loop's time, no message with it can have existed."""
        self._newest: dict[int, int] = {}
        watch(client.http, self._traffic)

    def now(self) -> datetime:
        """Return the real time: Discord's if it is known, else this machine's."""
        return self._traffic.now()

    def discord_well_for(self) -> float:
        """Return for how many seconds Discord has answered, apart from one-off failures."""
        return self._traffic.backoff.well_for()

    async def turn(self) -> None:
        """Wait until the pace allows one request."""
        await self._pace.take()

    @property
    def settles(self) -> float:
        """Seconds after which a request that was given up is done, or never will be."""
        return self._patience.settles

    def delay(self) -> RetryDelay:
        """Return a fresh delay between attempts."""
        return self._patience.delay()

    @staticmethod
    def wait_after(fault: Unreachable, delay: RetryDelay) -> float:
        """Return the seconds to wait after a *fault*: at least as long as Discord asks for."""
        wait = max(delay.next(), fault.after)
        log.warning("Discord cannot be reached (%s); next try in %.1f s", fault, wait)
        return wait

    async def channel_of(self, destination: Destination, known: int | None = None) -> int:
        """Return the channel to post in; direct messages are opened unless it is *known*."""
        if not destination.is_direct:
            return destination.id
        if known is not None:
            return known
        if destination.id not in self._direct:
            await self._pace.take()
            opened = await _answer_to(self.client.http.start_private_message(destination.id))
            self._direct[destination.id] = channel = _id_of(opened)
            self._newest[channel] = int(opened.get("last_message_id") or 0)
        return self._direct[destination.id]

    def newest_in(self, channel: int) -> int | None:
        """Return the newest message that Discord reported in a channel, 0 if it is empty.

        None if Discord has reported nothing about the channel yet.
        """
        known = self.client.get_channel(channel)
        if isinstance(known, discord.TextChannel | discord.Thread):
            return known.last_message_id or 0
        return self._newest.get(channel)

    async def send(self, channel: int, payload: JSON) -> int:
        """Post a message and return its id.

        If Discord remembers the nonce, that is the id of the message posted before.
        """
        _check_limits(payload)
        params = MultipartParameters(payload=payload, multipart=None, files=None)
        return _id_of(await _answer_to(self.client.http.send_message(channel, params=params)))

    async def send_once(
        self, channel: int, payload: JSON, reference: str, after: int, *, is_new: bool
    ) -> int:
        """Post a message that may have arrived already; return the id of the one message.

        Unless it *is_new*, it may have been sent at any earlier time. Once Discord may have
        forgotten its nonce, it is sent only if no message newer than *after* has its *reference*.
        """
        loop = asyncio.get_running_loop()
        nonce, memory = payload["nonce"], self._patience.nonce_memory.total_seconds()
        if is_new:
            self._absent.setdefault(nonce, loop.time())
        absent = self._absent.get(nonce)
        if absent is None or loop.time() - absent >= memory:
            absent = loop.time()
            found = await self.find(channel, reference, after)
            if found is not None:
                self._absent.pop(nonce, None)
                return found
            self._absent[nonce] = absent
        try:
            # discord.py itself waits and retries; that must end before Discord forgets the nonce.
            async with asyncio.timeout_at(absent + self._patience.nonce_leaves_within):
                message = await self.send(channel, payload)
        except TimeoutError:
            raise Unreachable("it would leave too late to be sent once") from None
        del self._absent[nonce]
        return message

    def newest_named(self, channel: int, ours: int = 0) -> int:
        """Return the newest message that is known in a channel, *ours* included.

        Discord's ids rise, so the next message has a higher one, whatever any clock says. If no
        message is known, the lower bound is the id of the channel, or of the user.
        """
        known = self.client.get_channel(channel)
        return max(getattr(known, "last_message_id", None) or 0, ours, channel)

    def age_of(self, message: int) -> timedelta | None:
        """Return a message's age by Discord's clock, None if that is not known."""
        now = self._traffic.clock.now()
        age = None if now is None else now - discord.utils.snowflake_time(message)
        return age if age is not None and age >= -_CLOCK_SLACK else None

    async def edit(
        self,
        channel: int,
        message: int,
        embeds: Sequence[JSON],
        components: Sequence[JSON] | None = None,
    ) -> None:
        """Replace a message's embeds, and its buttons if *components* are given."""
        payload: JSON = {"embeds": list(embeds)}
        if components is not None:
            payload["components"] = list(components)
        await self._edit(channel, message, payload)

    async def edit_with(
        self, channel: int, message: int, embeds: Sequence[JSON], picture: Attached | None
    ) -> int | None:
        """Replace a message's embeds and picture; return the id of the picture's attachment.

        A picture without `content` is attached already and is kept.
        """
        payload: JSON = {"embeds": list(embeds), "attachments": []}
        if picture is None:
            await self._edit(channel, message, payload)
            return None
        payload["attachments"] = [
            {"id": str(picture.id), "filename": picture.file_name, "description": picture.alt}
        ]
        if picture.content is None:
            await self._edit(channel, message, payload)
            return picture.id
        file = discord.File(io.BytesIO(picture.content), picture.file_name)
        return _attachment_shown(await self._edit(channel, message, payload, file))

    async def _edit(
        self, channel: int, message: int, payload: JSON, file: discord.File | None = None
    ) -> Any:
        _check_limits(payload)
        params = MultipartParameters(payload=payload, multipart=None, files=None)
        if file is not None:
            form: list[JSON] = [
                {"name": "payload_json", "value": json.dumps(payload)},
                {"name": "files[0]", "value": file.fp, "filename": file.filename},
            ]
            params = MultipartParameters(payload=None, multipart=form, files=[file])
        try:
            edited = await _answer_to(
                self.client.http.edit_message(channel, message, params=params)
            )
        except Refused as refusal:
            if refusal.code != THREAD_ARCHIVED:
                raise
            await self.archive(channel, archived=False)
            raise Unreachable("the thread was archived, and is open again") from refusal
        _id_of(edited)
        return edited

    async def archive(self, thread: int, *, archived: bool = True) -> None:
        """Archive a thread of the bot's, or open it again; Discord does that for a new message."""
        await self.turn()
        _id_of(await _answer_to(self.client.http.edit_channel(thread, archived=archived)))

    async def pin(self, channel: int, message: int) -> None:
        """Pin a message; pinning it again changes nothing."""
        _expect_no_content(await _answer_to(self.client.http.pin_message(channel, message)))

    async def unpin(self, channel: int, message: int) -> None:
        """Unpin a message."""
        _expect_no_content(await _answer_to(self.client.http.unpin_message(channel, message)))

    async def find(self, channel: int, reference: str, after: int) -> int | None:
        """Return the bot's message newer than *after* that has *reference*, or None.

        Without the permission to read the history nothing is found.
        """
        after = max(0, after - _SLACK_IDS)
        while True:
            await self._pace.take()
            page: Any = await _answer_to(self.client.http.logs_from(channel, PAGE, after=after))
            if not isinstance(page, list):
                raise _unexpected(page)
            for message in page:
                if self.is_ours(message) and _has_reference(message, reference):
                    return int(message["id"])
            if len(page) < PAGE:
                return None
            after = max(int(message["id"]) for message in page)

    async def ask(self, request: Callable[[], Awaitable[Any]]) -> Any:
        """Make one request of discord.py's when the pace allows it; return its answer."""
        await self._pace.take()
        return await _answer_to(request())

    async def page(self, channel: int, before: int | None = None) -> list[JSON]:
        """Return up to `PAGE` messages of a channel, the newest or the newest *before* one.

        Without the permission to read the history there are none.
        """
        await self._pace.take()
        page: Any = await _answer_to(self.client.http.logs_from(channel, PAGE, before=before))
        if not isinstance(page, list):
            raise _unexpected(page)
        return page

    async def publish(self, channel: int, message: int) -> None:
        """Publish a message of an announcement channel to the servers that follow it."""
        try:
            _id_of(await _answer_to(self.client.http.publish_message(channel, message)))
        except Gone as done:
            if done.code != PUBLISHED_ALREADY:
                raise

    def text_channel(self, channel: int | None, guild: int | None) -> Destination | None:
        """Return a text channel of a server, None if the server has no such channel."""
        known = self.client.get_channel(channel or 0)
        if isinstance(known, discord.TextChannel) and known.guild.id == guild:
            return Destination(known.id, guild)
        return None

    def is_announcement(self, channel: int) -> bool:
        """Whether messages in a channel can be published."""
        known = self.client.get_channel(channel)
        return isinstance(known, discord.TextChannel) and known.is_news()

    def is_ours(self, message: JSON) -> bool:
        """Whether the bot wrote a message."""
        user = self.client.user
        return user is not None and int(message["author"]["id"]) == user.id


def _has_reference(message: Any, reference: str) -> bool:
    """Whether *reference* ends an embed's footer, is its title, or is a button's id."""
    return any(
        embed.get("footer", {}).get("text", "").endswith(reference)
        or embed.get("title") == reference
        for embed in message["embeds"]
    ) or any(
        item.get("custom_id") == reference
        for row in message.get("components", ())
        for item in row.get("components", ())
    )


def _check_limits(payload: dict[str, Any]) -> None:
    """Raise `Unsendable` for a message that breaks a limit of Discord's."""
    if broken := broken_limit(payload):
        raise Unsendable(f"Discord would not take the message. {broken}")


def _attachment_shown(message: JSON) -> int | None:
    """Return the id of the picture in or beside a message's embeds; only its URL contains it.

    https://github.com/discord/discord-api-docs/issues/1340
    """
    images = [embed.get("image", {}).get("url", "") for embed in message["embeds"]]
    images += [each["url"] for each in message.get("attachments", ())]
    found = next(filter(None, map(_ATTACHMENT.search, images)), None)
    return None if found is None else int(found[1])


def _id_of(answer: Any) -> int:
    """Return the id of the message or channel in a successful answer."""
    match answer:
        case {"id": str(number)} if number.isdigit():
            return int(number)
    raise _unexpected(answer)


def _expect_no_content(answer: Any) -> None:
    if answer:
        raise _unexpected(answer)


def _unexpected(answer: Any) -> Unreachable:
    """Return the error for a successful answer of another kind, such as a proxy's page."""
    return Unreachable(f"the answer is not what was asked for: {answer!r:.80}", everywhere=True)


async def _answer_to(request: Any) -> Any:
    """Return the answer to a request of discord.py's; raise the exceptions of this module."""
    try:
        return await request
    except discord.HTTPException as error:
        raise _exception_for(error) from error
    except discord.RateLimited as limit:
        raise Unreachable(str(limit), after=limit.retry_after) from limit
    except RequestsHeld as held:
        raise Unreachable(str(held), everywhere=True, after=held.after) from held
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise Unreachable(str(error) or type(error).__name__, everywhere=True) from error


def _exception_for(error: discord.HTTPException) -> Exception:
    answer = meaning_of(error)
    match answer.about:
        case About.DESTINATION:
            kind = NoChannel if answer.code == UNKNOWN_CHANNEL else Refused
            return kind(answer.sentence, answer.code or 0)
        case About.PAYLOAD:
            said = f"{answer.sentence} Discord says: {error.text} (code {error.code})."
            return Unsendable(said, answer.code)
        case About.MESSAGE:
            return Gone(answer.sentence, answer.code)
        case About.LATER:
            return Unreachable(str(error), after=answer.after)
        case _:  # the shared back-off decides how long to wait
            return Unreachable(str(error), everywhere=True)


class Online(Protocol):
    """A connection to Discord: a client, or a wrapper that outlives several clients."""

    @property
    def http(self) -> HTTPClient:
        """The REST client, logged in."""

    @property
    def user(self) -> Snowflake | None:
        """The bot's own account."""

    def is_ready(self) -> bool:
        """Whether the gateway has reported the servers."""

    def get_guild(self, number: int, /) -> Any:
        """Return a server that the gateway has reported, else None."""

    def get_channel(self, number: int, /) -> Any:
        """Return a channel that the gateway has reported, else None."""
