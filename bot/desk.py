"""The desk's actions: people confirm held reports, enter what no feed reports, and correct results.

Each action is one journal entry (who, when, why) and is committed together with everything that
follows from it. Everything here runs on the writer's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.clock import Clock, is_within
from bot.desk_bulk import Expected, Together, agreed, foretell
from bot.desk_checks import (
    DeskError,
    check_action,
    check_agreement,
    check_before,
    check_size,
)
from bot.election.almanac import Almanac
from bot.election.ballots import Ballot
from bot.election.case_file import Ruling, RulingAction, Subject, VerdictStatus
from bot.election.claims import BallotDeclared, ClaimContent
from bot.election.control import Control
from bot.election.councils import Council
from bot.election.parties import code_of_name
from bot.election.seats import Composition
from bot.ingest.filing import MadeClaim, subject_of
from bot.ingest.ingest import Ingest
from bot.store import desk as store
from bot.store.claims import control_code, latest_claim, latest_notice
from bot.store.desk import DECIDING, UNDOABLE, DeskActed, DeskAction
from bot.store.reports import ReportKind
from bot.store.standings import stored_standing
from bot.store.writer import Transaction, Writer

_REPEATED_WITHIN = timedelta(minutes=1)
"""How long a repeated refusal of the same person is not recorded again."""


class _Preview(Exception):  # noqa: N818 - it rolls a transaction back, and is not an error
    """Rolls back the transaction of a preview, and carries out of it what would be done."""

    def __init__(self, done: Done) -> None:
        super().__init__()
        self.done = done


@dataclass(frozen=True, slots=True)
class Editor:
    """Who acts for the desk: a name to show and the Discord id, None on the command line."""

    name: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """An action of the desk: its number, the claims that followed, and warnings.

    `proposed` means that a second person has to confirm, and nothing has followed yet.
    """

    number: int
    claims: tuple[MadeClaim, ...] = ()
    proposed: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DoneTogether:
    """What was done of several confirmations, by report, and why others were left out."""

    done: Mapping[int, Done]
    left_out: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would follow for a council or ballot from confirming a report.

    `content` is None if nothing would be claimed; `told` says whether it would be announced.
    """

    content: ClaimContent | BallotDeclared | None
    now: Composition | None
    told: bool
    proposed_by: str | None


