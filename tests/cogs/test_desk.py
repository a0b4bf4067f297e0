"""The desk at work in chat, and everybody else kept out of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.chat.components import button
from bot.chat.connection import Connection
from bot.chat.free_text import question_in
from bot.clock import SteppedClock
from bot.delivery.rest import Unreachable
from bot.delivery.sending import Sender
from bot.delivery.subscriptions import Destination
from bot.election.alert_kinds import Topic
from bot.election.control import NOC, Control
from bot.election.parties import WireParty
from bot.election.reports import GainOrHold, Nominations, PartyNominations, WireCouncil
from bot.election.seats import Composition
from bot.schedule.desk import DeskJob
from bot.store.desk import DeskAction, DeskRecord
from bot.store.rebuild import rebuild
from simulation.discord import Channel, Message, Permission, Refused, Reply, Role, Sandbox, User
from simulation.discord.interactions import Answer
from simulation.discord.routes import channels as sandbox_channels
from tests.cogs.chat import DECLARED, RESULTS, Chat, almanac, buttons, words
from tests.election.build import NIGHT, lines
from tests.support.small_night import document, fetch, state_of_parties, ward_report

WHY = "the returning officer said so"
HULL = RESULTS[0]


class Office:
    """The desk's server with two of its members, and an alerts channel of somebody else's."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.guild = chat.sandbox.add_guild("Newsroom")
        self.room: Channel = self.guild.add_channel("desk")
        self.role: Role = self.guild.add_role("Desk")
        self.ada, self.ben = (self._member(name, [self.role]) for name in ("ada", "ben"))
        self.passer: User = self._member("eve", [])
        chat.settings = {"desk_guild": self.guild.id, "desk_role": self.role.id}

    def _member(self, name: str, roles: list[Role]) -> User:
        user = self.chat.sandbox.add_user(name)
        self.guild.add_member(user, roles)
        return user

    async def desk(self, command: str, by: User | None = None, **options: Any) -> Reply:
        """Give a command of the desk's in its room."""
        return await self.chat.ask(f"desk {command}", by or self.ada, self.room, **options)

    async def decide(
        self, shown: Reply | Message, label: str, by: User | None = None
    ) -> Reply | Message:
        """Press a button of the queue and give the reason."""
        message = shown.message if isinstance(shown, Reply) else shown
        (custom_id,) = (
            button["custom_id"]
            for row in message.components
            for button in row["components"]
            if button["label"].startswith(label)
        )
        opened = await self.chat.sandbox.press(by or self.ada, message, custom_id)
        if opened.modal is None:
            return await self._said(opened)
        done = await self.chat.sandbox.submit_modal(by or self.ada, opened, {"why": WHY})
        return await self._said(done)

    async def say(self, command: str, by: User | None = None, **options: Any) -> Reply | Message:
        """Give a command that shows first what it would publish, and press Publish."""
        shown = await self.desk(command, by, **options)
        if "Publish" not in buttons(shown):
            return shown
        return await self._said(await self.chat.press(shown, "Publish", by or self.ada))

    async def _said(self, reply: Reply) -> Reply | Message:
        """Return what was said in private beside a message that was edited."""
        if reply.answer not in (Answer.UPDATE, Answer.DEFERRED_UPDATE):
            return reply
        await self.chat.sandbox.wait_for(lambda: reply.followups)
        return reply.followups[-1]

    async def follow(self) -> None:
        """Let the Gazette's channel follow everything."""
        subscriptions = self.chat.house.services.subscriptions
        assert subscriptions is not None
        channel = Destination(self.chat.channel.id, self.chat.guild.id)
        await subscriptions.add(channel, Topic.ALL, by=1)

    async def told(self) -> list[str]:
        """Return the titles of all that the Gazette's channel was told, oldest first."""
        alerts = self.chat.house.services.alerts
        assert alerts is not None
        await alerts.drained()
        return [embed["title"] for post in self.chat.channel.messages for embed in post.embeds]

    async def look(self) -> None:
        """Let what is newly held be posted in the desk's channel."""
        services = self.chat.house.services
        assert services.desk is not None
        await self.chat.client.wait_until_ready()
        await DeskJob(services, services.desk, self.chat.connection).look()

    async def opens_its_room(self) -> None:
        """Let the bot run with the room as the desk's channel."""
        self.chat.settings["desk_channel"] = self.room.id
        await self.chat.restart()

    async def told_in_its_room(self) -> Message:
        """Open the room and let what is held be posted there; return the one post."""
        await self.opens_its_room()
        await self.look()
        (post,) = self.room.messages
        return post

    async def told_with_its_answer_lost(self) -> None:
        """Open the room and let what is held be posted there, with no answer from Discord."""
        await self.opens_its_room()
        path = f"/channels/{self.room.id}/messages"
        self.chat.sandbox.faults.drop_answer_after_applying("POST", path)
        with pytest.raises(Unreachable):
            await self.look()

    def log(self) -> list[DeskRecord]:
        return self.chat.house.services.reader.desk_log(50)

    def refused(self) -> list[DeskRecord]:
        return [one.last for one in self.chat.house.services.reader.desk_refusals(50)]

    def control(self, name: str) -> Control | None:
        code = almanac().councils.resolve(name, NIGHT).code
        standing = self.chat.house.services.reader.council(NIGHT, code)
        assert standing is not None
        return standing.declared.after if standing.declared else None


@pytest.fixture
async def office(sandbox: Sandbox, database: Path) -> AsyncIterator[Office]:
    chat = Chat(sandbox, database)
    office = Office(chat)
    await chat.start()
    await office.follow()
    yield office
    await chat.stop()
    assert rebuild(database).differences == ()


