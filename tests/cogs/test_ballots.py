"""Contests as a reader has them in chat: asked for, listed, followed, and after a restart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.questions import CannotAnswer
from bot.chat.terminal import answer_at_terminal
from bot.election.alert_kinds import Topic
from bot.election.parties import WireParty
from bot.election.reports import BallotKind, BallotReport, Candidate
from tests.cogs.chat import Chat, House, choose, menu_of, words
from tests.support.contests import constituency_report, mayor_report
from tests.support.small_night import document, fetch


def bristol() -> BallotReport:
    """The referendum as our shipped table names its answers."""
    return replace(
        mayor_report(),
        kind=BallotKind.REFERENDUM,
        area="Bristol",
        candidates=(
            Candidate("Committee system", None, (56_113,), elected=True),
            Candidate("Mayor and cabinet", None, (38_439,), elected=False),
        ),
        turnout=28.59,
    )


@pytest.fixture
async def chat(chat: Chat) -> Chat:
    """The small night with some contests in it."""
    reports = (mayor_report(), bristol(), constituency_report("SF", "DUP", "APNI"))
    await chat.house.ingest.file(fetch(*map(document, reports)))
    return chat


async def test_a_mayor_has_both_rounds_and_can_be_followed(chat: Chat) -> None:
    reply = await chat.ask("mayor", area="croydon")
    said = words(reply)
    assert reply.ephemeral
    assert "Jason Perry (Conservative) elected Mayor of Croydon" in said
    assert "Majority of 589" in said
    assert "Val Shawcross (Labour): 38,023 (49.6%), +6,671 transferred" in said
    assert "last news came" in said
    await chat.press(reply, "Follow Mayor of Croydon")
    followed = chat.house.services.subscriptions
    assert followed is not None
    (mine,) = followed.of_user(chat.reader.id)
    assert (mine.topic, mine.value) == (Topic.CONTEST, "mayor.croydon")


async def test_a_referendum_says_what_follows(chat: Chat) -> None:
    said = words(await chat.ask("referendum", area="Bristol", public=True))
    assert "Committee system: 56,113 (59.3%)" in said
    assert "What happens next" in said
    assert "Turnout 28.6%" in said


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("mayor", {"area": "croydon"}),
        ("referendum", {"area": "Bristol"}),
        ("assembly", {}),
    ],
)
async def test_a_contests_answer_gets_its_picture(
    chat: Chat, command: str, options: dict[str, str]
) -> None:
    reply = await chat.ask(command, **options)
    await chat.sandbox.wait_for(lambda: reply.message.attachments, within=30)


async def test_the_assembly_says_how_far_it_is_and_opens_a_constituency(chat: Chat) -> None:
    reply = await chat.ask("assembly")
    said = words(reply)
    assert "3 of 90 seats filled, 0 of 18 constituencies declared" in said
    assert "control" not in said.casefold()
    await chat.restart()
    opened = await choose(chat, reply, "Belfast East")
    assert opened.message is reply.message
    assert "Belfast East: 3 of 5 seats filled" in words(opened)
    back = await chat.press(opened, "The Assembly")
    assert "3 of 90 seats" in words(back)


async def test_all_contests_have_pages_that_outlive_a_restart(chat: Chat) -> None:
    reply = await chat.ask("contests")
    assert "Other contests: 2 of 26 declared" in words(reply)
    assert "Mayors: 1 of 7 declared" in words(reply)
    assert len(menu_of(reply)) == 20
    await chat.restart()
    second = await chat.press(reply, "Next page")
    assert "Page 2 of 2" in words(second)
    assert "West Tyrone" in words(second)
    mayor = await choose(chat, await chat.press(second, "Previous page"), "Mayor of Croydon")
    assert "Majority of 589" in words(mayor)


async def test_the_names_are_offered_as_they_are_typed(chat: Chat) -> None:
    async def offered(command: str, option: str, typed: str) -> list[str]:
        found = await chat.sandbox.autocomplete(chat.reader, chat.channel, command, option, typed)
        return [choice.name for choice in found]

    assert await offered("mayor", "area", "croy") == ["Mayor of Croydon"]
    assert len(await offered("mayor", "area", "")) == 7
    assert len(await offered("constituency", "name", "belfast")) == 4
    assert len(await offered("referendum", "area", "bris")) == 1


async def test_everything_can_be_asked_at_the_terminal(house: House) -> None:
    said = await answer_at_terminal(house.services, "/constituency Foyle")
    assert said.startswith("Foyle: not declared")
    assert "All contests: /contests" in await answer_at_terminal(house.services, "/mayor Hackney")
    with pytest.raises(CannotAnswer, match="No mayoral election called “Croydn”"):
        await answer_at_terminal(house.services, "/mayor Croydn")
    with pytest.raises(CannotAnswer, match="Did you mean"):
        await answer_at_terminal(house.services, "/constituency Belfast")


async def test_a_party_that_no_table_knows_is_shown_harmlessly(chat: Chat) -> None:
    report = mayor_report(
        area="Hackney",
        candidates=(
            Candidate("@everyone", WireParty("**Save** Us"), (10,), elected=True),
            Candidate("B", WireParty("Lab"), (5,), elected=False),
        ),
    )
    await chat.house.ingest.file(fetch(document(report)))
    reply = await chat.ask("mayor", area="Hackney", public=True)
    assert "@everyone" not in words(reply)
    assert not reply.message.pinged


@pytest.mark.parametrize(
    ("command", "options", "says"),
    [
        ("mayor", {"area": "croydon"}, "Second-round shares are of the votes"),
        ("referendum", {"area": "Bristol"}, "Turnout as reported"),
        ("constituency", {"name": "Belfast East"}, "PA, received"),
        ("assembly", {}, "1 of 18 constituencies"),
    ],
)
async def test_how_a_contest_is_known_is_behind_a_button(
    chat: Chat, command: str, options: dict[str, str], says: str
) -> None:
    reply = await chat.ask(command, **options)
    assert "revision" not in words(reply)
    await chat.restart()
    known = await chat.press(reply, "How we know")
    assert "How we know: " in words(known)
    assert says in words(known)
    back = await chat.press(known, "Back")
    assert "How we know: " not in words(back)
