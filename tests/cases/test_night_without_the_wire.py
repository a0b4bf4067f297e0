"""A prepared night that is followed by ballots alone: what its table tells decides, or is lacking.

Councils, wards and figures are made up. Each council's table says its size, the seats held and up.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.almanac.nights import Nights
from bot.almanac.tables import NightTables
from bot.desk import Editor
from bot.election.almanac import Almanac, YearOfControl
from bot.election.control import Control
from bot.election.councils import Council, Councils
from bot.election.declarable import not_from_wards
from bot.election.policy import Policy
from bot.election.seats import Composition
from bot.ingest.rejudge import rejudge
from bot.store.desk import DeskAction
from bot.store.opening import open_for_reading
from bot.store.rebuild import rebuild
from tests.cases.support import Json, Room, alerts_of, change_of, ingest_with
from tests.support.tables import shipped

NIGHT = date(2023, 5, 4)
OAKMERE = Council("OKM", "Oakmere", nation="England", seats=9)
NAMES = {
    "Lab": "Labour Party",
    "Con": "Conservative and Unionist Party",
    "LD": "Liberal Democrats",
    "Ind": "Independent",
}
HELD = {"Lab": (5, 3), "Con": (4, 2)}
"""Seats held and up: nine, five of which are up."""
LAB_LOSES = ("Lab", "Lab", "Con", "Con", "Con")

Rows = Iterable[Mapping[str, object]]


class Folder:
    """The folder of the night as an operator has prepared it; *council* replaces its cells."""

    def __init__(self, path: Path) -> None:
        self.path = path / str(NIGHT)
        self.path.mkdir()

    def prepare(
        self,
        *,
        held: Mapping[str, tuple[int, int]] | None = HELD,
        wards: Mapping[str, int] | None = None,
        put_off: Iterable[str] = (),
        by_election: str = "",
        **council: object,
    ) -> None:
        wards = wards or {f"Ward {n}": 1 for n in range(5)}
        polls = {"polls_open": f"{NIGHT}T07:00+01:00", "polls_close": f"{NIGHT}T22:00+01:00"}
        self._write("night", [{"night": NIGHT, "name": "local elections", **polls}])
        usual = {"code": "OKM", "proportion": "half", "seats": 9, "seats_up": 5, "sitting": "Lab"}
        self._write("councils", [{**usual, **council}])
        lines = [
            {"code": "OKM", "party": party, "seats_held": seats, "seats_offered": up}
            for party, (seats, up) in (held or {}).items()
        ]
        self._write("nominations", lines or [{"code": "", "party": ""}], empty=not lines)
        self._write(
            "wards",
            [
                {
                    "ballot_id": ballot_id(name),
                    "code": "OKM",
                    "name": name,
                    "seats_up": seats,
                    "status": "countermanded" if name in put_off else "contested",
                }
                for name, seats in wards.items()
            ],
        )

        where, _, sitting = by_election.partition(":")
        listed = {"ballot_id": ballot_id(where, by=True), "code": "OKM", "name": where}
        self._write("by_elections", [{**listed, "sitting": sitting}], empty=not by_election)

    def _write(self, name: str, rows: Rows, *, empty: bool = False) -> None:
        rows = list(rows)
        with (self.path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            if not empty:
                writer.writerows(rows)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "nights").mkdir()
    return Folder(tmp_path / "nights")


def almanac(folder: Folder, *history: YearOfControl, council: Council = OAKMERE) -> Almanac:
    nights = Nights(
        {}, folder.path.parent, lambda path: NightTables(path, shipped().parties).almanac()
    )
    return replace(
        shipped(), councils=Councils([council]), nights=nights, history={council.code: history}
    )


def ballot_id(name: str, *, by: bool = False) -> str:
    return f"local.oakmere.{name.lower().replace(' ', '-')}.{'by.' if by else ''}{NIGHT}"


def ballot(name: str, *winners: str, by: bool = False, **changed: Any) -> Json:
    losers = [party for party in NAMES if party not in winners] or ["Ind"]
    standing = [*((party, True) for party in winners), (losers[0], False)]
    return {
        "ballot_paper_id": ballot_id(name, by=by),
        "election": {
            "election_id": f"local.oakmere.{NIGHT}",
            "name": "Oakmere local election",
            "election_date": f"{NIGHT}",
        },
        "post": {"id": f"oakmere:{name}", "label": name, "slug": "x"},
        "winner_count": len(winners) or 1,
        "cancelled": False,
        "uncontested": False,
        "replaces": None,
        "replaced_by": None,
        "last_updated": f"{NIGHT.replace(day=2)}T03:10:00+01:00",
        "candidacies": [
            {
                "elected": elected,
                "party": {"ec_id": None, "name": NAMES[party]},
                "party_name": NAMES[party],
                "person": {"id": hash((name, n)) % 10_000, "name": f"{name} Person {n}"},
                "result": {"elected": elected, "num_ballots": 900 - n},
            }
            for n, (party, elected) in enumerate(standing)
        ],
        "results": {"turnout_percentage": 41.5, "num_spoilt_ballots": 3, "total_electorate": 4000},
        **changed,
    }


def page(*ballots: Json) -> dict[str, str]:
    return {"page.json": json.dumps({"count": len(ballots), "next": None, "results": ballots})}


def five(winners: Iterable[str] = LAB_LOSES, **changed: Json) -> dict[str, str]:
    """Return the ballots of the five wards; *changed* are by "ward0" and so on."""
    return page(*(changed.get(f"ward{n}") or ballot(f"Ward {n}", w) for n, w in enumerate(winners)))


async def told(folder: Folder, documents: Mapping[str, str], known: Almanac | None = None) -> Json:
    """Return what `ingest --json` prints, and of what is lacking."""
    async with ingest_with(folder.path.parent.parent, almanac=known or almanac(folder)) as room:
        await room.file(documents)
        return room.account()


def reason_of(room: Room) -> str:
    with open_for_reading(room.db) as db:
        ((lacking,),) = db.execute("SELECT lacking FROM standings").fetchall()
    return str(lacking)


# --- what the table says ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prepared", "winners", "outcome", "seats"),
    [
        pytest.param({}, LAB_LOSES, "gain", 5, id="halves: 2 + 3 of 9"),
        pytest.param({"sitting": "NOC"}, LAB_LOSES, "gain from NOC", 5, id="who had control"),
        pytest.param(
            {"proportion": "third", "seats": 16, "held": {"Lab": (11, 3), "Con": (5, 2)}},
            ("Con",) * 5,
            "loss to NOC",
            8,
            id="thirds, and exactly half is no control",
        ),
        pytest.param(
            {"proportion": "all", "seats": 5, "held": {"Lab": (5, 5)}},
            LAB_LOSES,
            "gain",
            3,
            id="the whole council",
        ),
        pytest.param(
            {"proportion": "all", "seats": 5, "held": None},
            LAB_LOSES,
            "gain",
            3,
            id="the whole council, and nothing of the seats before",
        ),
        pytest.param(
            {"boundary_change": "true", "seats": 5, "held": {"Lab": (9, 9)}},
            LAB_LOSES,
            "gain",
            3,
            id="new boundaries with another size",
        ),
        pytest.param(
            {"seats_up": "", "proportion": ""}, LAB_LOSES, "gain", 5, id="the wards say how many"
        ),
        pytest.param(
            {"held": {"Labour": (5, 3), "Conservative Party": (4, 2)}, "sitting": "Labour Party"},
            LAB_LOSES,
            "gain",
            5,
            id="parties as people name them",
        ),
        pytest.param(
            {"held": {"Lab": (4, 2), "Con": (4, 2), "Vacant": (1, 1)}},
            LAB_LOSES,
            "gain",
            5,
            id="a vacant seat that is up",
        ),
    ],
)
async def test_wards_decide_by_the_nights_table(
    folder: Folder, prepared: dict[str, Any], winners: tuple[str, ...], outcome: str, seats: int
) -> None:
    folder.prepare(**prepared)
    change = change_of(await told(folder, five(winners)), "Oakmere")
    assert change is not None
    assert (change["outcome"], change["seats"]) == (outcome, seats)


async def test_a_party_that_our_table_has_apart_is_not_among_its_others(folder: Folder) -> None:
    """Nor does it matter where the others could not help anybody to a majority."""
    folder.prepare(held={"Lab": (4, 3), "Ind": (4, 2), "Con": (1, 0)})
    change = change_of(await told(folder, five()), "Oakmere")
    assert change is not None and (change["outcome"], change["to"]) == (
        "loss to NOC",
        "No overall control",
    )


async def test_a_first_election_is_no_gain(folder: Folder) -> None:
    folder.prepare(new_council="true", sitting="", seats=5, held=None, proportion="all")
    account = await told(folder, five())
    assert change_of(account, "Oakmere") is None
    (alert,) = alerts_of(account, "Oakmere")
    assert (alert["kind"], alert["to"]) == ("first election", "Conservative")


@pytest.mark.parametrize(
    ("prepared", "reason"),
    [
        ({"held": None}, "does not say who holds the seats not up"),
        ({"held": {"Lab": (5, ""), "Con": (4, 2)}}, "does not say who holds the seats not up"),
        ({"held": {"Lab": (5, 6), "Con": (4, 2)}}, "does not say who holds the seats not up"),
        ({"seats": ""}, "the number of the council's seats is not known"),
        ({"seats": "", "proportion": "all", "held": None}, "seats is not known"),
        ({"seats": 12}, "the wards give 9 seats, the council has 12"),
        ({"held": {"Lab": (5, 3), "Con": (3, 2)}}, "the wards give 8 seats, the council has 9"),
        (
            {"seats": 10, "held": {"Lab": (5, 3), "Con": (4, 2), "Vacant": (1, 0)}},
            "control depends on vacant seats",
        ),
        ({"wards": {f"Ward {n}": 1 for n in range(6)}}, None),
        (
            {"held": {"Lab": (3, 3), "Ind": (6, 2)}},
            "4 seats of independents and others that are not up: if they are Conservative's",
        ),
    ],
)
async def test_nothing_is_claimed_that_the_seats_not_up_could_change(
    folder: Folder, prepared: dict[str, Any], reason: str | None
) -> None:
    folder.prepare(**prepared)
    winners = ("Lab", "Lab", "Lab", "Con", "Con") if "control" in (reason or "") else LAB_LOSES
    async with ingest_with(folder.path.parent.parent, almanac=almanac(folder)) as room:
        await room.file(five(winners))
        account = room.account()
        assert account["councils"]["declared"] == 0 and account["alerts"] == []
        if reason is not None:
            assert reason in reason_of(room)


# --- vacancies, cancelled polls, double vacancies --------------------------------------------


async def test_a_poll_that_is_put_off_leaves_its_seat_vacant(folder: Folder) -> None:
    """The ballot says so, or the table of a night prepared after the candidate's death."""
    folder.prepare(put_off=["Ward 4"])
    winners = ("Con", "Con", "Con", "Lab")
    for documents in (
        five(winners, ward4=ballot("Ward 4", cancelled=True)),
        page(*(ballot(f"Ward {n}", party) for n, party in enumerate(winners))),
    ):
        account = await told(folder, documents)
        change = change_of(account, "Oakmere")
        assert change is not None
        assert (change["outcome"], change["seats"], change["total"]) == ("gain", 5, 9)
        (folder.path.parent.parent / "night.db").unlink()


