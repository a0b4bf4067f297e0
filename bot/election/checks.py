"""The checks on a council's result: each is a named rule with a sentence for the desk.

A check either holds the report until the desk decides, or only warns. It holds what could make a
claim of control wrong, and warns of discrepancies that are common on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.election.almanac import CouncilElection
from bot.election.case_file import CouncilCase, Filed
from bot.election.check_list import Checks
from bot.election.control import Control, control_of, control_of_filled
from bot.election.parties import VACANT, Parties, Party, PartyKind, WireParty
from bot.election.reports import (
    CouncilResult,
    GainOrHold,
    Nominations,
    PartySeats,
    Proportion,
    SourceKind,
    WireCouncil,
)
from bot.election.seats import Composition
from bot.election.unknown_parties import strangers_that_decide, who_are


@dataclass(frozen=True, slots=True)
class ResultFacts:
    """A result with its names resolved, and what else is known of the council."""

    report: CouncilResult
    source: SourceKind
    case: CouncilCase
    received_at: datetime
    winner: Party | None
    sitting: Party | None
    won: Composition | None
    now: Composition
    changes: Mapping[str, int] | None
    held: Composition | None
    unknown_parties: tuple[str, ...]
    strangers: str | None

    @property
    def new_council(self) -> bool:
        """Whether the council is elected for the first time."""
        return any(one.new_council for one in self._descriptions)

    @property
    def introduced_by_newsroom(self) -> bool:
        """Whether nothing but the newsroom's own sheet says that the council votes."""
        ours = self.case.election is not None or self.case.nominated is not None
        return self.source is SourceKind.SHEET and not ours

    @property
    def boundaries_moved(self) -> bool:
        """Whether the council's boundaries change; not every format can say so in a result."""
        return any(one.boundary_change for one in self._descriptions)

    @property
    def _descriptions(self) -> list[WireCouncil | CouncilElection]:
        """The descriptions of the council by the result, our table and the nominations."""
        nominated = self.case.nominated.council if self.case.nominated else None
        descriptions = (self.report.council, self.case.election, nominated)
        return [one for one in descriptions if one is not None]

    @property
    def size(self) -> int | None:
        """The number of seats that the council should have, or None where only the result says.

        Nominations give the size, vacant seats included, unless boundaries change with this
        election or the council is new. They may leave out a vacant seat, so unless the result
        agrees with them, the size is the larger of theirs and that in our table of the night. What
        a result says of the size beside its seats counts where nothing else is known or may be true
        any more: a spreadsheet's may be their sum.
        """
        if self.boundaries_moved or self.new_council:
            return self.report.size
        ours = self.case.election.seats if self.case.election is not None else None
        told = self.held.total if self.held is not None else 0
        known = told if told == self.now.total else max(told, ours or 0)
        return known or self.report.size

    @property
    def missing(self) -> int:
        """How many seats the result falls short of the council's size."""
        return 0 if self.size is None else max(0, self.size - self.now.total)


def seats_of(lines: tuple[PartySeats, ...], parties: Parties) -> Composition:
    """Return the composition in a document's lines; lines that mean the same party are summed."""
    return Composition((parties.resolve(line.party).code, line.seats) for line in lines)


def held_of(nominations: Nominations, parties: Parties) -> Composition:
    """Return the composition on the eve of poll, vacancies included."""
    return Composition(
        (parties.resolve(line.party).code, line.seats_held) for line in nominations.parties
    )


