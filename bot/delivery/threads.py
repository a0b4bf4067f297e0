"""Threads: which thread of a channel, or post of a forum, an alert goes to, and how it is opened.

Discord has no nonce for a thread. So its name is committed first; then the bot's threads there are
looked through for one of that name, the archived ones too; only then is one made. Where an answer
was lost, the look is repeated until a request under way must have ended.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from discord.http import MultipartParameters

from bot.delivery.matching import content_of
from bot.delivery.rest import Refused, Rest, Unreachable
from bot.delivery.subscriptions import Destination
from bot.election.almanac import Almanac
from bot.election.claims import ClaimContent
from bot.store import outbox, threads
from bot.store.calm import Gathered, calm_of
from bot.store.codec import Row
from bot.store.deliveries import CLAIM, DeliveryKind
from bot.store.names import council_of
from bot.store.threads import Grouping, ThreadWanted
from bot.store.writer import Transaction
from bot.wording.phrases import day, members
from bot.wording.text import shortened

log = logging.getLogger(__name__)
JSON = dict[str, Any]

LONGEST_THREAD_NAME = 100
ACTIVE_FOR: Literal[1440] = 1_440
"""Minutes without a message after which Discord archives a thread by itself."""
_PAGES_OF_ARCHIVED, _PAGE_OF_ARCHIVED = 10, 100
_FORUM = (15, 16)
_NEWS, _PUBLIC_THREAD, _NEWS_THREAD = 5, 11, 10
_MOST_TAGS = 5
_TAG_REQUIRED = 1 << 4
"""The flag of a forum whose posts must have a tag."""


@dataclass(frozen=True, slots=True)
class Room:
    """A thread by what it is for (empty: the night), its name, and a forum's tag for it."""

    about: str
    name: str
    tag: str | None = None


# Which thread.


def room_of(tx: Transaction, almanac: Almanac, delivery: Row) -> Room | int | None:
    """Return the thread that a waiting delivery goes to, by its number if its claim is told there.

    None is the channel itself. What corrects or completes an alert goes where that is; what was
    held back for the morning is one list, outside the threads of regions, parties and councils.
    """
    db, place = tx.db.conn, delivery["destination"]
    if not threads.uses_threads(db, place):
        return None
    grouping, forum = threads.grouping_of(db, place)
    if grouping is Grouping.PARTY and calm_of(db, place).spoilers:
        grouping = Grouping.NIGHT  # a thread's name is seen by everybody
    in_the_morning = delivery["gathered"] == Gathered.MORNING
    is_claim = delivery["subject"] == CLAIM and not in_the_morning
    if is_claim and (told := threads.place_told(db, delivery)) is not None:
        number: int | None = told["thread"]
        if number is not None or not forum:
            return number
    if grouping is None or delivery["kind"] == DeliveryKind.SERVICE_NOTICE:
        return None
    if not forum and threads.are_refused(db, place, delivery["night"]):
        return None
    night = day(date.fromisoformat(delivery["night"]))
    apart = is_claim and grouping is not Grouping.NIGHT
    named = _subject(tx.db.conn, almanac, delivery, grouping) if apart else None
    if named is None:
        whole = Room("", f"Elections of {night}")
        return whole if forum or grouping is Grouping.NIGHT else None
    about, name, tag = named
    title = f"{name}: elections of {night}" if forum else f"Elections of {night}: {name}"
    return Room(about, thread_name(title), tag)


def thread_name(title: str) -> str:
    """Return a title as Discord keeps it, by which the thread is found again.

    It has at most 100 characters, and single spaces for breaks and runs of white space.
    """
    return shortened(" ".join(title.split()), LONGEST_THREAD_NAME)


def number_of(tx: Transaction, room: Room | int | None, delivery: Row, at: datetime) -> int | None:
    """Return the number of a delivery's thread; one that is not written down yet is."""
    if not isinstance(room, Room):
        return room
    place, night = delivery["destination"], delivery["night"]
    known = threads.thread_about(tx.db.conn, place, night, room.about)
    if known is not None:
        return int(known["id"])
    wanted = ThreadWanted(place, delivery["guild_id"], night, room.about, room.name, room.tag)
    return tx.append(wanted, at)


def _subject(
    db: sqlite3.Connection, almanac: Almanac, delivery: Row, grouping: Grouping
) -> tuple[str, str, str | None] | None:
    """Return the code, name and tag of what has a thread; None for what is of no such thing."""
    claim = outbox.claim(db, delivery["outbox"])
    if claim is None:
        return None
    content = content_of(claim)
    if grouping is Grouping.PARTY:
        code = _party_of(content)
        party = _named(almanac, code)
        if party is None or code is None:
            noc = isinstance(content, ClaimContent)
            return ("NOC", "No overall control", None) if noc else None
        return code, party, party
    about = getattr(content, "council", None) if claim["of_notice"] else claim["council"]
    if about is None:
        return None
    council = council_of(db, almanac.councils, about)
    if grouping is Grouping.REGION:
        region = council.region or council.nation
        return (region, region, None) if region else None
    hidden = calm_of(db, delivery["destination"]).spoilers
    return council.code, council.name, None if hidden else _tag_of(content, almanac)


def tags_told(
    db: sqlite3.Connection, almanac: Almanac, delivery: Row
) -> tuple[str | None, frozenset[str]]:
    """Return the tag that holds for a delivery's council now, and all that ever did."""
    claims = outbox.claim_versions(db, delivery["night"], delivery["council"])
    contents = [content_of(claim) for claim in claims]
    tags = [None if each is None else _tag_of(each, almanac) for each in contents]
    now = None if calm_of(db, delivery["destination"]).spoilers else tags[-1]
    return now, frozenset(tag for tag in tags if tag)


