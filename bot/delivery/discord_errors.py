"""What each error code of Discord's concerns, what people are told, and what the bot does.

One table has every code that this bot can receive. Any other code, a page in place of Discord's
JSON, and an answer that explains nothing say nothing about a channel or a message: they count as
trouble everywhere, and the request is made again.

https://discord.com/developers/docs/topics/opcodes-and-status-codes
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

import aiohttp
import discord

FAILURES = (discord.HTTPException, aiohttp.ClientError, OSError, RuntimeError)
"""What a request to Discord may raise; `RuntimeError`: the session is closed as the bot stops."""


class About(Enum):
    """What an answer concerns; the value says what the bot does."""

    DESTINATION = "a second look at the channel; where that agrees, it is paused with the sentence"
    PAYLOAD = "asked again twice; then this message or action is given up with the sentence"
    MESSAGE = "a look at the message; where it is gone or another's, it is left alone"
    INTERACTION = "nothing: whoever pressed or typed has to do it again"
    LATER = "this request is made again when Discord's limit allows it; others go on"
    EVERYWHERE = "asked again with the back-off that all requests share"


class Body(Enum):
    """What the body of an answer is."""

    DISCORD = "an error of Discord's in JSON: an object with a message"
    OTHER = "a page, other JSON, or nothing"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an answer concerns, and a sentence for people.

    `code` is Discord's, None if it gave none; `after` is how many seconds it says to wait.
    """

    about: About
    sentence: str
    code: int | None = None
    after: float = 0.0

    @property
    def done(self) -> str:
        """What the bot does."""
        return self.about.value


AGAIN = "run /alerts test there"
"""How sentences for people end if that resumes the destination."""

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_INTERACTION = 10062
ANSWERED_ALREADY = 40060
PUBLISHED_ALREADY = 40033
THREAD_ARCHIVED = 50083
THREAD_LOCKED = 160005
COMMANDS_USED_UP = 30034
"""Too many commands were created today."""

_NOT_HERE = "Discord does not do that in a channel of this kind."
_BAD_FILE = "Discord does not take the file."
_TOO_LARGE = "The message or its file is too large for Discord."
_TOO_LATE = "The answer came too late: Discord waits three seconds for it. Ask again."
_BAD_LOGIN = (
    "Discord refuses the token: set ELECTION_NIGHT_TOKEN to the one that the developer portal "
    "shows, or make a new one there."
)
_BUSY = "Discord is overloaded. Nothing has to be done: the bot tries again."

_SENTENCES: Mapping[About, Mapping[int, str]] = {
    About.DESTINATION: {
        UNKNOWN_CHANNEL: "The channel does not exist any more. Subscribe another one.",
        10004: "The bot is not in this server any more. Invite it again, then subscribe again.",
        10013: "The user does not exist any more.",
        40058: "In a forum the bot can write in its posts only. Choose the forum again in /setup.",
        40067: "The forum asks for a tag on each post and has none to choose. Add one.",
        50001: "The bot cannot see this channel. Give it the permission View Channel there, then "
        f"{AGAIN}.",
        50007: "Discord does not let the bot write to this user. Allow direct messages from server "
        "members, then subscribe again.",
        50008: "The bot cannot write in a channel of this kind. Subscribe a text or announcement "
        "channel, or a forum.",
        50009: "The server's verification level keeps the bot from writing here. Lower it or give "
        f"the bot a role, then {AGAIN}.",
        50013: "The bot may not write here. Give it the permissions Send Messages and Embed Links "
        f"in this channel, then {AGAIN}.",
        50033: "Discord does not let the bot write to this user.",
        THREAD_ARCHIVED: "The thread is archived. Open it again.",
        50095: "Discord does not show this server where the bot runs. Subscribe in another one.",
        50278: "The bot shares no server with this user any more. Join one again, then subscribe "
        "again.",
        THREAD_LOCKED: "A moderator has locked the thread. Unlock it.",
        160006: "This server has 1,000 open threads, the most that Discord allows. Archive some.",
        160007: "This server has the most open announcement threads that Discord allows. Archive "
        "some.",
    },
    About.PAYLOAD: {
        10063: "The command does not exist any more.",
        20001: "Discord lets no bot do that.",
        20009: "Discord takes the message to be explicit.",
        20012: "The token belongs to another application.",
        30003: "The channel has as many pinned messages as Discord allows. Unpin one.",
        30015: "The message has too many attachments.",
        30032: "The bot has more commands than Discord allows.",
        40005: _TOO_LARGE,
        50003: "Discord does not do that in direct messages.",
        50006: "The message is empty.",
        50024: _NOT_HERE,
        50035: "Discord does not take the message.",
        50045: _TOO_LARGE,
        50046: _BAD_FILE,
        50109: "Discord cannot read the message.",
        50110: _BAD_FILE,
        50123: _BAD_FILE,
        50146: _BAD_FILE,
        60003: "This server asks for two-factor authentication: the bot's owner has to set it up.",
        160002: "The bot may not reply here. Give it the permission Read Message History.",
        200000: "The server's automatic moderation blocks the message. Exempt the bot's role.",
        240000: "Discord takes a link in the message to be harmful.",
        400001: "Discord limits files in this server at the moment.",
    },
    About.MESSAGE: {
        UNKNOWN_MESSAGE: "The message was deleted.",
        PUBLISHED_ALREADY: "The message is published already.",
        50005: "The message is not the bot's.",
        50019: "The message is in another channel.",
        50021: "The message is one of Discord's own.",
        50068: "A message of this kind cannot be published.",
    },
    About.INTERACTION: {
        10015: _TOO_LATE,
        UNKNOWN_INTERACTION: _TOO_LATE,
        40043: "Discord could not pass the answer on. Ask again.",
        40060: "This was answered already.",
        40094: "This was answered as often as Discord allows. Ask again.",
        50027: _TOO_LATE,
    },
    About.LATER: {
        20016: "The channel's slow mode makes the bot wait.",
        20022: "Discord has had enough edits of published messages; the bot tries again.",
        20028: "The channel has had as many messages as Discord takes; the bot tries again.",
        20029: "The server has had as many messages as Discord takes; the bot tries again.",
        COMMANDS_USED_UP: "Discord makes no more commands today; the old ones work until then.",
        30046: "Discord has had enough edits of older messages; the bot tries again.",
        40003: "The bot opens direct messages too fast; it tries again.",
        40062: _BUSY,
        110001: "Discord does not know the application yet; the bot tries again.",
        130000: _BUSY,
    },
    About.EVERYWHERE: {
        0: "Discord gives no reason; the bot tries again.",
        10002: _BAD_LOGIN,
        40001: _BAD_LOGIN,
        40002: "Discord asks the bot's owner to verify the account. Do so in the developer portal.",
        40004: "Discord has switched messages off for a while; the bot tries again.",
        40006: "Discord has switched this off for a while; the bot tries again.",
        40012: _BAD_LOGIN,
        40333: "Cloudflare blocks the bot's requests. Nothing has to be done: it tries again.",
        50014: _BAD_LOGIN,
        50041: "Discord no longer speaks this version of its API: update discord.py.",
    },
}

