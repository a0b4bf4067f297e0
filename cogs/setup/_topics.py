"""What a channel can be told of, as the menus of the set-up wizard offer it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.chat.filters import national_parties
from bot.chat.following import topic_words
from bot.chat.lookups import nations, regions
from bot.chat.services import Services
from bot.delivery.subscriptions import EVERY, Subscription, Topic
from bot.delivery.watch_lists import Keeper
from bot.election.notices import MilestoneKind
from bot.wording.phrases import sentence_case
from bot.wording.text import plain

MENUS = {"what": "What to post", "party": "Parties", "place": "Nations, regions and watch lists"}
"""The wizard's menus, and what stands on each while nothing is chosen from it."""

_MOST = 25
_LONGEST_VALUE = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """A topic with its value, as a subscription has them."""

    topic: Topic
    value: str = ""

    @classmethod
    def of(cls, subscription: Subscription) -> Wish:
        """Return what a subscription asks for."""
        return cls(subscription.topic, subscription.value)

    @classmethod
    def remembered(cls, text: str) -> Wish | None:
        """Return the wish that a menu's option stands for, None for what no menu offers."""
        topic, _, value = text.partition(":")
        return cls(Topic(topic), value) if topic in [*Topic] else None

    def __str__(self) -> str:
        return f"{self.topic}:{self.value}"

    def words(self, services: Services) -> str:
        """Return the wish in words that are safe to show."""
        return topic_words(self.topic, self.value, services)

    def label(self, services: Services) -> str:
        """Return the wish as an option's label, which Discord shows as it is."""
        return sentence_case(plain(self.words(services)))


SUGGESTED = (Wish(Topic.ALL), Wish(Topic.SUMMARY))
"""What is chosen at first for a channel that nothing is posted in yet."""
_GENERAL = (
    *SUGGESTED,
    Wish(Topic.MILESTONES, EVERY),
    Wish(Topic.MILESTONES, MilestoneKind.CERTAIN.value),
    Wish(Topic.CONTESTS, EVERY),
    Wish(Topic.REMINDERS),
)


def offered(
    services: Services, keeper: Keeper, present: Iterable[Wish]
) -> dict[str, Sequence[Wish]]:
    """Return what each menu offers, what is *present* among it as far as there is room.

    A council, a contest or a single kind is followed by its own command; where it is, the first
    menu has it too, so that it can be ended here.
    """
    night = services.newest_night
    whole = nations(services, night)
    parts = [name for name in regions(services, night) if name not in whole]
    lists = services.lists.all(keeper, night) if services.lists else []
    menus: dict[str, list[Wish]] = {
        "what": [*_GENERAL],
        "party": [Wish(Topic.PARTY, party.code) for party in national_parties(services.almanac)],
        "place": [
            *(Wish(Topic.NATION, name) for name in whole),
            *(Wish(Topic.REGION, name) for name in parts),
            *(Wish(Topic.LIST, one.value) for one in lists),
        ],
    }
    here = [wish for wish in present if len(str(wish)) <= _LONGEST_VALUE]
    return {
        name: _with_room([wish for wish in here if _menu_of(wish) == name], menu)
        for name, menu in menus.items()
    }


def _with_room(here: Sequence[Wish], menu: Sequence[Wish]) -> list[Wish]:
    """Return a menu of the first wishes that are *here* and of as many others as have room."""
    first = set(here[:_MOST])
    others = [wish for wish in menu if wish not in first][: _MOST - len(first)]
    shown = first.union(others)
    return [wish for wish in dict.fromkeys((*menu, *here)) if wish in shown]


def _menu_of(wish: Wish) -> str:
    return _MENU_OF.get(wish.topic, "what")


_MENU_OF = {
    Topic.PARTY: "party",
    Topic.NATION: "place",
    Topic.REGION: "place",
    Topic.LIST: "place",
}
