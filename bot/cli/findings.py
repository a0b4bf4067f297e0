"""What `doctor` finds: one thing that was checked, in a sentence, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.redaction import redacted


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked. `mend` says what to do where it is not `well`."""

    subject: str
    well: bool
    text: str
    mend: str = ""

    def __str__(self) -> str:
        mend = f" {self.mend}" if self.mend else ""
        return redacted(f"{'ok  ' if self.well else 'BAD '} {self.subject}: {self.text}{mend}")


def ok(subject: str, text: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(subject, True, text)


def bad(subject: str, text: str, mend: str = "") -> Finding:
    """Return that something is wrong, and how to mend it unless *text* says that."""
    return Finding(subject, False, text, mend)
