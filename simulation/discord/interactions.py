"""Interactions: what a person did, its token, and how the bot answered.

Source: Discord's documentation, "Receiving and Responding to Interactions".
"""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from simulation.discord import components, posting
from simulation.discord.bodies import Body
from simulation.discord.errors import JSON, DiscordError, FormProblems, invalid_form, unknown
from simulation.discord.world import Channel, Message, User, World

NO_RESPONSE = "The application did not respond"
STILL_THINKING = "The application deferred its reply and never gave it"
MOST_CHOICES = 25


class Kind(IntEnum):
    """What a person did."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Answer(IntEnum):
    """The ways in which the bot may answer."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


_ANSWERS_TO: dict[Kind, frozenset[Answer]] = {
    Kind.COMMAND: frozenset({Answer.MESSAGE, Answer.DEFERRED_MESSAGE, Answer.MODAL}),
    Kind.COMPONENT: frozenset(Answer) - {Answer.CHOICES},
    Kind.AUTOCOMPLETE: frozenset({Answer.CHOICES}),
    Kind.MODAL: frozenset(Answer) - {Answer.CHOICES, Answer.MODAL},
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A suggestion of autocomplete."""

    name: str
    value: str | int | float


@dataclass(eq=False, slots=True)
class Interaction:
    """One interaction and all of the bot's answers to it."""

    id: int
    token: str
    kind: Kind
    user: User
    channel: Channel
    metadata: JSON
    source: Message | None = None
    only_ephemeral: bool = False
    command: str | None = None
    started: float = field(default_factory=time.monotonic)
    answer: Answer | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    modal: JSON | None = None
    failure: str | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def age(self) -> float:
        """Seconds since it was made."""
        return time.monotonic() - self.started


class Reply:
    """What a person sees of the bot's answer; it follows the answer's edits."""

    def __init__(self, interaction: Interaction) -> None:
        self.interaction = interaction

    @property
    def failure(self) -> str | None:
        """What Discord shows if the bot did not answer, else None."""
        return self.interaction.failure

    @property
    def answer(self) -> Answer | None:
        """How the bot answered first."""
        return self.interaction.answer

    @property
    def deferred(self) -> bool:
        """Whether the bot first asked for time."""
        return self.interaction.answer in (Answer.DEFERRED_MESSAGE, Answer.DEFERRED_UPDATE)

    @property
    def message(self) -> Message:
        """The message of the reply; for an update the message with the component.

        Raises LookupError, saying why, if there is none.
        """
        if self.interaction.original is None:
            raise LookupError(self.failure or f"no message in an answer of {self.answer!r}")
        return self.interaction.original

    @property
    def content(self) -> str:
        """The reply's text."""
        return self.message.content

    @property
    def embeds(self) -> list[JSON]:
        """The reply's embeds, as JSON."""
        return self.message.embeds

    @property
    def ephemeral(self) -> bool:
        """Whether only the person who asked sees the reply."""
        return self.message.ephemeral

    @property
    def followups(self) -> list[Message]:
        """The messages that came after the reply."""
        return self.interaction.followups

    @property
    def modal(self) -> JSON | None:
        """The modal that opened, as JSON."""
        return self.interaction.modal


class Interactions:
    """Every interaction with a valid token, and the bot's answers to them."""

    def __init__(self, world: World, *, deadline: float, token_lifetime: float) -> None:
        self._world = world
        self._by_token: dict[str, Interaction] = {}
        self.deadline = deadline
        self.token_lifetime = token_lifetime

    def open(
        self,
        kind: Kind,
        user: User,
        channel: Channel,
        metadata: JSON,
        *,
        source: Message | None = None,
        only_ephemeral: bool = False,
        command: str | None = None,
    ) -> Interaction:
        """Begin an interaction; `metadata` is what the reply's message will say of it.

        `command` is the slash command by which it begins.
        """
        for token, known in tuple(self._by_token.items()):
            if known.age <= self.token_lifetime:
                break
            del self._by_token[token]
        number = self._world.ids.next()
        interaction = Interaction(
            number,
            secrets.token_urlsafe(48),
            kind,
            user,
            channel,
            {"id": str(number), "type": int(kind), **metadata},
            source,
            only_ephemeral,
            command,
        )
        self._by_token[interaction.token] = interaction
        return interaction

    async def wait(self, interaction: Interaction, within: float) -> Reply:
        """Wait until the person sees an answer, or a failure.

        A deferred reply is waited for `within` seconds.
        """
        if not await _happens(interaction.answered, self.deadline):
            interaction.failure = NO_RESPONSE
        elif not await _happens(interaction.settled, within):
            interaction.failure = STILL_THINKING
        return Reply(interaction)

    # The bot's side.

    def by_webhook(self, application_id: int, token: str) -> Interaction:
        """Return the interaction whose token this is, for what comes after its first answer."""
        interaction = self._by_token.get(token)
        if application_id != self._world.bot.id or interaction is None:
            raise unknown("Webhook")
        if interaction.age > self.token_lifetime:
            raise DiscordError(401, 50027, "Invalid Webhook Token")
        return interaction

    def respond(self, interaction_id: int, token: str, body: Body) -> Interaction:
        """Take the first answer; raises DiscordError if it is late, a second, or not allowed."""
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id:
            raise unknown("interaction")
        if interaction.answer is not None:
            raise DiscordError(400, 40060, "Interaction has already been acknowledged.")
        if interaction.failure or interaction.age > self.deadline:
            raise unknown("interaction")
        try:
            answer = Answer(body.fields["type"])
        except (KeyError, TypeError, ValueError):
            raise _bad_type() from None
        updates = answer in (Answer.UPDATE, Answer.DEFERRED_UPDATE)
        if answer not in _ANSWERS_TO[interaction.kind] or (updates and not interaction.source):
            raise _bad_type()
        data = body.fields.get("data") or {}
        _APPLY[answer](self, interaction, Body(data, body.files))
        interaction.answer = answer
        interaction.answered.set()
        if answer is not Answer.DEFERRED_MESSAGE:
            interaction.settled.set()
        return interaction

    def reply(self, interaction: Interaction, body: Body) -> None:
        """Answer with a message."""
        interaction.original = posting.post(
            posting.read_draft(body),
            interaction.channel,
            self._world.bot,
            interaction=interaction.metadata,
            visible_to=self._audience(interaction, body),
            by_webhook=True,
            command=interaction.command,
        )

    def defer(self, interaction: Interaction, body: Body) -> None:
        """Defer the reply, which shows "thinking…" until then."""
        message = Message(
            self._world.ids.next(),
            interaction.channel,
            self._world.bot,
            flags=Message.LOADING,
            interaction=interaction.metadata,
            visible_to=self._audience(interaction, body),
            by_webhook=True,
            command=interaction.command,
        )
        if message.visible_to is not None:
            message.flags |= Message.EPHEMERAL
        posting.enter(message)
        interaction.original = message

    def defer_update(self, interaction: Interaction, body: Body) -> None:
        """Defer a change of the message with the component."""
        interaction.original = interaction.source

    def update(self, interaction: Interaction, body: Body) -> None:
        """Answer by changing the message with the component."""
        source = interaction.source
        if source is None or source.deleted_at is not None:
            raise unknown("Message")
        posting.edit(source, posting.read_draft(body, editing=source))
        interaction.original = source

    def suggest(self, interaction: Interaction, body: Body) -> None:
        """Answer with suggestions."""
        problems = FormProblems()
        path = ("data", "choices")
        choices = problems.objects(path, body.fields.get("choices"), 0, MOST_CHOICES)
        for index, choice in choices:
            problems.text((*path, index, "name"), choice.get("name"), 1, 100)
            if not isinstance(choice.get("value"), int | float):
                problems.text((*path, index, "value"), choice.get("value"), 1, 100)
        problems.raise_if_any()
        interaction.choices = [Choice(each["name"], each["value"]) for _, each in choices]

    def open_modal(self, interaction: Interaction, body: Body) -> None:
        """Answer by opening a modal."""
        problems = FormProblems()
        components.check_modal(body.fields, problems)
        problems.raise_if_any()
        interaction.modal = body.fields

    def _audience(self, interaction: Interaction, body: Body) -> User | None:
        flags = body.fields.get("flags")
        asked = isinstance(flags, int) and bool(flags & Message.EPHEMERAL)
        return interaction.user if asked or interaction.only_ephemeral else None

    # After the first answer.

    def message(self, interaction: Interaction, reference: str) -> Message:
        """Return "@original" or the follow-up with this id; raises 404/10008."""
        if reference == "@original":
            found = interaction.original
        else:
            mine = [*interaction.followups, interaction.original]
            found = next((m for m in mine if m is not None and str(m.id) == reference), None)
        if found is None or found.deleted_at is not None:
            raise unknown("Message")
        return found

    def edit(self, interaction: Interaction, message: Message, body: Body) -> Message:
        """Change a message of the answer; a deferred one becomes a message by it."""
        draft = posting.read_draft(body, editing=message)
        if message.loading:
            return self._fulfil(interaction, message, draft, pings=False)
        posting.edit(message, draft)
        return message

    def follow_up(self, interaction: Interaction, body: Body) -> Message:
        """Post another message; the first one after a deferral is the reply itself."""
        if interaction.answer is None:
            raise unknown("Webhook")
        original = interaction.original
        draft = posting.read_draft(body)
        if original is not None and original.loading and original.deleted_at is None:
            return self._fulfil(interaction, original, draft, pings=True)
        about = {} if original is None else {"original_response_message_id": str(original.id)}
        message = posting.post(
            draft,
            interaction.channel,
            self._world.bot,
            interaction=interaction.metadata | about,
            visible_to=self._audience(interaction, body),
            by_webhook=True,
        )
        interaction.followups.append(message)
        return message

    def _fulfil(
        self, interaction: Interaction, message: Message, draft: posting.Draft, *, pings: bool
    ) -> Message:
        if draft.empty:
            raise DiscordError(400, 50006, "Cannot send an empty message")
        posting.fill(message, draft, pings=pings)
        message.flags &= ~Message.LOADING
        self._world.publish("MESSAGE_UPDATE", message)
        interaction.settled.set()
        return message

    def delete(self, interaction: Interaction, message: Message) -> None:
        """Delete a message of the answer."""
        message.deleted_at = self._world.now()
        self._world.publish("MESSAGE_DELETE", message)
        interaction.settled.set()


def _bad_type() -> DiscordError:
    return invalid_form(
        ("type",),
        "BASE_TYPE_CHOICES",
        "The interaction cannot be answered with this type.",
    )


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


_APPLY: dict[Answer, Callable[[Interactions, Interaction, Body], None]] = {
    Answer.MESSAGE: Interactions.reply,
    Answer.DEFERRED_MESSAGE: Interactions.defer,
    Answer.DEFERRED_UPDATE: Interactions.defer_update,
    Answer.UPDATE: Interactions.update,
    Answer.CHOICES: Interactions.suggest,
    Answer.MODAL: Interactions.open_modal,
}
