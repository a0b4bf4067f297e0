"""What `doctor` says of the nights to come."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from bot.almanac.tables import load_almanac
from bot.cli.findings import Finding
from bot.cli.night_findings import night_findings
from bot.clock import LONDON
from bot.election.policy import ClaimsNeed
from bot.settings import Settings

NIGHT = date(2027, 5, 6)
NOW = datetime(2027, 5, 1, 12, 0, tzinfo=LONDON)
DEMOCRACY_CLUB = {"democracy_club_url": "https://dc.example"}
PA = {"pa_urls": ("https://pa.example",)}


def write(folder: Path, **tables: str) -> None:
    path = folder / NIGHT.isoformat()
    path.mkdir(parents=True, exist_ok=True)
    hours = f"{NIGHT}T07:00+01:00,{NIGHT}T22:00+01:00"
    said = {"night": f"night,name,polls_open,polls_close\n{NIGHT},Elections,{hours}\n", **tables}
    for name, text in said.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")


def prepared(folder: Path) -> None:
    """Write a night of three councils: all out, by thirds, and by thirds with nothing known."""
    write(
        folder,
        councils="code,proportion,seats,seats_up,sitting,baseline\n"
        "ADU,all,4,4,Con,eve\nLDS,third,6,2,Lab,eve\nHRT,third,3,1,,\n",
        nominations="code,party,seats_held,seats_offered\nADU,Con,4,4\nLDS,Lab,4,1\nLDS,Con,2,1\n",
        wards="ballot_id,code,name,seats_up\n"
        "a,ADU,A,2\nb,ADU,B,2\nc,LDS,C,1\nd,LDS,D,1\ne,HRT,E,1\n",
        ballots="code,kind,name,area,nation,system\n"
        "mayor.x,mayor,Mayor of X,X,England,first past the post\n",
        by_elections="ballot_id,code,name,seats\nf,KHL,Avenue,1\n",
    )


def found(folder: Path, *, now: datetime = NOW, **chosen: object) -> list[Finding]:
    settings = Settings().model_copy(update={"nights": folder, **chosen})
    findings = list(night_findings(settings, load_almanac(prepared=folder), now))
    for finding in findings:
        assert finding.text.endswith(".")
        assert finding.well != bool(finding.mend), finding
    return findings


def told(findings: list[Finding]) -> str:
    return "\n".join(map(str, findings))


def test_wards_alone_declare_what_the_tables_allow_and_the_rest_is_held(tmp_path: Path) -> None:
    prepared(tmp_path)
    findings = found(tmp_path, **DEMOCRACY_CLUB)
    said = told(findings)
    assert "ok   night: 2027-05-06 (Elections): 3 councils, 1 mayor, 1 by-election." in said
    assert "ok   night: 2027-05-06: Democracy Club will declare 2 of 3 councils by their" in said
    [held] = [one for one in findings if not one.well]
    assert "held until the desk decides" in held.text
    assert "our table does not say who holds the seats not up: Hertfordshire" in held.text


def test_what_pa_or_a_sheet_declares_is_not_held(tmp_path: Path) -> None:
    prepared(tmp_path)
    for chosen in (PA, {"desk_sheet_urls": ("https://sheet.example",)}):
        findings = found(tmp_path, **DEMOCRACY_CLUB, **chosen)
        assert all(one.well for one in findings)
        assert "can declare all 3 councils." in told(findings)
        assert "can do so for the others." in told(findings)


def test_without_a_feed_nothing_will_be_declared(tmp_path: Path) -> None:
    prepared(tmp_path)
    assert "BAD  night: 2027-05-06: no feed is set that could declare a" in told(found(tmp_path))
    modern_gov = found(tmp_path, modern_gov_urls=("Adur=https://adur.example",))
    assert "Modern.Gov will declare 1 of 3 councils" in told(modern_gov)
    assert "no feed that is set covers Hertfordshire, Leeds." in told(modern_gov)


def test_claims_that_need_the_wire_need_its_feed(tmp_path: Path) -> None:
    prepared(tmp_path)
    needs = {"claims_need": ClaimsNeed.WIRE}
    assert "claims need the wire and no feed" in told(found(tmp_path, **DEMOCRACY_CLUB, **needs))
    assert all(one.well for one in found(tmp_path, **PA, **needs))


def test_a_broken_folder_and_a_missing_one_are_named(tmp_path: Path) -> None:
    write(tmp_path, councils="code,seats\nLDS,nine\n")
    [fault, none] = found(tmp_path)
    assert not fault.well
    assert "councils.csv, row 2, column seats: 'nine' is not a whole number" in fault.text
    assert "No night to come has tables." in none.text
    [missing, _] = found(tmp_path / "nowhere")
    assert "nowhere: `election-night prepare` makes it" in missing.text


def test_tables_that_contradict_each_other_are_named(tmp_path: Path) -> None:
    write(
        tmp_path,
        councils="code,proportion,seats,seats_up,sitting,baseline\nADU,all,4,4,Con,eve\n",
        nominations="code,party,seats_held,seats_offered\nADU,Con,3,3\n",
        wards="ballot_id,code,name,seats_up\na,ADU,A,4\nc,LDS,C,1\n",
    )
    said = told(found(tmp_path, **DEMOCRACY_CLUB))
    assert "wards.csv has wards of Leeds, which councils.csv does not have." in said
    assert "Adur has 4 seats, and its composition before has 3." in said


def test_nights_that_are_over_are_not_looked_at(tmp_path: Path) -> None:
    prepared(tmp_path)
    [none] = found(tmp_path, now=datetime(2027, 6, 1, tzinfo=LONDON), **DEMOCRACY_CLUB)
    assert "No night to come has tables." in none.text


@pytest.mark.parametrize(
    ("feeds", "well", "words"),
    [
        (PA, True, "Councils are those that PA's nominations and results name."),
        ({"desk_sheet_urls": ("https://sheet.example",)}, True, "as the desk sheet names them"),
        (DEMOCRACY_CLUB, False, f"`election-night prepare {NIGHT}`"),
        ({}, False, "The wards' feeds alone declare no council then."),
    ],
)
def test_a_night_that_is_set_and_has_no_tables_says_what_can_be_declared(
    tmp_path: Path, feeds: dict[str, object], well: bool, words: str
) -> None:
    (finding,) = found(tmp_path, night=NIGHT, **feeds)
    assert finding.well is well
    assert f"{NIGHT} is followed, and no table is of it." in str(finding)
    assert words in str(finding)
