from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.almanac import CouncilElection, NightAlmanac, WardSeat
from bot.election.case_file import CouncilCase, Filed, Override, Ruling, RulingAction, VerdictStatus
from bot.election.claims import Basis, ClaimContent
from bot.election.control import NOC, Control
from bot.election.decide_council import Decision, decide
from bot.election.parties import WireParty
from bot.election.places import Places
from bot.election.policy import ClaimsNeed, Policy
from bot.election.reports import (
    Candidate,
    CouncilResult,
    GainOrHold,
    Nominations,
    PartyNominations,
    Proportion,
    SourceKind,
    WardReport,
    WinnerStatement,
    WireCouncil,
)
from bot.election.seats import Composition
from bot.election.standings import Source
from bot.election.wards import report_from, told_by_wards
from tests.election.build import HULL, NIGHT, PARTIES, POLLS_CLOSE, election, result

TABLE = tuple(
    WardSeat(f"local.hull.ward-{n}.2022-05-05", f"Ward {n}", f"E0500000{n}", 1) for n in range(5)
)
CLOSE_COUNCIL = {"Lab": 5, "LD": 4}
"""Nine seats, five of them up: Labour defend three and keep two, Liberal Democrats keep two."""

NOMINATIONS = Nominations(
    NIGHT,
    WireCouncil("Hull", proportion=Proportion.THIRD),
    (
        PartyNominations(WireParty("Lab"), 5, 3, 0, 5),
        PartyNominations(WireParty("LD"), 4, 2, 0, 5),
        PartyNominations(WireParty("Ind"), 0, 0, 0, 1),
    ),
)
ELECTION: CouncilElection = election("Lab", seats=9, seats_up=5)


def ward(
    number: int,
    winner: str | None,
    *,
    seats: int = 1,
    cancelled: bool = False,
    name: str | None = None,
    gss: str | None = "given",
    minute: int | None = 5,
) -> WardReport:
    return WardReport(
        night=NIGHT,
        ballot_id=f"local.hull.ward-{number}.2022-05-05",
        council=WireCouncil("Hull"),
        area=name or f"Ward {number}",
        gss=f"gss:E0500000{number}" if gss == "given" else gss,
        seats=seats,
        cancelled=cancelled,
        uncontested=False,
        by_election=False,
        replaced_by=None,
        updated_at=None if minute is None else POLLS_CLOSE + timedelta(minutes=minute),
        candidates=tuple(
            Candidate(f"{winner} {n}", WireParty(winner), (100,), True) for n in range(seats)
        )
        if winner
        else (),
    )


def filed(
    report: WardReport | CouncilResult | WinnerStatement,
    number: int,
    kind: SourceKind,
    *,
    settled: bool = True,
    hours: float = 4.0,
) -> Filed[object]:
    at = POLLS_CLOSE + timedelta(hours=hours, seconds=number)
    return Filed(number, report, repr(report), Source("feed", "doc", None, at, kind), settled)


def case(
    *reports: Filed[object],
    need: ClaimsNeed = ClaimsNeed.ONE_SOURCE,
    words: Sequence[Override] = (),
    rulings: Sequence[Ruling] = (),
    table: Sequence[WardSeat] = TABLE,
    nominations: Nominations | None = NOMINATIONS,
    known: CouncilElection | None = ELECTION,
) -> CouncilCase:
    def of(kind: type) -> tuple[Filed[object], ...]:
        return tuple(one for one in reports if isinstance(one.report, kind))

    return CouncilCase(
        council=HULL,
        night=NightAlmanac(NIGHT, "local elections", wards={"KHL": table} if table else {}),
        election=known,
        nominated=nominations,
        results=of(CouncilResult),  # type: ignore[arg-type]
        wards=of(WardReport),  # type: ignore[arg-type]
        statements=of(WinnerStatement),  # type: ignore[arg-type]
        overrides=tuple(words),
        rulings=tuple(rulings),
        policy=Policy(claims_need=need),
    )


def all_wards(
    winners: Sequence[str],
    kind: SourceKind = SourceKind.DEMOCRACY_CLUB,
    first: int = 1,
    **how: object,
) -> list[Filed[object]]:
    return [
        filed(
            ward(n, winner, minute=5 if how.get("settled", True) else None), first + n, kind, **how
        )  # type: ignore[arg-type]
        for n, winner in enumerate(winners)
    ]


