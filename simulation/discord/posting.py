"""From a message's body to a message: every check of its form, then creation or edit.

Source: Discord's documentation, "Message" and "Create Message"; the limits of a bot.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from simulation.discord import components, embeds, mentions, payloads
from simulation.discord.bodies import Body, Upload
from simulation.discord.errors import JSON, DiscordError, FormProblems, invalid_form
from simulation.discord.world import Attachment, Channel, Message, Pings, User

MOST_CONTENT = 2_000
MOST_NONCE = 25
MOST_ALT_TEXT = 1_024
MOST_FILES = 10
MOST_FILENAME = 260
SUPPRESS_EMBEDS = 1 << 2
SUPPRESS_NOTIFICATIONS = 1 << 12
_SETTABLE_FLAGS = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS
_LAYOUT = 1 << 15
_MOST_FLAGS = (1 << 31) - 1
_NOT_HERE = ("poll", "sticker_ids", "shared_client_theme")


@dataclass(frozen=True, slots=True)
class Draft:
    """A checked body. A part that was not sent is None (in an edit: stays as it is)."""

    content: str | None
    embeds: list[JSON] | None
    components: list[JSON] | None
    attachments: list[JSON] | None
    files: dict[int, Upload]
    allowed_mentions: JSON | None
    flags: int | None
    nonce: str | int | None
    tts: bool

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it to show."""
        return not (self.content or self.embeds or self.components or self.files)


def read_draft(body: Body, *, editing: Message | None = None) -> Draft:
    """Check a message's body; raises DiscordError 400/50035 naming everything wrong."""
    fields, problems = body.fields, FormProblems()
    flags = fields.get("flags")
    if flags is not None:
        flags = problems.number(("flags",), flags, 0, _MOST_FLAGS)
        if flags & _LAYOUT:
            problems.add(("flags",), "NOT_IN_THE_SANDBOX", "The sandbox has no components v2.")
    if fields.get("content") is not None:
        problems.text(("content",), fields["content"], 0, MOST_CONTENT)
    if fields.get("embeds") is not None:
        embeds.check(fields["embeds"], problems)
    if fields.get("components") is not None:
        components.check(fields["components"], problems)
    mentions.check(fields.get("allowed_mentions"), problems)
    _check_nonce(fields.get("nonce"), problems)
    _check_attachments(fields.get("attachments"), body.files, problems)
    for key in _NOT_HERE:
        if fields.get(key):
            problems.add((key,), "NOT_IN_THE_SANDBOX", f"The sandbox has no {key}.")
    problems.raise_if_any()
    cleared = fields.get("content", ...) is None and editing is not None
    return Draft(
        content="" if cleared else fields.get("content"),
        embeds=fields.get("embeds"),
        components=fields.get("components"),
        attachments=fields.get("attachments"),
        files=body.files,
        allowed_mentions=fields.get("allowed_mentions"),
        flags=flags,
        nonce=fields.get("nonce"),
        tts=bool(fields.get("tts")),
    )


def _check_nonce(nonce: object, problems: FormProblems) -> None:
    if nonce is not None and not isinstance(nonce, int):
        problems.text(("nonce",), nonce, 0, MOST_NONCE)


def _check_attachments(listed: object, files: dict[int, Upload], problems: FormProblems) -> None:
    if len(files) > MOST_FILES:
        problems.add(("attachments",), "BASE_TYPE_MAX_LENGTH", f"At most {MOST_FILES} files.")
    if any(len(file.content) > payloads.ATTACHMENT_LIMIT for file in files.values()):
        raise DiscordError(413, 40005, "Request entity too large")
    if listed is None:
        return
    path = ("attachments",)
    for index, each in problems.objects(path, listed, 0, MOST_FILES):
        for key, most in (("description", MOST_ALT_TEXT), ("filename", MOST_FILENAME)):
            if each.get(key) is not None:
                problems.text((*path, index, key), each[key], 0, most)


def post(
    draft: Draft,
    channel: Channel,
    author: User,
    *,
    interaction: JSON | None = None,
    visible_to: User | None = None,
    by_webhook: bool = False,
    command: str | None = None,
    reference: JSON | None = None,
    number: int | None = None,
) -> Message:
    """Create a message in `channel` and publish it; raises 400/50006 if it is empty.

    The first message of a forum's post has the post's own `number`.
    """
    if draft.empty:
        raise DiscordError(400, 50006, "Cannot send an empty message")
    message = Message(
        number or channel.world.ids.next(),
        channel,
        author,
        nonce=draft.nonce,
        tts=draft.tts,
        interaction=interaction,
        visible_to=visible_to,
        by_webhook=by_webhook,
        command=command,
        reference=reference,
    )
    fill(message, draft)
    enter(message)
    return message


