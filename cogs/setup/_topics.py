"""What a channel can be told of, as the menus of the set-up wizard offer it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.chat.filters import national_parties
from bot.chat.lookups import places
from bot.chat.questions import Followable
from bot.chat.services import Services
from bot.chat.topics import topic_words
from bot.delivery.subscriptions import EVERY, Subscription, Topic
from bot.delivery.watch_lists import Keeper
from bot.election.notices import MilestoneKind
from bot.wording.phrases import sentence_case
from bot.wording.text import plain

MENUS = {"what": "What to post", "party": "Parties", "place": "Nations, regions and watch lists"}
"""The wizard's menus, and what stands on each while nothing is chosen from it."""
SUGGESTED = (Followable(Topic.ALL), Followable(Topic.SUMMARY))
"""What is chosen at first for a channel that nothing is posted in yet."""

_GENERAL = (
    *SUGGESTED,
    Followable(Topic.MILESTONES, EVERY),
    Followable(Topic.MILESTONES, MilestoneKind.CERTAIN.value),
    Followable(Topic.CONTESTS, EVERY),
    Followable(Topic.REMINDERS),
)
_MENU_OF = {
    Topic.PARTY: "party",
    Topic.NATION: "place",
    Topic.REGION: "place",
    Topic.LIST: "place",
}
_MOST = 25
_LONGEST_VALUE = 100


def followed_by(subscription: Subscription) -> Followable:
    """Return what a subscription asks for."""
    return Followable(subscription.topic, subscription.value)


def chosen_as(text: str) -> Followable | None:
    """Return what a menu's option stands for, None for what no menu offers."""
    topic, _, value = text.partition(":")
    return Followable(Topic(topic), value) if topic in [*Topic] else None


def words_of(one: Followable, services: Services) -> str:
    """Return it in words that are safe to show."""
    return topic_words(one.topic, one.value, services)


def label_of(one: Followable, services: Services) -> str:
    """Return it as an option's label, which Discord shows as it is."""
    return sentence_case(plain(words_of(one, services)))


def offered(
    services: Services, keeper: Keeper, present: Iterable[Followable]
) -> dict[str, Sequence[Followable]]:
    """Return what each menu offers, what is *present* among it as far as there is room.

    A council, a contest or a single kind is followed by its own command; where it is, the first
    menu has it too, so that it can be ended here.
    """
    night = services.newest_night
    whole = places(services, night, "nation")
    parts = [name for name in places(services, night, "region") if name not in whole]
    lists = services.lists.all(keeper, night) if services.lists else []
    menus = {
        "what": [*_GENERAL],
        "party": [Followable(Topic.PARTY, one.code) for one in national_parties(services.almanac)],
        "place": [
            *(Followable(Topic.NATION, name) for name in whole),
            *(Followable(Topic.REGION, name) for name in parts),
            *(Followable(Topic.LIST, one.value) for one in lists),
        ],
    }
    here = [one for one in present if len(str(one)) <= _LONGEST_VALUE]
    return {
        name: _with_room([one for one in here if _MENU_OF.get(one.topic, "what") == name], menu)
        for name, menu in menus.items()
    }


def _with_room(here: Sequence[Followable], menu: Sequence[Followable]) -> list[Followable]:
    """Return a menu of the first that are *here* and of as many others as have room."""
    first = set(here[:_MOST])
    others = [one for one in menu if one not in first][: _MOST - len(first)]
    shown = first.union(others)
    return [one for one in dict.fromkeys((*menu, *here)) if one in shown]