def facts_of(filed: Filed[CouncilResult], case: CouncilCase, parties: Parties) -> ResultFacts:
    """Return the facts that the checks look at.

    A document gives the seats won only where part of the council was up. Where all of it was, they
    are the seats that are filled now.
    """
    report = filed.report
    now = seats_of(report.composition, parties)
    if report.elected is not None:
        won: Composition | None = seats_of(report.elected, parties).without_vacant()
    elif report.council.proportion is Proportion.ALL:
        won = now.without_vacant()
    else:
        won = None
    changes: dict[str, int] | None = None
    if report.changes is not None:
        changes = {}
        for line in report.changes:
            code = parties.resolve(line.party).code
            changes[code] = changes.get(code, 0) + line.seats
    deciding = strangers_that_decide(now, parties, control_of, case.nominated)
    named: list[WireParty] = [line.party for line in report.composition]
    return ResultFacts(
        report=report,
        source=filed.kind,
        case=case,
        received_at=filed.source.received_at,
        winner=None if report.winner is None else parties.resolve(report.winner),
        sitting=None if report.sitting is None else parties.resolve(report.sitting),
        won=won,
        now=now,
        changes=changes,
        held=None if case.nominated is None else held_of(case.nominated, parties),
        unknown_parties=tuple(
            party.name for party in map(parties.resolve, named) if not party.known
        ),
        strangers=who_are(deciding, parties) if deciding else None,
    )


CHECKS: Checks[ResultFacts] = Checks()
"""The rules for a council's result."""


def _seats_of_control(facts: ResultFacts) -> str:
    leader = max(facts.now.without_vacant().values(), default=0)
    return f"{leader} of {facts.now.total}"


def _all_unopposed(facts: ResultFacts) -> bool:
    if facts.case.nominated is None:
        return False
    offered = sum(line.seats_offered for line in facts.case.nominated.parties)
    return 0 < offered <= sum(line.unopposed for line in facts.case.nominated.parties)


def _agrees(winner: Party | None, control: Control, facts: ResultFacts) -> bool:
    """Whether the wire's winner is the one that follows from the seats.

    Where the bucket of independents and others has a majority, the wire may give it as the winner
    or say no overall control.
    """
    if winner is None:
        return control.is_noc or control.holder == _bucket(facts)
    return control.holder == winner.code


def _bucket(facts: ResultFacts) -> str | None:
    parties = [p for p in (facts.winner, facts.sitting) if p and p.kind is PartyKind.BUCKET]
    return parties[0].code if parties else "Ind"


@CHECKS.holds(
    "received before polls closed",
    "nothing can be counted before 22:00; councils where nobody is opposed are excepted",
)
def _too_early(facts: ResultFacts) -> str | None:
    closed = facts.case.night.polls_close
    if facts.received_at >= closed or facts.report.test or _all_unopposed(facts):
        return None
    return (
        f"the result came in at {facts.received_at:%H:%M on %d %B %Y}, "
        f"before polls closed at {closed:%H:%M on %d %B %Y}"
    )


@CHECKS.holds(
    "council not introduced",
    "a council that nobody said would vote may be another one, misnamed",
)
def _not_introduced(facts: ResultFacts) -> str | None:
    if facts.case.election is not None or facts.case.nominated is not None:
        return None
    council, nobody = facts.case.council, "neither our tables nor the night's nominations"
    if facts.case.near is not None:
        near = facts.case.near
        return f"{nobody} know a council named {council.name}: {near} may be meant"
    listed = council.known and facts.case.night.elections
    if facts.introduced_by_newsroom and not listed:
        return None
    if council.known:
        return f"{nobody} have {council.name} voting" if listed else None
    return f"{nobody} know a council named {council.name}"


@CHECKS.holds(
    "another council's size",
    "a council that only the newsroom's sheet has voting may be another one, misnamed",
)
def _size_of_another(facts: ResultFacts) -> str | None:
    known, total = facts.case.council.seats, facts.now.total
    if not facts.introduced_by_newsroom or known is None or total in (known, facts.report.size):
        return None
    return (
        f"nothing but the sheet has {facts.case.council.name} voting, which had {known} seats, and "
        f"its seats add up to {total}: if that is right, say so in the column size"
    )


@CHECKS.holds("no seats", "there is nothing to compute control from")
def _no_seats(facts: ResultFacts) -> str | None:
    return None if facts.now.filled else "the result gives the council no seats"


