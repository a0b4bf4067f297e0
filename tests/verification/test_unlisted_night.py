"""A night that no table lists runs live through the whole bot: nothing is lost, nothing is denied.

The real discord.py against the sandbox, the real poller over HTTP, the shipped tables (which know
other nights), and documents in every legal form.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from bot.almanac.tables import load_almanac
from bot.app import App
from bot.chat.questions import CannotAnswer
from bot.chat.services import Services
from bot.chat.terminal import answer_at_terminal
from bot.cli.overview import Overview
from bot.clock import LONDON, SteppedClock
from bot.election.parties import VACANT
from bot.election.standings import CouncilStanding
from bot.pictures.hexmap import map_picture
from bot.settings import Settings
from bot.wording.night import NightView
from simulation.demo.servers import DemoServers, message_in_words
from simulation.discord import Channel, Limits, Sandbox
from tests.feeds.site import Site, serving
from tests.support.demo_settings import at_home_in
from tests.support.sandbox import checked
from tests.verification.at_work import after_close
from tests.verification.live_night import delivering, embeds_of, introduce_parties, settled
from tests.verification.synthetic import TrueCouncil
from tests.verification.unlisted_night import (
    COUNCILS,
    NIGHT,
    UnlistedNight,
    nation_of,
    nations,
    unlisted_night,
)

almanac = cache(load_almanac)
_NEW_PARTIES = ("Wessex First", "Save Our Station")
_EVENING = datetime(NIGHT.year, NIGHT.month, NIGHT.day, 18, tzinfo=LONDON)


@dataclass
class LivedThrough:
    """What is left of the night: the channels, what was logged, and answers of its morning."""

    night: UnlistedNight
    everything: list[str]
    places: Mapping[str, list[str]]
    mayors: list[str]
    summary: list[str]
    desk: list[str]
    answers: Mapping[str, str]
    before: Mapping[str, str]
    repeated: int
    declared: Mapping[str, str | None]
    held: list[str]
    state: Mapping[str, Any]
    regions: Mapping[str, str]
    map_page: str


class _Wire:
    """PA's folder on a site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._files: dict[str, bytes] = {}
        self._moved = 0
        self.put({})

    def put(self, files: Mapping[str, bytes]) -> None:
        self._moved += 1
        self._files.update(files)
        self._site.pages.update({f"/pa/{name}": body for name, body in files.items()})
        self._site.pages["/pa/.timestamp"] = f"1930000000.{self._moved}"
        self._site.pages["/pa/"] = "\n".join(
            f'<a href="{name}">{name}</a> 02-May-2031 02:{self._moved:02} {len(body)}'
            for name, body in self._files.items()
        )


def _region_of(name: str) -> str | None:
    found = almanac().councils.resolve(name, NIGHT)
    return found.region


QUESTIONS = (
    "/night headline",
    "/night summary",
    "/night latest",
    "/night changes",
    "/night next",
    "/contests",
    "/council Hull",
    "/council Cold Ashby",
    "/party Labour",
    "/party Wessex First",
    "/mayor Cold Ashby",
    "/watch lists",
)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> LivedThrough:
    return asyncio.run(_lived_through(tmp_path_factory.mktemp("night")))


async def _lived_through(folder: Path) -> LivedThrough:
    night = unlisted_night()
    clock = SteppedClock(_EVENING)
    async with serving() as site, Sandbox(limits=Limits.none()) as sandbox, checked(sandbox):
        wire = _Wire(site)
        chat = DemoServers.furnished(sandbox)
        settings = at_home_in(
            chat,
            sandbox,
            Settings(
                database=folder / "night.sqlite", pa_urls=(str(site.url / "pa"),), pa_interval=5
            ),
        )
        async with delivering(settings, almanac(), clock, sandbox) as app:
            await app.poll_once()
            wire.put(night.before_close)
            await settled(app)
            await introduce_parties(_NEW_PARTIES, sandbox, chat)
            places = await _follow(sandbox, chat, night)
            before = {question: await _answer(app, question) for question in QUESTIONS}
            for number, batch in enumerate((*night.batches, night.at_the_end)):
                await clock.move_to(after_close(NIGHT, 60 + 40 * number))
                wire.put(batch)
                await settled(app)
            await clock.move_to(after_close(NIGHT, 20 * 60))
            await app.summaries.look()
            await app.alerts.drained()
            await asyncio.sleep(0)
            reader = app.services.reader
            standings = reader.councils(NIGHT)
            return LivedThrough(
                night=night,
                everything=embeds_of(places.pop("everything")),
                mayors=embeds_of(places.pop("contests")),
                summary=embeds_of(places.pop("summary")),
                places={name: embeds_of(channel) for name, channel in places.items()},
                desk=embeds_of(chat.desk_channel),
                answers={question: await _answer(app, question) for question in QUESTIONS},
                before=before,
                repeated=chat.repeated(),
                declared={
                    one.council.name: one.declared.after.holder
                    for one in standings
                    if one.declared is not None
                },
                held=[one.council.name for one in standings if one.awaiting_desk],
                state=Overview(reader, app.services.almanac, NIGHT).to_json(),
                regions={one.council.name: one.council.region for one in standings},
                map_page=_map_of(standings, app.services),
            )


