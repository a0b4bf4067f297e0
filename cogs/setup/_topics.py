"""What a channel can be told of, as the menus of the set-up wizard offer it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.chat.filters import national_parties
from bot.chat.lookups import places
from bot.chat.questions import Followable
from bot.chat.services import Services
from bot.chat.topics import topic_words
from bot.delivery.subscriptions import Subscription
from bot.delivery.watch_lists import Keeper
from bot.election.alert_kinds import EVERY, MilestoneKind, Topic
from bot.wording.phrases import sentence_case
from bot.wording.text import plain

MENUS = {"what": "What to post", "party": "Parties", "place": "Nations, regions and watch lists"}
"""The wizard's menus with their placeholders."""
SUGGESTED = (Followable(Topic.ALL), Followable(Topic.SUMMARY))
"""What is preselected for a channel without subscriptions."""

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
    """Return what a subscription follows."""
    return Followable(subscription.topic, subscription.value)


def chosen_as(text: str) -> Followable | None:
    """Parse the value of a menu's option, None if no menu has such a value."""
    topic, _, value = text.partition(":")
    return Followable(Topic(topic), value) if topic in [*Topic] else None


def words_of(one: Followable, services: Services) -> str:
    """Return it in words that are safe to show."""
    return topic_words(one.topic, one.value, services)


def label_of(one: Followable, services: Services) -> str:
    """Return it as the label of an option, which Discord does not format."""
    return sentence_case(plain(words_of(one, services)))


def offered(
    services: Services, keeper: Keeper, present: Iterable[Followable]
) -> dict[str, Sequence[Followable]]:
    """Return what each menu offers, including what is *present* as far as there is room.

    A council, a ballot or a single kind is not offered, but if it is followed already the first
    menu has it, so that it can be ended.
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
    """Return the first that are *here* and as many others of the menu as there is room for."""
    first = set(here[:_MOST])
    others = [one for one in menu if one not in first][: _MOST - len(first)]
    shown = first.union(others)
    return [one for one in dict.fromkeys((*menu, *here)) if one in shown]
