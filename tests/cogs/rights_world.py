"""Three servers, their people and their things: the world in which the table of rights is tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any

from bot.chat.illustrator import Illustrator
from bot.delivery.references import reference_in
from bot.delivery.subscriptions import Destination, Subscriptions
from bot.delivery.watch_lists import Keeper, WatchLists
from bot.desk import Desk, Editor
from bot.election.alert_kinds import Topic
from bot.election.reports import WireParty
from bot.election.stories import WHOLE_NIGHT
from bot.store.references import delivery_reference
from simulation.discord import Channel, Guild, Message, Reply, Role, Sandbox, User
from simulation.discord import components as kinds
from simulation.discord.interactions import Answer
from tests.cogs.chat import RESULTS, Chat, words
from tests.cogs.rights_table import Who
from tests.election.build import NIGHT
from tests.support import forged
from tests.support.small_night import document, fetch

JSON = dict[str, Any]
BROKEN = "went wrong on our side"
_KEPT = {
    "subscriptions": "id, destination, guild_id, topic, value, role",
    "destinations": "id, guild_id, paused_at",
    "lists": "id, guild_id, owner, name, shared",
    "boards": "id, channel_id, guild_id, nation, region, ending",
    "welcomes": "channel_id, guild_id",
}


class Of(Enum):
    """Whose things somebody acts on."""

    OWN = auto()
    """Their own, as a person."""
    SERVER = auto()
    """Those of the server that they act in; of a stranger and of who writes directly, ours."""
    FOREIGN = auto()
    """Those of a server that has nothing to do with them."""
    ANOTHER = auto()
    """Those of another person."""


@dataclass
class Place:
    """A server with a channel and a role."""

    guild: Guild
    channel: Channel
    role: Role


@dataclass(frozen=True)
class Actor:
    """Who acts and where; `home` is the server that they are in, `ours` whose things they mean."""

    who: Who
    user: User
    channel: Channel
    home: Place | None
    ours: Place
    foreign: Place

    @property
    def is_admin(self) -> bool:
        return self.who in (Who.ADMIN, Who.DESK_ADMIN, Who.STRANGER)


@dataclass(frozen=True)
class Use:
    """One way to use a row: a command with options, a component under a message, or a form."""

    options: Mapping[str, Any] = field(default_factory=dict)
    custom_id: str = ""
    values: Sequence[str] | None = None
    kind: int = kinds.STRING_SELECT
    under: Sequence[JSON] = ()
    embeds: Sequence[JSON] = ()
    texts: Mapping[str, str] | None = None
    passes: str = ""
    """What is said where somebody may, though nothing can be done just now."""


@dataclass(frozen=True)
class Seen:
    """What came of one use."""

    refused: bool
    said: str


class World:
    """The chat with two more servers."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.sandbox: Sandbox = chat.sandbox
        self.bob: User = self.sandbox.add_user("Bob")
        self.editor: User = self.sandbox.add_user("Editor")
        chat.guild.add_member(self.bob)
        self.gazette = Place(
            chat.guild, chat.channel, chat.guild.add_role("Alerts", mentionable=True)
        )
        self.newsroom, self.other = self._server("Newsroom"), self._server("Other")
        self.desk_role = self.newsroom.guild.add_role("Desk")
        self.newsroom.guild.add_member(self.editor, [self.desk_role])
        chat.guild.add_member(self.editor)
        chat.settings = {
            "desk_guild": self.newsroom.guild.id,
            "desk_role": self.desk_role.id,
        }

    def _server(self, name: str) -> Place:
        guild = self.sandbox.add_guild(name)
        role = guild.add_role("Alerts", mentionable=True)
        return Place(guild, guild.add_channel("results"), role)

    async def furnish(self) -> None:
        """Bring in what the desk has to do with; draw no pictures."""
        self.chat.client.illustrator = Illustrator(None)
        stranger = replace(RESULTS[0].composition[2], party=WireParty("Fish Party"))
        fishy = replace(RESULTS[0], revision=2, composition=(*RESULTS[0].composition[:2], stranger))
        await self.chat.house.ingest.file(fetch(document(fishy)))
        for place in (self.gazette, self.newsroom, self.other):
            await self.subscription(place)
            await self.board(place)
            await self.list_of(place)
            there = (place.channel.id, place.guild.id)
            await self.sql("INSERT INTO welcomes VALUES (?, ?, 1)", *there)
        await self.subscription(self.bob)
        await self.list_of(self.bob)

    def actor(self, who: Who) -> Actor:
        ours, other, newsroom = self.gazette, self.other, self.newsroom
        direct = self.sandbox.direct_channel(self.editor)
        chat = self.chat
        return {
            Who.READER: Actor(who, chat.reader, ours.channel, ours, ours, other),
            Who.ADMIN: Actor(who, chat.admin, ours.channel, ours, ours, other),
            Who.DESK: Actor(who, self.editor, newsroom.channel, newsroom, newsroom, other),
            Who.DESK_ADMIN: Actor(
                who, newsroom.guild.owner, newsroom.channel, newsroom, newsroom, other
            ),
            Who.DESK_ELSEWHERE: Actor(who, self.editor, ours.channel, ours, ours, other),
            Who.PERSON: Actor(who, self.editor, direct, None, ours, other),
            Who.STRANGER: Actor(who, other.guild.owner, other.channel, other, ours, newsroom),
        }[who]

    def meant(self, actor: Actor, of: Of) -> Place | User:
        """Return whose things are meant."""
        return {
            Of.OWN: actor.user,
            Of.SERVER: actor.ours,
            Of.FOREIGN: actor.foreign,
            Of.ANOTHER: self.bob,
        }[of]

    # Things: each is made if it is not there.

    @property
    def subscriptions(self) -> Subscriptions:
        found = self.chat.house.services.subscriptions
        assert found is not None
        return found

    @property
    def desk(self) -> Desk:
        found = self.chat.house.services.desk
        assert found is not None
        return found

    async def subscription(self, whose: Place | User, topic: Topic = Topic.ALL) -> int:
        here = (
            Destination(whose.channel.id, whose.guild.id)
            if isinstance(whose, Place)
            else Destination(whose.id)
        )
        return (await self.subscriptions.add(here, topic, by=1)).subscription.id

    async def list_of(self, whose: Place | User) -> str:
        """Return the number of a private list, whose name tells whose it is."""
        lists = self.chat.house.services.lists
        assert isinstance(lists, WatchLists)
        keeper = (
            Keeper(whose.guild.id, whose.guild.owner.id)
            if isinstance(whose, Place)
            else Keeper(None, whose.id)
        )
        name = self.mark(whose)
        if not any(one.name == name for one in lists.all(keeper)):
            await lists.create(keeper, name)
        return (await lists.put(keeper, name, ["KHL", "WOC"])).value

    def mark(self, whose: Place | User) -> str:
        return f"Patch of {whose.guild.name if isinstance(whose, Place) else whose.name}"

    async def board(self, place: Place) -> int:
        boards = self.chat.house.services.boards
        assert boards is not None
        board = boards.within(place.channel.id)
        if board is None or not board.stands:
            if board is not None:
                await self.sql("DELETE FROM boards WHERE id = ?", board.id)
            there = (place.channel.id, place.guild.id)
            board, _ = await boards.put(*there, NIGHT, WHOLE_NIGHT, by=1)
        return board.id

    async def post(self, whose: Place | User) -> str:
        """Return the reference of something that was posted there."""
        place, guild = (
            (whose.channel.id, whose.guild.id) if isinstance(whose, Place) else (whose.id, None)
        )
        night = NIGHT.isoformat()
        reference = delivery_reference(place, night, "", "digest", 0, said="")
        await self.sql(
            "INSERT OR IGNORE INTO deliveries (destination, guild_id, kind, subject, outbox, "
            "night, council, version, urgency, roles, queued_at, state, reference) "
            "VALUES (?, ?, 'digest', 'digest', 0, ?, '', 0, 2, '[]', ?, 'replaced', ?)",
            place, guild, night, "2022-05-06T01:00:00+00:00", reference,
        )  # fmt: skip
        return reference

    async def sql(self, statement: str, *values: Any) -> None:
        await self.chat.house.writer.transact(lambda tx: tx.db.conn.execute(statement, values))

    async def held_report(self) -> int:
        """Return a report that is held; what was decided about it is taken back."""
        reader = self.chat.house.services.reader
        held = [one.held.report_id for one in reader.held(NIGHT)]
        if not held:
            last = next(one for one in reader.desk_log(50) if one.report_id and not one.undone_by)
            await self.desk.undo(last.id, Editor("x", 1), "again")
            held = [one.held.report_id for one in reader.held(NIGHT)]
        return held[0]

    async def paused(self, wanted: bool) -> None:
        """Let all alerts be paused, or not."""
        if (self.chat.house.services.reader.desk_pause() is not None) is not wanted:
            switch = self.desk.pause if wanted else self.desk.resume
            await switch(Editor("x", 1), "for the test")

    # What is done, and what came of it.

    async def use(self, actor: Actor, name: str, use: Use, message: Message | None) -> Seen:
        """Use a row as somebody would whose client sends whatever they like."""
        if use.texts is not None:
            reply = await forged.filled_in(
                self.sandbox, actor.user, actor.channel, use.custom_id, use.texts
            )
        elif use.custom_id:
            reply = await forged.pressed(
                self.sandbox, actor.user, actor.channel, use.custom_id,
                values=use.values, kind=use.kind, message=message,
            )  # fmt: skip
        else:
            guild = self.newsroom.guild.id if name.startswith("desk ") else None
            reply = await forged.commanded(
                self.sandbox, actor.user, actor.channel, name, guild=guild, **use.options
            )
        return await self._seen(reply, use)

    def under(self, actor: Actor, use: Use) -> Message | None:
        """Return the private message of the bot's that a component is under."""
        if not use.custom_id or use.texts is not None:
            return None
        row = (
            forged.button(use.custom_id)
            if use.values is None
            else forged.menu(use.custom_id, use.kind)
        )
        return forged.placed(
            self.sandbox, actor.channel, [*use.under, row], seen_by=actor.user, embeds=use.embeds
        )

    async def _seen(self, reply: Reply, use: Use) -> Seen:
        assert reply.failure is None, reply.failure
        if reply.answer is Answer.MODAL:
            return Seen(False, "")
        if reply.answer in (Answer.UPDATE, Answer.DEFERRED_UPDATE):
            # Its embed comes later, or a message beside it where only its buttons change.
            await self.sandbox.wait_for(lambda: reply.embeds or reply.followups)
            await self.sandbox.wait_for(lambda: "Posting a test" not in words(reply))
        shown = [reply.message, *reply.followups]
        said = "\n".join(map(words, shown))
        assert BROKEN not in said, said
        assert all(one.ephemeral or one.channel.guild is None for one in shown), said
        told_off = not any(one.embeds for one in shown) and not (use.passes and use.passes in said)
        return Seen(told_off, said)

    def kept(self, *, without: Actor | None = None) -> dict[str, Any]:
        """Return all that is kept of everybody, or *without* what is an actor's to change."""
        guild = without.home.guild.id if without and without.is_admin and without.home else 0
        person = without.user.id if without else 0
        found: dict[str, Any] = {}
        for table, columns in _KEPT.items():
            rows = [dict(row) for row in self._rows(f"SELECT {columns} FROM {table}")]
            found[table] = [
                row
                for row in rows
                if (row["guild_id"] != guild if row["guild_id"] else person not in row.values())
            ]
        found["on lists"] = [
            tuple(row)
            for row in self._rows("SELECT list, council FROM list_councils")
            if any(row["list"] == one["id"] for one in found["lists"])
        ]
        if without is None or without.who is not Who.DESK:
            found["desk"] = [
                tuple(row)
                for row in self._rows("SELECT id, action, undone_by FROM desk_actions")
                if row["action"] != "refused"
            ]
        found["messages"] = [
            len([one for one in channel.log.values() if one.visible_to is None and not _told(one)])
            for channel in self._channels()
            if without is None or not (channel is without.channel or channel.guild is None)
        ]
        return found

    def _channels(self) -> list[Channel]:
        return [one.channel for one in (self.gazette, self.newsroom, self.other)]

    def _rows(self, query: str) -> list[Any]:
        return self.chat.house.writer.reads.execute(query).fetchall()

    def hidden_from(self, actor: Actor) -> list[str]:
        """Return the names of lists that are in no way theirs who acts."""
        theirs: list[Place | User] = [self.bob, actor.foreign]
        if actor.who is Who.STRANGER:
            theirs.append(actor.ours)
        return [self.mark(one) for one in theirs]


def _told(message: Message) -> bool:
    """Whether a message is an alert: it follows from what the desk may do, a moment later."""
    footers = (embed.get("footer", {}).get("text", "") for embed in message.embeds)
    return any(map(reference_in, footers))