async def test_a_double_vacancy_that_the_table_has(folder: Folder) -> None:
    """A second seat of a ward fell vacant: the ward fills two."""
    wards = {f"Ward {n}": 1 + (n == 0) for n in range(5)}
    folder.prepare(seats_up=6, wards=wards, held={"Lab": (5, 4), "Con": (4, 2)})
    together = five(("", *LAB_LOSES[1:]), ward0=ballot("Ward 0", "Con", "Con"))
    change = change_of(await told(folder, together), "Oakmere")
    assert change is not None and (change["outcome"], change["seats"]) == ("gain", 7)


async def test_a_double_vacancy_in_two_ballots(folder: Folder) -> None:
    wards = {f"Ward {n}": 1 + (n == 0) for n in range(5)}
    folder.prepare(seats_up=6, wards=wards, held={"Lab": (5, 4), "Con": (4, 2)})
    ballots = [ballot(f"Ward {n}", party) for n, party in enumerate(LAB_LOSES)]
    apart = page(*ballots, ballot("Ward 0", "Con", by=True))
    change = change_of(await told(folder, apart), "Oakmere")
    assert change is not None and (change["outcome"], change["seats"]) == ("gain", 6)


async def test_a_vacancy_that_the_table_has_not_up_may_be_filled_with_the_wards_own_seat(
    folder: Folder,
) -> None:
    folder.prepare(held={"Lab": (4, 3), "Con": (4, 2), "Vacant": (1, 0)}, sitting="NOC")
    filled = five(("", *LAB_LOSES[1:]), ward0=ballot("Ward 0", "Lab", "Con"))
    change = change_of(await told(folder, filled), "Oakmere")
    assert change is not None
    assert (change["outcome"], change["seats"], change["total"]) == ("gain from NOC", 6, 9)


