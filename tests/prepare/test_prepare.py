"""`prepare`: what each source brings, and what is said of each council."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.clock import LONDON, RealClock, SteppedClock
from bot.election.control import NOC, Control
from bot.election.seats import Composition
from bot.ingest.ingest import Ingest
from bot.prepare.gather import Asked, gather
from bot.store.writer import Writer
from tests.prepare.conftest import Prepare
from tests.prepare.pages import NIGHT, ballot, mayor, page, save, thirds
from tests.support.small_night import council_result, document, fetch
from tests.support.tables import shipped

LEEDS = [ballot("Leeds", f"Ward {n}") for n in range(3)]
HEADER = "id,council id,authority,year,total,con,lab,ld,green,ukip,ref,pc,snp,other,majority,gss\n"
SHEET = (
    "council,party,seats_before,seats_up,size,before,expected_at,note,flagship,boundary_change,"
    "new_council\n"
)


def compositions(*rows: str) -> str:
    """Return a file of compositions: "Leeds,2026,9,1,8,…"."""
    return HEADER + "".join(f"{n},0,{row}\n" for n, row in enumerate(rows))


def test_an_all_out_council_is_decided_by_its_wards(prepare: Prepare, tmp_path: Path) -> None:
    wards = [ballot("Adur", f"Ward {n}", 2) for n in range(3)]
    known = compositions("Adur,2026,6,4,2,0,0,0,0,0,0,0,Con,")
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page(wards)),
        "--compositions", save(tmp_path / "c.csv", known),
    )  # fmt: skip
    assert run.status == 0, run.said
    adur = run.night.elections["ADU"]
    assert (adur.seats, adur.seats_up, adur.all_up) == (6, 6, True)
    assert adur.sitting == Control("Con")
    assert "Con,the file of compositions, May 2026,snapshot:2026-05-07" in run.cells(
        "councils.csv"
    ).replace('"', "")
    assert adur.before == Composition({"Con": 4, "Lab": 2})
    assert [ward.seats for ward in run.night.wards["ADU"]] == [2, 2, 2]
    assert "6 seats (the file of compositions), all of them up; 3 wards" in run.about("Adur")
    assert "1 council: 1 can be declared from wards alone, 1 from PA, 1 from a sheet." in run.said


def three_years(council: str = "Leeds", wards: int = 3) -> list[dict[str, object]]:
    """Return the results of the three years before, by which all of a council's seats are told."""
    return [
        *thirds(council, wards, ["Labour"], date(2023, 5, 4)),
        *thirds(council, wards, ["Labour", "Conservative"], date(2024, 5, 2)),
        *thirds(council, wards, ["Reform UK"], date(2026, 5, 7)),
    ]


def test_thirds_are_decided_where_earlier_results_tell_who_holds_the_seats(
    prepare: Prepare, tmp_path: Path
) -> None:
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page(LEEDS)),
        "--earlier", save(tmp_path / "e.json", page(three_years())),
        "--sheet", save(tmp_path / "s.csv", SHEET + "Leeds,,,,9,,,,,,\n"),
    )  # fmt: skip
    assert run.status == 0, run.said
    leeds = run.night.elections["LDS"]
    assert (leeds.seats, leeds.seats_up) == (9, 3)
    assert leeds.before == Composition({"Lab": 5, "Con": 1, "Reform": 3})
    assert leeds.staying == Composition({"Lab": 2, "Con": 1, "Reform": 3})
    assert leeds.sitting == Control("Lab")
    assert "1 can be declared from wards alone" in run.said


def test_thirds_are_not_where_nobody_says_whose_seats_are_up(
    prepare: Prepare, tmp_path: Path
) -> None:
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page(LEEDS)),
        "--compositions",
        save(tmp_path / "c.csv", compositions("Leeds,2026,9,1,8,0,0,0,0,0,0,0,Lab,")),
    )  # fmt: skip
    assert run.night.elections["LDS"].staying is None
    assert "missing: who holds the seats that are up." in run.about("Leeds")
    assert "0 can be declared from wards alone, 1 from PA" in run.said


def test_the_councillors_terms_say_whose_seats_are_up(prepare: Prepare, tmp_path: Path) -> None:
    head = "Council,Ward Name,Councillor Name,Next Election,Party Name,EC Party Code\n"
    members = [
        f"Leeds,Ward {n},Person {n},{NIGHT if n < 3 else '2028-05-04'},{party},"
        for n, party in enumerate(
            ["Labour Party", "Labour Party", "Green Party (E&W)", *["Labour Party"] * 3,
             "Conservative and Unionist", "Independent / Other", "Vacant"]
        )
    ]  # fmt: skip
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page(LEEDS)),
        "--compositions", save(tmp_path / "c.csv", head + "\n".join(members) + "\n"),
    )  # fmt: skip
    leeds = run.night.elections["LDS"]
    assert leeds.before == Composition({"Lab": 5, "Green": 1, "Con": 1, "Ind": 1, "Vac": 1})
    assert leeds.staying == Composition({"Lab": 3, "Con": 1, "Ind": 1, "Vac": 1})
    assert leeds.sitting == Control("Lab")


