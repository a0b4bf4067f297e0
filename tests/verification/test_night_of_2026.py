"""What was published of the night of 7 May 2026, beside what the bot answers at its end.

`docs/night-of-2026.md` is written from here (`python -m tests.verification.test_night_of_2026`),
and compared with what is computed, so that neither can go stale.
"""

from __future__ import annotations

import csv
import os
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from bot.election.parties import folded
from bot.election.standings import CouncilStanding, Declared
from bot.store.reader import Reader
from tests.support.sources import WITH_SOURCES
from tests.support.tables import shipped
from tests.support.whole_night import WholeNight, asked, whole_night_of
from tests.verification.published import page_of, row_of, told_of

pytestmark = [pytest.mark.night, pytest.mark.timeout(400)]

NIGHT = date(2026, 5, 7)
DOC = Path(__file__).parents[2] / "docs" / "night-of-2026.md"
INTRODUCTION = """\
# The night of 7 May 2026, as published and as the bot answers

136 councils of England filled 5,031 seats that day. What each elected is Democracy Club's (CC BY
4.0), and the composition of the councils before and after Open Council Data's (CC BY-SA 4.0). Here
stand published figures beside what the bot answers at the end of a replay (`election-night demo
--night 2026-05-07`). The answers are computed: a test replays the night, asks the bot and compares
every row, and writes this page anew (`python -m tests.verification.test_night_of_2026`).

The replay serves the results as one array of JSON, with a state of parties for each region too.
What it does not know is not made up:

- No time of declaration is published: each council declares at the hour of May 2022, or by day. The
  timetable calls every time modelled.
- Who sat before is the snapshot after May 2025, with the seats that must have changed sides since
  (`data/nights/2026-05-07/adjustments.csv`); no source has the eve of poll.
- Who won which ward is known only where one party won everything that was up, in six councils; the
  winners' names are not.
- Six councils have a poll that no source has, put off or left out: its seats stand vacant.
- Where a part of a council was up, the source counts all but five parties together: there local
  parties are named where they won, and sit among independents and others.
"""

_SEATS_WON = ("since ",)
_CONTROL = ("Now:", "largest party", "majority", "controlled", "before")


@dataclass(frozen=True)
class Row:
    """A published fact, what the bot is asked, and why the two differ where they do.

    Of the answer stand its title and the lines that have one of the words that it is `about`.
    `expects` is what it says where it agrees with what was published.
    """

    published: str
    asked: str
    about: tuple[str, ...]
    expects: tuple[str, ...]
    why: str = ""

    @property
    def answer(self) -> str:
        """What of the bot's answer tells of the fact."""
        return told_of(answer(self.asked), self.about)

    @property
    def agrees(self) -> bool:
        """Whether the bot's answer says what was published."""
        return all(part in self.answer for part in self.expects)

    def __str__(self) -> str:
        reason = self.why or ("agrees" if self.agrees else "")
        return row_of((self.published, f"`{self.asked}`", self.answer, reason))


