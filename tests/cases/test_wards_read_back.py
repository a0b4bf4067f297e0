"""Every record that the store can hold is read back by every question."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.chat.client import ElectionNight, load_cogs
from bot.chat.questions import CannotAnswer, Command, ask, commands_of, parse
from bot.chat.services import Services
from bot.clock import LONDON, SteppedClock
from bot.delivery.watch_lists import KnownLists
from bot.election.ballots import Ballot
from bot.election.reports import BallotKind, VotingSystem
from bot.ingest.rejudge import lacking
from bot.settings import Settings
from bot.store.opening import open_for_reading
from bot.store.reader import Reader
from tests.cases.oakmere import (
    MODERN_GOV,
    NIGHT,
    NOMINATIONS,
    almanac,
    area,
    atom,
    ballot,
    code,
    entry,
    labelled,
    modern_gov,
    nist,
    page,
)
from tests.cases.support import Documents, ingest_with

RESULT = f"""<LocalElectionResult revision='1'><Election date='{NIGHT}'>
<Council name='Oakmere' type='Non-Met' proportion='third' winningParty='NOC'
 gainOrHold='lose to NOC' sittingParty='C'>
<ElectedCouncillors><Party name='Lab' seats='4'/><Party name='C' seats='2'/></ElectedCouncillors>
<Changes><Party name='Lab' change='+1'/><Party name='C' change='-1'/></Changes>
<NewCouncil><Party name='Lab' seats='9'/><Party name='C' seats='9'/></NewCouncil>
</Council></Election></LocalElectionResult>"""
STATE = f"""<LocalStateOfParties numberOfResults='1' totalNumberOfCouncils='2'>
<Election date='{NIGHT}'/><Parties><Party name='Labour' abbreviation='Lab' totalCouncils='0'
 changeInControl='0' seatsWon='4' netChangeInSeats='+1'/></Parties></LocalStateOfParties>"""
SHEET = "council,party,seats_won,seats_now\nOakmere,Labour,4,9\nOakmere,Conservative,2,9\n"
MAYOR = ballot(
    0,
    ballot_paper_id=f"mayor.saltley-vale.{NIGHT}",
    election={"election_id": "mayor", "name": "Mayor of Saltley Vale", "election_date": f"{NIGHT}"},
    post={"id": "gss:E07000902", "label": "Saltley Vale", "slug": "x"},
)
PUT_OFF = ballot(1, cancelled=True, replaced_by=f"local.oakmere.brook.{NIGHT.year}-06-15")
UNOPPOSED = ballot(2, cancelled=True, uncontested=True)
BY_ELECTION = ballot(3, ballot_paper_id=f"local.oakmere.dell.by.{NIGHT}")

KINDS: dict[str, Documents] = {
    "nothing": {},
    "nominations": {"0.xml": NOMINATIONS},
    "result": {"1.xml": RESULT},
    "state of parties": {"1.xml": STATE},
    "sheet": {f"desk_sheet_{NIGHT}.csv": SHEET},
    "ballot": {"1.json": page(ballot(0))},
    "poll put off": {"1.json": page(PUT_OFF)},
    "unopposed": {"1.json": page(UNOPPOSED)},
    "by-election": {"1.json": page(BY_ELECTION)},
    "ballot without winners": {"1.json": page(ballot(0, candidacies=[], results=None))},
    "held ballot": {"1.json": page(labelled(0, "Abbey", code(1)))},
    "ballot of no ward of ours": {"1.json": page(labelled(0, "Nowhere", "E05090299"))},
    "mayor": {"1.json": page(MAYOR)},
    "winner": {"all.atom": atom(entry(0))},
    "winner taken back": {"all.atom": atom(entry(0), entry(0, retraction="1"))},
    "winner of a by-election": {"all.atom": atom(entry(0, election_name="Abbey by-election"))},
    "held winner": {"all.atom": atom(entry(0, gss=code(1)))},
    "area": {MODERN_GOV: modern_gov(area(0))},
    "area without winners": {MODERN_GOV: modern_gov(area(0, iselected="False"))},
    "contest of NIST's": {"1.json": nist([0])},
    "nothing that can be read": {"1.xml": "<LocalElectionResult"},
}
"""Documents by what the store holds once they are in."""


def _asked(command: Command) -> str:
    """Return a command with all its options about the made-up council."""
    said = {
        "council": "Oakmere",
        "name": "Labour" if command.qualified_name == "party" else "Oakmere",
        "ward": "Abbey",
        "area": "Saltley Vale",
        "constituency": "Saltley Vale",
    }
    options = [
        f"{one.display_name}:{said.get(one.display_name) or one.choices[0].name}"
        for one in command.parameters
        if one.required and (one.display_name in said or one.choices)
    ]
    return " ".join([f"/{command.qualified_name}", *options])


async def _answers(db: Path, documents: Documents) -> dict[str, str]:
    """Return what every command answers, by how it was asked; refusals in words are answers."""
    known = almanac()
    mayor = Ballot(
        code="mayor.saltley-vale", kind=BallotKind.MAYOR, name="Mayor of Saltley Vale",
        area="Saltley Vale", nation="England", system=VotingSystem.SUPPLEMENTARY,
    )  # fmt: skip
    night = replace(known.night(NIGHT), ballots={mayor.code: mayor})
    known = replace(known, nights={NIGHT: night})
    async with ingest_with(db, almanac=known) as room:
        await room.file(documents)
    clock = SteppedClock(datetime(NIGHT.year, 5, 5, 3, 40, tzinfo=LONDON))
    with (
        Reader(room.db, known) as reader,
        contextlib.closing(open_for_reading(room.db)) as connection,
    ):
        services = Services(
            settings=Settings(database=room.db, night=NIGHT),
            clock=clock,
            almanac=known,
            reader=reader,
            lists=KnownLists(connection, known),
        )
        client = ElectionNight(services)
        await load_cogs(client)
        questions = [_asked(one) for one in commands_of(client.tree) if "answered_by" in one.extras]
        found = {}
        for question in (*questions, "/ward council:Oakmere ward:Abbey", "/ward council:Oakmere"):
            try:
                answer = await ask(client.tree, parse(client.tree, question))
                found[question] = "\n".join(card.to_text() for card in answer.cards)
            except CannotAnswer as refusal:
                found[question] = str(refusal)
        reader.held(NIGHT)
        lacking(reader, known, NIGHT)
    return found


@pytest.mark.parametrize(
    ("kind", "declared"),
    [
        *((kind, False) for kind in KINDS),
        *(
            (kind, True)
            for kind in ("ballot", "by-election", "winner", "winner taken back", "area")
        ),
    ],
)
async def test_every_question_reads_back_what_the_store_holds(
    tmp_path: Path, kind: str, declared: bool
) -> None:
    before = {"00.xml": NOMINATIONS, **({"01.xml": RESULT} if declared else {})}
    answers = await _answers(tmp_path, {**before, **KINDS[kind]})
    assert len(answers) > 15
    assert all(answers.values())
    assert "Oakmere" in answers["/council name:Oakmere"]
    assert "Abbey" in answers["/ward council:Oakmere ward:Abbey"]


async def test_a_winner_that_the_feed_states_is_shown_in_the_ward(tmp_path: Path) -> None:
    answers = await _answers(tmp_path, {"all.atom": atom(entry(0), entry(4))})
    assert "Labour elected" in answers["/ward council:Oakmere"]
    assert "elected" in answers["/ward council:Oakmere ward:Abbey"]
    assert "2 of 6 wards declared" in answers["/ward council:Oakmere"]


async def test_what_the_store_holds_of_statements_follows_a_later_one(tmp_path: Path) -> None:
    taken_back = {"1.atom": atom(entry(0)), "2.atom": atom(entry(0, retraction="1"))}
    answers = await _answers(tmp_path, taken_back)
    assert "0 of 6 wards declared" in answers["/ward council:Oakmere"]
