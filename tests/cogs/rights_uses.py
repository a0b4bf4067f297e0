"""How each row of the table of rights is used, with one's own things or with others'."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.delivery.subscriptions import Destination
from bot.delivery.watch_lists import Keeper
from bot.desk import Editor
from bot.election.alert_kinds import Topic
from simulation.discord import User
from simulation.discord import components as kinds
from tests.cogs.rights_table import LOOK_UPS
from tests.cogs.rights_world import Actor, Of, Place, Use, World
from tests.election.build import NIGHT
from tests.support import forged

WHY = "the returning officer said so"
_ASKED: dict[str, dict[str, str]] = {
    "council": {"name": "Hull"},
    "party": {"name": "Labour"},
    "ward": {"council": "Sunderland"},
    "history": {"council": "Hull"},
    "mayor": {"area": "Croydon"},
    "referendum": {"area": "Bristol"},
    "constituency": {"name": "Belfast East"},
}
"""What look-ups need to be asked for."""
_WATCHED = "/watch show name:"

Make = Callable[[World, Actor, Of], Awaitable[Use]]
USES: dict[str, Make] = {}


def _use(*keys: str) -> Callable[[Make], Make]:
    def registered(make: Make) -> Make:
        USES.update(dict.fromkeys(keys, make))
        return make

    return registered


def _fixed(key: str, **how: Any) -> None:
    async def make(world: World, actor: Actor, of: Of) -> Use:
        return Use(**how)

    USES[key] = make


def place_meant(world: World, actor: Actor, of: Of) -> Place:
    """Return a server's place; a person has none, so that they mean ours."""
    meant = world.meant(actor, of)
    return meant if isinstance(meant, Place) else actor.ours


for _name in LOOK_UPS:
    _fixed(_name, options=_ASKED.get(_name, {}))


# Following.


_fixed("alerts subscribe by direct message", options={"topic": "all"})
_fixed("alerts list")
_fixed("alerts why of a council", options={"council": "Hull"})
_fixed("alerts test of direct messages", options={"direct": True})


@_use("alerts subscribe in a channel")
async def _subscribe(world: World, actor: Actor, of: Of) -> Use:
    place = place_meant(world, actor, of)
    return Use({"topic": "all", "channel": place.channel, "role": place.role})


@_use("alerts remove")
async def _remove(world: World, actor: Actor, of: Of) -> Use:
    return Use({"subscription": str(await world.subscription(world.meant(actor, of)))})


@_use("alerts why of a post")
async def _why(world: World, actor: Actor, of: Of) -> Use:
    return Use({"reference": await world.post(world.meant(actor, of))})


@_use("alerts test of a channel")
async def _test(world: World, actor: Actor, of: Of) -> Use:
    return Use({"channel": place_meant(world, actor, of).channel})


@_use("night board")
async def _board(world: World, actor: Actor, of: Of) -> Use:
    return Use({"channel": place_meant(world, actor, of).channel})


# Watch lists.


_fixed("watch lists")


@_use("watch create")
async def _create(world: World, actor: Actor, of: Of) -> Use:
    lists: Any = world.chat.house.services.lists
    keeper = Keeper(actor.home.guild.id if actor.home else None, actor.user.id)
    if any(one.name == "A new one" for one in lists.all(keeper)):
        await lists.delete(keeper, "A new one")
    return Use({"name": "A new one"})


@_use("watch show", "watch follow by direct message", "watch share", "watch delete")
async def _listed(world: World, actor: Actor, of: Of) -> Use:
    return Use({"name": await world.list_of(world.meant(actor, of))})


@_use("watch add", "watch remove")
async def _changed(world: World, actor: Actor, of: Of) -> Use:
    number = await world.list_of(world.meant(actor, of))
    return Use({"name": number, "council": "Worcester"})


@_use("watch follow in a channel")
async def _follow_list(world: World, actor: Actor, of: Of) -> Use:
    place = place_meant(world, actor, of)
    number = await world.list_of(place)
    return Use({"name": number, "channel": place.channel, "role": place.role})


# What is kept.


@_use("mydata show", "mydata delete")
async def _mine(world: World, actor: Actor, of: Of) -> Use:
    await world.subscription(actor.user)
    return Use()


@_use("mydata show-server", "mydata delete-server")
async def _servers(world: World, actor: Actor, of: Of) -> Use:
    await world.subscription(actor.home or actor.ours)
    return Use()


@_use("ForgetButton of oneself")
async def _forget_me(world: World, actor: Actor, of: Of) -> Use:
    meant = world.meant(actor, of)
    person = meant if isinstance(meant, User) else world.bob
    await world.subscription(person)
    return Use(custom_id=f"forget:me:{person.id}")


@_use("ForgetButton of a server")
async def _forget_server(world: World, actor: Actor, of: Of) -> Use:
    place = place_meant(world, actor, of)
    await world.subscription(place)
    return Use(custom_id=f"forget:server:{place.guild.id}")


