"""Discord's REST as the courier needs it: through discord.py, with refusals in sentences."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import aiohttp
import discord
from discord.abc import Snowflake
from discord.http import HTTPClient, MultipartParameters

from bot.cards.card import broken_limit
from bot.delivery.discord_errors import PUBLISHED_ALREADY, UNKNOWN_CHANNEL, About, meaning_of
from bot.delivery.http import watch
from bot.delivery.subscriptions import Destination
from bot.delivery.traffic import Pace, Patience, RequestsHeld, Traffic
from bot.jobs import RetryDelay

log = logging.getLogger(__name__)
T = TypeVar("T")
JSON = dict[str, Any]

PAGE = 100
"""Messages that Discord shows at once."""
_ATTACHMENT = re.compile(r"/attachments/\d+/(\d+)/")
_CLOCK_SLACK = timedelta(minutes=1)
"""The clocks of Discord's machines may differ by so much."""
_SLACK = int(_CLOCK_SLACK.total_seconds() * 1_000) << 22
"""The same in Discord's numbers, which are made from them."""


class Refused(Exception):  # noqa: N818 - an answer of Discord's, no fault of the program
    """The destination takes nothing from us; the text tells its admin why and what to do.

    `code` is the one of Discord's that says so.
    """

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


class NoChannel(Refused):
    """The destination is gone for good."""


class Unsendable(Exception):  # noqa: N818
    """Discord will not take this very message, now or later; `code` is Discord's if it said so."""

    def __init__(self, sentence: str, code: int | None = None) -> None:
        super().__init__(sentence)
        self.code = code


class Gone(Exception):  # noqa: N818
    """The message is not there any more, or is not ours to change; `code` is Discord's."""

    def __init__(self, sentence: str, code: int | None = None) -> None:
        super().__init__(sentence)
        self.code = code


class Unreachable(Exception):  # noqa: N818
    """No answer, or none that settles anything: try again, at the earliest `after` seconds.

    `everywhere`: it says nothing about what was asked for.
    """

    def __init__(self, reason: str, *, everywhere: bool = False, after: float = 0.0) -> None:
        super().__init__(reason)
        self.everywhere = everywhere
        self.after = after


@dataclass(frozen=True, slots=True)
class Attached:
    """A picture of a message: Discord's number of it and no bytes, or number 0 and its bytes."""

    file_name: str
    alt: str
    id: int = 0
    content: bytes | None = None