@CHECKS.holds("vacant seats in control", "empty seats control nothing: the parties are mixed up")
def _vacant_holder(facts: ResultFacts) -> str | None:
    named = {"winner": facts.winner, "previous holder": facts.sitting}
    wrong = [what for what, party in named.items() if party and party.kind is PartyKind.VACANT]
    return f"the {wrong[0]} is said to be vacant seats" if wrong else None


@CHECKS.holds(
    "more seats than the council has",
    "a figure is wrong, and it may be the one that decides",
)
def _too_many_seats(facts: ResultFacts) -> str | None:
    if facts.size is None or facts.now.total <= facts.size:
        return None
    return f"the seats add up to {facts.now.total}, the council has {facts.size}"


@CHECKS.holds(
    "no size that boundaries explain",
    "new boundaries move a size by some seats, not by half: figures are lost or doubled",
)
def _implausible_size(facts: ResultFacts) -> str | None:
    ours = (facts.case.election.seats if facts.case.election else None) or 0
    known = facts.held.total if facts.held else ours
    total = facts.now.total
    if (
        not known
        or not facts.boundaries_moved
        or facts.new_council
        or known <= 2 * total <= 4 * known
    ):
        return None
    return f"the seats add up to {total}, the council had {known}: no boundary change does that"


@CHECKS.holds(
    "seats missing that could decide control",
    "whoever holds them could change who controls the council",
)
def _too_few_seats(facts: ResultFacts) -> str | None:
    if not facts.missing:
        return None
    stated = control_of(facts.now)
    takers = [code for code in facts.now if code != VACANT] + [VACANT]
    possible = {
        control_of(Composition([*facts.now.items(), (taker, facts.missing)])) for taker in takers
    }
    if possible == {stated}:
        return None
    return (
        f"the seats add up to {facts.now.total}, the council has {facts.size}: "
        "the missing ones could decide who controls it"
    )


@CHECKS.holds(
    "control hangs on vacant seats",
    "newsrooms count filled seats, the law all of them: people decide (as in Crawley)",
)
def _hangs_on_vacancies(facts: ResultFacts) -> str | None:
    """In Crawley Labour once had 18 of the 35 filled seats, and of all 36."""
    by_all, by_filled = control_of(facts.now), control_of_filled(facts.now)
    if by_all == by_filled:
        return None
    seats = facts.now.get(by_filled.holder or "", 0)
    return (
        f"{seats} is more than half of the {facts.now.filled} filled seats, "
        f"but not of all {facts.now.total}: whether that is control is the desk's decision"
    )


@CHECKS.holds(
    "winner disagrees with the seats",
    "the document contradicts itself about the one thing that is announced",
)
def _winner_disagrees(facts: ResultFacts) -> str | None:
    if not facts.report.winner_given or _hangs_on_vacancies(facts):
        return None  # no winner is given, or the check on vacant seats explains it
    if _agrees(facts.winner, control_of(facts.now), facts):
        return None
    said = facts.winner.name if facts.winner else "no overall control"
    return f"the result says {said}, its own seats say otherwise ({_seats_of_control(facts)})"


@CHECKS.holds(
    "outcome disagrees with winner and sitting party",
    "gain or hold is announced, and one of the three words is wrong",
)
def _outcome_disagrees(facts: ResultFacts) -> str | None:
    said = facts.report.gain_or_hold
    if said is None or facts.new_council or not facts.report.sitting_given:
        return None  # nothing to compare: a new council's sitting party is a placeholder
    winner = facts.winner.code if facts.winner else None
    sitting = facts.sitting.code if facts.sitting else None
    if winner == sitting:
        expected = GainOrHold.NO_CHANGE
    else:
        expected = GainOrHold.LOSE_TO_NOC if winner is None else GainOrHold.GAIN
    if said is expected:
        return None
    before = facts.sitting.name if facts.sitting else "no overall control"
    after = facts.winner.name if facts.winner else "no overall control"
    return f'the result says "{said}", but {before} to {after} is "{expected}"'


