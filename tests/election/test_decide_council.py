from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.almanac import Almanac, ElectionYears, YearOfControl
from bot.election.case_file import CouncilCase, Filed, Ruling, RulingAction, VerdictStatus
from bot.election.claims import Basis, ClaimContent
from bot.election.control import NOC, Control, Outcome, control_of, outcome_of
from bot.election.councils import Councils
from bot.election.decide_council import Decision, decide
from bot.election.history import control_before
from bot.election.parties import WireParty
from bot.election.policy import Policy
from bot.election.prior import Prior
from bot.election.reports import CouncilResult, GainOrHold, Proportion, SourceKind, WireCouncil
from bot.election.seats import Composition
from bot.election.standings import PriorSource
from bot.election.views import CouncilView
from tests.election.build import (
    HULL,
    NIGHT,
    PARTIES,
    POLLS_CLOSE,
    UNKNOWN,
    case,
    election,
    filed,
    nominations,
    result,
)

LD_GAIN = result(
    {"LD": 29, "Lab": 27, "Ind": 1},
    "LD",
    GainOrHold.GAIN,
    sitting="Lab",
    won={"LD": 10, "Lab": 9},
    changes={"LD": 3, "Lab": -3},
)
HELD_ON_THE_EVE = {"Lab": 30, "LD": 26, "Ind": 1}


def status(decision: Decision, number: int = 1) -> VerdictStatus:
    return decision.verdicts[number].status


def reasons(decision: Decision, number: int = 1) -> str:
    return " ".join(decision.verdicts[number].reasons)


def test_hull_falls_to_the_liberal_democrats() -> None:
    decision = decide(case(LD_GAIN, held=HELD_ON_THE_EVE), PARTIES)
    assert status(decision) is VerdictStatus.ACCEPTED
    assert decision.verdicts[1].warnings == ()
    assert decision.content == ClaimContent.of(Control("Lab"), Control("LD"))
    assert decision.content.outcome is Outcome.GAIN
    assert decision.prior.source is PriorSource.WIRE
    assert decision.result is not None
    assert decision.result.won == {"LD": 10, "Lab": 9}
    assert decision.result.changes == {"LD": 3, "Lab": -3}
    assert decision.result.basis is Basis.RESULT


