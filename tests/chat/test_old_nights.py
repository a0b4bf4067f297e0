"""Nothing old is told as present: a past night is dated, a night without news says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from bot.app import asked_about_the_past
from bot.chat.questions import CannotAnswer
from bot.chat.services import Services
from bot.chat.terminal import answer_at_terminal
from bot.clock import LONDON, SteppedClock
from bot.delivery.watch_lists import KnownLists
from bot.election.almanac import Almanac
from bot.settings import Settings
from bot.store.opening import open_for_reading
from bot.store.reader import Reader
from tests.cogs.chat import almanac

TONIGHT = date(2031, 5, 1)
COUNTING = datetime(2031, 5, 1, 23, 30, tzinfo=LONDON)
DATED = "Elections of 5 May 2022"
QUESTIONS = (
    "/council Hull",
    "/council Sunderland",
    "/council Bedford",
    "/party Labour",
    "/night headline",
    "/night headline council:Hull",
    "/night summary",
    "/night summary region:London",
    "/night changes",
    "/night latest",
    "/night next",
    "/ward Hull",
    "/ward Hull University",
    "/mayor Croydon",
    "/referendum Bristol",
    "/constituency Belfast East",
    "/assembly",
    "/contests",
    "/watch show Councils of the night",
    "/night map",
    "/night map region:London",
    "/night chart",
    "/night chart kind:progress of the count",
)


def to_2021() -> Almanac:
    """Our tables as they would be if their last year were that before the night of 2022."""
    history = {
        code: [one for one in years if one.year < 2022] for code, years in almanac().history.items()
    }
    return replace(almanac(), history=history)


@pytest.fixture
def services(database: Path, request: pytest.FixtureRequest) -> Iterator[Services]:
    followed: date | None = getattr(request, "param", None)
    ours = to_2021()
    with Reader(database, ours) as reader, closing(open_for_reading(database)) as db:
        yield Services(
            Settings(night=followed),
            SteppedClock(COUNTING),
            ours,
            reader,
            lists=KnownLists(db, ours),
        )


@pytest.mark.parametrize("question", QUESTIONS)
async def test_every_answer_about_a_past_night_is_dated_and_told_as_of_then(
    services: Services, question: str
) -> None:
    answer = await answer_at_terminal(services, question)
    beginning = "\n".join(answer.splitlines()[:2])
    assert DATED in beginning
    assert "as at 02:32 on Friday 6 May 2022" in beginning
    assert "Nothing later is known here yet" in beginning
    assert "Thursday 1 May" not in answer
    assert "days ago" not in answer


@pytest.mark.parametrize("services", [TONIGHT], indirect=True)
@pytest.mark.parametrize("question", [one for one in QUESTIONS if "/watch" not in one])
async def test_before_the_first_document_no_answer_is_about_an_older_night(
    services: Services, question: str
) -> None:
    try:
        answer = await answer_at_terminal(services, question)
    except CannotAnswer as refusal:
        answer = str(refusal)
    assert DATED not in answer
    assert "days ago" not in answer
    assert "nothing has" not in [line[:11] for line in answer.splitlines()]
    for false in ("no election", "No council votes", "0 of 0", "have controlled", "has declared."):
        assert false not in answer, answer


@pytest.mark.parametrize("services", [TONIGHT], indirect=True)
async def test_a_list_of_an_older_night_is_shown_with_its_date(services: Services) -> None:
    answer = await answer_at_terminal(services, "/watch show Councils of the night")
    assert DATED in "\n".join(answer.splitlines()[:2])


@pytest.mark.parametrize("services", [TONIGHT], indirect=True)
async def test_a_council_without_news_tells_its_last_result_as_that(services: Services) -> None:
    hull = await answer_at_terminal(services, "/council Hull")
    assert hull.startswith("Kingston upon Hull: nothing has come in for 1 May 2031")
    assert "Last result, 5 May 2022: Lib Dems gain Kingston upon Hull" in hull
    history = await answer_at_terminal(services, "/history Hull")
    assert "5 May 2022: the Liberal Democrats; previously Labour." in history


@pytest.mark.parametrize("services", [TONIGHT], indirect=True)
async def test_what_a_table_says_of_five_years_ago_is_no_present(services: Services) -> None:
    bedford = await answer_at_terminal(services, "/council Bedford")
    assert "Control after May 2021: no overall control." in bedford
    assert "It had been under no overall control since" in bedford


async def test_a_night_that_is_asked_for_by_name_is_dated_too(services: Services) -> None:
    hull = await answer_at_terminal(services, "/council Hull night:2022-05-05")
    assert DATED in hull


@pytest.mark.parametrize(
    ("chosen", "warned"),
    [
        ({"democracy_club_url": "https://example.org"}, True),
        ({"modern_gov_urls": ("Swindon=https://example.org/x",)}, True),
        ({"desk_sheet_urls": ("https://example.org/a.csv",)}, True),
        ({"pa_urls": ("https://example.org/pa/",)}, False),  # its documents say their night
        ({"democracy_club_url": "https://example.org", "night": TONIGHT}, False),
    ],
)
def test_who_runs_feeds_without_a_night_is_told_to_set_one(
    chosen: dict[str, object], warned: bool
) -> None:
    settings = Settings().model_copy(update=chosen)
    warning = asked_about_the_past(settings, date(2022, 5, 5), SteppedClock(COUNTING))
    assert (warning is not None) is warned
    assert warning is None or "Set ELECTION_NIGHT_NIGHT" in warning
