"""A night of 40 councils is prepared from files, then followed by ballots and a sheet alone.

The real command `prepare`, then the real discord.py against the sandbox and the real pollers over
HTTP. Whatever is said has to be so in the world that the files were made from.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.__main__ import main
from bot.almanac.tables import load_almanac
from bot.app import App
from bot.cli.overview import Overview
from bot.clock import LONDON, SteppedClock
from bot.election.almanac import Almanac
from bot.election.standings import CouncilStanding
from bot.settings import Settings
from bot.store.rebuild import rebuild
from simulation.demo.servers import DemoServers, message_in_words
from simulation.discord import Channel, Limits, Sandbox
from tests.feeds.site import Site, conditional, serving
from tests.prepare.pages import NIGHT, InTheSpring, page, save
from tests.support.demo_settings import at_home_in
from tests.support.sandbox import checked
from tests.support.tables import shipped
from tests.verification import forty_sources as made_up
from tests.verification.at_work import after_close
from tests.verification.forty_councils import NAMES, STRANGERS, Council, Forty, night_of_forty
from tests.verification.live_night import delivering, embeds_of, introduce_parties, settled
from tests.verification.synthetic import VACANT, majority

_EVENING = datetime(NIGHT.year, NIGHT.month, NIGHT.day, 18, tzinfo=LONDON)
_PAGE = 100
_HOURS = 6
PREDECESSORS = "Elmsea|Farrowdale"
_OURS = {"won", "of", "wins"}
"""What the made-up ballots have for their maker alone."""


@dataclass
class Lived:
    """What is left of the night, and how each council stood hour by hour."""

    night: Forty
    prepared: str
    everything: list[str]
    contests: list[str]
    summary: list[str]
    desk: list[str]
    repeated: int
    standings: Mapping[str, CouncilStanding]
    state: Mapping[str, Any]
    early: list[str] = field(default_factory=list)
    """What was declared although nothing supported it yet."""
    rebuilt: Sequence[str] = ()
    """Where the tables derived from the journal again differ."""


class _DemocracyClub:
    """Democracy Club's list of ballots, a hundred a page, by their last change."""

    def __init__(self, site: Site, ballots: Iterable[Mapping[str, Any]]) -> None:
        self.ballots = {one["ballot_paper_id"]: one for one in ballots}
        site.pages["/api/next/ballots/"] = self._answer

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        since, number = request.query.get("last_updated"), int(request.query.get("page", "1"))
        found = sorted(self.ballots.values(), key=lambda one: _moment(one["last_updated"]))
        if since:
            found = [one for one in found if _moment(one["last_updated"]) >= _moment(since)]
        shown = found[(number - 1) * _PAGE : number * _PAGE]
        more = "https://example.org/next" if number * _PAGE < len(found) else None
        return conditional(request, page([_public(one) for one in shown], more).encode())


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said)


def _public(value: Any) -> Any:
    """Return a ballot without what only its maker knows."""
    if isinstance(value, list):
        return [_public(one) for one in value]
    if isinstance(value, Mapping):
        return {key: _public(one) for key, one in value.items() if key not in _OURS}
    return value


@pytest.fixture(scope="module", params=(1, 2))
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return live_through(request.param, tmp_path_factory.mktemp("forty"))


def live_through(seed: int, folder: Path) -> Lived:
    """Prepare the night and follow it to its end."""
    night = night_of_forty(seed)
    prepared = _prepare(night, folder)
    almanac = load_almanac(prepared=folder / "nights")
    lived = asyncio.run(_followed(night, prepared, almanac, random.Random(seed), folder))
    lived.rebuilt = rebuild(folder / "night.sqlite").differences
    return lived


def _prepare(night: Forty, folder: Path) -> str:
    """Run `prepare`, name the new councils' predecessors by hand, and run it again."""
    ballots, earlier = made_up.eve(night), made_up.earlier(night)
    for kind, found in (("tonight", ballots), ("earlier", earlier)):
        for number in range(0, len(found), _PAGE):
            text = page(_public(found[number : number + _PAGE]))
            save(folder / kind / f"ballots_{number:04}.json", text)
    arguments = [
        "prepare", NIGHT.isoformat(), "--into", str(folder / "nights"),
        "--ballots", str(folder / "tonight"), "--earlier", str(folder / "earlier"),
        "--compositions", save(folder / "councillors.csv", made_up.councillors(night)),
        save(folder / "compositions.csv", made_up.compositions(night)),
        "--sheet", save(folder / "newsroom.csv", made_up.newsroom(night)),
    ]  # fmt: skip
    out = folder / "said.txt"
    with pytest.MonkeyPatch.context() as patch, out.open("w") as said:
        patch.chdir(folder)
        patch.setattr("bot.cli.prepare.load_almanac", lambda prepared: shipped())  # read once
        patch.setattr("bot.cli.prepare.RealClock", InTheSpring)
        patch.setattr("sys.stdout", said)
        first = main(arguments)
        table = folder / "nights" / str(NIGHT) / "councils.csv"
        new = re.sub(r"(?m)^(.*,true),(?=,*[^,\n]*$)", rf"\1,{PREDECESSORS}", table.read_text())
        table.write_text(new)
        assert (first, main(arguments)) == (0, 0), out.read_text()
    return out.read_text()


