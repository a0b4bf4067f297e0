"""The world in Discord's JSON, with every field that its clients read."""

import struct
from datetime import datetime

from simulation.discord.errors import JSON
from simulation.discord.permissions import ALL, Overwrite, Permission
from simulation.discord.snowflakes import created_at
from simulation.discord.threads import Tag, ThreadState
from simulation.discord.world import (
    Attachment,
    Channel,
    ChannelKind,
    Guild,
    Member,
    Message,
    Role,
    User,
    World,
)

LOCALE = "en-GB"
ATTACHMENT_LIMIT = 10 * 1024 * 1024
"""Bytes that one file may have, without boosts (Discord's documentation, "Uploading Files")."""


def timestamp(moment: datetime | None) -> str | None:
    """Return a moment as Discord writes it."""
    return None if moment is None else moment.isoformat(timespec="microseconds")


def user(subject: User) -> JSON:
    """Return a user as others see them."""
    return {
        "id": str(subject.id),
        "username": subject.name,
        "global_name": None if subject.bot else subject.name,
        "discriminator": "0001" if subject.bot else "0",
        "avatar": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "banner": None,
        "accent_color": None,
        "bot": subject.bot,
        "public_flags": 0,
        "flags": 0,
    }


def own_user(bot: User) -> JSON:
    """Return the bot as it sees itself."""
    return user(bot) | {
        "mfa_enabled": True,
        "locale": "en-GB",
        "verified": True,
        "email": None,
    }