class Rest:
    """What the courier asks of Discord.

    `send`, `publish`, and what edits and pins, are one request each, for which the caller takes a
    turn of the pace; the others take the turns that they need. Every call raises `Refused`,
    `Unsendable`, `Gone` or `Unreachable`; what was asked may have been done all the same when it
    raises `Unreachable`.
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
        """When, in the loop's time, it was certain that no message had a nonce."""
        self._newest: dict[int, int] = {}
        watch(client.http, self._traffic)

    def now(self) -> datetime:
        """Return the real time, Discord's where it is known."""
        return self._traffic.now()

    def discord_well_for(self) -> float:
        """Return for how many seconds Discord has answered, single requests apart."""
        return self._traffic.backoff.well_for()

    async def turn(self) -> None:
        """Wait for the turn of one request."""
        await self._pace.take()

    def delay(self) -> RetryDelay:
        """Return what tells how long to wait after each failure in a row."""
        return self._patience.delay()

    @staticmethod
    def wait_after(fault: Unreachable, delay: RetryDelay) -> float:
        """Return the seconds to wait after a *fault*: at least what Discord says."""
        wait = max(delay.next(), fault.after)
        log.warning("Discord cannot be reached (%s); next try in %.1f s", fault, wait)
        return wait

    async def channel_of(self, destination: Destination, known: int | None = None) -> int:
        """Return the channel to post in: *known*, or opened where it is a user's messages."""
        if not destination.is_direct:
            return destination.id
        if known is not None:
            return known
        if destination.id not in self._direct:
            await self._pace.take()
            opened = await _asked(self.client.http.start_private_message(destination.id))
            self._direct[destination.id] = channel = _id_of(opened)
            self._newest[channel] = int(opened.get("last_message_id") or 0)
        return self._direct[destination.id]

    def newest_in(self, channel: int) -> int | None:
        """Return the newest message of a channel that Discord has named, 0 where it named none.

        None where Discord has said nothing of the channel yet.
        """
        known = self.client.get_channel(channel)
        if isinstance(known, discord.TextChannel | discord.Thread):
            return known.last_message_id or 0
        return self._newest.get(channel)

    async def send(self, channel: int, payload: JSON) -> int:
        """Post a message's body as it is and return the message's id.

        With a nonce that Discord remembers, it is the message that is there already.
        """
        _keeps_the_limits(payload)
        params = MultipartParameters(payload=payload, multipart=None, files=None)
        return _id_of(await _asked(self.client.http.send_message(channel, params=params)))

    async def send_once(
        self, channel: int, payload: JSON, reference: str, after: int, *, is_new: bool
    ) -> int:
        """Post a body that may have arrived before; return the one message's id.

        It has its nonce and, unless it *is_new*, was sent before, nobody knows when. Once Discord
        may have forgotten the nonce of what was sent, the message is looked for by its *reference*
        among those that stand after *after*, and nothing of it leaves before.
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
            # discord.py waits for limits and tries again by itself: that ends with the memory.
            async with asyncio.timeout_at(absent + self._patience.nonce_leaves_within):
                message = await self.send(channel, payload)
        except TimeoutError:
            raise Unreachable("it would leave too late to be sent once") from None
        del self._absent[nonce]
        return message

    def newest_named(self, channel: int, ours: int = 0) -> int:
        """Return the newest message that Discord named in a channel, of which *ours* is one.

        Discord's numbers rise, so what is sent next stands after it, whatever any clock says. Where
        it named none that is the channel's own number, or that of whom the direct messages are for.
        """
        known = self.client.get_channel(channel)
        return max(getattr(known, "last_message_id", None) or 0, ours, channel)

    def age_of(self, message: int) -> timedelta | None:
        """Return how old a message is by Discord's clock, None where that is not known."""
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
        """Let a message show other embeds, and other buttons where they are given."""
        payload: JSON = {"embeds": list(embeds)}
        if components is not None:
            payload["components"] = list(components)
        await self._edit(channel, message, payload)

    async def edit_with(
        self, channel: int, message: int, embeds: Sequence[JSON], picture: Attached | None
    ) -> int | None:
        """Let a message show other embeds, and one picture in them or none; return its id.

        One that is attached already is kept, unless it comes with its bytes.
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
        return _embedded(await self._edit(channel, message, payload, file))

    async def _edit(
        self, channel: int, message: int, payload: JSON, file: discord.File | None = None
    ) -> Any:
        _keeps_the_limits(payload)
        params = MultipartParameters(payload=payload, multipart=None, files=None)
        if file is not None:
            form: list[JSON] = [
                {"name": "payload_json", "value": json.dumps(payload)},
                {"name": "files[0]", "value": file.fp, "filename": file.filename},
            ]
            params = MultipartParameters(payload=None, multipart=form, files=[file])
        edited = await _asked(self.client.http.edit_message(channel, message, params=params))
        _id_of(edited)
        return edited

    async def pin(self, channel: int, message: int) -> None:
        """Pin a message; once more changes nothing."""
        _is_nothing(await _asked(self.client.http.pin_message(channel, message)))

    async def unpin(self, channel: int, message: int) -> None:
        """Take a message off the channel's pins."""
        _is_nothing(await _asked(self.client.http.unpin_message(channel, message)))

    async def find(self, channel: int, reference: str, after: int) -> int | None:
        """Return our message after the message *after* that has *reference*, or None.

        Where the bot may not read the history, there is nothing to be found.
        """
        after = max(0, after - _SLACK)
        while True:
            await self._pace.take()
            page: Any = await _asked(self.client.http.logs_from(channel, PAGE, after=after))
            if not isinstance(page, list):
                raise _not_asked_for(page)
            for message in page:
                if self.is_ours(message) and _names(message, reference):
                    return int(message["id"])
            if len(page) < PAGE:
                return None
            after = max(int(message["id"]) for message in page)

    async def ask(self, request: Callable[[], Awaitable[Any]]) -> Any:
        """Return what one request of discord.py's brings, taking a turn of the pace for it."""
        await self._pace.take()
        return await _asked(request())

    async def page(self, channel: int, before: int | None = None) -> list[JSON]:
        """Return the newest messages of a channel, up to `PAGE`; those before one where given.

        Where the bot may not read the history, there are none.
        """
        await self._pace.take()
        page: Any = await _asked(self.client.http.logs_from(channel, PAGE, before=before))
        if not isinstance(page, list):
            raise _not_asked_for(page)
        return page

    async def publish(self, channel: int, message: int) -> None:
        """Hand a message of an announcement channel to the servers that follow it."""
        try:
            _id_of(await _asked(self.client.http.publish_message(channel, message)))
        except Gone as done:
            if done.code != PUBLISHED_ALREADY:
                raise

    def text_channel(self, channel: int | None, guild: int | None) -> Destination | None:
        """Return a text channel of a server; None where the server has none such."""
        known = self.client.get_channel(channel or 0)
        if isinstance(known, discord.TextChannel) and known.guild.id == guild:
            return Destination(known.id, guild)
        return None

    def is_announcement(self, channel: int) -> bool:
        """Whether what is posted in a channel can be published."""
        known = self.client.get_channel(channel)
        return isinstance(known, discord.TextChannel) and known.is_news()

    def is_ours(self, message: JSON) -> bool:
        """Whether the bot itself wrote a message."""
        user = self.client.user
        return user is not None and int(message["author"]["id"]) == user.id