def test_the_sheet_goes_before_all_others_and_differences_are_listed(
    prepare: Prepare, tmp_path: Path
) -> None:
    sheet = SHEET + (
        "Leeds,Labour,4,2,9,NOC,02:30,Close,yes,,\n"
        "Leeds,Conservative,3,1,,,,,,,\n"
        "Leeds,Liberal Democrat,2,0,,,,,,,\n"
    )
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page(LEEDS)),
        "--compositions",
        save(tmp_path / "c.csv", compositions("Leeds,2026,9,1,8,0,0,0,0,0,0,0,Lab,")),
        "--sheet", save(tmp_path / "s.csv", sheet),
    )  # fmt: skip
    leeds = run.night.elections["LDS"]
    assert leeds.before == Composition({"Lab": 4, "Con": 3, "LD": 2})
    assert leeds.staying == Composition({"Lab": 2, "Con": 2, "LD": 2})
    assert leeds.sitting == NOC
    assert leeds.expected_at is not None
    assert leeds.expected_at.isoformat() == "2027-05-07T02:30:00+01:00"
    [watched] = run.night.lists
    assert (watched.flagships, watched.councils[0].council, watched.councils[0].why) == (
        True, "LDS", "Close",
    )  # fmt: skip
    about = run.about("Leeds")
    assert "differ: control before: the newsroom's sheet has no overall control, the file" in about
    assert (
        "the file of compositions: Conservative 3 and 1, Liberal Democrat 2 and 0, Labour" in about
    )


def test_a_member_who_changed_party_leaves_open_whose_seats_stay(
    prepare: Prepare, tmp_path: Path
) -> None:
    """Whether that seat is up cannot be told, and a wrong guess could decide control."""
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page(LEEDS)),
        "--earlier", save(tmp_path / "e.json", page(three_years())),
        "--compositions",
        save(tmp_path / "c.csv", compositions("Leeds,2026,9,1,4,0,1,0,3,0,0,0,NOC,")),
    )  # fmt: skip
    assert run.night.elections["LDS"].staying is None
    assert "somebody has changed party, so say in the sheet" in run.about("Leeds")


def test_a_first_election_has_no_before(prepare: Prepare, tmp_path: Path) -> None:
    wards = [ballot("Greater Elmshire", f"Ward {n}", 3) for n in range(4)]
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page(wards)),
        "--sheet", save(tmp_path / "s.csv", SHEET + "Greater Elmshire,,,,,,,,,,yes\n"),
    )  # fmt: skip
    [(code, elmshire)] = run.night.elections.items()
    assert code.startswith("wire:")
    assert (elmshire.new_council, elmshire.seats, elmshire.sitting) == (True, 12, None)
    assert "In none of our tables: Greater Elmshire." in run.said
    assert "first election; 12 seats (Democracy Club's ballots), all of them up" in run.said
    assert "1 can be declared from wards alone" in run.said


def test_more_seats_than_the_council_has_are_a_change_of_boundaries(
    prepare: Prepare, tmp_path: Path
) -> None:
    run = prepare(
        "--ballots",
        save(tmp_path / "b.json", page([ballot("Adur", f"Ward {n}", 2) for n in range(4)])),
        "--compositions",
        save(tmp_path / "c.csv", compositions("Adur,2026,6,4,2,0,0,0,0,0,0,0,Con,")),
    )  # fmt: skip
    adur = run.night.elections["ADU"]
    assert (adur.seats, adur.boundary_change) == (8, True)
    assert (
        "assumed: its boundaries have changed, since 8 seats are up and 6 are known of" in run.said
    )


def test_fewer_seats_may_be_a_missing_ward_and_are_not_decided(
    prepare: Prepare, tmp_path: Path
) -> None:
    run = prepare(
        "--ballots",
        save(tmp_path / "b.json", page([ballot("Adur", f"Ward {n}", 2) for n in range(3)])),
        "--compositions",
        save(tmp_path / "c.csv", compositions("Adur,2026,7,5,2,0,0,0,0,0,0,0,Con,")),
    )  # fmt: skip
    assert "missing: why 6 seats are up of 7" in run.about("Adur")
    assert "not from wards alone: the wards give 6 seats, the council has 7" in run.about("Adur")


