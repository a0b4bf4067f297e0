"""Buttons under an answer. All of their state is in themselves, so they outlive a restart.

`ask:2:/night latest` asks a question and shows a page of its answer; `follow:me:council:KHL`
follows for the one who presses it, `follow:here:council:KHL` for the channel, and `unfollow:` with
the same ends that; `unfollow:17` ends a subscription, `subscriptions:2` shows a page of them.
`pick` is a menu, whose options are questions; `filter:party:/night changes` asks its question with
the option that is chosen.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import discord

from bot.alerts.subscriptions import Destination, Topic
from bot.cards.card import Card
from bot.cards.desk import pause_banner
from bot.cards.lists import notice_card
from bot.cards.text import plain
from bot.chat.dated import dated
from bot.chat.failures import answer_failure
from bot.chat.filters import Filter, filters_of
from bot.chat.following import (
    added_card,
    subscription_line,
    subscriptions_of,
    topic_value,
    topic_words,
    where,
)
from bot.chat.in_time import claim
from bot.chat.questions import Answer, CannotAnswer, Subject, ask, command_of, parse
from bot.chat.rights import (
    channel_destination,
    guild_of_admin,
    is_admin,
    keeper_of,
    number_in,
    viewer_of,
)
from bot.chat.services import running

if TYPE_CHECKING:
    from bot.chat.client import ElectionNight

    Interaction = discord.Interaction[ElectionNight]
else:
    Interaction = discord.Interaction

LONGEST_CUSTOM_ID = 100
LONGEST_LABEL = 80
LONGEST_OPTION_LABEL = 100
_MOST_OPTIONS = 25
_EVERYTHING = "-"
_MOST_SUGGESTIONS = 5
_PRIVATE = (
    "This button works under the private answer that it came with: give the command again, "
    "`/help` lists them."
)
_NOTHING_FOLLOWED = "Nothing is followed here yet. `/alerts subscribe` starts."
_SUBSCRIPTIONS_ON_A_PAGE = 10
"""A line with the longest reason for a pause takes some 400 of a description's 4,096 characters."""


class Control(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"(?!)"):
    """A button or menu whose failures are answered like a command's.

    What its custom id remembers is no more than what somebody might have typed: `pressed` looks at
    who acts, and at every number, through `bot.chat.rights`.
    """

    in_private: ClassVar[bool] = False
    """Whether it belongs under an answer that one person sees, which it changes."""
    _numbers: Sequence[str] = ()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button is for; answer where it fails."""
        claim(interaction)
        try:
            for text in self._numbers:
                number_in(text)
            message = interaction.message
            if self.in_private and not (message and message.flags.ephemeral):
                raise CannotAnswer(_PRIVATE)
            await self.pressed(interaction)
        except Exception as error:
            await answer_failure(interaction, error)

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Return the button that was pressed."""
        pressed = cls.remembered(match)
        pressed._numbers = [one for one in match.groupdict().values() if one and one.isdecimal()]
        return pressed

    @classmethod
    @abstractmethod
    def remembered(cls, match: re.Match[str]) -> Self:
        """Return the button by what its custom id remembers."""

    @abstractmethod
    async def pressed(self, interaction: Interaction) -> None:
        """Do what the button is for."""


class AskButton(Control, template=r"ask:(?P<page>\d{1,4}):(?P<question>/.+)"):
    """Asks a question; shows one page of the answer."""

    def __init__(
        self, label: str, page: int, question: str, *, enabled: bool = True, row: int = 0
    ) -> None:
        self.page = page
        self.question = question
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label[:LONGEST_LABEL],
            custom_id=f"ask:{page}:{question}",
            disabled=not enabled,
            row=row,
        )
        super().__init__(button)

    @classmethod
    def remembered(cls, match: re.Match[str]) -> Self:
        """Return the button by what its custom id remembers."""
        return cls("", int(match["page"]), match["question"])

    async def pressed(self, interaction: Interaction) -> None:
        """Turn the page of the presser's own answer; answer others in private."""
        await _show(interaction, self.question, self.page)


class PickMenu(Control, template=r"pick"):
    """Asks the question that is chosen: each option's value is one."""

    def __init__(self, offered: Sequence[tuple[str, str]] = ()) -> None:
        menu: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="pick",
            placeholder="Open one of these",
            options=[
                discord.SelectOption(label=label[:LONGEST_OPTION_LABEL], value=question)
                for label, question in offered
            ],
            row=3,
        )
        super().__init__(menu)

    @classmethod
    def remembered(cls, match: re.Match[str]) -> Self:
        """Return the menu; what it offered comes with the choice."""
        return cls()

    async def pressed(self, interaction: Interaction) -> None:
        """Answer what is chosen in place of the chooser's own answer, to others in private."""
        question = one_chosen_in(interaction)
        await _show(interaction, question, 1)


