"""Who a party is: by its id, by its name and its descriptions, wherever it comes from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.desk import Editor
from bot.desk_checks import DeskError
from bot.election.ballots import BallotKind
from bot.election.parties import WireParty
from bot.election.reports import BallotReport, Candidate
from bot.store.names import as_said
from bot.store.reader import Reader
from bot.store.rebuild import rebuild
from tests.cases import documents
from tests.cases.documents import Documents, Named, Wards
from tests.cases.support import alerts_of, change_of, ingest_with, shipped, taken_in

NIGHT = date.fromisoformat(documents.NIGHT)

HELD = {"Labour": 3, "Conservative": 6, "Independent/Other": 1}
"""Ten seats, all of them up."""

Format = Callable[[Wards], Documents]
WARD_FORMATS: dict[str, Format] = {
    "Modern.Gov": documents.modern_gov,
    "Democracy Club": documents.democracy_club,
    "NIST": documents.nist,
    "Atom": documents.atom,
}


def by_wards(*winners: str | Named) -> Wards:
    """Return ten wards of one seat each, whose first winners are *winners* and the rest Labour."""
    rest = ("Labour Party",) * (10 - len(winners))
    return {f"Ward {n}": (party,) for n, party in enumerate((*winners, *rest), 1)}


def told_of(*winners: str | Named, form: Format) -> dict[str, object]:
    """Return the change of hands that nominations and wards give."""
    told = taken_in({**documents.nominations(HELD), **form(by_wards(*winners))})
    assert told["rejected"] == []
    return change_of(told, documents.COUNCIL) or {}


# --- names --------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["Modern.Gov", "Democracy Club", "NIST"])
@pytest.mark.parametrize(
    ("described", "party"),
    [
        ("Liberal Democrats (Focus Team)", "Liberal Democrat"),
        ("The Green Party Candidate", "Green"),
        ("Wales Green Party / Plaid Werdd Cymru", "Green"),
        ("Scottish National Party (S.N.P.)", "Scottish National Party"),
    ],
)
def test_a_party_gains_under_a_description_of_it(form: str, described: str, party: str) -> None:
    change = told_of(*[described] * 6, form=WARD_FORMATS[form])
    assert (change["outcome"], change["to"]) == ("gain", party)
    assert (change["seats"], change["total"]) == (6, 10)


@pytest.mark.parametrize("form", ["Modern.Gov", "Democracy Club", "NIST"])
@pytest.mark.parametrize(
    "half",
    [
        "Local Conservatives",
        "Conservative & Unionist Party",
        "Scottish Conservative and Unionist",
        "Welsh Conservative Party Candidate / Ymgeisydd Plaid Geidwadol Cymru",
    ],
)
def test_a_party_under_two_of_its_descriptions_holds_with_both(form: str, half: str) -> None:
    wards = by_wards(*["Conservative Party Candidate"] * 3, *[half] * 3)
    told = taken_in({**documents.nominations(HELD), **WARD_FORMATS[form](wards)})
    assert told["councils"]["declared"] == 1
    assert told["alerts"] == []


def test_joint_descriptions_in_two_languages_are_labour() -> None:
    joint = "Welsh Labour and Co-operative Party / Llafur a'r Blaid Gydweithredol Cymru"
    wards = by_wards(*[joint] * 3, *["Welsh Labour"] * 3, *["Annibynnol / Independent"] * 4)
    told = taken_in({**documents.nominations(HELD), **documents.modern_gov(wards)})
    change = change_of(told, documents.COUNCIL)
    assert change is not None
    assert (change["outcome"], change["to"], change["seats"]) == ("gain", "Labour", 6)


@pytest.mark.parametrize("name", ["Independent", "Labour Party", "Nobody knows this"])
def test_the_id_of_a_party_decides_against_its_name(name: str) -> None:
    told = told_of(*[Named(name, "PP90")] * 6, form=documents.democracy_club)
    assert told["to"] == "Liberal Democrat"
    joint = told_of(*[Named(name, "joint-party:53-119")] * 6, form=documents.democracy_club)
    assert joint["to"] == "Labour"
    one_by_one = taken_in(
        {
            **documents.nominations(HELD),
            **documents.democracy_club(by_wards(*[Named(name, "PP90")] * 6)),
            **documents.atom(by_wards(*[Named(name, "party:90")] * 6)),
        }
    )
    assert len(alerts_of(one_by_one, documents.COUNCIL)) == 1


def test_a_winners_party_that_is_put_right_corrects_what_was_said() -> None:
    wrong = documents.democracy_club(by_wards(*[Named("Reform UK", "PP7931")] * 6))
    right = documents.democracy_club(
        by_wards(*[Named("Conservative and Unionist Party", "PP52")] * 6),
        at="2024-05-03T05:00:00+01:00",
    )
    told = taken_in({**documents.nominations(HELD), **wrong, **right})
    assert told["councils"]["changes_of_hands"] == []
    assert told["councils"]["declared"] == 1


# --- a party keeps its name wherever it comes from ----------------------------------------


@pytest.mark.parametrize("form", ["Modern.Gov", "Democracy Club", "NIST"])
@pytest.mark.parametrize(
    "winner",
    [Named("Reform UK", "PP7931"), "UK Independence Party (UKIP)", "Aspire"],
)
def test_a_party_that_nominations_do_not_list_is_not_folded(form: str, winner: str | Named) -> None:
    wards = by_wards(*[winner] * 6, "Independent")
    told = taken_in({**documents.nominations(HELD), **WARD_FORMATS[form](wards)})
    change = change_of(told, documents.COUNCIL)
    assert change is not None
    assert change["to"] not in ("Independent/Other", "No overall control")
    assert (change["outcome"], change["seats"], change["total"]) == ("gain", 6, 10)
    lines = {line["party"]: line for line in told["state_of_parties"]}
    assert lines[change["to"]]["seats_won"] == lines[change["to"]]["seat_change"] == 6
    assert lines["Independent/Other"]["seats_won"] == 1
    assert lines["Independent/Other"]["seat_change"] == 0


@pytest.mark.parametrize("form", ["Modern.Gov", "Democracy Club", "NIST"])
@pytest.mark.parametrize("party", ["Reform UK", "UK Independence Party (UKIP)", "Green Party"])
def test_a_party_that_nominations_do_not_list_has_no_majority_with_the_independents(
    form: str, party: str
) -> None:
    told = told_of(*[party] * 5, "Independent", form=WARD_FORMATS[form])
    assert (told["outcome"], told["to"]) == ("loss to NOC", "No overall control")


@pytest.mark.parametrize("form", ["Modern.Gov", "Democracy Club", "NIST"])
def test_several_local_parties_have_a_majority_together_and_keep_their_names(form: str) -> None:
    canvey, people = "Canvey Island Independent Party", "People's Independent Party"
    wards = by_wards(*[canvey] * 3, *[people] * 3)
    told = taken_in({**documents.nominations(HELD), **WARD_FORMATS[form](wards)})
    change = change_of(told, documents.COUNCIL)
    assert change is not None
    assert (change["to"], change["seats"]) == ("Independent/Other", 6)
    won = {line["party"]: line["seats_won"] for line in told["state_of_parties"]}
    assert (won[canvey], won[people], won["Labour"]) == (3, 3, 4)


@pytest.mark.parametrize("result", [documents.pa_result, documents.pa_result_json])
@pytest.mark.parametrize("winner", ["Reform UK", "Aspire"])
def test_what_the_wire_has_in_its_bucket_is_named_by_the_wards(
    result: Callable[..., Documents], winner: str
) -> None:
    wire = result({"Lab": 4, "Ind": 6}, winner="Ind", sitting="C", said="gain")
    wards = by_wards(*[winner] * 6)
    told = taken_in(
        {**documents.nominations(HELD), **documents.democracy_club(wards), **wire, **state("Ind")}
    )
    change = change_of(told, documents.COUNCIL)
    assert change is not None
    assert (change["to"], change["seats"]) == (winner, 6)
    assert len(alerts_of(told, documents.COUNCIL)) == 1
    assert told["reconciliation"][0]["differences"] == []


def test_the_wires_bucket_and_its_own_parties_are_compared_and_a_difference_is_found() -> None:
    wire = documents.pa_result({"Lab": 4, "Ind": 6}, winner="Ind", sitting="C", said="gain")
    told = taken_in({**documents.nominations(HELD), **wire, **state("Ind", others=5)})
    assert told["reconciliation"][0]["differences"] == [
        "Independent/Other: seats won 5 by PA, 6 by our count"
    ]


def test_a_source_that_calls_a_local_partys_winners_independent_disputes_nothing() -> None:
    named = documents.democracy_club(by_wards(*["Aspire"] * 6))
    plain = documents.modern_gov(by_wards(*["Independent"] * 6))
    other = documents.modern_gov(by_wards(*["Reform UK"] * 6))
    agreed = taken_in({**documents.nominations(HELD), **named, **plain})
    assert (change_of(agreed, documents.COUNCIL) or {})["to"] == "Aspire"
    disputed = taken_in({**documents.nominations(HELD), **named, **other})
    assert disputed["alerts"] == []


def state(bucket: str, *, others: int = 6) -> Documents:
    """Return PA's state of parties of the one council, in which the bucket has won it."""
    lines = (("Lab", 0, 0, 4, 0), (bucket, 1, 1, others, 0), ("C", 0, -1, 0, 0))
    parties = "".join(
        f"<Party name='{name}' abbreviation='{name}' totalCouncils='{councils}' "
        f"changeInControl='{net}' seatsWon='{won}' netChangeInSeats='{change}'/>"
        for name, councils, net, won, change in lines
    )
    return {
        "state_1.xml": "<LocalStateOfParties numberOfResults='1' totalNumberOfCouncils='1'>"
        f"<Election date='{documents.NIGHT}'/><Parties>{parties}</Parties>"
        f"<CouncilsIncluded><Council name='{documents.COUNCIL}'/></CouncilsIncluded>"
        "</LocalStateOfParties>"
    }


