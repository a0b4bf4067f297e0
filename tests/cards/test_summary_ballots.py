"""Mayors, referendums and the Assembly stand by themselves in a summary."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.summary import is_settled, summary_cards
from bot.cards.summary_ballots import ballot_fields
from bot.election.ballots import ReferendumAnswer
from bot.election.parties import Party, PartyKind
from bot.election.reports import BallotKind
from bot.election.seats import Composition
from bot.election.standings import DeskNote
from bot.election.stories import WHOLE_NIGHT, Lens
from bot.wording.marks import NOC_MARK, Marks
from bot.wording.night import NightView
from bot.wording.phrases import members, one_of, sentence_case
from tests.cards.nights import ALMANAC, AT_0232, COUNCILS, NIGHT, PARTIES, a_night, standing
from tests.cards.test_summary import AT_1730, text_of
from tests.election.test_stories import CONTESTS, ballot


def summary(ballots=(), lens=WHOLE_NIGHT, **more) -> str:
    view = NightView(a_night(), ALMANAC, AT_1730, ballots, lens)
    return text_of(summary_cards(view, reconciled=True, **more))


def test_each_kind_is_told_by_itself_and_in_no_state_of_parties():
    assembly = ballot("ni.foyle", BallotKind.ASSEMBLY, "Somebody", "LD", nation="NI")
    text = summary((*CONTESTS, assembly))
    assert "Mayors: 2 of 2 declared" in text
    assert "🟦 mayor.croydon: Jason Perry, Conservative, gain from Labour" in text
    assert "🟥 mayor.newham: Rokhsana Fiaz, Labour, hold" in text
    assert "Referendums: 1 of 1 declared" in text
    assert "“A committee system” 120 and “the other” 80" in text
    assert "Northern Ireland Assembly: 1 of 1 constituency declared" in text
    table = text.split("Councils and seats won")[1].split("\n\n")[0]
    assert table == summary().split("Councils and seats won")[1].split("\n\n")[0]


def test_a_party_s_summary_has_its_own_posts_and_seats():
    assembly = ballot("ni.foyle", BallotKind.ASSEMBLY, "Somebody", "LD", nation="NI")
    ballots = (*CONTESTS, assembly)
    labour = summary(ballots, lens=Lens(party="Lab"))
    assert "mayor.croydon" in labour  # lost
    assert "mayor.newham" in labour
    assert "Referendum" not in labour
    assert "Assembly" not in labour
    conservative = summary(ballots, lens=Lens(party="Con"))
    assert "mayor.newham" not in conservative
    assert "Mayors: 2 of 2 declared" in conservative
    liberal = summary(ballots, lens=Lens(party="LD"))
    assert "🟧 Lib Dems 1" in liberal.split("Assembly: 1 of 1")[1]


def test_a_council_s_summary_has_its_seats_facts_and_notes():
    notes = ((COUNCILS.get("KHL"), DeskNote(1, AT_0232, "A note")),)
    hull = summary(lens=Lens(council="KHL"), notes=notes)
    assert "1 of 1" not in hull
    assert "Seats, 57 in all, change since before the election" in hull
    assert "🟧 Lib Dems 29 (+3)" in hull
    assert "The Liberal Democrats have a majority of 1: 29 of 57 seats." in hull
    assert "Biggest" not in hull
    assert "A note" in hull
    assert "A note" not in summary(lens=Lens(council="WSM"), notes=notes)
    new = summary(lens=Lens(council="CMD"))
    assert "🟥 Labour 30\n" in new


def test_where_no_council_votes_the_contests_are_counted():
    there = ballot("ni.foyle", BallotKind.ASSEMBLY, "Somebody", "LD", nation="NI")
    text = summary((there,), lens=Lens(nation="NI"))
    assert text.splitlines()[1].endswith(" · 1 of 1 contest declared")
    assert "0 of 0" not in text


def test_what_follows_a_referendum_is_told():
    referendum = CONTESTS[2]
    answers = (ReferendumAnswer("A committee system", "The post goes in 2024"),)
    follows = replace(referendum, ballot=replace(referendum.ballot, answers=answers))
    assert "The post goes in 2024" in summary((follows,))


def test_a_contest_to_come_keeps_the_night_open_and_is_counted():
    waiting = replace(CONTESTS[0], report=None)
    assert "Other contests to declare: 1 mayor." in summary((waiting,))
    assert "Mayors" not in summary((waiting,))
    night = a_night()[:-1]
    assert is_settled(night, ALMANAC, CONTESTS)
    assert not is_settled(night, ALMANAC, (waiting,))


def test_the_desks_notes_stand_outside_every_total():
    note = DeskNote(1, AT_0232, "The leader has left his group @everyone")
    notes = ((COUNCILS.get("BOL"), note),)
    text = summary(notes=notes)
    assert "Bolton" in text.split("Also (not counted in totals)")[1]
    cards = summary_cards(NightView(a_night(), ALMANAC, AT_1730), reconciled=True, notes=notes)
    assert not any("@everyone" in str(card.to_embed_dict()) for card in cards)


def test_a_pause_of_the_desk_is_shown_first():
    assert summary(paused=True).splitlines()[1].startswith("Alerts paused")
    assert "paused" not in summary()


def mark_of(party):
    return Marks().of(party)


def test_every_party_has_the_square_nearest_to_its_colour():
    marks = {code: mark_of(PARTIES.get(code)) for code in ("Lab", "Con", "LD", "Green", "SNP")}
    assert marks == {"Lab": "🟥", "Con": "🟦", "LD": "🟧", "Green": "🟩", "SNP": "🟨"}
    assert mark_of(None) == NOC_MARK
    assert mark_of(PARTIES.get("Ind")) == "⬜"
    assert mark_of(replace(PARTIES.get("Lab"), colour="#70147A")) == "🟪"
    assert mark_of(replace(PARTIES.get("Lab"), colour="#663300")) == "🟫"


@given(st.lists(st.integers(0, 0xFFFFFF), min_size=2, max_size=24))
def test_no_two_parties_of_one_message_have_the_same_mark(colours):
    parties = [
        Party(f"wire:{n}", f"Party {n}", f"P{n}", PartyKind.LOCAL, colour=f"#{colour:06X}")
        for n, colour in enumerate(colours)
    ]
    marks = Marks()
    given_first = [marks.of(party) for party in parties]
    assert len({*given_first, NOC_MARK}) == len(parties) + 1
    assert [marks.of(party) for party in parties] == given_first


def test_parties_of_one_colour_are_told_apart_in_a_summary():
    night = [
        standing("TOW", "Lab", {"Asp": 24, "Lab": 21}, won={"Asp": 24, "Lab": 21}),
        standing("KHL", "Lab", {"LD": 29, "Lab": 28}, won={"LD": 29, "Lab": 28}),
    ]
    cards = summary_cards(NightView(night, ALMANAC, AT_1730), reconciled=True)
    text = "\n".join(card.to_text() for card in cards)
    marks = {name: set(re.findall(rf"(\S+) {name}", text)) for name in ("Aspire", "Lib Dems")}
    coloured = {name: {m for m in found if not m.isascii()} for name, found in marks.items()}
    assert [len(found) for found in coloured.values()] == [1, 1]
    assert coloured["Aspire"] != coloured["Lib Dems"]


@pytest.mark.parametrize("before", [None, Composition({"Lab": 3, "LD": 2})])
def test_no_heading_stands_over_nothing_of_the_party(before):
    """A party that has no part in the Assembly, or in the mayors, has no heading for it."""
    night = replace(ALMANAC.night(NIGHT), assembly_before=before)
    almanac = replace(ALMANAC, nights={NIGHT: night})
    assembly = ballot("ni.foyle", BallotKind.ASSEMBLY, "Somebody", "LD", nation="NI")
    for party in PARTIES.rows:
        if not party.is_one_party:
            continue
        names = (sentence_case(members(party)), sentence_case(one_of(party)))
        for field in ballot_fields((*CONTESTS, assembly), almanac, party.code):
            told = [x for x in field.value.splitlines() if any(name in x for name in names)]
            assert told, (party.code, field)
    assert ballot_fields((assembly,), almanac, "Con") == []
    assert ballot_fields((assembly,), almanac, "LD")