async def test_a_second_seat_of_which_nobody_knows_whose_it_was_decides_nothing(
    folder: Folder,
) -> None:
    folder.prepare()
    async with ingest_with(folder.path.parent.parent, almanac=almanac(folder)) as room:
        await room.file(five(("", *LAB_LOSES[1:]), ward0=ballot("Ward 0", "Con", "Con")))
        assert room.account()["councils"]["declared"] == 0
        assert "Ward 0 is told with 2 seats, our table has 1" in reason_of(room)


# --- who had control before ----------------------------------------------------------------


async def test_who_had_control_is_not_known_and_the_table_completes_it(folder: Folder) -> None:
    """In mid-night, with a restart in between; nothing is a correction, nothing told twice."""
    folder.prepare(sitting="")
    home = folder.path.parent.parent
    async with ingest_with(home, almanac=almanac(folder)) as room:
        await room.file(five())
        account = room.account()
        assert account["councils"]["changes_of_hands"] == []
        (unknown,) = account["councils"]["before_not_known"]
        assert (unknown["from"], unknown["to"], unknown["seats"]) == (None, "Conservative", 5)
        (alert,) = alerts_of(account, "Oakmere")
        assert (alert["kind"], alert["from"]) == ("before not known", None)
    folder.prepare(sitting="Lab")
    async with ingest_with(home, almanac=almanac(folder)) as room:
        (claim,) = await room.ingest.decide_again(NIGHT)
        assert (claim.version.version, claim.version.state) == (2, "completed")
        assert await room.ingest.decide_again(NIGHT) == ()
        account = room.account()
        assert account["councils"]["before_not_known"] == []
        assert change_of(account, "Oakmere") == {**unknown, "outcome": "gain", "from": "Labour"}
        assert alerts_of(account, "Oakmere") == [alert]
    assert rebuild(home / "night.db").differences == ()