@pytest.mark.parametrize(
    ("report", "held", "reason"),
    [
        pytest.param(
            result({"LD": 29, "Lab": 27, "Ind": 2}, "LD", GainOrHold.GAIN, sitting="Lab"),
            HELD_ON_THE_EVE,
            "the seats add up to 58, the council has 57",
            id="one seat too many",
        ),
        pytest.param(
            result({"LD": 28, "Lab": 26, "Ind": 1}, "LD", GainOrHold.GAIN, sitting="Lab"),
            HELD_ON_THE_EVE,
            "the missing ones could decide",
            id="two seats short and a majority of 28 of 55",
        ),
        pytest.param(
            result({"Lab": 28, "LD": 28}, None, GainOrHold.LOSE_TO_NOC, sitting="Lab"),
            HELD_ON_THE_EVE,
            "the missing ones could decide",
            id="level, and the missing seat decides",
        ),
        pytest.param(
            result({"Lab": 18, "Con": 17, "Vac": 1}, "Lab", sitting="Lab"),
            {"Lab": 17, "Con": 18, "Vac": 1},
            "18 is more than half of the 35 filled seats, but not of all 36",
            id="Crawley",
        ),
        pytest.param(
            result({"Lab": 18, "Con": 17, "Vac": 1}, None, GainOrHold.LOSE_TO_NOC, sitting="Lab"),
            {"Lab": 17, "Con": 18, "Vac": 1},
            "18 is more than half of the 35 filled seats",
            id="Crawley told the other way",
        ),
        pytest.param(
            result({"LD": 28, "Lab": 28, "Ind": 1}, "LD", GainOrHold.GAIN, sitting="Lab"),
            HELD_ON_THE_EVE,
            "the result says Liberal Democrat, its own seats say otherwise (28 of 57)",
            id="the winner has no majority",
        ),
        pytest.param(
            result({"LD": 29, "Lab": 27, "Ind": 1}, None, GainOrHold.LOSE_TO_NOC, sitting="Lab"),
            HELD_ON_THE_EVE,
            "the result says no overall control, its own seats say otherwise (29 of 57)",
            id="no overall control with a majority",
        ),
        pytest.param(
            result({"LD": 29, "Lab": 27, "Ind": 1}, "LD", GainOrHold.NO_CHANGE, sitting="Lab"),
            HELD_ON_THE_EVE,
            '"no change", but Labour to Liberal Democrat is "gain"',
            id="a gain called no change",
        ),
        pytest.param(
            result({"LD": 29, "Lab": 27, "Ind": 1}, "LD", GainOrHold.GAIN, sitting="LD"),
            HELD_ON_THE_EVE,
            '"gain", but Liberal Democrat to Liberal Democrat is "no change"',
            id="a hold called gain",
        ),
        pytest.param(
            result({}, None, sitting=None), None, "gives the council no seats", id="no seats"
        ),
        pytest.param(
            result({"LD": 29, "Lab": 28}, "LD", None, sitting="Lab"),
            HELD_ON_THE_EVE,
            "does not say whether it is a gain or a hold",
            id="no outcome",
        ),
        pytest.param(
            result({"LD": 29, "Lab": 28}, "LD", GainOrHold.GAIN, sitting="Nobody"),
            HELD_ON_THE_EVE,
            "Nobody, said to have controlled it",
            id="a word for nobody as sitting party",
        ),
        pytest.param(
            result({"LD": 29, "Lab": 28}, "LD", GainOrHold.GAIN, sitting="Vac"),
            HELD_ON_THE_EVE,
            "the previous holder is said to be vacant seats",
            id="vacant seats in control",
        ),
        pytest.param(
            result(
                {"LD": 10, "Lab": 9},
                "LD",
                GainOrHold.GAIN,
                sitting="Lab",
                council=WireCouncil("Hull", boundary_change=True),
            ),
            HELD_ON_THE_EVE,
            "no boundary change does that",
            id="the seats won for the whole council",
        ),
        pytest.param(
            result(
                {"Local Alliance": 15, "Labour Action": 15}, "LA", GainOrHold.GAIN, sitting="Lab"
            ),
            None,
            "its own seats say otherwise (15 of 30)",
            id="two parties of one abbreviation",
        ),
    ],
)
def test_what_does_not_add_up_is_held(
    report: CouncilResult, held: Mapping[str, int] | None, reason: str
) -> None:
    decision = decide(case(report, held=held), PARTIES)
    assert status(decision) is VerdictStatus.HELD
    assert reason in reasons(decision)
    assert decision.content is None
    assert decision.in_force is None


@pytest.mark.parametrize(
    ("report", "held", "after"),
    [
        pytest.param(
            result({"Con": 30, "Lab": 30}, None, sitting=None),
            {"Con": 30, "Lab": 30},
            NOC,
            id="exactly half",
        ),
        pytest.param(
            result({"LD": 29, "Lab": 26}, "LD", GainOrHold.GAIN, sitting="Lab"),
            HELD_ON_THE_EVE,
            Control("LD"),
            id="two seats short that decide nothing",
        ),
        pytest.param(
            result({"Ind": 26, "Con": 15}, "Ind", GainOrHold.GAIN, sitting="Con"),
            {"Con": 21, "Ind": 20},
            Control("Ind"),
            id="Castle Point told as independents",
        ),
        pytest.param(
            result({"Ind": 26, "Con": 15}, None, GainOrHold.LOSE_TO_NOC, sitting="Con"),
            {"Con": 21, "Ind": 20},
            NOC,
            id="Castle Point told as no overall control",
        ),
        pytest.param(
            result({"Lab": 41, "LD": 14, "Con": 18, "Ind": 1, "Vac": 1}, "Lab", sitting="Lab"),
            None,
            Control("Lab"),
            id="a vacancy that decides nothing",
        ),
        pytest.param(
            result(
                {"Lab": 35, "Con": 22, "Ind": 1},
                "Lab",
                GainOrHold.GAIN,
                sitting="C",
                council=WireCouncil("Wandsworth", proportion=Proportion.ALL, boundary_change=True),
            ),
            {"Con": 33, "Lab": 26, "Ind": 1},
            Control("Lab"),
            id="boundaries moved and the size with them",
        ),
    ],
)
def test_what_is_normal_on_the_wire_is_not_held(
    report: CouncilResult, held: Mapping[str, int] | None, after: Control
) -> None:
    decision = decide(case(report, held=held), PARTIES)
    assert decision.verdicts[1].reasons == ()
    assert decision.content is not None
    assert decision.content.after == after