# --- a party that nobody knows -----------------------------------------------------------


@pytest.mark.parametrize("form", ["Modern.Gov", "Democracy Club", "NIST"])
@pytest.mark.parametrize(
    "winners",
    [
        ("Wessex First",) * 6,  # who has the majority?
        (*["Wessex First"] * 2, *["Conservative Party"] * 4),  # 6 of 10 Conservatives?
        (*["Wessex First"] * 3, *["Wessex Now"] * 3),  # one party?
        (*["Wessex First"] * 2, *["Independent"] * 4),  # independents and others, or not?
    ],
)
def test_an_unknown_party_holds_the_claim_that_it_could_decide(
    form: str, winners: tuple[str, ...]
) -> None:
    wards = by_wards(*winners)
    told = taken_in({**documents.nominations(HELD), **WARD_FORMATS[form](wards)})
    assert told["alerts"] == []
    assert told["councils"]["declared"] == 0


@pytest.mark.parametrize("form", ["Modern.Gov", "Democracy Club", "NIST"])
def test_an_unknown_party_that_decides_nothing_holds_nothing(form: str) -> None:
    told = told_of(*["Liberal Democrats"] * 6, "Wessex First", form=WARD_FORMATS[form])
    assert (told["to"], told["seats"]) == ("Liberal Democrat", 6)


