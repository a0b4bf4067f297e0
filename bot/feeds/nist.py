"""NIST SP 1500-100 version 2, the common data format of election results, as JSON.

Of an `ElectionReport` the contests for a council's wards are taken in, and those for mayors, the
Northern Ireland Assembly and referendums. Where `VoteCounts` say their `Round`, they are the votes
after each count. The format has no place for a council's composition or its control: these follow
from the wards.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import cast

from bot.election.parties import WireParty
from bot.election.reports import (
    BallotKind,
    BallotReport,
    Candidate,
    NotFollowed,
    WardReport,
    WireCouncil,
)
from bot.feeds import markers
from bot.feeds.faults import DocumentFault, Doubts
from bot.feeds.fields import Fields, an_object, flag, items, optional_number, optional_text, text
from bot.feeds.parsed import Common, Parsed
from bot.feeds.values import MOST_PEOPLE, MOST_SEATS_IN_A_WARD, clipped, day, moment, slug, turnout

FORMAT = "NIST SP 1500-100 JSON"
ROOT = "ElectionReport"

_STATUSES = (
    "pre-election",
    "unofficial-partial",
    "unofficial-complete",
    "certified",
    "recount",
    "correction",
)
"""The states of a report; of two of the same moment the later in this list counts."""

_COUNCIL_TYPES = {"borough", "city", "city-council", "county", "county-council", "municipality"}
_COUNCIL_WORDS = re.compile(r"authority|borough|council|district|unitary", re.IGNORECASE)
_CONTESTS = {
    BallotKind.MAYOR: re.compile(r"\bmayor\b", re.IGNORECASE),
    BallotKind.ASSEMBLY: re.compile(r"\bnorthern ireland assembly\b", re.IGNORECASE),
}
_OTHER_OFFICES = re.compile(
    r"\b(?:assembly|commissioner|mayor|parliament|parish|president|senedd)\b", re.IGNORECASE
)
_MOST_ROUNDS = 60
_GSS = re.compile(r"(?:gss:)?([ENSW]\d{8})", re.ASCII)
_EC_ID = re.compile(r"(?:PP|party:|ynmp-party:)\d+", re.ASCII | re.IGNORECASE)
_WINNER = "winner"
_NOT_ELECTED = {"defeated", "withdrawn"}
_MOST_REPORTS = 99
_MOST_LEVELS = 8


def is_report(value: object) -> bool:
    """Return whether a JSON value is an `ElectionReport`."""
    return isinstance(value, dict) and (
        str(value.get("@type")).endswith(ROOT) or ("GeneratedDate" in value and "Election" in value)
    )


def parse(value: object) -> Parsed:
    """Return the ward reports of an `ElectionReport`; raises `DocumentFault`.

    A faulty contest loses only itself.
    """
    try:
        report = _Report(an_object(value, "the report"))
        contests = [
            (election, an_object(contest, "a contest"))
            for one in items(report.fields, "Election")
            for election in [_Election(report, an_object(one, "an election"))]
            for contest in items(election.fields, "Contest")
        ]
    except DocumentFault as fault:
        raise DocumentFault(f"ElectionReport: {fault} Ask its issuer to mend it.") from None
    if not contests:
        raise DocumentFault("The ElectionReport has no contest: ask its issuer for a full one.")
    parsed = Parsed()
    others: dict[str, BallotReport] = {}
    twice: set[str] = set()
    for election, contest in contests:
        try:
            found = election.report(contest)
            if isinstance(found, NotFollowed | WardReport):
                parsed.add(found)
            elif found != others.setdefault(f"{found.kind} {found.area}", found):
                twice.add(f"{found.kind} {found.area}")
                raise DocumentFault("its area has another contest in the same report.")
        except DocumentFault as fault:
            label = clipped(str(contest.get("@id") or contest.get("Name")))
            parsed.faults.append(f"Contest {label}: {fault} Ask its issuer to mend it.")
    parsed.reports += [report for area, report in others.items() if area not in twice]
    return parsed.keep_once(lambda one: (one.ballot_id, one.gss))


class _Report:
    """What all contests of a report have in common: its head, its places, parties and offices."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.status = text(fields, "Status")
        if self.status not in _STATUSES:
            raise DocumentFault(
                f"its Status is {clipped(self.status)}, which is none of {', '.join(_STATUSES)}."
            )
        self.is_known = self.status != "pre-election"
        self.issuer = optional_text(fields, "Issuer")
        self.updated_at = self._updated_at()
        self.test = flag(fields, "IsTest")
        self.units = _Units(items(fields, "GpUnit"))
        self._parties = _by_id(items(fields, "Party"))
        self._offices = _by_id(items(fields, "Office"))

    def party(self, party_id: str | None) -> WireParty:
        """Return a party as the report describes it; a candidate without one stands for none."""
        if party_id is None:
            return WireParty("Independent")
        party = _described(self._parties, party_id, "party")
        name, abbreviation = _words(party, "Name"), _words(party, "Abbreviation")
        ec_id = next((code for code in _codes(party) if _EC_ID.fullmatch(code)), None)
        if not (name or abbreviation or ec_id):
            raise DocumentFault(f"the party {clipped(party_id)} has no Name.")
        return WireParty(name or "", abbreviation, ec_id)

    def offices(self, ids: Iterable[str]) -> str:
        """Return the names of offices in one text."""
        found = (self._offices.get(office_id) for office_id in ids)
        return " ".join(filter(None, (_words(office, "Name") for office in found if office)))

    def _updated_at(self) -> datetime:
        """Return when the report was made, to a thousandth of a second.

        The microseconds order reports of the same moment: by `Status`, then by their place in the
        sequence, `SequenceStart`.
        """
        generated = moment(text(self.fields, "GeneratedDate"), "its GeneratedDate")
        start = optional_number(self.fields, "SequenceStart", _MOST_REPORTS) or 1
        end = optional_number(self.fields, "SequenceEnd", _MOST_REPORTS) or start
        if start > end:
            raise DocumentFault(f"its SequenceStart is {start}, its SequenceEnd {end}.")
        order = 100 * _STATUSES.index(self.status) + start
        whole = generated.replace(microsecond=generated.microsecond // 1000 * 1000)
        return whole + timedelta(microseconds=order)


class _Election:
    """One election of a report."""

    def __init__(self, report: _Report, fields: Fields) -> None:
        self.fields = fields
        self._report = report
        self._night: date = day(text(fields, "StartDate"), "its StartDate")
        self._scope = optional_text(fields, "ElectionScopeId")
        self._candidates = _by_id(items(fields, "Candidate"))
        name = _words(fields, "Name")
        self._test = report.test or markers.is_test_election(name)
        is_special = optional_text(fields, "Type") == "special"
        self._by_election = is_special or markers.names_only_by_elections(name)

    def report(self, contest: Fields) -> WardReport | BallotReport | NotFollowed:
        """Return what a contest is: for a ward's seats, for another ballot, or not followed."""
        if (kind := self._kind(contest)) is not None:
            return self._ballot(contest, kind)
        said = optional_text(contest, "@type")
        offices = self._report.offices(_ids(contest, "OfficeIds"))
        is_for_seats = said is None or said.endswith("CandidateContest")
        if is_for_seats and not _OTHER_OFFICES.search(offices):
            district = text(contest, "ElectionDistrictId")
            if not self._report.units.is_council(district):
                return self._ward(contest, district)
        what = _words(contest, "Name") or optional_text(contest, "@id") or "?"
        form = (offices or said or "contests of no ward").removeprefix("ElectionResults.")
        return NotFollowed(form, what, self._night)

    def _ward(self, contest: Fields, district: str) -> WardReport:
        council = self._report.units.council_of(district, self._scope)
        seats = _seats(contest)
        candidates = self._candidates_of(contest, district, seats)
        common = self._common(contest, district, seats, candidates)
        by_election = self._by_election or markers.names_by_election(_words(contest, "Name"))
        return WardReport(
            **common,
            ballot_id=f"nist.{slug(council.name)}.{slug(common['area'])}" + ".by" * by_election,
            council=council,
            uncontested=0 < len(candidates) <= seats
            and all(one.elected and not one.first_preferences for one in candidates),
            by_election=by_election,
        )

    def _ballot(self, contest: Fields, kind: BallotKind) -> BallotReport:
        """Return the report on a mayor, an Assembly's constituency or a referendum."""
        district = text(contest, "ElectionDistrictId")
        is_referendum = kind is BallotKind.REFERENDUM
        seats = 1 if is_referendum else _seats(contest)
        candidates = (
            self._answers(contest, district)
            if is_referendum
            else self._candidates_of(contest, district, seats)
        )
        elected = sum(bool(one.elected) for one in candidates)
        return BallotReport(
            **self._common(contest, district, seats, candidates),
            kind=kind,
            complete=self._report.is_known and elected == seats,
            question=_words(contest, "FullText") if is_referendum else None,
            recount=self._report.status == "recount",
        )

    def _common(
        self, contest: Fields, district: str, seats: int, candidates: tuple[Candidate, ...]
    ) -> Common:
        unit = self._report.units.get(district)
        doubts = Doubts()
        electorate = doubts.take(lambda: optional_number(unit, "VotersRegistered", MOST_PEOPLE))
        voters = doubts.take(lambda: optional_number(unit, "VotersParticipated", MOST_PEOPLE))
        return Common(
            night=self._night,
            area=_words(unit, "Name") or text(contest, "Name"),
            gss=_gss(unit),
            seats=seats,
            candidates=candidates,
            updated_at=self._report.updated_at,
            electorate=electorate,
            turnout=turnout(voters, electorate),
            spoilt=None,
            source=self._report.issuer,
            test=self._test or markers.is_test_election(_words(contest, "Name")),
            doubts=tuple(doubts),
        )

    def _kind(self, contest: Fields) -> BallotKind | None:
        said = optional_text(contest, "@type") or ""
        if said.endswith("BallotMeasureContest"):
            return BallotKind.REFERENDUM
        if said and not said.endswith("CandidateContest"):
            return None
        if self._by_election or markers.names_by_election(_words(contest, "Name")):
            return None
        offices = self._report.offices(_ids(contest, "OfficeIds"))
        return next((kind for kind, office in _CONTESTS.items() if office.search(offices)), None)

    def _answers(self, contest: Fields, district: str) -> tuple[Candidate, ...]:
        """Return a referendum's answers; the one with most votes is chosen once it is complete."""
        answers = []
        for item in items(contest, "ContestSelection"):
            selection = an_object(item, "a ContestSelection")
            name = _required_words(selection, "Selection")
            answers.append(Candidate(name, votes=_votes(selection, district)[:1]))
        done = self._report.status in ("unofficial-complete", "certified", "correction")
        most = max((one.votes[0] or 0 for one in answers if one.votes), default=0)
        chosen = [one for one in answers if one.votes and one.votes[0] == most]
        if not done or len(chosen) != 1:
            return tuple(answers)
        return tuple(replace(one, elected=one is chosen[0]) for one in answers)

    def _candidates_of(self, contest: Fields, district: str, seats: int) -> tuple[Candidate, ...]:
        """Return a contest's candidates with their votes and whether they are elected.

        Who has no `PostElectionStatus` is known not to be elected once every seat has its winner.
        """
        standing = [
            (selection, candidate_id)
            for item in items(contest, "ContestSelection")
            for selection in [an_object(item, "a ContestSelection")]
            for candidate_id in _ids(selection, "CandidateIds")
        ]
        for candidate_id, times in Counter(number for _, number in standing).items():
            if times > 1:  # who won would be counted as often
                raise DocumentFault(f"the candidate {clipped(candidate_id)} stands in it twice.")
        statuses = [
            optional_text(self._candidate(candidate_id), "PostElectionStatus")
            for _, candidate_id in standing
        ]
        all_won = statuses.count(_WINNER) == seats
        known = self._report.is_known
        return tuple(
            Candidate(
                name=_required_words(self._candidate(candidate_id), "BallotName"),
                party=self._party(self._candidate(candidate_id), selection),
                votes=_votes(selection, district) if known else (),
                elected=_elected(status, all_won) if known else None,
            )
            for (selection, candidate_id), status in zip(standing, statuses, strict=True)
        )

    def _candidate(self, candidate_id: str) -> Fields:
        return _described(self._candidates, candidate_id, "candidate")

    def _party(self, candidate: Fields, selection: Fields) -> WireParty:
        party_id = optional_text(candidate, "PartyId")
        return self._report.party(
            party_id or next(iter(_ids(selection, "EndorsementPartyIds")), None)
        )


class _Units:
    """The report's places, and which of them are parts of which."""

    def __init__(self, units: Iterable[object]) -> None:
        self._units = _by_id(units)
        self._wholes: defaultdict[str, list[str]] = defaultdict(list)
        for unit_id, unit in self._units.items():
            for part in _ids(unit, "ComposingGpUnitIds"):
                self._wholes[part].append(unit_id)

    def get(self, unit_id: str) -> Fields:
        """Return a place; raises `DocumentFault` where it is not described."""
        return _described(self._units, unit_id, "GpUnit")

    def is_council(self, unit_id: str) -> bool:
        """Return whether a place is a council's whole area."""
        unit = self.get(unit_id)
        kind = optional_text(unit, "Type")
        other = optional_text(unit, "OtherType") or ""
        return kind in _COUNCIL_TYPES or (kind == "other" and bool(_COUNCIL_WORDS.search(other)))

    def council_of(self, ward: str, scope: str | None) -> WireCouncil:
        """Return the council that a ward is part of; raises `DocumentFault`.

        It is the nearest whole that is a council's area. Of several (a district and its county)
        the election's *scope* decides, and it does too where the ward is said to be part of none.
        """
        level, found = [ward], list[str]()
        for _ in range(_MOST_LEVELS):
            level = [whole for part in level for whole in self._wholes.get(part, ())]
            found = [whole for whole in dict.fromkeys(level) if self.is_council(whole)]
            if found or not level:
                break
        if scope is not None and self.is_council(scope) and (scope in found or not found):
            found = [scope]
        if len(found) != 1:
            names = " and ".join(clipped(_words(self.get(one), "Name") or one) for one in found)
            raise DocumentFault(
                f"its ward is part of {names}, and the ElectionScopeId names neither."
                if found
                else "of which council its ward is part, no GpUnit says."
            )
        council = self.get(found[0])
        return WireCouncil(name=_required_words(council, "Name"), code=_gss(council))


def _elected(status: str | None, all_won: bool) -> bool | None:
    """Return what a `PostElectionStatus` says: "projected-winner" is not a winner yet."""
    if status == _WINNER:
        return True
    return False if status in _NOT_ELECTED or (status is None and all_won) else None


def _seats(contest: Fields) -> int:
    """Return how many a contest elects; `VotesAllowed` says it only where each seat has a vote."""
    seats = optional_number(contest, "NumberElected", MOST_SEATS_IN_A_WARD)
    if not seats and optional_text(contest, "VoteVariation") in (None, "plurality", "n-of-m"):
        seats = optional_number(contest, "VotesAllowed", MOST_SEATS_IN_A_WARD)
    if not seats:
        raise DocumentFault("its NumberElected is missing.")
    return seats


def _votes(selection: Fields, district: str) -> tuple[float | None, ...]:
    """Return a selection's votes after each round, or the whole district's where none is told.

    Empty where only parts of the district, or of its votes, are counted.
    """
    totals: list[int] = []
    rounds: dict[int, float] = {}
    for item in items(selection, "VoteCounts"):
        counts = an_object(item, "a VoteCounts")
        if optional_text(counts, "GpUnitId") not in (None, district):
            continue
        if optional_text(counts, "Type") != "total":  # of postal votes and the like: a part
            continue
        number = optional_number(counts, "Round", _MOST_ROUNDS)
        if number is not None:
            rounds[number] = _votes_of_a_round(counts.get("Count"))
        else:
            total = optional_number(counts, "Count", MOST_PEOPLE)
            totals += [] if total is None else [total]
    if rounds and min(rounds) > 0:
        return tuple(rounds.get(one) for one in range(1, max(rounds) + 1))
    return tuple(totals[:1])


def _votes_of_a_round(count: object) -> float:
    """Return votes, parts of them too: votes are transferred at a value below one."""
    if isinstance(count, int | float) and not isinstance(count, bool) and 0 <= count <= MOST_PEOPLE:
        return int(count) if float(count).is_integer() else count
    raise DocumentFault(f"its Count is {clipped(str(count))}, no number of votes.")


def _by_id(values: Iterable[object]) -> dict[str, Fields]:
    found: dict[str, Fields] = {}
    for value in values:
        fields = an_object(value, "what a list holds")
        if found.setdefault(text(fields, "@id"), fields) is not fields:
            raise DocumentFault(f"the @id {clipped(text(fields, '@id'))} appears twice.")
    return found


def _described(found: Mapping[str, Fields], key: str, what: str) -> Fields:
    if key not in found:
        raise DocumentFault(f"the {what} {clipped(key)} is not described.")
    return found[key]


def _ids(fields: Fields, key: str) -> list[str]:
    ids = items(fields, key)
    for one in ids:
        if not isinstance(one, str):
            raise DocumentFault(f"its {key} holds {clipped(str(one))}, which is no id.")
    return cast("list[str]", ids)


def _words(fields: Fields, key: str) -> str | None:
    """Return a text, the English one where it is an `InternationalizedText`."""
    value = fields.get(key)
    if not isinstance(value, dict):
        return optional_text(fields, key)
    strings = [an_object(one, f"a text of its {key}") for one in items(value, "Text")]
    strings.sort(key=lambda one: not str(one.get("Language", "en")).startswith("en"))
    return optional_text(strings[0], "Content") if strings else None


def _required_words(fields: Fields, key: str) -> str:
    words = _words(fields, key)
    if words is None:
        raise DocumentFault(f"{clipped(str(fields.get('@id')))} has no {key}.")
    return words


def _codes(fields: Fields) -> Iterator[str]:
    """Yield the values of an object's `ExternalIdentifier`s, whatever kind they say they are."""
    for item in items(fields, "ExternalIdentifier"):
        value = optional_text(an_object(item, "an ExternalIdentifier"), "Value")
        if value is not None:
            yield value


def _gss(unit: Fields) -> str | None:
    """Return a place's GSS code, None where none of its codes is one."""
    return next((found[1] for code in _codes(unit) if (found := _GSS.fullmatch(code))), None)