# Questions that are pressed.


_fixed("AskButton a look-up", custom_id="ask:1:/council name:KHL")
_fixed("PickMenu a look-up", custom_id="pick", values=["/night latest"])
_fixed("FilterMenu a look-up", custom_id="filter:party:/night changes", values=["party:Lab"])
_fixed("FindButton", custom_id="find")
_fixed("FindModal a name", custom_id="find-name", texts={"name": "Hull"})


@_use("AskButton a watch list")
async def _ask(world: World, actor: Actor, of: Of) -> Use:
    return Use(custom_id=f"ask:1:{_WATCHED}{await world.list_of(world.meant(actor, of))}")


@_use("PickMenu a watch list")
async def _pick(world: World, actor: Actor, of: Of) -> Use:
    number = await world.list_of(world.meant(actor, of))
    return Use(custom_id="pick", values=[f"{_WATCHED}{number}"])


@_use("FilterMenu a watch list")
async def _filter(world: World, actor: Actor, of: Of) -> Use:
    number = await world.list_of(world.meant(actor, of))
    return Use(custom_id="filter:list:/watch show", values=[f"name:{number}"])


@_use("FindModal a watch list")
async def _find(world: World, actor: Actor, of: Of) -> Use:
    number = await world.list_of(world.meant(actor, of))
    return Use(custom_id="find-name", texts={"name": f"{_WATCHED}{number}"})


# Buttons that follow.


_fixed("FollowButton by direct message", custom_id="follow:me:council:KHL")
_fixed("FollowButton in this channel", custom_id="follow:here:council:KHL")


@_use("FollowButton a watch list, by direct message")
async def _follow_me(world: World, actor: Actor, of: Of) -> Use:
    return Use(custom_id=f"follow:me:list:{await world.list_of(world.meant(actor, of))}")


@_use("FollowButton a watch list, in this channel")
async def _follow_here(world: World, actor: Actor, of: Of) -> Use:
    return Use(custom_id=f"follow:here:list:{await world.list_of(place_meant(world, actor, of))}")


@_use("FollowButton no more, by direct message")
async def _no_more(world: World, actor: Actor, of: Of) -> Use:
    await world.subscriptions.add(Destination(actor.user.id), Topic.COUNCIL, "KHL", by=1)
    return Use(custom_id="unfollow:me:council:KHL")


@_use("FollowButton no more, in this channel")
async def _no_more_here(world: World, actor: Actor, of: Of) -> Use:
    place = actor.home or actor.ours
    here = Destination(place.channel.id, place.guild.id)
    await world.subscriptions.add(here, Topic.COUNCIL, "KHL", by=1)
    return Use(custom_id="unfollow:here:council:KHL")


@_use("UnfollowButton")
async def _unfollow(world: World, actor: Actor, of: Of) -> Use:
    return Use(custom_id=f"unfollow:{await world.subscription(world.meant(actor, of))}")


_fixed("SubscriptionsButton", custom_id="subscriptions:1")


@_use("EndBoardButton")
async def _end(world: World, actor: Actor, of: Of) -> Use:
    return Use(custom_id=f"board-end:{await world.board(place_meant(world, actor, of))}")


# The wizard.


_fixed("setup")


@_use("ChannelMenu")
async def _which(world: World, actor: Actor, of: Of) -> Use:
    channel = place_meant(world, actor, of).channel.id
    return Use(custom_id="setup-channel", values=[str(channel)], kind=kinds.CHANNEL_SELECT)


@_use("TopicMenu")
async def _wish(world: World, actor: Actor, of: Of) -> Use:
    channel = place_meant(world, actor, of).channel.id
    return Use(custom_id=f"setup-what:{channel}", values=["all:", "zzz:1", "council:NOPE"])


@_use("RoleMenu")
async def _role(world: World, actor: Actor, of: Of) -> Use:
    place = place_meant(world, actor, of)
    return Use(
        custom_id=f"setup-role:{place.channel.id}",
        values=[str(place.role.id)],
        kind=kinds.ROLE_SELECT,
    )


def _saving(key: str, how: str) -> None:
    async def make(world: World, actor: Actor, of: Of) -> Use:
        place = place_meant(world, actor, of)
        channel = place.channel.id
        await world.subscription(place)
        return Use(
            custom_id=f"setup-{how}:{channel}",
            under=[
                forged.menu(f"setup-what:{channel}", marked=["all:", "summary:"]),
                forged.menu(f"setup-role:{channel}", kinds.ROLE_SELECT, marked=[place.role.id]),
            ],
        )

    USES[key] = make


_saving("SaveButton after a test", "save")
_saving("SaveButton anyway", "anyway")


@_use("SetupButton")
async def _again(world: World, actor: Actor, of: Of) -> Use:
    return Use(custom_id=f"setup-again:{place_meant(world, actor, of).channel.id}")


