"""The channels in which a demo shows a night, what each follows, and whom its reader follows."""

from __future__ import annotations

from tools.data.writing import Cell

COLUMNS = "place,name,topic,value,about"

_CHANNEL, _ANNOUNCEMENTS, _READER = "channel", "announcements", "reader"

_ANNOUNCED = (
    # Few, for Discord allows ten published messages an hour.
    (_ANNOUNCEMENTS, "", "milestones", "flagship", ""),
    (_ANNOUNCEMENTS, "", "milestones", "half declared", ""),
    (_ANNOUNCEMENTS, "", "summary", "", ""),
)
_HULL = (
    (_CHANNEL, "hull", "council", "KHL", "Whatever happens in Hull"),
    (_READER, "Hull", "council", "KHL", ""),
)
_PARTIES = (
    (_CHANNEL, "labour", "party", "Lab", "What Labour gain and lose"),
    (_CHANNEL, "conservatives", "party", "Con", "What the Conservatives gain and lose"),
    (_CHANNEL, "liberal-democrats", "party", "LD", "What the Liberal Democrats gain and lose"),
)
_LONDON = (_CHANNEL, "london", "region", "London", "Changes of hands in London")
_MILESTONES = (
    _CHANNEL,
    "milestones",
    "milestones",
    "all",
    "Half declared, firsts in decades, net seats",
)
_SUMMARY = (_CHANNEL, "summary", "summary", "", "The night in the morning, and when it is over")
_CHANGES = "Each council that changes hands, when it does"

OF_2022 = (
    (_CHANNEL, "changes-of-hands", "all", "", f"{_CHANGES}: the first before half past one."),
    *_PARTIES,
    _LONDON,
    (_CHANNEL, "wales", "nation", "Wales", "Changes of hands in Wales"),
    _HULL[0],
    (
        _CHANNEL,
        "councils-of-the-night",
        "list",
        "night-of-2022",
        "The councils that the night is about",
    ),
    (_CHANNEL, "mayors-and-more", "contests", "all", "Mayors, a referendum, and the Assembly"),
    _MILESTONES,
    _SUMMARY,
    *_ANNOUNCED,
    _HULL[1],
)
OF_2026 = (
    (_CHANNEL, "changes-of-hands", "all", "", f"{_CHANGES}."),
    (_CHANNEL, "reform-uk", "party", "Reform", "What Reform UK gain and lose"),
    *_PARTIES,
    (_CHANNEL, "greens", "party", "Green", "What the Greens gain and lose"),
    _LONDON,
    _HULL[0],
    (
        _CHANNEL,
        "councils-of-the-night",
        "list",
        "night-of-2026",
        "The councils that the night is about",
    ),
    _MILESTONES,
    _SUMMARY,
    *_ANNOUNCED,
    _HULL[1],
)


def channel_rows(channels: tuple[tuple[str, ...], ...]) -> list[dict[str, Cell]]:
    """Return a row a subscription: the channel's, those of the announcements, the reader's."""
    return [dict(zip(COLUMNS.split(","), row, strict=True)) for row in channels]