ROWS = (
    Row("Reform UK: 1,454 seats", "/party Reform UK", _SEATS_WON, ("1,454 seats",)),
    Row("Labour: 1,067 seats", "/party Labour", _SEATS_WON, ("1,067 seats",)),
    Row("Liberal Democrats: 841 seats", "/party Liberal Democrat", _SEATS_WON, ("841 seats",)),
    Row("Conservatives: 800 seats", "/party Conservative", _SEATS_WON, ("800 seats",)),
    Row("Greens: 587 seats", "/party Green", _SEATS_WON, ("587 seats",)),
    Row(
        "Wandsworth: from Labour to no overall control, the Conservatives on 29 of 58",
        "/council Wandsworth",
        _CONTROL,
        ("Labour lose Wandsworth to no overall control", "29 of 58, 30 needed"),
    ),
    Row(
        "Hull: no overall control, the Liberal Democrats on 26 of 57",
        "/council Hull",
        _CONTROL,
        ("lose Kingston upon Hull to no overall control", "26 of 57"),
    ),
    Row(
        "Croydon: 8 Greens elected; 7 in the summer's snapshot",
        "/council Croydon",
        ("Greens", "largest party"),
        ("Greens 8",),
        "The night's word is the elected result; a councillor left the group later.",
    ),
    Row(
        "Sunderland: Reform UK 58 of 75; 57 in the summer",
        "/council Sunderland",
        _CONTROL,
        ("Reform UK gain Sunderland from Labour", "58 of 75"),
        "The night's word is the elected result; a councillor left the group later.",
    ),
    Row(
        "East Surrey is elected for the first time: Lib Dems 40 of 72",
        "/council East Surrey",
        ("majority",),
        ("First election: Lib Dems win East Surrey", "40 of 72"),
    ),
    Row(
        "West Surrey is elected for the first time: Lib Dems 56 of 90",
        "/council West Surrey",
        ("majority",),
        ("First election: Lib Dems win West Surrey", "56 of 90"),
    ),
    Row(
        "Tower Hamlets: Aspire 33 of 45",
        "/council Tower Hamlets",
        ("majority", "Aspire 33"),
        ("Aspire hold Tower Hamlets", "33 of 45"),
        "The snapshot counts Aspire with others, 26 in all; its 24 of 2022 are taken.",
    ),
    Row(
        "Newham: Newham Independents 24 of 66",
        "/council Newham",
        ("largest party", "Newham Independents"),
        ("Labour lose Newham to no overall control", "Newham Independents Party 24"),
    ),
    Row(
        "Havering: Reform UK 39 of 55; it was run by residents with Labour",
        "/council Havering",
        ("majority", "Previously"),
        ("Reform UK gain Havering", "39 of 55"),
        "Residents and independents held 30 of 55 before: several groups, no one party.",
    ),
    Row(
        "Essex: Reform UK 53 of 78",
        "/council Essex",
        ("majority", "Vacant", "before: boundaries"),
        ("Reform UK gain Essex from Conservatives", "53 of 78"),
        "Its 78th seat is in no source of the night: vacant here.",
    ),
    Row(
        "Richmond upon Thames: Liberal Democrats in all 17 wards in the source; 54 of 54 later",
        "/council Richmond upon Thames",
        ("majority", "Vacant"),
        ("Lib Dems hold Richmond upon Thames", "51 of 54"),
        "One ward of three seats is in no source of the night.",
    ),
)


def night() -> WholeNight:
    """The replayed night."""
    return whole_night_of(NIGHT)


def answer(question: str) -> str:
    """The bot's answer at the end of the night, without its first line's marks."""
    return asked(night(), question)


def standings() -> list[CouncilStanding]:
    with Reader(night().database, shipped()) as reader:
        return [one for one in reader.councils(NIGHT) if one.declared is not None]


def declared(standing: CouncilStanding) -> Declared:
    assert standing.declared is not None
    return standing.declared


def page() -> str:
    """Return the whole page."""
    columns = ("published", "asked", "the bot answers", "why it differs")
    return page_of(INTRODUCTION, columns, ROWS)


def test_the_page_says_what_the_bot_answers() -> None:
    assert DOC.read_text() == page()


def test_every_published_fact_is_in_the_answer() -> None:
    assert [row.published for row in ROWS if not row.agrees] == []


def test_the_night_ends_by_itself_with_the_published_figures_and_nothing_lost_or_repeated() -> None:
    state = night().state
    assert (state["councils"]["declared"], state["councils"]["total"]) == (136, 136)
    won = {row["party"]: row["seats_won"] for row in state["state_of_parties"]}
    assert (won["Reform UK"], won["Labour"], won["Liberal Democrat"]) == (1_454, 1_067, 841)
    assert (won["Conservative"], won["Green"], sum(won.values())) == (800, 587, 5_031)
    assert (state["held"], state["rejected"]) == ([], [])
    assert state["deliveries"]["sent"] > 0
    assert (state["deliveries"]["lost"], state["deliveries"]["repeated"]) == (0, 0)


def test_the_wire_s_tables_agree_in_every_region_and_in_all() -> None:
    with Reader(night().database, shipped()) as reader:
        told = reader.last_states_of_parties(NIGHT)
    regions = {one.report.region for one in told}
    assert None in regions
    assert len(regions) == 10  # nine of England, and all
    assert [one for one in night().state["reconciliation"] if not one["agrees"]] == []