async def _followed(
    night: Forty, prepared: str, almanac: Almanac, rng: random.Random, folder: Path
) -> Lived:
    clock = SteppedClock(_EVENING)
    async with serving() as site, Sandbox(limits=Limits.none()) as sandbox, checked(sandbox):
        club = _DemocracyClub(site, made_up.eve(night))
        chat = DemoServers.furnished(sandbox)
        settings = at_home_in(
            chat,
            sandbox,
            Settings(
                database=folder / "night.sqlite",
                nights=folder / "nights",
                democracy_club_url=str(site.url),
                desk_sheet_urls=(f"{site.url}/sheet.csv",),
            ),
        )
        site.pages["/sheet.csv"] = made_up.desk_sheet(())
        places: dict[str, Channel] = {}
        lived = Lived(night, prepared, [], [], [], [], 0, {}, {})
        hours = _hours(club, rng)
        for hour, ballots in enumerate(hours):
            async with delivering(settings, almanac, clock, sandbox) as app:  # restarted every hour
                if not hour:
                    await _settled(app, clock)
                    await introduce_parties(STRANGERS, sandbox, chat)
                    places = await _follow(sandbox, chat)
                await clock.move_to(after_close(NIGHT, 60 * (hour + 1)))
                at = clock.now().isoformat()
                for one in ballots:
                    club.ballots[one["ballot_paper_id"]] = made_up.declared(one, at) or one
                if hour == _HOURS - 2:
                    site.pages["/sheet.csv"] = made_up.desk_sheet(_for_the_sheet(night))
                for _ in range(2):
                    await _settled(app, clock)
                lived.early += _early(app, night, club, hour)
                if hour == len(hours) - 1:
                    await clock.move_to(after_close(NIGHT, 47 * 60))
                    await app.summaries.look()
                    await app.alerts.drained()
                    reader = app.services.reader
                    lived.standings = {
                        one.name: told
                        for one in night.councils
                        if (told := reader.council(NIGHT, _code(one.name))) is not None
                    }
                    lived.state = Overview(reader, app.services.almanac, NIGHT).to_json()
        lived.everything = embeds_of(places["all"])
        lived.contests = embeds_of(places["contests"])
        lived.summary = embeds_of(places["summary"])
        lived.desk = embeds_of(chat.desk_channel)
        lived.repeated = chat.repeated()
        return lived


def _hours(club: _DemocracyClub, rng: random.Random) -> list[list[Mapping[str, Any]]]:
    """Return which ballots are declared in each hour of the night."""
    hours: list[list[Mapping[str, Any]]] = [[] for _ in range(_HOURS)]
    for one in club.ballots.values():
        hours[rng.randrange(_HOURS)].append(one)
    return hours


def _for_the_sheet(night: Forty) -> list[Council]:
    """Return the councils that only the sheet can declare, and two that the wards have too."""
    others = [one for one in night.voting if not one.in_the_sheet and one.cycle != "new"]
    return [*(one for one in night.voting if one.in_the_sheet), *others[3:5]]


def _early(app: App, night: Forty, club: _DemocracyClub, hour: int) -> list[str]:
    """Return the councils that are declared while a ballot of theirs is still open."""
    open_still = {
        council.name
        for council in night.councils
        for ballot in club.ballots.values()
        if ballot["election"]["name"] == f"{council.name} local election"
        and not (ballot["cancelled"] or ballot["replaced_by"])
        and not any(one["elected"] for one in ballot["candidacies"])
    }
    by_sheet = {one.name for one in _for_the_sheet(night)} if hour >= _HOURS - 2 else set()
    stand = {one.council.name: one for one in app.services.reader.councils(NIGHT)}
    return [
        f"{name} in hour {hour}"
        for name in open_still - by_sheet
        if (told := stand.get(_shown(name))) is not None and told.declared is not None
    ]


async def _settled(app: App, clock: SteppedClock) -> None:
    """Let five minutes pass, and deliver what has come in."""
    await clock.move_to(clock.now() + timedelta(minutes=5))
    await settled(app)


async def _follow(sandbox: Sandbox, chat: DemoServers) -> dict[str, Channel]:
    places: dict[str, Channel] = {}
    for topic, which in (("all", None), ("contests", "all"), ("summary", None)):
        places[topic] = chat.guild.add_channel(f"to-{topic}")
        options: dict[str, object] = {"topic": topic, "channel": places[topic]}
        options |= {"which": which} if which else {}
        reply = await sandbox.slash(chat.admin, places[topic], "alerts subscribe", options)
        assert not reply.failure, reply.failure
        assert "Following" in message_in_words(reply.message)
    return places