@pytest.mark.parametrize("result", [documents.pa_result, documents.pa_result_json])
def test_an_unknown_party_holds_the_wires_result_that_it_could_decide(
    result: Callable[..., Documents],
) -> None:
    wire = result({"Lab": 4, "Wessex First": 6}, winner="Wessex First", sitting="C", said="gain")
    told = taken_in({**documents.nominations(HELD), **wire})
    assert told["alerts"] == []
    assert "do not know Wessex First" in told["held"][0]["reasons"][0]
    harmless = result({"Lab": 7, "Wessex First": 3}, winner="Lab", sitting="C", said="gain")
    assert len(taken_in({**documents.nominations(HELD), **harmless})["alerts"]) == 1


def test_an_unknown_party_holds_the_desk_sheet_that_it_could_decide() -> None:
    sheet = documents.desk_sheet({"Labour": 4, "Wessex First": 6})
    told = taken_in({**documents.nominations(HELD), **sheet})
    assert told["alerts"] == []
    assert "do not know Wessex First" in told["held"][0]["reasons"][0]


def test_the_wires_bucket_is_not_told_as_several_while_it_may_be_one_party() -> None:
    wire = documents.pa_result({"Lab": 4, "Ind": 6}, winner="Ind", sitting="C", said="gain")
    wards = documents.democracy_club(by_wards(*["Wessex First"] * 6))
    told = taken_in({**documents.nominations(HELD), **wire, **wards})
    assert told["alerts"] == []


