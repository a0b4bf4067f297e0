"""Text for Discord: outside text is escaped, and everything is bounded in length."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate

from bot.election.almanac import LONDON

LONGEST_NAME = 100
"""The most characters shown of a name or note from outside."""

_ZERO_WIDTH = "\u200b"
_MARKDOWN = re.compile(r"[\\*_~`|\[\]]")
_LINE_START = re.compile(r"^(?=[-+>#]|\d+\.\s)")
_LIVE = re.compile(r"[@<]|:(?=//)")  # mentions, timestamps, emoji; links
_MARKUP = re.compile(
    r"(?<!\w)_(?=[^\W_])|(?<=[^\W_])_(?!\w)|"  # italics
    r"\\(?P<escaped>[^0-9A-Za-z\s])|<t:(?P<seconds>-?\d{1,11})(?::[tTdDfFR])?>|\*\*|~~|`|"
    + _ZERO_WIDTH
)
_BRACKETS = re.compile(r"\([^()]*\)")
_ASIDE = re.compile(r" \(<t:-?\d{1,11}:R>\)")


@lru_cache(maxsize=2_048)  # the names of councils and parties come again and again
def escape(text: str, limit: int = LONGEST_NAME) -> str:
    """Return outside *text* so that Discord shows it literally, on one line and within *limit*.

    Control and bidirectional characters are removed; markdown, links, mentions and timestamps have
    no effect.
    """
    visible = "".join(" " if c.isspace() else c for c in text)
    visible = "".join(c for c in visible if not unicodedata.category(c).startswith("C"))
    visible = shortened(" ".join(visible.split()), limit)
    escaped = _LINE_START.sub(_ZERO_WIDTH, _MARKDOWN.sub(r"\\\g<0>", visible))
    return _LIVE.sub(r"\g<0>" + _ZERO_WIDTH, escaped)


def plain(text: str) -> str:
    """Return *text* written for Discord as plain text: no markup, times as HH:MM in London."""
    return _MARKUP.sub(_plainly, _ASIDE.sub("", text))


def _plainly(markup: re.Match[str]) -> str:
    if markup["seconds"]:
        return clock_time(datetime.fromtimestamp(int(markup["seconds"]), UTC))
    return markup["escaped"] or ""


def clock_time(moment: datetime) -> str:
    """Return *moment* as HH:MM in Europe/London."""
    return f"{moment.astimezone(LONDON):%H:%M}"


def at(moment: datetime) -> str:
    """Return *moment* as Discord's timestamp of the time of day, in the reader's time zone."""
    return f"<t:{int(moment.timestamp())}:t>"


def ago(moment: datetime) -> str:
    """Return *moment* as time of day, followed by the relative time in brackets."""
    return f"{at(moment)} (<t:{int(moment.timestamp())}:R>)"


def shortened(text: str, limit: int) -> str:
    """Return *text* within *limit* characters, cut at a word with "…" if it is longer."""
    text = text.strip()
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    cut = text[:limit]
    at_a_word = cut.rsplit(maxsplit=1)[0] if len(cut.split()) > 1 else cut
    return at_a_word[: limit - 1].rstrip() + "…"


_MORE = re.compile(r"and (?P<more>[\d,]+) more\.?$", re.IGNORECASE)
_BREAKS = (
    (re.compile(r"\n+"), "\n", "\nand {more} more"),
    (re.compile(r"(?<=[\w)”%]{3}[.!?]) (?=[^a-z\s])"), " ", " And {more} more."),
    (re.compile(r" · "), " · ", " · and {more} more"),
    (re.compile(r"; "), "; ", "; and {more} more."),
    (re.compile(r", "), ", ", " and others."),
)
"""Where a text may end before its end: after a line, a sentence, a part, a clause, a name.

Names are not counted: of "Hull, Brighton and Hove" nobody can say how many they are.
"""


def bounded(text: str, limit: int) -> str:
    """Return *text* within *limit* characters without ending a line in mid-sentence.

    It is cut between lines, else sentences, parts or names, and says how many were left out. Text
    without such a place (a name from outside) is cut at a word.
    """
    text = text.strip()
    if len(text) <= limit:
        return text
    for between, joint, ending in _BREAKS:
        parts = between.split(text)
        ends = accumulate(len(part) + len(joint) for part in parts)
        fitting = sum(end - len(joint) <= limit for end in ends)
        for kept in range(min(fitting, len(parts) - 1), 0, -1):
            if _is_heading(parts[kept - 1]):
                continue  # nothing would follow it
            left_out = sum(map(_items_in, parts[kept:]))
            cut = joint.join(parts[:kept]) + ending.format(more=f"{left_out:,}")
            if len(cut) <= limit:
                return cut
    return shortened(text, limit)


def _is_heading(line: str) -> bool:
    return line.startswith("**") and line.endswith("**")


def _items_in(part: str) -> int:
    """Return how many items a part stands for: 0 for a heading, 5 for "and 5 more"."""
    if _is_heading(part):
        return 0
    more = _MORE.search(part)
    return int(more["more"].replace(",", "")) if more and more.start() == 0 else 1


def between(items: Sequence[str]) -> str:
    """Return what to put between *items*: semicolons where one of them holds a comma of its own.

    "Eye, Thorney and Newborough; Fletton" are two wards. What is in brackets does not count.
    """
    return "; " if any(", " in _BRACKETS.sub("", item) for item in items) else ", "


def listed(items: Sequence[str], limit: int, separator: str = "\n") -> str:
    """Return *items* joined within *limit* characters: "Hull, Leeds and 12 more".

    Items are shown whole, unless not even one fits. Commas give way to semicolons where they must.
    """
    if separator == ", ":
        separator = between(items)
    whole = separator.join(items)
    if len(whole) <= limit:
        return whole
    joint = " " if separator.strip("; \n") else separator
    for kept in range(len(items) - 1, 0, -1):
        text = separator.join(items[:kept]) + joint + f"and {len(items) - kept} more"
        if len(text) <= limit:
            return text
    return bounded(whole, limit)


def paged(items: Sequence[str], limit: int, separator: str = "\n") -> list[str]:
    """Return *items* joined in order into as few texts of *limit* characters as possible."""
    pages: list[str] = []
    for item in (bounded(item, limit) for item in items):
        if pages and len(pages[-1]) + len(separator) + len(item) <= limit:
            pages[-1] += separator + item
        else:
            pages.append(item)
    return pages