async def test_the_table_completes_what_the_desk_alone_has_said(folder: Folder) -> None:
    folder.prepare(sitting="", held=None)
    home, seats = folder.path.parent.parent, Composition({"Con": 5, "Lab": 4})
    async with ingest_with(home, almanac=almanac(folder)) as room:
        say = (DeskAction.RESULT, NIGHT, OAKMERE, Editor("Ann"), "by telephone")
        await room.desk.say(*say, control=Control("Con"), seats=seats)
        (alert,) = alerts_of(room.account(), "Oakmere")
        assert alert["kind"] == "before not known"
    folder.prepare()
    known = almanac(folder)
    assert any("claimed is Con (before not known)" in one for one in rejudge(room.db, known))
    async with ingest_with(home, almanac=known) as room:
        (claim,) = await room.ingest.decide_again(NIGHT)
        assert claim.version.state == "completed"
        assert await room.ingest.decide_again(NIGHT) == ()
    assert rejudge(room.db, known) == () and rebuild(room.db).differences == ()


@pytest.mark.parametrize("seats", [{"seats": 9}, {"held": None}])
async def test_nothing_is_taken_back_while_the_tables_cannot_be_read(
    folder: Folder, seats: dict[str, Any]
) -> None:
    """A start with a folder that was saved half, or moved, must not withdraw what rests on it."""
    folder.prepare(**seats)
    home, gone = folder.path.parent.parent, folder.path.with_name("elsewhere")
    async with ingest_with(home, almanac=almanac(folder)) as room:
        await room.file(five())
        if "held" in seats:  # the desk says it, and only the table who had control before
            say = (DeskAction.RESULT, NIGHT, OAKMERE, Editor("Ann"), "by telephone")
            said = Composition({"Con": 5, "Lab": 4})
            done = await room.desk.say(*say, control=Control("Con"), seats=said)
            assert done.claims
        account = room.account()
        assert len(alerts_of(account, "Oakmere")) == 1
    folder.path.rename(gone)
    later = {"last_updated": f"{NIGHT.replace(day=5)}T04:10:00+01:00"}
    async with ingest_with(home, almanac=almanac(folder)) as room:
        update = ballot("Ward 4", "Con", **later)
        assert (await room.file(page(update))).claims == ()
    gone.rename(folder.path)
    async with ingest_with(home, almanac=almanac(folder)) as room:
        assert await room.ingest.decide_again(NIGHT) == ()
        assert room.account()["councils"] == account["councils"]
    assert rebuild(home / "night.db").differences == ()


