"""Which of several nominations and ward reports counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.election.almanac import NightAlmanac
from bot.election.case_file import CouncilCase, Filed, Ruling, RulingAction, Verdict, VerdictStatus
from bot.election.reports import Nominations, WardReport
from bot.election.revisions import WardsInForce, nominations_in_force, wards_in_force
from bot.election.standings import Source
from tests.election.build import HULL, NIGHT, POLLS_CLOSE, nominations
from tests.support.small_night import AFTER_CLOSE, ward_report

ACCEPTED, SUPERSEDED, DUPLICATE, HELD, REJECTED = VerdictStatus

LD = ward_report("KHL", "Avenue", {"LD": True, "Lab": False}, minute=5)
LAB = ward_report("KHL", "Avenue", {"LD": False, "Lab": True}, minute=5)
EMPTY = CouncilCase(council=HULL, night=NightAlmanac(NIGHT, "local elections"))
COUNTING = ward_report("KHL", "Avenue", {"LD": None, "Lab": None}, minute=1)


def judged(
    *wards: WardReport, rulings: Iterable[Ruling] = (), at: datetime = AFTER_CLOSE
) -> WardsInForce:
    source = Source("dc", "page", None, at)
    filed = tuple(Filed(number, ward, repr(ward), source) for number, ward in enumerate(wards, 1))
    night = NightAlmanac(NIGHT, "local elections")
    return wards_in_force(
        CouncilCase(council=HULL, night=night, wards=filed, rulings=tuple(rulings))
    )


def ballots(outcome: WardsInForce) -> dict[str, Filed[WardReport]]:
    return {f.report.ballot_id: f for wards in outcome.by_source.values() for f in wards.values()}


def statuses(outcome: WardsInForce) -> list[VerdictStatus]:
    return [outcome.verdicts[number].status for number in sorted(outcome.verdicts)]


def ruling(report: int, action: RulingAction) -> Ruling:
    return Ruling(report, action, "desk", "the council's own page", AFTER_CLOSE)


def test_the_newest_update_counts_whenever_it_came() -> None:
    outcome = judged(LD, COUNTING, LD)
    assert statuses(outcome) == [ACCEPTED, SUPERSEDED, DUPLICATE]
    assert ballots(outcome)[LD.ballot_id].report == LD


def test_one_update_with_two_contents_keeps_the_first_and_holds_the_other() -> None:
    outcome = judged(LD, LAB)
    assert statuses(outcome) == [ACCEPTED, HELD]
    assert "something else" in outcome.verdicts[2].reasons[0]


def test_the_desk_chooses_between_two_contents() -> None:
    outcome = judged(LD, LAB, rulings=[ruling(2, RulingAction.CONFIRM)])
    assert statuses(outcome) == [SUPERSEDED, ACCEPTED]


def test_the_desk_rejects_a_ward_and_its_copies_stay_out() -> None:
    outcome = judged(LD, LD, rulings=[ruling(1, RulingAction.REJECT)])
    assert statuses(outcome) == [REJECTED, DUPLICATE]
    assert not ballots(outcome)


def test_test_material_does_not_count() -> None:
    assert statuses(judged(replace(LD, test=True))) == [REJECTED]


def test_more_winners_than_seats_are_held_and_the_last_sound_update_stays() -> None:
    both = ward_report("KHL", "Avenue", {"LD": True, "Lab": True}, minute=9)
    outcome = judged(COUNTING, both)
    assert statuses(outcome) == [ACCEPTED, HELD]
    assert "2 winners for 1 seat" in outcome.verdicts[2].reasons[0]


def test_only_unopposed_winners_are_known_before_polls_close() -> None:
    early = POLLS_CLOSE - timedelta(hours=2)
    assert statuses(judged(LD, at=early)) == [HELD]
    assert statuses(judged(COUNTING, at=early)) == [ACCEPTED]
    assert statuses(judged(replace(LD, uncontested=True), at=early)) == [ACCEPTED]


@given(st.permutations([LD, COUNTING, replace(LD, updated_at=LD.updated_at + timedelta(1))]))
def test_the_order_of_arrival_makes_no_difference(wards: list[WardReport]) -> None:
    outcome = judged(*wards)
    (in_force,) = ballots(outcome).values()
    assert in_force.report == max(wards, key=lambda ward: ward.updated_at)
    assert sorted(statuses(outcome)) == [ACCEPTED, SUPERSEDED, SUPERSEDED]


def filed(*received: Nominations) -> list[Filed[Nominations]]:
    return [
        Filed(number, one, repr(one), Source("pa", f"nominations {number}", None, AFTER_CLOSE))
        for number, one in enumerate(received, 1)
    ]


def test_the_latest_nominations_count() -> None:
    first, second = nominations({"Lab": 30, "LD": 27}), nominations({"Lab": 29, "LD": 28})
    verdicts: dict[int, Verdict] = {}
    in_force = nominations_in_force(filed(first, second, second, first), EMPTY, verdicts)
    assert [verdicts[n].status for n in (1, 2, 3, 4)] == [
        SUPERSEDED,
        SUPERSEDED,
        DUPLICATE,
        ACCEPTED,
    ]
    assert in_force is not None
    assert in_force.report == first


def test_nominations_that_the_desk_rejects_or_that_are_a_test_do_not_count() -> None:
    received = filed(nominations({"Lab": 57}), replace(nominations({"LD": 57}), test=True))
    verdicts: dict[int, Verdict] = {}
    case = replace(EMPTY, rulings=(ruling(1, RulingAction.REJECT),))
    assert nominations_in_force(received, case, verdicts) is None
    assert [verdict.status for verdict in verdicts.values()] == [REJECTED, REJECTED]
