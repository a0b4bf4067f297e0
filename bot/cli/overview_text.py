"""The overview of a night in words, for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from bot.election.control import Outcome
from bot.wording.phrases import count, day, in_words, sentence_case, signed

_LONGEST_LIST = 40


def overview_in_words(told: dict[str, Any], remarks: dict[str, Any]) -> str:
    """Return the objects of `Overview.to_json` and `remarks` as text.

    First what came in, then what it says.
    """
    return "\n".join(_lines(told, remarks))


def _lines(told: dict[str, Any], remarks: dict[str, Any]) -> Iterator[str]:
    held, rejected = told["held"], told["rejected"]
    yield (
        f"{sentence_case(count(told['documents'], 'document'))}: {told['accepted']} in force, "
        f"{told['superseded']} replaced, {told['duplicates']} duplicate, {len(held)} held, "
        f"{len(rejected)} rejected."
    )
    yield from _listed(
        "Held for the desk",
        [
            f"{one['document']} ({one['council'] or 'no council'}): {'; '.join(one['reasons'])}"
            for one in held
        ],
    )
    yield from _listed("Rejected", _each_once(f"{o['document']}: {o['reason']}" for o in rejected))
    yield from _listed(
        "Taken in, with a warning",
        [
            f"{one['document']} ({one['council'] or 'no council'}): {'; '.join(one['warnings'])}"
            for one in told["warnings"]
        ],
    )
    councils = told["councils"]
    yield ""
    if len(told["nights"]) > 1:
        yield _several_nights(told["night"], told["nights"])
    yield f"{councils['declared']} of {count(councils['total'], 'council')} declared."
    yield from _listed(
        "Not known yet", [f"{name}: {why}" for name, why in remarks["lacking"].items()]
    )
    for what, names in remarks["unknown"].items():
        yield from _listed(f"Unknown to our tables, {what}", names)
    yield from _listed("Changes of hands", [_change(one) for one in councils["changes_of_hands"]])
    yield from _before_not_known(councils["before_not_known"])
    yield from _listed(
        "State of parties",
        [
            f"{line['party']}: {count(line['councils'], 'council')} "
            f"({signed(line['council_change'])}), {count(line['seats_won'], 'seat')} won "
            f"({signed(line['seat_change'])})"
            for line in told["state_of_parties"]
        ],
    )
    decided = [one for one in told["contests"] if one["declared"]]
    yield from _listed(
        f"Other contests, {len(decided)} of {len(told['contests'])} declared",
        [f"{one['contest']}: {in_words([_elected(e) for e in one['elected']])}" for one in decided],
    )
    yield from _listed(
        "Not followed", [f"{kind}: {many}" for kind, many in told["not_followed"].items()]
    )
    compared = told["reconciliation"]
    if compared:
        agreeing = sum(one["agrees"] for one in compared)
        yield ""
        tables = count(len(compared), "state of parties", "states of parties")
        yield f"{agreeing} of {tables} agree with ours."
        last = compared[-1]
        if not last["agrees"]:
            yield from _listed(f"The last, {last['document']}, differs", last["differences"])


def _before_not_known(councils: Iterable[dict[str, Any]]) -> Iterator[str]:
    lines = [
        f"{one['council']}: {one['to']}; {one['seats']} of {one['total']} seats" for one in councils
    ]
    yield from _listed("Who controlled it before is not known", lines)


def _each_once(lines: Iterable[str]) -> list[str]:
    """Return *lines* without repeats, each with its count if above one."""
    return [
        line if times == 1 else f"{line} ({times} times)" for line, times in Counter(lines).items()
    ]


def _several_nights(accounted: str | None, nights: dict[str, int]) -> str:
    reports = [
        f"{day(date.fromisoformat(night))} ({count(number, 'report')})"
        for night, number in nights.items()
    ]
    return (
        f"The reports are of {count(len(nights), 'night')}: {in_words(reports)}. What follows is "
        f"of {day(date.fromisoformat(accounted)) if accounted else 'none of them'}; `ask` answers "
        "for another with night:YYYY-MM-DD."
    )


def _change(one: dict[str, Any]) -> str:
    if one["outcome"] == Outcome.LOSS_TO_NOC:
        what = f"{one['from']} lose it to no overall control"
    else:
        what = f"{one['to']} gain it from {one['from']}"
    return f"{one['council']}: {what}; {one['seats']} of {one['total']} seats"


def _elected(one: dict[str, Any]) -> str:
    """Return "Jason Perry (Conservative)", or the answer that was chosen."""
    return f"{one['name']} ({one['party']})" if one["party"] else f"“{one['name']}”"


def _listed(title: str, lines: list[str]) -> Iterator[str]:
    """Yield a titled list, cut if very long; nothing for an empty one."""
    if not lines:
        return
    yield ""
    yield f"{title}:"
    yield from (f"  {line}" for line in lines[:_LONGEST_LIST])
    if len(lines) > _LONGEST_LIST:
        yield f"  and {len(lines) - _LONGEST_LIST} more; --json lists them all"
