"""What the desk sees: held reports and why they are held, open questions, service notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.card import LONGEST_LIST, Card, Field
from bot.election.ballots import Ballot
from bot.election.by_elections import by_election_ballot
from bot.election.claims import BallotDeclared, ClaimContent, Notice
from bot.election.councils import Council
from bot.election.parties import Parties
from bot.election.seats import Composition
from bot.election.standings import Held
from bot.wording.ballots import ballot_sentence
from bot.wording.councils import outcome_sentence
from bot.wording.figures import seats_in_line, seats_lines
from bot.wording.phrases import count, in_words, name_of, number, sentence_case
from bot.wording.sources import source_words
from bot.wording.text import at, escape, listed

_LONGEST_REASON = 300
_LONGEST_ADVICE = 600
_KINDS = {"ballot": "result"}


def held_card(
    subject: Council | Ballot,
    kind: str,
    held: Held,
    parties: Parties,
    *,
    content: ClaimContent | BallotDeclared | None,
    now: Composition | None,
    told: bool,
    proposed_by: str | None = None,
) -> Card:
    """Return a held report of a *kind* ("result", "ward") for the desk to decide on.

    *content*, *now* and *told* are what would be claimed if it were confirmed, with which seats,
    and whether it would be announced. *proposed_by* has confirmed it first.
    """
    fields = [Field("If confirmed", _consequence(subject, content, now, parties, told=told))]
    if proposed_by is not None:
        fields.append(
            Field("Confirmed by", f"{escape(proposed_by)}; a second member must confirm it too.")
        )
    reasons = [f"• {escape(reason, _LONGEST_REASON)}" for reason in held.reasons]
    document = f"{escape(held.source.document)} · {source_words(held.source)}"
    return Card(
        title=f"{subject_name(subject)}: {_KINDS.get(kind, kind)} held for checks",
        description=f"{listed(reasons, LONGEST_LIST) or '• no reason is given'}\n{document}",
        fields=tuple(fields),
        footer=f"#{held.report_id}",
    )


def decided_card(
    subject: Council | Ballot,
    report: int,
    *,
    action: str | None,
    who: str,
    why: str,
    when: datetime | None,
) -> Card:
    """Return what the desk's channel shows of a report that is no longer held.

    *action* is "confirm" or "reject", with *who*, *why* and *when*; None if a later report or a
    ruling on the council settled it.
    """
    if action is None or when is None:
        return Card(
            title=f"{subject_name(subject)}: no longer held",
            description="Settled by a later report or by another decision.",
            footer=f"#{report}",
        )
    return Card(
        title=f"{subject_name(subject)} {action}ed",
        description=f"By {escape(who)} at {at(when)}: {escape(why, _LONGEST_REASON)}",
        footer=f"#{report} · /desk undo reverses it",
    )


def waiting_card(council: Council, said: Sequence[str], result: str | None) -> Card:
    """Return what the desk's channel shows of a council that no single held report keeps back.

    *said* are the reasons, empty once that is over; *result* is its result then, if it has one.
    """
    if said:
        reasons = [f"• {escape(reason, _LONGEST_REASON)}" for reason in said]
        return Card(
            title=f"{name_of(council)} awaits a decision",
            description=listed(reasons, LONGEST_LIST),
            footer="/desk name identifies a party, /desk result enters the result",
        )
    return Card(
        title=f"{name_of(council)}: decision no longer needed",
        description=result or f"{name_of(council)} has not declared.",
    )


def subject_name(subject: Council | Ballot) -> str:
    """Return the name of the subject of a report, escaped for Discord."""
    return escape(subject.name) if isinstance(subject, Ballot) else name_of(subject)


def result_sentence(
    subject: Council | Ballot,
    content: ClaimContent | Notice,
    parties: Parties,
    now: Composition | None = None,
) -> str:
    """Return the result of a council or ballot as a sentence; *now* are a council's seats.

    Raises `TypeError` if content and subject do not match.
    """
    if isinstance(subject, Ballot) and isinstance(content, BallotDeclared):
        return ballot_sentence(subject, content, parties)
    if isinstance(subject, Council) and isinstance(content, BallotDeclared):
        seats = len(content.elected)
        ballot = by_election_ballot(subject, content.area, code=content.ballot, seats=seats)
        return ballot_sentence(ballot, content, parties)
    if isinstance(subject, Council) and isinstance(content, ClaimContent):
        return outcome_sentence(subject, content, parties, now)
    raise TypeError(f"{content!r} is no result of {subject.name}")


def _consequence(
    subject: Council | Ballot,
    content: ClaimContent | BallotDeclared | None,
    now: Composition | None,
    parties: Parties,
    *,
    told: bool,
) -> str:
    if content is None:
        return f"It will count; {subject_name(subject)} has not declared."
    sentence = result_sentence(subject, content, parties, now)
    line = f"{'' if told else 'Nothing new to announce: '}**{sentence}**"
    return f"{line}\n{seats_in_line(seats_lines(now, parties))}" if now else line


def pause_banner(since: datetime) -> str:
    """Return the line that says that all alerts are paused."""
    return f"**Alerts paused** by the desk since {at(since)}. They will follow once resumed."


def waiting_lines(
    differing: Sequence[tuple[Council, Sequence[str]]],
    unreconciled: Sequence[str],
    unknown: Mapping[str, Sequence[str]],
    *,
    not_compared: Sequence[str] = (),
    not_followed: Mapping[str, int] | None = None,
    unreadable: tuple[int, str] | None = None,
) -> list[str]:
    """Return a line for everything that waits for the desk besides held reports.

    *differing* are councils whose sources disagree, *unreconciled* differences from the wire's
    state of parties, *not_compared* tables of it that cannot be compared, *unknown* names of
    "parties" and "councils" missing from our tables, *not_followed* how many documents of each kind
    have no answer, *unreadable* the number of faulty documents and the last one's fault.
    """
    parties = "**State of parties**"
    said = [(f"**{name_of(one)}**", text, "") for one, texts in differing for text in texts]
    said += [(parties, text, " (`/desk explain`)") for text in unreconciled]
    said += [(parties, text, "") for text in not_compared]
    lines = [f"{whose}: {escape(text, _LONGEST_REASON)}{then}" for whose, text, then in said]
    if unreadable is not None:
        many, last = unreadable
        lines.append(
            f"**{sentence_case(count(many, 'document'))} could not be read in full**, the last: "
            f"{escape(last, _LONGEST_REASON)}"
        )
    if not_followed:
        kinds = [f"{escape(kind)} ({number(many)})" for kind, many in not_followed.items()]
        lines.append(f"**Not supported**: {listed(kinds, LONGEST_LIST, ', ')}")
    lines += [
        f"**Unknown {what}**: " + listed([escape(name) for name in names], LONGEST_LIST, ", ")
        for what, names in unknown.items()
        if names
    ]
    return lines


@dataclass(frozen=True, slots=True)
class ServiceNotice:
    """What is wrong with a `place`, as Discord shows it; None if it is no longer known.

    `reason` says why and what to do, None once it is over. With `references` a message failed;
    without them a place is paused, or a `board` in it. `claim` is a claim that was not fully told.
    `thread` is the name of a thread in whose place alerts go to the channel.
    """

    place: str | None
    reason: str | None
    board: bool = False
    references: tuple[str, ...] = ()
    claim: str | None = None
    thread: str | None = None


def service_notice_card(about: ServiceNotice) -> Card:
    """Return what an admin or the desk is told about alerts that cannot be posted."""
    what = "Board" if about.board else "Alerts"
    goes_on = f"{what} resumed"
    if about.claim is not None:
        return Card(
            "An alert did not reach everyone",
            f"{about.claim}: a fault in the bot, named in its log, is in the way. `/council` and "
            "`/night latest` are not affected. Report the fault, and tell those who need to know.",
        )
    if about.place is None:
        return Card(goes_on, "No longer paused, or no longer followed.")
    if about.reason is None:
        again = goes_on if about.thread is None else "Alerts go to threads again"
        return Card(again, f"In {about.place}.")
    reason = escape(about.reason, _LONGEST_ADVICE)
    if about.thread is not None:
        return Card(
            "Alerts go to the channel, not to a thread",
            f"In {about.place}, for the thread “{escape(about.thread)}”: {reason}\n"
            "No alert is lost: they are posted in the channel itself.",
        )
    if about.references:
        told = in_words(about.references)
        return Card(
            "A message was not posted",
            f"In {about.place}: {reason}\nIt told {told}; `/alerts why` says what that is.",
        )
    waits = "It resumes" if about.board else "Alerts are kept, and sent"
    return Card(
        f"{what} paused",
        f"In {about.place}: {reason}\n{waits} once the bot can post there again.",
    )