async def test_the_queue_shows_reasons_document_and_consequence(office: Office) -> None:
    shown = await office.desk("queue")
    said = words(shown)
    assert shown.ephemeral
    assert "1 report held" in said
    assert "Crawley: result held for checks" in said
    assert "18 is more than half of the 35 filled seats" in said
    assert r"CouncilResult\_" in said
    assert "**Labour gain Crawley from no overall control**" in said
    assert "Labour 18 · Conservatives 17 · Vacant 1" in said
    assert list(buttons(shown)) == ["Confirm Crawley", "Reject Crawley"]


async def test_the_queue_names_what_no_table_knows(office: Office) -> None:
    stranger = replace(HULL.composition[2], party=WireParty("Fish *Party*"))
    fishy = replace(HULL, revision=2, composition=(*HULL.composition[:2], stranger))
    await office.chat.house.ingest.file(fetch(document(fishy)))
    turned = await office.chat.press(await office.desk("queue"), "Next page", office.ada)
    assert r"**Unknown parties**: Fish \*Party\*" in words(turned)


async def test_confirming_after_a_restart_releases_the_alert_exactly_once(office: Office) -> None:
    shown = await office.desk("queue")
    await office.chat.restart()
    done = await office.decide(shown, "Confirm")
    assert "Declared: Labour gain Crawley from no overall control." in words(done)
    assert done.ephemeral
    assert await office.told() == ["Labour gain Crawley from no overall control"]
    assert len(await office.told()) == 1
    (record,) = office.log()
    assert (record.who, record.person, record.why) == ("ada", office.ada.id, WHY)
    assert "Queue empty" in words(await office.desk("queue", office.ben))


async def test_a_reason_that_is_given_after_a_restart_counts_too(office: Office) -> None:
    shown = await office.desk("queue")
    (confirm,) = (i for label, i in buttons(shown).items() if label.startswith("Confirm"))
    opened = await office.chat.sandbox.press(office.ada, shown.message, confirm)
    await office.chat.restart()
    done = await office.chat.sandbox.submit_modal(office.ada, opened, {"why": WHY})
    assert "Labour gain Crawley" in words(done)
    assert len(office.log()) == 1


async def test_a_rejected_report_is_not_announced(office: Office) -> None:
    done = await office.decide(await office.desk("queue"), "Reject")
    assert "Crawley rejected" in words(done)
    assert await office.told() == []
    assert "Queue empty" in words(await office.desk("queue"))


async def test_two_people_confirm(office: Office) -> None:
    office.chat.settings["desk_two_person"] = True
    await office.chat.restart()
    shown = await office.desk("queue")
    first = await office.decide(shown, "Confirm")
    assert "A second member of the desk must confirm it too." in words(first)
    assert "ada; a second member must confirm" in words(await office.desk("queue"))
    refused = await office.decide(shown, "Confirm")
    assert "A second member of the desk" in refused.content
    assert await office.told() == []
    await office.decide(await office.desk("queue", office.ben), "Confirm", office.ben)
    assert await office.told() == ["Labour gain Crawley from no overall control"]
    assert [record.who for record in office.log()] == ["ben", "ada"]


async def test_a_member_without_the_role_is_refused_and_written_down(office: Office) -> None:
    for command, options in (
        ("queue", {}),
        ("log", {}),
        ("pause", {"why": WHY}),
        ("result", {"council": "SND", "control": "Lab", "seats": "Lab 75", "why": WHY}),
        ("undo", {"action": 1, "why": WHY}),
    ):
        reply = await office.desk(command, office.passer, **options)
        assert "Only the desk may do this" in reply.content
        assert reply.ephemeral
    assert office.log() == []
    assert {record.action for record in office.refused()} == {DeskAction.REFUSED}
    assert {record.person for record in office.refused()} == {office.passer.id}
    assert office.refused()[0].why == f"/desk undo in server {office.guild.id}"
    assert office.control("Sunderland") is None


async def test_who_loses_the_role_while_giving_the_reason_is_refused(office: Office) -> None:
    shown = await office.desk("queue")
    (confirm,) = (i for label, i in buttons(shown).items() if label.startswith("Confirm"))
    opened = await office.chat.sandbox.press(office.ada, shown.message, confirm)
    office.guild.add_member(office.ada, [])
    refused = await office.chat.sandbox.submit_modal(office.ada, opened, {"why": WHY})
    assert "Only the desk may do this" in refused.content
    assert office.control("Crawley") is None


async def _decide_buttons(office: Office, channel: Channel) -> Message:
    """Let the bot post the desk's buttons where they do not belong."""
    held = office.chat.house.services.reader.held(NIGHT)[0].held.report_id
    view = discord.ui.View(timeout=None)
    for action in ("confirm", "reject"):
        view.add_item(button(action.capitalize(), f"desk:{action}:{held}"))
    await office.chat.client.get_partial_messageable(channel.id).send("?", view=view)
    return channel.messages[-1]


async def test_another_servers_admin_is_refused_whatever_their_role_is_called(
    office: Office,
) -> None:
    admin = office.chat.admin
    namesake = office.chat.guild.add_role("Desk", permissions=Permission.ADMINISTRATOR)
    office.chat.guild.add_member(admin, [namesake])
    namesake.id = office.role.id  # what no Discord would do: even the same id is of no use
    with pytest.raises(Refused):
        await office.chat.ask("desk pause", admin, why=WHY)
    message = await _decide_buttons(office, office.chat.channel)
    refused = await office.decide(message, "Confirm", admin)
    assert "Only the desk may do this" in refused.content
    (record,) = office.refused()
    assert record.action is DeskAction.REFUSED
    assert record.why.endswith(f"in server {office.chat.guild.id}")
    assert office.control("Crawley") is None


