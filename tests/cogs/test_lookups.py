"""Look-ups as a reader has them in chat."""

from __future__ import annotations

import pytest

from tests.cogs.chat import Chat, buttons, words
from tests.support.small_night import council_nominations, document, fetch


async def test_a_council_that_changed_hands_has_its_figures_before_and_now(chat: Chat) -> None:
    reply = await chat.ask("council", name="Hull")
    said = words(reply)
    assert reply.ephemeral
    assert "Lib Dems gain Kingston upon Hull from Labour" in said
    assert "**29 of 57** seats, a majority of 1" in said
    assert "Lib Dems 29 (+3)\nLabour 27 (−3)" in said
    assert "Source: PA" in said
    assert "last news came under a minute ago" in said


@pytest.mark.parametrize("name", ["hull city council", "KHL", "E06000010", "Kingston upon Hul"])
async def test_a_council_goes_by_many_names(chat: Chat, name: str) -> None:
    assert "gain Kingston upon Hull" in words(await chat.ask("council", name=name))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Worcester", "Conservatives lose Worcester to no overall control"),
        ("Cumberland", "First election: Labour win Cumberland"),
        ("Sunderland", "Sunderland: 2 of 25 wards declared"),
        ("Sunderland", "Labour need 8 of the 22 seats to come"),
        ("Crawley", "A report is held for checks, not counted."),
        ("Barnet", "Barnet has not declared"),
        ("Kent", "Kent had no council election on 5 May 2022"),
    ],
)
async def test_every_state_of_a_council_is_said(chat: Chat, name: str, sentence: str) -> None:
    assert sentence in words(await chat.ask("council", name=name))


async def test_a_council_whose_successor_votes_points_to_it(chat: Chat) -> None:
    reply = await chat.ask("council", name="Carlisle")
    assert "Carlisle had no council election" in words(reply)
    turned = await chat.press(reply, "Cumberland")
    assert turned.message is reply.message
    assert "Labour win Cumberland" in words(turned)


async def test_a_council_that_only_the_wire_knows_is_found_by_its_name(chat: Chat) -> None:
    nominations = council_nominations("", {"Lab": 12, "Con": 9}, "Wessex")
    await chat.house.ingest.file(fetch(document(nominations)))
    reply = await chat.ask("council", name="wessex")
    assert "Wessex has not declared" in words(reply)
    await chat.press(reply, "Follow Wessex")
    assert "1. The result in Wessex" in words(await chat.ask("alerts list"))


async def test_a_name_that_is_none_suggests_by_buttons(chat: Chat) -> None:
    reply = await chat.ask("council", name="Huul")
    assert "No council found for “Huul”" in words(reply)
    assert "gain Kingston upon Hull" in words(await chat.press(reply, "Kingston upon Hull"))


async def test_what_a_reader_types_is_shown_literally_and_mentions_nobody(chat: Chat) -> None:
    reply = await chat.ask("council", name="@everyone **[x](http://x.example)**", public=True)
    assert "@everyone" not in words(reply)
    assert "\\*\\*" in words(reply)
    assert not reply.message.pinged


async def test_an_answer_is_public_when_it_is_asked_for(chat: Chat) -> None:
    reply = await chat.ask("council", name="Hull", public=True)
    assert not reply.ephemeral
    assert chat.channel.messages == [reply.message]


async def test_autocomplete_offers_those_that_vote_first_and_sends_codes(chat: Chat) -> None:
    async def offered(typed: str) -> dict[str, object]:
        choices = await chat.sandbox.autocomplete(
            chat.reader, chat.channel, "council", "name", typed
        )
        return {choice.name: choice.value for choice in choices}

    assert (await offered("hull"))["Kingston upon Hull"] == "KHL"
    assert next(iter(await offered("Worcester"))) == "Worcester"
    assert "Worcestershire" in await offered("Worcester")
    assert len(await offered("")) == 25
    assert len(await offered("x" * 100)) <= 25


async def test_other_options_complete_too(chat: Chat) -> None:
    async def offered(command: str, option: str, typed: str) -> list[object]:
        choices = await chat.sandbox.autocomplete(chat.reader, chat.channel, command, option, typed)
        return [choice.value for choice in choices]

    assert (await offered("party", "name", "lib"))[0] == "LD"
    assert await offered("night changes", "party", "plaid") == ["PC"]
    assert await offered("council", "night", "2022") == ["2022-05-05"]
    assert await offered("night next", "night", "1999") == []


async def test_a_party_has_its_councils_seats_gains_and_losses(chat: Chat) -> None:
    said = words(await chat.ask("party", name="Conservative"))
    assert "3 of 200 councils declared" in said
    assert "Losses (1): Worcester to no overall control" in said
    assert "Conservatives lose 1 council" in said
    assert "By region: " in said
    assert "No party called “Labor”. Did you mean Labour?" in words(
        await chat.ask("party", name="Labor")
    )


async def test_how_a_party_is_known_is_behind_a_button(chat: Chat) -> None:
    reply = await chat.ask("party", name="Conservative")
    await chat.press(reply, "How we know")
    assert "How we know: Conservatives" in words(reply)
    assert "reported by " in words(reply)
    await chat.press(reply, "Back")
    assert "Conservatives lose 1 council" in words(reply)