@pytest.mark.parametrize(
    ("now", "winner", "held"),
    [
        ({"Wessex First": 20, "Con": 5}, "Wessex First", True),  # who has the majority?
        ({"Wessex First": 7, "Con": 10, "Lab": 8}, None, True),  # Conservatives, or Labour, in all
        ({"Wessex First": 2, "Con": 12, "Lab": 11}, None, True),  # with them 14 of 25
        ({"Wessex First": 4, "Wessex Now": 4, "Con": 9, "Lab": 8}, None, True),
        ({"Wessex First": 7, "Con": 15, "Lab": 3}, "Con", False),  # a majority with or without
        ({"Wessex First": 1, "Con": 11, "Lab": 11, "LD": 2}, None, False),
    ],
)
def test_an_unknown_party_holds_the_result_that_it_could_decide(
    now: Mapping[str, int], winner: str | None, held: bool
) -> None:
    said = GainOrHold.LOSE_TO_NOC if winner is None else GainOrHold.NO_CHANGE
    if winner not in (None, "Con"):
        said = GainOrHold.GAIN
    held_before = {"Con": sum(now.values())}
    decision = decide(case(result(now, winner, said, sitting="Con"), held=held_before), PARTIES)
    reasons = " ".join(decision.verdicts[1].reasons)
    assert ("do not know Wessex First" in reasons) is held
    assert (decision.content is None) is held


@pytest.mark.parametrize(
    ("now", "nominated", "held"),
    [
        # Who is listed beside the Conservatives and Labour is neither of them…
        ({"Wessex First": 7, "Con": 10, "Lab": 8}, ("Wessex First", "Con", "Lab"), False),
        ({"Wessex First": 2, "Con": 12, "Lab": 11}, ("Wessex First", "Con", "Lab"), False),
        (
            {"Real Conservatives": 2, "Con": 12, "Lab": 11},
            ("Real Conservatives", "Con", "Lab"),
            False,
        ),
        # …and who looks like a party that is not listed may be it.
        ({"Real Labour": 7, "Con": 10, "LD": 8}, ("Real Labour", "Con", "LD"), True),
        ({"Wessex First": 7, "Con": 10, "Lab": 8}, ("Con", "Lab"), True),
        # The desk says once who it is that has a majority.
        ({"Wessex First": 13, "Con": 12}, ("Wessex First", "Con"), True),
    ],
)
def test_a_new_party_that_nominations_list_beside_the_others_is_none_of_them(
    now: Mapping[str, int], nominated: tuple[str, ...], held: bool
) -> None:
    alone = next((party for party, seats in now.items() if 2 * seats > 25), None)
    said = GainOrHold.LOSE_TO_NOC if alone is None else GainOrHold.GAIN
    before = dict.fromkeys(nominated, 0) | {"Con": 25}
    decision = decide(case(result(now, alone, said, sitting="Con"), held=before), PARTIES)
    assert (decision.content is None) is held
    assert bool(decision.verdicts[1].reasons) is held


def test_a_new_council_is_a_first_election_whatever_the_wire_calls_it() -> None:
    cumberland = result(
        {"Lab": 30, "Con": 7, "LD": 4, "Ind": 3, "Green": 2},
        "Lab",
        GainOrHold.GAIN,
        council=WireCouncil("Cumberland", proportion=Proportion.ALL, new_council=True),
    )
    decision = decide(case(cumberland), PARTIES)
    assert decision.content is not None
    assert decision.content.outcome is Outcome.FIRST_ELECTION
    assert decision.prior == Prior(new_council=True)
    told_by_our_table = decide(case(LD_GAIN, election=election(None, new_council=True)), PARTIES)
    assert told_by_our_table.content is not None
    assert told_by_our_table.content.outcome is Outcome.FIRST_ELECTION


