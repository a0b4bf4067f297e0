"""The article on any night: what it leads with, what it never says, and that it is in the style."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.almanac import Almanac
from bot.election.ballots import BallotStanding
from bot.election.control import NOC
from bot.election.councils import Council
from bot.election.movers import movers, moves
from bot.election.parties import Parties, Party, PartyKind
from bot.election.reports import BallotKind
from bot.election.standings import CouncilStanding, Held
from bot.election.stories import WHOLE_NIGHT, Lens
from bot.wording.article import Article, article
from bot.wording.night import NightView
from bot.wording.text import plain
from tests.cards.nights import ALMANAC, AT_0232, PA, seats, standing
from tests.election.test_stories import CONTESTS, ballot
from tests.style.rules import Said, check
from tests.support.moments import END
from tests.support.whole_night import moments

INVENTED = tuple(
    Party(f"P{n}", name, f"P{n}", kind, colour=f"#{n * 123457 % 0xFFFFFF:06X}", article=article_)
    for n, (name, kind, article_) in enumerate(
        (
            ("Purple Alliance", PartyKind.PARTY, True),
            ("Progress", PartyKind.PARTY, False),
            ("Old Whigs", PartyKind.PARTY, True),
            ("Harbour First", PartyKind.LOCAL, False),
            ("Residents of Elmsea", PartyKind.LOCAL, False),
        )
    )
)
PLACES = ("Aldermoor", "Brackwater", "Cold Ashby", "Elmsea", "Grimsdyke", "Kelverton", "Lundy Vale")
PARTIES = Parties((*ALMANAC.parties.rows, *INVENTED))
TOLD = replace(ALMANAC, parties=PARTIES)
HELD = standing("BOL", "Lab", seats("Lab 40"))
CODES = [*(one.code for one in INVENTED), "Lab", "Con", "Ind"]
LENSES = [WHOLE_NIGHT, Lens(nation="England"), Lens(party="P0"), Lens(council="X0")]
NOW = AT_0232 + timedelta(hours=5)


def told_of(
    night: Sequence[CouncilStanding],
    ballots: Sequence[BallotStanding] = (),
    almanac: Almanac = TOLD,
    lens: Lens = WHOLE_NIGHT,
) -> Article:
    return article(NightView(night, almanac, NOW, ballots, lens))


def a_council(n: int, chance: Random, *, known: bool = True) -> CouncilStanding:
    """Return a council of invented parties by chance, some not declared, some new."""
    size = chance.choice((3, 40, 61))

    def shared() -> dict[str, int]:
        chosen = chance.sample(CODES, chance.randint(1, 4))
        cuts = sorted(chance.randint(0, size) for _ in chosen[1:])
        parts = [b - a for a, b in zip([0, *cuts], [*cuts, size], strict=True)]
        return {code: part for code, part in zip(chosen, parts, strict=True) if part}

    new = known and chance.random() < 0.1
    before = chance.choice([*CODES[:-1], NOC]) if known and not new else None
    one = standing(
        "KHL",
        before,
        shared() if chance.random() < 0.8 else None,
        held=shared() if known and not new else None,
        new=new,
        expected_at=chance.choice((None, NOW, NOW - timedelta(hours=2))),
    )
    nation = chance.choice(("England", "Wales"))
    place = Council(f"X{n}", f"{chance.choice(PLACES)} {n}", nation=nation, seats=size)
    return replace(one, council=place)


@given(st.integers(0, 2**32), st.integers(0, 30), st.booleans(), st.booleans())
def test_any_night_of_invented_parties(
    seed: int,
    councils: int,
    known: bool,
    contests: bool,
) -> None:
    """Whatever is declared: short paragraphs, a headline without a stop, nothing said twice."""
    chance = Random(seed)
    night = [a_council(n, chance, known=known) for n in range(councils)]
    for lens in LENSES:
        told = told_of(night, CONTESTS if contests else (), lens=lens)
        paragraphs = [plain(one) for one in told.paragraphs]
        assert told.headline
        assert len(paragraphs) <= 4
        assert all(len(one) < 1_300 for one in paragraphs)
        sentences = [one for text in paragraphs for one in re.split(r"(?<=\.) ", text)]
        assert len(sentences) == len(set(sentences))
        assert all(text.endswith((".", "…")) for text in paragraphs)
        check(
            [
                Said(plain(told.headline), "a headline", is_title=True),
                *(Said(text, "an article") for text in paragraphs),
            ]
        )


@given(st.integers(0, 2**32), st.integers(2, 40))
def test_every_big_mover_is_in_the_first_paragraph(seed: int, councils: int) -> None:
    chance = Random(seed)
    night = [replace(a_council(n, chance), awaiting_desk=()) for n in range(councils)]
    view = NightView(night, TOLD, NOW)
    lead = article(view).lead
    for one in view.movers[:6]:
        name = PARTIES.get(one.party).name
        assert {"Conservative": "Conservatives"}.get(name, name) in lead
        if one.seats:
            assert f"{abs(one.seats):,} " in lead


@given(st.integers(0, 2**32), st.integers(0, 40))
def test_moves_add_up_to_the_state_of_parties(seed: int, councils: int) -> None:
    chance = Random(seed)
    night = [a_council(n, chance) for n in range(councils)]
    view = NightView(night, TOLD, NOW)
    found = moves(night, PARTIES)
    for line in view.state.parties:
        if line.party in found:
            assert found[line.party].councils == line.council_change
            assert found[line.party].seats in (0, line.seat_change)
    assert all(one.defended >= one.lost for one in found.values())


def gained(winner: str, loser: str, number: int) -> list[CouncilStanding]:
    made = standing("KHL", loser, seats(f"{winner} 40 {loser} 5"), held=seats(f"{loser} 45"))
    place = [Council(f"{winner}{n}", f"{PLACES[n]}", nation="England") for n in range(number)]
    return [replace(made, council=one) for one in place]


def test_a_party_that_gains_seats_and_no_council_is_a_mover() -> None:
    """The gains of seats of parties without councils were left out once."""
    held = standing("BOL", "Lab", seats("Lab 35 P0 25"), held=seats("Lab 60"))
    told = told_of([*gained("P1", "Con", 4), held])
    assert told.headline == "Conservatives down 4 councils, Progress up 4"
    assert "The Conservatives have lost 4 councils and gained none, and have 160 fewer" in told.lead
    assert "Progress are up 4 councils and 160 seats" in told.lead
    assert "the Purple Alliance up 25 seats" in told.lead


def test_a_night_on_which_one_party_sweeps() -> None:
    told = told_of(gained("P2", "Lab", 7))
    assert told.headline.startswith(("Labour down 7 councils", "Old Whigs up 7 councils"))
    assert "Labour keep none of the 7 councils they defended." in told.paragraphs[1]


def test_when_nothing_is_known_before_no_change_is_claimed() -> None:
    night = [a_council(n, Random(n), known=False) for n in range(6)]
    told = told_of([one for one in night if one.declared])
    words = "\n".join([told.headline, *told.paragraphs])
    assert "Who controlled them before is not known" in words
    assert not re.search(r"\b(gain|lose|lost|hold|up|down|changed hands)\b", words)


def test_when_nobody_has_a_majority_anywhere() -> None:
    night = [
        replace(
            standing("BOL", NOC, seats("Lab 30 Con 30"), held=seats("Lab 30 Con 30")),
            council=Council(f"X{n}", place, nation="England"),
        )
        for n, place in enumerate(PLACES)
    ]
    told = told_of(night)
    assert told.headline.startswith("No council changes hands, 7")
    assert told.lead == "All 7 councils have no overall control."


def test_a_night_of_one_council() -> None:
    told = told_of([standing("KHL", "Lab", seats("LD 29 Lab 28"))])
    assert told.headline == "Lib Dems gain Kingston upon Hull from Labour after 11 years"
    assert told.lead.startswith("The Liberal Democrats gain Kingston upon Hull from Labour, who")


def test_nights_without_councils() -> None:
    mayors = told_of([], CONTESTS[:2])
    assert mayors.headline == "Conservatives gain mayor.croydon from Labour"
    assert "is elected mayor.croydon" in mayors.lead
    held = told_of([], CONTESTS[1:2])
    assert held.headline.endswith("Labour hold")
    assembly = ballot("ni.foyle", BallotKind.ASSEMBLY, "Somebody", "LD", nation="Northern Ireland")
    assert told_of([], [assembly]).headline == "Lib Dems largest party in Northern Ireland Assembly"
    waiting = told_of([], [replace(CONTESTS[0], report=None)])
    assert waiting.headline == "Nothing has been declared"
    assert waiting.lead == "Other contests to declare: 1 mayor."


def test_early_on_it_is_not_said_that_no_council_changes_hands_for_good() -> None:
    moved = standing("BOL", "Lab", seats("Lab 35 P0 25"), held=seats("Lab 60"))
    also = replace(moved, council=Council("X9", "Elmsea", nation="England"))
    waiting = replace(standing("KHL", "Lab"), declared=None)
    told = told_of([moved, also, waiting])
    assert told.headline == "Labour down 50 seats, no council changes hands so far"
    assert told_of([moved, also]).headline.endswith("no council changes hands")


def test_what_independents_control_is_theirs_together() -> None:
    night = [replace(standing("BOL", None, seats("Ind 31")), council=Council(n, n)) for n in "XY"]
    assert told_of(night).headline.endswith("together control 2 of 2 councils declared")


def test_independents_hold_no_post_together() -> None:
    mayor = ballot("mayor.elmsea", BallotKind.MAYOR, "Ann Other", "Ind", "Ind")
    words = " ".join(told_of([HELD], [mayor]).paragraphs)
    assert "Ann Other (Independent) is elected mayor.elmsea." in words
    assert "mayoralty" not in words


def test_nothing_declared_says_so_and_what_comes() -> None:
    night = [replace(a_council(n, Random(n)), declared=None, expected_at=NOW) for n in range(3)]
    told = told_of(night)
    assert told.headline == "No council has declared"
    assert told.lead.startswith("3 councils are still to declare: ")
    held = replace(night[0], awaiting_desk=(Held(1, PA, ("why",)),))
    assert "Held for checks and not counted: " in told_of([held]).lead


@pytest.mark.parametrize("other", ["Progress", "Old Whigs"])
def test_a_later_edition_has_another_headline(other: str) -> None:
    code = next(one.code for one in INVENTED if one.name == other)
    view = NightView(gained(code, "Con", 5), TOLD, NOW)
    seen: list[str] = []
    for _ in range(3):
        seen.append(article(view, unlike=seen).headline)
    assert len({re.sub(r"\d", "", one) for one in seen}) == 3


def test_small_moves_are_no_movers() -> None:
    few = standing("KHL", "Lab", seats("Lab 30 LD 27"), held=seats("Lab 36 LD 21"))
    assert movers(moves([few], PARTIES).values()) == []


@pytest.mark.night
@pytest.mark.timeout(400)
def test_the_recorded_night_at_each_hour() -> None:
    """Every hour has its article; the end's leads with who gained seats and no council, too."""
    found = {}
    for name, one in moments().items():
        view = NightView(one.standings, one.almanac, one.at, one.ballots)
        found[name] = article(view, reconciled=one.reconciled)
        assert len(found[name].paragraphs) <= 4
        check(Said(plain(text), name) for text in found[name].paragraphs)
        check([Said(found[name].headline, name, is_title=True)])
    assert "as Labour take Westminster and Wandsworth" in found["Friday 07:00"].headline
    lead = found[END].lead
    assert found[END].headline.startswith("Conservatives down 11 councils")
    assert "the Liberal Democrats up 3 councils and 146 seats" in lead
    assert "the Greens up 82 seats" in lead


def test_a_party_that_gains_as_much_as_it_loses_is_told_of_each_council() -> None:
    """None of its councils leads the night, so that none is left out, nor told as "also"."""
    night = [*gained("Lab", "Con", 2), *gained("P1", "Lab", 2)]
    told = told_of(night, lens=Lens(party="Lab"))
    words = " ".join(told.paragraphs)
    assert "Labour have gained 2 councils and lost 2" in words
    assert "also" not in words
    assert "Labour gain Lab0 and Lab1 from the Conservatives" in words


def test_a_party_has_its_article_where_the_loser_is_no_one_party() -> None:
    night = [*gained("P2", "Ind", 1), standing("BOL", "Lab", seats("Lab 40"))]
    told = told_of(night)
    assert "The Old Whigs gain Aldermoor from" in " ".join([told.headline, *told.paragraphs])


def test_of_few_results_the_headline_says_after_how_many_nothing_has_changed() -> None:
    same = seats("Lab 35 Con 25")
    held = [standing(code, "Lab", same, held=same) for code in ("BOL", "KHL", "SND")]
    waiting = replace(held[0], declared=None, council=Council("X", "X", nation="England"))
    told = told_of([*held, waiting])
    assert told.headline == "No council has changed hands after 3 of 4"
