"""What the desk sees of a held report, and of all else that waits."""

from __future__ import annotations

from bot.cards.desk import held_card, waiting_lines
from bot.election.claims import ClaimContent
from bot.election.control import NOC, Control
from bot.election.seats import Composition
from bot.election.standings import Held
from tests.cards.nights import COUNCILS, PA, PARTIES

HULL = COUNCILS.get("KHL")
CONTENT = ClaimContent.of(Control("Lab"), NOC)
SEATS = Composition({"LD": 28, "Lab": 28, "Ind": 1})


def text(*reasons: str, content: ClaimContent | None = CONTENT, told: bool = True) -> str:
    held = Held(7, PA, reasons)
    return held_card(HULL, "result", held, PARTIES, content=content, now=SEATS, told=told).to_text()


def test_a_held_report_has_reasons_document_and_consequence() -> None:
    assert text("the seats add up to *56*", "two winners") == (
        "Kingston upon Hull: result held for checks\n"
        "• the seats add up to *56*\n"
        "• two winners\n"
        "Local_result_1.xml · PA, revision 1, received 02:33\n"
        "If confirmed:\n"
        "Labour lose Kingston upon Hull to no overall control\n"
        "Lib Dems 28 · Labour 28 · Independents and others 1\n"
        "#7"
    )


def test_what_would_not_be_announced_says_so() -> None:
    assert "Nothing new to announce: Labour lose" in text("?", told=False)
    assert "It will count; Kingston upon Hull has not declared." in text("?", content=None)


def test_who_has_confirmed_first_is_named_harmlessly() -> None:
    card = held_card(
        HULL,
        "result",
        Held(7, PA, ()),
        PARTIES,
        content=None,
        now=None,
        told=False,
        proposed_by="@everyone",
    )
    assert card.fields[1].value.startswith("@\u200beveryone; a second member")
    assert "no reason is given" in text()


def test_all_else_that_waits_is_a_line_each() -> None:
    lines = waiting_lines(
        [(HULL, ("sheet has Labour", "wards dispute"))],
        ["Labour: seats won 3 by PA, 2 here"],
        {"councils": ["Wessex"], "parties": []},
    )
    assert lines == [
        "**Kingston upon Hull**: sheet has Labour",
        "**Kingston upon Hull**: wards dispute",
        "**State of parties**: Labour: seats won 3 by PA, 2 here (`/desk explain`)",
        "**Unknown councils**: Wessex",
    ]
