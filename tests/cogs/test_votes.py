"""Votes, as a reader has them in chat and at the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.chat.questions import CannotAnswer
from bot.chat.terminal import answer_at_terminal
from bot.election.parties import WireParty
from bot.election.reports import Candidate, WardReport, WireCouncil
from tests.cogs.chat import DECLARED, Chat, House, almanac, buttons, menu_of, words
from tests.election.build import NIGHT
from tests.support.small_night import document, fetch, ward_report

WARDS = [seat.name for seat in almanac().nights[NIGHT].wards["ADU"]]
CLOSE = {"Lab": 401, "Con": 399, "Green": 200}


def poll(name: str, votes: Mapping[str, int], minute: int = 0) -> WardReport:
    """Return a ward of Adur, which elects one."""
    most = max(votes.values())
    return replace(
        ward_report("KHL", name, {"Lab": True}, minute=minute),
        council=WireCouncil("Adur"),
        ballot_id=f"local.adur.{name}.{NIGHT}",
        electorate=2_000,
        turnout=51.0,
        candidates=tuple(
            Candidate(f"{party} Candidate", WireParty(party), (number,), number == most)
            for party, number in votes.items()
        ),
    )


async def bring_in(house: House, *reports: WardReport) -> None:
    wards = (document(one, feed="democracy_club", at=DECLARED) for one in reports)
    await house.ingest.file(fetch(*wards, feed="democracy_club"))


async def test_a_council_opens_its_votes_and_its_closest_wards(chat: Chat) -> None:
    reports = [poll(name, {"Con": 600, "Lab": 400}) for name in WARDS[1:]]
    await bring_in(chat.house, poll(WARDS[0], CLOSE), *reports)
    reply = await chat.press(await chat.ask("council", name="Adur"), "Votes")
    said = words(reply)
    assert "Adur: Conservatives won most votes, 58.6%" in said
    assert "Top candidate per ward, all 14 wards." in said
    assert "Turnout 51.0%, electorate 28,000, 14,000 valid votes." in said
    assert "Closest: Labour by 2 votes (0.2%) over Conservatives in Buckingham" in said
    assert "A swing of" in said
    assert "Source: Democracy Club (CC BY 4.0)" in said
    closest = await chat.press(reply, "Closest wards")
    assert "Closest ward: Labour by 2 votes (0.2%)" in words(closest)
    await chat.restart()
    biggest = await chat.press(closest, "Shares of the vote")
    assert words(biggest) == said
    biggest = await chat.ask("votes", council="Adur", kind="biggest")
    assert "Biggest majority: Conservatives by 200 votes (20.0%)" in words(biggest)
    assert "Closest councils" not in buttons(biggest)
    everywhere = await chat.ask("votes")
    assert "Closest councils" in buttons(everywhere)
    assert "Wales" in menu_of(everywhere)
    whole = words(everywhere)
    assert "Votes known in 1 of" in whole
    assert "nothing is projected" in whole


async def test_a_recount_changes_what_is_told(house: House) -> None:
    reports = [poll(name, CLOSE) for name in WARDS]
    await bring_in(house, *reports)
    before = await answer_at_terminal(house.services, "/votes Adur")
    assert "Labour won most votes, 40.1%" in before
    recounted = poll(WARDS[0], {"Lab": 399, "Con": 401, "Green": 200}, minute=5)
    await bring_in(house, recounted)
    after = await answer_at_terminal(house.services, "/votes Adur")
    assert "5,612 votes" in after
    assert "5,614 votes" in before


async def test_little_is_not_shown_as_a_share(house: House) -> None:
    await bring_in(house, *(poll(name, CLOSE) for name in WARDS[:6]))
    said = await answer_at_terminal(house.services, "/votes Adur")
    assert said.startswith("Adur: votes known in 6 of 14 wards")
    assert "%" not in said.split("As of")[0]
    await bring_in(house, poll(WARDS[6], CLOSE))
    said = await answer_at_terminal(house.services, "/votes Adur")
    assert said.startswith("Adur: Labour have most votes, 40.1% in 7 of 14 wards")


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("/votes council:Hull", "Kingston upon Hull: votes not known"),
        ("/votes council:Leeds kind:closest wards", "Leeds: closest ward not known"),
        ("/votes kind:closest councils", "Closest councils: none known"),
        ("/votes nation:Wales", "Wales: votes known in 0 of 22 councils"),
        ("/votes kind:biggest majorities by share", "Biggest majority by share: "),
        ("/votes council:Kent", "Kent: no council election on 5 May 2022"),
        ("/votes Kent kind:closest wards", "Kent: no council election on 5 May 2022"),
        ("Kent", "Kent had no council election on 5 May 2022"),
        ("how many votes have been counted?", "Votes known in 0 of"),
    ],
)
async def test_what_is_not_known_is_said(house: House, asked: str, title: str) -> None:
    assert (await answer_at_terminal(house.services, asked)).startswith(title)


async def test_one_place_at_a_time(house: House) -> None:
    with pytest.raises(CannotAnswer, match="Choose one filter"):
        await answer_at_terminal(house.services, "/votes council:Hull nation:England")
