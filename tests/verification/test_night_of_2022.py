"""What the news told of the night of 5 May 2022, beside what the bot answers at that time.

`docs/night-of-2022.md` is written from here (`python -m tests.verification.test_night_of_2022`),
and compared with what is computed, so that neither can go stale.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from bot.cards.facts import fact_sentence
from bot.cards.figures import declared_of, line_words
from bot.cards.lead import headline
from bot.cards.text import clock_time, plain
from bot.cards.voices import note_lines
from bot.cards.words import (
    NO_OVERALL_CONTROL,
    day_and_time,
    in_words,
    number,
    outcome_sentence,
    signed,
    tenure_sentence,
)
from bot.election.assembly import assembly_of
from bot.election.claims import ClaimContent
from bot.election.facts import CouldNotChange, LastTime, SettledEarly, council_facts
from bot.election.headlines import Lens, StoryKind, stories
from bot.election.standings import Baseline, CouncilStanding
from bot.election.tally import by_nation, state_of_night
from bot.election.tenure import tenure
from tests.support.moments import AT_71, Moment, moments

pytestmark = [pytest.mark.night, pytest.mark.timeout(120)]

DOC = Path(__file__).parents[2] / "docs" / "night-of-2022.md"
MORNING = "Friday 09:00"
INTRODUCTION = """\
# The night of 5 May 2022, as the news told it and as the bot answers

Every fact in two news reports of the morning of 6 May 2022, and what the bot answers at that time
of the replay. The answers are computed from the recorded night: a test replays it and compares
every row, and writes this page anew (`python -m tests.verification.test_night_of_2022`).

Seats change by a baseline, and newsrooms do not share one. Ours is the composition on the eve of
poll; the wire's running figures of that morning compare each ward with its last contest, and leave
out or put in defections, by-elections and new wards otherwise. So seats won agree to the seat at
the end (England: Conservative 1,078, Labour 2,265, Liberal Democrat 712, Green 116), and changes do
not. The order of declarations is known in part: where no time was recorded the replay uses the
expected one.
"""


_WIRE = {
    "Con": ("(−6)", "(−132)"),
    "Lab": ("(+4)", "(+91)"),
    "LD": ("(+1)", "(+40)"),
    "Green": ("(+22)",),
}
"""The wire's figures after 71 councils, as the reports print them."""


@dataclass(frozen=True)
class Row:
    """A fact as reported, what the bot is asked, its answer then, and why they differ."""

    reported: str
    asked: str
    at: datetime
    answer: str
    why: str = ""

    expects: tuple[str, ...] = ()
    """What the answer says where it agrees with the report."""

    @property
    def agrees(self) -> bool:
        """Whether the bot's answer says what was reported."""
        return all(part in self.answer for part in self.expects)

    def __str__(self) -> str:
        reason = "agrees" if self.agrees and not self.why else self.why
        cells = (self.reported, self.asked, day_and_time(self.at), self.answer, reason)
        return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"


def of(moment: Moment, code: str) -> CouncilStanding:
    return next(one for one in moment.standings if one.council.code == code)


def became(moment: Moment, code: str) -> str:
    """Return what became of a council, its seats, and how long it had been held."""
    one, parties = of(moment, code), moment.almanac.parties
    declared = one.declared
    if declared is None:
        return f"{one.council.name} has not declared."
    content = ClaimContent(one.before, declared.after, declared.outcome)
    text = outcome_sentence(one.council, content, parties, declared.now)
    holder = declared.after.holder
    if holder is not None:
        text += f", {number(declared.now[holder])} of {number(declared.now.total)}"
    history = moment.almanac.history.get(code, ())
    held = None if one.before is None else tenure(history, one.before, one.night.year)
    past = "" if held is None else f" {tenure_sentence(held, parties)}."
    return f"{text}.{past}"


def changed(moment: Moment, code: str, party: str) -> str:
    """Return a party's change of seats in a council."""
    declared = of(moment, code).declared
    assert declared is not None
    assert declared.changes is not None
    assert declared.baseline is Baseline.EVE_OF_POLL
    name = moment.almanac.parties.get(party).name
    return f"{name} {signed(declared.changes.get(party, 0))} since the eve of poll."


def table(moment: Moment, party: str) -> str:
    """Return a party's line of the state of parties."""
    state = state_of_night(moment.standings, moment.almanac)
    words = line_words(state.line(party), Baseline.EVE_OF_POLL)
    return f"{words}, since the eve of poll ({declared_of(state)})."