async def test_in_direct_messages_the_desk_is_refused_too(office: Office) -> None:
    direct = office.chat.sandbox.direct_channel(office.ada)
    with pytest.raises(Refused):
        await office.chat.ask("desk pause", office.ada, direct, why=WHY)
    message = await _decide_buttons(office, direct)
    refused = await office.decide(message, "Reject")
    assert "Only the desk may do this" in refused.content
    assert office.refused()[0].why.endswith("in a direct message")
    assert len(office.chat.house.services.reader.held(NIGHT)) == 1


async def test_a_result_of_the_desk_is_announced_and_undone_by_its_number(office: Office) -> None:
    done = await office.say(
        "result",
        council="Sunderland",
        control="Lab",
        seats="Lab 42; Con 18, Lib Dems 15",
        why=WHY,
    )
    assert words(done).startswith("Result published: Sunderland")
    assert "Declared: Labour hold Sunderland." in words(done)
    (record,) = office.log()
    assert f"/desk undo action:{record.id}" in words(done)
    undone = await office.say("undo", office.ben, action=record.id, why="misheard")
    assert "Withdrawn: Sunderland has not declared." in words(undone)
    assert office.control("Sunderland") is None
    again = await office.say("undo", action=record.id, why="again")
    assert "is undone already" in again.content


async def test_a_correction_strikes_what_was_said_and_a_later_contradiction_waits(
    office: Office,
) -> None:
    await office.chat.house.ingest.file(fetch(document(replace(HULL, revision=2))))
    await office.say("retract", council="Hull", why=WHY)
    await office.say("result", council="Hull", control="LD", seats="LD 29, Lab 28", why=WHY)
    first = "Lib Dems gain Kingston upon Hull from Labour"
    assert await office.told() == [first]
    corrected = await office.say(
        "correct", council="Hull", control="NOC", seats="LD 28, Lab 28, Ind 1", why=WHY
    )
    assert "Corrected: Labour lose Kingston upon Hull to no overall control." in words(corrected)
    assert await office.told() == [
        f"WITHDRAWN: ~~{first}~~",
        "CORRECTION: Labour lose Kingston upon Hull to no overall control",
    ]
    late = document(replace(HULL, revision=3), at=office.chat.house.services.clock.now())
    later = replace(late, received_at=late.received_at.replace(hour=3))
    await office.chat.house.ingest.file(fetch(later))
    assert office.control("Hull") == NOC
    assert "it contradicts the desk's word of 02:40" in words(await office.desk("queue"))
    await office.say("retract", council="Hull", why=WHY)
    assert (await office.told())[-1].startswith("RETRACTION: the result reported for Kingston")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"seats": "LD"}, "“LD” is no party with its seats"),
        ({"seats": "LD 29, Lab 27, LD 1"}, "Liberal Democrat is named twice"),
        ({"seats": "Labor 75"}, "No party called “Labor”. Did you mean Labour?"),
        ({"seats": "Lab 9999"}, "Those seats cannot be"),
        ({"seats": "Vacant 75"}, "That gives nobody a seat"),
        ({"seats": "Lab 37, Con 38"}, "Those seats give Conservative, not Labour"),
        ({"council": "Sundarlend"}, "No council called “Sundarlend”. Did you mean Sunderland?"),
        ({"control": "Labor"}, "Did you mean Labour?"),
        ({"seats": None}, "say them with the option `seats`"),
    ],
)
async def test_what_cannot_be_said_is_explained(
    office: Office, given: dict[str, str | None], sentence: str
) -> None:
    options = {"council": "SND", "control": "Lab", "seats": "Lab 75", "why": WHY} | given
    reply = await office.say(
        "result", **{name: value for name, value in options.items() if value is not None}
    )
    assert sentence in reply.content
    assert office.log() == []


async def test_a_pause_holds_everything_back_and_loses_nothing(office: Office) -> None:
    await office.say("result", council="SND", control="LD", seats="LD 40, Lab 35", why=WHY)
    gained = "Lib Dems gain Sunderland from Labour"
    assert await office.told() == [gained]
    paused = await office.desk("pause", why="the wire is wrong")
    assert "Alerts paused" in words(paused)
    assert "Alerts paused" in words(await office.desk("queue"))
    listed = await office.chat.ask("alerts list", office.chat.admin)
    assert "Alerts paused" in words(listed)
    await office.say("correct", council="SND", control="Lab", seats="Lab 75", why=WHY)
    await office.decide(await office.desk("queue"), "Confirm")
    await office.chat.restart()
    assert await office.told() == [gained]
    await office.desk("resume", office.ben, why="it was not")
    titles = await office.told()
    assert titles[0] == f"WITHDRAWN: ~~{gained}~~"
    assert sorted(titles[1:]) == [
        "CORRECTION: Labour hold Sunderland",
        "Labour gain Crawley from no overall control",
    ]


