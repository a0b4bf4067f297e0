"""`/alerts why`: each way in which something was or was not posted, in a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards.card import Card
from bot.clock import SteppedClock
from bot.delivery.debounce import DEBOUNCE, FLAPPING_WITHIN
from bot.election.reports import CouncilResult, GainOrHold, WireCouncil
from simulation.discord import Message, Permission, User
from tests.cogs.chat import HULL, LEVEL, Chat, words
from tests.election.build import NIGHT
from tests.support.small_night import council_nominations, document, fetch


async def _says(chat: Chat, *results: CouncilResult) -> None:
    for result in results:
        await chat.house.ingest.file(fetch(document(result)))
        await _drained(chat)


async def _drained(chat: Chat) -> None:
    alerts = chat.house.services.alerts
    assert alerts is not None
    await alerts.drained()


async def _why(chat: Chat, *, by_admin: bool = True, **asked: str) -> str:
    return words(await chat.ask("alerts why", chat.admin if by_admin else None, **asked))


def _reference(message: Message, place: int = 0) -> str:
    return str(message.embeds[place]["footer"]["text"].split(" · ")[-1])


async def _follow(chat: Chat, topic: str = "all", **more: object) -> None:
    reply = await chat.ask(
        "alerts subscribe", chat.admin, topic=topic, channel=chat.channel, **more
    )
    assert "ollowing" in words(reply)


async def test_what_was_sent_is_told_with_its_message_and_its_versions(chat: Chat) -> None:
    await chat.ask("alerts subscribe", topic="council", which="Hull")
    await _says(chat, LEVEL)
    direct = chat.sandbox.direct_channel(chat.reader)
    (message,) = direct.messages
    said = await _why(chat, by_admin=False, council="hull")
    assert "Why: Kingston upon Hull" in said
    assert "Version 1" in said
    assert "Lib Dems gain Kingston upon Hull from Labour, from PA, revision 1." in said
    assert "Labour lose Kingston upon Hull to no overall control, from PA, revision 2." in said
    assert "**Your direct messages**" in said
    assert "the result in Kingston upon Hull, since" in said
    link = f"https://discord.com/channels/@me/{direct.id}/{message.id}"
    assert (
        f"Alert of version 2, <t:{_night(chat)}:t>: [sent]({link}), {_reference(message)}." in said
    )


def _night(chat: Chat) -> int:
    return int(chat.house.services.clock.now().timestamp())


async def test_a_correction_names_what_it_struck(chat: Chat) -> None:
    await _follow(chat)
    await _says(chat, LEVEL)
    await _wait(chat, FLAPPING_WITHIN)
    await _says(chat, replace(HULL, revision=3))
    wrong, right = chat.channel.messages
    said = await _why(chat, council="Hull")
    assert f"{_reference(wrong)}, struck: {_reference(right)} took its place." in said
    assert "Correction of version 3" in said
    assert await _why(chat, reference=_reference(right).lower()) == said


async def test_what_stands_after_all_is_not_said_to_be_struck(chat: Chat) -> None:
    await _follow(chat)
    await _says(chat, LEVEL)
    for again in (replace(HULL, revision=3), replace(LEVEL, revision=4)):
        await _wait(chat, FLAPPING_WITHIN)
        await _says(chat, again)
    first, between, last = chat.channel.messages
    said = await _why(chat, council="Hull")
    assert f"{_reference(first)}, struck for {_reference(between)}, and stands after all." in said
    assert f"{_reference(between)}, struck: {_reference(last)} took its place." in said


async def test_the_last_posts_are_offered_to_whom_they_belong(chat: Chat) -> None:
    await _follow(chat)
    await _says(chat, LEVEL)

    async def offered(by: User, typed: str) -> list[object]:
        found = await chat.sandbox.autocomplete(by, chat.channel, "alerts why", "reference", typed)
        return [(choice.name, choice.value) for choice in found]

    (message,) = chat.channel.messages
    reference = _reference(message)
    label = f"{reference}, 02:40: alert, Kingston upon Hull"
    assert await offered(chat.admin, "hull") == [(label, reference)]
    assert await offered(chat.admin, "leeds") == await offered(chat.reader, "") == []


async def test_a_summary_is_told_for_what_it_is(chat: Chat) -> None:
    await _follow(chat, "summary")
    alerts = chat.house.services.alerts
    assert alerts is not None
    await alerts.post_summary(NIGHT, [Card("The night")], "every council has declared")
    await _drained(chat)
    (message,) = chat.channel.messages
    assert "It is the summary of the night" in await _why(chat, reference=_reference(message))
    assert "Follows the summary" in await _why(chat, council="Hull")


async def test_who_follows_later_is_told_both_times(chat: Chat) -> None:
    await _follow(chat)
    said = await _why(chat, council="Hull")
    assert "Followed since <t:" in said
    assert "after it was claimed at <t:" in said
    assert "`/night changes` shows it." in said


async def test_a_topic_that_does_not_match_is_named(chat: Chat) -> None:
    await _follow(chat, "party", which="Green")
    await _follow(chat, "nation", which="Wales")
    await _says(chat, LEVEL)
    said = await _why(chat, council="Hull")
    assert (
        "Follows gains and losses of the Greens, and changes of hands in Wales: this result "
        "does not match." in said
    )
    assert "Nothing followed here matches it." in said


async def test_a_hold_is_told_to_those_who_follow_the_council(chat: Chat) -> None:
    await _follow(chat)
    held = replace(LEVEL, sitting=None, revision=4, winner=None, gain_or_hold=GainOrHold.NO_CHANGE)
    await _says(chat, held)
    said = await _why(chat, council="Hull")
    assert "Kingston upon Hull stays under no overall control" in said
    assert "Below your level: it was not posted here." in said


async def test_a_refusal_and_a_pause_are_told_with_the_reason(chat: Chat) -> None:
    await _follow(chat)
    chat.channel.set_permissions(chat.sandbox.bot, deny=Permission.SEND_MESSAGES)
    await _says(chat, LEVEL)
    said = await _why(chat, council="Hull")
    assert "Paused since <t:" in said
    assert "Alert of version 2" in said
    assert "waits until the place is taken up again, EN-" in said
    assert said.count("Give it the permissions Send Messages") == 1


async def test_a_claim_that_flaps_says_until_when_it_waits(chat: Chat) -> None:
    await _follow(chat)
    await _says(chat, LEVEL, replace(HULL, revision=3))
    said = await _why(chat, council="Hull")
    still = _night(chat) + int(DEBOUNCE.total_seconds())
    assert f"told the last one if it stays as it is until <t:{still}:t>." in said
    assert "Version 3 waits until the result settles." in said
    await _wait(chat, DEBOUNCE)
    await _drained(chat)
    said = await _why(chat, council="Hull")
    assert "again and again" not in said
    assert "Correction of version 3" in said


async def _wait(chat: Chat, span: timedelta) -> None:
    clock = chat.house.services.clock
    assert isinstance(clock, SteppedClock)
    await clock.move_to(clock.now() + span)


async def test_what_ends_as_it_was_told_is_told_no_more(chat: Chat) -> None:
    await _follow(chat)
    await _says(chat, LEVEL, replace(HULL, revision=3), replace(LEVEL, revision=4))
    await _wait(chat, DEBOUNCE)
    await _drained(chat)
    said = await _why(chat, council="Hull")
    assert "Version 4 says what was told here last: nothing more to say." in said
    assert len(chat.channel.messages) == 1


async def test_what_is_under_way_says_so(chat: Chat) -> None:
    await _follow(chat)
    under_way = chat.sandbox.faults.hold("POST", "/channels/*/messages")
    filed = await chat.house.ingest.file(fetch(document(LEVEL)))
    assert len(filed.claims) == 1
    await under_way.reached.wait()
    waiting = await _why(chat, council="Hull")
    assert "Alert of version 2" in waiting
    assert "on its way, and Discord has not answered yet, EN-" in waiting
    under_way.release()
    await _drained(chat)
    assert "[sent](" in await _why(chat, council="Hull")


@pytest.mark.parametrize(
    ("council", "sentence"),
    [
        ("Sunderland", "It has not declared, so there is nothing to post yet."),
        ("Cornwall", "Cornwall does not vote on 5 May 2022"),
        ("Crawley", "A result is held for checks, and nobody is told of it before that"),
    ],
)
async def test_councils_without_a_claim(chat: Chat, council: str, sentence: str) -> None:
    await _follow(chat)
    said = await _why(chat, council=council)
    assert sentence in said
    assert "Version 1" not in said
    assert "Labour gain" not in said
    assert "Labour 18" not in said
    assert "Follows every change of hands and first election." in said


async def test_other_servers_and_people_are_not_told_of(chat: Chat) -> None:
    await _follow(chat)
    await _says(chat, LEVEL)
    (message,) = chat.channel.messages
    rival = chat.sandbox.add_guild("Rival")
    there = rival.add_channel("talk")
    for asker, at in ((rival.owner, there), (chat.reader, chat.channel)):
        said = words(await chat.ask("alerts why", asker, at, council="Hull"))
        assert "Nothing is followed here yet." in said
        assert str(chat.channel.id) not in said
        refused = words(await chat.ask("alerts why", asker, at, reference=_reference(message)))
        assert f"No post “{_reference(message)}” here." in refused


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "Choose a council, or give the reference"),
        ({"reference": "EN-!"}, "No post “EN-!” here."),
        ({"reference": "EN-00000000"}, "No post “EN-00000000” here."),
        ({"council": "Huul"}, "Did you mean Kingston upon Hull?"),
    ],
)
async def test_what_cannot_be_answered_says_why(
    chat: Chat, asked: dict[str, str], sentence: str
) -> None:
    assert sentence in await _why(chat, **asked)


async def test_what_was_completed_is_told_and_the_answers_follow(chat: Chat) -> None:
    """Nobody knows at first who controlled Wessex; the wire's second revision says it."""
    eve = council_nominations("", {"Lab": 28, "LD": 27, "Vac": 2}, "Wessex")
    opened = replace(HULL, council=WireCouncil("Wessex"), sitting=None, sitting_given=False)
    unknown = "Lib Dems control Wessex; who controlled it before is not known"
    await _follow(chat)
    await chat.house.ingest.file(fetch(document(eve)))
    await _says(chat, opened)
    (message,) = chat.channel.messages
    assert message.embeds[0]["title"] == unknown
    assert unknown in words(await chat.ask("council", name="Wessex"))
    known = words(await chat.ask("council", name="Wessex", show="how"))
    assert "Previously: No source says who controlled it before." in known
    summary = words(await chat.ask("night summary"))
    assert "Who controlled it before is not known (1)" in summary
    listed = await chat.ask("night changes", kind="unknown")
    assert f"{unknown}, 29 of 57" in words(listed)
    assert "Wessex" not in words(await chat.ask("night changes"))
    await _says(chat, replace(HULL, council=WireCouncil("Wessex"), revision=2))
    (message,) = chat.channel.messages
    assert message.embeds[0]["title"] == "Lib Dems gain Wessex from Labour"
    said = await _why(chat, council="Wessex")
    assert f"{unknown}, from PA, revision 1." in said
    assert "Version 2 completes what was told here: its message is edited." in said
    assert "struck" not in said
    assert "Wessex" in words(await chat.ask("night changes"))
