"""By-elections of wards: who is elected in each, and whether that changes who controls the council.

The reports are in the council's case file. A by-election that fills a seat of the council's own
election on the same night belongs to that election, and is not declared here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.election.ballots import Ballot
from bot.election.case_file import BallotCase, CouncilCase, Filed
from bot.election.claims import BallotDeclared, Basis, Elected
from bot.election.control import Control, control_of, control_of_filled
from bot.election.councils import Council
from bot.election.decide_ballot import BallotDecision
from bot.election.parties import INDEPENDENT, VACANT, Parties, folded
from bot.election.places import listed, listed_by_election
from bot.election.reports import BallotKind, VotingSystem, WardReport, WireCouncil
from bot.election.revisions import BY_ELECTION_KEY, WardsInForce
from bot.election.seats import Composition, seats_without, sum_of
from bot.election.unknown_parties import strangers_that_decide, who_are
from bot.election.views import CouncilView
from bot.election.ward_outcomes import is_transferable, same_winners
from bot.election.wards import bucket_decides


def by_election_ballot(
    council: Council,
    area: str,
    *,
    code: str | None = None,
    gss: str | None = None,
    seats: int = 1,
    sitting: Sequence[str] = (),
) -> Ballot:
    """Return the ballot of a by-election in a council's ward, called *area*.

    *sitting* has the party of each seat before; nothing follows from it unless all are known.
    """
    before = Composition((party, 1) for party in sitting) if len(sitting) == seats else None
    return Ballot(
        code=code or f"{BallotKind.WARD}.{council.code}.{folded(area)}",
        kind=BallotKind.WARD,
        name=f"{area} {council.ward_or_division} of {council.name}",
        area=area,
        nation=council.nation,
        region=council.region,
        system=VotingSystem.STV if is_transferable(council) else VotingSystem.PLURALITY,
        gss=gss,
        council=council.code,
        seats=seats,
        sitting=next(iter(before)) if before is not None and len(before) == 1 else None,
        previous=before,
    )


@dataclass(frozen=True, slots=True)
class ByElection:
    """What is decided of a by-election: its reports in force, one a source, and what follows.

    It is `apart` if it is told by itself: it is no part of an election that its council has on the
    same night, or the night's table lists it as a ballot of a ward that does not vote otherwise.
    """

    case: BallotCase
    decision: BallotDecision
    apart: bool = True

    @property
    def report(self) -> WardReport | None:
        """The report that counts."""
        report = self.decision.report
        return report if isinstance(report, WardReport) else None


def by_elections_of(
    case: CouncilCase,
    wards: WardsInForce,
    together: Mapping[str, Filed[WardReport]],
    *,
    disputed: Collection[str],
    counted_too: Collection[str],
    parties: Parties,
) -> dict[str, ByElection]:
    """Return what is decided of a council's by-elections, by the codes of their ballots.

    *together* has the report that counts of each ward, *disputed* the wards whose sources differ,
    of which nothing is claimed, and *counted_too* the by-elections that fill seats of the council's
    election; of these only what the night's table lists is told.
    """
    votes = _votes_tonight(case, together.values())
    found: dict[str, ByElection] = {}
    for key, lead in together.items():
        if not lead.report.by_election:
            continue
        reports = [told[key] for told in wards.by_source.values() if key in told]
        ballot = _ballot_of(case, key, lead.report)
        of_ballot = BallotCase(
            night=case.night,
            rulings=case.rulings,
            policy=case.policy,
            ballot=ballot,
            known=ballot.code in case.night.ballots,
            filed=tuple(sorted(reports, key=lambda filed: filed.id)),
        )
        agreeing = {
            filed.kind
            for filed in reports
            if filed.report.declared and same_winners(filed.report, lead.report, parties)
        }
        content = _content(ballot, lead.report, parties)
        apart = _is_of_its_own(lead.report, case) or (key not in counted_too and not votes)
        supported = case.policy.supports(agreeing, settled=lead.settled) and key not in disputed
        found[ballot.code] = ByElection(
            of_ballot,
            BallotDecision(
                verdicts={},
                in_force=lead.id,
                report=lead.report,
                content=content,
                claimable=apart and (content is None or supported or case.confirms(lead.id)),
                by_desk=case.confirms(lead.id),
            ),
            apart,
        )
    return found


def by_elections_apart(
    case: CouncilCase, wards: Mapping[str, Filed[WardReport]]
) -> dict[str, tuple[WardReport, Composition | None]]:
    """Return the by-elections that are no part of a council's own election, by the key of the ward.

    Each comes with who held its seats, None where it is not known. One that the night's table lists
    and that nobody has told of is undeclared.
    """
    found = {
        key: (filed.report, _ballot_of(case, key, filed.report).previous)
        for key, filed in wards.items()
        if filed.report.by_election and _is_in_no_election(filed.report, case)
    }
    heard = [
        listed_by_election(case.council.code, one.report, case.night)
        for one in wards.values()
        if one.report.by_election
    ]
    for ballot_id, ballot in case.night.by_elections.items():
        if ballot.council == case.council.code and ballot not in heard:
            report = _unheard(ballot_id, ballot, case)
            if _is_in_no_election(report, case):
                found[ballot_id] = (report, ballot.previous)
    return found


def _unheard(ballot_id: str, ballot: Ballot, case: CouncilCase) -> WardReport:
    return WardReport(
        night=case.night.night,
        ballot_id=ballot_id,
        council=WireCouncil(case.council.name),
        area=ballot.area,
        gss=ballot.gss,
        seats=ballot.seats,
        candidates=(),
        by_election=True,
    )


def nothing_of_by_election(case: CouncilCase, code: str) -> ByElection:
    """Return the decision on a by-election of which no report counts any more, by its code."""
    area = code.split(".", 2)[-1]
    ballot = case.night.ballots.get(code) or by_election_ballot(case.council, area, code=code)
    of_ballot = BallotCase(night=case.night, policy=case.policy, ballot=ballot)
    return ByElection(
        of_ballot, BallotDecision({}, in_force=None, report=None, content=None, claimable=True)
    )


def _votes_tonight(case: CouncilCase, wards: Iterable[Filed[WardReport]]) -> bool:
    """Whether the council has an election of its own on the night."""
    told = (case.election, case.nominated, *case.results)
    return any(one is not None for one in told) or any(
        not filed.report.by_election for filed in wards
    )


def _is_of_its_own(report: WardReport, case: CouncilCase) -> bool:
    """Whether the night's table lists a by-election, in a ward that does not vote otherwise."""
    if listed_by_election(case.council.code, report, case.night) is None:
        return False
    return listed(report.gss, report.area, case.ward_table) is None


