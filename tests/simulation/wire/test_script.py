"""What appears when on a night on which nothing goes wrong, and what it says."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from bot.almanac.recorded_nights import WardStatus
from bot.clock import LONDON
from bot.election.parties import WireParty
from bot.election.reports import (
    CouncilResult,
    GainOrHold,
    Nominations,
    PartySeats,
    Report,
    StateOfPartiesReport,
    WardReport,
)
from bot.feeds.democracy_club import ballots as democracy_club
from bot.feeds.formats import read
from simulation.wire.democracy_club import Ballots, Winners
from simulation.wire.night import Night
from simulation.wire.script import Script

CLOSE = datetime(2022, 5, 5, 22, tzinfo=LONDON)


def report_of(script: Script, name: str) -> Report:
    publication = next(p for p in reversed(script.publications) if p.name == name)
    from_xml = read("pa", name, publication.body, publication.at)
    from_json = read("pa", name, publication.json, publication.at)
    assert from_xml.faults == from_json.faults == ()
    assert from_xml.reports == from_json.reports
    [report] = from_xml.reports
    assert not report.test
    return report


def result_of(script: Script, name: str) -> CouncilResult:
    report = report_of(script, f"Local_result_{name}_1.xml")
    assert isinstance(report, CouncilResult)
    return report


def test_nominations_come_before_the_polls_close_and_results_after(script: Script) -> None:
    kinds = Counter(publication.name.split("_")[1] for publication in script.publications)
    assert kinds == {
        "nominations": 200,
        "result": 200 + 6,  # of Hackney no source has the votes: the rush alone tells its winner
        "rush": 7,
        "totals": 1,
        "SOP": 200,
    }
    for publication in script.publications:
        assert (publication.at < CLOSE) is publication.name.startswith("Local_nominations")
    times = [publication.at for publication in script.publications]
    assert times == sorted(times)
    assert set(script.moments) >= set(times)
    assert list(script.moments) == sorted(set(script.moments))


def test_every_document_reads(script: Script) -> None:
    for publication in script.publications:
        reading = read("pa", publication.name, publication.body, publication.at)
        assert reading.faults == ()
        assert len(reading.reports) == 1


def test_hull(script: Script) -> None:
    hull = result_of(script, "Kingston_upon_Hull")
    assert (hull.winner, hull.sitting) == (WireParty("LD"), WireParty("Lab"))
    assert hull.gain_or_hold is GainOrHold.GAIN
    assert hull.elected == (PartySeats(WireParty("LD"), 10), PartySeats(WireParty("Lab"), 9))
    assert hull.composition[0] == PartySeats(WireParty("LD"), 29)
    nominations = report_of(script, "Local_nominations_Kingston_upon_Hull.xml")
    assert isinstance(nominations, Nominations)
    assert sum(party.seats_held for party in nominations.parties) == 57


def test_crawley_is_declared_labour_by_its_filled_seats(script: Script) -> None:
    crawley = result_of(script, "Crawley")
    assert crawley.winner == WireParty("Lab")
    assert crawley.composition == (
        PartySeats(WireParty("Lab"), 18),
        PartySeats(WireParty("C"), 17),
        PartySeats(WireParty("Vacant"), 1),
    )


def test_a_new_council_has_a_placeholder_for_who_sat(script: Script) -> None:
    cumberland = result_of(script, "Cumberland")
    assert cumberland.council.new_council
    assert (cumberland.sitting, cumberland.sitting_given) == (None, True)
    assert cumberland.gain_or_hold is GainOrHold.GAIN
    assert cumberland.elected is None
    assert cumberland.changes is None


def test_file_names_are_written_as_pa_does(script: Script) -> None:
    names = {publication.name for publication in script.publications}
    assert "Local_nominations_Basingstoke___Deane.xml" in names


def test_the_last_state_of_parties_counts_everything(script: Script) -> None:
    state = report_of(script, "Local_SOP_200.xml")
    assert not any("SOP_London" in publication.name for publication in script.publications)
    assert isinstance(state, StateOfPartiesReport)
    assert (state.results, state.total_councils, len(state.included)) == (200, 200, 200)
    by_party = {line.party.label if line.party else "NOC": line for line in state.parties}
    councils = {name: line.councils for name, line in by_party.items()}
    assert {name: councils[name] for name in ("Lab", "C", "LD", "PC", "SNP")} == {
        "Lab": 74,
        "C": 35,
        "LD": 16,
        "PC": 4,
        "SNP": 1,
    }
    assert sum(councils.values()) == 200
    assert sum(line.council_change for line in state.parties) == 0
    # Four new councils are gains from no overall control here: Cumberland for Labour, and so on.
    assert (by_party["Lab"].council_change, by_party["C"].council_change) == (5, -10)


def test_an_array_has_a_table_for_each_region_and_one_of_all_and_a_folder_one_of_all() -> None:
    later = Script.of(Night.load("2026-05-07"))
    london = report_of(later, "Local_SOP_London_32.xml")
    everything = report_of(later, "Local_SOP_136.xml")
    assert isinstance(london, StateOfPartiesReport)
    assert isinstance(everything, StateOfPartiesReport)
    assert (london.region, london.results, london.total_councils) == ("London", 32, 32)
    assert (everything.region, everything.results, everything.total_councils) == (None, 136, 136)
    assert b'region="All"' in later.publications[-2].body + later.publications[-1].body
    won = {line.party.label: line.seats_won for line in everything.parties if line.party}
    assert (won["Reform"], won["Lab"], won["Green"]) == (1_454, 1_067, 587)


def test_ballots_open_on_the_eve_and_are_declared_once(night: Night, script: Script) -> None:
    versions: dict[int, list[Winners]] = {}
    for version in script.ballots:
        versions.setdefault(version.ward, []).append(version.winners)
    for ward in night.wards.values():
        expected = {
            WardStatus.CONTESTED: [Winners.UNKNOWN, Winners.RIGHT],
            WardStatus.UNCONTESTED: [Winners.RIGHT],
            WardStatus.COUNTERMANDED: [Winners.UNKNOWN],
        }[ward.status]
        assert versions[ward.ward_id] == expected
    assert len({version.last_updated for version in script.ballots}) == len(script.ballots)


def test_the_ballots_endpoint_by_time(night: Night, script: Script) -> None:
    ballots = Ballots(night, script.ballots)
    count, rows = ballots.page(CLOSE, None, 1, 50)
    assert (count, len(rows)) == (len(night.wards), 50)
    assert ballots.page(script.moments[0].replace(hour=1), None, 1, 50) == (0, [])
    assert ballots.last_change(script.moments[0].replace(hour=1)) is None
    end = script.moments[-1]
    count, _ = ballots.page(end, None, 1, 50)
    assert count == len(night.wards)
    count, rows = ballots.page(end, CLOSE, 1, 10_000)
    contested = [ward for ward in night.wards.values() if ward.status is WardStatus.CONTESTED]
    assert count == len(rows) == len(contested)
    times = [str(row["last_updated"]) for row in rows]
    assert times == sorted(times)


def test_an_uncontested_ballot_is_served_as_cancelled_too_and_its_candidates_as_elected(
    night: Night, script: Script
) -> None:
    (number, ward), *_ = (
        (number, ward)
        for number, ward in night.wards.items()
        if ward.status is WardStatus.UNCONTESTED
    )
    declared = [version for version in script.ballots if version.ward == number]
    _, (ballot,) = Ballots(night, declared).page(declared[-1].at, None, 1, 10)
    assert (ballot["cancelled"], ballot["uncontested"]) == (True, True)
    (report,) = democracy_club.parse([ballot]).reports
    assert isinstance(report, WardReport)
    assert (report.cancelled, report.uncontested) == (False, True)
    assert len(report.winners) == ward.seats_up