def rows() -> Iterator[Row]:
    """Yield every fact of the two reports."""
    morning, at_71 = moments()[MORNING], moments()[AT_71]
    end = moments()["Saturday's end"]

    def council(
        reported: str, code: str, *expects: str, why: str = "", moment: Moment = morning
    ) -> Row:
        name = of(moment, code).council.name
        answer = became(moment, code)
        return Row(reported, f"`/council {name}`", moment.at, answer, why, expects)

    yield council(
        "Labour win Wandsworth, Conservative since 1978",
        "WND",
        "Labour gain",
        "controlled it since 1978",
    )
    westminster = " ".join(
        headline(morning.standings, (), morning.almanac, morning.at, Lens(council="WSM"))
    )
    yield Row(
        "Westminster falls to Labour for the first time since it was created in 1964",
        "`/night headline council:Westminster`",
        morning.at,
        westminster,
        ""
        if "1964" in westminster
        else "Our table begins in 1973; what is older is said only from a cited entry.",
        ("Labour have gained Westminster", "1964"),
    )
    yield council("Labour win Barnet", "BNE", "Labour gain Barnet")
    yield council(
        "Labour lose Hull to the Liberal Democrats",
        "KHL",
        "Liberal Democrats gain Kingston upon Hull from Labour",
    )
    yield council("Labour win Southampton", "STH", "Labour gain")
    yield council(
        "The Conservatives lose Worcester to no overall control", "WOC", "Conservatives lose"
    )
    yield council(
        "The Conservatives lose West Oxfordshire to no overall control", "WOX", "Conservatives lose"
    )
    yield council(
        "Labour win Cumberland, which replaces Carlisle and its neighbours",
        "CBD",
        "Labour win Cumberland",
        why="A first election is no gain here; the wire counts it as one.",
    )
    replaced = morning.almanac.night(morning.standings[0].night).elections["CBD"].predecessors
    names = [morning.almanac.councils.get(code).name for code in replaced]
    yield Row(
        "Cumberland succeeds Carlisle and its neighbours",
        "`/council Cumberland`",
        morning.at,
        f"It replaces {in_words(names)}.",
        expects=("Carlisle", "Allerdale", "Copeland"),
    )
    last_time = [
        fact_sentence(fact, morning.almanac.parties)
        for fact in council_facts(of(morning, "POR"), morning.almanac)
        if isinstance(fact, LastTime)
    ]
    yield Row(
        "The Conservatives lose four seats in Portsmouth",
        "`/council Portsmouth`",
        morning.at,
        " ".join((changed(morning, "POR", "Con"), *last_time)),
        "Four fewer than when these seats were last fought, three fewer than on the eve: one of "
        "the six of 2018 was theirs no more.",
        ("won 2, against 6",),
    )
    rutland = note_lines(
        [note for council, note in morning.notes if council.code == "RUT"], morning.almanac.parties
    )
    yield Row(
        "The Conservatives lose Rutland, where nobody votes: its leader has left the group",
        "`/council Rutland`",
        morning.at,
        plain(" ".join(rutland)),
        expects=("has left the Conservative group", "Now: no overall control"),
    )
    bristol = [
        sentence
        for sentence in headline(
            morning.standings, morning.contests, morning.almanac, morning.at, Lens(council="BST")
        )
        if "referendum" in sentence
    ]
    yield Row(
        "Bristol votes to abolish its mayor",
        "`/referendum Bristol`",
        morning.at,
        " ".join(bristol),
        expects=("56,113 to 38,439", "The post of mayor goes"),
    )
    assembly = assembly_of(morning.contests, morning.almanac)
    begins = morning.almanac.night(morning.standings[0].night).counts_begin["Northern Ireland"]
    yield Row(
        "Counts are still to come in Northern Ireland",
        "`/timetable`",
        morning.at,
        f"{assembly.filled} of {assembly.seats} seats are filled; counted from "
        f"{day_and_time(begins)}.",
        expects=("0 of 90", "Friday 6 May"),
    )
    after = headline(end.standings, end.contests, end.almanac, end.at)
    yield Row(
        "… and how that ended",
        "`/night headline`",
        end.at,
        " ".join(sentence for sentence in after if "Assembly" in sentence),
        expects=("Sinn Féin overtake the DUP", "Sinn Féin 27", "Democratic Unionist Party 25"),
    )
    waiting = [
        f"{nation}: {number(state.total - state.declared)} of {number(state.total)}"
        for nation, state in by_nation(morning.standings).items()
    ]
    yield Row(
        "Counts are still to come in Scotland and Wales",
        "`/night next`",
        morning.at,
        f"To declare: {', '.join(waiting)}.",
        expects=("Scotland: 32 of 32", "Wales: 22 of 22"),
    )
    for moment in (at_71, morning):
        when = "after 71 councils" if moment is at_71 else "on the morning of 6 May"
        order = (
            "The order of declarations is modelled where it was not recorded: Westminster, and "
            "Barnet (final after 07:33), come after the 71st here."
            if moment is at_71
            else ""
        )
        baseline = "Baselines differ, and which councils are among the first 71."
        lost = [
            story
            for story in stories(moment.standings, moment.almanac)
            if story.kind is StoryKind.PARTY_DOWN and story.party == "Con"
        ]
        fallen = [moment.almanac.councils.get(code).name for one in lost for code in one.councils]
        yield Row(
            f"The Conservatives have lost six authorities {when}",
            "`/night headline party:Conservative`",
            moment.at,
            f"{len(fallen)}: {in_words(sorted(fallen))}.",
            order,
            ("6: ", "Wandsworth", "Westminster", "Barnet"),
        )
        for party, told in (
            ("Con", "Conservatives: 132 councillors fewer"),
            ("Lab", "Labour: 4 councils more, 91 councillors more"),
            ("LD", "Liberal Democrats: 1 council more, 40 councillors more"),
            ("Green", "Greens: 22 councillors more"),
        ):
            why = baseline
            if party == "Lab":
                why += " The wire's fourth council is Cumberland, a first election here."
            asked = f"`/party {moment.almanac.parties.get(party).name}`"
            yield Row(f"{told} ({when})", asked, moment.at, table(moment, party), why, _WIRE[party])
    yield council("Somerset is the one to watch", "SMT", "has not declared")
    yield council("… and how that ended", "SMT", "Liberal Democrats win Somerset", moment=end)
    still = headline(morning.standings, (), morning.almanac, morning.at, Lens(council="WLV"))
    facts = [
        fact_sentence(fact, morning.almanac.parties)
        for fact in council_facts(of(morning, "WLV"), morning.almanac, morning.ballots["WLV"])
        if isinstance(fact, CouldNotChange | SettledEarly)
    ]
    yield Row(
        "Wolverhampton stands still",
        "`/night headline council:Wolverhampton`",
        morning.at,
        " ".join((*still, *facts)),
        expects=("Labour hold Wolverhampton",),
    )


