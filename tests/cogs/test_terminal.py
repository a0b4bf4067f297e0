"""The same answers at the terminal, without Discord."""

from __future__ import annotations

import pytest

from bot.chat.questions import CannotAnswer
from bot.chat.terminal import answer_at_terminal
from tests.cogs.chat import House


@pytest.mark.parametrize(
    "text",
    [
        "/council Hull",
        "council hull",
        "/council name:Hull night:2022-05-05",
        '/council "Kingston upon Hull"',
        "/council Kingston upon Hull night:2022-05-05",
    ],
)
async def test_a_council_is_asked_for_in_any_way(house: House, text: str) -> None:
    said = await answer_at_terminal(house.services, text)
    assert said.startswith("Lib Dems gain Kingston upon Hull from Labour")
    assert "29 of 57 seats, a majority of 1" in said
    assert "Labour 27 (−3)" in said
    assert "How we know: /council name:KHL night:2022-05-05 show:how" in said
    assert "02:32" in said
    assert "<t:" not in said
    assert "**" not in said


async def test_options_are_named_and_choices_are_checked(house: House) -> None:
    said = await answer_at_terminal(
        house.services, "/night changes party:Conservatives kind:lost to no overall control"
    )
    assert "Conservatives lose Worcester" in said
    with pytest.raises(CannotAnswer, match="kind cannot be “sideways”: choose from changes of"):
        await answer_at_terminal(house.services, "/night changes kind:sideways")


async def test_every_page_is_printed(house: House) -> None:
    said = await answer_at_terminal(house.services, "/night next")
    assert "Page 1 of" in said
    assert "Page 2 of" in said
    assert "Halton" in said


async def test_suggestions_are_questions_to_ask(house: House) -> None:
    said = await answer_at_terminal(house.services, "/council Huul")
    assert "Kingston upon Hull: /council name:KHL night:2022-05-05" in said


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("/foo", "There is no command “foo”. /help lists them all."),
        ("/nigth map", "There is no command “nigth map”. Try one of these: /night map"),
        ("/nigth", "Try one of these: /night board, /night changes"),
        ("/watch foo", "Try one of these: /watch add, /watch create"),
        ("/counsel Hull", "There is no command “counsel Hull”. Try one of these: /council"),
        (
            "/night",
            "Try one of these: /night board, /night changes, /night chart, /night headline, "
            "/night latest, /night map, /night next, /night summary",
        ),
        ("", "Ask with a command, as in /council Hull. /help lists them all."),
        ("/council", "/council needs name: The council's name, or its code."),
        ("/privacy me", "/privacy takes no options: run it alone."),
        ("/help councills", "No help on “councills”. Did you mean council or Councils?"),
        ("/help **me**", "No help on “**me**”. See /help."),
        ("/alerts list", "/alerts list belongs to a chat: run it in Discord, not here."),
        ("/council Hull night:1066-10-14", "There is no election night “1066-10-14” here."),
        ("/party Labor", "Did you mean Labour?"),
        ("/party **Labor**", "No party called “**Labor**”."),
    ],
)
async def test_what_cannot_be_answered_says_why(house: House, text: str, sentence: str) -> None:
    with pytest.raises(CannotAnswer) as refused:
        await answer_at_terminal(house.services, text)
    assert sentence in str(refused.value)
