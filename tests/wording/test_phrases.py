import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.claims import ClaimContent
from bot.election.control import NOC, Control, control_of
from bot.election.councils import Council
from bot.election.seats import Composition
from bot.wording.councils import majority_line, outcome_sentence
from bot.wording.figures import seats_lines
from bot.wording.phrases import (
    change_at_least,
    change_between,
    colour_of,
    count,
    duration,
    expected_words,
    in_words,
    members,
    number,
    one_of,
    signed,
    the_members,
)
from bot.wording.sources import feed_name
from bot.wording.text import listed
from tests.cards.nights import AT_0232, COUNCILS, PARTIES

HULL = COUNCILS.get("KHL")
IND = Control("Ind")


def sentence(before, after, now=None, council=HULL, *, new=False):
    return outcome_sentence(council, ClaimContent.of(before, after, new_council=new), PARTIES, now)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Lab", "LD", "Lib Dems gain Kingston upon Hull from Labour"),
        ("LD", "Green", "Greens gain Kingston upon Hull from Lib Dems"),
        ("Con", None, "Conservatives lose Kingston upon Hull to no overall control"),
        (None, "Lab", "Labour gain Kingston upon Hull from no overall control"),
        ("Lab", "Lab", "Labour hold Kingston upon Hull"),
        (None, None, "Kingston upon Hull stays under no overall control"),
        ("SNP", "PC", "Plaid Cymru gain Kingston upon Hull from SNP"),
        ("Lab", "Asp", "Aspire gain Kingston upon Hull from Labour"),
        ("Lab", "wire:Hull First", "Hull First gain Kingston upon Hull from Labour"),
        ("Ind", "Lab", "Labour gain Kingston upon Hull from independents and others"),
        ("Ind", None, "Kingston upon Hull goes from independents and others to no overall control"),
    ],
)
def test_outcomes_in_sentences(before, after, said):
    assert sentence(Control(before), Control(after)) == said


def test_where_it_is_not_known_who_had_control_the_sentence_says_so():
    unknown = "; who controlled it before is not known"
    assert sentence(None, Control("Lab")) == f"Labour control Kingston upon Hull{unknown}"
    assert sentence(None, NOC) == f"No overall control in Kingston upon Hull{unknown}"
    # A local party may have been counted among the others: then it is the change that is open.
    change = "; whether it changed hands is not known"
    assert sentence(None, Control("Asp")) == f"Aspire control Kingston upon Hull{change}"
    assert sentence(None, IND, Composition({"Ind": 30, "Lab": 27})) == (
        "In Kingston upon Hull independents and others hold 30 of 57, "
        f"no one party has a majority{change}"
    )


def test_first_elections_are_never_gains():
    assert (
        sentence(None, Control("Lab"), new=True) == "First election: Labour win Kingston upon Hull"
    )
    assert (
        sentence(None, NOC, new=True) == "First election: no overall control in Kingston upon Hull"
    )
    assert sentence(None, IND, Composition({"Ind": 30, "Lab": 27}), new=True) == (
        "First election: in Kingston upon Hull independents and others hold 30 of 57, "
        "no one party has a majority"
    )


@pytest.mark.parametrize(
    ("before", "start"),
    [
        (Control("Con"), "Conservatives lose Castle Point; independents and others"),
        (NOC, "Castle Point leaves no overall control; independents and others"),
        (IND, "Castle Point stays with independents and others; independents and others"),
    ],
)
def test_independents_together_are_never_one_party(before, start):
    said = sentence(before, IND, Composition({"Ind": 26, "Con": 15}), COUNCILS.get("CAS"))
    assert said == f"{start} hold 26 of 41, no one party has a majority"


def test_a_joint_majority_without_its_seats():
    assert sentence(NOC, IND).endswith(
        "independents and others together hold more than half, no one party has a majority"
    )


def test_numbers():
    assert [number(1078), number(-1234), signed(3), signed(-336), signed(0)] == [
        "1,078",
        "−1,234",
        "+3",
        "−336",
        "no change",
    ]


def test_counted_things():
    assert [count(n, "council") for n in (0, 1, 2, 1500)] == [
        "no councils",
        "1 council",
        "2 councils",
        "1,500 councils",
    ]
    assert count(2, "change of hands", "changes of hands") == "2 changes of hands"


def test_parties_in_sentences():
    named = [the_members(PARTIES.get(code)) for code in ("Lab", "Con", "LD", "PC", "SNP", "Ind")]
    assert named == [
        "Labour",
        "the Conservatives",
        "the Liberal Democrats",
        "Plaid Cymru",
        "the SNP",
        "independents and others",
    ]


def test_names_from_the_wire_do_nothing():
    assert members(PARTIES.get("wire:@everyone")) == "@\u200beveryone"
    hostile = Council("wire:x", "**Hull** <@1>", known=False)
    assert sentence(Control("Lab"), NOC, council=hostile) == (
        "Labour lose \\*\\*Hull\\*\\* <\u200b@\u200b1> to no overall control"
    )
    assert "{" in sentence(NOC, NOC, council=Council("wire:y", "{after}", known=False))