def _is_in_no_election(report: WardReport, case: CouncilCase) -> bool:
    """Whether a by-election is for certain no part of the election that its council has tonight.

    It has to be of its own, and the night's table to have other wards that vote and fill every seat
    that is up.
    """
    table, election = case.ward_table, case.election
    if not table or election is None or not _is_of_its_own(report, case):
        return False
    in_table = sum(one.seats for one in table)
    if election.seats_up is None and case.nominated is None:
        return True  # those of the table's wards are taken for all that are up
    return election.seats_up == in_table


def _ballot_of(case: CouncilCase, key: str, report: WardReport) -> Ballot:
    """Return the ballot of a by-election: the night's table's, else one made from the report."""
    known = listed_by_election(case.council.code, report, case.night)
    if known is not None:
        return known
    code = f"{BallotKind.WARD}.{case.council.code}.{key.removesuffix(BY_ELECTION_KEY)}"
    return by_election_ballot(
        case.council, report.area, code=code, gss=report.gss, seats=max(1, report.seats)
    )


def _content(ballot: Ballot, report: WardReport, parties: Parties) -> BallotDeclared | None:
    """Return who is elected, None until every seat is filled or stays vacant."""
    if not report.declared or not report.winners:
        return None
    elected = sorted(
        (
            Elected(one.name, None if one.party is None else parties.resolve(one.party).code)
            for one in report.winners
        ),
        key=lambda one: (one.name, one.party or ""),
    )
    return BallotDeclared(
        ballot.code,
        BallotKind.WARD,
        tuple(elected),
        ballot.sitting,
        council=ballot.council,
        area=ballot.area,
    )


# --- who controls the council


_HANGS = "control hangs on vacant seats: the desk decides"


@dataclass(frozen=True, slots=True)
class ControlAfter:
    """Who controlled a council before its by-elections, and the view of it if that has changed.

    `lacking` is a sentence for the desk, if it is not certain whether it has.
    """

    before: Control | None = None
    view: CouncilView | None = None
    lacking: str | None = None