async def test_what_changes_nothing_leaves_no_trace(folder: Folder) -> None:
    """Asking again at every start must not fill the journal."""
    folder.prepare()
    home = folder.path.parent.parent
    async with ingest_with(home, almanac=almanac(folder)) as room:
        await room.file(five())
        with open_for_reading(room.db) as db:
            before = db.execute("SELECT count(*) FROM journal").fetchall()
        await room.ingest.decide_again(NIGHT)
        with open_for_reading(room.db) as db:
            assert db.execute("SELECT count(*) FROM journal").fetchall() == before


@pytest.mark.parametrize("sitting", ["", "NOC"])
async def test_a_table_that_was_wrong_is_corrected(folder: Folder, sitting: str) -> None:
    """What was said to be a gain is known to be none, or is not known any more."""
    folder.prepare()
    home = folder.path.parent.parent
    async with ingest_with(home, almanac=almanac(folder)) as room:
        await room.file(five())
    folder.prepare(sitting=sitting)
    async with ingest_with(home, almanac=almanac(folder)) as room:
        (claim,) = await room.ingest.decide_again(NIGHT)
        assert claim.version.state == "corrected"


async def test_the_history_says_who_had_control_where_the_table_does_not(folder: Folder) -> None:
    folder.prepare(sitting="")
    last = YearOfControl(2022, Composition({"Lab": 5, "Con": 4}), Control("Lab"))
    change = change_of(await told(folder, five(), almanac(folder, last)), "Oakmere")
    assert change is not None and (change["outcome"], change["from"]) == ("gain", "Labour")


def nominated(held: Mapping[str, tuple[int, int]] = HELD) -> str:
    lines = "".join(
        f"<Party name='{NAMES[party]}' abbreviation='{party}' seatsHeld='{seats}' "
        f"seatsOffered='{up}' unopposedReturns='0' candidates='5'/>"
        for party, (seats, up) in held.items()
    )
    return (
        f"<LocalElectionNominations><Election date='{NIGHT}'><Council name='Oakmere' "
        f"type='Non-Met' proportion='half'>{lines}</Council></Election></LocalElectionNominations>"
    )


