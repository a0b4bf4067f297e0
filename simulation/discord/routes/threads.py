"""Threads of channels and posts of forums: begun, listed, archived and reopened.

Source: Discord's documentation, "Threads"; "Channel": starting, listing and changing threads.
"""

from datetime import datetime

from simulation.discord import payloads, posting
from simulation.discord.bodies import Body
from simulation.discord.errors import (
    JSON,
    DiscordError,
    FormProblems,
    missing_access,
    missing_permissions,
    unknown,
    wrong_channel_type,
)
from simulation.discord.permissions import Permission
from simulation.discord.rest import Answered, Call, Route
from simulation.discord.threads import AUTO_ARCHIVE, ThreadState
from simulation.discord.world import Channel, ChannelKind, Guild, Message, User, World

MOST_ACTIVE = 1_000
"""The threads of one server that may be open at a time."""
MOST_NAME = 100
MOST_TAGS = 5
_MOST_LISTED = 100


def start_thread(
    parent: Channel,
    name: str,
    owner: User,
    *,
    auto_archive: int = 1_440,
    tags: tuple[int, ...] = (),
) -> Channel:
    """Start a thread, with Discord's message of it, or a forum's post without its first message."""
    world, kind = parent.world, _THREAD_OF[parent.kind]
    state = ThreadState(parent, owner, world.now(), auto_archive, tags=tags)
    thread = Channel(world, world.ids.next(), name, kind, guild=parent.guild, thread=state)
    world.channels[thread.id] = thread
    world.publish("THREAD_CREATE", thread)
    if parent.kind is not ChannelKind.FORUM:
        posting.enter(Message(world.ids.next(), parent, owner, content=name, thread=thread))
    return thread


def close_thread(thread: Channel, *, archived: bool = True, locked: bool | None = None) -> None:
    """Archive a thread or open it again, and lock or unlock it."""
    if thread.thread is not None:
        thread.thread.change(archived, locked, thread.world.now())
        thread.world.publish("THREAD_UPDATE", thread)


class ThreadRoutes:
    """Serves the threads of /channels/{channel_id} and /guilds/{guild_id}."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """Return the routes."""
        threads = "/channels/{channel_id}/threads"
        return [
            Route("POST", threads, self._start, "thread-create"),
            Route("GET", threads + "/archived/public", self._archived),
            Route("PATCH", "/channels/{channel_id}", self._change, "channel-edit"),
            Route("GET", "/guilds/{guild_id}/threads/active", self._active),
        ]

    def _start(self, call: Call) -> Answered:
        channel, granted = channel_in_path(self._world, call)
        forum = channel.kind is ChannelKind.FORUM
        if channel.kind not in _THREAD_OF:
            raise wrong_channel_type()
        fields = call.body.fields
        _check_form(fields, channel)
        draft = posting.read_draft(Body(fields["message"], call.body.files)) if forum else None
        needed = Permission.SEND_MESSAGES if forum else Permission.CREATE_PUBLIC_THREADS
        if draft is not None and draft.embeds:
            needed |= Permission.EMBED_LINKS
        if needed not in granted:
            raise missing_permissions()
        if len(self._open_in(channel.guild)) >= MOST_ACTIVE:
            raise DiscordError(400, 160006, "Maximum number of active threads reached")
        if draft is not None and draft.empty:
            raise DiscordError(400, 50006, "Cannot send an empty message")
        thread = start_thread(
            channel,
            fields["name"],
            self._world.bot,
            auto_archive=fields.get("auto_archive_duration") or 1_440,
            tags=tuple(map(int, fields.get("applied_tags") or ())),
        )
        shown = payloads.channel(thread, seen_by=self._world.bot)
        if draft is not None:
            first = posting.post(draft, thread, self._world.bot, number=thread.id)
            shown |= {"message": payloads.message(first)}
        return Answered(shown, status=201)

    def _open_in(self, guild: Guild | None) -> list[Channel]:
        """Return the open threads of a server."""
        return [
            each
            for each in self._world.channels.values()
            if each.guild is guild and each.thread is not None and not each.thread.archived
        ]

    def _active(self, call: Call) -> Answered:
        guild = self._world.guilds.get(call.snowflake("guild_id"))
        if guild is None or guild.bot_member is None:
            raise unknown("Guild") if guild is None else missing_access()
        seen = self._open_in(guild)
        return self._listed([each for each in seen if each.permissions_of(self._world.bot)], 0)

    def _archived(self, call: Call) -> Answered:
        channel, granted = channel_in_path(self._world, call)
        if Permission.READ_MESSAGE_HISTORY not in granted:
            raise missing_permissions()
        found = [
            (each.thread.archive_at, each)
            for each in channel.threads
            if each.thread is not None and each.thread.archived
        ]
        if "before" in call.query:
            before = datetime.fromisoformat(call.query["before"])
            found = [one for one in found if one[0] < before]
        newest = sorted(found, key=lambda one: (one[0], one[1].id), reverse=True)
        limit = min(int(call.query.get("limit", _MOST_LISTED)), _MOST_LISTED)
        return self._listed([each for _, each in newest], limit)

    def _listed(self, threads: list[Channel], limit: int) -> Answered:
        """Return threads with the bot's membership of its own; no more than *limit* unless 0."""
        shown = threads[:limit] if limit else threads
        listed = [payloads.channel(each, seen_by=self._world.bot) for each in shown]
        members = [each["member"] for each in listed if "member" in each]
        more = len(shown) < len(threads)
        return Answered({"threads": listed, "members": members, "has_more": more})

    def _change(self, call: Call) -> Answered:
        thread, granted = channel_in_path(self._world, call)
        state, bot, fields = thread.thread, self._world.bot, call.body.fields
        if state is None:
            raise wrong_channel_type()
        manages = Permission.MANAGE_THREADS in granted
        reopens = fields.get("archived") is False and set(fields) == {"archived"}
        if reopens and not manages:
            if state.locked:
                raise missing_permissions()
            if Permission.SEND_MESSAGES not in granted:
                raise missing_permissions()
        elif not manages and (state.owner is not bot or fields.get("locked") is not None):
            raise missing_permissions()
        if state.archived and fields.get("archived") is not False:
            raise archived()
        if fields.get("name"):
            thread.name = fields["name"]
        if "applied_tags" in fields:
            state.tags = tuple(map(int, fields["applied_tags"]))
        close_thread(
            thread, archived=fields.get("archived", state.archived), locked=fields.get("locked")
        )
        return Answered(payloads.channel(thread, seen_by=bot))


