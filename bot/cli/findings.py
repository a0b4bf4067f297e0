"""What `doctor` finds: one thing that was checked, in a sentence, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.redaction import redacted


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked. `mend` says what to do where it is not `well`.

    `address` is shown whole at the end, while others lose their queries: none with a secret.
    """

    subject: str
    well: bool
    text: str
    mend: str = ""
    address: str = ""

    def __str__(self) -> str:
        mend = f" {self.mend}" if self.mend else ""
        address = f" {self.address}" if self.address else ""
        said = f"{'ok  ' if self.well else 'BAD '} {self.subject}: {self.text}{mend}"
        return f"{redacted(said)}{address}"


def ok(subject: str, text: str, *, address: str = "") -> Finding:
    """Return that something is as it should be."""
    return Finding(subject, True, text, address=address)


def bad(subject: str, text: str, mend: str = "", *, address: str = "") -> Finding:
    """Return that something is wrong, and how to mend it unless *text* says that."""
    return Finding(subject, False, text, mend, address)
