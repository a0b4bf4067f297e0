"""Which edition of the summary is due when, and when one that was posted is edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import cast
from unittest.mock import Mock

import pytest

from bot.cards.card import Card
from bot.chat.services import Services
from bot.clock import LONDON, SteppedClock
from bot.delivery.service import Alerts
from bot.election.almanac import Almanac, Hex, HexLayout, NightAlmanac
from bot.election.ballots import BallotStanding
from bot.election.claims import ClaimState
from bot.election.control import NOC
from bot.election.councils import Council
from bot.election.standings import CouncilStanding, DeskNote
from bot.pictures.picture import Picture
from bot.schedule.summaries import SummaryJob
from bot.settings import Settings
from bot.store.reader import Reader
from bot.store.summaries import Edition
from bot.wording.text import plain
from tests.cards.nights import ALMANAC, NIGHT, a_night, seats, standing
from tests.election.test_stories import CONTESTS


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2022, 5, day, hour, minute, tzinfo=LONDON)


@dataclass
class Recorder:
    """Keeps what is posted, as the store would."""

    clock: SteppedClock
    posted: dict[Edition, tuple[str, datetime]] = field(default_factory=dict)
    titles: list[tuple[Edition, str]] = field(default_factory=list)
    """Each with its headline and its dateline."""
    texts: list[str] = field(default_factory=list)
    pictures: list[Picture | None] = field(default_factory=list)

    def posted_summary(self, _: date, edition: Edition) -> tuple[str, datetime] | None:
        return self.posted.get(edition)

    async def post_summary(
        self,
        _: date,
        cards: Sequence[Card],
        __: str,
        edition: Edition,
        told: str,
        *,
        picture: Picture | None,
    ) -> bool:
        first = self.posted.get(edition, ("", self.clock.now()))[1]
        self.posted[edition] = (told, first)
        dateline = plain(cards[0].description.split("\n")[0])
        self.titles.append((edition, f"{cards[0].title}\n{dateline}"))
        self.texts.append("\n".join(card.to_text() for card in cards))
        self.pictures.append(picture)
        return True


@dataclass
class Stage:
    """A night of which the standings are set by hand."""

    standings: list[CouncilStanding]
    notes: list[tuple[Council, DeskNote]] = field(default_factory=list)
    ballots: list[BallotStanding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = SteppedClock(at(5, 21))
        self.alerts = Recorder(self.clock)
        self.restart()

    def restart(self, *, almanac: Almanac = ALMANAC, **settings: int) -> None:
        reader = Mock(
            councils=lambda _: tuple(self.standings),
            told_total=lambda _: 0,
            parties=lambda _: ALMANAC.parties,
            ballots=lambda _: tuple(self.ballots),
            desk_notes=lambda _: self.notes,
            desk_pause=lambda: None,
            last_states_of_parties=lambda _: [],
        )
        cells = {one.council.code: Hex(place, 0) for place, one in enumerate(a_night())}
        almanac = replace(almanac, layouts=(HexLayout(0, cells),))
        services = Services(
            Settings(night=NIGHT, **settings), self.clock, almanac, cast("Reader", reader)
        )
        self.watch = SummaryJob(services, cast("Alerts", self.alerts))

    async def look_at(self, moment: datetime) -> list[tuple[Edition, str]]:
        """Return what is posted or edited at a moment."""
        await self.clock.move_to(moment)
        already = len(self.alerts.titles)
        await self.watch.look()
        return self.alerts.titles[already:]


@pytest.fixture
def stage() -> Stage:
    return Stage(a_night())


async def test_nothing_is_due_before_a_result_and_before_its_hour(stage: Stage) -> None:
    results, stage.standings = stage.standings, [replace(o, declared=None) for o in a_night()]
    assert await stage.look_at(at(6, 7)) == []
    stage.standings = results
    assert [edition for edition, _ in await stage.look_at(at(6, 7, 1))] == [Edition.BREAKFAST]
    assert not await Stage(a_night()).look_at(at(6, 6, 59))
    assert not await Stage(a_night()).look_at(at(6, 12))


async def test_the_breakfast_edition_tells_of_its_hour_only(stage: Stage) -> None:
    ((edition, title),) = await stage.look_at(at(6, 7))
    assert edition is Edition.BREAKFAST
    # Four of the night's nine had declared by then: the others come later in the day.
    assert title == (
        "Labour gain Westminster from Conservatives\n"
        "Elections of 5 May 2022 · breakfast edition · 07:00 on Friday 6 May · "
        "4 of 9 councils declared"
    )
    (picture,) = stage.alerts.pictures
    assert picture is not None
    assert "not declared 5" in picture.alt
    later = standing(
        "BOL", "Con", seats("Lab 31 Con 29"), held=seats("Con 40 Lab 20"), at=at(6, 17)
    )
    stage.standings = [*stage.standings[:-1], later]
    stage.standings.append(standing("CAR", "Lab"))  # so that the night is not over
    assert await stage.look_at(at(6, 18)) == []


async def test_an_edition_tells_what_the_desk_noted_by_its_hour(stage: Stage) -> None:
    rutland = ALMANAC.councils.get("RUT")
    stage.notes = [
        (rutland, DeskNote(1, at(6, 6, 30), "The leader has left his group.", NOC)),
        (rutland, DeskNote(2, at(6, 7, 30), "He has come back.")),
    ]
    await stage.look_at(at(6, 7))
    assert (
        "The leader has left his group. Control now: no overall control." in stage.alerts.texts[-1]
    )
    assert await stage.look_at(at(6, 8)) == []
    assert "He has come back" not in stage.alerts.texts[-1]
    await stage.look_at(at(7, 21))
    assert "He has come back" in stage.alerts.texts[-1]
    stage.notes.append((rutland, DeskNote(3, at(7, 22), "He has left again.")))
    assert [edition for edition, _ in await stage.look_at(at(7, 22))] == [Edition.FINAL]
    assert "He has left again" in stage.alerts.texts[-1]


@pytest.mark.parametrize("restarted", [False, True])
async def test_the_breakfast_edition_is_corrected_where_it_was_wrong(
    stage: Stage, *, restarted: bool
) -> None:
    await stage.look_at(at(6, 7))
    wrong = stage.standings[0]
    corrected = standing("KHL", "Lab", seats("Lab 29 LD 28"), held=wrong.held or {})
    stage.standings[0] = corrected
    if restarted:
        stage.restart()
    ((edition, title),) = await stage.look_at(at(6, 20))
    assert edition is Edition.BREAKFAST
    assert title.startswith("CORRECTION: Labour gain Westminster")
    assert "breakfast edition · 07:00" in title
    assert await stage.look_at(at(6, 20, 1)) == []


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_result_released_after_an_edition_is_added_and_corrects_nothing(
    stage: Stage, *, restarted: bool
) -> None:
    """It came in before seven and was held for checks, as the edition said."""
    released = standing("CAR", "Lab", seats("Lab 38 Con 1"), at=at(6, 6, 50))
    stage.standings.append(standing("CAR", "Lab"))
    await stage.look_at(at(6, 7))
    if restarted:
        stage.restart()
    stage.standings[-1] = released
    ((edition, title),) = await stage.look_at(at(6, 7, 6))
    assert edition is Edition.BREAKFAST
    assert "CORRECTION" not in title
    assert "5 of 10 councils declared" in title
    wrong = stage.standings[0]
    stage.standings[0] = standing("KHL", "Lab", seats("Lab 29 LD 28"), held=wrong.held or {})
    ((_, title),) = await stage.look_at(at(6, 20))
    assert title.startswith("CORRECTION: ")


async def test_an_edition_that_a_former_build_wrote_stays_as_it_is(stage: Stage) -> None:
    """It had no codes of what it told."""
    await stage.look_at(at(6, 7))
    ((edition, (told, when)),) = stage.alerts.posted.items()
    stage.alerts.posted[edition] = (" ".join(told.split()[:2]), when)
    stage.restart()
    assert await stage.look_at(at(6, 8)) == []
    wrong = stage.standings[0]
    stage.standings[0] = standing("KHL", "Lab", seats("Lab 29 LD 28"), held=wrong.held or {})
    ((_, title),) = await stage.look_at(at(6, 20))
    assert title.startswith("CORRECTION: ")


async def test_the_breakfast_edition_is_completed_where_it_left_something_open(
    stage: Stage,
) -> None:
    """Who controlled Hull before was not known; nothing was wrong until another council was."""

    def hull(version: int, state: ClaimState, before: str | None) -> CouncilStanding:
        known = stage.standings[0]
        one = standing("KHL", before, dict(known.declared.now), held=known.held or {})
        return replace(one, declared=replace(one.declared, version=version, state=state))

    stage.standings[0] = hull(1, ClaimState.DECLARED, None)
    await stage.look_at(at(6, 7))
    stage.standings[0] = hull(2, ClaimState.COMPLETED, "Lab")
    ((_, title),) = await stage.look_at(at(6, 19))
    assert title.startswith("Labour gain Westminster")
    stage.restart()
    assert await stage.look_at(at(6, 19, 1)) == []
    stage.standings[0] = hull(3, ClaimState.CORRECTED, "LD")
    ((_, title),) = await stage.look_at(at(6, 20))
    assert title.startswith("CORRECTION: ")
    assert await stage.look_at(at(6, 20, 1)) == []


async def test_the_final_edition_comes_when_all_is_declared_or_its_hour_strikes(
    stage: Stage,
) -> None:
    assert await stage.look_at(at(6, 21)) == []
    assert await stage.look_at(at(7, 20, 59)) == []
    ((edition, title),) = await stage.look_at(at(7, 21))
    assert edition is Edition.FINAL
    assert "· 21:00 on Saturday 7 May · 8 of 9 councils" in title
    assert "edition" not in title
    stage.restart()
    assert await stage.look_at(at(7, 21) + timedelta(hours=1)) == []
    stage.standings[-1] = standing("BOL", "Con", seats("Lab 31 Con 29"), at=at(7, 22))
    ((edition, title),) = await stage.look_at(at(7, 23))
    assert (edition, " · final · " in title) == (Edition.FINAL, True)


async def test_a_night_that_is_over_by_the_morning_has_only_its_final_edition() -> None:
    stage = Stage(a_night()[:-1])
    assert [edition for edition, _ in await stage.look_at(at(6, 7))] == [Edition.FINAL]


async def test_an_edition_of_an_hour_by_which_nothing_had_declared_is_left_out() -> None:
    """At midnight there is mostly no news; what declares soon after is for the next edition."""
    stage = Stage(a_night())
    assert await stage.look_at(at(6, 0)) == []
    assert await stage.look_at(at(6, 3)) == []
    early = replace(stage.standings[0].declared, declared_at=at(5, 23, 40))
    stage = Stage([replace(stage.standings[0], declared=early), *stage.standings[1:]])
    ((edition, title),) = await stage.look_at(at(6, 0))
    assert edition is Edition.MIDNIGHT
    assert "midnight edition · 00:00 on Friday 6 May · 1 of 9 councils declared" in title


@pytest.mark.parametrize(
    ("hour", "minute", "edition"),
    [
        (4, 59, Edition.MIDNIGHT),
        (5, 0, None),
        (6, 59, None),
        (7, 0, Edition.BREAKFAST),
        (11, 59, Edition.BREAKFAST),
        (12, 0, None),
        (13, 0, Edition.LUNCHTIME),
        (17, 59, Edition.LUNCHTIME),
        (18, 0, None),
    ],
)
async def test_a_bot_that_starts_late_leaves_out_what_is_stale(
    hour: int, minute: int, edition: Edition | None
) -> None:
    night = a_night()
    early = replace(night[0].declared, declared_at=at(5, 23))
    stage = Stage([replace(night[0], declared=early), *night[1:]])
    told = [each for each, _ in await stage.look_at(at(6, hour, minute))]
    assert told == ([edition] if edition else [])


async def test_the_editions_of_a_night_differ_in_their_headlines() -> None:
    """Nothing declares between breakfast and the end, and each says something else of it."""
    night = a_night()
    early = [replace(one, declared=one.declared and replace(one.declared, declared_at=at(5, 23)))
             for one in night]  # fmt: skip
    stage = Stage(early)
    titles = []
    for moment in (at(6, 0), at(6, 7), at(6, 13), at(7, 21)):
        titles += [title.splitlines()[0] for _, title in await stage.look_at(moment)]
    assert len(titles) == len(set(titles)) == 4
    stage.restart()
    assert await stage.look_at(at(7, 22)) == []


async def test_hours_may_come_in_any_order() -> None:
    stage = Stage(a_night())
    stage.restart(midnight_hour=9, morning_hour=9, lunchtime_hour=8)
    assert [each for each, _ in await stage.look_at(at(6, 8, 30))] == [Edition.LUNCHTIME]
    told = [each for each, _ in await stage.look_at(at(6, 9))]
    assert told == [Edition.MIDNIGHT, Edition.BREAKFAST]


async def test_a_night_without_councils_has_its_summary_when_its_contests_have_declared() -> None:
    stage = Stage([])
    waiting = replace(CONTESTS[0], report=None)
    ballots = {one.ballot.code: one.ballot for one in CONTESTS}
    stage.restart(
        almanac=replace(ALMANAC, nights={NIGHT: NightAlmanac(NIGHT, "mayors", {}, ballots=ballots)})
    )
    stage.ballots = [waiting, *CONTESTS[1:]]
    ((edition, title),) = await stage.look_at(at(6, 7))
    assert edition is Edition.BREAKFAST
    assert title.startswith("referendum.bristol: voters choose")
    stage.ballots = [replace(CONTESTS[0], declared_at=at(6, 14)), *CONTESTS[1:]]
    ((edition, title),) = await stage.look_at(at(6, 15))
    assert (edition, " · final · 3 of 3 contests declared" in title) == (Edition.FINAL, True)
