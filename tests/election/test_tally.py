from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.election.almanac import LONDON
from bot.election.baselines import Baseline
from bot.election.claims import Basis, ClaimState
from bot.election.control import NOC, Control, Outcome, control_of, majority_of, outcome_of
from bot.election.councils import Council, Councils
from bot.election.outlook import outlook
from bot.election.parties import VACANT, WireParty
from bot.election.reconciliation import reconcile
from bot.election.reports import PartyState, Proportion, StateOfPartiesReport, WireCouncil
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding, Declared, PriorSource, Source, WardStanding
from bot.election.tally import by_nation, by_region, state_of_parties
from bot.wording.figures import councils_words
from tests.election.build import NIGHT, PARTIES

SOURCE = Source("pa", "document", 1, datetime(2022, 5, 6, 2, 30, tzinfo=LONDON))


def declared(
    name: str,
    before: Control | None,
    now: dict[str, int],
    *,
    won: dict[str, int] | None = None,
    changes: dict[str, int] | None = None,
    nation: str = "England",
    region: str = "London",
    new: bool | None = None,
) -> CouncilStanding:
    """Return a council that has declared; without *before* it is *new* if nothing else is said."""
    new = before is None if new is None else new
    after = control_of(Composition(now))
    return CouncilStanding(
        NIGHT,
        Council(name, name, nation=nation, region=region),
        before=before,
        before_source=PriorSource.WIRE,
        declared=Declared(
            after=after,
            outcome=outcome_of(before, after, new_council=new),
            won=Composition(won if won is not None else now),
            now=Composition(now),
            changes=changes,
            baseline=Baseline.EVE_OF_POLL,
            declared_at=SOURCE.received_at,
            basis=Basis.RESULT,
            source=SOURCE,
            version=1,
            state=ClaimState.DECLARED,
        ),
    )


HULL = declared(
    "Hull", Control("Lab"), {"LD": 29, "Lab": 27, "Ind": 1},
    won={"LD": 10, "Lab": 9}, changes={"LD": 3, "Lab": -3},
    region="Yorkshire and The Humber",
)  # fmt: skip
WANDSWORTH = declared(
    "Wandsworth", Control("Con"), {"Lab": 35, "Con": 22, "Ind": 1}, changes={"Lab": 9, "Con": -11}
)
CUMBERLAND = declared("Cumberland", None, {"Lab": 30, "Con": 16}, region="North West")
ADUR = CouncilStanding(NIGHT, Council("Adur", "Adur", nation="England", region="South East"))


def test_the_state_of_parties_after_three_results() -> None:
    state = state_of_parties([HULL, WANDSWORTH, CUMBERLAND, ADUR])
    assert (state.declared, state.total, state.without_changes) == (3, 4, 1)
    labour, lib_dem = state.line("Lab"), state.line("LD")
    assert (labour.councils, labour.council_change, labour.first_elections) == (2, 0, 1)
    assert (labour.seats_won, labour.seat_change) == (9 + 35 + 30, 6)
    assert (lib_dem.councils, lib_dem.council_change) == (1, 1)
    assert state.line("Con").council_change == -1
    assert state.line("SNP").councils == 0
    assert [line.party for line in state.parties][:2] == ["Lab", "LD"]


UNKNOWN = declared("Oakmere", None, {"Lab": 5, "Con": 4}, new=False)


def test_where_it_is_not_known_who_had_a_council_it_is_no_gain() -> None:
    state = state_of_parties([HULL, UNKNOWN])
    labour = state.line("Lab")
    assert (labour.councils, labour.council_change, labour.before_not_known) == (1, -1, 1)
    assert (labour.first_elections, state.noc.council_change) == (0, 0)
    words = "1 council (−1), 1 of which it is not known who had them before"
    assert councils_words(labour) == words


def test_nations_and_regions_are_apart() -> None:
    assert set(by_nation([HULL, ADUR])) == {"England"}
    regions = by_region([HULL, WANDSWORTH, ADUR])
    assert regions["London"].line("Lab").council_change == 1
    assert regions["South East"].declared == 0


holders = st.sampled_from([None, "Lab", "Con", "LD"])
councils = st.lists(
    st.tuples(
        st.none() | holders.map(Control),
        st.dictionaries(st.sampled_from(["Lab", "Con", "LD", "Vac"]), st.integers(1, 40)),
        st.sampled_from(["England", "Wales"]),
    ),
    max_size=12,
)