def test_by_elections_cancelled_replaced_and_other_ballots_have_their_places(
    prepare: Prepare, tmp_path: Path
) -> None:
    new = "local.adur.ward-2.2027-06-10"
    ballots = [
        ballot("Adur", "Ward 0", 2),
        ballot("Adur", "Ward 1", 2, cancelled=True, uncontested=True, stood=["Labour"] * 2),
        ballot("Adur", "Ward 2", 2, cancelled=True, replaced_by=new),
        ballot("Leeds", "Morley", by=True),
        ballot("Hull", "Avenue", replaced_by=f"local.hull.avenue-new.{NIGHT}"),
        ballot("Hull", "Avenue New", replaces=f"local.hull.avenue.{NIGHT}"),
        ballot("Hull", "Bricknell", replaced_by=f"local.hull.bricknell-new.{NIGHT}"),
        ballot("Hull", "Bricknell New"),
        ballot("Hull", "Derringham"),
        ballot("Hull", "Derringham New", replaces=f"local.hull.derringham.{NIGHT}"),
        mayor("Watford"),
        mayor("West of England", voting_system="sv"),
        ballot("x", "y", ballot_paper_id=f"parl.elmsea.{NIGHT}"),
    ]
    earlier = [
        mayor("Watford", "Liberal Democrat", night=date(2022, 5, 5)),
        ballot("Leeds", "Morley", 1, ["Labour"], night=date(2026, 5, 7)),
    ]
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page(ballots)),
        "--earlier", save(tmp_path / "e.json", page(earlier)),
    )  # fmt: skip
    statuses = [line.rpartition(",")[2] for line in run.cells("wards.csv").splitlines()[1:4]]
    assert statuses == ["contested", "uncontested", "countermanded"]
    assert "3 wards, 1 put off" in run.about("Adur")
    assert [ward.name for ward in run.night.wards["KHL"]] == [
        "Avenue New", "Bricknell New", "Derringham New",
    ]  # fmt: skip
    assert "LDS" not in run.night.elections
    assert f"local.leeds.morley.by.{NIGHT},LDS,Morley,,1," in run.cells("by_elections.csv")
    watford, west = (run.night.ballots[f"mayor.{one}"] for one in ("watford", "west-of-england"))
    assert (watford.council, watford.sitting, watford.system) == (
        "WAT",
        "LD",
        "first past the post",
    )
    assert (west.council, west.system) == (None, "supplementary vote")
    assert "Besides: 2 mayors, 1 by-election of a ward." in run.said
    assert "Ballots that are not followed: UK Parliament 1." in run.said


def test_a_second_vacancy_in_a_ward_is_another_seat_of_it(prepare: Prepare, tmp_path: Path) -> None:
    ballots = [
        *(ballot("Leeds", f"Ward {n}") for n in range(3)),
        ballot("Leeds", "Ward 1", by=True),
    ]
    run = prepare("--ballots", save(tmp_path / "b.json", page(ballots)))
    assert [ward.seats for ward in run.night.wards["LDS"]] == [1, 2, 1]
    assert run.night.elections["LDS"].seats_up == 4
    assert not (run.folder / "by_elections.csv").exists()


def test_the_csv_of_candidates_will_do_as_well(prepare: Prepare, tmp_path: Path) -> None:
    head = (
        "person_id,person_name,election_id,ballot_paper_id,election_date,party_name,party_id,"
        "post_label,cancelled_poll,seats_contested,gss,organisation_name,elected\n"
    )
    rows = [
        f"1,Ann,local.adur.{NIGHT},local.adur.a.{NIGHT},{NIGHT},Labour Party,PP53,A,f,2,E05000001,"
        "Adur District Council,",
        f"2,Bob,local.adur.{NIGHT},local.adur.a.{NIGHT},{NIGHT},Reform UK,PP7931,A,f,2,E05000001,"
        "Adur District Council,",
        f",,local.adur.{NIGHT},local.adur.b.{NIGHT},{NIGHT},,,B,f,1,E05000002,"
        "Adur District Council,",
    ]
    run = prepare("--ballots", save(tmp_path / "b.csv", "\ufeff" + head + "\n".join(rows) + "\n"))
    assert [(one.gss, one.seats) for one in run.night.wards["ADU"]] == [
        ("E05000001", 2),
        ("E05000002", 1),
    ]
    assert "ADU,Reform,6,,0,1" in run.cells("nominations.csv")
    saved = (head + "\n".join(rows)).replace(f",{NIGHT},", f",{NIGHT:%d/%m/%Y},")
    again = prepare("--ballots", save(tmp_path / "b.csv", saved.replace(",", ";")))
    assert again.cells("wards.csv") == run.cells("wards.csv")


