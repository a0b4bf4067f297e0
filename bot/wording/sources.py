"""Where figures come from: sources, whether they agree, the age of the feeds, the desk's notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.election.claims import Basis
from bot.election.parties import Parties
from bot.election.reports import SourceKind
from bot.election.standings import CouncilStanding, Declared, DeskNote, Source, Voice
from bot.wording.figures import seats_in_line, seats_lines
from bot.wording.phrases import (
    count,
    day_and_time,
    duration,
    holder_of,
    in_words,
    number,
    sentence_case,
)
from bot.wording.text import at, escape

UNCONFIRMED = "Not confirmed: one report so far. A second one is needed before we announce it."
_LONGEST_NOTE = 300
_RELEASED = "Checked by our newsroom."
_BASES = {
    Basis.RESULT: "Full result.",
    Basis.WARDS: "Counted from the wards, all of which have declared.",
    Basis.BY_ELECTION: "The seats before, and the winner of the by-election.",
    Basis.DESK: _RELEASED,
}
_NUMBER = re.compile(r"-\d+$")  # of the second and further feeds of one kind
_FEEDS = {
    "pa": "PA",
    "democracy_club": "Democracy Club (CC BY 4.0)",
    "modern_gov": "the council itself (Modern.Gov)",
    "nist": "the official count",
    "desk_sheet": "our newsroom's sheet",
    "desk": "our newsroom",
}


@dataclass(frozen=True, slots=True)
class FeedAges:
    """When feeds were last heard from, for the footer of an answer.

    `at` is the last answer of any feed, with or without news, None for never. `silent` feeds have
    not answered for too long (each with its last answer); `faulty` ones answer, but may lack
    results. If feeds are not `followed` by this process, `at` is when news last arrived.
    """

    at: datetime | None
    silent: tuple[tuple[str, datetime | None], ...] = ()
    followed: bool = True
    faulty: tuple[str, ...] = ()


def feed_name(feed: str) -> str:
    """Return a feed's name for readers, with the attribution that its licence requires."""
    return _FEEDS.get(_NUMBER.sub("", feed)) or escape(feed)


def sources_named(feeds: Iterable[str]) -> str:
    """Return "Source: PA" or "Sources: Democracy Club (CC BY 4.0) and PA", empty for none."""
    names = sorted({feed_name(one) for one in feeds})
    label = "Source" if len(names) == 1 else "Sources"
    return f"{label}: {in_words(names)}" if names else ""


def source_words(source: Source) -> str:
    """Return where a figure comes from and when it was received."""
    revision = "" if source.revision is None else f", revision {number(source.revision)}"
    name = sentence_case(feed_name(source.feed))
    return f"{name}{revision}, received {at(source.received_at)}"


def basis_words(basis: Basis, by_desk: bool, kind: SourceKind | None) -> str:
    """Return what a claim rests on; a decision of the desk is told from a release by it."""
    if kind is SourceKind.DESK:
        return "Reported by our newsroom."
    released = f" {_RELEASED}" if by_desk and basis is not Basis.DESK else ""
    return _BASES[basis] + released


def as_of(now: datetime, feeds: FeedAges | None, standings: Iterable[CouncilStanding] = ()) -> str:
    """Return the footer of an answer: its time, the age of the feeds, the sources.

    The sources are those of the results in force among *standings*.
    """
    named = sources_named(one.declared.source.feed for one in standings if one.declared)
    parts = [*([named] if named else []), f"As of {day_and_time(now)}"]
    if feeds is not None:
        what = "feeds last heard" if feeds.followed else "last news came"
        parts += [f"{what} {duration(now - feeds.at)} ago"] if feeds.at else []
        for feed, last in feeds.silent:
            since = f"been silent for {duration(now - last)}" if last else "never answered"
            parts.append(f"{feed_name(feed)} has {since}")
        parts += [f"{feed_name(feed)} may lack results" for feed in feeds.faulty]
    return " · ".join(parts)


def who_says_so(declared: Declared, parties: Parties) -> list[str]:
    """Return a line for the source of the result and for each other source.

    "PA, revision 2, received 02:14. Full result.", "Democracy Club: all 19 wards agree".
    """
    ours = declared.source.kind
    lines = [
        f"{source_words(declared.source)}. {basis_words(declared.basis, declared.by_desk, ours)}",
        *(_other_source(one, parties) for one in declared.voices if one.kind is not ours),
    ]
    if not declared.confirmed:
        lines.append(UNCONFIRMED)
    return lines


def _other_source(voice: Voice, parties: Parties) -> str:
    name = sentence_case(feed_name(voice.kind))
    if voice.wards is not None:
        told = f"{number(voice.wards)} of {count(voice.of_wards or 0, 'ward')}"
        if voice.says is None:
            return f"{name}: {told} so far"
        if voice.wards == voice.of_wards:
            told = f"all {count(voice.wards, 'ward')}"
        verdict = "agree" if voice.agrees else f"show {holder_of(voice.says, parties)}"
        return f"{name}: {told} {verdict}"
    revision = "" if voice.revision is None else f", revision {number(voice.revision)}"
    received = "" if voice.received_at is None else f", received {at(voice.received_at)}"
    if voice.agrees or voice.says is None:
        return f"{name}{revision}{received}: agrees"
    return f"{name}{revision}{received}: says {holder_of(voice.says, parties)}"


def note_lines(notes: Sequence[DeskNote], parties: Parties) -> list[str]:
    """Return the desk's notes, newest first, with the control and seats they report."""
    lines = []
    for note in reversed(notes):
        line = f"{at(note.at)}: {escape(note.text, _LONGEST_NOTE)}"
        if note.control is not None:
            line += f" Control now: **{holder_of(note.control, parties)}**."
        if note.seats is not None:
            line += f" {seats_in_line(seats_lines(note.seats, parties))}."
        lines.append(line)
    return lines
