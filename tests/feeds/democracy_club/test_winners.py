"""Democracy Club's Atom feed of winners."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.election.parties import WireParty
from bot.election.reports import WinnerStatement
from bot.feeds.democracy_club import winners as democracy_club_atom
from tests.feeds.documents import reading


def entry(number: int = 1, **changed: str | None) -> str:
    """Return an entry; a field given as None is left out."""
    usual = {
        "title": "Example Alpha (Labour Party) won in Avenue",
        "id": f"https://example.org/#{number}",
        "published": "2022-05-06T01:52:00+00:00",
        "updated": "2022-05-06T01:52:00+00:00",
        "retraction": "0",
        "election_slug": "local.hull.2022-05-05",
        "election_date": "2022-05-05",
        "post_id": "gss:E05011535",
        "winner_person_id": "2",
        "winner_party_id": "party:53",
        "information_source": "the council's site",
    }
    fields: dict[str, str | None] = {**usual, **changed}
    inside = "".join(
        f"<{key}>{value}</{key}>" for key, value in fields.items() if value is not None
    )
    return f"<entry>{inside}</entry>"


def feed(*entries: str, title: str = "Election results (with extra data)", links: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{title}</title>{links}{''.join(entries)}</feed>"
    )


RETRACTION = entry(
    2,
    title="Correction: retracting the statement that Example Alpha (Labour Party) won in Avenue",
    updated="2022-05-06T02:10:00+00:00",
    retraction="1",
    information_source="Recorded in error",
)
FEED = feed(RETRACTION, entry())


def statement(**changed: str | None) -> WinnerStatement:
    found = reading(feed(entry(1, **changed)), "all.atom")
    assert found.faults == ()
    [report] = found.reports
    assert isinstance(report, WinnerStatement)
    return report


def test_a_statement() -> None:
    found = statement()
    assert found == WinnerStatement(
        night=found.night,
        entry="https://example.org/#1",
        council=found.council,
        area="Avenue",
        gss="E05011535",
        person="2",
        party=WireParty("Labour Party", ec_id="party:53"),
        retraction=False,
        stated_at=datetime(2022, 5, 6, 1, 52, tzinfo=UTC),
        source="the council's site",
    )
    assert found.night.isoformat() == "2022-05-05"
    assert found.council.name == "Hull"


def test_a_retraction_is_of_the_same_person_in_the_same_ward() -> None:
    found = reading(FEED, "all.atom")
    assert found.format == democracy_club_atom.FORMAT
    later, earlier = found.reports
    assert isinstance(later, WinnerStatement)
    assert isinstance(earlier, WinnerStatement)
    assert (later.retraction, earlier.retraction) == (True, False)
    assert (later.person, later.area, later.party) == (earlier.person, earlier.area, earlier.party)
    assert later.stated_at > earlier.stated_at


def test_names_of_their_own_go_before_the_title_s() -> None:
    found = statement(
        title="Something else",
        election_name="Kingston upon Hull local election",
        post_name="Avenue Ward",
        winner_party_name="Labour and Co-operative Party",
    )
    assert found.council.name == "Kingston upon Hull"
    assert found.area == "Avenue Ward"
    assert found.party.name == "Labour and Co-operative Party"


def test_a_ward_without_a_code_has_its_name() -> None:
    found = statement(post_id="MTW:old")
    assert (found.area, found.gss) == ("Avenue", None)


def test_other_elections_are_passed_over_and_by_elections_told_apart() -> None:
    found = reading(feed(entry(election_slug="mayor.watford.2022-05-05"), entry()))
    assert (len(found.reports), found.passed_over, found.faults) == (1, 1, ())
    assert statement(election_slug="local.hull.avenue.by.2022-05-05").by_election
    assert statement(election_name="Hull by-election").by_election


def test_test_material_is_marked() -> None:
    assert statement(winner_person_name="Example AlphaTest").test
    assert statement(election_name="Hull local election Test").test
    assert not statement(election_name="Test Valley local election").test
    [report] = reading(feed(entry()), "all_Test.atom").reports
    assert report.test
    [report] = reading(feed(entry(), title="Results Test")).reports
    assert report.test


def test_the_basic_feed_is_told_from_the_one_that_is_needed() -> None:
    bare = "<entry><title>A (B) won in C</title><id>x</id></entry>"
    [fault] = reading(feed(bare, bare)).faults
    assert "take /results/all.atom instead" in fault
    assert reading(feed()).faults == ()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"id": None}, "its id is missing"),
        ({"retraction": None}, "does not say whether it is a retraction"),
        ({"retraction": "perhaps"}, "neither true nor false"),
        ({"election_slug": "local hull"}, "which is none"),
        ({"election_date": "May"}, "no date"),
        ({"post_id": None}, "post_id is missing"),
        ({"post_id": "x", "title": "odd"}, "ward is not named"),
        ({"winner_person_id": None}, "winner_person_id is missing"),
        ({"winner_party_id": None, "title": "odd"}, "party is missing"),
        ({"updated": "2022-05-06T01:52:00"}, "no time with its zone"),
        ({"updated": None, "published": None}, "published is missing"),
        ({"winner_person_id": "9" * 300}, "300 characters"),
        ({"retraction": "0</retraction><retraction>1"}, "its retraction appears twice"),
    ],
)
def test_a_faulty_entry_loses_only_itself(changed: dict[str, str | None], words: str) -> None:
    found = reading(feed(entry(7, **changed), entry()))
    assert len(found.reports) == 1
    [fault] = found.faults
    assert words in fault