def test_seats_by_party():
    now = Composition({"Lab": 27, "LD": 29, "Vac": 1})
    assert seats_lines(now, PARTIES, {"Lab": 1, "PC": -1}) == [
        "Lib Dems 29 (no change)",
        "Labour 27 (+1)",
        "Vacant 1",
        "Plaid Cymru 0 (−1)",
    ]
    assert seats_lines(Composition({"Lab": 27}), PARTIES) == ["Labour 27"]


def test_lists_in_words():
    assert [in_words(["a"]), in_words(["a", "b"]), in_words(["a", "b", "c"], "or")] == [
        "a",
        "a and b",
        "a, b or c",
    ]


def test_names_that_hold_an_and_are_set_off_by_a_comma():
    assert in_words(["Somerset", "Brighton and Hove"]) == "Somerset, and Brighton and Hove"
    assert in_words(["Brighton and Hove", "Hull", "Leeds"]) == "Brighton and Hove, Hull, and Leeds"
    assert in_words(["“Mayor and cabinet” 3", "“Committee” 2"]) == (
        "“Mayor and cabinet” 3 and “Committee” 2"
    )


def test_names_that_hold_a_comma_are_parted_by_semicolons():
    names = ["Fletton", "Eye, Thorney and Newborough", "Bretton"]
    assert in_words(names) == "Fletton; Eye, Thorney and Newborough; and Bretton"
    assert in_words(names[:2]) == "Fletton, and Eye, Thorney and Newborough"
    assert listed(names, 100, ", ") == "Fletton; Eye, Thorney and Newborough; Bretton"
    assert (
        listed([*names, "Dogsthorpe"], 50, ", ")
        == "Fletton; Eye, Thorney and Newborough; and 2 more"
    )
    in_brackets = ["Labour (1,078 votes, up 3%)", "Conservatives"]
    assert listed(in_brackets, 100, ", ") == "Labour (1,078 votes, up 3%), Conservatives"
    assert in_words(["1,078", "2", "3"]) == "1,078, 2 and 3"


@pytest.mark.parametrize(
    ("least", "most", "said", "in_full"),
    [
        (24, 24, "+24", "+24"),
        (22, 24, "at least +22", "+22 to +24"),
        (-6, -3, "at least −3", "−6 to −3"),
        (-3, 2, "−3 to +2", "−3 to +2"),
        (0, 2, "0 to +2", "0 to +2"),
    ],
)
def test_a_change_that_is_not_known_exactly(least, most, said, in_full):
    assert (change_at_least(least, most), change_between(least, most)) == (said, in_full)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=20), "under a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=-119), "119 minutes"),
        (timedelta(seconds=59), "under a minute"),
        (timedelta(seconds=95), "2 minutes"),
        (timedelta(minutes=119, seconds=40), "2 hours"),
        (timedelta(hours=2, minutes=53), "3 hours"),
        (timedelta(hours=-2, minutes=-10), "2 hours"),
        (timedelta(hours=3), "3 hours"),
        (timedelta(hours=47, minutes=40), "2 days"),
        (timedelta(hours=70), "3 days"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_durations_are_rounded_to_the_nearest(span, said):
    assert duration(span) == said


def test_colours_are_the_partys_own():
    assert colour_of(Control("Lab"), PARTIES) == 0xE4003B
    assert colour_of(NOC, PARTIES) == colour_of(None, PARTIES)


def test_feeds_are_named_with_their_attribution():
    assert feed_name("democracy_club") == "Democracy Club (CC BY 4.0)"
    assert feed_name("my_*feed*") == "my\\_\\*feed\\*"


@given(
    st.dictionaries(
        st.sampled_from(["Lab", "Con", "LD", "Green", "Ind", "Asp", "Vac"]),
        st.integers(1, 60),
        min_size=1,
    )
)
def test_a_majority_is_the_seats_minus_all_others(seats: dict[str, int]) -> None:
    now = Composition(seats.items())
    after = control_of(now)
    line = majority_line(after, now, PARTIES)
    told = re.search(r"a majority of (\d+)$", line)
    others = sum(n for code, n in seats.items() if code not in (after.holder, "Vac"))
    if after.holder is None or after.holder == "Ind":
        assert told is None
        assert f", {sum(seats.values()) // 2 + 1} needed" in line
    else:
        assert told is not None
        assert int(told[1]) == seats[after.holder] - others > 0


@pytest.mark.parametrize(
    ("code", "title", "sentence", "one"),
    [
        ("LD", "Lib Dems", "the Liberal Democrats", "Lib Dem"),
        ("Con", "Conservatives", "the Conservatives", "Conservative"),
        ("SNP", "SNP", "the SNP", "SNP"),
        ("Lab", "Labour", "Labour", "Labour"),
    ],
)
def test_headlines_have_short_names_and_sentences_long_ones(
    code: str, title: str, sentence: str, one: str
) -> None:
    party = PARTIES.get(code)
    assert (members(party), the_members(party), one_of(party)) == (title, sentence, one)


def test_what_is_expected_within_hours_needs_no_day_and_later_it_does() -> None:
    assert " on " not in expected_words(AT_0232 + timedelta(hours=11), AT_0232)
    later = expected_words(AT_0232 + timedelta(hours=38), AT_0232)
    assert later.endswith(" on Saturday 7 May")
