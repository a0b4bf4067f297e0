"""The table of rights: every command, button, menu and form, and who may use it where.

`bot.chat.rights` decides; this says what it has to decide. `docs/rights.md` is made of it, and
`tests/cogs/test_rights.py` tries every cell of it with what is offered and with what is forged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Who acts, and where: the columns."""

    READER = "Member of a server"
    ADMIN = "Admin of a server"
    DESK = "Desk, in its server"
    DESK_ADMIN = "Admin of the desk's server, without its role"
    DESK_ELSEWHERE = "Desk, in another server"
    PERSON = "Anybody, by direct message"
    STRANGER = "Admin of another server, with this one's things"


class May(StrEnum):
    """What they may."""

    YES = "yes"
    OWN = "their own"
    SERVER = "the server's"
    BOTH = "the server's and their own"
    NO = "no"
    ABSENT = "not there"
    """Discord does not offer it there; who forges it is refused."""
    NOTHING = "—"
    """Nothing of this server is in it: they have it as in their own."""


@dataclass(frozen=True, slots=True)
class Right:
    """A row: what it is, for readers, and by which name the program knows it.

    `name` is a command's full name, or a control's class. A control or command that may more or
    less by what is given to it has several rows, told apart by `given`.
    """

    name: str
    may: Mapping[Who, May]
    given: str = ""

    @property
    def key(self) -> str:
        """The row's own name."""
        return f"{self.name} {self.given}".strip()


def _row(*cells: May) -> Mapping[Who, May]:
    """Return a row of all columns but one: an admin of the desk's server is one of any server."""
    reader, admin, desk, elsewhere, person, stranger = cells
    return dict(zip(Who, (reader, admin, desk, admin, elsewhere, person, stranger), strict=True))


_EVERYBODY = dict.fromkeys(Who, May.YES)
_BY_ONESELF = _row(May.OWN, May.OWN, May.OWN, May.OWN, May.OWN, May.NOTHING)
"""What concerns who acts alone, wherever they are."""
_FOR_ONESELF = _row(May.OWN, May.OWN, May.OWN, May.OWN, May.OWN, May.NO)
_ONES_OWN = _row(May.OWN, May.BOTH, May.OWN, May.OWN, May.OWN, May.NO)
_SHOWN = _row(May.OWN, May.BOTH, May.OWN, May.OWN, May.OWN, May.NOTHING)
_SEEN = _row(May.SERVER, May.SERVER, May.SERVER, May.SERVER, May.OWN, May.NO)
"""A server's lists are its members' to see and follow, a person's own in direct messages."""
_ADMINS = _row(May.NO, May.SERVER, May.NO, May.NO, May.NO, May.NO)
_ADMINS_HERE = _row(May.NO, May.SERVER, May.NO, May.NO, May.NO, May.NOTHING)
_KEPT = _row(May.NO, May.SERVER, May.NO, May.NO, May.OWN, May.NO)
_MADE = _row(May.NO, May.SERVER, May.NO, May.NO, May.OWN, May.NOTHING)
_SET_UP = _row(May.ABSENT, May.SERVER, May.ABSENT, May.ABSENT, May.ABSENT, May.NOTHING)
_DESK = {**dict.fromkeys(Who, May.NO), Who.DESK: May.YES}
_DESK_COMMAND = {
    **dict.fromkeys(Who, May.ABSENT),
    Who.DESK: May.YES,
    Who.DESK_ADMIN: May.NO,
}

LOOK_UPS = (
    "council", "party", "ward", "votes", "history", "night summary", "night changes",
    "night headline", "night latest", "night next", "night map", "night chart", "mayor",
    "referendum", "constituency", "assembly", "contests", "privacy", "help",
)  # fmt: skip
DESK_COMMANDS = (
    "queue", "confirm", "result", "correct", "retract", "note", "name", "explain", "pause",
    "resume", "undo", "log",
)  # fmt: skip
CALM_CONTROLS = (
    "OpenButton", "LevelMenu", "QuietMenu", "SilentMenu", "PingsMenu", "JoinedButton",
    "HiddenButton",
)  # fmt: skip