def test_the_wire_alone_prepares_a_night(prepare: Prepare, tmp_path: Path) -> None:
    save(
        tmp_path / "wire" / "Local_nominations_Leeds.xml",
        f"""<LocalElectionNominations><Election date='{NIGHT}'>
        <Council name='Leeds' type='Metro' proportion='third'>
          <Party name='Labour' abbreviation='Lab' seatsHeld='6' seatsOffered='2' candidates='3'/>
          <Party name='Conservative' abbreviation='C' seatsHeld='2' seatsOffered='1'/>
          <Party name='Vacant' seatsHeld='1' seatsOffered='0'/>
        </Council></Election></LocalElectionNominations>""",
    )
    run = prepare("--from", str(tmp_path / "wire"))
    leeds = run.night.elections["LDS"]
    assert (leeds.seats, leeds.seats_up, leeds.sitting) == (9, 3, Control("Lab"))
    assert leeds.staying == Composition({"Lab": 4, "Con": 1, "Vac": 1})
    assert "missing: which wards vote." in run.about("Leeds")
    first = (tmp_path / "wire" / "Local_nominations_Leeds.xml").read_text(encoding="utf-8")
    save(tmp_path / "wire" / "Local_nominations_Leeds_2.xml", first.replace("'6'", "'7'"))
    twice = prepare("--from", str(tmp_path / "wire"))
    assert twice.status == 1
    assert "PA has nominations of Leeds twice that differ" in twice.said
    monkey = prepare("--from", "PA")
    assert monkey.status == 2
    assert "No feed of PA's is set" in monkey.complained


def test_both_together_list_where_they_differ(prepare: Prepare, tmp_path: Path) -> None:
    save(
        tmp_path / "wire" / "Local_nominations_Leeds.xml",
        f"""<LocalElectionNominations><Election date='{NIGHT}'>
        <Council name='Leeds' type='Metro' proportion='third'>
          <Party name='Labour' abbreviation='Lab' seatsHeld='9' seatsOffered='4' candidates='3'/>
        </Council></Election></LocalElectionNominations>""",
    )
    run = prepare(
        "--from", str(tmp_path / "wire"),
        "--ballots", save(tmp_path / "b.json", page(LEEDS)),
    )  # fmt: skip
    assert (
        "differ: seats that are up: PA's nominations have 4, Democracy Club's ballots have 3"
        in (run.about("Leeds"))
    )


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "b.json is empty: fetch it again."),
        ("{", "b.json: "),
        ("<html></html>", "b.json: The document is a web page"),
        ("a,b\n", "b.json has no column ballot_paper_id"),
        ('{"results": 1}', "no list of ballots under 'results'"),
        ('{"detail": "throttled"}', "b.json is not a page of Democracy Club's ballots."),
    ],
)
def test_what_is_no_page_of_ballots_is_named_and_nothing_is_written(
    body: str, sentence: str, prepare: Prepare, tmp_path: Path
) -> None:
    run = prepare("--ballots", save(tmp_path / "b.json", body))
    assert run.status == 2
    assert sentence in run.complained
    assert not run.folder.exists()


def test_faulty_ballots_and_copies_are_named_and_lose_only_themselves(
    prepare: Prepare, tmp_path: Path
) -> None:
    older = ballot("Adur", "Ward 0", 1, last_updated="2027-04-01T12:00:00Z")
    ballots = [
        older,
        ballot("Adur", "Ward 1", winner_count="many"),
        {"ballot_paper_id": 7},
        ballot("Adur", "Ward 2", 2),
        ballot("Adur", "Ward 2", 3),
    ]
    save(tmp_path / "pages" / "1.json", page(ballots))
    save(tmp_path / "pages" / "2.json", page([ballot("Adur", "Ward 0", 3), older]))
    save(tmp_path / "pages" / "3.json", page([]))
    run = prepare("--ballots", str(tmp_path / "pages"))
    assert run.status == 1
    assert [ward.seats for ward in run.night.wards["ADU"]] == [3, 2]
    assert "Look at this: 1.json: Ballot local.adur.ward-1.2027-05-06: its winner_count" in run.said
    assert "local.adur.ward-2.2027-05-06 appears twice" in run.said


def test_a_council_that_the_sheet_misspells_is_asked_about(
    prepare: Prepare, tmp_path: Path
) -> None:
    sheet = SHEET + "Leads,,,,9,,,,,,\nadur district council,,,,29,,,,,,\nHull,,,,some,,,,,,\n"
    run = prepare("--sheet", save(tmp_path / "s.csv", sheet))
    assert run.status == 1
    assert "The sheet's Leads is not a council that we know, and is left out: is Leeds" in run.said
    assert run.night.elections["ADU"].seats == 29
    assert "s.csv, row 4: its size is 'some', not a number of seats." in run.said