def control_after(
    case: CouncilCase, by_elections: Mapping[str, ByElection], parties: Parties
) -> ControlAfter:
    """Return who controls a council after its by-elections, where its seats before are known.

    It waits for every by-election of the night there. Those who left the seats count as if they
    still sat, where their parties are known: a vacancy alone changes nobody's control.
    """
    eve = case.night.seats_before.get(case.council.code)
    filled = _all_filled(case, by_elections)
    told = by_elections.values()
    seats = _seats_around(eve, filled, told) if eve is not None and filled else None
    if seats is None:
        return ControlAfter()
    if doubt := _doubt_about(seats, parties):
        return ControlAfter(lacking=doubt)
    now, won = seats.now[0], seats.won
    was, after = control_of(seats.before), control_of(now)
    if was == after:
        return ControlAfter(was)
    reports = [filed for one in filled for filed in one.case.filed]
    last = max(reports, key=lambda filed: (filed.source.received_at, filed.id))
    view = CouncilView(
        kinds=frozenset(filed.kind for filed in reports),
        after=after,
        won=won,
        now=now,
        changes=None,
        basis=Basis.BY_ELECTION,
        source=last.source,
    )
    return ControlAfter(was, view)


def _doubt_about(seats: _Seats, parties: Parties) -> str | None:
    """Return a sentence for the desk if it is not certain who controls or controlled a council."""
    now = seats.now[0]
    after = control_of(now)
    if {after} != {way(one) for one in seats.now for way in (control_of, control_of_filled)}:
        return _HANGS
    if strangers := strangers_that_decide(now, parties, control_of):
        return who_are(strangers, parties)
    was = control_of(seats.before)
    if was != control_of_filled(seats.before):
        return _HANGS
    if was == after == Control(INDEPENDENT):
        return None
    return bucket_decides(now, seats.rest, parties)


def _all_filled(case: CouncilCase, by_elections: Mapping[str, ByElection]) -> list[ByElection]:
    """Return a council's by-elections once all are declared or put off, before that nothing.

    Nothing either where the council has an election of its own, which decides who controls it.
    """
    told = list(by_elections.values())
    ours = (one for one in case.night.by_elections.values() if one.council == case.council.code)
    awaited = {one.code for one in ours} - by_elections.keys()
    if awaited or case.election is not None or case.nominated is not None:
        return []
    filled = [one for one in told if one.decision.content is not None]
    put_off = [one for one in told if one.report is not None and one.report.put_off]
    certain = all(one.decision.claimable for one in told)
    return filled if certain and len(filled) + len(put_off) == len(told) else []


@dataclass(frozen=True, slots=True)
class _Seats:
    """A council's seats around its by-elections: those that none fills, and those *won*.

    Those who left count *before* as if they still sat, where their parties are known. `now` has the
    whole council as it may be: where a poll is put off, the seat is vacant, or stays as it was.
    """

    rest: Composition
    won: Composition
    before: Composition
    now: tuple[Composition, ...]


def _seats_around(
    eve: Composition, filled: Sequence[ByElection], told: Iterable[ByElection]
) -> _Seats | None:
    """Return the seats around the by-elections *filled*, of all that were *told* of.

    None if it is not certain whose seats on the *eve* they were.
    """
    put_off = [one for one in told if one not in filled]
    empty = Composition({VACANT: sum(one.report.seats for one in put_off if one.report)})
    won = _won(filled)
    left, kept = _who_left(filled), _who_left(put_off)
    sat = None if left is None or kept is None else sum_of([left, kept])
    rest = seats_without(eve, won.total + empty.total, sat)
    if rest is None:
        return None
    if kept is None or eve.vacant:
        kept = empty  # as the table has it
    gone = Composition({VACANT: won.total}) if left is None else left
    now = tuple(sum_of([rest, won, one]) for one in (empty, kept))
    return _Seats(rest, won, sum_of([rest, gone, kept]), now)


def _who_left(by_elections: Iterable[ByElection]) -> Composition | None:
    """Return the parties of those who left the seats of by-elections, None unless all are known."""
    left = [one.case.ballot.previous for one in by_elections]
    return None if None in left else sum_of(one for one in left if one is not None)


def _won(filled: Iterable[ByElection]) -> Composition:
    """Return the seats that by-elections have filled; what stays vacant in them is vacant."""
    seats: list[tuple[str, int]] = []
    for one in filled:
        content, report = one.decision.content, one.report
        if isinstance(content, BallotDeclared) and report is not None:
            seats += [(elected.party or VACANT, 1) for elected in content.elected]
            seats.append((VACANT, report.vacant))
    return Composition(seats)
