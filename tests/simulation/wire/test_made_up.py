"""A prepared night, rehearsed on made-up results: by the wire, and by the ballots alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.almanac.csv_rows import TablesError
from bot.almanac.tables import load_almanac
from bot.clock import LONDON, SteppedClock
from bot.election.control import Outcome
from bot.feeds.feed import Fetch
from bot.feeds.formats import read
from bot.ingest.ingest import Ingest
from bot.store.reader import Reader
from bot.store.writer import Writer
from simulation.wire.democracy_club import Ballots
from simulation.wire.made_up import night_to_rehearse
from simulation.wire.script import Script

NIGHT = date(2031, 5, 1)
CLOSE = datetime(2031, 5, 1, 22, tzinfo=LONDON)
END = CLOSE + timedelta(days=2)
TABLES = {
    "night": "night,name,polls_open,polls_close\n"
    "2031-05-01,Local elections,2031-05-01T07:00+01:00,2031-05-01T22:00+01:00\n",
    # A third of a council that is known; a whole one; one that grows; a new one; one of which
    # nobody knows what stays.
    "councils": "code,proportion,seats,seats_up,boundary_change,new_council,sitting,baseline\n"
    "WOT,third,9,3,false,false,Labour,snapshot:2030-05-02\n"
    "ADU,all,7,7,false,false,NOC,snapshot:2030-05-02\n"
    "BAS,all,9,9,true,false,Con,snapshot:2030-05-02\n"
    "ESY,all,5,5,false,true,,\n"
    "KHL,third,57,19,false,false,,\n"
    # A poll that is put off; and a whole council of which only the size is known.
    "SHN,all,7,7,false,false,Lab,snapshot:2030-05-02\n"
    "TAM,all,6,6,false,false,,\n",
    "nominations": "code,party,seats_held,seats_offered\n"
    "WOT,Lab,5,2\nWOT,LD,3,1\nWOT,Vac,1,0\n"
    "ADU,Con,3,3\nADU,Lab,3,3\nADU,Green,1,1\n"
    "BAS,Con,5,5\nBAS,LD,2,2\n"
    "SHN,Lab,5,5\nSHN,Con,2,2\n",
    "wards": "ballot_id,code,name,seats_up,status\n"
    "local.worthing.a.2031-05-01,WOT,Abbey,1,contested\n"
    "local.worthing.b.2031-05-01,WOT,Bridge,1,contested\n"
    "local.worthing.c.2031-05-01,WOT,Castle,1,contested\n"
    "local.adur.a.2031-05-01,ADU,Anchor,3,contested\n"
    "local.adur.b.2031-05-01,ADU,Beach,4,contested\n"
    "local.bath-and-north-east-somerset.a.2031-05-01,BAS,Avon,4,contested\n"
    "local.bath-and-north-east-somerset.b.2031-05-01,BAS,Bath,5,contested\n"
    "local.khl.a.2031-05-01,KHL,Avenue,19,contested\n"
    "local.st-helens.a.2031-05-01,SHN,Abbey,6,contested\n"
    "local.st-helens.b.2031-05-01,SHN,Bold,1,countermanded\n",
}


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    return folder_of(tmp_path, TABLES)


def folder_of(tmp_path: Path, tables: Mapping[str, str]) -> Path:
    night = tmp_path / "nights" / NIGHT.isoformat()
    night.mkdir(parents=True)
    for name, text in tables.items():
        (night / f"{name}.csv").write_text(text, encoding="utf-8")
    return night.parent


async def declared(folder: Path, prepared: Path, fetch: Fetch) -> dict[str, tuple[str, Outcome]]:
    """Return who has each declared council, and the outcome, after a fetch."""
    almanac = load_almanac(prepared=prepared)
    path = folder / "night.sqlite"
    async with Writer(path) as writer:
        await Ingest(writer, almanac, SteppedClock(END)).file(fetch)
        with Reader(path, almanac) as reader:
            assert reader.queue(NIGHT).held == ()
            return {
                one.council.code: (one.declared.after.holder or "NOC", one.declared.outcome)
                for one in reader.councils(NIGHT)
                if one.declared
            }


EXPECTED = {
    "ADU": ("NOC", Outcome.STAYS_NOC),
    "BAS": ("Con", Outcome.HOLD),
    # The third that had anybody before: as many seats of its largest party go as change control.
    "SHN": ("NOC", Outcome.LOSS_TO_NOC),
    "WOT": ("Lab", Outcome.HOLD),
}


async def test_the_wire_tells_every_council_of_which_enough_is_known(
    tmp_path: Path, prepared: Path
) -> None:
    night = night_to_rehearse("2031-05-01", None, prepared)
    assert night.is_made_up
    assert set(night.councils) == {"ADU", "BAS", "ESY", "SHN", "TAM", "WOT"}
    readings = tuple(read("pa", one.name, one.body, END) for one in Script.of(night).publications)
    assert [fault for one in readings for fault in one.faults] == []
    outcomes = await declared(tmp_path, prepared, Fetch("pa", readings, {}))
    assert outcomes == EXPECTED | {
        "ESY": ("NOC", Outcome.FIRST_ELECTION),
        "TAM": ("NOC", Outcome.STAYS_NOC),
    }


async def test_the_ballots_alone_tell_the_same(tmp_path: Path, prepared: Path) -> None:
    night = night_to_rehearse("2031-05-01", None, prepared)
    script = Script.of(night)
    _, ballots = Ballots(night, script.ballots).page(END, None, 1, 100)
    page = json.dumps({"count": len(ballots), "next": None, "results": ballots}).encode()
    reading = read("dc", "ballots.json", page, END)
    assert reading.faults == ()
    assert await declared(tmp_path, prepared, Fetch("dc", (reading,), {})) == EXPECTED


def test_seats_that_are_not_up_stay_and_the_wards_elect_what_their_council_does(
    prepared: Path,
) -> None:
    night = night_to_rehearse("2031-05-01", None, prepared)
    for code, figures in night.figures.items():
        assert sum(party.now for party in figures.parties) == night.councils[code].seats
        won = {party.party: party.won for party in figures.parties if party.won}
        elected: dict[str, int] = {}
        wards = [ward for ward in night.wards.values() if ward.code == code]
        for ward in wards:
            winners = [one for one in night.candidates.get(ward.ward_id, ()) if one.elected]
            assert len(winners) == (0 if ward.status == "countermanded" else ward.seats_up)
            for one in winners:
                elected[one.party] = elected.get(one.party, 0) + 1
        assert not wards or elected == won
    now = {party.party: party.now for party in night.figures["WOT"].parties}
    assert now["Vac"] == 1
    put_off = {party.party: party.now for party in night.figures["SHN"].parties}
    assert put_off["Vac"] == 1
    assert all(row.at > CLOSE for row in night.timetable if row.event != "nominations")


def test_a_night_of_which_too_little_is_known_says_so(tmp_path: Path) -> None:
    bare = {"night": TABLES["night"], "councils": "code\nKHL\nADU\n"}
    with pytest.raises(TablesError, match="no council in it has a size"):
        night_to_rehearse("2031-05-01", None, folder_of(tmp_path, bare))


def test_a_night_in_neither_folder_says_how_to_make_one(prepared: Path) -> None:
    with pytest.raises(TablesError, match=r"no night 2031-05-02 .*ELECTION_NIGHT_NIGHTS"):
        night_to_rehearse("2031-05-02", None, prepared)


def test_a_recorded_night_is_served_as_it_was(prepared: Path) -> None:
    assert not night_to_rehearse("2026-05-07", None, prepared).is_made_up