async def test_nominations_that_come_after_the_wards_complete_the_claim(folder: Folder) -> None:
    folder.prepare(sitting="")
    live, home = Policy(late_nominations_wait=True), folder.path.parent.parent
    async with ingest_with(home, almanac=almanac(folder), policy=live) as room:
        await room.file(five())
        (claim,) = (await room.file({"nominations.xml": nominated()})).claims
        assert claim.version.state == "completed"
        assert change_of(room.account(), "Oakmere") is not None
        assert room.account()["held"] == []


async def test_nominations_of_other_seats_that_come_after_the_wards_wait(folder: Folder) -> None:
    folder.prepare(sitting="")
    live, home = Policy(late_nominations_wait=True), folder.path.parent.parent
    async with ingest_with(home, almanac=almanac(folder), policy=live) as room:
        await room.file(five())
        other = nominated({"Lab": (7, 3), "Con": (2, 2)})
        assert (await room.file({"nominations.xml": other})).claims == ()
        (held,) = room.account()["held"]
        assert "after a result that they do not fit" in held["reasons"][0]


def result(sitting: str, winner: str, said: str, now: Mapping[str, int]) -> dict[str, str]:
    """Return the wire's result: "NOC" is no overall control."""
    seats = "".join(f"<Party name='{party}' seats='{number}'/>" for party, number in now.items())
    return {
        "result.xml": f"<LocalElectionResult revision='1'><Election date='{NIGHT}'>"
        f"<Council name='Oakmere' type='Non-Met' proportion='half' winningParty='{winner}' "
        f"gainOrHold='{said}' sittingParty='{sitting}'><NewCouncil>{seats}</NewCouncil></Council>"
        "</Election></LocalElectionResult>"
    }


@pytest.mark.parametrize(
    ("prepared", "state"), [("", "completed"), ("Lab", None), ("NOC", "corrected")]
)
async def test_the_wires_result_after_the_wards_goes_before_the_table(
    folder: Folder, prepared: str, state: str | None
) -> None:
    folder.prepare(sitting=prepared)
    async with ingest_with(folder.path.parent.parent, almanac=almanac(folder)) as room:
        await room.file(five())
        wire = result("Lab", "Con", "gain", {"Con": 5, "Lab": 4})
        claims = (await room.file(wire)).claims
        assert [claim.version.state for claim in claims] == ([state] if state else [])
        change = change_of(room.account(), "Oakmere")
        assert change is not None and (change["outcome"], change["from"]) == ("gain", "Labour")


@pytest.mark.parametrize("now", [{"Con": 6, "Lab": 4}, {"Con": 4, "Lab": 4}])
async def test_a_result_of_another_size_than_the_tables_waits_for_the_desk(
    folder: Folder, now: dict[str, int]
) -> None:
    folder.prepare()
    async with ingest_with(folder.path.parent.parent, almanac=almanac(folder)) as room:
        await room.file(five())
        said = ("Con", "gain") if now["Con"] == 6 else ("NOC", "lose to NOC")
        assert (await room.file(result("Lab", *said, now))).claims == ()
        assert len(room.account()["held"]) == 1
        assert change_of(room.account(), "Oakmere") is not None


async def test_a_size_that_the_table_learns_in_mid_night_makes_the_council(folder: Folder) -> None:
    folder.prepare(seats="")
    home = folder.path.parent.parent
    async with ingest_with(home, almanac=almanac(folder)) as room:
        await room.file(five())
        assert room.account()["councils"]["declared"] == 0
    folder.prepare()
    async with ingest_with(home, almanac=almanac(folder)) as room:
        (claim,) = await room.ingest.decide_again(NIGHT)
        assert claim.version.state == "declared"
    assert rebuild(home / "night.db").differences == ()


# --- by-elections on the same day ----------------------------------------------------------


LEVEL = ("Lab", "Lab", "Lab", "Con", "Con")


