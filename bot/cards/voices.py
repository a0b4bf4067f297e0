"""Who says so: the sources of a declared council, whether they agree, and the desk's notes."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.figures import (
    basis_words,
    feed_name,
    seats_in_line,
    seats_lines,
    source_words,
)
from bot.cards.text import at, escape
from bot.cards.words import count, holder_of, number, sentence_case
from bot.election.parties import Parties
from bot.election.standings import Declared, DeskNote, Voice

LONGEST_NOTE = 300


def who_says_so(declared: Declared, parties: Parties) -> list[str]:
    """Return a line for what is in force, and one for each other source that says something.

    "PA, revision 2, received 02:14. The council's final result."; "Democracy Club: all 19 wards
    agree".
    """
    rests_on = basis_words(declared.basis, declared.by_desk, declared.source.kind)
    lines = [f"{source_words(declared.source)}. {rests_on}"]
    lines += [
        voice_words(voice, parties)
        for voice in declared.voices
        if voice.kind is not declared.source.kind
    ]
    if not declared.confirmed:
        lines.append(
            "Unconfirmed: shown, and not announced until a second look or another source says "
            "the same."
        )
    return lines


def voice_words(voice: Voice, parties: Parties) -> str:
    """Return what one source says beside what is in force."""
    name = sentence_case(feed_name(voice.kind))
    if voice.wards is not None:
        told = f"{number(voice.wards)} of {count(voice.of_wards or 0, 'ward')}"
        if voice.says is None:
            return f"{name}: {told} so far"
        if voice.wards == voice.of_wards:
            told = f"all {count(voice.wards, 'ward')}"
        verdict = "agree" if voice.agrees else f"give {holder_of(voice.says, parties)}"
        return f"{name}: {told} {verdict}"
    revision = "" if voice.revision is None else f", revision {number(voice.revision)}"
    received = "" if voice.received_at is None else f", received {at(voice.received_at)}"
    if voice.agrees or voice.says is None:
        return f"{name}{revision}{received}: agrees"
    return f"{name}{revision}{received}: says {holder_of(voice.says, parties)}"


def note_lines(notes: Sequence[DeskNote], parties: Parties) -> list[str]:
    """Return the desk's notes, the last one first, with how the council stands since."""
    lines = []
    for note in reversed(notes):
        line = f"{at(note.at)}: {escape(note.text, LONGEST_NOTE)}"
        if note.control is not None:
            line += f" Now: **{holder_of(note.control, parties)}**."
        if note.seats is not None:
            line += f" {seats_in_line(seats_lines(note.seats, parties))}."
        lines.append(line)
    return lines