async def test_a_note_is_on_the_councils_card_and_in_no_total(office: Office) -> None:
    summary = words(await office.chat.ask("night summary"))
    done = await office.desk(
        "note",
        council="Rutland",
        text="Five councillors have left the Conservatives.",
        control="NOC",
        seats="Con 13, Ind 11, LD 2, Green 1",
    )
    assert "Note added: Rutland" in words(done)
    card = words(await office.chat.ask("council", name="Rutland"))
    assert "Five councillors have left the Conservatives." in card
    assert "no overall control" in card
    assert "Independents and others 11" in card
    other = words(await office.chat.ask("council", name="Hull"))
    assert "Five councillors" not in other
    after = words(await office.chat.ask("night summary"))
    told = [line for line in after.splitlines() if line not in summary.splitlines()]
    assert [line.split(":")[0] for line in told] == [
        "Also (not counted in totals)",
        "**Rutland** <t",
    ]


async def test_a_difference_is_explained_before_the_night_is_final(office: Office) -> None:
    services = office.chat.house.services
    assert services.unreconciled(NIGHT) == ()
    await office.chat.house.ingest.file(fetch(document(state_of_parties(3))))
    found = services.unreconciled(NIGHT)
    assert any(sentence.startswith("Labour: ") for sentence in found)
    queue = await office.desk("queue")
    turned = await office.chat.press(queue, "Next page", office.ada)
    assert "(`/desk explain`)" in words(turned)
    back = await office.chat.press(turned, "Previous page", office.ada)
    assert "Crawley: result held for checks" in words(back)
    (first, *_) = await office.chat.sandbox.autocomplete(
        office.ada, office.room, "desk explain", "difference", ""
    )
    await office.desk("explain", difference=first.value, why="the wire lags")
    assert services.unreconciled(NIGHT) == found[1:]
    await office.desk("explain", why="all of it")
    assert services.is_reconciled(NIGHT)
    refused = await office.desk("explain", why="again")
    assert "agrees with PA" in refused.content


async def test_the_log_and_its_numbers(office: Office) -> None:
    assert "No actions yet." in words(await office.desk("log"))
    await office.desk("pause", why="*stop*")
    await office.desk("note", council="Hull", text="The leader concedes.")
    said = words(await office.desk("log"))
    assert r"ada · pause: \*stop\*" in said
    assert "note, Kingston upon Hull: The leader concedes." in said
    (offered,) = await office.chat.sandbox.autocomplete(
        office.ada, office.room, "desk undo", "action", ""
    )
    assert "The leader concedes." in offered.name
    strangers = await office.chat.sandbox.autocomplete(
        office.passer, office.room, "desk undo", "action", ""
    )
    assert strangers == []


async def test_refusals_do_not_push_the_desks_actions_out_of_its_log(office: Office) -> None:
    await office.desk("pause", why="*stop*")
    clock = office.chat.house.services.clock
    assert isinstance(clock, SteppedClock)
    for _ in range(3):
        await office.desk("queue", office.passer)
        await office.desk("queue", office.passer)
        await clock.move_to(clock.now() + timedelta(minutes=1))
    await office.desk("log", office.passer)
    said = words(await office.desk("log"))
    assert r"ada · pause: \*stop\*" in said
    assert f"eve · refused: /desk queue in server {office.guild.id}, 3 times" in said
    assert said.count("eve · refused") == 2


async def test_councils_and_controls_are_offered(office: Office) -> None:
    async def offered(option: str, typed: str) -> list[object]:
        found = await office.chat.sandbox.autocomplete(
            office.ada, office.room, "desk result", option, typed
        )
        return [choice.value for choice in found]

    assert (await offered("council", "hull"))[0] == "KHL"
    assert (await offered("control", "no over"))[0] == "NOC"
    assert await offered("control", "plaid") == ["PC"]


async def test_the_desks_channel_is_told_of_what_is_held_once(office: Office) -> None:
    post = await office.told_in_its_room()
    assert post.embeds[0]["title"] == "Crawley: result held for checks"
    await office.look()
    await office.chat.restart()
    await office.look()
    assert len(office.room.messages) == 1
    await office.decide(post, "Confirm", office.ben)
    assert await office.told() == ["Labour gain Crawley from no overall control"]


async def test_the_buttons_of_a_held_report_vanish_everywhere_once_it_is_decided(
    office: Office,
) -> None:
    post = await office.told_in_its_room()
    own, stale = await office.desk("queue"), await office.desk("queue", office.ben)
    await office.decide(own, "Confirm")
    assert buttons(own) == {}
    again = await office.decide(stale, "Confirm", office.ben)
    assert "Already decided." in again.content
    assert buttons(stale) == {}
    await office.chat.restart()  # what was decided before is shown after it too
    await office.look()
    assert post.components == []
    assert post.embeds[0]["title"] == "Crawley confirmed"
    assert WHY in post.embeds[0]["description"]
    assert len(await office.told()) == 1


@pytest.mark.parametrize("how", ["reject", "the desk's word", "a later report"])
async def test_a_notice_ends_however_its_report_is_settled(office: Office, how: str) -> None:
    post = await office.told_in_its_room()
    if how == "reject":
        await office.decide(post, "Reject")
        assert post.components == []  # at once, before the next look
    elif how == "the desk's word":
        seats = "Lab 19, Con 17"
        await office.say("result", council="Crawley", control="Lab", seats=seats, why=WHY)
    else:
        clear = replace(
            RESULTS[3],
            revision=2,
            composition=lines({"Lab": 19, "Con": 17}),
            changes=lines({"Lab": 2}),
        )
        await office.chat.house.ingest.file(fetch(document(clear)))
    still = office.chat.house.services.reader.held(NIGHT)
    await office.look()
    assert bool(post.components) is bool(still)
    if not still:
        assert "Crawley" in post.embeds[0]["title"]
        assert "held" not in post.embeds[0]["title"].replace("no longer held", "")


