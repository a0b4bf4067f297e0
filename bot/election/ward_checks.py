"""The checks on a ward's report: each is a named rule with a sentence for the desk."""

from __future__ import annotations

from dataclasses import dataclass

from bot.election.case_file import CouncilCase, Filed
from bot.election.check_list import Checks
from bot.election.reports import WardReport


@dataclass(frozen=True, slots=True)
class WardFacts:
    """A ward's report, what else is known of its council, and whether its ward was found.

    `doubted` is a sentence if code and name mean two wards, `unplaced` if our table has no such
    ward.
    """

    filed: Filed[WardReport]
    case: CouncilCase
    doubted: str | None = None
    unplaced: str | None = None


WARD_CHECKS: Checks[WardFacts] = Checks()


def nobody_is_marked(ward: WardReport) -> bool:
    """Whether all votes of a ward are known, but nobody is marked as elected."""
    votes = [one.first_preferences for one in ward.candidates]
    return not (ward.winners or ward.put_off or None in votes) and any(votes)


@WARD_CHECKS.holds(
    "code and name mean two wards",
    "it would be counted as another ward; confirming counts it as the ward of its name",
)
def _code_and_name_mean_two_wards(facts: WardFacts) -> str | None:
    return facts.doubted


@WARD_CHECKS.holds(
    "ward not in our table",
    "the desk is asked with the names that come near; confirming counts it as the nearest",
)
def _ward_not_in_our_table(facts: WardFacts) -> str | None:
    return facts.unplaced


@WARD_CHECKS.holds(
    "council's code and name mean two councils",
    "its wards would be counted for another council; confirming counts it by its name",
)
def _misdirected(facts: WardFacts) -> str | None:
    return facts.case.misdirected.get(facts.filed.id)


@WARD_CHECKS.holds(
    "ward's council not introduced",
    "a council that nobody said would vote may be another one, misnamed",
)
def _unknown_council(facts: WardFacts) -> str | None:
    council, case = facts.case.council, facts.case
    if council.known or case.nominated is not None or case.election is not None:
        return None
    if any(one.council == council.code for one in case.night.by_elections.values()):
        return None
    return f"neither our tables nor the night's nominations know a council named {council.name}"


@WARD_CHECKS.holds("no more winners than seats", "one of them is not elected")
def _too_many_winners(facts: WardFacts) -> str | None:
    ward = facts.filed.report
    if not ward.seats or len(ward.winners) <= ward.seats:
        return None
    seats = "1 seat" if ward.seats == 1 else f"{ward.seats} seats"
    return f"it names {len(ward.winners)} winners for {seats}"


@WARD_CHECKS.holds(
    "seats told",
    "our table's seats stand in where it has the ward; else the desk is asked",
)
def _seats_not_told(facts: WardFacts) -> str | None:
    ward = facts.filed.report
    if ward.seats or ward.put_off:
        return None
    winners = len(ward.winners)
    named = f"all {winners} that it has winners for" if winners > 1 else "1"
    return f"it does not tell how many seats are filled: confirming counts it as {named}"


@WARD_CHECKS.holds(
    "once in a document",
    "of two copies that differ none is known to be right; equal ones count once",
)
def _rival(facts: WardFacts) -> str | None:
    if not facts.filed.report.rival:
        return None
    return "the document has it twice, and not the same: confirming counts this one"


@WARD_CHECKS.holds(
    "winners after polls closed",
    "nothing is counted before 22:00; wards where nobody is opposed are excepted",
)
def _too_early(facts: WardFacts) -> str | None:
    ward, received_at = facts.filed.report, facts.filed.source.received_at
    polls_close = facts.case.night.polls_close
    if received_at >= polls_close or ward.uncontested or ward.test or not ward.winners:
        return None
    return (
        f"winners came in at {received_at:%H:%M on %d %B %Y}, "
        f"before polls closed at {polls_close:%H:%M on %d %B %Y}"
    )


@WARD_CHECKS.warns(
    "everything could be read",
    "votes, turnouts and the names of those who lost decide nothing: they are not known",
)
def _not_read(facts: WardFacts) -> str | None:
    return "; ".join(facts.filed.report.doubts) or None


@WARD_CHECKS.warns(
    "somebody is marked as elected",
    "winners are never worked out from votes, and the page may have forgotten them",
)
def _nobody_marked(facts: WardFacts) -> str | None:
    if not nobody_is_marked(facts.filed.report):
        return None
    return "its votes are published, and nobody is marked as elected"
