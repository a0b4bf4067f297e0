"""Gathering what the sources that an operator names say of a night."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.clock import Clock
from bot.election.almanac import Almanac
from bot.election.councils import Council
from bot.election.reports import Nominations, Reading
from bot.election.standings import CouncilStanding
from bot.feeds.feed import FeedUnavailable
from bot.feeds.files import read_paths
from bot.feeds.folders import HttpFolder
from bot.feeds.http import PoliteClient
from bot.feeds.pa.array import JsonArray
from bot.feeds.web_document import WebDocument
from bot.prepare import compositions, sheet
from bot.prepare.ballots import known_ballots, of_the_night
from bot.prepare.documents import (
    Document,
    PrepareError,
    address_of,
    ballots_at,
    document_at,
    documents_of,
    existing,
    is_address,
)
from bot.prepare.holders import by_council, holders_of
from bot.prepare.plan import Plan, plan_of, size_told
from bot.prepare.told import Gathered, KnownBallot, Teller
from bot.prepare.votes import last_votes

LastResult = Callable[[str], CouncilStanding | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an operator names: addresses, files and folders, each as written.

    Of *earlier* each may be a polling day, whose ballots are then asked for at *site*.
    """

    ballots: Sequence[str] = ()
    earlier: Sequence[str] = ()
    compositions: Sequence[str] = ()
    sheet: Sequence[str] = ()
    wire: Sequence[str] = ()
    wire_json: Sequence[str] = ()
    site: str | None = None


@dataclass(slots=True)
class Prepared:
    """A night as it was gathered, council by council."""

    gathered: Gathered
    plans: list[Plan] = field(default_factory=list)


async def gather(
    asked: Asked,
    night: date,
    almanac: Almanac,
    clock: Clock,
    last_result: LastResult = lambda code: None,
    *,
    client: PoliteClient | None = None,
) -> Prepared:
    """Return what is known of a night; raises `PrepareError` where a source cannot be had.

    *client*, not yet open, asks at the addresses; by default one without a key.
    """
    gathered = Gathered(night)
    async with client or PoliteClient() as http:
        tonight = [
            page for said in asked.ballots for page in await _pages(said, night, http, clock)
        ]
        before = [
            page for said in asked.earlier for page in await _earlier(said, asked, http, clock)
        ]
        wire = [one for said in asked.wire for one in await _wire(said, http, clock)]
        wire += [one for said in asked.wire_json for one in await _json(said, http, clock)]
        files = [page for said in asked.compositions for page in await _documents(said, http)]
        sheets = [page for said in asked.sheet for page in await _documents(said, http)]
    ballots = known_ballots(tonight, gathered.faults, gathered.not_followed)
    earlier = known_ballots(before, gathered.faults, {})
    of_the_night(gathered, ballots.values(), almanac)
    if tonight and not (gathered.wards or gathered.other_ballots):
        gathered.faults.append(f"No ballot of {night} is in what was given with --ballots.")
    for reading in wire:
        gathered.faults += [f"{reading.name}: {fault}" for fault in reading.faults]
    nominations = (one for each in wire for one in each.reports if isinstance(one, Nominations))
    sheet.from_nominations(nominations, gathered, almanac)
    for page in sheets:
        sheet.from_sheet(page, gathered, almanac)
    _only_those_that_vote(gathered, almanac)
    codes = set(gathered.told)
    for page in files:
        compositions.from_file(page, gathered, almanac)
    _others_that_should_vote(gathered, codes, almanac)
    compositions.from_history(codes, gathered, almanac)
    compositions.from_last_night(filter(None, map(last_result, sorted(codes))), gathered)
    every = {**ballots, **earlier}
    return Prepared(gathered, _plans(gathered, codes, every.values(), almanac))


