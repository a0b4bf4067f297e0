"""PA's optional attributes in every form: the night is told, agrees with the wire, and is final."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from bot.cards.summary import summary_cards
from bot.clock import RealClock
from bot.election.outlook import outlook
from bot.election.reconciliation import differences_from
from bot.feeds.formats import read
from bot.store.reader import Reader
from bot.wording.night import NightView
from tests.cases.support import Json, ingest_with, shipped

NIGHT = date(2018, 5, 3)
"""No table of ours knows it, nor the council."""

FORMS = {"absent": None, "empty": "", "All": "All", "blank or dash": " - "}
OPTIONAL = {
    "council": ("paId", "type", "proportion", "boundaryChange", "newCouncil"),
    "result": ("paId", "type", "proportion", "sittingParty"),
    "nominated": ("paId", "abbreviation", "unopposedReturns", "candidates"),
    "table": ("region",),
    "line": ("paId", "abbreviation"),
    "election": ("paId", "name"),
}
Attributes = Mapping[str, str | None]


def element(tag: str, inner: str = "", /, **attributes: str | None) -> str:
    given = " ".join(f"{name}='{value}'" for name, value in attributes.items() if value is not None)
    return f"<{tag} {given}>{inner}</{tag}>"


def documents(place: str = "", changed: Attributes | None = None) -> dict[str, str]:
    """Return nominations, result and state of parties of Brackwater: Labour gain it from NOC."""

    def made(tag: str, where: str, inner: str = "", **attributes: str | None) -> str:
        extra = changed if where == place and changed else {}
        return element(tag, inner, **{**attributes, **extra})

    election = made("Election", "election", "%s", date=f"{NIGHT}", paId="9", name="Local Elections")
    lines = "".join(
        made("Party", "nominated", name=name, abbreviation=short, paId="1", seatsHeld=str(held),
             seatsOffered=str(up), unopposedReturns="0", candidates="9")
        for name, short, held, up in (("Labour", "Lab", 9, 3), ("Conservative", "C", 9, 3))
    )  # fmt: skip
    voting = made("Council", "council", lines, name="Brackwater", type="Non-Met",
                  proportion="third", paId="7")  # fmt: skip
    blocks = (
        "<ElectedCouncillors><Party name='Lab' seats='5'/><Party name='C' seats='1'/>"
        "</ElectedCouncillors><Changes><Party name='Lab' change='+2'/>"
        "<Party name='C' change='-2'/></Changes>"
        "<NewCouncil><Party name='Lab' seats='11'/><Party name='C' seats='7'/></NewCouncil>"
    )
    result = made("Council", "result", blocks, name="Brackwater", type="Non-Met",
                  proportion="third", paId="7", winningParty="Lab", sittingParty="NOC",
                  gainOrHold="gain")  # fmt: skip
    table = made(
        "Party",
        "line",
        name="Labour",
        abbreviation="Lab",
        totalCouncils="1",
        changeInControl="+1",
        seatsWon="5",
        netChangeInSeats="+2",
    )
    table += made(
        "Party",
        "line",
        name="Conservative",
        abbreviation="C",
        totalCouncils="0",
        changeInControl="0",
        seatsWon="1",
        netChangeInSeats="-2",
    )
    table += element(
        "Party",
        name="No Overall Control",
        totalCouncils="0",
        changeInControl="-1",
        seatsWon="0",
        netChangeInSeats="0",
    )
    parties = (election % "") + element("Parties", table)
    return {
        "Local_nominations_Brackwater.xml": element("LocalElectionNominations", election % voting),
        "Local_result_Brackwater_1.xml": element(
            "LocalElectionResult", election % result, revision="1"
        ),
        "Local_SOP_1.xml": made("LocalStateOfParties", "table", parties, numberOfResults="1",
                                totalNumberOfCouncils="1", region="All"),
    }  # fmt: skip


async def account(tmp_path: Path, told: Mapping[str, str]) -> tuple[Json, tuple[str, ...], str]:
    """Take documents in; return the account, what differs from the wire, the summary's title."""
    async with ingest_with(tmp_path) as room:
        await room.file(told)
        found = room.account()
    with Reader(tmp_path / "night.db", shipped()) as reader:
        standings = reader.councils(NIGHT)
        almanac = shipped().told(NIGHT, reader.told_total(NIGHT))
        tables = [one.report for one in reader.last_states_of_parties(NIGHT)]
        differing = differences_from(tables, standings, almanac.parties, almanac.councils)
        now = RealClock().now()
        lead = summary_cards(NightView(standings, almanac, now), reconciled=not differing)[0]
    return found, differing, lead.description


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", OPTIONAL)
async def test_no_form_of_an_optional_attribute_loses_a_result_or_keeps_a_night_open(
    tmp_path: Path, place: str, form: str
) -> None:
    changed = dict.fromkeys(OPTIONAL[place], FORMS[form])
    told, differing, title = await account(tmp_path, documents(place, changed))
    assert (told["held"], told["rejected"]) == ([], [])
    assert told["councils"]["declared"] == 1
    assert differing == ()
    assert "final" in title.casefold()


@pytest.mark.parametrize("region", ["England", "South East", "Mercia"])
async def test_beside_the_table_of_the_whole_no_table_of_a_place_keeps_a_night_open(
    tmp_path: Path, region: str
) -> None:
    told = documents()
    whole = told["Local_SOP_1.xml"]
    told["Local_SOP_2.xml"] = whole.replace("region='All'", f"region='{region}'")
    _, differing, title = await account(tmp_path, told)
    assert differing == ()
    assert "final" in title.casefold()


async def test_a_nations_table_that_counts_a_result_where_none_of_ours_lies_is_a_difference(
    tmp_path: Path,
) -> None:
    told = documents()
    told["Local_SOP_2.xml"] = told["Local_SOP_1.xml"].replace("region='All'", "region='Wales'")
    _, differing, title = await account(tmp_path, told)
    (sentence,) = differing
    assert sentence.startswith("Wales: PA's last state of parties, of 1 result,")
    assert "final" not in title.casefold()


@pytest.mark.parametrize("form", ["absent", "", "All"])
async def test_a_party_whose_candidates_are_not_said_has_not_run_out_of_them(
    tmp_path: Path, form: str
) -> None:
    changed = {"candidates": None if form == "absent" else form}
    nominations = documents("nominated", changed)["Local_nominations_Brackwater.xml"]
    (report,) = read("pa", "n.xml", nominations.encode(), RealClock().now()).reports
    assert [one.candidates for one in report.parties] == [None, None]  # type: ignore[union-attr]
    async with ingest_with(tmp_path) as room:
        await room.file({"n.xml": nominations})
    with Reader(tmp_path / "night.db", shipped()) as reader:
        (standing,) = reader.councils(NIGHT)
    ahead = outlook(standing)
    assert ahead is not None
    assert (ahead.secured, {one.possible for one in ahead.parties}) == (None, {True})