@given(councils)
def test_the_tally_of_all_is_the_sum_of_the_parts(
    drawn: list[tuple[Control | None, dict[str, int], str]],
) -> None:
    standings = [
        declared(str(number), before, now, nation=nation, changes={"Lab": 1, "Con": -1})
        for number, (before, now, nation) in enumerate(drawn)
    ]
    whole, parts = state_of_parties(standings), by_nation(standings).values()
    assert whole.declared == sum(part.declared for part in parts) == len(drawn)
    assert sum(line.councils for line in whole.parties) + whole.noc.councils == len(drawn)
    moves = sum(line.council_change for line in whole.parties) + whole.noc.council_change
    assert moves == 0
    for line in whole.parties:
        assert line.party is not None
        for figure in (
            "councils", "council_change", "first_elections", "seats_won", "seat_change",
        ):  # fmt: skip
            assert getattr(line, figure) == sum(
                getattr(part.line(line.party), figure) for part in parts
            )
    assert sum(
        s.declared.outcome is Outcome.FIRST_ELECTION for s in standings if s.declared
    ) == whole.noc.first_elections + sum(line.first_elections for line in whole.parties)


# --- reconciliation -----------------------------------------------------------------------

KNOWN = Councils([HULL.council, WANDSWORTH.council, CUMBERLAND.council])


def state(code: str | None, *figures: int) -> PartyState:
    councils, change, won, net = figures
    return PartyState(None if code is None else WireParty(code), councils, change, won, net)


def message(
    results: int, *rows: PartyState, included: tuple[str, ...] = ()
) -> StateOfPartiesReport:
    return StateOfPartiesReport(NIGHT, results, 146, rows, tuple(map(WireCouncil, included)))


AFTER_TWO = (
    state("Labour Party", 1, 0, 44, 6),
    state("LD", 1, 1, 10, 3),
    state("C", 0, -1, 22, -11),
    state("Ind", 0, 0, 1, 0),
    state(None, 0, 0, 0, 0),
)


def test_the_wires_table_agrees_over_the_councils_that_it_counts() -> None:
    told = message(2, *AFTER_TWO, included=("Hull", "Wandsworth"))
    assert reconcile(told, [HULL, WANDSWORTH, CUMBERLAND, ADUR], PARTIES, KNOWN).agrees


def test_without_a_list_tables_of_different_size_are_not_compared() -> None:
    told = message(2, *AFTER_TWO)
    assert reconcile(told, [HULL, WANDSWORTH, ADUR], PARTIES, KNOWN).agrees
    later = reconcile(told, [HULL, WANDSWORTH, CUMBERLAND], PARTIES, KNOWN)
    assert (later.comparable, later.agrees) == (False, False)


def test_a_difference_is_a_sentence() -> None:
    wrong = (state("Lab", 1, 0, 45, 6), *AFTER_TWO[1:])
    reconciled = reconcile(message(2, *wrong), [HULL, WANDSWORTH], PARTIES, KNOWN)
    assert reconciled.differences == ("Labour: seats won 45 by PA, 44 by our count",)


def test_a_council_that_we_do_not_count_is_named() -> None:
    told = message(2, *AFTER_TWO, included=("Hull", "Wandsworth"))
    assert reconcile(told, [HULL, ADUR], PARTIES, KNOWN).differences == (
        "PA counts Wandsworth; ours is held or not in",
    )


def test_the_net_change_of_councils_is_not_compared_where_one_is_not_known() -> None:
    """The wire knows, and counts a gain; what else it counts is compared."""
    con, nobody = state("C", 0, -1, 4, 0), state(None, 0, 0, 0, 0)
    told = message(1, state("Lab", 1, 1, 5, 0), con, nobody)
    assert reconcile(told, [UNKNOWN], PARTIES, KNOWN).agrees
    wrong = message(1, state("Lab", 1, 1, 6, 0), con, nobody)
    assert reconcile(wrong, [UNKNOWN], PARTIES, KNOWN).differences == (
        "Labour: seats won 6 by PA, 5 by our count",
    )


def test_the_wire_counts_a_new_council_as_a_gain_from_no_overall_control() -> None:
    told = message(1, state("Lab", 1, 1, 30, 0), state("C", 0, 0, 16, 0), state(None, 0, -1, 0, 0))
    assert reconcile(told, [CUMBERLAND], PARTIES, KNOWN).agrees


# --- what is still possible ---------------------------------------------------------------


def ward(number: int, won: dict[str, int], seats: int = 1, *, counts: bool = True) -> WardStanding:
    total = Composition(won)
    return WardStanding(
        f"local.hull.{number}", f"Ward {number}", None, seats, total.total == seats, counts, total,
        SOURCE, vacant=0 if counts else seats,
    )  # fmt: skip