@pytest.mark.parametrize(
    ("unknown", "told"), [(4, True), (6, False)], ids=["no majority", "a majority"]
)
def test_the_wires_bucket_is_told_where_no_unknown_party_can_have_a_majority(
    unknown: int, told: bool
) -> None:
    wire = documents.pa_result({"Lab": 4, "Ind": 6}, winner="Ind", sitting="C", said="gain")
    winners = ["Wessex First"] * unknown + ["Independent"] * (6 - unknown)
    wards = documents.democracy_club(by_wards(*winners))
    account = taken_in({**documents.nominations(HELD), **wire, **wards})
    assert bool(account["alerts"]) is told


@pytest.mark.parametrize("form", ["Modern.Gov", "Democracy Club", "NIST"])
def test_a_new_party_that_nominations_list_holds_no_council_that_it_does_not_control(
    form: str,
) -> None:
    wards = by_wards(*["Wessex First"] * 2, *["Conservative Party"] * 3, "Independent")
    listed = documents.nominations({**HELD, "Wessex First": 0})
    told = taken_in({**listed, **WARD_FORMATS[form](wards)})
    assert (change_of(told, documents.COUNCIL) or {})["to"] == "No overall control"
    unlisted = taken_in({**documents.nominations(HELD), **WARD_FORMATS[form](wards)})
    assert unlisted["alerts"] == []


@pytest.mark.parametrize(
    "name",
    [
        "Labour - Independent Group",
        "Green Party - Independents for Saltmarsh",
        "Conservative (Independents against the merger)",
        "Local Alliance Party",
        "Scottish Alliance Party",
        "Independent Labour",
        "Real Conservatives",
        "Reform Hexham",
    ],
)
@pytest.mark.parametrize("form", ["Modern.Gov", "Democracy Club", "NIST"])
def test_a_name_with_a_partys_in_it_is_not_that_party(form: str, name: str) -> None:
    told = taken_in({**documents.nominations(HELD), **WARD_FORMATS[form](by_wards(*[name] * 6))})
    assert told["alerts"] == []
    assert told["councils"]["declared"] == 0


@pytest.mark.parametrize(
    ("one", "other", "letters"),
    [("Reform UK", "Reform Hexham", "Reform"), ("Labour", "Independent Labour", "Lab")],
)
@pytest.mark.parametrize("result", [documents.pa_result, documents.pa_result_json])
def test_letters_that_two_nominated_parties_share_are_nobodys_though_a_table_has_them(
    result: Callable[..., Documents], one: str, other: str, letters: str
) -> None:
    def lettered(*names: str) -> Documents:
        ((file, text),) = documents.nominations(
            {**dict.fromkeys(names, 2), "Conservative": 8}
        ).items()
        for name in names:
            text = text.replace(f'name="{name}"', f'name="{name}" abbreviation="{letters}"')
        return {file: text}

    wire = result({letters: 6, "C": 4}, winner=letters, sitting="C", said="gain")
    assert taken_in({**lettered(one, other), **wire})["alerts"] == []
    alone = taken_in({**lettered(one), **wire})
    assert len(alone["alerts"]) == 1


# --- the desk says once who it is --------------------------------------------------------

EDITOR = Editor("Alex", 1)


@pytest.mark.parametrize("form", ["Modern.Gov", "Democracy Club", "NIST"])
@pytest.mark.parametrize(
    ("party", "to"),
    [
        ("Con", None),
        ("LD", "Liberal Democrat"),
        (None, "Wessex First"),
        ("Ind", "Independent/Other"),
    ],
)
async def test_the_desk_says_once_whose_a_name_is_and_can_take_it_back(
    form: str, party: str | None, to: str | None, tmp_path: Path
) -> None:
    write = WARD_FORMATS[form]
    winners = (*["Wessex First"] * 4, *["WESSEX  first"] * 2)
    async with ingest_with(tmp_path) as room:
        await room.file({**documents.nominations(HELD), **write(by_wards(*winners))})
        assert room.account()["councils"]["declared"] == 0
        done = await room.desk.name("Wessex First", party, EDITOR, "the council's own site")
        told = room.account()
        assert told["councils"]["declared"] == len(done.claims) == 1
        change = change_of(told, documents.COUNCIL)
        assert (change and change["to"]) == to
        assert change is None or change["seats"] == 6
        await room.desk.undo(done.number, EDITOR, "it was not")
        assert room.account()["councils"]["declared"] == 0