def test_without_any_source_it_says_what_to_give(
    prepare: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = prepare()
    assert run.status == 2
    assert "Nothing says who votes: give --ballots" in run.complained
    monkeypatch.delenv("ELECTION_NIGHT_NIGHTS")
    run = prepare("--ballots", "b.json")
    assert "Set ELECTION_NIGHT_NIGHTS to a folder of your own" in run.complained
    monkeypatch.setenv("ELECTION_NIGHT_NIGHTS", "nights")
    assert "b.json is not there" in prepare("--ballots", "b.json").complained


def test_an_old_composition_is_not_used(prepare: Prepare, tmp_path: Path) -> None:
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page(LEEDS)),
        "--compositions",
        save(tmp_path / "c.csv", compositions("Leeds,2024,9,1,8,0,0,0,0,0,0,0,Lab,")),
    )  # fmt: skip
    assert (
        "the file of compositions is of May 2024, and there may have been an election" in run.said
    )
    assert run.night.elections["LDS"].sitting is None


def test_a_ward_that_should_vote_and_has_no_ballot_is_asked_about(
    prepare: Prepare, tmp_path: Path
) -> None:
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page(LEEDS[:2])),
        "--earlier", save(tmp_path / "e.json", page(three_years())),
        "--sheet", save(tmp_path / "s.csv", SHEET + "Leeds,,,,9,,,,,,\n"),
    )  # fmt: skip
    assert "missing: why Ward 2 does not vote, where terms end." in run.about("Leeds")


def test_by_elections_since_a_composition_are_counted_in(prepare: Prepare, tmp_path: Path) -> None:
    """One in the year of the composition may be in it or not: that is said."""
    won = ballot("Adur", "Ward 0", 1, ["Reform UK"], night=date(2027, 1, 14), by=True)
    same_year = ballot("Adur", "Ward 1", 1, ["Green Party"], night=date(2026, 9, 3), by=True)
    first = [
        ballot("Adur", f"Ward {n}", 1, [party], night=date(2023, 5, 4))
        for n, party in enumerate(("Conservative", "Labour", "Labour"))
    ]
    run = prepare(
        "--ballots",
        save(tmp_path / "b.json", page([ballot("Adur", f"Ward {n}") for n in range(3)])),
        "--earlier", save(tmp_path / "e.json", page([*first, won, same_year])),
        "--compositions",
        save(tmp_path / "c.csv", compositions("Adur,2026,3,1,1,0,1,0,0,0,0,0,NOC,")),
    )  # fmt: skip
    adur = run.night.elections["ADU"]
    assert adur.before == Composition({"Reform": 1, "Lab": 1, "Green": 1})
    assert adur.baseline is not None
    assert adur.baseline.updated
    assert "assumed: the by-election in Ward 1 on 2026-09-03 is in the composition" in run.said


def test_a_by_election_alone_says_who_held_the_seat_and_the_council(
    prepare: Prepare, tmp_path: Path
) -> None:
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page([ballot("Adur", "Ward 0", by=True)])),
        "--earlier",
        save(
            tmp_path / "e.json",
            page([ballot("Adur", f"Ward {n}", 1, ["Labour"], night=date(2023, 5, 4))
                  for n in range(3)]),
        ),
        "--compositions",
        save(tmp_path / "c.csv", compositions("Adur,2026,3,0,3,0,0,0,0,0,0,0,Lab,")),
    )  # fmt: skip
    assert run.night.elections == {}
    [by_election] = run.night.by_elections.values()
    assert (by_election.name, by_election.sitting) == ("Ward 0 ward of Adur", "Lab")
    assert run.night.seats_before == {"ADU": Composition({"Lab": 3})}
    assert "Adur: 1 by-election (Ward 0); 3 seats" in run.said


def test_a_vacancy_that_is_filled_tonight_is_up_though_its_term_goes_on(
    prepare: Prepare, tmp_path: Path
) -> None:
    parties = ["Labour Party"] * 5 + ["Conservative and Unionist"] * 3 + ["Vacant"]
    members = "".join(
        f"Leeds,Ward {n % 3},Person {n},{NIGHT if n < 3 else '2028-05-04'},{party}\n"
        for n, party in enumerate(parties)
    )
    head = "Council,Ward Name,Councillor Name,Next Election,Party Name\n"
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page([*LEEDS, ballot("Leeds", "Ward 2", by=True)])),
        "--compositions", save(tmp_path / "c.csv", head + members),
    )  # fmt: skip
    leeds = run.night.elections["LDS"]
    assert (leeds.seats, leeds.seats_up) == (9, 4)
    assert leeds.staying == Composition({"Lab": 2, "Con": 3})
    assert "1 can be declared from wards alone" in run.said


