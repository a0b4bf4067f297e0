"""Pictures of mayors, referendums and the Assembly: findings, one scale, what is not known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.election.ballots import BallotStanding
from bot.election.parties import WireParty
from bot.election.reports import BallotReport, Candidate, VotingSystem
from bot.election.seats import Composition
from bot.pictures.assembly import assembly_picture
from bot.pictures.ballots import ballot_picture
from bot.pictures.picture import Picture
from tests.cards.nights import AT_0232, PA
from tests.pictures.checks import beside, check_in_chat, shapes_of, texts_of
from tests.support.contests import (
    ALMANAC_WITH_BALLOTS,
    BELFAST_EAST,
    BRISTOL,
    CROYDON,
    constituency_report,
    mayor_report,
    referendum_report,
)
from tests.support.small_night import NIGHT
from tests.support.tables import shipped

ONE_ROUND = replace(CROYDON, system=VotingSystem.PLURALITY)


def drawn(ballot: object, report: BallotReport) -> Picture:
    standing = BallotStanding(NIGHT, ballot, report, PA, AT_0232, 1)  # type: ignore[arg-type]
    picture = ballot_picture(standing, ALMANAC_WITH_BALLOTS)
    assert picture is not None
    return check_in_chat(picture)


def stood(votes: Mapping[str, tuple[float | None, ...]], winner: str) -> tuple[Candidate, ...]:
    parties = ("Lab", "Con", "LD", "Green")
    return tuple(
        Candidate(name, WireParty(parties[place % 4]), cast, elected=name == winner)
        for place, (name, cast) in enumerate(votes.items())
    )


def lengths(picture: Picture) -> list[float]:
    """Return how far each row's bar reaches, hatching included."""
    rows: dict[str, float] = {}
    for shape in shapes_of(picture):
        if shape.tag.endswith("rect"):
            end = float(shape.attrib["x"]) + float(shape.attrib["width"])
            rows[shape.attrib["y"]] = max(end, rows.get(shape.attrib["y"], 0))
    return [rows[y] - 102 for y in sorted(rows, key=float)]


def test_both_rounds_have_one_scale() -> None:
    picture = drawn(CROYDON, mayor_report())
    first, second = lengths(picture)
    assert second / first == pytest.approx(38_023 / 38_612, rel=0.001)
    assert picture.title == "Jason Perry wins Croydon by 589"
    assert "Mayor of Croydon: Conservatives gain from Labour" in texts_of(picture)


@pytest.mark.parametrize(
    ("votes", "title"),
    [
        ({"Ann": (60,), "Ben": (40,)}, "Ann wins Croydon by 20"),
        ({"Ann": (50,), "Ben": (50,)}, "Ann wins Croydon after a tie"),
        ({"Ann": (60,), "Ben": (40,), "Cai": ()}, "Ann wins Croydon"),
        ({"Ann": (60, 70), "Ben": (50, None)}, "Ann wins Croydon"),
        ({"Ann": (40, 45), "Ben": (30, 44), "Cai": (99,)}, "Ann wins Croydon by 1"),
    ],
)
def test_the_majority_is_in_the_title_where_it_is_known(
    votes: Mapping[str, tuple[float | None, ...]], title: str
) -> None:
    report = mayor_report(candidates=stood(votes, "Ann"))
    assert drawn(CROYDON, report).title == title


def test_a_majority_of_one_round_is_not_told_where_votes_are_left_out() -> None:
    two = stood({"Ann": (60,), "Ben": (40,)}, "Ann")
    assert drawn(ONE_ROUND, mayor_report(candidates=two, valid=140)).title.endswith("by 20")
    assert drawn(ONE_ROUND, mayor_report(candidates=two, valid=141)).title == "Ann wins Croydon"


def test_one_round_has_shares_and_turnout_once() -> None:
    report = mayor_report(candidates=stood({"Ann": (60,), "Ben": (40,)}, "Ann"), turnout=31.25)
    picture = drawn(ONE_ROUND, report)
    assert {"60 (60.0%)", "40 (40.0%)"} <= set(texts_of(picture))
    assert " ".join(texts_of(picture)).count("turnout 31.2%") == 1
    assert "→" not in " ".join(texts_of(picture))


@pytest.mark.parametrize("many", [2, 5, 6, 9, 13])
def test_those_without_a_row_are_counted(many: int) -> None:
    votes = {f"Person {'I' * place}": (100.0 * (20 - place),) for place in range(many)}
    picture = drawn(ONE_ROUND, mayor_report(candidates=stood(votes, "Person ")))
    rows = sum(text.startswith("Person ") for text in texts_of(picture))
    more = re.findall(r"(\d+) more: ", " ".join(texts_of(picture)))
    assert rows + sum(map(int, more)) == many
    assert rows >= min(many, 5)