def _plans(
    gathered: Gathered, codes: Iterable[str], ballots: Iterable[KnownBallot], almanac: Almanac
) -> list[Plan]:
    night, ballots = gathered.night, list(ballots)
    earlier = by_council(ballots, night, almanac)
    _sitting_mayors(gathered, ballots, almanac)
    plans = []
    for code in sorted(codes):
        wards = [one.ward for one in gathered.wards.get(code, ()) if one.ward is not None]
        told = gathered.told.get(code, [])
        holders = holders_of(wards, earlier.get(code, ()), almanac.parties, size_told(told))
        gathered.sitting |= holders.sitting
        council = almanac.councils.get(code)
        if not council.known:
            council = Council(code, gathered.names.get(code, council.name), known=False)
        plan = plan_of(council, told, wards, holders, almanac=almanac, night=night)
        plans.append(plan)
        if not (plan.facts.new_council or plan.facts.boundary_change):
            before = earlier.get(code, ())
            gathered.last_votes += last_votes(council, wards, before, almanac.parties)
    return plans


def _only_those_that_vote(gathered: Gathered, almanac: Almanac) -> None:
    """Leave out what the sheet says of a council that it probably misspells."""
    for code in [code for code in gathered.told if not almanac.councils.get(code).known]:
        tellers = {one.teller for one in gathered.told[code]}
        near = almanac.councils.find(gathered.names[code], gathered.night)
        meant = [near.council] if near.council else list(near.suggestions[:3])
        if tellers == {Teller.SHEET} and meant:
            del gathered.told[code]
            gathered.faults.append(
                f"The sheet's {gathered.names[code]} is not a council that we know, and is left"
                f" out: is {' or '.join(one.name for one in meant if one)} meant?"
            )


def _others_that_should_vote(gathered: Gathered, codes: set[str], almanac: Almanac) -> None:
    """Forget councils that only files of compositions name; say where seats are up all the same."""
    due = []
    for code in [code for code in gathered.told if code not in codes]:
        if any(one.offered for one in gathered.told.pop(code)):
            due.append(almanac.councils.get(code).name)
    if due:
        gathered.faults.append(
            f"By the list of councillors seats are up in {', '.join(sorted(due))} too, of which no"
            " other source has a ballot: they are left out."
        )


def _sitting_mayors(gathered: Gathered, ballots: list[KnownBallot], almanac: Almanac) -> None:
    """Find who won a mayor's post when it was last fought."""
    for one in gathered.other_ballots:
        post = one.id.split(".")[:2]
        past = [
            each
            for each in ballots
            if each.id.split(".")[:2] == post and each.report.night < gathered.night
        ]
        last = max(past, key=lambda each: each.report.night, default=None)
        if last is None or len(last.report.winners) != 1:
            continue
        winner = last.report.winners[0]
        if winner.party is not None:
            gathered.sitting[one.id] = almanac.parties.resolve(winner.party).code
            gathered.names[one.id] = winner.name


async def _documents(said: str, http: PoliteClient) -> list[Document]:
    return [await document_at(said, http)] if is_address(said) else documents_of(said)


async def _pages(said: str, night: date, http: PoliteClient, clock: Clock) -> list[Document]:
    if is_address(said):
        return [page async for page in ballots_at(said, night, http, clock)]
    return documents_of(said)


async def _earlier(said: str, asked: Asked, http: PoliteClient, clock: Clock) -> list[Document]:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return await _documents(said, http)
    site = asked.site or next(filter(is_address, asked.ballots), None)
    if site is None:
        raise PrepareError(
            f"The ballots of {day} are asked for at Democracy Club's address: give that with"
            " --ballots, or set ELECTION_NIGHT_DEMOCRACY_CLUB_URL."
        )
    return await _pages(site, day, http, clock)


async def _wire(said: str, http: PoliteClient, clock: Clock) -> list[Reading]:
    """Return the wire's documents in a folder, at the address of one, or in a file."""
    if not is_address(said):
        return list(read_paths("prepare", [existing(said)], clock.now()))
    kind = WebDocument if address_of(said).suffix in (".xml", ".json") else HttpFolder
    return await _all_of(kind("prepare", said, http, clock))


async def _json(said: str, http: PoliteClient, clock: Clock) -> list[Reading]:
    return await _all_of(JsonArray("prepare", said, http, clock))


async def _all_of(feed: HttpFolder | WebDocument | JsonArray) -> list[Reading]:
    try:
        fetch = await feed.fetch({})
    except FeedUnavailable as refusal:
        raise PrepareError(str(refusal)) from refusal
    if not fetch.complete:
        raise PrepareError(f"{fetch.trouble or 'The folder breaks off.'} Run this again.")
    return list(fetch.readings)