LD_WINS = ("LD", "LD", "LD", "Lab", "Lab")
"""Liberal Democrats five of nine."""
LAB_HOLDS = ("Lab", "Lab", "Lab", "LD", "LD")


def content(decision: Decision) -> ClaimContent:
    assert decision.content is not None
    return decision.content


def places(table: Sequence[WardSeat]) -> Places:
    return Places("KHL", NightAlmanac(NIGHT, "", wards={"KHL": table} if table else {}))


# --- which ward is meant ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gss", "name", "key"),
    [
        ("gss:E05000002", "whatever", TABLE[2].key),
        ("E05000002", None, TABLE[2].key),
        (None, "ward  3", TABLE[3].key),
        ("gss:E05999999", "Ward 4", TABLE[4].key),
        ("gss:E05999999", "Elsewhere", None),
        (None, None, None),
    ],
)
def test_wards_are_known_by_code_then_by_name(
    gss: str | None, name: str | None, key: str | None
) -> None:
    place = places(TABLE).of(gss, name)
    assert (place and place.key) == key


def test_a_name_that_two_wards_share_means_neither() -> None:
    twins = (*TABLE, WardSeat("other", "Ward 3", "E05000009", 1))
    assert places(twins).of(None, "Ward 3") is None
    place = places(twins).of("E05000003", "Ward 3")
    assert place is not None
    assert place.key == TABLE[3].key


def test_without_a_table_every_name_is_a_ward() -> None:
    place = places(()).of(None, "Old Town")
    assert place is not None
    assert (place.key, place.known) == ("old town", None)
    assert places(()).of(None, "") is None


def test_an_unknown_ward_is_asked_about_and_counts_for_nothing() -> None:
    stranger = filed(ward(7, "LD", name="Wards 3", gss=None), 9, SourceKind.DEMOCRACY_CLUB)
    decision = decide(case(stranger), PARTIES)
    verdict = decision.verdicts[9]
    assert verdict.status is VerdictStatus.HELD
    assert "our table has no ward Wards 3 in Kingston upon Hull: is it Ward 3" in verdict.reasons[0]
    assert decision.wards == {}
    assert places(TABLE).nearest("Completely Other") == []


# --- what the wards come to ---------------------------------------------------------------


def test_the_last_ward_makes_the_council() -> None:
    *counting, last = all_wards(LD_WINS)
    assert decide(case(*counting), PARTIES).content is None
    decision = decide(case(*counting, last), PARTIES)
    assert content(decision) == ClaimContent.of(Control("Lab"), Control("LD"))
    assert decision.claimable
    assert decision.result is not None
    assert decision.result.now == {"LD": 5, "Lab": 4}
    assert decision.result.changes == {"LD": 1, "Lab": -1}
    assert decision.result.basis is Basis.WARDS


@pytest.mark.parametrize(
    ("missing", "changed"),
    [
        ("no nominations", {"nominations": None}),
        (
            "more seats of a party are up",
            {
                "nominations": replace(
                    NOMINATIONS, parties=(PartyNominations(WireParty("Lab"), 1, 3, 0, 5),)
                )
            },
        ),
        ("5 seats, 4 are up", {
            "table": (),
            "nominations": replace(
                NOMINATIONS,
                parties=(
                    PartyNominations(WireParty("Lab"), 5, 3, 0, 5),
                    PartyNominations(WireParty("LD"), 4, 1, 0, 5),
                ),
            ),
        }),
    ],
)  # fmt: skip
def test_where_the_rest_of_the_council_is_not_known_nothing_is_said(
    missing: str, changed: Mapping[str, object]
) -> None:
    given: dict[str, object] = {"table": TABLE, "nominations": NOMINATIONS, **changed}
    reports = {f"ward {n}": ward(n, winner) for n, winner in enumerate(LD_WINS)}
    if given["table"]:
        reports = {TABLE[n].key: ward(n, winner) for n, winner in enumerate(LD_WINS)}
    told = told_by_wards(reports, election=ELECTION, parties=PARTIES, **given)  # type: ignore[arg-type]
    assert told.now is None
    assert missing in (told.missing or "")


def test_a_ward_that_nobody_has_told_of_keeps_the_council_open() -> None:
    decision = decide(case(*all_wards(LD_WINS[:4])), PARTIES)
    assert decision.content is None
    (voice,) = decision.voices
    assert (voice.wards, voice.of_wards, voice.says) == (4, 5, None)