def test_a_vacancy_may_be_filled_by_the_ward_s_own_ballot(prepare: Prepare, tmp_path: Path) -> None:
    parties = ["Labour Party"] * 5 + ["Conservative and Unionist"] * 2 + ["Vacant"] * 2
    members = "".join(
        f"Leeds,Ward {n % 3},Person {n},{NIGHT if n < 3 else '2028-05-04'},{party}\n"
        for n, party in enumerate(parties)
    )
    head = "Council,Ward Name,Councillor Name,Next Election,Party Name\n"
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page([*LEEDS[:2], ballot("Leeds", "Ward 2", 2)])),
        "--compositions", save(tmp_path / "c.csv", head + members),
    )  # fmt: skip
    leeds = run.night.elections["LDS"]
    assert (leeds.seats, leeds.seats_up) == (9, 4)
    assert leeds.staying == Composition({"Lab": 2, "Con": 2, "Vac": 1})
    assert "a vacant seat is filled beside those whose term ends" in run.about("Leeds")


def test_a_council_that_no_table_knows_may_have_its_official_name_in_the_sheet(
    prepare: Prepare, tmp_path: Path
) -> None:
    wards = [ballot("Elmshire", f"Ward {n}", 3) for n in range(4)]
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page(wards)),
        "--sheet", save(tmp_path / "s.csv", SHEET + "Elmshire Borough Council,,,,12,NOC,,,,,\n"),
    )  # fmt: skip
    assert run.status == 0, run.said
    [elmshire] = run.night.elections.values()
    assert (elmshire.seats, elmshire.sitting) == (12, Control(None))
    assert run.about("Elmshire")


def test_the_settings_address_is_asked_where_none_is_given(
    prepare: Prepare, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ELECTION_NIGHT_DEMOCRACY_CLUB_URL", "http://127.0.0.1:9")
    run = prepare("--sheet", save(tmp_path / "s.csv", SHEET + "Leeds,,,,9,,,,,,\n"))
    assert run.status == 2
    assert "http://127.0.0.1:9" in run.complained


def test_on_new_boundaries_old_seats_say_nothing_of_its_size(
    prepare: Prepare, tmp_path: Path
) -> None:
    save(
        tmp_path / "wire" / "Local_nominations_Adur.xml",
        f"""<LocalElectionNominations><Election date='{NIGHT}'>
        <Council name='Adur' type='Non-Met' proportion='all' boundaryChange='true'>
          <Party name='Labour' abbreviation='Lab' seatsHeld='29' seatsOffered='29' candidates='3'/>
        </Council></Election></LocalElectionNominations>""",
    )
    run = prepare("--from", str(tmp_path / "wire"))
    adur = run.night.elections["ADU"]
    assert (adur.seats, adur.seats_up, adur.boundary_change) == (None, None, True)
    assert adur.before == Composition({"Lab": 29})
    wards = save(tmp_path / "b.json", page([ballot("Adur", f"Ward {n}", 3) for n in range(11)]))
    both = prepare("--from", str(tmp_path / "wire"), "--ballots", wards)
    assert (both.night.elections["ADU"].seats, both.night.elections["ADU"].seats_up) == (33, 33)
    told = save(tmp_path / "s.csv", SHEET + "Adur,,,,34,,,,,,\n")
    last = prepare("--from", str(tmp_path / "wire"), "--ballots", wards, "--sheet", told)
    assert last.night.elections["ADU"].seats == 34
    assert "the wards give 33 seats, the council has 34" in last.about("Adur")


def test_polls_put_off_and_wards_without_a_contest_have_their_holders(
    prepare: Prepare, tmp_path: Path
) -> None:
    year, later = date(2023, 5, 4), date(2023, 6, 15)
    alone = ballot("Leeds", "Ward 0", 1, night=year, uncontested=True, stood=["Labour"])
    off = f"local.leeds.ward-1.by.{later}"
    earlier = [
        *three_years()[3:],
        {**alone, "cancelled": False},
        ballot("Leeds", "Ward 1", 1, night=year, cancelled=True, replaced_by=off),
        ballot("Leeds", "Ward 1", 1, ["Conservative"], night=later, by=True,
               replaces=f"local.leeds.ward-1.{year}"),
        ballot("Leeds", "Ward 2", 1, ["Labour"], night=year),
    ]  # fmt: skip
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page(LEEDS)),
        "--earlier", save(tmp_path / "e.json", page(earlier)),
        "--sheet", save(tmp_path / "s.csv", SHEET + "Leeds,,,,9,,,,,,\n"),
    )  # fmt: skip
    assert "up: Labour 2, Conservative 1 (the results of earlier ballots)" in run.about("Leeds")


