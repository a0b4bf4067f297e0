"""A council all of whose wards are in declares, or says in words why not and asks the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.cards.council import council_card
from bot.clock import LONDON
from bot.election.almanac import Almanac, WardSeat
from bot.election.reports import WardReport
from bot.election.wards import told_by_wards
from bot.feeds.formats import read
from bot.ingest.rejudge import lacking
from bot.store.reader import Reader
from tests.cases.oakmere import (
    AS_IT_WAS,
    MODERN_GOV,
    NAMES,
    NIGHT,
    NOMINATIONS,
    TABLE,
    Fields,
    almanac,
    area,
    areas,
    ballot,
    ballots,
    contest,
    modern_gov,
    nist,
    page,
    standing,
    told,
    with_seats,
    won,
)
from tests.cases.support import Documents, ingest_with, taken_in

LATER = f"{NIGHT.year}-06-15"


def by_election(number: int, winner: str, **changed: object) -> Fields:
    slug = NAMES[number].lower()
    identity = f"local.oakmere.{slug}.by.{NIGHT}"
    return ballot(number, winner, ballot_paper_id=identity, **changed)


def alone(number: int, **changed: object) -> Fields:
    """Return a ballot for two seats for which one person stands."""
    (candidacy, *_) = ballot(number)["candidacies"]
    said = {"winner_count": 2, "uncontested": True, "cancelled": True, **changed}
    return ballot(number, candidacies=[{**candidacy, "result": None}], **said)


# --- a poll that is put off -----------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"cancelled": True, "replaced_by": f"local.oakmere.abbey.{LATER}"},
        {"cancelled": False, "replaced_by": f"local.oakmere.abbey.{LATER}"},
        {"cancelled": True, "replaced_by": None},
    ],
    ids=["replaced later", "replaced later and not called off", "called off"],
)
def test_a_poll_put_off_leaves_its_seat_vacant_and_the_council_declares(
    changed: dict[str, object],
) -> None:
    told_so = ballots(ward0=ballot(0, **changed), ward1=ballot(1, "Con"))
    account = told({"1.json": page(*told_so)})
    assert account["councils"]["declared"] == 1
    assert won(account) == {"Labour": 2, "Conservative": 3}


def test_a_poll_put_off_by_the_councils_own_site_leaves_its_seat_vacant() -> None:
    told_so = areas(ward0=area(0, status="Postponed"), ward1=area(1, "Con"))
    account = told({MODERN_GOV: modern_gov(*told_so)})
    assert account["councils"]["declared"] == 1
    assert won(account) == {"Labour": 2, "Conservative": 3}


def test_a_ballot_that_another_of_the_same_day_replaces_waits_for_it() -> None:
    second = f"local.oakmere.abbey.2.{NIGHT}"
    first = ballot(0, cancelled=True, replaced_by=second)
    assert told({"1.json": page(*ballots(ward0=first))})["councils"]["declared"] == 0
    there = ballot(0, ballot_paper_id=second, replaces=first["ballot_paper_id"])
    account = told({"1.json": page(*ballots(ward0=first), there)})
    assert won(account) == AS_IT_WAS


# --- fewer candidates than seats ------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        {"1.json": page(*ballots(ward4=alone(4)))},
        {
            MODERN_GOV: modern_gov(
                *areas(
                    ward4=(
                        area(4, numseats="2")[0],
                        "<candidate><electionareaid>5</electionareaid><areatitle>Elm</areatitle>"
                        "<candidatename>Sam</candidatename><numvotes>0</numvotes>"
                        "<politicalpartytitle>Conservative and Unionist Party</politicalpartytitle>"
                        "<iselected>True</iselected></candidate>",
                    )
                )
            )
        },
    ],
    ids=["Democracy Club", "Modern.Gov"],
)
def test_where_fewer_stand_than_there_are_seats_the_rest_stays_vacant(document: Documents) -> None:
    seven_up = NOMINATIONS.replace("'10' seatsOffered='3'", "'11' seatsOffered='4'")
    account = told({**document, "0_nominations.xml": seven_up}, known=_of_nineteen(4))
    assert account["councils"]["declared"] == 1
    assert won(account) == AS_IT_WAS


def _of_nineteen(number: int) -> Almanac:
    known = with_seats(number, 2)
    night = known.night(NIGHT)
    elections = dict(night.elections)
    elections["OKM"] = replace(elections["OKM"], seats=19, seats_up=7)
    return replace(known, nights={NIGHT: replace(night, elections=elections)})


def test_fewer_winners_than_seats_where_more_stood_is_still_to_come() -> None:
    half = ballot(4, winner_count=2)
    account = told({"1.json": page(*ballots(ward4=half))}, known=with_seats(4, 2))
    assert account["councils"]["declared"] == 0


# --- a by-election for a second seat --------------------------------------------------------

TWO_IN_ABBEY = NOMINATIONS.replace("'8' seatsOffered='3'", "'8' seatsOffered='4'")
"""Labour defend both seats of Abbey, one of them at a by-election."""


@pytest.mark.parametrize("with_wards", [True, False], ids=["with a table", "without"])
@pytest.mark.parametrize("winner", ["Lab", "Con"])
def test_a_second_seat_of_a_ward_by_a_by_election_counts(with_wards: bool, winner: str) -> None:
    known = with_seats(0, 2) if with_wards else almanac(with_wards=False)
    documents = {
        "0_nominations.xml": TWO_IN_ABBEY,
        "1.json": page(*ballots(), by_election(0, winner)),
    }
    account = told(documents, known=known)
    assert account["councils"]["declared"] == 1
    extra = "Labour" if winner == "Lab" else "Conservative"
    assert won(account) == {**AS_IT_WAS, extra: AS_IT_WAS[extra] + 1}


def test_a_by_election_beside_a_ward_whose_seats_are_all_filled_is_apart() -> None:
    account = told({"1.json": page(*ballots(), by_election(0, "Con"))})
    assert won(account) == AS_IT_WAS


def test_a_second_seat_that_is_still_to_come_keeps_the_council_open() -> None:
    late = by_election(0, "Lab", candidacies=[])
    documents = {"0_nominations.xml": TWO_IN_ABBEY, "1.json": page(*ballots(), late)}
    assert told(documents, known=with_seats(0, 2))["councils"]["declared"] == 0


def test_two_ballots_of_one_source_and_one_area_of_another_do_not_dispute() -> None:
    both = area(0, numseats="2")
    second = [*standing(0, "Lab", "Con"), ("Second Person", "Lab", 800, True)]
    candidates = "".join(
        f"<candidate><electionareaid>1</electionareaid><areatitle>Abbey</areatitle>"
        f"<candidatename>{name}</candidatename><numvotes>{votes}</numvotes>"
        f"<politicalpartytitle>{'Labour Party' if party == 'Lab' else 'Conservatives'}"
        f"</politicalpartytitle><iselected>{elected}</iselected></candidate>"
        for name, party, votes, elected in second
    )
    documents = {
        "0_nominations.xml": TWO_IN_ABBEY,
        "1.json": page(*ballots(), by_election(0, "Lab")),
        MODERN_GOV: modern_gov(*areas(ward0=(both[0], candidates))),
    }
    account = told(documents, known=with_seats(0, 2))
    assert won(account) == {"Labour": 5, "Conservative": 2}
    assert account["councils"]["declared"] == 1


# --- a reason in words ----------------------------------------------------------------------


async def test_wards_that_are_all_in_and_make_no_council_say_why_and_ask_the_desk(
    tmp_path: Path,
) -> None:
    async with ingest_with(tmp_path, almanac=almanac()) as room:
        await room.file({"0.xml": TWO_IN_ABBEY, "1.json": page(*ballots())})
        with Reader(room.db, room.almanac) as reader:
            oakmere = reader.council(NIGHT, "OKM")
            ((council, differing),) = reader.queue(NIGHT).differing
            why = lacking(reader, room.almanac, NIGHT)
    assert oakmere is not None
    assert oakmere.lacking == why["Oakmere"] == "the wards give 17 seats, the council has 18"
    assert council.code == "OKM"
    assert "all wards have declared, but the result is open" in differing[0]
    at = datetime(2023, 5, 5, 4, 0, tzinfo=LONDON)
    card = council_card(oakmere, room.almanac, at).to_text()
    assert "Its wards do not settle it: the wards give 17 seats" in card


async def test_a_vacant_seat_that_control_hangs_on_is_the_reason(tmp_path: Path) -> None:
    put_off = ballot(0, cancelled=True)
    async with ingest_with(tmp_path, almanac=almanac()) as room:
        await room.file({"0.xml": NOMINATIONS, "1.json": page(*ballots(ward0=put_off))})
        with Reader(room.db, room.almanac) as reader:
            oakmere = reader.council(NIGHT, "OKM")
            ((_, differing),) = reader.queue(NIGHT).differing
    assert oakmere is not None
    assert oakmere.lacking == "control depends on vacant seats: the desk decides"
    assert differing == ("by the wards, control depends on vacant seats: the desk decides",)


def test_a_ward_that_is_told_with_other_seats_than_ours_is_named_in_the_reason() -> None:
    reports = {seat.key: _report(n, seat) for n, seat in enumerate(TABLE)}
    table = with_seats(0, 2).night(NIGHT).wards["OKM"]
    told_so = told_by_wards(
        reports,
        table=table,
        election=almanac().night(NIGHT).elections["OKM"],
        nominations=None,
        parties=almanac().parties,
    )
    assert "Abbey is told with 1 seat, our table has 2" in (told_so.missing or "")


def _report(number: int, seat: WardSeat) -> WardReport:
    reading = read("test", "1.json", page(ballot(number)).encode(), datetime.now(LONDON))
    (report,) = reading.reports
    assert isinstance(report, WardReport)
    return report


# --- by-elections guessed from a title ------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "Borough Council Elections and Abbey by-election 4 May 2023",
        "Abbey By-election and Local Elections - Thursday 4 May 2023",
        "Elections 2023 (including the Abbey and Brook by elections)",
    ],
)
def test_the_wards_that_a_scheduled_election_names_stay_in_it(title: str) -> None:
    account = told({MODERN_GOV: modern_gov(*areas(), title=title)})
    assert won(account) == AS_IT_WAS


def test_the_name_of_a_nist_election_makes_no_by_elections_of_its_scheduled_wards() -> None:
    document = nist().replace("Oakmere elections", "Oakmere election and Abbey by-election")
    assert won(told({"1.json": document})) == AS_IT_WAS


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Abbey By-election 4 May 2023", "Local"),
        ("Borough by-elections", "Local"),
        ("Local Elections, Abbey by-election", "Local"),
        ("4 May 2023", "Local By-election"),
    ],
)
def test_a_by_election_alone_is_in_no_total(title: str, kind: str) -> None:
    account = told(
        {"1.json": page(*ballots()), MODERN_GOV: modern_gov(area(0, "Con"), title=title, kind=kind)}
    )
    assert won(account) == AS_IT_WAS
    assert account["held"] == []


def test_an_area_that_calls_itself_a_by_election_is_one_among_scheduled_wards() -> None:
    extra = area(0, "Con", title="Abbey (by-election)", electionareaid="77")
    account = told({MODERN_GOV: modern_gov(*areas(), extra)})
    assert won(account) == AS_IT_WAS


def test_a_contest_that_calls_itself_a_by_election_is_one() -> None:
    extra = contest(0, Name="Abbey by-election", **{"@id": "k9"})
    account = told({"1.json": nist(contests=[extra])})
    assert won(account) == AS_IT_WAS


MORE_ARE_UP = NOMINATIONS.replace(
    "seatsHeld='8' seatsOffered='3'", "seatsHeld='8' seatsOffered='4'"
)
"""A by-election in Abbey fills one seat more than the six wards do."""


@pytest.mark.parametrize("with_wards", [True, False])
@pytest.mark.parametrize(("winner", "told_of"), [("Lab", 1), ("Con", 0)])
def test_two_sources_are_compared_about_a_by_election_that_is_part_of_the_election(
    with_wards: bool, winner: str, told_of: int
) -> None:
    """With Labour the council is 9 to 9, with the Conservatives it is theirs."""
    by = ballot(0, "Lab", ballot_paper_id=f"local.oakmere.abbey.by.{NIGHT}")
    known = almanac(with_wards=with_wards)
    account = taken_in(
        {
            "0.xml": MORE_ARE_UP,
            "1.json": page(*ballots(), by),
            MODERN_GOV: modern_gov(area(0, winner), title="Abbey by-election"),
        },
        almanac=known,
    )
    assert len(account["alerts"]) == told_of
