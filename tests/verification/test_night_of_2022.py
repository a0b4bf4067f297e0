"""What the news told of the night of 5 May 2022, beside what the bot answers at that time.

`docs/night-of-2022.md` is written from here (`python -m tests.verification.test_night_of_2022`),
and compared with what is computed, so that neither can go stale.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.election.stories import stories
from bot.wording.article import article
from bot.wording.night import NightView
from bot.wording.phrases import day_and_time
from bot.wording.text import clock_time
from tests.support.moments import AT_71
from tests.support.whole_night import moments
from tests.verification.published import page_of, row_of, told_of

pytestmark = [pytest.mark.night, pytest.mark.timeout(400)]

DOC = Path(__file__).parents[2] / "docs" / "night-of-2022.md"
MORNING = "Friday 09:00"
END = "Saturday's end"
INTRODUCTION = """\
# The night of 5 May 2022, as the news told it and as the bot answers

Every fact in two news reports of the morning of 6 May 2022, and what the bot answers at that time
of the replay. The answers are computed from the recorded night: a test replays it, asks the bot and
compares every row, and writes this page anew (`python -m tests.verification.test_night_of_2022`).

Seats change by a baseline, and newsrooms do not share one. Ours are named where they stand: in
England what was known of each council after May 2021, in Scotland and Wales the election of 2017,
the eve of poll only where all of it is cited. The wire's running figures of that morning count from
the eve, with defections, by-elections and new wards reckoned otherwise. So seats won agree at the
end (England: Conservative 1,078, Liberal Democrat 712, Green 116; Labour 2,266, one more than the
BBC's 2,265, for a cause that is not known), and changes do not. The order of declarations is known
in part: where no time was recorded the replay uses the expected one.
"""


_BASELINE = "Baselines differ, and which councils are among the first 71."
_FOURTH = " The wire's fourth council is Cumberland, a first election here."
_ORDER = (
    "The order of declarations is modelled where it was not recorded: Westminster, and Barnet "
    "(final after 07:33), come after the 71st here."
)


@dataclass(frozen=True)
class Row:
    """A fact as reported, what the bot is asked and when, and why the two differ where they do.

    Of the answer stand its title and the lines that have one of the words that it is `about`, as
    they are. `expects` is what it says where it agrees with the report.
    """

    reported: str
    asked: str
    about: tuple[str, ...]
    expects: tuple[str, ...] = ()
    why: str = ""
    when: str = MORNING

    @property
    def answer(self) -> str:
        """What of the bot's answer tells of the fact."""
        return told_of(moments()[self.when].answers[self.asked], self.about)

    @property
    def agrees(self) -> bool:
        """Whether the bot's answer says what was reported."""
        return all(part in self.answer for part in self.expects)

    def __str__(self) -> str:
        reason = "agrees" if self.agrees and not self.why else self.why
        at = day_and_time(moments()[self.when].at)
        return row_of((self.reported, f"`{self.asked}`", at, self.answer, reason))


def parties(when: str, told: str) -> Iterator[Row]:
    """Yield the wire's running figures, as the reports print them, beside ours at a moment."""
    for party, reported, figures in (
        ("Conservative", "Conservatives: 132 councillors fewer", ("(−6)", "(−132")),
        ("Labour", "Labour: 4 councils more, 91 councillors more", ("(+4)", "(+91")),
        (
            "Liberal Democrat",
            "Liberal Democrats: 1 council more, 40 councillors more",
            ("(+1)", "(+40"),
        ),
        ("Green", "Greens: 22 councillors more", ("(+22",)),
    ):
        why = _BASELINE + (_FOURTH if party == "Labour" else "")
        about = ("since", "councils declared")
        yield Row(f"{reported} ({told})", f"/party {party}", about, figures, why, when)


ROWS = (
    Row(
        "Labour win Wandsworth, Conservative since 1978",
        "/council Wandsworth",
        ("controlled it since", "35 of 58"),
        ("Labour gain", "controlled it since 1978"),
    ),
    Row(
        "Westminster falls to Labour for the first time since it was created in 1964",
        "/council Westminster",
        ("first time", "31 of 54"),
        ("Labour gain Westminster", "creation in 1964"),
    ),
    Row(
        "Labour win Barnet",
        "/council Barnet",
        ("first majority", "controlled it since", "41 of 63"),
        ("Labour gain Barnet",),
    ),
    Row(
        "Labour lose Hull to the Liberal Democrats",
        "/council Hull",
        ("controlled it since", "29 of 57 seats, a majority of 1"),
        ("Lib Dems gain Kingston upon Hull from Labour",),
    ),
    Row(
        "Labour win Southampton",
        "/council Southampton",
        ("controlled it since", "26 of 48"),
        ("Labour gain Southampton",),
    ),
    Row(
        "The Conservatives lose Worcester to no overall control",
        "/council Worcester",
        ("controlled it since",),
        ("Conservatives lose Worcester to no overall control",),
    ),
    Row(
        "The Conservatives lose West Oxfordshire to no overall control",
        "/council West Oxfordshire",
        ("controlled it since",),
        ("Conservatives lose West Oxfordshire to no overall control",),
    ),
    Row(
        "Labour win Cumberland, which replaces Carlisle and its neighbours",
        "/council Cumberland",
        ("It replaces", "30 of 46"),
        ("Labour win Cumberland", "Carlisle", "Allerdale", "Copeland"),
        "A first election is no gain here; the wire counts it as one.",
    ),
    Row(
        "The Conservatives lose four seats in Portsmouth",
        "/council Portsmouth",
        ("Conservatives 13", "won 2 seats, against"),
        ("won 2 seats, against 6",),
        "Four fewer than when these seats were last fought, three fewer than in May 2021: one of "
        "the six of 2018 was theirs no more.",
    ),
    Row(
        "The Conservatives lose Rutland, where nobody votes: its leader has left the group",
        "/council Rutland",
        ("From our newsroom", "controlled it since"),
        ("has left the Conservative group", "Control now: no overall control"),
    ),
    Row(
        "Bristol votes to abolish its mayor",
        "/referendum Bristol",
        ("56,113", "38,439", "What happens next"),
        ("56,113", "38,439", "The post of mayor goes"),
    ),
    Row(
        "Counts are still to come in Northern Ireland",
        "/night next",
        ("Northern Ireland has",),
        ("0 of 90 seats", "Friday 6 May"),
    ),
    Row(
        "… and how that ended",
        "/assembly",
        ("Sinn Féin", "DUP"),
        ("Sinn Féin overtake DUP", "Sinn Féin 27", "DUP 25"),
        when=END,
    ),
    Row(
        "Counts are still to come in Scotland and Wales",
        "/night next",
        ("Scotland has", "Wales has"),
        ("0 of 32 councils", "0 of 22 councils"),
    ),
    Row(
        "The Conservatives have lost six authorities after 71 councils",
        "/night changes party:Conservative",
        ("Conservatives",),
        ("6 councils", "Wandsworth", "Westminster", "Barnet"),
        _ORDER,
        AT_71,
    ),
    *parties(AT_71, "after 71 councils"),
    Row(
        "The Conservatives have lost six authorities on the morning of 6 May",
        "/night changes party:Conservative",
        ("Conservatives",),
        ("6 councils", "Wandsworth", "Westminster", "Barnet", "Southampton", "Worcester"),
    ),
    *parties(MORNING, "on the morning of 6 May"),
    Row(
        "Somerset is the one to watch",
        "/council Somerset",
        ("110 seats", "It replaces"),
        ("has not declared",),
    ),
    Row(
        "… and how that ended",
        "/council Somerset",
        ("61 of 110",),
        ("Lib Dems win Somerset",),
        when=END,
    ),
    Row(
        "Wolverhampton stands still",
        "/council Wolverhampton",
        ("Labour 44", "certain after"),
        ("Labour hold Wolverhampton", "no change"),
    ),
)


def page() -> str:
    """Return the whole page."""
    columns = ("reported", "asked", "at", "the bot answers", "why it differs")
    return page_of(INTRODUCTION, columns, ROWS)


def test_the_page_says_what_the_bot_answers() -> None:
    assert DOC.read_text() == page()


def test_every_row_that_differs_says_why() -> None:
    assert [row.reported for row in ROWS if not row.agrees and not row.why] == []
    assert sum(row.agrees for row in ROWS) >= 18


def test_the_morning_after_has_the_six_and_hull() -> None:
    morning = moments()[MORNING]
    ranked = stories(morning.standings, morning.almanac)
    names = [morning.almanac.councils.get(code).name for code in ranked[0].councils]
    assert (ranked[0].party, ranked[0].net) == ("Con", -6)
    assert set(names[:3]) == {"Wandsworth", "Westminster", "Barnet"}
    assert set(names[3:]) == {"Southampton", "Worcester", "West Oxfordshire"}
    told = " ".join(article(NightView(morning.standings, morning.almanac, morning.at)).paragraphs)
    assert "lost 6 councils and gained none" in told
    assert "Kingston upon Hull from Labour" in told
    assert clock_time(morning.at) == "09:00"


def test_every_score_of_the_night_is_the_sum_of_its_basis_and_orders_the_stories() -> None:
    end = moments()["Saturday's end"]
    ranked = stories(end.standings, end.almanac)
    assert [one.score for one in ranked] == sorted(sum(o.basis.values()) for o in ranked)[::-1]


if __name__ == "__main__":
    DOC.write_text(page())