class FilterMenu(Control, template=r"filter:(?P<what>[a-z]+):(?P<question>/.+)"):
    """Asks a question of a part: the option that is chosen, or of everything again."""

    def __init__(self, what: str, question: str, offered: Sequence[discord.SelectOption]) -> None:
        self.question = question
        menu: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=f"filter:{what}:{question}",
            placeholder=f"Only one {what}",
            options=[*offered],
        )
        super().__init__(menu)

    @classmethod
    def of(cls, offer: Filter) -> Self:
        """Return the menu of a filter, with the present choice marked."""
        options = ((offer.everything, _EVERYTHING), *offer.offered)
        chosen = _EVERYTHING if offer.chosen == "" else offer.chosen
        return cls(
            offer.what,
            str(offer.base),
            [
                discord.SelectOption(
                    label=label[:LONGEST_OPTION_LABEL], value=value, default=value == chosen
                )
                for label, value in options
            ],
        )

    @classmethod
    def remembered(cls, match: re.Match[str]) -> Self:
        """Return the menu by its question; what it offered comes with the choice."""
        return cls(match["what"], match["question"], ())

    async def pressed(self, interaction: Interaction) -> None:
        """Ask in place of the chooser's own answer; answer others in private."""
        option = one_chosen_in(interaction)
        of_all = option == _EVERYTHING
        await _show(interaction, self.question if of_all else f"{self.question} {option}", 1)


class FollowButton(
    Control,
    template=rf"(?P<un>un)?follow:(?P<place>me|here):(?P<topic>{'|'.join(Topic)}):(?P<value>.+)",
):
    """Follows a council or a party, or ends that: for oneself, or for an admin in the channel."""

    def __init__(
        self, name: str, place: str, topic: Topic, value: str, *, follows: bool = False
    ) -> None:
        self.place = place
        self.topic = topic
        self.value = value
        self.follows = follows
        button: discord.ui.Button[Any] = discord.ui.Button(row=1)
        self._inscribe(button, name, follows=follows)
        super().__init__(button)

    def _inscribe(self, button: discord.ui.Button[Any], name: str, *, follows: bool) -> None:
        """Let a button say and remember what it does next."""
        act = "unfollow" if follows else "follow"
        button.label = f"{act.capitalize()} {name}"[:LONGEST_LABEL]
        button.custom_id = f"{act}:{self.place}:{self.topic}:{self.value}"
        button.style = discord.ButtonStyle.secondary if follows else discord.ButtonStyle.primary

    @classmethod
    def remembered(cls, match: re.Match[str]) -> Self:
        """Return the button by what its custom id remembers."""
        follows = match["un"] is not None
        return cls("", match["place"], Topic(match["topic"]), match["value"], follows=follows)

    async def pressed(self, interaction: Interaction) -> None:
        """Do it, turn the presser's own button over, and say in private what was done."""
        view: Any = discord.utils.MISSING
        if self.follows:
            card = await self._unfollowed(interaction)
        else:
            destination = (
                channel_destination(interaction, interaction.channel)
                if self.place == "here"
                else Destination(interaction.user.id)
            )
            value = self._value(interaction)
            card, view = await _begun(interaction, destination, self.topic, value)
        say: Any = interaction.response.send_message
        if await self._turned_over(interaction):
            say = interaction.followup.send
        await say(embed=card.to_embed(), view=view, ephemeral=True)

    def _value(self, interaction: Interaction) -> str:
        services, keeper = interaction.client.services, keeper_of(interaction)
        try:
            return topic_value(services, keeper, self.topic, self.value)
        except CannotAnswer:
            raise CannotAnswer(
                "What this button follows is not there any more, or not to be followed from here: "
                "ask for it with a command, `/help` lists them."
            ) from None

    async def _unfollowed(self, interaction: Interaction) -> Card:
        place = interaction.user.id
        if self.place == "here":
            guild_of_admin(interaction)
            place = interaction.channel_id or 0
        number = running(interaction.client.services.subscriptions).number_of(
            Destination(place), self.topic, self.value
        )
        if number is None:
            return notice_card("That is no longer followed.", "Press again to follow it.")
        return await _ended(interaction, number)

    async def _turned_over(self, interaction: Interaction) -> bool:
        """Let the button say what it would do next; return False where others see it too."""
        message = interaction.message
        if message is None or not message.flags.ephemeral:
            return False
        view = discord.ui.View.from_message(message, timeout=None)
        for button in view.children:
            if isinstance(button, discord.ui.Button) and button.custom_id == self.custom_id:
                name = (button.label or "").partition(" ")[2]
                self._inscribe(button, name, follows=not self.follows)
        view.stop()  # nothing of it is kept: its buttons are known by their custom ids
        await interaction.response.edit_message(view=view)
        return True