async def _answer(app: App, question: str) -> str:
    try:
        return await answer_at_terminal(app.services, question)
    except CannotAnswer as refusal:
        return f"Cannot answer: {refusal}"


def _map_of(standings: Sequence[CouncilStanding], services: Services) -> str:
    """Return the map's SVG."""
    told = services.almanac.told(NIGHT, services.reader.told_total(NIGHT))
    picture = map_picture(NightView(standings, told, services.clock.now()), large=True)
    assert picture is not None
    return picture.svg


async def _follow(sandbox: Sandbox, chat: DemoServers, night: UnlistedNight) -> dict[str, Channel]:
    """Follow everything, every region and nation, all contests and the summary by command."""
    regions = {r for one in night.councils if (r := _region_of(one.name))}
    wanted: dict[str, tuple[str, str | None]] = {
        "everything": ("all", None),
        "Wessex First": ("party", "Wessex First"),
        "contests": ("contests", "all"),
        "summary": ("summary", None),
    }
    wanted |= {nation: ("nation", nation) for nation in nations(night)}
    wanted |= {region: ("region", region) for region in regions if region not in wanted}
    places: dict[str, Channel] = {}
    for name, (topic, which) in wanted.items():
        places[name] = chat.guild.add_channel(re.sub(r"\W+", "-", f"to-{name}").lower())
        options: dict[str, object] = {"topic": topic, "channel": places[name]}
        if which is not None:
            options["which"] = which
        reply = await sandbox.slash(chat.admin, places[name], "alerts subscribe", options)
        assert not reply.failure, (name, reply.failure)
        assert "Following" in message_in_words(reply.message), (
            name,
            message_in_words(reply.message),
        )
    return places


def _titles(posts: Iterable[str]) -> list[str]:
    return [post.partition("\n")[0] for post in posts]


def _about(councils: Iterable[TrueCouncil], posts: list[str]) -> Counter[str]:
    """Return how many posts are about each council, the longest name in a title first."""
    names = sorted((_display(one.name) for one in councils), key=len, reverse=True)
    found: Counter[str] = Counter()
    for title in _titles(posts):
        name = next((n for n in names if re.search(rf"\b{re.escape(n)}\b", title)), None)
        found[name or title] += 1
    return found


def _display(name: str) -> str:
    return almanac().councils.resolve(name, NIGHT).name


def test_every_council_is_right(lived: LivedThrough) -> None:
    assert lived.held == []
    truth = {_display(one.name): one.winner for one in lived.night.councils}
    assert lived.declared == truth


def test_every_change_of_hands_is_told_once_and_corrections_follow(lived: LivedThrough) -> None:
    told = _about(lived.night.councils, lived.everything)
    changed = {_display(one.name) for one in lived.night.changed}
    corrected = {_display(name) for name in lived.night.corrected}
    assert changed - told.keys() == set()
    assert told.keys() - changed - corrected == set()
    more = {name: times for name, times in told.items() if times > 1}
    assert set(more) <= corrected and set(more.values()) <= {2}, more
    assert lived.repeated == 0


def test_every_region_and_nation_that_votes_can_be_followed(lived: LivedThrough) -> None:
    for place, posts in lived.places.items():
        if place == "Wessex First":
            continue
        there = {
            _display(one.name)
            for one in lived.night.changed
            if place in (_region_of(one.name), _nation_of(one.name))
        }
        heard = _about(lived.night.councils, posts).keys()
        assert there - heard == set(), place
        # An invented council is England's where the wire gives its type.
        assert all(place in (_region_of(name), nation_of(name)) for name in heard), place