async def test_undoing_a_decision_brings_the_buttons_back(office: Office) -> None:
    post = await office.told_in_its_room()
    await office.decide(post, "Reject")
    await office.look()
    assert post.embeds[0]["title"] == "Crawley rejected"
    (record,) = office.log()
    await office.say("undo", action=record.id, why="too early")
    await office.look()
    assert post.embeds[0]["title"] == "Crawley: result held for checks"
    await office.decide(post, "Confirm")
    assert await office.told() == ["Labour gain Crawley from no overall control"]


async def test_a_notice_that_was_deleted_keeps_no_other_waiting(office: Office) -> None:
    post = await office.told_in_its_room()
    office.room.messages.remove(post)
    await office.decide(await office.desk("queue"), "Reject")
    await office.look()
    assert office.chat.house.services.reader.desk_messages_behind() == []


async def test_nothing_of_the_desks_word_is_published_before_it_was_seen(office: Office) -> None:
    options = {"council": "SND", "control": "LD", "seats": "LD 40, Lab 35", "why": "*sure*"}
    shown = await office.desk("result", **options)
    assert shown.ephemeral
    said = words(shown)
    assert said.startswith("Publish this result: Sunderland?")
    assert "Not published yet." in said
    assert "Declared: Lib Dems gain Sunderland from Labour." in said
    assert office.control("Sunderland") is None
    assert (office.log(), await office.told()) == ([], [])
    await office.chat.press(shown, "Cancel", office.ada)
    assert "Nothing was published." in words(shown)
    assert (office.log(), await office.told()) == ([], [])
    shown = await office.desk("result", **options)
    await office.chat.restart()
    await office.chat.press(shown, "Publish", office.ada)
    assert buttons(shown) == {}
    assert await office.told() == ["Lib Dems gain Sunderland from Labour"]
    (record,) = office.log()
    assert (record.why, record.seats) == ("*sure*", Composition({"LD": 40, "Lab": 35}))


async def test_a_correction_a_withdrawal_and_an_undo_are_seen_before_they_are_published(
    office: Office,
) -> None:
    shown = await office.desk(
        "correct", council="Hull", control="NOC", seats="LD 28, Lab 28, Ind 1", why=WHY
    )
    assert "Corrected: Labour lose Kingston upon Hull to no overall control." in words(shown)
    shown = await office.desk("retract", council="Hull", why=WHY)
    assert "Withdrawn: Kingston upon Hull has not declared." in words(shown)
    assert office.control("Hull") == Control("LD")
    await office.say("retract", council="Hull", why=WHY)
    (record,) = office.log()
    shown = await office.desk("undo", action=record.id, why=WHY)
    assert "Undo: action" in words(shown)
    assert office.control("Hull") is None
    assert len(office.log()) == 1


async def test_what_a_preview_says_is_judged_again_when_it_is_published(office: Office) -> None:
    options = {"control": "Lab", "seats": "Lab 75", "why": WHY}
    first = await office.desk("result", council="SND", **options)
    await office.say("result", council="SND", **options)
    late = await office.chat.press(first, "Publish", office.ada)
    assert "`/desk correct` changes it" in late.content
    assert len(office.log()) == 1
    shown = await office.desk("correct", council="SND", **options)
    office.guild.add_member(office.ada, [])
    refused = await office.chat.press(shown, "Publish", office.ada)
    assert "Only the desk may do this" in refused.content
    assert len(office.log()) == 1


@pytest.mark.parametrize(
    ("command", "options", "sentence"),
    [
        ("correct", {"council": "Hull", "control": "LD", "seats": "LD 50, Lab 49"}, "add up to 99"),
        ("correct", {"council": "Hull", "control": "LD", "seats": "LD 29, Lab 27"}, "Vacant 1"),
        ("result", {"council": "SND", "control": "Lab", "seats": "Lab 76"}, "Sunderland has 75"),
        ("note", {"council": "Rutland", "seats": "Con 14, Ind 14"}, "Rutland has 27"),
    ],
)
async def test_seats_that_the_council_does_not_have_are_refused(
    office: Office, command: str, options: dict[str, str], sentence: str
) -> None:
    words_of_it = {"text": "A defection."} if command == "note" else {"why": WHY}
    refused = await office.desk(command, **options, **words_of_it)
    assert sentence in refused.content
    assert office.log() == []


async def test_a_new_council_may_turn_out_another_size_and_that_is_shown_first(
    office: Office,
) -> None:
    shown = await office.desk(
        "correct", council="Cumberland", control="Lab", seats="Lab 30, Con 17", why=WHY
    )
    assert "Check this first" in words(shown)
    assert "the seats add up to 47, the council had 46 before" in words(shown)


INTRODUCED = "council not introduced"
NEW_NAMES = ("Aldermoor", "Brightwater", "Oakmere", "Zealand", "Yarrowby")


async def _hear_of_unknown_councils(office: Office, names: Sequence[str] = NEW_NAMES) -> None:
    for name in names:
        result = replace(HULL, council=replace(HULL.council, name=name))
        await office.chat.house.ingest.file(fetch(document(result)))


