"""What is confirmed comes: every topic, from the slash command to the message that is delivered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.cards.card import Card
from bot.chat.topics import KINDS_OF_BALLOT, KINDS_OF_MILESTONE
from bot.election.alert_kinds import KINDS, MilestoneKind, Topic
from bot.election.by_elections import by_election_ballot
from bot.election.claims import BallotDeclared, Due, Elected, Milestone, Notice
from bot.election.reports import BallotKind, GainOrHold, Report, WireCouncil
from bot.store.claims import claim_notices
from simulation.discord import Sandbox
from tests.cogs.chat import DECLARED, Chat, result_of, words
from tests.election.build import NIGHT
from tests.support.contests import mayor_report
from tests.support.small_night import council_nominations, document, fetch

UNKNOWN_NIGHT = date(2021, 5, 6)
"""A night that no table knows."""


async def subscribe(chat: Chat, topic: str, which: str | None = None) -> str:
    """Follow something by direct message; return what is said."""
    given = {} if which is None else {"which": which}
    return words(await chat.ask("alerts subscribe", topic=topic, **given))


async def stop_following(chat: Chat) -> None:
    """End all that the reader follows."""
    subscriptions = chat.house.services.subscriptions
    assert subscriptions is not None
    for each in subscriptions.of_user(chat.reader.id):
        await subscriptions.remove(each.id, user_id=chat.reader.id)


async def delivered(chat: Chat) -> list[str]:
    """The titles of what has come to the reader by direct message."""
    alerts = chat.house.services.alerts
    assert alerts is not None
    await alerts.drained()
    messages = chat.sandbox.direct_channel(chat.reader).messages
    return [embed["title"] for message in messages for embed in message.embeds]


async def offered(chat: Chat, topic: str, typed: str = "") -> dict[str, str]:
    """What Discord offers for `which`, values by their labels."""
    found = await chat.sandbox.autocomplete(
        chat.reader, chat.channel, "alerts subscribe", "which", typed, options={"topic": topic}
    )
    return {str(choice.name): str(choice.value) for choice in found}


async def claim(chat: Chat, notice: Notice) -> None:
    """Claim a notice, as the newsroom does."""
    now = chat.house.services.clock.now()
    await chat.house.writer.transact(lambda tx: claim_notices(tx, NIGHT, {notice.key: notice}, now))


async def declare(chat: Chat, council: WireCouncil, night: date = NIGHT) -> None:
    """Let a council go from the Conservatives to Labour."""
    held = {"Con": 30, "Lab": 15}
    reports: Sequence[Report] = (
        replace(council_nominations("", held, council.name), night=night, council=council),
        replace(
            result_of(
                council.name,
                {"Lab": 30, "Con": 15},
                {"Lab": 15, "Con": -15},
                {"Lab": 20},
                winner="Lab",
                sitting="Con",
            ),
            night=night,
            council=council,
            gain_or_hold=GainOrHold.GAIN,
        ),
    )
    filed = await chat.house.ingest.file(
        fetch(*(document(report, at=DECLARED) for report in reports))
    )
    assert filed.claims


async def introduce(chat: Chat, council: WireCouncil, night: date = NIGHT) -> None:
    """Let the wire's nominations introduce a council."""
    nominations = council_nominations("", {"Con": 30, "Lab": 15}, council.name)
    told = replace(nominations, night=night, council=council)
    await chat.house.ingest.file(fetch(document(told, at=DECLARED)))


COASTAL = WireCouncil("Coastal Suffolk", type="Wales")
"""A council that only the wire knows, in a nation that only its type tells."""
GAIN = "Labour gain Coastal Suffolk from Conservatives"


@pytest.mark.parametrize(
    ("topic", "which"),
    [
        ("all", None),
        ("party", "Labour"),
        ("party", "Con"),
        ("council", "coastal suffolk"),
        ("nation", "Wales"),
        ("region", "wales"),
    ],
)
async def test_what_is_followed_of_a_council_is_delivered(
    chat: Chat, topic: str, which: str | None
) -> None:
    await introduce(chat, COASTAL)
    assert "Following" in await subscribe(chat, topic, which)
    await declare(chat, COASTAL)
    assert await delivered(chat) == [GAIN]


async def test_what_was_not_asked_for_is_not_delivered(chat: Chat) -> None:
    for topic, which in (("nation", "England"), ("region", "London"), ("party", "Green")):
        assert "Following" in await subscribe(chat, topic, which)
    await declare(chat, COASTAL)
    assert await delivered(chat) == []


@pytest.mark.parametrize("name", ["Coastal Suffolk", "Coastal  suffolk", "North Ham", "Test Valey"])
async def test_a_council_is_never_guessed_when_it_is_followed(chat: Chat, name: str) -> None:
    """Before the wire introduces it, and where the name comes near another's."""
    said = await subscribe(chat, "council", name)
    assert "No council called" in said
    assert "No alerts" in words(await chat.ask("alerts list"))