def test_a_spreadsheet_s_character_sets_are_read_and_its_own_files_named(
    prepare: Prepare, tmp_path: Path
) -> None:
    (tmp_path / "s.txt").write_bytes("council\tsize\nYnys Môn\t35\n".encode("utf-16"))
    (tmp_path / "w.csv").write_bytes("council,size\nYnys Môn,35\n".encode("cp1252"))
    for name in ("s.txt", "w.csv"):
        run = prepare("--sheet", str(tmp_path / name))
        assert [one.seats for one in run.night.elections.values()] == [35]
    (tmp_path / "s.xlsx").write_bytes(b"PK\x03\x04 xl/workbook.xml")
    assert "an Excel workbook (.xlsx)" in prepare("--sheet", str(tmp_path / "s.xlsx")).complained


def test_of_the_last_night_and_our_history_the_newer_one_counts(
    prepare: Prepare, tmp_path: Path
) -> None:
    """By our history Adur has 17 Labour seats of 29 after the elections of 2026."""
    told = {"Lab": 12, "Con": 17}
    for night, sitting in ((date(2026, 5, 7), "Lab"), (date(2027, 2, 4), "Con")):
        asyncio.run(stored(tmp_path / "var" / "election-night.sqlite", night, told))
        run = prepare(
            "--ballots",
            save(tmp_path / "b.json", page([ballot("Adur", f"Ward {n}") for n in range(29)])),
        )
        assert run.night.elections["ADU"].sitting == Control(sitting), run.about("Adur")


async def stored(database: Path, night: date, seats: dict[str, int]) -> None:
    """File a result of Adur's in the database."""
    database.parent.mkdir(exist_ok=True)
    at = datetime.combine(night + timedelta(days=1), time(3), LONDON)
    result = replace(council_result("ADU", seats, name="Adur", sitting="Lab"), night=night)
    async with Writer(database) as writer:
        await Ingest(writer, shipped(), SteppedClock(at)).file(fetch(document(result, at=at)))


def test_a_council_that_a_feed_spells_otherwise_is_found_or_asked_about(
    prepare: Prepare, tmp_path: Path
) -> None:
    names = ("LEEDS CITY COUNCIL", "Kingston-upon-Hull", "Basingstoke & Deane", "Wolverhamton")
    wards = [ballot(name, "Ward 0", 3) for name in names]
    run = prepare("--ballots", save(tmp_path / "b.json", page(wards)))
    assert sorted(run.night.elections) == ["BAN", "KHL", "LDS", "wire:Wolverhamton"]
    assert "In none of our tables: Wolverhamton (is Wolverhampton meant?)." in run.said


def test_a_composition_is_not_used_where_a_by_election_since_took_a_seat_from_nobody_knows_whom(
    prepare: Prepare, tmp_path: Path
) -> None:
    won = ballot("Leeds", "Ward 1", 1, ["Reform UK"], night=date(2027, 1, 14), by=True)
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page(LEEDS)),
        "--earlier", save(tmp_path / "e.json", page([*three_years(), won])),
        "--compositions",
        save(tmp_path / "c.csv", compositions("Leeds,2026,9,1,5,0,0,0,3,0,0,0,Lab,")),
    )  # fmt: skip
    assert run.night.elections["LDS"].before is None
    assert "older than the by-election in Ward 1 on 2027-01-14" in run.about("Leeds")


def test_what_is_older_than_an_election_of_the_same_year_is_not_used(tmp_path: Path) -> None:
    autumn, polls = date(2027, 10, 14), date(2023, 5, 4)
    tonight = page([ballot("Leeds", "Ward 1", night=autumn, by=True)])
    fought = page([ballot("Leeds", f"Ward {n}", 3, ["Green"] * 3, night=polls) for n in range(33)])
    asked = Asked(
        ballots=[save(tmp_path / "tonight.json", tonight)],
        earlier=[save(tmp_path / "earlier.json", fought)],
    )
    [plan] = asyncio.run(gather(asked, autumn, shipped(), RealClock())).plans
    assert plan.facts.size == 99
    assert plan.facts.before is None
    assert plan.facts.control is None


def test_reasons_that_differ_in_numbers_are_one_and_the_next_step_is_said(
    prepare: Prepare, tmp_path: Path
) -> None:
    wards = [ballot(one, f"Ward {n}", 2) for one in ("Adur", "Bolsover") for n in range(3)]
    known = compositions(
        "Adur,2026,7,5,2,0,0,0,0,0,0,0,Con,", "Bolsover,2026,8,5,3,0,0,0,0,0,0,0,Con,"
    )
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page(wards)),
        "--compositions", save(tmp_path / "c.csv", known),
    )  # fmt: skip
    told = run.said.partition("0 can be declared from wards alone")[2]
    assert (
        "  Not from wards alone, since the wards give … seats, the council has …:"
        " Adur (6, 7), Bolsover (6, 8).\n" in told
    )
    assert "after --earlier, or say in the newsroom's sheet" in told