def _tag_of(content: object, almanac: Almanac) -> str | None:
    """Return the party that a forum's tag names: who holds the council, not who has lost it."""
    if isinstance(content, ClaimContent):
        return _named(almanac, content.after.holder)
    return _named(almanac, _party_of(content))


def _named(almanac: Almanac, party: str | None) -> str | None:
    return None if party is None else members(almanac.parties.get(party))


def _party_of(content: object) -> str | None:
    """Return the party whose news a claim is: who controls the council now, or has lost it."""
    if isinstance(content, ClaimContent):
        for control in (content.after, content.before):
            if control is not None and control.holder is not None:
                return control.holder
        return None
    party: str | None = getattr(content, "party", None)
    return party


# Opening it.


class ThreadOpener:
    """Finds or makes threads, each once."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._unsure: dict[int, float] = {}
        """By thread: since when, in the loop's time, a request to make it may be under way."""

    async def open(
        self, row: Row, first: JSON | None, tag: str | None, *, is_new: bool
    ) -> tuple[int, int | None, bool]:
        """Return Discord's number of a thread, of its first message, and whether it is new.

        In a forum *first* is that message's body, and *tag* the post's. Unless it *is_new*,
        Discord may have been asked for the thread before. Raises what `Rest` raises.
        """
        rest, loop, number = self._rest, asyncio.get_running_loop(), row["id"]
        if not is_new:
            self._unsure.setdefault(number, loop.time())
        for found in await own_threads(rest, Destination(row["destination"], row["guild_id"])):
            if found["name"] == row["name"] and not found["thread_metadata"].get("locked"):
                self._unsure.pop(number, None)
                return int(found["id"]), None, False
        unsure = self._unsure.get(number)
        if unsure is not None and loop.time() - unsure < rest.settles:
            raise Unreachable("a request to make this thread may still be under way")
        self._unsure[number] = loop.time()
        made = await self._make(row, first, tag)
        del self._unsure[number]
        return int(made["id"]), int(made["id"]) if first is not None else None, True

    async def retag(self, row: Row, thread: int, tag: str | None, ever: frozenset[str]) -> None:
        """Let a forum's post have a party's *tag* in place of any it *ever* had.

        Tags that others gave it stay. Raises what `Rest` raises.
        """
        rest, http = self._rest, self._rest.client.http
        forum: JSON = await rest.ask(lambda: http.get_channel(row["destination"]))
        post: JSON = await rest.ask(lambda: http.get_channel(thread))
        ours = {name.casefold() for name in ever}
        old = {one["id"] for one in forum["available_tags"] if one["name"].casefold() in ours}
        has = [str(one) for one in post.get("applied_tags", ())]
        kept = [one for one in has if one not in old]
        tags = list(dict.fromkeys([*_tags(forum, tag, kept), *kept]))[:_MOST_TAGS]
        if set(tags) != set(has):
            await rest.ask(lambda: http.edit_channel(thread, applied_tags=tags))

    async def _make(self, row: Row, first: JSON | None, tag: str | None) -> JSON:
        rest, parent, name = self._rest, row["destination"], row["name"]
        http = rest.client.http
        channel: JSON = await rest.ask(lambda: http.get_channel(parent))
        if channel["type"] not in _FORUM:
            kind: Any = _NEWS_THREAD if channel["type"] == _NEWS else _PUBLIC_THREAD
            made: JSON = await rest.ask(
                lambda: http.start_thread_without_message(
                    parent, name=name, auto_archive_duration=ACTIVE_FOR, type=kind
                )
            )
            return made
        said = {key: value for key, value in (first or {}).items() if "nonce" not in key}
        body = {"name": name, "auto_archive_duration": ACTIVE_FOR, "message": said}
        if tags := _tags(channel, tag):
            body["applied_tags"] = tags
        params = MultipartParameters(payload=body, multipart=None, files=None)
        posted: JSON = await rest.ask(lambda: http.start_thread_in_forum(parent, params=params))
        return posted


def _tags(forum: JSON, party: str | None, others: Sequence[str] = ()) -> list[str]:
    """Return the tag of a *party*; where the forum requires one beside *others*, any it offers."""
    offered = [tag for tag in forum.get("available_tags", ()) if not tag.get("moderated")]
    ours = [tag["id"] for tag in offered if party and tag["name"].casefold() == party.casefold()]
    if not ours and not others and forum.get("flags", 0) & _TAG_REQUIRED:
        ours = [tag["id"] for tag in offered[:1]]
    return ours


async def own_threads(rest: Rest, place: Destination) -> list[JSON]:
    """Return the bot's own threads in a channel, also the archived ones if it may see them."""
    guild, http, me = place.guild_id, rest.client.http, rest.client.user
    if guild is None or me is None:
        return []
    active = await rest.ask(lambda: http.get_active_threads(guild))
    found = [one for one in active["threads"] if int(one.get("parent_id") or 0) == place.id]
    before: Any = None
    for _ in range(_PAGES_OF_ARCHIVED):
        page = await _archived_before(rest, place.id, before)
        found += page["threads"]
        if not page["has_more"] or not page["threads"]:
            break
        before = page["threads"][-1]["thread_metadata"]["archive_timestamp"]
    return [one for one in found if int(one["owner_id"]) == me.id]


async def _archived_before(rest: Rest, channel: int, before: Any) -> JSON:
    http = rest.client.http
    try:
        page: JSON = await rest.ask(
            lambda: http.get_public_archived_threads(channel, before, _PAGE_OF_ARCHIVED)
        )
    except Refused as refusal:  # without Read Message History
        log.info("Archived threads cannot be read: %s", refusal)
        return {"threads": [], "has_more": False}
    return page