async def test_a_council_of_the_wire_is_offered_and_followed_under_its_own_name(chat: Chat) -> None:
    await introduce(chat, COASTAL)
    found = await offered(chat, "council", "suffolk")
    assert "Following the result in Coastal Suffolk." in await subscribe(
        chat, "council", found["Coastal Suffolk"]
    )


async def test_every_kind_of_milestone_that_is_offered_is_delivered(chat: Chat) -> None:
    """Followed by what Discord sends for a choice, and by the words that a reader types."""
    kinds = await offered(chat, "milestones")
    assert set(kinds.values()) == KINDS[Topic.MILESTONES] == set(KINDS_OF_MILESTONE)
    notices = {
        MilestoneKind.HALF_DECLARED: Milestone(MilestoneKind.HALF_DECLARED, figure=10),
        MilestoneKind.NET_SEATS: Milestone(MilestoneKind.NET_SEATS, party="Con", figure=-50),
        MilestoneKind.FIRST_IN_DECADES: Milestone(
            MilestoneKind.FIRST_IN_DECADES, "BNE", "Lab", 2022
        ),
        MilestoneKind.FLAGSHIP: Milestone(MilestoneKind.FLAGSHIP, "WND", "Lab"),
        MilestoneKind.CERTAIN: Milestone(MilestoneKind.CERTAIN, "SND", "Lab"),
    }
    for number, (label, value) in enumerate(kinds.items()):
        for typed in (value, label):
            assert "ollowing" in await subscribe(chat, "milestones", typed)
        kind = MilestoneKind.HALF_DECLARED if value == "all" else MilestoneKind(value)
        before = await delivered(chat)
        await claim(chat, replace(notices[kind], figure=(notices[kind].figure or 0) + number))
        certain = replace(notices[MilestoneKind.CERTAIN], figure=100 + number)
        if kind is not MilestoneKind.CERTAIN:
            await claim(chat, certain)  # which no other kind has in it
        assert len(await delivered(chat)) == len(before) + 1, value
        await stop_following(chat)


async def test_every_kind_of_contest_that_is_offered_is_delivered(chat: Chat) -> None:
    kinds = await offered(chat, "contests")
    assert set(kinds.values()) == KINDS[Topic.CONTESTS] == set(KINDS_OF_BALLOT)
    ballots = {one.ballot.kind: one.ballot for one in chat.house.services.reader.ballots(NIGHT)}
    leeds = chat.house.services.almanac.councils.get("LDS")
    ballots[BallotKind.WARD] = by_election_ballot(leeds, "Xyz")
    for number, (label, value) in enumerate(kinds.items()):
        for typed in (value, label):
            assert "ollowing" in await subscribe(chat, "contests", typed)
        kind = BallotKind.MAYOR if value == "all" else BallotKind(value)
        before = await delivered(chat)
        elected = (Elected(f"Ann Able {number}", "Lab"),)
        one = ballots[kind]
        council = one.council if kind is BallotKind.WARD else None
        await claim(chat, BallotDeclared(one.code, kind, elected, council=council, area=one.area))
        assert len(await delivered(chat)) > len(before), value
        await stop_following(chat)


async def test_one_contest_is_followed_by_its_name_and_delivered(chat: Chat) -> None:
    assert "Following" in await subscribe(chat, "contest", "Mayor of Croydon")
    code = next(
        one.ballot.code
        for one in chat.house.services.reader.ballots(NIGHT)
        if one.ballot.name == "Mayor of Croydon"
    )
    await claim(chat, BallotDeclared(code, BallotKind.MAYOR, (Elected("Ann Able", "Lab"),)))
    (title,) = await delivered(chat)
    assert title.startswith("Ann Able (Labour) elected Mayor of Croydon")


@pytest.mark.parametrize(
    ("topic", "typed", "said"),
    [
        ("region", "Yorkshire", "Did you mean Yorkshire and The Humber?"),
        ("region", "Londn", "Did you mean London?"),
        ("party", "Democrat", "Did you mean Liberal Democrat"),
        ("nation", "Cymru", "Start typing and pick from the list."),
    ],
)
async def test_part_of_a_name_is_no_name_and_says_what_comes_near(
    chat: Chat, topic: str, typed: str, said: str
) -> None:
    assert said in await subscribe(chat, topic, typed)
    assert "Following gains" in await subscribe(chat, "party", "Tories")
    shown = words(await chat.ask("alerts list"))
    assert "Gains and losses of the Conservatives → your direct messages" in shown
    assert "2. " not in shown


@pytest.mark.parametrize("typed", ["firsts in years", "every", "Whigs", "net"])
async def test_words_that_are_no_kind_are_refused_or_meant(chat: Chat, typed: str) -> None:
    said = await subscribe(chat, "milestones", typed)
    if typed == "net":
        assert "Following parties past round figures of net seats." in said
    elif typed == "every":
        assert "Following every milestone" in said
    else:
        assert "No kind of milestone called" in said
        assert "councils of the night that change hands" in said
        assert "No alerts" in words(await chat.ask("alerts list"))