def test_a_result_before_polls_close_is_held_but_for_unopposed_returns() -> None:
    early = filed(LD_GAIN, minutes_after_close=-1)
    decision = decide(case(early, held=HELD_ON_THE_EVE), PARTIES)
    assert "before polls closed at 22:00" in reasons(decision)
    at_ten = filed(LD_GAIN, minutes_after_close=0)
    assert status(decide(case(at_ten), PARTIES)) is VerdictStatus.ACCEPTED
    unopposed = dataclasses.replace(
        case(early), nominated=nominations(HELD_ON_THE_EVE, unopposed=1, offered=1)
    )
    assert status(decide(unopposed, PARTIES)) is VerdictStatus.ACCEPTED
    assert POLLS_CLOSE.date() == NIGHT


def test_a_council_that_nobody_introduced_is_held_until_nominations_do() -> None:
    assert "neither our tables nor the night's nominations" in reasons(
        decide(case(LD_GAIN, council=UNKNOWN), PARTIES)
    )
    introduced = decide(case(LD_GAIN, council=UNKNOWN, held=HELD_ON_THE_EVE), PARTIES)
    assert status(introduced) is VerdictStatus.ACCEPTED


def test_where_there_are_no_nominations_our_table_tells_the_size() -> None:
    won_tonight = result({"LD": 10, "Lab": 9}, "LD", GainOrHold.GAIN, sitting="Lab")
    assert "the missing ones could decide" in reasons(
        decide(case(won_tonight, election=election("Lab")), PARTIES)
    )


def test_a_council_that_the_nights_table_does_not_have_waits_for_nominations() -> None:
    night = dataclasses.replace(case().night, elections={"XYZ": election("Lab")})
    elsewhere = dataclasses.replace(case(LD_GAIN), night=night)
    assert "have Kingston upon Hull voting" in reasons(decide(elsewhere, PARTIES))


def test_a_new_council_may_be_introduced_by_nominations_alone() -> None:
    introduced = dataclasses.replace(
        nominations({"Lab": 0}), council=WireCouncil("Hull", new_council=True)
    )
    told = dataclasses.replace(
        case(result({"LD": 29, "Lab": 28}, "LD", None, sitting=None)), nominated=introduced
    )
    decision = decide(told, PARTIES)
    assert decision.content is not None
    assert decision.content.outcome is Outcome.FIRST_ELECTION


def test_prior_control_falls_back_from_the_wire_to_the_table_to_the_seats() -> None:
    silent = result({"LD": 29, "Lab": 28}, "LD", GainOrHold.GAIN, sitting_given=False)
    by_table = decide(case(silent, election=election("Con"), held=HELD_ON_THE_EVE), PARTIES)
    assert by_table.prior == Prior(Control("Con"), PriorSource.SHIPPED)
    by_seats = decide(case(silent, held=HELD_ON_THE_EVE), PARTIES)
    assert by_seats.prior == Prior(Control("Lab"), PriorSource.NOMINATIONS)


SILENT = result({"LD": 29, "Lab": 28}, "LD", GainOrHold.GAIN, sitting_given=False)
ON_THE_TABLE = dataclasses.replace(election(), sitting=None)
AFTER_MAY = YearOfControl(2021, Composition({"Con": 30, "Lab": 27}), Control("Con"))


@pytest.mark.parametrize("known", [case(SILENT), case(SILENT, election=ON_THE_TABLE)])
def test_who_controls_a_council_is_claimed_where_nothing_says_who_did_before(
    known: CouncilCase,
) -> None:
    decision = decide(known, PARTIES)
    assert status(decision) is VerdictStatus.ACCEPTED
    assert decision.claimable and decision.prior == Prior()
    assert decision.content == ClaimContent.of(None, Control("LD"))
    assert decision.content.outcome is Outcome.BEFORE_NOT_KNOWN


def test_seats_of_the_eve_that_hang_on_a_vacancy_leave_open_who_had_control() -> None:
    eve = {"Lab": 28, "LD": 27, "Vac": 2}
    assert decide(case(SILENT, held=eve), PARTIES).prior == Prior()
    known = decide(case(SILENT, held=eve, last_known=AFTER_MAY), PARTIES)
    assert known.prior == Prior(Control("Con"), PriorSource.HISTORY, 2021)