def test_a_cancelled_poll_leaves_its_seat_vacant_and_the_desk_decides_what_hangs_on_it() -> None:
    wards = all_wards(("LD", "LD", "Lab", "Lab"))
    cancelled = filed(ward(4, None, cancelled=True), 9, SourceKind.DEMOCRACY_CLUB)
    decision = decide(case(*wards, cancelled), PARTIES)
    assert decision.content == ClaimContent.of(Control("Lab"), NOC)
    decided = decide(case(*all_wards(("LD", "LD", "LD", "Lab")), cancelled), PARTIES)
    assert decided.content is not None
    assert decided.content.after == Control("LD")
    hanging = replace(
        NOMINATIONS,
        parties=(
            PartyNominations(WireParty("Lab"), 5, 3, 0, 5),
            PartyNominations(WireParty("LD"), 3, 2, 0, 5),
        ),
    )
    open_ = decide(
        case(
            *all_wards(("LD", "LD", "LD", "Lab")), cancelled, nominations=hanging,
            known=election("Lab", seats=8, seats_up=5),
        ),
        PARTIES,
    )  # fmt: skip
    assert open_.content is None
    assert "depends on vacant seats" in " ".join(open_.differences)


def test_local_parties_are_one_bucket_unless_one_of_them_has_the_majority() -> None:
    everything_up = election("Lab", proportion=Proportion.ALL, seats=5, seats_up=5)
    nominations = replace(
        NOMINATIONS,
        council=WireCouncil("Tower Hamlets", proportion=Proportion.ALL),
        parties=(
            PartyNominations(WireParty("Lab"), 5, 5, 0, 5),
            PartyNominations(WireParty("Ind"), 0, 0, 0, 5),
        ),
    )
    told = {"nominations": nominations, "known": everything_up}
    aspire = decide(case(*all_wards(("Asp", "Asp", "Asp", "Lab", "Lab")), **told), PARTIES)  # type: ignore[arg-type]
    assert content(aspire).after == Control("Asp")
    several = decide(
        case(*all_wards(("Asp", "Ind", "Asp", "Lab", "Lab")), **told),  # type: ignore[arg-type]
        PARTIES,
    )
    assert content(several).after == Control("Ind")
    assert several.result is not None
    assert several.result.now == {"Asp": 2, "Ind": 1, "Lab": 2}
    wire = filed(
        result({"Ind": 3, "Lab": 2}, "Ind", GainOrHold.GAIN, sitting="Lab"), 50, SourceKind.PA
    )
    named = decide(
        case(*all_wards(("Asp", "Asp", "Asp", "Lab", "Lab")), wire, known=everything_up,
                nominations=None),
        PARTIES,
    )  # fmt: skip
    assert named.in_force == 50
    assert content(named).after == Control("Asp")


def test_a_local_party_that_may_hold_seats_not_up_has_no_line_that_says_what_it_won() -> None:
    nominations = replace(
        NOMINATIONS,
        parties=(
            PartyNominations(WireParty("Lab"), 4, 3, 0, 5),
            PartyNominations(WireParty("Ind"), 5, 2, 0, 5),
        ),
    )
    wards = all_wards(("Asp", "Lab", "Asp", "Lab", "Lab"))
    told = {"nominations": nominations, "known": election("Lab", seats=9, seats_up=5)}
    several = decide(case(*wards, **told), PARTIES)  # type: ignore[arg-type]
    assert several.result is not None
    assert several.result.now == {"Ind": 5, "Lab": 4}  # of the 5, 3 were not up, perhaps Aspire's
    assert several.result.won == {"Asp": 2, "Lab": 3}
    assert several.result.changes == {}
    assert content(several).after == Control("Ind")


# --- several sources ----------------------------------------------------------------------

WIRE_LD = result({"LD": 5, "Lab": 4}, "LD", GainOrHold.GAIN, sitting="Lab")
WIRE_LAB = result({"LD": 4, "Lab": 5}, "Lab", sitting="Lab")


def test_the_wire_leads_and_the_wards_agree() -> None:
    decision = decide(case(*all_wards(LD_WINS), filed(WIRE_LD, 50, SourceKind.PA)), PARTIES)
    assert decision.in_force == 50
    assert [(v.kind, v.agrees, v.wards) for v in decision.voices] == [
        (SourceKind.PA, True, None),
        (SourceKind.DEMOCRACY_CLUB, True, 5),
    ]
    assert decision.differences == ()