@pytest.mark.parametrize(("winner", "outcome"), [("Con", "gain"), ("LD", "loss to NOC")])
async def test_a_by_election_fills_a_seat_that_the_table_has_vacant(
    folder: Folder, winner: str, outcome: str
) -> None:
    """Four each, and the by-election decides."""
    folder.prepare(held={"Lab": (4, 3), "Con": (4, 2), "Vacant": (1, 0)})
    async with ingest_with(folder.path.parent.parent, almanac=almanac(folder)) as room:
        elected = [ballot(f"Ward {n}", party) for n, party in enumerate(LEVEL)]
        await room.file(page(*elected, ballot("Elsewhere", by=True)))
        assert room.account()["councils"]["declared"] == 0
        later = {"last_updated": f"{NIGHT.replace(day=5)}T04:10:00+01:00"}
        await room.file(page(*elected, ballot("Elsewhere", winner, by=True, **later)))
        change = change_of(room.account(), "Oakmere")
        assert change is not None and (change["outcome"], change["total"]) == (outcome, 9)


async def test_a_by_election_for_a_seat_that_nobody_knows_to_be_vacant_may_decide(
    folder: Folder,
) -> None:
    folder.prepare()
    async with ingest_with(folder.path.parent.parent, almanac=almanac(folder)) as room:
        elected = [ballot(f"Ward {n}", party) for n, party in enumerate(LAB_LOSES)]
        await room.file(page(*elected, ballot("Elsewhere", "Con", by=True)))
        assert room.account()["councils"]["declared"] == 0
        assert "the by-election in Elsewhere could decide" in reason_of(room)


async def test_a_by_election_that_can_decide_nothing_keeps_no_council_open(folder: Folder) -> None:
    folder.prepare()
    elected = [ballot(f"Ward {n}", "Con") for n in range(5)]
    account = await told(folder, page(*elected, ballot("Elsewhere", "LD", by=True)))
    change = change_of(account, "Oakmere")
    assert change is not None and (change["outcome"], change["seats"]) == ("gain", 7)


@pytest.mark.parametrize("up", [5, ""])
@pytest.mark.parametrize(("winner", "outcome"), [("Con", "gain"), ("LD", "loss to NOC")])
async def test_a_listed_by_election_of_which_nothing_came_in_is_awaited_if_it_decides(
    folder: Folder, winner: str, outcome: str, up: object
) -> None:
    """Conservatives have five of nine with the seat that they defend elsewhere."""
    held = {"Lab": (4, 2), "Con": (5, 3)}
    folder.prepare(held=held, seats_up=up, by_election="Elsewhere:Con")
    async with ingest_with(folder.path.parent.parent, almanac=almanac(folder)) as room:
        elected = [ballot(f"Ward {n}", w) for n, w in enumerate(("Lab", "Lab", *["Con"] * 3))]
        await room.file(page(*elected))
        assert room.account()["councils"]["declared"] == 0 and reason_of(room) == "None"
        await room.file(page(*elected, ballot("Elsewhere", winner, by=True)))
        change = change_of(room.account(), "Oakmere")
        assert change is not None and (change["outcome"], change["total"]) == (outcome, 9)


async def test_the_seat_of_a_by_election_that_is_put_off_is_vacant(folder: Folder) -> None:
    """Its party has five of nine with it, and four without."""
    folder.prepare(held={"Lab": (4, 2), "Con": (5, 3)}, by_election="Elsewhere:Con")
    elected = [ballot(f"Ward {n}", w) for n, w in enumerate(("Lab", "LD", *["Con"] * 3))]
    off = ballot("Elsewhere", by=True, cancelled=True)
    change = change_of(await told(folder, page(*elected, off)), "Oakmere")
    assert change is not None and change["outcome"] == "loss to NOC"


@pytest.mark.parametrize(("sitting", "lacking"), [("Con", None), ("", "is not known")])
def test_whose_seat_a_by_election_fills_is_asked_before_the_night(
    folder: Folder, sitting: str, lacking: str | None
) -> None:
    folder.prepare(by_election=f"Elsewhere:{sitting}")
    known = almanac(folder)
    why = not_from_wards(known.nights[NIGHT], "OKM", known)
    assert why is None if lacking is None else lacking in str(why)