async def test_all_held_for_one_reason_is_confirmed_together_exactly_once(office: Office) -> None:
    await _hear_of_unknown_councils(office)
    queue = words(await office.desk("queue"))
    assert f"**5** held for one reason alone, {INTRODUCED}: `/desk confirm`" in queue
    (offered,) = await office.chat.sandbox.autocomplete(
        office.ada, office.room, "desk confirm", "reason", "intro"
    )
    assert (offered.name, offered.value) == (f"{INTRODUCED} (5)", INTRODUCED)
    shown = await office.desk("confirm", reason=INTRODUCED, why=WHY)
    assert "Confirm 5 reports held for one reason?" in words(shown)
    lines = shown.message.embeds[0]["description"].splitlines()
    assert len(lines) == 5
    assert all("Lib Dems gain" in line for line in lines)
    assert "Lib Dems 29 · Labour 27" in lines[0]
    assert office.log() == []
    await office.chat.restart()
    pressed = [
        office.chat.sandbox.press(office.ada, shown.message, "desk-together:confirm")
        for _ in range(2)
    ]
    first, second = [await office._said(one) for one in await asyncio.gather(*pressed)]
    said = sorted(words(one).splitlines()[0] for one in (first, second))
    assert said == ["5 reports confirmed", "No reports confirmed"]
    assert sorted(await office.told()) == sorted(
        f"Lib Dems gain {name} from Labour" for name in NEW_NAMES
    )
    assert [one.action for one in office.log()] == [DeskAction.CONFIRM] * 5
    assert {one.why for one in office.log()} == {WHY}


async def test_what_changed_since_the_preview_is_left_out_and_said(office: Office) -> None:
    await _hear_of_unknown_councils(office)
    shown = await office.desk("confirm", reason=INTRODUCED, why=WHY)
    later = replace(HULL, council=replace(HULL.council, name="Oakmere"), revision=2)
    await office.chat.house.ingest.file(fetch(document(later)))
    done = await office._said(await office.chat.press(shown, "Confirm all", office.ada))
    assert "4 reports confirmed" in words(done)
    assert "of several reports only one can count" in words(done)
    assert not any("Oakmere" in title for title in await office.told())


async def test_confirming_together_needs_two_people_where_that_is_asked_for(
    office: Office,
) -> None:
    office.chat.settings["desk_two_person"] = True
    await office.chat.restart()
    await _hear_of_unknown_councils(office)
    for by, title in ((office.ada, "proposed"), (office.ada, "No report"), (office.ben, "5 rep")):
        shown = await office.desk("confirm", by, reason=INTRODUCED, why=WHY)
        done = await office._said(await office.chat.press(shown, "Confirm all", by))
        assert title in words(done).splitlines()[0]
    assert len(await office.told()) == 5


async def test_who_loses_the_role_confirms_nothing_together(office: Office) -> None:
    await _hear_of_unknown_councils(office)
    shown = await office.desk("confirm", reason=INTRODUCED, why=WHY)
    office.guild.add_member(office.ada, [])
    refused = await office.chat.press(shown, "Confirm all", office.ada)
    assert "Only the desk may do this" in refused.content
    assert office.log() == []


async def test_a_preview_shows_no_more_than_a_message_can(office: Office) -> None:
    names = [f"{first}{second}moor" for first in ("Qua", "Vix", "Jub") for second in "bcdfghklmn"]
    await _hear_of_unknown_councils(office, names)
    shown = await office.desk("confirm", reason=INTRODUCED, why=WHY)
    assert len(shown.message.embeds[0]["description"].splitlines()) == 20
    assert "10 reports more: run the command again after these." in words(shown)
    cancelled = await office.chat.press(shown, "Cancel", office.ada)
    assert "Nothing was confirmed" in words(cancelled)
    none = await office.desk("confirm", reason="no seats", why=WHY)
    assert "Nothing is held for “no seats” alone" in none.content


async def test_the_desk_s_channel_says_that_many_wait_for_the_same(office: Office) -> None:
    await _hear_of_unknown_councils(office)
    await office.opens_its_room()
    await office.look()
    first, second = office.room.messages
    assert "Several held for the same reason" in words(first)
    assert "`/desk confirm`" in words(second)


async def test_a_council_that_does_not_vote_is_looked_at_twice(office: Office) -> None:
    options = {"control": "Lab", "seats": "Lab 54", "before": "Lab", "why": WHY}
    shown = await office.desk("result", council="Leicester", **options)
    assert "Check this first" in words(shown)
    assert "/desk note says how it stands" in words(shown)


async def test_a_council_of_which_nothing_is_known_is_declared(office: Office) -> None:
    options = {"control": "LD", "seats": "LD 30, Lab 20", "before": "NOC", "why": WHY}
    shown = await office.desk("result", council="  Newshire on-Wold ", **options)
    assert "no source has a council named Newshire on-Wold" in words(shown)
    await office.chat.restart()
    await office.chat.press(shown, "Publish", office.ada)
    assert await office.told() == ["Lib Dems gain Newshire on-Wold from no overall control"]
    (record,) = office.log()
    assert (record.control, record.before) == ("LD", "NOC")
    assert "before no overall control" in words(await office.desk("log"))
    again = await office.desk("result", council="newshire on wold", **options)
    assert "`/desk correct` changes it" in again.content


@pytest.mark.parametrize("name", ["Hul", "Kingston upon Hul", "Sunderlnd", "-", "Xy"])
async def test_a_misspelt_name_makes_no_second_council(office: Office, name: str) -> None:
    options = {"control": "LD", "seats": "LD 30, Lab 20", "before": "NOC", "why": WHY}
    refused = await office.desk("result", council=name, **options)
    assert "No council called" in refused.content
    await office.say("result", council="Aldermoor", **options)
    refused = await office.desk("result", council="Aldermor Council", **options)
    assert "Did you mean Aldermoor? If it is another council" in refused.content
    assert len(office.log()) == 1