@pytest.mark.parametrize("result", [documents.pa_result, documents.pa_result_json])
async def test_a_name_that_the_desk_has_said_holds_for_councils_and_documents_to_come(
    result: Callable[..., Documents], tmp_path: Path
) -> None:
    def wire(council: str) -> Documents:
        now = {"Lab": 4, "Wessex First": 6}
        said = {"winner": "Wessex First", "sitting": "C", "said": "gain"}
        return {
            **documents.nominations(HELD, council=council),
            **result(now, **said, council=council),
        }

    async with ingest_with(tmp_path) as room:
        first = await room.file({**wire("Bexley"), **wire("Barnet")})
        assert first.claims == ()
        done = await room.desk.name("wessex first", None, EDITOR, "registered in April")
        assert sorted(claim.subject.code for claim in done.claims) == ["BEX", "BNE"]
        later = await room.file(wire("Ealing"))
        assert [claim.subject.code for claim in later.claims] == ["EAL"]
        told = room.account()
    assert {change["to"] for change in told["councils"]["changes_of_hands"]} == {"Wessex First"}
    assert told["held"] == []


async def test_the_wires_own_table_is_compared_under_the_party_that_the_desk_has_said(
    tmp_path: Path,
) -> None:
    table = {
        "Local_SOP_1.xml": "<LocalStateOfParties numberOfResults='1' totalNumberOfCouncils='1'>"
        f"<Election date='{NIGHT}'/><Parties>"
        "<Party name='Labour' totalCouncils='0' changeInControl='0' seatsWon='4' "
        "netChangeInSeats='0'/>"
        "<Party name='Wessex First' totalCouncils='1' changeInControl='+1' seatsWon='6' "
        "netChangeInSeats='0'/>"
        "<Party name='Conservative' totalCouncils='0' changeInControl='-1' seatsWon='0' "
        "netChangeInSeats='0'/></Parties></LocalStateOfParties>"
    }
    now = {"Lab": 4, "Wessex First": 6}
    result = documents.pa_result(now, winner="Wessex First", sitting="C", said="gain")
    held = {"Labour": 5, "Conservative": 5}
    async with ingest_with(tmp_path) as room:
        await room.file({**documents.nominations(held), **result, **table})
        await room.desk.name("Wessex First", "LD", EDITOR, "their own list says so")
        (compared,) = room.account()["reconciliation"]
    assert compared["agrees"], compared


async def test_the_letters_of_a_known_party_make_no_other_party_it(tmp_path: Path) -> None:
    nominated = documents.nominations({"Labour": 5, "Saltmarsh First": 5})
    lettered = {
        name: text.replace("'Saltmarsh First'", "'Saltmarsh First' abbreviation='SF'").replace(
            '"Saltmarsh First"', '"Saltmarsh First" abbreviation="SF"'
        )
        for name, text in nominated.items()
    }
    result = documents.pa_result({"Lab": 4, "SF": 6}, winner="SF", sitting="NOC", said="gain")
    async with ingest_with(tmp_path) as room:
        assert lettered != nominated
        first = await room.file({**lettered, **result})
        assert first.claims == ()  # nobody has said yet who that is
        await room.desk.name("Saltmarsh First", None, EDITOR, "registered in April")
        told = room.account()
    (change,) = told["councils"]["changes_of_hands"]
    assert change["to"] == "Saltmarsh First"