def test_the_control_history_is_asked_last_and_says_its_year() -> None:
    known = {"last_known": AFTER_MAY}
    last = decide(case(SILENT, election=ON_THE_TABLE, **known), PARTIES)
    assert last.prior == Prior(Control("Con"), PriorSource.HISTORY, 2021)
    assert last.content == ClaimContent.of(Control("Con"), Control("LD"))
    by_table = decide(case(SILENT, election=election("Lab"), **known), PARTIES)
    assert by_table.prior == Prior(Control("Lab"), PriorSource.SHIPPED)
    by_seats = decide(case(SILENT, held=HELD_ON_THE_EVE, **known), PARTIES)
    assert by_seats.prior == Prior(Control("Lab"), PriorSource.NOMINATIONS)
    new = decide(
        case(SILENT, election=dataclasses.replace(ON_THE_TABLE, new_council=True), **known), PARTIES
    )
    assert new.prior == Prior(new_council=True)


def test_the_sheet_says_who_had_control_after_the_wire_and_before_the_table() -> None:
    named = dataclasses.replace(SILENT, sitting=WireParty("Lab"), sitting_given=True)
    sheet = dataclasses.replace(named, revision=None, gain_or_hold=None, winner_given=False)
    on_sheet = filed(sheet, 2)
    on_sheet = dataclasses.replace(
        on_sheet, source=dataclasses.replace(on_sheet.source, kind=SourceKind.SHEET)
    )
    by_sheet = decide(case(on_sheet, election=election("Con")), PARTIES)
    assert by_sheet.prior == Prior(Control("Lab"), PriorSource.SHEET)
    noc = result({"LD": 29, "Lab": 28}, "LD", GainOrHold.GAIN, sitting=None)
    by_wire = decide(case(noc, on_sheet, election=election("Con")), PARTIES)
    assert by_wire.prior == Prior(NOC, PriorSource.WIRE)


def test_whether_a_local_party_gains_from_its_own_bucket_is_not_known() -> None:
    """Until a table names the party that had control."""
    won = {"Asp": 29, "Lab": 28}
    bucket = result(won, "Asp", GainOrHold.GAIN, sitting="Ind")
    opened = decide(case(bucket), PARTIES)
    assert opened.content == ClaimContent.of(None, Control("Asp"))
    assert opened.prior == Prior()
    named = decide(case(bucket, election=election("Asp")), PARTIES)
    assert named.content == ClaimContent.of(Control("Asp"), Control("Asp"))
    assert named.prior == Prior(Control("Asp"), PriorSource.SHIPPED)
    by_lab = decide(case(result(won, "Asp", GainOrHold.GAIN, sitting="Lab")), PARTIES)
    assert by_lab.content == ClaimContent.of(Control("Lab"), Control("Asp"))


def test_whether_the_bucket_gains_from_a_local_party_is_not_known() -> None:
    bucket = result({"Ind": 29, "Lab": 28}, "Ind", GainOrHold.GAIN, sitting="Asp")
    assert decide(case(bucket), PARTIES).content == ClaimContent.of(None, Control("Ind"))
    both = result({"Ind": 29, "Lab": 28}, "Ind", GainOrHold.NO_CHANGE, sitting="Ind")
    assert decide(case(both), PARTIES).content == ClaimContent.of(Control("Ind"), Control("Ind"))


def test_nominations_that_tell_who_had_control_complete_a_claim_and_do_not_wait() -> None:
    late = Filed(9, nominations(HELD_ON_THE_EVE), "late", filed(SILENT).source)
    decision = decide(case(SILENT, nominations=(late,)), PARTIES)
    assert status(decision, 9) is VerdictStatus.ACCEPTED
    assert decision.content == ClaimContent.of(Control("Lab"), Control("LD"))