async def test_the_changes_can_be_asked_for_by_party_and_kind(chat: Chat) -> None:
    every = words(await chat.ask("night changes"))
    assert "2 councils have changed hands, 3 of 200 declared" in every
    assert "Worcester" not in words(await chat.ask("night changes", party="LD"))
    lost = words(await chat.ask("night changes", kind="noc-loss"))
    assert "Conservatives lose Worcester to no overall control" in lost
    assert "Hull" not in lost
    first = words(await chat.ask("night changes", kind="first"))
    assert "Labour win Cumberland" in first


async def test_the_night_has_its_summary_latest_and_next(chat: Chat) -> None:
    summary = await chat.ask("night summary")
    assert "The Liberal Democrats gain Kingston upon Hull from Labour, who" in words(summary)
    assert "197 councils are still to declare" in words(summary)
    assert "Latest results: 3 of 200 councils declared" in words(await chat.ask("night latest"))
    assert "Still to declare: 197 of 200 councils" in words(await chat.ask("night next"))


async def test_another_night_is_refused_with_those_there_are(chat: Chat) -> None:
    for command, options in (("council", {"name": "Hull"}), ("night summary", {})):
        said = words(await chat.ask(command, night="1066-10-14", **options))
        assert "no election night “1066-10-14” here. Choose one of these: 2026-05-07, 2022" in said


async def test_look_ups_work_in_direct_messages_and_for_who_installed_the_bot(
    chat: Chat,
) -> None:
    direct = chat.sandbox.direct_channel(chat.reader)
    assert "gain Kingston upon Hull" in words(await chat.ask("council", at=direct, name="Hull"))
    elsewhere = chat.sandbox.add_guild("Elsewhere", bot_permissions=None)
    traveller = chat.sandbox.add_user("Tom", app_installed=True)
    elsewhere.add_member(traveller)
    reply = await chat.ask("council", traveller, elsewhere.add_channel("talk"), name="Hull")
    assert "gain Kingston upon Hull" in words(reply)
    assert list(buttons(reply)) == [
        "Follow Kingston upon Hull", "Wards", "Votes", "History", "Map", "How we know"
    ]  # fmt: skip


async def test_an_answer_is_one_request(chat: Chat) -> None:
    before = len(chat.sandbox.requests)
    for command, options in (("council", {"name": "Hull"}), ("night summary", {}), ("help", {})):
        await chat.ask(command, **options)
    made = [exchange.path for exchange in list(chat.sandbox.requests)[before:]]
    assert sum(path.endswith("/callback") for path in made) == 3
    # What else there is puts a picture into an answer that stands already.
    assert all(path.endswith(("/callback", "/messages/@original")) for path in made)


async def test_pages_turn_also_after_a_restart(chat: Chat) -> None:
    reply = await chat.ask("night next")
    first = words(reply)
    assert "Page 1 of " in first
    await chat.restart()
    second = await chat.press(reply, "Next page")
    assert second.message is reply.message
    assert "Page 2 of " in words(second)
    back = await chat.press(second, "Previous page")
    assert words(back) == first


async def test_somebody_else_who_turns_a_public_page_gets_one_of_their_own(chat: Chat) -> None:
    reply = await chat.ask("night next", public=True)
    other = await chat.press(reply, "Next page", by=chat.admin)
    assert other.message is not reply.message
    assert other.ephemeral
    assert "Page 2 of " in words(other)
    assert "Page 1 of " in words(reply)
    own = await chat.press(reply, "Next page")
    assert own.message is reply.message
    assert "Page 2 of " in words(reply)


async def test_the_headline_is_of_the_night_or_of_a_part_of_it(chat: Chat) -> None:
    whole = words(await chat.ask("night headline"))
    assert "The Liberal Democrats gain Kingston upon Hull from Labour, who had" in whole
    assert "still to declare" not in whole
    labour = words(await chat.ask("night headline", party="Labour"))
    assert "have won" in labour
    assert "Labour" in labour.splitlines()[0]
    nowhere = words(await chat.ask("night headline", nation="Wales"))
    assert "Wales: No council has declared" in nowhere
    assert "0 of 22 councils declared" in nowhere
    hull = words(await chat.ask("night summary", council="Hull"))
    assert "Lib Dems gain Kingston upon Hull from Labour" in hull
    assert "· 02:40 on" in hull
    both = words(await chat.ask("night headline", nation="Wales", party="Labour"))
    assert "Choose one filter" in both


async def test_a_council_that_is_no_more_cannot_be_followed_and_its_successors_can(
    chat: Chat,
) -> None:
    ended = await chat.ask("council", name="Berkshire")
    assert "Berkshire no longer exists" in words(ended)
    assert not [label for label in buttons(ended) if label.startswith("Follow")]
    reading = await chat.press(ended, "Reading")
    assert "Follow Reading" in buttons(reading)
    history = await chat.ask("history", council="Berkshire")
    assert not [label for label in buttons(history) if label.startswith("Follow")]