def test_of_a_day_on_which_nobody_votes_nothing_is_written(
    prepare: Prepare, tmp_path: Path
) -> None:
    run = prepare("--ballots", save(tmp_path / "b.json", page([])))
    assert run.status == 2
    assert not run.folder.exists()
    assert f"Nobody votes on {NIGHT} by these sources, so nothing is written" in run.complained


@pytest.mark.parametrize("day", ["2027-05-06", "06/05/2027", "2027-05-06T00:00:00", "May 2027"])
def test_a_list_of_councillors_counts_everybody_once_and_reads_british_dates(
    prepare: Prepare, tmp_path: Path, day: str
) -> None:
    ballots = save(tmp_path / "b.json", page([ballot("Adur", f"Ward {n}") for n in range(14)]))
    rows = [f"Adur,W{n},P{n},{day if n < 14 else '2030-05-02'},Labour Party" for n in range(29)]
    header = "Council,Ward Name,Councillor Name,Next Election,Party Name\n"
    members = save(tmp_path / "c.csv", header + "\n".join([*rows, rows[0]]))
    ran = prepare("--ballots", ballots, "--compositions", members)
    assert ran.status == 1
    assert "c.csv has P0 of W0, Adur, twice: counted once." in ran.said
    assert "Adur: 29 seats (the list of councillors)" in ran.said
    known = "up: Labour 14 (the list of councillors)" in ran.said
    assert known is ("'May 2027' as a next election, which is no date" not in ran.said)


def test_a_file_of_compositions_that_contradicts_itself_is_named(
    prepare: Prepare, tmp_path: Path
) -> None:
    ballots = save(tmp_path / "b.json", page(LEEDS))
    rows = ("Leeds,2026,99,50,49,0,0,0,0,0,0,0,Con,", "Leeds,2026,99,49,50,0,0,0,0,0,0,0,Lab,")
    twice = save(tmp_path / "c.csv", compositions(*rows, rows[0]))
    ran = prepare("--ballots", ballots, "--compositions", twice)
    assert ran.status == 1
    assert ran.said.count("c.csv has Leeds 2026 twice with other seats") == 1


def test_votes_of_earlier_ballots_are_those_of_the_same_ward_s_last_contest(
    prepare: Prepare, tmp_path: Path
) -> None:
    def coded(number: int, ward: str, night: date, votes: dict[str, int | None], **more: object):
        candidacies = [
            {
                "elected": place == 0,
                "party": {"ec_id": None, "name": party},
                "party_name": party,
                "person": {"id": place, "name": f"Person {place}"},
                "result": None if cast is None else {"num_ballots": cast},
            }
            for place, (party, cast) in enumerate(votes.items())
        ]
        post = {"id": f"gss:E0500000{number}", "label": ward, "slug": ward}
        one = ballot("Leeds", ward, night=night, **more)  # type: ignore[arg-type]
        return {**one, "post": post, "candidacies": candidacies}

    both = {"Labour": 300, "Conservative": 200}
    now = dict.fromkeys(both)
    tonight = [coded(n, f"Ward {n}", NIGHT, now) for n in range(4)]
    before = [
        coded(0, "Ward 0", date(2023, 5, 4), both),  # the seat that is up again
        coded(0, "Ward 0", date(2026, 5, 7), {"Reform UK": 900, "Labour": 100}),
        coded(1, "Ward 1", date(2026, 5, 7), {"Reform UK": 800, "Labour": 200}),
        coded(1, "Ward 1", date(2024, 10, 3), {"Labour": 9, "Conservative": 8}, by=True),
        coded(2, "Ward 2", date(2023, 5, 4), {"Labour": 300, "Conservative": None}),
        coded(9, "Ward 3", date(2023, 5, 4), both),  # the boundaries were others
    ]
    run = prepare(
        "--ballots", save(tmp_path / "b.json", page(tonight)),
        "--earlier", save(tmp_path / "e.json", page(before)),
    )  # fmt: skip
    last = run.night.last_votes
    assert {key.split(".")[2]: (one.fought_on, one.votes) for key, one in last.items()} == {
        "ward-0": (date(2023, 5, 4), {"Lab": 300, "Con": 200}),
        "ward-1": (date(2026, 5, 7), {"Reform": 800, "Lab": 200}),
    }