@pytest.mark.parametrize(
    ("night", "known_until", "voted", "year"),
    [
        (date(2027, 5, 6), 2026, {}, 2026),
        (date(2027, 5, 6), 2027, {}, 2026),  # not what the night itself decides
        (date(2027, 5, 6), 2025, {}, None),  # it may have voted in 2026
        (date(2027, 5, 6), 2025, {2026}, None),  # more than a year ago
        (date(2027, 10, 7), 2026, {}, None),
        (date(2027, 10, 7), 2026, {2027}, 2026),
        (date(2027, 10, 7), 2027, {}, 2027),
    ],
)
def test_the_history_says_nothing_after_an_election_that_it_does_not_have(
    night: date, known_until: int, voted: set[int], year: int | None
) -> None:
    history = [
        YearOfControl(one, Composition({"Lab": 9}), Control("Lab"), date(one, 8, 31))
        for one in range(2020, known_until + 1)
    ]
    years = ElectionYears(none={"": frozenset(voted)})
    almanac = Almanac(PARTIES, Councils([HULL]), history={"KHL": history}, election_years=years)
    found = control_before(HULL, night, almanac)
    assert (found and found.year) == year


def test_a_majority_of_the_historys_bucket_may_be_one_partys() -> None:
    others = [YearOfControl(2026, Composition({"Ind": 9}), Control("Ind"))]
    almanac = Almanac(PARTIES, Councils([HULL]), history={"KHL": others})
    assert control_before(HULL, date(2027, 5, 6), almanac) is None


def test_a_sitting_party_that_differs_from_our_table_only_warns() -> None:
    decision = decide(case(LD_GAIN, election=election("Con")), PARTIES)
    assert status(decision) is VerdictStatus.ACCEPTED
    assert "previously Labour by the result" in decision.verdicts[1].warnings[0]


def test_test_material_is_refused_unless_allowed() -> None:
    test = dataclasses.replace(LD_GAIN, test=True)
    assert status(decide(case(test), PARTIES)) is VerdictStatus.REJECTED
    allowed = decide(
        case(filed(test, minutes_after_close=-60), policy=Policy(allow_test=True)), PARTIES
    )
    assert status(allowed) is VerdictStatus.ACCEPTED


def ruling(number: int, action: RulingAction) -> Ruling:
    return Ruling(number, action, "desk", "because", POLLS_CLOSE)


CRAWLEY = result({"Lab": 18, "Con": 17, "Vac": 1}, "Lab", sitting="Lab")


def test_the_desk_releases_what_was_held_in_its_own_words() -> None:
    confirmed = case(CRAWLEY, rulings=(ruling(1, RulingAction.CONFIRM),))
    decision = decide(confirmed, PARTIES)
    assert status(decision) is VerdictStatus.ACCEPTED
    assert decision.content == ClaimContent.of(Control("Lab"), Control("Lab"))
    assert decision.result is not None
    assert decision.result.by_desk
    assert decision.result.basis is Basis.DESK
    assert "18 is more than half" in " ".join(decision.verdicts[1].warnings)


def test_confirming_releases_one_report_and_the_next_is_judged_again() -> None:
    again = dataclasses.replace(CRAWLEY, revision=2)
    decision = decide(case(CRAWLEY, again, rulings=(ruling(1, RulingAction.CONFIRM),)), PARTIES)
    assert decision.in_force == 1
    assert status(decision, 2) is VerdictStatus.HELD


def test_what_the_desk_rejects_counts_for_nothing() -> None:
    decision = decide(case(LD_GAIN, rulings=(ruling(1, RulingAction.REJECT),)), PARTIES)
    assert status(decision) is VerdictStatus.REJECTED
    assert decision.content is None


def test_of_two_contents_of_one_revision_the_second_waits_for_the_desk() -> None:
    other = result({"Lab": 29, "LD": 28}, "Lab", sitting="Lab")
    decision = decide(case(LD_GAIN, other, LD_GAIN, other), PARTIES)
    assert [status(decision, n) for n in (1, 2, 3, 4)] == [
        VerdictStatus.ACCEPTED,
        VerdictStatus.HELD,
        VerdictStatus.DUPLICATE,
        VerdictStatus.DUPLICATE,
    ]
    assert "something else than the revision 1" in reasons(decision, 2)
    chosen = decide(case(LD_GAIN, other, rulings=(ruling(2, RulingAction.CONFIRM),)), PARTIES)
    assert chosen.in_force == 2
    assert status(chosen, 1) is VerdictStatus.SUPERSEDED


