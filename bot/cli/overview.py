"""The overview of a night as one JSON object: documents, results, and what was announced."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.election.alert_kinds import AlertKind
from bot.election.almanac import Almanac
from bot.election.assembly import assembly_of
from bot.election.ballots import BallotStanding
from bot.election.case_file import VerdictStatus
from bot.election.claims import ClaimState
from bot.election.control import Control, Outcome, seats_behind
from bot.election.parties import NOC_NAME, VACANT, Parties, WireParty
from bot.election.reconciliation import Reconciliation, reconcile
from bot.election.standings import CouncilStanding, Declared
from bot.election.tally import PartyLine, StateOfParties, by_nation, state_of_night
from bot.ingest.rejudge import lacking
from bot.store.reader import Documents, Reader
from bot.wording.figures import baseline_sentence, common_baseline

Json = dict[str, Any]

_SUCCESSIONS = {ClaimState.CORRECTED: "correction", ClaimState.RETRACTED: "retraction"}


@dataclass(frozen=True)
class Overview:
    """The overview of one night; `night` is None before anything has come in."""

    reader: Reader
    almanac: Almanac
    night: date | None

    def to_json(
        self,
        readings: Collection[int] | None = None,
        repeated: Sequence[str] = (),
        feed: str = "",
    ) -> Json:
        """Return the object that `ingest --json` prints; `docs/operating.md` documents its keys.

        With *readings*, only those documents are counted, and the *repeated* ones, by name, that
        came from *feed* again unchanged.
        """
        standings = self.standings
        state = state_of_night(standings, self._almanac_told())
        return {
            **self._documents(readings, repeated, feed),
            "councils": {
                "declared": state.declared,
                "total": state.total,
                "changes_of_hands": [
                    self._change(standing, standing.declared)
                    for standing in standings
                    if standing.declared is not None and standing.declared.outcome.changes_hands
                ],
                "before_not_known": [
                    self._change(standing, standing.declared)
                    for standing in standings
                    if standing.declared is not None
                    and standing.declared.outcome is Outcome.BEFORE_NOT_KNOWN
                ],
            },
            "state_of_parties": self._parties(state),
            "reconciliation": [
                {
                    "document": document,
                    "results": outcome.results,
                    "agrees": outcome.agrees,
                    "differences": list(outcome.differences)
                    if outcome.comparable
                    else [f"not comparable: {outcome.why}"],
                }
                for document, outcome in self.reconciliations()
            ],
            "alerts": self._alerts(),
            "contests": [self._ballot(one) for one in self._ballots],
            "not_followed": self.reader.not_followed(),
        }

    def remarks(self) -> Json:
        """Return what the text adds to it: names unknown to our tables, and what is missing."""
        if self.night is None:
            return {"unknown": {"councils": [], "parties": []}, "lacking": {}}
        return {
            "unknown": self.reader.wire_names(self.night),
            "lacking": lacking(self.reader, self.almanac, self.night),
        }

    def nations(self) -> Json:
        """Return what each nation has declared, by party."""
        return {
            nation: {
                "declared": state.declared,
                "total": state.total,
                "councils": {
                    self._name(line.party): line.councils
                    for line in (*state.parties, state.noc)
                    if line.councils
                },
                "seats_won": {
                    self._name(line.party): line.seats_won
                    for line in state.parties
                    if line.seats_won
                },
            }
            for nation, state in by_nation(self.standings).items()
        }

    @property
    def standings(self) -> Sequence[CouncilStanding]:
        """Every council that votes on the night."""
        return () if self.night is None else self.reader.councils(self.night)

    @property
    def _ballots(self) -> Sequence[BallotStanding]:
        """Every mayor, referendum and constituency of the night."""
        return () if self.night is None else self.reader.ballots(self.night)

    def assembly(self) -> Json | None:
        """Return how the Assembly stands; None on a night that elects none."""
        state = assembly_of(self._ballots, self.almanac)
        if not state.constituencies:
            return None
        return {
            "declared": state.declared,
            "total": state.constituencies,
            "filled": state.filled,
            "seats": {self._name(line.party): line.seats for line in state.lines if line.seats},
            "largest": None if state.settled is None else self._name(state.settled),
        }

    def reconciliations(self) -> list[tuple[str, Reconciliation]]:
        """Return each state of parties, by document, beside our own tally."""
        if self.night is None:
            return []
        parties, councils = self.reader.parties(self.night), self.almanac.councils
        return [
            (told.document, reconcile(told.report, self.standings, parties, councils))
            for told in self.reader.states_of_parties(self.night)
        ]

    def _almanac_told(self) -> Almanac:
        if self.night is None:
            return self.almanac
        return self.almanac.told(self.night, self.reader.told_total(self.night))

    def _documents(
        self, readings: Collection[int] | None, repeated: Sequence[str], feed: str
    ) -> Json:
        documents = self.reader.documents(readings)
        # A held or rejected document stays so when it is repeated; other repeats are duplicates.
        before = self.reader.last_readings(feed, set(repeated)) - set(readings or ())
        again = self.reader.documents(before) if before else Documents()
        bad = {one.document for one in (*again.held, *again.rejected)}
        duplicates = documents.counts[VerdictStatus.DUPLICATE]
        duplicates += sum(name not in bad for name in repeated)
        held = (*documents.held, *again.held)
        rejected = (*documents.rejected, *again.rejected)
        accepted = documents.counts[VerdictStatus.ACCEPTED]
        superseded = documents.counts[VerdictStatus.SUPERSEDED]
        return {
            "documents": accepted + superseded + duplicates + len(held) + len(rejected),
            "accepted": accepted,
            "superseded": superseded,
            "duplicates": duplicates,
            "held": [
                {"document": one.document, "council": one.council, "reasons": list(one.reasons)}
                for one in held
            ],
            "rejected": [{"document": one.document, "reason": one.reason} for one in rejected],
            "warnings": [
                {"document": one.document, "council": one.council, "warnings": list(one.reasons)}
                for one in documents.warned
            ],
        }

    def _change(self, standing: CouncilStanding, declared: Declared) -> Json:
        return {
            "council": standing.council.name,
            "gss": standing.council.gss,
            "outcome": declared.outcome.value,
            "from": self._control(standing.before),
            "to": self._control(declared.after),
            "seats": _seats_that_decide(declared, self.almanac.parties),
            "total": declared.now.total,
        }

    def _ballot(self, standing: BallotStanding) -> Json:
        report = standing.report
        return {
            "contest": standing.ballot.name,
            "kind": standing.ballot.kind.value,
            "declared": standing.is_declared,
            "elected": [
                {
                    "name": one.name,
                    "party": None if one.party is None else self._party_of(one.party),
                    "votes": list(one.votes),
                }
                for one in (report.winners if report is not None else ())
            ],
        }

    def _party_of(self, party: WireParty) -> str:
        return self._name(self.almanac.parties.resolve(party).code)

    def _parties(self, state: StateOfParties) -> list[Json]:
        lines: Iterable[PartyLine] = (*state.parties, state.noc)
        baseline = common_baseline(self.standings)
        counted = None if baseline is None else baseline_sentence(baseline)
        return [
            {
                "party": self._name(line.party),
                "councils": line.councils,
                "council_change": line.council_change,
                "seats_won": line.seats_won,
                "seat_change": line.seat_change,
                "seat_change_counted": counted,
            }
            for line in lines
            if line.party != VACANT
        ]

    def _alerts(self) -> list[Json]:
        """Return the versions of claims that subscribers to changes of hands receive, in order.

        A correction is sent if what it corrects was sent, or if its own content is to be.
        """
        if self.night is None:
            return []
        alerts: list[Json] = []
        last_told: dict[str, bool] = {}
        for claim in self.reader.claims(self.night):
            if claim.version.state is ClaimState.COMPLETED:
                continue  # what was told is edited
            content = claim.version.content
            worth_telling = content is not None and content.alert_kind is not AlertKind.HOLD
            told_before = last_told.get(claim.council, False)
            last_told[claim.council] = worth_telling
            if not (worth_telling or told_before):
                continue
            kind = str(content.alert_kind) if content else ""
            alerts.append(
                {
                    "kind": _SUCCESSIONS.get(claim.version.state, kind),
                    "council": self.reader.council_name(claim.council),
                    "from": self._control(content.before) if content else None,
                    "to": self._control(content.after) if content else None,
                    "version": claim.version.version,
                }
            )
        return alerts

    def _control(self, control: Control | None) -> str | None:
        return None if control is None else self._name(control.holder)

    def _name(self, party: str | None) -> str:
        return NOC_NAME if party is None else self.reader.party_name(party)


def _seats_that_decide(declared: Declared, parties: Parties) -> int:
    """Return the seats of the party in control, or of the largest where nobody is."""
    if declared.after.holder is not None:
        return seats_behind(declared.after, declared.now, parties)
    return max(declared.now.without_vacant().values(), default=0)
