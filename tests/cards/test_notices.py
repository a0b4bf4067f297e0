"""Milestones in words: each says what makes it one, by the shipped tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cards.notices import notice_card, notice_title
from bot.election.alert_kinds import MilestoneKind
from bot.election.almanac import Almanac, CouncilList, ListedCouncil
from bot.election.ballots import ballot_of, unknown_ballot
from bot.election.baselines import Baseline
from bot.election.claims import BallotDeclared, Elected, Milestone
from bot.election.parties import WireParty
from bot.election.reports import BallotKind, Candidate
from tests.support.contests import BRISTOL, CROYDON, mayor_report, referendum_report
from tests.support.small_night import AFTER_CLOSE
from tests.support.tables import shipped


@pytest.fixture(scope="module")
def almanac() -> Almanac:
    return shipped()


@pytest.mark.parametrize(
    ("council", "party", "says"),
    [
        ("WSM", "Lab", "Labour take Westminster, for the first time since it was created in 1964"),
        ("WND", "Lab", "Labour take Wandsworth, their first majority since 1977"),
        ("HUN", None, "Huntingdonshire, Conservative since 1976, falls to no overall control"),
        # Conservative for twelve years only: the winner's absence is what is long.
        ("GOS", "LD", "Lib Dems take Gosport, their first majority since 1997"),
        (
            "AGY",
            "PC",
            "Plaid Cymru take Isle of Anglesey, their first majority since at least 1995",
        ),
    ],
)
def test_a_first_in_decades_says_since_when(
    council: str, party: str | None, says: str, almanac: Almanac
) -> None:
    milestone = Milestone(MilestoneKind.FIRST_IN_DECADES, council, party, 2022)
    assert notice_title(milestone, almanac, {}) == says


def test_figures_are_the_round_ones(almanac: Almanac) -> None:
    lost = Milestone(MilestoneKind.NET_SEATS, party="Con", figure=-250, since="snapshot:2021-05-06")
    assert notice_title(lost, almanac, {}) == "Conservative net seat losses since May 2021 pass 250"
    lost = Milestone(MilestoneKind.NET_SEATS, party="Con", figure=-250, since=Baseline.WIRES.code)
    assert notice_title(lost, almanac, {}) == "Conservative net seat losses pass 250"
    half = Milestone(MilestoneKind.HALF_DECLARED, figure=100)
    assert notice_title(half, almanac, {}) == "Half of councils have declared"


@pytest.mark.parametrize(
    ("party", "says"),
    [
        ("Lab", "Labour certain to win Westminster"),
        (None, "Westminster will be hung"),
    ],
)
def test_what_is_certain_is_a_headline(party: str | None, says: str, almanac: Almanac) -> None:
    milestone = Milestone(MilestoneKind.CERTAIN, "WSM", party)
    assert notice_title(milestone, almanac, {}) == says


def test_a_lists_note_is_shown_as_the_lists(almanac: Almanac) -> None:
    """It says why a council is watched, which is no consequence of its result."""
    ours = CouncilList(
        "ours", "Ours", "", (ListedCouncil("WSM", "Never lost before."),), flagships=True
    )
    card = notice_card(
        Milestone(MilestoneKind.FLAGSHIP, "WSM", "Lab"),
        replace(almanac, lists={"ours": ours}),
        {},
        reference="ref",
        made_at=AFTER_CLOSE,
    )
    assert card.description == "On the list “Ours”. Before the night: Never lost before."


@pytest.mark.parametrize(
    ("headline", "says"),
    [
        ("Bristol votes to scrap its mayor", "Bristol votes to scrap its mayor"),
        ("", "Bristol referendum: voters choose “Committee system”"),
        ("Bristol *votes* @everyone", "Bristol \\*votes\\* @\u200beveryone"),
    ],
)
@pytest.mark.parametrize(
    ("votes", "lines"),
    [
        (
            (56_113, 38_439),
            ["Committee system: 56,113 (59.3%)", "Mayor and cabinet: 38,439 (40.7%)"],
        ),
        ((2, 1), ["Committee system: 2 (66.7%)", "Mayor and cabinet: 1 (33.3%)"]),
        ((56_113, None), ["Committee system: 56,113"]),
        (None, []),
    ],
)
def test_a_referendums_alert_has_the_shares_and_says_what_was_voted_for(
    headline: str,
    says: str,
    votes: tuple[int, int | None] | None,
    lines: list[str],
    almanac: Almanac,
) -> None:
    change = replace(BRISTOL.answers[0], headline=headline)
    bristol = replace(BRISTOL, answers=(change, BRISTOL.answers[1]))
    answers = (Candidate(one.text, None, elected=one is change) for one in bristol.answers)
    told = votes and [(one,) for one in votes]
    report = replace(
        referendum_report(),
        candidates=tuple(
            replace(one, votes=told[place] if told else ()) for place, one in enumerate(answers)
        ),
    )
    card = notice_card(
        BallotDeclared(BRISTOL.code, BRISTOL.kind, (Elected(change.text, None),)),
        almanac,
        {BRISTOL.code: bristol},
        reference="ref",
        made_at=AFTER_CLOSE,
        report=report,
    )
    assert card.title == says
    assert card.description.splitlines() == [
        *lines,
        "Turnout 28.6%",
        "What happens next: The post of mayor ends in May 2024.",
    ]


@pytest.mark.parametrize(
    ("after", "before", "says"),
    [
        ("Lab", "Con", ": Labour gain from Conservatives"),
        ("Con", "Con", ": Conservatives hold"),
        ("LD", "Ind", ": Lib Dems gain from an independent"),
        ("Ind", "Lab", ", previously Labour"),
        ("Ind", "Ind", ", previously independent"),
        ("Ind", None, ""),
    ],
)
def test_a_mayor_of_no_party_neither_holds_nor_is_several(
    after: str, before: str | None, says: str, almanac: Almanac
) -> None:
    notice = BallotDeclared(CROYDON.code, CROYDON.kind, (Elected("Ann Able", after),), before)
    title = notice_title(notice, almanac, {CROYDON.code: CROYDON})
    assert title.endswith(f"elected Mayor of Croydon{says}")


@pytest.mark.parametrize(
    ("kind", "area", "name"),
    [
        (BallotKind.MAYOR, "Elmsea", "Mayor of Elmsea"),
        (BallotKind.MAYOR, "Mayor of Elmsea", "Mayor of Elmsea"),
        (BallotKind.MAYOR, "Tees & Dunholme Mayor", "Tees & Dunholme Mayor"),
        (BallotKind.REFERENDUM, "Elmsea", "Elmsea referendum"),
        (BallotKind.ASSEMBLY, "Elmsea North", "Elmsea North"),
    ],
)
def test_a_contest_that_only_the_wire_knows_is_called_what_it_is(
    kind: BallotKind, area: str, name: str, almanac: Almanac
) -> None:
    ballot = unknown_ballot(kind, area, {})
    assert ballot.name == name
    assert ballot_of(ballot.code, {}) == ballot
    if kind is BallotKind.MAYOR:
        elected = BallotDeclared(ballot.code, kind, (Elected("Ann Able", "Lab"),))
        assert notice_title(elected, almanac, {}) == f"Ann Able (Labour) elected {name}"


@pytest.mark.parametrize(
    ("ann", "bob", "says"),
    [
        ((33_413, 38_612), (32_000, 38_023), "Majority of 589"),
        ((40_100,), (40_000,), "Majority of 100"),
        ((40_100,), (40_200,), None),  # the candidate with most votes did not win
        ((40_100,), (None,), None),
        ((), (), None),
    ],
)
def test_a_mayors_alert_has_the_votes_and_the_majority(
    ann: tuple[int | None, ...], bob: tuple[int | None, ...], says: str | None, almanac: Almanac
) -> None:
    report = replace(
        mayor_report(),
        candidates=(
            Candidate("Ann Able", WireParty("Lab"), ann, elected=True),
            Candidate("Bob Bold", WireParty("Con"), bob, elected=False),
            Candidate("Cat Cole", WireParty("LD"), ann[:1] and (9_000,), elected=False),
        ),
    )
    notice = BallotDeclared(CROYDON.code, CROYDON.kind, (Elected("Ann Able", "Lab"),))
    card = notice_card(
        notice,
        almanac,
        {CROYDON.code: CROYDON},
        reference="ref",
        made_at=AFTER_CLOSE,
        report=report,
    )
    lines = card.description.splitlines()
    assert [line for line in lines if line.startswith("Majority")] == ([says] if says else [])
    assert bool([line for line in lines if line.startswith("Cat Cole")]) is bool(ann)