class UnfollowButton(Control, template=r"unfollow:(?P<number>\d+)"):
    """Ends a subscription of one's own, or of the server that one is an admin of."""

    def __init__(self, label: str, number: int, row: int | None = None) -> None:
        self.number = number
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label[:LONGEST_LABEL], custom_id=f"unfollow:{number}", row=row
        )
        super().__init__(button)

    @classmethod
    def remembered(cls, match: re.Match[str]) -> Self:
        """Return the button by what its custom id remembers."""
        return cls("", int(match["number"]))

    async def pressed(self, interaction: Interaction) -> None:
        """Unsubscribe, and say so in private."""
        await unfollow(interaction, self.number)


class SubscriptionsButton(Control, template=r"subscriptions:(?P<page>\d{1,4})"):
    """Shows a page of what is followed."""

    in_private = True

    def __init__(self, label: str, page: int) -> None:
        self.page = page
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label, custom_id=f"subscriptions:{page}", row=4
        )
        super().__init__(button)

    @classmethod
    def remembered(cls, match: re.Match[str]) -> Self:
        """Return the button by what its custom id remembers."""
        return cls("", int(match["page"]))

    async def pressed(self, interaction: Interaction) -> None:
        """Turn the page."""
        embed, view = subscriptions_page(interaction, self.page)
        await interaction.response.edit_message(embed=embed, view=view)


CONTROLS: tuple[type[Control], ...] = (
    AskButton,
    PickMenu,
    FilterMenu,
    FollowButton,
    UnfollowButton,
    SubscriptionsButton,
)


