"""`ingest` over a folder with a document for every verdict and for every way to be unreadable."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.almanac.tables import load_night
from bot.cli.replay_files import make_room_for_replay
from bot.clock import LONDON

RESULT = """<?xml version='1.0' encoding='UTF-8'?>
<LocalElectionResult revision='{revision}'>
  <Election date='2022-05-05' paId='1'>
    <Council name='{name}' paId='2' type='{type}' proportion='third' winningParty='{winner}'
             gainOrHold='{said}' sittingParty='{sitting}'>
      <ElectedCouncillors>{won}</ElectedCouncillors>
      <Changes>{changes}</Changes>
      <NewCouncil>{now}</NewCouncil>
    </Council>
  </Election>
</LocalElectionResult>
"""
STATE = """<LocalStateOfParties numberOfResults='1' totalNumberOfCouncils='200'>
  <Election date='2022-05-05'/>
  <Parties>
    <Party name='Liberal Democrat' abbreviation='LD' totalCouncils='1' changeInControl='+1'
           seatsWon='10' netChangeInSeats='+3'/>
    <Party name='Labour' abbreviation='Lab' totalCouncils='0' changeInControl='-1'
           seatsWon='{labour}' netChangeInSeats='-3'/>
    <Party name='No Overall Control' abbreviation='NOC' totalCouncils='0' changeInControl='0'
           seatsWon='0' netChangeInSeats='0'/>
  </Parties>
  <CouncilsIncluded><Council name='Kingston-upon-Hull'/></CouncilsIncluded>
</LocalStateOfParties>
"""
NOMINATIONS = """<LocalElectionNominations><Election date='2022-05-05'>
  <Council name='Kingston-upon-Hull' type='Unitary' proportion='third'>
    <Party name='Labour' abbreviation='Lab' seatsHeld='30' seatsOffered='10' unopposedReturns='0'
           candidates='19'/>
    <Party name='Liberal Democrat' abbreviation='LD' seatsHeld='26' seatsOffered='9'
           unopposedReturns='0' candidates='19'/>
    <Party name='Independent/Other' abbreviation='Ind' seatsHeld='1' seatsOffered='0'
           unopposedReturns='0' candidates='2'/>
  </Council></Election></LocalElectionNominations>