def test_where_the_wards_differ_the_wire_stands_and_the_desk_is_told() -> None:
    decision = decide(case(*all_wards(LAB_HOLDS), filed(WIRE_LD, 50, SourceKind.PA)), PARTIES)
    assert content(decision).after == Control("LD")
    assert decision.differences == ("democracy_club has Labour",)


def test_a_source_without_revisions_is_shown_and_claimed_at_the_second_look() -> None:
    once = all_wards(LD_WINS, SourceKind.MODERN_GOV, settled=False)
    decision = decide(case(*once), PARTIES)
    assert content(decision).after == Control("LD")
    assert not decision.claimable
    assert decide(case(*all_wards(LD_WINS, SourceKind.MODERN_GOV)), PARTIES).claimable


def test_another_source_confirms_what_one_look_has_shown() -> None:
    once = all_wards(LD_WINS, SourceKind.MODERN_GOV, settled=False)
    sheet = replace(WIRE_LD, revision=None, gain_or_hold=None, sitting_given=False, sitting=None)
    seconded = decide(case(*once, filed(sheet, 50, SourceKind.SHEET, settled=False)), PARTIES)
    assert seconded.claimable
    contradicted = replace(
        WIRE_LAB, revision=None, gain_or_hold=None, sitting_given=False, sitting=None
    )
    alone = decide(case(*once, filed(contradicted, 50, SourceKind.SHEET, settled=False)), PARTIES)
    assert not alone.claimable


@pytest.mark.parametrize(
    ("need", "wards_alone", "with_wire"),
    [
        (ClaimsNeed.ONE_SOURCE, True, True),
        (ClaimsNeed.WIRE, False, True),
        (ClaimsNeed.TWO_SOURCES, False, True),
    ],
)
def test_what_it_takes_to_claim_can_be_set(
    need: ClaimsNeed, wards_alone: bool, with_wire: bool
) -> None:
    wards = all_wards(LD_WINS)
    assert decide(case(*wards, need=need), PARTIES).claimable is wards_alone
    wire = filed(WIRE_LD, 50, SourceKind.PA)
    assert decide(case(*wards, wire, need=need), PARTIES).claimable is with_wire
    alone = decide(case(wire, need=ClaimsNeed.TWO_SOURCES), PARTIES)
    assert not alone.claimable


def test_two_formats_of_one_source_do_not_confirm_each_other() -> None:
    both = [*all_wards(LD_WINS), *all_wards(LD_WINS, first=20)]
    decision = decide(case(*both, need=ClaimsNeed.TWO_SOURCES), PARTIES)
    assert not decision.claimable


def test_disputed_wards_are_named() -> None:
    other = filed(ward(0, "Lab"), 30, SourceKind.NIST)
    decision = decide(case(*all_wards(LD_WINS), other), PARTIES)
    assert "sources dispute who won Ward 0" in decision.differences


def test_where_one_wards_word_stands_against_another_nothing_is_claimed() -> None:
    nist = [filed(ward(n, winner), 30 + n, SourceKind.NIST) for n, winner in enumerate(LAB_HOLDS)]
    decision = decide(case(*all_wards(LD_WINS), *nist), PARTIES)
    assert not decision.claimable
    agreeing = [filed(ward(n, w), 30 + n, SourceKind.NIST) for n, w in enumerate(LD_WINS)]
    assert decide(case(*all_wards(LD_WINS), *agreeing), PARTIES).claimable


def one_ward(kind: SourceKind, winner: str, number: int = 0, *, first: int = 60) -> Filed[object]:
    return filed(ward(number, winner), first, kind)


def test_a_disputed_ward_that_decides_keeps_the_council_from_being_claimed() -> None:
    for dispute in (one_ward(SourceKind.NIST, "Lab"), one_ward(SourceKind.NIST, "Lab", first=0)):
        decision = decide(case(*all_wards(LD_WINS), dispute), PARTIES)
        assert decision.content is None or not decision.claimable
        assert "sources dispute who won Ward 0" in decision.differences
    without_weight = [*all_wards(("LD",) * 5), one_ward(SourceKind.NIST, "Lab")]
    decision = decide(case(*without_weight), PARTIES)
    assert content(decision).after == Control("LD")
    assert decision.claimable