def subscriptions_page(
    interaction: Interaction, page: int
) -> tuple[discord.Embed, discord.ui.View]:
    """Return a page of what who acts may end, with a button for each and those that turn it."""
    services = interaction.client.services
    found = subscriptions_of(interaction)
    last = max(1, -(-len(found) // _SUBSCRIPTIONS_ON_A_PAGE))
    page = max(1, min(page, last))
    first = (page - 1) * _SUBSCRIPTIONS_ON_A_PAGE
    shown = list(enumerate(found, 1))[first : first + _SUBSCRIPTIONS_ON_A_PAGE]
    lines = [f"{n}. {subscription_line(each, services)}" for n, each in shown]
    paused = services.reader.desk_pause()
    banner = [] if paused is None else [pause_banner(paused.at)]
    card = Card(
        title=f"Alerts ({len(found)})" if found else "No alerts",
        description="\n".join([*banner, *(lines or [_NOTHING_FOLLOWED])]),
        footer=f"Page {page} of {last}" if last > 1 else "",
    )
    view = discord.ui.View(timeout=None)
    for number, each in shown:
        words = plain(topic_words(each.topic, each.value, services))
        view.add_item(UnfollowButton(f"Unfollow {number}: {words}", each.id))
    if page > 1:
        view.add_item(SubscriptionsButton("Previous page", page - 1))
    if page < last:
        view.add_item(SubscriptionsButton("Next page", page + 1))
    return card.to_embed(), view


async def follow(
    interaction: Interaction,
    destination: Destination,
    topic: Topic,
    value: str,
    role: int | None = None,
) -> None:
    """Subscribe a destination that was checked before, and say so with the button that ends it."""
    card, view = await _begun(interaction, destination, topic, value, role)
    await interaction.response.send_message(embed=card.to_embed(), view=view, ephemeral=True)


async def unfollow(interaction: Interaction, number: int) -> None:
    """End a subscription and say so. Raises `CannotAnswer` where who acts has none such."""
    card = await _ended(interaction, number)
    await interaction.response.send_message(embed=card.to_embed(), ephemeral=True)


async def _begun(
    interaction: Interaction,
    destination: Destination,
    topic: Topic,
    value: str,
    role: int | None = None,
) -> tuple[Card, discord.ui.View]:
    """Subscribe; return what is said of it and the button that ends it."""
    services = interaction.client.services
    added = await running(services.subscriptions).add(
        destination, topic, value, role=role, by=interaction.user.id
    )
    view = discord.ui.View(timeout=None)
    view.add_item(UnfollowButton("Unfollow", added.subscription.id))
    return added_card(added, services), view


async def _ended(interaction: Interaction, number: int) -> Card:
    services = interaction.client.services
    ended = await running(services.subscriptions).remove(
        number,
        guild_id=interaction.guild_id if is_admin(interaction) else None,
        user_id=interaction.user.id,
    )
    if ended is None:
        raise CannotAnswer(
            "That is no longer followed, or not yours to end. `/alerts list` shows what is."
        )
    words = topic_words(ended.topic, ended.value, services)
    return notice_card(
        f"No longer following {words}.", f"Nothing more of it comes to {where(ended.destination)}."
    )


def controls_of(answer: Answer, interaction: Interaction, *, private: bool) -> discord.ui.View:
    """Return the buttons under an answer; a *private* one knows what its reader follows."""
    here = (interaction.channel_id or 0) if is_admin(interaction) else None
    return controls_for(
        answer, interaction.client, interaction.user.id, channel=here, private=private
    )


def controls_for(
    answer: Answer,
    client: ElectionNight,
    user: int,
    *,
    channel: int | None = None,
    private: bool = False,
) -> discord.ui.View:
    """Return the buttons under an answer to a *user*, and for the admin of a *channel*."""
    view = discord.ui.View(timeout=None)
    page, last = answer.page, answer.pages
    if last > 1:
        back, on = max(page - 1, 1), min(page + 1, last)
        for label, other in (("Previous page", back), (f"Next page ({page} of {last})", on)):
            _add(view, AskButton(label, other, str(answer.question), enabled=other != page))
    if answer.about is not None:
        places = [("me", user, answer.about.name)]
        if channel is not None:
            places.append(("here", channel, "in this channel"))
        for place, number, name in places:
            follows = private and _is_followed(client, number, answer.about)
            topic, value = answer.about.topic, answer.about.value
            _add(view, FollowButton(name, place, topic, value, follows=follows))
    for label, further in answer.suggestions[:_MOST_SUGGESTIONS]:
        _add(view, AskButton(label, 1, str(further), row=2))
    offered = {str(q): label for label, q in answer.menu if len(str(q)) <= LONGEST_CUSTOM_ID}
    if offered:
        shown = [(label, question) for question, label in offered.items()]
        view.add_item(PickMenu(shown[:_MOST_OPTIONS]))
    for offer in filters_under(answer, client):
        _add(view, FilterMenu.of(offer))
    return view


def filters_under(answer: Answer, client: ElectionNight) -> list[Filter]:
    """Return the filters under an answer: none where it has a menu of its own."""
    if answer.menu or not answer.in_parts:
        return []
    return filters_of(command_of(client.tree, answer.question), answer.question, client.services)


def chosen_in(interaction: Interaction) -> list[str]:
    """Return what was chosen in a menu, nothing where a button was pressed."""
    data: Any = interaction.data or {}
    return [str(value) for value in data.get("values", ())]


def one_chosen_in(interaction: Interaction) -> str:
    """Return the one thing that was chosen in a menu. Raises `CannotAnswer` for none or more."""
    chosen = chosen_in(interaction)
    if len(chosen) != 1:
        raise CannotAnswer("Choose one of what the menu offers.")
    return chosen[0]


def _is_followed(client: ElectionNight, destination: int, about: Subject) -> bool:
    subscriptions = client.services.subscriptions
    return (
        subscriptions is not None
        and subscriptions.number_of(Destination(destination), about.topic, about.value) is not None
    )


async def _show(interaction: Interaction, question: str, page: int) -> None:
    illustrator, message = interaction.client.illustrator, interaction.message
    if message is None or not _is_own(interaction):
        answer, embeds, view = await _asked(interaction, question, page, private=True)
        sent = await interaction.response.send_message(embeds=embeds, view=view, ephemeral=True)
        number = sent.message_id
    else:
        # Two presses at once: their answers could overtake each other on the way.
        async with illustrator.turn_of(message.id):
            private = message.flags.ephemeral
            answer, embeds, view = await _asked(interaction, question, page, private=private)
            illustrator.give_up(message.id)
            await interaction.response.edit_message(embeds=embeds, view=view, attachments=[])
        number = message.id
    await illustrator.illustrate(interaction, answer, number)


async def _asked(
    interaction: Interaction, question: str, page: int, *, private: bool
) -> tuple[Answer, list[discord.Embed], discord.ui.View]:
    """Return the answer to a question of who pressed, its embeds and its controls."""
    tree = interaction.client.tree
    answer = dated(
        await ask(tree, parse(tree, question), page, viewer_of(interaction)),
        interaction.client.services,
    )
    embeds = [card.to_embed() for card in answer.cards]
    return answer, embeds, controls_of(answer, interaction, private=private)


def _add(view: discord.ui.View, control: Control) -> None:
    """Add a control, unless what it would have to remember is too long for Discord or is there."""
    there = [item.custom_id for item in view.children if isinstance(item, Control)]
    if len(control.custom_id) <= LONGEST_CUSTOM_ID and control.custom_id not in there:
        view.add_item(control)


def _is_own(interaction: Interaction) -> bool:
    """Tell whether the answer that the button is under was given to the one who presses it."""
    message = interaction.message
    if message is None or message.flags.ephemeral:
        return True
    asked = message.interaction_metadata
    return asked is not None and asked.user.id == interaction.user.id