def test_a_correction_can_arrive_before_what_it_corrects() -> None:
    hold = result({"Lab": 29, "LD": 28}, "Lab", sitting="Lab")
    gain = dataclasses.replace(LD_GAIN, revision=2)
    for order in ((hold, gain), (gain, hold)):
        decision = decide(case(*order), PARTIES)
        assert decision.content is not None
        assert decision.content.after == Control("LD")
        assert sorted(v.status for v in decision.verdicts.values()) == ["accepted", "superseded"]


# --- any documents, in any order ----------------------------------------------------------

seats = st.dictionaries(
    st.sampled_from(["Lab", "Con", "LD", "Ind", "Vac"]), st.integers(0, 30), min_size=1
)
names = st.sampled_from([None, "Lab", "Con", "LD", "Ind"])
revisions = st.lists(
    st.tuples(seats, names, names, st.sampled_from(GainOrHold), st.booleans()), max_size=5
)

WIRE_WORDS = {
    Outcome.LOSS_TO_NOC: GainOrHold.LOSE_TO_NOC,
    Outcome.GAIN: GainOrHold.GAIN,
    Outcome.GAIN_FROM_NOC: GainOrHold.GAIN,
}


def reports_of(
    drawn: list[tuple[dict[str, int], str | None, str | None, GainOrHold, bool]],
) -> list[CouncilResult]:
    reports = []
    for revision, (now, winner, sitting, said, honest) in enumerate(drawn, 1):
        by_seats = control_of(Composition(now))
        outcome = outcome_of(Control(sitting), by_seats)
        reports.append(
            result(
                now,
                by_seats.holder if honest else winner,
                WIRE_WORDS.get(outcome, GainOrHold.NO_CHANGE) if honest else said,
                sitting=sitting,
                revision=revision,
            )
        )
    return reports


def told(decision: Decision) -> CouncilView | None:
    """What a decision says, without the document that happens to say it."""
    return decision.result and dataclasses.replace(decision.result, source=None, report_id=None)


@given(revisions, st.data())
def test_the_order_of_arrival_never_changes_the_end(
    drawn: list[tuple[dict[str, int], str | None, str | None, GainOrHold, bool]],
    data: st.DataObject,
) -> None:
    reports = reports_of(drawn)
    repeated = reports + data.draw(st.lists(st.sampled_from(reports)) if reports else st.just([]))
    shuffled = data.draw(st.permutations(repeated))
    end, other = decide(case(*reports), PARTIES), decide(case(*shuffled), PARTIES)
    assert end.content == other.content
    assert told(end) == told(other)

    def fates(decision: Decision, order: list[CouncilResult]) -> dict[int, set[VerdictStatus]]:
        by_revision: dict[int, set[VerdictStatus]] = {}
        for number, report in enumerate(order, 1):
            by_revision.setdefault(report.revision, set()).add(status(decision, number))
        return {r: s - {VerdictStatus.DUPLICATE} for r, s in by_revision.items()}

    assert fates(end, reports) == fates(other, shuffled)


@given(revisions)
def test_nothing_is_claimed_that_the_latest_believed_seats_do_not_have(
    drawn: list[tuple[dict[str, int], str | None, str | None, GainOrHold, bool]],
) -> None:
    reports = reports_of(drawn)
    decision = decide(case(*reports), PARTIES)
    assert set(decision.verdicts) == set(range(1, len(reports) + 1))
    accepted = [n for n in decision.verdicts if status(decision, n) is VerdictStatus.ACCEPTED]
    if decision.content is None:
        assert accepted == []
        return
    (number,) = accepted
    now = Composition({line.party.name: line.seats for line in reports[number - 1].composition})
    by_seats = control_of(now)
    bucket_told_as_noc = by_seats == Control("Ind") and decision.content.after == NOC
    assert decision.content.after == by_seats or bucket_told_as_noc


def test_a_case_file_without_results_tells_the_past() -> None:
    empty = CouncilCase(council=HULL, night=case().night, election=election("Lab"))
    decision = decide(empty, PARTIES)
    assert decision.prior == Prior(Control("Lab"), PriorSource.SHIPPED)
    assert decision.content is None
