"""What a place gets in each recorded night, held against `docs/calm.md` and the limit of a default.

`python -m tests.delivery.test_calm_nights` writes the tables anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from tests.delivery.calm_night import DEFAULT, KINDS, WAYS, Message, messages_of
from tests.support.moments import NIGHT
from tests.support.whole_night import whole_night, whole_night_of

PAGE = Path(__file__).parents[2] / "docs" / "calm.md"
NIGHTS = (NIGHT, date(2026, 5, 7))
MOST = 40
"""Messages in a night to a server that chose nothing."""
CORRECTIONS = 5
"""Corrections for which there is room, beside those of the recorded nights."""
_BEGINS, _ENDS = "<!-- numbers -->\n", "<!-- end of numbers -->"
_KINDS = {
    "gain": "changes of hands",
    "gain from NOC": "changes of hands",
    "loss to NOC": "changes of hands",
    "first election": "first elections",
    "before not known": "control before not known",
    "hold": "holds",
    "stays NOC": "holds",
    "contest: mayor": "mayors",
    "contest: assembly": "constituencies of the Assembly",
    "contest: referendum": "referendums",
    "contest: ward": "by-elections of wards",
    "assembly: largest": "the Assembly's largest party",
    "milestone: net seats": "milestones: net seats",
    "milestone: half declared": "milestones: half declared",
    "milestone: certain": "milestones: certain before the last ward",
    "milestone: flagship": "milestones: a flagship",
    "milestone: first in decades": "milestones: first in decades",
    "summary": "summaries, every edition",
    "correction": "corrections",
    "retraction": "retractions",
    "service": "service notices",
}


def _is_list(message: Message) -> bool:
    return message.is_list or len(message.kinds) > 1


_COLUMNS: Mapping[str, Callable[[Sequence[Message]], int]] = {
    "messages": len,
    "of one alert": lambda told: sum(not _is_list(one) and _is_alert(one) for one in told),
    "of several": lambda told: sum(_is_list(one) for one in told),
    "summaries": lambda told: sum(one.kinds == ("summary",) and not one.is_list for one in told),
    "corrections": lambda told: sum(
        kind in ("correction", "retraction") for one in told for kind in one.kinds
    ),
    "service": lambda told: sum("service" in one.kinds for one in told),
    "without a push": lambda told: sum(one.silent for one in told),
}


def _is_alert(message: Message) -> bool:
    return not {"summary", "correction", "retraction", "service"} & {*message.kinds}


@cache
def _told(night: date) -> dict[str, list[Message]]:
    replayed = whole_night() if night == NIGHT else whole_night_of(night)
    return messages_of(replayed.database, (*WAYS, KINDS))


def tables() -> str:
    """Return the page's tables."""
    parts = ["What there is to tell, by kind:\n", _kinds()]
    for night in NIGHTS:
        parts += [f"\nMessages in the night of {night:%-d %B %Y}:\n", _ways(_told(night))]
    return "\n".join(parts) + "\n"


def _kinds() -> str:
    counted = [
        Counter(_KINDS[kind] for one in _told(night)[KINDS.name] for kind in one.kinds)
        for night in NIGHTS
    ]
    rows = [
        [words, *(str(each[words]) for each in counted)]
        for words in dict.fromkeys(_KINDS.values())
        if any(each[words] for each in counted)
    ]
    return _table(["kind", *(f"{night:%-d %B %Y}" for night in NIGHTS)], rows)


def _ways(told: Mapping[str, Sequence[Message]]) -> str:
    rows = [
        [way.name, *(str(count(told[way.name])) for count in _COLUMNS.values())] for way in WAYS
    ]
    return _table(["what a channel has chosen", *_COLUMNS], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---", *("--:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def test_the_page_has_the_numbers_of_both_nights() -> None:
    text = PAGE.read_text()
    assert text[text.index(_BEGINS) + len(_BEGINS) : text.index(_ENDS)] == tables()


@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_a_server_that_presses_on_gets_at_most_forty_messages(night: date) -> None:
    assert 0 < len(_told(night)[DEFAULT]) <= MOST - CORRECTIONS


@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_no_way_tells_less_than_its_level_and_no_alert_twice(night: date) -> None:
    """Joined, or held for the morning, the same alerts arrive as one by one."""
    told = _told(night)

    def alerts(way: str) -> Counter[str]:
        return Counter(
            kind for one in told[way] for kind in one.kinds if kind not in ("summary", "service")
        )

    at_once = alerts("Changes, each at once")
    for way in (DEFAULT, "… and quiet from 00:00 to 06:30", "Changes, quiet from 00:00 to 06:30"):
        assert alerts(way) == at_once
    assert alerts("Everything, holds joined") == alerts("Everything, all joined for 15 minutes")
    assert alerts("Headlines, each at once") == alerts("Headlines, quiet from 00:00 to 06:30")


def main() -> None:
    """Write the page's tables anew."""
    text = PAGE.read_text()
    before, after = text[: text.index(_BEGINS) + len(_BEGINS)], text[text.index(_ENDS) :]
    PAGE.write_text(before + tables() + after)


if __name__ == "__main__":
    main()