def enter(message: Message) -> None:
    """Add a finished message to its channel and publish it."""
    message.channel.log[message.id] = message
    message.channel.world.publish("MESSAGE_CREATE", message)


def _replied_to(message: Message, allowed: JSON | None) -> Pings:
    """Return the author of the message that this one answers, if they are to be pinged."""
    if message.reference is None or not (allowed is None or allowed.get("replied_user")):
        return Pings()
    author = message.channel.log[int(message.reference["message_id"])].author
    return Pings() if author is message.author else Pings(users=frozenset({author.id}))


def fill(message: Message, draft: Draft, *, pings: bool = True) -> None:
    """Write a draft into a message that has no content yet."""
    _write(message, draft)
    message.mentions |= _replied_to(message, draft.allowed_mentions)
    if visible_to := message.visible_to:
        message.flags |= Message.EPHEMERAL
        message.pinged = Pings(users=message.mentions.users & {visible_to.id})
    elif pings:
        message.pinged = message.mentions


def edit(message: Message, draft: Draft) -> None:
    """Change the parts that `draft` has, keep the earlier version, and publish the message.

    An edit notifies nobody. Raises 400/50006 if nothing would be left.
    """
    left = (
        message.content if draft.content is None else draft.content,
        message.embeds if draft.embeds is None else draft.embeds,
        message.components if draft.components is None else draft.components,
        message.attachments if draft.attachments is None else draft.attachments,
        draft.files,
    )
    if not any(left):
        raise DiscordError(400, 50006, "Cannot send an empty message")
    message.keep_version(message.channel.world.now())
    _write(message, draft)
    message.channel.world.publish("MESSAGE_UPDATE", message)


def _write(message: Message, draft: Draft) -> None:
    channel = message.channel
    if draft.flags is not None:
        kept = message.flags & ~_SETTABLE_FLAGS
        message.flags = kept | draft.flags & _SETTABLE_FLAGS
    message.attachments = _attachments(message, draft)
    if draft.embeds is not None:
        message.embeds = _embeds(draft.embeds, message.attachments, channel.world.cdn)
    if draft.components is not None:
        message.components = components.shown(draft.components)
    if draft.content is not None:
        message.content = draft.content.strip()
        message.mentions = mentions.find(
            message.content, draft.allowed_mentions, channel, message.author
        )


def _embeds(sent: list[JSON], attachments: list[Attachment], cdn: str) -> list[JSON]:
    by_name = {each.filename: each for each in attachments}

    def resolve(url: str) -> JSON:
        if not url.startswith("attachment://"):
            return {"url": url, "proxy_url": url, "width": 0, "height": 0}
        attached = by_name.get(url.removeprefix("attachment://"))
        if attached is None:
            raise invalid_form(
                ("embeds",), "ATTACHMENT_NOT_FOUND", "The embed's attachment was not uploaded."
            )
        address = payloads.attachment_url(attached, cdn)
        width, height = payloads.size_of_image(attached) or (0, 0)
        image: JSON = {"url": address, "proxy_url": address, "width": width, "height": height}
        if attached.description is not None:
            image["description"] = attached.description
        return image

    return embeds.shown(sent, resolve)


def _attachments(message: Message, draft: Draft) -> list[Attachment]:
    """Return the attachments after `draft`: those kept, then those uploaded."""
    if draft.attachments is None and not draft.files:
        return message.attachments
    listed = {str(each.get("id")): each for each in draft.attachments or []}
    kept = [
        each for each in message.attachments if draft.attachments is None or str(each.id) in listed
    ]
    shown = embeds.attachment_names(draft.embeds or [])
    uploaded = [
        _upload(message, file, listed.get(str(number), {}), shown)
        for number, file in sorted(draft.files.items())
    ]
    return kept + uploaded


def _upload(message: Message, file: Upload, listed: JSON, shown: Iterable[str]) -> Attachment:
    world = message.channel.world
    filename = listed.get("filename") or file.filename
    attachment = Attachment(
        world.ids.next(),
        message.channel.id,
        filename,
        file.content_type,
        file.content,
        listed.get("description"),
        embedded=filename in shown,
    )
    world.attachments[attachment.id] = attachment
    return attachment