def application(world: World, flags: int) -> JSON:
    """Return the bot's application; its id is the bot's, as for every newer bot."""
    guilds = sum(guild.bot_member is not None for guild in world.guilds.values())
    installs = sum(person.app_installed for person in world.users.values())
    owner = next((person for person in world.users.values() if not person.bot), world.bot)
    return {
        "id": str(world.bot.id),
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "bot": user(world.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(owner),
        "approximate_guild_count": guilds,
        "approximate_user_install_count": installs,
        "approximate_user_authorization_count": installs,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "integration_types_config": {"0": {}, "1": {}},
    }


def role(subject: Role) -> JSON:
    """Return a role."""
    payload: JSON = {
        "id": str(subject.id),
        "name": subject.name,
        "permissions": str(int(subject.permissions)),
        "position": subject.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": subject.bot_id is not None,
        "mentionable": subject.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if subject.bot_id is not None:
        payload["tags"] = {"bot_id": str(subject.bot_id)}
    return payload


def member(subject: Member, *, with_user: bool = True) -> JSON:
    """Return a member, with the user unless the surroundings already say who it is."""
    payload: JSON = {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": timestamp(subject.joined_at),
        "nick": subject.nick,
        "pending": False,
        "premium_since": None,
        "roles": [str(each.id) for each in subject.roles],
        "mute": False,
        "deaf": False,
    }
    if with_user:
        payload["user"] = user(subject.user)
    return payload


def overwrite(subject: Overwrite) -> JSON:
    """Return a channel's overwrite."""
    return {
        "id": str(subject.target_id),
        "type": int(subject.kind),
        "allow": str(int(subject.allow)),
        "deny": str(int(subject.deny)),
    }


def channel(subject: Channel, *, seen_by: User) -> JSON:
    """Return a channel; a direct one names the people other than the one who looks at it."""
    last = subject.last_message_id
    payload: JSON = {
        "id": str(subject.id),
        "type": int(subject.kind),
        "flags": 0,
        "last_message_id": str(last) if last else None,
        "last_pin_timestamp": timestamp(subject.last_pin_at),
    }
    if subject.thread is not None:
        return payload | _of_thread(subject, subject.thread, seen_by)
    if subject.guild is None:
        others = [user(each) for each in subject.recipients if each is not seen_by]
        return payload | {"recipients": others}
    if subject.kind is ChannelKind.FORUM:
        posts = subject.threads
        payload |= {
            "last_message_id": str(posts[-1].id) if posts else None,
            "available_tags": [_tag(each) for each in subject.tags],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    return payload | {
        "guild_id": str(subject.guild.id),
        "name": subject.name,
        "topic": subject.topic,
        "position": subject.position,
        "parent_id": None,
        "nsfw": False,
        "rate_limit_per_user": 0,
        "permission_overwrites": [overwrite(each) for each in subject.overwrites.values()],
    }


def _tag(subject: Tag) -> JSON:
    shown = {"id": str(subject.id), "name": subject.name, "moderated": False}
    return shown | {"emoji_id": None, "emoji_name": None}


def _of_thread(subject: Channel, state: ThreadState, seen_by: User) -> JSON:
    """Return what a thread has in place of a channel's own; the bot is a member of its own."""
    first = subject.id if subject.id in subject.log else None
    count = sum(each.id != first and not each.ephemeral for each in subject.log.values())
    began = timestamp(created_at(subject.id))
    payload: JSON = {
        "guild_id": str(subject.guild.id) if subject.guild else None,
        "name": subject.name,
        "parent_id": str(state.parent.id),
        "owner_id": str(state.owner.id),
        "rate_limit_per_user": 0,
        "message_count": count,
        "total_message_sent": count,
        "member_count": 1,
        "thread_metadata": {
            "archived": state.archived,
            "archive_timestamp": timestamp(state.archive_at),
            "auto_archive_duration": state.auto_archive,
            "locked": state.locked,
            "create_timestamp": began,
        },
    }
    if state.parent.kind is ChannelKind.FORUM:
        payload["applied_tags"] = [str(each) for each in state.tags]
    if state.owner is seen_by:
        payload["member"] = {
            "id": str(subject.id),
            "user_id": str(seen_by.id),
            "join_timestamp": began,
            "flags": 0,
        }
    return payload


def interaction_channel(subject: Channel, seen_by: User) -> JSON:
    """Return a channel as an interaction gives it: with what the person may do there."""
    granted = permission_text(subject.permissions_of(seen_by))
    return channel(subject, seen_by=subject.world.bot) | {"permissions": granted}


def interaction_member(subject: Member, place: Channel) -> JSON:
    """Return a member as an interaction gives them: with what they may do in the channel."""
    granted = permission_text(place.permissions_of(subject.user))
    return member(subject) | {"permissions": granted}


def guild(subject: Guild) -> JSON:
    """Return a guild as REST gives it."""
    return {
        "id": str(subject.id),
        "name": subject.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": str(subject.owner.id),
        "application_id": None,
        "region": "rotterdam",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [role(each) for each in subject.roles.values()],
        "default_message_notifications": 1,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": LOCALE,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def gateway_guild(subject: Guild, *, all_members: bool) -> JSON:
    """Return a guild as GUILD_CREATE gives it: without the members intent only the bot itself."""
    bot = subject.world.bot
    listed = [each for each in subject.members.values() if all_members or each.user is bot]
    own = subject.bot_member
    return guild(subject) | {
        "joined_at": timestamp(own.joined_at) if own else None,
        "large": False,
        "unavailable": False,
        "member_count": len(subject.members),
        "voice_states": [],
        "members": [member(each) for each in listed],
        "channels": [channel(each, seen_by=bot) for each in subject.channels.values()],
        "threads": [
            channel(each, seen_by=bot)
            for of in subject.channels.values()
            for each in of.threads
            if each.thread and not each.thread.archived and each.permissions_of(bot)
        ],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def attachment(subject: Attachment, cdn: str) -> JSON:
    """Return an attachment, with its address on the sandbox's own CDN."""
    url = attachment_url(subject, cdn)
    payload: JSON = {
        "id": str(subject.id),
        "filename": subject.filename,
        "size": len(subject.content),
        "url": url,
        "proxy_url": url,
        "content_type": subject.content_type,
    }
    if (size := size_of_image(subject)) is not None:
        payload["width"], payload["height"] = size
    if subject.description is not None:
        payload["description"] = subject.description
    return payload


def size_of_image(subject: Attachment) -> tuple[int, int] | None:
    """Return a picture's width and height; None for what is no PNG, the one kind it knows."""
    head = subject.content[:24]
    if len(head) < 24 or not head.startswith(b"\x89PNG\r\n\x1a\n"):
        return None
    width, height = struct.unpack(">II", head[16:])
    return width, height


def attachment_url(subject: Attachment, cdn: str) -> str:
    """Return where an attachment can be read."""
    return f"{cdn}/attachments/{subject.channel_id}/{subject.id}/{subject.filename}"


def message(subject: Message, *, cdn: str | None = None, with_nonce: bool = False) -> JSON:
    """Return a message; only its sender's answer and MESSAGE_CREATE carry the nonce.

    `cdn` is the origin of its attachments instead of the sandbox's own.
    """
    world = subject.channel.world
    cdn = world.cdn if cdn is None else cdn
    mentioned = sorted(subject.mentions.users & world.users.keys())
    payload: JSON = {
        "id": str(subject.id),
        "channel_id": str(subject.channel.id),
        "type": _message_type(subject),
        "author": user(subject.author),
        "content": subject.content,
        "timestamp": timestamp(subject.created_at),
        "edited_timestamp": timestamp(subject.edited_at),
        "tts": subject.tts,
        "mention_everyone": subject.mentions.everyone,
        "mentions": [user(world.users[each]) for each in mentioned],
        "mention_roles": [str(each) for each in sorted(subject.mentions.roles)],
        "attachments": [attachment(a, cdn) for a in subject.attachments if not a.embedded],
        "embeds": subject.embeds,
        "components": subject.components,
        "pinned": subject.pinned_at is not None,
        "flags": subject.flags,
    }
    if subject.by_webhook:
        payload["webhook_id"] = payload["application_id"] = str(subject.author.id)
    if subject.interaction is not None:
        payload["interaction_metadata"] = subject.interaction
    if subject.thread is not None:
        payload["message_reference"] = _place_of(subject.thread)
    elif subject.reference is not None:
        payload["message_reference"] = subject.reference
        payload["referenced_message"] = _referenced(subject, cdn)
    if with_nonce and subject.nonce is not None:
        payload["nonce"] = subject.nonce
    return payload


def _place_of(thread: Channel) -> JSON:
    place: JSON = {"type": 0, "channel_id": str(thread.id)}
    return place | ({"guild_id": str(thread.guild.id)} if thread.guild else {})


def _referenced(subject: Message, cdn: str) -> JSON | None:
    original = subject.channel.log.get(int((subject.reference or {})["message_id"]))
    if original is None or original.deleted_at is not None:
        return None
    payload = message(original, cdn=cdn)
    payload.pop("referenced_message", None)
    return payload


def _message_type(subject: Message) -> int:
    if subject.thread is not None:
        return 18
    if subject.reference is not None:
        return 19
    return 20 if subject.interaction is not None and subject.interaction["type"] == 2 else 0


def permission_text(granted: Permission) -> str:
    """Return permissions as Discord writes them; an administrator has every bit."""
    return str(int(ALL if Permission.ADMINISTRATOR in granted else granted))