def _calm(name: str, custom_id: str, values: Sequence[str] | None = None) -> None:
    """A control of the page of a channel, and of one's own direct messages."""

    async def of_channel(world: World, actor: Actor, of: Of) -> Use:
        place = place_meant(world, actor, of)
        await world.subscription(place)
        return Use(custom_id=custom_id.format(place.channel.id), values=values)

    async def of_oneself(world: World, actor: Actor, of: Of) -> Use:
        return Use(custom_id=custom_id.format(0), values=values)

    USES[f"{name} of a channel"] = of_channel
    USES[f"{name} of direct messages"] = of_oneself


_calm("OpenButton", "calm-open:{}")
_calm("LevelMenu", "calm-level:{}", ["headlines"])
_calm("QuietMenu", "calm-quiet:{}", ["23:00-07:00"])
_calm("SilentMenu", "calm-silent:{}", ["holds", "nonsense"])
_calm("PingsMenu", "calm-pings:{}", ["changes"])
_calm("JoinedButton", "calm-joined:{}:15")
_calm("HiddenButton", "calm-hidden:{}:on")
_fixed("alerts quiet of direct messages")


@_use("alerts quiet of a channel")
async def _quiet(world: World, actor: Actor, of: Of) -> Use:
    return Use({"channel": place_meant(world, actor, of).channel})


@_use("ThreadsMenu")
async def _threads(world: World, actor: Actor, of: Of) -> Use:
    place = place_meant(world, actor, of)
    await world.subscription(place)
    return Use(custom_id=f"setup-threads:{place.channel.id}", values=["region"])


# The desk.


_fixed("desk queue")
_fixed("desk log")
_fixed(
    "desk confirm",
    options={"reason": "control hangs on vacant seats", "why": WHY},
    passes="Nothing is held",
)
_fixed(
    "desk result",
    options={"council": "Sunderland", "control": "Labour", "why": WHY},
    passes="No report gives the seats",
)
_fixed("desk correct", options={"council": "Worcester", "control": "NOC", "why": WHY})
_fixed("desk retract", options={"council": "Worcester", "why": WHY})
_fixed("desk note", options={"council": "Worcester", "text": "A recount [x](https://e.example)"})
_fixed("desk name", options={"name": "Fish Party", "why": WHY})
_fixed("desk explain", options={"why": WHY}, passes="The state of parties agrees")
_fixed("QueueButton", custom_id="desk-queue:1")


@_use("desk pause")
async def _pause(world: World, actor: Actor, of: Of) -> Use:
    await world.paused(False)
    return Use({"why": WHY}, passes="paused already")


@_use("desk resume")
async def _resume(world: World, actor: Actor, of: Of) -> Use:
    await world.paused(True)
    return Use({"why": WHY}, passes="not paused")


@_use("desk undo")
async def _undo(world: World, actor: Actor, of: Of) -> Use:
    worcester = world.chat.house.services.almanac.councils.get("WOC")
    done = await world.desk.note(NIGHT, worcester, "A recount.", Editor("x", 1))
    return Use({"action": done.number, "why": WHY})


def _deciding(action: str) -> None:
    async def press(world: World, actor: Actor, of: Of) -> Use:
        return Use(custom_id=f"desk:{action}:{await world.held_report()}")

    async def say_why(world: World, actor: Actor, of: Of) -> Use:
        report = await world.held_report()
        return Use(
            custom_id=f"desk-reason:{action}:{report}",
            texts={"why": WHY},
            passes="decided already",
        )

    USES[f"DecideButton {action}"] = press
    USES[f"ReasonModal {action}"] = say_why


for _action in ("confirm", "reject"):
    _deciding(_action)


def _publishing(action: str) -> None:
    async def make(world: World, actor: Actor, of: Of) -> Use:
        shown = {
            "title": "Publish this correction: Worcester?",
            "fields": [{"name": "Why", "value": WHY}],
            "footer": {"text": f"correct · {NIGHT.isoformat()} · NOC · WOC"},
        }
        return Use(custom_id=f"desk-word:{action}", embeds=[shown])

    USES[f"DraftButton {action}"] = make


for _action in ("publish", "cancel"):
    _publishing(_action)


def _confirming(action: str) -> None:
    async def make(world: World, actor: Actor, of: Of) -> Use:
        report = await world.held_report()
        shown = {
            "title": "Confirm 1 report held for one reason?",
            "description": f"`{report}` Declared: Labour hold Crawley.",
            "fields": [{"name": "Why", "value": WHY}],
            "footer": {"text": "Held for: control hangs on vacant seats"},
        }
        return Use(custom_id=f"desk-together:{action}", embeds=[shown])

    USES[f"TogetherButton {action}"] = make


for _action in ("confirm", "cancel"):
    _confirming(_action)