def _names(message: Any, reference: str) -> bool:
    """Whether a message has *reference*: at an embed's end, as its title, or as a button's id."""
    return any(
        embed.get("footer", {}).get("text", "").endswith(reference)
        or embed.get("title") == reference
        for embed in message["embeds"]
    ) or any(
        item.get("custom_id") == reference
        for row in message.get("components", ())
        for item in row.get("components", ())
    )


def _keeps_the_limits(payload: dict[str, Any]) -> None:
    """Raise `Unsendable` for a body that Discord would refuse: it is not even sent."""
    if broken := broken_limit(payload):
        raise Unsendable(f"Discord would not take the message. {broken}")


def _embedded(message: JSON) -> int | None:
    """Return the id of the attachment that a message's embeds show: it stands in its address only.

    https://github.com/discord/discord-api-docs/issues/1340
    """
    images = (embed.get("image", {}).get("url", "") for embed in message["embeds"])
    found = next(filter(None, map(_ATTACHMENT.search, images)), None)
    return None if found is None else int(found[1])


def _id_of(answer: Any) -> int:
    """Return the id of the message or channel that a success brought."""
    match answer:
        case {"id": str(number)} if number.isdigit():
            return int(number)
    raise _not_asked_for(answer)


def _is_nothing(answer: Any) -> None:
    if answer:
        raise _not_asked_for(answer)


def _not_asked_for(answer: Any) -> Unreachable:
    """Return the failure of a success that brought something else, as a proxy's page."""
    return Unreachable(f"the answer is not what was asked for: {answer!r:.80}", everywhere=True)


async def _asked(request: Any) -> Any:
    """Return the answer to a request of discord.py's, or say what became of it."""
    try:
        return await request
    except discord.HTTPException as error:
        raise _meaning(error) from error
    except discord.RateLimited as limit:
        raise Unreachable(str(limit), after=limit.retry_after) from limit
    except RequestsHeld as held:
        raise Unreachable(str(held), everywhere=True, after=held.after) from held
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise Unreachable(str(error) or type(error).__name__, everywhere=True) from error


def _meaning(error: discord.HTTPException) -> Exception:
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
        case _:  # how long to wait is for the back-off that all share to say
            return Unreachable(str(error), everywhere=True)


class Online(Protocol):
    """A connection to Discord: one client, or what outlives one client after another."""

    @property
    def http(self) -> HTTPClient:
        """Discord's REST, logged in."""

    @property
    def user(self) -> Snowflake | None:
        """The bot's own account."""

    def is_ready(self) -> bool:
        """Whether the gateway has told of the servers."""

    def get_guild(self, number: int, /) -> Any:
        """Return a server as the gateway has told of it, None where it has not."""

    def get_channel(self, number: int, /) -> Any:
        """Return a channel as the gateway has told of it, None where it has not."""