TABLE: Mapping[int, Meaning] = {
    code: Meaning(about, sentence, code)
    for about, sentences in _SENTENCES.items()
    for code, sentence in sentences.items()
}
"""Every code that this bot can receive."""

_UNAUTHORISED = Meaning(About.EVERYWHERE, _BAD_LOGIN)
_NO_ANSWER = Meaning(
    About.EVERYWHERE,
    "What answers is not Discord but something on the way to it; the bot tries again.",
)
_FAULT = Meaning(About.EVERYWHERE, "Discord has a fault of its own; the bot tries again.")
_LIMITED = Meaning(About.LATER, "Discord limits the bot's requests; it tries again.")
_UNKNOWN = Meaning(
    About.EVERYWHERE, "Discord answers what the bot does not know; the bot tries again."
)
_TOO_LARGE_FOR_ALL = Meaning(About.PAYLOAD, _TOO_LARGE)

_JSON = "application/json"
_LONGEST_LIMIT = 3600.0
"""The longest wait in seconds, whatever an answer says."""


def classified(status: int, code: int | None, headers: Mapping[str, str], body: Body) -> Meaning:
    """Return what an unexpected answer concerns.

    *code* is Discord's own, None if there is none. A successful *status* with content that was
    not asked for is classified too.
    """
    after = _seconds(headers.get("Retry-After"))
    if status == 401:
        answer = _UNAUTHORISED
    elif status == 413:
        answer = _TOO_LARGE_FOR_ALL
    elif body is not Body.DISCORD:
        answer = _NO_ANSWER
    else:
        known = TABLE.get(code or 0, _UNKNOWN)
        if status == 429:
            answer = known if known.about is About.LATER else _LIMITED
        elif status >= 500:
            answer = known if known.about is About.LATER else _FAULT
        else:
            answer = known if status >= 400 else _UNKNOWN
    return replace(answer, code=code, after=after) if after or answer.code != code else answer


def meaning_of(error: discord.HTTPException) -> Meaning:
    """Return what the answer concerns that discord.py raised as *error*."""
    headers = error.response.headers
    is_json = headers.get("Content-Type", "").partition(";")[0].strip() == _JSON
    body = Body.DISCORD if is_json and error.text else Body.OTHER
    code = error.code if isinstance(error.code, int) and body is Body.DISCORD else None
    return classified(error.status, code, headers, body)


def counts_as_invalid(status: int, headers: Mapping[str, str]) -> bool:
    """Whether Discord counts an answer towards the 10,000 in ten minutes that ban an address.

    https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
    """
    shared = headers.get("X-RateLimit-Scope") == "shared"
    return status in (401, 403) or (status == 429 and not shared)


def _seconds(text: str | None) -> float:
    """Return the seconds in a header, 0 if it has none that are positive and finite."""
    try:
        seconds = float(text or 0)
    except ValueError:
        return 0.0
    return min(seconds, _LONGEST_LIMIT) if math.isfinite(seconds) and seconds > 0 else 0.0