async def test_candidates_are_shown_under_the_party_that_the_desk_has_said(tmp_path: Path) -> None:
    async with ingest_with(tmp_path) as room:
        wards = by_wards(*["Wessex First"] * 6)
        await room.file({**documents.nominations(HELD), **documents.democracy_club(wards)})
        done = await room.desk.name("Wessex First", "LD", EDITOR, "their own list says so")

        def parties_of_the_first_ward() -> list[str]:
            with Reader(room.db, room.almanac) as reader:
                (ward,) = (w for w in reader.wards(NIGHT, "BEX") if w.standing.name == "Ward 1")
            return [one.party.name for one in ward.report.candidates]

        assert parties_of_the_first_ward() == ["Liberal Democrat", "Green Party"]
        await room.desk.undo(done.number, EDITOR, "it was not")
        assert parties_of_the_first_ward() == ["Wessex First", "Green Party"]


def test_a_contests_people_are_shown_under_the_party_that_the_desk_has_said() -> None:
    parties, wessex = shipped().parties, WireParty("Wessex First")
    report = BallotReport(
        night=NIGHT,
        kind=BallotKind.MAYOR,
        area="Wessex",
        gss=None,
        seats=1,
        candidates=(Candidate("Alex", wessex, (5,), True), Candidate("Sam", None)),
        complete=True,
        winner=wessex,
        sitting=WireParty("Labour Party"),
    )
    named = as_said(report, parties, {"wessex first": "LD"})
    assert [one.party and one.party.name for one in named.candidates] == ["Liberal Democrat", None]
    assert (named.winner, named.sitting) == (named.candidates[0].party, report.sitting)
    assert as_said(report, parties, {"wessex first": "wire:wessex first"}) == report


async def test_a_name_that_no_report_has_cannot_be_said(tmp_path: Path) -> None:
    async with ingest_with(tmp_path) as room:
        await room.file({**documents.nominations(HELD), **documents.modern_gov(by_wards())})
        for name in ("Wessex First", "Labour Party"):
            with pytest.raises(DeskError, match="do not know"):
                await room.desk.name(name, "Con", EDITOR, "why not")


async def test_what_the_desk_said_of_a_name_is_in_the_log_and_rebuilds(tmp_path: Path) -> None:
    async with ingest_with(tmp_path) as room:
        await room.file(
            {
                **documents.nominations(HELD),
                **documents.democracy_club(by_wards(*["Wessex First"] * 6)),
            }
        )
        await room.desk.name("Wessex First", "LD", EDITOR, "their own list says so")
        with Reader(room.db, room.almanac) as reader:
            (record, *_) = reader.desk_log(5)
            assert reader.wire_names(NIGHT)["parties"] == []
    assert (record.who, record.named, record.control) == ("Alex", "Wessex First", "LD")
    assert record.why == "their own list says so"
    assert list(rebuild(room.db).differences) == []


# --- one identity --------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["Modern.Gov", "Democracy Club", "NIST"])
def test_a_name_in_another_case_or_spacing_is_the_same_party(form: str) -> None:
    winners = [*["Liberal Democrats"] * 6, "Wessex First", "WESSEX FIRST", "Wessex  first"]
    wards = by_wards(*winners)
    told = taken_in({**documents.nominations(HELD), **WARD_FORMATS[form](wards)})
    lines = {line["party"]: line["seats_won"] for line in told["state_of_parties"]}
    assert lines["Wessex First"] == 3
    assert [name for name in lines if "wessex" in name.casefold()] == ["Wessex First"]


# --- a council by its other name -----------------------------------------------------------


@pytest.mark.parametrize("form", ["Modern.Gov", "Democracy Club", "NIST"])
@pytest.mark.parametrize(
    ("council", "english"),
    [
        ("Ynys Môn", "Isle of Anglesey"),
        ("Cyngor Sir Gâr", "Carmarthenshire"),
        ("Dùn Èideann", "Edinburgh"),
    ],
)
def test_a_council_under_its_other_name_is_that_council(
    form: str, council: str, english: str
) -> None:
    write: Callable[..., Documents] = WARD_FORMATS[form]
    wards = by_wards(*["Plaid Cymru - The Party of Wales"] * 6, "Annibynnol")
    told = taken_in(
        {**documents.nominations(HELD, council=english), **write(wards, council=council)}
    )
    change = change_of(told, english)
    assert change is not None
    assert (change["to"], change["seats"]) == ("Plaid Cymru", 6)