def test_sources_that_name_a_party_in_their_own_ways_do_not_dispute() -> None:
    other = replace(
        ward(0, "LD"),
        candidates=(Candidate("x", WireParty("Liberal Democrats", None, "PP90"), (1,), True),),
    )
    decision = decide(case(*all_wards(LD_WINS), filed(other, 60, SourceKind.NIST)), PARTIES)
    assert decision.differences == ()
    assert decision.claimable


def test_pieces_of_two_sources_are_one_whole_and_not_two_voices() -> None:
    pieces = [
        filed(ward(n, winner), n + 1, SourceKind.NIST if n < 3 else SourceKind.DEMOCRACY_CLUB)
        for n, winner in enumerate(LD_WINS)
    ]
    assert decide(case(*pieces), PARTIES).claimable
    assert not decide(case(*pieces, need=ClaimsNeed.TWO_SOURCES), PARTIES).claimable
    once = [replace(one, settled=False) if one.kind is SourceKind.NIST else one for one in pieces]
    assert not decide(case(*once), PARTIES).claimable


def test_what_a_later_look_repeats_has_been_looked_at_twice() -> None:
    first = all_wards(LD_WINS, SourceKind.MODERN_GOV, settled=False)
    again = [
        replace(one, id=one.id + 50, source=replace(one.source, received_at=later))
        for one in first
        for later in [one.source.received_at + timedelta(minutes=1)]
    ]
    assert not decide(case(*first), PARTIES).claimable
    assert not decide(case(*first, *again[:4]), PARTIES).claimable
    assert decide(case(*first, *again), PARTIES).claimable
    sheet = replace(WIRE_LD, revision=None, gain_or_hold=None, sitting_given=False, sitting=None)
    looks = [filed(sheet, n, SourceKind.SHEET, settled=False, hours=n) for n in (3, 4)]
    assert not decide(case(looks[0]), PARTIES).claimable
    assert decide(case(*looks), PARTIES).claimable


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"known": election("Lab", seats=10, seats_up=5)}, "the wards give 9 seats"),
        (
            {"known": election("Lab", seats=9, seats_up=5, proportion=Proportion.ALL)},
            "give 5 seats",
        ),
    ],
)
def test_wards_that_give_another_size_give_no_council(
    changed: dict[str, CouncilElection], missing: str
) -> None:
    decision = decide(case(*all_wards(LD_WINS), **changed), PARTIES)  # type: ignore[arg-type]
    assert decision.content is None
    assert missing in (decision.lacking or "")


def test_a_ward_replaced_by_a_ballot_that_has_not_come_is_undeclared() -> None:
    *wards, last = all_wards(LD_WINS)
    gone = replace(last, report=replace(last.report, replaced_by="local.hull.other.2022-05-05"))  # type: ignore[type-var]
    decision = decide(case(*wards, gone), PARTIES)
    assert decision.content is None
    assert decision.lacking == "1 ward has not declared (Ward 4)"


def test_confirming_something_else_does_not_lift_the_desks_word() -> None:
    wire = filed(WIRE_LD, 50, SourceKind.PA, hours=5)
    unrelated = Ruling(9, RulingAction.CONFIRM, "Ada", "fine", POLLS_CLOSE + timedelta(hours=6))
    said = word(Control("Lab"), hours=4, seats=Composition({"Lab": 5, "LD": 4}))
    decision = decide(case(wire, words=[said], rulings=[unrelated]), PARTIES)
    assert content(decision).after == Control("Lab")


def test_a_copy_of_what_the_desks_word_holds_is_a_copy() -> None:
    wire = filed(WIRE_LD, 50, SourceKind.PA, hours=5)
    copy = replace(wire, id=51)
    said = word(Control("Lab"), hours=4, seats=Composition({"Lab": 5, "LD": 4}))
    decision = decide(case(wire, copy, words=[said]), PARTIES)
    assert decision.verdicts[50].status is VerdictStatus.HELD
    assert decision.verdicts[51].status is VerdictStatus.DUPLICATE