def page() -> str:
    """Return the whole page."""
    lines = [
        "| reported | asked | at | the bot answers | why it differs |",
        "| --- | --- | --- | --- | --- |",
        *(plain(str(row)) if "<t:" in str(row) else str(row) for row in rows()),
    ]
    return INTRODUCTION + "\n" + "\n".join(lines) + "\n"


def test_the_page_says_what_the_bot_answers() -> None:
    assert DOC.read_text() == page()


def test_every_row_that_differs_says_why() -> None:
    told = list(rows())
    assert [row.reported for row in told if not row.agrees and not row.why] == []
    assert sum(row.agrees for row in told) >= 18


def test_the_morning_after_has_the_six_and_hull() -> None:
    morning = moments()[MORNING]
    ranked = stories(morning.standings, morning.almanac)
    names = [morning.almanac.councils.get(code).name for code in ranked[0].councils]
    assert (ranked[0].party, ranked[0].net) == ("Con", -6)
    assert set(names[:3]) == {"Wandsworth", "Westminster", "Barnet"}
    assert set(names[3:]) == {"Southampton", "Worcester", "West Oxfordshire"}
    told = " ".join(headline(morning.standings, (), morning.almanac, morning.at))
    assert "lost 6 councils and gained none" in told
    assert "Kingston upon Hull from Labour" in told
    assert NO_OVERALL_CONTROL not in told
    assert clock_time(morning.at) == "09:00"


def test_every_score_of_the_night_is_the_sum_of_its_basis_and_orders_the_stories() -> None:
    end = moments()["Saturday's end"]
    ranked = stories(end.standings, end.almanac)
    assert [one.score for one in ranked] == sorted(sum(o.basis.values()) for o in ranked)[::-1]


if __name__ == "__main__":
    DOC.write_text(page())