async def test_a_post_to_the_desk_that_was_not_written_down_is_not_made_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.opens_its_room()

    async def killed(self: Sender, *_: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as broken, pytest.raises(asyncio.CancelledError):
        broken.setattr(Sender, "record", killed)
        await office.look()
    # Even where what it tells is decided before it is known to stand there.
    await office.decide(await office.desk("queue"), "Reject")
    await office.look()
    (post,) = office.room.messages
    assert office.chat.house.services.reader.untold(NIGHT, 1) == []
    await office.look()
    assert post.embeds[0]["title"] == "Crawley rejected"


async def test_a_post_to_the_desk_is_looked_for_where_its_nonce_may_be_forgotten(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox_channels, "NONCE_SECONDS", 0.0)
    await office.told_with_its_answer_lost()
    await office.chat.restart()
    await office.look()
    assert len(office.room.messages) == 1
    assert office.chat.house.services.reader.untold(NIGHT, 1) == []


async def test_a_post_to_the_desk_waits_while_the_gateway_has_not_told_of_its_channel(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new client knows no channel at first: what is in flight may stand there all the same."""
    await office.told_with_its_answer_lost()
    with monkeypatch.context() as new:
        new.setattr(Connection, "get_channel", lambda *_: None)
        await office.look()
    await office.look()
    assert len(office.room.messages) == 1
    assert office.chat.house.services.reader.untold(NIGHT, 1) == []


@pytest.mark.parametrize(("status", "code"), [(404, 10008), (403, 50001), (403, 40333)])
async def test_one_refusal_ends_no_edit_at_the_desk(office: Office, status: int, code: int) -> None:
    post = await office.told_in_its_room()
    path = f"/channels/{office.room.id}/messages/*"
    refusal = {"message": "No", "code": code}
    office.chat.sandbox.faults.answer("PATCH", path, status, refusal, times=2)
    await office.decide(await office.desk("queue"), "Reject")
    for _ in range(2):
        with contextlib.suppress(Unreachable):
            await office.look()
    await office.look()
    assert post.embeds[0]["title"] == "Crawley rejected"
    assert post.components == []


async def test_a_council_that_its_wards_leave_open_is_told_to_the_desk_once_and_so_is_its_end(
    office: Office,
) -> None:
    await office.opens_its_room()
    await office.look()
    already = len(office.room.messages)
    wessex = WireCouncil("Wessex")
    held = {"Lab": 3, "Con": 6, "Ind": 1}
    named = tuple(PartyNominations(WireParty(one), n, n, 0, 9) for one, n in held.items())
    winners = ["Harbour Watch"] * 6 + ["Lab"] * 4
    told = [
        replace(ward_report("KHL", f"Ward {n}", {winner: True, "Green": False}), council=wessex)
        for n, winner in enumerate(winners)
    ]
    ingest = office.chat.house.ingest
    await ingest.file(fetch(document(Nominations(NIGHT, wessex, named))))
    await ingest.file(fetch(*(document(ward, feed="dc") for ward in told), feed="dc"))
    for _ in range(2):
        await office.look()
        (post,) = office.room.messages[already:]
    assert post.embeds[0]["title"] == "Wessex awaits a decision"
    assert "do not know Harbour Watch" in post.embeds[0]["description"]
    await office.chat.restart()
    await office.look()
    await office.say("name", name="Harbour Watch", party="LD", why=WHY)
    await office.look()
    assert office.room.messages[already:] == [post]
    assert post.embeds[0]["title"] == "Wessex: decision no longer needed"
    assert "Lib Dems gain Wessex from Conservatives" in post.embeds[0]["description"]
    (action, *_) = office.log()
    await office.say("undo", action=action.id, why=WHY)
    await office.look()
    assert office.room.messages[already:] == [post]
    assert post.embeds[0]["title"] == "Wessex awaits a decision"


async def test_a_council_still_counting_and_one_that_has_declared_ask_nothing_of_the_desk(
    office: Office,
) -> None:
    await office.opens_its_room()
    await office.look()
    titles = [embed["title"] for post in office.room.messages for embed in post.embeds]
    assert [title for title in titles if "the desk is asked" in title] == []


async def test_a_channel_of_another_server_is_not_the_desks(office: Office) -> None:
    office.chat.settings["desk_channel"] = office.chat.channel.id
    await office.chat.restart()
    await office.look()
    assert office.chat.channel.messages == []


async def test_without_a_desk_there_are_no_commands_of_it(chat: Chat) -> None:
    with pytest.raises(Refused):
        await chat.ask("desk queue", chat.admin)


async def test_a_desk_server_that_the_bot_is_not_in_is_said_and_nothing_else_suffers(
    sandbox: Sandbox, database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chat = Chat(sandbox, database)
    chat.settings = {"desk_guild": 4711, "desk_role": 4712}
    await chat.start()
    assert "The desk's commands cannot be made" in caplog.text
    assert "Kingston upon Hull" in words(await chat.ask("council", name="Hull"))
    await chat.stop()


def test_the_council_of_the_tables_is_there() -> None:
    assert almanac().councils.find("Rutland", NIGHT).council is not None


async def test_the_desk_is_told_of_a_nights_first_report_though_nothing_of_it_is_followed(
    office: Office,
) -> None:
    await office.opens_its_room()
    later = NIGHT.replace(day=NIGHT.day + 1)
    early = replace(HULL, night=later)
    await office.chat.house.ingest.file(fetch(document(early, at=DECLARED)))
    await office.look()
    titles = [embed["title"] for post in office.room.messages for embed in post.embeds]
    assert titles == [
        "Crawley: result held for checks",
        "Kingston upon Hull: result held for checks",
    ]
    assert "2 reports held" in words(await office.desk("queue"))


async def test_whose_a_name_is_is_seen_first_said_once_and_undone(office: Office) -> None:
    await office.follow()
    stranger = WireParty("Hull *Fish* First")
    seats = (replace(HULL.composition[0], party=stranger), *HULL.composition[1:])
    fishy = replace(HULL, revision=2, winner=stranger, composition=seats)
    await office.chat.house.ingest.file(fetch(document(fishy)))
    before = await office.told()
    queue = words(await office.desk("queue"))
    assert r"our tables do not know Hull \*fish\* First" in queue
    shown = await office.desk("name", name="HULL *fish* first", why=WHY)
    assert "A party of its own" in words(shown)
    assert "Corrected: " in words(shown)
    assert await office.told() == before
    passer = await office.desk(
        "name", office.passer, name="Hull *Fish* First", party="Labour", why=WHY
    )
    assert "Publish" not in buttons(passer)
    done = await office._said(await office.chat.press(shown, "Publish", office.ada))
    assert "Party identified: “HULL" in words(done)
    (correction,) = (title for title in await office.told() if title not in before)
    assert "First gain" in correction
    (record,) = (one for one in office.log() if one.action is DeskAction.NAME)
    assert (record.named, record.why, record.who) == ("HULL *fish* first", WHY, "ada")
    assert "name, “HULL" in words(await office.desk("log"))
    undone = await office.say("undo", action=record.id, why=WHY)
    assert "Lib Dems gain" in words(undone)
    other = await office.desk("name", name="Nobody's Party", why=WHY)
    assert "No report has a party “Nobody's Party”" in words(other)


async def _named_by_the_desk(office: Office, name: str) -> None:
    """Let a party that no table knows take Hull, and the desk say that it is one of its own."""
    stranger = WireParty(name)
    seats = (replace(HULL.composition[0], party=stranger), *HULL.composition[1:])
    await office.chat.house.ingest.file(
        fetch(document(replace(HULL, revision=2, winner=stranger, composition=seats)))
    )
    await office.say("name", name=name, why=WHY)


@pytest.mark.parametrize("name", ["SOS Elmsea", "Rejoin EU", "McAdam’s Independent 2020s"])
async def test_a_party_that_only_documents_know_is_told_under_its_own_name_everywhere(
    office: Office, name: str
) -> None:
    await _named_by_the_desk(office, name)
    sentence = f"{name} gain Kingston upon Hull from Labour"
    assert await office.told() == [sentence]
    for command, options in (
        ("council", {"name": "Hull"}),
        ("night changes", {}),
        ("history", {"council": "Hull"}),
        ("alerts why", {"council": "Hull"}),
    ):
        assert name in words(await office.chat.ask(command, **options)), command
    found = question_in(f"How are {name} doing?", office.chat.house.services)
    assert found is not None and found.command == "party"
    assert name in words(await office.desk("log"))


async def test_seats_of_a_party_that_only_documents_know_are_published_as_they_were_shown(
    office: Office,
) -> None:
    await _named_by_the_desk(office, "SOS Elmsea")
    shown = await office.desk(
        "correct", council="Hull", control="NOC", seats="SOS Elmsea 28, Lab 28, Ind 1", why=WHY
    )
    await office.chat.restart()
    done = await office._said(await office.chat.press(shown, "Publish", office.ada))
    assert "Corrected: Labour lose Kingston upon Hull to no overall control." in words(done)
    assert office.log()[0].seats == Composition({"wire:sos elmsea": 28, "Lab": 28, "Ind": 1})
    back = await office.say(
        "correct", council="Hull", control="SOS Elmsea", seats="SOS Elmsea 29, Lab 28", why=WHY
    )
    assert "Corrected: SOS Elmsea gain Kingston upon Hull from Labour." in words(back)


@pytest.mark.parametrize("meanwhile", ["the desk", "a report"])
async def test_what_has_changed_since_a_preview_is_seen_before_it_is_published(
    office: Office, meanwhile: str
) -> None:
    """Ben's correction, or the wire's, is not overruled by who has not seen it."""
    shown = await office.desk(
        "correct", council="Hull", control="NOC", seats="LD 28, Lab 28, Ind 1", why=WHY
    )
    assert "Now: Lib Dems gain Kingston upon Hull from Labour: " in words(shown)
    if meanwhile == "the desk":
        seats = "LD 27, Lab 29, Ind 1"
        await office.say("correct", office.ben, council="Hull", control="Lab", seats=seats, why=WHY)
    else:
        seated = lines({"LD": 27, "Lab": 29, "Ind": 1})
        later = replace(
            HULL, revision=2, winner=HULL.sitting, composition=seated, changes=(),
            gain_or_hold=GainOrHold.NO_CHANGE, elected=lines({"LD": 8, "Lab": 11}),
        )  # fmt: skip
        await office.chat.house.ingest.file(fetch(document(later)))
    assert office.control("Hull") == Control("Lab")
    before = len(office.log())
    await office.chat.press(shown, "Publish", office.ada)
    assert "Results have changed since: check again." in words(shown)
    assert "Now: Labour hold Kingston upon Hull: " in words(shown)
    assert (office.control("Hull"), len(office.log())) == (Control("Lab"), before)
    await office.chat.press(shown, "Publish", office.ada)
    assert (office.control("Hull"), len(office.log())) == (NOC, before + 1)
    assert buttons(shown) == {}