COMMANDS = (
    *(Right(name, _EVERYBODY) for name in LOOK_UPS),
    Right("alerts subscribe", _BY_ONESELF, "by direct message"),
    Right("alerts subscribe", _ADMINS, "in a channel"),
    Right("alerts list", _SHOWN),
    Right("alerts remove", _ONES_OWN),
    Right("alerts why", _SHOWN, "of a council"),
    Right("alerts why", _ONES_OWN, "of a post"),
    Right("alerts quiet", _BY_ONESELF, "of direct messages"),
    Right("alerts quiet", _ADMINS, "of a channel"),
    Right("alerts test", _BY_ONESELF, "of direct messages"),
    Right("alerts test", _ADMINS, "of a channel"),
    Right("watch show", _SEEN),
    Right(
        "watch lists", _row(May.SERVER, May.SERVER, May.SERVER, May.SERVER, May.OWN, May.NOTHING)
    ),
    Right("watch create", _MADE),
    Right("watch add", _KEPT),
    Right("watch remove", _KEPT),
    Right("watch share", _KEPT),
    Right("watch delete", _KEPT),
    Right("watch follow", _SEEN, "by direct message"),
    Right("watch follow", _ADMINS, "in a channel"),
    Right("night board", _ADMINS),
    Right("setup", _SET_UP),
    Right("mydata show", _BY_ONESELF),
    Right("mydata delete", _BY_ONESELF),
    Right("mydata show-server", _ADMINS_HERE),
    Right("mydata delete-server", _ADMINS_HERE),
    *(Right(f"desk {name}", _DESK_COMMAND) for name in DESK_COMMANDS),
)
CONTROLS = (
    Right("AskButton", _EVERYBODY, "a look-up"),
    Right("AskButton", _SEEN, "a watch list"),
    Right("PickMenu", _EVERYBODY, "a look-up"),
    Right("PickMenu", _SEEN, "a watch list"),
    Right("FilterMenu", _EVERYBODY, "a look-up"),
    Right("FilterMenu", _SEEN, "a watch list"),
    Right("FollowButton", _BY_ONESELF, "by direct message"),
    Right("FollowButton", _SEEN, "a watch list, by direct message"),
    Right("FollowButton", _ADMINS_HERE, "in this channel"),
    Right("FollowButton", _ADMINS, "a watch list, in this channel"),
    Right("FollowButton", _BY_ONESELF, "no more, by direct message"),
    Right("FollowButton", _ADMINS_HERE, "no more, in this channel"),
    Right("UnfollowButton", _ONES_OWN),
    Right("SubscriptionsButton", _SHOWN),
    Right("EndBoardButton", _ADMINS),
    Right("ForgetButton", _FOR_ONESELF, "of oneself"),
    Right("ForgetButton", _ADMINS, "of a server"),
    Right("FindButton", _EVERYBODY),
    Right("ChannelMenu", _ADMINS),
    Right("TopicMenu", _ADMINS),
    Right("RoleMenu", _ADMINS),
    Right("SaveButton", _ADMINS, "after a test"),
    Right("SaveButton", _ADMINS, "anyway"),
    Right("SetupButton", _ADMINS),
    *(
        right
        for name in CALM_CONTROLS
        for right in (
            Right(name, _BY_ONESELF, "of direct messages"),
            Right(name, _ADMINS, "of a channel"),
        )
    ),
    Right("ThreadsMenu", _ADMINS),
    Right("DecideButton", _DESK, "confirm"),
    Right("DecideButton", _DESK, "reject"),
    Right("QueueButton", _DESK),
    Right("DraftButton", _DESK, "publish"),
    Right("DraftButton", _DESK, "cancel"),
    Right("TogetherButton", _DESK, "confirm"),
    Right("TogetherButton", _DESK, "cancel"),
)
FORMS = (
    Right("FindModal", _EVERYBODY, "a name"),
    Right("FindModal", _SEEN, "a watch list"),
    Right("ReasonModal", _DESK, "confirm"),
    Right("ReasonModal", _DESK, "reject"),
)

INTRODUCTION = """\
# Who may do what

An *admin* has Manage Server in the server in which they act, where the bot is a member. The
*desk* are members of its one server who have its role at that moment. Nothing that comes back
with a button, a menu or a form is believed for having been offered: who acts, where, and each
channel, role, list, board and number is looked at again when it is used (`bot/chat/rights.py`). A
channel is one of the server in which somebody acts and can be posted in, an announcement channel
like any other; a role is that server's, never `@everyone` and never an app's. A question that is
pressed shows what it would show if the same person typed it in the same place. Where two members
of the desk are needed, the second is another one.

"—": nothing of this server is in it, so they have it as in their own server. "Not there": Discord
does not offer it; who forges it is refused, in a sentence that they alone see. What the desk
alone may do and others try is written down.

This page is made of `tests/cogs/rights_table.py` (`python -m tests.cogs.test_rights`), and
`tests/cogs/test_rights.py` tries every cell as it is offered, forged, with others' things and
again.
"""


def page() -> str:
    """Return the table as a page of the documentation."""
    return "\n".join(
        (
            INTRODUCTION,
            *_part("Commands", ((f"`/{one.name}`", one) for one in COMMANDS)),
            *_part("Buttons and menus", ((one.name, one) for one in CONTROLS)),
            *_part("Forms", ((one.name, one) for one in FORMS)),
        )
    )


def _part(title: str, rows: Iterable[tuple[str, Right]]) -> Iterable[str]:
    yield f"## {title}\n"
    yield "| | " + " | ".join(Who) + " |"
    yield "|---" * (len(Who) + 1) + "|"
    for name, one in rows:
        shown = f"{name}, {one.given}" if one.given else name
        yield f"| {shown} | " + " | ".join(one.may[who] for who in Who) + " |"
    yield ""