def archived() -> DiscordError:
    """Return the refusal of an act in an archived thread."""
    return DiscordError(400, 50083, "Thread is archived")


def open_for(thread: Channel) -> None:
    """Reopen a thread for a message if it is archived; raises 400/160005 where it is locked."""
    state = thread.thread
    if state is None:
        return
    if state.locked:
        raise DiscordError(400, 160005, "This thread is locked")
    if state.archived:
        close_thread(thread, archived=False)


def channel_in_path(world: World, call: Call) -> tuple[Channel, Permission]:
    """Return the channel, and what the bot may do there; raises 404/10003 or 403/50001."""
    channel = world.channels.get(call.snowflake("channel_id"))
    if channel is None:
        raise unknown("Channel")
    granted = channel.permissions_of(world.bot)
    if Permission.VIEW_CHANNEL not in granted:
        raise missing_access()
    return channel, granted


def _check_form(fields: JSON, channel: Channel) -> None:
    problems = FormProblems()
    problems.text(("name",), fields.get("name"), 1, MOST_NAME)
    lasts = fields.get("auto_archive_duration")
    if lasts is not None and lasts not in AUTO_ARCHIVE:
        problems.add(
            ("auto_archive_duration",), "BASE_TYPE_CHOICES", f"Value must be one of {AUTO_ARCHIVE}."
        )
    if channel.kind is ChannelKind.FORUM:
        problems.model(("message",), fields.get("message"))
        tags = fields.get("applied_tags") or []
        problems.items(("applied_tags",), tags, str | int, MOST_TAGS)
        known = {str(tag.id) for tag in channel.tags}
        if any(str(each) not in known for each in tags):
            problems.add(("applied_tags",), "INVALID_TAG", "Unknown tag.")
    elif fields.get("type", 12) != _THREAD_OF[channel.kind]:
        problems.add(
            ("type",), "NOT_IN_THE_SANDBOX", "The sandbox has only the public threads of a channel."
        )
    problems.raise_if_any()


_THREAD_OF = {
    ChannelKind.TEXT: ChannelKind.PUBLIC_THREAD,
    ChannelKind.ANNOUNCEMENT: ChannelKind.ANNOUNCEMENT_THREAD,
    ChannelKind.FORUM: ChannelKind.PUBLIC_THREAD,
}
"""What a thread is in each kind of channel that may have some; a post of a forum is one."""