def test_a_party_that_only_the_wire_names_can_be_followed_and_asked_about(
    lived: LivedThrough,
) -> None:
    theirs = [
        one
        for one in lived.night.changed
        if "wire:wessex first" in (one.winner, None if one.new else one.sitting)
    ]
    heard = _about(lived.night.councils, lived.places["Wessex First"])
    assert theirs
    assert {_display(one.name) for one in theirs} <= heard.keys()
    assert all("Wessex First" in post for post in lived.places["Wessex First"])
    assert lived.answers["/party Wessex First"].startswith("Wessex First")


def _nation_of(name: str) -> str | None:
    found: str | None = almanac().councils.resolve(name, NIGHT).nation
    return found


def test_mayors_that_only_the_wire_introduces_are_told(lived: LivedThrough) -> None:
    for mayor in lived.night.mayors:
        told = [post for post in lived.mayors if mayor.area in post.partition("\n")[0]]
        assert len(told) == 1, (mayor, told)
        assert mayor.winner in told[0]
        sentence = told[0].partition("\n")[0]
        assert sentence in lived.answers["/contests"]  # an answer tells of a gain as the alert does
        if mayor.party == mayor.sitting:
            assert sentence.endswith((" hold", "previously independent"))
        else:
            assert " gain from " in sentence or "previously " in sentence
        assert "Majority of " in told[0]


def test_the_last_summary_is_final(lived: LivedThrough) -> None:
    assert len(lived.summary) >= 1
    assert " · final · " in lived.summary[0], lived.summary[0][:600]


def test_what_is_not_followed_is_named_and_counted_and_not_denied(lived: LivedThrough) -> None:
    assert "Only councils vote" not in lived.answers["/contests"]
    counted = "Scottish Parliament (type S) (100), Senedd (type W) (80), elections (type W) (20)"
    assert f"Not followed here: {counted}" in lived.answers["/contests"]


def test_the_state_of_parties_counts_every_council_and_seat(lived: LivedThrough) -> None:
    controlled: Counter[str | None] = Counter(one.winner for one in lived.night.councils)
    won: Counter[str] = Counter()
    for one in lived.night.councils:
        won.update({party: seats for party, seats in one.won.items() if party != VACANT})
    parties = {almanac().parties.get(code).name: code for code in won}
    names = {"Wessex First": "wire:wessex first", "Save Our Station": "wire:save our station"}
    parties |= names
    told = {line["party"]: line for line in lived.state["state_of_parties"]}
    assert lived.state["councils"]["declared"] == lived.state["councils"]["total"] == COUNCILS
    assert told["No overall control"]["councils"] == controlled[None]
    for name, code in parties.items():
        assert told[name]["seats_won"] == won[code], name
        assert told[name]["councils"] == controlled[code], name


def test_the_map_leaves_no_council_out(lived: LivedThrough) -> None:
    layout = almanac().layout(NIGHT)
    elsewhere = [
        name
        for name in lived.declared
        if almanac().councils.resolve(name, NIGHT).code not in layout
    ]
    assert f"Not on the map {len(elsewhere)}" in lived.map_page
    shown = " ".join(re.findall(r">([^<>]+)<", lived.map_page))
    # A long name ends in an ellipsis where its row has no more room.
    assert [name for name in elsewhere if escape(name[:14]) not in shown] == []
    assert f"{COUNCILS} of {COUNCILS}" in shown


def test_nothing_is_answered_about_another_night(lived: LivedThrough) -> None:
    for question, answer in {**lived.before, **lived.answers}.items():
        if "history" not in question and question != "/watch lists":
            assert "5 May 2022" not in answer, (question, answer)


def test_before_the_first_result_this_night_is_meant(lived: LivedThrough) -> None:
    for question in ("/night headline", "/night latest", "/council Hull"):
        assert "2031" in lived.before[question] or "declared" in lived.before[question]


def test_the_answers_have_every_council(lived: LivedThrough) -> None:
    assert f"{COUNCILS} of {COUNCILS}" in lived.answers["/night latest"]
    assert timedelta(0) < after_close(NIGHT) - _EVENING