async def test_a_list_reminders_and_the_summary_are_delivered(chat: Chat) -> None:
    alerts = chat.house.services.alerts
    assert alerts is not None
    await chat.ask("watch create", chat.admin, name="Our patch")
    await introduce(chat, COASTAL)
    added = await chat.ask("watch add", chat.admin, name="Our patch", council="coastal suffolk")
    assert "Coastal Suffolk is on the list" in words(added)
    for topic, which in (("list", "Our patch"), ("reminders", None), ("summary", None)):
        assert "Following" in await subscribe(chat, topic, which)
    due = chat.house.services.clock.now() + timedelta(minutes=10)
    await claim(chat, Due("wire:Coastal Suffolk", due))
    assert len(await delivered(chat)) == 1
    await declare(chat, COASTAL)
    await alerts.post_summary(NIGHT, [Card(title="The night")], "it is over")
    assert (await delivered(chat))[1:] == [GAIN, "The night"]


class TestOnANightWithoutTables:
    """Places are their councils': those of our register, and what the wire's types say."""

    @pytest.fixture
    async def chat(self, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Chat]:
        chat = Chat(sandbox, tmp_path / "night.sqlite")
        chat.settings["night"] = UNKNOWN_NIGHT
        await chat.start()
        yield chat
        await chat.stop()

    @pytest.mark.parametrize(
        ("topic", "which", "council"),
        [
            ("region", "North East", WireCouncil("Sunderland")),
            ("nation", "England", WireCouncil("Sunderland")),
            ("nation", "Scotland", WireCouncil("Fife")),
            ("nation", "Northern Ireland", WireCouncil("Loughside", type="NI")),
            ("region", "London", WireCouncil("Northbank", type="London")),
            ("nation", "England", WireCouncil("Northbank", type="Non-Met")),
        ],
    )
    async def test_a_place_is_followed_and_delivered(
        self, chat: Chat, topic: str, which: str, council: WireCouncil
    ) -> None:
        assert which in await offered(chat, topic)
        assert f"Following changes of hands in {which}." in await subscribe(chat, topic, which)
        await declare(chat, council, UNKNOWN_NIGHT)
        assert await delivered(chat) == [f"Labour gain {council.name} from Conservatives"]

    async def test_answers_are_filtered_by_place(self, chat: Chat) -> None:
        for council in (WireCouncil("Sunderland"), WireCouncil("Northbank", type="London")):
            await declare(chat, council, UNKNOWN_NIGHT)
        for place, here, elsewhere in (
            ({"region": "North East"}, "Sunderland", "Northbank"),
            ({"region": "London"}, "Northbank", "Sunderland"),
        ):
            for command in ("night changes", "night latest", "night summary", "night headline"):
                said = words(await chat.ask(command, **place))
                assert here in said, command
                assert elsewhere not in said, command
        said = words(await chat.ask("night changes", nation="England"))
        assert "Sunderland" in said
        assert "Northbank" in said

    async def test_a_board_shows_a_place(self, chat: Chat) -> None:
        await declare(chat, WireCouncil("Northbank", type="London"), UNKNOWN_NIGHT)
        reply = await chat.ask("night board", chat.admin, region="London")
        assert "no council votes" not in words(reply).lower()
        assert "No region called" not in words(reply)

    async def test_what_is_no_place_is_refused(self, chat: Chat) -> None:
        assert "No region called “Mercia”" in await subscribe(chat, "region", "Mercia")


@pytest.mark.parametrize("area", ["Croydon", "Elmsea"])
async def test_a_mayors_alert_follows_from_the_rush_to_the_votes(chat: Chat, area: str) -> None:
    """A rush has the winner alone; its result is no other news, and edits what was told."""
    await subscribe(chat, "contests", "mayor")
    result = mayor_report(area=area)
    nobody = tuple(replace(one, votes=()) for one in result.candidates)
    rush = replace(result, candidates=nobody, rush=True)
    named = tuple(replace(one, elected=None) for one in nobody)
    nominations = replace(result, candidates=named, complete=False, nominations=True)
    for report in (nominations, rush):
        await chat.house.ingest.file(fetch(document(report, at=DECLARED)))
    (title,) = await delivered(chat)
    assert title.startswith(f"Jason Perry (Conservative) elected Mayor of {area}")
    (message,) = chat.sandbox.direct_channel(chat.reader).messages
    assert "votes" not in words(message) and "38,612" not in words(message)
    await chat.restart()
    await chat.house.ingest.file(fetch(document(result, at=DECLARED)))
    assert await delivered(chat) == [title]
    assert "38,612" in words(message)
    assert "Majority of 589" in words(message)
    later = replace(result, revision=2, turnout=41.7)
    await chat.house.ingest.file(fetch(document(later, at=DECLARED)))
    assert await delivered(chat) == [title]
    assert "Turnout 41.7%" in words(message)