def counting(
    *wards: WardStanding, candidates: dict[str, int] | None = None, **changed: object
) -> CouncilStanding:
    facts: dict[str, object] = {
        "proportion": Proportion.THIRD,
        "held": Composition({"Lab": 30, "LD": 26, "Ind": 1}),
        "offered": {"Lab": 10, "LD": 9},
        "candidates": candidates if candidates is not None else {"Lab": 19, "LD": 19, "Con": 19},
        "wards": wards,
    }
    return CouncilStanding(NIGHT, Council("KHL", "Hull", seats=57), **(facts | changed))  # type: ignore[arg-type]


def test_before_the_first_ward_everybody_knows_what_they_need() -> None:
    seen = outlook(counting())
    assert seen is not None
    assert (seen.total, seen.majority, seen.outstanding, seen.secured) == (57, 29, 19, None)
    needs = {party.party: (party.has, party.needs, party.possible) for party in seen.parties}
    assert needs == {
        "Lab": (20, 9, True), "LD": (17, 12, True), "Ind": (1, 28, False), "Con": (0, 29, False),
    }  # fmt: skip


def test_a_majority_is_secured_before_the_last_ward() -> None:
    wards = [ward(n, {"LD": 1}) for n in range(12)]
    seen = outlook(counting(*wards))
    assert seen is not None
    assert seen.secured == Control("LD")
    assert (seen.outstanding, seen.wards_declared) == (7, 12)


def test_no_overall_control_is_certain_when_nobody_can_get_there() -> None:
    wards = [ward(n, {"Con": 1}) for n in range(11)]
    seen = outlook(counting(*wards))
    assert seen is not None
    assert seen.secured == NOC


def test_our_tables_bucket_may_hide_a_partys_seats() -> None:
    """Without nominations it may be the party that wins tonight, which then has seven of eleven."""
    wards = [*(ward(n, {"Asp": 1}) for n in range(3)), ward(3, {"Lab": 1})]
    held = Composition({"Lab": 6, "Ind": 5})
    table = {"held": held, "offered": {"Lab": 3, "Ind": 2}, "proportion": Proportion.HALF}
    seen = outlook(counting(*wards, candidates={}, **table))
    assert seen is not None
    assert (seen.outstanding, seen.secured) == (1, None)
    apart = {"held": Composition({"Lab": 6, "LD": 5}), "offered": {"Lab": 3, "LD": 2}}
    known = outlook(counting(*wards, candidates={}, **{**table, **apart}))
    assert known is not None and known.secured == NOC


def test_nobody_wins_more_seats_than_they_have_candidates() -> None:
    seen = outlook(counting(candidates={"Lab": 8, "LD": 19}))
    assert seen is not None
    assert {party.party: party.possible for party in seen.parties}["Lab"] is False


def test_a_cancelled_poll_leaves_its_seat_empty_on_the_night() -> None:
    seen = outlook(counting(ward(1, {}, counts=False)))
    assert seen is not None
    assert (seen.certain[VACANT], seen.outstanding, seen.wards_total) == (1, 18, 0)


@pytest.mark.parametrize(
    "changed",
    [
        {"held": None, "offered": None},
        {"offered": {"Lab": 31}},
        {"held": Composition({"Lab": 2}), "offered": {}, "wards": (ward(1, {"LD": 3}, 3),)},
    ],
)
def test_where_too_little_is_known_nothing_is_said(changed: dict[str, object]) -> None:
    assert outlook(counting(**changed)) is None  # type: ignore[arg-type]


def test_a_council_all_of_which_is_up_starts_from_nothing() -> None:
    seen = outlook(counting(ward(1, {"Lab": 3}, 3), proportion=Proportion.ALL))
    assert seen is not None
    assert (seen.certain, seen.outstanding) == ({"Lab": 3}, 54)


@given(st.lists(st.sampled_from(["Lab", "LD", "Con"]), max_size=19))
def test_what_is_secured_is_what_every_end_of_the_count_gives(winners: list[str]) -> None:
    seen = outlook(counting(*(ward(n, {party: 1}) for n, party in enumerate(winners))))
    assert seen is not None
    ends = {
        control_of(Composition([*seen.certain.items(), (taker, seen.outstanding)]))
        for taker in ("Lab", "LD", "Con")
    }
    if seen.secured is not None:
        assert ends == {seen.secured}
    assert seen.certain.total + seen.outstanding == seen.total
    assert seen.majority == majority_of(seen.total)


def ends_of(seats: Composition) -> set[Control]:
    """Return who may be said to have control: by all seats and by the filled ones.

    Independents and local parties may count as one holder.
    """
    found = set()
    for total in (seats.total, seats.filled):
        ahead = [code for code, held in seats.without_vacant().items() if 2 * held > total]
        joint = sum(held for code, held in seats.items() if code in ("Ind", "Asp"))
        joint_holder = Control("Ind") if 2 * joint > total else NOC
        found.add(Control(ahead[0]) if ahead else joint_holder)
    return found