@CHECKS.holds(
    "outcome not given",
    "the wire always gives it: what is missing may be half of a document",
)
def _outcome_not_given(facts: ResultFacts) -> str | None:
    if facts.report.gain_or_hold is not None or facts.report.revision is None:
        return None  # a format without revisions does not give the outcome either
    return None if facts.new_council else "the result does not say whether it is a gain or a hold"


@CHECKS.holds(
    "unknown party that could decide control",
    "it may be a party of our tables under another name, unless nominations list it beside them; "
    "the desk says once who it is",
)
def _unknown_party_decides(facts: ResultFacts) -> str | None:
    return facts.strangers


@CHECKS.holds(
    "sitting party unknown",
    "a change of hands would be announced from a party that nobody knows",
)
def _sitting_party_unknown(facts: ResultFacts) -> str | None:
    """Find a sitting party that is unknown, and had no seats on the eve of poll and lost none."""
    sitting = facts.sitting
    if sitting is None or sitting.known or facts.new_council:
        return None
    sat = (facts.held or Composition()).get(sitting.code, 0)
    if sat or sitting.code in facts.now or sitting.code in (facts.changes or {}):
        return None
    return f"{sitting.name}, said to have controlled it, is in no table and had no seats"


@CHECKS.warns(
    "sitting party differs from our table",
    "defections and by-elections come between two elections, and the wire knows of them first",
)
def _sitting_differs(facts: ResultFacts) -> str | None:
    if facts.new_council or facts.case.election is None or facts.case.election.sitting is None:
        return None
    if not facts.report.sitting_given:
        return "the result does not say who controlled it before"
    ours = facts.case.election.sitting.holder
    if ours == (facts.sitting.code if facts.sitting else None):
        return None
    theirs = facts.sitting.name if facts.sitting else "no overall control"
    return f"previously {theirs} by the result, {ours or 'no overall control'} by our table"


@CHECKS.warns(
    "size differs from our table",
    "our table is of one day; nominations and boundary changes are newer",
)
def _size_differs(facts: ResultFacts) -> str | None:
    known = facts.case.election.seats if facts.case.election else facts.case.council.seats
    if facts.report.size not in (None, facts.now.total):
        return f"the seats add up to {facts.now.total}, its size is said to be {facts.report.size}"
    if known is None or facts.now.total == known:
        return None
    return f"the seats add up to {facts.now.total}, our table has {known}"


@CHECKS.warns("seats missing", "a countermanded poll leaves seats open; here they decide nothing")
def _seats_missing(facts: ResultFacts) -> str | None:
    if not facts.missing:
        return None
    return f"the seats add up to {facts.now.total}, the council has {facts.size}"


@CHECKS.warns(
    "changes do not add up",
    "the wire counts changes from the eve of poll, nominations are older",
)
def _changes_do_not_add_up(facts: ResultFacts) -> str | None:
    if facts.size is None or facts.held is None or facts.changes is None:
        return None
    expected = facts.now.changes_from(facts.held)
    stated = {code: change for code, change in facts.changes.items() if change}
    wrong = [c for c in {**expected, **stated} if expected.get(c, 0) != stated.get(c, 0)]
    if not wrong:
        return None
    return "the seats at nominations and the changes do not give the new council for " + ", ".join(
        sorted(wrong)
    )


@CHECKS.warns("seats won not given", "control needs the whole council only")
def _seats_won_not_given(facts: ResultFacts) -> str | None:
    return None if facts.won is not None else "the seats won tonight are not given"


@CHECKS.warns(
    "unknown party",
    "small parties are on no table: it counts under the name that the wire gave it",
)
def _unknown_party(facts: ResultFacts) -> str | None:
    if not facts.unknown_parties:
        return None
    return "our tables do not know " + ", ".join(facts.unknown_parties)
