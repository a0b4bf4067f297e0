"""What `doctor` finds at Discord: the token, servers and permissions, and the clock."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import discord

from bot.chat.rights import invitation, lacking
from bot.cli.findings import Finding, bad, ok
from bot.settings import Settings, variable
from bot.wording.phrases import in_words

_DISCORD = "https://discord.com/api/v10"
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_CLOCK_MAY_BE_OFF = timedelta(seconds=5)
_TOKEN = re.compile(r"[\w-]{18,}\.[\w-]{6,}\.[\w-]{25,}")
_PORTAL = "The developer portal shows the token under Bot: press Reset Token there, and set that."
_MOST_TOLD = 10


async def discord_findings(settings: Settings) -> AsyncIterator[Finding]:
    """Yield findings on the token, the servers and the clock from what Discord answers."""
    if (malformed := _malformed(settings)) is not None:
        yield malformed
        return
    assert settings.token is not None  # noqa: S101 - checked above
    base = settings.discord_api or _DISCORD
    headers = {"Authorization": f"Bot {settings.token.get_secret_value()}"}
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT, headers=headers) as session:
            async with session.get(f"{base}/users/@me") as answer:
                asked_at, date = datetime.now(UTC), answer.headers.get("Date")
                if answer.status == 401:
                    yield bad("token", "Discord refuses it.", _PORTAL)
                    return
                answer.raise_for_status()
                me = await answer.json()
                yield ok("token", f"Discord knows it as {me['username']}.")
            async with session.get(f"{base}/users/@me/guilds") as answer:
                answer.raise_for_status()
                for finding in _servers(await answer.json(), me["id"], settings):
                    yield finding
    except aiohttp.ClientResponseError as error:
        yield bad(
            "Discord",
            f"What is at {base} answers with status {error.status} ({error.message}).",
            f"Try again in some minutes; if it stays so, check {variable('discord_api')} and what "
            "stands between this machine and Discord.",
        )
        return
    except (aiohttp.ClientError, TimeoutError, ValueError, TypeError, KeyError) as error:
        yield bad(
            "Discord",
            f"What is at {base} does not answer as Discord does ({_reason(error)}).",
            f"Check the network, and {variable('discord_api')} if it is set.",
        )
        return
    if date:
        yield _clock(asked_at - parsedate_to_datetime(date))


def _malformed(settings: Settings) -> Finding | None:
    """Return what is wrong with the token's form; None if Discord has to be asked."""
    if settings.token is None:
        return bad(
            "token",
            "None is set.",
            f"Set {variable('token')}. {_PORTAL} The demo and `ask` need none.",
        )
    token = settings.token.get_secret_value()
    if _TOKEN.fullmatch(token):
        return None
    if token.lower().startswith(("bot ", "bearer ")):
        return bad("token", "It begins with a word that is not its own.", "Leave that word out.")
    if token.isdigit():
        return bad("token", "It is the application's number.", _PORTAL)
    if token.strip("\"'") != token:
        return bad("token", "It stands in quotes twice.", "Leave one pair out.")
    return bad(
        "token",
        "It does not look like a bot's: three parts, with full stops between.",
        f"A client secret or a public key is no token. {_PORTAL}",
    )


def _servers(guilds: list[dict[str, Any]], bot: str, settings: Settings) -> Iterator[Finding]:
    """Yield the number of servers, and the permissions that the bot lacks in them."""
    invite = invitation(bot)
    if not guilds:
        yield bad("servers", "The bot is in none.", "Invite it:", address=invite)
        return
    many = "1 server" if len(guilds) == 1 else f"{len(guilds)} servers"
    yield ok("servers", f"The bot is in {many}. It is invited to others by", address=invite)
    for guild in guilds[:_MOST_TOLD]:
        if missing := lacking(discord.Permissions(int(guild["permissions"]))):
            yield bad(
                "permissions",
                f"In {guild['name']} the bot's roles lack {in_words(missing)}.",
                "Give them to its role under Server Settings, Roles; a channel may still give or "
                "take them, which `/alerts test` there tells.",
            )
    desk = settings.desk_guild
    if desk is not None and len(guilds) < 200 and str(desk) not in {one["id"] for one in guilds}:
        yield bad(
            "desk",
            f"The bot is not in the desk's server {desk}.",
            f"Mend {variable('desk_guild')}, or invite it there:",
            address=invite,
        )


def _clock(off: timedelta) -> Finding:
    well = abs(off) <= _CLOCK_MAY_BE_OFF
    way = "ahead of" if off > timedelta() else "behind"
    text = f"It is {abs(off).total_seconds():.0f} s {way} Discord's."
    mend = "Set it by NTP (timedatectl set-ntp true): every time that is told would be wrong."
    return Finding("clock", well, text, "" if well else mend)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