def test_a_seat_for_which_nobody_stands_stays_vacant_and_may_give_a_majority() -> None:
    """Of 15 seats three are open and two people stand: Labour may have 7 of 13 that are filled."""
    held = Composition({"Lab": 9, "Ind": 3, "Asp": 3})
    of = {
        "held": held,
        "offered": {"Lab": 3, "Ind": 1, "Asp": 1},
        "candidates": {"Lab": 1, "Con": 1, "LD": 1},
        "seats_up": 5,
        "table_size": held.total,
    }
    seen = outlook(counting(ward(1, {"LD": 1}), ward(2, {}, counts=False), **of))  # type: ignore[arg-type]
    assert seen is not None
    assert (seen.outstanding, seen.secured) == (3, None)


def test_where_nobody_stands_nothing_is_said_and_nothing_breaks() -> None:
    seen = outlook(counting(held=Composition({"Vac": 9}), offered={}, candidates={"Lab": 0}))
    assert seen is not None
    assert (seen.parties, seen.outstanding) == ((), 0)


@given(st.integers(0, 2**32))
@example(343_050)
def test_nothing_is_certain_that_vacant_seats_or_independents_together_could_undo(
    seed: int,
) -> None:
    """A seat may be vacant on the eve, left out of the seats held, or its poll put off."""
    chance = Random(seed)
    codes = ("Lab", "LD", "Con", "Ind", "Asp")
    held = {code: chance.choice((0, 1, 3, 9)) for code in codes} | {"Vac": chance.choice((0, 1, 2))}
    if not any(held.values()):
        return
    offered = {code: held[code] // 3 for code in codes}
    up = sum(offered.values())
    parts = chance.randint(0, up)
    put_off = chance.choice((0, 0, 1)) if up > parts else 0
    winners = [chance.choice(codes) for _ in range(parts)]
    wards = [ward(n, {party: 1}) for n, party in enumerate(winners)]
    wards += [ward(99, {}, counts=False)] * put_off
    left = {code: chance.choice((0, 1, up)) for code in codes}
    candidates = {code: left[code] + winners.count(code) for code in codes}
    unlisted = chance.choice((0, 1))
    seen = outlook(
        counting(
            *wards,
            candidates=candidates,
            held=Composition(held),
            offered=offered,
            seats_up=up,
            table_size=sum(held.values()) + unlisted,
        )
    )
    if seen is None or seen.secured is None:
        return
    to_fill = up - parts - put_off
    for _ in range(20):
        takers = [code for code in codes for _ in range(left[code])]
        won = chance.sample(takers, min(to_fill, len(takers)))
        rest = seen.outstanding - len(won)
        end = Composition([*seen.certain.items(), *((code, 1) for code in won), ("Vac", rest)])
        assert ends_of(end) == {seen.secured}, (seen, end)


def test_a_council_that_may_hang_on_its_vacant_seat_is_not_said_to_be_hung() -> None:
    """As Crawley once: 18 of 35 filled seats, and of 36 in all."""
    held = Composition({"Lab": 17, "Con": 18, "Vac": 1})
    wards = [ward(n, {"Con": 1}) for n in range(6)]
    of = {"held": held, "offered": {"Lab": 5, "Con": 7}, "candidates": {"Lab": 6, "Con": 6}}
    seen = outlook(counting(*wards, **of))  # type: ignore[arg-type]
    assert seen is not None
    assert (seen.outstanding, seen.secured) == (6, None)


def test_a_council_that_independents_and_a_local_party_may_win_is_not_said_to_be_hung() -> None:
    """As Castle Point once: their seats together are control of independents and others."""
    of = {"held": Composition({"Ind": 14, "Asp": 14, "Con": 29}), "offered": {"Con": 10}}
    wards = [ward(n, {"Con": 1}) for n in range(9)]
    seen = outlook(counting(*wards, candidates={"Ind": 1, "Con": 9}, **of))
    assert seen is not None
    assert (seen.outstanding, seen.secured) == (1, None)


def test_a_by_election_for_another_seat_may_undo_what_seems_certain() -> None:
    """One of the seats that are not up is filled anew on the same day, and may be lost."""
    wards = [ward(n, {"LD": 1}) for n in range(12)]
    extra = replace(ward(99, {}, counts=False), by_election=True, vacant=0)
    seen = outlook(counting(*wards, extra))
    assert seen is not None
    assert seen.secured is None
    more = outlook(counting(*wards, ward(13, {"LD": 1}), extra))
    assert more is not None
    assert more.secured == Control("LD")