class Desk:
    """What the desk can do. With *two_persons*, a held report is released by two people."""

    def __init__(
        self,
        writer: Writer,
        ingest: Ingest,
        almanac: Almanac,
        clock: Clock,
        *,
        two_persons: bool = False,
    ) -> None:
        self._writer = writer
        self._ingest = ingest
        self._almanac = almanac
        self._clock = clock
        self._two_persons = two_persons

    async def rule(self, report: int, action: RulingAction, by: Editor, why: str) -> Done:
        """Confirm or reject a report, whatever its verdict.

        Raises `DeskError` if there is no such report or it is about no council or ballot.
        """
        return await self._writer.transact(
            lambda tx: self._rule(tx, report, DeskAction(action.value), by, why)
        )

    async def confirm(self, report: int, by: Editor, why: str) -> Done:
        """Release a held report, or propose to if two people have to confirm.

        Raises `DeskError` if it is not held, or if the same person has already proposed it.
        """
        return await self._writer.transact(lambda tx: self._confirm(tx, report, by, why))

    async def reject(self, report: int, by: Editor, why: str) -> Done:
        """Reject a held report. Raises `DeskError` if it is not held."""

        def work(tx: Transaction) -> Done:
            _check_held(tx, report)
            return self._rule(tx, report, DeskAction.REJECT, by, why)

        return await self._writer.transact(work)

    async def say(
        self,
        action: DeskAction,
        night: date,
        council: Council,
        by: Editor,
        why: str,
        *,
        control: Control | None = None,
        seats: Composition | None = None,
        before: Control | None = None,
        preview: bool = False,
    ) -> Done:
        """Enter the desk's own result for a council, or correct or retract the one in force.

        Later reports that contradict it are held. *seats* may be omitted if a report gives them,
        and who controlled the council *before* if that is known; *control* is None for a
        retraction. The council may be one of which nothing is known yet. A *preview* returns what
        would follow and changes nothing. Raises `DeskError` for what is impossible.
        """
        if seats is not None and control is not None:
            check_agreement(control, seats, self._almanac)

        def work(tx: Transaction) -> Done:
            key = (night.isoformat(), council.code)
            standing = stored_standing(tx.db.conn, *key)
            about = (night, council, standing)
            warnings = check_action(action, *about, self._almanac)
            warnings += check_size(*about, seats, self._almanac)
            if before is not None:
                check_before(before, *about, self._almanac)
            fields = _fields(night, council, control, seats)
            entry = _action_entry(action, by, why, **fields, before=control_code(before))
            self._ingest.decider.learn_council(tx, council, self._clock.now())
            done = self._record_and_decide(tx, entry, council)
            after = stored_standing(tx.db.conn, *key)
            if control is not None and (after is None or not after.total):
                raise DeskError(
                    f"No report gives the seats of {council.name} with that control: say them with "
                    "the option `seats`."
                )
            return Done(done.number, done.claims, warnings=warnings)

        return await self._carry_out(work, preview=preview)

    async def _carry_out(self, work: Callable[[Transaction], Done], *, preview: bool) -> Done:
        """Do *work* in one transaction; as a *preview*, roll it back and return what it did."""

        def work_and_undo(tx: Transaction) -> Done:
            raise _Preview(work(tx))

        try:
            return await self._writer.transact(work_and_undo if preview else work)
        except _Preview as foreseen:
            return foreseen.done

    async def note(
        self,
        night: date,
        council: Council,
        text: str,
        by: Editor,
        *,
        control: Control | None = None,
        seats: Composition | None = None,
    ) -> Done:
        """Tell readers something about a council; it is shown on its card and counts in no total.

        Raises `DeskError` if *control* and *seats* disagree or are not the council's size.
        """
        if seats is not None and control is not None:
            check_agreement(control, seats, self._almanac)
        about = _fields(night, council, control, seats)
        entry = _action_entry(DeskAction.NOTE, by, text, **about)

        def work(tx: Transaction) -> Done:
            standing = stored_standing(tx.db.conn, night.isoformat(), council.code)
            check_size(night, council, standing, seats, self._almanac)
            return Done(tx.append(entry, self._clock.now()))

        return await self._writer.transact(work)

    async def name(
        self, name: str, party: str | None, by: Editor, why: str, *, preview: bool = False
    ) -> Done:
        """Assign an unknown *name* to a *party*, by its code, or without one to a new party.

        Every council and ballot with a report that uses the name is decided on again. Raises
        `DeskError` if there is none.
        """

        def work(tx: Transaction) -> Done:
            code = code_of_name(name)
            known = tx.rows("SELECT 1 FROM wire_names WHERE what = 'party' AND code = ?", (code,))
            if not known:
                raise DeskError(
                    f"No report has a party “{name}” that our tables do not know: `/desk queue` "
                    "shows the names that wait."
                )
            entry = _action_entry(DeskAction.NAME, by, why, control=party or code, named=name)
            return self._record_naming(tx, entry, name)

        return await self._carry_out(work, preview=preview)

    def _record_naming(self, tx: Transaction, entry: DeskActed, name: str) -> Done:
        """Record an action about a party's name, and decide again wherever it is used."""
        now = self._clock.now()
        number = tx.append(entry, now)
        claims = [
            claim
            for night, code in store.reports_with(tx.db.conn, name)
            for claim in self._ingest.decider.reconsider(
                tx, night, subject_of(code, night, self._almanac), now
            )
        ]
        return Done(number, tuple(claims))

    async def explain(self, night: date, differences: Sequence[str], by: Editor, why: str) -> Done:
        """Mark differences from the wire's state of parties as explained.

        Raises `DeskError` if there are none.
        """
        if not differences:
            raise DeskError("The state of parties agrees with PA's: nothing to explain.")
        entry = _action_entry(DeskAction.EXPLAIN, by, why, night=night, explains=tuple(differences))
        now = self._clock.now()
        return Done(await self._writer.transact(lambda tx: tx.append(entry, now)))

    async def pause(self, by: Editor, why: str) -> Done:
        """Hold all alerts back until `resume`. Raises `DeskError` if they are paused already."""
        return await self._writer.transact(lambda tx: self._toggle(tx, DeskAction.PAUSE, by, why))

    async def resume(self, by: Editor, why: str) -> Done:
        """Send alerts again, those held back first. Raises `DeskError` if they are not paused."""
        return await self._writer.transact(lambda tx: self._toggle(tx, DeskAction.RESUME, by, why))

    async def undo(self, number: int, by: Editor, why: str, *, preview: bool = False) -> Done:
        """Undo an action by its number, with everything that followed from it.

        A *preview* returns what would follow and changes nothing. Raises `DeskError` for an action
        that does not exist, is undone already or cannot be undone.
        """
        return await self._carry_out(lambda tx: self._undo(tx, number, by, why), preview=preview)

    async def refused(self, by: Editor, tried: str) -> None:
        """Record that somebody outside the desk tried to act for it; repeats once a minute at most.

        The journal is never shortened, so others must not be able to fill it.
        """

        def work(tx: Transaction) -> None:
            now = self._clock.now()
            last = store.last_refused(tx.db.conn, by.id, tried)
            if last is None or not is_within(now - last, _REPEATED_WITHIN):
                tx.append(_action_entry(DeskAction.REFUSED, by, tried), now)

        await self._writer.transact(work)

    async def foresee(self, reports: Iterable[int]) -> dict[int, Foreseen]:
        """Return what would follow from confirming each of these reports alone."""
        return await self._writer.transact(
            lambda tx: {report: self._foresee(tx, report) for report in reports}
        )

    def _foresee(self, tx: Transaction, report: int) -> Foreseen:
        night, subject = self._subject_of(tx, report)
        db, key = tx.db.conn, night.isoformat()
        now = self._clock.now()
        confirmed = Ruling(report, RulingAction.CONFIRM, "", "", now, id=tx.next_seq())
        proposal = store.proposal(db, report)
        proposed_by = proposal.who if proposal else None
        if isinstance(subject, Ballot):
            last = latest_notice(db, key, BallotDeclared.key_of(subject.code))
            ruled = self._ingest.decider.judge_ballot(tx, night, subject, confirmed)
            told = ruled.claimable and ruled.content != (last.content if last else None)
            return Foreseen(ruled.content, None, told, proposed_by)
        decision = self._ingest.decider.judge_council(tx, night, subject, confirmed)
        if (by_election := decision.by_election_with(report)) is not None:
            content = by_election.content
            last = (
                latest_notice(db, key, BallotDeclared.key_of(content.ballot)) if content else None
            )
            said = last.content if last else None
            told = by_election.claimable and by_election.claimed_after(said) != said
            return Foreseen(content, None, told, proposed_by)
        latest = latest_claim(db, key, subject.code)
        claimed = latest.content if latest else None
        return Foreseen(
            content=decision.content,
            now=decision.result.now if decision.result else None,
            told=decision.claimable and decision.content != claimed,
            proposed_by=proposed_by,
        )

    async def foresee_together(self, rule: str, reports: Iterable[int]) -> Together:
        """Return what confirming *reports* that a *rule* alone holds would claim, in their order.

        Raises `DeskError` for reports that contradict each other: one has to be chosen.
        """
        return await self._writer.transact(
            lambda tx: foretell(tx, rule, reports, self._as_if_confirmed)
        )

    async def confirm_together(
        self,
        rule: str,
        reports: Iterable[int],
        by: Editor,
        why: str,
        as_shown: Callable[[Expected], bool],
    ) -> DoneTogether:
        """Release *reports* that a *rule* alone holds, each by a ruling of its own, or propose to.

        Those for which *as_shown* is false, because something changed meanwhile, are left out, and
        so are those that are decided already: doing it twice does it once.
        """

        def work(tx: Transaction) -> DoneTogether:
            found = agreed(tx, rule, reports, self._as_if_confirmed, as_shown)
            left_out, done = dict(found.left_out), {}
            for one in found.would:
                try:
                    done[one.report] = self._confirm(tx, one.report, by, why)
                except DeskError as refused:  # the same person's second confirmation
                    left_out[one.report] = str(refused)
            return DoneTogether(done, left_out)

        return await self._writer.transact(work)

    def _as_if_confirmed(
        self, tx: Transaction, report: int
    ) -> tuple[date, Subject, tuple[MadeClaim, ...]]:
        """Confirm a report in a transaction that is undone."""
        night, subject = self._subject_of(tx, report)
        done = self._rule(tx, report, DeskAction.CONFIRM, Editor("-"), "")
        return night, subject, done.claims

    def _confirm(self, tx: Transaction, report: int, by: Editor, why: str) -> Done:
        _check_held(tx, report)
        if not self._two_persons:
            return self._rule(tx, report, DeskAction.CONFIRM, by, why)
        proposal = store.proposal(tx.db.conn, report)
        if proposal is None:
            return self._rule(tx, report, DeskAction.PROPOSE, by, why)
        if (proposal.person or proposal.who) == (by.id or by.name):
            raise DeskError(
                "You have confirmed this already. A second member of the desk must confirm it too."
            )
        return self._rule(tx, report, DeskAction.CONFIRM, by, why, refers_to=proposal.id)

    def _rule(
        self,
        tx: Transaction,
        report: int,
        action: DeskAction,
        by: Editor,
        why: str,
        *,
        refers_to: int | None = None,
    ) -> Done:
        night, subject = self._subject_of(tx, report)
        about = {"night": night, "council": subject.code, "report_id": report}
        entry = _action_entry(action, by, why, **about, refers_to=refers_to)
        return self._record_and_decide(tx, entry, subject)

    def _subject_of(self, tx: Transaction, report: int) -> tuple[date, Subject]:
        """Return the night and subject of a report.

        Raises `DeskError` if there is no such report or it is about no council or ballot.
        """
        rows = tx.rows(
            "SELECT night, COALESCE(ballot, council), kind, considered FROM reports WHERE id = ?",
            (report,),
        )
        if not rows:
            raise DeskError(f"There is no report {report}: `/desk queue` shows what there is.")
        night, code, kind, considered = rows[0]
        if kind == ReportKind.STATE_OF_PARTIES or not considered:
            raise DeskError(
                f"Report {report} decides nothing about a council, so there is nothing to confirm "
                "or reject."
            )
        on = date.fromisoformat(night)
        return on, subject_of(code, on, self._almanac)

    def _record_and_decide(self, tx: Transaction, entry: DeskActed, subject: Subject) -> Done:
        """Record an action and, unless it only proposes, decide on its subject again."""
        now = self._clock.now()
        number = tx.append(entry, now)
        if entry.action is DeskAction.PROPOSE or entry.night is None:
            return Done(number, proposed=True)
        return Done(number, tuple(self._ingest.decider.reconsider(tx, entry.night, subject, now)))

    def _toggle(self, tx: Transaction, action: DeskAction, by: Editor, why: str) -> Done:
        paused = store.pause(tx.db.conn)
        if action is DeskAction.PAUSE and paused is not None:
            raise DeskError(
                f"{paused.who} paused alerts at {paused.at:%H:%M}. `/desk resume` resumes them."
            )
        if action is DeskAction.RESUME and paused is None:
            raise DeskError("Alerts are not paused.")
        return Done(tx.append(_action_entry(action, by, why), self._clock.now()))

    def _undo(self, tx: Transaction, number: int, by: Editor, why: str) -> Done:
        action = store.action(tx.db.conn, number)
        if action is None:
            raise DeskError(f"There is no action {number}: `/desk log` shows their numbers.")
        if action.undone_by is not None:
            raise DeskError(f"Action {number} is undone already, by action {action.undone_by}.")
        if action.action not in UNDOABLE:
            raise DeskError(f"{action.action.capitalize()} cannot be undone: do the opposite.")
        entry = _action_entry(
            DeskAction.UNDO,
            by,
            why,
            night=action.night,
            council=action.council,
            report_id=action.report_id,
            refers_to=number,
        )
        if action.named is not None:
            return self._record_naming(tx, entry, action.named)
        if action.action in DECIDING and action.council is not None and action.night is not None:
            subject = subject_of(action.council, action.night, self._almanac)
            return self._record_and_decide(tx, entry, subject)
        return Done(tx.append(entry, self._clock.now()))


def _action_entry(action: DeskAction, by: Editor, why: str, **about: Any) -> DeskActed:
    return DeskActed(action, by.name, why, person=by.id, **about)


def _fields(
    night: date, council: Council, control: Control | None, seats: Composition | None
) -> dict[str, Any]:
    return {
        "night": night,
        "council": council.code,
        "control": control_code(control),
        "seats": None if seats is None else dict(seats),
    }


def _check_held(tx: Transaction, report: int) -> None:
    """Raise `DeskError` for a report that is not held."""
    rows = tx.rows("SELECT verdict FROM reports WHERE id = ?", (report,))
    if rows and rows[0][0] != VerdictStatus.HELD:
        raise DeskError(f"Already decided: the report is {rows[0][0]}. `/desk log` shows by whom.")
