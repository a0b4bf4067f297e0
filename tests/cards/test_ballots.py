"""The cards of contests: in words, as a desk would read them aloud."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from syrupy.assertion import SnapshotAssertion

from bot.cards.assembly import assembly_card, how_the_assembly_is_known
from bot.cards.ballots import (
    ballot_card,
    ballots_card,
    constituency_card,
    how_a_ballot_is_known,
)
from bot.election.almanac import LONDON, Almanac
from bot.election.ballots import Ballot, BallotStanding
from bot.election.claims import ClaimState
from bot.election.parties import WireParty
from bot.election.reports import BallotReport, Candidate
from bot.election.seats import Composition
from bot.election.standings import Held, Source
from bot.wording.sources import FeedAges
from tests.support.contests import (
    ALMANAC_WITH_BALLOTS,
    BELFAST_EAST,
    BRISTOL,
    CROYDON,
    mayor_report,
    referendum_report,
)
from tests.support.small_night import AFTER_CLOSE, NIGHT

NOW = AFTER_CLOSE.astimezone(LONDON) + timedelta(hours=4)
HEARD = FeedAges(NOW - timedelta(minutes=2))
WIRE = Source("pa", "Mayor_1.xml", 1, NOW - timedelta(minutes=9))


def stands(ballot: Ballot, report: BallotReport | None, **more: object) -> BallotStanding:
    declared = report is not None and report.declared
    return BallotStanding(
        NIGHT,
        ballot,
        report,
        None if report is None else WIRE,
        NOW - timedelta(minutes=9) if declared else None,
        1 if declared else None,
        ClaimState.DECLARED if declared else None,
        **more,  # type: ignore[arg-type]
    )


def text_of(standing: BallotStanding) -> str:
    return ballot_card(standing, ALMANAC_WITH_BALLOTS, NOW, feeds=HEARD).to_text()


def stv(*candidates: tuple[str, str, tuple[float, ...], bool | None]) -> BallotReport:
    return replace(
        mayor_report(),
        kind=BELFAST_EAST.kind,
        area="Belfast East",
        seats=2,
        candidates=tuple(
            Candidate(name, WireParty(party), votes, elected=elected)
            for name, party, votes, elected in candidates
        ),
    )


TWO_SEATS = replace(BELFAST_EAST, seats=2, previous=Composition({"Con": 2}))
COUNTED = stv(
    ("Ann", "Lab", (400, 334.0, 334), True),
    ("Ben", "Con", (250, 290.5, 320.55), True),
    ("Cai", "LD", (200, 210, 0), False),
    ("Dee", "Green", (150,), False),
)


def constituency(report: BallotReport | None, ballot: Ballot = TWO_SEATS) -> str:
    card = constituency_card(stands(ballot, report), ALMANAC_WITH_BALLOTS, NOW, feeds=HEARD).card
    return card.to_text()


def test_a_mayor_after_two_rounds(snapshot: SnapshotAssertion) -> None:
    assert text_of(stands(CROYDON, mayor_report())) == snapshot


def test_a_mayor_with_more_than_half_in_the_first_round() -> None:
    once = tuple(replace(one, votes=one.votes[:1]) for one in mayor_report().candidates)
    text = text_of(stands(CROYDON, mayor_report(candidates=once)))
    assert "Jason Perry (Conservative): 33,413 (51.6%)" in text
    assert "round" not in text


def test_a_winner_without_votes_is_said_to_be_that() -> None:
    bare = tuple(replace(one, votes=()) for one in mayor_report().candidates)
    text = text_of(stands(CROYDON, mayor_report(candidates=bare, rush=True)))
    assert "The votes are not known yet." in text
    assert "Votes:" not in text
    alone = tuple(one for one in bare if one.elected)
    unopposed = text_of(stands(CROYDON, mayor_report(candidates=alone)))
    assert "Elected unopposed: no other candidate is listed." in unopposed
    rushed = text_of(stands(CROYDON, mayor_report(candidates=alone, rush=True)))
    assert "unopposed" not in rushed


def test_votes_that_are_not_all_have_no_shares() -> None:
    def mayor(*votes: tuple[int, ...]) -> str:
        found = tuple(
            Candidate(name, WireParty(party), cast, elected=name == "Ann")
            for (name, party), cast in zip((("Ann", "Lab"), ("Ben", "Ind")), votes, strict=False)
        )
        return text_of(stands(CROYDON, mayor_report(candidates=found)))

    for text in (mayor((35_696,)), mayor((39_533, 40_804), (27_894, 33_487))):
        first = text.partition("First round")[2] or text
        assert "%" not in first
    # Of the two in a second round all votes are known.
    assert "Ann (Labour): 40,804 (54.9%)" in mayor((39_533, 40_804), (27_894, 33_487))
    whole = mayor((60,), (40,))
    assert "Ann (Labour): 60 (60.0%)" in whole


def test_who_stands_for_no_party_is_independent() -> None:
    report = stv(
        ("Ann", "Independent/Other", (500,), True),
        ("Ben", "Independent/Other", (400,), True),
        ("Cai", "Ulster Unionist Party", (9,), None),
    )
    text = constituency(report)
    assert text.startswith("Belfast East elects 2 independents\n")
    assert "Ann (Independent): 500" in text
    assert "Ben (Independent): 400" in text
    assert "Cai (Ulster Unionist" in text


def test_a_recount_decides_nothing() -> None:
    text = text_of(stands(CROYDON, mayor_report(recount=True)))
    assert text.startswith("Mayor of Croydon: recount, not declared")
    assert "A recount was called" in text


def test_what_is_held_is_told_with_its_reason() -> None:
    held = Held(3, WIRE, ("its votes *do not* add up",))
    text = text_of(stands(CROYDON, None, awaiting_desk=(held,)))
    assert text.startswith("Mayor of Croydon: not declared")
    assert "not counted: 05:51: its votes *do not* add up" in text


def test_before_polls_close_only_the_vote_is_told() -> None:
    early = ALMANAC_WITH_BALLOTS.night(NIGHT).polls_close - timedelta(hours=2)
    card = ballot_card(stands(BRISTOL, None), ALMANAC_WITH_BALLOTS, early)
    assert card.title == "Bristol referendum: vote on 5 May 2022"
    assert [field.name for field in card.fields] == ["Question", "Answers"]


def test_a_referendum(snapshot: SnapshotAssertion) -> None:
    assert text_of(stands(BRISTOL, referendum_report())) == snapshot


def test_a_constituency_count_by_count(snapshot: SnapshotAssertion) -> None:
    assert constituency(COUNTED) == snapshot


def test_a_constituency_in_mid_count_says_how_far_it_is() -> None:
    so_far = replace(
        COUNTED,
        complete=False,
        candidates=tuple(
            replace(one, votes=one.votes[:1], elected=one.name == "Ann" or None)
            for one in COUNTED.candidates
        ),
    )
    text = constituency(so_far)
    assert text.startswith("Belfast East: 1 of 2 seats filled")
    assert "Ann (Labour), at count 1" in text
    assert "gain" not in text


def test_nobody_controls_what_is_no_council() -> None:
    every = [
        text_of(stands(CROYDON, mayor_report())),
        text_of(stands(BRISTOL, referendum_report())),
        constituency(COUNTED),
        assembly(COUNTED),
    ]
    assert not [text for text in every if "control" in text.casefold()]


def assembly(*reports: BallotReport | None, before: Composition | None = None) -> str:
    night = replace(ALMANAC_WITH_BALLOTS.night(NIGHT), assembly_before=before)
    almanac: Almanac = replace(ALMANAC_WITH_BALLOTS, nights={NIGHT: night})
    standings = [
        stands(replace(TWO_SEATS, code=f"assembly.{place}", name=f"Place {place}"), report)
        for place, report in enumerate(reports)
    ]
    return assembly_card(standings, almanac, NOW, settled_at=NOW, feeds=HEARD).to_text()


def test_the_assembly_in_mid_count(snapshot: SnapshotAssertion) -> None:
    assert assembly(COUNTED, None, before=Composition({"Con": 3, "LD": 1})) == snapshot


def test_what_is_still_counting_says_how_far_it_is() -> None:
    begun = stv(("Ann", "Lab", (500,), True), ("Bea", "Con", (400,), None))
    text = assembly(COUNTED, begun, stv(("Cat", "Con", (500,), None)))
    assert "Counting (seats filled): Place 1 1 of 2 · Place 2 0 of 2" in text
    page, _ = ballots_card(
        [stands(TWO_SEATS, stv(("Cat", "Con", (500,), None)))], ALMANAC_WITH_BALLOTS, NOW
    )
    assert "Belfast East: counting" in page.card.description


def test_the_assembly_when_it_is_settled(snapshot: SnapshotAssertion) -> None:
    labour = stv(("Ann", "Lab", (500,), True), ("Bea", "Lab", (400,), True))
    before = Composition({"Con": 3, "LD": 1})
    assert assembly(COUNTED, labour, before=before) == snapshot


def test_the_assembly_before_anything_is_counted() -> None:
    text = assembly(None, None)
    assert text.startswith(
        "Northern Ireland Assembly: no seats filled yet\n"
        "0 of 4 seats filled, 0 of 2 constituencies declared"
    )
    assert "Largest party" not in text
    assert "first preferences" not in text


def test_every_kind_of_contest_says_how_many_have_declared(snapshot: SnapshotAssertion) -> None:
    found = [
        stands(TWO_SEATS, None),
        stands(CROYDON, mayor_report()),
        stands(replace(CROYDON, code="mayor.x", name="Mayor of X", expected_at=NOW), None),
        stands(BRISTOL, referendum_report()),
    ]
    page, shown = ballots_card(found, ALMANAC_WITH_BALLOTS, NOW, feeds=HEARD)
    assert page.card.to_text() == snapshot
    assert [one.ballot.code for one in shown] == [
        "mayor.croydon",
        "mayor.x",
        "referendum.bristol",
        "assembly.belfast-east",
    ]


def test_many_contests_have_pages_and_none_says_so() -> None:
    many = [stands(replace(CROYDON, code=f"mayor.{n}", name=f"Mayor {n}"), None) for n in range(45)]
    page, shown = ballots_card(many, ALMANAC_WITH_BALLOTS, NOW, page=3)
    assert (page.number, page.pages, len(shown)) == (3, 3, 5)
    assert "Mayors: 0 of 45 declared" in page.card.to_text()
    none, _ = ballots_card([], ALMANAC_WITH_BALLOTS, NOW)
    assert none.card.title == "No mayors, referendums or by-elections of this night are known"


def test_how_a_ballot_is_known(snapshot: SnapshotAssertion) -> None:
    held = Held(3, WIRE, ("its votes *do not* add up",))
    found = [
        stands(CROYDON, mayor_report(note="A *recount* was refused"), by_desk=True),
        stands(BRISTOL, referendum_report(), awaiting_desk=(held,)),
        stands(TWO_SEATS, COUNTED),
        stands(CROYDON, None),
    ]
    cards = [how_a_ballot_is_known(one, NOW, feeds=HEARD) for one in found]
    assert "\n\n".join(card.to_text() for card in cards) == snapshot


def test_how_the_assembly_is_known(snapshot: SnapshotAssertion) -> None:
    found = [stands(TWO_SEATS, COUNTED), stands(replace(TWO_SEATS, code="assembly.x"), None)]
    card = how_the_assembly_is_known(found, ALMANAC_WITH_BALLOTS, NOW, feeds=HEARD)
    assert card.to_text() == snapshot