def test_the_sheet_counts_with_its_last_content() -> None:
    def sheet(now: Mapping[str, int], winner: str | None) -> CouncilResult:
        said = result(now, winner, sitting_given=False)
        return replace(said, revision=None, gain_or_hold=None)

    first, second = sheet({"LD": 5, "Lab": 4}, "LD"), sheet({"LD": 4, "Lab": 5}, "Lab")
    back_again = [
        filed(one, n, SourceKind.SHEET) for n, one in enumerate((first, second, first, first), 1)
    ]
    decision = decide(case(*back_again), PARTIES)
    assert content(decision).after == Control("LD")
    assert decision.in_force == 3
    assert decision.verdicts[4].status is VerdictStatus.DUPLICATE


# --- statements about winners -------------------------------------------------------------


def statement(
    number: int, person: str, party: str, *, minute: int, retraction: bool = False
) -> WinnerStatement:
    return WinnerStatement(
        night=NIGHT,
        entry=f"{number}-{person}-{minute}",
        council=WireCouncil("Hull"),
        area=None,
        gss=f"gss:E0500000{number}",
        person=person,
        party=WireParty(party),
        retraction=retraction,
        stated_at=POLLS_CLOSE + timedelta(minutes=minute),
    )


def stated(*statements: WinnerStatement) -> list[Filed[object]]:
    return [filed(one, n, SourceKind.DEMOCRACY_CLUB) for n, one in enumerate(statements, 1)]


def test_winners_one_by_one_make_wards() -> None:
    told = stated(*(statement(n, str(n), party, minute=n) for n, party in enumerate(LD_WINS)))
    assert content(decide(case(*told), PARTIES)).after == Control("LD")


@given(st.permutations(range(6)))
def test_a_retraction_takes_a_winner_back_in_any_order(order: list[int]) -> None:
    winners = [statement(n, str(n), party, minute=10 + n) for n, party in enumerate(LD_WINS)]
    taken_back = statement(0, "0", "LD", minute=30, retraction=True)
    statements = [*winners, taken_back]
    decision = decide(case(*stated(*(statements[n] for n in order))), PARTIES)
    assert decision.content is None
    replaced = [*statements, statement(0, "other", "Lab", minute=31)]
    mended = decide(case(*stated(*(replaced[n] for n in order), replaced[6])), PARTIES)
    assert content(mended).after == Control("Lab")
    statuses = [v.status for v in mended.verdicts.values()]
    assert statuses.count(VerdictStatus.SUPERSEDED) == 1


def test_some_winners_one_by_one_are_no_news_beside_a_whole_ballot() -> None:
    whole = filed(ward(0, "LD", seats=2), 1, SourceKind.DEMOCRACY_CLUB)
    table = (WardSeat(TABLE[0].key, "Ward 0", "E05000000", 2),)
    one = filed(statement(0, "0", "LD", minute=90), 2, SourceKind.DEMOCRACY_CLUB)
    decision = decide(case(whole, one, table=table), PARTIES)
    assert decision.wards[TABLE[0].key].id == 1
    assert decision.verdicts[2].status is VerdictStatus.SUPERSEDED
    taken_back = filed(
        statement(0, "0", "LD", minute=91, retraction=True), 3, SourceKind.DEMOCRACY_CLUB
    )
    decision = decide(case(whole, one, taken_back, table=table), PARTIES)
    assert decision.wards[TABLE[0].key].id == 3
    assert not decision.wards[TABLE[0].key].report.declared


def test_a_report_needs_a_statement() -> None:
    with pytest.raises(ValueError, match="no statement"):
        report_from((), 1)


# --- the desk's word ----------------------------------------------------------------------


def word(control: Control | None, *, hours: float, seats: Composition | None = None) -> Override:
    return Override(99, POLLS_CLOSE + timedelta(hours=hours), "Ada", "recounted", control, seats)


def test_the_desks_word_leads_and_pins() -> None:
    wire = filed(WIRE_LD, 50, SourceKind.PA, hours=3)
    said = word(Control("Lab"), hours=4, seats=Composition({"Lab": 5, "LD": 4}))
    decision = decide(case(wire, words=[said]), PARTIES)
    assert content(decision).after == Control("Lab")
    assert decision.verdicts[50].status is VerdictStatus.SUPERSEDED
    later = filed(replace(WIRE_LD, revision=2), 51, SourceKind.PA, hours=5)
    pinned = decide(case(wire, later, words=[said]), PARTIES)
    assert content(pinned).after == Control("Lab")
    assert pinned.verdicts[51].status is VerdictStatus.HELD
    assert "contradicts the desk's word" in pinned.verdicts[51].reasons[0]
    ruling = Ruling(
        51, RulingAction.CONFIRM, "Ada", "it is right", POLLS_CLOSE + timedelta(hours=6)
    )
    lifted = decide(case(wire, later, words=[said], rulings=[ruling]), PARTIES)
    assert content(lifted).after == Control("LD")


