"""The page on which it is set how loudly a place is told: a channel, or one's direct messages.

It is one private message whose menus and buttons save at once. Their custom ids name the channel,
or 0 for the direct messages of whoever presses; `bot.chat.rights` says who may do it where.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.cards.calm import LEVELS, PINGS, SORTS, calm_card, joined_label
from bot.cards.card import Card
from bot.chat.components import Component, Item, button, chosen_in, one_chosen_in, view_of
from bot.chat.following import where
from bot.chat.interaction import Interaction
from bot.chat.questions import CannotAnswer
from bot.chat.rights import channel_here, guild_of_admin
from bot.chat.services import running
from bot.delivery.subscriptions import Asked, Destination, Subscription
from bot.election.alert_kinds import Level
from bot.election.calm import Calm, Sort
from bot.wording.phrases import sentence_case

JOINED = (0, 5, 10, 15, 20)
"""The minutes for which alerts can be joined; one press leads to the next."""
_BEGIN = ("22:00", "23:00", "00:00", "01:00")
_END = ("06:00", "06:30", "07:00", "08:00", "09:00", "10:00")
_NONE = "none"
_GONE = "That cannot be chosen any more: give the command again."


def calm_page(interaction: Interaction, place: Destination) -> tuple[Card, discord.ui.View]:
    """Return the page of a *place*, which was checked before."""
    subscriptions = running(interaction.client.services.subscriptions)
    calm, followed = subscriptions.calm_of(place), _followed(interaction, place)
    levels = frozenset(each.level for each in followed if each.topic.has_levels)
    number = 0 if place.is_direct else place.id
    items = [*_menus(number, calm, levels, roles=not place.is_direct), *_buttons(number, calm)]
    return calm_card(where(place), calm, levels, roles=not place.is_direct), view_of(items)


def _followed(interaction: Interaction, place: Destination) -> Sequence[Subscription]:
    subscriptions = running(interaction.client.services.subscriptions)
    if place.guild_id is None:
        return subscriptions.of_user(place.id)
    return [one for one in subscriptions.of_guild(place.guild_id) if one.destination == place]


def _menus(number: int, calm: Calm, levels: frozenset[Level], *, roles: bool) -> Iterator[Item]:
    if levels:
        chosen = next(iter(levels)) if len(levels) == 1 else None
        yield _menu(f"calm-level:{number}", "How much", LEVELS, [chosen])
    windows = {_NONE: "no quiet hours"}
    windows |= {f"{a}-{b}": f"quiet from {a} to {b}" for a in _BEGIN for b in _END}
    window = f"{calm.quiet_from}-{calm.quiet_until}"
    yield _menu(
        f"calm-quiet:{number}", "Quiet hours", windows, [window if calm.quiet_from else _NONE]
    )
    labels = {sort: f"no push: {words}" for sort, words in SORTS.items()}
    yield _menu(f"calm-silent:{number}", "Post without a push", labels, calm.silent, most=len(Sort))
    if roles:
        pings = {level: f"ping for {words}" for level, words in PINGS.items()}
        yield _menu(f"calm-pings:{number}", "What pings the role", pings, [calm.pings])


def _menu(
    custom_id: str, hint: str, labels: Any, chosen: Sequence[str | None], most: int = 1
) -> Item:
    return discord.ui.Select(
        custom_id=custom_id,
        placeholder=hint,
        min_values=0 if most > 1 else 1,
        max_values=most,
        options=[
            discord.SelectOption(
                label=sentence_case(words), value=str(value), default=value in chosen
            )
            for value, words in labels.items()
        ],
    )


def _buttons(number: int, calm: Calm) -> Iterator[Item]:
    following = next((one for one in JOINED if one > calm.together), JOINED[0])
    yield button(joined_label(calm.together), f"calm-joined:{number}:{following}")
    label, then = ("Show results", "off") if calm.spoilers else ("Hide results", "on")
    yield button(label, f"calm-hidden:{number}:{then}")
    if number:
        yield button("What is posted there", f"setup-again:{number}")


class _OnThePage(Component, template=r"(?!)"):
    """A menu or button of the page."""

    in_private = True

    def place(self, interaction: Interaction) -> Destination:
        """Return the place that is meant. Raises `CannotAnswer` if it is not theirs."""
        number = int(self.given["place"])
        if not number:
            return Destination(interaction.user.id)
        guild = guild_of_admin(interaction)
        return Destination(channel_here(interaction, guild, number), guild.id)

    async def save(self, interaction: Interaction, **changed: Any) -> None:
        """Save what was changed, and show the page anew."""
        place = self.place(interaction)
        subscriptions = running(interaction.client.services.subscriptions)
        await subscriptions.set_calm(place, replace(subscriptions.calm_of(place), **changed))
        await _show(interaction, place)


async def _show(interaction: Interaction, place: Destination) -> None:
    card, view = calm_page(interaction, place)
    await interaction.response.edit_message(embed=card.to_embed(), view=view)


class OpenButton(_OnThePage, template=r"calm-open:(?P<place>\d{1,20})"):
    """Opens the page."""

    async def pressed(self, interaction: Interaction) -> None:
        """Show it in place of what it was under."""
        await _show(interaction, self.place(interaction))


class LevelMenu(_OnThePage, template=r"calm-level:(?P<place>\d{1,20})"):
    """Asks how much is told of what is followed there."""

    async def pressed(self, interaction: Interaction) -> None:
        """Set the level of everything there that has levels."""
        level, place = _level_in(interaction), self.place(interaction)
        asked = [
            Asked(one.topic, one.value, one.role, level)
            for one in _followed(interaction, place)
            if one.topic.has_levels
        ]
        subscriptions = running(interaction.client.services.subscriptions)
        await subscriptions.change(place, asked, by=interaction.user.id)
        await _show(interaction, place)


class QuietMenu(_OnThePage, template=r"calm-quiet:(?P<place>\d{1,20})"):
    """Asks for the quiet hours."""

    async def pressed(self, interaction: Interaction) -> None:
        """Save them."""
        begins, _, ends = one_chosen_in(interaction).partition("-")
        if begins == _NONE:
            begins = ends = ""
        elif begins not in _BEGIN or ends not in _END:
            raise CannotAnswer(_GONE)
        await self.save(interaction, quiet_from=begins, quiet_until=ends)


class SilentMenu(_OnThePage, template=r"calm-silent:(?P<place>\d{1,20})"):
    """Asks what is posted without a push."""

    async def pressed(self, interaction: Interaction) -> None:
        """Save it."""
        chosen = chosen_in(interaction)
        await self.save(interaction, silent=tuple(one for one in Sort if one in chosen))


class PingsMenu(_OnThePage, template=r"calm-pings:(?P<place>\d{1,20})"):
    """Asks from which level on the role is pinged."""

    async def pressed(self, interaction: Interaction) -> None:
        """Save it."""
        await self.save(interaction, pings=_level_in(interaction))


class JoinedButton(_OnThePage, template=r"calm-joined:(?P<place>\d{1,20}):(?P<minutes>\d{1,2})"):
    """Joins the alerts of some minutes, or stops that."""

    async def pressed(self, interaction: Interaction) -> None:
        """Save for how many."""
        minutes = int(self.given["minutes"])
        if minutes not in JOINED:
            raise CannotAnswer(_GONE)
        await self.save(interaction, together=minutes)


class HiddenButton(_OnThePage, template=r"calm-hidden:(?P<place>\d{1,20}):(?P<then>on|off)"):
    """Hides the results, or shows them."""

    async def pressed(self, interaction: Interaction) -> None:
        """Save it."""
        await self.save(interaction, spoilers=self.given["then"] == "on")


def _level_in(interaction: Interaction) -> Level:
    chosen = one_chosen_in(interaction)
    if chosen not in [*Level]:
        raise CannotAnswer(_GONE)
    return Level(chosen)


COMPONENTS: tuple[type[Component], ...] = (
    OpenButton,
    LevelMenu,
    QuietMenu,
    SilentMenu,
    PingsMenu,
    JoinedButton,
    HiddenButton,
)