@pytest.mark.parametrize("answers", [2, 3, 4])
def test_answers_of_any_length_stand_at_their_bars(answers: int) -> None:
    text = "A council whose leader is chosen by the councillors and who chooses a cabinet"
    candidates = tuple(
        Candidate(f"{text} {'I' * place}", None, (100.0 - place,), elected=place == 0)
        for place in range(answers)
    )
    picture = drawn(BRISTOL, replace(referendum_report(), candidates=candidates))
    assert sum("%)" in one for one in texts_of(picture)) == answers


def test_a_referendum_names_its_consequence() -> None:
    change = replace(BRISTOL.answers[0], headline="Bristol votes to scrap its mayor")
    picture = drawn(replace(BRISTOL, answers=(change,)), referendum_report())
    assert picture.title == "Bristol votes to scrap its mayor"
    assert {"Committee system", "Mayor and cabinet"} <= set(texts_of(picture))
    assert "electorate 332,028" in picture.alt


def assembly(*elected: tuple[str, ...], before: Mapping[str, int] | None = None) -> Picture:
    night = replace(
        ALMANAC_WITH_BALLOTS.night(NIGHT),
        assembly_before=None if before is None else Composition(before),
    )
    parties = shipped().parties
    almanac = replace(ALMANAC_WITH_BALLOTS, nights={NIGHT: night}, parties=parties)
    standings = [
        BallotStanding(
            NIGHT, replace(BELFAST_EAST, code=f"a.{place}"), constituency_report(*won), PA, AT_0232
        )
        for place, won in enumerate(elected)
    ]
    picture = assembly_picture(standings, almanac)
    assert picture is not None
    return check_in_chat(picture)


@pytest.mark.parametrize(
    ("elected", "before", "title"),
    [
        (
            (("SF",) * 3, ("DUP",), ()),
            {"DUP": 6, "SF": 4},
            "Sinn Féin lead Assembly count with 3 seats",
        ),
        ((("SF",), ("DUP",), ()), None, "Sinn Féin and DUP level on 1 seat"),
        (
            (("SF",) * 5, ("SF", "DUP", "DUP", "DUP", "DUP")),
            {"DUP": 6, "SF": 4},
            "Sinn Féin overtake DUP as largest Assembly party",
        ),
        (
            (("SF",) * 5, ("SF", "DUP", "DUP", "DUP")),
            {"DUP": 6, "SF": 4},
            "Sinn Féin certain to overtake DUP as largest Assembly party",
        ),
        (
            (("SF",) * 5, ("SF", "DUP", "DUP", "DUP", "DUP")),
            {"SF": 6, "DUP": 4},
            "Sinn Féin remain largest Assembly party",
        ),
        ((("SF",) * 5,), None, "Sinn Féin largest Assembly party"),
    ],
)
def test_the_assemblys_title_says_who_leads_or_overtakes(
    elected: tuple[tuple[str, ...], ...], before: Mapping[str, int] | None, title: str
) -> None:
    picture = assembly(*elected, before=before)
    assert picture.title == title
    seats = 5 * len(elected)
    filled = sum(map(len, elected))
    assert f"{seats // 2 + 1} for a majority" in texts_of(picture)
    assert ("Not filled" in texts_of(picture)) == (filled < seats)
    if filled < seats:
        assert str(seats - filled) in beside(picture, "Not filled")
    assert ("Last Assembly" in picture.alt) == (before is not None)


@pytest.mark.parametrize(
    ("votes", "title"),
    [
        ((90, 70, 50), "Sinn Féin lead on first preferences, no seat filled yet"),
        ((90, 90, 50), "Northern Ireland Assembly: no seat filled yet"),
        ((10, 20, 50), "Northern Ireland Assembly: no seat filled yet"),
    ],
)
def test_before_any_seat_is_filled_the_first_preferences_are_drawn(
    votes: tuple[int, ...], title: str
) -> None:
    candidates = tuple(
        Candidate(party, WireParty(party), (float(cast),), elected=None)
        for party, cast in zip(("SF", "DUP", "Independent"), votes, strict=True)
    )
    report = replace(constituency_report(), candidates=candidates)
    almanac = replace(ALMANAC_WITH_BALLOTS, parties=shipped().parties)
    picture = assembly_picture([BallotStanding(NIGHT, BELFAST_EAST, report, PA, AT_0232)], almanac)
    assert picture is not None
    assert check_in_chat(picture).title == title
    assert "First preferences in 1 of 1 constituency" in texts_of(picture)
    assert f"{votes[0]} ({100 * votes[0] / sum(votes):.1f}%)" in texts_of(picture)