def test_what_agrees_with_the_desk_gives_it_its_seats() -> None:
    wire = filed(WIRE_LD, 50, SourceKind.PA, hours=5)
    decision = decide(case(wire, words=[word(Control("LD"), hours=4)]), PARTIES)
    assert decision.result is not None
    assert (decision.result.by_desk, decision.result.now) == (True, {"LD": 5, "Lab": 4})
    assert decision.in_force == 50


def test_what_agreed_stays_the_evidence_while_a_contradiction_waits() -> None:
    agreeing = filed(WIRE_LD, 50, SourceKind.PA, hours=3)
    later = filed(replace(WIRE_LAB, revision=2), 51, SourceKind.PA, hours=5)
    decision = decide(case(agreeing, later, words=[word(Control("LD"), hours=4)]), PARTIES)
    assert decision.verdicts[51].status is VerdictStatus.HELD
    assert decision.verdicts[50].status is VerdictStatus.ACCEPTED
    assert decision.in_force == 50
    assert decision.result is not None
    assert decision.result.now == {"LD": 5, "Lab": 4}


def test_wards_that_contradict_the_desk_later_are_told_to_it() -> None:
    said = word(Control("Lab"), hours=2, seats=Composition({"Lab": 5, "LD": 4}))
    decision = decide(case(*all_wards(LD_WINS), words=[said]), PARTIES)
    assert content(decision).after == Control("Lab")
    assert decision.differences == (
        "democracy_club has Liberal Democrat, against the desk's word before it",
    )
    early = replace(said, at=POLLS_CLOSE + timedelta(hours=6))
    assert decide(case(*all_wards(LD_WINS), words=[early]), PARTIES).differences == ()


def test_of_two_words_of_one_moment_the_later_counts() -> None:
    first = word(Control("LD"), hours=4, seats=Composition({"LD": 5, "Lab": 4}))
    second = replace(first, id=100, control=Control("Lab"), seats=Composition({"Lab": 9}))
    assert content(decide(case(words=[second, first]), PARTIES)).after == Control("Lab")


def test_what_the_desk_withdraws_is_not_claimed_until_it_says_so() -> None:
    wire = filed(WIRE_LD, 50, SourceKind.PA, hours=3)
    later = filed(replace(WIRE_LAB, revision=2), 51, SourceKind.PA, hours=5)
    decision = decide(case(wire, later, words=[word(None, hours=4)]), PARTIES)
    assert decision.content is None
    assert decision.claimable
    assert decision.verdicts[51].status is VerdictStatus.HELD


def test_a_withdrawal_has_no_seats() -> None:
    with pytest.raises(ValueError, match="no seats"):
        word(None, hours=1, seats=Composition({"Lab": 1}))


# --- any interleaving ---------------------------------------------------------------------

sources = st.sampled_from([SourceKind.DEMOCRACY_CLUB, SourceKind.NIST])


@given(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["Lab", "LD"]), sources), max_size=24),
    st.lists(st.sampled_from([WIRE_LD, WIRE_LAB]), max_size=2),
    st.randoms(use_true_random=False),
)
def test_any_interleaving_of_sources_gives_the_same_end(
    told: list[tuple[int, str, SourceKind]], wires: list[CouncilResult], random: object
) -> None:
    wards = [
        (ward(n, winner, minute=minute), kind) for minute, (n, winner, kind) in enumerate(told)
    ]
    results = [
        (replace(one, revision=revision), SourceKind.PA) for revision, one in enumerate(wires, 1)
    ]
    reports = [*wards, *results]

    def end(order: Sequence[tuple[WardReport | CouncilResult, SourceKind]]) -> object:
        at_once = [
            Filed(n, one, repr(one), Source("feed", "doc", None, POLLS_CLOSE, kind))
            for n, (one, kind) in enumerate(order)
        ]
        decision = decide(case(*at_once), PARTIES)
        outturn = decision.result
        return (
            decision.content,
            decision.claimable,
            outturn and (outturn.after, outturn.now, outturn.won, outturn.changes),
        )

    shuffled = list(reports)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert end(reports) == end(shuffled)