"""
ENTITY_BOMB = """<?xml version="1.0"?>
<!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<LocalElectionResult revision="1">&d;</LocalElectionResult>
"""


def parties(attribute: str, **seats: int) -> str:
    return "".join(f"<Party name='{name}' {attribute}='{n}'/>" for name, n in seats.items())


def hull(revision: int, ld: int, said: str, winner: str) -> str:
    return RESULT.format(
        revision=revision, name="Kingston-upon-Hull", type="Unitary", winner=winner, said=said,
        sitting="Lab", won=parties("seats", LD=10, Lab=9),
        changes=parties("change", LD=ld - 26, Lab=26 - ld),
        now=parties("seats", LD=ld, Lab=56 - ld, Ind=1),
    )  # fmt: skip


CRAWLEY = RESULT.format(
    revision=1, name="Crawley", type="Non-Met", winner="Lab", said="gain", sitting="NOC",
    won=parties("seats", Lab=7, C=5), changes="",
    now=parties("seats", Lab=18, C=17, Vacant=1),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "wire"
    folder.mkdir()
    documents: dict[str, str | bytes] = {
        "Local_nominations_Kingston_upon_Hull.xml": NOMINATIONS,
        "Local_result_Kingston_upon_Hull_1.xml": hull(1, 28, "lose to NOC", "NOC"),
        "Local_result_Kingston_upon_Hull_2.xml": hull(2, 29, "gain", "LD"),
        "Local_result_Kingston_upon_Hull_2_again.xml": hull(2, 29, "gain", "LD"),
        "Local_result_Crawley_1.xml": CRAWLEY,
        "Local_result_Test_Hull_9.xml": hull(9, 40, "gain", "LD"),
        "Local_SOP_1.xml": STATE.format(labour=9),
        "Local_SOP_1_wrong.xml": STATE.format(labour=8),
        "bad_truncated.xml": hull(3, 30, "gain", "LD")[:300],
        "bad_charset.xml": "<?xml version='1.0' encoding='UTF-8'?><a b='\u20ac'/>".encode("cp1252"),
        "bad_bomb.xml": ENTITY_BOMB,
        "bad_page.html": "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
    }
    for name, body in documents.items():
        data = body if isinstance(body, bytes) else body.encode()
        (folder / name).write_bytes(data)
    with (folder / "bad_huge.xml").open("wb") as file:
        file.write(b"<LocalElectionResult>")
        file.truncate(100 * 1024 * 1024)
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = main(list(arguments))
    return status, capsys.readouterr().out


def ingested(
    capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str
) -> tuple[int, dict[str, Any]]:
    database = str(folder.parent / "night.sqlite")
    status, out = run(capsys, "ingest", str(folder), "--db", database, "--json", *arguments)
    return status, json.loads(out)


def test_each_document_has_its_verdict(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = ingested(capsys, folder)
    assert status == 1
    assert told["documents"] == 13
    assert (told["accepted"], told["superseded"], told["duplicates"]) == (4, 1, 1)
    assert told["held"] == [
        {
            "document": "Local_result_Crawley_1.xml",
            "council": "Crawley",
            "reasons": [
                "18 is more than half of the 35 filled seats, but not of all 36: "
                "whether that is control is the desk's decision"
            ],
        }
    ]
    rejected = {one["document"]: one["reason"] for one in told["rejected"]}
    assert set(rejected) == {
        "Local_result_Test_Hull_9.xml", "bad_truncated.xml", "bad_charset.xml", "bad_bomb.xml",
        "bad_page.html", "bad_huge.xml",
    }  # fmt: skip
    assert "test material" in rejected["Local_result_Test_Hull_9.xml"]
    assert all(len(reason) > 20 for reason in rejected.values())


def test_the_good_documents_give_the_night_in_spite_of_the_bad(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, told = ingested(capsys, folder)
    assert told["councils"] == {
        "declared": 1,
        "total": 200,
        "changes_of_hands": [
            {
                "council": "Kingston upon Hull",
                "gss": "E06000010",
                "outcome": "gain",
                "from": "Labour",
                "to": "Liberal Democrat",
                "seats": 29,
                "total": 57,
            }
        ],
        "before_not_known": [],
    }
    lines = {line["party"]: line for line in told["state_of_parties"]}
    assert lines["Liberal Democrat"] == {
        "party": "Liberal Democrat", "councils": 1, "council_change": 1, "seats_won": 10,
        "seat_change": 3,
        "seat_change_counted": "Counted from the seats held in May 2021, with some later changes.",
    }  # fmt: skip
    assert lines["Labour"]["council_change"] == -1
    reconciled = {one["document"]: one for one in told["reconciliation"]}
    assert reconciled["Local_SOP_1.xml"]["agrees"] is True
    assert reconciled["Local_SOP_1_wrong.xml"]["differences"] == [
        "Labour: seats won 8 by PA, 9 by our count"
    ]
    assert told["alerts"] == [
        {
            "kind": "change of hands",
            "council": "Kingston upon Hull",
            "from": "Labour",
            "to": "Liberal Democrat",
            "version": 1,
        }
    ]


def test_the_same_folder_again_tells_what_stands_held_or_rejected_as_before(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = ingested(capsys, folder)[1]
    status, again = ingested(capsys, folder)
    assert (status, again["documents"], again["accepted"], again["duplicates"]) == (1, 13, 0, 6)
    assert (again["held"], again["rejected"]) == (first["held"], first["rejected"])
    assert again["councils"]["declared"] == 1


def test_what_was_all_accepted_is_all_duplicates_the_second_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "wire"
    folder.mkdir()
    (folder / "1.xml").write_text(NOMINATIONS)
    (folder / "2.xml").write_text(hull(2, 29, "gain", "LD"))
    assert ingested(capsys, folder)[0] == 0
    status, again = ingested(capsys, folder)
    assert (status, again["documents"], again["duplicates"]) == (0, 2, 2)


def test_a_file_that_may_not_be_read_is_rejected_each_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "wire"
    folder.mkdir()
    (folder / "1.xml").write_text(NOMINATIONS)
    (folder / "2.xml").symlink_to(tmp_path / "gone.xml")
    for _ in range(2):
        status, told = ingested(capsys, folder)
        assert (status, [one["document"] for one in told["rejected"]]) == (1, ["2.xml"])


def test_test_material_goes_in_where_it_is_allowed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, told = ingested(capsys, folder, "--allow-test")
    rejected = {one["document"] for one in told["rejected"]}
    assert "Local_result_Test_Hull_9.xml" not in rejected
    assert told["councils"]["changes_of_hands"][0]["seats"] == 40


def test_in_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = str(folder.parent / "words.sqlite")
    _, out = run(capsys, "ingest", str(folder), "--db", database)
    assert "13 documents: 4 in force, 1 replaced, 1 duplicate, 1 held, 6 rejected." in out
    assert "Kingston upon Hull: Liberal Democrat gain it from Labour; 29 of 57 seats" in out
    assert "1 of 2 states of parties agree with ours." in out


def test_the_same_reason_of_a_document_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ballot = {
        "election": {"election_date": "2022-05-05", "name": "Hull local election"},
        "post": {"label": "Avenue"},
        "winner_count": 1,
        "cancelled": False,
        "uncontested": False,
        "last_updated": "2022-05-05T09:00:00+01:00",
        "candidacies": [{"person": {"name": "Ann Test"}, "party_name": "Labour Party"}],
    }
    ballots = [
        ballot | {"ballot_paper_id": f"local.hull.{ward}.2022-05-05"} for ward in ("a", "b", "c")
    ]
    page = tmp_path / "ballots.json"
    page.write_text(json.dumps({"results": ballots}))
    _, out = run(capsys, "ingest", str(page), "--db", str(tmp_path / "night.sqlite"))
    lines = [line for line in out.splitlines() if line.startswith("  ballots.json: ")]
    assert len(lines) == 1
    assert "test material" in lines[0]
    assert lines[0].endswith("(3 times)")


def test_paths_that_are_not_there_are_all_named_and_nothing_is_read_or_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "hull.xml"
    document.write_text(hull(2, 29, "gain", "LD"))
    database = tmp_path / "var" / "night.sqlite"
    monkeypatch.setattr("bot.cli.ingest.read_paths", pytest.fail)
    given = [str(tmp_path / "nowhere.xml"), str(document), str(tmp_path / "no-folder")]
    for _ in range(2):
        assert main(["ingest", *given, "--db", str(database), "--json"]) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err == (
            f"{given[0]}, {given[2]} are not there: nothing was taken in. Check the path and try "
            "again.\n"
        )
    assert list(tmp_path.iterdir()) == [document]


def test_a_replay_s_file_keeps_its_mark_whatever_ingest_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database, document = tmp_path / "night.sqlite", tmp_path / "hull.xml"
    make_room_for_replay(database, datetime(2022, 5, 5, 22, tzinfo=LONDON))
    before = database.read_bytes()
    document.write_text(hull(2, 29, "gain", "LD"))
    for path in (tmp_path / "nowhere", document):
        assert main(["ingest", str(path), "--db", str(database)]) == 2
    assert "which `ingest` leaves alone" in capsys.readouterr().err
    assert database.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["ingest"],
        ["demo", "--speed", "0"],
        ["demo", "--until", "breakfast"],
        ["rehearse", "2022-05-05", "--faults", "gremlins"],
        ["sing"],
    ],
)
def test_unusable_arguments_end_with_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["ask", "/council Hull", "--db", "nowhere.sqlite"], "There is no database"),
        (["rehearse", "1999-01-01"], "no night 1999-01-01"),
        (["run"], "There is no token"),
        (["rebuild", "--db", "nowhere.sqlite"], "There is no database"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert "Traceback" not in told


def test_the_shipped_night_begins_before_polls_close() -> None:
    first = min(row.at for row in load_night("2022-05-05").timetable)
    assert first < datetime(2022, 5, 5, 22, tzinfo=LONDON)


def test_the_account_is_of_the_night_with_most_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "wire"
    folder.mkdir()
    (folder / "1.xml").write_text(NOMINATIONS)
    (folder / "2.xml").write_text(hull(1, 29, "gain", "LD"))
    (folder / "3.xml").write_text(NOMINATIONS.replace("2022-05-05", "2023-05-04"))
    (folder / "4.xml").write_text(hull(1, 29, "gain", "LD").replace("2022-05-05", "2222-05-05"))
    _, told = ingested(capsys, folder)
    assert told["night"] == "2022-05-05"
    assert told["nights"] == {"2022-05-05": 2, "2023-05-04": 1, "2222-05-05": 1}
    assert told["councils"]["declared"] == 1
    _, out = run(capsys, "ingest", str(folder), "--db", str(tmp_path / "again.sqlite"))
    assert "5 May 2022 (2 reports), 4 May 2023 (1 report) and 5 May 2222 (1 report)" in out
    assert "What follows is of 5 May 2022" in out


def test_an_empty_folder_is_said_to_be_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wire").mkdir()
    database = tmp_path / "night.sqlite"
    status = main(["ingest", str(tmp_path / "wire"), "--db", str(database)])
    told = capsys.readouterr()
    assert (status, told.out) == (2, "")
    assert told.err == f"Nothing was found in {tmp_path / 'wire'}.\n"
    assert not database.exists()


def keys_of(value: object) -> set[str]:
    """Return every key of an object and of the objects in it; a night is no key."""
    if isinstance(value, list):
        return set().union(*map(keys_of, value))
    if not isinstance(value, dict):
        return set()
    named = {key for key in value if not key[:1].isdigit()}
    return named.union(*map(keys_of, value.values()))


def test_every_key_is_documented(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, told = ingested(capsys, folder)
    operating = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
    section = operating.partition("## What `--json` prints")[2]
    assert {key for key in keys_of(told) if f"`{key}`" not in section} == set()
    assert "changes_of_hands" in keys_of(told)