def _shown(name: str) -> str:
    return shipped().councils.resolve(name, NIGHT).name


def _code(name: str) -> str:
    return shipped().councils.resolve(name, NIGHT).code


def faults(lived: Lived) -> list[str]:
    """Return in sentences what is wrong with how the councils stand in the end."""
    found = []
    for one in lived.night.councils:
        told = lived.standings.get(one.name)
        label = f"{one.name} ({one.cycle}, {one.told})"
        changed = one.votes or one.outcome not in ("hold", "stays NOC")
        if told is None or told.declared is None:
            if changed:
                found.append(f"{label} is not declared: {told and told}")
            continue
        if not changed:
            found.append(f"{label} is declared, and nothing of it has changed")
        after, outcome = told.declared.after.holder, str(told.declared.outcome)
        seats = Counter({code: n for code, n in told.declared.now.items() if n})
        if (after, outcome) != (majority(one.now), one.outcome):
            found.append(f"{label}: {outcome} to {after}, not {one.outcome} to {majority(one.now)}")
        if seats != +Counter(one.now):
            found.append(f"{label}: {seats}, not {+Counter(one.now)}")
    return found


def told_wrongly(lived: Lived) -> list[str]:
    """Return what followers of everything heard too often, or did not hear."""
    wanted = Counter(_shown(one.name) for one in lived.night.councils if one.is_told)
    names = sorted((_shown(one.name) for one in lived.night.councils), key=len, reverse=True)
    told: Counter[str] = Counter()
    for post in lived.everything:
        title = post.partition("\n")[0]
        told[next((n for n in names if re.search(rf"\b{re.escape(n)}\b", title)), title)] += 1
    return [f"{name}: {told[name]} for {wanted[name]}" for name in {**told, **wanted}
            if told[name] != wanted[name]]  # fmt: skip


def contests_wrongly(lived: Lived) -> list[str]:
    """Return which mayors and by-elections were told otherwise than once."""
    wanted = {one.area: NAMES[one.won][0] for one in lived.night.mayors}
    found = []
    titles = [post.partition("\n")[0] for post in lived.contests]
    for area in wanted:
        told = [one for one in titles if area.partition(" and ")[0] in one and "ward" not in one]
        if len(told) != 1:
            found.append(f"{area}: {told}")
    apart = [
        (council.name, ward.name)
        for council in lived.night.councils
        for ward in council.wards
        if ward.apart and not ward.up
    ]
    for council, ward in apart:
        told = [one for one in titles if _shown(council) in one and ward in one]
        if len(told) != 1:
            found.append(f"{ward} of {council}: {told}")
    if len(titles) != len(wanted) + len(apart):
        found.append(f"{len(titles)} of {len(wanted) + len(apart)}: {titles}")
    return found


def test_every_council_is_right(lived: Lived) -> None:
    assert faults(lived) == []


def test_the_journal_gives_the_same_tables_again(lived: Lived) -> None:
    assert lived.rebuilt == ()


def test_nothing_is_claimed_before_it_is_supported(lived: Lived) -> None:
    assert lived.early == []


def test_every_change_is_told_once(lived: Lived) -> None:
    assert told_wrongly(lived) == []
    assert lived.repeated == 0


def test_mayors_and_by_elections_are_told_once(lived: Lived) -> None:
    assert contests_wrongly(lived) == []


def test_the_last_summary_is_right(lived: Lived) -> None:
    last = lived.summary[-1]
    assert any(" · final · " in one for one in lived.summary)
    assert "Mayors: 3 of 3 declared" in last
    told = re.search(r"By-elections[^:]*: (\d+) of (\d+)", last)
    assert told is not None and told[1] == told[2], last
    assert state_wrongly(lived) == []


def state_wrongly(lived: Lived) -> list[str]:
    """Return where the night's figures differ from the truth."""
    voting = lived.night.voting
    councils = lived.state["councils"]
    found = [] if councils["declared"] == councils["total"] == len(voting) else [str(councils)]
    controlled = Counter(majority(one.now) for one in voting)
    won = Counter({code: sum(one.won.get(code, 0) for one in voting) for code in NAMES})
    told = {line["party"]: line for line in lived.state["state_of_parties"]}
    if told["No overall control"]["councils"] != controlled[None]:
        found.append(f"NOC {told['No overall control']['councils']}, not {controlled[None]}")
    known = {"wire:wessex first": "Wessex First", "wire:harbour voice": "Harbour Voice"}
    for code in NAMES:
        name = known.get(code) or shipped().parties.get(code).name
        line = told.get(name, {"councils": 0, "seats_won": 0})
        if code != VACANT and (line["councils"], line["seats_won"]) != (
            controlled[code],
            won[code],
        ):
            found.append(f"{name} {line}, not {controlled[code]} and {won[code]}")
    return found