def test_nobody_needs_the_desk() -> None:
    assert not any(one.declared.by_desk for one in standings() if one.declared)
    assert not any(one.awaiting_desk for one in standings())


def test_no_first_election_is_a_gain() -> None:
    first = {one.council.name for one in standings() if declared(one).outcome == "first election"}
    assert first == {"East Surrey", "West Surrey"}


_MAJORS = {
    "Reform UK": "Reform",
    "Labour Party": "Lab",
    "Conservative Party": "Con",
    "Liberal Democrats": "LD",
    "Green Party": "Green",
}
_COLUMNS = {"Lab": "lab", "Con": "con", "LD": "ld", "Green": "green", "Reform": "ref"}


def _rows(path: str) -> list[dict[str, str]]:
    file = Path(os.environ["ELECTION_SOURCES"]) / path
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def _plain(name: str) -> str:
    return folded(name).replace(" and ", " ").replace(".", "").strip()


def _history() -> dict[tuple[str, int], dict[str, str]]:
    rows = _rows("control_history/history2016-2026.csv")
    return {(_plain(row["authority"]), int(row["year"])): row for row in rows}


def _controller(row: dict[str, str]) -> str:
    """Who has more than half by a row of the history; "others" for those it has together."""
    size = int(row["total"])
    seats = {code: int(row[column] or 0) for code, column in _COLUMNS.items()}
    seats["others"] = size - sum(seats.values())
    return next((code for code, held in seats.items() if 2 * held > size), "NOC")


@WITH_SOURCES
def test_seats_won_are_the_source_s_in_every_council() -> None:
    published: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in _rows("results_2026/seats_won_2026.csv"):
        party = _MAJORS.get(row["party"], "others")
        published[_plain(row["council"])][party] += int(row["seats_won"])
    ours = {}
    for one in standings():
        won: Counter[str] = Counter()
        for code, seats in (declared(one).won or {}).items():
            won[code if code in _COLUMNS else "others"] += seats
        ours[_plain(one.council.name)] = won
    assert ours == {name: +seats for name, seats in published.items()}


@WITH_SOURCES
def test_every_party_s_seats_are_the_source_s() -> None:
    parties = shipped().parties
    published: Counter[str] = Counter()
    for row in _rows("results_2026/seats_won_2026.csv"):
        published[row["party"]] += int(row["seats_won"])
    state = {row["party"]: row["seats_won"] for row in night().state["state_of_parties"]}
    ours = Counter({name: seats for name, seats in state.items() if seats})
    named: Counter[str] = Counter()
    for name, seats in published.items():
        found = parties.find(name)
        assert found is not None or not seats, name
        if found is not None:
            named[found.name] += seats
    assert ours == +named


@WITH_SOURCES
def test_who_controls_every_council_before_and_after_follows_from_the_sources() -> None:
    """By sums of the files alone: what was elected where all was up, else the composition after."""
    history = _history()
    elected: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in _rows("results_2026/seats_won_2026.csv"):
        elected[_plain(row["council"])][row["party"]] += int(row["seats_won"])
    wrong = []
    for one in standings():
        name = _plain(one.council.name)
        after = history[name, 2026]
        size, up = int(after["total"]), elected[name].total()
        expected = _controller(after)
        if up > 0.75 * size:
            most, seats = elected[name].most_common(1)[0]
            holder = _MAJORS.get(most, most)
            expected = holder if 2 * seats > size else "NOC"
        before = history.get((name, 2025))
        was = "new" if before is None else _controller(before)
        now = declared(one).after.holder or "NOC"
        held = "new" if one.before is None else one.before.holder or "NOC"
        groups = {"Asp": "others", "Ind": "others"}
        told = (groups.get(held, held), {"Asp": "Aspire"}.get(now, now))
        if told != (was, expected):
            wrong.append((one.council.name, told, (was, expected)))
    assert wrong == []


if __name__ == "__main__":
    DOC.write_text(page())
